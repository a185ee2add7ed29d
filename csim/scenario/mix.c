/* See mix.h. */
#include "csim/scenario/mix.h"

#include <string.h>

#include "csim/scenario/merge.h"

typedef struct mixer { csim_arena *arena; csim_path path; csim_mix_choose *choose; void *self; csim_error *err; } mixer;

static bool same_items(const csim_node *a, const csim_node *b, bool notes, int depth);

static bool same_at(const csim_node *a, const csim_node *b, bool notes, int depth) {
    if (a->kind != b->kind) return false;
    if (a->kind == CSIM_NODE_TEXT) return a->quoted == b->quoted && strcmp(a->text, b->text) == 0;
    return same_items(a, b, notes, depth);
}

static size_t next_item(const csim_node *map, size_t i, bool notes) {
    while (!notes && i < map->count && csim_is_note_key(map->items[i]->key)) i++;
    return i;
}

/* Canonical texts have their keys in one order, so equal maps are equal item by item. */
static bool same_items(const csim_node *a, const csim_node *b, bool notes, int depth) {
    const bool all = notes || depth > 0 || a->kind == CSIM_NODE_LIST;
    size_t i = next_item(a, 0, all), k = next_item(b, 0, all);
    for (; i < a->count && k < b->count; i = next_item(a, i + 1, all), k = next_item(b, k + 1, all)) {
        if (a->kind == CSIM_NODE_MAP && strcmp(a->items[i]->key, b->items[k]->key) != 0) return false;
        if (!same_at(a->items[i], b->items[k], notes, depth + 1)) return false;
    }
    return i >= a->count && k >= b->count;
}

bool csim_node_same(const csim_node *a, const csim_node *b, bool notes) { return same_at(a, b, notes, 0); }

static csim_status mix_maps(mixer *m, const csim_node *a, const csim_node *b, csim_node **out);

/* Maps on both sides are entered; so are top-level maps and levers that one side does not have. */
static bool is_entered(const mixer *m, const csim_node *a, const csim_node *b) {
    if ((a && a->kind != CSIM_NODE_MAP) || (b && b->kind != CSIM_NODE_MAP)) return false;
    if ((!a || !b) && m->path.count > 1 && strcmp(m->path.part[0], "levers") != 0) return false;
    return csim_layout_find(&m->path, NULL, NULL) == CSIM_PLACE_MAP;
}

/* *out is NULL when the side that is chosen has no such key. */
static csim_status mix_item(mixer *m, csim_node *a, csim_node *b, csim_node **out) {
    static const csim_node nothing = {.kind = CSIM_NODE_MAP};
    m->path.part[m->path.count++] = a ? a->key : b->key;
    csim_status status = CSIM_OK;
    *out = a;
    if (is_entered(m, a, b)) {
        status = mix_maps(m, a ? a : &nothing, b ? b : &nothing, out);
        if (status == CSIM_OK && !(*out)->count) *out = NULL;
        else if (status == CSIM_OK && !a) (*out)->key = b->key, (*out)->file = b->file, (*out)->line = b->line, (*out)->column = b->column;
    } else if (!a || !b || !csim_node_same(a, b, true)) {
        if (m->choose(m->self, &m->path, a, b)) *out = b;
    }
    m->path.count--;
    return status;
}

static csim_status mix_maps(mixer *m, const csim_node *a, const csim_node *b, csim_node **out) {
    csim_node *mixed = csim_arena_take(m->arena, 1, sizeof *mixed), *item;
    csim_node **items = csim_arena_take(m->arena, a->count + b->count + 1, sizeof *items);
    if (!mixed || !items) return csim_error_set(m->err, CSIM_NO_MEMORY, "out of memory mixing scenarios");
    *mixed = *a;
    mixed->items = items;
    mixed->count = 0;
    csim_status status = CSIM_OK;
    for (size_t i = 0; i < a->count && status == CSIM_OK; i++) {
        status = mix_item(m, a->items[i], csim_node_find(b, a->items[i]->key), &item);
        if (status == CSIM_OK && item) items[mixed->count++] = item;
    }
    for (size_t i = 0; i < b->count && status == CSIM_OK; i++) {
        if (csim_node_find(a, b->items[i]->key)) continue;
        status = mix_item(m, NULL, b->items[i], &item);
        if (status == CSIM_OK && item) items[mixed->count++] = item;
    }
    *out = mixed;
    return status;
}

csim_status csim_mix(csim_arena *arena, const csim_node *a, const csim_node *b, csim_mix_choose *choose, void *self, csim_node **out, csim_error *err) {
    mixer m = {.arena = arena, .choose = choose, .self = self, .err = err};
    return mix_maps(&m, a, b, out);
}
