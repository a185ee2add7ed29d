/* Bills and where they meet. */
#include "csim/cost/host_or_buy.h"

#include <math.h>

csim_host_question csim_host_question_standard(void) {
    return (csim_host_question){.fleet = csim_hosting_question_standard(), .api_usd_per_mtok_in = (double)NAN, .api_usd_per_mtok_cached = (double)NAN,
                                .api_usd_per_mtok_out = (double)NAN, .staff_usd_per_month = 250000.0 / 2.0 / 12.0, .staff_growth = 0.5};
}

const char *csim_host_state_name(csim_host_state state) {
    static const char *const names[CSIM_HOST_STATES] = {"never", "far", "at once", "later"};
    return (unsigned)state < CSIM_HOST_STATES ? names[state] : "unknown";
}

/* ---- the question ---- */

static csim_status refuse(const char *field, const char *allowed, double got, csim_error *err) {
    return csim_error_set_at(err, CSIM_OUT_OF_RANGE, NULL, 0, 0, field, "must be %s, got %.10g", allowed, got);
}

/* A comparison with NAN is false, so NAN is refused too, but for a cached price that is not stated. */
static csim_status check(const csim_host_question *q, csim_error *err) {
    const double price[] = {q->api_usd_per_mtok_in, q->api_usd_per_mtok_out, isnan(q->api_usd_per_mtok_cached) ? 0.0 : q->api_usd_per_mtok_cached};
    for (int i = 0; i < 3; i++)
        if (!(price[i] >= 0.0 && price[i] <= 1e6)) return refuse("api_price", "0 to 1e6 $ a million tokens", price[i], err);
    if (!(q->staff_usd_per_month >= 0.0 && q->staff_usd_per_month <= 1e9)) return refuse("staff_usd_per_month", "0 to 1e9", q->staff_usd_per_month, err);
    if (!(q->staff_growth >= 0.0 && q->staff_growth <= 0.9)) return refuse("staff_growth", "0 to 0.9", q->staff_growth, err);
    return CSIM_OK;
}

/* Price of a token of the mix from those of its parts. */
static double blend(const moe_request *r, double uncached, double cached, double out) {
    return (r->input_tokens * ((1.0 - r->hit_share) * uncached + r->hit_share * cached) + r->output_tokens * out) / (r->input_tokens + r->output_tokens);
}

/* ---- the bill ---- */

static double staff_usd(const csim_host_or_buy *a, double accelerators) {
    return a->staff_usd_per_month * pow(fmax(1.0, accelerators / fmax(CSIM_HOST_STAFFED_ALIKE, a->fleet.accelerators_min)), a->staff_growth);
}

csim_host_bill csim_host_bill_of(const csim_host_or_buy *a, double tok_per_month, double slower) {
    csim_host_bill bill = {.tok_per_month = tok_per_month};
    bill.accelerators = csim_hosting_accelerators(&a->fleet, tok_per_month, slower, &bill.most_tok_per_month);
    bill.accelerators_usd = bill.accelerators * a->usd_per_hour * CSIM_HOURS_A_MONTH;
    bill.staff_usd = staff_usd(a, bill.accelerators);
    bill.cached_usd = 1e-6 * a->cached_usd_per_mtok * tok_per_month;
    bill.total_usd = bill.accelerators_usd + bill.staff_usd + bill.cached_usd;
    bill.usd_per_mtok = tok_per_month > 0.0 ? 1e6 * bill.total_usd / tok_per_month : (double)INFINITY;
    return bill;
}

/* ---- where the bills meet ---- */

/* Part of a fleet's bill that volume alone does not change. */
static double fixed_usd(const csim_host_bill *bill) { return bill->accelerators_usd + bill->staff_usd; }

/* What a token brings in that need not be bought, over what it costs beside accelerators and staff. */
static double saved_usd_per_tok(const csim_host_or_buy *a) { return 1e-6 * (a->api_usd_per_mtok - a->cached_usd_per_mtok); }

static double marginal_usd_per_mtok(const csim_host_or_buy *a, double slower) {
    return a->cached_usd_per_mtok + 1e6 * a->usd_per_hour * CSIM_HOURS_A_MONTH * a->fleet.accelerators_per_tok_month * slower;
}

/* Volume at which a smooth fleet of the cheapest replicas with `more` accelerators beside pays: without any it never costs more than whole replicas do, with one
 * replica's never less. Its bill over the volume falls, so bisection finds the only place; INFINITY beyond what is called far. */
static double smooth_break(const csim_host_or_buy *a, double slower, double more) {
    double low = 1.0, high = CSIM_HOST_FAR_TOK_PER_MONTH;
    for (int i = 0; i < 200 && high > low * (1.0 + 1e-14); i++) {
        const double middle = i ? sqrt(low * high) : high, n = a->fleet.accelerators_per_tok_month * slower * middle + more;
        const int pays = n * a->usd_per_hour * CSIM_HOURS_A_MONTH + staff_usd(a, n) <= saved_usd_per_tok(a) * middle;
        if (!i && !pays) return (double)INFINITY;
        if (pays) high = middle;
        else low = middle;
    }
    return low;
}

