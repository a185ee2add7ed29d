"""Reads the table of serving measurements and turns every usable row into numbers in SI units.

`load(path)` returns (rows, dropped): a pandas DataFrame with one line a usable row, and a list of (reason, rows lost) in the order the filters ran.
The table's columns are described in its publisher's repository (NVIDIA ai-dynamo/aiconfigurator, silicon_sample.csv). What is known of them:

* one-pool ("agg") rows: batch_size x attention_dp_size = requests in flight (checked against silicon_concurrency in the source field);
* one-pool rows with moe_tp_size = moe_ep_size = n > 1 carry tp_size x attention_dp_size = n*n: the group has n accelerators (a node holds 8), expert parallel n.
  The same case with attention_dp_size = n*n is attention data parallel n;
* split ("disagg") rows: decode_batch_size is per attention-data-parallel rank of one decode worker; requests in flight = decode_batch_size x decode_attention_dp_size x decode_num_workers;
* prompt and output lengths are uniform on .8 to 1.0 of nominal (mean .9) in rows that come from InferenceX; rows of NVIDIA's own runs have fixed lengths;
* rows named DeepSeek-R1 outside the database dump mix runs with and without multi-token prediction and do not say which: dropped;
* the other rows carry no speculative decoding.
"""
import hashlib

import numpy as np
import pandas as pd
import yaml

MODEL = {
    "deepseek-ai/DeepSeek-V3": "deepseek-v3", "deepseek-ai/DeepSeek-R1": "deepseek-v3", "nvidia/DeepSeek-R1-NVFP4": "deepseek-v3",
    "nvidia/DeepSeek-V3.1-NVFP4": "deepseek-v3", "openai/gpt-oss-120b": "gpt-oss-120b", "meta-llama/Llama-3.1-70B": "llama-3.1-70b",
    "meta-llama/Llama-3.1-8B-Instruct": "llama-3.1-8b", "nvidia/Llama-3.1-8B-Instruct-FP8": "llama-3.1-8b",
    "Qwen/Qwen3-235B-A22B-FP8": "qwen3-235b", "Qwen/Qwen3-32B": "qwen3-32b", "nvidia/Qwen3-32B-NVFP4": "qwen3-32b",
}
SYSTEM = {"b200_sxm": "b200", "h200_sxm": "h200", "gb200": "gb200"}
NVFP4 = 0.5625          # 4 bits and an 8-bit scale for 16 weights
MXFP4 = 0.53125         # 4 bits and an 8-bit scale for 32 weights


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def served(model, precision, backend):
    """Bytes a parameter as served and bytes a cached value."""
    if model == "gpt-oss-120b":
        return dict(attention=2.0, ffn=2.0, expert=MXFP4, head=2.0), 1.0
    if model == "deepseek-v3":   # the FP4 checkpoints keep attention in BF16
        b = dict(attention=2.0, ffn=NVFP4, expert=NVFP4, head=2.0) if precision == "fp4" else dict(attention=1.0, ffn=1.0, expert=1.0, head=2.0)
        return b, 1.0
    b = {"fp4": NVFP4, "fp8": 1.0, "": 2.0}[precision]
    return dict(attention=b, ffn=b, expert=b, head=2.0), 1.0 if backend == "trtllm" else 2.0


def first_release(row):
    """Stacks whose first builds for a part are in the table: block-scaled FP8 of DeepSeek on Blackwell in TensorRT-LLM before 2026."""
    return row.model == "deepseek-v3" and row.hardware in ("b200", "gb200") and row.backend == "trtllm" and row.precision == "fp8" and row.one_pool and row.date < "2026-01"


def case(row):
    """A row of `load` as a case of serving_model.features."""
    b, cache = served(row.model, row.precision, row.backend)
    return dict(model=row.model, machine=row.hardware, bytes=b, cache_bytes=cache, t=row.t, d=row.d, batch=row.batch, isl=row.isl, osl=row.osl, one_pool=bool(row.one_pool),
                tuned=False, first=first_release(row))


def capacity_case(row):
    """A row of `prefill_capacity` as a case of serving_model.features."""
    b, cache = served(row.model, row.precision, row.backend)
    return dict(model=row.model, machine=row.hardware, bytes=b, cache_bytes=cache, t=row.t, d=row.d, batch=row.batch, isl=row.isl, osl=row.osl, one_pool=False,
                prefill_only=True)


def prefill_capacity(path):
    """Split rows whose prefill pool is the bottleneck: prompt tokens a second and accelerator = requests in flight / cycle time x prompt length / prefill accelerators.
    A lower bound on the pool's capacity, near it when requests wait. Kept: time to first token above .16 of the cycle and at least 8 requests a rank."""
    table = pd.read_csv(path, dtype={"backend_version": str})
    table["precision"] = table["precision"].fillna("")
    table = table[(table["mode"] == "disagg") & (table.model_path == "deepseek-ai/DeepSeek-V3")]
    n = table.decode_batch_size * table.decode_attention_dp_size * table.decode_num_workers
    cycle = (table.silicon_ttft_ms + 0.9 * table.osl * table.silicon_tpot_ms) / 1e3
    group = table.prefill_tp_size * table.prefill_attention_dp_size
    rate = n / cycle * 0.9 * table.isl / (group * table.prefill_num_workers)
    use = (table.silicon_ttft_ms / 1e3 / cycle > 0.16) & (rate > 2000) & (n / table.prefill_num_workers / table.prefill_attention_dp_size >= 8)
    out = pd.DataFrame(dict(model="deepseek-v3", hardware=table.system.map(SYSTEM), backend=table.backend, precision=table.precision, t=table.prefill_tp_size,
                            d=table.prefill_attention_dp_size, batch=group, isl=0.9 * table.isl, osl=1.0, rate=rate))
    return out[use].reset_index(drop=True)


