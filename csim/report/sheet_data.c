/* Data: every series in every report month, one row each, for pivot tables and other programs. Full precision, no words beyond names. */
#include <math.h>

#include "csim/report/report_parts.h"

enum { SERIES, UNIT, MONTH, PATHS, MEAN, MEAN_ERROR, SD, QUANTILES, LOWEST = QUANTILES + 10, HIGHEST, COLUMNS, FIRST_PAGE = 54 };

static const csim_table_column columns[COLUMNS] = {
    {"series", "name", 32, true}, {"unit", "", 14, true}, {"month", "end of, yyyy-mm", 15, false}, {"paths", "count", 9, false},
    {"mean", "in unit", 12, false}, {"mean error", "standard error", 12, false}, {"sd", "in unit", 12, false},
    {"p5", "in unit", 12, false}, {"p5 error", "standard error", 12, false}, {"p25", "in unit", 12, false}, {"p25 error", "standard error", 12, false},
    {"p50", "in unit", 12, false}, {"p50 error", "standard error", 12, false}, {"p75", "in unit", 12, false}, {"p75 error", "standard error", 12, false},
    {"p95", "in unit", 12, false}, {"p95 error", "standard error", 12, false}, {"lowest", "in unit", 12, false}, {"highest", "in unit", 12, false},
};

/* What one path leaves unknown (an error, a spread) stays empty. */
static void put_row(csim_report *report, csim_sheet *sheet, uint32_t row, int32_t slot, int32_t position) {
    const size_t series = (size_t)slot, month = (size_t)position;
    const csim_report_row values = csim_report_read(report, slot, position);
    double numbers[COLUMNS - MEAN] = {values.mean.value, values.mean.error, csim_accumulator_sd(report->statistics, series, month).value};
    for (int i = 0; i < 5; i++) {
        numbers[QUANTILES - MEAN + 2 * i] = values.q[i].value;
        numbers[QUANTILES - MEAN + 2 * i + 1] = values.q[i].error;
    }
    numbers[LOWEST - MEAN] = csim_accumulator_lowest(report->statistics, series, month);
    numbers[HIGHEST - MEAN] = csim_accumulator_highest(report->statistics, series, month);
    csim_sheet_put_text(sheet, row, SERIES, CSIM_GENERAL(CSIM_ROLE_BODY), report->plan->slot_name[slot]);
    csim_sheet_put_text(sheet, row, UNIT, CSIM_GENERAL(CSIM_ROLE_BODY), csim_report_outcome(report, slot)->unit);
    csim_report_put_month(sheet, row, MONTH, CSIM_ROLE_BODY, csim_report_month_at(report, position));
    csim_sheet_put_integer(sheet, row, PATHS, CSIM_ROLE_BODY, (int64_t)csim_accumulator_count(report->statistics, series, month));
    for (uint32_t i = 0; i < COLUMNS - MEAN; i++)
        if (isfinite(numbers[i])) csim_sheet_put_number(sheet, row, MEAN + i, CSIM_GENERAL(CSIM_ROLE_BODY), numbers[i]);
}

void csim_report_fill_data(csim_report *report) {
    csim_sheet *sheet = report->sheet[CSIM_REPORT_DATA];
    const int32_t months = report->plan->report_months;
    const csim_cells data = csim_sheet_add_table(sheet, 0, 0, columns, COLUMNS, (uint32_t)(report->plan->slots * months), CSIM_TABLE_FREEZE | CSIM_TABLE_FILTER);
    for (int32_t slot = 0; slot < report->plan->slots; slot++)
        for (int32_t i = 0; i < months; i++) put_row(report, sheet, data.row + (uint32_t)(slot * months + i), slot, i);
    csim_sheet_set_print_area(csim_cells_of(sheet, 0, 0, FIRST_PAGE - 1, COLUMNS - 1)); /* a specimen: nobody wants two hundred sheets of paper */
}
