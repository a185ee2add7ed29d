/* The samplers: dimensions, Sobol's numbers against SciPy's, scrambling, strata, and the bridge of the leading shocks. Run from the root. */
#include <stdlib.h>

#include "csim/model/block.h"
#include "csim/rng/scramble.h"
#include "tests/c/baseline.h"

enum { REPLICATES = 4, POINTS = 1024 };

static const uint64_t references[] = {
#include "tests/c/sobol_references.inc"
};

static void no_dimension_is_given_twice(void **state) {
    (void)state;
    assert_true(csim_sobol_keys() <= csim_sobol_dimensions());
    for (uint32_t i = 0; i < csim_sobol_keys(); i++)
        for (uint32_t k = 0; k < i; k++) {
            assert_string_not_equal(csim_sobol_key(i), csim_sobol_key(k));
            assert_true(csim_stream_hash(csim_sobol_key(i)) != csim_stream_hash(csim_sobol_key(k)));
        }
}

static void directions_are_scipys(void **state) {
    (void)state;
    assert_int_equal(csim_sobol_dimensions(), sizeof references / sizeof references[0]);
    for (uint32_t d = 0; d < csim_sobol_dimensions(); d++) {
        uint32_t row[CSIM_SOBOL_BITS];
        uint64_t h = 0xcbf29ce484222325u;
        csim_sobol_directions(d, row);
        for (int i = 0; i < CSIM_SOBOL_BITS; i++) h = (h ^ row[i]) * 0x100000001b3u;
        assert_true(h == references[d]);
        for (int i = 0; i < CSIM_SOBOL_BITS; i++) assert_int_equal(csim_sobol_coordinate(row, 1u << i), row[i]);
    }
}

/* What makes a scrambling nested: two fractions that agree in their first k digits, and no more, still do. */
static void scrambling_keeps_common_digits(void **state) {
    (void)state;
    for (uint32_t trial = 0; trial < 2000; trial++) {
        const uint64_t key = csim_mix64(trial);
        const uint32_t x = (uint32_t)csim_mix64(trial + 1000000), digit = trial % 32, low = (uint32_t)csim_mix64(trial + 2000000);
        const uint32_t y = x ^ 1u << (31 - digit) ^ (digit < 31 ? low & ((1u << (31 - digit)) - 1) : 0);
        const uint32_t apart = csim_owen_scramble(x, key) ^ csim_owen_scramble(y, key);
        assert_int_equal(__builtin_clz(apart), digit);
    }
}

/* Each digit is flipped in half of all randomisations, whatever the digits before it and those of other names. */
static void scrambling_flips_each_digit_evenly(void **state) {
    enum { KEYS = 20000 };
    const uint32_t points[] = {0, 0x80000000u, 0x12345678u};
    (void)state;
    for (size_t i = 0; i < 3; i++)
        for (int digit = 0; digit < 20; digit++) {
            uint32_t flipped = 0, with_other = 0;
            for (uint32_t k = 0; k < KEYS; k++) {
                const uint32_t a = csim_owen_scramble(points[i], csim_scramble_key(7, 11, k)) ^ points[i];
                const uint32_t b = csim_owen_scramble(points[i], csim_scramble_key(7, 12, k)) ^ points[i];
                flipped += a >> (31 - digit) & 1;
                with_other += (a ^ b) >> (31 - digit) & 1;
            }
            check_near(flipped, KEYS / 2.0, 4.5 * sqrt(KEYS) / 2);
            check_near(with_other, KEYS / 2.0, 4.5 * sqrt(KEYS) / 2);
        }
}

static void permutations_hit_every_place_once_and_evenly(void **state) {
    enum { KEYS = 4000, SMALL = 13 };
    static int count[SMALL][SMALL];
    (void)state;
    for (uint32_t n = 1; n < 300; n++) {
        unsigned char seen[300] = {0};
        for (uint32_t x = 0; x < n; x++) seen[csim_permute(x, n, csim_mix64(n))]++;
        for (uint32_t x = 0; x < n; x++) assert_int_equal(seen[x], 1);
    }
    for (uint32_t k = 0; k < KEYS; k++)
        for (uint32_t x = 0; x < SMALL; x++) count[x][csim_permute(x, SMALL, csim_mix64(k + 77))]++;
    for (int x = 0; x < SMALL; x++)
        for (int y = 0; y < SMALL; y++) check_near(count[x][y], KEYS / (double)SMALL, 4.5 * sqrt(KEYS / (double)SMALL));
}

static csim_sampling *sampling_of(csim_sampler sampler, uint32_t replicates, uint32_t strata) {
    csim_sampling *out;
    csim_error err;
    check_status(csim_sampling_new(20261108, sampler, replicates, strata, &out, &err), &err);
    return out;
}

