/* See result_diff.h. */
#include "csim/engine/result_diff.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csim/engine/compare_select.h"

static double sigmas_of(csim_estimate a, csim_estimate b) {
    const double apart = fabs(b.value - a.value), error = hypot(isfinite(a.error) ? a.error : 0.0, isfinite(b.error) ? b.error : 0.0);
    return !(apart > 0.0) ? 0.0 : error > 0.0 ? apart / error : (double)INFINITY;
}

/* No path, or every path, leaves no spread: the bound is then the error, as far from the share as a normal's one-sided 95 % point. */
static csim_estimate share_of(const csim_probability *p) {
    const double at_the_edge = p->count && (!p->hits || p->hits == p->count) ? (p->high - p->low) / 1.6448536269514722 : p->error;
    return (csim_estimate){p->value, at_the_edge};
}

/* Position of a month (since 2000-01) among those whose distribution is kept; −1. */
static int report_of(const csim_plan *plan, int month) {
    for (int k = 0; k < plan->report_months; k++)
        if (plan->report_month[k] + plan->start_month == month) return k;
    return -1;
}

csim_status csim_mean_differences(const csim_result *a, const csim_result *b, csim_mean_difference **out, size_t *count, csim_error *err) {
    *count = 0;
    *out = calloc((size_t)a->plan->scalars + 1, sizeof **out);
    if (!*out) return csim_error_set(err, CSIM_NO_MEMORY, "no memory to compare results");
    for (int32_t i = 0; i < a->plan->scalars; i++) {
        const csim_plan_scalar *kept = &a->plan->scalar[i];
        const int month = kept->month + a->plan->start_month, slot = csim_plan_slot(b->plan, a->plan->slot_name[kept->slot]);
        const int report_a = report_of(a->plan, month), report_b = report_of(b->plan, month);
        if (!csim_compare_is_year_end(a->plan, kept->month) || slot < 0 || report_a < 0 || report_b < 0) continue;
        csim_mean_difference found = {a->plan->slot_name[kept->slot], csim_outcome_rows[a->plan->slot_outcome[kept->slot]].unit, month,
                                      csim_accumulator_mean(a->statistics, (size_t)kept->slot, (size_t)report_a),
                                      csim_accumulator_mean(b->statistics, (size_t)slot, (size_t)report_b), 0.0};
        found.sigmas = sigmas_of(found.a, found.b);
        if (found.sigmas > CSIM_RESULT_DIFF_SIGMAS) (*out)[(*count)++] = found;
    }
    return CSIM_OK;
}

static const csim_claim_result *answer_of(const csim_claim_result *claims, size_t count, const csim_claim_result *wanted) {
    for (size_t i = 0; i < count; i++)
        if (!strcmp(claims[i].claim, wanted->claim) && !strcmp(claims[i].reading, wanted->reading)) return &claims[i];
    return NULL;
}

csim_status csim_answer_differences(const csim_claim_result *a, size_t a_count, const csim_claim_result *b, size_t b_count, csim_answer_difference **out, size_t *count,
                                    csim_error *err) {
    *count = 0;
    *out = calloc(a_count + 1, sizeof **out);
    if (!*out) return csim_error_set(err, CSIM_NO_MEMORY, "no memory to compare answers");
    for (size_t i = 0; i < a_count; i++) {
        const csim_claim_result *other = answer_of(b, b_count, &a[i]);
        if (!other) continue;
        const csim_estimate pa = share_of(&a[i].probability), pb = share_of(&other->probability);
        const int other_kind = a[i].answer != other->answer;
        const double sigmas = other_kind ? (double)INFINITY : sigmas_of(pa, pb);
        if (sigmas > CSIM_RESULT_DIFF_SIGMAS) (*out)[(*count)++] = (csim_answer_difference){&a[i], other, sigmas};
    }
    return CSIM_OK;
}
