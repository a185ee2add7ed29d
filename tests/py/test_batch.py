"""Batches: what a file or a folder makes run, faults with their place, going on after failures and interruptions, the index."""
import csv
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import time

import pytest
import terminal

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("MOECAST_BIN", ROOT / "build/moecast")).resolve()
HEAD = "moecast_batch: 1\n"
DEFAULTS = "defaults: {paths: 40, seed: 3, contrasts: false, report: false, month: 2028-12}\n"
GRID = """grid:
  base: baseline
  keys:
    policy.schedule:
      free: {2024-01: current, 2026-09: none}
      tight: {2024-01: current, 2026-09: tight}
    cap.lambda_K: [0, 0.4]
"""


def moecast(*words, cwd=None):
    env = {**os.environ, "MOECAST_SCENARIOS": str(ROOT / "scenarios"), "SOURCE_DATE_EPOCH": "1780000000"}
    return subprocess.run([BIN, *map(str, words)], capture_output=True, text=True, cwd=cwd, env=env, timeout=120)


def rows_of(folder):
    with open(folder / "index.csv", newline="") as file:
        return {row["run"]: row for row in csv.DictReader(file)}


def digest_of(folder):
    return json.loads((folder / "run.json").read_text())["digest"]


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    folder = tmp_path_factory.mktemp("batch")
    (folder / "mine.yaml").write_text("moecast: 1\nname: mine\nextends: baseline\nlevers: {plus_price: 25}\n")
    (folder / "wrong.yaml").write_text("moecast: 1\nname: wrong\nextends: baseline\nlevers: {plus_prise: 25}\n")
    (folder / "study.yaml").write_text(f"{HEAD}title: A study\n{DEFAULTS}scenarios: [baseline, ./mine.yaml, ./wrong.yaml]\n{GRID}")
    return folder, moecast("batch", folder / "study.yaml", "-o", folder / "out")


def test_every_scenario_and_cell_runs_and_a_failed_one_stops_nothing(batch):
    folder, done = batch
    assert done.returncode == 1 and "1 of 7 runs failed" in done.stderr
    last = done.stdout.splitlines()[-1]
    assert last.startswith("failed: wrong: ") and "wrong.yaml:4:10: levers.plus_prise" in last
    rows = rows_of(folder / "out")
    assert list(rows) == ["baseline", "mine", "wrong", *(f"baseline+schedule={a}+lambda_K={b}" for a in ("free", "tight") for b in ("0", "0.4"))]
    assert [row["status"] for row in rows.values()] == ["ok", "ok", "failed", "ok", "ok", "ok", "ok"]
    assert "plus_prise" in rows["wrong"]["sentence"] and not rows["wrong"]["digest"]


def test_a_cell_is_a_scenario_of_its_own_that_runs_by_itself(batch, tmp_path):
    folder = batch[0] / "out" / "baseline+schedule=tight+lambda_K=0.4"
    text = (folder / "scenario.yaml").read_text()
    assert 'extends: "baseline"' in text and "lambda_K: 0.4" in text and "2026-09: tight" in text
    assert moecast("run", folder / "scenario.yaml", "--paths", 40, "--seed", 3, "--no-contrasts", "--no-report", "-o", tmp_path / "a").returncode == 0
    assert digest_of(tmp_path / "a") == digest_of(folder)


def test_the_index_holds_changed_keys_headlines_and_claims(batch):
    rows = rows_of(batch[0] / "out")
    row = rows["baseline+schedule=tight+lambda_K=0.4"]
    folder = batch[0] / "out" / row["folder"]
    assert (row["base"], row["policy.schedule"], row["cap.lambda_K"], row["paths"], row["seed"], row["month"]) == ("baseline", "tight", "0.4", "40", "3", "2028-12")
    assert row["digest"] == digest_of(folder)
    with open(folder / "summary.csv", newline="") as file:
        medians = [r for r in csv.reader(file) if r[:4] == ["cap.gap", "", "2028-12", "p50"]]
    assert [row["cap.gap.p50"], row["cap.gap.p50_error"]] == medians[0][4:6]
    assert 0 <= float(row["claim.f500_60.primary"]) <= 1 and float(rows["baseline+schedule=free+lambda_K=0"]["cap.gap.p50"]) != float(row["cap.gap.p50"])


