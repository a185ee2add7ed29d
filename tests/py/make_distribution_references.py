"""Writes tests/c/distribution_references.inc: exact quantiles of every closed family, for tests/c/test_dist.c.

Run it only to add cases (it takes five minutes): the table is committed, so that the C test needs neither Python nor SciPy.

    python tests/py/make_distribution_references.py > tests/c/distribution_references.inc

Every value is solved in 50 digits with mpmath for the exact binary value of u, from a SciPy start, and must agree with SciPy to 1e-6.
"""

import math

import mpmath as mp
from scipy import special, stats

mp.mp.dps = 50
LEVELS = [1e-9, 1e-6, 1e-3, 0.02, 0.05, 0.25, 0.5, 0.75, 0.95, 0.98, 1 - 1e-3, 1 - 1e-6, 1 - 1e-9]

BETAS = [(2, 58), (94.5, 5.5), (1, 4), (1.5, 8), (2.5, 2.5), (0.5, 0.5), (0.2, 3), (12, 6), (5.5, 94.5), (1, 1), (400, 0.3), (3000, 7000)]
GAMMAS = [(0.5, 0.008), (0.2, 1), (1, 2), (4, 0.1), (6, 0.0833), (20, 0.025), (150, 3), (9000, 1)]
TRUNCATED = [(0.25, 0.08, 0, math.inf), (3, 1, 0, math.inf), (0, 1, -1, 2), (0, 1, 4, 6), (0, 1, -math.inf, -5), (1, 2, -math.inf, math.inf)]


def normal_quantile(u):
    return mp.sqrt(2) * mp.erfinv(2 * mp.mpf(u) - 1)


def normal_tails(z):
    return mp.erfc(-z / mp.sqrt(2)) / 2, mp.erfc(z / mp.sqrt(2)) / 2


def newton(tails, slope, y, u):
    """Solves lower(y) = u on the logarithm of the smaller tail."""
    u = mp.mpf(u)
    for _ in range(60):
        lower, upper = tails(y)
        step = (mp.log(u / lower) * lower if u < 0.5 else -mp.log((1 - u) / upper) * upper) / slope(y)
        y += step
        if abs(step) < mp.mpf(10) ** -40:
            return y
    raise ArithmeticError("no convergence")


def gamma(u, shape, scale):
    start = mp.log(mp.mpf(special.gammaincinv(shape, u) if u < 0.5 else special.gammainccinv(shape, 1 - u)))
    y = newton(
        lambda y: (mp.gammainc(shape, 0, mp.exp(y), regularized=True), mp.gammainc(shape, mp.exp(y), regularized=True)),
        lambda y: mp.exp(shape * y - mp.exp(y) - mp.loggamma(shape)),
        start,
        u,
    )
    return scale * mp.exp(y)


def beta(u, a, b):
    log_beta = mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)

    def tails(y):
        x, rest = 1 / (1 + mp.exp(-y)), 1 / (1 + mp.exp(y))
        return mp.betainc(a, b, 0, x, regularized=True), mp.betainc(b, a, 0, rest, regularized=True)

    def slope(y):
        return mp.exp(-a * mp.log1p(mp.exp(-y)) - b * mp.log1p(mp.exp(y)) - log_beta)

    x, rest = mp.mpf(special.betaincinv(a, b, u)), mp.mpf(special.betaincinv(b, a, 1 - u))
    return 1 / (1 + mp.exp(-newton(tails, slope, mp.log(x / rest), u)))


def truncated_normal(u, mean, sd, low, high):
    below, above = normal_tails((mp.mpf(low) - mean) / sd), normal_tails((mp.mpf(high) - mean) / sd)
    mass = above[0] - below[0] if low < mean else below[1] - above[1]
    lower, upper = below[0] + mp.mpf(u) * mass, above[1] + (1 - mp.mpf(u)) * mass
    return mean + sd * (normal_quantile(lower) if lower < 0.5 else -normal_quantile(upper))


def triangular(u, low, mode, high):
    u, low, mode, high = (mp.mpf(v) for v in (u, low, mode, high))
    if u * (high - low) < mode - low:
        return low + mp.sqrt(u * (high - low) * (mode - low))
    return high - mp.sqrt((1 - u) * (high - low) * (high - mode))


def cases():
    """(family, shape, parameters, quantile in 50 digits, the same law in SciPy)."""
    z95 = normal_quantile("0.95")
    yield "UNIFORM", 0, (-2, 3), lambda u, low, high: low + (high - low) * mp.mpf(u), stats.uniform(-2, 5)
    yield "TRIANGULAR", 0, (1, 2, 4), triangular, stats.triang(1 / 3, 1, 3)
    yield "TRIANGULAR", 0, (0, 0, 1), triangular, stats.triang(0, 0, 1)
    yield "NORMAL", 0, (15.5, 2.5), lambda u, m, s: m + s * normal_quantile(u), stats.norm(15.5, 2.5)
    yield "LOGNORMAL", 0, (2.4, 0.35), lambda u, m, s: m * mp.exp(s * normal_quantile(u)), stats.lognorm(0.35, scale=2.4)
    yield "LOGNORMAL", 0, (300, 0.7), lambda u, m, s: m * mp.exp(s * normal_quantile(u)), stats.lognorm(0.7, scale=300)
    yield "HALF_NORMAL", 0, (1.5,), lambda u, s: s * mp.sqrt(2) * mp.erfinv(mp.mpf(u)), stats.halfnorm(scale=1.5)
    yield (
        "INTERVAL90",
        0,
        (1, 4),
        lambda u, lo, hi: (lo + hi) / mp.mpf(2) + (hi - lo) / (2 * z95) * normal_quantile(u),
        stats.norm(2.5, 1.5 / float(z95)),
    )
    yield (
        "INTERVAL90",
        1,
        (1, 4),
        lambda u, lo, hi: mp.sqrt(lo * hi) * mp.exp(mp.log(mp.mpf(hi) / lo) / (2 * z95) * normal_quantile(u)),
        stats.lognorm(math.log(2) / float(z95), scale=2),
    )
    for mean, sd, low, high in TRUNCATED:
        scipy = stats.truncnorm((low - mean) / sd, (high - mean) / sd, mean, sd)
        yield "TRUNCATED_NORMAL", 0, (mean, sd, low, high), truncated_normal, scipy
    for a, b in BETAS:
        yield "BETA", 0, (a, b), beta, stats.beta(a, b)
    yield "SCALED_BETA", 0, (2, 4, 10, 30), lambda u, a, b, low, high: low + (high - low) * beta(u, a, b), stats.beta(2, 4, 10, 20)
    for shape, scale in GAMMAS:
        yield "GAMMA", 0, (shape, scale), gamma, stats.gamma(shape, scale=scale)


def c_number(x):
    return ("-" if x < 0 else "") + "HUGE_VAL" if math.isinf(x) else repr(float(x))


def main():
    print("/* Written by tests/py/make_distribution_references.py: exact quantiles (50-digit solution, rounded once). */")
    print("/* family, shape, parameters, u, x */")
    for family, shape, parameters, quantile, scipy in cases():
        for u in LEVELS:
            x = float(quantile(u, *parameters))
            assert math.isclose(x, scipy.ppf(u), rel_tol=1e-6, abs_tol=1e-300), (family, parameters, u, x, scipy.ppf(u))
            print(f"{{CSIM_DIST_{family}, {shape}, {{{', '.join(map(c_number, parameters))}}}, {u!r}, {x!r}}},")


if __name__ == "__main__":
    main()
