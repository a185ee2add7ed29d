/* The search over layouts. A few dozen candidates: tensor parallel by powers of two inside the fast domain, replicas of the sizes that are built; for each
 * the largest batch (kernels/moe_explain.c), then the fewest accelerator-seconds. Pools of their own are searched apart; one pool as a whole. */
#include "csim/cost/serving.h"

#include <math.h>
#include <string.h>

#include "kernels/moe_on_chip.h"

static const double replica_sizes[] = {1, 2, 4, 8, 16, 24, 32, 36, 48, 64, 72, 96, 128, 144, 192, 256, 288, 320};
enum { SIZES = sizeof replica_sizes / sizeof replica_sizes[0] };

/* Time to first token: fitted to one-pool measurements (docs/kernel-fit.md). */
static const double FIRST_S = 0.00144, FIRST_LAUNCHES = 18.05, FIRST_WORK = 0.894, FIRST_QUEUE = 0.103;

typedef struct search {
    const csim_serving_question *question;
    const moe_efficiency *efficiency;
    moe_fold_base base;       /* as served */
    csim_serving *best;
    double least;             /* of what is minimised; INFINITY before the first */
    int tried;
    int across;               /* tensor parallelism may cross domains */
} search;

static double prompts_per_output(const moe_request *r) { return (1.0 - r->hit_share) * r->input_tokens / r->output_tokens; }

/* A prompt runs on one attention rank, outside captured graphs; it waits for those before it: all of its rank's in one pool that starts at once, as a queue
 * with constant service does (M/D/1) in a pool of its own. */
static double first_token_s(const csim_serving_question *q, const moe_explanation *x) {
    const moe_request *r = &q->request;
    const double prompt = FIRST_WORK * (1.0 - r->hit_share) * r->input_tokens * x->input_s / x->layout.prefill_tensor, load = fmin(q->utilisation, 0.95);
    const double ranks_batch = x->batch * x->layout.tensor, wait = r->one_pool ? FIRST_QUEUE * fmax(ranks_batch - 1.0, 0.0) : load / (2.0 * (1.0 - load));
    return FIRST_S + FIRST_LAUNCHES * x->fixed_s + prompt * (1.0 + wait) + x->step_s;
}

static int is_layout(const search *s, double tensor, double group) {
    const moe_hardware *h = s->question->hardware;
    if (group > h->group_max || tensor > group || fmod(group, tensor) != 0.0) return 0;
    if (tensor > h->scale_up_domain && !s->across) return 0;
    return s->base.routed_bytes > 0.0 ? group <= s->question->shape->experts : tensor == group; /* dense: more accelerators are more replicas */
}

/* ---- decode, and one pool ---- */

static void consider(search *s, const moe_explanation *x) {
    const moe_request *r = &s->question->request;
    csim_serving *best = s->best;
    const double value = x->output_s + (r->one_pool ? prompts_per_output(r) * x->input_s : 0.0), first = first_token_s(s->question, x);
    const int in_time = !r->one_pool || first <= s->question->ttft_s;
    s->tried++;
    if (best->kernel.fits && in_time < best->meets_ttft) return;
    if (best->kernel.fits && in_time == best->meets_ttft && x->meets_tpot < best->kernel.meets_tpot) return;
    const int better = !best->kernel.fits || in_time > best->meets_ttft || x->meets_tpot > best->kernel.meets_tpot;
    const double compared = x->meets_tpot ? value : x->tpot_s;
    if (!better && compared >= s->least) return;
    s->least = compared;
    best->kernel = *x;
    best->meets_ttft = in_time;
    best->ttft_s = first;
}

/* What limited the batch: the memory, if all that it holds is in time, or the largest part of the step. */
static void answer_with(search *s, double found, moe_explanation *x) {
    x->batch_latency = found;
    x->meets_tpot = found > 0.0;
    if (found >= x->batch_memory) x->binding = MOE_MEMORY_CAPACITY;
    consider(s, x);
}

