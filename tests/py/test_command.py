"""The command as a person meets it: help everywhere, exit codes, files, digests, Ctrl-C."""
import csv
import json
import math
import os
import pathlib
import resource
import signal
import subprocess
import time
import zipfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("MOECAST_BIN", ROOT / "build/moecast")).resolve()
COMMANDS = ["run", "batch", "merge", "verify", "report", "export", "path", "compare", "diff", "check", "explain", "schema", "cost", "breakeven", "catalogue"]


def moecast(*words, cwd=None, env=None):
    return subprocess.run([BIN, *map(str, words)], capture_output=True, text=True, cwd=cwd, env={**os.environ, **(env or {})}, timeout=120)


def one_line(text):
    assert text.count("\n") == 1 and text.endswith("\n"), text
    return text


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    done = moecast("run", "baseline", "--paths", 200, "--seed", 3, "--no-contrasts", "-o", folder / "a", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "a", done


@pytest.fixture(scope="module")
def other_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("other")
    assert moecast("run", "no_controls", "--paths", 200, "--seed", 3, "--no-contrasts", "--no-report", "-o", folder).returncode == 0
    return folder


def test_help_everywhere():
    for words in (["--help"], ["-h"], ["help"], *[[c, "--help"] for c in COMMANDS]):
        done = moecast(*words)
        assert done.returncode == 0 and done.stdout.startswith(("usage: moecast", "moecast")) and not done.stderr, words
    assert all(c in moecast("--help").stdout for c in COMMANDS)


def test_version_names_version_and_revision():
    assert moecast("--version").stdout.startswith("moecast 0.1.0 (")


@pytest.mark.parametrize("words", [("cost", "--hardware", "h100", "--model"), ("breakeven", "--api-price", "1,2", "--model", "kimi-k2", "--hardware"), ("cost", "--model", "kimi-k2", "--hardware", "h100", "--stack"),
                                   ("run",), ("check",), ("explain",), ("catalogue", "show"), ("report",), ()])  # fmt: skip
@pytest.mark.parametrize("name, shown", [(b"\x1b[31mred", r"\x1b[31mred"), (b"a\nb\x07", r"a\x0ab\x07"), (b"c1\xc2\x9b31m", r"c1\xc2\x9b31m"), (b"\xff\xfe", r"\xff\xfe"), (b"cut\xe2\x80", r"cut\xe2\x80"),
                                         ("\u202etxt".encode(), r"\xe2\x80\xaetxt"), ("modèle-模型".encode(), "modèle-模型")])  # fmt: skip
def test_a_name_in_an_error_shows_no_control_characters(words, name, shown):
    """In every command alike; letters of any script stay."""
    done = subprocess.run([BIN, *words, name], capture_output=True, timeout=60, check=False)
    said = done.stderr.decode()
    assert done.returncode in (2, 4) and shown in one_line(said) and not done.stdout


def test_no_words_is_a_usage_error():
    assert moecast().returncode == 2


@pytest.mark.parametrize("words,said", [
    (["rum"], "did you mean 'run'"),
    (["run"], "wants a scenario"),
    (["run", "baseline", "--pathes", "5"], "did you mean '--paths'"),
    (["run", "baseline", "--paths"], "wants a value"),
    (["run", "baseline", "--paths", "0"], "--paths wants a whole number from 1 to 1000000000, not '0'"),
    (["run", "baseline", "--paths", "-5"], "--paths wants a whole number from 1 to 1000000000, not '-5'"),
    (["run", "baseline", "--paths", "99999999999999999999"], "--paths wants a whole number from 1 to 1000000000, not '99999999999999999999'"),
    (["run", "baseline", "--keep", "1000001"], "--keep wants none, scalars, a number of paths up to 1000000"),
    (["run", "baseline", "--contrast-paths", "-1"], "--contrast-paths wants a whole number from 0 to 1000000"),
    (["run", "baseline", "--seed", "-1"], "--seed wants a whole number from 0 to 18446744073709551615, not '-1'"),
    (["run", "baseline", "--seed", "18446744073709551616"], "--seed wants"),
    (["run", "baseline", "--seed", ""], "--seed wants"),
    (["check"], "check wants a scenario"),
    (["explain"], "explain wants a scenario"),
    (["catalogue", "nope"], "catalogue wants"),
    (["run", "baseline", "--paths", "1e3"], "whole number"),
    (["run", "baseline", "--threads", "65"], "--threads"),
    (["run", "baseline", "extra"], "one word too many"),
    (["run", "basline"], "baseline"),
    (["run", "baseline", "--keep", "some"], "--keep wants"),
    (["run", "baseline", "--keep", "series:cap.gapp"], "did you mean 'cap.gap'"),
    (["run", "baseline", "--keep", "1000000"], "more than a run file holds"),
    (["run", "baseline", "--extend-to", "9"], "goes with --resume"),
    (["run", "baseline", "--shard", "0/4"], "--shard wants I/N"),
    (["run", "baseline", "--checkpoint", "-1"], "--checkpoint wants"),
    (["run", "--resume"], "--resume wants"),
    (["merge"], "wants shards"),
    (["verify"], "wants a run"),
    (["cost", "--model", "deepseek-v3"], "--hardware"),
    (["cost", "--model", "deepseek-v33", "--hardware", "h100"], "deepseek-v3"),
    (["cost", "--model", "deepseek-v3", "--hardware", "h100", "--hit", "1.5"], "--hit"),
    (["cost", "--model", "deepseek-v3", "--hardware", "h100", "--draft", "1", "--accepted", "3"], "--accepted"),
    (["cost", "--model", "deepseek-v3", "--hardware", "h100", "--draft", "99"], "--draft: must be 0, 1, 2, 3 or best, got '99'"),
    (["cost", "--model", "deepseek-v3", "--hardware", "h100", "--electricity", "-1"], "--electricity: must be 0 to 10"),
    (["cost", "--model", "deepseek-v3", "--hardware", "h100", "--input", "1e308"], "--input: must be 1 to 1e8"),
    (["cost", "--model", "deepseek-v3", "--hardware", "h100", "--usd-per-hour", "0"], "--usd-per-hour: must be above 0"),
    (["cost", "--model", "deepseek-v3", "--hardware", "h100", "--usd-per-hour", "-1"], "--usd-per-hour: must be above 0"),
    (["cost", "--model", "kimi-k3", "--hardware", "groq-lpu-v1"], "does not fit"),
    (["catalogue", "shw"], "'list' or 'show ID'"),
    (["catalogue", "show", "h1000"], "h100"),
    (["export", "x"], ""),
])
def test_wrong_words_give_one_sentence_and_exit_code_2(words, said):
    done = moecast(*words)
    expected = 4 if words[0] == "export" else 2
    assert done.returncode == expected and said in one_line(done.stderr) and not done.stdout
    assert done.stderr.count("moecast:") <= 1 and "moecast: moecast" not in done.stderr


def test_run_writes_its_files(run):
    folder, done = run
    assert {p.name for p in folder.iterdir()} == {"run.moecast", "summary.csv", "claims.csv", "run.json", "report.xlsx"}
    facts = json.loads((folder / "run.json").read_text())
    assert facts["digest"] in done.stdout
    assert "claims: probability ± standard error" in done.stdout


@pytest.fixture(scope="module")
def beside(tmp_path_factory):
    """A run with every further run, few paths of each: run.json and what was printed."""
    folder = tmp_path_factory.mktemp("beside")
    done = moecast("run", "baseline", "--paths", 400, "--seed", 3, "--contrast-paths", 300, "--no-report", "-o", folder)
    assert done.returncode == 0, done.stderr
    return folder, json.loads((folder / "run.json").read_text()), done.stdout


def test_beside_each_answer_stand_break_even_guesses_and_vintage(beside):
    _, facts, printed = beside
    claims = {f"{c['claim']}.{c['reading']}": c for c in facts["claims"]}
    turn = claims["f500_60.presence"]["break_even"]
    assert turn["state"] == "flips" and turn["input"] == "choice.phi" and turn["low"] < turn["percentile"] < turn["high"] and turn["p5"] < .5 < turn["p95"]
    assert claims["f500_60.primary"]["break_even"]["state"] == "too_few" and claims["f500_60.primary"]["break_even"]["value"] is None
    assert 0 < claims["f500_60.presence"]["guesses"]["value"] < 1 and claims["f500_60.presence"]["guesses"]["unit"] == "share"
    for c in facts["claims"]:
        assert ("vintage" in c) == (c["answer"] == "paths"), c
        assert "guesses" not in c or c["answer"] == "paths"
    assert all(c["vintage"]["known_until"] == "2025-09" and c["vintage"]["count"] <= 300 for c in facts["claims"] if "vintage" in c)
    assert claims["bans_obsolete.lag"]["break_even"]["input"] == "cap.lambda_K"
    lines = {tuple(line.split()[:2]): line for line in printed.splitlines() if line.startswith("  ")}
    for name, c in claims.items():
        if "vintage" in c and c["vintage"]["count"] and c["vintage"]["hits"] in (0, c["vintage"]["count"]):  # no share without a bound
            assert f"2025-09: {'above' if c['vintage']['hits'] else 'below'} " in lines[tuple(name.split("."))], lines[tuple(name.split("."))]
    assert any(c["vintage"]["hits"] == 0 < c["vintage"]["count"] for c in claims.values() if "vintage" in c)
    assert "2025-09:" in printed and "turns at choice.phi" in printed and "guesses" in printed


def test_further_runs_leave_the_digest_alone(beside, tmp_path):
    done = moecast("run", "baseline", "--paths", 400, "--seed", 3, "--no-contrasts", "--no-report", "-o", tmp_path)
    facts = json.loads((tmp_path / "run.json").read_text())
    assert done.returncode == 0 and facts["digest"] == beside[1]["digest"]
    assert not any("vintage" in c or "guesses" in c for c in facts["claims"])
    same = {f"{c['claim']}.{c['reading']}": c.get("break_even") for c in beside[1]["claims"] if c["answer"] == "paths"}
    assert all(c.get("break_even") == same[f"{c['claim']}.{c['reading']}"] for c in facts["claims"] if c["answer"] == "paths")


def test_claims_csv_repeats_run_json(beside, tmp_path):
    folder, facts, _ = beside
    rows = list(csv.DictReader(open(folder / "claims.csv", newline="")))
    assert len(rows) == len(facts["claims"])
    number = lambda text: float(text) if text else None  # noqa: E731
    for row, c in zip(rows, facts["claims"], strict=True):
        turn, then, share = c.get("break_even", {}), c.get("vintage", {}), c.get("guesses", {})
        assert (row["claim"], row["reading"], row["answer"], number(row["probability"])) == (c["claim"], c["reading"], c["answer"], c["probability"])
        assert (row["break_even_input"], row["break_even_unit"], number(row["break_even"])) == (turn.get("input", ""), turn.get("unit", ""), turn.get("value"))
        assert (number(row["percentile"]), number(row["percentile_error"]), number(row["p95"])) == (turn.get("percentile"), turn.get("error"), turn.get("p95"))
        assert (number(row["vintage"]), number(row["guesses"])) == (then.get("probability"), share.get("value"))
        assert [number(row[f"vintage_{k}"]) for k in ("error", "low", "high", "hits", "count")] == [then.get(k) for k in ("error", "low", "high", "hits", "count")]
    assert moecast("export", folder, "--claims", "-o", tmp_path / "again.csv").returncode == 0
    assert (tmp_path / "again.csv").read_bytes() == (folder / "claims.csv").read_bytes()


@pytest.mark.slow
def test_a_new_run_removes_the_monthly_csv_of_the_one_before(tmp_path):
    words = ["run", "baseline", "--paths", 64, "--no-contrasts", "--no-report", "-o", tmp_path]
    assert moecast(*words, "--seed", 1).returncode == 0 and moecast("export", tmp_path, "--monthly").returncode == 0
    assert (tmp_path / "monthly.csv").exists()
    assert moecast(*words, "--seed", 2).returncode == 0 and not (tmp_path / "monthly.csv").exists()


@pytest.mark.soak
def test_paths_that_are_stopped_late_change_no_comparison_with_what_is_kept(tmp_path):
    """Carried on to 2042 some paths leave a range after the last month that contrasts ask about."""
    late = tmp_path / "late.yaml"
    late.write_text("moecast: 1\nname: late\nextends: baseline\ntime: {start: 2024-01, end: 2042-06}\n")
    answers = []
    for keep in ("4000", "none"):
        done = moecast("run", late, "--paths", 4000, "--seed", 5, "--keep", keep, "--no-report", "--json", "-o", tmp_path / keep)
        facts = json.loads(done.stdout)
        assert facts["failed"] > 0
        answers.append([[c.get(k) for k in ("claim", "reading", "answer", "probability", "error", "hits", "count", "value", "value_error")] for c in facts["claims"]])
    assert any(answer[2] == "pairs" for answer in answers[0]) and answers[0] == answers[1]
    done = moecast("compare", tmp_path / "4000", "baseline", "--series", "cap.gap", "--at", "2028-12")
    assert done.returncode == 0, done.stderr


def test_monthly_csv_has_the_moments_of_every_month(run, tmp_path):
    folder = run[0]
    assert moecast("export", folder, "--monthly", "-o", tmp_path / "monthly.csv").returncode == 0
    monthly = {(r["series"], r["element"], r["month"]): r for r in csv.DictReader((tmp_path / "monthly.csv").open(newline=""))}
    summary = [r for r in csv.DictReader((folder / "summary.csv").open(newline="")) if r["statistic"] == "mean"]
    assert len({month for _, _, month in monthly}) == 84 and len(monthly) % 84 == 0
    for row in summary:
        beside = monthly[row["series"], row["element"], row["month"]]
        assert (beside["mean"], beside["standard_error"], beside["unit"]) == (row["value"], row["standard_error"], row["unit"])
    both = moecast("export", folder, "--monthly", "--csv")
    assert both.returncode == 2 and "--csv, --monthly, --claims, --json and --scenario" in one_line(both.stderr)


def test_a_vintage_is_not_compared_with_itself(tmp_path):
    done = moecast("run", "hindcast_2025_09", "--paths", 64, "--contrast-paths", 64, "--no-report", "-o", tmp_path)
    claims = json.loads((tmp_path / "run.json").read_text())["claims"]
    assert done.returncode == 0 and not any("vintage" in c for c in claims) and any("break_even" in c for c in claims)


def test_a_fixed_deciding_input_is_said_to_be_fixed(tmp_path):
    (tmp_path / "fixed.yaml").write_text("moecast: 1\nname: fixed\nextends: baseline\nchoice: {phi: 1}\n")
    done = moecast("run", tmp_path / "fixed.yaml", "--paths", 64, "--no-contrasts", "--no-report", "-o", tmp_path)
    (c,) = [c for c in json.loads((tmp_path / "run.json").read_text())["claims"] if (c["claim"], c["reading"]) == ("f500_60", "presence")]
    assert done.returncode == 0, done.stderr
    assert c["break_even"]["state"] == "fixed"
    (line,) = [line for line in done.stdout.splitlines() if line.split()[:2] == ["f500_60", "presence"]]
    assert "choice.phi is fixed here" in line
    (row,) = [r for r in csv.DictReader(open(tmp_path / "claims.csv", newline="")) if (r["claim"], r["reading"]) == ("f500_60", "presence")]
    assert (row["break_even_state"], row["break_even_input"], row["break_even"]) == ("fixed", "choice.phi", "")
    assert moecast("report", tmp_path, "-o", tmp_path / "r.xlsx").returncode == 0
    assert b"not fitted: the input is fixed in this scenario" in zipfile.ZipFile(tmp_path / "r.xlsx").read("xl/sharedStrings.xml")


def test_run_json_holds_identity_and_scenario(run):
    facts = json.loads((run[0] / "run.json").read_text())
    text = json.dumps(facts)
    for word in ("digest", "version", "seed", "paths", "failed", "plan", "scenario"):
        assert word in text
    assert "moecast: 1" in text  # the full scenario text


def test_json_option_prints_run_json(tmp_path):
    done = moecast("run", "baseline", "--paths", 64, "--no-contrasts", "--no-report", "--json", "-o", tmp_path)
    assert done.returncode == 0 and json.loads(done.stdout) == json.loads((tmp_path / "run.json").read_text())


def test_summary_is_tidy_with_units_and_errors(run):
    rows = list(csv.DictReader(open(run[0] / "summary.csv", newline="")))
    assert set(rows[0]) == {"series", "element", "month", "statistic", "value", "standard_error", "unit", "effective_paths", "low", "high"}
    means = [r for r in rows if r["series"] == "share.open" and r["element"] == "developers" and r["month"] == "2028-12" and r["statistic"] == "mean"]
    assert len(means) == 1 and 0 < float(means[0]["value"]) < 1 and 0 < float(means[0]["standard_error"]) < .1 and means[0]["unit"] == "share"
    assert all(r["unit"] for r in rows)


def test_summary_bounds_hold_the_value_and_whole_numbers_have_order_statistics(run):
    with (run[0] / "summary.csv").open(newline="") as stream:
        rows = [r for r in csv.DictReader(stream) if r["statistic"] != "sd"]
    assert all(float(r["low"]) <= float(r["value"]) <= float(r["high"]) for r in rows)
    pivots = [r for r in rows if r["series"] == "pivots" and r["statistic"].startswith("p")]
    assert pivots and all(float(r["low"]).is_integer() and float(r["high"]).is_integer() for r in pivots)


def test_one_path_has_numbers_but_no_standard_errors(tmp_path):
    done = moecast("run", "baseline", "--paths", 1, "--contrast-paths", 1, "-o", tmp_path)
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(open(tmp_path / "summary.csv", newline="")))
    assert {r["standard_error"] for r in rows} == {""}
    assert all(bool(r["value"]) == (r["statistic"] != "sd") for r in rows)
    claims = json.loads((tmp_path / "run.json").read_text())["claims"]
    assert all(c["error"] is None for c in claims if c["answer"] == "paths")
    assert all(c["vintage"]["error"] is None for c in claims if "vintage" in c)
    assert " nan" not in done.stdout
    assert moecast("export", tmp_path, "--json", "-o", "-").stdout == (tmp_path / "run.json").read_text()


