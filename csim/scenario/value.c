/* One input value: a plain number, or a map of one distribution and its notes. Units, ranges and parameters are checked here, at the place they stand. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "csim/scenario/reader.h"

/* What the checks of one value share. */
typedef struct value_place { csim_reader *reader; const char *field; const csim_input_row *row; csim_dist_family family; } value_place;

/* ---- notes -------------------------------------------------------------------------------------------------------------------------------------- */

void csim_note_names(csim_names *out) { csim_names_add_choices(out, "unit|basis|source|date|reason"); }

static csim_status check_unit(csim_reader *self, csim_node *map, const char *field, const char *unit) {
    csim_node *node = csim_node_find(map, "unit");
    const char *given;
    if (!node) return CSIM_OK;
    const csim_status status = csim_reader_string(self, node, field, &given);
    if (status != CSIM_OK || strcmp(given, unit) == 0) return status;
    csim_reader_refuse(self, CSIM_WRONG_UNIT, node, field, "is in '%s', got the unit '%.60s'", unit, given);
    csim_error_hint(self->err, "write the value in '%s'", unit);
    return CSIM_WRONG_UNIT;
}

/* 2026, 2026-08 or 2026-08-27 */
static bool is_date(const char *text) {
    static const char shape[] = "dddd-dd-dd";
    const size_t size = strlen(text);
    if (size != 4 && size != 7 && size != 10) return false;
    for (size_t i = 0; i < size; i++)
        if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != '-') return false;
    return true;
}

static csim_status read_basis(csim_reader *self, csim_node *map, const char *field, const char **out) {
    csim_node *node = csim_node_find(map, "basis");
    csim_names bases = {0};
    int at = 0;
    if (!node) return CSIM_OK;
    csim_names_add_choices(&bases, "measured|vendor|estimate|guess");
    const csim_status status = csim_reader_member(self, node, field, &bases, &at);
    *out = node->text;
    return status;
}

csim_status csim_read_note(csim_reader *self, csim_node *map, const char *field, const char *unit, csim_note *note) {
    char path[CSIM_READER_PATH];
    const struct { const char *key; const char **to; } texts[] = {{"source", &note->source}, {"date", &note->date}, {"reason", &note->reason}};
    *note = csim_reader_place(map);
    snprintf(path, sizeof path, "%s.unit", field);
    csim_status status = unit ? check_unit(self, map, path, unit) : CSIM_OK;
    snprintf(path, sizeof path, "%s.basis", field);
    if (status == CSIM_OK) status = read_basis(self, map, path, &note->basis);
    for (size_t i = 0; i < sizeof texts / sizeof *texts && status == CSIM_OK; i++) {
        csim_node *node = csim_node_find(map, texts[i].key);
        snprintf(path, sizeof path, "%s.%s", field, texts[i].key);
        if (node) status = csim_reader_string(self, node, path, texts[i].to);
    }
    if (status != CSIM_OK || !note->date[0] || is_date(note->date)) return status;
    snprintf(path, sizeof path, "%s.date", field);
    return csim_reader_refuse(self, CSIM_WRONG_TYPE, csim_node_find(map, "date"), path, "got '%.60s', wanted a date such as 2026, 2026-08 or 2026-08-27", note->date);
}

/* ---- the distribution --------------------------------------------------------------------------------------------------------------------------- */

/* The node a parameter of the distribution stands at, for an error of the check. */
static const csim_node *parameter_node(const csim_node *parameters, const char *name) {
    const csim_node *node = csim_node_find(parameters, name);
    return node ? node : parameters;
}

/* Moves an error that names a parameter to the place where it stands. */
static csim_status place_error(const value_place *at, const csim_node *parameters, csim_status status) {
    csim_error *err = at->reader->err;
    if (!err) return status;
    const csim_node *node = parameter_node(parameters, err->field);
    char field[CSIM_READER_PATH];
    snprintf(field, sizeof field, "%.180s.%.60s", at->field, csim_dist_family_get(at->family)->name);
    snprintf(err->file, sizeof err->file, "%s", node->file);
    snprintf(err->field, sizeof err->field, "%s", field);
    err->line = node->line;
    err->column = node->column;
    return status;
}

