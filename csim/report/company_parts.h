/* What the blocks of the sheet of companies share: the lines of the run that they build on, and the cells of the head that formulas refer to. */
#ifndef CSIM_REPORT_COMPANY_PARTS_H
#define CSIM_REPORT_COMPANY_PARTS_H

#include "csim/report/report_lines.h"

enum { CSIM_COMPANY_LAST_COLUMN = CSIM_LINE_QUARTERS - 1 /* of the printed page, and room for tables of exposures */, CSIM_COMPANY_MOST_CHECKS = 8 };

typedef struct csim_companies {
    csim_lines lines;
    /* cells of the head */
    csim_operand one, tolerance, vendor_count, revenue_start, seat_share_start, seat_price_start, moved_a_month, serve_overhead, chip_margin;
    /* the run's means */
    csim_line months, since_start, saas_rate, seats, seat_price, ai_cost, saas_margin, multiple, pivots;
    csim_line api, sales, chips, power, hosts, closed_revenue, closed_profit, merchant_share, realised;
    csim_line share[CSIM_MAX_OFFERINGS], price[CSIM_MAX_OFFERINGS], cost[CSIM_MAX_OFFERINGS];
    csim_address check[CSIM_COMPANY_MOST_CHECKS];
    int32_t checks;
    bool all_good;
} csim_companies;

/* A heading with its rule across the page, and a note. Returns the row below. */
uint32_t csim_company_put_heading(const csim_companies *self, uint32_t row, const char *heading, const char *note);
/* The same with the heads of a block of lines. Returns the row of its first line. */
uint32_t csim_company_open(const csim_companies *self, uint32_t row, const char *heading, const char *note, const char *name);
/* Heads of a table of exposures, from CSIM_LINE_BASE on, those from column `texts` on over text; "" leaves a gap. Returns the first row below. */
uint32_t csim_company_put_heads(const csim_companies *self, uint32_t row, const char *name, const char *const *heads, uint32_t count, uint32_t texts);
/* An exposure: a share that the reader may change. */
void csim_company_put_exposure(const csim_companies *self, uint32_t row, uint32_t column, double most, double value);
/* A cell that says ok; remembered for the check of checks. */
void csim_company_put_check(csim_companies *self, uint32_t row, const char *what, bool good, const char *wrong, const char *condition);
/* Checks that two lines agree in every year. */
void csim_company_check_same(csim_companies *self, uint32_t row, const char *what, const csim_line *a, const csim_line *b);
/* Percent decimals that a change of the line may show. */
int csim_company_decimals(const csim_companies *self, csim_outcome_id id);

/* company_vendors.c, company_labs.c, company_groups.c: blocks; return the first free row. */
uint32_t csim_company_put_vendors(csim_companies *self, uint32_t row);
uint32_t csim_company_put_labs(csim_companies *self, uint32_t row);
uint32_t csim_company_put_groups(csim_companies *self, uint32_t row);

/* Below what sums of doubles that are written otherwise may differ. */
#define CSIM_COMPANY_TOLERANCE 1e-9

#endif
