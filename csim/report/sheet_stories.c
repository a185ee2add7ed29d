/* Bear, base, bull: three whole paths of the run side by side. Sentences, charts that a drop-down switches, where each ends, what tells the three apart, what
 * happened on each. What stands here is one path each: numbers have no Monte Carlo error, and weights say how many paths are like it. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "csim/report/report_stories.h"
#include "csim/report/words.h"

enum {
    LABEL, UNIT, STORY, P5 = STORY + CSIM_TOLD, P50, P95, GAP, EXTRA, COLUMNS, /* on the page: text after the gap does not touch the numbers before it */
    PLACE = COLUMNS + 1, FACTOR, CHART_UNIT, HELPER_END,                  /* beside it: what the drop-down looks up */
    LABEL_WIDTH = 58, TEXT_WIDTH = 205, NOTE_WIDTH = 225, LINE_POINTS = 13,
    LEFT_PX = 610, RIGHT_PX = 565, RIGHT_COLUMN = STORY + 1, CHART_PX = 280, CHART_ROWS = 15, CHARTS_MAIN = 3,
    INPUTS_SHOWN = 10, EVENTS_MOST = 6, READINGS_MOST = 18
};

static const csim_colour story_colour[CSIM_TOLD] = {CSIM_COLOUR_VERMILLION, CSIM_COLOUR_BLACK, CSIM_COLOUR_BLUE};

/* Where things stand that others refer to. */
typedef struct layout {
    csim_sheet *sheet;
    csim_report *report;
    const struct csim_report_stories *stories;
    csim_cells block[CSIM_STORIES_SERIES]; /* of chart data: the quarters of each series */
    uint32_t choice, end_rows;             /* the drop-down's row, the first row of the table of ends */
    uint32_t page;                         /* first row of the printed page that is being filled */
} layout;

static void put_heading(csim_sheet *sheet, uint32_t row, const char *text) {
    csim_sheet_put_text(sheet, row, LABEL, CSIM_GENERAL(CSIM_ROLE_HEADING), text);
    csim_sheet_set_height(sheet, row, 18);
    for (uint32_t column = LABEL + 1; column < COLUMNS; column++) csim_sheet_put_blank(sheet, row, column, CSIM_ROLE_HEADING);
}

static void put_note(csim_sheet *sheet, uint32_t row, const char *text) { csim_sheet_put_text(sheet, row, LABEL, CSIM_GENERAL(CSIM_ROLE_NOTE), text); }

static const char *title_of(const layout *at, int series, char *text, size_t size) { return csim_report_series_title(at->report, at->stories->slot[series], text, size); }

static csim_outcome_id outcome_of(const layout *at, int series) { return (csim_outcome_id)at->report->plan->slot_outcome[at->stories->slot[series]]; }

static int32_t month_of_quarter(const layout *at, int32_t quarter) { return at->report->plan->report_month[at->report->dates.quarter[quarter]]; }

/* ---- chart data ---- */

static csim_cells block_column(csim_cells block, uint32_t column) {
    block.column = block.last_column = CSIM_CHART_BLOCK_VALUES + column;
    return block;
}

enum { BLOCK_P5 = CSIM_TOLD, BLOCK_P50, BLOCK_P95, BLOCK_COLUMNS };

static double block_value(const layout *at, int series, int32_t quarter, uint32_t column) {
    const int32_t slot = at->stories->slot[series];
    if (column < CSIM_TOLD) return csim_story_value(at->stories, (int)column, slot, month_of_quarter(at, quarter));
    return csim_report_read(at->report, slot, at->report->dates.quarter[quarter]).q[column == BLOCK_P5 ? 0 : column == BLOCK_P50 ? 2 : 4].value;
}

static void put_block(layout *at, int series) {
    static const char *const heads[BLOCK_COLUMNS] = {"bear", "base", "bull", "p5", "p50", "p95"};
    char title[CSIM_REPORT_LINE];
    const csim_cells block = at->block[series] = csim_report_open_chart_block(at->report, title_of(at, series, title, sizeof title), at->stories->slot[series]);
    for (uint32_t c = 0; c < BLOCK_COLUMNS; c++) csim_sheet_put_text(block.sheet, block.row - 1, CSIM_CHART_BLOCK_VALUES + c, CSIM_GENERAL(CSIM_ROLE_NOTE), heads[c]);
    for (int32_t q = 0; q < at->report->dates.quarters; q++)
        for (uint32_t c = 0; c < BLOCK_COLUMNS; c++)
            csim_report_put_value(block.sheet, block.row + (uint32_t)q, CSIM_CHART_BLOCK_VALUES + c, CSIM_ROLE_BODY, CSIM_AS_GENERAL, CSIM_DIGITS_DEFAULT, block_value(at, series, q, c));
}

/* ---- sentences and weights ---- */

