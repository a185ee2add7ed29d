/* A CSV file of dated observations → sorted rows. Owns columns, units and order.
 * Bytes, numbers and months are checked by the YAML reader's functions, so that one rule holds in all files. */
#include "csim/catalogue/observations.h"

#include <stdlib.h>
#include <string.h>

#include "csim/catalogue/csv_reader.h"
#include "csim/catalogue/nearest.h"
#include "csim/scenario/yaml_bytes.h"
#include "csim/scenario/yaml_tree.h"

enum { COLUMN_SERIES, COLUMN_MONTH, COLUMN_VALUE, COLUMN_UNIT, COLUMN_BASIS, COLUMN_SOURCE, COLUMN_CONFIDENCE, COLUMN_GROUP, COLUMN_NOTE, COLUMN_COUNT };
enum { REQUIRED_COLUMNS = COLUMN_SOURCE + 1 };

static const char *const column_names[COLUMN_COUNT] = {"series", "month", "value", "unit", "basis", "source", "confidence", "likelihood_group", "note"};
static const char *const basis_names[] = {"data", "derived", "family_mix_judged", "between_windows_judged", "judgement"};
static const char *const unit_names[] = {"fraction", "ratio", "eci_points", "elo", "months", "usd_per_mtok", "usd_bn_per_year", "trillion_per_month",
                                         "trillion_per_week", "trillion_per_day", "million", "count", "count_per_year"};

struct csim_observations {
    char *text; /* owns every string of the rows */
    csim_observation *rows;
    size_t count, capacity;
};

static const char *name_at(const void *names, size_t i) { return ((const char *const *)names)[i]; }

/* ---- one field */

static csim_status fail(const csim_csv_reader *csv, const csim_csv_field *field, csim_status code, int column, const char *what) {
    return csim_error_set_at(csv->err, code, csv->name, field->line, field->column, column_names[column], "'%.200s' %s", field->text, what);
}

static csim_status read_name(const csim_csv_reader *csv, const csim_csv_field *field, int column, const char *const *names, size_t count, size_t *out) {
    for (*out = 0; *out < count; ++*out)
        if (strcmp(field->text, names[*out]) == 0) return CSIM_OK;
    csim_status status = fail(csv, field, column == COLUMN_UNIT ? CSIM_WRONG_UNIT : CSIM_UNKNOWN_NAME, column, "is not a name known here");
    const char *nearest = csim_nearest_name(field->text, name_at, names, count);
    if (nearest) csim_error_hint(csv->err, "did you mean '%s'?", nearest);
    return status;
}

/* A CSV field dressed as a YAML scalar, for its strict number and month. */
static csim_node as_node(const csim_csv_reader *csv, const csim_csv_field *field) {
    return (csim_node){.kind = CSIM_NODE_TEXT, .file = csv->name, .line = field->line, .column = field->column, .text = field->text};
}

static csim_status read_field(const csim_csv_reader *csv, const csim_csv_field *field, int column, csim_observation *out) {
    csim_node node = as_node(csv, field);
    size_t index = 0;
    csim_status status = CSIM_OK;
    if (column < REQUIRED_COLUMNS && field->text[0] == '\0') return fail(csv, field, CSIM_MISSING_KEY, column, "is empty");
    switch (column) {
        case COLUMN_SERIES: out->series = field->text; break;
        case COLUMN_MONTH: return csim_node_month(&node, column_names[column], &out->month, csv->err);
        case COLUMN_VALUE: return csim_node_number(&node, column_names[column], &out->value, csv->err);
        case COLUMN_UNIT:
            status = read_name(csv, field, column, unit_names, sizeof unit_names / sizeof *unit_names, &index);
            out->unit = field->text;
            break;
        case COLUMN_BASIS:
            status = read_name(csv, field, column, basis_names, sizeof basis_names / sizeof *basis_names, &index);
            out->basis = (csim_observation_basis)index;
            break;
        case COLUMN_SOURCE: out->source = field->text; break;
        case COLUMN_CONFIDENCE: out->confidence = field->text; break;
        case COLUMN_GROUP: out->likelihood_group = field->text; break;
        default: out->note = field->text; break;
    }
    return status;
}

/* ---- one row */

static csim_status read_row(csim_csv_reader *csv, int columns, csim_observation *out) {
    *out = (csim_observation){.confidence = "", .likelihood_group = "", .note = "", .line = csv->line};
    for (int column = 0; column < columns; column++) {
        csim_csv_field field;
        csim_status status = csim_csv_next(csv, &field);
        if (status != CSIM_OK) return status;
        if (field.last != (column == columns - 1))
            return csim_error_set_at(csv->err, CSIM_SYNTAX, csv->name, field.line, field.column, NULL, "the row has %s fields than the header's %d",
                                     field.last ? "fewer" : "more", columns);
        status = read_field(csv, &field, column, out);
        if (status != CSIM_OK) return status;
    }
    if (strcmp(out->unit, "fraction") == 0 && !(out->value >= 0 && out->value <= 1))
        return csim_error_set_at(csv->err, CSIM_OUT_OF_RANGE, csv->name, out->line, 1, "value", "%g is not a fraction: 0 to 1", out->value);
    return CSIM_OK;
}

static csim_status add_row(csim_observations *list, const csim_observation *row, csim_error *err) {
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? 2 * list->capacity : 256;
        csim_observation *rows = realloc(list->rows, capacity * sizeof *rows);
        if (!rows) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for %zu observations", capacity);
        list->rows = rows;
        list->capacity = capacity;
    }
    list->rows[list->count++] = *row;
    return CSIM_OK;
}

