/* A scenario in plain words: what it is, what it changes, every assumption with its reason, the levers that are pulled, the claims it is asked about. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csim/scenario/c_locale.h"
#include "csim/scenario/owner.h"
#include "csim/scenario/sections.h"
#include "csim/scenario/spec_words.h"
#include "csim/scenario/text.h"

enum { CHANGE_BYTES = 200 };

static void put_heading(csim_text *out, const char *title) {
    csim_text_add(out, "\n%s\n", title);
    for (const char *at = title; *at; at++)
        if (((unsigned char)*at & 0xc0) != 0x80) csim_text_put(out, "-"); /* one a character, not one a byte */
    csim_text_put(out, "\n");
}

static void put_list(csim_text *out, const char *label, const char *const *names, size_t count) {
    csim_text_add(out, "%s", label);
    for (size_t i = 0; i < count; i++) csim_text_add(out, "%s%s", i ? ", " : "", names[i]);
    csim_text_put(out, "\n");
}

/* ---- head ------------------------------------------------------------------------------------------------------------------------------------------ */

static void put_assimilation(csim_text *out, const csim_scenario *s) {
    csim_text_put(out, "History     ");
    if (s->assimilate_until == CSIM_NO_MONTH) csim_text_put(out, "not followed: paths run free from the start");
    else {
        csim_text_put(out, "paths follow observed series up to ");
        csim_text_month(out, s->assimilate_until);
    }
    if (s->known_until != CSIM_NO_MONTH) {
        csim_text_put(out, "; nothing later than ");
        csim_text_month(out, s->known_until);
        csim_text_put(out, " is known");
    }
    csim_text_put(out, "\n");
}

static csim_status put_hindsight(csim_text *out, const csim_scenario *s, csim_error *err) {
    size_t later;
    char *sentence;
    const csim_status status = csim_scenario_hindsight(s, &later, &sentence, err);
    if (status) return status;
    if (later) csim_text_add(out, "Hindsight   %s\n", sentence);
    free(sentence);
    return CSIM_OK;
}

static void put_policy(csim_text *out, const csim_scenario *s) {
    csim_text_add(out, "Controls    %s; ", s->policy_relative ? "relative losses against the uncontrolled ladder" : "each regime has its own ladder of chips");
    for (size_t i = 0; i < s->policy_steps; i++) {
        const csim_step *step = &s->policy_schedule[i];
        csim_text_put(out, i ? ", " : "");
        csim_text_add(out, "%s from ", strcmp(step->name, "markov") == 0 ? "by chance" : step->name);
        csim_text_month(out, step->month);
    }
    csim_text_put(out, "\n");
}

static csim_status put_head(csim_text *out, const csim_scenario *s, csim_error *err) {
    csim_text_add(out, "%s%s%s\n\n", s->name, s->title[0] ? ": " : "", s->title);
    if (s->description[0]) csim_text_wrap(out, "  ", s->description), csim_text_put(out, "\n");
    csim_text_put(out, "Horizon     ");
    csim_text_month(out, s->start_month);
    csim_text_put(out, " to ");
    csim_text_month(out, s->start_month + s->months - 1);
    csim_text_add(out, ", %d months\nRun         %lld paths, seed %llu, unless the command says otherwise\n", s->months, s->paths, s->seed);
    if (s->sampler) csim_text_add(out, "Sampler     %s\n", s->sampler == 1 ? "Latin hypercube" : "scrambled Sobol points");
    if (s->vintage[0]) csim_text_add(out, "Vintage     answers of %s stand beside the answers to claims\n", s->vintage);
    put_list(out, "Segments    ", s->segment, s->segments);
    put_list(out, "Regions     ", s->region, s->regions);
    csim_text_put(out, "Offerings   ");
    for (size_t i = 0; i < s->offerings; i++)
        csim_text_add(out, "%s%s (%s)", i ? ", " : "", s->offering[i].id, s->offering[i].openness == CSIM_OPEN ? "open" : "closed");
    csim_text_put(out, "\n");
    put_policy(out, s);
    put_assimilation(out, s);
    return put_hindsight(out, s, err);
}

/* ---- changes --------------------------------------------------------------------------------------------------------------------------------------- */

/* Cut at a character, not in the middle of one. */
static void put_cut(csim_text *out, const char *text) {
    size_t size = strlen(text);
    if (size <= CHANGE_BYTES) {
        csim_text_put(out, text);
        return;
    }
    for (size = CHANGE_BYTES; ((unsigned char)text[size] & 0xc0) == 0x80;) size--;
    csim_text_add(out, "%.*s …", (int)size, text);
}

static void put_changes(csim_text *out, const csim_source *source) {
    char title[160];
    if (!source->extends[0]) return;
    snprintf(title, sizeof title, "What it changes against %.100s", source->extends);
    put_heading(out, title);
    if (!source->changes) csim_text_put(out, "Nothing.\n");
    for (const csim_change *change = source->changes; change; change = change->next) {
        csim_text_add(out, "%s: ", change->path);
        put_cut(out, change->after[0] ? change->after : "taken away");
        if (change->before[0]) csim_text_put(out, " instead of "), put_cut(out, change->before);
        csim_text_put(out, "\n");
    }
}

/* ---- assumptions ----------------------------------------------------------------------------------------------------------------------------------- */

