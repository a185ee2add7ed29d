/* See ledger.h. */
#include "csim/engine/ledger.h"

#include <string.h>

/* The first interval that does not end before `path`. */
static size_t place_of(const csim_ledger *self, uint32_t path) {
    size_t low = 0, high = self->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (self->interval[middle].to < path) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* Replaces `gone` intervals at `at` by one. */
static void put(csim_ledger *self, size_t at, size_t gone, csim_path_interval one) {
    memmove(&self->interval[at + 1], &self->interval[at + gone], (self->count - at - gone) * sizeof one);
    self->interval[at] = one;
    self->count = self->count + 1 - gone;
}

static csim_status overlap(csim_path_interval there, csim_error *err) {
    return csim_error_set(err, CSIM_INCONSISTENT, "paths %u to %u are there already", there.from, there.to - 1);
}

csim_status csim_ledger_add(csim_ledger *self, uint32_t from, uint32_t to, csim_error *err) {
    if (from >= to) return CSIM_OK;
    size_t at = place_of(self, from), gone = 0;
    csim_path_interval one = {from, to};
    for (size_t i = at; i < self->count && self->interval[i].from <= to; i++) {
        const csim_path_interval there = self->interval[i];
        if (there.from < to && from < there.to) return overlap(there, err);
        if (there.from < one.from) one.from = there.from;
        if (there.to > one.to) one.to = there.to;
        gone++;
    }
    if (!gone && self->count == CSIM_MAX_INTERVALS) return csim_error_set(err, CSIM_LIMIT, "the paths lie in more than %d pieces", CSIM_MAX_INTERVALS);
    put(self, at, gone, one);
    return CSIM_OK;
}

csim_status csim_ledger_add_all(csim_ledger *self, const csim_ledger *other, csim_error *err) {
    csim_ledger sum = *self;
    for (size_t i = 0; i < other->count; i++) {
        const csim_status status = csim_ledger_add(&sum, other->interval[i].from, other->interval[i].to, err);
        if (status) return status;
    }
    *self = sum;
    return CSIM_OK;
}

uint64_t csim_ledger_paths(const csim_ledger *self) {
    uint64_t paths = 0;
    for (size_t i = 0; i < self->count; i++) paths += self->interval[i].to - self->interval[i].from;
    return paths;
}

int csim_ledger_holds(const csim_ledger *self, uint32_t path) {
    for (size_t i = place_of(self, path); i < self->count && self->interval[i].from <= path; i++)
        if (path < self->interval[i].to) return 1;
    return 0;
}

int csim_ledger_equal(const csim_ledger *a, const csim_ledger *b) { return a->count == b->count && !memcmp(a->interval, b->interval, a->count * sizeof a->interval[0]); }

static void put_gap(csim_ledger *out, uint32_t from, uint32_t to) {
    if (from < to && out->count < CSIM_MAX_INTERVALS) out->interval[out->count++] = (csim_path_interval){from, to};
}

/* At most one gap more than intervals, and only when the ledger is full: that last gap is then left for the next look. */
void csim_ledger_missing(const csim_ledger *self, uint32_t from, uint32_t to, csim_ledger *out) {
    out->count = 0;
    for (size_t i = 0; i < self->count && from < to; i++) {
        const csim_path_interval there = self->interval[i];
        if (there.to <= from) continue;
        if (there.from > from) put_gap(out, from, there.from < to ? there.from : to);
        from = there.to;
    }
    put_gap(out, from, to);
}
