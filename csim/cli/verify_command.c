/* verify: is a run file what its scenario gives? Compiles the stored text, simulates the paths of its ledger again and compares plan, digest and kept rows. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csim/base/run_limits.h"
#include "csim/cli/commands.h"
#include "csim/cli/options.h"
#include "csim/cli/progress.h"
#include "csim/cli/stored.h"

enum { QUICK_PATHS = 8 };

/* Everything a verification holds. */
typedef struct check {
    const csim_cli_io *io;
    char path[CSIM_CLI_PATH];
    csim_run_file *file;
    const csim_result *result;
    csim_scenario *scenario;
    csim_catalogue *catalogue;
    csim_plan *plan;
    csim_run *run;
    long long threads;
    int quick, quiet;
} check;

static void say(const check *self, const char *what, const char *found) { fprintf(self->io->out, "  %-12s %s\n", what, found); }

static csim_status not_equal(const check *self, csim_error *err, const char *sentence) {
    return csim_error_set_at(err, CSIM_RUN_FAILED, self->path, 0, 0, NULL, "%s", sentence);
}

/* Another plan is a finding here, not a wrong use. */
static csim_status check_plan(check *self, csim_error *err) {
    const csim_status status = csim_stored_compile(self->file, self->path, &self->scenario, &self->catalogue, &self->plan, err);
    if (status == CSIM_INCONSISTENT && err) err->code = CSIM_RUN_FAILED;
    if (status) return status == CSIM_INCONSISTENT ? CSIM_RUN_FAILED : status;
    say(self, "plan", "the stored scenario compiles to the plan that ran");
    return CSIM_OK;
}

static int same_bits(const double *a, const double *b, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (memcmp(&a[i], &b[i], sizeof a[i]) && !(isnan(a[i]) && isnan(b[i]))) return 0;
    return 1;
}

/* --- quick: a few kept paths ----------------------------------------------------------------------------------------------------------------- */

static int same_scalars(const check *self, const double *outcomes, const double *kept, int failure) {
    const csim_plan *plan = self->plan;
    for (int i = 0; i < plan->scalars; i++) {
        const double again = failure == CSIM_PATH_OK ? outcomes[(size_t)plan->scalar[i].month * (size_t)plan->slots + (size_t)plan->scalar[i].slot] : (double)NAN;
        if (!same_bits(&again, &kept[i], 1)) return 0;
    }
    return 1;
}

static int same_series(const check *self, const double *outcomes, const double *kept, int failure) {
    const csim_run_options *options = &self->result->options;
    const int months = self->plan->months;
    for (int i = 0; i < options->keep_slots; i++)
        for (int t = 0; t < months; t++) {
            const double again = failure == CSIM_PATH_OK ? outcomes[(size_t)t * (size_t)self->plan->slots + (size_t)options->keep_slot[i]] : (double)NAN;
            if (!same_bits(&again, &kept[i * months + t], 1)) return 0;
        }
    return 1;
}

static csim_status replay_row(const check *self, uint32_t row, double *outcomes, double *inputs, csim_error *err) {
    const csim_plan *plan = self->plan;
    int failure;
    const csim_status status = csim_path_replay(plan, &self->result->options, self->result->options.first_path + row, outcomes, inputs, &failure, err);
    if (status) return status;
    if (same_bits(inputs, self->result->kept_input + (size_t)row * (size_t)plan->inputs, (size_t)plan->inputs) &&
        same_scalars(self, outcomes, self->result->kept_scalar + (size_t)row * (size_t)plan->scalars, failure) &&
        same_series(self, outcomes, self->result->kept_series + (size_t)row * (size_t)self->result->options.keep_slots * (size_t)plan->months, failure))
        return CSIM_OK;
    return csim_error_set_at(err, CSIM_RUN_FAILED, self->path, 0, 0, NULL, "path %u comes out differently when it is simulated again", self->result->options.first_path + row);
}

static csim_status replay_some(const check *self, csim_error *err) {
    const csim_plan *plan = self->plan;
    const uint32_t kept = self->result->kept, step = kept > QUICK_PATHS ? kept / QUICK_PATHS : 1;
    double *outcomes = malloc((size_t)plan->months * (size_t)plan->slots * sizeof *outcomes), *inputs = malloc(((size_t)plan->inputs + 1) * sizeof *inputs);
    csim_status status = outcomes && inputs ? CSIM_OK : csim_error_set(err, CSIM_NO_MEMORY, "no memory for a path");
    char found[80];
    uint32_t replayed = 0;
    for (uint32_t row = 0; !status && row < kept; row += step)
        if (csim_ledger_holds(&self->result->ledger, self->result->options.first_path + row)) {
            status = replay_row(self, row, outcomes, inputs, err);
            replayed++;
        }
    free(outcomes);
    free(inputs);
    snprintf(found, sizeof found, "%u of %u kept paths simulated again: equal", replayed, kept);
    if (!status) say(self, "paths", found);
    return status;
}

