/* Companies: what the run's means say of a vendor, a lab, a chip maker or a cloud, given how much of its revenue hangs on what the model describes. The exposures
 * are the reader's to set; the model knows no company's books, and every company ships at the average of its kind. This file holds the head, the inputs and
 * the run's own lines; the blocks of companies are in company_*.c. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "csim/report/company_parts.h"

enum { NAME = CSIM_LINE_NAME, UNIT = CSIM_LINE_UNIT, VALUE = CSIM_LINE_BASE, GAP, BASIS, SOURCE, LINKS_ROW = 2, BASE_YEAR_ROW = 4, CHECKS_ROW, REASON_MOST = 76, NAME_WIDTH = 44, UNIT_WIDTH = 17, NUMBER_WIDTH = 10 };

/* ---- what the blocks share ---- */

uint32_t csim_company_put_heading(const csim_companies *self, uint32_t row, const char *heading, const char *note) {
    csim_sheet *sheet = self->lines.sheet;
    csim_sheet_put_text(sheet, row, NAME, CSIM_GENERAL(CSIM_ROLE_HEADING), heading);
    for (uint32_t column = UNIT; column <= CSIM_COMPANY_LAST_COLUMN; column++) csim_sheet_put_blank(sheet, row, column, CSIM_ROLE_HEADING);
    csim_sheet_put_text(sheet, row + 1, NAME, CSIM_GENERAL(CSIM_ROLE_NOTE), note);
    return row + 2;
}

uint32_t csim_company_open(const csim_companies *self, uint32_t row, const char *heading, const char *note, const char *name) {
    row = csim_company_put_heading(self, row, heading, note);
    csim_lines_put_heads(&self->lines, row, name);
    return row + 1;
}

uint32_t csim_company_put_heads(const csim_companies *self, uint32_t row, const char *name, const char *const *heads, uint32_t count, uint32_t texts) {
    csim_sheet *sheet = self->lines.sheet;
    csim_sheet_put_text(sheet, row, NAME, CSIM_GENERAL(CSIM_ROLE_TABLE_HEADER_TEXT), name);
    csim_sheet_put_text(sheet, row, UNIT, CSIM_GENERAL(CSIM_ROLE_TABLE_HEADER_TEXT), "");
    for (uint32_t i = 0; i < count; i++) csim_sheet_put_text(sheet, row, VALUE + i, CSIM_GENERAL(VALUE + i < texts ? CSIM_ROLE_TABLE_HEADER : CSIM_ROLE_TABLE_HEADER_TEXT), heads[i]);
    csim_sheet_set_height(sheet, row, 40);
    return row + 1;
}

void csim_company_put_exposure(const csim_companies *self, uint32_t row, uint32_t column, double most, double value) {
    csim_sheet_put_number(self->lines.sheet, row, column, csim_style_digits(CSIM_ROLE_INPUT, CSIM_AS_PERCENT, 0), value);
    csim_cells_allow_numbers(csim_cell_of(self->lines.sheet, row, column), 0, most, "A share: 25 % is 0.25");
}

void csim_company_put_check(csim_companies *self, uint32_t row, const char *what, bool good, const char *wrong, const char *condition) {
    csim_sheet_put_text(self->lines.sheet, row, NAME, CSIM_GENERAL(CSIM_ROLE_BODY), what);
    csim_report_put_check(self->lines.sheet, row, VALUE, good, wrong, condition);
    if (self->checks < CSIM_COMPANY_MOST_CHECKS) self->check[self->checks++] = csim_at(row, VALUE);
    self->all_good = self->all_good && good;
}

void csim_company_check_same(csim_companies *self, uint32_t row, const char *what, const csim_line *a, const csim_line *b) {
    char condition[CSIM_REPORT_LINE];
    double apart = 0;
    for (int32_t i = 0; i < self->lines.periods.years; i++) apart += fabs(a->value[i] - b->value[i]);
    const uint32_t first = CSIM_LINE_FIRST, last = csim_lines_last_year_column(&self->lines);
    snprintf(condition, sizeof condition, "SUMPRODUCT(ABS(%s:%s-%s:%s))<=%s", csim_at(a->row, first).text, csim_at(a->row, last).text, csim_at(b->row, first).text, csim_at(b->row, last).text,
             csim_at_fixed(self->tolerance.row, self->tolerance.column).text);
    csim_company_put_check(self, row, what, apart <= CSIM_COMPANY_TOLERANCE, "not the model's", condition);
}

