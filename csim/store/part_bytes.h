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

/* What to simulate for the paths first_path … first_path + paths − 1 of a run with these complete options: rows of kept paths are those of the whole that lie
 * among them, a hypercube is the whole's. */
csim_run_options csim_part_options(const csim_run_options *whole, uint32_t first_path, uint32_t paths);

/* The digest of a part that is as it was sent; else FILE_FORMAT. */
csim_status csim_part_digest(const unsigned char *bytes, size_t size, char hex[CSIM_SHA256_HEX_SIZE], csim_error *err);

/* As csim_run_take, for the part of exactly these paths; hex, which may be NULL, is its digest. FILE_FORMAT when the bytes are no part, or not those that were
 * sent; INCONSISTENT for a part of other paths than were asked for, with other rows, or of another version of this library. Whatever fails, the run is as it
 * was. */
csim_status csim_part_take(csim_run *run, uint32_t first_path, uint32_t paths, const unsigned char *bytes, size_t size, char hex[CSIM_SHA256_HEX_SIZE], csim_error *err);

#endif
