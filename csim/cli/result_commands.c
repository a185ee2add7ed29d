/* report, export: what can be made of a finished run. */
#include <stdlib.h>
#include <string.h>

#include "csim/base/run_limits.h"
#include "csim/cli/commands.h"
#include "csim/cli/options.h"
#include "csim/cli/report_waterfalls.h"
#include "csim/cli/stored.h"
#include "csim/report/export.h"
#include "csim/report/report.h"
#include "csim/report/sides.h"
#include "csim/store/run_file.h"

csim_status csim_cli_open_run(int argc, char **argv, const csim_option *options, size_t count, size_t words_max, const char **words, size_t *found, csim_run_file **file,
                              csim_error *err) {
    char path[CSIM_CLI_PATH];
    csim_status status = csim_options_parse(argc, argv, 1, options, count, words, words_max, found, err);
    if (status) return status;
    if (!*found) return csim_error_set(err, CSIM_USAGE, "%s wants a run: a folder that 'moecast run' wrote, or its run.moecast", argv[0]);
    csim_stored_path(words[0], path);
    return csim_run_file_read(path, file, err);
}

/* Beside the run file when no place is given. */
static void output_path(const char *given, const char *run, const char *name, char path[CSIM_CLI_PATH]) {
    char from[CSIM_CLI_PATH];
    if (given) {
        snprintf(path, CSIM_CLI_PATH, "%s", given);
        return;
    }
    csim_stored_path(run, from);
    char *slash = strrchr(from, '/');
    if (slash) snprintf(path, CSIM_CLI_PATH, "%.*s/%s", (int)(slash - from), from, name);
    else snprintf(path, CSIM_CLI_PATH, "%s", name);
}

static csim_status check_output(const char *given, csim_error *err) {
    return given && !given[0] ? csim_error_set(err, CSIM_USAGE, "-o wants a file, not an empty name") : CSIM_OK;
}

static csim_status report_one(const csim_cli_io *io, const char *run, const char *path, csim_language language, csim_error *err) {
    char from[CSIM_CLI_PATH];
    csim_run_file *file = NULL;
    csim_scenario *scenario = NULL;
    csim_stored_path(run, from);
    csim_status status = csim_run_file_read(from, &file, err);
    const char *text = status ? "" : csim_run_file_scenario_text(file), *beside = status ? "" : csim_run_file_scenario_file(file); /* its catalogue stands beside it */
    if (!status) status = csim_scenario_parse(beside[0] ? beside : "run.moecast", text, strlen(text), &scenario, err);
    if (!status) status = csim_report_write(file, scenario, path, language, io->cancel, err);
    csim_scenario_free(scenario);
    csim_run_file_free(file);
    return status;
}

static csim_status report_several(const csim_cli_io *io, const char *const *runs, size_t count, const csim_cli_report_request *asked, const char *path, csim_error *err) {
    char (*from)[CSIM_CLI_PATH] = malloc(count * sizeof *from);
    const char *files[CSIM_SIDES_MOST];
    if (!from) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for a comparison");
    for (size_t i = 0; i < count; i++) {
        csim_stored_path(runs[i], from[i]);
        files[i] = from[i];
    }
    csim_comparison_report *report;
    csim_status status = csim_comparison_report_open(files, count, path, &report, err);
    if (!status) csim_comparison_report_watch(report, io->cancel);
    if (!status) status = asked->count ? csim_cli_report_finish(io, report, runs, asked, err) : csim_comparison_report_finish(report, NULL, 0, err);
    csim_comparison_report_free(report);
    free(from);
    return status;
}

