/* Options → a question to the cost library. */
#include "csim/cli/cost_question.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csim/scenario/scenario.h"

void csim_cli_cost_question_start(csim_cli_cost_question *q) {
    *q = (csim_cli_cost_question){.stack = "tuned", .pools = "split", .layouts = "searched", .basis = "own", .draft = "0", .drafting = "general", .tok_per_s_user = 25.0,
                                  .accepted = (double)NAN, .cost = csim_cost_question_standard()};
}

void csim_cli_cost_options(csim_cli_cost_question *q, csim_option *out) {
    moe_request *r = &q->cost.request;
    csim_ownership *owner = &q->cost.owner;
    csim_penalty *penalty = &q->cost.penalty;
    const csim_option options[CSIM_CLI_COST_OPTIONS] = {
        {"--model", CSIM_OPTION_TEXT, &q->model_id, "M", "model of the catalogue"},
        {"--hardware", CSIM_OPTION_TEXT, &q->hardware_id, "H", "machine of the catalogue"},
        {"--input", CSIM_OPTION_NUMBER, &r->input_tokens, "N", "input tokens of a request (8000)"},
        {"--output", CSIM_OPTION_NUMBER, &r->output_tokens, "N", "output tokens (1000)"},
        {"--hit", CSIM_OPTION_NUMBER, &r->hit_share, "S", "share of input found in a cache (.5)"},
        {"--tok-s-user", CSIM_OPTION_NUMBER, &q->tok_per_s_user, "V", "tokens a second each user gets at least (25)"},
        {"--ttft", CSIM_OPTION_NUMBER, &q->cost.ttft_s, "S", "seconds to the first token at most (no limit)"},
        {"--draft", CSIM_OPTION_TEXT, &q->draft, "K", "tokens drafted a step, 0 to 3, or best (0)"},
        {"--drafting", CSIM_OPTION_TEXT, &q->drafting, "KIND", "how drafts are accepted: benchmark, general or agentic (general)"},
        {"--accepted", CSIM_OPTION_NUMBER, &q->accepted, "A", "tokens accepted a step instead"},
        {"--stack", CSIM_OPTION_TEXT, &q->stack, "KIND", "serving software: tuned, default or first (tuned)"},
        {"--pools", CSIM_OPTION_TEXT, &q->pools, "KIND", "split: prompts on accelerators of their own; one (split)"},
        {"--layouts", CSIM_OPTION_TEXT, &q->layouts, "KIND", "searched: the best whole layout; spread: the market's average fleet (searched)"},
        {"--basis", CSIM_OPTION_TEXT, &q->basis, "KIND", "own, neocloud, rental or 3-year (own)"},
        {"--usd-per-hour", CSIM_OPTION_NUMBER, &owner->rent_usd_per_hour, "P", "an accelerator hour instead of the basis"},
        {"--utilisation", CSIM_OPTION_NUMBER, &owner->utilisation, "U", "share of time that serves paying tokens (.67)"},
        {"--cache-hours", CSIM_OPTION_NUMBER, &q->cost.cache_hours, "H", "hours that a cached prompt is kept (.2)"},
        {"--electricity", CSIM_OPTION_NUMBER, &owner->electricity_usd_per_kwh, "P", "$ a kWh (.08)"},
        {"--slower", CSIM_OPTION_NUMBER, &penalty->slower, "S", "controlled machine: share of FLOP/s lost (0)"},
        {"--less-bandwidth", CSIM_OPTION_NUMBER, &penalty->less_bandwidth, "S", "share of memory bandwidth lost (0)"},
        {"--less-memory", CSIM_OPTION_NUMBER, &penalty->less_memory, "S", "share of memory lost (0)"},
        {"--hungrier", CSIM_OPTION_NUMBER, &penalty->hungrier, "S", "more power, as a share (0)"},
        {"--dearer", CSIM_OPTION_NUMBER, &penalty->dearer, "S", "more capital, as a share (0)"},
    };
    memcpy(out, options, sizeof options);
}

/* Place of a word among the allowed ones. */
static csim_status choose(const char *option, const char *word, const char *const *allowed, int *out, csim_error *err) {
    char list[128] = "";
    for (*out = 0; allowed[*out]; ++*out) {
        if (!strcmp(word, allowed[*out])) return CSIM_OK;
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", *out ? allowed[*out + 1] ? ", " : " or " : "", allowed[*out]);
    }
    return csim_error_set_at(err, CSIM_USAGE, NULL, 0, 0, option, "must be %s, got '%s'", list, word);
}

