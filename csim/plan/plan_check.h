/* May a plan that came from a file be simulated? Asked by whoever reads one. */
#ifndef CSIM_PLAN_PLAN_CHECK_H
#define CSIM_PLAN_PLAN_CHECK_H

#include <stdbool.h>

#include "csim/plan/plan.h"

/* True when every count and position in the plan stays within the tables it counts or points into, and every name ends. Says nothing about whether the
 * numbers make sense: a plan that passes can be simulated, replayed and shown without leading anybody out of a table. */
bool csim_plan_holds(const csim_plan *plan);

#endif
