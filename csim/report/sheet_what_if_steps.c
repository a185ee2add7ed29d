/* What-if steps: what lies between the reader's cells and the draws. Numbers that formulas refer to, sums of weights, which column each choice means, what
 * the engine makes of the shipped settings, and for each quantile the weights added up from the smallest draw on. Blocks stand one below the other. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "csim/report/what_if.h"

#define FORMULA CSIM_GENERAL(CSIM_ROLE_FORMULA)
#define BODY CSIM_GENERAL(CSIM_ROLE_BODY)

enum { COLUMN_WIDTH = 15, LABEL_WIDTH = 50 };

/* Foreign numbers that may be missing. */
static void put_known(csim_sheet *sheet, uint32_t row, uint32_t column, double value) {
    if (isfinite(value)) csim_sheet_put_number(sheet, row, column, BODY, value);
    else csim_sheet_put_missing(sheet, row, column);
}

/* Heading, heads and units above the data row `first`. */
static void put_block(csim_sheet *sheet, uint32_t first, const char *heading, const csim_table_column *columns, size_t count, uint32_t rows) {
    csim_sheet_put_text(sheet, first - 3, 0, CSIM_GENERAL(CSIM_ROLE_HEADING), heading);
    csim_sheet_add_table(sheet, first - 2, 0, columns, count, rows, 0);
}

/* ---- constants and sums ---- */

static void put_constants(const csim_report *report, csim_sheet *sheet) {
    static const csim_table_column heads[] = {{"Constant", "meaning", 0, true}, {"Value", "", 0, false}};
    static const struct { const char *label; double value; const char *word; } rows[CSIM_WHAT_IF_CONSTANTS] = {
        [CSIM_WHAT_IF_ZERO] = {"zero; as a row or column: all", 0, NULL},      [CSIM_WHAT_IF_ONE] = {"one", 1, NULL},
        [CSIM_WHAT_IF_TWO] = {"two", 2, NULL},                                 [CSIM_WHAT_IF_P] = {"quantile", 0.05, NULL},
        [CSIM_WHAT_IF_P + 1] = {"quantile", 0.25, NULL},                       [CSIM_WHAT_IF_P + 2] = {"quantile, a half", 0.5, NULL},
        [CSIM_WHAT_IF_P + 3] = {"quantile", 0.75, NULL},                       [CSIM_WHAT_IF_P + 4] = {"quantile", 0.95, NULL},
        [CSIM_WHAT_IF_LEVEL] = {"chance that a bound is wrong", CSIM_WHAT_IF_WRONG, NULL},    [CSIM_WHAT_IF_LEAST] = {"effective draws that are enough", CSIM_WHAT_IF_FEW, NULL},
        [CSIM_WHAT_IF_TOLERANCE] = {"relative difference that passes", 1e-9, NULL}, [CSIM_WHAT_IF_OFF] = {"belief not used", 0, "off"},
        [CSIM_WHAT_IF_ON] = {"belief used", 0, "on"},                          [CSIM_WHAT_IF_ABOVE] = {"at least the threshold", 0, "above"},
        [CSIM_WHAT_IF_BELOW] = {"less than the threshold", 0, "below"}};
    const uint32_t first = csim_what_if_rows_of(report->what_if->draws).constants;
    put_block(sheet, first, "Numbers and words that formulas refer to", heads, 2, CSIM_WHAT_IF_CONSTANTS);
    for (uint32_t i = 0; i < CSIM_WHAT_IF_CONSTANTS; i++) {
        csim_sheet_put_text(sheet, first + i, 0, BODY, rows[i].label);
        if (rows[i].word) csim_sheet_put_text(sheet, first + i, 1, BODY, rows[i].word);
        else csim_sheet_put_number(sheet, first + i, 1, BODY, rows[i].value);
    }
}

static void put_sum(const csim_report *report, csim_sheet *sheet, csim_what_if_sum which, const char *label, double value, const char *function, csim_cells over) {
    const csim_cells cell = csim_what_if_sum_cell(report, which);
    csim_sheet_put_text(sheet, cell.row, 0, BODY, label);
    csim_sheet_put_formula(sheet, cell.row, cell.column, FORMULA, value, "=%s(%s)", function, CSIM_AT(over));
}

