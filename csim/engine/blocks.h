/* How paths to simulate are cut into blocks. A block is up to 64 successive points of one replicate: its lane p is path first + p · replicates. Within an
 * interval of the ledger the blocks of all replicates come in turn, so that they grow together; those of one turn are a granule: 64 · replicates paths that
 * follow each other, fewer at the interval's end. Every path is in exactly one block, wherever intervals begin and end. Pure functions; must not know threads. */
#ifndef CSIM_ENGINE_BLOCKS_H
#define CSIM_ENGINE_BLOCKS_H

#include "csim/engine/ledger.h"

uint32_t csim_blocks_count(const csim_ledger *todo, uint32_t replicates);

/* First path of a block below the count, and how many of its lanes are in use. */
uint32_t csim_blocks_place(const csim_ledger *todo, uint32_t replicates, uint32_t block, int *n);

/* Whether a block is the first of its granule: when all before it are finished, what is done are whole granules. */
int csim_blocks_begin_granule(const csim_ledger *todo, uint32_t replicates, uint32_t block);

/* Puts the paths of the blocks below `begun`, without those of open[opens], into `out`. Granules that are finished in part give pieces of one path and more:
 * LIMIT when they are too many. INCONSISTENT when paths are there already. */
csim_status csim_blocks_finished(const csim_ledger *todo, uint32_t replicates, uint32_t begun, const uint32_t *open, size_t opens, csim_ledger *out, csim_error *err);

#endif
