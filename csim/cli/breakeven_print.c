/* Prints; computes nothing but bills at round volumes. */
#include "csim/cli/breakeven_print.h"

#include <math.h>

#include "csim/report/tidy.h"

static const double volumes[] = {1e8, 1e9, 1e10, 1e11, 1e12};
enum { VOLUMES = sizeof volumes / sizeof volumes[0] };

static const char *plural(double n) { return n == 1.0 ? "" : "s"; }

/* ---- for a person ---- */

static void put_replica(FILE *out, const csim_breakeven_answer *a, const csim_replica *r) {
    const moe_layout *x = &r->cost.serving.kernel.layout;
    if (a->asked->hardware->machine.weights_on_chip) fprintf(out, "%.0f chips in %.0f stages, prompts between", r->decode, r->decode / x->tensor);
    else if (r->prompts > 0.0) fprintf(out, "%.0f that decode%s%.0f for prompts", r->decode, r->decode == 1.0 ? " and " : " together and ", r->prompts);
    else if (r->decode > 1.0) fprintf(out, "%.0f together (tensor parallel %.4g), prompts between", r->decode, x->tensor);
    else fprintf(out, "1 alone, prompts between");
}

static void put_smallest(FILE *out, const csim_breakeven_answer *a) {
    const csim_host_or_buy *m = &a->mixture;
    const csim_replica *small = &m->fleet.replica[m->fleet.smallest];
    const csim_token_cost *c = &small->cost;
    fprintf(out, "  smallest fleet     %.0f accelerator%s: ", m->least.accelerators, plural(m->least.accelerators));
    if (m->fleet.replicas_min > 1.0) fprintf(out, "%.0f replicas of ", m->fleet.replicas_min);
    put_replica(out, a, small);
    fprintf(out, "\n  it costs           $%.0f a month: accelerators $%.0f at $%.2f an hour (%s), staff $%.0f\n", m->least.total_usd, m->least.accelerators_usd, m->usd_per_hour,
            isnan(a->asked->cost.owner.rent_usd_per_hour) ? csim_basis_name(a->asked->cost.owner.basis) : "stated", m->least.staff_usd);
    fprintf(out, "  and carries        %.3g tokens a month at %.0f %% load (peak %.3g times the mean); %.1f tok/s a user, first token %.2f s\n", m->least.most_tok_per_month,
            100.0 * m->fleet.load, a->question->fleet.peak_to_mean, c->tok_per_s_user, c->serving.ttft_s);
}

static void put_prices(FILE *out, const csim_breakeven_answer *a) {
    const csim_host_or_buy *m = &a->mixture;
    const csim_host_question *q = a->question;
    const double own = m->marginal_usd_per_mtok - m->cached_usd_per_mtok;
    fprintf(out, "  another token      $%.4g a million (80 %%: %.4g to %.4g) in a large fleet, in replicas of ", m->marginal_usd_per_mtok,
            m->cached_usd_per_mtok + own * m->band_low, m->cached_usd_per_mtok + own * m->band_high);
    put_replica(out, a, &m->fleet.replica[m->fleet.cheapest]);
    fprintf(out, "\n  the API            $%.4g a million of the same mix: input $%.4g, output $%.4g, cached input ", m->api_usd_per_mtok, q->api_usd_per_mtok_in, q->api_usd_per_mtok_out);
    if (isnan(q->api_usd_per_mtok_cached)) fprintf(out, "at the price of input (none stated)\n");
    else fprintf(out, "$%.4g\n", q->api_usd_per_mtok_cached);
}

static void put_volumes(FILE *out, const csim_host_or_buy *m) {
    fprintf(out, "\n  tokens a month  accelerators      $ a month    $/M hosted  (80 %%)              $/M API  cheaper\n");
    for (int i = 0; i < VOLUMES; i++) {
        const csim_host_bill bill = csim_host_bill_of(m, volumes[i], 1.0);
        char band[48];
        snprintf(band, sizeof band, "(%.4g to %.4g)", csim_host_bill_of(m, volumes[i], m->band_low).usd_per_mtok, csim_host_bill_of(m, volumes[i], m->band_high).usd_per_mtok);
        fprintf(out, "  %14.0e  %12.0f  %13.0f  %12.4g  %-18s  %8.4g  %s\n", volumes[i], bill.accelerators, bill.total_usd, bill.usd_per_mtok, band, m->api_usd_per_mtok,
                bill.usd_per_mtok <= m->api_usd_per_mtok ? "hosting" : "the API");
    }
}

static void put_volume(FILE *out, double tok_per_month) {
    if (isinf(tok_per_month)) fprintf(out, "never");
    else fprintf(out, "%.3g", tok_per_month);
}

