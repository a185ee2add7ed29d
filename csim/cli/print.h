/* What the command says of a run. Internal to csim/cli/. */
#ifndef CSIM_CLI_PRINT_H
#define CSIM_CLI_PRINT_H

#include <stdio.h>

#include "csim/engine/claims.h"
#include "csim/engine/precision.h"

/* Numbers for a person, each into `text`, which is returned. An estimate has as many decimals as its error supports, and `more`; a question mark stands for an
 * error that is not known, a minus for a number that is not. A share of no path, or of all, is a bound: "below 0.0015". */
enum { CSIM_PRINT_TEXT = 32 };
const char *csim_estimate_text(csim_estimate x, int more, char text[CSIM_PRINT_TEXT]);
const char *csim_error_text(double error, int more, char text[CSIM_PRINT_TEXT]);
const char *csim_share_text(const csim_probability *p, int more, char text[CSIM_PRINT_TEXT]);

void csim_print_run(FILE *out, const csim_scenario *scenario, const csim_result *result, const csim_claim_result *claims, size_t claim_count, const char *folder, int with_report);

/* "seed 7", and of a sampler or several replicates "seed 7, sampler sobol in 16 replicates". Returns text. */
enum { CSIM_DRAWN_TEXT = 96 };
const char *csim_drawn_text(csim_run_options options, char text[CSIM_DRAWN_TEXT]);

/* Is the series one of those that the summary of a run shows? */
int csim_is_headline_series(const char *name);
/* What a run to a precision has reached; nothing without targets. */
void csim_print_precision(FILE *out, const csim_precision *precision, const csim_result *result);

/* Copies folder/name to out. */
csim_status csim_print_file(FILE *out, const char *folder, const char *name, csim_error *err);

#endif
