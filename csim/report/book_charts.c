/* A chart without its series: its place, axes, title, legend and frame. */
#include "csim/report/book_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

lxw_chart_font csim_chart_font(double size_points, bool bold, uint32_t rgb) {
    return (lxw_chart_font){.name = (char *)csim_book_font, .size = size_points, .bold = bold ? LXW_TRUE : LXW_EXPLICIT_FALSE, .color = rgb};
}

lxw_chart_line csim_chart_line(uint32_t rgb, double width_points) {
    return (lxw_chart_line){.color = csim_library_colour(rgb), .width = (float)width_points};
}

static void axis_set_scale(lxw_chart_axis *axis, const csim_chart_axis *wish) {
    if (wish->log10) chart_axis_set_log_base(axis, 10);
    if (wish->has_range) {
        chart_axis_set_min(axis, wish->least);
        chart_axis_set_max(axis, wish->most);
    }
    if (wish->step > 0) chart_axis_set_major_unit(axis, wish->step);
    if (wish->label_every) {
        chart_axis_set_interval_unit(axis, (uint16_t)wish->label_every);
        chart_axis_set_interval_tick(axis, (uint16_t)wish->label_every);
    }
    if (wish->reversed) chart_axis_set_reverse(axis);
}

/* `from_zero`: bars stand on zero where that is within the range, and the other axis with them. */
static void axis_set(lxw_chart_axis *axis, const csim_chart_axis *wish, bool gridlines, bool from_zero) {
    lxw_chart_font label_font = csim_chart_font(9, false, 0x404040), title_font = csim_chart_font(9, false, 0x404040);
    lxw_chart_line rule = csim_chart_line(csim_colour_rgb(CSIM_COLOUR_GREY), 0.75), grid = csim_chart_line(0xE3E3E3, 0.5);
    char number_format[CSIM_NUMBER_FORMAT_SIZE];
    csim_number_format(wish->kind, wish->decimals, number_format);
    chart_axis_set_num_format(axis, number_format);
    chart_axis_set_num_font(axis, &label_font);
    if (wish->title) {
        chart_axis_set_name(axis, wish->title);
        chart_axis_set_name_font(axis, &title_font);
    }
    chart_axis_set_line(axis, &rule);
    chart_axis_major_gridlines_set_visible(axis, gridlines);
    if (gridlines) chart_axis_major_gridlines_set_line(axis, &grid);
    /* Labels stay at the edge even where the other axis crosses at zero, amid the values. */
    chart_axis_set_label_position(axis, wish->hide_labels ? LXW_CHART_AXIS_LABEL_POSITION_NONE : LXW_CHART_AXIS_LABEL_POSITION_LOW);
    if (wish->hide_labels) chart_axis_set_major_tick_mark(axis, LXW_CHART_AXIS_TICK_MARK_NONE);
    axis_set_scale(axis, wish);
    if (wish->log10 || (wish->has_range && !(from_zero && wish->least < 0))) chart_axis_set_crossing_min(axis);
}

static bool kind_is_bar(csim_chart_kind kind) { return kind == CSIM_CHART_BAR || kind == CSIM_CHART_BAR_STACKED; }

static void chart_set_axes(csim_chart *chart) {
    const csim_chart_plan *plan = &chart->plan;
    const bool is_bar = kind_is_bar(plan->kind); /* the library counts a bar chart's axes by place, not by meaning */
    lxw_chart_axis *categories = is_bar ? chart->lxw->y_axis : chart->lxw->x_axis;
    lxw_chart_axis *values = is_bar ? chart->lxw->x_axis : chart->lxw->y_axis;
    values->is_value = LXW_TRUE; /* which it forgets to say of area charts, and then refuses to scale them */
    axis_set(categories, &plan->x, plan->kind == CSIM_CHART_SCATTER, false);
    axis_set(values, &plan->y, true, is_bar || plan->kind == CSIM_CHART_COLUMN || plan->kind == CSIM_CHART_COLUMN_STACKED);
    if (is_bar && !plan->x.reversed) { /* first on top, values still below */
        chart_axis_set_reverse(categories);
        chart_axis_set_crossing_max(categories);
        chart_axis_set_label_position(values, LXW_CHART_AXIS_LABEL_POSITION_NEXT_TO); /* "low" would be the top */
    }
    if (plan->kind != CSIM_CHART_SCATTER) chart_axis_set_major_tick_mark(categories, LXW_CHART_AXIS_TICK_MARK_NONE);
}

