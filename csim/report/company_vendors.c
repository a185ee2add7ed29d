/* Software vendors: what automation and agents do to revenue, margin and value of one whose revenue hangs on seats as far as its exposures say. The sector
 * itself is a row of the same arithmetic, and a check holds it against the run. */
#include <math.h>
#include <stdio.h>

#include "csim/report/company_parts.h"

enum { SEATS = CSIM_LINE_BASE, EXPOSED, AI_COST, MOVED, MOVED_ERROR, MEDIAN, GAP, BASIS, HEADS = BASIS - CSIM_LINE_BASE + 1 };

/* The sector taken apart. */
typedef struct sector { csim_line seat, usage, part, seat_change, usage_change, change, by_parts, margin_change; } sector;

static uint32_t put_sector(csim_companies *self, uint32_t row, sector *to) {
    const csim_lines *lines = &self->lines;
    const int percent = csim_company_decimals(self, CSIM_OUT_SAAS_REVENUE), money = 0;
    row = csim_company_open(self, row, "Software: the sector taken apart",
                            "Seat revenue is the product of means: seats, price, and what has moved from seats to usage. Usage is the rest of the run's revenue. Change: end of the period against the end of the base year.", "Line");
    csim_line_put_formula(lines, row++, &(csim_line_plan){"Seat revenue, annual rate", "$bn/yr, at end", "a*b*EXP(c)*d/e*EXP(-f*g/a)", CSIM_AS_USD, money, false},
                          (csim_operand[]){self->seat_share_start, self->revenue_start, csim_here(&self->seats), csim_here(&self->seat_price), self->seat_price_start, self->moved_a_month, csim_here(&self->since_start)}, &to->seat);
    csim_line_put_formula(lines, row++, &(csim_line_plan){"Usage revenue, annual rate", "$bn/yr, at end", "a-b", CSIM_AS_USD, money, false}, (csim_operand[]){csim_here(&self->saas_rate), csim_here(&to->seat)}, &to->usage);
    csim_line_put_formula(lines, row++, &(csim_line_plan){"Seats' share of revenue", "share, at end", "a/b", CSIM_AS_PERCENT, 0, false}, (csim_operand[]){csim_here(&to->seat), csim_here(&self->saas_rate)}, &to->part);
    csim_line_put_formula(lines, row++, &(csim_line_plan){"Change of seat revenue", "of base year", "a/b-c", CSIM_AS_PERCENT, percent, true}, (csim_operand[]){csim_here(&to->seat), csim_base(&to->seat), self->one}, &to->seat_change);
    csim_line_put_formula(lines, row++, &(csim_line_plan){"Change of usage revenue", "of base year", "a/b-c", CSIM_AS_PERCENT, percent, true}, (csim_operand[]){csim_here(&to->usage), csim_base(&to->usage), self->one}, &to->usage_change);
    csim_line_put_formula(lines, row++, &(csim_line_plan){"Change of software revenue, by the run", "of base year", "a/b-c", CSIM_AS_PERCENT, percent, true}, (csim_operand[]){csim_here(&self->saas_rate), csim_base(&self->saas_rate), self->one}, &to->change);
    csim_line_put_formula(lines, row++, &(csim_line_plan){"The same by its parts, as vendors below", "of base year", "a*b+(c-a)*d", CSIM_AS_PERCENT, percent, true},
                          (csim_operand[]){csim_base(&to->part), csim_here(&to->seat_change), self->one, csim_here(&to->usage_change)}, &to->by_parts);
    csim_company_check_same(self, row++, "Parts make the run's change", &to->change, &to->by_parts);
    return row + 1;
}

/* The first month in which half of the vendors have moved, in the mean: vendors differ by nothing that the model knows, so that each has moved with the same
 * probability. −1: not within the run. */
static int median_month(const csim_companies *self) {
    const csim_report *report = self->lines.report;
    const size_t slot = (size_t)csim_report_slot(report, CSIM_OUT_PIVOTS, 0);
    for (int32_t t = 0; t < report->plan->months; t++)
        if (csim_accumulator_mean(report->result->monthly, slot, (size_t)t).value >= 0.5 * report->plan->vendors) return report->plan->start_month + t;
    return -1;
}

static void put_moved(const csim_companies *self, uint32_t row) {
    const csim_report *report = self->lines.report;
    csim_sheet *sheet = self->lines.sheet;
    const int32_t last = self->lines.periods.years - 1;
    const uint32_t column = csim_lines_column(&self->lines, last);
    const csim_estimate moved = csim_report_stock(report, csim_report_slot(report, CSIM_OUT_PIVOTS, 0), csim_lines_period(&self->lines, last));
    const double vendors = report->plan->vendors;
    const int decimals = csim_report_decimals(CSIM_AS_PERCENT, moved.value / vendors, moved.error / vendors), month = median_month(self);
    char text[64], when[CSIM_MONTH_TEXT];
    csim_sheet_put_formula(sheet, row, MOVED, csim_style_digits(CSIM_ROLE_FORMULA, CSIM_AS_PERCENT, decimals), moved.value / vendors, "=%s/%s", csim_at_fixed(self->pivots.row, column).text,
                           csim_at_fixed(self->vendor_count.row, self->vendor_count.column).text);
    csim_report_put_error(sheet, row, MOVED_ERROR, CSIM_AS_PERCENT, decimals, moved.error / vendors, moved.error == 0);
    snprintf(text, sizeof text, "> %s", csim_month_text(report->plan->start_month + report->plan->months - 1, when));
    if (month >= 0) csim_report_put_month(sheet, row, MEDIAN, CSIM_ROLE_BODY, month);
    else csim_sheet_put_text(sheet, row, MEDIAN, CSIM_GENERAL(CSIM_ROLE_MISSING), text);
}

