"""The notebooks: committed without outputs, said in numbers only what code prints, and run without an error, a warning or a file left behind."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest
import yaml

moecast = pytest.importorskip("moecast", reason="the package is not installed: make python")
nbformat = pytest.importorskip("nbformat")
ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))
EXECUTED = ROOT / "build" / "docs" / "notebooks"  # where `make docs` looks: what runs here need not run there
NUMBER = re.compile(r"(?<![\w.@/#-])\d+(?:[.,]\d+)*(?![\w/]|-\d)")
DECLARED: dict[str, dict[str, str]] = {  # notebook → number in its sentences → what it is; a measured number has no place here
}


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"docs_{name}", ROOT / "docs" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def notebooks() -> ModuleType:
    pytest.importorskip("nbclient")
    return script("notebooks")


def sentences(source: Path) -> str:
    """Markdown of a notebook without code and the targets of links."""
    text = "\n\n".join(cell.source for cell in nbformat.read(source, as_version=4).cells if cell.cell_type == "markdown")
    for pattern in (r"^```.*?^```", r"`[^`\n]*`", r"\]\([^)]*\)"):
        text = re.sub(pattern, " ", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"^ *\d+\. ", "", text, flags=re.MULTILINE)  # numbers of a list


def numbers(text: str) -> set[str]:
    return {number.replace(",", "") for number in NUMBER.findall(text)}


def asked(source: Path) -> set[str]:
    """Numbers that a notebook's code chooses, shares as percentages too, and those in the words of the claims under study."""
    code = "\n".join(cell.source for cell in nbformat.read(source, as_version=4).cells if cell.cell_type == "code").replace("_", "")
    chosen = re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?:e\d+)?", code)
    claims = yaml.safe_load((ROOT / "scenarios" / "claims.yaml").read_text(encoding="utf-8"))["claims"].values()
    words = " ".join(text for claim in claims for text in [claim["statement"], *(reading["title"] for reading in claim["readings"].values())])
    return numbers(words) | {f"{scale * float(number):.6g}" for number in chosen for scale in (1, 100)}


def untold(source: Path) -> set[str]:
    """Numbers in sentences that are no years, were not chosen or asked about, and are not declared."""
    known = asked(source) | set(DECLARED.get(source.name, {}))
    return {number for number in numbers(sentences(source)) if number not in known and not re.fullmatch(r"(19|20)\d\d", number)}


# ---- as they are committed -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_notebook_is_committed_without_outputs_with_lasting_ids_and_a_title(source, notebooks):
    assert list(notebooks.source_faults(source)) == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_links_of_a_notebook_lead_somewhere(source):
    links = script("check_links")
    assert [fault for link in links.links(source) if not links.is_outside(link) and (fault := links.fault(source, link))] == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_sentences_of_a_notebook_hold_no_number_that_code_should_print(source):
    assert not untold(source), f"{source.name}: {sorted(untold(source))}: let code print them, or declare what they are"


def cell(kind: str, name: str, source: str) -> dict:
    return {"cell_type": kind, "id": name, "metadata": {}, "source": source} | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def written(path: Path, *cells: dict, kernel: str = "python3") -> Path:
    content = {"cells": list(cells), "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": kernel}}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(content))
    return path


def test_faults_of_a_notebook_as_committed_are_found(notebooks, tmp_path):
    good = written(tmp_path / "good.ipynb", cell("markdown", "title", "# A title"), cell("code", "one", "1"))
    assert list(notebooks.source_faults(good)) == []
    ran = cell("code", "1a2b3c4d", "1") | {"execution_count": 1}
    bad = written(tmp_path / "bad.ipynb", cell("markdown", "title", "No title"), ran, kernel="julia")
    assert [fault.split(";")[0].split(":")[-1].strip() for fault in notebooks.source_faults(bad)] == [
        "its kernelspec is not python3", "does not begin with a title", "its id is a random one", "has outputs",
    ]  # fmt: skip


def test_a_number_in_a_sentence_that_no_code_chose_is_found(tmp_path):
    words = "# T\n\nWith 4,000 paths to 2028 we ask for 60 % and 5 % ([here](a2.md)). It is 12.3 % ± 0.4 %, `7` times.\n\n1. first"
    source = written(tmp_path / "book.ipynb", cell("markdown", "title", words), cell("code", "run", "run(paths=4_000, level=0.05)"))
    assert untold(source) == {"12.3", "0.4"}


def test_what_needs_a_live_kernel_is_replaced_by_a_sentence(notebooks):
    output = nbformat.v4.new_output("display_data", {notebooks.WIDGET: {"model_id": "x"}, "text/plain": "VBox(...)"})
    with_picture = nbformat.v4.new_output("display_data", {notebooks.WIDGET: {"model_id": "x"}, "image/png": "eA=="})
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x", outputs=[output, with_picture])], metadata={"widgets": {"state": {}}})
    notebooks.without_widgets(notebook)
    assert set(output.data) == {"text/plain", "text/html"} and set(with_picture.data) == {"image/png"} and "widgets" not in notebook.metadata


# ---- executed --------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_notebook_runs_without_error_warning_or_file_left_behind(source, notebooks):
    notebook, _ = notebooks.executed(source, EXECUTED)
    assert list(notebooks.faults(notebook)) == []


@pytest.mark.slow
def test_a_copy_is_kept_until_its_notebook_changes_and_a_faulty_one_is_not_kept(notebooks, tmp_path):
    into = tmp_path / "into"
    source = written(tmp_path / "book.ipynb", cell("markdown", "title", "# T"), cell("code", "one", "import sys, moecast; print(sys.executable, moecast.__file__)"))
    notebook, made = notebooks.executed(source, into)
    assert made and list(notebooks.faults(notebook)) == []
    assert notebook.cells[1].outputs[0].text.split() == [notebooks.sys.executable, moecast.__file__]
    assert not notebooks.executed(source, into)[1]
    written(source, *(cell("code", name, "import moecast\nmoecast.plot.pareto('deepseek-v3', 'h200');") for name in ("first", "second")))
    assert ["image/png" in shown.outputs[0].data for shown in notebooks.executed(source, into)[0].cells] == [True, True]
    faulty = "import warnings; warnings.warn('careful'); open('left.txt', 'w').close(); 1 / 0"
    written(source, cell("markdown", "title", "# T"), cell("code", "two", faulty))
    found = list(notebooks.faults(notebooks.executed(source, into)[0]))
    assert len(found) == 3 and "careful" in found[0] and "ZeroDivisionError" in found[1] and found[2] == "left files behind: left.txt"
    assert not list(into.iterdir())