def test_digest_is_the_same_on_any_number_of_threads(run, tmp_path):
    digest = json.loads((run[0] / "run.json").read_text())["digest"]
    done = moecast("run", "baseline", "--paths", 200, "--seed", 3, "--no-contrasts", "--no-report", "--threads", 7, "-o", tmp_path, env={"LC_ALL": "C.UTF-8"})
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "run.json").read_text())["digest"] == digest


def test_report_and_export_come_from_the_run_file_alone(run, tmp_path):
    copy = tmp_path / "run.moecast"
    copy.write_bytes((run[0] / "run.moecast").read_bytes())
    assert moecast("report", copy, "-o", tmp_path / "again.xlsx").returncode == 0
    assert (tmp_path / "again.xlsx").read_bytes() == (run[0] / "report.xlsx").read_bytes()
    assert moecast("export", tmp_path, "--csv").returncode == 0
    assert (tmp_path / "summary.csv").read_bytes() == (run[0] / "summary.csv").read_bytes()
    assert moecast("export", tmp_path, "--json").returncode == 0
    assert (tmp_path / "run.json").read_bytes() == (run[0] / "run.json").read_bytes()


@pytest.mark.slow
def test_export_and_report_write_through_a_link_and_refuse_what_is_no_regular_file(run, tmp_path):
    real, link, nowhere, pipe = (tmp_path / n for n in ("real.csv", "link.csv", "nowhere.csv", "pipe"))
    real.write_text("old")
    link.symlink_to(real.name)
    nowhere.symlink_to("missing.csv")
    os.mkfifo(pipe)
    assert moecast("export", run[0], "--csv", "-o", link).returncode == 0
    assert link.is_symlink() and real.read_bytes() == (run[0] / "summary.csv").read_bytes()
    real.unlink()
    real.touch()
    assert moecast("report", run[0], "-o", link).returncode == 0
    assert link.is_symlink() and real.read_bytes() == (run[0] / "report.xlsx").read_bytes()
    (tmp_path / "to_pipe").symlink_to(pipe)
    for words in (["report", run[0]], ["export", run[0], "--json"]):
        for target, said in ((pipe, "only regular files"), (tmp_path / "to_pipe", "only regular files"), (nowhere, "leads nowhere"), (tmp_path, "directory")):
            done = moecast(*words, "-o", target)
            assert done.returncode == 4 and said in one_line(done.stderr) and str(target) in done.stderr, (words, target)
    assert pipe.is_fifo() and nowhere.is_symlink()
    assert {p.name for p in tmp_path.iterdir()} == {"real.csv", "link.csv", "nowhere.csv", "pipe", "to_pipe"}


