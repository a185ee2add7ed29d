/* Uncertain numbers: distributions compiled, streams named, correlations factored. */
#include <stdio.h>
#include <string.h>

#include "csim/plan/compile.h"
#include "csim/rng/stream.h"

static csim_status compile_one(const csim_input *from, csim_plan *plan, size_t at, csim_error *err) {
    csim_plan_input *to = &plan->input[at];
    size_t used = (size_t)plan->pool_used;
    csim_status status = csim_dist_compile(&from->spec, plan->pool, sizeof plan->pool / sizeof plan->pool[0], &used, &to->dist, err);
    if (status) {
        char detail[sizeof err->detail];
        snprintf(detail, sizeof detail, "%s", err ? err->detail : "");
        return CSIM_COMPILE_FAIL(err, status, from->note, from->key, "%s", detail);
    }
    plan->pool_used = used;
    to->id = (int32_t)from->id;
    to->element = from->element;
    to->lowest = csim_input_rows[from->id].lowest;
    to->highest = csim_input_rows[from->id].highest;
    plan->input_hash[at] = csim_stream_hash(from->key);
    return csim_compile_id(plan->input_key[at], sizeof plan->input_key[at], from->key, err);
}

/* Two keys with one stream would share their draws. With 64-bit hashes this does not happen by chance; if it does, it is said. */
static csim_status check_streams(const csim_plan *plan, csim_error *err) {
    for (int32_t i = 0; i < plan->inputs; i++)
        for (int32_t k = 0; k < i; k++)
            if (plan->input_hash[i] == plan->input_hash[k])
                return csim_error_set(err, CSIM_INCONSISTENT, "the keys '%s' and '%s' have the same stream hash; rename one", plan->input_key[i], plan->input_key[k]);
    return CSIM_OK;
}

int csim_plan_input_find(const csim_plan *plan, const char *key) {
    for (int32_t i = 0; i < plan->inputs; i++)
        if (!strcmp(plan->input_key[i], key)) return i;
    return -1;
}

void csim_plan_input_redraw(csim_plan *plan, int position) {
    char name[2 * CSIM_PLAN_ID + 8];
    snprintf(name, sizeof name, "again.%s", plan->input_key[position]);
    plan->input_hash[position] = csim_stream_hash(name);
}

static csim_status compile_copula(const csim_scenario *s, csim_plan *plan, csim_error *err) {
    csim_copula_pair pairs[CSIM_COPULA_MAX_PAIRS];
    if (s->correlations > CSIM_COPULA_MAX_PAIRS)
        return csim_error_set(err, CSIM_LIMIT, "%zu correlations; at most %d", s->correlations, CSIM_COPULA_MAX_PAIRS);
    for (size_t i = 0; i < s->correlations; i++) {
        const csim_correlation *c = &s->correlation[i];
        const int a = csim_plan_input_find(plan, c->a), b = csim_plan_input_find(plan, c->b);
        if (a < 0 || b < 0)
            return CSIM_COMPILE_FAIL(err, CSIM_UNKNOWN_NAME, c->note, "correlations", "no input is called '%s'", a < 0 ? c->a : c->b);
        pairs[i] = (csim_copula_pair){{c->a, c->b}, {(uint32_t)a, (uint32_t)b}, c->rho};
    }
    if (!s->correlations) return CSIM_OK;
    const csim_status status = csim_copula_compile(pairs, s->correlations, &plan->copula, err);
    if (!status || !err) return status;
    char detail[sizeof err->detail];
    snprintf(detail, sizeof detail, "%s", err->detail);
    return CSIM_COMPILE_FAIL(err, status, s->correlation[0].note, "correlations", "%s", detail);
}

csim_status csim_compile_inputs(const csim_scenario *s, csim_plan *plan, csim_error *err) {
    if (s->inputs > CSIM_MAX_INPUTS) return csim_error_set(err, CSIM_LIMIT, "%zu inputs; at most %d", s->inputs, CSIM_MAX_INPUTS);
    plan->inputs = (int32_t)s->inputs;
    for (int id = 0; id <= CSIM_INPUT_IDS; id++) plan->input_offset[id] = s->input_offset[id];
    for (size_t i = 0; i < s->inputs; i++) {
        const csim_status status = compile_one(&s->input[i], plan, i, err);
        if (status) return status;
    }
    const csim_status status = check_streams(plan, err);
    return status ? status : compile_copula(s, plan, err);
}
