/* Several finished runs in one workbook: the sheets that put them side by side. Used by a comparison's own workbook (comparison_report.c) and by the index of
 * a batch. The first run is the one that others are held against. */
#ifndef CSIM_REPORT_SIDES_H
#define CSIM_REPORT_SIDES_H

#include "csim/engine/waterfall.h"
#include "csim/report/sheet_writer.h"

enum { CSIM_SIDES_MOST = 64, CSIM_SIDES_WATERFALLS = 16 };

typedef struct csim_sides csim_sides;

/* Reads 2 … CSIM_SIDES_MOST run files. `names` are what people call the runs; NULL: by their scenarios. Equal names get a number. Errors: of a file that cannot
 * be read, those of csim_run_file_read; USAGE for their number; INCONSISTENT for runs that have no reported month in common. */
csim_status csim_sides_open(const char *const *paths, const char *const *names, size_t count, csim_sides **out, csim_error *err);
void csim_sides_free(csim_sides *sides);

/* Asks for a sheet of waterfalls: what the second of two runs differs from the first by, at most CSIM_SIDES_WATERFALLS. Before sheets are added; finished ones, which
 * must outlive the book. */
void csim_sides_ask_waterfalls(csim_sides *sides, const csim_waterfall *const *waterfalls, size_t count);

/* What a list of contents says of a sheet. */
typedef struct csim_sides_entry { csim_cells target; const char *name; const char *about; } csim_sides_entry;
enum { CSIM_SIDES_SHEETS_MOST = 16 };

/* Adds the sheets at the end of the book, empty but for their names, each of which is to lead back to `home`, and lists them in `entries`
 * [CSIM_SIDES_SHEETS_MOST]. Returns how many. The sides must outlive the book. */
size_t csim_sides_add_sheets(csim_sides *sides, csim_book *book, csim_cells home, csim_sides_entry *entries);
/* A heading "Contents" over `columns` columns and a row an entry. Returns the first free row. */
uint32_t csim_sides_put_contents(csim_sheet *sheet, uint32_t row, uint32_t columns, const csim_sides_entry *entries, size_t count);
/* Fills them; the book keeps the first error, NO_MEMORY alone is returned. */
csim_status csim_sides_fill_sheets(csim_sides *sides, csim_error *err);

#endif
