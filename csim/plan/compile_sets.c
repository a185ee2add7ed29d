/* Sets, roles, groups of offerings and the policy calendar: names become positions. */
#include <string.h>

#include "csim/plan/compile.h"

static int32_t month_of(const csim_scenario *scenario, int month) {
    return month == CSIM_NO_MONTH ? CSIM_NO_MONTH : month - scenario->start_month;
}

static csim_status compile_names(const csim_scenario *s, csim_plan *plan, csim_error *err) {
    csim_status status = CSIM_OK;
    for (size_t i = 0; !status && i < s->segments; i++) status = csim_compile_id(plan->segment_id[i], CSIM_PLAN_ID, s->segment[i], err);
    for (size_t i = 0; !status && i < s->regions; i++) status = csim_compile_id(plan->region_id[i], CSIM_PLAN_ID, s->region[i], err);
    for (size_t i = 0; !status && i < s->regimes; i++) status = csim_compile_id(plan->regime_id[i], CSIM_PLAN_ID, s->regime[i].id, err);
    for (size_t i = 0; !status && i < s->fleets; i++) status = csim_compile_id(plan->fleet_id[i], CSIM_PLAN_ID, s->fleet[i].id, err);
    for (size_t i = 0; !status && i < s->vendors; i++) status = csim_compile_id(plan->vendor_id[i], CSIM_PLAN_ID, s->vendor[i], err);
    for (size_t i = 0; !status && i < s->offerings; i++) status = csim_compile_id(plan->offering_id[i], CSIM_PLAN_ID, s->offering[i].id, err);
    return status;
}

static csim_group group_of(const csim_offering *offering) {
    if (offering->openness == CSIM_CLOSED) return offering->origin == CSIM_CN ? CSIM_CLOSED_CN : CSIM_CLOSED_US;
    return offering->origin == CSIM_CN ? CSIM_CN_OPEN : CSIM_OTHER_OPEN;
}

static int32_t first_of(const csim_plan *plan, csim_group group) {
    for (int32_t j = 0; j < plan->offerings; j++)
        if (plan->group[j] == (int32_t)group) return j;
    return -1;
}

static csim_status compile_offerings(const csim_scenario *s, csim_plan *plan, csim_error *err) {
    for (size_t j = 0; j < s->offerings; j++) {
        const csim_offering *offering = &s->offering[j];
        plan->group[j] = (int32_t)group_of(offering);
        plan->origin[j] = (int32_t)offering->origin;
        plan->entry_month[j] = month_of(s, offering->entry_month);
        plan->second_fleet[j] = offering->second_fleet;
    }
    plan->reference_closed = first_of(plan, CSIM_CLOSED_US);
    plan->reference_open = first_of(plan, CSIM_CN_OPEN);
    plan->reference_other = first_of(plan, CSIM_OTHER_OPEN);
    if (plan->reference_closed < 0)
        return csim_error_set_at(err, CSIM_INCONSISTENT, s->file, 0, 0, "offerings", "no closed offering of an origin other than cn: the model measures the frontier by one");
    if (plan->reference_open < 0)
        return csim_error_set_at(err, CSIM_INCONSISTENT, s->file, 0, 0, "offerings", "no open offering of origin cn: the model measures lag, price and cost ratios by the first one");
    return CSIM_OK;
}

static int32_t regime_by_name(const csim_plan *plan, const char *name) {
    for (int32_t x = 0; x < plan->regimes; x++)
        if (!strcmp(plan->regime_id[x], name)) return x;
    return -1;
}

static csim_status compile_calendar(const csim_scenario *s, csim_plan *plan, csim_error *err) {
    int32_t state = CSIM_POLICY_MARKOV;
    size_t next = 0;
    if (!s->policy_steps || s->policy_schedule[0].month > s->start_month)
        return csim_error_set_at(err, CSIM_INCONSISTENT, s->file, 0, 0, "policy.schedule", "must say the regime of the first month of the run");
    for (int32_t t = 0; t < plan->months; t++) {
        for (; next < s->policy_steps && s->policy_schedule[next].month <= s->start_month + t; next++) {
            const csim_step *step = &s->policy_schedule[next];
            state = strcmp(step->name, "markov") ? regime_by_name(plan, step->name) : CSIM_POLICY_MARKOV;
            if (state < 0 && strcmp(step->name, "markov"))
                return CSIM_COMPILE_FAIL(err, CSIM_UNKNOWN_NAME, step->note, "policy.schedule", "no regime is called '%s'", step->name);
        }
        plan->policy_state[t] = state;
    }
    if (plan->policy_state[0] == CSIM_POLICY_MARKOV)
        return CSIM_COMPILE_FAIL(err, CSIM_INCONSISTENT, s->policy_schedule[0].note, "policy.schedule", "the first month needs a regime, not 'markov'");
    return CSIM_OK;
}

csim_status csim_compile_sets(const csim_scenario *s, csim_plan *plan, csim_error *err) {
    plan->months = s->months;
    plan->start_month = s->start_month;
    plan->offerings = (int32_t)s->offerings;
    plan->segments = (int32_t)s->segments;
    plan->regions = (int32_t)s->regions;
    plan->regimes = (int32_t)s->regimes;
    plan->fleets = (int32_t)s->fleets;
    plan->vendors = (int32_t)s->vendors;
    plan->developers = s->role_developers;
    plan->large_firms = s->role_large_firms;
    plan->mid_firms = s->role_mid_firms;
    plan->consumers = s->role_consumers;
    plan->home = s->role_home;
    plan->china = s->role_china;
    for (size_t r = 0; r < s->regions; r++) plan->enterprise_region[r] = s->enterprise_region[r];
    plan->policy_relative = s->policy_relative;
    plan->policy_reference = s->policy_reference;
    plan->saas_own_bar = s->saas_own_bar;
    plan->month_2025_09 = 25 * 12 + 8 - s->start_month;
    plan->month_2026_01 = 26 * 12 + 0 - s->start_month;
    plan->month_2026_05 = 26 * 12 + 4 - s->start_month;
    plan->fit_month = 26 * 12 + 1 - s->start_month;
    plan->assimilate_until = s->assimilate_until == CSIM_NO_MONTH ? -1 : s->assimilate_until - s->start_month;
    plan->growth_from = s->known_until == CSIM_NO_MONTH ? plan->months : s->known_until - s->start_month;
    csim_status status = compile_names(s, plan, err);
    if (!status) status = compile_offerings(s, plan, err);
    return status ? status : compile_calendar(s, plan, err);
}
