"""No number in the prose that no run has said: printed blocks are what the commands print today, and numbers in sentences stand in such a block, in a table made by
a script, or are declared here with what they are (a limit, a level, a name)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MOECAST = Path(os.environ.get("MOECAST_BIN", ROOT / "build" / "moecast"))
NUMBER = re.compile(r"(?<![\w.@/#-])\d+(?:[.,]\d+)*(?![\w/]|-\d)(?: ?%| points| ± [\d.]+ points)?")

LEVELS = {"5": "level", "95": "level"}
DECLARED = {  # page → number → what it is; a measured number has no place here
    "README.md": {"12": "of Debian", "0": "exit code", "1": "exit code", "2": "exit code", "3": "exit code", "4": "exit code", "130": "exit code", **LEVELS},
    "docs/python.md": {"3.11": "least Python", "3": "of Python", "2,000": "default of keep=", "6": "limit of stories", "90": "level"},
    "docs/batch.md": {
        "64": "limit of sheets", "100,000": "limit of paths side by side", "0": "exit code", "1": "exit code", "2": "exit code",
        "4": "exit code", "130": "exit code", **LEVELS,
    },
    "docs/compare.md": {
        "17": "a path", "4000": "default of --paths", "4,000": "default of --paths", "20260831": "the baseline's seed", "0": "no difference, exit code", "1": "exit code",
        "6": "limit of groups", "64": "limit of scenarios", "16": "default of --orders", "2": "exit code", "4": "exit code", "90": "level", **LEVELS,
    },
    "docs/sampling.md": {
        "64": "limit of replicates", "16": "default of replicates, months of a segment", "256": "months of the bridges, bins of a replicate", "30": "volume of a journal", "2635": "its page",
        "2654": "its page", "32": "bits of a point", "1,000,000": "limit of paths", "4,096": "first round",
        "2,000": "seeds of test_coverage.c", "93": "its bound", "97": "its bound", "100": "in a hundred", "95": "level",
    },
    "docs/path.md": {},
}
PAGES = [*DECLARED]


def blocks(text: str) -> str:
    return "\n".join(re.findall(r"^```.*?^```", text, re.MULTILINE | re.DOTALL))


def sentences(text: str) -> str:
    """The page without code, comments and the targets of links."""
    for pattern in (r"^```.*?^```", r"<!--.*?-->", r"``[^`]*``|`[^`\n]*`", r"\]\([^)]*\)"):
        text = re.sub(pattern, " ", text, flags=re.MULTILINE | re.DOTALL)
    return text


def values(text: str) -> list[float]:
    return [float(number.replace(",", "")) for number in re.findall(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?", text) if number.strip(",")]


def is_rounding_of(words: str, known: list[float]) -> bool:
    """Whether a known number, or its hundredfold where it is a percentage, is written so with as many places."""
    digits = bare(words).replace(",", "")
    scales = (1.0,) if digits == words.replace(",", "") else (1.0, 100.0)
    return any(f"{scale * value:.{len(digits.partition('.')[2])}f}" == digits for value in known for scale in scales)


def bare(words: str) -> str:
    return re.match(r"[\d.,]*\d", words).group()


def printed(page: str) -> list[float]:
    """Numbers of the page's blocks, and of the tables it links to."""
    text = (ROOT / page).read_text()
    tables = [(ROOT / page).parent / link for link in re.findall(r"\]\(((?:docs/)?tables/[\w.]+\.md)", text)]
    return values(blocks(text)) + [value for table in tables for value in values(table.read_text())]


def bare_numbers(page: str) -> list[str]:
    found = NUMBER.findall(sentences((ROOT / page).read_text()))
    return [words for words in found if not re.fullmatch(r"(19|20)\d\d", words)]  # years


@pytest.mark.parametrize("page", PAGES)
def test_numbers_in_sentences_come_from_a_run_or_are_declared(page):
    known = printed(page)
    unknown = [number for number in bare_numbers(page) if bare(number) not in DECLARED[page] and not is_rounding_of(number, known)]
    assert not unknown, f"{page}: {unknown} stand in no printed block; print them, or declare what they are"


@pytest.mark.parametrize("page", PAGES)
def test_every_declared_number_is_used(page):
    unused = set(DECLARED[page]) - {bare(number) for number in bare_numbers(page)}
    assert not unused, f"{page}: {sorted(unused)} are not on the page"


def test_a_number_that_nothing_printed_is_found(tmp_path, monkeypatch):
    (tmp_path / "page.md").write_text("It costs 0.81 of that, 12.3 % less, 81 times.\n\n```\ncost 0.8066 0.1234\n```\n\nAnd 7.5 more.\n")
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    known = printed("page.md")
    assert [number for number in bare_numbers("page.md") if not is_rounding_of(number, known)] == ["81", "7.5"]


@pytest.mark.slow
def test_printed_blocks_are_what_the_commands_print_today():
    if not MOECAST.exists():
        pytest.skip(f"{MOECAST} is not built; set MOECAST_BIN")
    marked = sum(page.read_text().count("<!-- printed by: ") for page in (ROOT / "docs").glob("*.md"))
    ran = subprocess.run([sys.executable, ROOT / "docs" / "printed.py", MOECAST, "--check"], capture_output=True, text=True, check=False, timeout=300)
    assert marked >= 4 and ran.returncode == 0, ran.stderr
