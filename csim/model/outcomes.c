/* The month's outcomes (docs/model.md §12), one slot an outcome and element. Reads everything, writes only outcomes and the levels that
 * csim_block_verify compares; firms.c and ranges.c do their parts. */
#include <string.h>

#include "csim/model/block.h"
#include "kernels/lanes.h"

/* Outcome `id`, element `e`: an array over paths. */
#define OUT(b, id, e) ((b)->outcome[(b)->plan->outcome_offset[CSIM_OUT_##id] + (e)])
#define PUT(b, id, e, value) memcpy(OUT(b, id, e), (value), sizeof OUT(b, id, e))

static const double YEARLY_BN = 12.0 / 1000.0; /* $M a month → $bn a year */

static void scale(double *out, const double *x, double factor) { MOE_LANES(p) out[p] = x[p] * factor; }

/* 0/0 is 0: a share of nothing. */
static void divide(double *out, const double *top, const double *bottom) { MOE_LANES(p) out[p] = top[p] / moe_max(bottom[p], 1e-300); }

static int is_cn_open(const csim_plan *plan, int j) { return plan->group[j] == CSIM_CN_OPEN; }
static int is_cn_closed(const csim_plan *plan, int j) { return plan->group[j] == CSIM_CLOSED_CN; }

/* The fleet that the offering's makers run: the controlled one for Chinese offerings. */
static const csim_fleet_cost *own_fleet(const csim_block *b, int j) { return csim_is_chinese(b->plan, j) ? &b->controlled[j] : &b->merchant[j]; }

/* out = Σ rows[j] over the offerings `counts`, its mean when `mean`. */
static void sum_over(const csim_plan *plan, int (*counts)(const csim_plan *, int), const double rows[][P], int mean, double *out) {
    int n = 0;
    MOE_LANES(p) out[p] = 0.0;
    for (int j = 0; j < plan->offerings; j++) {
        if (!counts(plan, j)) continue;
        MOE_LANES(p) out[p] += rows[j][p];
        n++;
    }
    if (mean && n > 1) scale(out, out, 1.0 / n);
}

/* --- policy, compute, capability ---------------------------------------------------------------------------------------------------------- */

static void put_compute(csim_block *b) {
    MOE_LANES(p) OUT(b, REGIME, 0)[p] = b->regime[p];
    PUT(b, K_US, 0, b->k_us);
    PUT(b, K_CN, 0, b->k_cn);
    PUT(b, COMPUTE_RATIO, 0, b->ratio);
    PUT(b, POWER, 0, b->power_gw);
    double *use = OUT(b, CAPACITY_USE, 0);
    MOE_LANES(p) use[p] = b->tokens_total[p] * moe_exp(-b->ln_capacity[p]);
}

static void put_capability(csim_block *b) {
    const csim_plan *plan = b->plan;
    double *gap = OUT(b, GAP, 0);
    PUT(b, FRONTIER, 0, b->frontier);
    PUT(b, LEVEL_CLOSED, 0, b->best_closed);
    PUT(b, LEVEL_CN_OPEN, 0, b->best_cn);
    PUT(b, LEVEL_OPEN, 0, b->best_open);
    MOE_LANES(p) gap[p] = b->best_closed[p] - b->best_open[p];
    PUT(b, LAG_AGE, 0, b->lag_age);
    PUT(b, LAG_STRUCTURAL, 0, b->lag_cn);
    for (int j = 0; j < plan->offerings; j++) PUT(b, LEVEL, j, b->level[j]);
    for (int s = 0; s < plan->segments; s++) PUT(b, SUITABILITY_RATIO, s, b->suitability_ratio[s]);
}

/* Cost of the frontier's level from scratch (§3), as log10 of $M. */
static void put_training(csim_block *b) {
    const double *start = IN(b, CAP_FRONTIER0, 0), *growth = IN(b, CAP_G_F, 0), *spent = IN(b, CAP_TRAIN_GROWTH, 0), *research = IN(b, CAP_RD_MULT, 0);
    const double ln_10 = 2.302585092994046, y = b->y;
    double *run = OUT(b, TRAIN_COST, 0), *all = OUT(b, TRAIN_RD, 0);
    PUT(b, TRAIN_RATIO, 0, b->train_ratio);
    MOE_LANES(p) {
        const double cheaper = moe_max(0.23 * growth[p] - spent[p], 0.0);
        run[p] = 2.0 + (0.23 * (b->frontier[p] - start[p]) - cheaper * y) / ln_10;
        all[p] = run[p] + moe_log(research[p]) / ln_10;
    }
}

