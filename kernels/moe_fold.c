/* From a catalogued shape to what the cost kernel reads: first everything that depends on the shape alone (once a plan), then the factors and the
 * context of each path (once a month and offering). docs/model.md §4, "Shapes" and "Kernel". Knows no machine. */
#include "kernels/moe_cost.h"
#include "kernels/vmath.h"

/* ---- once a shape ---- */

static void add_flop(moe_fold_base *out, double active_params, double bytes_per_param) {
    double *const precision = bytes_per_param < 0.8 ? &out->flop_fp4 : bytes_per_param < 1.5 ? &out->flop_fp8 : &out->flop_bf16;
    *precision += 2.0 * active_params;
}

static void fold_weights(const moe_shape *shape, moe_fold_base *out) {
    out->dense_bytes = shape->attention_params * shape->attention_bytes + shape->dense_ffn_params * shape->ffn_bytes +
                       shape->shared_expert_params * shape->expert_bytes + shape->head_params * shape->head_bytes;
    out->routed_bytes = shape->moe_layers * shape->experts * shape->expert_params * shape->expert_bytes;
    out->routed_fraction = shape->experts > 0.0 ? shape->top_k / shape->experts : 0.0;
    out->total_over_active = shape->total_params / shape->active_params;
    out->attention_fp8 = shape->attention_bytes < 1.5 ? 1.0 : 0.0;
}

static void fold_flop(const moe_shape *shape, moe_fold_base *out) {
    add_flop(out, shape->attention_params, shape->attention_bytes);
    add_flop(out, shape->dense_ffn_params, shape->ffn_bytes);
    add_flop(out, shape->shared_expert_params, shape->expert_bytes);
    add_flop(out, shape->moe_layers * shape->top_k * shape->expert_params, shape->expert_bytes);
    add_flop(out, shape->head_params, shape->head_bytes);
}

/* Tensor parallel ranks share a cache up to the fewest heads of any group that keeps one; a recurrent state sets no limit. */
static void fold_cache(const moe_shape *shape, moe_fold_base *out) {
    out->groups = shape->kv_groups;
    out->kv_heads = (double)INFINITY;
    for (int g = 0; g < shape->kv_groups; g++) {
        out->kv[g] = shape->kv[g];
        if (shape->kv[g].stored_bytes_per_token > 0.0) out->kv_heads = moe_min(out->kv_heads, shape->kv[g].kv_heads);
    }
}

void moe_fold_shape(const moe_shape *shape, moe_fold_base *out) {
    memset(out, 0, sizeof *out);
    out->layers = shape->layers;
    out->moe_layers = shape->moe_layers;
    out->hidden = shape->hidden;
    out->expert_io = shape->expert_io;
    out->top_k = shape->top_k;
    fold_weights(shape, out);
    fold_flop(shape, out);
    fold_cache(shape, out);
}

/* ---- once a month and offering ---- */

static void fold_mixture(const moe_fold_base *base, const double *restrict active, const double *restrict total, int n,
                         double *restrict routed_bytes, double *restrict log_untouched) {
    const double least = 1.6 / base->total_over_active, fraction = base->routed_fraction, bytes = base->routed_bytes;
    for (int p = 0; p < n; p++) {
        const double factor = moe_max(total[p], least * active[p]);
        routed_bytes[p] = bytes * factor;
        log_untouched[p] = moe_log(1.0 - fraction * active[p] / factor);
    }
}

static void fold_dense(int n, double *restrict routed_bytes, double *restrict log_untouched) {
    for (int p = 0; p < n; p++) routed_bytes[p] = log_untouched[p] = 0.0;
}

static void fold_linear(const moe_fold_base *base, const double *restrict active, int n, double *restrict dense_bytes,
                        double *restrict bf16, double *restrict fp8, double *restrict fp4) {
    const double bytes = base->dense_bytes, f16 = base->flop_bf16, f8 = base->flop_fp8, f4 = base->flop_fp4;
    for (int p = 0; p < n; p++) {
        dense_bytes[p] = bytes * active[p];
        bf16[p] = f16 * active[p];
        fp8[p] = f8 * active[p];
        fp4[p] = f4 * active[p];
    }
}

/* One group of layers: what it computes, reads a step, and keeps, at the mean context of decode and of prefill. */
static void add_group(const moe_kv_group *group, const moe_workload_block *work, const double *restrict cache, int n, double *restrict decode,
                      double *restrict prefill, double *restrict read, double *restrict stored) {
    const double layers = group->layers, reach = group->reach_tokens, stored_reach = group->stored_reach_tokens, state = group->state_bytes;
    const double read_bytes = group->read_bytes_per_token, index_bytes = group->index_bytes_per_token;
    const double kept_bytes = group->stored_bytes_per_token, index_flop = group->index_flop_per_context_token;
    const double decode_flop = group->decode_flop_per_context_token, prefill_flop = group->prefill_flop_per_context_token;
    const double prefill_mean = (1.0 + work->hit_share) / 2.0;
    const double *restrict input = work->input_tokens, *restrict output = work->output_tokens;
    for (int p = 0; p < n; p++) {
        const double context = input[p] + output[p] / 2.0, before = input[p] * prefill_mean;
        decode[p] += layers * (decode_flop * moe_min(context, reach) + index_flop * context);
        prefill[p] += layers * (prefill_flop * moe_min(before, reach) + index_flop * before);
        read[p] += cache[p] * layers * (read_bytes * moe_min(context, reach) + index_bytes * context + state);
        stored[p] += cache[p] * layers * (kept_bytes * moe_min(input[p] + output[p], stored_reach) + state);
    }
}

void moe_fold_paths(const moe_fold_base *base, const moe_workload_block *work, const double *active, const double *total, const double *cache,
                    int n, moe_fold_block *out) {
    fold_linear(base, active, n, out->dense_bytes, out->flop_bf16, out->flop_fp8, out->flop_fp4);
    if (base->routed_bytes > 0.0) fold_mixture(base, active, total, n, out->routed_bytes, out->log_untouched);
    else fold_dense(n, out->routed_bytes, out->log_untouched);
    for (int p = 0; p < n; p++)
        out->attention_decode_flop[p] = out->attention_prefill_flop[p] = out->kv_read_bytes[p] = out->kv_stored_bytes[p] = 0.0;
    for (int g = 0; g < (int)base->groups; g++)
        add_group(&base->kv[g], work, cache, n, out->attention_decode_flop, out->attention_prefill_flop, out->kv_read_bytes, out->kv_stored_bytes);
}
