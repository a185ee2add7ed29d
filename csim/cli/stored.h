/* What a run file says about how to go on with it or run it again. Internal to csim/cli/. */
#ifndef CSIM_CLI_STORED_H
#define CSIM_CLI_STORED_H

#include "csim/catalogue/catalogue.h"
#include "csim/store/run_file.h"

enum { CSIM_CLI_PATH = 4200 };

/* A run is named by its folder or by the file in it. */
void csim_stored_path(const char *name, char path[CSIM_CLI_PATH]);

/* Scenario (from the stored text), catalogue and plan. INCONSISTENT with `path` when they no longer give the plan that ran. What was made is left in place
 * for the caller to free, also on failure. */
csim_status csim_stored_compile(const csim_run_file *file, const char *path, csim_scenario **scenario, csim_catalogue **catalogue, csim_plan **plan, csim_error *err);

/* INCONSISTENT when the file's paths were simulated by another version or revision: theirs and ours must not be mixed. */
csim_status csim_stored_check_build(const csim_run_file *file, const char *path, csim_error *err);

/* INCONSISTENT when the scenario given is not the one that the run was begun with: it may ask other things of the same paths. */
csim_status csim_stored_check_scenario(const csim_run_file *file, const char *path, const csim_scenario *scenario, csim_error *err);

/* INCONSISTENT, with both hashes, when `plan` is not the one that ran. */
csim_status csim_stored_check_plan(const csim_run_file *file, const char *path, const csim_plan *plan, csim_error *err);

/* csim_run_take of the file's result; `path` stands before the sentence of a refusal. */
csim_status csim_stored_take(csim_run *run, const csim_run_file *file, const char *path, csim_error *err);

#endif
