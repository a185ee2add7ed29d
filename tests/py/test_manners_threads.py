"""Threads and processes: different runs side by side, one result read by many, forks at any moment, other interpreters."""

from __future__ import annotations

import asyncio
import concurrent.futures
import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
import warnings

import pytest

np = pytest.importorskip("numpy", reason="the package needs numpy")
moecast = pytest.importorskip("moecast", reason="the package is not installed: make python")
from manners import MANY, program, said

PATHS, SEED = 128, 5


@pytest.fixture(scope="module")
def baseline() -> moecast.Scenario:
    return moecast.Scenario.load("baseline")


@pytest.fixture(scope="module")
def digest(baseline) -> str:
    return moecast.run(baseline, paths=PATHS, seed=SEED).digest


def digest_of(seed: int) -> str:
    return moecast.run("baseline", paths=PATHS, seed=seed, threads=1).digest


# ---- threads -----------------------------------------------------------------------------------------------------------------------------------------


def test_different_runs_go_side_by_side(digest):
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        found = list(pool.map(digest_of, (SEED, SEED + 1, SEED, SEED + 2)))
    assert found[0] == found[2] == digest and len(set(found)) == 3


@pytest.mark.slow
def test_one_result_is_read_by_many_threads(baseline, tmp_path):
    result = moecast.run(baseline, paths=PATHS, seed=SEED)
    file = tmp_path / "run.moecast"
    result.save(file)
    wanted = result.bins.sum(), result.quantiles("cap.gap", p=0.5).tobytes(), result.digest, repr(result.claims)
    wrong: list[object] = []

    def read(number: int) -> None:
        for round_ in range(2):
            other = moecast.load(file) if number % 2 else result
            fresh = moecast.Result(other._core)
            found = fresh.bins.sum(), fresh.quantiles("cap.gap", p=0.5).tobytes(), fresh.digest, repr(fresh.claims)
            if found != wanted or fresh.path(3)["cap.gap"].shape != (len(fresh.months),):
                wrong.append(found)
            fresh.save(tmp_path / f"{number}.{round_}.moecast")

    threads = [threading.Thread(target=read, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    result.report(tmp_path / "report.xlsx")
    for thread in threads:
        thread.join()
    assert not wrong and (tmp_path / "report.xlsx").exists()


@pytest.mark.slow
def test_results_and_runs_may_be_forgotten_by_any_thread(baseline):
    def work(seed: int) -> np.ndarray:
        return moecast.run(baseline, paths=16, seed=seed, threads=1).inputs["policy.severity"]

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        columns = list(pool.map(work, range(10)))
    gc.collect()
    assert all(column.shape == (16,) for column in columns) and len({column.tobytes() for column in columns}) == 10


def test_a_coroutine_waits_for_a_run_in_another_thread(digest):
    async def both() -> tuple[str, int]:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                await asyncio.sleep(0.005)
                ticks += 1

        ticking = asyncio.create_task(tick())
        found = await asyncio.to_thread(lambda: moecast.run("baseline", paths=600, seed=SEED))
        ticking.cancel()
        return moecast.run("baseline", paths=PATHS, seed=SEED).digest if found.paths == 600 else "", ticks

    found, ticks = asyncio.run(both())
    assert found == digest and ticks > 3


def test_another_thread_may_end_a_run_through_progress(baseline):
    stop = threading.Event()

    class Stopped(Exception):
        pass

    def progress(done: int, total: int) -> None:
        if stop.is_set():
            raise Stopped

    job, found = moecast.Run(baseline, paths=MANY), []

    def work() -> None:
        try:
            job.advance(progress=progress)
        except Stopped:
            found.append(job.done)

    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(0.3)
    stop.set()
    thread.join(timeout=10)
    assert found and 0 < found[0] < MANY


def test_a_handler_of_a_signal_may_not_reach_into_the_run_but_may_run_another(baseline, digest):
    job, found = moecast.Run(baseline, paths=MANY), []

    def ring(number: int, frame: object) -> None:
        found.append(moecast.run(baseline, paths=PATHS, seed=SEED).digest)
        job.advance()

    before = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(moecast.RunError, match="another thread is working on this run"):
            job.advance()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
    assert found == [digest] and job.advance(0.01) < MANY


# ---- processes ---------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["fork", pytest.param("spawn", marks=pytest.mark.slow), pytest.param("forkserver", marks=pytest.mark.slow)])
def test_pools_of_processes_find_the_same(method, digest):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that other threads live when the interpreter forks
        with concurrent.futures.ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(method)) as pool:
            found = list(pool.map(digest_of, (SEED, SEED + 1, SEED)))
    assert found[0] == found[2] == digest != found[1]


@pytest.mark.slow
def test_a_child_forked_while_runs_are_made_elsewhere_runs_too(digest):
    told = said(f"""
        import os, threading, moecast
        stop = threading.Event()

        def work(name):
            while not stop.is_set():
                moecast.run(name, paths=64, threads=1, keep=10)
                moecast.Scenario.load(name).inputs

        threads = [threading.Thread(target=work, args=(name,)) for name in ("baseline", "no_controls")]
        job = moecast.Run("baseline", paths={MANY})

        def advance():
            def progress(done, total):
                if stop.is_set():
                    raise StopIteration
            try:
                job.advance(progress=progress)
            except StopIteration:
                pass

        threads.append(threading.Thread(target=advance))
        for thread in threads:
            thread.start()
        for i in range(4):
            reader, writer = os.pipe()
            child = os.fork()
            if child == 0:
                try:
                    job.result()
                    os.write(writer, b"no error")
                except moecast.RunError:
                    os.write(writer, moecast.run("baseline", paths={PATHS}, seed={SEED}).digest.encode())
                os._exit(0)
            os.waitpid(child, 0)
            print(os.read(reader, 100).decode())
        stop.set()
        for thread in threads:
            thread.join()
        print(job.result().paths > 0)
    """)
    lines = told.split("\n")
    assert lines[-1] == "True" and set(lines[:-1]) == {digest} and len(lines) == 5


@pytest.mark.slow
def test_a_run_that_was_begun_goes_on_in_a_child_and_here(baseline):
    job = moecast.Run(baseline, paths=640, seed=6)
    job.advance(0.05)
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        try:
            job.advance()
            os.write(writer, job.result().digest.encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    job.advance()
    there = os.read(reader, 100).decode()
    os.close(reader), os.close(writer)
    assert there == job.result().digest == moecast.run(baseline, paths=640, seed=6).digest


# ---- interpreters --------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="the module of this name went")
@pytest.mark.slow
def test_the_core_runs_in_two_interpreters_of_a_process(digest):
    home = moecast._core.home()
    told = said(f"""
        import importlib.util, _xxsubinterpreters as interpreters
        text = '''
        import importlib.machinery, importlib.util
        loader = importlib.machinery.ExtensionFileLoader("moecast._core", {moecast._core.__file__!r})
        core = importlib.util.module_from_spec(importlib.util.spec_from_loader("moecast._core", loader))
        loader.exec_module(core)
        core.set_home({home!r})
        run = core.Run(core.Plan(core.Scenario("baseline")), {SEED}, {PATHS}, keep={PATHS})
        run.advance()
        print(run.result().digest, flush=True)
        try:
            core.Scenario("no such")
        except core.ScenarioError as error:
            print(type(error).__name__, flush=True)
        '''
        import textwrap
        text = textwrap.dedent(text)
        one, two = interpreters.create(), interpreters.create()
        for other in (one, two):
            interpreters.run_string(other, text)
        interpreters.destroy(one)
        exec(text)
        interpreters.run_string(two, text)
        interpreters.destroy(two)
    """)
    lines = told.split("\n")
    assert lines[0::2] == [digest] * 4 and set(lines[1::2]) == {"ScenarioError"}


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="the module of this name went")
def test_the_package_in_a_second_interpreter_works_or_is_refused_by_numpy():
    ran = program(f"""
        import _xxsubinterpreters as interpreters
        other = interpreters.create()
        interpreters.run_string(other, "import moecast; print(moecast.run('baseline', paths={PATHS}, seed={SEED}).paths, flush=True)")
    """)
    assert ran.returncode >= 0, "a crash"
    assert ran.stdout.strip() == str(PATHS) or "numpy" in ran.stderr.lower()
