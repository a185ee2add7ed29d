/* The search over layouts. A few dozen candidates: tensor parallel by powers of two, replicas of the sizes that are built; for each the largest batch that keeps
 * the user's time (kernels/moe_explain.c) and the first token's, then the fewest accelerator-seconds. */
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
    int apart;                /* prompts have a pool of their own, which is not known yet: only the user's time is kept */
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

/* ---- the largest batch ---- */

static void explain(const csim_serving_question *q, const moe_fold_base *base, const moe_efficiency *efficiency, const moe_layout *layout, double batch, moe_explanation *x) {
    if (q->hardware->weights_on_chip) moe_on_chip_at(base, &q->request, q->hardware, efficiency, layout->group, batch, x);
    else moe_explain_at(base, &q->request, q->hardware, efficiency, layout, batch, x);
}

static double batch_of_speed(const csim_serving_question *q, const moe_fold_base *base, const moe_efficiency *efficiency, const moe_layout *layout) {
    return q->hardware->weights_on_chip ? moe_on_chip_batch_within(base, &q->request, q->hardware, efficiency, layout->group)
                                        : moe_batch_within(base, &q->request, q->hardware, efficiency, layout);
}

/* The largest batch up to `most` with the first token in time. It waits for the step, the fixed times and, in one pool, the rank's other prompts: all of them grow
 * with the batch, so bisection finds it. 0: one sequence waits too long. */
static double batch_of_first_token(const csim_serving_question *q, const moe_fold_base *base, const moe_efficiency *efficiency, const moe_layout *layout, double most) {
    moe_explanation x;
    double low = 1.0 / layout->group, high = most;
    explain(q, base, efficiency, layout, high, &x);
    if (first_token_s(q, &x) <= q->ttft_s) return high;
    explain(q, base, efficiency, layout, low, &x);
    if (high <= low || first_token_s(q, &x) > q->ttft_s) return 0.0;
    for (int i = 0; i < 60 && high - low > 1e-12 * high; i++) {
        const double middle = 0.5 * (low + high);
        explain(q, base, efficiency, layout, middle, &x);
        if (first_token_s(q, &x) <= q->ttft_s) low = middle;
        else high = middle;
    }
    return low;
}

/* The largest batch in time for both; where no batch is in time for the first token, for the user's alone. 0: one sequence is too slow. */
static double batch_in_time(const csim_serving_question *q, const moe_fold_base *base, const moe_efficiency *efficiency, const moe_layout *layout) {
    const double of_speed = batch_of_speed(q, base, efficiency, layout);
    const double of_both = of_speed > 0.0 && !isinf(q->ttft_s) ? batch_of_first_token(q, base, efficiency, layout, of_speed) : 0.0;
    return of_both > 0.0 ? of_both : of_speed;
}

/* Whole sequences in the group; where even one is too slow it is the one. */
static double whole_sequences(double batch, double group) { return fmax(1.0, floor(batch * group)); }

/* At that batch, and what limited it: the memory, if all that it holds is in time, or the largest part of the step. */
static void explain_found(const search *s, const moe_layout *layout, double found, moe_explanation *x) {
    explain(s->question, &s->base, s->efficiency, layout, whole_sequences(found, layout->group) / layout->group, x);
    x->batch_latency = found;
    x->meets_tpot = found > 0.0;
    if (found >= x->batch_memory) x->binding = MOE_MEMORY_CAPACITY;
}

/* ---- candidates ---- */

/* Mixtures are tensor parallel inside the fast domain, which slices experts, and spread by whole experts; dense models are replicas of any tensor parallelism. */
static int is_layout(const search *s, double tensor, double group) {
    const moe_hardware *h = s->question->hardware;
    if (group > h->group_max || tensor > group || fmod(group, tensor) != 0.0) return 0;
    return s->base.routed_bytes > 0.0 ? (group <= s->question->shape->experts || tensor == group) && tensor <= h->scale_up_domain : tensor == group;
}

enum { LAYOUTS = SIZES * 9 }; /* tensor parallel 1 to 256 */

static int list_layouts(const search *s, moe_layout out[LAYOUTS]) {
    int count = 0;
    for (int i = 0; i < SIZES; i++)
        for (double tensor = 1.0; tensor <= replica_sizes[i]; tensor *= 2.0)
            if (is_layout(s, tensor, replica_sizes[i])) out[count++] = (moe_layout){tensor, replica_sizes[i], tensor, replica_sizes[i]};
    return count;
}

static double value_of(const search *s, const moe_explanation *x) { return x->output_s + prompts_per_output(&s->question->request) * x->input_s; }

/* The first token in time comes first, then the user's time, then the least of what is compared; of equals the one found before. */
static void keep_better(search *s, const moe_explanation *x, double first, int in_time, double compared) {
    csim_serving *best = s->best;
    const int rank = 2 * in_time + x->meets_tpot, before = 2 * best->meets_ttft + best->kernel.meets_tpot;
    if (best->kernel.fits && (rank < before || (rank == before && compared >= s->least))) return;
    s->least = compared;
    best->kernel = *x;
    best->meets_ttft = in_time;
    best->ttft_s = first;
}

