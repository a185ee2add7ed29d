/* Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
 * Four 32-bit words of counter and two of key give four words of output; no state, so any draw can be had alone. */
#ifndef MOECAST_KERNELS_PHILOX_H
#define MOECAST_KERNELS_PHILOX_H

#include <stdint.h>
#include <string.h>

enum { MOE_PHILOX_ROUNDS = 10 };

/* One round on the four words of a counter. */
static inline void moe_philox_round(uint32_t *x0, uint32_t *x1, uint32_t *x2, uint32_t *x3, const uint32_t key[2]) {
    const uint64_t product0 = (uint64_t)0xD2511F53u * *x0, product1 = (uint64_t)0xCD9E8D57u * *x2;
    *x0 = (uint32_t)(product1 >> 32) ^ *x1 ^ key[0];
    *x2 = (uint32_t)(product0 >> 32) ^ *x3 ^ key[1];
    *x1 = (uint32_t)product1;
    *x3 = (uint32_t)product0;
}

static inline void moe_philox_next_key(uint32_t key[2]) {
    key[0] += 0x9E3779B9u;
    key[1] += 0xBB67AE85u;
}

static inline void moe_philox4x32_10(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
    uint32_t k[2] = {key[0], key[1]};
    for (int i = 0; i < 4; i++) out[i] = counter[i];
    for (int round = 0; round < MOE_PHILOX_ROUNDS; round++) {
        moe_philox_round(&out[0], &out[1], &out[2], &out[3], k);
        moe_philox_next_key(k);
    }
}

/* 64 random bits → a uniform in (0, 1), exact in binary: (k + 1/2)·2^-52 with 52-bit k, so 0, 1 and rounding never occur. As the fraction of a double, k
 * gives 1 + k·2^-52. */
static inline double moe_uniform_from_bits(uint32_t low, uint32_t high) {
    const uint64_t bits = 0x3ff0000000000000u | (uint64_t)high << 20 | low >> 12;
    double x;
    memcpy(&x, &bits, sizeof x);
    return x - (1.0 - 0x1p-53);
}

#endif
