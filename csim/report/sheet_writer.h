/* A guarded writer of workbooks (.xlsx). Owns the file from its temporary name to the atomic rename, and every check that
 * the library below it leaves out. Must not know what a report says; content code must not know the library.
 *
 *     csim_book *book = NULL;
 *     csim_status status = csim_book_new("report.xlsx", run_created_unix_s, &book, err);
 *     if (status) return status;
 *     csim_sheet *sheet = csim_book_add_sheet(book, "Summary", CSIM_SHEET_PAGE);
 *     csim_sheet_put_text(sheet, 0, 0, csim_style(CSIM_ROLE_TITLE, CSIM_AS_GENERAL), "Open share");
 *     csim_sheet_put_with_error(sheet, 1, 0, CSIM_ROLE_KEY, CSIM_AS_PERCENT, 0.4312, 0.004);
 *     status = csim_book_finish(book, err);
 *     csim_book_free(book);
 *
 * The first error sticks: from then on every call does nothing and returns that error's status, and finish reports it with
 * sheet and cell. So content code may write a thousand cells and check once. Constructors (add_sheet, add_chart) never
 * return NULL for a book that is not NULL; after an error they return an object that ignores what it is given.
 *
 * Rows and columns count from 0. A cell is written once; writing it again is an error, since it means that two parts of a
 * sheet overlap. A book belongs to one thread at a time. The bytes of a file depend only on the calls and the given time:
 * the container's own stamps are fixed (1980), `created` and `modified` both carry the given time, nothing depends on
 * TMPDIR or on the process's locale. Numbers hold 16 significant digits.
 *
 * No sheet uses these yet, only the writer's own tests and demonstration: csim_sheet_put_bool, csim_sheet_set_zoom. */
#ifndef CSIM_REPORT_SHEET_WRITER_H
#define CSIM_REPORT_SHEET_WRITER_H

#include <stdatomic.h>

#include "csim/report/sheet_style.h"

typedef struct csim_book csim_book;
typedef struct csim_sheet csim_sheet;
typedef struct csim_chart csim_chart;

/* A rectangle of cells, both ends included. */
typedef struct csim_cells {
    csim_sheet *sheet;
    uint32_t row, column, last_row, last_column;
} csim_cells;

/* ---- the book ---- */

/* created_unix_s is the run's own time, after 1970 and before the year 10000. The file appears at path (where a symbolic link
 * leads, when it is one) only on success. FILE_WRITE when something stands there that is no regular file, USAGE when it is a run file. */
csim_status csim_book_new(const char *path, int64_t created_unix_s, csim_book **out, csim_error *err);

/* From now on every call looks at *cancel and fails with INTERRUPTED once it is set, until the file has its name. NULL: nobody asks. */
void csim_book_watch(csim_book *book, const atomic_int *cancel);

/* Writes, checks, syncs and renames; on any failure the temporary file is gone and an older file at path untouched.
 * Called once; afterwards only csim_book_free and csim_book_status are of use. */
csim_status csim_book_finish(csim_book *book, csim_error *err);

void csim_book_free(csim_book *book); /* NULL is fine; without finish the book is dropped */

/* The first error so far, or CSIM_OK. */
csim_status csim_book_status(const csim_book *book, csim_error *err);

typedef struct csim_book_about {
    const char *title, *subject, *author, *company, *keywords, *comments; /* NULL: left out; at most 255 characters */
} csim_book_about;

csim_status csim_book_describe(csim_book *book, const csim_book_about *about);

/* A name for cells, known in the whole book. */
csim_status csim_book_define(csim_book *book, const char *name, csim_cells cells);

/* ---- sheets ---- */

typedef enum csim_sheet_mode {
    CSIM_SHEET_PAGE, /* cells in any order; charts may read them */
    CSIM_SHEET_DATA  /* rows in rising order, in bounded memory; charts may refer to it, helpers cannot read it back */
} csim_sheet_mode;

/* Sheets stand in the order they are added. A new one is landscape A4, one page wide, with name and page number in the
 * footer and without grid lines. */
csim_sheet *csim_book_add_sheet(csim_book *book, const char *name, csim_sheet_mode mode);

const char *csim_sheet_name(const csim_sheet *sheet);

