/* List prices (docs/model.md §5): targets from cost, mark-up and recovery of capital, strategy as a persistent shock, stickiness, assimilation.
 * Reads costs of this month, shares and quantities of the last one. Must not know who buys. */
#include "csim/model/block.h"
#include "kernels/lanes.h"

void csim_price_start(csim_block *b) {
    for (int j = 0; j < b->plan->offerings; j++) {
        const double *list = IN(b, PRICE_START, j), *tokens = IN(b, CHOICE_TOKENS_PER_TASK, j), *spread = IN(b, PRICE_SIGMA_LIST, 0);
        MOE_LANES(p) {
            b->price[j][p] = list[p];
            b->ln_price[j][p] = moe_log(list[p]);
            b->ln_price_target[j][p] = b->ln_price[j][p];
            b->ln_task[j][p] = moe_log(tokens[p]);
            b->strategy[j][p] = spread[p] * b->z_price0[j][p];
        }
    }
}

/* ln p̄_c (closed-us) or ln p̄_o (open): logs weighted with last month's token shares. An empty group gives 0. */
static void find_mean_price(const csim_block *b, int open, double *ln_mean) {
    double weight[P] = {0}, sum[P] = {0};
    for (int j = 0; j < b->plan->offerings; j++) {
        if (open ? !csim_is_open(b->plan, j) : !csim_is_closed_us(b->plan, j)) continue;
        MOE_LANES(p) {
            weight[p] += b->token_share[j][p];
            sum[p] += b->token_share[j][p] * b->ln_price[j][p];
        }
    }
    MOE_LANES(p) ln_mean[p] = sum[p] / moe_max(weight[p], 1e-300);
}

/* ψ/a_p: the mark-up of an owner without market share. */
static void find_moat(const csim_block *b, double *moat) {
    const double *slope = IN(b, PRICE_ETA_G, 0), *sensitivity = IN(b, PRICE_A_P, 0);
    double power[P];
    MOE_LANES(p) power[p] = moe_exp(slope[p] * (moe_max(b->best_closed[p] - b->best_open[p], 0.0) / 7.0 - 1.0));
    MOE_LANES(p) moat[p] = moe_clip(power[p], 0.2, 3.0) / sensitivity[p];
}

/* Capital other than that which serves, to be recovered from each paid token: $M a month over T tokens is $/M. */
static void find_recovery(const csim_block *b, double *recovery) {
    const double *part = IN(b, PRICE_OMEGA, 0), *hurdle = IN(b, FIN_HURDLE, 0), *dep = IN(b, FIN_DEP, 0), *serving = IN(b, FIN_INFER_SHARE, 0);
    const double *paid = IN(b, DEMAND_PAID, 0);
    MOE_LANES(p) recovery[p] = part[p] * (hurdle[p] + dep[p]) * b->capital[p] * (1.0 - serving[p]) / (12.0 * b->closed_tokens[p] * paid[p]);
}

/* σ_own: token share of everything that j's owner owns. */
static void find_owner_share(const csim_block *b, int j, double *owned) {
    MOE_LANES(p) owned[p] = 0.0;
    for (int i = 0; i < b->plan->offerings; i++)
        MOE_LANES(p) {
            const double share = b->token_share[i][p];
            owned[p] += b->owner[i][p] == b->owner[j][p] ? share : 0.0;
        }
}

/* 1 when the lever stands at `neutral` on all paths: its term would then add exactly nothing. */
static int is_idle(const double *lever, double neutral) {
    int others = 0;
    for (int p = 0; p < P; p++) others |= lever[p] != neutral;
    return !others;
}

/* Closed US: cost, mark-up, recovery of capital up to twice both; then the response to open prices. */
static void find_closed_target(csim_block *b, int j, const double *moat, const double *recovery, const double *ln_open, double *ln_target) {
    const double *cost = b->cost[j], *response = LV(b, PRICE_RESPONSE, 0);
    double owned[P], target[P], met[P];
    find_owner_share(b, j, owned);
    MOE_LANES(p) {
        const double base = cost[p] + moat[p] / (1.0 - moe_min(owned[p], 0.9));
        target[p] = base + moe_min(recovery[p], 2.0 * base);
        b->recovery_capped[p] += recovery[p] > 2.0 * base ? 1.0 : 0.0;
    }
    MOE_LANES(p) ln_target[p] = moe_log(target[p]);
    if (is_idle(response, 0.0)) return;
    MOE_LANES(p) met[p] = moe_max(cost[p], moe_min(target[p], moe_exp(ln_open[p])));
    MOE_LANES(p) ln_target[p] = (1.0 - response[p]) * ln_target[p] + response[p] * moe_log(met[p]);
}

