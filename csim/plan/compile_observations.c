/* Observed series → a value a month: shares straight in log-odds, prices in logs, levels linear; the first and last value are held.
 * Rows dated after what the scenario knows are dropped here, so that nothing later can see them. */
#include <math.h>
#include <stdio.h>

#include "csim/catalogue/observations.h"
#include "csim/plan/compile.h"
#include "kernels/vmath.h"

typedef enum axis { LEVEL, LOG_PRICE, SHARE } axis;

static double to_axis(double value, axis on) { return on == LEVEL ? value : on == LOG_PRICE ? moe_log(value) : moe_logit(value); }
static double from_axis(double x, axis on) { return on == SHARE ? moe_logistic(x) : x; } /* prices stay logs */

static void fill(const csim_observation *row, size_t count, axis on, const csim_plan *plan, double *out) {
    size_t after = 0;
    for (int t = 0; t < plan->months; t++) {
        const int month = plan->start_month + t;
        while (after < count && row[after].month <= month) after++;
        if (!after) out[t] = from_axis(to_axis(row[0].value, on), on);
        else if (after == count) out[t] = from_axis(to_axis(row[count - 1].value, on), on);
        else {
            const csim_observation *a = &row[after - 1], *b = &row[after];
            const double part = (double)(month - a->month) / (double)(b->month - a->month);
            const double low = to_axis(a->value, on), high = to_axis(b->value, on);
            out[t] = from_axis(low + part * (high - low), on);
        }
    }
}

/* Fills `out` when the series has rows that the scenario may know. A missing series is no error: that state is then not pulled. */
static int32_t series(const csim_observations *all, const char *name, axis on, int known_until, const csim_plan *plan, double *out) {
    const csim_observation *row;
    size_t count, known = 0;
    if (csim_observations_find(all, name, &row, &count, NULL)) return 0;
    while (known < count && row[known].month <= known_until) known++;
    if (known) fill(row, known, on, plan, out);
    return known > 0;
}

static void developers_and_enterprise(const csim_observations *all, int known, csim_plan *plan) {
    plan->has_developers = series(all, "developers_cn_open_share", SHARE, known, plan, plan->obs_developers[0]) &
                           series(all, "developers_other_open_share", SHARE, known, plan, plan->obs_developers[1]);
    double open[CSIM_MAX_MONTHS];
    plan->has_enterprise = series(all, "enterprise_cn_open_share", SHARE, known, plan, plan->obs_enterprise[0]) & series(all, "enterprise_open_share", SHARE, known, plan, open);
    for (int t = 0; plan->has_enterprise && t < plan->months; t++) plan->obs_enterprise[1][t] = moe_max(open[t] - plan->obs_enterprise[0][t], 1e-6);
}

csim_status csim_compile_observations(const csim_scenario *s, csim_plan *plan, csim_error *err) {
    if (plan->assimilate_until < 0) return CSIM_OK;
    csim_observations *all;
    const csim_status status = csim_observations_load(s->observations_file, &all, err);
    if (status) return status;
    const int known = s->known_until == CSIM_NO_MONTH || s->known_until > s->assimilate_until ? s->assimilate_until : s->known_until;
    plan->has_frontier = series(all, "frontier_eci", LEVEL, known, plan, plan->obs_frontier);
    plan->has_gap_cn = series(all, "gap_cn_open", LEVEL, known, plan, plan->obs_gap_cn);
    plan->has_gap_other = series(all, "gap_other_open", LEVEL, known, plan, plan->obs_gap_other);
    for (int32_t j = 0; j < plan->offerings; j++) {
        char name[CSIM_PLAN_ID + 32];
        snprintf(name, sizeof name, "list_blend_price:%s", plan->offering_id[j]);
        plan->has_price[j] = series(all, name, LOG_PRICE, known, plan, plan->obs_ln_price[j]);
    }
    developers_and_enterprise(all, known, plan);
    csim_observations_free(all);
    return CSIM_OK;
}
