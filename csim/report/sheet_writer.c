/* The guarded writer over libxlsxwriter 1.1.4; the only file that includes its header. Every value is checked here before
 * the library sees it, since the library checks little and what it does check it reports on stderr. Must not know what a
 * report says, and must not leave a file behind when anything fails.
 *
 * What was found out about the library, and is relied upon:
 *   - constant_memory is a book's option, but is read when a sheet is added: so each sheet has its own mode.
 *   - the container's stamps are fixed at 1980-01-01; core.xml takes both its times from the properties' `created`, and
 *     the clock only when that is 0. Scratch files (TMPDIR) leave no trace in the bytes.
 *   - numbers are printed with "%.16g" under the thread's locale, partly at write time (data sheets), mostly at close.
 *   - chart caches ignore the values of formulas and would show 0 in viewers: cache_fill mends that.
 *   - workbook_close frees the book whether it succeeds or not.
 *   - it does not notice a full disk under its scratch files, and would pack a cut part: csim_container_is_whole inflates
 *     every part again and looks for its end.
 *   - a data sheet's rows are handed to printf one value at a time and packed at the slowest level but two, so they are taken
 *     from it (rows of data sheets, below). What is touched of its insides: optimize_row, array, the sizes dim_…, cells.
 *   - without memory it prints, loses cells or crashes: so memory_hold makes sure of some before the library needs it. */
#define _POSIX_C_SOURCE 200809L
#include "csim/report/sheet_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <xlsxwriter.h>

#include "csim/base/target.h"
#include "csim/report/container.h"
#include "csim/report/packed_rows.h"

static const char font_name[] = "Arial"; /* on every system, or a face of the same widths stands in for it */

typedef struct style_entry {
    csim_cell_style style;
    lxw_format *format;
} style_entry;

typedef struct table_place {
    csim_cells cells;
    struct table_place *next;
} table_place;

struct csim_sheet {
    csim_book *book;
    lxw_worksheet *lxw; /* NULL: the sheet that ignores everything */
    char name[CSIM_SHEET_NAME_MAX * 4 + 1];
    csim_sheet_mode mode;
    const char *missing; /* NULL: n/a */
    uint32_t current_row; /* data sheets only go forward from here */
    csim_packed_rows *rows; /* of a data sheet: those before the current one */
    bool has_filter;
    table_place *tables;
    lxw_row_t *breaks; /* of printed pages, ended by 0 */
    size_t break_count;
    csim_sheet *next;
};

/* A chart's view of cells; kept until finish, when its cache is filled. */
typedef struct series_range {
    lxw_series_range *lxw;
    csim_cells cells;
    struct series_range *next;
} series_range;

struct csim_chart {
    csim_book *book;
    csim_sheet *sheet;
    lxw_chart *lxw; /* NULL: the chart that ignores everything */
    lxw_chart_series *last_series;
    size_t last_count;
    csim_chart_plan plan; /* its texts are not kept, but for alt_text */
    char *alt_text;
    int16_t unnamed[64]; /* series to take out of the legend, ended by -1 at finish */
    int series_count, unnamed_count;
    csim_chart *next;
};

enum { DATA_SHEETS_MAX = 32, PART_NAME_SIZE = 64, BREAKS_MAX = 1023, STYLES_MAX = 512, SERIES_MAX = 200, POINTS_MAX = 32000, LABELS_MAX = 1000 };

struct csim_book {
    lxw_workbook *lxw; /* NULL once finished */
    char *path, *part_path, *folder;
    locale_t c_locale;
    int64_t created_unix_s;
    size_t held_bytes; /* known to have been free lately */
    csim_error error; /* the first one */
    csim_sheet *sheets, **last_sheet;
    int data_sheets;
    csim_chart *charts;
    series_range *ranges;
    style_entry styles[STYLES_MAX];
    size_t style_count, last_style;
    lxw_format *band_format, *good_format, *bad_format;
    csim_sheet no_sheet;
    csim_chart no_chart;
};

/* ---- errors ---- */

char *csim_cell_local_address(uint32_t row, uint32_t column, char *text) {
    text[0] = 0;
    if (row >= LXW_ROW_MAX || column >= LXW_COL_MAX) return text;
    char letters[4];
    int first = 3;
    letters[3] = 0;
    for (uint32_t rest = column + 1; rest; rest = (rest - 1) / 26) letters[--first] = (char)('A' + (rest - 1) % 26);
    snprintf(text, CSIM_ADDRESS_SIZE, "%s%u", letters + first, (unsigned)row + 1);
    return text;
}

static csim_status book_fail_at(csim_book *book, const char *place, csim_status code, const char *format, va_list arguments) {
    if (book->error.code) return book->error.code;
    char detail[sizeof book->error.detail];
    vsnprintf(detail, sizeof detail, format, arguments);
    return csim_error_set_at(&book->error, code, book->path, 0, 0, place, "%s", detail);
}

__attribute__((format(printf, 3, 4))) static csim_status book_fail(csim_book *book, csim_status code, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const csim_status status = book_fail_at(book, "", code, format, arguments);
    va_end(arguments);
    return status;
}

__attribute__((format(printf, 5, 6))) static csim_status cell_fail(csim_sheet *sheet, uint32_t row, uint32_t column, csim_status code, const char *format, ...) {
    char cell[CSIM_ADDRESS_SIZE], place[CSIM_ADDRESS_SIZE + sizeof sheet->name + 4]; /* quotes, exclamation mark */
    csim_cell_local_address(row, column, cell);
    snprintf(place, sizeof place, "'%s'!%s", sheet->name, cell);
    va_list arguments;
    va_start(arguments, format);
    const csim_status status = book_fail_at(sheet->book, place, code, format, arguments);
    va_end(arguments);
    return status;
}

__attribute__((format(printf, 3, 4))) static csim_status sheet_fail(csim_sheet *sheet, csim_status code, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const csim_status status = book_fail_at(sheet->book, sheet->name, code, format, arguments);
    va_end(arguments);
    return status;
}

static csim_status status_of(lxw_error error) {
    switch (error) {
    case LXW_NO_ERROR: return CSIM_OK;
    case LXW_ERROR_MEMORY_MALLOC_FAILED: return CSIM_NO_MEMORY;
    case LXW_ERROR_32_STRING_LENGTH_EXCEEDED: case LXW_ERROR_128_STRING_LENGTH_EXCEEDED: case LXW_ERROR_255_STRING_LENGTH_EXCEEDED:
    case LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED: case LXW_ERROR_WORKSHEET_INDEX_OUT_OF_RANGE:
    case LXW_ERROR_WORKSHEET_MAX_URL_LENGTH_EXCEEDED: case LXW_ERROR_WORKSHEET_MAX_NUMBER_URLS_EXCEEDED: return CSIM_LIMIT;
    case LXW_ERROR_PARAMETER_VALIDATION: case LXW_ERROR_NULL_PARAMETER_IGNORED: case LXW_ERROR_FEATURE_NOT_SUPPORTED: return CSIM_INCONSISTENT;
    default: return CSIM_FILE_WRITE;
    }
}

enum { HOLD_BYTES = 1 << 20, CELL_BYTES = 512, SERIES_BYTES = 1 << 14, SHEET_BYTES = 1 << 19, CLOSE_BYTES = 1 << 22 };

/* Makes sure that so many bytes can be had, asking the system once a megabyte. Good for one thread, as a book is. */
static csim_status memory_hold(csim_book *book, size_t bytes) {
    if (book->held_bytes < bytes) {
        void *volatile block = malloc(HOLD_BYTES + bytes); /* volatile: or the compiler drops the question */
        if (!block) return book_fail(book, CSIM_NO_MEMORY, "no memory for the workbook");
        free(block);
        book->held_bytes = HOLD_BYTES + bytes;
    }
    book->held_bytes -= bytes;
    return CSIM_OK;
}

/* CSIM_OK when the sheet can be written to. */
static csim_status sheet_ready(const csim_sheet *sheet) {
    if (!sheet || !sheet->book) return CSIM_RUN_FAILED;
    if (sheet->book->error.code) return sheet->book->error.code;
    return sheet->lxw && sheet->book->lxw ? CSIM_OK : CSIM_RUN_FAILED;
}

static csim_status chart_ready(const csim_chart *chart) {
    if (!chart || !chart->book) return CSIM_RUN_FAILED;
    if (chart->book->error.code) return chart->book->error.code;
    return chart->lxw && chart->book->lxw ? CSIM_OK : CSIM_RUN_FAILED;
}

static csim_status sheet_result(csim_sheet *sheet, lxw_error error, const char *what) {
    if (!error) return CSIM_OK;
    return sheet_fail(sheet, status_of(error), "%s was refused: %s", what, lxw_strerror(error));
}

csim_status csim_book_status(const csim_book *book, csim_error *err) {
    if (err) *err = book->error;
    return book->error.code;
}

/* ---- the book ---- */

/* The folder of a path, for scratch files: where the result must fit, they fit too. */
static char *folder_of(const char *path) {
    const char *slash = strrchr(path, '/');
    if (!slash) return strdup(".");
    return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

/* Claims a name beside the target, with the rights an ordinary new file gets. */
static csim_status part_claim(csim_book *book) {
    const size_t size = strlen(book->path) + 48;
    book->part_path = malloc(size);
    if (!book->part_path) return book_fail(book, CSIM_NO_MEMORY, "no memory for a file name");
    for (int attempt = 0; attempt < 1000; attempt++) {
        snprintf(book->part_path, size, "%s.%ld-%d.part", book->path, (long)getpid(), attempt);
        const int file = open(book->part_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file >= 0) {
            close(file);
            return CSIM_OK;
        }
        if (errno != EEXIST) break;
    }
    const int reason = errno;
    free(book->part_path);
    book->part_path = NULL;
    return book_fail(book, CSIM_FILE_OPEN, "cannot create a file beside it: %s", strerror(reason));
}

static csim_status book_open(csim_book *book) {
    book->c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    book->folder = folder_of(book->path);
    if (!book->c_locale || !book->folder) return book_fail(book, CSIM_NO_MEMORY, "no memory for a workbook");
    const csim_status status = part_claim(book);
    if (status) return status;
    if (memory_hold(book, SHEET_BYTES)) return book->error.code;
    lxw_workbook_options options = {.constant_memory = LXW_FALSE, .tmpdir = book->folder};
    book->lxw = workbook_new_opt(book->part_path, &options);
    if (!book->lxw) return book_fail(book, CSIM_NO_MEMORY, "no memory for a workbook");
    /* The width of a column is counted in digits of the first format's font. The library's own choice is missing on many systems, where columns then come
     * out a third wider than in Excel. */
    lxw_format *first = STAILQ_FIRST(book->lxw->formats);
    format_set_font_name(first, font_name);
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
    csim_status status = csim_target_resolve(path, &book->path, &book->error);
    if (!status) status = book_open(book);
    if (status) {
        if (err) *err = book->error;
        csim_book_free(book);
        return status;
    }
    *out = book;
    return CSIM_OK;
}

static void book_drop_library(csim_book *book) {
    if (!book->lxw) return;
    /* The library closes a data sheet's scratch file only when it writes the book. */
    for (csim_sheet *sheet = book->sheets; sheet; sheet = sheet->next)
        if (sheet->lxw->optimize_tmpfile) fclose(sheet->lxw->optimize_tmpfile);
    lxw_workbook_free(book->lxw);
    book->lxw = NULL;
}

static void book_remove_part(csim_book *book) {
    if (book->part_path) unlink(book->part_path);
    free(book->part_path);
    book->part_path = NULL;
}

static void sheet_free(csim_sheet *sheet) {
    for (table_place *table = sheet->tables, *next; table; table = next) {
        next = table->next;
        free(table);
    }
    free(sheet->breaks);
    csim_packed_rows_free(sheet->rows);
    free(sheet);
}

void csim_book_free(csim_book *book) {
    if (!book) return;
    book_drop_library(book);
    book_remove_part(book);
    for (csim_sheet *sheet = book->sheets, *next; sheet; sheet = next) {
        next = sheet->next;
        sheet_free(sheet);
    }
    for (csim_chart *chart = book->charts, *next; chart; chart = next) {
        next = chart->next;
        free(chart->alt_text);
        free(chart);
    }
    for (series_range *range = book->ranges, *next; range; range = next) {
        next = range->next;
        free(range);
    }
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
        if (status) return book_fail(book, status, "a document property: %s", why.detail);
    }
    lxw_doc_properties properties = {
        .title = (char *)about->title, .subject = (char *)about->subject, .author = (char *)about->author,
        .company = (char *)about->company, .keywords = (char *)about->keywords, .comments = (char *)about->comments,
        .created = (time_t)book->created_unix_s,
    };
    const lxw_error error = workbook_set_properties(book->lxw, &properties);
    return error ? book_fail(book, status_of(error), "the document properties were refused: %s", lxw_strerror(error)) : CSIM_OK;
}

