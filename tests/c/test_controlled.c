/* Moved keys compile to the plan of a text that sets them; columns hold the first paths while their run goes on; a base of more paths is counted once. Run from
 * the root. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "csim/engine/columns.h"
#include "csim/engine/controlled.h"
#include "csim/scenario/vary.h"
#include "csim/stats/sample.h"
#include "tests/c/baseline.h"

static csim_plan *plan_of_text(const char *lines) {
    char text[400];
    csim_scenario *changed;
    csim_plan *out;
    csim_error err;
    snprintf(text, sizeof text, "moecast: 1\nname: changed\nextends: baseline\n%s", lines);
    check_status(csim_scenario_parse("<text>", text, strlen(text), &changed, &err), &err);
    check_status(csim_plan_compile(changed, catalogue, &out, &err), &err);
    csim_scenario_free(changed);
    return out;
}

static void moved_keys_compile_to_the_plan_of_a_text_that_sets_them(void **state) {
    const csim_variation moved[] = {{"policy.severity", 1.4}, {"levers.lag_shift_months", -3.5}};
    csim_varied *varied;
    csim_plan *quick, *slow = plan_of_text("policy: {severity: 1.4}\nlevers: {lag_shift_months: -3.5}\n");
    csim_error err;
    (void)state;
    check_status(csim_scenario_vary(scenario, moved, 2, &varied, &err), &err);
    check_status(csim_plan_compile(csim_varied_scenario(varied), catalogue, &quick, &err), &err);
    assert_memory_equal(quick, slow, sizeof *quick);
    assert_memory_not_equal(quick, plan, sizeof *quick);
    csim_varied_free(varied);
    csim_plan_free(quick);
    csim_plan_free(slow);
}

static void check_sentence(csim_variation moved, csim_status expected, const char *part) {
    csim_varied *varied;
    csim_error err;
    check_refused(csim_scenario_vary(scenario, &moved, 1, &varied, &err), expected, &err);
    check_contains(err.detail, part);
    assert_string_equal(err.field, moved.key);
    assert_null(varied);
}

static void impossible_values_are_refused_with_their_range(void **state) {
    (void)state;
    check_sentence((csim_variation){"policy.severity", 99.0}, CSIM_OUT_OF_RANGE, "between 0.05 and 5");
    check_sentence((csim_variation){"policy.severity", (double)NAN}, CSIM_OUT_OF_RANGE, "got nan");
    check_sentence((csim_variation){"levers.draft_depth", 1.5}, CSIM_OUT_OF_RANGE, "whole number");
    check_sentence((csim_variation){"policy.severty", 1.0}, CSIM_UNKNOWN_KEY, "no input and no lever");
}

static csim_columns *new_columns(uint32_t paths) {
    const csim_plan_scalar wanted = {csim_plan_slot(plan, "share.open.developers"), 24};
    const csim_run_options options = {.seed = 3, .paths = paths};
    csim_columns *out;
    csim_error err;
    check_status(csim_columns_new(plan, &wanted, 1, 1, &options, &out, &err), &err);
    return out;
}

static void columns_hold_the_first_paths_while_their_run_goes_on(void **state) {
    csim_columns *whole = new_columns(400), *slices = new_columns(400);
    atomic_int cancel = 1;
    csim_error err;
    (void)state;
    check_status(csim_columns_advance(whole, 0.0, NULL, &err), &err);
    for (uint32_t known = 0; known < 400; known = csim_columns_known(slices)) {
        check_refused(csim_columns_advance(slices, 0.0, &cancel, &err), CSIM_INTERRUPTED, &err);
        csim_columns_catch_up(slices);
        assert_int_equal(csim_columns_known(slices), known);
        check_status(csim_columns_advance(slices, 1e-3, NULL, &err), &err);
        csim_columns_catch_up(slices);
        assert_memory_equal(csim_columns_value(slices, 0), csim_columns_value(whole, 0), csim_columns_known(slices) * sizeof(double));
        assert_memory_equal(csim_columns_hit(slices, 0), csim_columns_hit(whole, 0), csim_columns_known(slices));
    }
    csim_columns_free(whole);
    csim_columns_free(slices);
}

static void a_longer_base_carries_the_mean_with_its_exact_variance(void **state) {
    const double a[6] = {1.0, 2.0, 4.0, 7.0, (double)NAN, 9.0}, b[3] = {1.5, 2.0, 5.5};
    csim_controlled_mean out;
    (void)state;
    csim_controlled_numbers(a, 6, b, 3, &out);
    assert_int_equal(out.base_paths, 5);
    assert_int_equal(out.pairs, 3);
    check_close(out.base.value, 23.0 / 5.0, 1e-15);
    check_close(out.difference.value, 2.0 / 3.0, 1e-15);
    check_close(out.mean.value, 23.0 / 5.0 + 2.0 / 3.0, 1e-15);
    const double of_b = 4.75, of_d = 7.0 / 12.0; /* variances of b and of b − a */
    check_close(out.mean.error, sqrt(of_b / 5.0 + of_d * (1.0 / 3.0 - 1.0 / 5.0)), 1e-12);
    csim_controlled_numbers(a, 3, b, 3, &out);
    check_close(out.mean.value, 3.0, 1e-15);
    check_close(out.mean.error, out.alone.error, 1e-15);
}

static void paths_that_all_stay_leave_bounds_open(void **state) {
    unsigned char a[100], b[20];
    csim_controlled_share out;
    (void)state;
    for (int i = 0; i < 100; i++) a[i] = i % 4 ? CSIM_MISS : CSIM_HIT;
    for (int i = 0; i < 20; i++) b[i] = a[i];
    csim_controlled_answers(a, 100, b, 20, &out);
    check_close(out.share.value, 0.25, 1e-15);
    assert_int_equal(out.gained + out.lost, 0);
    assert_true(out.high - out.low > 2 * 1.96 * out.share.error); /* that none of 20 moved does not say that none moves */
    b[1] = CSIM_HIT;
    csim_controlled_answers(a, 100, b, 20, &out);
    check_close(out.share.value, 0.30, 1e-12);
    assert_int_equal(out.gained, 1);
}

static void a_samples_quantiles_come_from_its_order(void **state) {
    double values[6] = {3.0, (double)NAN, 1.0, 2.0, 5.0, 4.0};
    (void)state;
    assert_int_equal(csim_sample_sort(values, 6), 5);
    check_close(csim_sample_quantile(values, 5, 0.5), 3.0, 1e-15);
    check_close(csim_sample_quantile(values, 5, 0.6), 3.4, 1e-12);
    const csim_interval bounds = csim_sample_quantile_interval(values, 5, 0.5);
    assert_true(bounds.low < 3.0 && bounds.high > 3.0);
    assert_true(isnan(csim_sample_quantile(values, 0, 0.5)) && isnan(csim_sample_quantile_estimate(values, 1, 0.5).error));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moved_keys_compile_to_the_plan_of_a_text_that_sets_them), cmocka_unit_test(impossible_values_are_refused_with_their_range),
        cmocka_unit_test(columns_hold_the_first_paths_while_their_run_goes_on),    cmocka_unit_test(a_longer_base_carries_the_mean_with_its_exact_variance),
        cmocka_unit_test(paths_that_all_stay_leave_bounds_open),                   cmocka_unit_test(a_samples_quantiles_come_from_its_order),
    };
    return cmocka_run_group_tests(tests, load_baseline, unload_baseline);
}