static uint32_t put_sentences(const layout *at, uint32_t row) {
    char text[2 * CSIM_REPORT_LINE], command[CSIM_REPORT_LINE];
    for (int s = 0; s < CSIM_TOLD; s++) {
        put_heading(at->sheet, row++, csim_story_lead(at->report, s, text, sizeof text));
        for (int which = 0; which < CSIM_STORY_SENTENCES; which++)
            row = csim_report_put_lines(at->sheet, row, LABEL, CSIM_GENERAL(CSIM_ROLE_BODY), csim_story_sentence(at->report, s, which, text, sizeof text), TEXT_WIDTH);
        snprintf(command, sizeof command, "All of it: moecast path RUN %u, where RUN is the folder of this run or its file run.moecast.", (unsigned)at->stories->found.story[s].path);
        put_note(at->sheet, row, command);
        row += 2;
    }
    return row;
}

static csim_cells stories_of_row(const layout *at, uint32_t row) { return csim_cells_of(at->sheet, row, STORY, row, STORY + CSIM_TOLD - 1); }

static uint32_t put_weights(const layout *at, uint32_t row) {
    const csim_stories *found = &at->stories->found;
    const csim_table_column heads[P5 + 1] = {{"Path and what it stands for", "", 0, true}, {"Unit", "", 0, true}, {"Bear", "for open weights", 0, false},
                                                            {"Base", "", 0, false}, {"Bull", "for open weights", 0, false}, {"All", "kept paths", 0, false}};
    static const csim_table_column check = {"Check", "all counted", 0, true};
    char counts[CSIM_ADDRESS_SIZE], weights[CSIM_ADDRESS_SIZE], total[CSIM_ADDRESS_SIZE], one[CSIM_ADDRESS_SIZE], looked_at[CSIM_ADDRESS_SIZE];
    const csim_cell_style share = csim_style_digits(CSIM_ROLE_FORMULA, CSIM_AS_PERCENT, 1);
    const csim_cells data = csim_sheet_add_table(at->sheet, row, 0, heads, P5 + 1, 4, 0);
    csim_sheet_add_table(at->sheet, row, P95, &check, 1, 4, 0);
    static const char *const labels[4] = {"Number of the path in the run", "Kept paths nearest to it", "Weight: its share of the kept paths", "Mean distance of these paths from it"};
    static const char *const units[4] = {"path", "paths", "share", "5-95 % ranges"};
    for (uint32_t i = 0; i < 4; i++) {
        csim_sheet_put_text(at->sheet, data.row + i, LABEL, CSIM_GENERAL(CSIM_ROLE_BODY), labels[i]);
        csim_sheet_put_text(at->sheet, data.row + i, UNIT, CSIM_GENERAL(CSIM_ROLE_BODY), units[i]);
    }
    csim_cells_address(stories_of_row(at, data.row + 1), counts);
    csim_cells_address(stories_of_row(at, data.row + 2), weights);
    csim_cells_address(csim_cell_of(at->sheet, data.row + 1, P5), total);
    for (int s = 0; s < CSIM_TOLD; s++) {
        const uint32_t column = STORY + (uint32_t)s;
        csim_sheet_put_integer(at->sheet, data.row, column, CSIM_ROLE_BODY, found->story[s].path);
        csim_sheet_put_integer(at->sheet, data.row + 1, column, CSIM_ROLE_BODY, found->story[s].paths);
        csim_sheet_put_formula(at->sheet, data.row + 2, column, share, (double)found->story[s].paths / found->rows, "=%s/%s", csim_cells_address(csim_cell_of(at->sheet, data.row + 1, column), one), total);
        csim_sheet_put_number(at->sheet, data.row + 3, column, csim_style_digits(CSIM_ROLE_BODY, CSIM_AS_NUMBER, 2), found->story[s].distance);
    }
    csim_sheet_put_integer(at->sheet, data.row, P5, CSIM_ROLE_BODY, found->rows);
    csim_sheet_put_formula(at->sheet, data.row + 1, P5, csim_style_digits(CSIM_ROLE_FORMULA, CSIM_AS_INTEGER, 0), found->rows, "=SUM(%s)", counts);
    csim_sheet_put_formula(at->sheet, data.row + 2, P5, share, 1, "=SUM(%s)", weights);
    csim_sheet_put_number(at->sheet, data.row + 3, P5, csim_style_digits(CSIM_ROLE_BODY, CSIM_AS_NUMBER, 2), found->spread);
    csim_cells_address(csim_cell_of(at->sheet, data.row, P5), looked_at);
    csim_sheet_put_formula_text(at->sheet, data.row + 1, P50 + 1, CSIM_GENERAL(CSIM_ROLE_FORMULA), "ok", "=IF(%s=%s,\"ok\",\"paths are missing\")", total, looked_at);
    csim_cells_mark_checks(csim_cell_of(at->sheet, data.row + 1, P50 + 1));
    return data.last_row + 1;
}

