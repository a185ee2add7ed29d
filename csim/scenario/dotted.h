/* Keys by their dotted path ("choice.alpha.developers"), as the grid of a batch and programs set them. Knows layout, not values. */
#ifndef CSIM_SCENARIO_DOTTED_H
#define CSIM_SCENARIO_DOTTED_H

#include "csim/scenario/arena.h"
#include "csim/scenario/layout.h"

enum { CSIM_DOTTED_BYTES = 256 };

/* What a dotted key leads to. `copy` keeps the parts that *path points at. UNKNOWN for keys too long or too deep for any layout. */
csim_place csim_dotted_find(const char *key, char copy[CSIM_DOTTED_BYTES], csim_path *path);

/* UNKNOWN_KEY at the key's place: what there is below the last part that leads somewhere, and the nearest right key. `field` NULL stands for the key itself. */
csim_status csim_dotted_refuse(const csim_node *node, const char *field, csim_error *err);

/* Does `key` lie below `above`? */
bool csim_dotted_is_below(const char *key, const char *above);

/* A new map without dots in its keys: {a.b: 1, a: {c: 2}} → {a: {b: 1, c: 2}}. Only keys of `root` itself are taken apart. DUPLICATE_KEY where two of them
 * set the same value. *out lies in the arena and borrows the values of root, which is not altered. */
csim_status csim_dotted_nest(csim_arena *arena, const csim_node *root, csim_node **out, csim_error *err);

#endif
