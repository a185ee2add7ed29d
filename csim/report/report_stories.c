/* Gathers stories: finds them among the kept paths, follows each again, and compares the inputs of their clusters. */
#include "csim/report/report_stories.h"

#include <math.h>
#include <stdlib.h>

#include "csim/plan/input_places.h"
#include "csim/report/kept_places.h"

double csim_story_value(const csim_report_stories *self, int story, int32_t slot, int32_t month) {
    const csim_trace *trace = self->trace[story];
    return trace->value[(size_t)month * trace->columns + trace->part_start[CSIM_TRACE_OUTCOMES] + (size_t)slot];
}

csim_hit csim_story_hit(const csim_report *report, int story, int32_t reading) {
    const csim_result *result = report->result;
    const uint32_t row = report->stories->found.story[story].row;
    return row < result->hit_rows && result->hit ? (csim_hit)result->hit[(size_t)row * (size_t)report->plan->readings + (size_t)reading] : CSIM_HIT_UNKNOWN;
}

/* ---- inputs of clusters ---- */

static void compare_clusters(const csim_stories *found, const uint32_t *row, const uint16_t *twice, csim_story_input *out) {
    double sum[CSIM_STORIES_MOST] = {0}, square[CSIM_STORIES_MOST] = {0};
    for (uint32_t i = 0; i < found->rows; i++) {
        const int story = found->of[row[i]];
        const double place = csim_place_of(twice[i], found->rows);
        sum[story] += place;
        square[story] += place * place;
    }
    out->apart = 0.0;
    for (int s = 0; s < found->count; s++) {
        const double n = found->story[s].paths, mean = sum[s] / n;
        out->mean[s] = mean;
        out->error[s] = n > 1.0 ? sqrt(fmax(square[s] / n - mean * mean, 0.0) / (n - 1.0)) : (double)NAN;
        out->apart += found->story[s].weight * (mean - 0.5) * (mean - 0.5);
    }
}

static int by_apartness(const void *a, const void *b) {
    const csim_story_input *x = a, *y = b;
    return x->apart != y->apart ? (x->apart < y->apart ? 1 : -1) : x->input - y->input;
}

static csim_status compare_inputs(csim_report *report, csim_report_stories *self, csim_error *err) {
    const csim_plan *plan = report->plan;
    const csim_kept_places *places;
    uint32_t row[CSIM_STORIES_ROWS], rows = 0;
    self->input = calloc((size_t)plan->inputs + 1, sizeof *self->input);
    if (!self->input) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for the inputs of stories");
    for (uint32_t i = 0; i < CSIM_STORIES_ROWS && i < report->result->kept; i++)
        if (self->found.of[i] != CSIM_STORIES_NONE) row[rows++] = i;
    const csim_status status = csim_kept_places_find(report, row, rows, &places, err);
    if (status) return status;
    for (int32_t i = 0; i < plan->inputs; i++) {
        if (!csim_input_varies(plan, i)) continue;
        csim_story_input *input = &self->input[self->inputs++];
        input->input = i;
        compare_clusters(&self->found, row, csim_kept_twice(places, i), input);
        for (int s = 0; s < self->found.count; s++) input->own[s] = csim_input_share_below(plan, i, self->trace[s]->input[i]);
    }
    qsort(self->input, self->inputs, sizeof *self->input, by_apartness);
    return CSIM_OK;
}

/* ---- the whole ---- */

void csim_report_forget_stories(csim_report *report) {
    csim_report_stories *self = report->stories;
    if (!self) return;
    for (int s = 0; s < CSIM_STORIES_MOST; s++) csim_trace_free(self->trace[s]);
    free(self->input);
    free(self);
    report->stories = NULL;
}

csim_status csim_report_find_some_stories(csim_report *report, int count, csim_error *err) {
    csim_report_stories *self = report->stories = calloc(1, sizeof *self);
    if (!self) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for stories");
    self->series = csim_stories_series(report->plan, self->slot);
    return csim_stories_find(report->result, count, &self->found, err);
}

csim_status csim_report_find_stories(csim_report *report, csim_error *err) {
    return csim_stories_can(report->result) ? csim_report_find_some_stories(report, CSIM_TOLD, err) : CSIM_OK;
}

csim_status csim_report_follow_story(csim_report *report, int story, csim_error *err) {
    csim_report_stories *self = report->stories;
    return self ? csim_trace_new(report->plan, &report->result->options, self->found.story[story].path, &self->trace[story], err) : CSIM_OK;
}

csim_status csim_report_compare_stories(csim_report *report, csim_error *err) { return report->stories ? compare_inputs(report, report->stories, err) : CSIM_OK; }

bool csim_report_has_stories(const csim_report *report) { return report->stories != NULL; }