static uint32_t put_what_it_is(const layout *at, uint32_t row) {
    const csim_stories *found = &at->stories->found;
    char text[CSIM_REPORT_LINE];
    snprintf(text, sizeof text,
             "Whole paths, not quantiles month by month: each is one path of this run, consistent in itself, and the most central of the paths that are like it. The kept paths "
             "are divided into three clusters by %d numbers (%d series at several dates), each over its 5 to 95 %% range, prices and revenues as logarithms; a path stands for a cluster when the distances of "
             "the cluster's paths from it have the smallest sum. Ordered by the open share of world tokens at the end: bear is the lowest. The mean distance from the three is %.2f, from the best single path it "
             "would be %.2f: the less the one is below the other, the more the kinds of path shade into one another. Mean place: of the draws of the paths like it among those of all kept paths, where chance "
             "gives 50 %%; this path's own place is that in the input's prior.",
             (int)found->columns, at->stories->series, found->spread, found->spread_of_one);
    return csim_report_put_lines(at->sheet, row, LABEL, CSIM_GENERAL(CSIM_ROLE_NOTE), text, NOTE_WIDTH) + 1;
}

/* ---- charts ---- */

static csim_report_range range_of(const layout *at, int series) {
    csim_report_range range = {DBL_MAX, -DBL_MAX};
    for (int32_t q = 0; q < at->report->dates.quarters; q++)
        for (uint32_t c = 0; c < BLOCK_COLUMNS; c++) {
            range.least = fmin(range.least, block_value(at, series, q, c));
            range.most = fmax(range.most, block_value(at, series, q, c));
        }
    return range;
}

/* Three lines over the 5 and 95 % points of all paths, from six columns of cells. */
static void draw_lines(const layout *at, const csim_chart_plan *plan, csim_cells quarters, csim_cells first) {
    csim_chart *chart = csim_sheet_add_chart(at->sheet, plan);
    char name[64];
    for (uint32_t c = BLOCK_P5; c < BLOCK_COLUMNS; c += BLOCK_P95 - BLOCK_P5) {
        csim_cells values = first;
        values.column = values.last_column = first.column + c;
        csim_chart_add_series(chart, c == BLOCK_P5 ? "5 % and 95 % of all paths" : NULL, quarters, values, CSIM_COLOUR_LIGHT_GREY);
    }
    for (uint32_t s = 0; s < CSIM_TOLD; s++) {
        csim_cells values = first;
        values.column = values.last_column = first.column + s;
        snprintf(name, sizeof name, "%s, path %u", csim_story_name((int)s, CSIM_TOLD), (unsigned)at->stories->found.story[s].path);
        csim_chart_add_series(chart, name, quarters, values, story_colour[s]);
    }
}

static const char *told_of(const layout *at, int series, const char *title, char *text, size_t size) {
    char low[48], middle[48], high[48];
    const csim_cell_kind kind = csim_report_kind(outcome_of(at, series));
    const int32_t last = at->report->dates.quarters - 1;
    snprintf(text, size, "%.400s: three paths by quarter over the 5 and 95 %% points of all. At the end bear has %s, base %s, bull %s.", title,
             csim_report_say(kind, block_value(at, series, last, 0), 0, low, sizeof low), csim_report_say(kind, block_value(at, series, last, 1), 0, middle, sizeof middle),
             csim_report_say(kind, block_value(at, series, last, 2), 0, high, sizeof high));
    return text;
}

static int series_of(const layout *at, csim_outcome_id id) {
    for (int i = 0; i < at->stories->series; i++)
        if (outcome_of(at, i) == id) return i;
    return 0;
}

static void draw_series(const layout *at, int series, uint32_t row, uint32_t column, uint32_t width_px) {
    char title[CSIM_REPORT_LINE], told[CSIM_REPORT_LINE], unit[64], shown[4 * 80];
    title_of(at, series, title, sizeof title);
    csim_chart_plan plan = {.kind = CSIM_CHART_LINE, .title = csim_report_clean(title, 70, shown, sizeof shown), .alt_text = told_of(at, series, title, told, sizeof told), .x = csim_report_quarter_axis(),
                            .row = row, .column = column, .width_px = width_px, .height_px = CHART_PX};
    plan.y = csim_report_value_axis(outcome_of(at, series), range_of(at, series), unit, sizeof unit);
    draw_lines(at, &plan, at->block[series], block_column(at->block[series], 0));
}

/* ---- the switched series ---- */

/* The column of chart data from the first series' first quarter to the last series' last one: a place in it is a row less the first. */
static void column_address(const layout *at, uint32_t column, char *text) {
    csim_cells all = block_column(at->block[0], column);
    all.last_row = at->block[at->stories->series - 1].last_row;
    csim_cells_address(all, text);
}

static void helper_address(const layout *at, uint32_t column, char *text) {
    csim_cells_address(csim_cells_of(at->sheet, at->end_rows, column, at->end_rows + (uint32_t)at->stories->series - 1, column), text);
}

static double factor_of(const layout *at, int series) { return csim_report_kind(outcome_of(at, series)) == CSIM_AS_PERCENT ? 100 : 1; }

