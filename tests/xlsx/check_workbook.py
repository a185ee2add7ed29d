"""Checks of a finished workbook by other programs than the one that wrote it.

As functions, each returning a list of complaints (empty: fine), and as a command:

    python tests/xlsx/check_workbook.py REPORT.xlsx [--png FOLDER] [--skip recalculate render]

Needs unzip, xmllint, openpyxl, LibreOffice (soffice), pdftoppm and Pillow. Must not know what a report says.
"""

from __future__ import annotations

import argparse
import math
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
from openpyxl.utils import get_column_letter, range_boundaries

RELATIVE_TOLERANCE = 1e-9
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"

# 0 is "always": without it LibreOffice trusts cached values, and a wrong one survives. It is set for a profile of our own,
# so that neither a user's settings nor a running LibreOffice has a say.
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def _run(*command: str | Path, timeout_s: float = 300) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=timeout_s, check=False)


def check_container(path: Path) -> list[str]:
    """The container is whole, has no part twice and carries no time but the fixed one."""
    tested = _run("unzip", "-tqq", path)
    complaints = [f"unzip: {tested.stdout}{tested.stderr}".strip()] if tested.returncode else []
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        complaints += [f"{name}: stands twice in the container" for name in set(names) if names.count(name) > 1]
        complaints += [f"{part.filename}: carries the time {part.date_time}" for part in archive.infolist() if part.date_time[0] != 1980]
    return complaints


def check_xml(path: Path) -> list[str]:
    """Every part is well-formed XML."""
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
        parts = [part for part in Path(folder).rglob("*") if part.is_file()]
        checked = _run("xmllint", "--huge", "--noout", *parts)
    return [f"xmllint: {line}" for line in checked.stderr.splitlines() if line.strip()][:20] if checked.returncode else []


def _sheets_with_formulas(path: Path) -> set[int]:
    """Their numbers. openpyxl takes seconds to find none in a sheet of data."""
    with zipfile.ZipFile(path) as archive:
        parts = {int(found[1]): name for name in archive.namelist() if (found := re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", name))}
        return {number for number, name in parts.items() if re.search(rb"<f[ >]", archive.read(name))}


def _formula_cells(path: Path) -> dict[tuple[str, str], str]:
    book = openpyxl.load_workbook(path, read_only=True)
    wanted, cells = _sheets_with_formulas(path), {}
    for number, sheet in enumerate(book.worksheets, 1):
        if number not in wanted:
            continue
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    cells[sheet.title, cell.coordinate] = cell.value
    book.close()
    return cells


def _values(path: Path, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], object]:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    sheets = {sheet for sheet, _ in wanted}
    values = {}
    for sheet in book.worksheets:
        if sheet.title not in sheets:
            continue
        for row in sheet.iter_rows():
            for cell in row:
                key = (sheet.title, getattr(cell, "coordinate", ""))
                if key in wanted:
                    values[key] = cell.value
    book.close()
    return values


def check_values(path: Path) -> list[str]:
    """openpyxl reads the book, and every formula stands beside a value that is no error."""
    formulas = _formula_cells(path)
    values = _values(path, set(formulas))
    complaints = []
    for (sheet, cell), formula in formulas.items():
        value = values.get((sheet, cell))
        if isinstance(value, str) and value.startswith("#"):
            complaints.append(f"'{sheet}'!{cell}: {formula} has the value {value}")
        elif value is None and '""' not in str(formula):
            complaints.append(f"'{sheet}'!{cell}: {formula} has no cached value")
    return complaints


def converted(paths: list[Path], target: str, folder: Path) -> list[Path]:
    """Converts with one LibreOffice that has a private profile and recalculates on loading."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(PROFILE, encoding="utf-8")
    out = folder / f"as_{target.partition(':')[0]}"
    ran = _run("soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--convert-to", target, "--outdir", out, *paths)
    made = [out / f"{path.stem}.{target.partition(':')[0]}" for path in paths]
    missing = [path.name for path in made if not path.exists()]
    if missing:
        raise RuntimeError(f"soffice made no {', '.join(missing)}: {ran.stdout}{ran.stderr}")
    return made


def same_value(left: object, right: object, tolerance: float = RELATIVE_TOLERANCE) -> bool:
    """Equal text, or numbers within the relative tolerance; an empty text and an empty cell are the same."""
    if left in (None, "") and right in (None, ""):
        return True
    if hasattr(left, "toordinal") or hasattr(right, "toordinal"):
        return left == right
    numeric = (int, float)
    if isinstance(left, numeric) and isinstance(right, numeric) and isinstance(left, bool) == isinstance(right, bool):
        return math.isclose(left, right, rel_tol=tolerance, abs_tol=1e-12)
    return left == right


def check_recalculation(path: Path, tolerance: float = RELATIVE_TOLERANCE) -> list[str]:
    """Every cached value is the one that LibreOffice computes from the formula."""
    formulas = _formula_cells(path)
    if not formulas:
        return []
    cached = _values(path, set(formulas))
    with tempfile.TemporaryDirectory() as folder:
        computed = _values(converted([path], "xlsx", Path(folder))[0], set(formulas))
    return [
        f"'{sheet}'!{cell}: cached {cached.get((sheet, cell))!r}, computed {computed.get((sheet, cell))!r}, by {formula}"
        for (sheet, cell), formula in formulas.items()
        if not same_value(cached.get((sheet, cell)), computed.get((sheet, cell)), tolerance)
    ]


def _reference(text: str) -> tuple[str, tuple[int, int, int, int]]:
    sheet, _, area = text.rpartition("!")
    return sheet.strip("'").replace("''", "'"), range_boundaries(area.replace("$", ""))


def _cache(node: ElementTree.Element) -> dict[int, str]:
    return {int(point.get("idx", "0")): point.findtext(f"{CHART}v", "") for point in node.iter(f"{CHART}pt")}


Sheets = dict[str, "dict[tuple[int, int], object] | None"]  # each sheet's cells by row and column, once somebody asked for them


def _cells_of(sheets: Sheets, book: openpyxl.Workbook, sheet: str) -> dict[tuple[int, int], object]:
    """Read when asked for, for most sheets have no chart; dates are the day numbers that charts cache."""
    if sheets[sheet] is None:
        cells = (cell for row in book[sheet].iter_rows() for cell in row if cell.value is not None)
        sheets[sheet] = {(cell.row, cell.column): openpyxl.utils.datetime.to_excel(cell.value) if cell.is_date else cell.value for cell in cells}
    return sheets[sheet]


def _cache_complaints(where: str, node: ElementTree.Element, sheets: Sheets, book: openpyxl.Workbook) -> list[str]:
    text = node.findtext(f"{CHART}f", "")
    sheet, (left, top, right, bottom) = _reference(text)
    if sheet not in sheets:
        return [f"{where}: refers to {text}, and there is no such sheet"]
    cache = _cache(node)
    if not cache:
        return []  # a data sheet's: drawn from the cells
    cells, complaints = _cells_of(sheets, book, sheet), []
    for index, (row, column) in enumerate((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)):
        value = cells.get((row, column))
        if isinstance(value, (int, float)) and not same_value(float(cache.get(index, "nan")), float(value)):
            complaints.append(f"{where}: caches {cache.get(index)} for '{sheet}'!{get_column_letter(column)}{row}, which is {value}")
    return complaints


def check_charts(path: Path) -> list[str]:
    """Every chart refers to sheets that exist, caches what its cells hold, and every drawing has a text for the blind."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    sheets: Sheets = dict.fromkeys(book.sheetnames)
    complaints = []
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"xl/charts/chart\d+\.xml", name):
                root = ElementTree.fromstring(archive.read(name))
                references = [node for kind in ("numRef", "strRef") for node in root.iter(CHART + kind)]
                complaints += [c for node in references for c in _cache_complaints(name, node, sheets, book)]
            if re.fullmatch(r"xl/drawings/drawing\d+\.xml", name):
                frames = re.findall(r"<xdr:cNvPr [^>]*>", archive.read(name).decode())
                complaints += [f"{name}: a drawing without a text: {frame}" for frame in frames if "descr=" not in frame]
    return complaints


