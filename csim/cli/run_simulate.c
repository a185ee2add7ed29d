/* See run_job.h: rounds, slices and checkpoints. */
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "csim/base/clock.h"
#include "csim/base/version.h"
#include "csim/cli/progress.h"
#include "csim/cli/run_job.h"
#include "csim/rng/gsl_version.h"

static const double usual_checkpoint_s = 10.0;

/* --- the run file ---------------------------------------------------------------------------------------------------------------------------- */

static void join_words(const csim_cli_io *io, char *text, size_t size) {
    size_t used = 0;
    for (int i = 0; i < io->argc_all && used < size; i++) {
        const char *word = i ? io->argv_all[i] : "moecast";
        const int written = snprintf(text + used, size - used, "%s%s", i ? " " : "", word);
        used += written > 0 ? (size_t)written : 0;
    }
}

csim_status csim_job_store(const csim_cli_io *io, csim_run_job *self, csim_error *err) {
    char path[CSIM_CLI_PATH];
    csim_job_file(self, path);
    join_words(io, self->command, sizeof self->command);
    const csim_run_info info = {csim_version(), csim_revision(), csim_compiler(), csim_gsl_version(), self->result->variant, self->command, csim_created_now(), self->part};
    return csim_run_file_write(path, self->result, self->scenario, &info, self->claims, self->claim_count, err);
}

/* What an earlier run has left there would stand beside a run file that it is not of. */
static void forget_exports(const csim_run_job *self) {
    static const char *const names[] = {"summary.csv", "monthly.csv", "claims.csv", "run.json", "report.xlsx"};
    char path[CSIM_CLI_PATH];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", self->folder, names[i]);
        unlink(path);
    }
}

/* Too many stopped paths are a matter for the end of the run: the first thousand may have bad luck. */
csim_status csim_job_checkpoint(const csim_cli_io *io, csim_run_job *self, csim_error *err) {
    csim_error ignored;
    self->result = NULL;
    csim_run_result(self->run, &self->result, &ignored);
    if (!self->result) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for a checkpoint");
    const csim_status status = csim_job_store(io, self, err);
    if (!status && !self->checkpoints++) forget_exports(self);
    return status;
}

/* After Ctrl-C: nothing of what was simulated is lost. */
csim_status csim_job_keep_for_later(const csim_cli_io *io, csim_run_job *self, csim_error *err) {
    csim_error why = *err;
    const csim_status status = csim_job_checkpoint(io, self, err);
    if (status) return status;
    *err = why;
    csim_error_hint(err, "'moecast run --resume %.180s' goes on", self->folder);
    return CSIM_INTERRUPTED;
}

/* --- the paths ------------------------------------------------------------------------------------------------------------------------------- */

/* A checkpoint takes up to a second; at most a tenth of the time goes to them unless the user wants more. */
static double next_checkpoint_s(const csim_run_request *wanted, double begin_s) {
    const double end_s = csim_clock_s(), usual = fmax(usual_checkpoint_s, 9.0 * (end_s - begin_s));
    return end_s + (isnan(wanted->checkpoint_s) ? usual : wanted->checkpoint_s);
}

static csim_status simulate_round(const csim_cli_io *io, csim_run_job *self, const csim_run_request *wanted, csim_error *err) {
    csim_progress progress = csim_progress_start(io, wanted->quiet, "paths");
    double due_s = next_checkpoint_s(wanted, csim_clock_s());
    csim_status status = CSIM_OK;
    while (!status && !csim_run_is_finished(self->run)) {
        const double left_s = fmax(due_s - csim_clock_s(), 0.001), slice_s = csim_progress_slice_s(&progress);
        status = csim_run_advance(self->run, slice_s > 0.0 ? fmin(slice_s, left_s) : left_s, io->cancel, err);
        csim_progress_show(&progress, csim_run_done(self->run), csim_run_paths(self->run));
        if (status || csim_clock_s() < due_s || csim_run_is_finished(self->run)) continue;
        const double begin_s = csim_clock_s();
        status = csim_job_checkpoint(io, self, err);
        due_s = next_checkpoint_s(wanted, begin_s);
    }
    csim_progress_end(&progress);
    return status ? status : csim_run_result(self->run, &self->result, err);
}

static csim_status grow(csim_run_job *self, uint32_t paths, csim_error *err) {
    const csim_status status = csim_run_grow(self->run, paths, err);
    if (!status) self->options.paths = self->part.whole_paths = paths;
    return status;
}

/* After Ctrl-C: granules that are begun are finished, which takes part of a second, so that the run can be gone on from as fast as any. */
static csim_status finish_granules(csim_run_job *self, csim_error *err) {
    const csim_status status = csim_run_advance(self->run, 1e-9, NULL, err);
    if (status) return status;
    return csim_error_set(err, CSIM_INTERRUPTED, "interrupted after %llu of %u paths", (unsigned long long)csim_run_done(self->run), csim_run_paths(self->run));
}

/* Round after round until all errors are small enough. Ctrl-C then ends it with what there is, if that is anything. */
csim_status csim_job_simulate(const csim_cli_io *io, csim_run_job *self, const csim_run_request *wanted, csim_error *err) {
    csim_status status = simulate_round(io, self, wanted, err);
    while (!status && self->precision.count) {
        const uint32_t paths = csim_precision_next(&self->precision, self->result, (uint32_t)wanted->max_paths);
        if (!paths) break;
        status = grow(self, paths, err);
        if (!status) status = simulate_round(io, self, wanted, err);
    }
    if (status == CSIM_INTERRUPTED) status = finish_granules(self, err);
    if (status != CSIM_INTERRUPTED) return status;
    if (!self->precision.count || !csim_run_done(self->run)) return csim_job_keep_for_later(io, self, err);
    self->broken_off = 1;
    return csim_run_result(self->run, &self->result, err);
}
