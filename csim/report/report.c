/* The making of a workbook: its sheets (report_sheets.c), properties, and the file closed. */
#include "csim/report/report.h"

#include "csim/report/gather.h"
#include "csim/report/live_cells.h"
#include "csim/report/report_parts.h"
#include "csim/scenario/c_locale.h"

void csim_report_fill_chart_data(csim_report *report) {
    report->chart_row = csim_report_put_head(report, CSIM_REPORT_CHART_DATA, "Chart data", CSIM_CHART_DATA_WORDS);
    csim_report_dress_chart_data(report->sheet[CSIM_REPORT_CHART_DATA]);
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

/* The live sheets' names belong to a book, and come and go with it. */
static csim_status make(csim_report *report, csim_error *err) {
    if (report->shipped) report->live = csim_live_new(report->book, "cost_");
    if (report->shipped && !report->live) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for the names of a workbook");
    fill(report);
    const bool is_complete = !report->live || csim_live_is_complete(report->live);
    csim_live_free(report->live);
    report->live = NULL;
    return is_complete ? csim_book_finish(report->book, err) : csim_error_set(err, CSIM_NO_MEMORY, "no memory for the formulas of a workbook");
}

csim_status csim_report_write(const csim_run_file *run, const csim_scenario *scenario, const char *path, csim_language language, const atomic_int *cancel, csim_error *err) {
    csim_report report = {.rows = NULL};
    csim_status status = csim_report_open(&report, run, scenario, err);
    report.wanted = language;
    report.cancel = cancel;
    const csim_c_locale guard = csim_c_locale_enter(); /* numbers in sentences are printed with a point */
    if (!status) status = csim_report_gather(&report, err);
    if (!status) status = csim_book_new(path, csim_run_file_info(run)->created_unix_s, &report.book, err);
    if (!status) csim_book_watch(report.book, cancel);
    if (!status) status = make(&report, err);
    csim_book_free(report.book);
    csim_report_forget(&report);
    csim_c_locale_leave(guard);
    return status;
}
