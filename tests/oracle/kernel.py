"""Section 4, the kernel: accelerator-seconds an output token and an uncached input token. Pure function of its arguments.

Arrays broadcast over (paths, machines); a shape's own numbers are scalars. Knows neither money nor dates.
"""

from types import SimpleNamespace

import numpy as np

from .notation import clip

# The fitted coefficients (docs/kernel-fit.md): shares of peaks, then seconds.
ETA_M, R_M4, ETA_E, R_E4 = 0.83272, 0.73403, 0.63861, 1.5834
ETA_F, F_W, ETA_P, KAPPA = 0.48926, 0.40842, 0.6901, 29.551
ETA_N, ETA_PN, ETA_O = 0.18601, 0.5144, 0.8
TAU, TAU_T, TAU_L, TAU_I, TAU_R = 44.583e-6, 5.9776e-6, 21.968e-6, 20e-6, 10e-6
TAU_C = 40e-6  # not fitted: a layer and doubling of tensor parallelism beyond the domain
TAU_Q, TAU_M, TAU_X, TAU_S, RHO = 4.9662e-6, 28.976e-6, 20.711e-6, 8.9884e-6, 0.89684

FOUR_BIT, MXFP4 = 0.8, 0.54  # below: bytes a parameter of 4-bit weights; of MXFP4, whose experts meet 8-bit activations


def fold(shape, f_a, f_t, f_k, work):
    """What a shape costs on one path before any machine is known. parts: name → (parameters a token uses, bytes a parameter)."""
    p, b = shape.params, shape.bytes
    parts = {
        "attention": (p["attention"], b["attention"]),
        "ffn": (p["ffn"], b["ffn"]),
        "shared": (p["shared"], b["expert"]),
        "routed": (shape.moe_layers * shape.top_k * p["expert"], b["expert"]),
        "head": (p["head"], b["head"]),
    }
    c, past = work.I + work.O / 2, work.I * (1 + work.h) / 2
    kv_read = kv_stored = state = a_d = a_p = 0.0
    for g in shape.kv:
        a_d = a_d + g.layers * (g.decode_flop * np.minimum(c, g.reach) + g.index_flop * c)
        a_p = a_p + g.layers * (g.prefill_flop * np.minimum(past, g.reach) + g.index_flop * past)
        kv_read = kv_read + g.layers * (g.read * np.minimum(c, g.reach) + g.index_bytes * c)
        kv_stored = kv_stored + g.layers * g.stored * np.minimum(work.I + work.O, g.stored_reach)
        state = state + g.layers * g.state
    cached = [g.kv_heads for g in shape.kv if g.stored > 0]
    return SimpleNamespace(
        mixture=shape.mixture,
        parts=parts,
        f_a=f_a,
        routed=shape.moe_layers * shape.experts * p["expert"] * f_t if shape.mixture else 0.0 * f_a,
        q=1 - shape.top_k / shape.experts * f_a / f_t if shape.mixture else np.ones_like(f_a),
        a_d=a_d,
        a_p=a_p,
        kv_r=f_k * kv_read,
        kv_s=f_k * kv_stored,
        state=f_k * state,
        cache_fp8=shape.cache_fp8,
        kv_heads=min(cached) if cached else np.inf,
        k=shape.top_k,
        E=shape.experts if shape.mixture else np.inf,
        L=shape.layers,
        L_m=shape.moe_layers,
        L_lat=sum(g.latent_layers for g in shape.kv),
        L_idx=sum(g.layers for g in shape.kv if g.index_flop > 0),
        L_lin=sum(g.linear_layers for g in shape.kv),
        h=shape.hidden,
        h_io=shape.expert_io,
    )


def _served(s, m):
    """Bytes a parameter of each part on machines: 4-bit weights are kept at 8 bits where there are 8-bit units and no 4-bit ones."""
    widened = (m.fp8 > m.bf16) & ~(m.fp4 > m.fp8)
    return {name: np.where(widened & (width < FOUR_BIT), 1.0, width) for name, (_, width) in s.parts.items()}


def _rates(s, m):
    """A shape's parts on machines: bytes, four-bit units or not, FLOP/s of each part, read bytes over the bandwidth reached."""
    units, width = m.fp4 > m.fp8, _served(s, m)

    def flop_per_s(name):
        with_units = np.where((width[name] < MXFP4) & (name in ("shared", "routed")), m.fp8, m.fp4)
        four = np.where(units, with_units, m.bf16 * (F_W if name == "routed" else 1))
        return np.where(width[name] >= 1.5, m.bf16, np.where(width[name] >= FOUR_BIT, m.fp8, four))

    four_bit = {name: width[name] < FOUR_BIT for name in s.parts}
    seconds = {name: 2 * n / flop_per_s(name) for name, (n, _) in s.parts.items()}
    dense = {name: n * width[name] for name, (n, _) in s.parts.items() if name != "routed"}
    return SimpleNamespace(
        D=s.f_a * sum(dense.values()),
        W=s.routed * width["routed"],
        units=units,
        linear=sum(seconds.values()),
        linear_prefill=sum(v for name, v in seconds.items() if name != "head"),
        dense_read=sum(v / np.where(four_bit[name] & (name != "head"), R_M4, 1) for name, v in dense.items()) / ETA_M,
        eta_e=ETA_E * np.where(units & four_bit["routed"], R_E4, 1.0),
        quantised=four_bit["ffn"],
    )


