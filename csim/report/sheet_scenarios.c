/* Scenarios: the contrasts of a run. Each reading that compares two scenarios on the same draws, with what lies between them and its paired error; and charts
 * of these differences. Puts what the run file holds; must not run anything. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "csim/report/reading_words.h"
#include "csim/report/report_parts.h"

enum { ID, READING, METRIC, A, B, UNIT, HOLDS, MONTH, MEAN, ERROR, P5, P50, P95, FACTOR, CORRELATION, SAVED, PAIRS, DROPPED, PROBABILITY, PROBABILITY_ERROR, COLUMNS,
       LINE_POINTS = 13, NAME_UNITS = 60, CHART_WIDTH_PX = 640 /* the first three columns */, LIST = A, ROW_PX = 20, LABEL_UNITS = 120 };

static const csim_table_column columns[COLUMNS] = {
    [ID] = {"Claim and reading", "key", 25, true},  [READING] = {"Reading", "in words", 32, true},      [METRIC] = {"Compared", "outcome", 34, true},
    [A] = {"A", "scenario", 22, true},              [B] = {"B", "scenario", 22, true},                  [MONTH] = {"End of", "yyyy-mm", 9, false},
    [UNIT] = {"Unit", "of the difference", 17, true}, [MEAN] = {"Difference", "mean, paired", 12, false}, [ERROR] = {"\xC2\xB1 error", "paired", 9, false},
    [P5] = {"5 %", "of pairs", 9, false},           [P50] = {"50 %", "of pairs", 9, false},             [P95] = {"95 %", "of pairs", 9, false},
    [FACTOR] = {"B over A", "geometric", 9, false}, [CORRELATION] = {"Correlation", "of A and B", 11, false}, [SAVED] = {"Runs saved", "times", 11, false},
    [PAIRS] = {"Pairs", "paths", 8, false},         [DROPPED] = {"Dropped", "paths", 8, false},         [HOLDS] = {"Holds where it is", "", 20, true},
    [PROBABILITY] = {"Probability", "share of pairs", 13, false}, [PROBABILITY_ERROR] = {"\xC2\xB1 of it", "standard", 9, false},
};

/* A contrast: a reading of two scenarios that was answered. */
typedef struct contrast { const csim_reading *reading; const csim_claim_result *result; } contrast;
typedef struct contrasts { contrast item[CSIM_MAX_READINGS]; size_t count; } contrasts;

static contrasts contrasts_of(const csim_report *report) {
    contrasts out = {.count = 0};
    size_t count = 0, i = 0;
    const csim_claim_result *results = csim_run_file_claims(report->run, &count);
    for (size_t c = 0; c < report->scenario->claims; c++)
        for (size_t r = 0; r < report->scenario->claim[c].count; r++, i++)
            if (i < count && results[i].answer == CSIM_ANSWER_PAIRS && out.count < CSIM_MAX_READINGS) out.item[out.count++] = (contrast){&report->scenario->claim[c].readings[r], &results[i]};
    return out;
}

bool csim_report_has_scenarios(const csim_report *report) { return contrasts_of(report).count > 0; }

/* ---- units ---- */

static bool is_minus(const contrast *of) { return !strcmp(of->reading->difference, "minus"); }
static bool is_log(const contrast *of) { return !strcmp(of->reading->difference, "ln_ratio"); }

static const char *unit_of(const contrast *of) {
    const csim_outcome_row *outcome = csim_reading_outcome(of->reading);
    if (!is_minus(of)) return is_log(of) ? "log of B over A" : "B over A";
    if (!outcome || !strcmp(outcome->unit, "-")) return "no unit";
    return strcmp(outcome->unit, "share") ? outcome->unit : "percentage points";
}

static csim_cell_kind kind_of(const contrast *of) { return !strcmp(unit_of(of), "percentage points") ? CSIM_AS_PERCENT : CSIM_AS_NUMBER; }

/* ---- the table ---- */

static void put_name(csim_sheet *sheet, uint32_t row, uint32_t column, const char *name) {
    char text[4 * NAME_UNITS + 8];
    csim_report_put_wrapped(sheet, row, column, csim_report_clean(name, NAME_UNITS, text, sizeof text));
}

