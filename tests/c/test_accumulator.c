/* Exact statistics: right against GSL's, the same bits whatever the order, and a byte form that refuses damage. */
#include "tests/c/check.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <stdlib.h>

#include "csim/stats/accumulator.h"
#include "csim/stats/axis.h"

enum { N = 20000, SERIES = 3, MONTHS = 2 };

/* One series a kind of axis. The log series has the tails of money, the logit series those of shares. */
static const csim_axis axes[SERIES] = {{CSIM_AXIS_LINEAR, -5.0, 5.0, 100.0}, {CSIM_AXIS_LOG, 1e-4, 1e4, 1e7}, {CSIM_AXIS_LOGIT, 1e-6, 0.999999, 2.0}};
static double sample[SERIES][MONTHS][N];
static int everything[N];

static int draw_samples(void **state) {
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 20260805);
    for (int i = 0; i < N; i++) {
        everything[i] = 1;
        for (int month = 0; month < MONTHS; month++) {
            sample[0][month][i] = gsl_ran_gaussian(rng, 1.0 + month);
            sample[1][month][i] = exp(gsl_ran_gaussian(rng, 2.0));
            sample[2][month][i] = 1.0 / (1.0 + exp(-gsl_ran_gaussian(rng, 3.0)));
        }
    }
    gsl_rng_free(rng);
    return 0;
}

static csim_accumulator *new_accumulator(void) {
    csim_accumulator *self = NULL;
    csim_error err = {0};
    check_status(csim_accumulator_new(axes, SERIES, MONTHS, &self, &err), &err);
    return self;
}

static void add_range(csim_accumulator *self, size_t from, size_t to) {
    for (size_t series = 0; series < SERIES; series++)
        for (size_t month = 0; month < MONTHS; month++) csim_accumulator_add(self, series, month, sample[series][month] + from, everything + from, to - from);
    csim_accumulator_settle(self);

}

typedef struct bytes { unsigned char *at; size_t size; } bytes;

static void collect(void *to, const void *from, size_t size) {
    bytes *self = to;
    self->at = realloc(self->at, self->size + size);
    assert_non_null(self->at);
    memcpy(self->at + self->size, from, size);
    self->size += size;
}

static bytes bytes_of(const csim_accumulator *self) {
    bytes out = {NULL, 0};
    csim_accumulator_write(self, collect, &out);
    return out;
}

static void check_same_bytes(const csim_accumulator *a, const csim_accumulator *b) {
    bytes x = bytes_of(a), y = bytes_of(b);
    assert_int_equal(x.size, y.size);
    assert_memory_equal(x.at, y.at, x.size);
    free(x.at);
    free(y.at);
}

/* ---- estimates */

static void mean_and_sd_agree_with_gsl(void **state) {
    (void)state;
    csim_accumulator *self = new_accumulator();
    add_range(self, 0, N);
    for (size_t series = 0; series < SERIES; series++)
        for (size_t month = 0; month < MONTHS; month++) {
            const double *values = sample[series][month], sd = gsl_stats_sd(values, 1, N);
            const csim_estimate mean = csim_accumulator_mean(self, series, month), spread = csim_accumulator_sd(self, series, month);
            check_near(mean.value, gsl_stats_mean(values, 1, N), 1e-9 * sd);
            check_close(mean.error, sd / sqrt(N), 1e-9);
            check_close(spread.value, sd, 1e-9);
            check_close(spread.error, sd / sqrt(2.0 * (N - 1)), 1e-9);
            assert_int_equal(csim_accumulator_count(self, series, month), N);
        }
    csim_accumulator_free(self);
}

