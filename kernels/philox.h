/* Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
 * Four 32-bit words of counter and two of key give four words of output; no state, so any draw can be had alone. */
#ifndef MOECAST_KERNELS_PHILOX_H
#define MOECAST_KERNELS_PHILOX_H

#include <stdint.h>

static inline void moe_philox4x32_10(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
    uint32_t x0 = counter[0], x1 = counter[1], x2 = counter[2], x3 = counter[3], k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        const uint64_t product0 = (uint64_t)0xD2511F53u * x0, product1 = (uint64_t)0xCD9E8D57u * x2;
        const uint32_t y0 = (uint32_t)(product1 >> 32) ^ x1 ^ k0, y2 = (uint32_t)(product0 >> 32) ^ x3 ^ k1;
        x0 = y0;
        x1 = (uint32_t)product1;
        x2 = y2;
        x3 = (uint32_t)product0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    out[0] = x0;
    out[1] = x1;
    out[2] = x2;
    out[3] = x3;
}

/* 64 random bits → a uniform in (0, 1), exact in binary: (k + 1/2)·2^-52 with 52-bit k, so 0, 1 and rounding never occur. */
static inline double moe_uniform_from_bits(uint32_t low, uint32_t high) {
    const uint64_t bits = (uint64_t)low | (uint64_t)high << 32;
    return ((double)(bits >> 12) + 0.5) * 0x1p-52;
}

#endif
