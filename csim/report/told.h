/* Stories in words, without a workbook: what its sheet of stories says of bear, base and bull, of any number of stories. */
#ifndef CSIM_REPORT_TOLD_H
#define CSIM_REPORT_TOLD_H

#include <stdatomic.h>

#include "csim/engine/stories.h"
#include "csim/scenario/scenario.h"

enum { CSIM_TOLD_TITLE = 256, CSIM_TOLD_SENTENCES = 3, CSIM_TOLD_TEXT = 2048 };

typedef struct csim_told_story {
    const char *name;                                  /* "Bear", "Base", "Bull"; static */
    char title[CSIM_TOLD_TITLE];                       /* "Bear for open weights: path 17, which stands for 31 % of paths" */
    char sentence[CSIM_TOLD_SENTENCES][CSIM_TOLD_TEXT]; /* what the path comes to, what the paths like it draw, what happens on it */
} csim_told_story;

typedef struct csim_told { csim_stories found; csim_told_story story[CSIM_STORIES_MOST]; } csim_told;

/* *out is to be freed with free. Errors: those of csim_stories_find; INTERRUPTED. */
csim_status csim_stories_tell(const csim_result *result, const csim_scenario *scenario, int count, const atomic_int *cancel, csim_told **out, csim_error *err);

#endif
