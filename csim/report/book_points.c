/* Single points of scatter charts: texts beside them, and segments through pairs of them. */
#include "csim/report/book_parts.h"

#include <stdio.h>
#include <stdlib.h>

enum { LABELS_MAX = 1000 };

typedef struct point_label {
    lxw_chart_data_label label;
    char formula[CSIM_ADDRESS_SIZE + 1];
} point_label;

/* A label is the text itself, since LibreOffice does not follow references there; but one that begins with = must be a
 * reference, or the library would take it for a formula. */
static csim_status label_set(csim_cells text_cell, lxw_chart_font *font, point_label *label) {
    const csim_sheet *sheet = text_cell.sheet;
    const lxw_cell *cell = sheet->mode == CSIM_SHEET_PAGE ? csim_cell_find(sheet, text_cell.row, text_cell.column) : NULL;
    if (!cell || cell->type != STRING_CELL) return csim_cell_fail(text_cell.sheet, text_cell.row, text_cell.column, CSIM_INCONSISTENT, "a point's label reads a text, already written on a page sheet");
    char address[CSIM_ADDRESS_SIZE];
    snprintf(label->formula, sizeof label->formula, "=%s", csim_cells_address(text_cell, address));
    label->label = (lxw_chart_data_label){.value = cell->sst_string[0] == '=' ? label->formula : cell->sst_string, .font = font};
    return CSIM_OK;
}

static csim_status labels_check(csim_chart *chart, csim_cells texts) {
    csim_status status = csim_chart_check_last_series(chart);
    if (!status) status = csim_cells_check(texts);
    if (status) return status;
    const size_t count = csim_cells_count(texts);
    if (csim_cells_are_line(texts) && count == chart->last_count && count <= LABELS_MAX) return CSIM_OK;
    return csim_sheet_fail(chart->sheet, CSIM_INCONSISTENT, "%zu labels for %zu points (one row or column, at most %d)", count, chart->last_count, LABELS_MAX);
}

/* Labels that are references show what stands in their cells. */
static csim_status labels_remember(csim_chart *chart, csim_cells texts) {
    const lxw_chart_series *series = chart->last_series;
    csim_status status = CSIM_OK;
    for (uint32_t i = 0; i < series->data_label_count && !status; i++)
        if (series->data_labels[i].range && series->data_labels[i].range->formula) status = csim_chart_remember_range(chart, series->data_labels[i].range, csim_cells_nth(texts, i));
    return status;
}

csim_status csim_chart_label_points(csim_chart *chart, csim_cells texts) {
    csim_status status = labels_check(chart, texts);
    if (status) return status;
    const size_t count = csim_cells_count(texts);
    point_label *labels = calloc(count, sizeof *labels);
    lxw_chart_data_label **list = calloc(count + 1, sizeof *list);
    lxw_chart_font font = csim_chart_font(9, false, 0x404040);
    if (!labels || !list) status = csim_sheet_fail(chart->sheet, CSIM_NO_MEMORY, "no memory for a chart's labels");
    for (uint32_t i = 0; !status && i < count; i++) {
        status = label_set(csim_cells_nth(texts, i), &font, &labels[i]);
        list[i] = &labels[i].label;
    }
    if (!status) {
        chart_series_set_labels(chart->last_series);
        chart_series_set_labels_font(chart->last_series, &font);
        /* of bars, spreadsheets refuse a place beside the point */
        chart_series_set_labels_position(chart->last_series, chart->plan.kind == CSIM_CHART_BAR || chart->plan.kind == CSIM_CHART_COLUMN ? LXW_CHART_LABEL_POSITION_OUTSIDE_END : LXW_CHART_LABEL_POSITION_RIGHT);
        status = csim_sheet_result(chart->sheet, chart_series_set_labels_custom(chart->last_series, list), "the labels of a chart");
        if (!status) status = labels_remember(chart, texts);
    }
    free(labels);
    free(list);
    return status;
}

csim_status csim_sheet_put_segments(csim_sheet *sheet, uint32_t row, uint32_t column, const csim_segment *segments, size_t count, csim_cells *x, csim_cells *y) {
    const csim_cell_style style = csim_style(CSIM_ROLE_BODY, CSIM_AS_GENERAL);
    *x = *y = csim_cell_of(sheet, row, column);
    csim_status status = csim_sheet_ready(sheet);
    if (status) return status;
    if (!count || count > CSIM_SERIES_POINTS_MAX / 3) return csim_sheet_fail(sheet, CSIM_OUT_OF_RANGE, "%zu segments; 1 … %d can be drawn", count, CSIM_SERIES_POINTS_MAX / 3);
    for (size_t i = 0; i < count && !status; i++) {
        const uint32_t at = row + 3 * (uint32_t)i;
        if (segments[i].low > segments[i].high) return csim_cell_fail(sheet, at, column, CSIM_INCONSISTENT, "the segment's low end %g is above its high end %g", segments[i].low, segments[i].high);
        status = csim_sheet_put_row_of_numbers(sheet, at, column, style, (const double[]){segments[i].x, segments[i].low}, 2);
        if (!status) status = csim_sheet_put_row_of_numbers(sheet, at + 1, column, style, (const double[]){segments[i].x, segments[i].high}, 2);
    }
    *x = csim_cells_of(sheet, row, column, row + 3 * (uint32_t)count - 2, column);
    *y = csim_cells_of(sheet, row, column + 1, row + 3 * (uint32_t)count - 2, column + 1);
    return status;
}
