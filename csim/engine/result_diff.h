/* Where two results lie further apart than their errors explain. The errors are those of each result alone: of results at one seed compare.h tells more. */
#ifndef CSIM_ENGINE_RESULT_DIFF_H
#define CSIM_ENGINE_RESULT_DIFF_H

#include "csim/engine/claims.h"
#include "csim/engine/engine.h"

#define CSIM_RESULT_DIFF_SIGMAS 2.0

/* Means of a headline series at the end of a year; `sigmas` is their distance over √(error of A² + error of B²), infinite when neither has an error. */
typedef struct csim_mean_difference { const char *series; /* borrowed from a's plan */ const char *unit; int month; csim_estimate a, b; double sigmas; } csim_mean_difference;

/* Answers of one reading: of another kind, or probabilities that far apart. */
typedef struct csim_answer_difference { const csim_claim_result *a, *b; /* borrowed */ double sigmas; } csim_answer_difference;

/* Those beyond CSIM_RESULT_DIFF_SIGMAS. *out is malloc'd (free). What only one side has is passed over. NO_MEMORY. */
csim_status csim_mean_differences(const csim_result *a, const csim_result *b, csim_mean_difference **out, size_t *count, csim_error *err);
csim_status csim_answer_differences(const csim_claim_result *a, size_t a_count, const csim_claim_result *b, size_t b_count, csim_answer_difference **out, size_t *count,
                                    csim_error *err);

#endif