/* ---- writing the file ---- */

static csim_status part_check_and_sync(csim_book *book) {
    const int file = open(book->part_path, O_RDWR | O_CLOEXEC);
    if (file < 0) return book_fail(book, CSIM_FILE_WRITE, "the written file cannot be opened: %s", strerror(errno));
    csim_status status = CSIM_OK;
    if (!csim_container_is_whole(file)) status = book_fail(book, CSIM_FILE_WRITE, "the written file is not whole; is the disk full?");
    else if (fsync(file)) status = book_fail(book, CSIM_FILE_WRITE, "the written file cannot be synced: %s", strerror(errno));
    close(file);
    return status;
}

/* ---- rows of data sheets ----
 *
 * The library holds back the current row of a sheet in constant memory. Before it would print it, value by value through printf, into a scratch file that is
 * compressed once more at the end, the row is taken from it and packed at once; its own part of the sheet stays without rows, which are put there when it has
 * closed the container. */

/* Open in the folder, without a name there. */
static FILE *scratch_open(const char *folder) {
    const size_t size = strlen(folder) + sizeof "/rowsXXXXXX";
    char *name = malloc(size);
    if (!name) return NULL;
    snprintf(name, size, "%s/rowsXXXXXX", folder);
    const int file = mkostemp(name, O_CLOEXEC);
    if (file >= 0) unlink(name);
    free(name);
    FILE *out = file >= 0 ? fdopen(file, "w+b") : NULL;
    if (file >= 0 && !out) close(file);
    return out;
}

static bool rows_open(csim_sheet *sheet) {
    FILE *scratch = scratch_open(sheet->book->folder);
    sheet->rows = scratch ? csim_packed_rows_new(scratch) : NULL;
    return sheet->rows != NULL;
}

static void letters_of(uint32_t column, char letters[4]) {
    int first = 3;
    char all[4] = "";
    for (uint32_t rest = column + 1; rest; rest = (rest - 1) / 26) all[--first] = (char)('A' + (rest - 1) % 26);
    memcpy(letters, all + first, sizeof all - (size_t)first);
}

static void cell_pack(csim_packed_rows *rows, const lxw_cell *cell) {
    char letters[4];
    const int style = cell->format ? lxw_format_get_xf_index(cell->format) : 0;
    letters_of(cell->col_num, letters);
    switch (cell->type) {
    case NUMBER_CELL: csim_packed_rows_put_number(rows, cell->row_num, letters, style, cell->u.number); break;
    case INLINE_STRING_CELL: csim_packed_rows_put_text(rows, cell->row_num, letters, style, cell->u.string); break;
    case FORMULA_CELL: csim_packed_rows_put_formula(rows, cell->row_num, letters, style, cell->u.string, cell->user_data2, cell->formula_result); break;
    case BOOLEAN_CELL: csim_packed_rows_put_bool(rows, cell->row_num, letters, style, cell->u.number != 0); break;
    default: csim_packed_rows_put_blank(rows, cell->row_num, letters, style); break; /* the writer makes no other kind */
    }
}

static void cell_drop(lxw_cell *cell) {
    if (cell->type == INLINE_STRING_CELL || cell->type == FORMULA_CELL) free(cell->u.string);
    free(cell->user_data1);
    free(cell->user_data2);
    free(cell);
}

/* Takes the row that the library holds back, and leaves it none. */
static void row_pack(csim_sheet *sheet) {
    lxw_worksheet *lxw = sheet->lxw;
    lxw_row *row = lxw->optimize_row;
    if (!row->row_changed && !row->data_changed) return;
    csim_packed_rows_open_row(sheet->rows, row->row_num, row->height_changed ? row->height : 0);
    for (uint32_t column = lxw->dim_colmin; column <= lxw->dim_colmax && row->data_changed; column++) {
        lxw_cell *cell = lxw->array[column];
        if (!cell) continue;
        cell_pack(sheet->rows, cell);
        cell_drop(cell);
        lxw->array[column] = NULL;
    }
    csim_packed_rows_close_row(sheet->rows);
    row->height = LXW_DEF_ROW_HEIGHT;
    row->row_changed = row->data_changed = row->height_changed = LXW_FALSE;
}

static size_t rows_finish(csim_book *book, csim_container_text *texts, char names[][PART_NAME_SIZE]) {
    size_t count = 0;
    for (csim_sheet *sheet = book->sheets; sheet; sheet = sheet->next) {
        if (!sheet->rows) continue;
        row_pack(sheet);
        if (csim_packed_rows_finish(sheet->rows, &texts[count].text)) (void)sheet_fail(sheet, CSIM_FILE_WRITE, "the rows cannot all be written: %s", strerror(errno));
        snprintf(names[count], sizeof names[count], "xl/worksheets/sheet%u.xml", (unsigned)sheet->lxw->index + 1);
        texts[count].name = names[count];
        texts[count].tag = "sheetData";
        count++;
    }
    return count;
}

/* Writes the container with its rows beside the one without, and renames it over that one. */
static csim_status rows_fill(csim_book *book, const csim_container_text *texts, size_t count) {
    const size_t size = strlen(book->part_path) + sizeof ".rows";
    char *filled = malloc(size);
    if (!filled) return book_fail(book, CSIM_NO_MEMORY, "no memory for a file name");
    snprintf(filled, size, "%s.rows", book->part_path);
    const int from = open(book->part_path, O_RDONLY | O_CLOEXEC);
    FILE *to = from >= 0 ? fopen(filled, "wbxe") : NULL;
    csim_status status = to ? csim_container_fill(from, to, texts, count) : CSIM_FILE_WRITE;
    if (to && fclose(to) && !status) status = CSIM_FILE_WRITE;
    if (from >= 0) close(from);
    if (!status && rename(filled, book->part_path)) status = CSIM_FILE_WRITE;
    if (status) {
        book_fail(book, status, status == CSIM_LIMIT ? "the workbook would be larger than 4 GB" : "the rows of its data sheets cannot be put into the workbook; is the disk full?");
        if (to) unlink(filled);
    }
    free(filled);
    return status;
}

static csim_status part_rename(csim_book *book) {
    if (rename(book->part_path, book->path)) return book_fail(book, CSIM_FILE_WRITE, "the written file cannot be given its name: %s", strerror(errno));
    free(book->part_path);
    book->part_path = NULL;
    const int folder = open(book->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) { /* makes the new name last; some file systems cannot, and the file is whole either way */
        (void)fsync(folder);
        close(folder);
    }
    return CSIM_OK;
}

static csim_status charts_close(csim_book *book);
static csim_status breaks_close(csim_book *book);

static csim_status book_write(csim_book *book) {
    if (book->error.code) return book->error.code;
    if (!book->lxw) return book_fail(book, CSIM_RUN_FAILED, "the workbook is already finished");
    if (!book->sheets) return book_fail(book, CSIM_INCONSISTENT, "the workbook has no sheet");
    csim_status status = memory_hold(book, CLOSE_BYTES);
    if (!status) status = charts_close(book);
    if (!status) status = breaks_close(book);
    if (status) return status;
    const locale_t outer = uselocale(book->c_locale);
    csim_container_text texts[DATA_SHEETS_MAX];
    char names[DATA_SHEETS_MAX][PART_NAME_SIZE];
    const size_t count = rows_finish(book, texts, names);
    const lxw_error error = book->error.code ? LXW_NO_ERROR : workbook_close(book->lxw);
    uselocale(outer);
    if (book->error.code) return book->error.code;
    book->lxw = NULL;
    if (error) return book_fail(book, status_of(error), "the workbook cannot be written: %s", lxw_strerror(error));
    if (count) status = rows_fill(book, texts, count);
    if (!status) status = part_check_and_sync(book);
    return status ? status : part_rename(book);
}

csim_status csim_book_finish(csim_book *book, csim_error *err) {
    const csim_status status = book_write(book);
    if (status) {
        book_drop_library(book);
        book_remove_part(book);
    }
    if (err) *err = book->error;
    return status;
}

/* ---- sheets ---- */

static void sheet_set_defaults(csim_sheet *sheet) {
    worksheet_set_landscape(sheet->lxw);
    worksheet_set_paper(sheet->lxw, 9); /* A4 */
    worksheet_set_margins(sheet->lxw, 0.5, 0.5, 0.6, 0.6);
    worksheet_fit_to_pages(sheet->lxw, 1, 0);
    worksheet_gridlines(sheet->lxw, LXW_HIDE_ALL_GRIDLINES);
    (void)worksheet_set_footer(sheet->lxw, "&L&\"Arial,Regular\"&8&A&R&\"Arial,Regular\"&8&P / &N"); /* constant text, far below the length limit */
}

static csim_status sheet_name_free(csim_book *book, const char *name) {
    csim_error why;
    const csim_status status = csim_sheet_name_check(name, &why);
    if (status) return book_fail(book, status, "%s", why.detail);
    for (const csim_sheet *other = book->sheets; other; other = other->next)
        if (csim_names_equal(other->name, name)) return book_fail(book, CSIM_DUPLICATE_KEY, "the sheet name '%s' is taken by '%s' (case does not count)", name, other->name);
    return CSIM_OK;
}

