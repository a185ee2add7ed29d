/* A shape on a machine: every rate over its efficiency, every fixed time, once (docs/model.md §4). What is left for the inner loop are a path's own factors.
 * For tuned stacks: the market's hosts run large fleets. Knows no path. */
#include "kernels/moe_cost.h"
#include "kernels/vmath.h"

/* Bytes a value on the links: tensor parallelism sends BF16 both ways; experts get FP8 (dispatch) and return BF16 (combine). */
#define TENSOR_BYTES 2.0
#define EXPERT_BYTES 3.0
#define MXFP4_BYTES 0.54 /* 4.25 bits a parameter; NVFP4 has 4.5 */

static int has_four_bit_units(const moe_hardware *machine) { return machine->fp4_flop_per_s > machine->fp8_flop_per_s; }
static int is_four_bit(const moe_fold_base *base, moe_part_name name) { return base->part[name].bytes < MOE_FOUR_BIT_BYTES; }

double moe_part_flop_per_s(const moe_fold_base *base, moe_part_name name, const moe_hardware *machine, const moe_efficiency *efficiency) {
    const int expert = name == MOE_SHARED_EXPERT || name == MOE_ROUTED_EXPERT;
    const double bytes = base->part[name].bytes;
    if (bytes >= 1.5) return machine->bf16_flop_per_s;
    if (bytes >= MOE_FOUR_BIT_BYTES) return machine->fp8_flop_per_s;
    if (has_four_bit_units(machine)) return expert && bytes < MXFP4_BYTES ? machine->fp8_flop_per_s : machine->fp4_flop_per_s;
    return machine->bf16_flop_per_s * (name == MOE_ROUTED_EXPERT ? efficiency->flop_widened : 1.0);
}

static void fold_weights(const moe_fold_base *base, const moe_hardware *machine, const moe_efficiency *eta, moe_pair *out) {
    const double expert = eta->expert_memory * (is_four_bit(base, MOE_ROUTED_EXPERT) && has_four_bit_units(machine) ? eta->expert_memory_4bit : 1.0);
    out->mixture = base->routed_bytes > 0.0 ? 1.0 : 0.0;
    out->dense_bytes = base->dense_bytes;
    out->routed_bytes = base->routed_bytes;
    out->routed_stream = base->routed_bytes / (expert * 0.3);
    out->dense_stream = base->dense_bytes / (eta->memory * 0.3);
    out->memory = 1.0 / eta->memory;
    out->routed_read_bytes = base->routed_bytes / expert;
    out->dense_read_bytes = 0.0;
    for (int i = 0; i < MOE_PARTS; i++)
        if (i != MOE_ROUTED_EXPERT)
            out->dense_read_bytes += base->part[i].params * base->part[i].bytes / (eta->memory * (i != MOE_HEAD && is_four_bit(base, (moe_part_name)i) ? eta->memory_4bit : 1.0));
}

/* Prompts need the head for their last token only. */
static void fold_flop(const moe_fold_base *base, const moe_hardware *machine, const moe_efficiency *eta, moe_pair *out) {
    const double attention = base->cache_fp8 > 0.0 ? machine->fp8_flop_per_s : machine->bf16_flop_per_s;
    double all = 0.0, head = 0.0;
    for (int i = 0; i < MOE_PARTS; i++) {
        head = 2.0 * base->part[i].params / moe_part_flop_per_s(base, (moe_part_name)i, machine, eta);
        all += head; /* the last part is the head */
    }
    out->decode_s = all / eta->flop;
    out->prefill_s = (all - head) / eta->prefill;
    out->attention_s = 1.0 / (attention * eta->flop);
    out->attention_prefill_s = 1.0 / (attention * eta->prefill);
    out->activations = eta->activation_passes * 2.0 * base->hidden * (base->layers + base->moe_layers * base->top_k);
}

static void fold_links(const moe_fold_base *base, const moe_hardware *machine, const moe_efficiency *eta, moe_pair *out) {
    out->reduce_bytes = 2.0 * base->layers * 2.0 * base->hidden * TENSOR_BYTES;
    out->reduce_saved_bytes = base->moe_layers * 2.0 * base->hidden * TENSOR_BYTES;
    out->exchange_bytes = base->moe_layers * base->expert_io * EXPERT_BYTES;
    out->up_s = 1.0 / (eta->scale_up * machine->scale_up_bytes_per_s);
    out->up_prefill_s = 1.0 / (eta->scale_up_prefill * machine->scale_up_bytes_per_s);
    out->out_s = 1.0 / (eta->scale_out * machine->scale_out_bytes_per_s);
    out->domain = machine->scale_up_domain;
}

static void fold_fixed(const moe_fold_base *base, const moe_hardware *machine, const moe_efficiency *eta, moe_pair *out) {
    const double scale = has_four_bit_units(machine) ? eta->four_bit_units : 1.0;
    out->fixed_s = scale * (base->layers * (eta->layer_s + (is_four_bit(base, MOE_FFN) ? eta->quantise_s : 0.0)) + base->latent_layers * eta->latent_s +
                            base->index_layers * eta->index_s + base->linear_layers * eta->linear_s + base->moe_layers * eta->moe_s);
    out->doubling_s = scale * base->layers * eta->doubling_s * 1.4426950408889634; /* log2 t = ln t / ln 2 */
    out->across_s = base->layers * eta->across_s * 1.4426950408889634;
    out->exchange_s = scale * base->moe_layers * eta->exchange_s;
    out->sequence_s = scale * eta->sequence_s;
}

static void fold_logarithms(moe_pair *out) {
    out->per_domain = 1.0 / out->domain;
    out->log_four_dense = moe_log(4.0 * out->dense_bytes);
    out->log_dense_full = moe_log(out->dense_bytes / 0.35);
    out->log_dense_stream = moe_log(out->dense_stream);
    out->log_group_max = moe_log(out->group_max);
    out->log_domain = moe_log(out->domain);
}

void moe_fold_pair(const moe_fold_base *base, const moe_hardware *machine, const moe_efficiency *efficiency, moe_pair *out) {
    memset(out, 0, sizeof *out);
    out->per_kv_head = 1.0 / base->kv_heads;
    out->top_k = base->top_k;
    out->layers = base->layers;
    out->group_max = machine->group_max;
    out->experts = base->routed_bytes > 0.0 ? base->experts : 0.0;
    out->per_expert = base->routed_bytes > 0.0 ? 1.0 / base->experts : 0.0;
    fold_weights(base, machine, efficiency, out);
    fold_flop(base, machine, efficiency, out);
    fold_links(base, machine, efficiency, out);
    fold_fixed(base, machine, efficiency, out);
    fold_logarithms(out);
}
