/* Summary: the question, the answer in sentences, the key outcomes, charts, and where everything else is. The page that is shown to others: what stands
 * here must be readable without the rest. The sentences are in summary_words.c. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "csim/report/part_words.h"
#include "csim/report/report_parts.h"
#include "csim/report/summary_words.h"
#include "csim/report/words.h"

enum {
    OUTCOME, UNIT, NOW, P5, MEDIAN, P95, MEDIAN_ERROR, MEAN, MEAN_ERROR, COLUMNS,
    TEXT_WIDTH = 220, QUESTION_LINES = 3 /* the whole description stands on Run */, CHART_PX = 610, ROW_PX = 20, GAP_PX = 4, PAGE_ROWS = 40, BARS_ROWS = 14, RIGHT_CHART = 3, BARS_MOST = 10
};

/* ---- contents ---- */

static void put_heading(const csim_report *report, csim_sheet *sheet, uint32_t row, const char *text) {
    const double points = csim_word_heading_points(report->language);
    if (points > 0) csim_sheet_set_height(sheet, row, points);
    csim_sheet_put_text(sheet, row, OUTCOME, CSIM_GENERAL(CSIM_ROLE_HEADING), text);
    for (uint32_t column = 1; column < COLUMNS; column++) csim_sheet_put_blank(sheet, row, column, CSIM_ROLE_HEADING);
}

/* The name on the tab, behind what it means where the tab is in another language. */
static const char *link_text(const csim_report *report, const csim_sheet *target, char *text, size_t size) {
    const char *name = csim_sheet_name(target), *term = csim_word_term(report->language, name);
    if (term == name) return name;
    return CSIM_SAY(report->language, CSIM_WORD_EXACT_NOTE, text, size, term, name);
}

static uint32_t put_contents(const csim_report *report, csim_sheet *sheet, uint32_t row) {
    enum { ACROSS = 5 };
    static const uint32_t columns[ACROSS] = {OUTCOME, UNIT, P5, P95, MEAN};
    put_heading(report, sheet, row, csim_word_text(report->language, CSIM_WORD_CONTENTS));
    uint32_t sheets = 0, i = 0;
    for (int id = 1; id < CSIM_REPORT_SHEETS; id++) sheets += report->sheet[id] != NULL;
    const uint32_t down = (sheets + ACROSS - 1) / ACROSS;
    char text[128];
    for (int id = 1; id < CSIM_REPORT_SHEETS; id++) {
        if (!report->sheet[id]) continue;
        csim_sheet_put_link(sheet, row + 1 + i % down, columns[i / down], link_text(report, report->sheet[id], text, sizeof text), csim_cell_of(report->sheet[id], 0, 0));
        i++;
    }
    return row + down + 2;
}

/* ---- question and answer ---- */

static size_t text_width(const csim_report *report) { return (size_t)(TEXT_WIDTH * csim_word_line_frac(report->language)); }

static uint32_t put_question(const csim_report *report, csim_sheet *sheet, uint32_t row) {
    char text[4 * CSIM_REPORT_LINE];
    put_heading(report, sheet, row, csim_word_text(report->language, CSIM_WORD_QUESTION));
    csim_report_clean(csim_report_in_language(report, report->scenario->description, report->scenario->description_zh), QUESTION_LINES * text_width(report), text, sizeof text);
    return csim_report_put_lines(sheet, row + 1, OUTCOME, CSIM_GENERAL(CSIM_ROLE_BODY), text, text_width(report)) + 1;
}

static uint32_t put_answer(const csim_report *report, csim_sheet *sheet, uint32_t row) {
    char text[2 * CSIM_REPORT_LINE];
    put_heading(report, sheet, row++, csim_word_text(report->language, CSIM_WORD_ANSWER));
    for (int sentence = 0; sentence < CSIM_SUMMARY_SENTENCES; sentence++) {
        csim_summary_sentence(report, sentence, text, sizeof text);
        row = csim_report_put_lines(sheet, row, OUTCOME, CSIM_GENERAL(CSIM_ROLE_BODY), text, text_width(report));
    }
    return row + 1;
}

