/* Two further runs whose answers stand beside those of a run: the guesses drawn anew (guesses.h), and the vintage, the scenario that knows no more than was
 * known when the claims were made. Both use the seed of the run and change nothing of it. Owns these runs, one at a time; must not print or keep a thread. */
#ifndef CSIM_ENGINE_BESIDE_H
#define CSIM_ENGINE_BESIDE_H

#include <stdatomic.h>

#include "csim/engine/engine.h"
#include "csim/scenario/scenario.h"

typedef struct csim_beside csim_beside;

/* What stands beside one reading; NAN and count 0 where there is nothing. */
typedef struct csim_aside {
    csim_estimate guesses;        /* share of the indicator's variance that rests on guesses */
    csim_probability vintage;     /* the reading in the vintage */
    int vintage_month;            /* the last month that the vintage knows, since 2000-01; CSIM_NO_MONTH when there is none */
} csim_aside;

csim_aside csim_aside_none(void);

/* paths = 0: as many as the run has, at most CSIM_CONTRAST_PATHS (contrast.h). The guesses are compared on those of them whose hits `result` has kept.
 * No run is made of guesses when no input is one, nor of a vintage when scenario->vintage is "", the scenario itself or one that knows as much. scenario and result must outlive
 * this. Loads nothing yet. */
csim_status csim_beside_new(const csim_scenario *scenario, const csim_result *result, uint32_t paths, csim_beside **out, csim_error *err);
void csim_beside_free(csim_beside *self);

/* As csim_run_advance; with a limit of `seconds` it returns after each part. INTERRUPTED when cancelled; may be called again. A part that
 * cannot be loaded, compiled or run is left out, see csim_beside_why; NO_MEMORY is returned. */
csim_status csim_beside_advance(csim_beside *self, double seconds, const atomic_int *cancel, csim_error *err);

/* Paths done of paths to do, over both runs. Equal when finished. */
void csim_beside_progress(const csim_beside *self, uint64_t *done, uint64_t *total);

/* Why a part is missing, in one sentence; "" when none is. Borrowed. */
const char *csim_beside_why(const csim_beside *self);

/* Beside reading `at` of the run's plan. */
csim_aside csim_beside_find(const csim_beside *self, int at);

#endif
