/* batch: many runs, in one folder, with an index over all of them. Each is a `moecast run` of its own; what is done already is kept. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "csim/base/clock.h"
#include "csim/base/run_limits.h"
#include "csim/cli/batch_job.h"
#include "csim/scenario/c_locale.h"
#include "csim/store/folder_lock.h"

enum { MOST_PATHS_SIDE_BY_SIDE = 100000 };

/* ---- the queue ---------------------------------------------------------------------------------------------------------------------------------- */

static void tell(csim_batch_job *self, const csim_batch_row *row, double seconds) {
    if (self->wanted->quiet) return;
    fprintf(self->io->out, "[%zu/%zu] %s: %s", self->finished, self->batch->items, row->item->name, csim_batch_status_name(row->status));
    if (row->status == CSIM_BATCH_OK) fprintf(self->io->out, " in %.1f s", seconds);
    fprintf(self->io->out, "%s%s\n", row->sentence[0] ? ": " : "", row->sentence);
    fflush(self->io->out);
}

static void take_result(csim_batch_job *self, csim_batch_row *row, csim_status status, int kept, double seconds, const csim_error *err) {
    char text[4096];
    pthread_mutex_lock(&self->lock);
    if (status != CSIM_INTERRUPTED) {
        row->status = status ? CSIM_BATCH_FAILED : kept ? CSIM_BATCH_KEPT : CSIM_BATCH_OK;
        if (status) snprintf(row->sentence, sizeof row->sentence, "%.*s", (int)sizeof row->sentence - 1, csim_error_format(err, text, sizeof text));
        self->finished++;
        self->kept += kept != 0;
        csim_batch_board_wipe(&self->board);
        tell(self, row, seconds);
    }
    pthread_mutex_unlock(&self->lock);
}

static int is_cancelled(const csim_batch_job *self) { return self->io->cancel && atomic_load(self->io->cancel); }

static csim_batch_row *next_row(csim_batch_worker *self) {
    csim_batch_job *job = self->job;
    pthread_mutex_lock(&job->lock);
    csim_batch_row *row = job->next < job->batch->items && !is_cancelled(job) ? &job->rows[job->next++] : NULL;
    self->item = row ? row->item : NULL;
    pthread_mutex_unlock(&job->lock);
    return row;
}

static void *work(void *object) {
    csim_batch_worker *self = object;
    const csim_c_locale guard = csim_c_locale_enter();
    for (csim_batch_row *row; (row = next_row(self));) {
        csim_error err = {.code = CSIM_OK};
        int kept = 0;
        const double begin = csim_clock_s();
        const csim_status status = csim_batch_run_item(self->job, row->item, self->job->board.to ? &self->slot : NULL, &kept, &err);
        take_result(self->job, row, status, kept, csim_clock_s() - begin, &err);
    }
    csim_c_locale_leave(guard);
    return NULL;
}

/* Draws the board, while others work. Returns 0 when nothing is left to be watched. */
static int look(csim_batch_job *self) {
    pthread_mutex_lock(&self->lock);
    const int goes_on = self->board.to && self->finished < self->batch->items && !is_cancelled(self);
    if (goes_on) csim_batch_board_draw(self);
    else csim_batch_board_wipe(&self->board);
    pthread_mutex_unlock(&self->lock);
    return goes_on;
}

static void watch(csim_batch_job *self) {
    const struct timespec wait = {.tv_nsec = 200000000};
    while (look(self)) nanosleep(&wait, NULL);
}

/* Small runs go side by side, one thread each: loading and writing are not shared out within a run. Large ones go one after the other on all threads, so that
 * one run's memory is enough. Results do not depend on it. */
