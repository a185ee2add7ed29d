"""Section 4, around the kernel: machines and their shares, shapes, money, hosting, the cost of the workload's mix.

Costs are $/M tokens. Superscripts of the page are suffixes here: _M merchant fleet, _2 second fleet, _C controlled fleet.
"""

from types import SimpleNamespace

import numpy as np

from .kernel import fold, token_seconds
from .notation import H100_FP8, S, clip
from .scenario import absolute_month

HOURS = 8760
SUCCESSOR = {  # field of a machine: input whose n-th power multiplies it
    "bf16": "cost.successor_speed",
    "fp8": "cost.successor_speed",
    "fp4": "cost.successor_speed",
    "bandwidth": "cost.successor_speed",
    "memory": "cost.successor_memory",
    "scale_up": "cost.successor_link",
    "kw": "cost.successor_power",
    "capex": "cost.successor_capex",
}
FIELDS = tuple(SUCCESSOR) + ("domain", "scale_out", "group_max")
SHARE_CUT = 0.01


# ---- machines -------------------------------------------------------------------------------------------------------------------------


class Park:
    """Every machine of every ladder, synthetic successors included, as columns of (paths, machines) arrays."""

    def __init__(self, run):
        self.run, self.ids, self.column, self.known, self.efficiency = run, [], {f: [] for f in FIELDS}, [], []
        self.horizon = run.sc.months - 1

    def add(self, name, base, n=0):
        """Index of machine `name`, the n-th successor of catalogue machine `base`."""
        if name not in self.ids:
            machine = self.run.catalogue.machine(base)
            self.ids.append(name)
            for field in FIELDS:
                factor = self.run[SUCCESSOR[field]] ** n if field in SUCCESSOR else 1.0
                self.column[field].append(getattr(machine, field) * factor * np.ones(self.run.n))
            self.known.append(machine.known and n == 0)
            self.efficiency.append(self._efficiency(name, machine) if n == 0 else np.ones(self.run.n))
        return self.ids.index(name)

    def _efficiency(self, name, machine):
        """Measured over kernel, uncertain; 1 where nothing was measured."""
        if np.isnan(machine.measured):
            return np.ones(self.run.n)
        return np.exp(np.log(machine.measured / machine.kernel) + self.run["cost.efficiency_sd"] * self.run.z(f"efficiency.{name}"))

    def ladder(self, ladder):
        """(columns, dates): the dated machines and the successors up to half a year after the horizon."""
        steps = [(self.add(name, name), month) for month, name in ladder.steps]
        if ladder.successor_months:
            last_month, last = ladder.steps[-1]
            n = 1
            while last_month + n * ladder.successor_months <= self.horizon + 6:
                steps.append((self.add(f"{last}+{n}", last, n), last_month + n * ladder.successor_months))
                n += 1
        steps.sort(key=lambda step: step[1])
        return np.array([c for c, _ in steps]), np.array([m for _, m in steps], float)

    def close(self):
        self.column = {f: np.stack(values, axis=1) for f, values in self.column.items()}
        self.efficiency = np.stack(self.efficiency, axis=1)
        self.known = np.array(self.known)

    def machines(self, columns, loss):
        """The kernel's view of some columns, with the relative form's losses."""
        c = {f: self.column[f][:, columns] for f in FIELDS}
        for field, name in (("bf16", "flop"), ("fp8", "flop"), ("fp4", "flop"), ("bandwidth", "bw"), ("memory", "hbm")):
            if loss is not None:
                c[field] = c[field] * (1 - loss[f"{name}_loss"])[:, None]
        return SimpleNamespace(**c)


def start(run, s):
    sc = run.sc
    park = run.park = Park(run)
    run.fleet_ladders = {f.id: park.ladder(f.ladder) for f in sc.fleets if f.ladder is not None}
    run.regime_ladders = [park.ladder(ladder) for ladder in sc.regime_ladders]
    park.close()
    run.shape_ladders = [[(month, run.catalogue.shape(name)) for month, name in o.models] for o in sc.offerings]


# ---- shares of machines ---------------------------------------------------------------------------------------------------------------


def _ramp_shares(run, ladder, t, lag):
    """Shares of a ladder's machines, (paths, all machines): first 1 − r_2, middle r_i − r_(i+1), last r_n."""
    columns, dates = ladder
    r = S(4 * ((t - dates[None, :] - lag[:, None]) / run["cost.tau_fleet"][:, None] - 1)) * (t >= dates[None, :] - 6)
    share = r.copy()
    share[:, :-1] -= r[:, 1:]
    share[:, 0] = 1 - r[:, 1] if len(dates) > 1 else 1.0
    everywhere = np.zeros((run.n, len(run.park.ids)))
    np.add.at(everywhere, (slice(None), columns), share)
    return everywhere


