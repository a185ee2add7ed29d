"""Processes share the tests out as tests/conftest.py says: it may stop to do so without a failure, and then every process sets every file up."""
import pathlib
import shutil
import subprocess
import sys

import pytest

TESTS = pathlib.Path(__file__).resolve().parents[1]
BODY = """import os, pathlib, time
import pytest
@pytest.mark.parametrize("i", range(6))
def test_one(i):
    time.sleep(0.02)
    with open(pathlib.Path(__file__).with_suffix(".said"), "a") as file:
        file.write(f"{os.getpid()} {time.monotonic_ns()}\\n")
"""


@pytest.mark.slow
def test_a_files_tests_run_in_one_process_long_files_first_and_single_ones_last(tmp_path):
    shutil.copy(TESTS / "conftest.py", tmp_path)
    for name in ("a", "alone", "b", "c", "report"):
        (tmp_path / f"test_{name}.py").write_text(BODY)
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", tmp_path], capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert done.returncode == 0, done.stdout
    said = {name: [tuple(map(int, line.split())) for line in (tmp_path / f"test_{name}.said").read_text().splitlines()] for name in ("a", "alone", "b", "c", "report")}
    pids = {name: {pid for pid, _ in lines} for name, lines in said.items()}
    assert all(len(lines) == 6 for lines in said.values()) and all(len(pids[name]) == 1 for name in ("a", "b", "c", "report"))
    first = {name: min(when for _, when in lines) for name, lines in said.items()}
    assert len(pids["alone"]) == 2 and first["alone"] == max(first.values()) and first["report"] < min(first["b"], first["c"])
