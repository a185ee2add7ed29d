/* From the first whole year's outlay to the last one's, part by part: columns that float on a base nobody sees, above and below zero. Its changes are formulas
 * over the table of years, its end a check against the last year's outlay. */
#ifndef CSIM_REPORT_POOL_WATERFALL_H
#define CSIM_REPORT_POOL_WATERFALL_H

#include "csim/report/report_formulas.h"
#include "csim/report/report_periods.h"

enum { CSIM_POOL_PARTS = 5, CSIM_POOL_WATERFALL_CHECK = 1 /* the column of its check */ };

typedef struct csim_pool_waterfall {
    csim_report *report;
    csim_sheet *sheet;
    csim_cells years;                     /* the table of years: one row each, parts side by side */
    uint32_t label_column, part_column, outlay_column;
    csim_address zero, tolerance;         /* cells of the head */
    double tolerance_usd_bn;
    csim_report_period first, last;
    const csim_outcome_id *outcome;       /* of the parts */
    const char *const *name;
} csim_pool_waterfall;

/* Table and chart from `row` on. Returns the first free row; *check is the row of the check cell, *good what it says. */
uint32_t csim_pool_waterfall_put(const csim_pool_waterfall *self, uint32_t row, uint32_t *check, bool *good);

#endif