def fleet_shares(run, s, t):
    """Shares before the cut of small ones, for every fleet with a ladder and for the controlled fleet; ψ of section 2."""
    sc, no_lag = run.sc, np.zeros(run.n)
    s.share_prev = s.share[sc.merchant.id] if t else None
    s.share = {f: _ramp_shares(run, ladder, t, no_lag) for f, ladder in run.fleet_ladders.items()}
    merchant = s.share[sc.merchant.id]
    if sc.controlled is not None:
        if sc.relative:
            own = _ramp_shares(run, run.fleet_ladders[sc.merchant.id], t, s.used["lag"])
        else:
            own = sum(s.W_x[:, x, None] * _ramp_shares(run, ladder, t, no_lag) for x, ladder in enumerate(run.regime_ladders))
        omega = s.omega[:, None]
        s.share[sc.controlled.id] = (1 - omega) * own + omega * merchant
    kw, fp8 = run.park.column["kw"], run.park.column["fp8"]
    s.psi_kw = (merchant * kw).sum(1) / (merchant * fp8 / H100_FP8).sum(1)


def _cut(run, share, t):
    run.near("share_cut", t, share, SHARE_CUT)
    kept = np.where(share < SHARE_CUT, 0, share)
    return kept / kept.sum(1, keepdims=True)


# ---- shapes and workload --------------------------------------------------------------------------------------------------------------


def _shape(run, j, t):
    """Catalogue shape at min(t, known_until) and its growth factors f_a, f_t, f_k."""
    sc, name = run.sc, run.sc.offerings[j].id
    seen = min(t, sc.known_until)
    shape = [shape for month, shape in run.shape_ladders[j] if month <= max(seen, run.shape_ladders[j][0][0])][-1]
    E = 3 * (1 - np.exp(-max(t - sc.known_until, 0) / 36))
    f_a, f_t = np.exp(run["cost.a_act"] * E), np.exp(run["cost.a_tot"] * E)
    if not sc.offerings[j].open:
        f_a = f_a * run["cost.closed_act"] * np.exp(run["cost.closed_act_own_sd"] * run.z(f"shape.active.{name}"))
        f_t = f_t * run["cost.closed_tot"] * np.exp(run["cost.closed_tot_own_sd"] * run.z(f"shape.total.{name}"))
    if shape.mixture:
        f_t = np.maximum(f_t, 1.6 * f_a * shape.active / shape.total)
    return shape, f_a[:, None], f_t[:, None], np.exp(run["cost.a_kv"] * E)[:, None]


def _workload(run, t):
    y, column = t / 12, lambda x: np.asarray(x)[:, None]
    I = run.lever("input_tokens", t) * run["cost.ctx_mult"] ** min(y / 2, 2)
    K = run.lever("draft_depth", t)
    return SimpleNamespace(
        I=column(I),
        O=column(run.lever("output_tokens", t)),
        h=column(run.lever("cache_hit", t)),
        tpot=column(run.lever("tpot_factor", t) * run["cost.tpot_ms"] * 1e-3),
        depth=column(K),
        A=column(np.where(K == 0, 1.0, np.minimum(run["cost.accept"], K + 1))),
    )


# ---- money ----------------------------------------------------------------------------------------------------------------------------


def _maturity(run, t):
    """Speed of serving software relative to the date to which the efficiencies were fitted."""
    M = lambda at: run["cost.s_start"] + run["cost.s_gain"] * S((at - run["cost.s_mid"]) / 8)
    return M(t) / M(absolute_month("2026-02") - run.sc.start)


def capital_recovery(interest, life):
    """CRF: yearly payment over the life that is worth 1 today."""
    return interest / (1 - (1 + interest) ** -life)


def _kernel_error(run, name, machine, known):
    sigma = run["cost.kernel_sd_known"] if known else run["cost.kernel_sd_other"]
    return np.exp(sigma * run.z(f"kernel.{name}.{machine}") - sigma**2 / 2)


def _on_fleet(run, s, t, j, fleet, work):
    """Cost of offering j on a fleet: c_in, c_out, blend c, J a token, batch, capital part of output cost, H100e-seconds a token (hs)."""
    sc, park = run.sc, run.park
    o = sc.offerings[j]
    bound = fleet.controlled and sc.relative
    share = s.kept[fleet.id]
    columns = np.flatnonzero(share.max(0) > 0)
    share = share[:, columns]
    machines = park.machines(columns, s.used if bound else None)
    shape, f_a, f_t, f_k = _shape(run, j, t)
    seconds = token_seconds(fold(shape, f_a, f_t, f_k, work), machines, work)
    cheaper = run.lever("open_cost_factor", t)[:, None] if o.open else 1.0
    s_out, s_in = cheaper * seconds.s_out / park.efficiency[:, columns], cheaper * seconds.s_in

    premium, extra = (1 + s.used["premium"], 1 + s.used["extra_power"]) if bound else (1.0, 1.0)
    CRF = capital_recovery(run["cost.interest"], run["cost.life"])[:, None]
    capex = machines.capex * np.reshape(premium, (-1, 1))
    kw = machines.kw * np.reshape(extra, (-1, 1))
    electricity = run["cost.elec_us" if fleet.electricity == "us" else "cost.elec_cn"][:, None]
    usd_per_hour = capex * (CRF + run["cost.opex"][:, None]) / HOURS + kw * electricity
    error = np.stack([_kernel_error(run, o.id, park.ids[c], park.known[c]) for c in columns], axis=1)
    busy = (run["cost.util"] * _maturity(run, t))[:, None]
    usd_per_mtok = lambda spent: usd_per_hour * spent / 3600 * 1e6 * error / busy
    out, inn = usd_per_mtok(s_out), usd_per_mtok(s_in)
    c_out, c_in = (share * out).sum(1), (share * inn).sum(1)
    h100e = machines.fp8 / H100_FP8
    return SimpleNamespace(
        c_in=c_in,
        c_out=c_out,
        c=(3 * c_in + c_out) / 4,
        J=(share * 1e3 * kw * s_out / busy).sum(1),
        b=(share * seconds.b).sum(1),
        capital=(share * out * capex * CRF / HOURS / usd_per_hour).sum(1) / c_out,
        hs=(share * h100e * (s_in * s.mu[:, None] + s_out * s.x_O[:, None]) / busy).sum(1),
    )