static void put_sums(const csim_report *report, csim_sheet *sheet) {
    static const csim_table_column heads[] = {{"Sum", "over the draws", 0, true}, {"Result", "", 0, false}};
    const csim_what_if *it = report->what_if;
    const csim_what_if_rows rows = csim_what_if_rows_of(it->draws);
    const csim_cells weight = csim_what_if_draws(report, CSIM_DRAWS_WEIGHT), held = csim_what_if_draws(report, CSIM_DRAWS_HELD_WEIGHT);
    put_block(sheet, rows.sums, "Sums over the draws", heads, 2, CSIM_WHAT_IF_SUMS);
    put_sum(report, sheet, CSIM_SUM_LARGEST, "largest log weight", 0, "MAX", csim_what_if_draws(report, CSIM_DRAWS_LOG_WEIGHT));
    put_sum(report, sheet, CSIM_SUM_WEIGHT, "weights", it->draws->rows, "SUM", weight);
    put_sum(report, sheet, CSIM_SUM_SQUARES, "squares of weights", it->draws->rows, "SUMSQ", weight);
    put_sum(report, sheet, CSIM_SUM_HELD, "draws where the condition holds", it->held, "SUM", csim_what_if_draws(report, CSIM_DRAWS_HOLDS));
    put_sum(report, sheet, CSIM_SUM_HELD_WEIGHT, "their weights", it->held, "SUM", held);
    put_sum(report, sheet, CSIM_SUM_HELD_SQUARES, "squares of their weights", it->held, "SUMSQ", held);
    put_sum(report, sheet, CSIM_SUM_FACTORS, "factors of beliefs; 0: none in use", 0, "SUM", csim_what_if_step_run(report, rows.beliefs, CSIM_STEP_BELIEF_FACTOR, CSIM_WHAT_IF_BELIEFS));
    put_sum(report, sheet, CSIM_SUM_MISSING, "beliefs that are neither off nor complete", 0, "SUM", csim_what_if_step_run(report, rows.beliefs, CSIM_STEP_BELIEF_MISSING, CSIM_WHAT_IF_BELIEFS));
}

/* ---- what the reader's choices mean ---- */

/* Where a chosen label stands in the directory, which is the order of columns on Draws; the first where it is none of them, and then the answer is not shown. */
static void put_position(const csim_report *report, csim_sheet *sheet, uint32_t row, uint32_t column, csim_cells chosen, csim_cells labels, uint32_t position) {
    csim_sheet_put_formula(sheet, row, column, FORMULA, position, "=IFERROR(MATCH(%s,%s,FALSE),%s)", CSIM_AT(chosen), CSIM_AT(labels), CSIM_AT(csim_what_if_constant_cell(report, CSIM_WHAT_IF_ONE)));
}

/* A number that what follows may count with: 1 where all of `conditions` hold, else 0. */
static void put_flag(const csim_report *report, csim_sheet *sheet, uint32_t row, uint32_t column, const char *conditions) {
    csim_sheet_put_formula(sheet, row, column, FORMULA, 1, "=IF(AND(%s),%s,%s)", conditions, CSIM_AT(csim_what_if_constant_cell(report, CSIM_WHAT_IF_ONE)), CSIM_AT(csim_what_if_constant_cell(report, CSIM_WHAT_IF_ZERO)));
}

static csim_cells labels_of(const csim_report *report) {
    const csim_what_if_rows rows = csim_what_if_rows_of(report->what_if->draws);
    return csim_what_if_step_run(report, rows.directory, CSIM_STEP_LABEL, report->what_if->draws->columns);
}

