/* From the options of a run to its sampler. */
#include "csim/engine/engine.h"

void csim_run_options_complete(csim_run_options *options) {
    options->replicates = csim_sampling_replicates(options->sampler, options->replicates);
    if (options->sampler == CSIM_SAMPLER_LHS && !options->strata && options->replicates) {
        const uint64_t end = (uint64_t)options->first_path + options->paths;
        options->strata = (uint32_t)((end + options->replicates - 1) / options->replicates);
    }
    if (options->sampler != CSIM_SAMPLER_LHS) options->strata = 0;
}

uint32_t csim_run_options_points(const csim_run_options *options) {
    const uint64_t all = (uint64_t)options->strata * options->replicates;
    if (options->sampler != CSIM_SAMPLER_LHS) return UINT32_MAX - options->first_path;
    return all > options->first_path ? (uint32_t)(all - options->first_path) : 0;
}

csim_status csim_run_options_sampling(const csim_run_options *options, csim_sampling **out, csim_error *err) {
    csim_run_options complete = *options;
    csim_run_options_complete(&complete);
    return csim_sampling_new(complete.seed, complete.sampler, complete.replicates, complete.strata, out, err);
}
