/* The twin of a mixture in which every expert works for every token: what a model of as many parameters costs without sparsity. */
#ifndef CSIM_COST_DENSE_TWIN_H
#define CSIM_COST_DENSE_TWIN_H

#include "kernels/moe_shape.h"

/* One wide feed-forward layer in place of the experts, in their bytes, served by tensor parallelism as dense models are. A dense model is its own twin. */
moe_shape csim_dense_twin(const moe_shape *mixture);

#endif
