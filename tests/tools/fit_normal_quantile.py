"""Fits the three rational functions of moe_normal_quantile (kernels/vmath.h) and prints their coefficients, lowest power first: a minute of mpmath.

Least squares over Chebyshev's points, weighted again and again until the largest error is nearly the smallest possible (Lawson), with the denominator of
the round before taken off (Sanathanan and Koerner).
"""
import mpmath as mp

mp.mp.dps = 45
DEGREE, POINTS, ROUNDS = 7, 96, 16


def quantile_of_tail(s):
    """z > 0 with mass e^(−s²) above it."""
    z = mp.mpf(1.5) if s < 2 else mp.sqrt(2) * s * mp.mpf("0.95")
    for _ in range(60):
        mass = mp.erfc(z / mp.sqrt(2)) / 2
        step = (mp.log(mass) + s * s) * mass / mp.npdf(z)
        z += step
        if abs(step) < mp.mpf("1e-40"):
            return z
    raise ArithmeticError(s)


def quantile_per_q(r):
    q = mp.sqrt(mp.mpf(3) / 16 - r)
    return mp.sqrt(2) * mp.erfinv(2 * q) / q


def fit(low, high, value, scale):
    """P, Q of degree 7, Q(0) = 1, with |value − P/Q| / scale nearly least on [low, high]; and that error."""
    xs = [(low + high) / 2 - (high - low) / 2 * mp.cos(mp.pi * (2 * i + 1) / (2 * POINTS)) for i in range(POINTS)]
    values, scales = [value(x) for x in xs], [scale(x) for x in xs]
    weight, below, best = [mp.mpf(1)] * POINTS, [mp.mpf(1)] * POINTS, None
    for turn in range(ROUNDS):
        unknowns = 2 * DEGREE + 1
        matrix, right = mp.matrix(unknowns, unknowns), mp.matrix(unknowns, 1)
        for x, y, s, w, b in zip(xs, values, scales, weight, below):
            row = [mp.sqrt(w) / (s * b) * c for c in [*(x**j for j in range(DEGREE + 1)), *(-y * x**j for j in range(1, DEGREE + 1))]]
            for i in range(unknowns):
                right[i] += row[i] * y * mp.sqrt(w) / (s * b)
                for j in range(unknowns):
                    matrix[i, j] += row[i] * row[j]
        solution = list(mp.lu_solve(matrix, right))
        top, bottom = solution[: DEGREE + 1], [mp.mpf(1), *solution[DEGREE + 1 :]]
        below = [mp.polyval(bottom[::-1], x) for x in xs]
        errors = [abs(y - mp.polyval(top[::-1], x) / b) / s for x, y, b, s in zip(xs, values, below, scales)]
        worst = max(errors)
        if best is None or worst < best[0]:
            best = worst, top, bottom
        if turn >= 4:
            weight = [w * (e / worst + mp.mpf("1e-3")) for w, e in zip(weight, errors)]
            weight = [w * POINTS / sum(weight) for w in weight]
    return best


def main():
    beyond = mp.mpf(3) / 16 - mp.mpf("0.425") ** 2
    parts = {
        "centre": (beyond, mp.mpf(3) / 16 - mp.mpf("1e-12"), lambda r: quantile_per_q(r) - mp.mpf("2.5"), quantile_per_q),
        "tail": (mp.mpf("0.009"), mp.mpf("3.4"), lambda r: quantile_of_tail(r + mp.mpf("1.6")) - (r + mp.mpf("1.6")), lambda r: quantile_of_tail(r + mp.mpf("1.6"))),
        "far tail": (mp.mpf(0), mp.mpf("22.4"), lambda r: quantile_of_tail(r + 5) - mp.sqrt(2) * (r + 5), lambda r: quantile_of_tail(r + 5)),
    }
    for name, (low, high, value, scale) in parts.items():
        error, top, bottom = fit(low, high, value, scale)
        print(f"{name}: relative error {mp.nstr(error, 3)}")
        print("  top   ", *(repr(float(c)) for c in top))
        print("  bottom", *(repr(float(c)) for c in bottom))


if __name__ == "__main__":
    main()
