/* Estimates and their standard errors from exact sums and counts. The one place that knows whether paths are independent (errors from the spread over paths)
 * or only replicates are (errors from the spread between those). */
#include <math.h>

#include "csim/stats/axis.h"
#include "csim/stats/replicates.h"

#define NOT_KNOWN ((double)NAN)

static const csim_moments *moments_of(const csim_accumulator *self, size_t series, size_t month) {
    return &self->moments[csim_accumulator_cell(self, series, month)];
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

/* ---- between replicates ---- */

double csim_error_between(const double *value, const double *weight, size_t replicates) {
    double total = 0.0, centre = 0.0, squares = 0.0, used = 0.0, largest = 0.0;
    for (size_t i = 0; i < replicates; i++) {
        if (weight[i] > 0.0) largest = fmax(largest, fabs(value[i]));
        total += weight[i];
        centre += weight[i] > 0.0 ? weight[i] * value[i] : 0.0;
        used += weight[i] > 0.0;
    }
    if (used < 2.0) return NOT_KNOWN;
    centre /= total;
    for (size_t i = 0; i < replicates; i++) squares += weight[i] > 0.0 ? weight[i] * (value[i] - centre) * (weight[i] * (value[i] - centre)) : 0.0;
    const double error = sqrt(squares * used / (used - 1.0)) / total;
    return error > 1e-12 * largest ? error : 0.0; /* what rounding leaves of equal values is no spread */
}

/* To .001 of its value: a table where the expansion in 1/degrees (Abramowitz and Stegun 26.7.5) is worse. */
double csim_student_point(size_t degrees) {
    static const double few[] = {12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469};
    const double z = 1.959963984540054, n = (double)degrees, z2 = z * z;
    if (!degrees) return z;
    if (degrees <= sizeof few / sizeof few[0]) return few[degrees - 1];
    return z * (1.0 + ((z2 + 1.0) + ((5.0 * z2 + 16.0) * z2 + 3.0) / (24.0 * n) + (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) / (96.0 * n * n)) / (4.0 * n));
}

static double point_of(const csim_accumulator *self) { return csim_student_point(self->replicates ? self->replicates->count - 1 : 0); }

typedef enum feature { MEAN, SPREAD } feature;

static double error_of_feature(const csim_accumulator *self, size_t series, size_t month, feature which) {
    const csim_replicates *from = self->replicates;
    double value[CSIM_MOST_REPLICATES], weight[CSIM_MOST_REPLICATES];
    for (uint32_t r = 0; r < from->count; r++) {
        const csim_moments *m = &from->moments[(size_t)r * from->series * from->months + csim_accumulator_cell(self, series, month)];
        const int known = m->count >= (which == MEAN ? 1 : 2);
        weight[r] = known ? (double)m->count : 0.0;
        value[r] = !known ? 0.0 : which == MEAN ? (double)(sum_of(m) / (long double)m->count * (long double)self->grid[series]) : sqrt(variance_of(m, self->grid[series]));
    }
    return csim_error_between(value, weight, from->count);
}

/* ---- moments ---- */

/* Values that differ have no error of exactly 0: it is not known. */
static double known_error(double error) { return error > 0.0 ? error : NOT_KNOWN; }

csim_estimate csim_accumulator_mean(const csim_accumulator *self, size_t series, size_t month) {
    const csim_moments *m = moments_of(self, series, month);
    if (!m->count) return (csim_estimate){NOT_KNOWN, NOT_KNOWN};
    if (!(m->lowest < m->highest)) return (csim_estimate){m->lowest, m->count < 2 ? NOT_KNOWN : 0.0}; /* a constant, exactly */
    const double mean = (double)(sum_of(m) / (long double)m->count * (long double)self->grid[series]);
    const double error = self->replicates ? error_of_feature(self, series, month, MEAN) : sqrt(variance_of(m, self->grid[series]) / (double)m->count);
    return (csim_estimate){mean, known_error(error)};
}

/* One replicate's value of the sum; its weight is the paths it has, the same in every cell. */
static double combined_in(const csim_accumulator *self, uint32_t r, const csim_term *terms, size_t count, double *weight) {
    const csim_replicates *from = self->replicates;
    double sum = 0.0;
    *weight = 0.0;
    for (size_t i = 0; i < count; i++) {
        const csim_moments *m = &from->moments[(size_t)r * from->series * from->months + csim_accumulator_cell(self, terms[i].series, terms[i].month)];
        if (!m->count) return *weight = 0.0;
        sum += terms[i].weight * (double)(sum_of(m) / (long double)m->count * (long double)self->grid[terms[i].series]);
        *weight = (double)m->count;
    }
    return sum;
}

csim_estimate csim_accumulator_combine(const csim_accumulator *self, const csim_term *terms, size_t count) {
    csim_estimate all = {0.0, 0.0};
    for (size_t i = 0; i < count; i++) {
        const csim_estimate one = csim_accumulator_mean(self, terms[i].series, terms[i].month);
        all.value += terms[i].weight * one.value;
        all.error += fabs(terms[i].weight) * one.error;
    }
    if (!self->replicates || !(all.error > 0.0)) return all;
    double value[CSIM_MOST_REPLICATES], weight[CSIM_MOST_REPLICATES];
    for (uint32_t r = 0; r < self->replicates->count; r++) value[r] = combined_in(self, r, terms, count, &weight[r]);
    return (csim_estimate){all.value, known_error(csim_error_between(value, weight, self->replicates->count))};
}

csim_estimate csim_accumulator_sd(const csim_accumulator *self, size_t series, size_t month) {
    const csim_moments *m = moments_of(self, series, month);
    const double sd = sqrt(variance_of(m, self->grid[series]));
    if (m->count < 2) return (csim_estimate){sd, NOT_KNOWN};
    if (!(m->lowest < m->highest)) return (csim_estimate){sd, 0.0};
    return (csim_estimate){sd, known_error(self->replicates ? error_of_feature(self, series, month, SPREAD) : sd / sqrt(2.0 * ((double)m->count - 1.0)))};
}

csim_interval csim_accumulator_mean_interval(const csim_accumulator *self, size_t series, size_t month) {
    const csim_estimate mean = csim_accumulator_mean(self, series, month);
    const double half = point_of(self) * mean.error;
    return (csim_interval){mean.value - half, mean.value + half};
}

double csim_accumulator_effective(const csim_accumulator *self, size_t series, size_t month) {
    const csim_moments *m = moments_of(self, series, month);
    const double error = csim_accumulator_mean(self, series, month).error;
    if (!(error > 0.0)) return NOT_KNOWN;
    return self->replicates ? variance_of(m, self->grid[series]) / (error * error) : (double)m->count;
}

/* ---- quantiles ---- */

/* Lower edge of a bin, on the axis; bins outside the axis begin or end at the extreme value seen. */
static double edge(const csim_axis *axis, const csim_moments *m, int bin) {
    const double low = csim_axis_place(axis->kind, axis->lowest), high = csim_axis_place(axis->kind, axis->highest);
    if (bin <= 0) return csim_axis_is_open(axis->kind) ? csim_axis_place(axis->kind, m->lowest) : low;
    if (bin >= CSIM_BINS) return csim_axis_is_open(axis->kind) ? csim_axis_place(axis->kind, m->highest) : high;
    return low + (high - low) * (double)(bin - 1) / (CSIM_BINS - 2);
}

/* Where a quantile lies: in a bin, with this part of it below. */
typedef struct place { int bin; double part; } place;

enum { STRIDE = 64 }; /* divides CSIM_BINS */

static double count_in(const uint32_t bin[STRIDE]) {
    uint64_t count = 0;
    for (int i = 0; i < STRIDE; i++) count += bin[i];
    return (double)count;
}

/* In strides as long as the quantile lies beyond; then bin by bin. */
static place find_place(const csim_moments *m, const uint32_t *bin, double p) {
    const double target = p * (double)m->count;
    double below = 0.0, more;
    int at = 0;
    while (at < CSIM_BINS - STRIDE && ((more = count_in(bin + at)) == 0.0 || below + more < target)) {
        below += more;
        at += STRIDE;
    }
    while (at < CSIM_BINS - 1 && (bin[at] == 0 || below + bin[at] < target)) below += bin[at++];
    return (place){at, bin[at] ? moe_clip((target - below) / bin[at], 0.0, 1.0) : 0.0};
}

static double quantile(const csim_axis *axis, const csim_moments *m, const uint32_t *bin, double p) {
    const place found = find_place(m, bin, p);
    const double from = edge(axis, m, found.bin), to = edge(axis, m, found.bin + 1);
    if (axis->kind == CSIM_AXIS_COUNT) return moe_clip(from + 0.5, m->lowest, m->highest); /* the bin's whole number */
    return moe_clip(csim_axis_value(axis->kind, from + found.part * (to - from)), m->lowest, m->highest);
}

/* A place among the bins with what lies on it: of the paths in `bin`, so many are below, and so many equal and counted with a weight. */
typedef struct cut { int bin; double below, equal, weight; } cut;

/* Standard error of the share of paths below a cut, between replicates. These know coarse bins only: the one with the cut is divided as it is over all paths,
 * and what that hides is counted as if its paths were independent, so the error is rather too large. */
static double cut_error_between(const csim_accumulator *self, size_t series, size_t month, cut at) {
    const csim_replicates *from = self->replicates;
    const size_t cell = series * self->months + month, cells = self->series * self->months;
    const uint32_t *fine = self->bin + cell * CSIM_BINS;
    const csim_axis_kind kind = self->axis[series].kind;
    const uint32_t coarse = csim_coarse_bin(kind, (uint32_t)at.bin);
    double value[CSIM_MOST_REPLICATES], weight[CSIM_MOST_REPLICATES], below = at.below + at.weight * at.equal, inside = 0.0;
    for (uint32_t i = 0; i < CSIM_BINS; i++) {
        if (csim_coarse_bin(kind, i) != coarse) continue;
        below += i < (uint32_t)at.bin ? fine[i] : 0.0;
        inside += fine[i];
    }
    const double part = inside > 0.0 ? below / inside : 0.0, n = (double)self->moments[cell].count;
    const double equal = inside > 0.0 ? at.equal / inside : 0.0; /* these vary by their weight only */
    for (uint32_t r = 0; r < from->count; r++) {
        const uint32_t *count = from->bin + (r * cells + cell) * CSIM_COARSE_BINS;
        weight[r] = (double)from->moments[r * cells + cell].count;
        value[r] = part * count[coarse];
        for (uint32_t i = 0; i < coarse; i++) value[r] += count[i];
        value[r] = weight[r] > 0.0 ? value[r] / weight[r] : 0.0;
    }
    const double between = csim_error_between(value, weight, from->count), hidden = part * (1.0 - part) - at.weight * (1.0 - at.weight) * equal;
    return sqrt(between * between + moe_max(hidden, 0.0) * inside / (n * n));
}

/* The same of the p-quantile. */
static double share_error_between(const csim_accumulator *self, size_t series, size_t month, double p) {
    const size_t cell = series * self->months + month;
    const uint32_t *fine = self->bin + cell * CSIM_BINS;
    const place found = find_place(&self->moments[cell], fine, p);
    return cut_error_between(self, series, month, (cut){.bin = found.bin, .below = found.part * fine[found.bin]});
}

static double share_error(const csim_accumulator *self, size_t series, size_t month, double p) {
    return self->replicates ? share_error_between(self, series, month, p) : sqrt(p * (1.0 - p) / (double)moments_of(self, series, month)->count);
}

/* The quantiles at p ± spread; NAN where the spread is not known. */
static csim_interval quantiles_around(const csim_accumulator *self, size_t series, size_t month, double p, double spread) {
    const csim_moments *m = moments_of(self, series, month);
    const uint32_t *bin = self->bin + (series * self->months + month) * CSIM_BINS;
    const csim_axis *axis = &self->axis[series];
    if (isnan(spread)) return (csim_interval){NOT_KNOWN, NOT_KNOWN};
    return (csim_interval){quantile(axis, m, bin, moe_max(p - spread, 0.0)), quantile(axis, m, bin, moe_min(p + spread, 1.0))};
}

csim_estimate csim_accumulator_quantile(const csim_accumulator *self, size_t series, size_t month, double p) {
    const csim_moments *m = moments_of(self, series, month);
    if (!m->count || !self->bin) return (csim_estimate){NOT_KNOWN, NOT_KNOWN};
    const csim_interval one = quantiles_around(self, series, month, p, m->count < 2 ? NOT_KNOWN : share_error(self, series, month, p)); /* one path says nothing of its spread */
    return (csim_estimate){quantile(&self->axis[series], m, self->bin + (series * self->months + month) * CSIM_BINS, p), 0.5 * (one.high - one.low)};
}

csim_interval csim_accumulator_quantile_interval(const csim_accumulator *self, size_t series, size_t month, double p) {
    if (!moments_of(self, series, month)->count || !self->bin) return (csim_interval){NOT_KNOWN, NOT_KNOWN};
    return quantiles_around(self, series, month, p, point_of(self) * share_error(self, series, month, p));
}

/* ---- probabilities ---- */

static csim_interval wilson(double p, double n, double z) {
    const double z2 = z * z, centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n), half = z / (1.0 + z2 / n) * sqrt(p * (1.0 - p) / n + z2 / (4.0 * n * n));
    return (csim_interval){centre - half, centre + half};
}

