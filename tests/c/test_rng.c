/* The generator, the address of a draw, and the GSL adapter. Statistical tests use fixed seeds: they pass or fail for good. */
#include "tests/c/check.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_statistics_double.h>

#include "csim/rng/gsl_philox.h"
#include "csim/rng/stream.h"
#include "kernels/philox.h"

enum { DRAWS = 100000 };
static double first[DRAWS], second[DRAWS];

/* The known-answer table Random123 publishes for philox4x32, 10 rounds. */
static void philox_gives_the_published_answers(void **state) {
    (void)state;
    static const struct { uint32_t counter[4], key[2], answer[4]; } known[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}, {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        uint32_t word[4];
        moe_philox4x32_10(known[i].counter, known[i].key, word);
        assert_memory_equal(word, known[i].answer, sizeof word);
    }
}

static void uniforms_never_reach_zero_or_one(void **state) {
    (void)state;
    check_ulp(moe_uniform_from_bits(0, 0), 0x1p-53, 0);
    check_ulp(moe_uniform_from_bits(0xffffffff, 0xffffffff), 1 - 0x1p-53, 0);
    check_ulp(moe_uniform_from_bits(0, 0x80000000), 0.5 + 0x1p-53, 0);
}

/* The whole contract of stream.h spelled out once more, so that an innocent edit of the address cannot pass. */
static void a_draw_is_the_philox_block_at_its_address(void **state) {
    (void)state;
    const uint64_t seed = 0x0123456789abcdefu;
    const csim_stream stream = csim_stream_make(seed, "cap.g_f");
    const uint64_t hash = csim_stream_hash("cap.g_f");
    const uint32_t key[2] = {0x89abcdef, 0x01234567}, counter[4] = {17, 4242, (uint32_t)hash, (uint32_t)(hash >> 32)};
    uint32_t word[4];
    moe_philox4x32_10(counter, key, word);
    const uint64_t even = word[0] | (uint64_t)word[1] << 32, odd = word[2] | (uint64_t)word[3] << 32;
    check_ulp(csim_stream_uniform(&stream, 4242, 34), ((double)(even >> 12) + 0.5) / 4503599627370496.0, 0);
    check_ulp(csim_stream_uniform(&stream, 4242, 35), ((double)(odd >> 12) + 0.5) / 4503599627370496.0, 0);
}

/* Written out from an independent calculation of FNV-1a 64 and the splitmix64 mixer. */
static void names_hash_to_known_values(void **state) {
    (void)state;
    assert_true(csim_stream_hash("") == 0xf52a15e9a9b5e89bu);
    assert_true(csim_stream_hash("a") == 0x02c0bdbf481420f8u);
    assert_true(csim_stream_hash("cap.g_f") == 0xb0784bc1811d8a2au);
    assert_true(csim_stream_hash("größe") == 0xbe9079c1b7e5afe8u);
}

static void blocks_equal_single_draws(void **state) {
    (void)state;
    const csim_stream stream = csim_stream_make(7, "choice.theta.developers");
    double one[64], even[64], odd[64];
    csim_stream_fill(&stream, 13, 1000, 1, 64, one);
    csim_stream_fill_pair(&stream, 12, 1000, 1, 64, even, odd);
    for (uint32_t i = 0; i < 64; i++) {
        check_ulp(one[i], csim_stream_uniform(&stream, 1000 + i, 13), 0);
        check_ulp(odd[i], one[i], 0);
        check_ulp(even[i], csim_stream_uniform(&stream, 1000 + i, 12), 0);
    }
}

