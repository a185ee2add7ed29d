/* The rules a distribution's parameters must keep, one function a kind of rule, one sentence a rule. */
#include "csim/dist/spec.h"

#include <math.h>
#include <string.h>

#include "kernels/vmath.h"

/* The rows carry parenthesised braces, so that the list can be one macro; BARE takes the parentheses off again. */
#define BARE(...) __VA_ARGS__
static const csim_dist_family_info families[CSIM_DIST_FAMILY_COUNT] = {
#define FAMILY_ROW(id, name, words, parameters, lists) {name, words, BARE parameters, BARE lists},
    CSIM_DIST_FAMILY_LIST(FAMILY_ROW)
#undef FAMILY_ROW
};
#undef BARE

static const double largest_magnitude = 1e100; /* keeps differences and squares of parameters finite */
static const double largest_log_sd = 20;       /* keeps e^(8.3 log_sd) finite */
static const double smallest_mass = 1e-15;     /* of a truncated normal: what a double still resolves */

const csim_dist_family_info *csim_dist_family_get(csim_dist_family family) {
    return (unsigned)family < CSIM_DIST_FAMILY_COUNT ? &families[family] : NULL;
}

bool csim_dist_family_find(const char *name, csim_dist_family *out) {
    for (int i = 0; i < CSIM_DIST_FAMILY_COUNT; i++) {
        if (strcmp(name, families[i].name) != 0) continue;
        *out = (csim_dist_family)i;
        return true;
    }
    return false;
}

csim_dist_spec csim_dist_spec_start(csim_dist_family family) {
    csim_dist_spec spec = {.family = (uint32_t)family};
    for (int i = 0; i < CSIM_DIST_MAX_PARAMETERS && families[family].parameter[i]; i++) spec.parameter[i] = (double)NAN;
    if (family == CSIM_DIST_TRUNCATED_NORMAL) {
        spec.parameter[2] = (double)-INFINITY;
        spec.parameter[3] = (double)INFINITY;
    }
    return spec;
}

#define REFUSE(code, field, ...) csim_error_set_at(err, code, NULL, 0, 0, field, __VA_ARGS__)

static bool may_be_infinite(const csim_dist_spec *self, int i) { return self->family == CSIM_DIST_TRUNCATED_NORMAL && i >= 2; }

/* Every parameter is there, a number, and not so large that sums overflow. */
static csim_status check_numbers(const csim_dist_spec *self, const csim_dist_family_info *info, csim_error *err) {
    for (int i = 0; i < CSIM_DIST_MAX_PARAMETERS && info->parameter[i]; i++) {
        const double value = self->parameter[i];
        const char *name = info->parameter[i];
        if (isnan(value)) return REFUSE(CSIM_MISSING_KEY, name, "%s is missing or not a number", name);
        if (isinf(value) && may_be_infinite(self, i)) continue;
        if (fabs(value) > largest_magnitude)
            return REFUSE(CSIM_OUT_OF_RANGE, name, "%s must lie within ±%g, got %g", name, largest_magnitude, value);
    }
    return CSIM_OK;
}

static csim_status check_positive(const char *name, double value, csim_error *err) {
    if (value > 0) return CSIM_OK;
    REFUSE(CSIM_OUT_OF_RANGE, name, "%s must be above 0, got %g", name, value);
    csim_error_hint(err, "a certain value is written with the family fixed");
    return CSIM_OUT_OF_RANGE;
}

static csim_status check_order(double low, double high, csim_error *err) {
    if (low < high) return CSIM_OK;
    return REFUSE(CSIM_INCONSISTENT, "low", "low must be below high, got low %g and high %g", low, high);
}

static csim_status check_shape(const char *name, double value, csim_error *err) {
    if (value >= CSIM_DIST_SHAPE_MIN && value <= CSIM_DIST_SHAPE_MAX) return CSIM_OK;
    return REFUSE(CSIM_OUT_OF_RANGE, name, "%s must lie between %g and %g, got %g", name, CSIM_DIST_SHAPE_MIN, CSIM_DIST_SHAPE_MAX, value);
}

