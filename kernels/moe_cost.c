/* The inner loop of every run: accelerator-seconds a token of one shape on one machine, for a block of paths (docs/model.md §4, "Kernel").
 * Passes over the block: how many accelerators share a replica, how many of them a token's experts reach, what a decode step takes, and the largest
 * batch that the memory and the user's patience allow. Arithmetic and vmath only; no branch depends on a path, so every pass is vector code. Each pass
 * has at most one exponential: then a processor works on several lanes' at once, which makes the whole a third faster than one long loop. */
#include "kernels/moe_cost.h"
#include "kernels/vmath.h"

/* Fitted to measured deployments with and without tuned stacks (docs/kernel.md). */
const moe_efficiency moe_efficiency_joint = {
    .memory = 0.843, .expert_memory = 0.518, .flop = 0.448, .network = 1.0, .prefill = 0.422,
    .layer_s = 65.1e-6, .moe_layer_s = 25.1e-6, .group_layer_s = 3.3e-6, .draft_alike = 0.6
};

/* Bytes a value on the links: tensor parallelism sends BF16 both ways; experts get FP8 (dispatch) and return BF16 (combine). */
#define TENSOR_BYTES 2.0
#define EXPERT_BYTES 3.0

/* How a replica is laid out, by path: t and G accelerators and one over each; k_d and k_n, the other accelerators and domains that a token's experts
 * lie on. */
typedef struct layout {
    double tensor[MOE_BLOCK], group[MOE_BLOCK], per_tensor[MOE_BLOCK], per_group[MOE_BLOCK], gpus[MOE_BLOCK], nodes[MOE_BLOCK];
} layout;

/* A decode step of b sequences takes a0 − mem_e e^(b·decay) + b0 b seconds; the memory holds `capacity` sequences. */
typedef struct decode { double a0[MOE_BLOCK], b0[MOE_BLOCK], mem_e[MOE_BLOCK], decay[MOE_BLOCK], capacity[MOE_BLOCK]; } decode;

/* t and G of a mixture: attention data parallel until a quarter of the memory is dense weights; experts spread until they fit and stream in time. */
static void lay_out_mixture(const moe_fold_block *fold, const moe_hardware *machine, const moe_machine_fold *ready, const moe_efficiency *efficiency, int n,
                            layout *restrict out) {
    const double most = machine->group_max, fit = 1.0 / 0.35, stream = 1.0 / (efficiency->expert_memory * 0.3);
    const double *restrict dense = fold->dense_bytes, *restrict routed = fold->routed_bytes;
    const double *restrict per_room = ready->per_room, *restrict per_patience = ready->per_patience;
    for (int p = 0; p < n; p++) {
        const double t = moe_max(1.0, 4.0 * dense[p] * per_room[p]);
        const double wanted = routed[p] * moe_max(fit * per_room[p], stream * per_patience[p]);
        const double g = moe_max(t, moe_clip(wanted, 8.0, most)), per_both = 1.0 / (t * g);
        out->tensor[p] = t;
        out->group[p] = g;
        out->per_tensor[p] = g * per_both;
        out->per_group[p] = t * per_both;
    }
}

/* A dense model is spread by tensor parallelism alone, for the same two reasons. */
static void lay_out_dense(const moe_fold_block *fold, const moe_hardware *machine, const moe_machine_fold *ready, const moe_efficiency *efficiency, int n,
                          layout *restrict out) {
    const double most = machine->group_max, fit = 1.0 / 0.35, stream = 1.0 / (efficiency->memory * 0.3);
    const double *restrict dense = fold->dense_bytes, *restrict per_room = ready->per_room, *restrict per_patience = ready->per_patience;
    for (int p = 0; p < n; p++) {
        const double t = moe_clip(dense[p] * moe_max(fit * per_room[p], stream * per_patience[p]), 1.0, most);
        out->tensor[p] = out->group[p] = t;
        out->per_tensor[p] = out->per_group[p] = 1.0 / t;
    }
}

/* k_d and k_n: other accelerators and other domains that the k experts of a token lie on, when experts are spread evenly.
 * (1 − 1/G)^k and (1 − 1/N)^k by squaring: k is whole and the same for all paths. */
static void reach_experts(double top_k, double domain, int n, layout *restrict lay) {
    const double per_domain = 1.0 / domain;
    double *restrict gpus = lay->gpus, *restrict nodes = lay->nodes;
    double gpu_square[MOE_BLOCK], node_square[MOE_BLOCK];
    for (int p = 0; p < n; p++) {
        gpu_square[p] = 1.0 - lay->per_group[p];
        node_square[p] = 1.0 - moe_min(1.0, domain * lay->per_group[p]);
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
        nodes[p] = (moe_max(1.0, lay->group[p] * per_domain) - 1.0) * (1.0 - nodes[p]);
    }
}