/* --- cost and price ----------------------------------------------------------------------------------------------------------------------- */

/* Chinese open flagships on the controlled fleet and as served abroad, both against merchant GPUs; geometric means. */
static void put_penalties(csim_block *b) {
    const csim_plan *plan = b->plan;
    double first[P] = {0}, abroad[P] = {0}, merchant[P] = {0};
    int n = 0;
    for (int j = 0; j < plan->offerings; j++) {
        if (!is_cn_open(plan, j)) continue;
        MOE_LANES(p) first[p] += moe_log(b->controlled[j].blend[p]);
        MOE_LANES(p) abroad[p] += moe_log(b->cost_abroad[j][p]);
        MOE_LANES(p) merchant[p] += moe_log(b->merchant[j].blend[p]);
        n++;
    }
    const double each = n ? 1.0 / n : 0.0, some = n ? 1.0 : 0.0;
    double *cost_first = OUT(b, COST_CN_FIRST_PARTY, 0), *cost_abroad = OUT(b, COST_CN_ABROAD, 0);
    double *pass_first = OUT(b, PASS_FIRST, 0), *pass_abroad = OUT(b, PASS_ABROAD, 0);
    MOE_LANES(p) {
        cost_first[p] = some * moe_exp(first[p] * each);
        cost_abroad[p] = some * moe_exp(abroad[p] * each);
        pass_first[p] = (first[p] - merchant[p]) * each;
        pass_abroad[p] = (abroad[p] - merchant[p]) * each;
    }
}

static void put_cost(csim_block *b) {
    const csim_plan *plan = b->plan;
    const double *margin = IN(b, COST_HOST_MARGIN, 0);
    sum_over(plan, csim_is_closed_us, (const double(*)[P])b->cost, 1, OUT(b, COST_CLOSED, 0));
    sum_over(plan, csim_is_open, (const double(*)[P])b->cost, 1, OUT(b, COST_OPEN, 0));
    put_penalties(b);
    for (int j = 0; j < plan->offerings; j++) {
        const csim_fleet_cost *own = own_fleet(b, j);
        const double marked_up = csim_is_open(plan, j) ? 1.0 : 0.0;
        double *third = OUT(b, COST_THIRD_PARTY, j);
        PUT(b, COST_FLAGSHIP, j, b->cost[j]);
        PUT(b, COST_FIRST_PARTY, j, own->blend);
        PUT(b, ENERGY, j, own->joule);
        PUT(b, BATCH, j, own->batch);
        MOE_LANES(p) third[p] = b->merchant[j].blend[p] * (1.0 + marked_up * margin[p]);
    }
}

/* Reference closed over reference open; 0 where the scenario lacks one of them. */
static void put_ratios(csim_block *b) {
    const int closed = b->plan->reference_closed, open = b->plan->reference_open;
    double *cost = OUT(b, COST_RATIO, 0), *list = OUT(b, BLEND_RATIO, 0), *output = OUT(b, OUTPUT_RATIO, 0), *task = OUT(b, TASK_RATIO, 0);
    if (closed < 0 || open < 0) {
        MOE_LANES(p) cost[p] = list[p] = output[p] = task[p] = 0.0;
        return;
    }
    const double *out_closed = IN(b, PRICE_OUT_CLOSED, 0), *out_open = IN(b, PRICE_OUT_OPEN, 0);
    const double *tokens_closed = IN(b, CHOICE_TOKENS_PER_TASK, closed), *tokens_open = IN(b, CHOICE_TOKENS_PER_TASK, open);
    MOE_LANES(p) {
        const double ratio = b->price[closed][p] / b->price[open][p];
        cost[p] = b->cost[closed][p] / b->cost[open][p];
        list[p] = ratio;
        output[p] = ratio * out_closed[p] / out_open[p];
        task[p] = ratio * tokens_closed[p] / tokens_open[p];
    }
}

