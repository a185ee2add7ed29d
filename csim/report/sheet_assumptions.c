/* Assumptions: every input of the run with its value or distribution, what it rests on and why; what the scenario changes over time; correlations. Shows
 * the scenario and the compiled distributions side by side; must not judge them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "csim/dist/dist.h"
#include "csim/plan/input_places.h"
#include "csim/report/report_parts.h"

enum { KEY, MEANING, VALUE, UNIT, LOW, MEDIAN, HIGH, BASIS, SOURCE, DATED, REASON, COLUMNS };

static const csim_table_column columns[COLUMNS] = {
    [KEY] = {"Key", "", 34, true},           [MEANING] = {"Meaning", "", 36, true}, [VALUE] = {"Value or distribution", "in words", 30, true},
    [UNIT] = {"Unit", "", 14, true},         [LOW] = {"90 % from", "in unit", 11, false}, [MEDIAN] = {"Median", "in unit", 11, false},
    [HIGH] = {"90 % to", "in unit", 11, false}, [BASIS] = {"Basis", "", 10, true},     [SOURCE] = {"Source", "", 28, true},
    [DATED] = {"Date", "yyyy-mm", 9, true},  [REASON] = {"Reason", "", 46, true},
};

csim_cell_role csim_report_basis_role(const char *basis) {
    return !strcmp(basis, "guess") ? CSIM_ROLE_GUESS : !strcmp(basis, "estimate") ? CSIM_ROLE_ESTIMATE : CSIM_ROLE_INPUT;
}

csim_cell_kind csim_report_unit_kind(const char *unit) { return !strcmp(unit, "share") ? CSIM_AS_PERCENT : unit[0] == '$' ? CSIM_AS_USD : CSIM_AS_NUMBER; }

/* A fixed value as short as it was written. */
static void put_exact(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_role role, csim_cell_kind kind, double value) {
    double scaled = kind == CSIM_AS_PERCENT ? 100 * value : value;
    int decimals = 0;
    while (decimals < 6 && fabs(scaled - round(scaled)) > 1e-9 * fabs(scaled)) {
        scaled *= 10;
        decimals++;
    }
    csim_report_put_value(sheet, row, column, role, kind, decimals, value);
}

void csim_report_put_prior(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_role role, csim_cell_kind kind, double value) {
    const double shown = fabs(kind == CSIM_AS_PERCENT ? 100 * value : value);
    const int digits = shown > 0 ? 2 - (int)floor(log10(shown)) : 0;
    csim_report_put_value(sheet, row, column, role, kind, digits < 0 ? 0 : digits > 6 ? 6 : digits, value);
}

static void put_height(csim_sheet *sheet, uint32_t row, const char *const *texts) {
    unsigned most = 1;
    for (int column = 0; column < COLUMNS; column++) {
        const unsigned lines = texts[column] ? csim_report_lines(texts[column], columns[column].width_chars) : 1;
        if (lines > most) most = lines;
    }
    csim_sheet_set_height(sheet, row, fmin(13.0 * most + 3, 400));
}

/* The texts of a row; NULL leaves a cell to the caller. */
static void put_row(csim_sheet *sheet, uint32_t row, const char *const *texts) {
    for (uint32_t column = 0; column < COLUMNS; column++)
        if (texts[column]) csim_report_put_wrapped(sheet, row, column, texts[column]);
    put_height(sheet, row, texts);
}

static void put_texts(csim_sheet *sheet, uint32_t row, const char *key, const char *meaning, const char *value, const char *unit, const csim_note *note) {
    const char *const texts[COLUMNS] = {[KEY] = key, [MEANING] = meaning, [VALUE] = value, [UNIT] = unit, [SOURCE] = note->source, [DATED] = note->date, [REASON] = note->reason};
    put_row(sheet, row, texts);
    if (note->basis[0]) csim_sheet_put_text(sheet, row, BASIS, CSIM_GENERAL(csim_report_basis_role(note->basis)), note->basis);
}

/* ---- inputs ---- */

static void put_input(csim_report *report, csim_sheet *sheet, uint32_t row, size_t at) {
    const csim_input *input = &report->scenario->input[at];
    const csim_input_row *about = &csim_input_rows[input->id];
    const csim_cell_role role = csim_report_basis_role(input->note.basis);
    const csim_cell_kind kind = csim_report_unit_kind(about->unit);
    char words[256];
    csim_dist_describe(&input->spec, &report->plan->input[at].dist, report->plan->pool, words, sizeof words);
    put_texts(sheet, row, input->key, about->text, words, about->unit, &input->note);
    if (input->spec.family == CSIM_DIST_FIXED) {
        csim_sheet_put_text(sheet, row, LOW, CSIM_GENERAL(CSIM_ROLE_MISSING), "constant");
        csim_sheet_put_text(sheet, row, HIGH, CSIM_GENERAL(CSIM_ROLE_MISSING), "constant");
        put_exact(sheet, row, MEDIAN, role, kind, csim_input_quantile(report->plan, (int32_t)at, 0.5));
        return;
    }
    csim_report_put_prior(sheet, row, LOW, role, kind, csim_input_quantile(report->plan, (int32_t)at, 0.05));
    csim_report_put_prior(sheet, row, MEDIAN, role, kind, csim_input_quantile(report->plan, (int32_t)at, 0.5));
    csim_report_put_prior(sheet, row, HIGH, role, kind, csim_input_quantile(report->plan, (int32_t)at, 0.95));
}

/* ---- levers ---- */

static bool is_default(const csim_lever *lever) {
    return lever->hazard_per_yr <= 0 && lever->count == 1 && lever->values[0].value == csim_lever_rows[lever->id].standard;
}

