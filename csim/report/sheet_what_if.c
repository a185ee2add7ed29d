/* What-if: the reader's questions to the draws. Blue cells take beliefs and thresholds; probabilities, errors and quantiles follow by formula, without a
 * macro. Condition and fan are in sheet_what_if_fan.c, everything in between on the sheet What-if steps. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "csim/report/what_if.h"

enum { TITLE_WIDTH = 54, NOTE_WIDTH = 250, GAP_WIDTH = 2, UNIT_WIDTH = 15, NUMBER_WIDTH = 11, STATE_CHECK = 3 /* column: one apart from the numbers */ };

#define FORMULA CSIM_GENERAL(CSIM_ROLE_FORMULA)

static void put_heading(csim_sheet *sheet, uint32_t row, const char *text) {
    csim_sheet_put_text(sheet, row, 0, CSIM_GENERAL(CSIM_ROLE_HEADING), text);
    for (uint32_t column = 1; column < CSIM_ROW_COLUMNS; column++) csim_sheet_put_blank(sheet, row, column, CSIM_ROLE_HEADING);
}

static csim_cells list_of(const csim_report *report, csim_what_if_constant first) {
    csim_cells cells = csim_what_if_constant_cell(report, first);
    cells.last_row++; /* on and off, above and below stand one below the other */
    return cells;
}

/* ---- head ---- */

static uint32_t put_notes(const csim_report *report, csim_sheet *sheet) {
    const csim_draws *draws = report->what_if->draws;
    const csim_result *result = report->result;
    char text[2 * CSIM_REPORT_LINE], few[160] = "";
    if (draws->left_out) snprintf(few, sizeof few, " (%lu more that were kept had stopped, or were not simulated yet)", (unsigned long)draws->left_out);
    else if (draws->rows < CSIM_DRAWS_MOST) snprintf(few, sizeof few, " (all that the run kept; %u are shown of a run that kept as many)", CSIM_DRAWS_MOST);
    snprintf(text, sizeof text,
             "%lu draws%s: whole paths of this run, one a row on Draws. Change a blue cell and everything follows; what lacks an input says n/a, and its check says missing. \xC2\xB1 is the standard error of %lu draws%s; where less than "
             "one effective draw says so, or says no, or under 50 count, it is at least the distance from 0 or 100 %% that holds with 95 %% confidence. Full run: the same question, asked of all %llu paths without beliefs, as long as date, direction and threshold are as shipped. "
             "Quantile: the smallest value with at least that share of the weight at or below it, the engine's rule with a bin for each draw.",
             (unsigned long)draws->rows, few, (unsigned long)draws->rows, result->options.replicates > 1 ? ", taken as independent" : "", (unsigned long long)(result->done - result->failed));
    return csim_report_put_lines(sheet, 4, 0, CSIM_GENERAL(CSIM_ROLE_NOTE), text, NOTE_WIDTH);
}

/* ---- beliefs ---- */

static void put_belief_inputs(const csim_report *report, csim_sheet *sheet, uint32_t b) {
    const csim_what_if_belief *belief = &report->what_if->belief[b];
    const csim_draws_column *variable = &report->what_if->draws->column[belief->column];
    const csim_what_if_rows rows = csim_what_if_rows_of(report->what_if->draws);
    const uint32_t row = CSIM_WHAT_IF_BELIEF_ROW + b;
    const csim_cell_style input = CSIM_GENERAL(CSIM_ROLE_INPUT);
    csim_sheet_put_text(sheet, row, CSIM_BELIEF_VARIABLE, input, variable->label);
    csim_sheet_put_formula_text(sheet, row, CSIM_BELIEF_UNIT, FORMULA, variable->unit, "=IF(%s>%s,INDEX(%s,%s),\"n/a\")",
                                CSIM_AT(csim_what_if_step(report, rows.beliefs + b, CSIM_STEP_BELIEF_KNOWN)), CSIM_AT(csim_what_if_constant_cell(report, CSIM_WHAT_IF_ZERO)),
                                CSIM_AT(csim_what_if_step_run(report, rows.directory, CSIM_STEP_UNIT, report->what_if->draws->columns)), CSIM_AT(csim_what_if_step(report, rows.beliefs + b, CSIM_STEP_BELIEF_COLUMN)));
    csim_sheet_put_text(sheet, row, CSIM_BELIEF_USE, input, "off");
    csim_sheet_put_number(sheet, row, CSIM_BELIEF_MEAN, input, belief->mean);
    csim_sheet_put_number(sheet, row, CSIM_BELIEF_SD, input, belief->sd);
}

