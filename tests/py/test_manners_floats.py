"""Other libraries set the processor's floating-point mode: no bit of any number may change by it, and the caller's mode must be what it was."""

from __future__ import annotations

import ctypes
import platform
import shutil
import subprocess
from collections.abc import Callable, Iterator

import pytest

np = pytest.importorskip("numpy", reason="the package needs numpy")
moecast = pytest.importorskip("moecast", reason="the package is not installed: make python")
from moecast import _core

pytestmark = pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64") or not shutil.which("gcc"), reason="sets the mode of x86 with gcc")

SOURCE = """
#include <fenv.h>
#include <immintrin.h>
unsigned get_vector(void) { return _mm_getcsr() & 0xffc0u; }
void set_vector(unsigned mode) { _mm_setcsr(mode); }
int get_rounding(void) { return fegetround(); }
int set_rounding(int mode) { return fesetround(mode); }
void set_default(void) { fesetenv(FE_DFL_ENV); }
double tiny(void) { volatile double least = 2.2250738585072014e-308; return least / 2.0; }
double third(void) { volatile double one = 1.0; return one / 3.0; }
"""
USUAL, FLUSH = 0x1F80, 0x8040  # what a library built with -ffast-math sets when it is loaded
UPWARD, DOWNWARD, TOWARD_ZERO = 0x800, 0x400, 0xC00


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ctypes.CDLL]:
    folder = tmp_path_factory.mktemp("mode")
    (folder / "mode.c").write_text(SOURCE)
    subprocess.run(["gcc", "-O1", "-frounding-math", "-shared", "-fPIC", "-o", folder / "mode.so", folder / "mode.c", "-lm"], check=True)
    library = ctypes.CDLL(str(folder / "mode.so"))
    library.tiny.restype = library.third.restype = ctypes.c_double
    yield library
    library.set_default()