/* --- all paths ------------------------------------------------------------------------------------------------------------------------------- */

static csim_status simulate(check *self, csim_error *err) {
    const csim_ledger *ledger = &self->result->ledger;
    const uint64_t total = csim_ledger_paths(ledger);
    csim_run_options options = self->result->options;
    options.threads = (int)self->threads;
    csim_status status = csim_run_new(self->plan, &options, &self->run, err);
    if (!status) csim_run_restrict(self->run, ledger);
    csim_progress progress = csim_progress_start(self->io, self->quiet, "paths");
    while (!status && !csim_run_is_finished(self->run)) {
        status = csim_run_advance(self->run, csim_progress_slice_s(&progress), self->io->cancel, err);
        csim_progress_show(&progress, csim_run_done(self->run), total);
    }
    csim_progress_end(&progress);
    return status;
}

/* Rows of doubles may hold unknown numbers, which have many bit patterns; all that the library writes are the same, so bytes are compared. */
static csim_status compare_rows(const check *self, const csim_result *again, csim_error *err) {
    csim_row_table table[CSIM_ROW_TABLES];
    csim_result_tables(self->result, table);
    for (int i = 0; i < CSIM_ROW_TABLES; i++) {
        const size_t size = table[i].rows * table[i].row_bytes;
        if (size && memcmp(csim_result_rows(self->result, &table[i]), csim_result_rows(again, &table[i]), size)) return not_equal(self, err, "the kept paths come out differently when they are simulated again");
    }
    return CSIM_OK;
}

static csim_status compare(check *self, csim_error *err) {
    const csim_result *again = NULL;
    csim_error ignored; /* too many stopped paths: that is as it was */
    char digest[65], sentence[256];
    csim_run_result(self->run, &again, &ignored);
    if (!again) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for the result");
    csim_result_digest(again, digest);
    const char *stored = csim_run_file_meta(self->file, "digest");
    snprintf(sentence, sizeof sentence, "%llu simulated again (%s), %llu stopped", (unsigned long long)again->done, again->variant, (unsigned long long)again->failed);
    say(self, "paths", sentence);
    snprintf(sentence, sizeof sentence, "its paths give the digest %s when they are simulated again, stored is %s", digest, stored);
    if (strcmp(digest, stored)) return not_equal(self, err, sentence);
    say(self, "digest", digest);
    const csim_status status = compare_rows(self, again, err);
    snprintf(sentence, sizeof sentence, "%u paths, equal bit for bit", again->kept);
    if (!status) say(self, "kept", sentence);
    return status;
}

static csim_status verify(check *self, csim_error *err) {
    csim_status status = csim_run_file_read(self->path, &self->file, err);
    if (status) return status;
    self->result = csim_run_file_result(self->file);
    fprintf(self->io->out, "%s\n", self->path);
    say(self, "seal", "rows, sections and digest are as they were written");
    if (csim_stored_check_build(self->file, self->path, NULL)) say(self, "build", "another version or revision than the one that ran");
    status = check_plan(self, err);
    if (!status && self->quick) return replay_some(self, err);
    if (!status) status = simulate(self, err);
    return status ? status : compare(self, err);
}

static void clear(check *self) {
    csim_run_free(self->run);
    csim_plan_free(self->plan);
    csim_catalogue_free(self->catalogue);
    csim_scenario_free(self->scenario);
    csim_run_file_free(self->file);
}

csim_status csim_cli_verify(const csim_cli_io *io, int argc, char **argv, csim_error *err) {
    const char *name = NULL;
    size_t words;
    check self = {.io = io};
    const csim_option options[] = {{"--quick", CSIM_OPTION_FLAG, &self.quick, NULL, "check seal and plan, and simulate a few kept paths only"},
                                   {"--threads", CSIM_OPTION_COUNT, &(csim_option_count){&self.threads, 0, CSIM_THREADS_MAX}, "T", "threads (one a processor)"},
                                   {"--quiet", CSIM_OPTION_FLAG, &self.quiet, NULL, "no progress line"}};
    if (csim_cli_wants_help(argc, argv)) {
        fprintf(io->out, "usage: moecast verify RUN [options]\n\nCompiles the scenario that a run file holds, simulates its paths again and compares. Exit code 1 when they differ.\n\n");
        csim_options_help(io->out, options, sizeof options / sizeof options[0]);
        return CSIM_OK;
    }
    csim_status status = csim_options_parse(argc, argv, 1, options, sizeof options / sizeof options[0], &name, 1, &words, err);
    if (!status && !words) status = csim_error_set(err, CSIM_USAGE, "verify wants a run: a folder that 'moecast run' wrote, or its run.moecast");
    if (status) return status;
    csim_stored_path(name, self.path);
    status = verify(&self, err);
    clear(&self);
    return status;
}
