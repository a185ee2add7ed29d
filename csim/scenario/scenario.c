/* Loading a scenario: the order of the parts, and the handle's life. */
#include "csim/scenario/scenario.h"

#include <stdio.h>
#include <stdlib.h>

#include "csim/scenario/c_locale.h"
#include "csim/scenario/differences.h"
#include "csim/scenario/mix.h"
#include "csim/scenario/owner.h"
#include "csim/scenario/reader.h"

static csim_status check_keys(csim_reader *reader) { return csim_layout_check(reader->root, reader->out, reader->err); }

/* Keys are checked before values: a misspelt key must be called misspelt, not missing. */
static csim_status read_parts(csim_reader *reader) {
    static csim_status (*const parts[])(csim_reader *) = {csim_read_sets,   check_keys,      csim_read_frame,        csim_read_supply, csim_read_inputs,
                                                          csim_read_levers, csim_check_sums, csim_read_correlations, csim_read_claims};
    csim_status status = CSIM_OK;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && status == CSIM_OK; i++) status = parts[i](reader);
    return status;
}

csim_status csim_scenario_build(csim_scenario_owner *owner, csim_error *err) {
    csim_scenario *out = &owner->scenario;
    char *text = NULL;
    out->title = out->description = out->title_zh = out->description_zh = out->vintage = "";
    out->file = owner->source.file;
    csim_reader reader = {out, &owner->source.arena, owner->source.root, err, owner->source.from_memory,
                          owner->source.from_memory || owner->source.ground_text};
    csim_status status = read_parts(&reader);
    if (status == CSIM_OK) status = csim_scenario_canonical(out, &text, &out->text_size, err);
    out->text = text;
    return status;
}

/* From a file when text is NULL; on top of `ground` when there is one. */
static csim_status load(const char *name, const char *text, size_t size, const csim_scenario *ground, csim_scenario **out, csim_error *err) {
    *out = NULL;
    csim_scenario_owner *owner = calloc(1, sizeof *owner);
    if (!owner) return csim_error_set(err, CSIM_NO_MEMORY, "out of memory loading %s", name);
    const csim_c_locale guard = csim_c_locale_enter();
    if (ground) owner->source.ground_file = ground->file, owner->source.ground_text = ground->text, owner->source.ground_size = ground->text_size;
    csim_status status = text ? csim_source_parse(name, text, size, &owner->source, err) : csim_source_load(name, &owner->source, err);
    if (status == CSIM_OK) status = csim_scenario_build(owner, err);
    csim_c_locale_leave(guard);
    if (status == CSIM_OK) *out = &owner->scenario;
    else csim_scenario_free(&owner->scenario);
    return status;
}

csim_status csim_scenario_load(const char *name, csim_scenario **out, csim_error *err) { return load(name, NULL, 0, NULL, out, err); }

csim_status csim_scenario_load_onto(const csim_scenario *ground, const char *name, csim_scenario **out, csim_error *err) {
    return load(name, NULL, 0, ground, out, err);
}

csim_status csim_scenario_parse(const char *name, const char *text, size_t size, csim_scenario **out, csim_error *err) {
    return load(name, text, size, NULL, out, err);
}

/* ---- between two scenarios ---------------------------------------------------------------------------------------------------------------------- */

typedef struct picker { const bool *from_b; size_t count, at; } picker;

static bool pick(void *self, const csim_path *path, const csim_node *a, const csim_node *b) {
    picker *p = self;
    (void)path, (void)a, (void)b;
    const size_t at = p->at++;
    return at < p->count && p->from_b[at];
}

/* The trees stay with the mixed scenario, which borrows its texts from them. */
static csim_status mix(csim_scenario_owner *owner, const csim_scenario *a, const csim_scenario *b, picker *picked, csim_error *err) {
    csim_source *source = &owner->source;
    source->extends = source->base = source->called = "";
    source->from_memory = csim_scenario_source(a)->from_memory || csim_scenario_source(b)->from_memory;
    source->file = csim_arena_print(&source->arena, "%s", a->file);
    const char *other = csim_arena_print(&source->arena, "%s", b->file);
    if (!source->file || !other) return csim_error_set(err, CSIM_NO_MEMORY, "out of memory mixing scenarios");
    csim_status status = csim_yaml_tree_parse(source->file, a->text, a->text_size, &source->tree[0], err);
    source->trees = status == CSIM_OK;
    if (status == CSIM_OK) status = csim_yaml_tree_parse(other, b->text, b->text_size, &source->tree[1], err);
    if (status != CSIM_OK) return status;
    source->trees = 2;
    status = csim_mix(&source->arena, csim_yaml_tree_root(source->tree[0]), csim_yaml_tree_root(source->tree[1]), pick, picked, &source->root, err);
    return status == CSIM_OK ? csim_scenario_build(owner, err) : status;
}

csim_status csim_scenario_mix(const csim_scenario *a, const csim_scenario *b, const bool *from_b, size_t count, csim_scenario **out, csim_error *err) {
    *out = NULL;
    csim_scenario_owner *owner = calloc(1, sizeof *owner);
    if (!owner) return csim_error_set(err, CSIM_NO_MEMORY, "out of memory mixing scenarios");
    picker picked = {from_b, count, 0};
    const csim_c_locale guard = csim_c_locale_enter();
    const csim_status status = mix(owner, a, b, &picked, err);
    csim_c_locale_leave(guard);
    if (status == CSIM_OK) *out = &owner->scenario;
    else csim_scenario_free(&owner->scenario);
    return status;
}

void csim_scenario_free(csim_scenario *scenario) {
    if (!scenario) return;
    csim_scenario_owner *owner = (csim_scenario_owner *)(void *)scenario;
    free((char *)(size_t)scenario->text);
    csim_source_clear(&owner->source);
    free(owner);
}

size_t csim_scenario_elements(const csim_scenario *s, csim_index_set index) {
    switch (index) {
    case CSIM_INDEX_NONE: return 1;
    case CSIM_INDEX_SEGMENT: return s->segments;
    case CSIM_INDEX_REGION: return s->regions;
    case CSIM_INDEX_OFFERING: return s->offerings;
    case CSIM_INDEX_REGIME: return s->regimes;
    case CSIM_INDEX_SEGMENT_OFFERING: return s->segments * s->offerings;
    case CSIM_INDEX_SEGMENT_REGION: return s->segments * s->regions;
    case CSIM_INDEX_REGIME_REGIME: return s->regimes * s->regimes;
    }
    return 0;
}

char *csim_scenario_element_name(const csim_scenario *s, csim_index_set index, size_t i, char *text, size_t size) {
    const char *first = "", *second = "";
    switch (index) {
    case CSIM_INDEX_NONE: break;
    case CSIM_INDEX_SEGMENT: first = s->segment[i]; break;
    case CSIM_INDEX_REGION: first = s->region[i]; break;
    case CSIM_INDEX_OFFERING: first = s->offering[i].id; break;
    case CSIM_INDEX_REGIME: first = s->regime[i].id; break;
    case CSIM_INDEX_SEGMENT_OFFERING: first = s->segment[i / s->offerings], second = s->offering[i % s->offerings].id; break;
    case CSIM_INDEX_SEGMENT_REGION: first = s->segment[i / s->regions], second = s->region[i % s->regions]; break;
    case CSIM_INDEX_REGIME_REGIME: first = s->regime[i / s->regimes].id, second = s->regime[i % s->regimes].id; break;
    }
    snprintf(text, size, "%s%s%s", first, second[0] ? "." : "", second);
    return text;
}
