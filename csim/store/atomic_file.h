/* A file that appears whole or not at all: written under a temporary name in the same folder, synced, then renamed over the target.
 * Owns names and durability. Must not know what is written. */
#ifndef CSIM_STORE_ATOMIC_FILE_H
#define CSIM_STORE_ATOMIC_FILE_H

#include <stdio.h>

#include "csim/base/error.h"

typedef struct csim_atomic_file { char *path, *temporary; } csim_atomic_file;

/* Creates the temporary file, empty, beside the target or beside what a symbolic link leads to. FILE_WRITE names the target, also when it is there and
 * no regular file; nothing is left behind. */
csim_status csim_atomic_file_begin(csim_atomic_file *self, const char *path, csim_error *err);

/* Syncs the temporary file and renames it over the target. Whatever happens the temporary name is gone and self is cleared. */
csim_status csim_atomic_file_finish(csim_atomic_file *self, csim_error *err);

/* Removes the temporary file and what SQLite may have put beside it. Harmless on a cleared self. */
void csim_atomic_file_abandon(csim_atomic_file *self);

/* Removes from `folder` what writers of this process' name scheme have left there when they were killed. Only for the one who may write into the folder:
 * files of processes that still live are left alone. */
void csim_atomic_file_sweep(const char *folder);

/* begin, write(stream, what) in the "C" locale, finish. A full disk shows here even when `write` looks at nothing it is returned. For texts made from runs: USAGE when
 * a run file stands there. */
csim_status csim_atomic_file_write(const char *path, void (*write)(FILE *stream, const void *what), const void *what, csim_error *err);

#endif