/* What is compared, between which two, and when. Sets the row's height. */
static void put_words(const csim_report *report, csim_sheet *sheet, uint32_t row, const contrast *of) {
    const csim_reading *reading = of->reading;
    char text[CSIM_REPORT_LINE];
    snprintf(text, sizeof text, "%s.%s", of->result->claim, of->result->reading);
    csim_report_put_wrapped(sheet, row, ID, text);
    csim_report_put_wrapped(sheet, row, READING, reading->title);
    put_name(sheet, row, A, reading->against_base[0] ? reading->against_base : report->scenario->name);
    put_name(sheet, row, B, reading->against);
    const int month = reading->at_month != CSIM_NO_MONTH ? reading->at_month : reading->by_month;
    if (month != CSIM_NO_MONTH) csim_report_put_month(sheet, row, MONTH, CSIM_ROLE_BODY, month);
    csim_sheet_put_text(sheet, row, UNIT, CSIM_GENERAL(CSIM_ROLE_BODY), unit_of(of));
    csim_reading_metric(report, reading, text, sizeof text);
    csim_report_put_wrapped(sheet, row, METRIC, text);
    const unsigned metric = csim_report_lines(text, columns[METRIC].width_chars), title = csim_report_lines(reading->title, columns[READING].width_chars);
    csim_reading_threshold(report, reading, text, sizeof text);
    csim_report_put_wrapped(sheet, row, HOLDS, text);
    csim_sheet_set_height(sheet, row, LINE_POINTS * (double)(metric > title ? metric : title) + 3);
}

/* The factor between the two: of a mean of logarithms its exponential, of a mean of ratios nothing better than itself. */
static void put_factor(csim_sheet *sheet, uint32_t row, const contrast *of) {
    const csim_estimate mean = of->result->pairs.mean;
    char cell[CSIM_ADDRESS_SIZE];
    const int decimals = csim_report_decimals(CSIM_AS_RATIO, exp(mean.value), exp(mean.value) * mean.error);
    if (!is_log(of) || !isfinite(mean.value)) csim_sheet_put_missing(sheet, row, FACTOR);
    else csim_sheet_put_formula(sheet, row, FACTOR, csim_style_digits(CSIM_ROLE_FORMULA, CSIM_AS_RATIO, decimals), exp(mean.value), "=EXP(%s)", csim_cell_local_address(row, MEAN, cell));
}

static void put_numbers(csim_sheet *sheet, uint32_t row, const contrast *of) {
    const csim_paired *pairs = &of->result->pairs;
    const csim_cell_kind kind = kind_of(of);
    const int decimals = csim_report_decimals(kind, pairs->mean.value, pairs->mean.error);
    csim_report_put_value(sheet, row, MEAN, CSIM_ROLE_BODY, kind, decimals, pairs->mean.value);
    csim_report_put_error(sheet, row, ERROR, kind, decimals, pairs->mean.error, false);
    csim_report_put_value(sheet, row, P5, CSIM_ROLE_BODY, kind, decimals, pairs->p5);
    csim_report_put_value(sheet, row, P50, CSIM_ROLE_BODY, kind, decimals, pairs->p50);
    csim_report_put_value(sheet, row, P95, CSIM_ROLE_BODY, kind, decimals, pairs->p95);
    put_factor(sheet, row, of);
    csim_report_put_value(sheet, row, CORRELATION, CSIM_ROLE_BODY, CSIM_AS_NUMBER, 2, pairs->correlation);
    csim_report_put_value(sheet, row, SAVED, CSIM_ROLE_BODY, CSIM_AS_NUMBER, pairs->paths_saved < 10 ? 1 : 0, pairs->paths_saved);
    csim_sheet_put_integer(sheet, row, PAIRS, CSIM_ROLE_BODY, (int64_t)pairs->pairs);
    csim_sheet_put_integer(sheet, row, DROPPED, CSIM_ROLE_BODY, (int64_t)pairs->dropped);
    const csim_probability p = of->result->probability;
    csim_report_put_probability(sheet, row, PROBABILITY, CSIM_ROLE_BODY, p);
    if (p.hits == 0 || p.hits == p.count) csim_sheet_put_text(sheet, row, PROBABILITY_ERROR, CSIM_GENERAL(CSIM_ROLE_MISSING), "bound");
    else csim_report_put_error(sheet, row, PROBABILITY_ERROR, CSIM_AS_PERCENT, csim_report_decimals(CSIM_AS_PERCENT, p.value, p.error), p.error, false);
}

/* ---- charts ---- */

static bool same_contrast(const csim_reading *a, const csim_reading *b) {
    return !strcmp(a->metric, b->metric) && !strcmp(a->element, b->element) && !strcmp(a->against, b->against) && !strcmp(a->against_base, b->against_base) &&
           !strcmp(a->difference, b->difference) && a->at_month == b->at_month && a->by_month == b->by_month;
}

