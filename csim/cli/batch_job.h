/* One 'batch': what was asked for, the runs it is made of, and who is at work on them. batch_item.c makes one run, batch_board.c shows how far all are,
 * batch_command.c works them off and writes the index. Internal to csim/cli/. */
#ifndef CSIM_CLI_BATCH_JOB_H
#define CSIM_CLI_BATCH_JOB_H

#include <pthread.h>

#include "csim/batch/index.h"
#include "csim/cli/commands.h"
#include "csim/cli/options.h"
#include "csim/cli/progress.h"

enum { CSIM_BATCH_THREADS = 64, CSIM_BATCH_PATH = 8192 };

typedef struct csim_batch_request { const char *batch, *folder; long long threads, paths; csim_option_seed seed; int force, quiet; } csim_batch_request;

/* One of those who take runs from the queue. */
typedef struct csim_batch_worker {
    struct csim_batch_job *job;
    pthread_t thread;
    const csim_batch_item *item;  /* that it is at, NULL between two; guarded by the job's lock */
    csim_progress_slot slot;
} csim_batch_worker;

/* What a terminal shows while runs go on; `to` is NULL where there is none. */
typedef struct csim_batch_board {
    FILE *to;
    double begin_s;
    int drawn;                    /* lines that stand there, and must be wiped before anything else is printed */
    char text[16384];             /* of the next picture: written at once, so that nothing flickers */
    size_t used;
} csim_batch_board;

/* `lock` guards everything below it. */
typedef struct csim_batch_job {
    const csim_cli_io *io;
    const csim_batch_request *wanted;
    csim_batch *batch;
    csim_batch_row *rows;
    char folder[4096];
    int folder_lock;
    long long threads_each;
    size_t workers;
    csim_batch_worker worker[CSIM_BATCH_THREADS];
    pthread_mutex_t lock;
    size_t next, finished, kept;
    csim_batch_board board;
} csim_batch_job;

csim_status csim_batch_make_folder(const char *folder, csim_error *err); /* and those above it */

/* Is all of an item's run there already? What is not, or not to be read, is not. */
int csim_batch_is_done(const csim_batch_job *self, const csim_batch_item *item);

/* Makes the run of one scenario or cell, or goes on with it; *kept: all of it was there already. Tells `slot`, which may be NULL, how far it is. */
csim_status csim_batch_run_item(const csim_batch_job *self, const csim_batch_item *item, csim_progress_slot *slot, int *kept, csim_error *err);

/* With the lock held. */
void csim_batch_board_open(csim_batch_board *self, const csim_cli_io *io, int quiet);
void csim_batch_board_draw(csim_batch_job *job); /* a line a run that goes on, as far as the terminal has room, and one over all */
void csim_batch_board_wipe(csim_batch_board *self);

#endif
