/* Distributions against exact references, GSL's cdfs and their own definitions; the checks of parameters; the copula. */
#include "tests/c/check.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_spline.h>
#include <gsl/gsl_statistics_double.h>
#include <stdio.h>

#include "csim/dist/copula.h"
#include "csim/dist/correlation.h"
#include "csim/dist/dist.h"
#include "csim/dist/incomplete.h"
#include "csim/dist/table_cache.h"
#include "csim/rng/stream.h"
#include "kernels/vmath.h"

static double pool[2 * CSIM_TABLE_SIZE];
static int handler_calls;

static void count_handler_calls(const char *reason, const char *file, int line, int code) {
    print_error("GSL handler: %s (%s:%d, %d)\n", reason, file, line, code);
    handler_calls++;
}

static csim_dist_spec spec_of(csim_dist_family family, double a, double b, double c, double d) {
    csim_dist_spec spec = {.family = (uint32_t)family, .parameter = {a, b, c, d}};
    return spec;
}

static csim_dist_spec spec_with_lists(csim_dist_family family, uint32_t knots, const double *first, const double *second) {
    csim_dist_spec spec = {.family = (uint32_t)family, .knots = knots};
    memcpy(spec.list[0], first, knots * sizeof *first);
    memcpy(spec.list[1], second, knots * sizeof *second);
    return spec;
}

static csim_dist compiled(const csim_dist_spec *spec) {
    csim_error err = {0};
    csim_dist dist;
    size_t used = 0;
    check_status(csim_dist_compile(spec, pool, sizeof pool / sizeof *pool, &used, &dist, &err), &err);
    assert_int_equal(used, csim_dist_table_size(spec));
    return dist;
}

static const struct reference { csim_dist_family family; uint32_t shape; double parameter[4], u, x; } references[] = {
#include "tests/c/distribution_references.inc"
};

/* Errors are relative to x; but a normal cut at 0 is a difference of mean and z·sd, so near 0 its error is relative to sd. */
static double reference_scale(const struct reference *r) {
    return r->family == CSIM_DIST_TRUNCATED_NORMAL ? fmax(fabs(r->x), r->parameter[1]) : fabs(r->x);
}

static void quantiles_equal_exact_references(void **state) {
    (void)state;
    double worst = 0;
    for (size_t i = 0; i < sizeof references / sizeof *references; i++) {
        const struct reference *r = &references[i];
        csim_dist_spec spec = spec_of(r->family, r->parameter[0], r->parameter[1], r->parameter[2], r->parameter[3]);
        spec.shape = r->shape;
        const csim_dist dist = compiled(&spec);
        const double x = csim_dist_quantile(&dist, pool, r->u);
        const double scale = reference_scale(r), error = fabs(x - r->x) / scale;
        worst = fmax(worst, error);
        if (!(error <= 1e-12))
            print_error("%s(%g, %g) at u = %.17g\n", csim_dist_family_get(r->family)->name, r->parameter[0], r->parameter[1], r->u);
        check_near(x, r->x, 1e-12 * scale);
    }
    print_message("largest relative error of %zu quantiles: %.2g\n", sizeof references / sizeof *references, worst);
}

/* u → x → P(x), Q(x): the smaller tail must return with its relative accuracy. The tolerance is GSL's own accuracy. */
static void expect_round_trip(const csim_dist_spec *spec, double (*lower)(const double *p, double x), double (*upper)(const double *p, double x)) {
    const csim_dist dist = compiled(spec);
    for (double z = -6; z <= 6; z += 0.01) {
        const double u = moe_normal_cdf(z), x = csim_dist_quantile(&dist, pool, u);
        if (u < 0.5) check_close(lower(spec->parameter, x), u, 2e-11);
        else if (1 - x > 1e-4) check_close(upper(spec->parameter, x), 1 - u, 2e-11);
    }
}
static double beta_lower(const double *p, double x) { return gsl_cdf_beta_P(x, p[0], p[1]); }
static double beta_upper(const double *p, double x) { return gsl_cdf_beta_Q(x, p[0], p[1]); }
static double gamma_lower(const double *p, double x) { return gsl_cdf_gamma_P(x, p[0], p[1]); }
static double gamma_upper(const double *p, double x) { return gsl_cdf_gamma_Q(x, p[0], p[1]); }

static void cdf_of_quantile_returns_u(void **state) {
    (void)state;
    static const double shapes[] = {0.2, 0.5, 1, 2.5, 5.5, 20, 94.5};
    for (size_t i = 0; i < 7; i++) {
        const csim_dist_spec gamma = spec_of(CSIM_DIST_GAMMA, shapes[i], 0.01, 0, 0);
        expect_round_trip(&gamma, gamma_lower, gamma_upper);
        for (size_t j = 0; j < 7; j++) {
            const csim_dist_spec beta = spec_of(CSIM_DIST_BETA, shapes[i], shapes[j], 0, 0);
            expect_round_trip(&beta, beta_lower, beta_upper);
        }
    }
}

