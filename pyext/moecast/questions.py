"""Questions to a result: where a value lies in a distribution, and what it would take for an outcome to pass a threshold."""

from __future__ import annotations

import math
import numbers
import re
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, SupportsIndex, overload

import numpy as np
from numpy.typing import NDArray

from . import views
from .columns import position
from .frames import pandas
from .html import bound, said

if TYPE_CHECKING:
    from pandas import DataFrame

    from .result import Result

_NAME = re.compile(r"([^\s@<>=≥≤]+)\s*@\s*(\d{4}-\d{2})")
_CONDITION = re.compile(_NAME.pattern + r"\s*(>=|<=|>|<|≥|≤)\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(%?)")
_SHARES = ("share", "flag")
_HUNDREDTHS = (*_SHARES, "1/yr")  # units in which 60% is 0.6
_OPS = {"≥": ">=", "≤": "<="}


# ---- where a value lies ---------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Percentile:
    """Where a value lies among the paths.

    Attributes
    ----------
    name, unit : str
        ``"series@YYYY-MM"``, and its unit.
    value : float
        What was given.
    percentile : float
        Share of paths below it, 0 to 1; equal ones count half.
    error, low, high : float
        Its standard error and 95 % interval.
    least, most, paths : int
        Paths surely, and possibly, at or below it, of all: in doubt are only those in its own bin.
    seen : str
        ``"between"``, or ``"below"`` or ``"above"`` everything that was simulated; then `low` and `high` say how little that proves.
    off_axis : bool
        It lies beyond the range in which paths are told apart, among those that are counted together at its end.
    p5, median, p95 : float
        The distribution, in `unit`.
    """

    name: str
    unit: str
    value: float
    percentile: float
    error: float
    low: float
    high: float
    least: int
    most: int
    paths: int
    seen: str
    off_axis: bool
    p5: float
    median: float
    p95: float

    @property
    def note(self) -> str:
        """What is to be said beside the number; '' for nothing."""
        if self.seen != "between":
            further, most = ("lower", self.high) if self.seen == "below" else ("higher", 1.0 - self.low)
            return f"{self.seen} all {self.paths:,} paths: the probability of {further} values is {bound(most, True)} (95 %)"
        return f"beyond the axis: {self.most - self.least:,} paths are counted together there" if self.off_axis else ""


class Percentiles(list[Percentile]):
    """Where values lie, in the order given; also by name."""

    @overload
    def __getitem__(self, at: SupportsIndex | str) -> Percentile: ...
    @overload
    def __getitem__(self, at: slice) -> list[Percentile]: ...
    def __getitem__(self, at: Any) -> Any:  # a name gives one, a position as in any list
        if isinstance(at, str):
            return super().__getitem__(position({one.name: i for i, one in enumerate(self)}, at, "value"))
        return super().__getitem__(at)

    def to_dataframe(self) -> DataFrame:
        """A row a value. Needs pandas."""
        return pandas().DataFrame([{**vars(one), "note": one.note} for one in self], columns=[*Percentile.__dataclass_fields__, "note"])

    def _repr_html_(self) -> str:
        return views.percentiles(self)


def _split(name: object) -> tuple[str, str]:
    found = _NAME.fullmatch(name.strip()) if isinstance(name, str) else None
    if not found:
        raise ValueError(f"wanted a series and a month such as 'share.open.developers@2028-12', not {reprlib.repr(name)}")
    return found[1], found[2]


def _number(name: str, value: object) -> float:
    if isinstance(value, numbers.Real) and math.isfinite(value):
        return float(value)
    kind = ValueError if isinstance(value, numbers.Real) else TypeError
    raise kind(f"the value of {name} must be a finite number, not {reprlib.repr(value)}")


def percentiles(result: Result, values: Mapping[str, float]) -> Percentiles:
    """`Result.percentile_of`."""
    if not callable(getattr(values, "items", None)):  # a mapping, or a pandas Series
        raise TypeError(f"percentile_of wants a mapping such as {{'share.open.developers@2026-12': 0.34}}, not {reprlib.repr(values)}")
    return Percentiles([_percentile(result, name, value) for name, value in values.items()])


