/* Break-evens and shares of guesses against closed forms: synthetic answers whose threshold or index is known, error bars against repetition over seeds.
 * The runs beside a run on the shipped baseline. Run from the root of the project. */
#include <math.h>
#include <stdlib.h>

#include "csim/engine/beside.h"
#include "csim/engine/break_even.h"
#include "csim/engine/claims.h"
#include "csim/engine/guesses.h"
#include "csim/rng/stream.h"
#include "kernels/vmath.h"
#include "tests/c/baseline.h"

enum { N = 2000, SEEDS = 400 };

static double uniform(uint64_t seed, const char *name, uint32_t path) {
    const csim_stream stream = csim_stream_make(seed, name);
    return csim_stream_uniform(&stream, path, 0);
}

static double normal(uint64_t seed, const char *name, uint32_t path) { return moe_normal_quantile(uniform(seed, name, path)); }

/* ---- break-even: the fit */

/* P(yes | z) = 1/(1 + exp(−(a + b z))). */
static csim_break_even fit_logit(uint64_t seed, double a, double b) {
    static double score[N];
    static unsigned char hit[N];
    for (uint32_t i = 0; i < N; i++) {
        score[i] = normal(seed, "score", i);
        hit[i] = uniform(seed, "answer", i) < 1.0 / (1.0 + exp(-a - b * score[i])) ? CSIM_HIT : CSIM_MISS;
    }
    return csim_break_even_fit(score, hit, N, 1);
}

static void a_known_threshold_is_found_and_its_error_bar_holds(void **state) {
    const double a = 0.9, b = -1.5, truth = moe_normal_cdf(-a / b);
    double sum = 0.0, square = 0.0, error = 0.0;
    int inside = 0;
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        const csim_break_even found = fit_logit(seed, a, b);
        assert_int_equal(found.state, CSIM_BREAK_FLIPS);
        sum += found.percentile - truth;
        square += (found.percentile - truth) * (found.percentile - truth);
        error += found.error;
        inside += found.low <= truth && truth <= found.high;
    }
    check_near(sum / SEEDS, 0.0, 4.0 * sqrt(square) / SEEDS);
    check_close(error / SEEDS, sqrt(square / SEEDS), 0.12);          /* 400 repetitions know a spread to 3.5 % */
    check_between((double)inside / SEEDS, 0.95 - 0.04, 0.95 + 0.04);
}

static void probabilities_at_the_ends_are_those_of_the_curve(void **state) {
    const double z = 1.6448536269514722;
    double p5 = 0.0, p95 = 0.0;
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        const csim_break_even found = fit_logit(seed, 0.9, -1.5);
        p5 += found.p5 / SEEDS;
        p95 += found.p95 / SEEDS;
        assert_true(found.p_lowest > found.p5 && found.p5 > found.p95 && found.p95 > found.p_highest);
    }
    check_near(p5, 1.0 / (1.0 + exp(-0.9 - 1.5 * z)), 0.003);
    check_near(p95, 1.0 / (1.0 + exp(-0.9 + 1.5 * z)), 0.003);
}

static void a_reading_that_stays_improbable_does_not_flip(void **state) {
    (void)state;
    const csim_break_even found = fit_logit(7, -3.0, 0.5);
    assert_int_equal(found.state, CSIM_BREAK_NEVER);
    assert_true(isnan(found.percentile) && isnan(found.error) && found.p5 < found.p95 && found.p_highest < 0.5);
}

static void few_answers_of_a_kind_and_separated_ones_are_not_fitted(void **state) {
    double score[40];
    unsigned char hit[40];
    (void)state;
    for (int i = 0; i < 40; i++) {
        score[i] = (i - 20) / 10.0;
        hit[i] = i < 9 ? CSIM_HIT : CSIM_MISS;
    }
    assert_int_equal(csim_break_even_fit(score, hit, 40, 1).state, CSIM_BREAK_FEW);
    hit[9] = CSIM_HIT;
    assert_int_equal(csim_break_even_fit(score, hit, 40, 1).state, CSIM_BREAK_SEPARATED);
    assert_int_equal(csim_break_even_fit(score, hit, 40, 1).hits, 10);
    for (int i = 0; i < 40; i++) hit[i] = CSIM_HIT;
    assert_int_equal(csim_break_even_fit(score, hit, 40, 1).state, CSIM_BREAK_FEW);
    for (int i = 0; i < 40; i++) hit[i] = CSIM_HIT_UNKNOWN;
    assert_int_equal(csim_break_even_fit(score, hit, 40, 1).state, CSIM_BREAK_NONE);
}