/* Whole sequences; where even one is too slow the one is answered, as the best that this layout does. */
static void try_decode(search *s, const moe_layout *layout) {
    const csim_serving_question *q = s->question;
    const double found = moe_batch_within(&s->base, &q->request, q->hardware, s->efficiency, layout), whole = fmax(1.0, floor(found * layout->group));
    moe_explanation x;
    moe_explain_at(&s->base, &q->request, q->hardware, s->efficiency, layout, whole / layout->group, &x);
    if (!x.fits) return;
    answer_with(s, found, &x);
}

static void search_decode(search *s) {
    for (int i = 0; i < SIZES; i++)
        for (double tensor = 1.0; tensor <= replica_sizes[i]; tensor *= 2.0) {
            const moe_layout layout = {tensor, replica_sizes[i], tensor, replica_sizes[i]};
            if (is_layout(s, tensor, replica_sizes[i])) try_decode(s, &layout);
        }
}

/* ---- a pool for prompts ---- */

/* Weights and one prompt's cache fit; the cheapest layout in time, else the fastest. */
static void search_prefill(search *s) {
    const csim_serving_question *q = s->question;
    const moe_explanation decode = s->best->kernel;
    double least = (double)INFINITY;
    int in_time_found = 0;
    for (int i = 0; i < SIZES; i++)
        for (double tensor = 1.0; tensor <= replica_sizes[i]; tensor *= 2.0) {
            const moe_layout own = {tensor, replica_sizes[i], tensor, replica_sizes[i]}, both = {decode.layout.tensor, decode.layout.group, tensor, replica_sizes[i]};
            moe_explanation alone, x;
            if (!is_layout(s, tensor, replica_sizes[i])) continue;
            moe_explain_at(&s->base, &q->request, q->hardware, s->efficiency, &own, 1.0 / replica_sizes[i], &alone);
            if (!alone.fits) continue;
            moe_explain_at(&s->base, &q->request, q->hardware, s->efficiency, &both, decode.batch, &x);
            x.batch_latency = decode.batch_latency;
            x.meets_tpot = decode.meets_tpot;
            x.binding = decode.binding;
            const double first = first_token_s(q, &x);
            const int in_time = first <= q->ttft_s;
            s->tried++;
            if (in_time < in_time_found || (in_time == in_time_found && (in_time ? x.input_s : first) >= least)) continue;
            in_time_found = in_time;
            least = in_time ? x.input_s : first;
            s->best->kernel = x;
            s->best->ttft_s = first;
            s->best->meets_ttft = in_time;
        }
}

/* ---- formats, machines of on-chip memory, the answer ---- */

/* The published format, and 4-bit weights at 8 bits where a machine has units for these and not for those: the cheaper one, or the faster where the wanted
 * speed is out of reach in both. */
static void search_formats(search *s, const moe_fold_base *published) {
    const csim_serving_question *q = s->question;
    moe_fold_base eight;
    moe_fold_served(published, q->hardware, &eight);
    for (int format = 0; format < (memcmp(&eight, published, sizeof eight) ? 2 : 1); format++) {
        csim_serving found = {.layouts_tried = 0};
        search one = {.question = q, .efficiency = s->efficiency, .base = format ? eight : *published, .best = &found, .least = (double)INFINITY};
        search_decode(&one);
        one.across = !found.kernel.fits && !(one.base.routed_bytes > 0.0); /* a dense model that no domain holds */
        if (one.across) search_decode(&one);
        if (found.kernel.fits && !q->request.one_pool) search_prefill(&one);
        s->tried += one.tried;
        const double cost = found.kernel.output_s + prompts_per_output(&q->request) * found.kernel.input_s, value = found.kernel.meets_tpot ? cost : found.kernel.tpot_s;
        const int served = 2 * found.meets_ttft + found.kernel.meets_tpot, before = 2 * s->best->meets_ttft + s->best->kernel.meets_tpot;
        if (!found.kernel.fits || (s->best->kernel.fits && (served < before || (served == before && value >= s->least)))) continue;
        *s->best = found;
        s->best->weights_at_8_bits = format;
        s->least = value;
    }
}

static void spread(const csim_serving_question *q, const moe_efficiency *efficiency, const moe_fold_base *published, csim_serving *out) {
    moe_fold_base served;
    moe_fold_served(published, q->hardware, &served);
    moe_explain(&served, &q->request, q->hardware, efficiency, &out->kernel);
    out->weights_at_8_bits = memcmp(&served, published, sizeof served) != 0;
    out->ttft_s = first_token_s(q, &out->kernel);
    out->meets_ttft = out->ttft_s <= q->ttft_s;
    out->layouts_tried = 1;
}

