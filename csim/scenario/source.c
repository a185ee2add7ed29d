/* Loading of a scenario's files: the chain of `extends`, and claims that stand in a file of their own. */
#define _XOPEN_SOURCE 700
#include "csim/scenario/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "csim/scenario/dotted.h"
#include "csim/scenario/merge.h"
#include "csim/scenario/paths.h"
#include "csim/scenario/scenario.h"

enum { FORMAT_VERSION = 1 };

/* A file on the way down the chain, so that a circle is seen whatever names lead around it. */
typedef struct chain_link { const struct chain_link *above; const char *file; dev_t device; ino_t number; int depth; } chain_link;

static csim_status no_memory(csim_error *err) { return csim_error_set(err, CSIM_NO_MEMORY, "out of memory loading a scenario"); }

static csim_status load_tree(csim_source *self, const char *file, csim_node **root, csim_error *err) {
    if (self->trees == CSIM_SOURCE_MAX_TREES) return csim_error_set(err, CSIM_LIMIT, "more than %d files make up the scenario", CSIM_SOURCE_MAX_TREES);
    csim_yaml_tree **tree = &self->tree[self->trees];
    const csim_status status = self->text ? csim_yaml_tree_parse(file, self->text, self->text_size, tree, err) : csim_yaml_tree_load(file, tree, err);
    self->text = NULL;
    if (status != CSIM_OK) return status;
    *root = csim_yaml_tree_root(self->tree[self->trees++]);
    if ((*root)->kind == CSIM_NODE_MAP) return CSIM_OK;
    return csim_error_set_at(err, CSIM_WRONG_TYPE, file, (*root)->line, (*root)->column, NULL, "got %s, wanted a map of keys",
                             (*root)->kind == CSIM_NODE_LIST ? "a list" : "a single value");
}

/* A name that is no scenario's: say which ones there are. */
static csim_status refuse_name(const char *name, csim_error *err) {
    csim_names shipped;
    char list[600];
    csim_path_shipped_names(&shipped);
    if (!shipped.count) {
        csim_error_set(err, CSIM_UNKNOWN_NAME, "'%.60s' is a shipped scenario's name, but there are none in %.400s", name, csim_scenario_home());
        csim_error_hint(err, "set MOECAST_SCENARIOS to the folder that has them");
        return CSIM_UNKNOWN_NAME;
    }
    csim_error_set(err, CSIM_UNKNOWN_NAME, "no shipped scenario is called '%.60s'; there are: %s", name, csim_names_list(&shipped, list, sizeof list));
    const char *nearest = csim_names_nearest(&shipped, name);
    if (nearest) csim_error_hint(err, "did you mean '%s'?", nearest);
    return CSIM_UNKNOWN_NAME;
}

/* An error about a file that another file names belongs to the place where it is named. */
static csim_status at_node(const csim_node *node, const char *field, csim_error *err) {
    if (!err) return CSIM_OK;
    char detail[sizeof err->detail];
    snprintf(detail, sizeof detail, "%s%s%.500s", err->file, err->file[0] ? ": " : "", err->detail);
    snprintf(err->detail, sizeof err->detail, "%s", detail);
    snprintf(err->file, sizeof err->file, "%s", node->file);
    snprintf(err->field, sizeof err->field, "%s", field);
    err->line = node->line;
    err->column = node->column;
    return err->code;
}

static bool is_file_error(csim_status status) { return status == CSIM_FILE_OPEN || status == CSIM_FILE_READ; }

/* ---- one file ------------------------------------------------------------------------------------------------------------------------------------ */

static csim_status check_version(const csim_node *root, csim_error *err) {
    csim_node *node = csim_node_find(root, "moecast");
    if (!node) {
        csim_error_set_at(err, CSIM_MISSING_KEY, root->file, root->line, root->column, "moecast", "is missing: the version of the format this file is written in");
        csim_error_hint(err, "begin the file with 'moecast: %d'", FORMAT_VERSION);
        return CSIM_MISSING_KEY;
    }
    long long version = 0;
    const csim_status status = csim_node_integer(node, "moecast", &version, err);
    if (status != CSIM_OK || version == FORMAT_VERSION) return status;
    return csim_error_set_at(err, CSIM_OUT_OF_RANGE, node->file, node->line, node->column, "moecast", "this program reads version %d of the format, got %lld",
                             FORMAT_VERSION, version);
}

