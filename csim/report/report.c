/* The making of a workbook: sheets in their order, each filled, properties, and the file closed. The summary is filled after the sheets whose numbers it
 * shows in charts, although it stands first; the data sheet comes last because it holds most. */
#include "csim/report/report.h"

#include <stdlib.h>
#include <string.h>

#include "csim/report/report_parts.h"
#include "csim/scenario/c_locale.h"

/* Columns of the sheet of chart data: a month or a label, then numbers. */
static void open_chart_data(csim_report *report) {
    csim_sheet *sheet = report->sheet[CSIM_REPORT_CHART_DATA];
    report->chart_row = csim_report_put_head(report, CSIM_REPORT_CHART_DATA, "Chart data", "What the charts of this workbook draw. A fan stacks the differences of its quantiles, which are formulas.");
    csim_sheet_set_width(sheet, 0, 1, 11);
    csim_sheet_set_width(sheet, 2, 12, 13);
}

static void add_sheets(csim_report *report) {
    static const csim_colour colours[CSIM_REPORT_SHEETS] = {
        [CSIM_REPORT_SUMMARY] = CSIM_COLOUR_BLUE,      [CSIM_REPORT_CLAIMS] = CSIM_COLOUR_VERMILLION, [CSIM_REPORT_ADOPTION] = CSIM_COLOUR_GREEN,
        [CSIM_REPORT_PRICES] = CSIM_COLOUR_GREEN,      [CSIM_REPORT_SAAS] = CSIM_COLOUR_GREEN,        [CSIM_REPORT_HARDWARE] = CSIM_COLOUR_GREEN,
        [CSIM_REPORT_ASSUMPTIONS] = CSIM_COLOUR_ORANGE, [CSIM_REPORT_RUN] = CSIM_COLOUR_GREY,          [CSIM_REPORT_DATA] = CSIM_COLOUR_GREY,
        [CSIM_REPORT_CHART_DATA] = CSIM_COLOUR_LIGHT_GREY};
#define ADD_SHEET(id, name, mode) report->sheet[CSIM_REPORT_##id] = csim_book_add_sheet(report->book, name, mode);
    CSIM_REPORT_SHEET_LIST(ADD_SHEET)
#undef ADD_SHEET
    for (int i = 0; i < CSIM_REPORT_SHEETS; i++) csim_sheet_set_tab_colour(report->sheet[i], colours[i]);
}

static void describe(const csim_report *report) {
    char title[256 * 4], subject[256 * 4];
    csim_report_clean(report->scenario->title, 200, title, sizeof title);
    csim_report_clean(report->scenario->name, 200, subject, sizeof subject);
    csim_book_describe(report->book, &(csim_book_about){.title = title, .subject = subject, .author = "moecast", .keywords = "AI models, open weights, Monte Carlo", .comments = "Made from a run file; the sheet Run says which."});
}

static void fill(csim_report *report) {
    add_sheets(report);
    open_chart_data(report);
    csim_report_fill_claims(report);
    csim_report_fill_adoption(report);
    csim_report_fill_prices(report);
    csim_report_fill_saas(report);
    csim_report_fill_hardware(report);
    csim_report_fill_summary(report);
    csim_report_fill_assumptions(report);
    csim_report_fill_run(report);
    csim_report_fill_data(report);
    describe(report);
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

csim_status csim_report_write(const csim_run_file *run, const csim_scenario *scenario, const char *path, csim_error *err) {
    if (!belong_together(run, scenario)) return csim_error_set(err, CSIM_INCONSISTENT, "the scenario '%.100s' is not the one the run was made from", scenario->name);
    const csim_plan *plan = csim_run_file_plan(run);
    const csim_result *result = csim_run_file_result(run);
    csim_report report = {.run = run, .scenario = scenario, .plan = plan, .result = result, .statistics = result->statistics, .dates = csim_report_dates_of(scenario, plan)};
    csim_status status = csim_report_read_all(&report, err);
    if (!status) status = csim_book_new(path, csim_run_file_info(run)->created_unix_s, &report.book, err);
    if (!status) {
        const csim_c_locale guard = csim_c_locale_enter(); /* numbers in sentences are printed with a point */
        fill(&report);
        csim_c_locale_leave(guard);
        status = csim_book_finish(report.book, err);
        csim_book_free(report.book);
    }
    free(report.rows);
    return status;
}
