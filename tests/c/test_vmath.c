/* The accuracy that kernels/vmath.h promises, measured against long-double libm and GSL on dense grids and printed. */
#include "tests/c/check.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>

#include "csim/dist/incomplete.h"
#include "kernels/vmath.h"

/* Distance from the exact value in units of the last place of its double, with fractions: 0.5 is correct rounding. */
static double ulp_error(double got, long double exact) {
    const double near = fabs((double)exact);
    return (double)(fabsl((long double)got - exact) / (long double)(nextafter(near, HUGE_VAL) - near));
}

static double relative_error(double got, long double exact) { return (double)fabsl(((long double)got - exact) / exact); }

static void report(const char *what, double worst, double at, const char *unit) {
    print_message("%-28s %8.3g %s, at %.17g\n", what, worst, unit, at);
}

/* Keeps the worst error and where it was. */
#define TRACK(error, where)                              \
    do {                                                 \
        const double tracked = (error);                  \
        if (!(tracked <= worst)) worst = tracked, at = where; \
    } while (0)

static long double phi(long double z) { return 0.5L * erfcl(-z * 0.707106781186547524400844362104849039L); }

static void exp_is_within_2_ulp(void **state) {
    (void)state;
    double worst = 0, at = 0;
    for (double x = -708; x < 709.78; x += 0.00073) TRACK(ulp_error(moe_exp(x), expl((long double)x)), x);
    for (double x = 1e-18; x < 0.4; x *= 1.0003) {
        TRACK(ulp_error(moe_exp(x), expl((long double)x)), x);
        TRACK(ulp_error(moe_exp(-x), expl(-(long double)x)), -x);
    }
    report("exp", worst, at, "ulp");
    check_between(worst, 0, 2);
}

static void exp_is_right_at_its_ends(void **state) {
    (void)state;
    check_ulp(moe_exp(0), 1, 0);
    check_ulp(moe_exp(-0.0), 1, 0);
    check_ulp(moe_exp(-708.1), 0, 0);
    check_ulp(moe_exp(-HUGE_VAL), 0, 0);
    check_ulp(moe_exp(HUGE_VAL), HUGE_VAL, 0);
    check_ulp(moe_exp(709.8), HUGE_VAL, 0);
    check_between(moe_exp(709.782712893384), 1.79e308, 1.7976931348623157e308);
    assert_true(isnan(moe_exp((double)NAN)));
}

static void log_is_within_2_ulp(void **state) {
    (void)state;
    double worst = 0, at = 0;
    for (double x = 0x1p-1074; x < 1e308; x *= x < 1e-300 ? 2 : 1.00071) TRACK(ulp_error(moe_log(x), logl((long double)x)), x);
    for (double x = 0.5; x < 2; x += 1.3e-6) TRACK(ulp_error(moe_log(x), logl((long double)x)), x);
    for (double d = 1e-16; d < 0.1; d *= 1.01) {
        TRACK(ulp_error(moe_log(1 + d), logl((long double)(1 + d))), 1 + d);
        TRACK(ulp_error(moe_log(1 - d), logl((long double)(1 - d))), 1 - d);
    }
    report("log", worst, at, "ulp");
    check_between(worst, 0, 2);
}

static void log_is_right_at_its_ends(void **state) {
    (void)state;
    check_ulp(moe_log(1), 0, 0);
    check_ulp(moe_log(0), -HUGE_VAL, 0);
    check_ulp(moe_log(-0.0), -HUGE_VAL, 0);
    check_ulp(moe_log(HUGE_VAL), HUGE_VAL, 0);
    check_ulp(moe_log(1.7976931348623157e308), 709.78271289338397, 1);
    assert_true(isnan(moe_log(-1)));
    assert_true(isnan(moe_log(-HUGE_VAL)));
    assert_true(isnan(moe_log((double)NAN)));
}

static void logistic_logit_and_softplus_are_accurate(void **state) {
    (void)state;
    double worst = 0, at = 0;
    for (double x = -700; x < 700; x += 0.0071) TRACK(relative_error(moe_logistic(x), 1 / (1 + expl(-(long double)x))), x);
    report("logistic", worst, at, "relative");
    check_between(worst, 0, 1e-15);
    worst = 0;
    for (double x = 1e-300; x < 0.4; x *= 1.01) TRACK(relative_error(moe_logit(x), logl((long double)x / (1 - (long double)x))), x);
    report("logit below 0.4", worst, at, "relative");
    check_between(worst, 0, 1e-15);
    worst = 0;
    for (double x = -30; x < 700; x += 0.0071) {
        const long double exact = fmaxl((long double)x, 0) + log1pl(expl(-fabsl((long double)x)));
        TRACK((double)fabsl((long double)moe_softplus(x) - exact) / fmax(1, x), x);
    }
    report("softplus", worst, at, "of max(1, x)");
    check_between(worst, 0, 3e-16);
    check_ulp(moe_softplus(-800), 0, 0);
    check_ulp(moe_softplus(800), 800, 0);
}

/* The exact quantile of u ≤ ½ near z, where Φ(z) rounds to u: one Newton step in long double; near ½ from the mass between u and ½. */
static long double exact_quantile(double u, double near) {
    const long double z = (long double)near, density = expl(-0.5L * z * z) * 0.398942280401432677939946059934381868L;
    const long double missing = u < 0.25 ? (long double)u - phi(z) : ((long double)u - 0.5L) - 0.5L * erfl(z * 0.707106781186547524400844362104849039L);
    return z + missing / density;
}

