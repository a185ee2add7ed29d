/* The fitted numbers of the cost kernel: what share of its peaks a served model reaches, and the times that no peak explains. Regression coefficients with
 * standard errors, not physics: docs/kernel-fit.md has each one's meaning, error and the rows behind it, tests/fit makes them. */
#ifndef MOECAST_KERNELS_MOE_EFFICIENCY_H
#define MOECAST_KERNELS_MOE_EFFICIENCY_H

typedef struct moe_efficiency {
    /* shares of memory bandwidth */
    double memory, memory_4bit;           /* η_m dense weights and cache; r_m4 4-bit dense weights, relative */
    double expert_memory, expert_memory_4bit; /* η_e routed experts; r_e4 4-bit experts on machines with 4-bit units, relative */
    /* shares of FLOP rates */
    double flop, flop_widened;            /* η_f decode; f_w 4-bit experts on machines without 4-bit units, relative to BF16 */
    double prefill, prefill_default;      /* η_p; p_moe prefill time of default stacks over tuned ones, mixtures */
    double activation_passes;             /* κ passes of a token's activations through memory, a layer or expert visited, in prefill */
    /* shares of one-way link rates */
    double scale_up, scale_up_prefill, scale_out; /* η_n, η_pn, η_o */
    /* fixed seconds */
    double layer_s, doubling_s;           /* τ a layer; τ_t a layer and doubling of tensor parallelism */
    double across_s;                      /* τ_c more a layer and doubling beyond the fast domain; not scaled by the last line */
    double latent_s, index_s, linear_s;   /* τ_l, τ_i, τ_r more for a layer with latent attention, an indexer, linear attention */
    double quantise_s;                    /* τ_q more for a layer with 4-bit dense weights */
    double moe_s, exchange_s;             /* τ_m more for a MoE layer; τ_x and more when it ends in an all-to-all */
    double sequence_s;                    /* τ_s a sequence of an attention rank */
    double four_bit_units, first_release; /* ρ on machines with 4-bit units; `first` on first releases: factors on all fixed times but τ_c */
} moe_efficiency;

extern const moe_efficiency moe_efficiency_fitted;

#endif
