"""Section 9, software: automation, seats and usage, valuation, vendors that pivot. Revenue in $bn a year."""

import numpy as np

from .choice import suitable
from .notation import Phi, around, best, clip, pos


def start(run, s):
    R_0, seat = run["saas.revenue_2024_01"], run["saas.seat_share_2024_01"]
    s.a = run["saas.a0"].copy()
    s.R_s, s.R_u = seat * R_0, (1 - seat) * R_0
    s.ln_P, s.ln_seats, s.E = np.zeros(run.n), np.zeros(run.n), None
    s.tau_saas = run["choice.tau0"][:, run.sc.mid].copy()
    s.R_past, s.nu_past, s.g12_past, s.EVS_past = [], [], [], []
    s.hazard = np.zeros((run.n, len(run.sc.vendors)))


def _bar(run, s):
    """S̄_j"""
    mid = run.sc.mid
    s.tau_saas = s.tau_saas + run["saas.theta"] * s.dM_A
    if run.sc.own_bar:
        s.S_bar = suitable(run, s, s.tau_saas, run["choice.w"][:, mid], run["choice.narrow"][:, mid], s.N_last)
    else:
        s.S_bar = s.S[:, :, mid]


def _revenue(run, s, t):
    fade = np.exp(-run["saas.g_fade"] * t / 12)
    done = s.S_bar.max(1)
    da = (run["saas.p_a"] + run["saas.q_a"] * s.a) / 12 * pos(done - s.a)
    s.a = s.a + da
    seat_price = run["saas.seat_price_2024_01"] * np.exp(s.ln_P)
    agent = (run["saas.tok_seat"] * np.exp(s.ln_n_tok) * s.rho)[:, None] * np.exp(s.ln_p_task)
    s.X = (s.S_bar * pos(1 - agent / seat_price[:, None])).max(1)
    d_ln_P = run["saas.pi0"] / 12 - run["saas.omega_P"] * s.X / 12
    d_ln_seats = (run["saas.g_new"] + run["saas.g_exp"]) * fade / 12 - run["saas.zeta"] * da
    s.ln_P, s.ln_seats = s.ln_P + d_ln_P, s.ln_seats + d_ln_seats

    E_prev = s.E
    s.E = s.spend_jsr[:, :, [run.sc.large, run.sc.mid]].sum((1, 2, 3))
    d_ln_E = clip(np.log(s.E / E_prev), -0.1, 0.25) if t else 0.0
    R_s_prev, R_u_prev = s.R_s, s.R_u
    R_prev = R_s_prev + R_u_prev
    m = run["saas.m_w"] / run["saas.seat_share_2024_01"] * R_s_prev
    s.R_s = R_s_prev * np.exp(d_ln_P + d_ln_seats) - m
    s.R_u = R_u_prev * np.exp(run["saas.use_base"] * fade / 12 + run["saas.nu"] * d_ln_E) + run["saas.migr_keep"] * m
    s.R_saas = s.R_s + s.R_u
    new = (run["saas.g_new"] * R_s_prev + 0.4 * run["saas.use_base"] * R_u_prev) * fade / 12 / R_prev
    s.nu_past.append(np.log(s.R_saas / R_prev) - new)
    s.R_past.append(s.R_saas)
    s.NRR = np.exp(np.mean(s.nu_past[-12:], axis=0) * 12)


def _valuation(run, s, t):
    R = s.R_saas
    cap, E_yr = run["saas.ai_cogs_cap"], 12 * s.E / 1000
    s.ai_cost = cap * R * (1 - np.exp(-run["saas.vend_frac"] * E_yr / (cap * R)))
    s.margin = run["saas.gross_margin"] - s.ai_cost / R
    if t == 0:
        g12 = np.full(run.n, 0.08)
    elif t < 12:
        g12 = 12 / t * np.log(R / s.R_past[0])
    else:
        g12 = np.log(R / s.R_past[t - 12])
    s.g12_past.append(g12)
    g12_before = s.g12_past[t - 12] if t >= 24 else g12
    risk = Phi(-(3 * g12 + 3 * around(g12 - g12_before, 0.1)) / 0.25)
    s.EVS = np.exp(
        run["saas.ev_m0"]
        + run["saas.ev_growth"] * around(g12 - 0.13, 0.3)
        + run["saas.ev_nrr"] * around(s.NRR - 1.07, 0.3)
        + run["saas.ev_margin"] * clip(s.margin - 0.74, -1, 0.3)
        - run["saas.ev_risk"] * (risk - 0.07)
    )
    s.EVS_past.append(s.EVS)
    s.cliff = s.crash = np.zeros(run.n)
    if t >= 12:
        floor_R = (1 - run["saas.cliff_frac"]) * s.R_past[t - 12]
        floor_E = (1 - run["saas.crash_frac"]) * s.EVS_past[t - 12]
        run.near("saas.cliff", t, R, floor_R)
        run.near("saas.crash", t, s.EVS, floor_E)
        s.cliff, s.crash = (floor_R >= R) * 1.0, (floor_E >= s.EVS) * 1.0


def _pivots(run, s, t):
    sc, large = run.sc, run.sc.large
    ratio = best(s.S[:, :, large], sc.open) / best(s.S[:, :, large], sc.closed_us)
    run.near("pivot.origin", t, s.A_cn, s.A_oth)
    Phi_v = run["choice.ops"][:, large] + np.where(s.A_cn >= s.A_oth, run["choice.origin_cn"][:, large], 0)
    exponent = (
        run["pivot.b1"] * (np.log10(s.p_bar_closed / s.p_bar_open) - 1)
        + run["pivot.b2"] * clip((ratio - 0.9) / 0.05, -6, 2)
        - run["pivot.b3"] * (Phi_v - 2)
        + run["pivot.b4"] * clip(s.ai_cost / (0.05 * s.R_saas) - 1, 0, 2)
    )
    rate = run["pivot.lambda0"] * np.exp(clip(exponent, -8, 3))
    sd = run["pivot.frailty_sd"]
    frailty = np.exp(sd[:, None] * run.z_each("pivot.frailty", sc.vendors, 0) - sd[:, None] ** 2 / 2)
    s.hazard = s.hazard + rate[:, None] * frailty
    threshold = -np.log(run.u_each("pivot.threshold", sc.vendors, 0))
    run.near("pivots", t, s.hazard, threshold)
    s.pivots = (s.hazard > threshold).sum(1) * 1.0


def step(run, s, t):
    _bar(run, s)
    _revenue(run, s, t)
    _valuation(run, s, t)
    _pivots(run, s, t)
