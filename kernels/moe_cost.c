/* The inner loop of every run: accelerator-seconds a token of one shape on one machine, for a block of paths (docs/model.md §4, "Kernel").
 * Passes over the block: how many accelerators share a replica, how many of them a token's experts reach, what a decode step takes, and the largest
 * batch that the memory and the user's patience allow. Arithmetic and vmath only; no branch depends on a path, so every pass is vector code. Each pass
 * has at most one exponential: then a processor works on several lanes' at once, which makes the whole a third faster than one long loop. */
#include "kernels/moe_cost.h"
#include "kernels/vmath.h"

#define FULL 0.35   /* share of the memory that experts, or a dense model, take before they are spread further */
#define FEWEST 8.0  /* accelerators of a mixture's replica */

/* How a replica is laid out: t and G accelerators in decode, one over each, ln t; t, one over it and N domains in prefill; all-to-all or not (G > t) in each. */
typedef struct layout { double tensor, group, per_tensor, per_group, log_tensor, exchange, prefill_tensor, per_prefill_tensor, nodes, per_nodes, prefill_exchange; } layout;

/* A decode step of b sequences: streaming (all − saved(b)) or computing, whichever is longer, then caches; overlapped with the all-to-all; and the rest. */
typedef struct decode {
    double stream[MOE_BLOCK];    /* weights read with all experts touched, s a step */
    double experts[MOE_BLOCK];   /* the routed experts' part of it */
    double idle[MOE_BLOCK];      /* the most of that part that idle experts save: each accelerator reads one expert at least */
    double decay[MOE_BLOCK];     /* untouched share = e^(decay b) */
    double flop[MOE_BLOCK];      /* matrix products, s a sequence */
    double cache[MOE_BLOCK];     /* cache and attention, s a sequence */
    double exchange[MOE_BLOCK];  /* all-to-all, s a sequence */
    double rest[MOE_BLOCK];      /* all-reduce and host, s a sequence */
    double fixed[MOE_BLOCK];     /* s a step */
    double left[MOE_BLOCK];      /* bytes of memory beside the weights */
    double kept[MOE_BLOCK];      /* bytes a sequence keeps */
} decode;

/* A path of a shape and of a machine. */
typedef struct lane { double active, log_active, routed, room, per_room, log_room, per_patience, log_per_patience, per_byte, per_flop, per_link; } lane;

static inline lane lane_of(const moe_fold_block *fold, const moe_machine_fold *machine, int p) {
    return (lane){fold->active[p], fold->log_active[p], fold->routed[p], machine->room_bytes[p], machine->per_room[p], machine->log_room[p], machine->per_patience[p],
                  machine->log_per_patience[p], machine->per_byte_s[p], machine->per_flop[p], machine->per_link[p]};
}

/* A mixture: attention data parallel until a quarter of the memory is dense weights; experts spread until they fit and, in decode, stream in time, but for
 * that no further than one on each accelerator. */
static inline layout lay_out_mixture(const moe_pair *pair, const lane *x) {
    const double t = moe_max(1.0, 4.0 * pair->dense_bytes * x->active * x->per_room), fit = pair->routed_bytes / FULL * x->routed * x->per_room;
    const double prefill = moe_max(t, moe_clip(fit, FEWEST, pair->group_max)), nodes = moe_max(1.0, prefill * pair->per_domain);
    const double stream = moe_min(pair->routed_stream * x->routed * x->per_patience, pair->experts), g = moe_max(t, moe_clip(moe_max(fit, stream), FEWEST, pair->group_max));
    const double per_t_g = 1.0 / (t * g);
    return (layout){.tensor = t, .group = g, .per_tensor = g * per_t_g, .per_group = t * per_t_g, .log_tensor = moe_max(0.0, pair->log_four_dense + x->log_active - x->log_room),
                    .exchange = g > t ? 1.0 : 0.0, .prefill_tensor = t, .per_prefill_tensor = g * per_t_g, .nodes = nodes, .per_nodes = 1.0 / nodes, .prefill_exchange = prefill > t ? 1.0 : 0.0};
}