static csim_status read_header(csim_csv_reader *csv, int *columns) {
    csim_csv_field field = {.last = false};
    for (*columns = 0; !field.last; ++*columns) {
        csim_status status = csim_csv_next(csv, &field);
        if (status != CSIM_OK) return status;
        if (*columns >= COLUMN_COUNT || strcmp(field.text, column_names[*columns]) != 0)
            return csim_error_set_at(csv->err, CSIM_UNKNOWN_KEY, csv->name, field.line, field.column, NULL, "column %d is '%.100s', wanted is '%s'",
                                     *columns + 1, field.text, *columns < COLUMN_COUNT ? column_names[*columns] : "the end of the line");
    }
    if (*columns >= REQUIRED_COLUMNS) return CSIM_OK;
    return csim_error_set_at(csv->err, CSIM_MISSING_KEY, csv->name, 1, 1, NULL, "the column '%s' is missing", column_names[*columns]);
}

/* ---- the whole */

static int by_series_and_line(const void *left, const void *right) {
    const csim_observation *a = left, *b = right;
    int order = strcmp(a->series, b->series);
    return order ? order : (a->line > b->line) - (a->line < b->line);
}

/* After sorting by series and line, months that do not ascend are rows the file has twice or out of order. */
static csim_status check_series(const csim_observations *list, const char *name, csim_error *err) {
    for (size_t i = 1; i < list->count; i++) {
        const csim_observation *row = &list->rows[i], *before = row - 1;
        if (strcmp(row->series, before->series) != 0) continue;
        if (row->month <= before->month)
            return csim_error_set_at(err, row->month == before->month ? CSIM_DUPLICATE_KEY : CSIM_INCONSISTENT, name, row->line, 1, "month",
                                     "the months of '%.100s' must ascend: see line %d", row->series, before->line);
        if (strcmp(row->unit, before->unit) != 0)
            return csim_error_set_at(err, CSIM_WRONG_UNIT, name, row->line, 1, "unit", "'%.100s' changes its unit: see line %d", row->series, before->line);
    }
    return CSIM_OK;
}

/* Takes text, which must be NUL-terminated and writable. */
static csim_status parse_owned(csim_observations *list, const char *name, csim_error *err) {
    csim_csv_reader csv = {.name = name, .cursor = list->text, .line = 1, .column = 1, .err = err};
    int columns = 0;
    csim_status status = read_header(&csv, &columns);
    while (status == CSIM_OK && !csim_csv_at_end(&csv)) {
        csim_observation row;
        status = read_row(&csv, columns, &row);
        if (status == CSIM_OK) status = add_row(list, &row, err);
    }
    if (status != CSIM_OK) return status;
    if (list->count == 0) return csim_error_set_at(err, CSIM_FILE_FORMAT, name, 2, 1, NULL, "no observation follows the header");
    qsort(list->rows, list->count, sizeof *list->rows, by_series_and_line);
    return check_series(list, name, err);
}

/* Makes a list that owns a copy of the text, ended by NUL. */
static csim_observations *new_list(const char *text, size_t size) {
    csim_observations *list = calloc(1, sizeof *list);
    if (!list) return NULL;
    list->text = malloc(size + 1);
    if (!list->text) {
        free(list);
        return NULL;
    }
    memcpy(list->text, text, size);
    list->text[size] = '\0';
    return list;
}

csim_status csim_observations_parse(const char *name, const char *text, size_t size, csim_observations **out, csim_error *err) {
    *out = NULL;
    if (size == 0) return csim_error_set_at(err, CSIM_FILE_FORMAT, name, 0, 0, NULL, "it is empty");
    csim_status status = csim_yaml_bytes_check(name, text, size, err); /* the same limits, and no NUL, as for scenarios */
    if (status != CSIM_OK) return status;
    csim_observations *list = new_list(text, size);
    if (!list) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for %zu bytes of observations", size);
    status = parse_owned(list, name, err);
    if (status != CSIM_OK) csim_observations_free(list);
    else *out = list;
    return status;
}

csim_status csim_observations_load(const char *path, csim_observations **out, csim_error *err) {
    *out = NULL;
    char *text = NULL;
    size_t size = 0;
    csim_status status = csim_yaml_bytes_read(path, &text, &size, err);
    if (status != CSIM_OK) return status;
    status = csim_observations_parse(path, text, size, out, err);
    free(text);
    return status;
}

void csim_observations_free(csim_observations *observations) {
    if (!observations) return;
    free(observations->rows);
    free(observations->text);
    free(observations);
}

const csim_observation *csim_observations_rows(const csim_observations *observations, size_t *count) {
    *count = observations->count;
    return observations->rows;
}

static const char *series_at(const void *rows, size_t i) { return ((const csim_observation *)rows)[i].series; }

csim_status csim_observations_find(const csim_observations *observations, const char *series, const csim_observation **first, size_t *count,
                                   csim_error *err) {
    size_t i = 0, end;
    while (i < observations->count && strcmp(observations->rows[i].series, series) != 0) i++;
    for (end = i; end < observations->count && strcmp(observations->rows[end].series, series) == 0; end++) {}
    if (i == observations->count) {
        csim_error_set(err, CSIM_UNKNOWN_NAME, "no observed series '%.100s'", series);
        const char *nearest = csim_nearest_name(series, series_at, observations->rows, observations->count);
        if (nearest) csim_error_hint(err, "did you mean '%s'?", nearest);
        return CSIM_UNKNOWN_NAME;
    }
    *first = &observations->rows[i];
    *count = end - i;
    return CSIM_OK;
}
