/* Which numbers a comparison pairs: series that every side has, in months that lie in every horizon. Internal to csim/engine/. */
#ifndef CSIM_ENGINE_COMPARE_SELECT_H
#define CSIM_ENGINE_COMPARE_SELECT_H

#include "csim/engine/compare.h"

enum { CSIM_COMPARE_NOTES = 2 * CSIM_COMPARE_SIDES };

typedef struct csim_compare_item { const char *series; /* borrowed from a plan */ const csim_outcome_row *outcome; int month; } csim_compare_item;

typedef struct csim_compare_selection {
    csim_compare_item item[CSIM_MAX_SCALARS];
    size_t count, notes;
    char note[CSIM_COMPARE_NOTES][CSIM_COMPARE_NOTE];
} csim_compare_selection;

/* UNKNOWN_NAME, LIMIT and INCONSISTENT as csim_comparison_new says. */
csim_status csim_compare_select(const csim_compare_side *sides, size_t count, const csim_compare_request *wanted, csim_compare_selection *out, csim_error *err);

/* Is the month t (0 the first) of the plan one of those that are compared by default? */
int csim_compare_is_year_end(const csim_plan *plan, int t);

/* UNKNOWN_NAME with the nearest series of the plan. */
csim_status csim_compare_unknown_series(const csim_plan *plan, const char *series, csim_error *err);

#endif
