"""The workbook of a run says what the run's own export says, survives other programs, and cannot be made to run what a scenario writes.

Every test reads the workbook of one small run of the baseline.
"""

from __future__ import annotations

import csv
import json
import math
import re
import subprocess
import zipfile
from pathlib import Path

import check_workbook as check
import openpyxl
import pytest
from workbooks import moecast

SHEETS = ["Summary", "Claims", "Break-even", "Adoption", "Prices & cost", "SaaS", "Hardware & policy", "Finance", "Drivers", "Scenarios", "Token cost", "Host or buy", "What-if", "Your view", "Bear base bull",
          "Profit pool", "Companies", "Assumptions", "Run", "Data", "Models", "Machines", "Draws", "What-if steps", "View draws", "Chart data"]
PAGES_LOOKED_AT = 8



@pytest.fixture(scope="session")
def run(baseline_run: Path) -> Path:
    return baseline_run


@pytest.fixture(scope="session")
def report(baseline_report: Path) -> Path:
    return baseline_report


@pytest.fixture(scope="session")
def book(baseline_book: openpyxl.Workbook) -> openpyxl.Workbook:
    return baseline_book


@pytest.fixture(scope="session")
def summary(run: Path) -> dict[tuple[str, str, str], tuple[str, str]]:
    """(series, month, statistic) → (value, standard error), as text."""
    with (run / "summary.csv").open(newline="", encoding="utf-8") as lines:
        return {
            (row["series"] + ("." + row["element"] if row["element"] else ""), row["month"], row["statistic"]): (row["value"], row["standard_error"])
            for row in csv.DictReader(lines)
        }


def same(text: str, cell: object) -> bool:
    """A number of the export and a cell of the workbook; what is not known is empty in both."""
    return cell is None if text == "" else isinstance(cell, (int, float)) and math.isclose(float(text), cell, rel_tol=1e-14, abs_tol=1e-300)


def texts(sheet: openpyxl.worksheet.worksheet.Worksheet) -> list[str]:
    return [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if isinstance(cell, str)]


@pytest.mark.parametrize("name", ["container", "xml", "values", "charts"])
@pytest.mark.slow
def test_other_programs_find_nothing_to_complain_about(report: Path, name: str) -> None:
    assert check.CHECKS[name](report) == []


def test_sheets_stand_in_their_order_and_summary_links_to_each(book: openpyxl.Workbook) -> None:
    assert book.sheetnames == SHEETS
    links = {cell.hyperlink.location.rsplit("!", 1)[0].strip("'") for row in book["Summary"].iter_rows() for cell in row if cell.hyperlink}
    assert links == set(SHEETS)  # to itself: from the top to the list of contents


def test_data_repeats_the_export_number_by_number(book: openpyxl.Workbook, summary: dict) -> None:
    rows = book["Data"].iter_rows(values_only=True)
    heads = list(next(rows))
    next(rows)  # units
    statistics = [("mean", "mean error"), ("sd", None), *((p, f"{p} error") for p in ("p5", "p25", "p50", "p75", "p95"))]
    seen = set()
    for row in rows:
        cells = dict(zip(heads, row, strict=True))
        for statistic, error in statistics:
            key = (cells["series"], cells["month"].strftime("%Y-%m"), statistic)
            value, standard_error = summary[key]
            assert same(value, cells[statistic]), key
            assert error is None or same(standard_error, cells[error]), key
            seen.add(key)
    assert seen == set(summary)


def test_data_has_a_filter_and_a_frozen_head(book: openpyxl.Workbook) -> None:
    data = book["Data"]
    assert data.freeze_panes == "A3"
    assert data.auto_filter.ref.startswith("A2:") and data.auto_filter.ref.endswith(str(data.max_row))


def test_headline_names_point_at_the_numbers_of_the_export(book: openpyxl.Workbook, summary: dict) -> None:
    by_name = {re.sub(r"[.-]", "_", "_".join(key)): value for key, (value, _) in summary.items()}
    names = {name: defined for name, defined in book.defined_names.items() if not name.startswith(("_xlnm", "cost_"))}  # cost_: the live sheets' cells
    assert "share_open_developers_2030_12_p50" in names and len(names) >= 48
    for name, defined in names.items():
        ((sheet, cell),) = defined.destinations
        assert same(by_name[name], book[sheet][cell.replace("$", "")].value), name


