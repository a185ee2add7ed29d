"""The workbook of several runs says what the runs' own exports and `moecast compare` say, and compares only what can be compared."""

from __future__ import annotations

import contextlib
import csv
import itertools
import json
import math
import re
import shutil
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import check_workbook as check
import openpyxl
import pytest
from workbooks import MOECAST, ROOT, edit, moecast, opened, recalculated

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
MANY = """
moecast: 1
name: many
extends: no_controls_no_rubin
claims: null
cap: {lambda_K: 0.4}
price: {a_p: 0.3}
saas: {omega_P: 0.3}
choice: {kappa: {developers: 4.5}}
pivot: {lambda0: 0.02}
fin: {g_I: 0.1}
"""
TORN = """
moecast: 1
name: torn
extends: baseline
claims: null
assimilate: {until: 2025-09, known_until: 2025-09}
policy:
  regimes:
    loose: {successor_months: 20, ladder: {2020-06: a800, 2023-03: h800, 2024-06: h20}}
"""
ASKED = ["tokens.world@2028-11", "finance.fcf@2028-12", "share.cn_abroad@2030-12"]  # a number in a month that no table shows, dollars across zero, a share
GROUPS = """
"=1+1 中文 🚀 [name] that is longer than a column of a chart may be called": [fleets, policy]
"tastes": [choice]
"""
STEPS = ["Step", "Keys", "Share", "± error", "± orders", "Alone", "Last", "From", "To", "Base above 0", "Base below 0", "Rise", "Rise ", "Fall", "Fall ", "Mean", None, "On the chart"]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    (folder / "short.yaml").write_text(SHORT, encoding="utf-8")
    (folder / "many.yaml").write_text(MANY, encoding="utf-8")
    (folder / "groups.yaml").write_text(GROUPS, encoding="utf-8")
    few = ["--paths", PATHS, "--no-contrasts", "--no-report", "--quiet"]
    for scenario in ("baseline", "no_controls", folder / "short.yaml", folder / "many.yaml"):
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
@pytest.mark.slow
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


# ---- waterfalls ----


def asked(*names: str) -> list[str]:
    return [word for name in names for word in ("--waterfall", name)]


@pytest.fixture(scope="module", params=[pytest.param("sections", marks=pytest.mark.slow), "groups"])
def falls(request: pytest.FixtureRequest, runs: Path) -> tuple[Path, list[dict]]:
    """A workbook and what `compare` says of the same: orders sampled of the eight sections, and all orders of three groups of one's own."""
    how = ["--paths", 40, *(["--orders", 3] if request.param == "sections" else ["--groups", runs / "groups.yaml"]), "--quiet"]
    path = runs / f"waterfall_{request.param}.xlsx"
    moecast("report", runs / "baseline", runs / "many", *asked(*ASKED), *how, "-o", path)
    return path, [json.loads(moecast("compare", runs / "baseline", runs / "many", "--waterfall", name, *how, "--json").stdout) for name in ASKED]


def blocks(path: Path) -> list[tuple[list[dict], dict]]:
    """The table of each waterfall, and what stands below it: its difference and checks."""
    rows, found = list(opened(path)["Waterfall"].iter_rows(values_only=True)), []
    for at, row in enumerate(rows):
        if row[0] == "Step":
            assert list(row) == STEPS
            body = list(itertools.takewhile(lambda line: line[0] != "Difference of the means, paired", rows[at + 2 :]))
            below = rows[at + 2 + len(body) :][:3]
            found.append(([dict(zip(STEPS, line, strict=True)) for line in body], {"difference": below[0][2], "error": below[0][3], "checks": [line[1] for line in below[1:]]}))
    return found


def told(value: float | None) -> float | None:
    """As the file stores it: 16 digits."""
    return None if value is None else float(f"{value:.16g}")


@pytest.mark.slow
def test_waterfall_stands_behind_differences_and_only_where_it_is_asked_for(falls: tuple[Path, list[dict]], book: openpyxl.Workbook) -> None:
    assert opened(falls[0]).sheetnames == [*SHEETS[:3], "Waterfall", *SHEETS[3:]]
    assert "Waterfall" not in book.sheetnames
    assert opened(falls[0])["Waterfall"]["A3"].hyperlink.location.rsplit("!", 1)[0].strip("'") == "Contents"


