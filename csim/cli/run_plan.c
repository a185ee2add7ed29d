/* See run_job.h: scenario or stored run → plan → a run that holds what is known already. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "csim/cli/keep.h"
#include "csim/cli/run_job.h"
#include "csim/cli/shards.h"
#include "csim/engine/further.h"
#include "csim/store/atomic_file.h"
#include "csim/store/folder_lock.h"

/* --- the scenario and the folder ------------------------------------------------------------------------------------------------------------------- */

/* The first shard says what the whole is. */
static csim_status load_first_shard(csim_run_job *self, const csim_run_request *wanted, csim_error *err) {
    char path[CSIM_CLI_PATH];
    csim_stored_path(wanted->merge[0], path);
    csim_status status = csim_run_file_read(path, &self->stored, err);
    return status ? status : csim_stored_compile(self->stored, path, &self->scenario, &self->catalogue, &self->plan, err);
}

csim_status csim_job_load(csim_run_job *self, const csim_run_request *wanted, csim_error *err) {
    if (wanted->merged) return load_first_shard(self, wanted, err);
    if (!wanted->scenario) return CSIM_OK; /* it stands in the run file */
    csim_status status = csim_scenario_load(wanted->scenario, &self->scenario, err);
    if (!status) status = csim_catalogue_load(self->scenario->catalogue_dir, &self->catalogue, err);
    if (!status) status = csim_plan_compile(self->scenario, self->catalogue, &self->plan, err);
    if (!status) status = csim_claims_check(self->scenario, self->catalogue, err);
    return !status && !wanted->no_contrasts && !wanted->shards ? csim_further_check(self->scenario, err) : status;
}

static csim_status no_folder(const csim_run_job *self, const char *what, const char *why, csim_error *err) {
    return csim_error_set_at(err, CSIM_FILE_WRITE, self->folder, 0, 0, NULL, "cannot %s this folder: %s", what, why);
}

/* The folder is made before the paths are simulated, so that a wrong place costs no run. */
csim_status csim_job_make_folder(csim_run_job *self, const csim_run_request *wanted, csim_error *err) {
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
    const csim_status status = csim_folder_lock(self->folder, "run", &self->folder_lock, err);
    if (!status) csim_atomic_file_sweep(self->folder);
    return status;
}

/* --- what is to be run ----------------------------------------------------------------------------------------------------------------------- */

void csim_job_file(const csim_run_job *self, char path[CSIM_CLI_PATH]) { snprintf(path, CSIM_CLI_PATH, "%s/run.moecast", self->folder); }

static csim_status differs(const char *path, csim_error *err, const char *what, uint64_t stored, uint64_t given) {
    return csim_error_set_at(err, CSIM_USAGE, path, 0, 0, NULL, "the run there has %s %llu, not %llu; leave the option away to go on with it", what, (unsigned long long)stored, (unsigned long long)given);
}

static csim_status check_shard(const csim_run_part *part, const char *path, const csim_run_request *wanted, csim_error *err) {
    if (wanted->shards && (wanted->shards != part->shards || wanted->shard_number != part->shard))
        return csim_error_set_at(err, CSIM_USAGE, path, 0, 0, NULL, part->shards ? "the run there is shard %u/%u, not %s" : "the run there is no shard", part->shard, part->shards, wanted->shard);
    if (wanted->extend_to >= 0 && part->shards) return csim_error_set_at(err, CSIM_USAGE, path, 0, 0, NULL, "a shard cannot be extended; merge the shards and extend the whole");
    if (wanted->precision && part->shards) return csim_error_set_at(err, CSIM_USAGE, path, 0, 0, NULL, "a shard cannot run to a precision; merge the shards and go on with the whole");
    return CSIM_OK;
}

/* Sampler and replicates say where every point lies; a hypercube's number of points does too. */
static csim_status check_sampler(const csim_run_options *stored, const csim_run_part *part, const char *path, const csim_run_request *wanted, csim_error *err) {
    csim_sampler sampler;
    uint32_t replicates;
    const csim_status status = csim_sampling_choose(&(csim_sampler_wish){wanted->sampler, 0}, stored->sampler, stored->replicates, &sampler, &replicates, err);
    if (status) return status;
    if (sampler != stored->sampler)
        return csim_error_set_at(err, CSIM_USAGE, path, 0, 0, NULL, "the run there has the sampler %s, not %s; leave the option away to go on with it",
                                 csim_sampler_name(stored->sampler), wanted->sampler);
    if (wanted->replicates > 0 && wanted->replicates != stored->replicates) return differs(path, err, "replicates", stored->replicates, (uint64_t)wanted->replicates);
    if (stored->sampler == CSIM_SAMPLER_LHS && wanted->extend_to > part->whole_paths)
        return csim_error_set_at(err, CSIM_USAGE, path, 0, 0, NULL, "a Latin hypercube cannot be extended: where its points lie depends on their number");
    return CSIM_OK;
}

