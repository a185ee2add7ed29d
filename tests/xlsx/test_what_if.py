"""The what-if counts the draws as NumPy does, as shipped and after a reader's edits.

A short horizon keeps the workbook small; its first paths are the draws. Formulas are recalculated by LibreOffice, edits made in the sheet's XML as a
spreadsheet would store them.
"""

from __future__ import annotations

import datetime
import math
import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import check_workbook as check
import numpy as np
import openpyxl
import pytest
from workbooks import edit, moecast, recalculated

PATHS, KEPT = 700, 500
POINTS = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
TOLERANCE = 1e-12


Edits = dict[tuple[str, str], "float | str"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("what_if")
    scenario = folder / "short.yaml"
    scenario.write_text("moecast: 1\nname: short\nextends: baseline\ntime: {start: 2024-01, end: 2027-12}\n")
    moecast("run", scenario, "--paths", PATHS, "--keep", KEPT, "--no-contrasts", "-o", folder / "run", "--quiet")
    return folder / "run"


class Book:
    """Rows of the three sheets, from 1 as spreadsheets count."""

    def __init__(self, path: Path) -> None:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        self.rows = {name: [list(row) for row in book[name].iter_rows(values_only=True)] for name in ("What-if", "Draws", "What-if steps")}
        book.close()

    def find(self, sheet: str, text: str) -> int:
        """The row in whose first column the text stands, counted from 1."""
        return next(i for i, row in enumerate(self.rows[sheet], 1) if row[0] == text)

    def table(self, sheet: str, head: str) -> list[dict[str, object]]:
        at = self.find(sheet, head)
        heads, rows = self.rows[sheet][at - 1], []
        for row in self.rows[sheet][at + 1 :]:
            if row[0] is None:
                break
            rows.append({str(name): cell for name, cell in zip(heads, row, strict=False) if name})
        return rows


@dataclass
class Draws:
    path: np.ndarray
    weight: np.ndarray
    holds: np.ndarray
    value: dict[str, np.ndarray]


def draws_of(book: Book) -> Draws:
    rows = book.rows["Draws"]
    at = book.find("Draws", "Path")
    numbers = np.array([row for row in rows[at + 1 :] if row[0] is not None], dtype=float)
    return Draws(numbers[:, 0], numbers[:, 2], numbers[:, 3], dict(zip(rows[at - 1][5:], numbers[:, 5:].T, strict=True)))


def quantiles(values: np.ndarray, weight: np.ndarray) -> np.ndarray:
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weight[order])
    return values[order][np.searchsorted(total, POINTS * total[-1], side="left")]


@pytest.fixture(scope="module")
def shipped(run: Path) -> Book:
    return Book(run / "report.xlsx")


def series_by_title(book: Book) -> dict[str, list[str]]:
    """What an outcome is called → the labels of its columns, by the shipped fan's grid."""
    labels = [row["Variable"] for row in book.table("What-if steps", "Variable")]
    titles = {}
    for row in book.table("What-if steps", "Outcome"):
        name = labels[int(row["2027-12"]) - 1].rsplit(" ", 1)[0]
        titles[row["Outcome"]] = [label for label in labels if label.rsplit(" ", 1)[0] == name and " " in label]
    return titles


def day_number(year: int, month: int) -> int:
    return (datetime.date(year, month, 1) - datetime.date(1899, 12, 30)).days


def weights_of(book: Book, draws: Draws) -> np.ndarray:
    """By the beliefs that the sheet shows."""
    log = np.zeros(len(draws.path))
    for belief in book.table("What-if", "You believe that"):
        if belief["Use"] == "on":
            log -= 0.5 * ((draws.value[belief["You believe that"]] - belief["is about"]) / belief["give or take"]) ** 2
    return np.exp(log - log.max())


