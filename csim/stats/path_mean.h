/* The mean of one number over paths held in memory, with its standard error: from the spread between paths where these are independent, from the spread between
 * replicates where a sampler places points by their neighbours. Depends on the order in which paths are added: add them in theirs. Must not allocate. */
#ifndef CSIM_STATS_PATH_MEAN_H
#define CSIM_STATS_PATH_MEAN_H

#include "csim/stats/accumulator.h"
#include "csim/stats/replicates.h"

typedef struct csim_path_sums { double n, mean, squares; /* of distances from the mean */ } csim_path_sums;

/* Starts as {.replicates = R}; path i is of replicate i mod R. 0 and 1: all paths are independent. */
typedef struct csim_path_mean { uint32_t replicates; csim_path_sums all, of[CSIM_MOST_REPLICATES]; } csim_path_mean;

void csim_path_mean_add(csim_path_mean *self, size_t path, double x);

/* NAN without paths. The error is NAN, not known, with a single path, with a single replicate that has any, and where all replicates have one mean although
 * paths differ; it is 0 where all paths are equal. */
csim_estimate csim_path_mean_estimate(const csim_path_mean *self);

#endif
