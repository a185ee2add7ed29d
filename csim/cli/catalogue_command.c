/* catalogue list | show ID: what models and machines the cost kernel knows, with their sources. */
#include <math.h>
#include <string.h>

#include "csim/catalogue/catalogue.h"
#include "csim/cli/commands.h"
#include "csim/cli/options.h"
#include "csim/scenario/scenario.h"

static void month_text(int month, char text[16]) { snprintf(text, 16, "%04d-%02d", 2000 + month / 12, 1 + month % 12); }

static void list_models(FILE *out, const csim_catalogue *catalogue) {
    size_t count;
    const csim_model_entry *model = csim_catalogue_models(catalogue, &count);
    char month[16];
    fprintf(out, "%-28s %-7s %-6s %8s %8s %10s  %s\n", "model", "from", "kind", "total B", "active B", "KV kB/tok", "title");
    for (size_t i = 0; i < count; i++) {
        month_text(model[i].released_month, month);
        const double cache = csim_shape_cache_bytes(&model[i].shape, 2.0) - csim_shape_cache_bytes(&model[i].shape, 1.0);
        fprintf(out, "%-28s %-7s %-6s %8.1f %8.1f %10.1f  %s\n", model[i].id, month, model[i].open_weights ? "open" : "closed", model[i].shape.total_params / 1e9,
                model[i].shape.active_params / 1e9, cache / 1e3, model[i].title);
    }
}

static void list_machines(FILE *out, const csim_catalogue *catalogue) {
    size_t count;
    const csim_hardware_entry *machine = csim_catalogue_hardware(catalogue, &count);
    char month[16];
    fprintf(out, "\n%-16s %-7s %8s %8s %8s %7s %6s %9s  %s\n", "machine", "volume", "BF16 TF", "FP8 TF", "FP4 TF", "TB/s", "GB", "capex k$", "title");
    for (size_t i = 0; i < count; i++) {
        const moe_hardware *h = &machine[i].machine;
        month_text(machine[i].volume_month, month);
        fprintf(out, "%-16s %-7s %8.0f %8.0f %8.0f %7.2f %6.1f %9.1f  %s\n", machine[i].id, month, h->bf16_flop_per_s / 1e12, h->fp8_flop_per_s / 1e12,
                h->fp4_flop_per_s / 1e12, h->memory_bytes_per_s / 1e12, h->memory_bytes / 1e9, h->capex_usd / 1e3, machine[i].title);
    }
}

static void show_provenance(FILE *out, const csim_provenance_set *set) {
    fprintf(out, "  source      %s (%s, %s, confidence %s)\n", set->entry.source, set->entry.date, set->entry.basis, set->entry.confidence);
    if (set->entry.note[0]) fprintf(out, "  note        %s\n", set->entry.note);
    for (size_t i = 0; i < set->override_count; i++) {
        const csim_provenance *p = &set->overrides[i];
        fprintf(out, "  %s: %s (%s, %s)%s%s\n", p->field, p->source, p->date, p->basis, p->note[0] ? "; " : "", p->note);
    }
}

static void show_model(FILE *out, const csim_model_entry *m) {
    const moe_shape *s = &m->shape;
    fprintf(out, "%s: %s (%s weights, %s, licence %s)\n", m->id, m->title, m->open_weights ? "open" : "closed", m->origin, m->licence);
    fprintf(out, "  parameters  %.1f B in all, %.1f B active\n", s->total_params / 1e9, s->active_params / 1e9);
    fprintf(out, "  layers      %.0f, of them %.0f with experts; width %.0f\n", s->layers, s->moe_layers, s->hidden);
    if (s->experts > 0.0) fprintf(out, "  experts     %.0f routed a layer, %.0f a token, %.1f M parameters each\n", s->experts, s->top_k, s->expert_params / 1e6);
    fprintf(out, "  bytes       attention %.3g, dense %.3g, experts %.3g, head %.3g a parameter\n", s->attention_bytes, s->ffn_bytes, s->expert_bytes, s->head_bytes);
    fprintf(out, "  cache       %.0f MB for a sequence of 8,000 tokens\n", csim_shape_cache_bytes(s, 8000.0) / 1e6);
    show_provenance(out, &m->provenance);
}

