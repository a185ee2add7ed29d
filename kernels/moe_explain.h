/* The cost kernel for one case, written to be read: every intermediate of docs/model.md §4 has a name and a unit here. It is the reference that the
 * block kernel (moe_cost.c) is tested against, and what `moecast cost` prints. */
#ifndef MOECAST_KERNELS_MOE_EXPLAIN_H
#define MOECAST_KERNELS_MOE_EXPLAIN_H

#include "kernels/moe_cost.h"

typedef struct moe_request {
    double input_tokens, output_tokens, hit_share; /* hit_share: share of input found in a cache */
    double tpot_s;                                 /* time a user waits for an output token */
    double verified, accepted;                     /* speculative decoding: tokens verified and accepted a step; 1, 1 without */
} moe_request;

typedef struct moe_explanation {
    double tensor_parallel, group;                     /* t, G: accelerators that share the dense weights; that serve one replica */
    double reached_gpus, reached_nodes;                /* k_d, k_n */
    double link_bytes_per_s;
    double dense_bytes, routed_bytes;                  /* D, W: whole model */
    double kv_read_bytes, kv_stored_bytes, replication;/* a sequence; copies of its cache over tensor ranks */
    double batch_memory, batch_latency, batch;         /* b_cap, b_lim, b: sequences an accelerator */
    double experts_touched_share;                      /* 1 − q^T at the batch */
    double step_s;                                     /* decode step at the batch */
    double dense_s, experts_s, cache_s, compute_s, network_s, fixed_s; /* its parts */
    double output_s, input_s;                          /* accelerator-seconds a token */
    int fits, meets_tpot;                              /* weights and one sequence fit; the wanted speed is reached */
    moe_binding binding;
} moe_explanation;

void moe_explain(const moe_fold_base *base, const moe_request *request, const moe_hardware *machine, const moe_efficiency *efficiency, moe_explanation *out);

const char *moe_binding_name(moe_binding binding); /* "memory", "bandwidth", "compute", "network", "latency" */

#endif
