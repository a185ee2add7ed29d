/* What the two forms of the index share: the readings that stand in its columns. Internal to csim/batch/. */
#ifndef CSIM_BATCH_INDEX_PARTS_H
#define CSIM_BATCH_INDEX_PARTS_H

#include "csim/batch/index.h"

typedef struct csim_index_reading { const char *claim, *reading; } csim_index_reading; /* borrowed from the rows */

/* Every reading of any run, once, in order of appearance. malloc'd. NO_MEMORY. */
csim_status csim_index_readings(const csim_batch *batch, const csim_batch_row *rows, csim_index_reading **out, size_t *count, csim_error *err);
bool csim_index_answer_find(const csim_index_reading *readings, size_t count, const csim_claim_result *claim);
const csim_claim_result *csim_index_answer(const csim_batch_row *row, const csim_index_reading *reading); /* NULL when the run has no such reading */

#endif