/* Puts the map of a claims file where its name stood. */
static csim_status expand_claims(csim_source *self, csim_node *root, csim_error *err) {
    csim_node *claims = csim_node_find(root, "claims"), *file_root = NULL;
    if (!claims || claims->kind != CSIM_NODE_TEXT || strcmp(claims->text, "null") == 0) return CSIM_OK;
    const char *file = csim_path_beside(&self->arena, claims->file, claims->text);
    if (!file) return no_memory(err);
    const csim_status status = load_tree(self, file, &file_root, err);
    if (status != CSIM_OK) return is_file_error(status) ? at_node(claims, "claims", err), status : status;
    csim_node *inner = csim_node_find(file_root, "claims");
    if (!inner || file_root->count != 1)
        return csim_error_set_at(err, inner ? CSIM_UNKNOWN_KEY : CSIM_MISSING_KEY, file, file_root->line, file_root->column, "claims",
                                 "a file of claims holds the one key 'claims', a map of them");
    *claims = *inner;
    return CSIM_OK;
}

/* ---- the chain ----------------------------------------------------------------------------------------------------------------------------------- */

/* "a.yaml → b.yaml → a.yaml" */
static void chain_text(const chain_link *here, const char *last, char *text, size_t size) {
    const chain_link *order[CSIM_SOURCE_MAX_DEPTH + 2];
    size_t count = 0, used = 0;
    for (; here && count < sizeof order / sizeof *order; here = here->above) order[count++] = here;
    text[0] = '\0';
    while (count-- > 0 && used < size) used += (size_t)snprintf(text + used, size - used, "%.80s → ", csim_path_last(order[count]->file));
    if (used < size) snprintf(text + used, size - used, "%.80s", csim_path_last(last));
}

static csim_status check_chain(const chain_link *here, const csim_node *extends, const char *file, csim_error *err) {
    struct stat about;
    char chain[900];
    chain_text(here, file, chain, sizeof chain);
    const bool known = stat(file, &about) == 0;
    for (const chain_link *above = here; known && above; above = above->above)
        if (above->device == about.st_dev && above->number == about.st_ino)
            return csim_error_set_at(err, CSIM_INCONSISTENT, extends->file, extends->line, extends->column, "extends", "goes round in a circle: %s", chain);
    if (here->depth < CSIM_SOURCE_MAX_DEPTH) return CSIM_OK;
    return csim_error_set_at(err, CSIM_LIMIT, extends->file, extends->line, extends->column, "extends", "more than %d scenarios build on each other: %s",
                             CSIM_SOURCE_MAX_DEPTH, chain);
}

static csim_status load_file(csim_source *self, const char *file, const chain_link *above, csim_node **root, csim_error *err);

/* A title and a description speak of one scenario; taken over, they would pass this one off as its base. */
static void drop_words(csim_node *base) {
    static const char *const words[] = {"title", "description", "title_zh", "description_zh"};
    size_t kept = 0;
    for (size_t i = 0; i < base->count; i++) {
        bool own = false;
        for (size_t k = 0; k < sizeof words / sizeof *words; k++) own = own || !strcmp(base->items[i]->key, words[k]);
        if (!own) base->items[kept++] = base->items[i];
    }
    base->count = kept;
}

static csim_status load_base(csim_source *self, csim_node *extends, const chain_link *here, csim_node **base, csim_error *err) {
    const char *name;
    csim_status status = csim_node_text(extends, "extends", &name, err);
    if (status != CSIM_OK) return status;
    const bool bare = csim_path_is_bare(name);
    const char *file = bare ? csim_path_shipped(&self->arena, name) : csim_path_beside(&self->arena, extends->file, name);
    if (!file) return no_memory(err);
    if (bare && !csim_path_is_file(file)) {
        refuse_name(name, err);
        at_node(extends, "extends", err);
        return CSIM_UNKNOWN_NAME;
    }
    if (csim_path_is_folder(file))
        return csim_error_set_at(err, CSIM_FILE_OPEN, extends->file, extends->line, extends->column, "extends", "there is only a folder %.300s; wanted a file", file);
    status = check_chain(here, extends, file, err);
    if (status == CSIM_OK) status = load_file(self, file, here, base, err);
    if (is_file_error(status) && err && strcmp(err->file, file) == 0) at_node(extends, "extends", err);
    return status;
}

