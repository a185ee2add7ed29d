/* How paths are cut into blocks (no path twice, none lost, wherever intervals begin), and runs put together from parts under every sampler. Run from the root. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "csim/engine/blocks.h"
#include "csim/engine/engine.h"
#include "tests/c/baseline.h"

enum { MOST = 20000, PATHS = 460, REPLICATES = 4 };

static int load_trimmed(void **state) {
    const int failed = load_baseline(state);
    plan->report_months = 2; /* what a path does does not depend on it, and statistics are small */
    return failed;
}

/* ---- cutting */

static const uint32_t counts_of_replicates[] = {1, 3, 16, 64};

static csim_ledger odd_ledger(void) {
    csim_ledger out = {0};
    const uint32_t ends[][2] = {{0, 1}, {7, 100}, {200, 264}, {1024, 5119}, {5121, 5122}, {6001, 17000}};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) check_status(csim_ledger_add(&out, ends[i][0], ends[i][1], NULL), NULL);
    return out;
}

/* Marks the paths of a block; all must lie in the ledger and be new. */
static void mark(const csim_ledger *todo, uint32_t replicates, uint32_t block, unsigned char *seen) {
    int n;
    const uint32_t first = csim_blocks_place(todo, replicates, block, &n);
    assert_true(n >= 1 && n <= MOE_BLOCK);
    for (int p = 0; p < n; p++) {
        const uint32_t path = first + (uint32_t)p * replicates;
        assert_true(csim_ledger_holds(todo, path) && !seen[path]);
        seen[path] = 1;
    }
}

static void every_path_is_in_one_block(void **state) {
    static unsigned char seen[MOST];
    const csim_ledger todo = odd_ledger();
    (void)state;
    for (size_t i = 0; i < sizeof counts_of_replicates / sizeof counts_of_replicates[0]; i++) {
        const uint32_t replicates = counts_of_replicates[i], blocks = csim_blocks_count(&todo, replicates);
        uint64_t marked = 0;
        memset(seen, 0, sizeof seen);
        for (uint32_t block = 0; block < blocks; block++) mark(&todo, replicates, block, seen);
        for (int path = 0; path < MOST; path++) marked += seen[path];
        assert_int_equal(marked, csim_ledger_paths(&todo));
    }
}

static void the_ledger_of_finished_blocks_is_exact(void **state) {
    static unsigned char seen[MOST];
    const csim_ledger todo = odd_ledger();
    csim_error err;
    (void)state;
    for (size_t i = 0; i < sizeof counts_of_replicates / sizeof counts_of_replicates[0]; i++) {
        const uint32_t replicates = counts_of_replicates[i], blocks = csim_blocks_count(&todo, replicates);
        for (uint32_t begun = 0; begun <= blocks; begun += 1 + begun / 7) {
            const uint32_t open[] = {begun / 2, begun - 1, begun - 3};
            csim_ledger done = {0};
            memset(seen, 0, sizeof seen);
            for (uint32_t block = 0; block < begun; block++)
                if (block != open[0] && block != open[1] && block != open[2]) mark(&todo, replicates, block, seen);
            check_status(csim_blocks_finished(&todo, replicates, begun, open, 3, &done, &err), &err);
            for (uint32_t path = 0; path < MOST; path++) assert_int_equal(csim_ledger_holds(&done, path), seen[path]);
        }
    }
}

static void whole_granules_leave_few_pieces(void **state) {
    const csim_ledger todo = odd_ledger();
    (void)state;
    for (size_t i = 0; i < sizeof counts_of_replicates / sizeof counts_of_replicates[0]; i++) {
        const uint32_t replicates = counts_of_replicates[i], blocks = csim_blocks_count(&todo, replicates);
        for (uint32_t begun = 0; begun < blocks; begun++) {
            csim_ledger done = {0};
            if (!csim_blocks_begin_granule(&todo, replicates, begun)) continue;
            check_status(csim_blocks_finished(&todo, replicates, begun, NULL, 0, &done, NULL), NULL);
            assert_true(done.count <= todo.count);
        }
    }
}

/* ---- runs from parts */

static csim_run_options options_of(csim_sampler sampler) {
    return (csim_run_options){.seed = 5, .paths = PATHS, .threads = 2, .keep_paths = PATHS, .sampler = sampler, .replicates = REPLICATES,
                              .strata = sampler == CSIM_SAMPLER_LHS ? PATHS / REPLICATES : 0};
}

