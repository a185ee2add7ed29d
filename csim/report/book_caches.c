/* What charts are drawn from where nothing recalculates: the values of their cells, read back at finish, when all are written. */
#include "csim/report/book_parts.h"

#include <stdlib.h>
#include <string.h>

static bool cache_point(const csim_sheet *sheet, uint32_t row, uint32_t column, lxw_series_data_point *point) {
    const lxw_cell *cell = csim_cell_find(sheet, row, column);
    const char *text = NULL;
    if (cell && cell->type == STRING_CELL) text = cell->sst_string;
    if (cell && cell->type == FORMULA_CELL) text = cell->user_data2;
    point->no_data = !text && !csim_cell_value(sheet, row, column, &point->number);
    point->is_string = text != NULL;
    point->string = text ? strdup(text) : NULL;
    return !text || point->string;
}

/* Gives a chart the values it will be drawn from where nothing recalculates, in place of the library's own filling. */
static csim_status cache_fill(csim_book *book, const csim_series_range *range) {
    const csim_cells cells = range->cells;
    for (uint32_t row = cells.row; row <= cells.last_row; row++)
        for (uint32_t column = cells.column; column <= cells.last_column; column++) {
            lxw_series_data_point *point = calloc(1, sizeof *point);
            if (!point || !cache_point(cells.sheet, row, column, point)) {
                free(point);
                return csim_book_fail(book, CSIM_NO_MEMORY, "no memory for a chart's values");
            }
            if (point->is_string) range->lxw->has_string_cache = LXW_TRUE;
            STAILQ_INSERT_TAIL(range->lxw->data_cache, point, list_pointers);
            range->lxw->num_data_points++;
        }
    range->lxw->ignore_cache = LXW_TRUE; /* "do not fill it again" */
    return CSIM_OK;
}

csim_status csim_book_close_charts(csim_book *book) {
    for (csim_chart *chart = book->charts; chart; chart = chart->next) {
        if (!chart->series_count) return csim_sheet_fail(chart->sheet, CSIM_INCONSISTENT, "a chart has no series");
        if (!chart->unnamed_count) continue;
        chart->unnamed[chart->unnamed_count] = -1;
        const csim_status status = csim_sheet_result(chart->sheet, chart_legend_delete_series(chart->lxw, chart->unnamed), "the legend");
        if (status) return status;
    }
    csim_status status = CSIM_OK;
    for (const csim_series_range *range = book->ranges; range && !status; range = range->next)
        if (range->cells.sheet->mode == CSIM_SHEET_PAGE) status = cache_fill(book, range);
        else range->lxw->ignore_cache = LXW_TRUE;
    return status;
}
