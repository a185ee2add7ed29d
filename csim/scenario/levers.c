/* All levers, in the order of the table: a number, a dated schedule, or a hazard of a change. What a scenario leaves alone keeps its default. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "csim/scenario/reader.h"

static const double highest_hazard_per_yr = 12; /* more than once a month cannot be told from once */

typedef struct lever_place { csim_reader *reader; const char *field; const csim_lever_row *row; } lever_place;

static csim_status read_number(const lever_place *at, csim_node *node, const char *field, double *out) {
    const csim_lever_row *row = at->row;
    const csim_status status = csim_node_number(node, field, out, at->reader->err);
    if (status == CSIM_OK && row == &csim_lever_rows[CSIM_LEVER_DRAFT_DEPTH] && *out != floor(*out))
        return csim_reader_refuse(at->reader, CSIM_OUT_OF_RANGE, node, field, "must be a whole number from %g to %g, got %.10g", row->lowest, row->highest, *out);
    if (status != CSIM_OK || (*out >= row->lowest && *out <= row->highest)) return status;
    return csim_reader_refuse(at->reader, CSIM_OUT_OF_RANGE, node, field, "must lie between %g and %g %s, got %.10g", row->lowest, row->highest, row->unit, *out);
}

static csim_status set_constant(const lever_place *at, double value, csim_lever *out) {
    csim_dated *dated = csim_arena_take(at->reader->arena, 1, sizeof *dated);
    if (!dated) return csim_reader_no_memory(at->reader);
    *dated = (csim_dated){at->reader->out->start_month, value};
    out->values = dated;
    out->count = 1;
    return CSIM_OK;
}

static csim_status read_constant(const lever_place *at, csim_node *node, const char *field, csim_lever *out) {
    double value = 0;
    const csim_status status = read_number(at, node, field, &value);
    return status == CSIM_OK ? set_constant(at, value, out) : status;
}

static csim_status read_schedule(const lever_place *at, csim_node *map, const char *field, csim_lever *out) {
    csim_reader *reader = at->reader;
    if (map->kind != CSIM_NODE_MAP || map->count == 0)
        return csim_reader_refuse(reader, CSIM_WRONG_TYPE, map, field, "wanted a map of months to numbers such as {2024-01: 0, 2026-09: 1}");
    if (map->count > CSIM_MAX_MONTHS)
        return csim_reader_refuse(reader, CSIM_LIMIT, map, field, "has %zu months, at most %d are allowed", map->count, CSIM_MAX_MONTHS);
    csim_dated *dated = csim_arena_take(reader->arena, map->count, sizeof *dated);
    if (!dated) return csim_reader_no_memory(reader);
    csim_status status = CSIM_OK;
    for (size_t i = 0; i < map->count && status == CSIM_OK; i++) {
        char path[CSIM_READER_PATH];
        snprintf(path, sizeof path, "%.180s.%.60s", field, map->items[i]->key);
        status = csim_reader_next_month(reader, map->items[i], field, i ? dated[i - 1].month : CSIM_NO_MONTH, &dated[i].month);
        if (status == CSIM_OK) status = read_number(at, map->items[i], path, &dated[i].value);
    }
    out->values = dated;
    out->count = map->count;
    return status;
}

/* {hazard_per_yr, from, value} with an optional schedule for the time before the jump. */
static csim_status read_hazard(const lever_place *at, csim_node *map, csim_node *hazard, csim_lever *out) {
    char path[CSIM_READER_PATH];
    csim_reader *reader = at->reader;
    csim_node *from = csim_node_find(map, "from"), *value = csim_node_find(map, "value");
    snprintf(path, sizeof path, "%.200s.hazard_per_yr", at->field);
    csim_status status = csim_node_number(hazard, path, &out->hazard_per_yr, reader->err);
    if (status != CSIM_OK) return status;
    if (out->hazard_per_yr < 0 || out->hazard_per_yr > highest_hazard_per_yr)
        return csim_reader_refuse(reader, CSIM_OUT_OF_RANGE, hazard, path, "must lie between 0 and %g a year, got %.10g", highest_hazard_per_yr, out->hazard_per_yr);
    if (!value) return csim_reader_refuse(reader, CSIM_MISSING_KEY, map, at->field, "value is missing: what the lever jumps to");
    snprintf(path, sizeof path, "%.200s.value", at->field);
    status = read_number(at, value, path, &out->hazard_value);
    snprintf(path, sizeof path, "%.200s.from", at->field);
    out->hazard_from = reader->out->start_month;
    return status == CSIM_OK && from ? csim_node_month(from, path, &out->hazard_from, reader->err) : status;
}

