/* From a catalogued shape to what the cost kernel reads: first everything that depends on the shape alone (once a plan), then the factors and the
 * context of each path (once a month and offering). docs/model.md §4, "Shapes" and "Kernel". Knows no machine. */
#include "kernels/moe_cost.h"
#include "kernels/vmath.h"

/* ---- once a shape ---- */

static void sum_bytes(moe_fold_base *out) {
    const moe_part *routed = &out->part[MOE_ROUTED_EXPERT];
    out->dense_bytes = 0.0;
    for (int i = 0; i < MOE_PARTS; i++)
        if (i != MOE_ROUTED_EXPERT) out->dense_bytes += out->part[i].params * out->part[i].bytes;
    out->routed_bytes = out->routed_fraction > 0.0 ? routed->params / out->routed_fraction * routed->bytes : 0.0;
}

static void fold_weights(const moe_shape *shape, moe_fold_base *out) {
    out->part[MOE_ATTENTION] = (moe_part){shape->attention_params, shape->attention_bytes};
    out->part[MOE_FFN] = (moe_part){shape->dense_ffn_params, shape->ffn_bytes};
    out->part[MOE_SHARED_EXPERT] = (moe_part){shape->shared_expert_params, shape->expert_bytes};
    out->part[MOE_ROUTED_EXPERT] = (moe_part){shape->moe_layers * shape->top_k * shape->expert_params, shape->expert_bytes};
    out->part[MOE_HEAD] = (moe_part){shape->head_params, shape->head_bytes};
    out->routed_fraction = shape->experts > 0.0 ? shape->top_k / shape->experts : 0.0;
    out->total_over_active = shape->total_params / shape->active_params;
    sum_bytes(out);
}

/* Tensor parallel ranks share a cache up to the fewest heads of any group that keeps one; a recurrent state sets no limit. */
static void fold_cache(const moe_shape *shape, moe_fold_base *out) {
    out->cache_fp8 = shape->cache_value_bytes < 1.5 ? 1.0 : 0.0;
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
    out->latent_layers = shape->latent_layers;
    out->index_layers = shape->index_layers;
    out->linear_layers = shape->linear_layers;
    out->hidden = shape->hidden;
    out->expert_io = shape->expert_io;
    out->top_k = shape->top_k;
    out->experts = shape->experts;
    fold_weights(shape, out);
    fold_cache(shape, out);
}

void moe_fold_served(const moe_fold_base *published, const moe_hardware *machine, moe_fold_base *out) {
    const int four_bit = machine->fp4_flop_per_s > machine->fp8_flop_per_s, eight_bit = machine->fp8_flop_per_s > machine->bf16_flop_per_s;
    *out = *published;
    for (int i = 0; i < MOE_PARTS; i++)
        if (out->part[i].bytes < MOE_FOUR_BIT_BYTES && eight_bit && !four_bit) out->part[i].bytes = 1.0;
    sum_bytes(out);
}

/* ---- once a month and offering ---- */

static void fold_mixture(const moe_fold_base *base, const double *restrict active, const double *restrict total, int n, double *restrict routed,
                         double *restrict log_untouched) {
    const double least = 1.6 / base->total_over_active, fraction = base->routed_fraction;
    for (int p = 0; p < n; p++) {
        const double factor = moe_max(total[p], least * active[p]);
        routed[p] = factor;
        log_untouched[p] = moe_log(1.0 - fraction * active[p] / factor);
    }
}

/* Nothing is routed, so nothing lies idle: no batch leaves an expert untouched. */
static void fold_dense(int n, double *restrict routed, double *restrict log_untouched) {
    for (int p = 0; p < n; p++) {
        routed[p] = 0.0;
        log_untouched[p] = -1e300;
    }
}

/* One group of layers: what it computes, reads a step, and keeps, at the mean context of decode and of prefill. */
static void add_group(const moe_kv_group *group, const moe_workload_block *work, const double *restrict cache, int n, moe_fold_block *restrict out) {
    const double layers = group->layers, reach = group->reach_tokens, stored_reach = group->stored_reach_tokens, state = group->state_bytes;
    const double read_bytes = group->read_bytes_per_token, index_bytes = group->index_bytes_per_token;
    const double kept_bytes = group->stored_bytes_per_token, index_flop = group->index_flop_per_context_token;
    const double decode_flop = group->decode_flop_per_context_token, prefill_flop = group->prefill_flop_per_context_token;
    const double prefill_mean = (1.0 + work->hit_share) / 2.0;
    const double *restrict input = work->input_tokens, *restrict output = work->output_tokens;
    for (int p = 0; p < n; p++) {
        const double context = input[p] + output[p] / 2.0, before = input[p] * prefill_mean, size = cache[p] * layers;
        out->attention_decode_flop[p] += layers * (decode_flop * moe_min(context, reach) + index_flop * context);
        out->attention_prefill_flop[p] += layers * (prefill_flop * moe_min(before, reach) + index_flop * before);
        out->kv_read_bytes[p] += size * (read_bytes * moe_min(context, reach) + index_bytes * context);
        out->kv_stored_bytes[p] += size * kept_bytes * moe_min(input[p] + output[p], stored_reach);
        out->state_bytes[p] += size * state;
    }
}

void moe_fold_paths(const moe_fold_base *base, const moe_workload_block *work, const double *active, const double *total, const double *cache,
                    int n, moe_fold_block *out) {
    if (base->routed_bytes > 0.0) fold_mixture(base, active, total, n, out->routed, out->log_untouched);
    else fold_dense(n, out->routed, out->log_untouched);
    for (int p = 0; p < n; p++) {
        out->active[p] = active[p];
        out->attention_decode_flop[p] = out->attention_prefill_flop[p] = 0.0;
        out->kv_read_bytes[p] = out->kv_stored_bytes[p] = out->state_bytes[p] = 0.0;
    }
    for (int p = 0; p < n; p++) out->log_active[p] = moe_log(active[p]);
    for (int g = 0; g < (int)base->groups; g++) add_group(&base->kv[g], work, cache, n, out);
}