static csim_status read_list(const value_place *at, csim_node *node, const char *field, double *out, uint32_t *count) {
    if (node->kind != CSIM_NODE_LIST) return csim_reader_refuse(at->reader, CSIM_WRONG_TYPE, node, field, "wanted a list of numbers such as [1, 2, 5]");
    if (node->count > CSIM_DIST_MAX_KNOTS)
        return csim_reader_refuse(at->reader, CSIM_LIMIT, node, field, "has %zu numbers, at most %d are allowed", node->count, CSIM_DIST_MAX_KNOTS);
    csim_status status = CSIM_OK;
    for (size_t i = 0; i < node->count && status == CSIM_OK; i++) status = csim_node_number(node->items[i], field, &out[i], at->reader->err);
    *count = (uint32_t)node->count;
    return status;
}

static csim_status read_lists(const value_place *at, const csim_node *parameters, const csim_dist_family_info *info, csim_dist_spec *spec) {
    for (int i = 0; i < CSIM_DIST_LISTS; i++) {
        char field[CSIM_READER_PATH];
        csim_node *node = csim_node_find(parameters, info->list[i]);
        uint32_t count = 0;
        snprintf(field, sizeof field, "%.150s.%s.%s", at->field, info->name, info->list[i]);
        if (!node) return csim_reader_refuse(at->reader, CSIM_MISSING_KEY, parameters, field, "is missing");
        const csim_status status = read_list(at, node, field, spec->list[i], &count);
        if (status != CSIM_OK) return status;
        if (i > 0 && count != spec->knots)
            return csim_reader_refuse(at->reader, CSIM_INCONSISTENT, node, field, "has %u numbers, but %s has %u", count, info->list[0], spec->knots);
        spec->knots = count;
    }
    return CSIM_OK;
}

static csim_status read_shape(const value_place *at, const csim_node *parameters, csim_dist_spec *spec) {
    csim_node *node = csim_node_find(parameters, "shape");
    csim_names shapes = {0};
    char field[CSIM_READER_PATH];
    int shape = 0;
    if (at->family != CSIM_DIST_INTERVAL90 || !node) return CSIM_OK;
    csim_names_add_choices(&shapes, "normal|lognormal");
    snprintf(field, sizeof field, "%.180s.interval90.shape", at->field);
    const csim_status status = csim_reader_member(at->reader, node, field, &shapes, &shape);
    spec->shape = (uint32_t)shape;
    return status;
}

static csim_status read_parameters(const value_place *at, csim_node *parameters, csim_dist_spec *spec) {
    const csim_dist_family_info *info = csim_dist_family_get(at->family);
    csim_names allowed = {0};
    char field[CSIM_READER_PATH];
    snprintf(field, sizeof field, "%.180s.%s", at->field, info->name);
    if (parameters->kind == CSIM_NODE_TEXT && at->family == CSIM_DIST_FIXED)
        return csim_node_number(parameters, field, &spec->parameter[0], at->reader->err);
    for (int i = 0; i < CSIM_DIST_MAX_PARAMETERS && info->parameter[i]; i++) csim_names_add_choices(&allowed, info->parameter[i]);
    for (int i = 0; i < CSIM_DIST_LISTS && info->list[i]; i++) csim_names_add_choices(&allowed, info->list[i]);
    if (at->family == CSIM_DIST_INTERVAL90) csim_names_add_choices(&allowed, "shape");
    char list[200];
    if (parameters->kind != CSIM_NODE_MAP)
        return csim_reader_refuse(at->reader, CSIM_WRONG_TYPE, parameters, field, "wanted a map with the keys: %s", csim_names_list(&allowed, list, sizeof list));
    csim_status status = csim_reader_only(at->reader, parameters, field, &allowed);
    for (int i = 0; i < CSIM_DIST_MAX_PARAMETERS && info->parameter[i] && status == CSIM_OK; i++) {
        char path[CSIM_READER_PATH];
        csim_node *node = csim_node_find(parameters, info->parameter[i]);
        snprintf(path, sizeof path, "%.200s.%.50s", field, info->parameter[i]);
        if (node) status = csim_node_number(node, path, &spec->parameter[i], at->reader->err);
    }
    if (status == CSIM_OK) status = read_shape(at, parameters, spec);
    return status == CSIM_OK && info->list[0] ? read_lists(at, parameters, info, spec) : status;
}

/* ---- the range ---------------------------------------------------------------------------------------------------------------------------------- */

static csim_status check_one(const value_place *at, const csim_node *node, const char *what, double value) {
    const csim_input_row *row = at->row;
    if (value >= row->lowest && value <= row->highest) return CSIM_OK;
    return csim_reader_refuse(at->reader, CSIM_OUT_OF_RANGE, node, at->field, "%s must lie between %g and %g %s, got %.10g", what, row->lowest, row->highest, row->unit, value);
}