static void quantiles_agree_with_gsl_to_a_bin(void **state) {
    (void)state;
    static const double probabilities[] = {0.05, 0.25, 0.5, 0.75, 0.95};
    static double sorted[N];
    csim_accumulator *self = new_accumulator();
    add_range(self, 0, N);
    for (size_t series = 0; series < SERIES; series++) {
        memcpy(sorted, sample[series][0], sizeof sorted);
        gsl_sort(sorted, 1, N);
        for (size_t i = 0; i < 5; i++) {
            const double got = csim_accumulator_quantile(self, series, 0, probabilities[i]).value;
            const double exact = gsl_stats_quantile_from_sorted_data(sorted, 1, N, probabilities[i]);
            if (series == 0) check_near(got, exact, 10.0 / 2046);
            if (series == 1) check_near(log(got), log(exact), log(1e8) / 2046);
            if (series == 2) check_near(log(got / (1 - got)), log(exact / (1 - exact)), 2.0 * log(999999.0) / 2046);
        }
    }
    csim_accumulator_free(self);
}

/* The median of n normals has the standard error sd·√(π/2)/√n. Asked of evenly spaced quantiles, so that the sample itself has no noise. */
static void the_error_of_a_median_is_the_normal_one(void **state) {
    (void)state;
    static double even[N];
    for (int i = 0; i < N; i++) even[i] = gsl_cdf_ugaussian_Pinv((i + 0.5) / N);
    csim_accumulator *self = new_accumulator();
    csim_accumulator_add(self, 0, 0, even, everything, N);
    csim_accumulator_settle(self);
    check_near(csim_accumulator_quantile(self, 0, 0, 0.5).value, 0.0, 1e-3);
    check_close(csim_accumulator_quantile(self, 0, 0, 0.5).error, sqrt(1.5707963267948966 / N), 0.02);
    csim_accumulator_free(self);
}

/* 1e5 and 1e5 + 1e-3: squares of 33 bits more than the spread needs. */
static void a_small_spread_on_a_large_mean_survives(void **state) {
    (void)state;
    const csim_axis axis = {CSIM_AXIS_LINEAR, 0.0, 2e5, 4e5};
    const double values[] = {1e5, 1e5 + 1e-3, 1e5, 1e5 + 1e-3};
    csim_accumulator *self = NULL;
    check_status(csim_accumulator_new(&axis, 1, 1, &self, NULL), NULL);
    csim_accumulator_add(self, 0, 0, values, everything, 4);
    csim_accumulator_settle(self);
    check_close(csim_accumulator_sd(self, 0, 0).value, gsl_stats_sd(values, 1, 4), 3e-3);
    csim_accumulator_free(self);
}

static void a_constant_comes_back_exactly(void **state) {
    (void)state;
    const double third = 1.0 / 3.0, values[] = {third, third, third};
    csim_accumulator *self = new_accumulator();
    csim_accumulator_add(self, 0, 1, values, everything, 3);
    csim_accumulator_settle(self);
    check_close(csim_accumulator_mean(self, 0, 1).value, third, 0);
    check_close(csim_accumulator_sd(self, 0, 1).value, 0.0, 0);
    check_close(csim_accumulator_quantile(self, 0, 1, 0.95).value, third, 0);
    csim_accumulator_free(self);
}

static void nothing_is_known_of_no_values(void **state) {
    (void)state;
    csim_accumulator *self = new_accumulator();
    assert_true(isnan(csim_accumulator_mean(self, 0, 0).value));
    assert_true(isnan(csim_accumulator_quantile(self, 0, 0, 0.5).value));
    csim_accumulator_add(self, 0, 0, sample[0][0], everything, 1);
    csim_accumulator_settle(self);
    check_close(csim_accumulator_mean(self, 0, 0).value, sample[0][0][0], 0);
    assert_true(isnan(csim_accumulator_mean(self, 0, 0).error)); /* one value says nothing of its spread */
    csim_accumulator_free(self);
}

static void values_outside_the_axis_count_and_extremes_are_kept(void **state) {
    (void)state;
    const double values[] = {-40.0, 0.0, 0.0, 60.0};
    csim_accumulator *self = new_accumulator();
    csim_accumulator_add(self, 0, 0, values, everything, 4);
    csim_accumulator_settle(self);
    check_close(csim_accumulator_lowest(self, 0, 0), -40.0, 0);
    check_close(csim_accumulator_highest(self, 0, 0), 60.0, 0);
    check_close(csim_accumulator_mean(self, 0, 0).value, 5.0, 1e-15);
    check_between(csim_accumulator_quantile(self, 0, 0, 0.99).value, 5.0, 60.0);
    check_between(csim_accumulator_quantile(self, 0, 0, 0.01).value, -40.0, -5.0);
    csim_accumulator_free(self);
}

