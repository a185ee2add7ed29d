/* Prints; computes nothing. */
#include "csim/cli/cost_print.h"

#include <math.h>

/* So many digits, or a whole number in full; what is small is never 0. */
typedef struct digits { char text[32]; } digits;
static digits of(double value, int count) {
    digits d;
    if (fabs(value) >= pow(10.0, count) - 0.5) snprintf(d.text, sizeof d.text, "%.0f", value);
    else snprintf(d.text, sizeof d.text, "%.*g", count, value);
    return d;
}
#define THREE(value) of(value, 3).text
#define FOUR(value) of(value, 4).text

/* Whole layouts as they are, the market's averages with a digit. */
static void put_layout(FILE *out, const char *label, double group, double tensor, double domain) {
    const int whole = group == floor(group) && tensor == floor(tensor);
    fprintf(out, whole ? "  %-18s %.0f accelerator%s" : "  %-18s %.1f accelerator%s", label, group, group == 1.0 ? "" : "s");
    if (group > 1.0) fprintf(out, whole ? ": tensor parallel %.0f, attention data parallel %.0f" : ": tensor parallel %.1f, attention data parallel %.1f", tensor, group / tensor);
    fprintf(out, tensor > domain ? " (across domains: judged, not measured)\n" : "\n");
}

static void put_layouts(FILE *out, const csim_cli_cost_question *q, const csim_serving *serving) {
    const moe_layout *l = &serving->kernel.layout;
    const moe_hardware *h = &q->hardware->machine;
    if (h->weights_on_chip) {
        fprintf(out, "  decode             %.0f chips: %.0f stages of %s\n", l->group, l->group / l->tensor, THREE(l->tensor));
        return;
    }
    put_layout(out, "decode", l->group, l->tensor, h->scale_up_domain);
    if (serving->prefill_per_decode <= 0.0) return;
    put_layout(out, "prompts", l->prefill_group, l->prefill_tensor, h->scale_up_domain);
    fprintf(out, "  pools              %s accelerators for prompts to each that decodes\n", THREE(serving->prefill_per_decode));
}

static void put_explanation(FILE *out, const csim_token_cost *c) {
    const moe_explanation *x = &c->serving.kernel;
    fprintf(out, "\n  weights            %s GB dense, %s GB routed experts%s; %s %% of the experts touched a step\n", FOUR(x->dense_bytes / 1e9), FOUR(x->routed_bytes / 1e9),
            c->serving.weights_at_8_bits ? " (4-bit weights kept at 8 bits)" : "", THREE(100.0 * x->experts_touched_share));
    fprintf(out, "  cache              %s MB stored and %s MB read a step for each sequence, %s copies; %s MB of state\n", FOUR(x->kv_stored_bytes / 1e6), FOUR(x->kv_read_bytes / 1e6),
            THREE(x->replication), FOUR(x->state_bytes / 1e6));
    fprintf(out, "  a token's experts  on %s other accelerators; a prompt token's on %s other domains\n", THREE(x->reached_gpus), THREE(x->reached_nodes));
    fprintf(out, "  batch limits       memory %s, times %s sequences an accelerator\n", FOUR(x->batch_memory), FOUR(x->batch_latency));
    fprintf(out, "  work               %s ms = the longer of (dense weights %s + experts %s) and products %s, + cache %s + attention %s\n", THREE(1e3 * x->work_s), THREE(1e3 * x->dense_s),
            THREE(1e3 * x->experts_s), THREE(1e3 * x->compute_s), THREE(1e3 * x->cache_s), THREE(1e3 * x->attention_s));
    fprintf(out, "  decode step        %s ms = work beside all-to-all %s (root of squares), + all-to-all %s + all-reduce %s + fixed %s + drafts %s\n", THREE(1e3 * x->step_s),
            THREE(1e3 * x->exchange_overlapped_s), THREE(1e3 * x->exchange_s), THREE(1e3 * x->reduce_s), THREE(1e3 * x->fixed_s), THREE(1e3 * x->drafts_s));
    fprintf(out, "  a user's token     %s ms = step over accepted tokens, + prompts between %s\n", THREE(1e3 * x->tpot_s), THREE(1e3 * x->prompt_s));
    fprintf(out, "  accelerator-s      %.3g an output token, %.3g an uncached input token\n", x->output_s, x->input_s);
    fprintf(out, "  layouts tried      %d\n", c->serving.layouts_tried);
}

