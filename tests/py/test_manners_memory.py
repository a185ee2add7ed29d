"""Memory comes back: over thousands of calls, after errors, after exceptions that carry a place, and when there is none to be had."""

from __future__ import annotations

import gc
import resource
import tracemalloc
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest

np = pytest.importorskip("numpy", reason="the package needs numpy")
moecast = pytest.importorskip("moecast", reason="the package is not installed: make python")
from manners import program, said
from moecast import _core

SMALL = "moecast: 1\nname: mine\nextends: baseline\nrun: {paths: 16}\n"


def resident_kb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e3


@pytest.fixture(scope="module")
def result() -> moecast.Result:
    return moecast.run("baseline", paths=64, seed=1, keep_series=["cap.gap"])


def refused(call: Callable[[], object]) -> None:
    try:
        call()
    except (moecast.Error, ValueError, KeyError, IndexError, TypeError):
        return
    raise AssertionError("was not refused")


def calls(result: moecast.Result, folder: Path) -> dict[str, tuple[int, Callable[[int], object]]]:
    """Each by name: how often, and the call."""
    core, scenario = result._core, result.scenario
    plan = _core.Plan(scenario._core)
    result.save(folder / "run.moecast")
    (folder / "noise").write_bytes(b"SQLite format 3\0" + b"noise" * 1000)
    costs = {"speeds": np.array([20.0, 40.0])}
    return {
        "token_cost": (150, lambda i: moecast.token_cost("deepseek-v3", "h200", tok_per_s_user=costs["speeds"])),
        "a wrong token_cost": (150, lambda i: refused(lambda: moecast.token_cost("deepseek-v3", f"h{i}x"))),
        "quantile": (10000, lambda i: core.quantile(3, 2, 0.25)),
        "interval": (10000, lambda i: core.interval(3, 2, 0.25)),
        "a wrong quantile": (10000, lambda i: refused(lambda: core.quantile(3, 10**6 + i, 0.25))),
        "statistic": (4000, lambda i: core.statistic("mean")),
        "a wrong statistic": (10000, lambda i: refused(lambda: core.statistic(f"mean{i}"))),
        "views": (10000, lambda i: (np.asarray(core.bins), np.asarray(core.kept_inputs), np.asarray(core.kept_series), memoryview(core.kept_scalars))),
        "names": (400, lambda i: (core.series, core.units, core.meanings, core.months, core.scalar_names, core.input_names, core.ledger, core.failures)),
        "claims": (400, lambda i: core.claims()),
        "answers": (20, lambda i: core.answer()),
        "precision": (10000, lambda i: core.precision("cap.gap@2026-12:0.1")),
        "a wrong precision": (10000, lambda i: refused(lambda: core.precision(f"cap.gap{i}@2026-12:0.1"))),
        "digest": (30, lambda i: core.digest),
        "a path": (40, lambda i: result.path(i % 64)),
        "a small scenario": (40, lambda i: moecast.Scenario.parse(SMALL)),
        "a wrong scenario": (40, lambda i: refused(lambda: moecast.Scenario.parse(SMALL + f"pathss: {i}\n"))),
        "no scenario": (4000, lambda i: refused(lambda: moecast.Scenario.load(f"no such {i}"))),
        "words": (40, lambda i: (scenario._core.explain(), scenario._core.inputs(), scenario._core.claims())),
        "a plan": (40, lambda i: _core.Plan(scenario._core).hash),
        "a run not begun": (1000, lambda i: _core.Run(plan, i, 64, keep=64)),
        "a wrong run": (10000, lambda i: refused(lambda: _core.Run(plan, -1, 64))),
        "a run": (24, lambda i: moecast.Result(finished(plan, i)).bins.sum()),
        "loading": (12, lambda i: moecast.load(folder / "run.moecast").scenario),
        "saving": (8, lambda i: result.save(folder / "again.moecast")),
        "a damaged file": (10000, lambda i: refused(lambda: moecast.load(folder / "noise"))),
        "no file": (10000, lambda i: refused(lambda: moecast.load(folder / f"no {i}"))),
        "catalogue": (40, lambda i: _core.catalogue(scenario._core.catalogue)),
    }


def finished(plan: _core.Plan, seed: int) -> _core.Result:
    run = _core.Run(plan, seed, 4, threads=1, keep=4)
    run.advance(0.0, lambda done, total: None)
    return run.result()


