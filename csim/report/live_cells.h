/* Cells that go by names, and formulas over them. A formula is written once, in names; here it becomes the cell's formula (the names of the book, addresses
 * where a name has none) and the value stored beside it. Owns the names; must not know what a sheet says. */
#ifndef CSIM_REPORT_LIVE_CELLS_H
#define CSIM_REPORT_LIVE_CELLS_H

#include "csim/report/formula_value.h"
#include "csim/report/sheet_writer.h"

typedef struct csim_live csim_live;

/* Names stand in the book behind `prefix` ("cost_"). NULL without memory. */
csim_live *csim_live_new(csim_book *book, const char *prefix);
void csim_live_free(csim_live *live); /* NULL is fine */
bool csim_live_is_complete(const csim_live *live); /* false: memory ran out on the way, and the sheets are not to be used */

/* Formulas and cells that follow belong to one column (or row) of a table: names are looked for behind `scope` first, and what is named goes behind it and
 * keeps its address alone. "" ends it. */
void csim_live_scope(csim_live *live, const char *scope);

/* A cell of the reader's or ours, written and named; name NULL: not named. */
void csim_live_put_number(csim_live *live, csim_cells cell, csim_cell_style style, const char *name, double value);
void csim_live_put_text(csim_live *live, csim_cells cell, csim_cell_style style, const char *name, const char *text);
void csim_live_put_blank(csim_live *live, csim_cells cell, csim_cell_role role, const char *name);
/* A formula in names, without "=". An error has no value to be stored: the book then fails. Returns what it came to. */
csim_value csim_live_put_formula(csim_live *live, csim_cells cell, csim_cell_style style, const char *name, const char *formula);

/* Names a row or column of cells that are written elsewhere and hold these values. */
void csim_live_name(csim_live *live, const char *name, csim_cells cells, const csim_value *values);
/* Names a row or column of cells that were written through here: of each cell its value, those of others empty. */
void csim_live_gather(csim_live *live, const char *name, csim_cells cells);

csim_cells csim_live_cells(const csim_live *live, const char *name); /* of a name; sheet NULL where it is none */

#endif
