/* The house rules of a workbook: its colours, what a cell means and how it therefore looks, how many digits a number may
 * show, and what may stand in a name, a text or a formula. Pure functions over text and numbers; must not know the library
 * that writes the file, nor keep state. */
#ifndef CSIM_REPORT_SHEET_STYLE_H
#define CSIM_REPORT_SHEET_STYLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "csim/base/error.h"

/* Okabe and Ito's palette (2008), told apart by every common kind of colour vision, and three greys. */
typedef enum csim_colour {
    CSIM_COLOUR_BLACK,
    CSIM_COLOUR_ORANGE,
    CSIM_COLOUR_SKY_BLUE,
    CSIM_COLOUR_GREEN,
    CSIM_COLOUR_YELLOW,
    CSIM_COLOUR_BLUE,
    CSIM_COLOUR_VERMILLION,
    CSIM_COLOUR_PURPLE,
    CSIM_COLOUR_DARK_GREY,
    CSIM_COLOUR_GREY,
    CSIM_COLOUR_LIGHT_GREY,
    CSIM_COLOUR_COUNT
} csim_colour;

uint32_t csim_colour_rgb(csim_colour colour); /* 0xRRGGBB */

/* The colour mixed with white; white_frac 0 keeps it, 1 is white. Opaque tints print and convert alike everywhere, which
 * transparency does not. */
uint32_t csim_colour_tint(csim_colour colour, double white_frac);

/* What a cell is for. */
typedef enum csim_cell_role {
    CSIM_ROLE_BODY,
    CSIM_ROLE_TITLE,
    CSIM_ROLE_SUBTITLE,
    CSIM_ROLE_HEADING,
    CSIM_ROLE_PARAGRAPH, /* body text that wraps */
    CSIM_ROLE_NOTE,
    CSIM_ROLE_KEY,      /* a headline figure */
    CSIM_ROLE_INPUT,    /* the reader may change it: blue */
    CSIM_ROLE_FORMULA,  /* computed in the sheet: black */
    CSIM_ROLE_ESTIMATE, /* derived from data with judgement */
    CSIM_ROLE_GUESS,    /* judgement alone */
    CSIM_ROLE_LINK,
    CSIM_ROLE_TABLE_HEADER, /* above numbers */
    CSIM_ROLE_TABLE_UNIT,
    CSIM_ROLE_TABLE_HEADER_TEXT, /* above text */
    CSIM_ROLE_TABLE_UNIT_TEXT,
    CSIM_ROLE_TOTAL,
    CSIM_ROLE_MISSING,
    CSIM_ROLE_COUNT
} csim_cell_role;

/* How its content is to be read. */
typedef enum csim_cell_kind {
    CSIM_AS_GENERAL, /* text, truth values, numbers of unknown size */
    CSIM_AS_INTEGER,
    CSIM_AS_NUMBER,
    CSIM_AS_USD,
    CSIM_AS_PERCENT, /* 0.25 shows as 25 % */
    CSIM_AS_RATIO,   /* 2.5 shows as 2.5× */
    CSIM_AS_SCIENTIFIC,
    CSIM_AS_MONTH,      /* a date, shown yyyy-mm */
    CSIM_AS_DATE,       /* a date, shown yyyy-mm-dd */
    CSIM_AS_DATE_YEAR,  /* a date, shown yyyy: for axes */
    CSIM_AS_PLAIN_YEAR, /* the number 2027 */
    CSIM_AS_COUNT
} csim_cell_kind;

enum { CSIM_DIGITS_DEFAULT = -1, CSIM_DIGITS_MAX = 9 };

typedef struct csim_cell_style {
    csim_cell_role role;
    csim_cell_kind kind;
    int decimals; /* CSIM_DIGITS_DEFAULT or 0 … CSIM_DIGITS_MAX */
} csim_cell_style;

csim_cell_style csim_style(csim_cell_role role, csim_cell_kind kind);
csim_cell_style csim_style_digits(csim_cell_role role, csim_cell_kind kind, int decimals);

/* Decimals at which the first significant digit of the standard error is the last one shown (0.031 → 2; as a percentage
 * 0.031 → 0). A zero error means an exact value: the default. Errors of 1 and more show no decimals. */
int csim_decimals_from_error(csim_cell_kind kind, double standard_error);

/* The spreadsheet's number format. text holds at least CSIM_NUMBER_FORMAT_SIZE bytes. */
enum { CSIM_NUMBER_FORMAT_SIZE = 64 };
void csim_number_format(csim_cell_kind kind, int decimals, char *text);

/* How a role looks; -1 stands for "none" in a colour. */
typedef enum csim_align { CSIM_ALIGN_DEFAULT, CSIM_ALIGN_LEFT, CSIM_ALIGN_CENTRE, CSIM_ALIGN_RIGHT } csim_align;

typedef struct csim_look {
    double size_points;
    bool bold, italic, underline, wrap, rule_above, rule_below;
    csim_align align;
    int32_t text_rgb, fill_rgb;
} csim_look;

csim_look csim_role_look(csim_cell_role role);

/* The day number of the first of a month, as spreadsheets count days (1900 system); -1 outside 1901 … 9999. */
double csim_month_serial(int year, int month);

/* Checks. Each says in err what is wrong; none allocates. Lengths count UTF-16 units, as the file format does. */
enum { CSIM_TEXT_MAX = 32767, CSIM_FORMULA_MAX = 8192, CSIM_SHEET_NAME_MAX = 31, CSIM_DEFINED_NAME_MAX = 100 };

csim_status csim_text_check(const char *text, size_t max_units, csim_error *err);
csim_status csim_sheet_name_check(const char *name, csim_error *err);
csim_status csim_defined_name_check(const char *name, csim_error *err);

/* Equal but for the case of letters (ASCII, Latin-1, Greek, Cyrillic), as spreadsheets compare names. Valid UTF-8 only. */
bool csim_names_equal(const char *a, const char *b);

/* Checks a formula that begins with "=": balance, characters, and that every function is known both to Excel and to
 * LibreOffice 7.4 and does not change from one opening to the next; writes it with the prefixes the file format wants. Of
 * references with a sheet's name before them those to `sheet`, where the formula will stand (NULL: anywhere), lose the name,
 * and in its own `row` (counted from 0) the $ before the row. */
csim_status csim_formula_prepare(const char *formula, const char *sheet, uint32_t row, char *out, size_t size, csim_error *err);

/* Writes text as a formula's string literal, with its quotes. The only way for foreign text to enter a formula. */
csim_status csim_formula_quote(const char *text, char *out, size_t size, csim_error *err);

/* Escapes "_xHHHH_", which a spreadsheet would otherwise decode into a character. Returns the length that is needed
 * without the final zero, as snprintf does. */
size_t csim_text_escape(const char *text, char *out, size_t size);

#endif
