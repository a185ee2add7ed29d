/* Incomplete gamma and beta functions in long double, for building quantile tables. Slow and exact: never for the inner loop.
 * The argument is y = ln x (gamma) or y = ln(x/(1−x)) (beta), so that neither end of the range loses digits. */
#ifndef CSIM_DIST_INCOMPLETE_H
#define CSIM_DIST_INCOMPLETE_H

typedef struct csim_tails {
    long double lower, upper; /* P(X ≤ x) and P(X > x), each with full relative accuracy where it is the smaller one */
    long double slope;        /* d lower / d y */
} csim_tails;

/* ln Γ(x), x > 0. Unlike lgammal it touches no global, so plans can be compiled on several threads at once. */
long double csim_log_gamma(long double x);

csim_tails csim_gamma_tails(double shape, long double log_x);
csim_tails csim_beta_tails(double a, double b, long double logit_x);

#endif
