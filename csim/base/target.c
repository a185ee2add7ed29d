/* See target.h. */
#include "csim/base/target.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static csim_status refuse(const char *path, const char *why, csim_error *err) {
    return csim_error_set_at(err, CSIM_FILE_WRITE, path, 0, 0, NULL, "cannot create a file there: %s", why);
}

csim_status csim_target_resolve(const char *path, char **out, csim_error *err) {
    struct stat itself, reached;
    *out = NULL;
    const int found = !lstat(path, &itself), link = found && S_ISLNK(itself.st_mode);
    if (link && stat(path, &reached)) return refuse(path, "it is a link that leads nowhere", err);
    const mode_t mode = link ? reached.st_mode : found ? itself.st_mode : S_IFREG; /* a missing folder shows when the file is created */
    if (S_ISDIR(mode)) return refuse(path, strerror(EISDIR), err);
    if (!S_ISREG(mode)) return refuse(path, "it is a device, a pipe or a socket, and only regular files can be replaced", err);
    errno = 0;
    *out = link ? realpath(path, NULL) : strdup(path);
    if (*out) return CSIM_OK;
    if (link && errno != ENOMEM) return refuse(path, strerror(errno), err);
    return csim_error_set(err, CSIM_NO_MEMORY, "no memory to write '%.500s'", path);
}
