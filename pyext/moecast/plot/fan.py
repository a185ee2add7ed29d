"""Fans: the median of a series over the report months, and the bands in which paths lie."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..columns import position
from . import style
from .observed import known_until, observed
from .units import LOGARITHMIC, in_words, make_linear, make_logarithmic

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..result import Result

_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
_PANELS_MOST = 48
BANDS = "Line: median of paths. Bands: 25 to 75 % and 5 to 95 % of paths."


def month_words(month: str) -> str:
    """2026-08 → August 2026."""
    names = "January February March April May June July August September October November December".split()
    return f"{names[int(month[5:]) - 1]} {month[:4]}"


def few_words(*results: Result) -> str:
    """What is said of results of few paths."""
    fewest = min(result.paths for result in results)
    return f" Of only {fewest} path{'' if fewest == 1 else 's'}: thin lines are the 95 % interval of the median." if fewest < style.FEW_PATHS else ""


def draw_fan(ax: Axes, result: Result, series: str, factor: float, colour: str, dashes: Any, label: str, months: Sequence[str],
             fainter: float = 1.0, outer: str = "filled") -> bool:  # fmt: skip
    """One fan; returns whether any path had a value.

    A single month is drawn as whiskers. The outer band of a fan that lies over others is "lined" or "left out".
    """
    at = style.years(months) + (0.02 if outer != "filled" and len(months) == 1 else 0.0)
    low, first, middle, third, high = factor * result.quantiles(series, list(months), p=_LEVELS).T
    if not np.isfinite(middle).any():
        return False
    if len(months) == 1:
        ax.vlines(at, low, high, color=colour, linewidth=1.5, alpha=0.8)
        ax.vlines(at, first, third, color=colour, linewidth=6, alpha=0.5)
        ax.plot(at, middle, "o", color=colour, markersize=6, label=label)
    else:
        for bound in (low, high) if outer == "lined" else ():
            ax.plot(at, bound, color=colour, linestyle=dashes, linewidth=0.9)
        if outer == "filled":
            ax.fill_between(at, low, high, color=colour, alpha=0.16 * fainter, linewidth=0)
        ax.fill_between(at, first, third, color=colour, alpha=0.30 * fainter, linewidth=0)
        ax.plot(at, middle, color=colour, linestyle=dashes, linewidth=2.0, label=label)
    if result.paths < style.FEW_PATHS:
        below, above = factor * np.array([result.interval(series, month, p=0.5) for month in months]).T
        drawn = {"marker": "_", "linestyle": "none", "markersize": 10} if len(months) == 1 else {"linestyle": "-"}
        for bound in (below, above):
            ax.plot(at, bound, color=colour, linewidth=0.8, alpha=0.9, **drawn)
    return True


def draw_observed(ax: Axes, points: Mapping[str, float], factor: float, known: str | None, months: Sequence[str]) -> None:
    """Filled where the run could know them, hollow later; outside the months shown none."""
    shown = {month: value for month, value in points.items() if months[0][:4] <= month[:4] and month <= months[-1]}
    for part, fill, words in ((True, style.BLACK, "observed"), (False, style.PAPER, "observed, not known to the run")):
        some = {month: value for month, value in shown.items() if (known is None or month <= known) == part}
        if some:
            values = factor * np.array(list(some.values()))
            ax.plot(style.years(list(some)), values, "o", color=style.BLACK, markerfacecolor=fill, markersize=4, markeredgewidth=0.9, label=words, zorder=4)


def finish_time(ax: Axes, result: Result, months: Sequence[str], logarithmic: bool, mark: bool = True) -> None:
    """Axes of years; the end of history where the months cross it."""
    span = np.array([ax.dataLim.x0, ax.dataLim.x1]) if np.isfinite(ax.dataLim.x0) else style.years([months[0], months[-1]])
    margin = 0.02 * (span[1] - span[0]) + (0.5 if len(months) == 1 else 0.04)
    ax.set_xlim(span[0] - margin, span[1] + margin)
    known = known_until(result)
    if mark and known and months[0] <= known < months[-1]:
        ax.axvline(style.years([known])[0], color=style.GREY, linewidth=0.8, linestyle=":", zorder=1)
    if span[1] - span[0] >= 2:
        ax.set_xticks(np.arange(np.ceil(span[0] - margin), np.floor(span[1] + margin) + 1))
        ax.xaxis.set_major_formatter(lambda value, _: f"{value:.0f}")
    else:
        step = max(1, len(months) // 6)
        ax.set_xticks(style.years(months)[::step], list(months)[::step])
    low, high = ax.get_ylim()
    if logarithmic and low > 0:
        make_logarithmic(ax.yaxis)
    else:
        if np.isclose(low, high):
            ax.set_ylim(low - 1, high + 1)
        make_linear(ax.yaxis)


def is_logarithmic(result: Result, series: Sequence[str], months: Sequence[str], log: bool | None) -> bool:
    """Whether the axis is logarithmic: as asked, else by the unit, where all that is drawn is positive."""
    wanted = result.units[series[0]] in LOGARITHMIC if log is None else log
    lowest = [result.quantiles(name, list(months), p=0.05) for name in series] if wanted else []
    positive = all(not (values <= 0).any() for values in map(np.asarray, lowest))
    if log and not positive:
        raise ValueError(f"a logarithmic axis wants positive values, and 5 % of paths of {series[0]!r} have none: leave log out")
    return wanted and positive


def one_unit(result: Result, series: Sequence[str]) -> str:
    """The unit that all series have; ValueError when there are several."""
    units = {name: result.units[name] for name in series}
    if len(set(units.values())) > 1:
        named = ", ".join(f"{name} ({unit})" for name, unit in list(units.items())[:4])
        raise ValueError(f"one axis has one unit: {named}")
    return units[series[0]]


def chosen_months(result: Result, months: Sequence[str] | None) -> list[str]:
    """Report months in order; KeyError for one that is none, ValueError for no month at all."""
    if months is None:
        return result.report_months
    if not isinstance(months, str) and len(months) == 0:
        raise ValueError("a chart wants at least one report month; None draws all")
    result._columns([months] if isinstance(months, str) else list(months))
    return sorted({months} if isinstance(months, str) else set(months))


def _names(result: Result, series: str | Sequence[str], most: int) -> list[str]:
    names = [series] if isinstance(series, str) else list(series)
    if not 1 <= len(names) <= most:
        raise ValueError(f"this chart takes 1 to {most} series, got {len(names)}")
    result._rows(names)
    return names


def _points(result: Result, series: str, given: bool | Mapping[str, float]) -> Mapping[str, float]:
    return given if isinstance(given, Mapping) else observed(result, series) if given else {}


def _two_names(result: Result, other: Result | None, labels: Sequence[str] | None) -> list[str]:
    names = [result.scenario.name] + ([other.scenario.name] if other else [])
    if labels is not None:
        if len(labels) != len(names):
            raise ValueError(f"{len(names)} result{'s are' if len(names) > 1 else ' is'} drawn, got {len(labels)} labels")
        return list(labels)
    return [f"{name} ({one.digest[:6]})" for name, one in zip(names, (result, other), strict=False) if one] if len(set(names)) < len(names) else names


def _heading(result: Result, names: Sequence[str]) -> str:
    meanings = list(dict.fromkeys(result.meanings[name] for name in names))
    return f"{meanings[0]} ({names[0]})" if len(names) == 1 else "; ".join(meanings)


def fan(
    result: Result,
    series: str | Sequence[str],
    *,
    other: Result | None = None,
    labels: Sequence[str] | None = None,
    months: Sequence[str] | None = None,
    observed: bool | Mapping[str, float] = True,
    log: bool | None = None,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Quantiles of one or more series over the report months: median, 25 to 75 % and 5 to 95 % of paths, with what was observed.

    Of fewer than 400 paths the 95 % interval of the median is drawn too.

    Parameters
    ----------
    result : Result
    series : str or sequence of str
        Up to six names of one unit.
    other : Result, optional
        A second result, drawn beside the first; then `series` is one name.
    labels : sequence of str, optional
        What the results are called; names of their scenarios where None.
    months : sequence of str, optional
        Report months, YYYY-MM; all where None.
    observed : bool or mapping of month to value
        Points of history: those that the scenario follows (prices of offerings, the best closed model, surveyed shares), none, or one's own in the unit of
        the series. Hollow points are later than what the run knew.
    log : bool, optional
        A logarithmic axis; for prices and costs where None.
    title : str, optional
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure where None.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    KeyError
        For a series or month that does not exist, with the nearest ones.
    ValueError
        For series of several units.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> import moecast, moecast.plot
    >>> result = moecast.run("baseline", paths=500, seed=1)
    >>> ax = moecast.plot.fan(result, "price.list.deepseek")
    >>> ax.get_ylabel()
    'dollars a million tokens'
    """
    style.want_result("fan", result, *([other] if other is not None else []))
    names, months = _names(result, series, 1 if other is not None else 6), chosen_months(result, months)
    unit = one_unit(result, names)
    words, factor = in_words(unit)
    called = _two_names(result, other, labels)
    logarithmic = is_logarithmic(result, names, months, log)
    with style.look():
        axes = style.canvas(ax, 4.8)
        on = axes[0]
        drawn = []
        if other is not None:
            there = [month for month in months if month in other._month_position]
            if other.units.get(names[0]) != unit or not there:
                raise ValueError(f"the second result has no {names[0]!r} in the same unit and months")
            drawn = [draw_fan(on, result, names[0], factor, style.BLUE, "-", called[0], months),
                     draw_fan(on, other, names[0], factor, style.VERMILLION, style.DASHES[1], called[1], there, 0.8, outer="lined")]
        else:
            for i, name in enumerate(names):
                label = name if len(names) > 1 else called[0] if labels else "median"
                drawn.append(draw_fan(on, result, name, factor, style.PALETTE[i], style.DASHES[i], label, months, 1.0 if len(names) < 3 else 0.7))
        if len(names) == 1:
            draw_observed(on, _points(result, names[0], observed), factor, known_until(result), months)
        finish_time(on, result, months, logarithmic)
        if not any(drawn):
            style.say_nothing(on, "no path has a value in these months")
        followed = known_until(result)
        history = f" Dotted: history is followed to {month_words(followed)}." if followed and months[0] <= followed < months[-1] else ""
        sides = [result] + ([other] if other is not None else [])
        style.dress(on, title or _heading(result, names), BANDS + history + few_words(*sides), "year" if len(months) > 1 else "month", words)
        style.key(on)
        style.say_source(axes, ax is None, *map(style.source, sides))
    return on


