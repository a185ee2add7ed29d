/* Models and machines in rows, columns named. Below the models one row for each group of layers that keeps its past in the same way. Shows the catalogue; must
 * not compute from it. Machines of on-chip memory are left out: their equations are others. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "csim/report/catalogue_sheets.h"
#include "csim/report/live_cells.h"
#include "csim/report/shipped_cost.h"

typedef enum catalogue_form { TEXT_FORM, COUNT_FORM, LARGE_FORM, SMALL_FORM, MONEY_FORM } catalogue_form;

/* A column: its name in formulas (NULL: none), and where its number stands in an entry. */
typedef struct field { const char *name, *header, *unit; double width_chars; catalogue_form form; size_t at; } field;

#define MODEL(member) offsetof(csim_model_entry, shape.member)
#define MACHINE(member) offsetof(csim_hardware_entry, machine.member)
#define GROUP(member) offsetof(moe_kv_group, member)

static const field model_columns[] = {
    {"id", "Model", "id", 30, TEXT_FORM, 0}, {"title", "Title", "", 40, TEXT_FORM, 0},
    {"layers", "Layers", "layers", 10, COUNT_FORM, MODEL(layers)}, {"moe_layers", "MoE layers", "layers", 10, COUNT_FORM, MODEL(moe_layers)},
    {"latent_layers", "Latent attention", "layers", 10, COUNT_FORM, MODEL(latent_layers)}, {"index_layers", "With an indexer", "layers", 10, COUNT_FORM, MODEL(index_layers)},
    {"linear_layers", "Linear attention", "layers", 10, COUNT_FORM, MODEL(linear_layers)}, {"hidden", "Width", "values", 10, COUNT_FORM, MODEL(hidden)},
    {"expert_io", "Width sent to experts", "values", 10, COUNT_FORM, MODEL(expert_io)}, {"experts", "Experts", "a layer", 10, COUNT_FORM, MODEL(experts)},
    {"top_k", "Experts a token", "a layer", 10, COUNT_FORM, MODEL(top_k)}, {"attention_params", "Attention", "parameters", 11, LARGE_FORM, MODEL(attention_params)},
    {"ffn_params", "Dense layers", "parameters", 11, LARGE_FORM, MODEL(dense_ffn_params)}, {"shared_params", "Shared experts", "parameters", 11, LARGE_FORM, MODEL(shared_expert_params)},
    {"head_params", "Head", "parameters", 11, LARGE_FORM, MODEL(head_params)}, {"expert_params", "One expert, one layer", "parameters", 11, LARGE_FORM, MODEL(expert_params)},
    {"attention_bytes", "Attention as published", "B/parameter", 12, SMALL_FORM, MODEL(attention_bytes)}, {"ffn_bytes", "Dense layers as published", "B/parameter", 12, SMALL_FORM, MODEL(ffn_bytes)},
    {"expert_bytes", "Experts as published", "B/parameter", 12, SMALL_FORM, MODEL(expert_bytes)}, {"head_bytes", "Head as published", "B/parameter", 12, SMALL_FORM, MODEL(head_bytes)},
    {"value_bytes", "Cached value", "B", 8, SMALL_FORM, MODEL(cache_value_bytes)}};
enum { MODEL_COLUMNS = sizeof model_columns / sizeof model_columns[0], FIRST_GROUP = MODEL_COLUMNS, GROUPS, MODELS_WIDE };

static const field group_columns[] = {
    {"model", "Model", "id", 0, TEXT_FORM, 0}, {"kind", "Group", "of the model", 0, TEXT_FORM, 0},
    {"layers", "Layers", "layers", 0, COUNT_FORM, GROUP(layers)}, {"heads", "KV heads", "heads", 0, COUNT_FORM, GROUP(kv_heads)},
    {"reach", "Attended at most", "tokens", 0, COUNT_FORM, GROUP(reach_tokens)}, {"stored_reach", "Kept at most", "tokens", 0, COUNT_FORM, GROUP(stored_reach_tokens)},
    {"stored_bytes", "Kept a token", "B/layer", 0, COUNT_FORM, GROUP(stored_bytes_per_token)}, {"read_bytes", "Read a token", "B/layer", 0, COUNT_FORM, GROUP(read_bytes_per_token)},
    {"index_bytes", "Index read a token", "B/layer", 0, COUNT_FORM, GROUP(index_bytes_per_token)}, {"state_bytes", "State", "B/layer", 0, LARGE_FORM, GROUP(state_bytes)},
    {"decode_flop", "Decode", "FLOP/token", 0, LARGE_FORM, GROUP(decode_flop_per_context_token)}, {"prefill_flop", "Prompt", "FLOP/token", 0, LARGE_FORM, GROUP(prefill_flop_per_context_token)},
    {"index_flop", "Index", "FLOP/token", 0, LARGE_FORM, GROUP(index_flop_per_context_token)}};
