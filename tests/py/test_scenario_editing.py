"""Scenarios made and changed in Python: from dicts, by dotted keys, written and read back, compared, pickled. Same trees and texts as files give."""

from __future__ import annotations

import concurrent.futures
import copy
import datetime
import json
import multiprocessing
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

np = pytest.importorskip("numpy", reason="the package needs numpy")
moecast = pytest.importorskip("moecast", reason="the package is not installed: make python")

COMMAND = Path(os.environ.get("MOECAST_BIN", "build/moecast")).resolve()
SHIPPED = Path(moecast._core.home())
needs_command = pytest.mark.skipif(not COMMAND.exists(), reason=f"no command at {COMMAND}: make, or set MOECAST_BIN")

CHANGES = {
    "policy.severity": 1.4,
    "choice.alpha.developers": {"lognormal": {"median": 0.7, "log_sd": 0.2}, "basis": "guess", "reason": "a \"quoted\" reason: with a colon"},
    "levers.plus_price": {"2024-01": 20, "2026-09": 25},
    "levers.input_tokens": None,
    "policy.schedule": {"2024-01": "current", "2026-09": "tight"},
    "vendors": ["one", "two"],
}
FILE = """moecast: 1
name: mine
extends: {base}
policy:
  severity: 1.4
  schedule: {{2024-01: current, 2026-09: tight}}
choice:
  alpha:
    developers: {{lognormal: {{median: 0.7, log_sd: 0.2}}, basis: guess, reason: "a \\"quoted\\" reason: with a colon"}}
levers: {{plus_price: {{2024-01: 20, 2026-09: 25}}, input_tokens: null}}
vendors: [one, two]
"""


@pytest.fixture(scope="module")
def baseline() -> moecast.Scenario:
    return moecast.Scenario.load("baseline")


# ---- replace -------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("base", ["baseline", "{folder}/base.yaml"])
def test_replace_gives_the_scenario_of_a_file_with_the_same_keys(base, tmp_path):
    (tmp_path / "base.yaml").write_text("moecast: 1\nname: base\nextends: baseline\ncap: {lambda_K: 0.3}\n")
    (tmp_path / "mine.yaml").write_text(FILE.format(base=base.format(folder=tmp_path)))
    there, baseline = moecast.Scenario.load(tmp_path / "mine.yaml"), moecast.Scenario.load(base.format(folder=tmp_path))
    here = baseline.replace(CHANGES, name="mine")
    assert here.text == there.text and here.hash == there.hash and here == there
    assert here.text != baseline.text and here.input("policy.severity").mean == 1.4
    assert "input_tokens" not in here.text and "input_tokens" in baseline.text


def test_replace_leaves_the_original_as_it_was(baseline):
    before, inputs = baseline.hash, list(baseline.inputs)
    changed = baseline.replace(CHANGES)
    fresh = moecast.Scenario.load("baseline")
    assert baseline.hash == before == fresh.hash and baseline.inputs == inputs == fresh.inputs
    del changed
    assert baseline.text == fresh.text


def test_replace_works_wherever_the_scenario_came_from(baseline, tmp_path):
    (tmp_path / "mine.yaml").write_text(FILE.format(base="baseline"))
    result = moecast.run(baseline.replace({"cap.lambda_K": 0.3}, name="ran"), paths=4, seed=1)
    result.save(tmp_path / "run.moecast")
    sources = [
        moecast.Scenario.load("no_controls"),
        moecast.Scenario.load(tmp_path / "mine.yaml"),
        moecast.Scenario.parse(baseline.text),
        moecast.Scenario.parse(FILE.format(base="baseline")),
        moecast.Scenario.from_dict({"name": "dict", "extends": "baseline"}),
        result.scenario,
        moecast.load(tmp_path / "run.moecast").scenario,
        pickle.loads(pickle.dumps(baseline)),
        baseline.replace({"cap.lambda_K": 0.3}),
    ]
    for source in sources:
        changed = source.replace({"policy.severity": 1.7}, name="changed")
        assert [change.key for change in source.diff(changed)] == ["policy.severity"], source
        assert changed.input("policy.severity").mean == 1.7
    digests = {moecast.run(source.replace({"policy.severity": 1.7}, name="changed"), paths=2, seed=1).digest for source in (sources[2], sources[-2])}
    assert digests == {moecast.run(baseline.replace({"policy.severity": 1.7}), paths=2, seed=1).digest}


