/* Prints; computes nothing. */
#include "csim/cli/cost_print.h"

#include <math.h>

/* Whole layouts as they are, the market's averages with a digit. */
static void put_layout(FILE *out, const char *label, double group, double tensor, double domain) {
    const int whole = group == floor(group) && tensor == floor(tensor);
    fprintf(out, whole ? "  %-18s %.0f accelerator%s" : "  %-18s %.1f accelerator%s", label, group, group == 1.0 ? "" : "s");
    if (group > 1.0) fprintf(out, whole ? ": tensor parallel %.0f, attention data parallel %.0f" : ": tensor parallel %.1f, attention data parallel %.1f", tensor, group / tensor);
    fprintf(out, tensor > domain ? " (across domains, which flatters it)\n" : "\n");
}

static void put_explanation(FILE *out, const csim_token_cost *c) {
    const moe_explanation *x = &c->serving.kernel;
    fprintf(out, "\n  weights            %.1f GB dense, %.1f GB routed experts%s; %.1f %% of the experts touched a step\n", x->dense_bytes / 1e9, x->routed_bytes / 1e9,
            c->serving.weights_at_8_bits ? " (4-bit weights kept at 8 bits)" : "", 100.0 * x->experts_touched_share);
    fprintf(out, "  cache              %.1f MB stored and %.1f MB read a step for each sequence, %.2f copies; %.1f MB of state\n", x->kv_stored_bytes / 1e6,
            x->kv_read_bytes / 1e6, x->replication, x->state_bytes / 1e6);
    fprintf(out, "  a token's experts  on %.1f other accelerators; a prompt token's on %.1f other domains\n", x->reached_gpus, x->reached_nodes);
    fprintf(out, "  batch limits       memory %.1f, times %.1f sequences an accelerator\n", x->batch_memory, x->batch_latency);
    fprintf(out, "  work               %.2f ms = the longer of (dense weights %.2f + experts %.2f) and products %.2f, + cache %.2f + attention %.2f\n", 1e3 * x->work_s,
            1e3 * x->dense_s, 1e3 * x->experts_s, 1e3 * x->compute_s, 1e3 * x->cache_s, 1e3 * x->attention_s);
    fprintf(out, "  decode step        %.2f ms = work beside all-to-all %.2f (root of squares), + all-to-all %.2f + all-reduce %.2f + fixed %.2f + drafts %.2f\n", 1e3 * x->step_s,
            1e3 * x->exchange_overlapped_s, 1e3 * x->exchange_s, 1e3 * x->reduce_s, 1e3 * x->fixed_s, 1e3 * x->drafts_s);
    fprintf(out, "  a user's token     %.2f ms = step over accepted tokens, + prompts between %.2f\n", 1e3 * x->tpot_s, 1e3 * x->prompt_s);
    fprintf(out, "  accelerator-s      %.3g an output token, %.3g an uncached input token\n", x->output_s, x->input_s);
    fprintf(out, "  layouts tried      %d\n", c->serving.layouts_tried);
}

void csim_cost_print_table(FILE *out, const csim_cli_cost_question *q, const csim_token_cost *c, int depth, int explain) {
    const moe_request *r = &q->cost.request;
    const csim_serving *serving = &c->serving;
    const moe_explanation *x = &serving->kernel;
    const double domain = q->hardware->machine.scale_up_domain;
    fprintf(out, "%s on %s, %.0f tokens in (%.0f %% cached), %.0f out\n\n", q->model->title, q->hardware->title, r->input_tokens, 100.0 * r->hit_share, r->output_tokens);
    fprintf(out, "  output             $%.3f a million tokens (80 %%: %.3f to %.3f)\n", c->usd_per_mtok_out, c->usd_per_mtok_out * c->band_low, c->usd_per_mtok_out * c->band_high);
    fprintf(out, "  input              $%.3f uncached (80 %%: %.3f to %.3f), $%.4f cached\n", c->usd_per_mtok_in, c->usd_per_mtok_in * c->band_low,
            c->usd_per_mtok_in * c->band_high, c->usd_per_mtok_cached);
    fprintf(out, "  list blend 3:1     $%.3f; a request $%.3g\n", c->usd_per_mtok_blend, c->usd_per_request);
    fprintf(out, "  speed              %.1f tok/s a user%s; %.0f tok/s out, %.0f tok/s in an accelerator\n", c->tok_per_s_user,
            x->meets_tpot ? "" : " (the wanted speed is out of reach)", c->output_tok_per_s, c->input_tok_per_s);
    fprintf(out, "  first token        %.2f s, roughly%s\n", serving->ttft_s, serving->meets_ttft ? "" : " (the wanted time is out of reach)");
    put_layout(out, "decode", x->layout.group, x->layout.tensor, domain);
    if (serving->prefill_per_decode > 0.0) {
        put_layout(out, "prompts", x->layout.prefill_group, x->layout.prefill_tensor, domain);
        fprintf(out, "  pools              %.2f accelerators for prompts to each that decodes\n", serving->prefill_per_decode);
    }
    fprintf(out, "  batch              %.1f sequences an accelerator, bound by %s; %d drafted a step\n", x->batch, moe_binding_name(x->binding), depth);
    fprintf(out, "  energy             %.3f J an output token, %.3f J an uncached input token\n", c->joule_per_output_token, c->joule_per_input_token);
    fprintf(out, "  accelerator hour   $%.2f (%s) at %.0f %% utilisation\n", c->usd_per_hour, isnan(q->cost.owner.rent_usd_per_hour) ? csim_basis_name(q->cost.owner.basis) : "stated",
            100.0 * q->cost.owner.utilisation);
    if (explain) put_explanation(out, c);
}