/* Mean and spread of the variable over the draws, as they are and as weighted. */
static void put_belief_answers(const csim_report *report, csim_sheet *sheet, uint32_t b) {
    const csim_draws *draws = report->what_if->draws;
    const uint32_t row = CSIM_WHAT_IF_BELIEF_ROW + b, column = report->what_if->belief[b].column;
    const double mean = csim_draws_mean(draws, column), sd = csim_draws_sd(draws, column);
    char values[CSIM_WHAT_IF_FORMULA];
    snprintf(values, sizeof values, "INDEX(%s,%s,%s)", CSIM_AT(csim_what_if_block(report)), CSIM_AT(csim_what_if_constant_cell(report, CSIM_WHAT_IF_ZERO)),
             CSIM_AT(csim_what_if_step(report, csim_what_if_rows_of(draws).beliefs + b, CSIM_STEP_BELIEF_COLUMN)));
    const csim_what_if_at weight = csim_what_if_at_of(csim_what_if_draws(report, CSIM_DRAWS_WEIGHT)), sum = csim_what_if_at_of(csim_what_if_sum_cell(report, CSIM_SUM_WEIGHT));
    const csim_what_if_at now = csim_what_if_at_of(csim_what_if_belief_cell(report, b, CSIM_BELIEF_NOW_MEAN));
    const csim_cell_style style = csim_style_digits(CSIM_ROLE_FORMULA, CSIM_AS_NUMBER, 3); /* of any unit: the variable may be another one */
    const csim_what_if_at known = csim_what_if_at_of(csim_what_if_step(report, csim_what_if_rows_of(draws).beliefs + b, CSIM_STEP_BELIEF_KNOWN)), missing = csim_what_if_at_of(csim_what_if_sum_cell(report, CSIM_SUM_MISSING));
    const csim_what_if_at zero = csim_what_if_at_of(csim_what_if_constant_cell(report, CSIM_WHAT_IF_ZERO)), own = csim_what_if_at_of(csim_what_if_step(report, csim_what_if_rows_of(draws).beliefs + b, CSIM_STEP_BELIEF_MISSING));
    csim_sheet_put_formula(sheet, row, CSIM_BELIEF_DRAWN_MEAN, style, mean, "=IF(%s>%s,AVERAGE(%s),\"n/a\")", known.text, zero.text, values);
    csim_sheet_put_formula(sheet, row, CSIM_BELIEF_DRAWN_SD, style, sd, "=IF(%s>%s,STDEVP(%s),\"n/a\")", known.text, zero.text, values);
    csim_sheet_put_formula(sheet, row, CSIM_BELIEF_NOW_MEAN, style, mean, "=IF(AND(%s>%s,%s=%s),SUMPRODUCT(%s,%s)/%s,\"n/a\")", known.text, zero.text, missing.text, zero.text, values, weight.text, sum.text);
    csim_sheet_put_formula(sheet, row, CSIM_BELIEF_NOW_SD, style, sd, "=IF(ISNUMBER(%s),SQRT(SUMPRODUCT((%s-%s)*(%s-%s)*%s)/%s),\"n/a\")", now.text, values, now.text, values, now.text, weight.text, sum.text);
    csim_sheet_put_formula_text(sheet, row, CSIM_ROW_CHECK, FORMULA, "ok", "=IF(AND(%s>%s,%s=%s),\"ok\",\"missing\")", known.text, zero.text, own.text, zero.text);
}

