"""The oracle's run: draws, the order of a month, invariants, near-threshold events.

    out = simulate("baseline", 200, seed=7)     # name → (paths, months) or (paths, months, elements), rows as in outcomes.def
    out["inputs"]                               # drawn values by key, (paths, …index set)
    out["events"]                               # (path, month, name, distance): decisions a last bit could turn
"""

from types import SimpleNamespace

import numpy as np

from . import (
    capability,
    catalogue,
    choice,
    compute,
    consumers,
    cost,
    demand,
    distributions,
    ecosystem,
    finance,
    outcomes,
    policy,
    price,
    saas,
    scenario,
    silicon,
    streams,
)
from .notation import S, logit

NEAR = 1e-12


class Run:
    """What is constant over a run: scenario, catalogue, drawn inputs, addressed shocks. `run[key]` is an input, paths first."""

    def __init__(self, sc, paths, seed, first_path=0):
        self.sc, self.n, self.seed = sc, paths, seed
        self.paths = first_path + np.arange(paths)
        sc.names = [o.id for o in sc.offerings]
        self.catalogue = catalogue.Catalogue(sc.catalogue_dir)
        self.series = catalogue.read_observations(sc.observations, sc.start, sc.known_until) if sc.observations else {}
        self.inputs = self._draw()
        self.events = []
        self._months = {}

    def __getitem__(self, key):
        return self.inputs[key]

    # draws

    def u(self, name, t=0):
        return streams.uniform(self.seed, name, self.paths, t)

    def z(self, name, t=0):
        return streams.normal(self.seed, name, self.paths, t)

    def u_each(self, name, elements, t=0):
        return np.stack([self.u(f"{name}.{e}", t) for e in elements], axis=1)

    def z_each(self, name, elements, t=0):
        return np.stack([self.z(f"{name}.{e}", t) for e in elements], axis=1)

    def _draw(self):
        pairs = self.sc.correlations
        correlated = {key for a, b, _ in pairs for key in (a, b)}
        mixed = distributions.correlate({key: self.z(key) for key in correlated}, pairs)
        inputs = {}
        for key, elements in self.sc.inputs.items():
            columns = []
            for row, element, spec in elements:
                full = f"{key}.{element}" if element else key
                z = mixed.get(full)
                u = self.u(full) if z is None else distributions.sp.ndtr(z)
                columns.append(np.clip(distributions.quantile(spec, u, z), row.low, row.high))
            shape = self.sc.shape(elements[0][0].index)
            inputs[key] = np.stack(columns, axis=1).reshape((self.n,) + shape) if shape else columns[0]
        return inputs

    # levers

    def lever(self, name, t):
        """Value of levers.NAME in month t: (paths,) or (paths, …index set)."""
        key = f"levers.{name}"
        elements = self.sc.levers[key]
        columns = [self._lever_element(f"{name}.{e}" if e else name, lever, t) for e, lever in elements]
        shape = self.sc.shape(elements[0][1].row.index)
        return np.stack(columns, axis=1).reshape((self.n,) + shape) if shape else columns[0]

    def _lever_element(self, name, lever, t):
        if lever.hazard is None:
            return np.full(self.n, lever.at(t))
        per_year, since, value = lever.hazard
        if name not in self._months:
            a = min(per_year / 12, 1 - 2**-53)
            exact = np.log1p(-self.u(f"lever.{name}")) / np.log1p(-a)
            self.near("lever", since, exact, np.round(exact))
            self._months[name] = since + np.floor(exact)
        return np.where(t >= self._months[name], value, lever.row.default)

    # history

    def assimilating(self, t):
        return t <= self.sc.until

    def has_series(self, name):
        return name in self.series

    def observed(self, name, t):
        """Between rows: shares in logit, prices in ln, levels linear; the first and last value are held."""
        months, values = self.series[name]
        if name.startswith("list_blend_price:"):
            return np.exp(np.interp(t, months, np.log(values)))
        if name.endswith("_share"):
            return S(np.interp(t, months, logit(values)))
        return np.interp(t, months, values)

    # events

    def near(self, name, t, left, right):
        """Notes paths where a comparison of left and right lies within a relative 1e-12 of turning the other way."""
        left, right = np.broadcast_arrays(np.asarray(left, float), np.asarray(right, float))
        with np.errstate(invalid="ignore", divide="ignore"):
            distance = np.abs(left - right) / np.maximum(np.abs(left), np.abs(right))
        self.near_distance(name, t, distance, exact=left == right)

    def near_distance(self, name, t, distance, exact=False):
        for at in np.argwhere((distance <= NEAR) & ~exact):
            self.events.append((int(self.paths[at[0]]), int(t), name, float(distance[tuple(at)])))


