/* Levels of models in points of the Epoch Capabilities Index: the latent closed frontier, what of it labs can pay for, the lags of open models, and
 * what each offering has released (docs/model.md §3; its part of §13). Must not know costs or prices. */
#include "csim/model/block.h"

#define LN_COST_PER_POINT 0.23   /* ln of a training run's cost a point */
#define COST_START_MUSD 100.0    /* a frontier run at the start */
#define LOWEST_LAG_MONTHS 0.5
#define LOWEST_EFFORT 0.1
#define NOBODY (-1e3)            /* level of a group without offerings: below every bar */

void csim_capability_start(csim_block *b) {
    const double *restrict start = IN(b, CAP_FRONTIER0, 0), *restrict mean = IN(b, CAP_DELTA_MEAN, 0);
    const double *restrict pre = IN(b, CAP_W_PRE, 0), *restrict rl = IN(b, CAP_W_RL, 0), *restrict inf = IN(b, CAP_W_INF, 0);
    for (int p = 0; p < P; p++) {
        const double sum = pre[p] + rl[p] + inf[p];
        b->w_pre[p] = pre[p] / sum;
        b->w_rl[p] = rl[p] / sum;
        b->w_inf[p] = inf[p] / sum;
        b->frontier[p] = b->frontier_max[p] = start[p];
        b->ln_tokens_per_task[p] = 0.0;
        b->lag_pointer[p] = 0;
    }
    for (int j = 0; j < b->plan->offerings; j++) {
        const double *restrict shortfall = IN(b, CAP_SHORTFALL_START, j);
        for (int p = 0; p < P; p++) b->shortfall[j][p] = mean[p] * shortfall[p];
    }
}

/* ---- the closed frontier ---- */

/* Efforts and G: extra compute that returns drew in, or a lever, speeds each of the three sources of growth. */
static void growth(csim_block *b) {
    const double *restrict g_f = IN(b, CAP_G_F, 0), *restrict eps = IN(b, CAP_EPS, 0);
    const double *restrict pre = LV(b, EFFORT_PRE, 0), *restrict rl = LV(b, EFFORT_RL, 0), *restrict inf = LV(b, EFFORT_INF, 0);
    for (int p = 0; p < P; p++) {
        const double more = b->k_us[p] / b->k_noinv[p];
        const double e_pre = moe_max(1.0 + eps[p] * moe_log(pre[p] * more), LOWEST_EFFORT);
        b->e_rl[p] = moe_max(1.0 + eps[p] * moe_log(rl[p] * more), LOWEST_EFFORT);
        b->e_inf[p] = moe_max(1.0 + eps[p] * moe_log(inf[p] * more), LOWEST_EFFORT);
        b->growth[p] = g_f[p] * (b->w_pre[p] * e_pre + b->w_rl[p] * b->e_rl[p] + b->w_inf[p] * b->e_inf[p]);
    }
}

/* θ_tr: how fast a level's training cost falls, so that frontier runs grow dearer by train_growth a year. */
static double cheapening(double g_f, double train_growth) { return moe_max(LN_COST_PER_POINT * g_f - train_growth, 0.0); }

/* The frontier grows by G, but no run may cost more than train_share of a year's capital spending. */
static void advance_frontier(csim_block *b) {
    const double *restrict start = IN(b, CAP_FRONTIER0, 0), *restrict g_f = IN(b, CAP_G_F, 0), *restrict dearer = IN(b, CAP_TRAIN_GROWTH, 0);
    const double *restrict share = IN(b, CAP_TRAIN_SHARE, 0), *restrict noise = IN(b, CAP_S_F, 0), *restrict z = b->z_frontier[b->t & 1];
    const double y = b->y, per_month = sqrt(1.0 / 12.0);
    for (int p = 0; p < P; p++) {
        const double cheaper = cheapening(g_f[p], dearer[p]) * y, step = b->growth[p] / 12.0;
        const double paid = start[p] + (moe_log(share[p] * b->investment[p] / COST_START_MUSD) + cheaper) / LN_COST_PER_POINT;
        const double affordable = moe_clip(paid - b->frontier[p], 0.0, step);
        b->frontier[p] += (step < 0.0 ? step : affordable) + noise[p] * z[p] * per_month;
    }
}

