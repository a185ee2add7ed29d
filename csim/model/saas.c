/* Software vendors (docs/model.md §9): automation, seats, revenue, retention, margin, valuation, pivots to open models.
 * Reads suitability, prices and enterprise spend of this month. Must not write what the market itself reads but automation (next month's budgets). */
#include <string.h>

#include "csim/model/block.h"
#include "kernels/lanes.h"

void csim_saas_start(csim_block *b) {
    const double *revenue = IN(b, SAAS_REVENUE0, 0), *seats = IN(b, SAAS_SEAT_SHARE0, 0);
    memcpy(b->automation, IN(b, SAAS_A0, 0), sizeof b->automation);
    memcpy(b->saas_bar, IN(b, CHOICE_TAU0, b->plan->mid_firms), sizeof b->saas_bar);
    memset(b->pivot_hazard, 0, sizeof b->pivot_hazard);
    MOE_LANES(p) {
        b->ln_seat_price[p] = b->ln_seats[p] = b->ln_enterprise_spend[p] = 0.0;
        b->seat_revenue[p] = seats[p] * revenue[p];
        b->usage_revenue[p] = (1.0 - seats[p]) * revenue[p];
        b->saas_revenue[p] = revenue[p];
    }
}

/* S̄_j: suitability for mid firms, or with software's own bar. */
static void find_office_suitability(csim_block *b) {
    const csim_plan *plan = b->plan;
    const int s = plan->mid_firms;
    const double *follow = IN(b, SAAS_THETA, 0), *width = IN(b, CHOICE_W, s), *narrow = IN(b, CHOICE_NARROW, s);
    const double *points = IN(b, ECO_U_FT, 0), *scale = IN(b, ECO_N_SCALE, 0);
    MOE_LANES(p) b->saas_bar[p] += follow[p] * b->frontier_max_step[p];
    for (int j = 0; j < plan->offerings; j++) {
        double *out = b->saas_suitability[j];
        if (!plan->saas_own_bar) {
            memcpy(out, b->suitability[j][s], sizeof b->saas_suitability[j]);
            continue;
        }
        const double specialised = csim_is_open(plan, j) ? 1.0 : 0.0;
        MOE_LANES(p) {
            const double above = b->level[j][p] - b->saas_bar[p];
            const double gain = specialised * points[p] * (1.0 - moe_exp(-b->derivatives_before[j][p] / scale[p]));
            out[p] = (1.0 - narrow[p]) * moe_logistic(above / width[p]) + narrow[p] * moe_logistic((above + gain) / width[p]);
        }
    }
}

/* Δa: Bass towards what the best model does well. */
static void automate(csim_block *b) {
    const double *alone = IN(b, SAAS_P_A, 0), *example = IN(b, SAAS_Q_A, 0);
    double best[P] = {0};
    for (int j = 0; j < b->plan->offerings; j++) MOE_LANES(p) best[p] = moe_max(b->saas_suitability[j][p], best[p]);
    MOE_LANES(p) {
        b->automation_step[p] = (alone[p] + example[p] * b->automation[p]) / 12.0 * moe_max(best[p] - b->automation[p], 0.0);
        b->automation[p] += b->automation_step[p];
    }
}

/* X: how far an agent that does a seat's work undercuts last month's price of the seat. */
static void find_pressure(csim_block *b) {
    const double *tokens = IN(b, SAAS_TOK_SEAT, 0), *price0 = IN(b, SAAS_SEAT_PRICE0, 0);
    double ratio[P];
    MOE_LANES(p) {
        const double seat_price = price0[p] * moe_exp(b->ln_seat_price[p]);
        ratio[p] = tokens[p] * moe_exp(b->ln_tokens_per_task[p]) * b->realised[p] / seat_price;
        b->pressure[p] = 0.0;
    }
    for (int j = 0; j < b->plan->offerings; j++) {
        const double *relative = IN(b, CHOICE_TOKENS_PER_TASK, j);
        MOE_LANES(p) {
            const double saved = moe_max(1.0 - ratio[p] * b->price[j][p] * relative[p], 0.0);
            b->pressure[p] = moe_max(b->pressure[p], b->saas_suitability[j][p] * saved);
        }
    }
}

/* E: spend of large and mid firms in all regions, $M a month; its Δ ln is 0 at t = 0. */
static void find_enterprise_spend(csim_block *b, double *spend, double *step) {
    const csim_plan *plan = b->plan;
    const double started = b->t > 0 ? 1.0 : 0.0;
    MOE_LANES(p) spend[p] = 0.0;
    for (int s = 0; s < plan->segments; s++) {
        if (s != plan->large_firms && s != plan->mid_firms) continue;
        for (int j = 0; j < plan->offerings; j++) MOE_LANES(p) spend[p] += b->spend[j][s][p];
    }
    MOE_LANES(p) {
        const double ln_spend = moe_log(spend[p]);
        step[p] = started * (ln_spend - b->ln_enterprise_spend[p]);
        b->ln_enterprise_spend[p] = ln_spend;
    }
}