static void seeds_names_paths_and_months_give_different_draws(void **state) {
    (void)state;
    const csim_stream base = csim_stream_make(1, "a"), other_seed = csim_stream_make(2, "a"), high_seed = csim_stream_make(1ull << 32 | 1, "a"),
                      other_name = csim_stream_make(1, "b");
    const double u = csim_stream_uniform(&base, 5, 6);
    assert_true(u != csim_stream_uniform(&other_seed, 5, 6));
    assert_true(u != csim_stream_uniform(&high_seed, 5, 6));
    assert_true(u != csim_stream_uniform(&other_name, 5, 6));
    assert_true(u != csim_stream_uniform(&base, 6, 6));
    assert_true(u != csim_stream_uniform(&base, 5, 7));
    assert_true(u != csim_stream_uniform(&base, 5, 8));
}

/* 1,000 equal cells; the statistic must lie in the central 99.8 % of its chi-square law: too even is as wrong as too uneven. */
static void expect_uniform(const double *u) {
    enum { CELLS = 1000 };
    int count[CELLS] = {0};
    double statistic = 0;
    for (size_t i = 0; i < DRAWS; i++) count[(int)(u[i] * CELLS)]++;
    for (int cell = 0; cell < CELLS; cell++) {
        const double expected = (double)DRAWS / CELLS, gap = count[cell] - expected;
        statistic += gap * gap / expected;
    }
    check_between(gsl_cdf_chisq_Q(statistic, CELLS - 1), 0.001, 0.999);
}

static void expect_uncorrelated(const double *a, const double *b) {
    check_near(gsl_stats_correlation(a, 1, b, 1, DRAWS), 0, 4 / sqrt(DRAWS));
}

static void draws_are_uniform_over_paths_and_over_months(void **state) {
    (void)state;
    const csim_stream stream = csim_stream_make(20260801, "demand.Q0");
    csim_stream_fill_pair(&stream, 0, 0, 1, DRAWS, first, second);
    expect_uniform(first);
    expect_uniform(second);
    for (uint32_t month = 0; month < DRAWS; month++) first[month] = csim_stream_uniform(&stream, 3, month);
    expect_uniform(first);
}

static void neighbouring_addresses_are_uncorrelated(void **state) {
    (void)state;
    const csim_stream a = csim_stream_make(99, "choice.theta.a"), b = csim_stream_make(99, "choice.theta.b"),
                      next_seed = csim_stream_make(100, "choice.theta.a");
    csim_stream_fill(&a, 0, 0, 1, DRAWS, first);
    csim_stream_fill(&b, 0, 0, 1, DRAWS, second);
    expect_uncorrelated(first, second);
    csim_stream_fill(&next_seed, 0, 0, 1, DRAWS, second);
    expect_uncorrelated(first, second);
    csim_stream_fill(&a, 1, 0, 1, DRAWS, second);
    expect_uncorrelated(first, second);
    csim_stream_fill(&a, 2, 0, 1, DRAWS, second);
    expect_uncorrelated(first, second);
    csim_stream_fill(&a, 0, 1, 1, DRAWS, second);
    expect_uncorrelated(first, second);
}

static gsl_rng *new_rng(unsigned long seed) {
    gsl_rng *rng = gsl_rng_alloc(csim_gsl_rng_philox4x32);
    assert_non_null(rng);
    gsl_rng_set(rng, seed);
    return rng;
}

static void gsl_adapter_hands_out_the_raw_blocks_in_order(void **state) {
    (void)state;
    const unsigned long seed = 0xfeedface12345678u;
    const uint32_t key[2] = {0x12345678, 0xfeedface};
    gsl_rng *rng = new_rng(seed);
    assert_string_equal(gsl_rng_name(rng), "philox4x32-10");
    assert_true(gsl_rng_min(rng) == 0 && gsl_rng_max(rng) == 0xffffffff);
    for (uint32_t i = 0; i < 1000; i++) {
        const uint32_t counter[4] = {i, 0, 0, 0};
        uint32_t word[4];
        moe_philox4x32_10(counter, key, word);
        for (int w = 0; w < 4; w++) assert_int_equal(gsl_rng_get(rng), word[w]);
    }
    gsl_rng_free(rng);
}

