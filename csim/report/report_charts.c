/* Charts of a report. A chart's numbers stand on the sheet of chart data, quarter by quarter, so that what is drawn can be read, and the tables beside
 * charts may be coarser. Owns axes and the layout of that sheet; must not decide what is worth drawing. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "csim/report/report_parts.h"
#include "csim/report/words.h"

enum { COLUMN_YEAR, COLUMN_MONTH, COLUMN_VALUES = CSIM_CHART_BLOCK_VALUES, COLUMN_STACK = COLUMN_VALUES + 5, BAR_VALUE = 0, BAR_LABEL, BAR_SAID };

/* Lines and regimes in the order in which neighbours differ most in lightness as well as in hue. */
static const csim_colour line_colours[CSIM_REPORT_LINES] = {CSIM_COLOUR_BLUE,   CSIM_COLOUR_VERMILLION, CSIM_COLOUR_GREEN, CSIM_COLOUR_ORANGE,
                                                     CSIM_COLOUR_PURPLE, CSIM_COLOUR_SKY_BLUE,   CSIM_COLOUR_BLACK, CSIM_COLOUR_GREY};

static csim_sheet *ground_of(const csim_report *report) { return report->sheet[CSIM_REPORT_CHART_DATA]; }

/* ---- blocks of chart data ---- */

void csim_report_dress_chart_data(csim_sheet *sheet) {
    enum { FIRST_PAGE_ROWS = 68, COLUMNS = COLUMN_STACK + CSIM_FAN_HELPER_COLUMNS };
    csim_sheet_set_width(sheet, COLUMN_YEAR, COLUMN_MONTH, 11);
    csim_sheet_set_width(sheet, COLUMN_VALUES, COLUMNS - 1, 13);
    csim_sheet_set_print_area(csim_cells_of(sheet, 0, 0, FIRST_PAGE_ROWS - 1, COLUMNS - 1));
}

/* The axis names a year at its first quarter and nothing in between: given every month, or dates, programs choose other labels than one another. */
static void put_quarter(csim_sheet *ground, uint32_t row, int month, bool first) {
    char text[CSIM_MONTH_TEXT];
    csim_report_put_month(ground, row, COLUMN_MONTH, CSIM_ROLE_BODY, month);
    csim_month_text(month, text);
    text[strcspn(text, "-")] = 0;
    csim_sheet_put_text(ground, row, COLUMN_YEAR, CSIM_GENERAL(CSIM_ROLE_BODY), month % 12 < 3 || first ? text : " ");
}

/* Writes title and heads, leaves the cursor below the block. Returns the cells that name the quarters on an axis, already filled. */
static csim_cells block_open(csim_report *report, const char *title, int32_t slot_named) {
    csim_sheet *ground = ground_of(report);
    const csim_report_dates *dates = &report->dates;
    const uint32_t row = report->chart_row;
    char text[CSIM_REPORT_LINE];
    snprintf(text, sizeof text, "%s (%s)", title, slot_named < 0 ? "medians" : report->plan->slot_name[slot_named]);
    csim_sheet_put_text(ground, row, COLUMN_YEAR, CSIM_GENERAL(CSIM_ROLE_HEADING), text);
    csim_sheet_put_text(ground, row + 1, COLUMN_MONTH, CSIM_GENERAL(CSIM_ROLE_NOTE), "end of");
    csim_sheet_put_text(ground, row + 1, COLUMN_YEAR, CSIM_GENERAL(CSIM_ROLE_NOTE), "on the axis");
    for (int32_t i = 0; i < dates->quarters; i++) put_quarter(ground, row + 2 + (uint32_t)i, csim_report_month_at(report, dates->quarter[i]), i == 0);
    report->chart_row = row + 3 + (uint32_t)dates->quarters;
    return csim_cells_of(ground, row + 2, COLUMN_YEAR, row + 1 + (uint32_t)dates->quarters, COLUMN_YEAR);
}

static csim_cells beside(csim_cells quarters, uint32_t column, uint32_t last_column) {
    quarters.column = column;
    quarters.last_column = last_column;
    return quarters;
}

static void head_put(csim_cells quarters, uint32_t column, const char *text) {
    csim_sheet_put_text(quarters.sheet, quarters.row - 1, column, CSIM_GENERAL(CSIM_ROLE_NOTE), text);
}

