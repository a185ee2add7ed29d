"""Distributions by inversion, the Gaussian copula and the two counting laws. Owns quantiles and means; knows no scenario keys.

A spec is a dict {"family": name, parameter: value, …} with the names of csim/dist/spec.h.
"""

import numpy as np
from scipy import special as sp

Z95 = 1.6448536269514722
FAMILIES = {
    "fixed": ("value",),
    "uniform": ("low", "high"),
    "triangular": ("low", "mode", "high"),
    "normal": ("mean", "sd"),
    "lognormal": ("median", "log_sd"),
    "half_normal": ("scale",),
    "truncated_normal": ("mean", "sd", "low", "high"),
    "beta": ("a", "b"),
    "scaled_beta": ("a", "b", "low", "high"),
    "gamma": ("shape", "scale"),
    "discrete": ("values", "weights"),
    "interval90": ("low", "high", "shape"),
    "quantiles": ("p", "x"),
}


# ---- quantiles ------------------------------------------------------------------------------------------------------------------------


def _beta_quantile(a, b, u, v):
    """Quantile at u = 1 − v: SciPy's inverse, then Newton steps in the logit of x, on the smaller of the two tails."""
    x, y = sp.betaincinv(a, b, u), sp.betaincinv(b, a, v)
    y = np.where(x < 0.5, 1 - x, y)
    x = np.where(x < 0.5, x, 1 - y)
    for _ in range(3):
        error = np.where(u < 0.5, sp.betainc(a, b, x) - u, v - sp.betainc(b, a, y))
        density = np.exp(sp.xlogy(a, x) + sp.xlogy(b, y) - sp.betaln(a, b))  # dF/d logit x
        odds = x / y * np.exp(-np.clip(error / density, -1, 1))
        x, y = odds / (1 + odds), 1 / (1 + odds)
    return x


def _gamma_quantile(shape, u, v):
    x = np.where(u < 0.5, sp.gammaincinv(shape, u), sp.gammainccinv(shape, v))
    for _ in range(3):
        error = np.where(u < 0.5, sp.gammainc(shape, x) - u, v - sp.gammaincc(shape, x))
        density = np.exp(shape * np.log(x) - x - sp.gammaln(shape))
        x = x * np.exp(-np.clip(np.where(density > 0, error / np.where(density > 0, density, 1), 0), -1, 1))
    return x


def _half_normal(u, v):
    return np.where(u < 0.5, np.sqrt(2) * sp.erfinv(np.minimum(u, 0.5)), -sp.ndtri(v / 2))


def _truncated_normal(mean, sd, low, high, u, v):
    """The point u of the mass between the bounds, measured from the nearer tail of the whole normal."""
    a, b = (low - mean) / sd, (high - mean) / sd
    below, above = sp.ndtr(a), sp.ndtr(-b)
    mass = sp.ndtr(-a) - above if a > 0 else sp.ndtr(b) - below
    from_below, from_above = below + u * mass, above + v * mass
    z = np.where(from_below < from_above, sp.ndtri(np.minimum(from_below, 0.75)), -sp.ndtri(np.minimum(from_above, 0.75)))
    return np.clip(mean + sd * z, low, high)


def _discrete(values, weights, u):
    order = np.argsort(values, kind="stable")
    values, weights = np.asarray(values, float)[order], np.asarray(weights, float)[order]
    cumulated = np.cumsum(weights) / np.sum(weights)
    return values[np.minimum(np.searchsorted(cumulated, u, side="right"), len(values) - 1)]


def _steffen_slopes(p, x):
    """Slopes at the knots (Steffen 1990); the outermost pieces start along their chords."""
    h = np.diff(p)
    rise = np.diff(x) / h
    parabola = (rise[:-1] * h[1:] + rise[1:] * h[:-1]) / (h[:-1] + h[1:])
    inner = np.minimum(2 * np.minimum(rise[:-1], rise[1:]), parabola)
    return np.concatenate([rise[:1], inner, rise[-1:]])


def _cubic(p, x, u):
    """Monotone Hermite cubic between knots, constant outside."""
    p, x = np.asarray(p, float), np.asarray(x, float)
    slope = _steffen_slopes(p, x)
    i = np.clip(np.searchsorted(p, u, side="left") - 1, 0, len(p) - 2)
    h = p[i + 1] - p[i]
    s = np.clip((u - p[i]) / h, 0, 1)
    r = 1 - s
    value = r * r * (1 + 2 * s) * x[i] + s * s * (1 + 2 * r) * x[i + 1] + h * s * r * (r * slope[i] - s * slope[i + 1])
    return np.clip(value, x[i], x[i + 1])


def _triangular(low, mode, high, u, v):
    width = high - low
    return np.where(u < (mode - low) / width, low + np.sqrt(u * width * (mode - low)), high - np.sqrt(v * width * (high - mode)))