static void each_replicate_has_one_point_in_every_stratum(void **state) {
    const csim_sampler samplers[] = {CSIM_SAMPLER_LHS, CSIM_SAMPLER_SOBOL};
    static double u[POINTS];
    (void)state;
    for (int s = 0; s < 2; s++) {
        csim_sampling *sampling = sampling_of(samplers[s], REPLICATES, POINTS);
        for (uint32_t key = 0; key < 60; key++)
            for (uint32_t r = 0; r < REPLICATES; r++) {
                unsigned char seen[POINTS] = {0};
                csim_sampling_fill(sampling, csim_stream_hash(csim_sobol_key(key)), r, POINTS, u);
                for (int i = 0; i < POINTS; i++) seen[(int)(u[i] * POINTS)]++;
                for (int i = 0; i < POINTS; i++) assert_int_equal(seen[i], 1);
            }
        csim_sampling_free(sampling);
    }
}

/* The first two dimensions are a net: one point in each of 2^a by 2^b boxes. Scrambling must not break that. */
static void the_first_two_dimensions_stay_a_net(void **state) {
    static double x[POINTS], y[POINTS];
    csim_sampling *sampling = sampling_of(CSIM_SAMPLER_SOBOL, REPLICATES, 0);
    (void)state;
    for (uint32_t r = 0; r < REPLICATES; r++) {
        csim_sampling_fill(sampling, csim_stream_hash(csim_sobol_key(0)), r, POINTS, x);
        csim_sampling_fill(sampling, csim_stream_hash(csim_sobol_key(1)), r, POINTS, y);
        for (int a = 0; a <= 10; a++) {
            unsigned char seen[POINTS] = {0};
            for (int i = 0; i < POINTS; i++) seen[((int)(x[i] * (1 << a)) << (10 - a)) + (int)(y[i] * (1 << (10 - a)))]++;
            for (int i = 0; i < POINTS; i++) assert_int_equal(seen[i], 1);
        }
    }
    csim_sampling_free(sampling);
}

static void points_can_be_had_in_any_order_and_one_by_one(void **state) {
    static double whole[POINTS];
    double one;
    (void)state;
    for (int s = 0; s < CSIM_SAMPLERS; s++) {
        csim_sampling *sampling = sampling_of((csim_sampler)s, REPLICATES, POINTS);
        const uint64_t hash = csim_stream_hash("cap.g_f");
        csim_sampling_fill(sampling, hash, 2, POINTS, whole);
        for (uint32_t i = 0; i < POINTS; i += 37) {
            csim_sampling_fill(sampling, hash, 2 + REPLICATES * i, 1, &one);
            check_ulp(one, whole[i], 0);
        }
        csim_sampling_free(sampling);
    }
}

static void names_without_a_dimension_are_drawn_by_monte_carlo(void **state) {
    csim_sampling *sampling = sampling_of(CSIM_SAMPLER_SOBOL, REPLICATES, 0), *plain = sampling_of(CSIM_SAMPLER_MC, REPLICATES, 0);
    double a[64], b[64];
    (void)state;
    csim_sampling_fill(sampling, csim_stream_hash("choice.theta.somebody_new"), 1, 64, a);
    csim_sampling_fill(plain, csim_stream_hash("choice.theta.somebody_new"), 1, 64, b);
    assert_memory_equal(a, b, sizeof a);
    csim_sampling_fill(sampling, csim_stream_hash("cap.g_f"), 1, 64, a);
    csim_sampling_fill(plain, csim_stream_hash("cap.g_f"), 1, 64, b);
    for (int i = 0; i < 64; i++) assert_true(a[i] != b[i]);
    csim_sampling_free(sampling);
    csim_sampling_free(plain);
}

static void what_makes_no_sense_is_refused(void **state) {
    csim_sampling *out;
    csim_error err;
    (void)state;
    check_refused(csim_sampling_new(1, CSIM_SAMPLER_MC, 0, 0, &out, &err), CSIM_USAGE, &err);
    check_refused(csim_sampling_new(1, CSIM_SAMPLER_MC, CSIM_MAX_REPLICATES + 1, 0, &out, &err), CSIM_USAGE, &err);
    check_refused(csim_sampling_new(1, CSIM_SAMPLER_SOBOL, 1, 0, &out, &err), CSIM_USAGE, &err);
    check_refused(csim_sampling_new(1, CSIM_SAMPLER_LHS, 16, 0, &out, &err), CSIM_USAGE, &err);
}

/* ---- the bridge ---- */

enum { SHOCK_MONTHS = 64, SHOCK_PATHS = 4096 };
static double shock[SHOCK_MONTHS][SHOCK_PATHS]; /* of the frontier */

