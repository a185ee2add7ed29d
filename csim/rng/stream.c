/* The address of a draw, in code: once for one draw, once for a row of paths. */
#include "csim/rng/stream.h"

#include <string.h>

#include "kernels/philox.h"
#include "kernels/philox_lanes.h"

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

double csim_stream_uniform(const csim_stream *self, uint32_t path, uint32_t month) {
    const uint32_t counter[4] = {month >> 1, path, self->hash[0], self->hash[1]};
    uint32_t word[4];
    moe_philox4x32_10(counter, self->key, word);
    return month & 1 ? moe_uniform_from_bits(word[2], word[3]) : moe_uniform_from_bits(word[0], word[1]);
}

enum { LANES = MOE_PHILOX_LANES };

/* Both months of a pair for LANES paths side by side. */
static void fill_lanes(const csim_stream *self, uint32_t month, uint32_t first_path, uint32_t stride, double *u_even, double *u_odd) {
    uint64_t path[LANES];
    for (uint32_t i = 0; i < LANES; i++) path[i] = first_path + i * stride;
    moe_philox_uniforms(month >> 1, path, self->hash, self->key, u_even, u_odd);
}

void csim_stream_fill_pair(const csim_stream *self, uint32_t even_month, uint32_t first_path, uint32_t stride, size_t n, double *restrict u_even,
                           double *restrict u_odd) {
    double even[LANES], odd[LANES];
    size_t done = 0;
    for (; done + LANES <= n; done += LANES) fill_lanes(self, even_month, first_path + (uint32_t)done * stride, stride, u_even + done, u_odd + done);
    if (done == n) return;
    fill_lanes(self, even_month, first_path + (uint32_t)done * stride, stride, even, odd);
    memcpy(u_even + done, even, (n - done) * sizeof *even);
    memcpy(u_odd + done, odd, (n - done) * sizeof *odd);
}

void csim_stream_fill(const csim_stream *self, uint32_t month, uint32_t first_path, uint32_t stride, size_t n, double *u) {
    double even[LANES], odd[LANES];
    for (size_t done = 0; done < n; done += LANES) {
        fill_lanes(self, month, first_path + (uint32_t)done * stride, stride, even, odd);
        memcpy(u + done, month & 1 ? odd : even, (n - done < LANES ? n - done : LANES) * sizeof *u);
    }
}
