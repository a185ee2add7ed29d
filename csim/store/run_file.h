/* run.moecast: everything about one run in one SQLite file. Whoever has the file can check it, export it and run it again: it holds the plan, the full
 * scenario text, the exact statistics, the kept paths, the answers to claims and the circumstances of the run.
 * A file is written whole, under another name, and then put in place of the one before: a reader sees the one or the other. A run that is not finished is
 * written like one that is; its ledger says which paths it holds. Reading gives back exactly what was written or refuses. No SQLite handle outlives a call.
 *
 * Tables, for people who open it with sqlite3 (docs/run-file.md):
 *   meta(key, value)         text: format, versions, scenario_name, scenario_sha256, scenario (canonical text), seed, paths, sampler, replicates, …, digest, plan_sha256, seal
 *   ledger(position, first, paths)       intervals of the paths that were simulated
 *   section(name, size, sha256, bytes)   plan (packed, plan_bytes.h), statistics (csim_accumulator_write), and the tables of csim_result_tables; size and
 *                                        hash are those of the unpacked bytes; with more than one replicate also replicates (csim_replicates_write) and
 *                                        replicate_tally (hits and count, uint64, for CSIM_MAX_READINGS readings of each replicate)
 *   series, failure, tally, kept_column, claim    one row a series, cause, reading, column, reading
 *   claim_break_even, claim_aside   by the reading's position in `claim`: its break-even, where it is asked; what rests on guesses and the vintage's answer,
 *                                   where there is either. Positions in a prior, shares and probabilities lie in [0, 1].
 * `seal` is the SHA-256 over all rows of all tables but itself. */
#ifndef CSIM_STORE_RUN_FILE_H
#define CSIM_STORE_RUN_FILE_H

#include "csim/engine/claims.h"
#include "csim/engine/engine.h"
#include "csim/scenario/scenario.h"

enum { CSIM_RUN_FILE_FORMAT = 5 };

/* What a file is of the run that was asked for. All 0: the whole of it, with the numbers of csim_result.options. */
typedef struct csim_run_part {
    uint32_t shard, shards;          /* 1 … shards; 0 for a run that was not cut */
    uint32_t whole_paths;            /* of the whole run, numbered from 0 */
    uint32_t keep_paths, keep_hits;  /* rows asked for in the whole run; a shard has those of its own paths */
} csim_run_part;

/* Circumstances that change no number. "" where not known. */
typedef struct csim_run_info {
    const char *version, *git_revision, *compiler, *gsl_version, *kernel_variant, *command_line;
    int64_t created_unix_s; /* UTC */
    csim_run_part part;
} csim_run_info;

/* Replaces `path` atomically; on any failure (FILE_WRITE, NO_MEMORY, LIMIT; USAGE for a result without `monthly`) what was there stays and nothing is left beside it. */
csim_status csim_run_file_write(const char *path, const csim_result *result, const csim_scenario *scenario, const csim_run_info *info,
                                const csim_claim_result *claims, size_t claim_count, csim_error *err);
/* The same, and INTERRUPTED once *cancel (which may be NULL) is set. */
csim_status csim_run_file_write_unless(const atomic_int *cancel, const char *path, const csim_result *result, const csim_scenario *scenario, const csim_run_info *info,
                                       const csim_claim_result *claims, size_t claim_count, csim_error *err);

typedef struct csim_run_file csim_run_file;

/* FILE_OPEN when there is no such file, FILE_FORMAT with one sentence for anything that is not an undamaged run file of this format, the digest included. */
csim_status csim_run_file_read(const char *path, csim_run_file **out, csim_error *err);
/* The same, and INTERRUPTED once *cancel (which may be NULL) is set. */
csim_status csim_run_file_read_unless(const atomic_int *cancel, const char *path, csim_run_file **out, csim_error *err);
void csim_run_file_free(csim_run_file *file);

/* Borrowed from the handle. */
const csim_plan *csim_run_file_plan(const csim_run_file *file);
const csim_result *csim_run_file_result(const csim_run_file *file);
const csim_run_info *csim_run_file_info(const csim_run_file *file);
const char *csim_run_file_scenario_text(const csim_run_file *file);
const char *csim_run_file_scenario_file(const csim_run_file *file); /* where it was read from: what it names by relative paths lies beside it */
const char *csim_run_file_meta(const csim_run_file *file, const char *key); /* NULL when there is no such key */
const csim_claim_result *csim_run_file_claims(const csim_run_file *file, size_t *count);

/* Forgets distributions, monthly moments and kept inputs, which are nine tenths of what a read file holds in memory: for whoever reads many runs and has taken
 * from these what is wanted. The result's pointers to them become NULL; plan, kept numbers and answers stay. */
void csim_run_file_shed(csim_run_file *file);

/* "not_finite": the name of a cause for which paths are stopped (csim_failure), as stored and exported. */
const char *csim_failure_name(int cause);

/* "2028-12", from months since 2000-01. Returns text. */
enum { CSIM_MONTH_TEXT = 32 };
char *csim_month_text(int month, char text[CSIM_MONTH_TEXT]);

#endif
