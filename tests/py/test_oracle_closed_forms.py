"""The oracle's pieces against what is known in closed form, by simulation, or from SciPy. The oracle judges the C library; this judges it."""

import math
import sys
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import optimize, stats

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from oracle import (
    cost,
    demand,
    distributions,
    kernel,
    outcomes,
    price,
    scenario,
    streams,
)
from oracle.choice import nested_logit
from oracle.simulate import Run, simulate

U = np.concatenate([[1e-12, 1e-6], (np.arange(400) + 0.5) / 400, [1 - 1e-6, 1 - 1e-12]])


# ---- streams --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "counter, key, expected",
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        ((0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0), (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1)),
    ],
)
def test_philox_gives_the_published_answers(counter, key, expected):
    words = streams.philox4x32_10([np.array([word]) for word in counter], key)
    assert tuple(int(word[0]) for word in words) == expected


def test_a_draw_depends_on_its_address_only():
    whole = streams.uniform(7, "cap.g_f", np.arange(100), 13)
    assert np.array_equal(whole[40:60], streams.uniform(7, "cap.g_f", np.arange(40, 60), 13))
    others = [(8, "cap.g_f", 13), (7, "cap.g_g", 13), (7, "cap.g_f", 12), (7, "cap.g_f", 15), (7 + 2**32, "cap.g_f", 13)]
    for seed, name, month in others:
        assert not np.isin(whole, streams.uniform(seed, name, np.arange(100), month)).any()


def test_draws_are_uniform_and_never_reach_the_ends():
    u = np.concatenate([streams.uniform(1, "event.deals", np.arange(50000), month) for month in (0, 1)])
    assert stats.kstest(u, "uniform").pvalue > 1e-3
    assert abs(np.corrcoef(u[:50000], u[50000:])[0, 1]) < 0.02
    assert ((u > 0) & (u < 1)).all() and np.array_equal(u * 2.0**53 % 2, np.ones(u.size))


# ---- distributions --------------------------------------------------------------------------------------------------------------------

SCIPY = [
    ({"family": "uniform", "low": -2, "high": 3}, stats.uniform(-2, 5)),
    ({"family": "triangular", "low": 1, "mode": 2, "high": 5}, stats.triang(0.25, 1, 4)),
    ({"family": "normal", "mean": 0.8, "sd": 0.2}, stats.norm(0.8, 0.2)),
    ({"family": "lognormal", "median": 2.4, "log_sd": 0.5}, stats.lognorm(0.5, scale=2.4)),
    ({"family": "half_normal", "scale": 1.5}, stats.halfnorm(scale=1.5)),
    ({"family": "truncated_normal", "mean": 0.15, "sd": 0.08, "low": 0.0}, stats.truncnorm(-0.15 / 0.08, np.inf, 0.15, 0.08)),
    ({"family": "truncated_normal", "mean": 0, "sd": 1, "low": 2.0, "high": 3.0}, stats.truncnorm(2, 3)),
    ({"family": "beta", "a": 2, "b": 58}, stats.beta(2, 58)),
    ({"family": "beta", "a": 94.5, "b": 5.5}, stats.beta(94.5, 5.5)),
    ({"family": "beta", "a": 1, "b": 4}, stats.beta(1, 4)),
    ({"family": "beta", "a": 1.5, "b": 8}, stats.beta(1.5, 8)),
    ({"family": "scaled_beta", "a": 2.5, "b": 2.5, "low": -1, "high": 4}, stats.beta(2.5, 2.5, -1, 5)),
    ({"family": "gamma", "shape": 0.5, "scale": 0.008}, stats.gamma(0.5, scale=0.008)),
    ({"family": "gamma", "shape": 20, "scale": 0.025}, stats.gamma(20, scale=0.025)),
]
OTHERS = [
    {"family": "fixed", "value": 3.5},
    {"family": "discrete", "values": [3, 1, 2], "weights": [1, 2, 5]},
    {"family": "interval90", "low": 0.5, "high": 2.5},
    {"family": "interval90", "low": 0.5, "high": 2.5, "shape": "lognormal"},
    {"family": "quantiles", "p": [0.05, 0.3, 0.5, 0.95], "x": [1, 2, 2.5, 9]},
]


@pytest.mark.parametrize("spec, law", SCIPY, ids=lambda x: x["family"] if isinstance(x, dict) else "")
def test_quantiles_invert_scipys_distributions(spec, law):
    x = distributions.quantile(spec, U)
    low, high = U < 0.5, U >= 0.5
    assert law.cdf(x[low]) == pytest.approx(U[low], rel=1e-11)
    assert law.sf(x[high]) == pytest.approx(1 - U[high], rel=1e-11, abs=1e-15)
    assert (np.diff(x) > 0).all()


