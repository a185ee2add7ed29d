"""Bear, base, bull are paths of the run, told as the run tells them."""

from __future__ import annotations

import csv
import sys
import warnings
from pathlib import Path

import openpyxl
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import check_workbook as check
from test_report import MOECAST, moecast

PATHS = 400
STORIES = "Bear base bull"

pytestmark = [
    pytest.mark.skipif(not MOECAST.exists(), reason=f"{MOECAST} is not built"),
    pytest.mark.skipif(bool(check.missing_programs()), reason=f"not installed: {check.missing_programs()}"),
    pytest.mark.filterwarnings("ignore:.*extension is not supported"),
]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stories") / "run"
    moecast("run", "baseline", "--paths", str(PATHS), "--no-contrasts", "-o", folder, "--quiet")
    return folder


def opened(path: Path) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(path, data_only=True)


@pytest.fixture(scope="module")
def book(run: Path) -> openpyxl.Workbook:
    return opened(run / "report.xlsx")


Cells = list[tuple]


def rows_of(book: openpyxl.Workbook, sheet: str) -> Cells:
    return [tuple(row) for row in book[sheet].iter_rows(values_only=True)]


def row_at(rows: Cells, text: str, column: int = 0, after: int = 0) -> int:
    return next(i for i in range(after, len(rows)) if rows[i][column] == text)


def filled(rows: Cells, start: int, column: int = 0) -> Cells:
    """The rows of a table from `start` on, to the first that is empty."""
    end = start
    while end < len(rows) and rows[end][column] is not None:
        end += 1
    return rows[start:end]


# ---- stories


def test_each_story_ends_where_its_path_ends(run: Path, book: openpyxl.Workbook, tmp_path: Path) -> None:
    rows = rows_of(book, STORIES)
    numbers = rows[row_at(rows, "Number of the path in the run")][2:5]
    ends = filled(rows, row_at(rows, "Series") + 2)
    assert len(ends) == 12 and len(set(numbers)) == 3
    assert [row[9] for row in ends] == ["ok"] * 12
    for story, number in enumerate(numbers):
        moecast("path", run, str(number), "--csv", tmp_path / "path.csv")
        with (tmp_path / "path.csv").open(newline="") as lines:
            last = list(csv.DictReader(lines))[-1]
        for title, series in (("Open share of world tokens", "share.world_open"), ("Token-weighted closed US list price", "price.closed"), ("Paid API spend", "spend.api")):
            (row,) = [row for row in ends if row[0] == title]
            assert row[2 + story] == pytest.approx(float(last[series]), rel=1e-14)


def test_bear_is_lowest_for_open_weights_and_weights_add_up(book: openpyxl.Workbook) -> None:
    rows = rows_of(book, STORIES)
    ends = filled(rows, row_at(rows, "Series") + 2)
    bear, base, bull = ends[0][2:5]
    assert ends[0][0] == "Open share of world tokens" and bear <= base <= bull
    counts = rows[row_at(rows, "Kept paths nearest to it")]
    weights = rows[row_at(rows, "Weight: its share of the kept paths")]
    assert sum(counts[2:5]) == counts[5] == PATHS and counts[7] == "ok"
    assert weights[2:5] == pytest.approx([count / PATHS for count in counts[2:5]])


def test_sentences_name_the_paths_and_the_command(book: openpyxl.Workbook) -> None:
    rows = rows_of(book, STORIES)
    numbers = rows[row_at(rows, "Number of the path in the run")][2:5]
    texts = [row[0] for row in rows if isinstance(row[0], str)]
    for name, number in zip(("Bear for open weights", "Base: between the two in the open share", "Bull for open weights"), numbers, strict=True):
        assert any(text.startswith(f"{name}: path {number}, which stands for ") for text in texts)
        assert any(f"moecast path RUN {number}," in text for text in texts)


def test_what_tells_paths_apart_is_ranked_and_beyond_chance(book: openpyxl.Workbook) -> None:
    rows = rows_of(book, STORIES)
    table = filled(rows, row_at(rows, "Input") + 2)
    assert len(table) == 10
    for row in table:
        assert all(0 <= place <= 1 for place in row[2:8]) and 0 < row[9] < 0.05
    assert max(abs(place - 0.5) for place in table[0][2:5]) > 3 * table[0][9]


def test_small_runs_have_none(tmp_path: Path) -> None:
    moecast("run", "baseline", "--paths", "16", "--no-contrasts", "--quiet", "-o", tmp_path / "few")
    assert STORIES not in openpyxl.load_workbook(tmp_path / "few" / "report.xlsx", read_only=True).sheetnames
