/* Who buys what (docs/model.md §6): task bars, suitability, utilities, and each market's step (kernels/market_step.c) with inertia and bans.
 * Ends the month with the aggregates of shares that later mechanisms read. Must not know quantities. */
#include <string.h>

#include "csim/model/block.h"
#include "kernels/lanes.h"

_Static_assert((int)MOE_CLOSED_HOME == (int)CSIM_CLOSED_US && (int)MOE_CLOSED_CN == (int)CSIM_CLOSED_CN && (int)MOE_OPEN_CN == (int)CSIM_CN_OPEN
                   && (int)MOE_OPEN_OTHER == (int)CSIM_OTHER_OPEN, "the kernel's groups are the plan's");
_Static_assert((int)MOE_CHOICE_OFFERINGS == (int)CSIM_MAX_OFFERINGS, "the kernel holds every offering");

/* Weights of the regions that `counts` names, as parts of `whole`: they sum to it. */
static void find_parts(const csim_block *b, csim_input_id id, const int *counts, double whole, double parts[][P]) {
    const csim_plan *plan = b->plan;
    double sum[P] = {0};
    for (int r = 0; r < plan->regions; r++)
        if (counts[r]) MOE_LANES(p) sum[p] += b->input[plan->input_offset[id] + r][p];
    for (int r = 0; r < plan->regions; r++) {
        const double *weight = b->input[plan->input_offset[id] + r], counted = counts[r] ? whole : 0.0;
        MOE_LANES(p) parts[r][p] = counted * weight[p] / sum[p];
    }
}

/* Shares of a segment over all regions, weighted with tokens, and outside china, with headline weights; open shares of its markets. */
static void sum_segment(csim_block *b, int s, double by_tokens[][P], double by_headline[][P]) {
    const csim_plan *plan = b->plan;
    for (int j = 0; j < plan->offerings; j++) {
        double *all = b->segment_share[s][j], *abroad = b->abroad_share[s][j];
        MOE_LANES(p) all[p] = abroad[p] = 0.0;
        for (int r = 0; r < plan->regions; r++) {
            const double *share = b->share[s][r][j], *tokens = by_tokens[r], *headline = by_headline[r];
            MOE_LANES(p) {
                all[p] += tokens[p] * share[p];
                abroad[p] += headline[p] * share[p];
            }
        }
    }
    for (int r = 0; r < plan->regions; r++) {
        double *open = b->market_open[s][r], *cn_open = b->market_cn_open[s][r];
        MOE_LANES(p) open[p] = cn_open[p] = 0.0;
        for (int j = 0; j < plan->offerings; j++) {
            const double *share = b->share[s][r][j];
            if (csim_is_open(plan, j)) MOE_LANES(p) open[p] += share[p];
            if (plan->group[j] == CSIM_CN_OPEN) MOE_LANES(p) cn_open[p] += share[p];
        }
    }
}

/* Enterprise: half large, half mid firms, in the surveyed regions. */
static void add_enterprise(csim_block *b, int s, double parts[][P]) {
    const csim_plan *plan = b->plan;
    for (int r = 0; r < plan->regions; r++) {
        if (!plan->enterprise_region[r]) continue;
        for (int j = 0; j < plan->offerings; j++) MOE_LANES(p) b->enterprise_share[j][p] += parts[r][p] * b->share[s][r][j][p];
    }
}

/* The aggregates of shares that later mechanisms read (§12). */
static void sum_shares(csim_block *b) {
    const csim_plan *plan = b->plan;
    int everywhere[NR], abroad[NR];
    double by_tokens[NR][P], by_headline[NR][P], surveyed[NR][P];
    for (int r = 0; r < plan->regions; r++) {
        everywhere[r] = 1;
        abroad[r] = r != plan->china;
    }
    find_parts(b, CSIM_IN_DEMAND_REGION_WEIGHT, everywhere, 1.0, by_tokens);
    find_parts(b, CSIM_IN_CHOICE_HEADLINE_WEIGHT, abroad, 1.0, by_headline);
    find_parts(b, CSIM_IN_CHOICE_HEADLINE_WEIGHT, plan->enterprise_region, 0.5, surveyed);
    for (int s = 0; s < plan->segments; s++) sum_segment(b, s, by_tokens, by_headline);
    memset(b->enterprise_share, 0, sizeof b->enterprise_share);
    add_enterprise(b, plan->large_firms, surveyed);
    add_enterprise(b, plan->mid_firms, surveyed);
}

