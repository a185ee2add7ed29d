"""The look that all charts share: paper, ink, colours, titles, the line that says what was run. Touches no global setting of matplotlib."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import _core

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

    from ..result import Result

# Okabe and Ito: told apart by readers of every kind of colour vision.
BLUE, VERMILLION, GREEN, PURPLE, AMBER, SKY, BLACK = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"
PALETTE = (BLUE, VERMILLION, GREEN, PURPLE, AMBER, SKY, BLACK)
DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1, 1.2)), (0, (6, 2, 1, 2)), (0, (3, 1, 1, 1, 1, 1)), (0, (9, 3)), (0, (2, 3)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
PAPER, INK, GREY, RULE = "#FFFFFF", "#222222", "#5F5F5F", "#DDDDDD"
WIDTH_IN = 9.0  # 900 pixels at matplotlib's own 100 a inch

COMPUTED = "computed, not simulated: no scenario, seed or paths"
FEW_PATHS = 400  # of fewer, charts show how well they are known


def matplotlib() -> ModuleType:
    """The module matplotlib; ImportError that says how to get it."""
    try:
        import matplotlib
    except ImportError:
        raise ImportError("charts need matplotlib: pip install 'moecast[plot]'. Without it use the arrays, such as Result.quantiles.") from None
    return matplotlib


@contextmanager
def look() -> Iterator[None]:
    """While it lasts new artists have this look, whatever the reader's style sheet; afterwards all settings are as before."""
    settings = {
        "axes.unicode_minus": True, "text.parse_math": False, "text.usetex": False, "hatch.linewidth": 0.6, "hatch.color": GREY, "lines.linewidth": 1.6,
        "axes.formatter.use_mathtext": False, "patch.force_edgecolor": False, "lines.marker": "None", "axes.titley": None, "errorbar.capsize": 0,
    }  # fmt: skip
    now = matplotlib().rcParams
    before = {name: now[name] for name in settings}  # these only: pyplot, imported meanwhile, makes settings for good, such as that a notebook shows figures
    now.update(settings)
    try:
        yield
    finally:
        now.update(before)


def canvas(ax: Any, height_in: float, rows: int = 1, columns: int = 1, panels: int | None = None, share: bool = False) -> np.ndarray:
    """The Axes to draw on, shape (panels,): those given, or those of a new figure of `rows` times `columns`, of which those beyond `panels` are removed.

    Raises
    ------
    TypeError, ValueError
        When `ax` is no Axes, or not as many as are drawn on.
    """
    from matplotlib.axes import Axes

    panels = rows * columns if panels is None else panels
    if ax is None:
        import matplotlib.pyplot as plt

        of_figure = {"figsize": (WIDTH_IN, height_in), "facecolor": PAPER, "layout": "constrained"}
        made = plt.subplots(rows, columns, squeeze=False, sharex=share, sharey=share, **of_figure)[1].ravel()
        for empty in made[panels:]:
            empty.remove()
        return made[:panels]
    given = [ax] if isinstance(ax, Axes) else list(np.ravel(np.asarray(ax, dtype=object)))
    if not all(isinstance(one, Axes) for one in given):
        raise TypeError(f"ax must be a matplotlib Axes, or an array of them, got {type(ax).__name__}")
    if len(given) < panels:
        raise ValueError(f"this chart draws on {panels} Axes, got {len(given)}")
    return np.array([*given[:panels], None], dtype=object)[:-1]


def _is_dark(figure: Figure | SubFigure) -> bool:
    red, green, blue, opacity = figure.get_facecolor()
    return opacity > 0.5 and 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.4


def _inks(ax: Axes) -> tuple[str, str]:
    """Colours of what stands outside of the axes: readable on the figure that there is."""
    return ("#F2F2F2", "#C8C8C8") if _is_dark(ax.figure) else (INK, GREY)


def _inches(ax: Axes) -> float:
    """How wide the axes are, or will be once the layout is found."""
    wide = ax.figure.bbox.width / ax.figure.dpi
    cell = ax.get_subplotspec()
    if ax.figure.get_layout_engine() is not None and cell is not None:
        return wide / cell.get_gridspec().ncols - 1.0
    return ax.get_position().width * wide


def _letters(inches: float, points: float) -> int:
    """How many letters of that size stand beside each other."""
    return max(16, int(inches * 72 / (0.54 * points)))


def wrapped(text: str, letters: int, most_lines: int = 3) -> str:
    """The text in lines; what is longer ends in an ellipsis."""
    return "\n".join(textwrap.wrap(text, letters, max_lines=most_lines, placeholder=" …") or [""])


