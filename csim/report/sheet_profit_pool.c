/* Profit pool: what buyers pay for AI models in a year and who keeps it; beside it what software vendors earn and what open weights save buyers. Means, since
 * the means of parts add up to the mean of the whole and their medians do not; how far paths spread stands in tables of its own. */
#include <math.h>
#include <stdio.h>

#include "csim/report/pool_waterfall.h"

enum {
    PERIOD, PARTS, OUTLAY = PARTS + CSIM_POOL_PARTS, SAAS, SAVING, SUM, COLUMNS, CHECK = COLUMNS + 1 /* apart: words beside numbers run together */, SERIES = SAVING /* columns of series: from PARTS to SAVING */,
    CHART_PX = 490, CHART_HEIGHT_PX = 330, CHART_ROWS = 18, RIGHT_CHART = 6, NUMBER_WIDTH = 12
};

static const csim_outcome_id outcomes[SERIES + 1] = {
    [PARTS] = CSIM_OUT_POOL_CHIPS, [PARTS + 1] = CSIM_OUT_POOL_POWER, [PARTS + 2] = CSIM_OUT_POOL_HOSTS, [PARTS + 3] = CSIM_OUT_POOL_CLOSED, [PARTS + 4] = CSIM_OUT_POOL_OPEN,
    [OUTLAY] = CSIM_OUT_POOL_OUTLAY, [SAAS] = CSIM_OUT_SAAS_REVENUE, [SAVING] = CSIM_OUT_SURPLUS};
static const char *const names[COLUMNS] = {"Period", "Chips", "Power & sites", "Hosts' margin", "Closed labs", "Open & CN labs", "Outlay", "SaaS revenue", "Buyers' saving", "Sum of parts"};
static const csim_colour part_colours[CSIM_POOL_PARTS] = {CSIM_COLOUR_BLUE, CSIM_COLOUR_ORANGE, CSIM_COLOUR_SKY_BLUE, CSIM_COLOUR_VERMILLION, CSIM_COLOUR_GREEN};

typedef struct pool {
    csim_report *report;
    csim_sheet *sheet;
    csim_report_periods periods;
    uint32_t tolerance_row, zero_row, checks_row; /* of the cells of the head, in column CONSTANT */
} pool;

enum { CONSTANT = OUTLAY }; /* the column of the head's cells, right of their names */
#define POOL_TOLERANCE_USD_BN 1e-5 /* values are stored on grids of up to a millionth of a $bn; seven of them meet here */

/* ---- tables ---- */

static csim_cells table_open(const pool *self, uint32_t row, const char *heading, const char *note, const char *unit, uint32_t columns, const csim_report_period *periods, int32_t count) {
    csim_table_column heads[COLUMNS];
    char text[32];
    for (uint32_t column = 0; column < columns; column++) heads[column] = (csim_table_column){names[column], column == PERIOD ? "" : unit, 0, column == PERIOD};
    csim_sheet_put_text(self->sheet, row, 0, CSIM_GENERAL(CSIM_ROLE_HEADING), heading);
    for (uint32_t column = 1; column <= CHECK; column++) csim_sheet_put_blank(self->sheet, row, column, CSIM_ROLE_HEADING);
    csim_sheet_put_text(self->sheet, row + 1, 0, CSIM_GENERAL(CSIM_ROLE_NOTE), note);
    const csim_cells data = csim_sheet_add_table(self->sheet, row + 2, 0, heads, columns, (uint32_t)count, 0);
    for (int32_t i = 0; i < count; i++) csim_sheet_put_text(self->sheet, data.row + (uint32_t)i, PERIOD, CSIM_GENERAL(CSIM_ROLE_BODY), csim_report_period_words(periods[i], text, sizeof text));
    return data;
}

static csim_estimate flow_of(const pool *self, uint32_t column, csim_report_period period) { return csim_report_flow(self->report, csim_report_slot(self->report, outcomes[column], 0), period); }

