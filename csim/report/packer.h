/* Compresses text on threads while its writer goes on. Text comes in pieces, each compressed on its own, so that bytes do not depend on the number of threads; they
 * come back in the order in which they were handed over. Few are under way at once, so that memory stays bounded: a writer that would have to wait compresses a piece
 * itself, as it does where there is no other thread. Must not know what the text is.
 *
 * All calls come from one thread, the writer's. */
#ifndef CSIM_REPORT_PACKER_H
#define CSIM_REPORT_PACKER_H

#include <stddef.h>
#include <stdint.h>

enum { CSIM_PIECE_BYTES = 1 << 17 };

typedef struct csim_packer csim_packer;

csim_packer *csim_packer_new(void); /* NULL without memory */
void csim_packer_free(csim_packer *packer); /* NULL is fine */

/* Of a deflate stream that others may stand before and behind: it ends at a whole byte and is not the last. */
typedef struct csim_packed_piece {
    const unsigned char *bytes;
    size_t packed_bytes, plain_bytes;
    uint32_t checksum; /* of the plain text */
} csim_packed_piece;

/* Called in any thread, never twice at once. */
typedef void csim_packer_take(void *self, const csim_packed_piece *piece);

/* A piece to fill, of CSIM_PIECE_BYTES: its holder frees it. NULL without memory. */
char *csim_packer_piece(void);
/* Hands over the first bytes of a piece, for take(self, …), and returns another one in exchange. */
char *csim_packer_exchange(csim_packer *packer, char *piece, size_t bytes, csim_packer_take *take, void *self);
/* Waits until all has been taken. */
void csim_packer_wait(csim_packer *packer);

#endif
