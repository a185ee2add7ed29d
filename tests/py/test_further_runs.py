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
