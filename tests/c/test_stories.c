/* Medoids against planted clusters and against every choice there is; stories of a small run of the baseline. Run from the root of the project. */
#include <stdlib.h>
#include <time.h>

#include "csim/engine/stories.h"
#include "csim/rng/stream.h"
#include "kernels/distance_sums.h"
#include "kernels/vmath.h"
#include "tests/c/baseline.h"

enum { RUN_PATHS = 300 };

static double uniform(uint64_t seed, const char *name, uint32_t i) {
    const csim_stream stream = csim_stream_make(seed, name);
    return csim_stream_uniform(&stream, i, 0);
}

static double normal(uint64_t seed, const char *name, uint32_t i) { return moe_normal_quantile(uniform(seed, name, i)); }

static double distance_between(const double *a, const double *b, size_t dimensions) {
    double sum = 0.0;
    for (size_t j = 0; j < dimensions; j++) sum += (a[j] - b[j]) * (a[j] - b[j]);
    return sqrt(sum);
}

static double sum_of(const double *point, size_t n, size_t dimensions, const size_t *medoid, int count) {
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        double least = HUGE_VAL;
        for (int m = 0; m < count; m++) least = fmin(least, distance_between(point + i * dimensions, point + medoid[m] * dimensions, dimensions));
        sum += least;
    }
    return sum;
}

/* The smallest sum over every choice of `count` points from `from` on. */
static double best_of_all(const double *point, size_t n, size_t dimensions, size_t *medoid, int chosen, int count, size_t from) {
    double best = HUGE_VAL;
    if (chosen == count) return sum_of(point, n, dimensions, medoid, count);
    for (size_t i = from; i < n; i++) {
        medoid[chosen] = i;
        best = fmin(best, best_of_all(point, n, dimensions, medoid, chosen + 1, count, i + 1));
    }
    return best;
}

static void planted_clusters_are_found(void **state) {
    enum { N = 300, DIMENSIONS = 5, CLUSTERS = 3 };
    static double point[N * DIMENSIONS];
    static unsigned char of[N];
    csim_medoids found;
    csim_error err;
    (void)state;
    for (uint32_t i = 0; i < N; i++)
        for (uint32_t j = 0; j < DIMENSIONS; j++) point[i * DIMENSIONS + j] = 8.0 * (i % CLUSTERS) * (j % 2 ? 1.0 : -1.0) + normal(3, "planted", i * DIMENSIONS + j);
    check_status(csim_medoids_find(point, N, DIMENSIONS, CLUSTERS, &found, of, &err), &err);
    for (uint32_t i = 0; i < N; i++) assert_int_equal(of[i], of[i % CLUSTERS]);
    assert_true(of[0] != of[1] && of[1] != of[2] && of[0] != of[2]);
    for (int m = 0; m < CLUSTERS; m++) assert_int_equal(of[found.point[m]], m);
    check_close(found.sum, sum_of(point, N, DIMENSIONS, found.point, CLUSTERS), 1e-12);
    assert_true(found.sum < 0.3 * found.sum_of_one);
}

/* The search ends where no exchange helps, which on few points is nearly always the best of all choices; by how much it may miss is held here. */
static void few_points_get_the_best_of_all_choices(void **state) {
    enum { N = 13, DIMENSIONS = 3, SETS = 120 };
    int same = 0;
    (void)state;
    for (uint64_t seed = 0; seed < SETS; seed++) {
        double point[N * DIMENSIONS];
        size_t medoid[CSIM_MEDOIDS_MOST];
        csim_medoids found;
        csim_error err;
        const int count = 1 + (int)(seed % 4);
        for (uint32_t i = 0; i < N * DIMENSIONS; i++) point[i] = normal(seed, "few", i);
        check_status(csim_medoids_find(point, N, DIMENSIONS, count, &found, NULL, &err), &err);
        const double best = best_of_all(point, N, DIMENSIONS, medoid, 0, count, 0);
        assert_true(found.sum >= best * (1.0 - 1e-12) && found.sum <= 1.05 * best);
        if (found.sum <= best * (1.0 + 1e-12)) same++;
        if (count == 1) check_close(found.sum, best, 1e-12);
    }
    if (same < SETS * 99 / 100) print_error("the best choice in %d of %d sets\n", same, SETS);
    assert_true(same >= SETS * 99 / 100);
}

static void no_exchange_betters_what_was_found(void **state) {
    enum { N = 60, DIMENSIONS = 4, COUNT = 3 };
    double point[N * DIMENSIONS];
    csim_medoids found;
    csim_error err;
    (void)state;
    for (uint32_t i = 0; i < N * DIMENSIONS; i++) point[i] = uniform(11, "exchange", i);
    check_status(csim_medoids_find(point, N, DIMENSIONS, COUNT, &found, NULL, &err), &err);
    for (int m = 0; m < COUNT; m++)
        for (size_t i = 0; i < N; i++) {
            size_t other[COUNT];
            memcpy(other, found.point, sizeof other);
            other[m] = i;
            assert_true(sum_of(point, N, DIMENSIONS, other, COUNT) >= found.sum * (1.0 - 1e-12));
        }
}

