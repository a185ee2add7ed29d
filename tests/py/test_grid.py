"""Grids in Python: the cells, names, limits and digests of a batch; tables with an axis a key; what Ctrl-C leaves."""

from __future__ import annotations

import concurrent.futures
import os
import signal
import subprocess
import threading
from pathlib import Path

import pytest

np = pytest.importorskip("numpy", reason="the package needs numpy")
moecast = pytest.importorskip("moecast", reason="the package is not installed: make python")

COMMAND = Path(os.environ.get("MOECAST_BIN", "build/moecast")).resolve()
needs_command = pytest.mark.skipif(not COMMAND.exists(), reason=f"no command at {COMMAND}: make, or set MOECAST_BIN")
PATHS, SEED = 24, 3
LOOSE, TIGHT = ({"2024-01": "current", "2026-09": regime} for regime in ("loose", "tight"))
LEVELS = {"policy.schedule": {"loose": LOOSE, "tight": TIGHT}, "cap.lambda_K": [0, 0.15]}
BATCH = f"""moecast_batch: 1
defaults: {{paths: {PATHS}, seed: {SEED}}}
grid:
  base: baseline
  keys:
    policy.schedule: {{loose: {{2024-01: current, 2026-09: loose}}, tight: {{2024-01: current, 2026-09: tight}}}}
    cap.lambda_K: [0, 0.15]
"""


@pytest.fixture(scope="module")
def study() -> moecast.Grid:
    return moecast.grid("baseline", LEVELS, paths=PATHS, seed=SEED, name="study")


