/* Levers: dated values → a value a month; hazards listed for the draws. */
#include "csim/plan/compile.h"
#include "kernels/vmath.h"

static double between(const csim_dated *a, const csim_dated *b, int month, csim_interpolation interpolation) {
    const double part = (double)(month - a->month) / (double)(b->month - a->month);
    if (month == a->month || a->value == b->value) return a->value; /* exactly: a logarithm and back would round */
    if (interpolation == CSIM_LINEAR) return a->value + part * (b->value - a->value);
    return moe_exp(moe_log(a->value) + part * (moe_log(b->value) - moe_log(a->value)));
}

static double value_at(const csim_lever *lever, const csim_lever_row *row, int month) {
    size_t after = 0; /* first dated value later than the month */
    while (after < lever->count && lever->values[after].month <= month) after++;
    if (!lever->count) return row->standard;
    if (!after) return row->interpolation == CSIM_STEP ? row->standard : lever->values[0].value;
    const csim_dated *last = &lever->values[after - 1];
    if (row->interpolation == CSIM_STEP || after == lever->count) return last->value;
    return between(last, &lever->values[after], month, row->interpolation);
}

csim_status csim_compile_levers(const csim_scenario *s, csim_plan *plan, csim_error *err) {
    if (s->levers > CSIM_MAX_LEVERS) return csim_error_set(err, CSIM_LIMIT, "%zu levers; at most %d", s->levers, CSIM_MAX_LEVERS);
    plan->levers = (int32_t)s->levers;
    for (int id = 0; id <= CSIM_LEVER_IDS; id++) plan->lever_offset[id] = s->lever_offset[id];
    for (size_t i = 0; i < s->levers; i++) {
        const csim_lever *lever = &s->lever[i];
        for (int t = 0; t < s->months; t++) plan->lever[i][t] = value_at(lever, &csim_lever_rows[lever->id], s->start_month + t);
        if (lever->hazard_per_yr <= 0.0) continue;
        if (lever->id == CSIM_LEVER_WORKLOAD_HIT || lever->id == CSIM_LEVER_DRAFT_DEPTH)
            return CSIM_COMPILE_FAIL(err, CSIM_INCONSISTENT, lever->note, lever->key, "cannot have a hazard: all paths share this part of the workload; give it dated values");
        if (plan->hazards == CSIM_MAX_HAZARDS)
            return CSIM_COMPILE_FAIL(err, CSIM_LIMIT, lever->note, lever->key, "more than %d levers with a hazard", CSIM_MAX_HAZARDS);
        plan->hazard[plan->hazards++] =
            (csim_plan_hazard){(int32_t)i, lever->hazard_from - s->start_month, lever->hazard_per_yr, lever->hazard_value};
    }
    return CSIM_OK;
}
