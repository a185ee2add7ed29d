/* Formulas, each beside the value that viewers without a calculator show. What a formula may say is sheet_style.c's. */
#include "csim/report/book_parts.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

/* Prints the formula without a comma locale's say, then checks and completes it into out. */
static csim_status formula_build(csim_sheet *sheet, uint32_t row, uint32_t column, char *out, const char *format, va_list arguments) {
    char formula[CSIM_FORMULA_MAX + 1];
    const locale_t outer = uselocale(sheet->book->c_locale);
    const int length = vsnprintf(formula, sizeof formula, format, arguments);
    uselocale(outer);
    if (length < 0 || (size_t)length >= sizeof formula) return csim_cell_fail(sheet, row, column, CSIM_LIMIT, "the formula has more than %d bytes", CSIM_FORMULA_MAX);
    csim_error why;
    const csim_status status = csim_formula_prepare(formula, sheet->name, row, out, CSIM_FORMULA_MAX, &why);
    if (status) return csim_cell_fail(sheet, row, column, status, "%s, in %.200s", why.detail, formula);
    return csim_book_hold_memory(sheet->book, 4 * (size_t)length);
}

/* `text` is the value of a formula that gives text, NULL of one that gives the number `value`. */
static csim_status formula_put(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_style style, double value, const char *text, const char *format, va_list arguments) {
    char formula[CSIM_FORMULA_MAX];
    csim_status status = csim_cell_open(sheet, row, column);
    if (!status && text) status = csim_cell_check_text(sheet, row, column, text, CSIM_TEXT_MAX);
    if (!status) status = formula_build(sheet, row, column, formula, format, arguments);
    if (status) return status;
    if (!isfinite(value)) return csim_cell_fail(sheet, row, column, CSIM_OUT_OF_RANGE, "the formula's value is not finite");
    lxw_format *look = csim_book_format(sheet->book, style);
    if (!look) return sheet->book->error.code;
    if (sheet->mode == CSIM_SHEET_DATA) return csim_row_hold(sheet, row, column, &(csim_held_cell){CSIM_HELD_FORMULA, look, value, formula + 1, text});
    const lxw_error error = text ? worksheet_write_formula_str(sheet->lxw, row, (lxw_col_t)column, formula, look, text)
                                 : worksheet_write_formula_num(sheet->lxw, row, (lxw_col_t)column, formula, look, value);
    return csim_cell_result(sheet, row, column, error);
}

csim_status csim_sheet_put_formula(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_style style, double value, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const csim_status status = formula_put(sheet, row, column, style, value, NULL, format, arguments);
    va_end(arguments);
    return status;
}

csim_status csim_sheet_put_formula_text(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_style style, const char *value, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const csim_status status = value ? formula_put(sheet, row, column, style, 0, value, format, arguments) : csim_cell_check_text(sheet, row, column, value, CSIM_TEXT_MAX);
    va_end(arguments);
    return status;
}
