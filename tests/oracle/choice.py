"""Section 6: suitability, utilities, nested logit, routers, inertia. Shares are arrays (paths, offerings, segments, regions)."""

import numpy as np

from .assimilate import nudge_shares
from .notation import S, clip

LN2 = np.log(2)


def start(run, s):
    sc = run.sc
    s.tau = run["choice.tau0"].copy()
    s.xi0 = {"cn": run["choice.xi_cn"], "other": run["choice.xi_other"]}
    s.xi = {n: drawn.copy() for n, drawn in s.xi0.items()}
    s.s = np.repeat(np.moveaxis(run["choice.share_2024_01"], 1, 2)[:, :, :, None], len(sc.regions), axis=3)
    s.s[:, :, :, sc.china] = run["choice.share_2024_01_china"][:, :, None]
    s.t_shift = np.full(run.n, np.inf)


def suitable(run, s, bar, width, narrow, derivatives):
    """S_j for one segment's bar (paths): broad tasks as they are, narrow tasks with what derivatives add to open offerings."""
    column = lambda x: np.asarray(x)[:, None]
    tuned = run["eco.u_ft"][:, None] * (1 - np.exp(-derivatives / run["eco.n_scale"][:, None]))
    lifted = s.A + np.where([o.open for o in run.sc.offerings], tuned, 0)
    broad, tuned = S((s.A - column(bar)) / column(width)), S((lifted - column(bar)) / column(width))
    return (1 - column(narrow)) * broad + column(narrow) * tuned


def _friction(run, s, t):
    """Φ_jsr"""
    sc = run.sc
    Phi = np.zeros(s.s.shape)
    gating = run.lever("frontier_gating", t)
    open_ = run["choice.ops"] - run["choice.gate_logit"][:, None] * gating  # (paths, segments)
    licence = run["choice.licence_logit"] + run.lever("licence_change", t)  # (paths, offerings)
    for j in sc.open:
        Phi[:, j] += (licence[:, j, None] + open_)[:, :, None]
    factor = run["choice.origin_factor"][:, None, :]
    origin = run["choice.origin_cn"][:, :, None]
    for j in sc.cn_open:
        Phi[:, j] += origin * factor
    for j in sc.closed_cn:
        Phi[:, j] += (origin + run["choice.cn_api_extra"][:, None, None]) * factor
    for j in sc.closed_us:
        Phi[:, j, :, sc.china] += run["choice.foreign_api_in_china"][:, None]
    for j in sc.other_open:
        Phi[:, j, :, sc.china] += run["choice.foreign_weights_in_china"][:, None]
    for j in sc.cn:
        Phi[:, j] += 12 * run.lever("origin_ban", t)
    return Phi


def _drift_tastes(run, s, t):
    for n in ("cn", "other"):
        z = np.stack([run.z(f"shock.taste.{n}.{segment}", t) for segment in run.sc.segments], axis=1)
        pull = LN2 / run["choice.h_xi"][:, None] * (s.xi[n] - s.xi0[n])
        s.xi[n] = s.xi[n] - pull + run["choice.sigma_xi"][:, None] * z / np.sqrt(12)


def _shift(run, s, t):
    """T: the agent-loop shift, a hazard after the assimilated past and then a ramp."""
    if t > run.sc.until:
        u, hazard = run.u("event.shift", t), run["choice.shift_hazard"] / 12
        waiting = np.isinf(s.t_shift)
        run.near("shift", t, np.where(waiting, u, np.nan), hazard)
        s.t_shift = np.where(waiting & (u < hazard), t, s.t_shift)
    return clip((t - s.t_shift) / run["choice.shift_ramp"], 0, 1)


def _utility_without_brand(run, s, t):
    sc = run.sc
    kappa, alpha = run["choice.kappa"][:, None, :], run["choice.alpha"][:, None, :]
    entered = np.array([[1.0 if o.entry < 0 else S((t - o.entry) / 3) for o in sc.offerings]])
    value = kappa * np.log(np.maximum(s.S, 1e-12)) - alpha * s.ln_p_task[:, :, None] + np.log(entered)[:, :, None]
    U = value[:, :, :, None] - _friction(run, s, t)
    U[:, sc.open] += (run["choice.delta"] * s.T[:, None])[:, None, :, None]
    for j in sc.cn_open:
        U[:, j][:, :, sc.abroad] += s.xi["cn"][:, :, None]
        U[:, j, :, sc.china] += s.xi0["cn"]
    for j in sc.other_open:
        U[:, j] += s.xi["other"][:, :, None]
    return U


