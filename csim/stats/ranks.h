/* Ranks of numbers held in memory, and correlations of them: their standard error, and the size that chance alone reaches. Knows nothing of what the numbers are. */
#ifndef CSIM_STATS_RANKS_H
#define CSIM_STATS_RANKS_H

#include <stdint.h>

#include "csim/base/order.h"

/* twice[i]: how many of the n values, none of them NaN, are lower than value[i], and again how many are not higher: twice[i] / 2n is the share that is lower, equal
 * ones counted half. n < 2^31; order[n] gets positions from the smallest value up, `scratch` has room for 2 n keys. */
void csim_ranks_count(const double *value, uint32_t n, csim_order_key *scratch, uint32_t *order, uint32_t *twice);

/* Ranks less their mean, over their length: the dot product of two such rows is the rank correlation. All 0 for a constant. */
void csim_ranks_unit(const uint32_t *twice, uint32_t n, double *out);

/* Standard error of a rank correlation over n rows, by Fisher's transform with Bonett and Wright's variance (2000); n at least 4. */
double csim_rank_correlation_error(double correlation, uint32_t rows);

/* Standard normal deviations that the largest of `tests` two-sided ones stays below with 95 % confidence where there is nothing to find (Bonferroni). */
double csim_chance_deviations(uint32_t tests);
/* The size that the largest of so many rank correlations stays below in the same way. */
double csim_rank_correlation_chance(uint32_t rows, uint32_t tests);

#endif
