"""compare and diff as a person meets them: the same numbers from files and from runs, refusals in one sentence, exit codes."""
import csv
import itertools
import json
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("MOECAST_BIN", ROOT / "build/moecast")).resolve()
PATHS = 200


def moecast(*words, code=0):
    done = subprocess.run([BIN, *map(str, words)], capture_output=True, text=True, timeout=120)
    assert done.returncode == code, done.stderr
    return done


def refused(*words, code=2):
    done = moecast(*words, code=code)
    assert done.stderr.count("\n") == 1 and not done.stdout, done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    for name, scenario, seed in (("a", "baseline", 3), ("b", "no_controls", 3), ("c", "no_controls", 4)):
        moecast("run", scenario, "--paths", PATHS, "--seed", seed, "--no-contrasts", "--no-report", "--quiet", "-o", folder / name)
    return folder


@pytest.fixture(scope="module")
def compared():
    return json.loads(moecast("compare", "baseline", "no_controls", "--paths", PATHS, "--seed", 3, "--json").stdout)


# ---- compare -------------------------------------------------------------------------------------------------------------------------------------


def test_runs_and_scenarios_give_the_same_numbers(runs, compared):
    for sides in ((runs / "a", runs / "b"), (runs / "a/run.moecast", "no_controls"), ("baseline", runs / "b")):
        again = json.loads(moecast("compare", *sides, "--paths", PATHS, "--json").stdout)
        assert again["seed"] == 3 and len(again["series"]) == len(compared["series"]) > 100
        for one, other in zip(again["series"], compared["series"], strict=True):
            assert {**one, "with": ""} == {**other, "with": ""}
        assert [{**c, "with": ""} for c in again["claims"]] == [{**c, "with": ""} for c in compared["claims"]]


def test_means_are_those_of_the_run_files(runs, compared):
    with (runs / "b/summary.csv").open(newline="") as stream:
        means = {(r["series"] + ("." if r["element"] else "") + r["element"], r["month"]): float(r["value"]) for r in csv.DictReader(stream) if r["statistic"] == "mean"}
    for row in compared["series"]:
        assert row["b"]["value"] == pytest.approx(means[row["series"], row["month"]], rel=1e-9, abs=1e-9)


def test_number_of_threads_changes_nothing(compared):
    assert json.loads(moecast("compare", "baseline", "no_controls", "--paths", PATHS, "--seed", 3, "--threads", 1, "--json").stdout) == compared


def test_identical_scenarios_say_so():
    done = moecast("compare", "baseline", "baseline", "--paths", 64, "--series", "cap.gap")
    assert "identical, path by path" in done.stdout


def test_chosen_series_and_months_are_compared_with_every_other_side():
    words = ("compare", "baseline", "no_controls", "tight_controls", "--paths", 64, "--series", "cap.gap,share.open.developers", "--at", "2027-05,2028-12", "--json")
    rows = json.loads(moecast(*words).stdout)["series"]
    assert [(r["with"], r["series"], r["month"]) for r in rows] == [
        (w, s, m) for w in ("no_controls", "tight_controls") for s in ("cap.gap", "share.open.developers") for m in ("2027-05", "2028-12")
    ]


