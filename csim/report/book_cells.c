/* What stands in single cells: every put checks its place and its value, then hands it to the library, or on data sheets to the current row. A cell is written once. */
#include "csim/report/book_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const lxw_cell *csim_cell_find(const csim_sheet *sheet, uint32_t row, uint32_t column) {
    return lxw_worksheet_find_cell_in_row(lxw_worksheet_find_row(sheet->lxw, row), (lxw_col_t)column);
}

bool csim_cell_value(const csim_sheet *sheet, uint32_t row, uint32_t column, double *value) {
    if (sheet->mode != CSIM_SHEET_PAGE) return false;
    const lxw_cell *cell = csim_cell_find(sheet, row, column);
    if (cell && cell->type == NUMBER_CELL) return *value = cell->u.number, true;
    if (cell && cell->type == FORMULA_CELL && !cell->user_data2) return *value = cell->formula_result, true;
    return false;
}

csim_status csim_cell_open(csim_sheet *sheet, uint32_t row, uint32_t column) {
    csim_status status = csim_sheet_ready(sheet);
    if (status) return status;
    if (row >= LXW_ROW_MAX || column >= LXW_COL_MAX) return csim_sheet_fail(sheet, CSIM_OUT_OF_RANGE, "there is no cell at row %u, column %u", (unsigned)row, (unsigned)column);
    status = csim_sheet_advance(sheet, row, column);
    if (status) return status;
    if (sheet->mode == CSIM_SHEET_DATA ? csim_row_has(sheet, column) : csim_cell_find(sheet, row, column) != NULL) return csim_cell_fail(sheet, row, column, CSIM_INCONSISTENT, "the cell is written twice");
    return sheet->mode == CSIM_SHEET_DATA ? CSIM_OK : csim_book_hold_memory(sheet->book, CSIM_CELL_BYTES);
}

csim_status csim_cell_result(csim_sheet *sheet, uint32_t row, uint32_t column, lxw_error error) {
    if (!error) return CSIM_OK;
    return csim_cell_fail(sheet, row, column, csim_library_status(error), "the cell was refused: %s", lxw_strerror(error));
}

csim_status csim_cell_check_text(csim_sheet *sheet, uint32_t row, uint32_t column, const char *text, size_t max_units) {
    csim_error why;
    const csim_status status = csim_text_check(text, max_units, &why);
    if (status) return csim_cell_fail(sheet, row, column, status, "%s", why.detail);
    return sheet->mode == CSIM_SHEET_DATA ? CSIM_OK : csim_book_hold_memory(sheet->book, 4 * strlen(text)); /* the text, its copy among the shared ones, and escapes */
}

static csim_status text_write(csim_sheet *sheet, uint32_t row, uint32_t column, const char *text, lxw_format *format) {
    if (sheet->mode == CSIM_SHEET_DATA) return csim_row_hold(sheet, row, column, &(csim_held_cell){.kind = *text ? CSIM_HELD_TEXT : CSIM_HELD_BLANK, .format = format, .text = *text ? text : NULL});
    return csim_cell_result(sheet, row, column, *text ? worksheet_write_string(sheet->lxw, row, (lxw_col_t)column, text, format) : worksheet_write_blank(sheet->lxw, row, (lxw_col_t)column, format));
}

/* Writes checked text, escaped where needed. The empty text becomes a styled blank: the library would store nothing. */
static csim_status cell_write_text(csim_sheet *sheet, uint32_t row, uint32_t column, const char *text, lxw_format *format) {
    const size_t plain = strlen(text), size = csim_text_escape(text, NULL, 0) + 1;
    char *escaped = size == plain + 1 ? NULL : malloc(size);
    if (size != plain + 1 && !escaped) return csim_cell_fail(sheet, row, column, CSIM_NO_MEMORY, "no memory for a text");
    if (escaped) csim_text_escape(text, escaped, size);
    const csim_status status = text_write(sheet, row, column, escaped ? escaped : text, format);
    free(escaped);
    return status;
}

csim_status csim_sheet_put_text(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_style style, const char *text) {
    csim_status status = csim_cell_open(sheet, row, column);
    if (!status) status = csim_cell_check_text(sheet, row, column, text, CSIM_TEXT_MAX);
    if (status) return status;
    lxw_format *format = csim_book_format(sheet->book, style);
    return format ? cell_write_text(sheet, row, column, text, format) : sheet->book->error.code;
}

static csim_status cell_write_number(csim_sheet *sheet, uint32_t row, uint32_t column, double value, lxw_format *format) {
    if (!isfinite(value)) return csim_cell_fail(sheet, row, column, CSIM_OUT_OF_RANGE, "the number is %s; a cell holds finite numbers, or n/a when put as missing", isnan(value) ? "not a number" : "infinite");
    if (sheet->mode == CSIM_SHEET_DATA) return csim_row_hold(sheet, row, column, &(csim_held_cell){.kind = CSIM_HELD_NUMBER, .format = format, .number = value});
    return csim_cell_result(sheet, row, column, worksheet_write_number(sheet->lxw, row, (lxw_col_t)column, value, format));
}

csim_status csim_sheet_put_number(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_style style, double value) {
    const csim_status status = csim_cell_open(sheet, row, column);
    if (status) return status;
    lxw_format *format = csim_book_format(sheet->book, style);
    return format ? cell_write_number(sheet, row, column, value, format) : sheet->book->error.code;
}

