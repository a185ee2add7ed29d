/* How many tokens are used, served and paid for (docs/model.md §7). Reads shares and prices of this month; keeps what next month's prices need. */
#include <string.h>

#include "csim/model/block.h"
#include "kernels/lanes.h"

/* Q_jsr = Q_sr s_jsr summed over regions and segments; token shares and closed tokens for next month's prices. */
static void share_tokens(csim_block *b) {
    const csim_plan *plan = b->plan;
    memset(b->tokens_offering, 0, sizeof b->tokens_offering);
    memset(b->tier_tokens, 0, sizeof b->tier_tokens);
    memset(b->tokens_china, 0, sizeof b->tokens_china);
    MOE_LANES(p) b->closed_tokens[p] = 0.0;
    for (int j = 0; j < plan->offerings; j++) {
        for (int s = 0; s < plan->segments; s++) {
            const double *tier = IN(b, DEMAND_TIER, s), *in_china = b->share[s][plan->china][j];
            MOE_LANES(p) {
                const double tokens = b->tokens_segment[s][p] * b->segment_share[s][j][p];
                b->tokens_offering[j][p] += tokens;
                b->tier_tokens[j][p] += tokens * tier[p];
                b->tokens_china[j][p] += b->tokens[s][plan->china][p] * in_china[p];
            }
        }
        MOE_LANES(p) b->token_share[j][p] = b->tokens_offering[j][p] / b->tokens_total[p];
        if (csim_is_closed_us(plan, j)) MOE_LANES(p) b->closed_tokens[p] += b->tokens_offering[j][p];
    }
}

/* Spreads a total over markets as first use and use a user say: tokens_sr ∝ F_s q_sr. */
static void spread_tokens(csim_block *b, const double *total) {
    const csim_plan *plan = b->plan;
    double wanted[P] = {0};
    for (int s = 0; s < plan->segments; s++)
        for (int r = 0; r < plan->regions; r++) MOE_LANES(p) wanted[p] += b->first_use[s][p] * b->demand_weight[s][r][p];
    for (int s = 0; s < plan->segments; s++) {
        MOE_LANES(p) b->tokens_segment[s][p] = 0.0;
        for (int r = 0; r < plan->regions; r++)
            MOE_LANES(p) {
                b->tokens[s][r][p] = total[p] * (b->first_use[s][p] * b->demand_weight[s][r][p] / wanted[p]);
                b->tokens_segment[s][p] += b->tokens[s][r][p];
            }
    }
    MOE_LANES(p) b->tokens_total[p] = total[p];
}

/* The state before the first month: tokens of the start in initial shares; demand_weight is q⁰. */
void csim_demand_start(csim_block *b) {
    const csim_plan *plan = b->plan;
    const double *world = IN(b, DEMAND_Q0, 0);
    double total[P] = {0};
    for (int s = 0; s < plan->segments; s++) {
        const double *first = IN(b, DEMAND_F0, s), *segment = IN(b, DEMAND_SEGMENT_WEIGHT, s);
        memcpy(b->first_use[s], first, sizeof b->first_use[s]);
        for (int r = 0; r < plan->regions; r++) {
            const double *region = IN(b, DEMAND_REGION_WEIGHT, r);
            MOE_LANES(p) {
                b->demand_weight[s][r][p] = world[p] * segment[p] * region[p] / first[p];
                total[p] += world[p] * segment[p] * region[p];
            }
        }
    }
    MOE_LANES(p) {
        b->ln_use[p] = b->ln_price_index[p] = b->ln_demand[p] = b->ln_capacity[p] = 0.0;
        b->spend_total[p] = b->budget_use[p] = 0.0;
        b->spend_start[p] = -1.0;
    }
    spread_tokens(b, total);
    share_tokens(b);
}

/* First use: Bass. */
static void move_first_use(csim_block *b) {
    const double *alone = IN(b, DEMAND_P, 0), *example = IN(b, DEMAND_Q, 0);
    for (int s = 0; s < b->plan->segments; s++) {
        const double *ceiling = IN(b, DEMAND_CEILING, s);
        double *use = b->first_use[s];
        MOE_LANES(p) use[p] += (alone[p] + example[p] * use[p]) * moe_max(ceiling[p] - use[p], 0.0) / 12.0;
    }
}

/* g_Q: linear over the 28 months from 2024-01 to 2026-05, then fading. */
static void find_trend(const csim_block *b, double *trend) {
    const double *first = IN(b, DEMAND_G24, 0), *last = IN(b, DEMAND_G26, 0), *decay = IN(b, DEMAND_G_DECAY, 0);
    const double past = b->t - b->plan->month_2026_05, way = moe_clip((past + 28.0) / 28.0, 0.0, 1.0), fading = moe_max(past, 0.0) / 12.0;
    MOE_LANES(p) trend[p] = (first[p] + (last[p] - first[p]) * way) * moe_exp(-decay[p] * fading);
}

/* Δ ln p̄: this month's prices, last month's token shares, held within ±.2; none at t = 0. */
static void find_price_step(csim_block *b, double *step) {
    double index[P] = {0};
    const double started = b->t > 0 ? 1.0 : 0.0;
    for (int j = 0; j < b->plan->offerings; j++) MOE_LANES(p) index[p] += b->token_share[j][p] * b->ln_price[j][p];
    MOE_LANES(p) {
        step[p] = started * moe_clip(index[p] - b->ln_price_index[p], -0.2, 0.2);
        b->ln_price_index[p] = index[p];
    }
}