static const char *chart_unit_of(const layout *at, int series) {
    const char *unit = csim_outcome_rows[outcome_of(at, series)].unit;
    return factor_of(at, series) > 1 ? "%" : unit;
}

enum { CHOSEN_AT_FIRST = 1, CHOICE_ROWS = 4 };

/* The drop-down, and what follows from it: unit, factor and place of the chosen series. */
static void put_choice(const layout *at) {
    char titles[CSIM_ADDRESS_SIZE], column[CSIM_ADDRESS_SIZE], choice[CSIM_ADDRESS_SIZE], text[CSIM_REPORT_LINE];
    const uint32_t row = at->choice;
    const int chosen = CHOSEN_AT_FIRST < at->stories->series ? CHOSEN_AT_FIRST : 0;
    helper_address(at, LABEL, titles);
    csim_sheet_put_text(at->sheet, row, LABEL, CSIM_GENERAL(CSIM_ROLE_INPUT), title_of(at, chosen, text, sizeof text));
    csim_sheet_put_text(at->sheet, row, UNIT, CSIM_GENERAL(CSIM_ROLE_NOTE), "\xE2\x86\x90 choose the series of the last chart and of the table by quarter at the end of this sheet");
    csim_cells_allow_list(csim_cell_of(at->sheet, row, LABEL), csim_cells_of(at->sheet, at->end_rows, LABEL, at->end_rows + (uint32_t)at->stories->series - 1, LABEL), "A series of the table of ends below.");
    csim_cells_address(csim_cell_of(at->sheet, row, LABEL), choice);
    csim_sheet_put_text(at->sheet, row - 1, PLACE, CSIM_GENERAL(CSIM_ROLE_NOTE), "chosen");
    helper_address(at, PLACE, column);
    csim_sheet_put_formula(at->sheet, row, PLACE, csim_style(CSIM_ROLE_FORMULA, CSIM_AS_GENERAL), at->block[chosen].row - at->block[0].row, "=INDEX(%s,MATCH(%s,%s,FALSE))", column, choice, titles);
    helper_address(at, FACTOR, column);
    csim_sheet_put_formula(at->sheet, row, FACTOR, csim_style(CSIM_ROLE_FORMULA, CSIM_AS_GENERAL), factor_of(at, chosen), "=INDEX(%s,MATCH(%s,%s,FALSE))", column, choice, titles);
    helper_address(at, CHART_UNIT, column);
    csim_sheet_put_formula_text(at->sheet, row, CHART_UNIT, CSIM_GENERAL(CSIM_ROLE_FORMULA), chart_unit_of(at, chosen), "=INDEX(%s,MATCH(%s,%s,FALSE))", column, choice, titles);
}

/* Quarter, its year for the axis, and six numbers that the chosen series fills. */
static uint32_t put_chosen(const layout *at, uint32_t row, csim_cells *quarters, csim_cells *first) {
    static const csim_table_column heads[GAP] = {{"End of quarter", "yyyy-mm", 0, false}, {"Quarter", "number", 0, false}, {"Bear", "unit above", 0, false}, {"Base", "unit above", 0, false},
                                                   {"Bull", "unit above", 0, false}, {"5 % of all", "unit above", 0, false}, {"50 % of all", "unit above", 0, false}, {"95 % of all", "unit above", 0, false}};
    const int chosen = CHOSEN_AT_FIRST < at->stories->series ? CHOSEN_AT_FIRST : 0;
    char title[CSIM_REPORT_LINE], choice[CSIM_ADDRESS_SIZE], place[CSIM_ADDRESS_SIZE], factor[CSIM_ADDRESS_SIZE], column[CSIM_ADDRESS_SIZE], number[CSIM_ADDRESS_SIZE], unit[CSIM_ADDRESS_SIZE];
    put_heading(at->sheet, row, "The chosen series by quarter");
    csim_cells_address(csim_cell_of(at->sheet, at->choice, LABEL), choice);
    csim_cells_address(csim_cell_of(at->sheet, at->choice, PLACE), place);
    csim_cells_address(csim_cell_of(at->sheet, at->choice, FACTOR), factor);
    csim_cells_address(csim_cell_of(at->sheet, at->choice, CHART_UNIT), unit);
    csim_sheet_put_formula_text(at->sheet, row + 1, LABEL, CSIM_GENERAL(CSIM_ROLE_FORMULA), title_of(at, chosen, title, sizeof title), "=%s", choice);
    csim_sheet_put_formula_text(at->sheet, row + 1, UNIT, CSIM_GENERAL(CSIM_ROLE_FORMULA), chart_unit_of(at, chosen), "=%s", unit);
    const csim_cells data = csim_sheet_add_table(at->sheet, row + 2, 0, heads, GAP, (uint32_t)at->report->dates.quarters, 0);
    for (int32_t q = 0; q < at->report->dates.quarters; q++) {
        const uint32_t line = data.row + (uint32_t)q;
        csim_report_put_month(at->sheet, line, LABEL, CSIM_ROLE_BODY, csim_report_month_at(at->report, at->report->dates.quarter[q]));
        csim_sheet_put_integer(at->sheet, line, UNIT, CSIM_ROLE_BODY, q + 1);
        csim_cells_address(csim_cell_of(at->sheet, line, UNIT), number);
        for (uint32_t c = 0; c < BLOCK_COLUMNS; c++) {
            column_address(at, c, column);
            csim_sheet_put_formula(at->sheet, line, STORY + c, csim_style_digits(CSIM_ROLE_FORMULA, CSIM_AS_NUMBER, 2), block_value(at, chosen, q, c) * factor_of(at, chosen), "=INDEX(%s,%s+%s)*%s", column,
                                   place, number, factor);
        }
    }
    *quarters = at->block[0];
    *first = csim_cells_of(at->sheet, data.row, STORY, data.last_row, STORY);
    return data.last_row + 1;
}

