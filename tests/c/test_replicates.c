/* Runs with samplers and replicates on the shipped baseline: one answer on any number of threads and in any shards, growing, replay. Run from the root. */
#include <stdlib.h>

#include "csim/engine/engine.h"
#include "tests/c/baseline.h"

enum { PATHS = 512, REPLICATES = 4 };

static csim_run_options options_of(csim_sampler sampler, int threads) {
    return (csim_run_options){.seed = 12, .paths = PATHS, .threads = threads, .keep_paths = PATHS, .sampler = sampler, .replicates = REPLICATES};
}

static csim_run *run_to_end(csim_run_options options, double seconds, const csim_result **result, char digest[65]) {
    csim_error err;
    csim_run *run;
    check_status(csim_run_new(plan, &options, &run, &err), &err);
    while (csim_run_done(run) < options.paths) check_status(csim_run_advance(run, seconds, NULL, &err), &err);
    check_status(csim_run_result(run, result, &err), &err);
    csim_result_digest(*result, digest);
    return run;
}

static void digest_is_the_same_on_any_threads_and_in_slices(void **state) {
    const csim_result *result;
    char first[65], other[65];
    (void)state;
    for (int s = 0; s < CSIM_SAMPLERS; s++) {
        csim_run_free(run_to_end(options_of((csim_sampler)s, 1), 0.0, &result, first));
        csim_run_free(run_to_end(options_of((csim_sampler)s, 3), 0.05, &result, other));
        assert_string_equal(first, other);
    }
}

static void replayed_paths_are_those_that_ran(void **state) {
    double *outcomes = malloc((size_t)plan->months * (size_t)plan->slots * sizeof *outcomes), *inputs = malloc((size_t)plan->inputs * sizeof *inputs);
    const uint32_t paths[] = {0, 5, 130, 511};
    const csim_result *result;
    char digest[65];
    csim_error err;
    (void)state;
    for (int s = 0; s < CSIM_SAMPLERS; s++) {
        csim_run *run = run_to_end(options_of((csim_sampler)s, 2), 0.0, &result, digest);
        for (size_t k = 0; k < sizeof paths / sizeof paths[0]; k++) {
            check_status(csim_path_replay(plan, &result->options, paths[k], outcomes, inputs, NULL, &err), &err);
            assert_memory_equal(inputs, result->kept_input + (size_t)paths[k] * (size_t)plan->inputs, (size_t)plan->inputs * sizeof *inputs);
            for (int i = 0; i < plan->scalars; i++)
                check_ulp(result->kept_scalar[(size_t)paths[k] * (size_t)plan->scalars + (size_t)i],
                          outcomes[(size_t)plan->scalar[i].month * (size_t)plan->slots + (size_t)plan->scalar[i].slot], 0);
        }
        csim_run_free(run);
    }
    free(outcomes);
    free(inputs);
}

static void monte_carlo_gives_the_same_paths_with_any_replicates(void **state) {
    csim_run_options one = options_of(CSIM_SAMPLER_MC, 2), four = one;
    const csim_result *a, *b;
    char digest[65];
    (void)state;
    one.replicates = 1;
    csim_run *first = run_to_end(one, 0.0, &a, digest), *second = run_to_end(four, 0.0, &b, digest);
    assert_null(a->replicates);
    assert_memory_equal(a->kept_scalar, b->kept_scalar, (size_t)PATHS * (size_t)plan->scalars * sizeof(double));
    assert_memory_equal(a->statistics->bin, b->statistics->bin, a->statistics->series * a->statistics->months * CSIM_BINS * sizeof(uint32_t));
    assert_memory_equal(a->statistics->moments, b->statistics->moments, a->statistics->series * a->statistics->months * sizeof(csim_moments));
    csim_run_free(first);
    csim_run_free(second);
}