void csim_choice_start(csim_block *b) {
    const csim_plan *plan = b->plan;
    for (int s = 0; s < plan->segments; s++) {
        memcpy(b->bar[s], IN(b, CHOICE_TAU0, s), sizeof b->bar[s]);
        memcpy(b->taste_cn[s], IN(b, CHOICE_XI_CN, s), sizeof b->taste_cn[s]);
        memcpy(b->taste_other[s], IN(b, CHOICE_XI_OTHER, s), sizeof b->taste_other[s]);
        for (int r = 0; r < plan->regions; r++)
            for (int j = 0; j < plan->offerings; j++) {
                const double *share = r == plan->china ? IN(b, CHOICE_SHARE0_CHINA, j) : IN(b, CHOICE_SHARE0, s * plan->offerings + j);
                memcpy(b->share[s][r][j], share, sizeof b->share[s][r][j]);
            }
    }
    memset(b->brand, 0, sizeof b->brand);
    MOE_LANES(p) b->shift_start[p] = 1e9; /* not yet */
    MOE_LANES(p) b->shift[p] = 0.0;
    sum_shares(b);
}

/* Bar: it follows the running maximum of the frontier, or noise would ratchet it. */
static void move_bars(csim_block *b) {
    for (int s = 0; s < b->plan->segments; s++) {
        const double *follow = IN(b, CHOICE_THETA, s);
        MOE_LANES(p) b->bar[s][p] += follow[p] * b->frontier_max_step[p];
    }
}

/* Points that derivatives (of last month) add to an open offering on narrow tasks. */
static void find_tuning_gain(const csim_block *b, int j, double *gain) {
    const double *points = IN(b, ECO_U_FT, 0), *scale = IN(b, ECO_N_SCALE, 0);
    MOE_LANES(p) gain[p] = points[p] * (1.0 - moe_exp(-b->derivatives[j][p] / scale[p]));
}

/* Suitability S_js: broad tasks by level, narrow ones by level and derivatives. */
static void find_suitability(csim_block *b) {
    const csim_plan *plan = b->plan;
    double per_width[NS][P], gain[P];
    for (int s = 0; s < plan->segments; s++) {
        const double *width = IN(b, CHOICE_W, s);
        MOE_LANES(p) per_width[s][p] = 1.0 / width[p];
    }
    for (int j = 0; j < plan->offerings; j++) {
        if (csim_is_open(plan, j)) find_tuning_gain(b, j, gain);
        for (int s = 0; s < plan->segments; s++) {
            const double *narrow = IN(b, CHOICE_NARROW, s), *level = b->level[j], *bar = b->bar[s];
            double *out = b->suitability[j][s];
            MOE_LANES(p) out[p] = moe_logistic((level[p] - bar[p]) * per_width[s][p]);
            if (csim_is_open(plan, j))
                MOE_LANES(p) out[p] = (1.0 - narrow[p]) * out[p] + narrow[p] * moe_logistic((level[p] + gain[p] - bar[p]) * per_width[s][p]);
        }
    }
}

/* S_o/S_c of each segment: best open over best closed US. */
static void compare_suitability(csim_block *b) {
    const csim_plan *plan = b->plan;
    for (int s = 0; s < plan->segments; s++) {
        double open[P] = {0}, closed[P] = {0};
        for (int j = 0; j < plan->offerings; j++) {
            const double *here = b->suitability[j][s];
            if (csim_is_open(plan, j)) MOE_LANES(p) open[p] = moe_max(here[p], open[p]);
            if (csim_is_closed_us(plan, j)) MOE_LANES(p) closed[p] = moe_max(here[p], closed[p]);
        }
        MOE_LANES(p) b->suitability_ratio[s][p] = open[p] / moe_max(closed[p], 1e-300);
    }
}

