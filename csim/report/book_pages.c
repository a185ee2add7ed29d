/* Rows of page sheets. While a sheet is filled its cells are the library's, in any order and readable by charts; at finish they are taken from it and packed as those
 * of data sheets are, many times faster than it prints them. Its rows stay, without cells: it places charts by their heights. What is touched of its insides: the
 * trees of rows and cells. */
#include "csim/report/book_parts.h"

#include <stdlib.h>

static csim_held_cell held_of(const lxw_cell *cell) {
    csim_held_cell out = {.kind = CSIM_HELD_BLANK, .format = cell->format};
    switch (cell->type) {
    case NUMBER_CELL: out.kind = CSIM_HELD_NUMBER; out.number = cell->u.number; break;
    case STRING_CELL: out.kind = CSIM_HELD_SHARED; out.number = cell->u.string_id; break;
    case BOOLEAN_CELL: out.kind = CSIM_HELD_BOOL; out.number = cell->u.number; break;
    case FORMULA_CELL: out = (csim_held_cell){CSIM_HELD_FORMULA, cell->format, cell->formula_result, cell->u.string, cell->user_data2}; break;
    default: break; /* the writer makes no other kind */
    }
    return out;
}

static void cell_drop(lxw_cell *cell) {
    if (cell->type == FORMULA_CELL) free(cell->u.string);
    free(cell->user_data1);
    free(cell->user_data2);
    free(cell);
}

/* From left to right; rows NULL: only dropped. */
static void cells_take(lxw_cell *cell, csim_packed_rows *rows) {
    if (!cell) return;
    lxw_cell *behind = RB_RIGHT(cell, tree_pointers);
    cells_take(RB_LEFT(cell, tree_pointers), rows);
    if (rows) {
        const csim_held_cell held = held_of(cell);
        csim_cell_pack(rows, cell->row_num, cell->col_num, &held);
    }
    cell_drop(cell);
    cells_take(behind, rows);
}

static void rows_take(lxw_row *row, csim_packed_rows *rows) {
    if (!row) return;
    rows_take(RB_LEFT(row, tree_pointers), rows);
    if (rows) csim_packed_rows_open_row(rows, row->row_num, row->height_changed ? row->height : 0);
    cells_take(row->cells->rbh_root, rows);
    row->cells->rbh_root = NULL;
    if (rows) csim_packed_rows_close_row(rows);
    rows_take(RB_RIGHT(row, tree_pointers), rows);
}

void csim_sheet_pack_page(csim_sheet *sheet) { rows_take(sheet->lxw->table->rbh_root, sheet->rows); }

void csim_sheet_drop_cells(csim_sheet *sheet) { rows_take(sheet->lxw->table->rbh_root, NULL); }
