/* One case of the cost kernel, step by step in the order of docs/model.md §4. No shape factors: a catalogued model as it is. */
#include "kernels/moe_explain.h"

#include "kernels/moe_sequence.h"
#include "kernels/vmath.h"

/* ---- where it runs ---- */

static double power(double x, unsigned k) {
    double result = 1.0;
    for (unsigned i = 0; i < k; i++) result *= x;
    return result;
}

static int is_mixture(const moe_fold_base *base) { return base->routed_bytes > 0.0; }
static int has_four_bit_units(const moe_hardware *h) { return h->fp4_flop_per_s > h->fp8_flop_per_s; }
static int is_four_bit(const moe_fold_base *base, moe_part_name name) { return base->part[name].bytes < MOE_FOUR_BIT_BYTES; }

/* Share of the memory bandwidth that routed experts reach. */
static double expert_memory(const moe_fold_base *base, const moe_hardware *h, const moe_efficiency *eta) {
    return eta->expert_memory * (is_four_bit(base, MOE_ROUTED_EXPERT) && has_four_bit_units(h) ? eta->expert_memory_4bit : 1.0);
}

moe_layout moe_layout_spread(const moe_fold_base *base, const moe_request *r, const moe_hardware *h, const moe_efficiency *eta) {
    const double share = is_mixture(base) ? expert_memory(base, h, eta) : eta->memory, weights = is_mixture(base) ? base->routed_bytes : base->dense_bytes;
    const double fit = weights / (0.35 * h->memory_bytes), stream = weights / (share * h->memory_bytes_per_s * 0.3 * r->tpot_s), most = h->group_max;
    moe_layout out;
    if (is_mixture(base)) {
        out.tensor = out.prefill_tensor = moe_max(1.0, 4.0 * base->dense_bytes / h->memory_bytes);
        out.group = moe_max(out.tensor, moe_clip(moe_max(fit, moe_min(stream, base->experts)), 8.0, most));
        out.prefill_group = moe_max(out.tensor, moe_clip(fit, 8.0, most));
    } else {
        out.tensor = out.group = moe_clip(moe_max(fit, stream), 1.0, most);
        out.prefill_tensor = out.prefill_group = moe_clip(fit, 1.0, most);
    }
    return out;
}

/* Experts lie on other accelerators than their tokens, and messages go all to all, when attention is data parallel. */
static int is_exchanging(const moe_fold_base *base, double tensor, double group) { return is_mixture(base) && group > tensor; }

/* Seconds a byte between the accelerators of a group of n: part of the others lie in the same domain, whose links reach this share of their rate. */
static double link_s_per_byte(const moe_hardware *h, const moe_efficiency *eta, double scale_up, double n) {
    const double inside = moe_min(h->scale_up_domain / n, 1.0);
    return inside / (scale_up * h->scale_up_bytes_per_s) + (1.0 - inside) / (eta->scale_out * h->scale_out_bytes_per_s);
}

static double reduce_bytes(const moe_fold_base *base, double tensor, int exchanging) {
    return (2.0 * base->layers - (exchanging ? base->moe_layers : 0.0)) * 2.0 * (tensor - 1.0) * base->hidden * 2.0;
}

/* ---- a decode step ---- */

static double dense_read_s(const moe_fold_base *base, const moe_hardware *h, const moe_efficiency *eta, double tensor) {
    double seconds = 0.0;
    for (int i = 0; i < MOE_PARTS; i++) {
        const double slower = i != MOE_HEAD && is_four_bit(base, (moe_part_name)i) ? eta->memory_4bit : 1.0;
        if (i != MOE_ROUTED_EXPERT) seconds += base->part[i].params * base->part[i].bytes / (tensor * eta->memory * slower * h->memory_bytes_per_s);
    }
    return seconds;
}

/* Launches and synchronisation: what a step takes with no work in it. */
static double launch_s(const moe_fold_base *base, const moe_request *r, const moe_hardware *h, const moe_efficiency *eta, const moe_layout *lay) {
    const double scale = (has_four_bit_units(h) ? eta->four_bit_units : 1.0) * (r->stack == MOE_STACK_FIRST ? eta->first_release : 1.0);
    const double a_layer = eta->layer_s + eta->doubling_s * moe_log(lay->tensor) * 1.4426950408889634 + (is_four_bit(base, MOE_FFN) ? eta->quantise_s : 0.0);
    const double across = base->layers * eta->across_s * moe_max(0.0, moe_log(lay->tensor / h->scale_up_domain)) * 1.4426950408889634;
    const double a_moe_layer = eta->moe_s + (is_exchanging(base, lay->tensor, lay->group) ? eta->exchange_s : 0.0);
    return scale * (base->layers * a_layer + base->latent_layers * eta->latent_s + base->index_layers * eta->index_s + base->linear_layers * eta->linear_s +
                    base->moe_layers * a_moe_layer) + across;
}

