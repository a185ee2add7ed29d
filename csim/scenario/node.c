/* Typed reading of single nodes. One sentence a mistake: what stands there, what is wanted. Numbers are read the same under every locale. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csim/base/run_limits.h"
#include "csim/scenario/c_locale.h"
#include "csim/scenario/yaml_tree.h"

csim_node *csim_node_find(const csim_node *map, const char *key) {
    if (!map || map->kind != CSIM_NODE_MAP) return NULL;
    for (size_t i = 0; i < map->count; i++)
        if (strcmp(map->items[i]->key, key) == 0) return map->items[i];
    return NULL;
}

void csim_node_forget_lines(csim_node *node) {
    node->line = node->column = node->key_line = node->key_column = 0;
    for (size_t i = 0; i < node->count; i++) csim_node_forget_lines(node->items[i]);
}

static const char *kind_words(const csim_node *node) {
    return node->kind == CSIM_NODE_MAP ? "a map" : node->kind == CSIM_NODE_LIST ? "a list" : "text";
}

/* "got 'abc'", "got a list": long texts are cut so that the sentence stays one. */
static csim_status refuse(csim_error *err, csim_status code, const csim_node *node, const char *field, const char *wanted) {
    if (node->kind != CSIM_NODE_TEXT)
        return csim_error_set_at(err, code, node->file, node->line, node->column, field, "got %s, wanted %s", kind_words(node), wanted);
    if (!node->text[0] && !node->quoted)
        return csim_error_set_at(err, code, node->file, node->line, node->column, field, "has no value, wanted %s", wanted);
    return csim_error_set_at(err, code, node->file, node->line, node->column, field, "got %s'%.60s'%s, wanted %s",
                             node->quoted ? "the quoted text " : "", node->text, strlen(node->text) > 60 ? " …" : "", wanted);
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* [+-] digits [. digits] [e [+-] digits], a digit on at least one side of the point, no leading zeros (some readers take them for octal). */
static bool is_number(const char *at) {
    if (*at == '+' || *at == '-') at++;
    if (at[0] == '0' && is_digit(at[1])) return false;
    size_t digits = 0;
    for (; is_digit(*at); at++) digits++;
    if (*at == '.')
        for (at++; is_digit(*at); at++) digits++;
    if (!digits) return false;
    if (*at != 'e' && *at != 'E') return !*at;
    at++;
    if (*at == '+' || *at == '-') at++;
    if (!is_digit(*at)) return false;
    while (is_digit(*at)) at++;
    return !*at;
}

static bool is_written_zero(const char *at) {
    for (; *at && *at != 'e' && *at != 'E'; at++)
        if (*at >= '1' && *at <= '9') return false;
    return true;
}

csim_status csim_node_number(csim_node *node, const char *field, double *out, csim_error *err) {
    static const char wanted[] = "a number such as 0.2 or 1.5e9";
    node->used = true;
    if (node->kind != CSIM_NODE_TEXT || node->quoted || !is_number(node->text)) return refuse(err, CSIM_WRONG_TYPE, node, field, wanted);
    const csim_c_locale guard = csim_c_locale_enter();
    const double value = strtod(node->text, NULL);
    csim_c_locale_leave(guard);
    if (!isfinite(value)) return refuse(err, CSIM_OUT_OF_RANGE, node, field, "a number below 1.8e308");
    if (value == 0 && !is_written_zero(node->text)) return refuse(err, CSIM_OUT_OF_RANGE, node, field, "0 or a number above 4.9e-324");
    *out = value;
    return CSIM_OK;
}

csim_status csim_node_integer(csim_node *node, const char *field, long long *out, csim_error *err) {
    node->used = true;
    const char *at = node->kind == CSIM_NODE_TEXT ? node->text : "";
    if (*at == '+' || *at == '-') at++;
    const bool leading_zero = at[0] == '0' && at[1];
    if (node->quoted || leading_zero || !*at || at[strspn(at, "0123456789")]) return refuse(err, CSIM_WRONG_TYPE, node, field, "a whole number");
    errno = 0;
    const long long value = strtoll(node->text, NULL, 10);
    if (errno == ERANGE) return refuse(err, CSIM_OUT_OF_RANGE, node, field, "a whole number below 9.2e18");
    *out = value;
    return CSIM_OK;
}

csim_status csim_node_seed(csim_node *node, const char *field, unsigned long long *out, csim_error *err) {
    node->used = true;
    const char *at = node->kind == CSIM_NODE_TEXT ? node->text : "";
    if (node->quoted || !*at || (at[0] == '0' && at[1]) || at[strspn(at, "0123456789")]) return refuse(err, CSIM_WRONG_TYPE, node, field, CSIM_SEEDS);
    errno = 0;
    const unsigned long long value = strtoull(at, NULL, 10);
    if (errno == ERANGE) return refuse(err, CSIM_OUT_OF_RANGE, node, field, CSIM_SEEDS);
    *out = value;
    return CSIM_OK;
}

csim_status csim_node_bool(csim_node *node, const char *field, bool *out, csim_error *err) {
    node->used = true;
    const bool is_true = node->kind == CSIM_NODE_TEXT && strcmp(node->text, "true") == 0;
    const bool is_false = node->kind == CSIM_NODE_TEXT && strcmp(node->text, "false") == 0;
    if (node->quoted || (!is_true && !is_false)) return refuse(err, CSIM_WRONG_TYPE, node, field, "true or false");
    *out = is_true;
    return CSIM_OK;
}

bool csim_month_parse(const char *text, int *out) {
    for (int i = 0; i < 7; i++)
        if (i == 4 ? text[i] != '-' : !is_digit(text[i])) return false;
    const int year = (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + (text[3] - '0');
    const int month = (text[5] - '0') * 10 + (text[6] - '0');
    if (text[7] || month < 1 || month > 12 || year < 1900 || year > 2199) return false;
    *out = (year - 2000) * 12 + month - 1;
    return true;
}

csim_status csim_node_month(csim_node *node, const char *field, int *out, csim_error *err) {
    node->used = true;
    if (node->kind == CSIM_NODE_TEXT && csim_month_parse(node->text, out)) return CSIM_OK;
    return refuse(err, CSIM_WRONG_TYPE, node, field, "a month such as 2024-01 (01 to 12)");
}

csim_status csim_node_text(csim_node *node, const char *field, const char **out, csim_error *err) {
    node->used = true;
    if (node->kind != CSIM_NODE_TEXT) return refuse(err, CSIM_WRONG_TYPE, node, field, "text");
    *out = node->text;
    return CSIM_OK;
}
