/* Sums over layers and parts, for one case. */
#include "kernels/moe_sequence.h"

#include "kernels/vmath.h"

moe_sequence moe_sequence_of(const moe_fold_base *base, const moe_request *r) {
    const double context = r->input_tokens + r->output_tokens / 2.0, before = r->input_tokens * (1.0 + r->hit_share) / 2.0;
    const double whole = r->input_tokens + r->output_tokens;
    moe_sequence s = {0.0, 0.0, 0.0, 0.0, 0.0};
    for (int g = 0; g < (int)base->groups; g++) {
        const moe_kv_group *kv = &base->kv[g];
        s.decode_flop += kv->layers * (kv->decode_flop_per_context_token * moe_min(context, kv->reach_tokens) + kv->index_flop_per_context_token * context);
        s.prefill_flop += kv->layers * (kv->prefill_flop_per_context_token * moe_min(before, kv->reach_tokens) + kv->index_flop_per_context_token * before);
        s.read_bytes += kv->layers * (kv->read_bytes_per_token * moe_min(context, kv->reach_tokens) + kv->index_bytes_per_token * context);
        s.stored_bytes += kv->layers * kv->stored_bytes_per_token * moe_min(whole, kv->stored_reach_tokens);
        s.state_bytes += kv->layers * kv->state_bytes;
    }
    return s;
}

double moe_linear_s(const moe_fold_base *base, const moe_hardware *h, const moe_efficiency *eta, int with_head) {
    double seconds = 0.0;
    for (int i = 0; i < (with_head ? MOE_PARTS : MOE_HEAD); i++)
        seconds += 2.0 * base->part[i].params / moe_part_flop_per_s(base, (moe_part_name)i, h, eta);
    return seconds;
}

double moe_attention_flop_per_s(const moe_fold_base *base, const moe_hardware *h) { return base->cache_fp8 > 0.0 ? h->fp8_flop_per_s : h->bf16_flop_per_s; }
