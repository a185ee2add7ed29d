/* A sheet for each headline: the medians of all runs over one another, their differences from the first, and the same fan chart for each run on one range, so
 * that they can be compared by eye. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "csim/report/sides_parts.h"

enum {
    COLUMNS = 18, COLUMN_WIDTH = 9, COLUMN_PX = 68, NOTE_ROW = 3, TOP = 4, ROW_PX = 20,
    LINES_PX = 748, LINES_HEIGHT_PX = 340, INTERVALS_COLUMN = 11, INTERVALS_PX = 470,
    FAN_COLUMNS = 6, FANS_ACROSS = 3, FAN_PX = 400, FAN_HEIGHT_PX = 270, FAN_ROWS = 14, FAN_ROWS_A_PAGE = 3, PAGE_ROWS = 40,
    INTERVALS_MOST = 28 /* what a page holds */, NAMED_MOST = 8 /* more names would run into one another: numbers, which the fans have too */, NAME_UNITS = 30, NOTE_UNITS = 180
};

/* ---- what is compared ---- */

/* Mean of a run less that of the first in the last common month, with the paired error where there is one. */
static csim_status interval_of(const csim_sides *sides, size_t side, const csim_sides_row *row, csim_report_interval *out, csim_error *err) {
    csim_compare_row pair;
    csim_report_row a, b;
    const csim_status status = csim_sides_pair(sides, side, row, &pair, err);
    if (status) return status;
    *out = (csim_report_interval){.value = pair.difference.mean.value, .error = pair.difference.mean.error};
    if (sides->count - 1 > NAMED_MOST) snprintf(out->label, sizeof out->label, "%zu", side + 1);
    else csim_side_short_label(sides, side, NAME_UNITS, out->label, sizeof out->label);
    if (pair.difference.pairs || !csim_side_read(&sides->side[0], row->series, row->month, &a) || !csim_side_read(&sides->side[side], row->series, row->month, &b)) return CSIM_OK;
    out->value = b.mean.value - a.mean.value;
    out->error = sqrt(a.mean.error * a.mean.error + b.mean.error * b.mean.error);
    return CSIM_OK;
}

/* What is not in the chart is said above it. */
static void add_left_out(const csim_sides *sides, size_t side, bool has_value, char *text, size_t size) {
    char name[CSIM_SIDE_LABEL];
    const size_t used = strlen(text), fewer = sides->side[side].report.result->done < sides->side[0].report.result->done ? side : 0;
    const char *why = !has_value ? "no such number in both runs" : sides->side[fewer].report.result->done < 2 ? "of one path there is no error" : "no error is known";
    snprintf(text + used, size - used, "%s%s (%s)", used ? ", " : "Not in the chart of differences: ", csim_side_short_label(sides, side, NAME_UNITS, name, sizeof name), why);
}

static csim_status draw_differences(csim_sides *sides, const csim_sides_headline *headline, uint32_t *height_px, csim_error *err) {
    csim_sides_row row = {.outcome = headline->outcome, .month = sides->last_month};
    csim_report_interval items[CSIM_SIDES_MOST];
    char title[CSIM_REPORT_LINE], axis[96], month[CSIM_MONTH_TEXT], left_out[CSIM_REPORT_LINE] = "", note[CSIM_REPORT_LINE];
    size_t count = 0;
    const size_t shown = sides->count > INTERVALS_MOST + 1 ? INTERVALS_MOST + 1 : sides->count;
    snprintf(row.series, sizeof row.series, "%s", headline->series);
    for (size_t side = 1; side < shown; side++) {
        const csim_status status = interval_of(sides, side, &row, &items[count], err);
        if (status) return status;
        const bool is_drawn = isfinite(items[count].value) && isfinite(items[count].error);
        if (!is_drawn) add_left_out(sides, side, isfinite(items[count].value), left_out, sizeof left_out);
        count += is_drawn;
    }
    if (left_out[0]) csim_sheet_put_text(headline->sheet, NOTE_ROW, 0, CSIM_GENERAL(CSIM_ROLE_NOTE), csim_report_clean(left_out, NOTE_UNITS, note, sizeof note));
    snprintf(title, sizeof title, "Mean less that of %s, %s%s", sides->side[0].label, csim_month_text(sides->last_month, month), shown < sides->count ? ", the first ones" : "");
    const char *unit = csim_outcome_rows[headline->outcome].unit;
    snprintf(axis, sizeof axis, "difference, %s; \xC2\xB1 two errors", !strcmp(unit, "-") ? "no unit" : unit);
    *height_px = csim_report_draw_intervals(csim_sides_lend(sides, 0), (csim_report_place){headline->sheet, TOP, INTERVALS_COLUMN, INTERVALS_PX, LINES_HEIGHT_PX}, title, axis,
                                            csim_report_kind(headline->outcome), 0, items, count);
    csim_sides_take_back(sides, 0);
    return CSIM_OK;
}

