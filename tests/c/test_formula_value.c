/* A formula comes to what spreadsheets say it comes to: precedence, references that skip texts, lookups, errors that stay errors. */
#include <string.h>

#include "csim/report/formula_value.h"
#include "tests/c/check.h"

static bool find(const void *scope, const char *name, size_t length, csim_value_line *out) {
    static csim_value cells[4];
    (void)scope;
    cells[0] = csim_value_of_number(3.0);
    cells[1] = csim_value_of_text("all");
    cells[2] = csim_value_of_number(8.0);
    cells[3] = (csim_value){.kind = CSIM_VALUE_EMPTY};
    const struct { const char *name; csim_value_line line; } known[] = {{"line", {cells, 4}}, {"three", {cells, 1}}, {"word", {cells + 1, 1}}, {"blank", {cells + 3, 1}}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strlen(known[i].name) == length && !memcmp(known[i].name, name, length)) {
            *out = known[i].line;
            return true;
        }
    return false;
}

static void numbers_follow_precedence(void **state) {
    (void)state;
    static const struct { const char *formula; double value; } all[] = {
        {"1+2*three^2/9-4/2/2", 2.0}, {"-2^2", 4.0}, {"(1+2)*three", 9.0}, {"2^3^2", 64.0}, {"1-1-1", -1.0}, {"three>=3", 1.0}, {"1+1<>2", 0.0}, {"\"Own\"=\"own\"", 1.0},
        {"MIN(line)", 3.0}, {"MAX(line,9)", 9.0}, {"MIN(100,word)", 100.0}, {"COUNT(line)", 2.0}, {"SUM(line)", 11.0}, {"COUNTIF(line,\"all\")", 1.0},
        {"INDEX(line,3)", 8.0}, {"MATCH(\"all\",line,FALSE)", 2.0}, {"MATCH(8,line,FALSE)", 3.0}, {"IF(1=0,1/0,5)", 5.0}, {"IFERROR(1/0,7)", 7.0},
        {"ROUNDUP(2.1,0)", 3.0}, {"LOG(8,2)", 3.0}, {"ISNUMBER(blank)", 0.0}, {"ISNUMBER(three)", 1.0}, {"blank+1", 1.0}, {"AND(1,1,0)", 0.0}, {"\"all\"=\"a\"&\"ll\"", 1.0}, {"\"so \"&word&\"!\"=\"so all!\"", 1.0}, {"MIN(line,IF(1=0,word,9))", 3.0}, {"OR(0,1)", 1.0}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        const csim_value value = csim_formula_value(all[i].formula, find, NULL);
        if (value.kind != CSIM_VALUE_NUMBER || !(value.number - all[i].value < 1e-12 && all[i].value - value.number < 1e-12)) fail_msg("%s comes to %.17g", all[i].formula, value.number);
    }
}

static void what_cannot_be_computed_is_an_error(void **state) {
    (void)state;
    static const char *const all[] = {"1/0", "word+1", "nobody", "1+", "(1", "SIN(1)", "INDEX(line,5)", "MATCH(5,line,FALSE)", "LN(0)", "\"a\"&1", "\"open", "1 2"};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (csim_formula_value(all[i], find, NULL).kind != CSIM_VALUE_ERROR) fail_msg("%s is no error", all[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_follow_precedence), cmocka_unit_test(what_cannot_be_computed_is_an_error)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