static void draw_chosen(const layout *at, uint32_t row, csim_cells quarters, csim_cells first) {
    const csim_chart_plan plan = {.kind = CSIM_CHART_LINE, .title = "The chosen series",
                                  .alt_text = "Three paths by quarter over the 5 and 95 % points of all: the series that the drop-down above names. The table by quarter has the numbers.",
                                  .x = csim_report_quarter_axis(), .y = {.title = "unit of the chosen series; shares in %", .kind = CSIM_AS_GENERAL}, .row = row, .column = RIGHT_COLUMN,
                                  .width_px = RIGHT_PX, .height_px = CHART_PX};
    draw_lines(at, &plan, quarters, first);
}

/* ---- where the paths end ---- */

static void put_end_row(const layout *at, uint32_t row, int series) {
    const int32_t slot = at->stories->slot[series], last = at->report->dates.quarters - 1;
    const csim_cell_kind kind = csim_report_kind(outcome_of(at, series));
    const csim_report_row all = csim_report_read(at->report, slot, at->report->dates.last);
    const int decimals = csim_report_decimals(kind, all.q[2].value, all.q[2].error);
    char title[CSIM_REPORT_LINE], own[CSIM_TOLD][CSIM_ADDRESS_SIZE], data[CSIM_TOLD][CSIM_ADDRESS_SIZE];
    bool same = true;
    csim_sheet_put_text(at->sheet, row, LABEL, CSIM_GENERAL(CSIM_ROLE_PARAGRAPH), title_of(at, series, title, sizeof title));
    csim_sheet_set_height(at->sheet, row, LINE_POINTS * csim_report_lines(title, LABEL_WIDTH) + 3);
    csim_sheet_put_text(at->sheet, row, UNIT, CSIM_GENERAL(CSIM_ROLE_BODY), csim_outcome_rows[outcome_of(at, series)].unit);
    const int scalar = csim_plan_scalar_find(at->report->plan, slot, at->report->plan->report_month[at->report->dates.last]);
    for (int s = 0; s < CSIM_TOLD; s++) {
        const double replayed = block_value(at, series, last, (uint32_t)s);
        const double kept = scalar < 0 ? replayed : at->report->result->kept_scalar[(size_t)at->stories->found.story[s].row * (size_t)at->report->plan->scalars + (size_t)scalar];
        same = same && kept == replayed;
        csim_report_put_value(at->sheet, row, STORY + (uint32_t)s, CSIM_ROLE_BODY, kind, decimals, kept);
        csim_cells_address(csim_cell_of(at->sheet, row, STORY + (uint32_t)s), own[s]);
        csim_cells ends = block_column(at->block[series], (uint32_t)s);
        ends.row = ends.last_row;
        csim_cells_address(ends, data[s]);
    }
    for (uint32_t i = 0; i < 3; i++) csim_report_put_value(at->sheet, row, P5 + i, CSIM_ROLE_BODY, kind, decimals, all.q[2 * i].value);
    csim_sheet_put_formula_text(at->sheet, row, EXTRA, CSIM_GENERAL(CSIM_ROLE_FORMULA), same ? "ok" : "replay differs", "=IF(AND(%s=%s,%s=%s,%s=%s),\"ok\",\"replay differs\")", own[0], data[0], own[1],
                                data[1], own[2], data[2]);
    csim_sheet_put_integer(at->sheet, row, PLACE, CSIM_ROLE_BODY, (int64_t)at->block[series].row - at->block[0].row);
    csim_sheet_put_integer(at->sheet, row, FACTOR, CSIM_ROLE_BODY, (int64_t)factor_of(at, series));
    csim_sheet_put_text(at->sheet, row, CHART_UNIT, CSIM_GENERAL(CSIM_ROLE_BODY), chart_unit_of(at, series));
}

