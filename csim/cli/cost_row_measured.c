/* Rows in the columns of public tables of serving measurements, read as the fit of the kernel reads them (tests/fit/measurements.py; docs/kernel-fit.md, Rows). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csim/cli/cost_row.h"

/* InferenceX draws lengths uniformly on .8 to 1 of nominal; the publisher's own runs have them fixed. The column that says so may be missing. */
static const double MEAN_OF_NOMINAL = 0.9;

/* Counts of ranks, batches, stages and workers: empty and 0 are 1, as the table means them. */
static csim_status read_count(const csim_table *table, size_t row, const char *column, double *out, csim_error *err) {
    *out = 0.0;
    const csim_status status = csim_table_number(table, row, csim_table_column(table, column), out, err);
    if (!status && !(*out >= 0.0 && *out <= 1e9)) return csim_error_set_at(err, CSIM_OUT_OF_RANGE, NULL, 0, 0, column, "must be 0 to 1e9, got %.10g", *out);
    *out = fmax(*out, 1.0);
    return status;
}

static const char *cell(const csim_table *table, size_t row, const char *column) { return csim_table_cell(table, row, csim_table_column(table, column)); }

/* A number behind a word of the source field; NAN where there is none. */
static double requests_in_flight(const char *source) {
    static const char key[] = "silicon_concurrency=";
    const char *at = strstr(source, key), *digits = at ? at + sizeof key - 1 : "";
    double count = digits[0] >= '0' && digits[0] <= '9' ? 0.0 : (double)NAN;
    while (*digits >= '0' && *digits <= '9') count = 10.0 * count + (*digits++ - '0');
    return count;
}

/* Stacks whose first builds for a machine are in the published tables: DeepSeek's block-scaled FP8 in TensorRT-LLM on Blackwell before 2026. */
static int is_first_release(const csim_measured_row *m, const char *source) {
    const char *measured = strstr(source, "measured=");
    return m->one_pool && measured && strncmp(measured + 9, "2026-01", 7) < 0 && !strcmp(m->backend, "trtllm") && !strcmp(m->precision, "fp8") &&
           strstr(m->model, "DeepSeek") && strstr(m->system, "b200");
}

static csim_status read_length(const csim_table *table, size_t row, const char *column, double mean, double *out, csim_error *err) {
    double nominal = 0.0;
    const csim_status status = csim_table_number(table, row, csim_table_column(table, column), &nominal, err);
    if (status) return status;
    if (!cell(table, row, column)[0]) return csim_error_set_at(err, CSIM_MISSING_KEY, NULL, 0, 0, column, "is empty");
    *out = mean * nominal;
    return *out >= 1.0 && *out <= 1e8 ? CSIM_OK : csim_error_set_at(err, CSIM_OUT_OF_RANGE, NULL, 0, 0, column, "must be %.4g to %.4g, got %.10g", 1.0 / mean, 1e8 / mean, nominal);
}

typedef struct counts { double tensor, ranks, moe_tensor, expert; } counts;

static csim_status read_counts(const csim_table *table, size_t row, const char *const names[4], counts *out, csim_error *err) {
    csim_status status = read_count(table, row, names[0], &out->tensor, err);
    if (!status) status = read_count(table, row, names[1], &out->ranks, err);
    if (!status) status = read_count(table, row, names[2], &out->moe_tensor, err);
    return status ? status : read_count(table, row, names[3], &out->expert, err);
}

static csim_status refuse_batch(double counted, double requests, csim_error *err) {
    return csim_error_set_at(err, CSIM_INCONSISTENT, NULL, 0, 0, "batch_size", "batch x ranks x workers are %.10g requests in flight, the source says %.10g", counted, requests);
}

/* Layouts with moe_tp_size = moe_ep_size = n carry n x n: the publisher multiplied the two; the group has n accelerators, expert parallel. And runs that leave
 * attention_dp_size empty but had batch x tp_size requests in flight have data-parallel attention. */
static csim_status read_one_pool(const csim_table *table, size_t row, double requests, csim_measured_row *m, csim_error *err) {
    static const char *const names[4] = {"tp_size", "attention_dp_size", "moe_tp_size", "moe_ep_size"};
    counts c;
    double batch, stages;
    csim_status status = read_counts(table, row, names, &c, err);
    if (!status) status = read_count(table, row, "batch_size", &batch, err);
    if (!status) status = read_count(table, row, "pp_size", &stages, err);
    if (status) return status;
    if (stages > 1.0) return csim_error_set_at(err, CSIM_OUT_OF_RANGE, NULL, 0, 0, "pp_size", "pipelines of %g stages are not known to the kernel", stages);
    if (!cell(table, row, "batch_size")[0]) return csim_error_set_at(err, CSIM_MISSING_KEY, NULL, 0, 0, "batch_size", "is empty");
    m->sequences = batch * c.ranks;
    if (c.moe_tensor == c.expert && c.expert > 1.0 && c.tensor * c.ranks == c.expert * c.expert) {
        if (c.tensor > 1.0) c.tensor = c.expert;
        if (c.ranks > 1.0) c.ranks = c.expert;
        if (c.tensor > 1.0 && c.ranks > 1.0) c.tensor = 1.0;
    }
    if (!cell(table, row, "attention_dp_size")[0] && c.expert > 1.0 && c.tensor > 1.0 && requests == batch * c.tensor) {
        c = (counts){1.0, c.tensor, c.moe_tensor, c.expert};
        m->sequences = requests;
    }
    m->layout = (moe_layout){c.tensor, c.tensor * c.ranks, c.tensor, c.tensor * c.ranks};
    return !isnan(requests) && requests != m->sequences ? refuse_batch(m->sequences, requests, err) : CSIM_OK;
}

