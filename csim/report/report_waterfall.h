/* Waterfalls in cells: steps that each begin where the one before ended, between two whole columns that stand on the ground. What is drawn stands in columns of
 * its own: two bases that nobody sees, of which one carries what is above zero and the other what is below, so that a step may cross it. All are formulas over
 * the columns of change, from and to. Must not know what changes. Internal to csim/report/. */
#ifndef CSIM_REPORT_REPORT_WATERFALL_H
#define CSIM_REPORT_REPORT_WATERFALL_H

#include "csim/report/report_formulas.h"

/* The columns that are drawn, side by side. */
enum {
    CSIM_DRAWN_BASE_ABOVE, CSIM_DRAWN_BASE_BELOW, CSIM_DRAWN_RISE_ABOVE, CSIM_DRAWN_RISE_BELOW, CSIM_DRAWN_FALL_ABOVE, CSIM_DRAWN_FALL_BELOW, CSIM_DRAWN_WHOLE, CSIM_DRAWN_COLUMNS
};

/* Where a waterfall stands: the columns of its table, and the cell that holds the ground, 0. */
typedef struct csim_steps_place {
    csim_sheet *sheet;
    uint32_t change, from, to, drawn /* the first of CSIM_DRAWN_COLUMNS */;
    csim_address zero;
} csim_steps_place;

/* One step, as it stands in the cells: a whole one from the ground up, any other from where the row above ended. */
typedef struct csim_steps_step { double change, from, to; csim_cell_kind kind; int decimals; bool whole; } csim_steps_step;

/* Heads of the drawn columns, CSIM_DRAWN_COLUMNS of them; the last is named by the caller. */
void csim_steps_heads(csim_table_column *heads, const char *whole, const char *unit);

/* Where a step begins and ends. The change is the caller's to put. */
void csim_steps_put_ends(const csim_steps_place *place, uint32_t row, csim_steps_step step);
/* What is drawn of it. */
void csim_steps_put_drawn(const csim_steps_place *place, uint32_t row, csim_steps_step step);

/* Adds the chart: rises green, falls vermillion, the ends blue and named `whole` in the legend. The plan's kind is set here. */
void csim_steps_draw(const csim_steps_place *place, csim_chart_plan plan, csim_cells labels, const char *whole);

#endif
