"""Claims under study, and what a run says about them."""

from __future__ import annotations

import difflib
import math
import reprlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import views
from .frames import pandas

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True)
class BreakEven:
    """Where a reading's answer turns along one uncertain input, from a logistic curve over the kept paths.

    Attributes
    ----------
    state : str
        ``"flips"``, ``"does_not_flip"`` (between the 0.1 % and 99.9 % points of the prior), ``"too_few"`` (under ten paths say yes, or no),
        ``"separated"`` (the input alone decides), ``"fixed"`` (it is fixed in this scenario) or ``"none"``. Numbers that a state lacks are NaN.
    input, unit : str
        Key of the deciding input, and its unit.
    value : float
        Of the input, in `unit`, at which yes and no are equally likely.
    percentile, error, low, high : float
        Where `value` lies in the prior, as a share; standard error and 95 % interval.
    p_lowest, p5, p95, p_highest : float
        Probability at the 0.1, 5, 95 and 99.9 % points of the prior.
    hits, count : int
        Kept paths (or pairs) that say yes, and that could say anything.
    """

    state: str
    input: str
    unit: str
    value: float
    percentile: float
    error: float
    low: float
    high: float
    p_lowest: float
    p5: float
    p95: float
    p_highest: float
    hits: int
    count: int


@dataclass(frozen=True)
class Vintage:
    """A reading's probability in the scenario that knows nothing later than `known_until` (YYYY-MM): with standard error and Wilson's 95 % interval."""

    known_until: str
    probability: float
    error: float
    low: float
    high: float
    hits: int
    count: int


@dataclass(frozen=True)
class Reading:
    """What a claim's words may mean, and the answer.

    Attributes
    ----------
    id : str
        Such as ``"f500_60.primary"``.
    answer : str
        ``"paths"``: `probability` is a share of paths. ``"pairs"``: of pairs of paths of two scenarios, and `value` is the mean difference.
        ``"constant"``: 0 or 1, settled by the catalogue. ``"open"``: not answered; `note` says why.
    probability, error : float
        With its standard error; NaN when open.
    low, high : float
        95 % interval (Wilson).
    hits, count : int
        Paths (or pairs) that say yes, and that could say anything.
    value, value_error : float
        Median of `metric`, mean difference or value of the expression; NaN when there is none.
    break_even : BreakEven or None
        Where the answer turns along the reading's deciding input; None when it names none.
    guesses, guesses_error : float
        Share of the answer's variance in which inputs that are guesses have a part; NaN unless further runs were asked for and paths decide.
    vintage : Vintage or None
        The same reading with what was known before; None unless further runs were asked for and paths decide.
    """

    id: str
    title: str
    metric: str
    element: str
    op: str
    threshold: float
    at: str | None
    by: str | None
    answer: str
    probability: float
    error: float
    low: float
    high: float
    hits: int
    count: int
    value: float
    value_error: float
    note: str
    break_even: BreakEven | None
    guesses: float
    guesses_error: float
    vintage: Vintage | None

    def _repr_html_(self) -> str:
        return views.reading(self)


@dataclass(frozen=True)
class Claim:
    """A claim with its readings. `kind` is threshold, identity, kernel, conditional or contrast."""

    id: str
    statement: str
    source: str
    said_on: str
    kind: str
    resolution: str
    status: str
    comment: str
    readings: tuple[Reading, ...]

    def _repr_html_(self) -> str:
        return views.claim(self)


class Claims(list[Claim]):
    """Claims in the order of the scenario, as a list."""

    def to_dataframe(self) -> DataFrame:
        """A row a reading: claim, reading, title, answer, probability with its error and bounds, hits and count, value, note. Needs pandas."""
        names = ("title", "answer", "probability", "error", "low", "high", "hits", "count", "value", "value_error", "note")
        rows = [
            {"claim": claim.id, "reading": reading.id, **{name: getattr(reading, name) for name in names}} for claim in self for reading in claim.readings
        ]
        return pandas().DataFrame(rows, columns=["claim", "reading", *names])

    def _repr_html_(self) -> str:
        return views.claims(self)


_SILENT = {
    "answer": "open",
    "probability": math.nan,
    "error": math.nan,
    "low": 0.0,
    "high": 1.0,
    "hits": 0,
    "count": 0,
    "value": math.nan,
    "value_error": math.nan,
    "note": "not asked",
    "break_even": None,
    "guesses": math.nan,
    "guesses_error": math.nan,
    "vintage": None,
}


def _reading(claim: str, said: dict[str, Any], answers: dict[str, dict[str, Any]]) -> Reading:
    name = f"{claim}.{said['id']}"
    answer = {key: answers.get(name, _SILENT)[key] for key in _SILENT}
    answer["break_even"] = answer["break_even"] and BreakEven(**answer["break_even"])
    answer["vintage"] = answer["vintage"] and Vintage(**answer["vintage"])
    words = {key: said[key] for key in ("title", "metric", "element", "op", "threshold", "at", "by")}
    return Reading(id=name, **words, **answer)


def joined(claims: Iterable[dict[str, Any]], answers: Iterable[dict[str, Any]]) -> Claims:
    """Join what a scenario claims with what a result answers."""
    by_name = {f"{answer['claim']}.{answer['reading']}": answer for answer in answers}
    texts = ("id", "statement", "source", "said_on", "kind", "resolution", "status", "comment")
    return Claims(
        Claim(**{key: claim[key] for key in texts}, readings=tuple(_reading(claim["id"], said, by_name) for said in claim["readings"]))
        for claim in claims
    )


def find(claims: Iterable[Claim], name: str) -> Reading:
    """The reading ``"claim.reading"``, or the only one of ``"claim"``."""
    if not isinstance(name, str):
        raise TypeError(f"a reading is asked for by its name, such as 'f500_60.primary', not by {reprlib.repr(name)}")
    readings = [reading for claim in claims for reading in claim.readings]
    found = [reading for reading in readings if reading.id == name or reading.id.split(".")[0] == name]
    if len(found) == 1:
        return found[0]
    if found:
        raise KeyError(f"claim {name!r} has several readings: {', '.join(reading.id for reading in found)}")
    ids = {reading.id for reading in readings} | {reading.id.split(".")[0] for reading in readings}
    near = difflib.get_close_matches(name, sorted(ids), n=3)
    hint = f" (did you mean {' or '.join(map(repr, near))}?)" if near else ""
    raise KeyError(f"no claim {name!r}{hint}; there are {', '.join(sorted({one.split('.')[0] for one in ids}))}")
