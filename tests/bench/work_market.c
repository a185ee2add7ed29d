/* The market step of a month (csim/model/choice.c, choose): for every segment two logits made ready, for every market the scales and the move of shares. */
#include <string.h>

#include "kernels/market_step.h"
#include "tests/bench/work.h"

enum { REGIONS = 8, SEGMENTS = 8 };
typedef double row[MOE_BLOCK];

/* One block of paths, as the file market.blocks holds it, but for the last: friction_weight is made here. */
typedef struct market_block {
    row lambda, gain;
    row routed_share[SEGMENTS], base[SEGMENTS], lock[SEGMENTS];
    row direct[SEGMENTS][MOE_CHOICE_OFFERINGS], routed[SEGMENTS][MOE_CHOICE_OFFERINGS];
    row friction[SEGMENTS][REGIONS][MOE_GROUPS], share[SEGMENTS][REGIONS][MOE_CHOICE_OFFERINGS];
    row friction_weight[SEGMENTS][REGIONS][MOE_GROUPS];
} market_block;

static market_block *block;
static size_t blocks, segments, regions, offerings;
static int32_t group[MOE_CHOICE_OFFERINGS];

static void read_dims(void) {
    size_t found;
    const double *dims = bench_read("market.dims", 0, &found); /* blocks, segments, regions, groups of the offerings */
    blocks = (size_t)dims[0];
    segments = (size_t)dims[1];
    regions = (size_t)dims[2];
    offerings = found - 3;
    if (segments > SEGMENTS || regions > REGIONS || offerings > MOE_CHOICE_OFFERINGS) bench_fail("market.dims: too many");
    for (size_t j = 0; j < offerings; j++) group[j] = (int32_t)dims[3 + j];
}

static const double *take(const double *from, row *to, size_t rows) {
    memcpy(to, from, rows * sizeof *to);
    return from + rows * MOE_BLOCK;
}

static const double *read_block(const double *at, market_block *b) {
    at = take(at, &b->lambda, 1);
    at = take(at, &b->gain, 1);
    for (size_t s = 0; s < segments; s++) {
        at = take(at, &b->routed_share[s], 1);
        at = take(at, &b->base[s], 1);
        at = take(at, &b->lock[s], 1);
        at = take(at, b->direct[s], offerings);
        at = take(at, b->routed[s], offerings);
        for (size_t r = 0; r < regions; r++) {
            at = take(at, b->friction[s][r], MOE_GROUPS);
            at = take(at, b->share[s][r], offerings);
            for (int g = 0; g < MOE_GROUPS; g++) moe_friction_weight(g, b->friction[s][r][g], b->lambda, b->friction_weight[s][r][g]);
        }
    }
    return at;
}

static void prepare(void) {
    read_dims();
    const size_t rows = 2 + segments * (3 + 2 * offerings + regions * (MOE_GROUPS + offerings));
    const double *at = bench_read("market.blocks", blocks * rows * MOE_BLOCK, NULL);
    block = bench_room(blocks * sizeof *block);
    for (size_t b = 0; b < blocks; b++) at = read_block(at, &block[b]);
}

static void choose(market_block *b, size_t s) {
    row target[MOE_CHOICE_OFFERINGS];
    moe_segment_choice by_buyers, by_routers;
    moe_market_scale market;
    const moe_inertia inertia = {b->base[s], b->gain, b->lock[s]};
    moe_segment_prepare((int)offerings, group, b->direct[s], b->lambda, &by_buyers);
    moe_segment_prepare((int)offerings, group, b->routed[s], b->lambda, &by_routers);
    for (size_t r = 0; r < regions; r++) {
        moe_market_scale_find(&by_buyers, &by_routers, b->friction_weight[s][r], b->lambda, b->routed_share[s], &market);
        moe_market_move((int)offerings, group, b->direct[s], b->friction[s][r], &by_buyers, &by_routers, &market, &inertia, b->share[s][r], target);
    }
}

static double pass(void) {
    for (size_t b = 0; b < blocks; b++)
        for (size_t s = 0; s < segments; s++) choose(&block[b], s);
    return (double)(blocks * segments * regions * offerings * MOE_BLOCK);
}

static void write_shares(void) {
    double *all = bench_room(blocks * segments * regions * offerings * sizeof(row)), *to = all;
    for (size_t b = 0; b < blocks; b++)
        for (size_t s = 0; s < segments; s++)
            for (size_t r = 0; r < regions; r++, to += offerings * MOE_BLOCK) memcpy(to, block[b].share[s][r], offerings * sizeof(row));
    bench_write("market.ours", all, blocks * segments * regions * offerings * MOE_BLOCK);
}

const bench_work work_market = {"market", prepare, pass, write_shares};