/* Sum of the parts beside the outlay of the statistics. Returns whether they agree. */
static bool put_sum(const pool *self, uint32_t row, csim_report_period period) {
    double sum = 0;
    char condition[CSIM_REPORT_LINE];
    for (uint32_t column = PARTS; column < OUTLAY; column++) sum += flow_of(self, column, period).value;
    const csim_estimate outlay = flow_of(self, OUTLAY, period);
    const bool good = fabs(sum - outlay.value) <= POOL_TOLERANCE_USD_BN;
    csim_sheet_put_formula(self->sheet, row, SUM, csim_style_digits(CSIM_ROLE_FORMULA, CSIM_AS_USD, csim_report_decimals(CSIM_AS_USD, outlay.value, outlay.error)), sum, "=SUM(%s:%s)", csim_at(row, PARTS).text, csim_at(row, OUTLAY - 1).text);
    snprintf(condition, sizeof condition, "ABS(%s-%s)<=%s", csim_at(row, SUM).text, csim_at(row, OUTLAY).text, csim_at_fixed(self->tolerance_row, CONSTANT).text);
    csim_report_put_check(self->sheet, row, CHECK, good, "parts differ", condition);
    return good;
}

/* Means of the sums over the months of each period. */
static csim_cells put_flows(const pool *self, uint32_t row, const char *heading, const char *unit, const csim_report_period *periods, int32_t count, bool *good) {
    const csim_cells data = table_open(self, row, heading, "Means over paths of what flows in the period: the months of an annual rate, a twelfth each, added up. Parts below 0 are losses.", unit, COLUMNS, periods, count);
    static const csim_table_column check = {"Check", "parts and outlay", 0, true};
    csim_sheet_add_table(self->sheet, row + 2, CHECK, &check, 1, (uint32_t)count, 0);
    *good = true;
    for (int32_t i = 0; i < count; i++) {
        for (uint32_t column = PARTS; column <= SERIES; column++) {
            const csim_estimate flow = flow_of(self, column, periods[i]);
            csim_report_put_value(self->sheet, data.row + (uint32_t)i, column, CSIM_ROLE_BODY, CSIM_AS_USD, csim_report_decimals(CSIM_AS_USD, flow.value, flow.error), flow.value);
        }
        *good = put_sum(self, data.row + (uint32_t)i, periods[i]) && *good;
    }
    return data;
}

static uint32_t put_errors(const pool *self, uint32_t row, const char *heading, const char *unit, const csim_report_period *periods, int32_t count) {
    const csim_cells data = table_open(self, row, heading, csim_report_flow_error_words(self->report), unit, SERIES + 1, periods, count);
    for (int32_t i = 0; i < count; i++)
        for (uint32_t column = PARTS; column <= SERIES; column++) {
            const csim_estimate flow = flow_of(self, column, periods[i]);
            csim_report_put_error(self->sheet, data.row + (uint32_t)i, column, CSIM_AS_USD, csim_report_decimals(CSIM_AS_USD, flow.value, flow.error), flow.error, flow.error == 0);
        }
    return data.last_row + 2;
}

/* ---- the spread of paths ---- */

enum { P5 = 0, MEDIAN = 2, P95 = 4 };

/* The quantile's value, or for the last table the error of the median, of the annual rate in the last month of each year. */
static uint32_t put_spread(const pool *self, uint32_t row, const char *heading, int quantile, bool errors) {
    const csim_report *report = self->report;
    const csim_cells data = table_open(self, row, heading,
                                       errors ? "Monte Carlo standard error of the medians above." : "Each column by itself: these do not add up, for no path need be at this point in all parts at once.", "$bn/yr", SERIES + 1,
                                       self->periods.year, self->periods.years);
    for (int32_t i = 0; i < self->periods.years; i++)
        for (uint32_t column = PARTS; column <= SERIES; column++) {
            const csim_report_period year = self->periods.year[i];
            const uint32_t at = data.row + (uint32_t)i;
            const int32_t position = csim_plan_report_find(report->plan, year.first + year.months - 1);
            if (position < 0) {
                csim_sheet_put_missing(self->sheet, at, column);
                continue;
            }
            const csim_report_row rates = csim_report_read(report, csim_report_slot(report, outcomes[column], 0), position);
            const int decimals = csim_report_decimals(CSIM_AS_USD, rates.q[MEDIAN].value, rates.q[MEDIAN].error);
            if (errors) csim_report_put_error(self->sheet, at, column, CSIM_AS_USD, decimals, rates.q[MEDIAN].error, rates.constant);
            else csim_report_put_value(self->sheet, at, column, CSIM_ROLE_BODY, CSIM_AS_USD, decimals, rates.q[quantile].value);
        }
    return data.last_row + 2;
}