static uint32_t put_ends(const layout *at, uint32_t row) {
    char title[160], month[64];
    const csim_table_column heads[GAP] = {{"Series", "", LABEL_WIDTH, true}, {"Unit", "", 14, true}, {"Bear", "that path", 15, false}, {"Base", "that path", 15, false}, {"Bull", "that path", 15, false},
                                              {"5 %", "all paths", 12, false}, {"50 %", "all paths", 12, false}, {"95 %", "all paths", 12, false}};
    static const csim_table_column check = {"Check", "replay = run", 13, true};
    static const csim_table_column helpers[HELPER_END - PLACE] = {{"Place", "in chart data", 14, false}, {"Shown times", "-", 12, false}, {"Unit in chart", "", 16, true}};
    snprintf(title, sizeof title, "Where the paths end: %s", csim_word_month(CSIM_LANGUAGE_EN, csim_report_month_at(at->report, at->report->dates.last), month, sizeof month));
    put_heading(at->sheet, row, title);
    put_note(at->sheet, row + 1, "A path's number has no error: it is what happens on that path. Beside it, quantiles over all paths of the run. Check: the path simulated again gives what the run kept.");
    const csim_cells data = csim_sheet_add_table(at->sheet, row + 2, 0, heads, GAP, (uint32_t)at->stories->series, 0);
    csim_sheet_add_table(at->sheet, row + 2, EXTRA, &check, 1, (uint32_t)at->stories->series, 0);
    csim_sheet_set_width(at->sheet, GAP, GAP, 1.5);
    csim_sheet_add_table(at->sheet, row + 2, PLACE, helpers, HELPER_END - PLACE, (uint32_t)at->stories->series, 0);
    for (int i = 0; i < at->stories->series; i++) put_end_row(at, data.row + (uint32_t)i, i);
    csim_cells_mark_checks(csim_cells_of(at->sheet, data.row, EXTRA, data.last_row, EXTRA));
    return data.last_row + 2;
}

/* ---- inputs ---- */

static void put_input_name(const layout *at, uint32_t row, int32_t input) {
    const csim_input_row *about = &csim_input_rows[at->report->plan->input[input].id];
    char text[CSIM_REPORT_LINE];
    snprintf(text, sizeof text, "%.100s: %.200s", at->report->plan->input_key[input], about->text);
    csim_report_put_wrapped(at->sheet, row, LABEL, text);
    csim_sheet_set_height(at->sheet, row, LINE_POINTS * csim_report_lines(text, LABEL_WIDTH) + 3);
    csim_sheet_put_text(at->sheet, row, UNIT, CSIM_GENERAL(CSIM_ROLE_BODY), about->unit);
}

static void put_share(csim_sheet *sheet, uint32_t row, uint32_t column, double share, int decimals) {
    csim_report_put_value(sheet, row, column, CSIM_ROLE_BODY, CSIM_AS_PERCENT, decimals, share);
}

static uint32_t put_inputs_apart(const layout *at, uint32_t row) {
    static const csim_table_column heads[GAP] = {{"Input", "key: meaning", 0, true}, {"Unit", "of the input", 0, true}, {"Bear paths", "mean place", 0, false}, {"Base paths", "mean place", 0, false},
                                                     {"Bull paths", "mean place", 0, false}, {"Bear's draw", "place in prior", 0, false}, {"Base's draw", "place in prior", 0, false},
                                                     {"Bull's draw", "place in prior", 0, false}};
    static const csim_table_column errors = {"\xC2\xB1 error", "of a mean", 0, false};
    const uint32_t shown = at->stories->inputs < INPUTS_SHOWN ? (uint32_t)at->stories->inputs : INPUTS_SHOWN;
    if (!shown) return row;
    put_heading(at->sheet, row, "What tells the three kinds of path apart: the inputs whose draws differ most");
    put_note(at->sheet, row + 1, "Mean place: of the draws of a cluster's paths among those of all kept paths, where chance gives 50 %; its standard error (the largest of the three) at the end of the row.");
    const csim_cells data = csim_sheet_add_table(at->sheet, row + 2, 0, heads, GAP, shown, 0);
    csim_sheet_add_table(at->sheet, row + 2, EXTRA, &errors, 1, shown, 0);
    for (uint32_t i = 0; i < shown; i++) {
        const csim_story_input *input = &at->stories->input[i];
        const double error = fmax(input->error[0], fmax(input->error[1], input->error[2]));
        put_input_name(at, data.row + i, input->input);
        for (uint32_t s = 0; s < CSIM_TOLD; s++) {
            put_share(at->sheet, data.row + i, STORY + s, input->mean[s], csim_report_decimals(CSIM_AS_PERCENT, input->mean[s], error));
            put_share(at->sheet, data.row + i, P5 + s, input->own[s], 1);
        }
        put_share(at->sheet, data.row + i, EXTRA, error, csim_report_decimals(CSIM_AS_PERCENT, 0.5, error) + 1);
    }
    return data.last_row + 2;
}