/* What stands in for the bottom of the chain is a canonical text: whole, checked, and without a base of its own. */
static csim_status load_ground(csim_source *self, csim_node **root, csim_error *err) {
    self->text = self->ground_text;
    self->text_size = self->ground_size;
    return load_tree(self, self->ground_file, root, err);
}

/* "" for a file that is gone. NULL when memory is out. */
static const char *full_path(csim_arena *arena, const char *file) {
    char *full = realpath(file, NULL);
    const char *kept = csim_arena_print(arena, "%s", full ? full : "");
    free(full);
    return kept;
}

static csim_status note_base(csim_source *self, const csim_node *extends) {
    const char *file = csim_path_beside(&self->arena, extends->file, extends->text);
    self->extends = extends->text;
    self->base = !file || csim_path_is_bare(extends->text) ? extends->text : full_path(&self->arena, file);
    return file && self->base ? CSIM_OK : CSIM_NO_MEMORY;
}

/* What a file's tree says, on top of what it extends. */
static csim_status read_own(csim_source *self, csim_node *own, const char *file, const chain_link *above, csim_node **root, csim_error *err) {
    struct stat about = {0};
    csim_node *base = NULL;
    csim_status status = check_version(own, err);
    if (status == CSIM_OK) status = expand_claims(self, own, err);
    if (status != CSIM_OK) return status;
    *root = own;
    csim_node *extends = csim_node_find(own, "extends");
    if (!above && extends && extends->kind == CSIM_NODE_TEXT && note_base(self, extends)) return no_memory(err);
    if (!extends && above && self->ground_text) return load_ground(self, root, err);
    if (!extends) return CSIM_OK;
    stat(file, &about);
    const chain_link here = {above, file, about.st_dev, about.st_ino, above ? above->depth + 1 : 0};
    status = load_base(self, extends, &here, &base, err);
    if (status != CSIM_OK) return status;
    drop_words(base);
    return csim_merge(&self->arena, base, own, root, &self->changes, err);
}

static csim_status load_file(csim_source *self, const char *file, const chain_link *above, csim_node **root, csim_error *err) {
    csim_node *own = NULL;
    const csim_status status = load_tree(self, file, &own, err);
    return status == CSIM_OK ? read_own(self, own, file, above, root, err) : status;
}

csim_status csim_source_load(const char *name, csim_source *self, csim_error *err) {
    const bool bare = csim_path_is_bare(name);
    bool shipped = bare;
    self->extends = self->base = self->called = "";
    self->file = bare ? csim_path_shipped(&self->arena, name) : csim_arena_print(&self->arena, "%s", name);
    if (bare && self->file && !csim_path_is_file(self->file)) {
        if (!csim_path_is_file(name)) return refuse_name(name, err);
        self->file = csim_arena_print(&self->arena, "%s", name);
        shipped = false;
    }
    if (!self->file) return no_memory(err);
    self->called = shipped ? csim_arena_print(&self->arena, "%s", name) : full_path(&self->arena, self->file);
    return self->called ? load_file(self, self->file, NULL, &self->root, err) : no_memory(err);
}

csim_status csim_source_parse(const char *name, const char *text, size_t size, csim_source *self, csim_error *err) {
    self->extends = self->base = self->called = "";
    self->text = text;
    self->text_size = size;
    self->from_memory = true;
    self->file = csim_arena_print(&self->arena, "%s", name);
    return self->file ? load_file(self, self->file, NULL, &self->root, err) : no_memory(err);
}

/* ---- a program's keys ---------------------------------------------------------------------------------------------------------------------------- */

/* A copy that lives as long as the arena, with the places of the original. */
static csim_node *copy_tree(csim_arena *arena, const csim_node *of) {
    csim_node *copy = csim_arena_take(arena, 1, sizeof *copy);
    if (!copy) return NULL;
    *copy = *of;
    copy->used = false;
    copy->file = csim_arena_text(arena, of->file, strlen(of->file));
    copy->key = of->key ? csim_arena_text(arena, of->key, strlen(of->key)) : NULL;
    copy->text = of->text ? csim_arena_text(arena, of->text, strlen(of->text)) : NULL;
    copy->items = of->count ? csim_arena_take(arena, of->count, sizeof *copy->items) : NULL;
    bool whole = copy->file && (copy->key || !of->key) && (copy->text || !of->text) && (copy->items || !of->count);
    for (size_t i = 0; whole && i < of->count; i++) whole = (copy->items[i] = copy_tree(arena, of->items[i])) != NULL;
    return whole ? copy : NULL;
}