/* The whole permitted range of shapes, measured against the exact tails: error of x is (P(x) − u) / (x f(x)). */
static void tables_keep_1e_12_over_all_permitted_shapes(void **state) {
    (void)state;
    static const double shapes[] = {CSIM_DIST_SHAPE_MIN, 0.35, 1, 3, 30, 1000, CSIM_DIST_SHAPE_MAX};
    double table[CSIM_TABLE_SIZE], worst = 0;
    csim_error err = {0};
    for (size_t i = 0; i < 49; i++) {
        const double a = shapes[i / 7], b = shapes[i % 7];
        check_status(csim_table_build_beta(a, b, table, &err), &err);
        for (double z = -8.2, last = -HUGE_VAL; z <= 8.2; z += 0.0173) {
            const double y = csim_table_at(table, z);
            const csim_tails at = csim_beta_tails(a, b, (long double)y);
            const long double wanted = 0.5L * erfcl(fabsl((long double)z) / sqrtl(2)), got = z < 0 ? at.lower : at.upper;
            assert_true(y > last);
            last = y;
            worst = fmax(worst, (double)fabsl((got - wanted) / at.slope));
        }
    }
    print_message("largest relative error over all permitted beta shapes: %.2g\n", worst);
    check_between(worst, 0, 1e-12);
    assert_int_equal(handler_calls, 0);
}

static void tables_join_and_end_without_a_step(void **state) {
    (void)state;
    double table[CSIM_TABLE_SIZE];
    csim_error err = {0};
    check_status(csim_table_build_gamma(0.5, table, &err), &err);
    for (int piece = 1; piece < CSIM_TABLE_PIECES; piece++) {
        const double z = CSIM_TABLE_Z_MAX * (2.0 * piece / CSIM_TABLE_PIECES - 1);
        check_near(csim_table_at(table, z + 1e-15), csim_table_at(table, z - 1e-15), 1e-12);
    }
    check_ulp(csim_table_at(table, 9), csim_table_at(table, CSIM_TABLE_Z_MAX), 0);
    check_ulp(csim_table_at(table, -9), csim_table_at(table, -CSIM_TABLE_Z_MAX), 0);
}

static void expect_cached(double a, double b) {
    double table[CSIM_TABLE_SIZE], again[CSIM_TABLE_SIZE];
    csim_error err = {0};
    check_status(b > 0 ? csim_table_build_beta(a, b, table, &err) : csim_table_build_gamma(a, table, &err), &err);
    for (int i = 0; i < 2; i++) {
        check_status(b > 0 ? csim_table_cached_beta(a, b, again, &err) : csim_table_cached_gamma(a, again, &err), &err);
        assert_memory_equal(table, again, sizeof table);
    }
}

static void a_cached_table_has_the_bits_of_a_fresh_one_even_when_the_cache_is_full(void **state) {
    double table[CSIM_TABLE_SIZE];
    csim_error err = {0};
    (void)state;
    expect_cached(2, 5);
    expect_cached(5, 2);
    expect_cached(2, 0);
    for (int i = 0; i < CSIM_TABLE_CACHE; i++) check_status(csim_table_cached_gamma(3 + i, table, &err), &err);
    expect_cached(2, 5);
    expect_cached(3 + CSIM_TABLE_CACHE - 1, 0);
}

static void incomplete_functions_agree_with_libm_and_gsl(void **state) {
    (void)state;
    for (double x = 0.2; x < 3e4; x *= 1.01) check_near((double)csim_log_gamma((long double)x), (double)lgammal((long double)x), 1e-16 * (1 + 8 * x));
    check_close((double)csim_gamma_tails(2.5, 0).lower, gsl_cdf_gamma_P(1, 2.5, 1), 1e-13);
    check_close((double)csim_gamma_tails(2.5, logl(9)).upper, gsl_cdf_gamma_Q(9, 2.5, 1), 1e-13);
    check_close((double)csim_beta_tails(3, 4, logl(0.25L)).lower, gsl_cdf_beta_P(0.2, 3, 4), 1e-13);
    check_close((double)csim_beta_tails(3, 4, logl(4)).upper, gsl_cdf_beta_Q(0.8, 3, 4), 1e-12);
}

