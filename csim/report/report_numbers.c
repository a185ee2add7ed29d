/* Numbers of a report: which series and months there are, what the statistics say, and how many digits a cell may show. Must not compute anything that
 * the statistics do not: a workbook shows a run, it does not analyse one. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csim/report/report_parts.h"

/* ---- months ---- */

enum { MOST_TABLE_ROWS = 16 };

static void choose_rows(const csim_plan *plan, int every, csim_report_dates *dates) {
    dates->rows = 0;
    for (int32_t i = 0; i < plan->report_months; i++) {
        const bool wanted = (plan->start_month + plan->report_month[i] + 1) % every == 0;
        if (wanted || i == plan->report_months - 1) dates->row[dates->rows++] = i;
    }
}

csim_report_dates csim_report_dates_of(const csim_scenario *scenario, const csim_plan *plan) {
    csim_report_dates dates = {.last = plan->report_months - 1};
    for (int32_t i = 0; i < plan->report_months; i++) {
        const int32_t t = plan->report_month[i];
        if ((plan->start_month + t + 1) % 3 == 0 || i == plan->report_months - 1) dates.quarter[dates.quarters++] = i;
        if (scenario->assimilate_until != CSIM_NO_MONTH && plan->start_month + t <= scenario->assimilate_until) dates.now = i;
    }
    if (dates.now == dates.last) dates.now = 0; /* all was observed: the end is held against the beginning */
    choose_rows(plan, 6, &dates);
    if (dates.rows > MOST_TABLE_ROWS) choose_rows(plan, 12, &dates);
    return dates;
}

int csim_report_month_at(const csim_report *report, int32_t position) { return report->plan->start_month + report->plan->report_month[position]; }

/* ---- series ---- */

int32_t csim_report_slot(const csim_report *report, csim_outcome_id id, int element) { return report->plan->outcome_offset[id] + element; }

int32_t csim_report_slots(const csim_report *report, csim_outcome_id id) { return report->plan->outcome_offset[id + 1] - report->plan->outcome_offset[id]; }

const csim_outcome_row *csim_report_outcome(const csim_report *report, int32_t slot) { return &csim_outcome_rows[report->plan->slot_outcome[slot]]; }

static csim_report_row read_row(const csim_accumulator *from, size_t series, size_t month) {
    static const double points[5] = {0.05, 0.25, 0.5, 0.75, 0.95};
    csim_report_row row = {.mean = csim_accumulator_mean(from, series, month)};
    row.constant = csim_accumulator_lowest(from, series, month) >= csim_accumulator_highest(from, series, month);
    for (int i = 0; i < 5; i++) {
        row.q[i] = csim_accumulator_quantile(from, series, month, points[i]);
        if (i && row.q[i].value < row.q[i - 1].value) row.q[i].value = row.q[i - 1].value; /* the last bit of an interpolation */
    }
    return row;
}

static csim_status read_all(csim_report *report, csim_error *err) {
    const csim_accumulator *from = report->statistics;
    report->rows = calloc(from->series * from->months, sizeof *report->rows);
    if (!report->rows) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for the numbers of a report");
    for (size_t series = 0; series < from->series; series++)
        for (size_t month = 0; month < from->months; month++) report->rows[series * from->months + month] = read_row(from, series, month);
    return CSIM_OK;
}

/* A scenario and a run belong together when they list the same inputs, offerings, segments and claims in the same order. */
static bool belong_together(const csim_run_file *run, const csim_scenario *scenario) {
    const csim_plan *plan = csim_run_file_plan(run);
    size_t answers = 0, readings = 0;
    csim_run_file_claims(run, &answers);
    for (size_t i = 0; i < scenario->claims; i++) readings += scenario->claim[i].count;
    bool same = (size_t)plan->inputs == scenario->inputs && (size_t)plan->offerings == scenario->offerings && (size_t)plan->segments == scenario->segments &&
                plan->start_month == scenario->start_month && plan->months == scenario->months && (answers == 0 || answers == readings);
    for (size_t i = 0; same && i < scenario->inputs; i++) same = !strcmp(plan->input_key[i], scenario->input[i].key);
    return same;
}