/* What the numbers below are not: of all paths. Returns the first free row. */
static uint32_t put_part(const csim_report *report, csim_sheet *sheet, uint32_t row) {
    char text[CSIM_REPORT_LINE];
    if (csim_part_is_whole(report->run)) return row;
    csim_sheet_put_text(sheet, row, OUTCOME, CSIM_GENERAL(CSIM_ROLE_GUESS), csim_part_words(report->run, report->language, text, sizeof text));
    return row + 1;
}

/* ---- key outcomes ---- */

/* "share.open.developers" at 2030-12 → share_open_developers_2030_12_p50. */
static void define(csim_report *report, csim_cells cell, int32_t slot, int month, const char *statistic) {
    char name[3 * CSIM_PLAN_ID], when[CSIM_MONTH_TEXT];
    snprintf(name, sizeof name, "%.70s_%.8s_%s", report->plan->slot_name[slot], csim_month_text(month, when), statistic);
    for (char *at = name; *at; at++)
        if (*at == '.' || *at == '-') *at = '_';
    csim_book_define(report->book, name, cell);
}

static void put_error(const csim_report *report, csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_kind kind, int decimals, double error, bool constant) {
    if (constant) csim_sheet_put_text(sheet, row, column, CSIM_GENERAL(CSIM_ROLE_MISSING), csim_word_text(report->language, CSIM_WORD_CONSTANT));
    else csim_report_put_error(sheet, row, column, kind, decimals, error, false);
}

static void put_key_row(csim_report *report, csim_sheet *sheet, uint32_t row, int32_t slot) {
    const csim_outcome_id id = (csim_outcome_id)report->plan->slot_outcome[slot];
    const csim_cell_kind kind = csim_report_kind(id);
    const csim_report_row now = csim_report_read(report, slot, report->dates.now), last = csim_report_read(report, slot, report->dates.last);
    const int decimals = csim_report_decimals(kind, last.q[2].value, last.q[2].error), month = csim_report_month_at(report, report->dates.last);
    char title[CSIM_REPORT_LINE];
    csim_sheet_put_text(sheet, row, OUTCOME, CSIM_GENERAL(CSIM_ROLE_BODY), csim_report_series_title(report, slot, title, sizeof title));
    csim_sheet_put_text(sheet, row, UNIT, CSIM_GENERAL(CSIM_ROLE_BODY), csim_word_term(report->language, csim_outcome_rows[id].unit));
    csim_report_put_value(sheet, row, NOW, CSIM_ROLE_BODY, kind, csim_report_decimals(kind, now.q[2].value, now.q[2].error), now.q[2].value);
    csim_report_put_value(sheet, row, P5, CSIM_ROLE_BODY, kind, decimals, last.q[0].value);
    csim_report_put_value(sheet, row, MEDIAN, CSIM_ROLE_BODY, kind, decimals, last.q[2].value);
    csim_report_put_value(sheet, row, P95, CSIM_ROLE_BODY, kind, decimals, last.q[4].value);
    put_error(report, sheet, row, MEDIAN_ERROR, kind, decimals, last.q[2].error, last.constant);
    csim_report_put_value(sheet, row, MEAN, CSIM_ROLE_BODY, kind, decimals, last.mean.value);
    put_error(report, sheet, row, MEAN_ERROR, kind, decimals, last.mean.error, last.constant);
    define(report, csim_cell_of(sheet, row, P5), slot, month, "p5");
    define(report, csim_cell_of(sheet, row, MEDIAN), slot, month, "p50");
    define(report, csim_cell_of(sheet, row, P95), slot, month, "p95");
    define(report, csim_cell_of(sheet, row, MEAN), slot, month, "mean");
}