def load(path):
    table = pd.read_csv(path, dtype={"backend_version": str, "precision": str}, keep_default_na=True)
    table["precision"] = table["precision"].fillna("")
    source = table["silicon_data_source"]
    table["requests"] = source.str.extract(r"silicon_concurrency=(\d+)").astype(float)
    table["date"] = source.str.extract(r"measured=(\d{4}-\d\d)")
    table["dump"] = source.str.startswith("db-dump")
    own = source.str.contains("source_file=/")
    dropped, n0 = [], len(table)

    def keep(mask, reason):
        nonlocal table
        dropped.append((reason, int((~mask).sum())))
        table = table[mask]

    keep(~table.model_path.str.contains("DeepSeek-R1") | table.dump, "DeepSeek-R1 outside the database dump: multi-token prediction unmarked")
    key = ["model_path", "system", "backend", "precision", "mode", "isl", "osl", "requests", "silicon_ttft_ms", "silicon_tpot_ms"]
    keep(~table.duplicated(key), "repeated row (same case, same times)")
    out = pd.DataFrame(index=table.index)
    agg = (table["mode"] == "agg").to_numpy()
    f = lambda c: table[c].fillna(0).to_numpy(float)
    one = lambda c: np.maximum(f(c), 1.0)
    tp = np.where(agg, one("tp_size"), one("decode_tp_size"))
    dp = np.where(agg, one("attention_dp_size"), one("decode_attention_dp_size"))
    mtp = np.where(agg, one("moe_tp_size"), one("decode_moe_tp_size"))
    ep = np.where(agg, one("moe_ep_size"), one("decode_moe_ep_size"))
    squared = agg & (mtp == ep) & (ep > 1) & (tp * dp == ep * ep)
    tp = np.where(squared & (tp > 1), ep, tp)
    dp = np.where(squared & (dp > 1), ep, dp)
    mtp = np.where(squared, 1.0, mtp)
    workers = np.where(agg, 1.0, one("decode_num_workers"))
    in_flight = np.where(agg, one("batch_size") * np.where(squared & (f("attention_dp_size") > 1), f("attention_dp_size"), dp), one("decode_batch_size") * dp * workers)
    # own runs that leave attention_dp_size empty: requests = ranks x batch_size with ranks = tp_size means attention data parallel
    ranks = agg & table.attention_dp_size.isna().to_numpy() & (ep > 1) & (table.requests.fillna(0).to_numpy() == one("batch_size") * tp) & (tp > 1)
    dp, tp, in_flight = np.where(ranks, tp, dp), np.where(ranks, 1.0, tp), np.where(ranks, in_flight * tp, in_flight)
    clash = table.requests.isna().to_numpy() | (table.requests.to_numpy() != in_flight)
    out["clash"] = clash
    out["workers"] = workers
    out["batch"] = in_flight / workers                          # requests a decode group, prefill included
    out["t"], out["d"], out["G"], out["ep"] = tp, dp, tp * dp, ep
    out["t_pf"] = np.where(agg, tp, one("prefill_tp_size"))
    out["d_pf"] = np.where(agg, dp, one("prefill_attention_dp_size"))
    out["ep_pf"] = np.where(agg, ep, one("prefill_moe_ep_size"))
    out["workers_pf"] = np.where(agg, 1.0, one("prefill_num_workers"))
    mean = np.where(own.reindex(table.index), 1.0, 0.9)
    out["isl"], out["osl"] = table.isl * mean, table.osl * mean
    out["model"] = table.model_path.map(MODEL)
    out["hardware"] = table.system.map(SYSTEM)
    out["one_pool"] = agg
    for c in ("backend", "precision", "mode", "date", "id"):
        out[c] = table[c]
    out["version"] = table.backend_version.fillna("")
    out["ttft"], out["tpot"] = table.silicon_ttft_ms / 1e3, table.silicon_tpot_ms / 1e3
    dropped.append(("requests in flight unknown or not batch x ranks x workers", int(out.clash.sum())))
    nominal_osl = table.osl[~out.clash]
    out = out[~out.clash]
    odd = (out.d > 1) & (out.ep == 1) & (out.model == "deepseek-v3")
    dropped.append(("layout fields contradict each other (attention data parallel, experts tensor parallel over the whole group)", int(odd.sum())))
    nominal_osl, out = nominal_osl[~odd], out[~odd]
    queue = out.ttft > 0.5 * nominal_osl * out.tpot
    dropped.append(("queue-bound: time to first token > .5 x output tokens x TPOT", int(queue.sum())))
    out["queue_bound"] = queue
    out = out[~queue].reset_index(drop=True)
    cached = (out.model == "llama-3.1-8b") & (out.backend == "vllm")
    dropped.append(("prompts served from the cache: own Llama-3.1-8B runs on vLLM (would need up to .89 of peak FLOP/s in prefill, median .43; no other cell exceeds .36)", int(cached.sum())))
    out = out[~cached].reset_index(drop=True)
    dropped.append(("kept", len(out)))
    out.attrs["n"] = n0
    return out, dropped


def catalogue_shapes(folder):
    with open(f"{folder}/models.yaml") as file:
        models = yaml.safe_load(file)["models"]
    with open(f"{folder}/hardware.yaml") as file:
        hardware = yaml.safe_load(file)["hardware"]
    return models, hardware

