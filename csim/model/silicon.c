/* Machines behind the tokens, deals, and the profit pool (docs/model.md §11). Ends the month's accounts; its merchant share, owners and merchant
 * revenue are read next month. */
#include <string.h>

#include "csim/model/block.h"
#include "kernels/lanes.h"

/* Capital of each step of the merchant ladder in k$ an H100e; synthetic successors carry their factors. */
static void price_chips(csim_block *b) {
    const csim_plan *plan = b->plan;
    const csim_plan_ladder *ladder = &plan->fleet_ladder[plan->merchant_fleet];
    for (int i = 0; i < ladder->count; i++) {
        const csim_plan_machine *machine = &plan->machine[ladder->machine[i]];
        const double base = machine->hardware.capex_usd / 1000.0 / (machine->hardware.fp8_flop_per_s / 1.979e15), steps = machine->successor_steps;
        const double *speed = b->successor_log[0], *capex = b->successor_log[4];
        MOE_LANES(p) b->chip_price[i][p] = base * moe_exp(steps * (capex[p] - speed[p]));
    }
}

void csim_silicon_start(csim_block *b) {
    const double *share = IN(b, SI_N0, 0), *offset = IN(b, SI_N_OFFSET, 0);
    MOE_LANES(p) b->ln_merchant_odds[p] = moe_log(share[p] / (1.0 - share[p])) + offset[p];
    for (int j = 0; j < b->plan->offerings; j++) MOE_LANES(p) b->owner[j][p] = j;
    memset(b->merchant_revenue, 0, sizeof b->merchant_revenue);
    memset(b->mega_deals, 0, sizeof b->mega_deals);
    price_chips(b);
}

/* n: closed labs leave merchant GPUs as their second fleets are cheaper. */
static void move_merchant_odds(csim_block *b) {
    const csim_plan *plan = b->plan;
    const double *speed = IN(b, SI_K_N, 0), *by_cost = IN(b, SI_B_T, 0), *drift = IN(b, SI_E_N, 0);
    double merchant[P] = {0}, second[P] = {0}, ln_ratio[P] = {0};
    int any = 0;
    for (int j = 0; j < plan->offerings; j++) {
        if (!csim_is_closed_us(plan, j) || plan->second_fleet[j] < 0) continue;
        MOE_LANES(p) merchant[p] += b->merchant[j].blend[p];
        MOE_LANES(p) second[p] += b->second[j].blend[p];
        any = 1;
    }
    if (any) MOE_LANES(p) ln_ratio[p] = moe_log(merchant[p] / second[p]);
    MOE_LANES(p) b->ln_merchant_odds[p] -= speed[p] * (by_cost[p] * moe_clip(ln_ratio[p], -1.5, 1.5) + drift[p]) / 12.0;
}

/* Tokens on merchant GPUs: closed-us off their second fleets, open but for Chinese first parties. */
static void find_merchant_tokens(csim_block *b) {
    const csim_plan *plan = b->plan;
    const double *off = IN(b, SI_FIRST_PARTY_OFF, 0);
    double closed[P] = {0}, open[P] = {0};
    for (int j = 0; j < plan->offerings; j++) {
        const double *tokens = b->tokens_offering[j], *own = b->own_weight[j], *in_china = b->tokens_china[j];
        const double second = plan->second_fleet[j] >= 0 ? 1.0 : 0.0, chinese = csim_is_chinese(plan, j) ? 1.0 : 0.0;
        if (csim_is_closed_us(plan, j)) MOE_LANES(p) closed[p] += tokens[p] * (1.0 - second * own[p]);
        if (csim_is_open(plan, j)) MOE_LANES(p) open[p] += tokens[p] - chinese * off[p] * in_china[p];
    }
    MOE_LANES(p) {
        b->closed_merchant_share[p] = closed[p] / moe_max(b->closed_tokens[p], 1e-300);
        b->merchant_share[p] = (closed[p] + open[p]) / b->tokens_total[p];
        b->open_share_merchant[p] = open[p] / moe_max(closed[p] + open[p], 1e-300);
    }
}

