"""Results in other tools: frames, Parquet, xarray; written whole or not at all."""

from __future__ import annotations

import json
import os
import sys

import pytest

np = pytest.importorskip("numpy", reason="the package needs numpy")
moecast = pytest.importorskip("moecast", reason="the package is not installed: make python")

PATHS = 130
SERIES = ["cap.gap", "share.open.developers"]


@pytest.fixture(scope="module")
def result() -> moecast.Result:
    return moecast.run("baseline", paths=PATHS, seed=2, keep=70, keep_series=SERIES)


def test_load_is_also_a_method_of_the_class(result, tmp_path):
    result.save(tmp_path / "run.moecast")
    for path in (tmp_path, tmp_path / "run.moecast"):
        assert moecast.Result.load(path).digest == moecast.load(path).digest == result.digest


def test_outcomes_have_unit_and_meaning_and_can_be_searched(result):
    assert list(result.outcomes) == result.series and len(result.outcomes) == len(result.series)
    one = result.outcomes["share.open.developers"]
    assert (one.unit, one.meaning) == (result.units[one.name], result.meanings[one.name])
    assert set(result.outcomes.search("PRICE", "closed")) >= {"price.closed"}
    assert "no.such" not in result.outcomes
    with pytest.raises(KeyError, match="did you mean 'cap.gap'"):
        result.outcomes["cap.gpa"]
    frame = result.outcomes.to_dataframe()
    assert frame.loc["cap.gap", "unit"] == "ECI" and frame.shape == (len(result.series), 2)


def test_headlines_are_series(result):
    assert result.headlines[0] == "share.world_open" and set(result.headlines) <= set(result.series)


def test_kept_paths_become_frames_with_the_path_as_index(result):
    drawn, numbers, whole = (part.to_dataframe() for part in (result.inputs, result.scalars, result.trajectories))
    assert drawn.shape == result.inputs.table.shape and drawn.index.name == "path" and drawn.index[-1] == 69
    assert (drawn["policy.severity"].to_numpy() == result.inputs["policy.severity"]).all()
    assert list(numbers) == list(result.scalars)
    assert whole.shape == (70 * len(result.months), 2) and whole.index.names == ["path", "month"]
    assert whole.loc[(7, "2027-03"), "cap.gap"] == result.trajectories["cap.gap"][7, result.months.index("2027-03")]
    drawn.iloc[0, 0] = 0.0  # a copy


def test_monthly_frame_has_every_month_and_no_quantiles(result):
    frame = result.to_dataframe(monthly=True)
    assert len(frame) == len(result.series) * len(result.months) and "p50" not in frame and "mean" in frame
    gap = frame[frame["series"] == "cap.gap"]
    assert gap["mean"].tolist() == result.monthly("cap.gap").tolist()
    assert {"p5", "p50", "mean_error"} <= set(result.to_dataframe())


# ---- Parquet --------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("monthly", [False, True])
def test_parquet_brings_the_table_back(result, tmp_path, monthly):
    pytest.importorskip("pyarrow")
    pandas = pytest.importorskip("pandas")
    from pyarrow import parquet

    file = tmp_path / "numbers.parquet"
    result.to_parquet(file, monthly=monthly)
    back, frame = pandas.read_parquet(file), result.to_dataframe(monthly=monthly)
    assert list(back) == list(frame)
    for name in frame:
        assert back[name].astype(frame[name].dtype).equals(frame[name]), name
    about = {key.decode(): value.decode() for key, value in parquet.read_schema(file).metadata.items()}
    assert about["moecast.digest"] == result.digest and about["moecast.seed"] == "2" and about["moecast.scenario"] == "baseline"
    assert json.loads(about["moecast.units"]) == result.units
    assert os.listdir(tmp_path) == ["numbers.parquet"]


