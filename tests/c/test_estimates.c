/* Errors between replicates: formulas, what is refused, bounds of whole numbers, and how paths are counted as independent ones. */
#include <gsl/gsl_cdf.h>
#include <stdlib.h>

#include "csim/stats/path_mean.h"
#include "csim/stats/replicates.h"
#include "tests/c/check.h"

enum { REPLICATES = 4, EACH = 16 };
static const csim_axis linear = {CSIM_AXIS_LINEAR, -10, 10, 30}, whole = {CSIM_AXIS_COUNT, CSIM_COUNT_LOWEST, CSIM_COUNT_HIGHEST, 1e4};

typedef struct sample { csim_accumulator *of; csim_replicates *replicates; } sample;

/* One cell; values[r][i] is what path i of replicate r says. */
static sample sample_of(const csim_axis *axis, double values[REPLICATES][EACH]) {
    sample out;
    int all[EACH];
    for (int i = 0; i < EACH; i++) all[i] = 1;
    check_status(csim_accumulator_new(axis, 1, 1, &out.of, NULL), NULL);
    check_status(csim_replicates_new(REPLICATES, 1, 1, &out.replicates, NULL), NULL);
    out.of->replicates = out.replicates;
    for (uint32_t r = 0; r < REPLICATES; r++) {
        out.of->replicate = r;
        csim_accumulator_add(out.of, 0, 0, values[r], all, EACH);
    }
    csim_accumulator_settle(out.of);
    return out;
}

static void release(sample it) {
    csim_accumulator_free(it.of);
    csim_replicates_free(it.replicates);
}

static void students_points_are_gsls(void **state) {
    (void)state;
    check_close(csim_student_point(0), 1.959963984540054, 1e-15);
    for (size_t n = 1; n < 64; n++) check_close(csim_student_point(n), gsl_cdf_tdist_Pinv(0.975, (double)n), 1e-3);
}

static void the_error_of_a_mean_is_the_spread_between_replicates(void **state) {
    double values[REPLICATES][EACH];
    (void)state;
    for (int r = 0; r < REPLICATES; r++)
        for (int i = 0; i < EACH; i++) values[r][i] = r + (i % 2 ? 3.0 : -3.0); /* means 0, 1, 2, 3 */
    sample it = sample_of(&linear, values);
    const double error = sqrt(5.0 / 3.0) / 2.0, variance = (9.0 + 1.25) * 64.0 / 63.0;
    check_close(csim_accumulator_mean(it.of, 0, 0).value, 1.5, 1e-12);
    check_close(csim_accumulator_mean(it.of, 0, 0).error, error, 1e-12);
    check_close(csim_accumulator_mean_interval(it.of, 0, 0).high - 1.5, error * gsl_cdf_tdist_Pinv(0.975, 3), 1e-4);
    check_close(csim_accumulator_effective(it.of, 0, 0), variance / (error * error), 1e-12);
    it.of->replicates = NULL; /* as if all were independent */
    check_close(csim_accumulator_mean(it.of, 0, 0).error, sqrt(variance / 64.0), 1e-12);
    check_close(csim_accumulator_effective(it.of, 0, 0), 64.0, 0);
    release(it);
}

/* 13 of 23 in each of three replicates: their weighted mean differs from 13/23 in the last digit, which is no spread. */
static void rounding_is_no_spread_between_replicates(void **state) {
    const double value[] = {13.0 / 23.0, 13.0 / 23.0, 13.0 / 23.0}, weight[] = {23.0, 23.0, 23.0};
    const uint64_t hits[] = {13, 13, 13}, counts[] = {23, 23, 23};
    const csim_probability alone = csim_probability_of(39, 69), p = csim_probability_of_replicates(hits, counts, 3);
    (void)state;
    assert_true(csim_error_between(value, weight, 3) == 0.0);
    assert_true(isnan(p.error) && p.low == alone.low && p.high == alone.high);
}