static void try_on_chip(search *s, double group) {
    const csim_serving_question *q = s->question;
    const double found = moe_on_chip_batch_within(&s->base, &q->request, q->hardware, s->efficiency, group), whole = fmax(1.0, floor(found * group));
    moe_explanation x;
    moe_on_chip_at(&s->base, &q->request, q->hardware, s->efficiency, group, whole / group, &x);
    if (!x.fits) return;
    answer_with(s, found, &x);
}

/* Groups from the fewest chips that hold the model up to the most, a sixteenth larger each time. */
static void search_on_chip(search *s) {
    const csim_serving_question *q = s->question;
    double group = moe_on_chip_fewest(&s->base, &q->request, q->hardware);
    for (; group < q->hardware->group_max; group = ceil(group * 1.0625)) try_on_chip(s, group);
    if (s->tried || group == q->hardware->group_max) try_on_chip(s, q->hardware->group_max);
}

static void compare_pools(const csim_serving_question *q, csim_serving *out) {
    if (!q->request.one_pool && !q->hardware->weights_on_chip) out->prefill_per_decode = prompts_per_output(&q->request) * out->kernel.input_s / out->kernel.output_s;
}

static void search_layouts(const csim_serving_question *question, const moe_efficiency *efficiency, const moe_fold_base *published, csim_serving *out) {
    search s = {.question = question, .efficiency = efficiency, .base = *published, .best = out, .least = (double)INFINITY};
    if (question->hardware->weights_on_chip) {
        search_on_chip(&s);
        out->meets_ttft = out->ttft_s <= question->ttft_s;
    } else {
        search_formats(&s, published);
    }
    out->layouts_tried = s.tried;
}

void csim_serving_find(const csim_serving_question *question, const moe_efficiency *efficiency, csim_serving *out) {
    moe_fold_base published;
    memset(out, 0, sizeof *out);
    moe_fold_shape(question->shape, &published);
    if (question->layouts == CSIM_LAYOUTS_SPREAD && !question->hardware->weights_on_chip) spread(question, efficiency, &published, out);
    else search_layouts(question, efficiency, &published, out);
    compare_pools(question, out);
}

/* ---- a stated layout ---- */

static double batch_within(const csim_serving_question *q, const moe_fold_base *base, const moe_efficiency *efficiency, const moe_layout *layout) {
    return q->hardware->weights_on_chip ? moe_on_chip_batch_within(base, &q->request, q->hardware, efficiency, layout->group)
                                        : moe_batch_within(base, &q->request, q->hardware, efficiency, layout);
}

void csim_serving_at(const csim_serving_question *q, const moe_efficiency *efficiency, const moe_layout *layout, double sequences, csim_serving *out) {
    moe_fold_base base;
    moe_explanation *x = &out->kernel;
    memset(out, 0, sizeof *out);
    moe_fold_shape(q->shape, &base);
    const double found = isnan(sequences) ? batch_within(q, &base, efficiency, layout) : 0.0, batch = isnan(sequences) ? fmax(1.0, floor(found * layout->group)) : sequences;
    if (q->hardware->weights_on_chip) moe_on_chip_at(&base, &q->request, q->hardware, efficiency, layout->group, batch / layout->group, x);
    else moe_explain_at(&base, &q->request, q->hardware, efficiency, layout, batch / layout->group, x);
    x->batch_latency = found;
    x->meets_tpot = x->tpot_s <= q->request.tpot_s;
    out->ttft_s = first_token_s(q, x);
    out->meets_ttft = out->ttft_s <= q->ttft_s;
    out->layouts_tried = 1;
    compare_pools(q, out);
}

double csim_serving_fastest(const csim_serving_question *question, const moe_efficiency *efficiency) {
    csim_serving_question alone = *question;
    csim_serving found;
    alone.request.tpot_s = 1e-9; /* out of reach: the fastest layout is answered, with one sequence */
    csim_serving_find(&alone, efficiency, &found);
    return found.kernel.fits ? 1.0 / found.kernel.tpot_s : 0.0;
}
