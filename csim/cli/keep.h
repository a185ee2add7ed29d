/* --keep: of how many paths what is kept one by one. Internal to csim/cli/. */
#ifndef CSIM_CLI_KEEP_H
#define CSIM_CLI_KEEP_H

#include "csim/engine/engine.h"

/* Reads "none", "scalars", "2000", "series:a,b" or "500,series:a,b" into rows and the options' series; NULL is "scalars". USAGE; UNKNOWN_NAME with the
 * nearest outcome; LIMIT when the rows would not fit a run file. */
csim_status csim_keep_read(const char *text, const csim_plan *plan, uint32_t *rows, csim_run_options *options, csim_error *err);

/* Do both keep the same series? */
int csim_keep_same_series(const csim_run_options *a, const csim_run_options *b);

#endif