def rows_by_key(sheet: openpyxl.worksheet.worksheet.Worksheet) -> dict[str, list[tuple]]:
    """Rows of readings."""
    rows: dict[str, list[tuple]] = {}
    for row in sheet.iter_rows(values_only=True):
        if isinstance(row[0], str) and re.fullmatch(r"[a-z0-9_]+\.[a-z0-9_]+", row[0]):
            rows.setdefault(row[0], []).append(row)
    return rows


def test_every_reading_stands_on_claims(run: Path, book: openpyxl.Workbook) -> None:
    claims = json.loads((run / "run.json").read_text(encoding="utf-8"))["claims"]
    rows = rows_by_key(book["Claims"])
    assert set(rows) == {f"{claim['claim']}.{claim['reading']}" for claim in claims}
    for claim in claims:
        (row,) = rows[f"{claim['claim']}.{claim['reading']}"]
        probability = claim["probability"]
        if isinstance(row[3], str):  # a bound, a truth or nothing
            assert probability in (0, 1, None), row
        else:
            assert math.isclose(row[3], probability, rel_tol=1e-14), row
            assert row[5] < row[3] < row[6] and row[7] / row[8] == pytest.approx(row[3])


def test_every_contrast_stands_on_scenarios(run: Path, book: openpyxl.Workbook) -> None:
    pairs = {f"{claim['claim']}.{claim['reading']}": claim for claim in json.loads((run / "run.json").read_text(encoding="utf-8"))["claims"] if claim["answer"] == "pairs"}
    sheet = book["Scenarios"]
    heads = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "Claim and reading")
    rows = {row[0]: dict(zip(heads, row, strict=True)) for row in sheet.iter_rows(min_row=7, values_only=True) if row[0] in pairs}
    assert set(rows) == set(pairs)
    for key, row in rows.items():
        claim = pairs[key]
        expected = [claim["value"], claim["value_error"], *(claim["pairs"][name] for name in ("p5", "p50", "p95", "correlation", "paths_saved", "count", "dropped"))]
        cells = [row[head] for head in ("Difference", "± error", "5 %", "50 %", "95 %", "Correlation", "Runs saved", "Pairs", "Dropped")]
        assert all(math.isclose(a, b, rel_tol=1e-14) for a, b in zip(cells, expected, strict=True)), key
        assert row["A"] and row["B"] and row["A"] != row["B"]
        assert (row["B over A"] == "n/a") != (row["Unit"] == "log of B over A")
        assert isinstance(row["Probability"], str) or math.isclose(row["Probability"], claim["probability"], rel_tol=1e-14)


def test_what_stands_beside_an_answer_stands_on_claims(run: Path, book: openpyxl.Workbook) -> None:
    claims = json.loads((run / "run.json").read_text(encoding="utf-8"))["claims"]
    rows = rows_by_key(book["Claims"])
    turns = rows_by_key(book["Break-even"])
    heads = next(row for row in book["Claims"].iter_rows(values_only=True) if row[0] == "Claim and reading")
    vintage, guesses = heads.index("As known"), heads.index("Guesses")
    assert any(row[vintage] == "2025-09" for row in book["Claims"].iter_rows(values_only=True))
    flips = 0
    for claim in claims:
        key = f"{claim['claim']}.{claim['reading']}"
        (row,), more = rows[key], turns.get(key, [])
        assert len(more) == ("break_even" in claim)
        then, share, turn = claim.get("vintage"), claim.get("guesses"), claim.get("break_even")
        if then and 0 < then["hits"] < then["count"]:
            assert math.isclose(row[vintage], then["probability"], rel_tol=1e-14) and math.isclose(row[vintage + 1], then["error"], rel_tol=1e-14)
        if share:
            assert math.isclose(row[guesses], share["value"], rel_tol=1e-14) and math.isclose(row[guesses + 1], share["error"], rel_tol=1e-14)
        if claim["answer"] in ("constant", "pairs"):
            assert row[vintage] in (None, "n/a") and row[guesses] in (None, "n/a")
        if turn and turn["state"] == "flips":
            flips += 1
            (cells,) = [other for other in more if other[1] == turn["input"]]
            assert cells[3] == turn["unit"]
            expected = [turn[key] for key in ("value", "percentile", "error", "low", "high", "p5", "p95")]
            assert all(math.isclose(a, b, rel_tol=1e-14) for a, b in zip(cells[4:11], expected, strict=True))
    assert flips > 10


