/* batch: many runs, in one folder, with an index over all of them. Each is a `moecast run` of its own; what is done already is kept. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "csim/base/clock.h"
#include "csim/base/sha256.h"
#include "csim/base/version.h"
#include "csim/batch/index.h"
#include "csim/base/run_limits.h"
#include "csim/cli/commands.h"
#include "csim/cli/options.h"
#include "csim/cli/print.h"
#include "csim/scenario/c_locale.h"
#include "csim/scenario/paths.h"

enum { MOST_THREADS = 64, MOST_PATHS_SIDE_BY_SIDE = 100000, PATH_ROOM = 8192 };

typedef struct request { const char *batch, *folder; long long threads, paths; csim_option_seed seed; int force, quiet; } request;

/* The queue and what all its workers share; `lock` guards everything from `next` on. */
typedef struct queue {
    const csim_cli_io *io;
    const request *wanted;
    csim_batch *batch;
    csim_batch_row *rows;
    char folder[4096];
    long long threads_each;
    pthread_mutex_t lock;
    size_t next, finished;
} queue;

static long long paths_of(const queue *self, const csim_scenario *scenario) {
    return self->wanted->paths > 0 ? self->wanted->paths : self->batch->paths > 0 ? self->batch->paths : scenario->paths;
}

static unsigned long long seed_of(const queue *self, const csim_scenario *scenario) {
    return self->wanted->seed.given ? self->wanted->seed.value : self->batch->seed >= 0 ? (unsigned long long)self->batch->seed : scenario->seed;
}

/* ---- folders and cells -------------------------------------------------------------------------------------------------------------------------- */

static csim_status make_folder(const char *folder, csim_error *err) {
    char path[PATH_ROOM];
    snprintf(path, sizeof path, "%s", folder);
    for (char *at = path + 1;; at++) {
        const char here = *at;
        if (here && here != '/') continue;
        *at = '\0';
        if (mkdir(path, 0777) && errno != EEXIST) return csim_error_set_at(err, CSIM_FILE_WRITE, path, 0, 0, NULL, "cannot make this folder: %s", strerror(errno));
        *at = here;
        if (!here) return CSIM_OK;
    }
}

static csim_status write_text(const char *path, const char *text, csim_error *err) {
    FILE *to = fopen(path, "w");
    const int bad = !to || fputs(text, to) < 0;
    if ((to && fclose(to)) || bad) return csim_error_set_at(err, CSIM_FILE_WRITE, path, 0, 0, NULL, "cannot write this file: %s", strerror(errno));
    return CSIM_OK;
}

/* ---- what is done already ----------------------------------------------------------------------------------------------------------------------- */

static void hash_text(const csim_scenario *scenario, char hex[CSIM_SHA256_HEX_SIZE]) {
    csim_sha256 sha;
    unsigned char digest[CSIM_SHA256_BYTES];
    csim_sha256_init(&sha);
    csim_sha256_update(&sha, scenario->text, scenario->text_size);
    csim_sha256_final(&sha, digest);
    csim_sha256_hex(digest, hex);
}

static int meta_is(const csim_run_file *file, const char *key, const char *wanted) {
    const char *found = csim_run_file_meta(file, key);
    return found && !strcmp(found, wanted);
}

static int meta_is_count(const csim_run_file *file, const char *key, unsigned long long wanted) {
    char text[32];
    snprintf(text, sizeof text, "%llu", wanted);
    return meta_is(file, key, text);
}

/* Further runs leave their mark on some answer. A scenario without claims has none to make. */
static int has_further_runs(const csim_run_file *file) {
    size_t count;
    const csim_claim_result *claims = csim_run_file_claims(file, &count);
    for (size_t i = 0; i < count; i++)
        if (claims[i].answer == CSIM_ANSWER_PAIRS || claims[i].aside.vintage.count || claims[i].aside.guesses.value == claims[i].aside.guesses.value) return 1;
    return count == 0;
}

/* The run file is written before its exports and run.json before the workbook: a run that was broken off lacks the last. */
static int has_files(const queue *self, const char *folder) {
    static const char *const names[] = {"summary.csv", "claims.csv", "run.json", "report.xlsx"};
    char path[PATH_ROOM];
    for (size_t i = 0; i < sizeof names / sizeof *names - !self->batch->report; i++) {
        snprintf(path, sizeof path, "%.4400s/%s", folder, names[i]);
        if (!csim_path_is_file(path)) return 0;
    }
    return 1;
}

/* What a run's folder holds of the run that is wanted there. */
typedef enum held { HELD_NOTHING, HELD_BEGUN, HELD_DONE } held;