def close(left: object, right: float) -> bool:
    return isinstance(left, (int, float)) and math.isclose(left, right, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def complaints(book: Book) -> list[str]:
    """Everything that "What-if" says and NumPy does not."""
    draws, titles, found = draws_of(book), series_by_title(book), []
    weight = weights_of(book, draws)
    total, squares = weight.sum(), (weight**2).sum()
    if not np.allclose(draws.weight, weight, rtol=TOLERANCE, atol=TOLERANCE):
        found.append("weights")
    effective = total**2 / squares
    rows = book.rows["What-if"]
    state = rows[book.find("What-if", "Effective draws: as many equal ones would say as much") - 1]
    if not close(state[1], effective) or state[3] != ("ok" if effective >= 50 else "too few"):
        found.append(f"effective draws: {state[1]}, {effective}")
    assert len(book.table("What-if", "Outcome")) == 16 and len(book.table("What-if", "End of")) == 2
    for row in book.table("What-if", "Outcome"):
        label = next(label for label in titles[row["Outcome"]] if label.endswith(row["End of"].strftime(" %Y-%m")))
        values = draws.value[label]
        hit = values >= row["Threshold"] if row["Direction"] == "above" else values < row["Threshold"]
        share = (weight * hit).sum() / total
        error, bound = np.sqrt((weight**2 * (hit - share) ** 2).sum()) / total, 1 - 0.05 ** (1 / effective)
        error = error if min(share, 1 - share) * effective >= 1 - 1e-9 and effective >= 50 else max(error, bound)
        expected = {"Probability": share, "± error": error, **dict(zip(("5 %", "25 %", "50 %", "75 %", "95 %"), quantiles(values, weight), strict=True))}
        found += [f"{row['Outcome']}, {name}: {row[name]}, {value}" for name, value in expected.items() if not close(row[name], value)]
    return found + fan_complaints(book, draws, weight, titles)


def fan_complaints(book: Book, draws: Draws, weight: np.ndarray, titles: dict[str, list[str]]) -> list[str]:
    (condition,), found = book.table("What-if", "Condition on"), []
    values = draws.value[condition["Condition on"]]
    holds = values >= condition["Threshold"] if condition["Direction"] == "above" else values < condition["Threshold"]
    held = weight * holds
    share = held.sum() / weight.sum()
    effective = held.sum() ** 2 / (held**2).sum() if held.sum() else 0.0
    if not (np.array_equal(draws.holds, holds) and close(condition["Holds in"], share) and close(condition["Effective"], effective) and condition["Draws"] == holds.sum()):
        found.append(f"condition: {condition}, {share}, {effective}, {holds.sum()}")
    shown = book.rows["What-if"][book.find("What-if", "Outcome shown; its unit beside it")][0]
    for row in book.table("What-if", "End of"):
        label = next(label for label in titles[shown] if label.endswith(row["End of"]))
        for names, by in ((("5 %", "25 %", "50 %", "75 %", "95 %"), weight), (("5 % if", "25 % if", "50 % if", "75 % if", "95 % if"), held)):
            if by.sum():
                found += [f"{label}, {name}: {row[name]}, {value}" for name, value in zip(names, quantiles(draws.value[label], by), strict=True) if not close(row[name], value)]
            else:
                found += [f"{label}, {name}: {row[name]}" for name in names if row[name] != "n/a"]
    return found


def errors_of(path: Path) -> list[tuple[str, object]]:
    """Cells of any sheet that hold an error value, of a recalculated workbook."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    return [(f"{sheet.title}!{cell.coordinate}", cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str) and re.fullmatch(r"#[A-Z/0!?]+|Err:\d+", cell.value)]


def checks(book: Book) -> set[str]:
    return {row[15] for row in book.rows["What-if"] if row[15] in ("ok", "edited", "differs", "too few")}


@pytest.mark.slow
def test_draws_are_the_kept_paths(run: Path, shipped: Book) -> None:
    with sqlite3.connect(run / "run.moecast") as file:
        columns = file.execute("SELECT section, position, name, month FROM kept_column").fetchall()
        tables = {name: np.frombuffer(data).reshape(KEPT, -1) for name, data in file.execute("SELECT name, bytes FROM section WHERE name LIKE 'kept_%' AND name <> 'kept_hit' AND size > 0")}
    place = {f"{name} {month}".strip(): (section, position) for section, position, name, month in columns if section in tables}
    draws = draws_of(shipped)
    assert np.array_equal(draws.path, np.arange(KEPT)) and len(draws.value) > 40
    for label, values in draws.value.items():
        section, position = place[label]
        assert np.allclose(values, tables[section][:, position], rtol=1e-15, atol=0), label


def test_shipped_settings_ask_what_numpy_answers_and_pass_their_checks(shipped: Book) -> None:
    assert complaints(shipped) == []
    assert checks(shipped) == {"ok"}


def test_the_full_run_stands_beside_the_draws(run: Path, shipped: Book) -> None:
    beside = [row for row in shipped.table("What-if", "Outcome") if isinstance(row["Full run"], float)]
    assert len(beside) > 12
    for row in beside:
        spread = math.hypot(row["± error"], row["± of it"])
        assert abs(row["Full run"] - row["Probability"]) < 4 * spread, row


def test_every_formula_is_free_of_numbers(run: Path) -> None:
    formulas = {place: formula for place, formula in check._formula_cells(run / "report.xlsx").items() if place[0] in ("What-if", "Draws", "What-if steps")}
    assert len(formulas) > 5 * KEPT
    for place, formula in formulas.items():
        assert not re.search(r"(?<![A-Za-z$\d.])\d", re.sub(r"'[^']*'!", "", formula)), (place, formula)


def edits_of(book: Book) -> Edits:
    """Two beliefs, other dates, directions and thresholds, another condition and outcome."""
    belief, row = book.find("What-if", "You believe that") + 2, book.find("What-if", "Outcome") + 2
    condition, shown = book.find("What-if", "Condition on") + 2, book.find("What-if", "Outcome shown; its unit beside it") + 1
    draws, titles = draws_of(book), series_by_title(book)
    inputs = [label for label in draws.value if " " not in label]
    price = titles["Token-weighted open list price"][0]
    cells = {
        f"A{belief}": inputs[1], f"C{belief}": "on", f"D{belief}": float(np.quantile(draws.value[inputs[1]], 0.8)), f"E{belief}": float(draws.value[inputs[1]].std()),
        f"C{belief + 1}": "on", f"D{belief + 1}": float(np.median(draws.value[book.table("What-if", "You believe that")[1]["You believe that"]])),
        f"D{row}": day_number(2026, 12), f"E{row}": 0.37, f"C{row + 1}": "below", f"E{row + 1}": 0.1, f"E{row + 2}": -5.0, f"C{row + 3}": "below", f"E{row + 3}": -5.0,
        f"A{condition}": price, f"C{condition}": "below", f"D{condition}": float(np.quantile(draws.value[price], 0.6)), f"A{shown}": "Revenue of software as a service",
    }
    return {("What-if", cell): value for cell, value in cells.items()}


@pytest.mark.slow
def test_edits_move_the_answers_as_numpy_says(run: Path, shipped: Book, tmp_path: Path) -> None:
    edit(run / "report.xlsx", tmp_path / "edited.xlsx", edits_of(shipped))
    book = Book(recalculated(tmp_path / "edited.xlsx", tmp_path))
    assert complaints(book) == []
    assert checks(book) == {"ok", "edited"} and "differs" not in str(book.rows["What-if"])
    assert book.table("What-if", "Outcome")[0]["Full run"] == "edited"
    assert book.rows["What-if"][book.find("What-if", "Medians halve the weight, with or without edits") - 1][3] == "ok"


@pytest.mark.slow
def test_beliefs_beyond_all_draws_and_conditions_that_none_meets_are_said(run: Path, shipped: Book, tmp_path: Path) -> None:
    belief, condition = shipped.find("What-if", "You believe that") + 2, shipped.find("What-if", "Condition on") + 2
    for i, (mean, sd) in enumerate([(1e3, 0.1), (1e9, 1e-9)]):
        cells = {f"C{belief}": "on", f"D{belief}": mean, f"E{belief}": sd, f"D{condition}": 1e6}
        edit(run / "report.xlsx", tmp_path / f"far{i}.xlsx", {("What-if", cell): value for cell, value in cells.items()})
        changed = recalculated(tmp_path / f"far{i}.xlsx", tmp_path)
        book = Book(changed)
        assert complaints(book) == [] and errors_of(changed) == []
        assert "too few" in checks(book)
        effective = book.rows["What-if"][book.find("What-if", "Effective draws: as many equal ones would say as much") - 1][1]
        for row in book.table("What-if", "Outcome"):
            assert row["± error"] >= (1 - 0.05 ** (1 / effective)) * (1 - 1e-9), row


def state_of(book: Book, text: str) -> object:
    return book.rows["What-if"][book.find("What-if", text) - 1][3]


ENGINE, EFFECTIVE = "Thresholds equal the engine's (until a blue cell is edited)", "Effective draws: as many equal ones would say as much"


@pytest.mark.slow
def test_what_is_cleared_is_said_to_be_missing(run: Path, shipped: Book, tmp_path: Path) -> None:
    belief, row = shipped.find("What-if", "You believe that") + 2, shipped.find("What-if", "Outcome") + 2
    condition, shown = shipped.find("What-if", "Condition on") + 2, shipped.find("What-if", "Outcome shown; its unit beside it") + 1
    answers = ("Probability", "± error", "5 %", "25 %", "50 %", "75 %", "95 %")

    def asked(**cells: float | str | None) -> Book:
        edit(run / "report.xlsx", tmp_path / "cleared.xlsx", {("What-if", cell): value for cell, value in cells.items()})
        changed = recalculated(tmp_path / "cleared.xlsx", tmp_path)
        assert errors_of(changed) == []
        return Book(changed)

    # A row each that lacks its threshold, direction or date, and one with a text for a threshold; a belief without its variable that is off.
    book = asked(**{f"E{row}": None, f"C{row + 1}": None, f"D{row + 2}": None, f"E{row + 3}": "ten", f"C{row + 4}": "sideways", f"A{belief}": None, f"A{condition}": None, f"A{shown}": None})
    for i, line in enumerate(book.table("What-if", "Outcome")):
        assert [line[name] == "n/a" for name in answers] == [i < 5] * len(answers), line
        assert book.rows["What-if"][row - 1 + i][15] == ("missing" if i < 5 else "ok")
    assert state_of(book, ENGINE) == "missing" and state_of(book, EFFECTIVE) == "ok"
    assert [book.rows["What-if"][belief - 1 + i][15] for i in range(3)] == ["missing", "ok", "ok"] and book.rows["What-if"][belief - 1][1] == "n/a"
    assert book.rows["What-if"][condition - 1][15] == "missing" and set(book.rows["What-if"][condition - 1][4:7]) == {"n/a"}
    assert {value for line in book.table("What-if", "End of") for name, value in line.items() if "%" in name} == {"n/a"}

    # Beliefs in use that cannot be weighed leave no answer: no mean, a spread of 0, no variable, no word.
    for cells in ({f"D{belief}": None}, {f"E{belief}": 0}, {f"A{belief}": None}, {f"C{belief}": None}):
        book = asked(**({f"C{belief}": "on"} | cells))
        assert state_of(book, ENGINE) == state_of(book, EFFECTIVE) == "missing" and book.rows["What-if"][belief - 1][15] == "missing", cells
        assert {line[name] for line in book.table("What-if", "Outcome") for name in answers} == {"n/a"}, cells


@pytest.mark.slow
@pytest.mark.parametrize("kept", [1, 2, 40])
def test_few_paths_are_counted_without_errors(kept: int, run: Path, tmp_path: Path) -> None:
    moecast("run", run.parent / "short.yaml", "--paths", 64, "--keep", kept, "--no-contrasts", "-o", tmp_path / "few", "--quiet")
    book = Book(tmp_path / "few" / "report.xlsx")
    assert complaints(book) == []
    assert check.check_recalculation(tmp_path / "few" / "report.xlsx") == [] and errors_of(tmp_path / "few" / "report.xlsx") == []


@pytest.mark.slow
def test_every_check_of_an_input_says_what_is_allowed(run: Path) -> None:
    rules = [rule for sheet in openpyxl.load_workbook(run / "report.xlsx") for rule in sheet.data_validations.dataValidation]
    assert len(rules) > 20
    for rule in rules:
        assert rule.prompt and rule.error == rule.prompt, rule.sqref


@pytest.mark.slow
def test_recalculation_changes_nothing(run: Path) -> None:
    assert check.check_recalculation(run / "report.xlsx") == []


def test_a_run_that_kept_no_path_has_no_such_sheets(run: Path, tmp_path: Path) -> None:
    moecast("run", run.parent / "short.yaml", "--paths", "64", "--keep", "none", "--no-contrasts", "-o", tmp_path / "none", "--quiet")
    names = openpyxl.load_workbook(tmp_path / "none" / "report.xlsx", read_only=True).sheetnames
    assert not {"What-if", "Draws", "What-if steps"} & set(names) and "Run" in names