static void put_beliefs(const csim_report *report, csim_sheet *sheet) {
    static const csim_table_column heads[CSIM_BELIEF_COLUMNS] = {
        {"You believe that", "any column of Draws", 0, true}, {"Unit", "", 0, true}, {"Use", "on or off", 0, true}, {"is about", "in unit", 0, false}, {"give or take", "sd, in unit", 0, false},
        {"Mean", "of the draws", 0, false}, {"Spread", "sd of the draws", 0, false}, {"Mean now", "weighted", 0, false}, {"Spread now", "sd, weighted", 0, false}};
    const csim_draws *draws = report->what_if->draws;
    const csim_cells labels = csim_what_if_step_run(report, csim_what_if_rows_of(draws).directory, CSIM_STEP_LABEL, draws->columns);
    const uint32_t first = CSIM_WHAT_IF_BELIEF_ROW, last = first + CSIM_WHAT_IF_BELIEFS - 1;
    put_heading(sheet, first - 4, "1. Beliefs: weigh the draws");
    csim_sheet_put_text(sheet, first - 3, 0, CSIM_GENERAL(CSIM_ROLE_NOTE), "A belief in use gives each draw the weight exp(\xE2\x88\x92\xC2\xBD((x \xE2\x88\x92 mean)/sd)\xC2\xB2) on top of the model's own distribution; several multiply. Off: all draws count the same. Under 50 effective draws there is too little to go by.");
    static const csim_table_column check_head = {"Complete", "or missing", 0, true};
    csim_sheet_add_table(sheet, first - 2, 0, heads, CSIM_BELIEF_COLUMNS, CSIM_WHAT_IF_BELIEFS, 0);
    csim_sheet_add_table(sheet, first - 2, CSIM_ROW_CHECK, &check_head, 1, CSIM_WHAT_IF_BELIEFS, 0);
    for (uint32_t b = 0; b < CSIM_WHAT_IF_BELIEFS; b++) {
        put_belief_inputs(report, sheet, b);
        put_belief_answers(report, sheet, b);
    }
    csim_cells_allow_list(csim_cells_of(sheet, first, CSIM_BELIEF_VARIABLE, last, CSIM_BELIEF_VARIABLE), labels, "An outcome at a date, or an input. What-if steps lists them.");
    csim_cells_allow_list(csim_cells_of(sheet, first, CSIM_BELIEF_USE, last, CSIM_BELIEF_USE), list_of(report, CSIM_WHAT_IF_OFF), "on: draws are weighed by this belief; off: they are not.");
    csim_cells_allow_numbers(csim_cells_of(sheet, first, CSIM_BELIEF_MEAN, last, CSIM_BELIEF_MEAN), -CSIM_WHAT_IF_MOST, CSIM_WHAT_IF_MOST, "What you believe the value to be: a number in the unit of the row, between minus and plus 1e9.");
    csim_cells_allow_numbers(csim_cells_of(sheet, first, CSIM_BELIEF_SD, last, CSIM_BELIEF_SD), 1.0 / CSIM_WHAT_IF_MOST, CSIM_WHAT_IF_MOST, "The standard deviation of your belief: a number in the unit of the row, from 1e-9 to 1e9.");
    csim_cells_mark_checks(csim_cells_of(sheet, first, CSIM_ROW_CHECK, last, CSIM_ROW_CHECK));
}

/* ---- states ---- */

enum { STATE_DRAWS, STATE_EFFECTIVE, STATE_ENGINE, STATE_ORDER };

static void put_state(csim_sheet *sheet, int state, const char *label) { csim_sheet_put_text(sheet, CSIM_WHAT_IF_STATE_ROW + (uint32_t)state, 0, CSIM_GENERAL(CSIM_ROLE_BODY), label); }

