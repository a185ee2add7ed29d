/* A row of a table as a question to the cost library (docs/cost.md, Tables). Prints nothing. */
#ifndef CSIM_CLI_COST_ROW_H
#define CSIM_CLI_COST_ROW_H

#include "csim/cli/cost_question.h"
#include "csim/cli/table_file.h"

typedef struct csim_cost_row {
    csim_cli_cost_question question; /* model points at `served` */
    csim_model_entry served;         /* the model in the row's format */
    int is_measured, has_layout;     /* without a layout it is searched */
    moe_layout layout;
    double sequences;                /* in the whole group; NAN: as many as go */
} csim_cost_row;

/* Has the table the columns of serving measurements (model_path, system, …)? */
int csim_cost_row_is_measurement(const csim_table *table);

/* `standard`, opened and read, answers for missing columns and empty cells. `out` must stay where it is: it points into itself. */
csim_status csim_cost_row_read(const csim_table *table, size_t row, const csim_cli_cost_question *standard, csim_cost_row *out, csim_error *err);

csim_status csim_cost_row_answer(const csim_cost_row *row, csim_token_cost *out, csim_error *err);

/* What a row of measurements says beyond a question of one's own: lengths, pools, stack, format, layout and batch. */
typedef struct csim_measured_row {
    const char *model, *system, *backend, *precision, *stack;
    int one_pool, has_layout;
    moe_layout layout;
    double sequences, input_tokens, output_tokens;
} csim_measured_row;
csim_status csim_measured_row_read(const csim_table *table, size_t row, csim_measured_row *out, csim_error *err);

/* An error of a layout names the columns of measurements that it was read from. */
csim_status csim_measured_name_column(csim_status status, int one_pool, csim_error *err);

#endif
