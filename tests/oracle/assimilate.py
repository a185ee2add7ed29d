"""Section 13, shares: pulls tastes and shares towards observed series before the choice of a month.

The pulls of the frontier and the lags stand in capability.py, those of prices in price.py: they act inside the step whose state they move.
"""

import numpy as np

from .notation import around


def aggregate(shares, segments, regions, weights):
    """Mean over segments of the weighted mean over regions (weights renormalised). shares: (paths, offerings, segments, regions)."""
    w = weights[:, regions] / weights[:, regions].sum(1, keepdims=True)
    return (shares[:, :, segments][:, :, :, regions] * w[:, None, None, :]).sum(3).mean(2)


def _pull(run, s, segments, regions, observed, bias, taste, share):
    sc = run.sc
    model = aggregate(s.s, segments, regions, run["choice.headline_weight"])
    m = {n: model[:, j].sum(1) for n, j in sc.nests.items()}
    o_closed = 1 - observed["cn"] - observed["other"]
    factor = np.ones(model.shape)
    for n in ("cn", "other"):
        d = around(np.log(observed[n] / o_closed) - bias - np.log(m[n] / m["closed"]), 2)
        for k in segments:
            s.xi[n][:, k] += taste * d
        factor[:, sc.nests[n]] = np.exp(share * d)[:, None]
    for k in segments:
        for r in regions:
            moved = s.s[:, :, k, r] * factor
            s.s[:, :, k, r] = moved / moved.sum(1, keepdims=True)


def nudge_shares(run, s, t):
    sc = run.sc
    developers = {n: run.observed(f"developers_{n}_open_share", t) for n in ("cn", "other")}
    gains = run["assimilate.gain_developers_taste"], run["assimilate.gain_developers_share"]
    _pull(run, s, [sc.developers], sc.abroad, developers, run["choice.b_or"], *gains)
    cn = run.observed("enterprise_cn_open_share", t)
    enterprise = {"cn": cn, "other": run.observed("enterprise_open_share", t) - cn}
    gains = run["assimilate.gain_enterprise_taste"], run["assimilate.gain_enterprise_share"]
    _pull(run, s, [sc.large, sc.mid], sc.enterprise_regions, enterprise, 0.0, *gains)
