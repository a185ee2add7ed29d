/* The model built for more than one instruction set. Every variant gives the same bits (no operation is contracted or reordered); they differ in speed.
 * Owns the choice, made once a run: the fastest that the processor can run, or the one that $MOECAST_KERNEL names. */
#ifndef CSIM_MODEL_VARIANT_H
#define CSIM_MODEL_VARIANT_H

#include "csim/model/block.h"

typedef struct csim_variant {
    const char *name;                       /* "scalar", "avx2" */
    csim_block *(*block_new)(void);
    void (*block_free)(csim_block *b);
    void (*block_start)(csim_block *b, const csim_plan *plan, const csim_sampling *sampling, uint32_t first_path, int n);
    void (*block_step)(csim_block *b);
} csim_variant;

/* wanted: a name, or NULL for $MOECAST_KERNEL, or else the fastest. USAGE when that variant was not built or cannot run here. */
csim_status csim_variant_choose(const char *wanted, const csim_variant **out, csim_error *err);

#endif
