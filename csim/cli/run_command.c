/* run and merge: their words, and the order of a run's steps (run_job.h). */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "csim/base/run_limits.h"
#include "csim/cli/run_job.h"
#include "csim/store/folder_lock.h"
#include "csim/cli/shards.h"

enum { USUAL_MOST_PATHS = 1000000 };

static csim_status check_request(const csim_run_request *wanted, csim_error *err) {
    if (!wanted->scenario && !wanted->resume && !wanted->merged) return csim_error_set(err, CSIM_USAGE, "run wants a scenario: a file, or a shipped name such as 'baseline'");
    if (wanted->folder && !wanted->folder[0]) return csim_error_set(err, CSIM_USAGE, "-o wants a folder, not an empty name");
    if (wanted->checkpoint_s < 0.0) return csim_error_set(err, CSIM_USAGE, "--checkpoint wants at least 0 seconds");
    if (wanted->precision && wanted->shard) return csim_error_set(err, CSIM_USAGE, "--precision does not go with --shard: how many paths it takes is seen only from all of them");
    if (wanted->precision && wanted->extend_to > 0) return csim_error_set(err, CSIM_USAGE, "--precision does not go with --extend-to: it finds the number of paths itself (at most --max-paths)");
    if (wanted->extend_to > 0 && !wanted->resume) return csim_error_set(err, CSIM_USAGE, "--extend-to goes with --resume");
    return CSIM_OK;
}

/* "3/8" */
static csim_status read_shard(csim_run_request *wanted, csim_error *err) {
    int end = 0;
    if (!wanted->shard) return CSIM_OK;
    const int found = sscanf(wanted->shard, "%5u/%5u%n", &wanted->shard_number, &wanted->shards, &end);
    if (found == 2 && !wanted->shard[end] && wanted->shard_number >= 1 && wanted->shard_number <= wanted->shards) return CSIM_OK;
    return csim_error_set(err, CSIM_USAGE, "--shard wants I/N, as 3/8 for the third of eight, not '%.60s'", wanted->shard);
}

/* `run --resume DIR` names no scenario but the run. */
static csim_status read_place(csim_run_request *wanted, csim_error *err) {
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

static void clear(csim_run_job *self) {
    free(self->claims);
    csim_beside_free(self->beside);
    csim_contrasts_free(self->contrasts);
    csim_run_free(self->run);
    csim_run_file_free(self->stored);
    csim_plan_free(self->plan);
    csim_catalogue_free(self->catalogue);
    csim_scenario_free(self->scenario);
    csim_folder_unlock(self->folder_lock);
}

static csim_status run_job(const csim_cli_io *io, csim_run_job *self, const csim_run_request *wanted, csim_error *err) {
    csim_status status = csim_job_load(self, wanted, err);
    if (!status) status = csim_job_make_folder(self, wanted, err);
    if (!status) status = csim_shards_check_folder(wanted->merge, wanted->merged, self->folder, err);
    if (!status) status = csim_job_take_up(self, wanted, err);
    if (!status) status = csim_job_begin(self, wanted, err);
    if (!status) status = csim_job_simulate(io, self, wanted, err);
    if (!status) status = csim_job_answer(io, self, wanted, err);
    if (!status) status = csim_job_write(io, self, wanted, err);
    if (!status) csim_job_print(io->out, self, wanted);
    return status ? status : csim_job_judge(self, err);
}

static csim_status do_job(const csim_cli_io *io, const csim_run_request *wanted, csim_error *err) {
    csim_run_job *self = calloc(1, sizeof *self);
    if (!self) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for a run");
    self->folder_lock = -1;
    const csim_status status = run_job(io, self, wanted, err);
    clear(self);
    free(self);
    return status;
}

csim_status csim_cli_run(const csim_cli_io *io, int argc, char **argv, csim_error *err) {
    csim_run_request wanted = {.paths = -1, .extend_to = -1, .checkpoint_s = (double)NAN, .max_paths = USUAL_MOST_PATHS};
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
    csim_run_request wanted = {.paths = -1, .extend_to = -1, .checkpoint_s = (double)NAN, .max_paths = USUAL_MOST_PATHS, .merge = words};
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