def _percentile(result: Result, name: str, value: object) -> Percentile:
    series, month = _split(name)
    row, column = result._rows(series), result._columns(month)
    wanted = _number(name, value)
    share, error, low, high, least, most, paths, seen, off_axis = result._core.share_below(row, column, wanted)
    p5, median, p95 = (result._core.quantile(row, column, p)[0] for p in (0.05, 0.5, 0.95))
    return Percentile(f"{series}@{month}", result.units[series], wanted, share, error, low, high, least, most, paths, seen, off_axis, p5, median, p95)


# ---- what it would take ---------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Driver:
    """An uncertain input among the paths that pass.

    Attributes
    ----------
    input, unit, meaning, basis : str
        As in `Scenario.inputs`.
    shift, shift_error : float
        How far the mean of these paths lies from that of all kept ones, in standard deviations of the prior; its standard error over fresh,
        independent paths.
    mean, mean_of_all : float
        The two means, in `unit`.
    prior_sd : float
        Standard deviation of the prior, in `unit`.
    place, place_error : float
        Mean of the paths' ranks among all, 0 to 1, and the standard error that it has by chance alone around 1/2.
    correlation, correlation_error : float
        Rank correlation with the outcome over all kept paths.
    shifted, correlated : bool
        Is the shift (by ranks), is the correlation larger than chance keeps the largest among all inputs, with 95 % confidence?
    """

    input: str
    unit: str
    meaning: str
    basis: str
    shift: float
    shift_error: float
    mean: float
    mean_of_all: float
    prior_sd: float
    place: float
    place_error: float
    correlation: float
    correlation_error: float
    shifted: bool
    correlated: bool


@dataclass(frozen=True, eq=False)
class WhatItWouldTake:
    """In which paths an outcome passes a threshold, and what these drew otherwise than the rest.

    What goes together is not cause and effect, and inputs that are drawn together move together.

    Attributes
    ----------
    condition, series, month, op, unit : str
    value : float
        The threshold, in `unit`.
    probability, error, low, high : float
        Over all simulated paths, from exact counts; standard error and 95 % interval. NaN in months whose distribution is not known.
    least, most, simulated : int
        Paths that surely, and possibly, pass, of all.
    passing, kept : int
        Kept paths that pass, and those that have a number.
    kept_probability, kept_error : float
        `passing` over `kept`, with its standard error.
    paths : numpy.ndarray of int64
        Numbers of the kept paths that pass, or when none does of the nearest 5 %: ``result.path(paths[0])``.
    values : numpy.ndarray of float64
        Their values, in `unit`.
    typical : tuple of int
        At most five of `paths`, nearest to their middle in the headline numbers.
    nearest, distance : float
        When no kept path passes: the value nearest to the threshold, and how far off it is, in `unit`; else NaN.
    spread : float
        The outcome's range from 5 to 95 % of the kept paths, to judge `distance` by.
    drivers : tuple of Driver
        Inputs whose shift or correlation is beyond chance, by the size of the shift in its errors.
    inputs : tuple of Driver
        All inputs that vary, `drivers` first.
    """

    condition: str
    series: str
    month: str
    op: str
    value: float
    unit: str
    probability: float
    error: float
    low: float
    high: float
    least: int
    most: int
    simulated: int
    passing: int
    kept: int
    kept_probability: float
    kept_error: float
    paths: NDArray[np.int64] = field(repr=False)
    values: NDArray[np.float64] = field(repr=False)
    typical: tuple[int, ...]
    nearest: float
    distance: float
    spread: float
    drivers: tuple[Driver, ...] = field(repr=False)
    inputs: tuple[Driver, ...] = field(repr=False)

    @property
    def sentences(self) -> tuple[str, ...]:
        """The answer in words."""
        return tuple(filter(None, (self._how_often(), self._how_far(), self._what())))

    def _how_often(self) -> str:
        kept = f"{self.passing:,} of {self.kept:,} kept paths"
        if self.simulated and self.most == 0:
            return f"None of {self.simulated:,} paths: the probability is {bound(self.high, True)} (95 %)."
        if self.simulated and self.least == self.simulated:
            return f"All {self.simulated:,} paths: the probability is {bound(self.low, False)} (95 %)."
        if self.simulated:
            return f"It holds in {said(self.probability, self.error, 'share')} of {self.simulated:,} paths, and in {kept}."
        return f"It holds in {kept}: {said(self.kept_probability, self.kept_error, 'share')}."

    def _how_far(self) -> str:
        if self.passing:
            return ""
        ranges = f", {self.distance / self.spread:.2g} times the range from 5 to 95 %" if self.spread > 0.0 else ""
        off = f"{said(100.0 * self.distance)} percentage points" if self.unit in _SHARES else said(self.distance, None, self.unit)
        return (
            f"The nearest of {self.kept:,} kept paths comes to {said(self.nearest, None, self.unit)}, {off} off{ranges}; "
            f"what follows is of the nearest {len(self.paths):,}."
        )

    def _what(self) -> str:
        if self.passing == self.kept:
            return "Where all paths pass nothing tells them apart."
        if not self.drivers:
            return "Nothing that these paths drew differs from the rest beyond chance."
        named = "; ".join(f"{'high' if one.shift > 0 else 'low'} {one.input} ({said(one.shift, one.shift_error)} sd)" for one in self.drivers[:3])
        more = f"; {len(self.drivers) - 3} more" if len(self.drivers) > 3 else ""
        return f"What these paths drew otherwise, beyond chance: {named}{more}."

    def to_dataframe(self, every: bool = False) -> DataFrame:
        """A row a driver, or with `every` a row an input that varies. Needs pandas."""
        return pandas().DataFrame([vars(one) for one in (self.inputs if every else self.drivers)], columns=list(Driver.__dataclass_fields__))

    def __str__(self) -> str:
        return "\n".join((self.condition, *self.sentences))

    def _repr_html_(self) -> str:
        return views.what_it_would_take(self)


