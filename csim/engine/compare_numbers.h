/* The statistics of a comparison: rows from paired columns, claims from paired answers. Knows no run; internal to csim/engine/. */
#ifndef CSIM_ENGINE_COMPARE_NUMBERS_H
#define CSIM_ENGINE_COMPARE_NUMBERS_H

#include "csim/engine/compare.h"

/* Fills all numbers of `out` from n pairs; NAN marks a stopped path. Pair i is of replicate i mod replicates (1: all are independent). with_ratio: the
 * geometric mean of b/a as well. NO_MEMORY. */
csim_status csim_compare_numbers(const double *a, const double *b, size_t n, uint32_t replicates, int with_ratio, csim_compare_row *out, csim_error *err);

/* The same from n pairs of csim_hit. A conditional reading counts the paths in which its condition holds, which need not be the same on both sides: the error
 * is that of a difference of two ratios, linearised. */
void csim_compare_answers(const unsigned char *a, const unsigned char *b, size_t n, uint32_t replicates, csim_compare_claim *out);

#endif