def test_a_chain_of_changes_is_all_of_them_at_once(baseline):
    items = list(CHANGES.items())
    chained = baseline
    for key, value in items:
        chained = chained.replace({key: value}, name="x", title="t")
    once = baseline.replace(CHANGES, name="x", title="t")
    assert [change.key for change in chained.diff(once)] == []
    assert chained.replace({"description": "d"}, "x", "t").hash == once.replace({"description": "d"}, "x", "t").hash


def test_names_say_what_was_changed_and_stay_names(baseline):
    assert baseline.replace({"policy.severity": 1.4}).name == "baseline+severity=1.4"
    assert baseline.replace({"policy.severity": 1.4}).replace({"policy.severity": 2}).name == "baseline+severity=2"
    assert baseline.replace({"policy.severity": np.float32(0.5)}).name == "baseline+severity=0.5"
    assert baseline.replace({"policy.severity": {"uniform": {"low": 1, "high": 2}}}).name == "baseline+severity"
    assert baseline.replace({row.key: row.mean for row in baseline.inputs[:9]}).name == "baseline+changed"
    assert baseline.replace({"policy.severity": 1.4}).title == "baseline+severity=1.4 (extends baseline)"
    assert baseline.replace({"policy.severity": 1.4}, name="mild", title="Mild").title == "Mild"
    assert baseline.replace({"name": "mild"}).name == "mild"
    with pytest.raises(ValueError, match="both"):
        baseline.replace({"name": "mild"}, name="other")


def test_keys_that_hold_others_are_merged(baseline):
    nested = baseline.replace({"policy": {"severity": 1.4}, "policy.schedule": {"2024-01": "tight"}}, name="x")
    assert nested == baseline.replace({"policy.severity": 1.4, "policy.schedule": {"2024-01": "tight"}}, name="x")


def test_numbers_are_the_same_doubles(baseline):
    for value in (1 / 3, 0.1 + 0.2, 3, np.float64(2) / 3, np.int64(2), np.array(1.25)):
        assert baseline.replace({"policy.severity": value}).input("policy.severity").mean == float(value)


def test_relative_names_start_where_the_scenario_lies(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "mine.yaml").write_text("moecast: 1\nname: mine\nextends: baseline\n")
    (tmp_path / "base" / "other.yaml").write_text("moecast: 1\nname: other\nextends: baseline\nrun: {vintage: null}\n")
    changed = moecast.Scenario.load("base/mine.yaml").replace({"run.vintage": "./other.yaml"})
    assert dict((field, leads) for field, _, leads in changed._core.files())["run.vintage"] == str(tmp_path / "base/other.yaml")
    with pytest.raises(moecast.FileError, match="there is no file") as caught:
        moecast.Scenario.load("base/mine.yaml").replace({"run.vintage": "./gone.yaml"})
    assert (caught.value.field, caught.value.file, caught.value.line) == ("run.vintage", "<changes>", 0)


