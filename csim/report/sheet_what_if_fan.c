/* The lower half of the sheet What-if: a condition on the draws, and a fan of an outcome over all draws beside the fan over those that meet it. */
#include <math.h>
#include <stdio.h>

#include "csim/report/what_if.h"

enum { DATE, ALL, HELD = ALL + CSIM_WHAT_IF_POINTS, COLUMNS = HELD + CSIM_WHAT_IF_POINTS, CHART_PX = 690, CHART_HEIGHT_PX = 320, CHART_ROWS = 16, RIGHT_CHART = 6, CHARTED_LEAST = 2 };

#define FORMULA CSIM_GENERAL(CSIM_ROLE_FORMULA)
#define INPUT CSIM_GENERAL(CSIM_ROLE_INPUT)

/* ---- condition ---- */

static void put_condition_inputs(const csim_report *report, csim_sheet *sheet) {
    const csim_what_if *it = report->what_if;
    const csim_what_if_rows rows = csim_what_if_rows_of(it->draws);
    const uint32_t row = csim_what_if_condition_row(report);
    const csim_draws_column *variable = &it->draws->column[it->condition.column];
    csim_cells directions = csim_what_if_constant_cell(report, CSIM_WHAT_IF_ABOVE);
    directions.last_row++;
    csim_sheet_put_text(sheet, row, CSIM_CONDITION_VARIABLE, INPUT, variable->label);
    csim_sheet_put_formula_text(sheet, row, CSIM_CONDITION_UNIT, FORMULA, variable->unit, "=IFERROR(INDEX(%s,MATCH(%s,%s,FALSE)),\"n/a\")", CSIM_AT(csim_what_if_step_run(report, rows.directory, CSIM_STEP_UNIT, it->draws->columns)),
                                CSIM_AT(csim_what_if_condition_cell(report, CSIM_CONDITION_VARIABLE)), CSIM_AT(csim_what_if_step_run(report, rows.directory, CSIM_STEP_LABEL, it->draws->columns)));
    csim_sheet_put_text(sheet, row, CSIM_CONDITION_DIRECTION, INPUT, "above");
    csim_sheet_put_number(sheet, row, CSIM_CONDITION_THRESHOLD, INPUT, it->condition.threshold);
    csim_cells_allow_list(csim_what_if_condition_cell(report, CSIM_CONDITION_VARIABLE), csim_what_if_step_run(report, rows.directory, CSIM_STEP_LABEL, it->draws->columns), "An outcome at a date, or an input.");
    csim_cells_allow_list(csim_what_if_condition_cell(report, CSIM_CONDITION_DIRECTION), directions, "above: at least the threshold; below: less than it.");
    csim_cells_allow_numbers(csim_what_if_condition_cell(report, CSIM_CONDITION_THRESHOLD), -CSIM_WHAT_IF_MOST, CSIM_WHAT_IF_MOST, "A number in the unit of the row, between minus and plus 1e9.");
}

