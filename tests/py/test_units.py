"""Runs spread over executors: the digest is that of one process, whatever happens to workers, parts and units on the way."""

import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace

import moecast
import numpy as np
import pytest
from moecast import _core, units

PATHS, UNIT, SEED = 640, 128, 5


@pytest.fixture(scope="module")
def alone():
    return moecast.run("baseline", paths=PATHS, seed=SEED, keep=300, keep_series=["cap.gap"])


def job(**words):
    return moecast.Run("baseline", paths=PATHS, seed=SEED, keep=300, keep_series=["cap.gap"], **words)


def units_of(run, size=UNIT):
    return list(units.cut(run._core, run._plan.pack(), run._plan.hash, size))


class Executor:
    """Works at once, in this thread; `disturb` may change what becomes of the n-th submission."""

    def __init__(self, disturb=lambda n, call: call()):
        self.submitted, self.disturb = 0, disturb

    def submit(self, call, *arguments):
        future = Future()
        self.submitted += 1
        try:
            future.set_result(self.disturb(self.submitted, lambda: call(*arguments)))
        except BaseException as error:
            future.set_exception(error)
        return future


def take(run, unit, part=None):
    return run._core.take(part or units.simulate(unit), unit.first_path, unit.paths)


def same(a, b):
    assert a.digest == b.digest
    assert a.ledger == b.ledger
    for name in ("inputs", "scalars", "trajectories"):
        assert np.array_equal(getattr(a, name).table, getattr(b, name).table, equal_nan=True), name
    assert [(r.id, r.hits, r.count) for r in a.readings()] == [(r.id, r.hits, r.count) for r in b.readings()]
    assert np.array_equal(a.bins, b.bins)


def test_a_process_pool_gives_the_bits_of_one_process(alone):
    with ProcessPoolExecutor(2) as pool:
        same(alone, moecast.run("baseline", paths=PATHS, seed=SEED, keep=300, keep_series=["cap.gap"], executor=pool, unit_paths=UNIT))


def test_a_thread_pool_gives_the_bits_of_one_process(alone):
    run = job()
    with ThreadPoolExecutor(3) as pool:
        assert run.advance_on(pool, UNIT) == PATHS
    same(alone, run.result())


@pytest.mark.parametrize("sampler", ["sobol", "lhs"])
@pytest.mark.slow
def test_other_samplers_give_the_bits_of_one_process(sampler):
    words = {"paths": 512, "seed": SEED, "sampler": sampler, "replicates": 2}
    one, other = moecast.run("baseline", **words), moecast.run("baseline", **words, executor=Executor(), unit_paths=128)
    same(one, other)
    assert np.array_equal(one.statistic("mean_error"), other.statistic("mean_error"), equal_nan=True)


