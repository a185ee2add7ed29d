/* Draws: the paths that the what-if counts, a row each, with their weights. Values stand as the run file has them; weights are formulas over the beliefs
 * and the condition of the sheet What-if. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "csim/report/what_if.h"

enum { FIRST_PAGE_ROWS = 38, FIRST_PAGE_COLUMNS = 9, NOTE_ROW = 3, VALUE_WIDTH = 22 };

bool csim_report_has_what_if(const csim_report *report) { return report->what_if != NULL; }

/* ---- weights ---- */

/* "(x-mean)*factor" of a belief, x being the draw's value of its variable. */
static void put_score(const csim_report *report, uint32_t row, uint32_t belief, char *text, size_t size) {
    const csim_what_if_rows rows = csim_what_if_rows_of(report->what_if->draws);
    csim_cells values = csim_what_if_block(report);
    values.row = values.last_row = row;
    snprintf(text, size, "(INDEX(%s,%s,%s)-%s)*%s", CSIM_AT(values), CSIM_AT(csim_what_if_constant_cell(report, CSIM_WHAT_IF_ONE)),
             CSIM_AT(csim_what_if_step(report, rows.beliefs + belief, CSIM_STEP_BELIEF_COLUMN)), CSIM_AT(csim_what_if_step(report, rows.beliefs + belief, CSIM_STEP_BELIEF_MEAN)),
             CSIM_AT(csim_what_if_step(report, rows.beliefs + belief, CSIM_STEP_BELIEF_FACTOR)));
}

/* The logarithm first: of beliefs far from all draws every weight would underflow, and only their ratios matter. */
static void put_weight(const csim_report *report, csim_sheet *sheet, uint32_t row) {
    char score[CSIM_WHAT_IF_BELIEFS][CSIM_WHAT_IF_FORMULA], here[16];
    for (uint32_t b = 0; b < CSIM_WHAT_IF_BELIEFS; b++) put_score(report, row, b, score[b], sizeof score[b]);
    csim_sheet_put_formula(sheet, row, CSIM_DRAWS_LOG_WEIGHT, CSIM_GENERAL(CSIM_ROLE_FORMULA), 0, "=-SUMSQ(%s,%s,%s)/%s", score[0], score[1], score[2],
                           CSIM_AT(csim_what_if_constant_cell(report, CSIM_WHAT_IF_TWO)));
    csim_sheet_put_formula(sheet, row, CSIM_DRAWS_WEIGHT, CSIM_GENERAL(CSIM_ROLE_FORMULA), 1, "=EXP(%s-%s)", csim_cell_local_address(row, CSIM_DRAWS_LOG_WEIGHT, here),
                           CSIM_AT(csim_what_if_sum_cell(report, CSIM_SUM_LARGEST)));
}

static void put_holds(const csim_report *report, csim_sheet *sheet, uint32_t row, bool holds) {
    const csim_what_if_rows rows = csim_what_if_rows_of(report->what_if->draws);
    csim_cells values = csim_what_if_block(report);
    values.row = values.last_row = row;
    const csim_what_if_at one = csim_what_if_at_of(csim_what_if_constant_cell(report, CSIM_WHAT_IF_ONE)), zero = csim_what_if_at_of(csim_what_if_constant_cell(report, CSIM_WHAT_IF_ZERO));
    const csim_what_if_at threshold = csim_what_if_at_of(csim_what_if_condition_cell(report, CSIM_CONDITION_THRESHOLD));
    char value[CSIM_WHAT_IF_FORMULA], weight[16], flag[16];
    snprintf(value, sizeof value, "INDEX(%s,%s,%s)", CSIM_AT(values), one.text, CSIM_AT(csim_what_if_step(report, rows.chosen, CSIM_STEP_CHOSEN_POSITION)));
    csim_sheet_put_formula(sheet, row, CSIM_DRAWS_HOLDS, CSIM_GENERAL(CSIM_ROLE_FORMULA), holds, "=IF(%s=%s,IF(%s>=%s,%s,%s),IF(%s<%s,%s,%s))",
                           CSIM_AT(csim_what_if_condition_cell(report, CSIM_CONDITION_DIRECTION)), CSIM_AT(csim_what_if_constant_cell(report, CSIM_WHAT_IF_ABOVE)), value, threshold.text,
                           one.text, zero.text, value, threshold.text, one.text, zero.text);
    csim_sheet_put_formula(sheet, row, CSIM_DRAWS_HELD_WEIGHT, CSIM_GENERAL(CSIM_ROLE_FORMULA), holds, "=%s*%s", csim_cell_local_address(row, CSIM_DRAWS_WEIGHT, weight),
                           csim_cell_local_address(row, CSIM_DRAWS_HOLDS, flag));
}