/* Open and closed-cn: cost and margin, following a sixth of the closed price in part; Chinese open list prices pass a subsidy on. */
static void find_follower_target(const csim_block *b, int j, const double *ln_closed, double *ln_target) {
    const double *margin = IN(b, PRICE_M_O, 0), *follow = IN(b, PRICE_OPEN_FOLLOW, 0), *subsidy = LV(b, CN_SUBSIDY, 0);
    const double ln_6 = 1.791759469228055;
    MOE_LANES(p) {
        const double own = moe_log(b->cost[j][p] * (1.0 + margin[p]));
        ln_target[p] = (1.0 - follow[p]) * own + follow[p] * moe_max(own, ln_closed[p] - ln_6);
    }
    if (b->plan->group[j] == CSIM_CN_OPEN && !is_idle(subsidy, 0.0)) MOE_LANES(p) ln_target[p] += moe_log(1.0 - subsidy[p]);
}

/* What moves every target: scarcity (none at t = 0), the lever, strategy. */
static void add_common_terms(csim_block *b, int j, double *ln_target) {
    const double *scarcity = IN(b, PRICE_SCARCITY, 0), *persistence = IN(b, PRICE_PERSISTENCE, 0), *spread = IN(b, PRICE_SIGMA_LIST, 0);
    const double *factor = LV(b, PRICE_FACTOR, j), *z = b->z_price[j][b->t & 1];
    const double started = b->t > 0 ? 1.0 : 0.0;
    MOE_LANES(p) {
        const double tight = started * moe_clip(b->ln_demand[p] - b->ln_capacity[p] + 0.7, 0.0, 1.5);
        b->strategy[j][p] = persistence[p] * b->strategy[j][p] + spread[p] * sqrt(1.0 - persistence[p] * persistence[p]) * z[p];
        ln_target[p] += scarcity[p] * tight + b->strategy[j][p];
    }
    if (!is_idle(factor, 1.0)) MOE_LANES(p) ln_target[p] += moe_log(factor[p]);
}

/* §13 within §5: prices and what strategy must have been are pulled to the observed series. */
static void assimilate_price(csim_block *b, int j) {
    const double *gain = IN(b, NUDGE_PRICE, 0), *shock_gain = IN(b, NUDGE_PRICE_SHOCK, 0);
    const double observed = b->plan->obs_ln_price[j][b->t];
    MOE_LANES(p) {
        b->strategy[j][p] += shock_gain[p] * (observed - b->ln_price_target[j][p]);
        b->ln_price[j][p] = (1.0 - gain[p]) * b->ln_price[j][p] + gain[p] * observed;
    }
}

static void move_price(csim_block *b, int j, const double *ln_target) {
    const double *speed = IN(b, PRICE_K_P, 0);
    MOE_LANES(p) {
        b->ln_price_target[j][p] = ln_target[p];
        b->ln_price[j][p] += speed[p] * (ln_target[p] - b->ln_price[j][p]);
    }
    if (b->t <= b->plan->assimilate_until && b->plan->has_price[j]) assimilate_price(b, j);
    MOE_LANES(p) b->price[j][p] = moe_exp(b->ln_price[j][p]);
}

/* ρ: caching, batch and discounts; ln-linear over the 28 months from 2024-01 to 2026-05, then flat. */
static void move_realised(csim_block *b) {
    const double *first = IN(b, PRICE_REALISED_START, 0), *last = IN(b, PRICE_REALISED_2026, 0);
    const double way = moe_clip((b->t - b->plan->month_2026_05 + 28) / 28.0, 0.0, 1.0);
    MOE_LANES(p) b->realised[p] = moe_exp((1.0 - way) * moe_log(first[p]) + way * moe_log(last[p]));
}

void csim_price_step(csim_block *b) {
    const csim_plan *plan = b->plan;
    double ln_closed[P], ln_open[P], moat[P], recovery[P], ln_target[P];
    int closed_us = 0;
    find_mean_price(b, 0, ln_closed);
    find_mean_price(b, 1, ln_open);
    find_moat(b, moat);
    find_recovery(b, recovery);
    MOE_LANES(p) b->recovery_capped[p] = 0.0;
    for (int j = 0; j < plan->offerings; j++) {
        if (csim_is_closed_us(plan, j)) {
            find_closed_target(b, j, moat, recovery, ln_open, ln_target);
            closed_us++;
        } else {
            find_follower_target(b, j, ln_closed, ln_target);
        }
        add_common_terms(b, j, ln_target);
        move_price(b, j, ln_target);
    }
    const double each = closed_us ? 1.0 / closed_us : 0.0;
    MOE_LANES(p) b->recovery_capped[p] *= each;
    move_realised(b);
    find_mean_price(b, 0, b->ln_price_closed); /* this month's prices, last month's shares: read by §9 and §12 */
    find_mean_price(b, 1, b->ln_price_open);
}
