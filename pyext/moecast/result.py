"""Results: distributions over paths, kept paths, answers to claims."""

from __future__ import annotations

import os
import reprlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np

from . import _core, exports, views
from .claims import Claims, Reading, find, joined
from .columns import Columns, position
from .exports import LEVELS
from .outcomes import Outcome, Outcomes
from .questions import Percentiles, WhatItWouldTake, percentiles, what_it_would_take
from .replay import Replay
from .run_files import command, in_memory, read
from .scenario import Scenario
from .stories import Stories, told

if TYPE_CHECKING:
    from pandas import DataFrame
    from xarray import Dataset


_Names = str | Sequence[str]  # to a type checker a name is a sequence of names too: overloads for one name stand first
_Levels = float | Sequence[float] | np.ndarray


def _plain(value: np.ndarray | np.floating) -> np.ndarray | float:
    return value if np.ndim(value) else float(value)


class Result:
    """What the simulated paths say. Made by `run`, `Run.result` and `load`.

    Arrays are read-only views of the C library's memory wherever the memory holds the numbers as they are (`inputs`, `scalars`, `bins`, `Replay`);
    they keep it alive.

    A result can be pickled, as the bytes of its run file: those are what travels to and from the processes of joblib, multiprocessing and the like. What
    arrives has the same digest, numbers and words. ``copy.deepcopy`` makes the same, a copy that no `Run` knows of.
    """

    def __init__(self, core: _core.Result) -> None:
        self._core = core
        self._targets = ""  # what a run to a precision was asked for
        self._interrupted = False

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Result:
        """Read a run file, or the one in a folder that ``moecast run`` wrote.

        Raises
        ------
        FileError
            When there is none, or it is damaged or of another kind.
        """
        path = Path(path)
        return cls(_core.load(path / "run.moecast" if path.is_dir() else path))

    # ---- copies -------------------------------------------------------------------------------------------------------------------------------

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (in_memory(self._core), self.scenario, self._targets, self._interrupted)

    def _leave_the_run(self) -> None:
        """Go on from a copy of the numbers, so that the run may change its own. Views that somebody holds still look at the run's."""
        self.scenario  # noqa: B018  as the run had it: kept from here on
        self._core = read(in_memory(self._core))
        for view in ("bins", "inputs", "scalars", "trajectories"):
            self.__dict__.pop(view, None)

    # ---- identity -----------------------------------------------------------------------------------------------------------------------------

    @cached_property
    def digest(self) -> str:
        """SHA-256 over plan, seed, paths and exact statistics: equal digests, equal results."""
        return self._core.digest

    @property
    def seed(self) -> int:
        """Seed of every draw."""
        return self._core.seed

    @property
    def paths(self) -> int:
        """Paths simulated."""
        return self._core.paths

    @property
    def asked(self) -> int:
        """Paths asked for: more than `paths` when the run was broken off."""
        return self._core.asked

    @property
    def interrupted(self) -> bool:
        """Whether something is missing that was asked for: paths, or after Ctrl-C further rounds to a precision or the runs of contrasts."""
        return self._interrupted or self.paths < self.asked

    @property
    def ledger(self) -> list[tuple[int, int]]:
        """Which paths were simulated: first and last of each interval."""
        return self._core.ledger

    @property
    def sampler(self) -> str:
        """Where the paths' points lie: mc, lhs or sobol."""
        return self._core.sampler

    @property
    def replicates(self) -> int:
        """Independent randomisations of these points; errors are taken between them when there are several."""
        return self._core.replicates

    @property
    def sampling_gain(self) -> float:
        """Independent paths that a path of this sampler is worth, median over the headline numbers; NaN for mc."""
        return self._core.sampling_gain

    @property
    def precision(self) -> dict[str, tuple[float, float]]:
        """What a run to a precision was asked for: name to standard error and the one wanted."""
        return {name: (error, wanted) for name, error, wanted in self._core.precision(self._targets)[2]} if self._targets else {}

    @property
    def precision_reached(self) -> bool:
        """Whether all these errors are as small as wanted; True when none was asked for."""
        return not self._targets or self._core.precision(self._targets)[0]

    @property
    def failed(self) -> int:
        """Paths stopped, which no statistic counts."""
        return self._core.failed

    @property
    def failures(self) -> dict[str, int]:
        """Stopped paths by cause."""
        return self._core.failures

    @property
    def seconds(self) -> float:
        """Time the simulation took."""
        return self._core.seconds

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario that ran."""
        return Scenario(self._core.scenario)

    # ---- names --------------------------------------------------------------------------------------------------------------------------------

    @cached_property
    def series(self) -> list[str]:
        """Names of the outcomes, such as ``"share.open.developers"``."""
        return self._core.series

    @cached_property
    def outcomes(self) -> Outcomes:
        """Unit and meaning of every series: ``result.outcomes["cap.gap"].unit``, ``result.outcomes.search("price")``."""
        return Outcomes([Outcome(*row) for row in zip(self.series, self._core.units, self._core.meanings, strict=True)])

    @cached_property
    def headlines(self) -> list[str]:
        """The series that tell paths apart: the first to look at."""
        return self._core.headlines

    @cached_property
    def units(self) -> dict[str, str]:
        """Unit of every series."""
        return dict(zip(self.series, self._core.units, strict=True))

    @cached_property
    def meanings(self) -> dict[str, str]:
        """What every series is."""
        return dict(zip(self.series, self._core.meanings, strict=True))

    @cached_property
    def months(self) -> list[str]:
        """All months of the horizon, YYYY-MM."""
        return self._core.months

    @cached_property
    def report_months(self) -> list[str]:
        """Months whose distribution over paths is known: ends of quarters, and months that claims name."""
        return self._core.report_months

    @cached_property
    def _series_position(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.series)}

    @cached_property
    def _month_position(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.report_months)}

    def _rows(self, series: str | Sequence[str]) -> int | list[int]:
        if isinstance(series, str):
            return position(self._series_position, series, "series")
        return [position(self._series_position, name, "series") for name in self._listed(series, "series")]

    def _columns(self, months: str | Sequence[str] | None) -> int | list[int]:
        if months is None:
            return list(range(len(self.report_months)))
        if isinstance(months, str):
            return position(self._month_position, months, "report month")
        return [position(self._month_position, name, "report month") for name in self._listed(months, "report month")]

    @staticmethod
    def _listed(names: Any, what: str) -> Iterable[str]:
        if not isinstance(names, Iterable):
            raise TypeError(f"a {what} is asked for by its name, or several by a sequence of names, not by {reprlib.repr(names)}")
        return names

    # ---- distributions ------------------------------------------------------------------------------------------------------------------------

    def statistic(self, name: str, monthly: bool = False) -> np.ndarray:
        """A statistic of all series in all report months, or in every month.

        Parameters
        ----------
        name : {"mean", "mean_error", "mean_low", "mean_high", "sd", "lowest", "highest", "count", "effective_paths"}
            ``mean_error`` is the standard error of the mean (NaN where it is not known), ``mean_low`` and ``mean_high`` its 95 % bounds; ``count`` the
            paths behind the number, ``effective_paths`` the independent ones that would give the same error.
        monthly : bool
            In every month of `months` instead of `report_months`. (Quantiles and `bins` are known in report months only.)

        Returns
        -------
        numpy.ndarray of float64, shape (series, report months) or (series, months)
            In the unit of each series.
        """
        return np.asarray(self._core.statistic(name, monthly))

    def monthly(self, series: str | Sequence[str], name: str = "mean") -> np.ndarray:
        """A statistic of one or more series in every month of the horizon.

        Parameters
        ----------
        series : str or sequence of str
            A name drops the axis, a sequence keeps it.
        name : str
            As for `statistic`: "mean", "mean_error", "sd", …

        Returns
        -------
        numpy.ndarray of float64, shape (months,) or (series, months)
            In the unit of each series; months as in `months`.
        """
        return self.statistic(name, monthly=True)[self._rows(series)]

    def _pick(self, name: str, series: str | Sequence[str], months: str | Sequence[str] | None) -> np.ndarray | float:
        rows, columns = self._rows(series), self._columns(months)
        if isinstance(rows, list) and isinstance(columns, list):
            return self.statistic(name)[np.ix_(rows, columns)]
        return _plain(self.statistic(name)[rows, columns])

    @overload
    def mean(self, series: str, months: str) -> float: ...  # type: ignore[overload-overlap]
    @overload
    def mean(self, series: _Names, months: _Names | None = None) -> np.ndarray: ...
    def mean(self, series: str | Sequence[str], months: str | Sequence[str] | None = None) -> np.ndarray | float:
        """Mean over paths.

        Parameters
        ----------
        series : str or sequence of str
            A name drops the axis, a sequence keeps it.
        months : str or sequence of str, optional
            Report months, YYYY-MM; all where None. A name drops the axis.

        Returns
        -------
        numpy.ndarray of float64, shape (series, months) without dropped axes
            In the unit of each series.

        Raises
        ------
        KeyError
            For a name that does not exist, with the nearest ones.
        """
        return self._pick("mean", series, months)

    @overload
    def mean_error(self, series: str, months: str) -> float: ...  # type: ignore[overload-overlap]
    @overload
    def mean_error(self, series: _Names, months: _Names | None = None) -> np.ndarray: ...
    def mean_error(self, series: str | Sequence[str], months: str | Sequence[str] | None = None) -> np.ndarray | float:
        """Standard error of `mean`, with the same arguments."""
        return self._pick("mean_error", series, months)

    @overload
    def sd(self, series: str, months: str) -> float: ...  # type: ignore[overload-overlap]
    @overload
    def sd(self, series: _Names, months: _Names | None = None) -> np.ndarray: ...
    def sd(self, series: str | Sequence[str], months: str | Sequence[str] | None = None) -> np.ndarray | float:
        """Standard deviation over paths, with the arguments of `mean`."""
        return self._pick("sd", series, months)

    @overload
    def quantiles(self, series: str, months: str, p: float, errors: Literal[False] = False) -> float: ...  # type: ignore[overload-overlap]
    @overload
    def quantiles(self, series: str, months: str, p: float, errors: Literal[True]) -> tuple[float, float]: ...  # type: ignore[overload-overlap]
    @overload
    def quantiles(self, series: _Names, months: _Names | None = None, p: _Levels = LEVELS, errors: Literal[False] = False) -> np.ndarray: ...
    @overload
    def quantiles(self, series: _Names, months: _Names | None = None, p: _Levels = LEVELS, *, errors: Literal[True]) -> tuple[np.ndarray, np.ndarray]: ...
    @overload
    def quantiles(self, series: _Names, months: _Names | None, p: _Levels, errors: Literal[True]) -> tuple[np.ndarray, np.ndarray]: ...
    def quantiles(
        self,
        series: str | Sequence[str],
        months: str | Sequence[str] | None = None,
        p: _Levels = LEVELS,
        errors: bool = False,
    ) -> np.ndarray | float | tuple[np.ndarray | float, np.ndarray | float]:
        """Quantiles over paths.

        Parameters
        ----------
        series, months
            As for `mean`.
        p : float or sequence of float in [0, 1]
            A number drops the axis.
        errors : bool
            Return standard errors too.

        Returns
        -------
        numpy.ndarray of float64, shape (series, months, p) without dropped axes
            In the unit of each series; with `errors` a pair of such arrays.

        Raises
        ------
        KeyError
            For a name that does not exist.
        ValueError
            For a p outside [0, 1].
        """
        rows, columns, levels = np.atleast_1d(self._rows(series)), np.atleast_1d(self._columns(months)), np.atleast_1d(p)
        found = [[[self._core.quantile(int(row), int(column), float(q)) for q in levels] for column in columns] for row in rows]
        both = np.array(found, dtype=float).reshape(len(rows), len(columns), len(levels), 2)
        keep = tuple(0 if scalar else slice(None) for scalar in (isinstance(series, str), isinstance(months, str), np.ndim(p) == 0))
        value, error = _plain(both[(*keep, 0)]), _plain(both[(*keep, 1)])
        return (value, error) if errors else value

    def interval(self, series: str, month: str, p: float | None = None) -> tuple[float, float]:
        """95 % bounds of the mean, or of the p-quantile, of one series in one report month.

        Student's t over replicates; for quantiles the quantiles at p ± that many standard errors of the share of paths below.
        """
        row, column = self._rows(series), self._columns(month)
        if p is not None:
            return self._core.interval(row, column, p)
        return self._pick("mean_low", series, month), self._pick("mean_high", series, month)

    @overload
    def effective_paths(self, series: str, months: str) -> float: ...  # type: ignore[overload-overlap]
    @overload
    def effective_paths(self, series: _Names, months: _Names | None = None) -> np.ndarray: ...
    def effective_paths(self, series: str | Sequence[str], months: str | Sequence[str] | None = None) -> np.ndarray | float:
        """Independent paths that would give `mean` the same error, with the arguments of `mean`; NaN for constants."""
        return self._pick("effective_paths", series, months)

    @cached_property
    def bins(self) -> np.ndarray:
        """Exact counts behind the quantiles: view of uint32, shape (series, report months, bins)."""
        return np.asarray(self._core.bins)

    # ---- kept paths ---------------------------------------------------------------------------------------------------------------------------

    @cached_property
    def inputs(self) -> Columns:
        """Inputs of the kept paths: input key to view, one number a path."""
        return self._kept(self._core.input_names, self._core.kept_inputs, "input")

    @cached_property
    def scalars(self) -> Columns:
        """Headline numbers of the kept paths: ``"share.open.developers@2026-12"`` to view, one number a path; NaN for stopped paths."""
        return self._kept(self._core.scalar_names, self._core.kept_scalars, "kept number")

    @cached_property
    def trajectories(self) -> Columns:
        """Kept series of the kept paths (`Run`'s keep_series): name to view of float64, shape (paths, months); NaN for stopped paths."""
        return self._kept(self._core.kept_series_names, self._core.kept_series, "kept series", ("month", self.months))

    def _kept(self, names: list[str], table: _core.Array, what: str, *axes: tuple[str, list[str]]) -> Columns:
        values, first = np.asarray(table), self._core.first_path
        return Columns(names, values, what, ("path", range(first, first + values.shape[0])), *axes)

    def path(self, index: int) -> Replay:
        """Simulate one path again, bit for bit, and return all its months: outcomes, shocks, levers, states, events.

        Parameters
        ----------
        index : int
            Number of the path, from 0. Paths beyond those that ran may be asked for too.
        """
        return Replay(self._core.trace(index), self.months, self._core.input_names)

    def stories(self, count: int = 3) -> Stories:
        """A few whole paths that stand for all kept ones, from bear to bull for open weights, each with its weight and in words.

        Not quantiles month by month, which no path follows: the kept paths are divided into clusters by their headline numbers, and a story is the
        most central path of its cluster.

        Parameters
        ----------
        count : int
            2 to 6.

        Raises
        ------
        ScenarioError
            When fewer than 30 paths were kept.
        ValueError
            For another count.

        Examples
        --------
        >>> import moecast
        >>> told = moecast.run("baseline", paths=100, seed=1).stories()
        >>> [story.name for story in told], round(sum(story.weight for story in told), 9)
        (['Bear', 'Base', 'Bull'], 1.0)
        """
        return told(self, count)

    # ---- questions ----------------------------------------------------------------------------------------------------------------------------

    def percentile_of(self, values: Mapping[str, float]) -> Percentiles:
        """Where values, such as observed ones, lie among all simulated paths.

        Parameters
        ----------
        values : mapping of str to float
            ``"series@YYYY-MM"`` (a report month) to a value in the unit of the series.

        Returns
        -------
        Percentiles
            A list with, for each, the share of paths below it (equal ones count half), its standard error and 95 % interval, from exact counts; a value
            outside everything simulated says so.

        Raises
        ------
        KeyError
            For a series or month that is none, with the nearest ones.
        ValueError, TypeError
            For what is no name of that form, or no finite number.

        Examples
        --------
        >>> import moecast
        >>> result = moecast.run("baseline", paths=100, seed=1)
        >>> found = result.percentile_of({"cap.gap@2026-12": result.quantiles("cap.gap", "2026-12", 0.5)})
        >>> round(found["cap.gap@2026-12"].percentile, 2)
        0.5
        """
        return percentiles(self, values)

    def what_would_it_take(self, condition: str) -> WhatItWouldTake:
        """How often an outcome passes a threshold, in which kept paths, and what these drew otherwise than the rest.

        Parameters
        ----------
        condition : str
            Series, month, one of ``>= > <= <``, and a number, which may be in percent: ``"share.open.fortune500@2026-12 >= 20%"``. The number must have
            been kept path by path: as a headline number (`scalars`), or with keep_series.

        Returns
        -------
        WhatItWouldTake
            When no kept path passes: of those that come nearest.

        Raises
        ------
        KeyError
            For a series or month that is none, with the nearest ones.
        ValueError
            For a condition of another form.
        ScenarioError
            When the number was not kept path by path, or of fewer than 30 paths.

        Examples
        --------
        >>> import moecast
        >>> answer = moecast.run("baseline", paths=200, seed=1).what_would_it_take("share.open.fortune500@2026-12 >= 15%")
        >>> 0.0 < answer.probability < 1.0 and len(answer.paths) == answer.passing
        True
        """
        return what_it_would_take(self, condition)

    # ---- claims -------------------------------------------------------------------------------------------------------------------------------

    @cached_property
    def claims(self) -> Claims:
        """The claims of the scenario with an answer for each reading."""
        return joined(self._core.scenario.claims(), self._core.claims())

    def readings(self) -> Iterator[Reading]:
        """All readings of all claims."""
        return (reading for claim in self.claims for reading in claim.readings)

    def probability(self, claim: str) -> Reading:
        """The answer to ``"claim.reading"``, or to ``"claim"`` when it has one reading: `probability` with its `error` and bounds.

        Raises
        ------
        KeyError
            When there is no such reading, or several.
        """
        return find(self.claims, claim)

    # ---- elsewhere ----------------------------------------------------------------------------------------------------------------------------

    def to_dataframe(self, monthly: bool = False) -> DataFrame:
        """A row for each series and report month: unit, mean with its error, sd, lowest, highest, count, quantiles. Needs pandas.

        With `monthly` a row for each month of the horizon, without quantiles, which are known in report months only.
        """
        return exports.to_dataframe(self, monthly)

    def to_parquet(self, path: str | os.PathLike[str], monthly: bool = False) -> None:
        """Write the table of `to_dataframe` as a Parquet file, which appears whole or not at all. Needs pyarrow.

        The schema's metadata has the units (``moecast.units``, JSON), ``moecast.digest``, scenario, seed, paths, sampler and version.

        Raises
        ------
        FileError
            When it cannot be written; what was there stays.
        """
        exports.to_parquet(self, path, monthly)

    def to_xarray(self, what: str = "quantiles", series: str | Sequence[str] | None = None, p: _Levels = LEVELS) -> Dataset:
        """An xarray Dataset with a variable a series. Needs xarray.

        Parameters
        ----------
        what : str
            ``"quantiles"`` or ``"quantile_errors"``: dimensions (month, quantile), report months. ``"mean"``, ``"mean_error"``, ``"sd"`` or another name of
            `statistic`: (month,), every month of the horizon. ``"paths"``: (path, month), the kept series of the kept paths (`trajectories`).
        series : str or sequence of str, optional
            All where None.
        p : float or sequence of float in [0, 1]
            Quantiles.

        Returns
        -------
        xarray.Dataset
            ``month`` is datetime64, the first day of the month whose end is meant; variables have ``units`` and ``long_name``; the set has scenario, seed,
            paths and digest.

        Raises
        ------
        KeyError
            For a series that does not exist, with the nearest ones.
        ValueError
            For another content, or ``"paths"`` where no series was kept.

        Examples
        --------
        >>> import moecast
        >>> data = moecast.run("baseline", paths=100, seed=1).to_xarray()
        >>> gap = data["cap.gap"].sel(month="2028-12-01", quantile=0.5)
        >>> gap.shape, data["cap.gap"].attrs["units"]
        ((), 'ECI')
        """
        return exports.to_xarray(self, what, series, p)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the run file, which appears whole or not at all.

        Raises
        ------
        FileError
            When it cannot be written; what was there stays.
        """
        self._core.save(path, command())

    def report(self, path: str | os.PathLike[str], *others: Result, lang: str = "en") -> None:
        """Write the workbook (.xlsx); with `others`, one that puts these results side by side and holds them against this one.

        Parameters
        ----------
        path : str or os.PathLike
        *others : Result
            At most 63. Differences are paired path by path where seed and sampler are the same and paths were kept.
        lang : str
            Language of the sheets Summary, Claims and Break-even: "en" or "zh" (Chinese). Results side by side are in English.

        Raises
        ------
        FileError
            When it cannot be written; what was there stays.
        RunError
            When two of them are the same result, there are too many, or a run file stands at `path`.
        ScenarioError
            When they have no reported month in common.
        TypeError
            When one of `others` is no result.
        ValueError
            For another language, Chinese with `others`, or a path that no file can have.
        """
        for other in others:
            if not isinstance(other, Result):
                raise TypeError(f"report puts results side by side and wants a Result, not {reprlib.repr(other)}; moecast.load reads one from a run file")
        if others and lang != "en":
            raise ValueError(f"results side by side are in English, not in {lang!r}")
        for number, result in enumerate((self, *others)):
            for before in (self, *others)[:number]:
                if before.digest == result.digest:
                    raise _core.RunError(f"{before.scenario.name!r} and {result.scenario.name!r} are the same run: their results have the digest {result.digest[:16]}")
        with tempfile.TemporaryDirectory(prefix="moecast-") as folder:
            files = []
            for number, result in enumerate((self, *others)):
                files.append(Path(folder, f"{number}.moecast"))
                result.save(files[-1])
            if others:
                _core.report_comparison(files, path)
            else:
                _core.load(files[0]).report(path, lang)

    def __repr__(self) -> str:
        paths = f"{self.paths} of {self.asked}" if self.paths < self.asked else str(self.paths)
        return f"<Result of {self.scenario.name}, seed {self.seed}, {paths} paths, digest {self.digest[:12]}>"

    def _repr_html_(self) -> str:
        return views.result(self)


def _restored(run_file: bytes, scenario: Scenario, targets: str, interrupted: bool) -> Result:
    """What a pickle calls."""
    made = Result(read(run_file))
    made._targets, made._interrupted = targets, interrupted
    made.__dict__["scenario"] = scenario  # which knows where its relative file names start; the run file has the text alone
    return made


def load(path: str | os.PathLike[str]) -> Result:
    """`Result.load`: read a run file, or the one in a folder that ``moecast run`` wrote.

    Returns
    -------
    Result
        As it was when it was saved: same digest, numbers and answers.

    Raises
    ------
    FileError
        When there is none, or it is damaged or of another kind.
    """
    return Result.load(path)
