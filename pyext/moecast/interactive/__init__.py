"""What if: move inputs and levers of a scenario and see the answers follow, with their errors.

`WhatIf` is the engine and needs nothing but NumPy; `what_if` puts sliders around it in Jupyter and needs ipywidgets.

>>> import moecast
>>> engine = moecast.interactive.WhatIf("baseline", show=["share.open.developers@2028-12"], paths=128, refine=256)
>>> answers = engine.ask({"policy.severity": 1.4}, seconds=0.1)
>>> shown = answers["share.open.developers@2028-12"]
>>> 0.0 < shown.mean < 1.0 and shown.mean_error > 0.0
True
>>> engine.close()
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .answers import Answer, Answers, Chance, WhatIf
from .levers import Lever

if TYPE_CHECKING:
    from .widget import Sliders

__all__ = ["Answer", "Answers", "Chance", "Lever", "WhatIf", "what_if"]


def what_if(
    scenario: Any = "baseline",
    levers: Sequence[str] | Mapping[str, tuple[float, float]] = ("levers.lag_shift_months", "levers.open_cost_factor", "policy.severity"),
    show: Sequence[str] = ("share.open.developers@2028-12", "share.open.fortune500@2028-12", "f500_60.presence"),
    paths: int = 1000,
    refine: int = 20_000,
    seed: int | None = None,
    wide: bool = True,
) -> Sliders:
    """Sliders over inputs and levers of a scenario, with the answers below them. Needs ipywidgets and a Jupyter front end.

    Every move is answered within about a tenth of a second from as many paths as fit, with the error that this has; the answer is then refined in the
    background until `refine` paths or the next move.

    Parameters
    ----------
    scenario : str, path or Scenario
    levers : sequence of str, or mapping of str to (low, high)
        Keys of inputs (fixed at the slider's value) and levers (held at it from the first month on); a mapping gives the sliders' ends too.
    show : sequence of str
        Numbers such as ``"share.open.developers@2028-12"`` and readings of claims such as ``"f500_60.presence"``. The first number gets the fan chart.
    paths, refine : int
        Paths that every answer should have soon, and at last.
    seed : int, optional
        The scenario's own where None.
    wide : bool
        Sliders over 99.8 % of an input's prior; over its 90 % where False.

    Returns
    -------
    Sliders
        An ``ipywidgets.VBox``; ``.engine`` is the `WhatIf` behind it, ``.values`` what the sliders say, ``.close()`` ends it.

    Raises
    ------
    ImportError
        When ipywidgets is missing.
    KeyError
        For a lever, series, month or claim that is none, with the nearest ones.
    """
    try:
        import ipywidgets  # noqa: F401
    except ImportError:
        raise ImportError("sliders need ipywidgets: pip install 'moecast[widgets]'. Without it use moecast.interactive.WhatIf.") from None
    from .widget import Sliders

    return Sliders(WhatIf(scenario, show, paths=paths, refine=refine, seed=seed), levers, wide=wide)