/* The month whose spend the budget is compared with: no budget up to and including it. */
static int budget_month(const csim_plan *plan) {
    const int month = plan->assimilate_until > plan->month_2025_09 ? plan->assimilate_until : plan->month_2025_09;
    return month > 0 ? month : 0;
}

/* Budget: spend of last month over a share of the wage bill of what is automated, at least over twice the spend of the start. */
static void find_budget_use(csim_block *b) {
    const double *part = IN(b, DEMAND_BUDGET_SHARE, 0), *wages = IN(b, DEMAND_WAGE_BILL, 0);
    const double holds = b->t > budget_month(b->plan) ? 1.0 : 0.0;
    MOE_LANES(p) {
        const double budget = moe_max(part[p] * b->automation[p] * wages[p], 2.0 * b->spend_start[p]);
        b->budget_use[p] = holds * (b->spend_total[p] * 12.0 / 1000.0) / moe_max(budget, 1e-300);
    }
}

/* Use a user: trend, price elasticity, tokens a task, the brake of budgets on growth, noise. */
static void move_use(csim_block *b) {
    const double *elasticity = IN(b, DEMAND_E_Q, 0), *noise = IN(b, DEMAND_NOISE, 0), *z = b->z_demand[b->t & 1];
    double trend[P], step[P];
    find_trend(b, trend);
    find_price_step(b, step);
    find_budget_use(b);
    MOE_LANES(p) {
        const double growth = trend[p] / 12.0 - elasticity[p] * step[p] + b->ln_tokens_step[p];
        const double braked = growth * moe_max(1.0 - b->budget_use[p], 0.0);
        b->ln_use[p] += (growth > 0.0 ? braked : growth) + noise[p] * z[p];
    }
}

/* D_s = Σ_r F_s q_sr and their sum. */
static void find_demand(const csim_block *b, double by_segment[][P], double *sum) {
    const csim_plan *plan = b->plan;
    double use[P];
    MOE_LANES(p) use[p] = moe_exp(b->ln_use[p]);
    MOE_LANES(p) sum[p] = 0.0;
    for (int s = 0; s < plan->segments; s++) {
        double *demand = by_segment[s], weight[P] = {0};
        for (int r = 0; r < plan->regions; r++) MOE_LANES(p) weight[p] += b->demand_weight[s][r][p];
        MOE_LANES(p) {
            demand[p] = b->first_use[s][p] * use[p] * weight[p];
            sum[p] += demand[p];
        }
    }
}

/* hs̄: H100e-seconds of a token in the month's mix of offerings and segments. */
static void find_token_seconds(const csim_block *b, double by_segment[][P], const double *sum, double *seconds) {
    const csim_plan *plan = b->plan;
    const double *overhead = IN(b, FIN_SERVE_OVERHEAD, 0);
    MOE_LANES(p) seconds[p] = 0.0;
    for (int s = 0; s < plan->segments; s++) {
        const double *tier = IN(b, DEMAND_TIER, s);
        double mix[P] = {0};
        for (int j = 0; j < plan->offerings; j++) MOE_LANES(p) mix[p] += b->segment_share[s][j][p] * b->merchant[j].h100e_s[p];
        MOE_LANES(p) seconds[p] += by_segment[s][p] * tier[p] * mix[p];
    }
    MOE_LANES(p) seconds[p] *= overhead[p] / sum[p];
}

/* Demand at most e times capacity; what is served bends below both. */
static void serve(csim_block *b) {
    const double *serving = IN(b, DEMAND_INF_SHARE, 0);
    double by_segment[NS][P], sum[P], seconds[P], served[P];
    find_demand(b, by_segment, sum);
    find_token_seconds(b, by_segment, sum, seconds);
    MOE_LANES(p) {
        b->ln_capacity[p] = moe_log(serving[p] * (b->k_us[p] + b->k_cn[p]) * 2.63 / seconds[p]);
        b->ln_demand[p] = moe_log(sum[p]);
    }
    MOE_LANES(p) {
        const double excess = moe_max(b->ln_demand[p] - b->ln_capacity[p] - 1.0, 0.0);
        b->ln_use[p] -= excess;
        b->ln_demand[p] -= excess;
        const double load = b->ln_demand[p] - b->ln_capacity[p];
        served[p] = moe_exp(b->ln_demand[p] - 0.25 * moe_softplus(4.0 * load));
    }
    spread_tokens(b, served);
}

/* Spend: bills at list price times realised over list; consumers are not billed by the token. */
static void bill(csim_block *b) {
    const csim_plan *plan = b->plan;
    const double *paid = IN(b, DEMAND_PAID, 0);
    MOE_LANES(p) b->spend_total[p] = 0.0;
    for (int j = 0; j < plan->offerings; j++)
        for (int s = 0; s < plan->segments; s++) {
            const double billed = s == plan->consumers ? 0.0 : 1.0;
            MOE_LANES(p) {
                b->spend[j][s][p] = billed * b->tokens_segment[s][p] * b->segment_share[s][j][p] * paid[p] * b->price[j][p] * b->realised[p];
                b->spend_total[p] += b->spend[j][s][p];
            }
        }
    if (b->t == budget_month(plan)) MOE_LANES(p) b->spend_start[p] = b->spend_total[p] * 12.0 / 1000.0;
}

void csim_demand_step(csim_block *b) {
    move_first_use(b);
    move_use(b);
    serve(b);
    share_tokens(b);
    bill(b);
}