FAULTS = [
    ({"policy.severty": 1}, "policy.severty", "'policy.severity'", "UNKNOWN_KEY"),
    ({"polcy.severity": 1}, "polcy.severity", "'policy'", "UNKNOWN_KEY"),
    ({"policy": {"severty": 1}}, "policy.severty", "'severity'", "UNKNOWN_KEY"),
    ({"choice.alpha.developer": 1}, "choice.alpha.developer", "'developers'", "UNKNOWN_NAME"),
    ({"a.b.c.d.e.f.g.h.i.j.k": 1}, "a.b.c.d.e.f.g.h.i.j.k", "", "UNKNOWN_KEY"),
    ({"policy." + "x" * 400: 1}, None, "", "UNKNOWN_KEY"),
    ({"policy.severity": "1.4"}, "policy.severity", "", "WRONG_TYPE"),
    ({"policy.severity": [1, 2]}, "policy.severity", "", "WRONG_TYPE"),
    ({"policy.severity": True}, "policy.severity", "", "WRONG_TYPE"),
    ({"policy.severity": 1e9}, "policy.severity", "", "OUT_OF_RANGE"),
    ({"policy.severity": None}, "policy.severity", "", "MISSING_KEY"),
    ({"policy.severity": {"normal": {"mean": 1}}}, "policy.severity.normal", "", "MISSING_KEY"),
    ({"policy.severity": {"fixed": 1, "unit": "EUR"}}, "policy.severity.unit", "", None),
    ({"policy.schedule": {"2024-13": "tight"}}, "policy.schedule", "", None),
    ({"policy.schedule": {"2024-01": "tigth"}}, "policy.schedule", "'tight'", None),
    ({"policy": 1}, "policy", "", "WRONG_TYPE"),
    ({"policy.severity": 1, "policy": {"severity": 2}}, "policy", "", "DUPLICATE_KEY"),
    ({"extends": "no_controls"}, "extends", "", "INCONSISTENT"),
    ({"name": "no/name"}, "name", "", "WRONG_TYPE"),
    ({"policy.severity": float("nan")}, "policy.severity", "", "WRONG_TYPE"),
    ({"policy.severity": {"uniform": {"low": 1, "high": float("inf")}}}, "policy.severity.uniform.high", "", "WRONG_TYPE"),
    ({"policy.severity": object()}, "policy.severity", "", "WRONG_TYPE"),
    ({"policy.severity": 1 + 2j}, "policy.severity", "", "WRONG_TYPE"),
    ({"policy.schedule": {2026.09: "tight"}}, "policy.schedule", "'2026-09'", "WRONG_TYPE"),
    ({"description": "half \ud800 of it"}, "description", "", "WRONG_TYPE"),
    ({"description": "\x00"}, "", "", "SYNTAX"),
    ({"": 1}, "", "", "SYNTAX"),
]


@pytest.mark.parametrize(("changes", "field", "hint", "status"), FAULTS)
def test_a_wrong_change_is_refused_with_its_key(baseline, changes, field, hint, status):
    with pytest.raises(moecast.ScenarioError) as caught:
        baseline.replace(changes)
    error = caught.value
    assert (error.file, error.line, error.column) == ("<changes>", 0, 0)
    assert hint in error.hint and (field is None or error.field.startswith(field)) and status in (None, error.status)
    assert "\n" not in str(error) and str(error).startswith("<changes>: ")


def test_a_value_that_contains_itself_is_refused(baseline):
    loop: dict = {}
    loop["policy"] = loop
    with pytest.raises(moecast.ScenarioError, match="contains itself"):
        baseline.replace(loop)
    with pytest.raises(TypeError, match="mapping"):
        baseline.replace([("policy.severity", 1)])


# ---- from_dict -----------------------------------------------------------------------------------------------------------------------------------


def test_a_dict_says_what_a_file_says(tmp_path):
    (tmp_path / "mine.yaml").write_text(FILE.format(base="baseline"))
    there = moecast.Scenario.load(tmp_path / "mine.yaml")
    dotted = {"moecast": 1, "name": "mine", "extends": "baseline", **CHANGES}
    nested: dict = {"name": "mine", "extends": "baseline"}
    for key, value in CHANGES.items():
        *above, last = key.split(".")
        at = nested
        for part in above:
            at = at.setdefault(part, {})
        at[last] = value
    assert moecast.Scenario.from_dict(dotted) == there == moecast.Scenario.from_dict(nested)
    assert moecast.Scenario.from_dict({**dotted, "name": "other"}, name="mine") == there