static uint32_t put_key_outcomes(csim_report *report, csim_sheet *sheet, uint32_t row) {
    const csim_language in = report->language;
    char now[32], last[32], title[160];
    csim_word_month_short(in, csim_report_month_at(report, report->dates.now), now, sizeof now);
    csim_word_month_short(in, csim_report_month_at(report, report->dates.last), last, sizeof last);
    const char *standard = csim_word_text(in, CSIM_WORD_STANDARD);
    const csim_table_column columns[COLUMNS] = {
        {csim_word_text(in, CSIM_WORD_OUTCOME), "", 66, true},
        {csim_word_text(in, CSIM_WORD_UNIT), "", 16, true},
        {csim_word_text(in, CSIM_WORD_MEDIAN), now, 14, false},
        {csim_word_text(in, CSIM_WORD_POINT_5), last, 14, false},
        {csim_word_text(in, CSIM_WORD_POINT_50), last, 14, false},
        {csim_word_text(in, CSIM_WORD_POINT_95), last, 14, false},
        {csim_word_text(in, CSIM_WORD_ERROR_OF_MEDIAN), standard, 14, false},
        {csim_word_text(in, CSIM_WORD_MEAN), last, 14, false},
        {csim_word_text(in, CSIM_WORD_ERROR_OF_MEAN), standard, 14, false}};
    int32_t slots[CSIM_SUMMARY_KEYS];
    const uint32_t count = csim_summary_keys(report, slots);
    put_heading(report, sheet, row, CSIM_SAY(in, CSIM_WORD_KEY_OUTCOMES, title, sizeof title, last));
    const csim_cells data = csim_sheet_add_table(sheet, row + 1, 0, columns, COLUMNS, count, 0);
    for (uint32_t i = 0; i < count; i++) put_key_row(report, sheet, data.row + i, slots[i]);
    return data.last_row + 2;
}

/* ---- charts ---- */

static csim_report_range joined(csim_report_range a, csim_report_range b) { return (csim_report_range){fmin(a.least, b.least), fmax(a.most, b.most)}; }

/* Charts fill a page with the contents below them. Bars need lines as high as the language's letters, or programs leave every other one without its label. */
static uint32_t bars_rows(const csim_report *report) {
    return (uint32_t)ceil(BARS_ROWS * csim_word_line_points(report->language) / csim_word_line_points(CSIM_LANGUAGE_EN));
}
static uint32_t pair_rows(const csim_report *report) { return (PAGE_ROWS - bars_rows(report)) / 2; }
static uint32_t height_of(uint32_t rows) { return rows * ROW_PX - GAP_PX; }

/* Two fans beside each other on one range, so that they can be compared. */
static uint32_t put_pair(csim_report *report, csim_sheet *sheet, uint32_t row, int32_t left, int32_t right, csim_colour left_colour, csim_colour right_colour) {
    const uint32_t rows = pair_rows(report), height = height_of(rows);
    char title[CSIM_REPORT_LINE];
    const csim_report_range range = joined(csim_report_span(report, left), csim_report_span(report, right));
    csim_report_draw_fan(report, (csim_report_place){sheet, row, 0, CHART_PX, height}, left, csim_report_series_title(report, left, title, sizeof title), left_colour, range);
    csim_report_draw_fan(report, (csim_report_place){sheet, row, RIGHT_CHART, CHART_PX, height}, right, csim_report_series_title(report, right, title, sizeof title), right_colour, range);
    return row + rows;
}

static uint32_t put_last_charts(csim_report *report, csim_sheet *sheet, uint32_t row) {
    const int32_t saas = csim_report_slot(report, CSIM_OUT_SAAS_REVENUE, 0);
    csim_report_bar bars[BARS_MOST];
    const uint32_t rows = bars_rows(report), height = height_of(rows);
    const size_t count = csim_report_main_readings(report, bars, BARS_MOST, true);
    csim_report_draw_fan(report, (csim_report_place){sheet, row, 0, CHART_PX, height}, saas, csim_report_title_of(report, CSIM_OUT_SAAS_REVENUE), CSIM_COLOUR_VERMILLION, (csim_report_range){0, 0});
    csim_report_draw_bars(report, (csim_report_place){sheet, row, RIGHT_CHART, CHART_PX, height}, csim_word_text(report->language, CSIM_WORD_OPEN_BARS), bars, count);
    return row + rows;
}

