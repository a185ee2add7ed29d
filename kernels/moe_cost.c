/* The inner loop of every run: accelerator-seconds a token of one shape on one machine, for a block of paths (docs/model.md §4, "Kernel").
 * Passes over the block: how many accelerators share a replica, how many of them a token's experts reach, what a decode step takes, and the largest
 * batch that the memory and the user's patience allow. Arithmetic and vmath only; no branch depends on a path, so every pass is vector code. Each pass
 * has at most one exponential: then a processor works on several lanes' at once, which makes the whole a third faster than one long loop. */
#include "kernels/moe_cost.h"
#include "kernels/vmath.h"

#define FULL 0.35   /* share of the memory that experts, or a dense model, take before they are spread further */
#define FEWEST 8.0  /* accelerators of a mixture's replica */

/* How a replica is laid out, by path: t and G accelerators in decode and one over each; t and 1/G in prefill; all-to-all or not (G > t); k_d and k_n, the
 * other accelerators (decode) and domains (prefill) that a token's experts lie on. */
typedef struct layout {
    double tensor[MOE_BLOCK], group[MOE_BLOCK], per_tensor[MOE_BLOCK], per_group[MOE_BLOCK], exchange[MOE_BLOCK];
    double prefill_tensor[MOE_BLOCK], prefill_exchange[MOE_BLOCK], nodes[MOE_BLOCK], per_nodes[MOE_BLOCK];
    double gpus_reached[MOE_BLOCK], nodes_reached[MOE_BLOCK];
} layout;

/* A decode step of b sequences: streaming (all − saved(b)) or computing, whichever is longer, then caches; overlapped with the all-to-all; and the rest. */
typedef struct decode {
    double stream[MOE_BLOCK];    /* weights read with all experts touched, s a step */
    double experts[MOE_BLOCK];   /* the routed experts' part of it */
    double decay[MOE_BLOCK];     /* untouched share = e^(decay b) */
    double flop[MOE_BLOCK];      /* matrix products, s a sequence */
    double cache[MOE_BLOCK];     /* cache and attention, s a sequence */
    double exchange[MOE_BLOCK];  /* all-to-all, s a sequence */
    double rest[MOE_BLOCK];      /* all-reduce and host, s a sequence */
    double fixed[MOE_BLOCK];     /* s a step */
    double capacity[MOE_BLOCK];  /* sequences that the memory holds */
} decode;

/* t and G of a mixture: attention data parallel until a quarter of the memory is dense weights; experts spread until they fit and, in decode, stream in time. */
static void lay_out_mixture(const moe_pair *pair, const moe_fold_block *fold, const moe_machine_fold *machine, int n, layout *restrict out) {
    const double most = pair->group_max, four_dense = 4.0 * pair->dense_bytes, full = pair->routed_bytes / FULL, stream = pair->routed_stream, domain = pair->domain;
    const double per_domain = 1.0 / domain;
    const double *restrict active = fold->active, *restrict routed = fold->routed, *restrict per_room = machine->per_room, *restrict per_patience = machine->per_patience;
    for (int p = 0; p < n; p++) {
        const double t = moe_max(1.0, four_dense * active[p] * per_room[p]), fit = full * routed[p] * per_room[p];
        const double prefill = moe_max(t, moe_clip(fit, FEWEST, most)), nodes = moe_max(1.0, prefill * per_domain);
        const double g = moe_max(t, moe_clip(moe_max(fit, stream * routed[p] * per_patience[p]), FEWEST, most));
        const double per_t_g = 1.0 / (t * g), per_nodes = 1.0 / nodes;
        out->tensor[p] = out->prefill_tensor[p] = t;
        out->group[p] = g;
        out->per_tensor[p] = g * per_t_g;
        out->per_group[p] = t * per_t_g;
        out->exchange[p] = g > t ? 1.0 : 0.0;
        out->prefill_exchange[p] = prefill > t ? 1.0 : 0.0;
        out->nodes[p] = nodes;
        out->per_nodes[p] = per_nodes;
    }
}