/* ---- the table ---- */

/* Returns its cells; the sheet is written row by row, so heads come first. */
static csim_cells put_table(const csim_report *report, csim_sheet *sheet) {
    const csim_draws *draws = report->what_if->draws;
    csim_table_column *columns = calloc((size_t)draws->columns + CSIM_DRAWS_FIRST, sizeof *columns);
    if (!columns) return csim_cell_of(sheet, 0, 0);
    columns[CSIM_DRAWS_PATH] = (csim_table_column){"Path", "for replay", 10, false};
    columns[CSIM_DRAWS_LOG_WEIGHT] = (csim_table_column){"Log weight", "ln", 11, false};
    columns[CSIM_DRAWS_WEIGHT] = (csim_table_column){"Weight", "largest is 1", 11, false};
    columns[CSIM_DRAWS_HOLDS] = (csim_table_column){"Condition", "1 holds", 11, false};
    columns[CSIM_DRAWS_HELD_WEIGHT] = (csim_table_column){"Weight where it holds", "else 0", 15, false};
    for (uint32_t i = 0; i < draws->columns; i++) columns[CSIM_DRAWS_FIRST + i] = (csim_table_column){draws->column[i].label, draws->column[i].unit, VALUE_WIDTH, false};
    const csim_cells data = csim_sheet_add_table(sheet, CSIM_DRAWS_TOP - 2, 0, columns, (size_t)draws->columns + CSIM_DRAWS_FIRST, draws->rows, CSIM_TABLE_FREEZE);
    free(columns);
    return data;
}

static void put_note(const csim_report *report, csim_sheet *sheet) {
    const csim_draws *draws = report->what_if->draws;
    char left_out[96] = "", text[CSIM_REPORT_LINE];
    if (draws->left_out) snprintf(left_out, sizeof left_out, " %lu more were stopped or not simulated and are left out.", (unsigned long)draws->left_out);
    snprintf(text, sizeof text, "%lu of the run's %llu paths.%s Headline outcomes at the dates kept, then the %lu inputs with the largest rank correlation with any of them at its last date, strongest first. \"moecast path\" replays a path by its number.",
             (unsigned long)draws->rows, (unsigned long long)report->result->done, left_out, (unsigned long)(draws->columns - draws->outcomes));
    csim_sheet_put_text(sheet, NOTE_ROW, 0, CSIM_GENERAL(CSIM_ROLE_NOTE), text);
}

void csim_report_fill_draws(csim_report *report) {
    csim_sheet *sheet = report->sheet[CSIM_REPORT_DRAWS];
    const csim_draws *draws = report->what_if->draws;
    const csim_cell_style style = csim_style(CSIM_ROLE_BODY, CSIM_AS_GENERAL);
    csim_report_put_head(report, CSIM_REPORT_DRAWS, "Draws", "The paths that What-if counts, one by one. Weight and condition are formulas over its blue cells; all else is as the run file has it.");
    csim_sheet_put_link(sheet, 2, 2, "What-if", csim_cell_of(report->sheet[CSIM_REPORT_WHAT_IF], 0, 0));
    put_note(report, sheet);
    const csim_cells data = put_table(report, sheet);
    for (uint32_t i = 0; i < draws->rows; i++) {
        const uint32_t row = data.row + i;
        csim_sheet_put_integer(sheet, row, CSIM_DRAWS_PATH, CSIM_ROLE_BODY, draws->path[i]);
        put_weight(report, sheet, row);
        put_holds(report, sheet, row, report->what_if->hold[i]);
        for (uint32_t c = 0; c < draws->columns; c++) csim_sheet_put_number(sheet, row, CSIM_DRAWS_FIRST + c, style, csim_draws_values(draws, c)[i]);
    }
    const uint32_t last = data.last_row < FIRST_PAGE_ROWS ? data.last_row : FIRST_PAGE_ROWS;
    csim_sheet_set_print_area(csim_cells_of(sheet, 0, 0, last, FIRST_PAGE_COLUMNS)); /* a specimen, as of Data */
}
