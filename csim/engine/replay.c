/* One path alone, month by month: the same block code, a block of one. */
#include <fenv.h>

#include "csim/engine/engine.h"

csim_status csim_path_replay(const csim_plan *plan, const csim_run_options *options, uint32_t path, double *outcomes, double *inputs, int *failure,
                             csim_error *err) {
    csim_sampling *sampling;
    fenv_t callers;
    const csim_status status = csim_run_options_sampling(options, &sampling, err);
    if (status) return status;
    csim_block *block = csim_block_new();
    if (!block) {
        csim_sampling_free(sampling);
        return csim_error_set(err, CSIM_NO_MEMORY, "no memory to replay a path");
    }
    fegetenv(&callers);
    fesetenv(FE_DFL_ENV);
    csim_block_start(block, plan, sampling, path, 1);
    for (int i = 0; inputs && i < plan->inputs; i++) inputs[i] = block->input[i][0];
    for (int t = 0; t < plan->months; t++) {
        csim_block_step(block);
        for (int slot = 0; outcomes && slot < plan->slots; slot++) outcomes[(size_t)t * (size_t)plan->slots + (size_t)slot] = block->outcome[slot][0];
    }
    if (failure) *failure = block->failure[0];
    fesetenv(&callers);
    csim_block_free(block);
    csim_sampling_free(sampling);
    return CSIM_OK;
}
