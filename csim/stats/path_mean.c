/* See path_mean.h. */
#include "csim/stats/path_mean.h"

#include <math.h>

/* Welford's update: stable where the spread is small against the mean. */
static void add(csim_path_sums *sums, double x) {
    const double from = x - sums->mean;
    sums->n += 1.0;
    sums->mean += from / sums->n;
    sums->squares += from * (x - sums->mean);
}

void csim_path_mean_add(csim_path_mean *self, size_t path, double x) {
    add(&self->all, x);
    if (self->replicates > 1) add(&self->of[path % self->replicates], x);
}

static double error_between(const csim_path_mean *self) {
    double value[CSIM_MOST_REPLICATES], weight[CSIM_MOST_REPLICATES];
    for (uint32_t r = 0; r < self->replicates; r++) {
        value[r] = self->of[r].mean;
        weight[r] = self->of[r].n;
    }
    return csim_error_between(value, weight, self->replicates);
}

csim_estimate csim_path_mean_estimate(const csim_path_mean *self) {
    const double n = self->all.n;
    if (n < 1.0) return (csim_estimate){(double)NAN, (double)NAN};
    if (self->replicates > 1) {
        const double error = error_between(self);
        return (csim_estimate){self->all.mean, error > 0.0 || !(self->all.squares > 0.0) ? error : (double)NAN};
    }
    return (csim_estimate){self->all.mean, n > 1.0 ? sqrt(self->all.squares / (n - 1.0) / n) : (double)NAN};
}