static csim_status check_report(size_t runs, const char *to, csim_error *err) {
    if (!runs) return csim_error_set(err, CSIM_USAGE, "report wants a run: a folder that 'moecast run' wrote, or its run.moecast");
    if (runs > CSIM_SIDES_MOST) return csim_error_set(err, CSIM_USAGE, "a workbook compares at most %d runs, not %zu: compare fewer, or let 'moecast batch' write its index over all", CSIM_SIDES_MOST, runs);
    if (runs > 1 && !to) return csim_error_set(err, CSIM_USAGE, "the workbook of several runs wants a place: -o FILE.xlsx");
    if (to && (!to[0] || !strcmp(to, "-"))) return csim_error_set(err, CSIM_USAGE, "-o wants the name of a file: a workbook is not written to standard output");
    return CSIM_OK;
}

csim_status csim_cli_report(const csim_cli_io *io, int argc, char **argv, csim_error *err) {
    enum { MOST_WORDS = 1024 };
    const char *runs[MOST_WORDS], *to = NULL, *code = NULL;
    size_t count;
    csim_language language = CSIM_LANGUAGE_EN;
    csim_cli_report_request asked = {.each = {.paths = -1, .threads = -1, .orders = -1}};
    char path[CSIM_CLI_PATH];
    const csim_option options[] = {{"-o", CSIM_OPTION_TEXT, &to, "FILE", "the workbook (of one run: report.xlsx beside the run file)"},
                                   {"--lang", CSIM_OPTION_TEXT, &code, "CODE", "language of a run's first sheets: en (English, the default) or zh (Chinese)"},
                                   {"--waterfall", CSIM_OPTION_TEXTS, &(csim_option_texts){asked.what, CSIM_SIDES_WATERFALLS, &asked.count}, "SERIES@MONTH", "of two runs: what the difference of their means is made of; may be repeated"},
                                   {"--paths", CSIM_OPTION_COUNT, &(csim_option_count){&asked.each.paths, 1, CSIM_KEEP_MAX}, "N", "paths of each scenario that --waterfall runs (1000)"},
                                   {"--groups", CSIM_OPTION_TEXT, &asked.each.groups, "FILE", "groups of keys for --waterfall (auto: the sections of the scenario)"},
                                   {"--orders", CSIM_OPTION_COUNT, &(csim_option_count){&asked.each.orders, 1, CSIM_WATERFALL_MOST_ORDERS}, "N", "orders that --waterfall samples for more than 6 groups (16)"},
                                   {"--threads", CSIM_OPTION_COUNT, &(csim_option_count){&asked.each.threads, 0, CSIM_THREADS_MAX}, "T", "threads of --waterfall (one a processor); results do not depend on it"},
                                   {"--quiet", CSIM_OPTION_FLAG, &asked.each.quiet, NULL, "no progress line"}};
    if (csim_cli_wants_help(argc, argv)) {
        fprintf(io->out, "usage: moecast report RUN [-o FILE.xlsx] [--lang en|zh]\n       moecast report RUN RUN [RUN ...] -o FILE.xlsx\n       moecast report RUN RUN --waterfall SERIES@MONTH [--waterfall ...] -o FILE.xlsx\n\n"
                         "Writes the workbook of a run, or one that puts up to %d runs side by side and holds them against the first.\n\n", CSIM_SIDES_MOST);
        csim_options_help(io->out, options, sizeof options / sizeof options[0]);
        return CSIM_OK;
    }
    csim_status status = csim_options_parse(argc, argv, 1, options, sizeof options / sizeof options[0], runs, MOST_WORDS, &count, err);
    if (!status) status = check_report(count, to, err);
    if (!status) status = csim_cli_report_check(&asked, count, err);
    if (!status) status = csim_language_find(code, &language, err);
    if (!status && count > 1 && language != CSIM_LANGUAGE_EN) status = csim_error_set(err, CSIM_USAGE, "the workbook of several runs is in English: --lang goes with one run");
    if (status) return status;
    output_path(to, runs[0], "report.xlsx", path);
    status = count == 1 ? report_one(io, runs[0], path, language, err) : report_several(io, runs, count, &asked, path, err);
    if (!status) fprintf(io->out, "%s\n", path);
    return status;
}

