/* See run_job.h: further runs → claims → run file, exports and summary. */
#include <unistd.h>

#include "csim/cli/print.h"
#include "csim/cli/progress.h"
#include "csim/cli/run_job.h"
#include "csim/engine/kernel_oracle.h"
#include "csim/report/export.h"
#include "csim/report/report.h"

static csim_status contrast(const csim_cli_io *io, csim_run_job *self, const csim_run_request *wanted, csim_error *err) {
    uint64_t done = 0, total = 1;
    if (wanted->no_contrasts || self->broken_off) return CSIM_OK;
    csim_status status = csim_contrasts_new(self->scenario, self->result, (uint32_t)wanted->contrast_paths, &self->contrasts, err);
    csim_progress progress = csim_progress_start(io, wanted->quiet, "paths of contrasts");
    while (!status && done < total) {
        status = csim_contrasts_advance(self->contrasts, csim_progress_slice_s(&progress), io->cancel, err);
        csim_contrasts_progress(self->contrasts, &done, &total);
        csim_progress_show(&progress, done, total);
    }
    csim_progress_end(&progress);
    return status;
}

static csim_status run_beside(const csim_cli_io *io, csim_run_job *self, const csim_run_request *wanted, csim_error *err) {
    uint64_t done = 0, total = 1;
    if (wanted->no_contrasts || self->broken_off) return CSIM_OK;
    csim_status status = csim_beside_new(self->scenario, self->result, (uint32_t)wanted->contrast_paths, &self->beside, err);
    csim_progress progress = csim_progress_start(io, wanted->quiet, "paths beside");
    while (!status && done < total) {
        status = csim_beside_advance(self->beside, csim_progress_slice_s(&progress), io->cancel, err);
        csim_beside_progress(self->beside, &done, &total);
        csim_progress_show(&progress, done, total);
    }
    csim_progress_end(&progress);
    return status;
}

static csim_status score_claims(csim_run_job *self, csim_error *err) {
    csim_plan *plan = self->plan;
    const csim_kernel_oracle kernel = {csim_kernel_answer, &plan};
    return csim_claims_evaluate(self->scenario, self->catalogue, self->result, self->contrasts, self->beside, &kernel, &self->claims, &self->claim_count, err);
}

csim_status csim_job_write(const csim_cli_io *io, csim_run_job *self, const csim_run_request *wanted, csim_error *err) {
    char path[CSIM_CLI_PATH];
    csim_run_file *file = NULL;
    csim_status status = csim_job_store(io, self, err);
    snprintf(path, sizeof path, "%s/monthly.csv", self->folder);
    if (!status) unlink(path); /* of an earlier run, if any: it is written when asked for */
    snprintf(path, sizeof path, "%s/report.xlsx", self->folder);
    if (!status && wanted->no_report) unlink(path);
    csim_job_file(self, path);
    if (!status) status = csim_run_file_read(path, &file, err); /* the exports are made from the file, not from memory: what is stored is what is shown */
    snprintf(path, sizeof path, "%s/summary.csv", self->folder);
    if (!status && !self->part.shards) status = csim_export_csv(path, csim_run_file_result(file), err);
    snprintf(path, sizeof path, "%s/claims.csv", self->folder);
    if (!status && !self->part.shards) status = csim_export_claims_csv(path, file, err);
    snprintf(path, sizeof path, "%s/run.json", self->folder);
    if (!status) status = csim_export_json(path, file, err);
    snprintf(path, sizeof path, "%s/report.xlsx", self->folder);
    if (!status && !self->part.shards && !wanted->no_report) status = csim_report_write(file, self->scenario, path, CSIM_LANGUAGE_EN, NULL, err);
    if (!status && wanted->json) status = csim_print_file(io->out, self->folder, "run.json", err);
    csim_run_file_free(file);
    return status;
}

/* Contrasts and claims are made of the whole: shards leave them to the merge. */
csim_status csim_job_answer(const csim_cli_io *io, csim_run_job *self, const csim_run_request *wanted, csim_error *err) {
    if (self->part.shards) return CSIM_OK;
    csim_status status = self->checkpoints && !wanted->no_contrasts ? csim_job_checkpoint(io, self, err) : CSIM_OK;
    if (!status) status = contrast(io, self, wanted, err);
    if (!status) status = run_beside(io, self, wanted, err);
    if (status == CSIM_INTERRUPTED) return csim_job_keep_for_later(io, self, err);
    return status ? status : score_claims(self, err);
}

static void print_shard(FILE *out, const csim_run_job *self) {
    char digest[65];
    csim_result_digest(self->result, digest);
    fprintf(out, "%s: shard %u/%u, paths %u to %u of %u, in %.1f s, %llu failed\ndigest %s\nwritten to %s: run.moecast, run.json; 'moecast merge' puts shards together\n",
            self->scenario->title, self->part.shard, self->part.shards, self->options.first_path, self->options.first_path + self->options.paths - 1, self->part.whole_paths,
            self->result->seconds, (unsigned long long)self->result->failed, digest, self->folder);
}

void csim_job_print(FILE *out, const csim_run_job *self, const csim_run_request *wanted) {
    if (wanted->json) return;
    if (self->part.shards) {
        print_shard(out, self);
        return;
    }
    csim_print_run(out, self->scenario, self->result, self->claims, self->claim_count, self->folder, !wanted->no_report);
    csim_print_precision(out, &self->precision, self->result);
}

/* The last word of a run to a precision: the errors that are still too large. */
csim_status csim_job_judge(const csim_run_job *self, csim_error *err) {
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
