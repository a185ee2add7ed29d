/* Estimates and their standard errors from exact sums and counts. */
#include <math.h>

#include "csim/stats/accumulator.h"
#include "csim/stats/axis.h"

#define NOT_KNOWN ((double)NAN)

static const csim_moments *moments_of(const csim_accumulator *self, size_t series, size_t month) {
    return &self->moments[series * self->months + month];
}

uint64_t csim_accumulator_count(const csim_accumulator *self, size_t series, size_t month) { return moments_of(self, series, month)->count; }
double csim_accumulator_lowest(const csim_accumulator *self, size_t series, size_t month) { return moments_of(self, series, month)->lowest; }
double csim_accumulator_highest(const csim_accumulator *self, size_t series, size_t month) { return moments_of(self, series, month)->highest; }

/* Long double holds the sums to 64 bits; the difference Σq² − (Σq)²/n loses digits only where the spread is below 1e-9 of the mean. */
static long double sum_of(const csim_moments *m) { return (long double)m->sum_high * 0x1p64L + (long double)m->sum_low; }
static long double square_of(const csim_moments *m) {
    return ((long double)m->square_high * 0x1p64L + (long double)m->square_middle) * 0x1p64L + (long double)m->square_low;
}

static double variance_of(const csim_moments *m, double grid) {
    if (m->count < 2 || !(m->lowest < m->highest)) return m->count < 2 ? NOT_KNOWN : 0.0;
    const long double n = (long double)m->count, sum = sum_of(m), rest = square_of(m) - sum * sum / n;
    return (double)(rest > 0.0L ? rest / (n - 1.0L) * (long double)grid * (long double)grid : 0.0L);
}

csim_estimate csim_accumulator_mean(const csim_accumulator *self, size_t series, size_t month) {
    const csim_moments *m = moments_of(self, series, month);
    if (!m->count) return (csim_estimate){NOT_KNOWN, NOT_KNOWN};
    if (!(m->lowest < m->highest)) return (csim_estimate){m->lowest, m->count < 2 ? NOT_KNOWN : 0.0}; /* a constant, exactly */
    const double mean = (double)(sum_of(m) / (long double)m->count * (long double)self->grid[series]);
    return (csim_estimate){mean, sqrt(variance_of(m, self->grid[series]) / (double)m->count)};
}

csim_estimate csim_accumulator_sd(const csim_accumulator *self, size_t series, size_t month) {
    const csim_moments *m = moments_of(self, series, month);
    const double sd = sqrt(variance_of(m, self->grid[series]));
    return (csim_estimate){sd, m->count < 2 ? NOT_KNOWN : sd / sqrt(2.0 * ((double)m->count - 1.0))};
}

/* Lower edge of a bin, on the axis; bins outside the axis begin or end at the extreme value seen. */
static double edge(const csim_axis *axis, const csim_moments *m, int bin) {
    const double low = csim_axis_place(axis->kind, axis->lowest), high = csim_axis_place(axis->kind, axis->highest);
    if (bin <= 0) return csim_axis_is_open(axis->kind) ? csim_axis_place(axis->kind, m->lowest) : low;
    if (bin >= CSIM_BINS) return csim_axis_is_open(axis->kind) ? csim_axis_place(axis->kind, m->highest) : high;
    return low + (high - low) * (double)(bin - 1) / (CSIM_BINS - 2);
}

static double quantile(const csim_axis *axis, const csim_moments *m, const uint32_t *bin, double p) {
    const double target = p * (double)m->count;
    double below = 0.0;
    int at = 0;
    while (at < CSIM_BINS - 1 && (bin[at] == 0 || below + bin[at] < target)) below += bin[at++];
    const double part = bin[at] ? moe_clip((target - below) / bin[at], 0.0, 1.0) : 0.0;
    const double from = edge(axis, m, at), to = edge(axis, m, at + 1);
    if (axis->kind == CSIM_AXIS_COUNT) return moe_clip(from + 0.5, m->lowest, m->highest); /* the bin's whole number */
    return moe_clip(csim_axis_value(axis->kind, from + part * (to - from)), m->lowest, m->highest);
}

csim_estimate csim_accumulator_quantile(const csim_accumulator *self, size_t series, size_t month, double p) {
    const csim_moments *m = moments_of(self, series, month);
    const uint32_t *bin = self->bin + (series * self->months + month) * CSIM_BINS;
    const csim_axis *axis = &self->axis[series];
    if (!m->count) return (csim_estimate){NOT_KNOWN, NOT_KNOWN};
    if (m->count < 2) return (csim_estimate){quantile(axis, m, bin, p), NOT_KNOWN}; /* one path says nothing of its spread */
    const double spread = sqrt(p * (1.0 - p) / (double)m->count);
    const double above = quantile(axis, m, bin, moe_min(p + spread, 1.0)), below = quantile(axis, m, bin, moe_max(p - spread, 0.0));
    return (csim_estimate){quantile(axis, m, bin, p), 0.5 * (above - below)};
}

/* Wilson's interval; for no or only hits the exact one-sided 95 % bound 1 − .05^(1/n), which the rule of three approximates. */
csim_probability csim_probability_of(uint64_t hits, uint64_t count) {
    if (!count) return (csim_probability){NOT_KNOWN, NOT_KNOWN, 0.0, 1.0, 0, 0};
    const double n = (double)count, p = (double)hits / n, z = 1.959963984540054, z2 = z * z;
    const double centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n), half = z / (1.0 + z2 / n) * sqrt(p * (1.0 - p) / n + z2 / (4.0 * n * n));
    const double bound = 1.0 - moe_exp(moe_log(0.05) / n);
    csim_probability out = {p, count < 2 ? NOT_KNOWN : sqrt(p * (1.0 - p) / n), centre - half, centre + half, hits, count};
    if (!hits) out.low = 0.0, out.high = bound;
    if (hits == count) out.low = 1.0 - bound, out.high = 1.0;
    return out;
}