static void every_family_rises_with_u_and_blocks_equal_single_quantiles(void **state) {
    (void)state;
    static const double p[] = {0, 0.3, 0.8, 1}, x[] = {1, 1, 5, 9}, values[] = {3, 1, 2}, weights[] = {1, 2, 1};
    const csim_dist_spec specs[] = {
        spec_of(CSIM_DIST_FIXED, 4, 0, 0, 0), spec_of(CSIM_DIST_UNIFORM, -1, 2, 0, 0), spec_of(CSIM_DIST_TRIANGULAR, 0, 1, 3, 0),
        spec_of(CSIM_DIST_NORMAL, 1, 2, 0, 0), spec_of(CSIM_DIST_LOGNORMAL, 2, 0.5, 0, 0), spec_of(CSIM_DIST_HALF_NORMAL, 2, 0, 0, 0),
        spec_of(CSIM_DIST_TRUNCATED_NORMAL, 0, 1, -0.5, HUGE_VAL), spec_of(CSIM_DIST_BETA, 2, 5, 0, 0),
        spec_of(CSIM_DIST_SCALED_BETA, 2, 5, -3, 4), spec_of(CSIM_DIST_GAMMA, 0.5, 2, 0, 0),
        spec_with_lists(CSIM_DIST_DISCRETE, 3, values, weights), spec_of(CSIM_DIST_INTERVAL90, 1, 2, 0, 0), spec_with_lists(CSIM_DIST_QUANTILES, 4, p, x)};
    enum { POINTS = 2000 };
    static double u[POINTS], z[POINTS], block[POINTS];
    assert_int_equal(sizeof specs / sizeof *specs, CSIM_DIST_FAMILY_COUNT);
    for (int i = 0; i < POINTS; i++) u[i] = (i + 0.5) / POINTS;
    u[0] = 0x1p-53;
    u[POINTS - 1] = 1 - 0x1p-53;
    moe_normal_quantile_block(u, z, POINTS);
    for (int f = 0; f < CSIM_DIST_FAMILY_COUNT; f++) {
        assert_int_equal(specs[f].family, f);
        const csim_dist dist = compiled(&specs[f]);
        csim_dist_eval_block(&dist, pool, u, z, block, POINTS);
        for (int i = 0; i < POINTS; i++) {
            check_ulp(block[i], csim_dist_quantile(&dist, pool, u[i]), 0);
            check_between(block[i], i ? block[i - 1] : -1e300, 1e300);
        }
    }
}

/* The mean again, as ∫ x(z) φ(z) dz: the trapezoid rule converges beyond all powers for the smooth families. */
static void mean_equals_the_integral_of_the_quantiles(void **state) {
    (void)state;
    const csim_dist_spec smooth[] = {
        spec_of(CSIM_DIST_NORMAL, 1, 2, 0, 0), spec_of(CSIM_DIST_LOGNORMAL, 2, 0.5, 0, 0), spec_of(CSIM_DIST_HALF_NORMAL, 2, 0, 0, 0),
        spec_of(CSIM_DIST_TRUNCATED_NORMAL, 1, 2, -0.5, 6), spec_of(CSIM_DIST_TRUNCATED_NORMAL, 0, 1, 5, HUGE_VAL),
        spec_of(CSIM_DIST_TRUNCATED_NORMAL, 0, 1, 2, 2.0005), spec_of(CSIM_DIST_BETA, 2, 5, 0, 0),
        spec_of(CSIM_DIST_SCALED_BETA, 2, 5, -3, 4), spec_of(CSIM_DIST_GAMMA, 0.5, 2, 0, 0), spec_of(CSIM_DIST_INTERVAL90, 1, 2, 0, 0),
        {.family = CSIM_DIST_INTERVAL90, .shape = CSIM_DIST_SHAPE_LOGNORMAL, .parameter = {1, 20}}, spec_of(CSIM_DIST_UNIFORM, -1, 2, 0, 0)};
    for (size_t f = 0; f < sizeof smooth / sizeof *smooth; f++) {
        const csim_dist dist = compiled(&smooth[f]);
        double sum = 0;
        for (double z = -8; z <= 8; z += 1.0 / 64) sum += csim_dist_quantile(&dist, pool, moe_normal_cdf(z)) * exp(-0.5 * z * z);
        check_close(csim_dist_mean(&smooth[f]), sum / 64 / sqrt(2 * 3.14159265358979323846), 1e-9);
    }
}