int csim_company_decimals(const csim_companies *self, csim_outcome_id id) {
    const csim_estimate last = csim_report_stock(self->lines.report, csim_report_slot(self->lines.report, id, 0), csim_lines_period(&self->lines, self->lines.periods.years - 1));
    return csim_report_decimals(CSIM_AS_PERCENT, 1, last.error / fabs(last.value));
}

/* ---- inputs ---- */

static void put_words(csim_sheet *sheet, uint32_t row, const char *name, const char *unit) {
    csim_sheet_put_text(sheet, row, NAME, CSIM_GENERAL(CSIM_ROLE_BODY), name);
    csim_sheet_put_text(sheet, row, UNIT, CSIM_GENERAL(CSIM_ROLE_NOTE), unit);
}

/* An input of the scenario: its value, or the median of its distribution, with basis, source and reason. */
static csim_operand put_input(const csim_companies *self, uint32_t row, csim_input_id id) {
    const csim_report *report = self->lines.report;
    csim_sheet *sheet = self->lines.sheet;
    const int at = report->plan->input_offset[id];
    const csim_plan_input *input = &report->plan->input[at];
    const csim_note *note = &report->scenario->input[at].note;
    const double value = fmin(fmax(csim_dist_quantile(&input->dist, report->plan->pool, 0.5), input->lowest), input->highest);
    const csim_cell_kind kind = csim_report_unit_kind(csim_input_rows[id].unit);
    char text[2 * CSIM_REPORT_LINE], words[2 * CSIM_REPORT_LINE];
    put_words(sheet, row, csim_report_clean(csim_input_rows[id].text, 52, text, sizeof text), csim_input_rows[id].unit);
    csim_sheet_put_number(sheet, row, VALUE, csim_style_digits(CSIM_ROLE_INPUT, kind, kind == CSIM_AS_PERCENT ? 0 : fabs(value) < 0.1 ? 4 : 2), value);
    csim_sheet_put_text(sheet, row, BASIS, CSIM_GENERAL(csim_report_basis_role(note->basis)), note->basis);
    snprintf(words, sizeof words, "%s%s%s%s", report->scenario->input[at].key, report->scenario->input[at].spec.family == CSIM_DIST_FIXED ? ": " : ", median: ", note->source[0] ? note->source : note->reason, note->source[0] ? "" : " (judgement)");
    csim_sheet_put_text(sheet, row, SOURCE, CSIM_GENERAL(CSIM_ROLE_NOTE), csim_report_clean(words, REASON_MOST, text, sizeof text));
    return csim_cell_operand(row, VALUE, value);
}

static csim_operand put_number(const csim_companies *self, uint32_t row, const char *name, const char *unit, csim_cell_style style, double value, const char *note) {
    put_words(self->lines.sheet, row, name, unit);
    csim_sheet_put_number(self->lines.sheet, row, VALUE, style, value);
    csim_sheet_put_text(self->lines.sheet, row, SOURCE, CSIM_GENERAL(CSIM_ROLE_NOTE), note);
    return csim_cell_operand(row, VALUE, value);
}

