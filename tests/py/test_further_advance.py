"""Results taken of a run that then goes on: they stay as they were, and nothing that anybody looks at changes under their eyes."""

from __future__ import annotations

import gc
import threading
from pathlib import Path

import pytest

np = pytest.importorskip("numpy", reason="the package needs numpy")
moecast = pytest.importorskip("moecast", reason="the package is not installed: make python")


@pytest.fixture
def job() -> moecast.Run:
    run = moecast.Run("baseline", paths=20_000, seed=1, threads=1, keep=300, keep_series=["cap.gap"])
    while not run.done:
        run.advance(seconds=0.01)
    assert run.done < 20_000
    return run


def all_of(result: moecast.Result) -> list[object]:
    numbers = [result.statistic(name, monthly=True) for name in ("mean", "mean_error", "sd", "count")] + [result.bins]
    tables = [result.inputs.table, result.scalars.table, result.trajectories.table, result.path(0).table, result.quantiles(result.series)]
    told = [repr(result), repr(result.claims), result.digest, result.ledger, result.interrupted, result.scenario.file, result.units, result._repr_html_()]
    return [table.tobytes() for table in numbers + tables] + told


def test_results_stay_as_they_were_while_their_run_goes_on(job):
    out, before = [], []  # as IPython's Out keeps them
    for _ in range(3):
        out.append(job.result())
        before.append(all_of(out[-1]))
        assert job.advance(seconds=0.02) > out[-1].paths
    assert [all_of(result) for result in out] == before
    assert out[0].paths < out[1].paths < out[2].paths < job.result().paths
    job.grow(30_000)
    assert [all_of(result) for result in out] == before


def test_what_is_made_of_a_result_stays_good(job):
    stories = job.result().stories()
    told = stories._repr_html_()
    job.advance(seconds=0.02)
    assert stories._repr_html_() == told and stories[0].replay().months == stories[0]._result.months


@pytest.mark.parametrize("view", ["bins", "inputs", "scalars", "trajectories"])
def test_an_array_that_somebody_holds_stops_the_run_and_a_copy_does_not(job, view):
    def array(result: moecast.Result) -> np.ndarray:
        found = getattr(result, view)
        return found if view == "bins" else found.table

    result = job.result()
    held = array(result)
    kept = held.copy()
    for go_on in (lambda: job.advance(seconds=0.02), lambda: job.grow(30_000)):
        with pytest.raises(moecast.RunError, match="an array of a result of this run is in use.*keep a copy.*%reset -f out"):
            go_on()
    assert np.array_equal(held, kept, equal_nan=True) and np.array_equal(array(result), kept, equal_nan=True)
    del held
    gc.collect()
    job.advance(seconds=0.02)
    assert np.array_equal(array(result), kept, equal_nan=True)


def test_results_that_nobody_holds_are_not_copied(job, monkeypatch):
    monkeypatch.setattr(moecast.Result, "_leave_the_run", lambda self: pytest.fail("copied"))
    for _ in range(3):
        job.result()
        job.advance(seconds=0.01)


def test_a_result_that_cannot_be_copied_stays_and_stops_the_run(job, monkeypatch, tmp_path):
    result = job.result()
    before = all_of(result)

    def full(self: object, path: Path, command: str) -> None:
        raise moecast.FileError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("moecast.result.in_memory", lambda core: full(core, tmp_path, ""))
        for _ in range(2):
            with pytest.raises(moecast.RunError, match="no room to copy it.*No space left"):
                job.advance()
    assert all_of(result) == before and job.advance(seconds=0.02) > result.paths and all_of(result) == before


@pytest.mark.slow
def test_reading_in_one_thread_while_another_goes_on_gives_right_numbers_or_a_refusal(job):
    result, refused, stop = job.result(), [], threading.Event()
    before = result.mean("cap.gap").tolist()

    def look() -> None:
        while not stop.is_set():
            if result.mean("cap.gap").tolist() != before or result.inputs.table.shape[1] != len(result.inputs):
                refused.append("other numbers")

    reader = threading.Thread(target=look)
    reader.start()
    try:
        for _ in range(10):
            try:
                job.advance(seconds=0.01)
            except moecast.RunError as error:
                assert "in use" in str(error)
    finally:
        stop.set()
        reader.join()
    assert not refused and result.mean("cap.gap").tolist() == before
