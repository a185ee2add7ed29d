/* What the cost kernel must know of a model and of a machine. Plain data, filled by the catalogue reader, read by kernels/moe_cost.c.
 * Units are SI inside names: parameters are counts, bytes are bytes, rates are per second. */
#ifndef MOECAST_KERNELS_MOE_SHAPE_H
#define MOECAST_KERNELS_MOE_SHAPE_H

enum { MOE_MAX_KV_GROUPS = 4 };

/* How a group of layers keeps and reads the past. `reach_tokens` is INFINITY for full attention. */
typedef struct moe_kv_group {
    double layers;                        /* layers in the group */
    double stored_bytes_per_token;        /* cache bytes one token leaves behind in one layer, indexer keys included (after any compression of the sequence) */
    double read_bytes_per_token;          /* bytes read in one layer for each attended token at a decode step */
    double reach_tokens;                  /* attended tokens at most: window, top-n of an indexer, or INFINITY */
    double stored_reach_tokens;           /* tokens kept at most (the window of sliding attention), or INFINITY */
    double index_bytes_per_token;         /* indexer bytes scanned in one layer for every token of context (sparse attention), else 0 */
    double state_bytes;                   /* fixed recurrent state of one layer and sequence (linear attention), else 0 */
    double kv_heads;                      /* KV heads: tensor parallel ranks share the cache up to this many ways; 1 for MLA (replicated) */
    double decode_flop_per_context_token; /* attention FLOP of one layer for each attended token, decode (absorbed form for MLA) */
    double prefill_flop_per_context_token;/* the same, prefill */
    double index_flop_per_context_token;  /* indexer FLOP of one layer for every token of context */
} moe_kv_group;

typedef struct moe_shape {
    double layers, moe_layers;            /* transformer layers; those with routed experts (0: dense model) */
    double latent_layers, index_layers, linear_layers; /* layers with latent attention (MLA and its kin), with an indexer, with linear attention */
    double hidden;                        /* width of the residual stream */
    double expert_io;                     /* width sent to an expert (the latent of Kimi K3; otherwise hidden) */
    double experts, top_k;                /* routed experts a layer and how many a token visits (0, 0: dense model) */
    double attention_params, dense_ffn_params, shared_expert_params, head_params; /* totals over layers */
    double expert_params;                 /* parameters of one routed expert in one layer */
    double attention_bytes, ffn_bytes, expert_bytes, head_bytes;                 /* bytes a parameter, as served */
    double cache_value_bytes;             /* bytes of a cached value: attention computes in FP8 below 1.5 */
    double active_params, total_params;   /* as published, for reports and checks */
    int kv_groups;
    moe_kv_group kv[MOE_MAX_KV_GROUPS];
} moe_shape;

typedef struct moe_hardware {
    double bf16_flop_per_s, fp8_flop_per_s, fp4_flop_per_s; /* dense peaks; FP4 = FP8 where there are no 4-bit units */
    double memory_bytes, memory_bytes_per_s;
    double scale_up_bytes_per_s;          /* one way, one accelerator */
    double scale_up_domain;               /* accelerators in the fast domain */
    double scale_out_bytes_per_s;         /* one way, one accelerator */
    double group_max;                     /* accelerators that may serve one replica */
    double all_in_kw;                     /* utility power an accelerator: server, network, cooling, PUE included */
    double capex_usd;                     /* installed capital an accelerator: server, network, facility */
    int weights_on_chip;                  /* 1: SRAM machine, the weights must fit on chip */
    double layer_s, moe_layer_s;          /* on-chip machines: fixed seconds a layer, more for a MoE layer, as measured; 0 for others */
} moe_hardware;

#endif
