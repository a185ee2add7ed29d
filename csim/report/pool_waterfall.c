/* See pool_waterfall.h. */
#include "csim/report/pool_waterfall.h"

#include <math.h>
#include <stdio.h>

#include "csim/report/report_waterfall.h"

enum { STEP, CHANGE, ERROR, FROM, TO, DRAWN, COLUMNS = DRAWN + CSIM_DRAWN_COLUMNS, ROWS = CSIM_POOL_PARTS + 2, CHART_PX = 980, CHART_HEIGHT_PX = 360, CHART_ROWS = 19 };

static csim_steps_place place_of(const csim_pool_waterfall *self) { return (csim_steps_place){self->sheet, CHANGE, FROM, TO, DRAWN, self->zero}; }

static csim_cells open_table(const csim_pool_waterfall *self, uint32_t row) {
    csim_table_column heads[COLUMNS] = {{"Step", "", 0, true}, {"Change", "$bn a year", 0, false}, {"\xC2\xB1 error", "$bn a year", 0, false}, {"From", "$bn a year", 0, false}, {"To", "$bn a year", 0, false}};
    csim_steps_heads(heads + DRAWN, "Whole year", "$bn a year");
    return csim_sheet_add_table(self->sheet, row, 0, heads, COLUMNS, ROWS, 0);
}

static void put_rest(const csim_pool_waterfall *self, uint32_t row, csim_steps_step it, csim_estimate estimate) {
    const csim_steps_place place = place_of(self);
    csim_steps_put_ends(&place, row, it);
    csim_report_put_error(self->sheet, row, ERROR, CSIM_AS_USD, it.decimals, estimate.error, estimate.error == 0);
    csim_steps_put_drawn(&place, row, it);
}

/* The outlay of a whole year, from the ground up. */
static double put_whole(const csim_pool_waterfall *self, uint32_t row, uint32_t year_row, csim_report_period year) {
    const csim_estimate outlay = csim_report_flow(self->report, csim_report_slot(self->report, CSIM_OUT_POOL_OUTLAY, 0), year);
    const csim_steps_step it = {outlay.value, 0, outlay.value, CSIM_AS_USD, csim_report_decimals(CSIM_AS_USD, outlay.value, outlay.error), true};
    const csim_cell_style style = csim_style_digits(CSIM_ROLE_FORMULA, CSIM_AS_USD, it.decimals);
    char label[48], words[32];
    snprintf(label, sizeof label, "Outlay %s", csim_report_period_words(year, words, sizeof words));
    csim_sheet_put_text(self->sheet, row, STEP, CSIM_GENERAL(CSIM_ROLE_BODY), label);
    csim_sheet_put_formula(self->sheet, row, CHANGE, style, it.change, "=%s", csim_at(year_row, self->outlay_column).text);
    put_rest(self, row, it, outlay);
    return it.to;
}

/* What one part adds between the two years; returns where the column ends. */
static double put_part(const csim_pool_waterfall *self, uint32_t row, uint32_t part, double from) {
    const int32_t slot = csim_report_slot(self->report, self->outcome[part], 0);
    const double before = csim_report_flow(self->report, slot, self->first).value, after = csim_report_flow(self->report, slot, self->last).value;
    const csim_estimate change = csim_report_flow_change(self->report, slot, self->first, self->last);
    const uint32_t column = self->part_column + part;
    const csim_steps_step it = {after - before, from, from + (after - before), CSIM_AS_USD, csim_report_decimals(CSIM_AS_USD, change.value, change.error), false};
    const csim_cell_style style = csim_style_digits(CSIM_ROLE_FORMULA, CSIM_AS_USD, it.decimals);
    csim_sheet_put_text(self->sheet, row, STEP, CSIM_GENERAL(CSIM_ROLE_BODY), self->name[part]);
    csim_sheet_put_formula(self->sheet, row, CHANGE, style, it.change, "=%s-%s", csim_at(self->years.last_row, column).text, csim_at(self->years.row, column).text);
    put_rest(self, row, it, change);
    return it.to;
}

static void draw(const csim_pool_waterfall *self, csim_cells data, uint32_t row, const char *title) {
    const csim_steps_place place = place_of(self);
    const csim_chart_plan plan = {.title = title,
                                  .alt_text = "A waterfall: the outlay of the first whole year, what each part adds or takes away, the outlay of the last. The table above has the numbers.",
                                  .x = {.title = "part of the outlay", .label_every = 1}, .y = {.title = "$bn a year, mean", .kind = CSIM_AS_NUMBER, .decimals = 0},
                                  .legend = CSIM_LEGEND_BOTTOM, .row = row, .column = 0, .width_px = CHART_PX, .height_px = CHART_HEIGHT_PX};
    csim_steps_draw(&place, plan, csim_cells_of(data.sheet, data.row, STEP, data.last_row, STEP), "outlay of the year");
}

uint32_t csim_pool_waterfall_put(const csim_pool_waterfall *self, uint32_t row, uint32_t *check, bool *good) {
    char title[128], condition[CSIM_REPORT_LINE];
    snprintf(title, sizeof title, "What changes the outlay from %d to %d, means", self->first.year, self->last.year);
    csim_sheet_put_text(self->sheet, row, 0, CSIM_GENERAL(CSIM_ROLE_HEADING), title);
    for (uint32_t column = 1; column < COLUMNS; column++) csim_sheet_put_blank(self->sheet, row, column, CSIM_ROLE_HEADING);
    csim_sheet_put_text(self->sheet, row + 1, 0, CSIM_GENERAL(CSIM_ROLE_NOTE), csim_report_flow_error_words(self->report));
    const csim_cells data = open_table(self, row + 2);
    double at = put_whole(self, data.row, self->years.row, self->first);
    for (uint32_t part = 0; part < CSIM_POOL_PARTS; part++) at = put_part(self, data.row + 1 + part, part, at);
    const double end = put_whole(self, data.last_row, self->years.last_row, self->last);
    *check = data.last_row + 1;
    *good = fabs(at - end) <= self->tolerance_usd_bn;
    csim_sheet_put_text(self->sheet, *check, STEP, CSIM_GENERAL(CSIM_ROLE_BODY), "Parts reach it");
    snprintf(condition, sizeof condition, "ABS(%s-%s)<=%s", csim_at(data.last_row - 1, TO).text, csim_at(data.last_row, TO).text, self->tolerance.text);
    csim_report_put_check(self->sheet, *check, CSIM_POOL_WATERFALL_CHECK, *good, "parts end elsewhere", condition);
    draw(self, data, *check + 2, title);
    return *check + 2 + CHART_ROWS;
}
