/* run: scenario → plan → paths → contrasts → claims → run file and its exports. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "csim/base/version.h"
#include "csim/cli/commands.h"
#include "csim/cli/options.h"
#include "csim/cli/print.h"
#include "csim/engine/further.h"
#include "csim/engine/kernel_oracle.h"
#include "csim/report/export.h"
#include "csim/report/report.h"
#include "csim/rng/gsl_version.h"
#include "csim/store/run_file.h"

typedef struct request {
    const char *scenario, *folder;
    long long paths, seed, threads, keep, contrast_paths;
    int json, quiet, no_contrasts, no_report, verify;
} request;

/* Everything a run holds; released in one place. */
typedef struct job {
    csim_scenario *scenario;
    csim_catalogue *catalogue;
    csim_plan *plan;
    csim_run *run;
    const csim_result *result;
    csim_contrasts *contrasts;
    csim_beside *beside;
    csim_claim_result *claims;
    size_t claim_count;
    int folder_lock; /* descriptor of the folder, −1 */
    char folder[4096], command[8192];
} job;

static void job_clear(job *self) {
    free(self->claims);
    csim_beside_free(self->beside);
    csim_contrasts_free(self->contrasts);
    csim_run_free(self->run);
    csim_plan_free(self->plan);
    csim_catalogue_free(self->catalogue);
    csim_scenario_free(self->scenario);
    if (self->folder_lock >= 0) close(self->folder_lock);
}

static csim_status prepare(job *self, const request *wanted, csim_error *err) {
    csim_status status = csim_scenario_load(wanted->scenario, &self->scenario, err);
    if (!status) status = csim_catalogue_load(self->scenario->catalogue_dir, &self->catalogue, err);
    if (!status) status = csim_plan_compile(self->scenario, self->catalogue, &self->plan, err);
    if (!status) status = csim_claims_check(self->scenario, self->catalogue, err);
    if (!status && !wanted->no_contrasts) status = csim_further_check(self->scenario, err);
    if (status) return status;
    const csim_run_options options = {
        .seed = wanted->seed >= 0 ? (uint64_t)wanted->seed : self->scenario->seed,
        .paths = (uint32_t)(wanted->paths > 0 ? wanted->paths : self->scenario->paths),
        .threads = (int)wanted->threads,
        .keep_paths = (uint32_t)wanted->keep,
        .keep_hits = wanted->no_contrasts ? 0 : wanted->contrast_paths > 0 ? (uint32_t)wanted->contrast_paths : CSIM_CONTRAST_PATHS,
        .verify = wanted->verify,
    };
    return csim_run_new(self->plan, &options, &self->run, err);
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
    const int length = snprintf(self->folder, sizeof self->folder, "%s%s", wanted->folder ? "" : "out/", given);
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
    return lock_folder(self, err);
}

static csim_status simulate(const csim_cli_io *io, job *self, const request *wanted, csim_error *err) {
    const uint64_t paths = (uint64_t)(wanted->paths > 0 ? wanted->paths : self->scenario->paths);
    csim_progress progress = csim_progress_start(wanted->quiet ? NULL : io->err, "paths");
    csim_status status = CSIM_OK;
    while (!status && csim_run_done(self->run) < paths) {
        status = csim_run_advance(self->run, csim_progress_slice_s(&progress), io->cancel, err);
        csim_progress_show(&progress, csim_run_done(self->run), paths);
    }
    csim_progress_end(&progress);
    return status ? status : csim_run_result(self->run, &self->result, err);
}