static bool is_schedule(const csim_node *map) {
    int month;
    for (size_t i = 0; i < map->count; i++)
        if (!csim_month_parse(map->items[i]->key, &month) && !(map->items[i]->key[0] >= '0' && map->items[i]->key[0] <= '9')) return false;
    return map->count > 0;
}

static csim_status read_parts(const lever_place *at, csim_node *map, csim_lever *out) {
    csim_reader *reader = at->reader;
    csim_names allowed = {0};
    char path[CSIM_READER_PATH];
    csim_names_add_choices(&allowed, "value|schedule|hazard_per_yr|from");
    csim_note_names(&allowed);
    csim_status status = csim_reader_only(reader, map, at->field, &allowed);
    if (status == CSIM_OK) status = csim_read_note(reader, map, at->field, at->row->unit, &out->note);
    if (status != CSIM_OK) return status;
    csim_node *value = csim_node_find(map, "value"), *schedule = csim_node_find(map, "schedule"), *hazard = csim_node_find(map, "hazard_per_yr");
    csim_node *from = csim_node_find(map, "from");
    if (!hazard && from) return csim_reader_refuse(reader, CSIM_INCONSISTENT, from, at->field, "from belongs to a hazard_per_yr; dated values stand under schedule");
    if (!hazard && !value == !schedule) return csim_reader_refuse(reader, CSIM_MISSING_KEY, map, at->field, "wanted one of: value, schedule, hazard_per_yr");
    snprintf(path, sizeof path, "%.200s.schedule", at->field);
    if (schedule) status = read_schedule(at, schedule, path, out);
    snprintf(path, sizeof path, "%.200s.value", at->field);
    if (!hazard && value) status = read_constant(at, value, path, out);
    return status == CSIM_OK && hazard ? read_hazard(at, map, hazard, out) : status;
}

static csim_status read_lever(csim_reader *self, int id, size_t element, csim_lever *out) {
    const csim_lever_row *row = &csim_lever_rows[id];
    char key[CSIM_READER_PATH], name[2 * CSIM_MAX_ID + 2];
    csim_scenario_element_name(self->out, row->index, element, name, sizeof name);
    snprintf(key, sizeof key, "%s%s%s", row->key, *name ? "." : "", name);
    const lever_place at = {self, key, row};
    *out = (csim_lever){.id = (csim_lever_id)id, .element = (int)element, .key = csim_reader_copy(self, key), .hazard_from = CSIM_NO_MONTH,
                        .note = {.file = "", .basis = "", .source = "", .date = "", .reason = ""}};
    csim_status status = out->key ? set_constant(&at, row->standard, out) : csim_reader_no_memory(self);
    csim_node *node = csim_reader_find(self, key);
    if (status != CSIM_OK || !node) return status;
    out->note = csim_reader_place(node);
    out->pulled = true;
    if (node->kind != CSIM_NODE_MAP) return read_constant(&at, node, key, out);
    return is_schedule(node) ? read_schedule(&at, node, key, out) : read_parts(&at, node, out);
}

bool csim_lever_comes_too_late(const csim_scenario *scenario, const csim_lever *lever) {
    return lever->hazard_per_yr > 0 && lever->hazard_from >= scenario->start_month + scenario->months;
}

csim_status csim_read_levers(csim_reader *self) {
    csim_scenario *out = self->out;
    size_t total = 0;
    for (int id = 0; id < CSIM_LEVER_IDS; id++) {
        out->lever_offset[id] = (int)total;
        total += csim_scenario_elements(out, csim_lever_rows[id].index);
    }
    out->lever_offset[CSIM_LEVER_IDS] = (int)total;
    csim_lever *levers = csim_arena_take(self->arena, total, sizeof *levers);
    if (!levers) return csim_reader_no_memory(self);
    csim_status status = CSIM_OK;
    for (int id = 0; id < CSIM_LEVER_IDS; id++)
        for (size_t e = 0; status == CSIM_OK && e < csim_scenario_elements(out, csim_lever_rows[id].index); e++)
            status = read_lever(self, id, e, &levers[(size_t)out->lever_offset[id] + e]);
    out->lever = levers;
    out->levers = total;
    return status;
}
