"""The serving model, vectorised: seconds a decode step, seconds a prompt token, time per output token. SI units throughout.

A *case* is one shape on one machine in one layout with one workload. `features(cases, models, machines)` turns cases into arrays that do not depend on the
fitted coefficients; `parts(f, c)` evaluates the equations; `log_time(f, c)` is what the fit compares with measurements.

Symbols: t tensor parallel, d attention data parallel, G = t d accelerators; B sequences a group; m tokens verified a sequence and step (1 without drafts),
T = B m; L layers, Lm MoE layers, h hidden width, E experts, k experts a token; W bytes; P parameters; BW memory bandwidth; bw_in, bw_out one-way link rate
inside and between fast domains; peak(b) FLOP/s of the format of b bytes a parameter; c mean context = prompt + half the output; [x] = 1 if x else 0.

 1  U     = max(1 - (1 - k/E)^T, [a] min(G/E, 1))                              share of experts that the busiest accelerator reads
 2  t_d   = (W_att/r(att) + W_ffn/r(ffn) + W_head) / (t eta_m BW)             dense weights;    r = r_m4 for 4-bit weights, else 1
 3  t_e   = U W_exp / (G eta_e s BW)                                         routed experts;   s = r_e4 for 4-bit on a part with 4-bit units, else 1
 4  t_kv  = (B/d) KV(c) rep/t / (eta_m BW) + state                           cache;            rep = t / min(t, KV heads)
 5  t_f   = T/G sum_i 2 P_i / (eta_f w_i peak_i)                             matrix products;  w = f_w for 4-bit experts widened to BF16, else 1
    t_a   = T/G a_d(c) / (eta_f peak_kv)                                     attention;        FP8 rate if the cache is FP8, else BF16
 6  work  = max(t_d + t_e, t_f) + t_kv + t_a                                 roofline of the matrix products, then attention
 7  n_tp  = (2L - Lm [a]) 2 (t-1)/t (T/d) 2h / (eta_n bw_in)                 all-reduce; a = MoE model with attention data parallel (d > 1)
    n_in  = [a] Lm T/G k_d 3h in/(eta_n bw_in)                               dispatch (1 byte) and combine (2 bytes) inside the fast domain
    n_out = [a] Lm T/G k_d 3h (1-in)/(eta_o bw_out)                          and across;  k_d = (G-1)(1 - (1-1/G)^k), in = min(domain/G, 1)
 8  fixed = S { L (tau + tau_t log2 t + tau_q [4-bit dense]) + L_lat tau_l + L_idx tau_i + L_lin tau_r + Lm (tau_m + tau_x [a]) } + S tau_s B/d + L tau_c log2 max(1, t/domain)
            S = rho (parts with 4-bit units; 1 on Hopper) x first (first releases, else 1)
 9  step  = sqrt(work^2 + (n_out + [tuned] n_in)^2) + [not tuned] n_in + n_tp + fixed        tuned stacks overlap the all-to-all with work
10  s_pf  = 1/G { p (sum_i 2 P_i/(eta_p w_i peak_i) + a_p/(eta_p peak_kv) + kappa 2h (L + Lm k)/BW) } + n_tp/T at eta_p_n inside domains ;  with
            x = [a] Lm k_n 3h/(G eta_o bw_out), s_pf = sqrt(s_pf^2 + x^2);   p = p_moe for mixtures on default stacks, else 1;
            k_n = (N-1)(1-(1-1/N)^k), N = max(1, G/domain)                   seconds a prompt token, whole group; attention over (1+hit)/2 of the prompt
11  TPOT  = step/A + [one pool] (B/OSL) (1-hit) ISL s_pf                     A accepted tokens a step
12  TTFT  = t0 + chi fixed + phi (1-hit) ISL s_pf d (1 + omega (B/d - 1)) + step
            prompts run outside captured graphs: chi times the fixed time of a decode step; a prompt runs on one attention rank; omega: wait for the prompts ahead
"""
from typing import NamedTuple

import numpy as np


class Coefficient(NamedTuple):
    """A fitted number: its prior (centre, sd of the logarithm), the value that makes it nothing, what it is."""

    centre: float
    sd: float
    neutral: float
    meaning: str


