/* summary.csv, monthly.csv and claims.csv. Must not compute anything: every number comes from the run as it is. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csim/report/export.h"
#include "csim/report/tidy.h"
#include "csim/store/atomic_file.h"

char *csim_number_text(double value, char text[CSIM_NUMBER_TEXT]) {
    for (int digits = 15; digits <= 17; digits++) { /* 15 always survive from text to double, 17 always from double to text */
        snprintf(text, CSIM_NUMBER_TEXT, "%.*g", digits, value);
        if (strtod(text, NULL) == value) break;
    }
    return text;
}

static void put_number(FILE *stream, double value) {
    char text[CSIM_NUMBER_TEXT];
    if (isfinite(value)) fputs(csim_number_text(value, text), stream);
}

static void put_numbers(FILE *stream, const double *numbers, size_t count) {
    for (size_t i = 0; i < count; i++) {
        fputc(',', stream);
        put_number(stream, numbers[i]);
    }
}

static void put_text(FILE *stream, const char *text) { csim_tidy_csv_text(stream, text); }

typedef struct statistic { const char *name; csim_estimate estimate; csim_interval bounds; /* 95 % */ } statistic;

static statistic find_statistic(const csim_accumulator *of, size_t series, size_t month, int which) {
    static const struct { const char *name; double p; } quantiles[] = {{"p5", 0.05}, {"p25", 0.25}, {"p50", 0.5}, {"p75", 0.75}, {"p95", 0.95}};
    if (which == 0) return (statistic){"mean", csim_accumulator_mean(of, series, month), csim_accumulator_mean_interval(of, series, month)};
    if (which == 1) return (statistic){"sd", csim_accumulator_sd(of, series, month), {(double)NAN, (double)NAN}};
    const double p = quantiles[which - 2].p;
    return (statistic){quantiles[which - 2].name, csim_accumulator_quantile(of, series, month, p), csim_accumulator_quantile_interval(of, series, month, p)};
}

/* "share.open.developers" is outcome share.open, element developers. */
static const char *element_of(const csim_plan *plan, int slot) {
    const char *outcome = csim_outcome_rows[plan->slot_outcome[slot]].name, *full = plan->slot_name[slot];
    const size_t length = strlen(outcome);
    return !strncmp(full, outcome, length) && full[length] == '.' ? full + length + 1 : "";
}

enum { STATISTICS = 7 };

/* How many independent paths the mean's error is worth stands beside the mean; constants have no error to compare. */
static void put_month(FILE *stream, const csim_result *result, int slot, int report) {
    const csim_plan *plan = result->plan;
    const csim_outcome_row *outcome = &csim_outcome_rows[plan->slot_outcome[slot]];
    char month[CSIM_MONTH_TEXT];
    csim_month_text(plan->start_month + plan->report_month[report], month);
    for (int which = 0; which < STATISTICS; which++) {
        const statistic found = find_statistic(result->statistics, (size_t)slot, (size_t)report, which);
        put_text(stream, outcome->name);
        fputc(',', stream);
        put_text(stream, element_of(plan, slot));
        fprintf(stream, ",%s,%s,", month, found.name);
        put_number(stream, found.estimate.value);
        fputc(',', stream);
        put_number(stream, found.estimate.error);
        fputc(',', stream);
        put_text(stream, outcome->unit);
        fputc(',', stream);
        if (which == 0) put_number(stream, csim_accumulator_effective(result->statistics, (size_t)slot, (size_t)report));
        put_numbers(stream, (const double[]){found.bounds.low, found.bounds.high}, 2);
        fputs("\r\n", stream);
    }
}

static void put_all(FILE *stream, const void *what) {
    const csim_result *result = what;
    fputs("series,element,month,statistic,value,standard_error,unit,effective_paths,low,high\r\n", stream);
    for (int slot = 0; slot < result->plan->slots; slot++)
        for (int report = 0; report < result->plan->report_months; report++) put_month(stream, result, slot, report);
}

void csim_export_csv_put(FILE *stream, const csim_result *result) { put_all(stream, result); }

csim_status csim_export_csv(const char *path, const csim_result *result, csim_error *err) { return csim_atomic_file_write(path, put_all, result, err); }

/* ---- monthly.csv ---- */

