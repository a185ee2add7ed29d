/* The YAML tree: what it keeps, what it refuses and where it points. */
#include "tests/c/check.h"

#include <stdio.h>
#include <stdlib.h>

#include "csim/scenario/yaml_tree.h"

static csim_status parse(const char *text, csim_yaml_tree **tree, csim_error *err) {
    csim_error_clear(err);
    return csim_yaml_tree_parse("t.yaml", text, strlen(text), tree, err);
}

static void a_tree_keeps_order_kinds_and_places(void **state) {
    (void)state;
    csim_yaml_tree *tree;
    csim_error err;
    check_status(parse("# head\nb: 1\na: [x, 'y']\nc:\n  d: \"\\u00e4\"\n  e:\n", &tree, &err), &err);
    const csim_node *root = csim_yaml_tree_root(tree);
    assert_int_equal(root->kind, CSIM_NODE_MAP);
    assert_int_equal(root->count, 3);
    assert_string_equal(root->items[0]->key, "b");
    const csim_node *list = csim_node_find(root, "a");
    assert_int_equal(list->kind, CSIM_NODE_LIST);
    assert_int_equal(list->key_line, 3);
    assert_int_equal(list->key_column, 1);
    assert_int_equal(list->items[1]->column, 8);
    assert_false(list->items[0]->quoted);
    assert_true(list->items[1]->quoted);
    assert_null(list->items[1]->key);
    const csim_node *inner = csim_node_find(root, "c");
    assert_string_equal(csim_node_find(inner, "d")->text, "\xc3\xa4");
    assert_string_equal(csim_node_find(inner, "e")->text, "");
    assert_string_equal(inner->file, "t.yaml");
    assert_null(csim_node_find(inner, "f"));
    assert_null(csim_node_find(list, "x"));
    csim_yaml_tree_free(tree);
}

static void a_byte_order_mark_is_skipped(void **state) {
    (void)state;
    csim_yaml_tree *tree;
    csim_error err;
    check_status(parse("\xef\xbb\xbf" "a: 1\n", &tree, &err), &err);
    assert_int_equal(csim_node_find(csim_yaml_tree_root(tree), "a")->key_column, 1);
    csim_yaml_tree_free(tree);
}

static void columns_count_characters_not_bytes(void **state) {
    (void)state;
    csim_yaml_tree *tree;
    csim_error err;
    check_refused(parse("{\xc3\xa4: 1, \xc3\xa4: 2}", &tree, &err), CSIM_DUPLICATE_KEY, &err);
    assert_int_equal(err.column, 8);
}

static void what_yaml_allows_and_scenarios_do_not_is_refused(void **state) {
    (void)state;
    static const struct { const char *text; csim_status status; int line, column; const char *words; } faults[] = {
        {"", CSIM_SYNTAX, 1, 1, "the file is empty"},
        {"# only a comment\n", CSIM_SYNTAX, 2, 1, "the file is empty"},
        {"a: &x 1\nb: *x\n", CSIM_SYNTAX, 1, 4, "anchors"},
        {"a: [1]\nb: *x\n", CSIM_SYNTAX, 2, 4, "aliases"},
        {"? *x\n: 1\n", CSIM_SYNTAX, 1, 3, "aliases"},
        {"a: !!str 1\n", CSIM_SYNTAX, 1, 4, "tags"},
        {"a: !x {b: 1}\n", CSIM_SYNTAX, 1, 4, "tags"},
        {"a: !x [b]\n", CSIM_SYNTAX, 1, 4, "tags"},
        {"<<: {a: 1}\n", CSIM_SYNTAX, 1, 1, "merge keys"},
        {"a: 1\n---\nb: 2\n", CSIM_SYNTAX, 2, 1, "second document"},
        {"a: 1\nb:\n  c: 1\n  c: 2\n", CSIM_DUPLICATE_KEY, 4, 3, "line 3"},
        {"a: 1\n'a': 2\n", CSIM_DUPLICATE_KEY, 2, 1, "line 1"},
        {"a:\n\tb: 1\n", CSIM_SYNTAX, 2, 1, "not valid YAML"},
        {"a: 'open\nb: 1\n", CSIM_SYNTAX, 1, 4, "never closed"},
        {"a: [1, 2\nb: 3\n", CSIM_SYNTAX, 2, 2, "did not find expected ',' or ']'"},
        {"a: 1\n b: 2\n", CSIM_SYNTAX, 2, 3, "not valid YAML"},
        {"a: \"\\0\"\n", CSIM_SYNTAX, 1, 4, "NUL"},
        {"a: \x01\n", CSIM_SYNTAX, 1, 4, "U+0001"},
        {"a: 1\n\xff\n", CSIM_SYNTAX, 2, 1, "0xff is not valid UTF-8"},
        {"a: \xc0\x80\n", CSIM_SYNTAX, 1, 4, "0xc0 is not valid UTF-8"},
        {"a: \xed\xa0\x80\n", CSIM_SYNTAX, 1, 4, "0xed is not valid UTF-8"},
        {"a: \xe2\x80\xa8\n", CSIM_SYNTAX, 1, 4, "U+2028"},
        {"{a: 1}: 2\n", CSIM_SYNTAX, 1, 1, "a key must be a plain text"},
        {"'': 2\n", CSIM_SYNTAX, 1, 1, "a key is empty"},
    };
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        csim_yaml_tree *tree;
        csim_error err;
        check_refused(parse(faults[i].text, &tree, &err), faults[i].status, &err);
        assert_null(tree);
        check_contains(err.detail, faults[i].words);
        assert_string_equal(err.file, "t.yaml");
        assert_int_equal(err.line, faults[i].line);
        assert_int_equal(err.column, faults[i].column);
    }
}