/* A dense model is spread by tensor parallelism alone, for the same two reasons. */
static void lay_out_dense(const moe_pair *pair, const moe_fold_block *fold, const moe_machine_fold *machine, int n, layout *restrict out) {
    const double most = pair->group_max, full = pair->dense_bytes / FULL, stream = pair->dense_stream;
    const double *restrict active = fold->active, *restrict per_room = machine->per_room, *restrict per_patience = machine->per_patience;
    for (int p = 0; p < n; p++) {
        const double fit = full * active[p] * per_room[p], t = moe_clip(moe_max(fit, stream * active[p] * per_patience[p]), 1.0, most);
        out->prefill_tensor[p] = moe_clip(fit, 1.0, most);
        out->tensor[p] = out->group[p] = t;
        out->per_tensor[p] = out->per_group[p] = 1.0 / t;
        out->exchange[p] = out->prefill_exchange[p] = out->gpus_reached[p] = out->nodes_reached[p] = 0.0;
    }
}

/* k_d and k_n: other accelerators and other domains that the k experts of a token lie on, when experts are spread evenly.
 * (1 − 1/G)^k and (1 − 1/N)^k by squaring: k is whole and the same for all paths. */
static void reach_experts(double top_k, int n, layout *restrict lay) {
    double *restrict gpus = lay->gpus_reached, *restrict nodes = lay->nodes_reached;
    double gpu_square[MOE_BLOCK], node_square[MOE_BLOCK];
    for (int p = 0; p < n; p++) {
        gpu_square[p] = 1.0 - lay->per_group[p];
        node_square[p] = 1.0 - lay->per_nodes[p];
        gpus[p] = nodes[p] = 1.0;
    }
    for (unsigned k = (unsigned)top_k; k; k >>= 1) {
        if (k & 1)
            for (int p = 0; p < n; p++) {
                gpus[p] *= gpu_square[p];
                nodes[p] *= node_square[p];
            }
        for (int p = 0; k > 1 && p < n; p++) {
            gpu_square[p] *= gpu_square[p];
            node_square[p] *= node_square[p];
        }
    }
    for (int p = 0; p < n; p++) {
        gpus[p] = (lay->group[p] - 1.0) * (1.0 - gpus[p]);
        nodes[p] = (lay->nodes[p] - 1.0) * (1.0 - nodes[p]);
    }
}

/* Weights read once a step, whatever the batch, and what is left of the memory, in caches. */
static void time_weights(const moe_pair *pair, const moe_fold_block *fold, const layout *lay, const moe_machine_fold *machine, double verified, int n,
                         decode *restrict out) {
    const double dense_read = pair->dense_read_bytes, routed_read = pair->routed_read_bytes, dense_bytes = pair->dense_bytes, routed_bytes = pair->routed_bytes;
    const double per_kv_head = pair->per_kv_head;
    const double *restrict active = fold->active, *restrict routed = fold->routed, *restrict stored = fold->kv_stored_bytes, *restrict state = fold->state_bytes;
    const double *restrict untouched = fold->log_untouched;
    for (int p = 0; p < n; p++) {
        const double per_byte = machine->per_byte_s[p], room = machine->room_bytes[p];
        const double dense_share = active[p] * lay->per_tensor[p], routed_share = routed[p] * lay->per_group[p], experts = routed_share * routed_read * per_byte;
        out->stream[p] = dense_share * dense_read * per_byte + experts;
        out->experts[p] = experts;
        out->decay[p] = untouched[p] * lay->group[p] * verified;
        const double left = moe_max(0.9 * room - dense_share * dense_bytes - routed_share * routed_bytes - 3e9, 0.02 * room);
        out->capacity[p] = left / (stored[p] * moe_max(1.0, lay->tensor[p] * per_kv_head) + state[p]);
    }
}