/* Wilson's interval; for no or only hits the exact one-sided 95 % bound 1 − .05^(1/n), which the rule of three approximates. */
csim_probability csim_probability_of(uint64_t hits, uint64_t count) {
    if (!count) return (csim_probability){NOT_KNOWN, NOT_KNOWN, 0.0, 1.0, 0, 0};
    const double n = (double)count, p = (double)hits / n;
    const csim_interval bounds = wilson(p, n, csim_student_point(0));
    const double bound = 1.0 - moe_exp(moe_log(0.05) / n);
    csim_probability out = {p, count < 2 ? NOT_KNOWN : sqrt(p * (1.0 - p) / n), bounds.low, bounds.high, hits, count};
    if (!hits) out.low = 0.0, out.high = bound;
    if (hits == count) out.low = 1.0 - bound, out.high = 1.0;
    return out;
}

/* Replicates that agree to the last path leave the error unknown and the bounds those of independent paths. */
csim_probability csim_probability_of_replicates(const uint64_t *hits, const uint64_t *counts, size_t replicates) {
    double value[CSIM_MOST_REPLICATES], weight[CSIM_MOST_REPLICATES];
    uint64_t all_hits = 0, all = 0;
    for (size_t r = 0; r < replicates; r++) {
        weight[r] = (double)counts[r];
        value[r] = counts[r] ? (double)hits[r] / weight[r] : 0.0;
        all_hits += hits[r];
        all += counts[r];
    }
    csim_probability out = csim_probability_of(all_hits, all);
    if (replicates < 2 || !all_hits || all_hits == all) return out;
    out.error = known_error(csim_error_between(value, weight, replicates));
    if (isnan(out.error)) return out;
    const csim_interval bounds = wilson(out.value, out.value * (1.0 - out.value) / (out.error * out.error), csim_student_point(replicates - 1));
    out.low = bounds.low;
    out.high = bounds.high;
    return out;
}