csim_status csim_report_open_result(csim_report *report, const csim_result *result, const csim_scenario *scenario, csim_error *err) {
    if (result->done == result->failed) return csim_error_set(err, CSIM_INCONSISTENT, "the run of '%.100s' has no path yet that a workbook could tell of: it was broken off before the first", scenario->name);
    *report = (csim_report){.scenario = scenario, .plan = result->plan, .result = result, .statistics = result->statistics, .dates = csim_report_dates_of(scenario, result->plan)};
    return read_all(report, err);
}

csim_status csim_report_open(csim_report *report, const csim_run_file *run, const csim_scenario *scenario, csim_error *err) {
    if (!belong_together(run, scenario)) return csim_error_set(err, CSIM_INCONSISTENT, "the scenario '%.100s' is not the one the run was made from", scenario->name);
    const csim_status status = csim_report_open_result(report, csim_run_file_result(run), scenario, err);
    if (!status) report->run = run;
    return status;
}

csim_report_row csim_report_read(const csim_report *report, int32_t slot, int32_t position) {
    return report->rows[(size_t)slot * (size_t)report->plan->report_months + (size_t)position];
}

csim_probability csim_report_share_at(const csim_report *report, int32_t slot, int32_t position, double value) {
    return csim_accumulator_share(report->statistics, (size_t)slot, (size_t)position, (uint32_t)value);
}

/* ---- formats ---- */

csim_cell_kind csim_report_kind(csim_outcome_id id) {
    const csim_outcome_row *row = &csim_outcome_rows[id];
    if (!strcmp(row->unit, "share") || !strcmp(row->unit, "flag")) return CSIM_AS_PERCENT;
    if (row->unit[0] == '$') return CSIM_AS_USD;
    if (!strcmp(row->unit, "-") && row->scale == CSIM_SCALE_LOG) return CSIM_AS_RATIO;
    return CSIM_AS_NUMBER;
}

int csim_report_decimals(csim_cell_kind kind, double value, double error) {
    const double shown = fabs(kind == CSIM_AS_PERCENT ? 100 * value : value);
    const int digits = 3 - (shown > 0 && isfinite(shown) ? (int)floor(log10(shown)) : 0); /* four significant ones */
    const int most = digits < 0 ? 0 : digits > 6 ? 6 : digits;
    const int allowed = csim_decimals_from_error(kind, isfinite(error) ? error : 0);
    return allowed < most ? allowed : most;
}

void csim_report_put_value(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_role role, csim_cell_kind kind, int decimals, double value) {
    if (isfinite(value)) csim_sheet_put_number(sheet, row, column, csim_style_digits(role, kind, decimals), value);
    else csim_sheet_put_missing(sheet, row, column);
}

void csim_report_put_error(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_kind kind, int decimals, double error, bool constant) {
    if (constant) csim_sheet_put_text(sheet, row, column, CSIM_GENERAL(CSIM_ROLE_MISSING), "constant");
    else if (isfinite(error)) csim_sheet_put_number(sheet, row, column, csim_style_digits(CSIM_ROLE_BODY, kind, decimals + 1), error);
    else csim_sheet_put_missing(sheet, row, column);
}

void csim_report_put_probability(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_role role, csim_probability p) {
    char text[32];
    if (!p.count) csim_sheet_put_missing(sheet, row, column);
    else if (p.hits == 0 || p.hits == p.count) csim_sheet_put_text(sheet, row, column, CSIM_GENERAL(role == CSIM_ROLE_BODY ? CSIM_ROLE_MISSING : role), csim_report_bound(p, text, sizeof text));
    else csim_sheet_put_number(sheet, row, column, csim_style_digits(role, CSIM_AS_PERCENT, csim_report_decimals(CSIM_AS_PERCENT, p.value, p.error)), p.value);
}

void csim_report_put_month(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_role role, int month) {
    csim_sheet_put_month(sheet, row, column, role, 2000 + month / 12, month % 12 + 1);
}
