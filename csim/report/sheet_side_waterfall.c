/* Waterfall: what the difference between the means of two runs is made of, a table and a chart for each series asked for. Shares and their errors come from the
 * engine; where columns begin and end, what is drawn and the checks are formulas. Must not compute a share or an error. */
#include <math.h>
#include <stdio.h>

#include "csim/report/report_waterfall.h"
#include "csim/report/sides_parts.h"

enum {
    STEP, KEYS, SHARE, ERROR, ORDER_ERROR, ALONE, LAST, FROM, TO, DRAWN, TABLE = DRAWN + CSIM_DRAWN_COLUMNS, LABEL = TABLE + 1 /* apart: words beside numbers run together */, COLUMNS,
    TOP = 4, VERDICT_ROW = TOP + 3, ROUNDING_ROW, ZERO_ROW, FIRST = ZERO_ROW + 2, VALUE_COLUMN = KEYS, DIFFERENCE_BELOW = 1, SUM_CHECK_BELOW, ENDS_CHECK_BELOW,
    CHART_PX = 980, CHART_MOST_PX = 1100 /* the columns that are printed */, STEP_PX = 120, CHART_HEIGHT_PX = 300, CHART_ROWS = 16, PAGE_ROWS = 37, LABEL_WIDTH = 34, LABEL_TEXT = 320, TITLE_UNITS = 250 /* of a chart */, TOLD_UNITS = 900, NAME_TEXT = 4 * LABEL_WIDTH + 8
};

/* Shares are summed in another order here than where they were computed. */
static const double rounding_relative = 1e-9;
static const double room_below = 0.25; /* of what the steps span, so that no whole column vanishes where the axis does not begin at 0 */

typedef struct fall {
    const csim_sides *sides;
    csim_sheet *sheet;
    const csim_waterfall *waterfall;
    const csim_waterfall_bar *bar;
    size_t bars;
    const csim_waterfall_total *sum;
    csim_sides_row row;
    csim_cell_kind kind;
    const char *title;        /* of the series */
    csim_cells data;
    int decimals;             /* that the difference allows: means may have them beside it */
    csim_report_range span;   /* of what is drawn */
    double end;               /* of the last share */
} fall;

static csim_steps_place place_of(const fall *self) { return (csim_steps_place){self->sheet, SHARE, FROM, TO, DRAWN, csim_at_fixed(ZERO_ROW, VALUE_COLUMN)}; }

static bool is_known(const fall *self) {
    bool known = isfinite(self->sum->a.value) && isfinite(self->sum->b.value) && isfinite(self->sum->difference.value);
    for (size_t i = 0; i < self->bars; i++) known = known && isfinite(self->bar[i].effect.value);
    return known;
}

static fall fall_of(const csim_sides *sides, const csim_waterfall *waterfall, char *title, size_t size) {
    size_t rows;
    fall self = {.sides = sides, .sheet = sides->waterfalls_sheet, .waterfall = waterfall, .sum = csim_waterfall_sum(waterfall)};
    const csim_compare_row *row = csim_comparison_rows(csim_waterfall_ends(waterfall), &rows);
    self.bar = csim_waterfall_bars(waterfall, &self.bars);
    const csim_plan *plan = sides->side[0].report.plan;
    snprintf(self.row.series, sizeof self.row.series, "%s", row->series);
    self.row.month = row->month;
    self.row.outcome = (csim_outcome_id)plan->slot_outcome[csim_plan_slot(plan, row->series)];
    self.kind = csim_report_kind(self.row.outcome);
    self.decimals = csim_report_decimals(self.kind, self.sum->difference.value, self.sum->difference.error);
    self.title = csim_sides_row_title(sides, &self.row, title, size);
    return self;
}

/* ---- words ---- */

static const char *name_of(const char *text, char out[NAME_TEXT]) { return csim_report_clean(text, LABEL_WIDTH, out, NAME_TEXT); }

