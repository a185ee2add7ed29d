"""`moecast cost --table` with questions of one's own: columns are the command's options, layouts may be stated, what cannot be read is told."""
import csv
import io
import json
import os
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MOECAST = pathlib.Path(os.environ.get("MOECAST_BIN", ROOT / "build" / "moecast"))
ENV = {**os.environ, "MOECAST_SCENARIOS": str(ROOT / "scenarios")}

pytestmark = pytest.mark.skipif(not MOECAST.exists(), reason=f"{MOECAST} is not built; set MOECAST_BIN")


def run(*words):
    return subprocess.run([MOECAST, "cost", *map(str, words)], capture_output=True, text=True, env=ENV, timeout=60, check=False)


def table(tmp_path, text, *options, code=0):
    file = tmp_path / "table.csv"
    file.write_bytes(text.encode())
    done = run("--table", file, *options)
    assert done.returncode == code, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout))), done.stderr


def cost(*options):
    done = run("--json", "--explain", *options)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_row_is_what_the_command_answers(tmp_path):
    rows, told = table(tmp_path, "model,hardware,input_tokens,output_tokens,hit_share,tok_per_s_user,draft,stack,note\n"
                                 "deepseek-v3,h800,4000,500,.25,40,,,a\nkimi-k2,b200_sxm,,,,,best,default,\"b, and \"\"c\"\"\"\n")
    first = cost("--model", "deepseek-v3", "--hardware", "h800", "--input", 4000, "--output", 500, "--hit", 0.25, "--tok-s-user", 40)
    second = cost("--model", "kimi-k2", "--hardware", "b200", "--draft", "best", "--stack", "default")
    for row, x in zip(rows, (first, second), strict=True):
        assert float(row["pred_tpot_ms"]) == pytest.approx(1e3 * x["explanation"]["tpot_s"], rel=1e-9) and row["binding"] == x["binding"]
        assert all(float(row[k]) == pytest.approx(x[k], rel=1e-9) for k in ("usd_per_mtok_in", "usd_per_mtok_out", "usd_per_mtok_cached"))
        assert float(row["band_lo"]) == pytest.approx(x["usd_per_mtok_out"] * x["band_low"], rel=1e-9)
        assert float(row["pred_prefill_tok_s_gpu"]) == pytest.approx(x["input_tok_per_s"], rel=1e-9)
    assert [row["note"] for row in rows] == ["a", 'b, and "c"'] and told == "2 of 2 rows predicted\n"


def test_options_stand_for_missing_columns_and_empty_cells(tmp_path):
    rows, _ = table(tmp_path, "tok_per_s_user\n30\n60\n\n", "--model", "deepseek-v3", "--hardware", "h200", "--basis", "3-year", "--hit", 0)
    for row in rows:
        x = cost("--model", "deepseek-v3", "--hardware", "h200", "--basis", "3-year", "--hit", 0, "--tok-s-user", row["tok_per_s_user"])
        assert float(row["usd_per_mtok_out"]) == pytest.approx(x["usd_per_mtok_out"], rel=1e-9)
    assert len(rows) == 2


def test_a_stated_layout_is_taken_and_its_batch_filled_where_none_is_stated(tmp_path):
    rows, _ = table(tmp_path, "model,hardware,tensor_parallel,group,batch,tok_per_s_user\ndeepseek-v3,h800,1,144,3000,\ndeepseek-v3,h800,1,144,6000,\ndeepseek-v3,h800,1,144,,30\nllama-3.1-8b,h100,2,,8,\n")
    slow, slower, filled, dense = [float(row["pred_tpot_ms"]) for row in rows]
    assert slow < slower and 0.9 * 1e3 / 30 < filled <= 1e3 / 30 * (1 + 1e-9) and dense < slow
    best = cost("--model", "deepseek-v3", "--hardware", "h800", "--tok-s-user", 30)
    assert float(rows[2]["usd_per_mtok_out"]) >= best["usd_per_mtok_out"] * (1 - 1e-9)


def test_the_format_changes_bytes_and_leaves_a_published_four_bit_model_alone(tmp_path):
    head = "model,hardware,tensor_parallel,batch,precision,cache_bytes\n"
    rows, _ = table(tmp_path, head + "".join(f"{m},b200,4,4,{p},{c}\n" for m, p, c in (
        ("llama-3.1-70b", "", ""), ("llama-3.1-70b", "bf16", ""), ("llama-3.1-70b", "FP8", ""), ("llama-3.1-70b", "fp4", ""), ("llama-3.1-70b", "fp8", 1),
        ("gpt-oss-120b", "", ""), ("gpt-oss-120b", "fp8", ""))))
    catalogued, bf16, fp8, fp4, small, oss, oss8 = [float(row["pred_tpot_ms"]) for row in rows]
    assert catalogued == bf16 > fp8 > fp4 and small < fp8 and oss == oss8


