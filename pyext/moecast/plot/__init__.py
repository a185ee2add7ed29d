"""Charts of results, costs and claims, in one look. Needs matplotlib (``pip install 'moecast[plot]'``), which is imported when a chart is drawn.

Every function returns the Axes (or an array of them), draws into `ax` where one is given, and leaves ``matplotlib.rcParams`` as they were. Colours are those of
Okabe and Ito and never the only difference; axes have their units in words; the line at the foot says what was run: scenario, seed, paths, sampler, and the
first twelve digits of the digest.
"""

from .claims import claims
from .fan import fan, small_multiples
from .hosting import host_or_buy
from .pareto import pareto
from .phase import phase, phase_paths
from .pool import profit_pool
from .prices import price_cost
from .steps import waterfall

__all__ = ["claims", "fan", "host_or_buy", "pareto", "phase", "phase_paths", "price_cost", "profit_pool", "small_multiples", "waterfall"]
