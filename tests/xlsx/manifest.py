"""The structure of a workbook in words: what a reader finds where, without the numbers that a run puts there.

    python tests/xlsx/manifest.py REPORT.xlsx > tests/xlsx/manifest.txt

Sheets in order with their page set-up, column widths, filters, links, drop-downs and marks; tables by their heads; the pattern of values and formulas row by row; formulas, those that
differ by place alone told once; charts with their kind, titles, axes and the cells of each series; defined names. Read from the XML itself, so that nothing hides
behind a library's idea of a workbook. Numbers and sentences made from them are left out: they are a run's, and other tests hold them against it.
"""

from __future__ import annotations

import re
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
PLACE = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
HEAD_FILL = "FF1F3A5F"
LONGEST = 110  # of a formula; what is cut is told by a checksum
REFERENCE = re.compile(r"(?<![A-Za-z_.\d])(\$?)([A-Z]{1,3})(\$?)(\d+)(?![\d(A-Za-z_])")


class Parts:
    """A workbook's parts and how they refer to one another."""

    def __init__(self, path: Path) -> None:
        self.archive = zipfile.ZipFile(path)
        self.names = set(self.archive.namelist())

    def tree(self, name: str) -> ElementTree.Element:
        return ElementTree.fromstring(self.archive.read(name))

    def related(self, name: str) -> dict[str, str]:
        folder, _, file = name.rpartition("/")
        links = f"{folder}/_rels/{file}.rels"
        if links not in self.names:
            return {}
        return {node.get("Id", ""): str((Path("/") / folder / node.get("Target", "")).resolve())[1:] for node in self.tree(links)}