static size_t choose_workers(csim_batch_job *self) {
    const long long online = sysconf(_SC_NPROCESSORS_ONLN), paths = self->wanted->paths > 0 ? self->wanted->paths : self->batch->paths;
    const long long threads = self->wanted->threads > 0 ? self->wanted->threads : online < 1 ? 1 : online > CSIM_BATCH_THREADS ? CSIM_BATCH_THREADS : online;
    const int side_by_side = paths > 0 && paths <= MOST_PATHS_SIDE_BY_SIDE && self->batch->items >= (size_t)threads;
    self->threads_each = side_by_side ? 1 : threads;
    return side_by_side ? (size_t)threads : 1;
}

static csim_status work_off(csim_batch_job *self, csim_error *err) {
    size_t started = 0;
    self->workers = choose_workers(self);
    csim_batch_board_open(&self->board, self->io, self->wanted->quiet);
    for (; started < self->workers; started++) {
        self->worker[started].job = self;
        if (pthread_create(&self->worker[started].thread, NULL, work, &self->worker[started])) break;
    }
    if (started) watch(self);
    for (size_t i = 0; i < started; i++) pthread_join(self->worker[i].thread, NULL);
    return started ? CSIM_OK : csim_error_set(err, CSIM_NO_MEMORY, "the system gives no thread");
}

/* After Ctrl-C: what an earlier batch has finished stands in the index too. */
static void keep_what_is_there(csim_batch_job *self) {
    for (size_t i = 0; i < self->batch->items; i++)
        if (self->rows[i].status == CSIM_BATCH_NOT_RUN && csim_batch_is_done(self, self->rows[i].item)) self->rows[i].status = CSIM_BATCH_KEPT;
}

/* ---- the index ---------------------------------------------------------------------------------------------------------------------------------- */

static csim_status write_index(csim_batch_job *self, csim_error *err) {
    csim_status status = CSIM_OK;
    for (size_t i = 0; !status && i < self->batch->items; i++)
        if (self->rows[i].status == CSIM_BATCH_OK || self->rows[i].status == CSIM_BATCH_KEPT) status = csim_batch_row_read(&self->rows[i], self->batch, self->folder, err);
    if (!status) status = csim_batch_write_csv(self->batch, self->rows, self->folder, err);
    if (!status) status = csim_batch_write_workbook(self->batch, self->rows, self->folder, csim_created_now(), err);
    return status;
}

static size_t count_status(const csim_batch_job *self, csim_batch_status status) {
    size_t count = 0;
    for (size_t i = 0; i < self->batch->items; i++) count += self->rows[i].status == status;
    return count;
}

/* The table of what failed comes last: it is what a person must see. */
static csim_status conclude(csim_batch_job *self, csim_error *err) {
    const size_t done = count_status(self, CSIM_BATCH_OK), kept = count_status(self, CSIM_BATCH_KEPT), failed = count_status(self, CSIM_BATCH_FAILED);
    const size_t left = count_status(self, CSIM_BATCH_NOT_RUN);
    fprintf(self->io->out, "%zu runs: %zu made, %zu kept, %zu failed, %zu not run; index in %s/index.csv and index.xlsx\n", self->batch->items, done, kept, failed, left,
            self->folder);
    for (size_t i = 0; failed && i < self->batch->items; i++)
        if (self->rows[i].status == CSIM_BATCH_FAILED) fprintf(self->io->out, "failed: %s: %s\n", self->rows[i].item->name, self->rows[i].sentence);
    fflush(self->io->out);
    if (left) return csim_error_set(err, CSIM_INTERRUPTED, "interrupted after %zu of %zu runs; the same command goes on from there", done + kept + failed, self->batch->items);
    return failed ? csim_error_set(err, CSIM_RUN_FAILED, "%zu of %zu runs failed", failed, self->batch->items) : CSIM_OK;
}

/* ---- the command -------------------------------------------------------------------------------------------------------------------------------- */

