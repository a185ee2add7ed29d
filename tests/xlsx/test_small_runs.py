"""Workbooks of few paths, short horizons and long texts claim no more than their runs know, and nothing on them overlaps."""

from __future__ import annotations

import re
import zipfile
from itertools import combinations
from pathlib import Path

import check_workbook as check
import openpyxl
import pytest
from workbooks import moecast, opened

WORDS = 800
SHORT = f"""
moecast: 1
name: short
extends: baseline
title: "\u202eturned 中文"
description: "{'word ' * WORDS}end"
time: {{start: 2024-05, end: 2025-04}}
claims: null
"""


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("short")
    (folder / "short.yaml").write_text(SHORT, encoding="utf-8")
    told = moecast("run", folder / "short.yaml", "--paths", 40, "--no-contrasts", "--quiet", "-o", folder / "run").stdout
    assert "\u202e" not in told and told.startswith(r"\xe2\x80\xaeturned 中文: 40 paths")
    return folder / "run" / "report.xlsx"


@pytest.fixture(scope="module")
def short_book(short: Path) -> openpyxl.Workbook:
    return opened(short)


def texts(book: openpyxl.Workbook, sheet: str) -> list[str]:
    return [str(cell) for row in book[sheet].iter_rows(values_only=True) for cell in row if isinstance(cell, str)]


def sentence(book: openpyxl.Workbook, number: int) -> str:
    """With the lines it was broken into."""
    column = [row[0] for row in book["Summary"].iter_rows(max_col=1, values_only=True)]
    start = next(i for i, text in enumerate(column) if str(text).startswith(f"{number}. "))
    end = next(i for i in range(start + 1, len(column)) if not column[i] or re.match(r"\d\. ", str(column[i])))
    return " ".join(column[start:end])


@pytest.mark.parametrize("name", ["container", "xml", "values", "charts"])
def test_other_programs_find_nothing_to_complain_about(short: Path, name: str) -> None:
    assert check.CHECKS[name](short) == []


def test_charts_do_not_overlap_however_few_rows_stand_beside_them(short: Path) -> None:
    corner = re.compile(r"<xdr:from><xdr:col>(\d+)</xdr:col><xdr:colOff>\d+</xdr:colOff><xdr:row>(\d+)</xdr:row><xdr:rowOff>(\d+)</xdr:rowOff></xdr:from>"
                        r"<xdr:to><xdr:col>(\d+)</xdr:col><xdr:colOff>\d+</xdr:colOff><xdr:row>(\d+)</xdr:row><xdr:rowOff>(\d+)</xdr:rowOff></xdr:to>")  # fmt: skip
    with zipfile.ZipFile(short) as archive:
        drawings = [name for name in archive.namelist() if re.fullmatch(r"xl/drawings/drawing\d+\.xml", name)]
        assert len(drawings) > 8
        for name in drawings:
            places = [tuple(map(int, found)) for found in corner.findall(archive.read(name).decode())]
            for a, b in combinations(places, 2):
                apart = a[3] <= b[0] or b[3] <= a[0] or (a[4], a[5]) <= (b[1], b[2]) or (b[4], b[5]) <= (a[1], a[2])
                assert apart, (name, a, b)


@pytest.mark.slow
def test_what_was_observed_to_its_end_is_held_against_its_beginning(short_book: openpyxl.Workbook) -> None:
    assert "against" in sentence(short_book, 1) and "in June 2024" in sentence(short_book, 1) and "in April 2025" in sentence(short_book, 1)
    units = next(row for row in short_book["Summary"].iter_rows(values_only=True) if row[3] == "2025-04")
    assert units[2] == "2024-06"


def test_a_run_that_decides_no_claim_says_nothing_of_their_errors(short_book: openpyxl.Workbook) -> None:
    assert "percentage points" not in sentence(short_book, 6) and "Of so few paths, 40," in sentence(short_book, 6)


def test_the_whole_description_stands_on_run_and_its_beginning_on_the_summary(short_book: openpyxl.Workbook) -> None:
    said = " ".join(texts(short_book, "Run"))
    assert said.count("word") == WORDS and "word end" in said
    assert 100 < " ".join(texts(short_book, "Summary")).count("word ") < WORDS / 2


def test_marks_that_turn_the_writing_are_replaced(short: Path, short_book: openpyxl.Workbook) -> None:
    assert short_book["Summary"]["A1"].value == "\ufffdturned 中文"
    with zipfile.ZipFile(short) as archive:
        assert not any("\u202e".encode() in archive.read(name) for name in archive.namelist())


@pytest.mark.slow
def test_two_paths_decide_nothing(tmp_path: Path) -> None:
    moecast("run", "baseline", "--paths", 2, "--no-contrasts", "--quiet", "-o", tmp_path / "two")
    book = opened(tmp_path / "two" / "report.xlsx")
    found = re.search(r"of (\d+) readings that paths decide, 0 have a probability above 90 % with 95 % confidence, 0 below 10 %; the other (\d+) lie between", sentence(book, 4))
    assert found and found[1] == found[2] and "what words mean" not in sentence(book, 4)
    points = float(re.search(r"to within ([\d.]+) percentage points \(95 % bounds\)", sentence(book, 6))[1])
    assert 70 < points < 100


@pytest.mark.slow
def test_bars_say_their_errors_and_bounds(baseline_book: openpyxl.Workbook) -> None:
    rows = [row for row in baseline_book["Chart data"].iter_rows(max_col=3, values_only=True) if isinstance(row[2], str) and re.fullmatch(r"[\d.]+ ± [\d.]+ %|[<>] [\d.]+%", row[2])]
    assert len(rows) > 20
    for value, label, said in rows:
        assert label and (value in (0, 1)) == (said[0] in "<>"), (value, label, said)