static void paths_that_cannot_tell_are_left_out(void **state) {
    static double score[2 * N];
    static unsigned char hit[2 * N];
    (void)state;
    for (uint32_t i = 0; i < N; i++) {
        score[2 * i] = normal(3, "score", i);
        hit[2 * i] = uniform(3, "answer", i) < 1.0 / (1.0 + exp(-0.9 + 1.5 * score[2 * i])) ? CSIM_HIT : CSIM_MISS;
        score[2 * i + 1] = -3.0;
        hit[2 * i + 1] = CSIM_HIT_UNKNOWN;
    }
    const csim_break_even all = csim_break_even_fit(score, hit, 2 * N, 1), alone = fit_logit(3, 0.9, -1.5);
    assert_int_equal(all.count, N);
    check_close(all.percentile, alone.percentile, 1e-12);
}

/* ---- guesses: the index */

/* yes when x + g > threshold, x and g independent normals of variance 1 − s and s: drawing g anew leaves a correlation of 1 − s between the two sums. */
static csim_estimate redraw(uint64_t seed, double s, double threshold) {
    static unsigned char first[N], again[N];
    for (uint32_t i = 0; i < N; i++) {
        const double x = sqrt(1.0 - s) * normal(seed, "kept", i);
        first[i] = x + sqrt(s) * normal(seed, "guess", i) > threshold ? CSIM_HIT : CSIM_MISS;
        again[i] = x + sqrt(s) * normal(seed, "guess.again", i) > threshold ? CSIM_HIT : CSIM_MISS;
    }
    return csim_guesses_share(first, again, 1, N, 1);
}

/* At threshold 0 the two signs agree with probability ½ + asin(1 − s)/π, so T = 1 − 2 asin(1 − s)/π. */
static void an_additive_example_has_its_known_index_and_error(void **state) {
    const double pi = 3.14159265358979323846;
    (void)state;
    for (int k = 1; k < 4; k++) {
        const double s = 0.25 * k, truth = 1.0 - 2.0 * asin(1.0 - s) / pi;
        double sum = 0.0, square = 0.0, error = 0.0;
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            const csim_estimate found = redraw(seed, s, 0.0);
            sum += found.value - truth;
            square += (found.value - truth) * (found.value - truth);
            error += found.error;
        }
        check_near(sum / SEEDS, 0.0, 4.0 * sqrt(square) / SEEDS);
        check_close(error / SEEDS, sqrt(square / SEEDS), 0.12);
    }
}

static void the_error_bar_holds_for_rare_answers_too(void **state) {
    double mean = 0.0, square = 0.0, error = 0.0;
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        const csim_estimate found = redraw(seed, 0.5, 1.7);
        mean += found.value / SEEDS;
        square += found.value * found.value / SEEDS;
        error += found.error / SEEDS;
    }
    check_close(error, sqrt(square - mean * mean), 0.15);
}

static void nothing_and_everything_redrawn_give_nought_and_one(void **state) {
    static unsigned char first[N], again[N];
    (void)state;
    for (uint32_t i = 0; i < N; i++) first[i] = again[i] = uniform(5, "answer", i) < 0.3 ? CSIM_HIT : CSIM_MISS;
    check_near(csim_guesses_share(first, again, 1, N, 1).value, 0.0, 0.0);
    for (uint32_t i = 0; i < N; i++) again[i] = uniform(6, "answer", i) < 0.3 ? CSIM_HIT : CSIM_MISS;
    const csim_estimate all = csim_guesses_share(first, again, 1, N, 1);
    check_near(all.value, 1.0, 4.0 * all.error);
    for (uint32_t i = 0; i < N; i++) first[i] = again[i] = CSIM_MISS;
    assert_true(isnan(csim_guesses_share(first, again, 1, N, 1).value));
}