/* Two months that undo each other but for the replicate: their sum's error is the little that is left; without replicates only the bound is known. */
static void a_sum_of_means_has_the_error_of_the_sum(void **state) {
    const csim_term sum[] = {{0, 0, 0.5}, {0, 1, 0.5}}, gone[] = {{0, 0, 1.0}, {0, 0, -1.0}};
    csim_accumulator *of;
    csim_replicates *replicates;
    int all[EACH];
    (void)state;
    check_status(csim_accumulator_new(&linear, 1, 2, &of, NULL), NULL);
    check_status(csim_replicates_new(REPLICATES, 1, 2, &replicates, NULL), NULL);
    of->replicates = replicates;
    for (uint32_t r = 0; r < REPLICATES; r++) {
        double values[2][EACH];
        for (int i = 0; i < EACH; i++) {
            all[i] = 1;
            values[0][i] = sin(r + 10.0 * i);
            values[1][i] = 2.0 * r - values[0][i];
        }
        of->replicate = r;
        for (size_t m = 0; m < 2; m++) csim_accumulator_add(of, 0, m, values[m], all, EACH);
    }
    csim_accumulator_settle(of);
    const csim_estimate paired = csim_accumulator_combine(of, sum, 2);
    check_close(paired.value, 1.5, 1e-9);
    check_close(paired.error, sqrt(5.0 / 3.0) / 2.0, 1e-9);
    assert_true(isnan(csim_accumulator_combine(of, gone, 2).error));
    of->replicates = NULL;
    const csim_estimate bound = csim_accumulator_combine(of, sum, 2);
    check_close(bound.value, paired.value, 0);
    check_close(bound.error, 0.5 * (csim_accumulator_mean(of, 0, 0).error + csim_accumulator_mean(of, 0, 1).error), 1e-15);
    csim_accumulator_free(of);
    csim_replicates_free(replicates);
}

static void mean_over_paths_knows_no_error_where_replicates_agree_by_chance(void **state) {
    const double apart[] = {0.0, 0.0, 1.0, 1.0}, equal[] = {3.0, 3.0, 3.0, 3.0};
    csim_path_mean a = {.replicates = 2}, b = {.replicates = 2}, c = {.replicates = 1};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        csim_path_mean_add(&a, i, apart[i]);
        csim_path_mean_add(&b, i, equal[i]);
        csim_path_mean_add(&c, i, apart[i]);
    }
    assert_true(csim_path_mean_estimate(&a).value == 0.5 && isnan(csim_path_mean_estimate(&a).error));
    assert_true(csim_path_mean_estimate(&b).value == 3.0 && csim_path_mean_estimate(&b).error == 0.0);
    check_close(csim_path_mean_estimate(&c).error, sqrt(1.0 / 3.0 / 4.0), 1e-14);
}

static void values_that_differ_never_have_an_error_of_exactly_zero(void **state) {
    double values[REPLICATES][EACH];
    const uint64_t hits[REPLICATES] = {5, 5, 5, 5}, counts[REPLICATES] = {16, 16, 16, 16};
    (void)state;
    for (int r = 0; r < REPLICATES; r++)
        for (int i = 0; i < EACH; i++) values[r][i] = i % 2 ? 1.0 : -1.0;
    sample it = sample_of(&linear, values);
    assert_true(isnan(csim_accumulator_mean(it.of, 0, 0).error));
    assert_true(isnan(csim_accumulator_sd(it.of, 0, 0).error));
    assert_true(isnan(csim_accumulator_mean_interval(it.of, 0, 0).low));
    assert_true(isnan(csim_accumulator_effective(it.of, 0, 0)));
    release(it);
    const csim_probability p = csim_probability_of_replicates(hits, counts, REPLICATES), independent = csim_probability_of(20, 64);
    assert_true(isnan(p.error));
    check_close(p.low, independent.low, 0);
    check_close(p.high, independent.high, 0);
}

static void constants_are_exact(void **state) {
    double values[REPLICATES][EACH];
    (void)state;
    for (int r = 0; r < REPLICATES; r++)
        for (int i = 0; i < EACH; i++) values[r][i] = 0.1;
    sample it = sample_of(&linear, values);
    check_close(csim_accumulator_mean(it.of, 0, 0).value, 0.1, 0);
    check_close(csim_accumulator_mean(it.of, 0, 0).error, 0.0, 0);
    check_close(csim_accumulator_quantile(it.of, 0, 0, 0.95).value, 0.1, 0);
    release(it);
}

