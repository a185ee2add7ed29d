/* The closed US labs together (docs/model.md §10): revenue, cost, return, investment; who captures the value. $M a month unless said otherwise.
 * The value share waits for this month's merchant revenue: §11 calls csim_finance_value when it has it. */
#include <string.h>

#include "csim/model/block.h"
#include "kernels/lanes.h"

void csim_finance_start(csim_block *b) {
    memcpy(b->capital, IN(b, FIN_K_CAP0, 0), sizeof b->capital);
    memcpy(b->investment, IN(b, FIN_I0, 0), sizeof b->investment);
    memset(b->invest_push, 0, sizeof b->invest_push);
    memset(b->fcf_negative, 0, sizeof b->fcf_negative);
    memset(b->paradox, 0, sizeof b->paradox);
}

/* Cost of all closed-us tokens and the capital part of it. */
static void find_cost(const csim_block *b, double *cost, double *capital) {
    const csim_plan *plan = b->plan;
    const double *overhead = IN(b, FIN_SERVE_OVERHEAD, 0);
    memset(cost, 0, P * sizeof *cost);
    memset(capital, 0, P * sizeof *capital);
    for (int j = 0; j < plan->offerings; j++) {
        if (!csim_is_closed_us(plan, j)) continue;
        MOE_LANES(p) {
            const double part = b->tier_tokens[j][p] * b->cost_mix[j][p] * overhead[p];
            cost[p] += part;
            capital[p] += part * b->capital_share[j][p];
        }
    }
}

/* Revenue, gross profit, ROI and FCF, on the capital and the investment of last month. Returns what this month adds to plans in `deviation`. */
static void account(csim_block *b, double *deviation) {
    const csim_plan *plan = b->plan;
    const double *dep = IN(b, FIN_DEP, 0), *research = IN(b, FIN_RD_FRAC, 0), *hurdle = IN(b, FIN_HURDLE, 0);
    const double *to_return = IN(b, FIN_PSI_I, 0), *to_scarcity = IN(b, FIN_PSI_Q, 0);
    const int past = plan->assimilate_until > plan->month_2026_01 ? plan->assimilate_until : plan->month_2026_01;
    const double reacts = b->t > past ? 1.0 : 0.0;
    double cost[P], capital_part[P];
    find_cost(b, cost, capital_part);
    MOE_LANES(p) b->closed_revenue[p] = b->subscriptions[p] + b->advertising[p];
    for (int j = 0; j < plan->offerings; j++)
        for (int s = 0; s < plan->segments && csim_is_closed_us(plan, j); s++) MOE_LANES(p) b->closed_revenue[p] += b->spend[j][s][p];
    MOE_LANES(p) {
        const double revenue = b->closed_revenue[p], cash_profit = revenue - (cost[p] - capital_part[p]);
        b->closed_cost[p] = cost[p];
        b->gross_profit[p] = revenue - cost[p];
        b->gross_margin[p] = b->gross_profit[p] / revenue;
        b->roi[p] = 12.0 * cash_profit / b->capital[p] - dep[p];
        b->fcf[p] = cash_profit - b->investment[p] / 12.0 - research[p] * revenue;
        b->fcf_negative[p] += b->fcf[p] < 0.0 ? 1.0 : 0.0;
        deviation[p] = reacts * (to_return[p] * moe_clip(b->roi[p] - hurdle[p], -0.3, 0.3)
                                 + to_scarcity[p] * moe_clip(b->ln_demand[p] - b->ln_capacity[p] + 0.7, -0.3, 0.3));
    }
}

/* Investment by plan and deviation; only the deviation reaches the compute stock, whose growth holds the plan already. */
static void invest(csim_block *b, const double *deviation) {
    const double *growth = IN(b, FIN_G_I, 0), *decay = IN(b, FIN_G_I_DECAY, 0), *dep = IN(b, FIN_DEP, 0), *react = IN(b, FIN_REACT, 0);
    const double years = moe_max(b->y - 2.0, 0.0);
    MOE_LANES(p) {
        b->investment[p] *= moe_exp((growth[p] * moe_exp(-decay[p] * years) + deviation[p]) / 12.0);
        b->capital[p] = b->capital[p] * (1.0 - dep[p] / 12.0) + b->investment[p] / 12.0;
        b->invest_push[p] = react[p] * deviation[p];
    }
}

/* Surplus: the inclusive value that buyers would lose if open weights vanished. Consumers spend nothing by the token. */
static void find_surplus(csim_block *b) {
    const csim_plan *plan = b->plan;
    const double *paid = IN(b, DEMAND_PAID, 0);
    MOE_LANES(p) b->surplus[p] = 0.0;
    for (int s = 0; s < plan->segments; s++) {
        if (s == plan->consumers) continue;
        const double *weight = IN(b, CHOICE_ALPHA, s);
        for (int r = 0; r < plan->regions; r++) {
            double price[P] = {0}, closed[P];
            for (int j = 0; j < plan->offerings; j++) MOE_LANES(p) price[p] += b->share[s][r][j][p] * b->price[j][p];
            MOE_LANES(p) closed[p] = moe_max(1.0 - b->market_open[s][r][p], 0.001);
            MOE_LANES(p) {
                const double spend = b->tokens[s][r][p] * paid[p] * price[p] * b->realised[p];
                b->surplus[p] -= spend / moe_max(weight[p], 0.5) * moe_log(closed[p]);
            }
        }
    }
}

/* Hosts' margin on open tokens abroad, and what open labs' list prices hold above cost. */
static void find_open_profit(csim_block *b, double *open_labs) {
    const csim_plan *plan = b->plan;
    const double *part = IN(b, SI_HOST_SHARE, 0), *host_margin = IN(b, COST_HOST_MARGIN, 0), *margin = IN(b, PRICE_M_O, 0);
    MOE_LANES(p) b->host_profit[p] = 0.0;
    memset(open_labs, 0, P * sizeof *open_labs);
    for (int j = 0; j < plan->offerings; j++) {
        if (!csim_is_open(plan, j)) continue;
        MOE_LANES(p) b->host_profit[p] += part[p] * (b->tokens_offering[j][p] - b->tokens_china[j][p]) * b->merchant[j].blend[p] * host_margin[p];
        for (int s = 0; s < plan->segments; s++) MOE_LANES(p) open_labs[p] += b->spend[j][s][p] * margin[p] / (1.0 + margin[p]);
    }
}

/* V, the closed labs' share of the value made; the paradox compares both with 24 months before. */
void csim_finance_value(csim_block *b) {
    const double *chip_margin = IN(b, SI_CHIP_MARGIN, 0);
    double open_labs[P];
    find_surplus(b);
    find_open_profit(b, open_labs);
    MOE_LANES(p) {
        const double closed = moe_max(b->gross_profit[p], 0.0), chips = chip_margin[p] * b->merchant_revenue[p];
        const double others = b->host_profit[p] + open_labs[p] + chips + b->surplus[p];
        b->value_share[p] = closed / moe_max(closed + others, 1e-300);
    }
    memcpy(b->value_history[b->t], b->value_share, sizeof b->value_share);
    if (b->t < 24) return;
    const double *level = b->closed_history[b->t - 24], *value = b->value_history[b->t - 24];
    MOE_LANES(p) {
        const double better = b->best_closed[p] > level[p] ? 1.0 : 0.0;
        b->paradox[p] = b->value_share[p] < value[p] ? better : 0.0;
    }
}

void csim_finance_step(csim_block *b) {
    double deviation[P];
    account(b, deviation);
    invest(b, deviation);
}
