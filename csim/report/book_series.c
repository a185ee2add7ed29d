/* The series of a chart: which cells they read and how they are drawn. */
#include "csim/report/book_parts.h"

#include <stdio.h>
#include <stdlib.h>

enum { SERIES_MAX = 200 };

static csim_status series_cells_check(csim_chart *chart, csim_cells x, csim_cells y) {
    csim_status status = csim_cells_check(x);
    if (!status) status = csim_cells_check(y);
    if (status) return status;
    if (x.sheet->book != chart->book || y.sheet->book != chart->book) return csim_sheet_fail(chart->sheet, CSIM_INCONSISTENT, "a chart reads cells of another workbook");
    if (!csim_cells_are_line(x) || !csim_cells_are_line(y) || csim_cells_count(x) != csim_cells_count(y)) return csim_sheet_fail(chart->sheet, CSIM_INCONSISTENT, "a series needs one row or column of %zu values and another of as many", csim_cells_count(y));
    if (csim_cells_count(y) > CSIM_SERIES_POINTS_MAX) return csim_sheet_fail(chart->sheet, CSIM_LIMIT, "a series has %zu points, at most %d can be drawn", csim_cells_count(y), CSIM_SERIES_POINTS_MAX);
    if (chart->series_count >= SERIES_MAX) return csim_sheet_fail(chart->sheet, CSIM_LIMIT, "a chart has more than %d series", SERIES_MAX);
    return CSIM_OK;
}

csim_status csim_chart_remember_range(csim_chart *chart, lxw_series_range *library, csim_cells cells) {
    csim_series_range *range = malloc(sizeof *range);
    if (!range) return csim_sheet_fail(chart->sheet, CSIM_NO_MEMORY, "no memory for a chart");
    *range = (csim_series_range){.lxw = library, .cells = cells, .next = chart->book->ranges};
    chart->book->ranges = range;
    return CSIM_OK;
}

/* The library refuses to place a chart without series, so it is placed with its first one. */
static csim_status chart_place(csim_chart *chart) {
    const csim_chart_plan *plan = &chart->plan;
    lxw_chart_options options = {
        .x_scale = (plan->width_px ? plan->width_px : 620) / 480.0, .y_scale = (plan->height_px ? plan->height_px : 340) / 288.0,
        .object_position = LXW_OBJECT_MOVE_DONT_SIZE, .description = chart->alt_text,
    };
    return csim_sheet_result(chart->sheet, worksheet_insert_chart_opt(chart->sheet->lxw, plan->row, (lxw_col_t)plan->column, chart->lxw, &options), "the chart");
}

csim_status csim_chart_add_plain(csim_chart *chart, const char *name, csim_cells x, csim_cells y) {
    csim_error why;
    csim_status status = series_cells_check(chart, x, y);
    if (!status) status = csim_book_hold_memory(chart->book, CSIM_SERIES_BYTES);
    if (status) return status;
    status = name ? csim_text_check(name, 255, &why) : CSIM_OK;
    if (status) return csim_sheet_fail(chart->sheet, status, "the name of a series: %s", why.detail);
    if (name && name[0] == '=') return csim_sheet_fail(chart->sheet, CSIM_WRONG_TYPE, "the name '%s' of a series would be read as a formula", name);
    const int unnamed_max = (int)(sizeof chart->unnamed / sizeof chart->unnamed[0]) - 1;
    if (!name && chart->unnamed_count >= unnamed_max) return csim_sheet_fail(chart->sheet, CSIM_LIMIT, "a chart has more than %d series without a name", unnamed_max);
    char address[CSIM_ADDRESS_SIZE], x_formula[CSIM_ADDRESS_SIZE + 1], y_formula[CSIM_ADDRESS_SIZE + 1];
    snprintf(x_formula, sizeof x_formula, "=%s", csim_cells_address(x, address));
    snprintf(y_formula, sizeof y_formula, "=%s", csim_cells_address(y, address));
    lxw_chart_series *series = chart_add_series(chart->lxw, x_formula, y_formula);
    if (!series) return csim_sheet_fail(chart->sheet, CSIM_NO_MEMORY, "no memory for a series");
    if (name) chart_series_set_name(series, name);
    else chart->unnamed[chart->unnamed_count++] = (int16_t)chart->series_count;
    chart->last_series = series;
    chart->last_count = csim_cells_count(y);
    status = csim_chart_remember_range(chart, series->categories, x);
    if (!status) status = csim_chart_remember_range(chart, series->values, y);
    if (!status && chart->series_count++ == 0) status = chart_place(chart);
    return status;
}

