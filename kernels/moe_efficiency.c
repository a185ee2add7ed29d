/* tests/fit/coefficients.yaml in the kernel's words; tests/fit/test_fit.py holds the two against each other. */
#include "kernels/moe_efficiency.h"

const moe_efficiency moe_efficiency_fitted = {
    .memory = 0.83272, .memory_4bit = 0.73403, .expert_memory = 0.63861, .expert_memory_4bit = 1.5834,
    .flop = 0.48926, .flop_widened = 0.40842, .prefill = 0.6901, .prefill_default = 1.4902, .activation_passes = 29.551,
    .scale_up = 0.18601, .scale_up_prefill = 0.5144, .scale_out = 0.8,
    .layer_s = 44.583e-6, .doubling_s = 5.9776e-6, .across_s = 40e-6, .latent_s = 21.968e-6, .index_s = 20e-6, .linear_s = 10e-6, .quantise_s = 4.9662e-6,
    .moe_s = 28.976e-6, .exchange_s = 20.711e-6, .sequence_s = 8.9884e-6, .four_bit_units = 0.89684, .first_release = 1.3488
};