static uint32_t put_spreads(const pool *self, uint32_t row) {
    row = put_spread(self, row, "5 % of paths are below: annual rate at the end of the year", P5, false);
    row = put_spread(self, row, "Half of the paths are below: annual rate at the end of the year", MEDIAN, false);
    row = put_spread(self, row, "95 % of paths are below: annual rate at the end of the year", P95, false);
    return put_spread(self, row, "\xC2\xB1 error of the medians", MEDIAN, true);
}

/* ---- charts ---- */

static csim_cells column_of(csim_cells data, uint32_t column) { return csim_cells_of(data.sheet, data.row, column, data.last_row, column); }

static void draw_parts(csim_cells data, uint32_t row) {
    const csim_chart_plan plan = {.kind = CSIM_CHART_COLUMN_STACKED, .title = "Who keeps what buyers pay, means",
                                  .alt_text = "Stacked columns by year: chips, power and sites, hosts' margin, closed labs, open and Chinese labs; losses stand below zero. The table above has the numbers.",
                                  .x = {.title = "year", .label_every = 1}, .y = {.title = "$bn in the year", .kind = CSIM_AS_NUMBER, .decimals = 0},
                                  .legend = CSIM_LEGEND_BOTTOM, .row = row, .column = 0, .width_px = CHART_PX, .height_px = CHART_HEIGHT_PX};
    csim_chart *chart = csim_sheet_add_chart(data.sheet, &plan);
    for (uint32_t part = 0; part < CSIM_POOL_PARTS; part++) csim_chart_add_series(chart, names[PARTS + part], column_of(data, PERIOD), column_of(data, PARTS + part), part_colours[part]);
}

static void draw_beside(csim_cells data, uint32_t row) {
    const csim_chart_plan plan = {.kind = CSIM_CHART_COLUMN, .title = "Beside it: software revenue and buyers' saving, means",
                                  .alt_text = "Columns by year: outlay for AI models, revenue of software as a service, and what buyers would lose without open weights. The table above has the numbers.",
                                  .x = {.title = "year", .label_every = 1}, .y = {.title = "$bn in the year", .kind = CSIM_AS_NUMBER, .decimals = 0},
                                  .legend = CSIM_LEGEND_BOTTOM, .row = row, .column = RIGHT_CHART, .width_px = CHART_PX, .height_px = CHART_HEIGHT_PX};
    csim_chart *chart = csim_sheet_add_chart(data.sheet, &plan);
    csim_chart_add_series(chart, names[OUTLAY], column_of(data, PERIOD), column_of(data, OUTLAY), CSIM_COLOUR_DARK_GREY);
    csim_chart_add_series(chart, names[SAAS], column_of(data, PERIOD), column_of(data, SAAS), CSIM_COLOUR_PURPLE);
    csim_chart_add_series(chart, names[SAVING], column_of(data, PERIOD), column_of(data, SAVING), CSIM_COLOUR_YELLOW);
}

/* ---- the sheet ---- */

static void put_constant(const pool *self, uint32_t row, const char *what, csim_cell_role role, csim_cell_kind kind, double value) {
    csim_sheet_put_text(self->sheet, row, 0, CSIM_GENERAL(CSIM_ROLE_BODY), what);
    csim_sheet_put_number(self->sheet, row, CONSTANT, csim_style(role, kind), value);
}

static uint32_t put_constants(pool *self, uint32_t row) {
    self->checks_row = row;
    self->tolerance_row = row + 1;
    self->zero_row = row + 2;
    csim_sheet_put_text(self->sheet, row, 0, CSIM_GENERAL(CSIM_ROLE_BODY), "All checks of this sheet");
    put_constant(self, self->tolerance_row, "Sums may differ by, $bn (rounding of stored sums)", CSIM_ROLE_INPUT, CSIM_AS_SCIENTIFIC, POOL_TOLERANCE_USD_BN);
    put_constant(self, self->zero_row, "Ground on which the waterfall stands, $bn", CSIM_ROLE_BODY, CSIM_AS_NUMBER, 0);
    return row + 4;
}