static uint32_t put_inputs(csim_companies *self, uint32_t row) {
    static const char *const heads[SOURCE - VALUE + 1] = {"Value", "", "Basis", "From"};
    csim_sheet *sheet = self->lines.sheet;
    row = csim_company_put_heading(self, row, "What the formulas take from the scenario", "Sources and reasons in short; the sheet Assumptions has them in full.") - 1;
    csim_sheet_put_text(sheet, row + 1, NAME, CSIM_GENERAL(CSIM_ROLE_TABLE_HEADER_TEXT), "Input");
    csim_sheet_put_text(sheet, row + 1, UNIT, CSIM_GENERAL(CSIM_ROLE_TABLE_HEADER_TEXT), "Unit");
    csim_sheet_put_text(sheet, row + 1, VALUE, CSIM_GENERAL(CSIM_ROLE_TABLE_HEADER), heads[0]);
    for (uint32_t column = GAP; column <= CSIM_COMPANY_LAST_COLUMN; column++)
        csim_sheet_put_text(sheet, row + 1, column, CSIM_GENERAL(CSIM_ROLE_TABLE_HEADER_TEXT), column <= SOURCE ? heads[column - VALUE] : "");
    row += 2;
    self->revenue_start = put_input(self, row++, CSIM_IN_SAAS_REVENUE0);
    self->seat_share_start = put_input(self, row++, CSIM_IN_SAAS_SEAT_SHARE0);
    self->seat_price_start = put_input(self, row++, CSIM_IN_SAAS_SEAT_PRICE0);
    self->moved_a_month = put_input(self, row++, CSIM_IN_SAAS_M_W);
    self->serve_overhead = put_input(self, row++, CSIM_IN_FIN_SERVE_OVERHEAD);
    self->chip_margin = put_input(self, row++, CSIM_IN_SI_CHIP_MARGIN);
    self->vendor_count = put_number(self, row++, "Vendors in the scenario", "count", csim_style(CSIM_ROLE_BODY, CSIM_AS_INTEGER), self->lines.report->plan->vendors, "");
    self->one = put_number(self, row++, "The whole", "share", csim_style_digits(CSIM_ROLE_BODY, CSIM_AS_PERCENT, 0), 1, "what shares are shares of");
    self->tolerance = put_number(self, row++, "Checks may be out by", "share", csim_style(CSIM_ROLE_INPUT, CSIM_AS_SCIENTIFIC), CSIM_COMPANY_TOLERANCE, "rounding, summed over the years");
    return row + 1;
}

/* ---- the run's means ---- */

typedef struct source_row { csim_line_source source; csim_line *line; } source_row;

enum { COMMON = 16 };

static void list_sources(csim_companies *self, source_row out[COMMON]) {
    const csim_report *report = self->lines.report;
    const struct { const char *name, *unit; csim_outcome_id id; csim_cell_kind kind; bool flow; csim_line *line; } rows[COMMON] = {
        {"Software revenue, annual rate", "$bn/yr, at end", CSIM_OUT_SAAS_REVENUE, CSIM_AS_USD, false, &self->saas_rate},
        {"Seats against the start", "ln, at end", CSIM_OUT_SAAS_SEATS, CSIM_AS_NUMBER, false, &self->seats},
        {"Price of a seat", "$/month, at end", CSIM_OUT_SAAS_SEAT_PRICE, CSIM_AS_USD, false, &self->seat_price},
        {"AI cost in software revenue", "share, at end", CSIM_OUT_SAAS_AI_COGS, CSIM_AS_PERCENT, false, &self->ai_cost},
        {"Gross margin of software vendors", "share, at end", CSIM_OUT_SAAS_MARGIN, CSIM_AS_PERCENT, false, &self->saas_margin},
        {"Enterprise value over sales, EV/S", "ratio, at end", CSIM_OUT_SAAS_EVS, CSIM_AS_RATIO, false, &self->multiple},
        {"Vendors moved to open models", "vendors, at end", CSIM_OUT_PIVOTS, CSIM_AS_NUMBER, false, &self->pivots},
        {"API spend", "$bn in period", CSIM_OUT_SPEND, CSIM_AS_USD, true, &self->api},
        {"Revenue of closed US labs", "$bn in period", CSIM_OUT_CLOSED_REVENUE, CSIM_AS_USD, true, &self->closed_revenue},
        {"Gross profit of closed US labs", "$bn in period", CSIM_OUT_POOL_CLOSED, CSIM_AS_USD, true, &self->closed_profit},
        {"Sales of merchant GPUs", "$bn in period", CSIM_OUT_MERCHANT_REVENUE, CSIM_AS_USD, true, &self->sales},
        {"Capital cost of chips behind tokens", "$bn in period", CSIM_OUT_POOL_CHIPS, CSIM_AS_USD, true, &self->chips},
        {"Sites, power, operation behind tokens", "$bn in period", CSIM_OUT_POOL_POWER, CSIM_AS_USD, true, &self->power},
        {"Margin of third-party hosts", "$bn in period", CSIM_OUT_POOL_HOSTS, CSIM_AS_USD, true, &self->hosts},
        {"Merchant GPUs' share of tokens", "share, at end", CSIM_OUT_MERCHANT_SHARE, CSIM_AS_PERCENT, false, &self->merchant_share},
        {"Realised over list price", "ratio, at end", CSIM_OUT_REALISED, CSIM_AS_NUMBER, false, &self->realised}};
    for (int i = 0; i < COMMON; i++)
        out[i] = (source_row){{rows[i].name, rows[i].unit, csim_report_slot(report, rows[i].id, 0), rows[i].kind, rows[i].flow}, rows[i].line};
}

