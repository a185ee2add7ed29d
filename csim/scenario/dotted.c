/* See dotted.h. */
#include "csim/scenario/dotted.h"

#include <stdio.h>
#include <string.h>

enum { MOST_KEYS = 4096 /* in one map: finding keys is linear, and no scenario has so many */, MOST_PARTS = 8 /* no key is so deep */ };

/* ---- finding ------------------------------------------------------------------------------------------------------------------------------------ */

csim_place csim_dotted_find(const char *key, char copy[CSIM_DOTTED_BYTES], csim_path *path) {
    *path = (csim_path){0};
    if (snprintf(copy, CSIM_DOTTED_BYTES, "%s", key) >= CSIM_DOTTED_BYTES) return CSIM_PLACE_UNKNOWN;
    for (char *at = copy; at;) {
        if (path->count == MOST_PARTS) return CSIM_PLACE_UNKNOWN;
        path->part[path->count++] = at;
        at = strchr(at, '.');
        if (at) *at++ = '\0';
    }
    return csim_layout_find(path, NULL, NULL);
}

/* The first part that leads nowhere is replaced by its nearest neighbour. */
csim_status csim_dotted_refuse(const csim_node *node, const char *field, csim_error *err) {
    csim_path path, known = {0};
    csim_names names = {0};
    const char *index;
    char list[500], copy[CSIM_DOTTED_BYTES], before[CSIM_DOTTED_BYTES];
    csim_dotted_find(node->key, copy, &path);
    while (known.count < path.count) {
        csim_path longer = known;
        longer.part[longer.count++] = path.part[known.count];
        if (csim_layout_find(&longer, NULL, NULL) == CSIM_PLACE_UNKNOWN) break;
        known = longer;
    }
    csim_layout_below(&known, NULL, &names, &index);
    const char *wrong = known.count < path.count ? path.part[known.count] : "", *nearest = csim_names_nearest(&names, wrong);
    csim_names_list(&names, list, sizeof list);
    csim_path_text(&known, before, sizeof before);
    csim_error_set_at(err, CSIM_UNKNOWN_KEY, node->file, node->key_line, node->key_column, field ? field : node->key, "'%.100s' is no key of a scenario; %s%s%s: %s", node->key,
                      known.count ? "below '" : "there are", before, known.count ? "' there are" : "", list);
    if (nearest) csim_error_hint(err, "did you mean '%s%s%s'?", before, known.count ? "." : "", nearest);
    return CSIM_UNKNOWN_KEY;
}

bool csim_dotted_is_below(const char *key, const char *above) { return !strncmp(key, above, strlen(above)) && key[strlen(above)] == '.'; }

/* ---- nesting ------------------------------------------------------------------------------------------------------------------------------------ */

typedef struct nester { csim_arena *arena; csim_error *err; const char *key; /* the one that is being put in, for sentences */ } nester;

static csim_status no_memory(nester *n) { return csim_error_set(n->err, CSIM_NO_MEMORY, "out of memory reading the keys of a scenario"); }

static csim_status refuse(nester *n, csim_status code, const csim_node *node, const char *why) {
    return csim_error_set_at(n->err, code, node->file, node->key_line, node->key_column, n->key, "'%.100s' %s", n->key, why);
}

/* Room doubles whenever the count is a power of two. */
static csim_status append(nester *n, csim_node *map, csim_node *item) {
    if (map->count == MOST_KEYS) return refuse(n, CSIM_LIMIT, item, "makes a map of more than 4096 keys");
    if (!(map->count & (map->count - 1))) {
        csim_node **larger = csim_arena_take(n->arena, map->count ? 2 * map->count : 1, sizeof *larger);
        if (!larger) return no_memory(n);
        if (map->count) memcpy(larger, map->items, map->count * sizeof *larger);
        map->items = larger;
    }
    map->items[map->count++] = item;
    return CSIM_OK;
}

/* A map of its own under `key`, where `at` stood, holding what `of` holds. */
static csim_status new_map(nester *n, const csim_node *at, const char *key, size_t size, const csim_node *of, csim_node **out) {
    csim_node *map = *out = csim_arena_take(n->arena, 1, sizeof *map);
    if (!map) return no_memory(n);
    *map = *at;
    map->kind = CSIM_NODE_MAP;
    map->text = NULL;
    map->items = NULL;
    map->count = 0;
    map->key = csim_arena_text(n->arena, key, size);
    csim_status status = map->key ? CSIM_OK : no_memory(n);
    for (size_t i = 0; of && i < of->count && status == CSIM_OK; i++) status = append(n, map, of->items[i]);
    return status;
}

static void replace_item(csim_node *map, const csim_node *old, csim_node *by) {
    for (size_t i = 0; i < map->count; i++)
        if (map->items[i] == old) map->items[i] = by;
}

/* `item` as the entry `key` of a map. Maps join; two values of one key do not. */
static csim_status set(nester *n, csim_node *map, const csim_node *item, const char *key) {
    csim_node *there = csim_node_find(map, key), *held;
    if (!there) {
        held = csim_arena_take(n->arena, 1, sizeof *held);
        if (!held) return no_memory(n);
        *held = *item;
        held->key = csim_arena_text(n->arena, key, strlen(key));
        return held->key ? append(n, map, held) : no_memory(n);
    }
    if (there->kind != CSIM_NODE_MAP || item->kind != CSIM_NODE_MAP) return refuse(n, CSIM_DUPLICATE_KEY, item, "and another key set the same value");
    csim_status status = new_map(n, there, there->key, strlen(there->key), there, &held);
    for (size_t i = 0; i < item->count && status == CSIM_OK; i++) status = set(n, held, item->items[i], item->items[i]->key);
    replace_item(map, there, held);
    return status;
}

/* Walks down to where the last part of a dotted key belongs. */
static csim_status put(nester *n, csim_node *map, const csim_node *item, const char *path) {
    const size_t size = strcspn(path, ".");
    char part[CSIM_DOTTED_BYTES];
    csim_node *held;
    if (!path[size]) return set(n, map, item, path);
    snprintf(part, sizeof part, "%.*s", (int)size, path);
    csim_node *there = csim_node_find(map, part);
    if (there && there->kind != CSIM_NODE_MAP) return refuse(n, CSIM_DUPLICATE_KEY, item, "and another key set the same value");
    csim_status status = new_map(n, item, part, size, there, &held);
    if (status == CSIM_OK && there) replace_item(map, there, held);
    if (status == CSIM_OK && !there) status = append(n, map, held);
    return status == CSIM_OK ? put(n, held, item, path + size + 1) : status;
}

static size_t parts_of(const char *key) {
    size_t parts = 1;
    for (; *key; key++) parts += *key == '.';
    return parts;
}

csim_status csim_dotted_nest(csim_arena *arena, const csim_node *root, csim_node **out, csim_error *err) {
    nester n = {.arena = arena, .err = err, .key = ""};
    csim_status status = new_map(&n, root, "", 0, NULL, out);
    if (status == CSIM_OK) (*out)->key = root->key;
    for (size_t i = 0; i < root->count && status == CSIM_OK; i++) {
        const csim_node *item = root->items[i];
        n.key = item->key;
        status = parts_of(item->key) > MOST_PARTS || strlen(item->key) >= CSIM_DOTTED_BYTES ? csim_dotted_refuse(item, NULL, err) : put(&n, *out, item, item->key);
    }
    return status;
}
