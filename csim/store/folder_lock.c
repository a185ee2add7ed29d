/* See folder_lock.h. */
#include "csim/store/folder_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "csim/base/clock.h"

csim_status csim_folder_lock(const char *folder, const char *who, int *lock, csim_error *err) {
    const double until_s = csim_clock_s() + 2.0;
    const struct timespec wait = {.tv_nsec = 20000000};
    *lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*lock < 0) return csim_error_set_at(err, CSIM_FILE_WRITE, folder, 0, 0, NULL, "cannot open this folder: %s", strerror(errno));
    while (flock(*lock, LOCK_EX | LOCK_NB)) {
        if (errno != EWOULDBLOCK && errno != EINTR) return CSIM_OK;
        if (csim_clock_s() > until_s) return csim_error_set_at(err, CSIM_FILE_WRITE, folder, 0, 0, NULL, "cannot use this folder: another %s is writing into it", who);
        nanosleep(&wait, NULL);
    }
    return CSIM_OK;
}

void csim_folder_unlock(int lock) {
    if (lock >= 0) close(lock);
}
