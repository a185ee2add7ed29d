/* A list of names with their cells and values; a few thousand. Names are looked up by their hash, the last one first. */
#include "csim/report/live_cells.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_BYTES = 64, SCOPE_MAX_BYTES = 16, FORMULA_MAX_BYTES = 4096, BUCKETS = 1024 };

typedef struct entry {
    char name[NAME_MAX_BYTES]; /* with its scope; "": only the cell is known */
    csim_cells cells;
    csim_value *values;
    size_t count;
    bool in_book;
    uint32_t hash;
    size_t before; /* the entry before it with a name of the same bucket, counted from 1; 0: none */
} entry;

struct csim_live {
    csim_book *book;
    char prefix[SCOPE_MAX_BYTES], scope[SCOPE_MAX_BYTES];
    entry *entries;
    size_t used, size;
    size_t last[BUCKETS]; /* as `before` */
    bool failed;
};

csim_live *csim_live_new(csim_book *book, const char *prefix) {
    csim_live *live = calloc(1, sizeof *live);
    if (!live) return NULL;
    live->book = book;
    snprintf(live->prefix, sizeof live->prefix, "%s", prefix);
    return live;
}

void csim_live_free(csim_live *live) {
    if (!live) return;
    for (size_t i = 0; i < live->used; i++) free(live->entries[i].values);
    free(live->entries);
    free(live);
}

bool csim_live_is_complete(const csim_live *live) { return live && !live->failed; }

void csim_live_scope(csim_live *live, const char *scope) { snprintf(live->scope, sizeof live->scope, "%s", scope); }

/* ---- names ---- */

static size_t count_of(csim_cells cells) { return (size_t)(cells.last_row - cells.row + 1) * (cells.last_column - cells.column + 1); }

static uint32_t hash_on(uint32_t hash, const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)text[i]) * UINT32_C(16777619);
    return hash;
}

static const uint32_t hash_start = UINT32_C(2166136261);

static void list(csim_live *live, entry *e) {
    e->hash = hash_on(hash_start, e->name, strlen(e->name));
    e->before = live->last[e->hash % BUCKETS];
    live->last[e->hash % BUCKETS] = (size_t)(e - live->entries) + 1;
}

static void define(csim_live *live, const entry *e) {
    char name[NAME_MAX_BYTES + SCOPE_MAX_BYTES];
    snprintf(name, sizeof name, "%s%s", live->prefix, e->name);
    csim_book_define(live->book, name, e->cells);
}

static void keep(csim_live *live, const char *name, csim_cells cells, const csim_value *values) {
    const size_t count = count_of(cells);
    csim_value *copy = malloc(count * sizeof *copy);
    if (live->used == live->size) {
        entry *more = realloc(live->entries, (2 * live->size + 64) * sizeof *more);
        if (more) {
            live->entries = more;
            live->size = 2 * live->size + 64;
        }
    }
    if (!copy || live->used == live->size) {
        free(copy);
        live->failed = true;
        return;
    }
    memcpy(copy, values, count * sizeof *copy);
    entry *e = &live->entries[live->used++];
    *e = (entry){.cells = cells, .values = copy, .count = count, .in_book = name && !live->scope[0]};
    if (name) {
        snprintf(e->name, sizeof e->name, "%s%s", live->scope, name);
        list(live, e);
    }
    if (e->in_book) define(live, e);
}

static const entry *find_exactly(const csim_live *live, const char *scope, const char *name, size_t length) {
    const size_t before = strlen(scope);
    const uint32_t hash = hash_on(hash_on(hash_start, scope, before), name, length);
    const entry *e = NULL;
    for (size_t at = live->last[hash % BUCKETS]; at; at = e->before) {
        e = &live->entries[at - 1];
        if (e->hash == hash && strlen(e->name) == before + length && !memcmp(e->name, scope, before) && !memcmp(e->name + before, name, length)) return e;
    }
    return NULL;
}

static const entry *find_entry(const csim_live *live, const char *name, size_t length) {
    const entry *own = find_exactly(live, live->scope, name, length);
    return own || !live->scope[0] ? own : find_exactly(live, "", name, length);
}

static bool find_values(const void *scope, const char *name, size_t length, csim_value_line *out) {
    const entry *e = find_entry(scope, name, length);
    if (e) *out = (csim_value_line){e->values, e->count};
    return e != NULL;
}

csim_cells csim_live_cells(const csim_live *live, const char *name) {
    const entry *e = find_entry(live, name, strlen(name));
    return e ? e->cells : (csim_cells){.sheet = NULL};
}