csim_status csim_sheet_set_width(csim_sheet *sheet, uint32_t first_column, uint32_t last_column, double width_chars);
csim_status csim_sheet_set_height(csim_sheet *sheet, uint32_t row, double height_points);
csim_status csim_sheet_freeze(csim_sheet *sheet, uint32_t rows, uint32_t columns);
csim_status csim_sheet_repeat_rows(csim_sheet *sheet, uint32_t first_row, uint32_t last_row); /* on each printed page */
csim_status csim_sheet_set_print_area(csim_cells cells);
csim_status csim_sheet_break_before(csim_sheet *sheet, uint32_t row); /* a printed page begins with this row; rising, at most 1023 */
csim_status csim_sheet_set_tab_colour(csim_sheet *sheet, csim_colour colour);
csim_status csim_sheet_set_zoom(csim_sheet *sheet, unsigned percent); /* 10 … 400 */

/* ---- cells ---- */

csim_cells csim_cells_of(csim_sheet *sheet, uint32_t row, uint32_t column, uint32_t last_row, uint32_t last_column);
csim_cells csim_cell_of(csim_sheet *sheet, uint32_t row, uint32_t column);

/* 'Sheet'!$A$1:$B$7, for formulas. Returns text, which holds at least CSIM_ADDRESS_SIZE bytes; "" for impossible cells. */
enum { CSIM_ADDRESS_SIZE = 192 };
char *csim_cells_address(csim_cells cells, char *text);
/* A1, for formulas within the sheet. */
char *csim_cell_local_address(uint32_t row, uint32_t column, char *text);

/* Text is never read as a formula, whatever it begins with; web addresses stay plain text. NULL is an error. */
csim_status csim_sheet_put_text(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_style style, const char *text);
/* Finite numbers only; what is not known is put as missing. */
csim_status csim_sheet_put_number(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_style style, double value);
/* Shows as many decimals as the standard error (≥ 0) allows; the cell holds the full value. */
csim_status csim_sheet_put_with_error(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_role role, csim_cell_kind kind, double value, double standard_error);
csim_status csim_sheet_put_integer(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_role role, int64_t value); /* |value| ≤ 2^53 */
csim_status csim_sheet_put_month(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_role role, int year, int month); /* a real date */
csim_status csim_sheet_put_bool(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_role role, bool value);
csim_status csim_sheet_put_blank(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_role role); /* styled, empty */
csim_status csim_sheet_put_missing(csim_sheet *sheet, uint32_t row, uint32_t column); /* the text n/a, or what say_missing gave */
void csim_sheet_say_missing(csim_sheet *sheet, const char *text); /* outlives the sheet */
csim_status csim_sheet_put_link(csim_sheet *sheet, uint32_t row, uint32_t column, const char *text, csim_cells target); /* within the book */

/* A formula beside its computed value, which viewers without a calculator show. printf style; the format and its arguments
 * are our own code's: foreign text enters through csim_formula_quote. */
