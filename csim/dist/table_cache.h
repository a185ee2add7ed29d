/* Quantile tables that were built before. A table is a pure function of its shapes and takes milliseconds to build; the further scenarios of a run, the
 * corners of a waterfall and the cells of a batch share nearly all of them. Owns a fixed number of tables for the life of the process, and no other memory;
 * safe to call from several threads at once. */
#ifndef CSIM_DIST_TABLE_CACHE_H
#define CSIM_DIST_TABLE_CACHE_H

#include "csim/dist/table.h"

enum { CSIM_TABLE_CACHE = 128 };

/* As the functions of table.h without `cached`, with the same bits. */
csim_status csim_table_cached_gamma(double shape, double *table, csim_error *err);
csim_status csim_table_cached_beta(double a, double b, double *table, csim_error *err);

#endif
