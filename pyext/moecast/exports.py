"""Results for other tools: data frames, xarray, Parquet."""

from __future__ import annotations

import json
import os
import secrets
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _core
from .frames import needed, pandas

if TYPE_CHECKING:
    from pandas import DataFrame
    from xarray import Dataset

    from .result import Result

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
_MOMENTS = ("mean", "mean_error", "sd", "lowest", "highest", "count")
_STATISTICS = (*_MOMENTS, "mean_low", "mean_high", "effective_paths")


# ---- the tidy table -------------------------------------------------------------------------------------------------------------------------------


def _tidy(result: Result, monthly: bool) -> dict[str, np.ndarray]:
    """Columns of the table with a row a series and month."""
    months, series = result.months if monthly else result.report_months, result.series
    columns = {
        "series": np.repeat(series, len(months)),
        "month": np.tile(months, len(series)),
        "unit": np.repeat(list(result.units.values()), len(months)),
    }
    for name in _MOMENTS:
        columns[name] = result.statistic(name, monthly).ravel()
    if not monthly:
        quantiles = result.quantiles(series, p=LEVELS).reshape(-1, len(LEVELS))
        columns |= {f"p{100 * level:g}": quantiles[:, i] for i, level in enumerate(LEVELS)}
    return columns


def to_dataframe(result: Result, monthly: bool) -> DataFrame:
    """`Result.to_dataframe`."""
    return pandas().DataFrame(_tidy(result, monthly))


# ---- Parquet --------------------------------------------------------------------------------------------------------------------------------------


def _identity(result: Result) -> dict[str, Any]:
    """What a result is of, for the metadata of files and data sets."""
    return {
        "scenario": result.scenario.name,
        "scenario_title": result.scenario.title,
        "seed": result.seed,
        "paths": result.paths,
        "sampler": result.sampler,
        "digest": result.digest,
        "moecast_version": _core.version,
    }


def _refuse(path: Path, reason: str) -> None:
    error = _core.FileError(f"{path}: {reason}")
    error.file, error.status = str(path), "FILE_WRITE"
    raise error


def _writable(path: str | os.PathLike[str]) -> Path:
    """Where a file that is replaced as a whole may go: through symbolic links, and never onto a folder, device, pipe or socket."""
    given = Path(path)
    target = Path(os.path.realpath(given))
    try:
        mode = os.stat(target).st_mode
    except OSError:
        if given.is_symlink():
            _refuse(given, "is a symbolic link to nothing")
        return target
    if not stat.S_ISREG(mode):
        _refuse(given, "is a folder" if stat.S_ISDIR(mode) else "is no file that could be replaced")
    return target


def written_whole(path: str | os.PathLike[str], write: Callable[[Path], object]) -> None:
    """Let `write` make a file beside `path` and put it in its place: what is there is the old file or the new one, never a part.

    Raises
    ------
    FileError
        When it cannot be written; what was there stays.
    """
    target = _writable(path)
    part = target.with_name(f".{target.name}.{secrets.token_hex(6)}.part")
    try:
        write(part)
        with part.open("rb") as stream:
            os.fsync(stream.fileno())
        os.replace(part, target)
    except OSError as error:
        _refuse(Path(path), f"cannot be written: {error.strerror or error}")
    finally:
        part.unlink(missing_ok=True)


def to_parquet(result: Result, path: str | os.PathLike[str], monthly: bool) -> None:
    """`Result.to_parquet`."""
    arrow = needed("pyarrow", "Parquet files need", "parquet", "Without it Result.to_dataframe().to_csv writes the same table")
    parquet = needed("pyarrow.parquet", "Parquet files need", "parquet", "Without it Result.to_dataframe().to_csv writes the same table")
    columns = _tidy(result, monthly)
    arrays = [arrow.array(values).dictionary_encode() if values.dtype.kind == "U" else arrow.array(values) for values in columns.values()]
    about = {f"moecast.{name}": str(value) for name, value in _identity(result).items()}
    about["moecast.units"] = json.dumps(result.units, ensure_ascii=False)
    table = arrow.table(arrays, names=list(columns)).replace_schema_metadata(about)
    written_whole(path, lambda part: parquet.write_table(table, part))


# ---- xarray ---------------------------------------------------------------------------------------------------------------------------------------


def _dates(months: Sequence[str]) -> np.ndarray:
    return np.array(months, dtype="datetime64[M]").astype("datetime64[ns]")


def _attributes(result: Result, series: str, what: str) -> dict[str, str]:
    of = {"quantiles": "quantile over paths", "quantile_errors": "standard error of the quantile over paths", "paths": ""}.get(what, f"{what} over paths")
    named = {"long_name": result.meanings[series] + (f", {of}" if of and what != "quantiles" else ""), "units": result.units[series]}
    return named | ({"description": of} if of else {})


def _blocks(result: Result, what: str, names: list[str], p: float | Sequence[float] | np.ndarray) -> tuple[dict[str, Any], list[np.ndarray], tuple[str, ...]]:
    """Coordinates, one array a series, and its dimensions."""
    if what in ("quantiles", "quantile_errors"):
        coordinates = {"month": _dates(result.report_months), "quantile": np.asarray(p, dtype=float)}
        table = result.quantiles(names, p=p, errors=True)[what == "quantile_errors"]
        return coordinates, list(table), ("month", "quantile")
    if what == "paths":
        kept = result.trajectories
        coordinates = {"path": kept.axes[0][1], "month": _dates(result.months)}
        return coordinates, [kept[name] for name in names], ("path", "month")
    return {"month": _dates(result.months)}, list(result.monthly(names, what)), ("month",)


def to_xarray(result: Result, what: str, series: str | Sequence[str] | None, p: float | Sequence[float] | np.ndarray) -> Dataset:
    """`Result.to_xarray`."""
    xarray = needed("xarray", "Datasets need", "xarray", "Without it use the arrays, such as Result.quantiles")
    if what not in ("quantiles", "quantile_errors", "paths", *_STATISTICS):
        raise ValueError(f"no content {what!r}: there are quantiles, quantile_errors, paths, {', '.join(_STATISTICS)}")
    if what == "paths" and not len(result.trajectories):
        raise ValueError("no series was kept path by path: run with keep_series=[...]")
    names = [series] if isinstance(series, str) else list(result.trajectories if what == "paths" else result.series) if series is None else list(series)
    coordinates, arrays, dimensions = _blocks(result, what, names, np.atleast_1d(p))
    variables = {name: (dimensions, values, _attributes(result, name, what)) for name, values in zip(names, arrays, strict=True)}
    found = xarray.Dataset(variables, coords=coordinates, attrs={"title": f"moecast: {result.scenario.title}", **_identity(result), "content": what})
    found["month"].attrs = {"long_name": "month", "standard_name": "time", "description": "first day of the month whose end is meant"}
    if "quantile" in found.coords:
        found["quantile"].attrs = {"long_name": "share of paths below", "units": "1"}
    if "path" in found.coords:
        found["path"].attrs = {"long_name": "number of the path: Result.path simulates it again"}
    return found
