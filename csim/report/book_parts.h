/* What the files of the guarded writer (book*.c) share: a book, its sheets and charts, and the checks they begin with. The one place that includes the header of
 * libxlsxwriter 1.1.4; only book*.c include this one. Every value is checked here before the library sees it, since the library checks little and what it does
 * check it reports on stderr. Must not know what a report says.
 *
 * What was found out about the library, and is relied upon:
 *   - the container's stamps are fixed at 1980-01-01; core.xml takes both its times from the properties' `created`, and
 *     the clock only when that is 0. Scratch files (TMPDIR) leave no trace in the bytes.
 *   - numbers are printed with "%.16G" under the thread's locale, at close.
 *   - chart caches ignore the values of formulas and would show 0 in viewers: book_caches.c mends that.
 *   - workbook_close frees the book whether it succeeds or not.
 *   - it reports a full disk under its container on stderr: so room is made sure of before it is closed (book_file.c).
 *   - it does not notice a full disk under its scratch files, and would pack a cut part: csim_container_is_whole inflates
 *     every part again and looks for its end.
 *   - rows are handed to printf one value at a time and packed at the slowest level but two, so those of data sheets never reach
 *     it (book_rows.c), and those of page sheets are taken from it at finish (book_pages.c).
 *   - without memory it prints, loses cells or crashes: so csim_book_hold_memory makes sure of some before the library needs it. */
#ifndef CSIM_REPORT_BOOK_PARTS_H
#define CSIM_REPORT_BOOK_PARTS_H

#include <locale.h>

#include <xlsxwriter.h>

#include "csim/report/container.h"
#include "csim/report/packed_rows.h"
#include "csim/report/sheet_writer.h"

enum { CSIM_DATA_SHEETS_MAX = 32, CSIM_BOOK_STYLES_MAX = 512, CSIM_SERIES_POINTS_MAX = 32000 };

/* What the library may need at once for a cell, a series or chart, a sheet, and the closing of a book. */
enum { CSIM_CELL_BYTES = 512, CSIM_SERIES_BYTES = 1 << 14, CSIM_SHEET_BYTES = 1 << 19, CSIM_CLOSE_BYTES = 1 << 22 };

typedef struct csim_table_place {
    csim_cells cells;
    struct csim_table_place *next;
} csim_table_place;

typedef struct csim_row csim_row; /* book_rows.c */

struct csim_sheet {
    csim_book *book;
    lxw_worksheet *lxw; /* NULL: the sheet that ignores everything */
    char name[CSIM_SHEET_NAME_MAX * 4 + 1];
    csim_sheet_mode mode;
    const char *missing; /* NULL: n/a */
    uint32_t current_row; /* data sheets only go forward from here */
    csim_row *row;          /* of a data sheet: the current one */
    csim_packed_rows *rows; /* of a data sheet: those before the current one; of a page sheet: all, from finish on */
    char part[48];          /* its name in the container */
    bool has_filter;
    csim_table_place *tables;
    lxw_row_t *breaks; /* of printed pages, ended by 0 */
    size_t break_count;
    csim_sheet *next;
};

/* A chart's view of cells; kept until finish, when its cache is filled. */
typedef struct csim_series_range {
    lxw_series_range *lxw;
    csim_cells cells;
    struct csim_series_range *next;
} csim_series_range;

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

typedef struct csim_style_entry {
    csim_cell_style style;
    lxw_format *format;
} csim_style_entry;

struct csim_book {
    lxw_workbook *lxw; /* NULL once finished */
    char *path, *part_path, *folder;
    locale_t c_locale;
    int64_t created_unix_s;
    size_t held_bytes; /* known to have been free lately */
    csim_error error; /* the first one */
    const atomic_int *cancel; /* NULL: nobody asks */
    csim_packer *packer;
    csim_sheet *sheets, **last_sheet;
    int sheet_count, data_sheets;
    csim_chart *charts;
    csim_series_range *ranges;
    csim_style_entry styles[CSIM_BOOK_STYLES_MAX];
    size_t style_count, last_style;
    lxw_format *band_format, *good_format, *bad_format;
    csim_sheet no_sheet;
    csim_chart no_chart;
};

/* ---- errors and memory (book_errors.c) ---- */

/* Each keeps the first error and returns its status. */
csim_status csim_book_fail(csim_book *book, csim_status code, const char *format, ...) __attribute__((format(printf, 3, 4)));
csim_status csim_sheet_fail(csim_sheet *sheet, csim_status code, const char *format, ...) __attribute__((format(printf, 3, 4)));
csim_status csim_cell_fail(csim_sheet *sheet, uint32_t row, uint32_t column, csim_status code, const char *format, ...) __attribute__((format(printf, 5, 6)));

csim_status csim_book_ready(csim_book *book); /* no error yet, and nobody has broken it off */
csim_status csim_library_status(lxw_error error);
csim_status csim_sheet_result(csim_sheet *sheet, lxw_error error, const char *what); /* fails when the library did */

