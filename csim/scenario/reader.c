/* Finding keys and refusing what is wrong with them. Must not interpret a value. */
#include "csim/scenario/reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Walks down as far as the path leads; *deepest is the last node that was found. */
static csim_node *walk(csim_node *node, const char *path, csim_node **deepest) {
    while (node && *path) {
        char part[CSIM_READER_PATH];
        const size_t size = strcspn(path, ".");
        *deepest = node;
        if (size >= sizeof part) return NULL;
        memcpy(part, path, size);
        part[size] = '\0';
        node = csim_node_find(node, part);
        path += size;
        if (*path == '.') path++;
    }
    return node;
}

csim_node *csim_reader_find(const csim_reader *self, const char *path) {
    csim_node *deepest;
    return walk(self->root, path, &deepest);
}

/* The text of the key tables for a path, "" when they do not know it. */
static const char *meaning(const char *path) {
    char parts[CSIM_READER_PATH];
    csim_path split = {0};
    csim_key key;
    snprintf(parts, sizeof parts, "%s", path);
    for (char *at = parts; at && split.count < CSIM_YAML_MAX_DEPTH;) {
        split.part[split.count++] = at;
        at = strchr(at, '.');
        if (at) *at++ = '\0';
    }
    return csim_layout_find(&split, NULL, &key) == CSIM_PLACE_VALUE ? key.text : "";
}

csim_status csim_reader_need(csim_reader *self, const char *path, csim_node **out) {
    csim_node *deepest = self->root;
    *out = walk(self->root, path, &deepest);
    if (*out) return CSIM_OK;
    const char *text = meaning(path);
    const int line = deepest->key ? deepest->key_line : deepest->line, column = deepest->key ? deepest->key_column : deepest->column;
    return csim_error_set_at(self->err, CSIM_MISSING_KEY, deepest->file, line, column, path, "is missing%s%s", *text ? ": " : "", text);
}

csim_status csim_reader_refuse(csim_reader *self, csim_status code, const csim_node *node, const char *field, const char *format, ...) {
    char sentence[900];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    return csim_error_set_at(self->err, code, node->file, node->line, node->column, field, "%s", sentence);
}

csim_status csim_reader_no_memory(csim_reader *self) { return csim_error_set(self->err, CSIM_NO_MEMORY, "out of memory reading a scenario"); }

const char *csim_reader_copy(csim_reader *self, const char *text) { return csim_arena_text(self->arena, text, strlen(text)); }

csim_note csim_reader_place(const csim_node *node) {
    return (csim_note){.file = node->file, .line = node->line, .column = node->column, .basis = "", .source = "", .date = "", .reason = ""};
}

csim_status csim_reader_only(csim_reader *self, const csim_node *map, const char *field, const csim_names *allowed) {
    for (size_t i = 0; i < map->count; i++) {
        const csim_node *node = map->items[i];
        if (csim_names_find(allowed, node->key) >= 0) continue;
        char path[CSIM_READER_PATH], list[600];
        snprintf(path, sizeof path, "%s.%s", field, node->key);
        csim_error_set_at(self->err, CSIM_UNKNOWN_KEY, node->file, node->key_line, node->key_column, path, "unknown key; allowed here: %s",
                          csim_names_list(allowed, list, sizeof list));
        const char *nearest = csim_names_nearest(allowed, node->key);
        if (nearest) csim_error_hint(self->err, "did you mean '%s'?", nearest);
        return CSIM_UNKNOWN_KEY;
    }
    return CSIM_OK;
}
