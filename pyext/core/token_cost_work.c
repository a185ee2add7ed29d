/* Answers a cost_job: names once, then elements in chunks by as many threads as there are processors. The error of the first wrong element is the one that is
 * told, whatever the threads do. Touches no Python object. */
#include <math.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include "pyext/core/token_cost.h"

enum { CHUNK = 64, THREADS_MOST = 64 };

const char *const cost_word_names[COST_WORDS] = {"model", "hardware", "stack", "pools", "layouts", "basis", "drafting"};

#define MEMBER(name, member) {name, offsetof(csim_cost_question, member)}
const cost_number cost_numbers[COST_NUMBERS] = {
    MEMBER("input_tokens", request.input_tokens), MEMBER("output_tokens", request.output_tokens), MEMBER("hit_share", request.hit_share), MEMBER("ttft_s", ttft_s),
    MEMBER("cache_hours", cache_hours), MEMBER("utilisation", owner.utilisation), MEMBER("usd_per_hour", owner.rent_usd_per_hour),
    MEMBER("electricity_usd_per_kwh", owner.electricity_usd_per_kwh), MEMBER("slower", penalty.slower), MEMBER("less_bandwidth", penalty.less_bandwidth),
    MEMBER("less_memory", penalty.less_memory), MEMBER("hungrier", penalty.hungrier), MEMBER("dearer", penalty.dearer),
    {"tok_per_s_user", 0}, {"draft", 0}, {"draft_best", 0}, {"accepted", 0}};

/* What the words of a job stand for. */
typedef struct meanings {
    const csim_model_entry **model;
    const csim_hardware_entry **hardware;
    moe_stack *stack;
    int *pools;
    csim_layouts *layouts;
    csim_basis *basis;
    csim_drafting *drafting;
} meanings;

typedef struct work {
    const cost_job *job;
    const atomic_int *cancel;
    csim_catalogue *catalogue;
    meanings means;
    atomic_size_t next;                  /* first element that nobody has taken */
    pthread_mutex_t lock;                /* of what follows */
    size_t failed_at;                    /* size: nowhere */
    csim_error err;
} work;

/* ---- words ---- */

static csim_status find_word(work *w, cost_word kind, size_t i, csim_error *err) {
    const char *word = w->job->word[kind][i];
    switch (kind) {
    case COST_MODEL: return csim_catalogue_model_named(w->catalogue, word, &w->means.model[i], err);
    case COST_HARDWARE: return csim_catalogue_hardware_named(w->catalogue, word, &w->means.hardware[i], err);
    case COST_STACK: return csim_stack_word(word, &w->means.stack[i], err);
    case COST_POOLS: return csim_pools_word(word, &w->means.pools[i], err);
    case COST_LAYOUTS: return csim_layouts_word(word, &w->means.layouts[i], err);
    case COST_BASIS: return csim_basis_find(word, &w->means.basis[i], err);
    default: return csim_drafting_find(word, &w->means.drafting[i], err);
    }
}

static csim_status find_words(work *w, csim_error *err) {
    const size_t *n = w->job->words;
    meanings *m = &w->means;
    m->model = calloc(n[COST_MODEL] + 1, sizeof *m->model);
    m->hardware = calloc(n[COST_HARDWARE] + 1, sizeof *m->hardware);
    m->stack = calloc(n[COST_STACK] + 1, sizeof *m->stack);
    m->pools = calloc(n[COST_POOLS] + 1, sizeof *m->pools);
    m->layouts = calloc(n[COST_LAYOUTS] + 1, sizeof *m->layouts);
    m->basis = calloc(n[COST_BASIS] + 1, sizeof *m->basis);
    m->drafting = calloc(n[COST_DRAFTING] + 1, sizeof *m->drafting);
    if (!m->model || !m->hardware || !m->stack || !m->pools || !m->layouts || !m->basis || !m->drafting) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for the words");
    csim_status status = CSIM_OK;
    for (int kind = 0; kind < COST_WORDS; kind++)
        for (size_t i = 0; !status && i < n[kind]; i++) status = find_word(w, (cost_word)kind, i, err);
    return status;
}

