/* See what_if.h: shipped settings, and places. */
#include "csim/report/what_if.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

const double csim_what_if_points[CSIM_WHAT_IF_POINTS] = {0.05, 0.25, 0.5, 0.75, 0.95};

/* ---- what the whole run says of a threshold ---- */

static double quantile_of_run(const csim_report *report, const csim_draws_column *column, double p) {
    const int position = csim_plan_report_find(report->plan, column->month - report->plan->start_month);
    return csim_accumulator_quantile(report->statistics, (size_t)column->slot, (size_t)position, p).value;
}

/* Share of paths below a value, from the run's bins: the quantile function turned round by halving. */
static double share_below(const csim_report *report, const csim_draws_column *column, double value) {
    enum { HALVINGS = 48 };
    double low = 0, high = 1;
    for (int i = 0; i < HALVINGS; i++) {
        const double middle = 0.5 * (low + high);
        if (quantile_of_run(report, column, middle) < value) low = middle;
        else high = middle;
    }
    return 0.5 * (low + high);
}

/* The error of a share is that of the quantile there, seen as a share. Whole numbers have no value between bins: not known. */
static csim_estimate share_of_run(const csim_report *report, const csim_draws_column *column, bool above, double threshold) {
    const int position = csim_plan_report_find(report->plan, column->month - report->plan->start_month);
    if (position < 0 || csim_report_outcome(report, column->slot)->scale == CSIM_SCALE_COUNT) return (csim_estimate){(double)NAN, (double)NAN};
    const double below = share_below(report, column, threshold);
    const double width = csim_accumulator_quantile(report->statistics, (size_t)column->slot, (size_t)position, below).error;
    const double error = 0.5 * (share_below(report, column, threshold + width) - share_below(report, column, threshold - width));
    return (csim_estimate){above ? 1 - below : below, error > 0 ? error : (double)NAN};
}

/* ---- shipped settings ---- */

double csim_what_if_round(double value) {
    const double size = fabs(value);
    if (!(size > 0)) return 0;
    const double unit = pow(10, floor(log10(size)) - 1), rounded = round(value / unit);
    return unit < 1 ? rounded / round(1 / unit) : rounded * unit; /* a power of ten is exact only from 1 upwards */
}

/* Equality of values: no outcome but whole numbers meets a threshold exactly, so "more than" is "at least" for the others. */
static bool can_answer(const csim_plan *plan, const csim_plan_reading *reading) {
    const bool whole = csim_outcome_rows[plan->slot_outcome[reading->slot]].scale == CSIM_SCALE_COUNT;
    return reading->from == reading->to && reading->given < 0 && (!whole || reading->op == 0 || reading->op == 3);
}

/* The claim's reading about this outcome, at a date that was kept, whose answer is most open: what people do ask. None where all paths say the same. */
static bool question_of_claim(const csim_report *report, const csim_draws *draws, uint32_t headline, csim_what_if_question *out) {
    const csim_plan *plan = report->plan;
    double farthest = 0.5;
    for (int at = 0; at < plan->readings; at++) {
        const csim_plan_reading *reading = &plan->reading[at];
        if (reading->slot != draws->headline[headline].slot || !can_answer(plan, reading)) continue;
        const uint32_t column = csim_draws_at(draws, headline, plan->start_month + reading->to);
        const csim_probability p = csim_result_probability(report->result, at);
        if (column == draws->columns || !p.count || fabs(p.value - 0.5) >= farthest) continue;
        farthest = fabs(p.value - 0.5);
        *out = (csim_what_if_question){column, reading->op <= 1, reading->value, {p.value, p.error}};
    }
    return farthest < 0.5;
}

static csim_what_if_question question_of(const csim_report *report, const csim_draws *draws, uint32_t headline) {
    csim_what_if_question out = {0};
    if (question_of_claim(report, draws, headline, &out)) return out;
    const uint32_t column = draws->headline[headline].first + draws->headline[headline].count - 1;
    const double threshold = csim_what_if_round(csim_draws_quantile(draws, column, NULL, 0.5));
    return (csim_what_if_question){column, true, threshold, share_of_run(report, &draws->column[column], true, threshold)};
}