/* What can be exported: the file's usual name, and how it is written into a stream and into a file. */
typedef struct export_kind {
    const char *file;
    void (*put)(FILE *out, const csim_run_file *run);
    csim_status (*write)(const char *path, const csim_run_file *run, csim_error *err);
} export_kind;

static void put_summary(FILE *out, const csim_run_file *run) { csim_export_csv_put(out, csim_run_file_result(run)); }
static void put_monthly(FILE *out, const csim_run_file *run) { csim_export_monthly_csv_put(out, csim_run_file_result(run)); }
static csim_status write_summary(const char *path, const csim_run_file *run, csim_error *err) { return csim_export_csv(path, csim_run_file_result(run), err); }
static csim_status write_monthly(const char *path, const csim_run_file *run, csim_error *err) { return csim_export_monthly_csv(path, csim_run_file_result(run), err); }

enum { SUMMARY, MONTHLY, CLAIMS, JSON, SCENARIO, KINDS };
static const export_kind kinds[KINDS] = {{"summary.csv", put_summary, write_summary},
                                         {"monthly.csv", put_monthly, write_monthly},
                                         {"claims.csv", csim_export_claims_csv_put, csim_export_claims_csv},
                                         {"run.json", csim_export_json_put, csim_export_json},
                                         {"scenario.yaml", csim_export_scenario_put, csim_export_scenario}};

static const export_kind *choose_kind(const int wanted[KINDS]) {
    const export_kind *out = NULL;
    int count = 0;
    for (int i = 0; i < KINDS; i++) {
        if (wanted[i]) out = &kinds[i];
        count += wanted[i];
    }
    return count == 1 ? out : NULL;
}

csim_status csim_cli_export(const csim_cli_io *io, int argc, char **argv, csim_error *err) {
    const char *run = NULL, *to = NULL;
    size_t words;
    int wanted[KINDS] = {0};
    char path[CSIM_CLI_PATH];
    csim_run_file *file = NULL;
    const csim_option options[] = {{"--csv", CSIM_OPTION_FLAG, &wanted[SUMMARY], NULL, "tidy table of every series, report month and statistic (summary.csv)"},
                                   {"--monthly", CSIM_OPTION_FLAG, &wanted[MONTHLY], NULL, "means and standard deviations of every series in every month (monthly.csv)"},
                                   {"--claims", CSIM_OPTION_FLAG, &wanted[CLAIMS], NULL, "tidy table of the readings and what stands beside them (claims.csv)"},
                                   {"--json", CSIM_OPTION_FLAG, &wanted[JSON], NULL, "identity, claims and failures (run.json)"},
                                   {"--scenario", CSIM_OPTION_FLAG, &wanted[SCENARIO], NULL, "the scenario that ran, with all that it extends, as a scenario file (scenario.yaml)"},
                                   {"-o", CSIM_OPTION_TEXT, &to, "FILE", "where to (beside the run file); - is standard output"}};
    if (csim_cli_wants_help(argc, argv)) {
        fprintf(io->out, "usage: moecast export RUN --csv | --monthly | --claims | --json | --scenario [-o FILE]\n\nWrites a run's numbers, or its scenario.\n\n");
        csim_options_help(io->out, options, sizeof options / sizeof options[0]);
        return CSIM_OK;
    }
    csim_status status = csim_cli_open_run(argc, argv, options, sizeof options / sizeof options[0], 1, &run, &words, &file, err);
    const export_kind *kind = choose_kind(wanted);
    if (!status && !kind) status = csim_error_set(err, CSIM_USAGE, "export wants one of --csv, --monthly, --claims, --json and --scenario");
    if (!status) status = check_output(to, err);
    if (!status && to && !strcmp(to, "-")) kind->put(io->out, file); /* a full pipe or disk behind `out` is found by the dispatcher */
    else if (!status) {
        output_path(to, run, kind->file, path);
        status = kind->write(path, file, err);
        if (!status) fprintf(io->out, "%s\n", path);
    }
    csim_run_file_free(file);
    return status;
}
