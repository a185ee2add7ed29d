/* Spec → compiled distribution. Everything slow or fallible happens here, once a plan. */
#include <math.h>
#include <string.h>

#include "csim/dist/dist.h"
#include "csim/dist/table_cache.h"

static const double z_95 = 1.6448536269514722; /* the 95 % point of the standard normal */

size_t csim_dist_table_size(const csim_dist_spec *spec) {
    switch ((csim_dist_family)spec->family) {
    case CSIM_DIST_BETA:
    case CSIM_DIST_SCALED_BETA:
    case CSIM_DIST_GAMMA: return CSIM_TABLE_SIZE;
    case CSIM_DIST_DISCRETE: return 2 * (size_t)spec->knots;
    case CSIM_DIST_QUANTILES: return 3 * (size_t)spec->knots;
    default: return 0;
    }
}

static void set(csim_dist *out, csim_dist_form form, const double *parameter, size_t count) {
    out->form = (uint32_t)form;
    memcpy(out->parameter, parameter, count * sizeof *parameter);
}
#define SET(form, ...) set(out, form, (const double[]){__VA_ARGS__}, sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

static void compile_triangular(double low, double mode, double high, csim_dist *out) {
    const double width = high - low;
    SET(CSIM_FORM_TRIANGULAR, low, mode, (mode - low) / width, width * (mode - low), high - mode);
}

/* The mass between the bounds is the difference of the two smaller tails, so a cut far out in a tail keeps its digits. */
static void compile_truncated(const double p[4], csim_dist *out) {
    const double low = (p[2] - p[0]) / p[1], high = (p[3] - p[0]) / p[1];
    const double below = moe_normal_cdf(low), above = moe_normal_cdf(-high);
    const double mass = low > 0 ? moe_normal_cdf(-low) - above : moe_normal_cdf(high) - below;
    SET(CSIM_FORM_TRUNCATED_NORMAL, p[0], p[1], p[2], p[3], below, above, mass);
}

static void compile_interval90(const csim_dist_spec *spec, csim_dist *out) {
    const double low = spec->parameter[0], high = spec->parameter[1];
    if (spec->shape == CSIM_DIST_SHAPE_NORMAL) {
        SET(CSIM_FORM_NORMAL, 0.5 * (low + high), 0.5 * (high - low) / z_95);
    } else {
        const double log_low = moe_log(low), log_high = moe_log(high);
        SET(CSIM_FORM_LOGNORMAL, 0.5 * (log_low + log_high), 0.5 * (log_high - log_low) / z_95);
    }
}

/* Sorts rows (value, weight) by value, so that a larger u never gives a smaller value, then accumulates the weights to exactly 1. */
static void compile_steps(const csim_dist_spec *spec, double *row, csim_dist *out) {
    double sum = 0;
    for (uint32_t i = 0; i < spec->knots; i++) {
        uint32_t at = i;
        for (; at > 0 && row[2 * at - 1] > spec->list[0][i]; at--) memcpy(row + 2 * at, row + 2 * (at - 1), 2 * sizeof *row);
        row[2 * at] = spec->list[1][i];
        row[2 * at + 1] = spec->list[0][i];
        sum += spec->list[1][i];
    }
    double running = 0;
    for (uint32_t i = 0; i < spec->knots; i++) {
        running += row[2 * i];
        row[2 * i] = running / sum;
    }
    SET(CSIM_FORM_STEPS, 0);
    out->rows = spec->knots;
}

/* Slope at an inner knot after Steffen (1990): never so steep that a cubic between knots could turn back. */
static double steffen_slope(const double *p, const double *x, uint32_t i) {
    const double left = p[i] - p[i - 1], right = p[i + 1] - p[i];
    const double rise_left = (x[i] - x[i - 1]) / left, rise_right = (x[i + 1] - x[i]) / right;
    const double parabola = (rise_left * right + rise_right * left) / (left + right);
    return moe_min(2 * moe_min(rise_left, rise_right), parabola);
}

/* The end slopes are those of the end chords: the first and last piece start without a bend that nobody asked for. */
static void compile_cubic(const csim_dist_spec *spec, double *row, csim_dist *out) {
    const double *p = spec->list[0], *x = spec->list[1];
    const uint32_t last = spec->knots - 1;
    for (uint32_t i = 0; i <= last; i++) {
        const uint32_t chord = i == 0 ? 0 : last - 1;
        const bool end = i == 0 || i == last;
        row[3 * i] = p[i];
        row[3 * i + 1] = x[i];
        row[3 * i + 2] = end ? (x[chord + 1] - x[chord]) / (p[chord + 1] - p[chord]) : steffen_slope(p, x, i);
    }
    SET(CSIM_FORM_CUBIC, 0);
    out->rows = spec->knots;
}

static csim_status compile_checked(const csim_dist_spec *spec, double *table, csim_dist *out, csim_error *err) {
    const double *p = spec->parameter;
    switch ((csim_dist_family)spec->family) {
    case CSIM_DIST_FIXED: SET(CSIM_FORM_FIXED, p[0]); break;
    case CSIM_DIST_UNIFORM: SET(CSIM_FORM_UNIFORM, p[0], p[1] - p[0]); break;
    case CSIM_DIST_TRIANGULAR: compile_triangular(p[0], p[1], p[2], out); break;
    case CSIM_DIST_NORMAL: SET(CSIM_FORM_NORMAL, p[0], p[1]); break;
    case CSIM_DIST_LOGNORMAL: SET(CSIM_FORM_LOGNORMAL, moe_log(p[0]), p[1]); break;
    case CSIM_DIST_HALF_NORMAL: SET(CSIM_FORM_HALF_NORMAL, p[0]); break;
    case CSIM_DIST_TRUNCATED_NORMAL: compile_truncated(p, out); break;
    case CSIM_DIST_BETA: SET(CSIM_FORM_LOGISTIC_TABLE, 0, 1); return csim_table_cached_beta(p[0], p[1], table, err);
    case CSIM_DIST_SCALED_BETA: SET(CSIM_FORM_LOGISTIC_TABLE, p[2], p[3] - p[2]); return csim_table_cached_beta(p[0], p[1], table, err);
    case CSIM_DIST_GAMMA: SET(CSIM_FORM_EXP_TABLE, p[1]); return csim_table_cached_gamma(p[0], table, err);
    case CSIM_DIST_INTERVAL90: compile_interval90(spec, out); break;
    case CSIM_DIST_DISCRETE: compile_steps(spec, table, out); break;
    case CSIM_DIST_QUANTILES: compile_cubic(spec, table, out); break;
    case CSIM_DIST_FAMILY_COUNT: break;
    }
    return CSIM_OK;
}

csim_status csim_dist_compile(const csim_dist_spec *spec, double *pool, size_t pool_size, size_t *pool_used, csim_dist *out,
                              csim_error *err) {
    csim_status status = csim_dist_spec_check(spec, err);
    if (status != CSIM_OK) return status;
    const size_t size = csim_dist_table_size(spec);
    if (size > pool_size - *pool_used)
        return csim_error_set(err, CSIM_LIMIT, "a quantile table of %zu numbers does not fit: %zu of %zu are used", size, *pool_used,
                              pool_size);
    memset(out, 0, sizeof *out);
    if (size > 0) out->table = (uint64_t)*pool_used;
    status = compile_checked(spec, size > 0 ? pool + *pool_used : NULL, out, err);
    if (status == CSIM_OK) *pool_used += size;
    return status;
}
