"""Section 1: the regime of export controls and what the controlled fleet feels of it."""

import numpy as np

from .notation import clip

ATTRIBUTES = {
    "flop_loss": "policy.flop_loss_frac",
    "bw_loss": "policy.bw_loss_frac",
    "hbm_loss": "policy.hbm_loss_frac",
    "extra_power": "policy.extra_power_frac",
    "lag": "policy.generation_lag_months",
    "premium": "policy.price_premium_frac",
}
LOSSES = ("flop_loss", "bw_loss", "hbm_loss")


def _scheduled(sc, t):
    """Name of the last entry dated ≤ t; before the first entry that one."""
    past = [name for month, name in sc.schedule if month <= t]
    return past[-1] if past else sc.schedule[0][1]


def _move(run, x, t):
    """One step of the Markov chain: the number of cumulative sums of the row that are < u."""
    u = run.u("event.regime", t)[:, None]
    cumulated = np.cumsum(run["policy.transition"][np.arange(run.n), x], axis=1)
    run.near("regime", t, u, cumulated)
    return np.minimum((cumulated < u).sum(1), len(run.sc.regimes) - 1)


def _used(run, name, value):
    """Severity ς on an attribute; the lag is not scaled."""
    severity = run["policy.severity"]
    if name in LOSSES:
        return np.minimum(value * severity, 0.8)
    return value if name == "lag" else value * severity


def step(run, s, t):
    sc, i = run.sc, np.arange(run.n)
    name = _scheduled(sc, t)
    if name != "markov":
        s.x = np.full(run.n, sc.regimes.index(name))
    else:
        s.x = _move(run, s.x if t else np.full(run.n, sc.reference_regime), t)
    tau_x = run["policy.fleet_adjust_months"]
    here = np.eye(len(sc.regimes))[s.x]
    state = {a: run[key][i, s.x] for a, key in ATTRIBUTES.items()}
    if t == 0:
        s.W_x, s.attribute = here, state
    else:
        s.W_x = s.W_x + (here - s.W_x) / tau_x[:, None]
        s.attribute = {a: s.attribute[a] + (state[a] - s.attribute[a]) / tau_x for a in ATTRIBUTES}
    s.used = {a: _used(run, a, s.attribute[a]) if sc.relative else np.zeros(run.n) for a in ATTRIBUTES}
    ref = sc.reference_regime
    s.used_ref = {a: _used(run, a, run[ATTRIBUTES[a]][:, ref]) for a in LOSSES}
    s.chi = run["policy.supply_factor"][i, s.x] ** run["policy.severity"]
    s.chi_ref = run["policy.supply_factor"][:, ref] ** run["policy.severity"]
    s.od = run.lever("offshore_cloud_frac", t) + run.lever("diversion_frac", t)
    s.omega = clip(s.od / (s.chi + s.od), 0, 1)
