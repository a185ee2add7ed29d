/* Canonical bytes of an accumulator: what is digested and stored. Little-endian 64-bit words; the bins of a cell as (bytes that follow, then for each
 * filled bin the distance from the one before and the count, both as base-128 numbers, low groups first). Most bins take two or three bytes. */
#include <string.h>

#include "csim/stats/replicates.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "canonical bytes are defined on little-endian machines; add a byte swap here for others"
#endif

static void write_word(uint64_t word, csim_byte_sink *sink, void *to) { sink(to, &word, sizeof word); }

enum { MOST_BIN_BYTES = CSIM_BINS * 7 }; /* 2 for a distance, 5 for a count */

static size_t put_number(unsigned char *out, uint32_t value) {
    size_t used = 0;
    for (; value >= 128; value >>= 7) out[used++] = (unsigned char)(value | 128);
    out[used++] = (unsigned char)value;
    return used;
}

static void write_bins(const uint32_t *bin, uint32_t bins, csim_byte_sink *sink, void *to) {
    unsigned char packed[MOST_BIN_BYTES];
    size_t used = 0;
    uint32_t before = 0;
    for (uint32_t i = 0; i < bins; i++) {
        if (!bin[i]) continue;
        used += put_number(packed + used, i - before);
        used += put_number(packed + used, bin[i]);
        before = i;
    }
    write_word(used, sink, to);
    sink(to, packed, used);
}

/* all[cell × bins] may be NULL. */
static void write_cell(const csim_moments *moments, const uint32_t *all, size_t cell, uint32_t bins, csim_byte_sink *sink, void *to) {
    sink(to, &moments[cell], sizeof *moments);
    if (all) write_bins(all + cell * bins, bins, sink, to);
}

void csim_accumulator_write(const csim_accumulator *self, csim_byte_sink *sink, void *to) {
    write_word(self->series, sink, to);
    write_word(self->months, sink, to);
    for (size_t i = 0; i < self->series * self->months; i++) write_cell(self->moments, self->bin, i, CSIM_BINS, sink, to);
}

void csim_replicates_write(const csim_replicates *self, csim_byte_sink *sink, void *to) {
    const size_t cells = self->count * self->series * self->months;
    write_word(self->count, sink, to);
    write_word(self->series, sink, to);
    write_word(self->months, sink, to);
    for (size_t i = 0; i < cells; i++) write_cell(self->moments, self->bin, i, CSIM_COARSE_BINS, sink, to);
}

/* Reading walks twice: once to see that all bytes fit, once to add. `end` is never passed. */
typedef struct reader { const unsigned char *at, *end; } reader;

static int read_bytes(reader *from, void *to, size_t size) {
    if ((size_t)(from->end - from->at) < size) return 0;
    memcpy(to, from->at, size);
    from->at += size;
    return 1;
}

static int read_number(reader *from, uint32_t *value) {
    unsigned char group = 128;
    *value = 0;
    for (int shift = 0; group & 128; shift += 7) {
        if (shift > 28 || from->at == from->end) return 0;
        group = *from->at++;
        *value |= (uint32_t)(group & 127) << shift;
    }
    return 1;
}

/* Adds to bin[] unless it is NULL. */
static int read_bins(reader *from, uint32_t *bin, uint32_t bins, uint64_t count) {
    uint64_t size, total = 0;
    uint32_t at = 0, step, some;
    if (!read_bytes(from, &size, sizeof size) || size > (uint64_t)(from->end - from->at)) return 0;
    reader cell = {from->at, from->at + size};
    from->at += size;
    for (int first = 1; cell.at < cell.end; first = 0) {
        if (!read_number(&cell, &step) || !read_number(&cell, &some) || !some || (!step && !first) || step >= bins - at) return 0;
        at += step;
        if (bin) bin[at] += some;
        total += some;
    }
    return total == count; /* bins and moments count the same paths */
}

/* What cells are read into: `moments` NULL only looks whether the bytes fit; bins 0 for moments alone. */
typedef struct cells { csim_moments *moments; uint32_t *bin, bins; } cells;

static int read_cells(reader *from, cells to, size_t count) {
    csim_moments found;
    for (size_t i = 0; i < count; i++) {
        if (!read_bytes(from, &found, sizeof found)) return 0;
        if (to.bins && !read_bins(from, to.moments ? to.bin + i * to.bins : NULL, to.bins, found.count)) return 0;
        if (to.moments) csim_moments_merge(&to.moments[i], &found);
    }
    return from->at == from->end;
}

static int read_accumulator(const csim_accumulator *self, const unsigned char *bytes, size_t size, csim_moments *to) {
    reader from = {bytes, bytes + size};
    uint64_t series, months;
    if (!read_bytes(&from, &series, sizeof series) || !read_bytes(&from, &months, sizeof months) || series != self->series || months != self->months) return 0;
    return read_cells(&from, (cells){to, self->bin, self->bin ? CSIM_BINS : 0}, self->series * self->months);
}

int csim_accumulator_fits(const csim_accumulator *self, const unsigned char *bytes, size_t size) { return read_accumulator(self, bytes, size, NULL); }

void csim_accumulator_add_bytes(csim_accumulator *self, const unsigned char *bytes, size_t size) { read_accumulator(self, bytes, size, self->moments); }

csim_status csim_accumulator_read(csim_accumulator *self, const unsigned char *bytes, size_t size, csim_error *err) {
    if (!csim_accumulator_fits(self, bytes, size)) return csim_error_set(err, CSIM_FILE_FORMAT, "the stored statistics are damaged or belong to another plan");
    csim_accumulator_add_bytes(self, bytes, size);
    return CSIM_OK;
}

static int read_replicates(const csim_replicates *self, const unsigned char *bytes, size_t size, csim_moments *to) {
    reader from = {bytes, bytes + size};
    uint64_t count, series, months;
    if (!read_bytes(&from, &count, sizeof count) || !read_bytes(&from, &series, sizeof series) || !read_bytes(&from, &months, sizeof months)) return 0;
    if (count != self->count || series != self->series || months != self->months) return 0;
    return read_cells(&from, (cells){to, self->bin, self->bin ? CSIM_COARSE_BINS : 0}, self->count * self->series * self->months);
}

int csim_replicates_fit(const csim_replicates *self, const unsigned char *bytes, size_t size) { return read_replicates(self, bytes, size, NULL); }

void csim_replicates_add_bytes(csim_replicates *self, const unsigned char *bytes, size_t size) { read_replicates(self, bytes, size, self->moments); }

csim_status csim_replicates_read(csim_replicates *self, const unsigned char *bytes, size_t size, csim_error *err) {
    if (!csim_replicates_fit(self, bytes, size)) return csim_error_set(err, CSIM_FILE_FORMAT, "the stored replicates are damaged or belong to another plan");
    csim_replicates_add_bytes(self, bytes, size);
    return CSIM_OK;
}
