"""Section 12: the monthly series, by the names of csim/plan/outcomes.def. Reads the state; changes nothing but a running count."""

import numpy as np
from scipy import special as sp

from .assimilate import aggregate
from .notation import S as logistic
from .notation import best, clip, logit

LN10 = np.log(10)


def firms(share, phi, n):
    """Primary engine and presence: a firm's open share is Beta(sφ, (1−s)φ), its n uses are draws from it."""
    share = clip(share, 1e-4, 1 - 1e-4)
    a, b = share * phi, (1 - share) * phi
    primary = 1 - sp.betainc(a, b, 0.5)
    presence = 1 - np.exp(sp.gammaln(b + n) + sp.gammaln(phi) - sp.gammaln(b) - sp.gammaln(phi + n))
    return primary, presence


def _leader(run, s, t, what, values):
    first = values.argmax(1)
    top = np.sort(values, axis=1)
    run.near(f"leader.{what}", t, top[:, -1], top[:, -2])
    return first


def _capability(run, s, t, out):
    sc = run.sc
    ratio = [best(s.S[:, :, k], sc.open) / best(s.S[:, :, k], sc.closed_us) for k in range(len(sc.segments))]
    out["cap.frontier"], out["cap.closed"], out["cap.cn_open"], out["cap.open"] = s.A_F, s.A_c, s.A_cn, s.A_o
    out["cap.gap"], out["cap.lag_age"], out["cap.lag_structural"] = s.A_c - s.A_o, s.lag_age, s.L["cn"]
    out["cap.level"], out["cap.suitability_ratio"] = s.A, np.stack(ratio, axis=1)
    out["train.ratio"], out["train.frontier_run"] = s.train_ratio, s.ln_C / LN10
    out["train.frontier_rd"] = s.ln_C / LN10 + np.log10(run["cap.rd_mult"])


def _costs(run, s, out):
    sc = run.sc
    cn, geometric = sc.cn_open, lambda x: np.exp(np.log(x).mean(1))
    out["cost.closed"], out["cost.open"] = s.c[:, sc.closed_us].mean(1), s.c[:, sc.open].mean(1)
    out["cost.cn_first_party"], out["cost.cn_abroad"] = geometric(s.c_C[:, cn]), geometric(s.c_ab[:, cn])
    out["cost.ratio"] = s.c[:, sc.ref_closed] / s.c[:, sc.ref_cn]
    out["cost.flagship"], out["cost.first_party"], out["cost.third_party"] = s.c, s.cost_first_party, s.cost_third_party
    out["cost.energy"], out["cost.batch"] = s.energy, s.batch
    out["cost.penalty_first_party"] = np.log(s.c_C[:, cn] / s.c_M[:, cn]).mean(1)
    out["cost.penalty_abroad"] = np.log(s.c_ab[:, cn] / s.c_M[:, cn]).mean(1)


def _prices(run, s, t, out):
    sc = run.sc
    closed, open_ = sc.ref_closed, sc.ref_cn
    out["price.list"], out["price.closed"], out["price.open"] = s.p, s.p_bar_closed, s.p_bar_open
    out["price.blend_ratio"] = s.p[:, closed] / s.p[:, open_]
    out["price.output_ratio"] = out["price.blend_ratio"] * run["price.out_closed"] / run["price.out_open"]
    out["price.task_ratio"] = np.exp(s.ln_p_task[:, closed] - s.ln_p_task[:, open_])
    out["price.realised"], out["price.recovery_capped"] = s.rho, s.recovery_capped
    run.near("below_cost", t, s.p, s.c)
    out["price.below_cost"] = (s.p < s.c).sum(1) * 1.0


def _shares(run, s, out):
    sc, weights = run.sc, run["choice.headline_weight"]
    segments = range(len(sc.segments))
    abroad = np.stack([aggregate(s.s, [k], sc.abroad, weights) for k in segments], axis=2)  # (paths, offerings, segments)
    out["share.open"], out["share.cn_open"] = abroad[:, sc.open].sum(1), abroad[:, sc.cn_open].sum(1)
    flat = lambda x: x.reshape(run.n, -1)
    out["share.market_open"], out["share.market_cn_open"] = flat(s.s[:, sc.open].sum(1)), flat(s.s[:, sc.cn_open].sum(1))
    enterprise = aggregate(s.s, [sc.large, sc.mid], sc.enterprise_regions, weights)
    out["share.enterprise_open"] = enterprise[:, sc.open].sum(1)

    Q_r = s.Q_jsr.sum(2)  # (paths, offerings, regions)
    part = lambda which, regions: Q_r[:, which][:, :, regions].sum((1, 2)) / Q_r[:, :, regions].sum((1, 2))
    everywhere = list(range(len(sc.regions)))
    out["share.offering"] = s.sigma
    out["share.world_open"], out["share.world_cn"] = part(sc.open, everywhere), part(sc.cn, everywhere)
    out["share.world_cn_open"] = part(sc.cn_open, everywhere)
    out["share.cn_abroad"], out["share.cn_closed"] = part(sc.cn, sc.abroad), part(sc.closed_cn, everywhere)
    out["share.china_open"] = part(sc.open, [sc.china])
    spend = s.spend_j.sum(1)
    out["share.spend_open"], out["share.spend_cn"] = s.spend_j[:, sc.open].sum(1) / spend, s.spend_j[:, sc.cn].sum(1) / spend

    developers, cn = out["share.open"][:, sc.developers], out["share.cn_open"][:, sc.developers]
    out["share.openrouter_open"] = logistic(logit(developers) + run["choice.b_or"])
    out["share.openrouter_cn"] = out["share.openrouter_open"] * cn / developers
    out["f500.primary"], out["f500.presence"] = firms(
        s.s[:, sc.open, sc.large, sc.home].sum(1), run["choice.phi"], run["choice.n_use"]
    )
    out["choice.shift"], out["choice.routed"] = s.T, s.routed[:, sc.developers]


