"""Section 11: merchant and own silicon, deals and mergers, the profit pool."""

import numpy as np

from .distributions import negative_binomial, poisson
from .notation import H100_FP8, S, around, logit, pos


def start(run, s):
    s.n = S(logit(run["si.n0"]) + run["si.n_offset"])
    s.mega = np.zeros(run.n)


def _merchant_share(run, s):
    sc = run.sc
    second = [j for j in sc.closed_us if sc.offerings[j].second_fleet]
    if second:
        gain = np.log(s.c_M[:, second].mean(1) / np.stack([s.c_2[j] for j in second]).mean(0))
        drift = run["si.b_t"] * around(gain, 1.5) + run["si.e_n"]
        s.n = S(logit(s.n) - run["si.k_n"] * drift / 12)
    Q_cu, w = s.Q_j[:, sc.closed_us], s.w[:, sc.closed_us]
    closed = (Q_cu * (1 - w)).sum(1)
    at_home = s.Q_jsr[:, sc.cn_open][:, :, :, sc.china].sum((1, 2))
    open_ = s.Q_j[:, sc.open].sum(1) - run["si.first_party_off_merchant"] * at_home
    s.closed_merchant_share = closed / Q_cu.sum(1)
    s.merchant_share = (closed + open_) / s.Q_j.sum(1)
    s.open_share_merchant = open_ / (closed + open_)


def _merchant_revenue(run, s, t):
    share = s.share[run.sc.merchant.id]
    gain = np.maximum(share - s.share_prev, 1e-9) if t else share
    machines, dates = run.fleet_ladders[run.sc.merchant.id]
    begun = t >= dates - 6
    begun[0] = True
    on = machines[begun]  # the fleet's own machines only
    g = gain[:, on] / gain[:, on].sum(1, keepdims=True)
    capex, fp8 = run.park.column["capex"][:, on], run.park.column["fp8"][:, on]
    chip = run["si.chip_share_of_capex"] * (g * capex / 1e3 / (fp8 / H100_FP8)).sum(1)  # k$ an H100e
    bought = pos(s.K_US - s.K_US_prev + run["compute.retirement"] / 12 * s.K_US_prev)
    s.merchant_revenue = bought * s.merchant_share * chip * 1e3


def _lpu(run, s, t):
    output = s.x_O * s.Q
    supply = run["si.lpu_capacity"] * 2 * S((t - run["si.lpu_mid"]) / 6)
    s.lpu_share = np.minimum(run["si.lpu_want"] * output, supply) / output


def _deals(run, s, t):
    sc, since = run.sc, t / 12 - 1.5
    mean = run["ma.rate"] * np.exp(run["ma.g"] * since * np.exp(-0.15 * max(since, 0)))
    s.deals, near = negative_binomial(mean, run["ma.dispersion"], run.u("event.deals", t))
    run.near_distance("deals", t, near)
    mega, near = poisson(run["ma.mega"], run.u("event.mega", t))
    run.near_distance("mega", t, near)
    s.mega = s.mega + mega
    probability = run.lever("merger_probability", t)
    u, count = run.u("event.merger", t), len(sc.offerings)
    merges = (mega >= 1) & (u < probability)
    if not probability.any():
        return
    run.near("merger", t, np.where(mega >= 1, u, np.nan), probability)
    first, second = (np.floor(run.u(f"event.merger_{x}", t) * count).astype(int) for x in ("a", "b"))
    i = np.arange(run.n)
    buyer, bought = s.owner[i, first], s.owner[i, second]
    joins = (merges & (first != second))[:, None] & (s.owner == bought[:, None])
    s.owner = np.where(joins, buyer[:, None], s.owner)


def _hhi(run, s):
    cu = run.sc.closed_us
    share = s.Q_j[:, cu] / s.Q_j[:, cu].sum(1, keepdims=True)
    same = s.owner[:, cu][:, :, None] == s.owner[:, cu][:, None, :]
    s.hhi = (share[:, :, None] * same * share[:, None, :]).sum((1, 2))


def step(run, s, t):
    _merchant_share(run, s)
    _merchant_revenue(run, s, t)
    _lpu(run, s, t)
    _deals(run, s, t)
    _hhi(run, s)


def profit_pool(run, s):
    """$M a month; adds up to outlay because open labs are the remainder."""
    s.outlay = s.spend_j.sum(1) + s.subscriptions + s.advertising
    s.pool_chips = (s.cost_j * s.capital).sum(1) * run["si.chip_share_of_capex"]
    s.pool_power = s.cost_j.sum(1) - s.pool_chips
    s.pool_open = s.outlay - s.pool_chips - s.pool_power - s.hosts - s.gp
