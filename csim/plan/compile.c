/* Compiles a scenario and a catalogue into a plan. Owns the order of the parts and the plan's memory and hash. */
#include "csim/plan/compile.h"

#include <stdlib.h>
#include <string.h>

#include "csim/base/sha256.h"

const csim_outcome_row csim_outcome_rows[CSIM_OUTCOME_IDS] = {
#define OUTCOME(id, name, unit, index, scale, lowest, highest, text) \
    {#id, name, unit, CSIM_INDEX_##index, CSIM_SCALE_##scale, lowest, highest, text},
#include "csim/plan/outcomes.def"
#undef OUTCOME
};

csim_status csim_compile_id(char *to, size_t size, const char *from, csim_error *err) {
    const size_t length = strlen(from);
    if (length >= size) return csim_error_set(err, CSIM_LIMIT, "the name '%.80s…' is longer than %zu bytes", from, size - 1);
    memcpy(to, from, length + 1);
    return CSIM_OK;
}

static csim_status compile_parts(const csim_scenario *scenario, const csim_catalogue *catalogue, csim_plan *plan, csim_error *err) {
    csim_status status;
    if ((status = csim_compile_sets(scenario, plan, err))) return status;
    if ((status = csim_compile_inputs(scenario, plan, err))) return status;
    if ((status = csim_compile_levers(scenario, plan, err))) return status;
    if ((status = csim_compile_machines(scenario, catalogue, plan, err))) return status;
    if ((status = csim_compile_shapes(scenario, catalogue, plan, err))) return status;
    if ((status = csim_compile_observations(scenario, plan, err))) return status;
    if ((status = csim_compile_outcomes(scenario, plan, err))) return status;
    return csim_compile_readings(scenario, plan, err);
}

csim_status csim_plan_compile(const csim_scenario *scenario, const csim_catalogue *catalogue, csim_plan **out, csim_error *err) {
    *out = NULL;
    csim_plan *plan = calloc(1, sizeof *plan); /* zeroed: padding and unused entries are part of the canonical bytes */
    if (!plan) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for the plan (%zu bytes)", sizeof *plan);
    plan->bytes = sizeof *plan;
    plan->format = CSIM_PLAN_FORMAT;
    plan->efficiency = moe_efficiency_fitted;
    const csim_status status = compile_parts(scenario, catalogue, plan, err);
    if (status) {
        free(plan);
        return status;
    }
    *out = plan;
    return CSIM_OK;
}

void csim_plan_free(csim_plan *plan) { free(plan); }

void csim_plan_hash(const csim_plan *plan, char hex[65]) {
    unsigned char digest[CSIM_SHA256_BYTES];
    csim_sha256 state;
    csim_sha256_init(&state);
    csim_sha256_update(&state, plan, sizeof *plan);
    csim_sha256_final(&state, digest);
    csim_sha256_hex(digest, hex);
}
