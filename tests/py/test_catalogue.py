"""The catalogue's numbers, recomputed from its own fields and compared with published figures.

Every check is a function from a catalogue to a list of complaints. Each runs twice: on the shipped files, where it must find nothing, and on a copy
with one planted wrong number, where it must complain.
"""

import copy
import csv
import math
import re
from pathlib import Path

import pytest
import yaml

CATALOGUE = Path(__file__).resolve().parents[2] / "scenarios" / "catalogue"
BASES = {"config", "vendor", "measured", "secondary", "derived", "estimate", "guess"}
CONFIDENCES = {"H", "M", "L"}
MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


class UniqueKeyLoader(yaml.CSafeLoader):
    """PyYAML keeps the last of two equal keys and makes dates of dates; the catalogue wants neither."""


def unique_map(loader, node):
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
    assert len(keys) == len(set(keys)), f"duplicate key near line {node.start_mark.line + 1}"
    return {key: loader.construct_object(value, deep=True) for key, (_, value) in zip(keys, node.value)}


UniqueKeyLoader.add_constructor("tag:yaml.org,2002:map", unique_map)
UniqueKeyLoader.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: node.value)


def read_catalogue():
    names = ("models", "hardware", "prices", "cost_inputs", "controls")
    files = {name: yaml.load((CATALOGUE / f"{name}.yaml").read_text("utf-8"), UniqueKeyLoader) for name in names}
    return {key: value for content in files.values() for key, value in content.items()}


@pytest.fixture(scope="module")
def shipped():
    return read_catalogue()


# ---- arithmetic of a shape


def latent_bytes(group):
    return group["latent"] * group["latent_bytes_per_value"] + group["rope"] * group["rope_bytes_per_value"] + group.get("scale_bytes", 0)


def index_bytes(group):
    if "index_dim" not in group:
        return 0
    return group["index_dim"] * group["index_bytes_per_value"] + group.get("index_scale_bytes", 0)


def stored_bytes(group):
    """Cache bytes one token leaves in one layer."""
    kind = group["kind"]
    if kind == "direct":
        return group["stored_bytes_per_token"]
    if kind == "linear":
        return 0
    if kind in ("full", "window", "sparse_gqa"):
        return 2 * group["kv_heads"] * group["head_dim"] * group["bytes_per_value"] + index_bytes(group)
    return (latent_bytes(group) + index_bytes(group)) / group.get("ratio", 1)


def decode_flop(group):
    """Attention FLOP of one layer for each attended token at decode."""
    kind = group["kind"]
    if kind == "direct":
        return group["decode_flop_per_context_token"]
    if kind == "linear":
        return 0
    if kind in ("full", "window", "sparse_gqa"):
        return 4 * group["heads"] * group["head_dim"]
    if kind == "compressed":
        return 4 * group["heads"] * (group["latent"] + group["rope"]) / group["ratio"]
    return group["heads"] * (4 * group["latent"] + 2 * group["rope"])


def growing_bytes_per_token(model):
    """Cache bytes a token of a long sequence: caches of a window have stopped growing."""
    return sum(group["layers"] * stored_bytes(group) for group in model["kv"] if "window_tokens" not in group)


def first_bytes_per_token(model):
    """Cache bytes of the first tokens, while no window is full. Second caches of counted layers stay out."""
    return sum(group["layers"] * stored_bytes(group) for group in model["kv"] if not group.get("extra"))


def expert_params_b(model):
    return 3 * model.get("expert_io", model["hidden"]) * model["expert_width"] / 1e9


def routed_params_b(model):
    return expert_params_b(model) * model["experts"] * model["moe_layers"]


def sums_b(model):
    """Total parameters, and active ones without and with the input embedding."""
    dense = sum(model[f"{part}_params_b"] for part in ("attention", "dense_ffn", "shared_expert", "head"))
    embedding = model.get("input_embedding_params_b", model["head_params_b"])
    active = dense + expert_params_b(model) * model["top_k"] * model["moe_layers"]
    return dense + embedding + routed_params_b(model), active, active + embedding


# ---- what is published

