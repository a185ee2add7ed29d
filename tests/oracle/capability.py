"""Section 3: the closed frontier, the lags of open models, releases, training cost. Points of the Epoch Capabilities Index."""

import numpy as np

from .notation import S, best, clip, pos


def start(run, s):
    sc = run.sc
    s.A_F = s.M_A = run["cap.frontier_2024_01"]
    s.ln_n_tok = np.zeros(run.n)
    s.delta = run["cap.delta_mean"][:, None] * run["cap.shortfall_start"]
    s.A = np.full((run.n, len(sc.offerings)), -np.inf)
    s.A_c_past = []


def _efforts(run, s, t):
    raw = {i: run[f"cap.w_{i}_raw"] for i in ("pre", "rl", "inf")}
    lever = {"pre": "effort_pretraining", "rl": "effort_rl", "inf": "effort_inference"}
    w = {i: raw[i] / sum(raw.values()) for i in raw}
    e = {i: np.maximum(1 + run["cap.eps"] * np.log(run.lever(lever[i], t) * s.K_US / s.K_noinv), 0.1) for i in raw}
    return w, e


def _frontier(run, s, t, G):
    y, A_0 = t / 12, run["cap.frontier_2024_01"]
    A_pay = A_0 + (np.log(run["cap.train_share"] * s.I / 100) + s.theta_tr * y) / 0.23
    growth = np.where(G >= 0, clip(A_pay - s.A_F, 0, np.maximum(G, 0) / 12), G / 12)
    A_F = s.A_F + growth + run["cap.s_f"] * run.z("shock.frontier", t) / np.sqrt(12)
    if t >= 1 and run.assimilating(t):
        trailing = np.maximum(best(s.A, run.sc.closed_us), A_F - 1.5)
        lead = run["assimilate.frontier_lead"]
        A_F = A_F + run["assimilate.gain_frontier"] * (run.observed("frontier_eci", t) - lead - trailing)
    return A_F


def _lags(run, s, t, w, e):
    """L_cn and L_other in months."""
    y, sc = t / 12, run.sc
    gating = (run["demand.segment_weight"] * run.lever("frontier_gating", t)).sum(1)
    s.D_v = run["cap.distill_open"] * (1 - run.lever("api_policing", t)) * (1 - gating)
    distill = np.exp(-run["cap.lambda_D"] * (s.D_v - run["cap.distill_open"]))
    private = run["cap.lambda_R"] * run["cap.rho"] * (w["rl"] * e["rl"] / 0.4) * S(3 * (y - 1.5))
    target = {
        "cn": run["cap.L0_cn"] * (s.R / 10) ** run["cap.lambda_K"] * distill + private,
        "other": run["cap.L0_other"] * distill + private,
    }
    if t == 0:
        s.L = dict(target)
    released = {"cn": best(s.A, sc.cn_open), "other": best(s.A, sc.other_open)}
    for o in ("cn", "other"):
        L = np.maximum(s.L[o] + run["cap.k_L"] * (target[o] - s.L[o]) + run["cap.s_L"] * run.z(f"shock.lag.{o}", t), 0.5)
        if t >= 1 and run.assimilating(t):
            gap = best(s.A, sc.closed_us) - released[o]
            points_a_month = np.maximum(run["cap.g_f"], 6) / 12
            L = np.maximum(L + run["assimilate.gain_lag"] * (run.observed(f"gap_{o}_open", t) - gap) / points_a_month, 0.5)
        s.L[o] = L


def _release(run, s, t, G):
    sc = run.sc
    shift = run.lever("lag_shift_months", t)
    Gamma = {o: pos(G / 12 * (s.L[o] + shift) + run[f"cap.b_{o}"]) for o in ("cn", "other")}
    mean, k = run["cap.delta_mean"][:, None], run["cap.delta_k"][:, None]
    z = run.z_each("shock.shortfall", sc.names, t)
    s.delta = pos(s.delta + k * (mean - s.delta) + 0.7 * mean * np.sqrt(2 * k) * z)
    latent = s.A_F[:, None] - s.delta
    for j in np.concatenate([sc.closed_cn, sc.cn_open]):
        latent[:, j] -= Gamma["cn"]
    for j in sc.other_open:
        latent[:, j] -= Gamma["other"]
    if t == 0:
        s.A = latent
        return
    u = run.u_each("shock.release", sc.names, t)
    rate = np.minimum(run["cap.rel"][:, None] * run["cap.release_factor"], 1) * (1 - run.lever("release_stop", t))
    run.near("release", t, u, rate)
    s.A = np.where(u < rate, np.maximum(s.A, latent), s.A)


def _levers_after_release(run, s, t):
    sc = run.sc
    opens = run.lever("opens_weights", t)
    for j, o in enumerate(sc.offerings):
        lifted = sc.cn_open if o.origin == "cn" else sc.other_open
        for k in lifted:
            s.A[:, k] = np.where(opens[:, j] > 0, np.maximum(s.A[:, k], s.A[:, j]), s.A[:, k])
    ceiling = run.lever("gap_ceiling", t)
    A_c = best(s.A, sc.closed_us if len(sc.closed_us) else sc.closed)
    for k in sc.open:
        s.A[:, k] = np.maximum(s.A[:, k], A_c - ceiling)


def _age_of_level(run, s, t):
    past = np.stack(s.A_c_past, axis=1)
    run.near("lag_age", t, past, s.A_o[:, None])
    above = past > s.A_o[:, None]
    since = np.where(above.any(1), t - above.argmax(1), 0)
    A_0 = run["cap.frontier_2024_01"]
    return np.where(s.A_o < A_0, t + 12 * (A_0 - s.A_o) / run["cap.past_growth"], since)


def step(run, s, t):
    sc, y = run.sc, t / 12
    w, e = _efforts(run, s, t)
    G = run["cap.g_f"] * sum(w[i] * e[i] for i in w)
    s.theta_tr = pos(0.23 * run["cap.g_f"] - run["cap.train_growth"])
    s.A_F = _frontier(run, s, t, G)
    M_A_prev = s.M_A
    s.M_A = np.maximum(s.M_A, s.A_F)
    s.dM_A = s.M_A - M_A_prev
    s.d_ln_n_tok = w["inf"] * e["inf"] * run["cap.kappa_tok"] / 12
    s.ln_n_tok = s.ln_n_tok + s.d_ln_n_tok
    _lags(run, s, t, w, e)
    _release(run, s, t, G)
    _levers_after_release(run, s, t)
    s.A_c = best(s.A, sc.closed_us if len(sc.closed_us) else sc.closed)
    s.A_cn, s.A_oth, s.A_o = best(s.A, sc.cn_open), best(s.A, sc.other_open), best(s.A, sc.open)
    s.Gamma_best = pos(s.A_c - s.A_o)
    s.A_c_past.append(s.A_c)
    s.lag_age = _age_of_level(run, s, t)
    open_ = run["cap.distill_open"]
    exponent = np.where(open_ > 0, s.D_v / np.where(open_ > 0, open_, 1), 1.0)
    s.train_ratio = run["cap.distill_discount"] ** exponent * np.exp(-s.theta_tr * s.L["cn"] / 12)
    s.ln_C = np.log(100) + 0.23 * (s.A_F - run["cap.frontier_2024_01"]) - s.theta_tr * y
