/* See sample.h. */
#include "csim/stats/sample.h"

#include <math.h>
#include <stdlib.h>

static int by_value(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

size_t csim_sample_sort(double *values, size_t n) {
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(values[i])) values[kept++] = values[i];
    qsort(values, kept, sizeof *values, by_value);
    return kept;
}

double csim_sample_quantile(const double *sorted, size_t n, double p) {
    if (!n) return (double)NAN;
    const double place = fmin(fmax(p, 0.0), 1.0) * (double)(n - 1);
    const size_t at = (size_t)place;
    return at + 1 < n ? sorted[at] + (place - (double)at) * (sorted[at + 1] - sorted[at]) : sorted[n - 1];
}

/* The quantiles at p ± `times` standard errors of the share of values below. */
static csim_interval around(const double *sorted, size_t n, double p, double times) {
    const double step = times * sqrt(p * (1.0 - p) / (double)n);
    return (csim_interval){csim_sample_quantile(sorted, n, p - step), csim_sample_quantile(sorted, n, p + step)};
}

csim_estimate csim_sample_quantile_estimate(const double *sorted, size_t n, double p) {
    if (n < 2) return (csim_estimate){csim_sample_quantile(sorted, n, p), (double)NAN};
    const csim_interval one = around(sorted, n, p, 1.0);
    const double error = 0.5 * (one.high - one.low);
    return (csim_estimate){csim_sample_quantile(sorted, n, p), error > 0.0 || !(sorted[0] < sorted[n - 1]) ? error : (double)NAN};
}

csim_interval csim_sample_quantile_interval(const double *sorted, size_t n, double p) {
    return n < 2 ? (csim_interval){(double)NAN, (double)NAN} : around(sorted, n, p, csim_student_point(0));
}