def _spread(s, m, r, tpot):
    """t and G of decode, t and G of prefill: as memory and, in decode, patience want it."""
    HBM, BW = m.memory, m.bandwidth
    if s.mixture:
        t = np.maximum(1, 4 * r.D / HBM)
        fit, stream = r.W / (0.35 * HBM), r.W / (r.eta_e * BW * 0.3 * tpot)
        wanted = np.maximum(fit, np.minimum(stream, s.E))  # for speed no further than one expert on each accelerator
        return t, np.maximum(t, clip(wanted, 8, m.group_max)), t, np.maximum(t, clip(fit, 8, m.group_max))
    fit, stream = r.D / (0.35 * HBM), r.D / (ETA_M * BW * 0.3 * tpot)
    t, t_p = clip(np.maximum(fit, stream), 1, m.group_max), clip(fit, 1, m.group_max)
    return t, t, t_p, t_p


def token_seconds(s, m, work):
    """s: a folded shape; m: machines (memory, bandwidth, bf16, fp8, fp4, scale_up, domain, scale_out, group_max); work: I, O, h, tpot, depth, A.
    Gives s_out, s_in, b and the group's shape for inspection."""
    HBM, BW = m.memory, m.bandwidth
    tokens = work.depth + 1  # verified a step
    A = work.A  # tokens accepted a step
    r = _rates(s, m)
    t, G, t_p, G_p = _spread(s, m, r, work.tpot)
    rep = t / np.minimum(t, s.kv_heads)
    a, a_p = (G > t) * s.mixture, (G_p > t_p) * s.mixture  # messages go all to all
    P_att = m.fp8 if s.cache_fp8 else m.bf16

    # seconds a step, whatever the batch
    t_d = s.f_a * r.dense_read / (t * BW)
    t_e = r.W / (G * r.eta_e * BW)
    S = np.where(r.units, RHO, 1.0)
    layer = TAU + TAU_T * np.log2(t) + TAU_Q * r.quantised
    fixed = S * (s.L * layer + s.L_lat * TAU_L + s.L_idx * TAU_I + s.L_lin * TAU_R + s.L_m * (TAU_M + TAU_X * a))
    fixed = fixed + s.L * TAU_C * np.log2(np.maximum(1, t / m.domain))
    # seconds a step and sequence
    flop = tokens * r.linear * s.f_a / ETA_F
    cache = (s.kv_r * rep + s.state) / (ETA_M * BW) + tokens * s.a_d / (ETA_F * P_att)

    def link(n, eta=ETA_N):
        """Seconds a byte between n accelerators."""
        inside = np.minimum(m.domain / n, 1)
        return inside / (eta * m.scale_up) + (1 - inside) / (ETA_O * m.scale_out)

    k_d = (G - 1) * (1 - (1 - 1 / G) ** s.k)
    net = tokens * a * s.L_m * k_d * 3 * s.h_io * link(G)
    reduce = lambda t, a: (2 * s.L - a * s.L_m) * 2 * (t - 1) * s.h * 2
    rest = tokens * reduce(t, a) * link(t) + S * TAU_S * t
    draft = 1 + work.depth / s.L

    ln_q = np.log(s.q)
    idle = np.where(a, 1 - np.minimum(G / s.E, 1), 1.0)  # attention data parallel: the busiest accelerator reads one of its experts at least
    untouched = lambda b: np.exp(G * tokens * ln_q * b)
    saved = lambda b: t_e * np.minimum(untouched(b), idle)  # seconds that experts without a token save
    stream = lambda b: t_d + t_e - saved(b)
    work_s = lambda b: np.maximum(stream(b), flop * b) + cache * b
    both = lambda b: np.sqrt(work_s(b) ** 2 + (net * b) ** 2)
    step = lambda b: both(b) + rest * b + fixed

    def slope(b):
        more = np.where(stream(b) > flop * b, np.where(untouched(b) < idle, -G * tokens * ln_q * saved(b), 0.0), flop) + cache
        return (work_s(b) * more + net**2 * b) / both(b) + rest

    limit = np.maximum(work.tpot * A / draft, 1.5 * (t_d + t_e + fixed))
    # with all experts touched: the root of the curve for reading weights and of the one for computing
    R, w = limit - fixed, t_d + t_e
    reading = (R**2 - w**2) / (w * cache + rest * R + np.sqrt((cache * R + rest * w) ** 2 + net**2 * (R**2 - w**2)))
    b_lim = np.minimum(reading, R / (np.hypot(flop + cache, net) + rest))
    b_lim = b_lim - (step(b_lim) - limit) / slope(b_lim)  # one Newton step for idle experts
    b_cap = np.maximum(0.9 * HBM - r.D / t - r.W / G - 3e9, 0.02 * HBM) / (s.kv_s * rep + s.state)
    b = np.maximum(np.minimum(b_cap, b_lim), 0.05)
    s_out = draft * step(b) / (A * b)

    N = np.maximum(1, G_p / m.domain)
    k_n = (N - 1) * (1 - (1 - 1 / N) ** s.k)
    products = (r.linear_prefill * s.f_a + s.a_p / P_att) / ETA_P
    passes = KAPPA * 2 * s.h * (s.L + s.L_m * s.k) / BW
    across = a_p * s.L_m * k_n * 3 * s.h_io / (ETA_O * m.scale_out)
    s_in = np.sqrt((products + passes + reduce(t_p, a_p) * link(t_p, ETA_PN)) ** 2 + across**2)
    return SimpleNamespace(s_out=s_out, s_in=s_in, b=b, b_cap=b_cap, b_lim=b_lim, step=step, t=t, G=G, D=r.D, W=r.W, step_parts=(t_d, t_e, flop, cache, net, rest, fixed))