def test_probabilities_of_none_and_all_show_their_bound(book: openpyxl.Workbook) -> None:
    cells = [row[3] for row in book["Claims"].iter_rows(values_only=True) if isinstance(row[3], str)]
    bounds = [cell for cell in cells if cell[0] in "<>"]
    assert "< 0.75%" in bounds  # 1 − .05^(1/400), rounded up
    assert all(re.fullmatch(r"< \d+\.\d+%|> \d+\.\d+%", bound) for bound in bounds)


def test_the_answer_has_six_sentences(book: openpyxl.Workbook) -> None:
    starts = [text[:2] for text in texts(book["Summary"]) if re.match(r"\d\. ", text)]
    assert starts == ["1.", "2.", "3.", "4.", "5.", "6."]


def test_every_input_is_explained(book: openpyxl.Workbook) -> None:
    rows = list(book["Assumptions"].iter_rows(min_row=7, values_only=True))
    inputs = [row for row in rows[: next(i for i, row in enumerate(rows) if row[0] is None)]]
    assert len(inputs) > 300
    for key, meaning, value, unit, low, median, high, basis, *_rest, reason in inputs:
        assert meaning and value and unit and reason, key
        assert basis in {"measured", "vendor", "estimate", "guess"}, key
        if low == "constant":
            assert high == "constant" and value.startswith("fixed at"), key
        else:
            assert low <= median <= high, key


CHARTS = {"Summary": 6, "Claims": 1, "Drivers": 4, "Scenarios": 4, "Token cost": 1, "Host or buy": 1, "What-if": 2, "Your view": 1, "Bear base bull": 4, "Profit pool": 3}
SECTIONS = ["Adoption", "Prices & cost", "SaaS", "Hardware & policy", "Finance"]


def test_charts_are_where_a_reader_looks_for_them(report: Path) -> None:
    counts = {}
    with zipfile.ZipFile(report) as archive:
        for number, sheet in enumerate(SHEETS, 1):
            links = f"xl/worksheets/_rels/sheet{number}.xml.rels"
            drawing = re.search(r"drawings/(drawing\d+\.xml)", archive.read(links).decode()) if links in archive.namelist() else None
            if drawing:
                counts[sheet] = archive.read(f"xl/drawings/{drawing[1]}").decode().count("<c:chart ")
    assert {sheet: count for sheet, count in counts.items() if sheet not in SECTIONS} == CHARTS
    assert all(counts[sheet] > 10 for sheet in SECTIONS)


def test_printed_pages_begin_with_a_section(book: openpyxl.Workbook) -> None:
    for name in SECTIONS:
        sheet = book[name]
        breaks = [mark.id for mark in sheet.row_breaks.brk]  # the last row before the break
        assert len(breaks) > 3 and breaks == sorted(breaks)
        for row in breaks:
            assert sheet.cell(row, 1).value is None and str(sheet.cell(row + 2, 1).value).startswith("Series "), (name, row)


def test_widths_are_said_once_a_column(report: Path) -> None:
    """Excel repairs a file in which they overlap; other programs take the first."""
    with zipfile.ZipFile(report) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name):
                spans = [(int(first), int(last)) for first, last in re.findall(r'<col min="(\d+)" max="(\d+)"', archive.read(name)[:100_000].decode(errors="ignore"))]
                assert all(left[1] < right[0] for left, right in zip(spans, spans[1:], strict=False)), (name, spans)


def test_axes_have_titles(report: Path) -> None:
    with zipfile.ZipFile(report) as archive:
        for name in archive.namelist():
            if not re.fullmatch(r"xl/charts/chart\d+\.xml", name):
                continue
            values = re.search(r"<c:valAx>.*?</c:valAx>", archive.read(name).decode(), re.DOTALL)
            assert values and "<c:title>" in values[0], name


