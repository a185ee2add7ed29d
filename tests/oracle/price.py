"""Section 5: list prices, $/M tokens, blend of 3 input to 1 output."""

import numpy as np

from .notation import clip, weighted_price
from .scenario import absolute_month


def start(run, s):
    s.p = run["price.list_2024_01"].copy()
    s.epsilon = run["price.sigma_list"][:, None] * run.z_each("shock.price0", run.sc.names, 0)
    s.owner = np.tile(np.arange(len(run.sc.offerings)), (run.n, 1))


def realised(run, t):
    """ρ(t): ln-linear between two dates, flat outside."""
    first, last = (absolute_month(m) - run.sc.start for m in ("2024-01", "2026-05"))
    w = clip((t - first) / (last - first), 0.0, 1.0)
    return np.exp((1 - w) * np.log(run["price.realised_2024_01"]) + w * np.log(run["price.realised_2026_05"]))


def owners_share(s):
    """σ_own: each offering's share together with all offerings of its owner."""
    same = s.owner[:, :, None] == s.owner[:, None, :]
    return (same * s.sigma[:, None, :]).sum(2)


def markup(a_p, share, psi=1.0):
    """Mark-up of a logit seller with this market share: price − cost that maximises (p − c)·s(p)."""
    return psi / (a_p * (1 - np.minimum(share, 0.9)))


def _closed_target(run, s, t, p_open):
    cu = run.sc.closed_us
    psi = clip(np.exp(run["price.eta_g"] * (s.Gamma_best / 7 - 1)), 0.2, 3)
    base = s.c[:, cu] + markup(run["price.a_p"][:, None], owners_share(s)[:, cu], psi[:, None])
    Q_closed = s.Q_jsr[:, cu].sum((1, 2, 3))
    capital = run["price.omega"] * (run["fin.hurdle"] + run["fin.dep"]) * s.K_cap * (1 - run["fin.infer_share"])
    recovery = (capital / (12 * Q_closed * run["demand.paid"]))[:, None]
    run.near("price.recovery", t, recovery, 2 * base)
    s.recovery_capped = (recovery > 2 * base).mean(1)
    target = base + np.minimum(recovery, 2 * base)
    response = run.lever("closed_price_response", t)[:, None]
    met = np.maximum(s.c[:, cu], np.minimum(target, p_open[:, None]))
    return np.exp((1 - response) * np.log(target) + response * np.log(met))


def step(run, s, t):
    sc, ln_p = run.sc, np.log(s.p)
    p_closed = weighted_price(ln_p, s.sigma, sc.closed_us)
    p_open = weighted_price(ln_p, s.sigma, sc.open)
    f_o, cost_plus = run["price.open_follow"][:, None], s.c * (1 + run["price.m_o"][:, None])
    target = np.exp((1 - f_o) * np.log(cost_plus) + f_o * np.log(np.maximum(cost_plus, p_closed[:, None] / 6)))
    target[:, sc.cn_open] *= 1 - run.lever("cn_subsidy_frac", t)[:, None]
    target[:, sc.closed_us] = _closed_target(run, s, t, p_open)

    scarce = np.exp(run["price.scarcity"] * clip(s.ln_Q_d - s.ln_Q_cap + 0.7, 0, 1.5)) if t else np.ones(run.n)
    sigma, kept = run["price.sigma_list"][:, None], run["price.persistence"][:, None]
    s.epsilon = kept * s.epsilon + sigma * np.sqrt(1 - kept**2) * run.z_each("shock.price", sc.names, t)
    ln_target = np.log(target * run.lever("price_factor", t) * scarce[:, None] * np.exp(s.epsilon))
    ln_p = ln_p + run["price.k_p"][:, None] * (ln_target - ln_p)
    if run.assimilating(t):
        for j, name in enumerate(sc.names):
            if not run.has_series(f"list_blend_price:{name}"):
                continue
            ln_obs = np.log(run.observed(f"list_blend_price:{name}", t))
            s.epsilon[:, j] += run["assimilate.gain_price_shock"] * (ln_obs - ln_target[:, j])
            gain = run["assimilate.gain_price"]
            ln_p[:, j] = (1 - gain) * ln_p[:, j] + gain * ln_obs
    s.p, s.ln_p = np.exp(ln_p), ln_p
    s.ln_p_task = ln_p + np.log(run["choice.tokens_per_task_rel"])
    s.rho = realised(run, t)
    s.p_bar_closed = weighted_price(ln_p, s.sigma, sc.closed_us)
    s.p_bar_open = weighted_price(ln_p, s.sigma, sc.open)
    s.ln_p_bar_prev = s.ln_p_bar if t else None
    s.ln_p_bar = (s.sigma * ln_p).sum(1)


