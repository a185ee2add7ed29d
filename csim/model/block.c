/* A block of paths: its memory, its start, and the order of a month (docs/model.md §0). Must not compute anything itself. */
#include <stddef.h>
#include <stdlib.h>

#include "csim/model/block.h"

enum { LINE = 64 }; /* bytes: no two threads' blocks share a line of the cache, and vectors are aligned */

csim_block *csim_block_new(void) { return aligned_alloc(LINE, (sizeof(csim_block) + LINE - 1) / LINE * LINE); }

void csim_block_free(csim_block *b) { free(b); }

/* Everything that is read before it is written starts at 0, so that no result can depend on the block's last use. */
void csim_block_start(csim_block *b, const csim_plan *plan, const csim_sampling *sampling, uint32_t first_path, int n) {
    memset(b, 0, offsetof(csim_block, seconds));
    b->plan = plan;
    b->sampling = sampling;
    b->first_path = first_path;
    b->n = n;
    csim_draws_start(b);
    csim_policy_start(b);
    csim_compute_start(b);
    csim_capability_start(b);
    csim_cost_start(b);
    csim_price_start(b);
    csim_choice_start(b);
    csim_demand_start(b);
    csim_ecosystem_start(b);
    csim_saas_start(b);
    csim_consumers_start(b);
    csim_finance_start(b);
    csim_silicon_start(b);
}

void csim_block_step(csim_block *b) {
    csim_draws_month(b);
    csim_policy_step(b);
    csim_compute_step(b);
    csim_capability_step(b);
    csim_cost_step(b);
    csim_price_step(b);
    csim_choice_step(b);
    csim_demand_step(b);
    csim_ecosystem_step(b);
    csim_saas_step(b);
    csim_consumers_step(b);
    csim_finance_step(b);
    csim_silicon_step(b);
    csim_outcomes_step(b);
    b->t++;
    b->y = b->t / 12.0;
}