static void forget_words(meanings *m) {
    free((void *)m->model);
    free((void *)m->hardware);
    free(m->stack);
    free(m->pools);
    free(m->layouts);
    free(m->basis);
    free(m->drafting);
}

/* ---- one element ---- */

static double value_at(const cost_column *column, size_t i, double standard) { return column->data ? column->data[i * column->step] : standard; }
static size_t code_at(const work *w, cost_word kind, size_t i) { return (size_t)value_at(&w->job->code[kind], i, 0.0); }

static csim_cost_question question_at(const work *w, size_t i) {
    const cost_job *job = w->job;
    csim_cost_question q = csim_cost_question_standard();
    for (int k = 0; k < COST_SPEED; k++)
        if (job->number[k].data) *(double *)((char *)&q + cost_numbers[k].offset) = value_at(&job->number[k], i, 0.0);
    q.request.tpot_s = 1.0 / value_at(&job->number[COST_SPEED], i, 1.0 / q.request.tpot_s);
    q.request.stack = w->means.stack[code_at(w, COST_STACK, i)];
    q.request.one_pool = w->means.pools[code_at(w, COST_POOLS, i)];
    q.layouts = w->means.layouts[code_at(w, COST_LAYOUTS, i)];
    q.owner.basis = w->means.basis[code_at(w, COST_BASIS, i)];
    return q;
}

static csim_status answer_at(const work *w, size_t i, csim_token_cost *out, int *depth, csim_error *err) {
    const cost_job *job = w->job;
    const csim_model_entry *model = w->means.model[code_at(w, COST_MODEL, i)];
    const csim_hardware_entry *hardware = w->means.hardware[code_at(w, COST_HARDWARE, i)];
    const csim_drafting kind = w->means.drafting[code_at(w, COST_DRAFTING, i)];
    const double draft = value_at(&job->number[COST_DRAFT], i, 0.0);
    csim_cost_question q = question_at(w, i);
    if (value_at(&job->number[COST_DRAFT_BEST], i, 0.0) > 0.0) return csim_draft_best(model, hardware, &q, kind, depth, out, err);
    *depth = draft > 0.0 && draft <= CSIM_DRAFT_MOST ? (int)draft : 0;
    q.request.verified = 1.0 + draft;
    q.request.accepted = value_at(&job->number[COST_ACCEPTED], i, *depth ? csim_draft_accepted(kind, *depth) : 1.0);
    return csim_token_cost_of(model, hardware, &q, out, err);
}

/* Names in the order of keep, then of flags; the last is the place of a name, −1 for none. */
const char *const cost_result_names[COST_RESULTS] = {
    "usd_per_mtok_in", "usd_per_mtok_cached", "usd_per_mtok_out", "usd_per_mtok_blend", "usd_per_request", "band_log_sd", "band_low", "band_high", "tok_per_s_user", "ttft_s",
    "output_tok_per_s", "input_tok_per_s", "joule_per_output_token", "joule_per_input_token", "usd_per_hour", "batch", "group", "tensor_parallel", "prefill_group",
    "prefill_tensor_parallel", "prefill_per_decode", "decode_factor", "step_s", "output_s", "input_s", "draft", "weights_at_8_bits", "meets_tpot", "meets_ttft", "fits", "binding"};
enum { FLAGS = 26, FITS = 29, BINDING = 30 };

static void keep(const cost_job *job, size_t i, const csim_token_cost *c, int depth) {
    const csim_serving *s = &c->serving;
    const moe_explanation *x = &s->kernel;
    const double all[COST_RESULTS] = {
        c->usd_per_mtok_in, c->usd_per_mtok_cached, c->usd_per_mtok_out, c->usd_per_mtok_blend, c->usd_per_request, c->band_log_sd, c->band_low, c->band_high, c->tok_per_s_user,
        s->ttft_s, c->output_tok_per_s, c->input_tok_per_s, c->joule_per_output_token, c->joule_per_input_token, c->usd_per_hour, x->batch, x->layout.group, x->layout.tensor,
        x->layout.prefill_group, x->layout.prefill_tensor, s->prefill_per_decode, c->decode_factor, x->step_s, x->output_s, x->input_s, depth, s->weights_at_8_bits, x->meets_tpot,
        s->meets_ttft, 1.0, x->binding};
    for (int k = 0; k < COST_RESULTS; k++) job->result[k][i] = all[k];
}