static void a_nul_byte_is_no_text(void **state) {
    (void)state;
    csim_yaml_tree *tree;
    csim_error err;
    check_refused(csim_yaml_tree_parse("t", "a: 1\n\0b: 2", 11, &tree, &err), CSIM_SYNTAX, &err);
    check_contains(err.detail, "NUL");
    assert_int_equal(err.line, 2);
}

/* count × unit, between a head and a tail, must be refused as too large. */
static void check_too_large(const char *head, const char *unit, size_t count, const char *tail, const char *words) {
    const size_t size = strlen(head) + strlen(unit) * count + strlen(tail);
    char *text = malloc(size + 1);
    assert_non_null(text);
    char *at = text + sprintf(text, "%s", head);
    for (size_t i = 0; i < count; i++) at += sprintf(at, "%s", unit);
    sprintf(at, "%s", tail);
    csim_yaml_tree *tree;
    csim_error err;
    check_refused(csim_yaml_tree_parse("t", text, size, &tree, &err), CSIM_LIMIT, &err);
    check_contains(err.detail, words);
    free(text);
}

static void floods_are_refused(void **state) {
    (void)state;
    check_too_large("a: ", "x", (size_t)1 << 17, "\n", "longer than");
    check_too_large("a: ", "x", (size_t)10 << 20, "\n", "larger than");
    check_too_large("a: ", "[", 100, "", "nested more than 32");
    check_too_large("", "- 1\n", CSIM_YAML_MAX_NODES, "", "more than 200000 values");
}

static void a_missing_file_a_folder_and_a_file_differ(void **state) {
    (void)state;
    csim_yaml_tree *tree;
    csim_error err;
    check_refused(csim_yaml_tree_load("/nonexistent/x.yaml", &tree, &err), CSIM_FILE_OPEN, &err);
    assert_string_equal(err.file, "/nonexistent/x.yaml");
    check_refused(csim_yaml_tree_load("/", &tree, &err), CSIM_FILE_READ, &err);
}

static void numbers_are_strict(void **state) {
    (void)state;
    static const struct { const char *text; double value; } good[] = {
        {"0.2", 0.2}, {".985", 0.985}, {"-1.5e-3", -0.0015}, {"+3", 3}, {"1e9", 1e9}, {"0", 0}, {"-0.0", 0}, {"1.7976931348623157e308", 1.7976931348623157e308}};
    static const char *const bad[] = {"abc", "1_000", "0x10", ".inf", "-.inf", ".nan", "nan", "inf", "1,5", "1e", "1e+", ".", "+", "'1'", "\"1\"", "[1]", "{a: 1}",
                                      "", "007", "1 2", "1d5", "true", "1e999", "-1e999", "1e-999", "1..2"};
    csim_error err;
    for (size_t i = 0; i < sizeof good / sizeof *good + sizeof bad / sizeof *bad; i++) {
        const bool is_good = i < sizeof good / sizeof *good;
        char text[64];
        double value = -7;
        csim_yaml_tree *tree;
        snprintf(text, sizeof text, "a: %s\n", is_good ? good[i].text : bad[i - sizeof good / sizeof *good]);
        check_status(parse(text, &tree, &err), &err);
        csim_node *node = csim_node_find(csim_yaml_tree_root(tree), "a");
        const csim_status status = csim_node_number(node, "f.a", &value, &err);
        assert_true(node->used);
        if (is_good) check_close(value, good[i].value, 0);
        else {
            assert_true(status == CSIM_WRONG_TYPE || status == CSIM_OUT_OF_RANGE);
            check_close(value, -7, 0);
            assert_string_equal(err.field, "f.a");
            assert_int_equal(err.line, 1);
        }
        csim_yaml_tree_free(tree);
    }
}

