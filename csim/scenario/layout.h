/* Where what may stand in a scenario: one view over layout.def, inputs.def and levers.def. Knows paths, not values. */
#ifndef CSIM_SCENARIO_LAYOUT_H
#define CSIM_SCENARIO_LAYOUT_H

#include <stddef.h>

#include "csim/scenario/names.h"
#include "csim/scenario/scenario.h"
#include "csim/scenario/yaml_tree.h"

typedef enum csim_key_kind {
    CSIM_KEY_INTEGER, CSIM_KEY_NUMBER, CSIM_KEY_TEXT, CSIM_KEY_CHOICE, CSIM_KEY_NAME, CSIM_KEY_FLAG, CSIM_KEY_MONTH, CSIM_KEY_MONTH_OR_NEVER,
    CSIM_KEY_NAMES, CSIM_KEY_DATED, CSIM_KEY_LADDER, CSIM_KEY_PAIRS, CSIM_KEY_INPUT, CSIM_KEY_LEVER
} csim_key_kind;

/* One row of one of the three tables. `suffix` names the index sets that follow an input's or lever's key: "", "@segment", "@segment.@offering". */
typedef struct csim_key { const char *path, *suffix; csim_key_kind kind; int id; const char *choices, *text; } csim_key;

size_t csim_layout_count(void);
csim_key csim_layout_get(size_t i);      /* 0 … count − 1: layout.def, then inputs.def, then levers.def */
const char *csim_layout_suffix(csim_index_set index);

/* A path of plain names, outermost first. */
typedef struct csim_path { size_t count; const char *part[CSIM_YAML_MAX_DEPTH + 1]; } csim_path;
char *csim_path_text(const csim_path *path, char *text, size_t size); /* "choice.alpha.developers" */

typedef enum csim_place { CSIM_PLACE_UNKNOWN, CSIM_PLACE_MAP, CSIM_PLACE_VALUE } csim_place;

/* What stands at a path. With a scenario, index names must be its own; without one any name will do. */
csim_place csim_layout_find(const csim_path *path, const csim_scenario *sets, csim_key *key);

/* The names allowed below a path. *index is the marker ("@segment") when all of them are names of one set, else NULL. */
void csim_layout_below(const csim_path *path, const csim_scenario *sets, csim_names *out, const char **index);

/* Refuses the first key of a merged tree that the layout does not know, and maps where values belong or the reverse. */
csim_status csim_layout_check(const csim_node *root, const csim_scenario *sets, csim_error *err);

#endif
