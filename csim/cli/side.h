/* A word of the command that names either a scenario or a finished run: what stands behind it. Internal to csim/cli/. */
#ifndef CSIM_CLI_SIDE_H
#define CSIM_CLI_SIDE_H

#include "csim/engine/compare.h"
#include "csim/store/run_file.h"

typedef struct csim_cli_side {
    const char *name;         /* the word, borrowed */
    csim_run_file *file;      /* of a run, NULL for a scenario */
    csim_scenario *scenario;
    csim_plan *compiled;      /* of a scenario, NULL for a run */
    const csim_plan *plan;
} csim_cli_side;

/* A folder with a run.moecast or an SQLite file is a run, anything else a scenario: a file or a shipped name. Clear it whether or not this succeeds. */
csim_status csim_cli_side_open(csim_cli_side *self, const char *name, csim_error *err);
void csim_cli_side_clear(csim_cli_side *self);

csim_compare_side csim_cli_side_compare(const csim_cli_side *self); /* borrows */

#endif