static void draw_shocks(const csim_sampling *sampling, int months) {
    csim_block *block = csim_block_new();
    assert_non_null(block);
    for (uint32_t first = 0; first < SHOCK_PATHS; first += MOE_BLOCK) {
        const uint32_t slice = first / (MOE_BLOCK * sampling->replicates), replicate = first / MOE_BLOCK % sampling->replicates;
        csim_block_start(block, plan, sampling, slice * MOE_BLOCK * sampling->replicates + replicate, MOE_BLOCK);
        for (int t = 0; t < months; t++, block->t++) {
            csim_draws_month(block);
            memcpy(&shock[t][first], block->z_frontier[t & 1], sizeof block->z_frontier[0]);
        }
    }
    csim_block_free(block);
}

static double covariance(const double *a, const double *b) {
    double sum = 0.0;
    for (int i = 0; i < SHOCK_PATHS; i++) sum += a[i] * b[i];
    return sum / SHOCK_PATHS;
}

static void months_on_the_bridge_are_independent_standard_normals(void **state) {
    csim_sampling *sampling = sampling_of(CSIM_SAMPLER_SOBOL, 16, 0);
    (void)state;
    draw_shocks(sampling, SHOCK_MONTHS);
    const double limit = 5.0 / sqrt(SHOCK_PATHS);
    for (int t = 0; t < SHOCK_MONTHS; t++) {
        check_near(covariance(shock[t], shock[t]), 1.0, limit * sqrt(2.0));
        for (int s = 0; s < t; s++) check_near(covariance(shock[s], shock[t]), 0.0, limit);
    }
    csim_sampling_free(sampling);
}

/* The sum over many months is what the low nodes decide: its mean is far nearer to 0 than that of independent paths. */
static void sums_over_years_are_spread_evenly(void **state) {
    csim_sampling *sampling = sampling_of(CSIM_SAMPLER_SOBOL, 16, 0), *plain = sampling_of(CSIM_SAMPLER_MC, 16, 0);
    double total[2] = {0};
    (void)state;
    for (int which = 0; which < 2; which++) {
        draw_shocks(which ? plain : sampling, SHOCK_MONTHS);
        for (uint32_t r = 0; r < 16; r++) { /* squared mean of a replicate's 256 sums */
            double mean = 0.0;
            for (int i = 0; i < SHOCK_PATHS; i++)
                if ((uint32_t)(i / MOE_BLOCK) % 16 == r)
                    for (int t = 0; t < SHOCK_MONTHS; t++) mean += shock[t][i] / 256.0;
            total[which] += mean * mean / 16.0 / SHOCK_MONTHS * 256.0; /* 1 for independent paths */
        }
    }
    check_between(total[1], 0.3, 2.5);
    check_between(total[0], 0.0, 0.05);
    csim_sampling_free(sampling);
    csim_sampling_free(plain);
}

static void plain_shocks_do_not_know_of_the_bridge(void **state) {
    const csim_sampling plain = {.seed = 5, .replicates = 1};
    const csim_stream stream = csim_stream_make(5, "shock.frontier");
    (void)state;
    draw_shocks(&plain, 8);
    for (uint32_t path = 0; path < SHOCK_PATHS; path += 101)
        for (uint32_t t = 0; t < 8; t++) check_ulp(shock[t][path], moe_normal_quantile(csim_stream_uniform(&stream, path, t)), 0);
}

static void every_input_of_the_baseline_has_a_dimension(void **state) {
    csim_sampling *sampling = sampling_of(CSIM_SAMPLER_SOBOL, 16, 0);
    (void)state;
    for (int i = 0; i < plan->inputs; i++)
        if (csim_sampling_dimension(sampling, plan->input_hash[i]) < 0) {
            print_error("'%s' is not in csim/rng/sobol_keys.def: append it at the end\n", plan->input_key[i]);
            fail();
        }
    csim_sampling_free(sampling);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_dimension_is_given_twice),
        cmocka_unit_test(directions_are_scipys),
        cmocka_unit_test(scrambling_keeps_common_digits),
        cmocka_unit_test(scrambling_flips_each_digit_evenly),
        cmocka_unit_test(permutations_hit_every_place_once_and_evenly),
        cmocka_unit_test(each_replicate_has_one_point_in_every_stratum),
        cmocka_unit_test(the_first_two_dimensions_stay_a_net),
        cmocka_unit_test(points_can_be_had_in_any_order_and_one_by_one),
        cmocka_unit_test(names_without_a_dimension_are_drawn_by_monte_carlo),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(every_input_of_the_baseline_has_a_dimension),
        cmocka_unit_test(months_on_the_bridge_are_independent_standard_normals),
        cmocka_unit_test(sums_over_years_are_spread_evenly),
        cmocka_unit_test(plain_shocks_do_not_know_of_the_bridge),
    };
    return cmocka_run_group_tests_name("sampling", tests, load_baseline, unload_baseline);
}
