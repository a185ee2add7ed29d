/* A comparison, a waterfall and a list of differences as JSON and CSV, for programs. What is not known is null or an empty field. */
#ifndef CSIM_REPORT_EXPORT_COMPARE_H
#define CSIM_REPORT_EXPORT_COMPARE_H

#include <stdio.h>

#include "csim/engine/compare.h"
#include "csim/engine/waterfall.h"

/* One object: seed, paths, names, notes, series, claims. To an open stream, in the "C" locale. */
void csim_export_comparison_json(FILE *stream, const csim_comparison *comparison);

/* Tidy, RFC 4180 like summary.csv; one row a series, month and side, then one a reading. Appears whole or not at all: FILE_WRITE. */
csim_status csim_export_comparison_csv(const char *path, const csim_comparison *comparison, csim_error *err);

/* The same for a waterfall: both ends, the bars between them. `what` is the series and month as asked. */
void csim_export_waterfall_json(FILE *stream, const csim_waterfall *waterfall, const char *what);
csim_status csim_export_waterfall_csv(const char *path, const csim_waterfall *waterfall, csim_error *err);

#endif
