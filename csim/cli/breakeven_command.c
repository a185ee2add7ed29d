/* breakeven: host a model or buy its tokens, and from what volume on. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csim/cli/breakeven_print.h"
#include "csim/cli/commands.h"
#include "csim/cost/dense_twin.h"

typedef struct words { csim_cli_cost_question cost; csim_host_question host; const char *api_price; long long replicas_min; int dense_twin, json; } words;

/* "0.66,1.98" or "0.66,1.98,0.022": input, output, cached input. */
static csim_status read_price(const char *text, csim_host_question *q, csim_error *err) {
    double *const price[] = {&q->api_usd_per_mtok_in, &q->api_usd_per_mtok_out, &q->api_usd_per_mtok_cached};
    const char *at = text;
    for (int i = 0; at && i < 3; i++) {
        char *end;
        *price[i] = strtod(at, &end);
        if (end == at || (*end && *end != ',') || !isfinite(*price[i])) break;
        at = *end ? end + 1 : NULL;
        if (!at && i) return CSIM_OK;
    }
    return csim_error_set_at(err, CSIM_USAGE, NULL, 0, 0, "--api-price", "wants $ a million tokens as P_IN,P_OUT or P_IN,P_OUT,P_CACHED, not '%.100s'", text);
}

static csim_status name_option(csim_status status, csim_error *err) {
    static const char *const names[][2] = {{"api_price", "--api-price"}, {"staff_usd_per_month", "--staff"}, {"staff_growth", "--staff-growth"},
                                           {"peak_to_mean", "--peak-to-mean"}, {"replicas_min", "--replicas-min"}};
    for (size_t i = 0; status && !err->file[0] && i < sizeof names / sizeof names[0]; i++)
        if (!strcmp(err->field, names[i][0])) snprintf(err->field, sizeof err->field, "%s", names[i][1]);
    return csim_cli_cost_name_option(status, err);
}

static csim_status read_words(words *w, csim_error *err) {
    csim_status status = csim_cli_cost_question_find(&w->cost, err);
    if (!status && !w->api_price) status = csim_error_set(err, CSIM_USAGE, "--api-price P_IN,P_OUT is wanted: what the API takes for a million tokens");
    if (!status) status = read_price(w->api_price, &w->host, err);
    if (!status && w->dense_twin && !(w->cost.model->shape.experts > 0.0))
        status = csim_error_set_at(err, CSIM_USAGE, NULL, 0, 0, "--dense-twin", "%s has no experts: it is its own twin", w->cost.model->title);
    w->host.fleet.cost = w->cost.cost;
    w->host.fleet.best_draft = w->cost.depth < 0;
    w->host.fleet.drafting = w->cost.kind;
    w->host.fleet.replicas_min = (double)w->replicas_min;
    return status;
}

/* A twin that no layout serves is an answer, not an error. */
static csim_status find(const words *w, csim_breakeven_answer *a, csim_error *why, csim_error *err) {
    csim_status status = csim_host_or_buy_find(w->cost.model, w->cost.hardware, &w->host, &a->mixture, err);
    if (!status && w->dense_twin) {
        csim_model_entry twin = *w->cost.model;
        twin.shape = csim_dense_twin(&w->cost.model->shape);
        a->has_twin = 1;
        const csim_status served = csim_host_or_buy_find(&twin, w->cost.hardware, &w->host, &a->twin, why);
        if (served == CSIM_INCONSISTENT) {
            a->refused = why->detail;
        } else if (served) {
            *err = *why;
            status = served;
        }
    }
    return name_option(status, err);
}

static csim_status answer(const csim_cli_io *io, words *w, csim_error *err) {
    csim_breakeven_answer *a = calloc(1, sizeof *a);
    csim_error why;
    csim_status status = a ? read_words(w, err) : csim_error_set(err, CSIM_NO_MEMORY, "out of memory");
    if (!status) {
        a->asked = &w->cost;
        a->question = &w->host;
        status = find(w, a, &why, err);
    }
    if (!status) (w->json ? csim_breakeven_print_json : csim_breakeven_print_table)(io->out, a);
    csim_cli_cost_question_end(&w->cost);
    free(a);
    return status;
}

enum { OWN_OPTIONS = 7 };

static void own_options(words *w, csim_option_count *replicas, csim_option out[OWN_OPTIONS]) {
    *replicas = (csim_option_count){&w->replicas_min, 1, 1000};
    const csim_option options[OWN_OPTIONS] = {
        {"--api-price", CSIM_OPTION_TEXT, &w->api_price, "IN,OUT", "$ a million tokens that the API takes; IN,OUT,CACHED with a price for cached input (as input)"},
        {"--staff", CSIM_OPTION_NUMBER, &w->host.staff_usd_per_month, "USD", "$ a month for the staff of the smallest fleet (10417: half an engineer)"},
        {"--staff-growth", CSIM_OPTION_NUMBER, &w->host.staff_growth, "P", "power of the accelerators that staff grows with (.5)"},
        {"--peak-to-mean", CSIM_OPTION_NUMBER, &w->host.fleet.peak_to_mean, "R", "busiest hour's load over the month's mean (2)"},
        {"--replicas-min", CSIM_OPTION_COUNT, replicas, "N", "replicas at least; 2 for redundancy (1)"},
        {"--dense-twin", CSIM_OPTION_FLAG, &w->dense_twin, NULL, "also the same model in which every expert works for every token"},
        {"--json", CSIM_OPTION_FLAG, &w->json, NULL, "print JSON"}};
    memcpy(out, options, sizeof options);
}

csim_status csim_cli_breakeven(const csim_cli_io *io, int argc, char **argv, csim_error *err) {
    words w = {.host = csim_host_question_standard(), .replicas_min = 1};
    csim_option_count replicas;
    csim_option options[OWN_OPTIONS + CSIM_CLI_COST_OPTIONS];
    const size_t count = sizeof options / sizeof options[0];
    size_t none;
    csim_cli_cost_question_start(&w.cost);
    own_options(&w, &replicas, options);
    csim_cli_cost_options(&w.cost, options + OWN_OPTIONS);
    if (csim_cli_wants_help(argc, argv)) {
        fprintf(io->out, "usage: moecast breakeven --model M --hardware H --api-price IN,OUT [options]\n\n"
                         "Host a model or buy its tokens: a month's bill in whole replicas beside an API's, and the volume from which hosting is no dearer.\n\n");
        csim_options_help(io->out, options, count);
        return CSIM_OK;
    }
    const csim_status status = csim_options_parse(argc, argv, 1, options, count, NULL, 0, &none, err);
    return status ? status : answer(io, &w, err);
}
