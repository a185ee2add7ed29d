/* What a token costs in accelerator-seconds: docs/model.md §4 for the equations, docs/kernel.md for the fit.
 * Works on a block of paths at once, structure of arrays: shape factors, context and machine multipliers differ by path, the rest is shared. */
#ifndef MOECAST_KERNELS_MOE_COST_H
#define MOECAST_KERNELS_MOE_COST_H

#include "kernels/moe_shape.h"

enum { MOE_BLOCK = 64 }; /* paths a block: the working set of one evaluation stays in the first-level cache */

/* A shape with everything folded that does not depend on path or context. */
typedef struct moe_fold_base {
    double layers, moe_layers, hidden, expert_io, top_k, kv_heads;
    double dense_bytes, routed_bytes;            /* all weights but the routed experts; routed experts */
    double routed_fraction;                      /* top_k / experts, 0 for a dense model */
    double flop_bf16, flop_fp8, flop_fp4;        /* linear FLOPs a token by the precision of the weights */
    double total_over_active;                    /* total / active parameters */
    double attention_fp8;                        /* 1: attention runs at the FP8 rate */
    double groups;                               /* kv groups in use */
    moe_kv_group kv[MOE_MAX_KV_GROUPS];
} moe_fold_base;

/* Fitted efficiencies and fixed times (docs/kernel.md). */
typedef struct moe_efficiency {
    double memory, expert_memory, flop, network, prefill; /* achieved over peak */
    double layer_s, moe_layer_s, group_layer_s;           /* fixed seconds a layer, a MoE layer, a layer when more than one accelerator serves */
    double draft_alike;                                   /* ζ: share of drafted tokens' experts that differ from those already touched */
} moe_efficiency;
extern const moe_efficiency moe_efficiency_joint;

/* Request and service level, by path. */
typedef struct moe_workload_block {
    double input_tokens[MOE_BLOCK], output_tokens[MOE_BLOCK], tpot_s[MOE_BLOCK], accepted[MOE_BLOCK];
    double hit_share, verified; /* cache hits; tokens verified a step (draft depth + 1) */
} moe_workload_block;

/* Shape times factors, context attended. */
typedef struct moe_fold_block {
    double dense_bytes[MOE_BLOCK], routed_bytes[MOE_BLOCK], log_untouched[MOE_BLOCK]; /* ln(1 − k/E) */
    double flop_bf16[MOE_BLOCK], flop_fp8[MOE_BLOCK], flop_fp4[MOE_BLOCK];
    double attention_decode_flop[MOE_BLOCK], attention_prefill_flop[MOE_BLOCK];
    double kv_read_bytes[MOE_BLOCK], kv_stored_bytes[MOE_BLOCK];
} moe_fold_block;

/* What a path does to a catalogued machine: penalties of controls, improvements of a synthetic successor. 1 leaves it alone. */
typedef struct moe_machine_block { double flop[MOE_BLOCK], bandwidth[MOE_BLOCK], memory[MOE_BLOCK], link[MOE_BLOCK]; } moe_machine_block;

/* The same folded with the machine and the month's service level, once for all shapes that the machine serves: divisions cost as much as all else. */
typedef struct moe_machine_fold {
    double room_bytes[MOE_BLOCK], per_room[MOE_BLOCK];           /* memory; one over it */
    double per_patience[MOE_BLOCK];                              /* one over the bytes read while a user waits for a token */
    double per_byte_s[MOE_BLOCK];                                /* seconds a byte of memory, at the peak */
    double per_flop[MOE_BLOCK], per_link[MOE_BLOCK];             /* one over the change of each */
} moe_machine_fold;

typedef enum moe_binding { MOE_MEMORY_CAPACITY, MOE_BANDWIDTH, MOE_COMPUTE, MOE_NETWORK, MOE_LATENCY, MOE_BINDINGS } moe_binding;

typedef struct moe_cost_block {
    double output_s[MOE_BLOCK], input_s[MOE_BLOCK];  /* accelerator-seconds an output token, an uncached input token */
    double batch[MOE_BLOCK];                         /* sequences an accelerator */
} moe_cost_block;

void moe_fold_shape(const moe_shape *shape, moe_fold_base *out);

/* active, total, cache: factors of a path on the shape. A mixture's total stays ≥ 1.6 × its active parameters. */
void moe_fold_paths(const moe_fold_base *base, const moe_workload_block *work, const double *active, const double *total, const double *cache,
                    int n, moe_fold_block *out);

void moe_fold_machine(const moe_hardware *machine, const moe_machine_block *change, const moe_workload_block *work, int n, moe_machine_fold *out);

void moe_cost_evaluate_on(const moe_fold_base *base, const moe_fold_block *fold, const moe_workload_block *work, const moe_hardware *machine,
                          const moe_machine_fold *ready, const moe_efficiency *efficiency, int n, moe_cost_block *out);

/* Both at once, for one shape. */
void moe_cost_evaluate(const moe_fold_base *base, const moe_fold_block *fold, const moe_workload_block *work, const moe_hardware *machine,
                       const moe_machine_block *change, const moe_efficiency *efficiency, int n, moe_cost_block *out);

#endif
