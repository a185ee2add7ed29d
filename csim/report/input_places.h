/* Where a value of an input lies in its prior. Shares from 0 to 1; owns no input and no sheet. Among the kept paths of the run: kept_places.h. */
#ifndef CSIM_REPORT_INPUT_PLACES_H
#define CSIM_REPORT_INPUT_PLACES_H

#include "csim/engine/engine.h"

/* Not fixed in this scenario. */
bool csim_input_varies(const csim_plan *plan, int32_t position);
/* The value below which the prior has this share, within the input's range. */
double csim_input_quantile(const csim_plan *plan, int32_t position, double share);
/* The share of the prior below a value; for a value of some weight, the middle of it. */
double csim_input_share_below(const csim_plan *plan, int32_t position, double value);

#endif
