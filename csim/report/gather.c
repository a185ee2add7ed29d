/* Which parts there are, and which of them need others. Each writes its own members of the report; places of kept draws are shared, so those that ask for them
 * wait for each other. */
#include "csim/report/gather.h"

#include <stdlib.h>

#include "csim/base/tasks.h"
#include "csim/report/kept_places.h"
#include "csim/report/report_stories.h"
#include "csim/report/shipped_cost.h"
#include "csim/report/what_if.h"
#include "csim/scenario/c_locale.h"

/* In the list's order errors are told, and parts are begun. */
enum { FIND_STORIES, FIND_SHIPPED, FIND_VIEW, ASK_WHAT_IF, FOLLOW, COMPARE = FOLLOW + CSIM_TOLD, PARTS };
enum { THREADS = 2 };

typedef struct part { csim_report *report; int which; } part;

static csim_status find(csim_report *report, int which, csim_error *err) {
    switch (which) {
    case FIND_STORIES: return csim_report_find_stories(report, err);
    case FIND_SHIPPED: report->shipped = csim_shipped_cost_new(report->run, report->scenario); return CSIM_OK;
    case FIND_VIEW: return csim_report_find_view(report, err);
    case ASK_WHAT_IF: return csim_what_if_new(report, &report->what_if, err);
    case COMPARE: return csim_report_compare_stories(report, err);
    default: return csim_report_follow_story(report, which - FOLLOW, err);
    }
}

static csim_status run_part(void *object, csim_error *err) {
    const part *self = object;
    const csim_c_locale guard = csim_c_locale_enter(); /* each thread has its own */
    const atomic_int *cancel = self->report->cancel;
    const bool broken_off = cancel && atomic_load_explicit(cancel, memory_order_relaxed);
    const csim_status status = broken_off ? csim_error_set(err, CSIM_INTERRUPTED, "interrupted; no workbook was written") : find(self->report, self->which, err);
    csim_c_locale_leave(guard);
    return status;
}

static unsigned needs(int which) {
    const unsigned all_before = (1u << which) - 1;
    switch (which) {
    case FIND_STORIES: case FIND_SHIPPED: case FIND_VIEW: return 0;
    case ASK_WHAT_IF: return 1u << FIND_VIEW;
    case COMPARE: return all_before & ~(1u << FIND_SHIPPED);
    default: return 1u << FIND_STORIES;
    }
}

csim_status csim_report_gather(csim_report *report, csim_error *err) {
    part self[PARTS];
    csim_task task[PARTS];
    for (int i = 0; i < PARTS; i++) {
        self[i] = (part){report, i};
        task[i] = (csim_task){run_part, &self[i], needs(i)};
    }
    return csim_tasks_run(task, PARTS, THREADS, err);
}

void csim_report_forget(csim_report *report) {
    csim_shipped_cost_free(report->shipped);
    csim_what_if_free(report->what_if);
    csim_report_forget_view(report);
    csim_report_forget_stories(report);
    csim_report_forget_places(report);
    free(report->rows);
}