/* Seat price, seats, seat and usage revenue, and ν, the month's growth at existing customers. */
static void move_revenue(csim_block *b, const double *enterprise_step) {
    const double *rise = IN(b, SAAS_PI0, 0), *fall = IN(b, SAAS_OMEGA_P, 0), *fresh = IN(b, SAAS_G_NEW, 0), *old = IN(b, SAAS_G_EXP, 0);
    const double *fade = IN(b, SAAS_G_FADE, 0), *lost = IN(b, SAAS_ZETA, 0), *moving = IN(b, SAAS_M_W, 0), *seat_share = IN(b, SAAS_SEAT_SHARE0, 0);
    const double *kept = IN(b, SAAS_MIGR_KEEP, 0), *base = IN(b, SAAS_USE_BASE, 0), *pass = IN(b, SAAS_NU, 0), y = b->y;
    double *nu = b->retention_history[b->t];
    double growth[P], seats[P], usage[P];
    MOE_LANES(p) {
        const double price_step = rise[p] / 12.0 - fall[p] * b->pressure[p] / 12.0;
        seats[p] = moe_exp(-fade[p] * y);
        const double seat_step = (fresh[p] + old[p]) * seats[p] / 12.0 - lost[p] * b->automation_step[p];
        b->ln_seat_price[p] += price_step;
        b->ln_seats[p] += seat_step;
        growth[p] = moe_exp(price_step + seat_step);
        usage[p] = moe_exp(base[p] * seats[p] / 12.0 + pass[p] * moe_clip(enterprise_step[p], -0.1, 0.25));
    }
    MOE_LANES(p) {
        const double seat_before = b->seat_revenue[p], usage_before = b->usage_revenue[p], before = seat_before + usage_before;
        const double migrated = moving[p] / seat_share[p] * seat_before;
        b->seat_revenue[p] = seat_before * growth[p] - migrated;
        b->usage_revenue[p] = usage_before * usage[p] + kept[p] * migrated;
        b->saas_revenue[p] = b->seat_revenue[p] + b->usage_revenue[p];
        nu[p] = moe_log(b->saas_revenue[p] / before) - (fresh[p] * seat_before + 0.4 * base[p] * usage_before) * seats[p] / 12.0 / before;
    }
    memcpy(b->saas_history[b->t], b->saas_revenue, sizeof b->saas_revenue);
}

/* Net revenue retention over the last year, or as much of it as there is. */
static void find_retention(csim_block *b) {
    const int months = b->t + 1 < 12 ? b->t + 1 : 12;
    double sum[P] = {0};
    for (int m = b->t - months + 1; m <= b->t; m++) MOE_LANES(p) sum[p] += b->retention_history[m][p];
    MOE_LANES(p) b->nrr[p] = moe_exp(sum[p] / months * 12.0);
}

/* What vendors pay for AI saturates at a share of revenue; margin. */
static void find_margin(csim_block *b, const double *enterprise_spend) {
    const double *cap = IN(b, SAAS_AI_COGS_CAP, 0), *part = IN(b, SAAS_VEND_FRAC, 0), *gross = IN(b, SAAS_GROSS_MARGIN0, 0);
    MOE_LANES(p) {
        const double yearly = 12.0 * enterprise_spend[p] / 1000.0;
        b->ai_cogs[p] = cap[p] * (1.0 - moe_exp(-part[p] * yearly / (cap[p] * b->saas_revenue[p])));
        b->saas_margin[p] = gross[p] - b->ai_cogs[p];
    }
}

/* g12: growth over 12 months, annualised before there are as many. */
static void find_growth(csim_block *b) {
    const int t = b->t, back = t < 12 ? t : 12;
    double *g = b->growth_history[t];
    const double *before = b->saas_history[t - back];
    if (t == 0) MOE_LANES(p) g[p] = 0.08;
    else MOE_LANES(p) g[p] = 12.0 / back * moe_log(b->saas_revenue[p] / before[p]);
}

/* Φ to 1e-12 by the series ½ + φ(z) z (1 + z²/3 (1 + z²/5 (1 + …))), which is vector code; the tails beyond 7 are below that. */
static void find_normal_cdf(const double *z, double *cdf) {
    enum { TERMS = 100 };
    double bounded[P], sum[P];
    MOE_LANES(p) bounded[p] = moe_clip(z[p], -7.0, 7.0);
    MOE_LANES(p) sum[p] = 1.0;
    for (int k = TERMS; k > 0; k--) {
        const double each = 1.0 / (2 * k + 1);
        MOE_LANES(p) sum[p] = 1.0 + sum[p] * (bounded[p] * bounded[p] * each);
    }
    MOE_LANES(p) cdf[p] = 0.5 + 0.3989422804014327 * moe_exp(-0.5 * bounded[p] * bounded[p]) * bounded[p] * sum[p];
}

