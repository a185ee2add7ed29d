"""One run, one digest, in whatever way it was made: threads, kernels, resumed, extended, merged, verified, from Python."""
import importlib.util
import os
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("MOECAST_BIN", ROOT / "build/moecast")).resolve()


def load_script():
    spec = importlib.util.spec_from_file_location("one_answer", ROOT / "docs/tables/one_answer.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_every_way_to_make_a_run_gives_the_same_digest(tmp_path):
    scenario = tmp_path / "small.yaml"
    scenario.write_text("moecast: 1\nname: small\nextends: baseline\ntime: {start: 2024-01, end: 2024-12}\n")
    folder = tmp_path / "ways"
    folder.mkdir()
    script = load_script()
    ways = script.Ways(folder, scenario, 1600)
    ways.all_of("this build", BIN)
    ways.python(2)
    assert len(ways.rows) == len(script.THREADS) * len(script.kernels()) + 5 and not ways.differing(), ways.rows


def test_the_committed_table_has_no_difference():
    text = (ROOT / "docs/tables/one_answer.md").read_text()
    assert "digests are equal" in text and "**no**" not in text