/* What does not depend on the path, pulled out of the loops: rates, and seconds that every step takes. */
typedef struct constants {
    double flop16, flop8, flop4, attention;       /* seconds a FLOP at the peaks */
    double memory, expert_memory, flop, prefill, network; /* one over the efficiencies */
    double tensor_link, expert_link, scale_up, scale_out, domain, heads, every_step_s, grouped_step_s, draft, verified;
} constants;

static constants gather(const moe_fold_base *base, const moe_workload_block *work, const moe_hardware *machine, const moe_efficiency *efficiency) {
    constants c = {
        .flop16 = 1.0 / machine->bf16_flop_per_s, .flop8 = 1.0 / machine->fp8_flop_per_s, .flop4 = 1.0 / machine->fp4_flop_per_s,
        .memory = 1.0 / efficiency->memory, .expert_memory = 1.0 / efficiency->expert_memory,
        .flop = 1.0 / efficiency->flop, .prefill = 1.0 / efficiency->prefill, .network = 1.0 / efficiency->network,
        .tensor_link = (2.0 * base->layers - base->moe_layers) * 2.0 * base->hidden * TENSOR_BYTES,
        .expert_link = base->moe_layers * base->expert_io * EXPERT_BYTES,
        .scale_up = 1.0 / machine->scale_up_bytes_per_s, .scale_out = 1.0 / machine->scale_out_bytes_per_s,
        .domain = machine->scale_up_domain, .heads = 1.0 / base->kv_heads,
        .every_step_s = base->layers * efficiency->layer_s + base->moe_layers * efficiency->moe_layer_s,
        .grouped_step_s = base->layers * efficiency->group_layer_s,
        .draft = 1.0 + efficiency->draft_alike * (work->verified - 1.0), .verified = work->verified
    };
    c.attention = base->attention_fp8 > 0.0 ? c.flop8 : c.flop16;
    return c;
}

/* a0, mem_e and the exponent of q: weights read once a step, whatever the batch, and fixed times. capacity: what is left of the memory, in caches. */
static void time_weights(const constants *k, const moe_fold_block *fold, const layout *lay, const moe_machine_fold *ready, int n, decode *restrict out) {
    const double memory = k->memory, expert_memory = k->expert_memory;
    const double every = k->every_step_s, grouped = k->grouped_step_s, draft = k->draft, heads = k->heads;
    const double *restrict dense = fold->dense_bytes, *restrict routed = fold->routed_bytes, *restrict stored = fold->kv_stored_bytes;
    const double *restrict untouched = fold->log_untouched;
    for (int p = 0; p < n; p++) {
        const double t = lay->tensor[p], g = lay->group[p], per_byte = ready->per_byte_s[p], room = ready->room_bytes[p];
        const double dense_share = dense[p] * lay->per_tensor[p], routed_share = routed[p] * lay->per_group[p], experts = routed_share * expert_memory * per_byte;
        out->a0[p] = dense_share * memory * per_byte + experts + every + (g > 1.0 ? grouped : 0.0);
        out->mem_e[p] = experts;
        out->decay[p] = untouched[p] * g * draft;
        const double left = moe_max(0.9 * room - dense_share - routed_share - 3e9, 0.02 * room);
        out->capacity[p] = left / (stored[p] * moe_max(1.0, t * heads));
    }
}

/* b0: seconds a step for each sequence (its cache, FLOPs and messages), and s_in, seconds an uncached input token. */
static void time_sequence(const constants *k, const moe_fold_block *fold, const layout *lay, const moe_machine_fold *ready, int n, double *restrict b0,
                          double *restrict input_s) {
    const double flop16 = k->flop16, flop8 = k->flop8, flop4 = k->flop4, attention = k->attention, heads = k->heads, domain = k->domain;
    const double read = k->memory, compute = k->flop, prefill = k->prefill, network = k->network;
    const double scale_up = k->scale_up, scale_out = k->scale_out, tensor_link = k->tensor_link, expert_link = k->expert_link, verified = k->verified;
    const double *restrict f16 = fold->flop_bf16, *restrict f8 = fold->flop_fp8, *restrict f4 = fold->flop_fp4, *restrict cache = fold->kv_read_bytes;
    const double *restrict ask = fold->attention_decode_flop, *restrict ask_prefill = fold->attention_prefill_flop;
    for (int p = 0; p < n; p++) {
        const double t = lay->tensor[p], inside = moe_min(domain * lay->per_group[p], 1.0), per_flop = ready->per_flop[p];
        const double linear = f16[p] * flop16 + f8[p] * flop8 + f4[p] * flop4;
        const double per_link = inside * scale_up * ready->per_link[p] + (1.0 - inside) * scale_out;
        const double sent = tensor_link * (t - 1.0) + expert_link * lay->gpus[p];
        b0[p] = cache[p] * moe_max(1.0, t * heads) * read * ready->per_byte_s[p] +
                verified * ((linear + ask[p] * attention) * per_flop * compute + sent * per_link * network);
        input_s[p] = (linear + ask_prefill[p] * attention) * per_flop * prefill + expert_link * lay->nodes[p] * scale_out;
    }
}