/* ---- charts ---- */

static void draw_lines(csim_sides *sides, const csim_sides_headline *headline) {
    csim_report_line lines[CSIM_REPORT_LINES];
    char title[CSIM_REPORT_LINE];
    size_t count = 0, having = 0;
    for (size_t i = 0; i < sides->count; i++) {
        const int32_t slot = csim_side_slot(&sides->side[i], headline->series);
        having += slot >= 0;
        if (slot < 0 || count == CSIM_REPORT_LINES) continue;
        lines[count] = (csim_report_line){.of = &sides->side[i].report, .slot = slot};
        snprintf(lines[count++].name, sizeof lines[0].name, "%.250s", sides->side[i].label);
    }
    snprintf(title, sizeof title, having > count ? "Medians of the first %zu of %zu runs" : "Medians", count, having);
    csim_report_draw_lines(csim_sides_lend(sides, 0), (csim_report_place){headline->sheet, TOP, 0, LINES_PX, LINES_HEIGHT_PX}, headline->outcome, title, lines, count);
    csim_sides_take_back(sides, 0);
}

static csim_report_range range_of(const csim_sides *sides, const char *series) {
    csim_report_range all = {HUGE_VAL, -HUGE_VAL};
    for (size_t i = 0; i < sides->count; i++) {
        const int32_t slot = csim_side_slot(&sides->side[i], series);
        if (slot < 0) continue;
        const csim_report_range own = csim_report_span(&sides->side[i].report, slot);
        all.least = fmin(all.least, own.least);
        all.most = fmax(all.most, own.most);
    }
    return all;
}

/* A run without the series has its place all the same: the same run stands in the same place on every sheet. */
static void draw_fan(csim_sides *sides, const csim_sides_headline *headline, size_t side, uint32_t row, csim_report_range range) {
    const uint32_t column = (uint32_t)(side % FANS_ACROSS) * FAN_COLUMNS;
    const int32_t slot = csim_side_slot(&sides->side[side], headline->series);
    char text[CSIM_REPORT_LINE];
    if (slot < 0) {
        snprintf(text, sizeof text, "%s: n/a, no such series", sides->side[side].label);
        csim_sheet_put_text(headline->sheet, row, column, CSIM_GENERAL(CSIM_ROLE_MISSING), text);
        return;
    }
    const csim_report_place place = {headline->sheet, row, column, FAN_PX, FAN_HEIGHT_PX};
    snprintf(text, sizeof text, "%zu  %s", side + 1, sides->side[side].label);
    csim_report_draw_fan(csim_sides_lend(sides, side), place, slot, text, headline->colour, range);
    csim_sides_take_back(sides, side);
}

/* ---- the sheet ---- */

static void put_head(const csim_sides *sides, const csim_sides_headline *headline) {
    csim_sides_row row = {.outcome = headline->outcome};
    char title[CSIM_REPORT_LINE], about[2 * CSIM_REPORT_LINE];
    snprintf(row.series, sizeof row.series, "%s", headline->series);
    csim_sides_row_title(sides, &row, title, sizeof title);
    snprintf(about, sizeof about, "Series %s, %s. Fans: 5, 25, 50, 75 and 95 %% of paths, all on one range and over the months that all runs report.", headline->series, csim_outcome_rows[headline->outcome].unit);
    csim_sides_put_head(sides, headline->sheet, title, about);
    csim_sheet_set_width(headline->sheet, 0, COLUMNS - 1, COLUMN_WIDTH);
    csim_sheet_freeze(headline->sheet, 1, 0);
}

csim_status csim_sides_fill_charts(csim_sides *sides, csim_sides_headline *headline, csim_error *err) {
    uint32_t height_px = 0, row = TOP;
    put_head(sides, headline);
    draw_lines(sides, headline);
    const csim_status status = draw_differences(sides, headline, &height_px, err);
    if (status) return status;
    if (height_px < LINES_HEIGHT_PX) height_px = LINES_HEIGHT_PX;
    row += height_px / ROW_PX + 1;
    const csim_report_range range = range_of(sides, headline->series);
    const size_t fans = (sides->count + FANS_ACROSS - 1) / FANS_ACROSS, below = row + FAN_ROWS <= PAGE_ROWS ? 1 : 0; /* rows of fans on the first page */
    for (size_t side = 0; side < sides->count; side++) {
        const size_t across = side / FANS_ACROSS;
        if (side % FANS_ACROSS == 0 && across >= below && (across - below) % FAN_ROWS_A_PAGE == 0) csim_sheet_break_before(headline->sheet, row + (uint32_t)across * FAN_ROWS);
        draw_fan(sides, headline, side, row + (uint32_t)across * FAN_ROWS, range);
    }
    csim_sheet_set_print_area(csim_cells_of(headline->sheet, 0, 0, row + (uint32_t)fans * FAN_ROWS, COLUMNS - 1));
    return CSIM_OK;
}
