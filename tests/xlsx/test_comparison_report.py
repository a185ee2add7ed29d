"""The workbook of several runs says what the runs' own exports and `moecast compare` say, and compares only what can be compared."""

from __future__ import annotations

import contextlib
import csv
import json
import math
import re
import sqlite3
from pathlib import Path

import check_workbook as check
import openpyxl
import pytest
from workbooks import moecast, opened

PATHS = 120
CHARTS = ["Open share", "Closed price", "Open price", "Serving cost", "SaaS revenue", "Capability gap"]
SHEETS = ["Contents", "Scenarios", "Differences", "Claims compared", "What differs", *CHARTS, "Chart data"]
LONG_NAME = "a_name_that_is_far_longer_than_the_31_letters_of_a_sheets_tab"
SHORT = f"""
moecast: 1
name: {LONG_NAME}
extends: baseline
title: "=1+1 中文 🚀 مرحبا '[]:*?/\\\\"
time: {{end: 2026-12}}
claims: null
cap: {{lambda_K: 0.4}}
"""



@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    (folder / "short.yaml").write_text(SHORT, encoding="utf-8")
    few = ["--paths", PATHS, "--no-contrasts", "--no-report", "--quiet"]
    for scenario in ("baseline", "no_controls", folder / "short.yaml"):
        moecast("run", scenario, *few, "-o", folder / Path(scenario).stem)
    moecast("run", "no_controls", *few, "--seed", 5, "-o", folder / "other_seed")
    return folder


@pytest.fixture(scope="module")
def report(runs: Path) -> Path:
    moecast("report", runs / "baseline", runs / "no_controls", runs / "other_seed", "-o", runs / "compared.xlsx")
    return runs / "compared.xlsx"


@pytest.fixture(scope="module")
def book(report: Path) -> openpyxl.Workbook:
    return opened(report)


@pytest.fixture(scope="module")
def compared(runs: Path) -> dict:
    return json.loads(moecast("compare", runs / "baseline", runs / "no_controls", "--paths", PATHS, "--json", "--quiet").stdout)


@pytest.fixture(scope="module")
def titles(book: openpyxl.Workbook) -> dict[str, str]:
    """Title of an outcome to the name of its series, which the sheet of charts tells for headlines."""
    found = {}
    for name in CHARTS:
        found[book[name]["A1"].value] = re.match(r"Series ([\w.]+),", book[name]["A2"].value)[1]
    return found


def tables(sheet: openpyxl.worksheet.worksheet.Worksheet, first: str) -> dict[str, list[dict]]:
    """Heading over a table that begins with the column `first` to its rows."""
    rows, found = list(sheet.iter_rows(values_only=True)), {}
    for at, row in enumerate(rows):
        if row[0] == first:
            heading = next(above[0] for above in reversed(rows[: at - 1]) if above[0] and not str(above[0]).startswith(("Paired", "Unpaired")))
            body = []
            for line in rows[at + 2 :]:
                if line[0] is None:
                    break
                body.append(dict(zip(row, line, strict=True)))
            found[heading] = body
    return found


def close(a: object, b: object) -> bool:
    return isinstance(a, (int, float)) and math.isclose(a, b, rel_tol=1e-14, abs_tol=1e-300)


@pytest.mark.parametrize("name", ["container", "xml", "values", "charts"])
def test_other_programs_find_nothing_to_complain_about(report: Path, name: str) -> None:
    assert check.CHECKS[name](report) == []


def test_contents_lead_to_every_sheet_and_each_leads_back(book: openpyxl.Workbook) -> None:
    assert book.sheetnames == SHEETS
    links = {sheet.title: {cell.hyperlink.location.rsplit("!", 1)[0].strip("'") for row in sheet.iter_rows() for cell in row if cell.hyperlink} for sheet in book}
    assert links["Contents"] == set(SHEETS[1:])
    assert all(links[name] == {"Contents"} for name in SHEETS[1:])


def test_scenarios_repeat_the_export_of_each_run(runs: Path, book: openpyxl.Workbook, titles: dict[str, str]) -> None:
    rows = list(book["Scenarios"].iter_rows(values_only=True))
    names = [cell for cell in rows[4] if cell]
    assert names == ["baseline", "no_controls", "no_controls (2)"]
    for number, folder in enumerate(["baseline", "no_controls", "other_seed"]):
        with (runs / folder / "summary.csv").open(newline="", encoding="utf-8") as lines:
            summary = {(r["series"] + ("." + r["element"] if r["element"] else ""), r["month"], r["statistic"]): (r["value"], r["standard_error"]) for r in csv.DictReader(lines)}
        seen = 0
        for row in rows[7:]:
            if row[0] not in titles:
                continue
            key, block = (titles[row[0]], row[2].strftime("%Y-%m")), row[3 + 6 * number : 9 + 6 * number]
            (p50, p50_error), (mean, mean_error) = summary[*key, "p50"], summary[*key, "mean"]
            wanted = [summary[*key, "p5"][0], p50, summary[*key, "p95"][0], p50_error, mean, mean_error]
            assert all(cell == "constant" or close(cell, float(text)) for cell, text in zip(block, wanted, strict=True)), key
            seen += 1
        assert seen == 3 * len(CHARTS)