enum { GROUP_COLUMNS = sizeof group_columns / sizeof group_columns[0] };

static const field machine_columns[] = {
    {"id", "Machine", "id", 18, TEXT_FORM, 0}, {"title", "Title", "", 32, TEXT_FORM, 0},
    {"bf16", "BF16, dense", "FLOP/s", 11, LARGE_FORM, MACHINE(bf16_flop_per_s)}, {"eight_bit", "FP8, dense", "FLOP/s", 11, LARGE_FORM, MACHINE(fp8_flop_per_s)},
    {"four_bit", "FP4, dense", "FLOP/s", 11, LARGE_FORM, MACHINE(fp4_flop_per_s)}, {"memory_bytes", "Memory", "B", 11, LARGE_FORM, MACHINE(memory_bytes)},
    {"memory_rate", "Memory rate", "B/s", 11, LARGE_FORM, MACHINE(memory_bytes_per_s)}, {"near_rate", "Fast link, one way", "B/s", 11, LARGE_FORM, MACHINE(scale_up_bytes_per_s)},
    {"domain", "Fast domain", "accelerators", 12, COUNT_FORM, MACHINE(scale_up_domain)}, {"far_rate", "Port, one way", "B/s", 11, LARGE_FORM, MACHINE(scale_out_bytes_per_s)},
    {"group_most", "Replica at most", "accelerators", 12, COUNT_FORM, MACHINE(group_max)}, {"all_in_kw", "All-in power", "kW", 9, SMALL_FORM, MACHINE(all_in_kw)},
    {"capital", "Capital", "$", 11, COUNT_FORM, MACHINE(capex_usd)}, {"neocloud", "Hour, neocloud", "$/h", 10, MONEY_FORM, offsetof(csim_hardware_entry, rent.neocloud)},
    {"rental", "Hour, on demand", "$/h", 10, MONEY_FORM, offsetof(csim_hardware_entry, rent.on_demand)}, {"contract", "Hour, 3 years", "$/h", 10, MONEY_FORM, offsetof(csim_hardware_entry, rent.rental_3yr)}};
enum { MACHINE_COLUMNS = sizeof machine_columns / sizeof machine_columns[0], FACTOR = MACHINE_COLUMNS, LOG_SD, MACHINES_WIDE };

enum { TOP = 6, HEAD_ROWS = 2, CATALOGUE_WIDEST = 32, ENTRIES_MOST = 256, TITLE_UNITS = 60, SOURCE_UNITS = 200 };

static double number_at(const void *entry, const field *c) {
    double value;
    memcpy(&value, (const char *)entry + c->at, sizeof value);
    return value;
}

/* What is unlimited says so, which MIN passes over. */
static csim_value value_of(double number) { return isinf(number) ? csim_value_of_text("all") : isnan(number) ? csim_value_of_text("n/a") : csim_value_of_number(number); }

static void put_value(csim_sheet *sheet, uint32_t row, uint32_t column, catalogue_form form, double number) {
    const csim_cell_style style = form == LARGE_FORM ? csim_style_digits(CSIM_ROLE_BODY, CSIM_AS_SCIENTIFIC, 3) : form == MONEY_FORM ? csim_style_digits(CSIM_ROLE_BODY, CSIM_AS_USD, 2)
                                  : form == SMALL_FORM ? csim_style(CSIM_ROLE_BODY, CSIM_AS_GENERAL) : csim_style_digits(CSIM_ROLE_BODY, CSIM_AS_NUMBER, 0);
    const csim_value value = value_of(number);
    if (value.kind == CSIM_VALUE_TEXT) csim_sheet_put_text(sheet, row, column, CSIM_GENERAL(CSIM_ROLE_MISSING), value.text);
    else csim_sheet_put_number(sheet, row, column, style, number);
}

/* ---- entries that are shown ---- */

typedef struct machines { const csim_hardware_entry *entry[ENTRIES_MOST]; size_t count; } machines;

