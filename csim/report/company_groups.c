/* Chips and clouds: groups of companies as the model tells them apart (its fleets, those who own machines, who host, who build sites), each a mix of five lines
 * of money that the run has. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "csim/report/company_parts.h"

enum { SALES, MERCHANT, OTHER, POWER, HOSTS, STREAMS, FIRST_WEIGHT = CSIM_LINE_BASE, HELD = FIRST_WEIGHT + STREAMS, GAP, CHECK, BASIS, HEADS = BASIS - CSIM_LINE_BASE + 1, MOST_GROUPS = CSIM_MAX_FLEETS + 3, NAME_MOST = 52 };

typedef struct group {
    char name[4 * NAME_MOST], reason[CSIM_REPORT_LINE];
    const char *basis;
    double weight[STREAMS];
} group;

/* ---- the lines of money ---- */

static uint32_t put_streams(csim_companies *self, uint32_t row, csim_line stream[STREAMS]) {
    const csim_lines *lines = &self->lines;
    csim_line profit;
    row = csim_company_open(self, row, "Chips and clouds: lines of money", "$bn in the period. What tokens pay for chips is parted by the merchant GPUs' share of tokens at the end of the period: a product of means.", "Line");
    csim_line_put_formula(lines, row++, &(csim_line_plan){"Sales of merchant GPUs", "$bn in period", "a", CSIM_AS_USD, 1, false}, (csim_operand[]){csim_here(&self->sales)}, &stream[SALES]);
    csim_line_put_formula(lines, row++, &(csim_line_plan){"Capital recovered through merchant fleets", "$bn in period", "a*b", CSIM_AS_USD, 1, false}, (csim_operand[]){csim_here(&self->chips), csim_here(&self->merchant_share)}, &stream[MERCHANT]);
    csim_line_put_formula(lines, row++, &(csim_line_plan){"Capital recovered through other fleets", "$bn in period", "a*(b-c)", CSIM_AS_USD, 1, false}, (csim_operand[]){csim_here(&self->chips), self->one, csim_here(&self->merchant_share)}, &stream[OTHER]);
    csim_line_put_formula(lines, row++, &(csim_line_plan){"Sites, power, operation", "$bn in period", "a", CSIM_AS_USD, 1, false}, (csim_operand[]){csim_here(&self->power)}, &stream[POWER]);
    csim_line_put_formula(lines, row++, &(csim_line_plan){"Third-party hosts' margin", "$bn in period", "a", CSIM_AS_USD, 2, false}, (csim_operand[]){csim_here(&self->hosts)}, &stream[HOSTS]);
    csim_line_put_formula(lines, row++, &(csim_line_plan){"Gross profit on merchant GPUs", "$bn in period", "a*b", CSIM_AS_USD, 1, false}, (csim_operand[]){csim_here(&self->sales), self->chip_margin}, &profit);
    return row + 1;
}

static uint32_t put_stream_changes(csim_companies *self, uint32_t row, csim_line stream[STREAMS], csim_line change[STREAMS]) {
    static const char *const names[STREAMS] = {"Sales of merchant GPUs", "Capital recovered through merchant fleets", "Capital recovered through other fleets", "Sites, power, operation", "Third-party hosts' margin"};
    const int percent = csim_company_decimals(self, CSIM_OUT_MERCHANT_REVENUE);
    row = csim_company_open(self, row, "Chips and clouds: change of each line", "A month of the period against a month of the base year.", "Line");
    for (int k = 0; k < STREAMS; k++)
        csim_line_put_formula(&self->lines, row++, &(csim_line_plan){names[k], "of base year", "(a/b)/(c/d)-e", CSIM_AS_PERCENT, percent, true},
                              (csim_operand[]){csim_here(&stream[k]), csim_here(&self->months), csim_base(&stream[k]), csim_base(&self->months), self->one}, &change[k]);
    return row + 1;
}

/* ---- the groups ---- */

/* "a100, h100, …": the machines of a fleet's ladder, the synthetic ones left to the reader. */
static void list_machines(const csim_fleet *fleet, char *text, size_t size) {
    size_t used = 0;
    text[0] = 0;
    for (size_t i = 0; i < fleet->count && used < size; i++) used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "", fleet->ladder[i].name);
}

static group group_of_fleet(const csim_report *report, int32_t f) {
    const csim_fleet *fleet = &report->scenario->fleet[f];
    group it = {.basis = "estimate"};
    char machines[256];
    list_machines(fleet, machines, sizeof machines);
    csim_report_clean(fleet->title, NAME_MOST, it.name, sizeof it.name);
    if (f == report->plan->merchant_fleet) {
        it.weight[SALES] = 1;
        snprintf(it.reason, sizeof it.reason, "who makes them lives on their sales (%s)", machines);
        return it;
    }
    it.basis = "guess";
    it.weight[OTHER] = 1;
    if (machines[0]) snprintf(it.reason, sizeof it.reason, "paid for by the tokens they serve (%s); the run has one line for all fleets but the merchant GPUs", machines);
    else snprintf(it.reason, sizeof it.reason, "paid for by the tokens they serve; the run has one line for all fleets but the merchant GPUs");
    return it;
}

/* Owners of machines live on what tokens pay for chips and sites, in the run's own proportion in the base year. */
static group group_of_owners(const csim_companies *self, csim_line stream[STREAMS]) {
    group it = {.basis = "estimate", .name = "Clouds that own accelerators", .reason = "what tokens pay for chips and sites, mixed as in the run's base year"};
    const int32_t base = self->lines.base;
    const double all = stream[MERCHANT].value[base] + stream[OTHER].value[base] + stream[POWER].value[base];
    for (int k = MERCHANT; k <= POWER; k++) it.weight[k] = all > 0 ? stream[k].value[base] / all : 0;
    return it;
}

