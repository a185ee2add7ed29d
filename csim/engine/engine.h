/* Runs a plan: blocks of paths over threads into exact statistics. No thread outlives a call, nothing is printed, a cancel answers within a block
 * (some 20 ms). Results do not depend on the number of threads, on the order of blocks or on how often the run was interrupted and advanced. */
#ifndef CSIM_ENGINE_ENGINE_H
#define CSIM_ENGINE_ENGINE_H

#include <stdatomic.h>

#include "csim/engine/ledger.h"
#include "csim/model/block.h"
#include "csim/plan/plan.h"
#include "csim/stats/replicates.h"

enum { CSIM_MAX_KEPT_SERIES = 32 };

typedef struct csim_run_options {
    uint64_t seed;
    uint32_t first_path, paths;  /* paths first_path … first_path + paths − 1 */
    int threads;                 /* 0: one a processor, at most 64 */
    uint32_t keep_paths;         /* inputs and kept numbers of the first so many paths */
    uint32_t keep_hits;          /* what each of the first so many paths says of every reading; at least keep_paths are kept */
    int keep_slots, keep_slot[CSIM_MAX_KEPT_SERIES]; /* outcomes of which the paths of keep_paths are kept month by month */
    int skip_monthly;            /* 1: no `monthly` in the result, for further runs that are asked little */
    int verify;                  /* 1: check the invariants of docs/model.md after every month (slow) */
    csim_sampler sampler;        /* csim/rng/sampling.h */
    uint32_t replicates;         /* independent randomisations; path n belongs to replicate n mod replicates. 0: 1 for Monte Carlo, else 16 */
    uint32_t strata;             /* Latin hypercube: points a replicate has over all shards of the run; 0: as many as the last path of this one asks for */
    atomic_ullong *told;         /* NULL, or a counter that outlives run and result: every block adds its paths as it ends, so that other threads may watch */
} csim_run_options;

/* Fills in what 0 stands for. */
void csim_run_options_complete(csim_run_options *options);
/* How many paths from first_path on the sampler has points for: a hypercube is full at some time, the others never are. Of completed options. */
uint32_t csim_run_options_points(const csim_run_options *options);
/* The sampler of these options, freed by csim_sampling_free. USAGE, NO_MEMORY. */
csim_status csim_run_options_sampling(const csim_run_options *options, csim_sampling **out, csim_error *err);

/* Adds paths to the counter, where there is one. */
static inline void csim_run_tell(const csim_run_options *options, uint32_t paths) {
    if (options->told) atomic_fetch_add_explicit(options->told, paths, memory_order_relaxed);
}

/* A claim's reading over paths: `count` paths could decide it (for a conditional reading: those where its condition held), `hits` said yes. */
typedef struct csim_tally { uint64_t hits, count; } csim_tally;

/* What one path says of a reading. */
typedef enum csim_hit { CSIM_MISS, CSIM_HIT, CSIM_HIT_UNKNOWN /* stopped, not run yet, or its condition does not hold */ } csim_hit;

typedef struct csim_result {
    const csim_plan *plan;               /* borrowed */
    const char *variant;                 /* variant that ran: "scalar", "avx2", "avx512" (csim/engine/variant.h); changes no number */
    csim_run_options options;            /* complete */
    csim_accumulator *statistics;        /* series = plan->slots, months = plan->report_months */
    csim_replicates *replicates;         /* what `statistics` takes its errors from; NULL with one replicate */
    csim_accumulator *monthly;           /* moments of every month: series = plan->slots, months = plan->months, no quantiles; NULL when skipped */
    csim_replicates *monthly_replicates; /* what `monthly` takes its errors from */
    csim_tally tally[CSIM_MAX_READINGS];
    csim_tally (*replicate_tally)[CSIM_MAX_READINGS]; /* [options.replicates]; NULL with one replicate */
    csim_ledger ledger;                  /* the paths simulated */
    uint64_t done, failed;               /* how many they are; of them stopped */
    uint64_t failed_by[CSIM_FAILURES];   /* by csim_failure */
    uint64_t failed_slot[CSIM_MAX_OUTCOMES]; /* by the outcome that failed first */
    uint32_t kept;                       /* rows in the three tables below, row i = path first_path + i; NAN in those of paths not simulated */
    double *kept_input;                  /* [kept][plan->inputs] */
    double *kept_scalar;                 /* [kept][plan->scalars]; NAN in the rows of stopped paths */
    double *kept_series;                 /* [kept][options.keep_slots][plan->months]; NAN as in kept_scalar */
    uint32_t hit_rows;                   /* rows of the next; at least `kept` */
    unsigned char *hit;                  /* [hit_rows][plan->readings], csim_hit */
    double seconds;                      /* spent in csim_run_advance */
} csim_result;

typedef struct csim_run csim_run;

/* The plan must outlive the run. Errors: NO_MEMORY, USAGE (no paths). */
csim_status csim_run_new(const csim_plan *plan, const csim_run_options *options, csim_run **out, csim_error *err);
void csim_run_free(csim_run *run);

/* Works until all paths are done, `seconds` have passed (0: no limit) or *cancel is set (may be NULL). CSIM_OK also when time is up: ask csim_run_done.
 * A granule that is begun is finished when time is up, so that the ledger holds few pieces; a cancel leaves it in parts, which the next advance finishes.
 * INTERRUPTED when cancelled; the run stays valid and may be advanced again. RUN_FAILED when an invariant is broken under `verify`, with the sentence. */
csim_status csim_run_advance(csim_run *run, double seconds, const atomic_int *cancel, csim_error *err);
uint64_t csim_run_done(const csim_run *run);     /* paths finished so far, those taken in included */

