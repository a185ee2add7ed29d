/* See further.h. */
#include "csim/engine/further.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "csim/catalogue/catalogue.h"
#include "csim/scenario/paths.h"

/* A mistake inside the further scenario belongs to the key that names it; where inside is part of the sentence. */
static csim_status at_key(csim_status status, const csim_reference *which, const char *field, csim_error *err) {
    char inner[900];
    if (status == CSIM_NO_MEMORY || !err) return status;
    csim_error_format(err, inner, sizeof inner);
    return csim_error_set_at(err, status, which->note.file, which->note.line, which->note.column, field, "%s cannot be run: %s", which->name, inner);
}

csim_status csim_further_compile(const csim_scenario *running, const csim_reference *which, const char *field, csim_plan **plan, int *known_until, csim_error *err) {
    csim_scenario *scenario = NULL;
    csim_catalogue *catalogue = NULL;
    *plan = NULL;
    csim_status status = csim_scenario_load_onto(running, which->file, &scenario, err);
    if (!status) status = csim_catalogue_load(scenario->catalogue_dir, &catalogue, err);
    if (!status) status = csim_plan_compile(scenario, catalogue, plan, err);
    if (!status && known_until) *known_until = scenario->known_until;
    csim_catalogue_free(catalogue);
    csim_scenario_free(scenario);
    return status ? at_key(status, which, field, err) : CSIM_OK;
}

static int last_month(int known_until) { return known_until == CSIM_NO_MONTH ? INT_MAX : known_until; }

bool csim_further_knows_less(int vintage_known_until, const csim_scenario *running) { return last_month(vintage_known_until) < last_month(running->known_until); }

static csim_status check_vintage(const csim_scenario *scenario, csim_error *err) {
    static const char field[] = "run.vintage";
    const csim_reference *vintage = &scenario->vintage_at;
    csim_plan *plan;
    int known_until = CSIM_NO_MONTH;
    if (!vintage->name[0]) return CSIM_OK;
    const bool own = scenario->vintage_is_own;
    if (csim_path_is_same(vintage->file, scenario->file))
        return own ? csim_error_set_at(err, CSIM_INCONSISTENT, vintage->note.file, vintage->note.line, vintage->note.column, field, "names the scenario itself; a vintage is another one, that knows less")
                   : CSIM_OK;
    const csim_status status = csim_further_compile(scenario, vintage, field, &plan, &known_until, err);
    if (status && !own && !csim_further_is_fatal(status)) return CSIM_OK; /* what a scenario merely inherits must not forbid it a change: its answers stay open */
    csim_plan_free(plan);
    if (status || !own || csim_further_knows_less(known_until, scenario)) return status;
    return csim_error_set_at(err, CSIM_INCONSISTENT, vintage->note.file, vintage->note.line, vintage->note.column, field,
                             "%s knows as much as this scenario does; a vintage wants an earlier assimilate.known_until", vintage->name);
}

/* Every file once, where it is named first. */
typedef struct seen { const char *file[2 * CSIM_MAX_READINGS]; size_t count; } seen;

static csim_status check_side(const csim_scenario *scenario, const csim_claim *claim, const csim_reading *reading, const char *key, const csim_reference *which, seen *before,
                              csim_error *err) {
    char field[4 * CSIM_MAX_ID];
    csim_plan *plan;
    if (!which->name[0]) return CSIM_OK;
    for (size_t i = 0; i < before->count; i++)
        if (!strcmp(before->file[i], which->file)) return CSIM_OK;
    if (before->count < sizeof before->file / sizeof *before->file) before->file[before->count++] = which->file;
    snprintf(field, sizeof field, "claims.%s.readings.%s.%s", claim->id, reading->id, key);
    const csim_status status = csim_further_compile(scenario, which, field, &plan, NULL, err);
    csim_plan_free(plan);
    return status;
}

uint32_t csim_further_paths(const csim_result *result, uint32_t asked) {
    const uint32_t ran = result->options.paths, usual = ran < CSIM_CONTRAST_PATHS ? ran : CSIM_CONTRAST_PATHS, wanted = asked ? asked : usual;
    const uint32_t points = csim_run_options_points(&result->options);
    return wanted < points ? wanted : points;
}

csim_status csim_further_check(const csim_scenario *scenario, csim_error *err) {
    seen before = {.count = 0};
    csim_status status = check_vintage(scenario, err);
    for (size_t c = 0; c < scenario->claims; c++)
        for (size_t i = 0; !status && i < scenario->claim[c].count; i++) {
            const csim_reading *reading = &scenario->claim[c].readings[i];
            status = check_side(scenario, &scenario->claim[c], reading, "against", &reading->against_at, &before, err);
            if (!status) status = check_side(scenario, &scenario->claim[c], reading, "against_base", &reading->against_base_at, &before, err);
        }
    return status;
}

bool csim_further_is_fatal(csim_status status) { return status == CSIM_NO_MEMORY || status == CSIM_INTERRUPTED; }

/* Cut between characters, not inside one: the text goes into files that must be UTF-8. */
void csim_further_reason(const char *what, const csim_error *err, char *text) {
    char whole[2048], sentence[2400];
    csim_error_format(err, whole, sizeof whole);
    size_t size = (size_t)snprintf(sentence, sizeof sentence, "%s: %s", what, whole);
    if (size >= CSIM_FURTHER_REASON)
        for (size = CSIM_FURTHER_REASON - 1; ((unsigned char)sentence[size] & 0xc0) == 0x80;) size--;
    memcpy(text, sentence, size);
    text[size] = '\0';
}