def test_months_may_be_dates_and_lists_may_be_arrays():
    dates = {datetime.date(2024, 1, 1): 20, np.datetime64("2026-09"): 25}
    made = moecast.Scenario.from_dict({"extends": "baseline", "levers.plus_price": dates, "policy.severity": {"discrete": {"values": np.array([1.0, 2.0]), "weights": (1, 3)}}})
    assert made.diff("baseline").keys == ["policy.severity", "levers.plus_price"]
    assert made.input("policy.severity").mean == 1.75 and made.name == "unnamed"


def test_a_whole_scenario_goes_through_a_dict(baseline):
    whole = baseline.to_dict()
    assert whole["run"]["seed"] == baseline.seed and isinstance(whole["policy"]["severity"]["lognormal"]["median"], int | float)
    assert moecast.Scenario.from_dict(whole) == baseline
    assert moecast.Scenario.from_dict(json.loads(json.dumps(whole))) == baseline


def test_a_wrong_dict_is_refused_with_its_key(tmp_path):
    for wrong, field, hint in (
        ({"extends": "baselin"}, "extends", "'baseline'"),
        ({"extends": "baseline", "pathss": 3}, "pathss", ""),
        ({"extends": "baseline", "run": {"pathz": 3}}, "run.pathz", "'paths'"),
        ({"extends": "baseline", "policy.severity": {"log_normal": {}}}, "policy.severity", ""),
        ({"moecast": 2, "extends": "baseline"}, "moecast", ""),
        ({"extends": 3}, "extends", ""),
        ({}, "segments", ""),
    ):
        with pytest.raises(moecast.ScenarioError) as caught:
            moecast.Scenario.from_dict(wrong, file="cell 3")
        assert caught.value.field.startswith(field) and hint in caught.value.hint and caught.value.file == "cell 3" and caught.value.line == 0, caught.value
    with pytest.raises(TypeError, match="mapping"):
        moecast.Scenario.from_dict("baseline")
    (tmp_path / "fault.yaml").write_text("moecast: 1\nname: fault\nextends: baseline\npolicy: {severity: -1}\n")
    with pytest.raises(moecast.ScenarioError) as caught:
        moecast.Scenario.from_dict({"extends": str(tmp_path / "fault.yaml")})
    assert (caught.value.file, caught.value.line, caught.value.field) == (str(tmp_path / "fault.yaml"), 4, "policy.severity")


def test_long_scenarios_are_read_or_refused_in_one_sentence(baseline):
    long = {f"claim_{i}": {"statement": "x" * 900, "kind": "threshold", "source": "s", "said_on": "2026-01", "resolution": "r", "status": "open",
                           "readings": {"one": {"title": "t", "metric": "cap.gap", "op": ">", "value": i, "at": "2026-12"}}} for i in range(300)}
    made = moecast.Scenario.from_dict({"extends": "baseline", "claims": None, "name": "long"})
    assert len(made.replace({"claims": long}).text) > 270_000
    with pytest.raises(moecast.ScenarioError, match="4096"):
        baseline.replace({"levers": {f"x{i}": 1 for i in range(5000)}})
    with pytest.raises(moecast.ScenarioError) as caught:
        baseline.replace({"description": "x" * 5_000_000})
    assert caught.value.status == "LIMIT" and len(str(caught.value)) < 500


# ---- diff ----------------------------------------------------------------------------------------------------------------------------------------


@needs_command
def test_diff_is_that_of_the_command(baseline):
    for other in ("no_controls", "hindcast_2025_09"):
        ran = subprocess.run([COMMAND, "diff", "baseline", other, "--json"], capture_output=True, text=True, env={**os.environ, "MOECAST_SCENARIOS": str(SHIPPED)}, check=False)
        there = [(row["path"], row["a"], row["b"], row["group"], row["only_notes"]) for row in json.loads(ran.stdout)["scenario"]]
        here = [(change.key, change.before, change.after, change.group, change.only_notes) for change in baseline.diff(other)]
        assert here == there and here


