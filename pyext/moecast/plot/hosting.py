"""A month's bill for hosting a model beside an API's for the same tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from .. import _core
from ..hosting import HostOrBuy
from ..hosting import host_or_buy as _ask
from . import style
from .units import count_in_words, dollars, make_logarithmic, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_POINTS = 600
_DECADES = (1.3, 1.5)   # shown below and above the break-even


def host_or_buy(
    answer: HostOrBuy | None = None,
    *,
    tok_per_month: ArrayLike | None = None,
    title: str | None = None,
    ax: Axes | None = None,
    **question: Any,
) -> Axes:
    """What hosting a model and buying its tokens cost a month, against tokens a month, with the break-even and its 80 % interval.

    Parameters
    ----------
    answer : HostOrBuy, optional
        From `moecast.host_or_buy`; else its arguments are given as keywords.
    tok_per_month : (float, float), optional
        Least and most tokens a month to show; around the break-even where None.
    title : str, optional
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure where None.
    **question
        Arguments of `moecast.host_or_buy`: model, hardware, api_price, …

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ScenarioError, ValueError, TypeError
        As `moecast.host_or_buy` does; and for a range that is none.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> import moecast, moecast.plot
    >>> ax = moecast.plot.host_or_buy(model="deepseek-v4-pro", hardware="gb300", api_price=(0.66, 1.98, 0.022))
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('tokens a month', 'dollars a month')
    """
    if answer is None:
        answer = _ask(**question)
    elif not isinstance(answer, HostOrBuy):
        raise TypeError(f"host_or_buy wants what moecast.host_or_buy returns, got {type(answer).__name__}")
    elif question:
        raise TypeError(f"host_or_buy takes an answer or a question, and got {', '.join(question)} beside an answer")
    volumes = np.geomspace(*_range(answer, tok_per_month), _POINTS)
    bills = answer.bills(volumes)
    with style.look():
        axes = style.canvas(ax, 5.0)
        on = axes[0]
        on.fill_between(volumes, bills.total_usd_low, bills.total_usd_high, color=style.BLUE, alpha=0.2, linewidth=0)
        on.plot(volumes, bills.total_usd, color=style.BLUE, linewidth=2.0, label="hosting, in whole replicas")
        api = f"the API, ${answer.api_usd_per_mtok:.4g} a million tokens of the mix"
        on.plot(volumes, bills.api_usd, color=style.VERMILLION, linestyle=style.DASHES[1], linewidth=2.0, label=api)
        _draw_break(on, answer, volumes)
        make_logarithmic(on.xaxis, count_in_words)
        on.xaxis.set_major_locator(_decades())
        make_logarithmic(on.yaxis, dollars)
        on.set_xlim(volumes[0], volumes[-1])
        note = _words(answer) + " Band: 80 % interval of the kernel; price of the hour, staff and load are taken as given."
        heading = title or f"Host or buy: {style.shortened(answer.model, 40)} on {style.shortened(answer.hardware, 40)}"
        style.dress(on, heading, note, "tokens a month", "dollars a month")
        style.key(on, loc="upper left")
        style.say_source(axes, ax is None, _asked(answer))
    return on


def _decades() -> Any:
    from matplotlib.ticker import LogLocator

    return LogLocator(numticks=99)


def _range(answer: HostOrBuy, given: ArrayLike | None) -> tuple[float, float]:
    if given is not None:
        ends = np.asarray(given, dtype=float).ravel()
        if len(ends) < 2 or not 0 < ends.min() < ends.max() <= 1e16:
            raise ValueError(f"tok_per_month is the least and the most to show, above 0 and up to 1e16, got {given!r}")
        return float(ends.min()), float(ends.max())
    even = answer.break_even
    at = [value for value in (even.tok_per_month, even.tok_per_month_low, even.tok_per_month_high, even.for_good_tok_per_month) if np.isfinite(value)]
    at = at or [answer.least.most_tok_per_month]
    return min(at) / 10 ** _DECADES[0], min(max(at) * 10 ** _DECADES[1], 1e16)


def _draw_break(on: Axes, answer: HostOrBuy, volumes: np.ndarray) -> None:
    even = answer.break_even
    low, high = even.tok_per_month_low, even.tok_per_month_high
    if np.isfinite(low) and high > low:
        hatched = {"facecolor": "none", "edgecolor": style.GREY, "alpha": 0.55, "hatch": "///", "linewidth": 0, "zorder": 0}
        on.axvspan(low, min(high, volumes[-1]), label="80 % interval of the break-even", **hatched)
    if not np.isfinite(even.tok_per_month):
        return
    on.axvline(even.tok_per_month, color=style.INK, linewidth=1.0, zorder=3)
    on.plot(even.tok_per_month, even.bill.total_usd, "o", color=style.INK, markersize=6, zorder=4, label="break-even")
    if even.for_good_tok_per_month > even.tok_per_month and np.isfinite(even.for_good_tok_per_month):
        on.axvline(even.for_good_tok_per_month, color=style.INK, linewidth=1.0, linestyle=":", zorder=3, label="from here on for good")


def _volume(value: float) -> str:
    return count_in_words(value) if np.isfinite(value) else "never"


def _words(answer: HostOrBuy) -> str:
    even = answer.break_even
    if even.state == "never":
        another, api = answer.marginal_usd_per_mtok, answer.api_usd_per_mtok
        return f"Hosting never pays: another million tokens costs ${another:.4g} to host in the largest fleet, the API takes ${api:.4g}."
    if even.state == "far":
        return "Hosting does not pay below 1e16 tokens a month: what is saved on a token hardly pays for staff."
    return f"Hosting pays from {_volume(even.tok_per_month)} tokens a month (80 %: {_volume(even.tok_per_month_low)} to {_volume(even.tok_per_month_high)})."


def _asked(answer: HostOrBuy) -> str:
    request = f"{plain(answer.input_tokens)} tokens in ({100 * answer.hit_share:.3g} % cached), {plain(answer.output_tokens)} out"
    cached = "" if np.isnan(answer.api_usd_per_mtok_cached) else f", cached ${answer.api_usd_per_mtok_cached:.4g}"
    api = f"API ${answer.api_usd_per_mtok_in:.4g} in, ${answer.api_usd_per_mtok_out:.4g} out{cached}"
    hosting = f"${answer.usd_per_hour:.3g} an hour ({answer.basis}), staff ${answer.staff_usd_per_month:,.0f}, peak {answer.peak_to_mean:.3g} times the mean"
    return f"moecast {_core.version} · {answer.model} on {answer.hardware} · {request} · {api} · {hosting} · {style.COMPUTED}"
