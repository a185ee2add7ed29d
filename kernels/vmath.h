/* The mathematics of the inner loop. Written without libm, in a fixed order of operations, so that a result's bits depend on its input alone and
 * not on the machine's C library. exp, log and the logistic function have no branches: compilers turn loops over them into vector code.
 * Accuracy (docs/mathematics.md): exp, log ≤ 1.1 ulp; normal quantile ≤ 1.9 ulp; normal cdf, log-gamma ≤ 1e-13, incomplete beta ≤ 3e-13
 * relative (log-gamma: absolute below 1). */
#ifndef MOECAST_KERNELS_VMATH_H
#define MOECAST_KERNELS_VMATH_H

#include <math.h> /* sqrt, fabs, INFINITY, NAN: one instruction each */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t moe_bits(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}
static inline double moe_double(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}
static inline double moe_min(double a, double b) { return a < b ? a : b; }
static inline double moe_max(double a, double b) { return a > b ? a : b; }
static inline double moe_clip(double x, double low, double high) { return moe_min(moe_max(x, low), high); }

/* a b + c, rounded once: one instruction where a file is compiled for a processor that has it, else the C library's, which is exact by definition. */
static inline double moe_fma(double a, double b, double c) { return fma(a, b, c); }

/* ln 2 in two parts; the first ends in 21 zero bits, so that k·MOE_LN2_HIGH is exact for |k| < 2^20. */
#define MOE_LN2_HIGH 6.93147180369123816490e-01
#define MOE_LN2_LOW 1.90821492927058770002e-10

/* e^x. 0 below −708, +inf above 709.78; NaN stays NaN. x = k ln 2 + r, |r| ≤ ln 2 / 2; e^r = 1 + r + r² T(r), T interpolated at Chebyshev's nodes
 * (2e-17), its terms in pairs so that no sum waits long for the one before. Outside −708 … 709.78 all of this is nonsense, and not used. */
static inline double moe_exp(double x) {
    const double highest = 709.782712893384, lowest = -708.0, shift = 0x1.8p52;
    const double shifted = moe_fma(x, 1.4426950408889634, shift); /* rounds to the integer k and keeps it in the low bits */
    const double k = shifted - shift;
    const double r = moe_fma(-k, MOE_LN2_LOW, moe_fma(-k, MOE_LN2_HIGH, x)), r2 = r * r, r4 = r2 * r2;
    const double t0 = moe_fma(r2, moe_fma(r, 0.008333333333330062, 0.04166666666662413), moe_fma(r, 0.16666666666666669, 0.5000000000000001));
    const double t4 = moe_fma(r2, moe_fma(r, 2.7557268459997064e-06, 2.4801521295954376e-05), moe_fma(r, 0.00019841269863053618, 0.0013888888917213717));
    const double t8 = moe_fma(r, 2.510038549551032e-08, 2.7620088445409746e-07);
    const double twice = 2.0 + moe_fma(r2 + r2, moe_fma(r4, moe_fma(r4, t8, t4), t0), r + r);
    const double half_power = moe_double((moe_bits(shifted) << 52) + (UINT64_C(1022) << 52)); /* 2^(k−1): 2^k may be more than a double holds */
    const double finite = x > highest ? (double)INFINITY : twice * half_power;
    return x < lowest ? 0.0 : finite;
}

/* ln x of a positive number as the sum of two, of which k ln 2 is the larger one beyond [½, 2): x = 2^k m, m in [√½, √2); ln m by fdlibm's odd series in
 * s = f/(2+f), f = m − 1. */
typedef struct moe_log_terms { double power, rest; } moe_log_terms;

