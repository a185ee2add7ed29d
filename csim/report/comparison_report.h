/* The workbook of several runs: a list of contents, the runs, and the sheets that put them side by side (sides.h). */
#ifndef CSIM_REPORT_COMPARISON_REPORT_H
#define CSIM_REPORT_COMPARISON_REPORT_H

#include <stdatomic.h>
#include <stddef.h>

#include "csim/base/error.h"
#include "csim/engine/waterfall.h"

/* Writes the comparison of 2 … 64 run files to `path`, which appears only when all of it was written; the first run is the one others are held against. The
 * same run files give the same bytes. USAGE: their number, or two runs of one digest; INCONSISTENT: no month in common; errors of files as csim_run_file_read
 * and csim_report_write have them. */
csim_status csim_report_write_comparison(const char *const *runs, size_t count, const char *path, csim_error *err);

/* The same in steps, for what takes long in between: runs are read and the file's place is claimed first, so that what cannot be written is refused before anything
 * is simulated. */
typedef struct csim_comparison_report csim_comparison_report;
csim_status csim_comparison_report_open(const char *const *runs, size_t count, const char *path, csim_comparison_report **out, csim_error *err);
/* As csim_book_watch has it. */
void csim_comparison_report_watch(csim_comparison_report *self, const atomic_int *cancel);
/* Once. With waterfalls, which only two runs have (at most 16 of them, finished), a sheet of these. */
csim_status csim_comparison_report_finish(csim_comparison_report *self, const csim_waterfall *const *waterfalls, size_t count, csim_error *err);
void csim_comparison_report_free(csim_comparison_report *self); /* NULL is fine; without finish no file appears */

#endif
