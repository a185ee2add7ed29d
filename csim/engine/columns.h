/* A plan run for some numbers of every path and nothing else: the columns that comparisons pair. Owns the run, in pieces of which memory holds one. Must not
 * know what the numbers are compared with. */
#ifndef CSIM_ENGINE_COLUMNS_H
#define CSIM_ENGINE_COLUMNS_H

#include <stdatomic.h>

#include "csim/engine/engine.h"

enum { CSIM_COLUMNS_PIECE = 4096 };

typedef struct csim_columns csim_columns;

/* `wanted` are slots and months of `plan`, which is copied. Of `options` seed, first_path, paths and threads are used. Errors are those of csim_run_new;
 * LIMIT for more than CSIM_MAX_SCALARS columns. */
csim_status csim_columns_new(const csim_plan *plan, const csim_plan_scalar *wanted, size_t count, int with_readings, const csim_run_options *options,
                             csim_columns **out, csim_error *err);
void csim_columns_free(csim_columns *self);

/* As csim_run_advance. RUN_FAILED when more than .1 % of a piece's paths were stopped. */
csim_status csim_columns_advance(csim_columns *self, double seconds, const atomic_int *cancel, csim_error *err);
uint32_t csim_columns_done(const csim_columns *self);
uint32_t csim_columns_paths(const csim_columns *self);

/* Brings the columns up to the paths that are done though the piece at hand is not finished: how a question is answered while its run goes on. After an
 * advance that was cancelled nothing is added, because a path before others may be missing; the next one that is not makes up for it. */
void csim_columns_catch_up(csim_columns *self);
/* How many paths the columns hold: the first ones. At most those done. */
uint32_t csim_columns_known(const csim_columns *self);

/* [paths], NAN where a path was stopped by the last month that a column or reading looks at. Borrowed. */
const double *csim_columns_value(const csim_columns *self, size_t column);
/* [paths] of csim_hit: what each path says of reading `reading` of the plan. Borrowed; NULL without readings. */
const unsigned char *csim_columns_hit(const csim_columns *self, int reading);

#endif
