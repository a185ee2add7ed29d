/* The engine on the shipped baseline: one answer on any number of threads, in any slices; cancel; replay; invariants; failures. Run from the root. */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <xmmintrin.h>

#include "csim/engine/engine.h"
#include "tests/c/baseline.h"

enum { PATHS = 300 };

static csim_run_options options_of(uint64_t seed, int threads) {
    return (csim_run_options){.seed = seed, .paths = PATHS, .threads = threads, .keep_paths = PATHS};
}

/* Runs in slices of `seconds` (0: at one go) and returns the digest. */
static csim_run *run_to_end(csim_run_options options, double seconds, char digest[65]) {
    csim_error err;
    csim_run *run;
    const csim_result *result;
    check_status(csim_run_new(plan, &options, &run, &err), &err);
    while (csim_run_done(run) < options.paths) check_status(csim_run_advance(run, seconds, NULL, &err), &err);
    check_status(csim_run_result(run, &result, &err), &err);
    csim_result_digest(result, digest);
    return run;
}

static void digest_is_the_same_on_1_2_3_and_7_threads(void **state) {
    char first[65], other[65];
    const int threads[] = {2, 3, 7};
    (void)state;
    csim_run_free(run_to_end(options_of(11, 1), 0.0, first));
    for (int i = 0; i < 3; i++) {
        csim_run_free(run_to_end(options_of(11, threads[i]), 0.0, other));
        assert_string_equal(first, other);
    }
}

static void digest_is_the_same_in_slices(void **state) {
    char first[65], other[65];
    (void)state;
    csim_run_free(run_to_end(options_of(11, 2), 0.0, first));
    csim_run_free(run_to_end(options_of(11, 2), 0.001, other));
    assert_string_equal(first, other);
}

static void two_seeds_differ(void **state) {
    char first[65], other[65];
    (void)state;
    csim_run_free(run_to_end(options_of(11, 2), 0.0, first));
    csim_run_free(run_to_end(options_of(12, 2), 0.0, other));
    assert_string_not_equal(first, other);
}

static void digest_survives_flush_to_zero_set_by_the_caller(void **state) {
    char first[65], other[65];
    const unsigned before = _mm_getcsr();
    (void)state;
    csim_run_free(run_to_end(options_of(11, 2), 0.0, first));
    _mm_setcsr(before | 0x8040); /* FTZ and DAZ */
    csim_run_free(run_to_end(options_of(11, 2), 0.0, other));
    assert_int_equal(_mm_getcsr() & 0x8040, 0x8040); /* the caller's setting is its own */
    _mm_setcsr(before);
    assert_string_equal(first, other);
}

static void a_replayed_path_equals_its_row_in_the_batch(void **state) {
    char digest[65];
    csim_error err;
    const csim_result *result;
    csim_run *run = run_to_end(options_of(11, 2), 0.0, digest);
    double *outcomes = malloc((size_t)plan->months * (size_t)plan->slots * sizeof *outcomes), *inputs = malloc((size_t)plan->inputs * sizeof *inputs);
    const uint32_t paths[] = {0, 1, 63, 64, 129, PATHS - 1};
    (void)state;
    check_status(csim_run_result(run, &result, &err), &err);
    for (size_t k = 0; k < sizeof paths / sizeof paths[0]; k++) {
        check_status(csim_path_replay(plan, &result->options, paths[k], outcomes, inputs, NULL, &err), &err);
        for (int i = 0; i < plan->inputs; i++) assert_true(inputs[i] == result->kept_input[(size_t)paths[k] * (size_t)plan->inputs + (size_t)i]);
        for (int i = 0; i < plan->scalars; i++) {
            const double kept = result->kept_scalar[(size_t)paths[k] * (size_t)plan->scalars + (size_t)i];
            assert_true(kept == outcomes[(size_t)plan->scalar[i].month * (size_t)plan->slots + (size_t)plan->scalar[i].slot] || isnan(kept));
        }
    }
    free(outcomes);
    free(inputs);
    csim_run_free(run);
}

