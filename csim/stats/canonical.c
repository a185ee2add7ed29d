/* Canonical bytes of an accumulator: what is digested and stored. Little-endian 64-bit words; bins as (number of filled bins, then index and count). */
#include <string.h>

#include "csim/stats/accumulator.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "canonical bytes are defined on little-endian machines; add a byte swap here for others"
#endif

static void write_word(uint64_t word, csim_byte_sink *sink, void *to) { sink(to, &word, sizeof word); }

static void write_bins(const uint32_t *bin, csim_byte_sink *sink, void *to) {
    uint64_t filled = 0;
    for (int i = 0; i < CSIM_BINS; i++) filled += bin[i] != 0;
    write_word(filled, sink, to);
    for (uint32_t i = 0; i < CSIM_BINS; i++)
        if (bin[i]) write_word((uint64_t)i << 32 | bin[i], sink, to);
}

void csim_accumulator_write(const csim_accumulator *self, csim_byte_sink *sink, void *to) {
    write_word(self->series, sink, to);
    write_word(self->months, sink, to);
    for (size_t i = 0; i < self->series * self->months; i++) {
        sink(to, &self->moments[i], sizeof self->moments[i]);
        write_bins(self->bin + i * CSIM_BINS, sink, to);
    }
}

typedef struct reader { const unsigned char *at, *end; } reader;

static int read_bytes(reader *from, void *to, size_t size) {
    if ((size_t)(from->end - from->at) < size) return 0;
    memcpy(to, from->at, size);
    from->at += size;
    return 1;
}

static int read_bins(reader *from, uint32_t *bin, uint64_t count) {
    uint64_t filled, word, total = 0;
    if (!read_bytes(from, &filled, sizeof filled) || filled > CSIM_BINS) return 0;
    while (filled--) {
        if (!read_bytes(from, &word, sizeof word) || word >> 32 >= CSIM_BINS) return 0;
        bin[word >> 32] = (uint32_t)word;
        total += (uint32_t)word;
    }
    return total == count; /* bins and moments count the same paths */
}

csim_status csim_accumulator_read(csim_accumulator *self, const unsigned char *bytes, size_t size, csim_error *err) {
    reader from = {bytes, bytes + size};
    uint64_t series, months;
    int good = read_bytes(&from, &series, sizeof series) && read_bytes(&from, &months, sizeof months) && series == self->series && months == self->months;
    for (size_t i = 0; good && i < self->series * self->months; i++)
        good = read_bytes(&from, &self->moments[i], sizeof self->moments[i]) && read_bins(&from, self->bin + i * CSIM_BINS, self->moments[i].count);
    if (!good || from.at != from.end) return csim_error_set(err, CSIM_FILE_FORMAT, "the stored statistics are damaged or belong to another plan");
    return CSIM_OK;
}
