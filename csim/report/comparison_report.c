/* See comparison_report.h. Owns the sheet of contents. */
#include "csim/report/comparison_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csim/report/sides_parts.h"
#include "csim/scenario/c_locale.h"

enum { LABEL, SCENARIO, HORIZON, SEED, SAMPLER, PAIRING, VERSION, SCENARIO_HASH, DIGEST, PATHS, STOPPED, KEPT, COLUMNS, HASH_SHOWN = 16, CELL_TEXT = 512 };

/* Two equal results are one run: what would be compared is nothing. */
static csim_status refuse_same_run(const csim_sides *sides, const char *const *runs, csim_error *err) {
    for (size_t i = 0; i < sides->count; i++)
        for (size_t k = 0; k < i; k++) {
            const char *a = csim_run_file_meta(sides->side[k].file, "digest"), *b = csim_run_file_meta(sides->side[i].file, "digest");
            if (a && b && !strcmp(a, b)) return csim_error_set(err, CSIM_USAGE, "%.300s and %.300s are the same run: their results have the digest %.16s", runs[k], runs[i], a);
        }
    return CSIM_OK;
}

static int64_t latest(const csim_sides *sides) {
    int64_t created = 0;
    for (size_t i = 0; i < sides->count; i++) {
        const int64_t own = csim_run_file_info(sides->side[i].file)->created_unix_s;
        if (own > created) created = own;
    }
    return created;
}

static void put_word(csim_sheet *sheet, uint32_t row, uint32_t column, const char *text, size_t units) {
    char clean[CELL_TEXT * 4];
    csim_sheet_put_text(sheet, row, column, CSIM_GENERAL(CSIM_ROLE_BODY), csim_report_clean(text ? text : "", units, clean, sizeof clean));
}

static void put_run(const csim_sides *sides, csim_sheet *sheet, uint32_t row, size_t at) {
    const csim_side *side = &sides->side[at];
    const csim_result *result = side->report.result;
    const csim_run_info *info = csim_run_file_info(side->file);
    const csim_scenario *scenario = side->scenario;
    char text[CELL_TEXT], from[CSIM_MONTH_TEXT], to[CSIM_MONTH_TEXT];
    csim_sheet_put_text(sheet, row, LABEL, CSIM_GENERAL(CSIM_ROLE_BODY), side->label);
    put_word(sheet, row, SCENARIO, scenario->title, 60);
    snprintf(text, sizeof text, "%s to %s", csim_month_text(scenario->start_month, from), csim_month_text(scenario->start_month + scenario->months - 1, to));
    put_word(sheet, row, HORIZON, text, CELL_TEXT);
    snprintf(text, sizeof text, "%llu", (unsigned long long)result->options.seed); /* text: a seed may have more digits than a cell holds */
    put_word(sheet, row, SEED, text, CELL_TEXT);
    csim_sheet_put_integer(sheet, row, PATHS, CSIM_ROLE_BODY, (int64_t)result->done);
    csim_sheet_put_integer(sheet, row, STOPPED, CSIM_ROLE_BODY, (int64_t)result->failed);
    put_word(sheet, row, SAMPLER, csim_sampler_name(result->options.sampler), CELL_TEXT);
    csim_sheet_put_integer(sheet, row, KEPT, CSIM_ROLE_BODY, (int64_t)result->kept);
    put_word(sheet, row, PAIRING, !at ? "held against" : side->unpaired ? side->unpaired : "paired", CELL_TEXT);
    snprintf(text, sizeof text, "%.40s (%.12s)", info->version, info->git_revision);
    put_word(sheet, row, VERSION, text, CELL_TEXT);
    put_word(sheet, row, SCENARIO_HASH, csim_run_file_meta(side->file, "scenario_sha256"), HASH_SHOWN + 1);
    put_word(sheet, row, DIGEST, csim_run_file_meta(side->file, "digest"), HASH_SHOWN + 1);
}

static uint32_t put_runs(const csim_sides *sides, csim_sheet *sheet, uint32_t row) {
    static const csim_table_column columns[COLUMNS] = {
        {"Run", "", 34, true},           {"Title", "of the scenario", 46, true}, {"Horizon", "", 19, true},       {"Seed", "", 12, true},        {"Sampler", "", 9, true},   {"Differences", "from the first", 22, true},
        {"moecast", "revision", 22, true}, {"Scenario", "SHA-256", 19, true},      {"Result", "digest", 19, true}, {"Paths", "simulated", 11, false}, {"Stopped", "paths", 9, false}, {"Kept", "paths", 9, false}};
    csim_sheet_put_text(sheet, row, 0, CSIM_GENERAL(CSIM_ROLE_HEADING), "Runs");
    for (uint32_t column = 1; column < COLUMNS; column++) csim_sheet_put_blank(sheet, row, column, CSIM_ROLE_HEADING);
    const csim_cells data = csim_sheet_add_table(sheet, row + 1, 0, columns, COLUMNS, (uint32_t)sides->count, 0);
    for (size_t i = 0; i < sides->count; i++) put_run(sides, sheet, data.row + (uint32_t)i, i);
    return data.last_row + 2;
}