COEFFICIENTS = {
    "eta_m": Coefficient(0.85, 0.15, 1.0, "share of memory bandwidth reached by dense weights and cache"),
    "r_m4": Coefficient(0.75, 0.25, 1.0, "4-bit dense weights: bandwidth relative to eta_m"),
    "eta_e": Coefficient(0.70, 0.25, 1.0, "share of memory bandwidth reached by routed experts"),
    "r_e4": Coefficient(1.00, 0.20, 1.0, "4-bit experts on parts with 4-bit units: relative to eta_e"),
    "eta_f": Coefficient(0.50, 0.50, 1.0, "share of peak FLOP rate in decode"),
    "f_w": Coefficient(0.40, 0.50, 1.0, "4-bit experts without 4-bit units (widened to BF16): FLOP rate relative"),
    "eta_n": Coefficient(0.20, 0.60, 1.0, "share of one-way scale-up rate in decode (all-reduce, all-to-all)"),
    "eta_pn": Coefficient(0.50, 0.50, 1.0, "share of one-way scale-up rate in prefill"),
    "eta_p": Coefficient(0.50, 0.40, 1.0, "share of peak FLOP rate in prefill, large matrix products"),
    "kappa": Coefficient(30.0, 0.50, 0.0, "passes of every token copy's activations through memory, a layer, in prefill"),
    "p_moe": Coefficient(1.50, 0.30, 1.0, "prefill time of default stacks over tuned ones, mixtures"),
    "tau": Coefficient(30e-6, 0.50, 0.0, "fixed time a layer, s"),
    "tau_t": Coefficient(6e-6, 0.60, 0.0, "fixed time a layer and doubling of tensor parallelism (two all-reduces), s"),
    "tau_l": Coefficient(20e-6, 0.80, 0.0, "more fixed time of a latent-attention layer, s"),
    "tau_q": Coefficient(5e-6, 1.00, 0.0, "more fixed time of a layer with 4-bit dense weights (activations are quantised), s"),
    "tau_m": Coefficient(30e-6, 0.50, 0.0, "more fixed time of a MoE layer (router, permutation, grouped products), s"),
    "tau_x": Coefficient(20e-6, 0.70, 0.0, "more fixed time of a MoE layer with all-to-all, s"),
    "tau_s": Coefficient(5e-6, 1.00, 0.0, "host and sampling time a sequence of an attention rank and step, s"),
    "rho": Coefficient(0.90, 0.15, 1.0, "fixed times on parts with 4-bit units, relative to Hopper"),
    "first": Coefficient(1.30, 0.20, 1.0, "fixed times of a first release, relative"),
}
CONSTANTS = {
    "eta_o": 0.80,      # share of the scale-out port's rate: RDMA all-to-all libraries report .8 to .9 of the port
    "tau_i": 20e-6,     # more fixed time of a layer with an indexer (score, top-n, gather): no measured rows, set like tau_l
    "tau_r": 10e-6,     # more fixed time of a linear-attention layer: no measured rows
    "tau_c": 40e-6,     # more fixed time a layer and doubling of tensor parallelism across domains: no measured rows; two all-reduces of some 25 us
                        # between nodes (NCCL's own estimate for 128 bytes, issue 1453) against 6 us in a node (measured, issue 1259)
}
INF = 1e30


def cache_groups(shape, cache_bytes=None):
    """The catalogue's cache groups in the words of docs/catalogue.md -> dicts of numbers. cache_bytes overrides the bytes a cached value."""
    out = []
    for g in shape["kv"]:
        kind, n = g["kind"], g["layers"]
        r = dict(layers=n, reach=INF, read=0.0, index=0.0, state=0.0, decode=0.0, prefill=0.0, index_flop=0.0, heads=INF, latent=0.0, indexer=0.0, linear=0.0)
        if kind == "linear":
            r.update(state=g["heads"] * g["qk_dim"] * g["v_dim"] * g["bytes_per_value"], linear=1.0)
        elif kind in ("full", "window", "sparse_gqa"):
            b = g["bytes_per_value"] if cache_bytes is None else cache_bytes
            r.update(read=2 * g["kv_heads"] * g["head_dim"] * b, decode=4 * g["heads"] * g["head_dim"], heads=g["kv_heads"],
                     reach=g.get("window_tokens", g.get("top_n", INF)))
            r["prefill"] = r["decode"]
        else:   # mla, sparse_mla, compressed
            lb, rb = (g["latent_bytes_per_value"], g["rope_bytes_per_value"]) if cache_bytes is None else (cache_bytes, cache_bytes)
            ratio = g.get("ratio", 1)
            absorbed = g["heads"] * (4 * g["latent"] + 2 * g["rope"])
            expanded = g["heads"] * 2 * (g["qk_dim"] + g["v_dim"]) if kind == "mla" else absorbed
            r.update(read=(g["latent"] * lb + g["rope"] * rb + g.get("scale_bytes", 0)) / ratio, decode=absorbed / ratio, prefill=expanded / ratio, heads=1,
                     latent=0.0 if g.get("extra") else 1.0, reach=g.get("window_tokens", ratio * g["top_n"] if "top_n" in g else INF))
        if "index_heads" in g:
            ratio = g.get("ratio", 1)
            r.update(index=(g["index_dim"] * g["index_bytes_per_value"] + g["index_scale_bytes"]) / ratio, index_flop=2 * g["index_heads"] * g["index_dim"] / ratio, indexer=1.0)
        out.append(r)
    return out


