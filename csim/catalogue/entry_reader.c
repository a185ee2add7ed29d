/* Owns the strict reading of one catalogue map. Knows types, ranges and places; must not know what a model or a machine is. */
#include "csim/catalogue/entry_reader.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "csim/catalogue/nearest.h"

static void copy_field(char *to, size_t size, const char *parent, const char *name) {
    int written = snprintf(to, size, "%s%s%s", parent, parent[0] && name[0] ? "." : "", name);
    if (written < 0) to[0] = '\0'; /* a longer place is cut short: it serves messages only */
}

void csim_entry_fail(csim_entry_reader *reader, const csim_node *node, csim_status code, const char *key, const char *format, ...) {
    if (reader->status != CSIM_OK) return;
    char field[CSIM_ENTRY_FIELD_SIZE + 64], detail[512];
    copy_field(field, sizeof field, reader->field, key);
    va_list arguments;
    va_start(arguments, format);
    int written = vsnprintf(detail, sizeof detail, format, arguments);
    va_end(arguments);
    if (written < 0) detail[0] = '\0';
    reader->status = csim_error_set_at(reader->err, code, node->file, node->line, node->column, field, "%s", detail);
}

void csim_entry_open(csim_entry_reader *reader, csim_node *node, const char *parent, const char *name, csim_error *err) {
    memset(reader, 0, sizeof *reader);
    reader->map = node;
    reader->err = err;
    copy_field(reader->field, sizeof reader->field, parent, name);
    node->used = true;
    if (node->kind != CSIM_NODE_MAP) csim_entry_fail(reader, node, CSIM_WRONG_TYPE, "", "a map of keys is wanted here");
}

static const char *asked_name(const void *names, size_t i) { return ((const char *const *)names)[i]; }

static void fail_unknown_key(csim_entry_reader *reader, const csim_node *child) {
    csim_node place = *child;
    place.line = child->key_line;
    place.column = child->key_column;
    csim_entry_fail(reader, &place, CSIM_UNKNOWN_KEY, child->key, "unknown key");
    const char *nearest = csim_nearest_name(child->key, asked_name, reader->asked, reader->asked_count);
    if (nearest) csim_error_hint(reader->err, "did you mean '%s'?", nearest);
}

csim_status csim_entry_close(csim_entry_reader *reader) {
    for (size_t i = 0; reader->status == CSIM_OK && i < reader->map->count; i++)
        if (!reader->map->items[i]->used) fail_unknown_key(reader, reader->map->items[i]);
    return reader->status;
}

static bool is_null(const csim_node *node) { return node->kind == CSIM_NODE_TEXT && !node->quoted && strcmp(node->text, "null") == 0; }

/* Past the limit a key is still read; it only cannot be proposed in a hint. */
static void remember(csim_entry_reader *reader, const char *key) {
    for (size_t i = 0; i < reader->asked_count; i++)
        if (strcmp(reader->asked[i], key) == 0) return;
    if (reader->asked_count < CSIM_ENTRY_MAX_KEYS) reader->asked[reader->asked_count++] = key;
}

csim_node *csim_entry_child(csim_entry_reader *reader, const char *key, bool required) {
    if (reader->status != CSIM_OK) return NULL;
    remember(reader, key);
    csim_node *child = csim_node_find(reader->map, key);
    if (child) child->used = true;
    if (child && !is_null(child)) return child;
    if (required) csim_entry_fail(reader, child ? child : reader->map, CSIM_MISSING_KEY, key, "this key is required");
    return NULL;
}

/* The error of a scalar reader stands in err already; it only has to stick. */
static bool scalar_ok(csim_entry_reader *reader, csim_status status) {
    if (status != CSIM_OK) reader->status = status;
    return status == CSIM_OK;
}

static const char *scalar_field(const csim_entry_reader *reader, const char *key, char *field, size_t size) {
    copy_field(field, size, reader->field, key);
    return field;
}

static double read_number(csim_entry_reader *reader, csim_node *node, const char *key, double low, double high) {
    char field[CSIM_ENTRY_FIELD_SIZE + 64];
    double value = 0;
    if (!scalar_ok(reader, csim_node_number(node, scalar_field(reader, key, field, sizeof field), &value, reader->err))) return 0;
    if (value >= low && value <= high) return value;
    csim_entry_fail(reader, node, CSIM_OUT_OF_RANGE, key, "%g is outside %g to %g", value, low, high);
    return 0;
}

double csim_entry_number(csim_entry_reader *reader, const char *key, double low, double high) {
    csim_node *node = csim_entry_child(reader, key, true);
    return node ? read_number(reader, node, key, low, high) : 0;
}

double csim_entry_number_or(csim_entry_reader *reader, const char *key, double low, double high, double fallback) {
    csim_node *node = csim_entry_child(reader, key, false);
    return node ? read_number(reader, node, key, low, high) : fallback;
}

