"""The live sheets of the token cost: as shipped they say what the engine says, and edited they say what `moecast cost` says of the edited question.

Edits are made in the file itself and recalculated by LibreOffice, all questions in one start of it; sheets that nothing here reads are emptied first.
"""

from __future__ import annotations

import csv
import json
import math
import re
import zipfile
from pathlib import Path

import check_workbook as check
import openpyxl
import pytest
import yaml
from workbooks import ROOT, moecast

LIVE = ("Token cost", "Host or buy", "Models", "Machines")
EMPTY = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>'
RELATIVE = 1e-9


# Names of cells → what a reader types. One question of each kind of model: dense inside and across domains, MXFP4 experts with and without 4-bit units, latent
# attention with and without an indexer, linear attention, windows; all stacks, both kinds of pool, drafts, every basis.
QUESTIONS = {
    "dense": {"model": "llama-3.1-70b", "machine": "h100", "tensor": 8, "group": 8, "prefill_tensor": 4, "prefill_group": 4, "sequences": 96, "input_tokens": 3000, "output_tokens": 400},
    "dense across domains": {"model": "llama-3.1-405b", "machine": "h100", "tensor": 32, "group": 32, "prefill_tensor": 16, "prefill_group": 16, "sequences": 40, "basis": "rental"},
    "MXFP4, 4-bit units": {"model": "gpt-oss-120b", "machine": "b200", "tensor": 1, "group": 8, "prefill_tensor": 1, "prefill_group": 8, "sequences": 700, "drafts": 2, "accepted": 2.1},
    "MXFP4, widened": {"model": "gpt-oss-120b", "machine": "h100", "tensor": 2, "group": 8, "prefill_tensor": 2, "prefill_group": 4, "sequences": 33, "stack": "default", "pools": "one"},
    "latent attention": {"model": "deepseek-v3", "machine": "h200", "tensor": 2, "group": 32, "prefill_tensor": 1, "prefill_group": 32, "sequences": 512, "hit_share": 0.9, "stack": "first"},
    "indexer, measured machine": {"model": "deepseek-v3.2", "machine": "h20", "tensor": 4, "group": 16, "prefill_tensor": 4, "prefill_group": 16, "sequences": 5, "input_tokens": 100000},
    "linear attention": {"model": "kimi-k3", "machine": "gb300", "tensor": 1, "group": 72, "prefill_tensor": 2, "prefill_group": 144, "sequences": 2000, "utilisation": 0.4, "basis": "3-year"},
    "windows": {"model": "llama-4-scout", "machine": "mi300x", "tensor": 1, "group": 8, "prefill_tensor": 8, "prefill_group": 8, "sequences": 20, "input_tokens": 50000, "basis": "neocloud", "cache_hours": 2},
    "hour of one's own": {"model": "qwen3-235b", "machine": "b200", "tensor": 4, "group": 4, "prefill_tensor": 2, "prefill_group": 4, "sequences": 64, "own_price": 3.21, "pools": "one", "drafts": 1, "accepted": 1.5},
    "more than memory holds": {"model": "minimax-m3", "machine": "h100", "tensor": 8, "group": 8, "prefill_tensor": 8, "prefill_group": 8, "sequences": 5000},
}
# What moecast cost refuses, and a word of what the sheet says of it.
REFUSED = {
    "more accepted than drafted": ({"drafts": 1, "accepted": 3}, "accepted"),
    "less than one accepted": ({"accepted": 0.5}, "accepted"),
    "half a draft": ({"drafts": 1.5, "accepted": 2}, "drafts"),
    "G no multiple of t": ({"tensor": 4, "group": 6}, "decode: G"),
    "prompts' G no multiple of t": ({"prefill_tensor": 4, "prefill_group": 6}, "prompts: G"),
    "half an accelerator": ({"tensor": 1.5, "group": 3}, "decode: t"),
    "beyond the machine": ({"machine": "h100", "tensor": 8, "group": 8000}, "largest group"),
    "no such price": ({"machine": "h200", "basis": "UNPRICED"}, "no price"),
}
CLEARED = {"model": "Model", "machine": "Machine", "input_tokens": "Input of a request", "output_tokens": "Output of a request", "drafts": "Tokens drafted", "tensor": "Decode: tensor", "basis": "Who owns",
           "interest": "Interest", "eta_memory": "coefficient"}