@pytest.mark.slow
def test_units_may_have_any_size(alone):
    for size in (1, 65, 300, 10**9):
        run = job()
        executor = Executor()
        run.advance_on(executor, size)
        assert run.result().digest == alone.digest
        assert executor.submitted == -(-PATHS // (-(-size // 64) * 64))


def test_parts_come_home_in_any_order(alone):
    run = job()
    for unit in reversed(units_of(run)):
        take(run, unit)
    same(alone, run.result())


def test_the_result_of_some_parts_says_which_paths_it_has():
    run = job()
    second = units_of(run)[1]
    assert take(run, second) == units.digest(units.simulate(second))
    result = run.result()
    assert result.ledger == [(UNIT, 2 * UNIT - 1)]
    assert result.paths == UNIT


def test_a_unit_that_fails_is_given_out_again(alone):
    def fail_twice(n, call):
        if n in (2, 3):
            raise OSError("the disk of the worker is full")
        return call()

    run, executor = job(), Executor(fail_twice)
    run.advance_on(executor, UNIT)
    assert executor.submitted == PATHS // UNIT + 2
    same(alone, run.result())


def test_a_unit_that_fails_three_times_ends_the_run_which_keeps_what_it_has():
    def fail_always(n, call):
        if n > 2:
            raise OSError("no space left")
        return call()

    run = job()
    with pytest.raises(moecast.RunError, match=r"paths \d+ to \d+ failed 3 times on the executor, the last time with OSError: no space left"):
        run.advance_on(Executor(fail_always), UNIT)
    assert run.done == 2 * UNIT
    run.advance_on(Executor(), UNIT)
    assert run.done == PATHS


def test_a_damaged_part_is_thrown_away_and_simulated_again(alone):
    def damage(n, call):
        part = call()
        return part[:1000] + bytes([part[1000] ^ 4]) + part[1001:] if n == 1 else part

    run, executor = job(), Executor(damage)
    run.advance_on(executor, UNIT)
    assert executor.submitted == PATHS // UNIT + 1
    same(alone, run.result())


def test_parts_of_other_paths_are_thrown_away_and_the_units_given_out_again(alone):
    """A worker that does half of a unit, one that sends the part of another unit, one with another seed, and one that keeps no rows."""
    spoilt = {1: {"paths": UNIT // 2}, 2: {"first_path": 2 * UNIT}, 3: {"keep": 0}, 4: {"seed": 6}}

    class Spoiling(Executor):
        def submit(self, call, unit):
            return super().submit(call, replace(unit, **spoilt.get(self.submitted + 1, {})))

    run, executor = job(), Spoiling()
    run.advance_on(executor, UNIT)
    assert executor.submitted == PATHS // UNIT + len(spoilt)
    same(alone, run.result())


@pytest.mark.parametrize("wrong", [None, 3, b"", b"moecpart", "part"])
def test_what_is_no_part_is_no_result(wrong):
    run = job()
    with pytest.raises(moecast.RunError, match="paths 0 to 127 failed 3 times on the executor"):
        run.advance_on(Executor(lambda n, call: wrong), UNIT)
    assert run.done == 0


@pytest.mark.parametrize("ends", [SystemExit(3), KeyboardInterrupt(), GeneratorExit()])
def test_a_worker_that_ends_itself_does_not_end_who_asks(alone, ends):
    def end(n, call):
        if n == 2:
            raise ends
        return call()

    run = job()
    run.advance_on(Executor(end), UNIT)
    same(alone, run.result())


def test_an_executor_whose_submit_fails_now_and_then_is_asked_again(alone):
    class Flaky(Executor):
        def submit(self, call, *arguments):
            if self.submitted == 1:
                self.submitted += 1
                raise ConnectionError("the scheduler is away")
            return super().submit(call, *arguments)

    run = job()
    run.advance_on(Flaky(), UNIT)
    same(alone, run.result())


def test_submit_must_return_a_future():
    class Wrong:
        def submit(self, call, *arguments):
            return None

    with pytest.raises(TypeError, match=r"submit\(\) of the executor must return a future.*NoneType"):
        job().advance_on(Wrong(), UNIT)


def test_more_workers_that_hang_than_units_are_given_out_at_once_are_gone_around(alone):
    class Hanging(Executor):
        _max_workers = 2

        def submit(self, call, *arguments):
            if self.submitted < 4:
                self.submitted += 1
                return Future()
            return super().submit(call, *arguments)

    run = job()
    run.advance_on(Hanging(), UNIT, patience=0.05)
    same(alone, run.result())


def test_a_class_of_executors_is_a_function_that_makes_one(alone):
    run = job()
    run.advance_on(ThreadPoolExecutor, UNIT)
    same(alone, run.result())


def test_patience_is_a_number_of_seconds():
    for wrong in (-1, float("nan")):
        with pytest.raises(ValueError, match="patience is a number of seconds from 0 on"):
            job().advance_on(Executor(), UNIT, patience=wrong)


class Forgetful(Executor):
    """Holds the first unit back until all others were asked for twice."""

    def __init__(self, change=lambda part: part):
        super().__init__()
        self.change, self.held = change, None

    def submit(self, call, *arguments):
        self.submitted += 1
        if self.submitted == 1:
            self.held = (Future(), call, arguments)
            return self.held[0]
        if self.submitted == PATHS // UNIT + 1:  # the late unit again: now the first one comes home too, before it
            future, first, words = self.held
            future.set_result(self.change(first(*words)))
        return Executor().submit(call, *arguments)


def test_a_late_unit_is_given_out_once_more_and_counted_once(alone):
    run, executor = job(), Forgetful()
    run.advance_on(executor, UNIT, patience=0.0)
    assert executor.submitted > PATHS // UNIT
    same(alone, run.result())


def test_two_workers_that_disagree_stop_the_run():
    """The second part of the same paths is whole, but of another machine's arithmetic: here, of another seed, relabelled."""
    from moecast.spread import _Spread

    run = job()
    unit = units_of(run)[0]
    spread = _Spread(run._core.take, [unit], None)
    spread._welcome(unit, units.simulate(unit))
    spread._welcome(unit, units.simulate(unit))
    with pytest.raises(moecast.RunError, match=r"paths 0 to 127 were simulated twice with different results \(\w+, \w+\): a worker computes wrongly"):
        spread._welcome(unit, units.simulate(replace(unit, seed=6)))


def test_a_worker_with_another_version_is_refused():
    unit = replace(units_of(job())[0], version="0.0.1")
    with pytest.raises(moecast.RunError, match="the worker has moecast .* who asks has 0.0.1 .*: paths of two versions are not mixed"):
        units.simulate(unit)


def test_a_plan_that_came_damaged_is_refused():
    unit = units_of(job())[0]
    middle = len(unit.plan) // 2
    with pytest.raises(moecast.FileError, match="plan"):
        units.simulate(replace(unit, plan=unit.plan[:middle] + bytes([unit.plan[middle] ^ 1]) + unit.plan[middle + 1 :], plan_hash="0" * 64))
    with pytest.raises(moecast.FileError, match="plan"):
        units.simulate(replace(unit, plan=unit.plan[:100], plan_hash="1" * 64))


@pytest.mark.parametrize("words", [{"seed": -1}, {"paths": 0}, {"paths": 2**40}, {"first_path": 2**32}, {"keep": UNIT + 1}, {"replicates": 65}, {"sampler": "dice"}, {"keep_series": (10**6,)}])
def test_a_unit_that_asks_for_what_is_not_is_refused(words):
    with pytest.raises(ValueError, match=next(iter(words)).replace("keep_series", "there is no series")):
        units.simulate(replace(units_of(job())[0], **words))


def test_a_part_of_another_seed_is_refused():
    run = job()
    unit = units_of(run)[0]
    with pytest.raises(moecast.ScenarioError, match="its seed is 6, here it is 5"):
        take(run, unit, units.simulate(replace(unit, seed=6)))
    assert run.done == 0


def test_a_part_that_is_there_already_is_refused():
    run = job()
    unit = units_of(run)[0]
    take(run, unit)
    with pytest.raises(moecast.ScenarioError):
        take(run, unit)
    assert run.done == UNIT


def test_a_run_advanced_here_cannot_go_on_elsewhere():
    run = job()
    run.advance()
    with pytest.raises(moecast.RunError, match="was advanced in this process before"):
        run.advance_on(Executor())


def test_a_run_with_an_array_in_use_takes_no_parts():
    run = job()
    held = run.result().bins
    with pytest.raises(moecast.RunError, match="an array of a result of this run is in use"):
        run.advance_on(Executor(), UNIT)
    del held
    run.advance_on(Executor(), UNIT)
    assert run.done == PATHS


def test_what_is_no_executor_is_refused():
    for wrong in (3, "dask", object, lambda: 3):
        with pytest.raises(TypeError, match="executor wants something with submit"):
            moecast.run("baseline", paths=64, executor=wrong)


def test_progress_is_told_in_paths():
    seen = []
    run = job()
    run.advance_on(Executor(), UNIT, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (PATHS, PATHS)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="wants processes that can be killed")
def test_a_killed_worker_breaks_its_pool_which_is_made_again(alone):
    made = []

    def make():
        made.append(ProcessPoolExecutor(2))
        return made[-1]

    def kill_first():
        while not (made and made[0]._processes):
            time.sleep(0.005)
        os.kill(next(iter(made[0]._processes)), signal.SIGKILL)

    killer = threading.Thread(target=kill_first)
    killer.start()
    run = job()
    run.advance_on(make, 64)
    killer.join()
    assert len(made) == 2
    same(alone, run.result())


def test_when_a_given_pool_breaks_the_rest_is_simulated_here(alone):
    run = job()
    with ProcessPoolExecutor(2) as pool, warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        pool.submit(os._exit, 1)
        run.advance_on(pool, UNIT)
    assert [str(each.message)[:19] for each in said if each.category is RuntimeWarning] == ["the executor broke "]
    same(alone, run.result())


INTERRUPTED = """
import moecast, os, signal, threading, time
from concurrent.futures import ThreadPoolExecutor
run = moecast.Run("baseline", paths=200_000, seed=1)
pool = ThreadPoolExecutor(1)
threading.Timer(1.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
try:
    run.advance_on(pool, 256)
except KeyboardInterrupt:
    pool.shutdown(wait=True, cancel_futures=True)
    result = run.result()
    print(result.paths, result.paths % 256, sum(last - first + 1 for first, last in result.ledger) == result.paths)
"""


def test_ctrl_c_leaves_the_parts_that_came_home():
    out = subprocess.run([sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, timeout=120, check=True).stdout.split()
    assert 0 < int(out[0]) < 200_000
    assert out[1:] == ["0", "True"]


def test_a_run_to_a_precision_grows_on_the_executor_to_the_same_paths():
    words = {"paths": 128, "seed": SEED, "precision": {"cap.gap@2026-12": 0.25}}
    here, executor = moecast.run("baseline", **words), Executor()
    there = moecast.run("baseline", **words, executor=executor, unit_paths=128)
    assert here.precision_reached and here.paths > 128
    assert there.digest == here.digest
    assert executor.submitted == -(-here.paths // 128)


def test_a_unit_is_small_and_says_what_it_is():
    import pickle

    unit = units_of(job())[1]
    assert repr(unit) == f"<Unit of plan {unit.plan_hash[:12]}, seed 5, paths 128 to 255>"
    assert len(pickle.dumps(unit)) < 1_000_000
    assert pickle.loads(pickle.dumps(unit)) == unit
    assert unit.plan_hash == _core.Plan(_core.Scenario("baseline")).hash
