"""Nothing that became public after known_until reaches a run: the catalogue may lose or change its later rows, and no bit and no answer changes.

A row's own date counts: release of a model, announcement of a machine (volume, where none is on record), first day of a price, month of an observation,
date of an event, a supply estimate or a cost input. Invented machines are assumptions and have no date.
"""

import csv
import json
import os
import pathlib
import shutil
import subprocess

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "scenarios"
MOECAST = pathlib.Path(os.environ.get("MOECAST_BIN", ROOT / "build" / "moecast"))
KNOWN_UNTIL = {"hindcast_2025_09": "2025-09", "baseline": "2026-08"}
PATHS = 64  # one block

pytestmark = pytest.mark.skipif(not MOECAST.exists(), reason=f"{MOECAST} is not built; set MOECAST_BIN")


class TextLoader(yaml.CSafeLoader):
    """Dates stay texts."""


TextLoader.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: node.value)


class PlainDumper(yaml.SafeDumper):
    """The catalogue knows no anchors."""

    def ignore_aliases(self, data):
        return True


def later(date, known):
    """2026-08-27 or 2026-08 against a month."""
    return str(date)[:7] > known


def public_from(machine):
    return "" if machine["stack"] == "synthetic" else machine.get("announced", machine["volume_date"])


DATED = {  # file: {section: the date of an entry}
    "models.yaml": {"models": lambda row: row["released"]},
    "hardware.yaml": {"hardware": public_from},
    "prices.yaml": {"prices": lambda row: row["from"]},
    "cost_inputs.yaml": {"cost_inputs": lambda row: row["date"]},
    "controls.yaml": {section: lambda row: row["date"] for section in ("events", "thresholds", "supply")},
}


def without_later_rows(section, when, known):
    if isinstance(section, dict):
        return {key: row for key, row in section.items() if not later(when(row), known)}
    return [row for row in section if not later(when(row), known)]


def with_later_rows_changed(section, when, known):
    """Models and machines get the figures of the first entry, prices become ten times as high; names and dates stay."""
    if isinstance(section, list):
        return [row | {key: 10 * row[key] for key in row if key.endswith("usd_per_mtok") and row[key]} if later(when(row), known) else row for row in section]
    first = next(iter(section.values()))
    kept = ("released", "announced", "volume_date", "title", "aliases")
    figures = {key: value for key, value in first.items() if key != "aliases"}  # no name may stand twice
    changed = {key: figures | {k: row[k] for k in kept if k in row} for key, row in section.items()}
    for row in changed.values():
        if "announced" in row:
            row["overrides"] = first["overrides"] | {"announced": {"basis": "guess", "confidence": "L", "note": "a test"}}
    return {key: changed[key] if later(when(row), known) else row for key, row in section.items()}


def copy_catalogue(folder, known, change):
    """A catalogue whose rows after `known` went through `change`; returns how many rows differ."""
    folder.mkdir()
    differs = 0
    for name, sections in DATED.items():
        content = yaml.load((SCENARIOS / "catalogue" / name).read_text("utf-8"), TextLoader)
        for section, when in sections.items():
            new = change(content[section], when, known)
            old = content[section]
            pairs = [(row, new.get(key)) for key, row in old.items()] if isinstance(old, dict) else [(row, row if row in new else None) for row in old]
            differs += sum(a != b for a, b in pairs)
            content[section] = new
        (folder / name).write_text(yaml.dump(content, Dumper=PlainDumper, sort_keys=False, allow_unicode=True), encoding="utf-8")
    for name in ("observations.csv", "history.csv"):
        with (SCENARIOS / "catalogue" / name).open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        kept = [row for row in rows[1:] if not later(row[1], known)]
        differs += len(rows) - 1 - len(kept)
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([rows[0], *kept])
    return differs