/* ---- a value among the paths ---- */

/* The bin that a value would be counted in (look.c). */
static int bin_of(const csim_accumulator *self, size_t series, double value) {
    const double at = (csim_axis_place(self->axis[series].kind, value) - self->start[series]) * self->scale[series] + 1.0;
    return at > 1.0 ? (int)moe_min(at, CSIM_BINS - 1.0) : 0;
}

/* Within the value's own bin: whole numbers are equal or not, others are divided evenly. `doubt` says whether the division is a guess. */
static cut cut_at(const csim_accumulator *self, size_t series, const csim_moments *m, const uint32_t *bin, double value, int *doubt) {
    const csim_axis *axis = &self->axis[series];
    cut at = {.bin = bin_of(self, series, value)};
    const double inside = bin[at.bin], from = edge(axis, m, at.bin), to = edge(axis, m, at.bin + 1);
    const int is_end = at.bin == 0 || at.bin == CSIM_BINS - 1;
    *doubt = 0;
    if (axis->kind == CSIM_AXIS_COUNT && !is_end) {
        const double whole = at.bin - 1.0;
        if (value > whole) at.below = inside;
        else if (!(value < whole)) at.equal = inside;
        return at;
    }
    /* The ends of an axis are counted together; those at its very end are equal where none lies beyond. */
    *doubt = inside > 0.0 && (to > from || (at.bin == 0 ? m->lowest < axis->lowest : m->highest > axis->highest));
    if (to > from) at.below = moe_clip((csim_axis_place(axis->kind, value) - from) / (to - from), 0.0, 1.0) * inside;
    else at.equal = inside;
    return at;
}

