/* Shapley's shares on games that can be worked out, and waterfalls between shipped scenarios. Run from the root. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "csim/engine/waterfall.h"
#include "tests/c/check.h"

/* ---- games -------------------------------------------------------------------------------------------------------------------------------------- */

enum { PLAYERS = 4, N = 5 };

typedef struct table { double value[1 << PLAYERS][N]; } table;
static const double *look_up(const void *self, uint64_t members) { return ((const table *)self)->value[members]; }

static void fill(table *t, double (*value)(uint64_t members, size_t path)) {
    for (uint64_t members = 0; members < 1 << PLAYERS; members++)
        for (size_t i = 0; i < N; i++) t->value[members][i] = value(members, i);
}

static double linear(uint64_t members, size_t path) {
    double sum = 3.0;
    for (size_t g = 0; g < PLAYERS; g++) sum += (double)(members >> g & 1) * (double)(g + 1) * (1.0 + (double)path);
    return sum;
}

/* Players 0 and 1 give 1 only together; 2 gives 5 alone; 3 gives nothing. */
static double pair_and_loner(uint64_t members, size_t path) { return ((members & 3) == 3 ? 1.0 : 0.0) + (members & 4 ? 5.0 : 0.0) + 0.0 * (double)path; }
static double wild(uint64_t members, size_t path) { return sin(17.0 * (double)(members + 1) + (double)path) * 1e3; }
static double backwards(uint64_t members, size_t path) { return wild((1 << PLAYERS) - 1 - members, path); }

static void share(double (*value)(uint64_t, size_t), uint64_t seed, size_t orders, csim_shapley_share out[PLAYERS]) {
    static table t;
    unsigned char usable[N], order[64 * PLAYERS];
    uint64_t all[1 << PLAYERS];
    csim_error err;
    const csim_shapley_game game = {look_up, &t, PLAYERS, N, 1};
    fill(&t, value);
    for (uint64_t k = 0; k < 1 << PLAYERS; k++) all[k] = k;
    assert_int_equal(csim_shapley_usable(&game, all, 1 << PLAYERS, usable), N);
    csim_shapley_orders(seed, PLAYERS, orders, order);
    check_status(orders ? csim_shapley_sampled(&game, usable, order, orders, out, &err) : csim_shapley_exact(&game, usable, out, &err), &err);
}

static void linear_game_gives_each_player_what_it_adds(void **state) {
    csim_shapley_share out[PLAYERS];
    (void)state;
    for (size_t orders = 0; orders <= 8; orders += 4) {
        share(linear, 9, orders, out);
        for (size_t g = 0; g < PLAYERS; g++) {
            check_close(out[g].effect.value, 3.0 * (double)(g + 1), 1e-14);                    /* mean of 1 … 5 is 3 */
            check_close(out[g].effect.error, sqrt(2.5 / N) * (double)(g + 1), 1e-13);
            check_near(out[g].order_error, 0.0, 1e-14);
        }
    }
}

/* Two replicates of odd length: the error is csim_error_between of their means. */
static void errors_of_shares_are_taken_between_replicates(void **state) {
    static table t;
    csim_shapley_share out[PLAYERS];
    unsigned char usable[N] = {1, 1, 0, 1, 1};
    const csim_shapley_game game = {look_up, &t, PLAYERS, N, 2};
    const double mean[] = {(1.0 + 5.0) / 2.0, (2.0 + 4.0) / 2.0 + 0.5}, weight[] = {2.0, 2.0};
    csim_error err;
    (void)state;
    fill(&t, linear);
    for (uint64_t members = 0; members < 1 << PLAYERS; members++) t.value[members][3] += 0.5 * (double)(members & 1) * 2.0; /* path 3 gives player 0 one more */
    check_status(csim_shapley_exact(&game, usable, out, &err), &err);
    check_close(out[0].effect.value, (1.0 + 2.0 + 5.0 + 5.0) / 4.0, 1e-14);
    check_close(out[0].effect.error, csim_error_between(mean, weight, 2), 1e-13);
}

static void partners_share_alike_and_idlers_get_nothing(void **state) {
    csim_shapley_share out[PLAYERS];
    (void)state;
    share(pair_and_loner, 9, 0, out);
    const double expected[PLAYERS] = {0.5, 0.5, 5.0, 0.0};
    for (size_t g = 0; g < PLAYERS; g++) check_near(out[g].effect.value, expected[g], 1e-15);
}