static void put_beliefs(const csim_report *report, csim_sheet *sheet) {
    static const csim_table_column heads[] = {{"Belief", "number", 0, true}, {"Column of its variable", "on Draws", 0, false}, {"Factor", "1/sd, 0 when off", 0, false}, {"Mean", "0 when off", 0, false},
                                              {"Variable known", "1: yes", 0, false}, {"Incomplete", "1: neither off", 0, false}};
    const uint32_t first = csim_what_if_rows_of(report->what_if->draws).beliefs;
    put_block(sheet, first, "Beliefs", heads, sizeof heads / sizeof heads[0], CSIM_WHAT_IF_BELIEFS);
    for (uint32_t b = 0; b < CSIM_WHAT_IF_BELIEFS; b++) {
        const csim_what_if_at sd = csim_what_if_at_of(csim_what_if_belief_cell(report, b, CSIM_BELIEF_SD)), mean = csim_what_if_at_of(csim_what_if_belief_cell(report, b, CSIM_BELIEF_MEAN));
        const csim_what_if_at zero = csim_what_if_at_of(csim_what_if_constant_cell(report, CSIM_WHAT_IF_ZERO)), one = csim_what_if_at_of(csim_what_if_constant_cell(report, CSIM_WHAT_IF_ONE));
        const csim_what_if_at use = csim_what_if_at_of(csim_what_if_belief_cell(report, b, CSIM_BELIEF_USE)), known = csim_what_if_at_of(csim_what_if_step(report, first + b, CSIM_STEP_BELIEF_KNOWN));
        const csim_what_if_at factor = csim_what_if_at_of(csim_what_if_step(report, first + b, CSIM_STEP_BELIEF_FACTOR));
        char name[16], condition[CSIM_WHAT_IF_FORMULA];
        snprintf(name, sizeof name, "belief %u", (unsigned)b + 1);
        csim_sheet_put_text(sheet, first + b, CSIM_STEP_BELIEF, BODY, name);
        put_position(report, sheet, first + b, CSIM_STEP_BELIEF_COLUMN, csim_what_if_belief_cell(report, b, CSIM_BELIEF_VARIABLE), labels_of(report), report->what_if->belief[b].column + 1);
        csim_sheet_put_formula(sheet, first + b, CSIM_STEP_BELIEF_FACTOR, FORMULA, 0, "=IF(AND(%s=%s,%s=%s,ISNUMBER(%s),ISNUMBER(%s),%s>%s),%s/%s,%s)", use.text, CSIM_AT(csim_what_if_constant_cell(report, CSIM_WHAT_IF_ON)),
                               known.text, one.text, mean.text, sd.text, sd.text, zero.text, one.text, sd.text, zero.text);
        csim_sheet_put_formula(sheet, first + b, CSIM_STEP_BELIEF_MEAN, FORMULA, 0, "=IF(%s>%s,%s,%s)", factor.text, zero.text, mean.text, zero.text);
        snprintf(condition, sizeof condition, "ISNUMBER(MATCH(%s,%s,FALSE))", CSIM_AT(csim_what_if_belief_cell(report, b, CSIM_BELIEF_VARIABLE)), CSIM_AT(labels_of(report)));
        put_flag(report, sheet, first + b, CSIM_STEP_BELIEF_KNOWN, condition);
        csim_sheet_put_formula(sheet, first + b, CSIM_STEP_BELIEF_MISSING, FORMULA, 0, "=IF(OR(%s=%s,%s>%s),%s,%s)", use.text, CSIM_AT(csim_what_if_constant_cell(report, CSIM_WHAT_IF_OFF)), factor.text, zero.text,
                               zero.text, one.text);
    }
}

/* "OR(cell is above, cell is below)". */
static void directed(const csim_report *report, csim_cells direction, char *text, size_t size) {
    const csim_what_if_at cell = csim_what_if_at_of(direction);
    snprintf(text, size, "OR(%s=%s,%s=%s)", cell.text, CSIM_AT(csim_what_if_constant_cell(report, CSIM_WHAT_IF_ABOVE)), cell.text, CSIM_AT(csim_what_if_constant_cell(report, CSIM_WHAT_IF_BELOW)));
}

/* "No belief lacks what it needs." */
static void complete(const csim_report *report, char *text, size_t size) {
    snprintf(text, size, "%s=%s", CSIM_AT(csim_what_if_sum_cell(report, CSIM_SUM_MISSING)), CSIM_AT(csim_what_if_constant_cell(report, CSIM_WHAT_IF_ZERO)));
}

/* Whether the condition, and the fans, can be answered: what they need is there. */
static void put_chosen_flags(const csim_report *report, csim_sheet *sheet) {
    const csim_draws *draws = report->what_if->draws;
    const csim_what_if_rows rows = csim_what_if_rows_of(draws);
    char direction[CSIM_WHAT_IF_FORMULA], beliefs[CSIM_WHAT_IF_FORMULA], all[3 * CSIM_WHAT_IF_FORMULA];
    directed(report, csim_what_if_condition_cell(report, CSIM_CONDITION_DIRECTION), direction, sizeof direction);
    complete(report, beliefs, sizeof beliefs);
    snprintf(all, sizeof all, "ISNUMBER(MATCH(%s,%s,FALSE)),%s,ISNUMBER(%s),%s", CSIM_AT(csim_what_if_condition_cell(report, CSIM_CONDITION_VARIABLE)), CSIM_AT(labels_of(report)), direction,
             CSIM_AT(csim_what_if_condition_cell(report, CSIM_CONDITION_THRESHOLD)), beliefs);
    csim_sheet_put_text(sheet, rows.chosen + CSIM_CHOSEN_CONDITION_READY, CSIM_STEP_CHOSEN, BODY, "condition and beliefs are complete: 1");
    put_flag(report, sheet, rows.chosen + CSIM_CHOSEN_CONDITION_READY, CSIM_STEP_CHOSEN_POSITION, all);
    snprintf(all, sizeof all, "ISNUMBER(MATCH(%s,%s,FALSE)),%s", CSIM_AT(csim_what_if_shown_cell(report)), CSIM_AT(csim_what_if_step_run(report, rows.headlines, CSIM_STEP_TITLE, draws->headlines)), beliefs);
    csim_sheet_put_text(sheet, rows.chosen + CSIM_CHOSEN_SHOWN_READY, CSIM_STEP_CHOSEN, BODY, "outcome of the fans and beliefs are complete: 1");
    put_flag(report, sheet, rows.chosen + CSIM_CHOSEN_SHOWN_READY, CSIM_STEP_CHOSEN_POSITION, all);
}

