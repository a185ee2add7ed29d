/* Asks the cost library at a grid of speeds, drops what is dominated, prints. */
#include "csim/cli/cost_pareto.h"

#include <math.h>
#include <string.h>

static const double speeds[] = {5, 10, 15, 20, 25, 30, 40, 50, 60, 80, 100, 125, 150, 175, 200, 250, 300, 400, 500, 600, 800, 1000, 1500, 2000, 3000, 5000, 1e4};
enum { SPEEDS = sizeof speeds / sizeof speeds[0] };
static const double OUT_OF_REACH = 1e5; /* tokens/s: the fastest layout is answered */

typedef struct point { csim_token_cost cost; int depth; } point;
typedef struct front { point points[SPEEDS + 1]; size_t count; } front;

static csim_status ask(csim_cli_cost_question *q, double tok_per_s_user, point *out, csim_error *err) {
    q->cost.request.tpot_s = 1.0 / tok_per_s_user;
    return csim_cli_cost_answer(q, &out->cost, &out->depth, err);
}

/* The fastest of all depths of drafting where the best is asked for: a depth that is cheapest need not be fastest. */
static csim_status ask_fastest(const csim_cli_cost_question *question, point *out, csim_error *err) {
    const int first = question->depth < 0 ? 0 : question->depth, last = question->depth < 0 ? CSIM_DRAFT_MOST : question->depth;
    csim_status status = CSIM_OK;
    for (int depth = first; !status && depth <= last; depth++) {
        csim_cli_cost_question q = *question;
        point found;
        q.depth = depth;
        if (question->depth < 0) {
            q.cost.request.verified = 1.0 + depth;
            q.cost.request.accepted = csim_draft_accepted(question->kind, depth);
        }
        status = ask(&q, OUT_OF_REACH, &found, err);
        if (!status && (depth == first || found.cost.tok_per_s_user > out->cost.tok_per_s_user)) *out = found;
    }
    return status;
}

/* A point goes behind those that are slower; those that cost no less than it are dominated. */
static void add(front *all, const point *p) {
    while (all->count && all->points[all->count - 1].cost.usd_per_request >= p->cost.usd_per_request) all->count--;
    all->points[all->count++] = *p;
}

static csim_status find(const csim_cli_cost_question *question, front *all, csim_error *err) {
    csim_cli_cost_question q = *question;
    point fastest, p;
    all->count = 0;
    csim_status status = ask_fastest(question, &fastest, err);
    for (int i = 0; !status && i < SPEEDS && speeds[i] < fastest.cost.tok_per_s_user; i++) {
        status = ask(&q, speeds[i], &p, err);
        if (!status && p.cost.serving.kernel.meets_tpot && p.cost.tok_per_s_user < fastest.cost.tok_per_s_user) add(all, &p);
    }
    if (!status) add(all, &fastest);
    return status;
}

/* ---- printing */

static double sequences(const moe_explanation *x) { return x->batch * x->layout.group; }

/* "64 (TP8)": accelerators of a replica and how many share attention; "1551 (S32)": chips of on-chip memory, and stages. */
static void layout_text(double group, double tensor, int on_chip, char text[32]) {
    if (on_chip) snprintf(text, 32, "%.0f (S%.0f)", group, group / tensor);
    else if (group == floor(group) && tensor == floor(tensor)) snprintf(text, 32, "%.0f (TP%.0f)", group, tensor);
    else snprintf(text, 32, "%.1f (TP%.1f)", group, tensor);
}