/* What a step takes for each sequence: FLOPs, cache, messages. */
static void time_sequence(const moe_pair *pair, const moe_fold_block *fold, const layout *lay, const moe_machine_fold *machine, double verified, int n,
                          decode *restrict out) {
    const double linear = verified * pair->decode_s, attention = verified * pair->attention_s, memory = pair->memory, per_kv_head = pair->per_kv_head;
    const double up = verified * pair->up_s, across = verified * pair->out_s, domain = pair->domain, host = pair->sequence_s;
    const double reduce = pair->reduce_bytes, saved = pair->reduce_saved_bytes, exchanged = pair->exchange_bytes;
    const double *restrict active = fold->active, *restrict ask = fold->attention_decode_flop, *restrict read = fold->kv_read_bytes, *restrict state = fold->state_bytes;
    for (int p = 0; p < n; p++) {
        const double t = lay->tensor[p], per_flop = machine->per_flop[p], up_s = up * machine->per_link[p], exchange = lay->exchange[p];
        const double inside = moe_min(domain * lay->per_group[p], 1.0), tensor_inside = moe_min(domain * lay->per_tensor[p], 1.0);
        out->flop[p] = linear * active[p] * per_flop;
        out->cache[p] = (read[p] * moe_max(1.0, t * per_kv_head) + state[p]) * memory * machine->per_byte_s[p] + ask[p] * attention * per_flop;
        out->exchange[p] = exchange * exchanged * lay->gpus_reached[p] * (inside * up_s + (1.0 - inside) * across);
        out->rest[p] = (reduce - exchange * saved) * (t - 1.0) * (tensor_inside * up_s + (1.0 - tensor_inside) * across) + host * t;
    }
}

/* Fixed seconds a step. Most replicas are not tensor parallel: then no logarithm is taken (ln 1 is 0, so a path's bits do not depend on its neighbours). */
static void time_fixed(const moe_pair *pair, const layout *lay, int n, double *restrict fixed) {
    const double always = pair->fixed_s, all_to_all = pair->exchange_s, doubling = pair->doubling_s;
    double widest = 1.0;
    for (int p = 0; p < n; p++) {
        fixed[p] = always + lay->exchange[p] * all_to_all;
        widest = moe_max(widest, lay->tensor[p]);
    }
    if (widest > 1.0)
        for (int p = 0; p < n; p++) fixed[p] += doubling * moe_log(lay->tensor[p]);
}

/* s_in: accelerator-seconds an uncached input token. Messages across domains overlap with the work. */
static void time_prompt(const moe_pair *pair, const moe_fold_block *fold, const layout *lay, const moe_machine_fold *machine, int n, double *restrict input_s) {
    const double linear = pair->prefill_s, attention = pair->attention_prefill_s, activations = pair->activations, up = pair->up_prefill_s;
    const double across = pair->exchange_bytes * pair->out_s, reduce = pair->reduce_bytes, saved = pair->reduce_saved_bytes;
    const double *restrict active = fold->active, *restrict ask = fold->attention_prefill_flop;
    for (int p = 0; p < n; p++) {
        const double exchange = lay->prefill_exchange[p], message = exchange * lay->nodes_reached[p] * across;
        const double reduced = (reduce - exchange * saved) * (lay->prefill_tensor[p] - 1.0) * up * machine->per_link[p];
        const double work = (linear * active[p] + ask[p] * attention) * machine->per_flop[p] + activations * machine->per_byte_s[p] + reduced;
        input_s[p] = sqrt(work * work + message * message);
    }
}

/* Seconds a step saves because some experts of an accelerator get no token: experts e^(decay b). Below e^NONE_IDLE they are no longer part of a
 * double next to all the rest, and 0 stands for them; large batches are all there, and then the exponentials need not be taken at all. The choice between
 * 0 and the exponential is each path's own, so that no path's bits depend on its neighbours'. */
#define NONE_IDLE (-40.0)