static inline moe_log_terms moe_log_split(double x) {
    const uint64_t sqrt_half = 0x3fe6a09e667f3bcdu;
    const double subnormal = x < 0x1p-1022 ? 54.0 : 0.0;
    const uint64_t bits = moe_bits(x < 0x1p-1022 ? x * 0x1p54 : x);
    const uint64_t above = bits + (0x3ff0000000000000u - sqrt_half);
    const double k = (moe_double(0x4330000000000000u | above >> 52) - (0x1p52 + 1023.0)) - subnormal;
    const double f = moe_double((above & 0xfffffffffffffu) + sqrt_half) - 1.0;
    const double s = f / (2.0 + f), z = s * s, w = z * z, w2 = w * w;
    const double even = w * moe_fma(w2, 1.531383769920937332e-01, moe_fma(w, 2.222219843214978396e-01, 3.999999999940941908e-01));
    const double odd = moe_fma(w2, moe_fma(w, 1.479819860511658591e-01, 1.818357216161805012e-01), moe_fma(w, 2.857142874366239149e-01, 6.666666666666735130e-01));
    const double half_square = 0.5 * f * f, series = half_square + moe_fma(z, odd, even);
    return (moe_log_terms){k * MOE_LN2_HIGH, f - (half_square - moe_fma(s, series, k * MOE_LN2_LOW))};
}

/* ln x. −inf at 0, NaN below 0, +inf at +inf. */
static inline double moe_log(double x) {
    const moe_log_terms terms = moe_log_split(x);
    const double positive = x > 0x1.fffffffffffffp1023 ? (double)INFINITY : terms.power + terms.rest;
    const double not_positive = x == 0.0 ? -(double)INFINITY : (double)NAN;
    return x > 0.0 ? positive : not_positive;
}

/* 1/(1+e^−x), the logistic function. */
static inline double moe_logistic(double x) { return 1.0 / (1.0 + moe_exp(-x)); }

/* ln(x/(1−x)) for 0 < x < 1. */
static inline double moe_logit(double x) { return moe_log(x / (1.0 - x)); }

/* ln(1 + e^x) without overflow. */
static inline double moe_softplus(double x) { return moe_max(x, 0.0) + moe_log(1.0 + moe_exp(-fabs(x))); }

/* c0 + c1 x + … + c7 x⁷. */
static inline double moe_polynomial_7(double x, double c0, double c1, double c2, double c3, double c4, double c5, double c6, double c7) {
    const double high = moe_fma(moe_fma(moe_fma(moe_fma(c7, x, c6), x, c5), x, c4), x, c3);
    return moe_fma(moe_fma(moe_fma(high, x, c2), x, c1), x, c0);
}

/* The normal quantile is a rational function on each of three parts, of the degrees of Wichura's algorithm AS 241 (PPND16) and fitted anew to 8e-17
 * (tests/tools/fit_normal_quantile.py): not of the quantile but of what it is more than a simple first term, so that nearly all rounding happens to the
 * smaller one of two summands. */

/* Centre, |q| ≤ 0.425, q = u − ½: z = 2.5 q + q P(r)/Q(r), r = 3/16 − q². `lost` is what rounding u − ½ leaves out (0 for the engine's uniforms); the
 * quantile's slope, 3 to 7 where it is not 0, makes up to a unit in the last place of it. */
static inline double moe_normal_quantile_centre(double u) {
    const double q = u - 0.5, lost = u - (q + 0.5), r = moe_fma(-q, q, 0.1875);
    const double top = moe_polynomial_7(r, 0.9608936895052079, 32.32163329383016, 333.30303428497524, 577.4229647047512,
                                         -8208.891300506988, -39770.90447956153, -51189.073759143444, -14263.385407447644);
    const double bottom = moe_polynomial_7(r, 1.0, 45.41498355540784, 786.3278909480406, 6526.350355127732,
                                            26868.90753488863, 51521.21400880217, 38477.9255692073, 7061.257168176974);
    return moe_fma(2.5, q, moe_fma(4.0, lost, q * top / bottom));
}

/* Tails: z = s + P(r)/Q(r) of s = √−ln(smaller of u and 1 − u). `rest` is what s has lost by rounding: the quantile grows up to twice as fast as s. */
typedef struct moe_tail_root { double s, rest; } moe_tail_root;

static inline moe_tail_root moe_normal_tail_root(double smaller) {
    const moe_log_terms log = moe_log_split(smaller);
    const double high = log.power + log.rest, low = log.rest - (high - log.power), s = sqrt(-high);
    return (moe_tail_root){s, 0.5 * (moe_fma(-s, s, -high) - low) / s};
}

