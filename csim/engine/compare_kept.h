/* Finished runs compared by the paths that both have kept: nothing is simulated. The numbers are those of csim_comparison over as many paths. Must not read
 * files, and must not decide what is compared. */
#ifndef CSIM_ENGINE_COMPARE_KEPT_H
#define CSIM_ENGINE_COMPARE_KEPT_H

#include "csim/engine/compare.h"

/* Why path n of both did not meet the same luck, in a few words ("another seed"); NULL: it did, and paths can be paired. */
const char *csim_compare_kept_obstacle(const csim_result *a, const csim_result *b);

/* B − A of a series in a month (since 2000-01) over the paths that both have kept; `side` is left alone. Where they cannot be paired, or one of them has not
 * kept that number, there are no pairs (difference.pairs = 0) and all else is NAN. NO_MEMORY. */
csim_status csim_compare_kept_numbers(const csim_result *a, const csim_result *b, const char *series, int month, csim_compare_row *out, csim_error *err);

/* The same for a claim's reading ("f500_60.primary"). Returns how many paths were paired. */
uint32_t csim_compare_kept_answers(const csim_result *a, const csim_result *b, const char *reading, csim_compare_claim *out);

#endif