/* Two answers in each of eight replicates, all of them in one run only: every replicate says the same, and yet 16 pairs do not make it certain. */
static void few_answers_alike_in_all_replicates_do_not_make_a_share_certain(void **state) {
    static unsigned char first[N], again[N];
    (void)state;
    for (uint32_t i = 0; i < N; i++) first[i] = again[i] = CSIM_MISS;
    for (uint32_t i = 0; i < 8; i++) first[i] = again[8 + i] = CSIM_HIT;
    const csim_estimate apart = csim_guesses_share(first, again, 1, N, 8), alone = csim_guesses_share(first, again, 1, N, 1);
    assert_true(apart.error >= alone.error && alone.error > 0.05);
    memcpy(again, first, sizeof again);
    first[16] = again[16] = first[17] = again[17] = CSIM_HIT;
    const csim_estimate alike = csim_guesses_share(first, again, 1, N, 8);
    assert_true(alike.value == 0.0 && alike.error > 0.02);
}

/* ---- on the baseline */

enum { PATHS = 600 };

static csim_run *run_plan(const csim_plan *which, uint32_t keep, uint32_t keep_hits, const csim_result **result) {
    const csim_run_options options = {.seed = 11, .paths = PATHS, .threads = 2, .keep_paths = keep, .keep_hits = keep_hits};
    csim_error err;
    csim_run *run;
    check_status(csim_run_new(which, &options, &run, &err), &err);
    check_status(csim_run_advance(run, 0.0, NULL, &err), &err);
    check_status(csim_run_result(run, result, &err), &err);
    return run;
}

static void kept_hits_add_up_to_the_tallies(void **state) {
    const csim_result *result;
    csim_run *run = run_plan(plan, 10, PATHS, &result);
    (void)state;
    assert_int_equal(result->kept, 10);
    assert_int_equal(result->hit_rows, PATHS);
    for (int i = 0; i < plan->readings; i++) {
        uint64_t hits = 0, count = 0;
        for (uint32_t row = 0; row < PATHS; row++) {
            const unsigned char hit = result->hit[(size_t)row * (size_t)plan->readings + (size_t)i];
            hits += hit == CSIM_HIT;
            count += hit != CSIM_HIT_UNKNOWN;
        }
        assert_int_equal(hits, result->tally[i].hits);
        assert_int_equal(count, result->tally[i].count);
    }
    csim_run_free(run);
}

/* Outside the copula's groups an input moves if and only if it is a guess; the mixed ones move when a guess stands before them in their group. */
static void only_guesses_are_drawn_anew(void **state) {
    csim_error err;
    csim_plan *again;
    size_t redrawn, guesses = 0;
    const csim_result *a, *b;
    (void)state;
    check_status(csim_guesses_plan(scenario, plan, &again, &redrawn, &err), &err);
    csim_run *first = run_plan(plan, 64, 0, &a), *second = run_plan(again, 64, 0, &b);
    for (int i = 0; i < plan->inputs; i++) {
        const int guess = csim_is_guess(&scenario->input[i]);
        int mixed = 0, moved = 0;
        for (uint32_t k = 0; k < plan->copula.members; k++) mixed |= plan->copula.member_id[k] == (uint32_t)i;
        for (uint32_t row = 0; row < 64; row++)
            moved += a->kept_input[(size_t)row * (size_t)plan->inputs + (size_t)i] != b->kept_input[(size_t)row * (size_t)plan->inputs + (size_t)i];
        guesses += (size_t)guess;
        if (guess) assert_true(moved > 32);
        else if (!mixed) assert_int_equal(moved, 0);
    }
    assert_int_equal(guesses, redrawn);
    assert_true(guesses > 50);
    csim_run_free(first);
    csim_run_free(second);
    csim_plan_free(again);
}

static csim_beside *run_beside(const csim_result *result, double seconds) {
    csim_error err;
    csim_beside *beside;
    uint64_t done = 0, total = 1;
    check_status(csim_beside_new(scenario, result, 0, &beside, &err), &err);
    while (done < total) {
        check_status(csim_beside_advance(beside, seconds, NULL, &err), &err);
        csim_beside_progress(beside, &done, &total);
    }
    assert_int_equal(total, 2 * PATHS);
    return beside;
}

