"""docs/model.md says what the code computes: its symbols, the names it uses, its sections and its generated tables."""
import os
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "model.md").read_text()
MOECAST = pathlib.Path(os.environ.get("MOECAST_BIN", ROOT / "build" / "moecast"))
ROW = re.compile(r'^(?:INPUT|LEVER|OUTCOME)\(\w+, "([^"]+)"', re.MULTILINE)
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
SOURCES = {  # what the table's code names may begin with, and where the rest must stand as a name
    "block": "csim/model/block.h", "csim_fleet_cost": "csim/model/block.h", "plan": "csim/plan/plan.h", "stream": "csim/rng/stream.h",
    "vmath": "kernels/vmath.h", "moe_hardware": "kernels/moe_shape.h", "moe_shape": "kernels/moe_shape.h",
    "moe_explanation": "kernels/moe_explain.h", "moe_efficiency": "kernels/moe_efficiency.h", "moe_pair": "kernels/moe_cost.h", "moe_layout": "kernels/moe_explain.h", "moe_cost_block": "kernels/moe_cost.h",
    "moe_fold_base": "kernels/moe_cost.h", "moe_fold_block": "kernels/moe_cost.h", "moe_workload_block": "kernels/moe_cost.h",
}


def names(path):
    return ROW.findall((ROOT / path).read_text())


INPUTS, LEVERS, OUTCOMES = names("csim/scenario/inputs.def"), names("csim/scenario/levers.def"), names("csim/plan/outcomes.def")


def sections():
    """Heading → text, for every section of the page."""
    parts = HEADING.split(PAGE)
    return dict(zip(parts[1::2], parts[2::2]))


def section(number):
    return next(text for heading, text in sections().items() if heading.startswith(f"{number}. "))


def symbol_rows():
    lines = [line for line in section(14).splitlines() if line.startswith("| ")][1:]
    return [[cell.strip() for cell in line.strip("| \n").split(" | ")] for line in lines]


def field_exists(name):
    owner, _, field = name.partition(".")
    text = re.sub(r"/\*.*?\*/", "", (ROOT / SOURCES[owner]).read_text(), flags=re.DOTALL)
    if owner.startswith(("moe_", "csim_")):  # a struct's own fields
        text = text[text.index(f"typedef struct {owner}") : text.index("} " + owner)]
    return re.search(rf"\b{re.escape(field)}\b", text) is not None


def test_every_section_is_there_in_order():
    found = [int(m.group(1)) for m in re.finditer(r"^## (\d+)\. ", PAGE, re.MULTILINE)]
    assert found == list(range(15))


def test_symbol_table_is_well_formed():
    rows = symbol_rows()
    assert len(rows) > 200
    assert all(len(row) == 5 and all(row) for row in rows)


def test_no_symbol_stands_twice():
    symbols = [row[0] for row in symbol_rows()]
    assert sorted(symbols) == sorted(set(symbols))


def test_every_code_name_exists():
    known = {*INPUTS, *LEVERS, *OUTCOMES}
    missing = [
        code
        for row in symbol_rows()
        for code in re.findall(r"`([^`]+)`", row[2])
        if code not in known and not (code.split(".")[0] in SOURCES and field_exists(code))
    ]
    assert not missing


def test_a_code_name_is_there_or_a_dash():
    assert all(re.fullmatch(r"–|`[^`]+`(, `[^`]+`)*", row[2]) for row in symbol_rows())


def written(symbol):
    """How a symbol looks in a sentence: functions and differences without their place-holder, no longer name around it."""
    text = symbol.replace("·)", "").removesuffix("·")
    before = r"(?<![A-Za-z0-9_])" if text[0].isalnum() else ""
    after = r"(?![A-Za-z0-9_₀-₉])" if text[-1].isalnum() and symbol == text else ""
    return re.compile(before + re.escape(text) + after)


@pytest.mark.parametrize("row", symbol_rows(), ids=lambda row: row[0])
def test_symbol_is_used_in_the_section_named(row):
    assert written(row[0]).search(section(int(row[4]))), f"{row[0]} is not in section {row[4]}"


def test_no_symbol_of_several_letters_is_used_before_its_section():
    """Single letters are left out: they are words too."""
    early = [
        (row[0], number)
        for row in symbol_rows()
        for number in range(int(row[4]))
        if len(row[0]) > 2 and not row[0].isalpha() and written(row[0]).search(section(number))
    ]
    assert not early


def test_every_key_is_mentioned():
    """By its whole name, or by its last part where no other key ends alike."""
    marked = set(re.findall(r"`([^`\n]+)`", PAGE))
    last = [key.rsplit(".", 1)[1] for key in (*INPUTS, *LEVERS)]
    unnamed = [
        key for key in (*INPUTS, *LEVERS)
        if key not in marked and not (last.count(key.rsplit(".", 1)[1]) == 1 and key.rsplit(".", 1)[1] in marked)
    ]
    assert not unnamed


def test_every_dotted_name_on_the_page_exists():
    known = {*INPUTS, *LEVERS, *OUTCOMES}
    heads = {name.split(".")[0] for name in known}
    frame = {"saas.bar", "policy.form"}
    dotted = {name for name in re.findall(r"`([a-z_0-9]+\.[A-Za-z_0-9.]+)`", PAGE) if name.split(".")[0] in heads}
    unknown = sorted(name for name in dotted if name not in known | frame and not any(name.startswith(known_name + ".") for known_name in known))
    assert not unknown


def test_tables_are_up_to_date():
    if not MOECAST.exists():
        pytest.skip(f"{MOECAST} is not built; set MOECAST_BIN")
    script = ROOT / "docs" / "generate_tables.py"
    result = subprocess.run([sys.executable, script, MOECAST, "--check"], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_what_the_page_says_of_harder_bars_is_what_the_table_says():
    """Medians of 2030 under the baseline's and the harder bars, rounded to two places as the prose has them."""
    table = (ROOT / "docs/tables/software_bar.md").read_text()
    rows = {m[1]: re.findall(r"\*\*([\d.]+)\*\* \(([\d.]+) …", m[0]) for m in re.finditer(r"\| `([^`]+)` \| 2030-12 \|.*", table)}

    def words(series, which=0):
        return [f"{float(rows[series][column][which]):.2f}".lstrip("0") for column in (0, 2)]

    def says(form, series, which=0):
        sentence = form.format(*words(series, which))
        assert sentence in PAGE, sentence

    says("mid-sized firms in 2030 falls from {} to {},", "cap.suitability_ratio.midmarket")
    says("of developers from {} to {},", "cap.suitability_ratio.developers")
    says("of large firms from {} to {}.", "cap.suitability_ratio.fortune500")
    says("enterprises' open share in 2030 falls from {} to {}", "share.enterprise_open")
    says("the lower end falls from {} to {}:", "share.openrouter_open", which=1)
    assert f"With the harder bars it is {words('share.openrouter_open')[1]}," in PAGE


def test_tables_that_are_linked_exist():
    links = re.findall(r"\]\((tables/[a-z_]+\.md)\)", PAGE)
    assert {"tables/parameters.md", "tables/outcomes.md"} <= set(links)
    assert all((ROOT / "docs" / link).exists() for link in links)
