/* See change.h. The short text stands in short_text.c. */
#include "csim/scenario/change.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csim/scenario/c_locale.h"
#include "csim/scenario/owner.h"
#include "csim/scenario/paths.h"
#include "csim/scenario/reader.h"

static csim_status load(const char *file, const char *text, size_t size, const csim_scenario *base, csim_scenario **out, csim_error *err) {
    *out = NULL;
    csim_scenario_owner *owner = calloc(1, sizeof *owner);
    if (!owner) return csim_error_set(err, CSIM_NO_MEMORY, "out of memory making a scenario");
    const csim_c_locale guard = csim_c_locale_enter();
    csim_status status = csim_source_keys(file, text, size, base ? csim_scenario_source(base) : NULL, &owner->source, err);
    if (status == CSIM_OK) status = csim_scenario_build(owner, err);
    csim_c_locale_leave(guard);
    if (status == CSIM_OK) *out = &owner->scenario;
    else csim_scenario_free(&owner->scenario);
    return status;
}

csim_status csim_scenario_from_keys(const char *file, const char *text, size_t size, csim_scenario **out, csim_error *err) {
    return load(file, text, size, NULL, out, err);
}

/* The changes lie, for what they name, where the base lies; errors call them what the caller calls them. */
csim_status csim_scenario_change(const csim_scenario *base, const char *file, const char *text, size_t size, csim_scenario **out, csim_error *err) {
    csim_arena arena = {0};
    *out = NULL;
    const char *beside = csim_path_beside(&arena, base->file, file);
    if (!beside) return csim_error_set(err, CSIM_NO_MEMORY, "out of memory changing a scenario");
    const csim_status status = load(beside, text, size, base, out, err);
    if (status && err && strcmp(err->file, beside) == 0) snprintf(err->file, sizeof err->file, "%s", file);
    csim_arena_clear(&arena);
    return status;
}

static const char *known(const char *text) { return text ? text : ""; }
const char *csim_scenario_called(const csim_scenario *scenario) { return known(csim_scenario_source(scenario)->called); }
const char *csim_scenario_base(const csim_scenario *scenario) { return known(csim_scenario_source(scenario)->base); }

/* ---- files -------------------------------------------------------------------------------------------------------------------------------------- */

static const csim_node *find(const csim_node *root, const char *field) {
    const csim_reader reader = {.root = (csim_node *)(size_t)root};
    return csim_reader_find(&reader, field);
}

static int tell(const csim_scenario *s, const char *field, const char *leads_to, csim_file_visit *visit, void *self) {
    const csim_node *node = find(csim_scenario_source(s)->root, field);
    return visit(self, field, node ? node->file : "", leads_to);
}

static int tell_reading(const csim_scenario *s, const csim_claim *claim, const csim_reading *reading, csim_file_visit *visit, void *self) {
    const struct { const char *key, *file; } named[] = {{"against", known(reading->against_at.file)}, {"against_base", known(reading->against_base_at.file)}};
    char field[CSIM_READER_PATH];
    int stopped = 0;
    for (size_t i = 0; i < sizeof named / sizeof *named && !stopped; i++) {
        if (!named[i].file[0]) continue;
        snprintf(field, sizeof field, "claims.%s.readings.%s.%s", claim->id, reading->id, named[i].key);
        stopped = tell(s, field, named[i].file, visit, self);
    }
    return stopped;
}

int csim_scenario_files(const csim_scenario *s, csim_file_visit *visit, void *self) {
    int stopped = tell(s, "catalogue", s->catalogue_dir, visit, self);
    if (!stopped) stopped = tell(s, "assimilate.observations", s->observations_file, visit, self);
    if (!stopped && s->vintage[0]) stopped = tell(s, "run.vintage", s->vintage_at.file, visit, self);
    for (size_t i = 0; i < s->claims; i++)
        for (size_t k = 0; k < s->claim[i].count && !stopped; k++) stopped = tell_reading(s, &s->claim[i], &s->claim[i].readings[k], visit, self);
    return stopped;
}

/* ---- restoring ---------------------------------------------------------------------------------------------------------------------------------- */

static csim_status place(csim_source *source, const char *base, const csim_written *written, size_t count, csim_error *err) {
    bool whole = (source->base = csim_arena_print(&source->arena, "%s", base)) != NULL;
    for (size_t i = 0; i < count && whole; i++) {
        csim_node *node = (csim_node *)(size_t)find(source->root, written[i].field);
        if (node) whole = (node->file = csim_arena_print(&source->arena, "%s", written[i].file)) != NULL;
    }
    return whole ? CSIM_OK : csim_error_set(err, CSIM_NO_MEMORY, "out of memory restoring a scenario");
}

csim_status csim_scenario_restore(const char *file, const char *text, size_t size, const char *base, const csim_written *written, size_t count, csim_scenario **out,
                                  csim_error *err) {
    *out = NULL;
    csim_scenario_owner *owner = calloc(1, sizeof *owner);
    if (!owner) return csim_error_set(err, CSIM_NO_MEMORY, "out of memory restoring a scenario");
    const csim_c_locale guard = csim_c_locale_enter();
    csim_status status = csim_source_parse(file, text, size, &owner->source, err);
    if (status == CSIM_OK) status = place(&owner->source, base, written, count, err);
    if (status == CSIM_OK) status = csim_scenario_build(owner, err);
    csim_c_locale_leave(guard);
    if (status == CSIM_OK) *out = &owner->scenario;
    else csim_scenario_free(&owner->scenario);
    return status;
}
