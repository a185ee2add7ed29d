/* A CSV file of one's own as rows of cells, whose columns are known by their names. Knows nothing of what a column means. */
#ifndef CSIM_CLI_TABLE_FILE_H
#define CSIM_CLI_TABLE_FILE_H

#include <stdio.h>

#include "csim/base/error.h"

enum { CSIM_TABLE_COLUMNS_MAX = 512 };

typedef struct csim_table_row { int line; size_t first, count; } csim_table_row; /* cells[first … first + count − 1] */

typedef struct csim_table {
    const char *name;              /* borrowed: the path */
    char *text;                    /* that all cells point into */
    const char **cells;            /* header first */
    size_t cells_used, cells_room, columns, rows_used, rows_room;
    csim_table_row *rows;
} csim_table;

/* FILE_OPEN, FILE_READ, LIMIT; SYNTAX with its place for what is no CSV, for a row with more fields than the header, and for a name that stands twice in the
 * header. Rows may have fewer fields: the missing ones are empty. Empty lines are no rows. */
csim_status csim_table_load(const char *path, csim_table *out, csim_error *err);
void csim_table_clear(csim_table *table);

int csim_table_column(const csim_table *table, const char *name); /* −1: none */

/* "" for no such column and for a missing field. */
const char *csim_table_cell(const csim_table *table, size_t row, int column);

/* The cell as a finite number. WRONG_TYPE with its place where it holds something else (NaN, which would pass for a number that nobody gave), OUT_OF_RANGE where
 * it is too large for one; *out is left alone where it is empty. */
csim_status csim_table_number(const csim_table *table, size_t row, int column, double *out, csim_error *err);

/* Prints fields with commas between, quoted where they must be. */
void csim_table_put_header(FILE *out, const csim_table *table);
void csim_table_put_row(FILE *out, const csim_table *table, size_t row); /* as many fields as the header */

#endif