static csim_status check_keep(const csim_run_job *self, const char *path, const csim_run_request *wanted, csim_error *err) {
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
static csim_status check_same(const csim_run_job *self, const char *path, const csim_run_request *wanted, csim_error *err) {
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
csim_status csim_job_take_up(csim_run_job *self, const csim_run_request *wanted, csim_error *err) {
    char path[CSIM_CLI_PATH];
    csim_job_file(self, path);
    if (!wanted->resume || (wanted->scenario && access(path, F_OK))) return CSIM_OK;
    csim_status status = csim_run_file_read(path, &self->stored, err);
    if (!status) status = csim_stored_check_build(self->stored, path, err);
    if (!status && self->plan) status = csim_stored_check_scenario(self->stored, path, self->scenario, err);
    if (!status && self->plan) status = csim_stored_check_plan(self->stored, path, self->plan, err);
    if (!status && !self->plan) status = csim_stored_compile(self->stored, path, &self->scenario, &self->catalogue, &self->plan, err);
    return status ? status : check_same(self, path, wanted, err);
}

/* What the command says, or else the scenario. */
static csim_status choose_sampler(const csim_run_request *wanted, const csim_scenario *scenario, csim_run_options *options, csim_error *err) {
    const csim_sampler_wish wish = {wanted->sampler, wanted->replicates > 0 ? (uint32_t)wanted->replicates : 0};
    return csim_sampling_choose(&wish, (csim_sampler)scenario->sampler, (uint32_t)scenario->replicates, &options->sampler, &options->replicates, err);
}

/* Shard i of n: whole granules, as even as may be, of one run over all paths; its hypercube is theirs. */
static csim_status cut(const csim_run_request *wanted, csim_run_options *options, csim_error *err) {
    csim_run_options_complete(options);
    const uint32_t paths = options->paths, size = MOE_BLOCK * options->replicates;
    const uint64_t pieces = ((uint64_t)paths + size - 1) / size, from = pieces * (wanted->shard_number - 1) / wanted->shards, to = pieces * wanted->shard_number / wanted->shards;
    if (wanted->shards > pieces) return csim_error_set(err, CSIM_USAGE, "%u paths are %llu times %u: too few for %u shards", paths, (unsigned long long)pieces, size, wanted->shards);
    options->first_path = (uint32_t)(from * size);
    options->paths = (to * size < paths ? (uint32_t)(to * size) : paths) - options->first_path;
    return CSIM_OK;
}

static uint32_t beyond(uint32_t rows, uint32_t first) { return rows > first ? rows - first : 0; }

static csim_status plan_new_run(csim_run_job *self, const csim_run_request *wanted, csim_error *err) {
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

static void plan_old_run(csim_run_job *self, const csim_run_request *wanted) {
    const csim_run_options *stored = &csim_run_file_result(self->stored)->options;
    self->part = csim_run_file_info(self->stored)->part;
    self->options = *stored;
    if (wanted->extend_to > 0) self->options.paths = self->part.whole_paths = (uint32_t)wanted->extend_to;
    if (!wanted->merged) return;
    self->options.first_path = 0;
    self->options.paths = self->part.whole_paths;
}

static csim_status take_stored(csim_run_job *self, const csim_run_request *wanted, csim_error *err) {
    char path[CSIM_CLI_PATH];
    const csim_run_part first = self->part;
    csim_job_file(self, path);
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
static csim_status aim(csim_run_job *self, const csim_run_request *wanted, csim_error *err) {
    if (!wanted->precision) return CSIM_OK;
    if (self->options.sampler == CSIM_SAMPLER_LHS)
        return csim_error_set(err, CSIM_USAGE, "--precision wants the sampler mc or sobol: a Latin hypercube cannot grow, its points depend on their number");
    return csim_precision_parse(self->plan, wanted->precision, &self->precision, err);
}

csim_status csim_job_begin(csim_run_job *self, const csim_run_request *wanted, csim_error *err) {
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