static void keep_nothing(const cost_job *job, size_t i, int fits) {
    for (int k = 0; k < COST_RESULTS; k++) job->result[k][i] = k < FLAGS ? (double)NAN : 0.0;
    job->result[FITS][i] = fits;
    job->result[BINDING][i] = -1.0;
}

/* What is no fault of the question: the model does not fit, the catalogue has no such price of the hour, the numbers together have no finite cost. */
static int is_without_answer(csim_status status, const csim_error *err) { return status == CSIM_INCONSISTENT || (status == CSIM_OUT_OF_RANGE && !err->field[0]); }

static int is_unpriced(csim_status status, const csim_token_cost *cost) { return status == CSIM_INCONSISTENT && cost->serving.kernel.fits; }

static csim_status do_one(const work *w, size_t i, csim_error *err) {
    csim_token_cost cost;
    int depth;
    cost.serving.kernel.fits = 0; /* no more: all of it would be a tenth of the time of a spread layout */
    const csim_status status = answer_at(w, i, &cost, &depth, err);
    if (!status || (!w->job->strict && is_unpriced(status, &cost))) keep(w->job, i, &cost, depth);
    else if (!w->job->strict && is_without_answer(status, err)) keep_nothing(w->job, i, cost.serving.kernel.fits);
    else return status;
    return CSIM_OK;
}

/* ---- threads ---- */

static void fail(work *w, size_t i, csim_error *err) {
    if (w->job->size > 1 && !err->hint[0]) csim_error_hint(err, "element %zu", i);
    pthread_mutex_lock(&w->lock);
    if (i < w->failed_at) {
        w->failed_at = i;
        w->err = *err;
    }
    pthread_mutex_unlock(&w->lock);
    atomic_store(&w->next, w->job->size); /* chunks before this one are taken already, and are finished */
}

static void *do_chunks(void *argument) {
    work *w = argument;
    const size_t size = w->job->size;
    for (size_t first; (first = atomic_fetch_add(&w->next, CHUNK)) < size;)
        for (size_t i = first; i < size && i < first + CHUNK; i++) {
            csim_error err;
            if (atomic_load(w->cancel)) return NULL;
            if (!do_one(w, i, &err)) continue;
            fail(w, i, &err);
            return NULL;
        }
    return NULL;
}

static int threads_wanted(const cost_job *job) {
    const long processors = job->threads ? job->threads : sysconf(_SC_NPROCESSORS_ONLN), chunks = (long)((job->size + CHUNK - 1) / CHUNK);
    const long wanted = processors < chunks ? processors : chunks;
    return (int)(wanted < 1 ? 1 : wanted > THREADS_MOST ? THREADS_MOST : wanted);
}

/* This thread works too; should the system give no more threads, fewer do it. */
static void do_all(work *w) {
    pthread_t thread[THREADS_MOST];
    int started = 0;
    const int wanted = threads_wanted(w->job);
    while (started < wanted - 1 && !pthread_create(&thread[started], NULL, do_chunks, w)) started++;
    do_chunks(w);
    while (started > 0) pthread_join(thread[--started], NULL);
}

csim_status cost_job_run(void *self, const atomic_int *cancel, csim_error *err) {
    const cost_job *job = self;
    work w = {.job = job, .cancel = cancel, .failed_at = job->size};
    csim_status status = csim_catalogue_load(job->folder, &w.catalogue, err);
    if (!status) status = find_words(&w, err);
    if (!status && pthread_mutex_init(&w.lock, NULL)) status = csim_error_set(err, CSIM_NO_MEMORY, "no memory for a lock");
    else if (!status) {
        do_all(&w);
        pthread_mutex_destroy(&w.lock);
        if (w.failed_at < job->size) {
            *err = w.err;
            status = w.err.code;
        } else if (atomic_load(cancel)) status = csim_error_set(err, CSIM_INTERRUPTED, "interrupted");
    }
    forget_words(&w.means);
    csim_catalogue_free(w.catalogue);
    return status;
}