typedef struct fact { const char *name; double value; } fact;

static void put_facts(FILE *out, const fact *facts, size_t n) {
    for (size_t i = 0; i < n; i++) {
        fprintf(out, "%s\"%s\": ", i ? ", " : "", facts[i].name);
        if (isfinite(facts[i].value)) fprintf(out, "%.17g", facts[i].value);
        else fprintf(out, "null"); /* no limit */
    }
}

static void put_intermediates(FILE *out, const csim_token_cost *c) {
    const moe_explanation *x = &c->serving.kernel;
    const fact all[] = {
        {"dense_bytes", x->dense_bytes}, {"routed_bytes", x->routed_bytes}, {"experts_touched_share", x->experts_touched_share}, {"kv_stored_bytes", x->kv_stored_bytes},
        {"kv_read_bytes", x->kv_read_bytes}, {"state_bytes", x->state_bytes}, {"replication", x->replication}, {"reached_gpus", x->reached_gpus},
        {"reached_nodes", x->reached_nodes}, {"batch_memory", x->batch_memory}, {"batch_latency", x->batch_latency}, {"dense_s", x->dense_s}, {"experts_s", x->experts_s},
        {"compute_s", x->compute_s}, {"cache_s", x->cache_s}, {"attention_s", x->attention_s}, {"work_s", x->work_s}, {"exchange_overlapped_s", x->exchange_overlapped_s},
        {"exchange_s", x->exchange_s}, {"reduce_s", x->reduce_s}, {"fixed_s", x->fixed_s}, {"drafts_s", x->drafts_s}, {"prompt_s", x->prompt_s}, {"tpot_s", x->tpot_s},
        {"layouts_tried", c->serving.layouts_tried}};
    fprintf(out, ",\n \"explanation\": {");
    put_facts(out, all, sizeof all / sizeof all[0]);
    fprintf(out, "}");
}

void csim_cost_print_json(FILE *out, const csim_cli_cost_question *q, const csim_token_cost *c, int depth, int explain) {
    const moe_request *r = &q->cost.request;
    const moe_explanation *x = &c->serving.kernel;
    const fact facts[] = {
        {"input_tokens", r->input_tokens}, {"output_tokens", r->output_tokens}, {"hit_share", r->hit_share}, {"draft", depth}, {"usd_per_mtok_in", c->usd_per_mtok_in},
        {"usd_per_mtok_cached", c->usd_per_mtok_cached}, {"usd_per_mtok_out", c->usd_per_mtok_out}, {"usd_per_mtok_blend", c->usd_per_mtok_blend},
        {"usd_per_request", c->usd_per_request}, {"band_log_sd", c->band_log_sd}, {"band_low", c->band_low}, {"band_high", c->band_high}, {"tok_per_s_user", c->tok_per_s_user},
        {"ttft_s", c->serving.ttft_s}, {"output_tok_per_s", c->output_tok_per_s}, {"input_tok_per_s", c->input_tok_per_s}, {"joule_per_output_token", c->joule_per_output_token},
        {"joule_per_input_token", c->joule_per_input_token}, {"usd_per_hour", c->usd_per_hour}, {"batch", x->batch}, {"group", x->layout.group},
        {"tensor_parallel", x->layout.tensor}, {"prefill_group", x->layout.prefill_group}, {"prefill_tensor_parallel", x->layout.prefill_tensor},
        {"prefill_per_decode", c->serving.prefill_per_decode}, {"step_s", x->step_s}, {"output_s", x->output_s}, {"input_s", x->input_s}};
    fprintf(out, "{\"model\": \"%s\", \"hardware\": \"%s\", \"basis\": \"%s\",\n ", q->model->id, q->hardware->id,
            isnan(q->cost.owner.rent_usd_per_hour) ? csim_basis_name(q->cost.owner.basis) : "stated");
    put_facts(out, facts, sizeof facts / sizeof facts[0]);
    fprintf(out, ",\n \"binding\": \"%s\", \"weights_at_8_bits\": %s, \"meets_tpot\": %s, \"meets_ttft\": %s", moe_binding_name(x->binding),
            c->serving.weights_at_8_bits ? "true" : "false", x->meets_tpot ? "true" : "false", c->serving.meets_ttft ? "true" : "false");
    if (explain) put_intermediates(out, c);
    fprintf(out, "}\n");
}