static double host_s(const moe_request *r, const moe_hardware *h, const moe_efficiency *eta) {
    return (has_four_bit_units(h) ? eta->four_bit_units : 1.0) * (r->stack == MOE_STACK_FIRST ? eta->first_release : 1.0) * eta->sequence_s;
}

/* Coefficients of a step of b sequences an accelerator. */
typedef struct step_terms {
    double dense, experts, decay, idle, fixed;                        /* seconds a step; untouched share of experts = e^(decay b), but at most `idle` */
    double compute, cache, attention, overlapped, exchange, reduce, host; /* seconds a sequence */
    double draft;                                                     /* a drafted token takes one layer more */
} step_terms;

static step_terms time_step(const moe_fold_base *base, const moe_request *r, const moe_hardware *h, const moe_efficiency *eta, const moe_sequence *s,
                            const moe_explanation *x) {
    const moe_layout *lay = &x->layout;
    const int exchanging = is_exchanging(base, lay->tensor, lay->group), tuned = r->stack == MOE_STACK_TUNED;
    const double inside = moe_min(h->scale_up_domain / lay->group, 1.0), bytes = exchanging ? base->moe_layers * x->reached_gpus * base->expert_io * 3.0 : 0.0;
    const double near_s = r->verified * bytes * inside / (eta->scale_up * h->scale_up_bytes_per_s);
    const double far_s = r->verified * bytes * (1.0 - inside) / (eta->scale_out * h->scale_out_bytes_per_s);
    step_terms k;
    k.dense = dense_read_s(base, h, eta, lay->tensor);
    k.experts = base->routed_bytes / (lay->group * expert_memory(base, h, eta) * h->memory_bytes_per_s);
    k.decay = base->routed_fraction > 0.0 ? moe_log(1.0 - base->routed_fraction) * lay->group * r->verified : 0.0;
    k.idle = exchanging ? 1.0 - moe_min(lay->group / base->experts, 1.0) : 1.0; /* the busiest accelerator reads one of its experts at least; tensor parallelism slices them */
    k.fixed = launch_s(base, r, h, eta, lay);
    k.compute = r->verified * moe_linear_s(base, h, eta, 1) / eta->flop;
    k.cache = (s->read_bytes * x->replication + s->state_bytes) / (eta->memory * h->memory_bytes_per_s);
    k.attention = r->verified * s->decode_flop / (moe_attention_flop_per_s(base, h) * eta->flop);
    k.overlapped = far_s + (tuned ? near_s : 0.0);
    k.exchange = tuned ? 0.0 : near_s;
    k.reduce = r->verified * reduce_bytes(base, lay->tensor, exchanging) * link_s_per_byte(h, eta, eta->scale_up, lay->tensor);
    k.host = host_s(r, h, eta) * lay->tensor;
    k.draft = 1.0 + (r->verified - 1.0) / base->layers;
    return k;
}

static double saved_s(const step_terms *k, double batch) { return k->experts * moe_min(moe_exp(k->decay * batch), k->idle); }

/* Seconds of reading that another sequence an accelerator adds. */
static double touching_s(const step_terms *k, double batch) { return saved_s(k, batch) < k->experts * k->idle ? -k->decay * saved_s(k, batch) : 0.0; }

static double step_of(const step_terms *k, double b) {
    const double work = moe_max(k->dense + k->experts - saved_s(k, b), k->compute * b) + (k->cache + k->attention) * b;
    return sqrt(work * work + k->overlapped * b * k->overlapped * b) + (k->exchange + k->reduce + k->host) * b + k->fixed;
}

static double slope_of(const step_terms *k, double b) {
    const double stream = k->dense + k->experts - saved_s(k, b), compute = k->compute * b;
    const double work = moe_max(stream, compute) + (k->cache + k->attention) * b, more = (stream > compute ? touching_s(k, b) : k->compute) + k->cache + k->attention;
    return (work * more + k->overlapped * k->overlapped * b) / sqrt(work * work + k->overlapped * b * k->overlapped * b) + k->exchange + k->reduce + k->host;
}