@needs_command
@pytest.mark.slow
def test_cells_names_scenarios_and_digests_are_those_of_the_batch(study, tmp_path):
    (tmp_path / "study.yaml").write_text(BATCH)
    ran = subprocess.run([COMMAND, "batch", tmp_path / "study.yaml", "-o", tmp_path / "out", "--quiet"], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    lines = (tmp_path / "out" / "index.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == study.names
    for name, levels in zip(study.names, study, strict=True):
        there = moecast.load(tmp_path / "out" / name)
        assert study.digests[name] == there.digest == study[levels].digest
        assert study.scenario(levels).hash == there.scenario.hash == study[levels].scenario.hash
        changes = {"policy.schedule": LEVELS["policy.schedule"][levels[0]], "cap.lambda_K": levels[1]}
        assert study.base.replace(changes, name=name, title=there.scenario.title).text == there.scenario.text


def test_a_grid_is_a_mapping_from_levels_to_results(study):
    assert list(study) == [("loose", 0), ("loose", 0.15), ("tight", 0), ("tight", 0.15)] and len(study) == 4 and study.shape == (2, 2)
    result = study["tight", 0.15]
    assert result.paths == PATHS and result.seed == SEED and result.scenario.name == "baseline+schedule=tight+lambda_K=0.15" == study.names[-1]
    assert result.digest == moecast.run(study.base.replace({"policy.schedule": TIGHT, "cap.lambda_K": 0.15}), paths=PATHS, seed=SEED).digest
    assert ("loose", np.float64(0.15)) in study and ("loose", 7) not in study and "loose" not in study
    assert {levels: one.digest for levels, one in study.items()} == dict(zip(study, study.digests.values(), strict=True))
    for wrong, said in ((("loose", 7), "no level 7"), ("loose", "a level of each"), (("losse", 0), "'loose', 'tight'")):
        with pytest.raises(KeyError, match=said):
            study[wrong]


def test_one_key_needs_no_tuple_and_any_scenario_is_a_base():
    base = moecast.Scenario.from_dict({"name": "mine", "extends": "baseline", "cap.lambda_K": 0.3})
    one = moecast.grid(base, {"policy.severity": np.array([0.5, 1.5])}, paths=8, seed=1)
    assert list(one) == [0.5, 1.5] and one[1.5].scenario.input("policy.severity").mean == 1.5 and one[0.5].scenario.input("cap.lambda_K").mean == 0.3
    assert one.names == ["mine+severity=0.5", "mine+severity=1.5"] and one.shape == (2,) and one.probability("f500_60.primary").error.shape == (2,)
    assert one[0.5].digest == moecast.run(base.replace({"policy.severity": 0.5}), paths=8, seed=1).digest


def test_differences_between_cells_are_paired():
    tied = moecast.grid("baseline", {"policy.severity": [1, 1.2]}, paths=64, seed=1, keep=64)
    row = moecast.compare([tied[1], tied[1.2]], paths=64, series=["cost.cn_first_party"], months=["2028-12"]).table()[0]
    alone = np.hypot(*(tied[level].mean_error("cost.cn_first_party", "2028-12") for level in (1, 1.2)))
    assert row["pairs"] == 64 and row["error"] < 0.5 * alone


@pytest.mark.slow
def test_frames_have_the_numbers_of_the_results(study):
    pytest.importorskip("pandas")
    frame = study.to_dataframe(["cap.gap", "price.open"], ["2026-12", "2028-12"])
    assert len(frame) == 4 * 2 * 2 and list(frame.columns[:5]) == ["policy.schedule", "cap.lambda_K", "series", "month", "unit"]
    for levels, result in study.items():
        rows = frame[(frame["policy.schedule"] == levels[0]) & (frame["cap.lambda_K"] == levels[1]) & (frame["series"] == "cap.gap")]
        np.testing.assert_array_equal(rows["mean"], result.mean("cap.gap", ["2026-12", "2028-12"]))
        values, errors = result.quantiles("cap.gap", ["2026-12", "2028-12"], errors=True)
        np.testing.assert_array_equal(rows[["p5", "p25", "p50", "p75", "p95"]], values)
        np.testing.assert_array_equal(rows[[f"p{p}_error" for p in (5, 25, 50, 75, 95)]], errors)
        assert set(rows["unit"]) == {result.units["cap.gap"]}
    assert len(study.to_dataframe()) == 4 * len(result.series) * len(result.report_months)
    with pytest.raises(KeyError, match="cap.gap"):
        study.to_dataframe("cap.gapp")
    with pytest.raises(KeyError, match="2026-12"):
        study.to_dataframe("cap.gap", "2026-11")


def test_datasets_have_a_dimension_a_key(study):
    pytest.importorskip("xarray")
    data = study.to_xarray("quantiles", ["cap.gap", "price.open"])
    result = study["tight", 0.15]
    assert data["cap.gap"].dims == ("policy.schedule", "cap.lambda_K", "month", "quantile")
    at = data["cap.gap"].sel({"policy.schedule": "tight", "cap.lambda_K": 0.15, "month": "2028-12-01", "quantile": 0.5})
    assert float(at) == result.quantiles("cap.gap", "2028-12", 0.5) and data["cap.gap"].attrs["units"] == "ECI"
    assert data["cap.lambda_K"].attrs["units"] == result.scenario.input("cap.lambda_K").unit and data.attrs["seed"] == str(SEED)
    mean = study.to_xarray(series="cap.gap", months="2028-12")
    assert mean["cap.gap"].shape == (2, 2, 1) and float(mean["cap.gap"][1, 1, 0]) == result.mean("cap.gap", "2028-12")
    with pytest.raises(ValueError, match="mean_error"):
        study.to_xarray("median")


def test_probabilities_are_arrays_with_errors(study):
    found = study.probability("f500_60.primary")
    for i, schedule in enumerate(("loose", "tight")):
        for k, share in enumerate((0, 0.15)):
            reading = study[schedule, share].probability("f500_60.primary")
            assert (found.probability[i, k], found.error[i, k], found.low[i, k], found.high[i, k]) == (reading.probability, reading.error, reading.low, reading.high)
    assert found.levels == {"policy.schedule": ["loose", "tight"], "cap.lambda_K": [0, 0.15]}
    with pytest.raises(KeyError, match="f500_60"):
        study.probability("f500_61.primary")


def test_a_list_runs_just_its_combinations():
    rows = [{"policy.severity": 0.5, "levers.plus_price": 20}, {"policy.severity": 1.5, "levers.plus_price": 30}, {"levers.plus_price": 20, "policy.severity": 1.5}]
    some = moecast.grid("baseline", rows, paths=8, seed=1)
    assert list(some) == [(0.5, 20), (1.5, 30), (1.5, 20)] and some.shape == (3,) and some.levels == {"policy.severity": [0.5, 1.5], "levers.plus_price": [20, 30]}
    assert some.probability("f500_60.primary").low.shape == (3,) and some.names[1] == "baseline+severity=1.5+plus_price=30"
    with pytest.raises(KeyError, match="no cell"):
        some[0.5, 30]
    pytest.importorskip("xarray")
    data = some.to_xarray(series="cap.gap")
    assert data["cap.gap"].dims == ("cell", "month") and list(data["levers.plus_price"].values) == [20, 30, 20]


FAULTS = [
    ({"policy.severty": [1]}, "policy.severty", "'policy.severity'"),
    ({"policy": [1]}, "policy", ""),
    ({"name": ["a"]}, "name", ""),
    ({"run.seed": [1, 2]}, "run.seed", ""),
    ({"policy.severity": []}, "policy.severity", ""),
    ({"policy.severity": 1.4}, "policy.severity", ""),
    ({"policy.severity": "1.4"}, "policy.severity", ""),
    ({"policy.severity": [1, -5]}, "policy.severity", ""),
    ({"policy.severity": [1, 1.0]}, "policy.severity", ""),
    ({"policy.severity": [{"uniform": {"low": 1, "high": 2}}]}, "policy.severity", "mapping"),
    ({"policy.severity": {"a b": 1}}, "policy.severity", ""),
    ({"policy.severity": [float("nan")]}, "policy.severity", ""),
    ({"policy.severity": list(range(1, 300))}, "policy.severity", ""),
    ({"policy.severity": {"x" * 60: 1}}, "policy.severity", ""),
    ({"policy.schedule": [1], "policy.schedule.x": [1]}, "policy.schedule", ""),
    ([{"policy.severity": 1}, {"cap.lambda_K": 1}], "levels[1]", ""),
    ([{"policy.severity": 1}, {"policy.severity": 1}], "levels[1]", ""),
    ([], "levels", ""),
    ({}, "", ""),
    ({f"cap.x{i}": [1] for i in range(9)}, "levels", ""),
]


@pytest.mark.parametrize(("levels", "field", "hint"), FAULTS)
def test_wrong_levels_are_refused_before_anything_runs(levels, field, hint):
    with pytest.raises(moecast.ScenarioError) as caught:
        moecast.Grid("baseline", levels)
    assert caught.value.field.startswith(field) and hint in caught.value.hint and (caught.value.file, caught.value.line) == ("<grid>", 0), caught.value


def test_wrong_arguments_are_refused():
    for levels in ("policy.severity", 3):
        with pytest.raises(TypeError, match="levels wants"):
            moecast.Grid("baseline", levels)
    with pytest.raises(ValueError, match="shares between 0 and 1"):
        moecast.Grid("baseline", {"policy.severity": [1]}, p=[2])
    with pytest.raises(TypeError, match="pathss"):
        moecast.grid("baseline", {"policy.severity": [1]}, pathss=3)
    empty = moecast.Grid("baseline", {"policy.severity": [1]})
    for look in (empty.to_dataframe, empty.to_xarray, lambda: empty.probability("f500_60.primary")):
        with pytest.raises(ValueError, match="no cell of the grid has run"):
            look()
    with pytest.raises(KeyError, match="has not run yet"):
        empty[1]


def test_cells_run_on_an_executor():
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        spread = moecast.grid("baseline", {"policy.severity": [0.5]}, paths=64, seed=1, executor=pool)
    assert spread.digests["baseline+severity=0.5"] == moecast.run(spread.scenario(0.5), paths=64, seed=1).digest


def test_close_levels_keep_their_digits():
    near = moecast.Grid("baseline", {"policy.severity": [1.0, 1.0000001]})
    assert near.names == ["baseline+severity=1.0", "baseline+severity=1.0000001"]
    assert near.scenario(1.0000001).input("policy.severity").mean == 1.0000001


@pytest.mark.slow
def test_progress_and_run_arguments_are_passed_on(capsys):
    told = []
    run = moecast.grid("baseline", {"policy.severity": [0.5, 1]}, paths=16, seed=1, sampler="sobol", replicates=4, progress=lambda *now: told.append(now))
    assert told == [(1, 2), (2, 2)] and run[0.5].sampler == "sobol" and run[0.5].replicates == 4
    moecast.grid("baseline", {"policy.severity": [0.5]}, paths=2, seed=1, progress=True)
    assert capsys.readouterr().err.endswith("1 of 1 cells\n")


@pytest.mark.slow
def test_ctrl_c_leaves_the_finished_cells_and_the_run_goes_on():
    study = moecast.Grid("baseline", {"policy.severity": [0.5, 1, 1.5]}, paths=16, seed=1)
    assert study.run(cells=1) == 1
    study._arguments["paths"] = 5_000_000  # a cell that is never finished
    threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        study.run()
    assert len(study) == 1 and list(study) == [0.5] and study[0.5].paths == 16
    assert np.isnan(study.probability("f500_60.primary").probability).tolist() == [False, True, True]
    study._arguments["paths"] = 16
    assert study.run() == 3 and study.digests["baseline+severity=1.5"] == moecast.run(study.scenario(1.5), paths=16, seed=1).digest


@pytest.mark.slow
def test_run_files_stay_in_a_folder_and_go_with_the_grid_otherwise(tmp_path):
    kept = moecast.grid("baseline", {"policy.severity": [1]}, paths=4, seed=1, folder=tmp_path / "out")
    digest = kept[1].digest
    hidden = moecast.grid("baseline", {"policy.severity": [1]}, paths=4, seed=1)
    place = Path(hidden._temporary.name)
    assert place.is_dir() and hidden[1].digest == digest
    del kept, hidden
    assert moecast.load(tmp_path / "out" / "baseline+severity=1").digest == digest and not place.exists()


@pytest.mark.slow
def test_memory_does_not_grow_by_the_results():
    def resident_mb() -> float:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6

    study = moecast.Grid("baseline", {"policy.severity": [0.5, 0.75, 1, 1.25, 1.5, 1.75]}, paths=8, seed=1)
    study.run(cells=2)
    before = resident_mb()
    study.run()
    assert len(study) == 6 and resident_mb() - before < 120  # a result in memory is more than 60 MB


@pytest.mark.slow
def test_a_grid_does_not_take_the_results_of_another_one_in_the_same_folder(tmp_path):
    levels = {"policy.severity": [0.5, 1.5]}
    first = moecast.grid("baseline", levels, paths=16, seed=1, folder=tmp_path)
    moecast.grid("baseline", levels, paths=16, seed=1, folder=tmp_path)
    assert first[0.5].seed == 1  # the same run again
    second = moecast.Grid("baseline", levels, paths=16, seed=2, folder=tmp_path)
    second.run(cells=1)
    assert second[0.5].seed == 2 and first[1.5].seed == 1
    with pytest.raises(moecast.RunError, match="another run than this grid's cell baseline.severity=0.5 .*a folder of its own"):
        first[0.5]
    assert first.to_xarray()["cap.gap"].sizes["policy.severity"] == 2  # what is in memory is its own