static machines machines_of(const csim_catalogue *catalogue) {
    machines out = {.count = 0};
    size_t count;
    const csim_hardware_entry *all = csim_catalogue_hardware(catalogue, &count);
    for (size_t i = 0; i < count && out.count < ENTRIES_MOST; i++)
        if (!all[i].machine.weights_on_chip) out.entry[out.count++] = &all[i];
    return out;
}

/* A published decode rate of the machine over the equations'; 1 where none is known. */
static double decode_factor(const csim_hardware_entry *h) { return h->measured_tok_per_s > 0.0 && h->kernel_tok_per_s > 0.0 ? h->measured_tok_per_s / h->kernel_tok_per_s : 1.0; }

static size_t models_of(const csim_catalogue *catalogue, const csim_model_entry **out) {
    size_t count;
    *out = csim_catalogue_models(catalogue, &count);
    return count < ENTRIES_MOST ? count : ENTRIES_MOST;
}

static size_t groups_of(const csim_catalogue *catalogue) {
    const csim_model_entry *models;
    size_t groups = 0;
    for (size_t count = models_of(catalogue, &models), i = 0; i < count; i++) groups += (size_t)models[i].shape.kv_groups;
    return groups;
}

/* ---- names ---- */

static csim_value text_of(const char *text) {
    char clean[CSIM_VALUE_TEXT_MAX];
    return csim_value_of_text(csim_report_clean(text, TITLE_UNITS, clean, sizeof clean));
}

static void name_column(csim_report *report, csim_report_sheet_id id, const char *table, const char *name, uint32_t row, uint32_t column, const csim_value *values, size_t count) {
    char full[64];
    snprintf(full, sizeof full, "%s_%s", table, name);
    csim_live_name(report->live, full, csim_cells_of(report->sheet[id], row, column, row + (uint32_t)count - 1, column), values);
}

static void name_models(csim_report *report) {
    csim_value values[ENTRIES_MOST];
    const csim_model_entry *models;
    const size_t count = models_of(report->shipped->catalogue, &models);
    for (uint32_t c = 0; c < MODEL_COLUMNS; c++) {
        for (size_t i = 0; i < count; i++)
            values[i] = c > 1 ? value_of(number_at(&models[i], &model_columns[c])) : text_of(c ? models[i].title : models[i].id);
        name_column(report, CSIM_REPORT_MODELS, "models", model_columns[c].name, TOP + HEAD_ROWS, c, values, count);
    }
    double first = 1.0;
    for (size_t i = 0; i < count; first += models[i++].shape.kv_groups) values[i] = csim_value_of_number(first);
    name_column(report, CSIM_REPORT_MODELS, "models", "first_group", TOP + HEAD_ROWS, FIRST_GROUP, values, count);
    for (size_t i = 0; i < count; i++) values[i] = csim_value_of_number(models[i].shape.kv_groups);
    name_column(report, CSIM_REPORT_MODELS, "models", "groups", TOP + HEAD_ROWS, GROUPS, values, count);
}

/* Two rows below the models' table, and the heading. */
static uint32_t groups_top(size_t models) { return TOP + HEAD_ROWS + (uint32_t)models + 2; }

static void name_groups(csim_report *report) {
    csim_value values[MOE_MAX_KV_GROUPS * ENTRIES_MOST];
    const csim_model_entry *models;
    const size_t count = models_of(report->shipped->catalogue, &models);
    for (uint32_t c = 2; c < GROUP_COLUMNS; c++) {
        size_t used = 0;
        for (size_t i = 0; i < count; i++)
            for (int g = 0; g < models[i].shape.kv_groups; g++) values[used++] = value_of(number_at(&models[i].shape.kv[g], &group_columns[c]));
        name_column(report, CSIM_REPORT_MODELS, "caches", group_columns[c].name, groups_top(count) + HEAD_ROWS, c, values, used);
    }
}

static void name_machines(csim_report *report) {
    csim_value values[ENTRIES_MOST];
    const machines m = machines_of(report->shipped->catalogue);
    for (uint32_t c = 0; c < MACHINE_COLUMNS; c++) {
        for (size_t i = 0; i < m.count; i++)
            values[i] = c > 1 ? value_of(number_at(m.entry[i], &machine_columns[c])) : text_of(c ? m.entry[i]->title : m.entry[i]->id);
        name_column(report, CSIM_REPORT_MACHINES, "machines", machine_columns[c].name, TOP + HEAD_ROWS, c, values, m.count);
    }
    for (size_t i = 0; i < m.count; i++) values[i] = csim_value_of_number(decode_factor(m.entry[i]));
    name_column(report, CSIM_REPORT_MACHINES, "machines", "factor", TOP + HEAD_ROWS, FACTOR, values, m.count);
    for (size_t i = 0; i < m.count; i++) values[i] = csim_value_of_number(csim_kernel_log_sd(m.entry[i]));
    name_column(report, CSIM_REPORT_MACHINES, "machines", "log_sd", TOP + HEAD_ROWS, LOG_SD, values, m.count);
}