/* To the bit: every sum in the order of the points. */
static void sums_of_distances_are_those_of_plain_loops(void **state) {
    enum { N = 43, DIMENSIONS = 7, MEDOIDS = 3, STRIDE = (N + MOE_DISTANCE_LANES - 1) / MOE_DISTANCE_LANES * MOE_DISTANCE_LANES };
    static double tile[STRIDE * DIMENSIONS], distance[STRIDE][STRIDE], sum[STRIDE], gain[STRIDE], change[MEDOIDS][STRIDE], shared[STRIDE];
    double point[N][DIMENSIONS], nearest[N], second[N];
    unsigned char owner[N];
    (void)state;
    for (uint32_t i = 0; i < N; i++) {
        for (uint32_t k = 0; k < DIMENSIONS; k++)
            tile[i / MOE_DISTANCE_LANES * MOE_DISTANCE_LANES * DIMENSIONS + k * MOE_DISTANCE_LANES + i % MOE_DISTANCE_LANES] = point[i][k] = uniform(12, "sums", i * DIMENSIONS + k);
        nearest[i] = uniform(13, "nearest", i);
        second[i] = nearest[i] + uniform(13, "second", i);
        owner[i] = (unsigned char)(i % MEDOIDS);
    }
    moe_distances_fill(tile, N, DIMENSIONS, distance[0]);
    moe_distances_add(distance[0], N, sum);
    moe_distances_gain(distance[0], N, nearest, gain);
    moe_distances_change(distance[0], N, MEDOIDS, nearest, second, owner, shared, change[0]);
    for (int c = 0; c < N; c++) {
        double all = 0.0, gained = 0.0, common = 0.0, changed[MEDOIDS] = {0.0};
        for (int i = 0; i < N; i++) {
            const double d = distance[i][c];
            check_close(d, distance_between(point[i], point[c], DIMENSIONS), 1e-15);
            check_near(d, distance[c][i], 0.0);
            all += d;
            if (d < nearest[i]) gained += nearest[i] - d, common += d - nearest[i], changed[owner[i]] += nearest[i] - second[i];
            else if (d < second[i]) changed[owner[i]] += d - second[i];
        }
        check_near(sum[c], all, 0.0);
        check_near(gain[c], gained, 0.0);
        for (int m = 0; m < MEDOIDS; m++) check_near(change[m][c], changed[m] + common, 0.0);
    }
}

static void among_equals_the_first_counts(void **state) {
    const double point[8] = {0.0, 0.0, 1.0, 1.0, 10.0, 10.0, 11.0, 11.0}; /* each place twice */
    csim_medoids found;
    csim_error err;
    unsigned char of[8];
    (void)state;
    check_status(csim_medoids_find(point, 8, 1, 2, &found, of, &err), &err);
    assert_int_equal(found.point[0] % 2, 0); /* of two at one place */
    assert_int_equal(found.point[1] % 2, 0);
    assert_int_equal(of[0], of[1]);
    check_status(csim_medoids_find(point, 8, 1, 6, &found, of, &err), &err); /* more medoids than places */
    check_near(found.sum, 0.0, 0.0);
}

static void what_cannot_be_asked_is_refused(void **state) {
    const double point[4] = {0.0, 1.0, 2.0, 3.0};
    csim_medoids found;
    csim_error err;
    (void)state;
    check_refused(csim_medoids_find(point, 4, 1, 0, &found, NULL, &err), CSIM_USAGE, &err);
    check_refused(csim_medoids_find(point, 4, 1, 7, &found, NULL, &err), CSIM_USAGE, &err);
    check_refused(csim_medoids_find(point, 2, 1, 3, &found, NULL, &err), CSIM_USAGE, &err);
}

/* ---- stories of a run */

static csim_run *run_of(uint32_t paths, uint32_t keep, int threads, const csim_result **result) {
    const csim_run_options options = {.seed = 5, .paths = paths, .keep_paths = keep, .threads = threads, .skip_monthly = 1};
    csim_run *run;
    csim_error err;
    check_status(csim_run_new(plan, &options, &run, &err), &err);
    check_status(csim_run_advance(run, 0.0, NULL, &err), &err);
    check_status(csim_run_result(run, result, &err), &err);
    return run;
}

