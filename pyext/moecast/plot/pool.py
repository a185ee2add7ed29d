"""What buyers pay for AI models, and who keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from . import style
from .fan import chosen_months, month_words
from .units import brief, in_words, make_linear

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..result import Result

# In the order of the workbook's sheet Profit pool; marks tell parts apart without their colours.
_PARTS = (
    ("pool.chips", "chips", style.BLUE, ""),
    ("pool.power_and_sites", "power and sites", style.AMBER, "///"),
    ("pool.hosts", "hosts' margin", style.SKY, "..."),
    ("pool.closed_labs", "closed labs", style.VERMILLION, ""),
    ("pool.open_labs", "open and Chinese labs", style.GREEN, "\\\\\\"),
)
_OUTLAY = "pool.outlay"


def profit_pool(result: Result, month: str | None = None, *, ax: Axes | None = None) -> Axes:
    """The profit pool: what buyers pay for AI models (API, subscriptions, advertising) and the parts that chips, sites, hosts and labs keep.

    Bars are means over paths, since the means of parts add up to the mean of the whole and their medians do not; lines are 5 to 95 % of paths, thick ones
    25 to 75 %. Numbers are annual rates in the months shown.

    Parameters
    ----------
    result : Result
    month : str, optional
        A report month, YYYY-MM, for one bar a part; the last report month of every year where None.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure where None.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    KeyError
        For a month that is no report month, with the nearest ones.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> import moecast, moecast.plot
    >>> ax = moecast.plot.profit_pool(moecast.run("baseline", paths=500, seed=1), "2028-12")
    >>> ax.get_xlabel()
    'billion dollars a year'
    """
    style.want_result("profit_pool", result)
    months = chosen_months(result, month)
    words = in_words(result.units[_OUTLAY])[0]
    note = "Annual rates. Bars: means over paths, which add up to the outlay. Lines: 5 to 95 % of paths, thick 25 to 75 %."
    if result.paths < style.FEW_PATHS:
        note += f" Of only {result.paths} path{'' if result.paths == 1 else 's'}: ends of bars have their 95 % interval as brackets."
    with style.look():
        axes = style.canvas(ax, 3.9 if month else 5.0)
        on = axes[0]
        on.axhline(0, color=style.INK, linewidth=0.8, zorder=2) if month is None else on.axvline(0, color=style.INK, linewidth=0.8, zorder=2)
        (_draw_years if month is None else _draw_month)(on, result, months)
        if month is None:
            make_linear(on.yaxis)
            style.dress(on, "Profit pool: who keeps what buyers pay for AI models", note, "last report month of the year", words)
            style.key(on, ncols=2, loc="upper left", fontsize=8)
        else:
            make_linear(on.xaxis)
            style.dress(on, f"Profit pool in {month_words(month)}: who keeps what buyers pay for AI models", note, words, "", grid="x", inches=7.2)
        style.say_source(axes, ax is None, style.source(result))
    return on


def _numbers(result: Result, series: str, months: list[str]) -> tuple[Any, Any, np.ndarray]:
    """Means, quantiles and, of few paths, the means' 95 % bounds."""
    bounds = np.array([result.interval(series, month) for month in months]) if result.paths < style.FEW_PATHS else np.full((len(months), 2), np.nan)
    return result.mean(series, months), result.quantiles(series, months, p=[0.05, 0.25, 0.75, 0.95]), bounds


def _draw_years(on: Axes, result: Result, report_months: list[str]) -> None:
    """Bars side by side, a group a year; the outlay first."""
    months = list({month[:4]: month for month in report_months}.values())
    at, width = np.arange(len(months), dtype=float), 0.86 / (len(_PARTS) + 1)
    for i, (series, label, colour, hatch) in enumerate(((_OUTLAY, "outlay", "#B8B8B8", ""), *_PARTS)):
        mean, quantiles, bounds = _numbers(result, series, months)
        x = at + (i - len(_PARTS) / 2) * width
        on.bar(x, mean, 0.92 * width, color=colour, hatch=hatch, edgecolor=style.PAPER, linewidth=0.4, label=label, zorder=2)
        on.vlines(x, quantiles[:, 0], quantiles[:, 3], color=style.INK, linewidth=0.9, zorder=3)
        on.vlines(x, quantiles[:, 1], quantiles[:, 2], color=style.INK, linewidth=2.6, zorder=3)
        on.plot(np.repeat(x, 2), bounds.ravel(), "_", color=style.INK, markersize=5, zorder=3)
    on.set_xticks(at, months)


def _draw_month(on: Axes, result: Result, months: list[str]) -> None:
    """A bar a part, the outlay on top, with numbers."""
    rows = ((_OUTLAY, "outlay", "#B8B8B8", ""), *_PARTS)
    for i, (series, _, colour, hatch) in enumerate(rows):
        mean, quantiles, bounds = (part[0] for part in _numbers(result, series, months))
        on.barh(i, mean, 0.66, color=colour, hatch=hatch, edgecolor=style.PAPER, linewidth=0.4, zorder=2)
        on.hlines(i, quantiles[0], quantiles[3], color=style.INK, linewidth=1.1, zorder=3)
        on.hlines(i, quantiles[1], quantiles[2], color=style.INK, linewidth=3.2, zorder=3)
        on.plot(bounds, [i, i], "|", color=style.INK, markersize=9, zorder=3)
        end = max(np.nanmax([mean, quantiles[3], 0.0]), 0.0)
        said = f"{brief(mean)}  ({brief(quantiles[0])} to {brief(quantiles[3])})"
        on.annotate(said, (end, i), xytext=(5, 0), textcoords="offset points", va="center", fontsize=8, color=style.INK)
    on.set_yticks(range(len(rows)), [label for _, label, _, _ in rows])
    on.invert_yaxis()
    low, high = on.get_xlim()
    on.set_xlim(low, high + 0.2 * (high - low))
