/* index.xlsx: the runs, their headline numbers, their answers to claims, one row a run on each sheet; then the first of them side by side (csim/report/sides.h). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csim/base/version.h"
#include "csim/batch/index_parts.h"
#include "csim/report/sheet_writer.h"
#include "csim/report/sides.h"
#include "csim/scenario/c_locale.h"
#include "csim/store/run_file.h"

enum { TOP = 3, MOST_COLUMNS = 512, RUN_PATH = 8192, CONTENTS_COLUMNS = 2 };

/* Sheets of a run's own workbook that the index leads to. */
static const char *const report_sheets[] = {"Claims", "Assumptions", "Data"};
enum { REPORT_SHEETS = sizeof report_sheets / sizeof report_sheets[0] };

typedef struct index_book { csim_book *book; const csim_batch *batch; const csim_batch_row *rows; csim_index_reading *readings; size_t reading_count; csim_error *err; } index_book;

static const csim_cell_style body = {CSIM_ROLE_BODY, CSIM_AS_GENERAL, CSIM_DIGITS_DEFAULT};

static csim_sheet *new_sheet(const index_book *self, const char *name, const char *title, const char *said) {
    csim_sheet *sheet = csim_book_add_sheet(self->book, name, CSIM_SHEET_PAGE);
    csim_sheet_set_height(sheet, 0, 26.0);
    csim_sheet_put_text(sheet, 0, 0, csim_style(CSIM_ROLE_TITLE, CSIM_AS_GENERAL), title);
    csim_sheet_put_text(sheet, 1, 0, csim_style(CSIM_ROLE_NOTE, CSIM_AS_GENERAL), said);
    return sheet;
}

/* A link to a file beside the book, which works where the folder goes. */
static void put_file(const index_book *self, csim_sheet *sheet, uint32_t row, uint32_t column, const char *path, const char *text) {
    char target[1200], shown[600];
    if (csim_formula_quote(path, target, sizeof target, self->err) || csim_formula_quote(text, shown, sizeof shown, self->err)) {
        csim_sheet_put_text(sheet, row, column, body, text);
        return;
    }
    csim_sheet_put_formula_text(sheet, row, column, csim_style(CSIM_ROLE_LINK, CSIM_AS_GENERAL), text, "=HYPERLINK(%s,%s)", target, shown);
}

/* ---- runs --------------------------------------------------------------------------------------------------------------------------------------- */

static void put_run(const index_book *self, csim_sheet *sheet, uint32_t at, const csim_batch_row *row) {
    const csim_batch *batch = self->batch;
    char path[600];
    uint32_t column = 0;
    csim_sheet_put_text(sheet, at, column++, body, row->item->name);
    csim_sheet_put_text(sheet, at, column++, body, csim_batch_status_name(row->status));
    csim_sheet_put_text(sheet, at, column++, body, row->item->base);
    for (size_t k = 0; k < batch->keys; k++) csim_sheet_put_text(sheet, at, column++, body, row->item->label[k]);
    if (row->digest[0]) {
        csim_sheet_put_integer(sheet, at, column, CSIM_ROLE_BODY, (int64_t)row->paths);
        csim_sheet_put_integer(sheet, at, column + 1, CSIM_ROLE_BODY, (int64_t)row->stopped);
        snprintf(path, sizeof path, "%llu", (unsigned long long)row->seed); /* text: a seed may have more digits than a cell holds */
        csim_sheet_put_text(sheet, at, column + 2, body, path);
        snprintf(path, sizeof path, "%.16s", row->digest);
        csim_sheet_put_text(sheet, at, column + 3, body, path);
        snprintf(path, sizeof path, "%.500s/run.json", row->item->name);
        put_file(self, sheet, at, column + 4, path, "run.json");
        snprintf(path, sizeof path, "%.500s/report.xlsx", row->item->name);
        if (row->has_report) put_file(self, sheet, at, column + 5, path, "report.xlsx");
        for (uint32_t i = 0; row->has_report && i < REPORT_SHEETS; i++) {
            snprintf(path, sizeof path, "%.500s/report.xlsx#%s!A1", row->item->name, report_sheets[i]);
            put_file(self, sheet, at, column + 6 + i, path, report_sheets[i]);
        }
    }
    csim_sheet_put_text(sheet, at, column + 6 + REPORT_SHEETS, body, row->sentence);
}

static csim_sheet *fill_runs(const index_book *self) {
    const csim_batch *batch = self->batch;
    csim_table_column columns[16 + CSIM_BATCH_MAX_KEYS] = {{"Run", NULL, 44, true}, {"Status", NULL, 9, true}, {"Base", NULL, 22, true}};
    const csim_table_column rest[] = {{"Paths", NULL, 10, false}, {"Stopped", NULL, 9, false}, {"Seed", NULL, 12, true}, {"Digest", NULL, 19, true},
                                      {"Folder", NULL, 10, true}, {"Report", NULL, 12, true}, {"its Claims", NULL, 12, true}, {"its Assumptions", NULL, 15, true}, {"its Data", NULL, 10, true}, {"What went wrong", NULL, 60, true}};
    char said[200];
    size_t count = 3;
    for (size_t k = 0; k < batch->keys; k++) columns[count++] = (csim_table_column){batch->key[k], NULL, 16, true};
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) columns[count++] = rest[i];
    snprintf(said, sizeof said, "%zu runs; made by moecast %s. 'kept' was done before this batch was started again.", batch->items, csim_version());
    csim_sheet *sheet = new_sheet(self, "Runs", batch->title[0] ? batch->title : batch->name, said);
    csim_sheet_add_table(sheet, TOP, 0, columns, count, (uint32_t)batch->items, CSIM_TABLE_FREEZE | CSIM_TABLE_FILTER);
    for (size_t i = 0; i < batch->items; i++) put_run(self, sheet, TOP + 2 + (uint32_t)i, &self->rows[i]);
    return sheet;
}

