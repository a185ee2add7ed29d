"""`moecast breakeven`: bills of whole replicas, where they meet an API's, and plain words where they do not."""
import json
import math
import os
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MOECAST = pathlib.Path(os.environ.get("MOECAST_BIN", ROOT / "build" / "moecast"))
ENV = {**os.environ, "MOECAST_SCENARIOS": str(ROOT / "scenarios")}
PRICE = (0.66, 1.98, 0.022)
STAFF = 250_000 / 2 / 12

pytestmark = pytest.mark.skipif(not MOECAST.exists(), reason=f"{MOECAST} is not built; set MOECAST_BIN")


def command(*words, scenarios=None):
    env = {**ENV, "MOECAST_SCENARIOS": str(scenarios)} if scenarios else ENV
    return subprocess.run([MOECAST, *map(str, words)], capture_output=True, text=True, env=env, timeout=60, check=False)


def ask(model, hardware, *options, price=PRICE):
    return command("breakeven", "--model", model, "--hardware", hardware, "--api-price", ",".join(map(str, price)), *options)


def answer(model, hardware, *options, price=PRICE):
    done = ask(model, hardware, "--json", *options, price=price)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return json.loads(done.stdout)


CASES = [("deepseek-v4-pro", "gb300", ()), ("deepseek-v3", "h200", ("--pools", "one")), ("gpt-oss-120b", "h100", ("--basis", "neocloud", "--replicas-min", 2)),
         ("kimi-k2", "b200", ("--input", 30000, "--hit", 0.9, "--tok-s-user", 60, "--draft", "best")), ("llama-3.1-70b", "h100", ("--peak-to-mean", 5, "--staff", 0)),
         ("qwen3-235b", "h800", ("--ttft", 1, "--staff-growth", 0.9, "--hit", 0))]  # fmt: skip


def bills(x):
    return [x["least"], *x["volumes"], *([x["break_even"]["bill"]] if x["break_even"]["bill"] else [])]


@pytest.mark.parametrize("model, hardware, options", CASES)
def test_a_bill_is_accelerators_staff_and_cached_prompts(model, hardware, options):
    x = answer(model, hardware, *options)
    for bill in bills(x):
        volume, n = bill["tok_per_month"], bill["accelerators"]
        staff = x["staff_usd_per_month"] * max(1, n / max(8, x["smallest_accelerators"])) ** x["staff_growth"]
        assert bill["accelerators_usd"] == pytest.approx(n * x["usd_per_hour"] * 730) and bill["staff_usd"] == pytest.approx(staff)
        assert bill["total_usd"] == pytest.approx(n * x["usd_per_hour"] * 730 + staff + volume * x["cached_usd_per_mtok"] / 1e6)
        assert n == int(n) and bill["most_tok_per_month"] * (1 + 1e-9) >= volume
        assert not volume or bill["usd_per_mtok"] == pytest.approx(bill["total_usd"] / volume * 1e6)
    small = x["smallest_replica"]
    assert x["least"]["accelerators"] == x["smallest_accelerators"] == x["replicas_min"] * (small["decode_accelerators"] + small["prompts_accelerators"])
    assert x["least"]["total_usd"] == pytest.approx(x["smallest_accelerators"] * x["usd_per_hour"] * 730 + x["staff_usd_per_month"])


def test_the_hour_and_the_cached_price_are_those_of_cost():
    x, c = answer("deepseek-v3", "h200"), json.loads(command("cost", "--model", "deepseek-v3", "--hardware", "h200", "--json").stdout)
    assert x["usd_per_hour"] == c["usd_per_hour"] and (x["band_low"], x["band_high"]) == (c["band_low"], c["band_high"])
    assert x["cached_usd_per_mtok"] == pytest.approx(4000 / 9000 * c["usd_per_mtok_cached"])
    assert x["staff_usd_per_month"] == pytest.approx(STAFF)