/* "policy -0.070 ± 0.002": what a column is called on the chart, which can show errors in no other way. */
static void put_label(const fall *self, uint32_t row, const char *name, const char *format, csim_estimate x, int decimals) {
    const double scale = self->kind == CSIM_AS_PERCENT ? 100 : 1;
    const char *const unit = self->kind == CSIM_AS_PERCENT ? "%" : "";
    const int digits = decimals < 0 ? 0 : decimals;
    char text[LABEL_TEXT], value[64], error[64] = "";
    snprintf(value, sizeof value, format, digits, scale * x.value);
    if (x.error > 0) snprintf(error, sizeof error, " \xC2\xB1 %.*f", digits || scale * x.error < 10 ? digits + 1 : 0, scale * x.error);
    snprintf(text, sizeof text, "%s %s%s%s", name, value, error, unit);
    csim_sheet_put_text(self->sheet, row, LABEL, CSIM_GENERAL(CSIM_ROLE_BODY), text);
}

static void put_how(const fall *self, uint32_t row) {
    const csim_run_options drawn = csim_comparison_options(csim_waterfall_ends(self->waterfall));
    char over[64] = "over paths", orders[200], dropped[160] = "", text[CSIM_REPORT_LINE];
    if (drawn.replicates > 1) snprintf(over, sizeof over, "between %u replicates", drawn.replicates);
    if (self->sum->orders) snprintf(orders, sizeof orders, "a sample of %zu orders, whose second error says how far it leaves a share open", self->sum->orders);
    else snprintf(orders, sizeof orders, "all orders in which groups may change sides");
    if (self->sum->dropped) snprintf(dropped, sizeof dropped, "; %llu paths are left out, for they were stopped in some scenario", (unsigned long long)self->sum->dropped);
    snprintf(text, sizeof text, "%u paths of each of %zu scenarios, seed %llu, sampler %s. Shares are means over %s; \xC2\xB1 is their standard error, %s%s.", drawn.paths, self->sum->runs,
             (unsigned long long)drawn.seed, csim_sampler_name(drawn.sampler), orders, over, dropped);
    csim_sheet_put_text(self->sheet, row, STEP, CSIM_GENERAL(CSIM_ROLE_NOTE), text);
}

/* ---- the table ---- */

static csim_cells open_table(const fall *self, uint32_t row) {
    const char *const unit = csim_outcome_rows[self->row.outcome].unit;
    static const csim_table_column label = {"On the chart", "share \xC2\xB1 error", 0, true};
    csim_table_column heads[TABLE] = {{"Step", "group of keys", 0, true}, {"Keys", "in it", 0, false},    {"Share", unit, 0, false}, {"\xC2\xB1 error", "standard", 0, false}, {"\xC2\xB1 orders", "standard", 0, false},
                                        {"Alone", unit, 0, false},          {"Last", unit, 0, false}, {"From", unit, 0, false},  {"To", unit, 0, false}};
    csim_steps_heads(heads + DRAWN, "Mean", unit);
    csim_sheet_add_table(self->sheet, row, LABEL, &label, 1, (uint32_t)self->bars + 2, 0);
    return csim_sheet_add_table(self->sheet, row, 0, heads, TABLE, (uint32_t)self->bars + 2, 0);
}

static void put_estimate(const fall *self, uint32_t row, csim_estimate x, int decimals) {
    csim_report_put_value(self->sheet, row, SHARE, CSIM_ROLE_BODY, self->kind, decimals, x.value);
    csim_report_put_error(self->sheet, row, ERROR, self->kind, decimals, x.error, x.error == 0);
}

static void put_step(fall *self, uint32_t row, csim_steps_step step) {
    const csim_steps_place place = place_of(self);
    csim_steps_put_ends(&place, row, step);
    csim_steps_put_drawn(&place, row, step);
    self->span = (csim_report_range){fmin(self->span.least, step.to), fmax(self->span.most, step.to)};
}

/* The mean of one of the two runs, from the ground up. */
static void put_whole(fall *self, uint32_t row, size_t side, csim_estimate mean) {
    const int own = csim_report_decimals(self->kind, mean.value, mean.error), decimals = own > self->decimals ? own : self->decimals;
    char name[NAME_TEXT];
    csim_sheet_put_text(self->sheet, row, STEP, CSIM_GENERAL(CSIM_ROLE_BODY), name_of(self->sides->side[side].label, name));
    put_estimate(self, row, mean, decimals);
    put_step(self, row, (csim_steps_step){mean.value, 0, mean.value, self->kind, decimals, true});
    put_label(self, row, name, "%.*f", mean, own);
}

