/* How far a command is: on a line of the terminal that is rewritten in place at most ten times a second, or, for a command that runs inside another, in a slot
 * that the other reads. Internal to csim/cli/. */
#ifndef CSIM_CLI_PROGRESS_H
#define CSIM_CLI_PROGRESS_H

#include <stdatomic.h>

#include "csim/cli/commands.h"

/* Written by the command that runs, read from another thread; a look may see the numbers of two moments, which only a picture ever shows. */
typedef struct csim_progress_slot {
    _Atomic(const char *) what; /* static text: "paths"; NULL between two pieces of work */
    _Atomic double begin_s;     /* csim_clock_s() of the piece of work */
    atomic_ullong done, total;
} csim_progress_slot;

typedef struct csim_progress { FILE *to; csim_progress_slot *slot; const char *what; double begin_s, shown_s; int shown; } csim_progress;

/* `what` is static text. Silent with `quiet`, and without a terminal; a slot is told all the same. */
csim_progress csim_progress_start(const csim_cli_io *io, int quiet, const char *what);
double csim_progress_slice_s(const csim_progress *self); /* how long to work between two looks at it; 0 when nobody looks: every look costs the wait for the slower thread */
void csim_progress_show(csim_progress *self, uint64_t done, uint64_t total);
void csim_progress_end(csim_progress *self);

#endif