/* §13: towards the observed series, which released models trail by `lead`. */
static void assimilate_frontier(csim_block *b) {
    const double *restrict gain = IN(b, NUDGE_FRONTIER, 0), *restrict lead = IN(b, NUDGE_FRONTIER_LEAD, 0);
    const double observed = b->plan->obs_frontier[b->t];
    for (int p = 0; p < P; p++)
        b->frontier[p] += gain[p] * (observed - lead[p] - moe_max(b->best_closed[p], b->frontier[p] - 1.5));
}

/* The running maximum, which task bars follow, and tokens a task, which inference-time scaling raises. */
static void follow_frontier(csim_block *b) {
    const double *restrict kappa = IN(b, CAP_KAPPA_TOK, 0);
    for (int p = 0; p < P; p++) {
        const double highest = moe_max(b->frontier_max[p], b->frontier[p]);
        b->frontier_max_step[p] = highest - b->frontier_max[p];
        b->frontier_max[p] = highest;
        b->ln_tokens_step[p] = b->w_inf[p] * b->e_inf[p] * kappa[p] / 12.0;
        b->ln_tokens_per_task[p] += b->ln_tokens_step[p];
    }
}

/* ---- lags and gaps ---- */

/* D_v/distill_open: what policing and gating leave of the distillation that open APIs allow. */
static void distillable(const csim_block *b, double left[P]) {
    const double *restrict policing = LV(b, API_POLICING, 0);
    double gating[P] = {0};
    for (int s = 0; s < b->plan->segments; s++) {
        const double *restrict weight = IN(b, DEMAND_SEGMENT_WEIGHT, s), *restrict gated = LV(b, FRONTIER_GATING, s);
        for (int p = 0; p < P; p++) gating[p] += weight[p] * gated[p];
    }
    for (int p = 0; p < P; p++) left[p] = (1.0 - policing[p]) * (1.0 - gating[p]);
}

/* L*: the structural lag, longer with a worse compute ratio (China only), less distillation, and more private RL environments. */
static void lag_target(const csim_block *b, const double base[P], int chinese, const double left[P], double out[P]) {
    const double *restrict lambda_k = IN(b, CAP_LAMBDA_K, 0), *restrict lambda_d = IN(b, CAP_LAMBDA_D, 0), *restrict lambda_r = IN(b, CAP_LAMBDA_R, 0);
    const double *restrict rho = IN(b, CAP_RHO, 0), *restrict open = IN(b, CAP_DISTILL_OPEN, 0);
    const double private_since = moe_logistic(3.0 * (b->y - 1.5)), compute = chinese ? 1.0 : 0.0;
    for (int p = 0; p < P; p++) {
        const double exponent = compute * lambda_k[p] * moe_log(b->ratio[p] / 10.0) - lambda_d[p] * (open[p] * left[p] - open[p]);
        out[p] = base[p] * moe_exp(exponent) + lambda_r[p] * rho[p] * (b->w_rl[p] * b->e_rl[p] / 0.4) * private_since;
    }
}

static void move_lag(const csim_block *b, const double target[P], const double z[P], double lag[P]) {
    const double *restrict speed = IN(b, CAP_K_L, 0), *restrict noise = IN(b, CAP_S_L, 0);
    for (int p = 0; p < P; p++) {
        const double before = b->t == 0 ? target[p] : lag[p];
        lag[p] = moe_max(before + speed[p] * (target[p] - before) + noise[p] * z[p], LOWEST_LAG_MONTHS);
    }
}

/* §13: by the difference of the observed and last month's released gap, in months. */
static void assimilate_lag(const csim_block *b, double observed_gap, const double best[P], double lag[P]) {
    const double *restrict gain = IN(b, NUDGE_LAG, 0), *restrict g_f = IN(b, CAP_G_F, 0);
    for (int p = 0; p < P; p++) {
        const double released_gap = b->best_closed[p] - best[p];
        lag[p] = moe_max(lag[p] + gain[p] * (observed_gap - released_gap) / (moe_max(g_f[p], 6.0) / 12.0), LOWEST_LAG_MONTHS);
    }
}

