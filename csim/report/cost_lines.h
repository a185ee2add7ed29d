/* The cost kernel as lines of a sheet: each quantity of docs/model.md §4 with its name, unit and formula in names. Owns the equations' text; knows no cell. */
#ifndef CSIM_REPORT_COST_LINES_H
#define CSIM_REPORT_COST_LINES_H

#include <stddef.h>

#include "csim/report/sheet_style.h"

/* Tables that repeat a line with another batch (the chart's) or another layout (kinds of replica). */
enum { CSIM_LINE_BATCHES = 1, CSIM_LINE_KINDS = 2 };

#define CSIM_LINE_NO_ENGINE ((size_t)-1)

typedef struct csim_cost_line {
    const char *name;    /* NULL: a heading */
    const char *label, *unit;
    csim_cell_kind kind;
    int decimals;
    const char *formula;
    size_t engine;       /* where csim_shipped_engine has the same number */
    unsigned tables;
} csim_cost_line;

const csim_cost_line *csim_cost_lines(size_t *count);

/* The lines of one group of layers, in a column for each; `number` is the group's. */
const csim_cost_line *csim_cost_group_lines(size_t *count);

/* A number that stands in formulas by its name. se_ln: standard error of the logarithm, NAN where it was not fitted. */
typedef struct csim_cost_number { const char *name, *label, *unit; double value, se_ln; size_t at; const char *why; } csim_cost_number;

const csim_cost_number *csim_cost_coefficients(size_t *count);
double csim_cost_coefficient(const csim_cost_number *coefficient); /* its value, from the kernel */
const csim_cost_number *csim_cost_constants(size_t *count);

#endif