ODD = {
    "underflow": {"drafts": 3, "accepted": 2.44, "tensor": 2, "group": 16, "prefill_tensor": 2, "prefill_group": 16, "sequences": 1e9},
    "all experts visited": {"model": "deepseek-v3", "machine": "h200", "tensor": 8, "group": 8, "prefill_tensor": 8, "prefill_group": 8, "sequences": 1e-6},
    "least of all": {"interest": 1e-6, "utilisation": 1e-3, "electricity": 0, "life": 0.1, "upkeep": 0, "cache_hours": 0, "hit_share": 0, "input_tokens": 1, "output_tokens": 1},
}
COLUMNS = {
    "model": "model", "machine": "hardware", "input_tokens": "input_tokens", "output_tokens": "output_tokens", "hit_share": "hit_share", "drafts": "draft", "accepted": "accepted", "stack": "stack",
    "pools": "pools", "basis": "basis", "own_price": "usd_per_hour", "utilisation": "utilisation", "cache_hours": "cache_hours", "tensor": "tensor_parallel", "group": "group",
    "prefill_tensor": "prefill_tensor_parallel", "prefill_group": "prefill_group", "sequences": "batch",
}


@pytest.fixture(scope="session")
def report(baseline_report: Path) -> Path:
    return baseline_report


