/* Loading a batch: its head, its list of scenarios, or a folder of them. Must not interpret a value of a grid. */
#define _POSIX_C_SOURCE 200809L
#include "csim/batch/batch.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csim/batch/batch_parts.h"
#include "csim/scenario/c_locale.h"
#include "csim/scenario/paths.h"

enum { MOST_PATHS = 1000000000 };

static csim_status no_memory(csim_error *err) { return csim_error_set(err, CSIM_NO_MEMORY, "out of memory reading a batch"); }

/* "studies/mine.yaml" → "mine" */
static const char *stem(csim_arena *arena, const char *path) {
    const char *last = csim_path_last(path), *dot = strrchr(last, '.');
    return csim_arena_print(arena, "%.*s", dot && dot > last ? (int)(dot - last) : (int)strlen(last), last);
}

csim_status csim_batch_add(csim_batch_owner *self, const csim_node *node, csim_batch_item item, csim_error *err) {
    csim_batch *batch = &self->batch;
    const char *file = node ? node->file : batch->file;
    const int line = node ? node->line : 0, column = node ? node->column : 0;
    for (size_t i = 0; i < batch->items; i++)
        if (!strcmp(self->item[i].name, item.name)) return csim_error_set_at(err, CSIM_INCONSISTENT, file, line, column, NULL, "two runs would be called '%s'", item.name);
    if (batch->items == CSIM_BATCH_MAX_ITEMS)
        return csim_error_set_at(err, CSIM_LIMIT, file, line, column, NULL, "the batch has more than %d runs", CSIM_BATCH_MAX_ITEMS);
    if (batch->items == self->room) {
        const size_t room = self->room ? 2 * self->room : 16;
        csim_batch_item *more = realloc(self->item, room * sizeof *more);
        if (!more) return no_memory(err);
        self->item = more;
        self->room = room;
    }
    for (size_t k = 0; k < CSIM_BATCH_MAX_KEYS; k++)
        if (!item.label[k]) item.label[k] = "";
    self->item[batch->items++] = item;
    batch->item = self->item;
    return CSIM_OK;
}

csim_status csim_batch_find_scenario(csim_reader *reader, const csim_node *node, const char *field, const char **name, const char **load) {
    csim_names shipped;
    int at;
    if (node->kind != CSIM_NODE_TEXT || !node->text[0])
        return csim_reader_refuse(reader, CSIM_WRONG_TYPE, node, field, "wanted a shipped scenario's name, or a path such as ./mine.yaml");
    if (csim_path_is_bare(node->text)) {
        csim_path_shipped_names(&shipped);
        *name = *load = node->text;
        return csim_reader_member(reader, node, field, &shipped, &at);
    }
    *load = csim_path_beside(reader->arena, node->file, node->text);
    *name = *load ? stem(reader->arena, *load) : NULL;
    if (!*name) return csim_reader_no_memory(reader);
    if (csim_path_is_file(*load)) return CSIM_OK;
    return csim_reader_refuse(reader, CSIM_FILE_OPEN, node, field, "there is no file %.400s", *load);
}

/* ---- a batch file ------------------------------------------------------------------------------------------------------------------------------ */

static csim_status check_keys(csim_reader *reader, const csim_node *map, const char *field, const char *allowed) {
    csim_names names = {0};
    csim_names_add_choices(&names, allowed);
    if (map->kind != CSIM_NODE_MAP) return csim_reader_refuse(reader, CSIM_WRONG_TYPE, map, field, "wanted a map with the keys %s", allowed);
    for (size_t i = 0; i < map->count; i++) {
        const csim_node *node = map->items[i];
        char list[600], path[CSIM_READER_PATH];
        if (csim_names_find(&names, node->key) >= 0) continue;
        snprintf(path, sizeof path, "%s%s%.100s", field, *field ? "." : "", node->key);
        csim_error_set_at(reader->err, CSIM_UNKNOWN_KEY, node->file, node->key_line, node->key_column, path, "unknown key; allowed here: %s", csim_names_list(&names, list, sizeof list));
        const char *nearest = csim_names_nearest(&names, node->key);
        if (nearest) csim_error_hint(reader->err, "did you mean '%s'?", nearest);
        return CSIM_UNKNOWN_KEY;
    }
    return CSIM_OK;
}

