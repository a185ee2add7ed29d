/* The index of a batch: one row a run, as CSV and as a workbook, made from the run files. */
#ifndef CSIM_BATCH_INDEX_H
#define CSIM_BATCH_INDEX_H

#include "csim/batch/batch.h"
#include "csim/engine/claims.h"

typedef enum csim_batch_status { CSIM_BATCH_NOT_RUN, CSIM_BATCH_OK, CSIM_BATCH_KEPT /* was done already */, CSIM_BATCH_FAILED } csim_batch_status;
const char *csim_batch_status_name(csim_batch_status status); /* "not run", "ok", "kept", "failed" */

enum { CSIM_BATCH_HEADLINES = 14, CSIM_BATCH_SENTENCE = 1024 };
extern const char *const csim_batch_headlines[CSIM_BATCH_HEADLINES]; /* the series of the index */

typedef struct csim_batch_headline { csim_estimate p5, p50, p95; } csim_batch_headline;

/* What the index says of one run. What is not known is NAN, 0 or "". */
typedef struct csim_batch_row {
    const csim_batch_item *item;
    csim_batch_status status;
    char sentence[CSIM_BATCH_SENTENCE]; /* why it failed */
    uint64_t paths, seed, stopped;
    double seconds;
    char digest[65];
    int month;                          /* of the headlines, since 2000-01 */
    bool has_report;
    csim_batch_headline headline[CSIM_BATCH_HEADLINES];
    size_t claims;
    csim_claim_result *claim;           /* owned: csim_batch_row_clear */
} csim_batch_row;

/* Fills a row from the run file of folder/item. FILE_* when it cannot be read. */
csim_status csim_batch_row_read(csim_batch_row *row, const csim_batch *batch, const char *folder, csim_error *err);
void csim_batch_row_clear(csim_batch_row *row);

/* Write folder/index.csv and folder/index.xlsx, each whole or not at all; `created_unix_s` is the workbook's own time. */
csim_status csim_batch_write_csv(const csim_batch *batch, const csim_batch_row *rows, const char *folder, csim_error *err);
csim_status csim_batch_write_workbook(const csim_batch *batch, const csim_batch_row *rows, const char *folder, int64_t created_unix_s, csim_error *err);

#endif