static uint32_t put_extremes(const layout *at, uint32_t row) {
    static const csim_table_column heads[P5 + 1] = {{"Input", "key: meaning", 0, true}, {"Unit", "of the value", 0, true}, {"Path of", "", 0, true}, {"Value", "on that path", 0, false},
                                                    {"Place", "in its prior", 0, false}, {"Cluster", "mean place", 0, false}};
    size_t place[CSIM_STORY_OWN], count;
    csim_story_extremes(at->report, 0, place, &count); /* as many for every story */
    if (!count) return row;
    put_heading(at->sheet, row, "Where each path's own draws are most extreme");
    put_note(at->sheet, row + 1, "Of some hundreds of inputs a few lie far out on every path. Those whose cluster lies off 50 % too belong to the story; the others are this path's chance.");
    const csim_cells data = csim_sheet_add_table(at->sheet, row + 2, 0, heads, P5 + 1, (uint32_t)count * CSIM_TOLD, 0);
    uint32_t line = data.row;
    for (int s = 0; s < CSIM_TOLD; s++) {
        csim_story_extremes(at->report, s, place, &count);
        for (size_t i = 0; i < count; i++, line++) {
            const csim_story_input *input = &at->stories->input[place[i]];
            const double value = at->stories->trace[s]->input[input->input];
            put_input_name(at, line, input->input);
            csim_sheet_put_text(at->sheet, line, STORY, CSIM_GENERAL(CSIM_ROLE_BODY), csim_story_name(s, CSIM_TOLD));
            csim_report_put_value(at->sheet, line, STORY + 1, CSIM_ROLE_BODY, CSIM_AS_NUMBER, csim_report_decimals(CSIM_AS_NUMBER, value, 0.01 * fabs(value)), value);
            put_share(at->sheet, line, STORY + 2, input->own[s], 2);
            put_share(at->sheet, line, P5, input->mean[s], csim_report_decimals(CSIM_AS_PERCENT, input->mean[s], input->error[s]));
        }
    }
    return data.last_row + 2;
}

/* ---- what happened ---- */

static uint32_t events_of(const layout *at, int story, const csim_event *events[EVENTS_MOST]) {
    const csim_trace *trace = at->stories->trace[story];
    uint32_t count = 0;
    for (size_t i = 0; i < trace->events && count < EVENTS_MOST; i++)
        if (csim_story_event_counts(at->report->plan, &trace->event[i])) events[count++] = &trace->event[i];
    return count;
}

static uint32_t put_events(const layout *at, uint32_t row) {
    static const csim_table_column heads[STORY + 1] = {{"What happened", "", 0, true}, {"Path", "", 0, true}, {"Month", "yyyy-mm", 0, false}};
    const csim_event *events[CSIM_TOLD][EVENTS_MOST];
    uint32_t counts[CSIM_TOLD], total = 0;
    for (int s = 0; s < CSIM_TOLD; s++) total += counts[s] = events_of(at, s, events[s]);
    if (!total) return row;
    put_heading(at->sheet, row, "What happened on each path");
    put_note(at->sheet, row + 1, "Drawn changes of the export regime, hazards, mergers, the shift to agents, cliffs and crashes, the first six of each path. moecast path tells the rest, releases and pivots among it.");
    const csim_cells data = csim_sheet_add_table(at->sheet, row + 2, 0, heads, STORY + 1, total, 0);
    uint32_t line = data.row;
    for (int s = 0; s < CSIM_TOLD; s++)
        for (uint32_t i = 0; i < counts[s]; i++, line++) {
            char text[CSIM_EVENT_TEXT];
            csim_report_clean(events[s][i]->text, CSIM_EVENT_TEXT - 1, text, sizeof text);
            csim_report_put_wrapped(at->sheet, line, LABEL, text);
            csim_sheet_set_height(at->sheet, line, LINE_POINTS * csim_report_lines(text, LABEL_WIDTH) + 3);
            csim_report_put_month(at->sheet, line, STORY, CSIM_ROLE_BODY, at->report->plan->start_month + events[s][i]->month);
            csim_sheet_put_text(at->sheet, line, UNIT, CSIM_GENERAL(CSIM_ROLE_BODY), csim_story_name(s, CSIM_TOLD));
        }
    return data.last_row + 2;
}

/* ---- readings on which the paths disagree ---- */

static bool disagree(const layout *at, int32_t reading) {
    const csim_hit first = csim_story_hit(at->report, 0, reading);
    for (int s = 1; s < CSIM_TOLD; s++)
        if (csim_story_hit(at->report, s, reading) != first) return true;
    return false;
}

/* "statement (reading)", from the reading's id in the plan. */
static void put_reading_name(const layout *at, uint32_t row, const char *id) {
    const csim_scenario *scenario = at->report->scenario;
    char text[2 * CSIM_REPORT_LINE], statement[CSIM_REPORT_LINE], title[CSIM_REPORT_LINE], own[4 * CSIM_PLAN_ID];
    snprintf(text, sizeof text, "%s", id);
    for (size_t c = 0; c < scenario->claims; c++)
        for (size_t r = 0; r < scenario->claim[c].count; r++) {
            snprintf(own, sizeof own, "%s.%s", scenario->claim[c].id, scenario->claim[c].readings[r].id);
            if (strcmp(own, id)) continue;
            csim_report_clean(scenario->claim[c].statement, 90, statement, sizeof statement);
            csim_report_clean(scenario->claim[c].readings[r].title, 60, title, sizeof title);
            snprintf(text, sizeof text, "%.600s (%.400s)", statement, title);
        }
    csim_report_put_wrapped(at->sheet, row, LABEL, text);
    csim_sheet_set_height(at->sheet, row, LINE_POINTS * csim_report_lines(text, LABEL_WIDTH) + 3);
}