static csim_status read_version(csim_reader *reader) {
    csim_node *node = csim_node_find(reader->root, "moecast_batch");
    long long version = 0;
    if (!node) {
        const int scenario = csim_node_find(reader->root, "moecast") != NULL;
        csim_error_set_at(reader->err, CSIM_MISSING_KEY, reader->root->file, reader->root->line, reader->root->column, "moecast_batch",
                          scenario ? "is missing: this is a scenario, not a batch" : "is missing: the version of the format this file is written in");
        csim_error_hint(reader->err, scenario ? "'moecast run' runs one scenario" : "begin the file with 'moecast_batch: %d'", CSIM_BATCH_FORMAT);
        return CSIM_MISSING_KEY;
    }
    const csim_status status = csim_node_integer(node, "moecast_batch", &version, reader->err);
    if (status || version == CSIM_BATCH_FORMAT) return status;
    return csim_reader_refuse(reader, CSIM_OUT_OF_RANGE, node, "moecast_batch", "this program reads version %d of the format, got %lld", CSIM_BATCH_FORMAT, version);
}

static csim_status read_flag(csim_reader *reader, const char *path, bool *out) {
    csim_node *node = csim_reader_find(reader, path);
    return node ? csim_node_bool(node, path, out, reader->err) : CSIM_OK;
}

static csim_status read_defaults(csim_reader *reader, csim_batch *batch) {
    const csim_node *defaults = csim_node_find(reader->root, "defaults");
    csim_status status = defaults ? check_keys(reader, defaults, "defaults", "paths|seed|contrasts|report|month") : CSIM_OK;
    if (!status) status = csim_reader_integer(reader, "defaults.paths", false, 1, MOST_PATHS, &batch->paths);
    if (!status) status = csim_reader_integer(reader, "defaults.seed", false, 0, LLONG_MAX, &batch->seed);
    if (!status) status = read_flag(reader, "defaults.contrasts", &batch->contrasts);
    if (!status) status = read_flag(reader, "defaults.report", &batch->report);
    if (!status) status = csim_reader_month(reader, "defaults.month", false, false, &batch->month);
    return status;
}

static csim_status read_scenarios(csim_batch_owner *self, csim_reader *reader) {
    static const char field[] = "scenarios";
    const csim_node *list = csim_node_find(reader->root, field);
    csim_status status = CSIM_OK;
    if (!list) return CSIM_OK;
    if (list->kind != CSIM_NODE_LIST || !list->count) return csim_reader_refuse(reader, CSIM_WRONG_TYPE, list, field, "wanted a list such as [baseline, ./mine.yaml]");
    for (size_t i = 0; !status && i < list->count; i++) {
        csim_batch_item item = {.base = ""};
        status = csim_batch_find_scenario(reader, list->items[i], field, &item.name, &item.scenario);
        if (!status) status = csim_batch_add(self, list->items[i], item, reader->err);
    }
    return status;
}

static csim_status read_file(csim_batch_owner *self, csim_error *err) {
    csim_batch *batch = &self->batch;
    csim_status status = csim_yaml_tree_load(batch->file, &self->tree, err);
    if (status) return status;
    csim_reader reader = {.arena = &self->arena, .root = csim_yaml_tree_root(self->tree), .err = err};
    if (reader.root->kind != CSIM_NODE_MAP) return csim_reader_refuse(&reader, CSIM_WRONG_TYPE, reader.root, NULL, "a batch is a map that begins with 'moecast_batch: 1'");
    status = read_version(&reader);
    if (!status) status = check_keys(&reader, reader.root, "", "moecast_batch|title|defaults|scenarios|grid");
    if (!status) status = csim_reader_text(&reader, "title", false, &batch->title);
    if (!status) status = read_defaults(&reader, batch);
    if (!status) status = read_scenarios(self, &reader);
    const csim_node *grid = csim_node_find(reader.root, "grid");
    if (!status && grid) status = check_keys(&reader, grid, "grid", "base|keys");
    if (!status && grid) status = csim_batch_read_grid(self, &reader, grid);
    if (status || batch->items) return status;
    return csim_reader_refuse(&reader, CSIM_MISSING_KEY, reader.root, "scenarios", "is missing, and so is grid: the batch runs nothing");
}

/* ---- a folder ----------------------------------------------------------------------------------------------------------------------------------- */

/* Files that say of themselves that they are none (claims, batches). What cannot be read stays in: its fault is to be told. */
static bool is_scenario(const char *file) {
    csim_yaml_tree *tree = NULL;
    csim_error ignored;
    if (csim_yaml_tree_load(file, &tree, &ignored)) return true;
    const bool is = csim_node_find(csim_yaml_tree_root(tree), "moecast") != NULL;
    csim_yaml_tree_free(tree);
    return is;
}

static int wanted_file(const struct dirent *entry) {
    const size_t size = strlen(entry->d_name);
    return entry->d_name[0] != '.' && size > 5 && !strcmp(entry->d_name + size - 5, ".yaml");
}

