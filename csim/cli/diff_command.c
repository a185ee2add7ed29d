/* diff: what two scenarios or runs differ in. Ends like diff(1): 0 when nothing differs, 1 when something does, more when it cannot be said. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csim/cli/commands.h"
#include "csim/cli/options.h"
#include "csim/cli/print.h"
#include "csim/cli/side.h"
#include "csim/engine/result_diff.h"
#include "csim/report/tidy.h"
#include "csim/scenario/differences.h"

typedef struct job {
    csim_cli_side side[2];
    csim_differences *differences;
    int plans_differ;
    int results, digests_differ;      /* both are runs */
    char digest[2][65];
    csim_mean_difference *mean;
    csim_answer_difference *answer;
    size_t values, notes, means, answers;
} job;

/* ---- finding ------------------------------------------------------------------------------------------------------------------------------------ */

/* Another name or description is no difference that anybody asks for. */
static int is_title(const csim_difference *it) { return !strcmp(it->path, "name") || !strcmp(it->path, "title") || !strcmp(it->path, "description") || !strcmp(it->path, "title_zh") || !strcmp(it->path, "description_zh"); }

static csim_status find_results(job *self, csim_error *err) {
    const csim_run_file *a = self->side[0].file, *b = self->side[1].file;
    size_t a_count, b_count;
    const csim_claim_result *a_claims = csim_run_file_claims(a, &a_count), *b_claims = csim_run_file_claims(b, &b_count);
    for (int i = 0; i < 2; i++) csim_result_digest(csim_run_file_result(self->side[i].file), self->digest[i]);
    self->results = 1;
    self->digests_differ = strcmp(self->digest[0], self->digest[1]) != 0;
    const csim_status status = csim_mean_differences(csim_run_file_result(a), csim_run_file_result(b), &self->mean, &self->means, err);
    return status ? status : csim_answer_differences(a_claims, a_count, b_claims, b_count, &self->answer, &self->answers, err);
}

static csim_status find(job *self, const char *const *words, csim_error *err) {
    csim_status status = csim_cli_side_open(&self->side[0], words[0], err);
    if (!status) status = csim_cli_side_open(&self->side[1], words[1], err);
    if (!status) status = csim_differences_find(self->side[0].scenario, self->side[1].scenario, &self->differences, err);
    if (status) return status;
    for (size_t i = 0; i < self->differences->count; i++) {
        const csim_difference *it = &self->differences->item[i];
        self->notes += it->only_notes;
        self->values += !it->only_notes && !is_title(it);
    }
    self->plans_differ = memcmp(self->side[0].plan, self->side[1].plan, sizeof *self->side[0].plan) != 0;
    return self->side[0].file && self->side[1].file ? find_results(self, err) : CSIM_OK;
}

static int differs(const job *self) { return self->values || self->notes || self->plans_differ || self->digests_differ; }

/* ---- for a person ------------------------------------------------------------------------------------------------------------------------------- */

static void print_value(FILE *out, char side, const char *value) { fprintf(out, "    %c  %.400s%s\n", side, value[0] ? value : "(nothing)", strlen(value) > 400 ? " …" : ""); }

static void print_scenarios(FILE *out, const job *self) {
    for (size_t i = 0; i < self->differences->count; i++) {
        const csim_difference *it = &self->differences->item[i];
        if (is_title(it)) continue;
        fprintf(out, "  %s%s\n", it->path, it->only_notes ? " (same value, other notes)" : "");
        print_value(out, 'A', it->a);
        print_value(out, 'B', it->b);
    }
    if (!self->values && !self->notes) fprintf(out, "  the scenarios say the same\n");
    if (self->plans_differ && !self->values) fprintf(out, "  and yet their plans differ: the catalogue has changed in between\n");
}

static void print_paths(FILE *out, const char *side, const csim_result *result) {
    char drawn[CSIM_DRAWN_TEXT];
    fprintf(out, "%s  %llu, %s, %llu failed\n", side, (unsigned long long)result->done, csim_drawn_text(result->options, drawn), (unsigned long long)result->failed);
}

static void print_answer(FILE *out, const csim_answer_difference *it) {
    char a[CSIM_PRINT_TEXT], b[CSIM_PRINT_TEXT];
    fprintf(out, "    %s.%-24s A %s %s  B %s %s, %.1f\n", it->a->claim, it->a->reading, csim_answer_name(it->a->answer), csim_share_text(&it->a->probability, 0, a),
            csim_answer_name(it->b->answer), csim_share_text(&it->b->probability, 0, b), it->sigmas);
}

static void print_results(FILE *out, const job *self) {
    const csim_result *a = csim_run_file_result(self->side[0].file), *b = csim_run_file_result(self->side[1].file);
    char month[CSIM_MONTH_TEXT];
    fprintf(out, "\nresults%s\n", self->digests_differ ? "" : ": the same, bit for bit");
    fprintf(out, "  digest  A  %s\n          B  %s\n", self->digest[0], self->digest[1]);
    print_paths(out, "  paths   A", a);
    print_paths(out, "          B", b);
    if (!self->digests_differ) return;
    fprintf(out, "\n  %zu headline means more than %g combined standard errors apart\n", self->means, CSIM_RESULT_DIFF_SIGMAS);
    for (size_t i = 0; i < self->means; i++) {
        const csim_mean_difference *it = &self->mean[i];
        fprintf(out, "    %-28s %s  A %.5g ± %.1g  B %.5g ± %.1g %s, %.1f\n", it->series, csim_month_text(it->month, month), it->a.value, it->a.error, it->b.value, it->b.error, it->unit,
                it->sigmas);
    }
    fprintf(out, "\n  %zu claims answered differently, by as many combined standard errors\n", self->answers);
    for (size_t i = 0; i < self->answers; i++) print_answer(out, &self->answer[i]);
}

