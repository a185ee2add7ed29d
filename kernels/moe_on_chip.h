/* The cost kernel for machines that keep weights in on-chip memory (Groq's, Cerebras'): docs/cost.md, "On-chip memory".
 *
 * Weights lie spread over a pipeline of chips and are never moved: a token passes all layers, t chips work on a layer at a time, G / t stages work on
 * different sequences. Reading is nearly free; what a user waits for are the layers' fixed times, which are measured end to end (moe_hardware.layer_s). */
#ifndef MOECAST_KERNELS_MOE_ON_CHIP_H
#define MOECAST_KERNELS_MOE_ON_CHIP_H

#include "kernels/moe_explain.h"

/* Fewest chips that hold the weights and one sequence. layout.group of any answer is at least that. */
double moe_on_chip_fewest(const moe_fold_base *base, const moe_request *request, const moe_hardware *machine);

/* A group of G chips with a batch (sequences a chip), the same fields as moe_explain_at; layout.tensor is t = max(1, G / L). */
void moe_on_chip_at(const moe_fold_base *base, const moe_request *request, const moe_hardware *machine, const moe_efficiency *efficiency, double group,
                    double batch, moe_explanation *out);

/* The largest batch within memory and patience; 0 where one sequence does not fit or takes longer. */
double moe_on_chip_batch_within(const moe_fold_base *base, const moe_request *request, const moe_hardware *machine, const moe_efficiency *efficiency, double group);

#endif
