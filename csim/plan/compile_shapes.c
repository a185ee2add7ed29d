/* Which model an offering serves in which month, as folded shapes. What a ladder dates after known_until is unseen;
 * a model that the catalogue releases after it is refused under an earlier date. */
#include <stdio.h>
#include <string.h>

#include "csim/plan/compile.h"

typedef struct shape_table { const char *id[CSIM_MAX_SHAPES]; } shape_table;

static csim_status shape_index(const csim_scenario *s, const csim_catalogue *catalogue, const csim_step *step, csim_plan *plan, shape_table *table, int32_t *out, csim_error *err) {
    const csim_model_entry *entry;
    for (*out = 0; *out < plan->shapes; (*out)++)
        if (!strcmp(table->id[*out], step->name)) return CSIM_OK;
    csim_status status = csim_catalogue_model_find(catalogue, step->name, &entry, err);
    if (status) {
        char hint[sizeof err->hint];
        snprintf(hint, sizeof hint, "%s", err ? err->hint : "");
        status = CSIM_COMPILE_FAIL(err, status, step->note, "offerings.models", "the catalogue has no model '%s'", step->name);
        if (hint[0]) csim_error_hint(err, "%s", hint);
        return status;
    }
    if (csim_compile_unseen(s, entry->released_month))
        return CSIM_COMPILE_FAIL(err, CSIM_INCONSISTENT, step->note, "offerings.models",
                                 "the model '%s' was released in %04d-%02d, after assimilate.known_until (%04d-%02d); up to that month only models released by then can serve",
                                 step->name, CSIM_YEAR_AND_MONTH(entry->released_month), CSIM_YEAR_AND_MONTH(s->known_until));
    if (plan->shapes == CSIM_MAX_SHAPES) return csim_error_set(err, CSIM_LIMIT, "more than %d model shapes", CSIM_MAX_SHAPES);
    table->id[plan->shapes] = step->name;
    moe_fold_shape(&entry->shape, &plan->shape_base[plan->shapes]);
    *out = plan->shapes++;
    return CSIM_OK;
}

static csim_status compile_offering(const csim_scenario *s, const csim_catalogue *catalogue, size_t j, csim_plan *plan, shape_table *table, csim_error *err) {
    const csim_offering *offering = &s->offering[j];
    if (!offering->count || offering->models[0].month > s->start_month)
        return csim_error_set_at(err, CSIM_INCONSISTENT, s->file, 0, 0, "offerings.models", "'%s' needs a model for the first month of the run (an offering that enters later: the model it enters with)", offering->id);
    const int known = plan->growth_from < plan->months ? plan->growth_from : plan->months - 1;
    size_t next = 0;
    int32_t shape = 0;
    for (int t = 0; t < plan->months; t++) {
        const int visible = s->start_month + (t < known ? t : known);
        for (; next < offering->count && offering->models[next].month <= visible; next++) {
            const csim_status status = shape_index(s, catalogue, &offering->models[next], plan, table, &shape, err);
            if (status) return status;
        }
        plan->shape[j][t] = shape;
    }
    return CSIM_OK;
}

csim_status csim_compile_shapes(const csim_scenario *s, const csim_catalogue *catalogue, csim_plan *plan, csim_error *err) {
    shape_table table;
    csim_status status = CSIM_OK;
    for (size_t j = 0; !status && j < s->offerings; j++) status = compile_offering(s, catalogue, j, plan, &table, err);
    return status;
}