static void save_idle(const decode *restrict step, const double *restrict batch, int n, double *restrict saved) {
    uint64_t below = ~UINT64_C(0); /* its sign bit stays while all exponents are below */
    for (int p = 0; p < n; p++) {
        const double exponent = step->decay[p] * batch[p];
        saved[p] = exponent;
        below &= moe_bits(exponent - NONE_IDLE);
    }
    if (below >> 63) {
        memset(saved, 0, (size_t)n * sizeof *saved);
        return;
    }
    for (int p = 0; p < n; p++) {
        const double exponent = saved[p], seconds = step->experts[p] * moe_exp(exponent);
        saved[p] = exponent < NONE_IDLE ? 0.0 : seconds;
    }
}

/* One Newton step on step(b) = limit. With r = √(work² + net²): b −= (r + rest b − room) r / (work work' + net² / b + rest r). */
static void newton(const decode *restrict step, const double *restrict room, const double *restrict saved, int n, double *restrict batch) {
    for (int p = 0; p < n; p++) {
        const double b = batch[p], stream = step->stream[p] - saved[p], flop = step->flop[p] * b, cache = step->cache[p];
        const double work = moe_max(stream, flop) + cache * b, slope = (stream > flop ? -step->decay[p] * saved[p] : step->flop[p]) + cache;
        const double net = step->exchange[p] * b, r = sqrt(work * work + net * net), rest = step->rest[p];
        batch[p] = b - (r + rest * b - room[p]) * r / (work * slope + net * step->exchange[p] + rest * r);
    }
}

/* The batch whose step takes as long as the user's patience allows; a machine that cannot keep the limit at all runs at half as much again as its
 * shortest step with all experts touched. First guess: all experts touched or compute bound, nothing overlapped; it lies below the answer. */
static void find_batch(const decode *restrict step, const moe_workload_block *work, double per_draft, int n, double *restrict batch) {
    const double *restrict tpot_s = work->tpot_s, *restrict accepted = work->accepted;
    double room[MOE_BLOCK], saved[MOE_BLOCK]; /* room: what the limit leaves beside fixed times */
    for (int p = 0; p < n; p++) {
        const double fixed = step->fixed[p], stream = step->stream[p], each = step->cache[p] + step->exchange[p] + step->rest[p];
        room[p] = moe_max(tpot_s[p] * accepted[p] * per_draft, 1.5 * (stream + fixed)) - fixed;
        const double streaming = (room[p] - stream) * (step->flop[p] + each), computing = room[p] * each;
        batch[p] = moe_min(streaming, computing) / (each * (step->flop[p] + each));
    }
    for (int i = 0; i < 2; i++) {
        save_idle(step, batch, n, saved);
        newton(step, room, saved, n, batch);
    }
}

/* No more sequences than the memory holds; s_out of that batch. */
static void fill_batch(const decode *restrict step, const moe_workload_block *work, double draft, int n, double *restrict batch, double *restrict output_s) {
    const double *restrict accepted = work->accepted;
    double saved[MOE_BLOCK];
    for (int p = 0; p < n; p++) batch[p] = moe_max(moe_min(step->capacity[p], batch[p]), 0.05);
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
}

/* A drafted token takes one layer more, so a step with K drafts takes 1 + K/L times as long. */
void moe_cost_evaluate(const moe_pair *pair, const moe_fold_block *fold, const moe_workload_block *work, const moe_machine_fold *machine, int n,
                       moe_cost_block *out) {
    const double draft = 1.0 + (work->verified - 1.0) / pair->layers;
    layout lay;
    decode step;
    if (pair->mixture > 0.0) {
        lay_out_mixture(pair, fold, machine, n, &lay);
        reach_experts(pair->top_k, n, &lay);
    } else {
        lay_out_dense(pair, fold, machine, n, &lay);
    }
    time_weights(pair, fold, &lay, machine, work->verified, n, &step);
    time_sequence(pair, fold, &lay, machine, work->verified, n, &step);
    time_fixed(pair, &lay, n, step.fixed);
    time_prompt(pair, fold, &lay, machine, n, out->input_s);
    find_batch(&step, work, 1.0 / draft, n, out->batch);
    fill_batch(&step, work, draft, n, out->batch, out->output_s);
}
