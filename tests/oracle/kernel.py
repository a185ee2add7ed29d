"""Section 4, the kernel: accelerator-seconds an output token and an uncached input token. Pure function of its arguments.

Arrays broadcast over (paths, machines); a shape's own numbers are scalars. Knows neither money nor dates.
"""

from types import SimpleNamespace

import numpy as np

from .notation import clip

# The joint set of efficiencies: regression coefficients on serving measurements.
ETA_M, ETA_E, ETA_F, ETA_N, ETA_P = 0.843, 0.518, 0.448, 1.0, 0.422
TAU, TAU_M, TAU_C = 65.1e-6, 25.1e-6, 3.3e-6
ZETA = 0.6  # drafts of one sequence route alike


def _precision(bytes_a_parameter):
    return "fp4" if bytes_a_parameter < 0.8 else "fp8" if bytes_a_parameter < 1.5 else "bf16"


def fold(shape, f_a, f_t, f_k, work):
    """What a shape costs on one path before any machine is known."""
    p, b = shape.params, shape.bytes
    routed_active = shape.moe_layers * shape.top_k * p["expert"]
    flop = {"bf16": 0.0, "fp8": 0.0, "fp4": 0.0}
    for params, width in (
        (p["attention"], b["attention"]),
        (p["ffn"], b["ffn"]),
        (p["shared"] + routed_active, b["expert"]),
        (p["head"], b["head"]),
    ):
        flop[_precision(width)] = flop[_precision(width)] + 2 * params * f_a
    dense = p["attention"] * b["attention"] + p["ffn"] * b["ffn"] + p["shared"] * b["expert"] + p["head"] * b["head"]
    c, past = work.I + work.O / 2, work.I * (1 + work.h) / 2
    kv_read = kv_stored = a_d = a_p = 0.0
    for g in shape.kv:
        a_d = a_d + g.layers * (g.decode_flop * np.minimum(c, g.reach) + g.index_flop * c)
        a_p = a_p + g.layers * (g.prefill_flop * np.minimum(past, g.reach) + g.index_flop * past)
        kv_read = kv_read + g.layers * (g.read * np.minimum(c, g.reach) + g.index_bytes * c + g.state)
        kv_stored = kv_stored + g.layers * (g.stored * np.minimum(work.I + work.O, g.stored_reach) + g.state)
    cached = [g.kv_heads for g in shape.kv if g.stored > 0]
    return SimpleNamespace(
        mixture=shape.mixture,
        D=dense * f_a,
        W=shape.moe_layers * shape.experts * p["expert"] * b["expert"] * f_t if shape.mixture else 0.0 * f_a,
        q=1 - shape.top_k / shape.experts * f_a / f_t if shape.mixture else np.ones_like(f_a),
        flop=flop,
        a_d=a_d,
        a_p=a_p,
        kv_r=f_k * kv_read,
        kv_s=f_k * kv_stored,
        attention_fp8=b["attention"] < 1.5,
        kv_heads=min(cached) if cached else np.inf,
        k=shape.top_k,
        L=shape.layers,
        L_m=shape.moe_layers,
        h=shape.hidden,
        h_io=shape.expert_io,
    )


def token_seconds(s, m, work):
    """s: a folded shape; m: machines (memory, bandwidth, bf16, fp8, fp4, scale_up, domain, scale_out, group_max); work: I, O, h, tpot, depth, A.
    Gives s_out, s_in, b and the group's shape for inspection."""
    HBM, BW = m.memory, m.bandwidth
    tokens = work.depth + 1  # verified a step
    A = work.A  # tokens accepted a step
    if s.mixture:
        t = np.maximum(1, 4 * s.D / HBM)
        spread = np.maximum(s.W / (0.35 * HBM), s.W / (ETA_E * BW * 0.3 * work.tpot))
        G = np.maximum(t, clip(spread, 8, m.group_max))
    else:
        spread = np.maximum(s.D / (0.35 * HBM), s.D / (ETA_M * BW * 0.3 * work.tpot))
        t = G = clip(spread, 1, m.group_max)
    rep = t / np.minimum(t, s.kv_heads)
    inside = np.minimum(m.domain / G, 1)
    link = 1 / (inside / m.scale_up + (1 - inside) / m.scale_out)
    k_d = (G - 1) * (1 - (1 - 1 / G) ** s.k)
    N = np.maximum(1, G / m.domain)
    k_n = (N - 1) * (1 - (1 - 1 / N) ** s.k)

    linear = s.flop["bf16"] / m.bf16 + s.flop["fp8"] / m.fp8 + s.flop["fp4"] / m.fp4
    P_att = m.fp8 if s.attention_fp8 else m.bf16
    mem_e = s.W / (G * ETA_E * BW)
    a0 = s.D / (t * ETA_M * BW) + mem_e + s.L * (TAU + TAU_C * (G > 1)) + s.L_m * TAU_M
    traffic = (2 * s.L - s.L_m) * 2 * (t - 1) * s.h * 2 + s.L_m * k_d * s.h_io * 3
    b0 = s.kv_r * rep / (ETA_M * BW) + tokens * (linear + s.a_d / P_att) / ETA_F + tokens * traffic / (link * ETA_N)

    exponent = G * (1 + ZETA * (tokens - 1))
    ln_q = np.log(s.q)

    def untouched(b):
        """q^(G b (1+ζ(m−1))): share of experts that no token of the step visits."""
        return np.exp(exponent * ln_q * b)

    def step(b):
        return a0 - mem_e * untouched(b) + b0 * b

    limit = np.maximum(work.tpot * A, 1.5 * a0)
    b_lim = (limit - a0) / b0
    for _ in range(2):
        b_lim = b_lim - (step(b_lim) - limit) / (b0 - mem_e * exponent * ln_q * untouched(b_lim))
    b_cap = np.maximum(0.9 * HBM - s.D / t - s.W / G - 3e9, 0.02 * HBM) / (s.kv_s * rep)
    b = np.maximum(np.minimum(b_cap, b_lim), 0.05)
    s_out = step(b) / (A * b)
    s_in = (linear + s.a_p / P_att) / ETA_P + s.L_m * k_n * s.h_io * 3 / m.scale_out
    return SimpleNamespace(s_out=s_out, s_in=s_in, b=b, b_cap=b_cap, b_lim=b_lim, step=step, t=t, G=G)