@pytest.mark.parametrize("a, b", [(2, 58), (94.5, 5.5), (0.5, 0.7), (2.5, 2.5), (6, 4)])
def test_beta_quantiles_keep_thirteen_digits_in_the_tails(a, b):
    mpmath = pytest.importorskip("mpmath")
    with mpmath.workdps(40):
        for u in (1e-12, 1e-6, 0.3, 0.7, 1 - 1e-6):
            x = mpmath.mpf(distributions.quantile({"family": "beta", "a": a, "b": b}, np.array([u])).item())
            density = x ** (a - 1) * (1 - x) ** (b - 1) / mpmath.beta(a, b)
            missed = (mpmath.betainc(a, b, 0, x, regularized=True) - mpmath.mpf(u)) / density
            assert abs(missed / x) < 1e-13, u


@pytest.mark.parametrize("spec", [spec for spec, _ in SCIPY] + OTHERS, ids=lambda spec: spec["family"])
def test_the_mean_is_the_integral_of_the_quantile(spec):
    knots = np.unique([0, 1] + spec.get("p", []) + [1 / 4, 7 / 8])
    nodes, weights = np.polynomial.legendre.leggauss(200)
    integral = 0.0
    for low, high in pairwise(knots):
        s = (nodes + 1) / 2
        bend = s**3 * (10 - 15 * s + 6 * s * s)  # crowds the nodes at both ends, where quantiles run to infinity
        slope = 30 * s * s * (1 - s) ** 2
        integral += (high - low) * (weights / 2 * slope * distributions.quantile(spec, low + (high - low) * bend)).sum()
    assert distributions.mean(spec) == pytest.approx(integral, rel=2e-7)


def test_an_interval_holds_ninety_per_cent():
    for spec in OTHERS[2:4]:
        assert distributions.quantile(spec, np.array([0.05, 0.95])) == pytest.approx([0.5, 2.5], rel=1e-13)


def test_given_quantiles_are_met_and_never_turn_back():
    spec = {"family": "quantiles", "p": [0.1, 0.2, 0.5, 0.6, 0.9], "x": [0, 0, 1, 8, 8.5]}
    assert distributions.quantile(spec, np.array(spec["p"])) == pytest.approx(spec["x"], abs=1e-14)
    assert (np.diff(distributions.quantile(spec, np.linspace(0, 1, 2001))) >= -1e-15).all()
    line = {"family": "quantiles", "p": [0, 0.25, 1], "x": [2, 3, 6]}
    assert distributions.quantile(line, U) == pytest.approx(2 + 4 * U, rel=1e-13)


def test_discrete_values_come_with_their_weights():
    x = distributions.quantile(OTHERS[1], (np.arange(8000) + 0.5) / 8000)
    assert [np.mean(x == value) for value in (1, 2, 3)] == [0.25, 0.625, 0.125]
    assert (np.diff(x) >= 0).all()


def test_the_copula_gives_the_correlations_asked_for():
    pairs, n = [("b", "a", 0.6), ("b", "c", -0.4), ("e", "d", 0.9)], 200000
    z = {name: streams.normal(3, name, np.arange(n)) for name in "abcde"}
    mixed = distributions.correlate(z, pairs)
    got = np.corrcoef([mixed[name] for name in "abcde"])
    want = np.eye(5)
    for a, b, rho in pairs:
        i, j = "abcde".index(a), "abcde".index(b)
        want[i, j] = want[j, i] = rho
    assert np.abs(got - want).max() < 4 / np.sqrt(n)
    assert np.array_equal(mixed["a"], z["a"]), "the first by name keeps its draw"


@pytest.mark.parametrize("mean, size", [(0.3, 8.0), (49.0, 8.0), (300.0, 2.5), (20.0, 0.1)])
def test_negative_binomial_counts_are_scipys(mean, size):
    u = streams.uniform(5, "event.deals", np.arange(3000))
    n, _ = distributions.negative_binomial(np.full(u.size, mean), size, u)
    assert np.array_equal(n, np.minimum(stats.nbinom(size, size / (size + mean)).ppf(u), 4000))


@pytest.mark.parametrize("mean", [0.01, 0.5, 6.0])
def test_poisson_counts_are_scipys(mean):
    u = streams.uniform(5, "event.mega", np.arange(3000))
    assert np.array_equal(distributions.poisson(np.full(u.size, mean), u)[0], stats.poisson(mean).ppf(u))


# ---- mechanisms -----------------------------------------------------------------------------------------------------------------------


def test_first_use_follows_bass():
    p, q, ceiling, F0, years, steps = 0.02, 0.5, 0.9, 0.1, 10.0, 20000
    F, h = F0, 12 * years / steps
    for _ in range(steps):
        F = demand.bass(F, p * h, q * h, ceiling)
    left = (ceiling - F0) / (p + q * F0) * np.exp(-(p + q * ceiling) * years)
    assert pytest.approx((ceiling - p * left) / (1 + q * left), rel=1e-4) == F


