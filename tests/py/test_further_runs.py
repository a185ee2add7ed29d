"""Scenarios that a scenario names for further runs: contrasts and the vintage. Where they are looked for, when they are read, what happens when they fail."""

import csv
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MOECAST = pathlib.Path(os.environ.get("MOECAST_BIN", ROOT / "build" / "moecast"))
HEAD = "moecast: 1\nname: {}\ntitle: T\ndescription: D\nextends: {}\n"
CONTRAST = """claims: {{c: {{statement: s, source: t, said_on: 2026-01, kind: contrast, readings: {{
  r: {{metric: share.open, element: developers, op: "<", value: 0, at: 2027-12, against: {}, difference: minus}}}}}}}}
"""

pytestmark = pytest.mark.skipif(not MOECAST.exists(), reason=f"{MOECAST} is not built; set MOECAST_BIN")


def moecast(*words, cwd):
    env = {**os.environ, "MOECAST_SCENARIOS": str(ROOT / "scenarios")}
    return subprocess.run([MOECAST, *words], capture_output=True, text=True, env=env, timeout=60, check=False, cwd=cwd)


def answers(folder):
    with open(folder / "claims.csv", newline="") as file:
        return {f"{row['claim']}.{row['reading']}": row for row in csv.DictReader(file)}


def write(path, name, more="", base="baseline"):
    path.parent.mkdir(exist_ok=True)
    path.write_text(HEAD.format(name, base) + more)
    return path


def test_paths_are_relative_to_the_file_that_says_them(tmp_path):
    write(tmp_path / "far" / "earlier.yaml", "earlier", base="hindcast_2025_09")
    write(tmp_path / "far" / "dear.yaml", "dear", "cap: {g_f: 12}\n")
    write(tmp_path / "far" / "base.yaml", "base", "run: {vintage: ./earlier.yaml}\n" + CONTRAST.format("./dear.yaml"))
    write(tmp_path / "near" / "mine.yaml", "mine", base="../far/base.yaml")
    done = moecast("run", "near/mine.yaml", "--paths", "64", "--no-report", "--quiet", "-o", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    row = answers(tmp_path / "out")["c.r"]
    assert row["answer"] == "pairs" and row["count"] == "64"
    assert answers(tmp_path / "out")["f500_60.primary"]["vintage_known_until"] == "2025-09"


@pytest.mark.parametrize("words", [["check"], ["run", "--paths", "64", "--no-report", "-o", "out"]], ids=["check", "run"])
def test_a_fault_in_a_further_scenario_costs_no_run(tmp_path, words):
    write(tmp_path / "wrong.yaml", "wrong", "cap: {g_f: -1e9}\n")
    mine = write(tmp_path / "mine.yaml", "mine", CONTRAST.format("./wrong.yaml"))
    done = moecast(words[0], mine, *words[1:], cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"{mine}:7:") and "claims.c.readings.r.against: ./wrong.yaml cannot be run: " in done.stderr
    assert "wrong.yaml:6:12: cap.g_f: " in done.stderr and "paths" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_run_without_further_runs_does_not_read_them(tmp_path):
    write(tmp_path / "wrong.yaml", "wrong", "cap: {g_f: -1e9}\n")
    mine = write(tmp_path / "mine.yaml", "mine", CONTRAST.format("./wrong.yaml"))
    done = moecast("run", mine, "--paths", "64", "--no-report", "--no-contrasts", "--quiet", "-o", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert answers(tmp_path / "out")["c.r"]["note"] == "the contrast was not run"


def test_an_inherited_vintage_that_knows_as_much_is_not_shown(tmp_path):
    mine = write(tmp_path / "mine.yaml", "mine", "assimilate: {until: 2025-06, known_until: 2025-09}\n", base="hindcast_2025_09")
    done = moecast("run", mine, "--paths", "64", "--no-report", "--quiet", "-o", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert {row["vintage_known_until"] for row in answers(tmp_path / "out").values()} == {""}