def _matching(result: Result, pattern: str | Sequence[str]) -> list[str]:
    """Names, or those that a pattern such as share.open.* matches."""
    if not isinstance(pattern, str):
        return _names(result, pattern, _PANELS_MOST)
    found = fnmatch.filter(result.series, pattern)
    if not found:
        position({name: 0 for name in result.series}, pattern, "series")
    if len(found) > _PANELS_MOST:
        raise ValueError(f"{pattern!r} matches {len(found)} series, and at most {_PANELS_MOST} panels are drawn")
    return found


def _panel_titles(names: Sequence[str]) -> tuple[str, list[str]]:
    """What all names begin with, and what tells each apart, in words."""
    parts = [name.split(".") for name in names]
    same = 0
    while len(names) > 1 and all(len(part) > same + 1 and part[: same + 1] == parts[0][: same + 1] for part in parts):
        same += 1
    return ".".join(parts[0][:same]), [", ".join(part[same:]).replace("_", " ") for part in parts]


def small_multiples(
    result: Result,
    series: str | Sequence[str],
    *,
    other: Result | None = None,
    labels: Sequence[str] | None = None,
    columns: int | None = None,
    months: Sequence[str] | None = None,
    observed: bool = True,
    log: bool | None = None,
    title: str | None = None,
    ax: Any = None,
) -> np.ndarray:
    """A fan a series on axes with one range, such as a share by segment and region.

    Parameters
    ----------
    result : Result
    series : str or sequence of str
        A pattern such as ``"share.open.*"``, or names; of one unit, at most 48.
    other : Result, optional
        A second result in each panel.
    columns : int, optional
        Panels side by side; up to 4 where None.
    title : str, optional
        What stands over the first panel; what the series mean where None.
    ax : array of matplotlib.axes.Axes, optional
        Where to draw, at least as many as there are series.
    labels, months, observed, log
        As for `fan`.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes, shape (series,)

    Raises
    ------
    KeyError
        When nothing matches, with the nearest names.
    ValueError
        For series of several units, and for more than 48.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> import moecast, moecast.plot
    >>> axes = moecast.plot.small_multiples(moecast.run("baseline", paths=500, seed=1), "share.open.*")
    >>> axes.shape, axes[0].get_ylim() == axes[4].get_ylim()
    ((5,), True)
    """
    style.want_result("small_multiples", result, *([other] if other is not None else []))
    names, months = _matching(result, series), chosen_months(result, months)
    words, factor = in_words(one_unit(result, names))
    called, logarithmic = _two_names(result, other, labels), is_logarithmic(result, names, months, log)
    columns = columns or min(len(names), 3 if len(names) in (3, 5, 6, 9) else 4)
    rows = -(-len(names) // columns)
    prefix, titles = _panel_titles(names)
    with style.look():
        axes = style.canvas(ax, 1.1 + 2.1 * rows, rows, columns, panels=len(names), share=True)
        for on, name in zip(axes, names, strict=True):
            some = draw_fan(on, result, name, factor, style.BLUE, "-", called[0], months)
            if other is not None and name in other.units:
                there = [month for month in months if month in other._month_position]
                some |= bool(there) and draw_fan(on, other, name, factor, style.VERMILLION, style.DASHES[1], called[1], there, 0.8, outer="lined")
            if observed:
                draw_observed(on, _points(result, name, True), factor, known_until(result), months)
            if not some:
                style.say_nothing(on, "no path has a value")
        _share_range(axes)
        for i, (on, name) in enumerate(zip(axes, titles, strict=True)):
            finish_time(on, result, months, logarithmic)
            _thin_years(on, columns)
            bottom, left = i + columns >= len(names), i % columns == 0
            style.dress(on, name, "", "year" if bottom else "", words if left else "")
            on.tick_params(labelbottom=bottom, labelleft=left)
        sides = [result] + ([other] if other is not None else [])
        meaning = title or f"{result.meanings[names[0]]}{f' ({prefix}.…)' if prefix else ''}"
        if ax is None:
            style.dress_figure(axes[0].figure, meaning, BANDS + few_words(*sides))
        if other is not None:
            style.key(axes[0], fontsize=7.5)
        style.say_source(axes, ax is None, *map(style.source, sides))
    return axes


def _share_range(axes: np.ndarray) -> None:
    """One range for all, whoever made them."""
    low, high = min(on.dataLim.y0 for on in axes), max(on.dataLim.y1 for on in axes)
    if np.isfinite([low, high]).all():
        margin = 0.04 * (high - low) or 1.0
        for on in axes:
            on.set_ylim(low - (margin if low != 0 else 0), high + margin)


def _thin_years(on: Axes, columns: int) -> None:
    """Narrow panels name every other year, or every third."""
    ticks = on.get_xticks()
    if columns > 1 and len(ticks) > 4:
        on.set_xticks(ticks[:: 2 if columns <= 3 else 3])