NESTS = {"closed": np.array([0, 1, 2]), "cn": np.array([3, 4]), "other": np.array([5])}


def test_one_dissimilarity_is_the_plain_logit():
    U6 = np.random.default_rng(1).normal(size=(50, 6, 1, 1)) * 3
    share = nested_logit(U6, NESTS, np.ones((50, 1, 1, 1)))
    plain = np.exp(U6) / np.exp(U6).sum(1, keepdims=True)
    assert share == pytest.approx(plain, rel=1e-12)


def test_small_dissimilarity_lets_the_best_of_a_nest_take_it():
    U6 = np.array([1.0, 1.2, 0.1, 0.5, 0.2, 0.9]).reshape(1, 6, 1, 1)
    lam = 0.15
    share = nested_logit(U6, NESTS, np.full((1, 1, 1, 1), lam))[0, :, 0, 0]
    inclusive = {n: lam * np.log(np.exp(U6[0, j, 0, 0] / lam).sum()) for n, j in NESTS.items()}
    for n, j in NESTS.items():
        assert share[j].sum() == pytest.approx(np.exp(inclusive[n]) / sum(np.exp(v) for v in inclusive.values()), rel=1e-12)
        inside = np.exp(U6[0, j, 0, 0] / lam)
        assert share[j] / share[j].sum() == pytest.approx(inside / inside.sum(), rel=1e-12)


def test_a_large_price_weight_picks_the_cheapest():
    ln_price = np.log([8.0, 7.0, 5.0, 0.9, 0.31, 0.4]).reshape(1, 6, 1, 1)
    share = nested_logit(-200 * ln_price, NESTS, np.full((1, 1, 1, 1), 0.5))
    assert share.argmax(1).item() == 4 and share.max() > 1 - 1e-12


def _folded(mixture=True):
    shape = SimpleNamespace(
        layers=61.0, moe_layers=58.0 if mixture else 0.0, hidden=7168.0, expert_io=7168.0, experts=256.0, top_k=8.0, mixture=mixture,
        params={"attention": 11.4e9, "ffn": 1.2e9, "shared": 2.6e9, "head": 0.93e9, "expert": 44e6},
        bytes={"attention": 1.0, "ffn": 1.0, "expert": 1.0, "head": 2.0},
        kv=[SimpleNamespace(layers=61.0, stored=1152.0, read=1152.0, reach=np.inf, stored_reach=np.inf, index_bytes=0.0, state=0.0,
                            kv_heads=1.0, decode_flop=278528.0, prefill_flop=81920.0, index_flop=0.0, latent_layers=61.0, linear_layers=0.0)],
        cache_fp8=False,
    )  # fmt: skip
    one = np.ones((1, 1))
    work = SimpleNamespace(I=4000 * one, O=1000 * one, h=0.5 * one, tpot=0.04 * one, depth=0 * one, A=one)
    machine = SimpleNamespace(
        memory=80e9 * one, bandwidth=3.35e12 * one, bf16=989e12 * one, fp8=1979e12 * one, fp4=1979e12 * one,
        scale_up=450e9 * one, domain=8 * one, scale_out=50e9 * one, group_max=320 * one,
    )  # fmt: skip
    return kernel.fold(shape, one, one, one, work), machine, work


def test_tokens_touch_as_many_experts_as_the_formula_says():
    E, k, rng = 64, 6, np.random.default_rng(2)
    for T in (1, 5, 20, 60):
        touched = [np.unique(rng.permuted(np.tile(np.arange(E), (T, 1)), axis=1)[:, :k]).size for _ in range(400)]
        expected = E * (1 - (1 - k / E) ** T)
        assert np.mean(touched) == pytest.approx(expected, abs=4 * np.std(touched) / 20 + 1e-9)


def test_a_decode_step_reads_the_experts_that_are_touched():
    s, machine, work = _folded()
    got = kernel.token_seconds(s, machine, work)
    dense, experts, flop, cache, net, rest, fixed = (part.item() for part in got.step_parts)
    for b in (0.1, 1.0, 4.0, 400.0):
        touched = max(1 - (1 - 8 / 256) ** (got.G.item() * b), got.G.item() / 256)  # at least one expert on each accelerator
        work = max(dense + experts * touched, flop * b) + cache * b
        assert got.step(b).item() == pytest.approx(math.hypot(work, net * b) + rest * b + fixed, rel=1e-12)
    assert experts == pytest.approx(got.W.item() / (got.G.item() * kernel.ETA_E * 3.35e12))


