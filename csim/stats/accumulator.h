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

/* *a += *b, on one grid. */
void csim_moments_merge(csim_moments *a, const csim_moments *b);

/* The same of at most 64 values that are not in any cell yet: |q| < 2^50, so a sum fits 64 bits and a sum of squares 128. */
typedef struct csim_lane_sums {
    int64_t sum;
    uint64_t square_low, square_high, count;
    double lowest, highest;
} csim_lane_sums;

typedef struct csim_accumulator {
    size_t series, months;
    csim_axis *axis;                  /* [series] */
    double *grid, *inverse_grid;      /* [series], powers of two */
    double *start, *scale;            /* [series]: the bin of a position on the axis is (position − start) · scale + 1 */
    csim_moments *moments;            /* [series × months]; in one of moments alone [months × series], the order in which they come */
    uint32_t *bin;                    /* [series × months × CSIM_BINS]; NULL, as the next two, in one of moments alone, whose quantiles are not known */
    uint16_t *waiting;                /* [series × months × CSIM_WAITING]: bins of the latest values, not yet counted. Counting a few hundred at a time */
    uint16_t *waiting_count;          /* [series × months]                  keeps a row of bins in the first-level cache while it is used */
    struct csim_replicates *replicates; /* borrowed; NULL when every path is independent of all others. Errors are then taken between replicates */
    uint32_t replicate;               /* what is added next belongs to */
} csim_accumulator;

/* Where a cell stands in `moments`, and with bins in `bin`. */
static inline size_t csim_accumulator_cell(const csim_accumulator *self, size_t series, size_t month) {
    return self->bin ? series * self->months + month : month * self->series + series;
}

csim_status csim_accumulator_new(const csim_axis *axis, size_t series, size_t months, csim_accumulator **out, csim_error *err);
/* One without bins: less than a hundredth of the memory. */
csim_status csim_accumulator_new_moments(const csim_axis *axis, size_t series, size_t months, csim_accumulator **out, csim_error *err);
void csim_accumulator_free(csim_accumulator *self);

/* Adds values[i] for the i with keep[i] ≠ 0, for a caller that knows at once what counts. Kept values must be finite and below the axis' `largest`. */
void csim_accumulator_add(csim_accumulator *self, size_t series, size_t month, const double *values, const int *keep, size_t n);

/* The same in two steps, for a caller that learns later whether the values count. First the sums of values[i] for the i with keep[i] ≠ 0 (NULL: all), n ≤ 64,
 * and unless bin is NULL their bins, bin[64], of which the first sums->count count; then their addition. An accumulator of moments alone takes no bins. */
void csim_accumulator_look(const csim_accumulator *self, size_t series, const double *values, const int *keep, size_t n, csim_lane_sums *sums, uint16_t *bin);
void csim_accumulator_take(csim_accumulator *self, size_t series, size_t month, const csim_lane_sums *sums, const uint16_t *bin);

/* Counts what waits. To be called before anything below reads `self`; merging does it by itself. */
void csim_accumulator_settle(csim_accumulator *self);

/* self += other; both made with the same axes. */
void csim_accumulator_merge(csim_accumulator *self, const csim_accumulator *other);

/* A number with its standard error. NAN where an error is not known: fewer than two values, or values that differ while their error comes out as exactly 0
 * (no number of paths makes it so). 0 stands for a constant alone. With replicates an error is the spread between them (docs/sampling.md). */
typedef struct csim_estimate { double value, error; } csim_estimate;

uint64_t csim_accumulator_count(const csim_accumulator *self, size_t series, size_t month);
csim_estimate csim_accumulator_mean(const csim_accumulator *self, size_t series, size_t month);
/* Σ weight · mean over `count` cells of one accumulator, as the sum over the months of a year, or what changed from one year to another. With replicates the
 * error is that of the sum itself, all correlations of its terms within a path included. Without, nothing is known of those, and it is the bound that they
 * cannot exceed: Σ |weight| · error. NAN where a term's mean is not known. */
