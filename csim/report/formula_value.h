/* What a formula comes to: the small part of a spreadsheet's arithmetic that live sheets use, so that each formula is written once and the value stored beside
 * it follows from the formula itself. Pure functions over text and numbers; must know neither sheets nor the library that writes them. */
#ifndef CSIM_REPORT_FORMULA_VALUE_H
#define CSIM_REPORT_FORMULA_VALUE_H

#include <stdbool.h>
#include <stddef.h>

enum { CSIM_VALUE_TEXT_MAX = 256 };

typedef enum csim_value_kind { CSIM_VALUE_EMPTY, CSIM_VALUE_NUMBER, CSIM_VALUE_TEXT, CSIM_VALUE_ERROR } csim_value_kind;

/* Of a cell, or of an expression; truth is 1 or 0. */
typedef struct csim_value {
    csim_value_kind kind;
    double number;
    char text[CSIM_VALUE_TEXT_MAX];
} csim_value;

/* Values of a row or a column of cells; one of a single cell. */
typedef struct csim_value_line { const csim_value *first; size_t count; } csim_value_line;

csim_value csim_value_of_number(double number); /* an error where it is not finite */
csim_value csim_value_of_text(const char *text); /* cut at the size of a value's text */

/* The cells that a name of a formula (lower case letters, digits, _) stands for; false when it stands for none. */
typedef bool csim_value_find(const void *scope, const char *name, size_t length, csim_value_line *out);

/* Of a formula without its "=". Knows + - * / ^, & between texts, comparisons, numbers, "texts", names and ABS AND COUNT COUNTIF EXP IF IFERROR INDEX INT ISNUMBER LN LOG MATCH MAX
 * MIN NOT OR ROUND ROUNDUP (both to whole numbers) SQRT SUM; whatever else gives an error, as do texts in arithmetic. */
csim_value csim_formula_value(const char *formula, csim_value_find *find, const void *scope);

#endif
