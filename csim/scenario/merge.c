/* Merging two trees. Asks the layout where maps end and values begin, so that `{normal: …}` replaces `{lognormal: …}` instead of joining it. */
#include "csim/scenario/merge.h"

#include <string.h>

#include "csim/scenario/layout.h"
#include "csim/scenario/text.h"

enum { MOST_KEYS = 4096 }; /* in two maps together: finding keys is linear, and no scenario has so many */

typedef struct merger { csim_arena *arena; csim_path path; csim_change *first, *last; csim_error *err; } merger;

static csim_status no_memory(merger *m) { return csim_error_set(m->err, CSIM_NO_MEMORY, "out of memory merging scenarios"); }

/* ---- what changed, in words -------------------------------------------------------------------------------------------------------------------- */

bool csim_is_note_key(const char *key) {
    static const char *const notes[] = {"unit", "basis", "source", "date", "reason"};
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
        if (strcmp(key, notes[i]) == 0) return true;
    return false;
}

void csim_node_render(csim_text *text, const csim_node *node, int depth) {
    if (node->kind == CSIM_NODE_TEXT) {
        csim_text_put(text, node->text);
        return;
    }
    const bool map = node->kind == CSIM_NODE_MAP;
    size_t written = 0;
    csim_text_put(text, map ? "{" : "[");
    for (size_t i = 0; i < node->count; i++) {
        if (map && depth == 0 && csim_is_note_key(node->items[i]->key)) continue;
        if (written++) csim_text_put(text, ", ");
        if (map) csim_text_add(text, "%s: ", node->items[i]->key);
        csim_node_render(text, node->items[i], depth + 1);
    }
    csim_text_put(text, map ? "}" : "]");
}

static char *rendered(merger *m, const csim_node *node) {
    csim_text text = {0};
    if (node) csim_node_render(&text, node, 0);
    char *copy = text.failed ? NULL : csim_arena_text(m->arena, text.bytes ? text.bytes : "", text.size);
    csim_text_clear(&text);
    return copy;
}

/* The scenario's own head says nothing about the market. */
static bool is_head(const csim_path *path) {
    static const char *const head[] = {"moecast", "name", "title", "description", "title_zh", "description_zh", "extends"};
    for (size_t i = 0; path->count == 1 && i < sizeof head / sizeof *head; i++)
        if (strcmp(path->part[0], head[i]) == 0) return true;
    return false;
}

static csim_status note_change(merger *m, const csim_node *before, const csim_node *after) {
    if (is_head(&m->path)) return CSIM_OK;
    char path[256];
    csim_path_text(&m->path, path, sizeof path);
    csim_change *change = csim_arena_take(m->arena, 1, sizeof *change);
    if (!change) return no_memory(m);
    change->path = csim_arena_text(m->arena, path, strlen(path));
    change->before = rendered(m, before);
    change->after = rendered(m, after);
    if (!change->path || !change->before || !change->after) return no_memory(m);
    if (strcmp(change->before, change->after) == 0) return CSIM_OK; /* only its notes differ */
    if (m->last) m->last->next = change;
    else m->first = change;
    m->last = change;
    return CSIM_OK;
}

/* ---- the merge ----------------------------------------------------------------------------------------------------------------------------------- */

static bool is_null(const csim_node *node) {
    return node->kind == CSIM_NODE_TEXT && !node->quoted && (strcmp(node->text, "null") == 0 || strcmp(node->text, "~") == 0);
}

static csim_status merge_maps(merger *m, const csim_node *base, const csim_node *child, csim_node **out);

/* What one key of the child becomes: *out is NULL when the key is taken away. */
static csim_status merge_entry(merger *m, csim_node *before, csim_node *child, csim_node **out) {
    *out = before && is_null(child) ? NULL : child;
    const bool both_maps = before && before->kind == CSIM_NODE_MAP && child->kind == CSIM_NODE_MAP;
    if (both_maps && csim_layout_find(&m->path, NULL, NULL) == CSIM_PLACE_MAP) return merge_maps(m, before, child, out);
    return note_change(m, before, *out);
}

static csim_status merge_maps(merger *m, const csim_node *base, const csim_node *child, csim_node **out) {
    if (base->count + child->count > MOST_KEYS)
        return csim_error_set_at(m->err, CSIM_LIMIT, child->file, child->line, child->column, NULL, "a map has more than %d keys", MOST_KEYS);
    csim_node *merged = csim_arena_take(m->arena, 1, sizeof *merged);
    if (!merged) return no_memory(m);
    *merged = *child;
    merged->count = 0;
    merged->items = csim_arena_take(m->arena, base->count + child->count + 1, sizeof *merged->items);
    if (!merged->items) return no_memory(m);
    csim_status status = CSIM_OK;
    for (size_t i = 0; i < base->count && status == CSIM_OK; i++) {
        csim_node *item = base->items[i], *change = csim_node_find(child, item->key);
        m->path.part[m->path.count++] = item->key;
        if (change) status = merge_entry(m, item, change, &item);
        m->path.count--;
        if (item) merged->items[merged->count++] = item;
    }
    for (size_t i = 0; i < child->count && status == CSIM_OK; i++) {
        csim_node *item = child->items[i];
        if (csim_node_find(base, item->key)) continue;
        m->path.part[m->path.count++] = item->key;
        status = merge_entry(m, NULL, item, &item);
        m->path.count--;
        merged->items[merged->count++] = item;
    }
    *out = merged;
    return status;
}

csim_status csim_merge(csim_arena *arena, const csim_node *base, const csim_node *child, csim_node **out, const csim_change **changes, csim_error *err) {
    merger m = {.arena = arena, .err = err};
    const csim_status status = merge_maps(&m, base, child, out);
    *changes = m.first;
    return status;
}
