/* One case of the cost kernel, step by step in the order of docs/model.md §4. No shape factors: a catalogued model as it is. */
#include "kernels/moe_explain.h"

#include "kernels/vmath.h"

/* Attention work, cache reads and cache size of one sequence. */
typedef struct sequence { double decode_flop, prefill_flop, read_bytes, stored_bytes; } sequence;

static sequence sum_over_layers(const moe_fold_base *base, const moe_request *r) {
    const double context = r->input_tokens + r->output_tokens / 2.0, before = r->input_tokens * (1.0 + r->hit_share) / 2.0;
    const double whole = r->input_tokens + r->output_tokens;
    sequence s = {0.0, 0.0, 0.0, 0.0};
    for (int g = 0; g < (int)base->groups; g++) {
        const moe_kv_group *kv = &base->kv[g];
        s.decode_flop += kv->layers * (kv->decode_flop_per_context_token * moe_min(context, kv->reach_tokens) + kv->index_flop_per_context_token * context);
        s.prefill_flop += kv->layers * (kv->prefill_flop_per_context_token * moe_min(before, kv->reach_tokens) + kv->index_flop_per_context_token * before);
        s.read_bytes += kv->layers * (kv->read_bytes_per_token * moe_min(context, kv->reach_tokens) + kv->index_bytes_per_token * context + kv->state_bytes);
        s.stored_bytes += kv->layers * (kv->stored_bytes_per_token * moe_min(whole, kv->stored_reach_tokens) + kv->state_bytes);
    }
    return s;
}

static double power(double x, unsigned k) {
    double result = 1.0;
    for (unsigned i = 0; i < k; i++) result *= x;
    return result;
}

static void lay_out(const moe_fold_base *base, const moe_request *r, const moe_hardware *h, const moe_efficiency *eta, moe_explanation *x) {
    const int mixture = base->routed_bytes > 0.0;
    const double share = mixture ? eta->expert_memory : eta->memory, weights = mixture ? base->routed_bytes : base->dense_bytes;
    const double spread = moe_max(weights / (0.35 * h->memory_bytes), weights / (share * h->memory_bytes_per_s * 0.3 * r->tpot_s));
    const unsigned k = (unsigned)base->top_k;
    x->tensor_parallel = mixture ? moe_max(1.0, 4.0 * base->dense_bytes / h->memory_bytes) : moe_clip(spread, 1.0, h->group_max);
    x->group = mixture ? moe_max(x->tensor_parallel, moe_clip(spread, 8.0, h->group_max)) : x->tensor_parallel;
    const double inside = moe_min(h->scale_up_domain / x->group, 1.0), nodes = moe_max(1.0, x->group / h->scale_up_domain);
    x->link_bytes_per_s = 1.0 / (inside / h->scale_up_bytes_per_s + (1.0 - inside) / h->scale_out_bytes_per_s);
    x->reached_gpus = (x->group - 1.0) * (1.0 - power(1.0 - 1.0 / x->group, k));
    x->reached_nodes = (nodes - 1.0) * (1.0 - power(1.0 - 1.0 / nodes, k));
    x->replication = x->tensor_parallel / moe_min(x->tensor_parallel, base->kv_heads);
}

/* Linear layers' seconds a token at the peaks. */
static double linear_s(const moe_fold_base *base, const moe_hardware *h) {
    return base->flop_bf16 / h->bf16_flop_per_s + base->flop_fp8 / h->fp8_flop_per_s + base->flop_fp4 / h->fp4_flop_per_s;
}

/* Seconds a decode step: what every step takes, and what each sequence adds. */
typedef struct step_parts { double dense, experts, fixed, cache, compute, network, untouched_log; } step_parts;

static step_parts time_step(const moe_fold_base *base, const moe_request *r, const moe_hardware *h, const moe_efficiency *eta, const sequence *s,
                            const moe_explanation *x) {
    const double attention_rate = base->attention_fp8 > 0.0 ? h->fp8_flop_per_s : h->bf16_flop_per_s;
    const double tensor_bytes = (2.0 * base->layers - base->moe_layers) * 2.0 * (x->tensor_parallel - 1.0) * base->hidden * 2.0;
    const double expert_bytes = base->moe_layers * x->reached_gpus * base->expert_io * 3.0;
    step_parts part;
    part.dense = base->dense_bytes / (x->tensor_parallel * eta->memory * h->memory_bytes_per_s);
    part.experts = base->routed_bytes / (x->group * eta->expert_memory * h->memory_bytes_per_s);
    part.fixed = base->layers * (eta->layer_s + (x->group > 1.0 ? eta->group_layer_s : 0.0)) + base->moe_layers * eta->moe_layer_s;
    part.cache = s->read_bytes * x->replication / (eta->memory * h->memory_bytes_per_s);
    part.compute = r->verified * (linear_s(base, h) + s->decode_flop / attention_rate) / eta->flop;
    part.network = r->verified * (tensor_bytes + expert_bytes) / (x->link_bytes_per_s * eta->network);
    part.untouched_log = base->routed_fraction > 0.0 ? moe_log(1.0 - base->routed_fraction) * x->group * (1.0 + eta->draft_alike * (r->verified - 1.0)) : 0.0;
    return part;
}

