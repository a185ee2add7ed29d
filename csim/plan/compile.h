/* The parts of the plan compiler, in the order compile.c calls them. Each fills its own fields of a zeroed plan. Internal to csim/plan/. */
#ifndef CSIM_PLAN_COMPILE_H
#define CSIM_PLAN_COMPILE_H

#include "csim/plan/plan.h"

csim_status csim_compile_sets(const csim_scenario *scenario, csim_plan *plan, csim_error *err);
csim_status csim_compile_inputs(const csim_scenario *scenario, csim_plan *plan, csim_error *err);
csim_status csim_compile_levers(const csim_scenario *scenario, csim_plan *plan, csim_error *err);
csim_status csim_compile_machines(const csim_scenario *scenario, const csim_catalogue *catalogue, csim_plan *plan, csim_error *err);
csim_status csim_compile_shapes(const csim_scenario *scenario, const csim_catalogue *catalogue, csim_plan *plan, csim_error *err);
csim_status csim_compile_observations(const csim_scenario *scenario, csim_plan *plan, csim_error *err);
csim_status csim_compile_outcomes(const csim_scenario *scenario, csim_plan *plan, csim_error *err);
csim_status csim_compile_readings(const csim_scenario *scenario, csim_plan *plan, csim_error *err);

/* Copies an id into a plan's fixed field; LIMIT when it is too long. */
csim_status csim_compile_id(char *to, size_t size, const char *from, csim_error *err);

/* Does something that became public in this month lie beyond what the scenario knows? */
static inline bool csim_compile_unseen(const csim_scenario *scenario, int public_month) {
    return scenario->known_until != CSIM_NO_MONTH && public_month > scenario->known_until;
}

/* The two numbers of "%04d-%02d". */
#define CSIM_YEAR_AND_MONTH(month) 2000 + (month) / 12, 1 + (month) % 12

/* INCONSISTENT and friends at a note's place. */
#define CSIM_COMPILE_FAIL(err, code, note, field, ...) \
    csim_error_set_at(err, code, (note).file, (note).line, (note).column, field, __VA_ARGS__)

#endif
