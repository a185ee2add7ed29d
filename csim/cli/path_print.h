/* How a path is printed: a story for a person, CSV for programs. Internal to csim/cli/. */
#ifndef CSIM_CLI_PATH_PRINT_H
#define CSIM_CLI_PATH_PRINT_H

#include <stdio.h>

#include "csim/engine/trace.h"

typedef struct csim_path_view {
    const csim_trace *trace;
    const csim_result *result; /* of the run the path belongs to: its kept inputs say which draws are unusual */
    int first, last;           /* months, both shown */
    size_t columns, *column;   /* positions in trace->column; none: the story's own choice */
    int everything;            /* CSV: inputs and draws too */
} csim_path_view;

void csim_path_print_story(FILE *out, const csim_path_view *view);
void csim_path_print_wide(FILE *out, const csim_path_view *view);
void csim_path_print_tidy(FILE *out, const csim_path_view *view);

#endif