static void describe_lever(const csim_report *report, const csim_lever *lever, char *text, size_t size) {
    static const char *const between[] = {[CSIM_STEP] = "held between", [CSIM_LINEAR] = "straight between", [CSIM_LOG] = "straight in the logarithm between"};
    char month[CSIM_MONTH_TEXT];
    size_t used = 0;
    text[0] = 0;
    for (size_t i = 0; i < lever->count && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s %g", i ? ", " : "", lever->values[i].month < report->scenario->start_month ? "before the start" : csim_month_text(lever->values[i].month, month), lever->values[i].value);
    if (lever->count > 1 && used < size) used += (size_t)snprintf(text + used, size - used, "; %s", between[csim_lever_rows[lever->id].interpolation]);
    if (lever->hazard_per_yr > 0 && used < size)
        snprintf(text + used, size - used, "%sfrom %s with chance %g a year to %g", used ? "; " : "", csim_month_text(lever->hazard_from, month), lever->hazard_per_yr, lever->hazard_value);
}

/* One row for each lever that the scenario moves, and one for each that it leaves alone altogether. */
static size_t lever_rows(const csim_scenario *s, size_t id, bool *left_alone) {
    size_t moved = 0;
    for (int i = s->lever_offset[id]; i < s->lever_offset[id + 1]; i++) moved += !is_default(&s->lever[i]);
    *left_alone = moved == 0;
    return moved ? moved : 1;
}

static uint32_t put_lever(csim_report *report, csim_sheet *sheet, uint32_t row, size_t id) {
    const csim_scenario *s = report->scenario;
    const csim_lever_row *about = &csim_lever_rows[id];
    static const csim_note no_note = {.basis = "", .source = "", .date = "", .reason = ""};
    char text[2 * CSIM_REPORT_LINE];
    bool left_alone;
    lever_rows(s, id, &left_alone);
    if (left_alone) {
        snprintf(text, sizeof text, "left at %g", about->standard);
        put_texts(sheet, row++, about->key, about->text, text, about->unit, &no_note);
    }
    for (int i = s->lever_offset[id]; i < s->lever_offset[id + 1]; i++)
        if (!is_default(&s->lever[i])) {
            describe_lever(report, &s->lever[i], text, sizeof text);
            put_texts(sheet, row++, s->lever[i].key, about->text, text, about->unit, &s->lever[i].note);
        }
    return row;
}

static uint32_t put_levers(csim_report *report, csim_sheet *sheet, uint32_t row) {
    uint32_t rows = 0;
    bool left_alone;
    for (size_t id = 0; id < CSIM_LEVER_IDS; id++) rows += (uint32_t)lever_rows(report->scenario, id, &left_alone);
    csim_sheet_put_text(sheet, row, 0, CSIM_GENERAL(CSIM_ROLE_HEADING), "Levers: what a scenario can change over time");
    uint32_t at = csim_sheet_add_table(sheet, row + 1, 0, columns, COLUMNS, rows, 0).row;
    for (size_t id = 0; id < CSIM_LEVER_IDS; id++) at = put_lever(report, sheet, at, id);
    return at + 1;
}

/* ---- correlations ---- */

static uint32_t put_correlations(csim_report *report, csim_sheet *sheet, uint32_t row) {
    const csim_scenario *s = report->scenario;
    if (!s->correlations) return row;
    csim_sheet_put_text(sheet, row, 0, CSIM_GENERAL(CSIM_ROLE_HEADING), "Correlations of inputs; all other pairs are independent");
    const csim_cells data = csim_sheet_add_table(sheet, row + 1, 0, columns, COLUMNS, (uint32_t)s->correlations, 0);
    for (size_t i = 0; i < s->correlations; i++) {
        const csim_correlation *c = &s->correlation[i];
        const uint32_t at = data.row + (uint32_t)i;
        char key[4 * CSIM_MAX_ID];
        snprintf(key, sizeof key, "%s with %s", c->a, c->b);
        put_texts(sheet, at, key, "Correlation of the two inputs' normal scores", "Gaussian copula", "-", &c->note);
        csim_sheet_put_number(sheet, at, MEDIAN, csim_style_digits(csim_report_basis_role(c->note.basis), CSIM_AS_NUMBER, 2), c->rho);
    }
    return data.last_row + 2;
}

void csim_report_fill_assumptions(csim_report *report) {
    csim_sheet *sheet = report->sheet[CSIM_REPORT_ASSUMPTIONS];
    const csim_scenario *s = report->scenario;
    const uint32_t top = csim_report_put_head(report, CSIM_REPORT_ASSUMPTIONS, "Assumptions",
                                              "Every input of this run. Blue: measured, or said by a maker or a rule. Yellow: estimate. Orange italics: guess. A run draws each distribution once a path.");
    const csim_cells data = csim_sheet_add_table(sheet, top, 0, columns, COLUMNS, (uint32_t)s->inputs, CSIM_TABLE_FREEZE | CSIM_TABLE_FILTER);
    for (size_t i = 0; i < s->inputs; i++) put_input(report, sheet, data.row + (uint32_t)i, i);
    const uint32_t levers = data.last_row + 2, correlations = put_levers(report, sheet, levers), end = put_correlations(report, sheet, correlations);
    csim_sheet_put_link(sheet, 2, MEANING, "Levers", csim_cell_of(sheet, levers, 0));
    if (s->correlations) csim_sheet_put_link(sheet, 2, VALUE, "Correlations", csim_cell_of(sheet, correlations, 0));
    csim_sheet_set_print_area(csim_cells_of(sheet, 0, 0, end - 2, COLUMNS - 1));
}