csim_sheet *csim_book_add_sheet(csim_book *book, const char *name, csim_sheet_mode mode) {
    if (book->error.code || !book->lxw || sheet_name_free(book, name) || memory_hold(book, SHEET_BYTES)) return &book->no_sheet;
    if (mode == CSIM_SHEET_DATA && book->data_sheets >= DATA_SHEETS_MAX) {
        book_fail(book, CSIM_LIMIT, "more than %d data sheets", DATA_SHEETS_MAX);
        return &book->no_sheet;
    }
    csim_sheet *sheet = calloc(1, sizeof *sheet);
    if (!sheet) {
        book_fail(book, CSIM_NO_MEMORY, "no memory for the sheet '%s'", name);
        return &book->no_sheet;
    }
    book->lxw->options.constant_memory = mode == CSIM_SHEET_DATA;
    sheet->lxw = workbook_add_worksheet(book->lxw, name);
    book->lxw->options.constant_memory = LXW_FALSE;
    sheet->book = book;
    if (!sheet->lxw || (mode == CSIM_SHEET_DATA && (!sheet->lxw->optimize_tmpfile || !rows_open(sheet)))) {
        const bool no_scratch = sheet->lxw != NULL;
        book_fail(book, no_scratch ? CSIM_FILE_WRITE : CSIM_NO_MEMORY, "the sheet '%s' cannot be added", name);
        free(sheet);
        return &book->no_sheet;
    }
    sheet->mode = mode;
    book->data_sheets += mode == CSIM_SHEET_DATA;
    snprintf(sheet->name, sizeof sheet->name, "%s", name);
    sheet_set_defaults(sheet);
    *book->last_sheet = sheet;
    book->last_sheet = &sheet->next;
    return sheet;
}

const char *csim_sheet_name(const csim_sheet *sheet) { return sheet->name; }

/* Whether a rectangle lies on its sheet, the right way round. Says so in the book when not. */
static csim_status cells_check(csim_cells cells) {
    csim_status status = sheet_ready(cells.sheet);
    if (status) return status;
    if (cells.row > cells.last_row || cells.column > cells.last_column || cells.last_row >= LXW_ROW_MAX || cells.last_column >= LXW_COL_MAX)
        status = sheet_fail(cells.sheet, CSIM_OUT_OF_RANGE, "the rectangle of rows %u … %u and columns %u … %u does not fit a sheet", (unsigned)cells.row, (unsigned)cells.last_row, (unsigned)cells.column, (unsigned)cells.last_column);
    return status;
}

csim_status csim_sheet_set_width(csim_sheet *sheet, uint32_t first_column, uint32_t last_column, double width_chars) {
    const csim_status status = cells_check(csim_cells_of(sheet, 0, first_column, 0, last_column));
    if (status) return status;
    if (!(width_chars >= 0 && width_chars <= 255)) return sheet_fail(sheet, CSIM_OUT_OF_RANGE, "the column width %g is not in 0 … 255", width_chars);
    return sheet_result(sheet, worksheet_set_column(sheet->lxw, (lxw_col_t)first_column, (lxw_col_t)last_column, width_chars, NULL), "the column width");
}

static csim_status sheet_advance(csim_sheet *sheet, uint32_t row, uint32_t column) {
    if (sheet->mode != CSIM_SHEET_DATA) return CSIM_OK;
    if (row < sheet->current_row) return cell_fail(sheet, row, column, CSIM_INCONSISTENT, "a data sheet is written row by row; row %u comes after row %u", (unsigned)row + 1, (unsigned)sheet->current_row + 1);
    if (row > sheet->current_row) row_pack(sheet);
    sheet->current_row = row;
    return CSIM_OK;
}

csim_status csim_sheet_set_height(csim_sheet *sheet, uint32_t row, double height_points) {
    csim_status status = cells_check(csim_cell_of(sheet, row, 0));
    if (!status) status = sheet_advance(sheet, row, 0);
    if (status) return status;
    if (!(height_points > 0 && height_points <= 409)) return sheet_fail(sheet, CSIM_OUT_OF_RANGE, "the row height %g is not in (0, 409]", height_points);
    const locale_t outer = uselocale(sheet->book->c_locale);
    const lxw_error error = worksheet_set_row(sheet->lxw, row, height_points, NULL);
    uselocale(outer);
    return sheet_result(sheet, error, "the row height");
}

csim_status csim_sheet_freeze(csim_sheet *sheet, uint32_t rows, uint32_t columns) {
    const csim_status status = cells_check(csim_cell_of(sheet, rows, columns));
    if (!status) worksheet_freeze_panes(sheet->lxw, rows, (lxw_col_t)columns);
    return status;
}

csim_status csim_sheet_repeat_rows(csim_sheet *sheet, uint32_t first_row, uint32_t last_row) {
    const csim_status status = cells_check(csim_cells_of(sheet, first_row, 0, last_row, 0));
    return status ? status : sheet_result(sheet, worksheet_repeat_rows(sheet->lxw, first_row, last_row), "the repeated rows");
}

csim_status csim_sheet_set_print_area(csim_cells cells) {
    const csim_status status = cells_check(cells);
    if (status) return status;
    return sheet_result(cells.sheet, worksheet_print_area(cells.sheet->lxw, cells.row, (lxw_col_t)cells.column, cells.last_row, (lxw_col_t)cells.last_column), "the print area");
}

/* The library takes the breaks of a sheet all at once and copies them, so each new one is handed over with those before it at finish. */
csim_status csim_sheet_break_before(csim_sheet *sheet, uint32_t row) {
    const csim_status status = cells_check(csim_cell_of(sheet, row, 0));
    if (status) return status;
    if (!row || (sheet->break_count && row <= sheet->breaks[sheet->break_count - 1])) return sheet_fail(sheet, CSIM_INCONSISTENT, "a page break before row %u does not come after the one before it", (unsigned)row + 1);
    if (sheet->break_count >= BREAKS_MAX) return sheet_fail(sheet, CSIM_LIMIT, "more than %d page breaks", BREAKS_MAX);
    lxw_row_t *longer = realloc(sheet->breaks, (sheet->break_count + 2) * sizeof *longer);
    if (!longer) return sheet_fail(sheet, CSIM_NO_MEMORY, "no memory for a page break");
    sheet->breaks = longer;
    sheet->breaks[sheet->break_count++] = row;
    sheet->breaks[sheet->break_count] = 0;
    return CSIM_OK;
}

static csim_status breaks_close(csim_book *book) {
    for (csim_sheet *sheet = book->sheets; sheet; sheet = sheet->next)
        if (sheet->break_count) {
            const csim_status status = sheet_result(sheet, worksheet_set_h_pagebreaks(sheet->lxw, sheet->breaks), "the page breaks");
            if (status) return status;
        }
    return CSIM_OK;
}

/* The library takes 0 for "no colour", so black is given a little light. */
static lxw_color_t library_colour(uint32_t rgb) { return rgb ? rgb : 0x000001; }

csim_status csim_sheet_set_tab_colour(csim_sheet *sheet, csim_colour colour) {
    const csim_status status = sheet_ready(sheet);
    if (!status) worksheet_set_tab_color(sheet->lxw, library_colour(csim_colour_rgb(colour)));
    return status;
}

csim_status csim_sheet_set_zoom(csim_sheet *sheet, unsigned percent) {
    const csim_status status = sheet_ready(sheet);
    if (status) return status;
    if (percent < 10 || percent > 400) return sheet_fail(sheet, CSIM_OUT_OF_RANGE, "the zoom %u %% is not in 10 … 400", percent);
    worksheet_set_zoom(sheet->lxw, (uint16_t)percent);
    return CSIM_OK;
}

/* ---- styles ---- */

static void format_set_look(lxw_format *format, csim_look look) {
    format_set_font_name(format, font_name);
    format_set_font_size(format, look.size_points);
    format_set_font_color(format, library_colour((uint32_t)look.text_rgb));
    /* Table heads stand in the middle of their row; all else begins at the top, so that numbers stay level with the first line of a long text. */
    format_set_align(format, look.wrap && look.fill_rgb >= 0 ? LXW_ALIGN_VERTICAL_CENTER : LXW_ALIGN_VERTICAL_TOP);
    if (look.bold) format_set_bold(format);
    if (look.italic) format_set_italic(format);
    if (look.underline) format_set_underline(format, LXW_UNDERLINE_SINGLE);
    if (look.wrap) format_set_text_wrap(format);
    if (look.align == CSIM_ALIGN_LEFT) format_set_align(format, LXW_ALIGN_LEFT);
    if (look.align == CSIM_ALIGN_CENTRE) format_set_align(format, LXW_ALIGN_CENTER);
    if (look.align == CSIM_ALIGN_RIGHT) format_set_align(format, LXW_ALIGN_RIGHT);
    if (look.fill_rgb >= 0) {
        format_set_pattern(format, LXW_PATTERN_SOLID);
        format_set_fg_color(format, library_colour((uint32_t)look.fill_rgb));
    }
    if (look.rule_above) format_set_top(format, LXW_BORDER_THIN);
    if (look.rule_below) format_set_bottom(format, LXW_BORDER_THIN);
}

/* NULL with the error set when it cannot be made. The last one is tried first: neighbouring cells look alike. */
static lxw_format *book_format(csim_book *book, csim_cell_style style) {
    for (size_t i = 0; i <= book->style_count; i++) {
        const size_t at = i ? i - 1 : book->last_style;
        const csim_cell_style *known = &book->styles[at].style;
        if (at >= book->style_count || known->role != style.role || known->kind != style.kind || known->decimals != style.decimals) continue;
        book->last_style = at;
        return book->styles[at].format;
    }
    lxw_format *format = book->style_count < STYLES_MAX ? workbook_add_format(book->lxw) : NULL;
    if (!format) {
        book_fail(book, book->style_count < STYLES_MAX ? CSIM_NO_MEMORY : CSIM_LIMIT, "no room for another cell style");
        return NULL;
    }
    char number_format[CSIM_NUMBER_FORMAT_SIZE];
    csim_number_format(style.kind, style.decimals, number_format);
    format_set_num_format(format, number_format);
    format_set_look(format, csim_role_look(style.role));
    book->last_style = book->style_count++;
    book->styles[book->last_style] = (style_entry){.style = style, .format = format};
    return format;
}

/* A format for conditional marks, made once. */
static lxw_format *book_mark(csim_book *book, lxw_format **slot, uint32_t text_rgb, uint32_t fill_rgb) {
    if (*slot) return *slot;
    *slot = workbook_add_format(book->lxw);
    if (!*slot) {
        book_fail(book, CSIM_NO_MEMORY, "no memory for a cell style");
        return NULL;
    }
    if (text_rgb) format_set_font_color(*slot, text_rgb);
    format_set_bg_color(*slot, fill_rgb);
    return *slot;
}

