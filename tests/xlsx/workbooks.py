"""What the tests of workbooks share: the command, how a workbook is opened, edited as a reader edits it, and recalculated. Must not know what a report says."""

from __future__ import annotations

import os
import re
import subprocess
import warnings
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import check_workbook as check
import openpyxl

ROOT = Path(__file__).resolve().parents[2]
MOECAST = Path(os.environ.get("MOECAST_BIN", ROOT / "build" / "moecast"))

Rows = list[tuple]


def moecast(*arguments: object, ok: bool = True, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([MOECAST, *map(str, arguments)], capture_output=True, text=True, check=ok, env={**os.environ, **environment})


def opened(path: Path, **options: bool) -> openpyxl.Workbook:
    """With values in place of formulas. openpyxl warns of what it does not read, which nothing here wants."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(path, **({"data_only": True} | options))


def rows_of(path: Path, *sheets: str) -> list[Rows]:
    """Rows of sheets, read quickly; those of one sheet among hundreds of thousands of cells take no longer than the sheet itself."""
    book = opened(path, read_only=True)
    found = [[tuple(row) for row in book[sheet].iter_rows(values_only=True)] for sheet in sheets]
    book.close()
    return found


def edit(path: Path, out: Path, edits: dict[tuple[str, str], float | str | None]) -> Path:
    """Copies a workbook with other values in some (sheet, cell), in the sheet's XML as a spreadsheet would store them; None empties a cell. Formulas stay."""
    names = openpyxl.load_workbook(path, read_only=True).sheetnames
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            data = source.read(part)
            changed = {cell: value for (sheet, cell), value in edits.items() if part.filename == f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"}
            target.writestr(part, _changed(data.decode(), changed).encode() if changed else data)
    return out


def _changed(text: str, cells: dict[str, float | str | None]) -> str:
    for cell, value in cells.items():
        kind, content = ("", "") if value is None else (' t="inlineStr"', f"<is><t>{escape(value)}</t></is>") if isinstance(value, str) else ("", f"<v>{value!r}</v>")
        text, count = re.subn(rf'<c r="{cell}"( s="\d+")?(?: t="\w+")?>(?:<v>[^<]*</v>|<is><t[^>]*>[^<]*</t></is>)</c>', lambda found, kind=kind, content=content, cell=cell: f'<c r="{cell}"{found[1] or ""}{kind}>{content}</c>', text)
        assert count == 1, f"{cell} holds no number or text that a reader could change"
    return text


def recalculated(path: Path, folder: Path) -> Path:
    """The workbook as LibreOffice stores it after computing every formula anew."""
    return check.converted([path], "xlsx", folder)[0]