csim_status csim_sheet_put_formula(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_style style, double value, const char *format, ...) __attribute__((format(printf, 6, 7)));
csim_status csim_sheet_put_formula_text(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_style style, const char *value, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* The quick way for many numbers: one style, one row. */
csim_status csim_sheet_put_row_of_numbers(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_style style, const double *values, size_t count);

/* ---- tables, input checks, marks ---- */

typedef struct csim_table_column {
    const char *header, *unit; /* unit NULL: "" */
    double width_chars;        /* 0: leave as it is */
    bool is_text;              /* heads stand left as the text does, not right as numbers do */
} csim_table_column;

enum { CSIM_TABLE_FREEZE = 1, CSIM_TABLE_FILTER = 2, CSIM_TABLE_BANDS = 4 }; /* options; one filter a sheet */

/* Writes a header row and a unit row at (row, column) and returns the data cells below, which the caller fills. Headers
 * differ from one another; tables do not overlap. Stripes (BANDS) cover the fills of inputs and guesses: not for those. Freezing also repeats the two rows on each printed page. */
csim_cells csim_sheet_add_table(csim_sheet *sheet, uint32_t row, uint32_t column, const csim_table_column *columns, size_t column_count, uint32_t data_rows, unsigned options);

/* A drop-down list for cells; the allowed values stand in a single row or column elsewhere. */
csim_status csim_cells_allow_list(csim_cells cells, csim_cells values, const char *prompt);
/* Only numbers from least to most; only whole ones. */
csim_status csim_cells_allow_numbers(csim_cells cells, double least, double most, const char *prompt);
csim_status csim_cells_allow_whole(csim_cells cells, double least, double most, const char *prompt);
/* A bar behind each number, from least to most; those below zero to the left of it, in orange. */
csim_status csim_cells_add_bars(csim_cells cells, csim_colour colour, double least, double most);
/* Cells that say ok turn green, all others vermillion. */
csim_status csim_cells_mark_checks(csim_cells cells);

/* ---- charts ---- */

typedef enum csim_chart_kind {
    CSIM_CHART_LINE,
    CSIM_CHART_AREA_STACKED, /* also the ground of csim_chart_add_fan */
    CSIM_CHART_COLUMN,
    CSIM_CHART_COLUMN_STACKED,
    CSIM_CHART_BAR, /* x is the axis of the categories, first on top */
    CSIM_CHART_BAR_STACKED,
    CSIM_CHART_SCATTER
} csim_chart_kind;

typedef enum csim_legend { CSIM_LEGEND_BOTTOM, CSIM_LEGEND_RIGHT, CSIM_LEGEND_TOP, CSIM_LEGEND_NONE } csim_legend;

typedef struct csim_chart_axis {
    const char *title;    /* with the unit; NULL: none */
    csim_cell_kind kind;  /* of the labels */
    int decimals;         /* exact, not CSIM_DIGITS_DEFAULT, unless that is given */
    bool log10, reversed, hide_labels;
    bool has_range;
    double least, most;   /* used when has_range */
    double step;          /* between labels of a value axis; 0: automatic */
    unsigned label_every; /* categories; 0: automatic */
} csim_chart_axis;

typedef struct csim_chart_plan {
    csim_chart_kind kind;
    const char *title;
    const char *alt_text; /* what a reader who cannot see it must know; required */
    csim_chart_axis x, y;
    csim_legend legend;
    const char *fan_names[3];     /* of a fan's outer band, inner band and median in the legend; NULL: "5–95 %", "25–75 %", "median" */
    uint32_t row, column;         /* the cell under its upper left corner */
    uint32_t width_px, height_px; /* 0: 620 × 340 */
} csim_chart_plan;

csim_chart *csim_sheet_add_chart(csim_sheet *sheet, const csim_chart_plan *plan);

/* Categories and values are single rows or columns of equal length. name NULL: not in the legend. */
csim_status csim_chart_add_series(csim_chart *chart, const char *name, csim_cells categories, csim_cells values, csim_colour colour);
/* A series of a stacked chart that nobody sees: it carries those added after it, so that their columns float. Not in the legend. */
csim_status csim_chart_add_base(csim_chart *chart, csim_cells categories, csim_cells values);
/* Prints each value of the last series at its mark. */
csim_status csim_chart_show_values(csim_chart *chart, csim_cell_kind kind, int decimals);

/* Scatter charts. Empty cells break a line, so one series draws many segments. */
typedef enum csim_mark { CSIM_MARK_DOTS, CSIM_MARK_LINE, CSIM_MARK_SEGMENTS, CSIM_MARK_THICK_SEGMENTS, CSIM_MARK_NONE /* points that carry labels alone */ } csim_mark;
csim_status csim_chart_add_xy(csim_chart *chart, const char *name, csim_cells x, csim_cells y, csim_colour colour, csim_mark mark);
/* Writes a text beside each point of the last series; the texts already stand on a page sheet, and are copied. */
csim_status csim_chart_label_points(csim_chart *chart, csim_cells texts);

/* A vertical segment at x from low to high. */
typedef struct csim_segment {
    double x, low, high;
} csim_segment;

/* Writes 3 rows a segment, (x, low), (x, high) and an empty one, into two columns; x and y return their cells. For
 * horizontal segments swap x and y in csim_chart_add_xy. */
csim_status csim_sheet_put_segments(csim_sheet *sheet, uint32_t row, uint32_t column, const csim_segment *segments, size_t count, csim_cells *x, csim_cells *y);

/* A fan from five columns of quantiles (5, 25, 50, 75, 95 %), already written on a page sheet: two stacked bands and the
 * median. The stack's differences go as formulas to helper rows × 6 columns, one header row first. */
enum { CSIM_FAN_HELPER_COLUMNS = 6 };
csim_status csim_chart_add_fan(csim_chart *chart, csim_cells categories, csim_cells quantiles, csim_colour colour, csim_sheet *helper, uint32_t helper_row, uint32_t helper_column);

#endif
