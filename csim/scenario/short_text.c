/* The text of a scenario that extends another: what differs, nested by key, as a person would write it. Compares canonical texts; must not judge values. */
#include <stdio.h>
#include <string.h>

#include "csim/scenario/c_locale.h"
#include "csim/scenario/change.h"
#include "csim/scenario/mix.h"
#include "csim/scenario/node_write.h"

typedef struct writer {
    csim_text text;
    char last[CSIM_YAML_MAX_DEPTH + 1][CSIM_MAX_ID * 2]; /* parts of the key before, so that what they share is written once */
    size_t depth;
} writer;

/* What the head says is written by put_head. */
static bool is_head(const csim_path *path) {
    static const char *const head[] = {"moecast", "name", "title", "description", "title_zh", "description_zh"};
    for (size_t i = 0; i < sizeof head / sizeof *head; i++)
        if (strcmp(path->part[0], head[i]) == 0) return true;
    return false;
}

/* Keys come map by map, so those that share parts come together. */
static bool put_change(void *self, const csim_path *path, const csim_node *a, const csim_node *b) {
    writer *w = self;
    size_t shared = 0;
    (void)a;
    if (is_head(path)) return false;
    while (shared + 1 < path->count && shared < w->depth && strcmp(w->last[shared], path->part[shared]) == 0) shared++;
    for (size_t i = shared; i < path->count; i++) {
        csim_text_add(&w->text, "%*s", (int)(2 * i), "");
        csim_node_write_word(&w->text, path->part[i], false);
        csim_text_put(&w->text, i + 1 < path->count ? ":\n" : ": ");
        snprintf(w->last[i], sizeof w->last[i], "%s", path->part[i]);
    }
    w->depth = path->count - 1;
    if (b) csim_node_write(&w->text, b);
    else csim_text_put(&w->text, "null");
    csim_text_put(&w->text, "\n");
    return false;
}

static void put_word(csim_text *text, const char *key, const char *value) {
    if (!value[0]) return;
    csim_text_add(text, "%s: ", key);
    csim_text_quote(text, value);
    csim_text_put(text, "\n");
}

/* Words that a reader would put in for missing ones are left out. */
static void put_head(csim_text *text, const csim_scenario *s, const char *extends) {
    char title[5000], description[5000];
    snprintf(title, sizeof title, "%s (extends %s)", s->name, extends);
    snprintf(description, sizeof description, "Changes %s and does not say why: what differs stands in the scenario.", extends);
    csim_text_put(text, "moecast: 1\n");
    put_word(text, "name", s->name);
    if (strcmp(s->title, title) != 0) put_word(text, "title", s->title);
    if (strcmp(s->description, description) != 0) put_word(text, "description", s->description);
    put_word(text, "title_zh", s->title_zh);
    put_word(text, "description_zh", s->description_zh);
    put_word(text, "extends", extends);
}

static csim_status compare(const csim_scenario *scenario, const csim_scenario *base, writer *w, csim_yaml_tree **trees, csim_arena *arena, csim_error *err) {
    csim_node *unused;
    csim_status status = csim_yaml_tree_parse(base->file, base->text, base->text_size, &trees[0], err);
    if (status == CSIM_OK) status = csim_yaml_tree_parse(scenario->file, scenario->text, scenario->text_size, &trees[1], err);
    return status == CSIM_OK ? csim_mix(arena, csim_yaml_tree_root(trees[0]), csim_yaml_tree_root(trees[1]), put_change, w, &unused, err) : status;
}

csim_status csim_scenario_short_text(const csim_scenario *scenario, const csim_scenario *base, const char *extends, char **text, size_t *size, csim_error *err) {
    csim_yaml_tree *trees[2] = {NULL, NULL};
    csim_arena arena = {0};
    writer w = {.depth = 0};
    const csim_c_locale guard = csim_c_locale_enter();
    put_head(&w.text, scenario, extends);
    csim_status status = compare(scenario, base, &w, trees, &arena, err);
    csim_c_locale_leave(guard);
    csim_yaml_tree_free(trees[0]);
    csim_yaml_tree_free(trees[1]);
    csim_arena_clear(&arena);
    if (status == CSIM_OK) return csim_text_take(&w.text, text, size, err);
    csim_text_clear(&w.text);
    return status;
}