static int by_bytes(const struct dirent **left, const struct dirent **right) { return strcmp((*left)->d_name, (*right)->d_name); }

static csim_status add_file(csim_batch_owner *self, const char *name, csim_error *err) {
    csim_batch_item item = {.base = "", .scenario = csim_path_join(&self->arena, self->batch.file, name)};
    item.name = item.scenario ? stem(&self->arena, item.scenario) : NULL;
    if (!item.name) return no_memory(err);
    if (is_scenario(item.scenario)) return csim_batch_add(self, NULL, item, err);
    self->batch.left_out++;
    return CSIM_OK;
}

static csim_status read_folder(csim_batch_owner *self, csim_error *err) {
    struct dirent **entries;
    const char *folder = self->batch.file;
    const int count = scandir(folder, &entries, wanted_file, by_bytes);
    csim_status status = CSIM_OK;
    if (count < 0) return csim_error_set_at(err, CSIM_FILE_OPEN, folder, 0, 0, NULL, "cannot read this folder");
    for (int i = 0; i < count; i++) {
        if (!status) status = add_file(self, entries[i]->d_name, err);
        free(entries[i]);
    }
    free(entries);
    if (status || self->batch.items) return status;
    return csim_error_set_at(err, CSIM_USAGE, folder, 0, 0, NULL, "holds no scenario (*.yaml with the key moecast)");
}

/* ---- the handle --------------------------------------------------------------------------------------------------------------------------------- */

/* A folder and a file are called what they are; a bare name may be a shipped batch. */
static csim_status find(csim_batch_owner *self, const char *name, csim_error *err) {
    csim_batch *batch = &self->batch;
    size_t size = strlen(name);
    while (size > 1 && name[size - 1] == '/') size--;
    batch->file = csim_arena_print(&self->arena, "%.*s", (int)size, name);
    if (batch->file && csim_path_is_bare(name) && !csim_path_is_file(name) && !csim_path_is_folder(name))
        batch->file = csim_arena_print(&self->arena, "%s/batches/%s.yaml", csim_scenario_home(), name);
    batch->name = batch->file ? stem(&self->arena, batch->file) : NULL;
    return batch->name ? CSIM_OK : no_memory(err);
}

csim_status csim_batch_load(const char *name, csim_batch **out, csim_error *err) {
    csim_batch_owner *self = calloc(1, sizeof *self);
    *out = NULL;
    if (!self) return no_memory(err);
    self->batch = (csim_batch){.title = "", .paths = -1, .seed = -1, .month = CSIM_NO_MONTH};
    const csim_c_locale guard = csim_c_locale_enter();
    csim_status status = find(self, name, err);
    if (!status) status = csim_path_is_folder(self->batch.file) ? read_folder(self, err) : read_file(self, err);
    csim_c_locale_leave(guard);
    if (status) csim_batch_free(&self->batch);
    else *out = &self->batch;
    return status;
}

/* The trees' texts are copied: a batch outlives its caller's names. */
static csim_status read_cells(csim_batch_owner *self, const csim_scenario *base, const char *text, size_t size, csim_error *err) {
    csim_batch *batch = &self->batch;
    const csim_status status = csim_yaml_tree_parse(batch->file, text, size, &self->tree, err);
    if (status && err) err->line = err->column = 0;
    if (status) return status;
    csim_reader reader = {.arena = &self->arena, .root = csim_yaml_tree_root(self->tree), .err = err};
    csim_node_forget_lines(reader.root);
    return csim_batch_read_cells(self, &reader, base, reader.root);
}

csim_status csim_batch_cells(const csim_scenario *base, const char *name, const char *text, size_t size, csim_batch **out, csim_error *err) {
    csim_batch_owner *self = calloc(1, sizeof *self);
    *out = NULL;
    if (!self) return no_memory(err);
    self->batch = (csim_batch){.title = "", .file = "<grid>", .paths = -1, .seed = -1, .month = CSIM_NO_MONTH};
    self->batch.name = csim_arena_print(&self->arena, "%s", name);
    const csim_c_locale guard = csim_c_locale_enter();
    const csim_status status = self->batch.name ? read_cells(self, base, text, size, err) : no_memory(err);
    csim_c_locale_leave(guard);
    if (status) csim_batch_free(&self->batch);
    else *out = &self->batch;
    return status;
}

void csim_batch_free(csim_batch *batch) {
    if (!batch) return;
    csim_batch_owner *self = (csim_batch_owner *)(void *)batch;
    csim_yaml_tree_free(self->tree);
    csim_arena_clear(&self->arena);
    free(self->item);
    free(self);
}
