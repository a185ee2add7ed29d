/* The mathematics of the inner loop. Written without libm, in a fixed order of operations, so that a result's bits depend on its input alone and
 * not on the machine's C library. exp, log and the logistic function have no branches: compilers turn loops over them into vector code.
 * Accuracy (docs/mathematics.md): exp, log ≤ 1.1 ulp; normal quantile ≤ 3 ulp; normal cdf, log-gamma ≤ 1e-13, incomplete beta ≤ 3e-13
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

/* ln 2 in two parts; the first ends in 21 zero bits, so that k·MOE_LN2_HIGH is exact for |k| < 2^20. */
#define MOE_LN2_HIGH 6.93147180369123816490e-01
#define MOE_LN2_LOW 1.90821492927058770002e-10

/* e^x. 0 below −708, +inf above 709.78; NaN stays NaN. x = k ln 2 + r, |r| ≤ ln 2 / 2; e^r = 1 + r + r² T(r), T interpolated at Chebyshev's nodes
 * (2e-17), its terms in pairs so that no sum waits long for the one before. Outside −708 … 709.78 all of this is nonsense, and not used. */
static inline double moe_exp(double x) {
    const double highest = 709.782712893384, lowest = -708.0, shift = 0x1.8p52;
    const double shifted = x * 1.4426950408889634 + shift; /* rounds to the integer k and keeps it in the low bits */
    const double k = shifted - shift;
    const double r = (x - k * MOE_LN2_HIGH) - k * MOE_LN2_LOW, r2 = r * r, r4 = r2 * r2;
    const double t0 = (0.5000000000000001 + r * 0.16666666666666669) + r2 * (0.04166666666662413 + r * 0.008333333333330062);
    const double t4 = (0.0013888888917213717 + r * 0.00019841269863053618) + r2 * (2.4801521295954376e-05 + r * 2.7557268459997064e-06);
    const double t8 = 2.7620088445409746e-07 + r * 2.510038549551032e-08;
    const double twice = 2.0 + ((r + r) + (r2 + r2) * (t0 + r4 * (t4 + r4 * t8)));
    const double half_power = moe_double((moe_bits(shifted) << 52) + (UINT64_C(1022) << 52)); /* 2^(k−1): 2^k may be more than a double holds */
    const double finite = x > highest ? (double)INFINITY : twice * half_power;
    return x < lowest ? 0.0 : finite;
}

/* ln x. −inf at 0, NaN below 0, +inf at +inf. x = 2^k m, m in [√½, √2); ln m by fdlibm's odd series in s = f/(2+f), f = m − 1. */
static inline double moe_log(double x) {
    const uint64_t sqrt_half = 0x3fe6a09e667f3bcdu;
    const double subnormal = x < 0x1p-1022 ? 54.0 : 0.0;
    const uint64_t bits = moe_bits(x < 0x1p-1022 ? x * 0x1p54 : x);
    const uint64_t above = bits + (0x3ff0000000000000u - sqrt_half);
    const double k = (moe_double(0x4330000000000000u | above >> 52) - (0x1p52 + 1023.0)) - subnormal;
    const double f = moe_double((above & 0xfffffffffffffu) + sqrt_half) - 1.0;
    const double s = f / (2.0 + f), z = s * s, w = z * z, w2 = w * w;
    const double even = w * ((3.999999999940941908e-01 + w * 2.222219843214978396e-01) + w2 * 1.531383769920937332e-01);
    const double odd = z * ((6.666666666666735130e-01 + w * 2.857142874366239149e-01) + w2 * (1.818357216161805012e-01 + w * 1.479819860511658591e-01));
    const double half_square = 0.5 * f * f;
    const double finite = k * MOE_LN2_HIGH - ((half_square - (s * (half_square + (even + odd)) + k * MOE_LN2_LOW)) - f);
    const double positive = x > 0x1.fffffffffffffp1023 ? (double)INFINITY : finite;
    const double not_positive = x == 0.0 ? -(double)INFINITY : (double)NAN;
    return x > 0.0 ? positive : not_positive;
}

/* 1/(1+e^−x), the logistic function. */
static inline double moe_logistic(double x) { return 1.0 / (1.0 + moe_exp(-x)); }

/* ln(x/(1−x)) for 0 < x < 1. */
static inline double moe_logit(double x) { return moe_log(x / (1.0 - x)); }

/* ln(1 + e^x) without overflow. */
static inline double moe_softplus(double x) { return moe_max(x, 0.0) + moe_log(1.0 + moe_exp(-fabs(x))); }

/* The normal quantile is a rational function on each of three parts, of the degrees of Wichura's algorithm AS 241 (PPND16) and fitted anew to 8e-17
 * (tests/tools/fit_normal_quantile.py): not of the quantile but of what it is more than a simple first term, so that nearly all rounding happens to the
 * smaller one of two summands. */

