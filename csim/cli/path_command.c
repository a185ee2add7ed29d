/* path: one path of a run simulated again and told: as a story, or as CSV with everything. Which words were given, and which columns they mean. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csim/catalogue/nearest.h"
#include "csim/cli/commands.h"
#include "csim/cli/path_print.h"
#include "csim/scenario/yaml_tree.h"
#include "csim/store/run_file_guard.h"

typedef struct request { int csv, tidy; const char *months, *series; } request;

/* ---- --months A..B ------------------------------------------------------------------------------------------------------------------------------ */

static csim_status read_month(const csim_plan *plan, const char *text, size_t size, int otherwise, int *out, csim_error *err) {
    char word[16], first[CSIM_MONTH_TEXT], last[CSIM_MONTH_TEXT];
    snprintf(word, sizeof word, "%.*s", (int)(size < sizeof word ? size : sizeof word - 1), text);
    *out = otherwise;
    if (!size) return CSIM_OK;
    if (size >= sizeof word || !csim_month_parse(word, out)) return csim_error_set(err, CSIM_USAGE, "--months wants months such as 2026-01..2027-12, not '%.60s'", text);
    *out -= plan->start_month;
    if (*out >= 0 && *out < plan->months) return CSIM_OK;
    return csim_error_set(err, CSIM_USAGE, "--months: %s is none of this run's months, %s to %s", word, csim_month_text(plan->start_month, first),
                          csim_month_text(plan->start_month + plan->months - 1, last));
}

/* "2026-01..2027-12", "2026-01..", "..2027-12" or one month. */
static csim_status read_months(const csim_plan *plan, const char *text, csim_path_view *view, csim_error *err) {
    view->first = 0;
    view->last = plan->months - 1;
    if (!text) return CSIM_OK;
    const char *dots = strstr(text, "..");
    csim_status status = read_month(plan, text, dots ? (size_t)(dots - text) : strlen(text), 0, &view->first, err);
    if (status) return status;
    if (!dots) view->last = view->first;
    else status = read_month(plan, dots + 2, strlen(dots + 2), plan->months - 1, &view->last, err);
    if (!status && view->last < view->first) status = csim_error_set(err, CSIM_USAGE, "--months: the last month comes before the first in '%.60s'", text);
    return status;
}

/* ---- --series LIST ------------------------------------------------------------------------------------------------------------------------------ */

static const char *column_name(const void *trace, size_t i) { return ((const csim_trace *)trace)->column[i].name; }

/* A name means the column, or all columns below it: "share.open" is share.open.developers and the rest. */
static int means(const char *word, size_t size, const char *name) { return !strncmp(word, name, size) && (!name[size] || name[size] == '.'); }

static csim_status pick_word(const csim_trace *trace, const char *word, size_t size, csim_path_view *view, csim_error *err) {
    const size_t before = view->columns;
    for (size_t i = 0; i < trace->columns; i++) {
        size_t k = 0;
        if (!means(word, size, trace->column[i].name)) continue;
        while (k < view->columns && view->column[k] != i) k++;
        if (k == view->columns) view->column[view->columns++] = i;
    }
    if (view->columns > before) return CSIM_OK;
    char name[CSIM_TRACE_NAME];
    snprintf(name, sizeof name, "%.*s", (int)(size < 200 ? size : 200), word);
    for (size_t i = 0; i < before; i++)
        if (means(word, size, trace->column[view->column[i]].name)) return CSIM_OK; /* named twice */
    csim_error_set(err, CSIM_USAGE, "--series: no outcome, shock, lever or state is called '%.100s'", name);
    const char *nearest = csim_nearest_name(name, column_name, trace, trace->columns);
    if (nearest) csim_error_hint(err, "did you mean '%s'?", nearest);
    return CSIM_USAGE;
}

static csim_status pick_series(const csim_trace *trace, const char *list, csim_path_view *view, csim_error *err) {
    csim_status status = CSIM_OK;
    for (const char *at = list; !status && *at;) {
        const size_t size = strcspn(at, ",");
        if (size) status = pick_word(trace, at, size, view, err);
        at += size + (at[size] == ',');
    }
    if (!status && !view->columns) status = csim_error_set(err, CSIM_USAGE, "--series wants names, separated by commas");
    return status;
}

/* ---- the command -------------------------------------------------------------------------------------------------------------------------------- */

