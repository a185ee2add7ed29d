/* --waterfall of compare and report: the part of the commands that attributes a difference. Internal to csim/cli/. */
#ifndef CSIM_CLI_WATERFALL_H
#define CSIM_CLI_WATERFALL_H

#include "csim/cli/commands.h"
#include "csim/cli/options.h"
#include "csim/cli/side.h"
#include "csim/engine/waterfall.h"

typedef struct csim_cli_waterfall_request {
    const char *what, *groups, *csv;   /* "share.open.developers@2028-12"; a file, "auto" or NULL; NULL for no file */
    long long paths, threads, orders; /* −1: not given */
    csim_option_seed seed;
    csim_sampler_wish drawn;
    int json, quiet;
} csim_cli_waterfall_request;

/* Opened, which finds what is wrong with the request, and then run to the end, with one line of progress for all. */
csim_status csim_cli_waterfall_new(const csim_cli_side sides[2], const csim_cli_waterfall_request *asked, csim_waterfall **out, csim_error *err);
csim_status csim_cli_waterfalls_run(const csim_cli_io *io, csim_waterfall *const *waterfalls, size_t count, int quiet, csim_error *err);

/* compare --waterfall. */
csim_status csim_cli_waterfall(const csim_cli_io *io, const csim_cli_side sides[2], const csim_cli_waterfall_request *asked, csim_error *err);

#endif