class Parts:
    """A workbook as the texts of its parts."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}
        book = self.parts["xl/workbook.xml"].decode()
        self.sheets = {name.replace("&amp;", "&"): f"xl/worksheets/sheet{i}.xml" for i, name in enumerate(re.findall(r'<sheet name="([^"]+)"', book), 1)}
        self.names = {name: (sheet.strip("'"), cell.replace("$", "")) for name, sheet, cell in re.findall(r'<definedName name="(cost_\w+)">([^!<]+)!([^<]+)</definedName>', book)}

    def empty_all_but(self, kept: tuple[str, ...]) -> None:
        for name, part in self.sheets.items():
            if name not in kept:
                self.parts[part] = EMPTY.encode()
                self.parts.pop(part.replace("worksheets/", "worksheets/_rels/") + ".rels", None)

    def put(self, name: str, value: float | str | None) -> None:
        sheet, cell = self.names["cost_" + name]
        part = self.sheets[sheet]
        content = f'<c r="{cell}"/>' if value is None else f'<c r="{cell}" t="inlineStr"><is><t>{value}</t></is></c>' if isinstance(value, str) else f'<c r="{cell}"><v>{value!r}</v></c>'
        text, count = re.subn(rf'<c r="{cell}"(?: [^>]*?)?(?:/>|>.*?</c>)', content, self.parts[part].decode())
        assert count == 1, (name, cell)
        self.parts[part] = text.encode()

    def write(self, path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.parts.items():
                archive.writestr(name, content)


def read(path: Path, names: dict[str, tuple[str, str]]) -> dict[str, object]:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    cells = {sheet: {cell.coordinate: cell.value for row in book[sheet].iter_rows() for cell in row if cell.value is not None} for sheet in ("Token cost", "Host or buy")}
    block = {cells["Token cost"].get(f"A{row}"): cells["Token cost"].get(f"C{row}") for row in range(1, 24)}
    return {name.removeprefix("cost_"): cells[sheet].get(cell) for name, (sheet, cell) in names.items() if sheet in cells and ":" not in cell} | {f"answer {label}": value for label, value in block.items() if value is not None}


def hardware() -> dict[str, dict]:
    return yaml.safe_load((ROOT / "scenarios/catalogue/hardware.yaml").read_text(encoding="utf-8"))["hardware"]


def machines_of(report: Path) -> list[str]:
    sheet, cells = Parts(report).names["cost_machines_id"]
    return [row[0].value for row in openpyxl.load_workbook(report, read_only=True, data_only=True)[sheet][cells]]


def errors_of(path: Path) -> list[str]:
    """Cells that hold an error value; sheets that nothing here reads were emptied."""
    with zipfile.ZipFile(path) as archive:
        sheets = [(name, archive.read(name).decode()) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    return [f"{name}!{cell}" for name, text in sheets for cell in re.findall(r'<c r="(\w+)"[^>]* t="e"', text)]


@pytest.fixture(scope="session")
def shipped(report: Path) -> dict[str, object]:
    return read(report, Parts(report).names)


@pytest.fixture(scope="session")
def edited(report: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    folder = tmp_path_factory.mktemp("edited")
    small = Parts(report)
    small.empty_all_but((*LIVE, "Chart data"))
    kept, paths = dict(small.parts), []
    machines = machines_of(report)
    prices = {"neocloud": "neocloud", "rental": "on_demand", "3-year": "rental_3yr"}
    unpriced = {machine: next((basis for basis, key in prices.items() if (entry.get("rent_usd_per_hour") or {}).get(key) is None), "") for machine, entry in hardware().items()}
    refused = [{name: unpriced["h200"] if value == "UNPRICED" else value for name, value in changes.items()} for changes, _ in REFUSED.values()]
    layout = {"tensor": 1, "group": 1, "prefill_tensor": 1, "prefill_group": 1}
    cheap = {"api_in": 0.01, "api_cached": 0.01, "api_out": 0.02}
    asked = [{}, *QUESTIONS.values(), cheap, *refused, *({name: None} for name in CLEARED), *ODD.values(), {"api_in": None}, *({"machine": machine} | layout for machine in machines)]
    for i, changes in enumerate(asked):
        small.parts = dict(kept)
        for name, value in changes.items():
            small.put(name, value)
        paths.append(folder / f"question{i}.xlsx")
        small.write(paths[-1])
    answers = [read(path, small.names) | {"errors": errors_of(path)} for path in check.converted(paths, "xlsx", folder)]
    return dict(zip(["shipped", *QUESTIONS, "cheap API", *REFUSED, *CLEARED, *ODD, "no API price", *(f"on {machine}" for machine in machines)], answers, strict=True))


@pytest.fixture(scope="session")
def engine(shipped: dict[str, object], tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    table = tmp_path_factory.mktemp("engine") / "questions.csv"
    with table.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.DictWriter(lines, ["question", *COLUMNS.values()])
        writer.writeheader()
        for question, changes in QUESTIONS.items():
            asked = {name: shipped[name] for name in COLUMNS if name != "own_price"} | changes
            writer.writerow({"question": question} | {COLUMNS[name]: value for name, value in asked.items()})
    return {row["question"]: row for row in csv.DictReader(moecast("cost", "--table", table).stdout.splitlines())}


def test_shipped_sheets_agree_with_the_engine(shipped: dict[str, object]) -> None:
    assert shipped["check"] == "ok" and shipped["host_check"] == "ok"


@pytest.mark.slow
def test_recalculation_changes_nothing(shipped: dict[str, object], edited: dict[str, dict[str, object]]) -> None:
    again = edited["shipped"]
    assert len(shipped) > 150
    for name, value in shipped.items():
        if name == LARGEST:  # of rounding
            assert again[name] <= RELATIVE
            continue
        assert again[name] == value if isinstance(value, str) or value is None else math.isclose(again[name], value, rel_tol=RELATIVE), name


@pytest.mark.slow
@pytest.mark.parametrize("question", QUESTIONS)
def test_an_edited_question_is_answered_as_moecast_cost_answers_it(question: str, edited: dict[str, dict[str, object]], engine: dict[str, dict[str, str]]) -> None:
    sheet, said = edited[question], engine[question]
    for cell, column, factor in [("usd_in", "usd_per_mtok_in", 1), ("usd_out", "usd_per_mtok_out", 1), ("usd_cached", "usd_per_mtok_cached", 1), ("tpot_s", "pred_tpot_ms", 1e3),
                                 ("input_rate", "pred_prefill_tok_s_gpu", 1), ("usd_out_low", "band_lo", 1), ("usd_out_high", "band_hi", 1)]:
        assert math.isclose(sheet[cell] * factor, float(said[column]), rel_tol=RELATIVE), (cell, sheet[cell], said[column])
    assert sheet["binding"] == said["binding"]
    assert sheet["check"] == "edited" and sheet["host_check"] == "edited"


ANSWERS = ("Output", "Uncached input", "Cached input")
EXISTS, LARGEST = "answer The layout exists and has a price", "answer Largest relative difference to the engine"


@pytest.mark.slow
@pytest.mark.parametrize("question", REFUSED)
def test_what_the_engine_refuses_has_no_price(question: str, edited: dict[str, dict[str, object]]) -> None:
    sheet = edited[question]
    assert REFUSED[question][1] in sheet[EXISTS]
    assert {sheet[f"answer {name}"] for name in ANSWERS} == {"n/a"} and sheet["usd_out"] == "n/a"
    assert sheet["errors"] == [] and isinstance(sheet[LARGEST], (int, float)) and sheet["check"] == "edited"


@pytest.mark.slow
@pytest.mark.parametrize("name", CLEARED)
def test_a_cleared_input_is_said_to_be_missing(name: str, edited: dict[str, dict[str, object]]) -> None:
    sheet = edited[name]
    assert sheet[EXISTS].startswith("missing: ") and CLEARED[name] in sheet[EXISTS]
    assert {value for label, value in sheet.items() if label in [f"answer {answer}" for answer in (*ANSWERS, "Speed of a user", "Energy of an output token")]} == {"n/a"}
    assert sheet["check"] == sheet["host_check"] == "missing"


@pytest.mark.slow
def test_no_choice_of_a_machine_nor_an_allowed_number_ends_in_an_error(edited: dict[str, dict[str, object]], report: Path) -> None:
    for question in (*ODD, *(f"on {machine}" for machine in machines_of(report)), *QUESTIONS, "no API price"):
        sheet = edited[question]
        assert sheet["errors"] == [] and isinstance(sheet[LARGEST], (int, float)), (question, sheet["errors"][:5])
    assert edited["no API price"]["host_check"] == "missing"


def test_the_shipped_layout_is_the_one_that_the_search_finds(shipped: dict[str, object]) -> None:
    found = json.loads(moecast("cost", "--model", shipped["model"], "--hardware", shipped["machine"], "--explain", "--json").stdout)
    assert math.isclose(found["usd_per_mtok_out"], shipped["usd_out"], rel_tol=RELATIVE)
    assert math.isclose(found["usd_per_mtok_in"], shipped["usd_in"], rel_tol=RELATIVE)


def test_break_even_is_that_of_the_command(report: Path, shipped: dict[str, object]) -> None:
    row = next(row for row in openpyxl.load_workbook(report, read_only=True, data_only=True)["Host or buy"].iter_rows(values_only=True) if str(row[0]).startswith("Break-even: hosting"))
    prices = ",".join(str(shipped[name]) for name in ("api_in", "api_out", "api_cached"))
    for basis, volume in zip(("own", "neocloud", "rental", "3-year"), row[2:6], strict=True):
        said = json.loads(moecast("breakeven", "--model", shipped["model"], "--hardware", shipped["machine"], "--api-price", prices, "--basis", basis, "--json").stdout)
        assert math.isclose(volume, said["break_even"]["tok_per_month"], rel_tol=RELATIVE), (basis, said["break_even"])
    billions = next(row for row in openpyxl.load_workbook(report, read_only=True, data_only=True)["Host or buy"].iter_rows(values_only=True) if row[0] == "The same in billions")
    assert billions[1] == "bn tokens/month" and all(math.isclose(1e9 * shown, volume, rel_tol=RELATIVE) for shown, volume in zip(billions[2:6], row[2:6], strict=True))


@pytest.mark.slow
def test_what_must_be_whole_is_checked_to_be(report: Path) -> None:
    book = openpyxl.load_workbook(report)
    whole = {str(area) for sheet in LIVE[:2] for rule in book[sheet].data_validations.dataValidation if rule.type == "whole" for area in rule.sqref.ranges}
    names = Parts(report).names
    assert {names["cost_" + name][1] for name in ("drafts", "tensor", "group", "prefill_tensor", "prefill_group", "replicas_least")} <= whole


def test_coefficients_and_their_errors_are_the_fit_s(report: Path) -> None:
    fit = yaml.safe_load((ROOT / "tests/fit/coefficients.yaml").read_text(encoding="utf-8"))["coefficients"]
    rows = openpyxl.load_workbook(report, read_only=True, data_only=True)["Token cost"].iter_rows(values_only=True)
    seen = {row[8].removeprefix("fitted: "): row for row in rows if isinstance(row[8], str) and row[8].startswith("fitted: ")}
    assert set(seen) == set(fit)
    for name, row in seen.items():
        assert row[2] == pytest.approx(fit[name]["value"], rel=1e-12) and row[6] == pytest.approx(fit[name]["se_ln"], rel=1e-12), name


def test_lists_offer_every_entry_but_machines_of_on_chip_memory(report: Path) -> None:
    book = openpyxl.load_workbook(report, read_only=True, data_only=True)
    hardware = yaml.safe_load((ROOT / "scenarios/catalogue/hardware.yaml").read_text(encoding="utf-8"))["hardware"]
    models = yaml.safe_load((ROOT / "scenarios/catalogue/models.yaml").read_text(encoding="utf-8"))["models"]
    names = Parts(report).names
    for name, wanted in (("cost_models_id", list(models)), ("cost_machines_id", [key for key, entry in hardware.items() if not entry["weights_on_chip"]])):
        sheet, cells = names[name]
        assert [row[0].value for row in book[sheet][cells]] == wanted
    assert any(not entry["weights_on_chip"] for entry in hardware.values()) and len(hardware) > len(wanted)


@pytest.mark.slow
def test_without_its_catalogue_the_sheets_are_absent(tmp_path: Path, report: Path) -> None:
    catalogue = tmp_path / "catalogue"
    catalogue.mkdir()
    for part in (ROOT / "scenarios" / "catalogue").iterdir():
        (catalogue / part.name).write_bytes(part.read_bytes())
    (tmp_path / "own.yaml").write_text("moecast: 1\nname: own\nextends: baseline\ncatalogue: catalogue\n", encoding="utf-8")
    moecast("run", tmp_path / "own.yaml", "--paths", "16", "--no-contrasts", "-o", tmp_path / "run", "--quiet")
    assert "Token cost" in openpyxl.load_workbook(tmp_path / "run" / "report.xlsx", read_only=True).sheetnames
    (catalogue / "models.yaml").unlink()
    moecast("report", tmp_path / "run", "-o", tmp_path / "without.xlsx")
    assert not set(LIVE) & set(openpyxl.load_workbook(tmp_path / "without.xlsx", read_only=True).sheetnames)
