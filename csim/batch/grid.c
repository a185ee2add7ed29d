/* The grid of a batch: every combination of its values, each checked alone on its base before anything runs. */
#define _XOPEN_SOURCE 700
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csim/batch/batch_parts.h"
#include "csim/scenario/change.h"
#include "csim/scenario/dotted.h"
#include "csim/scenario/paths.h"

typedef struct grid {
    csim_batch_owner *owner;
    csim_reader *reader;
    const char *field;                 /* what errors about keys are about; NULL: the key itself */
    const csim_scenario *loaded;       /* the only base, when it is no file */
    size_t axes, bases;
    csim_batch_axis *axis;
    const csim_node *base_node[CSIM_BATCH_MAX_VALUES];
    const char *base_name[CSIM_BATCH_MAX_VALUES], *base[CSIM_BATCH_MAX_VALUES];
} grid;

/* ---- keys --------------------------------------------------------------------------------------------------------------------------------------- */

static csim_status refuse_key(const grid *self, const csim_node *node, csim_status code, const char *why) {
    return csim_error_set_at(self->reader->err, code, node->file, node->key_line, node->key_column, self->field ? self->field : node->key, "'%.100s' %s", node->key, why);
}

/* What says which scenario this is, or how it is run, is the batch's own affair. */
static bool is_own(const char *key) {
    static const char *const own[] = {"moecast", "name", "title", "description", "title_zh", "description_zh", "extends", "run.paths", "run.seed"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (!strcmp(key, own[i])) return true;
    return false;
}

static csim_status check_key(const grid *self, const csim_node *node) {
    char copy[CSIM_DOTTED_BYTES];
    csim_path path;
    if (strlen(node->key) >= CSIM_DOTTED_BYTES) return refuse_key(self, node, CSIM_LIMIT, "is too long for a key");
    if (is_own(node->key)) return refuse_key(self, node, CSIM_INCONSISTENT, "is set by the batch for each run, not by a grid");
    switch (csim_dotted_find(node->key, copy, &path)) {
    case CSIM_PLACE_VALUE: return CSIM_OK;
    case CSIM_PLACE_MAP: return refuse_key(self, node, CSIM_WRONG_TYPE, "holds further keys; write the key of one value, such as choice.alpha.developers");
    case CSIM_PLACE_UNKNOWN: break;
    }
    return csim_dotted_refuse(node, self->field, self->reader->err);
}

/* "policy.severity" is "severity" in names, unless two keys end alike. */
static void shorten(csim_batch_axis *axis, size_t axes) {
    for (size_t i = 0; i < axes; i++) {
        const char *dot = strchr(axis[i].key, '.'), *own = dot ? dot + 1 : axis[i].key;
        axis[i].short_name = own;
        for (size_t k = 0; k < axes; k++) {
            const char *other = strchr(axis[k].key, '.');
            if (k != i && other && !strcmp(other + 1, own)) axis[i].short_name = axis[i].key;
        }
    }
}

/* ---- values ------------------------------------------------------------------------------------------------------------------------------------- */

/* Labels stand in names of folders and scenarios. */
static bool is_label(const char *text) {
    static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
    return text[0] && !text[strspn(text, good)];
}

static csim_status read_value(csim_reader *reader, csim_batch_axis *axis, csim_node *node, bool labelled) {
    const char *label = labelled ? node->key : node->kind == CSIM_NODE_TEXT ? node->text : "";
    if (!is_label(label))
        return labelled ? csim_error_set_at(reader->err, CSIM_WRONG_TYPE, node->file, node->key_line, node->key_column, axis->key,
                                            "got the label '%.60s', wanted letters, digits, '_', '-' and '.'", label)
                        : csim_reader_refuse(reader, CSIM_WRONG_TYPE, node, axis->key, "this value cannot stand in a name; write the values as a map {label: value}");
    for (size_t i = 0; i < axis->count; i++)
        if (!strcmp(axis->label[i], label)) return csim_reader_refuse(reader, CSIM_DUPLICATE_KEY, node, axis->key, "'%s' stands twice in the list", label);
    if (axis->count == CSIM_BATCH_MAX_VALUES) return csim_reader_refuse(reader, CSIM_LIMIT, node, axis->key, "more than %d values", CSIM_BATCH_MAX_VALUES);
    axis->label[axis->count] = label;
    axis->value[axis->count++] = node;
    return CSIM_OK;
}

static csim_status read_axis(grid *self, csim_node *node, csim_batch_axis *axis) {
    csim_status status = check_key(self, node);
    axis->key = node->key;
    axis->node = node;
    if (!status && (node->kind == CSIM_NODE_TEXT || !node->count))
        status = csim_reader_refuse(self->reader, CSIM_WRONG_TYPE, node, node->key, "wanted a list of values such as [0.5, 1, 2], or a map {label: value}");
    for (size_t i = 0; !status && i < node->count; i++) status = read_value(self->reader, axis, node->items[i], node->kind == CSIM_NODE_MAP);
    return status;
}

static csim_status read_keys(grid *self, const csim_node *keys, const csim_node *above) {
    csim_status status = CSIM_OK;
    if (!keys || keys->kind != CSIM_NODE_MAP || !keys->count)
        return csim_reader_refuse(self->reader, CSIM_WRONG_TYPE, keys ? keys : above, self->field ? self->field : "levels", "wanted a map of keys and values, such as {policy.severity: [0.5, 1, 2]}");
    if (keys->count > CSIM_BATCH_MAX_KEYS) return csim_reader_refuse(self->reader, CSIM_LIMIT, keys, self->field ? self->field : "levels", "has %zu keys, at most %d are allowed", keys->count, CSIM_BATCH_MAX_KEYS);
    self->axis = csim_arena_take(self->reader->arena, keys->count, sizeof *self->axis);
    if (!self->axis) return csim_reader_no_memory(self->reader);
    for (; !status && self->axes < keys->count; self->axes++) {
        status = read_axis(self, keys->items[self->axes], &self->axis[self->axes]);
        for (size_t k = 0; !status && k < self->axes; k++)
            if (csim_dotted_is_below(self->axis[self->axes].key, self->axis[k].key) || csim_dotted_is_below(self->axis[k].key, self->axis[self->axes].key))
                status = refuse_key(self, keys->items[self->axes], CSIM_INCONSISTENT, "and another key of the grid set the same value");
    }
    if (!status) shorten(self->axis, self->axes);
    return status;
}

/* ---- bases -------------------------------------------------------------------------------------------------------------------------------------- */

/* A cell's file lies elsewhere: a base that is a file is named by its full path. */
static csim_status read_base(grid *self, const csim_node *node) {
    const size_t i = self->bases;
    const char *load;
    if (i == CSIM_BATCH_MAX_VALUES) return csim_reader_refuse(self->reader, CSIM_LIMIT, node, "grid.base", "more than %d bases", CSIM_BATCH_MAX_VALUES);
    const csim_status status = csim_batch_find_scenario(self->reader, node, "grid.base", &self->base_name[i], &load);
    if (status) return status;
    char *full = csim_path_is_bare(load) ? NULL : realpath(load, NULL);
    self->base[i] = csim_arena_print(self->reader->arena, "%s", full ? full : load);
    self->base_node[self->bases++] = node;
    free(full);
    return self->base[i] ? CSIM_OK : csim_reader_no_memory(self->reader);
}

static csim_status read_bases(grid *self, const csim_node *node, const csim_node *above) {
    csim_status status = CSIM_OK;
    if (!node) return csim_reader_refuse(self->reader, CSIM_MISSING_KEY, above, "grid.base", "is missing: the scenario whose keys the grid changes, or a list of them");
    if (node->kind != CSIM_NODE_LIST) return read_base(self, node);
    if (!node->count) return csim_reader_refuse(self->reader, CSIM_WRONG_TYPE, node, "grid.base", "is an empty list");
    for (size_t i = 0; !status && i < node->count; i++) status = read_base(self, node->items[i]);
    return status;
}

/* ---- cells -------------------------------------------------------------------------------------------------------------------------------------- */

/* A scenario with this one value must load; what is wrong with it is told at the value's place in the batch. */
static csim_status check_value(grid *self, size_t base, const csim_batch_axis *axis, size_t value) {
    const csim_node *node = axis->value[value];
    csim_scenario *scenario = NULL;
    csim_error *err = self->reader->err;
    char *text = NULL;
    size_t size;
    csim_status status = csim_batch_cell_text(&self->owner->batch, "cell", self->base[base], axis, &value, 1, &text, &size, err);
    if (!status && self->loaded) status = csim_scenario_change(self->loaded, node->file, text, size, &scenario, err);
    else if (!status) status = csim_scenario_parse(node->file, text, size, &scenario, err);
    csim_scenario_free(scenario);
    free(text);
    if (status && err && (!err->file[0] || !strcmp(err->file, node->file))) {
        snprintf(err->file, sizeof err->file, "%s", node->file);
        err->line = node->line;
        err->column = node->column;
    }
    return status;
}

static csim_status check_values(grid *self) {
    csim_status status = CSIM_OK;
    for (size_t b = 0; b < self->bases; b++)
        for (size_t k = 0; k < self->axes; k++)
            for (size_t v = 0; !status && v < self->axis[k].count; v++) status = check_value(self, b, &self->axis[k], v);
    return status;
}

static csim_status add_cell(grid *self, size_t base, const size_t *at) {
    csim_batch_item item = {.base = self->base_name[base]};
    csim_error *err = self->reader->err;
    char name[512], *text = NULL;
    size_t size, used = (size_t)snprintf(name, sizeof name, "%.200s", self->base_name[base]);
    for (size_t k = 0; k < self->axes && used < sizeof name; k++) {
        item.label[k] = self->axis[k].label[at[k]];
        used += (size_t)snprintf(name + used, sizeof name - used, "+%s=%s", self->axis[k].short_name, item.label[k]);
    }
    if (used >= CSIM_MAX_ID)
        return csim_reader_refuse(self->reader, CSIM_LIMIT, self->axis[0].node, self->field ? self->field : self->axis[0].key, "a cell would be called '%.100s', which is longer than %d bytes; give shorter labels", name,
                                  CSIM_MAX_ID - 1);
    csim_status status = csim_batch_cell_text(&self->owner->batch, name, self->base[base], self->axis, at, self->axes, &text, &size, err);
    if (status) return status;
    item.name = csim_arena_print(self->reader->arena, "%s", name);
    item.text = csim_arena_text(self->reader->arena, text, size);
    free(text);
    return item.name && item.text ? csim_batch_add(self->owner, self->base_node[base], item, err) : csim_reader_no_memory(self->reader);
}

/* The last key runs fastest. */
static csim_status add_cells(grid *self, size_t base) {
    size_t at[CSIM_BATCH_MAX_KEYS] = {0}, k = 0;
    for (;;) {
        const csim_status status = add_cell(self, base, at);
        if (status) return status;
        for (k = self->axes; k-- > 0;) {
            if (++at[k] < self->axis[k].count) break;
            at[k] = 0;
        }
        if (k == (size_t)-1) return CSIM_OK;
    }
}

static csim_status read_grid(grid *self, const csim_node *keys, const csim_node *above) {
    csim_status status = read_keys(self, keys, above);
    if (!status) status = check_values(self);
    for (size_t k = 0; k < self->axes; k++) self->owner->batch.key[k] = self->axis[k].key;
    self->owner->batch.keys = self->axes;
    for (size_t b = 0; !status && b < self->bases; b++) status = add_cells(self, b);
    return status;
}

csim_status csim_batch_read_grid(csim_batch_owner *owner, csim_reader *reader, const csim_node *node) {
    grid self = {.owner = owner, .reader = reader, .field = "grid.keys"};
    const csim_status status = read_bases(&self, csim_node_find(node, "base"), node);
    return status ? status : read_grid(&self, csim_node_find(node, "keys"), node);
}

csim_status csim_batch_read_cells(csim_batch_owner *owner, csim_reader *reader, const csim_scenario *base, const csim_node *keys) {
    grid self = {.owner = owner, .reader = reader, .loaded = base, .bases = 1};
    self.base_node[0] = keys;
    self.base_name[0] = base->name;
    return read_grid(&self, keys, keys);
}