void csim_catalogue_sheets_name(csim_report *report) {
    name_models(report);
    name_groups(report);
    name_machines(report);
}

/* ---- where a number comes from ---- */

/* Columns of the tables above are too narrow for texts: a source runs on over those that follow, which are empty. */
static void put_source(csim_sheet *sheet, uint32_t row, const char *id, const csim_provenance_set *set) {
    char text[CSIM_REPORT_LINE], clean[CSIM_REPORT_LINE];
    size_t used = (size_t)snprintf(text, sizeof text, "%.300s", set->entry.source);
    for (size_t i = 0, others = 0; i < set->override_count && used < sizeof text; i++)
        if (strcmp(set->overrides[i].basis, set->entry.basis))
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s: %s", others++ ? ", " : "; but ", set->overrides[i].field, set->overrides[i].basis);
    csim_sheet_put_text(sheet, row, 0, CSIM_GENERAL(CSIM_ROLE_BODY), text_of(id).text);
    csim_sheet_put_text(sheet, row, 2, CSIM_GENERAL(CSIM_ROLE_BODY), csim_report_clean(text, SOURCE_UNITS, clean, sizeof clean));
    snprintf(text, sizeof text, "%.40s, %.8s, %.20s", set->entry.basis, set->entry.confidence, set->entry.date);
    csim_sheet_put_text(sheet, row, 1, CSIM_GENERAL(CSIM_ROLE_BODY), csim_report_clean(text, TITLE_UNITS, clean, sizeof clean));
}

static void put_source_heads(csim_sheet *sheet, uint32_t row, const char *of, uint32_t wide) {
    const char *const heads[] = {of, "Basis, confidence, date", "Source; fields of another basis than the entry's"};
    for (uint32_t c = 0; c < wide; c++) {
        if (c < 3) csim_sheet_put_text(sheet, row, c, CSIM_GENERAL(CSIM_ROLE_HEADING), heads[c]);
        else csim_sheet_put_blank(sheet, row, c, CSIM_ROLE_HEADING);
    }
}

static void put_words(csim_sheet *sheet, uint32_t row, const char *id, const char *title) {
    csim_sheet_put_text(sheet, row, 0, CSIM_GENERAL(CSIM_ROLE_BODY), text_of(id).text);
    csim_sheet_put_text(sheet, row, 1, CSIM_GENERAL(CSIM_ROLE_BODY), text_of(title).text);
}

static void open_columns(csim_table_column *out, const field *columns, size_t count) {
    for (size_t i = 0; i < count; i++) out[i] = (csim_table_column){columns[i].header, columns[i].unit, columns[i].width_chars, columns[i].form == TEXT_FORM};
}

/* ---- sheets ---- */

static void put_groups(csim_report *report, csim_sheet *sheet, const csim_model_entry *models, size_t count) {
    csim_table_column head[CATALOGUE_WIDEST];
    const uint32_t top = groups_top(count);
    open_columns(head, group_columns, GROUP_COLUMNS);
    csim_sheet_put_text(sheet, top - 1, 0, CSIM_GENERAL(CSIM_ROLE_HEADING), "Caches: groups of layers that keep their past alike; numbers of one layer");
    csim_sheet_add_table(sheet, top, 0, head, GROUP_COLUMNS, (uint32_t)groups_of(report->shipped->catalogue), 0);
    uint32_t row = top + HEAD_ROWS;
    for (size_t i = 0; i < count; i++)
        for (int g = 0; g < models[i].shape.kv_groups; g++, row++) {
            char number[32];
            snprintf(number, sizeof number, "%d of %d", g + 1, models[i].shape.kv_groups);
            put_words(sheet, row, models[i].id, number);
            for (uint32_t c = 2; c < GROUP_COLUMNS; c++) put_value(sheet, row, c, group_columns[c].form, number_at(&models[i].shape.kv[g], &group_columns[c]));
        }
    put_source_heads(sheet, ++row, "Where the models' numbers come from", MODELS_WIDE);
    for (size_t i = 0; i < count; i++) put_source(sheet, ++row, models[i].id, &models[i].provenance);
    csim_sheet_set_print_area(csim_cells_of(sheet, 0, 0, row, MODELS_WIDE - 1));
}