static void put_prices(FILE *out, const csim_token_cost *c) {
    fprintf(out, "  output             $%s a million tokens (80 %%: %s to %s)\n", FOUR(c->usd_per_mtok_out), FOUR(c->usd_per_mtok_out * c->band_low),
            FOUR(c->usd_per_mtok_out * c->band_high));
    fprintf(out, "  input              $%s uncached (80 %%: %s to %s), $%s cached\n", FOUR(c->usd_per_mtok_in), FOUR(c->usd_per_mtok_in * c->band_low),
            FOUR(c->usd_per_mtok_in * c->band_high), THREE(c->usd_per_mtok_cached));
    fprintf(out, "  list blend 3:1     $%s; a request $%.3g\n", FOUR(c->usd_per_mtok_blend), c->usd_per_request);
}

void csim_cost_print_table(FILE *out, const csim_cli_cost_question *q, const csim_token_cost *c, int depth, int explain) {
    const moe_request *r = &q->cost.request;
    const csim_serving *serving = &c->serving;
    const moe_explanation *x = &serving->kernel;
    fprintf(out, "%s on %s, %.0f tokens in (%.0f %% cached), %.0f out\n\n", q->model->title, q->hardware->title, r->input_tokens, 100.0 * r->hit_share, r->output_tokens);
    put_prices(out, c);
    fprintf(out, "  speed              %s tok/s a user%s; %s tok/s out, %s tok/s in an accelerator\n", FOUR(c->tok_per_s_user),
            x->meets_tpot ? "" : " (the wanted speed is out of reach)", FOUR(c->output_tok_per_s), FOUR(c->input_tok_per_s));
    fprintf(out, "  first token        %s s, roughly%s\n", THREE(serving->ttft_s), serving->meets_ttft ? "" : " (the wanted time is out of reach)");
    put_layouts(out, q, serving);
    fprintf(out, "  batch              %s sequences an accelerator, bound by %s; %d drafted a step\n", FOUR(x->batch), moe_binding_name(x->binding), depth);
    if (c->decode_factor != 1.0) fprintf(out, "  measured           decode %s times as fast as the equations have it, as published; price, energy and pools follow it\n", THREE(c->decode_factor));
    fprintf(out, "  energy             %s J an output token, %s J an uncached input token\n", THREE(c->joule_per_output_token), THREE(c->joule_per_input_token));
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
        {"prefill_per_decode", c->serving.prefill_per_decode}, {"decode_factor", c->decode_factor}, {"step_s", x->step_s}, {"output_s", x->output_s}, {"input_s", x->input_s}};
    fprintf(out, "{\"model\": \"%s\", \"hardware\": \"%s\", \"basis\": \"%s\",\n ", q->model->id, q->hardware->id,
            isnan(q->cost.owner.rent_usd_per_hour) ? csim_basis_name(q->cost.owner.basis) : "stated");
    put_facts(out, facts, sizeof facts / sizeof facts[0]);
    fprintf(out, ",\n \"binding\": \"%s\", \"weights_at_8_bits\": %s, \"meets_tpot\": %s, \"meets_ttft\": %s", moe_binding_name(x->binding),
            c->serving.weights_at_8_bits ? "true" : "false", x->meets_tpot ? "true" : "false", c->serving.meets_ttft ? "true" : "false");
    if (explain) put_intermediates(out, c);
    fprintf(out, "}\n");
}