static uint32_t put_help(csim_sheet *sheet, uint32_t row) {
    static const char *const lines[] = {
        "\xC2\xB1 is the Monte Carlo standard error: how far a number may be off because paths are finite. Spreads follow from the assumptions.",
        "Every draw has an address (seed, name, path, month), so at one seed path 17 meets the same luck in every run: differences of paired paths have errors many times smaller than those of two runs side by side.",
        "Blue cells may be changed, black numbers in tables of differences are formulas; 'ok' says that the paired difference and that of all paths agree.",
        "A run's own workbook, with its assumptions, sources and data: moecast report RUN -o FILE.xlsx."};
    csim_sheet_put_text(sheet, row, 0, CSIM_GENERAL(CSIM_ROLE_HEADING), "How to read this workbook");
    for (uint32_t column = 1; column < COLUMNS; column++) csim_sheet_put_blank(sheet, row, column, CSIM_ROLE_HEADING);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) csim_sheet_put_text(sheet, ++row, 0, CSIM_GENERAL(CSIM_ROLE_BODY), lines[i]);
    return row + 1;
}

static void fill_contents(const csim_sides *sides, csim_sheet *sheet, const csim_sides_entry *entries, size_t count) {
    char text[CSIM_REPORT_LINE];
    snprintf(text, sizeof text, "%zu runs side by side, held against %s", sides->count, sides->side[0].label);
    csim_sheet_put_text(sheet, 0, 0, CSIM_GENERAL(CSIM_ROLE_TITLE), text);
    csim_sheet_set_height(sheet, 0, 26);
    csim_sheet_put_text(sheet, 1, 0, CSIM_GENERAL(CSIM_ROLE_SUBTITLE), "The market for AI models, open weights against closed: Monte Carlo forecasts compared");
    csim_sheet_set_tab_colour(sheet, CSIM_COLOUR_GREY);
    const uint32_t row = put_help(sheet, put_runs(sides, sheet, csim_sides_put_contents(sheet, 3, COLUMNS, entries, count)));
    csim_sheet_set_print_area(csim_cells_of(sheet, 0, 0, row - 1, COLUMNS - 1));
}

static csim_status fill(csim_sides *sides, csim_book *book, csim_error *err) {
    csim_sides_entry entries[CSIM_SIDES_SHEETS_MOST];
    csim_sheet *contents = csim_book_add_sheet(book, "Contents", CSIM_SHEET_PAGE);
    const size_t count = csim_sides_add_sheets(sides, book, csim_cell_of(contents, 0, 0), entries);
    fill_contents(sides, contents, entries, count);
    char subject[CSIM_REPORT_LINE];
    snprintf(subject, sizeof subject, "%zu runs held against %.100s", sides->count, sides->side[0].label);
    csim_book_describe(book, &(csim_book_about){.title = "Scenarios side by side", .subject = subject, .author = "moecast", .keywords = "AI models, open weights, Monte Carlo", .comments = "Made from run files; the sheet Contents says which."});
    return csim_sides_fill_sheets(sides, err);
}

/* ---- life ---- */

struct csim_comparison_report { csim_sides *sides; csim_book *book; };

csim_status csim_comparison_report_open(const char *const *runs, size_t count, const char *path, csim_comparison_report **out, csim_error *err) {
    csim_comparison_report *self = *out = calloc(1, sizeof *self);
    if (!self) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for a comparison");
    csim_status status = csim_sides_open(runs, NULL, count, &self->sides, err);
    if (!status) status = refuse_same_run(self->sides, runs, err);
    if (!status) status = csim_book_new(path, latest(self->sides), &self->book, err);
    if (!status) return CSIM_OK;
    csim_comparison_report_free(self);
    *out = NULL;
    return status;
}

void csim_comparison_report_watch(csim_comparison_report *self, const atomic_int *cancel) { csim_book_watch(self->book, cancel); }

csim_status csim_comparison_report_finish(csim_comparison_report *self, const csim_waterfall *const *waterfalls, size_t count, csim_error *err) {
    if (count && self->sides->count != 2) return csim_error_set(err, CSIM_USAGE, "a waterfall attributes the difference of two runs, not of %zu", self->sides->count);
    if (count > CSIM_SIDES_WATERFALLS) return csim_error_set(err, CSIM_USAGE, "a workbook has at most %d waterfalls, not %zu", CSIM_SIDES_WATERFALLS, count);
    csim_sides_ask_waterfalls(self->sides, waterfalls, count);
    const csim_c_locale guard = csim_c_locale_enter(); /* numbers in sentences are printed with a point */
    const csim_status status = fill(self->sides, self->book, err);
    csim_c_locale_leave(guard);
    return status ? status : csim_book_finish(self->book, err);
}

void csim_comparison_report_free(csim_comparison_report *self) {
    if (!self) return;
    csim_book_free(self->book);
    csim_sides_free(self->sides);
    free(self);
}

csim_status csim_report_write_comparison(const char *const *runs, size_t count, const char *path, csim_error *err) {
    csim_comparison_report *self;
    csim_status status = csim_comparison_report_open(runs, count, path, &self, err);
    if (!status) status = csim_comparison_report_finish(self, NULL, 0, err);
    csim_comparison_report_free(self);
    return status;
}
