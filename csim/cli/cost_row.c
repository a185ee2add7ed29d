/* Rows of either form → questions. The columns of one's own form are the command's options under the names of the library. */
#include "csim/cli/cost_row.h"

#include <math.h>
#include <string.h>

#include "csim/cost/served_format.h"

int csim_cost_row_is_measurement(const csim_table *table) { return csim_table_column(table, "model_path") >= 0 && csim_table_column(table, "system") >= 0; }

/* Errors of words name options; in a table they name columns. */
static csim_status name_column(csim_status status, csim_error *err) {
    if (status && !strncmp(err->field, "--", 2)) {
        char field[sizeof err->field];
        snprintf(field, sizeof field, "%s", csim_cli_cost_field(err->field));
        snprintf(err->field, sizeof err->field, "%s", field);
    }
    return status;
}

static csim_status read_options(const csim_table *table, size_t row, csim_cli_cost_question *q, csim_error *err) {
    csim_option options[CSIM_CLI_COST_OPTIONS];
    csim_status status = CSIM_OK;
    csim_cli_cost_options(q, options);
    for (int i = 0; !status && i < CSIM_CLI_COST_OPTIONS; i++) {
        const int column = csim_table_column(table, csim_cli_cost_field(options[i].name));
        const char *text = csim_table_cell(table, row, column);
        if (options[i].kind == CSIM_OPTION_NUMBER) status = csim_table_number(table, row, column, options[i].value, err);
        else if (text[0]) *(const char **)options[i].value = text;
    }
    return status ? status : name_column(csim_cli_cost_question_read(q, err), err);
}

/* ---- what options do not say */

static csim_status read_layout(const csim_table *table, size_t row, csim_cost_row *out, csim_error *err) {
    const double none = (double)NAN;
    const struct { const char *name; double *value; } all[] = {{"tensor_parallel", &out->layout.tensor}, {"group", &out->layout.group}, {"prefill_tensor_parallel", &out->layout.prefill_tensor},
                                                               {"prefill_group", &out->layout.prefill_group}, {"batch", &out->sequences}};
    moe_layout *l = &out->layout;
    csim_status status = CSIM_OK;
    *l = (moe_layout){none, none, none, none};
    out->sequences = none;
    for (size_t i = 0; !status && i < sizeof all / sizeof all[0]; i++) status = csim_table_number(table, row, csim_table_column(table, all[i].name), all[i].value, err);
    if (status) return status;
    out->has_layout = !isnan(l->tensor) || !isnan(l->group);
    if (!out->has_layout && !(isnan(l->prefill_tensor) && isnan(l->prefill_group) && isnan(out->sequences)))
        return csim_error_set_at(err, CSIM_MISSING_KEY, NULL, 0, 0, "group", "a batch or a layout for prompts needs the layout that decodes: group, tensor_parallel or both");
    if (isnan(l->tensor)) l->tensor = 1.0;
    if (isnan(l->group)) l->group = l->tensor;
    if (isnan(l->prefill_tensor)) l->prefill_tensor = isnan(l->prefill_group) ? l->tensor : 1.0;
    if (isnan(l->prefill_group)) l->prefill_group = fmax(l->group, l->prefill_tensor);
    return CSIM_OK;
}

static csim_status serve(csim_cost_row *out, const char *precision, double cache_bytes, csim_error *err) {
    csim_precision found = CSIM_PRECISION_CATALOGUED;
    const csim_status status = precision[0] ? csim_precision_find(precision, &found, err) : CSIM_OK;
    if (status) return status;
    if (!isnan(cache_bytes) && !(cache_bytes >= 0.25 && cache_bytes <= 4.0))
        return csim_error_set_at(err, CSIM_OUT_OF_RANGE, NULL, 0, 0, "cache_bytes", "must be .25 to 4, got %.10g", cache_bytes);
    csim_serve_weights(&out->served.shape, found);
    if (!isnan(cache_bytes)) csim_serve_cache(&out->served.shape, cache_bytes);
    return CSIM_OK;
}

static csim_status find_entries(csim_cost_row *out, csim_error *err) {
    csim_cli_cost_question *q = &out->question;
    if (!q->model_id || !q->hardware_id) return csim_error_set_at(err, CSIM_MISSING_KEY, NULL, 0, 0, q->model_id ? "hardware" : "model", "is empty");
    csim_status status = csim_catalogue_model_named(q->catalogue, q->model_id, &q->model, err);
    if (!status) status = csim_catalogue_hardware_named(q->catalogue, q->hardware_id, &q->hardware, err);
    if (status) return status;
    out->served = *q->model;
    q->model = &out->served;
    return CSIM_OK;
}

/* ---- both forms */

static csim_status read_own(const csim_table *table, size_t row, csim_cost_row *out, csim_error *err) {
    double cache_bytes = (double)NAN;
    csim_status status = read_options(table, row, &out->question, err);
    if (!status) status = read_layout(table, row, out, err);
    if (!status) status = csim_table_number(table, row, csim_table_column(table, "cache_bytes"), &cache_bytes, err);
    if (!status) status = find_entries(out, err);
    return status ? status : serve(out, csim_table_cell(table, row, csim_table_column(table, "precision")), cache_bytes, err);
}

/* What a measurement does not say is as benchmarks run: prompts of their own, none cached. */
static csim_status read_measured(const csim_table *table, size_t row, csim_cost_row *out, csim_error *err) {
    csim_cli_cost_question *q = &out->question;
    csim_measured_row m;
    csim_status status = csim_measured_row_read(table, row, &m, err);
    if (status) return status;
    q->model_id = m.model;
    q->hardware_id = m.system;
    q->stack = m.stack;
    q->pools = m.one_pool ? "one" : "split";
    q->cost.request.input_tokens = m.input_tokens;
    q->cost.request.output_tokens = m.output_tokens;
    q->cost.request.hit_share = 0.0;
    out->has_layout = m.has_layout;
    out->layout = m.layout;
    out->sequences = m.sequences;
    status = read_options(table, row, q, err);
    if (!status) status = find_entries(out, err);
    return status ? status : serve(out, m.precision, csim_usual_cache_bytes(&out->served.shape, m.backend), err);
}

csim_status csim_cost_row_read(const csim_table *table, size_t row, const csim_cli_cost_question *standard, csim_cost_row *out, csim_error *err) {
    *out = (csim_cost_row){.question = *standard, .is_measured = csim_cost_row_is_measurement(table), .sequences = (double)NAN};
    const csim_status status = out->is_measured ? read_measured(table, row, out, err) : read_own(table, row, out, err);
    if (status || out->question.depth >= 0 || !out->has_layout) return status;
    return csim_error_set_at(err, CSIM_INCONSISTENT, NULL, 0, 0, "draft", "the best depth is searched together with the layout; state a depth with a layout");
}

csim_status csim_cost_row_answer(const csim_cost_row *row, csim_token_cost *out, csim_error *err) {
    const csim_cli_cost_question *q = &row->question;
    int depth;
    if (row->has_layout) {
        const csim_status status = csim_token_cost_at(q->model, q->hardware, &q->cost, &row->layout, row->sequences, out, err);
        return row->is_measured ? csim_measured_name_column(status, q->cost.request.one_pool, err) : status;
    }
    return name_column(csim_cli_cost_answer(q, out, &depth, err), err);
}