def test_the_apis_price_is_that_of_the_mix():
    assert answer("deepseek-v3", "h200")["api_usd_per_mtok"] == pytest.approx((4000 * 0.66 + 4000 * 0.022 + 1000 * 1.98) / 9000)
    assert answer("deepseek-v3", "h200", price=(0.66, 1.98))["api_usd_per_mtok"] == pytest.approx((8000 * 0.66 + 1000 * 1.98) / 9000)
    assert "none stated" in ask("deepseek-v3", "h200", price=(0.66, 1.98)).stdout


def test_another_token_in_a_large_fleet_costs_what_cost_says_at_that_load():
    """Pools apart are the cheaper way here, so the largest fleet's replicas are those of `cost`."""
    x, c = answer("deepseek-v3", "h800", "--peak-to-mean", 1, "--hit", 0), json.loads(command("cost", "--model", "deepseek-v3", "--hardware", "h800", "--hit", 0, "--json").stdout)
    assert x["load"] == 0.67 and x["marginal_usd_per_mtok"] == pytest.approx(c["usd_per_request"] / 9000 * 1e6, rel=1e-9)
    y = answer("deepseek-v3", "h800", "--peak-to-mean", 4, "--hit", 0)
    assert y["load"] == 0.25 and y["marginal_usd_per_mtok"] == pytest.approx(x["marginal_usd_per_mtok"] * 0.67 / 0.25)


@pytest.mark.parametrize("model, hardware, options", CASES)
def test_at_break_even_both_bills_are_the_same(model, hardware, options):
    met = 0
    for factor in (1, 0.5, 2, 5):
        x = answer(model, hardware, *options, price=tuple(factor * p for p in PRICE))
        even = x["break_even"]
        if even["bill"]:
            met += 1
            assert even["bill"]["total_usd"] == pytest.approx(even["bill"]["api_usd"], rel=1e-6) and even["tok_per_month"] == even["bill"]["tok_per_month"]
            assert even["tok_per_month"] <= even["bill"]["most_tok_per_month"] * (1 + 1e-9)
            assert even["tok_per_month_low"] <= even["tok_per_month"] <= (even["tok_per_month_high"] or math.inf)
            assert even["for_good_tok_per_month"] >= even["tok_per_month"]
            assert (even["state"] == "at once") == (even["bill"]["accelerators"] == x["smallest_accelerators"])
    assert met


def test_bills_grow_with_volume_and_prices_of_volumes_keep_their_order():
    for model, hardware, options in CASES:
        x = answer(model, hardware, *options)
        total = [bill["total_usd"] for bill in (x["least"], *x["volumes"])]
        assert total == sorted(total)
        for bill in x["volumes"]:
            assert bill["usd_per_mtok_low"] <= bill["usd_per_mtok"] <= bill["usd_per_mtok_high"]
            assert bill["usd_per_mtok"] >= x["marginal_usd_per_mtok"] * (1 - 1e-9)


@pytest.mark.parametrize("option, values", [("--staff", (0, 5000, 20000, 1e6)), ("--peak-to-mean", (1, 1.5, 2, 3, 10)), ("--usd-per-hour", (1, 2, 3, 4)),
                                            ("--replicas-min", (1, 2, 3)), ("--tok-s-user", (10, 25, 40, 60))])  # fmt: skip
def test_what_makes_hosting_dearer_moves_the_break_even_up(option, values):
    found = [answer("deepseek-v4-pro", "b200", option, value)["break_even"]["tok_per_month"] or math.inf for value in values]
    assert found == sorted(found) and found[0] < found[-1]


def test_a_dearer_api_moves_the_break_even_down():
    found = [answer("deepseek-v3", "h200", price=(p, 3 * p))["break_even"]["tok_per_month"] or math.inf for p in (0.05, 0.1, 0.13, 0.2, 0.5, 1, 3, 30)]
    assert found == sorted(found, reverse=True) and math.isinf(found[0]) and found[-1] < found[-2]


