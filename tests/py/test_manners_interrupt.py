"""Ctrl-C: what takes long ends soon after a real SIGINT, leaves nothing behind, and gives what was done until then on request."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

np = pytest.importorskip("numpy", reason="the package needs numpy")
moecast = pytest.importorskip("moecast", reason="the package is not installed: make python")

from manners import MANY, after_signal, interrupted

SOON_S = 1.0  # the goal is 0.1 s; a busy machine may let it wait


@pytest.fixture(scope="module")
def baseline() -> moecast.Scenario:
    return moecast.Scenario.load("baseline")


@pytest.fixture(scope="module")
def wide(baseline) -> moecast.Result:
    """A result with much to write: tens of megabytes of kept months."""
    series = moecast.run(baseline, paths=1).series
    return moecast.run(baseline, paths=800, seed=1, keep_series=series[:32])


# ---- what ends -----------------------------------------------------------------------------------------------------------------------------------


def test_a_run_and_a_run_to_a_precision_end(baseline):
    assert interrupted(lambda: moecast.run(baseline, paths=MANY), 0.3) < SOON_S
    assert interrupted(lambda: moecast.run(baseline, precision={"cap.gap@2026-12": 1e-6}, max_paths=MANY), 0.3) < SOON_S


def test_the_further_runs_of_contrasts_end_and_leave_the_run_usable():
    job = moecast.Run("no_controls", paths=700, seed=1)
    job.advance()
    digest = job.result().digest
    assert interrupted(lambda: job.result(contrasts=True), 0.3) < SOON_S
    assert job.result().digest == digest
    job.grow(720)
    assert job.advance() == 720


def test_comparisons_and_waterfalls_end():
    assert interrupted(lambda: moecast.compare(["baseline", "no_controls"], paths=20_000), 0.3) < SOON_S
    short = moecast.compare(["baseline", "no_controls_no_rubin"], paths=64)
    assert interrupted(lambda: short.waterfall("cap.gap@2028-12", paths=20_000), 0.3) < SOON_S


def test_token_costs_of_large_arrays_end():
    speeds = np.linspace(10.0, 90.0, 200_000)
    assert interrupted(lambda: moecast.token_cost("deepseek-v3", "h200", tok_per_s_user=speeds), 0.3) < SOON_S


def test_saving_and_loading_end_and_leave_nothing_behind(wide, tmp_path):
    file = tmp_path / "run.moecast"
    file.write_bytes(b"what was there before")
    assert interrupted(lambda: wide.save(file), 0.05) < SOON_S
    assert file.read_bytes() == b"what was there before" and [path.name for path in tmp_path.iterdir()] == ["run.moecast"]
    wide.save(file)
    assert interrupted(lambda: moecast.load(file), 0.05) < SOON_S
    assert moecast.load(file).digest == wide.digest


@pytest.mark.slow
def test_workbooks_end_and_leave_nothing_behind(wide, tmp_path):
    small = moecast.run("baseline", paths=64)
    assert interrupted(lambda: small.report(tmp_path / "report.xlsx"), 0.4) < SOON_S
    assert interrupted(lambda: wide.report(tmp_path / "compared.xlsx", small), 0.3) < SOON_S
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_loops_over_many_short_calls_end(wide):
    def work() -> None:
        while True:
            wide.quantiles(wide.series)
            moecast.Scenario.parse(wide.scenario.text)
            moecast.catalogue()

    assert interrupted(work, 0.3) < SOON_S


@pytest.mark.slow
def test_answers_over_many_kept_paths_end(baseline):
    job = moecast.Run(baseline, paths=20_000, keep=20_000)
    job.advance()
    assert interrupted(job.result, 0.3) < SOON_S
    assert job.result().paths == 20_000


# ---- what was done until then --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [
    {}, {"sampler": "sobol"},
    pytest.param({"sampler": "sobol", "replicates": 64}, marks=pytest.mark.slow),
    pytest.param({"precision": {"cap.gap@2026-12": 1e-9}, "max_paths": MANY}, marks=pytest.mark.slow)])
def test_a_partial_result_is_that_of_its_paths(baseline, words):
    part = after_signal(lambda: moecast.run(baseline, paths=MANY, seed=3, partial=True, **words), 0.5)
    assert part.interrupted and 0 < part.paths < part.asked == MANY
    assert sum(last - first + 1 for first, last in part.ledger) == part.paths
    assert part.statistic("count").max() == part.paths - part.failed
    assert np.isfinite(part.mean("cap.gap")).all() and part.probability("f500_60.primary").count > 0
    assert f"{part.paths} of {MANY} paths" in repr(part)
    assert part.precision_reached == ("precision" not in words)


def test_a_partial_result_is_kept_by_its_file(baseline, tmp_path):
    part = after_signal(lambda: moecast.run(baseline, paths=MANY, keep=100, partial=True), 0.3)
    part.save(tmp_path / "part.moecast")
    there = moecast.load(tmp_path / "part.moecast")
    assert there.interrupted and (there.paths, there.asked, there.digest) == (part.paths, MANY, part.digest)


def test_a_whole_result_is_not_called_interrupted(baseline):
    whole = moecast.run(baseline, paths=64, seed=1, partial=True)
    assert not whole.interrupted and whole.paths == whole.asked == 64
    assert whole.digest == moecast.run(baseline, paths=64, seed=1).digest


@pytest.mark.slow
def test_contrasts_that_are_broken_off_leave_all_paths():
    def stop_further_runs(done: int, total: int) -> None:
        if total > 128:
            os.kill(os.getpid(), signal.SIGINT)

    part = moecast.run("no_controls", paths=128, seed=1, contrasts=True, partial=True, progress=stop_further_runs)
    assert part.interrupted and part.paths == part.asked == 128
    assert part.digest == moecast.run("no_controls", paths=128, seed=1).digest
    assert all(reading.vintage is None for reading in part.readings()) and part.probability("f500_60.primary").count == 128
    with pytest.raises(KeyboardInterrupt):
        moecast.run("no_controls", paths=128, seed=1, contrasts=True, progress=stop_further_runs)


def test_nothing_finished_is_no_result(baseline):
    began = threading.Event()

    def progress(done: int, total: int) -> None:
        began.set()
        raise KeyboardInterrupt

    job = moecast.Run(baseline, paths=64)
    assert interrupted(lambda: (moecast.run(baseline, paths=MANY, partial=True), time.sleep(5)), 0.001) < SOON_S
    with pytest.raises(KeyboardInterrupt):
        moecast.run(baseline, paths=MANY, progress=progress)
    assert began.is_set() and job.done == 0


@pytest.mark.slow
def test_a_run_may_be_interrupted_again_and_again(baseline):
    whole = moecast.run(baseline, paths=1280, seed=5).digest
    job = moecast.Run(baseline, paths=1280, seed=5)
    for _ in range(3):
        interrupted(lambda: (job.advance(), time.sleep(5)), 0.05)
    job.advance()
    assert job.result().digest == whole