ROUTED_B = {
    "deepseek-v3": 653.9, "deepseek-v4-pro": 1547.4, "deepseek-v4-flash": 277.0, "kimi-k2": 1014.7, "kimi-k3": 2722, "glm-5": 724.8,
    "qwen3.5-397b": 386.5, "gpt-oss-120b": 114.7, "mistral-large-3": 653.9, "llama-4-scout": 96.6,
}  # fmt: skip
LONG_BYTES = {
    "deepseek-v2": 69120, "deepseek-v3": 70272, "deepseek-v3.2": 48068, "deepseek-v4-pro": 5031, "deepseek-v4-flash": 3514, "kimi-k2": 70272,
    "kimi-k2-thinking": 70272, "kimi-k3": 27648, "qwen2.5-72b": 327680, "qwen3-235b": 192512, "qwen3.5-397b": 30720, "minimax-m2": 253952,
    "minimax-m3": 122880 + 14592, "glm-4.5": 376832, "glm-5": 109824, "llama-3.1-405b": 516096, "llama-4-maverick": 49152, "llama-4-scout": 49152,
    "gpt-oss-120b": 36864, "gpt-oss-20b": 24576, "mistral-large-3": 70272,
}  # fmt: skip
SHORT_BYTES = {"llama-4-maverick": 196608, "llama-4-scout": 196608, "gpt-oss-120b": 73728, "gpt-oss-20b": 49152}
STATE_VALUES = {"kimi-k3": 69 * 96 * 128 * 128, "qwen3.5-397b": 45 * 64 * 128 * 128}
TPP = {
    "h100": 15832, "h800": 15832, "h200": 15832, "h20": 2368, "b200": 36000, "gb200": 40000, "mi325x": 20920, "ascend-910c": 12032,
    "ascend-950pr": 8000, "a100": 4992,
}  # fmt: skip

# id: active B, total B, cache bytes a token, read cap, layers, bytes an expert parameter, MFLOP a token of context (decode, prefill)
ESTIMATES = {
    "openai-est-start": (110, 900, 150e3, None, 100, 2, 2, 2),
    "openai-est-2024-05": (60, 300, 90e3, None, 80, 1, 2, 2),
    "openai-est-2025-04": (80, 1000, 60e3, None, 80, 1, 2, 2),
    "openai-est-2025-08": (100, 1500, 50e3, None, 80, 0.55, 2, 2),
    "openai-est-2026-04": (110, 3500, 40e3, 30000, 80, 0.55, 2, 2),
    "anthropic-est-start": (120, 900, 150e3, None, 100, 2, 2, 2),
    "anthropic-est-2024-06": (80, 400, 90e3, None, 80, 1, 2, 2),
    "anthropic-est-2025-05": (110, 1200, 60e3, None, 80, 1, 2, 2),
    "anthropic-est-2025-11": (120, 2500, 50e3, None, 80, 0.55, 2, 2),
    "anthropic-est-2026-06": (130, 4000, 40e3, 30000, 80, 0.55, 2, 2),
    "google-est-start": (90, 800, 120e3, None, 90, 1, 2, 2),
    "google-est-2024-09": (60, 500, 80e3, None, 80, 1, 2, 2),
    "google-est-2025-03": (80, 1200, 60e3, None, 80, 1, 2, 2),
    "google-est-2025-11": (110, 2500, 50e3, 30000, 80, 1, 2, 2),
    "cn-closed-est-start": (60, 300, 120e3, None, 80, 2, 3, 3),
    "cn-closed-est-2025-01": (25, 400, 60e3, None, 80, 1, 3, 3),
    "cn-closed-est-2025-09": (60, 1000, 50e3, None, 94, 1, 2, 2),
    "cn-closed-est-2026-04": (80, 2000, 30e3, 30000, 94, 0.6, 2, 2),
    "kimi-glm-minimax-est-start": (45, 100, 120e3, None, 80, 2, 3, 3),
    "us-eu-open-est-2024-07": (120, 120, 320e3, None, 100, 1, 3, 3),
    "us-eu-open-est-2025-04": (17, 400, 60e3, None, 48, 1, 2, 2),
    "us-eu-open-est-2025-08": (12, 200, 60e3, None, 48, 0.6, 2, 2),
    "us-eu-open-est-2025-12": (30, 500, 70e3, None, 61, 1, 6, 2),
}
# id: BF16, FP8, FP4 TFLOP/s, TB/s, GB, scale-up GB/s one way, domain, all-in kW, capital in thousand US$: the ladders of the baseline
LADDERS = {
    "a100": (312, 312, 312, 2.0, 80, 300, 8, 1.0, 20),
    "h100": (989, 1979, 1979, 3.35, 80, 450, 8, 1.73, 35),
    "h200": (989, 1979, 1979, 4.8, 141, 450, 8, 1.73, 38),
    "gb200": (2500, 5000, 10000, 8.0, 186, 900, 72, 2.1, 61),
    "gb300": (2500, 5000, 15000, 8.0, 288, 900, 72, 2.1, 73),
    "vr200": (4000, 17500, 35000, 22.0, 288, 1800, 72, 3.0, 139),
    "gen28": (6000, 26000, 52000, 32.0, 512, 3600, 144, 4.2, 190),
    "gen29": (9000, 39000, 78000, 48.0, 768, 3600, 288, 5.5, 250),
    "tpu-v5p": (459, 918, 918, 2.76, 95, 300, 256, 0.8, 13),
    "asic-v6e-trn2": (800, 1600, 1600, 2.6, 80, 400, 128, 0.9, 16),
    "tpu-v7": (2307, 4614, 4614, 7.37, 192, 600, 256, 1.5, 34),
    "asic-v8": (4600, 9200, 18400, 14.0, 288, 1200, 256, 2.0, 60),
    "asic-v9": (8000, 16000, 32000, 26.0, 512, 1800, 512, 2.8, 90),
    "a800": (312, 312, 312, 2.0, 80, 200, 8, 1.0, 20),
    "h800": (989, 1979, 1979, 3.35, 80, 200, 8, 1.73, 40),
    "h20": (148, 296, 296, 4.0, 96, 450, 8, 1.0, 20),
    "h200-cn": (989, 1979, 1979, 4.8, 141, 450, 8, 1.73, 36),
    "ascend-910b": (320, 640, 640, 1.3, 64, 196, 8, 0.9, 14),
    "ascend-910c": (752, 1504, 1504, 3.2, 128, 392, 384, 1.45, 23),
    "ascend-950pr": (500, 1000, 2000, 1.6, 128, 1000, 64, 1.1, 14),
    "ascend-950dt": (500, 1000, 2000, 4.0, 144, 1000, 384, 1.3, 20),
    "ascend-960": (1000, 2000, 4000, 9.6, 288, 2000, 384, 2.0, 34),
}
MACHINE_FIELDS = (
    "bf16_tflops", "fp8_tflops", "fp4_tflops", "memory_tb_per_s", "memory_gb", "scale_up_gb_per_s", "scale_up_domain", "all_in_kw", "capex_usd",
)  # fmt: skip