def test_what_cannot_be_read_is_told_with_line_and_reason_and_kept(tmp_path):
    rows, told = table(tmp_path, "model,hardware,input_tokens,group,batch,stack,draft\ndeepseek-v33,h200,,,,,\ndeepseek-v3,h200x,,,,,\ndeepseek-v3,h200,many,,,,\n"
                                 "deepseek-v3,h200,,,9,,\ndeepseek-v3,h200,,,,new,\ndeepseek-v3,h200,-5,,,,\nkimi-k3,groq-3-lpu\ndeepseek-v3,h200,,8,9,,best\ndeepseek-v3,h200,,,,,\n")
    lines = told.splitlines()
    expected = ["did you mean 'deepseek-v3'", "did you mean 'h200'", "input_tokens", "group", "stack: must be tuned", "input_tokens", "does not fit", "draft"]
    for i, reason in enumerate(expected):
        assert f"table.csv:{i + 2}:" in lines[i] and reason in lines[i], lines[i]
    assert lines[-1] == "1 of 9 rows predicted" and [bool(row["pred_tpot_ms"]) for row in rows] == [False] * 8 + [True]


@pytest.mark.parametrize("text, reason", [
    ("model,hardware\nnone,h200\n", "no row"), ("", "empty"), ("name\nx\n", "model and hardware"), ("model,hardware,model\n", "twice"), ("model,hardware\na,b,c\n", "more than 2 fields"),
    ("model,hardware,binding\ndeepseek-v3,h200,x\n", "binding"), ("model,hardware\n\"a,b\n", "does not close"), ("model,hardware\n", "no row"),
])  # fmt: skip
def test_tables_that_cannot_be_used_end_with_code_2(tmp_path, text, reason):
    assert reason in table(tmp_path, text, code=2)[1]


def test_spreadsheets_line_ends_and_mark_are_read(tmp_path):
    rows, told = table(tmp_path, "\ufeffmodel,hardware\r\ndeepseek-v3,h200\r\n")
    assert len(rows) == 1 and rows[0]["pred_tpot_ms"] and told == "1 of 1 rows predicted\n"