def features(cases, models, machines):
    """cases: list of dicts with model, machine, bytes (attention, ffn, expert, head), cache_bytes (None: as catalogued), t, d, batch (a group), isl, osl, hit,
    one_pool, tuned, first, prefill_only. Returns a dict of arrays."""
    f = {k: [] for k in ("L Lm h E k W_att W_ffn W_head W_exp s_lin s_exp s_head a_d a_p kv state rep bw bw_in bw_out dom p_kv four_bit four_dense w_widen"
                         " e4 lat idx lin t d G B osl isl hit one_pool tuned first prefill").split()}
    for c in cases:
        s, w, b = models[c["model"]], machines[c["machine"]], c["bytes"]
        p16, p8, p4 = (w[x] * 1e12 for x in ("bf16_tflops", "fp8_tflops", "fp4_tflops"))
        native4 = p4 > p8
        peak = lambda x: (p4 if native4 else p16) if x < 0.8 else p8 if x < 1.5 else p16
        expert_peak = p8 if abs(b["expert"] - 0.53125) < 1e-6 and native4 else peak(b["expert"])     # MXFP4 weights meet 8-bit activations
        P = {x: s[f"{x}_params_b"] * 1e9 for x in ("attention", "dense_ffn", "shared_expert", "head")}
        one_expert = 3.0 * s.get("expert_io", s["hidden"]) * s["expert_width"]
        context, ahead = c["isl"] + c["osl"] / 2, c["isl"] * (1 + c.get("hit", 0.0)) / 2
        kv = state = a_d = a_p = lat = idx = lin = 0.0
        heads = INF
        for g in cache_groups(s, c.get("cache_bytes")):
            n = g["layers"]
            kv += n * (g["read"] * min(context, g["reach"]) + g["index"] * context)
            state += n * g["state"]
            a_d += n * (g["decode"] * min(context, g["reach"]) + g["index_flop"] * context)
            a_p += n * (g["prefill"] * min(ahead, g["reach"]) + g["index_flop"] * ahead)
            lat, idx, lin = lat + n * g["latent"], idx + n * g["indexer"], lin + n * g["linear"]
            heads = min(heads, g["heads"]) if g["read"] > 0 else heads
        routed = s["moe_layers"] * max(s["experts"], 0) * one_expert
        row = dict(
            L=s["layers"], Lm=s["moe_layers"], h=s["hidden"], E=max(s["experts"], 1), k=s["top_k"],
            W_att=P["attention"] * b["attention"], W_ffn=P["dense_ffn"] * b["ffn"] + P["shared_expert"] * b["expert"], W_head=P["head"] * b["head"],
            W_exp=routed * b["expert"], s_lin=2 * (P["attention"] / peak(b["attention"]) + P["dense_ffn"] / peak(b["ffn"]) + P["shared_expert"] / expert_peak),
            s_exp=2 * s["moe_layers"] * s["top_k"] * one_expert / expert_peak, s_head=2 * P["head"] / peak(b["head"]), a_d=a_d, a_p=a_p, kv=kv, state=state,
            rep=c["t"] / min(c["t"], heads), bw=w["memory_tb_per_s"] * 1e12, bw_in=w["scale_up_gb_per_s"] * 1e9, bw_out=w["scale_out_gb_per_s"] * 1e9,
            dom=w["scale_up_domain"], p_kv=p8 if (c.get("cache_bytes") or 2.0) < 1.5 else p16, four_bit=native4, four_dense=b["ffn"] < 0.8,
            w_widen=b["expert"] < 0.8 and not native4, e4=b["expert"] < 0.8 and native4,
            lat=lat, idx=idx, lin=lin, t=c["t"], d=c["d"], G=c["t"] * c["d"], B=c["batch"], osl=c["osl"], isl=c["isl"], hit=c.get("hit", 0.0),
            one_pool=c["one_pool"], tuned=c.get("tuned", False), first=c.get("first", False), prefill=c.get("prefill_only", False))
        row["four_att"] = b["attention"] < 0.8
        for key, value in row.items():
            f.setdefault(key, []).append(value)
    return {key: np.asarray(v, bool if isinstance(v[0], (bool, np.bool_)) else float) for key, v in f.items()}