def _money(run, s, t, out):
    yearly = lambda x: x * 12 / 1000
    out["tokens.world"], out["tokens.segment"] = s.Q, s.Q_sr.sum(2)
    out["spend.api"], out["spend.budget_use"], out["eco.derivatives"] = s.spend_yr, s.budget_use, s.N
    out["saas.revenue"], out["saas.seats"] = s.R_saas, s.ln_seats
    out["saas.seat_price"] = run["saas.seat_price_2024_01"] * np.exp(s.ln_P)
    out["saas.nrr"], out["saas.automation"], out["saas.pressure"] = s.NRR, s.a, s.X
    out["saas.ai_cogs"], out["saas.gross_margin"], out["saas.ev_sales"] = s.ai_cost / s.R_saas, s.margin, s.EVS
    out["saas.cliff"], out["saas.crash"], out["pivots"] = s.cliff, s.crash, s.pivots
    out["sub.users"], out["sub.payers"], out["sub.plus"], out["sub.go"] = s.users, s.plus + s.go, s.plus, s.go
    out["sub.revenue"] = yearly(s.subscriptions + s.advertising)
    out["finance.closed_revenue"], out["finance.gross_margin"] = yearly(s.revenue), s.gp / s.revenue
    out["finance.roi"], out["finance.fcf"], out["finance.fcf_negative_months"] = s.ROI, yearly(s.FCF), s.negative_months
    out["finance.capex"], out["finance.capex_revenue"] = s.I / 1000, s.I / (12 * s.revenue)
    out["finance.open_surplus"], out["finance.value_share"], out["finance.paradox"] = yearly(s.surplus), s.V, s.paradox
    out["silicon.closed_merchant_share"], out["silicon.merchant_share"] = s.closed_merchant_share, s.merchant_share
    out["silicon.open_share_merchant"], out["silicon.merchant_revenue"] = s.open_share_merchant, yearly(s.merchant_revenue)
    out["silicon.lpu_share"], out["ma.deals"], out["ma.mega_deals"], out["ma.hhi"] = s.lpu_share, s.deals, s.mega, s.hhi
    out["pool.outlay"], out["pool.chips"], out["pool.power_and_sites"] = yearly(s.outlay), yearly(s.pool_chips), yearly(s.pool_power)
    out["pool.hosts"], out["pool.closed_labs"], out["pool.open_labs"] = yearly(s.hosts), yearly(s.gp), yearly(s.pool_open)


def _intelligence(run, s, t, out):
    out["econ.per_usd"], out["econ.per_watt"] = s.S_bar / s.p, s.S_bar / s.energy
    spend = _leader(run, s, t, "spend", s.spend_j)
    out["econ.leader_is_efficiency"] = (spend == _leader(run, s, t, "efficiency", s.S_bar / s.p)) * 1.0
    out["econ.leader_is_compute"] = (spend == _leader(run, s, t, "compute", s.Q_j * s.hs)) * 1.0


def month(run, s, t):
    """name → (paths,) or (paths, elements)"""
    out = {"policy.regime": s.x * 1.0, "compute.k_us": s.K_US, "compute.k_cn": s.K_CN, "compute.ratio": s.R, "compute.power": s.power}
    out["compute.capacity_use"] = s.Q / np.exp(s.ln_Q_cap)
    _capability(run, s, t, out)
    _costs(run, s, out)
    _prices(run, s, t, out)
    _shares(run, s, out)
    _money(run, s, t, out)
    _intelligence(run, s, t, out)
    return out


def failures(series, rows):
    """Paths that the library would stop, by outcome: not finite, or outside the range by more than its width (a factor 1e6 below or 1e3 above on a log
    scale, where exact zeros stay: closed offerings have no derivatives, a tier that is not on sale no payers)."""
    failed = {}
    for row in rows:
        x = series[row.name]
        if row.scale == "LOG":
            outside = ((x < row.low / 1e6) & (x != 0)) | (x > row.high * 1e3)
        elif row.scale in ("LINEAR", "COUNT", "SIGNED"):
            width = row.high - row.low
            outside = (x < row.low - width) | (x > row.high + width)
        else:
            outside = (x < 0) | (x > 1)
        bad = (outside | ~np.isfinite(x)).reshape(x.shape[0], -1).any(1)
        if bad.any():
            failed[row.name] = np.flatnonzero(bad)
    return failed
