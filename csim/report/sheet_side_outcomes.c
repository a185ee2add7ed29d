/* Scenarios: the key outcomes of several runs, a block of columns each. Blocks stand in bands of a few, one below the other, so that a printed page stays
 * readable however many runs there are. Owns where the numbers stand, to which formulas elsewhere refer. */
#include <math.h>
#include <stdio.h>

#include "csim/report/sides_parts.h"

enum { OUTCOME, UNIT, MONTH, BLOCKS, BLOCKS_A_BAND = 3, TOP = 4, HEAD_ROWS = 3 /* name, head, units */, GAP_ROWS = 1 };

static uint32_t band_row(const csim_sides *sides, size_t band) { return TOP + (uint32_t)band * (HEAD_ROWS + GAP_ROWS + sides->rows); }

static uint32_t block_column(size_t side) { return BLOCKS + (uint32_t)(side % BLOCKS_A_BAND) * CSIM_SIDES_NUMBERS; }

csim_cells csim_sides_cell(const csim_sides *sides, size_t side, uint32_t row, csim_sides_number number) {
    return csim_cell_of(sides->outcomes, band_row(sides, side / BLOCKS_A_BAND) + HEAD_ROWS + row, block_column(side) + (uint32_t)number);
}

static void put_left(const csim_sides *sides, size_t band) {
    static const csim_table_column columns[BLOCKS] = {{"Outcome", "", 0, true}, {"Unit", "", 0, true}, {"End of", "yyyy-mm", 0, false}};
    char title[CSIM_REPORT_LINE];
    const csim_cells data = csim_sheet_add_table(sides->outcomes, band_row(sides, band) + 1, 0, columns, BLOCKS, sides->rows, 0);
    for (uint32_t i = 0; i < sides->rows; i++) {
        const csim_sides_row *row = &sides->row[i];
        csim_sheet_put_text(sides->outcomes, data.row + i, OUTCOME, CSIM_GENERAL(CSIM_ROLE_BODY), csim_sides_row_title(sides, row, title, sizeof title));
        csim_sheet_put_text(sides->outcomes, data.row + i, UNIT, CSIM_GENERAL(CSIM_ROLE_BODY), csim_outcome_rows[row->outcome].unit);
        csim_report_put_month(sides->outcomes, data.row + i, MONTH, CSIM_ROLE_BODY, row->month);
    }
}

static void put_numbers(csim_sheet *sheet, uint32_t at, uint32_t column, const csim_sides_row *row, const csim_report_row *numbers) {
    const csim_cell_kind kind = csim_report_kind(row->outcome);
    const int decimals = csim_report_decimals(kind, numbers->q[2].value, numbers->q[2].error);
    csim_report_put_value(sheet, at, column + CSIM_SIDES_P5, CSIM_ROLE_BODY, kind, decimals, numbers->q[0].value);
    csim_report_put_value(sheet, at, column + CSIM_SIDES_P50, CSIM_ROLE_BODY, kind, decimals, numbers->q[2].value);
    csim_report_put_value(sheet, at, column + CSIM_SIDES_P95, CSIM_ROLE_BODY, kind, decimals, numbers->q[4].value);
    csim_report_put_error(sheet, at, column + CSIM_SIDES_P50_ERROR, kind, decimals, numbers->q[2].error, numbers->constant);
    csim_report_put_value(sheet, at, column + CSIM_SIDES_MEAN, CSIM_ROLE_BODY, kind, decimals, numbers->mean.value);
    csim_report_put_error(sheet, at, column + CSIM_SIDES_MEAN_ERROR, kind, decimals, numbers->mean.error, numbers->constant);
}

static void put_block(const csim_sides *sides, size_t side) {
    static const csim_table_column columns[CSIM_SIDES_NUMBERS] = {{"5 %", "in unit", 0, false},  {"50 %", "in unit", 0, false}, {"95 %", "in unit", 0, false},
                                                                  {"\xC2\xB1 of 50 %", "standard", 0, false}, {"Mean", "in unit", 0, false}, {"\xC2\xB1 of mean", "standard", 0, false}};
    csim_sheet *sheet = sides->outcomes;
    const uint32_t top = band_row(sides, side / BLOCKS_A_BAND), column = block_column(side);
    csim_sheet_put_text(sheet, top, column, CSIM_GENERAL(CSIM_ROLE_HEADING), sides->side[side].label);
    for (uint32_t i = 1; i < CSIM_SIDES_NUMBERS; i++) csim_sheet_put_blank(sheet, top, column + i, CSIM_ROLE_HEADING);
    const csim_cells data = csim_sheet_add_table(sheet, top + 1, column, columns, CSIM_SIDES_NUMBERS, sides->rows, 0);
    for (uint32_t i = 0; i < sides->rows; i++) {
        csim_report_row numbers;
        if (csim_side_read(&sides->side[side], sides->row[i].series, sides->row[i].month, &numbers)) put_numbers(sheet, data.row + i, column, &sides->row[i], &numbers);
        else for (uint32_t k = 0; k < CSIM_SIDES_NUMBERS; k++) csim_sheet_put_missing(sheet, data.row + i, column + k);
    }
}

void csim_sides_fill_outcomes(csim_sides *sides) {
    csim_sheet *sheet = sides->outcomes;
    char from[CSIM_MONTH_TEXT], to[CSIM_MONTH_TEXT], about[CSIM_REPORT_LINE];
    const size_t bands = (sides->count + BLOCKS_A_BAND - 1) / BLOCKS_A_BAND;
    snprintf(about, sizeof about, "Key outcomes of %zu runs, which all report %s to %s. \xC2\xB1 is the Monte Carlo standard error; n/a: this run does not have the outcome.", sides->count,
             csim_month_text(sides->first_month, from), csim_month_text(sides->last_month, to));
    csim_sides_put_head(sides, sheet, "Scenarios side by side", about);
    csim_sheet_set_width(sheet, OUTCOME, OUTCOME, 58);
    csim_sheet_set_width(sheet, UNIT, UNIT, 15);
    csim_sheet_set_width(sheet, MONTH, MONTH, 9);
    csim_sheet_set_width(sheet, BLOCKS, BLOCKS + BLOCKS_A_BAND * CSIM_SIDES_NUMBERS - 1, 9.5);
    for (size_t band = 0; band < bands; band++) {
        put_left(sides, band);
        if (band) csim_sheet_break_before(sheet, band_row(sides, band));
    }
    for (size_t side = 0; side < sides->count; side++) put_block(sides, side);
    const uint32_t across = sides->count < BLOCKS_A_BAND ? (uint32_t)sides->count : BLOCKS_A_BAND;
    csim_sheet_freeze(sheet, 1, 0);
    csim_sheet_set_print_area(csim_cells_of(sheet, 0, 0, band_row(sides, bands) - 2, BLOCKS + across * CSIM_SIDES_NUMBERS - 1));
}
