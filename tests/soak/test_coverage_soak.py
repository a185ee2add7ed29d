"""95 % intervals hold the truth in 93 to 97 of 100 runs: the C harness with 2,000 seeds (tests/c/test_coverage.c)."""
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
HARNESS = pathlib.Path(os.environ.get("MOECAST_BIN", ROOT / "build/moecast")).resolve().parent / "tests/test_coverage"


@pytest.mark.soak
def test_intervals_hold_the_truth_in_95_of_100_of_2000_runs():
    done = subprocess.run([HARNESS], env={**os.environ, "COVERAGE_SEEDS": "2000"}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