static void put_chosen(const csim_report *report, csim_sheet *sheet) {
    static const csim_table_column heads[] = {{"Choice", "", 0, true}, {"Position", "", 0, false}};
    const csim_draws *draws = report->what_if->draws;
    const csim_what_if_rows rows = csim_what_if_rows_of(draws);
    put_block(sheet, rows.chosen, "Condition and fan", heads, 2, CSIM_CHOSEN_ROWS);
    csim_sheet_put_text(sheet, rows.chosen, CSIM_STEP_CHOSEN, BODY, "variable of the condition: column on Draws");
    put_position(report, sheet, rows.chosen, CSIM_STEP_CHOSEN_POSITION, csim_what_if_condition_cell(report, CSIM_CONDITION_VARIABLE), labels_of(report), report->what_if->condition.column + 1);
    csim_sheet_put_text(sheet, rows.chosen + 1, CSIM_STEP_CHOSEN, BODY, "outcome of the fans: row below");
    put_position(report, sheet, rows.chosen + 1, CSIM_STEP_CHOSEN_POSITION, csim_what_if_shown_cell(report), csim_what_if_step_run(report, rows.headlines, CSIM_STEP_TITLE, draws->headlines), 1);
    csim_sheet_put_text(sheet, rows.chosen + CSIM_CHOSEN_SHIPPED_COLUMN, CSIM_STEP_CHOSEN, BODY, "condition as shipped: column on Draws");
    csim_sheet_put_integer(sheet, rows.chosen + CSIM_CHOSEN_SHIPPED_COLUMN, CSIM_STEP_CHOSEN_POSITION, CSIM_ROLE_BODY, report->what_if->condition.column + 1);
    csim_sheet_put_text(sheet, rows.chosen + CSIM_CHOSEN_SHIPPED_DIRECTION, CSIM_STEP_CHOSEN, BODY, "its direction");
    csim_sheet_put_text(sheet, rows.chosen + CSIM_CHOSEN_SHIPPED_DIRECTION, CSIM_STEP_CHOSEN_POSITION, BODY, "above");
    csim_sheet_put_text(sheet, rows.chosen + CSIM_CHOSEN_SHIPPED_THRESHOLD, CSIM_STEP_CHOSEN, BODY, "its threshold");
    csim_sheet_put_number(sheet, rows.chosen + CSIM_CHOSEN_SHIPPED_THRESHOLD, CSIM_STEP_CHOSEN_POSITION, BODY, report->what_if->condition.threshold);
    put_chosen_flags(report, sheet);
}

/* ---- headlines ---- */

typedef struct headline_words { csim_what_if_at block, zero, number, threshold, direction, above, weight; } headline_words;

static headline_words words_of(const csim_report *report, uint32_t h) {
    const csim_what_if_rows rows = csim_what_if_rows_of(report->what_if->draws);
    return (headline_words){csim_what_if_at_of(csim_what_if_block(report)), csim_what_if_at_of(csim_what_if_constant_cell(report, CSIM_WHAT_IF_ZERO)),
                            csim_what_if_at_of(csim_what_if_step(report, rows.headlines + h, CSIM_STEP_COLUMN)), csim_what_if_at_of(csim_what_if_row_cell(report, h, CSIM_ROW_THRESHOLD)),
                            csim_what_if_at_of(csim_what_if_row_cell(report, h, CSIM_ROW_DIRECTION)), csim_what_if_at_of(csim_what_if_constant_cell(report, CSIM_WHAT_IF_ABOVE)),
                            csim_what_if_at_of(csim_what_if_draws(report, CSIM_DRAWS_WEIGHT))};
}

/* Draws that say so, times what stands behind (""; "*weights"). */
static void put_hits(const csim_report *report, csim_sheet *sheet, uint32_t h, uint32_t column, double value, const char *before, const char *behind) {
    const headline_words w = words_of(report, h);
    const uint32_t row = csim_what_if_rows_of(report->what_if->draws).headlines + h;
    csim_sheet_put_formula(sheet, row, column, FORMULA, value, "=IF(%s=%s,SUMPRODUCT(%s(INDEX(%s,%s,%s)>=%s)%s),SUMPRODUCT(%s(INDEX(%s,%s,%s)<%s)%s))", w.direction.text, w.above.text, before,
                           w.block.text, w.zero.text, w.number.text, w.threshold.text, behind, before, w.block.text, w.zero.text, w.number.text, w.threshold.text, behind);
}