/* With all experts touched the step is the larger of two curves: √((s + c b)² + (o b)²) + r b, s the weights' reading, and √((f + c)² + o²) b + r b. Each meets
 * what the fixed times leave of the limit at a root in closed form; the smaller one is the batch; where experts are idle it lies a little higher, and one
 * Newton step goes there (how near: docs/kernel.md). */
static double largest_batch(const step_terms *k, double limit_s) {
    const double room = limit_s - k->fixed, s = k->dense + k->experts, c = k->cache + k->attention, o = k->overlapped, r = k->exchange + k->reduce + k->host;
    const double over = (room - s) * (room + s), both = c * room + r * s;
    const double b = moe_min(over / (s * c + r * room + sqrt(both * both + o * o * over)), room / (sqrt((k->compute + c) * (k->compute + c) + o * o) + r));
    return b - (step_of(k, b) - limit_s) / slope_of(k, b);
}

/* ---- a prompt token ---- */

static double prompt_token_s(const moe_fold_base *base, const moe_request *r, const moe_hardware *h, const moe_efficiency *eta, const moe_sequence *s,
                             const moe_explanation *x) {
    const moe_layout *lay = &x->layout;
    const int exchanging = is_exchanging(base, lay->prefill_tensor, lay->prefill_group);
    const double slower = is_mixture(base) && r->stack != MOE_STACK_TUNED ? eta->prefill_default : 1.0;
    const double products = (moe_linear_s(base, h, eta, 0) + s->prefill_flop / moe_attention_flop_per_s(base, h)) / eta->prefill;
    const double activations = eta->activation_passes * 2.0 * base->hidden * (base->layers + base->moe_layers * base->top_k) / h->memory_bytes_per_s;
    const double reduce = reduce_bytes(base, lay->prefill_tensor, exchanging) * link_s_per_byte(h, eta, eta->scale_up_prefill, lay->prefill_tensor);
    const double across = exchanging ? base->moe_layers * x->reached_nodes * base->expert_io * 3.0 / (eta->scale_out * h->scale_out_bytes_per_s) : 0.0;
    const double work = slower * (products + activations) + reduce;
    return sqrt(work * work + across * across);
}

/* ---- the answer ---- */

/* What limits the batch, or, when patience does, the largest part of the step; ties in the order of the names. */
static moe_binding binding_of(const moe_explanation *x) {
    if (x->batch >= x->batch_memory) return MOE_MEMORY_CAPACITY;
    const int streams = x->dense_s + x->experts_s >= x->compute_s;
    const double network = sqrt(x->work_s * x->work_s + x->exchange_overlapped_s * x->exchange_overlapped_s) - x->work_s + x->exchange_s + x->reduce_s;
    const double seconds[MOE_BINDINGS] = {0.0, (streams ? x->dense_s + x->experts_s : 0.0) + x->cache_s, (streams ? 0.0 : x->compute_s) + x->attention_s, network, x->fixed_s};
    moe_binding largest = MOE_BANDWIDTH;
    for (int i = MOE_COMPUTE; i < MOE_BINDINGS; i++)
        if (seconds[i] > seconds[largest]) largest = (moe_binding)i;
    return largest;
}

static double stored_bytes(const moe_explanation *x) { return x->kv_stored_bytes * x->replication + x->state_bytes; }

/* Sequences an accelerator that the memory holds beside the weights and 3 GB of buffers; fits: one sequence in the whole group. */
static void fill_memory(const moe_hardware *h, moe_explanation *x) {
    const double left = 0.9 * h->memory_bytes - x->dense_bytes / x->layout.tensor - x->routed_bytes / x->layout.group - 3e9, each = stored_bytes(x);
    x->batch_memory = left / each;
    x->fits = left * x->layout.group >= each;
}

static moe_sequence begin(const moe_fold_base *base, const moe_request *r, const moe_hardware *h, const moe_layout *layout, moe_explanation *x) {
    const unsigned k = (unsigned)base->top_k;
    const double nodes = moe_max(1.0, layout->prefill_group / h->scale_up_domain);
    const moe_sequence s = moe_sequence_of(base, r);
    memset(x, 0, sizeof *x);
    x->layout = *layout;
    x->dense_bytes = base->dense_bytes;
    x->routed_bytes = base->routed_bytes;
    x->kv_read_bytes = s.read_bytes;
    x->kv_stored_bytes = s.stored_bytes;
    x->state_bytes = s.state_bytes;
    x->replication = layout->tensor / moe_min(layout->tensor, base->kv_heads);
    x->reached_gpus = (layout->group - 1.0) * (1.0 - power(1.0 - 1.0 / layout->group, k));
    x->reached_nodes = (nodes - 1.0) * (1.0 - power(1.0 - 1.0 / nodes, k));
    fill_memory(h, x);
    return s;
}

