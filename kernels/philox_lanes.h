/* Philox and its uniforms for many paths side by side: the same bits as kernels/philox.h, in the widest vectors that a file is compiled for. A 64-bit lane
 * holds one word in its lower half; what stands in the upper half is never used. Compilers do not find the instruction that multiplies such halves by
 * themselves, which is why it is named here, and nothing else is. */
#ifndef MOECAST_KERNELS_PHILOX_LANES_H
#define MOECAST_KERNELS_PHILOX_LANES_H

#include <stdint.h>
#include <string.h>

#include "kernels/philox.h"

#if defined(__AVX512F__)
#define MOE_WORDS_BYTES 64
#elif defined(__AVX2__)
#define MOE_WORDS_BYTES 32
#else
#define MOE_WORDS_BYTES 16
#endif
typedef uint64_t moe_words __attribute__((vector_size(MOE_WORDS_BYTES)));
typedef double moe_reals __attribute__((vector_size(MOE_WORDS_BYTES)));

/* Product of the lower halves. */
#if defined(__SSE2__)
#include <immintrin.h>
#if defined(__AVX512F__)
static inline moe_words moe_words_multiply(moe_words a, moe_words b) { return (moe_words)_mm512_mul_epu32((__m512i)a, (__m512i)b); }
#elif defined(__AVX2__)
static inline moe_words moe_words_multiply(moe_words a, moe_words b) { return (moe_words)_mm256_mul_epu32((__m256i)a, (__m256i)b); }
#else
static inline moe_words moe_words_multiply(moe_words a, moe_words b) { return (moe_words)_mm_mul_epu32((__m128i)a, (__m128i)b); }
#endif
#else
static inline moe_words moe_words_multiply(moe_words a, moe_words b) { return (a & 0xffffffffu) * (b & 0xffffffffu); }
#endif

/* Two vectors at a time: one waits for its multiplication while the other works, and both fit the registers. */
enum { MOE_WORDS = MOE_WORDS_BYTES / 8, MOE_PHILOX_LANES = 2 * MOE_WORDS };

/* moe_uniform_from_bits. */
static inline moe_reals moe_words_uniform(moe_words low, moe_words high) {
    return (moe_reals)((high << 32) >> 12 | (low << 32) >> 44 | 0x3ff0000000000000u) - (1.0 - 0x1p-53);
}

/* The uniforms of counters {word0, word1[i], hash[0], hash[1]}: of the words 0 and 1, and of 2 and 3. */
static inline void moe_philox_uniforms(uint32_t word0, const uint64_t word1[MOE_PHILOX_LANES], const uint32_t hash[2], const uint32_t key[2],
                                       double first[MOE_PHILOX_LANES], double second[MOE_PHILOX_LANES]) {
    const moe_words zero = {0}, factor0 = zero + 0xD2511F53u, factor1 = zero + 0xCD9E8D57u;
    moe_words x0[2], x1[2], x2[2], x3[2], key0 = zero + key[0], key1 = zero + key[1];
    for (int v = 0; v < 2; v++) {
        x0[v] = zero + word0;
        memcpy(&x1[v], word1 + v * MOE_WORDS, sizeof x1[v]);
        x2[v] = zero + hash[0];
        x3[v] = zero + hash[1];
    }
    for (int round = 0; round < MOE_PHILOX_ROUNDS; round++) {
        for (int v = 0; v < 2; v++) {
            const moe_words product0 = moe_words_multiply(x0[v], factor0), product1 = moe_words_multiply(x2[v], factor1);
            x0[v] = (product1 >> 32) ^ x1[v] ^ key0;
            x2[v] = (product0 >> 32) ^ x3[v] ^ key1;
            x1[v] = product1;
            x3[v] = product0;
        }
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    for (int v = 0; v < 2; v++) {
        const moe_reals of_first = moe_words_uniform(x0[v], x1[v]), of_second = moe_words_uniform(x2[v], x3[v]);
        memcpy(first + v * MOE_WORDS, &of_first, sizeof of_first);
        memcpy(second + v * MOE_WORDS, &of_second, sizeof of_second);
    }
}

#endif