def test_never_later_and_at_once_are_said():
    never = ask("deepseek-v3", "h200", price=(0.01, 0.02))
    assert never.returncode == 0 and re.search(r"never: another million tokens costs \$[\d.]+ to host in the largest fleet, the API takes \$0\.01111", never.stdout)
    x = answer("deepseek-v3", "h200", price=(0.01, 0.02))
    assert x["break_even"]["state"] == "never" and x["break_even"]["tok_per_month"] is None and x["marginal_usd_per_mtok"] > x["api_usd_per_mtok"]
    assert all(bill["usd_per_mtok"] > x["api_usd_per_mtok"] for bill in x["volumes"])
    assert answer("deepseek-v3", "h200", price=(0.5, 1))["break_even"]["state"] == "later" and "with 16 accelerators" in ask("deepseek-v3", "h200", price=(0.5, 1)).stdout
    assert answer("deepseek-v3", "h200", price=(3, 15))["break_even"]["state"] == "at once" and "at once: the smallest fleet pays" in ask("deepseek-v3", "h200", price=(3, 15)).stdout


def test_a_margin_that_hardly_pays_for_staff_is_far():
    marginal = answer("deepseek-v3", "h200", "--hit", 0)["marginal_usd_per_mtok"]
    far = ask("deepseek-v3", "h200", "--hit", 0, "--staff", 1e9, "--staff-growth", 0.9, price=(marginal * 1.001, marginal * 1.001))
    assert far.returncode == 0 and "never below 1e+16 tokens a month" in far.stdout


def test_a_price_a_hair_above_the_margin_is_found_in_time():
    marginal = answer("gpt-oss-20b", "h100", "--hit", 0)["marginal_usd_per_mtok"]
    even = answer("gpt-oss-20b", "h100", "--hit", 0, "--staff", 0, price=(marginal * 1.0002, marginal * 1.0002))["break_even"]
    assert even["state"] == "later" and even["bill"]["total_usd"] == pytest.approx(even["bill"]["api_usd"], rel=1e-6)


# ---- the smallest replica ----

def test_the_smallest_replica_keeps_the_users_speed_and_first_token():
    for v in (10, 25, 60, 100):
        small = answer("deepseek-v3", "b200", "--tok-s-user", v, "--ttft", 2)["smallest_replica"]
        assert small["tok_per_s_user"] >= v * (1 - 1e-9) and small["ttft_s"] <= 2


def test_what_no_layout_serves_is_refused_and_named():
    fast, quick, large = ask("deepseek-v3", "h200", "--tok-s-user", 5000), ask("deepseek-v3", "h200", "--ttft", 0.001), ask("kimi-k3", "groq-lpu-v1")
    assert "--tok-s-user" in fast.stderr and "the fastest gives" in fast.stderr and "--ttft" in quick.stderr and "does not fit" in large.stderr
    assert all(done.returncode == 2 and done.stdout == "" and done.stderr.count("\n") == 1 for done in (fast, quick, large))


def test_chips_with_weights_on_chip_are_hosted_in_whole_groups():
    x = answer("llama-3.1-8b", "cerebras-wse-3", "--input", 500, "--output", 200, "--tok-s-user", 1000)
    assert x["smallest_replica"]["prompts_accelerators"] == 0 and x["smallest_accelerators"] <= 4


def test_one_pool_takes_a_smaller_batch_for_the_first_token():
    free, kept = (answer("deepseek-v3", "h800", "--pools", "one", *limit)["cheapest_replica"] for limit in ((), ("--ttft", 0.5)))
    assert free["ttft_s"] > 0.5 >= kept["ttft_s"] and kept["output_s"] > free["output_s"]


def test_chips_are_said_in_stages():
    said = ask("llama-3.1-8b", "groq-lpu-v1", "--tok-s-user", 200).stdout
    assert said.count(" chips in ") == 2 and " stages" in said and "tensor parallel" not in said


# ---- sparsity ----

