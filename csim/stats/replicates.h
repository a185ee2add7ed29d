/* What each replicate of a run says by itself: exact moments of every cell and counts on coarse bins, so that a standard error can be seen between
 * independent randomisations where points are not independent within one. Exact and associative like the accumulator it belongs to; its size does not
 * depend on the number of paths. One is shared by all threads: whoever adds to a replicate holds that replicate's lock (the engine's). */
#ifndef CSIM_STATS_REPLICATES_H
#define CSIM_STATS_REPLICATES_H

#include "csim/stats/accumulator.h"

enum { CSIM_COARSE_BINS = 256, CSIM_MOST_REPLICATES = 64 };

typedef struct csim_replicates {
    uint32_t count;
    size_t series, months;
    csim_moments *moments; /* [count][series × months] */
    uint32_t *bin;         /* [count][series × months][CSIM_COARSE_BINS]; NULL in those of moments alone */
} csim_replicates;

/* LIMIT for more than CSIM_MOST_REPLICATES, NO_MEMORY. */
csim_status csim_replicates_new(uint32_t count, size_t series, size_t months, csim_replicates **out, csim_error *err);
csim_status csim_replicates_new_moments(uint32_t count, size_t series, size_t months, csim_replicates **out, csim_error *err);
void csim_replicates_free(csim_replicates *self);

/* The coarse bin of a fine one: of whole numbers each keeps its own as long as there are bins, so that their distribution stays exact. */
static inline uint32_t csim_coarse_bin(csim_axis_kind kind, uint32_t fine) {
    if (kind == CSIM_AXIS_COUNT) return fine < CSIM_COARSE_BINS ? fine : CSIM_COARSE_BINS - 1;
    return fine / (CSIM_BINS / CSIM_COARSE_BINS);
}

/* self += other, replicate by replicate; both of the same size. */
void csim_replicates_merge(csim_replicates *self, const csim_replicates *other);

/* Canonical bytes; whether bytes may be such of one of the same size, and self += what they say, for bytes that fit; both (FILE_FORMAT, self as it was). */
void csim_replicates_write(const csim_replicates *self, csim_byte_sink *sink, void *to);
int csim_replicates_fit(const csim_replicates *self, const unsigned char *bytes, size_t size);
void csim_replicates_add_bytes(csim_replicates *self, const unsigned char *bytes, size_t size);
csim_status csim_replicates_read(csim_replicates *self, const unsigned char *bytes, size_t size, csim_error *err);

#endif
