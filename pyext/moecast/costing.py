"""What a token costs: one case, or arrays of them."""

from __future__ import annotations

import os
import reprlib
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _core, views
from .catalogue import _folder
from .equality import ByValue

Number = float | NDArray[np.float64]
Flag = bool | NDArray[np.bool_]

_FLAGS = ("weights_at_8_bits", "meets_tpot", "meets_ttft", "fits")
_WORDS = ("model", "hardware", "stack", "pools", "layouts", "basis", "drafting")


@dataclass(frozen=True, eq=False)
class TokenCost(ByValue):
    """What a token of a model costs on a machine, in the words and units of ``moecast cost --json``. Scalars, or arrays of the questions' common shape.

    `binding` says what limits the batch; `band_low` and `band_high` are the factors of the 80 % interval on prices, `band_log_sd` the standard deviation of
    the logarithm behind them. Where a model does not fit in any layout `fits` is False, numbers are NaN and `binding` is empty; where only the price of the
    hour is missing dollars alone are NaN.
    """

    usd_per_mtok_in: Number
    usd_per_mtok_cached: Number
    usd_per_mtok_out: Number
    usd_per_mtok_blend: Number
    usd_per_request: Number
    band_log_sd: Number
    band_low: Number
    band_high: Number
    tok_per_s_user: Number
    ttft_s: Number
    output_tok_per_s: Number
    input_tok_per_s: Number
    joule_per_output_token: Number
    joule_per_input_token: Number
    usd_per_hour: Number
    batch: Number
    group: Number
    tensor_parallel: Number
    prefill_group: Number
    prefill_tensor_parallel: Number
    prefill_per_decode: Number
    decode_factor: Number
    step_s: Number
    output_s: Number
    input_s: Number
    draft: Number
    binding: str | NDArray[np.str_]
    weights_at_8_bits: Flag
    meets_tpot: Flag
    meets_ttft: Flag
    fits: Flag

    def _repr_html_(self) -> str:
        return views.token_cost(self)


def _coded(name: str, words: Any) -> tuple[list[str], NDArray[np.float64]]:
    """The different words, and which of them each element is. Words stay Python's: NumPy's own lose the NULs that end them, and the core must see these."""
    given = np.asarray(words) if isinstance(words, np.ndarray) else np.asarray(words, dtype=object)
    flat = given.reshape(-1).tolist()
    for word in flat:
        if not isinstance(word, str):
            raise TypeError(f"{name} must be str or an array of str, got {reprlib.repr(word)}")
    place = {word: i for i, word in enumerate(dict.fromkeys(flat))}
    return list(place), np.array([place[word] for word in flat], float).reshape(given.shape)


def _numbers(name: str, given: Any) -> NDArray[np.float64]:
    """Masked arrays are refused: what stands under a mask is no question, and what would be answered there no answer."""
    if isinstance(given, np.ma.MaskedArray):
        raise TypeError(f"{name} is a masked array; fill it or leave the masked elements out")
    try:
        found = np.asarray(given)
        if found.dtype.kind == "c":
            raise TypeError("complex numbers are none")
        return found.astype(float)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name} must be a number or an array of numbers: {error}") from None
    except OverflowError as error:
        raise ValueError(f"{name} must be a number or an array of numbers: {error}") from None


def _drafted(draft: Any) -> dict[str, NDArray[np.float64]]:
    """Depths, and where the best one is wanted instead."""
    if isinstance(draft, np.ma.MaskedArray):
        return {"draft": _numbers("draft", draft)}
    given = np.asarray(draft, dtype=object)   # as objects, or the end of a word that is a NUL would be lost
    best = np.array([isinstance(word, str) and word == "best" for word in given.ravel()], dtype=bool).reshape(given.shape)
    depths = np.where(best, 0, given)
    return {"draft": _numbers("draft", depths), "draft_best": best.astype(float)} if best.any() else {"draft": _numbers("draft", depths)}


