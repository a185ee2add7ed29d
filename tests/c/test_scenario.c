/* The scenario reader: what a good scenario becomes, how files build on each other, that texts read back, and that damaged files do no harm. Planted
 * faults, one a file, are in tests/scenarios/faults and are run through the command by tests/py/test_scenario_faults.py. */
#define _POSIX_C_SOURCE 200809L
#include "tests/c/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "csim/scenario/layout.h"
#include "csim/scenario/names.h"
#include "csim/scenario/scenario.h"
#include "csim/scenario/sections.h"
#include "csim/scenario/text.h"

static char folder[] = "/tmp/moecast-test-XXXXXX";

static int make_folder(void **state) {
    (void)state;
    return mkdtemp(folder) ? 0 : 1;
}

static int remove_folder(void **state) {
    (void)state;
    return rmdir(folder);
}

/* Writes a file into the test's folder; the path stays valid until the next call with the same slot. */
static const char *write_file(int slot, const char *name, const char *text, size_t size) {
    static char paths[4][256];
    snprintf(paths[slot], sizeof paths[slot], "%s/%s", folder, name);
    FILE *file = fopen(paths[slot], "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    return paths[slot];
}

/* A variant of the baseline, loaded from a file that is gone again when this returns. */
static csim_status load_variant(const char *body, csim_scenario **out, csim_error *err) {
    char text[4096];
    const int size = snprintf(text, sizeof text, "moecast: 1\nname: variant\nextends: baseline\n%s", body);
    const char *path = write_file(0, "variant.yaml", text, (size_t)size);
    csim_error_clear(err);
    const csim_status status = csim_scenario_load(path, out, err);
    unlink(path);
    return status;
}

static csim_scenario *variant(const char *body) {
    csim_scenario *scenario;
    csim_error err;
    check_status(load_variant(body, &scenario, &err), &err);
    return scenario;
}

static csim_scenario *baseline(void) {
    csim_scenario *scenario;
    csim_error err;
    csim_error_clear(&err);
    check_status(csim_scenario_load("baseline", &scenario, &err), &err);
    return scenario;
}

static const csim_input *input(const csim_scenario *s, const char *key) {
    for (size_t i = 0; i < s->inputs; i++)
        if (strcmp(s->input[i].key, key) == 0) return &s->input[i];
    fail_msg("no input %s", key);
    return NULL;
}

static const csim_lever *lever(const csim_scenario *s, const char *key) {
    for (size_t i = 0; i < s->levers; i++)
        if (strcmp(s->lever[i].key, key) == 0) return &s->lever[i];
    fail_msg("no lever %s", key);
    return NULL;
}

/* ---- tables -------------------------------------------------------------------------------------------------------------------------------------- */

/* The canonical text and the headings rely on it. */
static void every_key_is_a_section_and_a_name(void **state) {
    (void)state;
    for (int id = 0; id < CSIM_INPUT_IDS; id++) {
        const char *key = csim_input_rows[id].key, *dot = strchr(key, '.');
        int sections = 0;
        assert_non_null(dot);
        assert_null(strchr(dot + 1, '.'));
        for (int i = 0; i < CSIM_SECTIONS; i++) sections += csim_section_has(&csim_sections[i], key);
        assert_int_equal(sections, 1);
        assert_true(csim_input_rows[id].lowest < csim_input_rows[id].highest);
    }
    for (int id = 0; id < CSIM_LEVER_IDS; id++) {
        const csim_lever_row *row = &csim_lever_rows[id];
        assert_memory_equal(row->key, "levers.", 7);
        check_between(row->standard, row->lowest, row->highest);
        if (row->interpolation == CSIM_LOG) assert_true(row->lowest > 0);
    }
}

static void no_key_stands_twice_in_the_tables(void **state) {
    (void)state;
    for (size_t i = 0; i < csim_layout_count(); i++)
        for (size_t k = 0; k < i; k++) assert_string_not_equal(csim_layout_get(i).path, csim_layout_get(k).path);
}

/* ---- a good scenario ----------------------------------------------------------------------------------------------------------------------------- */

static void inputs_stand_in_the_order_of_the_table(void **state) {
    (void)state;
    csim_scenario *s = baseline();
    for (int id = 0; id < CSIM_INPUT_IDS; id++) {
        const int first = s->input_offset[id], count = s->input_offset[id + 1] - first;
        assert_int_equal(count, csim_scenario_elements(s, csim_input_rows[id].index));
        for (int e = 0; e < count; e++) {
            char key[256], name[160];
            csim_scenario_element_name(s, csim_input_rows[id].index, (size_t)e, name, sizeof name);
            snprintf(key, sizeof key, "%s%s%s", csim_input_rows[id].key, *name ? "." : "", name);
            assert_int_equal(s->input[first + e].id, id);
            assert_int_equal(s->input[first + e].element, e);
            assert_string_equal(s->input[first + e].key, key);
            assert_true(s->input[first + e].note.line > 0);
        }
    }
    assert_int_equal(s->input_offset[CSIM_INPUT_IDS], s->inputs);
    assert_int_equal(s->lever_offset[CSIM_LEVER_IDS], s->levers);
    csim_scenario_free(s);
}

static void two_fold_sets_run_row_by_row(void **state) {
    (void)state;
    csim_scenario *s = baseline();
    char name[160], expected[160];
    csim_scenario_element_name(s, CSIM_INDEX_SEGMENT_OFFERING, s->offerings + 2, name, sizeof name);
    snprintf(expected, sizeof expected, "%s.%s", s->segment[1], s->offering[2].id);
    assert_string_equal(name, expected);
    csim_scenario_element_name(s, CSIM_INDEX_SEGMENT_REGION, 2 * s->regions, name, sizeof name);
    snprintf(expected, sizeof expected, "%s.%s", s->segment[2], s->region[0]);
    assert_string_equal(name, expected);
    csim_scenario_free(s);
}

static void the_frame_of_the_baseline_is_read(void **state) {
    (void)state;
    csim_scenario *s = baseline();
    assert_string_equal(s->name, "baseline");
    assert_int_equal(s->start_month, 288);
    assert_int_equal(s->months, 84);
    assert_int_equal(s->segments, 5);
    assert_string_equal(s->segment[s->role_developers], "developers");
    assert_string_equal(s->region[s->role_china], "china");
    assert_true(s->enterprise_region[0]);
    assert_false(s->enterprise_region[s->role_china]);
    assert_int_equal(s->offerings, 8);
    assert_int_equal(s->offering[0].openness, CSIM_CLOSED);
    assert_int_equal(s->offering[0].entry_month, CSIM_NO_MONTH);
    assert_string_equal(s->fleet[s->offering[0].fleet].id, "us_gpu");
    assert_int_equal(s->offering[4].openness, CSIM_OPEN);
    assert_int_equal(s->offering[4].origin, CSIM_CN);
    assert_int_equal(s->offering[4].entry_month, 292);
    assert_int_equal(s->offering[4].second_fleet, -1);
    assert_string_equal(s->fleet[s->regime[0].like_fleet].id, "us_gpu");
    assert_int_equal(s->regime[1].like_fleet, -1);
    assert_false(s->policy_relative);
    assert_string_equal(s->policy_schedule[s->policy_steps - 1].name, "markov");
    assert_int_equal(s->assimilate_until, 319);
    assert_true(s->claims > 10);
    csim_scenario_free(s);
}

static void every_family_is_read(void **state) {
    (void)state;
    csim_scenario *s = variant(
        "cap:\n  g_f: 15\n  eps: {uniform: {low: .1, high: .5}}\n  s_f: {half_normal: {scale: 1.5}}\n"
        "  kappa_tok: {truncated_normal: {mean: .5, sd: .2, low: 0}, unit: ln/yr, basis: guess, source: s, date: 2026-08, reason: r}\n"
        "  L0_cn: {interval90: {low: 3, high: 7, shape: lognormal}}\n  L0_other: {interval90: {low: 3, high: 7}}\n"
        "  rho: {beta: {a: 2, b: 3}}\n  lambda_K: {scaled_beta: {a: 2, b: 3, low: 0, high: 1}}\n  w_rl_raw: {gamma: {shape: 4, scale: .1}}\n"
        "  b_cn: {triangular: {low: -1, mode: 0, high: 2}}\n  b_other: {normal: {mean: 0, sd: 1}}\n  delta_mean: {lognormal: {median: 2, log_sd: .3}}\n"
        "  lambda_R: {discrete: {values: [2, 4], weights: [1, 3]}}\n  lambda_D: {quantiles: {p: [0, .5, 1], x: [0, .3, 2]}}\n  k_L: {fixed: .1}\n");
    assert_int_equal(input(s, "cap.g_f")->spec.family, CSIM_DIST_FIXED);
    check_close(input(s, "cap.g_f")->spec.parameter[0], 15, 0);
    assert_string_equal(input(s, "cap.g_f")->note.basis, "");
    check_close(input(s, "cap.eps")->spec.parameter[1], 0.5, 0);
    const csim_input *cut = input(s, "cap.kappa_tok");
    assert_int_equal(cut->spec.family, CSIM_DIST_TRUNCATED_NORMAL);
    check_close(cut->spec.parameter[2], 0, 0);
    check_close(cut->spec.parameter[3], (double)INFINITY, 0);
    assert_string_equal(cut->note.basis, "guess");
    assert_string_equal(cut->note.source, "s");
    assert_string_equal(cut->note.date, "2026-08");
    assert_string_equal(cut->note.reason, "r");
    assert_int_equal(cut->note.line, 8);
    assert_int_equal(cut->note.column, 14);
    assert_int_equal(input(s, "cap.L0_cn")->spec.shape, CSIM_DIST_SHAPE_LOGNORMAL);
    assert_int_equal(input(s, "cap.L0_other")->spec.shape, CSIM_DIST_SHAPE_NORMAL);
    assert_int_equal(input(s, "cap.lambda_R")->spec.knots, 2);
    check_close(input(s, "cap.lambda_R")->spec.list[1][1], 3, 0);
    check_close(input(s, "cap.lambda_D")->spec.list[1][2], 2, 0);
    csim_scenario_free(s);
}

static void every_form_of_a_lever_is_read(void **state) {
    (void)state;
    csim_scenario *s = variant(
        "levers:\n  api_policing: {hazard_per_yr: .2, from: 2026-09, value: 1, schedule: {2024-01: .1}, reason: r}\n  frontier_gating: {government: .5}\n"
        "  origin_ban: {government: {us: {2025-01: 1, 2027-01: 0}}}\n  plus_price: {value: 25, unit: $/month}\n  cn_subsidy_frac: {hazard_per_yr: 1, value: .3}\n");
    const csim_lever *policing = lever(s, "levers.api_policing"), *ban = lever(s, "levers.origin_ban.government.us");
    check_close(policing->hazard_per_yr, 0.2, 0);
    check_close(policing->hazard_value, 1, 0);
    assert_int_equal(policing->hazard_from, 320);
    check_close(policing->values[0].value, 0.1, 0);
    assert_string_equal(policing->note.reason, "r");
    assert_int_equal(ban->count, 2);
    assert_int_equal(ban->values[1].month, 324);
    check_close(ban->values[0].value, 1, 0);
    check_close(lever(s, "levers.frontier_gating.government")->values[0].value, 0.5, 0);
    check_close(lever(s, "levers.frontier_gating.consumers")->values[0].value, 0, 0);
    assert_int_equal(lever(s, "levers.frontier_gating.consumers")->note.line, 0);
    check_close(lever(s, "levers.plus_price")->values[0].value, 25, 0);
    assert_int_equal(lever(s, "levers.cn_subsidy_frac")->hazard_from, s->start_month);
    check_close(lever(s, "levers.gap_ceiling")->values[0].value, 1e9, 0);
    csim_scenario_free(s);
}

static void correlations_and_claims_are_read(void **state) {
    (void)state;
    csim_scenario *s = variant(
        "correlations: [{a: cap.g_f, b: compute.g_us, rho: .3, reason: r}, {a: choice.alpha.developers, b: choice.alpha.midmarket, rho: -.5}]\n"
        "claims:\n  planted:\n    statement: s\n    source: t\n    said_on: 2026-01\n    kind: conditional\n    readings:\n"
        "      first: {metric: pivots, op: \">=\", value: 2, by: 2026-09, from: 2025-01}\n"
        "      second: {metric: share.open, element: fortune500, op: \"<\", value: .5, at: 2026-12, given: first}\n");
    assert_int_equal(s->correlations, 2);
    check_close(s->correlation[1].rho, -0.5, 0);
    assert_string_equal(s->correlation[0].note.reason, "r");
    const csim_claim *claim = NULL;
    for (size_t i = 0; i < s->claims; i++)
        if (strcmp(s->claim[i].id, "planted") == 0) claim = &s->claim[i];
    assert_non_null(claim);
    assert_true(s->claims > 1); /* those of the baseline are still there */
    assert_int_equal(claim->kind, CSIM_CONDITIONAL);
    assert_int_equal(claim->readings[0].by_month, 320);
    assert_int_equal(claim->readings[0].from_month, 300);
    assert_int_equal(claim->readings[0].at_month, CSIM_NO_MONTH);
    assert_string_equal(claim->readings[1].given, "first");
    assert_string_equal(claim->readings[1].element, "fortune500");
    csim_scenario_free(s);
}

/* ---- extends ---------------------------------------------------------------------------------------------------------------------------------------- */

static void a_value_replaces_the_whole_value_below_it(void **state) {
    (void)state;
    csim_scenario *base = baseline();
    csim_scenario *s = variant("cap: {g_f: {uniform: {low: 10, high: 20}}}\nfleets: {us_gpu: {ladder: {2020-06: a100}}}\nvendors: [acme]\n");
    assert_int_not_equal(input(base, "cap.g_f")->spec.family, CSIM_DIST_UNIFORM);
    assert_int_equal(input(s, "cap.g_f")->spec.family, CSIM_DIST_UNIFORM);
    assert_string_equal(input(s, "cap.g_f")->note.reason, "");                             /* its notes go with it */
    assert_string_equal(input(s, "cap.eps")->note.reason, input(base, "cap.eps")->note.reason); /* its neighbours stay */
    assert_int_equal(s->fleet[0].count, 1);
    assert_string_equal(s->fleet[0].title, base->fleet[0].title);
    assert_int_equal(s->vendors, 1);
    csim_scenario_free(base);
    csim_scenario_free(s);
}

static void null_takes_away_what_the_base_says(void **state) {
    (void)state;
    csim_scenario *s = variant("offerings: {openai: {second_fleet: null}}\nclaims: null\nlevers: {input_tokens: ~}\n");
    assert_int_equal(s->offering[0].second_fleet, -1);
    assert_int_equal(s->claims, 0);
    check_close(lever(s, "levers.input_tokens")->values[0].value, 8000, 0);
    csim_scenario_free(s);
}

static void a_value_remembers_the_file_it_stood_in(void **state) {
    (void)state;
    csim_scenario *s = variant("cap: {g_f: 15}\n");
    check_contains(input(s, "cap.g_f")->note.file, "variant.yaml");
    check_contains(input(s, "cap.eps")->note.file, "baseline.yaml");
    check_contains(s->file, "variant.yaml");
    csim_scenario_free(s);
}

static void a_path_in_extends_is_relative_to_its_file(void **state) {
    (void)state;
    static const char base[] = "moecast: 1\nname: base\nextends: baseline\ncap: {g_f: 11}\n", child[] = "moecast: 1\nname: child\nextends: ./base.yaml\n";
    csim_scenario *s;
    csim_error err;
    const char *base_path = write_file(0, "base.yaml", base, strlen(base)), *path = write_file(1, "child.yaml", child, strlen(child));
    const csim_status status = csim_scenario_load(path, &s, &err);
    unlink(base_path);
    unlink(path);
    check_status(status, &err);
    assert_string_equal(s->name, "child");
    check_close(input(s, "cap.g_f")->spec.parameter[0], 11, 0);
    csim_scenario_free(s);
}

static void an_error_in_a_base_points_into_the_base(void **state) {
    (void)state;
    static const char base[] = "moecast: 1\nname: base\nextends: baseline\ncap: {g_f: fast}\n", child[] = "moecast: 1\nname: child\nextends: base.yaml\n";
    csim_scenario *s;
    csim_error err;
    const char *base_path = write_file(0, "base.yaml", base, strlen(base)), *path = write_file(1, "child.yaml", child, strlen(child));
    const csim_status status = csim_scenario_load(path, &s, &err);
    unlink(base_path);
    unlink(path);
    check_refused(status, CSIM_WRONG_TYPE, &err);
    assert_null(s);
    check_contains(err.file, "/base.yaml");
    assert_int_equal(err.line, 4);
    assert_string_equal(err.field, "cap.g_f");
}

/* ---- texts ------------------------------------------------------------------------------------------------------------------------------------------ */

static void check_reads_back(const csim_scenario *s) {
    csim_scenario *again;
    csim_error err;
    const char *path = write_file(2, "canonical.yaml", s->text, s->text_size);
    const csim_status status = csim_scenario_load(path, &again, &err);
    unlink(path);
    check_status(status, &err);
    assert_int_equal(again->text_size, s->text_size);
    assert_string_equal(again->text, s->text);
    assert_int_equal(again->inputs, s->inputs);
    for (size_t i = 0; i < s->inputs; i++) assert_memory_equal(&again->input[i].spec, &s->input[i].spec, sizeof s->input[i].spec);
    csim_scenario_free(again);
}

static void canonical_text_reads_back_as_itself(void **state) {
    (void)state;
    csim_scenario *s = baseline();
    check_reads_back(s);
    csim_scenario_free(s);
    s = variant("title: 'quotes \" and \\ and ä'\ndescription: \"two\\nlines\\ttab\"\ncap: {g_f: {truncated_normal: {mean: 15, sd: 2.0000000000000004}}, eps: 1e-7}\n"
                "levers: {api_policing: {hazard_per_yr: .2, from: 2026-09, value: 1}, origin_ban: {government: {us: 1, china: 0}, developers: {us: .1}}}\n"
                "correlations: [{a: cap.g_f, b: compute.g_us, rho: .1}]\nassimilate: {until: never}\n"
                "claims: {x: {statement: s, source: t, said_on: 2026-01, kind: identity, readings: {r: {identity: active(a)/total(a), op: <=, value: 1e-9}}}}\n");
    check_reads_back(s);
    csim_scenario_free(s);
}

/* What `report` does with a run that was made elsewhere. */
static void a_stored_text_is_read_without_its_files(void **state) {
    (void)state;
    csim_scenario *s = baseline(), *again;
    csim_error err;
    char *text = malloc(s->text_size + 64);
    assert_non_null(text);
    const int size = sprintf(text, "%.*s\ncatalogue: \"nowhere\"\n", (int)s->text_size, s->text);
    check_status(csim_scenario_parse("run.moecast", text, (size_t)size, &again, &err), &err);
    assert_string_equal(again->name, "baseline");
    assert_int_equal(again->inputs, s->inputs);
    csim_scenario_free(again);
    check_refused(csim_scenario_parse("run.moecast", "moecast: 2", 10, &again, &err), CSIM_OUT_OF_RANGE, &err);
    assert_string_equal(err.file, "run.moecast");
    free(text);
    csim_scenario_free(s);
}

static void different_scenarios_have_different_texts(void **state) {
    (void)state;
    csim_scenario *a = variant(""), *b = variant("run: {seed: 8}\n"), *c = variant("");
    assert_string_not_equal(a->text, b->text);
    assert_string_equal(a->text, c->text);
    csim_scenario_free(a);
    csim_scenario_free(b);
    csim_scenario_free(c);
}

static void an_explanation_names_changes_reasons_and_levers(void **state) {
    (void)state;
    csim_scenario *s = variant("title: A title\ncap: {g_f: {normal: {mean: 15, sd: 2}, unit: ECI/yr, basis: guess, reason: Because it is planted}}\n"
                               "levers: {api_policing: {2024-01: 0, 2026-09: 1}}\ncost: {util: {uniform: {low: .2, high: .4}}}\n");
    csim_error err;
    char *text = NULL;
    check_status(csim_scenario_explain(s, &text, &err), &err);
    check_contains(text, "variant: A title");
    check_contains(text, "2024-01 to 2030-12, 84 months");
    check_contains(text, "What it changes against baseline");
    check_contains(text, "cap.g_f: {normal: {mean: 15, sd: 2}} instead of {");
    check_contains(text, "normal, mean 15, 90 % between 11.7 and 18.3 ECI/yr\n      guess: Because it is planted");
    check_contains(text, "uniform between 0.2 and 0.4, 90 % between 0.21 and 0.39\n");
    check_contains(text, "levers.api_policing: Share of distillation through open APIs that closed labs stop\n    0 up to 2026-09, 1 from 2026-09 share");
    check_contains(text, "    1500 in 2024-01, 8000 in 2026-05 tokens, straight in the logarithm between dates");
    for (int i = 0; i < CSIM_SECTIONS; i++) check_contains(text, csim_sections[i].title);
    assert_null(strstr(text, "name: variant instead"));
    free(text);
    csim_scenario_free(s);
}

static void schema_and_reference_hold_every_key(void **state) {
    (void)state;
    csim_error err;
    char *schema = NULL, *reference = NULL, quoted[128];
    check_status(csim_scenario_schema(&schema, &err), &err);
    check_status(csim_scenario_key_reference(&reference, &err), &err);
    for (int id = 0; id < CSIM_INPUT_IDS; id++) {
        snprintf(quoted, sizeof quoted, "\"%s\":", strchr(csim_input_rows[id].key, '.') + 1);
        check_contains(schema, quoted);
        snprintf(quoted, sizeof quoted, "| `%s", csim_input_rows[id].key);
        check_contains(reference, quoted);
    }
    for (int id = 0; id < CSIM_LEVER_IDS; id++) {
        snprintf(quoted, sizeof quoted, "| `%s", csim_lever_rows[id].key);
        check_contains(reference, quoted);
    }
    free(schema);
    free(reference);
}

/* The documentation carries the reference; it must be the one the tables give. */
static void the_documentation_holds_the_reference(void **state) {
    (void)state;
    static char page[1 << 18];
    csim_error err;
    char *reference = NULL;
    FILE *file = fopen("docs/scenario-format.md", "rb");
    assert_non_null(file); /* run from the root of the source tree */
    page[fread(page, 1, sizeof page - 1, file)] = '\0';
    fclose(file);
    check_status(csim_scenario_key_reference(&reference, &err), &err);
    assert_non_null(strstr(page, reference));
    free(reference);
}

static void texts_do_not_depend_on_the_locale(void **state) {
    (void)state;
    if (!check_enter_comma_locale()) check_skip("no locale de_DE.UTF-8");
    csim_scenario *s = baseline();
    check_reads_back(s);
    setlocale(LC_ALL, "C");
    csim_scenario_free(s);
}

static void numbers_are_written_with_the_fewest_digits_that_read_back(void **state) {
    (void)state;
    static const struct { double value; const char *text; } cases[] = {
        {0.1, "0.1"}, {1500, "1500"}, {1e9, "1000000000"}, {1e-6, "1.0e-06"}, {0.1 + 0.2, "0.30000000000000004"}, {-0.0, "0"}, {1e22, "1.0e+22"}, {1.5e-7, "1.5e-07"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        csim_text text = {0};
        csim_text_number(&text, cases[i].value);
        assert_string_equal(text.bytes, cases[i].text);
        csim_text_clear(&text);
    }
}

static void the_nearest_name_is_a_slip_not_another_word(void **state) {
    (void)state;
    csim_names names = {0};
    csim_names_add_choices(&names, "kappa|alpha|tau0|openness");
    assert_string_equal(csim_names_nearest(&names, "kapa"), "kappa");
    assert_string_equal(csim_names_nearest(&names, "aplha"), "alpha");
    assert_string_equal(csim_names_nearest(&names, "opennes"), "openness");
    assert_null(csim_names_nearest(&names, "zebra"));
    assert_null(csim_names_nearest(&names, "x"));
}

/* ---- damage ------------------------------------------------------------------------------------------------------------------------------------------ */

static unsigned next_random(unsigned *seed) {
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* A file with a few bytes changed loads or is refused with a status and a sentence; it never crashes and never half succeeds. */
static void damaged_files_do_no_harm(void **state) {
    (void)state;
    static const char good[] =
        "moecast: 1\nname: fuzz\nextends: baseline\ntime: {start: 2024-01, end: 2030-12}\nrun: {paths: 100, seed: 1}\n"
        "cap: {g_f: {normal: {mean: 15, sd: 2}, unit: ECI/yr}, eps: {discrete: {values: [.1, .2], weights: [1, 2]}}}\n"
        "levers: {api_policing: {2024-01: 0, 2026-09: 1}, origin_ban: {government: {us: 1}}}\n"
        "correlations: [{a: cap.g_f, b: compute.g_us, rho: .3}]\nclaims: null\n";
    static const char bytes[] = "{}[]:,#'\"\n\t -.&*!|>%@`0123456789aegnx\xc3\xff\x01";
    unsigned seed = 7, loaded = 0;
    for (int i = 0; i < 300; i++) {
        char text[sizeof good];
        csim_scenario *s = NULL;
        csim_error err;
        memcpy(text, good, sizeof good);
        for (unsigned k = 0; k <= next_random(&seed) % 3; k++) text[next_random(&seed) % (sizeof good - 1)] = bytes[next_random(&seed) % (sizeof bytes - 1)];
        const char *path = write_file(3, "fuzz.yaml", text, sizeof good - 1);
        csim_error_clear(&err);
        const csim_status status = csim_scenario_load(path, &s, &err);
        unlink(path);
        if (status == CSIM_OK) {
            assert_non_null(s);
            loaded++;
        } else {
            assert_null(s);
            check_refused(status, err.code, &err);
        }
        csim_scenario_free(s);
    }
    assert_true(loaded > 0); /* otherwise nothing behind the parser was reached */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_is_a_section_and_a_name), cmocka_unit_test(no_key_stands_twice_in_the_tables),
        cmocka_unit_test(inputs_stand_in_the_order_of_the_table), cmocka_unit_test(two_fold_sets_run_row_by_row),
        cmocka_unit_test(the_frame_of_the_baseline_is_read), cmocka_unit_test(every_family_is_read),
        cmocka_unit_test(every_form_of_a_lever_is_read), cmocka_unit_test(correlations_and_claims_are_read),
        cmocka_unit_test(a_value_replaces_the_whole_value_below_it), cmocka_unit_test(null_takes_away_what_the_base_says),
        cmocka_unit_test(a_value_remembers_the_file_it_stood_in), cmocka_unit_test(a_path_in_extends_is_relative_to_its_file),
        cmocka_unit_test(an_error_in_a_base_points_into_the_base), cmocka_unit_test(canonical_text_reads_back_as_itself),
        cmocka_unit_test(a_stored_text_is_read_without_its_files),
        cmocka_unit_test(different_scenarios_have_different_texts), cmocka_unit_test(an_explanation_names_changes_reasons_and_levers),
        cmocka_unit_test(schema_and_reference_hold_every_key), cmocka_unit_test(the_documentation_holds_the_reference),
        cmocka_unit_test(texts_do_not_depend_on_the_locale), cmocka_unit_test(numbers_are_written_with_the_fewest_digits_that_read_back),
        cmocka_unit_test(the_nearest_name_is_a_slip_not_another_word), cmocka_unit_test(damaged_files_do_no_harm)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