/* Share, list price and cost of each offering. `names` keeps what the sources point at. */
static uint32_t put_offerings(csim_companies *self, uint32_t row, bool errors, char names[][96]) {
    static const struct { csim_outcome_id id; const char *words, *unit; csim_cell_kind kind; } kinds[3] = {
        {CSIM_OUT_SHARE_OFFERING, "share of tokens", "share, at end", CSIM_AS_PERCENT}, {CSIM_OUT_PRICE_LIST, "list price", "$/M, at end", CSIM_AS_USD}, {CSIM_OUT_COST_FLAGSHIP, "serving cost", "$/M, at end", CSIM_AS_USD}};
    const csim_report *report = self->lines.report;
    for (int k = 0; k < 3; k++)
        for (int32_t j = 0; j < report->plan->offerings; j++, row++) {
            char *name = names[j];
            snprintf(name, 96, "%.60s: %s", report->plan->offering_id[j], kinds[k].words);
            const csim_line_source source = {name, kinds[k].unit, csim_report_slot(report, kinds[k].id, j), kinds[k].kind, false};
            csim_line *line = k == 0 ? &self->share[j] : k == 1 ? &self->price[j] : &self->cost[j];
            if (errors) csim_line_put_errors(&self->lines, row, &source);
            else csim_line_put_means(&self->lines, row, &source, line);
        }
    return row;
}

/* The lines of the whole market, then those of offerings under `heading`; means, or their errors. */
static uint32_t put_run(csim_companies *self, uint32_t row, bool errors, const char *heading, const char *note) {
    source_row sources[COMMON];
    char names[CSIM_MAX_OFFERINGS][96];
    list_sources(self, sources);
    for (int i = 0; i < COMMON; i++, row++) {
        if (errors) csim_line_put_errors(&self->lines, row, &sources[i].source);
        else csim_line_put_means(&self->lines, row, &sources[i].source, sources[i].line);
    }
    csim_sheet_break_before(self->lines.sheet, row + 1);
    row = csim_company_open(self, row + 1, heading, note, "Offering");
    return put_offerings(self, row, errors, names) + 1;
}

static uint32_t put_means(csim_companies *self, uint32_t row) {
    int32_t months[CSIM_MOST_PERIODS], since[CSIM_MOST_PERIODS];
    self->lines.years_row = row + 2;
    row = csim_company_open(self, row, "What the run says: means over paths", "Flows are summed over the months of the period; stocks and prices are those of its last month. Columns of quarters stand to the right of the years and are not printed.", "Line");
    for (int32_t i = 0; i < self->lines.count; i++) {
        const csim_report_period period = csim_lines_period(&self->lines, i);
        months[i] = period.months;
        since[i] = period.first + period.months;
    }
    csim_line_put_count(&self->lines, row++, "Months in the period", "months", months, &self->months);
    csim_line_put_count(&self->lines, row++, "Months since the start, at end", "months", since, &self->since_start);
    return put_run(self, row, false, "What the run says of offerings: means over paths", "At the end of the period. Prices and costs are of a blend of 3 input to 1 output tokens.");
}