/* ---- decode, and one pool ---- */

static void try_decode(search *s, const moe_layout *layout) {
    const csim_serving_question *q = s->question;
    moe_explanation x;
    const double found = s->apart ? batch_of_speed(q, &s->base, s->efficiency, layout) : batch_in_time(q, &s->base, s->efficiency, layout);
    explain_found(s, layout, found, &x);
    if (!x.fits) return;
    s->tried++;
    const double first = first_token_s(q, &x), seconds = q->request.one_pool ? value_of(s, &x) : x.output_s;
    keep_better(s, &x, first, s->apart || first <= q->ttft_s, x.meets_tpot ? seconds : x.tpot_s);
}

static void search_decode(search *s) {
    moe_layout layouts[LAYOUTS];
    const int count = list_layouts(s, layouts);
    for (int i = 0; i < count; i++) try_decode(s, &layouts[i]);
}

/* ---- a pool for prompts ---- */

typedef struct prompt_pool { moe_layout layout; double input_s; } prompt_pool;

/* Layouts that hold the weights and one prompt's cache. */
static int list_prompt_pools(const search *s, prompt_pool out[LAYOUTS]) {
    moe_layout layouts[LAYOUTS];
    const int all = list_layouts(s, layouts);
    int count = 0;
    for (int i = 0; i < all; i++) {
        moe_explanation alone;
        explain(s->question, &s->base, s->efficiency, &layouts[i], 1.0 / layouts[i].group, &alone);
        if (alone.fits) out[count++] = (prompt_pool){layouts[i], alone.input_s};
    }
    return count;
}

static moe_layout with_prompts(const moe_layout *decode, const prompt_pool *pool) {
    return (moe_layout){decode->tensor, decode->group, pool->layout.tensor, pool->layout.group};
}

/* For the decode layout and batch that are best alone: the cheapest pool in time, else the one with the soonest first token. 1: it is the cheapest of all, so
 * that no other pair is better. */
static int add_prompts(search *s, const prompt_pool *pools, int count) {
    const moe_explanation decode = s->best->kernel;
    double least = (double)INFINITY, cheapest = (double)INFINITY;
    s->best->meets_ttft = 0;
    for (int i = 0; i < count; i++) {
        const moe_layout both = with_prompts(&decode.layout, &pools[i]);
        moe_explanation x;
        explain_found(s, &both, decode.batch_latency, &x);
        const double first = first_token_s(s->question, &x);
        const int in_time = first <= s->question->ttft_s;
        s->tried++;
        cheapest = fmin(cheapest, x.input_s);
        if (in_time < s->best->meets_ttft || (in_time == s->best->meets_ttft && (in_time ? x.input_s : first) >= least)) continue;
        least = in_time ? x.input_s : first;
        s->best->kernel = x;
        s->best->ttft_s = first;
        s->best->meets_ttft = in_time;
    }
    return s->best->meets_ttft && (!decode.meets_tpot || s->best->kernel.input_s <= cheapest);
}

/* When the first token comes if this pool took the prompts: in pools apart they change nothing else of a decode step. */
static double first_token_with(const csim_serving_question *q, moe_explanation decode, const prompt_pool *pool) {
    decode.layout = with_prompts(&decode.layout, pool);
    decode.input_s = pool->input_s;
    return first_token_s(q, &decode);
}

/* A decode layout with each pool: the batch is as large as both times allow. A larger batch is cheaper for a token, so a pool with which even the largest one
 * within the user's time costs no less than the best pair is passed over. */
static void try_pairs(search *s, const moe_layout *layout, const prompt_pool *pools, int count) {
    const csim_serving_question *q = s->question;
    const double of_speed = batch_of_speed(q, &s->base, s->efficiency, layout), prompts = of_speed > 0.0 ? prompts_per_output(&q->request) : 1.0;
    const int known = s->best->meets_ttft && s->best->kernel.meets_tpot;
    double least = known ? s->least : (double)INFINITY;
    moe_explanation full, one, best = {.fits = 0};
    explain_found(s, layout, of_speed, &full);
    explain_found(s, layout, 0.0, &one);
    if (!full.fits || (known && of_speed <= 0.0)) return;
    for (int i = 0; i < count; i++) {
        const double at_least = (of_speed > 0.0 ? full.output_s : 0.0) + prompts * pools[i].input_s;
        if (at_least >= least || first_token_with(q, one, &pools[i]) > q->ttft_s) continue;
        const moe_layout both = with_prompts(layout, &pools[i]);
        moe_explanation pair;
        explain_found(s, &both, of_speed > 0.0 ? batch_of_first_token(q, &s->base, s->efficiency, &both, of_speed) : 0.0, &pair);
        s->tried++;
        const double compared = pair.meets_tpot ? value_of(s, &pair) : pair.input_s;
        if (compared >= least) continue;
        least = compared;
        best = pair;
    }
    if (best.fits) keep_better(s, &best, first_token_s(q, &best), 1, best.meets_tpot ? least : best.tpot_s);
}

