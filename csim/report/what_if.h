/* What the three sheets of the what-if share: the draws, the settings they are shipped with and what the engine makes of these, and where each block of
 * cells stands. The reader's settings and answers are on "What-if", the draws with their weights on "Draws", everything in between on "What-if steps".
 * Internal to csim/report/. */
#ifndef CSIM_REPORT_WHAT_IF_H
#define CSIM_REPORT_WHAT_IF_H

#include "csim/report/draws.h"

enum { CSIM_WHAT_IF_BELIEFS = 3, CSIM_WHAT_IF_POINTS = 5, CSIM_WHAT_IF_FORMULA = 16 * CSIM_ADDRESS_SIZE /* a part of a formula */ };

enum { CSIM_WHAT_IF_FEW = 50 /* effective draws; fewer say too little */, CSIM_WHAT_IF_MOST = 1000000000 /* of a mean, a spread or a threshold, in size */ };
#define CSIM_WHAT_IF_WRONG 0.05 /* chance that a one-sided bound is wrong */

extern const double csim_what_if_points[CSIM_WHAT_IF_POINTS]; /* of the quantiles */

/* A row of thresholds as shipped. */
typedef struct csim_what_if_question {
    uint32_t column;       /* of the draws */
    bool above;            /* at least the threshold; else less */
    double threshold;
    csim_estimate full;    /* the run's own probability; NAN where it does not know it */
} csim_what_if_question;

typedef struct csim_what_if_belief { uint32_t column; double mean, sd; } csim_what_if_belief;

typedef struct csim_what_if {
    csim_draws *draws;
    csim_what_if_question question[CSIM_SUMMARY_KEYS];
    csim_what_if_belief belief[CSIM_WHAT_IF_BELIEFS]; /* shipped switched off */
    csim_what_if_question condition;                  /* `full` is not used */
    unsigned char *hold;                              /* [draws->rows]: whether the shipped condition holds */
    uint32_t held;
} csim_what_if;

/* *out stays NULL where there are no draws. NO_MEMORY. */
csim_status csim_what_if_new(csim_report *report, csim_what_if **out, csim_error *err);
void csim_what_if_free(csim_what_if *self); /* NULL is fine */

/* A number as a threshold is written: two significant digits. */
double csim_what_if_round(double value);

/* ---- places ---- */

/* A cell's or range's address, for one formula. */
typedef struct csim_what_if_at { char text[CSIM_ADDRESS_SIZE]; } csim_what_if_at;
csim_what_if_at csim_what_if_at_of(csim_cells cells);
#define CSIM_AT(cells) (csim_what_if_at_of(cells).text)

/* Numbers and words that formulas refer to instead of holding them. */
typedef enum csim_what_if_constant {
    CSIM_WHAT_IF_ZERO, CSIM_WHAT_IF_ONE, CSIM_WHAT_IF_TWO, CSIM_WHAT_IF_P, CSIM_WHAT_IF_HALF = CSIM_WHAT_IF_P + 2, CSIM_WHAT_IF_LEVEL = CSIM_WHAT_IF_P + CSIM_WHAT_IF_POINTS,
    CSIM_WHAT_IF_LEAST, CSIM_WHAT_IF_TOLERANCE, CSIM_WHAT_IF_OFF, CSIM_WHAT_IF_ON, CSIM_WHAT_IF_ABOVE, CSIM_WHAT_IF_BELOW, CSIM_WHAT_IF_CONSTANTS
} csim_what_if_constant;

/* Sums over the draws. */
typedef enum csim_what_if_sum {
    CSIM_SUM_LARGEST, CSIM_SUM_WEIGHT, CSIM_SUM_SQUARES, CSIM_SUM_HELD, CSIM_SUM_HELD_WEIGHT, CSIM_SUM_HELD_SQUARES, CSIM_SUM_FACTORS, CSIM_SUM_MISSING, CSIM_WHAT_IF_SUMS
} csim_what_if_sum;

enum { CSIM_DRAWS_PATH, CSIM_DRAWS_LOG_WEIGHT, CSIM_DRAWS_WEIGHT, CSIM_DRAWS_HOLDS, CSIM_DRAWS_HELD_WEIGHT, CSIM_DRAWS_FIRST, CSIM_DRAWS_TOP = 6 };

/* Columns of the tables on "What-if steps". */
enum { CSIM_STEP_BELIEF, CSIM_STEP_BELIEF_COLUMN, CSIM_STEP_BELIEF_FACTOR, CSIM_STEP_BELIEF_MEAN, CSIM_STEP_BELIEF_KNOWN, CSIM_STEP_BELIEF_MISSING };
enum { CSIM_STEP_CHOSEN, CSIM_STEP_CHOSEN_POSITION };
enum { CSIM_CHOSEN_CONDITION, CSIM_CHOSEN_SHOWN, CSIM_CHOSEN_SHIPPED_COLUMN, CSIM_CHOSEN_SHIPPED_DIRECTION, CSIM_CHOSEN_SHIPPED_THRESHOLD, CSIM_CHOSEN_CONDITION_READY, CSIM_CHOSEN_SHOWN_READY, CSIM_CHOSEN_ROWS };
enum {
    CSIM_STEP_TITLE, CSIM_STEP_COLUMN, CSIM_STEP_READY /* 1: every cell that the row needs holds what it may */, CSIM_STEP_COUNT, CSIM_STEP_HITS, CSIM_STEP_HIT_SQUARES, CSIM_STEP_UNHALVED, CSIM_STEP_MONTH, CSIM_STEP_DIRECTION, CSIM_STEP_THRESHOLD,
    CSIM_STEP_SHARE, CSIM_STEP_POINTS, CSIM_STEP_FULL = CSIM_STEP_POINTS + CSIM_WHAT_IF_POINTS, CSIM_STEP_FULL_ERROR, CSIM_STEP_GRID
};
enum { CSIM_STEP_DATE, CSIM_STEP_DATE_COLUMN, CSIM_STEP_DATE_POINTS };
enum { CSIM_STEP_LABEL, CSIM_STEP_NUMBER, CSIM_STEP_WHEN, CSIM_STEP_UNIT };
enum { CSIM_STEP_PLACE, CSIM_STEP_CUMULATIVE };

