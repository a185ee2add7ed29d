/* From the names that people write to the files they mean. */
#ifndef CSIM_SCENARIO_PATHS_H
#define CSIM_SCENARIO_PATHS_H

#include <stdbool.h>

#include "csim/scenario/arena.h"
#include "csim/scenario/names.h"

bool csim_path_is_file(const char *path);    /* exists and is no folder */
bool csim_path_is_folder(const char *path);
bool csim_path_is_same(const char *a, const char *b); /* both exist and are one file, whatever its names */
bool csim_path_is_bare(const char *name);    /* "baseline": no slash and no .yaml at the end */

/* NULL when memory is out. */
char *csim_path_join(csim_arena *arena, const char *folder, const char *name); /* an absolute name stays as it is */
char *csim_path_beside(csim_arena *arena, const char *file, const char *name); /* relative to the folder in which `file` lies */
char *csim_path_shipped(csim_arena *arena, const char *bare_name);             /* home/baseline.yaml */
const char *csim_path_last(const char *path);                                  /* the part behind the last slash */

void csim_path_shipped_names(csim_names *out); /* what stands in the home of the scenarios, without .yaml */

#endif
