/* Which differing keys of two scenarios make one bar of a waterfall. */
#ifndef CSIM_ENGINE_WATERFALL_GROUPS_H
#define CSIM_ENGINE_WATERFALL_GROUPS_H

#include "csim/engine/shapley.h"
#include "csim/scenario/differences.h"

enum { CSIM_GROUP_NAME = 128, CSIM_GROUP_NONE = -1 };

typedef struct csim_waterfall_groups {
    size_t count;
    char name[CSIM_SHAPLEY_PLAYERS][CSIM_GROUP_NAME];
    size_t keys[CSIM_SHAPLEY_PLAYERS];   /* differing keys in each */
    int *of;                             /* [differences]: the group of each, CSIM_GROUP_NONE for what moves no path */
} csim_waterfall_groups;

/* By section of the scenario when `file` is NULL. Else by a YAML file that maps names to lists of keys, of which the longest that fits a differing key
 * decides; what none fits becomes the group "rest". Clear it whether or not this succeeds. Errors of the file; UNKNOWN_KEY for what is no key of a
 * scenario; LIMIT. */
csim_status csim_waterfall_groups_make(const csim_differences *differences, const char *file, csim_waterfall_groups *out, csim_error *err);
/* Makes the groups at `first` and `second` one, named "a+b" and standing where the first stood. */
void csim_waterfall_groups_join(csim_waterfall_groups *self, size_t differences, size_t first, size_t second);
void csim_waterfall_groups_clear(csim_waterfall_groups *self);

#endif