def run(folder, name, base, body):
    """run.json of a scenario that changes nothing but `body`."""
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump({"moecast": 1, "name": "same", "extends": base} | body), encoding="utf-8")
    words = ["run", path, "--paths", str(PATHS), "--no-contrasts", "--no-report", "-o", folder / name]
    env = {**os.environ, "MOECAST_SCENARIOS": str(SCENARIOS)}
    done = subprocess.run([MOECAST, *words], capture_output=True, text=True, env=env, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads((folder / name / "run.json").read_text())


@pytest.mark.parametrize("scenario", KNOWN_UNTIL)
@pytest.mark.slow
def test_deleting_every_later_row_changes_no_bit(scenario, tmp_path):
    known = KNOWN_UNTIL[scenario]
    claims = {} if scenario == "baseline" else {"claims": None}  # claims of 2026 name rows that are gone; the next test asks them
    assert copy_catalogue(tmp_path / "catalogue", known, without_later_rows) > 10
    whole = run(tmp_path, "whole", scenario, claims)
    cut = run(tmp_path, "cut", scenario, claims | {"catalogue": "./catalogue"})
    for key in ("plan_sha256", "digest", "claims"):
        assert cut[key] == whole[key], key


@pytest.mark.slow
def test_changing_every_later_row_changes_no_answer(tmp_path):
    known = KNOWN_UNTIL["hindcast_2025_09"]
    assert copy_catalogue(tmp_path / "catalogue", known, with_later_rows_changed) > 50
    whole, changed = run(tmp_path, "whole", "hindcast_2025_09", {}), run(tmp_path, "changed", "hindcast_2025_09", {"catalogue": "./catalogue"})
    assert any("after known_until" in claim["note"] for claim in whole["claims"])
    for key in ("plan_sha256", "digest", "claims"):
        assert changed[key] == whole[key], key


@pytest.mark.parametrize("file, before, after", [("models.yaml", "kv_heads: 8", "kv_heads: 4"), ("hardware.yaml", "memory_tb_per_s: 3.35", "memory_tb_per_s: 3.3")])
@pytest.mark.slow
def test_changing_an_earlier_row_changes_the_plan(file, before, after, tmp_path):
    """The tests above could not fail if the catalogue did nothing."""
    shutil.copytree(SCENARIOS / "catalogue", tmp_path / "catalogue")
    text = (tmp_path / "catalogue" / file).read_text("utf-8")
    assert before in text
    (tmp_path / "catalogue" / file).write_text(text.replace(before, after), "utf-8")
    whole = run(tmp_path, "whole", "hindcast_2025_09", {"claims": None})
    changed = run(tmp_path, "changed", "hindcast_2025_09", {"claims": None, "catalogue": "./catalogue"})
    assert changed["plan_sha256"] != whole["plan_sha256"]


def moecast(*words):
    env = {**os.environ, "MOECAST_SCENARIOS": str(SCENARIOS)}
    return subprocess.run([MOECAST, *words], capture_output=True, text=True, env=env, timeout=60, check=False)


def dated_later(folder):
    """A scenario that knows until 2026-08 and has three values from after it: an input of an element, an input, a lever."""
    note = 'basis: guess, reason: "a test"'
    path = folder / "late.yaml"
    path.write_text(
        "moecast: 1\nname: late\nextends: baseline\n"
        f"cap: {{g_f: {{fixed: 15, {note}, date: 2026-09}}}}\n"
        f"choice: {{alpha: {{developers: {{fixed: 1, {note}, date: 2027}}, midmarket: {{fixed: 1, {note}, date: 2026}}}}}}\n"
        f"levers: {{plus_price: {{schedule: {{2024-01: 20}}, {note}, date: 2026-10-01}}}}\n"
    )
    return path


def test_check_warns_of_values_dated_later_and_names_the_first(tmp_path):
    done = moecast("check", dated_later(tmp_path))
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 1
    (line,) = done.stderr.splitlines()
    assert "warning: 3 of " in line and "rest on sources or judgement dated after known_until (2026-08): " in line
    for named in ("cap.g_f (2026-09)", "choice.alpha.developers (2027)", "levers.plus_price (2026-10-01)"):
        assert named in line
    assert "midmarket" not in line, "a year alone may mean its January"


def test_explain_says_what_is_dated_later(tmp_path):
    assert "\nHindsight   3 of " in moecast("explain", dated_later(tmp_path)).stdout
    assert "\nHindsight" in moecast("explain", "hindcast_2025_09").stdout


@pytest.mark.parametrize("body", ["", "assimilate: {until: never, known_until: never}\n"], ids=["nothing later", "all is known"])
def test_no_warning_without_hindsight(body, tmp_path):
    path = tmp_path / "clean.yaml"
    path.write_text(f"moecast: 1\nname: clean\nextends: baseline\n{body}")
    assert moecast("check", path).stderr == ""
    assert "Hindsight" not in moecast("explain", path).stdout


def test_a_roadmap_announced_in_time_stays_and_an_invented_machine_too(tmp_path):
    path = tmp_path / "roadmap.yaml"
    path.write_text("moecast: 1\nname: roadmap\nextends: hindcast_2025_09\nfleets: {us_gpu: {ladder: {2023-03: h100, 2027-01: vr200, 2028-03: gen28}}}\n")
    assert moecast("check", path).returncode == 0


def test_what_is_known_by_the_announcement_is_enough(tmp_path):
    for known, code in (("2026-05", 2), ("2026-06", 0)):
        path = tmp_path / f"{known}.yaml"
        ladder = "fleets: {us_asic: {ladder: {2023-10: tpu-v5p, 2026-12: mi455x}}}"
        path.write_text(f"moecast: 1\nname: known\nextends: hindcast_2025_09\nassimilate: {{known_until: {known}}}\n{ladder}\n")
        assert moecast("check", path).returncode == code