static csim_run *new_run(csim_run_options options) {
    csim_error err;
    csim_run *run;
    check_status(csim_run_new(plan, &options, &run, &err), &err);
    return run;
}

static const csim_result *finish(csim_run *run) {
    csim_error err;
    const csim_result *result;
    while (!csim_run_is_finished(run)) check_status(csim_run_advance(run, 0.0, NULL, &err), &err);
    check_status(csim_run_result(run, &result, &err), &err);
    return result;
}

static csim_run *run_of_interval(csim_sampler sampler, uint32_t from, uint32_t to) {
    csim_run_options options = options_of(sampler);
    options.first_path = from;
    options.paths = to - from;
    csim_run *run = new_run(options);
    finish(run);
    return run;
}

static const csim_result *result_of(csim_run *run) {
    csim_error err;
    const csim_result *result;
    check_status(csim_run_result(run, &result, &err), &err);
    return result;
}

static void check_equal(const csim_result *result, const csim_result *whole) {
    char expected[65], digest[65];
    csim_result_digest(whole, expected);
    csim_result_digest(result, digest);
    assert_string_equal(digest, expected);
    assert_memory_equal(result->kept_scalar, whole->kept_scalar, (size_t)PATHS * (size_t)plan->scalars * sizeof(double));
    assert_memory_equal(result->hit, whole->hit, (size_t)PATHS * (size_t)plan->readings);
}

/* As shards are put together, and as a broken run is gone on with: whole granules, and parts that begin and end anywhere. */
static void a_run_of_parts_is_the_whole_under_every_sampler(void **state) {
    const uint32_t cuts[][2] = {{256, 300}, {77, 211}};
    csim_error err;
    (void)state;
    for (int s = 0; s < CSIM_SAMPLERS; s++) {
        csim_run *whole = new_run(options_of((csim_sampler)s));
        const csim_result *expected = finish(whole);
        for (int c = 0; c < 2; c++) {
            csim_run *a = run_of_interval((csim_sampler)s, 0, cuts[c][0]), *b = run_of_interval((csim_sampler)s, cuts[c][1], PATHS), *run = new_run(options_of((csim_sampler)s));
            check_status(csim_run_take(run, result_of(b), &err), &err);
            check_status(csim_run_take(run, result_of(a), &err), &err);
            assert_int_equal(csim_run_done(run), PATHS - (cuts[c][1] - cuts[c][0]));
            check_equal(finish(run), expected);
            csim_run_free(a);
            csim_run_free(b);
            csim_run_free(run);
        }
        csim_run_free(whole);
    }
}

/* Six parts, each with blocks of its own, simulated and taken in in shuffled orders: no sum, bin, row or ledger knows the order of blocks. */
static void blocks_in_any_order_give_the_digest_of_the_whole(void **state) {
    enum { PARTS = 6, SIZE = (PATHS + PARTS - 1) / PARTS, ORDERS = 2 };
    static const uint32_t orders[ORDERS][PARTS] = {{5, 4, 3, 2, 1, 0}, {3, 0, 5, 1, 4, 2}};
    csim_error err;
    (void)state;
    for (int s = 0; s < CSIM_SAMPLERS; s++) {
        const csim_sampler sampler = (csim_sampler)s;
        csim_run *whole = new_run(options_of(sampler));
        const csim_result *expected = finish(whole);
        for (int o = 0; o < ORDERS; o++) {
            csim_run *run = new_run(options_of(sampler));
            for (int i = 0; i < PARTS; i++) {
                const uint32_t from = orders[o][i] * SIZE, to = from + SIZE < PATHS ? from + SIZE : PATHS;
                csim_run *part = run_of_interval(sampler, from, to);
                check_status(csim_run_take(run, result_of(part), &err), &err);
                csim_run_free(part);
            }
            assert_true(csim_run_is_finished(run));
            check_equal(finish(run), expected);
            csim_run_free(run);
        }
        csim_run_free(whole);
    }
}

static void *cancel_soon(void *flag) {
    const struct timespec wait = {0, 40000000};
    nanosleep(&wait, NULL);
    atomic_store((atomic_int *)flag, 1);
    return NULL;
}

