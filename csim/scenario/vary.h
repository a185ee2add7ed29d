/* A scenario with some of its numbers moved, without reading any text again: what is compiled while somebody moves a slider. An input becomes fixed at the
 * number, a lever is held at it from the first month on, as `key: number` in a file that extends the scenario would do: the plan has the same bits. */
#ifndef CSIM_SCENARIO_VARY_H
#define CSIM_SCENARIO_VARY_H

#include "csim/scenario/scenario.h"

typedef struct csim_variation { const char *key; double value; } csim_variation; /* full key of an input or lever */

typedef struct csim_varied csim_varied;

/* Borrows everything else from `of`, which must outlive it. UNKNOWN_KEY, OUT_OF_RANGE, INCONSISTENT (shares that no longer sum to 1), NO_MEMORY, with the key
 * as field. */
csim_status csim_scenario_vary(const csim_scenario *of, const csim_variation *moved, size_t count, csim_varied **out, csim_error *err);
void csim_varied_free(csim_varied *self);

/* For the plan compiler: it has no text, hash or source of its own. Borrowed. */
const csim_scenario *csim_varied_scenario(const csim_varied *self);

#endif
