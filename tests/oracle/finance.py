"""Section 10: the closed labs together. Flows in $M a month, investment in $M a year."""

import numpy as np

from .notation import around, pos
from .scenario import absolute_month


def start(run, s):
    s.K_cap, s.I = run["fin.k_cap0"].copy(), run["fin.i0"].copy()
    s.negative_months, s.V_past = np.zeros(run.n), []


def step(run, s, t):
    sc, y = run.sc, t / 12
    cu = sc.closed_us
    served = (s.Q_jsr * run["demand.tier_cost"][:, None, :, None]).sum((2, 3))
    s.cost_j = served * s.cmix * run["fin.serve_overhead"][:, None]
    s.revenue = s.spend_j[:, cu].sum(1) + s.subscriptions + s.advertising
    cost = s.cost_j[:, cu].sum(1)
    capital = (s.cost_j * s.capital)[:, cu].sum(1)
    s.gp, cash_gp = s.revenue - cost, s.revenue - (cost - capital)
    s.ROI = 12 * cash_gp / s.K_cap - run["fin.dep"]
    s.FCF = cash_gp - s.I / 12 - run["fin.rd_frac"] * s.revenue
    run.near("fcf", t, s.FCF, 0.0)
    s.negative_months = s.negative_months + (s.FCF < 0)
    if t > max(sc.until, absolute_month("2026-01") - sc.start):
        dev = run["fin.psi_I"] * around(s.ROI - run["fin.hurdle"], 0.3)
        dev = dev + run["fin.psi_Q"] * around(s.ln_Q_d - s.ln_Q_cap + 0.7, 0.3)
    else:
        dev = np.zeros(run.n)
    planned = run["fin.g_I"] * np.exp(-run["fin.g_I_decay"] * max(y - 2, 0))
    s.I = s.I * np.exp((planned + dev) / 12)
    s.K_cap = s.K_cap * (1 - run["fin.dep"] / 12) + s.I / 12
    s.invest = run["fin.react"] * dev


def value(run, s, t):
    """Who keeps the value. Uses this month's merchant revenue, so it is called once section 11 knows it."""
    sc = run.sc
    s_open = s.s[:, sc.open].sum(1)
    spend_sr = s.spend_jsr.sum(1)
    weight = 1 / np.maximum(run["choice.alpha"], 0.5)[:, :, None]
    s.surplus = (spend_sr * weight * -np.log(np.maximum(1 - s_open, 0.001))).sum((1, 2))
    abroad = s.Q_jsr[:, sc.open][:, :, :, sc.abroad].sum((2, 3))
    s.hosts = run["si.host_share_abroad"] * (abroad * s.c_M[:, sc.open]).sum(1) * run["cost.host_margin"]
    margin = run["price.m_o"] / (1 + run["price.m_o"])
    open_labs = s.spend_j[:, sc.open].sum(1) * margin
    chips = run["si.chip_margin"] * s.merchant_revenue
    profit = pos(s.gp)
    s.V = profit / (profit + s.hosts + open_labs + chips + s.surplus)
    s.V_past.append(s.V)
    s.paradox = np.zeros(run.n)
    if t >= 24:
        run.near("paradox", t, s.V, s.V_past[t - 24])
        run.near("paradox", t, s.A_c, s.A_c_past[t - 24])
        s.paradox = ((s.A_c > s.A_c_past[t - 24]) & (s.V_past[t - 24] > s.V)) * 1.0
