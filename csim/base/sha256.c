/* SHA-256 after FIPS 180-4, sections 4.1.2, 5.1.1 and 6.2. Byte order is written out, so the digest is the same on every machine. */
#include "csim/base/sha256.h"

#include <string.h>

/* First 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t round_constant[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotate_right(uint32_t x, unsigned n) { return x >> n | x << (32 - n); }

static uint32_t read_big_endian(const unsigned char *at) {
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | (uint32_t)at[3];
}

static void write_big_endian(unsigned char *at, uint32_t x) {
    for (int i = 0; i < 4; i++) at[i] = (unsigned char)(x >> (24 - 8 * i));
}

/* The message schedule: 16 words of the block, 48 derived from them. */
static void expand(const unsigned char block[64], uint32_t w[64]) {
    for (int i = 0; i < 16; i++) w[i] = read_big_endian(block + 4 * i);
    for (int i = 16; i < 64; i++) {
        uint32_t s0 = rotate_right(w[i - 15], 7) ^ rotate_right(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t s1 = rotate_right(w[i - 2], 17) ^ rotate_right(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
}

/* One round: of the standard's a … h only d and h change, the others move on by one place. Callers turn the names instead of the values. */
static inline void turn(uint32_t a, uint32_t b, uint32_t c, uint32_t *d, uint32_t e, uint32_t f, uint32_t g, uint32_t *h, uint32_t add) {
    const uint32_t sum1 = rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25), choose = g ^ (e & (f ^ g));
    const uint32_t sum0 = rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22), majority = (a & b) | (c & (a | b));
    const uint32_t t1 = *h + sum1 + choose + add;
    *d += t1;
    *h = t1 + sum0 + majority;
}

static void compress(uint32_t state[8], const unsigned char block[64]) {
    uint32_t w[64], a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
    expand(block, w);
    for (int i = 0; i < 64; i++) w[i] += round_constant[i];
    for (int i = 0; i < 64; i += 8) {
        turn(a, b, c, &d, e, f, g, &h, w[i]);
        turn(h, a, b, &c, d, e, f, &g, w[i + 1]);
        turn(g, h, a, &b, c, d, e, &f, w[i + 2]);
        turn(f, g, h, &a, b, c, d, &e, w[i + 3]);
        turn(e, f, g, &h, a, b, c, &d, w[i + 4]);
        turn(d, e, f, &g, h, a, b, &c, w[i + 5]);
        turn(c, d, e, &f, g, h, a, &b, w[i + 6]);
        turn(b, c, d, &e, f, g, h, &a, w[i + 7]);
    }
    const uint32_t v[8] = {a, b, c, d, e, f, g, h};
    for (int i = 0; i < 8; i++) state[i] += v[i];
}

void csim_sha256_init(csim_sha256 *self) {
    static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memset(self, 0, sizeof *self);
    memcpy(self->state, start, sizeof start);
}

void csim_sha256_update(csim_sha256 *self, const void *bytes, size_t size) {
    const unsigned char *from = bytes;
    size_t held = (size_t)(self->length_bytes % sizeof self->block);
    self->length_bytes += size;
    while (size > 0) {
        if (held == 0 && size >= sizeof self->block) {
            compress(self->state, from);
            from += sizeof self->block;
            size -= sizeof self->block;
            continue;
        }
        size_t take = sizeof self->block - held;
        if (take > size) take = size;
        memcpy(self->block + held, from, take);
        held += take;
        from += take;
        size -= take;
        if (held < sizeof self->block) return;
        compress(self->state, self->block);
        held = 0;
    }
}

void csim_sha256_final(csim_sha256 *self, unsigned char digest[CSIM_SHA256_BYTES]) {
    static const unsigned char padding[64] = {0x80};
    const uint64_t length_bits = self->length_bytes * 8;
    const size_t held = (size_t)(self->length_bytes % 64);
    unsigned char length[8];
    write_big_endian(length, (uint32_t)(length_bits >> 32));
    write_big_endian(length + 4, (uint32_t)length_bits);
    csim_sha256_update(self, padding, held < 56 ? 56 - held : 120 - held);
    csim_sha256_update(self, length, sizeof length);
    for (int i = 0; i < 8; i++) write_big_endian(digest + 4 * i, self->state[i]);
}

char *csim_sha256_hex(const unsigned char digest[CSIM_SHA256_BYTES], char text[CSIM_SHA256_HEX_SIZE]) {
    static const char digit[] = "0123456789abcdef";
    for (int i = 0; i < CSIM_SHA256_BYTES; i++) {
        text[2 * i] = digit[digest[i] >> 4];
        text[2 * i + 1] = digit[digest[i] & 15];
    }
    text[2 * CSIM_SHA256_BYTES] = '\0';
    return text;
}
