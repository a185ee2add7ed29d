"""Phase plots: an answer over two inputs, and where it flips."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from . import style
from .units import brief, make_linear, make_logarithmic

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..result import Result

_HALF_95 = 1.959963984540054
_PATHS_A_CELL = 25


def phase(
    x: ArrayLike,
    y: ArrayLike,
    z: ArrayLike | Mapping[tuple[float, float], float],
    z_error: ArrayLike | Mapping[tuple[float, float], float] | None = None,
    *,
    xlabel: str,
    ylabel: str,
    zlabel: str = "probability",
    flips_at: float | None = None,
    large_error: float | None = None,
    title: str | None = None,
    source: str = "",
    ax: Axes | None = None,
) -> Axes:
    """An answer over two levers, from a grid of runs: colour, contours, and where it flips.

    Cells are hatched where the error is large, and where the value is not known at all they are left empty.

    Parameters
    ----------
    x : array of float, shape (columns,)
        Values of the first lever, rising.
    y : array of float, shape (rows,)
        Values of the second one, rising.
    z : array of float, shape (rows, columns), or mapping of (x, y) to float
        The answer; NaN, or no entry, where it is not known. It is a probability where `zlabel` speaks of one and all values are between 0 and 1.
    z_error : of the same form, optional
        Standard errors.
    xlabel, ylabel, zlabel : str
        What the axes and the colour are, with their units in words.
    flips_at : float, optional
        The value of `z` at which the answer flips, drawn as a thick line; 0.5 for a probability.
    large_error : float, optional
        Errors above it are hatched; 0.05 for a probability, else a tenth of the range.
    title : str, optional
    source : str
        What stands at the foot: what was run for it.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure where None.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        When shapes do not fit, values do not rise, or a label is empty.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> import numpy as np, moecast.plot
    >>> x, y = np.linspace(0, 1, 6), np.linspace(0, 10, 5)
    >>> ax = moecast.plot.phase(x, y, 1 / (1 + np.exp(4 * x - 0.4 * y[:, None])), xlabel="severity of controls (share)", ylabel="time to a rule (months)")
    >>> ax.get_xlabel()
    'severity of controls (share)'
    """
    x, y = _rising("x", x), _rising("y", y)
    z, error = _on_grid("z", z, x, y), None if z_error is None else _on_grid("z_error", z_error, x, y)
    for name, label in (("xlabel", xlabel), ("ylabel", ylabel), ("zlabel", zlabel)):
        if not (isinstance(label, str) and label.strip()):
            raise ValueError(f"{name} says what is drawn and in what unit, got {label!r}")
    with style.look():
        axes = style.canvas(ax, 5.4)
        on = axes[0]
        edges_x, edges_y = _edges(x), _edges(y)
        note = _draw(on, edges_x, edges_y, (x, y), z, error, None, zlabel, flips_at, large_error)
        make_linear(on.xaxis)
        make_linear(on.yaxis)
        style.dress(on, title or f"{zlabel[:1].upper()}{zlabel[1:]}, by two levers", note, xlabel, ylabel, grid="", inches=7.2 if ax is None else None)
        style.say_source(axes, ax is None, source or f"moecast {style._core.version}")
    return on


def phase_paths(
    result: Result,
    x: str,
    y: str,
    what: str,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    bins: int | None = None,
    large_error: float = 0.1,
    title: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Probability that a kept number passes a threshold, over two uncertain inputs, from the kept paths of one run.

    Paths are put into bins of about equally many along each input. A cell has its number of paths; it is hatched where the standard error of the share is
    large, and empty where no path fell. The answer flips along the edges between cells: thick where both are sure of it, dotted where one is not.

    Parameters
    ----------
    result : Result
    x, y : str
        Keys of inputs, as in `Result.inputs`.
    what : str
        A kept number, as in `Result.scalars`: ``"share.open.developers@2028-12"``.
    at_least, at_most : float
        One of them: the threshold, in the unit of the series.
    bins : int, optional
        2 to 40 along each input; where None 2 to 6, so that a cell has some 25 paths.
    large_error : float
        Standard errors of the share above this are hatched.
    title, ax
        As for `phase`.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    KeyError
        For an input or number that was not kept, with the nearest names.
    ValueError
        Without one threshold, for inputs that do not vary, and when no path was kept.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> import moecast, moecast.plot
    >>> result = moecast.run("baseline", paths=500, seed=1)
    >>> ax = moecast.plot.phase_paths(result, "choice.theta.developers", "choice.delta.developers", "share.open.developers@2028-12", at_least=0.8, bins=4)
    >>> ax.get_title(loc="left").startswith("Probability")
    True
    """
    style.want_result("phase_paths", result)
    if (at_least is None) == (at_most is None):
        raise ValueError("phase_paths wants one threshold: at_least or at_most")
    if bins is not None and (not isinstance(bins, int) or not 2 <= bins <= 40):
        raise ValueError(f"bins must be 2 to 40, got {bins!r}")
    over, up, value = np.asarray(result.inputs[x]), np.asarray(result.inputs[y]), np.asarray(result.scalars[what])
    known = np.isfinite(value) & np.isfinite(over) & np.isfinite(up)
    if not known.any():
        raise ValueError("no path was kept: run with keep= above 0")
    over, up, value = over[known], up[known], value[known]
    bins = bins or int(np.clip(np.sqrt(len(value) / _PATHS_A_CELL), 2, 6))
    hits = value >= at_least if at_least is not None else value <= at_most
    edges_x, edges_y = _quantile_edges(x, over, bins), _quantile_edges(y, up, bins)
    n = np.histogram2d(up, over, (edges_y, edges_x))[0]
    yes = np.histogram2d(up[hits], over[hits], (edges_y, edges_x))[0]
    share, error, sure = _shares(yes, n, 0.5)
    units = {row.key: row.unit for row in result.scenario.inputs}
    threshold = f"{'at least' if at_least is not None else 'at most'} {brief(at_least if at_least is not None else at_most)}"
    unit = result.units.get(what.rpartition("@")[0], "")
    with style.look():
        axes = style.canvas(ax, 5.6)
        on = axes[0]
        middles = tuple(_seen_middles(edges, values) for edges, values in ((edges_x, over), (edges_y, up)))
        note = _draw(on, edges_x, edges_y, middles, share, error, (n, sure), "probability", 0.5, large_error)
        for axis, edges in ((on.xaxis, edges_x), (on.yaxis, edges_y)):
            (make_logarithmic if edges[0] > 0 and edges[-1] / edges[0] > 30 else make_linear)(axis)
        for limit, values in ((on.set_xlim, over), (on.set_ylim, up)):
            limit(*np.quantile(values, (0.01, 0.99)))
        heading = title or f"Probability that {what} is {threshold}{'' if unit in ('', '-') else f' ({unit})'}"
        inches = 7.2 if ax is None else None
        note = f"Number in a cell: its paths, of {int(n.sum()):,} kept; axes end at 1 and 99 % of them. {note}"
        style.dress(on, heading, note, _input_words(x, units), _input_words(y, units), grid="", inches=inches)
        style.say_source(axes, ax is None, style.source(result))
    return on


