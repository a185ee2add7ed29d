/* Invariants that hold for every path in every month, whatever the scenario (docs/model.md). Called after a step, from tests and on request; reads only.
 * A path that was stopped is left out: its state is of no use. */
#include <stdio.h>

#include "csim/model/block.h"

/* The path looked at, and where the one sentence about it goes. */
typedef struct check { const csim_block *b; int p; char *text; size_t size; } check;

static int fail(const check *c, const char *what, const char *where, double value) {
    if (c->text && c->size)
        (void)snprintf(c->text, c->size, "path %lu, month %d: %s%s%s is %.17g", (unsigned long)c->b->first_path + (unsigned long)c->p, c->b->t - 1, what,
                       where[0] ? " of " : "", where, value);
    return 1;
}

static int is_finite(double x) { return x - x == 0.0; }
static int near(double a, double b, double tolerance) { return fabs(a - b) <= tolerance; }

/* Shares of a market lie in [0, 1] and sum to 1. */
static int check_market(const check *c, int s, int r) {
    const csim_plan *plan = c->b->plan;
    double sum = 0.0;
    for (int j = 0; j < plan->offerings; j++) {
        const double share = c->b->share[s][r][j][c->p];
        if (!(share >= 0.0 && share <= 1.0 + 1e-12)) return fail(c, "the share", plan->offering_id[j], share);
        sum += share;
    }
    return near(sum, 1.0, 1e-12) ? 0 : fail(c, "the sum of shares", plan->segment_id[s], sum);
}

static int check_shares(const check *c) {
    const csim_plan *plan = c->b->plan;
    for (int s = 0; s < plan->segments; s++)
        for (int r = 0; r < plan->regions; r++)
            if (check_market(c, s, r)) return 1;
    return 0;
}

static int check_policy(const check *c) {
    double sum = 0.0;
    for (int x = 0; x < c->b->plan->regimes; x++) sum += c->b->regime_mix[x][c->p];
    return near(sum, 1.0, 1e-9) ? 0 : fail(c, "the sum of the mix of regimes", "", sum);
}

/* Stocks never fall below 0. */
static int check_stocks(const check *c) {
    const csim_block *b = c->b;
    const struct { const char *name; double value; } stocks[] = {
        {"K_US", b->k_us[c->p]}, {"K_CN", b->k_cn[c->p]}, {"capital", b->capital[c->p]}, {"investment", b->investment[c->p]},
        {"users", b->users[c->p]}, {"Plus payers", b->plus[c->p]}, {"Go payers", b->go[c->p]}, {"automation", b->automation[c->p]},
        {"seat revenue", b->seat_revenue[c->p]}, {"usage revenue", b->usage_revenue[c->p]}, {"tokens", b->tokens_total[c->p]},
    };
    for (size_t i = 0; i < sizeof stocks / sizeof *stocks; i++)
        if (!(stocks[i].value >= 0.0 && is_finite(stocks[i].value))) return fail(c, "a stock", stocks[i].name, stocks[i].value);
    for (int j = 0; j < b->plan->offerings; j++)
        if (!(b->derivatives[j][c->p] >= 0.0)) return fail(c, "the number of derivatives", b->plan->offering_id[j], b->derivatives[j][c->p]);
    return 0;
}

static int check_offerings(const check *c) {
    const csim_block *b = c->b;
    double sum = 0.0;
    for (int j = 0; j < b->plan->offerings; j++) {
        const double price = b->price[j][c->p], rise = b->level_shown[j][c->p] - b->level_before[j][c->p];
        if (!(price >= 1e-4 && price <= 1e3)) return fail(c, "the price in $/M", b->plan->offering_id[j], price);
        if (!(rise >= 0.0)) return fail(c, "the rise of the released level", b->plan->offering_id[j], rise);
        sum += b->tokens_offering[j][c->p];
    }
    const double total = b->tokens_total[c->p];
    return near(sum, total, 1e-9 * total) ? 0 : fail(c, "the sum of tokens over offerings, for a total otherwise found,", "", sum);
}

/* First use stays below its ceiling, unless it began above. */
static int check_first_use(const check *c) {
    const csim_block *b = c->b;
    for (int s = 0; s < b->plan->segments; s++) {
        const double use = b->first_use[s][c->p], most = moe_max(IN(b, DEMAND_CEILING, s)[c->p], IN(b, DEMAND_F0, s)[c->p]);
        if (!(use >= 0.0 && use <= most * (1.0 + 1e-12))) return fail(c, "first use", b->plan->segment_id[s], use);
    }
    return 0;
}

static int check_accounts(const check *c) {
    const csim_block *b = c->b;
    const int p = c->p;
    const double parts[] = {b->pool_chips[p], b->pool_power[p], b->pool_hosts[p], b->pool_closed[p], b->pool_open[p]};
    double pool = 0.0, size = fabs(b->outlay[p]);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        pool += parts[i];
        size = moe_max(size, fabs(parts[i]));
    }
    if (!near(pool, b->outlay[p], 1e-9 * size)) return fail(c, "the profit pool less outlay", "", pool - b->outlay[p]);
    const struct { const char *name; double value; } ratios[] = {
        {"net revenue retention", b->nrr[p]}, {"software's margin", b->saas_margin[p]}, {"closed labs' gross margin", b->gross_margin[p]}, {"ROI", b->roi[p]}};
    for (size_t i = 0; i < sizeof ratios / sizeof *ratios; i++)
        if (!is_finite(ratios[i].value)) return fail(c, "the value", ratios[i].name, ratios[i].value);
    if (!(b->value_share[p] >= 0.0 && b->value_share[p] <= 1.0)) return fail(c, "closed labs' share of value", "", b->value_share[p]);
    if (!(b->hhi[p] >= 0.0 && b->hhi[p] <= 1.0 + 1e-9)) return fail(c, "the HHI", "", b->hhi[p]);
    return 0;
}

int csim_block_verify(const csim_block *b, char *text, size_t size) {
    for (int p = 0; p < b->n; p++) {
        const check c = {b, p, text, size};
        if (b->failure[p] != CSIM_PATH_OK) continue;
        if (check_shares(&c) || check_policy(&c) || check_stocks(&c) || check_offerings(&c) || check_first_use(&c) || check_accounts(&c)) return 1;
    }
    return 0;
}