static void put_condition_answers(const csim_report *report, csim_sheet *sheet) {
    const csim_what_if *it = report->what_if;
    const uint32_t row = csim_what_if_condition_row(report);
    const csim_what_if_at weight = csim_what_if_at_of(csim_what_if_sum_cell(report, CSIM_SUM_HELD_WEIGHT)), zero = csim_what_if_at_of(csim_what_if_constant_cell(report, CSIM_WHAT_IF_ZERO));
    const csim_what_if_at least = csim_what_if_at_of(csim_what_if_constant_cell(report, CSIM_WHAT_IF_LEAST));
    const csim_what_if_at ready = csim_what_if_at_of(csim_what_if_step(report, csim_what_if_rows_of(it->draws).chosen + CSIM_CHOSEN_CONDITION_READY, CSIM_STEP_CHOSEN_POSITION));
    const csim_what_if_at squares = csim_what_if_at_of(csim_what_if_sum_cell(report, CSIM_SUM_HELD_SQUARES)); /* 0 also where weights are so small that their squares are */
    char effective[16];
    csim_sheet_put_formula(sheet, row, CSIM_CONDITION_SHARE, csim_style_digits(CSIM_ROLE_FORMULA, CSIM_AS_PERCENT, 0), (double)it->held / it->draws->rows, "=IF(%s>%s,%s/%s,\"n/a\")", ready.text, zero.text, weight.text,
                           CSIM_AT(csim_what_if_sum_cell(report, CSIM_SUM_WEIGHT)));
    csim_sheet_put_formula(sheet, row, CSIM_CONDITION_DRAWS, csim_style(CSIM_ROLE_FORMULA, CSIM_AS_INTEGER), it->held, "=IF(%s>%s,%s,\"n/a\")", ready.text, zero.text, CSIM_AT(csim_what_if_sum_cell(report, CSIM_SUM_HELD)));
    csim_sheet_put_formula(sheet, row, CSIM_CONDITION_EFFECTIVE, csim_style_digits(CSIM_ROLE_FORMULA, CSIM_AS_NUMBER, 0), it->held, "=IF(%s>%s,IF(%s>%s,%s*%s/%s,%s),\"n/a\")", ready.text, zero.text, squares.text, zero.text, weight.text, weight.text,
                           squares.text, zero.text);
    csim_sheet_put_formula_text(sheet, row, CSIM_ROW_CHECK, FORMULA, it->held < CSIM_WHAT_IF_FEW ? "too few" : "ok", "=IF(%s>%s,IF(%s<%s,\"too few\",\"ok\"),\"missing\")", ready.text, zero.text, csim_cell_local_address(row, CSIM_CONDITION_EFFECTIVE, effective), least.text);
    csim_cells_mark_checks(csim_cell_of(sheet, row, CSIM_ROW_CHECK));
}

static void put_condition(const csim_report *report, csim_sheet *sheet) {
    static const csim_table_column heads[CSIM_CONDITION_COLUMNS] = {{"Condition on", "any column of Draws", 0, true}, {"Unit", "", 0, true}, {"Direction", "", 0, true}, {"Threshold", "in unit", 0, false},
                                                                    {"Holds in", "of the weight", 0, false}, {"Draws", "count", 0, false}, {"Effective", "draws", 0, false}};
    static const csim_table_column check_head = {"Enough", "at least 50", 0, true};
    const uint32_t row = csim_what_if_condition_row(report);
    csim_sheet_put_text(sheet, row - 4, 0, CSIM_GENERAL(CSIM_ROLE_HEADING), "3. Condition: what follows if?");
    for (uint32_t column = 1; column < CSIM_ROW_COLUMNS; column++) csim_sheet_put_blank(sheet, row - 4, column, CSIM_ROLE_HEADING);
    csim_sheet_put_text(sheet, row - 3, 0, CSIM_GENERAL(CSIM_ROLE_NOTE), "Of the draws, only those count that meet the condition; beliefs in use weigh here too. A condition on an input says what the model implies of it, one on an outcome also what must have led there.");
    csim_sheet_add_table(sheet, row - 2, 0, heads, CSIM_CONDITION_COLUMNS, 1, 0);
    csim_sheet_add_table(sheet, row - 2, CSIM_ROW_CHECK, &check_head, 1, 1, 0);
    put_condition_inputs(report, sheet);
    put_condition_answers(report, sheet);
}

/* ---- fan ---- */