@pytest.mark.parametrize("mixture", [True, False])
def test_the_batch_meets_patience_or_memory(mixture):
    s, machine, work = _folded(mixture)
    got = kernel.token_seconds(s, machine, work)
    dense, experts, *_, fixed = (part.item() for part in got.step_parts)
    assert got.step(got.b_lim).item() == pytest.approx(max(0.04, 1.5 * (dense + experts + fixed)), rel=1e-6)
    assert got.b.item() == pytest.approx(min(got.b_cap.item(), got.b_lim.item()))
    assert got.s_out.item() == pytest.approx((got.step(got.b) / got.b).item())
    in_memory = got.D / got.t + got.W / got.G + got.b_cap * s.kv_s * got.t / np.minimum(got.t, 1.0) + 3e9
    assert in_memory.item() == pytest.approx(0.9 * 80e9)


def test_the_mark_up_is_the_logit_sellers_best():
    a, c, rivals = 0.5, 2.0, 0.35
    share = lambda p: np.exp(-a * p) / (np.exp(-a * p) + rivals)
    best = optimize.minimize_scalar(lambda p: -(p - c) * share(p), bounds=(c, 30), method="bounded", options={"xatol": 1e-10}).x
    assert best - c == pytest.approx(price.markup(a, share(best)), rel=1e-6)


def test_owners_pool_their_shares():
    s = SimpleNamespace(owner=np.array([[0, 1, 0, 3]]), sigma=np.array([[0.4, 0.3, 0.2, 0.1]]))
    assert price.owners_share(s)[0] == pytest.approx([0.6, 0.3, 0.6, 0.1])


@pytest.mark.parametrize("interest, life", [(0.1, 5), (0.03, 15), (0.25, 3)])
def test_recovered_capital_is_worth_what_was_spent(interest, life):
    payments = cost.capital_recovery(interest, life) / (1 + interest) ** np.arange(1, life + 1)
    assert payments.sum() == pytest.approx(1, rel=1e-13)


def test_firms_use_open_weights_as_a_beta_binomial_says():
    share, phi, n = np.array([0.05, 0.11, 0.5, 0.93]), np.array([2.0, 6.0, 0.7, 2.0]), np.array([300, 30, 10, 4])
    primary, presence = outcomes.firms(share, phi, n)
    a, b = share * phi, (1 - share) * phi
    assert primary == pytest.approx(stats.beta(a, b).sf(0.5), rel=1e-10)
    assert presence == pytest.approx(1 - stats.betabinom(n, a, b).pmf(0), rel=1e-10)


# ---- the whole ------------------------------------------------------------------------------------------------------------------------


def test_levers_interpolate_as_their_table_says():
    month = lambda text: int(text[-2:]) - 1
    row = lambda kind: scenario.LeverRow("levers.x", "NONE", 0, 1e9, 9.0, kind)
    dates = {"2024-03": "10", "2024-07": "1000"}
    at = lambda kind, t: scenario.Lever(row(kind), dates, month).at(t)
    assert [at("STEP", t) for t in (0, 2, 5, 6, 50)] == [9, 10, 10, 1000, 1000]
    assert [at("LINEAR", t) for t in (0, 4, 50)] == [10, 505, 1000]
    assert at("LOG", 4) == pytest.approx(100)


def test_a_decision_on_the_edge_is_noted():
    run = SimpleNamespace(paths=np.array([40, 41, 42]), events=[])
    run.near_distance = lambda *given, **named: Run.near_distance(run, *given, **named)
    Run.near(run, "release", 5, np.array([0.3, 0.3, 0.3]), np.array([0.3 * (1 + 5e-13), 0.3, 0.3001]))
    ((path, month, name, distance),) = run.events
    assert (path, month, name) == (40, 5, "release") and 0 < distance < 1e-12


@pytest.fixture(scope="module")
def few():
    return simulate("baseline", 5, seed=11, months=36)


@pytest.mark.slow
def test_a_path_does_not_depend_on_its_neighbours(few):
    pair = simulate("baseline", 2, seed=11, first_path=3, months=36)
    for row in scenario.outcome_rows():
        assert pair[row.name] == pytest.approx(few[row.name][3:], rel=1e-10, abs=1e-12), row.name


def test_every_outcome_has_its_shape_and_stays_in_range(few):
    sc = scenario.Scenario("baseline")
    for row in scenario.outcome_rows():
        elements = len(sc.elements(row.index))
        assert few[row.name].shape == ((5, 36) if row.index == "NONE" else (5, 36, elements)), row.name
    assert np.isfinite(np.concatenate([few[row.name].ravel() for row in scenario.outcome_rows()])).all()


def test_assimilated_prices_follow_the_observed_ones(few):
    observed = 3.4  # OpenAI's list blend from August to November 2025
    assert few["price.list"][:, 21, 0] == pytest.approx(np.full(5, observed), rel=0.1)
