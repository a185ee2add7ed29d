/* Lines over periods, as a financial model has them: a line a row, a period a column, one formula along a row. Owns the grid and writes each formula once for all
 * its columns; its cached value comes from the very text that the cell holds. Must not know what the lines mean.
 *
 * Columns: name, unit, the base year's value, the years, a gap, the quarters; these begin no further left than CSIM_LINE_QUARTERS, so that a page's width of
 * columns is free of them, however few the years. */
#ifndef CSIM_REPORT_REPORT_LINES_H
#define CSIM_REPORT_REPORT_LINES_H

#include "csim/report/report_formulas.h"
#include "csim/report/report_periods.h"

enum { CSIM_LINE_NAME, CSIM_LINE_UNIT, CSIM_LINE_BASE, CSIM_LINE_FIRST, CSIM_LINE_QUARTERS = 11, CSIM_MOST_PERIODS = CSIM_MOST_YEARS + CSIM_MOST_QUARTERS, CSIM_MOST_OPERANDS = 20 };

typedef struct csim_lines {
    csim_report *report;
    csim_sheet *sheet;
    csim_report_periods periods;
    int32_t count, base;            /* years and quarters; the year that is the base as shipped */
    uint32_t base_row, years_row;   /* of the cell that names the base year, and of the heads that it is looked up in */
} csim_lines;

csim_lines csim_lines_of(csim_report *report, csim_sheet *sheet);
csim_report_period csim_lines_period(const csim_lines *self, int32_t i);
uint32_t csim_lines_column(const csim_lines *self, int32_t i);
uint32_t csim_lines_last_year_column(const csim_lines *self);
/* Heads of a block. The first block's are those that years_row means. */
void csim_lines_put_heads(const csim_lines *self, uint32_t row, const char *name);

typedef struct csim_line {
    uint32_t row;
    double value[CSIM_MOST_PERIODS]; /* NAN: n/a */
} csim_line;

/* Numbers of the run: a flow ($bn in the period) or a stock (at its end). */
typedef struct csim_line_source { const char *name, *unit; int32_t slot; csim_cell_kind kind; bool flow; } csim_line_source;
void csim_line_put_means(const csim_lines *self, uint32_t row, const csim_line_source *source, csim_line *out);
/* The same line's standard errors. */
void csim_line_put_errors(const csim_lines *self, uint32_t row, const csim_line_source *source);
/* Numbers of the calendar. */
void csim_line_put_count(const csim_lines *self, uint32_t row, const char *name, const char *unit, const int32_t *numbers, csim_line *out);

/* What a letter of a formula means: the line's cell in the same column, the line's base year, or a cell. */
typedef struct csim_operand { const csim_line *line; bool base; uint32_t row, column; double value; } csim_operand;
csim_operand csim_here(const csim_line *line);
csim_operand csim_base(const csim_line *line);
csim_operand csim_cell_operand(uint32_t row, uint32_t column, double value);

/* `formula` is an expression of + - * / ( ) EXP( ) and the letters a, b, c … for the operands. Where it has no value, as over an empty base, the cell says n/a. */
typedef struct csim_line_plan {
    const char *name, *unit, *formula;
    csim_cell_kind kind;
    int decimals;
    bool no_base; /* a change against the base year has none */
} csim_line_plan;
void csim_line_put_formula(const csim_lines *self, uint32_t row, const csim_line_plan *plan, const csim_operand *operands, csim_line *out);

#endif