def test_csv_holds_what_json_holds(tmp_path, compared):
    moecast("compare", "baseline", "no_controls", "--paths", PATHS, "--seed", 3, "--csv", tmp_path / "c.csv")
    with (tmp_path / "c.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    series = [r for r in rows if r["kind"] == "series"]
    assert [float(r["difference"]) for r in series] == [r["difference"]["value"] for r in compared["series"]]
    assert [float(r["difference"]) for r in rows if r["kind"] == "claim"] == [c["difference"]["value"] for c in compared["claims"]]


def test_what_one_side_lacks_is_named_and_left_out(tmp_path):
    short = tmp_path / "short.yaml"
    short.write_text("moecast: 1\nname: short\nextends: baseline\ntime: {end: 2028-12}\n")
    done = moecast("compare", "baseline", short, "--paths", 64)
    assert "2030-12 is left out: it lies outside the horizon of" in done.stdout and "2028-12" in done.stdout


@pytest.mark.parametrize("words,said", [
    (["compare"], "wants two or more"),
    (["compare", "baseline"], "wants two or more"),
    (["compare", "baseline", "no_controls", "--paths", "0"], "--paths"),
    (["compare", "baseline", "no_controls", "--series", "cap.gapp"], "did you mean 'cap.gap'"),
    (["compare", "baseline", "no_controls", "--at", "2028-13"], "'2028-13'"),
    (["compare", "baseline", "no_controls", "--at", "2070-01"], "nothing can be compared"),
    (["compare", "baseline", "no_control"], "did you mean 'no_controls'"),
])
def test_wrong_words_of_compare_give_one_sentence(words, said):
    assert said in refused(*words)


def test_runs_of_different_seeds_are_refused(runs):
    assert "paths can only be paired at one seed" in refused("compare", runs / "a", runs / "c")
    assert "cannot be compared at the seed 9" in refused("compare", runs / "a", "no_controls", "--seed", 9)


def test_damaged_run_is_refused(runs, tmp_path):
    broken = tmp_path / "run.moecast"
    broken.write_bytes((runs / "a/run.moecast").read_bytes()[:50_000])
    refused("compare", broken, "baseline", code=4)


# ---- waterfall -----------------------------------------------------------------------------------------------------------------------------------

WATERFALL = ("compare", "baseline", "no_controls_no_rubin", "--paths", 64, "--waterfall", "cost.cn_first_party@2028-12")


def test_waterfall_adds_up_and_csv_holds_what_json_holds(tmp_path):
    found = json.loads(moecast(*WATERFALL, "--json", "--csv", tmp_path / "w.csv").stdout)
    assert [bar["group"] for bar in found["bars"]] == ["fleets", "policy"] and found["runs"] == 4 and found["orders"] == 0
    assert sum(bar["effect"]["value"] for bar in found["bars"]) == pytest.approx(found["difference"]["value"], abs=1e-12)
    with (tmp_path / "w.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [r["kind"] for r in rows] == ["a", "bar", "bar", "b", "difference"]
    assert [float(r["value"]) for r in rows[1:3]] == [bar["effect"]["value"] for bar in found["bars"]]


def test_waterfall_of_runs_is_that_of_scenarios(runs):
    words = ("--paths", 64, "--waterfall", "cap.gap@2028-12", "--json")
    of_runs = json.loads(moecast("compare", runs / "a", runs / "b", *words).stdout)
    assert of_runs["bars"] == json.loads(moecast("compare", "baseline", "no_controls", *words, "--seed", 3).stdout)["bars"]


@pytest.mark.parametrize("words,said", [
    (["no_controls", "--waterfall", "cap.gap"], "a series and a month"),
    (["no_controls", "--waterfall", "cap.gap@2070-01"], "outside the horizon"),
    (["no_controls", "--waterfall", "cap.gapp@2028-12"], "did you mean 'cap.gap'"),
    (["no_controls", "tight_controls", "--waterfall", "cap.gap@2028-12"], "of two scenarios"),
    (["no_controls", "--waterfall", "cap.gap@2028-12", "--series", "cap.gap"], "leave --series and --at out"),
    (["no_controls", "--groups", "auto"], "belong to --waterfall"),
    (["no_controls", "--waterfall", "cap.gap@2028-12", "--orders", "0"], "--orders"),
])
def test_wrong_words_of_waterfall_give_one_sentence(words, said):
    assert said in refused("compare", "baseline", *words)


def test_missing_file_of_groups_is_a_file_error(tmp_path):
    refused(*WATERFALL, "--groups", tmp_path / "none.yaml", code=4)


# ---- diff ----------------------------------------------------------------------------------------------------------------------------------------


def test_diff_of_a_scenario_with_itself_is_nothing_and_exit_code_0(runs):
    assert "the scenarios say the same" in moecast("diff", "baseline", "baseline").stdout
    assert "the same, bit for bit" in moecast("diff", runs / "a", runs / "a/run.moecast").stdout
    assert json.loads(moecast("diff", runs / "a", runs / "a", "--json").stdout)["differ"] is False


def test_diff_lists_keys_in_words_and_ends_with_1():
    found = json.loads(moecast("diff", "baseline", "hindcast_2025_09", "--json", code=1).stdout)
    by_path = {d["path"]: d for d in found["scenario"]}
    assert found["differ"] and found["plans_differ"] and "normal, mean 15, 90 %" in by_path["cap.g_f"]["b"] and "ECI/yr" in by_path["cap.g_f"]["a"]
    assert by_path["levers.input_tokens"]["group"] == "levers" and "name" not in by_path
    assert "policy.schedule" in moecast("diff", "baseline", "no_controls", code=1).stdout


def test_diff_names_a_note_that_differs_and_moves_no_path(tmp_path):
    noted = tmp_path / "noted.yaml"
    note = 'unit: month, basis: guess, date: 2026-08, reason: "x"'
    noted.write_text(f"moecast: 1\nname: noted\nextends: baseline\ncap: {{lambda_R: {{truncated_normal: {{mean: 4, sd: 2, low: 0}}, {note}}}}}\n")
    found = json.loads(moecast("diff", "baseline", noted, "--json", code=1).stdout)
    assert [(d["path"], d["only_notes"]) for d in found["scenario"]] == [("cap.lambda_R", True)] and not found["plans_differ"]


def test_diff_of_runs_says_what_lies_beyond_two_errors(runs):
    found = json.loads(moecast("diff", runs / "a", runs / "b", "--json", code=1).stdout)
    assert found["a"]["digest"] != found["b"]["digest"] and found["a"]["seed"] == found["b"]["seed"] == 3
    assert {"cost.cn_first_party", "compute.k_cn"} <= {m["series"] for m in found["means"]}
    for m in found["means"]:
        assert abs(m["a"]["value"] - m["b"]["value"]) / (m["a"]["error"] ** 2 + m["b"]["error"] ** 2) ** 0.5 == pytest.approx(m["sigmas"]) and m["sigmas"] > 2


@pytest.mark.parametrize("words,said", [(["diff"], "wants two"), (["diff", "baseline"], "wants two"), (["diff", "baseline", "basline"], "baseline"), (["diff", "a", "b", "c"], "too many")])
def test_wrong_words_of_diff_give_one_sentence(words, said):
    assert said in refused(*words)


@pytest.mark.parametrize("sampler", [pytest.param("lhs", marks=pytest.mark.slow), pytest.param("sobol", marks=pytest.mark.slow)])
def test_runs_of_a_sampler_are_compared_in_its_replicates(sampler, tmp_path):
    words = ("--paths", 512, "--seed", 3, "--sampler", sampler, "--no-contrasts", "--no-report", "--quiet")
    for name in ("baseline", "no_controls"):
        moecast("run", name, *words, "-o", tmp_path / name)
    ask = ("--paths", 512, "--series", "cap.gap,share.world_open", "--at", "2028-12", "--json")
    both = json.loads(moecast("compare", tmp_path / "baseline", tmp_path / "no_controls", *ask).stdout)
    mixed = json.loads(moecast("compare", tmp_path / "baseline", "no_controls", *ask).stdout)
    assert [{**row, "with": ""} for row in mixed["series"]] == [{**row, "with": ""} for row in both["series"]]
    for row, (element, which) in itertools.product(both["series"], (("baseline", "a"), ("no_controls", "b"))):
        with (tmp_path / element / "summary.csv").open(newline="") as stream:
            found = [r for r in csv.DictReader(stream) if (r["series"], r["element"], r["month"], r["statistic"]) == (row["series"], "", row["month"], "mean")]
        assert row[which]["value"] == pytest.approx(float(found[0]["value"]), rel=1e-9)
        assert row[which]["error"] == pytest.approx(float(found[0]["standard_error"]), rel=1e-6)
        assert 0 < row["difference"]["error"] < row["a"]["error"]


@pytest.mark.slow
def test_runs_drawn_in_different_ways_are_refused(runs, tmp_path):
    moecast("run", "baseline", "--paths", 64, "--seed", 3, "--sampler", "sobol", "--no-contrasts", "--no-report", "--quiet", "-o", tmp_path / "sobol")
    assert "paths can only be paired when they were drawn alike" in refused("compare", runs / "a", tmp_path / "sobol")
    assert "it cannot be compared by lhs in 16" in refused("compare", tmp_path / "sobol", "no_controls", "--sampler", "lhs")
    assert "it cannot be compared by sobol in 8" in refused("compare", tmp_path / "sobol", "no_controls", "--replicates", 8)


@pytest.mark.parametrize("sampler", ["lhs", "sobol"])
def test_scenario_brings_its_own_sampler_into_a_comparison_and_a_waterfall(sampler, tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text(f"moecast: 1\nname: own\nextends: baseline\nrun: {{sampler: {sampler}, replicates: 8}}\n")
    ask = ("--paths", 64, "--seed", 3, "--json")
    found = json.loads(moecast("compare", own, "no_controls", "--series", "cap.gap", "--at", "2028-12", *ask).stdout)
    named = json.loads(moecast("compare", "baseline", "no_controls", "--series", "cap.gap", "--at", "2028-12", "--sampler", sampler, "--replicates", 8, *ask).stdout)
    assert (found["sampler"], found["replicates"]) == (sampler, 8) and found["series"] == named["series"]
    fall = json.loads(moecast("compare", own, "no_controls", "--waterfall", "cap.gap@2028-12", *ask).stdout)
    assert (fall["sampler"], fall["replicates"]) == (sampler, 8)
    assert fall["difference"] == {**found["series"][0]["difference"]} and fall["bars"][0]["effect"] == fall["difference"]


@pytest.mark.slow
def test_a_hypercube_is_compared_and_told_no_further_than_its_points_reach(tmp_path):
    moecast("run", "baseline", "--paths", 1024, "--seed", 3, "--sampler", "lhs", "--replicates", 4, "--shard", "2/2", "--quiet", "-o", tmp_path / "half")
    found = json.loads(moecast("compare", tmp_path / "half", "no_controls", "--series", "cap.gap", "--at", "2026-12", "--json").stdout)
    assert (found["paths"], found["sampler"], found["series"][0]["pairs"]) == (512, "lhs", 512)
    assert moecast("path", tmp_path / "half", 1023).returncode == 0
    assert "a Latin hypercube of 1024 points has no path 1024" in refused("path", tmp_path / "half", 1024)


def test_no_path_or_every_path_is_a_bound_and_no_certainty(runs):
    found = json.loads(moecast("compare", "baseline", "no_controls", "--paths", 64, "--seed", 3, "--json").stdout)
    never = [row for row in found["claims"] if row["a"]["count"] and not row["a"]["hits"]]
    assert never and all(row["a"]["low"] == 0 and row["a"]["high"] == pytest.approx(1 - 0.05 ** (1 / row["a"]["count"])) for row in never)
    assert "below 0.046" in moecast("compare", "baseline", "no_controls", "--paths", 64, "--seed", 3).stdout
    assert "?" in moecast("compare", "baseline", "no_controls", "--paths", 1, "--series", "cap.gap", "--at", "2028-12").stdout
    assert "nan" not in moecast("compare", "baseline", "no_controls", "--paths", 1, "--waterfall", "cap.gap@2028-12").stdout


@pytest.mark.slow
def test_diff_says_how_paths_were_drawn_and_holds_bounds_against_each_other(tmp_path):
    for sampler, paths in (("mc", 700), ("sobol", 512)):
        moecast("run", "baseline", "--paths", paths, "--seed", 3, "--sampler", sampler, "--no-contrasts", "--no-report", "--quiet", "-o", tmp_path / sampler)
    said = moecast("diff", tmp_path / "mc", tmp_path / "sobol", code=1).stdout
    assert "seed 3, sampler sobol in 16 replicates" in said and "the scenarios say the same" in said
    found = json.loads(moecast("diff", tmp_path / "mc", tmp_path / "sobol", "--json", code=1).stdout)
    assert (found["a"]["sampler"], found["b"]["sampler"], found["b"]["replicates"]) == ("mc", "sobol", 16)
    rare = [row for row in found["claims"] if min(row["a"]["hits"], row["b"]["hits"]) == 0 and max(row["a"]["hits"], row["b"]["hits"]) < 4]
    assert not rare


@pytest.mark.parametrize("words,said", [(["--sampler", "sobel"], "mc, lhs or sobol, not 'sobel'"), (["--sampler", "sobol", "--replicates", 1], "at least 2 replicates"), (["--replicates", 65], "64")])
def test_sampler_of_a_comparison_that_is_none_is_refused(words, said):
    assert said in refused("compare", "baseline", "no_controls", *words)