static csim_status read_draft(csim_cli_cost_question *q, csim_error *err) {
    static const char *const depths[] = {"0", "1", "2", "3", "best", NULL};
    int place = 0;
    csim_status status = choose("--draft", q->draft, depths, &place, err);
    if (!status) status = csim_drafting_find(q->drafting, &q->kind, err);
    if (!status && place > CSIM_DRAFT_MOST && !isnan(q->accepted))
        status = csim_error_set_at(err, CSIM_USAGE, NULL, 0, 0, "--accepted", "goes with one --draft depth, not with 'best'");
    if (status) return status;
    q->depth = place > CSIM_DRAFT_MOST ? -1 : place;
    if (q->depth < 0) return CSIM_OK;
    q->cost.request.verified = 1.0 + q->depth;
    q->cost.request.accepted = !isnan(q->accepted) ? q->accepted : csim_draft_accepted(q->kind, q->depth);
    return CSIM_OK;
}

csim_status csim_cli_cost_question_read(csim_cli_cost_question *q, csim_error *err) {
    static const char *const stacks[] = {"tuned", "default", "first", NULL}, *const pools[] = {"split", "one", NULL}, *const layouts[] = {"searched", "spread", NULL};
    int stack = 0, pool = 0, layout = 0;
    csim_status status = choose("--stack", q->stack, stacks, &stack, err);
    if (!status) status = choose("--pools", q->pools, pools, &pool, err);
    if (!status) status = choose("--layouts", q->layouts, layouts, &layout, err);
    if (!status) status = csim_basis_find(q->basis, &q->cost.owner.basis, err);
    if (!status) status = read_draft(q, err);
    q->cost.request.stack = (moe_stack)stack;
    q->cost.request.one_pool = pool;
    q->cost.layouts = (csim_layouts)layout;
    q->cost.request.tpot_s = 1.0 / q->tok_per_s_user;
    if (!status) status = csim_cost_question_check(&q->cost, err); /* also what the answer will not use */
    return csim_cli_cost_name_option(status, err);
}

csim_status csim_cli_cost_question_open(csim_cli_cost_question *q, csim_error *err) {
    char folder[4096];
    snprintf(folder, sizeof folder, "%s/catalogue", csim_scenario_home());
    return csim_catalogue_load(folder, &q->catalogue, err);
}

csim_status csim_cli_cost_question_find(csim_cli_cost_question *q, csim_error *err) {
    if (!q->model_id || !q->hardware_id) return csim_error_set(err, CSIM_USAGE, "--model M and --hardware H are wanted ('moecast catalogue' lists them)");
    csim_status status = csim_cli_cost_question_read(q, err);
    if (!status) status = csim_cli_cost_question_open(q, err);
    if (!status) status = csim_catalogue_model_named(q->catalogue, q->model_id, &q->model, err);
    if (!status) status = csim_catalogue_hardware_named(q->catalogue, q->hardware_id, &q->hardware, err);
    return status;
}

void csim_cli_cost_question_end(csim_cli_cost_question *q) { csim_catalogue_free(q->catalogue); }

csim_status csim_cli_cost_answer(const csim_cli_cost_question *q, csim_token_cost *out, int *depth, csim_error *err) {
    *depth = q->depth;
    const csim_status status = q->depth < 0 ? csim_draft_best(q->model, q->hardware, &q->cost, q->kind, depth, out, err)
                                            : csim_token_cost_of(q->model, q->hardware, &q->cost, out, err);
    return csim_cli_cost_name_option(status, err);
}

static const char *const names[][2] = {
    {"input_tokens", "--input"}, {"output_tokens", "--output"}, {"hit_share", "--hit"}, {"tok_per_s_user", "--tok-s-user"}, {"ttft_s", "--ttft"}, {"draft", "--draft"},
    {"drafting", "--drafting"}, {"accepted", "--accepted"}, {"basis", "--basis"}, {"utilisation", "--utilisation"}, {"usd_per_hour", "--usd-per-hour"},
    {"electricity_usd_per_kwh", "--electricity"}, {"slower", "--slower"}, {"less_bandwidth", "--less-bandwidth"}, {"less_memory", "--less-memory"},
    {"hungrier", "--hungrier"}, {"dearer", "--dearer"}, {"cache_hours", "--cache-hours"},
    {"layouts", "--layouts"}};
enum { NAMES = sizeof names / sizeof names[0] };

csim_status csim_cli_cost_name_option(csim_status status, csim_error *err) {
    for (size_t i = 0; status && !err->file[0] && i < NAMES; i++)
        if (!strcmp(err->field, names[i][0])) snprintf(err->field, sizeof err->field, "%s", names[i][1]);
    return status;
}

const char *csim_cli_cost_field(const char *option) {
    for (size_t i = 0; i < NAMES; i++)
        if (!strcmp(option, names[i][1])) return names[i][0];
    return option + strspn(option, "-");
}
