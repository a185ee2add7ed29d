/* Drivers: for each headline outcome the inputs that go with it most, by rank correlation over the kept paths, each with its error. Correlation is not cause; an
 * analysis that takes variance apart is another sheet's. Below a bound that chance alone reaches nothing is listed. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "csim/plan/input_places.h"
#include "csim/report/what_if.h"
#include "csim/stats/ranks.h"

enum {
    KEY, MEANING, UNIT, CORRELATION, ERROR, LOW, MEDIAN, HIGH, BASIS, COLUMNS,
    LISTED = 6, CHARTED = 8, CHARTS = 4, CHARTS_ACROSS = 2, CHART_PX = 590, CHART_HEIGHT_PX = 300, CHART_ROWS = 16, RIGHT_CHART = UNIT, VALUE = CORRELATION
};

static const csim_table_column columns[COLUMNS] = {
    {"Outcome, and inputs that go with it", "key", 46, true}, {"Meaning", "of the input", 60, true}, {"Unit", "", 16, true},
    {"Rank correlation", "\xE2\x88\x92" "1 to 1", 13, false}, {"\xC2\xB1 error", "standard", 10, false}, {"Prior 5 %", "in unit", 11, false},
    {"Prior 50 %", "in unit", 11, false}, {"Prior 95 %", "in unit", 11, false}, {"Basis", "of the prior", 11, true}};

static const double *correlations_of(const csim_report *report, uint32_t headline) { return report->what_if->draws->correlation + (size_t)headline * (size_t)report->plan->inputs; }

static uint32_t inputs_that_vary(const csim_report *report) {
    uint32_t count = 0;
    for (int32_t i = 0; i < report->plan->inputs; i++) count += csim_input_varies(report->plan, i);
    return count;
}

/* The `most` inputs of the largest correlation in size that are beyond chance, strongest first, equal ones in the plan's order. Returns how many. */
static uint32_t strongest(const csim_report *report, uint32_t headline, double chance, int32_t *out, uint32_t most) {
    const double *all = correlations_of(report, headline);
    uint32_t count = 0;
    for (int32_t i = 0; i < report->plan->inputs; i++) {
        if (!(fmin(fabs(all[i]), 1) > chance)) continue; /* rounded, a correlation may pass 1 */
        uint32_t at = count < most ? count++ : most;
        for (; at && fabs(all[out[at - 1]]) < fabs(all[i]); at--)
            if (at < most) out[at] = out[at - 1];
        if (at < most) out[at] = i;
    }
    return count;
}

/* ---- the table ---- */

static char *headline_words(const csim_report *report, uint32_t headline, char *text, size_t size) {
    const csim_draws *draws = report->what_if->draws;
    const csim_draws_headline *of = &draws->headline[headline];
    char title[CSIM_REPORT_LINE / 2], when[CSIM_MONTH_TEXT];
    snprintf(text, size, "%s, %s", csim_report_series_title(report, of->slot, title, sizeof title), csim_month_text(draws->column[of->first + of->count - 1].month, when));
    return text;
}

static void put_driver(const csim_report *report, csim_sheet *sheet, uint32_t row, int32_t input, double correlation) {
    const csim_input_row *about = &csim_input_rows[report->plan->input[input].id];
    const char *basis = report->scenario->input[input].note.basis;
    const csim_cell_kind kind = csim_report_unit_kind(about->unit);
    static const struct { uint32_t column; double share; } prior[] = {{LOW, 0.05}, {MEDIAN, 0.5}, {HIGH, 0.95}};
    csim_sheet_put_text(sheet, row, KEY, CSIM_GENERAL(CSIM_ROLE_BODY), report->plan->input_key[input]);
    csim_report_put_wrapped(sheet, row, MEANING, about->text);
    csim_sheet_set_height(sheet, row, 13.0 * csim_report_lines(about->text, columns[MEANING].width_chars) + 3);
    csim_sheet_put_text(sheet, row, UNIT, CSIM_GENERAL(CSIM_ROLE_BODY), about->unit);
    csim_sheet_put_number(sheet, row, CORRELATION, csim_style_digits(CSIM_ROLE_BODY, CSIM_AS_NUMBER, 2), correlation);
    csim_sheet_put_number(sheet, row, ERROR, csim_style_digits(CSIM_ROLE_BODY, CSIM_AS_NUMBER, 3), csim_rank_correlation_error(correlation, report->what_if->draws->rows));
    for (size_t i = 0; i < sizeof prior / sizeof prior[0]; i++)
        csim_report_put_prior(sheet, row, prior[i].column, CSIM_ROLE_BODY, kind, csim_input_quantile(report->plan, input, prior[i].share));
    if (basis[0]) csim_sheet_put_text(sheet, row, BASIS, CSIM_GENERAL(csim_report_basis_role(basis)), basis);
}

