"""Price of a token against the speed that a user gets, a curve a machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import _core
from ..costing import TokenCost, token_cost
from . import style
from .units import dollars, make_logarithmic, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# What `moecast cost --pareto` asks for; the last one is out of reach, and is answered with the fastest layout.
_SPEEDS = (5, 10, 15, 20, 25, 30, 40, 50, 60, 80, 100, 125, 150, 175, 200, 250, 300, 400, 500, 600, 800, 1000, 1500, 2000, 3000, 5000, 10000)
_OUT_OF_REACH = 1e5
_DRAFT_MOST = 3
_PRICES = {
    "usd_per_mtok_out": "a million output tokens",
    "usd_per_mtok_in": "a million input tokens",
    "usd_per_mtok_blend": "a million tokens, 3 input to 1 output",
    "usd_per_request": "a request",
}


def front(model: str, hardware: str, **question: Any) -> dict[str, np.ndarray]:
    """The rows of ``moecast cost --pareto``: answers that no other beats in both speed and cost of a request, up to the fastest.

    Parameters
    ----------
    model, hardware : str
        Ids or aliases of the catalogue.
    **question
        Further arguments of `token_cost`, one value each, but tok_per_s_user.

    Returns
    -------
    dict of numpy.ndarray, shape (rows,)
        The fields of `TokenCost`, from slow to fast.

    Examples
    --------
    >>> rows = front("gpt-oss-120b", "h200")
    >>> bool((np.diff(rows["tok_per_s_user"]) > 0).all() and (np.diff(rows["usd_per_request"]) > 0).all())
    True
    """
    if "tok_per_s_user" in question:
        raise TypeError("pareto asks at speeds of its own: leave tok_per_s_user out")
    best = question.get("draft", 0) == "best"
    depths = {"draft": np.arange(_DRAFT_MOST + 1)} if best else {}
    fast = token_cost([model], hardware, **question | depths, tok_per_s_user=_OUT_OF_REACH, errors="raise")
    fastest = _row(fast, int(np.argmax(fast.tok_per_s_user)))
    reached = [speed for speed in _SPEEDS if speed < fastest["tok_per_s_user"]]
    slower = token_cost([model], hardware, **question, tok_per_s_user=np.array(reached, dtype=float), errors="raise") if reached else None
    kept: list[dict[str, Any]] = []
    for i in range(len(reached)):
        row = _row(slower, i)
        if row["meets_tpot"] and row["tok_per_s_user"] < fastest["tok_per_s_user"]:
            _add(kept, row)
    _add(kept, fastest)
    return {name: np.array([row[name] for row in kept]) for name in fastest}


def _row(cost: TokenCost, i: int) -> dict[str, Any]:
    return {name: np.ravel(values)[i] for name, values in vars(cost).items()}


def _add(kept: list[dict[str, Any]], row: dict[str, Any]) -> None:
    """A row goes behind those that are slower; those that cost no less than it are dominated."""
    while kept and kept[-1]["usd_per_request"] >= row["usd_per_request"]:
        kept.pop()
    kept.append(row)


def pareto(
    model: str,
    hardware: str | Sequence[str],
    *,
    price: str = "usd_per_mtok_out",
    band: bool = True,
    labels: Sequence[str] | None = None,
    title: str | None = None,
    ax: Axes | None = None,
    **question: Any,
) -> Axes:
    """Price of a token against tokens a second a user gets, a curve a machine, with the kernel's 80 % interval: the numbers of ``moecast cost --pareto``.

    Parameters
    ----------
    model : str
        Id or alias of the catalogue.
    hardware : str or sequence of str
        Up to seven machines.
    price : {"usd_per_mtok_out", "usd_per_mtok_in", "usd_per_mtok_blend", "usd_per_request"}
        The field of `TokenCost` on the upright axis.
    band : bool
        Draw the 80 % interval.
    labels : sequence of str, optional
        What the machines are called.
    title : str, optional
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure where None.
    **question
        Further arguments of `token_cost`, one value each: input_tokens, hit_share, draft, stack, basis …

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ScenarioError
        For an unknown id or word, a number out of range, and a model that does not fit a machine.
    ValueError
        For a price that is none, and no or too many machines.

    Examples
    --------
    >>> import matplotlib; matplotlib.use("Agg")
    >>> import moecast, moecast.plot
    >>> ax = moecast.plot.pareto("gpt-oss-120b", ["h200", "b200"], draft="best")
    >>> ax.get_xlabel()
    'tokens a second that a user gets'
    """
    machines = [hardware] if isinstance(hardware, str) else list(hardware)
    if price not in _PRICES:
        raise ValueError(f"price must be {', '.join(list(_PRICES)[:-1])} or {list(_PRICES)[-1]}, got {price!r}")
    if not 1 <= len(machines) <= len(style.PALETTE):
        raise ValueError(f"pareto draws 1 to {len(style.PALETTE)} machines, got {len(machines)}")
    names = machines if labels is None else list(labels)
    if len(names) != len(machines):
        raise ValueError(f"{len(machines)} machines are drawn, got {len(names)} labels")
    fronts = [front(model, machine, **question) for machine in machines]
    with style.look():
        axes = style.canvas(ax, 5.0)
        on = axes[0]
        for i, (name, rows) in enumerate(zip(names, fronts, strict=True)):
            _draw_front(on, i, name, rows, price, band)
        make_logarithmic(on.xaxis, plain)
        make_logarithmic(on.yaxis, dollars)
        note = "Only what nothing beats in both; the last mark is the fastest that can be had." + (" Bands: 80 % interval of the kernel." if band else "")
        heading = title or f"{style.shortened(model, 60)}: what a faster answer costs"
        style.dress(on, heading, note, "tokens a second that a user gets", f"dollars {_PRICES[price]}")
        on.grid(True, axis="x", color=style.RULE, linewidth=0.6)
        style.key(on)
        style.say_source(axes, ax is None, _asked(model, machines, question))
    return on


def _draw_front(on: Axes, i: int, name: str, rows: dict[str, np.ndarray], price: str, band: bool) -> None:
    speed, cost, colour = rows["tok_per_s_user"], rows[price], style.PALETTE[i]
    if band and len(speed) == 1:
        on.vlines(speed, cost * rows["band_low"], cost * rows["band_high"], color=colour, linewidth=4, alpha=0.3)
    elif band:
        on.fill_between(speed, cost * rows["band_low"], cost * rows["band_high"], color=colour, alpha=0.16, linewidth=0)
    on.plot(speed, cost, color=colour, linestyle=style.DASHES[i], marker=style.MARKERS[i], markersize=3.8, linewidth=1.8, label=name)


def _asked(model: str, machines: Sequence[str], question: dict[str, Any]) -> str:
    """The question, since no run stands behind these numbers."""
    words = {"input_tokens": 8000, "output_tokens": 1000, "hit_share": 0.5} | question
    tokens_in, cached, tokens_out = (float(words.pop(name)) for name in ("input_tokens", "hit_share", "output_tokens"))
    request = f"{plain(tokens_in)} tokens in ({100 * cached:.3g} % cached), {plain(tokens_out)} out"
    rest = "".join(f" · {name} {value}" for name, value in words.items() if value is not None)
    return f"moecast {_core.version} · cost of {model} on {', '.join(machines)} · {request}{rest} · {style.COMPUTED}"
