/* An answer of the cost library as a table a person reads, or as JSON. */
#ifndef CSIM_CLI_COST_PRINT_H
#define CSIM_CLI_COST_PRINT_H

#include <stdio.h>

#include "csim/cli/cost_question.h"

void csim_cost_print_table(FILE *out, const csim_cli_cost_question *question, const csim_token_cost *cost, int depth, int explain);
void csim_cost_print_json(FILE *out, const csim_cli_cost_question *question, const csim_token_cost *cost, int depth, int explain);

#endif
