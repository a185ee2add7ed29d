/* Exact, associative statistics. Whatever the partition and order in which paths are added, the bits are the same, because every sum is one of
 * integers: values are rounded to a grid of the series' own (2^-50 of the largest value it may take) and summed in 128 and 192 bits; quantiles come
 * from counts on fixed bins. So shards merge, threads do not matter, and a digest of the bytes identifies a result.
 * Knows nothing of outcomes, paths or files: a caller names series by position. */
#ifndef CSIM_STATS_ACCUMULATOR_H
#define CSIM_STATS_ACCUMULATOR_H

#include <stddef.h>
#include <stdint.h>

#include "csim/base/error.h"
#include "csim/base/sha256.h"

enum { CSIM_WAITING = 512 };
enum { CSIM_BINS = 2048 }; /* the first and the last count what lies outside the axis */

typedef enum csim_axis_kind { CSIM_AXIS_LINEAR, CSIM_AXIS_LOG, CSIM_AXIS_LOGIT, CSIM_AXIS_COUNT, CSIM_AXIS_SIGNED } csim_axis_kind;

/* COUNT: whole numbers 0 … CSIM_BINS − 3, a bin each (lowest −½, highest CSIM_BINS − 2½), so that quantiles are whole. */
#define CSIM_COUNT_LOWEST (-0.5)
#define CSIM_COUNT_HIGHEST (CSIM_BINS - 2.5)

/* Where a series lives: bins are even on this axis between lowest and highest; |values| stay below `largest`. */
typedef struct csim_axis { csim_axis_kind kind; double lowest, highest, largest; } csim_axis;

/* Sums over paths of one series in one month: q = value / grid, rounded to an integer. */
typedef struct csim_moments {
    uint64_t count;
    int64_t sum_high;                 /* Σq, 128 bits */
    uint64_t sum_low;
    uint64_t square_low, square_middle, square_high; /* Σq², 192 bits */
    double lowest, highest;           /* +inf, −inf when empty */
} csim_moments;

typedef struct csim_accumulator {
    size_t series, months;
    csim_axis *axis;                  /* [series] */
    double *grid, *inverse_grid;      /* [series], powers of two */
    double *start, *scale;            /* [series]: the bin of a position on the axis is (position − start) · scale + 1 */
    csim_moments *moments;            /* [series × months] */
    uint32_t *bin;                    /* [series × months × CSIM_BINS] */
    uint16_t *waiting;                /* [series × months × CSIM_WAITING]: bins of the latest values, not yet counted. Counting a few hundred at a time */
    uint16_t *waiting_count;          /* [series × months]                  keeps a row of bins in the first-level cache while it is used */
} csim_accumulator;

csim_status csim_accumulator_new(const csim_axis *axis, size_t series, size_t months, csim_accumulator **out, csim_error *err);
void csim_accumulator_free(csim_accumulator *self);

/* Adds values[i] for the i with keep[i] ≠ 0, at most CSIM_WAITING at a time. Kept values must be finite and below the axis' `largest`. */
void csim_accumulator_add(csim_accumulator *self, size_t series, size_t month, const double *values, const int *keep, size_t n);

/* Counts what waits. To be called before anything below reads `self`; merging does it by itself. */
void csim_accumulator_settle(csim_accumulator *self);

/* self += other; both made with the same axes. */
void csim_accumulator_merge(csim_accumulator *self, const csim_accumulator *other);

/* A number with its standard error; NAN where the paths cannot tell: no path for the number, fewer than two for the error (and for the sd itself). */
typedef struct csim_estimate { double value, error; } csim_estimate;

uint64_t csim_accumulator_count(const csim_accumulator *self, size_t series, size_t month);
csim_estimate csim_accumulator_mean(const csim_accumulator *self, size_t series, size_t month);
csim_estimate csim_accumulator_sd(const csim_accumulator *self, size_t series, size_t month); /* error by the fourth-moment-free normal approximation sd/√(2(n−1)) */
/* p-quantile by counting bins and interpolating inside one; its error is half the width between the quantiles at p ± √(p(1−p)/n). */
csim_estimate csim_accumulator_quantile(const csim_accumulator *self, size_t series, size_t month, double p);
double csim_accumulator_lowest(const csim_accumulator *self, size_t series, size_t month);
double csim_accumulator_highest(const csim_accumulator *self, size_t series, size_t month);

/* A probability from `hits` of `count`: value, standard error, and Wilson's 95 % interval (for 0 and n hits the rule-of-three bound's exact form). */
typedef struct csim_probability { double value, error, low, high; uint64_t hits, count; } csim_probability;
csim_probability csim_probability_of(uint64_t hits, uint64_t count);

/* Canonical bytes, little-endian: moments, then the bins that are not empty, packed. Written by a callback so that a digest and a file share one form. */
typedef void csim_byte_sink(void *to, const void *bytes, size_t size);
void csim_accumulator_write(const csim_accumulator *self, csim_byte_sink *sink, void *to);
/* Reads what csim_accumulator_write wrote into an empty accumulator of the same axes. FILE_FORMAT when the bytes do not fit. */
csim_status csim_accumulator_read(csim_accumulator *self, const unsigned char *bytes, size_t size, csim_error *err);

#endif