def test_parquet_replaces_a_file_as_a_whole(result, tmp_path):
    pytest.importorskip("pyarrow")
    file, link = tmp_path / "numbers.parquet", tmp_path / "link.parquet"
    file.write_text("old")
    link.symlink_to(file)
    result.to_parquet(link)
    assert link.is_symlink() and file.read_bytes()[:4] == b"PAR1"
    (tmp_path / "lost").symlink_to(tmp_path / "nothing")
    for wrong in (tmp_path, tmp_path / "no" / "folder.parquet", tmp_path / "lost", "/dev/null"):
        with pytest.raises(moecast.FileError) as caught:
            result.to_parquet(wrong)
        assert caught.value.file == str(wrong) and caught.value.status == "FILE_WRITE"
    assert not [name for name in os.listdir(tmp_path) if name.endswith(".part")]


def test_a_write_that_fails_leaves_what_was_there(result, tmp_path, monkeypatch):
    parquet = pytest.importorskip("pyarrow.parquet")
    file = tmp_path / "numbers.parquet"
    file.write_text("old")

    def fail(table, part):
        part.write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(parquet, "write_table", fail)
    with pytest.raises(moecast.FileError, match="No space left on device"):
        result.to_parquet(file)
    assert file.read_text() == "old" and os.listdir(tmp_path) == ["numbers.parquet"]


# ---- xarray ---------------------------------------------------------------------------------------------------------------------------------------


def test_xarray_has_a_variable_a_series_with_dates_and_quantiles(result):
    pytest.importorskip("xarray")
    data = result.to_xarray(p=[0.1, 0.5, 0.9])
    assert list(data) == result.series and dict(data.sizes) == {"month": len(result.report_months), "quantile": 3}
    gap = data["cap.gap"]
    assert gap.dims == ("month", "quantile") and gap.attrs == {"long_name": result.meanings["cap.gap"], "units": "ECI", "description": "quantile over paths"}
    assert np.issubdtype(data["month"].dtype, np.datetime64)
    assert gap.sel(month="2026-12-01", quantile=0.9).item() == result.quantiles("cap.gap", "2026-12", 0.9)
    assert data.attrs["digest"] == result.digest and data.attrs["seed"] == 2 and data.attrs["scenario"] == "baseline"
    errors = result.to_xarray("quantile_errors", series="cap.gap", p=0.5)
    assert errors["cap.gap"].values[:, 0].tolist() == result.quantiles("cap.gap", p=0.5, errors=True)[1].tolist()


def test_xarray_of_moments_has_every_month(result):
    pytest.importorskip("xarray")
    data = result.to_xarray("mean", SERIES)
    assert list(data) == SERIES and dict(data.sizes) == {"month": len(result.months)}
    assert data["cap.gap"].values.tolist() == result.monthly("cap.gap").tolist()
    assert data["cap.gap"].attrs["long_name"] == "Best closed less best open, mean over paths"


def test_xarray_of_kept_series_has_paths(result):
    pytest.importorskip("xarray")
    data = result.to_xarray("paths")
    assert list(data) == SERIES and data["cap.gap"].dims == ("path", "month") and data.sizes["path"] == 70
    assert (data["cap.gap"].values == result.trajectories["cap.gap"]).all()
    assert (data["cap.gap"].mean("path").values.shape) == (len(result.months),)


def test_xarray_refuses_what_there_is_not(result):
    pytest.importorskip("xarray")
    with pytest.raises(ValueError, match="no content 'median'"):
        result.to_xarray("median")
    with pytest.raises(KeyError, match="did you mean 'cap.gap'"):
        result.to_xarray(series="cap.gpa")
    with pytest.raises(KeyError, match="no kept series 'cap.closed'"):
        result.to_xarray("paths", "cap.closed")
    with pytest.raises(ValueError, match="keep_series"):
        moecast.run("baseline", paths=2, seed=1).to_xarray("paths")


@pytest.mark.parametrize(("module", "extra", "ask"), [
    ("xarray", "xarray", lambda result, folder: result.to_xarray()),
    ("pyarrow", "parquet", lambda result, folder: result.to_parquet(folder / "x.parquet")),
    ("pandas", "pandas", lambda result, folder: result.inputs.to_dataframe()),
])
def test_a_missing_package_is_named_with_the_extra_that_has_it(result, tmp_path, monkeypatch, module, extra, ask):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match=rf"need {module}: pip install 'moecast\[{extra}\]'"):
        ask(result, tmp_path)
    assert os.listdir(tmp_path) == []
