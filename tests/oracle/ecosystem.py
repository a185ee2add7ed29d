"""Section 8: derivatives of open families, in thousands."""

import numpy as np

from .assimilate import aggregate


def start(run, s):
    s.N = s.N_last = run["eco.derivatives_2024_01"].copy()


def step(run, s, t):
    sc, y, gamma = run.sc, t / 12, run["eco.gamma_N"]
    if not len(sc.open):
        return
    flow = run["eco.flow_2024"] / 12 * np.exp(gamma * (1 - np.exp(-0.2 * y)) / 0.2)
    use = aggregate(s.s, [sc.developers], sc.abroad, run["choice.headline_weight"])[:, sc.open]
    weight = run["eco.breadth"][:, sc.open] * use
    s.N_last, s.N = s.N, s.N.copy()
    s.N[:, sc.open] += flow[:, None] * weight / weight.sum(1, keepdims=True)