def test_waterfall_says_what_compare_says_to_the_last_digit(falls: tuple[Path, list[dict]]) -> None:
    found = blocks(falls[0])
    assert len(found) == len(ASKED)
    for (rows, below), said in zip(found, falls[1], strict=True):
        assert [row["Keys"] for row in rows] == [None, *(bar["keys"] for bar in said["bars"]), None]
        for row, x in zip(rows, [said["a"], *(bar["effect"] for bar in said["bars"]), said["b"]], strict=True):
            assert row["Share"] == told(x["value"]) and row["± error"] == ("constant" if x["error"] == 0 else told(x["error"]))
        for row, bar in zip(rows[1:-1], said["bars"], strict=True):
            assert row["± orders"] == (told(bar["order_error"]) if said["orders"] else "all orders")
            assert [row["Alone"], row["Last"]] == [told(bar[key]) if bar[key] is not None else "n/a" for key in ("alone", "last")]
            assert row["Step"] == bar["group"] or (row["Step"].endswith("…") and bar["group"].startswith(row["Step"][:-1]))
        assert (below["difference"], below["error"]) == (told(said["difference"]["value"]), told(said["difference"]["error"]))
        assert [rows[0]["Step"], rows[-1]["Step"]] == ["baseline", "many"]
    assert {bool(said["orders"]) for said in falls[1]} == {"sections" in falls[0].name}


def test_columns_float_from_one_mean_to_the_other_and_checks_say_so(falls: tuple[Path, list[dict]]) -> None:
    below_zero = crossed = 0
    for rows, below in blocks(falls[0]):
        assert below["checks"] == ["ok", "ok"]
        at = 0.0
        for row in rows:
            whole = row in (rows[0], rows[-1])
            start = 0.0 if whole else at
            assert row["From"] == pytest.approx(start, rel=1e-12) and row["To"] == pytest.approx(start + row["Share"], rel=1e-9)
            above, under = (row["Base above 0"] + row["Rise"] + row["Fall"], row["Base below 0"] + row["Rise "] + row["Fall "])
            low, high = sorted((row["From"], row["To"]))
            assert (row["Rise"] or row["Rise "]) == 0 or row["Share"] >= 0
            assert (row["Fall"] or row["Fall "]) == 0 or row["Share"] < 0
            if whole:
                assert (above, under, row["Mean"]) == (0, 0, row["Share"])
            else:
                assert above == pytest.approx(max(0, high), abs=1e-9) and under == pytest.approx(min(0, low), abs=1e-9) and row["Mean"] == 0
                below_zero += low < 0
                crossed += low < 0 < high
            at = row["To"]
        assert rows[-2]["To"] == pytest.approx(rows[-1]["Share"], rel=1e-9)
    assert below_zero and crossed
    assert opened(falls[0])["Waterfall"]["B8"].value == "ok"


def test_labels_of_the_chart_have_the_share_and_its_error(falls: tuple[Path, list[dict]]) -> None:
    for (rows, _), name in zip(blocks(falls[0]), ASKED, strict=True):
        scale = 100 if name.startswith("share.") else 1
        for row in rows:
            assert row["On the chart"].startswith(row["Step"])
            value, _, error = row["On the chart"][len(row["Step"]) :].strip().removesuffix("%").partition(" ± ")
            if isinstance(row["± error"], str):
                assert not error
                continue
            assert float(value) == pytest.approx(scale * row["Share"], abs=scale * row["± error"])
            assert float(error) == pytest.approx(scale * row["± error"], rel=0.06)


@pytest.mark.parametrize("name", ["container", "xml", "values", "charts"])
def test_other_programs_find_nothing_to_complain_about_in_waterfalls(falls: tuple[Path, list[dict]], name: str) -> None:
    assert check.CHECKS[name](falls[0]) == []