static csim_status check_triangular(double low, double mode, double high, csim_error *err) {
    const csim_status status = check_order(low, high, err);
    if (status != CSIM_OK) return status;
    if (mode >= low && mode <= high) return CSIM_OK;
    return REFUSE(CSIM_INCONSISTENT, "mode", "mode must lie between low %g and high %g, got %g", low, high, mode);
}

static csim_status check_lognormal(double median, double log_sd, csim_error *err) {
    csim_status status = check_positive("median", median, err);
    if (status == CSIM_OK) status = check_positive("log_sd", log_sd, err);
    if (status != CSIM_OK || log_sd <= largest_log_sd) return status;
    return REFUSE(CSIM_OUT_OF_RANGE, "log_sd", "log_sd must be at most %g, got %g", largest_log_sd, log_sd);
}

static csim_status check_truncated(const double p[4], csim_error *err) {
    csim_status status = check_positive("sd", p[1], err);
    if (status == CSIM_OK) status = check_order(p[2], p[3], err);
    if (status != CSIM_OK) return status;
    const double low = (p[2] - p[0]) / p[1], high = (p[3] - p[0]) / p[1];
    const double mass = low > 0 ? moe_normal_cdf(-low) - moe_normal_cdf(-high) : moe_normal_cdf(high) - moe_normal_cdf(low);
    if (mass >= smallest_mass) return CSIM_OK;
    return REFUSE(CSIM_INCONSISTENT, low > 0 ? "low" : "high",
                  "low %g to high %g holds less than %g of a normal with mean %g and sd %g: nothing is left to draw from", p[2], p[3],
                  smallest_mass, p[0], p[1]);
}

static csim_status check_beta(const double p[4], bool scaled, csim_error *err) {
    csim_status status = check_shape("a", p[0], err);
    if (status == CSIM_OK) status = check_shape("b", p[1], err);
    if (status == CSIM_OK && scaled) status = check_order(p[2], p[3], err);
    return status;
}

static csim_status check_gamma(const double p[4], csim_error *err) {
    const csim_status status = check_shape("shape", p[0], err);
    return status == CSIM_OK ? check_positive("scale", p[1], err) : status;
}

static csim_status check_interval90(const csim_dist_spec *self, csim_error *err) {
    const double low = self->parameter[0], high = self->parameter[1];
    if (self->shape >= CSIM_DIST_SHAPE_COUNT) return REFUSE(CSIM_UNKNOWN_NAME, "shape", "shape must be normal or lognormal");
    if (check_order(low, high, err) != CSIM_OK) return CSIM_INCONSISTENT;
    if (self->shape == CSIM_DIST_SHAPE_NORMAL) return CSIM_OK;
    if (low <= 0) return REFUSE(CSIM_OUT_OF_RANGE, "low", "low must be above 0 for the log-normal shape, got %g", low);
    if (moe_log(high / low) / 3.2897072539029444 <= largest_log_sd) return CSIM_OK;
    return REFUSE(CSIM_OUT_OF_RANGE, "high", "high must be less than e^65 times low, got low %g and high %g", low, high);
}

static csim_status check_knot_count(const csim_dist_spec *self, uint32_t least, const char *name, csim_error *err) {
    if (self->knots < least) return REFUSE(CSIM_OUT_OF_RANGE, name, "%s needs at least %u entries, got %u", name, least, self->knots);
    if (self->knots <= CSIM_DIST_MAX_KNOTS) return CSIM_OK;
    return REFUSE(CSIM_LIMIT, name, "%s may have at most %d entries, got %u", name, CSIM_DIST_MAX_KNOTS, self->knots);
}

