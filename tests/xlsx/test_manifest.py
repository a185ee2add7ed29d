"""The workbook has the structure that was looked at and committed: sheets, set-up, tables, patterns of cells, formulas, charts, names.

Where a change of the structure is meant, look at the workbook and write the manifest anew:

    build/moecast run baseline --paths 400 --contrast-paths 40 -o RUN && python tests/xlsx/manifest.py RUN/report.xlsx > tests/xlsx/manifest.txt
"""

from __future__ import annotations

import difflib
import re
import zipfile
from pathlib import Path

import manifest
import openpyxl
import pytest

COMMITTED = Path(__file__).with_name("manifest.txt")


@pytest.fixture(scope="module")
def seen(baseline_report: Path) -> list[str]:
    return manifest.manifest(baseline_report)


@pytest.mark.slow
def test_the_structure_is_the_committed_one(seen: list[str]) -> None:
    expected = COMMITTED.read_text(encoding="utf-8").splitlines()
    difference = list(difflib.unified_diff(expected, seen, "manifest.txt", "the workbook", n=1, lineterm=""))
    assert not difference, "\n".join(difference[:60])


def test_every_chart_has_titles_and_a_text_for_those_who_cannot_see_it(seen: list[str]) -> None:
    charts = [line for line in seen if line.startswith("  chart over")]
    assert len(charts) > 90
    assert [line for line in charts if "WITHOUT" in line or ": ;" in line] == []


def test_a_changed_formula_changes_the_manifest(baseline_report: Path, tmp_path: Path) -> None:
    changed, sheet = tmp_path / "changed.xlsx", "Profit pool"
    number = openpyxl.load_workbook(baseline_report, read_only=True).sheetnames.index(sheet) + 1
    with zipfile.ZipFile(baseline_report) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, re.sub(rb"<f>([^<]*)</f>", rb"<f>0+\1</f>", data, count=1) if name == f"xl/worksheets/sheet{number}.xml" else data)
    before, after = set(manifest.manifest(baseline_report, sheet)), set(manifest.manifest(changed, sheet))
    assert len(before - after) in (1, 2) and len(after - before) in (1, 2)
    assert any("0+" in line for line in after - before)
