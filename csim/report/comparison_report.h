/* The workbook of several runs: a list of contents, the runs, and the sheets that put them side by side (sides.h). */
#ifndef CSIM_REPORT_COMPARISON_REPORT_H
#define CSIM_REPORT_COMPARISON_REPORT_H

#include <stddef.h>

#include "csim/base/error.h"

/* Writes the comparison of 2 … 64 run files to `path`, which appears only when all of it was written; the first run is the one others are held against. The
 * same run files give the same bytes. USAGE: their number, or two runs of one digest; INCONSISTENT: no month in common; errors of files as csim_run_file_read
 * and csim_report_write have them. */
csim_status csim_report_write_comparison(const char *const *runs, size_t count, const char *path, csim_error *err);

#endif
