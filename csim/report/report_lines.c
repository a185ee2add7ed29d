/* See report_lines.h. */
#include "csim/report/report_lines.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- the grid ---- */

csim_lines csim_lines_of(csim_report *report, csim_sheet *sheet) {
    csim_lines self = {.report = report, .sheet = sheet, .periods = csim_report_periods_of(report)};
    const int now = csim_report_month_at(report, report->dates.now);
    self.count = self.periods.years + self.periods.quarters;
    for (int32_t i = 0; i < self.periods.years; i++) /* the last whole year that has been observed, else the first */
        if ((self.periods.year[i].year - 2000 + 1) * CSIM_MONTHS_A_YEAR - 1 <= now) self.base = i;
    return self;
}

csim_report_period csim_lines_period(const csim_lines *self, int32_t i) { return i < self->periods.years ? self->periods.year[i] : self->periods.quarter[i - self->periods.years]; }

uint32_t csim_lines_column(const csim_lines *self, int32_t i) {
    const uint32_t gap = CSIM_LINE_FIRST + (uint32_t)self->periods.years, quarters = gap + 1 > CSIM_LINE_QUARTERS ? gap + 1 : CSIM_LINE_QUARTERS;
    return i < self->periods.years ? CSIM_LINE_FIRST + (uint32_t)i : quarters + (uint32_t)(i - self->periods.years);
}

uint32_t csim_lines_last_year_column(const csim_lines *self) { return csim_lines_column(self, self->periods.years - 1); }

void csim_lines_put_heads(const csim_lines *self, uint32_t row, const char *name) {
    char text[32];
    csim_sheet_put_text(self->sheet, row, CSIM_LINE_NAME, CSIM_GENERAL(CSIM_ROLE_TABLE_HEADER_TEXT), name);
    csim_sheet_put_text(self->sheet, row, CSIM_LINE_UNIT, CSIM_GENERAL(CSIM_ROLE_TABLE_HEADER_TEXT), "Unit");
    csim_sheet_put_text(self->sheet, row, CSIM_LINE_BASE, CSIM_GENERAL(CSIM_ROLE_TABLE_HEADER), "Base year");
    for (int32_t i = 0; i < self->count; i++) {
        const csim_report_period period = csim_lines_period(self, i);
        const uint32_t column = csim_lines_column(self, i);
        if (period.quarter) csim_sheet_put_text(self->sheet, row, column, CSIM_GENERAL(CSIM_ROLE_TABLE_HEADER), csim_report_period_words(period, text, sizeof text));
        else csim_sheet_put_number(self->sheet, row, column, csim_style(CSIM_ROLE_TABLE_HEADER, CSIM_AS_PLAIN_YEAR), period.year);
    }
}

static void put_names(const csim_lines *self, uint32_t row, const char *name, const char *unit) {
    csim_sheet_put_text(self->sheet, row, CSIM_LINE_NAME, CSIM_GENERAL(CSIM_ROLE_BODY), name);
    csim_sheet_put_text(self->sheet, row, CSIM_LINE_UNIT, CSIM_GENERAL(CSIM_ROLE_NOTE), unit);
}

/* The line's value in the year that the reader has chosen. */
static void put_base(const csim_lines *self, const csim_line *line, csim_cell_kind kind, int decimals) {
    const uint32_t first = CSIM_LINE_FIRST, last = csim_lines_last_year_column(self);
    const double value = line->value[self->base];
    char formula[CSIM_REPORT_LINE];
    snprintf(formula, sizeof formula, "=INDEX(%s:%s,MATCH(%s,%s:%s,FALSE))", csim_at_column(line->row, first).text, csim_at_column(line->row, last).text, csim_at_fixed(self->base_row, CSIM_LINE_BASE).text,
             csim_at_fixed(self->years_row, first).text, csim_at_fixed(self->years_row, last).text);
    if (isfinite(value)) csim_sheet_put_formula(self->sheet, line->row, CSIM_LINE_BASE, csim_style_digits(CSIM_ROLE_FORMULA, kind, decimals), value, "%s", formula);
    else csim_sheet_put_formula_text(self->sheet, line->row, CSIM_LINE_BASE, CSIM_GENERAL(CSIM_ROLE_MISSING), "n/a", "%s", formula);
}

/* ---- numbers of the run ---- */

static csim_estimate estimate_of(const csim_lines *self, const csim_line_source *source, int32_t i) {
    const csim_report_period period = csim_lines_period(self, i);
    return source->flow ? csim_report_flow(self->report, source->slot, period) : csim_report_stock(self->report, source->slot, period);
}

void csim_line_put_means(const csim_lines *self, uint32_t row, const csim_line_source *source, csim_line *out) {
    int decimals = 0;
    out->row = row;
    put_names(self, row, source->name, source->unit);
    for (int32_t i = 0; i < self->count; i++) {
        const csim_estimate mean = estimate_of(self, source, i);
        const int allowed = csim_report_decimals(source->kind, mean.value, mean.error);
        if (i == self->base) decimals = allowed;
        out->value[i] = mean.value;
        csim_report_put_value(self->sheet, row, csim_lines_column(self, i), CSIM_ROLE_BODY, source->kind, allowed, mean.value);
    }
    put_base(self, out, source->kind, decimals);
}

