/* Sentences about stories, made from their numbers: what a path comes to, what it drew, what happened on it. Must not touch a sheet. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "csim/report/report_stories.h"
#include "csim/report/words.h"

/* 0 the lowest, 1 one between, 2 the highest. */
static int rank_of(int story, int count) { return story == 0 ? 0 : story == count - 1 ? 2 : 1; }

const char *csim_story_name(int story, int count) {
    static const char *const names[] = {"Bear", "Base", "Bull"};
    return names[rank_of(story, count)];
}

/* Text grows at its end as far as there is room. */
static void __attribute__((format(printf, 3, 4))) add(char *text, size_t size, const char *format, ...) {
    const size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + used, size - used, format, arguments);
    va_end(arguments);
}

char *csim_story_lead(const csim_report *report, int story, char *text, size_t size) {
    static const char *const leads[] = {"Bear for open weights", "Base: between the two in the open share", "Bull for open weights"};
    const csim_stories *found = &report->stories->found;
    const csim_story *it = &found->story[story];
    const int rank = rank_of(story, found->count);
    char own[64];
    snprintf(own, sizeof own, "Base: number %d of %d in the open share", story + 1, found->count);
    snprintf(text, size, "%s: path %u, which stands for %.0f %% of paths", rank == 1 && found->count > 3 ? own : leads[rank], (unsigned)it->path, 100 * it->weight);
    return text;
}

/* ---- what it comes to ---- */

typedef struct phrase { char text[64]; } phrase;

static phrase at_end(const csim_report *report, int story, csim_outcome_id id, int element) {
    const double value = csim_story_value(report->stories, story, csim_report_slot(report, id, element), report->plan->report_month[report->dates.last]);
    phrase out;
    csim_report_say(csim_report_kind(id), value, 0, out.text, sizeof out.text);
    return out;
}

static phrase of_all(const csim_report *report, csim_outcome_id id, int quantile) {
    const csim_estimate q = csim_report_read(report, csim_report_slot(report, id, 0), report->dates.last).q[quantile];
    phrase out;
    csim_report_say(csim_report_kind(id), q.value, q.error, out.text, sizeof out.text);
    return out;
}

static void say_end(const csim_report *report, int story, char *text, size_t size) {
    const csim_outcome_id open = CSIM_OUT_SHARE_WORLD_OPEN;
    char month[64];
    csim_word_month(CSIM_LANGUAGE_EN, csim_report_month_at(report, report->dates.last), month, sizeof month);
    snprintf(text, size, "In %s open models serve %s of world tokens (all paths: %s, nine of ten between %s and %s) and %s of "
             "developers' outside China; a million tokens costs %s on closed lists and %s on open ones; software earns %s bn a year.",
             month, at_end(report, story, open, 0).text, of_all(report, open, 2).text, of_all(report, open, 0).text, of_all(report, open, 4).text,
             at_end(report, story, CSIM_OUT_SHARE_OPEN, report->plan->developers).text, at_end(report, story, CSIM_OUT_PRICE_CLOSED, 0).text,
             at_end(report, story, CSIM_OUT_PRICE_OPEN, 0).text, at_end(report, story, CSIM_OUT_SAAS_REVENUE, 0).text);
}

/* ---- what it drew ---- */

void csim_story_extremes(const csim_report *report, int story, size_t place[CSIM_STORY_OWN], size_t *count) {
    const struct csim_report_stories *self = report->stories;
    *count = 0;
    for (size_t i = 0; i < self->inputs; i++) {
        size_t at = *count < CSIM_STORY_OWN ? (*count)++ : CSIM_STORY_OWN;
        const double far = fabs(self->input[i].own[story] - 0.5);
        while (at > 0 && far > fabs(self->input[place[at - 1]].own[story] - 0.5)) {
            if (at < CSIM_STORY_OWN) place[at] = place[at - 1];
            at--;
        }
        if (at < CSIM_STORY_OWN) place[at] = i;
    }
}

/* The inputs in which the story's cluster differs most and the path goes with it; chance puts some input far out on every path, and explains nothing. */
static void say_draws(const csim_report *report, int story, char *text, size_t size) {
    enum { NAMED = 3 };
    const struct csim_report_stories *self = report->stories;
    int named = 0;
    snprintf(text, size, "What the paths like it draw otherwise than the rest: ");
    for (size_t i = 0; i < self->inputs && named < NAMED; i++) {
        const csim_story_input *input = &self->input[i];
        const double away = input->mean[story] - 0.5;
        if (!(fabs(away) > 3 * input->error[story])) continue;
        add(text, size, "%s%s %s (mean place %.0f %%, on this path %.0f %%)", named++ ? "; " : "", away > 0 ? "high" : "low", report->plan->input_key[input->input],
            100 * input->mean[story], 100 * input->own[story]);
    }
    add(text, size, named ? "." : "nothing beyond chance.");
}

/* ---- what happened ---- */

bool csim_story_event_counts(const csim_plan *plan, const csim_event *event) {
    switch (event->kind) {
    case CSIM_EVENT_REGIME: return plan->policy_state[event->month] == CSIM_POLICY_MARKOV;
    case CSIM_EVENT_HAZARD: case CSIM_EVENT_MERGER: case CSIM_EVENT_SHIFT: case CSIM_EVENT_CLIFF: case CSIM_EVENT_CRASH: return true;
    default: return false;
    }
}

static unsigned count_events(const csim_trace *trace, csim_event_kind kind) {
    unsigned count = 0;
    for (size_t i = 0; i < trace->events; i++) count += trace->event[i].kind == kind;
    return count;
}

static void count_readings(const csim_report *report, int story, unsigned *hold, unsigned *decided) {
    *hold = *decided = 0;
    for (int32_t r = 0; r < report->plan->readings; r++) {
        const csim_hit hit = csim_story_hit(report, story, r);
        *hold += hit == CSIM_HIT;
        *decided += hit != CSIM_HIT_UNKNOWN;
    }
}

static void say_events(const csim_report *report, int story, char *text, size_t size) {
    enum { NAMED = 4 };
    const csim_trace *trace = report->stories->trace[story];
    unsigned hold, decided, named = 0, more = 0;
    char month[CSIM_MONTH_TEXT];
    snprintf(text, size, "On the way: ");
    for (size_t i = 0; i < trace->events; i++) {
        const csim_event *event = &trace->event[i];
        if (!csim_story_event_counts(report->plan, event)) continue;
        if (named == NAMED) more++;
        else add(text, size, "%s%s in %s", named++ ? "; " : "", event->text, csim_month_text(report->plan->start_month + event->month, month));
    }
    count_readings(report, story, &hold, &decided);
    if (more) add(text, size, report->stories->alone ? "; %u more" : "; %u more below", more);
    add(text, size, "%s%u of %d software vendors move their agents to open models. Of %u readings that a path decides, %u hold.", named ? "; " : "", count_events(trace, CSIM_EVENT_PIVOT),
        (int)report->plan->vendors, decided, hold);
}

char *csim_story_sentence(const csim_report *report, int story, int which, char *text, size_t size) {
    static void (*const say[CSIM_STORY_SENTENCES])(const csim_report *, int, char *, size_t) = {say_end, say_draws, say_events};
    say[which](report, story, text, size);
    return text;
}