/* Positions in messages count from 1, as people do. */
static csim_status check_list_numbers(const csim_dist_spec *self, int list, const char *name, csim_error *err) {
    for (uint32_t i = 0; i < self->knots; i++)
        if (!(fabs(self->list[list][i]) <= largest_magnitude))
            return REFUSE(CSIM_OUT_OF_RANGE, name, "entry %u of %s must be a number within ±%g, got %g", i + 1, name, largest_magnitude,
                          self->list[list][i]);
    return CSIM_OK;
}

static csim_status check_discrete(const csim_dist_spec *self, csim_error *err) {
    const double *weight = self->list[1];
    double sum = 0;
    for (uint32_t i = 0; i < self->knots; i++) {
        if (weight[i] < 0) return REFUSE(CSIM_OUT_OF_RANGE, "weights", "entry %u of weights must not be negative, got %g", i + 1, weight[i]);
        sum += weight[i];
    }
    return sum > 0 ? CSIM_OK : REFUSE(CSIM_INCONSISTENT, "weights", "the weights sum to 0: at least one must be above 0");
}

static csim_status check_quantiles(const csim_dist_spec *self, csim_error *err) {
    const double *p = self->list[0], *x = self->list[1];
    for (uint32_t i = 0; i < self->knots; i++) {
        if (p[i] < 0 || p[i] > 1) return REFUSE(CSIM_OUT_OF_RANGE, "p", "entry %u of p must lie between 0 and 1, got %g", i + 1, p[i]);
        if (i == 0) continue;
        if (p[i] <= p[i - 1]) return REFUSE(CSIM_INCONSISTENT, "p", "p must increase, but entry %u is %g after %g", i + 1, p[i], p[i - 1]);
        if (x[i] < x[i - 1]) return REFUSE(CSIM_INCONSISTENT, "x", "x must not fall, but entry %u is %g after %g", i + 1, x[i], x[i - 1]);
    }
    return CSIM_OK;
}

static csim_status check_lists(const csim_dist_spec *self, const csim_dist_family_info *info, csim_error *err) {
    const bool quantiles = self->family == CSIM_DIST_QUANTILES;
    csim_status status = check_knot_count(self, quantiles ? 2 : 1, info->list[0], err);
    for (int i = 0; i < CSIM_DIST_LISTS && status == CSIM_OK; i++) status = check_list_numbers(self, i, info->list[i], err);
    if (status != CSIM_OK) return status;
    return quantiles ? check_quantiles(self, err) : check_discrete(self, err);
}

csim_status csim_dist_spec_check(const csim_dist_spec *self, csim_error *err) {
    const csim_dist_family_info *info = csim_dist_family_get((csim_dist_family)self->family);
    if (!info) return REFUSE(CSIM_UNKNOWN_NAME, "family", "family number %u does not exist", self->family);
    const csim_status status = check_numbers(self, info, err);
    if (status != CSIM_OK) return status;
    const double *p = self->parameter;
    switch ((csim_dist_family)self->family) {
    case CSIM_DIST_FIXED: return CSIM_OK;
    case CSIM_DIST_UNIFORM: return check_order(p[0], p[1], err);
    case CSIM_DIST_TRIANGULAR: return check_triangular(p[0], p[1], p[2], err);
    case CSIM_DIST_NORMAL: return check_positive("sd", p[1], err);
    case CSIM_DIST_LOGNORMAL: return check_lognormal(p[0], p[1], err);
    case CSIM_DIST_HALF_NORMAL: return check_positive("scale", p[0], err);
    case CSIM_DIST_TRUNCATED_NORMAL: return check_truncated(p, err);
    case CSIM_DIST_BETA: return check_beta(p, false, err);
    case CSIM_DIST_SCALED_BETA: return check_beta(p, true, err);
    case CSIM_DIST_GAMMA: return check_gamma(p, err);
    case CSIM_DIST_INTERVAL90: return check_interval90(self, err);
    case CSIM_DIST_DISCRETE:
    case CSIM_DIST_QUANTILES: return check_lists(self, info, err);
    case CSIM_DIST_FAMILY_COUNT: break;
    }
    return REFUSE(CSIM_UNKNOWN_NAME, "family", "family number %u does not exist", self->family);
}
