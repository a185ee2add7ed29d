/* What a scenario's handle owns besides the public struct: the source its texts are borrowed from. */
#ifndef CSIM_SCENARIO_OWNER_H
#define CSIM_SCENARIO_OWNER_H

#include "csim/scenario/scenario.h"
#include "csim/scenario/source.h"

typedef struct csim_scenario_owner { csim_scenario scenario; /* first: the handle points at it */ csim_source source; } csim_scenario_owner;

static inline const csim_source *csim_scenario_source(const csim_scenario *scenario) {
    return &((const csim_scenario_owner *)(const void *)scenario)->source;
}

/* scenario.c: reads the scenario from its source's tree, inside a csim_c_locale. The caller frees the owner where this fails. */
csim_status csim_scenario_build(csim_scenario_owner *owner, csim_error *err);

/* canonical.c. The text is malloc'd. */
csim_status csim_scenario_canonical(const csim_scenario *scenario, char **text, size_t *size, csim_error *err);

#endif
