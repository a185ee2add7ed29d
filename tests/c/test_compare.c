/* Scenarios side by side: pairs that are exact, errors that are honest, refusals that are clear. Run from the root. */
#include <math.h>
#include <stdlib.h>

#include "csim/engine/columns.h"
#include "csim/engine/compare.h"
#include "csim/engine/compare_numbers.h"
#include "tests/c/check.h"

static csim_scenario *scenarios[3];
static csim_plan *plans[3];
enum { BASELINE, NO_CONTROLS, HINDCAST };

static int load_all(void **state) {
    static const char *const names[] = {"baseline", "no_controls", "hindcast_2025_09"};
    csim_catalogue *catalogue;
    csim_error err;
    (void)state;
    csim_scenario_set_home("scenarios");
    for (int i = 0; i < 3; i++) {
        check_status(csim_scenario_load(names[i], &scenarios[i], &err), &err);
        check_status(csim_catalogue_load(scenarios[i]->catalogue_dir, &catalogue, &err), &err);
        check_status(csim_plan_compile(scenarios[i], catalogue, &plans[i], &err), &err);
        csim_catalogue_free(catalogue);
    }
    return 0;
}

static int free_all(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++) {
        csim_plan_free(plans[i]);
        csim_scenario_free(scenarios[i]);
    }
    return 0;
}

static csim_compare_side side_of(int which) { return (csim_compare_side){scenarios[which]->name, plans[which], NULL, scenarios[which]->seed, CSIM_SAMPLER_MC, 1}; }

static csim_comparison *run_pair(int a, int b, csim_compare_request wanted) {
    const csim_compare_side sides[] = {side_of(a), side_of(b)};
    csim_comparison *comparison;
    csim_error err;
    uint64_t done, total;
    check_status(csim_comparison_new(sides, 2, &wanted, &comparison, &err), &err);
    check_status(csim_comparison_advance(comparison, 0.0, NULL, &err), &err);
    csim_comparison_progress(comparison, &done, &total);
    assert_true(done == total);
    return comparison;
}

static void scenario_against_itself_is_exactly_zero_and_identical(void **state) {
    size_t rows, claims;
    (void)state;
    csim_comparison *c = run_pair(BASELINE, BASELINE, (csim_compare_request){.paths = 200});
    const csim_compare_row *row = csim_comparison_rows(c, &rows);
    const csim_compare_claim *claim = csim_comparison_claims(c, &claims);
    assert_true(rows > 100 && claims > 50 && csim_comparison_identical(c, 1));
    for (size_t i = 0; i < rows; i++) assert_true(row[i].identical && row[i].difference.mean.value == 0.0 && row[i].difference.mean.error == 0.0);
    for (size_t i = 0; i < claims; i++) assert_true(!claim[i].gained && !claim[i].lost && claim[i].a.hits == claim[i].b.hits);
    csim_comparison_free(c);
}

static void answers_are_those_of_each_scenario_alone(void **state) {
    const csim_run_options options = {.seed = scenarios[NO_CONTROLS]->seed, .paths = 300};
    const csim_result *result;
    csim_run *run;
    csim_error err;
    size_t claims;
    (void)state;
    csim_comparison *c = run_pair(BASELINE, NO_CONTROLS, (csim_compare_request){.paths = 300, .has_seed = 1, .seed = options.seed});
    const csim_compare_claim *claim = csim_comparison_claims(c, &claims);
    check_status(csim_run_new(plans[NO_CONTROLS], &options, &run, &err), &err);
    check_status(csim_run_advance(run, 0.0, NULL, &err), &err);
    check_status(csim_run_result(run, &result, &err), &err);
    for (int i = 0; i < result->plan->readings; i++)
        for (size_t k = 0; k < claims; k++)
            if (!strcmp(claim[k].reading, result->plan->reading_id[i])) assert_true(claim[k].b.hits == result->tally[i].hits && claim[k].b.count == result->tally[i].count);
    csim_run_free(run);
    csim_comparison_free(c);
}