def test_paired_differences_are_those_of_compare(book: openpyxl.Workbook, compared: dict, titles: dict[str, str]) -> None:
    expected = {(row["series"], row["month"]): row for row in compared["series"]}
    seen = 0
    for row in tables(book["Differences"], "Outcome")["no_controls less baseline"]:
        if row["Outcome"] not in titles:
            continue
        found = expected[titles[row["Outcome"]], row["End of"].strftime("%Y-%m")]
        assert close(row["Paired"], found["difference"]["value"]) and row["Pairs"] == found["pairs"]
        assert row["± paired"] == "constant" if found["identical"] else close(row["± paired"], found["difference"]["error"])
        assert all(close(row[head], found[key]) for head, key in {"5 %": "p5", "50 %": "p50", "95 %": "p95", "Correlation": "correlation"}.items())
        if found["ratio"]["value"] is not None:
            assert close(row["Ratio"], found["ratio"]["value"]) and (found["identical"] or close(row["± of ratio"], found["ratio"]["error"]))
        rounding = 1e-9 * abs(row["Mean, first"])
        assert math.isclose(row["Difference"], row["Mean, this"] - row["Mean, first"], abs_tol=rounding)
        assert math.isclose(row["Paired"], row["Difference"], abs_tol=rounding)  # all paths are kept
        assert row["Check"] in ("ok", "same paths")
        seen += 1
    assert seen == 3 * len(CHARTS)


def test_runs_of_another_seed_are_not_paired(book: openpyxl.Workbook) -> None:
    rows = tables(book["Differences"], "Outcome")["no_controls (2) less baseline"]
    assert {row["Check"] for row in rows} == {"unpaired"} and {row["Pairs"] for row in rows} == {0} and {row["Paired"] for row in rows} == {"n/a"}
    assert all(isinstance(row["± unpaired"], float) for row in rows if row["Outcome"].startswith("Open share of tokens"))
    assert any("another seed" in str(row[0]) for row in book["Differences"].iter_rows(values_only=True))


def test_claims_are_those_of_the_runs_and_of_compare(runs: Path, book: openpyxl.Workbook, compared: dict) -> None:
    expected = {claim["reading"]: claim for claim in compared["claims"]}
    answers = {f"{c['claim']}.{c['reading']}": c for c in json.loads((runs / "no_controls" / "run.json").read_text(encoding="utf-8"))["claims"]}
    rows = [row for row in book["Claims compared"].iter_rows(min_row=8, values_only=True) if row[0]]
    assert {row[0] for row in rows} == set(answers)
    paired = 0
    for row in rows:
        probability, _, less, error, pairs, gained, lost = row[4:11]
        assert isinstance(probability, str) or close(probability, answers[row[0]]["probability"])
        if not isinstance(pairs, int):
            continue
        found = expected[row[0]]
        assert (close(less, found["difference"]["value"]) or less == 0) and (gained, lost, pairs) == (found["gained"], found["lost"], PATHS)
        assert error == "no path" if not gained + lost else close(error, found["difference"]["error"])
        paired += 1
    assert paired > 50


def test_what_differs_is_what_diff_says(runs: Path, book: openpyxl.Workbook) -> None:
    said = json.loads(moecast("diff", runs / "baseline", runs / "no_controls", "--json", ok=False).stdout)
    rows = [row for row in book["What differs"].iter_rows(min_row=7, values_only=True) if row[0] == "no_controls"]
    assert [row[3] for row in rows] == [key for key in (item["path"] for item in said["scenario"]) if key.startswith("policy")] and rows


def test_fans_of_a_sheet_share_their_axis(report: Path) -> None:
    import zipfile

    with zipfile.ZipFile(report) as archive:
        charts = [archive.read(name).decode() for name in archive.namelist() if re.fullmatch(r"xl/charts/chart\d+\.xml", name)]
    axes: dict[tuple, int] = {}
    for chart in charts:
        assert "<c:title>" in re.search(r"<c:valAx>.*?</c:valAx>", chart, re.DOTALL)[0]
        if "<c:areaChart>" in chart:
            axis = re.search(r"<c:valAx>.*?</c:valAx>", chart, re.DOTALL)[0]
            title = re.findall(r"<a:t>(.*?)</a:t>", axis)[0]
            key = (title, *re.findall(r'<c:(?:min|max) val="[^"]*"', axis))
            axes[key] = axes.get(key, 0) + 1
    assert sum(axes.values()) == 3 * len(CHARTS) and all(count % 3 == 0 for count in axes.values())