/* Has an earlier one the same unit? With `whole`: is it the same difference, under another threshold? */
static bool came_before(const contrasts *all, size_t at, bool whole) {
    for (size_t i = 0; i < at; i++)
        if (whole ? same_contrast(all->item[i].reading, all->item[at].reading) : !strcmp(unit_of(&all->item[i]), unit_of(&all->item[at]))) return true;
    return false;
}

/* Differences of the unit of `at`, each once: numbered in the chart, where long names would not fit, and listed beside it from `row` on. */
static size_t put_intervals(csim_sheet *sheet, uint32_t row, const contrasts *all, size_t at, csim_report_interval items[CSIM_REPORT_INTERVALS]) {
    size_t count = 0;
    for (size_t i = 0; i < all->count && count < CSIM_REPORT_INTERVALS; i++) {
        const contrast *of = &all->item[i];
        const csim_estimate mean = of->result->pairs.mean;
        char text[CSIM_REPORT_LINE], clean[4 * LABEL_UNITS + 8];
        if (strcmp(unit_of(of), unit_of(&all->item[at])) || came_before(all, i, true) || !isfinite(mean.value) || !isfinite(mean.error)) continue;
        items[count] = (csim_report_interval){.value = mean.value, .error = mean.error};
        snprintf(items[count].label, sizeof items[count].label, "%zu", count + 1);
        snprintf(text, sizeof text, "%zu  %s.%s: %s", count + 1, of->result->claim, of->result->reading, of->reading->title);
        csim_sheet_put_text(sheet, row + (uint32_t)count++, LIST, CSIM_GENERAL(CSIM_ROLE_BODY), csim_report_clean(text, LABEL_UNITS, clean, sizeof clean));
    }
    return count;
}

static uint32_t put_charts(csim_report *report, csim_sheet *sheet, uint32_t row, const contrasts *all) {
    csim_report_interval items[CSIM_REPORT_INTERVALS];
    char title[160], axis[160];
    csim_sheet_put_text(sheet, row, 0, CSIM_GENERAL(CSIM_ROLE_HEADING), "Mean differences with two standard errors either way, each unit on an axis of its own");
    row++;
    for (size_t i = 0; i < all->count; i++) {
        const size_t count = came_before(all, i, false) ? 0 : put_intervals(sheet, row + 1, all, i, items);
        if (!count) continue;
        snprintf(title, sizeof title, "Differences: %.100s", unit_of(&all->item[i]));
        snprintf(axis, sizeof axis, "%.100s", unit_of(&all->item[i]));
        const double neutral = is_minus(&all->item[i]) || is_log(&all->item[i]) ? 0 : 1;
        const uint32_t height_px = csim_report_draw_intervals(report, (csim_report_place){sheet, row, 0, CHART_WIDTH_PX, 0}, title, axis, kind_of(&all->item[i]), neutral, items, count);
        row += height_px / ROW_PX + 2;
    }
    return row;
}

/* ---- the sheet ---- */

void csim_report_fill_scenarios(csim_report *report) {
    csim_sheet *sheet = report->sheet[CSIM_REPORT_SCENARIOS];
    const contrasts all = contrasts_of(report);
    const uint32_t top = csim_report_put_head(report, CSIM_REPORT_SCENARIOS, "Scenarios",
                                              "Contrasts: A and B on the same draws, path by path. The error is that of paired differences; 5, 50 and 95 % of pairs say how much the effect depends on the world it happens in.");
    const csim_cells data = csim_sheet_add_table(sheet, top, 0, columns, COLUMNS, (uint32_t)all.count, 0);
    csim_sheet_freeze(sheet, data.row, 0); /* not repeated in print: charts follow on a page of their own */
    for (size_t i = 0; i < all.count; i++) {
        put_words(report, sheet, data.row + (uint32_t)i, &all.item[i]);
        put_numbers(sheet, data.row + (uint32_t)i, &all.item[i]);
    }
    csim_cells_add_bars(csim_cells_of(sheet, data.row, PROBABILITY, data.last_row, PROBABILITY), CSIM_COLOUR_SKY_BLUE, 0, 1);
    csim_sheet_break_before(sheet, data.last_row + 2);
    const uint32_t end = put_charts(report, sheet, data.last_row + 2, &all);
    csim_sheet_set_print_area(csim_cells_of(sheet, 0, 0, end - 1, COLUMNS - 1));
}
