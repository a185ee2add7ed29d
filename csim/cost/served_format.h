/* The format that a checkpoint is served in, where it is not the one of the catalogue: bytes a parameter and a cached value. Knows no machine. */
#ifndef CSIM_COST_SERVED_FORMAT_H
#define CSIM_COST_SERVED_FORMAT_H

#include "csim/base/error.h"
#include "kernels/moe_shape.h"

typedef enum csim_precision { CSIM_PRECISION_CATALOGUED, CSIM_PRECISION_FP4, CSIM_PRECISION_FP8, CSIM_PRECISION_BF16, CSIM_PRECISIONS } csim_precision;

/* "fp4" and "nvfp4"; "fp8"; "bf16" and "fp16"; upper or lower case. UNKNOWN_NAME in `precision` otherwise. */
csim_status csim_precision_find(const char *name, csim_precision *out, csim_error *err);

/* Weights as checkpoints of a precision have them: all but the head, which stays BF16. FP4 leaves the attention of models with latent attention in BF16, as
 * their published FP4 checkpoints do. A model that is published with 4-bit experts (MXFP4, INT4) is served as published whatever is asked. */
void csim_serve_weights(moe_shape *shape, csim_precision precision);

/* Cached values of so many bytes (1, 2); a published cache that has them already keeps its layout. */
void csim_serve_cache(moe_shape *shape, double value_bytes);

/* Bytes of a cached value that a stack takes when nobody asks for others: FP8 in TensorRT-LLM, and everywhere for latent attention and for models published with
 * 4-bit experts; BF16 for the rest (docs/kernel-fit.md, Rows). `backend`: "trtllm", or any other word. */
double csim_usual_cache_bytes(const moe_shape *shape, const char *backend);

#endif