def test_formulas_hold_no_numbers(report: Path) -> None:
    formulas = check._formula_cells(report)
    assert {sheet for sheet, _ in formulas} >= {"Differences", "Chart data", "Claims compared"}
    for place, formula in formulas.items():
        assert not re.search(r"(?<![A-Za-z$\d.])\d", re.sub(r"'[^']*'!", "", formula)), (place, formula)


def test_two_builds_are_the_same_bytes(runs: Path, report: Path, tmp_path: Path) -> None:
    moecast("report", runs / "baseline", runs / "no_controls", runs / "other_seed", "-o", tmp_path / "again.xlsx", TZ="Asia/Tokyo", LC_ALL="de_DE.UTF-8")
    assert (tmp_path / "again.xlsx").read_bytes() == report.read_bytes()


@pytest.mark.slow
def test_recalculation_changes_nothing(report: Path) -> None:
    assert check.check_recalculation(report) == []


def test_other_horizons_claims_and_hostile_names_are_compared_where_they_can_be(runs: Path, tmp_path: Path) -> None:
    path = tmp_path / "short.xlsx"
    moecast("report", runs / "baseline", runs / "short", "-o", path)
    assert [complaint for name in ("container", "xml", "values", "charts") for complaint in check.CHECKS[name](path)] == []
    book = opened(path)
    assert book.sheetnames == SHEETS
    assert "2024-01 to 2026-12" in [cell for row in book["Contents"].iter_rows(values_only=True) for cell in row]
    assert any(str(cell).startswith("=1+1 中文 🚀") for row in book["Contents"].iter_rows(values_only=True) for cell in row)
    months = {row[2].strftime("%Y-%m") for row in book["Scenarios"].iter_rows(min_row=8, values_only=True) if row[2]}
    assert months == {"2026-12"}
    label = book["Scenarios"]["J5"].value
    assert len(LONG_NAME) == 61 and label.endswith("…") and len(label) <= 56 and label[:-1] == LONG_NAME[: len(label) - 1]
    assert "n/a" in {row[4] for row in book["Claims compared"].iter_rows(min_row=8, values_only=True)}


@pytest.mark.parametrize(("words", "code", "sentence"), [
    (["baseline", "baseline"], 2, "the same run"),
    (["baseline", "nowhere"], 4, "cannot open the run file"),
    (["baseline", "short.yaml"], 4, "not a run file"),
    (["baseline"] * 65, 2, "at most 64 runs, not 65"),
])
def test_what_cannot_be_compared_is_refused_in_one_sentence(runs: Path, tmp_path: Path, words: list[str], code: int, sentence: str) -> None:
    told = moecast("report", *(runs / word for word in words), "-o", tmp_path / "no.xlsx", ok=False)
    assert told.returncode == code and sentence in told.stderr and told.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_runs_without_a_common_month_are_refused(runs: Path, tmp_path: Path) -> None:
    for name, start, end in (("early", "2024-01", "2024-12"), ("late", "2025-02", "2026-12")):
        (tmp_path / f"{name}.yaml").write_text(f"moecast: 1\nname: {name}\nextends: baseline\ntime: {{start: {start}, end: {end}}}\nclaims: null\n", encoding="utf-8")
        moecast("run", tmp_path / f"{name}.yaml", "--paths", 16, "--no-contrasts", "--no-report", "--quiet", "-o", tmp_path / name)
    told = moecast("report", tmp_path / "early", tmp_path / "late", "-o", tmp_path / "no.xlsx", ok=False)
    assert told.returncode == 2 and "no reported month in common" in told.stderr and told.stderr.count("\n") == 1
    assert not (tmp_path / "no.xlsx").exists()


def test_a_run_file_of_an_older_format_is_refused_by_its_number(runs: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.moecast"
    old.write_bytes((runs / "no_controls" / "run.moecast").read_bytes())
    with contextlib.closing(sqlite3.connect(old)) as store:
        store.execute("PRAGMA user_version = 2")
    told = moecast("report", runs / "baseline", old, "-o", tmp_path / "no.xlsx", ok=False)
    assert told.returncode == 4 and "format 2" in told.stderr and str(old) in told.stderr and told.stderr.count("\n") == 1


def test_several_runs_want_a_place(runs: Path) -> None:
    told = moecast("report", runs / "baseline", runs / "no_controls", ok=False)
    assert told.returncode == 2 and "-o FILE.xlsx" in told.stderr
