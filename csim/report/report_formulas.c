/* See report_formulas.h. */
#include "csim/report/report_formulas.h"

#include <stdio.h>
#include <string.h>

static csim_address address_of(uint32_t row, uint32_t column, const char *before_column, const char *before_row) {
    char plain[CSIM_ADDRESS_SIZE];
    csim_address out;
    csim_cell_local_address(row, column, plain);
    const int letters = (int)strcspn(plain, "0123456789");
    snprintf(out.text, sizeof out.text, "%s%.*s%s%.10s", before_column, letters > 3 ? 3 : letters, plain, before_row, plain + letters);
    return out;
}

csim_address csim_at(uint32_t row, uint32_t column) { return address_of(row, column, "", ""); }
csim_address csim_at_fixed(uint32_t row, uint32_t column) { return address_of(row, column, "$", "$"); }
csim_address csim_at_column(uint32_t row, uint32_t column) { return address_of(row, column, "$", ""); }
csim_address csim_at_row(uint32_t row, uint32_t column) { return address_of(row, column, "", "$"); }

void csim_report_put_check(csim_sheet *sheet, uint32_t row, uint32_t column, bool good, const char *wrong, const char *condition) {
    csim_sheet_put_formula_text(sheet, row, column, CSIM_GENERAL(CSIM_ROLE_FORMULA), good ? "ok" : wrong, "=IF(%s,\"ok\",\"%s\")", condition, wrong);
    csim_cells_mark_checks(csim_cell_of(sheet, row, column));
}

void csim_report_put_check_of(csim_sheet *sheet, uint32_t row, uint32_t column, bool good, const char *wrong, csim_cells checks) {
    const csim_address first = csim_at(checks.row, checks.column), last = csim_at(checks.last_row, checks.last_column);
    char condition[CSIM_REPORT_LINE];
    snprintf(condition, sizeof condition, "COUNTIF(%s:%s,\"ok\")=ROWS(%s:%s)*COLUMNS(%s:%s)", first.text, last.text, first.text, last.text, first.text, last.text);
    csim_report_put_check(sheet, row, column, good, wrong, condition);
}