static void runs_beside_do_not_depend_on_slices_and_leave_the_result_alone(void **state) {
    char before[65], after[65];
    const csim_result *result;
    csim_run *run = run_plan(plan, 0, PATHS, &result);
    (void)state;
    csim_result_digest(result, before);
    csim_beside *whole = run_beside(result, 0.0), *sliced = run_beside(result, 0.001);
    csim_result_digest(result, after);
    assert_string_equal(before, after);
    for (int i = 0; i < plan->readings; i++) {
        const csim_aside a = csim_beside_find(whole, i), b = csim_beside_find(sliced, i);
        assert_int_equal(a.vintage.hits, b.vintage.hits);
        assert_true(a.guesses.value == b.guesses.value || (isnan(a.guesses.value) && isnan(b.guesses.value)));
        assert_int_equal(a.vintage_month, 25 * 12 + 8);
    }
    csim_beside_free(whole);
    csim_beside_free(sliced);
    csim_run_free(run);
}

/* The vintage is a run of its own: the same answers as of the shipped file, run by hand. */
static void the_vintage_answers_as_the_hindcast_does(void **state) {
    csim_error err;
    csim_scenario *hindcast;
    csim_plan *by_hand;
    const csim_result *result, *expected;
    (void)state;
    check_status(csim_scenario_load("hindcast_2025_09", &hindcast, &err), &err);
    check_status(csim_plan_compile(hindcast, catalogue, &by_hand, &err), &err);
    csim_run *run = run_plan(plan, 0, PATHS, &result), *other = run_plan(by_hand, 0, 0, &expected);
    csim_beside *beside = run_beside(result, 0.0);
    for (int i = 0; i < plan->readings; i++) {
        assert_string_equal(plan->reading_id[i], by_hand->reading_id[i]);
        assert_int_equal(csim_beside_find(beside, i).vintage.hits, expected->tally[i].hits);
        assert_int_equal(csim_beside_find(beside, i).vintage.count, expected->tally[i].count);
    }
    csim_beside_free(beside);
    csim_run_free(run);
    csim_run_free(other);
    csim_plan_free(by_hand);
    csim_scenario_free(hindcast);
}

static void a_vintage_has_no_vintage_of_its_own(void **state) {
    csim_error err;
    csim_scenario *hindcast;
    csim_beside *beside;
    const csim_result *result;
    uint64_t done, total;
    csim_run *run = run_plan(plan, 0, PATHS, &result);
    (void)state;
    check_status(csim_scenario_load("hindcast_2025_09", &hindcast, &err), &err);
    check_status(csim_beside_new(hindcast, result, 0, &beside, &err), &err);
    csim_beside_progress(beside, &done, &total);
    assert_int_equal(total, PATHS); /* the guesses alone */
    csim_beside_free(beside);
    csim_scenario_free(hindcast);
    csim_run_free(run);
}

/* A stored text may name scenarios that are no longer there: the run stands, its readings stay open or stand alone, and say why. */
static void a_further_run_that_fails_leaves_its_readings_open(void **state) {
    static const char text[] = "moecast: 1\nname: lost\nextends: baseline\nrun: {vintage: ./lost_vintage.yaml}\nclaims:\n"
                               "  lost: {statement: s, source: t, said_on: 2026-01, kind: contrast, readings: {r: {metric: share.open, element: developers, op: \"<\",\n"
                               "    value: 0, at: 2027-12, against: ./lost_side.yaml, difference: minus}}}\n";
    csim_error err;
    csim_scenario *lost;
    csim_beside *beside;
    csim_contrasts *contrasts;
    csim_claim_result *answers;
    const csim_result *result;
    size_t count, asked = 0;
    uint64_t done, total;
    csim_run *run = run_plan(plan, 0, PATHS, &result);
    (void)state;
    check_status(csim_scenario_parse("lost.yaml", text, sizeof text - 1, &lost, &err), &err);
    check_status(csim_beside_new(lost, result, 0, &beside, &err), &err);
    check_status(csim_contrasts_new(lost, result, 0, &contrasts, &err), &err);
    check_status(csim_beside_advance(beside, 0.0, NULL, &err), &err);
    check_status(csim_contrasts_advance(contrasts, 0.0, NULL, &err), &err);
    csim_beside_progress(beside, &done, &total);
    assert_int_equal(done, total);
    assert_non_null(strstr(csim_beside_why(beside), "the vintage failed: lost.yaml:4:16: run.vintage: ./lost_vintage.yaml cannot be run: "));
    check_status(csim_claims_evaluate(lost, catalogue, result, contrasts, beside, NULL, &answers, &count, &err), &err);
    for (size_t i = 0; i < count; i++) {
        if (answers[i].answer == CSIM_ANSWER_PATHS) assert_string_equal(answers[i].note, csim_beside_why(beside));
        if (strcmp(answers[i].claim, "lost")) continue;
        assert_int_equal(answers[i].answer, CSIM_ANSWER_OPEN);
        assert_non_null(strstr(answers[i].note, "a scenario of the contrast failed: lost.yaml:"));
        asked++;
    }
    assert_int_equal(asked, 1);
    free(answers);
    csim_contrasts_free(contrasts);
    csim_beside_free(beside);
    csim_scenario_free(lost);
    csim_run_free(run);
}