static void show_machine(FILE *out, const csim_hardware_entry *m) {
    const moe_hardware *h = &m->machine;
    const int invented = m->stack == CSIM_STACK_SYNTHETIC;
    char announced[16], volume[16];
    month_text(invented ? m->volume_month : m->announced_month, announced);
    month_text(m->volume_month, volume);
    fprintf(out, "%s: %s (%s)\n", m->id, m->title, m->vendor);
    fprintf(out, "  dates       %s%s, in volume %s\n", invented ? "invented" : "public from ", invented ? "" : announced, volume);
    fprintf(out, "  dense peak  BF16 %.0f, FP8 %.0f, FP4 %.0f TFLOP/s; TPP %.0f\n", h->bf16_flop_per_s / 1e12, h->fp8_flop_per_s / 1e12, h->fp4_flop_per_s / 1e12, m->tpp);
    fprintf(out, "  memory      %.1f GB at %.2f TB/s\n", h->memory_bytes / 1e9, h->memory_bytes_per_s / 1e12);
    fprintf(out, "  links       %.0f GB/s one way among %.0f; %.0f GB/s beyond\n", h->scale_up_bytes_per_s / 1e9, h->scale_up_domain, h->scale_out_bytes_per_s / 1e9);
    fprintf(out, "  ownership   %.1f k$ installed, %.2f kW all in\n", h->capex_usd / 1e3, h->all_in_kw);
    if (!isnan(m->rent.neocloud)) fprintf(out, "  hour        $%.2f hyperscaler, $%.2f neocloud, $%.2f three-year rental\n", m->rent.hyperscaler, m->rent.neocloud, m->rent.rental_3yr);
    fprintf(out, "  in China    %s\n", m->china_status);
    show_provenance(out, &m->provenance);
}

static csim_status refuse_id(const char *id, const char *hint, csim_error *err) {
    char words[sizeof err->hint];
    snprintf(words, sizeof words, "%s", hint[0] ? hint : "'moecast catalogue' lists them");
    csim_error_set(err, CSIM_UNKNOWN_NAME, "no model or machine '%.80s' in the catalogue", id);
    csim_error_hint(err, "%s", words);
    return CSIM_UNKNOWN_NAME;
}

static csim_status show(FILE *out, const csim_catalogue *catalogue, const char *id, csim_error *err) {
    const csim_model_entry *model;
    const csim_hardware_entry *machine;
    if (!csim_catalogue_model_find(catalogue, id, &model, err)) {
        show_model(out, model);
        return CSIM_OK;
    }
    csim_error of_machines;
    if (!csim_catalogue_hardware_find(catalogue, id, &machine, &of_machines)) {
        show_machine(out, machine);
        return CSIM_OK;
    }
    return refuse_id(id, err && err->hint[0] ? err->hint : of_machines.hint, err);
}

csim_status csim_cli_catalogue(const csim_cli_io *io, int argc, char **argv, csim_error *err) {
    const char *words[2] = {"list", NULL};
    size_t count;
    csim_catalogue *catalogue = NULL;
    char folder[4096];
    if (csim_cli_wants_help(argc, argv)) {
        fprintf(io->out, "usage: moecast catalogue [list | show ID]\n\nLists the models and machines of the catalogue, or shows one with its sources.\n");
        return CSIM_OK;
    }
    csim_status status = csim_options_parse(argc, argv, 1, NULL, 0, words, 2, &count, err);
    if (status) return status;
    const int showing = count && !strcmp(words[0], "show");
    if ((count && !showing && strcmp(words[0], "list")) || (showing && count != 2) || (!showing && count > 1))
        return csim_error_set(err, CSIM_USAGE, "catalogue wants 'list' or 'show ID'");
    snprintf(folder, sizeof folder, "%s/catalogue", csim_scenario_home());
    status = csim_catalogue_load(folder, &catalogue, err);
    if (status == CSIM_FILE_OPEN) csim_error_hint(err, "set MOECAST_SCENARIOS to the folder of the shipped scenarios");
    if (!status && showing) status = show(io->out, catalogue, words[1], err);
    if (!status && !showing) {
        list_models(io->out, catalogue);
        list_machines(io->out, catalogue);
    }
    csim_catalogue_free(catalogue);
    return status;
}