csim_status csim_sheet_ready(const csim_sheet *sheet); /* CSIM_OK when it can be written to */
csim_status csim_chart_ready(const csim_chart *chart);

/* Makes sure that so many bytes can be had, asking the system once a megabyte. Good for one thread, as a book is. */
csim_status csim_book_hold_memory(csim_book *book, size_t bytes);

/* ---- the book and its file (book.c, book_file.c) ---- */

void csim_book_drop_library(csim_book *book);

/* Claims a name beside the target, with the rights an ordinary new file gets. */
csim_status csim_book_claim_part(csim_book *book);
void csim_book_remove_part(csim_book *book);

/* ---- rows (book_rows.c, book_pages.c) ---- */

typedef enum csim_held_kind { CSIM_HELD_NUMBER, CSIM_HELD_TEXT, CSIM_HELD_SHARED, CSIM_HELD_BLANK, CSIM_HELD_BOOL, CSIM_HELD_FORMULA } csim_held_kind;

/* A cell on its way into packed rows. */
typedef struct csim_held_cell {
    csim_held_kind kind;
    lxw_format *format;
    double number;      /* or truth, the number of a shared text, a formula's value */
    const char *text;   /* or a formula */
    const char *value;  /* of a formula that gives a text */
} csim_held_cell;

void csim_cell_pack(csim_packed_rows *rows, uint32_t row, uint32_t column, const csim_held_cell *cell);

csim_status csim_sheet_open_rows(csim_sheet *sheet);
void csim_sheet_free_rows(csim_sheet *sheet);
/* Goes on to a row; rows before it can no longer be written. Nothing on a page sheet. */
csim_status csim_sheet_advance(csim_sheet *sheet, uint32_t row, uint32_t column);

/* The current row of a data sheet. */
void csim_row_set_height(csim_sheet *sheet, double height_points);
bool csim_row_has(const csim_sheet *sheet, uint32_t column);
csim_status csim_row_hold(csim_sheet *sheet, uint32_t row, uint32_t column, const csim_held_cell *cell); /* copies its texts */

void csim_sheet_pack_page(csim_sheet *sheet);  /* takes all cells of a page sheet from the library */
void csim_sheet_drop_cells(csim_sheet *sheet); /* the same for the few that the library makes on a data sheet, which are held anyway */
csim_status csim_book_end_rows(csim_book *book); /* no cell follows; the packer goes on with them */

/* ---- places (book_places.c) ---- */

void csim_column_letters(uint32_t column, char letters[4]);
csim_status csim_cells_check(csim_cells cells); /* whether a rectangle lies on its sheet, the right way round */
bool csim_cells_overlap(csim_cells a, csim_cells b);
bool csim_cells_are_line(csim_cells cells);
size_t csim_cells_count(csim_cells cells);
csim_cells csim_cells_nth(csim_cells line, uint32_t index);

/* ---- cells (book_cells.c) ---- */

const lxw_cell *csim_cell_find(const csim_sheet *sheet, uint32_t row, uint32_t column);
/* The value a reader sees in a numeric cell of a page sheet. */
bool csim_cell_value(const csim_sheet *sheet, uint32_t row, uint32_t column, double *value);
/* Every put begins here: the place exists, comes in order, and is still empty. */
csim_status csim_cell_open(csim_sheet *sheet, uint32_t row, uint32_t column);
csim_status csim_cell_check_text(csim_sheet *sheet, uint32_t row, uint32_t column, const char *text, size_t max_units);
csim_status csim_cell_result(csim_sheet *sheet, uint32_t row, uint32_t column, lxw_error error);

/* ---- looks (book_styles.c) ---- */

extern const char csim_book_font[];
lxw_color_t csim_library_colour(uint32_t rgb);
lxw_format *csim_book_format(csim_book *book, csim_cell_style style); /* NULL with the error set when it cannot be made */
lxw_format *csim_book_mark(csim_book *book, lxw_format **slot, uint32_t text_rgb, uint32_t fill_rgb); /* for conditions, made once; NULL likewise */

/* ---- charts (book_charts.c, book_series.c, book_caches.c), and what waits for finish ---- */

lxw_chart_font csim_chart_font(double size_points, bool bold, uint32_t rgb);
lxw_chart_line csim_chart_line(uint32_t rgb, double width_points);
csim_status csim_chart_add_plain(csim_chart *chart, const char *name, csim_cells x, csim_cells y); /* a series without a look */
csim_status csim_chart_remember_range(csim_chart *chart, lxw_series_range *library, csim_cells cells); /* for its cache, filled at finish */
csim_status csim_chart_check_last_series(csim_chart *chart);
void csim_series_set_area(lxw_chart_series *series, uint32_t rgb);
csim_status csim_book_close_charts(csim_book *book);
csim_status csim_book_close_breaks(csim_book *book);

#endif