csim_status csim_sheet_put_with_error(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_role role, csim_cell_kind kind, double value, double standard_error) {
    const csim_status status = csim_sheet_ready(sheet);
    if (status) return status;
    if (!(standard_error >= 0 && isfinite(standard_error))) return csim_cell_fail(sheet, row, column, CSIM_OUT_OF_RANGE, "the standard error %g is not a finite number ≥ 0", standard_error);
    return csim_sheet_put_number(sheet, row, column, csim_style_digits(role, kind, csim_decimals_from_error(kind, standard_error)), value);
}

csim_status csim_sheet_put_integer(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_role role, int64_t value) {
    const csim_status status = csim_sheet_ready(sheet);
    if (status) return status;
    const int64_t most = INT64_C(1) << 53;
    if (value < -most || value > most) return csim_cell_fail(sheet, row, column, CSIM_OUT_OF_RANGE, "the integer %lld is beyond 2^53 and would be rounded", (long long)value);
    return csim_sheet_put_number(sheet, row, column, csim_style(role, CSIM_AS_INTEGER), (double)value);
}

csim_status csim_sheet_put_month(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_role role, int year, int month) {
    const csim_status status = csim_sheet_ready(sheet);
    if (status) return status;
    const double serial = csim_month_serial(year, month);
    if (serial < 0) return csim_cell_fail(sheet, row, column, CSIM_OUT_OF_RANGE, "there is no month %d-%02d in 1901-01 … 9999-12", year, month);
    return csim_sheet_put_number(sheet, row, column, csim_style(role, CSIM_AS_MONTH), serial);
}

csim_status csim_sheet_put_bool(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_role role, bool value) {
    const csim_status status = csim_cell_open(sheet, row, column);
    if (status) return status;
    lxw_format *format = csim_book_format(sheet->book, csim_style(role, CSIM_AS_GENERAL));
    if (!format) return sheet->book->error.code;
    if (sheet->mode == CSIM_SHEET_DATA) return csim_row_hold(sheet, row, column, &(csim_held_cell){.kind = CSIM_HELD_BOOL, .format = format, .number = value});
    return csim_cell_result(sheet, row, column, worksheet_write_boolean(sheet->lxw, row, (lxw_col_t)column, value, format));
}

csim_status csim_sheet_put_blank(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_role role) {
    return csim_sheet_put_text(sheet, row, column, csim_style(role, CSIM_AS_GENERAL), "");
}

csim_status csim_sheet_put_missing(csim_sheet *sheet, uint32_t row, uint32_t column) {
    return csim_sheet_put_text(sheet, row, column, csim_style(CSIM_ROLE_MISSING, CSIM_AS_GENERAL), sheet && sheet->missing ? sheet->missing : "n/a");
}

void csim_sheet_say_missing(csim_sheet *sheet, const char *text) {
    if (sheet) sheet->missing = text;
}

/* The library has to be asked to link, and writes the cell as well: on a data sheet its shared text is held. */
static csim_status cell_write_link(csim_sheet *sheet, uint32_t row, uint32_t column, const char *address, const char *text, lxw_format *format) {
    const csim_status status = csim_cell_result(sheet, row, column, worksheet_write_url_opt(sheet->lxw, row, (lxw_col_t)column, address, format, text, NULL));
    if (status || sheet->mode == CSIM_SHEET_PAGE) return status;
    const lxw_cell *cell = csim_cell_find(sheet, row, column);
    if (!cell || cell->type != STRING_CELL) return csim_cell_fail(sheet, row, column, CSIM_NO_MEMORY, "no memory for a link");
    return csim_row_hold(sheet, row, column, &(csim_held_cell){.kind = CSIM_HELD_SHARED, .format = format, .number = cell->u.string_id});
}

csim_status csim_sheet_put_link(csim_sheet *sheet, uint32_t row, uint32_t column, const char *text, csim_cells target) {
    csim_status status = csim_cell_open(sheet, row, column);
    if (!status) status = csim_cell_check_text(sheet, row, column, text, 255);
    if (!status) status = csim_cells_check(target);
    if (status) return status;
    if (!*text || target.sheet->book != sheet->book) return csim_cell_fail(sheet, row, column, CSIM_INCONSISTENT, "a link needs a text and a target in the same workbook");
    char place[CSIM_ADDRESS_SIZE], address[CSIM_ADDRESS_SIZE + 16];
    snprintf(address, sizeof address, "internal:%s", csim_cells_address(target, place));
    lxw_format *format = csim_book_format(sheet->book, csim_style(CSIM_ROLE_LINK, CSIM_AS_GENERAL));
    return format ? cell_write_link(sheet, row, column, address, text, format) : sheet->book->error.code;
}

csim_status csim_sheet_put_row_of_numbers(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_style style, const double *values, size_t count) {
    csim_status status = csim_sheet_ready(sheet);
    if (status) return status;
    if (count > LXW_COL_MAX || column > LXW_COL_MAX - (uint32_t)count) return csim_sheet_fail(sheet, CSIM_OUT_OF_RANGE, "%zu numbers from column %u on do not fit a row", count, (unsigned)column);
    lxw_format *format = csim_book_format(sheet->book, style);
    if (!format) return sheet->book->error.code;
    for (uint32_t i = 0; i < count && !status; i++) {
        status = csim_cell_open(sheet, row, column + i);
        if (!status) status = cell_write_number(sheet, row, column + i, values[i], format);
    }
    return status;
}