static csim_probability probability_below(const csim_accumulator *self, size_t series, size_t month, double below, cut at) {
    const csim_moments *m = moments_of(self, series, month);
    const double n = (double)m->count, sum = below + at.below + at.weight * at.equal, p = moe_clip(sum / n, 0.0, 1.0), inside = at.below + at.equal;
    if (!(sum > 0.0) || !(sum < n)) return csim_probability_of(sum > 0.0 ? m->count : 0, m->count);
    const double bin = self->bin[(series * self->months + month) * CSIM_BINS + (size_t)at.bin];
    const double part = at.equal > 0.0 || !(bin > 0.0) ? 0.0 : inside / bin; /* equal ones lie on one point, which nothing hides */
    const double spread = p * (1.0 - p) - at.weight * (1.0 - at.weight) * at.equal / n;
    csim_probability out = {.value = p, .hits = (uint64_t)(sum + 0.5), .count = m->count};
    out.error = self->replicates ? known_error(cut_error_between(self, series, month, at)) : sqrt(moe_max(spread, 0.0) / n + part * (1.0 - part) * bin / (n * n));
    const csim_interval bounds = out.error > 0.0 ? wilson(p, p * (1.0 - p) / (out.error * out.error), point_of(self)) : wilson(p, n, csim_student_point(0));
    out.low = bounds.low;
    out.high = bounds.high;
    return out;
}

