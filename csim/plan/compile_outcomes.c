/* Slots for every outcome and element, the months whose distributions are kept, and the readings of claims that a path decides alone. */
#include <stdio.h>
#include <string.h>

#include "csim/plan/compile.h"
#include "csim/scenario/names.h"

csim_status csim_compile_outcomes(const csim_scenario *s, csim_plan *plan, csim_error *err) {
    char element[2 * CSIM_PLAN_ID];
    for (int id = 0; id < CSIM_OUTCOME_IDS; id++) {
        const csim_outcome_row *row = &csim_outcome_rows[id];
        const size_t elements = csim_scenario_elements(s, row->index);
        plan->outcome_offset[id] = plan->slots;
        for (size_t e = 0; e < elements; e++) {
            if (plan->slots == CSIM_MAX_OUTCOMES) return csim_error_set(err, CSIM_LIMIT, "more than %d outcome series", CSIM_MAX_OUTCOMES);
            char *name = plan->slot_name[plan->slots];
            csim_scenario_element_name(s, row->index, e, element, sizeof element);
            const int length = snprintf(name, sizeof plan->slot_name[0], row->index == CSIM_INDEX_NONE ? "%s" : "%s.%s", row->name, element);
            if (length < 0 || (size_t)length >= sizeof plan->slot_name[0]) return csim_error_set(err, CSIM_LIMIT, "the name of '%s' is too long", row->name);
            plan->slot_outcome[plan->slots++] = id;
        }
    }
    plan->outcome_offset[CSIM_OUTCOME_IDS] = plan->slots;
    return CSIM_OK;
}

int csim_plan_slot(const csim_plan *plan, const char *name) {
    for (int32_t slot = 0; slot < plan->slots; slot++)
        if (!strcmp(plan->slot_name[slot], name)) return slot;
    return -1;
}

int csim_plan_scalar_find(const csim_plan *plan, int slot, int month) {
    for (int32_t i = 0; i < plan->scalars; i++)
        if (plan->scalar[i].slot == slot && plan->scalar[i].month == month) return i;
    return -1;
}

int csim_plan_report_find(const csim_plan *plan, int t) {
    for (int32_t i = 0; i < plan->report_months; i++)
        if (plan->report_month[i] == t) return i;
    return -1;
}

void csim_plan_trim(csim_plan *plan) {
    int32_t last = 0;
    for (int32_t i = 0; i < plan->readings; i++)
        if (plan->reading[i].to > last) last = plan->reading[i].to;
    for (int32_t i = 0; i < plan->scalars; i++)
        if (plan->scalar[i].month > last) last = plan->scalar[i].month;
    plan->report_months = 1;
    if (last + 1 < plan->months) plan->months = last + 1;
}

static int32_t slot_of_reading(const csim_plan *plan, const csim_reading *reading) {
    char name[4 * CSIM_PLAN_ID];
    snprintf(name, sizeof name, "%s%s%s", reading->metric, reading->element[0] ? "." : "", reading->element);
    return csim_plan_slot(plan, name);
}

static int32_t operator_of(const char *op) { return !strcmp(op, ">=") ? 0 : !strcmp(op, ">") ? 1 : !strcmp(op, "<=") ? 2 : 3; }

static int32_t reading_by_id(const csim_plan *plan, const char *claim, const char *reading) {
    char id[4 * CSIM_PLAN_ID];
    snprintf(id, sizeof id, "%s.%s", claim, reading);
    for (int32_t i = 0; i < plan->readings; i++)
        if (!strcmp(plan->reading_id[i], id)) return i;
    return -1;
}

static csim_status refuse_metric(const csim_plan *plan, const csim_claim *claim, const csim_reading *from, csim_error *err) {
    char name[4 * CSIM_PLAN_ID], field[8 * CSIM_PLAN_ID];
    const char *best = NULL;
    const csim_note place = from->metric_note.file ? from->metric_note : from->note;
    snprintf(name, sizeof name, "%s%s%s", from->metric, from->element[0] ? "." : "", from->element);
    snprintf(field, sizeof field, "claims.%s.readings.%s.metric", claim->id, from->id);
    CSIM_COMPILE_FAIL(err, CSIM_UNKNOWN_NAME, place, field, "no outcome is called '%s'", name);
    for (int32_t slot = 0; slot < plan->slots; slot++) { /* more names than a list holds, so each meets the best one so far */
        csim_names two = {0};
        if (best) csim_names_add(&two, best, strlen(best));
        csim_names_add(&two, plan->slot_name[slot], strlen(plan->slot_name[slot]));
        const char *nearest = csim_names_nearest(&two, name);
        if (nearest && (!best || strcmp(nearest, best) != 0)) best = plan->slot_name[slot];
    }
    if (best) csim_error_hint(err, "did you mean '%s'?", best);
    return CSIM_UNKNOWN_NAME;
}