/* ---- cells ---- */

csim_cells csim_cells_of(csim_sheet *sheet, uint32_t row, uint32_t column, uint32_t last_row, uint32_t last_column) {
    return (csim_cells){.sheet = sheet, .row = row, .column = column, .last_row = last_row, .last_column = last_column};
}

csim_cells csim_cell_of(csim_sheet *sheet, uint32_t row, uint32_t column) {
    return csim_cells_of(sheet, row, column, row, column);
}

static void absolute_address(uint32_t row, uint32_t column, char *text, size_t size) {
    char local[CSIM_ADDRESS_SIZE];
    csim_cell_local_address(row, column, local);
    const size_t letters = strcspn(local, "0123456789");
    snprintf(text, size, "$%.*s$%s", (int)letters, local, local + letters);
}

char *csim_cells_address(csim_cells cells, char *text) {
    text[0] = 0;
    if (!cells.sheet || !cells.sheet->name[0] || cells.last_row >= LXW_ROW_MAX || cells.last_column >= LXW_COL_MAX) return text;
    char from[24], to[24];
    absolute_address(cells.row, cells.column, from, sizeof from);
    absolute_address(cells.last_row, cells.last_column, to, sizeof to);
    const bool single = cells.row == cells.last_row && cells.column == cells.last_column;
    snprintf(text, CSIM_ADDRESS_SIZE, "'%s'!%s%s%s", cells.sheet->name, from, single ? "" : ":", single ? "" : to);
    return text;
}

static const lxw_cell *cell_find(const csim_sheet *sheet, uint32_t row, uint32_t column) {
    if (sheet->mode == CSIM_SHEET_DATA) return row == sheet->current_row ? sheet->lxw->array[column] : NULL;
    return lxw_worksheet_find_cell_in_row(lxw_worksheet_find_row(sheet->lxw, row), (lxw_col_t)column);
}

/* Every put begins here: the place exists, comes in order, and is still empty. */
static csim_status cell_open(csim_sheet *sheet, uint32_t row, uint32_t column) {
    csim_status status = sheet_ready(sheet);
    if (status) return status;
    if (row >= LXW_ROW_MAX || column >= LXW_COL_MAX) return sheet_fail(sheet, CSIM_OUT_OF_RANGE, "there is no cell at row %u, column %u", (unsigned)row, (unsigned)column);
    const bool same_row = row == sheet->current_row;
    status = sheet_advance(sheet, row, column);
    if (status) return status;
    if ((sheet->mode == CSIM_SHEET_PAGE || same_row) && cell_find(sheet, row, column)) return cell_fail(sheet, row, column, CSIM_INCONSISTENT, "the cell is written twice");
    return memory_hold(sheet->book, CELL_BYTES);
}

static csim_status cell_result(csim_sheet *sheet, uint32_t row, uint32_t column, lxw_error error) {
    if (!error) return CSIM_OK;
    return cell_fail(sheet, row, column, status_of(error), "the cell was refused: %s", lxw_strerror(error));
}

static csim_status cell_text_check(csim_sheet *sheet, uint32_t row, uint32_t column, const char *text, size_t max_units) {
    csim_error why;
    const csim_status status = csim_text_check(text, max_units, &why);
    if (status) return cell_fail(sheet, row, column, status, "%s", why.detail);
    return memory_hold(sheet->book, 4 * strlen(text)); /* the text, its copy among the shared ones, and escapes */
}

/* Writes checked text, escaped where needed. The empty text becomes a styled blank: the library would store nothing. */
static csim_status cell_write_text(csim_sheet *sheet, uint32_t row, uint32_t column, const char *text, lxw_format *format) {
    const size_t plain = strlen(text), size = csim_text_escape(text, NULL, 0) + 1;
    char *escaped = size == plain + 1 ? NULL : malloc(size);
    if (size != plain + 1 && !escaped) return cell_fail(sheet, row, column, CSIM_NO_MEMORY, "no memory for a text");
    if (escaped) csim_text_escape(text, escaped, size);
    const locale_t outer = uselocale(sheet->book->c_locale);
    const lxw_error error = plain ? worksheet_write_string(sheet->lxw, row, (lxw_col_t)column, escaped ? escaped : text, format) : worksheet_write_blank(sheet->lxw, row, (lxw_col_t)column, format);
    uselocale(outer);
    free(escaped);
    return cell_result(sheet, row, column, error);
}

csim_status csim_sheet_put_text(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_style style, const char *text) {
    csim_status status = cell_open(sheet, row, column);
    if (!status) status = cell_text_check(sheet, row, column, text, CSIM_TEXT_MAX);
    if (status) return status;
    lxw_format *format = book_format(sheet->book, style);
    return format ? cell_write_text(sheet, row, column, text, format) : sheet->book->error.code;
}

static csim_status cell_write_number(csim_sheet *sheet, uint32_t row, uint32_t column, double value, lxw_format *format) {
    if (!isfinite(value)) return cell_fail(sheet, row, column, CSIM_OUT_OF_RANGE, "the number is %s; a cell holds finite numbers, or n/a when put as missing", isnan(value) ? "not a number" : "infinite");
    const locale_t outer = uselocale(sheet->book->c_locale);
    const lxw_error error = worksheet_write_number(sheet->lxw, row, (lxw_col_t)column, value, format);
    uselocale(outer);
    return cell_result(sheet, row, column, error);
}

csim_status csim_sheet_put_number(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_style style, double value) {
    const csim_status status = cell_open(sheet, row, column);
    if (status) return status;
    lxw_format *format = book_format(sheet->book, style);
    return format ? cell_write_number(sheet, row, column, value, format) : sheet->book->error.code;
}

csim_status csim_sheet_put_with_error(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_role role, csim_cell_kind kind, double value, double standard_error) {
    const csim_status status = sheet_ready(sheet);
    if (status) return status;
    if (!(standard_error >= 0 && isfinite(standard_error))) return cell_fail(sheet, row, column, CSIM_OUT_OF_RANGE, "the standard error %g is not a finite number ≥ 0", standard_error);
    return csim_sheet_put_number(sheet, row, column, csim_style_digits(role, kind, csim_decimals_from_error(kind, standard_error)), value);
}

csim_status csim_sheet_put_integer(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_role role, int64_t value) {
    const csim_status status = sheet_ready(sheet);
    if (status) return status;
    const int64_t most = INT64_C(1) << 53;
    if (value < -most || value > most) return cell_fail(sheet, row, column, CSIM_OUT_OF_RANGE, "the integer %lld is beyond 2^53 and would be rounded", (long long)value);
    return csim_sheet_put_number(sheet, row, column, csim_style(role, CSIM_AS_INTEGER), (double)value);
}

csim_status csim_sheet_put_month(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_role role, int year, int month) {
    const csim_status status = sheet_ready(sheet);
    if (status) return status;
    const double serial = csim_month_serial(year, month);
    if (serial < 0) return cell_fail(sheet, row, column, CSIM_OUT_OF_RANGE, "there is no month %d-%02d in 1901-01 … 9999-12", year, month);
    return csim_sheet_put_number(sheet, row, column, csim_style(role, CSIM_AS_MONTH), serial);
}

csim_status csim_sheet_put_bool(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_role role, bool value) {
    const csim_status status = cell_open(sheet, row, column);
    if (status) return status;
    lxw_format *format = book_format(sheet->book, csim_style(role, CSIM_AS_GENERAL));
    if (!format) return sheet->book->error.code;
    const locale_t outer = uselocale(sheet->book->c_locale);
    const lxw_error error = worksheet_write_boolean(sheet->lxw, row, (lxw_col_t)column, value, format);
    uselocale(outer);
    return cell_result(sheet, row, column, error);
}

csim_status csim_sheet_put_blank(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_role role) {
    return csim_sheet_put_text(sheet, row, column, csim_style(role, CSIM_AS_GENERAL), "");
}

csim_status csim_sheet_put_missing(csim_sheet *sheet, uint32_t row, uint32_t column) {
    return csim_sheet_put_text(sheet, row, column, csim_style(CSIM_ROLE_MISSING, CSIM_AS_GENERAL), sheet && sheet->missing ? sheet->missing : "n/a");
}

void csim_sheet_say_missing(csim_sheet *sheet, const char *text) {
    if (sheet) sheet->missing = text;
}

csim_status csim_sheet_put_link(csim_sheet *sheet, uint32_t row, uint32_t column, const char *text, csim_cells target) {
    csim_status status = cell_open(sheet, row, column);
    if (!status) status = cell_text_check(sheet, row, column, text, 255);
    if (!status) status = cells_check(target);
    if (status) return status;
    if (!*text || target.sheet->book != sheet->book) return cell_fail(sheet, row, column, CSIM_INCONSISTENT, "a link needs a text and a target in the same workbook");
    char place[CSIM_ADDRESS_SIZE], address[CSIM_ADDRESS_SIZE + 16];
    snprintf(address, sizeof address, "internal:%s", csim_cells_address(target, place));
    lxw_format *format = book_format(sheet->book, csim_style(CSIM_ROLE_LINK, CSIM_AS_GENERAL));
    if (!format) return sheet->book->error.code;
    const locale_t outer = uselocale(sheet->book->c_locale);
    const lxw_error error = worksheet_write_url_opt(sheet->lxw, row, (lxw_col_t)column, address, format, text, NULL);
    uselocale(outer);
    return cell_result(sheet, row, column, error);
}

csim_status csim_sheet_put_row_of_numbers(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_style style, const double *values, size_t count) {
    csim_status status = sheet_ready(sheet);
    if (status) return status;
    if (count > LXW_COL_MAX || column > LXW_COL_MAX - (uint32_t)count) return sheet_fail(sheet, CSIM_OUT_OF_RANGE, "%zu numbers from column %u on do not fit a row", count, (unsigned)column);
    lxw_format *format = book_format(sheet->book, style);
    if (!format) return sheet->book->error.code;
    for (uint32_t i = 0; i < count && !status; i++) {
        status = cell_open(sheet, row, column + i);
        if (!status) status = cell_write_number(sheet, row, column + i, values[i], format);
    }
    return status;
}

/* ---- formulas ---- */

/* Prints the formula without a comma locale's say, then checks and completes it into out. */
static csim_status formula_build(csim_sheet *sheet, uint32_t row, uint32_t column, char *out, const char *format, va_list arguments) {
    char formula[CSIM_FORMULA_MAX + 1];
    const locale_t outer = uselocale(sheet->book->c_locale);
    const int length = vsnprintf(formula, sizeof formula, format, arguments);
    uselocale(outer);
    if (length < 0 || (size_t)length >= sizeof formula) return cell_fail(sheet, row, column, CSIM_LIMIT, "the formula has more than %d bytes", CSIM_FORMULA_MAX);
    csim_error why;
    const csim_status status = csim_formula_prepare(formula, sheet->name, row, out, CSIM_FORMULA_MAX, &why);
    if (status) return cell_fail(sheet, row, column, status, "%s, in %.200s", why.detail, formula);
    return memory_hold(sheet->book, 4 * (size_t)length);
}

