/* cost: what a token of a model costs on a machine, with every intermediate on request. */
#include <math.h>
#include <string.h>

#include "csim/catalogue/token_cost.h"
#include "csim/cli/commands.h"
#include "csim/cli/options.h"
#include "csim/scenario/scenario.h"

typedef struct question { const char *model, *hardware; moe_request request; double tok_per_s_user; csim_ownership owner; int json, explain; } question;

static void print_explanation(FILE *out, const csim_token_cost *c) {
    const moe_explanation *x = &c->kernel;
    fprintf(out, "\n  replica            %.1f accelerators, dense weights over %.1f of them; prompts on %.1f\n", x->layout.group, x->layout.tensor, x->layout.prefill_group);
    fprintf(out, "  weights            %.1f GB dense, %.1f GB routed experts; %.1f %% of the experts touched a step\n", x->dense_bytes / 1e9, x->routed_bytes / 1e9, 100.0 * x->experts_touched_share);
    fprintf(out, "  cache              %.1f MB stored and %.1f MB read a step for each sequence, %.2f copies; %.1f MB of state\n", x->kv_stored_bytes / 1e6, x->kv_read_bytes / 1e6,
            x->replication, x->state_bytes / 1e6);
    fprintf(out, "  a token's experts  on %.1f other accelerators, %.1f other domains\n", x->reached_gpus, x->reached_nodes);
    fprintf(out, "  batch limits       memory %.1f, latency %.1f sequences an accelerator\n", x->batch_memory, x->batch_latency);
    fprintf(out, "  work               %.2f ms = the longer of dense %.2f + experts %.2f and compute %.2f, + cache %.2f + attention %.2f\n", 1e3 * x->work_s, 1e3 * x->dense_s,
            1e3 * x->experts_s, 1e3 * x->compute_s, 1e3 * x->cache_s, 1e3 * x->attention_s);
    fprintf(out, "  decode step        %.2f ms = work overlapped with all-to-all %.2f, + all-to-all %.2f + all-reduce %.2f + fixed %.2f + drafts %.2f\n", 1e3 * x->step_s,
            1e3 * x->exchange_overlapped_s, 1e3 * x->exchange_s, 1e3 * x->reduce_s, 1e3 * x->fixed_s, 1e3 * x->drafts_s);
    fprintf(out, "  accelerator-s      %.3g an output token, %.3g an uncached input token\n", x->output_s, x->input_s);
}

static void print_table(FILE *out, const question *q, const csim_model_entry *model, const csim_hardware_entry *machine, const csim_token_cost *c) {
    const double low = exp(-1.645 * c->band_log_sd), high = exp(1.645 * c->band_log_sd);
    fprintf(out, "%s on %s, %.0f tokens in (%.0f %% cached), %.0f out\n\n", model->title, machine->title, q->request.input_tokens, 100.0 * q->request.hit_share, q->request.output_tokens);
    fprintf(out, "  output             $%.3f a million tokens (90 %%: %.3f to %.3f)\n", c->usd_per_mtok_out, c->usd_per_mtok_out * low, c->usd_per_mtok_out * high);
    fprintf(out, "  input              $%.3f uncached (90 %%: %.3f to %.3f), $%.4f cached\n", c->usd_per_mtok_in, c->usd_per_mtok_in * low, c->usd_per_mtok_in * high, c->usd_per_mtok_cached);
    fprintf(out, "  list blend 3:1     $%.3f\n", c->usd_per_mtok_blend);
    fprintf(out, "  speed              %.1f tok/s a user%s; %.0f tok/s out, %.0f tok/s in an accelerator\n", c->tok_per_s_user,
            c->kernel.meets_tpot ? "" : " (the wanted speed is out of reach)", c->output_tok_per_s, c->input_tok_per_s);
    fprintf(out, "  batch              %.1f sequences an accelerator, bound by %s\n", c->kernel.batch, moe_binding_name(c->kernel.binding));
    fprintf(out, "  energy             %.3f J an output token\n", c->joule_per_output_token);
    fprintf(out, "  accelerator hour   $%.2f at %.0f %% utilisation\n", c->usd_per_hour, 100.0 * q->owner.utilisation);
    if (q->explain) print_explanation(out, c);
}