/* Independent of the order of draws: the weight below the median is at most a half, that up to it at least one. */
static void put_unhalved(const csim_report *report, csim_sheet *sheet, uint32_t h) {
    const headline_words w = words_of(report, h);
    const csim_what_if_at median = csim_what_if_at_of(csim_what_if_row_cell(report, h, CSIM_ROW_POINTS + 2)), sum = csim_what_if_at_of(csim_what_if_sum_cell(report, CSIM_SUM_WEIGHT));
    const csim_what_if_at half = csim_what_if_at_of(csim_what_if_constant_cell(report, CSIM_WHAT_IF_HALF)), tolerance = csim_what_if_at_of(csim_what_if_constant_cell(report, CSIM_WHAT_IF_TOLERANCE));
    const uint32_t row = csim_what_if_rows_of(report->what_if->draws).headlines + h;
    csim_sheet_put_formula(sheet, row, CSIM_STEP_UNHALVED, FORMULA, 0,
                           "=IF(%s=%s,%s,IF(AND(SUMPRODUCT((INDEX(%s,%s,%s)<%s)*%s)<=(%s+%s)*%s,SUMPRODUCT((INDEX(%s,%s,%s)<=%s)*%s)>=(%s-%s)*%s),%s,%s))", CSIM_AT(csim_what_if_step(report, row, CSIM_STEP_READY)), w.zero.text, w.zero.text, w.block.text, w.zero.text, w.number.text, median.text,
                           w.weight.text, half.text, tolerance.text, sum.text, w.block.text, w.zero.text, w.number.text, median.text, w.weight.text, half.text, tolerance.text, sum.text, w.zero.text,
                           CSIM_AT(csim_what_if_constant_cell(report, CSIM_WHAT_IF_ONE)));
}

/* A date that was kept, a direction, a number, and beliefs that can be weighed. */
static void put_ready(const csim_report *report, csim_sheet *sheet, uint32_t h) {
    const csim_draws_headline *headline = &report->what_if->draws->headline[h];
    const csim_what_if_rows rows = csim_what_if_rows_of(report->what_if->draws);
    char direction[CSIM_WHAT_IF_FORMULA], beliefs[CSIM_WHAT_IF_FORMULA], all[3 * CSIM_WHAT_IF_FORMULA];
    directed(report, csim_what_if_row_cell(report, h, CSIM_ROW_DIRECTION), direction, sizeof direction);
    complete(report, beliefs, sizeof beliefs);
    snprintf(all, sizeof all, "ISNUMBER(MATCH(%s,%s,FALSE)),%s,ISNUMBER(%s),%s", CSIM_AT(csim_what_if_row_cell(report, h, CSIM_ROW_MONTH)),
             CSIM_AT(csim_what_if_step_run(report, rows.directory + headline->first, CSIM_STEP_WHEN, headline->count)), direction, CSIM_AT(csim_what_if_row_cell(report, h, CSIM_ROW_THRESHOLD)), beliefs);
    put_flag(report, sheet, rows.headlines + h, CSIM_STEP_READY, all);
}

static void put_headline_formulas(const csim_report *report, csim_sheet *sheet, uint32_t h) {
    const csim_draws *draws = report->what_if->draws;
    const csim_what_if_question *question = &report->what_if->question[h];
    const csim_draws_headline *headline = &draws->headline[h];
    const csim_what_if_rows rows = csim_what_if_rows_of(draws);
    const double hits = csim_draws_count(draws, question->column, question->above, question->threshold);
    char times[CSIM_WHAT_IF_FORMULA], twice[CSIM_WHAT_IF_FORMULA];
    const csim_what_if_at weight = csim_what_if_at_of(csim_what_if_draws(report, CSIM_DRAWS_WEIGHT));
    snprintf(times, sizeof times, "*%s", weight.text);
    snprintf(twice, sizeof twice, "*%s*%s", weight.text, weight.text);
    csim_sheet_put_formula(sheet, rows.headlines + h, CSIM_STEP_COLUMN, FORMULA, question->column + 1, "=IFERROR(INDEX(%s,MATCH(%s,%s,FALSE)),%s)",
                           CSIM_AT(csim_what_if_step_run(report, rows.directory + headline->first, CSIM_STEP_NUMBER, headline->count)), CSIM_AT(csim_what_if_row_cell(report, h, CSIM_ROW_MONTH)),
                           CSIM_AT(csim_what_if_step_run(report, rows.directory + headline->first, CSIM_STEP_WHEN, headline->count)),
                           CSIM_AT(csim_what_if_step(report, rows.directory + headline->first, CSIM_STEP_NUMBER)));
    put_ready(report, sheet, h);
    put_hits(report, sheet, h, CSIM_STEP_COUNT, hits, "--", "");
    put_hits(report, sheet, h, CSIM_STEP_HITS, hits, "", times);
    put_hits(report, sheet, h, CSIM_STEP_HIT_SQUARES, hits, "", twice);
    put_unhalved(report, sheet, h);
}

