/* Labs: the offerings of the model, open and closed. API spend is shared out among them by tokens and list price, since the run keeps no spend of an offering. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "csim/report/company_parts.h"

enum { API_SHARE = CSIM_LINE_BASE, GAP, BASIS, HEADS = BASIS - CSIM_LINE_BASE + 1, NAME_MOST = 52, NAME_SIZE = 4 * NAME_MOST };

static void name_offerings(const csim_report *report, char names[][NAME_SIZE]) {
    for (int32_t j = 0; j < report->plan->offerings; j++) csim_report_clean(report->scenario->offering[j].title, NAME_MOST, names[j], NAME_SIZE);
}

/* "a+b+c" for so many letters. */
static void sum_of(int32_t count, char *text) {
    for (int32_t i = 0; i < count; i++) {
        *text++ = (char)('a' + i);
        if (i + 1 < count) *text++ = '+';
    }
    *text = 0;
}

static void put_total(const csim_lines *lines, uint32_t row, const char *name, const char *unit, csim_line *parts, csim_line *out) {
    const int32_t count = lines->report->plan->offerings;
    csim_operand operands[CSIM_MAX_OFFERINGS];
    char formula[2 * CSIM_MAX_OFFERINGS + 1];
    for (int32_t j = 0; j < count; j++) operands[j] = csim_here(&parts[j]);
    sum_of(count, formula);
    csim_line_put_formula(lines, row, &(csim_line_plan){name, unit, formula, CSIM_AS_USD, 2, false}, operands, out);
}

/* Revenue by offering; returns the first free row. */
static uint32_t put_revenue(csim_companies *self, uint32_t row, char names[][NAME_SIZE], csim_line *revenue) {
    const csim_lines *lines = &self->lines;
    const int32_t count = lines->report->plan->offerings;
    csim_line weight[CSIM_MAX_OFFERINGS], weights, total;
    row = csim_company_open(self, row, "Labs: tokens at list price", "Share of world tokens times list price, both at the end of the period: what API spend is shared out by. A product of means; free tokens of consumers count as any.", "Offering");
    for (int32_t j = 0; j < count; j++)
        csim_line_put_formula(lines, row++, &(csim_line_plan){names[j], "$/M of all tokens", "a*b", CSIM_AS_USD, 3, false}, (csim_operand[]){csim_here(&self->share[j]), csim_here(&self->price[j])}, &weight[j]);
    put_total(lines, row++, "All offerings", "$/M of all tokens", weight, &weights);
    row = csim_company_open(self, row + 1, "Labs: API revenue, shared out", "$bn in the period: the run's API spend by the weights above. An estimate: prices differ by segment, and so do the shares of each offering.", "Offering");
    for (int32_t j = 0; j < count; j++)
        csim_line_put_formula(lines, row++, &(csim_line_plan){names[j], "$bn in period", "a*b/c", CSIM_AS_USD, 1, false}, (csim_operand[]){csim_here(&self->api), csim_here(&weight[j]), csim_here(&weights)}, &revenue[j]);
    put_total(lines, row++, "All offerings", "$bn in period", revenue, &total);
    csim_company_check_same(self, row++, "Parts make the run's API spend", &total, &self->api);
    return row + 1;
}

static uint32_t put_exposures(const csim_companies *self, uint32_t row, char names[][NAME_SIZE]) {
    static const char *const heads[HEADS] = {"API in revenue", "", "Basis"};
    csim_sheet *sheet = self->lines.sheet;
    row = csim_company_put_heading(self, row, "Labs: exposures", "API revenue as a share of the lab's revenue in the base year; the rest is held. Shipped at all of it: the run has subscriptions of the closed labs together only.");
    row = csim_company_put_heads(self, row, "Offering", heads, HEADS, GAP);
    for (int32_t j = 0; j < self->lines.report->plan->offerings; j++, row++) {
        csim_sheet_put_text(sheet, row, CSIM_LINE_NAME, CSIM_GENERAL(CSIM_ROLE_BODY), names[j]);
        csim_company_put_exposure(self, row, API_SHARE, 1, 1);
        csim_sheet_put_text(sheet, row, BASIS, CSIM_GENERAL(CSIM_ROLE_GUESS), "guess");
    }
    return row + 1;
}

