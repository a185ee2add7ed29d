/* What is told of stories: whole paths of the run, simulated again, and how the inputs of the paths that each stands for differ. The sheet of stories shows
 * three, gathered before the book is opened; csim/report/told.h tells any number without a book. Owns the numbers; must not touch a sheet. */
#ifndef CSIM_REPORT_REPORT_STORIES_H
#define CSIM_REPORT_REPORT_STORIES_H

#include "csim/engine/stories.h"
#include "csim/engine/trace.h"
#include "csim/report/report_parts.h"

enum { CSIM_TOLD = 3 /* in a workbook: bear, base, bull */ };

/* An uncertain input: the mean place of each cluster's draws among all kept ones with its standard error, and the place of the story's own draw in the prior. */
typedef struct csim_story_input { int32_t input; double mean[CSIM_STORIES_MOST], error[CSIM_STORIES_MOST], own[CSIM_STORIES_MOST], apart; } csim_story_input;

struct csim_report_stories {
    csim_stories found;
    csim_trace *trace[CSIM_STORIES_MOST];
    int32_t slot[CSIM_STORIES_SERIES];
    int series;
    csim_story_input *input; /* those whose means lie farthest apart first */
    size_t inputs;
    bool alone;              /* told without tables below */
};

/* Finds so many. INCONSISTENT where the run kept too few paths. */
csim_status csim_report_find_some_stories(csim_report *report, int count, csim_error *err);
/* A series of a story at a month of the run, counted from 0. */
double csim_story_value(const struct csim_report_stories *self, int story, int32_t slot, int32_t month);
/* What a story's path says of a reading of the plan. */
csim_hit csim_story_hit(const csim_report *report, int story, int32_t reading);

/* ---- story_words.c ---- */

const char *csim_story_name(int story, int count); /* "Bear", "Base", "Bull": the lowest, those between, the highest */
/* "Bear for open weights: path 17, which stands for 31 % of paths". */
char *csim_story_lead(const csim_report *report, int story, char *text, size_t size);
/* Sentences: what the path comes to, what it drew, what happened on it. Return text. */
enum { CSIM_STORY_SENTENCES = 3, CSIM_STORY_OWN = 4 /* inputs named as a story's own */ };
char *csim_story_sentence(const csim_report *report, int story, int which, char *text, size_t size);
/* The inputs of a story's path farthest from the middle of their priors, as positions in `input`. */
void csim_story_extremes(const csim_report *report, int story, size_t place[CSIM_STORY_OWN], size_t *count);
/* Events that tell a path from others: drawn regimes, hazards, mergers, shifts, cliffs and crashes; the others are the same on every path or too many. */
bool csim_story_event_counts(const csim_plan *plan, const csim_event *event);

#endif