typedef struct csim_term { size_t series, month; double weight; } csim_term;
csim_estimate csim_accumulator_combine(const csim_accumulator *self, const csim_term *terms, size_t count);
csim_estimate csim_accumulator_sd(const csim_accumulator *self, size_t series, size_t month); /* error by the fourth-moment-free normal approximation sd/√(2(n−1)) */
/* p-quantile by counting bins and interpolating inside one; its error is half the width between the quantiles at p ± √(p(1−p)/n). */
csim_estimate csim_accumulator_quantile(const csim_accumulator *self, size_t series, size_t month, double p);
/* Bounds that hold the true value in 95 of 100 runs: Student's t over replicates, or the normal's 1.96. A quantile's are the quantiles at p ± that many
 * standard errors of the share of paths below it; for whole numbers these are order statistics. */
typedef struct csim_interval { double low, high; } csim_interval;
csim_interval csim_accumulator_mean_interval(const csim_accumulator *self, size_t series, size_t month);
csim_interval csim_accumulator_quantile_interval(const csim_accumulator *self, size_t series, size_t month, double p);
/* Independent paths that would give the mean the same error: their number without replicates, s²/error² with them. NAN for constants and unknown errors. */
double csim_accumulator_effective(const csim_accumulator *self, size_t series, size_t month);
double csim_accumulator_lowest(const csim_accumulator *self, size_t series, size_t month);
double csim_accumulator_highest(const csim_accumulator *self, size_t series, size_t month);

/* A probability from `hits` of `count`: value, standard error, and Wilson's 95 % interval (for 0 and n hits the rule-of-three bound's exact form). */
typedef struct csim_probability { double value, error, low, high; uint64_t hits, count; } csim_probability;
csim_probability csim_probability_of(uint64_t hits, uint64_t count);
/* The same from the counts of each replicate: error between replicates; the interval is Wilson's for the number of independent paths that have this error,
 * with Student's t. One replicate: as above. */
csim_probability csim_probability_of_replicates(const uint64_t *hits, const uint64_t *counts, size_t replicates);
/* The share of paths below a value, those equal to it counted with a weight: 0 for "below", 1 for "at or below", ½ for a percentile. */
typedef enum csim_seen { CSIM_SEEN_BETWEEN, CSIM_SEEN_BELOW_ALL, CSIM_SEEN_ABOVE_ALL } csim_seen;
typedef struct csim_split {
    csim_probability probability; /* hits: to the nearest path */
    uint64_t least, most;         /* paths that are surely below (or equal), and those that may be: between them only the value's own bin is in doubt */
    csim_seen seen;               /* where the value lies among those that were seen */
    int off_axis;                 /* 1: beyond the axis, where paths are counted together and the value's place among them is not known */
} csim_split;
/* From the bins, divided evenly inside the value's own; whole numbers exactly. The error holds what that division hides, and is between replicates where
 * there are some. NAN, and 0 to 1, without paths or bins. */
csim_split csim_accumulator_share_below(const csim_accumulator *self, size_t series, size_t month, double value, double weight_of_equal);
/* The same of the other paths. */
csim_split csim_split_rest(csim_split split);

/* How often a series of whole numbers (CSIM_AXIS_COUNT) is `value`. */
csim_probability csim_accumulator_share(const csim_accumulator *self, size_t series, size_t month, uint32_t value);

/* Standard error of Σ weight·value / Σ weight over independent replicates; NAN for fewer than two with a weight, 0 where they are equal but for rounding. */
double csim_error_between(const double *value, const double *weight, size_t replicates);
/* 97.5 % point of Student's t; 1.96 for 0 (no replicates). */
double csim_student_point(size_t degrees);

/* Canonical bytes, little-endian: moments, then the bins that are not empty, packed. Written by a callback so that a digest and a file share one form. */
typedef void csim_byte_sink(void *to, const void *bytes, size_t size);
void csim_accumulator_write(const csim_accumulator *self, csim_byte_sink *sink, void *to);
/* Whether csim_accumulator_write of one with the same axes may have written these bytes; and self += what they say, for bytes that fit. */
int csim_accumulator_fits(const csim_accumulator *self, const unsigned char *bytes, size_t size);
void csim_accumulator_add_bytes(csim_accumulator *self, const unsigned char *bytes, size_t size);
/* Both: an empty accumulator becomes what was written. FILE_FORMAT when the bytes do not fit; self is then as it was. */
csim_status csim_accumulator_read(csim_accumulator *self, const unsigned char *bytes, size_t size, csim_error *err);

#endif