static csim_status contrast(const csim_cli_io *io, job *self, const request *wanted, csim_error *err) {
    uint64_t done = 0, total = 1;
    if (wanted->no_contrasts) return CSIM_OK;
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
    if (wanted->no_contrasts) return CSIM_OK;
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

static csim_status write_all(const csim_cli_io *io, job *self, const request *wanted, csim_error *err) {
    char path[4200];
    csim_run_file *file = NULL;
    join_words(io, self->command, sizeof self->command);
    const csim_run_info info = {csim_version(), csim_revision(), csim_compiler(), csim_gsl_version(), self->result->variant, self->command, created_now()};
    snprintf(path, sizeof path, "%s/run.moecast", self->folder);
    csim_status status = csim_run_file_write(path, self->result, self->scenario, &info, self->claims, self->claim_count, err);
    if (!status) status = csim_run_file_read(path, &file, err); /* the exports are made from the file, not from memory: what is stored is what is shown */
    snprintf(path, sizeof path, "%s/summary.csv", self->folder);
    if (!status) status = csim_export_csv(path, csim_run_file_result(file), err);
    snprintf(path, sizeof path, "%s/claims.csv", self->folder);
    if (!status) status = csim_export_claims_csv(path, file, err);
    snprintf(path, sizeof path, "%s/run.json", self->folder);
    if (!status) status = csim_export_json(path, file, err);
    snprintf(path, sizeof path, "%s/report.xlsx", self->folder);
    if (!status && !wanted->no_report) status = csim_report_write(file, self->scenario, path, err);
    if (!status && wanted->json) status = csim_print_file(io->out, self->folder, "run.json", err);
    csim_run_file_free(file);
    return status;
}

static csim_status check_request(const request *wanted, csim_error *err) {
    if (!wanted->scenario) return csim_error_set(err, CSIM_USAGE, "moecast run wants a scenario: a file, or a shipped name such as 'baseline'");
    if (wanted->paths == 0 || wanted->paths > 1000000000) return csim_error_set(err, CSIM_USAGE, "--paths wants 1 to 1000000000");
    if (wanted->folder && !wanted->folder[0]) return csim_error_set(err, CSIM_USAGE, "-o wants a folder, not an empty name");
    if (wanted->threads > 64) return csim_error_set(err, CSIM_USAGE, "--threads wants at most 64");
    if (wanted->keep > 1000000) return csim_error_set(err, CSIM_USAGE, "--keep wants at most 1000000 paths");
    if (wanted->contrast_paths > 1000000) return csim_error_set(err, CSIM_USAGE, "--contrast-paths wants at most 1000000");
    return CSIM_OK;
}

static csim_status run_job(const csim_cli_io *io, job *self, const request *wanted, csim_error *err) {
    csim_status status = prepare(self, wanted, err);
    if (!status) status = make_folder(self, wanted, err);
    if (!status) status = simulate(io, self, wanted, err);
    if (!status) status = contrast(io, self, wanted, err);
    if (!status) status = run_beside(io, self, wanted, err);
    if (!status) status = score_claims(self, err);
    if (!status) status = write_all(io, self, wanted, err);
    if (!status && !wanted->json) csim_print_run(io->out, self->scenario, self->result, self->claims, self->claim_count, self->folder, !wanted->no_report);
    return status;
}

csim_status csim_cli_run(const csim_cli_io *io, int argc, char **argv, csim_error *err) {
    request wanted = {.paths = -1, .seed = -1, .keep = 2000};
    const csim_option options[] = {
        {"-o", CSIM_OPTION_TEXT, &wanted.folder, "DIR", "folder of the results (out/NAME)"},
        {"--paths", CSIM_OPTION_COUNT, &wanted.paths, "N", "possible histories (the scenario's run.paths)"},
        {"--seed", CSIM_OPTION_COUNT, &wanted.seed, "S", "seed (the scenario's run.seed)"},
        {"--threads", CSIM_OPTION_COUNT, &wanted.threads, "T", "threads (one a processor); results do not depend on it"},
        {"--keep", CSIM_OPTION_COUNT, &wanted.keep, "N", "paths whose inputs and headlines are kept one by one (2000)"},
        {"--contrast-paths", CSIM_OPTION_COUNT, &wanted.contrast_paths, "N", "paths of each further run: contrasts, guesses, vintage (at most 4000)"},
        {"--no-contrasts", CSIM_OPTION_FLAG, &wanted.no_contrasts, NULL, "make no further runs: claims that compare two scenarios stay open"},
        {"--no-report", CSIM_OPTION_FLAG, &wanted.no_report, NULL, "write no workbook"},
        {"--verify", CSIM_OPTION_FLAG, &wanted.verify, NULL, "check the model's invariants after every month (slow)"},
        {"--json", CSIM_OPTION_FLAG, &wanted.json, NULL, "print run.json instead of a summary"},
        {"--quiet", CSIM_OPTION_FLAG, &wanted.quiet, NULL, "no progress line"},
    };
    size_t words;
    if (csim_cli_wants_help(argc, argv)) {
        fprintf(io->out, "usage: moecast run SCENARIO [options]\n\nSimulates a scenario and writes run.moecast, summary.csv, claims.csv, run.json and report.xlsx into a folder.\n\n");
        csim_options_help(io->out, options, sizeof options / sizeof options[0]);
        return CSIM_OK;
    }
    csim_status status = csim_options_parse(argc, argv, 1, options, sizeof options / sizeof options[0], &wanted.scenario, 1, &words, err);
    if (!status) status = check_request(&wanted, err);
    if (status) return status;
    job *self = calloc(1, sizeof *self);
    if (!self) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for a run");
    self->folder_lock = -1;
    status = run_job(io, self, &wanted, err);
    job_clear(self);
    free(self);
    return status;
}