/* What one group adds; returns where its column ends. */
static double put_bar(fall *self, uint32_t row, const csim_waterfall_bar *bar, double from) {
    const int decimals = bar->effect.error > 0 ? csim_report_decimals(self->kind, bar->effect.value, bar->effect.error) : self->decimals;
    const csim_steps_step step = {bar->effect.value, from, from + bar->effect.value, self->kind, decimals, false};
    char name[NAME_TEXT];
    csim_sheet_put_text(self->sheet, row, STEP, CSIM_GENERAL(CSIM_ROLE_BODY), name_of(bar->group, name));
    csim_sheet_put_integer(self->sheet, row, KEYS, CSIM_ROLE_BODY, (int64_t)bar->keys);
    put_estimate(self, row, bar->effect, decimals);
    if (self->sum->orders) csim_report_put_error(self->sheet, row, ORDER_ERROR, self->kind, decimals, bar->order_error, false);
    else csim_sheet_put_text(self->sheet, row, ORDER_ERROR, CSIM_GENERAL(CSIM_ROLE_MISSING), "all orders");
    csim_report_put_value(self->sheet, row, ALONE, CSIM_ROLE_BODY, self->kind, decimals, bar->alone);
    csim_report_put_value(self->sheet, row, LAST, CSIM_ROLE_BODY, self->kind, decimals, bar->last);
    put_step(self, row, step);
    put_label(self, row, name, "%+.*f", bar->effect, decimals);
    return step.to;
}

static void put_steps(fall *self, uint32_t row) {
    self->data = open_table(self, row);
    self->span = (csim_report_range){self->sum->a.value, self->sum->a.value};
    self->end = self->sum->a.value;
    put_whole(self, self->data.row, 0, self->sum->a);
    for (size_t i = 0; i < self->bars; i++) self->end = put_bar(self, self->data.row + 1 + (uint32_t)i, &self->bar[i], self->end);
    put_whole(self, self->data.last_row, 1, self->sum->b);
}

/* ---- checks ---- */

/* That shares add up to the paired difference, and that columns lead from one mean to the other. */
static bool put_checks(const fall *self) {
    const csim_cells data = self->data;
    const uint32_t difference = data.last_row + DIFFERENCE_BELOW, sum_row = data.last_row + SUM_CHECK_BELOW, ends_row = data.last_row + ENDS_CHECK_BELOW;
    const csim_address a = csim_at(data.row, SHARE), b = csim_at(data.last_row, SHARE), rounding = csim_at_fixed(ROUNDING_ROW, VALUE_COLUMN);
    const double allowed = rounding_relative * fmax(fabs(self->sum->a.value), fabs(self->sum->b.value));
    char scale[128], condition[CSIM_REPORT_LINE];
    double shares = 0;
    for (size_t i = 0; i < self->bars; i++) shares += self->bar[i].effect.value;
    const bool adds_up = fabs(shares - self->sum->difference.value) <= allowed, leads = fabs(self->end - self->sum->b.value) <= allowed;
    snprintf(scale, sizeof scale, "%s*MAX(ABS(%s),ABS(%s))", rounding.text, a.text, b.text);
    csim_sheet_put_text(self->sheet, difference, STEP, CSIM_GENERAL(CSIM_ROLE_BODY), "Difference of the means, paired");
    put_estimate(self, difference, self->sum->difference, self->decimals);
    csim_sheet_put_text(self->sheet, sum_row, STEP, CSIM_GENERAL(CSIM_ROLE_BODY), "Shares add up to it");
    snprintf(condition, sizeof condition, "ABS(SUM(%s:%s)-%s)<=%s", csim_at(data.row + 1, SHARE).text, csim_at(data.last_row - 1, SHARE).text, csim_at(difference, SHARE).text, scale);
    csim_report_put_check(self->sheet, sum_row, VALUE_COLUMN, adds_up, "shares add up to something else", condition);
    csim_sheet_put_text(self->sheet, ends_row, STEP, CSIM_GENERAL(CSIM_ROLE_BODY), "Columns lead from one mean to the other");
    snprintf(condition, sizeof condition, "AND(ABS(%s-%s)<=%s,ABS(%s-%s)<=%s,ABS(%s-%s)<=%s)", csim_at(data.row, DRAWN + CSIM_DRAWN_WHOLE).text, a.text, scale,
             csim_at(data.last_row, DRAWN + CSIM_DRAWN_WHOLE).text, b.text, scale, csim_at(data.last_row - 1, TO).text, b.text, scale);
    csim_report_put_check(self->sheet, ends_row, VALUE_COLUMN, leads, "columns end elsewhere", condition);
    return adds_up && leads;
}