void csim_live_name(csim_live *live, const char *name, csim_cells cells, const csim_value *values) { keep(live, name, cells, values); }

static csim_value value_at(const csim_live *live, csim_sheet *sheet, uint32_t row, uint32_t column) {
    for (size_t i = live->used; i-- > 0;) {
        const entry *e = &live->entries[i];
        if (e->count == 1 && e->cells.sheet == sheet && e->cells.row == row && e->cells.column == column) return e->values[0];
    }
    return (csim_value){.kind = CSIM_VALUE_EMPTY};
}

void csim_live_gather(csim_live *live, const char *name, csim_cells cells) {
    csim_value *values = malloc(count_of(cells) * sizeof *values);
    size_t used = 0;
    if (!values) {
        live->failed = true;
        return;
    }
    for (uint32_t row = cells.row; row <= cells.last_row; row++)
        for (uint32_t column = cells.column; column <= cells.last_column; column++) values[used++] = value_at(live, cells.sheet, row, column);
    keep(live, name, cells, values);
    free(values);
}

/* ---- formulas ---- */

/* As the formula of a cell on `sheet` writes it. */
static void put_reference(const csim_live *live, const entry *e, const csim_sheet *sheet, char *out, size_t size) {
    char from[CSIM_ADDRESS_SIZE], to[CSIM_ADDRESS_SIZE];
    if (e->in_book) snprintf(out, size, "%s%s", live->prefix, e->name);
    else if (e->cells.sheet != sheet) snprintf(out, size, "%s", csim_cells_address(e->cells, from));
    else if (e->count == 1) snprintf(out, size, "%s", csim_cell_local_address(e->cells.row, e->cells.column, from));
    else snprintf(out, size, "%s:%s", csim_cell_local_address(e->cells.row, e->cells.column, from), csim_cell_local_address(e->cells.last_row, e->cells.last_column, to));
}

/* Names begin with a lower case letter, functions do not; texts stay as they are. */
static void translate(const csim_live *live, const csim_sheet *sheet, const char *formula, char *out, size_t size) {
    size_t used = 0;
    bool is_text = false;
    for (const char *at = formula; *at && used + 1 < size;) {
        if (*at == '"') is_text = !is_text;
        if (is_text || !islower((unsigned char)*at)) {
            out[used++] = *at++;
            continue;
        }
        const char *from = at;
        while (isalnum((unsigned char)*at) || *at == '_') at++;
        const entry *e = find_entry(live, from, (size_t)(at - from));
        out[used] = 0;
        if (e) put_reference(live, e, sheet, out + used, size - used);
        else snprintf(out + used, size - used, "%.*s", (int)(at - from), from);
        used += strlen(out + used);
    }
    out[used] = 0;
}

csim_value csim_live_put_formula(csim_live *live, csim_cells cell, csim_cell_style style, const char *name, const char *formula) {
    char text[FORMULA_MAX_BYTES];
    const csim_value value = csim_formula_value(formula, find_values, live);
    translate(live, cell.sheet, formula, text, sizeof text);
    if (value.kind == CSIM_VALUE_TEXT) csim_sheet_put_formula_text(cell.sheet, cell.row, cell.column, style, value.text, "=%s", text);
    else csim_sheet_put_formula(cell.sheet, cell.row, cell.column, style, value.kind == CSIM_VALUE_ERROR ? (double)NAN : value.number, "=%s", text);
    keep(live, name, cell, &value);
    return value;
}

/* ---- what is no formula ---- */

void csim_live_put_number(csim_live *live, csim_cells cell, csim_cell_style style, const char *name, double value) {
    const csim_value kept = csim_value_of_number(value);
    csim_sheet_put_number(cell.sheet, cell.row, cell.column, style, value);
    keep(live, name, cell, &kept);
}

void csim_live_put_text(csim_live *live, csim_cells cell, csim_cell_style style, const char *name, const char *text) {
    const csim_value kept = csim_value_of_text(text);
    csim_sheet_put_text(cell.sheet, cell.row, cell.column, style, text);
    keep(live, name, cell, &kept);
}

void csim_live_put_blank(csim_live *live, csim_cells cell, csim_cell_role role, const char *name) {
    const csim_value kept = {.kind = CSIM_VALUE_EMPTY};
    csim_sheet_put_blank(cell.sheet, cell.row, cell.column, role);
    keep(live, name, cell, &kept);
}