static void values_that_are_not_kept_leave_no_trace(void **state) {
    (void)state;
    const double values[] = {1.0, 1e300, 2.0};
    const int keep[] = {1, 0, 1};
    const double kept[] = {1.0, 2.0};
    csim_accumulator *some = new_accumulator(), *all = new_accumulator();
    csim_accumulator_add(some, 0, 0, values, keep, 3);
    csim_accumulator_settle(some);
    csim_accumulator_add(all, 0, 0, kept, everything, 2);
    csim_accumulator_settle(all);
    check_same_bytes(some, all);
    csim_accumulator_free(some);
    csim_accumulator_free(all);
}

/* ---- exactness */

static void any_partition_gives_the_same_bytes(void **state) {
    (void)state;
    static const size_t cuts[][4] = {{0, 1, 2, N}, {0, 64, 12345, N}, {0, N / 3, N / 3, N}, {0, N - 1, N - 1, N}};
    csim_accumulator *whole = new_accumulator();
    add_range(whole, 0, N);
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        csim_accumulator *sum = new_accumulator();
        for (int shard = 2; shard >= 0; shard--) { /* merged last part first */
            csim_accumulator *part = new_accumulator();
            add_range(part, cuts[i][shard], cuts[i][shard + 1]);
            csim_accumulator_merge(sum, part);
            csim_accumulator_free(part);
        }
        check_same_bytes(whole, sum);
        csim_accumulator_free(sum);
    }
    csim_accumulator_free(whole);
}

static void any_order_gives_the_same_bytes(void **state) {
    (void)state;
    static double turned[N];
    csim_accumulator *forward = new_accumulator(), *backward = new_accumulator();
    add_range(forward, 0, N);
    for (size_t series = 0; series < SERIES; series++)
        for (size_t month = 0; month < MONTHS; month++) {
            for (size_t i = 0; i < N; i++) turned[i] = sample[series][month][N - 1 - i];
            csim_accumulator_add(backward, series, month, turned, everything, N);
            csim_accumulator_settle(backward);
        }
    check_same_bytes(forward, backward);
    csim_accumulator_free(forward);
    csim_accumulator_free(backward);
}

static void other_numbers_give_other_bytes(void **state) {
    (void)state;
    csim_accumulator *a = new_accumulator(), *b = new_accumulator();
    add_range(a, 0, N);
    add_range(b, 0, N - 1);
    bytes x = bytes_of(a), y = bytes_of(b);
    assert_true(x.size != y.size || memcmp(x.at, y.at, x.size));
    free(x.at);
    free(y.at);
    csim_accumulator_free(a);
    csim_accumulator_free(b);
}

/* Sums beyond 64 bits: 20,000 values near the largest the grid holds. */
static void sums_carry_into_the_high_words(void **state) {
    (void)state;
    static double large[N];
    for (size_t i = 0; i < N; i++) large[i] = i % 4 ? 99.0 : -99.0;
    csim_accumulator *self = new_accumulator();
    csim_accumulator_add(self, 0, 0, large, everything, N);
    csim_accumulator_settle(self);
    check_close(csim_accumulator_mean(self, 0, 0).value, 49.5, 1e-15);
    check_close(csim_accumulator_sd(self, 0, 0).value, gsl_stats_sd(large, 1, N), 1e-12);
    csim_accumulator_free(self);
}

/* ---- bytes */