/* From here on a fleet that begins one replica too many still pays. */
static double surely_pays(const csim_host_or_buy *a, double slower) {
    const csim_replica *cheap = &a->fleet.replica[a->fleet.cheapest];
    const double wide = fmax(cheap->decode_tok_per_month, cheap->prompts > 0.0 ? cheap->prompts_tok_per_month : 0.0) * a->fleet.replicas_min / slower;
    return fmax(smooth_break(a, slower, cheap->decode + cheap->prompts), wide);
}

/* Walks up the bill's steps. On a step the fleet stays, hosting's bill grows with cached prompts alone, and so the bills meet at fixed / saved if anywhere. */
static csim_host_break find_break(const csim_host_or_buy *a, double slower) {
    csim_host_break out = {.state = CSIM_HOST_NEVER, .tok_per_month = (double)INFINITY, .for_good_tok_per_month = (double)INFINITY};
    const double saved = saved_usd_per_tok(a);
    if (a->api_usd_per_mtok <= marginal_usd_per_mtok(a, slower) * (1.0 + CSIM_HOST_SAME)) return out;
    const double start = fmax(fixed_usd(&a->least) / saved, smooth_break(a, slower, 0.0)), end = surely_pays(a, slower);
    double last = (double)INFINITY;
    for (double volume = start; volume <= fmin(fmax(start, end), CSIM_HOST_FAR_TOK_PER_MONTH);) {
        const csim_host_bill step = csim_host_bill_of(a, volume, slower);
        const double meet = fixed_usd(&step) / saved;
        if (isinf(out.tok_per_month) && meet <= step.most_tok_per_month) {
            out.tok_per_month = last = meet;
            out.state = step.accelerators > a->fleet.accelerators_min ? CSIM_HOST_LATER : CSIM_HOST_AT_ONCE;
        } else if (meet > volume) {
            last = meet; /* dearer where the step begins; past its end the next step says more */
        }
        volume = step.most_tok_per_month * (1.0 + 1e-11);
    }
    if (isinf(out.tok_per_month)) out.state = CSIM_HOST_FAR;
    else out.for_good_tok_per_month = isinf(end) ? (double)INFINITY : last;
    return out;
}

/* ---- the answer ---- */

csim_status csim_host_or_buy_find(const csim_model_entry *model, const csim_hardware_entry *hardware, const csim_host_question *q, csim_host_or_buy *out, csim_error *err) {
    const moe_request *r = &q->fleet.cost.request;
    csim_status status = check(q, err);
    if (!status) status = csim_hosting_find(model, hardware, &q->fleet, &out->fleet, err);
    if (status) return status;
    const csim_token_cost *cheap = &out->fleet.replica[out->fleet.cheapest].cost;
    out->usd_per_hour = cheap->usd_per_hour;
    out->band_low = cheap->band_low;
    out->band_high = cheap->band_high;
    out->staff_usd_per_month = q->staff_usd_per_month;
    out->staff_growth = q->staff_growth;
    out->api_usd_per_mtok = blend(r, q->api_usd_per_mtok_in, isnan(q->api_usd_per_mtok_cached) ? q->api_usd_per_mtok_in : q->api_usd_per_mtok_cached, q->api_usd_per_mtok_out);
    if (!(out->api_usd_per_mtok > 0.0)) return refuse("api_price", "above 0 for the request's mix", out->api_usd_per_mtok, err);
    out->cached_usd_per_mtok = blend(r, 0.0, cheap->usd_per_mtok_cached, 0.0);
    out->marginal_usd_per_mtok = marginal_usd_per_mtok(out, 1.0);
    out->least = csim_host_bill_of(out, 0.0, 1.0);
    out->even = find_break(out, 1.0);
    out->even_low = find_break(out, out->band_low);
    out->even_high = find_break(out, out->band_high);
    return CSIM_OK;
}

csim_sparsity_worth csim_sparsity_worth_of(const csim_host_or_buy *mixture, const csim_host_or_buy *twin) {
    const double volume = 1e12;
    return (csim_sparsity_worth){.usd_per_mtok = twin->marginal_usd_per_mtok / mixture->marginal_usd_per_mtok,
                                 .smallest_accelerators = twin->fleet.accelerators_min / mixture->fleet.accelerators_min,
                                 .accelerators = csim_hosting_accelerators(&twin->fleet, volume, 1.0, NULL) / csim_hosting_accelerators(&mixture->fleet, volume, 1.0, NULL),
                                 .break_even = twin->even.tok_per_month / mixture->even.tok_per_month};
}
