/* What some paths of a changed scenario say when more paths of the unchanged one are known: the mean over all of the base's paths plus the mean difference over
 * the pairs (the base is a control variate with coefficient 1). Of N base paths the first n are paired: the estimate is unbiased, and its variance is
 * Var(b)/N + Var(b − a)·(1/n − 1/N): at least that of N paths of the changed scenario, and at most that and the variance of the pairs' mean difference
 * together. Path i of both meets the same luck; paths must be independent (plain Monte Carlo). Knows no run. */
#ifndef CSIM_ENGINE_CONTROLLED_H
#define CSIM_ENGINE_CONTROLLED_H

#include "csim/engine/compare.h"

typedef struct csim_controlled_mean {
    uint64_t paths, base_paths, pairs; /* with a number: of b, of a, of both */
    csim_estimate alone, base;         /* means of b and of a over all their own paths */
    csim_estimate difference;          /* B − A over the pairs */
    csim_estimate mean;                /* of b: base + difference while the base has more paths, else alone */
    double correlation;                /* of a and b over the pairs; NAN when one of them is constant */
} csim_controlled_mean;

/* NAN marks a stopped path; it counts on neither side of a pair. */
void csim_controlled_numbers(const double *a, size_t base_paths, const double *b, size_t paths, csim_controlled_mean *out);

typedef struct csim_controlled_share {
    csim_probability alone, base;      /* over their own paths */
    csim_estimate difference;          /* B − A over the pairs, as csim_compare_answers */
    uint64_t pairs, gained, lost;      /* paths of both; that say yes in B only, in A only */
    csim_estimate share;               /* as `mean` above, cut to 0 … 1 */
    double low, high;                  /* 95 % bounds of `share`; where few paths or none changed sides these count as one more than did */
} csim_controlled_share;

/* The same of csim_hit. A conditional reading is a ratio on both sides: its errors are linearised. */
void csim_controlled_answers(const unsigned char *a, size_t base_paths, const unsigned char *b, size_t paths, csim_controlled_share *out);

#endif
