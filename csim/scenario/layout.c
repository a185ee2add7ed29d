/* Matching of paths with the three key tables. Must not read a value. */
#include "csim/scenario/layout.h"

#include <stdio.h>
#include <string.h>

static const struct { const char *path; csim_key_kind kind; const char *choices, *text; } structure[] = {
#define KEY(path, kind, choices, text) {path, CSIM_KEY_##kind, choices, text},
#include "csim/scenario/layout.def"
#undef KEY
};
enum { STRUCTURE_KEYS = sizeof structure / sizeof *structure };

size_t csim_layout_count(void) { return STRUCTURE_KEYS + CSIM_INPUT_IDS + CSIM_LEVER_IDS; }

const char *csim_layout_suffix(csim_index_set index) {
    switch (index) {
    case CSIM_INDEX_SEGMENT: return "@segment";
    case CSIM_INDEX_REGION: return "@region";
    case CSIM_INDEX_OFFERING: return "@offering";
    case CSIM_INDEX_REGIME: return "@regime";
    case CSIM_INDEX_SEGMENT_OFFERING: return "@segment.@offering";
    case CSIM_INDEX_SEGMENT_REGION: return "@segment.@region";
    case CSIM_INDEX_REGIME_REGIME: return "@regime.@regime";
    case CSIM_INDEX_NONE: break;
    }
    return "";
}

csim_key csim_layout_get(size_t i) {
    if (i < STRUCTURE_KEYS) return (csim_key){structure[i].path, "", structure[i].kind, -1, structure[i].choices, structure[i].text};
    i -= STRUCTURE_KEYS;
    if (i < CSIM_INPUT_IDS) {
        const csim_input_row *row = &csim_input_rows[i];
        return (csim_key){row->key, csim_layout_suffix(row->index), CSIM_KEY_INPUT, (int)i, "", row->text};
    }
    i -= CSIM_INPUT_IDS;
    const csim_lever_row *row = &csim_lever_rows[i];
    return (csim_key){row->key, csim_layout_suffix(row->index), CSIM_KEY_LEVER, (int)i, "", row->text};
}

char *csim_path_text(const csim_path *path, char *text, size_t size) {
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < path->count && used < size; i++) {
        const int more = snprintf(text + used, size - used, "%s%s", i ? "." : "", path->part[i]);
        used += more > 0 ? (size_t)more : 0;
    }
    return text;
}

/* ---- the names behind a marker ------------------------------------------------------------------------------------------------------------ */

static csim_index_set marker_set(const char *marker, size_t size) {
    static const struct { const char *marker; csim_index_set set; } markers[] = {
        {"@segment", CSIM_INDEX_SEGMENT}, {"@region", CSIM_INDEX_REGION}, {"@offering", CSIM_INDEX_OFFERING}, {"@regime", CSIM_INDEX_REGIME}};
    for (size_t i = 0; i < sizeof markers / sizeof *markers; i++)
        if (strlen(markers[i].marker) == size && memcmp(markers[i].marker, marker, size) == 0) return markers[i].set;
    return CSIM_INDEX_NONE; /* @name: whatever the scenario calls it */
}

static size_t set_size(const csim_scenario *sets, csim_index_set set) {
    return set == CSIM_INDEX_NONE ? 0 : csim_scenario_elements(sets, set);
}

static const char *set_name(const csim_scenario *sets, csim_index_set set, size_t i) {
    switch (set) {
    case CSIM_INDEX_SEGMENT: return sets->segment[i];
    case CSIM_INDEX_REGION: return sets->region[i];
    case CSIM_INDEX_OFFERING: return sets->offering[i].id;
    case CSIM_INDEX_REGIME: return sets->regime[i].id;
    default: return "";
    }
}

static bool part_fits(const char *pattern, size_t size, const char *part, const csim_scenario *sets) {
    if (pattern[0] != '@') return strlen(part) == size && memcmp(part, pattern, size) == 0;
    const csim_index_set set = marker_set(pattern, size);
    if (!sets || set == CSIM_INDEX_NONE) return true;
    for (size_t i = 0; i < set_size(sets, set); i++)
        if (strcmp(set_name(sets, set, i), part) == 0) return true;
    return false;
}

/* ---- matching ------------------------------------------------------------------------------------------------------------------------------- */

/* Walks the parts of a key's path, then those of its suffix. */
typedef struct cursor { const char *at, *then; size_t size; } cursor;

static cursor cursor_start(const csim_key *key) { return (cursor){key->path, key->suffix, strcspn(key->path, ".")}; }

static void cursor_step(cursor *self) {
    self->at += self->size;
    if (*self->at == '.') self->at++;
    else if (*self->then) self->at = self->then, self->then = "";
    self->size = strcspn(self->at, ".");
}