/* Rows at which the data of each block on "What-if steps" begin; they stand one below the other. */
typedef struct csim_what_if_rows { uint32_t constants, sums, beliefs, chosen, headlines, dates, directory, steps; } csim_what_if_rows;
csim_what_if_rows csim_what_if_rows_of(const csim_draws *draws);

/* Cells on "Draws": one column over all draws; the block of outcomes and inputs, or one row of it. */
csim_cells csim_what_if_draws(const csim_report *report, uint32_t column);
csim_cells csim_what_if_block(const csim_report *report);

/* Cells on "What-if steps". */
csim_cells csim_what_if_constant_cell(const csim_report *report, csim_what_if_constant which);
csim_cells csim_what_if_sum_cell(const csim_report *report, csim_what_if_sum which);
csim_cells csim_what_if_step(const csim_report *report, uint32_t row, uint32_t column);
csim_cells csim_what_if_step_run(const csim_report *report, uint32_t row, uint32_t column, uint32_t rows); /* downwards */
csim_cells csim_what_if_cumulative(const csim_report *report, uint32_t which);  /* headlines, then dates over all draws, then dates under the condition */
csim_cells csim_what_if_order(const csim_report *report);

/* Cells on "What-if": the reader's. */
typedef enum csim_what_if_belief_column { CSIM_BELIEF_VARIABLE, CSIM_BELIEF_UNIT, CSIM_BELIEF_USE, CSIM_BELIEF_MEAN, CSIM_BELIEF_SD, CSIM_BELIEF_DRAWN_MEAN, CSIM_BELIEF_DRAWN_SD, CSIM_BELIEF_NOW_MEAN, CSIM_BELIEF_NOW_SD, CSIM_BELIEF_COLUMNS } csim_what_if_belief_column;
typedef enum csim_what_if_row_column {
    CSIM_ROW_TITLE, CSIM_ROW_UNIT, CSIM_ROW_DIRECTION, CSIM_ROW_MONTH, CSIM_ROW_THRESHOLD, CSIM_ROW_SHARE, CSIM_ROW_ERROR, CSIM_ROW_FULL, CSIM_ROW_FULL_ERROR, CSIM_ROW_POINTS,
    CSIM_ROW_TABLE = CSIM_ROW_POINTS + CSIM_WHAT_IF_POINTS, CSIM_ROW_CHECK /* of every block, apart from its numbers */, CSIM_ROW_COLUMNS
} csim_what_if_row_column;
typedef enum csim_what_if_condition_column { CSIM_CONDITION_VARIABLE, CSIM_CONDITION_UNIT, CSIM_CONDITION_DIRECTION, CSIM_CONDITION_THRESHOLD, CSIM_CONDITION_SHARE, CSIM_CONDITION_DRAWS, CSIM_CONDITION_EFFECTIVE, CSIM_CONDITION_COLUMNS } csim_what_if_condition_column;

csim_cells csim_what_if_belief_cell(const csim_report *report, uint32_t belief, csim_what_if_belief_column column);
csim_cells csim_what_if_row_cell(const csim_report *report, uint32_t headline, uint32_t column);
csim_cells csim_what_if_condition_cell(const csim_report *report, csim_what_if_condition_column column);
csim_cells csim_what_if_shown_cell(const csim_report *report); /* the outcome of the fans */
csim_cells csim_what_if_effective_cell(const csim_report *report); /* how many equal draws would say as much */

/* ---- sheet_what_if_fan.c ---- */

/* The blocks of condition and fan below the thresholds. Returns the first free row. */
uint32_t csim_what_if_put_fan(csim_report *report);

/* Rows on "What-if". */
enum { CSIM_WHAT_IF_BELIEF_ROW = 13, CSIM_WHAT_IF_STATE_ROW = CSIM_WHAT_IF_BELIEF_ROW + CSIM_WHAT_IF_BELIEFS + 1, CSIM_WHAT_IF_STATES = 4, CSIM_WHAT_IF_THRESHOLD_ROW = CSIM_WHAT_IF_STATE_ROW + CSIM_WHAT_IF_STATES + 5 };

/* The condition's data row; its heading stands four rows above. */
uint32_t csim_what_if_condition_row(const csim_report *report);

/* The quantile's formula: the first of the sorted draws at which the cumulative weight reaches the share; "=" is not in it. */
void csim_what_if_quantile(const csim_report *report, csim_cells column_number, uint32_t cumulative, int point, char *text, size_t size);

#endif