static void lags(csim_block *b, const double left[P]) {
    const csim_plan *plan = b->plan;
    const int assimilating = b->t >= 1 && b->t <= plan->assimilate_until;
    double target[P];
    lag_target(b, IN(b, CAP_L0_CN, 0), 1, left, target);
    move_lag(b, target, b->z_lag_cn[b->t & 1], b->lag_cn);
    lag_target(b, IN(b, CAP_L0_OTHER, 0), 0, left, target);
    move_lag(b, target, b->z_lag_other[b->t & 1], b->lag_other);
    if (assimilating && plan->has_gap_cn) assimilate_lag(b, plan->obs_gap_cn[b->t], b->best_cn, b->lag_cn);
    if (assimilating && plan->has_gap_other) assimilate_lag(b, plan->obs_gap_other[b->t], b->best_other, b->lag_other);
}

static void gaps(csim_block *b) {
    const double *restrict tuned_cn = IN(b, CAP_B_CN, 0), *restrict tuned_other = IN(b, CAP_B_OTHER, 0), *restrict shift = LV(b, LAG_SHIFT, 0);
    for (int p = 0; p < P; p++) {
        const double per_month = b->growth[p] / 12.0;
        b->gap_cn[p] = moe_max(per_month * (b->lag_cn[p] + shift[p]) + tuned_cn[p], 0.0);
        b->gap_other[p] = moe_max(per_month * (b->lag_other[p] + shift[p]) + tuned_other[p], 0.0);
    }
}

/* ---- releases ---- */

/* Leadership rotates: each offering's shortfall behind the best of its group reverts to the mean. */
static void rotate(csim_block *b, int j) {
    const double *restrict mean = IN(b, CAP_DELTA_MEAN, 0), *restrict speed = IN(b, CAP_DELTA_K, 0), *restrict z = b->z_shortfall[j][b->t & 1];
    double *restrict shortfall = b->shortfall[j];
    for (int p = 0; p < P; p++) {
        const double noise = 0.7 * mean[p] * sqrt(2.0 * speed[p]) * z[p];
        shortfall[p] = moe_max(shortfall[p] + speed[p] * (mean[p] - shortfall[p]) + noise, 0.0);
    }
}

static void latent_level(csim_block *b, int j) {
    const int group = b->plan->group[j];
    const double *restrict gap = group == CSIM_OTHER_OPEN ? b->gap_other : b->gap_cn;
    const double behind = group == CSIM_CLOSED_US ? 0.0 : 1.0;
    for (int p = 0; p < P; p++) b->latent[j][p] = b->frontier[p] - behind * gap[p] - b->shortfall[j][p];
}

/* A release shows the latent level, if it is higher than what is out. The first month shows it as it is. */
static void release(csim_block *b, int j) {
    const double *restrict rate = IN(b, CAP_REL, 0), *restrict factor = IN(b, CAP_RELEASE_FACTOR, j), *restrict stop = LV(b, RELEASE_STOP, j);
    const double *restrict u = b->u_release[j][b->t & 1], *restrict latent = b->latent[j];
    double *restrict level = b->level[j];
    for (int p = 0; p < P; p++) {
        const double probability = moe_min(rate[p] * factor[p], 1.0) * (1.0 - stop[p]);
        const double better = moe_max(level[p], latent[p]), later = u[p] < probability ? better : level[p];
        level[p] = b->t == 0 ? latent[p] : later;
    }
}

static int any_positive(const double x[P]) {
    uint64_t any = 0; /* as wide as a double, so that the loop is vector code */
    for (int p = 0; p < P; p++) any |= x[p] > 0.0 ? UINT64_C(1) : UINT64_C(0);
    return any != 0;
}

/* A lab that opens its weights lifts the open offerings of its origin to its own level. */
static void open_weights(csim_block *b, int j) {
    const csim_plan *plan = b->plan;
    const int lifted = plan->origin[j] == CSIM_CN ? CSIM_CN_OPEN : CSIM_OTHER_OPEN;
    const double *restrict opens = LV(b, OPENS_WEIGHTS, j);
    if (!any_positive(opens)) return;
    for (int i = 0; i < plan->offerings; i++) {
        if (plan->group[i] != lifted) continue;
        for (int p = 0; p < P; p++) b->level[i][p] = opens[p] > 0.0 ? moe_max(b->level[i][p], b->level[j][p]) : b->level[i][p];
    }
}

