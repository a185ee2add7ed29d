/* Which values of a scenario rest on what was found or judged after known_until. The compiler cannot hide them, because they are the scenario itself; it can be said. */
#include <stdio.h>
#include <stdlib.h>

#include "csim/scenario/scenario.h"
#include "csim/scenario/text.h"

enum { MOST_NAMED = 3 };

typedef struct tally { csim_text *named; int known_until; size_t later, all; } tally;

/* The first month a date can mean: a year alone counts from its January, so that nothing is called later that need not be. */
static int month_of(const char *date) {
    char *behind;
    const long year = strtol(date, &behind, 10);
    const long month = *behind == '-' ? strtol(behind + 1, NULL, 10) : 1;
    return (int)((year - 2000) * 12 + month - 1);
}

static void count(tally *self, const char *key, const csim_note *note) {
    self->all++;
    if (!note->date[0] || month_of(note->date) <= self->known_until) return;
    if (self->later++ < MOST_NAMED) csim_text_add(self->named, "%s%s (%s)", self->later > 1 ? ", " : "", key, note->date);
}

csim_status csim_scenario_hindsight(const csim_scenario *s, size_t *later, char **sentence, csim_error *err) {
    csim_text named = {0}, out = {0};
    tally self = {.named = &named, .known_until = s->known_until};
    *sentence = NULL;
    for (size_t i = 0; i < s->inputs; i++) count(&self, s->input[i].key, &s->input[i].note);
    for (size_t i = 0; i < s->levers; i++)
        if (s->lever[i].pulled) count(&self, s->lever[i].key, &s->lever[i].note);
    *later = s->known_until == CSIM_NO_MONTH ? 0 : self.later;
    if (*later) {
        csim_text_add(&out, "%zu of %zu values rest on sources or judgement dated after known_until (", *later, self.all);
        csim_text_month(&out, s->known_until);
        csim_text_add(&out, "): %s%s", named.bytes ? named.bytes : "", *later > MOST_NAMED ? ", …" : "");
    }
    out.failed |= named.failed;
    csim_text_clear(&named);
    return csim_text_take(&out, sentence, NULL, err);
}