static void finish(const moe_fold_base *base, const moe_request *r, const moe_hardware *h, const moe_efficiency *eta, const moe_sequence *s, const step_terms *k,
                   moe_explanation *x) {
    const double b = x->batch;
    x->experts_touched_share = base->routed_fraction > 0.0 ? 1.0 - moe_exp(k->decay * b) : 1.0;
    x->dense_s = k->dense;
    x->experts_s = k->experts - saved_s(k, b);
    x->compute_s = k->compute * b;
    x->cache_s = k->cache * b;
    x->attention_s = k->attention * b;
    x->work_s = moe_max(x->dense_s + x->experts_s, x->compute_s) + x->cache_s + x->attention_s;
    x->exchange_overlapped_s = k->overlapped * b;
    x->exchange_s = k->exchange * b;
    x->reduce_s = k->reduce * b;
    x->fixed_s = k->fixed + k->host * b;
    x->drafts_s = (k->draft - 1.0) * step_of(k, b);
    x->step_s = step_of(k, b) + x->drafts_s;
    x->input_s = prompt_token_s(base, r, h, eta, s, x);
    x->prompt_s = r->one_pool ? b * (1.0 - r->hit_share) * r->input_tokens / r->output_tokens * x->input_s : 0.0;
    x->tpot_s = x->step_s / r->accepted + x->prompt_s;
    x->output_s = x->step_s / (r->accepted * b);
    x->binding = binding_of(x);
}

void moe_explain_at(const moe_fold_base *base, const moe_request *r, const moe_hardware *h, const moe_efficiency *eta, const moe_layout *layout, double batch,
                    moe_explanation *x) {
    const moe_sequence s = begin(base, r, h, layout, x);
    const step_terms k = time_step(base, r, h, eta, &s, x);
    x->batch = batch;
    finish(base, r, h, eta, &s, &k, x);
}

void moe_explain(const moe_fold_base *base, const moe_request *r, const moe_hardware *h, const moe_efficiency *eta, moe_explanation *x) {
    const moe_layout layout = moe_layout_spread(base, r, h, eta);
    const moe_sequence s = begin(base, r, h, &layout, x);
    const step_terms k = time_step(base, r, h, eta, &s, x);
    const double shortest = 1.5 * (k.dense + k.experts + k.fixed), wanted = r->tpot_s * r->accepted / k.draft;
    x->meets_tpot = wanted >= shortest;
    x->batch_memory = moe_max(x->batch_memory, 0.02 * h->memory_bytes / stored_bytes(x)); /* a fleet's average host finds room for some */
    x->batch_latency = largest_batch(&k, moe_max(wanted, shortest));
    x->batch = moe_max(moe_min(x->batch_memory, x->batch_latency), 0.05);
    finish(base, r, h, eta, &s, &k, x);
}

double moe_batch_within(const moe_fold_base *base, const moe_request *r, const moe_hardware *h, const moe_efficiency *eta, const moe_layout *layout) {
    moe_explanation x;
    const moe_sequence s = begin(base, r, h, layout, &x);
    const step_terms k = time_step(base, r, h, eta, &s, &x);
    const double prompts = r->one_pool ? (1.0 - r->hit_share) * r->input_tokens / r->output_tokens * prompt_token_s(base, r, h, eta, &s, &x) : 0.0;
    const double one = 1.0 / layout->group;
    double low = one, high = x.batch_memory;
    if (!x.fits || k.draft * step_of(&k, one) / r->accepted + prompts * one > r->tpot_s) return 0.0;
    if (high <= one || k.draft * step_of(&k, high) / r->accepted + prompts * high <= r->tpot_s) return moe_max(high, one);
    for (int i = 0; i < 60 && high - low > 1e-12 * high; i++) {
        const double middle = 0.5 * (low + high);
        if (k.draft * step_of(&k, middle) / r->accepted + prompts * middle <= r->tpot_s) low = middle;
        else high = middle;
    }
    return low;
}

const char *moe_binding_name(moe_binding binding) {
    static const char *const name[MOE_BINDINGS] = {"memory", "bandwidth", "compute", "network", "latency"};
    return (unsigned)binding < MOE_BINDINGS ? name[binding] : "unknown";
}
