/* Where a drawn value of an input lies: in its prior, and among the kept paths of the run. Shares from 0 to 1; owns no input and no sheet. */
#ifndef CSIM_REPORT_INPUT_PLACES_H
#define CSIM_REPORT_INPUT_PLACES_H

#include "csim/engine/engine.h"

/* Not fixed in this scenario. */
bool csim_input_varies(const csim_plan *plan, int32_t position);
/* The value below which the prior has this share, within the input's range. */
double csim_input_quantile(const csim_plan *plan, int32_t position, double share);
/* The share of the prior below a value; for a value of some weight, the middle of it. */
double csim_input_share_below(const csim_plan *plan, int32_t position, double value);

/* Replaces each of n values by the share of them that are lower, equal ones counted half: these average 1/2. `scratch` has room for n numbers. */
void csim_places_take(double *value, uint32_t n, double *scratch);
/* The same of an input's draws in these kept rows, into `place`. */
void csim_input_places(const csim_result *result, int32_t position, const uint32_t *row, uint32_t rows, double *scratch, double *place);

#endif