static uint32_t put_readings(const layout *at, uint32_t row) {
    static const csim_table_column heads[P5 + 1] = {{"Claim, and how it is read", "", 0, true}, {"Unit", "", 0, true}, {"Bear", "that path", 0, true}, {"Base", "that path", 0, true}, {"Bull", "that path", 0, true},
                                                    {"Probability", "all paths", 0, false}};
    static const char *const words[] = {[CSIM_MISS] = "no", [CSIM_HIT] = "yes", [CSIM_HIT_UNKNOWN] = "not decided"};
    const csim_plan *plan = at->report->plan;
    int32_t reading[READINGS_MOST];
    uint32_t shown = 0, differ = 0;
    char note[CSIM_REPORT_LINE];
    for (int32_t r = 0; r < plan->readings; r++) {
        if (!disagree(at, r)) continue;
        if (shown < READINGS_MOST) reading[shown++] = r;
        differ++;
    }
    if (!shown) return row;
    put_heading(at->sheet, row, "Claims that come true on one path and not on another");
    snprintf(note, sizeof note, "%u of %d readings that a path decides; %s. The sheet Claims has all of them with their errors.", (unsigned)differ, (int)plan->readings, differ > shown ? "the first are listed" : "all are listed");
    put_note(at->sheet, row + 1, note);
    const csim_cells data = csim_sheet_add_table(at->sheet, row + 2, 0, heads, P5 + 1, shown, 0);
    for (uint32_t i = 0; i < shown; i++) {
        put_reading_name(at, data.row + i, plan->reading_id[reading[i]]);
        csim_sheet_put_text(at->sheet, data.row + i, UNIT, CSIM_GENERAL(CSIM_ROLE_BODY), "share of paths");
        for (int s = 0; s < CSIM_TOLD; s++) csim_sheet_put_text(at->sheet, data.row + i, STORY + (uint32_t)s, CSIM_GENERAL(CSIM_ROLE_BODY), words[csim_story_hit(at->report, s, reading[i])]);
        csim_report_put_probability(at->sheet, data.row + i, P5, CSIM_ROLE_BODY, csim_result_probability(at->report->result, reading[i]));
    }
    return data.last_row + 2;
}

/* ---- the sheet ---- */

static void put_charts(const layout *at, uint32_t row) {
    static const csim_outcome_id shown[CHARTS_MAIN] = {CSIM_OUT_SHARE_WORLD_OPEN, CSIM_OUT_PRICE_CLOSED, CSIM_OUT_SAAS_REVENUE};
    for (uint32_t i = 0; i < CHARTS_MAIN; i++)
        draw_series(at, series_of(at, shown[i]), row + i / 2 * CHART_ROWS, i % 2 ? RIGHT_COLUMN : LABEL, i % 2 ? RIGHT_PX : LEFT_PX);
}

/* What a run does not have takes no page. */
static uint32_t page(layout *at, uint32_t row) {
    if (row > at->page) csim_sheet_break_before(at->sheet, row);
    return at->page = row;
}

void csim_report_fill_stories(csim_report *report) {
    layout at = {.sheet = report->sheet[CSIM_REPORT_STORIES], .report = report, .stories = report->stories};
    csim_cells quarters, first;
    for (int i = 0; i < at.stories->series; i++) put_block(&at, i);
    uint32_t row = csim_report_put_head(report, CSIM_REPORT_STORIES, "Bear, base, bull", "Three whole paths of this run that stand for all kept ones, from the worst to the best for open weights.");
    row = page(&at, put_weights(&at, put_sentences(&at, row)) + 1);
    put_heading(at.sheet, row, "Three headline series, and one of your choice");
    at.choice = row + 2;
    const uint32_t charts = row + CHOICE_ROWS;
    const uint32_t ends = put_what_it_is(&at, charts + 2 * CHART_ROWS);
    at.end_rows = ends + 4; /* below a heading, a note and two rows of heads */
    put_choice(&at);
    put_charts(&at, charts);
    row = page(&at, ends);
    row = page(&at, put_inputs_apart(&at, put_ends(&at, row)));
    row = page(&at, put_events(&at, put_extremes(&at, row)));
    row = page(&at, put_readings(&at, row));
    row = put_chosen(&at, row, &quarters, &first);
    draw_chosen(&at, charts + CHART_ROWS, quarters, first);
    csim_sheet_freeze(at.sheet, 1, 0);
    csim_sheet_set_print_area(csim_cells_of(at.sheet, 0, 0, row - 1, COLUMNS - 1));
}