static double untouched(const step_parts *part, double batch) { return moe_exp(part->untouched_log * batch); }

static double step_of(const step_parts *part, double batch) {
    return part->dense + part->experts * (1.0 - untouched(part, batch)) + part->fixed + (part->cache + part->compute + part->network) * batch;
}

static double largest_batch(const step_parts *part, double limit_s) {
    const double each = part->cache + part->compute + part->network;
    double batch = (limit_s - (part->dense + part->experts + part->fixed)) / each;
    for (int newton = 0; newton < 2; newton++)
        batch -= (step_of(part, batch) - limit_s) / (each - part->experts * part->untouched_log * untouched(part, batch));
    return batch;
}

static moe_binding binding_of(const moe_explanation *x) {
    if (x->batch_memory < x->batch_latency) return MOE_MEMORY_CAPACITY;
    const double seconds[MOE_BINDINGS] = {0.0, x->dense_s + x->experts_s + x->cache_s, x->compute_s, x->network_s, x->fixed_s};
    moe_binding largest = MOE_BANDWIDTH;
    for (int i = MOE_COMPUTE; i < MOE_BINDINGS; i++)
        if (seconds[i] > seconds[largest]) largest = (moe_binding)i;
    return largest;
}

static void fill_batch(const moe_request *r, const moe_hardware *h, const step_parts *part, moe_explanation *x) {
    const double floor_s = part->dense + part->experts + part->fixed, wanted_s = r->tpot_s * r->accepted;
    const double left = 0.9 * h->memory_bytes - x->dense_bytes / x->tensor_parallel - x->routed_bytes / x->group - 3e9;
    x->meets_tpot = wanted_s >= 1.5 * floor_s;
    x->batch_latency = largest_batch(part, moe_max(wanted_s, 1.5 * floor_s));
    x->batch_memory = moe_max(left, 0.02 * h->memory_bytes) / (x->kv_stored_bytes * x->replication);
    x->fits = left * x->group >= x->kv_stored_bytes * x->replication; /* one sequence in the whole group */
    x->batch = moe_max(moe_min(x->batch_memory, x->batch_latency), 0.05);
}

void moe_explain(const moe_fold_base *base, const moe_request *request, const moe_hardware *machine, const moe_efficiency *efficiency, moe_explanation *x) {
    const sequence s = sum_over_layers(base, request);
    const double attention_rate = base->attention_fp8 > 0.0 ? machine->fp8_flop_per_s : machine->bf16_flop_per_s;
    memset(x, 0, sizeof *x);
    x->dense_bytes = base->dense_bytes;
    x->routed_bytes = base->routed_bytes;
    x->kv_read_bytes = s.read_bytes;
    x->kv_stored_bytes = s.stored_bytes;
    lay_out(base, request, machine, efficiency, x);
    const step_parts part = time_step(base, request, machine, efficiency, &s, x);
    fill_batch(request, machine, &part, x);
    x->experts_touched_share = base->routed_fraction > 0.0 ? 1.0 - untouched(&part, x->batch) : 1.0;
    x->step_s = step_of(&part, x->batch);
    x->dense_s = part.dense;
    x->experts_s = part.experts * x->experts_touched_share;
    x->fixed_s = part.fixed;
    x->cache_s = part.cache * x->batch;
    x->compute_s = part.compute * x->batch;
    x->network_s = part.network * x->batch;
    x->output_s = x->step_s / (request->accepted * x->batch);
    x->input_s = (linear_s(base, machine) + s.prefill_flop / attention_rate) / efficiency->prefill +
                 base->moe_layers * x->reached_nodes * base->expert_io * 3.0 / machine->scale_out_bytes_per_s;
    x->binding = binding_of(x);
}

const char *moe_binding_name(moe_binding binding) {
    static const char *const name[MOE_BINDINGS] = {"memory", "bandwidth", "compute", "network", "latency"};
    return (unsigned)binding < MOE_BINDINGS ? name[binding] : "unknown";
}
