/* Typed values of the fixed parts of a scenario: texts, whole numbers, months, choices, references, dated names. */
#include <stdio.h>
#include <string.h>

#include "csim/scenario/reader.h"

csim_status csim_reader_string(csim_reader *self, csim_node *node, const char *field, const char **out) {
    const csim_status status = csim_node_text(node, field, out, self->err);
    if (status != CSIM_OK || strlen(*out) <= CSIM_READER_TEXT_BYTES) return status;
    return csim_reader_refuse(self, CSIM_LIMIT, node, field, "the text is longer than %d bytes", CSIM_READER_TEXT_BYTES);
}

csim_status csim_reader_text(csim_reader *self, const char *path, bool required, const char **out) {
    csim_node *node = csim_reader_find(self, path);
    if (!node) return required ? csim_reader_need(self, path, &node) : CSIM_OK;
    const csim_status status = csim_reader_string(self, node, path, out);
    if (status != CSIM_OK || !required || (*out)[0]) return status;
    return csim_reader_refuse(self, CSIM_WRONG_TYPE, node, path, "has no value, wanted text");
}

csim_status csim_reader_integer(csim_reader *self, const char *path, bool required, long long lowest, long long highest, long long *out) {
    csim_node *node = csim_reader_find(self, path);
    if (!node) return required ? csim_reader_need(self, path, &node) : CSIM_OK;
    long long value = 0;
    const csim_status status = csim_node_integer(node, path, &value, self->err);
    if (status != CSIM_OK) return status;
    if (value < lowest || value > highest)
        return csim_reader_refuse(self, CSIM_OUT_OF_RANGE, node, path, "must lie between %lld and %lld, got %lld", lowest, highest, value);
    *out = value;
    return CSIM_OK;
}

csim_status csim_reader_flag(csim_reader *self, const char *path, bool *out) {
    csim_node *node;
    const csim_status status = csim_reader_need(self, path, &node);
    return status == CSIM_OK ? csim_node_bool(node, path, out, self->err) : status;
}

csim_status csim_reader_month(csim_reader *self, const char *path, bool required, bool may_be_never, int *out) {
    csim_node *node = csim_reader_find(self, path);
    if (!node) return required ? csim_reader_need(self, path, &node) : CSIM_OK;
    if (may_be_never && node->kind == CSIM_NODE_TEXT && strcmp(node->text, "never") == 0) {
        *out = CSIM_NO_MONTH;
        return CSIM_OK;
    }
    const csim_status status = csim_node_month(node, path, out, self->err);
    if (status != CSIM_OK && may_be_never) csim_error_hint(self->err, "or never");
    return status;
}

csim_status csim_reader_member(csim_reader *self, const csim_node *node, const char *field, const csim_names *names, int *out) {
    char list[600];
    csim_names_list(names, list, sizeof list);
    if (node->kind != CSIM_NODE_TEXT)
        return csim_reader_refuse(self, CSIM_WRONG_TYPE, node, field, "got a %s, wanted one of: %s", node->kind == CSIM_NODE_MAP ? "map" : "list", list);
    const int at = csim_names_find(names, node->text);
    if (at < 0) {
        csim_reader_refuse(self, CSIM_UNKNOWN_NAME, node, field, "got '%.60s', wanted one of: %s", node->text, list);
        const char *nearest = csim_names_nearest(names, node->text);
        if (nearest) csim_error_hint(self->err, "did you mean '%s'?", nearest);
        return CSIM_UNKNOWN_NAME;
    }
    *out = at;
    return CSIM_OK;
}

csim_status csim_reader_member_at(csim_reader *self, const char *path, bool required, const csim_names *names, int *out) {
    csim_node *node = csim_reader_find(self, path);
    if (!node) return required ? csim_reader_need(self, path, &node) : CSIM_OK;
    return csim_reader_member(self, node, path, names, out);
}

csim_status csim_reader_choice(csim_reader *self, const char *path, const char *choices, int *out) {
    csim_names names = {0};
    csim_names_add_choices(&names, choices);
    return csim_reader_member_at(self, path, true, &names, out);
}

csim_status csim_reader_next_month(csim_reader *self, const csim_node *entry, const char *field, int last, int *month) {
    char path[CSIM_READER_PATH];
    snprintf(path, sizeof path, "%s.%s", field, entry->key);
    if (!csim_month_parse(entry->key, month))
        return csim_error_set_at(self->err, CSIM_WRONG_TYPE, entry->file, entry->key_line, entry->key_column, path,
                                 "got '%.60s', wanted a month such as 2024-01 (01 to 12)", entry->key);
    if (last == CSIM_NO_MONTH || *month > last) return CSIM_OK;
    return csim_error_set_at(self->err, CSIM_INCONSISTENT, entry->file, entry->key_line, entry->key_column, path,
                             "months must increase, but %s stands after a later one", entry->key);
}

static csim_status read_step(csim_reader *self, csim_node *entry, const char *field, int last, csim_step *out) {
    char path[CSIM_READER_PATH];
    csim_status status = csim_reader_next_month(self, entry, field, last, &out->month);
    if (status != CSIM_OK) return status;
    snprintf(path, sizeof path, "%s.%s", field, entry->key);
    status = csim_reader_string(self, entry, path, &out->name);
    if (status == CSIM_OK && !out->name[0]) status = csim_reader_refuse(self, CSIM_WRONG_TYPE, entry, path, "has no value, wanted a name");
    out->note = csim_reader_place(entry);
    return status;
}

csim_status csim_reader_steps(csim_reader *self, csim_node *map, const char *field, size_t most, const csim_step **out, size_t *count) {
    if (map->kind != CSIM_NODE_MAP)
        return csim_reader_refuse(self, CSIM_WRONG_TYPE, map, field, "got a %s, wanted a map such as {2024-01: name}",
                                  map->kind == CSIM_NODE_LIST ? "list" : "single value");
    if (map->count == 0) return csim_reader_refuse(self, CSIM_INCONSISTENT, map, field, "is empty, wanted at least one month and name");
    if (map->count > most) return csim_reader_refuse(self, CSIM_LIMIT, map, field, "has %zu entries, at most %zu are allowed", map->count, most);
    csim_step *steps = csim_arena_take(self->arena, map->count, sizeof *steps);
    if (!steps) return csim_reader_no_memory(self);
    csim_status status = CSIM_OK;
    for (size_t i = 0; i < map->count && status == CSIM_OK; i++)
        status = read_step(self, map->items[i], field, i ? steps[i - 1].month : CSIM_NO_MONTH, &steps[i]);
    *out = steps;
    *count = map->count;
    return status;
}
