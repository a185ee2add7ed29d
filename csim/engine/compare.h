/* Scenarios side by side: the same paths through each, paired path by path with those of the first. Every draw has an address, so path n meets the same luck
 * everywhere and the differences have small errors. Owns the runs; must not print, keep a thread or change what it is given. */
#ifndef CSIM_ENGINE_COMPARE_H
#define CSIM_ENGINE_COMPARE_H

#include <stdatomic.h>

#include "csim/engine/contrast.h"
#include "csim/engine/engine.h"

enum { CSIM_COMPARE_PATHS = 4000, CSIM_COMPARE_SIDES = 16, CSIM_COMPARE_NOTE = 512 };

/* What is compared: a compiled scenario, or a finished run's. All borrowed, and to outlive the comparison. */
typedef struct csim_compare_side {
    const char *name;            /* what people call it */
    const csim_plan *plan;
    const csim_result *result;   /* of a finished run; NULL for a scenario. Its paths are simulated again and held against the rows that it has kept */
    uint64_t seed;               /* of the run, or the scenario's own */
    csim_sampler sampler;        /* the same */
    uint32_t replicates;         /* 0: those that belong to the sampler */
} csim_compare_side;

typedef struct csim_compare_request {
    uint32_t paths;              /* 0: CSIM_COMPARE_PATHS */
    int has_seed, threads;
    uint64_t seed;               /* without has_seed that of the runs, or of the first side when there are none */
    csim_sampler_wish drawn;     /* what it leaves open is that of the runs, or of the first side */
    const char *const *series;   /* names; none: what the first plan keeps path by path at ends of years */
    size_t series_count;
    const int *month;            /* since 2000-01; none: ends of years after the assimilated history, and the last month */
    size_t months;
    atomic_ullong *told;         /* as in csim_run_options: of all sides together */
} csim_compare_request;

/* A series in a month: side `side` (B) against side 0 (A). */
typedef struct csim_compare_row {
    char series[2 * CSIM_PLAN_ID];
    const char *unit;
    int month;                   /* since 2000-01 */
    size_t side;
    csim_estimate a, b;          /* means over the pairs */
    csim_paired difference;      /* B − A; `probability` that B is above A */
    csim_estimate ratio;         /* geometric mean of B/A, of series on a logarithmic axis; else NAN */
    int identical;               /* every pair is equal */
} csim_compare_row;

/* A claim's reading that paths decide. Errors of A and B as if alone; that of B − A from pairs. */
typedef struct csim_compare_claim {
    char reading[2 * CSIM_PLAN_ID]; /* "f500_60.primary" */
    size_t side;
    csim_probability a, b;
    csim_estimate difference;
    uint64_t gained, lost;       /* paths that say yes in B only, in A only */
} csim_compare_claim;

typedef struct csim_comparison csim_comparison;

/* 2 to CSIM_COMPARE_SIDES sides. What one side lacks is left out and noted. USAGE: run files of different seeds, samplers or first paths, another seed or
 * sampler than theirs.
 * UNKNOWN_NAME: a series no side has. INCONSISTENT: nothing is left to compare. */
csim_status csim_comparison_new(const csim_compare_side *sides, size_t count, const csim_compare_request *wanted, csim_comparison **out, csim_error *err);
void csim_comparison_free(csim_comparison *self);

/* As csim_run_advance. INCONSISTENT when a finished run's kept paths are not what this program simulates. */
csim_status csim_comparison_advance(csim_comparison *self, double seconds, const atomic_int *cancel, csim_error *err);
void csim_comparison_progress(const csim_comparison *self, uint64_t *done, uint64_t *total);

/* When finished; borrowed, side after side in the order of the series. Empty before. */
const csim_compare_row *csim_comparison_rows(const csim_comparison *self, size_t *count);
const csim_compare_claim *csim_comparison_claims(const csim_comparison *self, size_t *count);
int csim_comparison_identical(const csim_comparison *self, size_t side); /* every number and answer that was compared is equal, path by path */

size_t csim_comparison_sides(const csim_comparison *self);
const char *csim_comparison_name(const csim_comparison *self, size_t side);
/* What every side was or will be run with, and its numbers: [paths], NAN where a path was stopped, of the `item`-th series and month, once the side is
 * finished. Borrowed. */
csim_run_options csim_comparison_options(const csim_comparison *self);
const double *csim_comparison_column(const csim_comparison *self, size_t side, size_t item);

uint64_t csim_comparison_seed(const csim_comparison *self);
uint32_t csim_comparison_paths(const csim_comparison *self);
const char *csim_comparison_note(const csim_comparison *self, size_t i); /* a sentence about what was left out; NULL behind the last */

#endif
