/* run: scenario (or the run to go on with) → plan → paths, kept at checkpoints → contrasts → claims → run file and its exports. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "csim/base/run_limits.h"
#include "csim/base/version.h"
#include "csim/cli/commands.h"
#include "csim/cli/keep.h"
#include "csim/cli/options.h"
#include "csim/cli/print.h"
#include "csim/cli/shards.h"
#include "csim/cli/stored.h"
#include "csim/engine/further.h"
#include "csim/engine/kernel_oracle.h"
#include "csim/engine/precision.h"
#include "csim/report/export.h"
#include "csim/report/report.h"
#include "csim/rng/gsl_version.h"
#include "csim/store/atomic_file.h"
#include "csim/store/run_file.h"

typedef struct request {
    const char *scenario, *folder, *sampler, *precision;
    long long paths, threads, contrast_paths, extend_to, replicates, max_paths;
    csim_option_seed seed;
    double checkpoint_s;
    const char *shard, *keep;
    uint32_t shard_number, shards;
    const char *const *merge; /* runs to be put together instead of simulating */
    size_t merged;
    int json, quiet, no_contrasts, no_report, verify, resume;
} request;

static const double usual_checkpoint_s = 10.0;
enum { USUAL_MOST_PATHS = 1000000 };

/* Everything a run holds; released in one place. */
typedef struct job {
    csim_scenario *scenario;
    csim_catalogue *catalogue;
    csim_plan *plan;
    csim_run *run;
    csim_run_file *stored;  /* what the run goes on from, until it was taken in */
    csim_run_part part;
    csim_run_options options;
    uint64_t checkpoints;   /* written by this process */
    const csim_result *result;
    csim_contrasts *contrasts;
    csim_beside *beside;
    csim_claim_result *claims;
    size_t claim_count;
    csim_precision precision;
    int broken_off;  /* Ctrl-C ended a run to a precision: what there is is written */
    int folder_lock; /* descriptor of the folder, −1 */
    char folder[4096], command[8192];
} job;

static void job_clear(job *self) {
    free(self->claims);
    csim_beside_free(self->beside);
    csim_contrasts_free(self->contrasts);
    csim_run_free(self->run);
    csim_run_file_free(self->stored);
    csim_plan_free(self->plan);
    csim_catalogue_free(self->catalogue);
    csim_scenario_free(self->scenario);
    if (self->folder_lock >= 0) close(self->folder_lock);
}

/* The first shard says what the whole is. */
static csim_status load_first_shard(job *self, const request *wanted, csim_error *err) {
    char path[CSIM_CLI_PATH];
    csim_stored_path(wanted->merge[0], path);
    csim_status status = csim_run_file_read(path, &self->stored, err);
    return status ? status : csim_stored_compile(self->stored, path, &self->scenario, &self->catalogue, &self->plan, err);
}

static csim_status load(job *self, const request *wanted, csim_error *err) {
    if (wanted->merged) return load_first_shard(self, wanted, err);
    if (!wanted->scenario) return CSIM_OK; /* it stands in the run file */
    csim_status status = csim_scenario_load(wanted->scenario, &self->scenario, err);
    if (!status) status = csim_catalogue_load(self->scenario->catalogue_dir, &self->catalogue, err);
    if (!status) status = csim_plan_compile(self->scenario, self->catalogue, &self->plan, err);
    if (!status) status = csim_claims_check(self->scenario, self->catalogue, err);
    return !status && !wanted->no_contrasts && !wanted->shards ? csim_further_check(self->scenario, err) : status;
}

static csim_status no_folder(const job *self, const char *what, const char *why, csim_error *err) {
    return csim_error_set_at(err, CSIM_FILE_WRITE, self->folder, 0, 0, NULL, "cannot %s this folder: %s", what, why);
}