static void put_explanation(FILE *out, const moe_explanation *x) {
    const struct { const char *name; double value; } all[] = {
        {"dense_bytes", x->dense_bytes}, {"routed_bytes", x->routed_bytes}, {"experts_touched_share", x->experts_touched_share}, {"kv_stored_bytes", x->kv_stored_bytes},
        {"kv_read_bytes", x->kv_read_bytes}, {"replication", x->replication}, {"reached_gpus", x->reached_gpus}, {"reached_nodes", x->reached_nodes},
        {"batch_memory", x->batch_memory}, {"batch_latency", x->batch_latency}, {"dense_s", x->dense_s},
        {"experts_s", x->experts_s}, {"cache_s", x->cache_s}, {"compute_s", x->compute_s}, {"attention_s", x->attention_s}, {"work_s", x->work_s},
        {"exchange_overlapped_s", x->exchange_overlapped_s}, {"exchange_s", x->exchange_s}, {"reduce_s", x->reduce_s}, {"fixed_s", x->fixed_s}, {"drafts_s", x->drafts_s}};
    fprintf(out, ",\n \"explanation\": {");
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        fprintf(out, "%s\"%s\": ", i ? ", " : "", all[i].name);
        if (isfinite(all[i].value)) fprintf(out, "%.17g", all[i].value);
        else fprintf(out, "null"); /* no limit */
    }
    fprintf(out, "}");
}

static void print_json(FILE *out, const question *q, const csim_token_cost *c) {
    const moe_explanation *x = &c->kernel;
    fprintf(out, "{\"model\": \"%s\", \"hardware\": \"%s\", \"input_tokens\": %.17g, \"output_tokens\": %.17g, \"hit_share\": %.17g,\n", q->model, q->hardware,
            q->request.input_tokens, q->request.output_tokens, q->request.hit_share);
    fprintf(out, " \"usd_per_mtok_in\": %.17g, \"usd_per_mtok_cached\": %.17g, \"usd_per_mtok_out\": %.17g, \"usd_per_mtok_blend\": %.17g, \"band_log_sd\": %.17g,\n",
            c->usd_per_mtok_in, c->usd_per_mtok_cached, c->usd_per_mtok_out, c->usd_per_mtok_blend, c->band_log_sd);
    fprintf(out, " \"tok_per_s_user\": %.17g, \"output_tok_per_s\": %.17g, \"input_tok_per_s\": %.17g, \"joule_per_output_token\": %.17g, \"usd_per_hour\": %.17g,\n",
            c->tok_per_s_user, c->output_tok_per_s, c->input_tok_per_s, c->joule_per_output_token, c->usd_per_hour);
    fprintf(out, " \"batch\": %.17g, \"group\": %.17g, \"tensor_parallel\": %.17g, \"step_s\": %.17g, \"output_s\": %.17g, \"input_s\": %.17g, \"binding\": \"%s\", \"meets_tpot\": %s",
            x->batch, x->layout.group, x->layout.tensor, x->step_s, x->output_s, x->input_s, moe_binding_name(x->binding), x->meets_tpot ? "true" : "false");
    if (q->explain) put_explanation(out, x);
    fprintf(out, "}\n");
}

static csim_status check_question(const question *q, csim_error *err) {
    if (!q->model || !q->hardware) return csim_error_set(err, CSIM_USAGE, "cost wants --model M and --hardware H ('moecast catalogue' lists them)");
    return CSIM_OK;
}

/* The library names its own numbers; here they are options. */
static csim_status name_option(csim_status status, csim_error *err) {
    static const char *const names[][2] = {{"input_tokens", "--input"}, {"output_tokens", "--output"}, {"hit_share", "--hit"}, {"tok_per_s_user", "--tok-s-user"},
                                           {"draft", "--draft"}, {"accepted", "--accepted"}, {"utilisation", "--utilisation"},
                                           {"usd_per_hour", "--usd-per-hour"}, {"electricity_usd_per_kwh", "--electricity"}};
    for (size_t i = 0; status == CSIM_OUT_OF_RANGE && !err->file[0] && i < sizeof names / sizeof names[0]; i++)
        if (!strcmp(err->field, names[i][0])) snprintf(err->field, sizeof err->field, "%s", names[i][1]);
    return status;
}

