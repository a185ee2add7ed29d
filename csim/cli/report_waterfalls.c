/* See report_waterfalls.h. */
#include "csim/cli/report_waterfalls.h"

#include <string.h>

csim_status csim_cli_report_check(const csim_cli_report_request *asked, size_t runs, csim_error *err) {
    const csim_cli_waterfall_request *each = &asked->each;
    if (!asked->count && (each->paths >= 0 || each->orders >= 0 || each->threads >= 0 || each->groups))
        return csim_error_set(err, CSIM_USAGE, "--paths, --orders, --groups and --threads belong to --waterfall: nothing else in a workbook is simulated");
    if (asked->count && runs != 2) return csim_error_set(err, CSIM_USAGE, "--waterfall attributes the difference of two runs, not of %zu", runs);
    for (size_t i = 0; i < asked->count; i++)
        for (size_t k = 0; k < i; k++)
            if (!strcmp(asked->what[i], asked->what[k])) return csim_error_set(err, CSIM_USAGE, "--waterfall %.100s is asked for twice", asked->what[i]);
    return CSIM_OK;
}

/* All are opened before the first is run: what is wrong with the last is said at once. */
static csim_status make(const csim_cli_io *io, const csim_cli_side sides[2], const csim_cli_report_request *asked, csim_waterfall **made, csim_error *err) {
    csim_status status = CSIM_OK;
    for (size_t i = 0; !status && i < asked->count; i++) {
        csim_cli_waterfall_request one = asked->each;
        one.what = asked->what[i];
        status = csim_cli_waterfall_new(sides, &one, &made[i], err);
    }
    return status ? status : csim_cli_waterfalls_run(io, made, asked->count, asked->each.quiet, err);
}

csim_status csim_cli_report_finish(const csim_cli_io *io, csim_comparison_report *report, const char *const runs[2], const csim_cli_report_request *asked, csim_error *err) {
    csim_cli_side sides[2] = {{0}, {0}};
    csim_waterfall *made[CSIM_SIDES_WATERFALLS] = {NULL};
    const csim_waterfall *found[CSIM_SIDES_WATERFALLS];
    csim_status status = csim_cli_side_open(&sides[0], runs[0], err);
    if (!status) status = csim_cli_side_open(&sides[1], runs[1], err);
    if (!status) status = make(io, sides, asked, made, err);
    for (size_t i = 0; i < asked->count; i++) found[i] = made[i];
    if (!status) status = csim_comparison_report_finish(report, found, asked->count, err);
    for (size_t i = 0; i < asked->count; i++) csim_waterfall_free(made[i]);
    for (int i = 0; i < 2; i++) csim_cli_side_clear(&sides[i]);
    return status;
}
