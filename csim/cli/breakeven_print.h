/* An answer of csim/cost/host_or_buy.h as a table a person reads, or as JSON. */
#ifndef CSIM_CLI_BREAKEVEN_PRINT_H
#define CSIM_CLI_BREAKEVEN_PRINT_H

#include <stdio.h>

#include "csim/cli/cost_question.h"
#include "csim/cost/host_or_buy.h"

/* What is printed: the answer, and its dense twin's where one was asked for; refused: why the twin cannot be served, NULL when it can. */
typedef struct csim_breakeven_answer {
    const csim_cli_cost_question *asked;
    const csim_host_question *question;
    csim_host_or_buy mixture, twin;
    int has_twin;
    const char *refused;
} csim_breakeven_answer;

void csim_breakeven_print_table(FILE *out, const csim_breakeven_answer *answer);
void csim_breakeven_print_json(FILE *out, const csim_breakeven_answer *answer);

#endif
