/* Keyed bijections with random access: nested uniform scrambling of 32-bit fractions, and permutations of 0 … n − 1. Functions of their arguments alone. */
#ifndef CSIM_RNG_SCRAMBLE_H
#define CSIM_RNG_SCRAMBLE_H

#include <stdint.h>

/* splitmix64's finaliser. */
static inline uint64_t csim_mix64(uint64_t h) {
    h = (h ^ h >> 30) * 0xbf58476d1ce4e5b9u;
    h = (h ^ h >> 27) * 0x94d049bb133111ebu;
    return h ^ h >> 31;
}

/* The key of one randomisation: of one name, in one replicate, under one seed. */
static inline uint64_t csim_scramble_key(uint64_t seed, uint64_t name_hash, uint32_t replicate) {
    return csim_mix64(csim_mix64(csim_mix64(seed + 0x9e3779b97f4a7c15u) ^ name_hash) + (uint64_t)(replicate + 1) * 0xd1342543de82ef95u);
}

static inline uint32_t csim_reverse32(uint32_t x) {
    x = (x & 0x55555555u) << 1 | (x >> 1 & 0x55555555u);
    x = (x & 0x33333333u) << 2 | (x >> 2 & 0x33333333u);
    x = (x & 0x0f0f0f0fu) << 4 | (x >> 4 & 0x0f0f0f0fu);
    x = (x & 0x00ff00ffu) << 8 | (x >> 8 & 0x00ff00ffu);
    return x << 16 | x >> 16;
}

/* Bits flow upwards only, so that on reversed fractions each digit is flipped by a hash of the digits before it. The multiplication by an even number and
 * the odd multiplier are S. Laine and T. Karras's idea (Stratified sampling for stochastic transparency, 2011), the constants N. Vegdahl's. */
static inline uint32_t csim_upward_hash(uint32_t x, uint32_t key) {
    x ^= x * 0x3d20adeau;
    x += key;
    x *= key >> 16 | 1u;
    x ^= x * 0x05526c56u;
    x ^= x * 0x53a22864u;
    return x;
}

/* Owen's scrambling of a fraction in units of 2^-32. Two rounds with the two halves of the key: 32 bits of key alone would repeat among many names. */
static inline uint32_t csim_owen_scramble(uint32_t x, uint64_t key) {
    x = csim_upward_hash(csim_reverse32(x), (uint32_t)key);
    return csim_reverse32(csim_upward_hash(x, (uint32_t)(key >> 32)));
}

enum { CSIM_FEISTEL_ROUNDS = 6 };

/* A balanced Feistel network over the smallest even number of bits that holds n, walked until it lands below n. */
static inline uint32_t csim_permute(uint32_t x, uint32_t n, uint64_t key) {
    uint32_t half = 1;
    while (half < 16 && (uint64_t)1 << 2 * half < n) half++;
    const uint32_t mask = (1u << half) - 1u;
    do {
        uint32_t left = x >> half, right = x & mask;
        for (int round = 0; round < CSIM_FEISTEL_ROUNDS; round++) {
            const uint32_t next = left ^ ((uint32_t)(csim_mix64(key + right + ((uint64_t)round + 1) * 0x9e3779b97f4a7c15u) >> 32) & mask);
            left = right;
            right = next;
        }
        x = left << half | right;
    } while (x >= n);
    return x;
}

#endif
