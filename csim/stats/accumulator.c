/* Filling and merging of exact statistics. Estimates are in estimate.c, canonical bytes in canonical.c. */
#include "csim/stats/accumulator.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/vmath.h"

__extension__ typedef unsigned __int128 wide;
__extension__ typedef __int128 signed_wide; /* GCC and Clang on 64-bit machines */

enum { GRID_BITS = 50, LANES = 64 };

/* The power of two that puts `largest` just below 2^GRID_BITS grid steps. */
static double grid_of(double largest) {
    int exponent;
    frexp(largest, &exponent);
    return ldexp(1.0, exponent - GRID_BITS);
}

static void set_empty(csim_moments *moments, size_t count) {
    for (size_t i = 0; i < count; i++) moments[i] = (csim_moments){.lowest = INFINITY, .highest = -INFINITY};
}

csim_status csim_accumulator_new(const csim_axis *axis, size_t series, size_t months, csim_accumulator **out, csim_error *err) {
    csim_accumulator *self = calloc(1, sizeof *self);
    *out = NULL;
    if (!self) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for statistics");
    self->series = series;
    self->months = months;
    self->axis = calloc(series, sizeof *self->axis);
    self->grid = calloc(series, sizeof *self->grid);
    self->inverse_grid = calloc(series, sizeof *self->inverse_grid);
    self->moments = calloc(series * months, sizeof *self->moments);
    self->bin = calloc(series * months * CSIM_BINS, sizeof *self->bin);
    self->waiting = calloc(series * months * CSIM_WAITING + 1, sizeof *self->waiting); /* one more: a value that is not kept may be written, not counted */
    self->waiting_count = calloc(series * months, sizeof *self->waiting_count);
    if (!self->waiting || !self->waiting_count || !self->axis || !self->grid || !self->inverse_grid || !self->moments || !self->bin) {
        csim_accumulator_free(self);
        return csim_error_set(err, CSIM_NO_MEMORY, "no memory for statistics of %zu series in %zu months", series, months);
    }
    memcpy(self->axis, axis, series * sizeof *axis);
    for (size_t i = 0; i < series; i++) {
        self->grid[i] = grid_of(axis[i].largest);
        self->inverse_grid[i] = 1.0 / self->grid[i];
    }
    set_empty(self->moments, series * months);
    *out = self;
    return CSIM_OK;
}

void csim_accumulator_free(csim_accumulator *self) {
    if (!self) return;
    free(self->axis);
    free(self->grid);
    free(self->inverse_grid);
    free(self->moments);
    free(self->bin);
    free(self->waiting);
    free(self->waiting_count);
    free(self);
}

/* Sums of at most LANES values: |q| < 2^50, so a sum fits 64 bits and a sum of squares 128. */
typedef struct lane_sums { int64_t sum; wide square; uint64_t count; double lowest, highest; } lane_sums;

/* q = value / grid, rounded by adding 1.5·2^52: the low bits of the sum hold it. Values that are not kept count as 0 and leave the extremes alone. */
static void round_to_grid(const double *values, const int *keep, size_t n, double inverse, int64_t *q, lane_sums *sums) {
    const double shift = 0x1.8p52, none = (double)INFINITY;
    double lowest = none, highest = -none;
    for (size_t i = 0; i < n; i++) {
        const double scaled = (keep[i] ? values[i] : 0.0) * inverse;
        q[i] = (int64_t)(moe_bits(scaled + shift) - moe_bits(shift));
        lowest = moe_min(keep[i] ? values[i] : none, lowest);
        highest = moe_max(keep[i] ? values[i] : -none, highest);
    }
    sums->lowest = lowest;
    sums->highest = highest;
}

static void add_lanes(const int *keep, size_t n, const int64_t *q, lane_sums *sums) {
    for (size_t i = 0; i < n; i++) {
        sums->sum += q[i];
        sums->square += (wide)((signed_wide)q[i] * q[i]);
        sums->count += keep[i] != 0;
    }
}

static void take_sums(csim_moments *m, const lane_sums *s) {
    const uint64_t before = m->sum_low;
    const wide low = (wide)m->square_low + (uint64_t)s->square, middle = (wide)m->square_middle + (uint64_t)(s->square >> 64) + (uint64_t)(low >> 64);
    m->count += s->count;
    m->sum_low += (uint64_t)s->sum;
    m->sum_high += (s->sum < 0 ? -1 : 0) + (m->sum_low < before);
    m->square_low = (uint64_t)low;
    m->square_middle = (uint64_t)middle;
    m->square_high += (uint64_t)(middle >> 64);
    m->lowest = moe_min(s->lowest, m->lowest);
    m->highest = moe_max(s->highest, m->highest);
}

