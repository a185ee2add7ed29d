/* See told.h. Gathers as the workbook does, one story after the other. */
#include "csim/report/told.h"

#include <stdio.h>
#include <stdlib.h>

#include "csim/report/gather.h"
#include "csim/report/report_stories.h"
#include "csim/scenario/c_locale.h"

_Static_assert((int)CSIM_TOLD_SENTENCES == (int)CSIM_STORY_SENTENCES, "all that is said of a story");

static csim_status gather(csim_report *report, int count, const atomic_int *cancel, csim_error *err) {
    csim_status status = csim_report_find_some_stories(report, count, err);
    for (int s = 0; s < count && !status; s++) {
        const bool stop = cancel && atomic_load_explicit(cancel, memory_order_relaxed);
        status = stop ? csim_error_set(err, CSIM_INTERRUPTED, "interrupted; no story was told") : csim_report_follow_story(report, s, err);
    }
    return status ? status : csim_report_compare_stories(report, err);
}

static csim_status say(csim_report *report, csim_told **out, csim_error *err) {
    csim_told *self = *out = calloc(1, sizeof *self);
    if (!self) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for the words of stories");
    self->found = report->stories->found;
    report->stories->alone = true;
    for (int s = 0; s < self->found.count; s++) {
        csim_told_story *to = &self->story[s];
        to->name = csim_story_name(s, self->found.count);
        csim_story_lead(report, s, to->title, sizeof to->title);
        for (int i = 0; i < CSIM_TOLD_SENTENCES; i++) csim_story_sentence(report, s, i, to->sentence[i], sizeof to->sentence[i]);
    }
    return CSIM_OK;
}

csim_status csim_stories_tell(const csim_result *result, const csim_scenario *scenario, int count, const atomic_int *cancel, csim_told **out, csim_error *err) {
    csim_report report = {.rows = NULL};
    *out = NULL;
    if (result->done == result->failed) return csim_error_set(err, CSIM_INCONSISTENT, "the run of '%.100s' has no path yet that a story could be", scenario->name);
    csim_status status = csim_report_open_result(&report, result, scenario, err);
    const csim_c_locale guard = csim_c_locale_enter(); /* numbers in sentences are printed with a point */
    if (!status) status = gather(&report, count, cancel, err);
    if (!status) status = say(&report, out, err);
    csim_report_forget(&report);
    csim_c_locale_leave(guard);
    return status;
}