void csim_line_put_errors(const csim_lines *self, uint32_t row, const csim_line_source *source) {
    put_names(self, row, source->name, source->unit);
    for (int32_t i = 0; i < self->count; i++) {
        const csim_estimate mean = estimate_of(self, source, i);
        csim_report_put_error(self->sheet, row, csim_lines_column(self, i), source->kind, csim_report_decimals(source->kind, mean.value, mean.error), mean.error, mean.error == 0);
    }
}

void csim_line_put_count(const csim_lines *self, uint32_t row, const char *name, const char *unit, const int32_t *numbers, csim_line *out) {
    out->row = row;
    put_names(self, row, name, unit);
    for (int32_t i = 0; i < self->count; i++) {
        out->value[i] = numbers[i];
        csim_sheet_put_integer(self->sheet, row, csim_lines_column(self, i), CSIM_ROLE_BODY, numbers[i]);
    }
    put_base(self, out, CSIM_AS_INTEGER, 0);
}

/* ---- formulas ---- */

csim_operand csim_here(const csim_line *line) { return (csim_operand){.line = line}; }
csim_operand csim_base(const csim_line *line) { return (csim_operand){.line = line, .base = true}; }
csim_operand csim_cell_operand(uint32_t row, uint32_t column, double value) { return (csim_operand){.row = row, .column = column, .value = value}; }

static bool is_operand(char c) { return c >= 'a' && c < 'a' + CSIM_MOST_OPERANDS; }

/* The value of a formula's text in one column. */
typedef struct reading { const csim_lines *lines; const csim_operand *operands; const char *at; int32_t i; } reading;

static double read_sum(reading *self);

static double read_factor(reading *self) {
    double value = (double)NAN;
    if (*self->at == '-') {
        self->at++;
        return -read_factor(self);
    }
    if (is_operand(*self->at)) {
        const csim_operand *operand = &self->operands[*self->at++ - 'a'];
        return !operand->line ? operand->value : operand->line->value[operand->base ? self->lines->base : self->i];
    }
    const bool is_power = !strncmp(self->at, "EXP", 3);
    self->at += is_power ? 4 : 1; /* up to behind the bracket */
    value = read_sum(self);
    self->at++; /* its end */
    return is_power ? exp(value) : value;
}

static double read_product(reading *self) {
    double value = read_factor(self);
    while (*self->at == '*' || *self->at == '/') {
        const char sign = *self->at++;
        const double next = read_factor(self);
        value = sign == '*' ? value * next : value / next;
    }
    return value;
}

static double read_sum(reading *self) {
    double value = read_product(self);
    while (*self->at == '+' || *self->at == '-') {
        const char sign = *self->at++;
        const double next = read_product(self);
        value = sign == '+' ? value + next : value - next;
    }
    return value;
}

/* The formula with addresses for letters. */
static void write_formula(const csim_operand *operands, const char *formula, uint32_t column, char *text, size_t size) {
    size_t used = 0;
    for (const char *at = formula; *at && used < size; at++) {
        if (!is_operand(*at)) {
            text[used++] = *at;
            continue;
        }
        const csim_operand *operand = &operands[*at - 'a'];
        const csim_address address = !operand->line ? csim_at_fixed(operand->row, operand->column) : operand->base ? csim_at_fixed(operand->line->row, CSIM_LINE_BASE) : csim_at(operand->line->row, column);
        used += (size_t)snprintf(text + used, size - used, "%s", address.text);
    }
    text[used < size ? used : size - 1] = 0;
}

void csim_line_put_formula(const csim_lines *self, uint32_t row, const csim_line_plan *plan, const csim_operand *operands, csim_line *out) {
    char text[CSIM_REPORT_LINE];
    out->row = row;
    put_names(self, row, plan->name, plan->unit);
    for (int32_t i = 0; i < self->count; i++) {
        const uint32_t column = csim_lines_column(self, i);
        reading all = {self, operands, plan->formula, i};
        const double value = read_sum(&all);
        out->value[i] = isfinite(value) ? value : (double)NAN;
        write_formula(operands, plan->formula, column, text, sizeof text);
        if (isfinite(value)) csim_sheet_put_formula(self->sheet, row, column, csim_style_digits(CSIM_ROLE_FORMULA, plan->kind, plan->decimals), value, "=IFERROR(%s,\"n/a\")", text);
        else csim_sheet_put_formula_text(self->sheet, row, column, CSIM_GENERAL(CSIM_ROLE_MISSING), "n/a", "=IFERROR(%s,\"n/a\")", text);
    }
    if (!plan->no_base) put_base(self, out, plan->kind, plan->decimals);
}
