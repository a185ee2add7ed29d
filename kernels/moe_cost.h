/* What a token costs in accelerator-seconds: docs/model.md §4 for the equations, docs/kernel-fit.md for the coefficients and their errors.
 * Works on a block of paths at once, structure of arrays: shape factors, context and machine multipliers differ by path, the rest is shared.
 * Four foldings, each done when its inputs change: a shape (once a plan), a shape on a machine (likewise), a shape's paths and a machine's paths
 * (once a month). Then moe_cost_evaluate is a shape on a machine in a month, the inner loop of every run. */
#ifndef MOECAST_KERNELS_MOE_COST_H
#define MOECAST_KERNELS_MOE_COST_H

#include "kernels/moe_efficiency.h"
#include "kernels/moe_shape.h"

enum { MOE_BLOCK = 64 }; /* paths a block: the working set of one evaluation stays in the first-level cache */

#define MOE_FOUR_BIT_BYTES 0.8 /* a parameter: fewer are 4-bit formats with their scales */

/* The weights that a token uses, by the format they are served in. */
typedef enum moe_part_name { MOE_ATTENTION, MOE_FFN, MOE_SHARED_EXPERT, MOE_ROUTED_EXPERT, MOE_HEAD, MOE_PARTS } moe_part_name;
typedef struct moe_part { double params, bytes; } moe_part; /* parameters a token uses, whole model; bytes a parameter */

/* A shape with everything folded that depends neither on machine nor on path or context. */
typedef struct moe_fold_base {
    double layers, moe_layers, latent_layers, index_layers, linear_layers;
    double hidden, expert_io, top_k, experts, kv_heads;
    moe_part part[MOE_PARTS];
    double dense_bytes, routed_bytes;            /* all weights but the routed experts; routed experts */
    double routed_fraction;                      /* top_k / experts, 0 for a dense model */
    double total_over_active;                    /* total / active parameters */
    double cache_fp8;                            /* 1: the cache is FP8 and attention runs at the FP8 rate; else BF16 */
    double groups;                               /* kv groups in use */
    moe_kv_group kv[MOE_MAX_KV_GROUPS];
} moe_fold_base;

/* A shape on a machine at its catalogued rates, served by a tuned stack: seconds, with the efficiencies in. Times a path's factors they are the terms of
 * the equations. */
typedef struct moe_pair {
    double mixture;                              /* 1: experts are routed */
    double dense_bytes, routed_bytes;            /* whole model */
    double dense_stream, routed_stream;          /* these over .3 and their share of bandwidth reached */
    double dense_read_bytes, routed_read_bytes;  /* these over the share of bandwidth reached */
    double memory;                               /* one over η_m */
    double decode_s, prefill_s;                  /* matrix products of a token */
    double attention_s, attention_prefill_s;     /* a FLOP of attention */
    double activations;                          /* bytes of activations through memory, a prompt token */
    double reduce_bytes, reduce_saved_bytes;     /* on links for each rank beyond the first: all layers reduce twice; MoE layers with all-to-all once */
    double exchange_bytes;                       /* a token sends to one other accelerator, and back, all layers */
    double up_s, up_prefill_s, out_s, domain;    /* seconds a byte inside and across domains; accelerators in a domain */
    double fixed_s, doubling_s, exchange_s, sequence_s; /* fixed times: always; a unit of ln t; with all-to-all; a sequence of an attention rank */
    double across_s, log_domain;                 /* more fixed time a unit of ln t beyond ln of the domain */
    double per_kv_head, top_k, group_max, layers, per_domain;
    double experts, per_expert;                  /* of a MoE layer; one over them; 0, 0 for a dense model */
    double log_four_dense, log_dense_full, log_dense_stream, log_group_max; /* ln of what spreads: 4 D; D / .35; dense_stream; group_max */
} moe_pair;

