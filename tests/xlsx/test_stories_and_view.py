"""Bear, base, bull are paths of the run, told as the run tells them; Your view computes from what is typed what NumPy computes from the same draws."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from workbooks import edit, moecast, opened, recalculated

PATHS = 400
STORIES, VIEW, DRAWS = "Bear base bull", "Your view", "View draws"



@pytest.fixture(scope="module")
def run(baseline_run: Path) -> Path:
    return baseline_run


@pytest.fixture(scope="module")
def book(baseline_book: openpyxl.Workbook) -> openpyxl.Workbook:
    return baseline_book


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


def test_small_runs_have_neither_sheet(tmp_path: Path) -> None:
    moecast("run", "baseline", "--paths", "16", "--no-contrasts", "--quiet", "-o", tmp_path / "few")
    names = openpyxl.load_workbook(tmp_path / "few" / "report.xlsx", read_only=True).sheetnames
    assert not {STORIES, VIEW, DRAWS} & set(names)


# ---- your view


class Draws:
    """What the sheet of draws holds, by its own heads."""

    def __init__(self, book: openpyxl.Workbook) -> None:
        rows = rows_of(book, DRAWS)
        head, below = row_at(rows, "Line"), row_at(rows, "Path")
        self.heads = rows[head]
        self.outcomes = self.heads.index("Distance") - 1
        points = rows[head + 3 : head + 3 + 23]
        self.level = np.array([row[0] for row in points])
        self.quantile = np.array([row[1 : 1 + self.outcomes] for row in points])
        draws = rows[below + 2 :]
        self.value = np.array([row[1 : 1 + self.outcomes] for row in draws])
        self.distance = np.array([row[1 + self.outcomes] for row in draws])
        self.near = np.array([row[2 + self.outcomes] for row in draws])
        self.place = np.array([row[3 + self.outcomes :] for row in draws])
        self.inputs = self.heads[3 + self.outcomes :]
        self.spread = np.array(rows[row_at(rows, "5 to 95 %, on its scale")][1 : 1 + self.outcomes])
        self.log = np.array([unit.startswith("$") for unit in rows[head + 1][1 : 1 + self.outcomes]])


def forecasts_of(book: openpyxl.Workbook) -> tuple[int, Cells]:
    rows = rows_of(book, VIEW)
    start = row_at(rows, "Outcome") + 2
    return start, filled(rows, start)


def value_of(book: openpyxl.Workbook, label: str) -> object:
    rows = rows_of(book, VIEW)
    return rows[row_at(rows, label)][4]


def test_as_shipped_every_forecast_is_its_median(book: openpyxl.Workbook) -> None:
    _, rows = forecasts_of(book)
    assert len(rows) == 16
    for row in rows:
        assert row[4] == row[9] and row[8] < row[9] < row[10]
        assert row[2] == "yes" and row[5] == row[6] == 0.5
        assert row[7] == pytest.approx(0.5 / PATHS**0.5)
    assert value_of(book, "Forecasts that count: a number is typed, and Counts says yes") == 16
    assert value_of(book, "Check: with the forecasts as shipped, the medians, every percentile is 50 %") == "ok"


def test_quantiles_are_those_of_the_run(run: Path, book: openpyxl.Workbook) -> None:
    draws = Draws(book)
    with (run / "summary.csv").open(newline="", encoding="utf-8") as lines:
        known = {(row["series"] + ("." + row["element"] if row["element"] else ""), row["month"], row["statistic"]): float(row["value"]) for row in csv.DictReader(lines) if row["value"]}
    for i, head in enumerate(draws.heads[1 : 1 + draws.outcomes]):
        series, month = head.split(" ")
        for level, statistic in ((0.05, "p5"), (0.25, "p25"), (0.5, "p50"), (0.75, "p75"), (0.95, "p95")):
            assert draws.quantile[np.flatnonzero(draws.level == level)[0], i] == pytest.approx(known[series, month, statistic], rel=1e-14)
    assert list(draws.level) == pytest.approx([0.01, 0.025, *np.arange(1, 20) / 20, 0.975, 0.99])


def test_draws_are_those_of_the_paths(run: Path, book: openpyxl.Workbook, tmp_path: Path) -> None:
    draws = Draws(book)
    moecast("path", run, "17", "--csv", tmp_path / "path.csv")
    with (tmp_path / "path.csv").open(newline="") as lines:
        by_month = {row["month"]: row for row in csv.DictReader(lines)}
    for i, head in enumerate(draws.heads[1 : 1 + draws.outcomes]):
        series, month = head.split(" ")
        assert draws.value[17, i] == pytest.approx(float(by_month[month][series]), rel=1e-14)
    assert draws.place.mean(axis=0) == pytest.approx(np.full(len(draws.inputs), 0.5), abs=1e-12)


def expected(draws: Draws, typed: list[float | None], counts: list[bool], nearest: int) -> dict:
    """The same definitions in NumPy: quantiles joined by straight lines, nearest rows by Euclidean distance in spreads."""
    scale = np.where(draws.log, np.log(np.where(draws.log, draws.value, 1)), draws.value)
    used = [i for i, value in enumerate(typed) if value is not None and counts[i]]
    centre = np.array([np.log(typed[i]) if draws.log[i] else typed[i] for i in used])
    distance = np.sqrt((((scale[:, used] - centre) / draws.spread[used]) ** 2).sum(axis=1))
    near = distance <= np.sort(distance)[nearest - 1]
    place = draws.place[near].mean(axis=0)
    return {
        "percentile": [None if v is None else float(np.interp(v, draws.quantile[:, i], draws.level)) for i, v in enumerate(typed)],
        "distance": distance, "near": near, "place": place, "mean": draws.value[near].mean(axis=0), "order": np.argsort(-np.round(np.abs(place - 0.5), 9), kind="stable"),
        "error": draws.place.std(axis=0) * np.sqrt((len(near) - near.sum()) / (near.sum() * (len(near) - 1))),
    }


def drivers_of(book: openpyxl.Workbook) -> Cells:
    rows = rows_of(book, VIEW)
    return filled(rows, row_at(rows, "Driver") + 2)


def compare(book: openpyxl.Workbook, typed: list[float | None], counts: list[bool], nearest: int, tolerance: float) -> None:
    draws = Draws(book)
    want = expected(draws, typed, counts, nearest)
    assert draws.distance == pytest.approx(want["distance"], rel=tolerance, abs=tolerance)
    assert (draws.near == want["near"]).all()
    _, rows = forecasts_of(book)
    for row, percentile, mean, quantiles, value in zip(rows, want["percentile"], want["mean"], draws.quantile.T, typed, strict=True):
        assert row[11] == pytest.approx(mean, rel=tolerance)
        if value is None:
            assert [cell or "" for cell in row[5:8]] == ["", "", ""]
        elif value < quantiles[0] or value >= quantiles[-1]:
            assert list(row[5:7]) == (["< 1 %", "> 99 %"] if value < quantiles[0] else ["> 99 %", "< 1 %"])
        else:
            assert row[5] == pytest.approx(percentile, rel=tolerance, abs=tolerance) and row[6] == pytest.approx(1 - percentile, rel=tolerance, abs=tolerance)
    for rank, row in enumerate(drivers_of(book)):
        at = want["order"][rank]
        assert row[0].startswith(draws.inputs[at] + ": ") and row[3] == rank + 1
        assert row[4] == pytest.approx(want["place"][at], rel=tolerance) and row[6] == pytest.approx(want["error"][at], rel=tolerance)
        far = abs(want["place"][at] - 0.5) > 3 * want["error"][at]
        assert row[2] == ("chance" if not far else "high" if want["place"][at] > 0.5 else "low")


def test_what_is_shipped_is_what_numpy_computes(book: openpyxl.Workbook) -> None:
    typed = [row[4] for row in forecasts_of(book)[1]]
    compare(book, typed, [True] * 16, 100, 1e-12)


# ---- edited, and recalculated by another program


@pytest.mark.slow
def test_edits_recalculate_as_numpy_does(run: Path, book: openpyxl.Workbook, tmp_path: Path) -> None:
    draws = Draws(book)
    start, rows = forecasts_of(book)
    typed = [row[4] for row in rows]
    counts = [True] * 16
    typed[1] = float(draws.quantile[17, 1]) * 1.001   # between two quantiles
    typed[4] = None                                   # no view
    typed[8] = float(draws.quantile[0, 8]) - 1        # below the table
    typed[10] = float(draws.quantile[15, 10]) * 0.97  # a price
    typed[13] = float(draws.quantile[-1, 13]) * 1.5   # above the table
    counts[2] = counts[13] = False
    edits: dict[tuple[str, str], object] = {(VIEW, f"E{start + 1 + i}"): value for i, value in enumerate(typed) if value != rows[i][4]}
    edits |= {(VIEW, f"C{start + 1 + i}"): "no" for i, says in enumerate(counts) if not says}
    asked = row_at(rows_of(book, VIEW), "Nearest paths to look at")
    edits[VIEW, f"E{asked + 1}"] = 60
    stories = rows_of(book, STORIES)
    ends = filled(stories, row_at(stories, "Series") + 2)
    choice = next(i for i, row in enumerate(stories) if isinstance(row[1], str) and "choose the series" in row[1])
    chosen = 10
    edits[STORIES, f"A{choice + 1}"] = ends[chosen][0]
    changed = edit(run / "report.xlsx", tmp_path / "edited.xlsx", edits)
    computed = opened(recalculated(changed, tmp_path))
    compare(computed, typed, counts, 60, 1e-12)
    assert value_of(computed, "Forecasts that count: a number is typed, and Counts says yes") == 13
    assert value_of(computed, "Check: with the forecasts as shipped, the medians, every percentile is 50 %") == "edited"
    table = rows_of(computed, STORIES)
    last = filled(table, row_at(table, "End of quarter") + 2)[-1]
    assert last[2:8] == pytest.approx(ends[chosen][2:8], rel=1e-12)
    assert table[row_at(table, "The chosen series by quarter") + 1][:2] == (ends[chosen][0], "$bn/yr")


@pytest.mark.slow
def test_a_cleared_number_of_paths_leaves_no_driver_and_no_ok(run: Path, book: openpyxl.Workbook, tmp_path: Path) -> None:
    rows = rows_of(book, VIEW)
    for i, label in enumerate(["Nearest paths to look at", "Standard errors beyond which a driver is no chance"]):
        changed = recalculated(edit(run / "report.xlsx", tmp_path / f"cleared{i}.xlsx", {(VIEW, f"E{row_at(rows, label) + 1}"): None}), tmp_path)
        computed = opened(changed)
        assert value_of(computed, "Check: with the forecasts as shipped, the medians, every percentile is 50 %") == "missing"
        assert {row[2] for row in drivers_of(computed)} == {"n/a"}
        assert not [cell for sheet in (VIEW, DRAWS) for row in rows_of(computed, sheet) for cell in row if isinstance(cell, str) and cell.startswith("#")]
    assert value_of(opened(tmp_path / "as_xlsx" / "cleared0.xlsx"), "Distance of the farthest of them") == "n/a"


@pytest.mark.slow
def test_what_does_not_count_by_a_word_is_an_edit(run: Path, book: openpyxl.Workbook, tmp_path: Path) -> None:
    start, _ = forecasts_of(book)
    computed = opened(recalculated(edit(run / "report.xlsx", tmp_path / "no_word.xlsx", {(VIEW, f"C{start + 1}"): None}), tmp_path))
    assert value_of(computed, "Check: with the forecasts as shipped, the medians, every percentile is 50 %") == "edited"
