/* Where a file that is replaced as a whole may go. Owns the look at what stands there before; must not open or create anything. */
#ifndef CSIM_BASE_TARGET_H
#define CSIM_BASE_TARGET_H

#include "csim/base/error.h"

/* The name to rename a finished file to: `path` itself, or where it leads when it is a symbolic link, so that the link stays a link. The caller frees
 * *out; NULL on failure. FILE_WRITE at `path` for folders, devices, pipes, sockets and links to nothing: a rename would put a file in their place. */
csim_status csim_target_resolve(const char *path, char **out, csim_error *err);

#endif