/* Smallest distance of the engine's uniforms from 0 and 1 is 2^-53; truncated normals ask for far smaller tails. */
static void normal_quantile_matches_its_definition(void **state) {
    (void)state;
    double worst = 0, at = 0;
    for (double z = -8.2; z < -1e-9; z += 0.000113) {
        const double u = (double)phi((long double)z);
        TRACK(ulp_error(moe_normal_quantile(u), exact_quantile(u, z)), u);
        check_ulp(moe_normal_quantile(1 - u), -moe_normal_quantile(1 - (1 - u)), 0);
    }
    report("normal quantile", worst, at, "ulp");
    check_between(worst, 0, 1.9);
    worst = 0;
    for (double z = -37; z < -8.2; z += 0.00113) {
        const double u = (double)phi((long double)z);
        TRACK(ulp_error(moe_normal_quantile(u), exact_quantile(u, z)), u);
    }
    report("normal quantile, z < -8.2", worst, at, "ulp");
    check_between(worst, 0, 2);
    for (double u = 0x1p-53; u < 1; u += 0.00037) check_close(moe_normal_quantile(u), gsl_cdf_ugaussian_Pinv(u), 2e-15);
    check_near(moe_normal_quantile(0.5), 0, 0);
    check_close(moe_normal_quantile(0x1p-53), gsl_cdf_ugaussian_Pinv(0x1p-53), 2e-15);
}

static void normal_quantile_block_gives_the_same_bits(void **state) {
    (void)state;
    enum { N = 10000 };
    static double u[N], z[N];
    for (int i = 0; i < N; i++) u[i] = (i + 0.5) / N;
    u[0] = 0x1p-53;
    u[N - 1] = 1 - 0x1p-53;
    moe_normal_quantile_block(u, z, N);
    for (int i = 0; i < N; i++) {
        check_ulp(z[i], moe_normal_quantile(u[i]), 0);
        check_between(z[i], i ? z[i - 1] : -9, 9);
    }
}

static void normal_cdf_is_accurate_in_both_tails(void **state) {
    (void)state;
    double worst = 0, at = 0;
    for (double z = -37; z < 9; z += 0.00053) TRACK(relative_error(moe_normal_cdf(z), phi((long double)z)), z);
    report("normal cdf", worst, at, "relative");
    check_between(worst, 0, 1e-13);
    check_ulp(moe_normal_cdf(0), 0.5, 0);
    check_ulp(moe_normal_cdf(-HUGE_VAL), 0, 0);
    check_ulp(moe_normal_cdf(HUGE_VAL), 1, 0);
    assert_true(isnan(moe_normal_cdf((double)NAN)));
}

/* Around its zeros at 1 and 2 the error is absolute. */
static void log_gamma_is_accurate(void **state) {
    (void)state;
    double worst = 0, at = 0;
    for (double x = 1e-6; x < 1e7; x *= 1.0011) {
        const long double exact = lgammal((long double)x);
        TRACK((double)fabsl((long double)moe_log_gamma(x) - exact) / fmax(1, (double)fabsl(exact)), x);
    }
    report("log gamma", worst, at, "of max(1, |value|)");
    check_between(worst, 0, 1e-13);
}

static void beta_cdf_is_accurate_and_agrees_with_gsl(void **state) {
    (void)state;
    static const double shapes[] = {0.5, 1, 2, 2.5, 5.5, 8, 58, 94.5};
    double worst = 0, at = 0;
    for (int i = 0; i < 8; i++)
        for (int j = 0; j < 8; j++)
            for (double x = 0.003; x < 1; x += 0.0071) {
                const long double exact = csim_beta_tails(shapes[i], shapes[j], logl((long double)x) - log1pl(-(long double)x)).lower;
                const double got = moe_beta_cdf(shapes[i], shapes[j], x);
                if (exact < 1e-290L) continue;
                TRACK(relative_error(got, exact), x);
                check_close(got, gsl_sf_beta_inc(shapes[i], shapes[j], x), 1e-12);
            }
    report("beta cdf", worst, at, "relative");
    check_between(worst, 0, 3e-13);
    check_ulp(moe_beta_cdf(2, 3, 0), 0, 0);
    check_ulp(moe_beta_cdf(2, 3, 1), 1, 0);
    check_near(moe_beta_cdf(2, 2, 0.5), 0.5, 1e-14);
    check_near(moe_beta_cdf(1, 4, 0.3), 1 - 0.7 * 0.7 * 0.7 * 0.7, 1e-14);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exp_is_within_2_ulp),
        cmocka_unit_test(exp_is_right_at_its_ends),
        cmocka_unit_test(log_is_within_2_ulp),
        cmocka_unit_test(log_is_right_at_its_ends),
        cmocka_unit_test(logistic_logit_and_softplus_are_accurate),
        cmocka_unit_test(normal_quantile_matches_its_definition),
        cmocka_unit_test(normal_quantile_block_gives_the_same_bits),
        cmocka_unit_test(normal_cdf_is_accurate_in_both_tails),
        cmocka_unit_test(log_gamma_is_accurate),
        cmocka_unit_test(beta_cdf_is_accurate_and_agrees_with_gsl),
    };
    return cmocka_run_group_tests_name("vmath", tests, NULL, NULL);
}
