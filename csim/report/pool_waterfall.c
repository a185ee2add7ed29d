/* See pool_waterfall.h. */
#include "csim/report/pool_waterfall.h"

#include <math.h>
#include <stdio.h>

enum {
    STEP, CHANGE, ERROR, FROM, TO, BASE_ABOVE, BASE_BELOW, RISE_ABOVE, RISE_BELOW, FALL_ABOVE, FALL_BELOW, WHOLE, COLUMNS,
    ROWS = CSIM_POOL_PARTS + 2, CHART_PX = 980, CHART_HEIGHT_PX = 360, CHART_ROWS = 19
};

static const csim_table_column heads[COLUMNS] = {
    {"Step", "", 0, true}, {"Change", "$bn a year", 0, false}, {"\xC2\xB1 error", "$bn a year", 0, false}, {"From", "$bn a year", 0, false}, {"To", "$bn a year", 0, false},
    {"Base above 0", "not drawn", 0, false}, {"Base below 0", "not drawn", 0, false}, {"Rise", "above 0", 0, false}, {"Rise ", "below 0", 0, false},
    {"Fall", "above 0", 0, false}, {"Fall ", "below 0", 0, false}, {"Whole year", "$bn a year", 0, false}};

/* One step, as it stands in the cells. */
typedef struct step { double change, from, to; int decimals; bool whole; } step;

static double value_in(step it, int column) {
    const double low = fmin(it.from, it.to), high = fmax(it.from, it.to), base_above = fmax(0, low), base_below = fmin(0, high);
    if (it.whole) return column == WHOLE ? it.to : 0;
    switch (column) {
    case BASE_ABOVE: return base_above;
    case BASE_BELOW: return base_below;
    case RISE_ABOVE: return it.change >= 0 ? fmax(0, high) - base_above : 0;
    case RISE_BELOW: return it.change >= 0 ? fmin(0, low) - base_below : 0;
    case FALL_ABOVE: return it.change < 0 ? fmax(0, high) - base_above : 0;
    case FALL_BELOW: return it.change < 0 ? fmin(0, low) - base_below : 0;
    default: return 0;
    }
}

/* The formula of a column that is drawn. */
static void put_drawn(const csim_pool_waterfall *self, uint32_t row, int column, step it) {
    const csim_address change = csim_at(row, CHANGE), from = csim_at(row, FROM), to = csim_at(row, TO), zero = self->zero;
    const csim_address base = csim_at(row, column == RISE_ABOVE || column == FALL_ABOVE ? BASE_ABOVE : BASE_BELOW);
    const csim_cell_style style = csim_style_digits(CSIM_ROLE_FORMULA, CSIM_AS_USD, it.decimals);
    const char *const sign = column == RISE_ABOVE || column == RISE_BELOW ? ">=" : "<", *const end = column == RISE_ABOVE || column == FALL_ABOVE ? "MAX" : "MIN";
    const double value = value_in(it, column);
    const uint32_t at = (uint32_t)column;
    if (it.whole == (column != WHOLE)) csim_sheet_put_formula(self->sheet, row, at, style, value, "=%s", zero.text);
    else if (column == WHOLE) csim_sheet_put_formula(self->sheet, row, at, style, value, "=%s", to.text);
    else if (column == BASE_ABOVE) csim_sheet_put_formula(self->sheet, row, at, style, value, "=MAX(%s,MIN(%s,%s))", zero.text, from.text, to.text);
    else if (column == BASE_BELOW) csim_sheet_put_formula(self->sheet, row, at, style, value, "=MIN(%s,MAX(%s,%s))", zero.text, from.text, to.text);
    else csim_sheet_put_formula(self->sheet, row, at, style, value, "=IF(%s%s%s,%s(%s,%s,%s)-%s,%s)", change.text, sign, zero.text, end, zero.text, from.text, to.text, base.text, zero.text);
}

static void put_rest(const csim_pool_waterfall *self, uint32_t row, step it, csim_estimate estimate) {
    csim_report_put_error(self->sheet, row, ERROR, CSIM_AS_USD, it.decimals, estimate.error, estimate.error == 0);
    for (int column = BASE_ABOVE; column < COLUMNS; column++) put_drawn(self, row, column, it);
}

/* The outlay of a whole year, from the ground up. */
static double put_whole(const csim_pool_waterfall *self, uint32_t row, uint32_t year_row, csim_report_period year) {
    const csim_estimate outlay = csim_report_flow(self->report, csim_report_slot(self->report, CSIM_OUT_POOL_OUTLAY, 0), year);
    const step it = {outlay.value, 0, outlay.value, csim_report_decimals(CSIM_AS_USD, outlay.value, outlay.error), true};
    const csim_cell_style style = csim_style_digits(CSIM_ROLE_FORMULA, CSIM_AS_USD, it.decimals);
    char label[48], words[32];
    snprintf(label, sizeof label, "Outlay %s", csim_report_period_words(year, words, sizeof words));
    csim_sheet_put_text(self->sheet, row, STEP, CSIM_GENERAL(CSIM_ROLE_BODY), label);
    csim_sheet_put_formula(self->sheet, row, CHANGE, style, it.change, "=%s", csim_at(year_row, self->outlay_column).text);
    csim_sheet_put_formula(self->sheet, row, FROM, style, 0, "=%s", self->zero.text);
    csim_sheet_put_formula(self->sheet, row, TO, style, it.to, "=%s+%s", csim_at(row, FROM).text, csim_at(row, CHANGE).text);
    put_rest(self, row, it, outlay);
    return it.to;
}

