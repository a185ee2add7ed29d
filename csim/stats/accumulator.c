/* Filling and merging of exact statistics. The sums of one row of values are in look.c, estimates in estimate.c, canonical bytes in canonical.c. */
#include "csim/stats/accumulator.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csim/stats/axis.h"
#include "csim/stats/replicates.h"
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

/* Where the first inner bin begins on the axis, and bins a unit of it. */
static void lay_axis(const csim_axis *axis, double *start, double *scale) {
    const double end = csim_axis_place(axis->kind, axis->highest);
    *start = csim_axis_place(axis->kind, axis->lowest);
    *scale = (CSIM_BINS - 2) / (end - *start);
}

static void set_empty(csim_moments *moments, size_t count) {
    for (size_t i = 0; i < count; i++) moments[i] = (csim_moments){.lowest = (double)INFINITY, .highest = -(double)INFINITY};
}

static int allocate_bins(csim_accumulator *self) {
    const size_t cells = self->series * self->months;
    self->bin = calloc(cells * CSIM_BINS, sizeof *self->bin);
    self->waiting = calloc(cells * CSIM_WAITING, sizeof *self->waiting);
    self->waiting_count = calloc(cells, sizeof *self->waiting_count);
    return self->bin && self->waiting && self->waiting_count;
}

static int allocate(csim_accumulator *self) {
    self->axis = calloc(self->series, sizeof *self->axis);
    self->grid = calloc(self->series, sizeof *self->grid);
    self->inverse_grid = calloc(self->series, sizeof *self->inverse_grid);
    self->start = calloc(self->series, sizeof *self->start);
    self->scale = calloc(self->series, sizeof *self->scale);
    self->moments = calloc(self->series * self->months, sizeof *self->moments);
    return self->axis && self->grid && self->inverse_grid && self->start && self->scale && self->moments;
}

static csim_status make(const csim_axis *axis, size_t series, size_t months, int with_bins, csim_accumulator **out, csim_error *err) {
    csim_accumulator *self = *out = calloc(1, sizeof *self);
    if (!self) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for statistics");
    self->series = series;
    self->months = months;
    if (!allocate(self) || (with_bins && !allocate_bins(self))) {
        csim_accumulator_free(self);
        *out = NULL;
        return csim_error_set(err, CSIM_NO_MEMORY, "no memory for statistics of %zu series in %zu months", series, months);
    }
    memcpy(self->axis, axis, series * sizeof *axis);
    for (size_t i = 0; i < series; i++) {
        self->grid[i] = grid_of(axis[i].largest);
        self->inverse_grid[i] = 1.0 / self->grid[i];
        lay_axis(&axis[i], &self->start[i], &self->scale[i]);
    }
    set_empty(self->moments, series * months);
    return CSIM_OK;
}

csim_status csim_accumulator_new(const csim_axis *axis, size_t series, size_t months, csim_accumulator **out, csim_error *err) { return make(axis, series, months, 1, out, err); }

csim_status csim_accumulator_new_moments(const csim_axis *axis, size_t series, size_t months, csim_accumulator **out, csim_error *err) {
    return make(axis, series, months, 0, out, err);
}

void csim_accumulator_free(csim_accumulator *self) {
    if (!self) return;
    free(self->axis);
    free(self->grid);
    free(self->inverse_grid);
    free(self->start);
    free(self->scale);
    free(self->moments);
    free(self->bin);
    free(self->waiting);
    free(self->waiting_count);
    free(self);
}

static void take_sums(csim_moments *m, const csim_lane_sums *s) {
    const uint64_t before = m->sum_low;
    const wide low = (wide)m->square_low + s->square_low, middle = (wide)m->square_middle + s->square_high + (uint64_t)(low >> 64);
    m->count += s->count;
    m->sum_low += (uint64_t)s->sum;
    m->sum_high += (s->sum < 0 ? -1 : 0) + (m->sum_low < before);
    m->square_low = (uint64_t)low;
    m->square_middle = (uint64_t)middle;
    m->square_high += (uint64_t)(middle >> 64);
    m->lowest = moe_min(s->lowest, m->lowest);
    m->highest = moe_max(s->highest, m->highest);
}

static void count_waiting(uint32_t *bin, const uint16_t *waiting, size_t count) {
    for (size_t i = 0; i < count; i++) bin[waiting[i]]++;
}

static void settle_cell(csim_accumulator *self, size_t cell) {
    count_waiting(self->bin + cell * CSIM_BINS, self->waiting + cell * CSIM_WAITING, self->waiting_count[cell]);
    self->waiting_count[cell] = 0;
}

void csim_accumulator_settle(csim_accumulator *self) {
    for (size_t cell = 0; self->bin && cell < self->series * self->months; cell++) settle_cell(self, cell);
}

static void queue_bins(csim_accumulator *self, size_t cell, const uint16_t *bin, size_t count) {
    if (self->waiting_count[cell] + count > CSIM_WAITING) settle_cell(self, cell);
    memcpy(self->waiting + cell * CSIM_WAITING + self->waiting_count[cell], bin, count * sizeof *bin);
    self->waiting_count[cell] = (uint16_t)(self->waiting_count[cell] + count);
}

static void add_to_replicate(csim_accumulator *self, size_t series, size_t cell, const csim_lane_sums *sums, const uint16_t *bin) {
    csim_replicates *to = self->replicates;
    const size_t at = (size_t)self->replicate * to->series * to->months + cell;
    take_sums(&to->moments[at], sums);
    for (size_t i = 0; bin && i < sums->count; i++) to->bin[at * CSIM_COARSE_BINS + csim_coarse_bin(self->axis[series].kind, bin[i])]++;
}

void csim_accumulator_take(csim_accumulator *self, size_t series, size_t month, const csim_lane_sums *sums, const uint16_t *bin) {
    const size_t cell = csim_accumulator_cell(self, series, month);
    take_sums(&self->moments[cell], sums);
    if (bin) queue_bins(self, cell, bin, sums->count);
    if (self->replicates) add_to_replicate(self, series, cell, sums, bin);
}

void csim_accumulator_add(csim_accumulator *self, size_t series, size_t month, const double *values, const int *keep, size_t n) {
    uint16_t bin[LANES];
    csim_lane_sums sums;
    for (size_t done = 0; done < n; done += LANES) {
        csim_accumulator_look(self, series, values + done, keep + done, n - done < LANES ? n - done : LANES, &sums, bin);
        csim_accumulator_take(self, series, month, &sums, bin);
    }
}

void csim_moments_merge(csim_moments *a, const csim_moments *b) {
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
    for (size_t i = 0; i < self->series * self->months; i++) csim_moments_merge(&self->moments[i], &other->moments[i]);
    if (!self->bin) return;
    for (size_t i = 0; i < self->series * self->months * CSIM_BINS; i++) self->bin[i] += other->bin[i];
    for (size_t cell = 0; cell < self->series * self->months; cell++)
        count_waiting(self->bin + cell * CSIM_BINS, other->waiting + cell * CSIM_WAITING, other->waiting_count[cell]);
}