def test_ctrl_c_ends_a_report_with_130_and_leaves_no_file(run, tmp_path):
    """At any moment of it; the file that was there stays."""
    (tmp_path / "x.xlsx").write_text("before")
    codes = set()
    for delay_s in (0.1, 0.2, 0.3, 0.4, 0.5):
        process = subprocess.Popen([BIN, "report", run[0], "-o", tmp_path / "x.xlsx"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        time.sleep(delay_s)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=60)[1]
        codes.add(process.returncode)
        if process.returncode == 0:  # it was done before
            break
        assert process.returncode in (130, -signal.SIGINT) and (process.returncode < 0 or "interrupted" in one_line(said))  # killed where the handler was not there yet
        assert [p.name for p in tmp_path.iterdir()] == ["x.xlsx"] and (tmp_path / "x.xlsx").read_text() == "before"
    assert 130 in codes


def test_a_report_removes_what_killed_writers_of_the_same_workbook_have_left(run, tmp_path):
    dead = subprocess.Popen(["true"])
    dead.wait()
    for name in (f"x.xlsx.{dead.pid}-0.part", f"x.xlsx.{dead.pid}-3.part.rows"):
        (tmp_path / name).write_text("left")
    others = {f"y.xlsx.{dead.pid}-0.part", f"x.xlsx.{os.getpid()}-0.part", f"x.xlsx.{dead.pid}-0.part.mine", "x.xlsx.part", "x.xlsx.notes-1.part"}
    for name in others:
        (tmp_path / name).write_text("mine")
    assert moecast("report", run[0], "-o", tmp_path / "x.xlsx").returncode == 0
    assert {p.name for p in tmp_path.iterdir()} == others | {"x.xlsx"}


@pytest.mark.parametrize("kilobytes", [1, 64, 500, 2000, 3500])
def test_a_workbook_that_does_not_fit_is_one_sentence(run, tmp_path, kilobytes):
    """The system's limit on file sizes stands for a full disk."""
    (tmp_path / "x.xlsx").write_text("before")
    limit = (kilobytes * 1024, kilobytes * 1024)
    done = subprocess.run([BIN, "report", run[0], "-o", tmp_path / "x.xlsx"], capture_output=True, text=True, timeout=120, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit), restore_signals=False)
    assert done.returncode == 4 and "File too large" in one_line(done.stderr) and not done.stdout
    assert [p.name for p in tmp_path.iterdir()] == ["x.xlsx"] and (tmp_path / "x.xlsx").read_text() == "before"