static void put_note(csim_text *out, const csim_note *note) {
    csim_text line = {0};
    csim_text_put(&line, note->basis);
    if (note->date[0]) csim_text_add(&line, "%s%s", line.size ? ", " : "", note->date);
    if (note->source[0]) csim_text_add(&line, "%s%s", line.size ? ", " : "", note->source);
    if (note->reason[0]) csim_text_add(&line, "%s%s", line.size ? ": " : "", note->reason);
    if (line.size) csim_text_wrap(out, "      ", line.bytes);
    out->failed |= line.failed;
    csim_text_clear(&line);
}

static const char *unit_of(const char *unit) { return strcmp(unit, "-") == 0 ? "" : unit; }

static csim_status put_input(csim_text *out, const csim_input *input, csim_error *err) {
    const csim_input_row *row = &csim_input_rows[input->id];
    const char *name = input->key + strlen(row->key);
    csim_text_put(out, "    ");
    if (*name) csim_text_add(out, "%s: ", name + 1);
    const csim_status status = csim_spec_words(out, &input->spec, err);
    csim_text_add(out, "%s%s\n", *unit_of(row->unit) ? " " : "", unit_of(row->unit));
    put_note(out, &input->note);
    return status;
}

static csim_status put_assumptions(csim_text *out, const csim_scenario *s, csim_error *err) {
    csim_status status = CSIM_OK;
    for (int section = 0; section < CSIM_SECTIONS; section++) {
        put_heading(out, csim_sections[section].title);
        for (int id = 0; id < CSIM_INPUT_IDS && status == CSIM_OK; id++) {
            if (!csim_section_has(&csim_sections[section], csim_input_rows[id].key)) continue;
            csim_text_add(out, "  %s: %s\n", csim_input_rows[id].key, csim_input_rows[id].text);
            for (int i = s->input_offset[id]; i < s->input_offset[id + 1] && status == CSIM_OK; i++) status = put_input(out, &s->input[i], err);
        }
    }
    return status;
}

/* ---- levers and claims ----------------------------------------------------------------------------------------------------------------------------- */

static void put_lever(csim_text *out, const csim_scenario *s, const csim_lever *lever) {
    const csim_lever_row *row = &csim_lever_rows[lever->id];
    csim_text_add(out, "  %s: %s\n    ", lever->key, row->text);
    const bool steps = row->interpolation == CSIM_STEP;
    for (size_t i = 0; i < lever->count; i++) {
        csim_text_put(out, i ? ", " : "");
        csim_text_number(out, lever->values[i].value);
        if (lever->count == 1) continue;
        csim_text_put(out, !steps ? " in " : i ? " from " : " up to ");
        csim_text_month(out, steps && i == 0 ? lever->values[1].month : lever->values[i].month);
    }
    csim_text_add(out, "%s%s", *unit_of(row->unit) ? " " : "", unit_of(row->unit));
    if (lever->count > 1 && !steps)
        csim_text_put(out, row->interpolation == CSIM_LOG ? ", straight in the logarithm between dates" : ", straight between dates");
    if (lever->hazard_per_yr > 0) {
        csim_text_put(out, "; jumps to ");
        csim_text_number(out, lever->hazard_value);
        csim_text_put(out, " at a rate of ");
        csim_text_number(out, lever->hazard_per_yr);
        csim_text_put(out, " a year from ");
        csim_text_month(out, lever->hazard_from);
        if (csim_lever_comes_too_late(s, lever)) csim_text_put(out, ", which is after the last month: it never happens");
    }
    csim_text_put(out, "\n");
    put_note(out, &lever->note);
}

static void put_levers(csim_text *out, const csim_scenario *s) {
    put_heading(out, "Levers that are pulled");
    size_t pulled = 0;
    for (size_t i = 0; i < s->levers; i++) {
        if (!s->lever[i].pulled) continue;
        put_lever(out, s, &s->lever[i]);
        pulled++;
    }
    if (!pulled) csim_text_put(out, "None.\n");
}

static void put_correlations(csim_text *out, const csim_scenario *s) {
    if (!s->correlations) return;
    put_heading(out, "Inputs that are drawn together");
    for (size_t i = 0; i < s->correlations; i++) {
        const csim_correlation *c = &s->correlation[i];
        csim_text_add(out, "  %s with %s: correlation ", c->a, c->b);
        csim_text_number(out, c->rho);
        csim_text_put(out, "\n");
        put_note(out, &c->note);
    }
}

static void put_claims(csim_text *out, const csim_scenario *s) {
    if (!s->claims) return;
    put_heading(out, "Claims it is asked about");
    for (size_t i = 0; i < s->claims; i++) {
        const csim_claim *c = &s->claim[i];
        csim_text_add(out, "  %s (%zu reading%s; said %s, %s)\n", c->id, c->count, c->count == 1 ? "" : "s", c->said_on, c->source);
        csim_text_wrap(out, "    ", c->statement);
        if (c->status[0]) csim_text_add(out, "    Status: %s\n", c->status);
        for (size_t k = 0; k < c->count; k++)
            if (c->readings[k].deciding[0]) csim_text_add(out, "    Break-even of %s: asked of %s\n", c->readings[k].id, c->readings[k].deciding);
    }
}

csim_status csim_scenario_explain(const csim_scenario *s, char **text, csim_error *err) {
    csim_text out = {0};
    *text = NULL;
    const csim_c_locale guard = csim_c_locale_enter();
    csim_status status = put_head(&out, s, err);
    put_changes(&out, csim_scenario_source(s));
    if (status == CSIM_OK) status = put_assumptions(&out, s, err);
    put_levers(&out, s);
    put_correlations(&out, s);
    put_claims(&out, s);
    csim_c_locale_leave(guard);
    if (status == CSIM_OK) return csim_text_take(&out, text, NULL, err);
    csim_text_clear(&out);
    return status;
}
