/* Whole replicas. The search over layouts (serving.c) is asked again and again for groups smaller than the one it last chose, so that what it finds runs from
 * the cheapest replica down to the smallest. */
#include "csim/cost/hosting.h"

#include <math.h>

/* On-chip machines have groups of thousands: the next smaller one is a sixteenth smaller, the step of their own search. */
static const double NEXT_SMALLER = 15.0 / 16.0;

csim_hosting_question csim_hosting_question_standard(void) {
    return (csim_hosting_question){.cost = csim_cost_question_standard(), .drafting = CSIM_DRAFTING_GENERAL, .peak_to_mean = 2.0, .replicas_min = 1.0};
}

static csim_status refuse(const char *field, const char *allowed, double got, csim_error *err) {
    return csim_error_set_at(err, CSIM_OUT_OF_RANGE, NULL, 0, 0, field, "must be %s, got %.10g", allowed, got);
}

/* A comparison with NAN is false, so NAN is refused too. */
static csim_status check(const csim_hosting_question *q, csim_error *err) {
    if (!(q->peak_to_mean >= 1.0 && q->peak_to_mean <= 1000.0)) return refuse("peak_to_mean", "1 to 1000", q->peak_to_mean, err);
    if (!(q->replicas_min >= 1.0 && q->replicas_min <= 1000.0 && q->replicas_min == floor(q->replicas_min)))
        return refuse("replicas_min", "a whole number from 1 to 1000", q->replicas_min, err);
    if (q->cost.layouts != CSIM_LAYOUTS_SEARCHED)
        return csim_error_set_at(err, CSIM_OUT_OF_RANGE, NULL, 0, 0, "layouts", "must be searched: who hosts pays for whole accelerators, a market's average fleet has none");
    return CSIM_OK;
}

static csim_status ask(const csim_model_entry *model, const csim_hardware_entry *hardware, const csim_hosting_question *q, int one_pool, double group_max, csim_replica *out,
                       csim_error *err) {
    csim_hardware_entry capped = *hardware;
    csim_cost_question cost = q->cost;
    capped.machine.group_max = group_max;
    cost.request.one_pool = one_pool;
    out->depth = (int)(cost.request.verified - 1.0);
    return q->best_draft ? csim_draft_best(model, &capped, &cost, q->drafting, &out->depth, &out->cost, err) : csim_token_cost_of(model, &capped, &cost, &out->cost, err);
}

static int serves(const csim_replica *r) { return r->cost.serving.kernel.meets_tpot && r->cost.serving.meets_ttft; }

/* Tokens a month that accelerators carry which spend `s_per_request` of their time on each request. */
static double carried(const csim_hosting *f, const moe_request *r, double accelerators, double s_per_request) {
    return accelerators * f->load * 3600.0 * CSIM_HOURS_A_MONTH / s_per_request * (r->input_tokens + r->output_tokens);
}

static void add(csim_hosting *f, const csim_hosting_question *q, const csim_replica *found) {
    const moe_request *r = &q->cost.request;
    const moe_explanation *x = &found->cost.serving.kernel;
    const double decode_s = r->output_tokens * x->output_s, prompts_s = (1.0 - r->hit_share) * r->input_tokens * x->input_s;
    const int apart = found->cost.serving.prefill_per_decode > 0.0;
    csim_replica *to = &f->replica[f->count++];
    *to = *found;
    to->decode = x->layout.group;
    to->prompts = apart ? x->layout.prefill_group : 0.0;
    to->decode_tok_per_month = carried(f, r, to->decode, apart ? decode_s : decode_s + prompts_s);
    to->prompts_tok_per_month = apart ? carried(f, r, to->prompts, prompts_s) : (double)INFINITY;
}

/* From the largest group down, until the user's speed or the model's memory is lost; *first is the answer without a cap. */
static csim_status add_chain(csim_hosting *f, const csim_model_entry *model, const csim_hardware_entry *hardware, const csim_hosting_question *q, int one_pool,
                             csim_replica *first, csim_error *err) {
    csim_replica found;
    double cap = hardware->machine.group_max;
    csim_status status = ask(model, hardware, q, one_pool, cap, first, err);
    for (found = *first; !status && serves(&found) && f->count < CSIM_REPLICAS_MOST; status = ask(model, hardware, q, one_pool, cap, &found, err)) {
        add(f, q, &found);
        const csim_replica *last = &f->replica[f->count - 1];
        cap = floor(NEXT_SMALLER * fmax(last->decode, last->prompts));
        if (cap < 1.0) return CSIM_OK;
    }
    return status == CSIM_INCONSISTENT && f->count ? CSIM_OK : status; /* a smaller group no longer holds the model */
}