WRITERS = [("report", "{run}", "-o"), ("report", "{run}", "{other}", "-o"), ("export", "{run}", "--csv", "-o"), ("export", "{run}", "--monthly", "-o"), ("export", "{run}", "--claims", "-o"),
           ("export", "{run}", "--json", "-o"), ("path", "{run}", "3", "--csv"), ("path", "{run}", "3", "--tidy"), ("compare", "{run}", "{other}", "--paths", "64", "--quiet", "--csv"),
           ("compare", "{run}", "{other}", "--paths", "64", "--quiet", "--waterfall", "share.world_open@2028-12", "--csv")]  # fmt: skip


@pytest.mark.parametrize("words", WRITERS, ids=lambda words: "-".join(w for w in words if "{" not in w))
@pytest.mark.slow
def test_nothing_made_from_a_run_replaces_a_run_file(run, other_run, tmp_path, words):
    """Neither the one that is read nor another, under any spelling and through any link."""
    places = {"run": tmp_path / "run", "other": tmp_path / "other"}
    for name, source in (("run", run[0]), ("other", other_run)):
        places[name].mkdir()
        (places[name] / "run.moecast").write_bytes((source / "run.moecast").read_bytes())
    kept = {place: (place / "run.moecast").read_bytes() for place in places.values()}
    soft, hard = tmp_path / "soft.xlsx", tmp_path / "hard.csv"
    soft.symlink_to(places["run"] / "run.moecast")
    hard.hardlink_to(places["run"] / "run.moecast")
    for target in (places["run"] / "run.moecast", places["run"] / ".." / "run" / "run.moecast", places["other"] / "run.moecast", soft, hard):
        done = moecast(*(word.format(**places) for word in words), target)
        assert done.returncode == 2 and "run file" in one_line(done.stderr) and str(target) in done.stderr, target
    assert {place: (place / "run.moecast").read_bytes() for place in places.values()} == kept
    assert {path.name for path in tmp_path.rglob("*")} == {"run", "other", "run.moecast", "soft.xlsx", "hard.csv"}


