/* Reads a table, asks the cost library row by row, writes the table with the answers behind. */
#include "csim/cli/cost_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csim/cli/cost_row.h"
#include "csim/store/atomic_file.h"

static const char *const added[] = {"pred_tpot_ms", "pred_output_tok_s_gpu", "pred_prefill_tok_s_gpu", "usd_per_mtok_in", "usd_per_mtok_out", "usd_per_mtok_cached", "band_lo", "band_hi",
                                    "pred_ttft_ms", "binding", "meets_speed", "meets_first_token"};
enum { ADDED = sizeof added / sizeof added[0], NUMBERS = ADDED - 3 };

typedef struct prediction { double number[NUMBERS]; const char *binding; /* NULL: none */ int meets_speed, meets_first_token; } prediction;
typedef struct predicted { const csim_table *table; prediction *rows; } predicted;

/* Output of an accelerator that decodes, prompts in between included: what a benchmark divides by. */
static double output_tok_per_s(const moe_request *r, const moe_explanation *x) {
    return 1.0 / (x->output_s + (r->one_pool ? (1.0 - r->hit_share) * r->input_tokens / r->output_tokens * x->input_s : 0.0));
}

static void keep(const csim_cost_row *row, const csim_token_cost *c, prediction *out) {
    const moe_explanation *x = &c->serving.kernel;
    *out = (prediction){{1e3 * x->tpot_s, output_tok_per_s(&row->question.cost.request, x), c->input_tok_per_s, c->usd_per_mtok_in, c->usd_per_mtok_out, c->usd_per_mtok_cached,
                         c->usd_per_mtok_out * c->band_low, c->usd_per_mtok_out * c->band_high, 1e3 * c->serving.ttft_s},
                        moe_binding_name(x->binding), x->meets_tpot, c->serving.meets_ttft};
}

static void tell(FILE *to, const csim_table *table, size_t row, csim_error *error) {
    char text[4096];
    snprintf(error->file, sizeof error->file, "%s", table->name);
    error->line = table->rows[row].line;
    if (!error->column) error->column = 1;
    fprintf(to, "%s\n", csim_error_format(error, text, sizeof text));
}

/* How many could be predicted; the others' reasons are told. */
static csim_status predict(const csim_cli_io *io, const csim_table *table, const csim_cli_cost_question *question, prediction *out, size_t *count, csim_error *err) {
    *count = 0;
    for (size_t i = 0; i < table->rows_used; i++) {
        csim_cost_row row;
        csim_token_cost cost;
        csim_error error;
        csim_error_clear(&error);
        if (io->cancel && atomic_load(io->cancel)) return csim_error_set(err, CSIM_INTERRUPTED, "interrupted after %zu rows; nothing was written", i);
        csim_status status = csim_cost_row_read(table, i, question, &row, &error);
        if (!status) status = csim_cost_row_answer(&row, &cost, &error);
        if (status) tell(io->err, table, i, &error);
        else keep(&row, &cost, &out[i]);
        *count += !status;
    }
    return CSIM_OK;
}

static const char *yes(int met) { return met ? "yes" : "no"; }

static void write_prediction(FILE *out, const prediction *p) {
    if (!p->binding) {
        for (int k = 0; k < ADDED; k++) fputc(',', out);
        fputc('\n', out);
        return;
    }
    for (int k = 0; k < NUMBERS; k++) fprintf(out, ",%.10g", p->number[k]);
    fprintf(out, ",%s,%s,%s\n", p->binding, yes(p->meets_speed), yes(p->meets_first_token));
}

static void write(FILE *out, const void *what) {
    const predicted *all = what;
    csim_table_put_header(out, all->table);
    for (int k = 0; k < ADDED; k++) fprintf(out, ",%s", added[k]);
    fputc('\n', out);
    for (size_t i = 0; i < all->table->rows_used; i++) {
        csim_table_put_row(out, all->table, i);
        write_prediction(out, &all->rows[i]);
    }
}

static csim_status check_columns(const csim_table *table, const csim_cli_cost_question *q, csim_error *err) {
    for (int k = 0; k < ADDED; k++)
        if (csim_table_column(table, added[k]) >= 0)
            return csim_error_set_at(err, CSIM_DUPLICATE_KEY, table->name, 1, 0, added[k], "the table has this column already, which is to be added");
    const int known = csim_cost_row_is_measurement(table) ||
                      ((q->model_id || csim_table_column(table, "model") >= 0) && (q->hardware_id || csim_table_column(table, "hardware") >= 0));
    return known ? CSIM_OK : csim_error_set_at(err, CSIM_MISSING_KEY, table->name, 1, 0, NULL, "the columns model and hardware are wanted, or those of serving measurements (model_path, system); --model and --hardware stand for missing ones");
}

static csim_status answer(const csim_cli_io *io, const csim_table *table, const csim_cli_cost_question *question, const char *to, csim_error *err) {
    const predicted all = {table, calloc(table->rows_used + 1, sizeof(prediction))};
    size_t count = 0;
    if (!all.rows) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for %zu rows", table->rows_used);
    csim_status status = predict(io, table, question, all.rows, &count, err);
    if (!status && to && strcmp(to, "-")) status = csim_atomic_file_write(to, write, &all, err);
    if (!status && (!to || !strcmp(to, "-"))) write(io->out, &all);
    free(all.rows);
    if (!status) fprintf(io->err, "%zu of %zu rows predicted\n", count, table->rows_used);
    return status || count ? status : csim_error_set(err, CSIM_INCONSISTENT, "no row of %s could be predicted", table->name);
}

csim_status csim_cli_cost_table(const csim_cli_io *io, csim_cli_cost_question *question, const char *path, const char *to, csim_error *err) {
    csim_table table;
    csim_status status = csim_table_load(path, &table, err);
    if (status) return status;
    status = check_columns(&table, question, err);
    if (!status) status = csim_cli_cost_name_option(csim_cli_cost_question_read(question, err), err);
    if (!status) status = csim_cli_cost_question_open(question, err);
    if (!status) status = answer(io, &table, question, to, err);
    csim_table_clear(&table);
    return status;
}