/* r = s − 1.6, up to s = 5. Returns a positive number. */
static inline double moe_normal_quantile_tail(moe_tail_root root) {
    const double r = (root.s - 1.6) + root.rest;
    const double top = moe_polynomial_7(r, -0.17656288925031635, 0.3448367648731741, 1.0349322424440457, 0.8700239174731274,
                                         0.3451874630350951, 0.06975260145840795, 0.006691903375286157, 0.00022839654052985377);
    const double bottom = moe_polynomial_7(r, 1.0, 2.055425837148393, 1.6805696486847086, 0.6925917367922851,
                                            0.14892981759440668, 0.015296729996636477, 0.0005510823517970339, 3.587889989081731e-09);
    return root.s + (top / bottom + root.rest);
}

/* Beyond s = 5, r = s − 5, u within 1.4e-11 of 0 or 1: z = √2 s + P(r)/Q(r), of which the first is nearly all. */
static inline double moe_normal_quantile_far_tail(moe_tail_root root) {
    const double r = root.s - 5.0, sqrt2 = 1.4142135623730951, sqrt2_low = -9.667293313452913e-17;
    const double top = moe_polynomial_7(r, -0.41316316836437156, -0.19659503013046709, -0.03378553117310204, -0.0025931499724636494,
                                         -8.960178852866677e-05, -1.2404838522106606e-06, -4.919133326193127e-09, -7.916452234993482e-13);
    const double bottom = moe_polynomial_7(r, 1.0, 0.6112373147182802, 0.1435103873654101, 0.016303362023730186,
                                            0.0009316394396216834, 2.540435912445178e-05, 2.8311159136114875e-07, 8.716402714708504e-10);
    return moe_fma(sqrt2, root.s, top / bottom + moe_fma(sqrt2, root.rest, sqrt2_low * root.s));
}

/* The standard normal quantile, 0 < u < 1; NaN elsewhere. */
static inline double moe_normal_quantile(double u) {
    const double q = u - 0.5, smaller = q < 0.0 ? u : 1.0 - u;
    if (fabs(q) <= 0.425) return moe_normal_quantile_centre(u);
    if (!(smaller > 0.0)) return (double)NAN;
    const moe_tail_root root = moe_normal_tail_root(smaller);
    const double z = root.s <= 5.0 ? moe_normal_quantile_tail(root) : moe_normal_quantile_far_tail(root);
    return q < 0.0 ? -z : z;
}

enum { MOE_QUANTILE_LANES = 16 };

/* The tails of 64 quantiles at most: their places are collected without a branch, so that they, too, are worked on side by side. */
static inline void moe_normal_quantile_tails(const double *u, double *z, size_t n) {
    size_t place[64 + MOE_QUANTILE_LANES], tails = 0;
    double side[MOE_QUANTILE_LANES], s[MOE_QUANTILE_LANES], rest[MOE_QUANTILE_LANES];
    for (size_t i = 0; i < n; i++) {
        place[tails] = i;
        tails += fabs(u[i] - 0.5) > 0.425;
    }
    for (size_t i = tails; i < tails + MOE_QUANTILE_LANES; i++) place[i] = 0; /* read, not written */
    for (size_t first = 0; first < tails; first += MOE_QUANTILE_LANES) {
        for (size_t i = 0; i < MOE_QUANTILE_LANES; i++) side[i] = u[place[first + i]];
        for (size_t i = 0; i < MOE_QUANTILE_LANES; i++) {
            const moe_tail_root root = moe_normal_tail_root(side[i] < 0.5 ? side[i] : 1.0 - side[i]);
            s[i] = root.s;
            rest[i] = root.rest;
        }
        for (size_t i = 0; i < MOE_QUANTILE_LANES; i++) {
            const double tail = moe_normal_quantile_tail((moe_tail_root){s[i], rest[i]});
            side[i] = side[i] < 0.5 ? -tail : tail;
        }
        for (size_t i = first; i < tails && i < first + MOE_QUANTILE_LANES; i++)
            z[place[i]] = s[i - first] <= 5.0 ? side[i - first] : moe_normal_quantile(u[place[i]]);
    }
}

