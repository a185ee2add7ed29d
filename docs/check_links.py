"""Checks that the links of all Markdown pages and notebooks lead somewhere in this tree: to a file or folder, and to a heading where they name one.

    python docs/check_links.py               every page of the tree
    python docs/check_links.py build/docs/html   the built pages too: their links, and that they load nothing from elsewhere
    python docs/check_links.py --outside     lists the links that lead out of the tree, and checks nothing

Fetches nothing.
"""

from __future__ import annotations

import argparse
import html.parser
import json
import re
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FENCE = re.compile(r"^(```|~~~).*?^\1[ \t]*$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[(?:[^\]\[]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)|<(https?://[^>\s]+)>")
HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t]*#*$", re.MULTILINE)
LOADS = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "video": "src", "object": "data"}


def pages() -> list[Path]:
    """Markdown and notebooks that git knows of, or that lie in the tree where there is no git."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "*.md", "*.ipynb"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        return sorted(ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).exists())
    skipped = {".venv", "build", "out", "dist"}
    return sorted(path for ending in ("md", "ipynb") for path in ROOT.rglob(f"*.{ending}") if path.relative_to(ROOT).parts[0] not in skipped)


def prose(path: Path) -> str:
    """The text of a page without its code."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        text = "\n\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown")
    return re.sub(r"`[^`\n]*`", "``", FENCE.sub("", text))


def anchors(path: Path) -> set[str]:
    """What may stand behind # in a link to this page, as GitHub makes it of headings."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        text = "\n\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown")
    found: set[str] = set()
    for heading in HEADING.findall(FENCE.sub("", text)):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        anchor = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        number = next((n for n in range(1, 99) if f"{anchor}-{n}" not in found), 1)
        found.add(anchor if anchor not in found else f"{anchor}-{number}")
    return found | set(re.findall(r"<a (?:id|name)=\"([^\"]+)\"", text))


def links(path: Path) -> list[str]:
    return [inner or outer for inner, outer in LINK.findall(prose(path))]


def is_outside(link: str) -> bool:
    return bool(urllib.parse.urlsplit(link).scheme)


def fault(page: Path, link: str) -> str | None:
    """What is wrong with a link into the tree, if anything."""
    name, _, anchor = urllib.parse.unquote(link).partition("#")
    target = (page.parent / name).resolve() if name else page
    if not target.is_relative_to(ROOT) or not target.exists():
        return f"{link}: there is no such file"
    if anchor and target.suffix in (".md", ".ipynb") and anchor not in anchors(target):
        return f"{link}: {target.name} has no such heading"
    return None


class Built(html.parser.HTMLParser):
    """What one built page loads, links to and may be linked to by."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        self.ids |= {values[name] for name in ("id", "name") if values.get(name)}
        if tag in LOADS and values.get(LOADS[tag]):
            self.loads.append(values[LOADS[tag]])
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])


def read_built(path: Path) -> Built:
    parser = Built()
    parser.feed(path.read_text(encoding="utf-8"))
    return parser


def built_faults(folder: Path) -> Iterator[str]:
    """Broken links of built pages, and whatever they would load over a network."""
    read = {path.resolve(): read_built(path) for path in sorted(folder.rglob("*.html"))}
    if not read:
        yield f"{folder}: there are no pages"
    for path, page in read.items():
        for link in page.loads + page.links:
            if is_outside(link) or link.startswith("//"):
                if link in page.loads and not link.startswith("data:"):
                    yield f"{path.relative_to(folder.resolve())}: loads {link}"
                continue
            name, _, anchor = urllib.parse.unquote(link.split("?")[0]).partition("#")
            target = (path.parent / name).resolve() if name else path
            if not target.exists() or (anchor and target in read and anchor not in read[target].ids):
                yield f"{path.relative_to(folder.resolve())}: {link} leads nowhere"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Checks the links of the documentation.")
    parser.add_argument("built", nargs="?", type=Path, help="folder of the built pages")
    parser.add_argument("--outside", action="store_true", help="list what leads out of the tree; check nothing")
    options = parser.parse_args(arguments)
    if options.outside:
        for page in pages():
            for link in filter(is_outside, links(page)):
                print(f"{page.relative_to(ROOT)}\t{link}")
        return 0
    faults = [f"{page.relative_to(ROOT)}: {told}" for page in pages() for link in links(page) if not is_outside(link) and (told := fault(page, link))]
    if options.built:
        faults += built_faults(options.built)
    print(*faults, sep="\n", end="\n" if faults else "", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