static void probabilities_take_their_error_between_replicates(void **state) {
    const uint64_t hits[REPLICATES] = {2, 4, 6, 8}, counts[REPLICATES] = {16, 16, 16, 16}, none[REPLICATES] = {0};
    (void)state;
    const csim_probability p = csim_probability_of_replicates(hits, counts, REPLICATES);
    check_close(p.value, 20.0 / 64.0, 1e-15);
    check_close(p.error, sqrt(20.0 / 3.0) / 16.0 / 2.0, 1e-12);
    check_between(p.low, 0.0, p.value);
    check_between(p.high, p.value, 1.0);
    const csim_probability never = csim_probability_of_replicates(none, counts, REPLICATES);
    check_close(never.high, csim_probability_of(0, 64).high, 0);
    const csim_probability one = csim_probability_of_replicates(hits, counts, 1), same = csim_probability_of(2, 16);
    assert_memory_equal(&one, &same, sizeof one);
}

/* The bounds of a whole number's quantile are whole numbers that occurred. */
static void whole_numbers_have_order_statistics_for_bounds(void **state) {
    double values[REPLICATES][EACH];
    (void)state;
    for (int r = 0; r < REPLICATES; r++)
        for (int i = 0; i < EACH; i++) values[r][i] = (7 * i + r) % 13;
    sample it = sample_of(&whole, values);
    for (int with = 0; with < 2; with++) {
        it.of->replicates = with ? it.replicates : NULL;
        const csim_interval bounds = csim_accumulator_quantile_interval(it.of, 0, 0, 0.5);
        const double middle = csim_accumulator_quantile(it.of, 0, 0, 0.5).value;
        check_close(bounds.low, floor(bounds.low), 0);
        check_close(bounds.high, floor(bounds.high), 0);
        check_between(middle, bounds.low, bounds.high);
        assert_true(with || bounds.low < bounds.high); /* these replicates nearly agree */
    }
    check_close(csim_accumulator_share(it.of, 0, 0, 3).value, csim_probability_of(it.of->bin[4], 64).value, 0);
    release(it);
}

static void append(void *to, const void *bytes, size_t size) {
    unsigned char **at = to;
    memcpy(*at, bytes, size);
    *at += size;
}

static void canonical_bytes_bring_replicates_back(void **state) {
    static unsigned char bytes[100000];
    double values[REPLICATES][EACH];
    csim_replicates *read;
    csim_error err;
    unsigned char *end = bytes;
    (void)state;
    for (int r = 0; r < REPLICATES; r++)
        for (int i = 0; i < EACH; i++) values[r][i] = sin(r + 10.0 * i);
    sample it = sample_of(&linear, values);
    csim_replicates_write(it.replicates, append, &end);
    check_status(csim_replicates_new(REPLICATES, 1, 1, &read, &err), &err);
    check_status(csim_replicates_read(read, bytes, (size_t)(end - bytes), &err), &err);
    assert_memory_equal(read->moments, it.replicates->moments, REPLICATES * sizeof *read->moments);
    assert_memory_equal(read->bin, it.replicates->bin, REPLICATES * CSIM_COARSE_BINS * sizeof *read->bin);
    check_refused(csim_replicates_read(read, bytes, (size_t)(end - bytes) - 1, &err), CSIM_FILE_FORMAT, &err);
    csim_replicates_free(read);
    check_refused(csim_replicates_new(CSIM_MOST_REPLICATES + 1, 1, 1, &read, &err), CSIM_LIMIT, &err);
    release(it);
}

/* Of 64 paths 16 each say 0, 1, 2 and 3. */
static void a_split_of_whole_numbers_is_exact(void **state) {
    double values[REPLICATES][EACH];
    (void)state;
    for (int r = 0; r < REPLICATES; r++)
        for (int i = 0; i < EACH; i++) values[r][i] = i % 4;
    sample it = sample_of(&whole, values);
    const csim_split below = csim_accumulator_share_below(it.of, 0, 0, 2, 0), half = csim_accumulator_share_below(it.of, 0, 0, 2, 0.5);
    const csim_split up_to = csim_accumulator_share_below(it.of, 0, 0, 2, 1), between = csim_accumulator_share_below(it.of, 0, 0, 1.5, 0);
    check_close(below.probability.value, 0.5, 0);
    check_close(half.probability.value, 0.625, 0);
    check_close(up_to.probability.value, 0.75, 0);
    check_close(between.probability.value, 0.5, 0);
    check_close(csim_split_rest(below).probability.value, 0.5, 0);
    assert_int_equal(below.least, 32);
    assert_int_equal(below.most, 32);
    assert_int_equal(up_to.least, 48);
    assert_true(isnan(below.probability.error)); /* replicates agree to the last path */
    it.of->replicates = NULL;
    check_close(csim_accumulator_share_below(it.of, 0, 0, 2, 0).probability.error, sqrt(0.25 / 64), 1e-12);
    check_close(csim_accumulator_share_below(it.of, 0, 0, 2, 0.5).probability.error, sqrt((0.5 + 0.25 * 0.25 - 0.625 * 0.625) / 64), 1e-12);
    release(it);
}