def test_formulas_of_waterfalls_hold_no_numbers(falls: tuple[Path, list[dict]]) -> None:
    formulas = {place: formula for place, formula in check._formula_cells(falls[0]).items() if place[0] == "Waterfall"}
    assert len(formulas) > 9 * len(ASKED) * 4
    assert not [place for place, formula in formulas.items() if re.search(r"(?<![A-Za-z$\d.])\d", formula)]


def test_two_builds_of_waterfalls_are_the_same_bytes(runs: Path, falls: tuple[Path, list[dict]], tmp_path: Path) -> None:
    if "groups" in falls[0].name:
        how = ["--groups", runs / "groups.yaml", "--threads", 1]
        moecast("report", runs / "baseline" / "run.moecast", runs / "many", *asked(*ASKED), "--paths", 40, *how, "-o", tmp_path / "again.xlsx", TZ="Asia/Tokyo", LC_ALL="de_DE.UTF-8")
        assert (tmp_path / "again.xlsx").read_bytes() == falls[0].read_bytes()


@pytest.mark.slow
def test_recalculation_of_waterfalls_changes_nothing(falls: tuple[Path, list[dict]]) -> None:
    assert check.check_recalculation(falls[0]) == []


@pytest.mark.slow
def test_check_of_waterfalls_sees_shares_that_do_not_add_up(falls: tuple[Path, list[dict]], tmp_path: Path) -> None:
    sheet = opened(falls[0])["Waterfall"]
    share = next(row[2] for row in sheet.iter_rows() if row[0].value == "baseline").offset(1)
    changed = recalculated(edit(falls[0], tmp_path / "edited.xlsx", {("Waterfall", share.coordinate): 2 * share.value}), tmp_path)
    assert blocks(changed)[0][1]["checks"] == ["shares add up to something else", "columns end elsewhere"]
    assert opened(changed)["Waterfall"]["B8"].value != "ok"
    assert blocks(changed)[1][1]["checks"] == ["ok", "ok"]


@pytest.mark.slow
def test_runs_of_one_scenario_have_nothing_to_attribute(runs: Path, tmp_path: Path) -> None:
    moecast("run", "baseline", "--paths", 64, "--no-contrasts", "--no-report", "--quiet", "-o", tmp_path / "fewer")
    moecast("report", runs / "baseline", tmp_path / "fewer", *asked("cap.gap@2028-12"), "--paths", 32, "-o", tmp_path / "same.xlsx")
    cells = [row[0] for row in opened(tmp_path / "same.xlsx")["Waterfall"].iter_rows(values_only=True)]
    assert "The scenarios differ in no key that moves a path: there is nothing to attribute." in cells and "Step" not in cells
    assert [complaint for name in ("container", "xml", "values", "charts") for complaint in check.CHECKS[name](tmp_path / "same.xlsx")] == []


PAIR = ["baseline", "no_controls"]


@pytest.mark.parametrize(("names", "options", "code", "sentence"), [
    (PAIR, ["--paths", 64], 2, "belong to --waterfall"),
    (PAIR, ["--orders", 4], 2, "belong to --waterfall"),
    (PAIR, ["--groups", "auto"], 2, "belong to --waterfall"),
    (PAIR, ["--threads", 1], 2, "belong to --waterfall"),
    (["baseline"], asked("cap.gap@2028-12"), 2, "the difference of two runs, not of 1"),
    ([*PAIR, "many"], asked("cap.gap@2028-12"), 2, "the difference of two runs, not of 3"),
    (PAIR, asked("cap.gap@2028-12", "cap.gap@2028-12"), 2, "asked for twice"),
    (PAIR, asked(*(f"cap.gap@20{year}-12" for year in range(24, 41))), 2, "at most 16 times"),
    (PAIR, asked("cap.gap"), 2, "a series and a month"),
    (PAIR, asked("cap.gap@2028-12", "cap.gapp@2028-12"), 2, "did you mean 'cap.gap'"),
    (PAIR, asked("cap.gap@2070-01"), 2, "outside the horizon"),
    (PAIR, [*asked("cap.gap@2028-12"), "--orders", 0], 2, "--orders wants a whole number"),
    (PAIR, [*asked("cap.gap@2028-12"), "--groups", "nowhere.yaml"], 4, "nowhere.yaml"),
    (["baseline", "other_seed"], asked("cap.gap@2028-12"), 2, "seed"),
    (["baseline", "baseline"], asked("cap.gap@2028-12"), 2, "the same run"),
])
def test_what_cannot_be_attributed_is_refused_in_one_sentence(runs: Path, tmp_path: Path, names: list[str], options: list, code: int, sentence: str) -> None:
    told = moecast("report", *(runs / name for name in names), *options, "-o", tmp_path / "no.xlsx", ok=False)
    assert told.returncode == code and sentence in told.stderr and told.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_refused_before_anything_is_simulated(runs: Path, tmp_path: Path) -> None:
    begin = time.monotonic()
    told = moecast("report", *(runs / name for name in PAIR), *asked("cap.gap@2028-12"), "--paths", 1_000_000, "-o", tmp_path / "none" / "no.xlsx", ok=False)
    assert told.returncode == 4 and told.stderr.count("\n") == 1 and time.monotonic() - begin < 20


