/* run.json. Must not compute anything but the spelling of times and texts. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "csim/report/export.h"
#include "csim/report/sampling_note.h"
#include "csim/report/tidy.h"
#include "csim/store/atomic_file.h"

static void put_text(FILE *stream, const char *text) { csim_tidy_json_text(stream, text); }

static void put_number(FILE *stream, double value) {
    char text[CSIM_NUMBER_TEXT];
    fputs(isfinite(value) ? csim_number_text(value, text) : "null", stream);
}

static void put_pair(FILE *stream, const char *indent, const char *key, const char *text) {
    fprintf(stream, "%s\"%s\": ", indent, key);
    put_text(stream, text);
    fputs(",\n", stream);
}

static void put_value(FILE *stream, const char *key, double value) {
    fprintf(stream, ", \"%s\": ", key);
    put_number(stream, value);
}

/* "2026-08-05T12:00:00Z" */
static void put_time(FILE *stream, int64_t unix_s) {
    const time_t seconds = (time_t)unix_s;
    struct tm utc;
    char text[64];
    if (!gmtime_r(&seconds, &utc) || !strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc)) text[0] = '\0';
    put_pair(stream, "  ", "created", text);
    fprintf(stream, "  \"created_unix_s\": %lld,\n", (long long)unix_s);
}

static void put_identity(FILE *stream, const csim_run_file *file) {
    static const char *const keys[] = {"version", "git_revision", "compiler", "gsl_version", "kernel_variant", "command_line", "digest", "plan_sha256"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) put_pair(stream, "  ", keys[i], csim_run_file_meta(file, keys[i]));
    put_time(stream, csim_run_file_info(file)->created_unix_s);
    fputs("  \"scenario\": {\n", stream);
    put_pair(stream, "    ", "name", csim_run_file_meta(file, "scenario_name"));
    put_pair(stream, "    ", "sha256", csim_run_file_meta(file, "scenario_sha256"));
    fputs("    \"text\": ", stream);
    put_text(stream, csim_run_file_scenario_text(file));
    fputs("\n  },\n", stream);
}

/* First and last path of each interval. */
static void put_ledger(FILE *stream, const csim_ledger *ledger) {
    fputs("  \"ledger\": [", stream);
    for (size_t i = 0; i < ledger->count; i++) fprintf(stream, "%s[%u, %u]", i ? ", " : "", ledger->interval[i].from, ledger->interval[i].to - 1);
    fputs("],\n", stream);
}

static void put_counts(FILE *stream, const csim_result *result) {
    const csim_run_options *options = &result->options;
    fprintf(stream, "  \"seed\": %llu,\n  \"sampler\": \"%s\",\n  \"replicates\": %u,\n  \"first_path\": %u,\n  \"paths\": %u,\n  \"done\": %llu,\n  \"kept\": %u,\n  \"seconds\": ",
            (unsigned long long)options->seed, csim_sampler_name(options->sampler), options->replicates, options->first_path, options->paths, (unsigned long long)result->done, result->kept);
    put_number(stream, result->seconds);
    fprintf(stream, ",\n  \"failed\": %llu,\n  \"failed_by\": {", (unsigned long long)result->failed);
    for (int cause = CSIM_PATH_OK + 1; cause < CSIM_FAILURES; cause++)
        fprintf(stream, "%s\"%s\": %llu", cause > CSIM_PATH_OK + 1 ? ", " : "", csim_failure_name(cause), (unsigned long long)result->failed_by[cause]);
    fputs("},\n", stream);
}

/* What the sampler did for the errors; nothing to say of independent paths. */
static void put_sampling(FILE *stream, const csim_result *result) {
    char note[CSIM_SAMPLING_NOTE];
    if (result->options.sampler == CSIM_SAMPLER_MC) return;
    fputs("  \"sampling\": {\"unit\": \"independent paths a path\"", stream);
    put_value(stream, "median_gain", csim_sampling_gain(result));
    fputs(", \"note\": ", stream);
    put_text(stream, csim_sampling_note(result, note));
    fputs("},\n", stream);
}

static void put_pairs(FILE *stream, const csim_paired *pairs) {
    fprintf(stream, ", \"pairs\": {\"count\": %llu, \"dropped\": %llu", (unsigned long long)pairs->pairs, (unsigned long long)pairs->dropped);
    put_value(stream, "p5", pairs->p5);
    put_value(stream, "p50", pairs->p50);
    put_value(stream, "p95", pairs->p95);
    put_value(stream, "correlation", pairs->correlation);
    put_value(stream, "paths_saved", pairs->paths_saved);
    fputc('}', stream);
}