def shortened(text: str, letters: int) -> str:
    """The text, with an ellipsis in its middle when it is longer: names that belong together differ at their ends."""
    if len(text) <= letters:
        return text
    kept = letters - 1
    return text[: (kept + 1) // 2] + "…" + text[len(text) - kept // 2 :]


def dress(ax: Axes, title: str, note: str = "", x: str = "", y: str = "", grid: str = "y",
          inches: float | None = None, left: float = 0.0) -> None:  # fmt: skip
    """Title with a note under it, labels, spines, grid, and paper under the plot.

    Words are wrapped at `inches`, else at the axes' width, and begin at `left`, a share of that width.
    """
    ink, grey = _inks(ax)
    inches = _inches(ax) if inches is None else inches
    title_pt, note_pt = (11.0, 8.5) if inches > 3.2 else (9.0, 7.5)
    note = wrapped(note, _letters(inches, note_pt), 4) if note else ""
    under = (note.count("\n") + 1) * note_pt * 1.4 + 8 if note else 4
    ax.set_title(wrapped(title, _letters(inches, title_pt * 1.1)), loc="left", fontsize=title_pt, fontweight="bold", color=ink, pad=under, x=left)
    if note:
        ax.annotate(note, (left, 1), xytext=(0, 4), xycoords="axes fraction", textcoords="offset points", fontsize=note_pt, color=grey, va="bottom")
    ax.set_xlabel(x, fontsize=9, color=ink)
    ax.set_ylabel(wrapped(y, 46), fontsize=9, color=ink)
    ax.tick_params(which="both", colors=ink, labelsize=8.5, direction="out", color=GREY)
    ax.set_facecolor(PAPER)
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["bottom", "left"]].set_color(GREY)
    ax.grid(False, which="both")
    if grid:
        ax.grid(True, axis=grid, color=RULE, linewidth=0.6)
    ax.set_axisbelow(True)


def dress_figure(figure: Figure, title: str, note: str) -> None:
    """Title and note over many panels."""
    high = figure.get_figheight()
    title, note = wrapped(title, 100), wrapped(note, 145, 4)
    over = 0.08 + 0.19 * (title.count("\n") + 1)
    figure.text(0.008, 1 - 0.06 / high, title, fontsize=11, fontweight="bold", color=INK, va="top")
    figure.text(0.008, 1 - over / high, note, fontsize=8.5, color=GREY, va="top")
    figure.get_layout_engine().set(rect=(0, 0, 1, 1 - (over + 0.06 + 0.15 * (note.count("\n") + 1)) / high))


def key(ax: Axes, **options: Any) -> None:
    """Legend on paper, where the curves leave room; nothing without labels."""
    handles, labels = ax.get_legend_handles_labels()
    if labels:
        options = {"fontsize": 8.5, "frameon": True, "framealpha": 0.85, "facecolor": PAPER, "edgecolor": "none", "labelcolor": INK, "loc": "best"} | options
        ax.legend(handles, [wrapped(label, 48) for label in labels], **options)


def say_source(axes: np.ndarray, own: bool, *lines: str) -> None:
    """What was run, under the figure; under the axes when these are the reader's."""
    first, last = axes[0], axes[-1]
    grey, figure = _inks(first)[1], first.figure
    inches = figure.bbox.width / figure.dpi if own else _inches(first)
    text = "\n".join(wrapped(line, max(30, int(inches * 72 / 3.7)), 4) for line in lines if line)
    if own and figure.get_layout_engine() is not None:
        figure.supxlabel(text, x=0.008, ha="left", fontsize=7, color=grey)
    elif own:
        figure.text(0.008, 0.06 / figure.get_figheight(), text, fontsize=7, color=grey, va="bottom")
    else:
        drop = -36 if last.get_xlabel() else -24
        under = {"xycoords": "axes fraction", "textcoords": "offset points", "annotation_clip": False}
        last.annotate(text, (0, 0), xytext=(0, drop), fontsize=6.5, color=grey, va="top", **under)


def drawn_by(paths: int, seed: int, sampler: str, replicates: int) -> str:
    """Seed, paths and sampler in words."""
    sampler = {"mc": "independent draws (mc)", "lhs": "Latin hypercube (lhs)", "sobol": "Sobol points (sobol)"}.get(sampler, sampler)
    return f"seed {seed} · {paths:,} path{'' if paths == 1 else 's'} · sampler: {sampler}{f' in {replicates} replicates' if replicates > 1 else ''}"


def source(result: Result) -> str:
    """The line that says where a result's numbers come from."""
    drawn = drawn_by(result.paths, result.seed, result.sampler, result.replicates)
    return f"moecast {_core.version} · scenario {shortened(result.scenario.name, 48)} · {drawn} · digest {result.digest[:12]}"


def want_result(chart: str, *given: Any) -> None:
    """TypeError in one sentence unless all are results."""
    from ..result import Result

    for one in given:
        if not isinstance(one, Result):
            raise TypeError(f"{chart} wants a moecast.Result, such as moecast.run(…) returns, got {type(one).__name__}")


def say_nothing(ax: Axes, why: str) -> None:
    """A chart without data says so."""
    ax.text(0.5, 0.5, wrapped(why, 60), transform=ax.transAxes, ha="center", va="center", fontsize=9, color=GREY)


def years(months: Sequence[str]) -> np.ndarray:
    """Middles of months as decimal years."""
    return np.array([int(month[:4]) + (int(month[5:]) - 0.5) / 12 for month in months], dtype=float)
