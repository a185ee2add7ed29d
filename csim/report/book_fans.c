/* Fans: two stacked bands and a median from five columns of quantiles, whose differences stand as formulas in helper cells. */
#include "csim/report/book_parts.h"

enum { FAN_BASE, FAN_LOW, FAN_MIDDLE_LOW, FAN_MEDIAN, FAN_MIDDLE_HIGH, FAN_HIGH };

/* One row of the stack, empty where a quantile is a text (n/a). The median is a band of no height: its outline is the line, of one width on any axis. */
static csim_status fan_row(csim_cells quantiles, uint32_t row, csim_sheet *helper, uint32_t helper_row, uint32_t helper_column) {
    double q[5];
    char at[5][CSIM_ADDRESS_SIZE];
    for (uint32_t i = 0; i < 5; i++) {
        if (!csim_cell_value(quantiles.sheet, row, quantiles.column + i, &q[i])) return csim_cell_fail(quantiles.sheet, row, quantiles.column + i, CSIM_INCONSISTENT, "a fan reads five columns of numbers, already written on a page sheet");
        if (i && q[i] < q[i - 1]) return csim_cell_fail(quantiles.sheet, row, quantiles.column + i, CSIM_INCONSISTENT, "the quantile %g is below the one to its left, %g", q[i], q[i - 1]);
        csim_cells_address(csim_cell_of(quantiles.sheet, row, quantiles.column + i), at[i]);
    }
    const csim_cell_style style = csim_style(CSIM_ROLE_FORMULA, CSIM_AS_GENERAL);
    csim_status status = csim_sheet_put_formula(helper, helper_row, helper_column + FAN_BASE, style, q[0], "=IF(ISNUMBER(%s),%s,\"\")", at[0], at[0]);
    static const int places[4] = {FAN_LOW, FAN_MIDDLE_LOW, FAN_MIDDLE_HIGH, FAN_HIGH};
    for (int i = 0; i < 4 && !status; i++)
        status = csim_sheet_put_formula(helper, helper_row, helper_column + (uint32_t)places[i], style, q[i + 1] - q[i], "=IFERROR(%s-%s,\"\")", at[i + 1], at[i]);
    return status ? status : csim_sheet_put_number(helper, helper_row, helper_column + FAN_MEDIAN, csim_style(CSIM_ROLE_BODY, CSIM_AS_GENERAL), 0);
}

static csim_status fan_helper(csim_cells quantiles, csim_sheet *helper, uint32_t row, uint32_t column) {
    static const char *const heads[CSIM_FAN_HELPER_COLUMNS] = {"below p5", "p25 - p5", "p50 - p25", "median", "p75 - p50", "p95 - p75"};
    csim_status status = CSIM_OK;
    for (uint32_t i = 0; i < CSIM_FAN_HELPER_COLUMNS && !status; i++)
        status = csim_sheet_put_text(helper, row, column + i, csim_style(CSIM_ROLE_NOTE, CSIM_AS_GENERAL), heads[i]);
    for (uint32_t i = quantiles.row; i <= quantiles.last_row && !status; i++)
        status = fan_row(quantiles, i, helper, row + 1 + (i - quantiles.row), column);
    return status;
}

static csim_status fan_series(csim_chart *chart, csim_cells categories, csim_cells stack, csim_colour colour) {
    static const char *const usual[3] = {"5\xE2\x80\x93" "95 %", "25\xE2\x80\x93" "75 %", "median"};
    const char *names[CSIM_FAN_HELPER_COLUMNS] = {NULL};
    for (int i = 0; i < 3; i++) names[FAN_LOW + i] = chart->plan.fan_names[i] ? chart->plan.fan_names[i] : usual[i];
    csim_status status = CSIM_OK;
    for (uint32_t i = 0; i < CSIM_FAN_HELPER_COLUMNS && !status; i++) {
        csim_cells values = stack;
        values.column = values.last_column = stack.column + i;
        status = csim_chart_add_plain(chart, names[i], categories, values);
        if (status) break;
        const bool outer = i == FAN_LOW || i == FAN_HIGH;
        csim_series_set_area(chart->last_series, csim_colour_tint(colour, outer ? 0.72 : 0.42));
        lxw_chart_fill none = {.none = LXW_TRUE};
        lxw_chart_line line = csim_chart_line(csim_colour_rgb(colour), 2.25);
        if (i == FAN_BASE || i == FAN_MEDIAN) chart_series_set_fill(chart->last_series, &none);
        if (i == FAN_MEDIAN) chart_series_set_line(chart->last_series, &line);
    }
    return status;
}

csim_status csim_chart_add_fan(csim_chart *chart, csim_cells categories, csim_cells quantiles, csim_colour colour, csim_sheet *helper, uint32_t helper_row, uint32_t helper_column) {
    csim_status status = csim_chart_ready(chart);
    if (!status) status = csim_cells_check(categories);
    if (!status) status = csim_cells_check(quantiles);
    if (!status) status = csim_sheet_ready(helper);
    if (status) return status;
    if (chart->plan.kind != CSIM_CHART_AREA_STACKED || chart->series_count) return csim_sheet_fail(chart->sheet, CSIM_INCONSISTENT, "a fan needs a stacked area chart of its own");
    if (quantiles.last_column - quantiles.column != 4) return csim_sheet_fail(chart->sheet, CSIM_INCONSISTENT, "a fan needs five columns of quantiles");
    status = fan_helper(quantiles, helper, helper_row, helper_column);
    const uint32_t rows = quantiles.last_row - quantiles.row + 1;
    const csim_cells stack = csim_cells_of(helper, helper_row + 1, helper_column, helper_row + rows, helper_column + CSIM_FAN_HELPER_COLUMNS - 1);
    return status ? status : fan_series(chart, categories, stack, colour);
}
