"""One path told again: the story, the two kinds of CSV, events of a scenario in which we know what must happen, and the same in Python."""
import csv
import io
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("MOECAST_BIN", ROOT / "build/moecast")).resolve()
SCENARIO = """moecast: 1
name: eventful
extends: baseline
policy:
  schedule: {2024-01: current, 2027-01: tight, 2028-06: current}
levers:
  third_party_hosting_ban: {hazard_per_yr: 12, from: 2027-03, value: 1, basis: guess, date: 2026-08, reason: "Strikes at once"}
  merger_probability: {schedule: {2027-01: 1}, basis: guess, date: 2026-08, reason: "Every mega-deal merges"}
choice:
  shift_hazard: {fixed: 12, unit: "1/yr", basis: guess, date: 2026-08, reason: "The first month after the assimilated past"}
pivot:
  lambda0: {fixed: 0.5, unit: "1/month", basis: guess, date: 2026-08, reason: "Everybody moves"}
"""


def moecast(*words):
    return subprocess.run([BIN, *map(str, words)], capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("path")
    (folder / "eventful.yaml").write_text(SCENARIO)
    done = moecast("run", folder / "eventful.yaml", "--paths", 150, "--seed", 3, "--no-contrasts", "--no-report", "-o", folder / "run")
    assert done.returncode == 0, done.stderr
    return folder / "run"


def table(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_the_story_tells_draws_numbers_and_events(run):
    done = moecast("path", run, 17)
    assert done.returncode == 0 and done.stdout.startswith("path 17, seed 3: 84 months, 2024-01 to 2030-12")
    for said in ("farthest from the middle", "share", "developers", "2028-12", "What happened", "releases: "):
        assert said in done.stdout, said
    assert max(map(len, done.stdout.splitlines())) < 260


def test_events_are_those_that_the_scenario_makes_happen(run):
    story = moecast("path", run, 17, "--months", "2026-09..").stdout

    def month_of(clause):
        lines = story[story.index("What happened"):].splitlines()
        return next(line for line in reversed(lines[:next(i for i, line in enumerate(lines) if clause in line) + 1]) if line[:9].strip())[2:9]

    assert month_of("export controls go from current to tight (scheduled)") == "2027-01"
    assert month_of("export controls go from tight to current (scheduled)") == "2028-06"
    assert month_of("levers.third_party_hosting_ban goes from 0 to 1 share (its hazard strikes)") == "2027-03"
    assert month_of("levers.merger_probability goes from 0 to 1 share (scheduled)") == "2027-01"
    assert month_of("the shift to agent loops begins") == "2026-09"
    assert "goes to the owner of" in story and "moves its agents to open models" in story


def test_wide_csv_has_every_part_and_the_kept_numbers(run, tmp_path):
    done = moecast("path", run, 17, "--csv", tmp_path / "path.csv")
    assert done.returncode == 0 and done.stdout == f"{tmp_path}/path.csv\n"
    text = (tmp_path / "path.csv").read_text()
    assert moecast("path", run, 17, "--csv").stdout == text
    rows = table(text)
    assert [row["month"] for row in rows[:2]] == ["2024-01", "2024-02"] and len(rows) == 84
    names = next(csv.reader([text.splitlines()[0]]))
    assert len(names) == len(set(names))
    for name in ("share.open.developers", "shock.frontier", "event.merger", "levers.merger_probability", "state.share.midmarket.us.qwen", "input.cap.g_f",
                 "draw.brand.openai", "draw.lever.third_party_hosting_ban"):
        assert name in rows[0], name
    assert {row["draw.lever.third_party_hosting_ban"] for row in rows} == {"38"}


def test_tidy_csv_holds_the_same_numbers(run):
    wide, tidy = table(moecast("path", run, 4, "--csv").stdout), table(moecast("path", run, 4, "--tidy").stdout)
    assert set(tidy[0]) == {"month", "part", "name", "unit", "value"} and None not in tidy[0]
    assert {row["part"] for row in tidy} == {"outcome", "shock", "lever", "state", "input", "draw"}
    months = {row["month"]: row for row in wide}
    for row in tidy:
        name = row["name"] if row["month"] else f"{row['part']}.{row['name']}"
        assert months[row["month"] or "2024-01"][name] == row["value"]


def test_months_and_series_choose(run):
    rows = table(moecast("path", run, 2, "--csv", "--months", "2026-01..2026-03", "--series", "share.open,state.lag_cn").stdout)
    assert [row["month"] for row in rows] == ["2026-01", "2026-02", "2026-03"]
    assert "share.open.developers" in rows[0] and "state.lag_cn" in rows[0] and all(name.startswith(("month", "share.open.", "state.lag_cn")) for name in rows[0])
    assert len(table(moecast("path", run, 2, "--csv", "--months", "2030-12").stdout)) == 1
    assert len(table(moecast("path", run, 2, "--csv", "--months", "..2024-06").stdout)) == 6


@pytest.mark.parametrize("words,said", [
    (["17", "--series", "cap.gpa"], "did you mean"),
    (["17", "--series", ","], "separated by commas"),
    (["17", "--months", "2026-13"], "2026-13"),
    (["17", "--months", "2023-01..2024-02"], "2024-01 to 2030-12"),
    (["17", "--months", "2027-01..2026-01"], "before the first"),
    (["17", "file.csv"], "--csv"),
    (["-1"], "unknown option"),
    (["1e3"], "no path"),
    ([""], "no path"),
    ([], "number of a path"),
])
def test_mistakes_are_one_sentence_and_exit_code_2(run, words, said):
    done = moecast("path", run, *words)
    assert done.returncode == 2 and said in done.stderr and done.stderr.count("\n") == 1 and not done.stdout


def test_a_file_that_cannot_be_written_gives_exit_code_4(run, tmp_path):
    done = moecast("path", run, 1, "--csv", tmp_path / "no" / "such" / "folder.csv")
    assert done.returncode == 4 and "folder.csv" in done.stderr


def test_python_tells_the_same_path(run):
    np = pytest.importorskip("numpy")
    moecast_package = pytest.importorskip("moecast")
    result = moecast_package.load(run)
    path, rows = result.path(4), table(moecast("path", run, 4, "--csv").stdout)
    for part in (path, path.shocks, path.levers, path.states):
        for name in part:
            assert np.array_equal(part[name], [float(row[name]) for row in rows]), name
    assert {f"input.{key}": value for key, value in path.inputs.items()}.items() <= {name: float(value) for name, value in rows[0].items() if name != "month"}.items()
    assert path.draws["lever.third_party_hosting_ban"] == 38 and path.units["state.lag_cn"] == "month" and path.meanings["state.lag_cn"]
    assert {"regime", "hazard", "lever", "merger", "pivot", "shift", "release"} <= {event.kind for event in path.events}
    hazard = next(event for event in path.events if event.kind == "hazard")
    assert (hazard.month, hazard.subject, hazard.before, hazard.after) == ("2027-03", "levers.third_party_hosting_ban", 0.0, 1.0)
    frame = path.to_dataframe()
    assert list(frame.index) == result.months and frame.shape[1] == len(path) + len(path.shocks) + len(path.levers) + len(path.states)
