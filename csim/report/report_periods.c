/* See report_periods.h. */
#include "csim/report/report_periods.h"

#include <stdio.h>

/* Whole periods of `length` months. */
static int32_t find_periods(const csim_plan *plan, int32_t length, csim_report_period *out) {
    int32_t count = 0;
    for (int32_t t = 0; t + length <= plan->months; t++) {
        const int month = plan->start_month + t;
        if (month % length) continue;
        const int quarter = length == CSIM_MONTHS_A_QUARTER ? month % CSIM_MONTHS_A_YEAR / CSIM_MONTHS_A_QUARTER + 1 : 0;
        out[count++] = (csim_report_period){t, length, 2000 + month / CSIM_MONTHS_A_YEAR, quarter};
    }
    return count;
}

csim_report_periods csim_report_periods_of(const csim_report *report) {
    csim_report_periods all = {.years = 0};
    all.years = find_periods(report->plan, CSIM_MONTHS_A_YEAR, all.year);
    all.quarters = find_periods(report->plan, CSIM_MONTHS_A_QUARTER, all.quarter);
    return all;
}

bool csim_report_has_whole_years(const csim_report *report) {
    const csim_accumulator *monthly = report->result->monthly;
    return monthly && csim_accumulator_count(monthly, 0, 0) > 0 && csim_report_periods_of(report).years > 0;
}

char *csim_report_period_words(csim_report_period period, char *text, size_t size) {
    if (period.quarter) snprintf(text, size, "%d Q%d", period.year, period.quarter);
    else snprintf(text, size, "%d", period.year);
    return text;
}

/* The months of a period, each a twelfth of its annual rate, as terms from `to` on. */
static size_t put_terms(csim_term *to, int32_t slot, csim_report_period period, double sign) {
    for (int32_t m = 0; m < period.months; m++) to[m] = (csim_term){(size_t)slot, (size_t)(period.first + m), sign / CSIM_MONTHS_A_YEAR};
    return (size_t)period.months;
}

csim_estimate csim_report_flow(const csim_report *report, int32_t slot, csim_report_period period) {
    csim_term terms[CSIM_MONTHS_A_YEAR];
    return csim_accumulator_combine(report->result->monthly, terms, put_terms(terms, slot, period, 1));
}

csim_estimate csim_report_flow_change(const csim_report *report, int32_t slot, csim_report_period from, csim_report_period to) {
    csim_term terms[2 * CSIM_MONTHS_A_YEAR];
    size_t count = put_terms(terms, slot, to, 1);
    count += put_terms(terms + count, slot, from, -1);
    return csim_accumulator_combine(report->result->monthly, terms, count);
}

csim_estimate csim_report_stock(const csim_report *report, int32_t slot, csim_report_period period) {
    return csim_accumulator_mean(report->result->monthly, (size_t)slot, (size_t)(period.first + period.months - 1));
}

const char *csim_report_flow_error_words(const csim_report *report) {
    return report->result->monthly->replicates ? "\xC2\xB1 is the Monte Carlo standard error of the mean, paired path by path over the months."
                                               : "\xC2\xB1 is the most that the Monte Carlo standard error of the mean can be: the months' errors added up, as if they moved together.";
}
