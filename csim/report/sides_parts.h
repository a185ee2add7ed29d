/* What the sheets of several runs share: the runs, the months and series in which they are compared, and where things stand. Internal to csim/report/. */
#ifndef CSIM_REPORT_SIDES_PARTS_H
#define CSIM_REPORT_SIDES_PARTS_H

#include "csim/engine/compare.h"
#include "csim/report/report_parts.h"
#include "csim/report/sides.h"
#include "csim/report/summary_words.h"

enum { CSIM_SIDE_LABEL = 256, CSIM_SIDE_LABEL_UNITS = 56, CSIM_SIDE_END_UNITS = 24 /* of a name cut in the middle */, CSIM_SIDES_MONTHS = 3, CSIM_SIDES_SERIES = 2 * CSIM_SUMMARY_KEYS, CSIM_SIDES_HEADLINES = 6 };

/* One run. Its file has been shed (csim_run_file_shed): series come from report.rows. */
typedef struct csim_side {
    char label[CSIM_SIDE_LABEL]; /* unlike every other's, safe to put, short */
    const char *obstacle;        /* why its paths did not meet the luck of the first side's ("another seed"); NULL: they did */
    const char *unpaired;        /* why no path is paired all the same, in a few words; NULL: some are */
    char scenario_name[CSIM_SIDE_LABEL];
    csim_run_file *file;
    csim_scenario *scenario;
    csim_report report;          /* no book and no sheets but that of chart data */
} csim_side;

/* A series in a month: a row of the tables of outcomes. */
typedef struct csim_sides_row { char series[2 * CSIM_PLAN_ID]; csim_outcome_id outcome; int month; } csim_sides_row;

/* What a sheet of charts shows. */
typedef struct csim_sides_headline { char series[2 * CSIM_PLAN_ID]; csim_outcome_id outcome; const char *name; csim_colour colour; csim_sheet *sheet; } csim_sides_headline;

struct csim_sides {
    csim_side *side;
    size_t count;
    int first_month, last_month;                /* since 2000-01, of what all runs report */
    csim_sides_row row[CSIM_SIDES_SERIES * CSIM_SIDES_MONTHS];
    uint32_t rows;
    csim_sides_headline headline[CSIM_SIDES_HEADLINES];
    size_t headlines;
    const csim_waterfall *const *waterfall; /* borrowed */
    size_t waterfalls;
    csim_sheet *outcomes, *differences, *waterfalls_sheet /* NULL without waterfalls */, *claims, *keys, *chart_data;
    csim_cells home;
    uint32_t chart_row;
};

/* ---- sides.c ---- */

/* A series of a side; −1 when it has none. */
int32_t csim_side_slot(const csim_side *side, const char *series);
/* Its numbers in a month that all report; false when the side lacks the series. */
/* The label in `units` letters, unlike every other's where their ends differ. Returns text. */
char *csim_side_short_label(const csim_sides *sides, size_t at, size_t units, char *text, size_t size);
bool csim_side_read(const csim_side *side, const char *series, int month, csim_report_row *out);
/* Title, subtitle, the way back. Returns the first free row. */
uint32_t csim_sides_put_head(const csim_sides *sides, csim_sheet *sheet, const char *title, const char *subtitle);
/* A title for a row: outcome, element. */
char *csim_sides_row_title(const csim_sides *sides, const csim_sides_row *row, char *text, size_t size);
/* Draws with a side's report as if the sheet of chart data were its own. */
csim_report *csim_sides_lend(csim_sides *sides, size_t side);
void csim_sides_take_back(csim_sides *sides, size_t side);

/* ---- the sheets ---- */

/* Where the numbers of sides stand on the sheet of outcomes, for formulas elsewhere. */
typedef enum csim_sides_number { CSIM_SIDES_P5, CSIM_SIDES_P50, CSIM_SIDES_P95, CSIM_SIDES_P50_ERROR, CSIM_SIDES_MEAN, CSIM_SIDES_MEAN_ERROR, CSIM_SIDES_NUMBERS } csim_sides_number;
csim_cells csim_sides_cell(const csim_sides *sides, size_t side, uint32_t row, csim_sides_number number);
void csim_sides_fill_outcomes(csim_sides *sides);

/* B − A of a side and the first: paired where paths can be, NAN where not. */
csim_status csim_sides_pair(const csim_sides *sides, size_t side, const csim_sides_row *row, csim_compare_row *out, csim_error *err);
csim_status csim_sides_fill_differences(csim_sides *sides, csim_error *err);
void csim_sides_fill_waterfalls(const csim_sides *sides);
csim_status csim_sides_fill_claims(csim_sides *sides, csim_error *err);
csim_status csim_sides_fill_keys(csim_sides *sides, csim_error *err);
csim_status csim_sides_fill_charts(csim_sides *sides, csim_sides_headline *headline, csim_error *err);

#endif