static void gsl_adapter_carries_through_all_four_words(void **state) {
    (void)state;
    static const uint32_t key[2] = {1, 2};
    static const uint32_t from[][4] = {{~0u, 5, 0, 0}, {~0u, ~0u, 7, 0}, {~0u, ~0u, ~0u, 9}, {~0u, ~0u, ~0u, ~0u}};
    static const uint32_t to[][4] = {{0, 6, 0, 0}, {0, 0, 8, 0}, {0, 0, 0, 10}, {0, 0, 0, 0}};
    gsl_rng *rng = new_rng(0);
    for (int i = 0; i < 4; i++) {
        uint32_t word[4];
        csim_gsl_philox_seek(rng, key, from[i]);
        for (int skipped = 0; skipped < 4; skipped++) gsl_rng_get(rng);
        moe_philox4x32_10(to[i], key, word);
        for (int w = 0; w < 4; w++) assert_int_equal(gsl_rng_get(rng), word[w]);
    }
    gsl_rng_free(rng);
}

static void gsl_adapter_can_replay_an_engine_draw(void **state) {
    (void)state;
    const csim_stream stream = csim_stream_make(11, "price.m_o");
    const uint32_t counter[4] = {21, 77, stream.hash[0], stream.hash[1]};
    gsl_rng *rng = new_rng(0);
    csim_gsl_philox_seek(rng, stream.key, counter);
    check_ulp(gsl_rng_uniform(rng), csim_stream_uniform(&stream, 77, 42), 0);
    check_ulp(gsl_rng_uniform(rng), csim_stream_uniform(&stream, 77, 43), 0);
    gsl_rng_free(rng);
}

static void gsl_samplers_run_on_the_adapter(void **state) {
    (void)state;
    gsl_rng *rng = new_rng(4), *copy = gsl_rng_clone(rng);
    assert_non_null(copy);
    for (int i = 0; i < DRAWS; i++) first[i] = gsl_ran_gamma(rng, 2.5, 2);
    check_ulp(gsl_ran_gamma(copy, 2.5, 2), first[0], 0);
    check_near(gsl_stats_mean(first, 1, DRAWS), 5, 4 * sqrt(10.0 / DRAWS));
    for (int i = 0; i < DRAWS; i++) first[i] = gsl_cdf_ugaussian_P(gsl_ran_gaussian_ziggurat(rng, 1));
    expect_uniform(first);
    gsl_rng_free(rng);
    gsl_rng_free(copy);
}

static void gsl_seeds_do_not_alias(void **state) {
    (void)state;
    static const unsigned long seeds[] = {0, 1, 4357, 1ul << 32, (1ul << 32) + 1};
    for (int i = 0; i < 5; i++)
        for (int j = 0; j < i; j++) {
            gsl_rng *a = new_rng(seeds[i]), *b = new_rng(seeds[j]);
            assert_true(gsl_rng_get(a) != gsl_rng_get(b));
            gsl_rng_free(a);
            gsl_rng_free(b);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox_gives_the_published_answers),
        cmocka_unit_test(uniforms_never_reach_zero_or_one),
        cmocka_unit_test(a_draw_is_the_philox_block_at_its_address),
        cmocka_unit_test(names_hash_to_known_values),
        cmocka_unit_test(blocks_equal_single_draws),
        cmocka_unit_test(seeds_names_paths_and_months_give_different_draws),
        cmocka_unit_test(draws_are_uniform_over_paths_and_over_months),
        cmocka_unit_test(neighbouring_addresses_are_uncorrelated),
        cmocka_unit_test(gsl_adapter_hands_out_the_raw_blocks_in_order),
        cmocka_unit_test(gsl_adapter_carries_through_all_four_words),
        cmocka_unit_test(gsl_adapter_can_replay_an_engine_draw),
        cmocka_unit_test(gsl_samplers_run_on_the_adapter),
        cmocka_unit_test(gsl_seeds_do_not_alias),
    };
    return cmocka_run_group_tests_name("rng", tests, NULL, NULL);
}
