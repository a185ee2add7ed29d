"""The pages: links lead somewhere, every public name is explained and has its place in the reference, HTML is built without a warning and needs no network."""

from __future__ import annotations

import importlib.util
import inspect
import json
import re
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from types import ModuleType

import pytest

moecast = pytest.importorskip("moecast", reason="the package is not installed: make python")
ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"docs_{name}", DOCS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def links() -> ModuleType:
    return script("check_links")


# ---- links ---------------------------------------------------------------------------------------------------------------------------------------


def test_every_link_of_every_page_leads_somewhere(links, capsys):
    assert {ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "scenarios/README.md", DOCS / "model.md"} <= set(links.pages())
    assert links.main([]) == 0, capsys.readouterr().err


def test_broken_links_are_found(links, monkeypatch, tmp_path):
    monkeypatch.setattr(links, "ROOT", tmp_path)
    (tmp_path / "there.md").write_text("# A heading, with `code` & more\n\n## Twice\n\n## Twice\n")
    page = tmp_path / "page.md"
    good = ["there.md", "there.md#a-heading-with-code--more", "there.md#twice-1", "#here"]
    bad = ["gone.md", "there.md#twice-2", "#nowhere", "../outside.md"]
    page.write_text("# Here\n\n" + " ".join(f"[see [this]]({link})" for link in good + bad) + "\n\n```\n[no](link.md)\n```\n`[nor](this.md)` [out](https://example.org/x)\n")
    assert links.links(page) == [*good, *bad, "https://example.org/x"]
    assert [link for link in good + bad if links.fault(page, link)] == bad
    notebook = tmp_path / "book.ipynb"
    notebook.write_text(json.dumps({"cells": [{"cell_type": "markdown", "source": ["# Title\n", "[a](there.md)"]}, {"cell_type": "code", "source": "[b](no.md)"}]}))
    assert links.links(notebook) == ["there.md"] and links.anchors(notebook) == {"title"}


def test_built_pages_that_load_from_elsewhere_are_found(links, tmp_path):
    (tmp_path / "a.html").write_text('<p id="x"></p><script src="https://cdn.example.org/y.js"></script><img src="no.png"><a href="#x"></a><a href="#z"></a><a href="https://example.org"></a>')
    assert list(links.built_faults(tmp_path)) == ["a.html: loads https://cdn.example.org/y.js", "a.html: no.png leads nowhere", "a.html: #z leads nowhere"]


# ---- docstrings ----------------------------------------------------------------------------------------------------------------------------------


def public_members(thing: type) -> list[str]:
    """Methods and properties of a class of ours, those of its bases outside the package left out."""
    own = [base for base in thing.__mro__ if base.__module__.split(".")[0] == "moecast"]
    return [name for base in own for name, value in vars(base).items() if not name.startswith("_") and (callable(value) or isinstance(value, (property, classmethod, staticmethod)))]


def test_every_public_name_and_method_has_a_docstring():
    bare = []
    for name in moecast.__all__:
        thing = getattr(moecast, name)
        for member in ["", *(public_members(thing) if inspect.isclass(thing) else [])]:
            if not inspect.getdoc(getattr(thing, member) if member else thing):
                bare.append(f"{name}.{member}".rstrip("."))
    assert not bare


def test_every_public_name_stands_once_in_the_reference():
    reference = script("conf").reference()
    named = re.findall(r"^\.\. auto\w+:: moecast\.([\w.]+)$", reference, re.MULTILINE)
    assert sorted(named) == sorted(getattr(moecast, name).__name__.partition(".")[2] if inspect.ismodule(getattr(moecast, name)) else name for name in moecast.__all__)


# ---- HTML ----------------------------------------------------------------------------------------------------------------------------------------


def notebook_with_output() -> dict:
    """Saved with an output that running it would not give."""
    output = {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": ["'saved, not run'"]}}
    cells = [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["# A notebook\n", "\n", "It costs $5 or $6: see [the model](../model.md#3-capability-points-of-the-epoch-capabilities-index)."]},
        {"cell_type": "code", "id": "b", "metadata": {}, "execution_count": 1, "outputs": [output], "source": ["1 + 1"]},
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """The pages as HTML, with a notebook more."""
    for package in ("sphinx", "myst-nb", "furo"):
        if not list(metadata.distributions(name=package)):
            pytest.skip(f"`make docs` needs {package}: make test-slow installs it")
    tree = tmp_path_factory.mktemp("docs")
    shutil.copytree(DOCS, tree / "docs", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "README.md", tree)
    (tree / "scenarios").symlink_to(ROOT / "scenarios")
    (tree / "docs/notebooks").mkdir(exist_ok=True)
    (tree / "docs/notebooks/zz_test.ipynb").write_text(json.dumps(notebook_with_output()))
    words = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "-d", tree / "doctrees", tree / "docs", tree / "html"]
    ran = subprocess.run(words, capture_output=True, text=True, check=False, timeout=300, cwd=tree)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return tree / "html"


@pytest.mark.slow
def test_built_pages_hold_together_and_load_nothing_from_elsewhere(built, links):
    pages = {path.relative_to(built).as_posix() for path in built.rglob("*.html")}
    assert {f"{path.relative_to(DOCS).with_suffix('.html').as_posix()}" for path in [*DOCS.glob("*.md"), *DOCS.glob("tables/*.md")]} <= pages
    assert not list(links.built_faults(built))


@pytest.mark.slow
def test_the_reference_explains_every_name_and_member(built):
    page = (built / "api.html").read_text()
    ids = set(re.findall(r'id="(moecast\.[\w.]+)"', page))
    wanted = {f"moecast.{name}" for name in moecast.__all__ if not inspect.ismodule(getattr(moecast, name))}
    for name in moecast.__all__:
        thing = getattr(moecast, name)
        if inspect.isclass(thing) and not issubclass(thing, BaseException):
            wanted |= {f"moecast.{name}.{member}" for member in vars(thing) if member in public_members(thing) and not member.startswith("_")}
    assert wanted <= ids, sorted(wanted - ids)


@pytest.mark.slow
def test_formulas_money_keys_and_notebooks_are_shown_as_they_were_written(built):
    model = re.sub(r"<[^>]+>", "", (built / "model.html").read_text())
    assert "C($M)" in model and "A₀ + (ln(train_share·I/100) + θ_tr y)/.23" in model
    keys = (built / "scenario-format.html").read_text()
    assert all(f">{key}<" in keys for key in ("cost.elec_us", "levers.plus_price"))
    notebook = re.sub(r"<[^>]+>", "", (built / "notebooks/zz_test.html").read_text())
    assert "saved, not run" in notebook.replace("&#39;", "'") and "costs $5 or $6" in notebook