/* The error that one comparison states is the spread of many. */
static void paired_error_is_the_spread_over_seeds(void **state) {
    enum { SEEDS = 40 };
    const char *const series[] = {"cost.cn_first_party", "cap.gap"};
    const int month[] = {(2028 - 2000) * 12 + 11};
    double mean[2] = {0}, square[2] = {0}, stated[2] = {0};
    size_t rows;
    (void)state;
    for (int seed = 0; seed < SEEDS; seed++) {
        csim_comparison *c = run_pair(BASELINE, NO_CONTROLS, (csim_compare_request){.paths = 64, .has_seed = 1, .seed = (uint64_t)seed, .series = series, .series_count = 2,
                                                                                    .month = month, .months = 1});
        const csim_compare_row *row = csim_comparison_rows(c, &rows);
        assert_int_equal(rows, 2);
        for (int i = 0; i < 2; i++) {
            mean[i] += row[i].difference.mean.value / SEEDS;
            square[i] += row[i].difference.mean.value * row[i].difference.mean.value / SEEDS;
            stated[i] += row[i].difference.mean.error / SEEDS;
            check_near(row[i].difference.mean.value, row[i].b.value - row[i].a.value, 1e-12 * fabs(row[i].a.value));
        }
        csim_comparison_free(c);
    }
    for (int i = 0; i < 2; i++) check_between(sqrt((square[i] - mean[i] * mean[i]) * SEEDS / (SEEDS - 1.0)) / stated[i], 0.7, 1.4);
}

static double uniform(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 11) * 0x1p-53;
}

/* A condition that holds on other paths in B than in A. */
static void error_of_conditional_answers_is_their_spread(void **state) {
    enum { TIMES = 2000, PATHS = 400 };
    unsigned char a[PATHS], b[PATHS];
    uint64_t random = 7;
    double mean = 0.0, square = 0.0, stated = 0.0;
    (void)state;
    for (int k = 0; k < TIMES; k++) {
        csim_compare_claim claim = {.side = 1};
        for (int i = 0; i < PATHS; i++) {
            const double luck = uniform(&random), condition = uniform(&random), other = uniform(&random);
            a[i] = (unsigned char)(condition > 0.7 ? CSIM_HIT_UNKNOWN : luck < 0.4 ? CSIM_HIT : CSIM_MISS);
            b[i] = (unsigned char)(condition + 0.2 * other > 0.7 ? CSIM_HIT_UNKNOWN : luck + 0.3 * (other - 0.5) < 0.5 ? CSIM_HIT : CSIM_MISS);
        }
        csim_compare_answers(a, b, PATHS, 1, &claim);
        mean += claim.difference.value / TIMES;
        square += claim.difference.value * claim.difference.value / TIMES;
        stated += claim.difference.error / TIMES;
    }
    check_between(sqrt(square - mean * mean) / stated, 0.95, 1.05);
}

static void numbers_of_four_pairs_are_those_worked_out_by_hand(void **state) {
    const double a[] = {1.0, 2.0, 4.0, 8.0, (double)NAN}, b[] = {2.0, 4.0, 8.0, 16.0, 1.0};
    csim_compare_row row = {.side = 1};
    csim_error err;
    (void)state;
    check_status(csim_compare_numbers(a, b, 5, 1, 1, &row, &err), &err);
    check_near(row.a.value, 3.75, 1e-15);
    check_near(row.b.value, 7.5, 1e-15);
    check_near(row.difference.mean.value, 3.75, 1e-15);
    check_close(row.difference.mean.error, sqrt(28.75 / 3.0 / 4.0), 1e-14); /* squares of 1, 2, 4, 8 about 3.75 sum to 28.75 */
    check_close(row.ratio.value, 2.0, 1e-14);
    check_near(row.ratio.error, 0.0, 1e-14);
    check_close(row.difference.correlation, 1.0, 1e-14);
    check_close(row.difference.probability.value, 1.0, 1e-14);
    assert_int_equal(row.difference.pairs, 4);
    assert_int_equal(row.difference.dropped, 1);
    assert_false(row.identical);
}