/* n quantiles in two passes: the centre for all, then the one draw in seven that lies in a tail. Vector code, and the same bits as one at a time.
 * u and z do not overlap. */
static inline void moe_normal_quantile_block(const double *restrict u, double *restrict z, size_t n) {
    for (size_t i = 0; i < n; i++) z[i] = moe_normal_quantile_centre(u[i]);
    for (size_t i = 0; i < n; i += 64) moe_normal_quantile_tails(u + i, z + i, n - i < 64 ? n - i : 64);
}

/* The standard normal cdf. |z| < 2.5: ½ + φ(z)(z + z³/3 + z⁵/15 + …), terms of one sign; beyond: continued fraction of Mills' ratio. */
static inline double moe_normal_cdf(double z) {
    if (z != z) return z;
    const double magnitude = fabs(z);
    if (magnitude > 38.5) return z < 0.0 ? 0.0 : 1.0;
    const double density = 0.39894228040143267794 * moe_exp(-0.5 * z * z);
    if (magnitude < 2.5) {
        double term = z, sum = z;
        for (int k = 1; fabs(term) > 1e-18 * fabs(sum); k++) {
            term *= z * z / (2 * k + 1);
            sum += term;
        }
        return 0.5 + density * sum;
    }
    double fraction = 0.0;
    for (int k = 60; k > 0; k--) fraction = k / (magnitude + fraction);
    const double upper = density / (magnitude + fraction);
    return z < 0.0 ? upper : 1.0 - upper;
}

/* ln Γ(x), x > 0: shifted above 12 by the recurrence, then Stirling's series (truncation 1e-17). */
static inline double moe_log_gamma(double x) {
    double product = 1.0;
    while (x < 12.0) {
        product *= x;
        x += 1.0;
    }
    const double r = 1.0 / x, r2 = r * r;
    double series = -691.0 / 360360.0;
    series = series * r2 + 1.0 / 1188.0;
    series = series * r2 - 1.0 / 1680.0;
    series = series * r2 + 1.0 / 1260.0;
    series = series * r2 - 1.0 / 360.0;
    series = series * r2 + 1.0 / 12.0;
    return ((x - 0.5) * moe_log(x) - x + 0.91893853320467274178 + series * r) - moe_log(product);
}

/* Lentz's continued fraction of the incomplete beta function; converges fast for x < (a+1)/(a+b+2). */
static inline double moe_beta_fraction(double a, double b, double x) {
    const double tiny = 1e-300;
    double c = 1.0, d = 1.0 - (a + b) * x / (a + 1.0), result;
    d = 1.0 / (fabs(d) < tiny ? tiny : d);
    result = d;
    for (int m = 1; m <= 500; m++) {
        const double even = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m));
        d = 1.0 + even * d;
        d = 1.0 / (fabs(d) < tiny ? tiny : d);
        c = 1.0 + even / c;
        c = fabs(c) < tiny ? tiny : c;
        result *= d * c;
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0));
        d = 1.0 + odd * d;
        d = 1.0 / (fabs(d) < tiny ? tiny : d);
        c = 1.0 + odd / c;
        c = fabs(c) < tiny ? tiny : c;
        result *= d * c;
        if (fabs(d * c - 1.0) < 1e-16) break;
    }
    return result;
}

/* Regularised incomplete beta function I_x(a, b), a, b > 0, 0 ≤ x ≤ 1: the cdf of a Beta(a, b). */
static inline double moe_beta_cdf(double a, double b, double x) {
    if (x <= 0.0) return 0.0;
    if (x >= 1.0) return 1.0;
    const double front = moe_exp(moe_log_gamma(a + b) - moe_log_gamma(a) - moe_log_gamma(b) + a * moe_log(x) + b * moe_log(1.0 - x));
    return x < (a + 1.0) / (a + b + 2.0) ? front * moe_beta_fraction(a, b, x) / a : 1.0 - front * moe_beta_fraction(b, a, 1.0 - x) / b;
}

#endif
