/* A scenario's text with everything it extends, as one merged tree whose nodes still say in which file they stood. Knows layout, not meaning. */
#ifndef CSIM_SCENARIO_SOURCE_H
#define CSIM_SCENARIO_SOURCE_H

#include "csim/scenario/arena.h"
#include "csim/scenario/yaml_tree.h"

enum { CSIM_SOURCE_MAX_DEPTH = 8, CSIM_SOURCE_MAX_TREES = 2 * (CSIM_SOURCE_MAX_DEPTH + 1) };

/* One value that the loaded file sets differently from what it extends; `before` is "" where it adds one. Rendered as YAML in one line. */
typedef struct csim_change { const char *path, *before, *after; const struct csim_change *next; } csim_change;

typedef struct csim_source {
    csim_arena arena;
    csim_yaml_tree *tree[CSIM_SOURCE_MAX_TREES];
    size_t trees;
    const char *text; /* of the first file, when it comes from memory and is not parsed yet */
    size_t text_size;
    bool from_memory;
    const char *ground_file, *ground_text; /* stands in for the file at the bottom of the chain; NULL: that file itself */
    size_t ground_size;
    const char *file, *extends; /* the file itself; the name of what it extends as written, "" for none */
    const char *called, *base;  /* how a file that lies anywhere may extend this one, and what this one extends: a shipped one's name, a full path, "" when it cannot */
    csim_node *root;
    const csim_change *changes;
} csim_source;

/* `name`: a path, or the bare name of a shipped scenario. Clear the source whether or not this succeeds; zero-initialise it before. */
csim_status csim_source_load(const char *name, csim_source *self, csim_error *err);
csim_status csim_source_parse(const char *name, const char *text, size_t size, csim_source *self, csim_error *err);
/* A program's text: a map of keys, dotted or nested, none of whose lines means anything to a person. With `base` what it extends is that source, whatever
 * file it came from; *base is copied. `file` says where relative names start. */
csim_status csim_source_keys(const char *file, const char *text, size_t size, const csim_source *base, csim_source *self, csim_error *err);
void csim_source_clear(csim_source *self);

#endif