static void put_states(const csim_report *report, csim_sheet *sheet) {
    const csim_draws *draws = report->what_if->draws;
    const uint32_t first = CSIM_WHAT_IF_STATE_ROW, check = STATE_CHECK;
    const csim_what_if_at sum = csim_what_if_at_of(csim_what_if_sum_cell(report, CSIM_SUM_WEIGHT)), zero = csim_what_if_at_of(csim_what_if_constant_cell(report, CSIM_WHAT_IF_ZERO));
    const csim_what_if_at checks = csim_what_if_at_of(csim_cells_of(sheet, CSIM_WHAT_IF_THRESHOLD_ROW, CSIM_ROW_CHECK, CSIM_WHAT_IF_THRESHOLD_ROW + draws->headlines - 1, CSIM_ROW_CHECK));
    const csim_what_if_at beliefs = csim_what_if_at_of(csim_cells_of(sheet, CSIM_WHAT_IF_BELIEF_ROW, CSIM_ROW_CHECK, CSIM_WHAT_IF_BELIEF_ROW + CSIM_WHAT_IF_BELIEFS - 1, CSIM_ROW_CHECK));
    const csim_what_if_at missing = csim_what_if_at_of(csim_what_if_sum_cell(report, CSIM_SUM_MISSING));
    const csim_what_if_at ready = csim_what_if_at_of(csim_what_if_step_run(report, csim_what_if_rows_of(draws).headlines, CSIM_STEP_READY, draws->headlines));
    char count[16];
    put_state(sheet, STATE_DRAWS, "Draws counted");
    csim_sheet_put_formula(sheet, first + STATE_DRAWS, 1, csim_style(CSIM_ROLE_FORMULA, CSIM_AS_INTEGER), draws->rows, "=ROWS(%s)", CSIM_AT(csim_what_if_draws(report, CSIM_DRAWS_WEIGHT)));
    put_state(sheet, STATE_EFFECTIVE, "Effective draws: as many equal ones would say as much");
    csim_sheet_put_formula(sheet, first + STATE_EFFECTIVE, 1, csim_style_digits(CSIM_ROLE_FORMULA, CSIM_AS_NUMBER, 0), draws->rows, "=IF(%s=%s,%s*%s/%s,\"n/a\")", missing.text, zero.text, sum.text, sum.text,
                           CSIM_AT(csim_what_if_sum_cell(report, CSIM_SUM_SQUARES)));
    csim_sheet_put_formula_text(sheet, first + STATE_EFFECTIVE, check, FORMULA, draws->rows < CSIM_WHAT_IF_FEW ? "too few" : "ok", "=IF(%s>%s,\"missing\",IF(%s<%s,\"too few\",\"ok\"))", missing.text, zero.text,
                                csim_cell_local_address(first + STATE_EFFECTIVE, 1, count), CSIM_AT(csim_what_if_constant_cell(report, CSIM_WHAT_IF_LEAST)));
    put_state(sheet, STATE_ENGINE, "Thresholds equal the engine's (until a blue cell is edited)");
    csim_sheet_put_formula_text(sheet, first + STATE_ENGINE, check, FORMULA, "ok", "=IF(COUNTIF(%s,\"missing\")+COUNTIF(%s,\"missing\")>%s,\"missing\",IF(COUNTIF(%s,\"differs\")>%s,\"differs\",IF(COUNTIF(%s,\"ok\")=ROWS(%s),\"ok\",\"edited\")))", checks.text,
                                beliefs.text, zero.text, checks.text, zero.text, checks.text, checks.text);
    put_state(sheet, STATE_ORDER, "Medians halve the weight, with or without edits");
    csim_sheet_put_formula_text(sheet, first + STATE_ORDER, check, FORMULA, "ok", "=IF(SUM(%s)<ROWS(%s),\"missing\",IF(SUM(%s)=%s,\"ok\",\"order is off\"))", ready.text, ready.text,
                                CSIM_AT(csim_what_if_step_run(report, csim_what_if_rows_of(draws).headlines, CSIM_STEP_UNHALVED, draws->headlines)), zero.text);
    csim_cells_mark_checks(csim_cells_of(sheet, first + STATE_EFFECTIVE, check, first + STATE_ORDER, check));
}

/* ---- thresholds ---- */

