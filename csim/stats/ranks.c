/* See ranks.h. */
#include "csim/stats/ranks.h"

#include <math.h>

#include "kernels/vmath.h"

void csim_ranks_count(const double *value, uint32_t n, csim_order_key *scratch, uint32_t *order, uint32_t *twice) {
    csim_order_find(value, n, scratch, order);
    for (uint32_t from = 0, to; from < n; from = to) {
        const double own = value[order[from]];
        for (to = from + 1; to < n && value[order[to]] <= own; to++) {}
        for (uint32_t i = from; i < to; i++) twice[order[i]] = from + to;
    }
}

void csim_ranks_unit(const uint32_t *twice, uint32_t n, double *out) {
    double length = 0.0; /* exact: halves, and few of them */
    for (uint32_t i = 0; i < n; i++) {
        out[i] = 0.5 * (twice[i] - 1.0) - 0.5 * (n - 1.0);
        length += out[i] * out[i];
    }
    const double root = sqrt(length);
    for (uint32_t i = 0; i < n; i++) out[i] = length > 0.0 ? out[i] / root : 0.0;
}

double csim_rank_correlation_error(double correlation, uint32_t rows) {
    const double square = correlation * correlation;
    return rows > 3 ? (1 - square) * sqrt((1 + square / 2) / (rows - 3.0)) : (double)NAN;
}

double csim_chance_deviations(uint32_t tests) {
    const double wrong = 0.05;
    return tests ? moe_normal_quantile(1 - wrong / (2.0 * tests)) : (double)INFINITY;
}

double csim_rank_correlation_chance(uint32_t rows, uint32_t tests) {
    return rows > 3 && tests ? fmin(csim_chance_deviations(tests) / sqrt(rows - 1.0), 1) : 1;
}
