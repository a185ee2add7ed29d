"""Scenarios and results side by side, paired path by path."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from . import _core, views
from .arguments import names
from .frames import pandas
from .progress import Progress, telling
from .result import Result, load
from .scenario import Scenario

if TYPE_CHECKING:
    from pandas import DataFrame

Side = str | os.PathLike[str] | Scenario | Result


def _month(text: str) -> int:
    """Months from 2000-01 to "2028-12"."""
    year, dash, month = text.partition("-")
    if not (dash and year.isdigit() and month.isdigit() and len(year) == 4 and len(month) == 2 and 1 <= int(month) <= 12):
        raise ValueError(f"a month is written like 2028-12, not {text!r}")
    return 12 * (int(year) - 2000) + int(month) - 1


def _is_run(path: Path) -> bool:
    if path.is_dir():
        return True
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(15) == b"SQLite format 3"


def _opened(side: Side) -> tuple[str, Any]:
    """What people call it, and the plan or result."""
    if isinstance(side, Result):
        return side.scenario.name, side._core
    if isinstance(side, Scenario):
        return side.name, _core.Plan(side._core)
    if _is_run(Path(side)):
        return str(side), load(side)._core
    return str(side), _core.Plan(Scenario.load(side)._core)


@dataclass(frozen=True)
class Bar:
    """One group of changed keys: its share of a difference of means.

    Attributes
    ----------
    group : str
    keys : int
        Keys in which the two scenarios differ.
    effect, error : float
        Shapley's share in the unit of the series, with the standard error from the spread over paths, or between replicates.
    order_error : float
        Standard error from the sample of orders; 0 when all were taken.
    alone, last : float
        Change when the group alone, and when it as the last one, changes sides; NaN where that was not run.
    """

    group: str
    keys: int
    effect: float
    error: float
    order_error: float
    alone: float
    last: float


@dataclass(frozen=True)
class Waterfall:
    """What a difference of means is made of: `bars` add up to `difference`, which is b − a.

    Attributes
    ----------
    series, unit : str
        ``"share.open.developers@2028-12"`` and its unit.
    a, b, difference : float
        Means over the paths that were stopped in no scenario; each with its standard error.
    bars : tuple of Bar
    paths, pairs, dropped, seed : int
        Paths of each scenario, those used, those stopped somewhere, and the seed.
    sampler : str
    replicates : int
        How paths were drawn; with more than one replicate errors are those between them.
    runs, orders : int
        Scenarios run; orders sampled, 0 when all were taken.
    """

    series: str
    unit: str
    a: float
    a_error: float
    b: float
    b_error: float
    difference: float
    error: float
    bars: tuple[Bar, ...]
    paths: int
    pairs: int
    dropped: int
    seed: int
    sampler: str
    replicates: int
    runs: int
    orders: int

    def to_dataframe(self) -> DataFrame:
        """A row a bar. Needs pandas."""
        return pandas().DataFrame([vars(bar) for bar in self.bars])

    def _repr_html_(self) -> str:
        return views.waterfall(self)


class Comparison:
    """Several scenarios or results against the first. Made by `compare`.

    Attributes
    ----------
    names : list of str
        Of the sides; the first is the base.
    seed, paths : int
        What every side was run with.
    sampler : str
    replicates : int
        How its paths were drawn.
    notes : list of str
        What was left out, and why.
    identical : list of bool
        For each side: does it equal the base in every number compared, path by path?
    """

    def __init__(self, sides: Sequence[Any], names: Sequence[str], found: dict[str, Any], threads: int, drawn: dict[str, Any]) -> None:
        self._sides, self._threads, self._drawn = list(sides), threads, drawn
        self.names = list(names)
        self.seed: int = found["seed"]
        self.paths: int = found["paths"]
        self.sampler: str = found["sampler"]
        self.replicates: int = found["replicates"]
        self.notes: list[str] = found["notes"]
        self.identical: list[bool] = found["identical"]
        self._rows, self._claims = found["rows"], found["claims"]

    def _named(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{"with": self.names[row["side"]], **{key: row[key] for key in row if key != "side"}} for row in rows]

    def table(self) -> list[dict[str, Any]]:
        """A row a side, series and month.

        Returns
        -------
        list of dict
            ``with``, ``series``, ``month``, ``unit``; means ``a`` and ``b`` with errors; ``difference`` (b − a) with its paired standard ``error`` and
            ``p5``, ``p50``, ``p95`` over paths; ``above``, the share of paths with b above a; ``ratio``, the geometric mean of b/a of series on a
            logarithmic axis, else NaN; ``correlation``; ``runs_saved``; ``pairs``, ``dropped``, ``identical``.
        """
        return self._named(self._rows)

    def claims(self) -> list[dict[str, Any]]:
        """A row a side and reading.

        Returns
        -------
        list of dict
            ``with``, ``reading``; probabilities ``a`` and ``b``, each with ``_error``, 95 % bounds ``_low`` and ``_high``, ``_hits`` and ``_count``;
            ``difference`` with its paired ``error``; paths ``gained`` and ``lost``.
        """
        return self._named(self._claims)

    def to_dataframe(self) -> DataFrame:
        """`table` as a frame. Needs pandas."""
        return pandas().DataFrame(self.table())

    def waterfall(
        self,
        what: str,
        other: int = 1,
        groups: str | os.PathLike[str] | Mapping[str, Sequence[str]] | None = None,
        paths: int | None = None,
        orders: int | None = None,
        progress: Progress = False,
    ) -> Waterfall:
        """Attribute the difference of the means of one side and the base to groups of changed keys.

        Parameters
        ----------
        what : str
            Series and month, such as ``"share.open.developers@2028-12"``.
        other : int
            Position of the side.
        groups : mapping of str to keys, or a YAML file of one, optional
            By section of the scenario where None.
        paths, orders : int, optional
            1,000 paths of each mixed scenario; for more than 6 groups 16 sampled orders.
        progress : bool or callable
            As for `run`, of the paths of all mixed scenarios.

        Raises
        ------
        ScenarioError
            When a mix of the two scenarios is none, with the groups and the reason; for a series that is none.
        """
        series, at, month = what.rpartition("@")
        if not at:
            raise ValueError(f"wanted a series and a month such as 'share.open.developers@2028-12', not {what!r}")
        with tempfile.TemporaryDirectory(prefix="moecast-") as folder, telling(progress, f"waterfall of {what}") as tell:
            if isinstance(groups, Mapping):
                file = Path(folder, "groups.yaml")
                file.write_text(json.dumps({name: list(keys) for name, keys in groups.items()}), encoding="utf-8")
                groups = file
            found = _core.waterfall(
                [self._sides[0], self._sides[other]],
                [self.names[0], self.names[other]],
                series,
                _month(month),
                paths=paths or 0,
                seed=self.seed,
                threads=self._threads,
                groups=None if groups is None else os.fspath(groups),
                orders=orders or 0,
                progress=tell,
                **self._drawn,
            )
        bars = tuple(Bar(**bar) for bar in found.pop("bars"))
        return Waterfall(series=what, bars=bars, **found)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Comparison cannot be pickled: send what it says, table() and claims(), or send the scenarios or results and compare them there")

    def __repr__(self) -> str:
        return f"<Comparison of {', '.join(self.names)}, seed {self.seed}, {self.paths} paths>"

    def _repr_html_(self) -> str:
        return views.comparison(self)


def compare(
    sides: Sequence[Side],
    paths: int | None = None,
    seed: int | None = None,
    series: str | Sequence[str] = (),
    months: str | Sequence[str] = (),
    threads: int | None = None,
    sampler: str | None = None,
    replicates: int | None = None,
    progress: Progress = False,
) -> Comparison:
    """Run scenarios on the same paths and pair them with the first.

    Parameters
    ----------
    sides : sequence of str, path, Scenario or Result
        Scenarios by file or shipped name, loaded ones, results, run files or their folders; the first is the base.
    paths : int, optional
        4,000 where None.
    seed : int, optional
        That of the results, else the base's own.
    series, months : str or sequence of str, optional
        The headline series at the ends of years where empty.
    threads : int, optional
        One a processor where None. Results do not depend on it.
    sampler : {"mc", "lhs", "sobol"}, optional
        That of the results, else the base's own. Results drawn by another one are refused.
    replicates : int, optional
        Independent randomisations, from which every error is taken when there is more than one; theirs, else 1 for "mc" and 16 for the others.
    progress : bool or callable
        As for `run`, of the paths of all sides.

    Returns
    -------
    Comparison
        Differences and claims against the first side, with paired errors.

    Raises
    ------
    ScenarioError, FileError
        When a scenario, a run file or a name cannot be used.
    RunError
        When results have different seeds or samplers.
    KeyboardInterrupt
        Within 100 ms of Ctrl-C.

    Examples
    --------
    >>> import moecast
    >>> freed = moecast.compare(["baseline", "no_controls"], paths=64, series=["cost.cn_first_party"], months=["2028-12"])
    >>> row = freed.table()[0]
    >>> row["difference"] < 0 < row["error"] and row["ratio"] < 1
    True
    """
    if isinstance(sides, (str, os.PathLike, Scenario, Result)):
        raise TypeError("compare wants a list of scenarios or results")
    titles, opened = zip(*map(_opened, sides), strict=True) if sides else ((), ())
    drawn = {"sampler": sampler, "replicates": replicates or 0}
    with telling(progress, " / ".join(titles)) as tell:
        found = _core.compare(
            opened, titles, names("series", series), [_month(month) for month in names("months", months)], paths=paths or 0, seed=seed, threads=threads or 0, progress=tell, **drawn
        )
    return Comparison(opened, titles, found, threads or 0, drawn)