static void put_price(csim_block *b) {
    const csim_plan *plan = b->plan;
    double *closed = OUT(b, PRICE_CLOSED, 0), *open = OUT(b, PRICE_OPEN, 0), *below = OUT(b, BELOW_COST, 0);
    MOE_LANES(p) closed[p] = moe_exp(b->ln_price_closed[p]);
    MOE_LANES(p) open[p] = moe_exp(b->ln_price_open[p]);
    MOE_LANES(p) below[p] = 0.0;
    for (int j = 0; j < plan->offerings; j++) {
        PUT(b, PRICE_LIST, j, b->price[j]);
        MOE_LANES(p) below[p] += b->price[j][p] < b->cost[j][p] ? 1.0 : 0.0;
    }
    PUT(b, REALISED, 0, b->realised);
    PUT(b, RECOVERY_CAPPED, 0, b->recovery_capped);
    put_ratios(b);
}

/* --- shares ------------------------------------------------------------------------------------------------------------------------------- */

static void put_segment_shares(csim_block *b) {
    const csim_plan *plan = b->plan;
    for (int s = 0; s < plan->segments; s++) {
        sum_over(plan, csim_is_open, (const double(*)[P])b->abroad_share[s], 0, OUT(b, SHARE_OPEN, s));
        sum_over(plan, is_cn_open, (const double(*)[P])b->abroad_share[s], 0, OUT(b, SHARE_CN_OPEN, s));
        for (int r = 0; r < plan->regions; r++) {
            PUT(b, SHARE_MARKET_OPEN, s * plan->regions + r, b->market_open[s][r]);
            PUT(b, SHARE_MARKET_CN_OPEN, s * plan->regions + r, b->market_cn_open[s][r]);
        }
    }
    sum_over(plan, csim_is_open, (const double(*)[P])b->enterprise_share, 0, OUT(b, SHARE_ENTERPRISE_OPEN, 0));
}

static void put_world_shares(csim_block *b) {
    const csim_plan *plan = b->plan;
    double china[P] = {0}, chinese_in_china[P], chinese[P], open_in_china[P], abroad[P];
    for (int j = 0; j < plan->offerings; j++) {
        PUT(b, SHARE_OFFERING, j, b->token_share[j]);
        MOE_LANES(p) china[p] += b->tokens_china[j][p];
    }
    sum_over(plan, csim_is_open, (const double(*)[P])b->token_share, 0, OUT(b, SHARE_WORLD_OPEN, 0));
    sum_over(plan, csim_is_chinese, (const double(*)[P])b->token_share, 0, OUT(b, SHARE_WORLD_CN, 0));
    sum_over(plan, is_cn_closed, (const double(*)[P])b->token_share, 0, OUT(b, SHARE_CN_CLOSED, 0));
    sum_over(plan, is_cn_open, (const double(*)[P])b->token_share, 0, OUT(b, SHARE_WORLD_CN_OPEN, 0));
    sum_over(plan, csim_is_chinese, (const double(*)[P])b->tokens_offering, 0, chinese);
    sum_over(plan, csim_is_chinese, (const double(*)[P])b->tokens_china, 0, chinese_in_china);
    sum_over(plan, csim_is_open, (const double(*)[P])b->tokens_china, 0, open_in_china);
    MOE_LANES(p) {
        chinese[p] -= chinese_in_china[p];
        abroad[p] = b->tokens_total[p] - china[p];
    }
    divide(OUT(b, SHARE_CN_ABROAD, 0), chinese, abroad);
    divide(OUT(b, SHARE_CHINA_OPEN, 0), open_in_china, china);
}

static void put_spend_shares(csim_block *b) {
    const csim_plan *plan = b->plan;
    double open[P] = {0}, chinese[P] = {0};
    for (int j = 0; j < plan->offerings; j++)
        for (int s = 0; s < plan->segments; s++) {
            if (csim_is_open(plan, j)) MOE_LANES(p) open[p] += b->spend[j][s][p];
            if (csim_is_chinese(plan, j)) MOE_LANES(p) chinese[p] += b->spend[j][s][p];
        }
    divide(OUT(b, SHARE_SPEND_OPEN, 0), open, b->spend_total);
    divide(OUT(b, SHARE_SPEND_CN, 0), chinese, b->spend_total);
}