/* Regimes are felt at different times on different paths: the sums over a mixed fleet once ran in an order that a block's other paths decided. */
static void a_path_does_not_depend_on_the_paths_beside_it(void **state) {
    enum { COUNT = 640, SHIFT = 23 };
    const csim_sampling plain = {.seed = 20260831, .replicates = 1};
    csim_block *a = csim_block_new(), *b = csim_block_new();
    (void)state;
    assert_true(a && b);
    for (uint32_t first = 0; first < COUNT; first += MOE_BLOCK) {
        csim_block_start(a, plan, &plain, first, MOE_BLOCK);
        csim_block_start(b, plan, &plain, first + SHIFT, MOE_BLOCK);
        for (int t = 0; t < plan->months; t++) {
            csim_block_step(a);
            csim_block_step(b);
            for (int slot = 0; slot < plan->slots; slot++) assert_memory_equal(a->outcome[slot] + SHIFT, b->outcome[slot], (MOE_BLOCK - SHIFT) * sizeof(double));
        }
    }
    csim_block_free(a);
    csim_block_free(b);
}

static void shards_merge_to_the_whole(void **state) {
    char digest[65];
    csim_error err;
    const csim_result *whole, *low, *high;
    csim_run_options first = options_of(11, 2), second = options_of(11, 2);
    first.paths = 101;
    second.first_path = 101;
    second.paths = PATHS - 101;
    csim_run *run = run_to_end(options_of(11, 2), 0.0, digest), *a = run_to_end(first, 0.0, digest), *b = run_to_end(second, 0.0, digest);
    (void)state;
    check_status(csim_run_result(run, &whole, &err), &err);
    check_status(csim_run_result(a, &low, &err), &err);
    check_status(csim_run_result(b, &high, &err), &err);
    csim_accumulator_merge(low->statistics, high->statistics);
    const size_t cells = whole->statistics->series * whole->statistics->months;
    assert_memory_equal(low->statistics->moments, whole->statistics->moments, cells * sizeof(csim_moments));
    assert_memory_equal(low->statistics->bin, whole->statistics->bin, cells * CSIM_BINS * sizeof(uint32_t));
    csim_run_free(run);
    csim_run_free(a);
    csim_run_free(b);
}

/* Takes parts in, runs what is left, and compares everything with a run in one go. */
static void check_run_with_parts_equals_whole(const csim_result *const *parts, size_t count, int restrict_to_nothing) {
    char expected[65], digest[65];
    csim_error err;
    csim_run *whole_run = run_to_end(options_of(11, 2), 0.0, expected), *run;
    const csim_result *whole, *result;
    const csim_run_options options = options_of(11, 2);
    const csim_ledger nothing = {0};
    check_status(csim_run_new(plan, &options, &run, &err), &err);
    for (size_t i = 0; i < count; i++) check_status(csim_run_take(run, parts[i], &err), &err);
    if (restrict_to_nothing) csim_run_restrict(run, &nothing);
    while (!csim_run_is_finished(run)) check_status(csim_run_advance(run, 0.001, NULL, &err), &err);
    check_status(csim_run_result(run, &result, &err), &err);
    check_status(csim_run_result(whole_run, &whole, &err), &err);
    csim_result_digest(result, digest);
    assert_string_equal(digest, expected);
    assert_true(csim_ledger_equal(&whole->ledger, &result->ledger));
    assert_memory_equal(result->kept_input, whole->kept_input, (size_t)PATHS * (size_t)plan->inputs * sizeof(double));
    assert_memory_equal(result->kept_scalar, whole->kept_scalar, (size_t)PATHS * (size_t)plan->scalars * sizeof(double));
    assert_memory_equal(result->hit, whole->hit, (size_t)PATHS * (size_t)plan->readings);
    csim_run_free(run);
    csim_run_free(whole_run);
}

static csim_run *run_of_interval(uint32_t from, uint32_t to) {
    char digest[65];
    csim_run_options options = options_of(11, 2);
    options.first_path = from;
    options.paths = to - from;
    return run_to_end(options, 0.0, digest);
}

static const csim_result *result_of(csim_run *run) {
    csim_error err;
    const csim_result *result = NULL;
    check_status(csim_run_result(run, &result, &err), &err);
    return result;
}

static void a_run_takes_shards_in_and_is_the_whole(void **state) {
    (void)state;
    csim_run *a = run_of_interval(0, 64), *b = run_of_interval(64, 200), *c = run_of_interval(200, PATHS);
    const csim_result *const parts[] = {result_of(c), result_of(a), result_of(b)};
    check_run_with_parts_equals_whole(parts, 3, 1);
    csim_run_free(a);
    csim_run_free(b);
    csim_run_free(c);
}