# ---- checks and arithmetic -------------------------------------------------------------------------------------------------------------------------


def _rising(name: str, given: ArrayLike) -> np.ndarray:
    values = np.asarray(given, dtype=float)
    if values.ndim != 1 or len(values) < 2 or not (np.diff(values) > 0).all() or not np.isfinite(values).all():
        raise ValueError(f"{name} must be at least two rising numbers, got {np.array2string(values, threshold=6)}")
    return values


def _on_grid(name: str, given: Any, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    if isinstance(given, Mapping):
        return np.array([[given.get((a, b), np.nan) for a in x.tolist()] for b in y.tolist()], dtype=float)
    values = np.asarray(given, dtype=float)
    if values.shape != (len(y), len(x)):
        raise ValueError(f"{name} must have a row for each y and a column for each x, shape {(len(y), len(x))}, got {values.shape}")
    return values


def _edges(middles: np.ndarray) -> np.ndarray:
    """Between neighbours half way; the outer ones as far as the inner ones."""
    inner = (middles[1:] + middles[:-1]) / 2
    return np.concatenate([[2 * middles[0] - inner[0]], inner, [2 * middles[-1] - inner[-1]]])


def _quantile_edges(name: str, values: np.ndarray, bins: int) -> np.ndarray:
    """Equally many paths in each; fewer bins where values repeat."""
    edges = np.unique(np.quantile(values, np.linspace(0, 1, bins + 1)))
    if len(edges) < 3:
        raise ValueError(f"input {name!r} does not vary enough for two bins: it is fixed in this scenario, or too few paths were kept")
    return edges


def _seen_middles(edges: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Middles of what is seen of the bins."""
    seen = np.clip(edges, *np.quantile(values, (0.01, 0.99)))
    return (seen[1:] + seen[:-1]) / 2


def _shares(yes: np.ndarray, n: np.ndarray, flips_at: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shares, their errors, and where their 95 % interval leaves out `flips_at`.

    The error is half the width of Wilson's interval over 1.96, which is no zero where all paths agree.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share, z2 = yes / n, _HALF_95**2
        middle = (share + z2 / (2 * n)) / (1 + z2 / n)
        error = np.sqrt(share * (1 - share) / n + z2 / (4 * n**2)) / (1 + z2 / n)
    return share, np.where(n > 0, error, np.nan), np.abs(middle - flips_at) > _HALF_95 * error


def _input_words(key: str, units: Mapping[str, str]) -> str:
    unit = units.get(key, "")
    return f"{key} ({unit})" if unit not in ("", "-") else f"{key} (no unit)"


# ---- drawing -----------------------------------------------------------------------------------------------------------------------------------


def _draw(on: Axes, edges_x: np.ndarray, edges_y: np.ndarray, middles: tuple[np.ndarray, ...], z: np.ndarray, error: np.ndarray | None,
          counted: tuple[np.ndarray, np.ndarray] | None, zlabel: str, flips_at: float | None, large_error: float | None) -> str:  # fmt: skip
    """Cells, colour bar, hatches, contours; returns what is to be said of them."""
    known = z[np.isfinite(z)]
    if not known.size:
        style.say_nothing(on, "no value is known on this grid")
        on.set(xlim=edges_x[[0, -1]], ylim=edges_y[[0, -1]])
        return ""
    is_probability = "probab" in zlabel.lower() and known.min() >= 0 and known.max() <= 1
    flips_at = 0.5 if flips_at is None and is_probability else flips_at
    low, high = (0.0, 1.0) if is_probability else (float(known.min()), float(known.max()))
    if low == high:
        low, high = low - 0.5, high + 0.5
    colours = "PuOr_r" if is_probability or flips_at is not None else "cividis"
    if flips_at is not None and not is_probability:
        reach = max(high - flips_at, flips_at - low)
        low, high = flips_at - reach, flips_at + reach
    cells = on.pcolormesh(edges_x, edges_y, np.ma.masked_invalid(z), cmap=colours, vmin=low, vmax=high, linewidth=0)
    _put_bar(on, cells, zlabel)
    said = [_hatch(on, edges_x, edges_y, error, large_error if large_error is not None else 0.05 if is_probability else 0.1 * (high - low))]
    if counted is not None:
        _put_counts(on, middles, counted[0])
        said.append(_put_borders(on, edges_x, edges_y, z, counted[1], flips_at))
    else:
        said.append(_put_contours(on, middles, z, flips_at, low, high))
    return " ".join(filter(None, said))


def _put_bar(on: Axes, cells: Any, zlabel: str) -> None:
    bar = on.figure.colorbar(cells, ax=on, pad=0.02, fraction=0.05)
    ink = style._inks(on)[0]
    bar.set_label(style.wrapped(zlabel, 50), fontsize=9, color=ink)
    bar.ax.tick_params(colors=ink, labelsize=8.5)
    bar.outline.set_visible(False)


def _hatch(on: Axes, edges_x: np.ndarray, edges_y: np.ndarray, error: np.ndarray | None, large: float) -> str:
    if error is None or not (error > large).any():
        return ""
    for i, j in np.argwhere(error > large):
        on.fill_between(edges_x[j : j + 2], edges_y[i], edges_y[i + 1], facecolor="none", edgecolor=style.GREY, hatch="///", linewidth=0, zorder=2)
    return f"Hatched: standard error above {brief(large)}."


def _put_counts(on: Axes, middles: tuple[np.ndarray, ...], n: np.ndarray) -> None:
    if n.size > 150:
        return
    for i, j in np.argwhere(n > 0):
        on.text(middles[0][j], middles[1][i], f"{n[i, j]:.0f}", ha="center", va="center", fontsize=7, color=style.INK, zorder=5,
                bbox={"boxstyle": "round,pad=0.15", "facecolor": style.PAPER, "edgecolor": "none", "alpha": 0.65})  # fmt: skip


def _put_borders(on: Axes, edges_x: np.ndarray, edges_y: np.ndarray, z: np.ndarray, sure: np.ndarray, flips_at: float | None) -> str:
    """Where cells of counted paths flip: along their edges, thick where both sides are sure of it. Contours would draw the noise of the counts."""
    if flips_at is None:
        return ""
    flips = 0
    for (i, j), value in np.ndenumerate(z):
        for k, m, line in ((i, j + 1, ([edges_x[j + 1]] * 2, edges_y[i : i + 2])), (i + 1, j, (edges_x[j : j + 2], [edges_y[i + 1]] * 2))):
            if k < z.shape[0] and m < z.shape[1] and (value - flips_at) * (z[k, m] - flips_at) < 0:
                both = sure[i, j] and sure[k, m]
                on.plot(*line, color=style.INK, linewidth=3.0 if both else 1.3, linestyle="-" if both else (0, (1, 1.5)), solid_capstyle="projecting", zorder=4)
                flips += 1
    if not flips:
        return f"The answer does not flip here: no two neighbours lie on both sides of {brief(flips_at)}."
    return f"Lines: the answer flips ({brief(flips_at)}); thick where both cells are sure of it, dotted where one is not."


def _put_contours(on: Axes, middles: tuple[np.ndarray, ...], z: np.ndarray, flips_at: float | None, low: float, high: float) -> str:
    """Thin contours, and a thick one where the answer flips if it does so on this grid."""
    if min(z.shape) < 2:
        return ""
    shown, values = np.isfinite(z), np.ma.masked_invalid(z)
    levels = [level for level in np.linspace(low, high, 6)[1:-1] if z[shown].min() < level < z[shown].max() and level != flips_at]
    if levels:
        thin = on.contour(*middles, values, levels=levels, colors=style.INK, linewidths=0.7, linestyles="dashed", zorder=3)
        on.clabel(thin, fmt=lambda level: brief(level), fontsize=7.5, colors=style.INK)
    if flips_at is None:
        return ""
    if not z[shown].min() < flips_at < z[shown].max():
        return f"The answer does not flip here: no cell crosses {brief(flips_at)}."
    on.contour(*middles, values, levels=[flips_at], colors=style.INK, linewidths=2.6, zorder=4)
    return f"Thick line: the answer flips ({brief(flips_at)})."
