/* A shape without experts. */
#include "csim/cost/dense_twin.h"

moe_shape csim_dense_twin(const moe_shape *mixture) {
    moe_shape twin = *mixture;
    const double experts = mixture->moe_layers * mixture->experts * mixture->expert_params;
    if (!(experts > 0.0)) return twin;
    twin.active_params += experts * (1.0 - mixture->top_k / mixture->experts);
    twin.dense_ffn_params += experts + mixture->shared_expert_params;
    twin.ffn_bytes = mixture->expert_bytes;
    twin.shared_expert_params = twin.moe_layers = twin.experts = twin.top_k = 0.0;
    return twin;
}