/* Nest tastes ξ: pulled back to their draw, drifting. */
static void drift(double *taste, const double *start, const double *half_life, const double *noise, const double *z) {
    const double ln_2 = 0.6931471805599453, sqrt_12 = 3.4641016151377546;
    MOE_LANES(p) taste[p] += -(ln_2 / half_life[p]) * (taste[p] - start[p]) + noise[p] * z[p] / sqrt_12;
}

static void drift_tastes(csim_block *b) {
    const double *half_life = IN(b, CHOICE_H_XI, 0), *noise = IN(b, CHOICE_SIGMA_XI, 0);
    for (int s = 0; s < b->plan->segments; s++) {
        drift(b->taste_cn[s], IN(b, CHOICE_XI_CN, s), half_life, noise, b->z_taste_cn[s][b->t & 1]);
        drift(b->taste_other[s], IN(b, CHOICE_XI_OTHER, s), half_life, noise, b->z_taste_other[s][b->t & 1]);
    }
}

/* T: the agent-loop shift, a hazard after the assimilated past, then a ramp. */
static void move_shift(csim_block *b) {
    const double *hazard = IN(b, CHOICE_SHIFT_HAZARD, 0), *ramp = IN(b, CHOICE_SHIFT_RAMP, 0), *u = b->u_shift[b->t & 1];
    const double month = b->t, open_from = b->t > b->plan->assimilate_until ? 1.0 : 0.0;
    MOE_LANES(p) {
        const double begins = u[p] < open_from * hazard[p] / 12.0 ? month : 1e9;
        b->shift_start[p] = moe_min(b->shift_start[p], begins);
        b->shift[p] = moe_clip((month - b->shift_start[p]) / ramp[p], 0.0, 1.0);
    }
}

/* What region r adds to Φ in segment s, for each group. */
static void set_friction(csim_block *b, int s, int r) {
    const double *origin = IN(b, CHOICE_ORIGIN_CN, s), *factor = IN(b, CHOICE_ORIGIN_FACTOR, r), *extra = IN(b, CHOICE_CN_API_EXTRA, 0);
    const double *api = IN(b, CHOICE_FOREIGN_API, 0), *weights = IN(b, CHOICE_FOREIGN_WEIGHTS, 0), *ban = b->ban[s][r];
    const double *lambda = IN(b, CHOICE_LAMBDA_N, 0), in_china = r == b->plan->china ? 1.0 : 0.0;
    double(*friction)[P] = b->friction[s][r];
    MOE_LANES(p) {
        friction[MOE_CLOSED_HOME][p] = in_china * api[p];
        friction[MOE_CLOSED_CN][p] = (origin[p] + extra[p]) * factor[p] + 12.0 * ban[p];
        friction[MOE_OPEN_CN][p] = origin[p] * factor[p] + 12.0 * ban[p];
        friction[MOE_OPEN_OTHER][p] = in_china * weights[p];
    }
    for (int g = 0; g < MOE_GROUPS; g++) moe_friction_weight(g, friction[g], lambda, b->friction_weight[s][r][g]);
}

/* In china cn-open keeps its draw ξ⁰: the departure in the segment's taste is taken off again. */
static void keep_china_taste(csim_block *b, int s) {
    const int r = b->plan->china;
    const double *start = IN(b, CHOICE_XI_CN, s), *lambda = IN(b, CHOICE_LAMBDA_N, 0);
    const double *origin = IN(b, CHOICE_ORIGIN_CN, s), *factor = IN(b, CHOICE_ORIGIN_FACTOR, r);
    double *friction = b->friction[s][r][MOE_OPEN_CN];
    MOE_LANES(p) friction[p] = origin[p] * factor[p] + 12.0 * b->ban[s][r][p] + (b->taste_cn[s][p] - start[p]);
    moe_friction_weight(MOE_OPEN_CN, friction, lambda, b->friction_weight[s][r][MOE_OPEN_CN]);
}

