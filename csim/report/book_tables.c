/* Tables: a header row, a unit row, the cells below them, which the caller fills. */
#include "csim/report/book_parts.h"

#include <stdlib.h>

static csim_status table_claim(csim_cells cells) {
    for (const csim_table_place *other = cells.sheet->tables; other; other = other->next)
        if (csim_cells_overlap(other->cells, cells)) return csim_cell_fail(cells.sheet, cells.row, cells.column, CSIM_INCONSISTENT, "the table overlaps another one");
    csim_table_place *place = malloc(sizeof *place);
    if (!place) return csim_cell_fail(cells.sheet, cells.row, cells.column, CSIM_NO_MEMORY, "no memory for a table");
    *place = (csim_table_place){.cells = cells, .next = cells.sheet->tables};
    cells.sheet->tables = place;
    return CSIM_OK;
}

static csim_status table_check(csim_cells whole, const csim_table_column *columns, size_t count, unsigned options) {
    csim_sheet *sheet = whole.sheet;
    const csim_status status = csim_cells_check(whole);
    if (status) return status;
    if ((options & CSIM_TABLE_FILTER) && sheet->has_filter) return csim_cell_fail(sheet, whole.row, whole.column, CSIM_INCONSISTENT, "a sheet has at most one filter");
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j <= i; j++) {
            if (!columns[i].header || !*columns[i].header) return csim_cell_fail(sheet, whole.row, whole.column, CSIM_WRONG_TYPE, "column %zu of the table has no header", i + 1);
            if (j < i && csim_names_equal(columns[i].header, columns[j].header)) return csim_cell_fail(sheet, whole.row, whole.column, CSIM_DUPLICATE_KEY, "two columns of the table are headed '%s'", columns[i].header);
        }
    return table_claim(whole);
}

static csim_status table_heads(csim_cells whole, const csim_table_column *columns, size_t count) {
    csim_sheet *sheet = whole.sheet;
    csim_status status = csim_sheet_set_height(sheet, whole.row, 30);
    for (uint32_t i = 0; i < count && !status; i++) {
        const csim_cell_role role = columns[i].is_text ? CSIM_ROLE_TABLE_HEADER_TEXT : CSIM_ROLE_TABLE_HEADER;
        status = csim_sheet_put_text(sheet, whole.row, whole.column + i, csim_style(role, CSIM_AS_GENERAL), columns[i].header);
        if (!status && columns[i].width_chars > 0) status = csim_sheet_set_width(sheet, whole.column + i, whole.column + i, columns[i].width_chars);
    }
    for (uint32_t i = 0; i < count && !status; i++) {
        const csim_cell_role role = columns[i].is_text ? CSIM_ROLE_TABLE_UNIT_TEXT : CSIM_ROLE_TABLE_UNIT;
        status = csim_sheet_put_text(sheet, whole.row + 1, whole.column + i, csim_style(role, CSIM_AS_GENERAL), columns[i].unit ? columns[i].unit : "");
    }
    return status;
}

/* Stripes by condition, not by cell: they stay stripes when the reader sorts. */
static csim_status table_bands(csim_cells data) {
    csim_book *book = data.sheet->book;
    lxw_format *format = csim_book_mark(book, &book->band_format, 0, 0xF3F6FA);
    if (!format) return book->error.code;
    lxw_conditional_format band = {.type = LXW_CONDITIONAL_TYPE_FORMULA, .value_string = (char *)"=MOD(ROW(),2)=0", .format = format};
    return csim_sheet_result(data.sheet, worksheet_conditional_format_range(data.sheet->lxw, data.row, (lxw_col_t)data.column, data.last_row, (lxw_col_t)data.last_column, &band), "the table's stripes");
}

csim_cells csim_sheet_add_table(csim_sheet *sheet, uint32_t row, uint32_t column, const csim_table_column *columns, size_t column_count, uint32_t data_rows, unsigned options) {
    const bool fits = data_rows > 0 && data_rows < LXW_ROW_MAX && column_count > 0 && column_count <= LXW_COL_MAX && row < LXW_ROW_MAX && column < LXW_COL_MAX;
    if (!fits && !csim_sheet_ready(sheet)) csim_sheet_fail(sheet, CSIM_OUT_OF_RANGE, "a table of %zu columns and %u rows does not fit the sheet", column_count, (unsigned)data_rows);
    if (!fits || csim_sheet_ready(sheet)) return csim_cell_of(sheet, row, column);
    const csim_cells whole = csim_cells_of(sheet, row, column, row + 1 + data_rows, column + (uint32_t)column_count - 1);
    csim_cells data = whole;
    data.row += 2;
    csim_status status = table_check(whole, columns, column_count, options);
    if (!status) status = table_heads(whole, columns, column_count);
    if (!status && (options & CSIM_TABLE_BANDS)) status = table_bands(data);
    if (!status && (options & CSIM_TABLE_FREEZE)) status = csim_sheet_freeze(sheet, data.row, 0);
    if (!status && (options & CSIM_TABLE_FREEZE)) status = csim_sheet_repeat_rows(sheet, row, row + 1);
    if (!status && (options & CSIM_TABLE_FILTER)) { /* the buttons sit in the unit row, directly above the data */
        sheet->has_filter = true;
        (void)csim_sheet_result(sheet, worksheet_autofilter(sheet->lxw, row + 1, (lxw_col_t)column, data.last_row, (lxw_col_t)data.last_column), "the filter");
    }
    return data;
}
