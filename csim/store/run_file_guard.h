/* Keeps run files from being written over by what is made from them: a run may take an hour, a table a second. Owns the look at a file's head. */
#ifndef CSIM_STORE_RUN_FILE_GUARD_H
#define CSIM_STORE_RUN_FILE_GUARD_H

#include "csim/base/error.h"

/* USAGE when a run file stands at `path`, under whatever spelling or behind whatever link; OK for all else, also for what is not there or cannot be read. */
csim_status csim_run_file_spare(const char *path, csim_error *err);

#endif