/* OpenRouter: developers' log-odds of open plus b_or, the Chinese part in proportion. */
static void put_openrouter(csim_block *b) {
    const int s = b->plan->developers;
    const double *bias = IN(b, CHOICE_B_OR, 0), *open = OUT(b, SHARE_OPEN, s), *cn_open = OUT(b, SHARE_CN_OPEN, s);
    double *shown = OUT(b, SHARE_OR_OPEN, 0), *shown_cn = OUT(b, SHARE_OR_CN, 0);
    MOE_LANES(p) {
        const double odds = moe_exp(bias[p]), part = odds / ((1.0 - open[p]) + open[p] * odds);
        shown[p] = open[p] * part;
        shown_cn[p] = cn_open[p] * part;
    }
}

/* --- demand, software, consumers ------------------------------------------------------------------------------------------------------------ */

static void put_demand(csim_block *b) {
    const csim_plan *plan = b->plan;
    PUT(b, SHIFT, 0, b->shift);
    PUT(b, ROUTED, 0, b->routed[plan->developers]);
    PUT(b, TOKENS, 0, b->tokens_total);
    for (int s = 0; s < plan->segments; s++) PUT(b, TOKENS_SEGMENT, s, b->tokens_segment[s]);
    scale(OUT(b, SPEND, 0), b->spend_total, YEARLY_BN);
    PUT(b, BUDGET_USE, 0, b->budget_use);
    for (int j = 0; j < plan->offerings; j++) PUT(b, DERIVATIVES, j, b->derivatives[j]);
}

static void put_software(csim_block *b) {
    const double *price0 = IN(b, SAAS_SEAT_PRICE0, 0);
    double *seat_price = OUT(b, SAAS_SEAT_PRICE, 0);
    MOE_LANES(p) seat_price[p] = price0[p] * moe_exp(b->ln_seat_price[p]);
    PUT(b, SAAS_REVENUE, 0, b->saas_revenue);
    PUT(b, SAAS_SEATS, 0, b->ln_seats);
    PUT(b, SAAS_NRR, 0, b->nrr);
    PUT(b, SAAS_AUTOMATION, 0, b->automation);
    PUT(b, SAAS_PRESSURE, 0, b->pressure);
    PUT(b, SAAS_AI_COGS, 0, b->ai_cogs);
    PUT(b, SAAS_MARGIN, 0, b->saas_margin);
    PUT(b, SAAS_EVS, 0, b->ev_sales);
    PUT(b, SAAS_CLIFF, 0, b->cliff);
    PUT(b, SAAS_CRASH, 0, b->crash);
    PUT(b, PIVOTS, 0, b->pivots);
}

static void put_consumers(csim_block *b) {
    double *payers = OUT(b, SUB_PAYERS, 0), *revenue = OUT(b, SUB_REVENUE, 0);
    PUT(b, SUB_USERS, 0, b->users);
    PUT(b, SUB_PLUS, 0, b->plus);
    PUT(b, SUB_GO, 0, b->go);
    MOE_LANES(p) payers[p] = b->plus[p] + b->go[p];
    MOE_LANES(p) revenue[p] = (b->subscriptions[p] + b->advertising[p]) * YEARLY_BN;
}

/* --- finance, silicon, profit pool ---------------------------------------------------------------------------------------------------------- */

static void put_finance(csim_block *b) {
    double *over_revenue = OUT(b, CAPEX_REVENUE, 0);
    scale(OUT(b, CLOSED_REVENUE, 0), b->closed_revenue, YEARLY_BN);
    PUT(b, CLOSED_MARGIN, 0, b->gross_margin);
    PUT(b, CLOSED_ROI, 0, b->roi);
    scale(OUT(b, CLOSED_FCF, 0), b->fcf, YEARLY_BN);
    PUT(b, FCF_NEGATIVE, 0, b->fcf_negative);
    scale(OUT(b, CAPEX, 0), b->investment, 1e-3);
    MOE_LANES(p) over_revenue[p] = b->investment[p] / (12.0 * b->closed_revenue[p]);
    scale(OUT(b, SURPLUS, 0), b->surplus, YEARLY_BN);
    PUT(b, VALUE_SHARE, 0, b->value_share);
    PUT(b, PARADOX, 0, b->paradox);
}