static uint32_t put_exposures(const csim_companies *self, uint32_t row, const sector *from, char names[][64]) {
    const csim_report *report = self->lines.report;
    csim_sheet *sheet = self->lines.sheet;
    char moved[64];
    const char *const heads[HEADS] = {"Seats in revenue", "of them exposed", "AI cost over sector's", moved, "\xC2\xB1 error", "Median month", "", "Basis"};
    snprintf(moved, sizeof moved, "P(moved) end %d", csim_lines_period(&self->lines, self->lines.periods.years - 1).year);
    row = csim_company_put_heading(self, row, "Software vendors: exposures",
                                   "Shipped at the sector's average, for want of books: put a vendor's own. Seats not exposed keep their revenue. Moved: its agents run on open models, with the same chance for all.");
    row = csim_company_put_heads(self, row, "Vendor", heads, HEADS, GAP);
    for (int32_t v = 0; v < report->plan->vendors; v++, row++) {
        csim_report_clean(report->plan->vendor_id[v], 40, names[v], 64);
        csim_sheet_put_text(sheet, row, CSIM_LINE_NAME, CSIM_GENERAL(CSIM_ROLE_BODY), names[v]);
        csim_company_put_exposure(self, row, SEATS, 1, from->part.value[self->lines.base]);
        csim_company_put_exposure(self, row, EXPOSED, 1, 1);
        csim_company_put_exposure(self, row, AI_COST, 100, 1);
        put_moved(self, row);
        csim_sheet_put_text(sheet, row, BASIS, CSIM_GENERAL(CSIM_ROLE_GUESS), "guess");
    }
    return row + 1;
}

/* Change of revenue, then of gross margin, then of enterprise value, vendor by vendor. */
static uint32_t put_changes(csim_companies *self, uint32_t row, const sector *from, uint32_t first_exposure, char names[][64]) {
    const csim_lines *lines = &self->lines;
    const int32_t vendors = lines->report->plan->vendors;
    const int percent = csim_company_decimals(self, CSIM_OUT_SAAS_REVENUE), value_percent = csim_company_decimals(self, CSIM_OUT_SAAS_EVS);
    const double shipped_seats = from->part.value[lines->base];
    csim_line change[CSIM_MAX_VENDORS], other;
    row = csim_company_open(self, row, "Software vendors: change of revenue", "Annual rate at the end of the period against the end of the base year: exposed seats move with the run's seat revenue, the rest of the vendor's revenue with usage.", "Vendor");
    for (int32_t v = 0; v < vendors; v++) {
        const uint32_t at = first_exposure + (uint32_t)v;
        csim_line_put_formula(lines, row++, &(csim_line_plan){names[v], "of base year", "a*b*c+(d-a)*e", CSIM_AS_PERCENT, percent, true},
                              (csim_operand[]){csim_cell_operand(at, SEATS, shipped_seats), csim_cell_operand(at, EXPOSED, 1), csim_here(&from->seat_change), self->one, csim_here(&from->usage_change)}, &change[v]);
    }
    csim_sheet_break_before(lines->sheet, row + 1);
    row = csim_company_open(self, row + 1, "Software vendors: change of gross margin", "Points of revenue, at the end of the period: the cost of AI in revenue, times the vendor's multiple of the sector's. In the model a vendor that moves to open models pays as before.", "Vendor");
    for (int32_t v = 0; v < vendors; v++)
        csim_line_put_formula(lines, row++, &(csim_line_plan){names[v], "points, % of revenue", "a*(b-c)", CSIM_AS_PERCENT, 1, true},
                              (csim_operand[]){csim_cell_operand(first_exposure + (uint32_t)v, AI_COST, 1), csim_base(&self->ai_cost), csim_here(&self->ai_cost)}, &other);
    row = csim_company_open(self, row + 1, "Software vendors: change of enterprise value", "Its revenue at the sector's multiple EV/S, at the end of the period; the model knows no multiple of a single vendor.", "Vendor");
    for (int32_t v = 0; v < vendors; v++)
        csim_line_put_formula(lines, row++, &(csim_line_plan){names[v], "of base year", "(a+b)*c/d-a", CSIM_AS_PERCENT, value_percent, true},
                              (csim_operand[]){self->one, csim_here(&change[v]), csim_here(&self->multiple), csim_base(&self->multiple)}, &other);
    return row + 1;
}

uint32_t csim_company_put_vendors(csim_companies *self, uint32_t row) {
    sector parts;
    char names[CSIM_MAX_VENDORS][64];
    const csim_lines *lines = &self->lines;
    row = put_sector(self, row, &parts);
    csim_line margin, cost;
    row = csim_company_open(self, row, "Software: gross margin", "Points of revenue against the end of the base year. What the run's margin loses is the cost of AI alone.", "Line");
    csim_line_put_formula(lines, row++, &(csim_line_plan){"Change of gross margin, by the run", "points, % of revenue", "a-b", CSIM_AS_PERCENT, 1, true}, (csim_operand[]){csim_here(&self->saas_margin), csim_base(&self->saas_margin)}, &margin);
    csim_line_put_formula(lines, row++, &(csim_line_plan){"The same by the cost of AI, as vendors below", "points, % of revenue", "a-b", CSIM_AS_PERCENT, 1, true}, (csim_operand[]){csim_base(&self->ai_cost), csim_here(&self->ai_cost)}, &cost);
    csim_company_check_same(self, row++, "Cost of AI makes the run's change", &margin, &cost);
    if (!lines->report->plan->vendors) return row + 1;
    csim_sheet_break_before(lines->sheet, row + 1);
    const uint32_t heads = 3, exposures = row + 1 + heads;
    row = put_exposures(self, row + 1, &parts, names);
    return put_changes(self, row, &parts, exposures, names);
}