double csim_entry_number_or_nan(csim_entry_reader *reader, const char *key, double low, double high) {
    return csim_entry_number_or(reader, key, low, high, (double)NAN);
}

double csim_entry_whole(csim_entry_reader *reader, const char *key, double low, double high) {
    csim_node *node = csim_entry_child(reader, key, true);
    double value = node ? read_number(reader, node, key, low, high) : 0;
    if (node && value != floor(value)) csim_entry_fail(reader, node, CSIM_WRONG_TYPE, key, "%g is not a whole number", value);
    return value;
}

const char *csim_entry_text_or(csim_entry_reader *reader, const char *key, const char *fallback) {
    char field[CSIM_ENTRY_FIELD_SIZE + 64];
    csim_node *node = csim_entry_child(reader, key, false);
    if (!node) return fallback;
    const char *text = fallback;
    if (!scalar_ok(reader, csim_node_text(node, scalar_field(reader, key, field, sizeof field), &text, reader->err))) return fallback;
    if (text[0] == '\0') csim_entry_fail(reader, node, CSIM_MISSING_KEY, key, "the text is empty");
    return text;
}

const char *csim_entry_text(csim_entry_reader *reader, const char *key) {
    return csim_entry_child(reader, key, true) ? csim_entry_text_or(reader, key, "") : "";
}

bool csim_entry_flag_or(csim_entry_reader *reader, const char *key, bool fallback) {
    char field[CSIM_ENTRY_FIELD_SIZE + 64];
    csim_node *node = csim_entry_child(reader, key, false);
    bool value = fallback;
    if (node) scalar_ok(reader, csim_node_bool(node, scalar_field(reader, key, field, sizeof field), &value, reader->err));
    return value;
}

static int month_of(csim_entry_reader *reader, csim_node *node, const char *key) {
    char field[CSIM_ENTRY_FIELD_SIZE + 64];
    int month = 0;
    scalar_ok(reader, csim_node_month(node, scalar_field(reader, key, field, sizeof field), &month, reader->err));
    return month;
}

int csim_entry_month(csim_entry_reader *reader, const char *key) {
    csim_node *node = csim_entry_child(reader, key, true);
    return node ? month_of(reader, node, key) : 0;
}

const char *csim_entry_month_text(csim_entry_reader *reader, const char *key) {
    csim_node *node = csim_entry_child(reader, key, true);
    if (!node) return "";
    month_of(reader, node, key);
    return reader->status == CSIM_OK ? node->text : "";
}

/* Two digits at text, or -1. */
static int two_digits(const char *text) {
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9') return -1;
    return (text[0] - '0') * 10 + (text[1] - '0');
}

static bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

/* 20241226, or 0 for anything that is not a day of the calendar written YYYY-MM-DD. */
static int parse_day(const char *text) {
    static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-') return 0;
    int century = two_digits(text), years = two_digits(text + 2), month = two_digits(text + 5), day = two_digits(text + 8);
    if (century < 0 || years < 0 || month < 1 || month > 12 || day < 1) return 0;
    int year = century * 100 + years;
    if (day > days[month - 1] + (month == 2 && is_leap(year))) return 0;
    return year * 10000 + month * 100 + day;
}

int csim_entry_day(csim_entry_reader *reader, const char *key) {
    csim_node *node = csim_entry_child(reader, key, true);
    const char *text = node ? csim_entry_text(reader, key) : "";
    if (!node || reader->status != CSIM_OK) return 0;
    int day = parse_day(text);
    if (day < 20000101) csim_entry_fail(reader, node, CSIM_WRONG_TYPE, key, "'%s' is not a day since 2000 written YYYY-MM-DD", text);
    return day;
}

/* "a | b | c" */
static void list_names(const char *const *names, char *text, size_t size) {
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; names[i] && used < size; i++) {
        int written = snprintf(text + used, size - used, "%s%s", i ? " | " : "", names[i]);
        used += written > 0 ? (size_t)written : 0;
    }
}

int csim_entry_choice(csim_entry_reader *reader, const char *key, const char *const *names) {
    const char *text = csim_entry_text(reader, key);
    if (reader->status != CSIM_OK) return 0;
    int count = 0;
    for (; names[count]; count++)
        if (strcmp(text, names[count]) == 0) return count;
    char list[256];
    list_names(names, list, sizeof list);
    csim_entry_fail(reader, csim_node_find(reader->map, key), CSIM_UNKNOWN_NAME, key, "'%s' is none of %s", text, list);
    const char *nearest = csim_nearest_name(text, asked_name, names, (size_t)count);
    if (nearest) csim_error_hint(reader->err, "did you mean '%s'?", nearest);
    return 0;
}

const char *csim_entry_choice_text(csim_entry_reader *reader, const char *key, const char *const *names) {
    int index = csim_entry_choice(reader, key, names);
    return reader->status == CSIM_OK ? names[index] : "";
}
