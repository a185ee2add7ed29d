/* Stocks of accelerators, in millions of H100-equivalents, and the power that limits them (docs/model.md §2).
 * Owns the generation shares of the merchant fleet, which power, cost and chip revenue read. */
#include "csim/model/block.h"

/* Two years before the levels of 2026-01, at the growth rates. */
void csim_compute_start(csim_block *b) {
    const double *restrict g_us = IN(b, COMPUTE_G_US, 0), *restrict minus = IN(b, COMPUTE_G_CN_MINUS, 0);
    const double *restrict us_2026 = IN(b, COMPUTE_K_US_2026, 0), *restrict cn_2026 = IN(b, COMPUTE_K_CN_2026, 0);
    for (int p = 0; p < P; p++) {
        b->k_us[p] = b->k_us_before[p] = b->k_noinv[p] = us_2026[p] * moe_exp(-2.0 * g_us[p]);
        b->k_cn[p] = b->k_ref[p] = cn_2026[p] * moe_exp(-2.0 * (g_us[p] - minus[p]));
    }
    memset(b->merchant_share_now, 0, sizeof b->merchant_share_now);
}

static void share_generations(csim_block *b) {
    const csim_plan_ladder *ladder = &b->plan->fleet_ladder[b->plan->merchant_fleet];
    const size_t rows = (size_t)ladder->count * sizeof b->merchant_share_now[0];
    memcpy(b->merchant_share_before, b->merchant_share_now, rows);
    csim_ladder_shares(ladder, b->t, NULL, IN(b, COST_TAU_FLEET, 0), b->merchant_share_now);
}

/* ψ: kW of an H100-equivalent of the merchant fleet as it stands. */
static void power_per_h100e(const csim_block *b, double kw[P]) {
    const csim_plan_ladder *ladder = &b->plan->fleet_ladder[b->plan->merchant_fleet];
    double power[P] = {0}, speed[P] = {0};
    for (int i = 0; i < ladder->count; i++) {
        const moe_hardware *machine = &b->plan->machine[ladder->machine[i]].hardware;
        const csim_machine_factors *factors = &b->machine_factors[ladder->machine[i]];
        const double one_kw = machine->all_in_kw, h100e = machine->fp8_flop_per_s / CSIM_H100_FP8_FLOP_PER_S;
        const double *restrict share = b->merchant_share_now[i], *restrict hungrier = factors->power, *restrict faster = factors->change.flop;
        for (int p = 0; p < P; p++) {
            power[p] += share[p] * one_kw * hungrier[p];
            speed[p] += share[p] * h100e * faster[p];
        }
    }
    for (int p = 0; p < P; p++) kw[p] = power[p] / speed[p];
}

/* (1 − x⁴)⁺: hardly felt at half the limit, a wall at the limit. With x instead of x⁴ the brake would rewrite history. */
static double brake(double use) { return moe_max(1.0 - (use * use) * (use * use), 0.0); }

/* Brakes on the two stocks: the world's power ceiling, which rises along a logistic curve, and a limit for each side. */
static void brakes(csim_block *b, double us[P], double cn[P]) {
    const double rise = moe_logistic((b->y - 8.0) / 3.0) / moe_logistic(1.0);
    const double *restrict ceiling = IN(b, COMPUTE_POWER_CEILING, 0), *restrict overhead = IN(b, COMPUTE_POWER_OVERHEAD, 0);
    const double *restrict limit_us = LV(b, POWER_LIMIT_US, 0), *restrict limit_cn = LV(b, POWER_LIMIT_CN, 0);
    double kw[P];
    power_per_h100e(b, kw);
    for (int p = 0; p < P; p++) {
        const double site_kw = kw[p] * overhead[p];
        b->power_gw[p] = (b->k_us[p] + b->k_cn[p]) * site_kw;
        const double world = brake(b->power_gw[p] / (ceiling[p] * rise));
        us[p] = world * brake(b->k_us[p] * site_kw / limit_us[p]);
        cn[p] = world * brake(b->k_cn[p] * site_kw / limit_cn[p]);
    }
}

static void grow_stocks(csim_block *b, const double brake_us[P], const double brake_cn[P]) {
    const double *restrict g_us = IN(b, COMPUTE_G_US, 0), *restrict minus = IN(b, COMPUTE_G_CN_MINUS, 0);
    const double *restrict decay = IN(b, COMPUTE_G_US_DECAY, 0), *restrict retirement = IN(b, COMPUTE_RETIREMENT, 0);
    const double *restrict offshore = LV(b, OFFSHORE_CLOUD, 0), *restrict diversion = LV(b, DIVERSION, 0);
    const double since = moe_max(b->y - 2.5, 0.0);
    for (int p = 0; p < P; p++) {
        const double fade = moe_exp(-decay[p] * since), d = retirement[p];
        const double us = g_us[p] * fade, cn = (g_us[p] - minus[p]) * fade * brake_cn[p];
        const double supplied = (b->supply[p] + offshore[p] + diversion[p]) / b->supply_reference[p];
        b->k_us_before[p] = b->k_us[p];
        b->k_us[p] *= moe_exp((us + b->invest_push[p]) * brake_us[p] / 12.0);
        b->k_noinv[p] *= moe_exp(us * brake_us[p] / 12.0);
        b->k_ref[p] *= moe_exp(cn / 12.0);
        b->k_cn[p] = b->k_cn[p] * (1.0 - d / 12.0) + b->k_ref[p] * moe_max(cn + d, 0.05) * supplied / 12.0;
    }
}

/* R counts what chips lose in training: pre-training feels FLOP/s, reinforcement learning feels memory bandwidth. Losses are relative to the reference
 * regime's, in whose units K_CN is given; in the ladder form there are none. */
static void weigh_losses(csim_block *b) {
    const int reference = b->plan->policy_reference;
    const double *restrict severity = IN(b, POLICY_SEVERITY, 0), *restrict pre = IN(b, CAP_W_PRE, 0), *restrict rl = IN(b, CAP_W_RL, 0);
    const double *restrict flop_ref = IN(b, POLICY_FLOP_LOSS, reference), *restrict bw_ref = IN(b, POLICY_BW_LOSS, reference);
    for (int p = 0; p < P; p++) {
        const double flop = (1.0 - moe_min(flop_ref[p] * severity[p], 0.8)) / (1.0 - b->flop_loss[p]);
        const double bw = (1.0 - moe_min(bw_ref[p] * severity[p], 0.8)) / (1.0 - b->bw_loss[p]);
        b->ratio[p] *= moe_exp((pre[p] * moe_log(flop) + rl[p] * moe_log(bw)) / (pre[p] + rl[p]));
    }
}

void csim_compute_step(csim_block *b) {
    double us[P], cn[P];
    share_generations(b);
    brakes(b, us, cn);
    grow_stocks(b, us, cn);
    for (int p = 0; p < P; p++) b->ratio[p] = b->k_us[p] / b->k_cn[p];
    if (b->plan->policy_relative) weigh_losses(b);
}
