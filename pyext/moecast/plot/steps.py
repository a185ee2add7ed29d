"""A waterfall: what the difference of two scenarios is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..comparing import Waterfall
from . import style
from .units import in_words, make_linear, with_error

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def waterfall(w: Waterfall, *, names: Sequence[str] = ("first scenario", "second scenario"), ax: Axes | None = None) -> Axes:
    """From the mean of one scenario to that of another, a step a group of changed keys, with 95 % whiskers (1.96 standard errors).

    Parameters
    ----------
    w : Waterfall
        From `Comparison.waterfall`.
    names : (str, str)
        What the two scenarios are called, such as ``comparison.names``.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure where None.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    TypeError
        For what is no Waterfall.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> import moecast, moecast.plot
    >>> both = moecast.compare(["baseline", "no_controls_no_rubin"], paths=64)
    >>> ax = moecast.plot.waterfall(both.waterfall("cap.gap@2028-12", paths=64), names=both.names)
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['baseline', 'fleets', 'policy', 'no_controls_no_rubin']
    """
    if not isinstance(w, Waterfall):
        raise TypeError(f"waterfall wants what Comparison.waterfall returns, got {type(w).__name__}")
    if len(names) < 2:
        raise ValueError(f"names are those of the two scenarios, got {len(names)}")
    words, factor = in_words(w.unit)
    rows = [(names[0], 0.0, w.a, w.a_error, True)]
    for bar in w.bars:
        start = rows[-1][2]
        rows.append((bar.group, start, start + bar.effect, float(np.hypot(bar.error, bar.order_error)), False))
    rows.append((names[1], 0.0, w.b, w.b_error, True))
    with style.look():
        axes = style.canvas(ax, 1.5 + 0.42 * len(rows))
        on = axes[0]
        zoomed = _set_range(on, rows, factor)
        for i, row in enumerate(rows):
            _draw_step(on, i, row, factor, on.get_xlim()[0] if zoomed else 0.0)
        for i, (_, _, end, _, _) in enumerate(rows[:-1]):
            on.vlines(factor * end, i - 0.32, i + 1.32, color=style.GREY, linewidth=0.7, linestyle=":", zorder=1)
        labels = [style.wrapped(style.shortened(name, 60), 30, 2) for name, *_ in rows]
        on.set_yticks(range(len(rows)), labels)
        on.set_ylim(len(rows) - 0.4, -0.6)
        make_linear(on.xaxis)
        unit = "percentage points" if w.unit == "share" else words
        heading = f"What makes {w.series} differ by {with_error(factor * w.difference, factor * w.error, sign=True)} {unit}"
        note = "Means; steps are each group's share of the difference. Whiskers: 95 % (1.96 standard errors), where they are known."
        longest = max(len(line) for label in labels for line in label.split("\n"))
        inches = style.WIDTH_IN - 0.5 - 0.066 * longest if ax is None else None
        style.dress(on, heading, note, words + (" (the axis does not begin at 0)" if zoomed else ""), "", grid="x", inches=inches)
        on.tick_params(axis="y", length=0)
        drawn = style.drawn_by(w.pairs, w.seed, w.sampler, w.replicates)
        sides = f"{style.shortened(names[0], 40)} against {style.shortened(names[1], 40)}"
        style.say_source(axes, ax is None, f"moecast {style._core.version} · {sides} · {w.series} · {drawn} · {w.runs} scenarios of as many paths each")
    return on


def _set_range(on: Axes, rows: list, factor: float) -> bool:
    """Where 0 is far from all steps the axis begins near them; returns whether."""
    errors = [0.0 if not np.isfinite(row[3]) else 1.96 * row[3] for row in rows]
    places = [row[2:3] if row[4] else row[1:3] for row in rows]
    ends = factor * np.array([value + sign * error for row, error in zip(places, errors, strict=True) for value in row for sign in (-1, 1)])
    low, high = float(ends.min()), float(ends.max())
    zoomed = low > 0 and (high - low) < 0.5 * high or high < 0 and (high - low) < -0.5 * low
    if not zoomed:
        low, high = min(low, 0.0), max(high, 0.0)
    span = (high - low) or 1.0
    on.set_xlim(low - (0.18 * span if zoomed or low < 0 else 0.0), high + 0.22 * span)
    return zoomed


def _draw_step(on: Axes, i: int, row: tuple, factor: float, ground: float) -> None:
    _, start, end, error, whole = row
    start, end, error = (ground if whole else factor * start), factor * end, factor * error
    colour = "#B8B8B8" if whole else style.BLUE if end >= start else style.VERMILLION
    on.barh(i, end - start, 0.64, left=start, color=colour, hatch="" if whole or end >= start else "///", edgecolor=style.PAPER, linewidth=0.4, zorder=2)
    if np.isfinite(error) and error > 0:
        on.errorbar(end, i, xerr=1.96 * error, color=style.INK, linewidth=1.2, capsize=3, zorder=3)
    reach = max(start, end, end + (1.96 * error if np.isfinite(error) else 0.0))
    said = with_error(end if whole else end - start, error, sign=not whole)
    on.annotate(said, (reach, i), xytext=(6, 0), textcoords="offset points", va="center", fontsize=8, color=style.INK)