static void put_shown(const csim_report *report, csim_sheet *sheet) {
    const csim_draws *draws = report->what_if->draws;
    const csim_what_if_rows rows = csim_what_if_rows_of(draws);
    const csim_cells shown = csim_what_if_shown_cell(report);
    char title[CSIM_REPORT_LINE];
    csim_sheet_put_text(sheet, shown.row - 1, 0, CSIM_GENERAL(CSIM_ROLE_NOTE), "Outcome shown; its unit beside it");
    csim_sheet_put_text(sheet, shown.row, 0, INPUT, csim_report_series_title(report, draws->headline[0].slot, title, sizeof title));
    csim_cells_allow_list(shown, csim_what_if_step_run(report, rows.headlines, CSIM_STEP_TITLE, draws->headlines), "A headline outcome.");
    csim_sheet_put_formula_text(sheet, shown.row, 1, FORMULA, csim_report_outcome(report, draws->headline[0].slot)->unit, "=IF(ISNUMBER(MATCH(%s,%s,FALSE)),INDEX(%s,%s),\"n/a\")",
                                CSIM_AT(shown), CSIM_AT(csim_what_if_step_run(report, rows.headlines, CSIM_STEP_TITLE, draws->headlines)),
                                CSIM_AT(csim_what_if_step_run(report, rows.directory, CSIM_STEP_UNIT, draws->columns)), CSIM_AT(csim_what_if_step(report, rows.dates, CSIM_STEP_DATE_COLUMN)));
}

/* "AND" of what a fan needs: an outcome, beliefs and, under the condition, that too. */
static void frame_ready(const csim_report *report, bool held, char *text, size_t size) {
    const uint32_t chosen = csim_what_if_rows_of(report->what_if->draws).chosen;
    const csim_what_if_at one = csim_what_if_at_of(csim_what_if_constant_cell(report, CSIM_WHAT_IF_ONE));
    const int used = snprintf(text, size, "%s=%s", CSIM_AT(csim_what_if_step(report, chosen + CSIM_CHOSEN_SHOWN_READY, CSIM_STEP_CHOSEN_POSITION)), one.text);
    if (held) snprintf(text + used, size - (size_t)used, ",%s=%s", CSIM_AT(csim_what_if_step(report, chosen + CSIM_CHOSEN_CONDITION_READY, CSIM_STEP_CHOSEN_POSITION)), one.text);
}

/* Under a condition that no draw meets there is no quantile. */
static void put_point(const csim_report *report, csim_sheet *sheet, csim_cells at, csim_cells weight, const char *ready, double value, const char *formula) {
    static const char frame[] = "=IF(AND(%s,%s>%s),%s,\"n/a\")";
    const csim_cell_style style = csim_style_digits(CSIM_ROLE_FORMULA, CSIM_AS_NUMBER, 3);
    const csim_what_if_at zero = csim_what_if_at_of(csim_what_if_constant_cell(report, CSIM_WHAT_IF_ZERO));
    if (isfinite(value)) csim_sheet_put_formula(sheet, at.row, at.column, style, value, frame, ready, CSIM_AT(weight), zero.text, formula);
    else csim_sheet_put_formula_text(sheet, at.row, at.column, style, "n/a", frame, ready, CSIM_AT(weight), zero.text, formula);
}

/* Five quantiles of one date. */
static void put_points(const csim_report *report, csim_sheet *sheet, uint32_t row, uint32_t date, bool held) {
    const csim_what_if *it = report->what_if;
    const csim_draws *draws = it->draws;
    const uint32_t cumulative = draws->headlines + date + (held ? draws->dates : 0), column = csim_draws_at(draws, 0, draws->date[date]);
    char formula[CSIM_WHAT_IF_FORMULA], ready[CSIM_WHAT_IF_FORMULA];
    frame_ready(report, held, ready, sizeof ready);
    for (uint32_t k = 0; k < CSIM_WHAT_IF_POINTS; k++) {
        const double value = csim_draws_quantile(draws, column, held ? it->hold : NULL, csim_what_if_points[k]);
        csim_what_if_quantile(report, csim_what_if_step(report, csim_what_if_rows_of(draws).dates + date, CSIM_STEP_DATE_COLUMN), cumulative, (int)k, formula, sizeof formula);
        put_point(report, sheet, csim_cell_of(sheet, row, (held ? HELD : ALL) + k), csim_what_if_sum_cell(report, held ? CSIM_SUM_HELD_WEIGHT : CSIM_SUM_WEIGHT), ready, value, formula);
    }
}

