/* What the two halves of a trace share: its table and its events. Internal to csim/engine/. */
#ifndef CSIM_ENGINE_TRACE_PARTS_H
#define CSIM_ENGINE_TRACE_PARTS_H

#include "csim/engine/trace.h"

/* What the last month looked like, where a change of it is an event. */
typedef struct csim_event_watch {
    int regime, shifted, cliff, crash, stopped;
    unsigned char pivoted[CSIM_MAX_VENDORS];
    double level[J], owner[J], mega_deals, lever[CSIM_MAX_LEVERS];
} csim_event_watch;

void csim_events_begin(csim_event_watch *self, const csim_block *b);                                             /* before the first month */
csim_status csim_events_take(csim_event_watch *self, const csim_block *b, csim_trace *trace, csim_error *err);   /* after each month; NO_MEMORY */

void csim_trace_lever_name(const csim_plan *plan, int slot, char name[CSIM_TRACE_NAME]);

#endif