def number_of(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number


def letters_of(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def relative(formula: str, row: int, column: int) -> str:
    """The formula with references as steps from its cell, so that one that was filled down or across reads the same everywhere."""

    def stepped(found: re.Match[str]) -> str:
        down, across = int(found[4]) - row, number_of(found[2]) - column
        return f"R{found[4] if found[3] else f'[{down}]'}C{found[2] if found[1] else f'[{across}]'}"

    parts = re.split(r"""("[^"]*"|'[^']*'!)""", formula)
    return "".join(part if index % 2 else REFERENCE.sub(stepped, part) for index, part in enumerate(parts))


def styles_of(parts: Parts) -> tuple[set[str], dict[str, str]]:
    """Styles that head tables, and what each makes of a number."""
    root = parts.tree("xl/styles.xml")
    fills = [fill.find(f"{MAIN}patternFill/{MAIN}fgColor") for fill in root.find(f"{MAIN}fills") or []]
    formats = {node.get("numFmtId", ""): node.get("formatCode", "") for node in root.iter(f"{MAIN}numFmt")}
    heads, shown = set(), {}
    for index, style in enumerate(root.find(f"{MAIN}cellXfs") or []):
        fill = fills[int(style.get("fillId", 0))]
        if fill is not None and fill.get("rgb") == HEAD_FILL:
            heads.add(str(index))
        shown[str(index)] = formats.get(style.get("numFmtId", "0"), "General")
    return heads, shown


def strings_of(parts: Parts) -> list[str]:
    return ["".join(node.text or "" for node in item.iter(f"{MAIN}t")) for item in parts.tree("xl/sharedStrings.xml")]


class Cell:
    def __init__(self, node: ElementTree.Element, strings: list[str]) -> None:
        letters, digits = re.fullmatch(r"([A-Z]+)(\d+)", node.get("r", "")).groups()
        self.row, self.column, self.place = int(digits), number_of(letters), letters + digits
        self.style = node.get("s", "0")
        self.formula = node.findtext(f"{MAIN}f")
        value = node.findtext(f"{MAIN}v")
        self.text = strings[int(value or 0)] if node.get("t") == "s" else node.findtext(f"{MAIN}is/{MAIN}t")
        self.kind = "f" if self.formula is not None else "v" if value is not None or self.text is not None else " "


def runs(rows: list[tuple[int, str]]) -> Iterator[str]:
    """Rows of one pattern that follow one another, as one."""
    for (_, pattern), group in groupby(enumerate(rows), key=lambda item: (item[1][0] - item[0], item[1][1])):
        numbers = [row for _, (row, _) in group]
        yield f"  row {numbers[0]}: {pattern}" if len(numbers) == 1 else f"  rows {numbers[0]}–{numbers[-1]}: {pattern}"


def pattern_of(cells: list[Cell]) -> str:
    row = [" "] * max(cell.column for cell in cells)
    for cell in cells:
        row[cell.column - 1] = cell.kind
    letters = ((kind, len(list(group))) for kind, group in groupby("".join(row).rstrip()))
    return "".join(f"{'·' if kind == ' ' else kind}{count if count > 1 else ''}" for kind, count in letters)


def table_lines(rows: list[list[Cell]], heads: set[str]) -> Iterator[str]:
    for cells in rows:
        titles = [cell for cell in cells if cell.style in heads and cell.text is not None]
        if titles:
            yield f"  table at {titles[0].place}: " + " | ".join((cell.text or "").replace("\n", " ") for cell in titles)


def format_lines(rows: list[list[Cell]], shown: dict[str, str]) -> Iterator[str]:
    """How numbers are shown, by column: their decimals follow a run's errors and are left out."""
    kinds: dict[str, set[str]] = {}
    for cells in rows:
        for cell in cells:
            if cell.kind != " " and cell.text is None and shown[cell.style] != "General":
                kinds.setdefault(re.sub(r"0\.0+", "0", shown[cell.style]).split(";")[0].replace('"', ""), set()).add(cell.place.rstrip("0123456789"))
    for kind in sorted(kinds):
        yield f"  numbers as {kind} in columns {' '.join(sorted(kinds[kind], key=number_of))}"


def formula_lines(rows: list[list[Cell]]) -> Iterator[str]:
    first: dict[str, str] = {}
    count: Counter[str] = Counter()
    for cells in rows:
        for cell in cells:
            if cell.formula is not None:
                said = relative(cell.formula, cell.row, cell.column)
                first.setdefault(said, cell.place)
                count[said] += 1
    for said, place in first.items():
        short = said if len(said) <= LONGEST else f"{said[:LONGEST]}… ({zlib.crc32(said.encode()):08x})"
        yield f"  formula at {place}{f', {count[said]} times' if count[said] > 1 else ''}: {short}"


def setup_lines(root: ElementTree.Element) -> Iterator[str]:
    """All that a sheet has beside cells: what stands before them and after them, element by element."""
    skipped = {"sheetData", "drawing", "hyperlinks", "dimension", "rowBreaks", "dataValidations"}
    for node in root:
        name = node.tag.removeprefix(MAIN)
        if name in skipped:
            continue
        told = [f"{key.rpartition('}')[2]}={value}" for item in node.iter() for key, value in item.attrib.items() if not key.endswith("uid")]
        texts = [item.text for item in node.iter() if item.text and item.text.strip()]
        yield f"  {name}: {' '.join(told + texts)}"
    rules: dict[str, list[str]] = {}
    for rule in root.iter(f"{MAIN}dataValidation"):
        limits = [rule.findtext(f"{MAIN}formula{n}") for n in (1, 2)]
        rules.setdefault(f"{rule.get('type')} {' … '.join(limit for limit in limits if limit)} ({rule.get('prompt')})", []).append(rule.get("sqref", ""))
    yield from (f"  allowed in {' '.join(cells)}: {rule}" for rule, cells in rules.items())
    targets = [node.get("location", "").rpartition("!")[0].strip("'") for node in root.iter(f"{MAIN}hyperlink")]
    if targets:
        yield f"  links: {', '.join(f'{target} ({count})' if count > 1 else target for target, count in Counter(targets).items())}"
    breaks = [node.get("id", "") for node in root.iter(f"{MAIN}brk")]
    if breaks:
        yield f"  pages end after rows {' '.join(breaks)}"


def title_of(node: ElementTree.Element | None) -> str:
    return "".join(text.text or "" for text in node.iter(f"{DRAWING}t")) if node is not None else ""


def series_lines(plot: ElementTree.Element) -> Iterator[str]:
    """Its series by the cells they draw; those over the same categories, as the six of a fan, in one line."""
    kind, drawn = plot.tag.removeprefix(CHART).removesuffix("Chart"), []
    for series in plot.findall(f"{CHART}ser"):
        name = series.findtext(f"{CHART}tx//{CHART}v") or series.findtext(f"{CHART}tx//{CHART}f") or "unnamed"
        over, values = (next((cells for part in parts if (cells := series.findtext(f"{CHART}{part}//{CHART}f"))), "") for parts in (("cat", "xVal"), ("val", "yVal")))
        drawn.append((over, f"{name} {values}"))
    for over, group in groupby(drawn, key=lambda item: item[0]):
        yield f"    {kind} over {over}: {', '.join(said for _, said in group)}"


def chart_lines(parts: Parts, drawing: str) -> Iterator[str]:
    related = parts.related(drawing)
    for anchor in parts.tree(drawing):
        start, end = (anchor.find(f"{PLACE}{side}") for side in ("from", "to"))
        place = ":".join(letters_of(int(side.findtext(f"{PLACE}col", "0")) + 1) + str(int(side.findtext(f"{PLACE}row", "0")) + 1) for side in (start, end))
        root = parts.tree(related[anchor.find(f".//{CHART}chart").get(f"{LINK}id")])
        axes = [f"{title_of(axis.find(f'{CHART}title')) or 'no title'}{' (log)' if axis.find(f'{CHART}scaling/{CHART}logBase') is not None else ''}" for kind in ("catAx", "dateAx", "valAx") for axis in root.iter(CHART + kind)]
        told = bool(anchor.find(f".//{PLACE}cNvPr").get("descr"))
        yield f"  chart over {place}: {title_of(root.find(f'{CHART}chart/{CHART}title'))}; axes: {', '.join(axes)}{'' if told else '; WITHOUT A TEXT FOR THE BLIND'}"
        for plot in root.find(f"{CHART}chart/{CHART}plotArea"):
            yield from series_lines(plot)


def sheet_lines(parts: Parts, name: str, part: str, strings: list[str], heads: set[str], shown: dict[str, str]) -> Iterator[str]:
    root = parts.tree(part)
    rows = [[Cell(cell, strings) for cell in row] for row in root.find(f"{MAIN}sheetData") or []]
    rows = [row for row in rows if row]
    yield f"sheet {name}"
    yield from setup_lines(root)
    yield from table_lines(rows, heads)
    yield from format_lines(rows, shown)
    yield from runs([(cells[0].row, pattern_of(cells)) for cells in rows if pattern_of(cells)])
    yield from formula_lines(rows)
    drawing = root.find(f"{MAIN}drawing")
    if drawing is not None:
        yield from chart_lines(parts, parts.related(part)[drawing.get(f"{LINK}id")])


def manifest(path: Path, only: str = "") -> list[str]:
    """Of all sheets, or of one."""
    parts = Parts(path)
    strings, (heads, shown) = strings_of(parts), styles_of(parts)
    book = parts.tree("xl/workbook.xml")
    related = parts.related("xl/workbook.xml")
    lines = []
    for sheet in book.iter(f"{MAIN}sheet"):
        if only in ("", sheet.get("name")):
            lines += [*sheet_lines(parts, sheet.get("name", ""), related[sheet.get(f"{LINK}id")], strings, heads, shown), ""]
    lines.append("names")
    lines += [f"  {node.get('name')}: {node.text}" for node in book.iter(f"{MAIN}definedName")]
    return lines


if __name__ == "__main__":
    print("\n".join(manifest(Path(sys.argv[1]))))