def test_the_workbook_shows_what_the_csv_holds(batch):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(batch[0] / "out" / "index.xlsx")
    assert book.sheetnames[:8] == ["Contents", "Runs", "Headlines", "Claims", "Scenarios", "Differences", "Claims compared", "What differs"] and "Open share" in book.sheetnames
    cells = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}
    rows = rows_of(batch[0] / "out")
    assert set(rows) <= cells and "A study" in cells and float(rows["mine"]["cap.gap.p50"]) in {round(c, 15) for c in cells if isinstance(c, float)} | cells
    assert '=HYPERLINK("mine/run.json","run.json")' in cells


@pytest.mark.slow
def test_the_workbook_puts_runs_side_by_side_and_leads_to_their_own_sheets(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    (tmp_path / "study.yaml").write_text(f"{HEAD}defaults: {{paths: 40, seed: 3, report: true}}\nscenarios: [baseline, no_controls]\n")
    assert moecast("batch", tmp_path / "study.yaml", "-o", tmp_path / "out", "--quiet").returncode == 0
    book = openpyxl.load_workbook(tmp_path / "out" / "index.xlsx")
    links = {cell.hyperlink.location.rsplit("!", 1)[0].strip("'") for row in book["Contents"].iter_rows() for cell in row if cell.hyperlink}
    assert links == set(book.sheetnames) - {"Contents"} and "2 of 2 runs are put side by side and held against baseline." in [row[0].value for row in book["Contents"].iter_rows()]
    targets = [re.match(r'=HYPERLINK\("([^"]+)"', str(cell.value)) for row in book["Runs"].iter_rows() for cell in row]
    targets = [target[1] for target in targets if target]
    assert len(targets) == 2 * 5
    for target in targets:
        file, _, place = target.partition("#")
        assert (tmp_path / "out" / file).is_file()
        assert not place or place.removesuffix("!A1") in openpyxl.load_workbook(tmp_path / "out" / file, read_only=True).sheetnames
    compared = json.loads(moecast("compare", tmp_path / "out" / "baseline", tmp_path / "out" / "no_controls", "--paths", 40, "--series", "cap.gap", "--at", "2030-12", "--json", "--quiet").stdout)
    cells = [cell for row in book["Differences"].iter_rows(values_only=True) for cell in row if isinstance(cell, float)]
    assert any(abs(cell - compared["series"][0]["difference"]["value"]) < 1e-14 for cell in cells)


@pytest.mark.slow
def test_started_again_it_keeps_what_is_done_and_force_does_not(batch):
    folder = batch[0]
    before = {path: path.stat().st_mtime_ns for path in folder.glob("out/*/run.moecast")}
    again = moecast("batch", folder / "study.yaml", "-o", folder / "out")
    assert again.returncode == 1 and "7 runs: 0 made, 6 kept, 1 failed" in again.stdout
    assert before == {path: path.stat().st_mtime_ns for path in folder.glob("out/*/run.moecast")}
    (folder / "out/mine/run.json").unlink()
    assert "7 runs: 1 made, 5 kept, 1 failed" in moecast("batch", folder / "study.yaml", "-o", folder / "out").stdout
    (folder / "only.yaml").write_text(f"{HEAD}{DEFAULTS}scenarios: [./mine.yaml]\n")
    assert "1 made" in moecast("batch", folder / "only.yaml", "-o", folder / "out", "--force").stdout
    assert "1 kept" in moecast("batch", folder / "only.yaml", "-o", folder / "out").stdout
    assert "1 made" in moecast("batch", folder / "only.yaml", "-o", folder / "out", "--paths", 41).stdout
    (folder / "mine.yaml").write_text((folder / "mine.yaml").read_text().replace("25", "26"))
    assert "1 made" in moecast("batch", folder / "only.yaml", "-o", folder / "out", "--paths", 41).stdout


@pytest.mark.slow
def test_results_do_not_depend_on_threads(batch, tmp_path):
    (tmp_path / "two.yaml").write_text(f"{HEAD}{DEFAULTS}scenarios: [baseline, no_rubin]\n")
    for threads in (1, 3):
        assert moecast("batch", tmp_path / "two.yaml", "-o", tmp_path / f"out{threads}", "--threads", threads, "--paths", 70).returncode == 0
    for name in ("baseline", "no_rubin"):
        assert digest_of(tmp_path / "out1" / name) == digest_of(tmp_path / "out3" / name)


def test_a_folder_runs_its_scenarios_and_leaves_out_the_rest(tmp_path):
    (tmp_path / "b.yaml").write_text("moecast: 1\nname: b\nextends: baseline\n")
    (tmp_path / "a.yaml").write_text("moecast: 1\nname: a\nextends: ./b.yaml\n")
    (tmp_path / "c.yaml").write_text(HEAD + "scenarios: [baseline]\n")
    done = moecast("batch", tmp_path, "-o", tmp_path / "out", "--paths", 20)
    assert done.returncode == 0 and done.stdout.startswith(f"1 files of {tmp_path} are no scenarios and left out\n")
    assert list(rows_of(tmp_path / "out")) == ["a", "b"]


def test_ctrl_c_keeps_what_is_finished_and_the_same_command_goes_on(tmp_path):
    grown = tmp_path / "grown.yaml"
    grown.write_text("moecast: 1\nname: grown\nextends: baseline\nrun: {paths: 5000000}\n")
    (tmp_path / "mixed.yaml").write_text(HEAD + "scenarios: [./small.yaml, ./grown.yaml]\n")
    (tmp_path / "small.yaml").write_text("moecast: 1\nname: small\nextends: baseline\nrun: {paths: 30}\n")
    process = subprocess.Popen([BIN, "batch", tmp_path / "mixed.yaml", "-o", tmp_path / "mixed"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline().startswith("[1/2] small: ok")
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130 and "interrupted after 1 of 2 runs" in err and "1 not run" in out
    rows = rows_of(tmp_path / "mixed")
    assert rows["small"]["status"] == "ok" and rows["grown"]["status"] == "not run"
    grown.write_text(grown.read_text().replace("5000000", "30"))
    assert "1 made, 1 kept" in moecast("batch", tmp_path / "mixed.yaml", "-o", tmp_path / "mixed").stdout


@pytest.mark.slow
def test_what_an_earlier_batch_finished_stays_in_the_index_after_ctrl_c(tmp_path):
    (tmp_path / "long.yaml").write_text("moecast: 1\nname: long\nextends: baseline\nrun: {paths: 5000000}\n")
    (tmp_path / "small.yaml").write_text("moecast: 1\nname: small\nextends: baseline\nrun: {paths: 30}\n")
    (tmp_path / "study.yaml").write_text(HEAD + "scenarios: [./small.yaml]\n")
    assert moecast("batch", tmp_path / "study.yaml", "-o", tmp_path / "out").returncode == 0
    before = rows_of(tmp_path / "out")["small"]
    (tmp_path / "study.yaml").write_text(HEAD + "scenarios: [./long.yaml, ./small.yaml]\n")
    process = subprocess.Popen([BIN, "batch", tmp_path / "study.yaml", "-o", tmp_path / "out"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130 and "1 kept, 0 failed, 1 not run" in out and "interrupted after 1 of 2 runs" in err
    rows = rows_of(tmp_path / "out")
    assert rows["long"]["status"] == "not run" and rows["small"] == {**before, "status": "kept"}


@pytest.mark.slow
def test_another_catalogue_or_sampler_makes_a_run_again(tmp_path):
    shutil.copytree(ROOT / "scenarios/catalogue", tmp_path / "cat")
    (tmp_path / "own.yaml").write_text("moecast: 1\nname: own\nextends: baseline\ncatalogue: ./cat\n")
    (tmp_path / "study.yaml").write_text(f"{HEAD}{DEFAULTS}scenarios: [./own.yaml]\n")
    batch = ("batch", tmp_path / "study.yaml", "-o", tmp_path / "out")
    assert "1 made" in moecast(*batch).stdout and "1 kept" in moecast(*batch).stdout
    before, hardware = digest_of(tmp_path / "out/own"), tmp_path / "cat/hardware.yaml"
    hardware.write_text(re.sub(r"(capex_usd: )(\d+)", lambda m: f"{m[1]}{int(m[2]) + 100}", hardware.read_text(), count=40))
    assert "1 made" in moecast(*batch).stdout and digest_of(tmp_path / "out/own") != before
    assert moecast("run", tmp_path / "own.yaml", "--paths", 40, "--seed", 3, "--sampler", "sobol", "--no-contrasts", "--no-report", "-o", tmp_path / "out/own").returncode == 0
    assert "1 made" in moecast(*batch).stdout and "1 kept" in moecast(*batch).stdout


@pytest.mark.slow
def test_two_batches_do_not_share_a_folder(tmp_path):
    (tmp_path / "long.yaml").write_text("moecast: 1\nname: long\nextends: baseline\nrun: {paths: 5000000}\n")
    (tmp_path / "study.yaml").write_text(HEAD + "scenarios: [./long.yaml]\n")
    first = subprocess.Popen([BIN, "batch", tmp_path / "study.yaml", "-o", tmp_path / "out"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    second = moecast("batch", tmp_path / "study.yaml", "-o", tmp_path / "out")
    first.kill()
    first.wait()
    assert second.returncode == 4 and "another batch is writing into it" in second.stderr and second.stderr.count("\n") == 1


@pytest.mark.slow
def test_a_run_that_was_broken_off_is_gone_on_with(tmp_path):
    (tmp_path / "long.yaml").write_text("moecast: 1\nname: long\nextends: baseline\ntime: {start: 2024-01, end: 2024-12}\nrun: {paths: 40000, seed: 3}\n")
    (tmp_path / "study.yaml").write_text(HEAD + "scenarios: [./long.yaml]\n")
    out = tmp_path / "out"
    process = subprocess.Popen([BIN, "batch", tmp_path / "study.yaml", "-o", out], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60) and process.returncode == 130
    assert (out / "long" / "run.moecast").exists() and not (out / "long" / "run.json").exists()
    assert "1 made, 0 kept" in moecast("batch", tmp_path / "study.yaml", "-o", out).stdout
    facts = json.loads((out / "long" / "run.json").read_text())
    whole = json.loads(moecast("run", tmp_path / "long.yaml", "-o", tmp_path / "whole", "--no-contrasts", "--no-report", "--json").stdout)
    with sqlite3.connect(f"file:{out / 'long' / 'run.moecast'}?immutable=1", uri=True) as file:
        (command,), = file.execute("SELECT value FROM meta WHERE key = 'command_line'").fetchall()
    assert "--resume" in command and facts["digest"] == whole["digest"]


FAULTS = [  # text behind the head, place, words
    ("scenarios: [baseline]\nthreds: 3\n", "3:1", "threds: unknown key; allowed here: moecast_batch"),
    ("scenarios: [basline]\n", "2:13", "did you mean 'baseline'?"),
    ("scenarios: baseline\n", "2:12", "wanted a list"),
    ("scenarios: [./nowhere.yaml]\n", "2:13", "there is no file"),
    ("scenarios: [baseline, baseline]\n", "2:23", "two runs would be called 'baseline'"),
    ("defaults: {paths: 0}\nscenarios: [baseline]\n", "2:19", "between 1 and"),
    ("defaults: {path: 10}\nscenarios: [baseline]\n", "2:12", "did you mean 'paths'?"),
    ("defaults: {contrasts: maybe}\nscenarios: [baseline]\n", "2:23", "true or false"),
    ("defaults: {month: 2028-13}\nscenarios: [baseline]\n", "2:19", "a month such as"),
    ("defaults: [1]\nscenarios: [baseline]\n", "2:11", "wanted a map"),
    ("title: nothing to do\n", "1:1", "the batch runs nothing"),
    ("grid: {keys: {cap.g_f: [10, 20]}}\n", "2:7", "grid.base: is missing"),
    ("grid: {base: baseline}\n", "2:7", "grid.keys: wanted a map"),
    ("grid: {base: baselin, keys: {cap.g_f: [10, 20]}}\n", "2:14", "did you mean 'baseline'?"),
    ("grid: {base: baseline, kees: {cap.g_f: [10, 20]}}\n", "2:24", "did you mean 'keys'?"),
    ("grid: {base: baseline, keys: {cap.g_g: [10, 20]}}\n", "2:31", "did you mean 'cap.g_f'?"),
    ("grid: {base: baseline, keys: {choice.alpha: [10, 20]}}\n", "2:31", "holds further keys"),
    ("grid: {base: baseline, keys: {choice.alpha.developer: [0.1, 0.2]}}\n", "2:56", "did you mean 'developers'?"),
    ("grid: {base: baseline, keys: {name: [a, b]}}\n", "2:31", "set by the batch"),
    ("grid: {base: baseline, keys: {cap.g_f: 10}}\n", "2:40", "wanted a list of values"),
    ("grid: {base: baseline, keys: {cap.g_f: [10, 10]}}\n", "2:45", "'10' stands twice"),
    ("grid: {base: baseline, keys: {cap.g_f: [10, fast]}}\n", "2:45", "fast"),
    ("grid: {base: baseline, keys: {cap.g_f: [10, -1000]}}\n", "2:45", "-1000"),
    ("grid: {base: baseline, keys: {cap.g_f: {slow: {norml: {mean: 1, sd: 1}}}}}\n", "2:47", "norml"),
    ("grid: {base: baseline, keys: {cap.g_f: [{fixed: 3}]}}\n", "2:41", "{label: value}"),
    ("grid: {base: baseline, keys: {cap.g_f: {a/b: 3}}}\n", "2:41", "letters, digits"),
    ("grid: {base: baseline, keys: {cap.g_f: {" + "x" * 60 + ": 15}}}\n", "2:40", "longer than 63 bytes"),
    ("grid: {base: [], keys: {cap.g_f: [10]}}\n", "2:14", "empty list"),
    ("scenarios: [baseline\n", "3:1", ""),
]


@pytest.mark.parametrize("text,place,words", FAULTS)
def test_a_planted_fault_is_one_sentence_with_its_place(tmp_path, text, place, words):
    (tmp_path / "fault.yaml").write_text(HEAD + text)
    done = moecast("batch", "fault.yaml", "-o", tmp_path / "out", cwd=tmp_path)
    assert done.returncode in (2, 4) and done.stderr.count("\n") == 1 and not done.stdout, done.stderr
    assert done.stderr.startswith(f"fault.yaml:{place}:") and words in done.stderr, done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("text,words", [("moecast: 1\nname: x\nextends: baseline\n", "this is a scenario"), ("- 1\n", "a batch is a map"), ("moecast_batch: 2\n", "version 1"),
                                        ("title: x\n", "begin the file with 'moecast_batch: 1'")])
def test_a_file_that_is_no_batch_is_refused(tmp_path, text, words):
    (tmp_path / "x.yaml").write_text(text)
    done = moecast("batch", tmp_path / "x.yaml")
    assert done.returncode == 2 and words in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize("words,code", [([], 2), (["nowhere.yaml"], 4), (["controls_grid", "--threads", "65"], 2), (["controls_grid", "--paths", "0"], 2), (["."], 2)])
def test_wrong_use_is_refused(tmp_path, words, code):
    done = moecast("batch", *words, cwd=tmp_path)
    assert done.returncode == code and done.stderr.count("\n") == 1


def test_the_shipped_batches_name_cells_that_load(tmp_path):
    for file in (ROOT / "scenarios/batches").glob("*.yaml"):
        (tmp_path / "none").write_text("")
        done = moecast("batch", file.stem, "-o", tmp_path / "none" / "below")  # read and checked, then stopped: the folder cannot be made
        assert done.returncode == 4 and "none" in done.stderr


# ---- on a terminal -------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_terminal_shows_a_bar_a_run_and_one_over_all_and_is_left_clean(tmp_path):
    (tmp_path / "two.yaml").write_text(f"{HEAD}defaults: {{paths: 2000, seed: 3, contrasts: false, report: false, month: 2028-12}}\nscenarios: [baseline, no_controls, tight_controls]\n")
    env = {"MOECAST_SCENARIOS": str(ROOT / "scenarios")}
    code, pictures = terminal.run([BIN, "batch", tmp_path / "two.yaml", "-o", tmp_path / "out", "--threads", 2], columns=90, env=env)
    assert code == 0
    both = [p for p in pictures if any(re.match(r"  baseline .*\[[#.]{20}\] +\d+ % of 2000 paths", line) for line in p) and any(line.startswith("  no_controls ") for line in p)]
    assert both and all(re.match(r"  \d of 3 runs +\[[#.]{20}\] +\d+ %, \d+ s", p[-2]) for p in both)
    assert [line.split(":")[0] for line in pictures[-1][:3]] == [f"[{i}/3] {line.split()[1][:-1]}" for i, line in enumerate(pictures[-1][:3], 1)]
    assert pictures[-1][3].startswith("3 runs: 3 made") and not any("#" in line or ".." in line for line in pictures[-1])


@pytest.mark.slow
def test_low_terminal_shows_as_many_runs_as_it_has_room_for(tmp_path):
    (tmp_path / "four.yaml").write_text(f"{HEAD}{DEFAULTS.replace('40', '300')}{GRID}")
    env = {"MOECAST_SCENARIOS": str(ROOT / "scenarios")}
    code, pictures = terminal.run([BIN, "batch", tmp_path / "four.yaml", "-o", tmp_path / "out", "--threads", 4], rows=4, columns=60, env=env)
    assert code == 0
    boards = [[line for line in p if line.startswith("  ")] for p in pictures]
    assert not any(re.search(r" of 30?$| of 300 p?a?t?h?$", line) for board in boards for line in board)
    assert max(map(len, boards)) == 3 and all(board[-1].lstrip()[0].isdigit() for board in boards if board)
