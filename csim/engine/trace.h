/* One path told in full: outcomes, shocks, levers and states by month, what was drawn once, and what happened (events). The path is simulated again, alone,
 * by csim_path_follow; its bits are the batch's. What is shown is csim/model/trace.def; nothing here changes a number. */
#ifndef CSIM_ENGINE_TRACE_H
#define CSIM_ENGINE_TRACE_H

#include "csim/engine/engine.h"

enum { CSIM_TRACE_NAME = 4 * CSIM_PLAN_ID, CSIM_EVENT_TEXT = 320 };

typedef enum csim_trace_part { CSIM_TRACE_OUTCOMES, CSIM_TRACE_SHOCKS, CSIM_TRACE_LEVERS, CSIM_TRACE_STATES, CSIM_TRACE_PARTS } csim_trace_part;
const char *csim_trace_part_name(csim_trace_part part); /* "outcome", "shock", "lever", "state" */

/* `unit` and `text` live as long as the library; units of shocks are "sd" (normal) and "u" (uniform in (0, 1)). */
typedef struct csim_trace_column { char name[CSIM_TRACE_NAME]; const char *unit, *text; csim_trace_part part; size_t at; /* its place: the trace's own affair */ } csim_trace_column;

/* Drawn once a path. `value` of a lever's hazard is the month in which it switches, from the start. */
typedef struct csim_trace_draw { char name[CSIM_TRACE_NAME]; const char *unit, *text; double value; } csim_trace_draw;

typedef enum csim_event_kind {
    CSIM_EVENT_REGIME, CSIM_EVENT_ENTRY, CSIM_EVENT_RELEASE, CSIM_EVENT_LEVER, CSIM_EVENT_HAZARD, CSIM_EVENT_MEGA_DEAL, CSIM_EVENT_MERGER, CSIM_EVENT_PIVOT,
    CSIM_EVENT_SHIFT, CSIM_EVENT_CLIFF, CSIM_EVENT_CRASH, CSIM_EVENT_STOPPED, CSIM_EVENT_KINDS
} csim_event_kind;
const char *csim_event_name(csim_event_kind kind); /* "regime", "entry", "release", "lever", "hazard", "mega_deal", "merger", "pivot", "shift", "cliff", "crash", "stopped" */

/* Something that happened to the path: `subject` is a regime, offering, lever, vendor or outcome, "" for none; before and after are levels (release),
 * values (lever, hazard), counts (mega_deal) or positions (regime, merger), NAN where there are none. `text` is one clause for a person. */
typedef struct csim_event { int month; csim_event_kind kind; char subject[CSIM_TRACE_NAME]; double before, after; char text[CSIM_EVENT_TEXT]; } csim_event;

typedef struct csim_trace {
    const csim_plan *plan;              /* borrowed */
    uint64_t seed;
    uint32_t path;
    int months;
    size_t columns, part_start[CSIM_TRACE_PARTS + 1]; /* columns of a part: part_start[part] … part_start[part + 1] − 1; outcomes in the plan's order */
    csim_trace_column *column;
    double *value;                      /* [months][columns] */
    double *input;                      /* [plan->inputs] */
    size_t draws;
    csim_trace_draw *draw;
    size_t events;
    csim_event *event;                  /* by month */
    int failure, failure_slot, failure_month; /* csim_failure; the other two count only when it is not CSIM_PATH_OK. The path goes on all the same. */
} csim_trace;

/* The plan must outlive the trace; free with csim_trace_free. Errors: NO_MEMORY; USAGE for a path beyond a hypercube's
 * points. */
csim_status csim_trace_new(const csim_plan *plan, const csim_run_options *options, uint32_t path, csim_trace **out, csim_error *err);
void csim_trace_free(csim_trace *trace);

/* Position of a column, −1 when there is none. */
int csim_trace_column_find(const csim_trace *trace, const char *name);

#endif
