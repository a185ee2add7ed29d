/* Precision → bytes. */
#include "csim/cost/served_format.h"

#include <string.h>
#include <strings.h>

#include "kernels/moe_cost.h"

static const double NVFP4_BYTES = 0.5625; /* 4 bits, and an 8-bit scale for 16 weights */

csim_status csim_precision_find(const char *name, csim_precision *out, csim_error *err) {
    static const struct { const char *name; csim_precision precision; } all[] = {
        {"fp4", CSIM_PRECISION_FP4}, {"nvfp4", CSIM_PRECISION_FP4}, {"fp8", CSIM_PRECISION_FP8}, {"bf16", CSIM_PRECISION_BF16}, {"fp16", CSIM_PRECISION_BF16}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (!strcasecmp(name, all[i].name)) {
            *out = all[i].precision;
            return CSIM_OK;
        }
    return csim_error_set_at(err, CSIM_UNKNOWN_NAME, NULL, 0, 0, "precision", "must be fp4, fp8 or bf16, got '%.40s'", name);
}

static int is_published_in_four_bits(const moe_shape *shape) { return shape->experts > 0.0 && shape->expert_bytes < MOE_FOUR_BIT_BYTES; }

void csim_serve_weights(moe_shape *shape, csim_precision precision) {
    static const double bytes[CSIM_PRECISIONS] = {0.0, NVFP4_BYTES, 1.0, 2.0};
    if (precision == CSIM_PRECISION_CATALOGUED || is_published_in_four_bits(shape)) return;
    shape->attention_bytes = shape->ffn_bytes = shape->expert_bytes = bytes[precision];
    if (precision == CSIM_PRECISION_FP4 && shape->latent_layers > 0.0) shape->attention_bytes = 2.0;
    shape->head_bytes = 2.0;
}

void csim_serve_cache(moe_shape *shape, double value_bytes) {
    const double factor = value_bytes / shape->cache_value_bytes;
    for (int i = 0; i < shape->kv_groups; i++) {
        moe_kv_group *group = &shape->kv[i];
        group->stored_bytes_per_token += (factor - 1.0) * group->read_bytes_per_token; /* an indexer's keys keep their own format */
        group->read_bytes_per_token *= factor;
    }
    shape->cache_value_bytes = value_bytes;
}

double csim_usual_cache_bytes(const moe_shape *shape, const char *backend) {
    return shape->latent_layers > 0.0 || is_published_in_four_bits(shape) || !strcasecmp(backend, "trtllm") ? 1.0 : 2.0;
}