static void put_reason(FILE *out, const csim_host_or_buy *m) {
    const csim_host_break *even = &m->even;
    if (even->state == CSIM_HOST_NEVER)
        fprintf(out, "never: another million tokens costs $%.4g to host in the largest fleet, the API takes $%.4g", m->marginal_usd_per_mtok, m->api_usd_per_mtok);
    else if (even->state == CSIM_HOST_FAR)
        fprintf(out, "never below %.0e tokens a month: what is saved on a token hardly pays for staff", CSIM_HOST_FAR_TOK_PER_MONTH);
    else if (even->state == CSIM_HOST_AT_ONCE)
        fprintf(out, "%.3g tokens a month, at once: the smallest fleet pays when %.0f %% full", even->tok_per_month, 100.0 * even->tok_per_month / m->least.most_tok_per_month);
    else
        fprintf(out, "%.3g tokens a month, with %.0f accelerators", even->tok_per_month, csim_host_bill_of(m, even->tok_per_month, 1.0).accelerators);
}

static void put_break(FILE *out, const csim_host_or_buy *m) {
    fprintf(out, "  break-even         ");
    put_reason(out, m);
    fprintf(out, " (80 %%: ");
    put_volume(out, m->even_low.tok_per_month);
    fprintf(out, " to ");
    put_volume(out, m->even_high.tok_per_month);
    fprintf(out, ")\n");
    if (m->even.for_good_tok_per_month > m->even.tok_per_month && !isinf(m->even.for_good_tok_per_month))
        fprintf(out, "  for good           from %.3g on; before, a replica just begun may make hosting dearer again\n", m->even.for_good_tok_per_month);
}

static void put_worth(FILE *out, double ratio, const char *of) {
    if (isinf(ratio)) fprintf(out, "only the mixture has a break-even\n");
    else if (isnan(ratio)) fprintf(out, "neither has a break-even\n");
    else fprintf(out, "%.3g times %s\n", ratio, of);
}

static void put_twin(FILE *out, const csim_breakeven_answer *a) {
    fprintf(out, "\n  The dense twin, in which every expert works for every token:\n");
    if (a->refused) {
        fprintf(out, "  cannot be served: %s\n", a->refused);
        return;
    }
    const csim_sparsity_worth worth = csim_sparsity_worth_of(&a->mixture, &a->twin);
    fprintf(out, "  another token      $%.4g a million in a large fleet: %.3g times the mixture's\n", a->twin.marginal_usd_per_mtok, worth.usd_per_mtok);
    fprintf(out, "  accelerators       %.0f in the smallest fleet: %.3g times; for 1e12 tokens a month %.3g times\n", a->twin.fleet.accelerators_min, worth.smallest_accelerators,
            worth.accelerators);
    put_break(out, &a->twin);
    fprintf(out, "  break-even moves   ");
    put_worth(out, worth.break_even, "the mixture's volume");
}

void csim_breakeven_print_table(FILE *out, const csim_breakeven_answer *a) {
    const moe_request *r = &a->asked->cost.request;
    fprintf(out, "%s on %s or from an API, %.0f tokens in (%.0f %% cached), %.0f out\n\n", a->asked->model->title, a->asked->hardware->title, r->input_tokens, 100.0 * r->hit_share,
            r->output_tokens);
    put_smallest(out, a);
    put_prices(out, a);
    put_volumes(out, &a->mixture);
    fprintf(out, "\n");
    put_break(out, &a->mixture);
    if (a->has_twin) put_twin(out, a);
}

/* ---- for a program ---- */

typedef struct fact { const char *name; double value; } fact;

/* What is no number is null: no limit, no break-even. */
static void put_facts(FILE *out, const fact *facts, size_t n) {
    for (size_t i = 0; i < n; i++) {
        fprintf(out, "%s\"%s\": ", i ? ", " : "", facts[i].name);
        if (isfinite(facts[i].value)) fprintf(out, "%.17g", facts[i].value);
        else fprintf(out, "null");
    }
}
#define PUT_FACTS(out, facts) put_facts(out, facts, sizeof(facts) / sizeof(facts)[0])

static void put_replica_json(FILE *out, const char *name, const csim_replica *r) {
    const moe_explanation *x = &r->cost.serving.kernel;
    const fact facts[] = {{"decode_accelerators", r->decode}, {"tensor_parallel", x->layout.tensor}, {"prompts_accelerators", r->prompts}, {"draft", r->depth},
                          {"decode_tok_per_month", r->decode_tok_per_month}, {"prompts_tok_per_month", r->prompts_tok_per_month}, {"output_s", x->output_s}, {"input_s", x->input_s},
                          {"tok_per_s_user", r->cost.tok_per_s_user}, {"ttft_s", r->cost.serving.ttft_s}};
    fprintf(out, ",\n \"%s\": {", name);
    PUT_FACTS(out, facts);
    fprintf(out, "}");
}

