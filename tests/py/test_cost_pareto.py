"""`moecast cost --pareto`: speed against price, only what nothing beats, up to the fastest."""
import json
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MOECAST = pathlib.Path(os.environ.get("MOECAST_BIN", ROOT / "build" / "moecast"))
ENV = {**os.environ, "MOECAST_SCENARIOS": str(ROOT / "scenarios")}

pytestmark = pytest.mark.skipif(not MOECAST.exists(), reason=f"{MOECAST} is not built; set MOECAST_BIN")


def ask(*options, code=0):
    done = subprocess.run([MOECAST, "cost", *map(str, options)], capture_output=True, text=True, env=ENV, timeout=60, check=False)
    assert done.returncode == code, done.stderr
    return done.stdout or done.stderr


@pytest.mark.parametrize("case", [("deepseek-v4-pro", "gb300"), ("deepseek-v4-pro", "h200"), ("kimi-k2", "h200", "--pools", "one", "--draft", "best"), ("llama-3.1-8b", "cerebras-wse-3"),
                                  ("deepseek-v3", "h800", "--layouts", "spread"), ("gpt-oss-120b", "b200", "--draft", "2", "--stack", "default")])
def test_rows_rise_in_speed_and_price_up_to_the_fastest(case):
    words = ["--model", case[0], "--hardware", case[1], *case[2:]]
    rows = json.loads(ask(*words, "--pareto", "--json"))["rows"]
    speeds, prices = [row["tok_per_s_user"] for row in rows], [row["usd_per_request"] for row in rows]
    assert speeds == sorted(set(speeds)) and prices == sorted(set(prices)) and len(rows) >= 2
    out_of_reach = json.loads(ask(*words, "--tok-s-user", 1e5, "--json"))
    assert not out_of_reach["meets_tpot"] and speeds[-1] >= out_of_reach["tok_per_s_user"]
    if "best" not in case:
        assert speeds[-1] == out_of_reach["tok_per_s_user"]
    middle = next(row for row in rows if row["tok_per_s_user"] >= 25)
    assert middle["usd_per_request"] >= json.loads(ask(*words, "--tok-s-user", 25, "--json"))["usd_per_request"] * (1 - 1e-9)


def test_the_table_is_aligned_and_ends_with_the_fastest():
    words = ("--model", "deepseek-v3", "--hardware", "h200", "--pareto")
    lines, rows = ask(*words).splitlines(), json.loads(ask(*words, "--json"))["rows"]
    table = lines[3 : 3 + len(rows)]
    assert lines[2].split()[0] == "tok/s/user" and len({line.index(row["binding"]) for line, row in zip(table, rows, strict=True)}) == 1
    assert table[-1].split()[0] == f"{rows[-1]['tok_per_s_user']:.1f}" and "fastest" in lines[-1]


def test_what_cannot_be_asked_together_is_refused():
    words = ("--model", "deepseek-v3", "--hardware", "h200", "--pareto")
    assert "--explain" in ask(*words, "--explain", code=2) and "--table" in ask(*words, "--table", "x.csv", code=2)
    assert "does not fit" in ask("--model", "kimi-k3", "--hardware", "groq-3-lpu", "--pareto", code=2)


def test_the_example_of_the_page_is_what_the_command_prints():
    page = (ROOT / "docs" / "cost.md").read_text()
    command = page[page.index("`moecast cost --model deepseek-v4-pro --hardware gb300") + 1 :].split("`")[0].split()[2:]
    example = page[page.index(" tok/s/user     $/M out") :].split("```")[0].splitlines()
    printed = ask(*command).splitlines()
    assert len(example) == 5 and all(line in printed for line in example)