/* ---- axes ---- */

static csim_chart_axis axis_of_quarters(csim_language language) {
    return (csim_chart_axis){.title = csim_word_text(language, CSIM_WORD_AXIS_QUARTER), .kind = CSIM_AS_GENERAL, .label_every = 1};
}

/* A step of 1, 2 or 5 times a power of ten that divides `span` into four to ten. */
static double step_of(double span) {
    const double unit = pow(10, floor(log10(span)) - 1), parts = span / unit / 6;
    return unit * (parts > 5 ? 10 : parts > 2 ? 5 : parts > 1 ? 2 : 1);
}

void csim_report_axis_linear(csim_chart_axis *axis, csim_report_range range) {
    const double spread = range.most - range.least, size = fmax(fabs(range.least), fabs(range.most));
    const bool near_zero = range.least >= 0 && range.least < 0.6 * range.most;
    const double low = near_zero ? 0 : range.least, high = spread > 1e-9 * size ? range.most : low + (size > 0 ? 0.1 * size : 1);
    axis->step = step_of(high - low);
    axis->least = floor(low / axis->step + 1e-9) * axis->step;
    axis->most = ceil(high / axis->step - 1e-9) * axis->step;
    axis->has_range = true;
    const double shown = axis->kind == CSIM_AS_PERCENT ? 100 * axis->step : axis->step;
    axis->decimals = shown < 1 ? (int)ceil(-log10(shown) - 1e-9) : 0;
    if (axis->kind == CSIM_AS_PERCENT && axis->most > 1 && range.most <= 1) axis->most = 1;
    if (axis->least >= axis->most) axis->least = axis->most - (axis->kind == CSIM_AS_PERCENT ? 1 : axis->step); /* a constant at the top of its axis */
}

/* The smallest 1, 2 or 5 times a power of ten that is not below `value`: a whole power may leave most of a chart empty. */
static double log_bound(double value) {
    const double unit = pow(10, floor(log10(value) + 1e-9)), parts = value / unit * (1 - 1e-9);
    return unit * (parts <= 1 ? 1 : parts <= 2 ? 2 : parts <= 5 ? 5 : 10);
}

static void axis_log(csim_chart_axis *axis, csim_report_range range) {
    axis->log10 = axis->has_range = true;
    axis->kind = CSIM_AS_GENERAL; /* labels from 0.01 to 1000 with the digits each needs; the title has the unit */
    axis->least = 1 / log_bound(1 / range.least);
    axis->most = log_bound(range.most);
}

static csim_chart_axis axis_of_values(csim_outcome_id id, csim_report_range range) {
    csim_chart_axis axis = {.kind = csim_report_kind(id)};
    const bool wide = csim_outcome_rows[id].scale == CSIM_SCALE_LOG && range.least > 0 && range.most > 10 * range.least;
    if (wide) axis_log(&axis, range);
    else csim_report_axis_linear(&axis, range);
    return axis;
}

/* "share of tokens" needs no unit; "-" is a ratio or an index. */
static const char *axis_title(csim_language language, csim_outcome_id id, bool log10, char *text, size_t size) {
    const char *unit = csim_outcome_rows[id].unit, *words = csim_word_term(language, unit);
    if (!strcmp(unit, "-")) words = csim_word_text(language, csim_report_kind(id) == CSIM_AS_RATIO ? CSIM_WORD_AXIS_RATIO : CSIM_WORD_AXIS_INDEX);
    else if (!strcmp(unit, "share")) words = csim_word_text(language, CSIM_WORD_AXIS_SHARE);
    if (log10) return CSIM_SAY(language, CSIM_WORD_AXIS_LOG, text, size, words);
    snprintf(text, size, "%s", words);
    return text;
}

csim_report_range csim_report_span(const csim_report *report, int32_t slot) {
    csim_report_range span = {DBL_MAX, -DBL_MAX};
    for (int32_t i = 0; i < report->dates.quarters; i++) {
        const csim_report_row row = csim_report_read(report, slot, report->dates.quarter[i]);
        span.least = fmin(span.least, row.q[0].value);
        span.most = fmax(span.most, row.q[4].value);
    }
    return span;
}

/* ---- texts for readers who cannot see a chart ---- */

