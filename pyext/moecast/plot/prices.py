"""Prices and costs of a token on one logarithmic axis: the distance between them is the margin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from . import style
from .fan import BANDS, chosen_months, draw_fan, few_words, finish_time

if TYPE_CHECKING:
    from ..result import Result

_SIDES = {
    "Closed US models": (("price.closed", "list price", style.VERMILLION), ("cost.closed", "serving cost", style.BLUE)),
    "Open models": (
        ("price.open", "list price", style.VERMILLION),
        ("cost.open", "serving cost", style.BLUE),
        ("cost.cn_abroad", "cost of Chinese ones, served abroad", style.GREEN),
        ("cost.cn_first_party", "cost of Chinese ones, served in China", style.PURPLE),
    ),
}


def price_cost(result: Result, *, months: Sequence[str] | None = None, ax: Any = None) -> np.ndarray:
    """List prices and serving costs of a million tokens, closed models left and open ones right, on one logarithmic axis.

    Parameters
    ----------
    result : Result
    months : sequence of str, optional
        Report months, YYYY-MM; all where None.
    ax : two matplotlib.axes.Axes, optional
        Where to draw; a new figure where None.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes, shape (2,)

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> import moecast, moecast.plot
    >>> left, right = moecast.plot.price_cost(moecast.run("baseline", paths=500, seed=1))
    >>> left.get_yscale(), left.get_ylim() == right.get_ylim()
    ('log', True)
    """
    style.want_result("price_cost", result)
    months = chosen_months(result, months)
    with style.look():
        axes = style.canvas(ax, 4.9, 1, 2, share=True)
        for on, (side, curves) in zip(axes, _SIDES.items(), strict=True):
            for i, (name, label, colour) in enumerate(curves):
                if name in result.units:
                    draw_fan(on, result, name, 1.0, colour, style.DASHES[i], label, months, 0.8, outer="filled" if i < 2 else "left out")
            if not on.lines:
                style.say_nothing(on, "no such series in this result")
        _share_decades(axes)
        for on, side, words in zip(axes, _SIDES, ("dollars a million tokens, 3 input to 1 output", ""), strict=True):
            finish_time(on, result, months, logarithmic=True)
            style.dress(on, side, "", "year" if len(months) > 1 else "month", words)
            style.key(on, fontsize=8)
        axes[1].tick_params(labelleft=ax is not None)
        if ax is None:
            note = BANDS + " Chinese models have the inner band only. The distance of price and cost is the margin." + few_words(result)
            style.dress_figure(axes[0].figure, "Price and cost of a million tokens", note)
        style.say_source(axes, ax is None, style.source(result))
    return axes


def _share_decades(axes: np.ndarray) -> None:
    """One range for both, in factors, with room for the legend below."""
    low, high = min(on.dataLim.minposy for on in axes), max(on.dataLim.y1 for on in axes)
    if 0 < low <= high < np.inf:
        for on in axes:
            on.set_yscale("log")
            on.set_ylim(low / 1.3 / (high / low) ** 0.05, high * 1.3)
