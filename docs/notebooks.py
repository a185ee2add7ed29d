"""Executes the notebooks of docs/notebooks/ and checks what comes out. Their sources have no outputs; the pages (`make docs`) show the executed copies.

    python docs/notebooks.py build/docs/notebooks            every notebook
    python docs/notebooks.py build/docs/notebooks 01-*.ipynb   those whose names match

A copy that was made from the same notebook by the same package is kept.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import matplotlib.font_manager  # noqa: F401  (lists the fonts now, so that no notebook is told that it takes a while)
import moecast
import nbclient
import nbformat
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec

FOLDER = Path(__file__).resolve().parent / "notebooks"
CELL_LIMIT_S = 120
NOTEBOOK_LIMIT_S = 60
WIDGET = "application/vnd.jupyter.widget-view+json"
WIDGET_NOTE = "<p><em>Here the running notebook has something to move. It needs Python behind it: open the notebook to use it.</em></p>"


class ThisPython(AsyncKernelManager):
    """A kernel of the Python that runs this file, whatever kernels are installed."""

    @property
    def kernel_spec(self) -> KernelSpec:
        return KernelSpec(argv=[sys.executable, "-m", "ipykernel_launcher", "--log-level=ERROR", "-f", "{connection_file}"], display_name="Python 3", language="python")


def sources() -> list[Path]:
    return sorted(FOLDER.glob("*.ipynb"))


def package_key() -> str:
    """Revision, version and content of the installed package."""
    digest = hashlib.sha256(f"{moecast._core.version} {moecast._core.revision}".encode())
    home = Path(moecast.__file__).resolve().parent
    for path in sorted(home.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.relative_to(home).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def key(source: Path) -> str:
    """What an executed copy depends on."""
    return hashlib.sha256(source.read_bytes() + package_key().encode()).hexdigest()


def source_faults(source: Path) -> Iterator[str]:
    """What is wrong with a notebook as it is committed."""
    notebook = nbformat.reads(source.read_text(encoding="utf-8"), as_version=nbformat.NO_CONVERT)
    if (notebook.nbformat, notebook.nbformat_minor) != (4, 5):
        yield f"is of format {notebook.nbformat}.{notebook.nbformat_minor}, not 4.5"
        return
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        yield f"is no valid notebook: {error.message}"
        return
    if notebook.metadata.get("kernelspec", {}).get("name") != "python3":
        yield "its kernelspec is not python3"
    if not notebook.cells or notebook.cells[0].cell_type != "markdown" or not re.match(r"# \S", notebook.cells[0].source):
        yield "does not begin with a title"
    if len({cell.id for cell in notebook.cells}) < len(notebook.cells):
        yield "has two cells of one id"
    for cell in notebook.cells:
        if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f-]{27})?", cell.id):
            yield f"cell {cell.id}: its id is a random one; give it a word that stays"
        if cell.cell_type == "code" and (cell.outputs or cell.execution_count is not None):
            yield f"cell {cell.id}: has outputs; clear them before the notebook is committed"


def without_widgets(notebook: nbformat.NotebookNode) -> None:
    """Puts a sentence in the place of what only a live kernel can show: a page would load scripts for it from elsewhere."""
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if WIDGET in output.get("data", {}):
                del output.data[WIDGET]
                if set(output.data) <= {"text/plain"}:
                    output.data["text/html"] = WIDGET_NOTE


def faults(notebook: nbformat.NotebookNode) -> Iterator[str]:
    """What went wrong in an executed notebook."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                yield f"cell {cell.id}: {output.ename}: {output.evalue}"
            elif output.output_type == "stream" and output.name == "stderr":
                yield f"cell {cell.id}: wrote to standard error: {output.text.strip()}"
    made = notebook.metadata.moecast
    if made.seconds > NOTEBOOK_LIMIT_S:
        yield f"took {made.seconds:.0f} s, more than {NOTEBOOK_LIMIT_S}"
    if made.left_behind:
        yield f"left files behind: {', '.join(made.left_behind)}"


def run(source: Path) -> nbformat.NotebookNode:
    """The notebook with its outputs, executed in an empty folder; an error ends it and is one of its outputs."""
    notebook = nbformat.reads(source.read_text(encoding="utf-8"), as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        work, home = Path(folder, "work"), Path(folder, "ipython")
        work.mkdir()
        home.mkdir()
        manager = ThisPython()
        client = nbclient.NotebookClient(notebook, km=manager, timeout=CELL_LIMIT_S, resources={"metadata": {"path": str(work)}}, store_widget_state=False)
        begin = time.monotonic()
        try:
            client.execute(env={**os.environ, "IPYTHONDIR": str(home), "PYTHONWARNINGS": "default"})
        except nbclient.exceptions.CellExecutionError:
            pass  # told by faults()
        seconds = time.monotonic() - begin
        left_behind = sorted(path.name for path in work.iterdir())
    without_widgets(notebook)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # the hour it ran at
    notebook.metadata["moecast"] = {"key": key(source), "seconds": round(seconds, 1), "left_behind": left_behind}
    return notebook


def executed(source: Path, into: Path) -> tuple[nbformat.NotebookNode, bool]:
    """The executed copy, from `into` when it holds one of the same key, and whether it had to be made. A faulty one is not kept."""
    copy = into / source.name
    if copy.exists():
        notebook = nbformat.read(copy, as_version=4)
        if notebook.metadata.get("moecast", {}).get("key") == key(source):
            return notebook, False
    notebook = run(source)
    into.mkdir(parents=True, exist_ok=True)
    draft = copy.with_suffix(f".{os.getpid()}")
    if any(faults(notebook)):
        copy.unlink(missing_ok=True)
    else:
        nbformat.write(notebook, draft)
        draft.replace(copy)
    return notebook, True


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Executes the notebooks of docs/notebooks/.")
    parser.add_argument("into", type=Path, help="folder of the executed copies")
    parser.add_argument("names", nargs="*", help="patterns of names; all notebooks without")
    options = parser.parse_args(arguments)
    chosen = [source for source in sources() if not options.names or any(source.match(name) for name in options.names)]
    wrong = 0
    for source in chosen:
        found = list(source_faults(source))
        if not found:
            notebook, made = executed(source, options.into)
            found = list(faults(notebook))
            print(f"  notebook {source.name}: {notebook.metadata.moecast.seconds:.0f} s" if made else f"  notebook {source.name}: as it was")
        print(*(f"{source.name}: {fault}" for fault in found), sep="\n", end="\n" if found else "", file=sys.stderr)
        wrong += len(found)
    for copy in options.into.glob("*.ipynb"):
        if not (FOLDER / copy.name).exists():
            copy.unlink()
    return 1 if wrong or not chosen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
