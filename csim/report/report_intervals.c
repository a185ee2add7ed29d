/* Charts of estimates with their errors: a dot each, a segment through it, its name beside it. The numbers stand on the sheet of chart data. Must not
 * compute an error. */
#include <math.h>
#include <stdio.h>

#include "csim/report/report_parts.h"

enum { LABEL, PLACE, VALUE, END, SEGMENT_Y, SEGMENT_X, ROWS_A_SEGMENT = 3, FRAME_PX = 110, ITEM_PX = 24 };

static const double errors_either_way = 2, room_for_names = 0.8 /* of what the segments take: names stand right of them */;

static csim_report_range span_of(double neutral, const csim_report_interval *items, size_t count) {
    csim_report_range span = {neutral, neutral};
    for (size_t i = 0; i < count; i++) {
        span.least = fmin(span.least, items[i].value - errors_either_way * items[i].error);
        span.most = fmax(span.most, items[i].value + errors_either_way * items[i].error);
    }
    span.most += room_for_names * (span.most - span.least);
    return span;
}

static void put_heads(csim_sheet *ground, uint32_t row, const char *title) {
    static const char *const heads[] = {"name", "place from below", "estimate", "its upper end", "place from below", "two errors either way"};
    csim_sheet_put_text(ground, row, LABEL, CSIM_GENERAL(CSIM_ROLE_HEADING), title);
    for (uint32_t i = 0; i < sizeof heads / sizeof heads[0]; i++) csim_sheet_put_text(ground, row + 1, i, CSIM_GENERAL(CSIM_ROLE_NOTE), heads[i]);
}

/* The first stands on top. Fills the segments, which the writer puts beside. */
static void put_items(csim_sheet *ground, uint32_t row, const csim_report_interval *items, size_t count, csim_segment *segments) {
    for (size_t i = 0; i < count; i++) {
        const double place = (double)(count - i), far = errors_either_way * items[i].error;
        csim_sheet_put_text(ground, row + (uint32_t)i, LABEL, CSIM_GENERAL(CSIM_ROLE_BODY), items[i].label);
        csim_sheet_put_number(ground, row + (uint32_t)i, PLACE, CSIM_GENERAL(CSIM_ROLE_BODY), place);
        csim_sheet_put_number(ground, row + (uint32_t)i, VALUE, CSIM_GENERAL(CSIM_ROLE_BODY), items[i].value);
        csim_sheet_put_number(ground, row + (uint32_t)i, END, CSIM_GENERAL(CSIM_ROLE_BODY), items[i].value + far);
        segments[i] = (csim_segment){place, items[i].value - far, items[i].value + far};
    }
}

static csim_cells column_of(csim_sheet *ground, uint32_t row, uint32_t column, size_t count) {
    return csim_cells_of(ground, row, column, row + (uint32_t)count - 1, column);
}

uint32_t csim_report_draw_intervals(csim_report *report, csim_report_place place, const char *title, const char *axis_title, csim_cell_kind kind, double neutral,
                                    const csim_report_interval *items, size_t count) {
    csim_sheet *ground = report->sheet[CSIM_REPORT_CHART_DATA];
    csim_segment segments[CSIM_REPORT_INTERVALS];
    csim_cells y, x;
    char told[CSIM_REPORT_LINE];
    if (!count || count > CSIM_REPORT_INTERVALS) return 0;
    const uint32_t row = report->chart_row, first = row + 2, height_px = FRAME_PX + ITEM_PX * (uint32_t)count;
    put_heads(ground, row, title);
    put_items(ground, first, items, count, segments);
    csim_sheet_put_segments(ground, first, SEGMENT_Y, segments, count, &y, &x);
    report->chart_row = first + ROWS_A_SEGMENT * (uint32_t)count + 1;
    snprintf(told, sizeof told, "%zu estimates, each with two standard errors either way: %.400s. A table of this workbook has the numbers.", count, title);
    csim_chart_plan plan = {.kind = CSIM_CHART_SCATTER, .title = title, .alt_text = told, .legend = CSIM_LEGEND_NONE,
                            .x = {.title = axis_title, .kind = kind}, .y = {.title = "first on top", .hide_labels = true, .has_range = true, .most = (double)count + 1, .step = 1},
                            .row = place.row, .column = place.column, .width_px = place.width_px, .height_px = height_px > place.height_px ? height_px : place.height_px};
    csim_report_axis_linear(&plan.x, span_of(neutral, items, count));
    csim_chart *chart = csim_sheet_add_chart(place.sheet, &plan);
    csim_chart_add_xy(chart, "two standard errors either way", x, y, CSIM_COLOUR_BLUE, CSIM_MARK_SEGMENTS);
    csim_chart_add_xy(chart, NULL, column_of(ground, first, END, count), column_of(ground, first, PLACE, count), CSIM_COLOUR_BLUE, CSIM_MARK_NONE);
    csim_chart_label_points(chart, column_of(ground, first, LABEL, count));
    csim_chart_add_xy(chart, "estimate", column_of(ground, first, VALUE, count), column_of(ground, first, PLACE, count), CSIM_COLOUR_BLUE, CSIM_MARK_DOTS);
    return plan.height_px;
}