/* "AND" of all that the engine's fan presupposes. */
static void as_shipped(const csim_report *report, char *text, size_t size) {
    const csim_what_if_rows rows = csim_what_if_rows_of(report->what_if->draws);
    const csim_what_if_at shown = csim_what_if_at_of(csim_what_if_step(report, rows.chosen + 1, CSIM_STEP_CHOSEN_POSITION)), one = csim_what_if_at_of(csim_what_if_constant_cell(report, CSIM_WHAT_IF_ONE));
    snprintf(text, size, "%s=%s,%s=%s", shown.text, one.text, CSIM_AT(csim_what_if_sum_cell(report, CSIM_SUM_FACTORS)), CSIM_AT(csim_what_if_constant_cell(report, CSIM_WHAT_IF_ZERO)));
}

static void condition_as_shipped(const csim_report *report, char *text, size_t size) {
    const uint32_t chosen = csim_what_if_rows_of(report->what_if->draws).chosen;
    snprintf(text, size, "%s=%s,%s=%s,%s=%s", CSIM_AT(csim_what_if_step(report, chosen, CSIM_STEP_CHOSEN_POSITION)), CSIM_AT(csim_what_if_step(report, chosen + CSIM_CHOSEN_SHIPPED_COLUMN, CSIM_STEP_CHOSEN_POSITION)),
             CSIM_AT(csim_what_if_condition_cell(report, CSIM_CONDITION_DIRECTION)), CSIM_AT(csim_what_if_step(report, chosen + CSIM_CHOSEN_SHIPPED_DIRECTION, CSIM_STEP_CHOSEN_POSITION)),
             CSIM_AT(csim_what_if_condition_cell(report, CSIM_CONDITION_THRESHOLD)), CSIM_AT(csim_what_if_step(report, chosen + CSIM_CHOSEN_SHIPPED_THRESHOLD, CSIM_STEP_CHOSEN_POSITION)));
}

/* Where no draw meets the shipped condition, the fan over all draws alone has numbers. */
static void put_check(const csim_report *report, csim_sheet *sheet, uint32_t row, uint32_t date) {
    const uint32_t points = (report->what_if->held ? 2 : 1) * CSIM_WHAT_IF_POINTS;
    csim_cells engine = csim_what_if_step(report, csim_what_if_rows_of(report->what_if->draws).dates + date, CSIM_STEP_DATE_POINTS);
    engine.last_column += points - 1;
    const csim_what_if_at of_engine = csim_what_if_at_of(engine);
    char shown[CSIM_WHAT_IF_FORMULA], condition[CSIM_WHAT_IF_FORMULA], ready[CSIM_WHAT_IF_FORMULA];
    frame_ready(report, true, ready, sizeof ready);
    as_shipped(report, shown, sizeof shown);
    condition_as_shipped(report, condition, sizeof condition);
    csim_sheet_put_formula_text(sheet, row, CSIM_ROW_CHECK, FORMULA, "ok", "=IF(AND(%s),IF(AND(%s,%s),IF(SUMPRODUCT(ABS(%s-%s))<=%s*SUMPRODUCT(ABS(%s)),\"ok\",\"differs\"),\"edited\"),\"missing\")", ready, shown, condition,
                                CSIM_AT(csim_cells_of(sheet, row, ALL, row, ALL + points - 1)), of_engine.text, CSIM_AT(csim_what_if_constant_cell(report, CSIM_WHAT_IF_TOLERANCE)), of_engine.text);
}

