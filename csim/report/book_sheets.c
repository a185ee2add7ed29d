/* Sheets and how they look as a whole: names, widths, heights, panes, printed pages. Must not know what stands in their cells. */
#include "csim/report/book_parts.h"

#include <stdio.h>
#include <stdlib.h>

static void sheet_set_defaults(csim_sheet *sheet) {
    worksheet_set_landscape(sheet->lxw);
    worksheet_set_paper(sheet->lxw, 9); /* A4 */
    worksheet_set_margins(sheet->lxw, 0.5, 0.5, 0.6, 0.6);
    worksheet_fit_to_pages(sheet->lxw, 1, 0);
    worksheet_gridlines(sheet->lxw, LXW_HIDE_ALL_GRIDLINES);
    (void)worksheet_set_footer(sheet->lxw, "&L&\"Arial,Regular\"&8&A&R&\"Arial,Regular\"&8&P / &N"); /* constant text, far below the length limit */
}

enum { BREAKS_MAX = 1023 };

static csim_status sheet_name_free(csim_book *book, const char *name) {
    csim_error why;
    const csim_status status = csim_sheet_name_check(name, &why);
    if (status) return csim_book_fail(book, status, "%s", why.detail);
    for (const csim_sheet *other = book->sheets; other; other = other->next)
        if (csim_names_equal(other->name, name)) return csim_book_fail(book, CSIM_DUPLICATE_KEY, "the sheet name '%s' is taken by '%s' (case does not count)", name, other->name);
    return CSIM_OK;
}

csim_sheet *csim_book_add_sheet(csim_book *book, const char *name, csim_sheet_mode mode) {
    if (book->error.code || !book->lxw || sheet_name_free(book, name) || csim_book_hold_memory(book, CSIM_SHEET_BYTES)) return &book->no_sheet;
    if (mode == CSIM_SHEET_DATA && book->data_sheets >= CSIM_DATA_SHEETS_MAX) {
        csim_book_fail(book, CSIM_LIMIT, "more than %d data sheets", CSIM_DATA_SHEETS_MAX);
        return &book->no_sheet;
    }
    csim_sheet *sheet = calloc(1, sizeof *sheet);
    if (!sheet) {
        csim_book_fail(book, CSIM_NO_MEMORY, "no memory for the sheet '%s'", name);
        return &book->no_sheet;
    }
    sheet->lxw = workbook_add_worksheet(book->lxw, name);
    sheet->book = book;
    sheet->mode = mode;
    snprintf(sheet->name, sizeof sheet->name, "%s", name);
    if (!sheet->lxw) csim_sheet_fail(sheet, CSIM_NO_MEMORY, "no memory for the sheet");
    if (!sheet->lxw || (mode == CSIM_SHEET_DATA && csim_sheet_open_rows(sheet))) {
        csim_sheet_free_rows(sheet);
        free(sheet);
        return &book->no_sheet;
    }
    snprintf(sheet->part, sizeof sheet->part, "xl/worksheets/sheet%u.xml", (unsigned)sheet->lxw->index + 1);
    sheet_set_defaults(sheet);
    book->sheet_count++;
    book->data_sheets += mode == CSIM_SHEET_DATA;
    *book->last_sheet = sheet;
    book->last_sheet = &sheet->next;
    return sheet;
}

const char *csim_sheet_name(const csim_sheet *sheet) { return sheet->name; }

csim_status csim_sheet_set_width(csim_sheet *sheet, uint32_t first_column, uint32_t last_column, double width_chars) {
    const csim_status status = csim_cells_check(csim_cells_of(sheet, 0, first_column, 0, last_column));
    if (status) return status;
    if (!(width_chars >= 0 && width_chars <= 255)) return csim_sheet_fail(sheet, CSIM_OUT_OF_RANGE, "the column width %g is not in 0 … 255", width_chars);
    return csim_sheet_result(sheet, worksheet_set_column(sheet->lxw, (lxw_col_t)first_column, (lxw_col_t)last_column, width_chars, NULL), "the column width");
}