static void numbers_do_not_depend_on_the_locale(void **state) {
    (void)state;
    if (!check_enter_comma_locale()) check_skip("no locale de_DE.UTF-8");
    csim_yaml_tree *tree;
    csim_error err;
    double value = 0;
    check_status(parse("a: 1.25\n", &tree, &err), &err);
    check_status(csim_node_number(csim_node_find(csim_yaml_tree_root(tree), "a"), "a", &value, &err), &err);
    setlocale(LC_ALL, "C");
    check_close(value, 1.25, 0);
    csim_yaml_tree_free(tree);
}

static void other_scalars_are_strict(void **state) {
    (void)state;
    csim_yaml_tree *tree;
    csim_error err;
    check_status(parse("i: -12\nbig: 99999999999999999999\nf: 1.0\nz: 08\nt: true\nT: True\nm: 2024-01\nm13: 2024-13\nd: 2024-01-05\nold: 1999-12\nq: '5'\nl: [1]\n",
                       &tree, &err), &err);
    csim_node *root = csim_yaml_tree_root(tree);
    long long whole = 0;
    bool flag = false;
    int month = 0;
    const char *text = NULL;
    check_status(csim_node_integer(csim_node_find(root, "i"), "i", &whole, &err), &err);
    assert_int_equal(whole, -12);
    check_refused(csim_node_integer(csim_node_find(root, "big"), "big", &whole, &err), CSIM_OUT_OF_RANGE, &err);
    check_refused(csim_node_integer(csim_node_find(root, "f"), "f", &whole, &err), CSIM_WRONG_TYPE, &err);
    check_refused(csim_node_integer(csim_node_find(root, "z"), "z", &whole, &err), CSIM_WRONG_TYPE, &err);
    check_refused(csim_node_integer(csim_node_find(root, "q"), "q", &whole, &err), CSIM_WRONG_TYPE, &err);
    check_status(csim_node_bool(csim_node_find(root, "t"), "t", &flag, &err), &err);
    assert_true(flag);
    check_refused(csim_node_bool(csim_node_find(root, "T"), "T", &flag, &err), CSIM_WRONG_TYPE, &err);
    check_status(csim_node_month(csim_node_find(root, "m"), "m", &month, &err), &err);
    assert_int_equal(month, 288);
    check_status(csim_node_month(csim_node_find(root, "old"), "old", &month, &err), &err);
    assert_int_equal(month, -1);
    check_refused(csim_node_month(csim_node_find(root, "m13"), "m13", &month, &err), CSIM_WRONG_TYPE, &err);
    check_contains(err.detail, "got '2024-13'");
    check_refused(csim_node_month(csim_node_find(root, "d"), "d", &month, &err), CSIM_WRONG_TYPE, &err);
    check_status(csim_node_text(csim_node_find(root, "q"), "q", &text, &err), &err);
    assert_string_equal(text, "5");
    check_refused(csim_node_text(csim_node_find(root, "l"), "l", &text, &err), CSIM_WRONG_TYPE, &err);
    check_contains(err.detail, "got a list, wanted text");
    csim_yaml_tree_free(tree);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tree_keeps_order_kinds_and_places), cmocka_unit_test(a_byte_order_mark_is_skipped),
        cmocka_unit_test(columns_count_characters_not_bytes), cmocka_unit_test(what_yaml_allows_and_scenarios_do_not_is_refused),
        cmocka_unit_test(a_nul_byte_is_no_text), cmocka_unit_test(floods_are_refused),
        cmocka_unit_test(a_missing_file_a_folder_and_a_file_differ), cmocka_unit_test(numbers_are_strict),
        cmocka_unit_test(numbers_do_not_depend_on_the_locale), cmocka_unit_test(other_scalars_are_strict)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
