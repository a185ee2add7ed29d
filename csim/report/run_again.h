/* The command that gives a run's digest again, from what its file says alone. Must not simulate, nor look at any other file. */
#ifndef CSIM_REPORT_RUN_AGAIN_H
#define CSIM_REPORT_RUN_AGAIN_H

#include "csim/scenario/scenario.h"
#include "csim/store/run_file.h"

enum { CSIM_RUN_AGAIN_TEXT = 4096, CSIM_RUN_AGAIN_FILE = 640 /* longer names of scenarios are left to the text in the run file */ };

typedef struct csim_run_again {
    char command[CSIM_RUN_AGAIN_TEXT];   /* or why no command does */
    char scenario[CSIM_RUN_AGAIN_TEXT];  /* how to get the scenario where the command names a file; "" where it names a shipped one */
    char rest[CSIM_RUN_AGAIN_TEXT];      /* how to get the paths that are not there; "" in a whole run */
} csim_run_again;

void csim_run_again_say(const csim_run_file *run, const csim_scenario *scenario, csim_run_again *out);

#endif