def near(value, published, tolerance):
    return math.isclose(value, published, rel_tol=tolerance)


# ---- the checks


def complaints_about_experts(catalogue):
    models = catalogue["models"]
    return [i for i, published in ROUTED_B.items() if not near(routed_params_b(models[i]), published, 2e-3)]


def complaints_about_sums(catalogue):
    """Total and active parameters within 3 %; a wider tolerance needs a written reason."""
    bad = []
    for i, model in catalogue["models"].items():
        tolerance = model.get("tolerance_frac", 0.03)
        if tolerance > 0.03 and not model.get("overrides", {}).get("tolerance_frac", {}).get("note"):
            bad.append(f"{i}: tolerance without reason")
        total, active, with_embedding = sums_b(model)
        if not near(total, model["total_params_b"], tolerance):
            bad.append(f"{i}: total {total:.1f}")
        if not any(near(x, model["active_params_b"], tolerance) for x in (active, with_embedding)):
            bad.append(f"{i}: active {active:.1f} to {with_embedding:.1f}")
    return bad


def complaints_about_layers(catalogue):
    models = catalogue["models"].items()
    return [i for i, m in models if sum(g["layers"] for g in m["kv"] if not g.get("extra")) != m["layers"] or m["moe_layers"] > m["layers"]]


def complaints_about_caches(catalogue):
    models = catalogue["models"]
    bad = [f"{i}: {growing_bytes_per_token(models[i]):.1f}" for i, b in LONG_BYTES.items() if not near(growing_bytes_per_token(models[i]), b, 1e-3)]
    bad += [f"{i}: first {first_bytes_per_token(models[i])}" for i, b in SHORT_BYTES.items() if first_bytes_per_token(models[i]) != b]
    for i, values in STATE_VALUES.items():
        stated = sum(g["layers"] * g["heads"] * g["qk_dim"] * g["v_dim"] for g in models[i]["kv"] if g["kind"] == "linear")
        bad += [f"{i}: state {stated}"] if stated != values else []
    return bad


