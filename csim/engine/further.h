/* Further scenarios: those that a scenario names for contrasts and as its vintage. Their changes are made to the scenario that runs, so that both are asked
 * the same claims and a contrast inside the hindcast does not borrow later knowledge. Owns how they are compiled and checked; runs none. */
#ifndef CSIM_ENGINE_FURTHER_H
#define CSIM_ENGINE_FURTHER_H

#include "csim/engine/engine.h"
#include "csim/plan/plan.h"
#include "csim/scenario/scenario.h"

enum { CSIM_FURTHER_REASON = 240 };

/* Errors are those of loading and compiling, placed at the key `field` that names the scenario, with the place inside it in the sentence. The plan is freed by
 * csim_plan_free. known_until, which may be NULL, is the month of the further scenario. */
csim_status csim_further_compile(const csim_scenario *running, const csim_reference *which, const char *field, csim_plan **plan, int *known_until, csim_error *err);

/* True when the vintage is another scenario that knows less: only then does it stand beside answers. */
bool csim_further_knows_less(int vintage_known_until, const csim_scenario *running);

/* Compiles every further scenario once and forgets it, so that a mistake costs no run. INCONSISTENT when the file itself names a vintage that knows as much as
 * it does; a name that came through extends or from a stored text is let pass, and shows none. */
csim_status csim_further_check(const csim_scenario *scenario, csim_error *err);

/* Paths of a further run: as many as are asked for, with 0 as many as the run has and at most CSIM_CONTRAST_PATHS, and never more than a hypercube's points. */
enum { CSIM_CONTRAST_PATHS = 4000 };
uint32_t csim_further_paths(const csim_result *result, uint32_t asked);

/* True for what ends the run that asks: NO_MEMORY and INTERRUPTED. Anything else leaves answers open, with the reason in text[CSIM_FURTHER_REASON]. */
bool csim_further_is_fatal(csim_status status);
void csim_further_reason(const char *what, const csim_error *err, char *text);

#endif