static void a_split_takes_its_error_between_replicates(void **state) {
    double values[REPLICATES][EACH], share[REPLICATES];
    const double weight[REPLICATES] = {EACH, EACH, EACH, EACH};
    (void)state;
    for (int r = 0; r < REPLICATES; r++) {
        share[r] = (r + 2.0) / EACH;
        for (int i = 0; i < EACH; i++) values[r][i] = i < r + 2 ? -1.0 : 1.0;
    }
    sample it = sample_of(&linear, values);
    const csim_split found = csim_accumulator_share_below(it.of, 0, 0, 0, 0);
    check_close(found.probability.value, 14.0 / 64.0, 1e-12);
    check_close(found.probability.error, csim_error_between(share, weight, REPLICATES), 1e-12);
    assert_int_equal(found.least, 14);
    assert_int_equal(found.most, 14);
    release(it);
}

static void a_split_knows_what_lies_beyond_all_paths_and_beyond_the_axis(void **state) {
    static const csim_axis logit = {CSIM_AXIS_LOGIT, 1e-3, 1 - 1e-3, 1};
    double values[REPLICATES][EACH];
    (void)state;
    for (int r = 0; r < REPLICATES; r++)
        for (int i = 0; i < EACH; i++) values[r][i] = i < 4 ? 0.0 : 0.5;
    sample it = sample_of(&logit, values);
    const csim_split none = csim_accumulator_share_below(it.of, 0, 0, -0.1, 0.5), all = csim_accumulator_share_below(it.of, 0, 0, 0.6, 0);
    const csim_split end = csim_accumulator_share_below(it.of, 0, 0, 0, 0.5);
    assert_int_equal(none.seen, CSIM_SEEN_BELOW_ALL);
    check_close(none.probability.value, 0, 0);
    check_close(none.probability.high, 1 - pow(0.05, 1.0 / 64), 1e-9);
    assert_int_equal(all.seen, CSIM_SEEN_ABOVE_ALL);
    check_close(all.probability.value, 1, 0);
    check_close(end.probability.value, 8.0 / 64.0, 0);
    assert_int_equal(csim_accumulator_share_below(it.of, 0, 0, 1e-4, 0).off_axis, 1);
    assert_int_equal(csim_accumulator_share_below(it.of, 0, 0, 1e-4, 0).most, 16);
    release(it);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(students_points_are_gsls),
        cmocka_unit_test(the_error_of_a_mean_is_the_spread_between_replicates),
        cmocka_unit_test(rounding_is_no_spread_between_replicates),
        cmocka_unit_test(a_sum_of_means_has_the_error_of_the_sum),
        cmocka_unit_test(mean_over_paths_knows_no_error_where_replicates_agree_by_chance),
        cmocka_unit_test(values_that_differ_never_have_an_error_of_exactly_zero),
        cmocka_unit_test(constants_are_exact),
        cmocka_unit_test(probabilities_take_their_error_between_replicates),
        cmocka_unit_test(whole_numbers_have_order_statistics_for_bounds),
        cmocka_unit_test(a_split_of_whole_numbers_is_exact),
        cmocka_unit_test(a_split_takes_its_error_between_replicates),
        cmocka_unit_test(a_split_knows_what_lies_beyond_all_paths_and_beyond_the_axis),
        cmocka_unit_test(canonical_bytes_bring_replicates_back),
    };
    return cmocka_run_group_tests_name("estimates", tests, NULL, NULL);
}