/* ---- the chart ---- */

/* From 0 where that is near; a difference that is small beside the means would not be seen otherwise. */
static csim_chart_axis axis_of(const fall *self, char *title, size_t size) {
    const double spread = self->span.most - self->span.least;
    csim_report_range range = self->span;
    csim_chart_axis axis = {.kind = self->kind};
    char unit[CSIM_REPORT_LINE];
    if (range.least >= 0) range.least = fmax(0, range.least - room_below * spread);
    csim_report_axis_linear(&axis, range);
    if (self->span.least < 0) axis.has_range = false, axis.step = 0; /* columns stand on the line where the axes cross, which must stay at 0 */
    const csim_chart_axis words = csim_report_value_axis(self->row.outcome, (csim_report_range){1, 1}, unit, sizeof unit);
    snprintf(title, size, "mean, %.160s%s", words.title, axis.has_range && axis.least > 0 ? "; the axis does not begin at 0" : "");
    axis.title = title;
    return axis;
}

static void draw(const fall *self, uint32_t row, const char *title) {
    const csim_steps_place place = place_of(self);
    const uint32_t wanted = STEP_PX * ((uint32_t)self->bars + 2);
    char text[2 * CSIM_REPORT_LINE], told[CSIM_REPORT_LINE], axis[256];
    snprintf(text, sizeof text, "A waterfall of %s: the mean of %s, what each of %zu groups of keys adds or takes away, the mean of %s. The table above has the numbers.", self->title,
             self->sides->side[0].label, self->bars, self->sides->side[1].label);
    csim_report_clean(text, TOLD_UNITS, told, sizeof told);
    const csim_chart_plan plan = {.title = title, .alt_text = told, .x = {.title = "group of keys that changes sides, its share \xC2\xB1 standard error", .label_every = 1}, .y = axis_of(self, axis, sizeof axis),
                                  .legend = CSIM_LEGEND_BOTTOM, .row = row, .column = 0, .width_px = wanted < CHART_PX ? CHART_PX : wanted > CHART_MOST_PX ? CHART_MOST_PX : wanted, .height_px = CHART_HEIGHT_PX};
    csim_steps_draw(&place, plan, csim_cells_of(self->sheet, self->data.row, LABEL, self->data.last_row, LABEL), "mean of a run");
}

/* ---- the sheet ---- */

/* Heading, table, checks and chart from `row` on. Returns the first free row; *checks are the two check cells, sheet NULL where there are none. */
static uint32_t put_fall(fall *self, uint32_t row, csim_cells *checks, bool *good) {
    char text[2 * CSIM_REPORT_LINE], title[CSIM_REPORT_LINE], month[CSIM_MONTH_TEXT];
    snprintf(text, sizeof text, "%s, %s: %s less %s", self->title, csim_month_text(self->row.month, month), self->sides->side[1].label, self->sides->side[0].label);
    csim_report_clean(text, TITLE_UNITS, title, sizeof title);
    csim_sheet_put_text(self->sheet, row, STEP, CSIM_GENERAL(CSIM_ROLE_HEADING), title);
    for (uint32_t column = 1; column < COLUMNS; column++) csim_sheet_put_blank(self->sheet, row, column, CSIM_ROLE_HEADING);
    put_how(self, row + 1);
    *checks = (csim_cells){0};
    *good = true;
    if (!self->bars || !is_known(self)) {
        csim_sheet_put_text(self->sheet, row + 2, STEP, CSIM_GENERAL(CSIM_ROLE_MISSING), self->bars ? "Every path was stopped in some scenario: nothing is left to attribute." : "The scenarios differ in no key that moves a path: there is nothing to attribute.");
        return row + 4;
    }
    put_steps(self, row + 2);
    *good = put_checks(self);
    *checks = csim_cells_of(self->sheet, self->data.last_row + SUM_CHECK_BELOW, VALUE_COLUMN, self->data.last_row + ENDS_CHECK_BELOW, VALUE_COLUMN);
    const uint32_t chart = self->data.last_row + ENDS_CHECK_BELOW + 2, page = row == FIRST ? 0 : row; /* each waterfall begins a page */
    if (chart + CHART_ROWS > page + PAGE_ROWS) csim_sheet_break_before(self->sheet, chart);
    draw(self, chart, title);
    return chart + CHART_ROWS;
}

