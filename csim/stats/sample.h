/* Quantiles of numbers held in memory, from their order. For samples small enough to sort; what a run counts in bins is accumulator.h. */
#ifndef CSIM_STATS_SAMPLE_H
#define CSIM_STATS_SAMPLE_H

#include "csim/stats/accumulator.h"

/* Takes out what is NAN, sorts the rest and returns how many are left. */
size_t csim_sample_sort(double *values, size_t n);

/* Quantile of sorted values by linear interpolation between order statistics; NAN of none. */
double csim_sample_quantile(const double *sorted, size_t n, double p);

/* Of n independent values, as csim_accumulator_quantile and csim_accumulator_quantile_interval: the error is half the width between the quantiles at
 * p ± √(p(1−p)/n), the bounds are those at 1.96 times that. NAN for fewer than two, and where values differ but these do not. */
csim_estimate csim_sample_quantile_estimate(const double *sorted, size_t n, double p);
csim_interval csim_sample_quantile_interval(const double *sorted, size_t n, double p);

#endif