static void print_all(FILE *out, const job *self) {
    fprintf(out, "%s (A) and %s (B)\n", self->side[0].name, self->side[1].name);
    print_scenarios(out, self);
    if (self->results) print_results(out, self);
}

/* ---- JSON --------------------------------------------------------------------------------------------------------------------------------------- */

static void put_difference(FILE *out, const csim_difference *it) {
    fputs("    {\"path\": ", out);
    csim_tidy_json_text(out, it->path);
    csim_tidy_json_pair(out, "group", it->group);
    csim_tidy_json_pair(out, "a", it->a);
    csim_tidy_json_pair(out, "b", it->b);
    fprintf(out, ", \"only_notes\": %s}", it->only_notes ? "true" : "false");
}

static void put_mean(FILE *out, const csim_mean_difference *it) {
    char month[CSIM_MONTH_TEXT];
    fputs("    {\"series\": ", out);
    csim_tidy_json_text(out, it->series);
    csim_tidy_json_pair(out, "month", csim_month_text(it->month, month));
    csim_tidy_json_pair(out, "unit", it->unit);
    csim_tidy_json_estimate(out, "a", it->a);
    csim_tidy_json_estimate(out, "b", it->b);
    csim_tidy_json_value(out, "sigmas", it->sigmas);
    fputc('}', out);
}

static void put_answer(FILE *out, const csim_answer_difference *it) {
    fputs("    {\"claim\": ", out);
    csim_tidy_json_text(out, it->a->claim);
    csim_tidy_json_pair(out, "reading", it->a->reading);
    csim_tidy_json_pair(out, "a_answer", csim_answer_name(it->a->answer));
    csim_tidy_json_pair(out, "b_answer", csim_answer_name(it->b->answer));
    csim_tidy_json_probability(out, "a", &it->a->probability);
    csim_tidy_json_probability(out, "b", &it->b->probability);
    fputc('}', out);
}

static void put_results(FILE *out, const job *self) {
    for (int i = 0; i < 2; i++) {
        const csim_result *result = csim_run_file_result(self->side[i].file);
        fprintf(out, ",\n  \"%c\": {\"digest\": \"%s\", \"seed\": %llu, \"sampler\": \"%s\", \"replicates\": %u, \"paths\": %llu, \"failed\": %llu}", "ab"[i], self->digest[i],
                (unsigned long long)result->options.seed, csim_sampler_name(result->options.sampler), result->options.replicates, (unsigned long long)result->done,
                (unsigned long long)result->failed);
    }
    fputs(",\n  \"means\": [", out);
    for (size_t i = 0; i < self->means; i++) fputs(i ? ",\n" : "\n", out), put_mean(out, &self->mean[i]);
    fputs("\n  ],\n  \"claims\": [", out);
    for (size_t i = 0; i < self->answers; i++) fputs(i ? ",\n" : "\n", out), put_answer(out, &self->answer[i]);
    fputs("\n  ]", out);
}

static void put_json(FILE *out, const job *self) {
    size_t written = 0;
    fprintf(out, "{\n  \"differ\": %s,\n  \"plans_differ\": %s,\n  \"scenario\": [", differs(self) ? "true" : "false", self->plans_differ ? "true" : "false");
    for (size_t i = 0; i < self->differences->count; i++)
        if (!is_title(&self->differences->item[i])) fputs(written++ ? ",\n" : "\n", out), put_difference(out, &self->differences->item[i]);
    fputs("\n  ]", out);
    if (self->results) put_results(out, self);
    fputs("\n}\n", out);
}

static void job_clear(job *self) {
    free(self->mean);
    free(self->answer);
    csim_differences_free(self->differences);
    for (int i = 0; i < 2; i++) csim_cli_side_clear(&self->side[i]);
}

csim_status csim_cli_diff(const csim_cli_io *io, int argc, char **argv, csim_error *err) {
    const char *words[2] = {NULL, NULL};
    size_t count;
    int json = 0;
    const csim_option options[] = {{"--json", CSIM_OPTION_FLAG, &json, NULL, "print JSON"}};
    if (csim_cli_wants_help(argc, argv)) {
        fprintf(io->out, "usage: moecast diff A B [--json]\n\nSays what two scenarios or finished runs differ in. Exit code 0: nothing, 1: something.\n\n");
        csim_options_help(io->out, options, 1);
        return CSIM_OK;
    }
    csim_status status = csim_options_parse(argc, argv, 1, options, 1, words, 2, &count, err);
    if (!status && count < 2) status = csim_error_set(err, CSIM_USAGE, "diff wants two scenarios or runs");
    if (status) return status;
    job self = {.differences = NULL};
    status = find(&self, words, err);
    if (!status && json) put_json(io->out, &self);
    if (!status && !json) print_all(io->out, &self);
    if (!status) *io->exit_code = differs(&self);
    job_clear(&self);
    return status;
}
