/* See run_file_guard.h. The places in the head are those of SQLite's file format: magic at 0, application id at 68. */
#define _POSIX_C_SOURCE 200809L
#include "csim/store/run_file_guard.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "csim/store/schema.h"

enum { HEAD_BYTES = 100, APPLICATION_AT = 68 };

static int is_run_file(const char *path) {
    static const char magic[16] = "SQLite format 3";
    static const unsigned char application[4] = {CSIM_APPLICATION_ID >> 24 & 255, CSIM_APPLICATION_ID >> 16 & 255, CSIM_APPLICATION_ID >> 8 & 255, CSIM_APPLICATION_ID & 255};
    unsigned char head[HEAD_BYTES];
    struct stat about;
    if (stat(path, &about) || !S_ISREG(about.st_mode)) return 0; /* a pipe would be waited for */
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    const ssize_t got = descriptor >= 0 ? read(descriptor, head, sizeof head) : 0;
    if (descriptor >= 0) close(descriptor);
    return got == (ssize_t)sizeof head && !memcmp(head, magic, sizeof magic) && !memcmp(head + APPLICATION_AT, application, sizeof application);
}

csim_status csim_run_file_spare(const char *path, csim_error *err) {
    if (!is_run_file(path)) return CSIM_OK;
    return csim_error_set_at(err, CSIM_USAGE, path, 0, 0, NULL, "that is a run file, which only 'moecast run' and 'merge' write over; choose another name for the output");
}