def _condition(text: object) -> tuple[str, str, str, float, bool]:
    found = _CONDITION.fullmatch(text.strip()) if isinstance(text, str) else None
    if not found:
        example = "'share.open.fortune500@2026-12 >= 60%'"
        raise ValueError(f"wanted series@YYYY-MM, one of >= > <= <, and a number, such as {example}; got {reprlib.repr(text)}")
    value = float(found[4])
    if not math.isfinite(value):
        raise ValueError(f"the threshold must be a finite number, not {found[4]}")
    return found[1], found[2], _OPS.get(found[3], found[3]), value / 100.0 if found[5] else value, bool(found[5])


def _check_percent(series: str, unit: str) -> None:
    if unit not in _HUNDREDTHS:
        raise ValueError(f"{series} is {'a plain number' if unit == '-' else 'in ' + unit}, not a share: write the threshold without %")


def what_it_would_take(result: Result, condition: str) -> WhatItWouldTake:
    """`Result.what_would_it_take`."""
    series, month, op, value, percent = _condition(condition)
    row = result._rows(series)
    if percent:
        _check_percent(series, result.units[series])
    column = position({name: i for i, name in enumerate(result.months)}, month, "month")
    found = result._core.what_it_takes(row, column, op, value)
    share, error, low, high, least, most, simulated, _, _ = found["all"]
    drivers = _drivers(result, found["drivers"])
    return WhatItWouldTake(
        condition=f"{series}@{month} {op} {value:g}", series=series, month=month, op=op, value=value, unit=result.units[series],
        probability=share, error=error, low=low, high=high, least=least, most=most, simulated=simulated,
        passing=found["passing"], kept=found["kept"][5], kept_probability=found["kept"][0], kept_error=found["kept"][1],
        paths=np.array(found["paths"], dtype=np.int64), values=np.array(found["values"], dtype=float), typical=tuple(found["typical"]),
        nearest=found["nearest"], distance=found["distance"], spread=found["spread"],
        drivers=drivers[: found["beyond_chance"]], inputs=drivers,
    )


def _drivers(result: Result, rows: list[dict[str, Any]]) -> tuple[Driver, ...]:
    names = result._core.input_names
    about = {row.key: row for row in result.scenario.inputs}
    made = []
    for row in rows:
        key = names[row.pop("input")]
        made.append(Driver(input=key, unit=about[key].unit, meaning=about[key].meaning, basis=about[key].basis, **row))
    return tuple(made)