static csim_status compile_reading(const csim_scenario *s, const csim_claim *claim, const csim_reading *from, csim_plan *plan, csim_error *err) {
    if (plan->readings == CSIM_MAX_READINGS) return CSIM_COMPILE_FAIL(err, CSIM_LIMIT, from->note, claim->id, "more than %d readings", CSIM_MAX_READINGS);
    csim_plan_reading *to = &plan->reading[plan->readings];
    const int last = s->start_month + s->months - 1, at = from->at_month != CSIM_NO_MONTH ? from->at_month : from->by_month;
    to->slot = slot_of_reading(plan, from);
    if (to->slot < 0) return refuse_metric(plan, claim, from, err);
    if (at == CSIM_NO_MONTH || at < s->start_month || at > last) return CSIM_OK; /* beyond this run's horizon: the reading stays open */
    to->op = operator_of(from->op);
    to->value = from->value;
    to->to = at - s->start_month;
    to->from = from->at_month != CSIM_NO_MONTH ? to->to : from->from_month != CSIM_NO_MONTH && from->from_month > s->start_month ? from->from_month - s->start_month : 0;
    to->given = -1;
    if (from->given[0] && (to->given = reading_by_id(plan, claim->id, from->given)) < 0)
        return CSIM_COMPILE_FAIL(err, CSIM_UNKNOWN_NAME, from->note, claim->id, "'given' names '%s', which is no earlier reading of this claim", from->given);
    char *id = plan->reading_id[plan->readings];
    if (snprintf(id, sizeof plan->reading_id[0], "%s.%s", claim->id, from->id) >= (int)sizeof plan->reading_id[0])
        return CSIM_COMPILE_FAIL(err, CSIM_LIMIT, from->note, claim->id, "the reading's name is too long");
    plan->readings++;
    return CSIM_OK;
}

static csim_status keep(csim_plan *plan, int32_t slot, int32_t month, csim_error *err) {
    if (slot < 0 || month < 0 || month >= plan->months || csim_plan_scalar_find(plan, slot, month) >= 0) return CSIM_OK;
    if (plan->scalars == CSIM_MAX_SCALARS) return csim_error_set(err, CSIM_LIMIT, "more than %d numbers to keep for each path", CSIM_MAX_SCALARS);
    plan->scalar[plan->scalars++] = (csim_plan_scalar){slot, month};
    return CSIM_OK;
}

/* What a reader wants to see path by path, beside what claims ask for. */
static const csim_outcome_id headlines[] = {
    CSIM_OUT_GAP, CSIM_OUT_LAG_STRUCTURAL, CSIM_OUT_K_US, CSIM_OUT_K_CN, CSIM_OUT_SHARE_OPEN, CSIM_OUT_SHARE_ENTERPRISE_OPEN, CSIM_OUT_SHARE_WORLD_OPEN,
    CSIM_OUT_SHARE_CN_ABROAD, CSIM_OUT_SHARE_SPEND_OPEN, CSIM_OUT_F500_PRIMARY, CSIM_OUT_PRICE_CLOSED, CSIM_OUT_PRICE_OPEN, CSIM_OUT_COST_CLOSED,
    CSIM_OUT_COST_CN_FIRST_PARTY, CSIM_OUT_COST_CN_ABROAD, CSIM_OUT_TOKENS, CSIM_OUT_SPEND, CSIM_OUT_SAAS_REVENUE, CSIM_OUT_SAAS_EVS, CSIM_OUT_SUB_PAYERS,
    CSIM_OUT_CLOSED_REVENUE, CSIM_OUT_CLOSED_MARGIN, CSIM_OUT_VALUE_SHARE, CSIM_OUT_MERCHANT_REVENUE};

static csim_status keep_headlines(csim_plan *plan, csim_error *err) {
    for (int32_t t = 0; t < plan->months; t++) {
        const int december = (plan->start_month + t) % 12 == 11 && t > plan->assimilate_until;
        if (!december && t != plan->months - 1) continue;
        for (size_t i = 0; i < sizeof headlines / sizeof headlines[0]; i++)
            for (int32_t slot = plan->outcome_offset[headlines[i]]; slot < plan->outcome_offset[headlines[i] + 1]; slot++) {
                const csim_status status = keep(plan, slot, t, err);
                if (status) return status;
            }
    }
    return CSIM_OK;
}

static csim_status keep_for_claims(const csim_scenario *s, csim_plan *plan, csim_error *err) {
    for (size_t c = 0; c < s->claims; c++)
        for (size_t i = 0; i < s->claim[c].count; i++) {
            const csim_reading *reading = &s->claim[c].readings[i];
            const int at = reading->at_month != CSIM_NO_MONTH ? reading->at_month : reading->by_month;
            if (!reading->metric[0] || at == CSIM_NO_MONTH) continue;
            const csim_status status = keep(plan, slot_of_reading(plan, reading), at - s->start_month, err);
            if (status) return status;
        }
    return CSIM_OK;
}

static void mark_report_months(csim_plan *plan) {
    for (int32_t t = 0; t < plan->months; t++) {
        int wanted = (plan->start_month + t) % 3 == 2 || t == plan->months - 1;
        for (int32_t i = 0; i < plan->readings; i++) wanted |= plan->reading[i].to == t;
        if (wanted) plan->report_month[plan->report_months++] = t;
    }
}

csim_status csim_compile_readings(const csim_scenario *s, csim_plan *plan, csim_error *err) {
    for (size_t c = 0; c < s->claims; c++) {
        const csim_claim *claim = &s->claim[c];
        if (claim->kind == CSIM_IDENTITY || claim->kind == CSIM_KERNEL) continue; /* the catalogue decides these */
        for (size_t i = 0; i < claim->count; i++) {
            if (claim->readings[i].against[0] || claim->readings[i].identity[0]) continue; /* a pair of runs or the catalogue decides these */
            const csim_status status = compile_reading(s, claim, &claim->readings[i], plan, err);
            if (status) return status;
        }
    }
    mark_report_months(plan);
    const csim_status status = keep_for_claims(s, plan, err);
    return status ? status : keep_headlines(plan, err);
}