/* A dense model is spread by tensor parallelism alone, for the same two reasons. */
static inline layout lay_out_dense(const moe_pair *pair, const lane *x) {
    const double fit = pair->dense_bytes / FULL * x->active * x->per_room, t = moe_clip(moe_max(fit, pair->dense_stream * x->active * x->per_patience), 1.0, pair->group_max);
    const double per_tensor = 1.0 / t, prefill = moe_clip(fit, 1.0, pair->group_max);
    const double log_spread = x->log_active + moe_max(pair->log_dense_full - x->log_room, pair->log_dense_stream + x->log_per_patience);
    return (layout){.tensor = t, .group = t, .per_tensor = per_tensor, .per_group = per_tensor, .log_tensor = moe_clip(log_spread, 0.0, pair->log_group_max),
                    .prefill_tensor = prefill, .per_prefill_tensor = 1.0 / prefill, .nodes = 1.0, .per_nodes = 1.0};
}

/* x^k, k whole, below 32 and the same for all paths. */
static inline double whole_power(double x, unsigned k) {
    const double x2 = x * x, x4 = x2 * x2, x8 = x4 * x4, x16 = x8 * x8;
    return (k & 1 ? x : 1.0) * (k & 2 ? x2 : 1.0) * (k & 4 ? x4 : 1.0) * (k & 8 ? x8 : 1.0) * (k & 16 ? x16 : 1.0);
}

/* What a decode step takes, whatever the batch and for each sequence, and what is left of the memory, in caches. k_d: other accelerators that the k experts
 * of a token lie on, when experts are spread evenly. */
static inline void time_decode(const moe_pair *pair, const moe_fold_block *fold, const lane *x, const layout *lay, double verified, unsigned k, int p, decode *restrict out) {
    const double dense_share = x->active * lay->per_tensor, routed_share = x->routed * lay->per_group, experts = routed_share * pair->routed_read_bytes * x->per_byte;
    const double copies = moe_max(1.0, lay->tensor * pair->per_kv_head), up_s = verified * pair->up_s * x->per_link, across = verified * pair->out_s;
    const double inside = moe_min(pair->domain * lay->per_group, 1.0), tensor_inside = moe_min(pair->domain * lay->per_tensor, 1.0);
    const double reached = (lay->group - 1.0) * (1.0 - whole_power(1.0 - lay->per_group, k));
    out->stream[p] = dense_share * pair->dense_read_bytes * x->per_byte + experts;
    out->experts[p] = experts;
    out->idle[p] = experts - experts * lay->exchange * moe_min(lay->group * pair->per_expert, 1.0);
    out->decay[p] = fold->log_untouched[p] * lay->group * verified;
    out->flop[p] = verified * pair->decode_s * x->active * x->per_flop;
    out->cache[p] = (fold->kv_read_bytes[p] * copies + fold->state_bytes[p]) * pair->memory * x->per_byte + fold->attention_decode_flop[p] * (verified * pair->attention_s) * x->per_flop;
    out->exchange[p] = lay->exchange * pair->exchange_bytes * reached * (inside * up_s + (1.0 - inside) * across);
    out->rest[p] = (pair->reduce_bytes - lay->exchange * pair->reduce_saved_bytes) * (lay->tensor - 1.0) * (tensor_inside * up_s + (1.0 - tensor_inside) * across) +
                   pair->sequence_s * lay->tensor;
    out->fixed[p] = pair->fixed_s + lay->exchange * pair->exchange_s + pair->doubling_s * lay->log_tensor + pair->across_s * moe_max(0.0, lay->log_tensor - pair->log_domain);
    out->left[p] = moe_max(0.9 * x->room - dense_share * pair->dense_bytes - routed_share * pair->routed_bytes - 3e9, 0.02 * x->room);
    out->kept[p] = fold->kv_stored_bytes[p] * copies + fold->state_bytes[p];
}

/* s_in: accelerator-seconds an uncached input token. Messages across domains (k_n of them) overlap with the work. */
static inline double time_prompt(const moe_pair *pair, const moe_fold_block *fold, const lane *x, const layout *lay, unsigned k, int p) {
    const double reached = (lay->nodes - 1.0) * (1.0 - whole_power(1.0 - lay->per_nodes, k)), message = lay->prefill_exchange * reached * pair->exchange_bytes * pair->out_s;
    const double inside = moe_min(pair->domain * lay->per_prefill_tensor, 1.0), link = inside * (pair->up_prefill_s * x->per_link) + (1.0 - inside) * pair->out_s;
    const double reduced = (pair->reduce_bytes - lay->prefill_exchange * pair->reduce_saved_bytes) * (lay->prefill_tensor - 1.0) * link;
    const double work = (pair->prefill_s * x->active + fold->attention_prefill_flop[p] * pair->attention_prefill_s) * x->per_flop + pair->activations * x->per_byte + reduced;
    return sqrt(work * work + message * message);
}