/* What one part adds between the two years; returns where the column ends. */
static double put_part(const csim_pool_waterfall *self, uint32_t row, uint32_t part, double from) {
    const int32_t slot = csim_report_slot(self->report, self->outcome[part], 0);
    const double before = csim_report_flow(self->report, slot, self->first).value, after = csim_report_flow(self->report, slot, self->last).value;
    const csim_estimate change = csim_report_flow_change(self->report, slot, self->first, self->last);
    const uint32_t column = self->part_column + part;
    const step it = {after - before, from, from + (after - before), csim_report_decimals(CSIM_AS_USD, change.value, change.error), false};
    const csim_cell_style style = csim_style_digits(CSIM_ROLE_FORMULA, CSIM_AS_USD, it.decimals);
    csim_sheet_put_text(self->sheet, row, STEP, CSIM_GENERAL(CSIM_ROLE_BODY), self->name[part]);
    csim_sheet_put_formula(self->sheet, row, CHANGE, style, it.change, "=%s-%s", csim_at(self->years.last_row, column).text, csim_at(self->years.row, column).text);
    csim_sheet_put_formula(self->sheet, row, FROM, style, it.from, "=%s", csim_at(row - 1, TO).text);
    csim_sheet_put_formula(self->sheet, row, TO, style, it.to, "=%s+%s", csim_at(row, FROM).text, csim_at(row, CHANGE).text);
    put_rest(self, row, it, change);
    return it.to;
}

static void draw(csim_cells data, uint32_t row, const char *title) {
    static const struct { const char *name; int column; csim_colour colour; } drawn[] = {
        {"rise", RISE_ABOVE, CSIM_COLOUR_GREEN}, {NULL, RISE_BELOW, CSIM_COLOUR_GREEN}, {"fall", FALL_ABOVE, CSIM_COLOUR_VERMILLION}, {NULL, FALL_BELOW, CSIM_COLOUR_VERMILLION}, {"outlay of the year", WHOLE, CSIM_COLOUR_BLUE}};
    const csim_chart_plan plan = {.kind = CSIM_CHART_COLUMN_STACKED, .title = title,
                                  .alt_text = "A waterfall: the outlay of the first whole year, what each part adds or takes away, the outlay of the last. The table above has the numbers.",
                                  .x = {.title = "part of the outlay", .label_every = 1}, .y = {.title = "$bn a year, mean", .kind = CSIM_AS_NUMBER, .decimals = 0},
                                  .legend = CSIM_LEGEND_BOTTOM, .row = row, .column = 0, .width_px = CHART_PX, .height_px = CHART_HEIGHT_PX};
    const csim_cells labels = csim_cells_of(data.sheet, data.row, STEP, data.last_row, STEP);
    csim_chart *chart = csim_sheet_add_chart(data.sheet, &plan);
    for (uint32_t base = BASE_ABOVE; base <= BASE_BELOW; base++) csim_chart_add_base(chart, labels, csim_cells_of(data.sheet, data.row, base, data.last_row, base));
    for (size_t i = 0; i < sizeof drawn / sizeof drawn[0]; i++) {
        const uint32_t column = (uint32_t)drawn[i].column;
        csim_chart_add_series(chart, drawn[i].name, labels, csim_cells_of(data.sheet, data.row, column, data.last_row, column), drawn[i].colour);
    }
}

uint32_t csim_pool_waterfall_put(const csim_pool_waterfall *self, uint32_t row, uint32_t *check, bool *good) {
    char title[128], condition[CSIM_REPORT_LINE];
    snprintf(title, sizeof title, "What changes the outlay from %d to %d, means", self->first.year, self->last.year);
    csim_sheet_put_text(self->sheet, row, 0, CSIM_GENERAL(CSIM_ROLE_HEADING), title);
    for (uint32_t column = 1; column < COLUMNS; column++) csim_sheet_put_blank(self->sheet, row, column, CSIM_ROLE_HEADING);
    csim_sheet_put_text(self->sheet, row + 1, 0, CSIM_GENERAL(CSIM_ROLE_NOTE), csim_report_flow_error_words(self->report));
    const csim_cells data = csim_sheet_add_table(self->sheet, row + 2, 0, heads, COLUMNS, ROWS, 0);
    double at = put_whole(self, data.row, self->years.row, self->first);
    for (uint32_t part = 0; part < CSIM_POOL_PARTS; part++) at = put_part(self, data.row + 1 + part, part, at);
    const double end = put_whole(self, data.last_row, self->years.last_row, self->last);
    *check = data.last_row + 1;
    *good = fabs(at - end) <= self->tolerance_usd_bn;
    csim_sheet_put_text(self->sheet, *check, STEP, CSIM_GENERAL(CSIM_ROLE_BODY), "Parts reach it");
    snprintf(condition, sizeof condition, "ABS(%s-%s)<=%s", csim_at(data.last_row - 1, TO).text, csim_at(data.last_row, TO).text, self->tolerance.text);
    csim_report_put_check(self->sheet, *check, CSIM_POOL_WATERFALL_CHECK, *good, "parts end elsewhere", condition);
    draw(data, *check + 2, title);
    return *check + 2 + CHART_ROWS;
}