static void put_table(FILE *out, const csim_cli_cost_question *q, const front *all) {
    const moe_request *r = &q->cost.request;
    const int on_chip = q->hardware->machine.weights_on_chip;
    char decode[32], prompts[32] = "-";
    fprintf(out, "%s on %s, %.0f tokens in (%.0f %% cached), %.0f out\n\n", q->model->title, q->hardware->title, r->input_tokens, 100.0 * r->hit_share, r->output_tokens);
    fprintf(out, "%11s  %10s  %10s  %10s  %11s  %8s  %12s  %12s  %5s  %9s  %s\n", "tok/s/user", "$/M out", "$/M in", "$/request", "tok/s/accel", "batch", "decode", "prompts",
            "draft", "1st tok s", "bound by");
    for (size_t i = 0; i < all->count; i++) {
        const csim_token_cost *c = &all->points[i].cost;
        const moe_explanation *x = &c->serving.kernel;
        layout_text(x->layout.group, x->layout.tensor, on_chip, decode);
        if (c->serving.prefill_per_decode > 0.0) layout_text(x->layout.prefill_group, x->layout.prefill_tensor, 0, prompts);
        fprintf(out, "%11.1f  %10.4g  %10.4g  %10.3g  %11.4g  %8.0f  %12s  %12s  %5d  %9.3g  %s%s\n", c->tok_per_s_user, c->usd_per_mtok_out, c->usd_per_mtok_in, c->usd_per_request,
                c->output_tok_per_s, sequences(x), decode, prompts, all->points[i].depth, c->serving.ttft_s, moe_binding_name(x->binding), c->serving.meets_ttft ? "" : " (first token late)");
    }
    fprintf(out, "\nThe last row is the fastest that can be had. Prices' 80 %% interval: %.2f to %.2f times.\n", all->points[0].cost.band_low, all->points[0].cost.band_high);
    if (on_chip) fprintf(out, "S: stages of the chips, each with layers of its own.\n");
}

static void put_point(FILE *out, const point *p) {
    const csim_token_cost *c = &p->cost;
    const moe_explanation *x = &c->serving.kernel;
    const struct { const char *name; double value; } facts[] = {
        {"tok_per_s_user", c->tok_per_s_user}, {"usd_per_mtok_out", c->usd_per_mtok_out}, {"usd_per_mtok_in", c->usd_per_mtok_in}, {"usd_per_mtok_cached", c->usd_per_mtok_cached},
        {"usd_per_request", c->usd_per_request}, {"output_tok_per_s", c->output_tok_per_s}, {"input_tok_per_s", c->input_tok_per_s}, {"sequences", sequences(x)},
        {"batch", x->batch}, {"group", x->layout.group}, {"tensor_parallel", x->layout.tensor}, {"prefill_group", x->layout.prefill_group},
        {"prefill_tensor_parallel", x->layout.prefill_tensor}, {"prefill_per_decode", c->serving.prefill_per_decode}, {"decode_factor", c->decode_factor}, {"ttft_s", c->serving.ttft_s},
        {"draft", p->depth}};
    fprintf(out, "  {");
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) fprintf(out, "\"%s\": %.17g, ", facts[i].name, facts[i].value);
    fprintf(out, "\"binding\": \"%s\", \"meets_ttft\": %s}", moe_binding_name(x->binding), c->serving.meets_ttft ? "true" : "false");
}

static void put_json(FILE *out, const csim_cli_cost_question *q, const front *all) {
    const moe_request *r = &q->cost.request;
    const csim_token_cost *first = &all->points[0].cost;
    fprintf(out, "{\"model\": \"%s\", \"hardware\": \"%s\", \"input_tokens\": %.17g, \"output_tokens\": %.17g, \"hit_share\": %.17g, \"usd_per_hour\": %.17g, \"band_log_sd\": %.17g,\n \"rows\": [\n",
            q->model->id, q->hardware->id, r->input_tokens, r->output_tokens, r->hit_share, first->usd_per_hour, first->band_log_sd);
    for (size_t i = 0; i < all->count; i++) {
        put_point(out, &all->points[i]);
        fprintf(out, i + 1 < all->count ? ",\n" : "\n");
    }
    fprintf(out, " ]}\n");
}

csim_status csim_cli_cost_pareto(FILE *out, const csim_cli_cost_question *question, int json, csim_error *err) {
    front all;
    const csim_status status = find(question, &all, err);
    if (!status && json) put_json(out, question, &all);
    if (!status && !json) put_table(out, question, &all);
    return status;
}