static void a_run_simulates_what_its_parts_leave_out(void **state) {
    (void)state;
    csim_run *a = run_of_interval(7, 100), *b = run_of_interval(190, 191);
    const csim_result *const parts[] = {result_of(a), result_of(b)};
    check_run_with_parts_equals_whole(parts, 2, 0);
    csim_run_free(a);
    csim_run_free(b);
}

static void *cancel_soon(void *flag) {
    const struct timespec wait = {0, 60000000};
    nanosleep(&wait, NULL);
    atomic_store((atomic_int *)flag, 1);
    return NULL;
}

/* A run that is broken off at any moment leaves holes; what it has is a part as good as any. */
static void a_run_goes_on_from_one_that_was_cancelled(void **state) {
    (void)state;
    csim_error err;
    csim_run *broken;
    const csim_run_options options = options_of(11, 2);
    pthread_t thread;
    atomic_int cancel = 0;
    check_status(csim_run_new(plan, &options, &broken, &err), &err);
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, &cancel), 0);
    csim_run_advance(broken, 0.0, &cancel, &err);
    pthread_join(thread, NULL);
    const csim_result *const part[] = {result_of(broken)};
    assert_int_equal(csim_ledger_paths(&part[0]->ledger), part[0]->done);
    check_run_with_parts_equals_whole(part, 1, 0);
    csim_run_free(broken);
}

static void parts_that_do_not_fit_are_refused(void **state) {
    (void)state;
    char digest[65];
    csim_error err;
    csim_run *run, *part = run_of_interval(100, 200), *beyond = run_of_interval(250, PATHS + 1), *seed = run_to_end(options_of(12, 2), 0.0, digest);
    const csim_run_options options = options_of(11, 2);
    csim_plan *other = malloc(sizeof *other);
    assert_non_null(other);
    memcpy(other, plan, sizeof *other);
    other->months--;
    check_status(csim_run_new(plan, &options, &run, &err), &err);
    check_status(csim_run_take(run, result_of(part), &err), &err);
    check_refused(csim_run_take(run, result_of(part), &err), CSIM_INCONSISTENT, &err);
    check_contains(err.detail, "paths 100 to 199 are there already");
    check_refused(csim_run_take(run, result_of(beyond), &err), CSIM_INCONSISTENT, &err);
    check_refused(csim_run_take(run, result_of(seed), &err), CSIM_INCONSISTENT, &err);
    check_contains(err.detail, "its seed is 12, here it is 11");
    csim_result foreign = *result_of(part);
    foreign.plan = other;
    check_refused(csim_run_take(run, &foreign, &err), CSIM_INCONSISTENT, &err);
    assert_int_equal(csim_run_done(run), 100);
    free(other);
    csim_run_free(run);
    csim_run_free(part);
    csim_run_free(beyond);
    csim_run_free(seed);
}

static void a_ledger_is_the_same_in_whatever_order_it_was_filled(void **state) {
    (void)state;
    csim_error err;
    csim_ledger a = {0}, b = {0}, gaps;
    check_status(csim_ledger_add(&a, 0, 10, &err), &err);
    check_status(csim_ledger_add(&a, 20, 30, &err), &err);
    check_status(csim_ledger_add(&a, 10, 20, &err), &err);
    check_status(csim_ledger_add(&a, 40, UINT32_MAX, &err), &err);
    check_status(csim_ledger_add(&b, 40, UINT32_MAX, &err), &err);
    check_status(csim_ledger_add(&b, 0, 30, &err), &err);
    check_status(csim_ledger_add(&b, 35, 35, &err), &err);
    assert_true(csim_ledger_equal(&a, &b));
    assert_int_equal(a.count, 2);
    assert_int_equal(csim_ledger_paths(&a), 30u + UINT32_MAX - 40u);
    assert_true(csim_ledger_holds(&a, 29) && !csim_ledger_holds(&a, 30) && !csim_ledger_holds(&a, 39) && csim_ledger_holds(&a, 40));
    check_refused(csim_ledger_add(&a, 29, 31, &err), CSIM_INCONSISTENT, &err);
    check_refused(csim_ledger_add(&a, 25, 26, &err), CSIM_INCONSISTENT, &err);
    check_refused(csim_ledger_add(&a, 30, 41, &err), CSIM_INCONSISTENT, &err);
    csim_ledger_missing(&a, 5, 50, &gaps);
    assert_true(gaps.count == 1 && gaps.interval[0].from == 30 && gaps.interval[0].to == 40);
    csim_ledger_missing(&a, 32, 35, &gaps);
    assert_true(gaps.count == 1 && gaps.interval[0].from == 32 && gaps.interval[0].to == 35);
    csim_ledger_missing(&a, 0, 30, &gaps);
    assert_int_equal(gaps.count, 0);
}