/* Centre, |q| ≤ 0.425, q = u − ½: z = 2.5 q + q P(r)/Q(r), r = 3/16 − q². `rest` is what rounding 2.5 q has left out. */
static inline double moe_normal_quantile_centre(double q) {
    const double r = 0.1875 - q * q;
    const double top = ((((((-14263.385407447644 * r - 51189.073759143444) * r - 39770.90447956153) * r - 8208.891300506988) * r
        + 577.4229647047512) * r + 333.30303428497524) * r + 32.32163329383016) * r + 0.9608936895052079;
    const double bottom = ((((((7061.257168176974 * r + 38477.9255692073) * r + 51521.21400880217) * r + 26868.90753488863) * r
        + 6526.350355127732) * r + 786.3278909480406) * r + 45.41498355540784) * r + 1.0;
    const double half = 0.5 * q, most = (q + q) + half, rest = half - (most - (q + q));
    return most + (q * top / bottom + rest);
}

/* Tails: z = s + P(r)/Q(r), s = √−ln(smaller of u and 1 − u), r = s − 1.6. Returns a positive number. */
static inline double moe_normal_quantile_tail(double sqrt_log) {
    const double r = sqrt_log - 1.6;
    const double top = ((((((0.00022839654052985377 * r + 0.006691903375286157) * r + 0.06975260145840795) * r + 0.3451874630350951) * r
        + 0.8700239174731274) * r + 1.0349322424440457) * r + 0.3448367648731741) * r - 0.17656288925031635;
    const double bottom = ((((((3.587889989081731e-09 * r + 0.0005510823517970339) * r + 0.015296729996636477) * r + 0.14892981759440668) * r
        + 0.6925917367922851) * r + 1.6805696486847086) * r + 2.055425837148393) * r + 1.0;
    return sqrt_log + top / bottom;
}

/* The same beyond s = 5, r = s − 5: u within 1.4e-11 of 0 or 1. */
static inline double moe_normal_quantile_far_tail(double sqrt_log) {
    const double r = sqrt_log - 5.0;
    const double top = ((((((5.84029315072954e-08 * r + 7.897475130032734e-06) * r + 0.0003621159267220893) * r + 0.007703486905901763) * r
        + 0.08512274642879115) * r + 0.49991348262206) * r + 1.464093206446168) * r + 1.6579046435011038;
    const double bottom = ((((((6.8212450284318426e-15 * r + 1.4099401800535196e-07) * r + 1.8362387984340993e-05) * r + 0.0007840769752340819) * r
        + 0.014842642818233378) * r + 0.13676041715998966) * r + 0.5995121206326206) * r + 1.0;
    return sqrt_log + top / bottom;
}

/* The standard normal quantile, 0 < u < 1. */
static inline double moe_normal_quantile(double u) {
    const double q = u - 0.5;
    if (fabs(q) <= 0.425) return moe_normal_quantile_centre(q);
    const double r = sqrt(-moe_log(q < 0.0 ? u : 1.0 - u)), z = r <= 5.0 ? moe_normal_quantile_tail(r) : moe_normal_quantile_far_tail(r);
    return q < 0.0 ? -z : z;
}

enum { MOE_QUANTILE_LANES = 16 };

/* The tails of 64 quantiles at most: their places are collected without a branch, so that they, too, are worked on side by side. */
static inline void moe_normal_quantile_tails(const double *u, double *z, size_t n) {
    size_t place[64 + MOE_QUANTILE_LANES], tails = 0;
    double side[MOE_QUANTILE_LANES], r[MOE_QUANTILE_LANES];
    for (size_t i = 0; i < n; i++) {
        place[tails] = i;
        tails += fabs(u[i] - 0.5) > 0.425;
    }
    for (size_t i = tails; i < tails + MOE_QUANTILE_LANES; i++) place[i] = 0; /* read, not written */
    for (size_t first = 0; first < tails; first += MOE_QUANTILE_LANES) {
        for (size_t i = 0; i < MOE_QUANTILE_LANES; i++) side[i] = u[place[first + i]];
        for (size_t i = 0; i < MOE_QUANTILE_LANES; i++) r[i] = sqrt(-moe_log(side[i] < 0.5 ? side[i] : 1.0 - side[i]));
        for (size_t i = 0; i < MOE_QUANTILE_LANES; i++) {
            const double tail = moe_normal_quantile_tail(r[i]);
            side[i] = side[i] < 0.5 ? -tail : tail;
        }
        for (size_t i = first; i < tails && i < first + MOE_QUANTILE_LANES; i++)
            z[place[i]] = r[i - first] <= 5.0 ? side[i - first] : moe_normal_quantile(u[place[i]]);
    }
}

/* n quantiles in two passes: the centre for all, then the one draw in seven that lies in a tail. Vector code, and the same bits as one at a time.
 * u and z do not overlap. */
static inline void moe_normal_quantile_block(const double *restrict u, double *restrict z, size_t n) {
    for (size_t i = 0; i < n; i++) z[i] = moe_normal_quantile_centre(u[i] - 0.5);
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