def test_groups_that_tear_a_scenario_apart_are_refused_with_the_reason(runs: Path, tmp_path: Path) -> None:
    (tmp_path / "torn.yaml").write_text(TORN, encoding="utf-8")
    (tmp_path / "groups.yaml").write_text("history: [assimilate]\n", encoding="utf-8")
    moecast("run", tmp_path / "torn.yaml", "--paths", 64, "--no-contrasts", "--no-report", "--quiet", "-o", tmp_path / "torn")
    told = moecast("report", runs / "baseline", tmp_path / "torn", *asked("cap.gap@2028-12"), "--paths", 32, "--groups", tmp_path / "groups.yaml", "-o", tmp_path / "no.xlsx", ok=False)
    assert told.returncode == 2 and "is no valid scenario" in told.stderr and told.stderr.count("\n") == 1
    assert not list(tmp_path.glob("no.xlsx*"))


def test_a_catalogue_that_has_changed_since_the_runs_is_refused(runs: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    hardware = tmp_path / "scenarios" / "catalogue" / "hardware.yaml"
    hardware.write_text(re.sub(r"(capex_usd: )(\d+)", lambda found: f"{found[1]}{int(found[2]) + 100}", hardware.read_text(encoding="utf-8"), count=40), encoding="utf-8")
    told = moecast("report", *(runs / name for name in PAIR), *asked("cap.gap@2028-12"), "-o", tmp_path / "no.xlsx", ok=False, MOECAST_SCENARIOS=str(tmp_path / "scenarios"))
    assert told.returncode == 2 and "the catalogue has changed since" in told.stderr and told.stderr.count("\n") == 1
    assert not list(tmp_path.glob("no.xlsx*"))


def test_ctrl_c_ends_a_waterfall_and_leaves_no_file(runs: Path, tmp_path: Path) -> None:
    words = [MOECAST, "report", *(runs / name for name in PAIR), *asked("cap.gap@2028-12"), "--paths", "1000000", "-o", tmp_path / "no.xlsx"]
    with subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=60)
    assert process.returncode == 130 and said[0] == "" and said[1].count("\n") == 1 and "interrupted" in said[1]
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_waterfall_of_sampled_runs_takes_their_points_and_replicates(tmp_path: Path) -> None:
    for name in PAIR:
        moecast("run", name, "--paths", 128, "--seed", 3, "--sampler", "sobol", "--replicates", 8, "--no-contrasts", "--no-report", "--quiet", "-o", tmp_path / name)
    moecast("report", *(tmp_path / name for name in PAIR), *asked("cap.gap@2028-12"), "--paths", 64, "-o", tmp_path / "sobol.xlsx")
    said = json.loads(moecast("compare", *(tmp_path / name for name in PAIR), *asked("cap.gap@2028-12"), "--paths", 64, "--json").stdout)
    [(rows, below)] = blocks(tmp_path / "sobol.xlsx")
    assert (said["sampler"], said["replicates"]) == ("sobol", 8) and [row["Share"] for row in rows[1:-1]] == [told(bar["effect"]["value"]) for bar in said["bars"]]
    assert below["error"] == told(said["difference"]["error"])
    assert any("sampler sobol" in str(row[0]) and "between 8 replicates" in str(row[0]) for row in opened(tmp_path / "sobol.xlsx")["Waterfall"].iter_rows(values_only=True))


