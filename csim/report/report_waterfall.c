/* See report_waterfall.h. */
#include "csim/report/report_waterfall.h"

#include <math.h>

void csim_steps_heads(csim_table_column *heads, const char *whole, const char *unit) {
    static const csim_table_column drawn[CSIM_DRAWN_WHOLE] = {{"Base above 0", "not drawn", 0, false}, {"Base below 0", "not drawn", 0, false}, {"Rise", "above 0", 0, false},
                                                              {"Rise ", "below 0", 0, false},         {"Fall", "above 0", 0, false},           {"Fall ", "below 0", 0, false}};
    for (int i = 0; i < CSIM_DRAWN_WHOLE; i++) heads[i] = drawn[i];
    heads[CSIM_DRAWN_WHOLE] = (csim_table_column){whole, unit, 0, false};
}

static double value_in(csim_steps_step it, int column) {
    const double low = fmin(it.from, it.to), high = fmax(it.from, it.to), base_above = fmax(0, low), base_below = fmin(0, high);
    if (it.whole) return column == CSIM_DRAWN_WHOLE ? it.to : 0;
    switch (column) {
    case CSIM_DRAWN_BASE_ABOVE: return base_above;
    case CSIM_DRAWN_BASE_BELOW: return base_below;
    case CSIM_DRAWN_RISE_ABOVE: return it.change >= 0 ? fmax(0, high) - base_above : 0;
    case CSIM_DRAWN_RISE_BELOW: return it.change >= 0 ? fmin(0, low) - base_below : 0;
    case CSIM_DRAWN_FALL_ABOVE: return it.change < 0 ? fmax(0, high) - base_above : 0;
    case CSIM_DRAWN_FALL_BELOW: return it.change < 0 ? fmin(0, low) - base_below : 0;
    default: return 0;
    }
}

static void put_drawn(const csim_steps_place *place, uint32_t row, int column, csim_steps_step it) {
    const csim_address change = csim_at(row, place->change), from = csim_at(row, place->from), to = csim_at(row, place->to), zero = place->zero;
    const int above = column == CSIM_DRAWN_RISE_ABOVE || column == CSIM_DRAWN_FALL_ABOVE;
    const csim_address base = csim_at(row, place->drawn + (above ? CSIM_DRAWN_BASE_ABOVE : CSIM_DRAWN_BASE_BELOW));
    const csim_cell_style style = csim_style_digits(CSIM_ROLE_FORMULA, it.kind, it.decimals);
    const char *const sign = column == CSIM_DRAWN_RISE_ABOVE || column == CSIM_DRAWN_RISE_BELOW ? ">=" : "<", *const end = above ? "MAX" : "MIN";
    const double value = value_in(it, column);
    const uint32_t at = place->drawn + (uint32_t)column;
    if (it.whole == (column != CSIM_DRAWN_WHOLE)) csim_sheet_put_formula(place->sheet, row, at, style, value, "=%s", zero.text);
    else if (column == CSIM_DRAWN_WHOLE) csim_sheet_put_formula(place->sheet, row, at, style, value, "=%s", to.text);
    else if (column == CSIM_DRAWN_BASE_ABOVE) csim_sheet_put_formula(place->sheet, row, at, style, value, "=MAX(%s,MIN(%s,%s))", zero.text, from.text, to.text);
    else if (column == CSIM_DRAWN_BASE_BELOW) csim_sheet_put_formula(place->sheet, row, at, style, value, "=MIN(%s,MAX(%s,%s))", zero.text, from.text, to.text);
    else csim_sheet_put_formula(place->sheet, row, at, style, value, "=IF(%s%s%s,%s(%s,%s,%s)-%s,%s)", change.text, sign, zero.text, end, zero.text, from.text, to.text, base.text, zero.text);
}

void csim_steps_put_ends(const csim_steps_place *place, uint32_t row, csim_steps_step step) {
    const csim_cell_style style = csim_style_digits(CSIM_ROLE_FORMULA, step.kind, step.decimals);
    if (step.whole) csim_sheet_put_formula(place->sheet, row, place->from, style, step.from, "=%s", place->zero.text);
    else csim_sheet_put_formula(place->sheet, row, place->from, style, step.from, "=%s", csim_at(row - 1, place->to).text);
    csim_sheet_put_formula(place->sheet, row, place->to, style, step.to, "=%s+%s", csim_at(row, place->from).text, csim_at(row, place->change).text);
}

void csim_steps_put_drawn(const csim_steps_place *place, uint32_t row, csim_steps_step step) {
    for (int column = 0; column < CSIM_DRAWN_COLUMNS; column++) put_drawn(place, row, column, step);
}

void csim_steps_draw(const csim_steps_place *place, csim_chart_plan plan, csim_cells labels, const char *whole) {
    const struct { const char *name; csim_colour colour; } seen[CSIM_DRAWN_COLUMNS] = {
        [CSIM_DRAWN_RISE_ABOVE] = {"rise", CSIM_COLOUR_GREEN},       [CSIM_DRAWN_RISE_BELOW] = {NULL, CSIM_COLOUR_GREEN}, [CSIM_DRAWN_FALL_ABOVE] = {"fall", CSIM_COLOUR_VERMILLION},
        [CSIM_DRAWN_FALL_BELOW] = {NULL, CSIM_COLOUR_VERMILLION}, [CSIM_DRAWN_WHOLE] = {whole, CSIM_COLOUR_BLUE}};
    plan.kind = CSIM_CHART_COLUMN_STACKED;
    csim_chart *chart = csim_sheet_add_chart(place->sheet, &plan);
    for (uint32_t i = 0; i < CSIM_DRAWN_COLUMNS; i++) {
        const csim_cells values = csim_cells_of(place->sheet, labels.row, place->drawn + i, labels.last_row, place->drawn + i);
        if (i <= CSIM_DRAWN_BASE_BELOW) csim_chart_add_base(chart, labels, values);
        else csim_chart_add_series(chart, seen[i].name, labels, values, seen[i].colour);
    }
}
