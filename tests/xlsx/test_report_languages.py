"""The Chinese workbook says what the English one says: the same numbers in the same cells, no English left over, formulas that still compute."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import check_workbook as check
import openpyxl
import pytest
import yaml
from workbooks import ROOT, moecast
from workbooks import opened as load

TRANSLATED = {"Summary": "摘要", "Claims": "论断", "Break-even": "翻转点"}

# Names, symbols and units that Chinese readers use as they are.
KEPT_WORDS = set("""moecast SHA Adoption Prices cost SaaS Hardware policy Assumptions Run Data Chart data baseline ECI EV API GPU GPUs Wilson OpenRouter DeepSeek GPT Qwen Kimi
    Rubin OpenAI Anthropic Plus Pro Go R1 TPU TPUs Trainium LPU Groq TB logit J W log p5 p50 p95 deepseek qwen""".split())



@pytest.fixture(scope="module")
def run(baseline_run: Path) -> Path:
    return baseline_run


@pytest.fixture(scope="module")
def chinese(run: Path) -> Path:
    done = moecast("report", run, "--lang", "zh", "-o", run / "zh.xlsx")
    assert done.returncode == 0, done.stderr
    return run / "zh.xlsx"


@pytest.fixture(scope="module")
def books(run: Path, chinese: Path) -> tuple[openpyxl.Workbook, openpyxl.Workbook]:
    return load(run / "report.xlsx", data_only=True, read_only=True), load(chinese, data_only=True, read_only=True)


def scenario_texts() -> list[str]:
    """What stands in the scenario without a translation: sources, resolutions, comments, expressions, names of scenarios and inputs."""
    claims = yaml.safe_load((ROOT / "scenarios" / "claims.yaml").read_text(encoding="utf-8"))["claims"]
    return [str(text) for claim in claims.values() for key, text in claim.items() if key in ("source", "resolution", "status_source", "comment")]


def without_names(text: str) -> str:
    """Drops keys of readings and inputs, names of scenarios, expressions and versions: everything joined by dots, underscores or hyphens, or with a digit."""
    text = re.sub(r"[A-Za-z][A-Za-z0-9_.-]*\((?:[^()]|\([^()]*\))*\)", " ", text)
    text = re.sub(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)+", " ", text)
    return re.sub(r"[A-Za-z0-9]*\d[A-Za-z0-9]*", " ", text)


def strings(sheet: openpyxl.worksheet.worksheet.Worksheet) -> list[str]:
    return [cell for row in sheet.iter_rows(values_only=True) for cell in row if isinstance(cell, str)]


def leftovers(texts: list[str], readings: set[str]) -> list[tuple[str, str]]:
    allowed = KEPT_WORDS | readings
    found = []
    for text in texts:
        for word in re.findall(r"[A-Za-z]{2,}", without_names(text)):
            if word not in allowed:
                found.append((word, text))
    return found


def test_english_is_the_default_and_other_languages_are_refused(run: Path, tmp_path: Path) -> None:
    assert moecast("report", run, "--lang", "en", "-o", tmp_path / "en.xlsx").returncode == 0
    assert (tmp_path / "en.xlsx").read_bytes() == (run / "report.xlsx").read_bytes()
    refused = moecast("report", run, "--lang", "de", "-o", tmp_path / "de.xlsx", ok=False)
    assert (refused.returncode, refused.stdout) == (2, "") and "'de'" in refused.stderr and refused.stderr.count("\n") == 1
    assert not (tmp_path / "de.xlsx").exists()


def test_the_package_takes_the_same_languages(run: Path, chinese: Path, tmp_path: Path) -> None:
    package = pytest.importorskip("moecast")
    result = package.load(run)
    result.report(tmp_path / "zh.xlsx", lang="zh")
    assert load(tmp_path / "zh.xlsx", read_only=True).sheetnames[:2] == ["摘要", "论断"]
    with pytest.raises(ValueError, match="wanted en"):
        result.report(tmp_path / "fr.xlsx", lang="fr")


@pytest.mark.parametrize("name", ["container", "xml", "values", "charts"])
@pytest.mark.slow
def test_other_programs_find_nothing_to_complain_about(chinese: Path, name: str) -> None:
    assert check.CHECKS[name](chinese) == []


def linked_sheets(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as archive:
        parts = [archive.read(name).decode() for name in archive.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)]
    places = [place for part in parts for place in re.findall(r'<hyperlink [^>]*location="([^"]*)"', part)]
    return {html.unescape(place).rsplit("!", 1)[0].strip("'") for place in places}


def test_two_sheets_have_chinese_names_and_links_lead_to_them(books: tuple, chinese: Path) -> None:
    english, book = books
    assert book.sheetnames == [TRANSLATED.get(name, name) for name in english.sheetnames]
    links = linked_sheets(chinese)
    assert links <= set(book.sheetnames) and {"摘要", "论断"} <= links
    for name in ("share_open_developers_2030_12_p50", "saas_revenue_2030_12_mean"):
        ((sheet, _),) = book.defined_names[name].destinations
        assert sheet == "摘要"


def numbers(sheet: openpyxl.worksheet.worksheet.Worksheet) -> list[object]:
    return [cell for row in sheet.iter_rows(values_only=True) for cell in row if not isinstance(cell, (str, type(None)))]


def test_numbers_are_those_of_the_english_sheets(books: tuple) -> None:
    english, chinese = books
    for name in ("Summary", "Claims", "Adoption", "Chart data"):
        assert numbers(english[name]) == numbers(chinese[TRANSLATED.get(name, name)]), name


def test_other_sheets_stay_english(books: tuple) -> None:
    english, chinese = books
    for name in ("Adoption", "Assumptions", "Run"):
        assert [text.replace("← 摘要", "← Summary") for text in strings(chinese[name])] == strings(english[name]), name


def test_no_english_is_left_over(books: tuple) -> None:
    kept, (_, book) = scenario_texts(), books
    whole = re.sub(r"\s+", " ", " ".join(kept))
    readings = {row[0].split(".")[1] for row in book["论断"].iter_rows(values_only=True) if isinstance(row[0], str) and re.fullmatch(r"[a-z0-9_]+\.[a-z0-9_]+", row[0])}
    texts = []
    for sheet in TRANSLATED.values():
        for text in strings(book[sheet]):
            plain = re.sub(r"\s+", " ", re.sub(r"^(说明|判定依据)：", "", text))
            source = plain.split(" · ")[0]
            if plain in whole:
                continue
            texts.append(plain.replace(source, "").split("：")[0] if source in whole else plain)
    tabs = {word for name in book.sheetnames for word in re.findall(r"[A-Za-z]+", name)}
    assert leftovers(texts, readings | tabs) == []


def test_charts_of_the_two_sheets_are_in_chinese(chinese: Path) -> None:
    with zipfile.ZipFile(chinese) as archive:
        for number in (1, 2):
            drawing = archive.read(f"xl/drawings/drawing{number}.xml").decode()
            assert leftovers(re.findall(r'descr="([^"]*)"', drawing), set()) == []
            charts = re.findall(r"charts/(chart\d+\.xml)", archive.read(f"xl/drawings/_rels/drawing{number}.xml.rels").decode())
            assert charts
            for chart in charts:
                said = re.findall(r"<a:t>([^<]*)</a:t>|<c:tx>.*?<c:v>([^<]*)</c:v>", archive.read(f"xl/charts/{chart}").decode(), re.DOTALL)
                assert leftovers([a or b for a, b in said], set()) == []


def test_figures_are_written_as_chinese_readers_expect(books: tuple) -> None:
    sentences = " ".join(text for text in strings(books[1]["摘要"]))
    assert re.search(r"2030年12月", sentences) and re.search(r"\d%（[\d.]+%至[\d.]+%）", sentences)
    assert re.search(r"\d美元", sentences) and re.search(r"\d亿美元", sentences)
    assert not re.search(r"[\u4e00-\u9fff][,;:!?]|[,;:!?][\u4e00-\u9fff]|\d %", sentences), "half-width punctuation in Chinese text"


@pytest.mark.parametrize("file", ["words.def", "terms.def", "outcome_words.def"])
def test_every_text_has_both_languages_and_the_same_parts(file: str) -> None:
    text = re.sub(r"/\*.*?\*/", "", (ROOT / "csim" / "report" / file).read_text(encoding="utf-8"), flags=re.DOTALL)
    entries = re.findall(r'^(?:WORD|TERM|OUTCOME_WORDS)\((.*?)\)\s*$', text, re.DOTALL | re.MULTILINE)
    assert entries
    for entry in entries:
        texts = re.findall(r'"((?:[^"\\]|\\.)*)"', entry)
        assert all(texts) or "LANGUAGE_NOTE" in entry, entry
        if file == "words.def" and "MONTH" not in entry and "LANGUAGE_NOTE" not in entry:
            assert sorted(re.findall(r"\{\d\}", texts[0])) == sorted(re.findall(r"\{\d\}", texts[1])), entry


def test_every_outcome_and_shipped_claim_has_its_chinese_words() -> None:
    outcomes = set(re.findall(r"^OUTCOME\((\w+),", (ROOT / "csim" / "plan" / "outcomes.def").read_text(encoding="utf-8"), re.MULTILINE))
    words = set(re.findall(r"^OUTCOME_WORDS\((\w+),", (ROOT / "csim" / "report" / "outcome_words.def").read_text(encoding="utf-8"), re.MULTILINE))
    assert outcomes == words
    claims = yaml.safe_load((ROOT / "scenarios" / "claims.yaml").read_text(encoding="utf-8"))["claims"]
    for key, claim in claims.items():
        assert re.search(r"[\u4e00-\u9fff]", claim["statement_zh"]), key
        assert all(re.search(r"[\u4e00-\u9fff]", reading["title_zh"]) for reading in claim["readings"].values()), key


def test_a_scenario_without_chinese_words_shows_its_own(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("moecast: 1\nname: mine\nextends: baseline\ntitle: My view\ndescription: What I think.\n", encoding="utf-8")
    assert moecast("run", tmp_path / "mine.yaml", "--paths", "16", "--no-contrasts", "--quiet", "--no-report", "-o", tmp_path / "run").returncode == 0
    assert moecast("report", tmp_path / "run", "--lang", "zh").returncode == 0
    said = strings(load(tmp_path / "run" / "report.xlsx", read_only=True)["摘要"])
    assert "My view" in said and "What I think." in said and not any("基准情景" in text for text in said)


@pytest.mark.slow
def test_recalculation_changes_nothing(chinese: Path) -> None:
    assert check.check_recalculation(chinese) == []


COMMA_LOCALE = ROOT / "build" / "locale"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.skipif(not (COMMA_LOCALE / "de_DE.UTF-8").exists(), reason="the locale that writes 2,5 is not built (make test-c builds it)")
def test_a_comma_locale_gives_the_same_bytes(run: Path, tmp_path: Path, language: str) -> None:
    comma = {"LC_ALL": "de_DE.UTF-8", "LOCPATH": str(COMMA_LOCALE)}
    assert subprocess.run(["locale", "decimal_point"], capture_output=True, text=True, env={**os.environ, **comma}, check=True).stdout.strip() == ","
    for name, environment in {"point": {"LC_ALL": "C"}, "comma": comma}.items():
        assert moecast("report", run, "--lang", language, "-o", tmp_path / f"{name}.xlsx", **environment).returncode == 0
    assert (tmp_path / "comma.xlsx").read_bytes() == (tmp_path / "point.xlsx").read_bytes()


def test_a_comma_locale_of_the_calling_program_changes_nothing(run: Path, tmp_path: Path) -> None:
    """The command never asks for the user's locale; a program that uses the package may."""
    pytest.importorskip("moecast")
    if not (COMMA_LOCALE / "de_DE.UTF-8").exists():
        pytest.skip("the locale that writes 2,5 is not built (make test-c builds it)")
    script = "import locale, sys, moecast; locale.setlocale(locale.LC_ALL, sys.argv[2]); moecast._core.load(sys.argv[1] + '/run.moecast').report(sys.argv[3])"
    for name, wanted in (("point", "C"), ("comma", "de_DE.UTF-8")):
        subprocess.run([sys.executable, "-c", script, run, wanted, tmp_path / f"{name}.xlsx"], check=True, env={**os.environ, "LOCPATH": str(COMMA_LOCALE)})
    assert (tmp_path / "comma.xlsx").read_bytes() == (tmp_path / "point.xlsx").read_bytes() == (run / "report.xlsx").read_bytes()