static void columns_do_not_depend_on_pieces(void **state) {
    enum { MORE = 10 };
    const csim_plan_scalar wanted = {csim_plan_slot(plans[BASELINE], "cap.gap"), 40};
    const csim_run_options all = {.seed = 5, .first_path = 3, .paths = CSIM_COLUMNS_PIECE + MORE}, tail = {.seed = 5, .first_path = 3 + CSIM_COLUMNS_PIECE, .paths = MORE};
    csim_columns *long_one, *short_one;
    csim_error err;
    (void)state;
    check_status(csim_columns_new(plans[BASELINE], &wanted, 1, 1, &all, &long_one, &err), &err);
    check_status(csim_columns_advance(long_one, 0.0, NULL, &err), &err);
    check_status(csim_columns_new(plans[BASELINE], &wanted, 1, 1, &tail, &short_one, &err), &err);
    check_status(csim_columns_advance(short_one, 0.0, NULL, &err), &err);
    for (int i = 0; i < MORE; i++) {
        assert_true(csim_columns_value(long_one, 0)[CSIM_COLUMNS_PIECE + i] == csim_columns_value(short_one, 0)[i]);
        assert_true(csim_columns_hit(long_one, 3)[CSIM_COLUMNS_PIECE + i] == csim_columns_hit(short_one, 3)[i]);
    }
    csim_columns_free(long_one);
    csim_columns_free(short_one);
}

static csim_status refuse(const csim_compare_side *sides, size_t count, csim_compare_request wanted, csim_error *err) {
    csim_comparison *comparison;
    const csim_status status = csim_comparison_new(sides, count, &wanted, &comparison, err);
    assert_null(comparison);
    return status;
}

static void what_cannot_be_paired_is_refused_in_one_sentence(void **state) {
    const csim_result run_of_1 = {.plan = plans[0], .options = {.seed = 1}}, run_of_2 = {.plan = plans[1], .options = {.seed = 2}}, later = {.plan = plans[1], .options = {.seed = 1, .first_path = 64}};
    const csim_compare_side a = {"a", plans[0], &run_of_1, 1, CSIM_SAMPLER_MC, 1}, b = {"b", plans[1], &run_of_2, 2, CSIM_SAMPLER_MC, 1}, c = {"c", plans[1], &later, 1, CSIM_SAMPLER_MC, 1}, s = side_of(BASELINE);
    const char *const misspelt = "cap.gapp";
    const int month = 12 * 70;
    csim_error err;
    (void)state;
    check_refused(refuse((csim_compare_side[]){a, b}, 2, (csim_compare_request){0}, &err), CSIM_USAGE, &err);
    check_contains(err.detail, "a has the seed 1 and b the seed 2");
    check_refused(refuse((csim_compare_side[]){a, c}, 2, (csim_compare_request){0}, &err), CSIM_USAGE, &err);
    check_contains(err.detail, "the same paths are needed");
    check_refused(refuse((csim_compare_side[]){s, a}, 2, (csim_compare_request){.has_seed = 1, .seed = 3}, &err), CSIM_USAGE, &err);
    check_contains(err.detail, "a was run with the seed 1");
    check_refused(refuse((csim_compare_side[]){s}, 1, (csim_compare_request){0}, &err), CSIM_USAGE, &err);
    check_refused(refuse((csim_compare_side[]){s, s}, 2, (csim_compare_request){.series = &misspelt, .series_count = 1}, &err), CSIM_UNKNOWN_NAME, &err);
    check_contains(err.hint, "cap.gap");
    check_refused(refuse((csim_compare_side[]){s, s}, 2, (csim_compare_request){.month = &month, .months = 1}, &err), CSIM_INCONSISTENT, &err);
    check_contains(err.detail, "2070-01 is left out: it lies outside the horizon of baseline");
}

