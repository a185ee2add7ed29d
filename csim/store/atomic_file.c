/* See atomic_file.h. The folder is synced as well, so that the new name survives a power cut. */
#define _POSIX_C_SOURCE 200809L
#include "csim/store/atomic_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "csim/base/target.h"
#include "csim/scenario/c_locale.h"
#include "csim/store/run_file_guard.h"

enum { NAME_TRIES = 1000, NAME_ROOM = 48 };

static csim_status fail(const char *path, const char *doing, int error, csim_error *err) {
    return csim_error_set_at(err, CSIM_FILE_WRITE, path, 0, 0, NULL, "cannot %s: %s", doing, strerror(error));
}

static void clear(csim_atomic_file *self) {
    free(self->path);
    free(self->temporary);
    *self = (csim_atomic_file){NULL, NULL};
}

/* O_EXCL and a fresh name rather than mkstemp: the file gets the permissions of the caller's umask, as any other file would. */
static int create_temporary(csim_atomic_file *self) {
    for (int i = 0; i < NAME_TRIES; i++) {
        snprintf(self->temporary, strlen(self->path) + NAME_ROOM, "%s.tmp-%ld-%d", self->path, (long)getpid(), i);
        const int descriptor = open(self->temporary, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
        if (descriptor >= 0) return close(descriptor) ? errno : 0;
        if (errno != EEXIST) return errno;
    }
    return EEXIST;
}

csim_status csim_atomic_file_begin(csim_atomic_file *self, const char *path, csim_error *err) {
    *self = (csim_atomic_file){NULL, NULL};
    const csim_status status = csim_target_resolve(path, &self->path, err);
    if (status) return status;
    self->temporary = malloc(strlen(self->path) + NAME_ROOM);
    const int error = self->temporary ? create_temporary(self) : ENOMEM;
    if (!error) return CSIM_OK;
    clear(self);
    return error == ENOMEM ? csim_error_set(err, CSIM_NO_MEMORY, "no memory to write '%.500s'", path) : fail(path, "create a file there", error, err);
}

void csim_atomic_file_abandon(csim_atomic_file *self) {
    if (!self->temporary) return;
    const size_t length = strlen(self->temporary);
    char *journal = malloc(length + sizeof "-journal");
    if (journal) {
        memcpy(journal, self->temporary, length);
        memcpy(journal + length, "-journal", sizeof "-journal");
        unlink(journal);
    }
    free(journal);
    unlink(self->temporary);
    clear(self);
}

/* "NAME.tmp-PID-N" or its journal: the writer's process, 0 for any other name. */
static long writer_of(const char *name) {
    const char *mark = NULL;
    int end = 0, number;
    long process = 0;
    for (const char *at = name; (at = strstr(at, ".tmp-")); at++) mark = at;
    if (!mark || sscanf(mark, ".tmp-%ld-%d%n", &process, &number, &end) != 2) return 0;
    return !mark[end] || !strcmp(mark + end, "-journal") ? process : 0;
}

void csim_atomic_file_sweep(const char *folder) {
    DIR *directory = opendir(folder);
    if (!directory) return;
    for (struct dirent *entry; (entry = readdir(directory));) {
        const long writer = writer_of(entry->d_name);
        if (writer > 0 && (writer == (long)getpid() || (kill((pid_t)writer, 0) && errno == ESRCH))) unlinkat(dirfd(directory), entry->d_name, 0);
    }
    closedir(directory);
}

static int sync_path(const char *path) {
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return errno;
    const int error = fsync(descriptor) ? errno : 0;
    return close(descriptor) && !error ? errno : error;
}

/* `path` is cut at its last slash for the call. */
static void sync_folder(char *path) {
    char *slash = strrchr(path, '/');
    const char first = slash == path ? path[1] : '\0';
    if (!slash) {
        sync_path(".");
        return;
    }
    slash[slash == path] = '\0'; /* keeps the "/" of the root */
    sync_path(path);             /* some file systems cannot sync a folder; the file itself is safe by now */
    slash[slash == path] = slash == path ? first : '/';
}

csim_status csim_atomic_file_finish(csim_atomic_file *self, csim_error *err) {
    csim_status status = CSIM_OK;
    int error = sync_path(self->temporary);
    if (error) status = fail(self->path, "write the file to disk", error, err);
    else if (rename(self->temporary, self->path)) status = fail(self->path, "put the new file in place", errno, err);
    if (status) {
        csim_atomic_file_abandon(self);
        return status;
    }
    sync_folder(self->path);
    clear(self);
    return CSIM_OK;
}

static csim_status write_stream(const csim_atomic_file *self, void (*write)(FILE *stream, const void *what), const void *what, csim_error *err) {
    FILE *stream = fopen(self->temporary, "wb");
    if (!stream) return fail(self->path, "open the file for writing", errno, err);
    const csim_c_locale guard = csim_c_locale_enter();
    errno = 0;
    write(stream, what);
    csim_c_locale_leave(guard);
    const int broken = fflush(stream) || ferror(stream), error = errno;
    if (fclose(stream) || broken) return fail(self->path, "write", broken && error ? error : errno ? errno : EIO, err);
    return CSIM_OK;
}

csim_status csim_atomic_file_write(const char *path, void (*write)(FILE *stream, const void *what), const void *what, csim_error *err) {
    csim_atomic_file file;
    csim_status status = csim_run_file_spare(path, err);
    if (!status) status = csim_atomic_file_begin(&file, path, err);
    if (status) return status;
    status = write_stream(&file, write, what, err);
    if (!status) return csim_atomic_file_finish(&file, err);
    csim_atomic_file_abandon(&file);
    return status;
}