/* k is a constant in each of the calls below, so that the powers are straight code. */
static inline __attribute__((always_inline)) void time_mixture(const moe_pair *pair, const moe_fold_block *fold, const moe_machine_fold *machine, double verified, unsigned k, int n, decode *restrict out,
                                double *restrict input_s) {
    for (int p = 0; p < n; p++) {
        const lane x = lane_of(fold, machine, p);
        const layout lay = lay_out_mixture(pair, &x);
        time_decode(pair, fold, &x, &lay, verified, k, p, out);
        input_s[p] = time_prompt(pair, fold, &x, &lay, k, p);
    }
}

static void time_dense(const moe_pair *pair, const moe_fold_block *fold, const moe_machine_fold *machine, double verified, int n, decode *restrict out,
                       double *restrict input_s) {
    for (int p = 0; p < n; p++) {
        const lane x = lane_of(fold, machine, p);
        const layout lay = lay_out_dense(pair, &x);
        time_decode(pair, fold, &x, &lay, verified, 0, p, out);
        input_s[p] = time_prompt(pair, fold, &x, &lay, 0, p);
    }
}

static void time_parts(const moe_pair *pair, const moe_fold_block *fold, const moe_machine_fold *machine, double verified, int n, decode *restrict out,
                       double *restrict input_s) {
    const unsigned k = (unsigned)pair->top_k;
    if (!(pair->mixture > 0.0)) time_dense(pair, fold, machine, verified, n, out, input_s);
    else if (k == 8) time_mixture(pair, fold, machine, verified, 8, n, out, input_s);
    else if (k == 6) time_mixture(pair, fold, machine, verified, 6, n, out, input_s);
    else if (k == 4) time_mixture(pair, fold, machine, verified, 4, n, out, input_s);
    else if (k == 10) time_mixture(pair, fold, machine, verified, 10, n, out, input_s);
    else if (k == 16) time_mixture(pair, fold, machine, verified, 16, n, out, input_s);
    else time_mixture(pair, fold, machine, verified, k, n, out, input_s);
}

/* Seconds a step saves because some experts of an accelerator get no token: experts e^(decay b), at most `idle`. Below e^NONE_IDLE they are no longer part of a
 * double next to all the rest, and 0 stands for them; large batches are all there, and then the exponentials need not be taken at all. The choice between
 * 0 and the exponential is each path's own, so that no path's bits depend on its neighbours'. */
#define NONE_IDLE (-40.0)

static int save_idle(const decode *restrict step, const double *restrict batch, int n, double *restrict saved) {
    uint64_t below = ~UINT64_C(0); /* its sign bit stays while all exponents are below */
    for (int p = 0; p < n; p++) {
        const double exponent = step->decay[p] * batch[p];
        saved[p] = exponent;
        below &= moe_bits(exponent - NONE_IDLE);
    }
    if (below >> 63) {
        memset(saved, 0, (size_t)n * sizeof *saved);
        return 0;
    }
    for (int p = 0; p < n; p++) {
        const double exponent = saved[p], seconds = moe_min(step->experts[p] * moe_exp(exponent), step->idle[p]);
        saved[p] = exponent < NONE_IDLE ? 0.0 : seconds;
    }
    return 1;
}

/* A Newton step on step(b) = limit, for paths with idle experts. With r = √(work² + net²): b −= (r + rest b − room) r / (work work' + net² / b + rest r). */
static void newton(const decode *restrict step, const double *restrict room, const double *restrict saved, int n, double *restrict batch) {
    for (int p = 0; p < n; p++) {
        const double b = batch[p], stream = step->stream[p] - saved[p], flop = step->flop[p] * b, cache = step->cache[p];
        const double work = moe_max(stream, flop) + cache * b, touching = saved[p] < step->idle[p] ? -step->decay[p] * saved[p] : 0.0;
        const double slope = (stream > flop ? touching : step->flop[p]) + cache;
        const double net = step->exchange[p] * b, r = sqrt(work * work + net * net), rest = step->rest[p];
        const double change = (r + rest * b - room[p]) * r / (work * slope + net * step->exchange[p] + rest * r);
        batch[p] = b - (saved[p] > 0.0 ? change : 0.0);
    }
}