def prompt_token_s(f, c):
    """Equation 10: seconds a prompt token takes the whole group."""
    c = {**CONSTANTS, **c}
    moe = f["Lm"] > 0
    a = moe & (f["d"] > 1)
    p = np.where(moe & ~f["tuned"], c["p_moe"], 1.0)
    expert = f["s_exp"] / np.where(f["w_widen"], c["f_w"], 1.0)
    compute = p * ((f["s_lin"] + expert + f["a_p"] / f["p_kv"]) / c["eta_p"] + c["kappa"] * 2 * f["h"] * (f["L"] + f["Lm"] * f["k"]) / f["bw"]) / f["G"]
    inside = np.minimum(f["dom"] / f["t"], 1.0)
    link = inside / (c["eta_pn"] * f["bw_in"]) + (1 - inside) / (c["eta_o"] * f["bw_out"])
    all_reduce = (2 * f["L"] - f["Lm"] * a) * 2 * (f["t"] - 1) / f["t"] / f["d"] * 2 * f["h"] * link
    N = np.maximum(1.0, f["G"] / f["dom"])
    k_n = (N - 1) * (1 - (1 - 1 / N) ** f["k"])
    cross = np.where(a, f["Lm"] * k_n * 3 * f["h"] / (f["G"] * c["eta_o"] * f["bw_out"]), 0.0)
    return np.sqrt((compute + all_reduce) ** 2 + cross ** 2)


def parts(f, c, accepted=1.0, verified=1.0):
    """Every term of equations 1 to 11, seconds."""
    c = {**CONSTANTS, **c}
    L, Lm, G, t, d, B = f["L"], f["Lm"], f["G"], f["t"], f["d"], f["B"]
    T = B * verified
    moe = Lm > 0
    a = moe & (d > 1)
    touched = np.where(moe, np.maximum(1 - (1 - f["k"] / f["E"]) ** T, a * np.minimum(G / f["E"], 1.0)), 0.0)
    t_d = (f["W_att"] / np.where(f["four_att"], c["r_m4"], 1.0) + f["W_ffn"] / np.where(f["four_dense"], c["r_m4"], 1.0) + f["W_head"]) / (t * c["eta_m"] * f["bw"])
    t_e = f["W_exp"] * touched / (G * c["eta_e"] * np.where(f["e4"], c["r_e4"], 1.0) * f["bw"])
    t_kv = B / d * (f["kv"] * f["rep"] + f["state"]) / t / (c["eta_m"] * f["bw"])
    t_f = T / G * (f["s_lin"] + f["s_head"] + f["s_exp"] / np.where(f["w_widen"], c["f_w"], 1.0)) / c["eta_f"]
    t_a = T / G * f["a_d"] / (c["eta_f"] * f["p_kv"])
    work = np.maximum(t_d + t_e, t_f) + t_kv + t_a
    n_tp = (2 * L - Lm * a) * 2 * (t - 1) / t * T / d * 2 * f["h"] / (c["eta_n"] * f["bw_in"])
    k_d = (G - 1) * (1 - (1 - 1 / G) ** f["k"])
    inside = np.minimum(f["dom"] / G, 1.0)
    each = np.where(a, Lm * T / G * k_d * 3 * f["h"], 0.0)
    n_in, n_out = each * inside / (c["eta_n"] * f["bw_in"]), each * (1 - inside) / (c["eta_o"] * f["bw_out"])
    scale = np.where(f["four_bit"], c["rho"], 1.0) * np.where(f["first"], c["first"], 1.0)      # S
    fixed = scale * (L * (c["tau"] + c["tau_t"] * np.log2(t) + c["tau_q"] * f["four_dense"]) + f["lat"] * c["tau_l"] + f["idx"] * c["tau_i"]
                     + f["lin"] * c["tau_r"] + Lm * (c["tau_m"] + c["tau_x"] * a) + c["tau_s"] * B / d) + L * c["tau_c"] * np.log2(np.maximum(1.0, t / f["dom"]))
    step = np.sqrt(work ** 2 + (n_out + np.where(f["tuned"], n_in, 0.0)) ** 2) + np.where(f["tuned"], 0.0, n_in) + n_tp + fixed
    s_pf = prompt_token_s(f, c)
    prompt = np.where(f["one_pool"], B / f["osl"] * (1 - f["hit"]) * f["isl"] * s_pf, 0.0)
    return dict(dense=t_d, experts=t_e, cache=t_kv, flops=t_f, attention=t_a, network=n_tp + n_in + n_out, fixed=fixed, step=step, prompt=prompt,
                tpot=step / accepted + prompt, s_pf=s_pf)


def log_time(f, c):
    """ln of TPOT, or for prefill-only cases of the accelerator-seconds a prompt token."""
    p = parts(f, c)
    return np.where(f["prefill"], np.log(p["s_pf"] * f["G"]), np.log(p["tpot"]))
