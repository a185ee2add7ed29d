/* Scenarios from keys, changes of scenarios, their short texts and the cells of grids over them. Run from the root. */
#include <stdio.h>
#include <stdlib.h>

#include "csim/batch/batch.h"
#include "csim/scenario/change.h"
#include "tests/c/check.h"

static csim_scenario *baseline;

static int load_baseline(void **state) {
    csim_error err;
    (void)state;
    csim_scenario_set_home("scenarios");
    check_status(csim_scenario_load("baseline", &baseline, &err), &err);
    return 0;
}

static int free_baseline(void **state) {
    (void)state;
    csim_scenario_free(baseline);
    return 0;
}

static csim_scenario *changed(const csim_scenario *of, const char *text) {
    csim_error err;
    csim_scenario *out;
    check_status(csim_scenario_change(of, "<changes>", text, strlen(text), &out, &err), &err);
    return out;
}

static void refuses(const char *text, csim_status code, const char *field, const char *said) {
    csim_error err;
    csim_scenario *out;
    check_refused(csim_scenario_change(baseline, "<changes>", text, strlen(text), &out, &err), code, &err);
    assert_null(out);
    assert_string_equal(err.field, field);
    assert_string_equal(err.file, "<changes>");
    assert_int_equal(err.line, 0);
    check_contains(err.detail, said);
}

static void a_change_is_a_file_that_extends(void **state) {
    static const char file[] = "moecast: 1\nname: mine\nextends: baseline\npolicy: {severity: 1.4}\nlevers: {plus_price: {2024-01: 20, 2026-09: 25}, input_tokens: null}\n";
    csim_error err;
    csim_scenario *there, *keys;
    (void)state;
    check_status(csim_scenario_parse("x", file, strlen(file), &there, &err), &err);
    check_status(csim_scenario_from_keys("x", file, strlen(file), &keys, &err), &err);
    csim_scenario *here = changed(baseline, "{name: mine, policy.severity: 1.4, levers.plus_price: {2024-01: 20, 2026-09: 25}, levers: {input_tokens: null}}");
    assert_string_equal(here->text, there->text);
    assert_string_equal(keys->text, there->text);
    assert_string_equal(csim_scenario_base(here), "baseline");
    assert_string_equal(csim_scenario_called(here), "");
    assert_string_equal(csim_scenario_called(baseline), "baseline");
    csim_scenario_free(here);
    csim_scenario_free(keys);
    csim_scenario_free(there);
}

static void a_change_outlives_what_it_changes(void **state) {
    csim_error err;
    csim_scenario *base;
    char *words;
    (void)state;
    check_status(csim_scenario_load("no_controls", &base, &err), &err);
    csim_scenario *once = changed(base, "{name: once, policy.severity: 1.4}");
    csim_scenario_free(base);
    csim_scenario *twice = changed(once, "{name: twice, cap.lambda_K: 0.2}");
    csim_scenario_free(once);
    check_status(csim_scenario_explain(twice, &words, &err), &err);
    check_contains(words, "What it changes against once");
    free(words);
    assert_string_equal(csim_scenario_base(twice), "no_controls");
    csim_scenario_free(twice);
}

static void wrong_keys_are_told_whole(void **state) {
    (void)state;
    refuses("{policy.severty: 1}", CSIM_UNKNOWN_KEY, "policy.severty", "below 'policy' there are: form");
    refuses("{a.b.c.d.e.f.g.h.i.j.k.l: 1}", CSIM_UNKNOWN_KEY, "a.b.c.d.e.f.g.h.i.j.k.l", "there are: moecast");
    refuses("{policy.severity: 1, policy: {severity: 2}}", CSIM_DUPLICATE_KEY, "policy", "another key");
    refuses("{policy: {severity: 1}, policy.severity.x: 2}", CSIM_UNKNOWN_KEY, "policy.severity.x", "no key");
    refuses("{policy: 1}", CSIM_WRONG_TYPE, "policy", "further keys");
    refuses("{policy.severity: [1]}", CSIM_WRONG_TYPE, "policy.severity", "got a list");
    refuses("{extends: no_controls}", CSIM_INCONSISTENT, "extends", "cannot be changed");
    refuses("[1]", CSIM_WRONG_TYPE, "", "wanted a map");
    refuses("{a: ", CSIM_SYNTAX, "", "");
}