def bits(value: object) -> object:
    """Something that is equal only when every bit is."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return value.shape, value.tobytes()
    if isinstance(value, (list, tuple)):
        return [bits(item) for item in value]
    if isinstance(value, dict):
        return {key: bits(item) for key, item in value.items()}
    return np.float64(value).tobytes() if isinstance(value, float) else value


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Callable[[], object]]:
    """Everything that computes on the thread of the caller, or has others compute."""
    result = moecast.run("baseline", paths=192, seed=1)
    even = moecast.run("baseline", paths=256, seed=1, sampler="sobol", replicates=4)
    scenario = moecast.Scenario.load("baseline")
    row, column = result.series.index("cap.gap"), len(result.report_months) - 1
    file = tmp_path_factory.mktemp("floats") / "run.moecast"

    def saved() -> object:
        result.save(file)
        return moecast.load(file).digest

    def parsed() -> object:
        return moecast.Scenario.parse(scenario.text).hash, _core.Plan(moecast.Scenario.parse(scenario.text)._core).hash

    def columns() -> object:
        made = _core.Columns(_core.Plan(scenario._core), 3, 128, [(row, 30)], moved={"policy.severity": 1.1}, readings=True)
        while made.done < made.paths:
            made.advance(0.5)
        return made.hash, made.number(0), made.answer(made.readings[0]), np.asarray(made.value(0))

    return {
        "columns": columns,
        "where values lie": lambda: [result._core.share_below(at, column, x) for at in (row, result.series.index("saas.crash")) for x in (5e-324, 1e-310, 0.1, 7.3)],
        "what it takes": lambda: result._core.what_it_takes(row, result.months.index("2028-12"), ">=", 7.3),
        "stories": lambda: result._core.stories(2),
        "a changed scenario": lambda: scenario.replace({"policy.severity": 0.1, "choice.alpha.developers": 0.3}).hash,
        "the least numbers": lambda: [scenario._core.change(f"name: least\nchoice.alpha.developers: {x}\n", "<text>").text for x in ("1e-310", "5e-324")],
        "a scenario from keys": lambda: moecast.Scenario.from_dict({"name": "mine", "extends": "baseline", "policy.severity": 0.1}).hash,
        "differences": lambda: scenario._core.differences(moecast.Scenario.load("no_controls")._core),
        "a short text": lambda: scenario.replace({"policy.severity": 0.1}).to_yaml(),
        "a scenario's values": lambda: scenario._core.tree(),
        "ranges": lambda: scenario._core.ranges(),
        "host or buy": lambda: repr(moecast.host_or_buy("deepseek-v3", "h200", (0.28, 0.42))),
        "a run's digest": lambda: moecast.run("baseline", paths=64, seed=7).digest,
        "a run of other points": lambda: moecast.run("baseline", paths=256, seed=7, sampler="sobol", replicates=4).digest,
        "a hypercube": lambda: moecast.run("baseline", paths=256, seed=7, sampler="lhs", replicates=4).digest,
        "a scenario and its plan": lambda: (moecast.Scenario.load("no_controls").hash, _core.Plan(moecast.Scenario.load("no_controls")._core).hash),
        "a scenario from text": parsed,
        "inputs": lambda: scenario._core.inputs(),
        "words": lambda: scenario._core.explain(),
        "claims": lambda: scenario._core.claims(),
        "the catalogue": lambda: _core.catalogue(scenario._core.catalogue),
        "moments": lambda: [np.asarray(result._core.statistic(name, monthly)) for name in ("mean", "mean_error", "sd", "mean_low") for monthly in (False, True)],
        "moments of replicates": lambda: [np.asarray(even._core.statistic(name)) for name in ("mean", "mean_error", "effective_paths")],
        "quantiles": lambda: [result._core.quantile(row, column, p) for p in (0.01, 0.1, 0.3, 0.999)],
        "intervals": lambda: [result._core.interval(row, column, p) for p in (0.01, 0.1, 0.3, 0.999)],
        "precision": lambda: result._core.precision("cap.gap@2026-12:0.1", 10**6),
        "the sampler's gain": lambda: even._core.sampling_gain,
        "a path": lambda: bits({key: np.asarray(value) if key in ("values", "inputs") else value for key, value in result._core.trace(5).items()}),
        "answers": lambda: (result._core.answer(), result._core.claims()),
        "a comparison": lambda: moecast.compare(["baseline", "no_controls"], paths=64).table(),
        "a file": saved,
        "token costs": lambda: {name: np.asarray(value) for name, value in vars(moecast.token_cost("deepseek-v3", ["h200", "b200"], tok_per_s_user=[[20.0], [50.0]])).items()
                                if np.asarray(value).dtype.kind == "f"},
    }


@pytest.fixture(scope="module")
def usual(answers) -> dict[str, object]:
    return {name: bits(answer()) for name, answer in answers.items()}


def test_the_modes_are_felt_by_those_who_set_them(machine):
    tiny, third = machine.tiny(), machine.third()
    machine.set_vector(USUAL | FLUSH)
    flushed = machine.tiny()
    machine.set_vector(USUAL | 0x4000)
    up = machine.third()
    machine.set_default()
    assert tiny > 0.0 == flushed and up > third


SLOW = pytest.mark.slow


@pytest.mark.parametrize("mode", [pytest.param("flushes", marks=SLOW), "upward", pytest.param("downward", marks=SLOW), pytest.param("toward zero", marks=SLOW), pytest.param("flushes and traps", marks=SLOW)])
def test_no_bit_depends_on_the_mode_and_the_mode_comes_back(machine, answers, usual, mode):
    wrong, changed = [], []
    for name, answer in answers.items():
        try:
            if mode == "flushes":
                machine.set_vector(USUAL | FLUSH)
            elif mode == "flushes and traps":
                machine.set_vector((USUAL | FLUSH) & ~0x0080)  # invalid operations trap
            else:
                assert machine.set_rounding({"upward": UPWARD, "downward": DOWNWARD, "toward zero": TOWARD_ZERO}[mode]) == 0
            before = machine.get_vector(), machine.get_rounding()
            found = answer()
            after = machine.get_vector(), machine.get_rounding()
        finally:
            machine.set_default()
        wrong += [name] if bits(found) != usual[name] else []
        changed += [name] if after != before else []
    assert not wrong and not changed


def test_an_error_gives_the_mode_back_too(machine):
    machine.set_vector(USUAL | FLUSH)
    before = machine.get_vector()
    try:
        with pytest.raises(moecast.ScenarioError):
            _core.Scenario.parse("moecast: 1\nname: x\nextends: baseline\npathss: 1\n")
        after = machine.get_vector()
    finally:
        machine.set_default()
    assert after == before
