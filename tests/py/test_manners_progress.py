"""Progress: a bar that is fed seldom, closed always, and costs nothing; and a library that else says nothing."""

from __future__ import annotations

import io
import sys
import threading
import time
from collections.abc import Callable

import pytest

pytest.importorskip("numpy", reason="the package needs numpy")
moecast = pytest.importorskip("moecast", reason="the package is not installed: make python")

from manners import MANY, interrupted


@pytest.fixture(scope="module")
def baseline() -> moecast.Scenario:
    return moecast.Scenario.load("baseline")


class Bars:
    """Stands for tqdm, and remembers its bars."""

    def __init__(self) -> None:
        self.made: list[Bars.Bar] = []

    class Bar:
        def __init__(self, **words: object) -> None:
            self.total, self.n, self.closed, self.totals, self.words = words["total"], 0, 0, [], words

        def update(self, more: int) -> None:
            self.n += more
            self.totals.append(self.total)

        def refresh(self) -> None:
            pass

        def close(self) -> None:
            self.closed += 1

    def __call__(self, **words: object) -> Bars.Bar:
        self.made.append(Bars.Bar(**words))
        return self.made[-1]


@pytest.fixture
def bars(monkeypatch: pytest.MonkeyPatch) -> list[Bars.Bar]:
    auto = pytest.importorskip("tqdm.auto")
    bars = Bars()
    monkeypatch.setattr(auto, "tqdm", bars)
    return bars.made


# ---- who is told -----------------------------------------------------------------------------------------------------------------------------------


def test_a_function_is_told_at_most_ten_times_a_second_and_at_the_end(baseline):
    told: list[tuple[float, int, int]] = []
    begin = time.monotonic()
    moecast.run(baseline, paths=500, seed=1, progress=lambda done, total: told.append((time.monotonic(), done, total)))
    seconds = time.monotonic() - begin
    assert told[-1][1:] == (500, 500) and all(total == 500 for _, _, total in told)
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
    assert len(told) <= 10 * seconds + 1
    assert all(after - before > 0.05 for (before, *_), (after, *_) in zip(told[:-1], told[1:-1], strict=False))


@pytest.mark.slow
def test_the_whole_grows_with_rounds_and_contrasts(baseline):
    told: list[tuple[int, int]] = []
    moecast.run(baseline, paths=64, precision={"cap.gap@2026-12": 0.2}, max_paths=1000, progress=lambda *it: told.append(it))
    assert told[0][1] == 64 < told[-1][1] and told[-1][0] == told[-1][1]
    told.clear()
    moecast.run("no_controls", paths=128, contrasts=True, progress=lambda *it: told.append(it))
    assert (128, 128) in told and told[-1][1] > 128 and told[-1][0] > 128


def test_comparisons_and_waterfalls_tell(baseline):
    told: list[tuple[int, int]] = []
    both = moecast.compare(["baseline", "no_controls_no_rubin"], paths=128, progress=lambda *it: told.append(it))
    assert told[-1] == (256, 256)
    told.clear()
    both.waterfall("cap.gap@2028-12", paths=64, progress=lambda *it: told.append(it))
    assert told[-1][0] == told[-1][1] > 128


def test_numbers_do_not_depend_on_being_watched(baseline):
    assert moecast.run(baseline, paths=128, seed=2, progress=lambda *_: None).digest == moecast.run(baseline, paths=128, seed=2).digest


@pytest.mark.parametrize("wrong", ["yes", 1.5, "auto", []])
def test_what_is_no_progress_is_refused(baseline, wrong):
    with pytest.raises(TypeError, match="progress is True, False or a function"):
        moecast.run(baseline, paths=64, progress=wrong)


# ---- bars ------------------------------------------------------------------------------------------------------------------------------------------


def test_a_bar_is_fed_and_closed(bars, baseline):
    moecast.run(baseline, paths=64, progress=True)
    moecast.compare(["baseline", "baseline"], paths=64, progress=True)
    run, both = bars
    assert (run.n, run.total, run.closed) == (64, 64, 1) and run.words["desc"] == "baseline"
    assert (both.n, both.total, both.closed) == (128, 128, 1)


def test_a_bar_is_closed_on_ctrl_c_and_errors(bars, baseline):
    assert interrupted(lambda: moecast.run(baseline, paths=MANY, progress=True), 0.4) < 1.0
    with pytest.raises(moecast.ScenarioError):
        moecast.run(baseline, paths=64, precision={"cap.gapp@2026-12": 1.0}, progress=True)
    assert all(bar.closed == 1 for bar in bars) and 0 < bars[0].n < MANY and bars[0].total == MANY


