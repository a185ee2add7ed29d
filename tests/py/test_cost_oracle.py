"""`moecast cost` against an independent implementation of docs/cost.md (tests/oracle/serving.py), over random questions."""
import functools
import json
import math
import os
import pathlib
import random
import subprocess

import pytest

from tests.oracle import serving
from tests.oracle.catalogue import Catalogue

ROOT = pathlib.Path(__file__).resolve().parents[2]
MOECAST = pathlib.Path(os.environ.get("MOECAST_BIN", ROOT / "build" / "moecast"))
ENV = {**os.environ, "MOECAST_SCENARIOS": str(ROOT / "scenarios")}
CATALOGUE = Catalogue(ROOT / "scenarios" / "catalogue")
SEED, QUESTIONS, PARTS = 20261122, 360, 6

MODELS = ("deepseek-v3", "deepseek-v3.2", "deepseek-v4-pro", "deepseek-v4-flash", "kimi-k2", "kimi-k2-thinking", "kimi-k3", "glm-4.5", "minimax-m2", "qwen3-235b", "qwen3.5-397b",
          "qwen3-32b", "llama-3.1-8b", "llama-3.1-70b", "llama-3.1-405b", "llama-4-maverick", "gpt-oss-120b", "gpt-oss-20b", "mixtral-8x22b", "openai-est-2025-08")
MACHINES = ("a100", "h100", "h800", "h20", "h200", "b200", "b300", "gb200", "gb300", "vr200", "mi300x", "mi355x", "tpu-v7", "trainium2", "ascend-910b", "ascend-910c", "ascend-950dt")
ON_CHIP = ("groq-lpu-v1", "groq-3-lpu", "cerebras-wse-3")
OPTIONS = {"input": "--input", "output": "--output", "hit": "--hit", "tok_per_s_user": "--tok-s-user", "ttft": "--ttft", "depth": "--draft", "accepted": "--accepted",
           "stack": "--stack", "basis": "--basis", "usd_per_hour": "--usd-per-hour", "utilisation": "--utilisation", "electricity": "--electricity", "slower": "--slower",
           "less_bandwidth": "--less-bandwidth", "less_memory": "--less-memory", "hungrier": "--hungrier", "dearer": "--dearer"}  # fmt: skip

pytestmark = pytest.mark.skipif(not MOECAST.exists(), reason=f"{MOECAST} is not built; set MOECAST_BIN")


def ask(model, machine, q, *more):
    said = []
    for name, option in OPTIONS.items():
        value = getattr(q, name)
        if value is not None and value != math.inf and not (name in ("depth", "accepted") and more):
            said += [option, repr(value) if isinstance(value, float) else str(value)]
    said += ["--pools", "one" if q.one_pool else "split", "--layouts", "spread" if q.spread else "searched", *more]
    return subprocess.run([MOECAST, "cost", "--json", "--explain", "--model", model, "--hardware", machine, *said], capture_output=True, text=True, env=ENV, timeout=60, check=False)


def random_question(draw, on_chip):
    """Lengths, speeds, limits and penalties far apart; a third of each at the defaults."""
    spread_of = lambda low, high: float(f"{math.exp(draw.uniform(math.log(low), math.log(high))):.4g}")
    some = lambda value, other, share=0.35: value if draw.random() < share else other
    depth = draw.choice((0, 0, 1, 2, 3))
    return serving.Question(
        input=spread_of(30, 120000), output=spread_of(30, 8000), hit=some(round(draw.uniform(0, 0.95), 3), 0.0, 0.7), tok_per_s_user=spread_of(20, 3000) if on_chip else spread_of(2, 400),
        ttft=some(spread_of(0.03, 10), math.inf), depth=depth, accepted=1 + round(depth * draw.random(), 3), stack=draw.choice(("tuned", "default", "first")),
        one_pool=draw.random() < 0.4, spread=draw.random() < 0.2 and not on_chip, usd_per_hour=some(spread_of(0.5, 20), None, 0.2), utilisation=some(round(draw.uniform(0.1, 1), 3), 0.67),
        electricity=some(round(draw.uniform(0.02, 0.3), 3), 0.08), slower=some(round(draw.uniform(0, 0.6), 3), 0.0, 0.2), less_bandwidth=some(round(draw.uniform(0, 0.6), 3), 0.0, 0.2),
        less_memory=some(round(draw.uniform(0, 0.6), 3), 0.0, 0.2), hungrier=some(round(draw.uniform(-0.5, 2), 3), 0.0, 0.2), dearer=some(round(draw.uniform(-0.5, 2), 3), 0.0, 0.2))  # fmt: skip


