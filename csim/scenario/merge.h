/* The deep merge behind `extends`. */
#ifndef CSIM_SCENARIO_MERGE_H
#define CSIM_SCENARIO_MERGE_H

#include "csim/scenario/source.h"
#include "csim/scenario/text.h"

/* A new map: what `base` holds, changed by what `child` says. Maps are merged key by key down to the values of the layout; a value, with its notes,
 * is replaced as a whole; `key: null` takes away what the base says. Neither tree is altered. *changes lists what the child made different. */
csim_status csim_merge(csim_arena *arena, const csim_node *base, const csim_node *child, csim_node **out, const csim_change **changes, csim_error *err);

/* unit, basis, source, date, reason: what stands beside a value. */
bool csim_is_note_key(const char *key);

/* A value as YAML in one line; depth 0 leaves its notes out. */
void csim_node_render(csim_text *text, const csim_node *node, int depth);

#endif
