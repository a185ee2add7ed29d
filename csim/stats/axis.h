/* The axes on which bins are even: from a value to its place and back. One definition for those who count and those who read. */
#ifndef CSIM_STATS_AXIS_H
#define CSIM_STATS_AXIS_H

#include "csim/stats/accumulator.h"
#include "kernels/vmath.h"

/* SIGNED: logarithmic far from 0 in both directions, even within ±1 of its unit (the inverse hyperbolic sine). */
static inline double csim_axis_signed_place(double x) {
    const double magnitude = moe_log(fabs(x) + sqrt(x * x + 1.0));
    return x < 0.0 ? -magnitude : magnitude;
}

static inline double csim_axis_place(csim_axis_kind kind, double x) {
    return kind == CSIM_AXIS_LOG ? moe_log(x) : kind == CSIM_AXIS_LOGIT ? moe_logit(x) : kind == CSIM_AXIS_SIGNED ? csim_axis_signed_place(x) : x;
}

static inline double csim_axis_value(csim_axis_kind kind, double place) {
    return kind == CSIM_AXIS_LOG ? moe_exp(place) : kind == CSIM_AXIS_LOGIT ? moe_logistic(place)
         : kind == CSIM_AXIS_SIGNED ? 0.5 * (moe_exp(place) - moe_exp(-place)) : place;
}

/* Axes that end at the extreme values seen when some lie outside. */
static inline int csim_axis_is_open(csim_axis_kind kind) { return kind != CSIM_AXIS_LOG && kind != CSIM_AXIS_LOGIT; }

#endif