/* Regional frictions change only when a ban does; their exponentials are kept. */
static void refresh_frictions(csim_block *b) {
    const csim_plan *plan = b->plan;
    for (int s = 0; s < plan->segments; s++)
        for (int r = 0; r < plan->regions; r++) {
            const double *ban = LV(b, ORIGIN_BAN, s * plan->regions + r);
            if (b->t > 0 && memcmp(ban, b->ban[s][r], sizeof b->ban[s][r]) == 0) {
                if (r == plan->china) keep_china_taste(b, s);
                continue;
            }
            memcpy(b->ban[s][r], ban, sizeof b->ban[s][r]);
            set_friction(b, s, r);
            if (r == plan->china) keep_china_taste(b, s);
        }
}

/* ln v_j: an offering that has just entered is not yet known. */
static double ln_presence(const csim_plan *plan, int j, int t) {
    if (plan->entry_month[j] < 0) return 0.0;
    return moe_log(moe_logistic((t - plan->entry_month[j]) / 3.0));
}

/* All of U that neither region nor price makes: suitability, presence, brand, and for open offerings frictions, tastes and the shift. */
static void find_worth(const csim_block *b, int s, int j, double *worth) {
    const csim_plan *plan = b->plan;
    const double *weight = IN(b, CHOICE_KAPPA, s), ln_v = ln_presence(plan, j, b->t);
    double seen[P];
    MOE_LANES(p) seen[p] = moe_max(b->suitability[j][s][p], 1e-12);
    MOE_LANES(p) worth[p] = weight[p] * moe_log(seen[p]) + ln_v + b->brand[j][p];
    if (!csim_is_open(plan, j)) return;
    const double *licence = IN(b, CHOICE_LICENCE, j), *change = LV(b, LICENCE_CHANGE, j), *ops = IN(b, CHOICE_OPS, s);
    const double *gate = IN(b, CHOICE_GATE_LOGIT, 0), *gating = LV(b, FRONTIER_GATING, s), *gain = IN(b, CHOICE_DELTA, s);
    const double *taste = plan->group[j] == CSIM_CN_OPEN ? b->taste_cn[s] : b->taste_other[s];
    MOE_LANES(p) worth[p] += taste[p] + gain[p] * b->shift[p] - (licence[p] + change[p] + ops[p] - gate[p] * gating[p]);
}

/* U_js without regional terms; and the routers', who see no brand and weigh price on their own scale. */
static void find_utilities(const csim_block *b, int s, double direct[][P], double routed[][P]) {
    const double *price_weight = IN(b, CHOICE_ALPHA, s), *router_weight = IN(b, CHOICE_ALPHA_ROUTER, 0);
    for (int j = 0; j < b->plan->offerings; j++) {
        double worth[P];
        find_worth(b, s, j, worth);
        MOE_LANES(p) {
            const double ln_task_price = b->ln_price[j][p] + b->ln_task[j][p];
            direct[j][p] = worth[p] - price_weight[p] * ln_task_price;
            routed[j][p] = worth[p] - b->brand[j][p] - router_weight[p] * ln_task_price;
        }
    }
}

/* ξ_j of a closed offering, so that it keeps its initial share against the reference in one market. */
static void fix_closed_brand(csim_block *b, int j, int r, double utility[][P]) {
    const int s = b->plan->developers, reference = b->plan->reference_closed;
    const double *lambda = IN(b, CHOICE_LAMBDA_N, 0), *barrier = b->friction[s][r][b->plan->group[j]], *reference_barrier = b->friction[s][r][CSIM_CLOSED_US];
    double odds[P];
    MOE_LANES(p) odds[p] = b->share[s][r][j][p] / b->share[s][r][reference][p];
    MOE_LANES(p) {
        const double lead = (utility[j][p] - barrier[p]) - (utility[reference][p] - reference_barrier[p]);
        b->brand[j][p] = moe_clip(lambda[p] * moe_log(odds[p]) - lead, -3.0, 3.0);
    }
}

