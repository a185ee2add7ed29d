/* Addressed draws: a uniform is a function of (seed, stream name, path, month) and of nothing else. No state, so no draw can shift another,
 * any path can be replayed alone, and shards need no coordination. Must not know distributions.
 *
 * The address is a contract: changing it changes every published number.
 *   key     = low and high 32 bits of the seed
 *   hash    = splitmix64 mixer of the FNV-1a 64 hash of the name's UTF-8 bytes
 *   counter = {month >> 1, path, low 32 bits of hash, high 32 bits of hash}
 *   Philox4x32-10 gives four words: {0, 1} serve the even month, {2, 3} the odd one; the upper 52 bits of a pair become (k + ½)·2^-52.
 * A draw that belongs to a path and not to a month (an uncertain input) uses month 0. */
#ifndef CSIM_RNG_STREAM_H
#define CSIM_RNG_STREAM_H

#include <stddef.h>
#include <stdint.h>

typedef struct csim_stream {
    uint32_t key[2];
    uint32_t hash[2];
} csim_stream;

/* The 64-bit hash of a stream's name. Two names of one plan must not collide: whoever collects the names compares these. */
uint64_t csim_stream_hash(const char *name);

csim_stream csim_stream_make(uint64_t seed, const char *name);

double csim_stream_uniform(const csim_stream *self, uint32_t path, uint32_t month);

/* u[i] for path first_path + i · stride in one month. */
void csim_stream_fill(const csim_stream *self, uint32_t month, uint32_t first_path, uint32_t stride, size_t n, double *u);

/* Both months of a pair from one pass, at half the cost. even_month must be even; u_odd belongs to even_month + 1. */
void csim_stream_fill_pair(const csim_stream *self, uint32_t even_month, uint32_t first_path, uint32_t stride, size_t n, double *restrict u_even,
                           double *restrict u_odd);

#endif
