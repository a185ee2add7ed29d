/* The address of a draw, in code. Everything random passes through block(). */
#include "csim/rng/stream.h"

#include "kernels/philox.h"

/* FNV-1a alone leaves similar names (theta.a, theta.b) close together; the mixer spreads them over all 64 bits. */
uint64_t csim_stream_hash(const char *name) {
    uint64_t h = 0xcbf29ce484222325u;
    for (const unsigned char *at = (const unsigned char *)name; *at; at++) h = (h ^ *at) * 0x100000001b3u;
    h = (h ^ h >> 30) * 0xbf58476d1ce4e5b9u;
    h = (h ^ h >> 27) * 0x94d049bb133111ebu;
    return h ^ h >> 31;
}

csim_stream csim_stream_make(uint64_t seed, const char *name) {
    const uint64_t hash = csim_stream_hash(name);
    return (csim_stream){{(uint32_t)seed, (uint32_t)(seed >> 32)}, {(uint32_t)hash, (uint32_t)(hash >> 32)}};
}

static inline void block(const csim_stream *self, uint32_t path, uint32_t month, uint32_t word[4]) {
    const uint32_t counter[4] = {month >> 1, path, self->hash[0], self->hash[1]};
    moe_philox4x32_10(counter, self->key, word);
}

double csim_stream_uniform(const csim_stream *self, uint32_t path, uint32_t month) {
    uint32_t word[4];
    block(self, path, month, word);
    return month & 1 ? moe_uniform_from_bits(word[2], word[3]) : moe_uniform_from_bits(word[0], word[1]);
}

void csim_stream_fill(const csim_stream *self, uint32_t month, uint32_t first_path, size_t n, double *u) {
    for (size_t i = 0; i < n; i++) u[i] = csim_stream_uniform(self, first_path + (uint32_t)i, month);
}

void csim_stream_fill_pair(const csim_stream *self, uint32_t even_month, uint32_t first_path, size_t n, double *restrict u_even,
                           double *restrict u_odd) {
    for (size_t i = 0; i < n; i++) {
        uint32_t word[4];
        block(self, first_path + (uint32_t)i, even_month, word);
        u_even[i] = moe_uniform_from_bits(word[0], word[1]);
        u_odd[i] = moe_uniform_from_bits(word[2], word[3]);
    }
}