static csim_status refuse_speed(const csim_model_entry *model, const csim_hardware_entry *hardware, const csim_hosting_question *q, const csim_replica *best, csim_error *err) {
    const csim_token_cost *c = &best->cost;
    if (!c->serving.kernel.meets_tpot)
        return csim_error_set_at(err, CSIM_INCONSISTENT, NULL, 0, 0, "tok_per_s_user", "no layout of %s on %s gives a user %.4g tokens a second; the fastest gives %.4g",
                                 model->title, hardware->title, 1.0 / q->cost.request.tpot_s, c->tok_per_s_user);
    return csim_error_set_at(err, CSIM_INCONSISTENT, NULL, 0, 0, "ttft_s", "no layout of %s on %s gives the first token within %.4g s; the one that is best without this limit takes about %.3g s",
                             model->title, hardware->title, q->cost.ttft_s, c->serving.ttft_s);
}

static double size(const csim_replica *r) { return r->decode + r->prompts; }
static double accelerators_a_token(const csim_replica *r) { return r->decode / r->decode_tok_per_month + r->prompts / r->prompts_tok_per_month; }

static void choose(csim_hosting *f) {
    for (int i = 1; i < f->count; i++) {
        const csim_replica *r = &f->replica[i], *small = &f->replica[f->smallest], *cheap = &f->replica[f->cheapest];
        const double fewer = size(r) - size(small), less = accelerators_a_token(r) - accelerators_a_token(cheap);
        if (fewer < 0.0 || (fewer == 0.0 && accelerators_a_token(r) < accelerators_a_token(small))) f->smallest = i;
        if (less < 0.0 || (less == 0.0 && size(r) < size(cheap))) f->cheapest = i;
    }
    f->accelerators_min = f->replicas_min * size(&f->replica[f->smallest]);
    f->accelerators_per_tok_month = accelerators_a_token(&f->replica[f->cheapest]);
}

csim_status csim_hosting_find(const csim_model_entry *model, const csim_hardware_entry *hardware, const csim_hosting_question *q, csim_hosting *out, csim_error *err) {
    const int apart = !q->cost.request.one_pool && !hardware->machine.weights_on_chip;
    csim_replica asked = {.depth = 0}, one = {.depth = 0};
    csim_status status = check(q, err);
    if (status) return status;
    *out = (csim_hosting){.load = fmin(q->cost.owner.utilisation, 1.0 / q->peak_to_mean), .replicas_min = q->replicas_min};
    status = add_chain(out, model, hardware, q, q->cost.request.one_pool, &asked, err);
    /* Pools of their own double the smallest fleet, so one pool is looked at too. */
    if (!status && apart) status = add_chain(out, model, hardware, q, 1, &one, err);
    if (status) return status;
    if (!out->count) return refuse_speed(model, hardware, q, &asked, err);
    choose(out);
    return CSIM_OK;
}

static double replicas(const csim_hosting *f, double load, double each) { return fmax(f->replicas_min, ceil(load / each * (1.0 - CSIM_HOSTING_ROUNDING))); }

double csim_hosting_accelerators(const csim_hosting *f, double tok_per_month, double slower, double *most_tok_per_month) {
    double fewest = (double)INFINITY, most = 0.0;
    for (int i = 0; i < f->count; i++) {
        const csim_replica *r = &f->replica[i];
        const double load = tok_per_month * slower, decode = replicas(f, load, r->decode_tok_per_month);
        const double prompts = r->prompts > 0.0 ? replicas(f, load, r->prompts_tok_per_month) : 0.0;
        const double n = decode * r->decode + prompts * r->prompts;
        const double carries = fmin(decode * r->decode_tok_per_month, r->prompts > 0.0 ? prompts * r->prompts_tok_per_month : (double)INFINITY) / slower;
        if (n > fewest || (n == fewest && carries <= most)) continue;
        fewest = n;
        most = carries;
    }
    if (most_tok_per_month) *most_tok_per_month = most;
    return fewest;
}
