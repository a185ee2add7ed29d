/* moecast cost --pareto: what a token costs at every speed to the user that can be had. */
#ifndef CSIM_CLI_COST_PARETO_H
#define CSIM_CLI_COST_PARETO_H

#include <stdio.h>

#include "csim/cli/cost_question.h"

/* `question` is found; its own speed is not read. Prints the speeds of a grid that no other beats in both speed and cost of a request, and last the fastest
 * that can be reached. */
csim_status csim_cli_cost_pareto(FILE *out, const csim_cli_cost_question *question, int json, csim_error *err);

#endif
