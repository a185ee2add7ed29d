/* report, export, path: what can be made of a finished run. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "csim/cli/commands.h"
#include "csim/cli/options.h"
#include "csim/report/export.h"
#include "csim/report/report.h"
#include "csim/store/run_file.h"

/* A run is named by its folder or by the file in it. */
static void run_path(const char *name, char path[4200]) {
    struct stat about;
    snprintf(path, 4200, !stat(name, &about) && S_ISDIR(about.st_mode) ? "%s/run.moecast" : "%s", name);
}

static csim_status open_run(int argc, char **argv, const csim_option *options, size_t count, size_t words_max, const char **words, size_t *found, csim_run_file **file,
                            csim_error *err) {
    char path[4200];
    csim_status status = csim_options_parse(argc, argv, 1, options, count, words, words_max, found, err);
    if (status) return status;
    if (!*found) return csim_error_set(err, CSIM_USAGE, "moecast %s wants a run: a folder that 'moecast run' wrote, or its run.moecast", argv[0]);
    run_path(words[0], path);
    return csim_run_file_read(path, file, err);
}

/* Beside the run file when no place is given. */
static void output_path(const char *given, const char *run, const char *name, char path[4200]) {
    char from[4200];
    if (given) {
        snprintf(path, 4200, "%s", given);
        return;
    }
    run_path(run, from);
    char *slash = strrchr(from, '/');
    if (slash) snprintf(path, 4200, "%.*s/%s", (int)(slash - from), from, name);
    else snprintf(path, 4200, "%s", name);
}

static csim_status check_output(const char *given, csim_error *err) {
    return given && !given[0] ? csim_error_set(err, CSIM_USAGE, "-o wants a file, not an empty name") : CSIM_OK;
}

csim_status csim_cli_report(const csim_cli_io *io, int argc, char **argv, csim_error *err) {
    const char *run = NULL, *to = NULL;
    size_t words;
    char path[4200];
    csim_run_file *file = NULL;
    csim_scenario *scenario = NULL;
    const csim_option options[] = {{"-o", CSIM_OPTION_TEXT, &to, "FILE", "the workbook (report.xlsx beside the run file)"}};
    if (csim_cli_wants_help(argc, argv)) {
        fprintf(io->out, "usage: moecast report RUN [-o FILE.xlsx]\n\nWrites the workbook of a run.\n\n");
        csim_options_help(io->out, options, 1);
        return CSIM_OK;
    }
    csim_status status = open_run(argc, argv, options, 1, 1, &run, &words, &file, err);
    if (!status) status = check_output(to, err);
    if (status) {
        csim_run_file_free(file);
        return status;
    }
    output_path(to, run, "report.xlsx", path);
    const char *text = csim_run_file_scenario_text(file);
    status = csim_scenario_parse("run.moecast", text, strlen(text), &scenario, err);
    if (!status) status = csim_report_write(file, scenario, path, err);
    csim_scenario_free(scenario);
    if (!status) fprintf(io->out, "%s\n", path);
    csim_run_file_free(file);
    return status;
}

csim_status csim_cli_export(const csim_cli_io *io, int argc, char **argv, csim_error *err) {
    const char *run = NULL, *to = NULL;
    size_t words;
    int csv = 0, json = 0, claims = 0;
    char path[4200];
    csim_run_file *file = NULL;
    const csim_option options[] = {{"--csv", CSIM_OPTION_FLAG, &csv, NULL, "tidy table of every series, month and statistic (summary.csv)"},
                                   {"--claims", CSIM_OPTION_FLAG, &claims, NULL, "tidy table of the readings and what stands beside them (claims.csv)"},
                                   {"--json", CSIM_OPTION_FLAG, &json, NULL, "identity, claims and failures (run.json)"},
                                   {"-o", CSIM_OPTION_TEXT, &to, "FILE", "where to (beside the run file)"}};
    if (csim_cli_wants_help(argc, argv)) {
        fprintf(io->out, "usage: moecast export RUN --csv | --claims | --json [-o FILE]\n\nWrites a run's numbers.\n\n");
        csim_options_help(io->out, options, sizeof options / sizeof options[0]);
        return CSIM_OK;
    }
    csim_status status = open_run(argc, argv, options, sizeof options / sizeof options[0], 1, &run, &words, &file, err);
    if (!status && csv + json + claims != 1) status = csim_error_set(err, CSIM_USAGE, "moecast export wants one of --csv, --claims and --json");
    if (!status) status = check_output(to, err);
    if (!status) {
        output_path(to, run, csv ? "summary.csv" : claims ? "claims.csv" : "run.json", path);
        status = csv ? csim_export_csv(path, csim_run_file_result(file), err) : claims ? csim_export_claims_csv(path, file, err) : csim_export_json(path, file, err);
    }
    if (!status) fprintf(io->out, "%s\n", path);
    csim_run_file_free(file);
    return status;
}

static void print_path(FILE *out, const csim_plan *plan, const double *outcomes) {
    char month[32];
    fprintf(out, "month");
    for (int slot = 0; slot < plan->slots; slot++) fprintf(out, ",%s", plan->slot_name[slot]);
    fputc('\n', out);
    for (int t = 0; t < plan->months; t++) {
        fputs(csim_month_text(plan->start_month + t, month), out);
        for (int slot = 0; slot < plan->slots; slot++) fprintf(out, ",%.17g", outcomes[(size_t)t * (size_t)plan->slots + (size_t)slot]);
        fputc('\n', out);
    }
}

static csim_status replay(const csim_cli_io *io, const csim_result *result, const char *word, csim_error *err) {
    char *end;
    const unsigned long long path = strtoull(word, &end, 10);
    if (end == word || *end || path > UINT32_MAX) return csim_error_set(err, CSIM_USAGE, "'%.60s' is no path; paths are numbered from 0", word);
    double *outcomes = malloc((size_t)result->plan->months * (size_t)result->plan->slots * sizeof *outcomes);
    if (!outcomes) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for a path");
    const csim_status status = csim_path_replay(result->plan, result->options.seed, (uint32_t)path, outcomes, NULL, NULL, err);
    if (!status) print_path(io->out, result->plan, outcomes);
    free(outcomes);
    return status;
}

csim_status csim_cli_path(const csim_cli_io *io, int argc, char **argv, csim_error *err) {
    const char *words[2] = {NULL, NULL};
    size_t count;
    csim_run_file *file = NULL;
    if (csim_cli_wants_help(argc, argv)) {
        fprintf(io->out, "usage: moecast path RUN INDEX\n\nSimulates one path of a run again and prints every series by month as CSV.\n");
        return CSIM_OK;
    }
    csim_status status = open_run(argc, argv, NULL, 0, 2, words, &count, &file, err);
    if (!status && count < 2) status = csim_error_set(err, CSIM_USAGE, "moecast path wants a run and the number of a path");
    if (!status) status = replay(io, csim_run_file_result(file), words[1], err);
    csim_run_file_free(file);
    return status;
}