def _shape(columns: dict[str, NDArray[np.float64]]) -> tuple[int, ...]:
    try:
        return np.broadcast_shapes(*(values.shape for values in columns.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {values.shape}" for name, values in columns.items() if values.ndim)
        raise ValueError(f"arrays do not broadcast against each other: {shapes}") from None


def _column(values: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """One number for all cases stays one."""
    return np.ascontiguousarray(values if values.size == 1 else np.broadcast_to(values, shape)).reshape(-1)


def _answer(found: dict[str, Any], shape: tuple[int, ...]) -> TokenCost:
    names = np.array([*found.pop("binding_names"), ""])
    fields: dict[str, Any] = {name: np.asarray(values).reshape(shape) for name, values in found.items()}
    fields["binding"] = names[fields["binding"].astype(int)]
    for name in _FLAGS:
        fields[name] = fields[name] != 0.0
    if shape == ():
        fields = {name: value.item() for name, value in fields.items()}
        fields["draft"] = fields["draft"] if np.isnan(fields["draft"]) else int(fields["draft"])
    return TokenCost(**fields)


def token_cost(
    model: str | ArrayLike,
    hardware: str | ArrayLike,
    *,
    input_tokens: ArrayLike = 8000.0,
    output_tokens: ArrayLike = 1000.0,
    hit_share: ArrayLike = 0.5,
    tok_per_s_user: ArrayLike = 25.0,
    ttft_s: ArrayLike | None = None,
    draft: str | ArrayLike = 0,
    drafting: str | ArrayLike = "general",
    accepted: ArrayLike | None = None,
    stack: str | ArrayLike = "tuned",
    pools: str | ArrayLike = "split",
    layouts: str | ArrayLike = "searched",
    basis: str | ArrayLike = "own",
    usd_per_hour: ArrayLike | None = None,
    utilisation: ArrayLike | None = None,
    electricity_usd_per_kwh: ArrayLike | None = None,
    cache_hours: ArrayLike | None = None,
    slower: ArrayLike = 0.0,
    less_bandwidth: ArrayLike = 0.0,
    less_memory: ArrayLike = 0.0,
    hungrier: ArrayLike = 0.0,
    dearer: ArrayLike = 0.0,
    errors: Literal["raise", "nan"] | None = None,
    threads: int = 0,
    folder: str | os.PathLike[str] | None = None,
) -> TokenCost:
    """Cost, speed and energy of a token, as ``moecast cost`` prints them, for one case or for arrays of cases.

    Every argument of a case may be an array; all are broadcast against each other as by a NumPy ufunc, and each field of the answer has their common
    shape. Scalars give scalars. The work is done in C by `threads` threads without the GIL; Ctrl-C stops it.

    Parameters
    ----------
    model, hardware : str or array of str
        Ids or aliases of the catalogue.
    input_tokens, output_tokens : float or array
        Tokens of a request.
    hit_share : float in [0, 1) or array
        Share of input found in a cache.
    tok_per_s_user : float or array
        Tokens a second that each user gets at least.
    ttft_s : float or array, optional
        Seconds to the first token at most; no limit where None.
    draft : 0 to 3 or "best", or array
        Tokens drafted a step, or the cheapest depth.
    drafting : {"general", "benchmark", "agentic"} or array
        How drafts are accepted, unless `accepted` says it.
    accepted : float in [1, draft + 1] or array, optional
        Tokens accepted a step.
    stack : {"tuned", "default", "first"} or array
    pools : {"split", "one"} or array
    layouts : {"searched", "spread"} or array
        The best whole layout, or the market's average fleet.
    basis : {"own", "neocloud", "rental", "3-year"} or array
        What an accelerator's hour costs, unless `usd_per_hour` says it.
    usd_per_hour, utilisation, electricity_usd_per_kwh, cache_hours : float or array, optional
        Rent of an accelerator; share of time that serves paying tokens (.67); .08; hours that a cached prompt is kept (.2).
    slower, less_bandwidth, less_memory, hungrier, dearer : float or array
        Controlled machines: shares taken from, or added to, what the catalogue has.
    errors : {"raise", "nan"}, optional
        What becomes of a case without an answer: its model does not fit its machine, or the catalogue has no price of the hour on its basis. None: raise
        for scalars, NaN in arrays.
    threads : int
        0: one a processor. No answer depends on it.
    folder : path, optional
        A catalogue other than the shipped one.

    Returns
    -------
    TokenCost
        Fields are plain numbers and words where every argument is, else arrays of the common shape.

    Raises
    ------
    ScenarioError
        For an unknown id or word (with the nearest or the allowed ones), also one with a NUL or half a surrogate pair in it, a number outside its range (`field` names it, `hint` the element), and for a case
        without an answer where `errors` says so.
    ValueError
        When shapes do not broadcast, and for what is no number.
    TypeError
        For what cannot be a word or a number.

    Examples
    --------
    >>> import numpy as np, moecast
    >>> cost = moecast.token_cost(["deepseek-v3", "kimi-k2"], "h200", tok_per_s_user=np.array([[20.0], [40.0], [60.0]]))
    >>> cost.usd_per_mtok_out.shape
    (3, 2)
    """
    words, columns = {}, {}
    for name, given in zip(_WORDS, (model, hardware, stack, pools, layouts, basis, drafting), strict=True):
        words[name], columns[name] = _coded(name, given)
    columns |= _drafted(draft)
    numbers = dict(input_tokens=input_tokens, output_tokens=output_tokens, hit_share=hit_share, tok_per_s_user=tok_per_s_user, ttft_s=ttft_s, accepted=accepted,
                   usd_per_hour=usd_per_hour, utilisation=utilisation, electricity_usd_per_kwh=electricity_usd_per_kwh, cache_hours=cache_hours, slower=slower,
                   less_bandwidth=less_bandwidth, less_memory=less_memory, hungrier=hungrier, dearer=dearer)  # fmt: skip
    columns |= {name: _numbers(name, given) for name, given in numbers.items() if given is not None}
    if "usd_per_hour" in columns and np.isnan(columns["usd_per_hour"]).any():
        raise ValueError("usd_per_hour is a number or None, not nan")
    if accepted is not None and np.any(columns.get("draft_best", 0.0)):
        raise ValueError("accepted goes with a stated draft, not with 'best'")
    if errors not in (None, "raise", "nan"):
        raise ValueError(f"errors must be 'raise', 'nan' or None, got {errors!r}")
    shape = _shape(columns)
    strict = errors == "raise" or (errors is None and shape == ())
    flat = {name: _column(values, shape) for name, values in columns.items()}
    return _answer(_core.token_cost(_folder(folder), words, flat, int(np.prod(shape)), strict, threads), shape)
