/* moecast cost --table: every row of a CSV with what the kernel says of it. */
#ifndef CSIM_CLI_COST_TABLE_H
#define CSIM_CLI_COST_TABLE_H

#include "csim/cli/commands.h"
#include "csim/cli/cost_question.h"

/* Writes to `to`, or to io->out where it is NULL or "-". Rows that cannot be predicted are told on io->err. INCONSISTENT when none could be. */
csim_status csim_cli_cost_table(const csim_cli_io *io, csim_cli_cost_question *question, const char *path, const char *to, csim_error *err);

#endif
