/* Small dense correlation matrices: may they exist, what factor do they have, what is the nearest one that may exist.
 * Matrices are n × n, row by row. Knows nothing of names. */
#ifndef CSIM_DIST_CORRELATION_H
#define CSIM_DIST_CORRELATION_H

#include <stdbool.h>
#include <stddef.h>

/* Lower factor of a symmetric matrix, upper part set to 0. False when the matrix is not safely positive definite. factor may be matrix. */
bool csim_correlation_factor(const double *matrix, size_t n, double *factor);

/* Numbers that csim_correlation_nearest needs as scratch. */
size_t csim_correlation_scratch_size(size_t n);

/* Replaces the matrix by the nearest (Frobenius norm) positive definite one with the same unit diagonal and the same zeros, rounded to
 * three decimals so that it can be written down and still be valid. */
void csim_correlation_nearest(double *matrix, size_t n, double *scratch);

#endif