/* What the engine makes of the row as shipped, computed from the same draws, and what the whole run says. */
static void put_headline_shipped(const csim_report *report, csim_sheet *sheet, uint32_t h) {
    const csim_draws *draws = report->what_if->draws;
    const csim_what_if_question *question = &report->what_if->question[h];
    const uint32_t row = csim_what_if_rows_of(draws).headlines + h;
    csim_report_put_month(sheet, row, CSIM_STEP_MONTH, CSIM_ROLE_BODY, draws->column[question->column].month);
    csim_sheet_put_text(sheet, row, CSIM_STEP_DIRECTION, BODY, question->above ? "above" : "below");
    csim_sheet_put_number(sheet, row, CSIM_STEP_THRESHOLD, BODY, question->threshold);
    csim_sheet_put_number(sheet, row, CSIM_STEP_SHARE, BODY, (double)csim_draws_count(draws, question->column, question->above, question->threshold) / draws->rows);
    for (uint32_t k = 0; k < CSIM_WHAT_IF_POINTS; k++) csim_sheet_put_number(sheet, row, CSIM_STEP_POINTS + k, BODY, csim_draws_quantile(draws, question->column, NULL, csim_what_if_points[k]));
    put_known(sheet, row, CSIM_STEP_FULL, question->full.value);
    put_known(sheet, row, CSIM_STEP_FULL_ERROR, question->full.error);
    for (uint32_t d = 0; d < draws->dates; d++) csim_sheet_put_integer(sheet, row, CSIM_STEP_GRID + d, CSIM_ROLE_BODY, csim_draws_at(draws, h, draws->date[d]) + 1);
}

static void put_headlines(const csim_report *report, csim_sheet *sheet) {
    const csim_draws *draws = report->what_if->draws;
    csim_table_column heads[CSIM_STEP_GRID + CSIM_MAX_MONTHS] = {
        {"Outcome", "", 0, true}, {"Column", "on Draws", 0, false}, {"Complete", "1: yes", 0, false}, {"Draws that say so", "count", 0, false}, {"Their weight", "", 0, false}, {"Squares of it", "", 0, false},
        {"Median off", "1: yes", 0, false}, {"Shipped date", "yyyy-mm", 0, false}, {"Shipped direction", "", 0, true}, {"Shipped threshold", "in unit", 0, false},
        {"Share", "engine", 0, false}, {"5 %", "engine", 0, false}, {"25 %", "engine", 0, false}, {"50 %", "engine", 0, false},
        {"75 %", "engine", 0, false}, {"95 %", "engine", 0, false}, {"Full run", "share", 0, false}, {"\xC2\xB1 error", "of the full run", 0, false}};
    char names[CSIM_MAX_MONTHS][CSIM_MONTH_TEXT], title[CSIM_REPORT_LINE];
    const uint32_t first = csim_what_if_rows_of(draws).headlines;
    for (uint32_t d = 0; d < draws->dates; d++) heads[CSIM_STEP_GRID + d] = (csim_table_column){csim_month_text(draws->date[d], names[d]), "column on Draws", 0, false};
    put_block(sheet, first, "Thresholds: counts, and what the engine says at the shipped settings", heads, CSIM_STEP_GRID + draws->dates, draws->headlines);
    for (uint32_t h = 0; h < draws->headlines; h++) {
        csim_sheet_put_text(sheet, first + h, CSIM_STEP_TITLE, BODY, csim_report_series_title(report, draws->headline[h].slot, title, sizeof title));
        put_headline_formulas(report, sheet, h);
        put_headline_shipped(report, sheet, h);
    }
}

/* ---- fan ---- */

