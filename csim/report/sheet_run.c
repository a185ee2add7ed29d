/* Run: which program, scenario, seed and paths these numbers come from, what was stopped and why, and how to make them again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "csim/report/part_words.h"
#include "csim/report/report_parts.h"
#include "csim/report/run_again.h"

enum { LABEL, VALUE, DESCRIPTION_WIDTH = 130, VALUE_TEXT = CSIM_RUN_AGAIN_TEXT };

static uint32_t put(csim_sheet *sheet, uint32_t row, const char *label, const char *value) {
    char clean[VALUE_TEXT];
    csim_sheet_put_text(sheet, row, LABEL, CSIM_GENERAL(CSIM_ROLE_BODY), label);
    const bool known = value && value[0];
    if (known) csim_sheet_put_text(sheet, row, VALUE, CSIM_GENERAL(CSIM_ROLE_BODY), csim_report_clean(value, VALUE_TEXT - 1, clean, sizeof clean));
    else csim_sheet_put_text(sheet, row, VALUE, CSIM_GENERAL(CSIM_ROLE_NOTE), "not known");
    return row + 1;
}

/* Counts stand left, under the texts of their column; a seed may have more digits than a spreadsheet's numbers. */
static uint32_t put_count(csim_sheet *sheet, uint32_t row, const char *label, uint64_t value) {
    char text[32];
    snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    return put(sheet, row, label, text);
}

static uint32_t put_heading(csim_sheet *sheet, uint32_t row, const char *text) {
    csim_sheet_put_text(sheet, row, LABEL, CSIM_GENERAL(CSIM_ROLE_HEADING), text);
    csim_sheet_put_blank(sheet, row, VALUE, CSIM_ROLE_HEADING);
    return row + 1;
}

static const char *utc(int64_t unix_s, char *text, size_t size) {
    const time_t when = (time_t)unix_s;
    struct tm parts;
    if (!gmtime_r(&when, &parts) || !strftime(text, size, "%Y-%m-%d %H:%M:%S UTC", &parts)) text[0] = 0;
    return text;
}

/* All of it: the summary has room for the beginning. */
static uint32_t put_description(csim_sheet *sheet, uint32_t row, const char *description) {
    const size_t size = 3 * strlen(description) + 8; /* as many letters, each at most the sign for one that cannot be shown */
    char *clean = malloc(size);
    if (!clean || !description[0]) {
        free(clean);
        return row;
    }
    csim_sheet_put_text(sheet, row, LABEL, CSIM_GENERAL(CSIM_ROLE_BODY), "Description");
    row = csim_report_put_lines(sheet, row, VALUE, CSIM_GENERAL(CSIM_ROLE_BODY), csim_report_clean(description, size, clean, size), DESCRIPTION_WIDTH);
    free(clean);
    return row;
}

static uint32_t put_identity(const csim_report *report, csim_sheet *sheet, uint32_t row) {
    const csim_scenario *s = report->scenario;
    const csim_run_options *options = &report->result->options;
    char from[CSIM_MONTH_TEXT], to[CSIM_MONTH_TEXT], horizon[80], part[CSIM_REPORT_LINE];
    snprintf(horizon, sizeof horizon, "%s to %s, %d months", csim_month_text(s->start_month, from), csim_month_text(s->start_month + s->months - 1, to), s->months);
    row = put_heading(sheet, row, "What was run");
    row = put(sheet, row, "Scenario", s->name);
    row = put(sheet, row, "Title", s->title);
    row = put_description(sheet, row, s->description);
    row = put(sheet, row, "Horizon", horizon);
    row = put(sheet, row, "SHA-256 of the scenario", csim_run_file_meta(report->run, "scenario_sha256"));
    row = put(sheet, row, "SHA-256 of the compiled plan", csim_run_file_meta(report->run, "plan_sha256"));
    row = put_count(sheet, row, "Seed", options->seed);
    row = put(sheet, row, "Sampler", csim_sampler_name(options->sampler));
    row = put_count(sheet, row, "Replicates", options->replicates);
    row = put_count(sheet, row, "First path", options->first_path);
    row = put(sheet, row, "Part of a run", csim_part_is_whole(report->run) ? "the whole" : csim_part_words(report->run, CSIM_LANGUAGE_EN, part, sizeof part));
    row = put_count(sheet, row, "Paths wanted", options->paths);
    row = put_count(sheet, row, "Paths simulated", report->result->done);
    row = put_count(sheet, row, "Paths stopped", report->result->failed);
    row = put_count(sheet, row, "Paths kept one by one in the run file", report->result->kept);
    return put(sheet, row, "Digest of the result", csim_run_file_meta(report->run, "digest")) + 1;
}