/* Takes in what is known already of some of the run's paths, as from a run file: they are not simulated again, and the result is that of one run over all,
 * bit for bit. To be called before the first advance, as often as there are parts. INCONSISTENT when the part is of another plan, seed, sampler, number of
 * replicates or of strata, overlaps what is there, or reaches beyond the run's paths; USAGE after an advance; LIMIT, NO_MEMORY. */
csim_status csim_run_take(csim_run *run, const csim_result *part, csim_error *err);
/* The same of a part whose statistics are still bytes: `part` has counts, ledger and rows, and NULL for all accumulators; `add` adds those to what it is given. */
typedef struct csim_statistics_source {
    const void *from;
    /* Whether all will fit a result with these accumulators; asked first. replicates may be NULL, as in csim_result. */
    int (*fits)(const void *from, const csim_result *like);
    void (*add)(const void *from, csim_accumulator *statistics, csim_accumulator *monthly);
    void (*add_replicates)(const void *from, csim_replicates *replicates, csim_replicates *monthly_replicates, csim_tally (*tally)[CSIM_MAX_READINGS]);
} csim_statistics_source;
csim_status csim_run_take_from(csim_run *run, const csim_result *part, const csim_statistics_source *source, csim_error *err);
/* What the run has or will have, in numbers: complete options and the plan; statistics may be missing. Borrowed. */
const csim_result *csim_run_outline(const csim_run *run);
/* Simulates no paths but those of the ledger. To be called before the first advance. */
void csim_run_restrict(csim_run *run, const csim_ledger *only);
int csim_run_is_finished(const csim_run *run);   /* nothing is left to simulate */
int csim_run_has_begun(const csim_run *run);     /* whether it was advanced: parts can no longer be taken in */
void csim_run_missing(const csim_run *run, csim_ledger *out); /* before the first advance: what no part and no restriction has taken away */

/* to += part: statistics, replicates, tallies, failures, ledger, and the rows of kept paths for which `to` has room. Both of the same plan and seed.
 * INCONSISTENT when they share paths, or differ in sampler, replicates or strata. The one place that knows what adds up in a result. */
csim_status csim_result_merge(csim_result *to, const csim_result *part, csim_error *err);
/* The same without statistics and without what replicates hold, for a part whose accumulators stand elsewhere: its pointers to them may be NULL. */
csim_status csim_result_merge_counts(csim_result *to, const csim_result *part, csim_error *err);
/* The statistics alone; `monthly` may be NULL where `to` has none. */
void csim_result_add_statistics(csim_result *to, const csim_accumulator *statistics, const csim_accumulator *monthly);
/* The rows alone; what replicates hold alone, where both have it. */
void csim_result_take_rows(csim_result *to, const csim_result *part);
void csim_result_take_replicates(csim_result *to, const csim_result *part);

/* The tables of a result that have a row a path, from first_path on, and one name wherever they are stored. */
enum { CSIM_ROW_TABLES = 4 };
typedef struct csim_row_table {
    const char *name;
    uint32_t rows;
    size_t row_bytes;
    size_t member;                       /* where its pointer stands in csim_result (offsetof) */
} csim_row_table;
void csim_result_tables(const csim_result *result, csim_row_table out[CSIM_ROW_TABLES]);
void *csim_result_rows(const csim_result *result, const csim_row_table *table); /* borrowed */
void csim_result_set_rows(csim_result *result, const csim_row_table *table, void *rows);

/* The statistics so far (all complete blocks). Borrowed; changes at the next advance. RUN_FAILED when more than .1 % of the paths were stopped. */
csim_status csim_run_result(csim_run *run, const csim_result **out, csim_error *err);

/* The rows of kept paths so far and nothing else of the result, for the price of a pointer: NAN and unknown for paths that are not finished. Borrowed; changes at
 * the next advance. */
const csim_result *csim_run_rows(const csim_run *run);

/* Raises (never lowers) the number of paths before further advances; the result is that of one run over all. USAGE: fewer than there are, not numbered below
 * 2^32, a Latin hypercube (its points depend on their number). LIMIT, NO_MEMORY: the run stays as it was. */
csim_status csim_run_grow(csim_run *run, uint32_t paths, csim_error *err);
uint32_t csim_run_paths(const csim_run *run);    /* asked for so far */
uint32_t csim_run_granule(const csim_run *run); /* paths of one full block of every replicate */

/* How often reading `at` of the plan holds, with the error that the run's sampler has. */
csim_probability csim_result_probability(const csim_result *result, int at);

/* SHA-256 over plan hash, seed, ledger, tallies, failures, statistics and moments of every month, and with another sampler or more than one replicate over these, the
 * hypercube's strata and all that replicates hold: 64 hex digits and NUL. Never over times, threads or files. */
void csim_result_digest(const csim_result *result, char hex[65]);

/* Replays one path of a run with these options (those of its result: a hypercube's points depend on their number): outcome values [months × slots], row by month,
 * into caller's memory, and its inputs [plan->inputs]; either may be NULL. */
csim_status csim_path_replay(const csim_plan *plan, const csim_run_options *options, uint32_t path, double *outcomes, double *inputs, int *failure, csim_error *err);

/* The same with the whole state to look at: `look` sees the block before the first month (block->t = 0) and after each month (block->t = months done); the
 * path stands in lane 0. It must not change the block; a status other than OK ends the walk and is returned. NO_MEMORY. */
typedef csim_status csim_path_look(void *self, const csim_block *block, csim_error *err);
csim_status csim_path_follow(const csim_plan *plan, const csim_run_options *options, uint32_t path, csim_path_look *look, void *self, csim_error *err);

#endif
