/* Shards of one run, put together in memory. Internal to csim/cli/. */
#ifndef CSIM_CLI_SHARDS_H
#define CSIM_CLI_SHARDS_H

#include "csim/store/run_file.h"

/* Takes every named run into `run`, whose paths are the whole run's. Refuses, with the file's name: what cannot be read, shards of another run (version, plan,
 * seed, number of paths, rows to keep), unfinished ones, the same paths twice, and paths that are in none. first, options: the part and
 * the options the run was planned by. */
csim_status csim_shards_take(csim_run *run, const char *const *names, size_t count, const csim_run_part *first,
                             const csim_run_options *options, csim_error *err);

/* USAGE when one of them lies in `folder`: the merged run would overwrite it. */
csim_status csim_shards_check_folder(const char *const *names, size_t count, const char *folder, csim_error *err);

#endif
