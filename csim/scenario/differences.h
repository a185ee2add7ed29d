/* What two scenarios differ in, key by key, and scenarios between them: some of the differing keys from one, the rest from the other. Works on canonical
 * texts, so that how a file is written and what it extends make no difference. */
#ifndef CSIM_SCENARIO_DIFFERENCES_H
#define CSIM_SCENARIO_DIFFERENCES_H

#include "csim/scenario/scenario.h"

/* Texts live as long as the list. */
typedef struct csim_difference {
    const char *path;      /* "choice.theta.fortune500"; a whole offering, fleet, regime or claim where one side has none of that name */
    const char *a, *b;     /* the value in plain words, "" where that side has no such key */
    const char *group;     /* section of the scenario ("policy", "levers", …); "sets" for names of segments, regions, offerings … and the inputs that only
                            * one side's names have; "head" for names, titles, run.* and claims, which move no path */
    bool only_notes;       /* equal values; unit, basis, source, date or reason differ */
} csim_difference;

typedef struct csim_differences {
    size_t count;
    const csim_difference *item; /* in the order of the canonical text; what only b has comes behind */
} csim_differences;

/* *out is to be freed with csim_differences_free; it borrows nothing from a and b. NO_MEMORY. */
csim_status csim_differences_find(const csim_scenario *a, const csim_scenario *b, csim_differences **out, csim_error *err);
void csim_differences_free(csim_differences *differences);

/* a with those of their differences (as csim_differences_find orders them) for which from_b[i] is true taken from b. A mix may be no valid scenario: errors are
 * those of csim_scenario_load, with a place in a canonical text. */
csim_status csim_scenario_mix(const csim_scenario *a, const csim_scenario *b, const bool *from_b, size_t count, csim_scenario **out, csim_error *err);

#endif
