/* SHA-256 (FIPS 180-4), fed in pieces. Owns the identity of plans, ledgers and results.
 * Must not allocate, and must not know what the bytes mean: callers bring canonical little-endian bytes. */
#ifndef CSIM_BASE_SHA256_H
#define CSIM_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { CSIM_SHA256_BYTES = 32, CSIM_SHA256_HEX_SIZE = 2 * CSIM_SHA256_BYTES + 1 };

typedef struct csim_sha256 {
    uint32_t state[8];
    uint64_t length_bytes;  /* fed so far */
    unsigned char block[64]; /* bytes that wait for a full block: the first length_bytes % 64 are meaningful */
} csim_sha256;

void csim_sha256_init(csim_sha256 *self);
void csim_sha256_update(csim_sha256 *self, const void *bytes, size_t size); /* bytes may be NULL when size is 0 */
/* Writes the digest. The state is spent: call init before feeding it again. */
void csim_sha256_final(csim_sha256 *self, unsigned char digest[CSIM_SHA256_BYTES]);

/* Lower-case hex with the closing NUL. Returns text. */
char *csim_sha256_hex(const unsigned char digest[CSIM_SHA256_BYTES], char text[CSIM_SHA256_HEX_SIZE]);

#endif