/* 512 = 4 replicates of two full blocks. */
static void replicates_sum_to_the_whole(void **state) {
    const csim_result *result;
    char digest[65];
    (void)state;
    csim_run *run = run_to_end(options_of(CSIM_SAMPLER_SOBOL, 2), 0.0, &result, digest);
    const csim_accumulator *of = result->statistics;
    for (size_t cell = 0; cell < of->series * of->months; cell++) {
        uint64_t count = 0, bins = 0;
        for (uint32_t r = 0; r < REPLICATES; r++) {
            const size_t at = r * of->series * of->months + cell;
            count += result->replicates->moments[at].count;
            for (int i = 0; i < CSIM_COARSE_BINS; i++) bins += result->replicates->bin[at * CSIM_COARSE_BINS + (size_t)i];
        }
        assert_int_equal(count, of->moments[cell].count);
        assert_int_equal(bins, count);
    }
    for (int i = 0; i < plan->readings; i++) {
        csim_tally sum = {0, 0};
        for (uint32_t r = 0; r < REPLICATES; r++) sum.hits += result->replicate_tally[r][i].hits, sum.count += result->replicate_tally[r][i].count;
        assert_memory_equal(&sum, &result->tally[i], sizeof sum);
    }
    csim_run_free(run);
}

static void a_run_that_grows_becomes_the_run_that_was_meant(void **state) {
    const csim_sampler samplers[] = {CSIM_SAMPLER_MC, CSIM_SAMPLER_SOBOL};
    const csim_result *result;
    char whole[65], grown[65];
    csim_error err;
    (void)state;
    for (int s = 0; s < 2; s++) {
        csim_run_options options = options_of(samplers[s], 2);
        options.paths = 300 + PATHS;
        csim_run_free(run_to_end(options, 0.0, &result, whole));
        options.paths = PATHS;
        csim_run *run = run_to_end(options, 0.0, &result, grown);
        check_status(csim_run_grow(run, 300 + PATHS, &err), &err);
        assert_int_equal(csim_run_done(run), PATHS);
        check_status(csim_run_advance(run, 0.0, NULL, &err), &err);
        check_status(csim_run_result(run, &result, &err), &err);
        csim_result_digest(result, grown);
        assert_string_equal(whole, grown);
        assert_int_equal(result->options.paths, 300 + PATHS);
        check_refused(csim_run_grow(run, 100, &err), CSIM_USAGE, &err);
        csim_run_free(run);
    }
    csim_run *run = run_to_end(options_of(CSIM_SAMPLER_LHS, 2), 0.0, &result, whole);
    check_refused(csim_run_grow(run, 2 * PATHS, &err), CSIM_USAGE, &err);
    check_contains(err.detail, "Latin hypercube");
    csim_run_free(run);
}

static void shards_of_a_hypercube_merge_to_the_whole(void **state) {
    csim_run_options options = options_of(CSIM_SAMPLER_LHS, 2);
    const csim_result *whole, *part[2];
    csim_run *run[2];
    char digest[65];
    (void)state;
    csim_run *all = run_to_end(options, 0.0, &whole, digest);
    const uint32_t begin[3] = {0, 203, PATHS};
    options.strata = whole->options.strata;
    for (int i = 0; i < 2; i++) {
        options.first_path = begin[i];
        options.paths = begin[i + 1] - begin[i];
        run[i] = run_to_end(options, 0.0, &part[i], digest);
    }
    csim_replicates_merge(part[0]->replicates, part[1]->replicates);
    const size_t cells = REPLICATES * whole->statistics->series * whole->statistics->months;
    assert_memory_equal(part[0]->replicates->moments, whole->replicates->moments, cells * sizeof(csim_moments));
    assert_memory_equal(part[0]->replicates->bin, whole->replicates->bin, cells * CSIM_COARSE_BINS * sizeof(uint32_t));
    for (int i = 0; i < 2; i++) csim_run_free(run[i]);
    csim_run_free(all);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digest_is_the_same_on_any_threads_and_in_slices),
        cmocka_unit_test(replayed_paths_are_those_that_ran),
        cmocka_unit_test(monte_carlo_gives_the_same_paths_with_any_replicates),
        cmocka_unit_test(replicates_sum_to_the_whole),
        cmocka_unit_test(a_run_that_grows_becomes_the_run_that_was_meant),
        cmocka_unit_test(shards_of_a_hypercube_merge_to_the_whole),
    };
    return cmocka_run_group_tests_name("replicates", tests, load_baseline, unload_baseline);
}
