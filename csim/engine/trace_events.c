/* What happened to a path: differences between two months that a person would call events. Reads the block, keeps the last month, changes nothing. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csim/engine/trace_parts.h"

static const char *const names[CSIM_EVENT_KINDS] = {"regime", "entry", "release", "lever", "hazard", "mega_deal", "merger", "pivot", "shift", "cliff", "crash", "stopped"};
const char *csim_event_name(csim_event_kind kind) { return names[kind]; }

/* The path whose month is looked at, and where its events go. */
typedef struct month { csim_event_watch *seen; const csim_block *b; csim_trace *trace; int t; csim_status status; csim_error *err; } month;

/* A new event of this month, or NULL when memory is out; its text is the caller's to write. */
static csim_event *add(month *m, csim_event_kind kind, const char *subject, double before, double after) {
    csim_trace *trace = m->trace;
    if (m->status) return NULL;
    if (trace->events % 64 == 0) {
        csim_event *more = realloc(trace->event, (trace->events + 64) * sizeof *more);
        if (!more) {
            m->status = csim_error_set(m->err, CSIM_NO_MEMORY, "no memory for a path's events");
            return NULL;
        }
        trace->event = more;
    }
    csim_event *event = &trace->event[trace->events++];
    *event = (csim_event){.month = m->t, .kind = kind, .before = before, .after = after};
    snprintf(event->subject, sizeof event->subject, "%s", subject);
    return event;
}

/* The event's clause; nothing where there is no event. */
static void __attribute__((format(printf, 2, 3))) say(csim_event *event, const char *format, ...) {
    va_list arguments;
    if (!event) return;
    va_start(arguments, format);
    vsnprintf(event->text, sizeof event->text, format, arguments);
    va_end(arguments);
}

static void look_at_policy(month *m) {
    const int now = m->b->regime[0], before = m->seen->regime;
    m->seen->regime = now;
    if (m->t == 0 || now == before) return;
    csim_event *event = add(m, CSIM_EVENT_REGIME, m->b->plan->regime_id[now], before, now);
    say(event, "export controls go from %s to %s%s", m->b->plan->regime_id[before], m->b->plan->regime_id[now],
        m->b->plan->policy_state[m->t] == CSIM_POLICY_MARKOV ? " (drawn)" : " (scheduled)");
}

static void look_at_offering(month *m, int j) {
    const csim_plan *plan = m->b->plan;
    const double now = m->b->level[j][0], before = m->seen->level[j];
    m->seen->level[j] = now;
    if (plan->entry_month[j] == m->t && m->t > 0) {
        csim_event *event = add(m, CSIM_EVENT_ENTRY, plan->offering_id[j], (double)NAN, now);
        say(event, "%s enters at level %.1f", plan->offering_id[j], now);
    } else if (m->t > 0 && now > before && m->t > plan->entry_month[j]) {
        csim_event *event = add(m, CSIM_EVENT_RELEASE, plan->offering_id[j], before, now);
        say(event, "%s releases level %.1f (+%.1f)", plan->offering_id[j], now, now - before);
    }
}

/* The hazard of a lever that strikes in this month, −1 for none. */
static int striking(const month *m, int slot) {
    for (int h = 0; h < m->b->plan->hazards; h++)
        if (m->b->plan->hazard[h].lever == slot && m->b->hazard_month[h][0] == m->t) return h;
    return -1;
}

/* Levers that jump. Those that run along a line would be an event every month. */
static void look_at_levers(month *m) {
    const csim_plan *plan = m->b->plan;
    for (int id = 0; id < CSIM_LEVER_IDS; id++)
        for (int slot = plan->lever_offset[id]; slot < plan->lever_offset[id + 1]; slot++) {
            const double now = m->b->lever[slot][0], before = m->seen->lever[slot];
            const int by_hazard = striking(m, slot) >= 0;
            m->seen->lever[slot] = now;
            if (m->t == 0 || now == before || (!by_hazard && csim_lever_rows[id].interpolation != CSIM_STEP)) continue;
            char name[CSIM_TRACE_NAME];
            csim_trace_lever_name(plan, slot, name);
            csim_event *event = add(m, by_hazard ? CSIM_EVENT_HAZARD : CSIM_EVENT_LEVER, name, before, now);
            say(event, "%s goes from %.4g to %.4g %s%s", name, before, now, csim_lever_rows[id].unit, by_hazard ? " (its hazard strikes)" : " (scheduled)");
        }
}