static uint32_t put_means(const csim_report *report, csim_sheet *sheet, uint32_t row) {
    const csim_run_info *info = csim_run_file_info(report->run);
    char when[64];
    row = put_heading(sheet, row, "With what");
    row = put(sheet, row, "moecast", info->version);
    row = put(sheet, row, "Revision", info->git_revision);
    row = put(sheet, row, "Compiler", info->compiler);
    row = put(sheet, row, "GSL", info->gsl_version);
    row = put(sheet, row, "Kernel", info->kernel_variant);
    return put(sheet, row, "Run ended", utc(info->created_unix_s, when, sizeof when)) + 1;
}

static uint32_t put_how(const csim_report *report, csim_sheet *sheet, uint32_t row) {
    csim_run_again again;
    csim_run_again_say(report->run, report->scenario, &again);
    row = put_heading(sheet, row, "How to make it again");
    row = put(sheet, row, "Command as given", csim_run_file_info(report->run)->command_line);
    row = put(sheet, row, "Command that gives the same digest", again.command);
    if (again.scenario[0]) row = put(sheet, row, "Its scenario", again.scenario);
    if (again.rest[0]) row = put(sheet, row, "Command that finishes it", again.rest);
    row = put(sheet, row, "This workbook from the run file", "moecast report RUN.moecast -o REPORT.xlsx");
    return put(sheet, row, "Same numbers?", "The digest above is printed by every run; equal digests mean equal numbers, bit for bit, on any machine and number of threads.") + 1;
}

/* Stopped paths by cause, then by the outcome that left its range first. */
static uint32_t put_failures(const csim_report *report, csim_sheet *sheet, uint32_t row) {
    const csim_result *result = report->result;
    row = put_heading(sheet, row, "Paths stopped, by cause");
    if (!result->failed) return put(sheet, row, "None", "Every path kept finite and within the range of every outcome.") + 1;
    for (int cause = 1; cause < CSIM_FAILURES; cause++) row = put_count(sheet, row, csim_failure_name(cause), result->failed_by[cause]);
    for (int32_t slot = 0; slot < report->plan->slots; slot++)
        if (result->failed_slot[slot]) row = put_count(sheet, row, report->plan->slot_name[slot], result->failed_slot[slot]);
    return put(sheet, row, "Note", "Stopped paths are counted and left out of every statistic, never drawn again; more than 0.1 % of them fail a run.") + 1;
}

static uint32_t put_reading_help(csim_sheet *sheet, uint32_t row) {
    row = put_heading(sheet, row, "How to read this workbook");
    row = put(sheet, row, "\xC2\xB1 error", "Monte Carlo standard error: how far a number may be off because paths are finite. It says nothing about the assumptions.");
    row = put(sheet, row, "p5, p25, median, p75, p95", "Quantiles over paths, month by month; their spread is what the assumptions leave open.");
    row = put(sheet, row, "Digits", "A number shows no more digits than its error allows; the cell holds the full value.");
    row = put(sheet, row, "constant", "The same on every path, or fixed by the scenario: it has no error.");
    row = put(sheet, row, "< 0.02%, > 99.98%", "No path, or every path: the exact one-sided 95 % bound stands for the probability.");
    row = put(sheet, row, "n/a", "Not defined, or not decided by this run.");
    row = put(sheet, row, "As known", "The same reading in the vintage, a scenario that knows no more than was known at the end of the month named: paths of its own, same seed.");
    row = put(sheet, row, "Guesses decide", "Share of the answer's variance in which inputs that are guesses have a part: the paths run again with only the guesses drawn anew.");
    row = put(sheet, row, "Break-even", "Value of the deciding input at which yes and no are equally likely, and where it lies in the input's prior.");
    return put(sheet, row, "Defined names", "Every headline figure of Summary has one, such as share_open_developers_2030_12_p50.") + 1;
}

void csim_report_fill_run(csim_report *report) {
    csim_sheet *sheet = report->sheet[CSIM_REPORT_RUN];
    uint32_t row = csim_report_put_head(report, CSIM_REPORT_RUN, "Run", "Where these numbers come from and how to make them again.");
    csim_sheet_set_width(sheet, LABEL, LABEL, 42);
    csim_sheet_set_width(sheet, VALUE, VALUE, 120);
    row = put_identity(report, sheet, row);
    row = put_means(report, sheet, row);
    row = put_how(report, sheet, row);
    row = put_failures(report, sheet, row);
    row = put_reading_help(sheet, row);
    csim_sheet_set_print_area(csim_cells_of(sheet, 0, 0, row - 2, VALUE));
}
