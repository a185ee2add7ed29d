/* One run from the command line, from what is wanted to what is written. run_plan.c decides what is simulated, run_simulate.c simulates and keeps it,
 * run_answer.c answers with it; run_command.c reads the words and puts the steps in their order. Internal to csim/cli/. */
#ifndef CSIM_CLI_RUN_JOB_H
#define CSIM_CLI_RUN_JOB_H

#include "csim/catalogue/catalogue.h"
#include "csim/cli/commands.h"
#include "csim/cli/stored.h"
#include "csim/engine/beside.h"
#include "csim/engine/claims.h"
#include "csim/engine/contrast.h"
#include "csim/engine/precision.h"

/* What the words say; NULL, −1, NAN and 0 where they say nothing. */
typedef struct csim_run_request {
    const char *scenario, *folder, *sampler, *precision;
    long long paths, threads, contrast_paths, extend_to, replicates, max_paths;
    csim_option_seed seed;
    double checkpoint_s;
    const char *shard, *keep;
    uint32_t shard_number, shards;
    const char *const *merge; /* runs to be put together instead of simulating */
    size_t merged;
    int json, quiet, no_contrasts, no_report, verify, resume;
} csim_run_request;

/* Everything a run holds; released in one place. */
typedef struct csim_run_job {
    csim_scenario *scenario;
    csim_catalogue *catalogue;
    csim_plan *plan;
    csim_run *run;
    csim_run_file *stored;  /* what the run goes on from, until it was taken in */
    csim_run_part part;
    csim_run_options options;
    uint64_t checkpoints;   /* written by this process */
    const csim_result *result;
    csim_contrasts *contrasts;
    csim_beside *beside;
    csim_claim_result *claims;
    size_t claim_count;
    csim_precision precision;
    int broken_off;  /* Ctrl-C ended a run to a precision: what there is is written */
    int folder_lock; /* descriptor of the folder, −1 */
    char folder[4096], command[8192];
} csim_run_job;

/* ---- run_plan.c: what is to be simulated */

/* Scenario, catalogue and plan, unless they stand in a run file that is found later. */
csim_status csim_job_load(csim_run_job *self, const csim_run_request *wanted, csim_error *err);
/* The folder is made before the paths are simulated, so that a wrong place costs no run; it is locked until the job is over. */
csim_status csim_job_make_folder(csim_run_job *self, const csim_run_request *wanted, csim_error *err);
/* Finds the run to go on with. None there is no mistake when the scenario is given: the same command then begins and goes on. */
csim_status csim_job_take_up(csim_run_job *self, const csim_run_request *wanted, csim_error *err);
/* Makes the run, with what is stored of it. */
csim_status csim_job_begin(csim_run_job *self, const csim_run_request *wanted, csim_error *err);
/* The run file of the job's folder. */
void csim_job_file(const csim_run_job *self, char path[CSIM_CLI_PATH]);

/* ---- run_simulate.c: its paths, kept at checkpoints */

/* Until all paths, or all errors wanted, are there. INTERRUPTED, with what there is kept. */
csim_status csim_job_simulate(const csim_cli_io *io, csim_run_job *self, const csim_run_request *wanted, csim_error *err);
/* Writes the run file; with what is simulated so far; the same after Ctrl-C, which becomes INTERRUPTED with a hint how to go on. */
csim_status csim_job_store(const csim_cli_io *io, csim_run_job *self, csim_error *err);
csim_status csim_job_checkpoint(const csim_cli_io *io, csim_run_job *self, csim_error *err);
csim_status csim_job_keep_for_later(const csim_cli_io *io, csim_run_job *self, csim_error *err);

/* ---- run_answer.c: what is said of them */

/* Further runs and claims, for all but shards. */
csim_status csim_job_answer(const csim_cli_io *io, csim_run_job *self, const csim_run_request *wanted, csim_error *err);
/* Run file and exports. */
csim_status csim_job_write(const csim_cli_io *io, csim_run_job *self, const csim_run_request *wanted, csim_error *err);
/* The summary on standard output. */
void csim_job_print(FILE *out, const csim_run_job *self, const csim_run_request *wanted);
/* PRECISION with the errors that are still too large, when a precision was wanted. */
csim_status csim_job_judge(const csim_run_job *self, csim_error *err);

#endif
