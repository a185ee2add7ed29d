/* What the command says on a terminal: progress, and the summary of a run. Internal to csim/cli/. */
#ifndef CSIM_CLI_PRINT_H
#define CSIM_CLI_PRINT_H

#include <stdio.h>

#include "csim/engine/claims.h"
#include "csim/engine/precision.h"

/* A progress line, rewritten in place at most ten times a second, and only on a terminal. */
typedef struct csim_progress { FILE *to; const char *what; double begin_s, shown_s; int shown; } csim_progress;
csim_progress csim_progress_start(FILE *to, const char *what); /* to may be NULL: silent */
double csim_progress_slice_s(const csim_progress *self); /* how long to work between two looks at it; 0 when nobody looks: every look costs the wait for the slower thread */
void csim_progress_show(csim_progress *self, uint64_t done, uint64_t total);
void csim_progress_end(csim_progress *self);

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