/* Two runs that write into one folder at once would leave the files of both mixed. File systems without locks are let pass. */
static csim_status lock_folder(job *self, csim_error *err) {
    self->folder_lock = open(self->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (self->folder_lock < 0) return no_folder(self, "open", strerror(errno), err);
    if (flock(self->folder_lock, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK) return no_folder(self, "use", "another run is writing into it", err);
    return CSIM_OK;
}

/* The folder is made before the paths are simulated, so that a wrong place costs no run. */
static csim_status make_folder(job *self, const request *wanted, csim_error *err) {
    const char *given = wanted->folder ? wanted->folder : self->scenario->name;
    char shard[64] = "";
    if (!wanted->folder && wanted->shards) snprintf(shard, sizeof shard, "/shard-%u-of-%u", wanted->shard_number, wanted->shards);
    const int length = snprintf(self->folder, sizeof self->folder, "%s%s%s", wanted->folder ? "" : "out/", given, shard);
    if (length < 0 || (size_t)length >= sizeof self->folder) return csim_error_set(err, CSIM_FILE_WRITE, "the folder's name is longer than %zu bytes", sizeof self->folder - 1);
    for (char *at = self->folder + 1;; at++) {
        const char here = *at;
        if (here && here != '/') continue;
        *at = '\0';
        if (mkdir(self->folder, 0777) && errno != EEXIST) return no_folder(self, "make", strerror(errno), err);
        *at = here;
        if (!here) break;
    }
    if (access(self->folder, W_OK)) return no_folder(self, "write into", strerror(errno), err);
    const csim_status status = lock_folder(self, err);
    if (!status) csim_atomic_file_sweep(self->folder);
    return status;
}

/* --- what is to be run ----------------------------------------------------------------------------------------------------------------------- */

static void run_file_path(const job *self, char path[CSIM_CLI_PATH]) { snprintf(path, CSIM_CLI_PATH, "%s/run.moecast", self->folder); }

static csim_status differs(const char *path, csim_error *err, const char *what, uint64_t stored, uint64_t given) {
    return csim_error_set_at(err, CSIM_USAGE, path, 0, 0, NULL, "the run there has %s %llu, not %llu; leave the option away to go on with it", what, (unsigned long long)stored, (unsigned long long)given);
}

static csim_status check_shard(const csim_run_part *part, const char *path, const request *wanted, csim_error *err) {
    if (wanted->shards && (wanted->shards != part->shards || wanted->shard_number != part->shard))
        return csim_error_set_at(err, CSIM_USAGE, path, 0, 0, NULL, part->shards ? "the run there is shard %u/%u, not %s" : "the run there is no shard", part->shard, part->shards, wanted->shard);
    if (wanted->extend_to >= 0 && part->shards) return csim_error_set_at(err, CSIM_USAGE, path, 0, 0, NULL, "a shard cannot be extended; merge the shards and extend the whole");
    if (wanted->precision && part->shards) return csim_error_set_at(err, CSIM_USAGE, path, 0, 0, NULL, "a shard cannot run to a precision; merge the shards and go on with the whole");
    return CSIM_OK;
}

static csim_status unknown_sampler(const char *name, csim_error *err) {
    return csim_error_set(err, CSIM_USAGE, "--sampler wants mc, lhs or sobol, not '%.60s'", name);
}

/* Sampler and replicates say where every point lies; a hypercube's number of points does too. */
static csim_status check_sampler(const csim_run_options *stored, const csim_run_part *part, const char *path, const request *wanted, csim_error *err) {
    const char *name = csim_sampler_name(stored->sampler);
    if (wanted->sampler && csim_sampler_find(wanted->sampler) < 0) return unknown_sampler(wanted->sampler, err);
    if (wanted->sampler && strcmp(wanted->sampler, name) != 0)
        return csim_error_set_at(err, CSIM_USAGE, path, 0, 0, NULL, "the run there has the sampler %s, not %s; leave the option away to go on with it", name, wanted->sampler);
    if (wanted->replicates > 0 && wanted->replicates != stored->replicates) return differs(path, err, "replicates", stored->replicates, (uint64_t)wanted->replicates);
    if (stored->sampler == CSIM_SAMPLER_LHS && wanted->extend_to > part->whole_paths)
        return csim_error_set_at(err, CSIM_USAGE, path, 0, 0, NULL, "a Latin hypercube cannot be extended: where its points lie depends on their number");
    return CSIM_OK;
}

static csim_status check_keep(const job *self, const char *path, const request *wanted, csim_error *err) {
    const csim_run_part *part = &csim_run_file_info(self->stored)->part;
    csim_run_options options = {0};
    uint32_t rows;
    const csim_status status = wanted->keep ? csim_keep_read(wanted->keep, self->plan, &rows, &options, err) : CSIM_OK;
    if (status || !wanted->keep) return status;
    if (rows != part->keep_paths) return differs(path, err, "--keep", part->keep_paths, rows);
    if (csim_keep_same_series(&options, &csim_run_file_result(self->stored)->options)) return CSIM_OK;
    return csim_error_set_at(err, CSIM_USAGE, path, 0, 0, NULL, "the run there keeps other series than --keep %.100s; leave the option away to go on with it", wanted->keep);
}

/* What the command line says must be what the file says. */
static csim_status check_same(const job *self, const char *path, const request *wanted, csim_error *err) {
    const csim_run_part *part = &csim_run_file_info(self->stored)->part;
    const csim_run_options *stored = &csim_run_file_result(self->stored)->options;
    if (wanted->seed.given && wanted->seed.value != stored->seed) return differs(path, err, "seed", stored->seed, wanted->seed.value);
    if (wanted->paths >= 0 && wanted->paths != part->whole_paths && !wanted->precision) { /* to a precision, --paths is the first round's */
        differs(path, err, "paths", part->whole_paths, (uint64_t)wanted->paths);
        csim_error_hint(err, "--extend-to N adds paths");
        return CSIM_USAGE;
    }
    csim_status status = check_keep(self, path, wanted, err);
    if (!status) status = check_sampler(stored, part, path, wanted, err);
    if (status) return status;
    if (wanted->extend_to >= 0 && wanted->extend_to < part->whole_paths)
        return csim_error_set_at(err, CSIM_USAGE, path, 0, 0, NULL, "the run there has %u paths already; --extend-to wants more", part->whole_paths);
    return check_shard(part, path, wanted, err);
}

/* Finds the run to go on with. None there is no mistake when the scenario is given: the same command then begins and goes on. */
static csim_status take_up(job *self, const request *wanted, csim_error *err) {
    char path[CSIM_CLI_PATH];
    run_file_path(self, path);
    if (!wanted->resume || (wanted->scenario && access(path, F_OK))) return CSIM_OK;
    csim_status status = csim_run_file_read(path, &self->stored, err);
    if (!status) status = csim_stored_check_build(self->stored, path, err);
    if (!status && self->plan) status = csim_stored_check_scenario(self->stored, path, self->scenario, err);
    if (!status && self->plan) status = csim_stored_check_plan(self->stored, path, self->plan, err);
    if (!status && !self->plan) status = csim_stored_compile(self->stored, path, &self->scenario, &self->catalogue, &self->plan, err);
    return status ? status : check_same(self, path, wanted, err);
}

/* What the command says, or else the scenario. Its replicates belong to its own sampler. */
static csim_status choose_sampler(const request *wanted, const csim_scenario *scenario, csim_run_options *options, csim_error *err) {
    const int named = wanted->sampler ? csim_sampler_find(wanted->sampler) : scenario->sampler;
    if (named < 0) return unknown_sampler(wanted->sampler, err);
    options->sampler = (csim_sampler)named;
    options->replicates = csim_sampling_replicates(options->sampler, wanted->replicates > 0 ? (uint32_t)wanted->replicates : named == scenario->sampler ? (uint32_t)scenario->replicates : 0);
    return CSIM_OK;
}

/* Shard i of n: whole granules, as even as may be, of one run over all paths; its hypercube is theirs. */
static csim_status cut(const request *wanted, csim_run_options *options, csim_error *err) {
    csim_run_options_complete(options);
    const uint32_t paths = options->paths, size = MOE_BLOCK * options->replicates;
    const uint64_t pieces = ((uint64_t)paths + size - 1) / size, from = pieces * (wanted->shard_number - 1) / wanted->shards, to = pieces * wanted->shard_number / wanted->shards;
    if (wanted->shards > pieces) return csim_error_set(err, CSIM_USAGE, "%u paths are %llu times %u: too few for %u shards", paths, (unsigned long long)pieces, size, wanted->shards);
    options->first_path = (uint32_t)(from * size);
    options->paths = (to * size < paths ? (uint32_t)(to * size) : paths) - options->first_path;
    return CSIM_OK;
}

static uint32_t beyond(uint32_t rows, uint32_t first) { return rows > first ? rows - first : 0; }

static csim_status plan_new_run(job *self, const request *wanted, csim_error *err) {
    csim_run_options *options = &self->options;
    uint32_t rows;
    csim_status status = csim_keep_read(wanted->keep, self->plan, &rows, options, err);
    if (!status) status = choose_sampler(wanted, self->scenario, options, err);
    if (status) return status;
    options->seed = wanted->seed.given ? wanted->seed.value : self->scenario->seed;
    options->paths = (uint32_t)(wanted->paths > 0 ? wanted->paths : self->scenario->paths);
    if (wanted->precision) options->paths = csim_precision_first(wanted->paths > 0 ? (uint32_t)wanted->paths : 0, (uint32_t)wanted->max_paths, options->sampler, options->replicates);
    self->part = (csim_run_part){wanted->shard_number, wanted->shards, options->paths, rows, wanted->contrast_paths > 0 ? (uint32_t)wanted->contrast_paths : CSIM_CONTRAST_PATHS};
    return wanted->shards ? cut(wanted, options, err) : CSIM_OK;
}

static void plan_old_run(job *self, const request *wanted) {
    const csim_run_options *stored = &csim_run_file_result(self->stored)->options;
    self->part = csim_run_file_info(self->stored)->part;
    self->options = *stored;
    if (wanted->extend_to > 0) self->options.paths = self->part.whole_paths = (uint32_t)wanted->extend_to;
    if (!wanted->merged) return;
    self->options.first_path = 0;
    self->options.paths = self->part.whole_paths;
}

static csim_status take_stored(job *self, const request *wanted, csim_error *err) {
    char path[CSIM_CLI_PATH];
    const csim_run_part first = self->part;
    run_file_path(self, path);
    csim_status status = CSIM_OK;
    if (wanted->merged) {
        self->part.shard = self->part.shards = 0;
        status = csim_shards_take(self->run, wanted->merge, wanted->merged, &first, &self->options, err);
    } else if (self->stored) status = csim_stored_take(self->run, self->stored, path, err);
    csim_run_file_free(self->stored); /* its numbers are the run's now */
    self->stored = NULL;
    return status;
}

/* A run to a precision begins with a first round, or with what is stored. */
static csim_status aim(job *self, const request *wanted, csim_error *err) {
    if (!wanted->precision) return CSIM_OK;
    if (self->options.sampler == CSIM_SAMPLER_LHS)
        return csim_error_set(err, CSIM_USAGE, "--precision wants the sampler mc or sobol: a Latin hypercube cannot grow, its points depend on their number");
    return csim_precision_parse(self->plan, wanted->precision, &self->precision, err);
}

static csim_status begin(job *self, const request *wanted, csim_error *err) {
    csim_status status = CSIM_OK;
    if (self->stored) plan_old_run(self, wanted);
    else status = plan_new_run(self, wanted, err);
    if (!status) status = aim(self, wanted, err);
    if (status) return status;
    self->options.threads = (int)wanted->threads;
    self->options.verify = wanted->verify;
    self->options.keep_paths = beyond(self->part.keep_paths, self->options.first_path);
    self->options.keep_hits = beyond(self->part.keep_hits, self->options.first_path);
    status = csim_run_new(self->plan, &self->options, &self->run, err);
    return status ? status : take_stored(self, wanted, err);
}

/* --- the run file ---------------------------------------------------------------------------------------------------------------------------- */

/* SOURCE_DATE_EPOCH fixes the time for builds that must be byte-identical. */
static int64_t created_now(void) {
    const char *fixed = getenv("SOURCE_DATE_EPOCH");
    return fixed && fixed[0] ? (int64_t)strtoll(fixed, NULL, 10) : (int64_t)time(NULL);
}

static void join_words(const csim_cli_io *io, char *text, size_t size) {
    size_t used = 0;
    for (int i = 0; i < io->argc_all && used < size; i++) {
        const char *word = i ? io->argv_all[i] : "moecast";
        const int written = snprintf(text + used, size - used, "%s%s", i ? " " : "", word);
        used += written > 0 ? (size_t)written : 0;
    }
}

static csim_status store(const csim_cli_io *io, job *self, csim_error *err) {
    char path[CSIM_CLI_PATH];
    run_file_path(self, path);
    join_words(io, self->command, sizeof self->command);
    const csim_run_info info = {csim_version(), csim_revision(), csim_compiler(), csim_gsl_version(), self->result->variant, self->command, created_now(), self->part};
    return csim_run_file_write(path, self->result, self->scenario, &info, self->claims, self->claim_count, err);
}

/* What an earlier run has left there would stand beside a run file that it is not of. */
static void forget_exports(const job *self) {
    static const char *const names[] = {"summary.csv", "claims.csv", "run.json", "report.xlsx"};
    char path[CSIM_CLI_PATH];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", self->folder, names[i]);
        unlink(path);
    }
}

/* Too many stopped paths are a matter for the end of the run: the first thousand may have bad luck. */
static csim_status checkpoint(const csim_cli_io *io, job *self, csim_error *err) {
    csim_error ignored;
    self->result = NULL;
    csim_run_result(self->run, &self->result, &ignored);
    if (!self->result) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for a checkpoint");
    const csim_status status = store(io, self, err);
    if (!status && !self->checkpoints++) forget_exports(self);
    return status;
}

/* After Ctrl-C: nothing of what was simulated is lost. */
static csim_status keep_for_later(const csim_cli_io *io, job *self, csim_error *err) {
    csim_error why = *err;
    const csim_status status = checkpoint(io, self, err);
    if (status) return status;
    *err = why;
    csim_error_hint(err, "'moecast run --resume %.180s' goes on", self->folder);
    return CSIM_INTERRUPTED;
}

/* --- the paths ------------------------------------------------------------------------------------------------------------------------------- */

static double now_s(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* A checkpoint takes up to a second; at most a tenth of the time goes to them unless the user wants more. */
static double next_checkpoint_s(const request *wanted, double begin_s) {
    const double end_s = now_s(), usual = fmax(usual_checkpoint_s, 9.0 * (end_s - begin_s));
    return end_s + (isnan(wanted->checkpoint_s) ? usual : wanted->checkpoint_s);
}

static csim_status simulate_round(const csim_cli_io *io, job *self, const request *wanted, csim_error *err) {
    csim_progress progress = csim_progress_start(wanted->quiet ? NULL : io->err, "paths");
    double due_s = next_checkpoint_s(wanted, now_s());
    csim_status status = CSIM_OK;
    while (!status && !csim_run_is_finished(self->run)) {
        const double left_s = fmax(due_s - now_s(), 0.001), slice_s = csim_progress_slice_s(&progress);
        status = csim_run_advance(self->run, slice_s > 0.0 ? fmin(slice_s, left_s) : left_s, io->cancel, err);
        csim_progress_show(&progress, csim_run_done(self->run), csim_run_paths(self->run));
        if (status || now_s() < due_s || csim_run_is_finished(self->run)) continue;
        const double begin_s = now_s();
        status = checkpoint(io, self, err);
        due_s = next_checkpoint_s(wanted, begin_s);
    }
    csim_progress_end(&progress);
    return status ? status : csim_run_result(self->run, &self->result, err);
}

static csim_status grow(job *self, uint32_t paths, csim_error *err) {
    const csim_status status = csim_run_grow(self->run, paths, err);
    if (!status) self->options.paths = self->part.whole_paths = paths;
    return status;
}

/* After Ctrl-C: granules that are begun are finished, which takes part of a second, so that the run can be gone on from as fast as any. */
static csim_status finish_granules(job *self, csim_error *err) {
    const csim_status status = csim_run_advance(self->run, 1e-9, NULL, err);
    if (status) return status;
    return csim_error_set(err, CSIM_INTERRUPTED, "interrupted after %llu of %u paths", (unsigned long long)csim_run_done(self->run), csim_run_paths(self->run));
}

/* Round after round until all errors are small enough. Ctrl-C then ends it with what there is, if that is anything. */
static csim_status simulate(const csim_cli_io *io, job *self, const request *wanted, csim_error *err) {
    csim_status status = simulate_round(io, self, wanted, err);
    while (!status && self->precision.count) {
        const uint32_t paths = csim_precision_next(&self->precision, self->result, (uint32_t)wanted->max_paths);
        if (!paths) break;
        status = grow(self, paths, err);
        if (!status) status = simulate_round(io, self, wanted, err);
    }
    if (status == CSIM_INTERRUPTED) status = finish_granules(self, err);
    if (status != CSIM_INTERRUPTED) return status;
    if (!self->precision.count || !csim_run_done(self->run)) return keep_for_later(io, self, err);
    self->broken_off = 1;
    return csim_run_result(self->run, &self->result, err);
}

static csim_status contrast(const csim_cli_io *io, job *self, const request *wanted, csim_error *err) {
    uint64_t done = 0, total = 1;
    if (wanted->no_contrasts || self->broken_off) return CSIM_OK;
    csim_status status = csim_contrasts_new(self->scenario, self->result, (uint32_t)wanted->contrast_paths, &self->contrasts, err);
    csim_progress progress = csim_progress_start(wanted->quiet ? NULL : io->err, "paths of contrasts");
    while (!status && done < total) {
        status = csim_contrasts_advance(self->contrasts, csim_progress_slice_s(&progress), io->cancel, err);
        csim_contrasts_progress(self->contrasts, &done, &total);
        csim_progress_show(&progress, done, total);
    }
    csim_progress_end(&progress);
    return status;
}

static csim_status run_beside(const csim_cli_io *io, job *self, const request *wanted, csim_error *err) {
    uint64_t done = 0, total = 1;
    if (wanted->no_contrasts || self->broken_off) return CSIM_OK;
    csim_status status = csim_beside_new(self->scenario, self->result, (uint32_t)wanted->contrast_paths, &self->beside, err);
    csim_progress progress = csim_progress_start(wanted->quiet ? NULL : io->err, "paths beside");
    while (!status && done < total) {
        status = csim_beside_advance(self->beside, 0.25, io->cancel, err);
        csim_beside_progress(self->beside, &done, &total);
        csim_progress_show(&progress, done, total);
    }
    csim_progress_end(&progress);
    return status;
}

static csim_status score_claims(job *self, csim_error *err) {
    csim_plan *plan = self->plan;
    const csim_kernel_oracle kernel = {csim_kernel_answer, &plan};
    return csim_claims_evaluate(self->scenario, self->catalogue, self->result, self->contrasts, self->beside, &kernel, &self->claims, &self->claim_count, err);
}

static csim_status write_all(const csim_cli_io *io, job *self, const request *wanted, csim_error *err) {
    char path[CSIM_CLI_PATH];
    csim_run_file *file = NULL;
    csim_status status = store(io, self, err);
    run_file_path(self, path);
    if (!status) status = csim_run_file_read(path, &file, err); /* the exports are made from the file, not from memory: what is stored is what is shown */
    snprintf(path, sizeof path, "%s/summary.csv", self->folder);
    if (!status && !self->part.shards) status = csim_export_csv(path, csim_run_file_result(file), err);
    snprintf(path, sizeof path, "%s/claims.csv", self->folder);
    if (!status && !self->part.shards) status = csim_export_claims_csv(path, file, err);
    snprintf(path, sizeof path, "%s/run.json", self->folder);
    if (!status) status = csim_export_json(path, file, err);
    snprintf(path, sizeof path, "%s/report.xlsx", self->folder);
    if (!status && !self->part.shards && !wanted->no_report) status = csim_report_write(file, self->scenario, path, err);
    if (!status && wanted->json) status = csim_print_file(io->out, self->folder, "run.json", err);
    csim_run_file_free(file);
    return status;
}

/* Contrasts and claims are made of the whole: shards leave them to the merge. */
static csim_status answer(const csim_cli_io *io, job *self, const request *wanted, csim_error *err) {
    if (self->part.shards) return CSIM_OK;
    csim_status status = self->checkpoints && !wanted->no_contrasts ? checkpoint(io, self, err) : CSIM_OK;
    if (!status) status = contrast(io, self, wanted, err);
    if (!status) status = run_beside(io, self, wanted, err);
    if (status == CSIM_INTERRUPTED) return keep_for_later(io, self, err);
    return status ? status : score_claims(self, err);
}

static void print_shard(FILE *out, const job *self) {
    char digest[65];
    csim_result_digest(self->result, digest);
    fprintf(out, "%s: shard %u/%u, paths %u to %u of %u, in %.1f s, %llu failed\ndigest %s\nwritten to %s: run.moecast, run.json; 'moecast merge' puts shards together\n",
            self->scenario->title, self->part.shard, self->part.shards, self->options.first_path, self->options.first_path + self->options.paths - 1, self->part.whole_paths,
            self->result->seconds, (unsigned long long)self->result->failed, digest, self->folder);
}

static void print_whole(FILE *out, const job *self, const request *wanted) {
    csim_print_run(out, self->scenario, self->result, self->claims, self->claim_count, self->folder, !wanted->no_report);
    csim_print_precision(out, &self->precision, self->result);
}

/* The last word of a run to a precision: the errors that are still too large. */
static csim_status judge(const job *self, csim_error *err) {
    char text[256] = "";
    size_t used = 0;
    for (int i = 0; i < self->precision.count && used + 1 < sizeof text; i++) {
        const csim_target *target = &self->precision.target[i];
        const double error = csim_target_error(target, self->result);
        if (error <= target->wanted) continue;
        const int written = snprintf(text + used, sizeof text - used, "%s%s ± %.2g instead of %.2g", used ? ", " : "", target->name, error, target->wanted);
        used += written > 0 ? (size_t)written : 0;
    }
    if (!used) return CSIM_OK;
    csim_error_set(err, CSIM_PRECISION, "after %llu paths%s the precision is not reached: %s; the results are written", (unsigned long long)self->result->done,
                   self->broken_off ? " (interrupted)" : "", text);
    if (self->broken_off) csim_error_hint(err, "'moecast run --resume %.120s --precision …' goes on", self->folder);
    return CSIM_PRECISION;
}

static csim_status check_request(const request *wanted, csim_error *err) {
    if (!wanted->scenario && !wanted->resume && !wanted->merged) return csim_error_set(err, CSIM_USAGE, "run wants a scenario: a file, or a shipped name such as 'baseline'");
    if (wanted->folder && !wanted->folder[0]) return csim_error_set(err, CSIM_USAGE, "-o wants a folder, not an empty name");
    if (wanted->checkpoint_s < 0.0) return csim_error_set(err, CSIM_USAGE, "--checkpoint wants at least 0 seconds");
    if (wanted->precision && wanted->shard) return csim_error_set(err, CSIM_USAGE, "--precision does not go with --shard: how many paths it takes is seen only from all of them");
    if (wanted->precision && wanted->extend_to > 0) return csim_error_set(err, CSIM_USAGE, "--precision does not go with --extend-to: it finds the number of paths itself (at most --max-paths)");
    if (wanted->extend_to > 0 && !wanted->resume) return csim_error_set(err, CSIM_USAGE, "--extend-to goes with --resume");
    return CSIM_OK;
}

/* "3/8" */
static csim_status read_shard(request *wanted, csim_error *err) {
    int end = 0;
    if (!wanted->shard) return CSIM_OK;
    const int found = sscanf(wanted->shard, "%5u/%5u%n", &wanted->shard_number, &wanted->shards, &end);
    if (found == 2 && !wanted->shard[end] && wanted->shard_number >= 1 && wanted->shard_number <= wanted->shards) return CSIM_OK;
    return csim_error_set(err, CSIM_USAGE, "--shard wants I/N, as 3/8 for the third of eight, not '%.60s'", wanted->shard);
}

/* `run --resume DIR` names no scenario but the run. */
static csim_status read_place(request *wanted, csim_error *err) {
    if (!wanted->resume || wanted->folder) return CSIM_OK;
    char path[CSIM_CLI_PATH];
    if (!wanted->scenario) return csim_error_set(err, CSIM_USAGE, "--resume wants the folder of the run to go on with");
    csim_stored_path(wanted->scenario, path);
    const size_t length = strlen(wanted->scenario), file = sizeof "/run.moecast" - 1;
    if (access(path, F_OK)) return csim_error_set_at(err, CSIM_FILE_OPEN, wanted->scenario, 0, 0, NULL, "there is no run to go on with (run.moecast)");
    if (length > file && !strcmp(wanted->scenario + length - file, "/run.moecast")) return csim_error_set(err, CSIM_USAGE, "--resume wants the run's folder, not its run.moecast");
    wanted->folder = wanted->scenario;
    wanted->scenario = NULL;
    return CSIM_OK;
}

static csim_status run_job(const csim_cli_io *io, job *self, const request *wanted, csim_error *err) {
    csim_status status = load(self, wanted, err);
    if (!status) status = make_folder(self, wanted, err);
    if (!status) status = csim_shards_check_folder(wanted->merge, wanted->merged, self->folder, err);
    if (!status) status = take_up(self, wanted, err);
    if (!status) status = begin(self, wanted, err);
    if (!status) status = simulate(io, self, wanted, err);
    if (!status) status = answer(io, self, wanted, err);
    if (!status) status = write_all(io, self, wanted, err);
    if (!status && !wanted->json && self->part.shards) print_shard(io->out, self);
    if (!status && !wanted->json && !self->part.shards) print_whole(io->out, self, wanted);
    return status ? status : judge(self, err);
}

static csim_status do_job(const csim_cli_io *io, const request *wanted, csim_error *err) {
    job *self = calloc(1, sizeof *self);
    if (!self) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for a run");
    self->folder_lock = -1;
    const csim_status status = run_job(io, self, wanted, err);
    job_clear(self);
    free(self);
    return status;
}

csim_status csim_cli_run(const csim_cli_io *io, int argc, char **argv, csim_error *err) {
    request wanted = {.paths = -1, .extend_to = -1, .checkpoint_s = (double)NAN, .max_paths = USUAL_MOST_PATHS};
    const csim_option options[] = {
        {"-o", CSIM_OPTION_TEXT, &wanted.folder, "DIR", "folder of the results (out/NAME)"},
        {"--paths", CSIM_OPTION_COUNT, &(csim_option_count){&wanted.paths, 1, CSIM_PATHS_MAX}, "N", "possible histories (the scenario's run.paths)"},
        {"--seed", CSIM_OPTION_SEED, &wanted.seed, "S", "seed (the scenario's run.seed)"},
        {"--threads", CSIM_OPTION_COUNT, &(csim_option_count){&wanted.threads, 0, CSIM_THREADS_MAX}, "T", "threads (one a processor); results do not depend on it"},
        {"--sampler", CSIM_OPTION_TEXT, &wanted.sampler, "NAME", "mc, lhs or sobol (the scenario's run.sampler, or mc): docs/sampling.md"},
        {"--replicates", CSIM_OPTION_COUNT, &(csim_option_count){&wanted.replicates, 1, CSIM_MAX_REPLICATES}, "R", "independent randomisations (1 for mc, else 16)"},
        {"--precision", CSIM_OPTION_TEXT, &wanted.precision, "LIST", "run until these have the standard errors named, such as share.world_open@2028-12:0.002 (docs/sampling.md)"},
        {"--max-paths", CSIM_OPTION_COUNT, &(csim_option_count){&wanted.max_paths, 1, CSIM_PATHS_MAX}, "N", "at most so many paths for --precision (1000000); exit code 3 when they do not do"},
        {"--keep", CSIM_OPTION_TEXT, &wanted.keep, "WHAT", "none; N paths with inputs and headlines (2000); [N,]series:LIST: also month by month"},
        {"--contrast-paths", CSIM_OPTION_COUNT, &(csim_option_count){&wanted.contrast_paths, 0, CSIM_KEEP_MAX}, "N", "paths of each further run: contrasts, guesses, vintage (at most 4000)"},
        {"--no-contrasts", CSIM_OPTION_FLAG, &wanted.no_contrasts, NULL, "make no further runs: claims that compare two scenarios stay open"},
        {"--no-report", CSIM_OPTION_FLAG, &wanted.no_report, NULL, "write no workbook"},
        {"--resume", CSIM_OPTION_FLAG, &wanted.resume, NULL, "go on with the run in DIR where it was broken off: run --resume DIR, or with the scenario and -o"},
        {"--extend-to", CSIM_OPTION_COUNT, &(csim_option_count){&wanted.extend_to, 1, CSIM_PATHS_MAX}, "N", "with --resume: add paths until there are N"},
        {"--shard", CSIM_OPTION_TEXT, &wanted.shard, "I/N", "only the I-th of N parts of the paths, for 'moecast merge'"},
        {"--checkpoint", CSIM_OPTION_NUMBER, &wanted.checkpoint_s, "S", "seconds between two checkpoints (10)"},
        {"--verify", CSIM_OPTION_FLAG, &wanted.verify, NULL, "check the model's invariants after every month (slow)"},
        {"--json", CSIM_OPTION_FLAG, &wanted.json, NULL, "print run.json instead of a summary"},
        {"--quiet", CSIM_OPTION_FLAG, &wanted.quiet, NULL, "no progress line"},
    };
    size_t words;
    if (csim_cli_wants_help(argc, argv)) {
        fprintf(io->out, "usage: moecast run SCENARIO [options]\n\nSimulates a scenario and writes run.moecast, summary.csv, claims.csv, run.json and report.xlsx into a folder.\n"
                         "A long run is kept every few seconds; killed or interrupted, it goes on with --resume.\n\n");
        csim_options_help(io->out, options, sizeof options / sizeof options[0]);
        return CSIM_OK;
    }
    csim_status status = csim_options_parse(argc, argv, 1, options, sizeof options / sizeof options[0], &wanted.scenario, 1, &words, err);
    if (!status) status = check_request(&wanted, err);
    if (!status) status = read_shard(&wanted, err);
    if (!status) status = read_place(&wanted, err);
    if (status) return status;
    return do_job(io, &wanted, err);
}

csim_status csim_cli_merge(const csim_cli_io *io, int argc, char **argv, csim_error *err) {
    const char *words[CSIM_MAX_INTERVALS];
    request wanted = {.paths = -1, .extend_to = -1, .checkpoint_s = (double)NAN, .max_paths = USUAL_MOST_PATHS, .merge = words};
    const csim_option options[] = {
        {"-o", CSIM_OPTION_TEXT, &wanted.folder, "DIR", "folder of the whole run (out/NAME)"},
        {"--threads", CSIM_OPTION_COUNT, &(csim_option_count){&wanted.threads, 0, CSIM_THREADS_MAX}, "T", "threads of the further runs (one a processor)"},
        {"--contrast-paths", CSIM_OPTION_COUNT, &(csim_option_count){&wanted.contrast_paths, 0, CSIM_KEEP_MAX}, "N", "paths of each further run: contrasts, guesses, vintage (at most 4000)"},
        {"--no-contrasts", CSIM_OPTION_FLAG, &wanted.no_contrasts, NULL, "make no further runs: claims that compare two scenarios stay open"},
        {"--no-report", CSIM_OPTION_FLAG, &wanted.no_report, NULL, "write no workbook"},
        {"--json", CSIM_OPTION_FLAG, &wanted.json, NULL, "print run.json instead of a summary"},
        {"--quiet", CSIM_OPTION_FLAG, &wanted.quiet, NULL, "no progress line"},
    };
    if (csim_cli_wants_help(argc, argv)) {
        fprintf(io->out, "usage: moecast merge SHARD... [options]\n\nPuts the shards of a run together (run --shard): the same numbers and digest as one run of all paths, with contrasts\n"
                         "and claims. A shard is its folder or its run.moecast.\n\n");
        csim_options_help(io->out, options, sizeof options / sizeof options[0]);
        return CSIM_OK;
    }
    csim_status status = csim_options_parse(argc, argv, 1, options, sizeof options / sizeof options[0], words, CSIM_MAX_INTERVALS, &wanted.merged, err);
    if (!status && !wanted.merged) status = csim_error_set(err, CSIM_USAGE, "merge wants shards: folders that 'moecast run --shard' wrote");
    if (!status) status = check_request(&wanted, err);
    return status ? status : do_job(io, &wanted, err);
}
