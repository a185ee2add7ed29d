/* Contrasts: the same paths through two scenarios, compared path by path. Because every draw has an address, path n of both runs meets the same luck
 * and the difference is what the scenarios differ by. Owns the further runs that readings with `against` need, each made once however many readings
 * use it. Must not print, keep a thread or change the result it is given. */
#ifndef CSIM_ENGINE_CONTRAST_H
#define CSIM_ENGINE_CONTRAST_H

#include <stdatomic.h>

#include "csim/engine/engine.h"
#include "csim/engine/further.h"
#include "csim/scenario/scenario.h"

/* What one contrast found. A is `against_base` (or the scenario that runs), B is `against`; d = B − A, B/A or ln(B/A). */
typedef struct csim_paired {
    uint64_t pairs, dropped;      /* paths compared; paths stopped in A or B by the last month asked of them, or without a finite difference */
    csim_estimate mean;           /* of d, with the standard error of paired differences */
    double p5, p50, p95;          /* quantiles of d over paths */
    double correlation;           /* of A and B over paths; NAN when one of them is constant */
    double paths_saved;           /* paths of two independent runs that give the same error, for each pair; NAN when not defined */
    csim_probability probability; /* that d holds the reading's comparison */
} csim_paired;

typedef struct csim_contrasts csim_contrasts;

/* paths = 0: as many as the run has, at most CSIM_CONTRAST_PATHS. The kept rows of `result` serve as the running scenario's side when the run is complete
 * and has kept that many; otherwise that side is run again. scenario and result must outlive the contrasts. Loads nothing yet. */
csim_status csim_contrasts_new(const csim_scenario *scenario, const csim_result *result, uint32_t paths, csim_contrasts **out, csim_error *err);
void csim_contrasts_free(csim_contrasts *self);

/* As csim_run_advance: returns OK when time is up or everything is done (ask csim_contrasts_progress), INTERRUPTED when cancelled; may be called again.
 * A further scenario that cannot be loaded, compiled or run leaves its readings open, with the cause; NO_MEMORY is returned. */
csim_status csim_contrasts_advance(csim_contrasts *self, double seconds, const atomic_int *cancel, csim_error *err);

/* Paths done of paths to do, both over all further runs. Equal when finished. */
void csim_contrasts_progress(const csim_contrasts *self, uint64_t *done, uint64_t *total);

/* The answer to a reading. *out is borrowed, NULL when there is none, and then *why (which may be NULL) says why in a few words. */
void csim_contrasts_find(const csim_contrasts *self, const csim_reading *reading, const csim_paired **out, const char **why);

/* What the first n pairs say of a reading: hit[i] is the csim_hit of pair i. Returns how many there are, 0 when there is no answer. */
size_t csim_contrasts_hits(const csim_contrasts *self, const csim_reading *reading, unsigned char *hit, size_t n);

/* The statistics alone: a[i], b[i] are one pair, of replicate i mod `replicates`; NAN marks a stopped path. */
csim_status csim_paired_compute(const double *a, const double *b, size_t n, uint32_t replicates, const char *difference, const char *op, double value,
                                csim_paired *out, csim_error *err);

/* Is `x` op `value`? op is one of >= > <= <. */
int csim_comparison_holds(const char *op, double x, double value);

#endif
