/* One case on a machine of on-chip memory. Judgement where no measurement is: rates reach the shares that the fit found for other machines; the chips of a
 * layer exchange at half of the links' rate; fixed times are occupancy (a stage does nothing else meanwhile), which makes these machines dearer, not faster. */
#include "kernels/moe_on_chip.h"

#include "kernels/moe_sequence.h"
#include "kernels/vmath.h"

#define ROOM 0.8      /* share of the memory for weights and caches */
#define LINK 0.5      /* share of the links' one-way rate */

typedef struct pass { double stages, weights_s, experts_s, decay, fixed_s, compute_s, cache_s, attention_s, reduce_s, draft; } pass; /* a token through all layers; per sequence of a stage's batch */

static double cache_bytes(const moe_fold_base *base, const moe_request *r) {
    const moe_sequence s = moe_sequence_of(base, r);
    return s.stored_bytes + s.state_bytes;
}

double moe_on_chip_fewest(const moe_fold_base *base, const moe_request *r, const moe_hardware *h) {
    return ceil((base->dense_bytes + base->routed_bytes + cache_bytes(base, r)) / (ROOM * h->memory_bytes));
}

static pass time_pass(const moe_fold_base *base, const moe_request *r, const moe_hardware *h, const moe_efficiency *eta, double group) {
    const double t = moe_max(1.0, group / base->layers), attention = moe_attention_flop_per_s(base, h);
    const moe_sequence s = moe_sequence_of(base, r);
    return (pass){
        .stages = group / t,
        .weights_s = base->dense_bytes / (t * eta->memory * h->memory_bytes_per_s),
        .experts_s = base->routed_bytes / (t * eta->expert_memory * h->memory_bytes_per_s),
        .decay = base->routed_fraction > 0.0 ? moe_log(1.0 - base->routed_fraction) * r->verified : 0.0,
        .fixed_s = base->layers * h->layer_s + base->moe_layers * h->moe_layer_s,
        .compute_s = r->verified * moe_linear_s(base, h, eta, 1) / (t * eta->flop),
        .cache_s = (s.read_bytes + s.state_bytes) / (t * eta->memory * h->memory_bytes_per_s),
        .attention_s = r->verified * s.decode_flop / (t * attention * eta->flop),
        .reduce_s = r->verified * 2.0 * base->layers * 2.0 * (t - 1.0) / t * base->hidden * 2.0 / (LINK * h->scale_up_bytes_per_s),
        .draft = 1.0 + (r->verified - 1.0) / base->layers};
}

/* Seconds of a pass with `each` sequences at a stage. */
static double pass_of(const pass *k, double each) {
    const double stream = k->weights_s + k->experts_s * (1.0 - moe_exp(k->decay * each));
    return moe_max(stream, k->compute_s * each) + (k->cache_s + k->attention_s + k->reduce_s) * each + k->fixed_s;
}

/* Sequences a stage: a pipeline that is not full works on one at a time. */
static double at_a_stage(const pass *k, double group, double batch) { return moe_max(1.0, batch * group / k->stages); }

static double memory_batch(const moe_fold_base *base, const moe_request *r, const moe_hardware *h, double group) {
    const double left = ROOM * h->memory_bytes * group - base->dense_bytes - base->routed_bytes;
    return moe_max(left, 0.0) / cache_bytes(base, r) / group;
}

void moe_on_chip_at(const moe_fold_base *base, const moe_request *r, const moe_hardware *h, const moe_efficiency *eta, double group, double batch, moe_explanation *x) {
    const pass k = time_pass(base, r, h, eta, group);
    const double each = at_a_stage(&k, group, batch);
    const moe_sequence s = moe_sequence_of(base, r);
    memset(x, 0, sizeof *x);
    x->kv_read_bytes = s.read_bytes + s.state_bytes;
    x->layout = (moe_layout){group / k.stages, group, group / k.stages, group};
    x->dense_bytes = base->dense_bytes;
    x->routed_bytes = base->routed_bytes;
    x->kv_stored_bytes = s.stored_bytes + s.state_bytes;
    x->replication = 1.0;
    x->batch_memory = memory_batch(base, r, h, group);
    x->fits = x->batch_memory * group >= 1.0;
    x->batch = batch;
    x->experts_touched_share = base->routed_fraction > 0.0 ? 1.0 - moe_exp(k.decay * each) : 1.0;
    x->dense_s = k.weights_s;
    x->experts_s = k.experts_s * x->experts_touched_share;
    x->compute_s = k.compute_s * each;
    x->cache_s = k.cache_s * each;
    x->attention_s = k.attention_s * each;
    x->work_s = moe_max(x->dense_s + x->experts_s, x->compute_s) + x->cache_s + x->attention_s;
    x->reduce_s = k.reduce_s * each;
    x->fixed_s = k.fixed_s;
    x->drafts_s = (k.draft - 1.0) * pass_of(&k, each);
    x->step_s = k.draft * pass_of(&k, each);
    x->input_s = (moe_linear_s(base, h, eta, 0) + s.prefill_flop / moe_attention_flop_per_s(base, h)) / eta->prefill;
    x->prompt_s = r->one_pool ? batch * (1.0 - r->hit_share) * r->input_tokens / r->output_tokens * x->input_s : 0.0;
    x->tpot_s = x->step_s / r->accepted + x->prompt_s;
    x->output_s = x->step_s / (r->accepted * batch);
    x->binding = x->batch >= x->batch_memory * (1.0 - 1e-9) ? MOE_MEMORY_CAPACITY : x->fixed_s > x->work_s ? MOE_LATENCY : x->compute_s > x->dense_s + x->experts_s ? MOE_COMPUTE : MOE_BANDWIDTH;
}

double moe_on_chip_batch_within(const moe_fold_base *base, const moe_request *r, const moe_hardware *h, const moe_efficiency *eta, double group) {
    moe_explanation x;
    double low = 1.0 / group, high = memory_batch(base, r, h, group);
    if (high < low) return 0.0;
    moe_on_chip_at(base, r, h, eta, group, low, &x);
    if (x.tpot_s > r->tpot_s) return 0.0;
    moe_on_chip_at(base, r, h, eta, group, high, &x);
    if (x.tpot_s <= r->tpot_s) return high;
    for (int i = 0; i < 60 && high - low > 1e-12 * high; i++) {
        const double middle = 0.5 * (low + high);
        moe_on_chip_at(base, r, h, eta, group, middle, &x);
        if (x.tpot_s <= r->tpot_s) low = middle;
        else high = middle;
    }
    return low;
}