def test_a_merge_does_not_replace_its_shards(tmp_path):
    for part in (1, 2):
        assert moecast("run", "baseline", "--paths", 300, "--shard", f"{part}/2", "-o", tmp_path / f"{part}", "--quiet").returncode == 0
    kept = (tmp_path / "1" / "run.moecast").read_bytes()
    done = moecast("merge", tmp_path / "1", tmp_path / "2", "--no-contrasts", "-o", tmp_path / "1")
    assert done.returncode == 2 and "overwrite" in one_line(done.stderr) and (tmp_path / "1" / "run.moecast").read_bytes() == kept


@pytest.mark.slow
def test_a_dash_is_standard_output_for_text_and_refused_for_the_workbook(run, tmp_path):
    assert moecast("export", run[0], "--monthly", "-o", tmp_path / "monthly.csv").returncode == 0
    wanted = {"--monthly": (tmp_path / "monthly.csv").read_bytes()}
    (tmp_path / "monthly.csv").unlink()
    wanted |= {option: (run[0] / name).read_bytes() for option, name in (("--csv", "summary.csv"), ("--claims", "claims.csv"), ("--json", "run.json"))}
    for option, text in wanted.items():
        done = subprocess.run([BIN, "export", run[0], option, "-o", "-"], capture_output=True, cwd=tmp_path, timeout=120)
        assert done.returncode == 0 and done.stdout == text
    done = moecast("report", run[0], "-o", "-", cwd=tmp_path)
    assert done.returncode == 2 and "standard output" in one_line(done.stderr)
    assert not list(tmp_path.iterdir())