/* Brands ξ_j, once, at t = 0. */
static void fix_brands(csim_block *b) {
    const csim_plan *plan = b->plan;
    const double *spread = IN(b, CHOICE_BRAND_SD, 0);
    double utility[J][P], routed[J][P];
    find_utilities(b, plan->developers, utility, routed);
    for (int j = 0; j < plan->offerings; j++) {
        if (csim_is_open(plan, j)) {
            const int reference = j == plan->reference_open || j == plan->reference_other;
            if (plan->entry_month[j] != CSIM_NO_MONTH && !reference) MOE_LANES(p) b->brand[j][p] = spread[p] * b->z_brand[j][p];
        } else if (plan->reference_closed >= 0 && j != plan->reference_closed) {
            fix_closed_brand(b, j, plan->group[j] == CSIM_CLOSED_CN ? plan->china : plan->home, utility);
        }
    }
}

/* Ban: a third of the banned share leaves in a month whatever the lock, for the others in proportion to s̃. */
static void expel(csim_block *b, int s, int r, double target[][P]) {
    const csim_plan *plan = b->plan;
    const double *ban = b->ban[s][r];
    double leaving[P] = {0}, others[P] = {0};
    for (int j = 0; j < plan->offerings; j++) {
        double *share = b->share[s][r][j];
        if (!csim_is_chinese(plan, j)) {
            MOE_LANES(p) others[p] += target[j][p];
            continue;
        }
        MOE_LANES(p) {
            const double out = share[p] * ban[p] / 3.0;
            leaving[p] += out;
            share[p] -= out;
        }
    }
    for (int j = 0; j < plan->offerings; j++) {
        if (csim_is_chinese(plan, j)) continue;
        MOE_LANES(p) b->share[s][r][j][p] += leaving[p] * target[j][p] / moe_max(others[p], 1e-300);
    }
}

static int any_above_zero(const double *x) {
    int any = 0;
    for (int p = 0; p < P; p++) any |= x[p] > 0.0;
    return any;
}

/* Nested logit, routers, inertia and bans in all markets of a segment. */
static void choose(csim_block *b, int s) {
    const csim_plan *plan = b->plan;
    const double *ceiling = IN(b, CHOICE_ROUTER_CEILING, s), *mid = IN(b, CHOICE_ROUTER_MID, 0), *scale = IN(b, CHOICE_ROUTER_SCALE, 0);
    const double *lambda = IN(b, CHOICE_LAMBDA_N, 0), month = b->t;
    const moe_inertia inertia = {IN(b, CHOICE_H0, s), IN(b, CHOICE_PSI_H, 0), IN(b, CHOICE_LOCK, s)};
    double direct[J][P], routed[J][P], target[J][P];
    moe_segment_choice by_buyers, by_routers;
    moe_market_scale market;
    MOE_LANES(p) b->routed[s][p] = ceiling[p] * moe_logistic((month - mid[p]) / scale[p]);
    const int routers = any_above_zero(b->routed[s]); /* without routers the second logit would be mixed in with weight 0 */
    find_utilities(b, s, direct, routed);
    moe_segment_prepare(plan->offerings, plan->group, direct, lambda, &by_buyers);
    if (routers) moe_segment_prepare(plan->offerings, plan->group, routed, lambda, &by_routers);
    const moe_segment_choice *second = routers ? &by_routers : NULL;
    for (int r = 0; r < plan->regions; r++) {
        moe_market_scale_find(&by_buyers, second, b->friction_weight[s][r], lambda, b->routed[s], &market);
        moe_market_move(plan->offerings, plan->group, direct, b->friction[s][r], &by_buyers, second, &market, &inertia, b->share[s][r], target);
        if (any_above_zero(b->ban[s][r])) expel(b, s, r, target);
    }
}

void csim_choice_step(csim_block *b) {
    move_bars(b);
    find_suitability(b);
    compare_suitability(b);
    drift_tastes(b);
    csim_assimilate_shares(b);
    move_shift(b);
    refresh_frictions(b);
    if (b->t == 0) fix_brands(b);
    for (int s = 0; s < b->plan->segments; s++) choose(b, s);
    sum_shares(b);
}