static const char *fan_told(const csim_report *report, int32_t slot, char *text, size_t size) {
    const csim_outcome_id id = (csim_outcome_id)report->plan->slot_outcome[slot];
    const csim_cell_kind kind = csim_report_kind(id);
    const csim_report_row first = csim_report_read(report, slot, report->dates.quarter[0]), last = csim_report_read(report, slot, report->dates.last);
    const csim_language in = report->language;
    char title[CSIM_REPORT_LINE / 2], from[32], to[32], a[48], b[48], low[48], high[48];
    csim_report_series_title(report, slot, title, sizeof title);
    csim_word_month_short(in, csim_report_month_at(report, report->dates.quarter[0]), from, sizeof from);
    csim_word_month_short(in, csim_report_month_at(report, report->dates.last), to, sizeof to);
    csim_word_number(in, kind, first.q[2].value, first.q[2].error, a, sizeof a);
    csim_word_number(in, kind, last.q[2].value, last.q[2].error, b, sizeof b);
    csim_word_number(in, kind, last.q[0].value, last.q[0].error, low, sizeof low);
    csim_word_number(in, kind, last.q[4].value, last.q[4].error, high, sizeof high);
    return CSIM_SAY(in, CSIM_WORD_FAN_TOLD, text, size, title, csim_word_term(in, csim_outcome_rows[id].unit), a, from, b, to, low, high);
}

/* ---- charts ---- */

/* Low and wide charts have room beside the plot, not below it. */
static csim_legend legend_of(csim_report_place place) { return place.width_px > 2 * place.height_px ? CSIM_LEGEND_RIGHT : CSIM_LEGEND_BOTTOM; }

void csim_report_draw_fan(csim_report *report, csim_report_place place, int32_t slot, const char *title, csim_colour colour, csim_report_range range) {
    static const char *const heads[5] = {"p5", "p25", "p50", "p75", "p95"};
    const csim_outcome_id id = (csim_outcome_id)report->plan->slot_outcome[slot];
    const csim_cells quarters = block_open(report, title, slot), quantiles = beside(quarters, COLUMN_VALUES, COLUMN_VALUES + 4);
    for (uint32_t i = 0; i < 5; i++) head_put(quarters, COLUMN_VALUES + i, heads[i]);
    for (int32_t i = 0; i < report->dates.quarters; i++) {
        const csim_report_row row = csim_report_read(report, slot, report->dates.quarter[i]);
        for (uint32_t k = 0; k < 5; k++)
            csim_report_put_value(quarters.sheet, quarters.row + (uint32_t)i, COLUMN_VALUES + k, CSIM_ROLE_BODY, CSIM_AS_GENERAL, CSIM_DIGITS_DEFAULT, row.q[k].value);
    }
    char told[CSIM_REPORT_LINE], unit[64];
    csim_chart_plan plan = {.kind = CSIM_CHART_AREA_STACKED, .title = title, .alt_text = fan_told(report, slot, told, sizeof told), .x = axis_of_quarters(report->language), .legend = legend_of(place),
                            .row = place.row, .column = place.column, .width_px = place.width_px, .height_px = place.height_px};
    const csim_word bands[3] = {CSIM_WORD_BAND_OUTER, CSIM_WORD_BAND_INNER, CSIM_WORD_BAND_MEDIAN};
    for (int i = 0; i < 3; i++) plan.fan_names[i] = csim_word_text(report->language, bands[i]);
    plan.y = axis_of_values(id, range.most > range.least ? range : csim_report_span(report, slot));
    plan.y.title = axis_title(report->language, id, plan.y.log10, unit, sizeof unit);
    csim_chart_add_fan(csim_sheet_add_chart(place.sheet, &plan), quarters, quantiles, colour, quarters.sheet, quarters.row - 1, COLUMN_STACK);
}

static csim_report_range medians_span(const csim_report_line *lines, size_t count) {
    csim_report_range span = {DBL_MAX, -DBL_MAX};
    for (size_t e = 0; e < count; e++)
        for (int32_t i = 0; i < lines[e].of->dates.quarters; i++) {
            const double median = csim_report_read(lines[e].of, lines[e].slot, lines[e].of->dates.quarter[i]).q[2].value;
            span.least = fmin(span.least, median);
            span.most = fmax(span.most, median);
        }
    return span;
}