static void put_silicon(csim_block *b) {
    PUT(b, NVIDIA_SHARE, 0, b->closed_merchant_share);
    PUT(b, MERCHANT_SHARE, 0, b->merchant_share);
    PUT(b, OPEN_SHARE_MERCHANT, 0, b->open_share_merchant);
    scale(OUT(b, MERCHANT_REVENUE, 0), b->merchant_revenue, YEARLY_BN);
    PUT(b, LPU_SHARE, 0, b->lpu_share);
    PUT(b, DEALS, 0, b->deals);
    PUT(b, MEGA_DEALS, 0, b->mega_deals);
    PUT(b, HHI, 0, b->hhi);
    PUT(b, POOL_OUTLAY, 0, b->outlay);
    PUT(b, POOL_CHIPS, 0, b->pool_chips);
    PUT(b, POOL_POWER, 0, b->pool_power);
    PUT(b, POOL_HOSTS, 0, b->pool_hosts);
    PUT(b, POOL_CLOSED, 0, b->pool_closed);
    PUT(b, POOL_OPEN, 0, b->pool_open);
}

/* --- economic intelligence -------------------------------------------------------------------------------------------------------------------- */

/* Keeps the offering with the largest value so far; the first of equals. */
static void lead(double *best, double *leader, const double *value, int j) {
    MOE_LANES(p) {
        const double held = leader[p], more = value[p] > best[p] ? 1.0 : 0.0;
        leader[p] = more > 0.0 ? (double)j : held;
        best[p] = moe_max(value[p], best[p]);
    }
}

static void put_intelligence(csim_block *b) {
    const csim_plan *plan = b->plan;
    double best_spend[P], best_value[P], best_compute[P], spender[P] = {0}, efficient[P] = {0}, computing[P] = {0};
    MOE_LANES(p) best_spend[p] = best_value[p] = best_compute[p] = -1.0;
    for (int j = 0; j < plan->offerings; j++) {
        const double *joule = own_fleet(b, j)->joule;
        double *per_usd = OUT(b, INTELLIGENCE_USD, j), *per_watt = OUT(b, INTELLIGENCE_WATT, j), spend[P] = {0}, compute[P];
        for (int s = 0; s < plan->segments; s++) MOE_LANES(p) spend[p] += b->spend[j][s][p];
        MOE_LANES(p) {
            per_usd[p] = b->saas_suitability[j][p] / b->price[j][p];
            per_watt[p] = b->saas_suitability[j][p] / joule[p];
            compute[p] = b->tokens_offering[j][p] * b->merchant[j].h100e_s[p];
        }
        lead(best_spend, spender, spend, j);
        lead(best_value, efficient, per_usd, j);
        lead(best_compute, computing, compute, j);
    }
    double *efficiency = OUT(b, LEADER_EFFICIENCY, 0), *compute = OUT(b, LEADER_COMPUTE, 0);
    MOE_LANES(p) efficiency[p] = spender[p] == efficient[p] ? 1.0 : 0.0;
    MOE_LANES(p) compute[p] = spender[p] == computing[p] ? 1.0 : 0.0;
}

void csim_outcomes_step(csim_block *b) {
    if (b->t == 0) memcpy(b->level_shown, b->level, sizeof b->level_shown);
    put_compute(b);
    put_capability(b);
    put_training(b);
    put_cost(b);
    put_price(b);
    put_segment_shares(b);
    put_world_shares(b);
    put_spend_shares(b);
    put_openrouter(b);
    csim_firms_find(b, OUT(b, F500_PRIMARY, 0), OUT(b, F500_PRESENCE, 0));
    put_demand(b);
    put_software(b);
    put_consumers(b);
    put_finance(b);
    put_silicon(b);
    put_intelligence(b);
    csim_ranges_check(b);
    memcpy(b->level_before, b->level_shown, sizeof b->level_before);
    memcpy(b->level_shown, b->level, sizeof b->level_shown);
}