static void shares_add_up_and_change_sign_with_the_direction(void **state) {
    csim_shapley_share there[PLAYERS], back[PLAYERS];
    double whole = 0.0;
    (void)state;
    for (size_t i = 0; i < N; i++) whole += (wild(15, i) - wild(0, i)) / N;
    for (size_t orders = 0; orders <= 12; orders += 6) {
        double sum = 0.0;
        share(wild, 9, orders, there);
        share(backwards, 9, orders, back);
        for (size_t g = 0; g < PLAYERS; g++) {
            sum += there[g].effect.value;
            check_near(there[g].effect.value, -back[g].effect.value, 1e-12 * 1e3);
        }
        check_near(sum, whole, 1e-12 * 1e3);
    }
}

/* The stated error is the spread over samples of orders, and their mean is the exact share. */
static void sampled_shares_scatter_about_the_exact_ones_as_their_error_says(void **state) {
    enum { TIMES = 400 };
    csim_shapley_share exact[PLAYERS], sampled[PLAYERS];
    double off[PLAYERS] = {0}, square[PLAYERS] = {0}, stated[PLAYERS] = {0};
    (void)state;
    share(wild, 0, 0, exact);
    for (uint64_t seed = 0; seed < TIMES; seed++) {
        share(wild, seed, 32, sampled);
        for (size_t g = 0; g < PLAYERS; g++) {
            const double from = sampled[g].effect.value - exact[g].effect.value;
            off[g] += from / TIMES;
            square[g] += from * from / TIMES;
            stated[g] += sampled[g].order_error * sampled[g].order_error / TIMES;
        }
    }
    for (size_t g = 0; g < PLAYERS; g++) {
        check_between(square[g] / stated[g], 0.8, 1.2);
        check_near(off[g], 0.0, 4.0 * sqrt(square[g] / TIMES));
    }
}

/* ---- scenarios ---------------------------------------------------------------------------------------------------------------------------------- */

static csim_catalogue *catalogue;

static int load_catalogue(void **state) {
    csim_error err;
    (void)state;
    csim_scenario_set_home("scenarios");
    check_status(csim_catalogue_load("scenarios/catalogue", &catalogue, &err), &err);
    return 0;
}

static int free_catalogue(void **state) {
    (void)state;
    csim_catalogue_free(catalogue);
    return 0;
}

typedef struct end { csim_scenario *scenario; csim_plan *plan; } end;

static end open_end(const char *name, const char *changes) {
    char text[2048];
    csim_error err;
    end out = {NULL, NULL};
    snprintf(text, sizeof text, "moecast: 1\nname: %s\nextends: baseline\n%s", name, changes);
    check_status(csim_scenario_parse("test.yaml", text, strlen(text), &out.scenario, &err), &err);
    check_status(csim_plan_compile(out.scenario, catalogue, &out.plan, &err), &err);
    return out;
}

static void close_end(end it) {
    csim_plan_free(it.plan);
    csim_scenario_free(it.scenario);
}

static csim_waterfall *run(const end *a, const end *b, csim_waterfall_request wanted) {
    const csim_waterfall_side sides[2] = {{a->scenario, {a->scenario->name, a->plan, NULL, 1, CSIM_SAMPLER_MC, 1}}, {b->scenario, {b->scenario->name, b->plan, NULL, 1, CSIM_SAMPLER_MC, 1}}};
    csim_waterfall *w;
    csim_error err;
    uint64_t done, total;
    if (!wanted.paths) wanted.paths = 64;
    if (!wanted.month) wanted.month = (2028 - 2000) * 12 + 11;
    check_status(csim_waterfall_new(sides, &wanted, &w, &err), &err);
    check_status(csim_waterfall_advance(w, 0.0, NULL, &err), &err);
    csim_waterfall_progress(w, &done, &total);
    assert_true(done == total);
    return w;
}

static const csim_waterfall_bar *bar_of(const csim_waterfall *w, const char *group) {
    size_t count;
    const csim_waterfall_bar *bar = csim_waterfall_bars(w, &count);
    for (size_t i = 0; i < count; i++)
        if (!strcmp(bar[i].group, group)) return &bar[i];
    fail_msg("no bar %s", group);
    return NULL;
}

static double sum_of(const csim_waterfall *w) {
    size_t count;
    double sum = 0.0;
    const csim_waterfall_bar *bar = csim_waterfall_bars(w, &count);
    for (size_t i = 0; i < count; i++) sum += bar[i].effect.value;
    return sum;
}

#define NOTE "unit: \"-\", basis: guess, date: 2026-08, reason: \"x\"}"
static const char three_changes[] = "policy: {schedule: {2024-01: current, 2025-04: tight, 2025-08: current, 2026-09: none}}\n"
                                    "cap: {g_f: {normal: {mean: 12, sd: 2}, unit: \"ECI/yr\", basis: guess, date: 2026-08, reason: \"x\"}}\n"
                                    "levers: {open_cost_factor: {value: 0.5, " NOTE "}\n";