static void run_whose_kept_paths_differ_is_refused(void **state) {
    const csim_run_options options = {.seed = 4, .paths = 70, .keep_paths = 70};
    const csim_result *result;
    csim_comparison *comparison;
    csim_run *run;
    csim_error err;
    (void)state;
    check_status(csim_run_new(plans[BASELINE], &options, &run, &err), &err);
    check_status(csim_run_advance(run, 0.0, NULL, &err), &err);
    check_status(csim_run_result(run, &result, &err), &err);
    const csim_compare_side sides[] = {{"old", plans[BASELINE], result, 4, CSIM_SAMPLER_MC, 1}, side_of(NO_CONTROLS)};
    /* Path 5 was stopped in the file, in a month after those compared: no sign of another model. */
    for (int i = 0; i < result->plan->scalars; i++) result->kept_scalar[5 * (size_t)result->plan->scalars + (size_t)i] = (double)NAN;
    for (int spoilt = 0; spoilt < 2; spoilt++) {
        for (int i = 0; spoilt && i < result->plan->scalars; i++) result->kept_scalar[3 * (size_t)result->plan->scalars + (size_t)i] *= 1.0 + 1e-12;
        check_status(csim_comparison_new(sides, 2, &(csim_compare_request){.paths = 80}, &comparison, &err), &err);
        const csim_status status = csim_comparison_advance(comparison, 0.0, NULL, &err);
        if (spoilt) check_refused(status, CSIM_INCONSISTENT, &err);
        else check_status(status, &err);
        csim_comparison_free(comparison);
    }
    check_contains(err.detail, "old was made by another model: path 3");
    csim_run_free(run);
}

/* Errors between replicates: of pairs, of both sides alone and of answers. Worked out by csim_error_between from means of each replicate. */
static void errors_of_replicates_are_taken_between_them(void **state) {
    enum { PAIRS = 64, REPLICATES = 4 };
    double a[PAIRS], b[PAIRS], mean_a[REPLICATES] = {0}, mean_d[REPLICATES] = {0}, hits[REPLICATES] = {0}, weight[REPLICATES];
    unsigned char hit_a[PAIRS], hit_b[PAIRS];
    uint64_t random = 3;
    csim_compare_row row = {.side = 1};
    csim_compare_claim claim = {.side = 1};
    csim_error err;
    (void)state;
    for (int i = 0; i < PAIRS; i++) {
        const int r = i % REPLICATES;
        a[i] = uniform(&random) + 0.1 * r;
        b[i] = a[i] + uniform(&random) * r;
        hit_a[i] = uniform(&random) < 0.5 ? CSIM_HIT : CSIM_MISS;
        hit_b[i] = uniform(&random) < 0.3 + 0.1 * r ? CSIM_HIT : CSIM_MISS;
        weight[r] = PAIRS / REPLICATES;
        mean_a[r] += a[i] / weight[r];
        mean_d[r] += (b[i] - a[i]) / weight[r];
        hits[r] += ((hit_b[i] == CSIM_HIT) - (hit_a[i] == CSIM_HIT)) / weight[r];
    }
    check_status(csim_compare_numbers(a, b, PAIRS, REPLICATES, 1, &row, &err), &err);
    csim_compare_answers(hit_a, hit_b, PAIRS, REPLICATES, &claim);
    check_close(row.a.error, csim_error_between(mean_a, weight, REPLICATES), 1e-12);
    check_close(row.difference.mean.error, csim_error_between(mean_d, weight, REPLICATES), 1e-12);
    check_close(claim.difference.error, csim_error_between(hits, weight, REPLICATES), 1e-12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scenario_against_itself_is_exactly_zero_and_identical),
        cmocka_unit_test(answers_are_those_of_each_scenario_alone),
        cmocka_unit_test(paired_error_is_the_spread_over_seeds),
        cmocka_unit_test(error_of_conditional_answers_is_their_spread),
        cmocka_unit_test(numbers_of_four_pairs_are_those_worked_out_by_hand),
        cmocka_unit_test(columns_do_not_depend_on_pieces),
        cmocka_unit_test(errors_of_replicates_are_taken_between_them),
        cmocka_unit_test(what_cannot_be_paired_is_refused_in_one_sentence),
        cmocka_unit_test(run_whose_kept_paths_differ_is_refused),
    };
    return cmocka_run_group_tests(tests, load_all, free_all);
}