static uint32_t put_changes(csim_companies *self, uint32_t row, char names[][NAME_SIZE], const csim_line *revenue, uint32_t first_exposure) {
    const csim_lines *lines = &self->lines;
    const int32_t count = lines->report->plan->offerings;
    const int percent = csim_company_decimals(self, CSIM_OUT_SPEND);
    csim_line other, margin[CSIM_MAX_OFFERINGS];
    row = csim_company_open(self, row, "Labs: change of revenue", "Revenue a month in the period against that of the base year, from API and what is held. n/a: the offering earned nothing then.", "Offering");
    for (int32_t j = 0; j < count; j++)
        csim_line_put_formula(lines, row++, &(csim_line_plan){names[j], "of base year", "a*((b/c)/(d/e)-f)", CSIM_AS_PERCENT, percent, true},
                              (csim_operand[]){csim_cell_operand(first_exposure + (uint32_t)j, API_SHARE, 1), csim_here(&revenue[j]), csim_here(&self->months), csim_base(&revenue[j]), csim_base(&self->months), self->one}, &other);
    row = csim_company_open(self, row + 1, "Labs: margin on a token sold", "Realised list price less serving cost with its overhead, over that price, at the end of the period: a ratio of means, training and subscriptions not in it.", "Offering");
    for (int32_t j = 0; j < count; j++)
        csim_line_put_formula(lines, row++, &(csim_line_plan){names[j], "of price", "(a*b-c*d)/(a*b)", CSIM_AS_PERCENT, 0, false}, (csim_operand[]){csim_here(&self->price[j]), csim_here(&self->realised), csim_here(&self->cost[j]), self->serve_overhead}, &margin[j]);
    csim_sheet_break_before(lines->sheet, row + 1);
    row = csim_company_open(self, row + 1, "Labs: change of that margin", "Points of price, against the end of the base year.", "Offering");
    for (int32_t j = 0; j < count; j++)
        csim_line_put_formula(lines, row++, &(csim_line_plan){names[j], "points, % of price", "a-b", CSIM_AS_PERCENT, 0, true}, (csim_operand[]){csim_here(&margin[j]), csim_base(&margin[j])}, &other);
    return row + 1;
}

/* The closed labs together, of whom the run has accounts. */
static uint32_t put_together(csim_companies *self, uint32_t row) {
    const csim_lines *lines = &self->lines;
    const int percent = csim_company_decimals(self, CSIM_OUT_CLOSED_REVENUE);
    csim_line margin, other;
    row = csim_company_open(self, row, "Closed US labs together", "API, subscriptions and advertising, less the cost of serving them, as the run has it.", "Line");
    csim_line_put_formula(lines, row++, &(csim_line_plan){"Change of revenue a month", "of base year", "(a/b)/(c/d)-e", CSIM_AS_PERCENT, percent, true},
                          (csim_operand[]){csim_here(&self->closed_revenue), csim_here(&self->months), csim_base(&self->closed_revenue), csim_base(&self->months), self->one}, &other);
    csim_line_put_formula(lines, row++, &(csim_line_plan){"Gross margin, ratio of means", "of revenue", "a/b", CSIM_AS_PERCENT, 0, false}, (csim_operand[]){csim_here(&self->closed_profit), csim_here(&self->closed_revenue)}, &margin);
    csim_line_put_formula(lines, row++, &(csim_line_plan){"Change of it", "points, % of revenue", "a-b", CSIM_AS_PERCENT, 0, true}, (csim_operand[]){csim_here(&margin), csim_base(&margin)}, &other);
    return row + 1;
}

uint32_t csim_company_put_labs(csim_companies *self, uint32_t row) {
    csim_line revenue[CSIM_MAX_OFFERINGS];
    char names[CSIM_MAX_OFFERINGS][NAME_SIZE];
    name_offerings(self->lines.report, names);
    row = put_revenue(self, row, names, revenue);
    csim_sheet_break_before(self->lines.sheet, row);
    const uint32_t heads = 3, exposures = row + heads;
    row = put_exposures(self, row, names);
    row = put_changes(self, row, names, revenue, exposures);
    return put_together(self, row);
}
