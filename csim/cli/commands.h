/* The sub-commands. Each parses its own words (argv[0] is the sub-command's name), writes results to io->out and messages to io->err, and returns a
 * status whose sentence the dispatcher prints. Internal to csim/cli/. */
#ifndef CSIM_CLI_COMMANDS_H
#define CSIM_CLI_COMMANDS_H

#include <stdatomic.h>
#include <stdio.h>

#include "csim/base/error.h"
#include "csim/cli/options.h"
#include "csim/store/run_file.h"

typedef struct csim_cli_io { FILE *out, *err; const atomic_int *cancel; int argc_all; char **argv_all;
                            int *exit_code; /* of a command that succeeds; 0 unless it sets another */
                            struct csim_progress_slot *slot; /* told how far the command is (progress.h); NULL: nobody asks */ } csim_cli_io;

csim_status csim_cli_run(const csim_cli_io *io, int argc, char **argv, csim_error *err);
csim_status csim_cli_merge(const csim_cli_io *io, int argc, char **argv, csim_error *err);
csim_status csim_cli_verify(const csim_cli_io *io, int argc, char **argv, csim_error *err);
csim_status csim_cli_batch(const csim_cli_io *io, int argc, char **argv, csim_error *err);
csim_status csim_cli_report(const csim_cli_io *io, int argc, char **argv, csim_error *err);
csim_status csim_cli_export(const csim_cli_io *io, int argc, char **argv, csim_error *err);
csim_status csim_cli_check(const csim_cli_io *io, int argc, char **argv, csim_error *err);
csim_status csim_cli_explain(const csim_cli_io *io, int argc, char **argv, csim_error *err);
csim_status csim_cli_schema(const csim_cli_io *io, int argc, char **argv, csim_error *err);
csim_status csim_cli_cost(const csim_cli_io *io, int argc, char **argv, csim_error *err);
csim_status csim_cli_breakeven(const csim_cli_io *io, int argc, char **argv, csim_error *err);
csim_status csim_cli_catalogue(const csim_cli_io *io, int argc, char **argv, csim_error *err);
csim_status csim_cli_compare(const csim_cli_io *io, int argc, char **argv, csim_error *err);
csim_status csim_cli_diff(const csim_cli_io *io, int argc, char **argv, csim_error *err);
csim_status csim_cli_path(const csim_cli_io *io, int argc, char **argv, csim_error *err);

/* Parses a sub-command's words; the first names a run by its folder or by the file in it, and is read into *file. */
csim_status csim_cli_open_run(int argc, char **argv, const csim_option *options, size_t count, size_t words_max, const char **words, size_t *found, csim_run_file **file,
                              csim_error *err);

/* Asked for with --help: the command's text has been printed, nothing else is to be done. */
#define CSIM_CLI_WANTS_HELP(argc, argv) csim_cli_wants_help(argc, argv)
int csim_cli_wants_help(int argc, char **argv);

#endif
