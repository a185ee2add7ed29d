"""How Sphinx makes HTML of these pages (`make docs`). They are read on their own too, so nothing in them is written for Sphinx but index.md (the
contents; the README is put before them) and api.md (the reference is put behind it).

Formulas are plain text with Unicode signs: no page loads anything from elsewhere, and no mathematics is rendered. Nothing is executed here: notebooks are shown
as docs/notebooks.py executed them into the folder `executed_notebooks`, or without that setting as they lie in notebooks/.
"""

import inspect
import re
import warnings
from pathlib import Path

import moecast

DOCS = Path(__file__).resolve().parent

project = "moecast"
author = "the moecast authors"
copyright = "the moecast authors; GPL-3.0-or-later"  # noqa: A001
version = release = moecast.__version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
root_doc = "index"
exclude_patterns = ["**.ipynb_checkpoints"]
html_theme = "furo"
html_title = f"moecast {version}"
html_show_sourcelink = False
html_copy_source = False
html_static_path = ["static"]
html_css_files = ["notebooks.css"]

# ---- pages ----
myst_heading_anchors = 6  # as GitHub makes them
myst_enable_extensions: list[str] = []  # no dollarmath: a dollar is money here
nb_execution_mode = "off"
nb_output_stderr = "remove"
nb_render_markdown_format = "myst"  # what notebooks print as Markdown may be a table
suppress_warnings = [
    "myst.xref_missing",  # links to files outside docs/: check_links.py looks at every link of every page
    "ref.python",  # `paths` in a docstring may be that of several classes
]

# ---- reference ----
autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_typehints = "signature"
autodoc_class_signature = "mixed"
default_role = "py:obj"
python_use_unqualified_type_names = True
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False

SECTIONS = {  # module → title, in the order of reading; modules that are not named here follow by their own names
    "running": "Running", "result": "Results", "replay": "One path", "columns": "Columns", "claims": "Claims", "scenario": "Scenarios", "catalogue": "Catalogue",
    "comparing": "Comparing", "costing": "Cost of a token", "plot": "Plots",
}


def directive(name: str) -> str:
    """The line that documents one public name."""
    thing = getattr(moecast, name)
    if inspect.ismodule(thing):
        return f".. automodule:: {thing.__name__}\n"
    kind = "exception" if inspect.isclass(thing) and issubclass(thing, BaseException) else "class" if inspect.isclass(thing) else "function" if callable(thing) else "data"
    return f".. auto{kind}:: moecast.{name}\n" + ("   :show-inheritance:\n" if kind == "exception" else "")


def home(name: str) -> str:
    """The module of the package a public name comes from; the C module's are errors."""
    thing = getattr(moecast, name)
    module = thing.__name__ if inspect.ismodule(thing) else getattr(thing, "__module__", "moecast")
    return module.split(".")[1] if "." in module else "errors"


def reference() -> str:
    """Every name of moecast.__all__, by the module it comes from."""
    homes = {name: home(name) for name in moecast.__all__}
    order = [*SECTIONS, *sorted(set(homes.values()) - {*SECTIONS, "errors"}), "errors"]
    parts = []
    for module in order:
        names = sorted((name for name in homes if homes[name] == module), key=lambda name: (name[0].isupper(), name))
        if names:
            parts.append(f"## {SECTIONS.get(module, module.replace('_', ' ').capitalize())}\n\n```{{eval-rst}}\n" + "\n".join(map(directive, names)) + "```\n")
    return "\n".join(parts)


def front_page(text: str) -> str:
    """The README with links as they are from here; those to files that are no pages become their text."""
    here = text.replace("](docs/", "](")
    return re.sub(r"(?<!!)\[([^\]]+)\]\((?!https?:|#)([^)]+)\)", lambda link: link[0] if (DOCS / link[2].split("#")[0]).exists() else link[1], here)


def add_generated(app: object, page: str, text: list[str]) -> None:
    """Puts the README before the contents, the reference behind its introduction, and notebooks with outputs in the place of their sources."""
    if page == "index":
        app.env.note_dependency(str(DOCS.parent / "README.md"))
        contents = text[0] if any(DOCS.glob("notebooks/*.ipynb")) else re.sub(r"```\{toctree\}\n:caption: Notebooks\n.*?```\n", "", text[0], flags=re.DOTALL)
        text[0] = front_page((DOCS.parent / "README.md").read_text(encoding="utf-8")) + "\n" + contents
    if page == "api":
        text[0] += "\n" + reference()
    if page.startswith("notebooks/") and app.config.executed_notebooks:
        copy = Path(app.config.executed_notebooks, f"{Path(page).name}.ipynb").resolve()
        app.env.note_dependency(str(copy))
        text[0] = copy.read_text(encoding="utf-8")


def setup(app: object) -> None:
    warnings.filterwarnings("ignore", category=DeprecationWarning)  # of Sphinx's own extensions
    app.add_config_value("executed_notebooks", "", "env", types=[str])
    app.connect("source-read", add_generated)