# ---- hosting and the month's step -----------------------------------------------------------------------------------------------------


def _own_chips(run, s, j):
    """w_j: share of a closed offering's tokens on its second fleet."""
    if run.sc.offerings[j].second_fleet is None:
        return np.zeros(run.n)
    base, tilt = run["si.own_chip_base"][:, j], run["si.own_chip_tilt"][:, j]
    return clip(base + tilt * clip(1 - s.n, 0.05, 0.8), 0, 0.95)


def _abroad(c1, c2, ban):
    """Cost of Chinese open weights outside china: the softer of first party and third-party hosts, unless hosting is banned."""
    soft = -0.1 * np.logaddexp(np.log(0.5) - np.log(c1) / 0.1, np.log(0.5) - np.log(c2) / 0.1)
    return np.exp((1 - ban) * soft + ban * np.log(c1))


def step(run, s, t):
    sc = run.sc
    work = _workload(run, t)
    I, O, h = work.I[:, 0], work.O[:, 0], work.h[:, 0]
    s.x_I, s.x_O = I / (I + O), O / (I + O)
    s.mu = s.x_I * (h * run["cost.cached_cost"] + 1 - h)
    s.kept = {fleet: _cut(run, share, t) for fleet, share in s.share.items()}

    J = len(sc.offerings)
    fleet = {f.id: f for f in sc.fleets}
    on_M = [_on_fleet(run, s, t, j, sc.merchant, work) for j in range(J)]
    on_2 = {j: _on_fleet(run, s, t, j, fleet[sc.offerings[j].second_fleet], work) for j in sc.closed_us if sc.offerings[j].second_fleet}
    on_C = {j: _on_fleet(run, s, t, j, sc.controlled, work) for j in sc.cn}

    s.c_M = np.stack([m.c for m in on_M], axis=1)
    s.c_2 = {j: m.c for j, m in on_2.items()}
    s.hs = np.stack([m.hs for m in on_M], axis=1)
    s.w = np.zeros((run.n, J))
    s.c, s.capital, mix = np.empty((run.n, J)), np.empty((run.n, J)), list(on_M)
    s.c_ab = np.full((run.n, J), np.nan)
    s.c_C = np.full((run.n, J), np.nan)
    for j in range(J):
        s.c[:, j], s.capital[:, j] = on_M[j].c, on_M[j].capital
    for j, second in on_2.items():
        w = s.w[:, j] = _own_chips(run, s, j)
        s.c[:, j] = np.exp((1 - w) * np.log(on_M[j].c) + w * np.log(second.c))
        s.capital[:, j] = (1 - w) * on_M[j].capital + w * second.capital
    for j in sc.cn:
        s.c_C[:, j] = on_C[j].c
    for j in sc.closed_cn:
        s.c[:, j], s.capital[:, j], mix[j] = on_C[j].c, on_C[j].capital, on_C[j]
    ban = run.lever("third_party_hosting_ban", t)
    for j in sc.cn_open:
        s.c_ab[:, j] = _abroad(on_C[j].c, on_M[j].c * (1 + run["cost.host_margin"]), ban)
        at_home = s.Q_jsr[:, j, :, sc.china].sum(1) / s.Q_jsr[:, j].sum((1, 2))
        s.c[:, j] = np.exp(at_home * np.log(on_C[j].c) + (1 - at_home) * np.log(_abroad(on_C[j].c, on_M[j].c, ban)))
    s.cmix = np.stack([s.c[:, j] * (mix[j].c_in * s.mu + mix[j].c_out * s.x_O) / mix[j].c for j in range(J)], axis=1)

    own = [on_C[j] if j in on_C else on_M[j] for j in range(J)]
    s.cost_first_party = np.stack([m.c for m in own], axis=1)
    s.energy = np.stack([m.J for m in own], axis=1)
    s.batch = np.stack([m.b for m in own], axis=1)
    margin = np.where([o.open for o in sc.offerings], 1 + run["cost.host_margin"][:, None], 1.0)
    s.cost_third_party = s.c_M * margin