def test_a_replayed_path_has_every_month_and_series(run):
    lines = moecast("path", run[0], 17, "--csv").stdout.splitlines()
    assert len(lines) == 85 and lines[1].startswith("2024-01,") and len(lines[0].split(",")) == len(lines[84].split(",")) > 200


@pytest.mark.parametrize("words,code", [(["report", "nowhere"], 4), (["export", "nowhere", "--csv"], 4), (["run", "nowhere.yaml"], 4)])
def test_missing_files_give_exit_code_4(words, code, tmp_path):
    done = moecast(*words, cwd=tmp_path)
    assert done.returncode == code and "nowhere" in one_line(done.stderr)


def test_a_damaged_run_file_is_refused(run, tmp_path):
    damaged = bytearray((run[0] / "run.moecast").read_bytes())
    damaged[len(damaged) // 2:] = b""
    (tmp_path / "run.moecast").write_bytes(damaged)
    done = moecast("report", tmp_path)
    assert done.returncode == 4 and "run.moecast" in one_line(done.stderr)


def test_a_folder_that_cannot_be_made_is_refused_before_the_run(tmp_path):
    (tmp_path / "file").write_text("")
    begin = time.monotonic()
    done = moecast("run", "baseline", "--paths", 1000000, "-o", tmp_path / "file" / "below")
    assert done.returncode == 4 and "below" in one_line(done.stderr) or "file" in done.stderr
    assert time.monotonic() - begin < 20


def test_ctrl_c_ends_a_run_soon_with_130_and_keeps_what_was_simulated(tmp_path):
    process = subprocess.Popen([BIN, "run", "baseline", "--paths", "500000", "-o", str(tmp_path / "r")], stderr=subprocess.PIPE, text=True)
    time.sleep(3.0)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130 and "interrupted" in one_line(err) and f"'moecast run --resume {tmp_path / 'r'}' goes on" in err
    assert [p.name for p in (tmp_path / "r").iterdir()] == ["run.moecast"]
    done = moecast("export", tmp_path / "r", "--json")
    facts = json.loads((tmp_path / "r" / "run.json").read_text())
    assert done.returncode == 0 and 0 < facts["done"] < facts["paths"] == 500000 and facts["claims"] == []
    assert facts["done"] == sum(last - first + 1 for first, last in facts["ledger"])
    assert moecast("report", tmp_path / "r").returncode == 0


@pytest.mark.slow
def test_keep_says_what_is_kept_and_changes_no_number(run, tmp_path):
    digest = json.loads((run[0] / "run.json").read_text())["digest"]
    for n, (keep, kept) in enumerate([("none", 0), ("scalars", 200), ("7", 7), ("series:cap.gap", 200), ("5,series:cap.gap,f500.primary", 5)]):
        done = moecast("run", "baseline", "--paths", 200, "--seed", 3, "--keep", keep, "--no-contrasts", "--no-report", "-o", tmp_path / str(n))
        facts = json.loads((tmp_path / str(n) / "run.json").read_text())
        assert done.returncode == 0 and facts["digest"] == digest and facts["kept"] == kept, keep


def test_cost_explains_every_intermediate():
    done = moecast("cost", "--model", "deepseek-v3", "--hardware", "h800", "--explain")
    assert done.returncode == 0
    for word in ("decode  ", "prompts  ", "weights", "cache", "batch limits", "decode step", "$", "J an output token", "80 %"):
        assert word in done.stdout
    facts = json.loads(moecast("cost", "--model", "deepseek-v3", "--hardware", "h800", "--json").stdout)
    explained = json.loads(moecast("cost", "--model", "deepseek-v3", "--hardware", "h800", "--json", "--explain").stdout)
    parts = explained.pop("explanation")
    assert explained == facts
    work = max(parts["dense_s"] + parts["experts_s"], parts["compute_s"]) + parts["cache_s"] + parts["attention_s"]
    beside = parts["exchange_s"] + parts["reduce_s"] + parts["fixed_s"] + parts["drafts_s"]
    assert math.hypot(work, parts["exchange_overlapped_s"]) + beside == pytest.approx(facts["step_s"], rel=1e-12) and parts["routed_bytes"] > 6e11
    assert facts["usd_per_mtok_out"] > facts["usd_per_mtok_in"] > 0 and facts["binding"] in ("memory", "bandwidth", "compute", "network", "latency")


def test_catalogue_lists_and_shows_with_sources():
    listing = moecast("catalogue").stdout
    assert "deepseek-v4-pro" in listing and "vr200" in listing
    assert "source" in moecast("catalogue", "show", "ascend-910c").stdout and "experts" in moecast("catalogue", "show", "kimi-k3").stdout


def test_explain_says_every_assumption_in_words():
    text = moecast("explain", "tight_controls").stdout
    for key in ("choice.alpha:", "    developers:", "cap.g_f", "policy.severity", "cost.util"):
        assert key in text
    assert "tight" in text and "90 %" in text


def test_check_and_explain_say_that_a_hazard_comes_too_late(tmp_path):
    path = tmp_path / "late.yaml"
    head = "moecast: 1\nname: late\nextends: baseline\nlevers: {api_policing: {hazard_per_yr: .2, from: "
    path.write_text(head + "2040-01, value: 1}}\n")
    done = moecast("check", path)
    assert done.returncode == 0 and f"{path}:4:" in one_line(done.stderr)
    assert "warning: levers.api_policing: its hazard begins in 2040-01, after the last month (2030-12): it never acts" in done.stderr
    assert "from 2040-01, which is after the last month: it never happens" in moecast("explain", path).stdout
    path.write_text(head + "2030-12, value: 1}}\n")
    assert moecast("check", path).stderr == "" and "never happens" not in moecast("explain", path).stdout


def test_schema_is_json():
    assert json.loads(moecast("schema").stdout)["$schema"].endswith("2020-12/schema")


def test_committed_schema_is_fresh():
    assert (ROOT / "scenarios/schema.json").read_text() == moecast("schema").stdout