def test_the_dense_twin_is_dearer_and_breaks_even_later():
    x = answer("deepseek-v4-pro", "gb300", "--dense-twin")
    twin, worth = x["dense_twin"], x["sparsity_worth"]
    assert worth["usd_per_mtok"] == pytest.approx(twin["marginal_usd_per_mtok"] / x["marginal_usd_per_mtok"]) and worth["usd_per_mtok"] > 3
    assert worth["smallest_accelerators"] == twin["smallest_accelerators"] / x["smallest_accelerators"] >= 1
    assert worth["accelerators"] == twin["volumes"][4]["accelerators"] / x["volumes"][4]["accelerators"] > 1
    assert worth["break_even"] == pytest.approx(twin["break_even"]["tok_per_month"] / x["break_even"]["tok_per_month"]) and worth["break_even"] > 1
    plain = answer("deepseek-v4-pro", "gb300")
    assert plain == {k: v for k, v in x.items() if k not in ("dense_twin", "sparsity_worth")}


def test_a_twin_that_cannot_be_served_is_an_answer():
    options = ("--ttft", 0.5, "--dense-twin")
    done, x = ask("deepseek-v3", "h200", *options), answer("deepseek-v3", "h200", *options)
    assert done.returncode == 0 and "cannot be served" in done.stdout and x["dense_twin"] is None and "no layout" in x["dense_twin_refused"]


def test_a_dense_model_has_no_twin():
    done = ask("llama-3.1-70b", "h100", "--dense-twin")
    assert done.returncode == 2 and "--dense-twin" in done.stderr and "no experts" in done.stderr


# ---- words and numbers that are wrong ----

@pytest.mark.parametrize("options, named", [
    (("--api-price", "1"), "--api-price"), (("--api-price", "1,x"), "--api-price"), (("--api-price", "1,2,3,4"), "--api-price"), (("--api-price", "1,2,"), "--api-price"),
    (("--api-price", "-1,2"), "--api-price"), (("--api-price", "0,0"), "--api-price"), (("--api-price", "nan,1"), "--api-price"), (("--api-price", "1e9,1"), "--api-price"),
    (("--staff", -1), "--staff"), (("--staff", "many"), "--staff"), (("--staff-growth", 1), "--staff-growth"), (("--peak-to-mean", 0.9), "--peak-to-mean"),
    (("--peak-to-mean", 1e4), "--peak-to-mean"), (("--replicas-min", 0), "--replicas-min"), (("--replicas-min", 1.5), "--replicas-min"), (("--layouts", "spread"), "--layouts"),
    (("--json=1",), "--json"), (("--dense-twins",), "--dense-twin"), (("--ttft", 0), "--ttft"), (("--tok-s-user", 0), "--tok-s-user"), (("--hit", 1), "--hit"),
    (("--input", 0), "--input"), (("--output", 0), "--output"), (("--basis", "lease"), "--basis"), (("--stack", "old"), "--stack"), (("--draft", 4), "--draft"),
    (("--drafting", "none"), "--drafting"), (("--accepted", 3), "--accepted"), (("--pools", "two"), "--pools"), (("--usd-per-hour", 0), "--usd-per-hour"),
    (("--utilisation", 2), "--utilisation"), (("--electricity", -1), "--electricity"), (("--slower", 1), "--slower"), (("--less-bandwidth", 1), "--less-bandwidth"),
    (("--less-memory", 1), "--less-memory"), (("--hungrier", -1), "--hungrier"), (("--dearer", -1), "--dearer"), (("--hardware", "h2000"), "h200"), (("word",), "word"),
])  # fmt: skip
def test_bad_numbers_and_words_are_named(options, named):
    done = ask("deepseek-v3", "h800", *options)
    assert done.returncode == 2 and done.stdout == "" and done.stderr.count("\n") == 1 and named in done.stderr


def test_what_is_wanted_is_said():
    for words in (["--model", "deepseek-v3", "--hardware", "h200"], ["--api-price", "1,2", "--model", "deepseek-v3"]):
        done = command("breakeven", *words)
        assert done.returncode == 2 and "wanted" in done.stderr and done.stderr.count("\n") == 1


# ---- the same once more, slowly, from what `cost` says of machines with smaller and smaller groups ----

SIZES = [1, 2, 4, 8, 16, 24, 32, 36, 48, 64, 72, 96, 128, 144, 192, 256, 288, 320]