/* ---- headlines ---------------------------------------------------------------------------------------------------------------------------------- */

static const char *unit_of(const char *series) {
    for (int id = 0; id < CSIM_OUTCOME_IDS; id++) {
        const size_t size = strlen(csim_outcome_rows[id].name);
        if (!strncmp(series, csim_outcome_rows[id].name, size) && (!series[size] || series[size] == '.')) return csim_outcome_rows[id].unit;
    }
    return "";
}

static csim_sheet *fill_headlines(const index_book *self) {
    csim_table_column columns[2 + CSIM_BATCH_HEADLINES] = {{"Run", NULL, 44, true}, {"Month", NULL, 9, true}};
    char month[CSIM_MONTH_TEXT];
    for (int i = 0; i < CSIM_BATCH_HEADLINES; i++) columns[2 + i] = (csim_table_column){csim_batch_headlines[i], unit_of(csim_batch_headlines[i]), 20, false};
    csim_sheet *sheet = new_sheet(self, "Headlines", "Medians over paths", "As many digits as the standard error allows; errors, 5 % and 95 % quantiles stand in index.csv.");
    csim_sheet_add_table(sheet, TOP, 0, columns, 2 + CSIM_BATCH_HEADLINES, (uint32_t)self->batch->items, CSIM_TABLE_FREEZE | CSIM_TABLE_FILTER);
    for (size_t r = 0; r < self->batch->items; r++) {
        const csim_batch_row *row = &self->rows[r];
        const uint32_t at = TOP + 2 + (uint32_t)r;
        csim_sheet_put_text(sheet, at, 0, body, row->item->name);
        csim_sheet_put_text(sheet, at, 1, body, row->digest[0] ? csim_month_text(row->month, month) : "");
        for (uint32_t i = 0; i < CSIM_BATCH_HEADLINES; i++) {
            const csim_estimate x = row->headline[i].p50;
            const csim_cell_kind kind = !strcmp(columns[2 + i].unit, "share") ? CSIM_AS_PERCENT : CSIM_AS_NUMBER;
            if (!row->digest[0] || !isfinite(x.value)) csim_sheet_put_missing(sheet, at, 2 + i);
            else csim_sheet_put_with_error(sheet, at, 2 + i, CSIM_ROLE_BODY, kind, x.value, isfinite(x.error) ? x.error : 0.0);
        }
    }
    return sheet;
}

/* ---- claims ------------------------------------------------------------------------------------------------------------------------------------- */

static void put_answer(csim_sheet *sheet, uint32_t row, uint32_t column, const csim_claim_result *claim) {
    if (!claim || claim->answer == CSIM_ANSWER_OPEN || !isfinite(claim->probability.value)) csim_sheet_put_missing(sheet, row, column);
    else csim_sheet_put_with_error(sheet, row, column, CSIM_ROLE_BODY, CSIM_AS_PERCENT, claim->probability.value, isfinite(claim->probability.error) ? claim->probability.error : 0.0);
}

/* A row a reading, a column a run: readings are many, and a reader compares runs. Runs beyond the room are left to index.csv. */
static csim_status fill_claims(const index_book *self, csim_sheet **out) {
    const size_t shown = self->batch->items < MOST_COLUMNS ? self->batch->items : MOST_COLUMNS;
    csim_table_column *columns = calloc(shown + 2, sizeof *columns);
    if (!columns) return csim_error_set(self->err, CSIM_NO_MEMORY, "no memory for the index of a batch");
    columns[0] = (csim_table_column){"Claim", NULL, 24, true};
    columns[1] = (csim_table_column){"Reading", NULL, 26, true};
    for (size_t i = 0; i < shown; i++) columns[2 + i] = (csim_table_column){self->rows[i].item->name, NULL, 18, false};
    csim_sheet *sheet = *out = new_sheet(self, "Claims", "Probability of each reading", "Digits by the standard error; n/a: open, because runs were made without contrasts, or not read by this scenario.");
    csim_sheet_set_height(sheet, TOP, 48.0); /* names of cells are long and wrap */
    csim_sheet_add_table(sheet, TOP, 0, columns, shown + 2, (uint32_t)(self->reading_count ? self->reading_count : 1), CSIM_TABLE_FREEZE);
    for (size_t c = 0; c < self->reading_count; c++) {
        csim_sheet_put_text(sheet, TOP + 2 + (uint32_t)c, 0, body, self->readings[c].claim);
        csim_sheet_put_text(sheet, TOP + 2 + (uint32_t)c, 1, body, self->readings[c].reading);
        for (size_t i = 0; i < shown; i++) put_answer(sheet, TOP + 2 + (uint32_t)c, 2 + (uint32_t)i, csim_index_answer(&self->rows[i], &self->readings[c]));
    }
    free(columns);
    return CSIM_OK;
}