/* A check of checks: year by year, the waterfall's end, quarter by quarter. */
static void put_all_checks(const pool *self, csim_cells years, csim_cells quarters, uint32_t waterfall_check, bool good) {
    const csim_cells groups[2] = {column_of(years, CHECK), column_of(quarters, CHECK)};
    char condition[CSIM_REPORT_LINE];
    size_t used = (size_t)snprintf(condition, sizeof condition, "AND(");
    for (int i = 0; i < 2; i++) {
        const csim_address first = csim_at(groups[i].row, CHECK), last = csim_at(groups[i].last_row, CHECK);
        used += (size_t)snprintf(condition + used, sizeof condition - used, "%sCOUNTIF(%s:%s,\"ok\")=ROWS(%s:%s)", i ? "," : "", first.text, last.text, first.text, last.text);
    }
    if (waterfall_check) used += (size_t)snprintf(condition + used, sizeof condition - used, ",%s=\"ok\"", csim_at(waterfall_check, CSIM_POOL_WATERFALL_CHECK).text);
    snprintf(condition + used, sizeof condition - used, ")");
    csim_report_put_check(self->sheet, self->checks_row, CONSTANT, good, "see the cells below that do not say ok", condition);
}

static uint32_t put_waterfall(const pool *self, uint32_t row, csim_cells years, uint32_t *check, bool *good) {
    csim_pool_waterfall plan = {.report = self->report, .sheet = self->sheet, .years = years, .label_column = PERIOD, .part_column = PARTS, .outlay_column = OUTLAY,
                                .zero = csim_at_fixed(self->zero_row, CONSTANT), .tolerance = csim_at_fixed(self->tolerance_row, CONSTANT), .tolerance_usd_bn = POOL_TOLERANCE_USD_BN,
                                .first = self->periods.year[0], .last = self->periods.year[self->periods.years - 1], .outcome = outcomes + PARTS, .name = names + PARTS};
    *check = 0;
    *good = true;
    if (self->periods.years < 2) return row;
    csim_sheet_break_before(self->sheet, row);
    return csim_pool_waterfall_put(&plan, row, check, good);
}

void csim_report_fill_profit_pool(csim_report *report) {
    pool self = {.report = report, .sheet = report->sheet[CSIM_REPORT_PROFIT_POOL], .periods = csim_report_periods_of(report)};
    bool years_good, quarters_good, waterfall_good;
    uint32_t waterfall_check, row = csim_report_put_head(report, CSIM_REPORT_PROFIT_POOL, "Profit pool", "What buyers pay for AI models and who keeps it. $bn; whole calendar years and quarters. Means, because means add up.");
    csim_sheet_set_width(self.sheet, PERIOD, PERIOD, 16);
    csim_sheet_set_width(self.sheet, PARTS, CHECK, NUMBER_WIDTH);
    row = put_constants(&self, row);
    const csim_cells years = put_flows(&self, row, "By year", "$bn in the year", self.periods.year, self.periods.years, &years_good);
    draw_parts(years, years.last_row + 2);
    draw_beside(years, years.last_row + 2);
    row = put_waterfall(&self, years.last_row + 2 + CHART_ROWS, years, &waterfall_check, &waterfall_good);
    csim_sheet_break_before(self.sheet, row);
    row = put_errors(&self, row, "\xC2\xB1 error of the means by year", "$bn in the year", self.periods.year, self.periods.years);
    row = put_spreads(&self, row);
    csim_sheet_break_before(self.sheet, row);
    const csim_cells quarters = put_flows(&self, row, "By quarter", "$bn in quarter", self.periods.quarter, self.periods.quarters, &quarters_good);
    csim_sheet_break_before(self.sheet, quarters.last_row + 2);
    const uint32_t end = put_errors(&self, quarters.last_row + 2, "\xC2\xB1 error of the means by quarter", "$bn in quarter", self.periods.quarter, self.periods.quarters);
    put_all_checks(&self, years, quarters, waterfall_check, years_good && quarters_good && waterfall_good);
    csim_sheet_freeze(self.sheet, 1, 0);
    csim_sheet_set_print_area(csim_cells_of(self.sheet, 0, 0, end - 2, CHECK));
}