static void put_line(csim_chart *chart, csim_cells quarters, const csim_report_line *line, uint32_t number) {
    const uint32_t column = COLUMN_VALUES + number;
    head_put(quarters, column, line->name);
    for (int32_t i = 0; i < line->of->dates.quarters; i++)
        csim_report_put_value(quarters.sheet, quarters.row + (uint32_t)i, column, CSIM_ROLE_BODY, CSIM_AS_GENERAL, CSIM_DIGITS_DEFAULT,
                              csim_report_read(line->of, line->slot, line->of->dates.quarter[i]).q[2].value);
    csim_chart_add_series(chart, line->name, quarters, beside(quarters, column, column), line_colours[number]);
}

void csim_report_draw_lines(csim_report *report, csim_report_place place, csim_outcome_id id, const char *title, const csim_report_line *lines, size_t count) {
    const csim_cells quarters = block_open(report, title, -1);
    char unit[64], told[CSIM_REPORT_LINE];
    snprintf(told, sizeof told, "Medians of %zu series by quarter: %.400s. The tables of this workbook have the numbers.", count, title);
    csim_chart_plan plan = {.kind = CSIM_CHART_LINE, .title = title, .alt_text = told, .x = axis_of_quarters(lines[0].of->language),
                            .row = place.row, .column = place.column, .width_px = place.width_px, .height_px = place.height_px};
    plan.y = axis_of_values(id, medians_span(lines, count));
    plan.y.title = axis_title(report->language, id, plan.y.log10, unit, sizeof unit);
    csim_chart *chart = csim_sheet_add_chart(place.sheet, &plan);
    for (uint32_t i = 0; i < count; i++) put_line(chart, quarters, &lines[i], i);
}

void csim_report_draw_medians(csim_report *report, csim_report_place place, csim_outcome_id id, const char *title) {
    const int32_t all = csim_report_slots(report, id), count = all < CSIM_REPORT_LINES ? all : CSIM_REPORT_LINES;
    csim_report_line lines[CSIM_REPORT_LINES];
    for (int32_t e = 0; e < count; e++) {
        lines[e].of = report;
        lines[e].slot = csim_report_slot(report, id, e);
        csim_report_element(report, lines[e].slot, lines[e].name, sizeof lines[e].name);
    }
    csim_report_draw_lines(report, place, id, title, lines, (size_t)count);
}

void csim_report_draw_shares(csim_report *report, csim_report_place place, int32_t slot, const char *title, int32_t values) {
    const csim_cells quarters = block_open(report, title, slot);
    const bool regimes = values > 1;
    char told[CSIM_REPORT_LINE];
    snprintf(told, sizeof told, "Columns by quarter, share of paths: %.400s. The table to the left has the numbers.", title);
    const csim_chart_plan plan = {.kind = CSIM_CHART_COLUMN_STACKED, .title = title, .alt_text = told, .x = axis_of_quarters(report->language),
                                  .y = {.title = "share of paths, %", .kind = CSIM_AS_PERCENT, .has_range = regimes, .most = 1, .step = regimes ? 0.25 : 0},
                                  .legend = regimes ? CSIM_LEGEND_BOTTOM : CSIM_LEGEND_NONE,
                                  .row = place.row, .column = place.column, .width_px = place.width_px, .height_px = place.height_px};
    csim_chart *chart = csim_sheet_add_chart(place.sheet, &plan);
    for (int32_t v = 0; v < values && v < CSIM_REPORT_LINES; v++) {
        const uint32_t column = COLUMN_VALUES + (uint32_t)v;
        const char *name = regimes ? report->plan->regime_id[v] : "share of paths";
        head_put(quarters, column, name);
        for (int32_t i = 0; i < report->dates.quarters; i++)
            csim_report_put_value(quarters.sheet, quarters.row + (uint32_t)i, column, CSIM_ROLE_BODY, CSIM_AS_GENERAL, CSIM_DIGITS_DEFAULT,
                                  csim_report_share_at(report, slot, report->dates.quarter[i], regimes ? v : 1).value);
        csim_chart_add_series(chart, name, quarters, beside(quarters, column, column), line_colours[v]);
    }
}

/* What bars say: of their values, their labels, their axis, and in words to who cannot see them. */
typedef struct bar_words { const char *title, *value, *label, *told; csim_chart_axis axis; } bar_words;