def render(path: Path, folder: Path, dpi: int = 80) -> list[Path]:
    """One PNG a printed page."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        pdf = converted([path], "pdf", Path(scratch))[0]
        _run("pdftoppm", "-r", str(dpi), "-png", pdf, folder / path.stem)
    return sorted(folder.glob(f"{path.stem}-*.png"))


def ink_fraction(picture: Path) -> float:
    """The fraction of a page's pixels, but for the footer, that are not nearly white."""
    from PIL import Image

    with Image.open(picture) as image:
        grey = image.convert("L")
        page = grey.crop((0, 0, grey.width, int(grey.height * 0.92)))
        return sum(page.histogram()[:245]) / (page.width * page.height)


def check_pages(path: Path, folder: Path | None = None, least_ink: float = 2e-4) -> list[str]:
    """It prints, and no page is blank. With a folder the pages stay there to be looked at."""
    with tempfile.TemporaryDirectory() as scratch:
        pages = render(path, folder or Path(scratch))
        if not pages:
            return ["no page came out of the printer"]
        return [f"page {number} is blank" for number, page in enumerate(pages, 1) if ink_fraction(page) < least_ink]


def plant_wrong_value(path: Path, out: Path) -> str:
    """Copies the book with one cached number changed; returns the cell. To prove that check_recalculation sees it."""
    pattern = re.compile(r'(<c r="([A-Z]+\d+)"[^>]*><f>[^<]*</f><v>)(-?[\d.]+(?:E-?\d+)?)(</v>)')
    planted = ""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            data = source.read(part)
            found = None if planted or not part.filename.startswith("xl/worksheets/") else pattern.search(data.decode())
            if found:
                planted = found[2]
                text = data.decode()
                data = (text[: found.start(3)] + repr(float(found[3]) + 1) + text[found.end(3) :]).encode()
            target.writestr(part, data)
    if not planted:
        raise ValueError(f"{path} has no formula with a number to spoil")
    return planted


CHECKS = {
    "container": check_container,
    "xml": check_xml,
    "values": check_values,
    "charts": check_charts,
    "recalculate": check_recalculation,
    "render": check_pages,
}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Check a workbook by unzip, xmllint, openpyxl and LibreOffice.")
    parser.add_argument("workbook", type=Path)
    parser.add_argument("--png", type=Path, metavar="FOLDER", help="keep the rendered pages here")
    parser.add_argument("--skip", nargs="+", choices=sorted(CHECKS), default=[])
    options = parser.parse_args(arguments)
    failed = False
    for name, check in CHECKS.items():
        if name in options.skip:
            continue
        complaints = check_pages(options.workbook, options.png) if name == "render" else check(options.workbook)
        print(f"{name}: {'ok' if not complaints else f'{len(complaints)} complaints'}")
        for complaint in complaints[:20]:
            print(f"  {complaint}")
        failed = failed or bool(complaints)
    return 1 if failed else 0


def missing_programs() -> list[str]:
    """What is not installed of what the checks call."""
    return [program for program in ("unzip", "xmllint", "soffice", "pdftoppm") if not shutil.which(program)]


if __name__ == "__main__":
    sys.exit(main())
