/* Which question, and what the engine says. */
#include "csim/report/shipped_cost.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* An example that readers know, where the catalogue has it: the largest open model with a price of its own, on a machine that can be owned, leased and rented. */
static const char *const FIRST_MODEL = "deepseek-v4-pro", *const FIRST_MACHINE = "b300";
/* Asked of an API where the catalogue has no price of the model: dollars a million tokens in and out. */
static const double ASSUMED_IN = 1.0, ASSUMED_OUT = 3.0;
/* Tokens a month that a bill is shown for: the least, the most; and so far fleets are looked at for the replicas they are made of. */
static const double LEAST_VOLUME = 1e8, MOST_VOLUME = 1e12, FARTHEST_VOLUME = 1e14;
enum { LOOKS = 1200 };

/* The catalogue is the run's when both give the same plan. */
static bool is_of_run(const csim_run_file *run, const csim_scenario *scenario, const csim_catalogue *catalogue) {
    csim_plan *plan = NULL;
    csim_error ignored;
    char hex[65];
    const char *stored = csim_run_file_meta(run, "plan_sha256");
    if (!stored || csim_plan_compile(scenario, catalogue, &plan, &ignored)) return false;
    csim_plan_hash(plan, hex);
    csim_plan_free(plan);
    return !strcmp(hex, stored);
}

/* ---- a token ---- */

/* In the layout found, as a stated one: so the sheet's answer is what `moecast cost` says of that layout. */
static bool answer_token(csim_shipped_cost *s, const csim_model_entry *model, const csim_hardware_entry *machine) {
    csim_token_cost found;
    csim_error ignored;
    if (machine->machine.weights_on_chip || csim_token_cost_of(model, machine, &s->question, &found, &ignored) || found.serving.weights_at_8_bits) return false;
    const moe_explanation *x = &found.serving.kernel;
    s->engine.batch_sequences = round(x->batch * x->layout.group);
    if (csim_token_cost_at(model, machine, &s->question, &x->layout, s->engine.batch_sequences, &s->engine.cost, &ignored)) return false;
    s->engine.usd_out_low = s->engine.cost.usd_per_mtok_out * s->engine.cost.band_low;
    s->engine.usd_out_high = s->engine.cost.usd_per_mtok_out * s->engine.cost.band_high;
    s->model = model;
    s->machine = machine;
    return true;
}

static bool choose(csim_shipped_cost *s) {
    size_t models, machines;
    csim_error ignored;
    const csim_model_entry *model = csim_catalogue_models(s->catalogue, &models), *first_model;
    const csim_hardware_entry *machine = csim_catalogue_hardware(s->catalogue, &machines), *first_machine;
    if (!csim_catalogue_model_find(s->catalogue, FIRST_MODEL, &first_model, &ignored) && !csim_catalogue_hardware_find(s->catalogue, FIRST_MACHINE, &first_machine, &ignored) &&
        answer_token(s, first_model, first_machine))
        return true;
    for (size_t i = 0; i < models; i++)
        for (size_t k = 0; k < machines; k++)
            if (answer_token(s, &model[i], &machine[k])) return true;
    return false;
}

/* ---- a month's bill ---- */

/* The newest price of the model, off peak where there are two: a host's spare hours are off peak too. */
static void find_api(csim_shipped_cost *s) {
    size_t count;
    const csim_price *prices = csim_catalogue_prices(s->catalogue, &count);
    for (size_t i = 0; i < count; i++)
        if (!strcmp(prices[i].model, s->model->id) && strcmp(prices[i].tier, "peak") && (!s->api || prices[i].from_day >= s->api->from_day)) s->api = &prices[i];
    s->host.api_usd_per_mtok_in = s->api ? s->api->input_usd_per_mtok : ASSUMED_IN;
    s->host.api_usd_per_mtok_cached = s->api ? s->api->cached_usd_per_mtok : (double)NAN;
    s->host.api_usd_per_mtok_out = s->api ? s->api->output_usd_per_mtok : ASSUMED_OUT;
    if (isnan(s->host.api_usd_per_mtok_cached)) s->host.api_usd_per_mtok_cached = s->host.api_usd_per_mtok_in;
}

/* Place of the kind of which the smallest fleet for so many tokens consists: the engine's own count of a fleet of that kind alone. */
static int kind_at(const csim_hosting *fleet, double tok_per_month) {
    double fewest = (double)INFINITY;
    int best = 0;
    for (int i = 0; i < fleet->count; i++) {
        const csim_replica *r = &fleet->replica[i];
        const double decode = fmax(fleet->replicas_min, ceil(tok_per_month / r->decode_tok_per_month)), prompts = r->prompts > 0.0 ? fmax(fleet->replicas_min, ceil(tok_per_month / r->prompts_tok_per_month)) : 0.0;
        const double n = decode * r->decode + prompts * r->prompts;
        if (n >= fewest) continue;
        fewest = n;
        best = i;
    }
    return best;
}

static void add_kind(csim_shipped_cost *s, int kind) {
    for (int i = 0; i < s->kinds; i++)
        if (s->kind[i] == kind) return;
    if (s->kinds < CSIM_SHIPPED_KINDS) s->kind[s->kinds++] = kind;
}

/* Kinds of replica do not depend on the hour's price. Those that no fleet is made of are left out: a sheet has a column for each. */
static void list_kinds(csim_shipped_cost *s, const csim_hosting *fleet) {
    add_kind(s, fleet->smallest);
    add_kind(s, fleet->cheapest);
    for (int i = 0; i < LOOKS; i++) add_kind(s, kind_at(fleet, LEAST_VOLUME * pow(FARTHEST_VOLUME / LEAST_VOLUME, i / (double)(LOOKS - 1))));
}

static void answer_bills(csim_shipped_cost *s) {
    csim_error ignored;
    s->bills = calloc(CSIM_BASES, sizeof *s->bills);
    for (int b = 0; s->bills && b < CSIM_BASES; b++) {
        s->host.fleet.cost.owner.basis = (csim_basis)b;
        s->has_bill[b] = !csim_host_or_buy_find(s->model, s->machine, &s->host, &s->bills[b], &ignored);
    }
    s->host.fleet.cost.owner.basis = CSIM_BASIS_OWN;
    if (s->bills && s->has_bill[CSIM_BASIS_OWN]) {
        list_kinds(s, &s->bills[CSIM_BASIS_OWN].fleet);
    } else {
        free(s->bills);
        s->bills = NULL;
    }
    for (int i = 0; i < CSIM_SHIPPED_VOLUMES; i++) s->volumes[i] = LEAST_VOLUME * pow(MOST_VOLUME / LEAST_VOLUME, i / (double)(CSIM_SHIPPED_VOLUMES - 1));
}

/* ---- */

csim_shipped_cost *csim_shipped_cost_new(const csim_run_file *run, const csim_scenario *scenario) {
    csim_shipped_cost *s = calloc(1, sizeof *s);
    csim_error ignored;
    if (!s) return NULL;
    s->question = csim_cost_question_standard();
    s->host = csim_host_question_standard();
    s->host.fleet.cost = s->question;
    if (csim_catalogue_load(scenario->catalogue_dir, &s->catalogue, &ignored) || !is_of_run(run, scenario, s->catalogue) || !choose(s)) {
        csim_shipped_cost_free(s);
        return NULL;
    }
    find_api(s);
    answer_bills(s);
    return s;
}

void csim_shipped_cost_free(csim_shipped_cost *s) {
    if (!s) return;
    csim_catalogue_free(s->catalogue);
    free(s->bills);
    free(s);
}
