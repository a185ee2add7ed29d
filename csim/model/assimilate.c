/* The pull of shares and tastes towards what was observed (docs/model.md §13), before the choice of a month.
 * Prices, levels and lags are pulled inside their own steps. */
#include "csim/model/block.h"
#include "kernels/lanes.h"

enum { CN, OTHER, NESTS };

/* d_n: observed log-odds of an open nest against closed less the model's, within ±2. `bias` is what the series adds to log-odds. */
static void find_distance(const csim_plan *plan, double shares[][P], double observed[NESTS], const double *bias, double distance[NESTS][P]) {
    double model[NESTS][P] = {{0}}, closed[P] = {0};
    for (int j = 0; j < plan->offerings; j++) {
        double *to = !csim_is_open(plan, j) ? closed : plan->group[j] == CSIM_CN_OPEN ? model[CN] : model[OTHER];
        MOE_LANES(p) to[p] += shares[j][p];
    }
    const double observed_closed = 1.0 - observed[CN] - observed[OTHER];
    for (int n = 0; n < NESTS; n++) {
        const double ln_odds = moe_log(observed[n] / observed_closed);
        double *d = distance[n], *of_nest = model[n];
        MOE_LANES(p) d[p] = moe_clip(ln_odds - bias[p] - moe_log(of_nest[p] / closed[p]), -2.0, 2.0);
    }
}

static void pull_tastes(csim_block *b, int s, const double *gain, double distance[NESTS][P]) {
    MOE_LANES(p) {
        b->taste_cn[s][p] += gain[p] * distance[CN][p];
        b->taste_other[s][p] += gain[p] * distance[OTHER][p];
    }
}

/* s_j ·= e^(gain d_n), renormalised. */
static void pull_market(csim_block *b, int s, int r, const double *gain, double distance[NESTS][P]) {
    const csim_plan *plan = b->plan;
    double factor[NESTS][P], sum[P] = {0};
    for (int n = 0; n < NESTS; n++) MOE_LANES(p) factor[n][p] = moe_exp(gain[p] * distance[n][p]);
    for (int j = 0; j < plan->offerings; j++) {
        double *share = b->share[s][r][j];
        const double *by = factor[plan->group[j] == CSIM_CN_OPEN ? CN : OTHER];
        if (csim_is_open(plan, j)) MOE_LANES(p) share[p] *= by[p];
        MOE_LANES(p) sum[p] += share[p];
    }
    for (int j = 0; j < plan->offerings; j++) MOE_LANES(p) b->share[s][r][j][p] /= sum[p];
}

/* Developers: the series is OpenRouter's, hence the bias; all regions outside china. */
static void pull_developers(csim_block *b) {
    const csim_plan *plan = b->plan;
    const int s = plan->developers;
    double observed[NESTS] = {plan->obs_developers[CN][b->t], plan->obs_developers[OTHER][b->t]}, distance[NESTS][P];
    find_distance(plan, b->abroad_share[s], observed, IN(b, CHOICE_B_OR, 0), distance);
    pull_tastes(b, s, IN(b, NUDGE_DEV_TASTE, 0), distance);
    for (int r = 0; r < plan->regions; r++)
        if (r != plan->china) pull_market(b, s, r, IN(b, NUDGE_DEV_SHARE, 0), distance);
}

/* Enterprise: large and mid firms share one distance; the surveyed regions. */
static void pull_enterprise(csim_block *b) {
    const csim_plan *plan = b->plan;
    const double none[P] = {0};
    double observed[NESTS] = {plan->obs_enterprise[CN][b->t], plan->obs_enterprise[OTHER][b->t]}, distance[NESTS][P];
    find_distance(plan, b->enterprise_share, observed, none, distance);
    for (int s = 0; s < plan->segments; s++) {
        if (s != plan->large_firms && s != plan->mid_firms) continue;
        pull_tastes(b, s, IN(b, NUDGE_ENT_TASTE, 0), distance);
        for (int r = 0; r < plan->regions; r++)
            if (plan->enterprise_region[r]) pull_market(b, s, r, IN(b, NUDGE_ENT_SHARE, 0), distance);
    }
}

void csim_assimilate_shares(csim_block *b) {
    const csim_plan *plan = b->plan;
    if (b->t < 1 || b->t > plan->assimilate_until) return;
    if (plan->has_developers) pull_developers(b);
    if (plan->has_enterprise) pull_enterprise(b);
}