static csim_what_if_belief belief_of(const csim_draws *draws, uint32_t column) {
    const double sd = csim_what_if_round(csim_draws_sd(draws, column));
    return (csim_what_if_belief){column, csim_what_if_round(csim_draws_mean(draws, column)), sd > 0 ? sd : 1};
}

/* An input, and two outcomes at the last date: what people hold beliefs about. */
static void settle(const csim_report *report, csim_what_if *self) {
    const csim_draws *draws = self->draws;
    for (uint32_t h = 0; h < draws->headlines; h++) self->question[h] = question_of(report, draws, h);
    const uint32_t last = draws->headlines - 1, middle = draws->headlines / 2;
    self->belief[0] = belief_of(draws, draws->first_mover);
    self->belief[1] = belief_of(draws, draws->headline[middle].first + draws->headline[middle].count - 1);
    self->belief[2] = belief_of(draws, draws->headline[last].first + draws->headline[last].count - 1);
    self->condition = (csim_what_if_question){.column = draws->first_mover, .above = true, .threshold = self->belief[0].mean};
    for (uint32_t i = 0; i < draws->rows; i++) {
        self->hold[i] = csim_draws_values(draws, self->condition.column)[i] >= self->condition.threshold;
        self->held += self->hold[i];
    }
}

csim_status csim_what_if_new(csim_report *report, csim_what_if **out, csim_error *err) {
    csim_draws *draws = NULL;
    const csim_status status = csim_draws_new(report, &draws, err);
    *out = NULL;
    if (status || !draws) return status;
    csim_what_if *self = calloc(1, sizeof *self);
    if (self) *self = (csim_what_if){.draws = draws, .hold = calloc(draws->rows, 1)};
    if (self && self->hold) {
        settle(report, self);
        *out = self;
        return CSIM_OK;
    }
    free(self);
    csim_draws_free(draws);
    return csim_error_set(err, CSIM_NO_MEMORY, "no memory for the what-if of a report");
}

void csim_what_if_free(csim_what_if *self) {
    if (!self) return;
    csim_draws_free(self->draws);
    free(self->hold);
    free(self);
}

/* ---- places ---- */

csim_what_if_at csim_what_if_at_of(csim_cells cells) {
    csim_what_if_at out;
    csim_cells_address(cells, out.text);
    return out;
}

static uint32_t below_table(uint32_t first, uint32_t rows) { return first + rows + 4; } /* a blank, a heading and the two rows of heads */

csim_what_if_rows csim_what_if_rows_of(const csim_draws *draws) {
    csim_what_if_rows out = {.constants = 7};
    out.sums = below_table(out.constants, CSIM_WHAT_IF_CONSTANTS);
    out.beliefs = below_table(out.sums, CSIM_WHAT_IF_SUMS);
    out.chosen = below_table(out.beliefs, CSIM_WHAT_IF_BELIEFS);
    out.headlines = below_table(out.chosen, CSIM_CHOSEN_ROWS);
    out.dates = below_table(out.headlines, draws->headlines);
    out.directory = below_table(out.dates, draws->dates);
    out.steps = below_table(out.directory, draws->columns);
    return out;
}

csim_cells csim_what_if_draws(const csim_report *report, uint32_t column) {
    return csim_cells_of(report->sheet[CSIM_REPORT_DRAWS], CSIM_DRAWS_TOP, column, CSIM_DRAWS_TOP + report->what_if->draws->rows - 1, column);
}

csim_cells csim_what_if_block(const csim_report *report) {
    csim_cells out = csim_what_if_draws(report, CSIM_DRAWS_FIRST);
    out.last_column = CSIM_DRAWS_FIRST + report->what_if->draws->columns - 1;
    return out;
}