static void a_ledger_of_too_many_pieces_is_refused_and_stays_whole(void **state) {
    (void)state;
    csim_error err;
    csim_ledger a = {0};
    for (uint32_t i = 0; i < CSIM_MAX_INTERVALS; i++) check_status(csim_ledger_add(&a, 2 * i, 2 * i + 1, &err), &err);
    check_refused(csim_ledger_add(&a, 5000, 5001, &err), CSIM_LIMIT, &err);
    for (uint32_t i = 0; i + 1 < CSIM_MAX_INTERVALS; i++) check_status(csim_ledger_add(&a, 2 * i + 1, 2 * i + 2, &err), &err);
    assert_true(a.count == 1 && csim_ledger_paths(&a) == 2 * CSIM_MAX_INTERVALS - 1);
}

static double seconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void cancel_answers_soon_and_leaves_a_run_that_goes_on(void **state) {
    csim_error err;
    csim_run *run;
    atomic_int cancel = 0;
    pthread_t thread;
    csim_run_options options = options_of(11, 2);
    char digest[65], whole[65];
    const csim_result *result;
    (void)state;
    options.paths = 20000;
    check_status(csim_run_new(plan, &options, &run, &err), &err);
    pthread_create(&thread, NULL, cancel_soon, &cancel);
    const double begin = seconds();
    check_refused(csim_run_advance(run, 0.0, &cancel, &err), CSIM_INTERRUPTED, &err);
    assert_true(seconds() - begin < 0.06 + 0.5); /* 100 ms on an idle machine; a busy one gets grace */
    pthread_join(thread, NULL);
    assert_true(csim_run_done(run) < options.paths);
    check_status(csim_run_advance(run, 0.0, NULL, &err), &err);
    assert_int_equal(csim_run_done(run), options.paths);
    check_status(csim_run_result(run, &result, &err), &err);
    csim_result_digest(result, digest);
    csim_run_free(run);
    csim_run_free(run_to_end(options, 0.0, whole));
    assert_string_equal(digest, whole);
}

static void invariants_hold_after_every_month(void **state) {
    csim_error err;
    csim_run *run;
    csim_run_options options = options_of(5, 2);
    (void)state;
    options.verify = 1;
    check_status(csim_run_new(plan, &options, &run, &err), &err);
    check_status(csim_run_advance(run, 0.0, NULL, &err), &err);
    assert_int_equal(csim_run_done(run), options.paths);
    csim_run_free(run);
}

static void a_run_without_paths_is_refused(void **state) {
    csim_error err;
    csim_run *run;
    const csim_run_options options = {.seed = 1};
    (void)state;
    check_refused(csim_run_new(plan, &options, &run, &err), CSIM_USAGE, &err);
    assert_null(run);
}

static void the_same_scenario_gives_the_same_plan(void **state) {
    csim_error err;
    csim_plan *again;
    char first[65], second[65];
    (void)state;
    check_status(csim_plan_compile(scenario, catalogue, &again, &err), &err);
    csim_plan_hash(plan, first);
    csim_plan_hash(again, second);
    assert_string_equal(first, second);
    csim_plan_free(again);
}

/* The plan of a shipped scenario's changes made to another ground. */
static void plan_hash_onto(const csim_scenario *ground, const char *name, char hash[65]) {
    csim_error err;
    csim_scenario *changed;
    csim_plan *compiled;
    check_status(ground ? csim_scenario_load_onto(ground, name, &changed, &err) : csim_scenario_load(name, &changed, &err), &err);
    check_status(csim_plan_compile(changed, catalogue, &compiled, &err), &err);
    csim_plan_hash(compiled, hash);
    csim_plan_free(compiled);
    csim_scenario_free(changed);
}

