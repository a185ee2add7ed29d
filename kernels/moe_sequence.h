/* What one sequence asks of a machine, and at what rates: shared by the two scalar forms of the cost kernel, for machines with memory beside the chip
 * (moe_explain.c) and on it (moe_on_chip.c). */
#ifndef MOECAST_KERNELS_MOE_SEQUENCE_H
#define MOECAST_KERNELS_MOE_SEQUENCE_H

#include "kernels/moe_explain.h"

/* Sums over layers: attention FLOPs of a decode token and of a prompt token, cache bytes read a step and stored, recurrent state. */
typedef struct moe_sequence { double decode_flop, prefill_flop, read_bytes, stored_bytes, state_bytes; } moe_sequence;
moe_sequence moe_sequence_of(const moe_fold_base *base, const moe_request *request);

/* Matrix products' seconds a token at the rates of the formats; prompts need the head for their last token only. */
double moe_linear_s(const moe_fold_base *base, const moe_hardware *machine, const moe_efficiency *efficiency, int with_head);

double moe_attention_flop_per_s(const moe_fold_base *base, const moe_hardware *machine);

#endif