csim_status csim_sheet_put_formula(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_style style, double value, const char *format, ...) {
    char formula[CSIM_FORMULA_MAX];
    csim_status status = cell_open(sheet, row, column);
    if (status) return status;
    va_list arguments;
    va_start(arguments, format);
    status = formula_build(sheet, row, column, formula, format, arguments);
    va_end(arguments);
    if (status) return status;
    if (!isfinite(value)) return cell_fail(sheet, row, column, CSIM_OUT_OF_RANGE, "the formula's value is not finite");
    lxw_format *look = book_format(sheet->book, style);
    if (!look) return sheet->book->error.code;
    const locale_t outer = uselocale(sheet->book->c_locale);
    const lxw_error error = worksheet_write_formula_num(sheet->lxw, row, (lxw_col_t)column, formula, look, value);
    uselocale(outer);
    return cell_result(sheet, row, column, error);
}

csim_status csim_sheet_put_formula_text(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_style style, const char *value, const char *format, ...) {
    char formula[CSIM_FORMULA_MAX];
    csim_status status = cell_open(sheet, row, column);
    if (!status) status = cell_text_check(sheet, row, column, value, CSIM_TEXT_MAX);
    if (status) return status;
    va_list arguments;
    va_start(arguments, format);
    status = formula_build(sheet, row, column, formula, format, arguments);
    va_end(arguments);
    if (status) return status;
    lxw_format *look = book_format(sheet->book, style);
    if (!look) return sheet->book->error.code;
    const locale_t outer = uselocale(sheet->book->c_locale);
    const lxw_error error = worksheet_write_formula_str(sheet->lxw, row, (lxw_col_t)column, formula, look, value);
    uselocale(outer);
    return cell_result(sheet, row, column, error);
}

/* ---- names, tables, input checks, marks ---- */

csim_status csim_book_define(csim_book *book, const char *name, csim_cells cells) {
    csim_status status = book->error.code ? book->error.code : cells_check(cells);
    if (status) return status;
    csim_error why;
    status = csim_defined_name_check(name, &why);
    if (status) return book_fail(book, status, "%s", why.detail);
    lxw_defined_name *known;
    TAILQ_FOREACH(known, book->lxw->defined_names, list_pointers)
        if (csim_names_equal(known->name, name)) return book_fail(book, CSIM_DUPLICATE_KEY, "the name '%s' is already defined", name);
    char address[CSIM_ADDRESS_SIZE], formula[CSIM_ADDRESS_SIZE + 1];
    snprintf(formula, sizeof formula, "=%s", csim_cells_address(cells, address));
    if (strlen(formula) >= LXW_DEFINED_NAME_LENGTH) return book_fail(book, CSIM_LIMIT, "the address of '%s' is too long for a defined name", name);
    const lxw_error error = workbook_define_name(book->lxw, name, formula);
    return error ? book_fail(book, status_of(error), "the name '%s' was refused: %s", name, lxw_strerror(error)) : CSIM_OK;
}

static bool cells_overlap(csim_cells a, csim_cells b) {
    return a.row <= b.last_row && b.row <= a.last_row && a.column <= b.last_column && b.column <= a.last_column;
}

static csim_status table_claim(csim_cells cells) {
    for (const table_place *other = cells.sheet->tables; other; other = other->next)
        if (cells_overlap(other->cells, cells)) return cell_fail(cells.sheet, cells.row, cells.column, CSIM_INCONSISTENT, "the table overlaps another one");
    table_place *place = malloc(sizeof *place);
    if (!place) return cell_fail(cells.sheet, cells.row, cells.column, CSIM_NO_MEMORY, "no memory for a table");
    *place = (table_place){.cells = cells, .next = cells.sheet->tables};
    cells.sheet->tables = place;
    return CSIM_OK;
}

static csim_status table_check(csim_cells whole, const csim_table_column *columns, size_t count, unsigned options) {
    csim_sheet *sheet = whole.sheet;
    const csim_status status = cells_check(whole);
    if (status) return status;
    if ((options & CSIM_TABLE_FILTER) && sheet->has_filter) return cell_fail(sheet, whole.row, whole.column, CSIM_INCONSISTENT, "a sheet has at most one filter");
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j <= i; j++) {
            if (!columns[i].header || !*columns[i].header) return cell_fail(sheet, whole.row, whole.column, CSIM_WRONG_TYPE, "column %zu of the table has no header", i + 1);
            if (j < i && csim_names_equal(columns[i].header, columns[j].header)) return cell_fail(sheet, whole.row, whole.column, CSIM_DUPLICATE_KEY, "two columns of the table are headed '%s'", columns[i].header);
        }
    return table_claim(whole);
}

static csim_status table_heads(csim_cells whole, const csim_table_column *columns, size_t count) {
    csim_sheet *sheet = whole.sheet;
    csim_status status = csim_sheet_set_height(sheet, whole.row, 30);
    for (uint32_t i = 0; i < count && !status; i++) {
        const csim_cell_role role = columns[i].is_text ? CSIM_ROLE_TABLE_HEADER_TEXT : CSIM_ROLE_TABLE_HEADER;
        status = csim_sheet_put_text(sheet, whole.row, whole.column + i, csim_style(role, CSIM_AS_GENERAL), columns[i].header);
        if (!status && columns[i].width_chars > 0) status = csim_sheet_set_width(sheet, whole.column + i, whole.column + i, columns[i].width_chars);
    }
    for (uint32_t i = 0; i < count && !status; i++) {
        const csim_cell_role role = columns[i].is_text ? CSIM_ROLE_TABLE_UNIT_TEXT : CSIM_ROLE_TABLE_UNIT;
        status = csim_sheet_put_text(sheet, whole.row + 1, whole.column + i, csim_style(role, CSIM_AS_GENERAL), columns[i].unit ? columns[i].unit : "");
    }
    return status;
}

/* Stripes by condition, not by cell: they stay stripes when the reader sorts. */
static csim_status table_bands(csim_cells data) {
    csim_book *book = data.sheet->book;
    lxw_format *format = book_mark(book, &book->band_format, 0, 0xF3F6FA);
    if (!format) return book->error.code;
    lxw_conditional_format band = {.type = LXW_CONDITIONAL_TYPE_FORMULA, .value_string = (char *)"=MOD(ROW(),2)=0", .format = format};
    return sheet_result(data.sheet, worksheet_conditional_format_range(data.sheet->lxw, data.row, (lxw_col_t)data.column, data.last_row, (lxw_col_t)data.last_column, &band), "the table's stripes");
}

csim_cells csim_sheet_add_table(csim_sheet *sheet, uint32_t row, uint32_t column, const csim_table_column *columns, size_t column_count, uint32_t data_rows, unsigned options) {
    const bool fits = data_rows > 0 && data_rows < LXW_ROW_MAX && column_count > 0 && column_count <= LXW_COL_MAX && row < LXW_ROW_MAX && column < LXW_COL_MAX;
    if (!fits && !sheet_ready(sheet)) sheet_fail(sheet, CSIM_OUT_OF_RANGE, "a table of %zu columns and %u rows does not fit the sheet", column_count, (unsigned)data_rows);
    if (!fits || sheet_ready(sheet)) return csim_cell_of(sheet, row, column);
    const csim_cells whole = csim_cells_of(sheet, row, column, row + 1 + data_rows, column + (uint32_t)column_count - 1);
    csim_cells data = whole;
    data.row += 2;
    csim_status status = table_check(whole, columns, column_count, options);
    if (!status) status = table_heads(whole, columns, column_count);
    if (!status && (options & CSIM_TABLE_BANDS)) status = table_bands(data);
    if (!status && (options & CSIM_TABLE_FREEZE)) status = csim_sheet_freeze(sheet, data.row, 0);
    if (!status && (options & CSIM_TABLE_FREEZE)) status = csim_sheet_repeat_rows(sheet, row, row + 1);
    if (!status && (options & CSIM_TABLE_FILTER)) { /* the buttons sit in the unit row, directly above the data */
        sheet->has_filter = true;
        (void)sheet_result(sheet, worksheet_autofilter(sheet->lxw, row + 1, (lxw_col_t)column, data.last_row, (lxw_col_t)data.last_column), "the filter");
    }
    return data;
}

static csim_status cells_validate(csim_cells cells, lxw_data_validation *rule, const char *prompt) {
    csim_error why;
    const csim_status status = prompt ? csim_text_check(prompt, 255, &why) : CSIM_OK;
    if (status) return cell_fail(cells.sheet, cells.row, cells.column, status, "the prompt: %s", why.detail);
    rule->input_message = (char *)prompt;
    rule->error_title = (char *)"Not allowed";
    rule->error_message = (char *)(prompt && *prompt ? prompt : "This value is not allowed here.");
    return sheet_result(cells.sheet, worksheet_data_validation_range(cells.sheet->lxw, cells.row, (lxw_col_t)cells.column, cells.last_row, (lxw_col_t)cells.last_column, rule), "the input check");
}

static bool cells_are_line(csim_cells cells) { return cells.row == cells.last_row || cells.column == cells.last_column; }

csim_status csim_cells_allow_list(csim_cells cells, csim_cells values, const char *prompt) {
    csim_status status = cells_check(cells);
    if (!status) status = cells_check(values);
    if (status) return status;
    if (!cells_are_line(values)) return sheet_fail(values.sheet, CSIM_INCONSISTENT, "the values of a drop-down list stand in one row or one column");
    char address[CSIM_ADDRESS_SIZE], formula[CSIM_ADDRESS_SIZE + 1];
    snprintf(formula, sizeof formula, "=%s", csim_cells_address(values, address));
    lxw_data_validation rule = {.validate = LXW_VALIDATION_TYPE_LIST_FORMULA, .value_formula = formula};
    return cells_validate(cells, &rule, prompt);
}

csim_status csim_cells_allow_numbers(csim_cells cells, double least, double most, const char *prompt) {
    const csim_status status = cells_check(cells);
    if (status) return status;
    if (!isfinite(least) || !isfinite(most) || least > most) return cell_fail(cells.sheet, cells.row, cells.column, CSIM_OUT_OF_RANGE, "%g … %g is not a range of numbers", least, most);
    lxw_data_validation rule = {.validate = LXW_VALIDATION_TYPE_DECIMAL, .criteria = LXW_VALIDATION_CRITERIA_BETWEEN, .minimum_number = least, .maximum_number = most};
    return cells_validate(cells, &rule, prompt);
}

static csim_status cells_condition(csim_cells cells, lxw_conditional_format *condition) {
    return sheet_result(cells.sheet, worksheet_conditional_format_range(cells.sheet->lxw, cells.row, (lxw_col_t)cells.column, cells.last_row, (lxw_col_t)cells.last_column, condition), "the condition");
}

