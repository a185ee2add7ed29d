/* Whole calendar years and quarters of a run, and what its series add up to in them. A flow is an annual rate in every month and is summed over the months; a
 * stock is taken at the end. Means alone: the means of monthly values are kept, and means add up; quantiles of a sum are not known from the months'. */
#ifndef CSIM_REPORT_REPORT_PERIODS_H
#define CSIM_REPORT_REPORT_PERIODS_H

#include "csim/report/report_parts.h"

enum { CSIM_MONTHS_A_YEAR = 12, CSIM_MONTHS_A_QUARTER = 3, CSIM_MOST_YEARS = CSIM_MAX_MONTHS / CSIM_MONTHS_A_YEAR + 1, CSIM_MOST_QUARTERS = CSIM_MAX_MONTHS / CSIM_MONTHS_A_QUARTER + 1 };

typedef struct csim_report_period {
    int32_t first, months; /* t of its first month */
    int year, quarter;     /* quarter 0: the whole year */
} csim_report_period;

typedef struct csim_report_periods {
    csim_report_period year[CSIM_MOST_YEARS], quarter[CSIM_MOST_QUARTERS];
    int32_t years, quarters;
} csim_report_periods;

/* Periods that begin or end outside the run are left out. */
csim_report_periods csim_report_periods_of(const csim_report *report);
/* "2027", "2027 Q3". */
char *csim_report_period_words(csim_report_period period, char *text, size_t size);

/* $bn in the period, of a series in $bn a year. */
csim_estimate csim_report_flow(const csim_report *report, int32_t slot, csim_report_period period);
/* What the flow changes by from one period to another. */
csim_estimate csim_report_flow_change(const csim_report *report, int32_t slot, csim_report_period from, csim_report_period to);
/* Mean in the last month of the period. */
csim_estimate csim_report_stock(const csim_report *report, int32_t slot, csim_report_period period);

/* Says what ± means for a sum over months: the sum's own error, or a bound. */
const char *csim_report_flow_error_words(const csim_report *report);

#endif