def questions(count=QUESTIONS, seed=SEED):
    draw = random.Random(seed)
    for i in range(count):
        on_chip = i % 7 == 5
        yield draw.choice(MODELS), draw.choice(ON_CHIP if on_chip else MACHINES), random_question(draw, on_chip)


def compare(got, wanted, rel, where=()):
    for name, value in wanted.items():
        if isinstance(value, dict):
            compare(got[name], value, rel, (*where, name))
        else:
            assert got[name] == (value if isinstance(value, str) else pytest.approx(value, rel=rel, abs=1e-300)), (*where, name)


def check_layout_given(got, shape, machine, q):
    """The numbers of the layout, the batch and the format that were answered, whoever found them."""
    m, layout = serving.controlled(machine, q), tuple(got[name] for name in ("tensor_parallel", "group", "prefill_tensor_parallel", "prefill_group"))
    x = serving.given(shape, m, q, layout, got["batch"] * got["group"], got["weights_at_8_bits"])
    x.meets, x.soon, e = got["meets_tpot"], x.first <= q.ttft, got["explanation"]
    x.limits = e["batch_memory"], e["batch_latency"]
    compare(got, serving.priced(shape, m, q, x), 1e-9)


ASKED = list(questions())


@functools.cache
def answer(i):
    """The i-th question, and the oracle's answer, which takes a while: None where the model does not fit."""
    model, machine, q = ASKED[i]
    return model, machine, q, serving.cost(CATALOGUE.shape(model), CATALOGUE.machine(machine), q)


@pytest.mark.parametrize("part", [pytest.param(part, marks=pytest.mark.slow if part > 0 else ()) for part in range(PARTS)])
def test_random_questions_are_answered_as_the_page_says(part):
    """Searched layouts to 1e-6, the numbers of the layout that was answered to 1e-9."""
    for i in range(part, QUESTIONS, PARTS):
        model, machine, q, wanted = answer(i)
        done = ask(model, machine, q)
        if wanted is None:
            assert done.returncode == 2 and "does not fit" in done.stderr, (i, model, machine, q, done.stderr)
            continue
        assert done.returncode == 0, (i, model, machine, q, done.stderr)
        got = json.loads(done.stdout)
        compare(got, wanted, 1e-6, (i, model, machine, q))
        check_layout_given(got, CATALOGUE.shape(model), CATALOGUE.machine(machine), q)


@pytest.mark.slow
def test_the_questions_are_of_all_kinds():
    """Otherwise agreement says little."""
    found = [(machine, q, x) for _, machine, q, x in [answer(i) for i in range(QUESTIONS)] if x is not None]
    for stack in ("tuned", "default", "first"):
        assert sum(q.stack == stack for _, q, _ in found) >= 60
    assert {x["binding"] for *_, x in found} == {"memory", "bandwidth", "compute", "network", "latency"}
    counts = dict(refused=QUESTIONS - len(found), one=sum(q.one_pool for _, q, _ in found), spread=sum(q.spread for _, q, _ in found), drafts=sum(q.depth > 0 for _, q, _ in found),
                  chip=sum(machine in ON_CHIP for machine, *_ in found), slow=sum(not x["meets_tpot"] for *_, x in found), late=sum(not x["meets_ttft"] for *_, x in found),
                  eight=sum(x["weights_at_8_bits"] for *_, x in found), wide=sum(x["group"] > 8 for *_, x in found))  # fmt: skip
    assert counts.pop("refused") and min(counts.values()) >= 30, counts


@pytest.mark.parametrize("kind", ["benchmark", "general", "agentic"])
@pytest.mark.slow
def test_the_best_draft_depth_is_the_oracles(kind):
    depths = set()
    for model, machine, q in questions(24, SEED + 1):
        found = serving.best_draft(CATALOGUE.shape(model), CATALOGUE.machine(machine), q, kind)
        done = ask(model, machine, q, "--draft", "best", "--drafting", kind)
        if found is None:
            assert done.returncode == 2
            continue
        got, (depth, wanted) = json.loads(done.stdout), found
        assert got["draft"] == depth, (model, machine, q)
        compare(got, wanted, 1e-6, (model, machine, q))
        depths.add(depth)
    assert len(depths) > 1


@pytest.mark.parametrize("basis", ["neocloud", "rental", "3-year"])
def test_rented_hours_are_the_catalogues(basis):
    for machine in MACHINES:
        q = serving.Question(basis=basis)
        done, rent = ask("gpt-oss-20b", machine, q), serving.hour(CATALOGUE.machine(machine), q)
        if rent is None:
            assert done.returncode == 2 and "--basis" in done.stderr
        else:
            assert json.loads(done.stdout)["usd_per_hour"] == rent
