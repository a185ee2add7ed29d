/* The cost kernel for one case, written to be read: every intermediate of docs/model.md §4 has a name and a unit here. It is the reference that the
 * block kernel (moe_cost.c) is tested against, and what `moecast cost` searches and prints. */
#ifndef MOECAST_KERNELS_MOE_EXPLAIN_H
#define MOECAST_KERNELS_MOE_EXPLAIN_H

#include "kernels/moe_cost.h"

/* How well the serving software is fitted to model and machine: a tuned one overlaps messages with work; a first release pays more for each launch. */
typedef enum moe_stack { MOE_STACK_TUNED, MOE_STACK_DEFAULT, MOE_STACK_FIRST, MOE_STACKS } moe_stack;

typedef struct moe_request {
    double input_tokens, output_tokens, hit_share; /* hit_share: share of input found in a cache */
    double tpot_s;                                 /* time a user waits for an output token */
    double verified, accepted;                     /* speculative decoding: tokens verified and accepted a step; 1, 1 without */
    moe_stack stack;
    int one_pool;                                  /* 1: the same accelerators take prompts and decode; 0: pools of their own */
} moe_request;

/* Accelerators of a replica: t share the dense weights, G serve it together; the same for the pool that takes prompts. Need not be whole. */
typedef struct moe_layout { double tensor, group, prefill_tensor, prefill_group; } moe_layout;

typedef struct moe_explanation {
    moe_layout layout;
    double reached_gpus, reached_nodes;                /* k_d, k_n: other accelerators (decode), domains (prefill) that a token's experts lie on */
    double dense_bytes, routed_bytes;                  /* D, W: whole model */
    double kv_read_bytes, kv_stored_bytes, state_bytes, replication; /* a sequence; copies of its cache over tensor ranks */
    double batch_memory, batch_latency, batch;         /* b_cap, b_lim, b: sequences an accelerator */
    double experts_touched_share;                      /* 1 − q^T at the batch; experts_s reads one on each accelerator at least */
    double dense_s, experts_s, compute_s, cache_s, attention_s, work_s;        /* of a decode step: work = max(dense + experts, compute) + cache + attention */
    double exchange_s, exchange_overlapped_s, reduce_s, fixed_s;               /* all-to-all beside work and overlapped with it, all-reduce, fixed times */
    double drafts_s, step_s;                           /* drafts; step = (√(work² + overlapped²) + exchange + reduce + fixed) and drafts */
    double prompt_s;                                   /* one pool: prompts taken while a token is made */
    double tpot_s;                                     /* time a user waits: step / accepted + prompt */
    double output_s, input_s;                          /* accelerator-seconds a token */
    int fits, meets_tpot;                              /* weights and one sequence fit; the wanted speed is reached */
    moe_binding binding;
} moe_explanation;

/* The spread of the market's fleets: as memory and patience want it, not whole (docs/model.md §4). */
moe_layout moe_layout_spread(const moe_fold_base *base, const moe_request *request, const moe_hardware *machine, const moe_efficiency *efficiency);

/* That spread with the largest batch that memory and patience allow, as the block kernel finds it. */
void moe_explain(const moe_fold_base *base, const moe_request *request, const moe_hardware *machine, const moe_efficiency *efficiency, moe_explanation *out);

/* A layout of one's own with a batch of one's own (sequences an accelerator); batch_latency and meets_tpot are not set. */
void moe_explain_at(const moe_fold_base *base, const moe_request *request, const moe_hardware *machine, const moe_efficiency *efficiency,
                    const moe_layout *layout, double batch, moe_explanation *out);

/* The largest batch (sequences an accelerator) that memory holds and at which a user waits at most request->tpot_s; 0 where not even one sequence in the whole
 * group does. Found by bisection: exact for any layout, in either kind of pool. */
double moe_batch_within(const moe_fold_base *base, const moe_request *request, const moe_hardware *machine, const moe_efficiency *efficiency,
                        const moe_layout *layout);

const char *moe_binding_name(moe_binding binding); /* "memory", "bandwidth", "compute", "network", "latency" */

#endif
