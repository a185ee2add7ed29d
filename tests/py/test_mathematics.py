"""The errors of the inner loop's mathematics against mpmath stay within the bounds of docs/mathematics.md; docs/tables/mathematics.md has them with more points."""
import importlib.util
import os
import pathlib

import pytest

pytest.importorskip("mpmath")
ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("MOECAST_BIN", ROOT / "build/moecast")).resolve().parent / "tests/dump_mathematics"
SPEC = importlib.util.spec_from_file_location("mathematics", ROOT / "docs/tables/mathematics.py")
TABLE = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(TABLE)

pytestmark = pytest.mark.skipif(not PROGRAM.exists(), reason=f"no {PROGRAM}: make test-py builds it")


@pytest.mark.parametrize("function,words,make,extra,bound", TABLE.ROWS, ids=[f"{row[0]}: {row[1]}" for row in TABLE.ROWS])
@pytest.mark.slow
def test_errors_stay_within_bounds(function, words, make, extra, bound):
    worst, mean, where = TABLE.measure(PROGRAM, function, make, extra, 3000, seed=2)
    assert worst <= bound and mean <= 0.6, f"{worst} ulp at {where!r}, {mean} on average"


def test_the_committed_table_is_of_these_rows_and_within_bounds():
    lines = (ROOT / "docs/tables/mathematics.md").read_text().splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| `")]
    assert [(row[0], row[1]) for row in rows] == [(f"`moe_{row[0]}`", row[1]) for row in TABLE.ROWS]
    assert all(float(row[2]) <= of[4] for row, of in zip(rows, TABLE.ROWS))