static void put_moments(FILE *stream, const csim_result *result, int slot, int t) {
    const csim_outcome_row *outcome = &csim_outcome_rows[result->plan->slot_outcome[slot]];
    const csim_estimate mean = csim_accumulator_mean(result->monthly, (size_t)slot, (size_t)t), sd = csim_accumulator_sd(result->monthly, (size_t)slot, (size_t)t);
    char month[CSIM_MONTH_TEXT];
    put_text(stream, outcome->name);
    fputc(',', stream);
    put_text(stream, element_of(result->plan, slot));
    fprintf(stream, ",%s", csim_month_text(result->plan->start_month + t, month));
    put_numbers(stream, (const double[]){mean.value, mean.error, sd.value, sd.error}, 4);
    fputc(',', stream);
    put_text(stream, outcome->unit);
    fputs("\r\n", stream);
}

static void put_monthly(FILE *stream, const void *what) {
    const csim_result *result = what;
    fputs("series,element,month,mean,standard_error,sd,sd_error,unit\r\n", stream);
    for (int slot = 0; slot < result->plan->slots; slot++)
        for (int t = 0; t < result->plan->months; t++) put_moments(stream, result, slot, t);
}

void csim_export_monthly_csv_put(FILE *stream, const csim_result *result) { put_monthly(stream, result); }

csim_status csim_export_monthly_csv(const char *path, const csim_result *result, csim_error *err) { return csim_atomic_file_write(path, put_monthly, result, err); }

/* ---- claims.csv ---- */

static void put_field(FILE *stream, const char *text) {
    fputc(',', stream);
    put_text(stream, text);
}

/* A count of the vintage's paths; empty without a vintage. */
static void put_count(FILE *stream, const csim_claim_result *claim, uint64_t count) {
    fputc(',', stream);
    if (claim->aside.vintage_month != CSIM_NO_MONTH) fprintf(stream, "%llu", (unsigned long long)count);
}

static void put_claim(FILE *stream, const csim_claim_result *claim) {
    const csim_probability *p = &claim->probability, *then = &claim->aside.vintage;
    const csim_break_even *turn = &claim->break_even;
    char month[CSIM_MONTH_TEXT];
    put_text(stream, claim->claim);
    put_field(stream, claim->reading);
    put_field(stream, csim_answer_name(claim->answer));
    put_numbers(stream, (const double[]){p->value, p->error, p->low, p->high}, 4);
    fprintf(stream, ",%llu,%llu", (unsigned long long)p->hits, (unsigned long long)p->count);
    put_numbers(stream, (const double[]){claim->value.value, claim->value.error}, 2);
    put_field(stream, claim->aside.vintage_month == CSIM_NO_MONTH ? "" : csim_month_text(claim->aside.vintage_month, month));
    put_numbers(stream, (const double[]){then->value, then->error, then->low, then->high}, 4);
    put_count(stream, claim, then->hits);
    put_count(stream, claim, then->count);
    put_numbers(stream, (const double[]){claim->aside.guesses.value, claim->aside.guesses.error}, 2);
    put_field(stream, csim_break_name(turn->state));
    put_field(stream, turn->input);
    put_numbers(stream, &turn->value, 1);
    put_field(stream, turn->unit);
    put_numbers(stream, (const double[]){turn->percentile, turn->error, turn->low, turn->high, turn->p5, turn->p95}, 6);
    put_field(stream, claim->note);
    fputs("\r\n", stream);
}

static void put_claims(FILE *stream, const void *what) {
    size_t count;
    const csim_claim_result *claims = csim_run_file_claims(what, &count);
    fputs("claim,reading,answer,probability,error,low,high,hits,count,value,value_error,vintage_known_until,vintage,vintage_error,vintage_low,vintage_high,vintage_hits,vintage_count,guesses,guesses_error,break_even_state,"
          "break_even_input,break_even,break_even_unit,percentile,percentile_error,percentile_low,percentile_high,p5,p95,note\r\n", stream);
    for (size_t i = 0; i < count; i++) put_claim(stream, &claims[i]);
}

void csim_export_claims_csv_put(FILE *stream, const csim_run_file *file) { put_claims(stream, file); }

csim_status csim_export_claims_csv(const char *path, const csim_run_file *file, csim_error *err) { return csim_atomic_file_write(path, put_claims, file, err); }