/* Best level over the offerings whose group is in the set of bits. */
static void best_of(const csim_block *b, unsigned groups, double best[P]) {
    for (int p = 0; p < P; p++) best[p] = NOBODY;
    for (int j = 0; j < b->plan->offerings; j++) {
        const double *restrict level = b->level[j];
        if (!(groups >> b->plan->group[j] & 1)) continue;
        for (int p = 0; p < P; p++) best[p] = moe_max(best[p], level[p]);
    }
}

static unsigned closed_groups(const csim_plan *plan) {
    for (int j = 0; j < plan->offerings; j++)
        if (plan->group[j] == CSIM_CLOSED_US) return 1u << CSIM_CLOSED_US;
    return 1u << CSIM_CLOSED_CN;
}

static void cap_gap(csim_block *b) {
    const double *restrict ceiling = LV(b, GAP_CEILING, 0);
    for (int j = 0; j < b->plan->offerings; j++) {
        if (!csim_is_open(b->plan, j)) continue;
        for (int p = 0; p < P; p++) b->level[j][p] = moe_max(b->level[j][p], b->best_closed[p] - ceiling[p]);
    }
}

/* Best levels, after the levers that lift open offerings. Closed levels are not lifted, so the best of them can be taken first. */
static void compare(csim_block *b) {
    best_of(b, closed_groups(b->plan), b->best_closed);
    for (int j = 0; j < b->plan->offerings; j++) open_weights(b, j);
    cap_gap(b);
    best_of(b, 1u << CSIM_CN_OPEN, b->best_cn);
    best_of(b, 1u << CSIM_OTHER_OPEN, b->best_other);
    for (int p = 0; p < P; p++) {
        b->best_open[p] = moe_max(b->best_cn[p], b->best_other[p]);
        b->gap_best[p] = moe_max(b->best_closed[p] - b->best_open[p], 0.0);
        b->closed_history[b->t][p] = b->best_closed[p];
    }
}

/* Months since the best closed model passed today's best open one. Both never fall, so the month found only moves forward. */
static void age_lag(csim_block *b) {
    const double *restrict start = IN(b, CAP_FRONTIER0, 0), *restrict past = IN(b, CAP_PAST_GROWTH, 0);
    for (int p = 0; p < P; p++) {
        int passed = b->lag_pointer[p];
        while (passed <= b->t && b->closed_history[passed][p] <= b->best_open[p]) passed++;
        b->lag_pointer[p] = passed;
        const double since = passed <= b->t ? b->t - passed : 0;
        b->lag_age[p] = b->best_open[p] < start[p] ? b->t + 12.0 * (start[p] - b->best_open[p]) / past[p] : since;
    }
}

/* What the frontier's level costs a Chinese open lab, lag and distillation counted, over its first cost. */
static void train_ratio(csim_block *b, const double left[P]) {
    const double *restrict discount = IN(b, CAP_DISTILL_DISCOUNT, 0), *restrict open = IN(b, CAP_DISTILL_OPEN, 0);
    const double *restrict g_f = IN(b, CAP_G_F, 0), *restrict dearer = IN(b, CAP_TRAIN_GROWTH, 0);
    for (int p = 0; p < P; p++) {
        const double power = open[p] > 0.0 ? left[p] : 1.0;
        b->train_ratio[p] = moe_exp(power * moe_log(discount[p]) - cheapening(g_f[p], dearer[p]) * b->lag_cn[p] / 12.0);
    }
}

void csim_capability_step(csim_block *b) {
    double left[P];
    growth(b);
    advance_frontier(b);
    if (b->t >= 1 && b->t <= b->plan->assimilate_until && b->plan->has_frontier) assimilate_frontier(b);
    follow_frontier(b);
    distillable(b, left);
    lags(b, left);
    gaps(b);
    for (int j = 0; j < b->plan->offerings; j++) {
        rotate(b, j);
        latent_level(b, j);
        release(b, j);
    }
    compare(b);
    age_lag(b);
    train_ratio(b, left);
}