def test_formulas_hold_no_numbers(report: Path) -> None:
    formulas = check._formula_cells(report)
    assert formulas
    for place, formula in formulas.items():  # but the neutral elements 0 and 1: none of a sum, all of a share
        assert not re.search(r"(?<![A-Za-z$\d._])(?![01](?![\d.eE]))\d", re.sub(r"'[^']*'!", "", formula)), (place, formula)


@pytest.mark.slow
def test_recalculation_changes_nothing(report: Path) -> None:
    assert check.check_recalculation(report) == []


@pytest.mark.slow
def test_first_pages_print_and_none_is_blank(report: Path, tmp_path: Path) -> None:
    few = f'pdf:calc_pdf_Export:{{"PageRange":{{"type":"string","value":"1-{PAGES_LOOKED_AT}"}}}}'
    profile = (tmp_path / "profile").as_uri()
    subprocess.run(["soffice", f"-env:UserInstallation={profile}", "--headless", "--norestore", "--convert-to", few, "--outdir", tmp_path, report], check=True, capture_output=True)
    subprocess.run(["pdftoppm", "-r", "50", "-png", tmp_path / "report.pdf", tmp_path / "page"], check=True)
    pages = sorted(tmp_path.glob("page-*.png"))
    assert len(pages) == PAGES_LOOKED_AT
    assert [page.name for page in pages if check.ink_fraction(page) < 5e-3] == []


def test_two_builds_are_the_same_bytes(run: Path, report: Path, tmp_path: Path) -> None:
    moecast("report", run, "-o", tmp_path / "again.xlsx", TZ="Asia/Tokyo", LC_ALL="de_DE.UTF-8", TMPDIR="/nonexistent")
    assert (tmp_path / "again.xlsx").read_bytes() == report.read_bytes()


HOSTILE = '=1+1 中文 🚀 مرحبا _x0041_ "\'<&>'
HOSTILE_SCENARIO = r"""
moecast: 1
name: hostile
extends: baseline
title: "=1+1 中文 🚀 مرحبا _x0041_ \"'<&>"
description: "=HYPERLINK(\"http://example.org\") @SUM(A1) 中文中文中文"
claims:
  hostile:
    statement: "=cmd|' /C calc'!A0"
    source: "+1"
    said_on: 2026-01
    kind: threshold
    resolution: "-1"
    status: open
    comment: "@1"
    readings:
      one: {title: "=2+2", metric: share.world_open, op: ">=", value: 0.1, at: 2026-12}
"""


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    scenario = tmp_path / "hostile.yaml"
    scenario.write_text(HOSTILE_SCENARIO, encoding="utf-8")
    moecast("run", scenario, "--paths", "16", "--no-contrasts", "-o", tmp_path / "run", "--quiet")
    path = tmp_path / "run" / "report.xlsx"
    assert check.check_container(path) + check.check_xml(path) == []
    assert {sheet for sheet, _ in check._formula_cells(path)} == {"Chart data", "Token cost", "Host or buy", "What-if", "Draws", "What-if steps", "Profit pool", "Companies"}
    book = openpyxl.load_workbook(path, read_only=True)
    assert book.properties.title == HOSTILE
    assert HOSTILE in texts(book["Summary"]) and "Scenarios" not in book.sheetnames
    said = texts(book["Claims"])
    assert "=cmd|' /C calc'!A0" in said and "=2+2" in said
    assert any(text.startswith("=HYPERLINK") for text in texts(book["Summary"]))


def test_a_segment_may_play_two_roles(tmp_path: Path) -> None:
    scenario = tmp_path / "two.yaml"
    scenario.write_text("moecast: 1\nname: two\nextends: baseline\nroles: {large_firms: developers}\n")
    moecast("run", scenario, "--paths", "16", "--no-contrasts", "--quiet", "-o", tmp_path / "two")
    summary = openpyxl.load_workbook(tmp_path / "two" / "report.xlsx", read_only=True)["Summary"]
    titles = [row[0].value for row in summary.iter_rows() if isinstance(row[0].value, str)]
    assert sum(title == "Open share of tokens, outside China: developers" for title in titles) == 1