static csim_status answer(const csim_cli_io *io, const question *q, csim_error *err) {
    const csim_model_entry *model;
    const csim_hardware_entry *machine;
    csim_catalogue *catalogue = NULL;
    csim_token_cost cost;
    char folder[4096];
    snprintf(folder, sizeof folder, "%s/catalogue", csim_scenario_home());
    csim_status status = csim_catalogue_load(folder, &catalogue, err);
    if (!status) status = csim_catalogue_model_find(catalogue, q->model, &model, err);
    if (!status) status = csim_catalogue_hardware_find(catalogue, q->hardware, &machine, err);
    if (!status) status = name_option(csim_token_cost_of(model, machine, &q->request, &q->owner, &cost, err), err);
    if (!status && q->json) print_json(io->out, q, &cost);
    if (!status && !q->json) print_table(io->out, q, model, machine, &cost);
    csim_catalogue_free(catalogue);
    return status;
}

csim_status csim_cli_cost(const csim_cli_io *io, int argc, char **argv, csim_error *err) {
    question q = {.request = {.input_tokens = 8000, .output_tokens = 1000, .hit_share = 0.5, .accepted = 1.0}, .tok_per_s_user = 25.0, .owner = csim_ownership_standard()};
    long long draft = 0;
    csim_option_count drafted = {&draft, 0, 3};
    size_t none;
    const csim_option options[] = {
        {"--model", CSIM_OPTION_TEXT, &q.model, "M", "model of the catalogue"},
        {"--hardware", CSIM_OPTION_TEXT, &q.hardware, "H", "machine of the catalogue"},
        {"--input", CSIM_OPTION_NUMBER, &q.request.input_tokens, "N", "input tokens of a request (8000)"},
        {"--output", CSIM_OPTION_NUMBER, &q.request.output_tokens, "N", "output tokens (1000)"},
        {"--hit", CSIM_OPTION_NUMBER, &q.request.hit_share, "S", "share of input found in a cache (.5)"},
        {"--tok-s-user", CSIM_OPTION_NUMBER, &q.tok_per_s_user, "V", "tokens a second each user gets at least (25)"},
        {"--draft", CSIM_OPTION_COUNT, &drafted, "K", "tokens drafted a step, at most 3 (0)"},
        {"--accepted", CSIM_OPTION_NUMBER, &q.request.accepted, "A", "tokens accepted a step (1)"},
        {"--utilisation", CSIM_OPTION_NUMBER, &q.owner.utilisation, "U", "share of time that serves paying tokens (.67)"},
        {"--usd-per-hour", CSIM_OPTION_NUMBER, &q.owner.rent_usd_per_hour, "P", "rent of an accelerator instead of owning it"},
        {"--electricity", CSIM_OPTION_NUMBER, &q.owner.electricity_usd_per_kwh, "P", "$ a kWh (.08)"},
        {"--explain", CSIM_OPTION_FLAG, &q.explain, NULL, "print every intermediate with its unit"},
        {"--json", CSIM_OPTION_FLAG, &q.json, NULL, "print JSON, with --explain every intermediate too"},
    };
    if (csim_cli_wants_help(argc, argv)) {
        fprintf(io->out, "usage: moecast cost --model M --hardware H [options]\n\nWhat a token costs: the inner loop of every run, for one case.\n\n");
        csim_options_help(io->out, options, sizeof options / sizeof options[0]);
        return CSIM_OK;
    }
    csim_status status = csim_options_parse(argc, argv, 1, options, sizeof options / sizeof options[0], NULL, 0, &none, err);
    q.request.verified = 1.0 + (double)draft;
    q.request.tpot_s = 1.0 / q.tok_per_s_user;
    if (!status) status = check_question(&q, err);
    return status ? status : answer(io, &q, err);
}