csim_status csim_cells_add_bars(csim_cells cells, csim_colour colour, double least, double most) {
    const csim_status status = cells_check(cells);
    if (status) return status;
    if (!isfinite(least) || !isfinite(most) || least >= most) return cell_fail(cells.sheet, cells.row, cells.column, CSIM_OUT_OF_RANGE, "bars from %g to %g have no length", least, most);
    lxw_conditional_format bars = {
        .type = LXW_CONDITIONAL_DATA_BAR, .data_bar_2010 = LXW_TRUE, .bar_solid = LXW_TRUE, .bar_no_border = LXW_TRUE,
        .min_rule_type = LXW_CONDITIONAL_RULE_TYPE_NUMBER, .max_rule_type = LXW_CONDITIONAL_RULE_TYPE_NUMBER,
        .min_value = least, .max_value = most, .bar_color = csim_colour_tint(colour, 0.45),
    };
    return cells_condition(cells, &bars);
}

csim_status csim_cells_mark_checks(csim_cells cells) {
    csim_status status = cells_check(cells);
    if (status) return status;
    csim_book *book = cells.sheet->book;
    lxw_format *good = book_mark(book, &book->good_format, 0x005C43, csim_colour_tint(CSIM_COLOUR_GREEN, 0.75));
    lxw_format *bad = book_mark(book, &book->bad_format, 0x7A3500, csim_colour_tint(CSIM_COLOUR_VERMILLION, 0.7));
    if (!good || !bad) return book->error.code;
    lxw_conditional_format is_ok = {.type = LXW_CONDITIONAL_TYPE_CELL, .criteria = LXW_CONDITIONAL_CRITERIA_EQUAL_TO, .value_string = (char *)"\"ok\"", .format = good};
    lxw_conditional_format is_not = {.type = LXW_CONDITIONAL_TYPE_CELL, .criteria = LXW_CONDITIONAL_CRITERIA_NOT_EQUAL_TO, .value_string = (char *)"\"ok\"", .format = bad};
    status = cells_condition(cells, &is_ok);
    return status ? status : cells_condition(cells, &is_not);
}

/* ---- charts: axes and frame ---- */

static lxw_chart_font chart_font(double size_points, bool bold, uint32_t rgb) {
    return (lxw_chart_font){.name = (char *)font_name, .size = size_points, .bold = bold ? LXW_TRUE : LXW_EXPLICIT_FALSE, .color = rgb};
}

static lxw_chart_line chart_line(uint32_t rgb, double width_points) {
    return (lxw_chart_line){.color = library_colour(rgb), .width = (float)width_points};
}

static void axis_set_scale(lxw_chart_axis *axis, const csim_chart_axis *wish) {
    if (wish->log10) chart_axis_set_log_base(axis, 10);
    if (wish->has_range) {
        chart_axis_set_min(axis, wish->least);
        chart_axis_set_max(axis, wish->most);
    }
    if (wish->step > 0) chart_axis_set_major_unit(axis, wish->step);
    if (wish->label_every) {
        chart_axis_set_interval_unit(axis, (uint16_t)wish->label_every);
        chart_axis_set_interval_tick(axis, (uint16_t)wish->label_every);
    }
    if (wish->reversed) chart_axis_set_reverse(axis);
}

static void axis_set(lxw_chart_axis *axis, const csim_chart_axis *wish, bool gridlines) {
    lxw_chart_font label_font = chart_font(9, false, 0x404040), title_font = chart_font(9, false, 0x404040);
    lxw_chart_line rule = chart_line(csim_colour_rgb(CSIM_COLOUR_GREY), 0.75), grid = chart_line(0xE3E3E3, 0.5);
    char number_format[CSIM_NUMBER_FORMAT_SIZE];
    csim_number_format(wish->kind, wish->decimals, number_format);
    chart_axis_set_num_format(axis, number_format);
    chart_axis_set_num_font(axis, &label_font);
    if (wish->title) {
        chart_axis_set_name(axis, wish->title);
        chart_axis_set_name_font(axis, &title_font);
    }
    chart_axis_set_line(axis, &rule);
    chart_axis_major_gridlines_set_visible(axis, gridlines);
    if (gridlines) chart_axis_major_gridlines_set_line(axis, &grid);
    /* Labels stay at the edge even where the other axis crosses at zero, amid the values. */
    chart_axis_set_label_position(axis, wish->hide_labels ? LXW_CHART_AXIS_LABEL_POSITION_NONE : LXW_CHART_AXIS_LABEL_POSITION_LOW);
    if (wish->hide_labels) chart_axis_set_major_tick_mark(axis, LXW_CHART_AXIS_TICK_MARK_NONE);
    axis_set_scale(axis, wish);
    if (wish->log10 || wish->has_range) chart_axis_set_crossing_min(axis);
}

static bool kind_is_bar(csim_chart_kind kind) { return kind == CSIM_CHART_BAR || kind == CSIM_CHART_BAR_STACKED; }

static void chart_set_axes(csim_chart *chart) {
    const csim_chart_plan *plan = &chart->plan;
    const bool is_bar = kind_is_bar(plan->kind); /* the library counts a bar chart's axes by place, not by meaning */
    lxw_chart_axis *categories = is_bar ? chart->lxw->y_axis : chart->lxw->x_axis;
    lxw_chart_axis *values = is_bar ? chart->lxw->x_axis : chart->lxw->y_axis;
    values->is_value = LXW_TRUE; /* which it forgets to say of area charts, and then refuses to scale them */
    axis_set(categories, &plan->x, plan->kind == CSIM_CHART_SCATTER);
    axis_set(values, &plan->y, true);
    if (is_bar && !plan->x.reversed) { /* first on top, values still below */
        chart_axis_set_reverse(categories);
        chart_axis_set_crossing_max(categories);
        chart_axis_set_label_position(values, LXW_CHART_AXIS_LABEL_POSITION_NEXT_TO); /* "low" would be the top */
    }
    if (plan->kind != CSIM_CHART_SCATTER) chart_axis_set_major_tick_mark(categories, LXW_CHART_AXIS_TICK_MARK_NONE);
}

static void chart_set_frame(csim_chart *chart) {
    static const uint8_t places[] = {[CSIM_LEGEND_BOTTOM] = LXW_CHART_LEGEND_BOTTOM, [CSIM_LEGEND_RIGHT] = LXW_CHART_LEGEND_RIGHT, [CSIM_LEGEND_TOP] = LXW_CHART_LEGEND_TOP, [CSIM_LEGEND_NONE] = LXW_CHART_LEGEND_NONE};
    lxw_chart_font title_font = chart_font(11, true, 0x1F3A5F), legend_font = chart_font(9, false, 0x404040);
    lxw_chart_line frame = chart_line(csim_colour_rgb(CSIM_COLOUR_LIGHT_GREY), 0.75);
    if (chart->plan.title) {
        chart_title_set_name(chart->lxw, chart->plan.title);
        chart_title_set_name_font(chart->lxw, &title_font);
    } else {
        chart_title_off(chart->lxw);
    }
    chart_legend_set_position(chart->lxw, places[chart->plan.legend]);
    chart_legend_set_font(chart->lxw, &legend_font);
    chart_chartarea_set_line(chart->lxw, &frame);
    chart_show_blanks_as(chart->lxw, LXW_CHART_BLANKS_AS_GAP);
    chart_show_hidden_data(chart->lxw); /* data may stand on hidden sheets */
    if (kind_is_bar(chart->plan.kind) || chart->plan.kind == CSIM_CHART_COLUMN || chart->plan.kind == CSIM_CHART_COLUMN_STACKED) chart_set_series_gap(chart->lxw, 55);
}

static csim_status axis_check(csim_sheet *sheet, const csim_chart_axis *axis) {
    csim_error why;
    const csim_status status = axis->title ? csim_text_check(axis->title, 255, &why) : CSIM_OK;
    if (status) return sheet_fail(sheet, status, "a chart's axis title: %s", why.detail);
    if (axis->has_range && !(isfinite(axis->least) && isfinite(axis->most) && axis->least < axis->most)) return sheet_fail(sheet, CSIM_OUT_OF_RANGE, "a chart's axis from %g to %g has no length", axis->least, axis->most);
    if (axis->has_range && axis->log10 && axis->least <= 0) return sheet_fail(sheet, CSIM_OUT_OF_RANGE, "a logarithmic axis cannot begin at %g", axis->least);
    if (!isfinite(axis->step) || axis->label_every > 10000) return sheet_fail(sheet, CSIM_OUT_OF_RANGE, "a chart's labels cannot stand %g apart, every %u", axis->step, axis->label_every);
    return CSIM_OK;
}

static csim_status chart_plan_check(csim_sheet *sheet, const csim_chart_plan *plan) {
    csim_error why;
    csim_status status = cells_check(csim_cell_of(sheet, plan->row, plan->column));
    if (status) return status;
    if (!plan->alt_text || !*plan->alt_text) return sheet_fail(sheet, CSIM_MISSING_KEY, "a chart needs a text for readers who cannot see it");
    status = csim_text_check(plan->alt_text, 1000, &why);
    if (!status && plan->title) status = csim_text_check(plan->title, 255, &why);
    if (status) return sheet_fail(sheet, status, "a chart's text: %s", why.detail);
    if ((unsigned)plan->kind > CSIM_CHART_SCATTER || (unsigned)plan->legend > CSIM_LEGEND_NONE || plan->width_px > 4000 || plan->height_px > 4000) return sheet_fail(sheet, CSIM_OUT_OF_RANGE, "a chart's kind, legend or size is not one that can be drawn");
    status = axis_check(sheet, &plan->x);
    return status ? status : axis_check(sheet, &plan->y);
}

static const uint8_t chart_types[] = {
    [CSIM_CHART_LINE] = LXW_CHART_LINE, [CSIM_CHART_AREA_STACKED] = LXW_CHART_AREA_STACKED, [CSIM_CHART_COLUMN] = LXW_CHART_COLUMN,
    [CSIM_CHART_COLUMN_STACKED] = LXW_CHART_COLUMN_STACKED, [CSIM_CHART_BAR] = LXW_CHART_BAR, [CSIM_CHART_BAR_STACKED] = LXW_CHART_BAR_STACKED,
    [CSIM_CHART_SCATTER] = LXW_CHART_SCATTER_STRAIGHT_WITH_MARKERS,
};

csim_chart *csim_sheet_add_chart(csim_sheet *sheet, const csim_chart_plan *plan) {
    if (!sheet || !sheet->book) return NULL;
    csim_book *book = sheet->book;
    if (sheet_ready(sheet) || chart_plan_check(sheet, plan) || memory_hold(book, SERIES_BYTES)) return &book->no_chart;
    csim_chart *chart = calloc(1, sizeof *chart);
    char *alt_text = strdup(plan->alt_text);
    lxw_chart *library = chart && alt_text ? workbook_add_chart(book->lxw, chart_types[plan->kind]) : NULL;
    if (!library) {
        free(chart);
        free(alt_text);
        sheet_fail(sheet, CSIM_NO_MEMORY, "no memory for a chart");
        return &book->no_chart;
    }
    *chart = (csim_chart){.book = book, .sheet = sheet, .lxw = library, .plan = *plan, .alt_text = alt_text, .next = book->charts};
    book->charts = chart;
    chart_set_axes(chart);
    chart_set_frame(chart);
    chart->plan.title = chart->plan.alt_text = chart->plan.x.title = chart->plan.y.title = NULL; /* the caller's */
    return chart;
}

