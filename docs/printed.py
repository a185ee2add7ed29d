"""Writes what commands print into the pages that show it, so that no page shows numbers of an older model.

    python docs/printed.py MOECAST             runs the commands and rewrites the blocks
    python docs/printed.py MOECAST --check     writes nothing, fails when a block is stale

A block stands behind a comment that says what prints it, and which lines of that where not all are shown (each a regular expression, in any order):

    <!-- printed by: moecast compare baseline no_controls | ^no_controls | cap.gap +2028 -->
    ```
    ...
    ```

Commands run in an empty folder and read nothing but what is shipped.
"""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

DOCS = Path(__file__).resolve().parent
BLOCK = re.compile(r"(<!-- printed by: moecast (?P<words>.*?)(?P<lines>(?: \| .*?)*) -->\n```\n)(?P<text>.*?)(?=^```$)", re.MULTILINE | re.DOTALL)


def output(moecast: Path, words: str) -> str:
    with tempfile.TemporaryDirectory(prefix="moecast-printed-") as folder:
        ran = subprocess.run([moecast, *shlex.split(words)], cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    if ran.returncode:
        sys.exit(f"printed: moecast {words} failed: {ran.stderr.strip()}")
    return ran.stdout


def chosen(text: str, patterns: list[str]) -> str:
    """The lines that match one of the patterns; without patterns all."""
    for pattern in patterns:
        if not re.search(pattern, text, re.MULTILINE):
            sys.exit(f"printed: no line matches {pattern!r}")
    lines = [line for line in text.splitlines() if not patterns or any(re.search(pattern, line) for pattern in patterns)]
    return "\n".join(lines).strip("\n") + "\n"


def renewed(page: str, moecast: Path) -> str:
    """The page with its blocks as the command prints them today."""
    printed: dict[str, str] = {}

    def block(found: re.Match[str]) -> str:
        words = found["words"]
        if words not in printed:
            printed[words] = output(moecast, words)
        return found[1] + chosen(printed[words], [part.strip() for part in found["lines"].split(" | ") if part.strip()])

    return BLOCK.sub(block, page)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Writes what commands print into the pages that show it.")
    parser.add_argument("moecast", type=Path, help="the command")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a block is stale")
    options = parser.parse_args(arguments)
    stale = 0
    for path in sorted(DOCS.glob("*.md")):
        old = path.read_text(encoding="utf-8")
        new = renewed(old, options.moecast.resolve())
        if new != old and options.check:
            print(f"docs/{path.name} shows what the command does not print: run make printed", file=sys.stderr)
            stale = 1
        elif new != old:
            path.write_text(new, encoding="utf-8")
    return stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
