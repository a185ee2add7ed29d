/* See compare_kept.h. */
#include "csim/engine/compare_kept.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csim/engine/compare_numbers.h"

const char *csim_compare_kept_obstacle(const csim_result *a, const csim_result *b) {
    const csim_run_options *of_a = &a->options, *of_b = &b->options;
    if (of_a->seed != of_b->seed) return "another seed";
    if (of_a->sampler != of_b->sampler) return "another sampler";
    if (of_a->replicates != of_b->replicates || of_a->strata != of_b->strata) return "another number of replicates or strata";
    if (of_a->first_path != of_b->first_path) return "another first path";
    return NULL;
}

static uint32_t fewer(uint32_t a, uint32_t b) { return a < b ? a : b; }

/* The column of a kept number; −1 when the run has not kept it. */
static int column_of(const csim_result *result, const char *series, int month) {
    const int slot = csim_plan_slot(result->plan, series);
    return slot < 0 ? -1 : csim_plan_scalar_find(result->plan, slot, month - result->plan->start_month);
}

static void copy_column(const csim_result *result, int column, uint32_t rows, double *out) {
    for (uint32_t i = 0; i < rows; i++) out[i] = result->kept_scalar[(size_t)i * (size_t)result->plan->scalars + (size_t)column];
}

static csim_status compare_columns(const csim_result *a, const csim_result *b, int of_a, int of_b, uint32_t rows, csim_compare_row *out, csim_error *err) {
    const csim_outcome_row *outcome = &csim_outcome_rows[a->plan->slot_outcome[a->plan->scalar[of_a].slot]];
    double *values = malloc(2 * (size_t)rows * sizeof *values);
    if (!values) return csim_error_set(err, CSIM_NO_MEMORY, "no memory to compare kept paths");
    copy_column(a, of_a, rows, values);
    copy_column(b, of_b, rows, values + rows);
    const csim_status status = csim_compare_numbers(values, values + rows, rows, a->options.replicates, outcome->scale == CSIM_SCALE_LOG, out, err);
    free(values);
    return status;
}

csim_status csim_compare_kept_numbers(const csim_result *a, const csim_result *b, const char *series, int month, csim_compare_row *out, csim_error *err) {
    const csim_estimate none = {(double)NAN, (double)NAN};
    const int of_a = column_of(a, series, month), of_b = column_of(b, series, month);
    const uint32_t rows = fewer(a->kept, b->kept);
    snprintf(out->series, sizeof out->series, "%s", series);
    out->month = month;
    out->a = out->b = out->ratio = none;
    out->identical = 0;
    out->difference = (csim_paired){.mean = none, .p5 = none.value, .p50 = none.value, .p95 = none.value, .correlation = none.value, .paths_saved = none.value};
    if (of_a < 0 || of_b < 0 || !rows || csim_compare_kept_obstacle(a, b)) return CSIM_OK;
    return compare_columns(a, b, of_a, of_b, rows, out, err);
}

static int reading_of(const csim_plan *plan, const char *reading) {
    for (int i = 0; i < plan->readings; i++)
        if (!strcmp(plan->reading_id[i], reading)) return i;
    return -1;
}

static unsigned char *copy_answers(const csim_result *result, int reading, uint32_t rows) {
    unsigned char *out = malloc(rows);
    for (uint32_t i = 0; out && i < rows; i++) out[i] = result->hit[(size_t)i * (size_t)result->plan->readings + (size_t)reading];
    return out;
}

uint32_t csim_compare_kept_answers(const csim_result *a, const csim_result *b, const char *reading, csim_compare_claim *out) {
    const int of_a = reading_of(a->plan, reading), of_b = reading_of(b->plan, reading);
    const uint32_t rows = fewer(a->hit_rows, b->hit_rows);
    *out = (csim_compare_claim){.difference = {(double)NAN, (double)NAN}};
    if (of_a < 0 || of_b < 0 || !rows || csim_compare_kept_obstacle(a, b)) return 0;
    unsigned char *hit_a = copy_answers(a, of_a, rows), *hit_b = copy_answers(b, of_b, rows);
    snprintf(out->reading, sizeof out->reading, "%s", reading);
    if (hit_a && hit_b) csim_compare_answers(hit_a, hit_b, rows, a->options.replicates, out);
    const bool made = hit_a && hit_b;
    free(hit_a);
    free(hit_b);
    return made ? rows : 0;
}