csim_cells csim_what_if_step(const csim_report *report, uint32_t row, uint32_t column) { return csim_cell_of(report->sheet[CSIM_REPORT_WHAT_IF_STEPS], row, column); }

csim_cells csim_what_if_step_run(const csim_report *report, uint32_t row, uint32_t column, uint32_t rows) {
    return csim_cells_of(report->sheet[CSIM_REPORT_WHAT_IF_STEPS], row, column, row + rows - 1, column);
}

csim_cells csim_what_if_constant_cell(const csim_report *report, csim_what_if_constant which) {
    return csim_what_if_step(report, csim_what_if_rows_of(report->what_if->draws).constants + which, 1);
}

csim_cells csim_what_if_sum_cell(const csim_report *report, csim_what_if_sum which) {
    return csim_what_if_step(report, csim_what_if_rows_of(report->what_if->draws).sums + which, 1);
}

csim_cells csim_what_if_cumulative(const csim_report *report, uint32_t which) {
    const csim_draws *draws = report->what_if->draws;
    return csim_what_if_step_run(report, csim_what_if_rows_of(draws).steps, CSIM_STEP_CUMULATIVE + which, draws->rows);
}

csim_cells csim_what_if_order(const csim_report *report) {
    const csim_draws *draws = report->what_if->draws;
    csim_cells out = csim_what_if_cumulative(report, draws->headlines + 2 * draws->dates);
    out.last_column = out.column + draws->outcomes - 1;
    return out;
}

csim_cells csim_what_if_belief_cell(const csim_report *report, uint32_t belief, csim_what_if_belief_column column) {
    return csim_cell_of(report->sheet[CSIM_REPORT_WHAT_IF], CSIM_WHAT_IF_BELIEF_ROW + belief, column);
}

csim_cells csim_what_if_row_cell(const csim_report *report, uint32_t headline, uint32_t column) {
    return csim_cell_of(report->sheet[CSIM_REPORT_WHAT_IF], CSIM_WHAT_IF_THRESHOLD_ROW + headline, column);
}

uint32_t csim_what_if_condition_row(const csim_report *report) { return CSIM_WHAT_IF_THRESHOLD_ROW + report->what_if->draws->headlines + 6; }

csim_cells csim_what_if_condition_cell(const csim_report *report, csim_what_if_condition_column column) {
    return csim_cell_of(report->sheet[CSIM_REPORT_WHAT_IF], csim_what_if_condition_row(report), column);
}

csim_cells csim_what_if_effective_cell(const csim_report *report) { return csim_cell_of(report->sheet[CSIM_REPORT_WHAT_IF], CSIM_WHAT_IF_STATE_ROW + 1, 1); }

csim_cells csim_what_if_shown_cell(const csim_report *report) { return csim_cell_of(report->sheet[CSIM_REPORT_WHAT_IF], csim_what_if_condition_row(report) + 3, 0); }

void csim_what_if_quantile(const csim_report *report, csim_cells column_number, uint32_t cumulative, int point, char *text, size_t size) {
    const csim_cells weights = csim_what_if_cumulative(report, cumulative), total = csim_cell_of(weights.sheet, weights.last_row, weights.column);
    const csim_what_if_at number = csim_what_if_at_of(column_number), zero = csim_what_if_at_of(csim_what_if_constant_cell(report, CSIM_WHAT_IF_ZERO));
    snprintf(text, size, "INDEX(INDEX(%s,%s,%s),INDEX(INDEX(%s,%s,%s),SUMPRODUCT(--(%s<%s*%s))+%s))", CSIM_AT(csim_what_if_block(report)), zero.text, number.text,
             CSIM_AT(csim_what_if_order(report)), zero.text, number.text, CSIM_AT(weights), CSIM_AT(csim_what_if_constant_cell(report, (csim_what_if_constant)(CSIM_WHAT_IF_P + point))),
             CSIM_AT(total), CSIM_AT(csim_what_if_constant_cell(report, CSIM_WHAT_IF_ONE)));
}
