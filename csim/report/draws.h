/* The draws that a workbook shows one by one: paths kept in the run file, a row each, with their headline outcomes and the inputs that move these most.
 * Numbers only: which paths and columns, what is counted among them. Must not know where any of it stands on a sheet.
 *
 * A quantile is the engine's with a bin for each draw: the smallest value with at least the share p of the draws at or below it. It carries over to draws
 * of unequal weight, to draws of no weight, and to ties. */
#ifndef CSIM_REPORT_DRAWS_H
#define CSIM_REPORT_DRAWS_H

#include "csim/report/report_parts.h"
#include "csim/report/summary_words.h"

enum { CSIM_DRAWS_MOST = 2000, CSIM_DRAWS_INPUTS = 20, CSIM_DRAWS_LABEL = 2 * CSIM_PLAN_ID + 16 };

/* A headline outcome at the end of a month, or an input (slot < 0, month CSIM_NO_MONTH). */
typedef struct csim_draws_column {
    char label[CSIM_DRAWS_LABEL]; /* "share.open.developers 2030-12", "price.m_o" */
    const char *unit;
    int32_t slot, source;         /* source: position among the kept scalars or inputs */
    int month;                    /* from 2000-01 */
    double score;                 /* inputs: the largest rank correlation with a headline at its last date, in size */
} csim_draws_column;

/* The columns of one outcome stand together, dates rising. */
typedef struct csim_draws_headline { int32_t slot; uint32_t first, count; } csim_draws_headline;

typedef struct csim_draws {
    uint32_t rows, left_out;      /* left_out: kept paths among the first CSIM_DRAWS_MOST that stopped or were not simulated */
    uint32_t headlines, outcomes, columns; /* columns 0 … outcomes − 1 are outcomes, the rest inputs, strongest first */
    uint32_t dates;               /* months in which every headline was kept: what a fan can show */
    int date[CSIM_MAX_MONTHS];
    csim_draws_headline headline[CSIM_SUMMARY_KEYS];
    csim_draws_column *column;    /* [columns] */
    uint32_t *path;               /* [rows]: numbers for replay */
    double *value;                /* [columns][rows] */
    uint32_t *order;              /* [outcomes][rows]: rows from the smallest value up */
    double *correlation;          /* [headlines][inputs of the plan]: rank correlation at the headline's last date; 0 of what does not vary */
    uint32_t first_mover;         /* the column of the input with the largest rank correlation with the first headline; a headline's when no input varies */
} csim_draws;

/* *out stays NULL where the run file has no draw to show. NO_MEMORY. Freed by csim_draws_free. */
csim_status csim_draws_new(csim_report *report, csim_draws **out, csim_error *err);
void csim_draws_free(csim_draws *self); /* NULL is fine */

static inline const double *csim_draws_values(const csim_draws *self, uint32_t column) { return self->value + (size_t)column * self->rows; }

/* The column of a headline at a month; `columns` when it was not kept. */
uint32_t csim_draws_at(const csim_draws *self, uint32_t headline, int month);
double csim_draws_mean(const csim_draws *self, uint32_t column);
double csim_draws_sd(const csim_draws *self, uint32_t column); /* of the draws as a population */
uint32_t csim_draws_count(const csim_draws *self, uint32_t column, bool above, double threshold); /* at least the threshold, or less */
/* Over the rows that hold[row] picks (NULL: all). NAN for none. */
double csim_draws_quantile(const csim_draws *self, uint32_t column, const unsigned char *hold, double p);

#endif
