/* What the readers of a batch share. Internal to csim/batch/. */
#ifndef CSIM_BATCH_BATCH_PARTS_H
#define CSIM_BATCH_BATCH_PARTS_H

#include "csim/batch/batch.h"
#include "csim/scenario/reader.h"

typedef struct csim_batch_owner {
    csim_batch batch; /* first: a batch is its owner */
    csim_arena arena;
    csim_yaml_tree *tree;
    csim_batch_item *item;
    size_t room;
} csim_batch_owner;

/* One axis of a grid: a key and its values, with the label each has in names. */
typedef struct csim_batch_axis { const char *key, *short_name; const csim_node *node; size_t count; const char *label[CSIM_BATCH_MAX_VALUES]; csim_node *value[CSIM_BATCH_MAX_VALUES]; } csim_batch_axis;

/* Appends an item, whose name must be new; `node` is where it is asked for, NULL for a folder's file. */
csim_status csim_batch_add(csim_batch_owner *self, const csim_node *node, csim_batch_item item, csim_error *err);

/* A scenario as a batch names it: *name for folders and *load for csim_scenario_load; a shipped name must exist, a path must be a file. */
csim_status csim_batch_find_scenario(csim_reader *reader, const csim_node *node, const char *field, const char **name, const char **load);

/* grid.c: the cells of `grid`. */
csim_status csim_batch_read_grid(csim_batch_owner *self, csim_reader *reader, const csim_node *grid);

/* The same for a base that is loaded: `keys` is the map of keys and values. */
csim_status csim_batch_read_cells(csim_batch_owner *self, csim_reader *reader, const csim_scenario *base, const csim_node *keys);

/* cell.c: the text of the scenario `name` that changes `base` by one value of each axis; with base NULL the changes alone, for csim_scenario_change. malloc'd. */
csim_status csim_batch_cell_text(const csim_batch *batch, const char *name, const char *base, const csim_batch_axis *axis, const size_t *at, size_t axes, char **text,
                                 size_t *size, csim_error *err);

#endif