static void look_at_deals(month *m) {
    const csim_plan *plan = m->b->plan;
    const double now = m->b->mega_deals[0], before = m->seen->mega_deals;
    m->seen->mega_deals = now;
    if (now > before) {
        csim_event *event = add(m, CSIM_EVENT_MEGA_DEAL, "", before, now);
        say(event, "%.0f mega-deal%s", now - before, now - before > 1.0 ? "s" : "");
    }
    for (int j = 0; j < plan->offerings; j++) {
        const double owner = m->b->owner[j][0], was = m->seen->owner[j];
        m->seen->owner[j] = owner;
        if (owner == was) continue;
        csim_event *event = add(m, CSIM_EVENT_MERGER, plan->offering_id[j], was, owner);
        say(event, "%s, until now with %s, goes to the owner of %s", plan->offering_id[j], plan->offering_id[(int)was], plan->offering_id[(int)owner]);
    }
}

static void look_at_software(month *m) {
    const csim_block *b = m->b;
    for (int v = 0; v < b->plan->vendors; v++) {
        if (m->seen->pivoted[v] || !(b->pivot_hazard[v][0] > b->pivot_threshold[v][0])) continue;
        m->seen->pivoted[v] = 1;
        csim_event *event = add(m, CSIM_EVENT_PIVOT, b->plan->vendor_id[v], (double)NAN, (double)NAN);
        say(event, "%s moves its agents to open models", b->plan->vendor_id[v]);
    }
    const int cliff = b->cliff[0] > 0.0, crash = b->crash[0] > 0.0;
    if (cliff && !m->seen->cliff) say(add(m, CSIM_EVENT_CLIFF, "saas.revenue", (double)NAN, b->saas_revenue[0]), "software's revenue falls off a cliff: %.0f $bn/yr", b->saas_revenue[0]);
    if (crash && !m->seen->crash) say(add(m, CSIM_EVENT_CRASH, "saas.ev_sales", (double)NAN, b->ev_sales[0]), "software's valuation crashes: %.1f times sales", b->ev_sales[0]);
    m->seen->cliff = cliff;
    m->seen->crash = crash;
}

static void look_at_shift(month *m) {
    const int started = m->b->shift_start[0] <= m->t;
    if (started && !m->seen->shifted) say(add(m, CSIM_EVENT_SHIFT, "choice.shift", 0.0, (double)NAN), "the shift to agent loops begins");
    m->seen->shifted = started;
}

static void look_at_failure(month *m) {
    const csim_block *b = m->b;
    if (b->failure[0] == CSIM_PATH_OK || m->seen->stopped) return;
    const int slot = b->failure_slot[0];
    m->seen->stopped = 1;
    csim_event *event = add(m, CSIM_EVENT_STOPPED, b->plan->slot_name[slot], (double)NAN, b->outcome[slot][0]);
    say(event, "the path is stopped: %s %s (%.4g %s); nothing later counts", b->plan->slot_name[slot], b->failure[0] == CSIM_PATH_NOT_FINITE ? "is not finite" : "left its range",
        b->outcome[slot][0], csim_outcome_rows[b->plan->slot_outcome[slot]].unit);
}

void csim_events_begin(csim_event_watch *self, const csim_block *b) {
    memset(self, 0, sizeof *self);
    for (int j = 0; j < b->plan->offerings; j++) self->owner[j] = b->owner[j][0];
}

csim_status csim_events_take(csim_event_watch *self, const csim_block *b, csim_trace *trace, csim_error *err) {
    month m = {self, b, trace, b->t - 1, CSIM_OK, err};
    look_at_policy(&m);
    look_at_levers(&m);
    for (int j = 0; j < b->plan->offerings; j++) look_at_offering(&m, j);
    look_at_shift(&m);
    look_at_deals(&m);
    look_at_software(&m);
    look_at_failure(&m);
    return m.status;
}
