"""Samplers and runs to a precision as the command has them: what is written, what is refused, exit codes."""
import csv
import json
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("MOECAST_BIN", ROOT / "build/moecast")).resolve()
RUN = ["run", "baseline", "--seed", "3", "--no-contrasts", "--no-report"]
SERIES = "f500.primary@2026-12"


def moecast(*words):
    return subprocess.run([BIN, *map(str, words)], capture_output=True, text=True, timeout=120, check=False)


def effective(folder, series, month):
    with (folder / "summary.csv").open(newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if (row["series"], row["month"], row["statistic"]) == (series, month, "mean")]
    assert len(rows) == 1
    return rows[0]["effective_paths"]


@pytest.mark.parametrize("sampler", ["lhs", "sobol"])
@pytest.mark.slow
def test_the_sampler_stands_in_everything_that_is_written(sampler, tmp_path):
    done = moecast(*RUN, "--paths", 256, "--sampler", sampler, "--replicates", 4, "-o", tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"sampler {sampler}, 4 replicates" in done.stdout
    said = json.loads((tmp_path / "run.json").read_text())
    assert (said["sampler"], said["replicates"]) == (sampler, 4) and said["sampling"]["median_gain"] > 0
    assert ("does not help" in said["sampling"]["note"]) == (said["sampling"]["median_gain"] < 1.2)
    assert float(effective(tmp_path, "cap.gap", "2026-12")) > 10
    path = moecast("path", tmp_path, 17, "--csv")
    assert path.returncode == 0 and path.stdout.count("\n") == 85


def test_independent_paths_are_worth_themselves(tmp_path):
    done = moecast(*RUN, "--paths", 128, "-o", tmp_path)
    assert done.returncode == 0 and "sampler" not in done.stdout
    said = json.loads((tmp_path / "run.json").read_text())
    assert (said["sampler"], said["replicates"]) == ("mc", 1) and "sampling" not in said
    assert effective(tmp_path, "cap.gap", "2026-12") == "128"
    assert effective(tmp_path, "policy.regime", "2024-03") == ""  # a constant has no error to compare


@pytest.mark.slow
def test_the_scenario_names_the_sampler_and_the_command_overrules_it(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("moecast: 1\nname: mine\nextends: baseline\nrun: {sampler: sobol, replicates: 2}\n")
    run = ["run", file, "--no-contrasts", "--no-report", "--paths", 128]
    assert "sampler sobol, 2 replicates" in moecast(*run, "-o", tmp_path / "a").stdout
    assert "sampler lhs, 16 replicates" in moecast(*run, "--sampler", "lhs", "-o", tmp_path / "b").stdout
    assert "sampler" not in moecast(*run, "--sampler", "mc", "-o", tmp_path / "c").stdout
    assert "sampler sobol, 4 replicates" in moecast(*run, "--replicates", 4, "-o", tmp_path / "d").stdout


@pytest.mark.slow
def test_a_precision_is_reached_or_the_exit_code_is_3_and_the_results_are_there(tmp_path):
    reached = moecast(*RUN, "--paths", 128, "--precision", f"{SERIES}:0.002, f500_60.primary:0.2,cap.gap@2026-12:p95:5", "-o", tmp_path / "a")
    assert reached.returncode == 0 and "not reached" not in reached.stdout and f"{SERIES} " in reached.stdout
    short = moecast(*RUN, "--paths", 128, "--max-paths", 200, "--precision", f"{SERIES}:0.00001", "-o", tmp_path / "b")
    assert short.returncode == 3 and "after 200 paths" in short.stderr and "not reached" in short.stdout
    plain = moecast(*RUN, "--paths", 200, "-o", tmp_path / "c")
    assert json.loads((tmp_path / "b/run.json").read_text())["digest"] == json.loads((tmp_path / "c/run.json").read_text())["digest"], plain.stderr


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["--sampler", "sobl"], "mc, lhs or sobol"),
        (["--sampler", "sobol", "--replicates", "1"], "at least 2 replicates"),
        (["--replicates", "65"], "from 1 to 64"),
        (["--sampler", "lhs", "--precision", f"{SERIES}:0.1"], "cannot grow"),
        (["--precision", "f500.primry@2026-12:0.1"], "did you mean 'f500.primary'?"),
        (["--precision", "f500_60.primry:0.1"], "did you mean 'f500_60.primary'?"),
        (["--precision", "f500.primary@2026-11:0.1"], "ends of quarters"),
        (["--precision", "f500.primary@2026-13:0.1"], "no month"),
        (["--precision", f"{SERIES}:p99:0.1"], "p05 to p95"),
        (["--precision", SERIES], "wanted series@month"),
        (["--precision", f"{SERIES}:0"], "wanted series@month"),
        (["--precision", f"{SERIES}:0.1,"], "wanted series@month"),
        (["--precision", ""], "wanted series@month"),
        (["--max-paths", "0"], "--max-paths"),
    ],
)
def test_a_mistake_gives_one_sentence_and_exit_code_2(words, part, tmp_path):
    done = moecast(*RUN, "--paths", 64, *words, "-o", tmp_path / "never")
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and part in done.stderr, done.stderr


def test_one_replicate_of_sobol_points_is_refused_at_its_place(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("moecast: 1\nname: mine\nextends: baseline\nrun: {sampler: sobol, replicates: 1}\n")
    done = moecast("check", file)
    assert done.returncode == 2 and done.stderr.startswith(f"{file}:4:") and "replicates" in done.stderr
