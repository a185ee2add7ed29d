/* The fewest accelerators that hold a model: what to say to somebody whose layout does not. */
#ifndef CSIM_COST_SMALLEST_LAYOUT_H
#define CSIM_COST_SMALLEST_LAYOUT_H

#include "csim/cost/serving.h"

/* The smallest group, and in it the least tensor parallelism, that holds weights and one sequence in the format of the shape: tensor parallel by powers of two
 * inside the fast domain, at least one expert an accelerator, a dense model in tensor parallel alone. The same for both pools. group 0: none up to the machine's
 * largest does. */
moe_layout csim_layout_smallest(const csim_serving_question *question, const moe_efficiency *efficiency);

#endif