static csim_status prepare(csim_batch_job *self, csim_error *err) {
    csim_batch *batch = self->batch;
    const int length = snprintf(self->folder, sizeof self->folder, "%s%s", self->wanted->folder ? "" : "out/", self->wanted->folder ? self->wanted->folder : batch->name);
    if (length < 0 || (size_t)length >= sizeof self->folder) return csim_error_set(err, CSIM_USAGE, "-o: the folder's name is longer than %zu bytes", sizeof self->folder - 1);
    self->rows = calloc(batch->items, sizeof *self->rows);
    if (!self->rows) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for a batch");
    for (size_t i = 0; i < batch->items; i++) self->rows[i].item = &batch->item[i];
    if (batch->left_out && !self->wanted->quiet) fprintf(self->io->out, "%zu files of %s are no scenarios and left out\n", batch->left_out, batch->file);
    const csim_status status = csim_batch_make_folder(self->folder, err);
    return status ? status : csim_folder_lock(self->folder, "batch", &self->folder_lock, err);
}

static csim_status run_batch(const csim_cli_io *io, const csim_batch_request *wanted, csim_error *err) {
    csim_batch_job *self = calloc(1, sizeof *self);
    if (!self) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for a batch");
    self->io = io;
    self->wanted = wanted;
    self->folder_lock = -1;
    pthread_mutex_init(&self->lock, NULL);
    csim_status status = csim_batch_load(wanted->batch, &self->batch, err);
    if (!status) status = prepare(self, err);
    if (!status) status = work_off(self, err);
    if (!status && is_cancelled(self)) keep_what_is_there(self);
    if (!status) status = write_index(self, err);
    if (!status) status = conclude(self, err);
    for (size_t i = 0; self->rows && i < self->batch->items; i++) csim_batch_row_clear(&self->rows[i]);
    free(self->rows);
    csim_batch_free(self->batch);
    pthread_mutex_destroy(&self->lock);
    csim_folder_unlock(self->folder_lock);
    free(self);
    return status;
}

static csim_status check_request(const csim_batch_request *wanted, size_t count, csim_error *err) {
    if (!count) return csim_error_set(err, CSIM_USAGE, "batch wants a batch file or a folder of scenarios");
    if (wanted->folder && !wanted->folder[0]) return csim_error_set(err, CSIM_USAGE, "-o wants a folder, not an empty name");
    return CSIM_OK;
}

csim_status csim_cli_batch(const csim_cli_io *io, int argc, char **argv, csim_error *err) {
    csim_batch_request wanted = {.paths = -1};
    size_t count;
    const csim_option options[] = {
        {"-o", CSIM_OPTION_TEXT, &wanted.folder, "DIR", "folder of the results (out/NAME): a folder a run, index.csv, index.xlsx"},
        {"--threads", CSIM_OPTION_COUNT, &(csim_option_count){&wanted.threads, 0, CSIM_THREADS_MAX}, "T", "threads over all runs (one a processor); results do not depend on it"},
        {"--paths", CSIM_OPTION_COUNT, &(csim_option_count){&wanted.paths, 1, CSIM_PATHS_MAX}, "N", "paths of every run (the batch's, or each scenario's own)"},
        {"--seed", CSIM_OPTION_SEED, &wanted.seed, "S", "seed of every run (the same)"},
        {"--force", CSIM_OPTION_FLAG, &wanted.force, NULL, "run again what is done already"},
        {"--quiet", CSIM_OPTION_FLAG, &wanted.quiet, NULL, "only the last lines"},
    };
    if (csim_cli_wants_help(argc, argv)) {
        fprintf(io->out, "usage: moecast batch FILE.yaml | DIR [options]\n\nRuns the scenarios and grids of a batch file, or all scenarios of a folder, and writes an index over them.\n"
                         "Goes on after a run that failed; started again, it keeps what is done.\n\n");
        csim_options_help(io->out, options, sizeof options / sizeof options[0]);
        return CSIM_OK;
    }
    csim_status status = csim_options_parse(argc, argv, 1, options, sizeof options / sizeof options[0], &wanted.batch, 1, &count, err);
    if (!status) status = check_request(&wanted, count, err);
    return status ? status : run_batch(io, &wanted, err);
}
