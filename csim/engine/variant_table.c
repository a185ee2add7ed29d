/* One variant's table. Compiled once for every instruction set, as all of VARIANT_SOURCES; of such a build only this symbol is seen outside, so that all its
 * calls stay within it. */
#include "csim/engine/variant.h"

#ifndef CSIM_VARIANT
#define CSIM_VARIANT scalar
#endif
#define JOIN(a, b) a##b
#define TABLE_OF(variant) JOIN(csim_variant_, variant)
#define TEXT(word) #word
#define NAME_OF(variant) TEXT(variant)

#define PIECE(name, function) \
    static void name(const double *x, double *y, size_t n) { for (size_t i = 0; i < n; i++) y[i] = function(x[i]); }
PIECE(all_exp, moe_exp)
PIECE(all_log, moe_log)
PIECE(all_logistic, moe_logistic)
PIECE(all_softplus, moe_softplus)
PIECE(all_normal_cdf, moe_normal_cdf)
static void all_normal_quantile(const double *x, double *y, size_t n) { moe_normal_quantile_block(x, y, n); }

extern const csim_variant TABLE_OF(CSIM_VARIANT);
const csim_variant TABLE_OF(CSIM_VARIANT) = {
    .name = NAME_OF(CSIM_VARIANT),
    .block_new = csim_block_new,
    .block_free = csim_block_free,
    .block_start = csim_block_start,
    .block_step = csim_block_step,
    .look = csim_accumulator_look,
    .distances_fill = moe_distances_fill,
    .distances_add = moe_distances_add,
    .distances_gain = moe_distances_gain,
    .distances_change = moe_distances_change,
    .pieces = {
        .exp = all_exp,
        .log = all_log,
        .logistic = all_logistic,
        .softplus = all_softplus,
        .normal_quantile = all_normal_quantile,
        .normal_cdf = all_normal_cdf,
        .stream_fill = csim_stream_fill,
        .stream_fill_pair = csim_stream_fill_pair,
        .sampling_fill = csim_sampling_fill,
        .dist_eval = csim_dist_eval_block,
        .fold_paths = moe_fold_paths,
        .fold_machine = moe_fold_machine,
        .cost_evaluate = moe_cost_evaluate,
        .segment_prepare = moe_segment_prepare,
        .friction_weight = moe_friction_weight,
        .market_scale_find = moe_market_scale_find,
        .market_move = moe_market_move,
    },
};
