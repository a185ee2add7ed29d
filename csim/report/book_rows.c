/* Rows of data sheets. The library holds back the current row of a sheet in constant memory. Before it would print it, value by value through printf, into a scratch
 * file that is compressed once more at the end, the row is taken from it and packed at once; its own part of the sheet stays without rows, which are put there
 * when it has closed the container. What is touched of its insides: optimize_row, array, the sizes dim_…, cells. */
#include "csim/report/book_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Open in the folder, without a name there. */
static FILE *scratch_open(const char *folder) {
    const size_t size = strlen(folder) + sizeof "/rowsXXXXXX";
    char *name = malloc(size);
    if (!name) return NULL;
    snprintf(name, size, "%s/rowsXXXXXX", folder);
    const int file = mkostemp(name, O_CLOEXEC);
    if (file >= 0) unlink(name);
    free(name);
    FILE *out = file >= 0 ? fdopen(file, "w+b") : NULL;
    if (file >= 0 && !out) close(file);
    return out;
}

bool csim_sheet_open_rows(csim_sheet *sheet) {
    FILE *scratch = scratch_open(sheet->book->folder);
    sheet->rows = scratch ? csim_packed_rows_new(scratch) : NULL;
    return sheet->rows != NULL;
}

static void cell_pack(csim_packed_rows *rows, const lxw_cell *cell) {
    char letters[4];
    const int style = cell->format ? lxw_format_get_xf_index(cell->format) : 0;
    csim_column_letters(cell->col_num, letters);
    switch (cell->type) {
    case NUMBER_CELL: csim_packed_rows_put_number(rows, cell->row_num, letters, style, cell->u.number); break;
    case INLINE_STRING_CELL: csim_packed_rows_put_text(rows, cell->row_num, letters, style, cell->u.string); break;
    case FORMULA_CELL: csim_packed_rows_put_formula(rows, cell->row_num, letters, style, cell->u.string, cell->user_data2, cell->formula_result); break;
    case BOOLEAN_CELL: csim_packed_rows_put_bool(rows, cell->row_num, letters, style, cell->u.number != 0); break;
    default: csim_packed_rows_put_blank(rows, cell->row_num, letters, style); break; /* the writer makes no other kind */
    }
}

static void cell_drop(lxw_cell *cell) {
    if (cell->type == INLINE_STRING_CELL || cell->type == FORMULA_CELL) free(cell->u.string);
    free(cell->user_data1);
    free(cell->user_data2);
    free(cell);
}

/* Takes the row that the library holds back, and leaves it none. */
static void row_pack(csim_sheet *sheet) {
    lxw_worksheet *lxw = sheet->lxw;
    lxw_row *row = lxw->optimize_row;
    if (!row->row_changed && !row->data_changed) return;
    csim_packed_rows_open_row(sheet->rows, row->row_num, row->height_changed ? row->height : 0);
    for (uint32_t column = lxw->dim_colmin; column <= lxw->dim_colmax && row->data_changed; column++) {
        lxw_cell *cell = lxw->array[column];
        if (!cell) continue;
        cell_pack(sheet->rows, cell);
        cell_drop(cell);
        lxw->array[column] = NULL;
    }
    csim_packed_rows_close_row(sheet->rows);
    row->height = LXW_DEF_ROW_HEIGHT;
    row->row_changed = row->data_changed = row->height_changed = LXW_FALSE;
}

csim_status csim_sheet_advance(csim_sheet *sheet, uint32_t row, uint32_t column) {
    if (sheet->mode != CSIM_SHEET_DATA) return CSIM_OK;
    if (row < sheet->current_row) return csim_cell_fail(sheet, row, column, CSIM_INCONSISTENT, "a data sheet is written row by row; row %u comes after row %u", (unsigned)row + 1, (unsigned)sheet->current_row + 1);
    if (row > sheet->current_row) row_pack(sheet);
    sheet->current_row = row;
    return CSIM_OK;
}

void csim_book_finish_rows(csim_book *book, csim_book_rows *out) {
    out->count = 0;
    for (csim_sheet *sheet = book->sheets; sheet; sheet = sheet->next) {
        if (!sheet->rows) continue;
        row_pack(sheet);
        csim_container_text *text = &out->texts[out->count];
        char *name = out->names[out->count++];
        snprintf(name, sizeof out->names[0], "xl/worksheets/sheet%u.xml", (unsigned)sheet->lxw->index + 1);
        *text = (csim_container_text){.name = name, .tag = "sheetData"};
        if (csim_packed_rows_finish(sheet->rows, &text->text)) (void)csim_sheet_fail(sheet, CSIM_FILE_WRITE, "the rows cannot all be written: %s", strerror(errno));
    }
}
