"""The benchmark in little: it runs, its rows are whole, every peer gives our numbers."""
import importlib.util
import json
import os
import pathlib
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow  # numba compiles for a minute

HERE = pathlib.Path(__file__).resolve().parent
FIELDS = {"work", "unit", "ours", "numpy", "numba", "gsl", "ratio_numpy", "ratio_numba", "ratio_gsl", "fraction_of_limit", "limit", "spread"}


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    build = pathlib.Path(os.environ["MOECAST_BIN"]).parent
    if not (build / "bench" / "gsl").exists():
        pytest.skip("the benchmark's programs are not built (make bench-programs)")
    if importlib.util.find_spec("numba") is None:
        pytest.skip("numba is not installed (make test-slow installs it)")
    out = tmp_path_factory.mktemp("bench") / "bench.json"
    done = subprocess.run([sys.executable, HERE / "run.py", build, "--quick", "--out", out], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(out.read_text()), done.stdout


def test_every_row_has_its_fields_and_our_rate(bench):
    rows = bench[0]["rows"]
    assert len(rows) == len({row["work"] for row in rows}) >= 12
    for row in rows:
        assert set(row) == FIELDS and row["ours"] > 0
        assert row["ratio_numpy"] is None or row["ratio_numpy"] == pytest.approx(row["ours"] / row["numpy"])


def test_the_header_describes_the_machine_and_the_limits(bench):
    header = bench[0]["header"]
    assert header["variant"] in ("scalar", "avx2", "avx512") and header["versions"]["numba"] and header["processor"] and header["compiler"]
    assert all(header["limits"][name] > 0 for name in ("add_multiply", "divide", "read"))


def test_peers_give_our_numbers(bench):
    compared = [row for row in bench[0]["agreement"] if row["worst"] is not None]
    assert {row["peer"] for row in compared} == {"numpy", "numba"} and len(compared) >= 10
    assert all(row["worst"] <= 1e-9 for row in compared)


def test_the_table_shows_every_row(bench):
    assert all(row["work"] in bench[1] for row in bench[0]["rows"])