/* A reading cut at a value of an outcome that follows one input without noise would be separated; a real one is fitted, and P(x*) = 1/2 lies at its value. */
static void a_break_even_is_given_in_the_inputs_own_value(void **state) {
    csim_error err;
    const csim_result *result;
    csim_break_even found;
    static unsigned char hit[PATHS];
    csim_run *run = run_plan(plan, PATHS, 0, &result);
    const int at = csim_plan_input_find(plan, "cap.g_f");
    (void)state;
    assert_true(at >= 0);
    const double middle = csim_dist_quantile(&plan->input[at].dist, plan->pool, 0.6);
    for (uint32_t i = 0; i < PATHS; i++) {
        const double x = result->kept_input[(size_t)i * (size_t)plan->inputs + (size_t)at], z = (x - middle) / 2.5; /* cap.g_f is normal: z moves as its score */
        hit[i] = uniform(9, "answer", i) < 1.0 / (1.0 + exp(-4.0 * z)) ? CSIM_HIT : CSIM_MISS;
    }
    check_status(csim_break_even_find(result, at, hit, 1, PATHS, &found, &err), &err);
    assert_int_equal(found.state, CSIM_BREAK_FLIPS);
    assert_string_equal(found.input, "cap.g_f");
    assert_string_equal(found.unit, "ECI/yr");
    check_near(found.percentile, 0.6, 3.0 * found.error);
    check_close(found.value, csim_dist_quantile(&plan->input[at].dist, plan->pool, found.percentile), 1e-12);
    csim_run_free(run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_known_threshold_is_found_and_its_error_bar_holds),
        cmocka_unit_test(probabilities_at_the_ends_are_those_of_the_curve),
        cmocka_unit_test(a_reading_that_stays_improbable_does_not_flip),
        cmocka_unit_test(few_answers_of_a_kind_and_separated_ones_are_not_fitted),
        cmocka_unit_test(paths_that_cannot_tell_are_left_out),
        cmocka_unit_test(an_additive_example_has_its_known_index_and_error),
        cmocka_unit_test(the_error_bar_holds_for_rare_answers_too),
        cmocka_unit_test(nothing_and_everything_redrawn_give_nought_and_one),
        cmocka_unit_test(few_answers_alike_in_all_replicates_do_not_make_a_share_certain),
        cmocka_unit_test(kept_hits_add_up_to_the_tallies),
        cmocka_unit_test(only_guesses_are_drawn_anew),
        cmocka_unit_test(runs_beside_do_not_depend_on_slices_and_leave_the_result_alone),
        cmocka_unit_test(the_vintage_answers_as_the_hindcast_does),
        cmocka_unit_test(a_vintage_has_no_vintage_of_its_own),
        cmocka_unit_test(a_further_run_that_fails_leaves_its_readings_open),
        cmocka_unit_test(a_break_even_is_given_in_the_inputs_own_value),
    };
    return cmocka_run_group_tests(tests, load_baseline, unload_baseline);
}