/* Request and service level, by path. */
typedef struct moe_workload_block {
    double input_tokens[MOE_BLOCK], output_tokens[MOE_BLOCK], tpot_s[MOE_BLOCK], accepted[MOE_BLOCK];
    double hit_share, verified; /* cache hits; tokens verified a step (draft depth + 1) */
} moe_workload_block;

/* Factors of a path on the shape, and the context attended. */
typedef struct moe_fold_block {
    double active[MOE_BLOCK], routed[MOE_BLOCK];             /* factors on dense weights and FLOPs; on routed experts' bytes */
    double log_active[MOE_BLOCK];                            /* ln of the first */
    double log_untouched[MOE_BLOCK];                         /* ln(1 − k/E); −1e300 for a dense model */
    double attention_decode_flop[MOE_BLOCK], attention_prefill_flop[MOE_BLOCK];
    double kv_read_bytes[MOE_BLOCK], kv_stored_bytes[MOE_BLOCK], state_bytes[MOE_BLOCK]; /* a sequence; the state is read and stored */
} moe_fold_block;

/* What a path does to a catalogued machine: penalties of controls, improvements of a synthetic successor. 1 leaves it alone. */
typedef struct moe_machine_block { double flop[MOE_BLOCK], bandwidth[MOE_BLOCK], memory[MOE_BLOCK], link[MOE_BLOCK]; } moe_machine_block;

/* The same folded with the machine and the month's service level, once for all shapes that the machine serves: divisions cost as much as all else. */
typedef struct moe_machine_fold {
    double room_bytes[MOE_BLOCK], per_room[MOE_BLOCK];           /* memory; one over it */
    double per_patience[MOE_BLOCK];                              /* one over the bytes read while a user waits for a token */
    double per_byte_s[MOE_BLOCK];                                /* seconds a byte of memory, at the peak */
    double per_flop[MOE_BLOCK], per_link[MOE_BLOCK];             /* one over the change of each */
    double log_room[MOE_BLOCK], log_per_patience[MOE_BLOCK];     /* ln of the above: tensor parallelism has a time for each doubling */
} moe_machine_fold;

typedef enum moe_binding { MOE_MEMORY_CAPACITY, MOE_BANDWIDTH, MOE_COMPUTE, MOE_NETWORK, MOE_LATENCY, MOE_BINDINGS } moe_binding;

typedef struct moe_cost_block {
    double output_s[MOE_BLOCK], input_s[MOE_BLOCK];  /* accelerator-seconds an output token, an uncached input token */
    double batch[MOE_BLOCK];                         /* sequences an accelerator */
} moe_cost_block;

void moe_fold_shape(const moe_shape *shape, moe_fold_base *out);

/* The shape as a tuned host serves it on a machine: 4-bit weights are kept at 8 bits where there are 8-bit units and no 4-bit ones (exact for MXFP4), since
 * widening them in every product costs more than reading them twice. */
void moe_fold_served(const moe_fold_base *published, const moe_hardware *machine, moe_fold_base *out);

/* FLOP/s that a part's matrix products run at on a machine: the format's peak; BF16 for 4-bit weights on machines without 4-bit units, where routed
 * experts lose more (f_w); FP8 for experts in MXFP4, which meet 8-bit activations. */
double moe_part_flop_per_s(const moe_fold_base *base, moe_part_name name, const moe_hardware *machine, const moe_efficiency *efficiency);

void moe_fold_pair(const moe_fold_base *base, const moe_hardware *machine, const moe_efficiency *efficiency, moe_pair *out);

/* active, total, cache: factors of a path on the shape. A mixture's total stays ≥ 1.6 × its active parameters. */
void moe_fold_paths(const moe_fold_base *base, const moe_workload_block *work, const double *active, const double *total, const double *cache,
                    int n, moe_fold_block *out);

void moe_fold_machine(const moe_hardware *machine, const moe_machine_block *change, const moe_workload_block *work, int n, moe_machine_fold *out);

void moe_cost_evaluate(const moe_pair *pair, const moe_fold_block *fold, const moe_workload_block *work, const moe_machine_fold *machine, int n,
                       moe_cost_block *out);

#endif