static void put_dates(const csim_report *report, csim_sheet *sheet) {
    static const csim_table_column heads[] = {
        {"End of", "yyyy-mm", 0, true}, {"Column", "on Draws", 0, false}, {"5 %", "all draws", 0, false}, {"25 %", "all draws", 0, false}, {"50 %", "all draws", 0, false},
        {"75 %", "all draws", 0, false}, {"95 %", "all draws", 0, false}, {"5 % if", "condition", 0, false}, {"25 % if", "condition", 0, false},
        {"50 % if", "condition", 0, false}, {"75 % if", "condition", 0, false}, {"95 % if", "condition", 0, false}};
    const csim_draws *draws = report->what_if->draws;
    const csim_what_if_rows rows = csim_what_if_rows_of(draws);
    char when[CSIM_MONTH_TEXT];
    put_block(sheet, rows.dates, "Fan of the shipped outcome, under the shipped condition, as the engine has it", heads, sizeof heads / sizeof heads[0], draws->dates);
    for (uint32_t d = 0; d < draws->dates; d++) {
        const uint32_t row = rows.dates + d, column = csim_draws_at(draws, 0, draws->date[d]);
        csim_sheet_put_text(sheet, row, CSIM_STEP_DATE, BODY, csim_month_text(draws->date[d], when));
        csim_sheet_put_formula(sheet, row, CSIM_STEP_DATE_COLUMN, FORMULA, column + 1, "=INDEX(%s,%s)", CSIM_AT(csim_what_if_step_run(report, rows.headlines, CSIM_STEP_GRID + d, draws->headlines)),
                               CSIM_AT(csim_what_if_step(report, rows.chosen + 1, CSIM_STEP_CHOSEN_POSITION)));
        for (uint32_t k = 0; k < CSIM_WHAT_IF_POINTS; k++) {
            put_known(sheet, row, CSIM_STEP_DATE_POINTS + k, csim_draws_quantile(draws, column, NULL, csim_what_if_points[k]));
            put_known(sheet, row, CSIM_STEP_DATE_POINTS + CSIM_WHAT_IF_POINTS + k, csim_draws_quantile(draws, column, report->what_if->hold, csim_what_if_points[k]));
        }
    }
}

static void put_directory(const csim_report *report, csim_sheet *sheet) {
    static const csim_table_column heads[] = {{"Variable", "column of Draws", 0, true}, {"Number", "of the column", 0, false}, {"End of", "yyyy-mm", 0, false}, {"Unit", "", 0, true},
                                              {"Rank correlation", "largest, inputs", 0, false}};
    const csim_draws *draws = report->what_if->draws;
    const uint32_t first = csim_what_if_rows_of(draws).directory;
    put_block(sheet, first, "Columns of Draws", heads, sizeof heads / sizeof heads[0], draws->columns);
    for (uint32_t i = 0; i < draws->columns; i++) {
        const csim_draws_column *column = &draws->column[i];
        csim_sheet_put_text(sheet, first + i, CSIM_STEP_LABEL, BODY, column->label);
        csim_sheet_put_integer(sheet, first + i, CSIM_STEP_NUMBER, CSIM_ROLE_BODY, i + 1);
        if (column->month != CSIM_NO_MONTH) csim_report_put_month(sheet, first + i, CSIM_STEP_WHEN, CSIM_ROLE_BODY, column->month);
        csim_sheet_put_text(sheet, first + i, CSIM_STEP_UNIT, BODY, column->unit);
        if (column->slot < 0) csim_sheet_put_number(sheet, first + i, CSIM_STEP_UNIT + 1, csim_style_digits(CSIM_ROLE_BODY, CSIM_AS_NUMBER, 2), column->score);
    }
}

/* ---- sorted weights ---- */

typedef struct sorted_weights { uint32_t column, drawn; csim_cells number; const unsigned char *hold; } sorted_weights;

static sorted_weights weights_of(const csim_report *report, uint32_t which) {
    const csim_what_if *it = report->what_if;
    const csim_what_if_rows rows = csim_what_if_rows_of(it->draws);
    if (which < it->draws->headlines) return (sorted_weights){it->question[which].column, CSIM_DRAWS_WEIGHT, csim_what_if_step(report, rows.headlines + which, CSIM_STEP_COLUMN), NULL};
    const bool held = which >= it->draws->headlines + it->draws->dates;
    const uint32_t date = (which - it->draws->headlines) % it->draws->dates;
    return (sorted_weights){csim_draws_at(it->draws, 0, it->draws->date[date]), held ? CSIM_DRAWS_HELD_WEIGHT : CSIM_DRAWS_WEIGHT, csim_what_if_step(report, rows.dates + date, CSIM_STEP_DATE_COLUMN), held ? it->hold : NULL};
}

/* Local addresses of one column's formulas, made once: there are tens of thousands. */
typedef struct column_words { sorted_weights of; csim_what_if_at weight, number; double sum; } column_words;

/* The weight of the k-th smallest draw on top of all before it. */
static void put_cumulative(const csim_report *report, csim_sheet *sheet, uint32_t row, uint32_t column, uint32_t k, const char *order, column_words *words) {
    const csim_draws *draws = report->what_if->draws;
    const uint32_t drawn = draws->order[(size_t)words->of.column * draws->rows + k];
    char before[16] = "";
    if (k) csim_cell_local_address(row - 1, column, before);
    words->sum += words->of.hold ? words->of.hold[drawn] : 1;
    csim_sheet_put_formula(sheet, row, column, FORMULA, words->sum, "=%s%sINDEX(%s,INDEX(%s,%s))", before, k ? "+" : "", words->weight.text, order, words->number.text);
}