/* A cancel leaves a granule in parts: its ledger is exact all the same, and the next advance finishes it. */
static void a_cancelled_run_with_replicates_loses_and_doubles_nothing(void **state) {
    csim_error err;
    pthread_t thread;
    atomic_int cancel = 0;
    (void)state;
    csim_run *whole = new_run(options_of(CSIM_SAMPLER_SOBOL)), *broken = new_run(options_of(CSIM_SAMPLER_SOBOL)), *again = new_run(options_of(CSIM_SAMPLER_SOBOL));
    const csim_result *expected = finish(whole);
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, &cancel), 0);
    csim_run_advance(broken, 0.0, &cancel, &err);
    pthread_join(thread, NULL);
    assert_int_equal(csim_ledger_paths(&result_of(broken)->ledger), result_of(broken)->done);
    check_status(csim_run_take(again, result_of(broken), &err), &err);
    check_equal(finish(again), expected);
    check_status(csim_run_advance(broken, 1e-9, NULL, &err), &err);
    assert_true(csim_run_done(broken) % csim_run_granule(broken) == 0 || csim_run_done(broken) == PATHS);
    assert_true(result_of(broken)->ledger.count <= 1);
    check_equal(finish(broken), expected);
    csim_run_free(whole);
    csim_run_free(broken);
    csim_run_free(again);
}

static void slices_of_time_end_with_whole_granules(void **state) {
    csim_error err;
    (void)state;
    csim_run *run = new_run(options_of(CSIM_SAMPLER_SOBOL));
    while (!csim_run_is_finished(run)) {
        check_status(csim_run_advance(run, 0.001, NULL, &err), &err);
        assert_true(csim_run_done(run) % csim_run_granule(run) == 0 || csim_run_done(run) == PATHS);
        assert_true(result_of(run)->ledger.count <= 1);
    }
    csim_run_free(run);
}

static void a_run_with_parts_grows_from_any_number_of_paths(void **state) {
    csim_error err;
    csim_run_options fewer = options_of(CSIM_SAMPLER_SOBOL);
    (void)state;
    fewer.paths = 333;
    csim_run *whole = new_run(options_of(CSIM_SAMPLER_SOBOL)), *part = run_of_interval(CSIM_SAMPLER_SOBOL, 10, 290), *run = new_run(fewer);
    check_status(csim_run_take(run, result_of(part), &err), &err);
    check_status(csim_run_grow(run, 401, &err), &err); /* before its first round, */
    finish(run);
    check_status(csim_run_grow(run, PATHS, &err), &err); /* and after it */
    check_equal(finish(run), finish(whole));
    csim_run_free(whole);
    csim_run_free(part);
    csim_run_free(run);
}

static void parts_of_another_sampler_are_refused_by_name(void **state) {
    csim_error err;
    csim_run *run = new_run(options_of(CSIM_SAMPLER_LHS)), *part = run_of_interval(CSIM_SAMPLER_LHS, 0, 100);
    csim_result foreign = *result_of(part);
    (void)state;
    foreign.options.sampler = CSIM_SAMPLER_SOBOL;
    check_refused(csim_run_take(run, &foreign, &err), CSIM_INCONSISTENT, &err);
    check_contains(err.detail, "its sampler is sobol, here it is lhs");
    foreign.options = result_of(part)->options;
    foreign.options.replicates = 8;
    check_refused(csim_run_take(run, &foreign, &err), CSIM_INCONSISTENT, &err);
    check_contains(err.detail, "its replicates are 8, here they are 4");
    foreign.options = result_of(part)->options;
    foreign.options.strata = 25;
    check_refused(csim_run_take(run, &foreign, &err), CSIM_INCONSISTENT, &err);
    check_contains(err.detail, "its strata are 25, here they are 115");
    assert_int_equal(csim_run_done(run), 0);
    csim_run_free(run);
    csim_run_free(part);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_path_is_in_one_block),
        cmocka_unit_test(the_ledger_of_finished_blocks_is_exact),
        cmocka_unit_test(whole_granules_leave_few_pieces),
        cmocka_unit_test(a_run_of_parts_is_the_whole_under_every_sampler),
        cmocka_unit_test(blocks_in_any_order_give_the_digest_of_the_whole),
        cmocka_unit_test(a_cancelled_run_with_replicates_loses_and_doubles_nothing),
        cmocka_unit_test(slices_of_time_end_with_whole_granules),
        cmocka_unit_test(a_run_with_parts_grows_from_any_number_of_paths),
        cmocka_unit_test(parts_of_another_sampler_are_refused_by_name),
    };
    return cmocka_run_group_tests_name("blocks", tests, load_trimmed, unload_baseline);
}