def complaints_about_estimates(catalogue):
    bad = []
    for i, (active, total, cache, cap, layers, expert_bytes, decode, prefill) in ESTIMATES.items():
        model = catalogue["models"][i]
        (group,) = model["kv"]
        found = (model["active_params_b"], model["total_params_b"], model["layers"], model["bytes"]["expert"], group.get("reach_tokens"))
        per_token = (
            growing_bytes_per_token(model),
            layers * group["decode_flop_per_context_token"] / 1e6,
            layers * group["prefill_flop_per_context_token"] / 1e6,
        )
        if found != (active, total, layers, expert_bytes, cap) or not all(near(a, b, 1e-4) for a, b in zip(per_token, (cache, decode, prefill))):
            bad.append(f"{i}: {found} {per_token}")
    return bad


def complaints_about_labels(catalogue):
    """What is closed is an estimate and says so; what is an estimate by name is one."""
    bad = []
    for i, model in catalogue["models"].items():
        estimated = model["provenance"]["basis"] in ("estimate", "guess")
        if (model["openness"] == "closed" or "-est-" in i) and not (estimated and model["provenance"]["confidence"] == "L"):
            bad.append(i)
    bad += [i for i, m in catalogue["hardware"].items() if (m["stack"] == "synthetic") != (m["vendor"] == "invented")]
    return bad + [i for i, m in catalogue["hardware"].items() if m["stack"] == "synthetic" and m["provenance"]["basis"] != "guess"]


def complaints_about_machines(catalogue):
    bad = []
    for i, machine in catalogue["hardware"].items():
        tpp = max(16 * machine["bf16_tflops"], 8 * machine["fp8_tflops"], 4 * machine["fp4_tflops"])
        if not near(machine["tpp"], tpp, 5e-3) or i in TPP and machine["tpp"] != TPP[i]:
            bad.append(f"{i}: tpp {tpp}")
    for i, row in LADDERS.items():
        found = tuple(catalogue["hardware"][i][field] for field in MACHINE_FIELDS)
        if found != row[:-1] + (1000 * row[-1],):
            bad.append(f"{i}: {found}")
    return bad


def complaints_about_announcements(catalogue):
    """A machine is announced before it ships, by somebody the override names, no later than that source was written. Nobody announces an invented one."""
    bad = []
    for i, machine in catalogue["hardware"].items():
        if "announced" not in machine:
            continue
        override = machine["overrides"].get("announced", {})
        source_date = override.get("date", machine["provenance"]["date"])
        if not machine["announced"] <= min(machine["volume_date"], source_date) or machine["stack"] == "synthetic":
            bad.append(f"{i}: announced {machine['announced']}, source of {source_date}, volume {machine['volume_date']}")
    return bad


def complaints_about_provenance(catalogue):
    """Every entry and row: source, date, basis, confidence. Every override: a basis, and a source or a note of its own."""
    bad = []
    for section in ("models", "hardware"):
        for i, entry in catalogue[section].items():
            p = entry.get("provenance", {})
            if not (p.get("source") and MONTH.fullmatch(p.get("date", "")) and p.get("basis") in BASES and p.get("confidence") in CONFIDENCES):
                bad.append(f"{i}: provenance")
            for field, o in entry.get("overrides", {}).items():
                if o.get("basis") not in BASES or o.get("confidence") not in CONFIDENCES or not (o.get("source") or o.get("note")):
                    bad.append(f"{i}: override of {field}")
    for section, keys in (
        ("prices", ("source", "from", "basis", "confidence")),
        ("cost_inputs", ("source", "date", "basis", "confidence", "unit")),
        ("events", ("source", "date", "confidence", "text")),
        ("thresholds", ("source", "date", "confidence", "text", "unit")),
        ("supply", ("source", "date", "confidence", "text", "unit")),
    ):
        bad += [f"{section}: {row}" for row in catalogue[section] if not all(row.get(key) for key in keys)]
    return bad


def price_on(catalogue, product, day, tier="standard"):
    rows = [row for row in catalogue["prices"] if row["model"] == product and row["tier"] == tier and row["from"] <= day]
    return max(rows, key=lambda row: row["from"])


