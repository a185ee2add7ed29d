/* What adds up when two results of the same plan and seed become one. A new number of csim_result is added here, and in the
 * run file's writer and reader where it is to be stored; a table with a row a path only to csim_result_tables. */
#include <stddef.h>
#include <string.h>

#include "csim/engine/engine.h"

static void merge_tallies(csim_tally to[CSIM_MAX_READINGS], const csim_tally part[CSIM_MAX_READINGS]) {
    for (int i = 0; i < CSIM_MAX_READINGS; i++) {
        to[i].hits += part[i].hits;
        to[i].count += part[i].count;
    }
}

static void merge_counts(csim_result *to, const csim_result *part) {
    merge_tallies(to->tally, part->tally);
    to->done += part->done;
    to->failed += part->failed;
    for (int i = 0; i < CSIM_FAILURES; i++) to->failed_by[i] += part->failed_by[i];
    for (int i = 0; i < CSIM_MAX_OUTCOMES; i++) to->failed_slot[i] += part->failed_slot[i];
}

void csim_result_tables(const csim_result *result, csim_row_table out[CSIM_ROW_TABLES]) {
    const csim_plan *plan = result->plan;
    out[0] = (csim_row_table){"kept_input", result->kept, (size_t)plan->inputs * sizeof(double), offsetof(csim_result, kept_input)};
    out[1] = (csim_row_table){"kept_scalar", result->kept, (size_t)plan->scalars * sizeof(double), offsetof(csim_result, kept_scalar)};
    out[2] = (csim_row_table){"kept_series", result->kept, (size_t)result->options.keep_slots * (size_t)plan->months * sizeof(double), offsetof(csim_result, kept_series)};
    out[3] = (csim_row_table){"kept_hit", result->hit_rows, (size_t)plan->readings, offsetof(csim_result, hit)};
}

void *csim_result_rows(const csim_result *result, const csim_row_table *table) {
    void *rows;
    memcpy(&rows, (const char *)result + table->member, sizeof rows); /* a double * must not be read as a void * */
    return rows;
}

void csim_result_set_rows(csim_result *result, const csim_row_table *table, void *rows) { memcpy((char *)result + table->member, &rows, sizeof rows); }

/* Copies the row of `path` where both have it. */
static void take_row(csim_result *to, const csim_row_table *to_table, const csim_result *part, const csim_row_table *table, uint32_t path) {
    const uint32_t to_row = path - to->options.first_path, row = path - part->options.first_path; /* huge for a path before the first */
    if (to_row >= to_table->rows || row >= table->rows || !table->row_bytes) return;
    memcpy((char *)csim_result_rows(to, to_table) + to_row * table->row_bytes, (const char *)csim_result_rows(part, table) + row * table->row_bytes, table->row_bytes);
}

void csim_result_take_rows(csim_result *to, const csim_result *part) {
    csim_row_table to_table[CSIM_ROW_TABLES], table[CSIM_ROW_TABLES];
    csim_result_tables(to, to_table);
    csim_result_tables(part, table);
    for (int i = 0; i < CSIM_ROW_TABLES; i++)
        for (uint32_t row = 0; row < table[i].rows; row++)
            if (csim_ledger_holds(&part->ledger, part->options.first_path + row)) take_row(to, &to_table[i], part, &table[i], part->options.first_path + row);
}

void csim_result_take_replicates(csim_result *to, const csim_result *part) {
    if (!to->replicates || !part->replicates) return;
    csim_replicates_merge(to->replicates, part->replicates);
    if (to->monthly_replicates && part->monthly_replicates) csim_replicates_merge(to->monthly_replicates, part->monthly_replicates);
    for (uint32_t r = 0; r < to->replicates->count; r++) merge_tallies(to->replicate_tally[r], part->replicate_tally[r]);
}

static csim_status check_count(const char *what, uint32_t here, uint32_t there, csim_error *err) {
    return here == there ? CSIM_OK : csim_error_set(err, CSIM_INCONSISTENT, "its %s are %u, here they are %u", what, there, here);
}

/* Points of two samplers, or of two ways to cut the same one, are not points of one run. */
static csim_status check_sampling(const csim_run_options *to, const csim_run_options *part, csim_error *err) {
    if (to->sampler != part->sampler)
        return csim_error_set(err, CSIM_INCONSISTENT, "its sampler is %s, here it is %s", csim_sampler_name(part->sampler), csim_sampler_name(to->sampler));
    const csim_status status = check_count("replicates", to->replicates, part->replicates, err);
    return status ? status : check_count("strata", to->strata, part->strata, err);
}

void csim_result_add_statistics(csim_result *to, const csim_accumulator *statistics, const csim_accumulator *monthly) {
    csim_accumulator_merge(to->statistics, statistics);
    if (to->monthly) csim_accumulator_merge(to->monthly, monthly);
}

csim_status csim_result_merge_counts(csim_result *to, const csim_result *part, csim_error *err) {
    csim_status status = check_sampling(&to->options, &part->options, err);
    if (!status) status = csim_ledger_add_all(&to->ledger, &part->ledger, err);
    if (status) return status;
    merge_counts(to, part);
    csim_result_take_rows(to, part);
    return CSIM_OK;
}

csim_status csim_result_merge(csim_result *to, const csim_result *part, csim_error *err) {
    if (to->monthly && !part->monthly) return csim_error_set(err, CSIM_INCONSISTENT, "it was run without the moments of every month");
    const csim_status status = csim_result_merge_counts(to, part, err);
    if (status) return status;
    csim_result_add_statistics(to, part->statistics, part->monthly);
    csim_result_take_replicates(to, part);
    return CSIM_OK;
}