static void put_bill_json(FILE *out, const csim_host_or_buy *m, double volume) {
    const csim_host_bill bill = csim_host_bill_of(m, volume, 1.0);
    const double low = csim_host_bill_of(m, volume, m->band_low).usd_per_mtok, high = csim_host_bill_of(m, volume, m->band_high).usd_per_mtok;
    const fact facts[] = {{"tok_per_month", volume}, {"accelerators", bill.accelerators}, {"most_tok_per_month", bill.most_tok_per_month},
                          {"accelerators_usd", bill.accelerators_usd}, {"staff_usd", bill.staff_usd}, {"cached_usd", bill.cached_usd}, {"total_usd", bill.total_usd},
                          {"usd_per_mtok", bill.usd_per_mtok}, {"usd_per_mtok_low", low}, {"usd_per_mtok_high", high}, {"api_usd", 1e-6 * volume * m->api_usd_per_mtok}};
    fprintf(out, "{");
    PUT_FACTS(out, facts);
    fprintf(out, "}");
}

static void put_break_json(FILE *out, const csim_host_or_buy *m) {
    const fact facts[] = {{"tok_per_month", m->even.tok_per_month}, {"tok_per_month_low", m->even_low.tok_per_month}, {"tok_per_month_high", m->even_high.tok_per_month},
                          {"for_good_tok_per_month", m->even.for_good_tok_per_month}};
    fprintf(out, ",\n \"break_even\": {\"state\": \"%s\", ", csim_host_state_name(m->even.state));
    PUT_FACTS(out, facts);
    fprintf(out, ", \"bill\": ");
    if (isinf(m->even.tok_per_month)) fprintf(out, "null");
    else put_bill_json(out, m, m->even.tok_per_month);
    fprintf(out, "}");
}

static void put_answer_json(FILE *out, const csim_host_or_buy *m) {
    const fact facts[] = {{"usd_per_hour", m->usd_per_hour}, {"load", m->fleet.load}, {"smallest_accelerators", m->fleet.accelerators_min}, {"api_usd_per_mtok", m->api_usd_per_mtok},
                          {"cached_usd_per_mtok", m->cached_usd_per_mtok}, {"marginal_usd_per_mtok", m->marginal_usd_per_mtok}, {"band_low", m->band_low}, {"band_high", m->band_high}};
    PUT_FACTS(out, facts);
    put_replica_json(out, "smallest_replica", &m->fleet.replica[m->fleet.smallest]);
    put_replica_json(out, "cheapest_replica", &m->fleet.replica[m->fleet.cheapest]);
    fprintf(out, ",\n \"least\": ");
    put_bill_json(out, m, 0.0);
    fprintf(out, ",\n \"volumes\": [");
    for (int i = 0; i < VOLUMES; i++) {
        if (i) fprintf(out, ",\n  ");
        put_bill_json(out, m, volumes[i]);
    }
    fprintf(out, "]");
    put_break_json(out, m);
}

static void put_twin_json(FILE *out, const csim_breakeven_answer *a) {
    if (a->refused) {
        fprintf(out, ",\n \"dense_twin\": null, \"dense_twin_refused\": ");
        csim_tidy_json_text(out, a->refused);
        return;
    }
    const csim_sparsity_worth worth = csim_sparsity_worth_of(&a->mixture, &a->twin);
    const fact facts[] = {{"usd_per_mtok", worth.usd_per_mtok}, {"smallest_accelerators", worth.smallest_accelerators}, {"accelerators", worth.accelerators},
                          {"break_even", worth.break_even}};
    fprintf(out, ",\n \"dense_twin\": {");
    put_answer_json(out, &a->twin);
    fprintf(out, "},\n \"sparsity_worth\": {");
    PUT_FACTS(out, facts);
    fprintf(out, "}");
}

void csim_breakeven_print_json(FILE *out, const csim_breakeven_answer *a) {
    const moe_request *r = &a->asked->cost.request;
    const csim_host_question *q = a->question;
    const fact facts[] = {{"input_tokens", r->input_tokens}, {"output_tokens", r->output_tokens}, {"hit_share", r->hit_share}, {"peak_to_mean", q->fleet.peak_to_mean},
                          {"replicas_min", q->fleet.replicas_min}, {"staff_usd_per_month", q->staff_usd_per_month}, {"staff_growth", q->staff_growth},
                          {"api_usd_per_mtok_in", q->api_usd_per_mtok_in}, {"api_usd_per_mtok_cached", q->api_usd_per_mtok_cached}, {"api_usd_per_mtok_out", q->api_usd_per_mtok_out}};
    fprintf(out, "{\"model\": \"%s\", \"hardware\": \"%s\", \"basis\": \"%s\",\n ", a->asked->model_id, a->asked->hardware_id,
            isnan(a->asked->cost.owner.rent_usd_per_hour) ? csim_basis_name(a->asked->cost.owner.basis) : "stated");
    PUT_FACTS(out, facts);
    fprintf(out, ",\n ");
    put_answer_json(out, &a->mixture);
    if (a->has_twin) put_twin_json(out, a);
    fprintf(out, "}\n");
}
