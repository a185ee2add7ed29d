/* Where a value of an input lies in its prior, and how wide that is. Shares from 0 to 1; owns no input. Among the kept paths of a run: stats/ranks.h. */
#ifndef CSIM_PLAN_INPUT_PLACES_H
#define CSIM_PLAN_INPUT_PLACES_H

#include <stdbool.h>

#include "csim/plan/plan.h"

/* Not fixed in this scenario. */
bool csim_input_varies(const csim_plan *plan, int32_t position);
/* The value below which the prior has this share, within the input's range. */
double csim_input_quantile(const csim_plan *plan, int32_t position, double share);
/* The share of the prior below a value; for a value of some weight, the middle of it. */
double csim_input_share_below(const csim_plan *plan, int32_t position, double value);
/* Standard deviation of the prior within the input's range: over the middles of a thousand slices of equal weight, which leaves out what lies beyond them. */
double csim_input_sd(const csim_plan *plan, int32_t position);

#endif
