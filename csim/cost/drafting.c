/* Acceptance of drafts and the best depth. */
#include "csim/cost/drafting.h"

#include <math.h>
#include <string.h>

static const struct { const char *name; double first, next; } kinds[CSIM_DRAFTINGS] = {{"benchmark", 0.98, 0.55}, {"general", 0.85, 0.47}, {"agentic", 0.45, 0.40}};

double csim_draft_accepted(csim_drafting kind, int depth) {
    const double accepted = 1.0 + kinds[kind].first * (1.0 - pow(kinds[kind].next, depth)) / (1.0 - kinds[kind].next);
    return fmin(accepted, depth + 1.0);
}

const char *csim_drafting_name(csim_drafting kind) { return (unsigned)kind < CSIM_DRAFTINGS ? kinds[kind].name : "unknown"; }

csim_status csim_drafting_find(const char *name, csim_drafting *out, csim_error *err) {
    for (int i = 0; i < CSIM_DRAFTINGS; i++)
        if (!strcmp(name, kinds[i].name)) {
            *out = (csim_drafting)i;
            return CSIM_OK;
        }
    return csim_error_set_at(err, CSIM_OUT_OF_RANGE, NULL, 0, 0, "drafting", "must be benchmark, general or agentic, got '%s'", name);
}

/* A request's dollars. Where an hour has no price its joules, which are in the same proportion but for what keeping cached input costs at any depth. */
static double dearness(const csim_token_cost *c, const moe_request *r) {
    return isnan(c->usd_per_hour) ? r->output_tokens * c->joule_per_output_token + r->input_tokens * (1.0 - r->hit_share) * c->joule_per_input_token : c->usd_per_request;
}

/* First token in time, then speed, then the cheaper request, or the faster where neither keeps the speed. */
static int is_better(const csim_token_cost *a, const csim_token_cost *b, const moe_request *r) {
    const int time_a = a->serving.meets_ttft, time_b = b->serving.meets_ttft, speed_a = a->serving.kernel.meets_tpot, speed_b = b->serving.kernel.meets_tpot;
    if (time_a != time_b) return time_a > time_b;
    if (speed_a != speed_b) return speed_a > speed_b;
    return speed_a ? dearness(a, r) < dearness(b, r) : a->serving.kernel.tpot_s < b->serving.kernel.tpot_s;
}

csim_status csim_draft_best(const csim_model_entry *model, const csim_hardware_entry *hardware, const csim_cost_question *question, csim_drafting kind, int *depth,
                            csim_token_cost *out, csim_error *err) {
    csim_status status = CSIM_OK;
    for (int k = 0; k <= CSIM_DRAFT_MOST; k++) {
        csim_cost_question q = *question;
        csim_token_cost cost;
        q.request.verified = 1.0 + k;
        q.request.accepted = csim_draft_accepted(kind, k);
        status = csim_token_cost_of(model, hardware, &q, &cost, err);
        if (status && !(status == CSIM_INCONSISTENT && cost.serving.kernel.fits)) return status;
        if (k && !is_better(&cost, out, &q.request)) continue;
        *out = cost;
        *depth = k;
    }
    return status; /* without a price of the hour the same at every depth */
}
