"""moecast.host_or_buy: the numbers of `moecast breakeven --json`, under the same names."""

from __future__ import annotations

import dataclasses
import doctest
import json
import math
import os
import pickle
import subprocess
from pathlib import Path

import moecast
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = Path(os.environ.get("MOECAST_BIN", ROOT / "build" / "moecast"))
PRICE = (0.66, 1.98, 0.022)
OPTIONS = {"--input": "input_tokens", "--output": "output_tokens", "--hit": "hit_share", "--tok-s-user": "tok_per_s_user", "--ttft": "ttft_s",
           "--draft": "draft",
           "--drafting": "drafting", "--accepted": "accepted", "--stack": "stack", "--pools": "pools", "--basis": "basis", "--usd-per-hour": "usd_per_hour",
           "--utilisation": "utilisation", "--electricity": "electricity_usd_per_kwh", "--cache-hours": "cache_hours", "--slower": "slower",
           "--less-bandwidth": "less_bandwidth", "--less-memory": "less_memory", "--hungrier": "hungrier", "--dearer": "dearer",
           "--staff": "staff_usd_per_month",
           "--staff-growth": "staff_growth", "--peak-to-mean": "peak_to_mean", "--replicas-min": "replicas_min"}  # fmt: skip
CASES = [
    ("deepseek-v4-pro", "gb300", {}),
    ("deepseek-v3", "h200",
     {"--pools": "one", "--draft": 1, "--accepted": 1.8, "--slower": 0.1, "--less-bandwidth": 0.2, "--less-memory": 0.05}),
    ("kimi-k2", "b200", {"--input": 30000, "--output": 500, "--hit": 0.9,
                         "--tok-s-user": 60, "--draft": "best", "--drafting": "agentic", "--cache-hours": 2}),
    ("gpt-oss-120b", "h100", {"--basis": "neocloud", "--replicas-min": 2, "--stack": "default", "--staff": 0, "--peak-to-mean": 3, "--utilisation": 0.4}),
    ("qwen3-235b", "h800",
     {"--ttft": 1, "--staff-growth": 0.9, "--draft": 2, "--usd-per-hour": 3.3, "--electricity": 0.2, "--hungrier": 0.3, "--dearer": 0.2}),
    ("llama-3.1-70b", "groq-lpu-v1", {}),
]  # fmt: skip

needs_command = pytest.mark.skipif(not COMMAND.exists(), reason=f"no command at {COMMAND}: make, or set MOECAST_BIN")


def command(*words):
    env = {**os.environ, "MOECAST_SCENARIOS": str(ROOT / "scenarios")}
    return subprocess.run([COMMAND, "breakeven", *map(str, words)], capture_output=True, text=True, check=False, env=env, timeout=60)


def printed(value):
    """As JSON has it: no number is null."""
    if isinstance(value, dict):
        return {name: printed(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [printed(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def check_same(here, there, where="answer"):
    """Every number of the command is here, bit for bit."""
    if isinstance(there, dict):
        for name, value in there.items():
            check_same(here[name], value, f"{where}.{name}")
    elif isinstance(there, list):
        assert len(here) == len(there), where
        for i, value in enumerate(there):
            check_same(here[i], value, f"{where}[{i}]")
    else:
        assert here == there, where


@needs_command
@pytest.mark.parametrize("model, hardware, options", CASES)
@pytest.mark.parametrize("twin", [False, True])
def test_answers_are_those_of_the_command(model, hardware, options, twin):
    words = [word for option in options.items() for word in option]
    ran = command("--model", model, "--hardware", hardware, "--api-price", ",".join(map(str, PRICE)), *words, *["--dense-twin"] * twin, "--json")
    ask = lambda: moecast.host_or_buy(model, hardware, PRICE, dense_twin=twin, **{OPTIONS[option]: value for option, value in options.items()})
    if ran.returncode:
        with pytest.raises(moecast.ScenarioError) as refused:
            ask()
        assert str(refused.value).split(": ")[-1] in ran.stderr
        return
    there = json.loads(ran.stdout)
    check_same(printed(dataclasses.asdict(ask())), there)
    assert ("sparsity_worth" in there or "dense_twin_refused" in there) == twin


@needs_command
def test_a_price_without_cached_input_and_one_below_every_cost():
    for price in ((0.5, 1.5), (0.01, 0.02, 0.001)):
        there = json.loads(command("--model", "deepseek-v3", "--hardware", "h200", "--api-price", ",".join(map(str, price)), "--json").stdout)
        here = moecast.host_or_buy("deepseek-v3", "h200", price)
        check_same(printed(dataclasses.asdict(here)), there)
    assert here.break_even.state == "never" and here.break_even.bill is None and math.isinf(here.break_even.tok_per_month)


def test_bills_at_other_volumes():
    answer = moecast.host_or_buy("deepseek-v4-pro", "gb300", PRICE)
    at = [bill.tok_per_month for bill in answer.volumes]
    bills = answer.bills(np.array(at).reshape(5, 1))
    for field in dataclasses.fields(moecast.HostBill):
        assert getattr(bills, field.name).shape == (5, 1)
        assert getattr(bills, field.name).ravel().tolist() == [getattr(bill, field.name) for bill in answer.volumes]
    assert answer.bills(1e11) == answer.volumes[3] and answer.bills([]).total_usd.shape == (0,)
    assert (bills.total_usd_low <= bills.total_usd).all() and (bills.total_usd <= bills.total_usd_high).all()
    assert answer.bills(answer.break_even.tok_per_month) == answer.break_even.bill
    assert pickle.loads(pickle.dumps(answer)) == answer == moecast.host_or_buy("deepseek-v4-pro", "gb300", PRICE)


@pytest.mark.parametrize(
    "wrong, kind, says",
    [
        ({"model": "deepseek-v33"}, moecast.ScenarioError, "deepseek-v3"),
        ({"model": "deepseek\0"}, moecast.ScenarioError, "NUL"),
        ({"hardware": 3}, TypeError, "hardware must be str"),
        ({"stack": "fast"}, moecast.ScenarioError, "tuned, default or first"),
        ({"api_price": 0.5}, ValueError, "input, output"),
        ({"api_price": ("a", "b")}, ValueError, "input, output"),
        ({"api_price": (math.nan, 1)}, moecast.ScenarioError, "api_price"),
        ({"api_price": (0, 0)}, moecast.ScenarioError, "above 0"),
        ({"draft": 4}, moecast.ScenarioError, "draft"),
        ({"draft": "best", "accepted": 2}, ValueError, "stated draft"),
        ({"staff_growth": 1}, moecast.ScenarioError, "staff_growth"),
        ({"replicas_min": 1.5}, moecast.ScenarioError, "whole number"),
        ({"usd_per_hour": math.nan}, ValueError, "usd_per_hour"),
        ({"peak_to_mean": "two"}, TypeError, "peak_to_mean must be a number"),
        ({"tok_per_month": [1e9, -1]}, ValueError, "0 to 1e16"),
        ({"tok_per_s_user": 1e5}, moecast.ScenarioError, "the fastest gives"),
        ({"model": "llama-3.1-70b", "dense_twin": True}, moecast.ScenarioError, "its own twin"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_sentence(wrong, kind, says):
    with pytest.raises(kind, match=says) as refused:
        moecast.host_or_buy(**{"model": "deepseek-v3", "hardware": "h200", "api_price": PRICE} | wrong)
    assert "\n" not in str(refused.value)


def test_the_example_of_the_page_holds():
    ran = doctest.testfile(str(ROOT / "docs" / "breakeven.md"), module_relative=False)
    assert ran.attempted > 3 and ran.failed == 0