static int is_same_run(const queue *self, const csim_scenario *scenario, const csim_run_file *file) {
    char hex[CSIM_SHA256_HEX_SIZE];
    hash_text(scenario, hex);
    return meta_is(file, "scenario_sha256", hex) && meta_is(file, "version", csim_version()) && meta_is_count(file, "seed", seed_of(self, scenario)) &&
           meta_is_count(file, "paths", (unsigned long long)paths_of(self, scenario));
}

/* A run that was broken off is gone on with by the program that began it, to the revision; one that is done is kept by any of its version. */
static held held_of(const queue *self, const char *folder, const csim_scenario *scenario, const csim_run_file *file) {
    const csim_result *result = csim_run_file_result(file);
    const int all = result->done == result->options.paths && has_files(self, folder) && (!self->batch->contrasts || has_further_runs(file));
    if (!is_same_run(self, scenario, file)) return HELD_NOTHING;
    return all ? HELD_DONE : meta_is(file, "git_revision", csim_revision()) ? HELD_BEGUN : HELD_NOTHING;
}

static held look_into(const queue *self, const char *scenario_name, const char *folder) {
    char path[PATH_ROOM];
    csim_scenario *scenario = NULL;
    csim_run_file *file = NULL;
    csim_error ignored;
    snprintf(path, sizeof path, "%.4400s/run.moecast", folder);
    if (self->wanted->force || !csim_path_is_file(path)) return HELD_NOTHING;
    if (csim_scenario_load(scenario_name, &scenario, &ignored)) return HELD_NOTHING; /* the run will say why */
    const held out = csim_run_file_read(path, &file, &ignored) ? HELD_NOTHING : held_of(self, folder, scenario, file);
    csim_run_file_free(file);
    csim_scenario_free(scenario);
    return out;
}

/* ---- one run ------------------------------------------------------------------------------------------------------------------------------------ */

/* The words of the `moecast run` that this is; words[0] stands for the program. */
typedef struct words { char text[18][PATH_ROOM]; char *word[20]; int count; } words;

static void say(words *self, const char *word) {
    snprintf(self->text[self->count], sizeof self->text[0], "%s", word);
    self->word[self->count] = self->text[self->count];
    self->word[++self->count] = NULL;
}

static void say_seed(words *self, uint64_t seed) {
    char text[32];
    snprintf(text, sizeof text, "%llu", (unsigned long long)seed);
    say(self, "--seed");
    say(self, text);
}

static void say_count(words *self, const char *option, long long count) {
    char text[32];
    snprintf(text, sizeof text, "%lld", count);
    say(self, option);
    say(self, text);
}

static void say_run(words *self, const queue *of, const char *scenario, const char *folder, int begun) {
    const long long paths = of->wanted->paths > 0 ? of->wanted->paths : of->batch->paths;
    say(self, "moecast");
    say(self, "run");
    say(self, scenario);
    say(self, "-o");
    say(self, folder);
    if (paths > 0) say_count(self, "--paths", paths);
    if (of->wanted->seed.given) say_seed(self, of->wanted->seed.value);
    else if (of->batch->seed >= 0) say_count(self, "--seed", of->batch->seed);
    say_count(self, "--threads", of->threads_each);
    if (!of->batch->contrasts) say(self, "--no-contrasts");
    if (!of->batch->report) say(self, "--no-report");
    if (begun) say(self, "--resume");
    say(self, "--quiet");
}

/* What the run prints is kept beside its results. */
static csim_status run_into(const queue *self, const char *scenario, const char *folder, int begun, csim_error *err) {
    char path[PATH_ROOM];
    words *all = calloc(1, sizeof *all);
    if (!all) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for a run");
    snprintf(path, sizeof path, "%.4400s/summary.txt", folder);
    FILE *log = fopen(path, "w");
    csim_status status = log ? CSIM_OK : csim_error_set_at(err, CSIM_FILE_WRITE, path, 0, 0, NULL, "cannot write this file: %s", strerror(errno));
    if (!status) {
        say_run(all, self, scenario, folder, begun);
        int exit_code = 0;
        const csim_cli_io io = {log, log, self->io->cancel, all->count, all->word, &exit_code};
        status = csim_cli_run(&io, all->count - 1, all->word + 1, err);
        fclose(log);
    }
    free(all);
    return status;
}