def test_diff_is_a_sequence_that_shows_itself(baseline):
    pandas = pytest.importorskip("pandas")
    other = baseline.replace({"cap.g_f": 20, "levers.plus_price": 25, "levers.input_tokens": None, "offerings.openai.title": "o<t"}, name="other")
    diff = baseline.diff(other)
    assert sorted(diff.keys) == ["cap.g_f", "levers.input_tokens", "levers.plus_price", "offerings.openai.title"]
    change = next(change for change in diff if change.key == "cap.g_f")
    assert change.unit == "ECI/yr" and change.after == "fixed at 20 ECI/yr" and change.sentence.startswith("cap.g_f: fixed at 20 ECI/yr instead of ")
    assert next(change for change in diff if change.key == "levers.input_tokens").sentence.startswith("levers.input_tokens: taken away, was ")
    assert next(change for change in diff if change.key == "levers.plus_price").unit == "$/month"
    assert len(diff[1:]) == 3 and diff[0] in diff and repr(diff).count("\n") == 4 and "taken away" in repr(diff)
    assert "o&lt;t" in diff._repr_html_() and diff._repr_html_().count("<tr>") == 5
    frame = diff.to_dataframe()
    assert isinstance(frame, pandas.DataFrame) and list(frame.columns) == ["key", "before", "after", "unit", "group", "only_notes"] and len(frame) == 4
    same = baseline.diff("baseline")
    assert not same and repr(same) == "<baseline says the same as baseline>" and len(same.to_dataframe()) == 0 and "says the same" in same._repr_html_()
    assert baseline.diff(baseline.replace({"title": "Another", "description": "d"}, name="n")).keys == []


# ---- to_yaml -------------------------------------------------------------------------------------------------------------------------------------


def test_short_texts_read_back_as_the_same_scenario(baseline, tmp_path):
    for scenario in (baseline, baseline.replace(CHANGES), *(moecast.Scenario.load(name) for name in moecast.scenarios()[2::6])):
        text = scenario.to_yaml()
        assert moecast.Scenario.parse(text) == scenario and len(text) < 30_000 and "\nextends: " in text, scenario
        assert scenario.to_yaml(tmp_path / "written.yaml") == text == (tmp_path / "written.yaml").read_text()
        back = moecast.Scenario.load(tmp_path / "written.yaml")
        assert back == scenario and back.inputs[0].unit == scenario.inputs[0].unit


def test_the_full_text_is_the_canonical_one(baseline, tmp_path):
    changed = baseline.replace(CHANGES)
    assert changed.to_yaml(tmp_path / "full.yaml", full=True) == changed.text and "extends" not in changed.text.split("\nsegments")[0].split("\ntime")[1]
    assert moecast.Scenario.load(tmp_path / "full.yaml") == changed


def test_short_texts_of_own_files_stay_beside_them_or_name_them_in_full(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "base.yaml").write_text(FILE.format(base="baseline"))
    changed = moecast.Scenario.load(tmp_path / "base.yaml").replace({"cap.lambda_K": 0.2})
    beside, below = changed.to_yaml(tmp_path / "beside.yaml"), changed.to_yaml(tmp_path / "sub" / "below.yaml")
    assert 'extends: "./base.yaml"' in beside and f'extends: "{tmp_path}/base.yaml"' in below
    assert moecast.Scenario.load(tmp_path / "beside.yaml") == changed == moecast.Scenario.load(tmp_path / "sub" / "below.yaml")
    (tmp_path / "base.yaml").write_text(FILE.format(base="baseline").replace("1.4", "1.5"))  # the base is no longer what it was
    assert moecast.Scenario.parse(changed.to_yaml()) == changed and "severity: {fixed: 1.4" in changed.to_yaml()
    (tmp_path / "base.yaml").unlink()
    assert moecast.Scenario.parse(changed.to_yaml()) == changed


def test_a_scenario_of_a_run_file_finds_its_shipped_base(baseline, tmp_path):
    moecast.run(baseline.replace({"policy.severity": 1.4}), paths=2, seed=1).save(tmp_path / "run.moecast")
    scenario = moecast.load(tmp_path / "run.moecast").scenario
    assert scenario.to_yaml() == baseline.replace({"policy.severity": 1.4}).to_yaml()


