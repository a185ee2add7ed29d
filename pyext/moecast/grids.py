"""Grids: one scenario at many levels of its keys, all on the same paths."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _core, running
from .arguments import number
from .claims import Claim, find
from .columns import position
from .equality import ByValue
from .frames import pandas
from .grid_cells import Cell, Levels, listed, product
from .result import Result, load
from .scenario import Scenario

if TYPE_CHECKING:
    from pandas import DataFrame
    from xarray import Dataset

_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_STATISTICS = ("mean", "mean_error", "sd", "lowest", "highest", "count")

GridProgress = bool | Callable[[int, int], object]


@dataclass(frozen=True, eq=False)
class GridProbability(ByValue):
    """The probability of a reading in every cell of a grid.

    Attributes
    ----------
    claim : str
        ``"claim.reading"``.
    levels : dict of str to list
        The levels along each axis, by key.
    probability, error, low, high : numpy.ndarray of float64
        With standard error and 95 % interval; one axis a key, in the order of `levels` (a list of combinations has one axis). NaN where the reading stays
        open, or the cell has not run.
    """

    claim: str
    levels: dict[str, list[Any]]
    probability: np.ndarray
    error: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class _Kept:
    """What stays in memory of a finished cell; the rest is in its run file."""

    file: Path
    digest: str
    series: dict[str, int]
    months: dict[str, int]
    units: dict[str, str]
    meanings: dict[str, str]
    statistics: dict[str, np.ndarray]  # (series, months)
    quantiles: np.ndarray  # (series, months, p)
    quantile_errors: np.ndarray
    claims: list[Claim]

    def table(self, what: str) -> np.ndarray:
        return {"quantiles": self.quantiles, "quantile_errors": self.quantile_errors}.get(what, self.statistics.get(what))


def _kept(result: Result, file: Path, p: Sequence[float]) -> _Kept:
    values, errors = result.quantiles(result.series, p=p, errors=True)
    return _Kept(
        file, result.digest, dict(zip(result.series, range(len(result.series)), strict=True)),
        dict(zip(result.report_months, range(len(result.report_months)), strict=True)), result.units, result.meanings,
        {name: np.array(result.statistic(name)) for name in _STATISTICS}, values, errors, result.claims,
    )


class Grid(Mapping[Any, Result]):
    """One scenario at many levels of its keys. `moecast.grid` makes one and runs it; made by hand it runs when `run` is called, and goes on where it was broken off.

    A mapping from levels to results: ``grid[0.5, 0.4]``, or ``grid[0.5]`` where there is one key. Only the finished cells are in it. All cells have the same
    seed, so that path 17 of one is path 17 of every other in all that the keys do not change: differences between cells are paired and far smaller in error than
    the two errors say. ``moecast.compare([grid[a], grid[b]], paths=n)`` gives them with that error, from the kept paths where `keep` is at least n; else it runs them again.

    Of a finished cell the statistics stay in memory (about half a megabyte) and the rest in a run file, from which ``grid[...]`` reads it anew each time; the
    file is as that of `Result.save`.

    Parameters
    ----------
    base : str, path or Scenario
    levels : mapping of str to list, or list of mappings
        Values by dotted key: every combination is run, as by the grid of ``moecast batch``, with its names and limits (at most 8 keys, 256 values of each and
        4096 cells). Values are numbers or single words, which are their own levels; others, such as distributions, need a mapping from labels: the labels are the
        levels. A list of mappings, each of the same keys to one level, runs just these.
    paths, seed, threads
        As for `Run`, for every cell.
    progress : bool or callable
        True writes a line to standard error; a callable is given (cells done, cells in all).
    keep : int
        Paths of each cell kept one by one. With 0 break-evens of claims are not known.
    p : float or sequence of float
        Quantiles that are kept.
    name : str
        Stands in the titles of the cells, as a batch's name does.
    folder : str or path, optional
        Where the run files go, a folder a cell; they stay there. A temporary one where None, which goes when the grid does. Run files of a folder that stand
        in the way are replaced: a grid whose cell was replaced by another one raises RunError when asked for it.
    **run_arguments
        Anything else `moecast.run` takes: sampler, replicates, contrasts …

    Attributes
    ----------
    base : Scenario
    levels : dict of str to list
        Levels along each axis, by key.
    names : list of str
        Names of all cells, such as ``"baseline+severity=0.5"``; the last key runs fastest.

    Raises
    ------
    ScenarioError
        For a key, a value or a name that cannot be, with `field` and `hint`; before anything runs.

    Examples
    --------
    >>> import moecast
    >>> study = moecast.Grid("baseline", {"policy.severity": [0.5, 1.5]}, paths=32, seed=1)
    >>> len(study), study.run(cells=1), len(study)
    (0, 1, 1)
    >>> study.run()
    2
    """

    def __init__(
        self,
        base: str | os.PathLike[str] | Scenario = "baseline",
        levels: Levels = (),
        paths: int | None = None,
        seed: int | None = None,
        threads: int | None = None,
        progress: GridProgress = False,
        keep: int = 0,
        p: float | Sequence[float] | np.ndarray = _QUANTILES,
        name: str = "grid",
        folder: str | os.PathLike[str] | None = None,
        **run_arguments: Any,
    ) -> None:
        self.base = base if isinstance(base, Scenario) else Scenario.load(base)
        if not isinstance(levels, Mapping) and (isinstance(levels, (str, bytes)) or not isinstance(levels, Sequence)):
            raise TypeError(f"levels wants a mapping of keys to levels or a list of mappings, got a {type(levels).__name__}")
        self._is_product = isinstance(levels, Mapping)
        self.levels, self._cells = (product if isinstance(levels, Mapping) else listed)(self.base, levels, name)
        self.names = [cell.name for cell in self._cells]
        self.p = tuple(number("p", level) for level in np.atleast_1d(np.asarray(p, dtype=object)))
        if not all(0.0 <= level <= 1.0 for level in self.p):
            raise ValueError(f"p wants shares between 0 and 1, got {list(self.p)}")
        self.paths = self.base.paths if paths is None else paths
        self.seed = self.base.seed if seed is None else seed
        self._progress = progress
        self._arguments = {**run_arguments, "paths": paths, "seed": self.seed, "threads": threads, "keep": keep}
        self._temporary = tempfile.TemporaryDirectory(prefix="moecast-grid-") if folder is None else None
        self._folder = Path(self._temporary.name if self._temporary else folder)
        self._done: dict[tuple[Any, ...], _Kept] = {}

    # ---- running ------------------------------------------------------------------------------------------------------------------------------

    def run(self, cells: int | None = None) -> int:
        """Run the cells that are not finished, or so many of them.

        Ctrl-C raises KeyboardInterrupt within 100 ms. The finished cells stay, the one that was running is lost; call `run` again to go on.

        Returns
        -------
        int
            Cells finished so far.
        """
        left = [cell for cell in self._cells if cell.levels not in self._done]
        for cell in left[:cells]:
            self._run(cell)
            self._tell()
        return len(self._done)

    def _run(self, cell: Cell) -> None:
        result = running.run(cell.scenario(self.base), **self._arguments)
        folder = self._folder / cell.name
        folder.mkdir(parents=True, exist_ok=True)
        result.save(folder / "run.moecast")
        self._done[cell.levels] = _kept(result, folder / "run.moecast", self.p)

    def _tell(self) -> None:
        done, total = len(self._done), len(self._cells)
        if callable(self._progress):
            self._progress(done, total)
        elif self._progress:
            sys.stderr.write(f"\r{done} of {total} cells" + ("\n" if done == total else ""))
            sys.stderr.flush()

    # ---- the mapping --------------------------------------------------------------------------------------------------------------------------

    def _place(self, levels: Any) -> tuple[Any, ...]:
        at = levels if isinstance(levels, tuple) else (levels,)
        if len(at) != len(self.levels):
            raise KeyError(f"wanted a level of each of {', '.join(self.levels)}, got {levels!r}")
        for key, level in zip(self.levels, at, strict=True):
            if level not in self.levels[key]:
                raise KeyError(f"no level {level!r} of {key}: there are {', '.join(map(repr, self.levels[key]))}")
        return at

    def _cell(self, levels: Any) -> Cell:
        at = self._place(levels)
        for cell in self._cells:
            if cell.levels == at:
                return cell
        raise KeyError(f"the grid has no cell {levels!r}")

    def __getitem__(self, levels: Any) -> Result:
        cell = self._cell(levels)
        if cell.levels not in self._done:
            raise KeyError(f"the cell {cell.name} has not run yet")
        kept, result = self._done[cell.levels], load(self._done[cell.levels].file)
        if result.digest != kept.digest:
            raise _core.RunError(
                f"{kept.file} holds another run than this grid's cell {cell.name} (digest {result.digest[:12]}, not {kept.digest[:12]}): something else was run "
                "into the folder; give each grid a folder of its own"
            )
        return result

    def __contains__(self, levels: object) -> bool:
        return (levels if isinstance(levels, tuple) else (levels,)) in self._done

    def __iter__(self) -> Iterator[Any]:
        places = (cell.levels for cell in self._cells if cell.levels in self._done)
        return places if len(self.levels) > 1 else (at[0] for at in places)

    def __len__(self) -> int:
        return len(self._done)

    def scenario(self, levels: Any) -> Scenario:
        """The scenario of a cell, also of one that has not run."""
        return self._cell(levels).scenario(self.base)

    @property
    def digests(self) -> dict[str, str]:
        """Name of each finished cell to its `Result.digest`."""
        return {cell.name: self._done[cell.levels].digest for cell in self._cells if cell.levels in self._done}

    @property
    def shape(self) -> tuple[int, ...]:
        """Levels of each key; the number of combinations for a list of them."""
        return tuple(len(levels) for levels in self.levels.values()) if self._is_product else (len(self._cells),)

    # ---- tables -------------------------------------------------------------------------------------------------------------------------------

    def _names(self, attribute: str, what: str, wanted: str | Sequence[str] | None) -> list[str]:
        """Names that any finished cell has, in order; KeyError with the nearest ones for others."""
        if not self._done:
            raise ValueError("no cell of the grid has run yet")
        there = {name: 0 for kept in self._done.values() for name in getattr(kept, attribute)}
        if wanted is None:
            return sorted(there) if attribute == "months" else list(there)
        names = [wanted] if isinstance(wanted, str) else list(wanted)
        for name in names:
            position(there, name, what)
        return names

    def _values(self, what: str, series: str, months: Sequence[str]) -> np.ndarray:
        """(cells, months, …): NaN where a cell has not run or has no such series or month."""
        tail = (len(self.p),) if what.startswith("quantile") else ()
        found = np.full((len(self._cells), len(months), *tail), np.nan)
        for i, cell in enumerate(self._cells):
            kept = self._done.get(cell.levels)
            if kept is None or series not in kept.series:
                continue
            for k, month in enumerate(months):
                if month in kept.months:
                    found[i, k] = kept.table(what)[kept.series[series], kept.months[month]]
        return found

    def to_dataframe(self, series: str | Sequence[str] | None = None, months: str | Sequence[str] | None = None) -> DataFrame:
        """A row for each finished cell, series and report month. Needs pandas.

        Returns
        -------
        pandas.DataFrame
            A column a key with its level, then ``series``, ``month``, ``unit``, ``mean``, ``mean_error``, ``sd``, ``lowest``, ``highest``, ``count``, and each
            quantile with its standard error (``p50``, ``p50_error``).
        """
        names, at = self._names("series", "series", series), self._names("months", "report month", months)
        blocks = []
        for i, cell in enumerate(self._cells):
            kept = self._done.get(cell.levels)
            if kept is None:
                continue
            for name in names:
                block: dict[str, Any] = {key: [level] * len(at) for key, level in zip(self.levels, cell.levels, strict=True)}
                block |= {"series": name, "month": at, "unit": kept.units.get(name, "")}
                blocks.append((i, name, block))
        tables = {(what, name): self._values(what, name, at) for what in (*_STATISTICS, "quantiles", "quantile_errors") for name in names}
        for i, name, block in blocks:
            block |= {what: tables[what, name][i] for what in _STATISTICS}
            for k, level in enumerate(self.p):
                block[f"p{100 * level:g}"] = tables["quantiles", name][i, :, k]
                block[f"p{100 * level:g}_error"] = tables["quantile_errors", name][i, :, k]
        frame = pandas()
        return frame.concat([frame.DataFrame(block) for _, _, block in blocks], ignore_index=True)

    def _unit(self, key: str) -> str:
        return next((row.unit for row in self.base.inputs if row.key == key), "")

    def to_xarray(self, what: str = "mean", series: str | Sequence[str] | None = None, months: str | Sequence[str] | None = None) -> Dataset:
        """An xarray Dataset with a variable a series and a dimension a key. Needs xarray.

        Parameters
        ----------
        what : str
            ``"mean"``, ``"mean_error"``, ``"sd"``, ``"lowest"``, ``"highest"`` or ``"count"``: dimensions (keys …, month). ``"quantiles"`` or
            ``"quantile_errors"``: (keys …, month, quantile).
        series, months : str or sequence of str, optional
            All where None.

        Returns
        -------
        xarray.Dataset
            The levels are the coordinates of their key, with its ``units``; a list of combinations has one dimension ``cell``. ``month`` is datetime64, the
            first day of the month whose end is meant. Variables have ``units`` and ``long_name``. Cells that have not run are NaN.
        """
        try:
            import xarray
        except ImportError:
            raise ImportError("Datasets need xarray: pip install 'moecast[xarray]'. Without it use Grid.to_dataframe.") from None
        if what not in (*_STATISTICS, "quantiles", "quantile_errors"):
            raise ValueError(f"no content {what!r}: there are {', '.join(_STATISTICS)}, quantiles, quantile_errors")
        names, at = self._names("series", "series", series), self._names("months", "report month", months)
        axes = (*self.levels,) if self._is_product else ("cell",)
        tail = ("quantile",) if what.startswith("quantile") else ()
        some = next(iter(self._done.values()))
        variables = {}
        for name in names:
            values = self._values(what, name, at)
            about = {"units": some.units.get(name, ""), "long_name": some.meanings.get(name, name)}
            variables[name] = ((*axes, "month", *tail), values.reshape(*self.shape, *values.shape[1:]), about)
        coordinates: dict[str, Any] = {"month": ("month", np.array(at, dtype="datetime64[M]").astype("datetime64[ns]"))}
        for i, key in enumerate(self.levels):
            levels = self.levels[key] if self._is_product else [cell.levels[i] for cell in self._cells]
            coordinates[key] = (key if self._is_product else "cell", np.array(levels), {"units": self._unit(key)})
        if not self._is_product:
            coordinates["cell"] = ("cell", self.names)
        if tail:
            coordinates["quantile"] = ("quantile", np.array(self.p), {"long_name": "share of paths below", "units": "1"})
        about = {"title": f"moecast: {self.base.title}", "seed": str(self.seed), "paths": self.paths, "content": what}
        return xarray.Dataset(variables, coords=coordinates, attrs=about)

    def probability(self, claim: str) -> GridProbability:
        """The probability of ``"claim.reading"`` (or of ``"claim"``, when it has one reading) in every cell.

        Raises
        ------
        KeyError
            When no cell has such a reading.
        """
        if not self._done:
            raise ValueError("no cell of the grid has run yet")
        parts = ("probability", "error", "low", "high")
        found = {part: np.full(len(self._cells), np.nan) for part in parts}
        for i, cell in enumerate(self._cells):
            if cell.levels in self._done:
                reading = find(self._done[cell.levels].claims, claim)
                for part in parts:
                    found[part][i] = getattr(reading, part)
        return GridProbability(claim, dict(self.levels), **{part: values.reshape(self.shape) for part, values in found.items()})

    __eq__ = object.__eq__  # a Mapping's own would read every run file
    __hash__ = object.__hash__

    def __getstate__(self) -> dict[str, Any]:
        if self._temporary:
            raise TypeError("a Grid whose run files are in a temporary folder cannot be pickled: give it a folder=, or send grid[...] or to_dataframe()")
        return self.__dict__

    def __repr__(self) -> str:
        axes = ", ".join(f"{key} ({len(levels)})" for key, levels in self.levels.items())
        return f"<Grid over {self.base.name}: {axes}; {len(self._done)} of {len(self._cells)} cells run, seed {self.seed}>"


def grid(
    base: str | os.PathLike[str] | Scenario = "baseline",
    levels: Levels = (),
    paths: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    progress: GridProgress = False,
    keep: int = 0,
    p: float | Sequence[float] | np.ndarray = _QUANTILES,
    name: str = "grid",
    folder: str | os.PathLike[str] | None = None,
    **run_arguments: Any,
) -> Grid:
    """Run a scenario at many levels of its keys, on the same paths.

    Parameters and errors are those of `Grid`.

    Returns
    -------
    Grid
        With every cell finished.

    Raises
    ------
    KeyboardInterrupt
        Within 100 ms of Ctrl-C, and nothing is kept: make a `Grid` and call its `run` to keep the cells that are finished.

    Examples
    --------
    >>> import moecast
    >>> study = moecast.grid("baseline", {"policy.severity": [0.5, 1.5], "levers.plus_price": [20, 25]}, paths=32, seed=1)
    >>> study.shape, study.names[0]
    ((2, 2), 'baseline+severity=0.5+plus_price=20')
    >>> study[0.5, 25].paths
    32
    """
    made = Grid(base, levels, paths, seed, threads, progress, keep, p, name, folder, **run_arguments)
    made.run()
    return made