static csim_status run_item(const queue *self, const csim_batch_item *item, int *kept, csim_error *err) {
    char folder[PATH_ROOM], scenario[PATH_ROOM];
    snprintf(folder, sizeof folder, "%.4096s/%.256s", self->folder, item->name);
    snprintf(scenario, sizeof scenario, "%.8000s%s", item->text ? folder : item->scenario, item->text ? "/scenario.yaml" : "");
    csim_status status = make_folder(folder, err);
    if (!status && item->text) status = write_text(scenario, item->text, err);
    const held before = status ? HELD_NOTHING : look_into(self, scenario, folder);
    *kept = before == HELD_DONE;
    return status || *kept ? status : run_into(self, scenario, folder, before == HELD_BEGUN, err);
}

/* ---- the queue ---------------------------------------------------------------------------------------------------------------------------------- */

static void tell(queue *self, const csim_batch_row *row, double seconds) {
    if (self->wanted->quiet) return;
    fprintf(self->io->out, "[%zu/%zu] %s: %s", self->finished, self->batch->items, row->item->name, csim_batch_status_name(row->status));
    if (row->status == CSIM_BATCH_OK) fprintf(self->io->out, " in %.1f s", seconds);
    fprintf(self->io->out, "%s%s\n", row->sentence[0] ? ": " : "", row->sentence);
    fflush(self->io->out);
}

static void take_result(queue *self, csim_batch_row *row, csim_status status, int kept, double seconds, const csim_error *err) {
    char text[4096];
    pthread_mutex_lock(&self->lock);
    if (status != CSIM_INTERRUPTED) {
        row->status = status ? CSIM_BATCH_FAILED : kept ? CSIM_BATCH_KEPT : CSIM_BATCH_OK;
        if (status) snprintf(row->sentence, sizeof row->sentence, "%.*s", (int)sizeof row->sentence - 1, csim_error_format(err, text, sizeof text));
        self->finished++;
        tell(self, row, seconds);
    }
    pthread_mutex_unlock(&self->lock);
}

static int is_cancelled(const queue *self) { return self->io->cancel && atomic_load(self->io->cancel); }

static csim_batch_row *next_row(queue *self) {
    pthread_mutex_lock(&self->lock);
    csim_batch_row *row = self->next < self->batch->items && !is_cancelled(self) ? &self->rows[self->next++] : NULL;
    pthread_mutex_unlock(&self->lock);
    return row;
}

static void *work(void *object) {
    queue *self = object;
    const csim_c_locale guard = csim_c_locale_enter();
    for (csim_batch_row *row; (row = next_row(self));) {
        csim_error err = {.code = CSIM_OK};
        int kept = 0;
        const double begin = csim_clock_s();
        const csim_status status = run_item(self, row->item, &kept, &err);
        take_result(self, row, status, kept, csim_clock_s() - begin, &err);
    }
    csim_c_locale_leave(guard);
    return NULL;
}

static size_t finished(queue *self) {
    pthread_mutex_lock(&self->lock);
    const size_t count = self->finished;
    pthread_mutex_unlock(&self->lock);
    return count;
}

/* The overall line, while others work. */
static void watch(queue *self, size_t workers) {
    csim_progress progress = csim_progress_start(self->wanted->quiet ? NULL : self->io->err, "runs");
    const struct timespec wait = {.tv_nsec = 100000000};
    while (csim_progress_slice_s(&progress) > 0.0 && workers && finished(self) < self->batch->items && !is_cancelled(self)) {
        nanosleep(&wait, NULL);
        csim_progress_show(&progress, finished(self), self->batch->items);
    }
    csim_progress_end(&progress);
}

/* Small runs go side by side, one thread each: loading and writing are not shared out within a run. Large ones go one after the other on all threads, so that
 * one run's memory is enough. Results do not depend on it. */
static size_t choose_workers(queue *self) {
    const long long online = sysconf(_SC_NPROCESSORS_ONLN), paths = self->wanted->paths > 0 ? self->wanted->paths : self->batch->paths;
    const long long threads = self->wanted->threads > 0 ? self->wanted->threads : online < 1 ? 1 : online > MOST_THREADS ? MOST_THREADS : online;
    const int side_by_side = paths > 0 && paths <= MOST_PATHS_SIDE_BY_SIDE && self->batch->items >= (size_t)threads;
    self->threads_each = side_by_side ? 1 : threads;
    return side_by_side ? (size_t)threads : 1;
}

static csim_status work_off(queue *self, csim_error *err) {
    pthread_t thread[MOST_THREADS];
    const size_t workers = choose_workers(self);
    size_t started = 0;
    while (started < workers && !pthread_create(&thread[started], NULL, work, self)) started++;
    watch(self, started);
    for (size_t i = 0; i < started; i++) pthread_join(thread[i], NULL);
    return started ? CSIM_OK : csim_error_set(err, CSIM_NO_MEMORY, "the system gives no thread");
}