/* Keys that lead nowhere are told with all their parts, as the program gave them. */
static csim_status check_changes(const csim_node *root, csim_error *err) {
    char copy[CSIM_DOTTED_BYTES];
    csim_path path;
    for (size_t i = 0; i < root->count; i++) {
        const csim_node *node = root->items[i];
        if (!strcmp(node->key, "extends") || !strcmp(node->key, "moecast"))
            return csim_error_set_at(err, CSIM_INCONSISTENT, node->file, 0, 0, node->key, "cannot be changed: it says what the changes are made to");
        const csim_place place = csim_dotted_find(node->key, copy, &path);
        if (place == CSIM_PLACE_UNKNOWN) return csim_dotted_refuse(node, NULL, err);
        const bool value = node->kind == CSIM_NODE_TEXT ? node->quoted || strcmp(node->text, "null") != 0 : node->kind == CSIM_NODE_LIST;
        if (place == CSIM_PLACE_MAP && value && strcmp(node->key, "claims") != 0)
            return csim_error_set_at(err, CSIM_WRONG_TYPE, node->file, 0, 0, node->key, "got a single value or a list, wanted a map: it holds further keys");
    }
    return CSIM_OK;
}

/* The changes say what they extend as a file with the same keys would: it stands in the words of the scenario. */
static csim_status add_extends(csim_source *self, const csim_source *base, csim_node *own, csim_error *err) {
    const csim_node *name = csim_node_find(base->root, "name");
    csim_node *node = csim_arena_take(&self->arena, 1, sizeof *node), **items = csim_arena_take(&self->arena, own->count + 1, sizeof *items);
    self->extends = csim_arena_print(&self->arena, "%s", base->called && base->called[0] ? base->called : name->text);
    self->base = csim_arena_print(&self->arena, "%s", base->called && base->called[0] ? base->called : base->base ? base->base : "");
    if (!node || !items || !self->extends || !self->base) return no_memory(err);
    if (own->count) memcpy(items, own->items, own->count * sizeof *items);
    *node = (csim_node){.kind = CSIM_NODE_TEXT, .file = own->file, .key = "extends", .text = self->extends, .quoted = true};
    items[own->count++] = node;
    own->items = items;
    return CSIM_OK;
}

static csim_status change(csim_source *self, const csim_source *base, csim_node *own, csim_error *err) {
    csim_status status = add_extends(self, base, own, err);
    if (status == CSIM_OK) status = expand_claims(self, own, err);
    if (status != CSIM_OK) return status;
    csim_node *copy = copy_tree(&self->arena, base->root);
    if (!copy) return no_memory(err);
    drop_words(copy);
    return csim_merge(&self->arena, copy, own, &self->root, &self->changes, err);
}

csim_status csim_source_keys(const char *file, const char *text, size_t size, const csim_source *base, csim_source *self, csim_error *err) {
    csim_node *root, *own;
    self->extends = self->base = self->called = "";
    self->file = csim_arena_print(&self->arena, "%s", file);
    if (!self->file) return no_memory(err);
    self->text = text;
    self->text_size = size;
    csim_status status = load_tree(self, self->file, &root, err);
    if (status == CSIM_OK) csim_node_forget_lines(root);
    else if (err) err->line = err->column = 0;
    if (status == CSIM_OK && base) status = check_changes(root, err);
    if (status == CSIM_OK) status = csim_dotted_nest(&self->arena, root, &own, err);
    if (status != CSIM_OK) return status;
    self->from_memory = base && base->from_memory;
    return base ? change(self, base, own, err) : read_own(self, own, self->file, NULL, &self->root, err);
}

void csim_source_clear(csim_source *self) {
    for (size_t i = 0; i < self->trees; i++) csim_yaml_tree_free(self->tree[i]);
    csim_arena_clear(&self->arena);
    *self = (csim_source){0};
}
