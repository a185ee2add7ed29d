/* Looks at every count and position of a plan that the model or a report uses as an index. The seal of a run file shows damage, not malice: whoever forges
 * a file can seal it anew, so a stranger's plan is read like any other input. Bounds are those of the tables, not of what a compiler would write. */
#include "csim/plan/plan_check.h"

#include <string.h>

#include "csim/dist/table.h"

enum { POOL = CSIM_MAX_TABLES * 640, FARTHEST_MONTH = -2 * CSIM_NO_MONTH }; /* months are added and subtracted as int */

static bool within(int64_t value, int64_t low, int64_t high) { return value >= low && value <= high; }

static bool is_month(int32_t t) { return within(t, -FARTHEST_MONTH, FARTHEST_MONTH); }

#define ENDS(text) (memchr((text), '\0', sizeof(text)) != NULL)

/* ---- sets and what points into them ------------------------------------------------------------------------------------------------------------ */

static bool counts_hold(const csim_plan *plan) {
    return within(plan->months, 1, CSIM_MAX_MONTHS) && within(plan->offerings, 0, CSIM_MAX_OFFERINGS) && within(plan->segments, 0, CSIM_MAX_SEGMENTS) &&
           within(plan->regions, 0, CSIM_MAX_REGIONS) && plan->segments * plan->regions <= CSIM_MAX_MARKETS && within(plan->regimes, 0, CSIM_MAX_REGIMES) &&
           within(plan->fleets, 0, CSIM_MAX_FLEETS) && within(plan->vendors, 0, CSIM_MAX_VENDORS) && within(plan->inputs, 0, CSIM_MAX_INPUTS) &&
           within(plan->levers, 0, CSIM_MAX_LEVERS) && within(plan->hazards, 0, CSIM_MAX_HAZARDS) && within(plan->machines, 0, CSIM_MAX_MACHINES) &&
           within(plan->shapes, 0, CSIM_MAX_SHAPES) && within(plan->slots, 1, CSIM_MAX_OUTCOMES) && within(plan->report_months, 1, plan->months) &&
           within(plan->readings, 0, CSIM_MAX_READINGS) && within(plan->scalars, 0, CSIM_MAX_SCALARS);
}

static bool roles_hold(const csim_plan *plan) {
    const int32_t segment[] = {plan->developers, plan->large_firms, plan->mid_firms, plan->consumers}, region[] = {plan->home, plan->china};
    const int32_t reference[] = {plan->reference_closed, plan->reference_open, plan->reference_other};
    bool good = true;
    for (size_t i = 0; i < sizeof segment / sizeof segment[0]; i++) good &= within(segment[i], 0, CSIM_MAX_SEGMENTS - 1);
    for (size_t i = 0; i < sizeof region / sizeof region[0]; i++) good &= within(region[i], 0, CSIM_MAX_REGIONS - 1);
    for (size_t i = 0; i < sizeof reference / sizeof reference[0]; i++) good &= within(reference[i], -1, CSIM_MAX_OFFERINGS - 1);
    return good;
}

static bool dates_hold(const csim_plan *plan) {
    const int32_t dates[] = {plan->start_month, plan->fit_month, plan->growth_from, plan->assimilate_until, plan->month_2025_09, plan->month_2026_01, plan->month_2026_05};
    bool good = true;
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) good &= is_month(dates[i]);
    return good;
}

static bool names_hold(const csim_plan *plan) {
    bool good = true;
    for (int32_t i = 0; i < plan->offerings; i++) good &= ENDS(plan->offering_id[i]);
    for (int32_t i = 0; i < plan->segments; i++) good &= ENDS(plan->segment_id[i]);
    for (int32_t i = 0; i < plan->regions; i++) good &= ENDS(plan->region_id[i]);
    for (int32_t i = 0; i < plan->regimes; i++) good &= ENDS(plan->regime_id[i]);
    for (int32_t i = 0; i < plan->fleets; i++) good &= ENDS(plan->fleet_id[i]);
    for (int32_t i = 0; i < plan->vendors; i++) good &= ENDS(plan->vendor_id[i]);
    for (int32_t i = 0; i < plan->inputs; i++) good &= ENDS(plan->input_key[i]);
    for (int32_t i = 0; i < plan->machines; i++) good &= ENDS(plan->machine[i].id);
    for (int32_t i = 0; i < plan->slots; i++) good &= ENDS(plan->slot_name[i]);
    for (int32_t i = 0; i < plan->readings; i++) good &= ENDS(plan->reading_id[i]);
    return good;
}

/* Elements of an index set, of the plan's own counts. */
static int32_t elements(const csim_plan *plan, csim_index_set index) {
    switch (index) {
    case CSIM_INDEX_NONE: return 1;
    case CSIM_INDEX_SEGMENT: return plan->segments;
    case CSIM_INDEX_REGION: return plan->regions;
    case CSIM_INDEX_OFFERING: return plan->offerings;
    case CSIM_INDEX_REGIME: return plan->regimes;
    case CSIM_INDEX_SEGMENT_OFFERING: return plan->segments * plan->offerings;
    case CSIM_INDEX_SEGMENT_REGION: return plan->segments * plan->regions;
    case CSIM_INDEX_REGIME_REGIME: return plan->regimes * plan->regimes;
    }
    return INT32_MAX;
}

static bool offsets_hold(const csim_plan *plan) {
    bool good = true;
    for (int id = 0; id < CSIM_INPUT_IDS; id++) good &= within(plan->input_offset[id], 0, CSIM_MAX_INPUTS - elements(plan, csim_input_rows[id].index));
    for (int id = 0; id < CSIM_LEVER_IDS; id++) good &= within(plan->lever_offset[id], 0, CSIM_MAX_LEVERS - elements(plan, csim_lever_rows[id].index));
    for (int id = 0; id < CSIM_OUTCOME_IDS; id++) good &= within(plan->outcome_offset[id], 0, CSIM_MAX_OUTCOMES - elements(plan, csim_outcome_rows[id].index));
    return good;
}

