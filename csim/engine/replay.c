/* One path alone, month by month: the same block code, a block of one. */
#include "csim/base/float_mode.h"
#include "csim/engine/engine.h"
#include "csim/engine/variant.h"

csim_status csim_path_follow(const csim_plan *plan, const csim_run_options *options, uint32_t path, csim_path_look *look, void *self, csim_error *err) {
    const csim_variant *variant;
    csim_sampling *sampling;
    csim_status status = csim_variant_chosen(&variant, err);
    if (!status) status = csim_run_options_sampling(options, &sampling, err);
    if (status) return status;
    csim_block *block = variant->block_new();
    if (!block) {
        csim_sampling_free(sampling);
        return csim_error_set(err, CSIM_NO_MEMORY, "no memory to replay a path");
    }
    const csim_float_mode callers = csim_float_mode_enter();
    variant->block_start(block, plan, sampling, path, 1);
    status = look(self, block, err);
    for (int t = 0; !status && t < plan->months; t++) {
        variant->block_step(block);
        status = look(self, block, err);
    }
    csim_float_mode_leave(&callers);
    variant->block_free(block);
    csim_sampling_free(sampling);
    return status;
}

/* Where csim_path_replay puts what it sees. */
typedef struct replay { double *outcomes, *inputs; int *failure; } replay;

static csim_status take_outcomes(void *self, const csim_block *block, csim_error *err) {
    const replay *to = self;
    const csim_plan *plan = block->plan;
    (void)err;
    for (int i = 0; to->inputs && block->t == 0 && i < plan->inputs; i++) to->inputs[i] = block->input[i][0];
    for (int slot = 0; to->outcomes && block->t > 0 && slot < plan->slots; slot++)
        to->outcomes[(size_t)(block->t - 1) * (size_t)plan->slots + (size_t)slot] = block->outcome[slot][0];
    if (to->failure) *to->failure = block->failure[0];
    return CSIM_OK;
}

csim_status csim_path_replay(const csim_plan *plan, const csim_run_options *options, uint32_t path, double *outcomes, double *inputs, int *failure,
                             csim_error *err) {
    replay to = {outcomes, inputs, failure};
    return csim_path_follow(plan, options, path, take_outcomes, &to, err);
}