csim_status csim_sheet_set_height(csim_sheet *sheet, uint32_t row, double height_points) {
    csim_status status = csim_cells_check(csim_cell_of(sheet, row, 0));
    if (!status) status = csim_sheet_advance(sheet, row, 0);
    if (status) return status;
    if (!(height_points > 0 && height_points <= 409)) return csim_sheet_fail(sheet, CSIM_OUT_OF_RANGE, "the row height %g is not in (0, 409]", height_points);
    if (sheet->mode == CSIM_SHEET_DATA) csim_row_set_height(sheet, height_points);
    return csim_sheet_result(sheet, worksheet_set_row(sheet->lxw, row, height_points, NULL), "the row height");
}

csim_status csim_sheet_freeze(csim_sheet *sheet, uint32_t rows, uint32_t columns) {
    const csim_status status = csim_cells_check(csim_cell_of(sheet, rows, columns));
    if (!status) worksheet_freeze_panes(sheet->lxw, rows, (lxw_col_t)columns);
    return status;
}

csim_status csim_sheet_repeat_rows(csim_sheet *sheet, uint32_t first_row, uint32_t last_row) {
    const csim_status status = csim_cells_check(csim_cells_of(sheet, first_row, 0, last_row, 0));
    return status ? status : csim_sheet_result(sheet, worksheet_repeat_rows(sheet->lxw, first_row, last_row), "the repeated rows");
}

csim_status csim_sheet_set_print_area(csim_cells cells) {
    const csim_status status = csim_cells_check(cells);
    if (status) return status;
    return csim_sheet_result(cells.sheet, worksheet_print_area(cells.sheet->lxw, cells.row, (lxw_col_t)cells.column, cells.last_row, (lxw_col_t)cells.last_column), "the print area");
}

/* The library takes the breaks of a sheet all at once and copies them, so each new one is handed over with those before it at finish. */
csim_status csim_sheet_break_before(csim_sheet *sheet, uint32_t row) {
    const csim_status status = csim_cells_check(csim_cell_of(sheet, row, 0));
    if (status) return status;
    if (!row || (sheet->break_count && row <= sheet->breaks[sheet->break_count - 1])) return csim_sheet_fail(sheet, CSIM_INCONSISTENT, "a page break before row %u does not come after the one before it", (unsigned)row + 1);
    if (sheet->break_count >= BREAKS_MAX) return csim_sheet_fail(sheet, CSIM_LIMIT, "more than %d page breaks", BREAKS_MAX);
    lxw_row_t *longer = realloc(sheet->breaks, (sheet->break_count + 2) * sizeof *longer);
    if (!longer) return csim_sheet_fail(sheet, CSIM_NO_MEMORY, "no memory for a page break");
    sheet->breaks = longer;
    sheet->breaks[sheet->break_count++] = row;
    sheet->breaks[sheet->break_count] = 0;
    return CSIM_OK;
}

csim_status csim_book_close_breaks(csim_book *book) {
    for (csim_sheet *sheet = book->sheets; sheet; sheet = sheet->next)
        if (sheet->break_count) {
            const csim_status status = csim_sheet_result(sheet, worksheet_set_h_pagebreaks(sheet->lxw, sheet->breaks), "the page breaks");
            if (status) return status;
        }
    return CSIM_OK;
}

csim_status csim_sheet_set_tab_colour(csim_sheet *sheet, csim_colour colour) {
    const csim_status status = csim_sheet_ready(sheet);
    if (!status) worksheet_set_tab_color(sheet->lxw, csim_library_colour(csim_colour_rgb(colour)));
    return status;
}

csim_status csim_sheet_set_zoom(csim_sheet *sheet, unsigned percent) {
    const csim_status status = csim_sheet_ready(sheet);
    if (status) return status;
    if (percent < 10 || percent > 400) return csim_sheet_fail(sheet, CSIM_OUT_OF_RANGE, "the zoom %u %% is not in 10 … 400", percent);
    worksheet_set_zoom(sheet->lxw, (uint16_t)percent);
    return CSIM_OK;
}