EARLY = """
moecast: 1
name: early
extends: baseline
claims: null
time: {end: 2026-11}
"""


def test_runs_that_keep_no_date_in_common_are_said_to_be_unpaired(runs: Path, tmp_path: Path) -> None:
    """The same seed, other horizons: kept paths have no number at one date, so nothing is paired and nothing checked."""
    (tmp_path / "early.yaml").write_text(EARLY, encoding="utf-8")
    moecast("run", tmp_path / "early.yaml", "--paths", PATHS, "--no-contrasts", "--no-report", "--quiet", "-o", tmp_path / "early")
    moecast("report", runs / "baseline", tmp_path / "early", "-o", tmp_path / "compared.xlsx")
    book = opened(tmp_path / "compared.xlsx")
    told = {row[0]: row[5] for row in book["Contents"].iter_rows(values_only=True) if row[0] in ("baseline", "early")}
    rows = list(book["Differences"].iter_rows(values_only=True))
    assert {row["Check"] for row in tables(book["Differences"], "Outcome")["early less baseline"]} <= {"unpaired", "n/a"}
    assert told["early"] == "no kept date in common"
    assert not any(str(row[0]).startswith("Paired") for row in rows) and any("no outcome of the same path at the same date" in str(row[0]) for row in rows)
    assert next(row[1] for row in rows if row[0] == "All rows below") == "nothing checked"


@pytest.mark.slow
def test_one_kept_path_is_one(runs: Path, tmp_path: Path) -> None:
    for name in ("baseline", "no_controls"):
        moecast("run", name, "--paths", PATHS, "--keep", 1, "--contrast-paths", 1, "--no-contrasts", "--no-report", "--quiet", "-o", tmp_path / name)
    moecast("report", tmp_path / "baseline", tmp_path / "no_controls", "-o", tmp_path / "compared.xlsx")
    rows = [str(row[0]) for row in opened(tmp_path / "compared.xlsx")["Differences"].iter_rows(values_only=True)]
    assert any(row.startswith("Paired: the same draws; the first path, the only one") for row in rows) and not any("first 1 paths" in row for row in rows)


@pytest.mark.slow
def test_long_names_that_differ_at_their_ends_are_told_apart_and_one_path_is_left_out_aloud(runs: Path, tmp_path: Path) -> None:
    base = "n" * 60
    for name, paths in ((f"{base}x1", PATHS), (f"{base}x2", PATHS), ("lone", 1)):
        (tmp_path / f"{name}.yaml").write_text(f"moecast: 1\nname: {name}\nextends: baseline\nclaims: null\ncap: {{lambda_K: 0.{4 + len(name) % 2}}}\nrun: {{seed: {7 + int(name[-1] == '2')}}}\n", encoding="utf-8")
        moecast("run", tmp_path / f"{name}.yaml", "--paths", paths, "--no-contrasts", "--no-report", "--quiet", "-o", tmp_path / name)
    moecast("report", runs / "baseline", tmp_path / f"{base}x1", tmp_path / f"{base}x2", tmp_path / "lone", "-o", tmp_path / "compared.xlsx")
    book = opened(tmp_path / "compared.xlsx")
    labels = [row[0] for row in book["Contents"].iter_rows(values_only=True) if str(row[0]).startswith("nnn")]
    assert len(labels) == 2 and labels[0].endswith("x1") and labels[1].endswith("x2") and all("…" in label and len(label) <= 56 for label in labels)
    drawn = [row[0] for row in book["Chart data"].iter_rows(values_only=True) if str(row[0]).startswith("nnn")]
    assert drawn.count(next(name for name in drawn if name.endswith("x1"))) <= len(drawn) // 2
    for name in CHARTS:
        assert "lone (of one path there is no error)" in book[name]["A4"].value, name