/* How many sequences are in time with the pool for prompts that was found. */
static void state_limit(search *s) {
    const moe_explanation found = s->best->kernel;
    if (!s->best->meets_ttft || !found.meets_tpot) return;
    explain_found(s, &found.layout, batch_of_first_token(s->question, &s->base, s->efficiency, &found.layout, found.batch_latency), &s->best->kernel);
}

/* Pools apart: the cheapest of each is the cheapest pair, unless the first token is then late or wants a dearer pool for prompts; then pairs are searched, in
 * which a smaller batch or another layout leaves the prompts more time. */
static void search_apart(search *s) {
    prompt_pool pools[LAYOUTS];
    moe_layout layouts[LAYOUTS];
    s->apart = 1;
    search_decode(s);
    if (!s->best->kernel.fits) return;
    const int count = list_prompt_pools(s, pools), all = list_layouts(s, layouts), done = add_prompts(s, pools, count);
    s->least = s->best->kernel.meets_tpot ? value_of(s, &s->best->kernel) : s->best->kernel.tpot_s;
    for (int i = 0; !done && !isinf(s->question->ttft_s) && i < all; i++) try_pairs(s, &layouts[i], pools, count);
    state_limit(s);
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
        if (q->request.one_pool) search_decode(&one);
        else search_apart(&one);
        s->tried += one.tried;
        const double value = found.kernel.meets_tpot ? value_of(&one, &found.kernel) : found.kernel.tpot_s;
        const int served = 2 * found.meets_ttft + found.kernel.meets_tpot, before = 2 * s->best->meets_ttft + s->best->kernel.meets_tpot;
        if (!found.kernel.fits || (s->best->kernel.fits && (served < before || (served == before && value >= s->least)))) continue;
        *s->best = found;
        s->best->weights_at_8_bits = format;
        s->least = value;
    }
}

/* The batch is found by one Newton step, for the decode step alone and not below a twentieth of a sequence: what a user waits may be longer than was wanted. */
static const double SPREAD_NEAR = 1e-3;

static void spread(const csim_serving_question *q, const moe_efficiency *efficiency, const moe_fold_base *published, csim_serving *out) {
    moe_fold_base served;
    moe_fold_served(published, q->hardware, &served);
    moe_explain(&served, &q->request, q->hardware, efficiency, &out->kernel);
    out->kernel.meets_tpot = out->kernel.tpot_s <= q->request.tpot_s * (1.0 + SPREAD_NEAR);
    out->weights_at_8_bits = memcmp(&served, published, sizeof served) != 0;
    out->ttft_s = first_token_s(q, &out->kernel);
    out->meets_ttft = out->ttft_s <= q->ttft_s;
    out->layouts_tried = 1;
}

/* Groups from the fewest chips that hold the model up to the most, a sixteenth larger each time. */
static void search_on_chip(search *s) {
    const csim_serving_question *q = s->question;
    double group = moe_on_chip_fewest(&s->base, &q->request, q->hardware);
    const double most = q->hardware->group_max;
    for (; group < most; group = ceil(group * 1.0625)) try_decode(s, &(moe_layout){1.0, group, 1.0, group});
    if (s->tried || group == most) try_decode(s, &(moe_layout){1.0, most, 1.0, most});
}

static void compare_pools(const csim_serving_question *q, csim_serving *out) {
    if (!q->request.one_pool && !q->hardware->weights_on_chip) out->prefill_per_decode = prompts_per_output(&q->request) * out->kernel.input_s / out->kernel.output_s;
}

static void search_layouts(const csim_serving_question *question, const moe_efficiency *efficiency, const moe_fold_base *published, csim_serving *out) {
    search s = {.question = question, .efficiency = efficiency, .base = *published, .best = out, .least = (double)INFINITY};
    if (question->hardware->weights_on_chip) search_on_chip(&s);
    else search_formats(&s, published);
    out->layouts_tried = s.tried;
}

void csim_serving_find(const csim_serving_question *question, const moe_efficiency *efficiency, csim_serving *out) {
    moe_fold_base published;
    memset(out, 0, sizeof *out);
    moe_fold_shape(question->shape, &published);
    if (question->layouts == CSIM_LAYOUTS_SPREAD) spread(question, efficiency, &published, out);
    else search_layouts(question, efficiency, &published, out);
    compare_pools(question, out);
}

/* ---- a stated layout ---- */

void csim_serving_at(const csim_serving_question *q, const moe_efficiency *efficiency, const moe_layout *layout, double sequences, csim_serving *out) {
    moe_fold_base base;
    moe_explanation *x = &out->kernel;
    memset(out, 0, sizeof *out);
    moe_fold_shape(q->shape, &base);
    const double found = isnan(sequences) ? batch_in_time(q, &base, efficiency, layout) : 0.0, batch = isnan(sequences) ? whole_sequences(found, layout->group) : sequences;
    explain(q, &base, efficiency, layout, batch / layout->group, x);
    x->batch_latency = found;
    x->meets_tpot = x->tpot_s <= q->request.tpot_s;
    if (found > 0.0 && found >= x->batch_memory) x->binding = MOE_MEMORY_CAPACITY;
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
