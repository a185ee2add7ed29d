/* What two shipped scenarios differ in, and scenarios between them. Run from the root. */
#include "csim/scenario/differences.h"
#include "tests/c/check.h"

static csim_scenario *baseline, *no_controls, *hindcast;

static int load_all(void **state) {
    csim_error err;
    (void)state;
    csim_scenario_set_home("scenarios");
    check_status(csim_scenario_load("baseline", &baseline, &err), &err);
    check_status(csim_scenario_load("no_controls", &no_controls, &err), &err);
    check_status(csim_scenario_load("hindcast_2025_09", &hindcast, &err), &err);
    return 0;
}

static int free_all(void **state) {
    (void)state;
    csim_scenario_free(baseline);
    csim_scenario_free(no_controls);
    csim_scenario_free(hindcast);
    return 0;
}

static const csim_difference *find(const csim_differences *all, const char *path) {
    for (size_t i = 0; i < all->count; i++)
        if (!strcmp(all->item[i].path, path)) return &all->item[i];
    fail_msg("no difference at %s", path);
    return NULL;
}

static void a_scenario_does_not_differ_from_itself(void **state) {
    csim_error err;
    csim_differences *all;
    (void)state;
    check_status(csim_differences_find(hindcast, hindcast, &all, &err), &err);
    assert_int_equal(all->count, 0);
    csim_differences_free(all);
}

static void no_controls_differs_in_its_head_and_its_schedule(void **state) {
    csim_error err;
    csim_differences *all;
    (void)state;
    check_status(csim_differences_find(baseline, no_controls, &all, &err), &err);
    const csim_difference *schedule = find(all, "policy.schedule");
    assert_string_equal(schedule->group, "policy");
    check_contains(schedule->b, "2026-09: none");
    for (size_t i = 0; i < all->count; i++) assert_true(&all->item[i] == schedule || !strcmp(all->item[i].group, "head"));
    csim_differences_free(all);
}

static void inputs_are_told_in_words_and_lone_levers_one_by_one(void **state) {
    csim_error err;
    csim_differences *all;
    (void)state;
    check_status(csim_differences_find(baseline, hindcast, &all, &err), &err);
    check_contains(find(all, "cap.g_f")->b, "normal, mean 15, 90 % between");
    check_contains(find(all, "cap.g_f")->b, "ECI/yr");
    assert_string_equal(find(all, "levers.input_tokens")->group, "levers");
    check_contains(find(all, "levers.input_tokens")->b, "2025-09: 5000");
    csim_differences_free(all);
}

static void difference_of_notes_alone_says_so(void **state) {
    const char *const text = "moecast: 1\nname: noted\nextends: baseline\ncap: {lambda_R: {truncated_normal: {mean: 4, sd: 2, low: 0}, unit: month, basis: guess, date: 2026-08, reason: \"x\"}}\n";
    csim_scenario *noted;
    csim_differences *all;
    csim_error err;
    (void)state;
    check_status(csim_scenario_parse("noted.yaml", text, strlen(text), &noted, &err), &err);
    check_status(csim_differences_find(baseline, noted, &all, &err), &err);
    const csim_difference *found = find(all, "cap.lambda_R");
    assert_true(found->only_notes);
    check_contains(found->a, "basis: estimate");
    check_contains(found->b, "basis: guess");
    csim_differences_free(all);
    csim_scenario_free(noted);
}

static void mix_of(const csim_scenario *a, const csim_scenario *b, bool from_b, const char *expected) {
    csim_error err;
    csim_differences *all;
    csim_scenario *mixed;
    bool choice[4096];
    check_status(csim_differences_find(a, b, &all, &err), &err);
    assert_true(all->count < 4096);
    for (size_t i = 0; i < all->count; i++) choice[i] = from_b;
    check_status(csim_scenario_mix(a, b, choice, all->count, &mixed, &err), &err);
    assert_string_equal(mixed->text, expected);
    csim_scenario_free(mixed);
    csim_differences_free(all);
}

static void mix_of_nothing_is_the_first_and_of_everything_the_second(void **state) {
    (void)state;
    mix_of(baseline, hindcast, false, baseline->text);
    mix_of(baseline, hindcast, true, hindcast->text);
    mix_of(hindcast, no_controls, true, no_controls->text);
    mix_of(no_controls, hindcast, true, hindcast->text);
}

static void mix_of_one_section_has_that_section_only(void **state) {
    csim_error err;
    csim_differences *all, *left;
    csim_scenario *mixed;
    bool choice[4096] = {false};
    (void)state;
    check_status(csim_differences_find(baseline, hindcast, &all, &err), &err);
    for (size_t i = 0; i < all->count; i++) choice[i] = !strcmp(all->item[i].group, "cap");
    check_status(csim_scenario_mix(baseline, hindcast, choice, all->count, &mixed, &err), &err);
    check_status(csim_differences_find(baseline, mixed, &left, &err), &err);
    assert_true(left->count > 0 && left->count < all->count);
    for (size_t i = 0; i < left->count; i++) assert_string_equal(left->item[i].group, "cap");
    csim_differences_free(left);
    csim_differences_free(all);
    csim_scenario_free(mixed);
}

static void mix_that_is_no_scenario_is_refused_with_a_place(void **state) {
    csim_error err;
    csim_differences *all;
    csim_scenario *mixed;
    bool choice[4096] = {false};
    (void)state;
    check_status(csim_differences_find(baseline, hindcast, &all, &err), &err);
    for (size_t i = 0; i < all->count; i++) choice[i] = !strcmp(all->item[i].path, "assimilate.known_until");
    check_refused(csim_scenario_mix(baseline, hindcast, choice, all->count, &mixed, &err), CSIM_INCONSISTENT, &err);
    assert_null(mixed);
    assert_string_equal(err.field, "assimilate.known_until");
    csim_differences_free(all);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scenario_does_not_differ_from_itself),
        cmocka_unit_test(no_controls_differs_in_its_head_and_its_schedule),
        cmocka_unit_test(inputs_are_told_in_words_and_lone_levers_one_by_one),
        cmocka_unit_test(difference_of_notes_alone_says_so),
        cmocka_unit_test(mix_of_nothing_is_the_first_and_of_everything_the_second),
        cmocka_unit_test(mix_of_one_section_has_that_section_only),
        cmocka_unit_test(mix_that_is_no_scenario_is_refused_with_a_place),
    };
    return cmocka_run_group_tests(tests, load_all, free_all);
}
