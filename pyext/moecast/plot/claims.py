"""Claims with what the paths say of them: a row a reading."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..columns import position
from . import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..claims import Claim, Reading
    from ..result import Result

_LINE_IN, _GAP_IN = 0.165, 0.07   # height of a line of text, and what stands between claims
_LETTERS = 58                     # of a bold line of words beside the plot
_WORDS_IN = 4.35                  # and how wide they are


def claims(result: Result, which: Sequence[str] | None = None, *, ax: Axes | None = None) -> Axes:
    """Probability of every reading of every claim with its 95 % interval, grouped by claim.

    Points are shares of paths (squares: of pairs of paths of two scenarios), diamonds are settled by the catalogue alone, and what was not answered says so
    and why.

    Parameters
    ----------
    result : Result
    which : sequence of str, optional
        Claims, such as ``"f500_60"``, in the order wanted; all where None.
    ax : matplotlib.axes.Axes, optional
        Where to draw: tall, and with room at its left. A new figure as tall as is needed where None.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    KeyError
        For a claim that does not exist, with the nearest names.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> import moecast, moecast.plot
    >>> ax = moecast.plot.claims(moecast.run("baseline", paths=500, seed=1), ["f500_60", "cliff_2026"])
    >>> ax.get_xlabel()
    'probability, per cent'
    """
    style.want_result("claims", result)
    rows = _chosen(result, which)
    heights = [_lines(words) for words, _ in _texts(rows)]
    with style.look():
        high = sum(heights) * _LINE_IN + len(rows) * _GAP_IN
        axes = _own_canvas(high) if ax is None else style.canvas(ax, 1.0)
        on = axes[0]
        _draw_rows(on, rows)
        on.set_xlim(-1.5, 101.5)
        on.set_xticks(range(0, 101, 20))
        note = f"Point and line: probability with its 95 % interval, of {result.paths:,} paths. Diamond: settled by the catalogue."
        style.dress(on, "What the paths say of the claims", note, "probability, per cent", "", grid="x", **_over_words(on) if ax is None else {})
        on.tick_params(axis="y", length=0, pad=72 * (_WORDS_IN - 0.07))
        on.spines["left"].set_visible(False)
        style.say_source(axes, ax is None, style.source(result))
    return on


def _own_canvas(high: float) -> np.ndarray:
    import matplotlib.pyplot as plt

    figure = plt.figure(figsize=(style.WIDTH_IN, high + 1.35), facecolor=style.PAPER)
    left, total = _WORDS_IN / style.WIDTH_IN, high + 1.35
    return np.array([figure.add_axes((left, 0.75 / total, 0.985 - left - 1.15 / style.WIDTH_IN, high / total)), None], dtype=object)[:-1]


def _over_words(on: Axes) -> dict[str, float]:
    """Title and note begin over the words, at the figure's edge."""
    return {"inches": style.WIDTH_IN - 0.2, "left": (0.008 * style.WIDTH_IN - _WORDS_IN) / (on.get_position().width * style.WIDTH_IN)}


def _chosen(result: Result, which: Sequence[str] | None) -> list[Claim]:
    known = {claim.id: claim for claim in result.claims}
    if not known:
        raise ValueError(f"scenario {result.scenario.name!r} makes no claims")
    if which is None:
        return list(known.values())
    wanted: Iterable[str] = [which] if isinstance(which, str) else which
    places = {name: i for i, name in enumerate(known)}
    chosen = [list(known.values())[position(places, name, "claim")] for name in wanted]
    if not chosen:
        raise ValueError("no claim was named; leave `which` out for all of them")
    return chosen


def _texts(rows: Sequence[Claim]) -> list[tuple[str, Reading | None]]:
    """Words of every row, wrapped: a claim, then its readings."""
    out: list[tuple[str, Reading | None]] = []
    for claim in rows:
        out.append((style.wrapped(f"{claim.statement or claim.id}", _LETTERS, 3), None))
        out += [("  " + style.wrapped(reading.title or reading.id, _LETTERS + 2, 2).replace("\n", "\n  "), reading) for reading in claim.readings]
    return out


def _lines(words: str) -> int:
    return words.count("\n") + 1


def _draw_rows(on: Axes, rows: Sequence[Claim]) -> None:
    """From the top down, in inches; every claim has a ground of its own in turn."""
    y, edge, ticks, labels, weights = 0.0, 0.0, [], [], []
    for shaded, claim in enumerate(rows):
        for words, reading in _texts([claim]):
            height = _lines(words) * _LINE_IN
            ticks.append(y + height / 2)
            labels.append(words)
            weights.append("bold" if reading is None else "normal")
            if reading is not None:
                _draw_reading(on, reading, y + height / 2)
            y += height
        y += _GAP_IN
        if shaded % 2 == 0:
            on.axhspan(edge, y, color="#F4F4F4", linewidth=0, zorder=0)
        edge = y
    on.set_ylim(y, 0)
    on.set_yticks(ticks, labels)
    for label, weight in zip(on.get_yticklabels(), weights, strict=True):
        label.set_fontweight(weight)
        label.set_fontsize(7.8)
        label.set_linespacing(1.05)
        label.set_horizontalalignment("left")


def _draw_reading(on: Axes, reading: Reading, y: float) -> None:
    right = {"xycoords": ("axes fraction", "data"), "xytext": (6, 0), "textcoords": "offset points", "va": "center", "fontsize": 7.8, "annotation_clip": False}
    if reading.answer == "open" or not np.isfinite(reading.probability):
        why = style.shortened(f"not answered: {reading.note}" if reading.note else "not answered", 52)
        on.text(50, y, why, ha="center", va="center", fontsize=7.5, color=style.GREY, style="italic")
        return
    value, low, high = 100 * reading.probability, 100 * reading.low, 100 * reading.high
    if reading.answer == "constant":
        on.plot(value, y, "D", color=style.AMBER, markeredgecolor=style.INK, markeredgewidth=0.6, markersize=5, clip_on=False, zorder=4)
        on.annotate("yes" if reading.probability == 1 else "no" if reading.probability == 0 else f"{value:.3g} %", (1, y), color=style.INK, **right)
        return
    on.hlines(y, low, high, color=style.BLUE, linewidth=2.4, alpha=0.55, zorder=3)
    on.plot(value, y, "s" if reading.answer == "pairs" else "o", color=style.BLUE, markersize=4.5, clip_on=False, zorder=4)
    on.annotate(f"{_per_cent(value)} % ({_per_cent(low)}–{_per_cent(high)})", (1, y), color=style.INK, **right)


def _per_cent(value: float) -> str:
    """Tenths where they matter: near 0 and 100."""
    return f"{value:.1f}" if (0 < value < 9.95 or 90.05 < value < 100) else f"{value:.0f}"