csim_split csim_accumulator_share_below(const csim_accumulator *self, size_t series, size_t month, double value, double weight_of_equal) {
    const csim_moments *m = moments_of(self, series, month);
    if (!m->count || !self->bin || isnan(value)) return (csim_split){.probability = csim_probability_of(0, 0), .most = m->count};
    if (value < m->lowest) return (csim_split){csim_probability_of(0, m->count), 0, 0, CSIM_SEEN_BELOW_ALL, 0};
    if (value > m->highest) return (csim_split){csim_probability_of(m->count, m->count), m->count, m->count, CSIM_SEEN_ABOVE_ALL, 0};
    const uint32_t *bin = self->bin + (series * self->months + month) * CSIM_BINS;
    csim_split out = {.seen = CSIM_SEEN_BETWEEN};
    int doubt;
    cut at = cut_at(self, series, m, bin, value, &doubt);
    if (!(m->lowest < m->highest)) { /* a constant, and the value is it */
        at = (cut){.bin = at.bin, .equal = (double)m->count};
        doubt = 0;
    }
    at.weight = weight_of_equal;
    for (int i = 0; i < at.bin; i++) out.least += bin[i];
    const double below = (double)out.least;
    out.most = out.least + (doubt || at.below > 0.0 || (at.equal > 0.0 && weight_of_equal > 0.0) ? bin[at.bin] : 0);
    if (!doubt && (at.below > 0.0 || (at.equal > 0.0 && weight_of_equal >= 1.0))) out.least = out.most;
    out.off_axis = doubt && (at.bin == 0 || at.bin == CSIM_BINS - 1);
    out.probability = probability_below(self, series, month, below, at);
    return out;
}

csim_split csim_split_rest(csim_split it) {
    const csim_probability p = it.probability;
    it.probability = (csim_probability){1.0 - p.value, p.error, 1.0 - p.high, 1.0 - p.low, p.count - p.hits, p.count};
    const uint64_t least = p.count - it.most;
    it.most = p.count - it.least;
    it.least = least;
    return it;
}

csim_probability csim_accumulator_share(const csim_accumulator *self, size_t series, size_t month, uint32_t value) {
    const csim_replicates *from = self->replicates;
    const size_t cell = series * self->months + month, cells = self->series * self->months;
    const uint32_t bin = value + 1; /* the first counts what lies below 0 */
    uint64_t hits[CSIM_MOST_REPLICATES] = {0}, counts[CSIM_MOST_REPLICATES] = {0};
    if (bin >= CSIM_BINS) return csim_probability_of(0, self->moments[cell].count);
    if (!from || bin >= CSIM_COARSE_BINS - 1) return csim_probability_of(self->bin[cell * CSIM_BINS + bin], self->moments[cell].count);
    for (uint32_t r = 0; r < from->count; r++) {
        hits[r] = from->bin[(r * cells + cell) * CSIM_COARSE_BINS + bin];
        counts[r] = from->moments[r * cells + cell].count;
    }
    return csim_probability_of_replicates(hits, counts, from->count);
}