static void waterfall_adds_up_and_is_the_same_backwards(void **state) {
    const end a = open_end("a", ""), b = open_end("b", three_changes);
    const csim_waterfall_request wanted = {.series = "tokens.world"};
    (void)state;
    csim_waterfall *there = run(&a, &b, wanted), *back = run(&b, &a, wanted);
    const csim_waterfall_total *sum = csim_waterfall_sum(there);
    assert_int_equal(sum->runs, 8);
    assert_int_equal(sum->orders, 0);
    check_near(sum_of(there), sum->difference.value, 1e-12 * fabs(sum->a.value));
    check_near(sum->b.value - sum->a.value, sum->difference.value, 1e-12 * fabs(sum->a.value));
    const char *const groups[] = {"policy", "cap", "levers"};
    for (int i = 0; i < 3; i++) {
        const csim_waterfall_bar *one = bar_of(there, groups[i]), *other = bar_of(back, groups[i]);
        check_near(one->effect.value, -other->effect.value, 1e-12 * fabs(sum->a.value));
        check_close(one->effect.error, other->effect.error, 1e-9);
        check_near(one->alone, -other->last, 1e-12 * fabs(sum->a.value));
        assert_true(one->effect.error > 0.0 && one->order_error == 0.0);
    }
    csim_waterfall_free(there);
    csim_waterfall_free(back);
    close_end(a);
    close_end(b);
}

static void change_that_a_series_does_not_feel_gets_exactly_nothing(void **state) {
    const end a = open_end("a", ""), b = open_end("b", "cap: {g_f: {normal: {mean: 12, sd: 2}, unit: \"ECI/yr\", basis: guess, date: 2026-08, reason: \"x\"}}\n"
                                                       "pivot: {lambda0: {fixed: 0.2, unit: \"1/month\", basis: guess, date: 2026-08, reason: \"x\"}}\n");
    (void)state;
    csim_waterfall *w = run(&a, &b, (csim_waterfall_request){.series = "cap.frontier"});
    assert_true(bar_of(w, "pivot")->effect.value == 0.0 && bar_of(w, "pivot")->effect.error == 0.0);
    check_close(bar_of(w, "cap")->effect.value, csim_waterfall_sum(w)->difference.value, 1e-12);
    csim_waterfall_free(w);
    close_end(a);
    close_end(b);
}

static void waterfall_between_equal_scenarios_has_no_bars(void **state) {
    const end a = open_end("a", ""), b = open_end("b", "");
    size_t count;
    (void)state;
    csim_waterfall *w = run(&a, &b, (csim_waterfall_request){.series = "cap.gap"});
    csim_waterfall_bars(w, &count);
    assert_int_equal(count, 0);
    assert_true(csim_waterfall_sum(w)->difference.value == 0.0 && csim_waterfall_sum(w)->difference.error == 0.0);
    csim_waterfall_free(w);
    close_end(a);
    close_end(b);
}

static void write_file(const char *path, const char *text) {
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    fputs(text, stream);
    fclose(stream);
}

static void seven_groups_are_sampled_and_still_add_up(void **state) {
    const end a = open_end("a", ""), b = open_end("b", "levers:\n  open_cost_factor: {value: 0.5, " NOTE "\n  tpot_factor: {value: 2, " NOTE "\n  effort_rl: {value: 2, " NOTE
                                                       "\n  effort_pretraining: {value: 2, " NOTE "\n  effort_inference: {value: 2, " NOTE
                                                       "\n  plus_price: {value: 30, unit: \"$/month\", basis: guess, date: 2026-08, reason: \"x\"}\n"
                                                       "  lag_shift_months: {value: 3, unit: month, basis: guess, date: 2026-08, reason: \"x\"}\n");
    char path[] = "/tmp/moecast-groups-XXXXXX";
    close(mkstemp(path));
    (void)state;
    write_file(path, "open: [levers.open_cost_factor]\ntime: [levers.tpot_factor]\nrl: [levers.effort_rl]\npre: [levers.effort_pretraining]\ninference: [levers.effort_inference]\n"
                     "price: [levers.plus_price]\n");
    csim_waterfall *w = run(&a, &b, (csim_waterfall_request){.series = "tokens.world", .groups = path, .orders = 3});
    const csim_waterfall_total *sum = csim_waterfall_sum(w);
    assert_int_equal(sum->orders, 4);
    assert_true(bar_of(w, "rest")->keys == 1 && bar_of(w, "rest")->order_error >= 0.0);
    check_near(sum_of(w), sum->difference.value, 1e-12 * fabs(sum->a.value));
    csim_waterfall_free(w);
    unlink(path);
    close_end(a);
    close_end(b);
}

