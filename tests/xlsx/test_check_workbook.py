"""The demonstration workbook passes every check, and each check sees what it is there to see."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import check_workbook as check

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = Path(os.environ.get("MOECAST_BIN", ROOT / "build" / "moecast")).with_name("libcsim.a")
LIBRARIES = ["-Wl,--as-needed", "-lxlsxwriter", "-lz", "-lyaml", "-lsqlite3", "-lgsl", "-lgslcblas", "-lm", "-pthread"]

pytestmark = pytest.mark.skipif(bool(check.missing_programs()) or not shutil.which("cc"), reason=f"not installed: {check.missing_programs() or 'cc'}")


@pytest.fixture(scope="session")
def writer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    program = tmp_path_factory.mktemp("writer") / "demo_workbook"
    command = ["cc", "-std=c11", "-D_GNU_SOURCE", "-O2", f"-I{ROOT}", ROOT / "tests/xlsx/demo_workbook.c", LIBRARY, "-o", program, *LIBRARIES]
    subprocess.run(command, check=True)
    return program


@pytest.fixture(scope="session")
def demo(writer: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo.xlsx"
    done = subprocess.run([writer, path], check=True, capture_output=True, text=True)
    assert done.stderr == "", "the library warned of a call that the writer should have refused"
    return path


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.slow if name in ("recalculate", "render") else ()) for name in sorted(check.CHECKS)])
def test_demo_passes(name: str, demo: Path) -> None:
    assert check.CHECKS[name](demo) == []


def test_planted_value_is_caught(demo: Path, tmp_path: Path) -> None:
    spoiled = tmp_path / "spoiled.xlsx"
    cell = check.plant_wrong_value(demo, spoiled)
    complaints = check.check_recalculation(spoiled)
    assert len(complaints) == 1
    assert f"!{cell}: cached" in complaints[0]


def test_damaged_container_is_caught(demo: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.xlsx"
    data = bytearray(demo.read_bytes())
    data[len(data) // 2] ^= 0xFF
    damaged.write_bytes(data)
    assert check.check_container(damaged)


def test_malformed_part_is_caught(demo: Path, tmp_path: Path) -> None:
    malformed = tmp_path / "malformed.xlsx"
    with zipfile.ZipFile(demo) as source, zipfile.ZipFile(malformed, "w") as target:
        for part in source.infolist():
            data = source.read(part)
            target.writestr(part, data.replace(b"</sheets>", b"") if part.filename == "xl/workbook.xml" else data)
    assert check.check_xml(malformed)


def test_blank_page_is_seen(tmp_path: Path) -> None:
    from PIL import Image

    page = tmp_path / "page.png"
    Image.new("L", (400, 300), 255).save(page)
    assert check.ink_fraction(page) == 0


def test_bytes_depend_on_neither_clock_nor_environment(writer: Path, demo: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    environment = {**os.environ, "TMPDIR": str(tmp_path), "TZ": "Asia/Shanghai", "LC_ALL": "C.UTF-8"}
    subprocess.run([writer, again], check=True, env=environment)
    assert again.read_bytes() == demo.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["again.xlsx"], "scratch files stayed behind"


def test_false_chart_cache_is_caught(demo: Path, tmp_path: Path) -> None:
    false = tmp_path / "false.xlsx"
    with zipfile.ZipFile(demo) as source, zipfile.ZipFile(false, "w") as target:
        for part in source.infolist():
            data = source.read(part)
            target.writestr(part, data.replace(b"<c:v>46023</c:v>", b"<c:v>0</c:v>", 1) if part.filename == "xl/charts/chart1.xml" else data)
    assert check.check_charts(false) == ["xl/charts/chart1.xml: caches 0 for 'Share'!A5, which is 46023.0"]


def test_text_that_begins_with_equals_stays_text(demo: Path) -> None:
    cells = [cell for row in openpyxl.load_workbook(demo)["Claims & odds"].iter_rows() for cell in row]
    hostile = [cell.data_type for cell in cells if str(cell.value).startswith("=HYPERLINK")]
    assert hostile == ["s"]


def test_months_are_dates_and_names_point_at_cells(demo: Path) -> None:
    book = openpyxl.load_workbook(demo, data_only=True)
    first = book["Share"]["A5"]
    assert first.is_date and (first.value.year, first.value.month, first.value.day) == (2026, 1, 1)
    assert first.number_format == "yyyy-mm"
    assert book.defined_names["Share_median_last"].attr_text == "'Share'!$D$64"


def test_million_cells_fit_in_little_memory(writer: Path, tmp_path: Path) -> None:
    big = tmp_path / "big.xlsx"
    before = os.times()
    limited = f"ulimit -v 200000; exec {writer} {big} 50000"
    subprocess.run(["sh", "-c", limited], check=True)
    after = os.times()
    assert after.children_user + after.children_system - before.children_user - before.children_system < 5
    with zipfile.ZipFile(big) as archive:
        assert archive.read("xl/worksheets/sheet8.xml").count(b"<row ") == 50002