/* Seconds a step saves because some experts of an accelerator get no token: mem_e q^(G b (1+ζ(m−1))). Below e^NONE_IDLE they are no longer part of a
 * double next to a0, and 0 stands for them; large batches are all there, and then the exponentials need not be taken at all. The choice between 0 and
 * the exponential is each path's own, so that no path's bits depend on its neighbours'. Returns whether any path may save something. */
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
        const double exponent = saved[p], seconds = step->mem_e[p] * moe_exp(exponent);
        saved[p] = exponent < NONE_IDLE ? 0.0 : seconds;
    }
    return 1;
}

/* The batch whose step takes as long as the user's patience allows; a machine that cannot keep the limit at all runs at half as much again as its
 * shortest step. With all experts touched the step is a line in b, which gives the first guess, and is the answer; otherwise two Newton steps do the rest. */
static void find_batch(const decode *restrict step, const moe_workload_block *work, int n, double *restrict batch) {
    const double *restrict tpot_s = work->tpot_s, *restrict accepted = work->accepted;
    double over[MOE_BLOCK], saved[MOE_BLOCK]; /* over: the shortest step less the limit */
    for (int p = 0; p < n; p++) {
        over[p] = step->a0[p] - moe_max(tpot_s[p] * accepted[p], 1.5 * step->a0[p]);
        batch[p] = -over[p] / step->b0[p];
    }
    for (int newton = 0; newton < 2 && save_idle(step, batch, n, saved); newton++)
        for (int p = 0; p < n; p++) {
            const double change = (over[p] - saved[p] + step->b0[p] * batch[p]) / (step->b0[p] - step->decay[p] * saved[p]);
            batch[p] -= saved[p] > 0.0 ? change : 0.0;
        }
}

/* No more sequences than the memory holds; s_out of that batch. */
static void fill_batch(const decode *restrict step, const moe_workload_block *work, int n, double *restrict batch, double *restrict output_s) {
    const double *restrict accepted = work->accepted;
    double saved[MOE_BLOCK];
    for (int p = 0; p < n; p++) batch[p] = moe_max(moe_min(step->capacity[p], batch[p]), 0.05);
    save_idle(step, batch, n, saved);
    for (int p = 0; p < n; p++) output_s[p] = (step->a0[p] - saved[p] + step->b0[p] * batch[p]) / (accepted[p] * batch[p]);
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

void moe_cost_evaluate_on(const moe_fold_base *base, const moe_fold_block *fold, const moe_workload_block *work, const moe_hardware *machine,
                          const moe_machine_fold *ready, const moe_efficiency *efficiency, int n, moe_cost_block *out) {
    layout lay;
    decode step;
    const constants k = gather(base, work, machine, efficiency);
    if (base->routed_bytes > 0.0) lay_out_mixture(fold, machine, ready, efficiency, n, &lay);
    else lay_out_dense(fold, machine, ready, efficiency, n, &lay);
    reach_experts(base->top_k, machine->scale_up_domain, n, &lay);
    time_weights(&k, fold, &lay, ready, n, &step);
    time_sequence(&k, fold, &lay, ready, n, step.b0, out->input_s);
    find_batch(&step, work, n, out->batch);
    fill_batch(&step, work, n, out->batch, out->output_s);
}

void moe_cost_evaluate(const moe_fold_base *base, const moe_fold_block *fold, const moe_workload_block *work, const moe_hardware *machine,
                       const moe_machine_block *change, const moe_efficiency *efficiency, int n, moe_cost_block *out) {
    moe_machine_fold ready;
    moe_fold_machine(machine, change, work, n, &ready);
    moe_cost_evaluate_on(base, fold, work, machine, &ready, efficiency, n, out);
}