/* The batch whose step takes as long as the user's patience allows; a machine that cannot keep the limit at all runs at half as much again as its
 * shortest step with all experts touched. With all of them touched the step is the larger of two curves, one for reading and one for computing, and
 * each has a root in closed form; the smaller is the answer, but where experts are idle, which one Newton step goes on from (how near: docs/kernel.md). */
static void find_batch(const decode *restrict step, const moe_workload_block *work, double per_draft, int n, double *restrict batch, double *restrict capacity) {
    const double *restrict tpot_s = work->tpot_s, *restrict accepted = work->accepted;
    double rooms[MOE_BLOCK], saved[MOE_BLOCK]; /* room: what the limit leaves beside fixed times */
    for (int p = 0; p < n; p++) {
        const double fixed = step->fixed[p], stream = step->stream[p], cache = step->cache[p], net = step->exchange[p], rest = step->rest[p], each = step->flop[p] + cache;
        const double room = moe_max(tpot_s[p] * accepted[p] * per_draft, 1.5 * (stream + fixed)) - fixed, over = (room - stream) * (room + stream);
        const double both = cache * room + rest * stream, reading = stream * cache + rest * room + sqrt(both * both + net * net * over);
        const double computing = sqrt(each * each + net * net) + rest;
        batch[p] = moe_min(over * computing, room * reading) / (reading*computing);
        capacity[p] = step->left[p] / step->kept[p];
        rooms[p] = room;
    }
    if (save_idle(step, batch, n, saved)) newton(step, rooms, saved, n, batch);
}

/* No more sequences than the memory holds; s_out of that batch. */
static void fill_batch(const decode *restrict step, const moe_workload_block *work, const double *restrict capacity, double draft, int n, double *restrict batch,
                       double *restrict output_s) {
    const double *restrict accepted = work->accepted;
    double saved[MOE_BLOCK];
    for (int p = 0; p < n; p++) batch[p] = moe_max(moe_min(capacity[p], batch[p]), 0.05);
    save_idle(step, batch, n, saved);
    for (int p = 0; p < n; p++) {
        const double b = batch[p], busy = moe_max(step->stream[p] - saved[p], step->flop[p] * b) + step->cache[p] * b, net = step->exchange[p] * b;
        output_s[p] = draft * (sqrt(busy * busy + net * net) + step->rest[p] * b + step->fixed[p]) / (accepted[p] * b);
    }
}

void moe_fold_machine(const moe_hardware *machine, const moe_machine_block *change, const moe_workload_block *work, int n, moe_machine_fold *out) {
    const double memory = machine->memory_bytes, rate = machine->memory_bytes_per_s;
    for (int p = 0; p < n; p++) {
        out->room_bytes[p] = memory * change->memory[p];
        out->per_room[p] = 1.0 / out->room_bytes[p];
        out->per_byte_s[p] = 1.0 / (rate * change->bandwidth[p]);
        out->per_patience[p] = out->per_byte_s[p] / work->tpot_s[p];
        out->per_flop[p] = 1.0 / change->flop[p];
        out->per_link[p] = 1.0 / change->link[p];
    }
    for (int p = 0; p < n; p++) out->log_room[p] = moe_log(out->room_bytes[p]);
    for (int p = 0; p < n; p++) out->log_per_patience[p] = moe_log(out->per_patience[p]);
}

/* A drafted token takes one layer more, so a step with K drafts takes 1 + K/L times as long. */
void moe_cost_evaluate(const moe_pair *pair, const moe_fold_block *fold, const moe_workload_block *work, const moe_machine_fold *machine, int n,
                       moe_cost_block *out) {
    const double draft = 1.0 + (work->verified - 1.0) / pair->layers;
    decode step;
    double capacity[MOE_BLOCK]; /* sequences that the memory holds */
    if (n <= 0) return;
    time_parts(pair, fold, machine, work->verified, n, &step, out->input_s);
    find_batch(&step, work, 1.0 / draft, n, out->batch, capacity);
    fill_batch(&step, work, capacity, draft, n, out->batch, out->output_s);
}
