"""The benchmark of workbooks in little: every writer makes the same cells, every row is whole, the page's sections stay apart."""

import importlib.util
import json
import os
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(os.environ.get("MOECAST_BIN", HERE.parents[1] / "build" / "moecast")).parent
sys.path.insert(0, str(HERE))
import page


@pytest.mark.slow
def test_writers_make_the_same_table(tmp_path):
    if not (BUILD / "bench" / "sheet").exists():
        pytest.skip("the benchmark's programs are not built (make bench-programs)")
    if importlib.util.find_spec("xlsxwriter") is None:
        pytest.skip("XlsxWriter is not installed (make test-slow installs it)")
    done = subprocess.run([sys.executable, HERE / "sheets.py", BUILD, "--quick", "--out", tmp_path / "out.json"], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    said = json.loads((tmp_path / "out.json").read_text())
    assert [row["who"] for row in said["writers"]] == ["ours", "xlsxwriter", "pandas-xlsxwriter", "pandas-openpyxl"]
    assert all(row[key] > 0 for row in said["writers"] for key in ("processor", "wall", "peak_mb", "file_mb"))
    assert said["report"]["processor"] > 0


def test_sections_of_the_page_are_replaced_one_by_one(tmp_path):
    path = tmp_path / "page.md"
    path.write_text("# Time\n\ntext\n\n## Benchmark\n\nold\n\n## Workbooks\n\nold\n", encoding="utf-8")
    page.write(path, page.HEAD + "\nnew\n")
    assert path.read_text(encoding="utf-8") == "# Time\n\ntext\n\n## Benchmark\n\nnew\n\n## Workbooks\n\nold\n"
    page.replace(path, page.SHEETS_HEAD, page.SHEETS_HEAD + "\nnewer\n")
    page.replace(path, "## More\n", "## More\n\nlast\n")
    assert path.read_text(encoding="utf-8") == "# Time\n\ntext\n\n## Benchmark\n\nnew\n\n## Workbooks\n\nnewer\n\n## More\n\nlast\n"