def complaints_about_prices(catalogue):
    """The claim of 14 against 0.42, the blends that the price series quote, and the share of its weights V4-Pro uses."""
    ratio = price_on(catalogue, "gpt-5.2", "2025-12-31")["output_usd_per_mtok"] / price_on(catalogue, "deepseek-chat", "2025-12-31")["output_usd_per_mtok"]
    bad = [] if near(ratio, 33.3, 2e-3) else [f"ratio {ratio}"]
    pro = catalogue["models"]["deepseek-v4-pro"]
    bad += [] if pro["active_params_b"] / pro["total_params_b"] <= 0.031 else ["active share of V4-Pro"]
    for product, day, blend in (
        ("gpt-4-turbo", "2024-01-31", 15), ("gpt-4o", "2024-12-31", 4.4), ("o1", "2024-12-31", 26), ("gpt-5", "2025-08-31", 3.4),
        ("gpt-5.2", "2025-12-31", 4.8), ("gpt-5.4", "2026-03-31", 5.6), ("claude-3.5-sonnet", "2024-06-30", 6), ("gemini-1.5-pro", "2024-10-31", 2.2),
        ("gemini-2.5-pro", "2025-04-30", 3.4), ("gemini-3-pro", "2025-12-31", 4.5), ("deepseek-chat", "2024-12-31", 0.175),
        ("deepseek-chat", "2025-02-28", 0.48), ("deepseek-chat", "2025-08-31", 0.85), ("deepseek-chat", "2025-09-30", 0.315),
    ):  # fmt: skip
        row = price_on(catalogue, product, day)
        found = (3 * row["input_usd_per_mtok"] + row["output_usd_per_mtok"]) / 4
        bad += [] if near(found, blend, 0.02) else [f"{product} {day}: blend {found}"]
    seen = set()
    for row in catalogue["prices"]:
        key = (row["model"], row["tier"], row["from"])
        bad += [f"twice: {key}"] if key in seen else []
        seen.add(key)
        bad += [f"unknown shape: {row}"] if row.get("shape") and row["shape"] not in catalogue["models"] else []
    return bad


# where to plant a wrong number: check → path → wrong value
PLANTED = {
    complaints_about_experts: (("models", "deepseek-v3", "expert_width"), 2049 * 2),
    complaints_about_sums: (("models", "qwen3-235b", "attention_params_b"), 67.0),
    complaints_about_layers: (("models", "gpt-oss-120b", "kv", 0, "layers"), 19),
    complaints_about_caches: (("models", "deepseek-v3.2", "kv", 0, "index_scale_bytes"), 5),
    complaints_about_estimates: (("models", "openai-est-2025-08", "kv", 0, "stored_bytes_per_token"), 626.0),
    complaints_about_labels: (("models", "google-est-2025-03", "provenance", "basis"), "vendor"),
    complaints_about_machines: (("hardware", "h20", "fp8_tflops"), 592),
    complaints_about_announcements: (("hardware", "vr200", "announced"), "2025-04"),
    complaints_about_provenance: (("hardware", "h100", "provenance", "source"), ""),
    complaints_about_prices: (("models", "deepseek-v4-pro", "active_params_b"), 94),
}


@pytest.mark.parametrize("check", PLANTED, ids=lambda check: check.__name__)
def test_shipped_catalogue_passes(shipped, check):
    assert check(shipped) == []


@pytest.mark.parametrize("check", PLANTED, ids=lambda check: check.__name__)
def test_planted_wrong_number_is_found(shipped, check):
    (*path, last), wrong = PLANTED[check]
    planted = copy.deepcopy(shipped)
    place = planted
    for step in path:
        place = place[step]
    assert place[last] != wrong
    place[last] = wrong
    assert check(planted)


def test_planted_price_breaks_the_ratio(shipped):
    planted = copy.deepcopy(shipped)
    price_on(planted, "deepseek-chat", "2025-12-31")["output_usd_per_mtok"] = 0.45
    assert any(complaint.startswith("ratio") for complaint in complaints_about_prices(planted))


def test_catalogue_is_as_large_as_promised(shipped):
    assert len(shipped["models"]) >= 45 and len(shipped["hardware"]) >= 30
    assert len(shipped["prices"]) >= 80 and len(shipped["events"]) >= 20 and len(shipped["cost_inputs"]) >= 25


def test_ids_are_unique_and_plain(shipped):
    ids = [*shipped["models"], *shipped["hardware"], *(row["id"] for row in shipped["cost_inputs"])]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z0-9]+([.-][a-z0-9]+)*", i) for i in ids)


def test_duplicate_keys_are_seen():
    with pytest.raises(AssertionError, match="duplicate key"):
        yaml.load("a: {b: 1, b: 2}", UniqueKeyLoader)


