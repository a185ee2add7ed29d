/* Memory and merging of replicates. Filled by accumulator.c, read by estimate.c, canonical bytes in canonical.c. */
#include "csim/stats/replicates.h"

#include <math.h>
#include <stdlib.h>

static csim_status make(uint32_t count, size_t series, size_t months, int with_bins, csim_replicates **out, csim_error *err) {
    const size_t cells = count * series * months;
    *out = NULL;
    if (count > CSIM_MOST_REPLICATES) return csim_error_set(err, CSIM_LIMIT, "at most %d replicates, not %u", CSIM_MOST_REPLICATES, count);
    csim_replicates *self = calloc(1, sizeof *self);
    if (!self) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for replicates");
    *self = (csim_replicates){count, series, months, malloc((cells + 1) * sizeof *self->moments), NULL};
    if (with_bins) self->bin = calloc(cells + 1, CSIM_COARSE_BINS * sizeof *self->bin);
    if (!self->moments || (with_bins && !self->bin)) {
        csim_replicates_free(self);
        return csim_error_set(err, CSIM_NO_MEMORY, "no memory for %u replicates of %zu series in %zu months", count, series, months);
    }
    for (size_t i = 0; i < cells; i++) self->moments[i] = (csim_moments){.lowest = (double)INFINITY, .highest = -(double)INFINITY};
    *out = self;
    return CSIM_OK;
}

csim_status csim_replicates_new(uint32_t count, size_t series, size_t months, csim_replicates **out, csim_error *err) { return make(count, series, months, 1, out, err); }

csim_status csim_replicates_new_moments(uint32_t count, size_t series, size_t months, csim_replicates **out, csim_error *err) {
    return make(count, series, months, 0, out, err);
}

void csim_replicates_free(csim_replicates *self) {
    if (!self) return;
    free(self->moments);
    free(self->bin);
    free(self);
}

void csim_replicates_merge(csim_replicates *self, const csim_replicates *other) {
    const size_t cells = self->count * self->series * self->months;
    for (size_t i = 0; i < cells; i++) csim_moments_merge(&self->moments[i], &other->moments[i]);
    for (size_t i = 0; self->bin && i < cells * CSIM_COARSE_BINS; i++) self->bin[i] += other->bin[i];
}