NAMES = (
    "token_cost|a wrong token_cost|quantile|interval|a wrong quantile|statistic|a wrong statistic|views|names|claims|answers|precision|a wrong precision|digest|a path|"
    "a small scenario|a wrong scenario|no scenario|words|a plan|a run not begun|a wrong run|a run|loading|saving|a damaged file|no file|catalogue"
).split("|")


def growth_kb(call: Callable[[int], object], times: int) -> tuple[float, float]:
    """Of Python's own memory and of the process, over the last half of so many calls: the first half fills what is filled once."""
    for i in range(times // 2 + 1):
        call(i)
    gc.collect()
    tracemalloc.start()
    traced, resident = tracemalloc.get_traced_memory()[0], resident_kb()
    for i in range(times // 2 + 1, times + 1):
        call(i)
    gc.collect()
    grown = (tracemalloc.get_traced_memory()[0] - traced) / 1e3, resident_kb() - resident
    tracemalloc.stop()
    return grown


def test_every_call_is_named(result, tmp_path):
    assert list(calls(result, tmp_path)) == NAMES


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_thousands_of_calls_give_all_memory_back(result, tmp_path, name):
    times, call = calls(result, tmp_path)[name]
    traced, resident = growth_kb(call, times)
    assert traced < 40.0, f"{traced:.0f} kB of Python's over {times // 2} calls"
    assert resident < 3000.0, f"{resident:.0f} kB of the process over {times // 2} calls"


def test_exceptions_and_what_they_hold_can_be_collected():
    class Held:
        pass

    held = Held()
    seen = weakref.ref(held)
    try:
        moecast.Scenario.parse(SMALL + "pathss: 1\n")
    except moecast.ScenarioError as error:
        error.held = held  # a cycle: the error knows itself through what it holds
        held.error = error
    del held
    gc.collect()
    assert seen() is None


def test_types_and_errors_of_a_module_go_with_it():
    assert said("""
        import gc, importlib.machinery, importlib.util, weakref, moecast
        file = moecast._core.__file__
        def once():
            loader = importlib.machinery.ExtensionFileLoader("moecast._core", file)
            core = importlib.util.module_from_spec(importlib.util.spec_from_loader("moecast._core", loader))
            loader.exec_module(core)
            return [weakref.ref(it) for it in (core.Run, core.Result, core.Array, core.ScenarioError)]
        seen = once()
        gc.collect()
        print([it() for it in seen])
    """) == "[None, None, None, None]"


@pytest.mark.slow
def test_a_run_too_large_for_the_memory_is_a_memory_error_and_no_end():
    assert said("""
        import resource, moecast, numpy
        small = moecast.run("baseline", paths=64, seed=1).digest
        now = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (now + 600_000_000,) * 2)
        seen = []
        try:
            moecast.Run("baseline", paths=1_000_000, keep=1_000_000)
            seen.append("there was room")
        except MemoryError:
            seen.append("MemoryError")
        job = moecast.Run("baseline", paths=64, threads=1)
        job.advance(0.01)
        job = None
        print(*seen, moecast.run("baseline", paths=64, seed=1, threads=2).digest == small)
    """) == "MemoryError True"


@pytest.mark.slow
def test_little_memory_anywhere_is_a_memory_error_or_success():
    ran = program("""
        import resource, moecast, os, tempfile
        result = moecast.run("baseline", paths=64, seed=1, threads=1)
        folder = tempfile.mkdtemp()
        result.save(folder + "/run.moecast")
        now = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
        works = [lambda: moecast.run("baseline", paths=64, threads=1), lambda: moecast.load(folder + "/run.moecast").scenario, lambda: result.path(3),
                 lambda: moecast.Scenario.load("no_controls").inputs, lambda: result.save(folder + "/again.moecast"), lambda: moecast.catalogue(),
                 lambda: result.report(folder + "/report.xlsx"), lambda: moecast.compare(["baseline", "no_controls"], paths=64, threads=1)]
        seen = {"ok": 0, "refused": 0}
        for more in (0, 2, 8, 16, 32, 64, 400):
            resource.setrlimit(resource.RLIMIT_AS, (now + more * 1_000_000, -1))
            for work in works:
                try:
                    work()
                    seen["ok"] += 1
                except (MemoryError, moecast.Error):
                    seen["refused"] += 1
        resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
        for work in works:
            work()
        print(seen["ok"] > 0, seen["refused"] > 0)
    """)
    assert ran.returncode == 0, ran.stderr[-3000:]
    assert ran.stdout.strip() == "True True"
