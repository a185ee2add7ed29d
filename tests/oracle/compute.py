"""Section 2: compute stocks in millions of H100-equivalents, and the power that brakes them. Needs the merchant fleet's shares."""

import numpy as np

from .notation import S, pos


def start(run, s):
    s.g_CN = run["compute.g_us"] - run["compute.g_cn_minus"]
    s.K_US = s.K_noinv = run["compute.k_us_2026"] * np.exp(-2 * run["compute.g_us"])
    s.K_CN = s.K_ref = run["compute.k_cn_2026"] * np.exp(-2 * s.g_CN)
    s.invest = np.zeros(run.n)


def step(run, s, t):
    y, d = t / 12, run["compute.retirement"]
    overhead = run["compute.power_overhead"]
    f = np.exp(-run["compute.g_us_decay"] * max(y - 2.5, 0))
    s.power = (s.K_US + s.K_CN) * s.psi_kw * overhead
    ceiling = run["compute.power_ceiling_gw"] * S((y - 8) / 3) / S(1.0)
    B = pos(1 - (s.power / ceiling) ** 4)
    B_us = B * pos(1 - (s.K_US * s.psi_kw * overhead / run.lever("power_limit_us_gw", t)) ** 4)
    B_cn = B * pos(1 - (s.K_CN * s.psi_kw * overhead / run.lever("power_limit_cn_gw", t)) ** 4)
    g_us = run["compute.g_us"] * f
    s.K_US_prev = s.K_US
    s.K_US = s.K_US * np.exp((g_us + s.invest) * B_us / 12)
    s.K_noinv = s.K_noinv * np.exp(g_us * B_us / 12)
    s.K_ref = s.K_ref * np.exp(s.g_CN * f * B_cn / 12)
    bought = s.K_ref * np.maximum(s.g_CN * f * B_cn + d, 0.05) * (s.chi + s.od) / s.chi_ref / 12
    s.K_CN = s.K_CN * (1 - d / 12) + bought
    s.R = s.K_US / s.K_CN
    if run.sc.relative:
        pre, rl = run["cap.w_pre_raw"], run["cap.w_rl_raw"]
        s.R = s.R * ((1 - s.used_ref["flop_loss"]) / (1 - s.used["flop_loss"])) ** (pre / (pre + rl))
        s.R = s.R * ((1 - s.used_ref["bw_loss"]) / (1 - s.used["bw_loss"])) ** (rl / (pre + rl))
