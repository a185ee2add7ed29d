/* What a report says of a distribution: its mean and one sentence. Must not be used by the engine. */
#include <math.h>
#include <stdio.h>

#include "csim/dist/dist.h"
#include "kernels/vmath.h"

static const double z_95 = 1.6448536269514722;

static double normal_density(double z) { return 0.3989422804014327 * exp(-0.5 * z * z); }

/* For a very narrow cut the textbook quotient loses its digits; two terms of the expansion about the middle are exact there. */
static double truncated_normal_mean(const double p[4]) {
    const double low = (p[2] - p[0]) / p[1], high = (p[3] - p[0]) / p[1], width = high - low, middle = 0.5 * (low + high);
    if (width < 1e-3) return p[0] + p[1] * (middle - middle * width * width / 12);
    const double mass = low > 0 ? moe_normal_cdf(-low) - moe_normal_cdf(-high) : moe_normal_cdf(high) - moe_normal_cdf(low);
    return moe_clip(p[0] + p[1] * (normal_density(low) - normal_density(high)) / mass, p[2], p[3]);
}

static double interval90_mean(const csim_dist_spec *spec) {
    const double low = spec->parameter[0], high = spec->parameter[1];
    if (spec->shape == CSIM_DIST_SHAPE_NORMAL) return 0.5 * (low + high);
    const double log_sd = 0.5 * log(high / low) / z_95;
    return sqrt(low) * sqrt(high) * exp(0.5 * log_sd * log_sd);
}

static double discrete_mean(const csim_dist_spec *spec) {
    double sum = 0, weights = 0;
    for (uint32_t i = 0; i < spec->knots; i++) {
        sum += spec->list[0][i] * spec->list[1][i];
        weights += spec->list[1][i];
    }
    return sum / weights;
}

/* The integral of the quantile function: each Hermite cubic in closed form, and the two constant ends. */
static double quantiles_mean(const csim_dist_spec *spec) {
    double row[3 * CSIM_DIST_MAX_KNOTS];
    size_t used = 0;
    csim_dist compiled;
    if (csim_dist_compile(spec, row, sizeof row / sizeof *row, &used, &compiled, NULL) != CSIM_OK) return (double)NAN;
    double sum = row[0] * row[1] + (1 - row[used - 3]) * row[used - 2];
    for (const double *at = row; at < row + used - 3; at += 3) {
        const double h = at[3] - at[0];
        sum += h * (at[1] + at[4]) / 2 + h * h * (at[2] - at[5]) / 12;
    }
    return sum;
}

double csim_dist_mean(const csim_dist_spec *spec) {
    const double *p = spec->parameter;
    switch ((csim_dist_family)spec->family) {
    case CSIM_DIST_FIXED:
    case CSIM_DIST_NORMAL: return p[0];
    case CSIM_DIST_UNIFORM: return 0.5 * (p[0] + p[1]);
    case CSIM_DIST_TRIANGULAR: return (p[0] + p[1] + p[2]) / 3;
    case CSIM_DIST_LOGNORMAL: return p[0] * exp(0.5 * p[1] * p[1]);
    case CSIM_DIST_HALF_NORMAL: return p[0] * 0.7978845608028654; /* √(2/π) */
    case CSIM_DIST_TRUNCATED_NORMAL: return truncated_normal_mean(p);
    case CSIM_DIST_BETA: return p[0] / (p[0] + p[1]);
    case CSIM_DIST_SCALED_BETA: return p[2] + (p[3] - p[2]) * p[0] / (p[0] + p[1]);
    case CSIM_DIST_GAMMA: return p[0] * p[1];
    case CSIM_DIST_DISCRETE: return discrete_mean(spec);
    case CSIM_DIST_INTERVAL90: return interval90_mean(spec);
    case CSIM_DIST_QUANTILES: return quantiles_mean(spec);
    case CSIM_DIST_FAMILY_COUNT: break;
    }
    return (double)NAN;
}

typedef struct number { char text[32]; } number;

/* Three significant digits without trailing zeros; powers of ten only where a reader would want them. */
static number three_digits(double x) {
    number out;
    const double magnitude = fabs(x);
    if (magnitude != 0 && (magnitude < 1e-4 || magnitude >= 1e7)) {
        snprintf(out.text, sizeof out.text, "%.3g", x);
        return out;
    }
    const int exponent = magnitude == 0 ? 0 : (int)floor(log10(magnitude)), decimals = exponent > 1 ? 0 : 2 - exponent;
    int end = snprintf(out.text, sizeof out.text, "%.*f", decimals, x);
    while (decimals > 0 && out.text[end - 1] == '0') end--;
    if (decimals > 0 && out.text[end - 1] == '.') end--;
    out.text[end] = '\0';
    return out;
}

/* The words before "90 % between": the family and the one number that names it best. */
static void write_head(const csim_dist_spec *spec, const csim_dist *self, const double *pool, char *text, size_t size) {
    const double *p = spec->parameter;
    const char *words = csim_dist_family_get((csim_dist_family)spec->family)->words;
    const number median = three_digits(csim_dist_quantile(self, pool, 0.5)), mean = three_digits(csim_dist_mean(spec));
    switch ((csim_dist_family)spec->family) {
    case CSIM_DIST_BETA:
    case CSIM_DIST_SCALED_BETA:
        snprintf(text, size, "%s (%s, %s), mean %s", words, three_digits(p[0]).text, three_digits(p[1]).text, mean.text);
        break;
    case CSIM_DIST_GAMMA: snprintf(text, size, "%s (shape %s), mean %s", words, three_digits(p[0]).text, mean.text); break;
    case CSIM_DIST_NORMAL: snprintf(text, size, "%s, mean %s", words, mean.text); break;
    case CSIM_DIST_INTERVAL90:
        snprintf(text, size, "%s, median %s", spec->shape == CSIM_DIST_SHAPE_NORMAL ? "normal" : "log-normal", median.text);
        break;
    default: snprintf(text, size, "%s, median %s", words, median.text);
    }
}

char *csim_dist_describe(const csim_dist_spec *spec, const csim_dist *self, const double *pool, char *text, size_t size) {
    const double *p = spec->parameter;
    char head[160];
    switch ((csim_dist_family)spec->family) {
    case CSIM_DIST_FIXED: snprintf(text, size, "fixed at %s", three_digits(p[0]).text); break;
    case CSIM_DIST_UNIFORM: snprintf(text, size, "uniform between %s and %s", three_digits(p[0]).text, three_digits(p[1]).text); break;
    case CSIM_DIST_DISCRETE: snprintf(text, size, "one of %u values, mean %s", spec->knots, three_digits(csim_dist_mean(spec)).text); break;
    default:
        write_head(spec, self, pool, head, sizeof head);
        snprintf(text, size, "%s, 90 %% between %s and %s", head, three_digits(csim_dist_quantile(self, pool, 0.05)).text,
                 three_digits(csim_dist_quantile(self, pool, 0.95)).text);
    }
    return text;
}