/* As many decimals as the threshold was written with. */
static int decimals_of(csim_cell_kind kind, double value) {
    double shown = kind == CSIM_AS_PERCENT ? 100 * value : value;
    int decimals = 0;
    while (decimals < 6 && fabs(shown - round(shown)) > 1e-9 * fabs(shown)) {
        shown *= 10;
        decimals++;
    }
    return decimals;
}

static void put_row_inputs(const csim_report *report, csim_sheet *sheet, uint32_t h) {
    const csim_draws *draws = report->what_if->draws;
    const csim_what_if_question *question = &report->what_if->question[h];
    const csim_draws_headline *headline = &draws->headline[h];
    const csim_cell_kind kind = csim_report_kind((csim_outcome_id)report->plan->slot_outcome[headline->slot]);
    const uint32_t row = CSIM_WHAT_IF_THRESHOLD_ROW + h;
    char title[CSIM_REPORT_LINE];
    csim_sheet_put_text(sheet, row, CSIM_ROW_TITLE, CSIM_GENERAL(CSIM_ROLE_BODY), csim_report_series_title(report, headline->slot, title, sizeof title));
    csim_sheet_put_text(sheet, row, CSIM_ROW_UNIT, CSIM_GENERAL(CSIM_ROLE_BODY), csim_report_outcome(report, headline->slot)->unit);
    csim_report_put_month(sheet, row, CSIM_ROW_MONTH, CSIM_ROLE_INPUT, draws->column[question->column].month);
    csim_sheet_put_text(sheet, row, CSIM_ROW_DIRECTION, CSIM_GENERAL(CSIM_ROLE_INPUT), question->above ? "above" : "below");
    csim_report_put_value(sheet, row, CSIM_ROW_THRESHOLD, CSIM_ROLE_INPUT, kind, decimals_of(kind, question->threshold), question->threshold);
    csim_cells_allow_list(csim_cell_of(sheet, row, CSIM_ROW_MONTH), csim_what_if_step_run(report, csim_what_if_rows_of(draws).directory + headline->first, CSIM_STEP_WHEN, headline->count), "One of the dates at which the paths were kept; the list has them.");
}

/* "n/a" where an input is missing. */
static void frame_ready(const csim_report *report, uint32_t h, char *text, size_t size) {
    snprintf(text, size, "%s=%s", CSIM_AT(csim_what_if_step(report, csim_what_if_rows_of(report->what_if->draws).headlines + h, CSIM_STEP_READY)), CSIM_AT(csim_what_if_constant_cell(report, CSIM_WHAT_IF_ONE)));
}

/* The share and its error. Where draws worth less than one effective draw say so, or say no, or too few count, a standard error says too little: it is then at least the
 * one-sided 95 % bound of as many independent draws as the weights amount to. Of equal weights less than one is none. */
