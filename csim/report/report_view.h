/* What the sheets of a reader's own view show, gathered before the book is opened: outcomes to forecast with their quantiles, the kept paths' values of them, and
 * the inputs that go with them. Owns the numbers and what the sheets' formulas come to as they are shipped; must not touch a sheet. */
#ifndef CSIM_REPORT_REPORT_VIEW_H
#define CSIM_REPORT_REPORT_VIEW_H

#include "csim/report/report_parts.h"

enum {
    CSIM_VIEW_OUTCOMES = 16, CSIM_VIEW_INPUTS = 20, CSIM_VIEW_ROWS = 2000, CSIM_VIEW_FEWEST_ROWS = 100,
    CSIM_VIEW_NEAREST = 100, CSIM_VIEW_NEAREST_PART = 4, /* paths looked at as near: so many, and no more than this part of all */
    CSIM_VIEW_DECIMALS = 9, /* of what drivers are ranked by: means of places are fractions and often equal, but for what rounding leaves */
    CSIM_VIEW_POINTS = 23, CSIM_VIEW_P5 = 2, CSIM_VIEW_P50 = 11, CSIM_VIEW_P95 = 20 /* quantiles: how many, and which of them are these */
};

/* 1, 2.5, 5, 10, 15 … 95, 97.5, 99 %. */
double csim_view_share(uint32_t point);

/* A forecast one may make: an outcome in a month. Linear ones come first, then those that are measured as logarithms. */
typedef struct csim_view_outcome {
    int32_t slot, scalar, position; /* of the plan, among the kept numbers, among the report months */
    bool log;
    double point[CSIM_VIEW_POINTS]; /* quantiles over all paths of the run */
    double spread;                  /* from 5 to 95 %, on its scale */
    double near_mean;               /* over the nearest paths, as shipped */
} csim_view_outcome;

typedef struct csim_view_input {
    int32_t input;
    double point[CSIM_VIEW_POINTS];                 /* quantiles of the prior, to four digits */
    double near_mean, error, away; unsigned rank;   /* of the nearest paths' places, as shipped */
} csim_view_input;

struct csim_report_view {
    uint32_t outcomes, linear, inputs, rows, nearest;
    csim_view_outcome outcome[CSIM_VIEW_OUTCOMES];
    csim_view_input input[CSIM_VIEW_INPUTS];
    uint32_t row[CSIM_VIEW_ROWS];    /* kept rows in which every number is known */
    double *place;                   /* [inputs][rows]: places of the draws among these rows */
    double distance[CSIM_VIEW_ROWS]; /* from the medians: the forecasts as shipped */
    bool near[CSIM_VIEW_ROWS];
    uint32_t near_rows;
    double farthest, mean_distance;  /* of the nearest */
};

/* "cost.life: Life of an accelerator". Returns text. */
char *csim_view_input_name(const csim_report *report, uint32_t input, char *text, size_t size);

/* A value on the outcome's scale: its logarithm, or itself. */
double csim_view_scaled(const csim_view_outcome *outcome, double value);
/* The value of an outcome in a row. */
double csim_view_value(const csim_report *report, uint32_t outcome, uint32_t row);

/* ---- where things stand: each sheet refers to the other ---- */

typedef enum csim_view_line { /* rows of the sheet of draws, above the draws: a table's head, then its data */
    CSIM_VIEW_KEY, CSIM_VIEW_UNIT, CSIM_VIEW_NAME, CSIM_VIEW_FIRST_POINT, CSIM_VIEW_FORECAST = CSIM_VIEW_FIRST_POINT + CSIM_VIEW_POINTS, CSIM_VIEW_COUNTS, CSIM_VIEW_PLACE, CSIM_VIEW_SPREAD, CSIM_VIEW_SCALED,
    CSIM_VIEW_MEAN, CSIM_VIEW_ERROR, CSIM_VIEW_AWAY, CSIM_VIEW_RANK, CSIM_VIEW_LINES_END
} csim_view_line;

csim_cells csim_view_level(const csim_report *report, uint32_t point, uint32_t last_point); /* the levels of the quantiles */
csim_cells csim_view_outcome_cells(const csim_report *report, csim_view_line line, csim_view_line last_line, uint32_t outcome);
csim_cells csim_view_input_line(const csim_report *report, csim_view_line line);           /* of all inputs */
csim_cells csim_view_counts(const csim_report *report);                                    /* 1 for each forecast that counts */
csim_cells csim_view_distances(const csim_report *report);
csim_cells csim_view_nears(const csim_report *report);

csim_cells csim_view_forecast(const csim_report *report, uint32_t outcome); /* the reader's cells on Your view */
csim_cells csim_view_says(const csim_report *report, uint32_t outcome);     /* yes or no */
csim_cells csim_view_farthest(const csim_report *report);
csim_cells csim_view_near_count(const csim_report *report);
csim_cells csim_view_one(const csim_report *report);
csim_cells csim_view_decimals(const csim_report *report);
csim_cells csim_view_rows(const csim_report *report);

#endif
