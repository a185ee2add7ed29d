/* Derivatives of open families, in thousands (docs/model.md §8). They act on suitability for narrow tasks next month. */
#include <string.h>

#include "csim/model/block.h"
#include "kernels/lanes.h"

void csim_ecosystem_start(csim_block *b) {
    for (int j = 0; j < b->plan->offerings; j++) memcpy(b->derivatives[j], IN(b, ECO_N0, j), sizeof b->derivatives[j]);
}

/* New derivatives go to families in proportion to breadth × developers' use outside china. */
void csim_ecosystem_step(csim_block *b) {
    const csim_plan *plan = b->plan;
    const double *start = IN(b, ECO_FLOW, 0), *growth = IN(b, ECO_GAMMA_N, 0);
    const double fading = (1.0 - moe_exp(-0.2 * b->y)) / 0.2;
    double pull[P] = {0}, flow[P];
    memcpy(b->derivatives_before, b->derivatives, sizeof b->derivatives_before); /* what this month's suitability was made with; §9 needs it again */
    for (int j = 0; j < plan->offerings; j++)
        if (csim_is_open(plan, j)) MOE_LANES(p) pull[p] += IN(b, ECO_BREADTH, j)[p] * b->abroad_share[plan->developers][j][p];
    MOE_LANES(p) flow[p] = start[p] / 12.0 * moe_exp(growth[p] * fading) / moe_max(pull[p], 1e-300);
    for (int j = 0; j < plan->offerings; j++)
        if (csim_is_open(plan, j)) MOE_LANES(p) b->derivatives[j][p] += flow[p] * (IN(b, ECO_BREADTH, j)[p] * b->abroad_share[plan->developers][j][p]);
}
