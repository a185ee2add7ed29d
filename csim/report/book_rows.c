/* Rows of data sheets. Only the current one is in memory: when the sheet goes on to the next, it is printed and packed. The library never sees its cells, since it
 * would hand them to printf one value at a time into a scratch file that is compressed at the end; it is told what else it needs to know of a sheet, and its own
 * part of the sheet stays without cells, which are put there when it has closed the container (book_file.c). What is touched of its insides: the sizes dim_…. */
#include "csim/report/book_parts.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A cell whose texts stand among the row's. */
typedef struct kept_cell {
    csim_held_cell cell;
    uint32_t column;
    size_t text_at, value_at;
} kept_cell;

struct csim_row {
    double height; /* 0: the usual one */
    kept_cell *cells; /* columns rise */
    size_t count, room;
    char *texts;
    size_t text_bytes, text_room;
};

/* ---- where rows go ---- */

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

csim_status csim_sheet_open_rows(csim_sheet *sheet) {
    FILE *scratch = scratch_open(sheet->book->folder);
    if (!scratch) return csim_sheet_fail(sheet, CSIM_FILE_WRITE, "a scratch file for the sheet's rows cannot be made");
    sheet->rows = csim_packed_rows_new(sheet->book->packer, scratch);
    if (sheet->rows && sheet->mode == CSIM_SHEET_DATA) sheet->row = calloc(1, sizeof *sheet->row);
    const bool is_open = sheet->rows && (sheet->row || sheet->mode != CSIM_SHEET_DATA);
    return is_open ? CSIM_OK : csim_sheet_fail(sheet, CSIM_NO_MEMORY, "no memory for the sheet's rows");
}

void csim_sheet_free_rows(csim_sheet *sheet) {
    csim_packed_rows_free(sheet->rows);
    if (!sheet->row) return;
    free(sheet->row->cells);
    free(sheet->row->texts);
    free(sheet->row);
}

void csim_cell_pack(csim_packed_rows *rows, uint32_t row, uint32_t column, const csim_held_cell *cell) {
    char letters[4];
    const int style = cell->format ? lxw_format_get_xf_index(cell->format) : 0;
    csim_column_letters(column, letters);
    switch (cell->kind) {
    case CSIM_HELD_NUMBER: csim_packed_rows_put_number(rows, row, letters, style, cell->number); break;
    case CSIM_HELD_TEXT: csim_packed_rows_put_text(rows, row, letters, style, cell->text); break;
    case CSIM_HELD_SHARED: csim_packed_rows_put_shared(rows, row, letters, style, (uint32_t)cell->number); break;
    case CSIM_HELD_BLANK: csim_packed_rows_put_blank(rows, row, letters, style); break;
    case CSIM_HELD_BOOL: csim_packed_rows_put_bool(rows, row, letters, style, cell->number != 0); break;
    case CSIM_HELD_FORMULA: csim_packed_rows_put_formula(rows, row, letters, style, cell->text, cell->value, cell->number); break;
    }
}

/* ---- the current row ---- */

static void row_pack(csim_sheet *sheet) {
    csim_row *row = sheet->row;
    if (!row->count && !(row->height > 0)) return;
    csim_packed_rows_open_row(sheet->rows, sheet->current_row, row->height);
    for (size_t i = 0; i < row->count; i++) {
        csim_held_cell cell = row->cells[i].cell;
        if (cell.text) cell.text = row->texts + row->cells[i].text_at;
        if (cell.value) cell.value = row->texts + row->cells[i].value_at;
        csim_cell_pack(sheet->rows, sheet->current_row, row->cells[i].column, &cell);
    }
    csim_packed_rows_close_row(sheet->rows);
    row->count = row->text_bytes = 0;
    row->height = 0;
}

csim_status csim_sheet_advance(csim_sheet *sheet, uint32_t row, uint32_t column) {
    if (sheet->mode != CSIM_SHEET_DATA || row == sheet->current_row) return CSIM_OK;
    if (row < sheet->current_row) return csim_cell_fail(sheet, row, column, CSIM_INCONSISTENT, "a data sheet is written row by row; row %u comes after row %u", (unsigned)row + 1, (unsigned)sheet->current_row + 1);
    row_pack(sheet);
    sheet->current_row = row;
    return CSIM_OK;
}

void csim_row_set_height(csim_sheet *sheet, double height_points) { sheet->row->height = height_points; }

/* Where a column stands or would stand: cells mostly come from left to right. */
static size_t place_of(const csim_row *row, uint32_t column) {
    size_t place = row->count;
    while (place && row->cells[place - 1].column >= column) place--;
    return place;
}

bool csim_row_has(const csim_sheet *sheet, uint32_t column) {
    const size_t place = place_of(sheet->row, column);
    return place < sheet->row->count && sheet->row->cells[place].column == column;
}

static bool row_keep_text(csim_row *row, const char *text, size_t *at) {
    const size_t size = strlen(text) + 1;
    if (row->text_room - row->text_bytes < size) {
        const size_t room = 2 * row->text_room + size + 1024;
        char *more = realloc(row->texts, room);
        if (!more) return false;
        row->texts = more;
        row->text_room = room;
    }
    memcpy(row->texts + row->text_bytes, text, size);
    *at = row->text_bytes;
    row->text_bytes += size;
    return true;
}

static bool row_keep(csim_row *row, uint32_t column, const csim_held_cell *cell) {
    kept_cell kept = {.cell = *cell, .column = column};
    if (cell->text && !row_keep_text(row, cell->text, &kept.text_at)) return false;
    if (cell->value && !row_keep_text(row, cell->value, &kept.value_at)) return false;
    if (row->count == row->room) {
        kept_cell *more = realloc(row->cells, (2 * row->room + 64) * sizeof *more);
        if (!more) return false;
        row->cells = more;
        row->room = 2 * row->room + 64;
    }
    const size_t place = place_of(row, column);
    memmove(row->cells + place + 1, row->cells + place, (row->count++ - place) * sizeof *row->cells);
    row->cells[place] = kept;
    return true;
}

csim_status csim_row_hold(csim_sheet *sheet, uint32_t row, uint32_t column, const csim_held_cell *cell) {
    lxw_worksheet *lxw = sheet->lxw;
    if (!row_keep(sheet->row, column, cell)) return csim_cell_fail(sheet, row, column, CSIM_NO_MEMORY, "no memory for a row");
    if (row < lxw->dim_rowmin) lxw->dim_rowmin = row;
    if (row > lxw->dim_rowmax) lxw->dim_rowmax = row;
    if (column < lxw->dim_colmin) lxw->dim_colmin = (lxw_col_t)column;
    if (column > lxw->dim_colmax) lxw->dim_colmax = (lxw_col_t)column;
    return CSIM_OK;
}

/* ---- the end ---- */

static void rows_end(csim_sheet *sheet) {
    if (sheet->mode == CSIM_SHEET_DATA) {
        row_pack(sheet);
        csim_sheet_drop_cells(sheet);
    } else if (!csim_sheet_open_rows(sheet)) csim_sheet_pack_page(sheet);
    if (sheet->rows) csim_packed_rows_end(sheet->rows);
}

csim_status csim_book_end_rows(csim_book *book) {
    const csim_sheet_mode order[] = {CSIM_SHEET_DATA, CSIM_SHEET_PAGE}; /* the worker has enough to do with data while pages are printed */
    for (size_t i = 0; i < 2; i++)
        for (csim_sheet *sheet = book->sheets; sheet && !book->error.code; sheet = sheet->next)
            if (sheet->mode == order[i]) rows_end(sheet);
    return book->error.code;
}
