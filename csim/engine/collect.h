/* What one thread finds: it looks at its block after each month, and adds a block to its sums when it is known which paths were stopped. Rows of kept paths
 * and sums of replicates go into the run's result, which all threads share. Must not know how blocks are dealt out. */
#ifndef CSIM_ENGINE_COLLECT_H
#define CSIM_ENGINE_COLLECT_H

#include <pthread.h>

#include "csim/engine/engine.h"
#include "csim/engine/variant.h"

typedef struct csim_collector {
    csim_result *result;         /* borrowed: its plan and options, and what threads share */
    const csim_variant *variant; /* whose sums it takes */
    pthread_mutex_t *lock;       /* borrowed, [replicates]: of what the result holds of each */
    csim_accumulator *statistics, *monthly; /* monthly: NULL when options.skip_monthly */
    csim_tally tally[CSIM_MAX_READINGS];
    uint64_t done, failed, failed_by[CSIM_FAILURES], failed_slot[CSIM_MAX_OUTCOMES];
    unsigned char (*hit)[P];     /* [readings][P]: has the reading come true on this path so far */
    double (*scalar)[P];         /* [scalars][P] */
    double *path_values;         /* [keep_slots][months][P] */
    /* What a block adds waits here until it is known whether paths of it were stopped. */
    csim_lane_sums *month_sums;  /* [months][slots]: over the paths of `alive`; without monthly [report_months][slots] */
    uint16_t *month_bins;        /* [slots][report_months][P] */
    int alive[P], count, report; /* paths of the block that count; how many it has; report months met so far */
} csim_collector;

/* result->plan and result->options must stand. NO_MEMORY. */
csim_status csim_collector_init(csim_collector *self, csim_result *result, const csim_variant *variant, pthread_mutex_t *lock, csim_error *err);
void csim_collector_clear(csim_collector *self);

/* Before the first month of a block of n paths. */
void csim_collector_begin(csim_collector *self, int n);
/* After each month: block->t is that month's position plus one. */
void csim_collector_month(csim_collector *self, const csim_block *block);
/* After the last month, true when paths were stopped that the sums of earlier months hold: the block is then to be walked once more from its first month
 * (which gives the same bits), and is summed without them. One block in thousands. */
int csim_collector_again(csim_collector *self, const csim_block *block);
/* Adds the block whose first path is `first`. */
void csim_collector_end(csim_collector *self, const csim_block *block, uint32_t first);

/* Adds what `self` counted to the result's numbers; its statistics the caller adds or lends. */
void csim_collector_add_counts(const csim_collector *self, csim_result *result);

/* Empty statistics for a result of this plan, `monthly` too unless skipped. Freed by csim_accumulator_free. NO_MEMORY. */
csim_status csim_result_new_statistics(csim_result *result, csim_error *err);
#endif