static void mean_of_the_piecewise_families(void **state) {
    (void)state;
    static const double p[] = {0.1, 0.4, 0.9}, x[] = {1, 2, 7}, values[] = {3, 1, 2}, weights[] = {1, 2, 1};
    const csim_dist_spec quantiles = spec_with_lists(CSIM_DIST_QUANTILES, 3, p, x), discrete = spec_with_lists(CSIM_DIST_DISCRETE, 3, values, weights),
                         triangular = spec_of(CSIM_DIST_TRIANGULAR, 0, 1, 5, 0), fixed = spec_of(CSIM_DIST_FIXED, 7, 0, 0, 0);
    const csim_dist dist = compiled(&quantiles);
    double sum = 0;
    for (int i = 0; i < 100000; i++) sum += csim_dist_quantile(&dist, pool, (i + 0.5) / 100000) / 100000;
    check_close(csim_dist_mean(&quantiles), sum, 1e-9);
    check_close(csim_dist_mean(&discrete), 1.75, 1e-15);
    check_close(csim_dist_mean(&triangular), 2, 1e-15);
    check_ulp(csim_dist_mean(&fixed), 7, 0);
}

static void discrete_values_come_sorted_with_their_weights(void **state) {
    (void)state;
    static const double values[] = {30, 10, 20}, weights[] = {1, 2, 0};
    const csim_dist_spec spec = spec_with_lists(CSIM_DIST_DISCRETE, 3, values, weights);
    const csim_dist dist = compiled(&spec);
    check_ulp(csim_dist_quantile(&dist, pool, 0.01), 10, 0);
    check_ulp(csim_dist_quantile(&dist, pool, 0.6666), 10, 0);
    check_ulp(csim_dist_quantile(&dist, pool, 0.6667), 30, 0);
    check_ulp(csim_dist_quantile(&dist, pool, 1 - 0x1p-53), 30, 0);
}

/* GSL's Steffen interpolation has the same slopes at the inner knots and at the ends. */
static void given_quantiles_follow_a_steffen_spline(void **state) {
    (void)state;
    static const double p[] = {0.05, 0.1, 0.4, 0.5, 0.9, 0.95}, x[] = {-3, -1, 0, 4, 4, 30};
    const csim_dist_spec spec = spec_with_lists(CSIM_DIST_QUANTILES, 6, p, x);
    const csim_dist dist = compiled(&spec);
    gsl_spline *oracle = gsl_spline_alloc(gsl_interp_steffen, 6);
    assert_non_null(oracle);
    gsl_spline_init(oracle, p, x, 6);
    for (double u = 0.05; u <= 0.95; u += 1.0 / 1024) check_near(csim_dist_quantile(&dist, pool, u), gsl_spline_eval(oracle, u, NULL), 1e-12);
    for (int i = 0; i < 6; i++) check_close(csim_dist_quantile(&dist, pool, p[i]), x[i], 1e-15);
    check_ulp(csim_dist_quantile(&dist, pool, 1e-9), -3, 0);
    check_ulp(csim_dist_quantile(&dist, pool, 0.99), 30, 0);
    gsl_spline_free(oracle);
}

static void truncation_never_leaves_its_bounds(void **state) {
    (void)state;
    const csim_dist_spec spec = spec_of(CSIM_DIST_TRUNCATED_NORMAL, 0.25, 0.08, 0.1, 0.3);
    const csim_dist dist = compiled(&spec);
    check_close(csim_dist_quantile(&dist, pool, 0x1p-53), 0.1, 1e-14);
    check_close(csim_dist_quantile(&dist, pool, 1 - 0x1p-53), 0.3, 1e-14);
    for (double u = 0x1p-53; u < 1; u += 0.001) check_between(csim_dist_quantile(&dist, pool, u), 0.1, 0.3);
}