def quantile(spec, u, z=None):
    """x at u. z = Φ⁻¹(u) may be given when it is known more exactly than u (correlated inputs)."""
    u = np.asarray(u, float)
    z = sp.ndtri(u) if z is None else z
    v = np.where(z > 0, sp.ndtr(-z), 1 - u)  # 1 − u without loss in the upper tail
    f, g = spec["family"], spec.get
    if f == "fixed":
        return np.full(u.shape, g("value"))
    if f == "uniform":
        return g("low") + (g("high") - g("low")) * u
    if f == "triangular":
        return _triangular(g("low"), g("mode"), g("high"), u, v)
    if f == "normal":
        return g("mean") + g("sd") * z
    if f == "lognormal":
        return np.exp(np.log(g("median")) + g("log_sd") * z)
    if f == "half_normal":
        return g("scale") * _half_normal(u, v)
    if f == "truncated_normal":
        return _truncated_normal(g("mean"), g("sd"), g("low", -np.inf), g("high", np.inf), u, v)
    if f in ("beta", "scaled_beta"):
        low, high = g("low", 0.0), g("high", 1.0)
        return low + (high - low) * _beta_quantile(g("a"), g("b"), u, v)
    if f == "gamma":
        return g("scale") * _gamma_quantile(g("shape"), u, v)
    if f == "discrete":
        return _discrete(g("values"), g("weights"), u)
    if f == "interval90":
        low, high = g("low"), g("high")
        if g("shape", "normal") == "normal":
            return 0.5 * (low + high) + 0.5 * (high - low) / Z95 * z
        return np.exp(0.5 * np.log(low * high) + 0.5 * np.log(high / low) / Z95 * z)
    if f == "quantiles":
        return _cubic(g("p"), g("x"), u)
    raise ValueError(f"unknown family {f!r}")


def mean(spec):
    """Exact mean of every family but `quantiles`, whose mean is the integral of its cubics."""
    f, g = spec["family"], spec.get
    if f == "fixed":
        return g("value")
    if f == "uniform":
        return 0.5 * (g("low") + g("high"))
    if f == "triangular":
        return (g("low") + g("mode") + g("high")) / 3
    if f == "normal":
        return g("mean")
    if f == "lognormal":
        return g("median") * np.exp(0.5 * g("log_sd") ** 2)
    if f == "half_normal":
        return g("scale") * np.sqrt(2 / np.pi)
    if f == "truncated_normal":
        a, b = ((g(k, d) - g("mean")) / g("sd") for k, d in (("low", -np.inf), ("high", np.inf)))
        density = (np.exp(-0.5 * a * a) - np.exp(-0.5 * b * b)) / np.sqrt(2 * np.pi)
        return g("mean") + g("sd") * density / (sp.ndtr(b) - sp.ndtr(a))
    if f in ("beta", "scaled_beta"):
        low, high = g("low", 0.0), g("high", 1.0)
        return low + (high - low) * g("a") / (g("a") + g("b"))
    if f == "gamma":
        return g("shape") * g("scale")
    if f == "discrete":
        return float(np.average(g("values"), weights=g("weights")))
    if f == "interval90":
        if g("shape", "normal") == "normal":
            return 0.5 * (g("low") + g("high"))
        return np.sqrt(g("low") * g("high")) * np.exp(0.5 * (0.5 * np.log(g("high") / g("low")) / Z95) ** 2)
    if f == "quantiles":
        p, x = np.asarray(g("p"), float), np.asarray(g("x"), float)
        h, slope = np.diff(p), _steffen_slopes(p, x)
        inside = (h * (x[:-1] + x[1:]) / 2 + h * h * (slope[:-1] - slope[1:]) / 12).sum()
        return p[0] * x[0] + inside + (1 - p[-1]) * x[-1]
    raise ValueError(f"unknown family {f!r}")


# ---- copula ---------------------------------------------------------------------------------------------------------------------------


def correlate(z_by_name, pairs):
    """Replace the normal scores of all names in pairs (a, b, ρ) by Lz, L the Cholesky factor over those names, ordered by name."""
    names = sorted({name for a, b, _ in pairs for name in (a, b)})
    if not names:
        return {}
    matrix = np.eye(len(names))
    for a, b, rho in pairs:
        i, j = names.index(a), names.index(b)
        matrix[i, j] = matrix[j, i] = rho
    mixed = np.linalg.cholesky(matrix) @ np.stack([z_by_name[name] for name in names])
    return dict(zip(names, mixed))


# ---- counts by inversion --------------------------------------------------------------------------------------------------------------


def _invert(first, ratio, u, most):
    """Smallest n with cdf(n) ≥ u, at most `most`; pmf(0) = first, pmf(n) = pmf(n−1)·ratio(n). Also the least relative |cdf − u|."""
    pmf, cdf, n = first.copy(), first.copy(), np.zeros(u.shape)
    near = np.abs(cdf - u) / u
    for k in range(1, most + 1):
        open_ = cdf < u
        if not open_.any():
            break
        n = np.where(open_, k, n)
        pmf = pmf * ratio(k)
        cdf = np.where(open_, cdf + pmf, cdf)
        near = np.minimum(near, np.abs(cdf - u) / u)
    return n, near


def negative_binomial(mean, size, u, most=4000):
    p = size / (size + mean)
    return _invert(np.exp(size * np.log(p)), lambda k: (size + k - 1) / k * (1 - p), u, most)


def poisson(mean, u, most=50):
    return _invert(np.exp(-mean), lambda k: mean / k, u, most)
