/* report --waterfall: the workbook of two runs with what their differences are made of. Internal to csim/cli/. */
#ifndef CSIM_CLI_REPORT_WATERFALLS_H
#define CSIM_CLI_REPORT_WATERFALLS_H

#include "csim/cli/waterfall.h"
#include "csim/report/comparison_report.h"
#include "csim/report/sides.h"

typedef struct csim_cli_report_request {
    const char *what[CSIM_SIDES_WATERFALLS]; /* "share.open.developers@2028-12", each once */
    size_t count;
    csim_cli_waterfall_request each;         /* but for `what` */
} csim_cli_report_request;

/* USAGE for what does not go together. */
csim_status csim_cli_report_check(const csim_cli_report_request *asked, size_t runs, csim_error *err);

/* Runs the waterfalls of two finished runs, each named by its folder or file, and finishes the report with them. */
csim_status csim_cli_report_finish(const csim_cli_io *io, csim_comparison_report *report, const char *const runs[2], const csim_cli_report_request *asked, csim_error *err);

#endif