static void descriptions_read_as_sentences(void **state) {
    (void)state;
    static const double values[] = {3, 1}, weights[] = {1, 1};
    const struct { csim_dist_spec spec; const char *text; } cases[] = {
        {spec_of(CSIM_DIST_LOGNORMAL, 2.4, 0.35, 0, 0), "log-normal, median 2.4, 90 % between 1.35 and 4.27"},
        {spec_of(CSIM_DIST_LOGNORMAL, 2600, 0.25, 0, 0), "log-normal, median 2600, 90 % between 1723 and 3922"},
        {spec_of(CSIM_DIST_NORMAL, 0.05, 0.02, 0, 0), "normal, mean 0.05, 90 % between 0.0171 and 0.0829"},
        {spec_of(CSIM_DIST_BETA, 2, 4, 0, 0), "beta (2, 4), mean 0.333, 90 % between 0.0764 and 0.657"},
        {spec_of(CSIM_DIST_GAMMA, 4, 0.1, 0, 0), "gamma (shape 4), mean 0.4, 90 % between 0.137 and 0.775"},
        {spec_of(CSIM_DIST_FIXED, 1e9, 0, 0, 0), "fixed at 1e+09"},
        {spec_of(CSIM_DIST_FIXED, 0, 0, 0, 0), "fixed at 0"},
        {spec_of(CSIM_DIST_UNIFORM, -2, 30, 0, 0), "uniform between -2 and 30"},
        {spec_with_lists(CSIM_DIST_DISCRETE, 2, values, weights), "one of 2 values, mean 2"},
        {spec_of(CSIM_DIST_INTERVAL90, 1, 4, 0, 0), "normal, median 2.5, 90 % between 1 and 4"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[200];
        const csim_dist dist = compiled(&cases[i].spec);
        assert_string_equal(csim_dist_describe(&cases[i].spec, &dist, pool, text, sizeof text), cases[i].text);
    }
}

static void family_names_and_parameters_can_be_looked_up(void **state) {
    (void)state;
    csim_dist_family family;
    for (int i = 0; i < CSIM_DIST_FAMILY_COUNT; i++) {
        assert_true(csim_dist_family_find(csim_dist_family_get((csim_dist_family)i)->name, &family));
        assert_int_equal(family, i);
    }
    assert_false(csim_dist_family_find("log-normal", &family));
    assert_string_equal(csim_dist_family_get(CSIM_DIST_TRUNCATED_NORMAL)->parameter[3], "high");
    assert_string_equal(csim_dist_family_get(CSIM_DIST_QUANTILES)->list[1], "x");
    assert_null(csim_dist_family_get(CSIM_DIST_NORMAL)->list[0]);
    assert_null(csim_dist_family_get(CSIM_DIST_NORMAL)->parameter[2]);
}

static void wrong_parameters_are_named(void **state) {
    (void)state;
    static const double up[] = {0.1, 0.5, 0.9}, flat[] = {0.1, 0.5, 0.5}, over[] = {0.1, 0.5, 1.1}, down[] = {3, 2, 1}, zeros[] = {0, 0, 0},
                        minus[] = {1, -1, 1}, broken[] = {1, (double)NAN, 2};
    csim_dist_spec too_many = {.family = CSIM_DIST_DISCRETE, .knots = CSIM_DIST_MAX_KNOTS + 1}, odd_shape = spec_of(CSIM_DIST_INTERVAL90, 1, 2, 0, 0);
    csim_dist_spec zero_log = spec_of(CSIM_DIST_INTERVAL90, 0, 2, 0, 0), wide_log = spec_of(CSIM_DIST_INTERVAL90, 1e-30, 1e30, 0, 0);
    odd_shape.shape = 9;
    zero_log.shape = wide_log.shape = CSIM_DIST_SHAPE_LOGNORMAL;
    const struct { csim_dist_spec spec; csim_status status; const char *field, *part; } cases[] = {
        {spec_of(CSIM_DIST_NORMAL, 0, -1, 0, 0), CSIM_OUT_OF_RANGE, "sd", "above 0, got -1"},
        {spec_of(CSIM_DIST_NORMAL, (double)NAN, 1, 0, 0), CSIM_MISSING_KEY, "mean", "mean is missing"},
        {csim_dist_spec_start(CSIM_DIST_GAMMA), CSIM_MISSING_KEY, "shape", "shape is missing"},
        {spec_of(CSIM_DIST_NORMAL, HUGE_VAL, 1, 0, 0), CSIM_OUT_OF_RANGE, "mean", "got inf"},
        {spec_of(CSIM_DIST_UNIFORM, 2, 2, 0, 0), CSIM_INCONSISTENT, "low", "low 2 and high 2"},
        {spec_of(CSIM_DIST_TRIANGULAR, 0, 4, 3, 0), CSIM_INCONSISTENT, "mode", "between low 0 and high 3, got 4"},
        {spec_of(CSIM_DIST_LOGNORMAL, 0, 1, 0, 0), CSIM_OUT_OF_RANGE, "median", "above 0"},
        {spec_of(CSIM_DIST_LOGNORMAL, 1, 30, 0, 0), CSIM_OUT_OF_RANGE, "log_sd", "at most 20"},
        {spec_of(CSIM_DIST_HALF_NORMAL, 0, 0, 0, 0), CSIM_OUT_OF_RANGE, "scale", "above 0, got 0"},
        {spec_of(CSIM_DIST_TRUNCATED_NORMAL, 0, 1, 3, 2), CSIM_INCONSISTENT, "low", "below high"},
        {spec_of(CSIM_DIST_TRUNCATED_NORMAL, 0, 1, 9, 10), CSIM_INCONSISTENT, "low", "nothing is left"},
        {spec_of(CSIM_DIST_TRUNCATED_NORMAL, 0, 1, -HUGE_VAL, -9), CSIM_INCONSISTENT, "high", "nothing is left"},
        {spec_of(CSIM_DIST_BETA, 2, 0.01, 0, 0), CSIM_OUT_OF_RANGE, "b", "between 0.2 and 10000, got 0.01"},
        {spec_of(CSIM_DIST_SCALED_BETA, 2, 2, 1, 0), CSIM_INCONSISTENT, "low", "below high"},
        {spec_of(CSIM_DIST_GAMMA, 2, 0, 0, 0), CSIM_OUT_OF_RANGE, "scale", "above 0"},
        {zero_log, CSIM_OUT_OF_RANGE, "low", "log-normal"},
        {wide_log, CSIM_OUT_OF_RANGE, "high", "e^65"},
        {odd_shape, CSIM_UNKNOWN_NAME, "shape", "normal or lognormal"},
        {too_many, CSIM_LIMIT, "values", "at most 32"},
        {spec_with_lists(CSIM_DIST_DISCRETE, 0, up, up), CSIM_OUT_OF_RANGE, "values", "at least 1"},
        {spec_with_lists(CSIM_DIST_DISCRETE, 3, up, zeros), CSIM_INCONSISTENT, "weights", "sum to 0"},
        {spec_with_lists(CSIM_DIST_DISCRETE, 3, up, minus), CSIM_OUT_OF_RANGE, "weights", "entry 2"},
        {spec_with_lists(CSIM_DIST_DISCRETE, 3, broken, up), CSIM_OUT_OF_RANGE, "values", "entry 2"},
        {spec_with_lists(CSIM_DIST_QUANTILES, 1, up, up), CSIM_OUT_OF_RANGE, "p", "at least 2"},
        {spec_with_lists(CSIM_DIST_QUANTILES, 3, flat, up), CSIM_INCONSISTENT, "p", "entry 3 is 0.5 after 0.5"},
        {spec_with_lists(CSIM_DIST_QUANTILES, 3, over, up), CSIM_OUT_OF_RANGE, "p", "entry 3"},
        {spec_with_lists(CSIM_DIST_QUANTILES, 3, up, down), CSIM_INCONSISTENT, "x", "entry 2 is 2 after 3"},
        {{.family = 99}, CSIM_UNKNOWN_NAME, "family", "99"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        csim_error err = {0};
        csim_dist dist;
        size_t used = 0;
        check_refused(csim_dist_compile(&cases[i].spec, pool, sizeof pool / sizeof *pool, &used, &dist, &err), cases[i].status, &err);
        assert_string_equal(err.field, cases[i].field);
        check_contains(err.detail, cases[i].part);
        assert_int_equal(used, 0);
    }
}

static void a_full_pool_is_refused_and_left_alone(void **state) {
    (void)state;
    const csim_dist_spec spec = spec_of(CSIM_DIST_BETA, 2, 3, 0, 0);
    csim_error err = {0};
    csim_dist dist;
    size_t used = 1;
    check_refused(csim_dist_compile(&spec, pool, CSIM_TABLE_SIZE, &used, &dist, &err), CSIM_LIMIT, &err);
    assert_int_equal(used, 1);
    check_status(csim_dist_compile(&spec, pool, CSIM_TABLE_SIZE + 1, &used, &dist, &err), &err);
    assert_int_equal(dist.table, 1);
    check_near(csim_dist_quantile(&dist, pool, 0.5), 0.38572756813238945, 1e-15);
}

/* ---- copula ---- */

static const csim_copula_pair chain[] = {{{"c", "a"}, {30, 10}, 0.6}, {{"b", "c"}, {20, 30}, -0.4}, {{"y", "x"}, {51, 50}, 0.9},
                                         {{"a", "b"}, {10, 20}, 0.1}, {{"q", "a"}, {77, 10}, 0}};

static void copula_groups_names_in_order(void **state) {
    (void)state;
    csim_error err = {0};
    csim_copula copula, shuffled;
    const csim_copula_pair other_order[] = {chain[3], chain[2], chain[0], chain[4], chain[1]};
    check_status(csim_copula_compile(chain, 5, &copula, &err), &err);
    check_status(csim_copula_compile(other_order, 5, &shuffled, &err), &err);
    assert_memory_equal(&copula, &shuffled, sizeof copula);
    assert_int_equal(copula.groups, 2);
    assert_int_equal(copula.members, 5); /* q is uncorrelated and stays out */
    static const uint32_t ids[] = {10, 20, 30, 50, 51};
    assert_memory_equal(copula.member_id, ids, sizeof ids);
    assert_true(copula.group_start[1] == 3 && copula.group_members[0] == 3 && copula.group_members[1] == 2 && copula.factor_start[1] == 6);
}

static void copula_factor_equals_gsl_cholesky(void **state) {
    (void)state;
    csim_error err = {0};
    csim_copula copula;
    double matrix[] = {1, 0.1, 0.6, 0.1, 1, -0.4, 0.6, -0.4, 1};
    gsl_matrix_view view = gsl_matrix_view_array(matrix, 3, 3);
    check_status(csim_copula_compile(chain, 5, &copula, &err), &err);
    assert_int_equal(gsl_linalg_cholesky_decomp1(&view.matrix), GSL_SUCCESS);
    for (int i = 0, at = 0; i < 3; i++)
        for (int j = 0; j <= i; j++) check_close(copula.factor[at++], matrix[3 * i + j], 1e-14);
}

static void mixed_scores_have_the_given_correlations(void **state) {
    (void)state;
    enum { DRAWS = 100000 };
    static double score[3][DRAWS];
    static const char *names[] = {"a", "b", "c"};
    double *rows[] = {score[0], score[1], score[2]};
    csim_error err = {0};
    csim_copula copula;
    check_status(csim_copula_compile(chain, 5, &copula, &err), &err);
    for (int k = 0; k < 3; k++) {
        const csim_stream stream = csim_stream_make(8, names[k]);
        csim_stream_fill(&stream, 0, 0, 1, DRAWS, score[k]);
        for (int i = 0; i < DRAWS; i++) score[k][i] = moe_normal_quantile(score[k][i]);
    }
    csim_copula_mix_block(&copula, 0, rows, DRAWS);
    const struct { int i, j; double rho; } wanted[] = {{0, 1, 0.1}, {0, 2, 0.6}, {1, 2, -0.4}};
    for (int k = 0; k < 3; k++) {
        const double error = (1 - wanted[k].rho * wanted[k].rho) / sqrt(DRAWS);
        check_near(gsl_stats_correlation(score[wanted[k].i], 1, score[wanted[k].j], 1, DRAWS), wanted[k].rho, 3 * error);
        check_near(gsl_stats_sd(score[k], 1, DRAWS), 1, 3 / sqrt(2 * DRAWS));
    }
}

static double smallest_eigenvalue(const double *matrix, size_t n) {
    gsl_matrix *copy = gsl_matrix_alloc(n, n);
    gsl_vector *values = gsl_vector_alloc(n);
    gsl_eigen_symm_workspace *space = gsl_eigen_symm_alloc(n);
    memcpy(copy->data, matrix, n * n * sizeof *matrix);
    gsl_eigen_symm(copy, values, space);
    const double smallest = gsl_vector_min(values);
    gsl_eigen_symm_free(space);
    gsl_vector_free(values);
    gsl_matrix_free(copy);
    return smallest;
}

/* Equal correlations of n inputs exist down to −1/(n−1): for three, −0.5. By symmetry the nearest matrix has equal entries. */
static void impossible_correlations_are_refused_with_the_nearest_possible(void **state) {
    (void)state;
    const csim_copula_pair pairs[] = {{{"a", "b"}, {0, 1}, -0.9}, {{"b", "c"}, {1, 2}, -0.9}, {{"a", "c"}, {0, 2}, -0.9}};
    csim_error err = {0};
    csim_copula copula;
    check_refused(csim_copula_compile(pairs, 3, &copula, &err), CSIM_INCONSISTENT, &err);
    check_contains(err.detail, "a and b -0.499, a and c -0.499, b and c -0.499");
    assert_string_equal(err.field, "rho");
    assert_int_equal(copula.members, 0);
}

static void nearest_matrix_is_valid_keeps_its_zeros_and_is_near(void **state) {
    (void)state;
    enum { N = 6 };
    double given[N * N] = {0}, nearest[N * N], scratch[5 * N * N + 5 * N], factor[N * N];
    assert_int_equal(csim_correlation_scratch_size(N), sizeof scratch / sizeof *scratch);
    for (int i = 0; i < N; i++) { /* a ring of strong correlations, one of them against the others */
        const int next = (i + 1) % N;
        given[i * N + i] = 1;
        given[i * N + next] = given[next * N + i] = i == 0 ? -0.8 : 0.7;
    }
    assert_false(csim_correlation_factor(given, N, factor));
    memcpy(nearest, given, sizeof given);
    csim_correlation_nearest(nearest, N, scratch);
    assert_true(csim_correlation_factor(nearest, N, factor));
    check_between(smallest_eigenvalue(nearest, N), 1e-6, 0.01);
    for (int i = 0; i < N * N; i++) {
        if (given[i] == 0) check_ulp(nearest[i], 0, 0);
        check_near(nearest[i], given[i], 0.35);
    }
}

static void valid_matrices_stay_as_they_are(void **state) {
    (void)state;
    double matrix[] = {1, 0.5, 0.2, 0.5, 1, 0, 0.2, 0, 1}, scratch[5 * 9 + 15];
    const double before[] = {1, 0.5, 0.2, 0.5, 1, 0, 0.2, 0, 1};
    csim_correlation_nearest(matrix, 3, scratch);
    for (int i = 0; i < 9; i++) check_near(matrix[i], before[i], 1e-12);
}

static void wrong_pairs_are_named(void **state) {
    (void)state;
    const csim_copula_pair self[] = {{{"a", "a"}, {0, 0}, 0.5}}, twice[] = {{{"a", "b"}, {0, 1}, 0.5}, {{"b", "a"}, {1, 0}, 0.4}},
                           one[] = {{{"a", "b"}, {0, 1}, 1}}, nan[] = {{{"a", "b"}, {0, 1}, (double)NAN}};
    csim_error err = {0};
    csim_copula copula;
    check_refused(csim_copula_compile(self, 1, &copula, &err), CSIM_INCONSISTENT, &err);
    check_contains(err.detail, "a is paired with itself");
    check_refused(csim_copula_compile(twice, 2, &copula, &err), CSIM_INCONSISTENT, &err);
    check_contains(err.detail, "b and a are given twice");
    check_refused(csim_copula_compile(one, 1, &copula, &err), CSIM_OUT_OF_RANGE, &err);
    check_contains(err.detail, "between -1 and 1, got 1");
    check_refused(csim_copula_compile(nan, 1, &copula, &err), CSIM_OUT_OF_RANGE, &err);
    check_refused(csim_copula_compile(nan, CSIM_COPULA_MAX_PAIRS + 1, &copula, &err), CSIM_LIMIT, &err);
}

static void more_members_than_fit_are_refused(void **state) {
    (void)state;
    static char names[CSIM_COPULA_MAX_MEMBERS + 1][8];
    static csim_copula_pair pairs[CSIM_COPULA_MAX_MEMBERS];
    csim_error err = {0};
    static csim_copula copula;
    for (uint32_t i = 0; i <= CSIM_COPULA_MAX_MEMBERS; i++) snprintf(names[i], sizeof names[i], "n%03u", i);
    for (uint32_t i = 0; i < CSIM_COPULA_MAX_MEMBERS; i++) pairs[i] = (csim_copula_pair){{names[i], names[i + 1]}, {i, i + 1}, 0.4};
    check_refused(csim_copula_compile(pairs, CSIM_COPULA_MAX_MEMBERS, &copula, &err), CSIM_LIMIT, &err);
    check_status(csim_copula_compile(pairs, CSIM_COPULA_MAX_MEMBERS - 1, &copula, &err), &err);
    assert_true(copula.groups == 1 && copula.factors == CSIM_COPULA_MAX_FACTORS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_equal_exact_references),
        cmocka_unit_test(cdf_of_quantile_returns_u),
        cmocka_unit_test(tables_keep_1e_12_over_all_permitted_shapes),
        cmocka_unit_test(tables_join_and_end_without_a_step),
        cmocka_unit_test(a_cached_table_has_the_bits_of_a_fresh_one_even_when_the_cache_is_full),
        cmocka_unit_test(incomplete_functions_agree_with_libm_and_gsl),
        cmocka_unit_test(every_family_rises_with_u_and_blocks_equal_single_quantiles),
        cmocka_unit_test(mean_equals_the_integral_of_the_quantiles),
        cmocka_unit_test(mean_of_the_piecewise_families),
        cmocka_unit_test(discrete_values_come_sorted_with_their_weights),
        cmocka_unit_test(given_quantiles_follow_a_steffen_spline),
        cmocka_unit_test(truncation_never_leaves_its_bounds),
        cmocka_unit_test(descriptions_read_as_sentences),
        cmocka_unit_test(family_names_and_parameters_can_be_looked_up),
        cmocka_unit_test(wrong_parameters_are_named),
        cmocka_unit_test(a_full_pool_is_refused_and_left_alone),
        cmocka_unit_test(copula_groups_names_in_order),
        cmocka_unit_test(copula_factor_equals_gsl_cholesky),
        cmocka_unit_test(mixed_scores_have_the_given_correlations),
        cmocka_unit_test(impossible_correlations_are_refused_with_the_nearest_possible),
        cmocka_unit_test(nearest_matrix_is_valid_keeps_its_zeros_and_is_near),
        cmocka_unit_test(valid_matrices_stay_as_they_are),
        cmocka_unit_test(wrong_pairs_are_named),
        cmocka_unit_test(more_members_than_fit_are_refused),
    };
    gsl_set_error_handler(count_handler_calls);
    const int failed = cmocka_run_group_tests_name("dist", tests, NULL, NULL);
    return failed + handler_calls;
}