static void bytes_read_back_to_the_same_statistics(void **state) {
    (void)state;
    csim_error err = {0};
    csim_accumulator *written = new_accumulator(), *read = new_accumulator();
    add_range(written, 0, N);
    bytes text = bytes_of(written);
    check_status(csim_accumulator_read(read, text.at, text.size, &err), &err);
    check_same_bytes(written, read);
    check_close(csim_accumulator_quantile(read, 1, 1, 0.95).value, csim_accumulator_quantile(written, 1, 1, 0.95).value, 0);
    add_range(read, 0, 10); /* and can be added to */
    add_range(written, 0, 10);
    check_same_bytes(written, read);
    free(text.at);
    csim_accumulator_free(written);
    csim_accumulator_free(read);
}

static void check_bytes_refused(const unsigned char *text, size_t size) {
    csim_error err = {0};
    csim_accumulator *self = new_accumulator();
    check_refused(csim_accumulator_read(self, text, size, &err), CSIM_FILE_FORMAT, &err);
    csim_accumulator_free(self);
}

static void cut_or_lengthened_bytes_are_refused(void **state) {
    (void)state;
    csim_accumulator *self = new_accumulator();
    add_range(self, 0, 500);
    bytes text = bytes_of(self);
    for (size_t size = 0; size < text.size; size += 97) check_bytes_refused(text.at, size);
    check_bytes_refused(text.at, text.size - 1);
    collect(&text, "", 1);
    check_bytes_refused(text.at, text.size);
    free(text.at);
    csim_accumulator_free(self);
}

/* Words: series, months, then nine of moments, the number of filled bins, and the bins. */
static void impossible_bytes_are_refused(void **state) {
    (void)state;
    enum { WORD = 8, COUNT_AT = 2 * WORD, FILLED_AT = COUNT_AT + (int)sizeof(csim_moments), BIN_AT = FILLED_AT + WORD };
    static const struct { size_t at; uint64_t word; } plants[] = {
        {0, SERIES + 1}, {WORD, MONTHS - 1}, {COUNT_AT, 501}, {FILLED_AT, CSIM_BINS + 1}, {FILLED_AT, UINT64_MAX}, {BIN_AT, (uint64_t)CSIM_BINS << 32 | 1}};
    csim_accumulator *self = new_accumulator();
    add_range(self, 0, 500);
    for (size_t i = 0; i < sizeof plants / sizeof plants[0]; i++) {
        bytes text = bytes_of(self);
        memcpy(text.at + plants[i].at, &plants[i].word, WORD);
        check_bytes_refused(text.at, text.size);
        free(text.at);
    }
    csim_accumulator_free(self);
}

/* ---- probabilities */