def _brands(run, s, U):
    """ξ_j, fixed at the start from the utilities without it."""
    sc = run.sc
    brand = np.zeros((run.n, len(sc.offerings)))

    def against_reference(j, region):
        here = (slice(None), slice(None), sc.developers, region)
        share, utility, ref = s.s[here], U[here], sc.ref_closed
        implied = run["choice.lambda_n"] * np.log(share[:, j] / share[:, ref]) - (utility[:, j] - utility[:, ref])
        return clip(implied, -3, 3)

    for j in sc.closed_us:
        if j != sc.ref_closed:
            brand[:, j] = against_reference(j, sc.home)
    for j in sc.closed_cn:
        brand[:, j] = against_reference(j, sc.china)
    references = (sc.ref_closed, sc.ref_cn, sc.ref_other)
    for j in sc.open:
        if np.isfinite(sc.offerings[j].entry) and j not in references:
            brand[:, j] = run["choice.brand_sd"] * run.z(f"brand.{sc.names[j]}")
    return brand


def nested_logit(U, nests, lam):
    """Shares over axis 1: q_j ∝ e^(U/λ) in a nest, nests ∝ e^(λ I_n). lam broadcasts against U."""
    share, lam = np.zeros(U.shape), lam[:, 0]
    scaled = U / lam[:, None]
    inclusive = {n: np.logaddexp.reduce(scaled[:, j], axis=1) for n, j in nests.items() if len(j)}
    total = np.logaddexp.reduce(np.stack([lam * I for I in inclusive.values()]), axis=0)
    for n, I in inclusive.items():
        share[:, nests[n]] = np.exp(scaled[:, nests[n]] - I[:, None] + (lam * I - total)[:, None])
    return share


def step(run, s, t):
    sc = run.sc
    s.tau = s.tau + run["choice.theta"] * s.dM_A[:, None]
    bars = [(s.tau[:, k], run["choice.w"][:, k], run["choice.narrow"][:, k]) for k in range(len(sc.segments))]
    s.S = np.stack([suitable(run, s, *bar, s.N) for bar in bars], axis=2)
    _drift_tastes(run, s, t)
    if t >= 1 and run.assimilating(t):
        nudge_shares(run, s, t)
    s.T = _shift(run, s, t)

    U0 = _utility_without_brand(run, s, t)
    if t == 0:
        s.brand = _brands(run, s, U0)
    U = U0 + s.brand[:, :, None, None]
    lam = run["choice.lambda_n"][:, None, None, None]
    dearer = (run["choice.alpha"] - run["choice.alpha_router"][:, None])[:, None, :] * s.ln_p_task[:, :, None]
    direct, routed = nested_logit(U, sc.nests, lam), nested_logit(U0 + dearer[:, :, :, None], sc.nests, lam)
    adopted = S((t - run["choice.router_mid"]) / run["choice.router_scale"])[:, None]
    s.routed = run["choice.router_ceiling"] * adopted
    share = s.routed[:, None, :, None]
    wanted = (1 - share) * direct + share * routed

    gain = clip(((wanted - s.s) * U).sum(1), 0, 1.5)  # (paths, segments, regions)
    h = np.minimum(run["choice.h0"][:, :, None] * (1 + run["choice.psi_h"][:, None, None] * gain), 0.6)
    h = h * (1 - run["choice.lock"][:, :, None])
    s.s = s.s + h[:, None] * (wanted - s.s)
    _leave_banned(run, s, t, wanted)


def _leave_banned(run, s, t, wanted):
    """A third a month of the banned share goes to the others, in proportion to what is wanted of them."""
    sc, ban = run.sc, run.lever("origin_ban", t)
    if not len(sc.cn) or not ban.any():
        return
    others = np.array([j for j in range(len(sc.offerings)) if j not in set(sc.cn)])
    out = s.s[:, sc.cn] * ban[:, None] / 3
    s.s[:, sc.cn] -= out
    weights = wanted[:, others] / wanted[:, others].sum(1, keepdims=True)
    s.s[:, others] += out.sum(1, keepdims=True) * weights