/* Merchant revenue: what the stock gains and replaces, at the price of the generations that gain share. */
static void find_merchant_revenue(csim_block *b) {
    const csim_plan_ladder *ladder = &b->plan->fleet_ladder[b->plan->merchant_fleet];
    const double *chip_part = IN(b, SI_CHIP_SHARE, 0), *retired = IN(b, COMPUTE_RETIREMENT, 0), later = b->t > 0 ? 1.0 : 0.0;
    double weight[P] = {0}, price[P] = {0};
    for (int i = 0; i < ladder->count && csim_ladder_has_begun(ladder, i, b->t); i++) {
        const double *now = b->merchant_share_now[i], *before = b->merchant_share_before[i];
        MOE_LANES(p) {
            const double gain = moe_max(now[p] - later * before[p], 1e-9), g = later > 0.0 ? gain : now[p];
            weight[p] += g;
            price[p] += g * b->chip_price[i][p];
        }
    }
    MOE_LANES(p) {
        const double bought = moe_max(b->k_us[p] - b->k_us_before[p] + retired[p] / 12.0 * b->k_us_before[p], 0.0);
        b->merchant_revenue[p] = bought * b->merchant_share[p] * (chip_part[p] * price[p] / weight[p]) * 1e3;
    }
}

/* LPU: output tokens on on-chip-memory machines, as wanted or as supplied. */
static void find_lpu_share(csim_block *b) {
    const double *want = IN(b, SI_LPU_WANT, 0), *mid = IN(b, SI_LPU_MID, 0), *capacity = IN(b, SI_LPU_CAPACITY, 0), month = b->t;
    MOE_LANES(p) {
        const double output = b->work.output_tokens[p] / (b->work.input_tokens[p] + b->work.output_tokens[p]) * b->tokens_total[p];
        const double supply = capacity[p] * 2.0 * moe_logistic((month - mid[p]) / 6.0);
        b->lpu_share[p] = moe_min(want[p] * output, supply) / output;
    }
}

enum { MOST_DEALS = 4000, DEAL_LANES = 16, DEAL_STRIDE = 8 };

/* Smallest n with cdf(n) ≥ u, terms relative to P(0) = e^ln_first, for a P(0) too small for a double: sums are scaled down on the way. */
static double invert_far_deals(double u, double ln_first, double ratio, double size) {
    const double high = 1e250, ln_high = 575.6462732485114;
    double term = 1.0, sum = 1.0, target = u * moe_exp(-ln_first);
    int n = 0;
    while (sum < target && n < MOST_DEALS) {
        term *= ratio * (n + size) / (n + 1);
        sum += term;
        n++;
        if (term > high) {
            term /= high;
            sum /= high;
            ln_first += ln_high;
            target = u * moe_exp(-ln_first);
        }
    }
    return n;
}

/* The same for some lanes side by side: n is counted up while the sum is short of its target. ratio·(n + size)/(n + 1) is P(n+1)/P(n). */
static void invert_deals(const double *target, const double *ratio, const double *size, double *deals) {
    double term[DEAL_LANES], sum[DEAL_LANES], left = 1.0;
    for (int p = 0; p < DEAL_LANES; p++) {
        term[p] = sum[p] = 1.0;
        deals[p] = 0.0;
    }
    for (int n = 0; n < MOST_DEALS && left > 0.0; n++) {
        const double count = n, each = 1.0 / (n + 1);
        for (int p = 0; p < DEAL_LANES; p++) {
            deals[p] += sum[p] < target[p] ? 1.0 : 0.0;
            term[p] *= ratio[p] * (count + size[p]) * each;
            sum[p] += term[p];
        }
        if (n % DEAL_STRIDE != DEAL_STRIDE - 1) continue;
        left = 0.0;
        for (int p = 0; p < DEAL_LANES; p++) left = sum[p] < target[p] ? 1.0 : left;
    }
}

/* Poisson, from P(0) = e^−mean by P(n+1)/P(n) = mean/(n+1). */
static double invert_poisson(double u, double mean, int most) {
    double term = moe_exp(-mean), sum = term;
    int n = 0;
    while (sum < u && n < most) {
        n++;
        term *= mean / n;
        sum += term;
    }
    return n;
}

/* The second offering's owner and all with it become the first's. */
static void merge_owners(csim_block *b, int p) {
    const csim_plan *plan = b->plan;
    const int half = b->t & 1;
    const int first = (int)(b->u_merger_a[half][p] * plan->offerings), second = (int)(b->u_merger_b[half][p] * plan->offerings);
    const double to = b->owner[first][p], from = b->owner[second][p];
    for (int j = 0; j < plan->offerings; j++)
        if (b->owner[j][p] == from) b->owner[j][p] = to;
}

