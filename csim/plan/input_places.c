/* Places by bisection of the prior's quantiles. */
#include "csim/plan/input_places.h"

#include <math.h>

#include "csim/dist/dist.h"
#include "kernels/vmath.h"

enum { HALVINGS = 50, SLICES = 1000 };

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

double csim_input_sd(const csim_plan *plan, int32_t position) {
    double x[SLICES], mean = 0.0, squares = 0.0;
    for (int i = 0; i < SLICES; i++) {
        x[i] = csim_input_quantile(plan, position, (i + 0.5) / SLICES);
        mean += x[i] / SLICES;
    }
    for (int i = 0; i < SLICES; i++) squares += (x[i] - mean) * (x[i] - mean);
    return sqrt(squares / SLICES);
}