static void put_row_share(const csim_report *report, csim_sheet *sheet, uint32_t h) {
    const csim_draws *draws = report->what_if->draws;
    const csim_what_if_question *question = &report->what_if->question[h];
    const csim_what_if_rows rows = csim_what_if_rows_of(draws);
    const uint32_t row = CSIM_WHAT_IF_THRESHOLD_ROW + h;
    const double n = draws->rows, hits = csim_draws_count(draws, question->column, question->above, question->threshold), p = hits / n;
    const double spread = sqrt(p * (1 - p) / n), bound = 1 - pow(CSIM_WHAT_IF_WRONG, 1 / n);
    const double error = hits > 0 && hits < n && n >= CSIM_WHAT_IF_FEW ? spread : fmax(spread, bound);
    const int decimals = csim_report_decimals(CSIM_AS_PERCENT, p, error);
    const csim_what_if_at sum = csim_what_if_at_of(csim_what_if_sum_cell(report, CSIM_SUM_WEIGHT)), squares = csim_what_if_at_of(csim_what_if_sum_cell(report, CSIM_SUM_SQUARES));
    const csim_what_if_at one = csim_what_if_at_of(csim_what_if_constant_cell(report, CSIM_WHAT_IF_ONE)), zero = csim_what_if_at_of(csim_what_if_constant_cell(report, CSIM_WHAT_IF_ZERO));
    const csim_what_if_at effective = csim_what_if_at_of(csim_what_if_effective_cell(report)), level = csim_what_if_at_of(csim_what_if_constant_cell(report, CSIM_WHAT_IF_LEVEL));
    const csim_what_if_at of_hits = csim_what_if_at_of(csim_what_if_step(report, rows.headlines + h, CSIM_STEP_HIT_SQUARES));
    char share[16], ready[CSIM_WHAT_IF_FORMULA], spread_text[CSIM_WHAT_IF_FORMULA];
    csim_cell_local_address(row, CSIM_ROW_SHARE, share);
    frame_ready(report, h, ready, sizeof ready);
    snprintf(spread_text, sizeof spread_text, "SQRT(MAX(%s,%s*(%s-%s)*(%s-%s)+(%s-%s)*%s*%s))/%s", zero.text, of_hits.text, one.text, share, one.text, share, squares.text, of_hits.text, share, share, sum.text);
    csim_sheet_put_formula(sheet, row, CSIM_ROW_SHARE, csim_style_digits(CSIM_ROLE_FORMULA, CSIM_AS_PERCENT, decimals), p, "=IF(%s,%s/%s,\"n/a\")", ready, CSIM_AT(csim_what_if_step(report, rows.headlines + h, CSIM_STEP_HITS)),
                           sum.text);
    csim_sheet_put_formula(sheet, row, CSIM_ROW_ERROR, csim_style_digits(CSIM_ROLE_FORMULA, CSIM_AS_PERCENT, decimals + 1), error,
                           "=IF(%s,IF(AND(MIN(%s,%s-%s)*%s>=%s-%s,%s>=%s),%s,MAX(%s,%s-POWER(%s,%s/%s))),\"n/a\")", ready, share, one.text, share, effective.text, one.text,
                           CSIM_AT(csim_what_if_constant_cell(report, CSIM_WHAT_IF_TOLERANCE)), effective.text, CSIM_AT(csim_what_if_constant_cell(report, CSIM_WHAT_IF_LEAST)), spread_text, spread_text, one.text, level.text,
                           one.text, effective.text);
}

/* "AND(date, direction and threshold are as shipped)". */
static void as_shipped(const csim_report *report, uint32_t h, char *text, size_t size) {
    const uint32_t row = csim_what_if_rows_of(report->what_if->draws).headlines + h;
    snprintf(text, size, "ISNUMBER(%s),%s=%s,%s=%s,%s=%s", CSIM_AT(csim_what_if_row_cell(report, h, CSIM_ROW_THRESHOLD)), CSIM_AT(csim_what_if_row_cell(report, h, CSIM_ROW_MONTH)), CSIM_AT(csim_what_if_step(report, row, CSIM_STEP_MONTH)),
             CSIM_AT(csim_what_if_row_cell(report, h, CSIM_ROW_DIRECTION)), CSIM_AT(csim_what_if_step(report, row, CSIM_STEP_DIRECTION)),
             CSIM_AT(csim_what_if_row_cell(report, h, CSIM_ROW_THRESHOLD)), CSIM_AT(csim_what_if_step(report, row, CSIM_STEP_THRESHOLD)));
}

static void put_full(const csim_report *report, csim_sheet *sheet, uint32_t h, uint32_t column, uint32_t from, double value, int decimals) {
    const uint32_t row = CSIM_WHAT_IF_THRESHOLD_ROW + h;
    char same[CSIM_WHAT_IF_FORMULA];
    as_shipped(report, h, same, sizeof same);
    if (!isfinite(value)) csim_sheet_put_missing(sheet, row, column);
    else
        csim_sheet_put_formula(sheet, row, column, csim_style_digits(CSIM_ROLE_FORMULA, CSIM_AS_PERCENT, decimals), value, "=IF(AND(%s),%s,\"edited\")", same,
                               CSIM_AT(csim_what_if_step(report, csim_what_if_rows_of(report->what_if->draws).headlines + h, from)));
}