/* ---- charts: series ---- */

static size_t cells_count(csim_cells cells) {
    return (size_t)(cells.last_row - cells.row + 1) * (cells.last_column - cells.column + 1);
}

static csim_status series_cells_check(csim_chart *chart, csim_cells x, csim_cells y) {
    csim_status status = cells_check(x);
    if (!status) status = cells_check(y);
    if (status) return status;
    if (x.sheet->book != chart->book || y.sheet->book != chart->book) return sheet_fail(chart->sheet, CSIM_INCONSISTENT, "a chart reads cells of another workbook");
    if (!cells_are_line(x) || !cells_are_line(y) || cells_count(x) != cells_count(y)) return sheet_fail(chart->sheet, CSIM_INCONSISTENT, "a series needs one row or column of %zu values and another of as many", cells_count(y));
    if (cells_count(y) > POINTS_MAX) return sheet_fail(chart->sheet, CSIM_LIMIT, "a series has %zu points, at most %d can be drawn", cells_count(y), POINTS_MAX);
    if (chart->series_count >= SERIES_MAX) return sheet_fail(chart->sheet, CSIM_LIMIT, "a chart has more than %d series", SERIES_MAX);
    return CSIM_OK;
}

static csim_status range_remember(csim_chart *chart, lxw_series_range *library, csim_cells cells) {
    series_range *range = malloc(sizeof *range);
    if (!range) return sheet_fail(chart->sheet, CSIM_NO_MEMORY, "no memory for a chart");
    *range = (series_range){.lxw = library, .cells = cells, .next = chart->book->ranges};
    chart->book->ranges = range;
    return CSIM_OK;
}

/* The library refuses to place a chart without series, so it is placed with its first one. */
static csim_status chart_place(csim_chart *chart) {
    const csim_chart_plan *plan = &chart->plan;
    lxw_chart_options options = {
        .x_scale = (plan->width_px ? plan->width_px : 620) / 480.0, .y_scale = (plan->height_px ? plan->height_px : 340) / 288.0,
        .object_position = LXW_OBJECT_MOVE_DONT_SIZE, .description = chart->alt_text,
    };
    return sheet_result(chart->sheet, worksheet_insert_chart_opt(chart->sheet->lxw, plan->row, (lxw_col_t)plan->column, chart->lxw, &options), "the chart");
}

/* Adds a series without a look. */
static csim_status chart_add(csim_chart *chart, const char *name, csim_cells x, csim_cells y) {
    csim_error why;
    csim_status status = series_cells_check(chart, x, y);
    if (!status) status = memory_hold(chart->book, SERIES_BYTES);
    if (status) return status;
    status = name ? csim_text_check(name, 255, &why) : CSIM_OK;
    if (status) return sheet_fail(chart->sheet, status, "the name of a series: %s", why.detail);
    if (name && name[0] == '=') return sheet_fail(chart->sheet, CSIM_WRONG_TYPE, "the name '%s' of a series would be read as a formula", name);
    const int unnamed_max = (int)(sizeof chart->unnamed / sizeof chart->unnamed[0]) - 1;
    if (!name && chart->unnamed_count >= unnamed_max) return sheet_fail(chart->sheet, CSIM_LIMIT, "a chart has more than %d series without a name", unnamed_max);
    char address[CSIM_ADDRESS_SIZE], x_formula[CSIM_ADDRESS_SIZE + 1], y_formula[CSIM_ADDRESS_SIZE + 1];
    snprintf(x_formula, sizeof x_formula, "=%s", csim_cells_address(x, address));
    snprintf(y_formula, sizeof y_formula, "=%s", csim_cells_address(y, address));
    lxw_chart_series *series = chart_add_series(chart->lxw, x_formula, y_formula);
    if (!series) return sheet_fail(chart->sheet, CSIM_NO_MEMORY, "no memory for a series");
    if (name) chart_series_set_name(series, name);
    else chart->unnamed[chart->unnamed_count++] = (int16_t)chart->series_count;
    chart->last_series = series;
    chart->last_count = cells_count(y);
    status = range_remember(chart, series->categories, x);
    if (!status) status = range_remember(chart, series->values, y);
    if (!status && chart->series_count++ == 0) status = chart_place(chart);
    return status;
}

static void series_set_area(lxw_chart_series *series, uint32_t rgb) {
    lxw_chart_fill fill = {.color = library_colour(rgb)};
    lxw_chart_line none = {.none = LXW_TRUE};
    chart_series_set_fill(series, &fill);
    chart_series_set_line(series, &none);
}

csim_status csim_chart_add_series(csim_chart *chart, const char *name, csim_cells categories, csim_cells values, csim_colour colour) {
    csim_status status = chart_ready(chart);
    if (status) return status;
    if (chart->plan.kind == CSIM_CHART_SCATTER) return sheet_fail(chart->sheet, CSIM_INCONSISTENT, "a scatter chart takes its series through csim_chart_add_xy");
    status = chart_add(chart, name, categories, values);
    if (status) return status;
    if (chart->plan.kind == CSIM_CHART_LINE) {
        lxw_chart_line line = chart_line(csim_colour_rgb(colour), 2.25);
        chart_series_set_line(chart->last_series, &line);
        chart_series_set_marker_type(chart->last_series, LXW_CHART_MARKER_NONE);
    } else {
        series_set_area(chart->last_series, csim_colour_rgb(colour));
    }
    return CSIM_OK;
}

csim_status csim_chart_add_base(csim_chart *chart, csim_cells categories, csim_cells values) {
    csim_status status = chart_ready(chart);
    if (status) return status;
    const csim_chart_kind kind = chart->plan.kind;
    if (kind != CSIM_CHART_COLUMN_STACKED && kind != CSIM_CHART_BAR_STACKED) return sheet_fail(chart->sheet, CSIM_INCONSISTENT, "only stacked columns and bars float on a base");
    status = chart_add(chart, NULL, categories, values);
    if (status) return status;
    lxw_chart_fill no_fill = {.none = LXW_TRUE};
    lxw_chart_line no_line = {.none = LXW_TRUE};
    chart_series_set_fill(chart->last_series, &no_fill);
    chart_series_set_line(chart->last_series, &no_line);
    return CSIM_OK;
}

static csim_status last_series_check(csim_chart *chart) {
    const csim_status status = chart_ready(chart);
    if (status) return status;
    return chart->last_series ? CSIM_OK : sheet_fail(chart->sheet, CSIM_INCONSISTENT, "the chart has no series to label yet");
}

csim_status csim_chart_show_values(csim_chart *chart, csim_cell_kind kind, int decimals) {
    const csim_status status = last_series_check(chart);
    if (status) return status;
    char number_format[CSIM_NUMBER_FORMAT_SIZE];
    csim_number_format(kind, decimals, number_format);
    lxw_chart_font font = chart_font(9, false, 0x404040);
    chart_series_set_labels(chart->last_series);
    chart_series_set_labels_num_format(chart->last_series, number_format);
    chart_series_set_labels_font(chart->last_series, &font);
    return CSIM_OK;
}

static void series_set_mark(lxw_chart_series *series, csim_mark mark, uint32_t rgb) {
    if (mark == CSIM_MARK_DOTS) {
        lxw_chart_line none = {.none = LXW_TRUE}, edge = chart_line(0xFFFFFF, 0.5);
        lxw_chart_fill fill = {.color = library_colour(rgb)};
        chart_series_set_line(series, &none);
        chart_series_set_marker_type(series, LXW_CHART_MARKER_CIRCLE);
        chart_series_set_marker_size(series, 7);
        chart_series_set_marker_fill(series, &fill);
        chart_series_set_marker_line(series, &edge);
    } else if (mark == CSIM_MARK_NONE) {
        lxw_chart_line none = {.none = LXW_TRUE};
        chart_series_set_line(series, &none);
        chart_series_set_marker_type(series, LXW_CHART_MARKER_NONE);
    } else {
        lxw_chart_line line = chart_line(rgb, mark == CSIM_MARK_THICK_SEGMENTS ? 9 : (mark == CSIM_MARK_LINE ? 2.25 : 1.5));
        chart_series_set_line(series, &line);
        chart_series_set_marker_type(series, LXW_CHART_MARKER_NONE);
    }
}

csim_status csim_chart_add_xy(csim_chart *chart, const char *name, csim_cells x, csim_cells y, csim_colour colour, csim_mark mark) {
    csim_status status = chart_ready(chart);
    if (status) return status;
    if (chart->plan.kind != CSIM_CHART_SCATTER) return sheet_fail(chart->sheet, CSIM_INCONSISTENT, "only a scatter chart takes points with x and y");
    status = chart_add(chart, name, x, y);
    if (!status) series_set_mark(chart->last_series, mark, csim_colour_rgb(colour));
    return status;
}

/* ---- charts: point labels and segments ---- */

static csim_cells cells_nth(csim_cells line, uint32_t index) {
    if (line.row == line.last_row) return csim_cell_of(line.sheet, line.row, line.column + index);
    return csim_cell_of(line.sheet, line.row + index, line.column);
}

typedef struct point_label {
    lxw_chart_data_label label;
    char formula[CSIM_ADDRESS_SIZE + 1];
} point_label;

/* A label is the text itself, since LibreOffice does not follow references there; but one that begins with = must be a
 * reference, or the library would take it for a formula. */
static csim_status label_set(csim_cells text_cell, lxw_chart_font *font, point_label *label) {
    const csim_sheet *sheet = text_cell.sheet;
    const lxw_cell *cell = sheet->mode == CSIM_SHEET_PAGE ? cell_find(sheet, text_cell.row, text_cell.column) : NULL;
    if (!cell || cell->type != STRING_CELL) return cell_fail(text_cell.sheet, text_cell.row, text_cell.column, CSIM_INCONSISTENT, "a point's label reads a text, already written on a page sheet");
    char address[CSIM_ADDRESS_SIZE];
    snprintf(label->formula, sizeof label->formula, "=%s", csim_cells_address(text_cell, address));
    label->label = (lxw_chart_data_label){.value = cell->sst_string[0] == '=' ? label->formula : cell->sst_string, .font = font};
    return CSIM_OK;
}

