/* What `moecast cost` and `moecast breakeven` are asked on the command line. */
#ifndef CSIM_CLI_COST_QUESTION_H
#define CSIM_CLI_COST_QUESTION_H

#include "csim/cli/options.h"
#include "csim/cost/drafting.h"

typedef struct csim_cli_cost_question {
    const char *model_id, *hardware_id, *stack, *pools, *layouts, *basis, *draft, *drafting;
    double tok_per_s_user, accepted; /* accepted NAN: as the kind of work has it */
    csim_cost_question cost;
    /* found by csim_cli_cost_question_find */
    csim_catalogue *catalogue;
    const csim_model_entry *model;
    const csim_hardware_entry *hardware;
    csim_drafting kind;
    int depth;                       /* −1: the best */
} csim_cli_cost_question;

enum { CSIM_CLI_COST_OPTIONS = 23 };

void csim_cli_cost_question_start(csim_cli_cost_question *out);

/* Fills `options` (CSIM_CLI_COST_OPTIONS of them), which point into `question`. */
void csim_cli_cost_options(csim_cli_cost_question *question, csim_option *options);

/* Words to numbers, and all numbers in range, used or not; again after a word or the speed has changed. Errors name options. */
csim_status csim_cli_cost_question_read(csim_cli_cost_question *question, csim_error *err);
/* Opens the catalogue. */
csim_status csim_cli_cost_question_open(csim_cli_cost_question *question, csim_error *err);

/* Words to numbers; opens the catalogue. CSIM_USAGE without model and hardware. */
csim_status csim_cli_cost_question_find(csim_cli_cost_question *question, csim_error *err);
void csim_cli_cost_question_end(csim_cli_cost_question *question);

/* The answer, drafting as asked; depth is the one used. Errors name options. */
csim_status csim_cli_cost_answer(const csim_cli_cost_question *question, csim_token_cost *out, int *depth, csim_error *err);

/* What the library, and a column of a table, call an option: "input_tokens" for "--input", "stack" for "--stack". */
const char *csim_cli_cost_field(const char *option);

/* The library names its own numbers; here they are options. Returns status. */
csim_status csim_cli_cost_name_option(csim_status status, csim_error *err);

#endif
