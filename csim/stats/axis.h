/* The axes on which bins are even: from a value to its place and back. One definition for those who count and those who read. */
#ifndef CSIM_STATS_AXIS_H
#define CSIM_STATS_AXIS_H

#include <math.h>

#include "csim/stats/accumulator.h"
#include "kernels/vmath.h"

/* The axes' logarithm, a parabola between the powers of two: k + f + c f(1 − f) for x = 2^k (1 + f). Within .01 of log₂, so that bins are even within a tenth,
 * but made of few operations, and with an inverse of few: a true logarithm would be a third of the cost of counting. 0 and less lie below every normal
 * number. */
#define CSIM_AXIS_BULGE 0.345

static inline double csim_axis_log2(double x) {
    const uint64_t bits = moe_bits(moe_max(x, 0.0));
    const double k = moe_double(0x4330000000000000u | bits >> 52) - (0x1p52 + 1023.0), f = moe_double((bits & 0xfffffffffffffu) | 0x3ff0000000000000u) - 1.0;
    return k + (f + CSIM_AXIS_BULGE * (f * (1.0 - f)));
}

/* The inverse, for places of normal numbers: f from the parabola's root between 0 and 1. */
static inline double csim_axis_exp2(double place) {
    const double k = floor(place), rest = place - k, b = 1.0 + CSIM_AXIS_BULGE;
    return ldexp(1.0 + 2.0 * rest / (b + sqrt(b * b - 4.0 * CSIM_AXIS_BULGE * rest)), (int)k);
}

/* SIGNED: logarithmic far from 0 in both directions, even within ±1 of its unit. */
static inline double csim_axis_signed_place(double x) {
    const double magnitude = csim_axis_log2(1.0 + fabs(x));
    return x < 0.0 ? -magnitude : magnitude;
}

static inline double csim_axis_signed_value(double place) {
    const double magnitude = csim_axis_exp2(fabs(place)) - 1.0;
    return place < 0.0 ? -magnitude : magnitude;
}

/* A share that rounding has put above 1 is at the upper end. */
static inline double csim_axis_logit_place(double x) { return csim_axis_log2(x / moe_max(1.0 - x, 0.0)); }

static inline double csim_axis_logit_value(double place) {
    const double odds = csim_axis_exp2(place);
    return odds / (1.0 + odds);
}

static inline double csim_axis_place(csim_axis_kind kind, double x) {
    return kind == CSIM_AXIS_LOG ? csim_axis_log2(x) : kind == CSIM_AXIS_LOGIT ? csim_axis_logit_place(x) : kind == CSIM_AXIS_SIGNED ? csim_axis_signed_place(x) : x;
}

static inline double csim_axis_value(csim_axis_kind kind, double place) {
    return kind == CSIM_AXIS_LOG ? csim_axis_exp2(place) : kind == CSIM_AXIS_LOGIT ? csim_axis_logit_value(place)
         : kind == CSIM_AXIS_SIGNED ? csim_axis_signed_value(place) : place;
}

/* Axes that end at the extreme values seen when some lie outside. */
static inline int csim_axis_is_open(csim_axis_kind kind) { return kind != CSIM_AXIS_LOG && kind != CSIM_AXIS_LOGIT; }

#endif
