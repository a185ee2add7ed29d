/* What a run spends its time in, built for more than one instruction set. Each build is a variant: one table of functions, made of the same sources with
 * other flags (variant_table.c, VARIANT_SOURCES in the Makefile): the model and its kernels, draws and distributions, the sums of a block, and those of a search for medoids. Every variant
 * gives the same bits, because no operation is contracted or reordered; they differ in speed alone. What runs once a run is built once, for any processor.
 * Owns the choice. docs/mathematics.md. */
#ifndef CSIM_ENGINE_VARIANT_H
#define CSIM_ENGINE_VARIANT_H

#include "csim/model/block.h"
#include "csim/stats/accumulator.h"
#include "kernels/distance_sums.h"

/* Pieces that nobody calls but tests: they compare the bits of variants on inputs that no run would give them. y[i] from x[i]. */
typedef struct csim_variant_pieces {
    void (*exp)(const double *x, double *y, size_t n);
    void (*log)(const double *x, double *y, size_t n);
    void (*logistic)(const double *x, double *y, size_t n);
    void (*softplus)(const double *x, double *y, size_t n);
    void (*normal_quantile)(const double *x, double *y, size_t n);
    void (*normal_cdf)(const double *x, double *y, size_t n);
    __typeof__(csim_stream_fill) *stream_fill;
    __typeof__(csim_stream_fill_pair) *stream_fill_pair;
    __typeof__(csim_sampling_fill) *sampling_fill;
    __typeof__(csim_dist_eval_block) *dist_eval;
    __typeof__(moe_fold_paths) *fold_paths;
    __typeof__(moe_fold_machine) *fold_machine;
    __typeof__(moe_cost_evaluate) *cost_evaluate;
    __typeof__(moe_segment_prepare) *segment_prepare;
    __typeof__(moe_friction_weight) *friction_weight;
    __typeof__(moe_market_scale_find) *market_scale_find;
    __typeof__(moe_market_move) *market_move;
} csim_variant_pieces;

typedef struct csim_variant {
    const char *name; /* "scalar", "avx2", "avx512" */
    __typeof__(csim_block_new) *block_new;
    __typeof__(csim_block_free) *block_free;
    __typeof__(csim_block_start) *block_start;
    __typeof__(csim_block_step) *block_step;
    __typeof__(csim_accumulator_look) *look;
    __typeof__(moe_distances_fill) *distances_fill;
    __typeof__(moe_distances_add) *distances_add;
    __typeof__(moe_distances_gain) *distances_gain;
    __typeof__(moe_distances_change) *distances_change;
    csim_variant_pieces pieces;
} csim_variant;

/* The variant of this process, the same for all its runs and threads: the one that $MOECAST_KERNEL names, or else the widest that the processor can run.
 * Chosen at the first call that succeeds. USAGE when $MOECAST_KERNEL names none, or one that was not built or that cannot run here. */
csim_status csim_variant_chosen(const csim_variant **out, csim_error *err);

/* The variant of that name, whatever was chosen; USAGE as above. `asked_by` begins the sentence. */
csim_status csim_variant_find(const char *name, const char *asked_by, const csim_variant **out, csim_error *err);

/* Names of all variants there are on any processor, widest first; NULL beyond the last. */
const char *csim_variant_name(size_t i);

#endif