/* Deals a month: negative binomial, P(0) = (size/(size + mean))^size. */
static void count_deals(csim_block *b) {
    const double *rate = IN(b, MA_RATE, 0), *growth = IN(b, MA_G, 0), *size = IN(b, MA_DISPERSION, 0), *u = b->u_deals[b->t & 1];
    const double late = b->y - 1.5, years = late * moe_exp(-0.15 * moe_max(late, 0.0)), too_far = -600.0;
    double ratio[P], ln_first[P], target[P];
    MOE_LANES(p) {
        const double mean = rate[p] * moe_exp(growth[p] * years), whole = size[p] + mean;
        ratio[p] = mean / whole;
        ln_first[p] = size[p] * moe_log(size[p] / whole);
        target[p] = u[p] * moe_exp(-ln_first[p]);
    }
    MOE_LANES(p) target[p] = ln_first[p] > too_far ? target[p] : 0.0; /* for invert_far_deals below */
    for (int p = 0; p < P; p += DEAL_LANES) invert_deals(target + p, ratio + p, size + p, b->deals + p);
    for (int p = 0; p < P; p++)
        if (ln_first[p] <= too_far) b->deals[p] = invert_far_deals(u[p], ln_first[p], ratio[p], size[p]);
}

/* Mega-deals so far, and the mergers that a month with one at least may bring. */
static void strike_mega_deals(csim_block *b) {
    const double *mega = IN(b, MA_MEGA, 0), *merger = LV(b, MERGER_PROBABILITY, 0);
    const int half = b->t & 1;
    for (int p = 0; p < P; p++) {
        const double struck = invert_poisson(b->u_mega[half][p], mega[p], 50);
        b->mega_deals[p] += struck;
        if (struck > 0.0 && b->u_merger[half][p] < merger[p]) merge_owners(b, p);
    }
}

/* HHI over closed-us tokens by owner: Σ over pairs of one owner. */
static void find_concentration(csim_block *b) {
    const csim_plan *plan = b->plan;
    double sum[P] = {0};
    for (int j = 0; j < plan->offerings; j++)
        for (int i = 0; i < plan->offerings; i++) {
            if (!csim_is_closed_us(plan, j) || !csim_is_closed_us(plan, i)) continue;
            MOE_LANES(p) {
                const double product = b->tokens_offering[j][p] * b->tokens_offering[i][p];
                sum[p] += b->owner[j][p] == b->owner[i][p] ? product : 0.0;
            }
        }
    MOE_LANES(p) b->hhi[p] = sum[p] / moe_max(b->closed_tokens[p] * b->closed_tokens[p], 1e-300);
}

/* Profit pool, $bn a year: who keeps what buyers pay. The last part is the remainder, so that it adds up. */
static void fill_pool(csim_block *b) {
    const csim_plan *plan = b->plan;
    const double *overhead = IN(b, FIN_SERVE_OVERHEAD, 0), *chip_part = IN(b, SI_CHIP_SHARE, 0), yearly = 12.0 / 1000.0;
    double cost[P] = {0}, chips[P] = {0};
    for (int j = 0; j < plan->offerings; j++) {
        MOE_LANES(p) {
            const double part = b->tier_tokens[j][p] * b->cost_mix[j][p] * overhead[p];
            cost[p] += part;
            chips[p] += part * b->capital_share[j][p] * chip_part[p];
        }
    }
    MOE_LANES(p) {
        b->outlay[p] = yearly * (b->spend_total[p] + b->subscriptions[p] + b->advertising[p]);
        b->pool_chips[p] = yearly * chips[p];
        b->pool_power[p] = yearly * (cost[p] - chips[p]);
        b->pool_hosts[p] = yearly * b->host_profit[p];
        b->pool_closed[p] = yearly * b->gross_profit[p];
        b->pool_open[p] = b->outlay[p] - (b->pool_chips[p] + b->pool_power[p] + b->pool_hosts[p] + b->pool_closed[p]);
    }
}

void csim_silicon_step(csim_block *b) {
    move_merchant_odds(b);
    find_merchant_tokens(b);
    find_merchant_revenue(b);
    find_lpu_share(b);
    count_deals(b);
    strike_mega_deals(b);
    find_concentration(b);
    csim_finance_value(b);
    fill_pool(b);
}