def replicas(folder, model, hardware, options, pools, load):
    """(accelerators and tokens a month of the decoding group, of the prompts' group), for each group that `cost` finds best below a cap."""
    shutil.copytree(ROOT / "scenarios", folder / "scenarios", dirs_exist_ok=True)
    found, text = set(), (ROOT / "scenarios/catalogue/hardware.yaml").read_text()
    for cap in SIZES:
        (folder / "scenarios/catalogue/hardware.yaml").write_text(text.replace("group_max: 320", f"group_max: {cap}"))
        for pool in pools:
            done = command("cost", "--model", model, "--hardware", hardware, "--json", *options, "--pools", pool, scenarios=folder / "scenarios")
            c = json.loads(done.stdout) if done.returncode == 0 else {"meets_tpot": False}
            if c["meets_tpot"] and c["meets_ttft"]:
                prompts = c["input_tokens"] * (1 - c["hit_share"]) * c["input_s"]
                decode = c["output_tokens"] * c["output_s"]
                month = load * 730 * 3600 * (c["input_tokens"] + c["output_tokens"])
                found.add((c["group"], month * c["group"] / (decode + prompts), 0, math.inf) if pool == "one"
                          else (c["group"], month * c["group"] / decode, c["prefill_group"], month * c["prefill_group"] / prompts))
    return found


def accelerators(kinds, volume, least):
    return min(max(least, math.ceil(volume / c * (1 - 1e-12))) * g + (max(least, math.ceil(volume / d * (1 - 1e-12))) * p if p else 0) for g, c, p, d in kinds)


@pytest.mark.parametrize("model, hardware, options, pools, least, price", [
    ("deepseek-v3", "h200", (), ("split", "one"), 1, (0.28, 0.42, 0.028)), ("deepseek-v4-pro", "gb300", ("--tok-s-user", 60), ("split", "one"), 2, (0.66, 1.98, 0.022)),
    ("gpt-oss-120b", "h100", ("--input", 2000, "--hit", 0.2), ("one",), 1, (0.1, 0.4)), ("glm-4.5", "h800", ("--ttft", 1.5), ("split", "one"), 1, (0.6, 2.2)),
])  # fmt: skip
def test_break_even_again_from_what_cost_says(tmp_path, model, hardware, options, pools, least, price):
    x = answer(model, hardware, *options, "--pools", pools[0], "--replicas-min", least, price=price)
    kinds = replicas(tmp_path, model, hardware, options, pools, min(0.67, 1 / 2))
    assert x["smallest_accelerators"] == accelerators(kinds, 0, least)
    start = max(8, x["smallest_accelerators"])

    def bill(volume):
        n = accelerators(kinds, volume, least)
        return n * x["usd_per_hour"] * 730 + STAFF * max(1, n / start) ** 0.5 + volume * x["cached_usd_per_mtok"] / 1e6

    for b in x["volumes"]:
        assert b["total_usd"] == pytest.approx(bill(b["tok_per_month"]), rel=1e-9)
    even, gain = x["break_even"], lambda volume: x["api_usd_per_mtok"] * volume / 1e6 - bill(volume)
    assert even["state"] in ("at once", "later") and gain(even["tok_per_month"]) == pytest.approx(0, abs=1e-6 * bill(even["tok_per_month"]))
    # On a step gain only rises, so it is largest where steps end and least where they begin.
    ends = sorted({k * c for g, c1, p, c2 in kinds for c in (c1, c2) if not math.isinf(c) for k in range(1, min(20000, int(4 * even["for_good_tok_per_month"] / c) + 2))})
    assert all(gain(v) < 0 for v in ends if v < even["tok_per_month"] * (1 - 1e-9))
    assert all(gain(v * (1 + 1e-9)) > 0 for v in ends if v > even["for_good_tok_per_month"])
    if even["for_good_tok_per_month"] > even["tok_per_month"]:
        assert gain(even["for_good_tok_per_month"] * (1 - 1e-6)) < 0 < gain(even["for_good_tok_per_month"] * (1 + 1e-6))


def test_the_pages_example_is_what_the_command_prints():
    page = (ROOT / "docs/breakeven.md").read_text().split("```\n")
    done = command(*page[1].split()[1:])
    assert done.returncode == 0 and done.stdout == page[3]
