/* See differences.h. csim_scenario_mix stands in scenario.c, which makes scenarios. */
#include "csim/scenario/differences.h"

#include <stdlib.h>
#include <string.h>

#include "csim/scenario/c_locale.h"
#include "csim/scenario/merge.h"
#include "csim/scenario/mix.h"
#include "csim/scenario/spec_words.h"

enum { MOST_DIFFERENCES = 8192 };

typedef struct owner { csim_differences list; /* first: the handle points at it */ csim_arena arena; } owner;

typedef struct finder {
    owner *self;
    const csim_scenario *a, *b;
    csim_difference *item;
    csim_status status;
    csim_error *err;
} finder;

static const csim_input *input_of(const csim_scenario *s, const char *key) {
    for (size_t i = 0; i < s->inputs; i++)
        if (strcmp(s->input[i].key, key) == 0) return &s->input[i];
    return NULL;
}

/* An input in words, anything else as it is written. With notes where nothing else differs. */
static const char *words(finder *f, const csim_scenario *s, const char *path, const csim_node *node, bool only_notes) {
    csim_text text = {0};
    const csim_input *input = node && !only_notes ? input_of(s, path) : NULL;
    if (!node) return "";
    if (input) f->status = csim_spec_words(&text, &input->spec, f->err);
    else csim_node_render(&text, node, only_notes ? 1 : 0);
    if (input && strcmp(csim_input_rows[input->id].unit, "-") != 0) csim_text_add(&text, " %s", csim_input_rows[input->id].unit);
    char *copy = text.failed ? NULL : csim_arena_text(&f->self->arena, text.bytes ? text.bytes : "", text.size);
    csim_text_clear(&text);
    return copy;
}

static bool is_one_of(const char *word, const char *const *words_of, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(word, words_of[i]) == 0) return true;
    return false;
}

static const char *group_of(const csim_path *path, const csim_node *a, const csim_node *b) {
    static const char *const head[] = {"moecast", "name", "title", "description", "title_zh", "description_zh", "run", "claims"}, *const sets[] = {"segments", "regions", "roles", "vendors"};
    csim_key key = {0};
    if (is_one_of(path->part[0], head, sizeof head / sizeof *head)) return "head";
    if (is_one_of(path->part[0], sets, sizeof sets / sizeof *sets)) return "sets";
    if (strcmp(path->part[0], "levers") == 0 || (a && b)) return path->part[0];
    const csim_place place = csim_layout_find(path, NULL, &key);
    return place == CSIM_PLACE_MAP || key.kind == CSIM_KEY_INPUT ? "sets" : path->part[0];
}

static bool note_difference(void *self, const csim_path *path, const csim_node *a, const csim_node *b) {
    finder *f = self;
    csim_arena *arena = &f->self->arena;
    if (f->status != CSIM_OK) return false;
    if (f->self->list.count == MOST_DIFFERENCES) {
        f->status = csim_error_set(f->err, CSIM_LIMIT, "the scenarios differ in more than %d keys", MOST_DIFFERENCES);
        return false;
    }
    char text[256];
    const char *name = csim_path_text(path, text, sizeof text), *group = group_of(path, a, b);
    const bool only_notes = a && b && csim_node_same(a, b, false);
    csim_difference *item = &f->item[f->self->list.count++];
    *item = (csim_difference){csim_arena_text(arena, name, strlen(name)), words(f, f->a, name, a, only_notes), words(f, f->b, name, b, only_notes),
                              csim_arena_text(arena, group, strlen(group)), only_notes};
    if (f->status == CSIM_OK && (!item->path || !item->a || !item->b || !item->group))
        f->status = csim_error_set(f->err, CSIM_NO_MEMORY, "out of memory comparing scenarios");
    return false;
}

static csim_status find(finder *f, csim_yaml_tree **trees) {
    csim_node *unused;
    csim_status status = csim_yaml_tree_parse(f->a->file, f->a->text, f->a->text_size, &trees[0], f->err);
    if (status == CSIM_OK) status = csim_yaml_tree_parse(f->b->file, f->b->text, f->b->text_size, &trees[1], f->err);
    if (status == CSIM_OK) status = csim_mix(&f->self->arena, csim_yaml_tree_root(trees[0]), csim_yaml_tree_root(trees[1]), note_difference, f, &unused, f->err);
    return status == CSIM_OK ? f->status : status;
}

csim_status csim_differences_find(const csim_scenario *a, const csim_scenario *b, csim_differences **out, csim_error *err) {
    csim_yaml_tree *trees[2] = {NULL, NULL};
    owner *self = calloc(1, sizeof *self);
    *out = NULL;
    finder f = {.self = self, .a = a, .b = b, .err = err};
    if (self) f.item = csim_arena_take(&self->arena, MOST_DIFFERENCES, sizeof *f.item);
    if (!f.item) {
        csim_differences_free(self ? &self->list : NULL);
        return csim_error_set(err, CSIM_NO_MEMORY, "out of memory comparing scenarios");
    }
    self->list.item = f.item;
    const csim_c_locale guard = csim_c_locale_enter();
    const csim_status status = find(&f, trees);
    csim_c_locale_leave(guard);
    csim_yaml_tree_free(trees[0]);
    csim_yaml_tree_free(trees[1]);
    if (status == CSIM_OK) *out = &self->list;
    else csim_differences_free(&self->list);
    return status;
}

void csim_differences_free(csim_differences *differences) {
    owner *self = (owner *)(void *)differences;
    if (!self) return;
    csim_arena_clear(&self->arena);
    free(self);
}