static void put_break_even(FILE *stream, const csim_break_even *it) {
    fprintf(stream, ", \"break_even\": {\"state\": \"%s\", \"input\": ", csim_break_name(it->state));
    put_text(stream, it->input);
    fputs(", \"unit\": ", stream);
    put_text(stream, it->unit);
    put_value(stream, "value", it->value);
    put_value(stream, "percentile", it->percentile);
    put_value(stream, "error", it->error);
    put_value(stream, "low", it->low);
    put_value(stream, "high", it->high);
    put_value(stream, "p_lowest", it->p_lowest);
    put_value(stream, "p5", it->p5);
    put_value(stream, "p95", it->p95);
    put_value(stream, "p_highest", it->p_highest);
    fprintf(stream, ", \"hits\": %llu, \"count\": %llu}", (unsigned long long)it->hits, (unsigned long long)it->count);
}

static void put_guesses(FILE *stream, csim_estimate share) {
    fputs(", \"guesses\": {\"unit\": \"share\"", stream);
    put_value(stream, "value", share.value);
    put_value(stream, "error", share.error);
    fputc('}', stream);
}

static void put_vintage(FILE *stream, const csim_aside *it) {
    char month[CSIM_MONTH_TEXT];
    fprintf(stream, ", \"vintage\": {\"known_until\": \"%s\"", csim_month_text(it->vintage_month, month));
    put_value(stream, "probability", it->vintage.value);
    put_value(stream, "error", it->vintage.error);
    put_value(stream, "low", it->vintage.low);
    put_value(stream, "high", it->vintage.high);
    fprintf(stream, ", \"hits\": %llu, \"count\": %llu}", (unsigned long long)it->vintage.hits, (unsigned long long)it->vintage.count);
}

static void put_claim(FILE *stream, const csim_claim_result *claim) {
    const csim_probability *p = &claim->probability;
    fputs("    {\"claim\": ", stream);
    put_text(stream, claim->claim);
    fputs(", \"reading\": ", stream);
    put_text(stream, claim->reading);
    fprintf(stream, ", \"answer\": \"%s\"", csim_answer_name(claim->answer));
    put_value(stream, "probability", p->value);
    put_value(stream, "error", p->error);
    put_value(stream, "low", p->low);
    put_value(stream, "high", p->high);
    fprintf(stream, ", \"hits\": %llu, \"count\": %llu", (unsigned long long)p->hits, (unsigned long long)p->count);
    put_value(stream, "value", claim->value.value);
    put_value(stream, "value_error", claim->value.error);
    if (claim->answer == CSIM_ANSWER_PAIRS) put_pairs(stream, &claim->pairs);
    if (claim->break_even.input[0]) put_break_even(stream, &claim->break_even);
    if (!isnan(claim->aside.guesses.value)) put_guesses(stream, claim->aside.guesses);
    if (claim->aside.vintage_month != CSIM_NO_MONTH) put_vintage(stream, &claim->aside);
    fputs(", \"note\": ", stream);
    put_text(stream, claim->note);
    fputc('}', stream);
}

static void put_all(FILE *stream, const void *what) {
    const csim_run_file *file = what;
    size_t count;
    const csim_claim_result *claims = csim_run_file_claims(file, &count);
    fputs("{\n", stream);
    put_identity(stream, file);
    put_counts(stream, csim_run_file_result(file));
    put_ledger(stream, &csim_run_file_result(file)->ledger);
    put_sampling(stream, csim_run_file_result(file));
    fputs("  \"claims\": [", stream);
    for (size_t i = 0; i < count; i++) {
        fputs(i ? ",\n" : "\n", stream);
        put_claim(stream, &claims[i]);
    }
    fputs(count ? "\n  ]\n}\n" : "]\n}\n", stream);
}

void csim_export_json_put(FILE *stream, const csim_run_file *file) { put_all(stream, file); }

csim_status csim_export_json(const char *path, const csim_run_file *file, csim_error *err) { return csim_atomic_file_write(path, put_all, file, err); }

static void put_scenario(FILE *stream, const void *what) { fputs(csim_run_file_scenario_text(what), stream); }

void csim_export_scenario_put(FILE *stream, const csim_run_file *file) { put_scenario(stream, file); }

csim_status csim_export_scenario(const char *path, const csim_run_file *file, csim_error *err) { return csim_atomic_file_write(path, put_scenario, file, err); }