/* Newcombe, Statistics in Medicine 17 (1998), table I, score method without continuity correction. */
static void wilson_intervals_are_the_published_ones(void **state) {
    (void)state;
    static const struct { uint64_t hits, count; double low, high; } published[] = {
        {81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {1, 29, 0.0061, 0.1718}};
    for (size_t i = 0; i < sizeof published / sizeof published[0]; i++) {
        const csim_probability p = csim_probability_of(published[i].hits, published[i].count);
        check_near(p.low, published[i].low, 5e-5);
        check_near(p.high, published[i].high, 5e-5);
        check_close(p.value, (double)published[i].hits / (double)published[i].count, 1e-15);
        check_close(p.error, sqrt(p.value * (1 - p.value) / (double)published[i].count), 1e-15);
    }
}

static void no_hits_and_only_hits_obey_the_rule_of_three(void **state) {
    (void)state;
    for (uint64_t n = 50; n <= 100000; n *= 10) {
        const csim_probability none = csim_probability_of(0, n), all = csim_probability_of(n, n);
        check_close(none.high, 3.0 / (double)n, 0.04);
        check_close(pow(1.0 - none.high, (double)n), 0.05, 1e-9); /* the exact bound, which 3/n rounds */
        check_close(none.low, 0.0, 0);
        check_close(all.low, 1.0 - none.high, 1e-15);
        check_close(all.high, 1.0, 0);
    }
}

static void a_probability_of_nothing_is_unknown(void **state) {
    (void)state;
    const csim_probability p = csim_probability_of(0, 0);
    assert_true(isnan(p.value) && isnan(p.error));
    check_close(p.low, 0.0, 0);
    check_close(p.high, 1.0, 0);
}

static void many_exact_zeros_have_a_median_of_zero(void **state) {
    (void)state;
    const csim_axis axis = {CSIM_AXIS_LINEAR, 0.0, 1.0, 2.0};
    const double values[] = {0.0, 0.0, 0.0, 0.3, 1.0};
    csim_accumulator *self = NULL;
    check_status(csim_accumulator_new(&axis, 1, 1, &self, NULL), NULL);
    csim_accumulator_add(self, 0, 0, values, everything, 5);
    csim_accumulator_settle(self);
    check_close(csim_accumulator_quantile(self, 0, 0, 0.5).value, 0.0, 0);
    check_close(csim_accumulator_quantile(self, 0, 0, 1.0).value, 1.0, 0);
    csim_accumulator_free(self);
}

static void a_signed_axis_keeps_small_and_large_values_of_both_signs_apart(void **state) {
    (void)state;
    const csim_axis axis = {CSIM_AXIS_SIGNED, -1e5, 1e5, 3e5};
    double values[2001];
    csim_accumulator *self = NULL;
    for (int i = 0; i <= 2000; i++) values[i] = sinh((i - 1000) / 100.0); /* −11,013 … 11,013, half of them within ±75 */
    check_status(csim_accumulator_new(&axis, 1, 1, &self, NULL), NULL);
    for (int i = 0; i <= 2000; i++) csim_accumulator_add(self, 0, 0, &values[i], everything, 1);
    csim_accumulator_settle(self);
    const double p[] = {0.05, 0.3, 0.5, 0.7, 0.95};
    for (int i = 0; i < 5; i++) check_near(csim_accumulator_quantile(self, 0, 0, p[i]).value, sinh((p[i] * 2000 - 1000) / 100.0), 0.02 * (1.0 + fabs(sinh((p[i] * 2000 - 1000) / 100.0))));
    csim_accumulator_free(self);
}

/* Back and forth on every axis, and larger values never lie lower: neighbours a millionth apart, across powers of two and both signs. */
static void axes_are_monotone_and_invert(void **state) {
    const csim_axis_kind kinds[] = {CSIM_AXIS_LINEAR, CSIM_AXIS_LOG, CSIM_AXIS_LOGIT, CSIM_AXIS_SIGNED};
    (void)state;
    for (size_t k = 0; k < 4; k++) {
        double before = -1e300;
        for (int i = -2000; i <= 2000; i++) {
            const double wide = exp(i / 100.0), x = kinds[k] == CSIM_AXIS_LOGIT ? wide / (1.0 + wide) : kinds[k] == CSIM_AXIS_LOG ? wide : sinh(i / 100.0);
            const double place = csim_axis_place(kinds[k], x), back = csim_axis_value(kinds[k], place);
            assert_true(place > before && csim_axis_place(kinds[k], x + 1e-6 * fabs(x)) >= place);
            assert_true(fabs(back - x) <= 4e-15 * (1.0 + fabs(x)) + 1e-15);
            before = place;
        }
    }
}

static void a_share_that_rounding_put_above_1_is_at_the_upper_end(void **state) {
    (void)state;
    assert_true(csim_axis_place(CSIM_AXIS_LOGIT, 1.0 + 1e-12) >= csim_axis_place(CSIM_AXIS_LOGIT, 1.0 - 1e-12));
    assert_true(csim_axis_place(CSIM_AXIS_LOGIT, -1e-12) <= csim_axis_place(CSIM_AXIS_LOGIT, 0.0));
}

static void counts_have_whole_quantiles(void **state) {
    (void)state;
    const csim_axis axis = {CSIM_AXIS_COUNT, CSIM_COUNT_LOWEST, CSIM_COUNT_HIGHEST, 100.0};
    const double values[] = {0.0, 0.0, 2.0, 3.0, 7.0};
    csim_accumulator *self = NULL;
    check_status(csim_accumulator_new(&axis, 1, 1, &self, NULL), NULL);
    csim_accumulator_add(self, 0, 0, values, everything, 5);
    csim_accumulator_settle(self);
    check_close(csim_accumulator_quantile(self, 0, 0, 0.3).value, 0.0, 0);
    check_close(csim_accumulator_quantile(self, 0, 0, 0.5).value, 2.0, 0);
    check_close(csim_accumulator_quantile(self, 0, 0, 0.99).value, 7.0, 0);
    csim_accumulator_free(self);
}

static void moments_alone_equal_those_with_bins_and_know_no_quantile(void **state) {
    enum { VALUES = 50 };
    const csim_axis axis = {CSIM_AXIS_LOG, 1e-3, 1e3, 1e6};
    csim_accumulator *with, *without;
    double values[VALUES];
    int keep[VALUES], all[VALUES];
    (void)state;
    check_status(csim_accumulator_new(&axis, 1, 2, &with, NULL), NULL);
    check_status(csim_accumulator_new_moments(&axis, 1, 2, &without, NULL), NULL);
    for (int i = 0; i < VALUES; i++) {
        values[i] = 0.01 * (i + 1) * (i + 1);
        keep[i] = i % 7 != 3;
        all[i] = 1;
    }
    for (size_t month = 0; month < 2; month++) {
        csim_accumulator_add(with, 0, month, values, month ? keep : all, VALUES);
        csim_lane_sums sums;
        csim_accumulator_look(without, 0, values, month ? keep : NULL, VALUES, &sums, NULL);
        csim_accumulator_take(without, 0, month, &sums, NULL);
        assert_memory_equal(&with->moments[csim_accumulator_cell(with, 0, month)], &without->moments[csim_accumulator_cell(without, 0, month)], sizeof(csim_moments));
        assert_true(isnan(csim_accumulator_quantile(without, 0, month, 0.5).value) && isnan(csim_accumulator_quantile_interval(without, 0, month, 0.5).low));
    }
    csim_accumulator_free(with);
    csim_accumulator_free(without);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_alone_equal_those_with_bins_and_know_no_quantile),
        cmocka_unit_test(many_exact_zeros_have_a_median_of_zero),
        cmocka_unit_test(a_signed_axis_keeps_small_and_large_values_of_both_signs_apart),
        cmocka_unit_test(axes_are_monotone_and_invert),
        cmocka_unit_test(a_share_that_rounding_put_above_1_is_at_the_upper_end),
        cmocka_unit_test(counts_have_whole_quantiles),
        cmocka_unit_test(mean_and_sd_agree_with_gsl),
        cmocka_unit_test(quantiles_agree_with_gsl_to_a_bin),
        cmocka_unit_test(the_error_of_a_median_is_the_normal_one),
        cmocka_unit_test(a_small_spread_on_a_large_mean_survives),
        cmocka_unit_test(a_constant_comes_back_exactly),
        cmocka_unit_test(nothing_is_known_of_no_values),
        cmocka_unit_test(values_outside_the_axis_count_and_extremes_are_kept),
        cmocka_unit_test(values_that_are_not_kept_leave_no_trace),
        cmocka_unit_test(any_partition_gives_the_same_bytes),
        cmocka_unit_test(any_order_gives_the_same_bytes),
        cmocka_unit_test(other_numbers_give_other_bytes),
        cmocka_unit_test(sums_carry_into_the_high_words),
        cmocka_unit_test(bytes_read_back_to_the_same_statistics),
        cmocka_unit_test(cut_or_lengthened_bytes_are_refused),
        cmocka_unit_test(impossible_bytes_are_refused),
        cmocka_unit_test(wilson_intervals_are_the_published_ones),
        cmocka_unit_test(no_hits_and_only_hits_obey_the_rule_of_three),
        cmocka_unit_test(a_probability_of_nothing_is_unknown),
    };
    return cmocka_run_group_tests(tests, draw_samples, NULL);
}
