/* A batch: many runs from one file. Reads a batch file (docs/batch.md) or a folder of scenarios into a list of items; a grid becomes one item a cell, with
 * the text of a scenario that extends the cell's base. Knows no threads and runs nothing: csim/cli/batch_command.c does. */
#ifndef CSIM_BATCH_BATCH_H
#define CSIM_BATCH_BATCH_H

#include "csim/scenario/scenario.h"

enum { CSIM_BATCH_FORMAT = 1, CSIM_BATCH_MAX_KEYS = 8, CSIM_BATCH_MAX_VALUES = 256, CSIM_BATCH_MAX_ITEMS = 4096 };

typedef struct csim_batch_item {
    const char *name;     /* unique in the batch; the folder of its results */
    const char *scenario; /* what to load: a shipped name or a path; NULL for a cell */
    const char *text;     /* a cell's scenario; NULL for others */
    const char *base;     /* what a cell extends; "" for others */
    const char *label[CSIM_BATCH_MAX_KEYS]; /* a cell's values by the batch's keys; "" for others */
} csim_batch_item;

typedef struct csim_batch {
    const char *name, *title, *file; /* file: the batch file or the folder */
    long long paths, seed;           /* −1: each scenario's own */
    bool contrasts, report;
    int month;                       /* of the index's headline numbers; CSIM_NO_MONTH: the last of each run */
    size_t keys;                     /* of the grid */
    const char *key[CSIM_BATCH_MAX_KEYS];
    size_t items;
    const csim_batch_item *item;
    size_t left_out;                 /* files of a folder that are no scenarios */
} csim_batch;

/* `name`: a batch file, a folder, or the bare name of a shipped batch. *out is to be freed with csim_batch_free. Errors as csim_scenario_load's, each with
 * its place in the batch file; every value of a grid is checked on its own base. A listed scenario's own faults show when it is run. */
csim_status csim_batch_load(const char *name, csim_batch **out, csim_error *err);
/* The cells of a grid over a scenario that is loaded. `text`: YAML, the map of keys and values as it stands in grid.keys of a batch file; `name` stands in the titles of
 * the cells as that of a batch does. Items have a name, labels and, as text, the changes that csim_scenario_change makes of `base`. */
csim_status csim_batch_cells(const csim_scenario *base, const char *name, const char *text, size_t size, csim_batch **out, csim_error *err);
void csim_batch_free(csim_batch *batch);

#endif