static csim_status refuse(const end *a, const end *b, csim_waterfall_request wanted, csim_error *err) {
    const csim_waterfall_side sides[2] = {{a->scenario, {"first", a->plan, NULL, 1, CSIM_SAMPLER_MC, 1}}, {b->scenario, {"second", b->plan, NULL, 1, CSIM_SAMPLER_MC, 1}}};
    csim_waterfall *w = NULL;
    wanted.paths = 10;
    if (!wanted.month) wanted.month = (2028 - 2000) * 12 + 11;
    csim_status status = csim_waterfall_new(sides, &wanted, &w, err);
    if (!status) status = csim_waterfall_advance(w, 0.0, NULL, err);
    csim_waterfall_free(w);
    return status;
}

static void groups_that_tear_a_scenario_apart_are_refused_with_the_reason(void **state) {
    const char known[] = "assimilate: {until: 2025-09, known_until: 2025-09}\npolicy:\n  regimes:\n    loose: {successor_months: 20, ladder: {2020-06: a800, 2023-03: h800, 2024-06: h20}}\n";
    const end a = open_end("a", ""), b = open_end("b", known);
    char path[] = "/tmp/moecast-groups-XXXXXX";
    csim_error err;
    close(mkstemp(path));
    (void)state;
    write_file(path, "history: [assimilate]\n");
    check_refused(refuse(&a, &b, (csim_waterfall_request){.series = "cap.gap", .groups = path}, &err), CSIM_INCONSISTENT, &err);
    check_contains(err.detail, "first with history of second is no valid scenario");
    write_file(path, "history: [assimilat]\n");
    check_refused(refuse(&a, &b, (csim_waterfall_request){.series = "cap.gap", .groups = path}, &err), CSIM_UNKNOWN_KEY, &err);
    write_file(path, "history: assimilate\n");
    check_refused(refuse(&a, &b, (csim_waterfall_request){.series = "cap.gap", .groups = path}, &err), CSIM_WRONG_TYPE, &err);
    unlink(path);
    check_refused(refuse(&a, &b, (csim_waterfall_request){.series = "cap.gap", .groups = path}, &err), CSIM_FILE_OPEN, &err);
    check_refused(refuse(&a, &b, (csim_waterfall_request){.series = "cap.gaps"}, &err), CSIM_UNKNOWN_NAME, &err);
    close_end(a);
    close_end(b);
}

static void sections_that_need_each_other_become_one_bar(void **state) {
    const char known[] = "assimilate: {until: 2025-09, known_until: 2025-09}\npolicy:\n  regimes:\n    loose: {successor_months: 20, ladder: {2020-06: a800, 2023-03: h800, 2024-06: h20}}\n"
                         "levers: {ads_arpu: {value: 30, unit: \"$/user/yr\", basis: guess, date: 2026-08, reason: \"x\"}}\n";
    const end a = open_end("a", ""), b = open_end("b", known);
    (void)state;
    csim_waterfall *w = run(&a, &b, (csim_waterfall_request){.series = "cap.gap", .paths = 10});
    assert_int_equal(bar_of(w, "policy+assimilate")->keys, 3);
    assert_int_equal(csim_waterfall_sum(w)->runs, 4);
    csim_waterfall_free(w);
    close_end(a);
    close_end(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(linear_game_gives_each_player_what_it_adds),
        cmocka_unit_test(errors_of_shares_are_taken_between_replicates),
        cmocka_unit_test(partners_share_alike_and_idlers_get_nothing),
        cmocka_unit_test(shares_add_up_and_change_sign_with_the_direction),
        cmocka_unit_test(sampled_shares_scatter_about_the_exact_ones_as_their_error_says),
        cmocka_unit_test(waterfall_adds_up_and_is_the_same_backwards),
        cmocka_unit_test(change_that_a_series_does_not_feel_gets_exactly_nothing),
        cmocka_unit_test(waterfall_between_equal_scenarios_has_no_bars),
        cmocka_unit_test(seven_groups_are_sampled_and_still_add_up),
        cmocka_unit_test(groups_that_tear_a_scenario_apart_are_refused_with_the_reason),
        cmocka_unit_test(sections_that_need_each_other_become_one_bar),
    };
    return cmocka_run_group_tests(tests, load_catalogue, free_catalogue);
}
