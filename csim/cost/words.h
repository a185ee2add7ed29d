/* Words that a question is asked in, and what they stand for; each UNKNOWN_NAME in its own field lists the allowed ones. */
#ifndef CSIM_COST_WORDS_H
#define CSIM_COST_WORDS_H

#include "csim/cost/serving.h"
#include "csim/base/error.h"

csim_status csim_stack_word(const char *word, moe_stack *out, csim_error *err);       /* "tuned", "default", "first" */
csim_status csim_pools_word(const char *word, int *one_pool, csim_error *err);        /* "split", "one" */
csim_status csim_layouts_word(const char *word, csim_layouts *out, csim_error *err);  /* "searched", "spread" */

#endif
