/* Users and payers of closed chat products (docs/model.md §9, consumers): tiers, churn, subscriptions, advertising. Counts are millions. */
#include <string.h>

#include "csim/model/block.h"
#include "kernels/lanes.h"

void csim_consumers_start(csim_block *b) {
    memcpy(b->users, IN(b, SUB_USERS0, 0), sizeof b->users);
    memcpy(b->plus, IN(b, SUB_PAYERS0, 0), sizeof b->plus);
    memset(b->go, 0, sizeof b->go);
    memset(b->subscriptions, 0, sizeof b->subscriptions);
    memset(b->advertising, 0, sizeof b->advertising);
}

/* Users: Bass. */
static void move_users(csim_block *b) {
    const double *alone = IN(b, SUB_P, 0), *example = IN(b, SUB_Q, 0), *ceiling = IN(b, SUB_CEILING, 0);
    MOE_LANES(p) b->users[p] += (alone[p] + example[p] * b->users[p] / ceiling[p]) * moe_max(ceiling[p] - b->users[p], 0.0) / 12.0;
}

/* Churn of each tier: less with a wider gap, more where the free model is as good; Plus also loses to a cheaper Go. */
static void find_churn(const csim_block *b, double *plus_churn, double *go_churn) {
    const double *base = IN(b, SUB_CH0, 0), *by_gap = IN(b, SUB_B_G, 0), *by_price = IN(b, SUB_B_P, 0), *by_equal = IN(b, SUB_B_EQ, 0);
    const double *plus_price = LV(b, PLUS_PRICE, 0), *go_price = LV(b, GO_PRICE, 0), *offered = LV(b, GO_ON_SALE, 0);
    const double *ratio = b->suitability_ratio[b->plan->consumers];
    double dearer[P];
    MOE_LANES(p) dearer[p] = by_price[p] * moe_log(plus_price[p] / go_price[p]) * offered[p];
    MOE_LANES(p) {
        const double gap = moe_max(b->best_closed[p] - b->best_open[p], 0.0), held = -by_gap[p] * (gap / 7.5 - 0.8);
        const double equal = 1.0 + by_equal[p] * moe_logistic((ratio[p] - 0.95) / 0.01);
        go_churn[p] = moe_min(base[p] * moe_exp(moe_clip(held, -1.0, 1.0)) * equal, 0.5);
        plus_churn[p] = moe_min(base[p] * moe_exp(moe_clip(held + dearer[p], -1.0, 1.5)) * equal, 0.5);
    }
}

/* New payers choose Go with odds v_G against Plus. */
static void move_payers(csim_block *b) {
    const double *rate = IN(b, SUB_ACQ, 0), *utility = IN(b, SUB_GO_UTIL, 0);
    const double *plus_price = LV(b, PLUS_PRICE, 0), *go_price = LV(b, GO_PRICE, 0), *offered = LV(b, GO_ON_SALE, 0);
    double plus_churn[P], go_churn[P];
    find_churn(b, plus_churn, go_churn);
    MOE_LANES(p) {
        const double odds = moe_exp(utility[p]) * (plus_price[p] / go_price[p]) * offered[p], to_go = odds / (1.0 + odds);
        const double gap = moe_max(b->best_closed[p] - b->best_open[p], 0.0), worth = moe_clip(moe_exp(0.06 * (gap - 6.0)), 0.4, 2.0);
        const double acquired = rate[p] * moe_max(b->users[p] - b->plus[p] - b->go[p], 0.0) * (1.0 + 0.6 * to_go) * worth;
        b->plus[p] = b->plus[p] * (1.0 - plus_churn[p]) + acquired * (1.0 - to_go);
        b->go[p] = b->go[p] * (1.0 - go_churn[p]) + acquired * to_go;
    }
}

/* $M a month. */
static void charge(csim_block *b) {
    const double *plus_price = LV(b, PLUS_PRICE, 0), *go_price = LV(b, GO_PRICE, 0), *pro_price = LV(b, PRO_PRICE, 0), *ads = LV(b, ADS_ARPU, 0);
    const double *pro = IN(b, SUB_PRO_FRAC, 0), *plus_net = IN(b, SUB_PLUS_NET, 0), *go_net = IN(b, SUB_GO_NET, 0);
    MOE_LANES(p) {
        const double plus = (1.0 - pro[p]) * plus_price[p] + pro[p] * pro_price[p];
        b->subscriptions[p] = b->plus[p] * plus * plus_net[p] + b->go[p] * go_price[p] * go_net[p];
        b->advertising[p] = ads[p] / 12.0 * moe_max(b->users[p] - b->plus[p] - b->go[p], 0.0);
    }
}

void csim_consumers_step(csim_block *b) {
    move_users(b);
    move_payers(b);
    charge(b);
}