def test_what_would_lead_to_other_files_is_not_written(tmp_path):
    for folder in ("home", "away"):
        (tmp_path / folder).mkdir()
    (tmp_path / "home" / "other.yaml").write_text("moecast: 1\nname: other\nextends: baseline\nrun: {vintage: null}\n")
    mine = tmp_path / "home" / "mine.yaml"
    mine.write_text("moecast: 1\nname: mine\nextends: baseline\nrun: {vintage: ./other.yaml}\n")
    scenario = moecast.Scenario.load(mine)
    assert moecast.Scenario.load(mine) == scenario and scenario.to_yaml(tmp_path / "home" / "again.yaml").startswith("moecast: 1")
    with pytest.raises(moecast.ScenarioError, match="other.yaml") as caught:
        scenario.to_yaml(tmp_path / "away" / "mine.yaml")
    assert caught.value.field == "run.vintage" and "full path" in caught.value.hint and not (tmp_path / "away" / "mine.yaml").exists()


def test_files_are_written_whole_or_not_at_all(baseline, tmp_path):
    target = tmp_path / "kept.yaml"
    target.write_text("mine")
    (tmp_path / "no").mkdir(mode=0o500)
    with pytest.raises(moecast.FileError) as caught:
        baseline.to_yaml(tmp_path / "gone" / "x.yaml")
    assert caught.value.status == "FILE_WRITE"
    with pytest.raises(moecast.Error):
        baseline.to_yaml(tmp_path / "no")
    assert target.read_text() == "mine" and sorted(os.listdir(tmp_path)) == ["kept.yaml", "no"]
    (tmp_path / "link.yaml").symlink_to(target)
    baseline.to_yaml(tmp_path / "link.yaml")
    assert (tmp_path / "link.yaml").is_symlink() and moecast.Scenario.load(target) == baseline


# ---- identity ------------------------------------------------------------------------------------------------------------------------------------


def test_equality_is_that_of_the_canonical_text(baseline):
    changed = baseline.replace({"policy.severity": 1.4})
    assert baseline == moecast.Scenario.parse(baseline.text) and hash(baseline) == hash(moecast.Scenario.load("baseline"))
    assert baseline != changed and len({baseline, changed, moecast.Scenario.load("baseline")}) == 2 and baseline != "baseline"


def test_copies_and_pickles_are_the_same_scenario(baseline, tmp_path):
    (tmp_path / "other.yaml").write_text("moecast: 1\nname: other\nextends: baseline\nrun: {vintage: null}\n")
    (tmp_path / "mine.yaml").write_text("moecast: 1\nname: mine\nextends: baseline\nrun: {vintage: ./other.yaml}\n")
    mine = moecast.Scenario.load(tmp_path / "mine.yaml")
    for scenario in (baseline, mine, mine.replace(CHANGES), moecast.Scenario.parse(FILE.format(base="baseline"), "some.yaml")):
        assert copy.copy(scenario) is scenario and copy.deepcopy([scenario])[0] is scenario
        for protocol in (2, pickle.HIGHEST_PROTOCOL):
            back = pickle.loads(pickle.dumps(scenario, protocol))
            assert back == scenario and back._core.base == scenario._core.base
            assert moecast.scenario._leads(back._core) == moecast.scenario._leads(scenario._core)
        assert pickle.loads(pickle.dumps(back)) == scenario
    assert str(SHIPPED).encode() not in pickle.dumps(baseline)


def test_a_pickle_opens_in_another_folder_and_gives_the_same_run(baseline, tmp_path):
    changed = baseline.replace(CHANGES)
    (tmp_path / "s.pickle").write_bytes(pickle.dumps(changed))
    code = "import pickle, moecast; s = pickle.load(open('s.pickle', 'rb')); print(s.hash, moecast.run(s, paths=16, seed=5, threads=1).digest)"
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == [changed.hash, moecast.run(changed, paths=16, seed=5).digest]


