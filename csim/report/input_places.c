/* Places by bisection of the prior's quantiles, and by counting among sorted draws. */
#include "csim/report/input_places.h"

#include <stdlib.h>
#include <string.h>

#include "csim/dist/dist.h"
#include "kernels/vmath.h"

enum { HALVINGS = 50 };

double csim_input_quantile(const csim_plan *plan, int32_t position, double share) {
    const csim_plan_input *input = &plan->input[position];
    return moe_clip(csim_dist_quantile(&input->dist, plan->pool, share), input->lowest, input->highest);
}

bool csim_input_varies(const csim_plan *plan, int32_t position) {
    return plan->input[position].dist.form != CSIM_FORM_FIXED && csim_input_quantile(plan, position, 0.001) < csim_input_quantile(plan, position, 0.999);
}

/* The lowest share whose quantile is not below the value, or with `above` the lowest whose quantile is above it. */
static double edge_of(const csim_plan *plan, int32_t position, double value, bool above) {
    double low = 0.0, high = 1.0;
    for (int i = 0; i < HALVINGS; i++) {
        const double middle = 0.5 * (low + high), x = csim_input_quantile(plan, position, middle);
        if (above ? x > value : x >= value) high = middle;
        else low = middle;
    }
    return 0.5 * (low + high);
}

double csim_input_share_below(const csim_plan *plan, int32_t position, double value) {
    return 0.5 * (edge_of(plan, position, value, false) + edge_of(plan, position, value, true));
}

static int by_value(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* How many of the sorted values are lower than x, or with `equal` not higher. */
static uint32_t count_below(const double *sorted, uint32_t n, double x, bool equal) {
    uint32_t low = 0, high = n;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (sorted[middle] < x || (equal && sorted[middle] == x)) low = middle + 1;
        else high = middle;
    }
    return low;
}

void csim_places_take(double *value, uint32_t n, double *scratch) {
    memcpy(scratch, value, n * sizeof *scratch);
    qsort(scratch, n, sizeof *scratch, by_value);
    for (uint32_t i = 0; i < n; i++) value[i] = (count_below(scratch, n, value[i], false) + count_below(scratch, n, value[i], true)) / (2.0 * n);
}

void csim_input_places(const csim_result *result, int32_t position, const uint32_t *row, uint32_t rows, double *scratch, double *place) {
    for (uint32_t i = 0; i < rows; i++) place[i] = result->kept_input[row[i] * (size_t)result->plan->inputs + (size_t)position];
    csim_places_take(place, rows, scratch);
}
