/* A book from its making to its freeing, what it says about itself, and the names it gives to cells. The file is another's (book_file.c). */
#include "csim/report/book_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csim/base/target.h"
#include "csim/store/run_file_guard.h"

static csim_status book_open(csim_book *book) {
    book->c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!book->c_locale) return csim_book_fail(book, CSIM_NO_MEMORY, "no memory for a workbook");
    const csim_status status = csim_book_claim_part(book);
    if (status) return status;
    if (csim_book_hold_memory(book, CSIM_SHEET_BYTES)) return book->error.code;
    lxw_workbook_options options = {.constant_memory = LXW_FALSE, .tmpdir = book->folder};
    book->packer = csim_packer_new();
    if (!book->packer) return csim_book_fail(book, CSIM_NO_MEMORY, "no memory for a workbook");
    book->lxw = workbook_new_opt(book->part_path, &options);
    if (!book->lxw) return csim_book_fail(book, CSIM_NO_MEMORY, "no memory for a workbook");
    /* The width of a column is counted in digits of the first format's font. The library's own choice is missing on many systems, where columns then come
     * out a third wider than in Excel. */
    lxw_format *first = STAILQ_FIRST(book->lxw->formats);
    format_set_font_name(first, csim_book_font);
    format_set_font_size(first, 10);
    return csim_book_describe(book, &(csim_book_about){.title = NULL});
}

csim_status csim_book_new(const char *path, int64_t created_unix_s, csim_book **out, csim_error *err) {
    *out = NULL;
    if (!path || !*path) return csim_error_set(err, CSIM_FILE_OPEN, "the workbook has no file name");
    if (created_unix_s <= 0 || created_unix_s >= INT64_C(253402300800))
        return csim_error_set(err, CSIM_OUT_OF_RANGE, "the workbook's time %lld s is not after 1970 and before the year 10000", (long long)created_unix_s);
    csim_book *book = calloc(1, sizeof *book);
    if (!book) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for a workbook");
    book->created_unix_s = created_unix_s;
    book->last_sheet = &book->sheets;
    book->no_sheet.book = book->no_chart.book = book;
    csim_status status = csim_run_file_spare(path, &book->error);
    if (!status) status = csim_target_resolve(path, &book->path, &book->error);
    if (!status) status = book_open(book);
    if (status) {
        if (err) *err = book->error;
        csim_book_free(book);
        return status;
    }
    *out = book;
    return CSIM_OK;
}

void csim_book_drop_library(csim_book *book) {
    if (!book->lxw) return;
    lxw_workbook_free(book->lxw);
    book->lxw = NULL;
}

static void sheet_free(csim_sheet *sheet) {
    for (csim_table_place *table = sheet->tables, *next; table; table = next) {
        next = table->next;
        free(table);
    }
    free(sheet->breaks);
    csim_sheet_free_rows(sheet);
    free(sheet);
}

void csim_book_free(csim_book *book) {
    if (!book) return;
    csim_book_drop_library(book);
    csim_book_remove_part(book);
    for (csim_sheet *sheet = book->sheets, *next; sheet; sheet = next) {
        next = sheet->next;
        sheet_free(sheet);
    }
    for (csim_chart *chart = book->charts, *next; chart; chart = next) {
        next = chart->next;
        free(chart->alt_text);
        free(chart);
    }
    for (csim_series_range *range = book->ranges, *next; range; range = next) {
        next = range->next;
        free(range);
    }
    csim_packer_free(book->packer);
    if (book->c_locale) freelocale(book->c_locale);
    free(book->path);
    free(book->folder);
    free(book);
}

csim_status csim_book_describe(csim_book *book, const csim_book_about *about) {
    if (book->error.code) return book->error.code;
    if (!book->lxw) return CSIM_RUN_FAILED;
    const char *texts[] = {about->title, about->subject, about->author, about->company, about->keywords, about->comments};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        csim_error why;
        const csim_status status = texts[i] ? csim_text_check(texts[i], 255, &why) : CSIM_OK;
        if (status) return csim_book_fail(book, status, "a document property: %s", why.detail);
    }
    lxw_doc_properties properties = {
        .title = (char *)about->title, .subject = (char *)about->subject, .author = (char *)about->author,
        .company = (char *)about->company, .keywords = (char *)about->keywords, .comments = (char *)about->comments,
        .created = (time_t)book->created_unix_s,
    };
    const lxw_error error = workbook_set_properties(book->lxw, &properties);
    return error ? csim_book_fail(book, csim_library_status(error), "the document properties were refused: %s", lxw_strerror(error)) : CSIM_OK;
}

csim_status csim_book_define(csim_book *book, const char *name, csim_cells cells) {
    csim_status status = book->error.code ? book->error.code : csim_cells_check(cells);
    if (status) return status;
    csim_error why;
    status = csim_defined_name_check(name, &why);
    if (status) return csim_book_fail(book, status, "%s", why.detail);
    lxw_defined_name *known;
    TAILQ_FOREACH(known, book->lxw->defined_names, list_pointers)
        if (csim_names_equal(known->name, name)) return csim_book_fail(book, CSIM_DUPLICATE_KEY, "the name '%s' is already defined", name);
    char address[CSIM_ADDRESS_SIZE], formula[CSIM_ADDRESS_SIZE + 1];
    snprintf(formula, sizeof formula, "=%s", csim_cells_address(cells, address));
    if (strlen(formula) >= LXW_DEFINED_NAME_LENGTH) return csim_book_fail(book, CSIM_LIMIT, "the address of '%s' is too long for a defined name", name);
    const lxw_error error = workbook_define_name(book->lxw, name, formula);
    return error ? csim_book_fail(book, csim_library_status(error), "the name '%s' was refused: %s", name, lxw_strerror(error)) : CSIM_OK;
}
