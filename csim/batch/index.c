/* A row of the index from a run file, and index.csv. */
#include "csim/batch/index.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csim/batch/index_parts.h"
#include "csim/report/export.h"
#include "csim/scenario/paths.h"
#include "csim/report/tidy.h"
#include "csim/store/atomic_file.h"
#include "csim/store/run_file.h"

const char *const csim_batch_headlines[CSIM_BATCH_HEADLINES] = {
    "share.open.developers", "share.enterprise_open", "share.world_open", "share.spend_open", "share.cn_abroad", "cap.gap", "cap.lag_structural",
    "price.closed", "price.open", "cost.cn_first_party", "tokens.world", "spend.api", "saas.revenue", "finance.closed_revenue"};

static const char *const status_names[] = {"not run", "ok", "kept", "failed"};
const char *csim_batch_status_name(csim_batch_status status) { return status_names[status]; }

/* ---- rows --------------------------------------------------------------------------------------------------------------------------------------- */

static void read_headlines(csim_batch_row *row, const csim_result *result, int month) {
    const csim_plan *plan = result->plan;
    const int k = month == CSIM_NO_MONTH ? plan->report_months - 1 : csim_plan_report_find(plan, month - plan->start_month); /* the batch's month, or the last */
    row->month = k >= 0 ? plan->start_month + plan->report_month[k] : month;
    for (int i = 0; i < CSIM_BATCH_HEADLINES; i++) {
        const int slot = csim_plan_slot(plan, csim_batch_headlines[i]);
        const csim_estimate none = {(double)NAN, (double)NAN};
        row->headline[i] = (csim_batch_headline){none, none, none};
        if (slot < 0 || k < 0) continue;
        row->headline[i].p5 = csim_accumulator_quantile(result->statistics, (size_t)slot, (size_t)k, 0.05);
        row->headline[i].p50 = csim_accumulator_quantile(result->statistics, (size_t)slot, (size_t)k, 0.5);
        row->headline[i].p95 = csim_accumulator_quantile(result->statistics, (size_t)slot, (size_t)k, 0.95);
    }
}

csim_status csim_batch_row_read(csim_batch_row *row, const csim_batch *batch, const char *folder, csim_error *err) {
    char path[8192];
    csim_run_file *file = NULL;
    snprintf(path, sizeof path, "%s/%s/run.moecast", folder, row->item->name);
    const csim_status status = csim_run_file_read(path, &file, err);
    if (status) return status;
    const csim_result *result = csim_run_file_result(file);
    const csim_claim_result *claims = csim_run_file_claims(file, &row->claims);
    row->claim = malloc((row->claims + 1) * sizeof *row->claim);
    if (row->claim && row->claims) memcpy(row->claim, claims, row->claims * sizeof *row->claim);
    row->paths = result->done;
    row->seed = result->options.seed;
    row->stopped = result->failed;
    row->seconds = result->seconds;
    snprintf(row->digest, sizeof row->digest, "%s", csim_run_file_meta(file, "digest"));
    read_headlines(row, result, batch->month);
    csim_run_file_free(file);
    snprintf(path, sizeof path, "%s/%s/report.xlsx", folder, row->item->name);
    row->has_report = csim_path_is_file(path);
    return row->claim ? CSIM_OK : csim_error_set(err, CSIM_NO_MEMORY, "no memory for the index of a batch");
}

void csim_batch_row_clear(csim_batch_row *row) {
    free(row->claim);
    row->claim = NULL;
    row->claims = 0;
}

/* ---- columns of claims -------------------------------------------------------------------------------------------------------------------------- */

csim_status csim_index_readings(const csim_batch *batch, const csim_batch_row *rows, csim_index_reading **out, size_t *count, csim_error *err) {
    size_t most = 0;
    *count = 0;
    for (size_t i = 0; i < batch->items; i++) most += rows[i].claims;
    *out = calloc(most + 1, sizeof **out);
    if (!*out) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for the index of a batch");
    for (size_t i = 0; i < batch->items; i++)
        for (size_t c = 0; c < rows[i].claims; c++) {
            const csim_claim_result *claim = &rows[i].claim[c];
            if (!csim_index_answer_find(*out, *count, claim)) (*out)[(*count)++] = (csim_index_reading){claim->claim, claim->reading};
        }
    return CSIM_OK;
}

bool csim_index_answer_find(const csim_index_reading *readings, size_t count, const csim_claim_result *claim) {
    for (size_t i = 0; i < count; i++)
        if (!strcmp(readings[i].claim, claim->claim) && !strcmp(readings[i].reading, claim->reading)) return true;
    return false;
}