/* ---- the sheet ---- */

static void put_base_year(const csim_companies *self) {
    const csim_lines *lines = &self->lines;
    put_words(lines->sheet, BASE_YEAR_ROW, "Base year of all changes (choose)", "year");
    csim_sheet_put_number(lines->sheet, BASE_YEAR_ROW, VALUE, csim_style(CSIM_ROLE_INPUT, CSIM_AS_PLAIN_YEAR), lines->periods.year[lines->base].year);
    csim_cells_allow_list(csim_cell_of(lines->sheet, BASE_YEAR_ROW, VALUE), csim_cells_of(lines->sheet, lines->years_row, CSIM_LINE_FIRST, lines->years_row, csim_lines_last_year_column(lines)), "A whole year of the run");
}

static void put_all_checks(const csim_companies *self) {
    char condition[CSIM_REPORT_LINE];
    size_t used = (size_t)snprintf(condition, sizeof condition, "AND(");
    for (int32_t i = 0; i < self->checks; i++) used += (size_t)snprintf(condition + used, sizeof condition - used, "%s%s=\"ok\"", i ? "," : "", self->check[i].text);
    snprintf(condition + used, sizeof condition - used, ")");
    put_words(self->lines.sheet, CHECKS_ROW, "All checks of this sheet", "");
    csim_report_put_check(self->lines.sheet, CHECKS_ROW, VALUE, self->all_good, "see below", condition);
}

static void set_widths(const csim_companies *self) {
    const csim_lines *lines = &self->lines;
    csim_sheet_set_width(lines->sheet, NAME, NAME, NAME_WIDTH);
    csim_sheet_set_width(lines->sheet, UNIT, UNIT, UNIT_WIDTH);
    csim_sheet_set_width(lines->sheet, VALUE, csim_lines_column(lines, lines->count - 1), NUMBER_WIDTH);
}

void csim_report_fill_companies(csim_report *report) {
    csim_sheet *sheet = report->sheet[CSIM_REPORT_COMPANIES];
    csim_companies self = {.lines = csim_lines_of(report, sheet), .all_good = true};
    csim_report_put_head(report, CSIM_REPORT_COMPANIES, "Companies", "Blue: exposures and inputs, yours to change. Black: formulas from the run's means. No company's books are in the model: each ships at the average of its kind.");
    self.lines.base_row = BASE_YEAR_ROW;
    set_widths(&self);
    uint32_t row = put_inputs(&self, CHECKS_ROW + 2);
    csim_sheet_break_before(sheet, row);
    row = put_means(&self, row);
    put_base_year(&self);
    csim_sheet_break_before(sheet, row);
    csim_sheet_put_link(sheet, LINKS_ROW, UNIT, "Software", csim_cell_of(sheet, row, 0));
    row = csim_company_put_vendors(&self, row);
    csim_sheet_break_before(sheet, row);
    csim_sheet_put_link(sheet, LINKS_ROW, VALUE, "Labs", csim_cell_of(sheet, row, 0));
    row = csim_company_put_labs(&self, row);
    csim_sheet_break_before(sheet, row);
    csim_sheet_put_link(sheet, LINKS_ROW, GAP, "Chips", csim_cell_of(sheet, row, 0));
    row = csim_company_put_groups(&self, row);
    csim_sheet_break_before(sheet, row);
    row = csim_company_open(&self, row, "Standard errors of the run's means", csim_report_flow_error_words(report), "Line");
    row = put_run(&self, row, true, "Standard errors of the means of offerings", "As above.");
    put_all_checks(&self);
    const uint32_t years_end = csim_lines_last_year_column(&self.lines);
    csim_sheet_freeze(sheet, 1, CSIM_LINE_BASE);
    csim_sheet_set_print_area(csim_cells_of(sheet, 0, 0, row - 2, years_end > CSIM_COMPANY_LAST_COLUMN ? years_end : CSIM_COMPANY_LAST_COLUMN));
}