static void put_row_points(const csim_report *report, csim_sheet *sheet, uint32_t h) {
    const csim_draws *draws = report->what_if->draws;
    const uint32_t column = report->what_if->question[h].column, row = CSIM_WHAT_IF_THRESHOLD_ROW + h;
    const csim_cell_kind kind = csim_report_kind((csim_outcome_id)report->plan->slot_outcome[draws->headline[h].slot]);
    const double sd = csim_draws_sd(draws, column);
    const int decimals = csim_report_decimals(kind, csim_draws_quantile(draws, column, NULL, 0.5), sd / sqrt((double)draws->rows));
    char formula[CSIM_WHAT_IF_FORMULA], ready[CSIM_WHAT_IF_FORMULA];
    frame_ready(report, h, ready, sizeof ready);
    for (uint32_t k = 0; k < CSIM_WHAT_IF_POINTS; k++) {
        csim_what_if_quantile(report, csim_what_if_step(report, csim_what_if_rows_of(draws).headlines + h, CSIM_STEP_COLUMN), h, (int)k, formula, sizeof formula);
        csim_sheet_put_formula(sheet, row, CSIM_ROW_POINTS + k, csim_style_digits(CSIM_ROLE_FORMULA, kind, decimals), csim_draws_quantile(draws, column, NULL, csim_what_if_points[k]), "=IF(%s,%s,\"n/a\")", ready, formula);
    }
}

static void put_row_check(const csim_report *report, csim_sheet *sheet, uint32_t h) {
    const uint32_t row = csim_what_if_rows_of(report->what_if->draws).headlines + h;
    csim_cells points = csim_what_if_row_cell(report, h, CSIM_ROW_POINTS), engine = csim_what_if_step(report, row, CSIM_STEP_POINTS);
    points.last_column += CSIM_WHAT_IF_POINTS - 1;
    engine.last_column += CSIM_WHAT_IF_POINTS - 1;
    const csim_what_if_at of_engine = csim_what_if_at_of(engine), tolerance = csim_what_if_at_of(csim_what_if_constant_cell(report, CSIM_WHAT_IF_TOLERANCE));
    char same[CSIM_WHAT_IF_FORMULA], ready[CSIM_WHAT_IF_FORMULA];
    as_shipped(report, h, same, sizeof same);
    frame_ready(report, h, ready, sizeof ready);
    csim_sheet_put_formula_text(sheet, CSIM_WHAT_IF_THRESHOLD_ROW + h, CSIM_ROW_CHECK, FORMULA, "ok", "=IF(%s,IF(AND(%s,%s=%s),IF(AND(ABS(%s-%s)<=%s,SUMPRODUCT(ABS(%s-%s))<=%s*SUMPRODUCT(ABS(%s))),\"ok\",\"differs\"),\"edited\"),\"missing\")", ready, same,
                                CSIM_AT(csim_what_if_sum_cell(report, CSIM_SUM_FACTORS)), CSIM_AT(csim_what_if_constant_cell(report, CSIM_WHAT_IF_ZERO)), CSIM_AT(csim_what_if_row_cell(report, h, CSIM_ROW_SHARE)),
                                CSIM_AT(csim_what_if_step(report, row, CSIM_STEP_SHARE)), tolerance.text, CSIM_AT(points), of_engine.text, tolerance.text, of_engine.text);
}

