/* Quantile tables of the beta and gamma families: y(z) as a piecewise polynomial, where z is the normal quantile of u and
 * y = ln x (gamma) or ln(x/(1−x)) (beta). On this pair of axes both functions are smooth and nearly straight, so few pieces reach
 * a relative error of 1e-12 in x from the median to u = 1e-16. Owns building and reading of tables; knows nothing of specs. */
#ifndef CSIM_DIST_TABLE_H
#define CSIM_DIST_TABLE_H

#include "csim/base/error.h"
#include "kernels/vmath.h"

enum { CSIM_TABLE_PIECES = 64, CSIM_TABLE_DEGREE = 9, CSIM_TABLE_COEFFICIENTS = CSIM_TABLE_DEGREE + 1,
       CSIM_TABLE_SIZE = CSIM_TABLE_PIECES * CSIM_TABLE_COEFFICIENTS };

/* A uniform of 52 bits has |z| < 8.21. Beyond the table the outermost value is held. */
#define CSIM_TABLE_Z_MAX 8.3

/* Fill table[CSIM_TABLE_SIZE]. RUN_FAILED when the result disagrees with GSL's cdf, which no shape within the limits of spec.h does. */
csim_status csim_table_build_gamma(double shape, double *table, csim_error *err);
csim_status csim_table_build_beta(double a, double b, double *table, csim_error *err);

/* y at z. Coefficients stand from the constant upwards, piece after piece; each piece runs over t = −1 … 1. */
static inline double csim_table_at(const double *table, double z) {
    const double position = (moe_clip(z, -CSIM_TABLE_Z_MAX, CSIM_TABLE_Z_MAX) + CSIM_TABLE_Z_MAX) * (CSIM_TABLE_PIECES / (2 * CSIM_TABLE_Z_MAX));
    const int whole = (int)position, piece = whole < CSIM_TABLE_PIECES ? whole : CSIM_TABLE_PIECES - 1;
    const double t = 2 * (position - piece) - 1;
    const double *c = table + piece * CSIM_TABLE_COEFFICIENTS;
    double y = c[CSIM_TABLE_DEGREE];
    for (int k = CSIM_TABLE_DEGREE - 1; k >= 0; k--) y = y * t + c[k];
    return y;
}

#endif
