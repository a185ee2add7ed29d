"""The workbook of a shard, of a broken-off run and of a run without claims says that it is one, and every workbook says a command that gives its digest again."""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
import time
from pathlib import Path

import check_workbook as check
import openpyxl
import pytest
from workbooks import MOECAST, moecast, opened

OWN = """
moecast: 1
name: own
extends: no_controls
title: My own
claims: null
cap: {lambda_K: 0.4}
run: {sampler: sobol, replicates: 8}
"""
QUIET = ["--no-contrasts", "--no-report", "--quiet"]


def facts(run: Path) -> dict[str, str]:
    """Labels of the sheet Run to their values."""
    if not (run / "report.xlsx").exists():
        moecast("report", run)
    return {row[0]: row[1] for row in opened(run / "report.xlsx", read_only=True)["Run"].iter_rows(max_col=2, values_only=True) if len(row) > 1 and row[1]}


def digest(run: Path) -> str:
    return json.loads((run / "run.json").read_text())["digest"]


def sentences(sheet: openpyxl.worksheet.worksheet.Worksheet) -> list[str]:
    return [cell for row in sheet.iter_rows(values_only=True) for cell in row if isinstance(cell, str)]


def repeat(command: str, folder: Path) -> str:
    """The digest that the printed command gives, run in a folder where nothing else is."""
    words = shlex.split(command)
    assert words[0] == "moecast" and words[-2:] == ["-o", "out/again"], command
    folder.mkdir(exist_ok=True)
    subprocess.run([MOECAST, *words[1:], "--no-report", "--quiet"], cwd=folder, check=True, capture_output=True)
    return digest(folder / "out" / "again")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scenario of one's own in a folder with a blank and a quote in its name."""
    file = tmp_path_factory.mktemp("own") / "my 'own' ones" / "own.yaml"
    file.parent.mkdir()
    file.write_text(OWN, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def shard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("shard") / "2"
    moecast("run", "baseline", "--paths", 416, "--shard", "2/2", "-o", run, "--quiet")
    return run


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that Ctrl-C ended."""
    run = tmp_path_factory.mktemp("broken") / "run"
    process = subprocess.Popen([MOECAST, "run", "baseline", "--paths", "1000000", "--checkpoint", "1", "--threads", "1", "--quiet", "-o", run], stderr=subprocess.DEVNULL)
    for _ in range(600):
        if (run / "run.moecast").exists():
            break
        time.sleep(0.05)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    moecast("export", run, "--json")
    return run


@pytest.mark.slow
@pytest.mark.parametrize("options", [[], ["--seed", 18446744073709551615], ["--sampler", "sobol", "--replicates", 4], ["--sampler", "lhs"], ["--keep", "50,series:share.world_open", "--contrast-paths", 60],
                                     ["--shard", "1/2", "--sampler", "lhs", "--replicates", 2], ["-o", "out/baseline"]], ids=lambda options: "-".join(map(str, options)) or "plain")  # fmt: skip
def test_the_printed_command_gives_the_digest_of_a_shipped_scenario(tmp_path: Path, options: list) -> None:
    where = ["-o", tmp_path / "run"] if "-o" not in options else ["-o", tmp_path / "baseline"]
    moecast("run", "baseline", "--paths", 300, *QUIET, *[o for o in options if o not in ("-o", "out/baseline")], *where)
    run = where[1]
    told = facts(run)
    assert told["Command that gives the same digest"].startswith("moecast run baseline --paths 300 ") and "Its scenario" not in told
    assert repeat(told["Command that gives the same digest"], tmp_path / "again") == digest(run)


@pytest.mark.parametrize("options", [[], pytest.param(["--sampler", "mc"], marks=pytest.mark.slow), pytest.param(["--replicates", 16], marks=pytest.mark.slow)], ids=lambda options: "-".join(map(str, options)) or "plain")
@pytest.mark.slow
def test_the_printed_command_gives_the_digest_of_a_scenario_of_ones_own(tmp_path: Path, own: Path, options: list) -> None:
    moecast("run", own, "--paths", 256, *QUIET, *options, "-o", tmp_path / "own")
    told = facts(tmp_path / "own")
    assert repeat(told["Command that gives the same digest"], tmp_path / "again") == digest(tmp_path / "own")


@pytest.mark.slow
def test_where_the_scenario_is_gone_the_run_file_has_it(tmp_path: Path, own: Path) -> None:
    file = tmp_path / "gone.yaml"
    file.write_text(own.read_text(), encoding="utf-8")
    moecast("run", file, "--paths", 256, *QUIET, "-o", tmp_path / "gone")
    file.unlink()
    told = facts(tmp_path / "gone")
    words = shlex.split(told["Its scenario"].split(" writes ")[0].replace("RUN.moecast", str(tmp_path / "gone" / "run.moecast")))
    (tmp_path / "elsewhere").mkdir()
    subprocess.run([MOECAST, *words[1:]], cwd=tmp_path / "elsewhere", check=True, capture_output=True)
    command = told["Command that gives the same digest"].replace(str(file), "SCENARIO.yaml")
    assert repeat(command, tmp_path / "elsewhere") == digest(tmp_path / "gone")


@pytest.mark.slow
def test_runs_resumed_extended_and_merged_are_repeated_by_a_run(tmp_path: Path, shard: Path) -> None:
    moecast("run", "baseline", "--paths", 208, *QUIET, "-o", tmp_path / "baseline")
    moecast("run", "--resume", tmp_path / "baseline", "--extend-to", 416, *QUIET)
    assert repeat(facts(tmp_path / "baseline")["Command that gives the same digest"], tmp_path / "again") == digest(tmp_path / "baseline")
    moecast("run", "baseline", "--paths", 416, "--shard", "1/2", "-o", tmp_path / "1", "--quiet")
    moecast("merge", tmp_path / "1", shard, *QUIET, "-o", tmp_path / "merged")
    assert repeat(facts(tmp_path / "merged")["Command that gives the same digest"], tmp_path / "again") == digest(tmp_path / "merged") == digest(tmp_path / "baseline")


@pytest.mark.slow
def test_a_shard_says_so_in_both_languages(shard: Path, tmp_path: Path) -> None:
    told = facts(shard)
    assert repeat(told["Command that gives the same digest"], tmp_path / "again") == digest(shard)
    assert told["Part of a run"].startswith("Part 2 of 2 of a run of 416 paths")
    book = opened(shard / "report.xlsx", read_only=True)
    assert any(text.startswith("Part 2 of 2 of a run of 416 paths") for text in sentences(book["Summary"])[:4])
    assert any(re.match(r"4\. Claims are not decided yet: “moecast merge”", text) for text in sentences(book["Summary"]))
    assert any(text.startswith("Claims are not decided yet: “moecast merge”") for text in sentences(book["Claims"])) and not any("no claims" in text for text in sentences(book["Claims"]))
    moecast("report", shard, "--lang", "zh", "-o", tmp_path / "zh.xlsx")
    assert any("共2部分" in text for text in sentences(opened(tmp_path / "zh.xlsx", read_only=True)["摘要"])[:4])
    assert check.CHECKS["container"](shard / "report.xlsx") == []


@pytest.mark.slow
def test_a_broken_off_run_says_how_far_it_came(broken: Path, tmp_path: Path) -> None:
    done = json.loads((broken / "run.json").read_text())["done"]
    assert 0 < done < 1_000_000
    told = facts(broken)
    assert told["Part of a run"].startswith(f"Broken off after {done} of 1000000 paths") and f"--paths {done} " in told["Command that gives the same digest"]
    assert "--resume" in told["Command that finishes it"]
    assert repeat(told["Command that gives the same digest"], tmp_path / "again") == digest(broken)
    book = opened(broken / "report.xlsx", read_only=True)
    assert any(text.startswith(f"Broken off after {done} of 1000000 paths") for text in sentences(book["Summary"])[:4])
    assert any(text.startswith("Claims are not decided yet: “moecast run --resume”") for text in sentences(book["Claims"]))
    assert not any("blur a claim's probability" in text for text in sentences(book["Summary"]))


@pytest.mark.slow
def test_a_scenario_without_claims_has_no_sheet_of_them(tmp_path: Path, own: Path) -> None:
    moecast("run", own, "--paths", 256, *QUIET, "-o", tmp_path / "own")
    told = facts(tmp_path / "own")
    book = opened(tmp_path / "own" / "report.xlsx")
    assert "Claims" not in book.sheetnames and told["Part of a run"] == "the whole"
    assert not any("Claims" in (cell.hyperlink.location or "") for sheet in book for row in sheet.iter_rows() for cell in row if cell.hyperlink)
    assert "4. Claims: the scenario has none." in sentences(book["Summary"])
    assert check.CHECKS["container"](tmp_path / "own" / "report.xlsx") == []


def test_a_run_without_a_path_has_no_workbook(tmp_path: Path) -> None:
    process = subprocess.Popen([MOECAST, "run", "baseline", "--paths", "1000000", "--checkpoint", "0", "--threads", "1", "--quiet", "-o", tmp_path / "run"], stderr=subprocess.DEVNULL)
    while not (tmp_path / "run").exists():
        time.sleep(0.001)
    process.send_signal(signal.SIGINT)
    process.wait(60)
    if not (tmp_path / "run" / "run.moecast").exists():
        pytest.skip("it was ended before it could keep anything")
    moecast("export", tmp_path / "run", "--json")
    if json.loads((tmp_path / "run" / "run.json").read_text())["done"]:
        pytest.skip("the first paths were done before Ctrl-C came")
    done = moecast("report", tmp_path / "run", ok=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1) and "no path yet" in done.stderr and not (tmp_path / "run" / "report.xlsx").exists()