def test_where_the_table_goes_is_checked(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("model,hardware\ndeepseek-v3,h200\n")
    assert run("--table", tmp_path / "none.csv").returncode == 4
    assert run("--table", file, "-o", tmp_path / "no" / "out.csv").returncode == 4
    assert run("--table", file, "--json").returncode == 2 and run("--model", "deepseek-v3", "--hardware", "h200", "-o", "x").returncode == 2


def test_a_layout_that_cannot_be_built_is_told(tmp_path):
    text = "model,hardware,group,tensor_parallel,batch\ndeepseek-v3,h100,8,3,10\ndeepseek-v3,h100,1.5,1,10\ndeepseek-v3,h100,1000,1,10\ndeepseek-v3,h200,16,1,160\n"
    rows, told = table(tmp_path, text)
    assert [bool(row["pred_tpot_ms"]) for row in rows] == [False, False, False, True]
    assert "whole multiple" in told and "largest group" in told and told.endswith("1 of 4 rows predicted\n")


MEASURED = "model_path,system,backend,precision,mode,isl,osl,batch_size,tp_size,attention_dp_size,moe_tp_size,moe_ep_size\n"


@pytest.mark.parametrize("isl, osl, batch, tp, reason", [
    (1000, 500, -8, 2, "batch_size: must be 0 to 1e9, got -8"), (1000, 500, 8, -2, "tp_size: must be 0 to 1e9, got -2"), ("nan", 500, 8, 2, "isl: got 'nan', wanted a number"),
    (1000, "inf", 8, 2, "osl: got 'inf', wanted a number"), ("", 500, 8, 2, "isl: is empty"), (1000, 0, 8, 2, "osl: must be 1 to 1e+08, got 0"),
    (1000, 500, "nan", 2, "batch_size: got 'nan'"), (1000, 500, 8, 1.5, "tp_size: must be a whole number"), (1000, 500, 8, 4096, "tp_size x attention_dp_size: must be at most"),
])  # fmt: skip
def test_a_number_that_a_measured_row_cannot_have_is_told_with_its_own_column(tmp_path, isl, osl, batch, tp, reason):
    row = "meta-llama/Llama-3.1-70B,h200_sxm,vllm,fp8,agg,{},{},{},{},1,1,1\n"
    rows, told = table(tmp_path, MEASURED + row.format(1000, 500, 8, 2) + row.format(isl, osl, batch, tp))
    assert [bool(x["pred_tpot_ms"]) for x in rows] == [True, False] and "table.csv:3:" in told and reason in told, told


@pytest.mark.parametrize("column, allowed", [
    ("input_tokens", "1 to 1e8"), ("output_tokens", "1 to 1e8"), ("hit_share", "below 1"), ("tok_per_s_user", "0.001 to 1e5"), ("ttft_s", "above 0"), ("accepted", "1 to draft + 1"),
    ("utilisation", "0.001 to 1"), ("cache_hours", "0 to 10000"), ("usd_per_hour", "above 0"), ("electricity_usd_per_kwh", "0 to 10"), ("slower", "0 to 0.95"), ("less_bandwidth", "0 to 0.95"),
    ("less_memory", "0 to 0.95"), ("hungrier", "-0.9 to 100"), ("dearer", "-0.9 to 100"), ("cache_bytes", ".25 to 4"), ("tensor_parallel", "whole number"), ("group", "whole multiple"),
])  # fmt: skip
def test_a_number_column_takes_numbers_in_their_range_alone(tmp_path, column, allowed):
    wrong = ["nan", "NaN", "inf", "-inf", "1e999", "0x10", "1_000", "many", "-7"]
    rows, told = table(tmp_path, f"model,hardware,{column}\n" + "".join(f"deepseek-v3,h200,{cell}\n" for cell in wrong) + "deepseek-v3,h200,\n")
    assert [bool(row["pred_tpot_ms"]) for row in rows] == [False] * len(wrong) + [True]
    for line, (text, cell) in enumerate(zip(told.splitlines(), wrong, strict=False), start=2):
        assert f"table.csv:{line}:" in text and f" {column}: " in text and cell.lower() in text.lower() and (allowed if cell == "-7" else "wanted a number") in text, text
    assert told.splitlines()[0].endswith("(leave the cell empty where there is no number)")


def test_whether_speed_and_first_token_are_kept_stands_in_the_row(tmp_path):
    rows, _ = table(tmp_path, "model,hardware,tok_per_s_user,ttft_s,pools,group,tensor_parallel,batch\ndeepseek-v3,h200,20,5,,,,\ndeepseek-v3,h200,9000,,,,,\ndeepseek-v3,h200,20,.001,,,,\n"
                              "deepseek-v3,h200,20,9,one,16,1,16\ndeepseek-v3,h200,60,.3,one,16,1,1600\nnone,h200,,,,,,\n")
    assert [(row["meets_speed"], row["meets_first_token"]) for row in rows] == [("yes", "yes"), ("no", "yes"), ("yes", "no"), ("yes", "yes"), ("no", "no"), ("", "")]
    first = cost("--model", "deepseek-v3", "--hardware", "h200", "--tok-s-user", 20, "--ttft", 5)
    assert float(rows[0]["pred_ttft_ms"]) == pytest.approx(1e3 * first["ttft_s"], rel=1e-9) and rows[-1]["pred_ttft_ms"] == ""
    for row in rows[:-1]:
        assert (row["meets_speed"] == "yes") == (float(row["pred_tpot_ms"]) <= 1e3 / float(row["tok_per_s_user"]) * (1 + 1e-9))
        assert (row["meets_first_token"] == "yes") == (float(row["pred_ttft_ms"]) <= 1e3 * float(row["ttft_s"] or "inf"))


@pytest.mark.parametrize("model, machine, group, tensor", [("deepseek-v3", "h200", 4, 1), ("deepseek-v3", "h100", 8, 8), ("llama-3.1-70b", "h100", 1, 1), ("llama-3.1-70b", "groq-lpu-v1", 9, 1)])
def test_a_layout_that_a_model_does_not_fit_is_told_with_the_smallest_that_it_fits(tmp_path, model, machine, group, tensor):
    head = "model,hardware,group,tensor_parallel\n"
    _, told = table(tmp_path, f"{head}{model},{machine},{group},{tensor}\n", code=2)
    said = re.search(rf"does not fit .* layout stated, group {group} with tensor_parallel {tensor}; the fewest accelerators .* are group (\d+) with tensor_parallel (\d+)", told)
    assert said, told
    least, share = map(int, said.groups())
    smaller = "".join(f"{model},{machine},{n},{t}\n" for n in range(1, least) for t in (1, 2, 4, 8) if n % t == 0)
    rows, _ = table(tmp_path, f"{head}{smaller}{model},{machine},{least},{share}\n")
    assert rows[-1]["pred_tpot_ms"] and not any(row["pred_tpot_ms"] for row in rows[:-1])


def test_a_layout_of_a_machine_that_holds_the_model_in_none_says_so(tmp_path):
    _, told = table(tmp_path, "model,hardware,group\nkimi-k3,groq-3-lpu,8\n", code=2)
    assert "does not fit" in told and "on at most" in told and "layout stated" not in told


def test_a_table_is_not_written_over(tmp_path):
    file = tmp_path / "table.csv"
    file.write_text("model,hardware\ndeepseek-v3,h200\n")
    done = run("--table", file, "-o", file)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "the table itself" in done.stderr and file.read_text() == "model,hardware\ndeepseek-v3,h200\n"