const csim_claim_result *csim_index_answer(const csim_batch_row *row, const csim_index_reading *reading) {
    for (size_t c = 0; c < row->claims; c++)
        if (!strcmp(row->claim[c].claim, reading->claim) && !strcmp(row->claim[c].reading, reading->reading)) return &row->claim[c];
    return NULL;
}

/* ---- index.csv ---------------------------------------------------------------------------------------------------------------------------------- */

typedef struct csv { const csim_batch *batch; const csim_batch_row *rows; const csim_index_reading *readings; size_t reading_count; } csv;

static void put_head(FILE *out, const csv *what) {
    fputs("run,status,sentence,base", out);
    for (size_t k = 0; k < what->batch->keys; k++) fprintf(out, ",%s", what->batch->key[k]);
    fputs(",paths,seed,stopped,seconds,digest,folder,report,month", out);
    for (int i = 0; i < CSIM_BATCH_HEADLINES; i++) {
        const char *name = csim_batch_headlines[i];
        fprintf(out, ",%s.p50,%s.p50_error,%s.p5,%s.p5_error,%s.p95,%s.p95_error", name, name, name, name, name, name);
    }
    for (size_t i = 0; i < what->reading_count; i++)
        fprintf(out, ",claim.%s.%s,claim.%s.%s_error", what->readings[i].claim, what->readings[i].reading, what->readings[i].claim, what->readings[i].reading);
    fputs("\r\n", out);
}

static void put_identity(FILE *out, const csim_batch_row *row) {
    char month[CSIM_MONTH_TEXT];
    if (!row->digest[0]) {
        fprintf(out, ",,,,,,,,");
        return;
    }
    fprintf(out, ",%llu,%llu,%llu", (unsigned long long)row->paths, (unsigned long long)row->seed, (unsigned long long)row->stopped);
    csim_tidy_csv_number(out, row->seconds);
    fprintf(out, ",%s,", row->digest);
    csim_tidy_csv_text(out, row->item->name);
    fputc(',', out);
    if (row->has_report) csim_tidy_csv_text(out, row->item->name), fputs("/report.xlsx", out);
    fprintf(out, ",%s", csim_month_text(row->month, month));
}

static void put_row(FILE *out, const csv *what, const csim_batch_row *row) {
    const int known = row->digest[0] != 0;
    csim_tidy_csv_text(out, row->item->name);
    fprintf(out, ",%s,", csim_batch_status_name(row->status));
    csim_tidy_csv_text(out, row->sentence);
    fputc(',', out);
    csim_tidy_csv_text(out, row->item->base);
    for (size_t k = 0; k < what->batch->keys; k++) fputc(',', out), csim_tidy_csv_text(out, row->item->label[k]);
    put_identity(out, row);
    for (int i = 0; i < CSIM_BATCH_HEADLINES; i++) {
        const csim_estimate all[] = {row->headline[i].p50, row->headline[i].p5, row->headline[i].p95};
        for (size_t e = 0; e < 3; e++) csim_tidy_csv_number(out, known ? all[e].value : (double)NAN), csim_tidy_csv_number(out, known ? all[e].error : (double)NAN);
    }
    for (size_t i = 0; i < what->reading_count; i++) {
        const csim_claim_result *claim = csim_index_answer(row, &what->readings[i]);
        csim_tidy_csv_number(out, claim && claim->answer != CSIM_ANSWER_OPEN ? claim->probability.value : (double)NAN);
        csim_tidy_csv_number(out, claim && claim->answer != CSIM_ANSWER_OPEN ? claim->probability.error : (double)NAN);
    }
    fputs("\r\n", out);
}

static void put_all(FILE *out, const void *object) {
    const csv *what = object;
    put_head(out, what);
    for (size_t i = 0; i < what->batch->items; i++) put_row(out, what, &what->rows[i]);
}

csim_status csim_batch_write_csv(const csim_batch *batch, const csim_batch_row *rows, const char *folder, csim_error *err) {
    char path[8192];
    csim_index_reading *readings = NULL;
    csv what = {.batch = batch, .rows = rows};
    csim_status status = csim_index_readings(batch, rows, &readings, &what.reading_count, err);
    what.readings = readings;
    snprintf(path, sizeof path, "%s/index.csv", folder);
    if (!status) status = csim_atomic_file_write(path, put_all, &what, err);
    free(readings);
    return status;
}
