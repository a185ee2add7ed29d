/* The shipped baseline, compiled, for tests that simulate it: load_baseline and unload_baseline are the group's set-up and tear-down. Run from the root. */
#ifndef MOECAST_TESTS_BASELINE_H
#define MOECAST_TESTS_BASELINE_H

#include "csim/catalogue/catalogue.h"
#include "csim/plan/plan.h"
#include "csim/scenario/scenario.h"
#include "tests/c/check.h"

static csim_scenario *scenario;
static csim_catalogue *catalogue;
static csim_plan *plan;

static int load_baseline(void **state) {
    csim_error err;
    (void)state;
    csim_scenario_set_home("scenarios");
    check_status(csim_scenario_load("baseline", &scenario, &err), &err);
    check_status(csim_catalogue_load(scenario->catalogue_dir, &catalogue, &err), &err);
    check_status(csim_plan_compile(scenario, catalogue, &plan, &err), &err);
    return 0;
}

static int unload_baseline(void **state) {
    (void)state;
    csim_plan_free(plan);
    csim_catalogue_free(catalogue);
    csim_scenario_free(scenario);
    return 0;
}

#endif
