"""Section 7: first use, use a user, capacity, tokens and spend. Tokens in T a month, spend in $M a month."""

import numpy as np

from .notation import around, clip, pos
from .scenario import absolute_month


def start(run, s):
    s.F = s.F_0 = run["demand.first_use_2024_01"]
    s.ln_q = np.zeros(run.n)
    weights = run["demand.segment_weight"][:, :, None] * run["demand.region_weight"][:, None, :]
    s.q_0 = run["demand.Q0"][:, None, None] * weights / s.F_0[:, :, None]
    s.Q_jsr = s.s * (run["demand.Q0"][:, None, None] * weights)[:, None]  # tokens before the first month: weights × initial shares
    s.sigma = s.Q_jsr.sum((2, 3)) / s.Q_jsr.sum((1, 2, 3))[:, None]
    s.spend_0, s.spend_yr, s.budget_use = None, None, np.zeros(run.n)


def bass(F, p, q, ceiling):
    """One month of first use."""
    return F + (p + q * F) * pos(ceiling - F) / 12


def _planned_growth(run, t):
    """g_Q(y): linear between two dates, then fading."""
    first, last = (absolute_month(m) - run.sc.start for m in ("2024-01", "2026-05"))
    g24, g26 = run["demand.g24"], run["demand.g26"]
    if t <= last:
        w = clip((t - first) / (last - first), 0.0, 1.0)
        return g24 + (g26 - g24) * w
    return g26 * np.exp(-run["demand.g_decay"] * (t - last) / 12)


def _budget_month(run):
    return max(run.sc.until, absolute_month("2025-09") - run.sc.start)


def _growth(run, s, t):
    dearer = around(s.ln_p_bar - s.ln_p_bar_prev, 0.2) if t else 0.0
    g = _planned_growth(run, t) / 12 - run["demand.e_Q"] * dearer + s.d_ln_n_tok
    if s.spend_0 is not None:
        budget = np.maximum(run["demand.budget_share"] * s.a * run["demand.wage_bill"], 2 * s.spend_0)
        s.budget_use = s.spend_yr / budget
        g = np.where(g > 0, g * pos(1 - s.budget_use), g)
    return g


def _capacity(run, s, D):
    """Q_cap, T tokens a month: H100e-seconds of the serving share over H100e-seconds a token of the mix."""
    tier = run["demand.tier_cost"][:, None, :, None]
    used = (D[:, None] * s.s * tier * s.hs[:, :, None, None]).sum((1, 2, 3)) / D.sum((1, 2))
    return run["demand.inf_share"] * (s.K_US + s.K_CN) * 2.63 / (run["fin.serve_overhead"] * used)


def step(run, s, t):
    sc = run.sc
    s.F = bass(s.F, run["demand.p"][:, None], run["demand.q"][:, None], run["demand.first_use_ceiling"])
    s.ln_q = s.ln_q + _growth(run, s, t) + run["demand.noise"] * run.z("shock.demand", t)
    D = s.F[:, :, None] * s.q_0 * np.exp(s.ln_q)[:, None, None]
    s.ln_Q_cap = np.log(_capacity(run, s, D))
    excess = pos(np.log(D.sum((1, 2))) - s.ln_Q_cap - 1)
    s.ln_q = s.ln_q - excess
    s.D = D * np.exp(-excess)[:, None, None]
    s.ln_Q_d = np.log(s.D.sum((1, 2)))
    s.Q = np.exp(-0.25 * np.logaddexp(-4 * s.ln_Q_d, -4 * s.ln_Q_cap))
    s.Q_sr = s.D * np.exp(np.log(s.Q) - s.ln_Q_d)[:, None, None]
    s.Q_jsr = s.Q_sr[:, None] * s.s
    s.Q_j = s.Q_jsr.sum((2, 3))
    s.sigma = s.Q_j / s.Q_j.sum(1, keepdims=True)

    paid = np.array([0.0 if k == sc.consumers else 1.0 for k in range(len(sc.segments))])[None, :, None]
    bill = s.Q_jsr * (run["demand.paid"][:, None, None] * paid)[:, None]
    s.spend_jsr = bill * (s.p * s.rho[:, None])[:, :, None, None]
    s.spend_j = s.spend_jsr.sum((2, 3))
    s.spend_yr = s.spend_j.sum(1) * 12 / 1000  # $bn a year
    if s.spend_0 is None and t >= _budget_month(run):
        s.spend_0 = s.spend_yr
