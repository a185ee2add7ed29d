"""Section 9, consumers: users, payers by tier, subscriptions and advertising. People in millions, money in $M a month."""

import numpy as np

from .notation import S, best, clip, pos


def start(run, s):
    s.users = run["sub.users_2024_01"].copy()
    s.plus, s.go = run["sub.payers_2024_01"].copy(), np.zeros(run.n)


def step(run, s, t):
    sc = run.sc
    ceiling = run["sub.ceiling"]
    s.users = s.users + (run["sub.p"] + run["sub.q"] * s.users / ceiling) * pos(ceiling - s.users) / 12
    offered = run.lever("go_on_sale", t)
    plus_price, go_price, pro_price = (run.lever(f"{tier}_price", t) for tier in ("plus", "go", "pro"))
    dearer = np.log(plus_price / go_price)
    v_G = np.exp(run["sub.go_util"] + dearer) * offered
    to_go = v_G / (1 + v_G)
    Gamma = s.Gamma_best
    pull = clip(np.exp(0.06 * (Gamma - 6)), 0.4, 2)
    acquired = run["sub.acq"] * pos(s.users - s.plus - s.go) * (1 + 0.6 * to_go) * pull

    suitability = s.S[:, :, sc.consumers]
    e = S((best(suitability, sc.open) / best(suitability, sc.closed_us) - 0.95) / 0.01)
    gap = -run["sub.b_g"] * (Gamma / 7.5 - 0.8)
    equal = 1 + run["sub.b_eq"] * e
    ch_G = np.minimum(run["sub.ch0"] * np.exp(clip(gap, -1, 1)) * equal, 0.5)
    ch_P = np.minimum(run["sub.ch0"] * np.exp(clip(gap + run["sub.b_p"] * dearer * offered, -1, 1.5)) * equal, 0.5)
    s.plus = s.plus * (1 - ch_P) + acquired * (1 - to_go)
    s.go = s.go * (1 - ch_G) + acquired * to_go

    pro, net = run["sub.pro_frac"], run["sub.plus_net"]
    s.subscriptions = s.plus * net * ((1 - pro) * plus_price + pro * pro_price) + s.go * go_price * run["sub.go_net"]
    s.advertising = run.lever("ads_arpu", t) / 12 * pos(s.users - s.plus - s.go)