def _digest(scenario: moecast.Scenario) -> str:
    return moecast.run(scenario, paths=8, seed=2, threads=1).digest


@pytest.mark.slow
def test_process_pools_take_scenarios(baseline):
    several = [baseline, baseline.replace({"policy.severity": 1.4})]
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert list(pool.map(_digest, several)) == [_digest(scenario) for scenario in several]


def test_damaged_pickles_are_refused():
    for text, files in (("moecast: 1\n", []), ("no: [", []), ("", [])):
        with pytest.raises(moecast.ScenarioError):
            moecast._core.Scenario.restore(text, "x", "", files)
    for files in ((), [1], [("a",)], [("a", "b", "c")], [("a", 1)]):
        with pytest.raises(TypeError):
            moecast._core.Scenario.restore("moecast: 1\n", "x", "", files)


def test_inputs_are_found_by_key(baseline):
    assert baseline.input("choice.alpha.developers") in baseline.inputs and baseline.keys() == [row.key for row in baseline.inputs]
    with pytest.raises(KeyError, match="policy.severity"):
        baseline.input("policy.severty")


# ---- where its files are --------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def beside(tmp_path, monkeypatch) -> Path:
    """A folder, now the working one, with a scenario that names a catalogue beside it; and another one without."""
    here = tmp_path / "here"
    shutil.copytree(SHIPPED / "catalogue", here / "cat")
    (here / "mine.yaml").write_text("moecast: 1\nname: mine\nextends: baseline\ncatalogue: cat\nrun: {vintage: null}\n")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(here)
    return here


def plan_of(scenario: moecast.Scenario) -> str:
    return moecast._core.Plan(scenario._core).hash


def test_a_scenario_read_by_a_relative_name_finds_its_files_from_everywhere(beside, monkeypatch):
    mine = moecast.Scenario.load("mine.yaml")
    assert mine.file == str(beside / "mine.yaml") and mine.hash == moecast.Scenario.load(beside / "mine.yaml").hash
    wanted, changed = plan_of(mine), mine.replace({"policy.severity": 1.2})
    monkeypatch.chdir(beside.parent / "elsewhere")
    assert plan_of(mine) == wanted == plan_of(pickle.loads(pickle.dumps(mine)))
    assert plan_of(changed) == plan_of(mine.replace({"policy.severity": 1.2})) != wanted


def test_the_scenario_of_a_loaded_result_finds_its_files(beside, monkeypatch):
    result = moecast.run("mine.yaml", paths=64, seed=1, keep=0)
    result.save("mine.moecast")
    monkeypatch.chdir(beside.parent / "elsewhere")
    loaded = moecast.Result.load(beside / "mine.moecast")
    assert loaded.scenario.file == str((beside / "mine.yaml").resolve()) and loaded.scenario == result.scenario
    assert moecast.run(loaded.scenario, paths=64, seed=1, keep=0).digest == result.digest
    (beside / "mine.yaml").unlink()  # its text is in the result
    assert moecast.run(moecast.Result.load(beside / "mine.moecast").scenario, paths=64, seed=1, keep=0).digest == result.digest


def test_mistakes_go_by_the_name_that_was_given(beside):
    (beside / "bad.yaml").write_text("moecast: 1\nname: bad\nextends: baseline\ncatalogue: none\n")
    with pytest.raises(moecast.FileError, match="^bad.yaml:4:12: catalogue: there is no folder none$") as caught:
        moecast.Scenario.load("bad.yaml")
    assert caught.value.file == "bad.yaml"
    with pytest.raises(moecast.FileError, match="^../here/no.yaml: cannot be opened"):
        moecast.Scenario.load("../here/no.yaml")
    mine = moecast.Scenario.load("mine.yaml")
    (beside / "cat" / "models.yaml").unlink()
    with pytest.raises(moecast.FileError, match="^cat/models.yaml: cannot be opened") as caught:
        moecast.run(mine, paths=64)
    assert caught.value.file == "cat/models.yaml"
