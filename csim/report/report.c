/* The making of a workbook: its sheets (report_sheets.c), properties, and the file closed. */
#include "csim/report/report.h"

#include <stdlib.h>
#include <string.h>

#include "csim/report/report_parts.h"
#include "csim/scenario/c_locale.h"

/* Columns of the sheet of chart data: a month or a label, then numbers. */
void csim_report_fill_chart_data(csim_report *report) {
    csim_sheet *sheet = report->sheet[CSIM_REPORT_CHART_DATA];
    report->chart_row = csim_report_put_head(report, CSIM_REPORT_CHART_DATA, "Chart data", "What the charts of this workbook draw. A fan stacks the differences of its quantiles, which are formulas.");
    csim_sheet_set_width(sheet, 0, 1, 11);
    csim_sheet_set_width(sheet, 2, 12, 13);
}

static void describe(const csim_report *report) {
    char title[256 * 4], subject[256 * 4];
    csim_report_clean(report->scenario->title, 200, title, sizeof title);
    csim_report_clean(report->scenario->name, 200, subject, sizeof subject);
    csim_book_describe(report->book, &(csim_book_about){.title = title, .subject = subject, .author = "moecast", .keywords = "AI models, open weights, Monte Carlo", .comments = "Made from a run file; the sheet Run says which."});
}

static void fill(csim_report *report) {
    csim_report_add_sheets(report);
    csim_report_fill_sheets(report);
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

csim_status csim_report_write(const csim_run_file *run, const csim_scenario *scenario, const char *path, csim_language language, csim_error *err) {
    if (!belong_together(run, scenario)) return csim_error_set(err, CSIM_INCONSISTENT, "the scenario '%.100s' is not the one the run was made from", scenario->name);
    const csim_plan *plan = csim_run_file_plan(run);
    const csim_result *result = csim_run_file_result(run);
    csim_report report = {.run = run, .scenario = scenario, .plan = plan, .result = result, .statistics = result->statistics, .dates = csim_report_dates_of(scenario, plan), .wanted = language};
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