static csim_status read_split(const csim_table *table, size_t row, double requests, csim_measured_row *m, csim_error *err) {
    static const char *const decode[4] = {"decode_tp_size", "decode_attention_dp_size", "decode_moe_tp_size", "decode_moe_ep_size"};
    static const char *const prefill[4] = {"prefill_tp_size", "prefill_attention_dp_size", "prefill_moe_tp_size", "prefill_moe_ep_size"};
    counts d, p;
    double batch, workers;
    csim_status status = read_counts(table, row, decode, &d, err);
    if (!status) status = read_counts(table, row, prefill, &p, err);
    if (!status) status = read_count(table, row, "decode_batch_size", &batch, err);
    if (!status) status = read_count(table, row, "decode_num_workers", &workers, err);
    if (status) return status;
    const double counted = batch * d.ranks * workers;
    m->layout = (moe_layout){d.tensor, d.tensor * d.ranks, p.tensor, p.tensor * p.ranks};
    m->sequences = batch * d.ranks;
    if (!cell(table, row, "decode_batch_size")[0] && requests != counted)
        return csim_error_set_at(err, CSIM_MISSING_KEY, NULL, 0, 0, "decode_batch_size", "is empty, so the batch of a worker is not known; with a speed in tok_per_s_user it is searched");
    return !isnan(requests) && requests != counted ? refuse_batch(counted, requests, err) : CSIM_OK;
}

/* A row without a batch but with a speed to the user asks for the best layout at that speed. */
static int asks_for_search(const csim_table *table, size_t row, int one_pool) {
    return !cell(table, row, one_pool ? "batch_size" : "decode_batch_size")[0] && cell(table, row, "tok_per_s_user")[0];
}

static csim_status read_lengths(const csim_table *table, size_t row, const char *source, csim_measured_row *m, csim_error *err) {
    const double mean = source[0] && !strstr(source, "source_file=/") ? MEAN_OF_NOMINAL : 1.0;
    const csim_status status = read_length(table, row, "isl", mean, &m->input_tokens, err);
    return status ? status : read_length(table, row, "osl", mean, &m->output_tokens, err);
}

csim_status csim_measured_row_read(const csim_table *table, size_t row, csim_measured_row *m, csim_error *err) {
    const char *source = cell(table, row, "silicon_data_source"), *mode = cell(table, row, "mode");
    const double requests = requests_in_flight(source);
    *m = (csim_measured_row){.model = cell(table, row, "model_path"), .system = cell(table, row, "system"), .backend = cell(table, row, "backend"),
                             .precision = cell(table, row, "precision"), .one_pool = !strcmp(mode, "agg"), .sequences = (double)NAN};
    if (!m->one_pool && strcmp(mode, "disagg") != 0) return csim_error_set_at(err, CSIM_UNKNOWN_NAME, NULL, 0, 0, "mode", "must be agg or disagg, got '%.40s'", mode);
    m->stack = is_first_release(m, source) ? "first" : "default";
    if (!m->precision[0]) m->precision = "bf16";
    csim_status status = read_lengths(table, row, source, m, err);
    if (status || asks_for_search(table, row, m->one_pool)) return status;
    m->has_layout = 1;
    return m->one_pool ? read_one_pool(table, row, requests, m, err) : read_split(table, row, requests, m, err);
}

csim_status csim_measured_name_column(csim_status status, int one_pool, csim_error *err) {
    static const char *const names[][3] = {{"tensor_parallel", "decode_tp_size", "tp_size"},
                                           {"group", "decode_tp_size x decode_attention_dp_size", "tp_size x attention_dp_size"},
                                           {"batch", "decode_batch_size", "batch_size"},
                                           {"prefill_tensor_parallel", "prefill_tp_size", "tp_size"},
                                           {"prefill_group", "prefill_tp_size x prefill_attention_dp_size", "tp_size x attention_dp_size"}};
    for (size_t i = 0; status && i < sizeof names / sizeof names[0]; i++)
        if (!strcmp(err->field, names[i][0])) {
            snprintf(err->field, sizeof err->field, "%s", names[i][1 + !!one_pool]);
            break;
        }
    return status;
}