/* Bins 1 … CSIM_BINS − 2 divide the axis evenly; below it (and −inf, the log of 0) is bin 0, above it the last. */
static void find_bins(const csim_axis *axis, const double *values, size_t n, double *place) {
    const double inner = CSIM_BINS - 2;
    if (axis->kind == CSIM_AXIS_LINEAR || axis->kind == CSIM_AXIS_COUNT) {
        const double scale = inner / (axis->highest - axis->lowest);
        for (size_t i = 0; i < n; i++) place[i] = moe_clip((values[i] - axis->lowest) * scale + 1.0, 0.0, inner + 1.0);
    } else if (axis->kind == CSIM_AXIS_LOG) {
        const double low = moe_log(axis->lowest), scale = inner / (moe_log(axis->highest) - low);
        for (size_t i = 0; i < n; i++) place[i] = moe_clip((moe_log(values[i]) - low) * scale + 1.0, 0.0, inner + 1.0);
    } else {
        const double low = moe_logit(axis->lowest), scale = inner / (moe_logit(axis->highest) - low);
        for (size_t i = 0; i < n; i++) place[i] = moe_clip((moe_log(values[i] / (1.0 - values[i])) - low) * scale + 1.0, 0.0, inner + 1.0);
    }
}

static void count_waiting(uint32_t *bin, const uint16_t *waiting, size_t count) {
    for (size_t i = 0; i < count; i++) bin[waiting[i]]++;
}

static void settle_cell(csim_accumulator *self, size_t cell) {
    count_waiting(self->bin + cell * CSIM_BINS, self->waiting + cell * CSIM_WAITING, self->waiting_count[cell]);
    self->waiting_count[cell] = 0;
}

void csim_accumulator_settle(csim_accumulator *self) {
    for (size_t cell = 0; cell < self->series * self->months; cell++) settle_cell(self, cell);
}

static void queue_bins(csim_accumulator *self, size_t cell, const double *place, const int *keep, size_t n) {
    if (self->waiting_count[cell] + n > CSIM_WAITING) settle_cell(self, cell);
    uint16_t *next = self->waiting + cell * CSIM_WAITING + self->waiting_count[cell];
    for (size_t i = 0; i < n; i++) {
        *next = (uint16_t)place[i];
        next += keep[i] != 0;
    }
    self->waiting_count[cell] = (uint16_t)(next - (self->waiting + cell * CSIM_WAITING));
}

static void add_some(csim_accumulator *self, size_t series, size_t cell, const double *values, const int *keep, size_t n) {
    int64_t q[LANES];
    double place[LANES];
    lane_sums sums = {0};
    round_to_grid(values, keep, n, self->inverse_grid[series], q, &sums);
    add_lanes(keep, n, q, &sums);
    take_sums(&self->moments[cell], &sums);
    find_bins(&self->axis[series], values, n, place);
    queue_bins(self, cell, place, keep, n);
}

void csim_accumulator_add(csim_accumulator *self, size_t series, size_t month, const double *values, const int *keep, size_t n) {
    const size_t cell = series * self->months + month;
    for (size_t done = 0; done < n; done += LANES) add_some(self, series, cell, values + done, keep + done, n - done < LANES ? n - done : LANES);
}

static void merge_moments(csim_moments *a, const csim_moments *b) {
    const uint64_t low = a->sum_low;
    a->count += b->count;
    a->sum_low += b->sum_low;
    a->sum_high += b->sum_high + (a->sum_low < low);
    const wide first = (wide)a->square_low + b->square_low;
    const wide second = (wide)a->square_middle + b->square_middle + (uint64_t)(first >> 64);
    a->square_low = (uint64_t)first;
    a->square_middle = (uint64_t)second;
    a->square_high += b->square_high + (uint64_t)(second >> 64);
    a->lowest = moe_min(b->lowest, a->lowest);
    a->highest = moe_max(b->highest, a->highest);
}

void csim_accumulator_merge(csim_accumulator *self, const csim_accumulator *other) {
    for (size_t i = 0; i < self->series * self->months; i++) merge_moments(&self->moments[i], &other->moments[i]);
    for (size_t i = 0; i < self->series * self->months * CSIM_BINS; i++) self->bin[i] += other->bin[i];
    for (size_t cell = 0; cell < self->series * self->months; cell++)
        count_waiting(self->bin + cell * CSIM_BINS, other->waiting + cell * CSIM_WAITING, other->waiting_count[cell]);
}
