/* A part of a run on its way home: what a process that simulated some of the paths sends to the one that asked for them. Small against the run file, exact,
 * and with a digest of its own, so that a part that was damaged, comes twice or belongs elsewhere cannot change the answer.
 *
 *   part := "moecpart", format, version, revision, plan's SHA-256, seed, first_path, paths, sampler, replicates, strata, ledger, counts, kept series,
 *           sections (statistics, monthly, replicates, monthly_replicates, replicate tallies; rows of kept paths), SHA-256 over all before, seconds
 *
 * Words are uint64, little-endian; a text and a section are told by their size and then their bytes. The seconds stand behind the digest: the same paths
 * give the same digest whoever simulates them. */
#ifndef CSIM_STORE_PART_BYTES_H
#define CSIM_STORE_PART_BYTES_H

#include "csim/base/sha256.h"
#include "csim/engine/engine.h"

/* *bytes is malloc'd. USAGE for a result without `monthly`, NO_MEMORY. */
csim_status csim_part_pack(const csim_result *part, unsigned char **bytes, size_t *size, csim_error *err);

/* The part's own digest, of bytes that are long enough to have one; else FILE_FORMAT. */
csim_status csim_part_digest(const unsigned char *bytes, size_t size, char hex[CSIM_SHA256_HEX_SIZE], csim_error *err);

/* As csim_run_take. FILE_FORMAT when the bytes are no part, or not those that were sent; INCONSISTENT also for a part of another version of this library.
 * Whatever fails, the run is as it was. */
csim_status csim_part_take(csim_run *run, const unsigned char *bytes, size_t size, csim_error *err);

#endif