static csim_status make_view(const csim_trace *trace, const request *wanted, csim_path_view *view, csim_error *err) {
    view->trace = trace;
    view->column = calloc(trace->columns + 1, sizeof *view->column);
    if (!view->column) return csim_error_set(err, CSIM_NO_MEMORY, "no memory to print a path");
    csim_status status = read_months(trace->plan, wanted->months, view, err);
    if (!status && wanted->series) status = pick_series(trace, wanted->series, view, err);
    view->everything = !wanted->series;
    for (size_t i = 0; !wanted->series && wanted->csv && i < trace->columns; i++) view->column[view->columns++] = i;
    return status;
}

static csim_status print_csv(FILE *out, const csim_path_view *view, const request *wanted, const char *name, csim_error *err) {
    const csim_status status = name ? csim_run_file_spare(name, err) : CSIM_OK;
    if (status) return status;
    FILE *to = name ? fopen(name, "w") : out;
    if (!to) return csim_error_set_at(err, CSIM_FILE_WRITE, name, 0, 0, NULL, "cannot open this file for writing");
    if (wanted->tidy) csim_path_print_tidy(to, view);
    else csim_path_print_wide(to, view);
    const int bad = ferror(to);
    if (name && (fclose(to) || bad)) return csim_error_set_at(err, CSIM_FILE_WRITE, name, 0, 0, NULL, "cannot write this file");
    if (name) fprintf(out, "%s\n", name);
    return CSIM_OK;
}

static csim_status tell(const csim_cli_io *io, const csim_result *result, const char *const words[3], const request *wanted, csim_error *err) {
    char *end;
    csim_trace *trace = NULL;
    csim_path_view view = {.result = result};
    const unsigned long long path = strtoull(words[1], &end, 10);
    if (words[1][0] < '0' || words[1][0] > '9' || *end || path > UINT32_MAX)
        return csim_error_set(err, CSIM_USAGE, "'%.60s' is no path; paths are numbered from 0", words[1]);
    csim_status status = csim_trace_new(result->plan, &result->options, (uint32_t)path, &trace, err);
    if (!status) status = make_view(trace, wanted, &view, err);
    if (!status && wanted->csv) status = print_csv(io->out, &view, wanted, words[2], err);
    else if (!status) csim_path_print_story(io->out, &view);
    free(view.column);
    csim_trace_free(trace);
    return status;
}

static csim_status check_words(size_t count, request *wanted, csim_error *err) {
    wanted->csv |= wanted->tidy;
    if (count < 2) return csim_error_set(err, CSIM_USAGE, "path wants a run and the number of a path");
    if (count > 2 && !wanted->csv) return csim_error_set(err, CSIM_USAGE, "moecast path writes a file only with --csv or --tidy");
    return CSIM_OK;
}

csim_status csim_cli_path(const csim_cli_io *io, int argc, char **argv, csim_error *err) {
    request wanted = {0};
    const char *words[3] = {NULL, NULL, NULL};
    size_t count;
    csim_run_file *file = NULL;
    const csim_option options[] = {
        {"--csv", CSIM_OPTION_FLAG, &wanted.csv, NULL, "everything as CSV, a row a month: outcomes, shocks, levers, states, inputs, draws; into FILE, or printed"},
        {"--tidy", CSIM_OPTION_FLAG, &wanted.tidy, NULL, "the same, a row a number: month, part, name, unit, value"},
        {"--months", CSIM_OPTION_TEXT, &wanted.months, "A..B", "only these months, such as 2026-01..2027-12; either end may be left out"},
        {"--series", CSIM_OPTION_TEXT, &wanted.series, "LIST", "only these columns, separated by commas; share.open means all of share.open.*"},
    };
    if (csim_cli_wants_help(argc, argv)) {
        fprintf(io->out, "usage: moecast path RUN INDEX [--csv | --tidy [FILE]] [options]\n\n"
                         "Simulates one path of a run again, bit for bit, and tells what happened to it month by month.\n\n");
        csim_options_help(io->out, options, sizeof options / sizeof options[0]);
        return CSIM_OK;
    }
    csim_status status = csim_cli_open_run(argc, argv, options, sizeof options / sizeof options[0], 3, words, &count, &file, err);
    if (!status) status = check_words(count, &wanted, err);
    if (!status) status = tell(io, csim_run_file_result(file), words, &wanted, err);
    csim_run_file_free(file);
    return status;
}