static void a_short_text_reads_back(void **state) {
    csim_error err;
    csim_scenario *back;
    char *text;
    size_t size;
    (void)state;
    csim_scenario *here = changed(baseline, "{name: x, levers.input_tokens: null, choice.alpha.developers: {normal: {mean: 1, sd: 0.1}, reason: \"a: b\"}, vendors: [one], policy.schedule: {2024-01: tight}}");
    check_status(csim_scenario_short_text(here, baseline, "baseline", &text, &size, &err), &err);
    check_contains(text, "  input_tokens: null\n");
    check_contains(text, "choice:\n  alpha:\n    developers: {normal: {mean: 1, sd: 0.1}");
    assert_int_equal(size, strlen(text));
    check_status(csim_scenario_parse("x", text, size, &back, &err), &err);
    assert_string_equal(back->text, here->text);
    csim_scenario_free(back);
    csim_scenario_free(here);
    free(text);
}

typedef struct told { int count; csim_written written[2000]; char kept[2000][2][160]; } told;

static int note(void *self, const char *field, const char *written_in, const char *leads_to) {
    told *all = self;
    assert_true(leads_to[0] != '\0');
    if (!written_in[0]) return 0;
    snprintf(all->kept[all->count][0], 160, "%s", field);
    snprintf(all->kept[all->count][1], 160, "%s", written_in);
    all->written[all->count] = (csim_written){all->kept[all->count][0], all->kept[all->count][1]};
    all->count++;
    return 0;
}

static void a_stored_text_finds_its_files_again(void **state) {
    static told all;
    csim_error err;
    csim_scenario *back;
    (void)state;
    assert_int_equal(csim_scenario_files(baseline, note, &all), 0);
    assert_true(all.count > 2);
    check_status(csim_scenario_restore("elsewhere/x", baseline->text, baseline->text_size, "", all.written, (size_t)all.count, &back, &err), &err);
    assert_string_equal(back->text, baseline->text);
    assert_string_equal(back->observations_file, baseline->observations_file);
    assert_string_equal(back->vintage_at.file, baseline->vintage_at.file);
    csim_scenario_free(back);
    check_refused(csim_scenario_restore("x", "{", 1, "", NULL, 0, &back, &err), CSIM_SYNTAX, &err);
    assert_null(back);
}

static void cells_over_a_loaded_scenario_are_changes_of_it(void **state) {
    static const char keys[] = "{policy.schedule: {loose: {2024-01: loose}, tight: {2024-01: tight}}, cap.lambda_K: [0, 0.4]}";
    csim_error err;
    csim_batch *batch;
    (void)state;
    csim_scenario *base = changed(baseline, "{name: mine, policy.severity: 1.4}");
    check_status(csim_batch_cells(base, "study", keys, strlen(keys), &batch, &err), &err);
    assert_int_equal(batch->items, 4);
    assert_string_equal(batch->item[1].name, "mine+schedule=loose+lambda_K=0.4");
    assert_string_equal(batch->item[1].label[1], "0.4");
    csim_scenario *cell = changed(base, batch->item[3].text);
    assert_string_equal(cell->title, "study: policy.schedule tight, cap.lambda_K 0.4");
    csim_scenario_free(cell);
    csim_batch_free(batch);
    check_refused(csim_batch_cells(base, "study", "{policy.severty: [1]}", 21, &batch, &err), CSIM_UNKNOWN_KEY, &err);
    assert_string_equal(err.field, "policy.severty");
    assert_null(batch);
    check_refused(csim_batch_cells(base, "study", "{policy.severity: [1, -1]}", 26, &batch, &err), CSIM_OUT_OF_RANGE, &err);
    assert_int_equal(err.line, 0);
    csim_scenario_free(base);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_is_a_file_that_extends),   cmocka_unit_test(a_change_outlives_what_it_changes),
        cmocka_unit_test(wrong_keys_are_told_whole),         cmocka_unit_test(a_short_text_reads_back),
        cmocka_unit_test(a_stored_text_finds_its_files_again), cmocka_unit_test(cells_over_a_loaded_scenario_are_changes_of_it),
    };
    return cmocka_run_group_tests(tests, load_baseline, free_baseline);
}