/* EV/S: growth, retention, margin, and the risk that revenue shrinks. */
static void value_software(csim_block *b) {
    const double *m0 = IN(b, SAAS_EV_M0, 0), *by_growth = IN(b, SAAS_EV_GROWTH, 0), *by_nrr = IN(b, SAAS_EV_NRR, 0);
    const double *by_margin = IN(b, SAAS_EV_MARGIN, 0), *by_risk = IN(b, SAAS_EV_RISK, 0);
    const double *g = b->growth_history[b->t], *year_ago = b->growth_history[b->t >= 24 ? b->t - 12 : b->t];
    double z[P], risk[P];
    MOE_LANES(p) z[p] = -(3.0 * g[p] + 3.0 * moe_clip(g[p] - year_ago[p], -0.1, 0.1)) / 0.25;
    find_normal_cdf(z, risk);
    MOE_LANES(p) {
        const double ln_multiple = m0[p] + by_growth[p] * moe_clip(g[p] - 0.13, -0.3, 0.3) + by_nrr[p] * moe_clip(b->nrr[p] - 1.07, -0.3, 0.3)
                                   + by_margin[p] * moe_clip(b->saas_margin[p] - 0.74, -1.0, 0.3) - by_risk[p] * (risk[p] - 0.07);
        b->ev_sales[p] = moe_exp(ln_multiple);
    }
    memcpy(b->ev_history[b->t], b->ev_sales, sizeof b->ev_sales);
}

/* Cliff of revenue and crash of valuation against 12 months before. */
static void flag_falls(csim_block *b) {
    const double *cliff = IN(b, SAAS_CLIFF_FRAC, 0), *crash = IN(b, SAAS_CRASH_FRAC, 0);
    if (b->t < 12) {
        MOE_LANES(p) b->cliff[p] = 0.0;
        MOE_LANES(p) b->crash[p] = 0.0;
        return;
    }
    const double *revenue = b->saas_history[b->t - 12], *multiple = b->ev_history[b->t - 12];
    MOE_LANES(p) {
        b->cliff[p] = b->saas_revenue[p] <= (1.0 - cliff[p]) * revenue[p] ? 1.0 : 0.0;
        b->crash[p] = b->ev_sales[p] <= (1.0 - crash[p]) * multiple[p] ? 1.0 : 0.0;
    }
}

/* Pivots: a common hazard times a vendor's frailty; a vendor has moved when its sum passes the vendor's threshold. */
static void pivot(csim_block *b) {
    const csim_plan *plan = b->plan;
    const double *level = IN(b, PIVOT_LAMBDA0, 0), *b1 = IN(b, PIVOT_B1, 0), *b2 = IN(b, PIVOT_B2, 0), *b3 = IN(b, PIVOT_B3, 0), *b4 = IN(b, PIVOT_B4, 0);
    const double *ops = IN(b, CHOICE_OPS, plan->large_firms), *origin = IN(b, CHOICE_ORIGIN_CN, plan->large_firms);
    const double *ratio = b->suitability_ratio[plan->large_firms], ln_10 = 2.302585092994046;
    double hazard[P];
    MOE_LANES(p) {
        const double of_origin = origin[p], friction = ops[p] + (b->best_cn[p] >= b->best_other[p] ? of_origin : 0.0);
        const double pull = b1[p] * ((b->ln_price_closed[p] - b->ln_price_open[p]) / ln_10 - 1.0) + b2[p] * moe_clip((ratio[p] - 0.9) / 0.05, -6.0, 2.0)
                            - b3[p] * (friction - 2.0) + b4[p] * moe_clip(b->ai_cogs[p] / 0.05 - 1.0, 0.0, 2.0);
        hazard[p] = level[p] * moe_exp(moe_clip(pull, -8.0, 3.0));
    }
    MOE_LANES(p) b->pivots[p] = 0.0;
    for (int v = 0; v < plan->vendors; v++)
        MOE_LANES(p) {
            b->pivot_hazard[v][p] += hazard[p] * b->pivot_frailty[v][p];
            b->pivots[p] += b->pivot_hazard[v][p] > b->pivot_threshold[v][p] ? 1.0 : 0.0;
        }
}

void csim_saas_step(csim_block *b) {
    double enterprise_spend[P], enterprise_step[P];
    find_office_suitability(b);
    automate(b);
    find_pressure(b);
    find_enterprise_spend(b, enterprise_spend, enterprise_step);
    move_revenue(b, enterprise_step);
    find_retention(b);
    find_margin(b, enterprise_spend);
    find_growth(b);
    value_software(b);
    flag_falls(b);
    pivot(b);
}