static csim_cells put_table(const csim_report *report, csim_sheet *sheet, uint32_t row) {
    static const csim_table_column heads[COLUMNS] = {
        {"End of", "yyyy-mm", 0, true}, {"5 %", "all draws", 0, false}, {"25 %", "all draws", 0, false}, {"50 %", "all draws", 0, false}, {"75 %", "all draws", 0, false}, {"95 %", "all draws", 0, false},
        {"5 % if", "condition", 0, false}, {"25 % if", "condition", 0, false}, {"50 % if", "condition", 0, false}, {"75 % if", "condition", 0, false}, {"95 % if", "condition", 0, false}};
    static const csim_table_column check_head = {"Engine", "same draws", 0, true};
    const csim_what_if *it = report->what_if;
    const csim_cells data = csim_sheet_add_table(sheet, row, 0, heads, COLUMNS, it->draws->dates, 0);
    csim_sheet_add_table(sheet, row, CSIM_ROW_CHECK, &check_head, 1, it->draws->dates, 0);
    for (uint32_t d = 0; d < it->draws->dates; d++) {
        char when[CSIM_MONTH_TEXT];
        csim_sheet_put_text(sheet, data.row + d, DATE, CSIM_GENERAL(CSIM_ROLE_BODY), csim_month_text(it->draws->date[d], when));
        put_points(report, sheet, data.row + d, d, false);
        put_points(report, sheet, data.row + d, d, true);
        put_check(report, sheet, data.row + d, d);
    }
    csim_cells_mark_checks(csim_cells_of(sheet, data.row, CSIM_ROW_CHECK, data.last_row, CSIM_ROW_CHECK));
    return data;
}

/* Both axes adapt to what is shown, for the outcome may be another one: one with $, one with shares. */
static void draw(csim_report *report, csim_cells data, uint32_t row, uint32_t column, uint32_t first, const char *title, csim_colour colour) {
    csim_sheet *sheet = data.sheet, *ground = report->sheet[CSIM_REPORT_CHART_DATA];
    char told[CSIM_REPORT_LINE];
    csim_cells dates = data, points = data;
    dates.last_column = DATE;
    points.column = first;
    points.last_column = first + CSIM_WHAT_IF_POINTS - 1;
    snprintf(told, sizeof told, "Fan by year: 5, 25, 50, 75 and 95 %% points of the outcome chosen above. %s. The table above has the numbers.", title);
    const csim_chart_plan plan = {.kind = CSIM_CHART_AREA_STACKED, .title = title, .alt_text = told, .x = {.title = "end of", .label_every = 1},
                                  .y = {.title = "in the unit beside the outcome", .kind = CSIM_AS_GENERAL, .decimals = CSIM_DIGITS_DEFAULT}, .row = row, .column = column, .width_px = CHART_PX, .height_px = CHART_HEIGHT_PX};
    csim_sheet_put_text(ground, report->chart_row, 0, CSIM_GENERAL(CSIM_ROLE_HEADING), title);
    csim_chart_add_fan(csim_sheet_add_chart(sheet, &plan), dates, points, colour, ground, report->chart_row + 1, 2);
    report->chart_row += report->what_if->draws->dates + 3;
}

uint32_t csim_what_if_put_fan(csim_report *report) {
    csim_sheet *sheet = report->sheet[CSIM_REPORT_WHAT_IF];
    const csim_what_if *it = report->what_if;
    csim_sheet_break_before(sheet, csim_what_if_condition_row(report) - 4);
    put_condition(report, sheet);
    put_shown(report, sheet);
    const csim_cells data = put_table(report, sheet, csim_what_if_shown_cell(report).row + 2);
    const uint32_t row = data.last_row + 2;
    if (it->draws->dates < CHARTED_LEAST || !it->held) return row; /* no fan to draw */
    draw(report, data, row, 0, ALL, "All draws", CSIM_COLOUR_BLUE);
    draw(report, data, row, RIGHT_CHART, HELD, "Draws that meet the condition", CSIM_COLOUR_VERMILLION);
    return row + CHART_ROWS;
}
