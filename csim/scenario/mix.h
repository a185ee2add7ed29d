/* Two whole trees key by key, and a third one that has each differing key from either. Knows layout, not meaning; internal to csim/scenario/. */
#ifndef CSIM_SCENARIO_MIX_H
#define CSIM_SCENARIO_MIX_H

#include "csim/scenario/arena.h"
#include "csim/scenario/layout.h"

/* Asked once for every key at which the trees differ, always in the same order: true takes b's side. a or b is NULL where that side has no such key;
 * below the names that a scenario gives (an offering, a claim) a map that one side lacks is one key, levers are always asked one by one. */
typedef bool csim_mix_choose(void *self, const csim_path *path, const csim_node *a, const csim_node *b);

/* *out lies in the arena and borrows the values of a and b, which are not altered. NO_MEMORY. */
csim_status csim_mix(csim_arena *arena, const csim_node *a, const csim_node *b, csim_mix_choose *choose, void *self, csim_node **out, csim_error *err);

/* Equal values; with `notes` also equal units, bases, sources, dates and reasons. */
bool csim_node_same(const csim_node *a, const csim_node *b, bool notes);

#endif
