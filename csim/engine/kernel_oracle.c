/* One model, one machine, one month's workload → dollars or speed. */
#include "csim/engine/kernel_oracle.h"

#include <math.h>

#include "csim/cost/dense_twin.h"
#include "csim/cost/token_cost.h"

#define UNDEFINED ((double)NAN)

static double lever(const csim_plan *plan, csim_lever_id id, int t) { return plan->lever[plan->lever_offset[id]][t]; }

static moe_request workload(const csim_plan *plan, int month, double tpot_ms) {
    const int t = month - plan->start_month, within = t < 0 ? 0 : t >= plan->months ? plan->months - 1 : t;
    return (moe_request){.input_tokens = lever(plan, CSIM_LEVER_WORKLOAD_INPUT, within), .output_tokens = lever(plan, CSIM_LEVER_WORKLOAD_OUTPUT, within),
                         .hit_share = lever(plan, CSIM_LEVER_WORKLOAD_HIT, within), .tpot_s = 1e-3 * tpot_ms, .verified = 1.0, .accepted = 1.0};
}

/* The fastest a single user is served: one sequence in a replica. */
static double fastest_user(const csim_model_entry *model, const csim_hardware_entry *machine, const moe_request *request) {
    const csim_serving_question question = {.shape = &model->shape, .hardware = &machine->machine, .request = *request, .ttft_s = (double)INFINITY,
                                            .utilisation = csim_ownership_standard().utilisation};
    const double fastest = csim_serving_fastest(&question, &moe_efficiency_fitted);
    return fastest > 0.0 ? fastest : UNDEFINED;
}

double csim_kernel_answer(void *plan_pointer, const csim_kernel_question *question) {
    const csim_plan *plan = *(const csim_plan **)plan_pointer;
    csim_cost_question ask = csim_cost_question_standard();
    ask.request = workload(plan, question->month, question->tpot_ms > 0.0 ? question->tpot_ms : 40.0);
    csim_model_entry model = *question->model;
    csim_token_cost cost;
    csim_error refused;
    if (question->dense) model.shape = csim_dense_twin(&question->model->shape);
    if (question->quantity == CSIM_KERNEL_TOK_PER_S_USER) return fastest_user(&model, question->machine, &ask.request);
    if (csim_token_cost_of(&model, question->machine, &ask, &cost, &refused)) return UNDEFINED;
    return cost.serving.kernel.meets_tpot ? cost.usd_per_mtok_out : UNDEFINED; /* no price at a speed that is out of reach */
}