void csim_series_set_area(lxw_chart_series *series, uint32_t rgb) {
    lxw_chart_fill fill = {.color = csim_library_colour(rgb)};
    lxw_chart_line none = {.none = LXW_TRUE};
    chart_series_set_fill(series, &fill);
    chart_series_set_line(series, &none);
}

csim_status csim_chart_add_series(csim_chart *chart, const char *name, csim_cells categories, csim_cells values, csim_colour colour) {
    csim_status status = csim_chart_ready(chart);
    if (status) return status;
    if (chart->plan.kind == CSIM_CHART_SCATTER) return csim_sheet_fail(chart->sheet, CSIM_INCONSISTENT, "a scatter chart takes its series through csim_chart_add_xy");
    status = csim_chart_add_plain(chart, name, categories, values);
    if (status) return status;
    if (chart->plan.kind == CSIM_CHART_LINE) {
        lxw_chart_line line = csim_chart_line(csim_colour_rgb(colour), 2.25);
        chart_series_set_line(chart->last_series, &line);
        chart_series_set_marker_type(chart->last_series, LXW_CHART_MARKER_NONE);
    } else {
        csim_series_set_area(chart->last_series, csim_colour_rgb(colour));
    }
    return CSIM_OK;
}

csim_status csim_chart_add_base(csim_chart *chart, csim_cells categories, csim_cells values) {
    csim_status status = csim_chart_ready(chart);
    if (status) return status;
    const csim_chart_kind kind = chart->plan.kind;
    if (kind != CSIM_CHART_COLUMN_STACKED && kind != CSIM_CHART_BAR_STACKED) return csim_sheet_fail(chart->sheet, CSIM_INCONSISTENT, "only stacked columns and bars float on a base");
    status = csim_chart_add_plain(chart, NULL, categories, values);
    if (status) return status;
    lxw_chart_fill no_fill = {.none = LXW_TRUE};
    lxw_chart_line no_line = {.none = LXW_TRUE};
    chart_series_set_fill(chart->last_series, &no_fill);
    chart_series_set_line(chart->last_series, &no_line);
    return CSIM_OK;
}

csim_status csim_chart_check_last_series(csim_chart *chart) {
    const csim_status status = csim_chart_ready(chart);
    if (status) return status;
    return chart->last_series ? CSIM_OK : csim_sheet_fail(chart->sheet, CSIM_INCONSISTENT, "the chart has no series to label yet");
}

csim_status csim_chart_show_values(csim_chart *chart, csim_cell_kind kind, int decimals) {
    const csim_status status = csim_chart_check_last_series(chart);
    if (status) return status;
    char number_format[CSIM_NUMBER_FORMAT_SIZE];
    csim_number_format(kind, decimals, number_format);
    lxw_chart_font font = csim_chart_font(9, false, 0x404040);
    chart_series_set_labels(chart->last_series);
    chart_series_set_labels_num_format(chart->last_series, number_format);
    chart_series_set_labels_font(chart->last_series, &font);
    return CSIM_OK;
}

static void series_set_mark(lxw_chart_series *series, csim_mark mark, uint32_t rgb) {
    if (mark == CSIM_MARK_DOTS) {
        lxw_chart_line none = {.none = LXW_TRUE}, edge = csim_chart_line(0xFFFFFF, 0.5);
        lxw_chart_fill fill = {.color = csim_library_colour(rgb)};
        chart_series_set_line(series, &none);
        chart_series_set_marker_type(series, LXW_CHART_MARKER_CIRCLE);
        chart_series_set_marker_size(series, 7);
        chart_series_set_marker_fill(series, &fill);
        chart_series_set_marker_line(series, &edge);
    } else if (mark == CSIM_MARK_NONE) {
        lxw_chart_line none = {.none = LXW_TRUE};
        chart_series_set_line(series, &none);
        chart_series_set_marker_type(series, LXW_CHART_MARKER_NONE);
    } else {
        lxw_chart_line line = csim_chart_line(rgb, mark == CSIM_MARK_THICK_SEGMENTS ? 9 : (mark == CSIM_MARK_LINE ? 2.25 : 1.5));
        chart_series_set_line(series, &line);
        chart_series_set_marker_type(series, LXW_CHART_MARKER_NONE);
    }
}

csim_status csim_chart_add_xy(csim_chart *chart, const char *name, csim_cells x, csim_cells y, csim_colour colour, csim_mark mark) {
    csim_status status = csim_chart_ready(chart);
    if (status) return status;
    if (chart->plan.kind != CSIM_CHART_SCATTER) return csim_sheet_fail(chart->sheet, CSIM_INCONSISTENT, "only a scatter chart takes points with x and y");
    status = csim_chart_add_plain(chart, name, x, y);
    if (!status) series_set_mark(chart->last_series, mark, csim_colour_rgb(colour));
    return status;
}