static void put_heads_of_steps(const csim_report *report, csim_sheet *sheet, uint32_t columns) {
    const csim_draws *draws = report->what_if->draws;
    const csim_cells order = csim_what_if_order(report);
    csim_table_column *heads = calloc(columns, sizeof *heads);
    char(*names)[CSIM_DRAWS_LABEL + 16] = calloc(columns, sizeof *names);
    for (uint32_t i = 0; heads && names && i < columns; i++) {
        const uint32_t which = i - CSIM_STEP_CUMULATIVE, date = (which - draws->headlines) % draws->dates;
        const bool ordered = i >= order.column, held = which >= draws->headlines + draws->dates;
        char when[CSIM_MONTH_TEXT];
        if (i == CSIM_STEP_PLACE) snprintf(names[i], sizeof names[i], "Place");
        else if (ordered) snprintf(names[i], sizeof names[i], "%s", draws->column[i - order.column].label);
        else if (which < draws->headlines) snprintf(names[i], sizeof names[i], "%.100s", report->plan->slot_name[draws->headline[which].slot]);
        else snprintf(names[i], sizeof names[i], "fan %.8s%s", csim_month_text(draws->date[date], when), held ? ", condition" : "");
        heads[i] = (csim_table_column){names[i], i == CSIM_STEP_PLACE ? "from the smallest" : ordered ? "draw at this place" : "weight up to here", 0, false};
    }
    if (heads && names) put_block(sheet, csim_what_if_rows_of(draws).steps, "Weights added up from the smallest draw on, and which draw stands at which place", heads, columns, draws->rows);
    free(heads);
    free(names);
}

static void put_steps(const csim_report *report, csim_sheet *sheet) {
    enum { CUMULATIVE_MOST = CSIM_SUMMARY_KEYS + 2 * CSIM_MAX_MONTHS };
    const csim_draws *draws = report->what_if->draws;
    const uint32_t first = csim_what_if_rows_of(draws).steps, sums = draws->headlines + 2 * draws->dates;
    const csim_cells order = csim_what_if_order(report);
    column_words words[CUMULATIVE_MOST];
    for (uint32_t i = 0; i < sums; i++) {
        const sorted_weights of = weights_of(report, i);
        words[i] = (column_words){of, csim_what_if_at_of(csim_what_if_draws(report, of.drawn)), csim_what_if_at_of(of.number), 0};
    }
    put_heads_of_steps(report, sheet, order.last_column + 1);
    for (uint32_t k = 0; k < draws->rows; k++) {
        const csim_what_if_at of_row = csim_what_if_at_of(csim_cells_of(sheet, first + k, order.column, first + k, order.last_column));
        csim_sheet_put_integer(sheet, first + k, CSIM_STEP_PLACE, CSIM_ROLE_BODY, k + 1);
        for (uint32_t i = 0; i < sums; i++) put_cumulative(report, sheet, first + k, CSIM_STEP_CUMULATIVE + i, k, of_row.text, &words[i]);
        for (uint32_t c = 0; c < draws->outcomes; c++) csim_sheet_put_integer(sheet, first + k, order.column + c, CSIM_ROLE_BODY, draws->order[(size_t)c * draws->rows + k] + 1);
    }
}

void csim_report_fill_what_if_steps(csim_report *report) {
    csim_sheet *sheet = report->sheet[CSIM_REPORT_WHAT_IF_STEPS];
    csim_sheet_set_width(sheet, 0, 0, LABEL_WIDTH);
    csim_sheet_set_width(sheet, 1, csim_what_if_order(report).last_column, COLUMN_WIDTH);
    csim_report_put_head(report, CSIM_REPORT_WHAT_IF_STEPS, "What-if steps", "What lies between the blue cells of What-if and the draws. Nothing here needs to be changed.");
    put_constants(report, sheet);
    put_sums(report, sheet);
    put_beliefs(report, sheet);
    put_chosen(report, sheet);
    put_headlines(report, sheet);
    put_dates(report, sheet);
    put_directory(report, sheet);
    put_steps(report, sheet);
    csim_sheet_break_before(sheet, csim_what_if_rows_of(report->what_if->draws).headlines - 3);
    csim_sheet_set_print_area(csim_cells_of(sheet, 0, 0, csim_what_if_rows_of(report->what_if->draws).directory - 5, CSIM_STEP_FULL_ERROR)); /* what a reader may want on paper */
}
