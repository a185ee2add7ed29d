/* Series and continued fractions of DLMF chapter 8: 8.11.4 (gamma, below the mode), 8.9.2 (gamma, above), 8.17.22 (beta). */
#include "csim/dist/incomplete.h"

#include <float.h>
#include <math.h>

enum { MAX_TERMS = 100000 }; /* about √shape are needed; the cap only guards against NaN */

/* Stirling's series from 25 on (truncation below 1e-19), the recurrence Γ(x+1) = xΓ(x) below. */
long double csim_log_gamma(long double x) {
    static const long double coefficient[] = {1.0L / 12, -1.0L / 360, 1.0L / 1260, -1.0L / 1680, 1.0L / 1188, -691.0L / 360360, 1.0L / 156};
    static const long double half_log_two_pi = 0.918938533204672741780329736405617640L;
    long double product = 1, series = 0;
    for (; x < 25; x += 1) product *= x;
    for (int i = 6; i >= 0; i--) series = series / (x * x) + coefficient[i];
    return (x - 0.5L) * logl(x) - x + half_log_two_pi + series / x - logl(product);
}

/* Σ xⁿ / ((a+1)…(a+n)), for x < a + 1. */
static long double gamma_series(long double a, long double x) {
    long double term = 1, sum = 1;
    for (int n = 1; n < MAX_TERMS && term > LDBL_EPSILON * sum; n++) {
        term *= x / (a + n);
        sum += term;
    }
    return sum;
}

/* Γ(a, x) = xᵃ e⁻ˣ · fraction, for x ≥ a + 1: modified Lentz. The denominators stay away from 0 here, so no guard is needed. */
static long double gamma_fraction(long double a, long double x) {
    long double b = x + 1 - a, c = 1 / LDBL_MIN, d = 1 / b, fraction = d;
    for (int n = 1; n < MAX_TERMS; n++) {
        const long double numerator = n * (a - n);
        b += 2;
        d = 1 / (numerator * d + b);
        c = b + numerator / c;
        fraction *= c * d;
        if (fabsl(c * d - 1) <= LDBL_EPSILON) break;
    }
    return fraction;
}

csim_tails csim_gamma_tails(double shape, long double log_x) {
    const long double a = (long double)shape, x = expl(log_x);
    const long double slope = expl(a * log_x - x - csim_log_gamma(a));
    if (x < a + 1) {
        const long double lower = slope * gamma_series(a, x) / a;
        return (csim_tails){lower, 1 - lower, slope};
    }
    const long double upper = slope * gamma_fraction(a, x);
    return (csim_tails){1 - upper, upper, slope};
}

static long double away_from_zero(long double x) { return fabsl(x) < 1e-300L ? 1e-300L : x; }

/* Lentz; converges in about √max(a, b) steps for x < (a+1)/(a+b+2). */
static long double beta_fraction(long double a, long double b, long double x) {
    long double c = 1, d = 1 / away_from_zero(1 - (a + b) * x / (a + 1)), fraction = d;
    for (int m = 1; m < MAX_TERMS; m++) {
        const long double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 / away_from_zero(1 + even * d);
        c = away_from_zero(1 + even / c);
        fraction *= c * d;
        const long double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / away_from_zero(1 + odd * d);
        c = away_from_zero(1 + odd / c);
        fraction *= c * d;
        if (fabsl(c * d - 1) <= 2 * LDBL_EPSILON) break;
    }
    return fraction;
}

csim_tails csim_beta_tails(double a_in, double b_in, long double logit_x) {
    const long double a = (long double)a_in, b = (long double)b_in;
    const long double e = expl(-fabsl(logit_x)), log_larger = -log1pl(e), log_smaller = log_larger - fabsl(logit_x);
    const long double x = logit_x < 0 ? e / (1 + e) : 1 / (1 + e), one_minus_x = logit_x < 0 ? 1 / (1 + e) : e / (1 + e);
    const long double log_x = logit_x < 0 ? log_smaller : log_larger, log_one_minus_x = logit_x < 0 ? log_larger : log_smaller;
    const long double slope = expl(a * log_x + b * log_one_minus_x - csim_log_gamma(a) - csim_log_gamma(b) + csim_log_gamma(a + b));
    if (x < (a + 1) / (a + b + 2)) {
        const long double lower = slope * beta_fraction(a, b, x) / a;
        return (csim_tails){lower, 1 - lower, slope};
    }
    const long double upper = slope * beta_fraction(b, a, one_minus_x) / b;
    return (csim_tails){1 - upper, upper, slope};
}
