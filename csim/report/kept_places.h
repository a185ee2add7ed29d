/* Where each kept path's draw of an input lies among those of other kept paths: found once for all that ask, a table for each set of paths. Owns the tables;
 * chooses neither paths nor inputs. */
#ifndef CSIM_REPORT_KEPT_PLACES_H
#define CSIM_REPORT_KEPT_PLACES_H

#include "csim/base/order.h"
#include "csim/report/report_parts.h"

enum { CSIM_KEPT_MOST = 2000 /* paths of a set */, CSIM_KEPT_COLUMNS = 16 };

struct csim_kept_places {
    struct csim_kept_places *next;
    uint32_t rows, row[CSIM_KEPT_MOST];
    uint16_t *twice; /* [inputs][rows]: how many of the rows' draws are lower, and again how many are not higher */
};

/* Of n <= CSIM_KEPT_MOST values, in the same way; order[n] gets their positions, from the smallest value up. */
void csim_places_count(const double *value, uint32_t n, csim_order_key *scratch, uint32_t *order, uint16_t *twice);

/* The table of these kept rows, made at the first call. It belongs to the report. NO_MEMORY. */
csim_status csim_kept_places_find(csim_report *report, const uint32_t *row, uint32_t rows, const csim_kept_places **out, csim_error *err);
void csim_report_forget_places(csim_report *report);

static inline const uint16_t *csim_kept_twice(const csim_kept_places *self, int32_t input) { return self->twice + (size_t)input * self->rows; }

/* The share of n values that are lower, equal ones counted half: these average 1/2. */
static inline double csim_place_of(uint16_t twice, uint32_t n) { return twice / (2.0 * n); }

/* sum[column] = Σ a[i] · many[i][column], each in the order of i. */
void csim_products_add(const double *a, const double *many, uint32_t n, double sum[CSIM_KEPT_COLUMNS]);

#endif