static csim_status labels_check(csim_chart *chart, csim_cells texts) {
    csim_status status = last_series_check(chart);
    if (!status) status = cells_check(texts);
    if (status) return status;
    const size_t count = cells_count(texts);
    if (cells_are_line(texts) && count == chart->last_count && count <= LABELS_MAX) return CSIM_OK;
    return sheet_fail(chart->sheet, CSIM_INCONSISTENT, "%zu labels for %zu points (one row or column, at most %d)", count, chart->last_count, LABELS_MAX);
}

csim_status csim_chart_label_points(csim_chart *chart, csim_cells texts) {
    csim_status status = labels_check(chart, texts);
    if (status) return status;
    const size_t count = cells_count(texts);
    point_label *labels = calloc(count, sizeof *labels);
    lxw_chart_data_label **list = calloc(count + 1, sizeof *list);
    lxw_chart_font font = chart_font(9, false, 0x404040);
    if (!labels || !list) status = sheet_fail(chart->sheet, CSIM_NO_MEMORY, "no memory for a chart's labels");
    for (uint32_t i = 0; !status && i < count; i++) {
        status = label_set(cells_nth(texts, i), &font, &labels[i]);
        list[i] = &labels[i].label;
    }
    if (!status) {
        chart_series_set_labels(chart->last_series);
        chart_series_set_labels_font(chart->last_series, &font);
        chart_series_set_labels_position(chart->last_series, LXW_CHART_LABEL_POSITION_RIGHT);
        status = sheet_result(chart->sheet, chart_series_set_labels_custom(chart->last_series, list), "the labels of a chart");
    }
    free(labels);
    free(list);
    return status;
}

csim_status csim_sheet_put_segments(csim_sheet *sheet, uint32_t row, uint32_t column, const csim_segment *segments, size_t count, csim_cells *x, csim_cells *y) {
    const csim_cell_style style = csim_style(CSIM_ROLE_BODY, CSIM_AS_GENERAL);
    *x = *y = csim_cell_of(sheet, row, column);
    csim_status status = sheet_ready(sheet);
    if (status) return status;
    if (!count || count > POINTS_MAX / 3) return sheet_fail(sheet, CSIM_OUT_OF_RANGE, "%zu segments; 1 … %d can be drawn", count, POINTS_MAX / 3);
    for (size_t i = 0; i < count && !status; i++) {
        const uint32_t at = row + 3 * (uint32_t)i;
        if (segments[i].low > segments[i].high) return cell_fail(sheet, at, column, CSIM_INCONSISTENT, "the segment's low end %g is above its high end %g", segments[i].low, segments[i].high);
        status = csim_sheet_put_row_of_numbers(sheet, at, column, style, (const double[]){segments[i].x, segments[i].low}, 2);
        if (!status) status = csim_sheet_put_row_of_numbers(sheet, at + 1, column, style, (const double[]){segments[i].x, segments[i].high}, 2);
    }
    *x = csim_cells_of(sheet, row, column, row + 3 * (uint32_t)count - 2, column);
    *y = csim_cells_of(sheet, row, column + 1, row + 3 * (uint32_t)count - 2, column + 1);
    return status;
}

/* ---- charts: fans ---- */

/* The value a reader sees in a numeric cell of a page sheet. */
static bool cell_value(const csim_sheet *sheet, uint32_t row, uint32_t column, double *value) {
    if (sheet->mode != CSIM_SHEET_PAGE) return false;
    const lxw_cell *cell = cell_find(sheet, row, column);
    if (cell && cell->type == NUMBER_CELL) return *value = cell->u.number, true;
    if (cell && cell->type == FORMULA_CELL && !cell->user_data2) return *value = cell->formula_result, true;
    return false;
}

enum { FAN_BASE, FAN_LOW, FAN_MIDDLE_LOW, FAN_MEDIAN, FAN_MIDDLE_HIGH, FAN_HIGH };

/* One row of the stack. The median is a band of no height: its outline is the line, of one width on any axis. */
static csim_status fan_row(csim_cells quantiles, uint32_t row, csim_sheet *helper, uint32_t helper_row, uint32_t helper_column) {
    double q[5];
    char at[5][CSIM_ADDRESS_SIZE];
    for (uint32_t i = 0; i < 5; i++) {
        if (!cell_value(quantiles.sheet, row, quantiles.column + i, &q[i])) return cell_fail(quantiles.sheet, row, quantiles.column + i, CSIM_INCONSISTENT, "a fan reads five columns of numbers, already written on a page sheet");
        if (i && q[i] < q[i - 1]) return cell_fail(quantiles.sheet, row, quantiles.column + i, CSIM_INCONSISTENT, "the quantile %g is below the one to its left, %g", q[i], q[i - 1]);
        csim_cells_address(csim_cell_of(quantiles.sheet, row, quantiles.column + i), at[i]);
    }
    const csim_cell_style style = csim_style(CSIM_ROLE_FORMULA, CSIM_AS_GENERAL);
    csim_status status = csim_sheet_put_formula(helper, helper_row, helper_column + FAN_BASE, style, q[0], "=%s", at[0]);
    static const int places[4] = {FAN_LOW, FAN_MIDDLE_LOW, FAN_MIDDLE_HIGH, FAN_HIGH};
    for (int i = 0; i < 4 && !status; i++)
        status = csim_sheet_put_formula(helper, helper_row, helper_column + (uint32_t)places[i], style, q[i + 1] - q[i], "=%s-%s", at[i + 1], at[i]);
    return status ? status : csim_sheet_put_number(helper, helper_row, helper_column + FAN_MEDIAN, csim_style(CSIM_ROLE_BODY, CSIM_AS_GENERAL), 0);
}

static csim_status fan_helper(csim_cells quantiles, csim_sheet *helper, uint32_t row, uint32_t column) {
    static const char *const heads[CSIM_FAN_HELPER_COLUMNS] = {"below p5", "p25 - p5", "p50 - p25", "median", "p75 - p50", "p95 - p75"};
    csim_status status = CSIM_OK;
    for (uint32_t i = 0; i < CSIM_FAN_HELPER_COLUMNS && !status; i++)
        status = csim_sheet_put_text(helper, row, column + i, csim_style(CSIM_ROLE_NOTE, CSIM_AS_GENERAL), heads[i]);
    for (uint32_t i = quantiles.row; i <= quantiles.last_row && !status; i++)
        status = fan_row(quantiles, i, helper, row + 1 + (i - quantiles.row), column);
    return status;
}

static csim_status fan_series(csim_chart *chart, csim_cells categories, csim_cells stack, csim_colour colour) {
    static const char *const usual[3] = {"5\xE2\x80\x93" "95 %", "25\xE2\x80\x93" "75 %", "median"};
    const char *names[CSIM_FAN_HELPER_COLUMNS] = {NULL};
    for (int i = 0; i < 3; i++) names[FAN_LOW + i] = chart->plan.fan_names[i] ? chart->plan.fan_names[i] : usual[i];
    csim_status status = CSIM_OK;
    for (uint32_t i = 0; i < CSIM_FAN_HELPER_COLUMNS && !status; i++) {
        csim_cells values = stack;
        values.column = values.last_column = stack.column + i;
        status = chart_add(chart, names[i], categories, values);
        if (status) break;
        const bool outer = i == FAN_LOW || i == FAN_HIGH;
        series_set_area(chart->last_series, csim_colour_tint(colour, outer ? 0.72 : 0.42));
        lxw_chart_fill none = {.none = LXW_TRUE};
        lxw_chart_line line = chart_line(csim_colour_rgb(colour), 2.25);
        if (i == FAN_BASE || i == FAN_MEDIAN) chart_series_set_fill(chart->last_series, &none);
        if (i == FAN_MEDIAN) chart_series_set_line(chart->last_series, &line);
    }
    return status;
}

csim_status csim_chart_add_fan(csim_chart *chart, csim_cells categories, csim_cells quantiles, csim_colour colour, csim_sheet *helper, uint32_t helper_row, uint32_t helper_column) {
    csim_status status = chart_ready(chart);
    if (!status) status = cells_check(categories);
    if (!status) status = cells_check(quantiles);
    if (!status) status = sheet_ready(helper);
    if (status) return status;
    if (chart->plan.kind != CSIM_CHART_AREA_STACKED || chart->series_count) return sheet_fail(chart->sheet, CSIM_INCONSISTENT, "a fan needs a stacked area chart of its own");
    if (quantiles.last_column - quantiles.column != 4) return sheet_fail(chart->sheet, CSIM_INCONSISTENT, "a fan needs five columns of quantiles");
    status = fan_helper(quantiles, helper, helper_row, helper_column);
    const uint32_t rows = quantiles.last_row - quantiles.row + 1;
    const csim_cells stack = csim_cells_of(helper, helper_row + 1, helper_column, helper_row + rows, helper_column + CSIM_FAN_HELPER_COLUMNS - 1);
    return status ? status : fan_series(chart, categories, stack, colour);
}

/* ---- charts: caches ---- */

static bool cache_point(const csim_sheet *sheet, uint32_t row, uint32_t column, lxw_series_data_point *point) {
    const lxw_cell *cell = cell_find(sheet, row, column);
    const char *text = NULL;
    if (cell && cell->type == STRING_CELL) text = cell->sst_string;
    if (cell && cell->type == FORMULA_CELL) text = cell->user_data2;
    point->no_data = !text && !cell_value(sheet, row, column, &point->number);
    point->is_string = text != NULL;
    point->string = text ? strdup(text) : NULL;
    return !text || point->string;
}

/* Gives a chart the values it will be drawn from where nothing recalculates, in place of the library's own filling. */
static csim_status cache_fill(csim_book *book, const series_range *range) {
    const csim_cells cells = range->cells;
    for (uint32_t row = cells.row; row <= cells.last_row; row++)
        for (uint32_t column = cells.column; column <= cells.last_column; column++) {
            lxw_series_data_point *point = calloc(1, sizeof *point);
            if (!point || !cache_point(cells.sheet, row, column, point)) {
                free(point);
                return book_fail(book, CSIM_NO_MEMORY, "no memory for a chart's values");
            }
            if (point->is_string) range->lxw->has_string_cache = LXW_TRUE;
            STAILQ_INSERT_TAIL(range->lxw->data_cache, point, list_pointers);
            range->lxw->num_data_points++;
        }
    range->lxw->ignore_cache = LXW_TRUE; /* "do not fill it again" */
    return CSIM_OK;
}

static csim_status charts_close(csim_book *book) {
    for (csim_chart *chart = book->charts; chart; chart = chart->next) {
        if (!chart->series_count) return sheet_fail(chart->sheet, CSIM_INCONSISTENT, "a chart has no series");
        if (!chart->unnamed_count) continue;
        chart->unnamed[chart->unnamed_count] = -1;
        const csim_status status = sheet_result(chart->sheet, chart_legend_delete_series(chart->lxw, chart->unnamed), "the legend");
        if (status) return status;
    }
    csim_status status = CSIM_OK;
    for (const series_range *range = book->ranges; range && !status; range = range->next)
        if (range->cells.sheet->mode == CSIM_SHEET_PAGE) status = cache_fill(book, range);
    return status;
}
