"""Host a model, or buy its tokens from an API?"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _core, views
from .catalogue import _folder
from .equality import ByValue

Number = float | NDArray[np.float64]

_VOLUMES = (1e8, 1e9, 1e10, 1e11, 1e12)


@dataclass(frozen=True)
class Replica:
    """Accelerators that serve a model together.

    Attributes
    ----------
    decode_accelerators, tensor_parallel : float
        How many decode together, and how many of them share attention (of on-chip memory: work on a layer).
    prompts_accelerators : float
        Of a pool of their own for prompts; 0 when the same take both.
    draft : int
        Tokens drafted a step.
    decode_tok_per_month, prompts_tok_per_month : float
        Tokens of the request's mix that the group carries at the load it may have; infinite without a pool for prompts.
    output_s, input_s : float
        Accelerator-seconds of an output and of an uncached input token.
    tok_per_s_user, ttft_s : float
        What a user gets, and how long the first token takes.
    """

    decode_accelerators: float
    tensor_parallel: float
    prompts_accelerators: float
    draft: int
    decode_tok_per_month: float
    prompts_tok_per_month: float
    output_s: float
    input_s: float
    tok_per_s_user: float
    ttft_s: float


@dataclass(frozen=True, eq=False)
class HostBill(ByValue):
    """A month's bill for hosting beside the API's for the same tokens. Numbers, or arrays of one shape.

    Attributes
    ----------
    tok_per_month : float or array
        Tokens of the request's mix: input, cached or not, and output together.
    accelerators, most_tok_per_month : float or array
        The fewest in whole replicas, and what these carry at most.
    accelerators_usd, staff_usd, cached_usd : float or array
        Parts of the bill; `cached_usd` is keeping and fetching cached prompts.
    total_usd, total_usd_low, total_usd_high : float or array
        Their sum, with the ends of the kernel's 80 % interval.
    usd_per_mtok, usd_per_mtok_low, usd_per_mtok_high : float or array
        The sum over millions of tokens; infinite without tokens.
    api_usd : float or array
        What the API takes.
    """

    tok_per_month: Number
    accelerators: Number
    most_tok_per_month: Number
    accelerators_usd: Number
    staff_usd: Number
    cached_usd: Number
    total_usd: Number
    total_usd_low: Number
    total_usd_high: Number
    usd_per_mtok: Number
    usd_per_mtok_low: Number
    usd_per_mtok_high: Number
    api_usd: Number


@dataclass(frozen=True, eq=False)
class HostBreakEven(ByValue):
    """From what volume on hosting is no dearer.

    Attributes
    ----------
    state : str
        ``"never"``: another token costs more to host than the API takes; ``"far"``: not below 1e16 tokens a month; ``"at once"``: the smallest fleet pays
        before it is full; ``"later"``: a larger one does.
    tok_per_month, tok_per_month_low, tok_per_month_high : float
        The volume, and the ends of the kernel's 80 % interval; infinite where there is none.
    for_good_tok_per_month : float
        From here on it stays so: in between, a replica just begun may make hosting dearer again.
    bill : HostBill or None
        At that volume; None where there is none.
    """

    state: str
    tok_per_month: float
    tok_per_month_low: float
    tok_per_month_high: float
    for_good_tok_per_month: float
    bill: HostBill | None


@dataclass(frozen=True, eq=False)
class Hosting(ByValue):
    """What hosting one model costs.

    Attributes
    ----------
    usd_per_hour, load, smallest_accelerators : float
        An accelerator's hour; mean over capacity, at most; accelerators of the smallest fleet.
    api_usd_per_mtok, cached_usd_per_mtok, marginal_usd_per_mtok : float
        Dollars a million tokens of the mix: the API's price; the part that cached prompts cost; another token in a very large fleet.
    band_low, band_high : float
        The kernel's 80 % interval, as factors of its seconds.
    smallest_replica, cheapest_replica : Replica
        With the fewest accelerators, and with the fewest for each token where many are wanted.
    least : HostBill
        The smallest fleet's bill before the first token.
    volumes : tuple of HostBill
        Bills at round volumes.
    break_even : HostBreakEven
    """

    usd_per_hour: float
    load: float
    smallest_accelerators: float
    api_usd_per_mtok: float
    cached_usd_per_mtok: float
    marginal_usd_per_mtok: float
    band_low: float
    band_high: float
    smallest_replica: Replica
    cheapest_replica: Replica
    least: HostBill
    volumes: tuple[HostBill, ...]
    break_even: HostBreakEven


@dataclass(frozen=True, eq=False)
class SparsityWorth(ByValue):
    """What sparsity is worth: the dense twin's figure over the mixture's, for another token in a large fleet, accelerators of the smallest fleet, accelerators
    for 1e12 tokens a month, and the volume of the break-even (infinite where only the mixture has one, NaN where neither has)."""

    usd_per_mtok: float
    smallest_accelerators: float
    accelerators: float
    break_even: float


@dataclass(frozen=True, eq=False)
class HostOrBuy(Hosting):
    """Host or buy, in the words and units of ``moecast breakeven --json``; what is null there (no limit, no break-even) is infinite or NaN here.

    The attributes of `Hosting`, and those of the question: `model`, `hardware`, `basis`, the request, the load, staff and the API's prices.

    Attributes
    ----------
    dense_twin : Hosting or None
        The same model in which every expert works for every token; None unless asked for, and where no layout serves it (`dense_twin_refused` says why).
    sparsity_worth : SparsityWorth or None
    """

    model: str
    hardware: str
    basis: str
    input_tokens: float
    output_tokens: float
    hit_share: float
    peak_to_mean: float
    replicas_min: float
    staff_usd_per_month: float
    staff_growth: float
    api_usd_per_mtok_in: float
    api_usd_per_mtok_cached: float
    api_usd_per_mtok_out: float
    dense_twin: Hosting | None = None
    dense_twin_refused: str = ""
    sparsity_worth: SparsityWorth | None = None
    _asked: tuple[Any, ...] = field(default=(), repr=False, compare=False)

    def _repr_html_(self) -> str:
        return views.host_or_buy(self)

    def bills(self, tok_per_month: ArrayLike) -> HostBill:
        """The bill at other volumes; the layouts are searched again for it, once a call.

        Parameters
        ----------
        tok_per_month : float or array
            From 0 to 1e16 tokens a month.

        Returns
        -------
        HostBill
            Its fields have the shape of `tok_per_month`.

        Examples
        --------
        >>> import moecast
        >>> answer = moecast.host_or_buy("gpt-oss-120b", "h100", (0.15, 0.6))
        >>> bills = answer.bills([1e9, 1e12])
        >>> bool(bills.usd_per_mtok[0] > bills.usd_per_mtok[1])
        True
        """
        volumes = np.asarray(tok_per_month, dtype=float)
        rows = _core.host_or_buy(*self._asked, volumes.reshape(-1).tolist(), False)["volumes"]
        names = HostBill.__dataclass_fields__
        columns = {name: np.array([row[name] for row in rows], dtype=float).reshape(volumes.shape) for name in names}
        return HostBill(**columns if volumes.shape else {name: float(value) for name, value in columns.items()})


def _replica(found: dict[str, float]) -> Replica:
    return Replica(**found | {"draft": int(found["draft"])})


def _hosting(found: dict[str, Any]) -> dict[str, Any]:
    """The nested dicts of an answer as what they are."""
    even = found["break_even"]
    even["bill"] = even["bill"] and HostBill(**even["bill"])
    return found | {
        "smallest_replica": _replica(found["smallest_replica"]),
        "cheapest_replica": _replica(found["cheapest_replica"]),
        "least": HostBill(**found["least"]),
        "volumes": tuple(HostBill(**bill) for bill in found["volumes"]),
        "break_even": HostBreakEven(**even),
    }


def _prices(api_price: Any) -> dict[str, float]:
    given = np.asarray(api_price, dtype=object).reshape(-1).tolist()
    if np.ndim(api_price) != 1 or len(given) not in (2, 3) or not all(isinstance(price, (int, float, np.number)) for price in given):
        raise ValueError(f"api_price is $ a million tokens as (input, output) or (input, output, cached input), got {api_price!r}")
    return dict(zip(("api_usd_per_mtok_in", "api_usd_per_mtok_out", "api_usd_per_mtok_cached"), map(float, given), strict=False))


def _checked(numbers: Mapping[str, Any]) -> dict[str, float]:
    out = {}
    for name, value in numbers.items():
        if value is None:
            continue
        try:
            out[name] = float(value)
        except (TypeError, ValueError):
            raise TypeError(f"{name} must be a number, got {value!r}") from None
    if np.isnan(out.get("usd_per_hour", 0.0)):
        raise ValueError("usd_per_hour is a number or None, not nan")
    return out


def _drafted(draft: int | str, accepted: float | None) -> dict[str, float]:
    if draft != "best":
        return _checked({"draft": draft, "accepted": accepted})
    if accepted is not None:
        raise ValueError("accepted goes with a stated draft, not with 'best'")
    return {"draft_best": 1.0}


def host_or_buy(
    model: str,
    hardware: str,
    api_price: ArrayLike,
    *,
    staff_usd_per_month: float | None = None,
    staff_growth: float | None = None,
    peak_to_mean: float | None = None,
    replicas_min: int = 1,
    dense_twin: bool = False,
    tok_per_month: ArrayLike = _VOLUMES,
    input_tokens: float = 8000.0,
    output_tokens: float = 1000.0,
    hit_share: float = 0.5,
    tok_per_s_user: float = 25.0,
    ttft_s: float | None = None,
    draft: int | Literal["best"] = 0,
    drafting: str = "general",
    accepted: float | None = None,
    stack: str = "tuned",
    pools: str = "split",
    basis: str = "own",
    usd_per_hour: float | None = None,
    utilisation: float | None = None,
    electricity_usd_per_kwh: float | None = None,
    cache_hours: float | None = None,
    slower: float = 0.0,
    less_bandwidth: float = 0.0,
    less_memory: float = 0.0,
    hungrier: float = 0.0,
    dearer: float = 0.0,
    folder: str | os.PathLike[str] | None = None,
) -> HostOrBuy:
    """Host a model or buy its tokens from an API, as ``moecast breakeven`` answers it: bills in whole replicas, and the volume from which hosting is no dearer.

    Parameters
    ----------
    model, hardware : str
        Ids or aliases of the catalogue.
    api_price : (float, float) or (float, float, float)
        Dollars a million tokens that the API takes: input, output, and cached input (which costs what input does where it is not stated).
    staff_usd_per_month : float, optional
        Staff of the smallest fleet; half an engineer where None.
    staff_growth : float, optional
        Power of the accelerators that staff grows with (.5).
    peak_to_mean : float, optional
        The busiest hour's load over the month's mean (2).
    replicas_min : int
        2 for redundancy.
    dense_twin : bool
        Also the same model in which every expert works for every token.
    tok_per_month : float or array
        Volumes of the bills in `HostOrBuy.volumes`.
    input_tokens, output_tokens, hit_share, tok_per_s_user, ttft_s, draft, drafting, accepted, stack, pools, basis
        As for `token_cost`, one value each.
    usd_per_hour, utilisation, electricity_usd_per_kwh, cache_hours, slower, less_bandwidth, less_memory, hungrier, dearer, folder
        As for `token_cost`, one value each.

    Returns
    -------
    HostOrBuy
        Bills, replicas and the break-even, with the question as asked.

    Raises
    ------
    ScenarioError
        For an unknown id or word, a number outside its range (`field` names it), and where the model does not fit or cannot be served as fast.
    ValueError, TypeError
        For what is no price or no number.

    Examples
    --------
    >>> import moecast
    >>> answer = moecast.host_or_buy("deepseek-v4-pro", "gb300", (0.66, 1.98, 0.022))
    >>> answer.break_even.state
    'at once'
    >>> answer.break_even.tok_per_month_low <= answer.break_even.tok_per_month <= answer.break_even.tok_per_month_high
    True
    """
    words = {"model": model, "hardware": hardware, "stack": stack, "pools": pools, "basis": basis, "drafting": drafting}
    numbers = dict(staff_usd_per_month=staff_usd_per_month, staff_growth=staff_growth, peak_to_mean=peak_to_mean, replicas_min=replicas_min,
                   input_tokens=input_tokens, output_tokens=output_tokens, hit_share=hit_share, tok_per_s_user=tok_per_s_user, ttft_s=ttft_s,
                   usd_per_hour=usd_per_hour, utilisation=utilisation, electricity_usd_per_kwh=electricity_usd_per_kwh, cache_hours=cache_hours, slower=slower,
                   less_bandwidth=less_bandwidth, less_memory=less_memory, hungrier=hungrier, dearer=dearer)  # fmt: skip
    asked = (_folder(folder), words, _prices(api_price) | _checked(numbers) | _drafted(draft, accepted))
    found = _core.host_or_buy(*asked, np.atleast_1d(np.asarray(tok_per_month, dtype=float)).reshape(-1).tolist(), dense_twin)
    twin, worth = found.pop("dense_twin", None), found.pop("sparsity_worth", None)
    return HostOrBuy(**_hosting(found), dense_twin=twin and Hosting(**_hosting(twin)), sparsity_worth=worth and SparsityWorth(**worth), _asked=asked)