/* The parameters that place a distribution must lie in the key's range. Tails may leave it: a draw outside is clipped. */
static csim_status check_range(const value_place *at, const csim_node *parameters, const csim_dist_spec *spec) {
    const csim_dist_family_info *info = csim_dist_family_get(at->family);
    const double *p = spec->parameter;
    csim_status status = CSIM_OK;
    switch (at->family) {
    case CSIM_DIST_UNIFORM:
    case CSIM_DIST_TRIANGULAR:
    case CSIM_DIST_INTERVAL90:
        for (int i = 0; i < CSIM_DIST_MAX_PARAMETERS && info->parameter[i] && status == CSIM_OK; i++)
            status = check_one(at, parameter_node(parameters, info->parameter[i]), info->parameter[i], p[i]);
        return status;
    case CSIM_DIST_SCALED_BETA:
        status = check_one(at, parameter_node(parameters, "low"), "low", p[2]);
        return status == CSIM_OK ? check_one(at, parameter_node(parameters, "high"), "high", p[3]) : status;
    case CSIM_DIST_DISCRETE:
    case CSIM_DIST_QUANTILES: {
        const int list = at->family == CSIM_DIST_DISCRETE ? 0 : 1;
        for (uint32_t i = 0; i < spec->knots && status == CSIM_OK; i++)
            status = check_one(at, parameter_node(parameters, info->list[list]), info->list[list], spec->list[list][i]);
        return status;
    }
    case CSIM_DIST_BETA: return check_one(at, parameters, "the mean", p[0] / (p[0] + p[1]));
    case CSIM_DIST_GAMMA: return check_one(at, parameters, "the mean", p[0] * p[1]);
    case CSIM_DIST_FIXED: return check_one(at, parameters->kind == CSIM_NODE_MAP ? parameter_node(parameters, "value") : parameters, "the value", p[0]);
    default: return check_one(at, parameter_node(parameters, info->parameter[0]), info->parameter[0], p[0]); /* mean, median, scale */
    }
}

/* ---- the value ---------------------------------------------------------------------------------------------------------------------------------- */

static csim_status finish(const value_place *at, const csim_node *parameters, csim_dist_spec *spec) {
    const csim_status status = csim_dist_spec_check(spec, at->reader->err);
    return status == CSIM_OK ? check_range(at, parameters, spec) : place_error(at, parameters, status);
}

static void family_names(csim_names *out) {
    for (int i = 0; i < CSIM_DIST_FAMILY_COUNT; i++) csim_names_add_choices(out, csim_dist_family_get((csim_dist_family)i)->name);
}

/* The one family of the map. */
static csim_status find_family(csim_reader *self, const csim_node *map, const char *field, csim_node **out, csim_dist_family *family) {
    csim_names allowed = {0};
    char list[400];
    family_names(&allowed);
    csim_names_list(&allowed, list, sizeof list);
    csim_note_names(&allowed);
    const csim_status status = csim_reader_only(self, map, field, &allowed);
    if (status != CSIM_OK) return status;
    *out = NULL;
    for (size_t i = 0; i < map->count; i++) {
        csim_dist_family found;
        if (!csim_dist_family_find(map->items[i]->key, &found)) continue;
        if (*out)
            return csim_error_set_at(self->err, CSIM_INCONSISTENT, map->items[i]->file, map->items[i]->key_line, map->items[i]->key_column, field,
                                     "has two distributions, %s and %s; wanted one", (*out)->key, map->items[i]->key);
        *out = map->items[i];
        *family = found;
    }
    return *out ? CSIM_OK : csim_reader_refuse(self, CSIM_MISSING_KEY, map, field, "has no value; wanted one of: %s", list);
}

csim_status csim_read_value(csim_reader *self, csim_node *node, const char *field, const csim_input_row *row, csim_dist_spec *spec, csim_note *note) {
    value_place at = {self, field, row, CSIM_DIST_FIXED};
    if (node->kind != CSIM_NODE_MAP) {
        *note = csim_reader_place(node);
        *spec = csim_dist_spec_start(CSIM_DIST_FIXED);
        const csim_status status = csim_node_number(node, field, &spec->parameter[0], self->err);
        return status == CSIM_OK ? finish(&at, node, spec) : status;
    }
    csim_node *parameters;
    csim_status status = find_family(self, node, field, &parameters, &at.family);
    if (status == CSIM_OK) status = csim_read_note(self, node, field, row->unit, note);
    if (status != CSIM_OK) return status;
    *spec = csim_dist_spec_start(at.family);
    status = read_parameters(&at, parameters, spec);
    return status == CSIM_OK ? finish(&at, parameters, spec) : status;
}