/* Returns the first free row. */
static uint32_t put_headline(const csim_report *report, csim_sheet *sheet, uint32_t row, uint32_t headline, double chance) {
    int32_t input[LISTED];
    char text[CSIM_REPORT_LINE];
    const uint32_t count = strongest(report, headline, chance, input, LISTED);
    csim_sheet_put_text(sheet, row, KEY, CSIM_GENERAL(CSIM_ROLE_TOTAL), headline_words(report, headline, text, sizeof text));
    for (uint32_t column = KEY + 1; column < COLUMNS; column++) csim_sheet_put_blank(sheet, row, column, CSIM_ROLE_TOTAL);
    for (uint32_t i = 0; i < count; i++) put_driver(report, sheet, row + 1 + i, input[i], correlations_of(report, headline)[input[i]]);
    if (!count) csim_sheet_put_text(sheet, row + 1, KEY, CSIM_GENERAL(CSIM_ROLE_NOTE), "nothing beyond chance among so few paths");
    return row + 1 + (count ? count : 1);
}

/* ---- charts ---- */

static void draw(csim_report *report, csim_report_place place, uint32_t headline, double chance) {
    int32_t input[CHARTED];
    csim_report_bar bars[CHARTED];
    char title[CSIM_REPORT_LINE];
    const uint32_t count = strongest(report, headline, chance, input, CHARTED);
    for (uint32_t i = 0; i < count; i++) {
        bars[i].value = correlations_of(report, headline)[input[i]];
        snprintf(bars[i].said, sizeof bars[i].said, "%.2f \xC2\xB1 %.2f", bars[i].value, csim_rank_correlation_error(bars[i].value, report->what_if->draws->rows));
        snprintf(bars[i].label, sizeof bars[i].label, "%.90s", report->plan->input_key[input[i]]);
    }
    csim_report_draw_correlations(report, place, headline_words(report, headline, title, sizeof title), bars, count);
}

/* Of the outcomes that the summary draws, as far as the run has kept them. */
static uint32_t put_charts(csim_report *report, csim_sheet *sheet, uint32_t row, double chance) {
    const csim_draws *draws = report->what_if->draws;
    const csim_scenario *s = report->scenario;
    const int32_t wanted[CHARTS] = {csim_report_slot(report, CSIM_OUT_SHARE_OPEN, s->role_developers), csim_report_slot(report, CSIM_OUT_SHARE_OPEN, s->role_large_firms),
                                    csim_report_slot(report, CSIM_OUT_PRICE_CLOSED, 0), csim_report_slot(report, CSIM_OUT_SAAS_REVENUE, 0)};
    uint32_t drawn = 0;
    for (int i = 0; i < CHARTS; i++)
        for (uint32_t h = 0; h < draws->headlines; h++) {
            if (draws->headline[h].slot != wanted[i]) continue;
            draw(report, (csim_report_place){sheet, row + drawn / CHARTS_ACROSS * CHART_ROWS, drawn % CHARTS_ACROSS ? RIGHT_CHART : KEY, CHART_PX, CHART_HEIGHT_PX}, h, chance);
            drawn++;
        }
    return row + (drawn + CHARTS_ACROSS - 1) / CHARTS_ACROSS * CHART_ROWS;
}

/* ---- the sheet ---- */

static double put_bound(const csim_report *report, csim_sheet *sheet, uint32_t row) {
    const uint32_t inputs = inputs_that_vary(report);
    const double chance = csim_rank_correlation_chance(report->what_if->draws->rows, inputs);
    char text[CSIM_REPORT_LINE];
    snprintf(text, sizeof text, "Rank correlations over %lu kept paths between what was drawn and what came out, %d inputs at most an outcome. Inputs that are drawn together move together: a driver may stand for another.",
             (unsigned long)report->what_if->draws->rows, LISTED);
    csim_sheet_put_text(sheet, row, KEY, CSIM_GENERAL(CSIM_ROLE_NOTE), text);
    snprintf(text, sizeof text, "Listed beyond this size, which chance alone keeps with 95 %% confidence for the largest of %lu inputs", (unsigned long)inputs);
    csim_sheet_put_text(sheet, row + 1, KEY, CSIM_GENERAL(CSIM_ROLE_BODY), text);
    csim_sheet_put_number(sheet, row + 1, VALUE, csim_style_digits(CSIM_ROLE_BODY, CSIM_AS_NUMBER, 3), chance);
    return chance;
}

void csim_report_fill_drivers(csim_report *report) {
    csim_sheet *sheet = report->sheet[CSIM_REPORT_DRIVERS];
    const csim_draws *draws = report->what_if->draws;
    uint32_t row = csim_report_put_head(report, CSIM_REPORT_DRIVERS, "Drivers", "What moves each headline outcome: the inputs that it goes with most, at the end of what is forecast.");
    csim_sheet_put_link(sheet, 2, MEANING, "Where the inputs come from: Assumptions", csim_cell_of(report->sheet[CSIM_REPORT_ASSUMPTIONS], 0, 0));
    const double chance = put_bound(report, sheet, row);
    const csim_cells data = csim_sheet_add_table(sheet, row + 3, 0, columns, COLUMNS, draws->headlines * (LISTED + 1), CSIM_TABLE_FREEZE);
    row = data.row;
    for (uint32_t h = 0; h < draws->headlines; h++) row = put_headline(report, sheet, row, h, chance);
    csim_cells_add_bars(csim_cells_of(sheet, data.row, CORRELATION, row - 1, CORRELATION), CSIM_COLOUR_SKY_BLUE, -1, 1);
    csim_sheet_break_before(sheet, row + 1);
    row = put_charts(report, sheet, row + 1, chance);
    csim_sheet_set_print_area(csim_cells_of(sheet, 0, 0, row - 1, COLUMNS - 1));
}