static void chart_set_frame(csim_chart *chart) {
    static const uint8_t places[] = {[CSIM_LEGEND_BOTTOM] = LXW_CHART_LEGEND_BOTTOM, [CSIM_LEGEND_RIGHT] = LXW_CHART_LEGEND_RIGHT, [CSIM_LEGEND_TOP] = LXW_CHART_LEGEND_TOP, [CSIM_LEGEND_NONE] = LXW_CHART_LEGEND_NONE};
    lxw_chart_font title_font = csim_chart_font(11, true, 0x1F3A5F), legend_font = csim_chart_font(9, false, 0x404040);
    lxw_chart_line frame = csim_chart_line(csim_colour_rgb(CSIM_COLOUR_LIGHT_GREY), 0.75);
    if (chart->plan.title) {
        chart_title_set_name(chart->lxw, chart->plan.title);
        chart_title_set_name_font(chart->lxw, &title_font);
    } else {
        chart_title_off(chart->lxw);
    }
    chart_legend_set_position(chart->lxw, places[chart->plan.legend]);
    chart_legend_set_font(chart->lxw, &legend_font);
    chart_chartarea_set_line(chart->lxw, &frame);
    chart_show_blanks_as(chart->lxw, LXW_CHART_BLANKS_AS_GAP);
    chart_show_hidden_data(chart->lxw); /* data may stand on hidden sheets */
    if (kind_is_bar(chart->plan.kind) || chart->plan.kind == CSIM_CHART_COLUMN || chart->plan.kind == CSIM_CHART_COLUMN_STACKED) chart_set_series_gap(chart->lxw, 55);
}

static csim_status axis_check(csim_sheet *sheet, const csim_chart_axis *axis) {
    csim_error why;
    const csim_status status = axis->title ? csim_text_check(axis->title, 255, &why) : CSIM_OK;
    if (status) return csim_sheet_fail(sheet, status, "a chart's axis title: %s", why.detail);
    if (axis->has_range && !(isfinite(axis->least) && isfinite(axis->most) && axis->least < axis->most)) return csim_sheet_fail(sheet, CSIM_OUT_OF_RANGE, "a chart's axis from %g to %g has no length", axis->least, axis->most);
    if (axis->has_range && axis->log10 && axis->least <= 0) return csim_sheet_fail(sheet, CSIM_OUT_OF_RANGE, "a logarithmic axis cannot begin at %g", axis->least);
    if (!isfinite(axis->step) || axis->label_every > 10000) return csim_sheet_fail(sheet, CSIM_OUT_OF_RANGE, "a chart's labels cannot stand %g apart, every %u", axis->step, axis->label_every);
    return CSIM_OK;
}

static csim_status chart_plan_check(csim_sheet *sheet, const csim_chart_plan *plan) {
    csim_error why;
    csim_status status = csim_cells_check(csim_cell_of(sheet, plan->row, plan->column));
    if (status) return status;
    if (!plan->alt_text || !*plan->alt_text) return csim_sheet_fail(sheet, CSIM_MISSING_KEY, "a chart needs a text for readers who cannot see it");
    status = csim_text_check(plan->alt_text, 1000, &why);
    if (!status && plan->title) status = csim_text_check(plan->title, 255, &why);
    if (status) return csim_sheet_fail(sheet, status, "a chart's text: %s", why.detail);
    if ((unsigned)plan->kind > CSIM_CHART_SCATTER || (unsigned)plan->legend > CSIM_LEGEND_NONE || plan->width_px > 4000 || plan->height_px > 4000) return csim_sheet_fail(sheet, CSIM_OUT_OF_RANGE, "a chart's kind, legend or size is not one that can be drawn");
    status = axis_check(sheet, &plan->x);
    return status ? status : axis_check(sheet, &plan->y);
}

static const uint8_t chart_types[] = {
    [CSIM_CHART_LINE] = LXW_CHART_LINE, [CSIM_CHART_AREA_STACKED] = LXW_CHART_AREA_STACKED, [CSIM_CHART_COLUMN] = LXW_CHART_COLUMN,
    [CSIM_CHART_COLUMN_STACKED] = LXW_CHART_COLUMN_STACKED, [CSIM_CHART_BAR] = LXW_CHART_BAR, [CSIM_CHART_BAR_STACKED] = LXW_CHART_BAR_STACKED,
    [CSIM_CHART_SCATTER] = LXW_CHART_SCATTER_STRAIGHT_WITH_MARKERS,
};

csim_chart *csim_sheet_add_chart(csim_sheet *sheet, const csim_chart_plan *plan) {
    if (!sheet || !sheet->book) return NULL;
    csim_book *book = sheet->book;
    if (csim_sheet_ready(sheet) || chart_plan_check(sheet, plan) || csim_book_hold_memory(book, CSIM_SERIES_BYTES)) return &book->no_chart;
    csim_chart *chart = calloc(1, sizeof *chart);
    char *alt_text = strdup(plan->alt_text);
    lxw_chart *library = chart && alt_text ? workbook_add_chart(book->lxw, chart_types[plan->kind]) : NULL;
    if (!library) {
        free(chart);
        free(alt_text);
        csim_sheet_fail(sheet, CSIM_NO_MEMORY, "no memory for a chart");
        return &book->no_chart;
    }
    *chart = (csim_chart){.book = book, .sheet = sheet, .lxw = library, .plan = *plan, .alt_text = alt_text, .next = book->charts};
    book->charts = chart;
    chart_set_axes(chart);
    chart_set_frame(chart);
    chart->plan.title = chart->plan.alt_text = chart->plan.x.title = chart->plan.y.title = NULL; /* the caller's */
    return chart;
}