def test_sparse_attention_work_matches_the_descriptions(shipped):
    """17 and 8 MFLOP a token of context for V3 and V4-Pro; 2.6 for a 72B with grouped queries."""
    models = shipped["models"]
    work = {i: sum(g["layers"] * decode_flop(g) for g in models[i]["kv"]) / 1e6 for i in ("deepseek-v3", "qwen2.5-72b", "qwen3.8-2.4t")}
    assert work == pytest.approx({"deepseek-v3": 17.0, "qwen2.5-72b": 2.6, "qwen3.8-2.4t": 1.5}, rel=0.02)
    csa = models["deepseek-v4-pro"]["kv"][0]
    assert csa["layers"] * decode_flop(csa) * csa["ratio"] / 1e6 == pytest.approx(8, rel=0.03)  # a compressed entry


def test_checkpoints_have_their_published_size(shipped):
    """Weights times bytes: 595 GB for K2-Thinking, 865 GB for V4-Pro, 160 GB for V4-Flash, 1.42 TiB for K3, 1.32 TiB for Qwen3.8."""
    published_gb = {"kimi-k2-thinking": 595, "deepseek-v4-pro": 865, "deepseek-v4-flash": 160, "kimi-k3": 1.42 * 1099.5, "qwen3.8-2.4t": 1.32 * 1099.5}
    for i, size in published_gb.items():
        model, per = shipped["models"][i], shipped["models"][i]["bytes"]
        dense = model["attention_params_b"] * per["attention"] + model["dense_ffn_params_b"] * per["ffn"] + 2 * model["head_params_b"] * per["head"]
        assert dense + (routed_params_b(model) + model["shared_expert_params_b"]) * per["expert"] == pytest.approx(size, rel=0.05), i


@pytest.mark.parametrize("name, rows", [("observations.csv", 128), ("history.csv", 122)])
def test_observations_ascend_and_carry_their_source(name, rows):
    with (CATALOGUE / name).open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert len(found) == rows
    last = {}
    for row in found:
        assert MONTH.fullmatch(row["month"]) and row["source"] and row["basis"] and math.isfinite(float(row["value"]))
        assert last.get(row["series"], "") < row["month"], row
        last[row["series"]] = row["month"]


def test_price_series_agree_with_the_price_list(shipped):
    """history.csv quotes blends of list prices; they must be the catalogue's own."""
    product = {"closed_flagship_blended_price": {"2024-12": "o1", "2025-08": "gpt-5"}, "deepseek_flagship_blended_price": {}}
    compared = 0
    with (CATALOGUE / "history.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["series"] not in product or row["month"] == "2024-05":  # 4.4 in 2024-05 is the snapshot price that came in October
                continue
            default = "deepseek-chat" if row["series"].startswith("deepseek") else None
            price = price_on(shipped, product[row["series"]].get(row["month"], default), row["month"] + "-31")
            blend = (3 * price["input_usd_per_mtok"] + price["output_usd_per_mtok"]) / 4
            assert blend == pytest.approx(float(row["value"]), rel=0.02), row
            compared += 1
    assert compared == 6


# ---- the page


def test_the_page_says_which_entry_served_when_as_the_baseline_does():
    page = (CATALOGUE.parents[1] / "docs" / "catalogue.md").read_text("utf-8")
    offerings = yaml.load((CATALOGUE.parent / "baseline.yaml").read_text("utf-8"), UniqueKeyLoader)["offerings"]
    rows = [line for line in page.split("### Which entry served when")[1].split("\n\n")[0].splitlines() if "`" in line]

    def row(name, schedule):
        first, *others = schedule.items()
        return f"| {name} | `{first[1]}` from the start" + "".join(f", `{entry}` {month}" for month, entry in others) + " |"

    assert rows == [row(name, offering["models"]) for name, offering in offerings.items()]


def test_the_page_says_how_many_accelerators_may_serve_a_replica(shipped):
    """320 with memory beside the chip; with weights on chip as many as hold 10^12 weights, few of the largest."""
    page = (CATALOGUE.parents[1] / "docs" / "catalogue.md").read_text("utf-8")
    assert "320 for machines with HBM" in page and "64 Cerebras wafers" in page
    for name, machine in shipped["hardware"].items():
        assert machine["group_max"] == (64 if name == "cerebras-wse-3" else machine["group_max"] if machine["stack"] == "sram" else 320), name
        assert machine["stack"] != "sram" or machine["group_max"] * machine["memory_gb"] > 500, name