static void put_head(const csim_sides *sides) {
    csim_sheet *sheet = sides->waterfalls_sheet;
    char about[CSIM_REPORT_LINE];
    snprintf(about, sizeof about, "%s less %s: the keys in which the scenarios differ, in groups, each with its share of the difference of the means.", sides->side[1].label, sides->side[0].label);
    csim_sides_put_head(sides, sheet, "What the difference is made of", about);
    csim_sheet_put_text(sheet, TOP, STEP, CSIM_GENERAL(CSIM_ROLE_NOTE),
                        "Mixed scenarios, with some groups from the one run and the rest from the other, meet the same paths. A share is Shapley's: what the group's change of side does to the mean, averaged over orders.");
    csim_sheet_put_text(sheet, TOP + 1, STEP, CSIM_GENERAL(CSIM_ROLE_NOTE),
                        "Alone, last: its effect when no other, and when every other, group has changed sides. Where they are far apart groups interact, and no attribution is the only right one. The sheet What differs lists the keys.");
    csim_sheet_put_text(sheet, ROUNDING_ROW, STEP, CSIM_GENERAL(CSIM_ROLE_BODY), "Sums may differ by, share of the larger mean");
    csim_sheet_put_number(sheet, ROUNDING_ROW, VALUE_COLUMN, csim_style(CSIM_ROLE_INPUT, CSIM_AS_SCIENTIFIC), rounding_relative);
    csim_cells_allow_numbers(csim_cell_of(sheet, ROUNDING_ROW, VALUE_COLUMN), 0, 1, "share");
    csim_sheet_put_text(sheet, ZERO_ROW, STEP, CSIM_GENERAL(CSIM_ROLE_BODY), "Ground on which the means stand");
    csim_sheet_put_number(sheet, ZERO_ROW, VALUE_COLUMN, csim_style(CSIM_ROLE_BODY, CSIM_AS_NUMBER), 0);
}

/* One cell for all checks; none where there was nothing to attribute. */
static void put_verdict(csim_sheet *sheet, const csim_cells *checks, size_t count, bool good) {
    char condition[CSIM_REPORT_LINE];
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        if (!checks[i].sheet) continue;
        const csim_address first = csim_at(checks[i].row, checks[i].column), last = csim_at(checks[i].last_row, checks[i].column);
        used += (size_t)snprintf(condition + used, sizeof condition - used, "%sCOUNTIF(%s:%s,\"ok\")=ROWS(%s:%s)", used ? "," : "AND(", first.text, last.text, first.text, last.text);
    }
    if (!used) return;
    snprintf(condition + used, sizeof condition - used, ")");
    csim_sheet_put_text(sheet, VERDICT_ROW, STEP, CSIM_GENERAL(CSIM_ROLE_BODY), "All checks of this sheet");
    csim_report_put_check(sheet, VERDICT_ROW, VALUE_COLUMN, good, "see the cells below that do not say ok", condition);
}

void csim_sides_fill_waterfalls(const csim_sides *sides) {
    csim_sheet *sheet = sides->waterfalls_sheet;
    csim_cells checks[CSIM_SIDES_WATERFALLS];
    char title[CSIM_REPORT_LINE];
    uint32_t row = FIRST;
    bool all_good = true;
    put_head(sides);
    csim_sheet_set_width(sheet, STEP, STEP, 44);
    csim_sheet_set_width(sheet, KEYS, KEYS, 10);
    csim_sheet_set_width(sheet, SHARE, TABLE - 1, 14);
    csim_sheet_set_width(sheet, TABLE, TABLE, 2);
    csim_sheet_set_width(sheet, LABEL, LABEL, 40);
    for (size_t i = 0; i < sides->waterfalls; i++) {
        bool good;
        fall self = fall_of(sides, sides->waterfall[i], title, sizeof title);
        if (i) csim_sheet_break_before(sheet, row);
        row = put_fall(&self, row, &checks[i], &good);
        all_good = all_good && good;
    }
    put_verdict(sheet, checks, sides->waterfalls, all_good);
    csim_sheet_freeze(sheet, 1, 0);
    csim_sheet_set_print_area(csim_cells_of(sheet, 0, 0, row - 1, TO)); /* helpers stand beside the page */
}