/* ---- the index ---------------------------------------------------------------------------------------------------------------------------------- */

static csim_status write_index(queue *self, csim_error *err) {
    csim_status status = CSIM_OK;
    for (size_t i = 0; !status && i < self->batch->items; i++)
        if (self->rows[i].status == CSIM_BATCH_OK || self->rows[i].status == CSIM_BATCH_KEPT) status = csim_batch_row_read(&self->rows[i], self->batch, self->folder, err);
    if (!status) status = csim_batch_write_csv(self->batch, self->rows, self->folder, err);
    if (!status) status = csim_batch_write_workbook(self->batch, self->rows, self->folder, csim_created_now(), err);
    return status;
}

static size_t count_status(const queue *self, csim_batch_status status) {
    size_t count = 0;
    for (size_t i = 0; i < self->batch->items; i++) count += self->rows[i].status == status;
    return count;
}

/* The table of what failed comes last: it is what a person must see. */
static csim_status conclude(queue *self, csim_error *err) {
    const size_t done = count_status(self, CSIM_BATCH_OK), kept = count_status(self, CSIM_BATCH_KEPT), failed = count_status(self, CSIM_BATCH_FAILED);
    fprintf(self->io->out, "%zu runs: %zu made, %zu kept, %zu failed, %zu not run; index in %s/index.csv and index.xlsx\n", self->batch->items, done, kept, failed,
            count_status(self, CSIM_BATCH_NOT_RUN), self->folder);
    for (size_t i = 0; failed && i < self->batch->items; i++)
        if (self->rows[i].status == CSIM_BATCH_FAILED) fprintf(self->io->out, "failed: %s: %s\n", self->rows[i].item->name, self->rows[i].sentence);
    fflush(self->io->out);
    if (is_cancelled(self)) return csim_error_set(err, CSIM_INTERRUPTED, "interrupted after %zu of %zu runs; the same command goes on from there", done + kept + failed, self->batch->items);
    return failed ? csim_error_set(err, CSIM_RUN_FAILED, "%zu of %zu runs failed", failed, self->batch->items) : CSIM_OK;
}

/* ---- the command -------------------------------------------------------------------------------------------------------------------------------- */

static csim_status prepare(queue *self, csim_error *err) {
    csim_batch *batch = self->batch;
    const int length = snprintf(self->folder, sizeof self->folder, "%s%s", self->wanted->folder ? "" : "out/", self->wanted->folder ? self->wanted->folder : batch->name);
    if (length < 0 || (size_t)length >= sizeof self->folder) return csim_error_set(err, CSIM_USAGE, "-o: the folder's name is longer than %zu bytes", sizeof self->folder - 1);
    self->rows = calloc(batch->items, sizeof *self->rows);
    if (!self->rows) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for a batch");
    for (size_t i = 0; i < batch->items; i++) self->rows[i].item = &batch->item[i];
    if (batch->left_out && !self->wanted->quiet) fprintf(self->io->out, "%zu files of %s are no scenarios and left out\n", batch->left_out, batch->file);
    return make_folder(self->folder, err);
}

static csim_status run_batch(const csim_cli_io *io, const request *wanted, csim_error *err) {
    queue *self = calloc(1, sizeof *self);
    if (!self) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for a batch");
    self->io = io;
    self->wanted = wanted;
    pthread_mutex_init(&self->lock, NULL);
    csim_status status = csim_batch_load(wanted->batch, &self->batch, err);
    if (!status) status = prepare(self, err);
    if (!status) status = work_off(self, err);
    if (!status) status = write_index(self, err);
    if (!status) status = conclude(self, err);
    for (size_t i = 0; self->rows && i < self->batch->items; i++) csim_batch_row_clear(&self->rows[i]);
    free(self->rows);
    csim_batch_free(self->batch);
    pthread_mutex_destroy(&self->lock);
    free(self);
    return status;
}

static csim_status check_request(const request *wanted, size_t count, csim_error *err) {
    if (!count) return csim_error_set(err, CSIM_USAGE, "batch wants a batch file or a folder of scenarios");
    if (wanted->folder && !wanted->folder[0]) return csim_error_set(err, CSIM_USAGE, "-o wants a folder, not an empty name");
    return CSIM_OK;
}

csim_status csim_cli_batch(const csim_cli_io *io, int argc, char **argv, csim_error *err) {
    request wanted = {.paths = -1};
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