/* Whether the key begins with the path; `next` then stands on the part behind it (size 0 when the key ends there). */
static bool fits(const csim_key *key, const csim_path *path, const csim_scenario *sets, cursor *next) {
    if (path->count && path->part[0][0] != key->path[0]) return false; /* most keys, at once: paths never begin with a marker */
    cursor c = cursor_start(key);
    for (size_t i = 0; i < path->count; i++, cursor_step(&c))
        if (!c.size || !part_fits(c.at, c.size, path->part[i], sets)) return false;
    *next = c;
    return true;
}

csim_place csim_layout_find(const csim_path *path, const csim_scenario *sets, csim_key *key) {
    csim_place place = CSIM_PLACE_UNKNOWN;
    for (size_t i = 0; i < csim_layout_count(); i++) {
        const csim_key candidate = csim_layout_get(i);
        cursor next;
        if (!fits(&candidate, path, sets, &next)) continue;
        place = CSIM_PLACE_MAP;
        if (next.size) continue;
        if (key) *key = candidate;
        return CSIM_PLACE_VALUE;
    }
    return place;
}

void csim_layout_below(const csim_path *path, const csim_scenario *sets, csim_names *out, const char **index) {
    bool literal = false;
    out->count = 0;
    *index = NULL;
    for (size_t i = 0; i < csim_layout_count(); i++) {
        const csim_key key = csim_layout_get(i);
        cursor next;
        if (!fits(&key, path, sets, &next) || !next.size) continue;
        if (next.at[0] != '@') {
            literal = true;
            csim_names_add(out, next.at, next.size);
            continue;
        }
        *index = next.at;
        const csim_index_set set = marker_set(next.at, next.size);
        for (size_t k = 0; sets && k < set_size(sets, set); k++) {
            const char *name = set_name(sets, set, k);
            csim_names_add(out, name, strlen(name));
        }
    }
    if (literal) *index = NULL;
}

/* ---- the check ------------------------------------------------------------------------------------------------------------------------------ */

static csim_status refuse_key(const csim_node *node, const csim_path *path, const csim_scenario *sets, csim_error *err) {
    csim_path above = *path;
    csim_names allowed;
    const char *index;
    char field[256], list[700];
    above.count--;
    csim_layout_below(&above, sets, &allowed, &index);
    csim_names_list(&allowed, list, sizeof list);
    csim_path_text(path, field, sizeof field);
    if (index)
        csim_error_set_at(err, CSIM_UNKNOWN_NAME, node->file, node->key_line, node->key_column, field, "'%.60s' is no %.*s of this scenario; there are: %s",
                          node->key, (int)strcspn(index + 1, "."), index + 1, list);
    else
        csim_error_set_at(err, CSIM_UNKNOWN_KEY, node->file, node->key_line, node->key_column, field, "unknown key; allowed here: %s", list);
    const char *nearest = csim_names_nearest(&allowed, node->key);
    if (nearest) csim_error_hint(err, "did you mean '%s'?", nearest);
    return index ? CSIM_UNKNOWN_NAME : CSIM_UNKNOWN_KEY;
}

static csim_status refuse_text(const csim_node *node, const csim_path *path, const csim_scenario *sets, csim_error *err) {
    csim_names allowed;
    const char *index;
    char field[256], list[700];
    csim_layout_below(path, sets, &allowed, &index);
    return csim_error_set_at(err, CSIM_WRONG_TYPE, node->file, node->line, node->column, csim_path_text(path, field, sizeof field),
                             "got %s, wanted a map%s%s", node->kind == CSIM_NODE_LIST ? "a list" : "a single value",
                             allowed.count ? " with the keys: " : "", csim_names_list(&allowed, list, sizeof list));
}

static csim_status check_map(const csim_node *map, csim_path *path, const csim_scenario *sets, csim_error *err) {
    if (map->kind != CSIM_NODE_MAP) return refuse_text(map, path, sets, err);
    csim_status status = CSIM_OK;
    for (size_t i = 0; i < map->count && status == CSIM_OK; i++) {
        const csim_node *node = map->items[i];
        path->part[path->count++] = node->key;
        const csim_place place = csim_layout_find(path, sets, NULL);
        if (place == CSIM_PLACE_UNKNOWN) status = refuse_key(node, path, sets, err);
        if (place == CSIM_PLACE_MAP) status = check_map(node, path, sets, err);
        path->count--;
    }
    return status;
}

csim_status csim_layout_check(const csim_node *root, const csim_scenario *sets, csim_error *err) {
    csim_path path = {0};
    return check_map(root, &path, sets, err);
}
