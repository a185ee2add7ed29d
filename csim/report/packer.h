/* A thread that works on pieces of text while their writer goes on: pieces are worked on one at a time, in the order in which they were handed over, and few wait
 * at once, so that memory stays bounded. Where no thread can be had each piece is worked on in place; results are the same. Must not know what the work is.
 *
 * All calls come from one thread, the writer's. */
#ifndef CSIM_REPORT_PACKER_H
#define CSIM_REPORT_PACKER_H

#include <stdbool.h>
#include <stddef.h>

enum { CSIM_PIECE_BYTES = 1 << 16 };

typedef struct csim_packer csim_packer;

/* NULL without memory. */
csim_packer *csim_packer_new(void);
void csim_packer_free(csim_packer *packer); /* when all is done; NULL is fine */

/* A piece to fill, CSIM_PIECE_BYTES of room; NULL without memory. */
char *csim_packer_piece(csim_packer *packer);
void csim_packer_give_back(csim_packer *packer, char *piece); /* NULL is fine */

typedef void csim_packer_work(void *self, const char *text, size_t bytes, bool last);

/* Hands a piece over for work(self, its first bytes, last), and waits while too many are under way. */
void csim_packer_hand(csim_packer *packer, char *piece, csim_packer_work *work, void *self, size_t bytes, bool last);

/* The same, and returns another piece to fill. Cannot fail: at worst it is the one handed over, when it is done. */
char *csim_packer_exchange(csim_packer *packer, char *piece, csim_packer_work *work, void *self, size_t bytes);

/* Waits until all that was handed over is done. */
void csim_packer_wait(csim_packer *packer);

#endif
