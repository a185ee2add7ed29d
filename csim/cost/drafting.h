/* How many of the tokens drafted a step are accepted, by the kind of work: A(K) = 1 + α(1 − γ^K)/(1 − γ), at most K + 1. */
#ifndef CSIM_COST_DRAFTING_H
#define CSIM_COST_DRAFTING_H

#include "csim/base/status.h"
#include "csim/cost/token_cost.h"

/* benchmark: DeepSeek's published acceptance (1.92, 2.58, 2.82 tokens at K = 1, 2, 3); general: as reported for DeepSeek V4 in mixed use; agentic: traces of
 * agents, where 1.2 to 1.7 tokens pass. */
typedef enum csim_drafting { CSIM_DRAFTING_BENCHMARK, CSIM_DRAFTING_GENERAL, CSIM_DRAFTING_AGENTIC, CSIM_DRAFTINGS } csim_drafting;

enum { CSIM_DRAFT_MOST = 3 };

double csim_draft_accepted(csim_drafting kind, int depth);
const char *csim_drafting_name(csim_drafting kind);
csim_status csim_drafting_find(const char *name, csim_drafting *out, csim_error *err);

/* The depth from 0 to CSIM_DRAFT_MOST at which a request is cheapest, with its cost; question's own verified and accepted are not read. Without a price
 * of the hour INCONSISTENT, and `out` as csim_token_cost_of leaves it, at the depth that takes the least energy. */
csim_status csim_draft_best(const csim_model_entry *model, const csim_hardware_entry *hardware, const csim_cost_question *question, csim_drafting kind, int *depth,
                            csim_token_cost *out, csim_error *err);

#endif
