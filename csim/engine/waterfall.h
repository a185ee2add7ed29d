/* What a difference between two scenarios is made of: the changed keys in groups, each with its share of the difference of means. A share is Shapley's: what
 * putting B's side of the group into A changes, averaged over the orders in which groups may change sides. Shares add up to the difference. Up to
 * CSIM_WATERFALL_EXACT groups all mixed scenarios are run; above, those of a sample of orders. Owns the runs; must not print or keep a thread. */
#ifndef CSIM_ENGINE_WATERFALL_H
#define CSIM_ENGINE_WATERFALL_H

#include <stdatomic.h>

#include "csim/engine/compare.h"
#include "csim/engine/waterfall_groups.h"

enum { CSIM_WATERFALL_EXACT = 6, CSIM_WATERFALL_PATHS = 1000, CSIM_WATERFALL_ORDERS = 16, CSIM_WATERFALL_MOST_ORDERS = 512 };

typedef struct csim_waterfall_side { const csim_scenario *scenario; csim_compare_side compare; } csim_waterfall_side; /* borrowed */

typedef struct csim_waterfall_request {
    const char *series;          /* "share.open.developers" */
    int month;                   /* since 2000-01 */
    uint32_t paths;              /* 0: CSIM_WATERFALL_PATHS */
    int has_seed, threads;
    uint64_t seed;
    csim_sampler_wish drawn;     /* as csim_compare_request */
    uint32_t orders;             /* sampled orders, rounded up to an even number; 0: CSIM_WATERFALL_ORDERS. Not used up to CSIM_WATERFALL_EXACT groups */
    atomic_ullong *told;         /* as csim_compare_request */
    const char *groups;          /* a file (waterfall_groups.h); NULL: by section, sections that cannot change sides alone together */
} csim_waterfall_request;

typedef struct csim_waterfall_bar {
    char group[CSIM_GROUP_NAME];
    size_t keys;                 /* differing keys in it */
    csim_estimate effect;        /* the group's share; error from the spread over paths, or between replicates */
    double order_error;          /* standard error from the sample of orders, 0 when exact */
    double alone, last;          /* change when it alone, and when it as the last one, changes sides; NAN where such a mix was not run */
} csim_waterfall_bar;

typedef struct csim_waterfall_total {
    csim_estimate a, b, difference; /* means over the pairs; error of the difference from pairs */
    const char *unit;
    uint64_t pairs, dropped;     /* dropped: paths that were stopped in some mixed scenario by the last month asked */
    size_t runs, orders;         /* scenarios run, A and B included; sampled orders, 0 when exact */
} csim_waterfall_total;

typedef struct csim_waterfall csim_waterfall;

/* Errors of csim_comparison_new and csim_waterfall_groups_make. */
csim_status csim_waterfall_new(const csim_waterfall_side sides[2], const csim_waterfall_request *wanted, csim_waterfall **out, csim_error *err);
void csim_waterfall_free(csim_waterfall *self);

/* As csim_run_advance. INCONSISTENT: a mix is no valid scenario (the sentence says which groups and why), or a finished run's catalogue has changed. */
csim_status csim_waterfall_advance(csim_waterfall *self, double seconds, const atomic_int *cancel, csim_error *err);
void csim_waterfall_progress(const csim_waterfall *self, uint64_t *done, uint64_t *total);

/* When finished; borrowed. */
const csim_waterfall_bar *csim_waterfall_bars(const csim_waterfall *self, size_t *count);
const csim_waterfall_total *csim_waterfall_sum(const csim_waterfall *self);
const csim_comparison *csim_waterfall_ends(const csim_waterfall *self); /* A and B alone: names, seed, paths */

#endif