/* ---- side by side -------------------------------------------------------------------------------------------------------------------------------- */

/* The runs that are there, in the batch's order, at most as many as one workbook compares. */
typedef struct compared { char path[CSIM_SIDES_MOST][RUN_PATH]; const char *paths[CSIM_SIDES_MOST], *names[CSIM_SIDES_MOST]; size_t count, there; } compared;

static void find_compared(const index_book *self, const char *folder, compared *out) {
    out->count = out->there = 0;
    for (size_t i = 0; i < self->batch->items; i++) {
        if (!self->rows[i].digest[0]) continue;
        out->there++;
        if (out->count == CSIM_SIDES_MOST) continue;
        snprintf(out->path[out->count], RUN_PATH, "%s/%s/run.moecast", folder, self->rows[i].item->name);
        out->paths[out->count] = out->path[out->count];
        out->names[out->count++] = self->rows[i].item->name;
    }
}

/* Runs that cannot be compared have an index all the same; `said` is what the contents say about it. */
static csim_status open_sides(const index_book *self, const char *folder, csim_sides **sides, char *said, size_t size) {
    compared *found = malloc(sizeof *found);
    csim_error why = {.code = CSIM_OK};
    if (!found) return csim_error_set(self->err, CSIM_NO_MEMORY, "no memory for the index of a batch");
    find_compared(self, folder, found);
    if (found->count < 2) snprintf(said, size, "Fewer than two runs are there: nothing is put side by side.");
    else if (csim_sides_open(found->paths, found->names, found->count, sides, &why)) snprintf(said, size, "The runs are not put side by side: %.700s.", why.detail);
    else snprintf(said, size, "%zu of %zu runs are put side by side and held against %.200s.", found->count, found->there, found->names[0]);
    free(found);
    if (why.code == CSIM_NO_MEMORY && self->err) *self->err = why;
    return why.code == CSIM_NO_MEMORY ? CSIM_NO_MEMORY : CSIM_OK;
}

/* The sheets of the index itself, then those that compare. */
static size_t list_sheets(csim_sheet *const own[3], csim_sides_entry *entries) {
    static const char *const about[3] = {"every run: status, what it changes, identity, links to its folder and workbook", "medians of the headline series, a row a run", "probability of each reading, a column a run"};
    for (size_t i = 0; i < 3; i++) entries[i] = (csim_sides_entry){csim_cell_of(own[i], 0, 0), csim_sheet_name(own[i]), about[i]};
    return 3;
}

static csim_status fill_book(index_book *self, const char *folder, csim_sides **sides) {
    csim_sides_entry entries[3 + CSIM_SIDES_SHEETS_MOST];
    csim_sheet *own[3];
    char said[CSIM_BATCH_SENTENCE];
    csim_status status = open_sides(self, folder, sides, said, sizeof said);
    if (status) return status;
    csim_sheet *contents = new_sheet(self, "Contents", self->batch->title[0] ? self->batch->title : self->batch->name, said);
    csim_sheet_set_width(contents, 0, 0, 24);
    csim_sheet_set_width(contents, 1, 1, 100);
    own[0] = fill_runs(self);
    own[1] = fill_headlines(self);
    status = fill_claims(self, &own[2]);
    if (status) return status;
    size_t count = list_sheets(own, entries);
    if (*sides) count += csim_sides_add_sheets(*sides, self->book, csim_cell_of(contents, 0, 0), entries + count);
    csim_sides_put_contents(contents, TOP, CONTENTS_COLUMNS, entries, count);
    return *sides ? csim_sides_fill_sheets(*sides, self->err) : CSIM_OK;
}

csim_status csim_batch_write_workbook(const csim_batch *batch, const csim_batch_row *rows, const char *folder, int64_t created_unix_s, csim_error *err) {
    char path[8192];
    csim_sides *sides = NULL;
    index_book self = {.batch = batch, .rows = rows, .err = err};
    csim_status status = csim_index_readings(batch, rows, &self.readings, &self.reading_count, err);
    snprintf(path, sizeof path, "%s/index.xlsx", folder);
    if (!status) status = csim_book_new(path, created_unix_s, &self.book, err);
    if (!status) {
        const csim_book_about about = {.title = batch->title[0] ? batch->title : batch->name, .subject = "Index of a batch of runs", .author = "moecast"};
        const csim_c_locale guard = csim_c_locale_enter(); /* numbers in sentences are printed with a point */
        csim_book_describe(self.book, &about);
        status = fill_book(&self, folder, &sides);
        csim_c_locale_leave(guard);
        if (!status) status = csim_book_finish(self.book, err);
    }
    csim_book_free(self.book);
    csim_sides_free(sides);
    free(self.readings);
    return status;
}
