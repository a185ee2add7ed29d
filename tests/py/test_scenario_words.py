"""What a scenario is called when it says nothing of itself, and what `check` and `explain` warn of."""

import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MOECAST = pathlib.Path(os.environ.get("MOECAST_BIN", ROOT / "build" / "moecast"))

pytestmark = pytest.mark.skipif(not MOECAST.exists(), reason=f"{MOECAST} is not built; set MOECAST_BIN")


def moecast(*words, **environment):
    env = {**os.environ, "MOECAST_SCENARIOS": str(ROOT / "scenarios"), **environment}
    return subprocess.run([MOECAST, *words], capture_output=True, text=True, env=env, timeout=60, check=False)


def write(tmp_path, more):
    path = tmp_path / "mine.yaml"
    path.write_text(f"moecast: 1\nname: cheap_power\nextends: baseline\n{more}")
    return path


def test_a_title_and_a_description_are_not_taken_over(tmp_path):
    lines = moecast("explain", write(tmp_path, "cost: {elec_us: 0.01}\n")).stdout.splitlines()
    assert lines[0] == "cheap_power: cheap_power (extends baseline)"
    assert lines[2] == "  Changes baseline and does not say why: what differs stands in the scenario."


def test_a_title_of_its_own_stays(tmp_path):
    assert moecast("explain", write(tmp_path, "title: Cheap power\n")).stdout.startswith("cheap_power: Cheap power\n")


@pytest.mark.parametrize("path", sorted((ROOT / "scenarios").glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_scenarios_have_words_of_their_own(path):
    keys = [line.split(":")[0] for line in path.read_text().splitlines()]
    assert path.stem == "claims" or {"title", "description"} <= set(keys)


def test_a_missing_catalogue_names_the_variable(tmp_path):
    done = moecast("catalogue", MOECAST_SCENARIOS=str(tmp_path))
    assert done.returncode == 4 and "set MOECAST_SCENARIOS" in done.stderr


def test_an_unknown_id_is_met_with_the_nearest_of_models_and_machines():
    assert "(did you mean 'h100'?)" in moecast("catalogue", "show", "h10").stderr
    assert "'moecast catalogue' lists them" in moecast("catalogue", "show", "nope").stderr