static int32_t list_groups(const csim_companies *self, csim_line stream[STREAMS], group out[MOST_GROUPS]) {
    const csim_report *report = self->lines.report;
    int32_t count = 0;
    for (int32_t f = 0; f < report->plan->fleets; f++) out[count++] = group_of_fleet(report, f);
    out[count++] = group_of_owners(self, stream);
    out[count++] = (group){.basis = "guess", .name = "Third-party hosts", .reason = "their margin on open models abroad, as if they rented every machine", .weight = {[HOSTS] = 1}};
    out[count++] = (group){.basis = "guess", .name = "Builders of sites, suppliers of power", .reason = "what tokens pay for sites, power and operation", .weight = {[POWER] = 1}};
    return count;
}

static void put_held(csim_companies *self, uint32_t row, const group *it) {
    csim_sheet *sheet = self->lines.sheet;
    double held = 1;
    char condition[CSIM_REPORT_LINE];
    for (int k = 0; k < STREAMS; k++) held -= it->weight[k];
    csim_sheet_put_formula(sheet, row, HELD, csim_style_digits(CSIM_ROLE_FORMULA, CSIM_AS_PERCENT, 0), fabs(held) < CSIM_COMPANY_TOLERANCE ? 0 : held, "=%s-SUM(%s:%s)", csim_at_fixed(self->one.row, self->one.column).text,
                           csim_at(row, FIRST_WEIGHT).text, csim_at(row, HELD - 1).text);
    snprintf(condition, sizeof condition, "%s>=-%s", csim_at(row, HELD).text, csim_at_fixed(self->tolerance.row, self->tolerance.column).text);
    csim_report_put_check(sheet, row, CHECK, held >= -CSIM_COMPANY_TOLERANCE, "too much", condition);
}

static uint32_t put_exposures(csim_companies *self, uint32_t row, const group *groups, int32_t count) {
    static const char *const heads[HEADS] = {"Merchant GPU sales", "Merchant fleets", "Other fleets", "Sites, power", "Hosts' margin", "Held", "", "Check", "Basis"};
    csim_sheet *sheet = self->lines.sheet;
    char text[2 * CSIM_REPORT_LINE], condition[CSIM_REPORT_LINE];
    row = csim_company_put_heading(self, row, "Chips and clouds: exposures", "Share of the group's revenue in the base year that each line of money is; what is left is held. Reasons stand below the table.");
    row = csim_company_put_heads(self, row, "Group", heads, HEADS, GAP);
    const uint32_t first = row;
    for (int32_t g = 0; g < count; g++, row++) {
        csim_sheet_put_text(sheet, row, CSIM_LINE_NAME, CSIM_GENERAL(CSIM_ROLE_BODY), groups[g].name);
        for (uint32_t k = 0; k < STREAMS; k++) csim_company_put_exposure(self, row, FIRST_WEIGHT + k, 1, groups[g].weight[k]);
        put_held(self, row, &groups[g]);
        csim_sheet_put_text(sheet, row, BASIS, CSIM_GENERAL(csim_report_basis_role(groups[g].basis)), groups[g].basis);
    }
    for (int32_t g = 0; g < count; g++, row++) {
        snprintf(text, sizeof text, "%.210s: %s.", groups[g].name, groups[g].reason);
        csim_sheet_put_text(sheet, row, CSIM_LINE_NAME, CSIM_GENERAL(CSIM_ROLE_NOTE), text);
    }
    const csim_address from = csim_at(first, CHECK), to = csim_at(first + (uint32_t)count - 1, CHECK);
    snprintf(condition, sizeof condition, "COUNTIF(%s:%s,\"ok\")=ROWS(%s:%s)", from.text, to.text, from.text, to.text);
    csim_company_put_check(self, row++, "Shares are within the whole", true, "see Check", condition);
    return row + 1;
}

static uint32_t put_changes(csim_companies *self, uint32_t row, const group *groups, int32_t count, csim_line change[STREAMS], uint32_t first_exposure) {
    const int percent = csim_company_decimals(self, CSIM_OUT_MERCHANT_REVENUE);
    csim_line other;
    row = csim_company_open(self, row, "Chips and clouds: change of revenue", "A month of the period against a month of the base year. The model holds the makers' gross margin at its input: it has no change of margin to show.", "Group");
    for (int32_t g = 0; g < count; g++) {
        csim_operand operands[2 * STREAMS];
        for (int k = 0; k < STREAMS; k++) {
            operands[2 * k] = csim_cell_operand(first_exposure + (uint32_t)g, FIRST_WEIGHT + (uint32_t)k, groups[g].weight[k]);
            operands[2 * k + 1] = csim_here(&change[k]);
        }
        csim_line_put_formula(&self->lines, row++, &(csim_line_plan){groups[g].name, "of base year", "a*b+c*d+e*f+g*h+i*j", CSIM_AS_PERCENT, percent, true}, operands, &other);
    }
    return row + 1;
}

uint32_t csim_company_put_groups(csim_companies *self, uint32_t row) {
    csim_line stream[STREAMS], change[STREAMS];
    group groups[MOST_GROUPS];
    row = put_streams(self, row, stream);
    row = put_stream_changes(self, row, stream, change);
    const int32_t count = list_groups(self, stream, groups);
    csim_sheet_break_before(self->lines.sheet, row);
    const uint32_t heads = 3, exposures = row + heads;
    row = put_exposures(self, row, groups, count);
    return put_changes(self, row, groups, count, change, exposures);
}