static void stories_go_from_bear_to_bull_and_weigh_one(void **state) {
    const csim_result *result;
    csim_run *run = run_of(RUN_PATHS, RUN_PATHS, 2, &result);
    csim_error err;
    (void)state;
    for (int count = CSIM_STORIES_LEAST; count <= CSIM_STORIES_MOST; count++) {
        csim_stories stories;
        double weight = 0.0, spread = 0.0;
        check_status(csim_stories_find(result, count, &stories, &err), &err);
        assert_int_equal(stories.count, count);
        assert_true(stories.columns > 40 && stories.spread < stories.spread_of_one);
        for (int s = 0; s < count; s++) {
            const csim_story *story = &stories.story[s];
            weight += story->weight;
            spread += story->weight * story->distance;
            assert_true(!s || stories.story[s - 1].headline <= story->headline);
            assert_int_equal(stories.of[story->row], s);
            assert_int_equal(story->path, story->row);
            check_near(result->kept_scalar[(size_t)story->row * (size_t)plan->scalars + (size_t)stories.order], story->headline, 0.0);
        }
        check_close(weight, 1.0, 1e-12);
        check_close(spread, stories.spread, 1e-9);
    }
    csim_run_free(run);
}

static void a_story_replays_to_the_numbers_it_was_chosen_by(void **state) {
    const csim_result *result;
    csim_run *run = run_of(RUN_PATHS, RUN_PATHS, 1, &result);
    double *outcomes = malloc((size_t)plan->months * (size_t)plan->slots * sizeof *outcomes);
    csim_stories stories;
    csim_error err;
    (void)state;
    check_status(csim_stories_find(result, 3, &stories, &err), &err);
    for (int s = 0; s < stories.count; s++) {
        check_status(csim_path_replay(plan, &result->options, stories.story[s].path, outcomes, NULL, NULL, &err), &err);
        for (int32_t c = 0; c < stories.columns; c++) {
            const csim_plan_scalar *at = &plan->scalar[stories.column[c]];
            check_near(outcomes[(size_t)at->month * (size_t)plan->slots + (size_t)at->slot],
                       result->kept_scalar[(size_t)stories.story[s].row * (size_t)plan->scalars + (size_t)stories.column[c]], 0.0);
        }
    }
    free(outcomes);
    csim_run_free(run);
}

static void the_same_paths_tell_the_same_stories(void **state) {
    const csim_result *result;
    static csim_stories first, again;
    csim_error err;
    (void)state;
    csim_run *run = run_of(RUN_PATHS, 200, 1, &result);
    check_status(csim_stories_find(result, 3, &first, &err), &err);
    csim_run_free(run);
    run = run_of(RUN_PATHS, 200, 3, &result);
    check_status(csim_stories_find(result, 3, &again, &err), &err);
    csim_run_free(run);
    assert_memory_equal(&first, &again, sizeof first);
}

static void runs_that_kept_too_little_tell_none(void **state) {
    const csim_result *result;
    csim_run *run = run_of(64, CSIM_STORIES_FEWEST_ROWS - 1, 1, &result);
    csim_stories stories;
    csim_error err;
    (void)state;
    assert_false(csim_stories_can(result));
    check_refused(csim_stories_find(result, 3, &stories, &err), CSIM_INCONSISTENT, &err);
    check_refused(csim_stories_find(result, 1, &stories, &err), CSIM_USAGE, &err);
    check_refused(csim_stories_find(result, 7, &stories, &err), CSIM_USAGE, &err);
    csim_run_free(run);
}

/* Processor time, so that a busy machine does not count; sanitizers and slow machines may take five times as long as asked for. */
static void two_thousand_paths_take_a_moment(void **state) {
    enum { N = 2000 };
    double *point = malloc(N * CSIM_STORIES_COLUMNS * sizeof *point);
    csim_medoids found;
    csim_error err;
    (void)state;
    for (uint32_t i = 0; i < N * CSIM_STORIES_COLUMNS; i++) point[i] = normal(1, "many", i);
    const clock_t before = clock();
    check_status(csim_medoids_find(point, N, CSIM_STORIES_COLUMNS, 3, &found, NULL, &err), &err);
    const double seconds = (double)(clock() - before) / CLOCKS_PER_SEC;
    print_message("medoids of %d points: %.3f s\n", N, seconds);
    assert_true(seconds < 1.5);
    free(point);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(planted_clusters_are_found),
        cmocka_unit_test(few_points_get_the_best_of_all_choices),
        cmocka_unit_test(no_exchange_betters_what_was_found),
        cmocka_unit_test(sums_of_distances_are_those_of_plain_loops),
        cmocka_unit_test(among_equals_the_first_counts),
        cmocka_unit_test(what_cannot_be_asked_is_refused),
        cmocka_unit_test(stories_go_from_bear_to_bull_and_weigh_one),
        cmocka_unit_test(a_story_replays_to_the_numbers_it_was_chosen_by),
        cmocka_unit_test(the_same_paths_tell_the_same_stories),
        cmocka_unit_test(runs_that_kept_too_little_tell_none),
        cmocka_unit_test(two_thousand_paths_take_a_moment),
    };
    return cmocka_run_group_tests(tests, load_baseline, unload_baseline);
}