static void put_thresholds(const csim_report *report, csim_sheet *sheet) {
    static const csim_table_column heads[CSIM_ROW_TABLE] = {
        {"Outcome", "", 0, true}, {"Unit", "", 0, true}, {"Direction", "of threshold", 0, true}, {"End of", "yyyy-mm", 0, false}, {"Threshold", "in unit", 0, false}, {"Probability", "of the draws", 0, false},
        {"\xC2\xB1 error", "standard", 0, false}, {"Full run", "as shipped", 0, false}, {"\xC2\xB1 of it", "standard", 0, false}, {"5 %", "in unit", 0, false}, {"25 %", "in unit", 0, false},
        {"50 %", "in unit", 0, false}, {"75 %", "in unit", 0, false}, {"95 %", "in unit", 0, false}};
    static const csim_table_column check_head = {"Engine", "same draws", 0, true};
    const uint32_t first = CSIM_WHAT_IF_THRESHOLD_ROW, rows = report->what_if->draws->headlines, last = first + rows - 1;
    put_heading(sheet, first - 4, "2. Thresholds: how likely is it?");
    csim_sheet_put_text(sheet, first - 3, 0, CSIM_GENERAL(CSIM_ROLE_NOTE),
                        "above: at least the threshold; below: less. Shipped are thresholds that a claim asks for, else the draws' median to two digits. Full run from the claim's tally, else from the run's quantiles.");
    csim_sheet_add_table(sheet, first - 2, 0, heads, CSIM_ROW_TABLE, rows, 0);
    csim_sheet_add_table(sheet, first - 2, CSIM_ROW_CHECK, &check_head, 1, rows, 0);
    for (uint32_t h = 0; h < rows; h++) {
        const csim_estimate full = report->what_if->question[h].full;
        const int decimals = csim_report_decimals(CSIM_AS_PERCENT, full.value, full.error);
        put_row_inputs(report, sheet, h);
        put_row_share(report, sheet, h);
        put_full(report, sheet, h, CSIM_ROW_FULL, CSIM_STEP_FULL, full.value, decimals);
        put_full(report, sheet, h, CSIM_ROW_FULL_ERROR, CSIM_STEP_FULL_ERROR, full.error, decimals + 1);
        put_row_points(report, sheet, h);
        put_row_check(report, sheet, h);
    }
    csim_cells_allow_list(csim_cells_of(sheet, first, CSIM_ROW_DIRECTION, last, CSIM_ROW_DIRECTION), list_of(report, CSIM_WHAT_IF_ABOVE), "above: at least the threshold; below: less than it.");
    csim_cells_allow_numbers(csim_cells_of(sheet, first, CSIM_ROW_THRESHOLD, last, CSIM_ROW_THRESHOLD), -CSIM_WHAT_IF_MOST, CSIM_WHAT_IF_MOST, "A number in the unit of the row, between minus and plus 1e9; a share as 0.3 or 30 %.");
    csim_cells_mark_checks(csim_cells_of(sheet, first, CSIM_ROW_CHECK, last, CSIM_ROW_CHECK));
}

/* ---- the sheet ---- */

static void set_columns(csim_sheet *sheet) {
    csim_sheet_set_width(sheet, CSIM_ROW_TITLE, CSIM_ROW_TITLE, TITLE_WIDTH);
    csim_sheet_set_width(sheet, CSIM_ROW_UNIT, CSIM_ROW_UNIT, UNIT_WIDTH);
    csim_sheet_set_width(sheet, CSIM_ROW_UNIT + 1, CSIM_ROW_TABLE - 1, NUMBER_WIDTH);
    csim_sheet_set_width(sheet, CSIM_ROW_TABLE, CSIM_ROW_TABLE, GAP_WIDTH);
    csim_sheet_set_width(sheet, CSIM_ROW_CHECK, CSIM_ROW_CHECK, NUMBER_WIDTH);
}

void csim_report_fill_what_if(csim_report *report) {
    csim_sheet *sheet = report->sheet[CSIM_REPORT_WHAT_IF];
    set_columns(sheet);
    csim_report_put_head(report, CSIM_REPORT_WHAT_IF, "What-if", "Ask the paths of this run: how likely is it, what if you know better, what follows under a condition.");
    csim_sheet_put_link(sheet, 2, 1, "Draws", csim_cell_of(report->sheet[CSIM_REPORT_DRAWS], 0, 0));
    csim_sheet_put_link(sheet, 2, 2, "What-if steps", csim_cell_of(report->sheet[CSIM_REPORT_WHAT_IF_STEPS], 0, 0));
    put_notes(report, sheet);
    put_beliefs(report, sheet);
    put_states(report, sheet);
    put_thresholds(report, sheet);
    const uint32_t end = csim_what_if_put_fan(report);
    csim_sheet_set_print_area(csim_cells_of(sheet, 0, 0, end - 1, CSIM_ROW_COLUMNS - 1));
}