static uint32_t put_charts(csim_report *report, csim_sheet *sheet, uint32_t row) {
    const csim_scenario *s = report->scenario;
    put_heading(report, sheet, row++, csim_word_text(report->language, CSIM_WORD_CHARTS));
    row = put_pair(report, sheet, row, csim_report_slot(report, CSIM_OUT_SHARE_OPEN, s->role_developers), csim_report_slot(report, CSIM_OUT_SHARE_OPEN, s->role_large_firms), CSIM_COLOUR_BLUE, CSIM_COLOUR_BLUE);
    row = put_pair(report, sheet, row, csim_report_slot(report, CSIM_OUT_PRICE_CLOSED, 0), csim_report_slot(report, CSIM_OUT_COST_CLOSED, 0), CSIM_COLOUR_VERMILLION, CSIM_COLOUR_VERMILLION);
    return put_last_charts(report, sheet, row);
}

/* ---- identity ---- */

static uint32_t put_identity(const csim_report *report, csim_sheet *sheet, uint32_t row) {
    const csim_run_info *info = csim_run_file_info(report->run);
    const char *hash = csim_run_file_meta(report->run, "scenario_sha256"), *digest = csim_run_file_meta(report->run, "digest");
    const csim_language in = report->language;
    char text[CSIM_REPORT_LINE], seed[24], paths[24], stopped[24], scenario_hash[17], result_digest[17];
    put_heading(report, sheet, row, csim_word_text(in, CSIM_WORD_RUN));
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)report->result->options.seed);
    snprintf(paths, sizeof paths, "%llu", (unsigned long long)report->result->done);
    snprintf(stopped, sizeof stopped, "%llu", (unsigned long long)report->result->failed);
    snprintf(scenario_hash, sizeof scenario_hash, "%s", hash ? hash : "");
    snprintf(result_digest, sizeof result_digest, "%s", digest ? digest : "");
    CSIM_SAY(in, CSIM_WORD_IDENTITY, text, sizeof text, info->version, info->git_revision, report->scenario->name, scenario_hash, seed, paths, stopped, result_digest);
    csim_sheet_put_text(sheet, row + 1, OUTCOME, CSIM_GENERAL(CSIM_ROLE_BODY), text);
    csim_sheet_put_text(sheet, row + 2, OUTCOME, CSIM_GENERAL(CSIM_ROLE_NOTE), csim_word_text(in, CSIM_WORD_ERRORS_NOTE));
    const char *note = csim_word_text(in, CSIM_WORD_LANGUAGE_NOTE);
    if (!note[0]) return row + 3;
    csim_sheet_put_text(sheet, row + 3, OUTCOME, CSIM_GENERAL(CSIM_ROLE_NOTE), note);
    return row + 4;
}

void csim_report_fill_summary(csim_report *report) {
    csim_sheet *sheet = report->sheet[CSIM_REPORT_SUMMARY];
    char title[CSIM_REPORT_LINE];
    csim_sheet_put_text(sheet, 0, 0, CSIM_GENERAL(CSIM_ROLE_TITLE), csim_report_clean(csim_report_in_language(report, report->scenario->title, report->scenario->title_zh), 90, title, sizeof title));
    csim_sheet_set_height(sheet, 0, 26);
    csim_sheet_put_text(sheet, 1, 0, CSIM_GENERAL(CSIM_ROLE_SUBTITLE), csim_word_text(report->language, CSIM_WORD_SUBTITLE));
    uint32_t row = put_question(report, sheet, put_part(report, sheet, 3));
    row = put_answer(report, sheet, row);
    row = put_identity(report, sheet, put_key_outcomes(report, sheet, row)) + 1;
    csim_sheet_break_before(sheet, row);
    const uint32_t contents = put_charts(report, sheet, row);
    csim_sheet_put_link(sheet, 2, 0, csim_word_text(report->language, CSIM_WORD_CONTENTS), csim_cell_of(sheet, contents, 0));
    row = put_contents(report, sheet, contents);
    csim_sheet_set_print_area(csim_cells_of(sheet, 0, 0, row - 1, COLUMNS - 1));
}
