"""Kernel variants as a person meets them ($MOECAST_KERNEL), and what their machine code holds. That their bits agree piece by piece: tests/c/test_variants.c."""
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("MOECAST_BIN", ROOT / "build/moecast")).resolve()
NEEDED = {"scalar": set(), "avx2": {"avx2", "fma"}, "avx512": {"fma", "avx512f", "avx512dq", "avx512vl", "avx512bw"}}
INFO = pathlib.Path("/proc/cpuinfo")
FLAGS = set(INFO.read_text().split()) if INFO.exists() and platform.machine() == "x86_64" else set()
CAN_RUN = [kernel for kernel, needed in NEEDED.items() if needed <= FLAGS]

needs_x86 = pytest.mark.skipif(platform.machine() != "x86_64", reason="only x86-64 has variants beside scalar")


def moecast(kernel, *words):
    env = {**os.environ, "MOECAST_KERNEL": kernel}
    return subprocess.run([BIN, *map(str, words)], capture_output=True, text=True, env=env, timeout=120)


def run(kernel, folder):
    return moecast(kernel, "run", "baseline", "--paths", 200, "--seed", 3, "--no-contrasts", "--no-report", "-o", folder)


@pytest.fixture(scope="module")
def chosen(tmp_path_factory):
    folder = tmp_path_factory.mktemp("chosen")
    done = run("", folder)
    assert done.returncode == 0, done.stderr
    return json.loads((folder / "run.json").read_text())


def test_the_widest_kernel_that_runs_is_chosen(chosen):
    assert chosen["kernel_variant"] == CAN_RUN[-1]


@pytest.mark.parametrize("kernel", NEEDED)
def test_every_kernel_that_runs_gives_the_same_digest(kernel, chosen, tmp_path):
    if kernel not in CAN_RUN:
        pytest.skip(f"this processor cannot run {kernel}")
    done = run(kernel, tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "run.json").read_text())
    assert (found["kernel_variant"], found["digest"]) == (kernel, chosen["digest"])


def sentence(done):
    assert done.returncode == 2 and not done.stdout and done.stderr.count("\n") == 1, (done.returncode, done.stderr)
    return done.stderr


@pytest.mark.parametrize("kernel", NEEDED)
def test_a_kernel_that_cannot_run_is_refused_with_those_that_can(kernel, tmp_path):
    if kernel in CAN_RUN:
        pytest.skip(f"this processor can run {kernel}")
    said = sentence(run(kernel, tmp_path / "out"))
    assert said.startswith("moecast: MOECAST_KERNEL: this processor cannot run") and f"'{kernel}'" in said and CAN_RUN[-1] in said
    assert not (tmp_path / "out/run.moecast").exists()


def test_an_unknown_kernel_is_refused_with_the_nearest_name(tmp_path):
    said = sentence(run("neon9", tmp_path))
    assert "'neon9' is no kernel variant" in said and all(kernel in said for kernel in CAN_RUN)
    assert "did you mean 'avx512'?" in sentence(run("avx-512", tmp_path))
    assert "did you mean 'scalar'?" in sentence(run("Scalar", tmp_path))


def test_one_path_told_again_obeys_it_too(tmp_path):
    assert run("", tmp_path).returncode == 0
    assert "neon9" in sentence(moecast("neon9", "path", tmp_path, 3))
    told = [moecast(kernel, "path", tmp_path, 3, "--csv") for kernel in CAN_RUN]
    assert told[0].returncode == 0 and told[0].stdout and all(one.stdout == told[0].stdout for one in told)


def test_the_package_says_it_with_an_exception():
    pytest.importorskip("moecast")
    code = "import moecast\ntry:\n    moecast.run('baseline', paths=64)\nexcept moecast.RunError as error:\n    print(error.status, error)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, "MOECAST_KERNEL": "neon9"}, timeout=120)
    assert done.returncode == 0 and done.stdout.startswith("USAGE ") and "'neon9' is no kernel variant" in done.stdout, done.stderr


def disassembly(path):
    if not shutil.which("objdump") or not path.exists():
        pytest.skip(f"no objdump, or no {path}")
    return subprocess.run(["objdump", "-d", "--no-show-raw-insn", path], capture_output=True, text=True, check=True).stdout


@needs_x86
@pytest.mark.parametrize("kernel,own,wider", [("avx2", "%ymm", "%zmm"), ("avx512", "%zmm", None)])
def test_a_variant_uses_its_vectors_and_fuses_only_what_is_named(kernel, own, wider):
    code = disassembly(BIN.parent / f"variant_{kernel}.o")
    assert code.count(own) > 1000
    assert not wider or wider not in code
    function = dict(re.findall(r"^[0-9a-f]+ <(\w+)>:\n((?:.+\n)+)", code, re.M))
    for name in ("moe_cost_evaluate", "moe_market_move", "evaluate_fleet"):   # products and sums by the hundred, and no call of moe_fma
        assert len(re.findall(r"\bv(?:add|mul)pd\b", function[name])) > 50, name
        assert not re.findall(r"\bvf[n]?m(?:add|sub)\w+", function[name]), f"{name}: a fused operation rounds once where the scalar build rounds twice"
    assert re.findall(rf"\bvfmadd\w+pd.*{own}", code), "moe_fma is one instruction on this processor"
    assert not re.findall(r"\bv?(?:rcp|rsqrt)\w+", code), "an approximate reciprocal differs between processors"


@needs_x86
def test_the_scalar_build_is_for_any_processor():
    build = BIN.parent
    objects = [p for folder in ("kernels", "csim/model", "csim/rng", "csim/dist", "csim/stats", "csim/engine") for p in (build / folder).glob("*.o")]
    wide = [str(p.relative_to(build)) for p in objects if re.search(r"%[yz]mm|\bv(?:add|mul)[sp]d\b", disassembly(p))]
    assert not wide, wide