/* Further runs are asked for little: nothing they are asked for may depend on the months they leave out. */
static void a_trimmed_plan_ends_sooner_and_keeps_the_numbers_of_the_whole(void **state) {
    csim_error err;
    char digest[65];
    const csim_result *whole, *part;
    csim_run_options options = options_of(11, 2);
    (void)state;
    csim_run *all = run_to_end(options, 0.0, digest), *run;
    check_status(csim_run_result(all, &whole, &err), &err);
    csim_plan *few = malloc(sizeof *few);
    memcpy(few, plan, sizeof *few);
    few->readings = 0;
    few->scalars = 1; /* a headline at the end of a year before the last */
    csim_plan_trim(few);
    assert_int_equal(few->months, plan->scalar[0].month + 1);
    assert_true(few->months < plan->months);
    check_status(csim_run_new(few, &options, &run, &err), &err);
    check_status(csim_run_advance(run, 0.0, NULL, &err), &err);
    check_status(csim_run_result(run, &part, &err), &err);
    for (uint32_t p = 0; p < PATHS; p++) check_ulp(part->kept_scalar[p], whole->kept_scalar[p * (uint32_t)plan->scalars], 0);
    csim_run_free(run);
    few->months = plan->report_month[0]; /* ends before there is anything to report */
    few->scalars = 0;
    check_status(csim_run_new(few, &options, &run, &err), &err);
    check_status(csim_run_advance(run, 0.0, NULL, &err), &err);
    check_status(csim_run_result(run, &part, &err), &err);
    assert_int_equal(csim_accumulator_count(part->statistics, 0, 0), 0);
    csim_run_free(run);
    csim_run_free(all);
    free(few);
}

static void a_contrast_in_the_baseline_is_the_shipped_scenario(void **state) {
    char shipped[65], onto[65];
    (void)state;
    plan_hash_onto(NULL, "tight_controls_no_rubin", shipped);
    plan_hash_onto(scenario, "tight_controls_no_rubin", onto);
    assert_string_equal(shipped, onto);
}

static void a_contrast_in_the_hindcast_keeps_the_hindcasts_knowledge(void **state) {
    csim_error err;
    csim_scenario *hindcast, *changed;
    (void)state;
    check_status(csim_scenario_load("hindcast_2025_09", &hindcast, &err), &err);
    check_status(csim_scenario_load_onto(hindcast, "no_rubin", &changed, &err), &err);
    assert_int_equal(changed->known_until, hindcast->known_until);
    assert_int_not_equal(changed->known_until, scenario->known_until);
    csim_scenario_free(changed);
    csim_scenario_free(hindcast);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trimmed_plan_ends_sooner_and_keeps_the_numbers_of_the_whole),
        cmocka_unit_test(a_contrast_in_the_baseline_is_the_shipped_scenario),
        cmocka_unit_test(a_contrast_in_the_hindcast_keeps_the_hindcasts_knowledge),
        cmocka_unit_test(the_same_scenario_gives_the_same_plan),
        cmocka_unit_test(digest_is_the_same_on_1_2_3_and_7_threads),
        cmocka_unit_test(digest_is_the_same_in_slices),
        cmocka_unit_test(two_seeds_differ),
        cmocka_unit_test(digest_survives_flush_to_zero_set_by_the_caller),
        cmocka_unit_test(a_replayed_path_equals_its_row_in_the_batch),
        cmocka_unit_test(a_path_does_not_depend_on_the_paths_beside_it),
        cmocka_unit_test(shards_merge_to_the_whole),
        cmocka_unit_test(a_run_takes_shards_in_and_is_the_whole),
        cmocka_unit_test(a_run_simulates_what_its_parts_leave_out),
        cmocka_unit_test(a_run_goes_on_from_one_that_was_cancelled),
        cmocka_unit_test(parts_that_do_not_fit_are_refused),
        cmocka_unit_test(a_ledger_is_the_same_in_whatever_order_it_was_filled),
        cmocka_unit_test(a_ledger_of_too_many_pieces_is_refused_and_stays_whole),
        cmocka_unit_test(cancel_answers_soon_and_leaves_a_run_that_goes_on),
        cmocka_unit_test(invariants_hold_after_every_month),
        cmocka_unit_test(a_run_without_paths_is_refused),
    };
    return cmocka_run_group_tests(tests, load_baseline, unload_baseline);
}