void csim_report_fill_models(csim_report *report) {
    csim_sheet *sheet = report->sheet[CSIM_REPORT_MODELS];
    const csim_model_entry *models;
    const size_t count = models_of(report->shipped->catalogue, &models);
    csim_table_column head[CATALOGUE_WIDEST];
    open_columns(head, model_columns, MODEL_COLUMNS);
    head[FIRST_GROUP] = (csim_table_column){"First group", "row below", 8, false};
    head[GROUPS] = (csim_table_column){"Groups", "groups", 8, false};
    csim_report_put_head(report, CSIM_REPORT_MODELS, "Models", "The catalogue's models, as the token cost reads them. Parameters are what all layers have together, of experts one in one layer.");
    csim_sheet_put_text(sheet, 3, 0, CSIM_GENERAL(CSIM_ROLE_NOTE), "A number changed here moves every formula; the check on Token cost then no longer says ok, since the engine's answer is to the catalogue's numbers.");
    csim_sheet_add_table(sheet, TOP, 0, head, MODELS_WIDE, (uint32_t)count, CSIM_TABLE_FREEZE);
    double first = 1.0;
    for (size_t i = 0; i < count; first += models[i++].shape.kv_groups) {
        const uint32_t row = TOP + HEAD_ROWS + (uint32_t)i;
        put_words(sheet, row, models[i].id, models[i].title);
        for (uint32_t c = 2; c < MODEL_COLUMNS; c++) put_value(sheet, row, c, model_columns[c].form, number_at(&models[i], &model_columns[c]));
        put_value(sheet, row, FIRST_GROUP, COUNT_FORM, first);
        put_value(sheet, row, GROUPS, COUNT_FORM, models[i].shape.kv_groups);
    }
    put_groups(report, sheet, models, count);
}

void csim_report_fill_machines(csim_report *report) {
    csim_sheet *sheet = report->sheet[CSIM_REPORT_MACHINES];
    const machines m = machines_of(report->shipped->catalogue);
    csim_table_column head[CATALOGUE_WIDEST];
    open_columns(head, machine_columns, MACHINE_COLUMNS);
    head[FACTOR] = (csim_table_column){"Measured decode", "over equations", 13, false};
    head[LOG_SD] = (csim_table_column){"Error of the equations", "sd of ln", 10, false};
    csim_report_put_head(report, CSIM_REPORT_MACHINES, "Machines", "The catalogue's machines, one accelerator each, as the token cost reads them. Peaks are dense; links are one way.");
    csim_sheet_put_text(sheet, 3, 0, CSIM_GENERAL(CSIM_ROLE_NOTE), "Machines whose weights lie in memory on the chip are left out: their equations are others ('moecast cost' has them). n/a: the catalogue has no such price.");
    csim_sheet_add_table(sheet, TOP, 0, head, MACHINES_WIDE, (uint32_t)m.count, CSIM_TABLE_FREEZE);
    for (size_t i = 0; i < m.count; i++) {
        const uint32_t row = TOP + HEAD_ROWS + (uint32_t)i;
        put_words(sheet, row, m.entry[i]->id, m.entry[i]->title);
        for (uint32_t c = 2; c < MACHINE_COLUMNS; c++) put_value(sheet, row, c, machine_columns[c].form, number_at(m.entry[i], &machine_columns[c]));
        csim_sheet_put_number(sheet, row, FACTOR, csim_style_digits(CSIM_ROLE_BODY, CSIM_AS_NUMBER, 3), decode_factor(m.entry[i]));
        csim_sheet_put_number(sheet, row, LOG_SD, csim_style_digits(CSIM_ROLE_BODY, CSIM_AS_NUMBER, 2), csim_kernel_log_sd(m.entry[i]));
    }
    uint32_t row = TOP + HEAD_ROWS + (uint32_t)m.count + 1;
    put_source_heads(sheet, row, "Where the machines' numbers come from", MACHINES_WIDE);
    for (size_t i = 0; i < m.count; i++) put_source(sheet, ++row, m.entry[i]->id, &m.entry[i]->provenance);
    csim_sheet_set_print_area(csim_cells_of(sheet, 0, 0, row, MACHINES_WIDE - 1));
}