def test_the_bar_of_tqdm_is_drawn_to_the_end(baseline, monkeypatch):
    pytest.importorskip("tqdm")
    shown = io.StringIO()
    monkeypatch.setattr(sys, "stderr", shown)
    moecast.run(baseline, paths=320, seed=1, progress=True)
    assert "baseline: 100%" in shown.getvalue() and "320/320" in shown.getvalue() and shown.getvalue().endswith("\n")


def test_without_tqdm_a_line_is_written_over_itself(baseline, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    moecast.run(baseline, paths=128, progress=True)
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("\rbaseline: ") and err.endswith("128 of 128 paths, 0 s left \n") and err.count("\n") == 1


# ---- functions that misbehave ----------------------------------------------------------------------------------------------------------------------


def test_what_a_function_raises_ends_the_run(baseline):
    job = moecast.Run(baseline, paths=MANY)

    def progress(done: int, total: int) -> None:
        raise ZeroDivisionError(done)

    with pytest.raises(ZeroDivisionError):
        job.advance(progress=progress)
    assert job.done < MANY and job.result().paths == job.done


def test_a_function_may_not_reach_into_the_run_that_calls_it(baseline):
    job = moecast.Run(baseline, paths=MANY)
    for reach in (job.advance, job.result, lambda: job.grow(MANY + 1)):

        def progress(done: int, total: int, reach: Callable[[], object] = reach) -> None:
            reach()

        with pytest.raises(moecast.RunError, match="another thread is working on this run"):
            job.advance(progress=progress)
    assert job.advance(0.01) > 0


def test_a_function_may_forget_the_run_and_run_another(baseline):
    holder = [moecast.Run(baseline, paths=MANY)]
    seen: list[str] = []

    def progress(done: int, total: int) -> None:
        holder.clear()
        seen.append(moecast.run(baseline, paths=64, seed=1).digest)
        raise StopIteration

    with pytest.raises(StopIteration):
        holder[0].advance(progress=progress)
    assert seen == [moecast.run(baseline, paths=64, seed=1).digest] and not holder


@pytest.mark.slow
def test_a_generator_closed_midway_leaves_the_run_usable(baseline):
    def rounds():
        job = moecast.Run(baseline, paths=640, seed=6)
        try:
            while job.advance(0.01) < 640:
                yield job
        finally:
            job.advance(0.01)

    going = rounds()
    job = next(going)
    going.close()
    job.advance()
    assert job.result().digest == moecast.run(baseline, paths=640, seed=6).digest


# ---- silence ---------------------------------------------------------------------------------------------------------------------------------------


def test_the_library_writes_to_no_descriptor_unless_asked(baseline, capfd, tmp_path):
    result = moecast.run(baseline, paths=64, keep_series=["cap.gap"])
    result.save(tmp_path / "run.moecast")
    moecast.load(tmp_path / "run.moecast").report(tmp_path / "report.xlsx")
    result.path(3), result.claims, baseline.inputs, moecast.catalogue(), moecast.token_cost("deepseek-v3", ["h200", "gb200"])
    both = moecast.compare(["baseline", "no_controls"], paths=64)
    both.waterfall("cap.gap@2028-12", paths=64)
    (tmp_path / "noise").write_bytes(b"SQLite format 3\0" + b"noise" * 1000)
    for wrong in (
        lambda: moecast.Scenario.parse("moecast: 1\nname: x\nextends: baseline\npathss: 1\n"),
        lambda: moecast.Scenario.parse("{[:\0"),
        lambda: moecast.Scenario.load("no such"),
        lambda: moecast.load(tmp_path / "noise"),
        lambda: result.save(tmp_path / "no" / "run.moecast"),
        lambda: moecast.token_cost("deepseek-v3", "h2000"),
        lambda: moecast.token_cost("deepseek-v3", "h200", hit_share=2.0),
        lambda: moecast.run(baseline, paths=0),
        lambda: result.mean("cap.gapp"),
        lambda: result.path(-1),
        lambda: moecast.compare(["baseline"], paths=64),
        lambda: both.waterfall("cap.gapp@2028-12"),
    ):
        with pytest.raises((moecast.Error, KeyError, IndexError, ValueError)):
            wrong()
    thread = threading.Thread(target=lambda: interrupted_quietly(baseline))
    thread.start()
    thread.join()
    assert capfd.readouterr() == ("", "")


def interrupted_quietly(baseline: moecast.Scenario) -> None:
    with pytest.raises(RuntimeError, match="enough"):
        moecast.run(baseline, paths=MANY, progress=raise_enough)


def raise_enough(done: int, total: int) -> None:
    raise RuntimeError("enough")
