/* The sums and bins of one row of values: the part of counting that a run spends its time in, as vector code. A file of its own because it is built for every
 * instruction set (csim/engine/variant.h). */
#include <math.h>
#include <string.h>

#include "csim/stats/axis.h"
#include "kernels/vmath.h"

__extension__ typedef unsigned __int128 wide;
__extension__ typedef __int128 signed_wide; /* GCC and Clang on 64-bit machines */

enum { LANES = 64 };

/* The values with keep ≠ 0 (NULL: all), in their order. Returns how many. */
static size_t gather(const double *values, const int *keep, size_t n, double kept[LANES]) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        kept[count] = values[i];
        count += !keep || keep[i] != 0;
    }
    return count;
}

static int keep_all(const int keep[LANES]) {
    int all = 1;
    for (int i = 0; i < LANES; i++) all &= keep[i] != 0;
    return all;
}

static void pad(double kept[LANES], size_t count, double value) {
    for (size_t i = count; i < LANES; i++) kept[i] = value;
}

/* Column by column, which is vector code. Adding 0 turns −0 into 0: the sign of a zero would depend on the order of paths. */
static void find_extremes(const double *restrict x, csim_lane_sums *sums) {
    enum { COLUMNS = 8 };
    double lowest[COLUMNS], highest[COLUMNS];
    memcpy(lowest, x, sizeof lowest);
    memcpy(highest, x, sizeof highest);
    for (int row = COLUMNS; row < LANES; row += COLUMNS)
        for (int c = 0; c < COLUMNS; c++) {
            lowest[c] = moe_min(x[row + c], lowest[c]);
            highest[c] = moe_max(x[row + c], highest[c]);
        }
    for (int c = 1; c < COLUMNS; c++) {
        lowest[0] = moe_min(lowest[c], lowest[0]);
        highest[0] = moe_max(highest[c], highest[0]);
    }
    sums->lowest = lowest[0] + 0.0;
    sums->highest = highest[0] + 0.0;
}

/* Adding 1.5·2^52 rounds to an integer, which then stands in the low bits. q = value / grid splits into h 2^25 + l, and h², hl and l² are exact in a double:
 * sums of squares without wide multiplications. */
static void sum_lanes(const double *restrict x, double inverse, csim_lane_sums *sums) {
    const double shift = 0x1.8p52, half = 0x1p25, inverse_half = 0x1p-25;
    uint64_t sum = 0, high = 0, middle = 0, low = 0;
    for (int i = 0; i < LANES; i++) {
        const double shifted = x[i] * inverse + shift, q = shifted - shift;
        const double h = (q * inverse_half + shift) - shift, l = q - h * half;
        sum += moe_bits(shifted);
        high += moe_bits(h * h + shift);
        middle += moe_bits(h * l + shift);
        low += moe_bits(l * l + shift);
    }
    const uint64_t shifts = LANES * moe_bits(shift); /* as all sums here, modulo 2^64 */
    const wide square = (wide)(((signed_wide)(int64_t)(high - shifts) << 50) + (signed_wide)(int64_t)(middle - shifts) * (1 << 26) + (int64_t)(low - shifts));
    sums->sum = (int64_t)(sum - shifts);
    sums->square_low = (uint64_t)square;
    sums->square_high = (uint64_t)(square >> 64);
}

/* Bins 1 … CSIM_BINS − 2 divide the axis evenly. At or below its lowest value is bin 0, at or above its highest the last: so a
 * share that is exactly 0 or 1 in many paths has exact quantiles. */
static inline uint16_t bin_at(double position, double start, double scale) {
    const double place = (position - start) * scale + 1.0;
    return (uint16_t)(int32_t)moe_min(place > 1.0 ? place : 0.0, CSIM_BINS - 1.0);
}

static void find_bins(csim_axis_kind kind, double start, double scale, const double *restrict x, uint16_t *restrict bin) {
    if (kind == CSIM_AXIS_LOG)
        for (int i = 0; i < LANES; i++) bin[i] = bin_at(csim_axis_log2(x[i]), start, scale);
    else if (kind == CSIM_AXIS_LOGIT)
        for (int i = 0; i < LANES; i++) bin[i] = bin_at(csim_axis_logit_place(x[i]), start, scale);
    else if (kind == CSIM_AXIS_SIGNED)
        for (int i = 0; i < LANES; i++) bin[i] = bin_at(csim_axis_signed_place(x[i]), start, scale);
    else
        for (int i = 0; i < LANES; i++) bin[i] = bin_at(x[i], start, scale);
}

/* What is left over is filled up with what does no harm: a value for extremes and bins, 0 for sums. */
static void look_at_some(const csim_accumulator *self, size_t series, double kept[LANES], csim_lane_sums *sums, uint16_t *bin) {
    pad(kept, sums->count, kept[0]);
    find_extremes(kept, sums);
    if (bin) find_bins(self->axis[series].kind, self->start[series], self->scale[series], kept, bin);
    pad(kept, sums->count, 0.0);
    sum_lanes(kept, self->inverse_grid[series], sums);
}

/* Nearly always all lanes are in use, and every loop's length is known to the compiler. */
void csim_accumulator_look(const csim_accumulator *self, size_t series, const double *values, const int *keep, size_t n, csim_lane_sums *sums, uint16_t *bin) {
    double kept[LANES];
    if (n == LANES && (!keep || keep_all(keep))) {
        find_extremes(values, sums);
        if (bin) find_bins(self->axis[series].kind, self->start[series], self->scale[series], values, bin);
        sum_lanes(values, self->inverse_grid[series], sums);
        sums->count = LANES;
        return;
    }
    *sums = (csim_lane_sums){.count = gather(values, keep, n, kept), .lowest = (double)INFINITY, .highest = -(double)INFINITY};
    if (sums->count) look_at_some(self, series, kept, sums, bin);
}
