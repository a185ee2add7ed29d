"""moecast.compare: the numbers of the command, from names, scenarios and results; waterfalls; Ctrl-C; errors."""
from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

moecast = pytest.importorskip("moecast", reason="the package is not installed: make python")

COMMAND = Path(os.environ.get("MOECAST_BIN", "build/moecast")).resolve()
PATHS, SEED = 100, 3


@pytest.fixture(scope="module")
def compared():
    return moecast.compare(["baseline", "no_controls"], paths=PATHS, seed=SEED)


@pytest.mark.skipif(not COMMAND.exists(), reason=f"no command at {COMMAND}")
def test_numbers_are_those_of_the_command(compared):
    ran = subprocess.run([COMMAND, "compare", "baseline", "no_controls", "--paths", str(PATHS), "--seed", str(SEED), "--json"], capture_output=True, text=True, check=True)
    said = json.loads(ran.stdout)
    assert [(r["series"], r["month"], r["difference"], r["error"]) for r in compared.table()] == [
        (r["series"], r["month"], r["difference"]["value"], r["difference"]["error"]) for r in said["series"]
    ]
    assert [(c["reading"], c["a"], c["b"], c["error"]) for c in compared.claims()] == [
        (c["reading"], c["a"]["value"], c["b"]["value"], c["difference"]["error"]) for c in said["claims"]
    ]
    assert compared.identical == [True, False] and compared.names == ["baseline", "no_controls"]


def test_results_files_and_scenarios_give_the_same_numbers(compared, tmp_path):
    result = moecast.run("baseline", paths=PATHS, seed=SEED)
    result.save(tmp_path / "run.moecast")
    for base in (result, tmp_path, tmp_path / "run.moecast", moecast.Scenario.load("baseline")):
        seed = SEED if isinstance(base, moecast.Scenario) else None
        again = moecast.compare([base, "no_controls"], paths=PATHS, seed=seed, series=["cap.gap"], months=["2028-12"])
        (row,) = again.table()
        (expected,) = (r for r in compared.table() if r["series"] == "cap.gap" and r["month"] == "2028-12")
        assert again.seed == SEED and repr(row) == repr(expected)


def test_waterfall_adds_up_and_takes_groups():
    c = moecast.compare(["baseline", "no_controls_no_rubin"], paths=64, seed=SEED, series=["cap.gap"], months=["2028-12"])
    by_section = c.waterfall("cap.gap@2028-12", paths=64)
    assert [bar.group for bar in by_section.bars] == ["fleets", "policy"] and by_section.seed == SEED and by_section.runs == 4
    assert sum(bar.effect for bar in by_section.bars) == pytest.approx(by_section.difference, abs=1e-12)
    together = c.waterfall("cap.gap@2028-12", paths=64, groups={"hardware": ["fleets", "policy"]})
    assert [(bar.group, bar.keys) for bar in together.bars] == [("hardware", 3)]
    assert together.bars[0].effect == pytest.approx(by_section.difference, abs=1e-12)


def test_frames_have_a_row_each(compared):
    pytest.importorskip("pandas")
    frame = compared.to_dataframe()
    assert len(frame) == len(compared.table()) and {"with", "series", "month", "difference", "error", "ratio"} <= set(frame.columns)


@pytest.mark.parametrize("arguments,kind,said", [
    ({"sides": ["baseline"]}, moecast.RunError, "2 to 16"),
    ({"sides": []}, moecast.RunError, "2 to 16"),
    ({"sides": "baseline"}, TypeError, "a list"),
    ({"sides": ["baseline", "no_control"]}, moecast.ScenarioError, "did you mean 'no_controls'"),
    ({"sides": ["baseline", "no_controls"], "series": ["cap.gapp"]}, moecast.ScenarioError, "did you mean 'cap.gap'"),
    ({"sides": ["baseline", "no_controls"], "months": ["2028-13"]}, ValueError, "2028-13"),
    ({"sides": ["baseline", "no_controls"], "months": ["2070-01"]}, moecast.ScenarioError, "outside the horizon"),
    ({"sides": ["baseline", "no_controls"], "paths": -1}, ValueError, "paths"),
    ({"sides": ["baseline", "no_controls"], "sampler": "sobel"}, moecast.RunError, "mc, lhs or sobol"),
    ({"sides": ["baseline", "no_controls"], "sampler": "lhs", "replicates": 1}, moecast.RunError, "at least 2 replicates"),
    ({"sides": ["baseline", "no_controls"], "series": [7]}, TypeError, "a sequence of names"),
    ({"sides": ["/nowhere/run.moecast", "baseline"]}, moecast.FileError, "/nowhere"),
])
def test_mistakes_say_what_is_wrong(arguments, kind, said):
    with pytest.raises(kind, match=said):
        moecast.compare(**arguments)


def test_sampler_of_a_comparison_is_that_of_its_waterfall():
    c = moecast.compare(["baseline", "no_controls"], paths=64, seed=SEED, series=["cap.gap"], months=["2028-12"], sampler="sobol", replicates=4)
    fall = c.waterfall("cap.gap@2028-12", paths=64)
    assert (c.sampler, c.replicates) == (fall.sampler, fall.replicates) == ("sobol", 4)
    assert (fall.difference, fall.error) == (c.table()[0]["difference"], c.table()[0]["error"]) and fall.error > 0


def test_results_of_different_seeds_are_refused():
    results = [moecast.run("baseline", paths=16, seed=seed) for seed in (1, 2)]
    with pytest.raises(moecast.RunError, match="at one seed"):
        moecast.compare(results)


def interrupted_by_ctrl_c(work):
    """Whether KeyboardInterrupt comes out of `work`, while other threads of Python go on."""
    ticks = []
    stop = threading.Event()

    def tick():
        while not stop.wait(0.01):
            ticks.append(time.monotonic())

    def press():
        if not stop.wait(1.0):
            os.kill(os.getpid(), signal.SIGINT)

    threads = [threading.Thread(target=tick), threading.Thread(target=press)]
    for thread in threads:
        thread.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            work()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    return len(ticks) > 5


def test_ctrl_c_stops_comparisons_and_waterfalls_and_other_threads_go_on():
    assert interrupted_by_ctrl_c(lambda: moecast.compare(["baseline", "no_controls"], paths=1_000_000, series=["cap.gap"], months=["2028-12"]))
    c = moecast.compare(["baseline", "no_controls_no_rubin"], paths=16, series=["cap.gap"], months=["2028-12"])
    assert interrupted_by_ctrl_c(lambda: c.waterfall("cap.gap@2028-12", paths=1_000_000))