STARTS = (cost, compute, capability, choice, demand, price, ecosystem, saas, consumers, finance, silicon)


def step(run, s, t):
    """The order of a month."""
    policy.step(run, s, t)
    cost.fleet_shares(run, s, t)
    compute.step(run, s, t)
    capability.step(run, s, t)
    cost.step(run, s, t)
    price.step(run, s, t)
    choice.step(run, s, t)
    demand.step(run, s, t)
    ecosystem.step(run, s, t)
    saas.step(run, s, t)
    consumers.step(run, s, t)
    finance.step(run, s, t)
    silicon.step(run, s, t)
    finance.value(run, s, t)
    silicon.profit_pool(run, s)


def verify(run, s, t):
    """Invariants of the state at the end of month t; raises with path and month."""

    def demand_that(name, holds):
        holds = np.asarray(holds).reshape(run.n, -1).all(1)
        if not holds.all():
            raise AssertionError(f"path {run.paths[np.argmin(holds)]}, month {t}: {name}")

    close = lambda a, b: np.abs(a - b) <= 1e-9 * np.maximum(1, np.maximum(np.abs(a), np.abs(b)))
    demand_that("a share lies in [0, 1]", (s.s >= 0) & (s.s <= 1 + 1e-12))
    demand_that("shares of a market sum to 1", close(s.s.sum(1), 1.0))
    demand_that("nests make up each market", close(sum(s.s[:, j].sum(1) for j in run.sc.nests.values()), 1.0))
    demand_that("a list price lies in [1e-4, 1e3] $/M", (s.p >= 1e-4) & (s.p <= 1e3))
    demand_that("a cost is above 0", (s.c > 0) & (s.c_M > 0) & np.isfinite(s.c))
    demand_that("shares of machines sum to 1", np.stack([close(k.sum(1), 1.0) for k in s.kept.values()], axis=1))
    demand_that("the regime mix sums to 1", close(s.W_x.sum(1), 1.0))
    for name in ("K_US", "K_CN", "K_ref", "N", "F", "a", "R_s", "R_u", "users", "plus", "go", "K_cap", "I", "mega", "deals", "hazard", "delta"):
        demand_that(f"{name} is finite and not below 0", np.isfinite(getattr(s, name)) & (getattr(s, name) >= 0))
    demand_that("first use stays under its ceiling", np.maximum(run["demand.first_use_ceiling"], s.F_0) + 1e-12 >= s.F)
    demand_that("payers do not exceed users", s.plus + s.go <= s.users * (1 + 1e-12))
    demand_that("a lag is at least half a month", (s.L["cn"] >= 0.5) & (s.L["other"] >= 0.5))
    demand_that("tokens by offering add up to tokens served", close(s.Q_j.sum(1) / s.Q, 1.0))
    demand_that("tokens served stay below capacity and demand", (np.exp(s.ln_Q_cap) >= s.Q) & (np.exp(s.ln_Q_d) * (1 + 1e-12) >= s.Q))
    demand_that("demand stays within e of capacity", s.ln_Q_d <= s.ln_Q_cap + 1 + 1e-9)
    demand_that("consumers pay no tokens", s.spend_jsr[:, :, run.sc.consumers] == 0)
    pool = s.pool_chips + s.pool_power + s.hosts + s.gp + s.pool_open
    demand_that("the profit pool adds up to outlay", close(pool / s.outlay, 1.0))
    demand_that("merchant share lies in [0, 1]", (s.merchant_share >= 0) & (s.merchant_share <= 1 + 1e-12))
    demand_that("the value share lies in [0, 1]", (s.V >= 0) & (s.V <= 1))
    demand_that("HHI lies in (0, 1]", (s.hhi > 0) & (s.hhi <= 1 + 1e-12))
    if t:
        demand_that("released levels never fall", s.A_before <= s.A)
        demand_that("the running maximum never falls", s.dM_A >= 0)
        demand_that("derivatives never fall", s.N_before <= s.N)
    s.A_before, s.N_before = s.A.copy(), s.N.copy()


def simulate(scenario_name, paths, seed, first_path=0, months=None, check=True):
    """Runs a scenario by name or path. months cuts the horizon short (ladders still reach to its full length)."""
    sc = scenario.Scenario(scenario_name)
    run, s = Run(sc, paths, seed, first_path), SimpleNamespace()
    for module in STARTS:
        module.start(run, s)
    rows, series = scenario.outcome_rows(), []
    for t in range(months or sc.months):
        step(run, s, t)
        if check:
            verify(run, s, t)
        series.append(outcomes.month(run, s, t))
    result = {row.name: np.stack([month[row.name] for month in series], axis=1) for row in rows}
    return result | {"inputs": run.inputs, "events": run.events, "failures": outcomes.failures(result, rows)}