static void draw_bars(csim_report *report, csim_report_place place, const bar_words *words, const csim_report_bar *bars, size_t count) {
    csim_sheet *ground = ground_of(report);
    const uint32_t row = report->chart_row, first = row + 2, last = row + 1 + (uint32_t)count;
    csim_sheet_put_text(ground, row, BAR_VALUE, CSIM_GENERAL(CSIM_ROLE_HEADING), words->title);
    csim_sheet_put_text(ground, row + 1, BAR_VALUE, CSIM_GENERAL(CSIM_ROLE_NOTE), words->value);
    csim_sheet_put_text(ground, row + 1, BAR_LABEL, CSIM_GENERAL(CSIM_ROLE_NOTE), words->label);
    csim_sheet_put_text(ground, row + 1, BAR_SAID, CSIM_GENERAL(CSIM_ROLE_NOTE), "with its error");
    for (uint32_t i = 0; i < count; i++) {
        csim_sheet_put_number(ground, first + i, BAR_VALUE, CSIM_GENERAL(CSIM_ROLE_BODY), bars[i].value);
        csim_sheet_put_text(ground, first + i, BAR_LABEL, CSIM_GENERAL(CSIM_ROLE_BODY), bars[i].label);
        csim_sheet_put_text(ground, first + i, BAR_SAID, CSIM_GENERAL(CSIM_ROLE_BODY), bars[i].said);
    }
    report->chart_row = last + 2;
    const csim_chart_plan plan = {.kind = CSIM_CHART_BAR, .title = words->title, .alt_text = words->told, .legend = CSIM_LEGEND_NONE, .x = {.label_every = 1}, .y = words->axis,
                                  .row = place.row, .column = place.column, .width_px = place.width_px, .height_px = place.height_px};
    csim_chart *chart = csim_sheet_add_chart(place.sheet, &plan);
    csim_chart_add_series(chart, words->value, csim_cells_of(ground, first, BAR_LABEL, last, BAR_LABEL), csim_cells_of(ground, first, BAR_VALUE, last, BAR_VALUE), CSIM_COLOUR_BLUE);
    csim_chart_label_points(chart, csim_cells_of(ground, first, BAR_SAID, last, BAR_SAID));
}

void csim_report_draw_bars(csim_report *report, csim_report_place place, const char *title, const csim_report_bar *bars, size_t count) {
    char told[CSIM_REPORT_LINE], number[24];
    if (!count) return;
    snprintf(number, sizeof number, "%zu", count);
    const bar_words words = {.title = title, .value = csim_word_text(report->language, CSIM_WORD_PROBABILITY), .label = "claim", .told = CSIM_SAY(report->language, CSIM_WORD_BARS_TOLD, told, sizeof told, number, title),
                             .axis = {.title = csim_word_text(report->language, CSIM_WORD_AXIS_PROBABILITY), .kind = CSIM_AS_PERCENT, .has_range = true, .most = 1, .step = 0.25}};
    draw_bars(report, place, &words, bars, count);
}

void csim_report_draw_correlations(csim_report *report, csim_report_place place, const char *title, const csim_report_bar *bars, size_t count) {
    char told[CSIM_REPORT_LINE];
    if (!count) return;
    snprintf(told, sizeof told, "Bars of %zu rank correlations, the strongest on top, below zero to the left: %.400s. The table has the numbers with their errors.", count, title);
    const bar_words words = {.title = title, .value = "rank correlation", .label = "input", .told = told,
                             .axis = {.title = "rank correlation", .kind = CSIM_AS_NUMBER, .decimals = 1, .has_range = true, .least = -1, .most = 1, .step = 0.5}};
    draw_bars(report, place, &words, bars, count);
}

/* ---- for sheets that draw their own ---- */

csim_cells csim_report_open_chart_block(csim_report *report, const char *title, int32_t slot) { return block_open(report, title, slot); }

csim_chart_axis csim_report_quarter_axis(void) { return axis_of_quarters(CSIM_LANGUAGE_EN); }

csim_chart_axis csim_report_value_axis(csim_outcome_id id, csim_report_range range, char *text, size_t size) {
    csim_chart_axis axis = axis_of_values(id, range);
    axis.title = axis_title(CSIM_LANGUAGE_EN, id, axis.log10, text, size);
    return axis;
}