/* ---- inputs and levers ------------------------------------------------------------------------------------------------------------------------- */

static bool table_fits(const csim_dist *dist) {
    const uint64_t row = dist->form == CSIM_FORM_STEPS ? 2 : 3, least = dist->form == CSIM_FORM_STEPS ? 1 : 2;
    uint64_t size = 0;
    if (dist->form == CSIM_FORM_LOGISTIC_TABLE || dist->form == CSIM_FORM_EXP_TABLE) size = CSIM_TABLE_SIZE;
    if (dist->form == CSIM_FORM_STEPS || dist->form == CSIM_FORM_CUBIC) {
        if (dist->rows < least) return false;
        size = row * dist->rows;
    }
    return dist->form <= CSIM_FORM_CUBIC && size <= POOL && dist->table <= POOL - size;
}

static bool copula_holds(const csim_plan *plan) {
    const csim_copula *copula = &plan->copula;
    bool good = copula->members <= CSIM_COPULA_MAX_MEMBERS && copula->groups <= CSIM_COPULA_MAX_MEMBERS;
    for (uint32_t i = 0; good && i < copula->members; i++) good = within(copula->member_id[i], 0, (int64_t)plan->inputs - 1);
    for (uint32_t i = 0; good && i < copula->groups; i++) {
        const int64_t start = copula->group_start[i], members = copula->group_members[i], factor = copula->factor_start[i];
        good = within(members, 1, copula->members) && start + members <= copula->members && factor + members * (members + 1) / 2 <= CSIM_COPULA_MAX_FACTORS;
    }
    return good;
}

static bool inputs_hold(const csim_plan *plan) {
    bool good = copula_holds(plan);
    for (int32_t i = 0; i < plan->inputs; i++) good &= within(plan->input[i].id, 0, CSIM_INPUT_IDS - 1) && table_fits(&plan->input[i].dist);
    for (int32_t i = 0; i < plan->hazards; i++) good &= within(plan->hazard[i].lever, 0, CSIM_MAX_LEVERS - 1) && is_month(plan->hazard[i].from_month);
    return good;
}

/* ---- offerings, rules and machines --------------------------------------------------------------------------------------------------------------- */

static bool ladder_holds(const csim_plan_ladder *ladder, int least) {
    bool good = within(ladder->count, least, CSIM_MAX_LADDER_STEPS);
    for (int32_t i = 0; good && i < ladder->count; i++) good = within(ladder->machine[i], 0, CSIM_MAX_MACHINES - 1) && is_month(ladder->month[i]);
    return good;
}

/* The controlled fleet has no ladder of its own. */
static bool machines_hold(const csim_plan *plan) {
    bool good = within(plan->merchant_fleet, 0, CSIM_MAX_FLEETS - 1) && within(plan->controlled_fleet, 0, CSIM_MAX_FLEETS - 1) &&
                within(plan->policy_reference, 0, CSIM_MAX_REGIMES - 1);
    for (int32_t f = 0; good && f < plan->fleets; f++) good = ladder_holds(&plan->fleet_ladder[f], f == plan->merchant_fleet);
    for (int32_t x = 0; good && x < plan->regimes; x++) good = ladder_holds(&plan->regime_ladder[x], 1);
    for (int32_t t = 0; good && t < plan->months; t++) good = within(plan->policy_state[t], CSIM_POLICY_MARKOV, CSIM_MAX_REGIMES - 1);
    return good && (!plan->regimes || plan->policy_state[0] != CSIM_POLICY_MARKOV);
}

static bool offerings_hold(const csim_plan *plan) {
    bool good = true;
    for (int32_t j = 0; j < plan->offerings; j++) {
        good &= within(plan->group[j], CSIM_CLOSED_US, CSIM_OTHER_OPEN) && within(plan->origin[j], CSIM_US, CSIM_OTHER) && within(plan->second_fleet[j], -1, CSIM_MAX_FLEETS - 1) && is_month(plan->entry_month[j]);
        if (good && plan->second_fleet[j] >= 0) good = ladder_holds(&plan->fleet_ladder[plan->second_fleet[j]], 1);
        for (int32_t t = 0; t < plan->months; t++) good &= within(plan->shape[j][t], 0, CSIM_MAX_SHAPES - 1);
    }
    return good;
}

/* ---- what is kept ------------------------------------------------------------------------------------------------------------------------------ */

static bool outcomes_hold(const csim_plan *plan) {
    bool good = true;
    for (int32_t i = 0; i < plan->slots; i++) good &= within(plan->slot_outcome[i], 0, CSIM_OUTCOME_IDS - 1);
    for (int32_t i = 0; i < plan->report_months; i++) good &= within(plan->report_month[i], 0, plan->months - 1);
    for (int32_t i = 0; i < plan->scalars; i++) good &= within(plan->scalar[i].slot, 0, plan->slots - 1) && within(plan->scalar[i].month, 0, plan->months - 1);
    for (int32_t i = 0; i < plan->readings; i++) {
        const csim_plan_reading *reading = &plan->reading[i];
        good &= within(reading->slot, 0, plan->slots - 1) && within(reading->to, 0, plan->months - 1) && within(reading->given, -1, plan->readings - 1);
    }
    return good;
}

bool csim_plan_holds(const csim_plan *plan) {
    return counts_hold(plan) && roles_hold(plan) && dates_hold(plan) && names_hold(plan) && offsets_hold(plan) && inputs_hold(plan) && machines_hold(plan) && offerings_hold(plan) &&
           outcomes_hold(plan);
}
