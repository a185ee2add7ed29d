/* See blocks.h. */
#include "csim/engine/blocks.h"

#include "csim/model/block.h"

/* One turn of an interval: its paths, and the numbers of its blocks. */
typedef struct granule { csim_path_interval paths; uint32_t block, blocks; } granule;

static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }

static uint32_t blocks_of_interval(csim_path_interval it, uint32_t replicates) {
    const uint32_t paths = it.to - it.from, size = P * replicates;
    return paths / size * replicates + least(paths % size, replicates);
}

uint32_t csim_blocks_count(const csim_ledger *todo, uint32_t replicates) {
    uint32_t blocks = 0;
    for (size_t i = 0; i < todo->count; i++) blocks += blocks_of_interval(todo->interval[i], replicates);
    return blocks;
}

static granule granule_at(csim_path_interval it, uint32_t replicates, uint32_t turn) {
    const uint32_t from = it.from + turn * P * replicates, paths = least(it.to - from, P * replicates);
    return (granule){{from, from + paths}, turn * replicates, least(paths, replicates)};
}

static granule granule_of(const csim_ledger *todo, uint32_t replicates, uint32_t block) {
    uint32_t before = 0, blocks = blocks_of_interval(todo->interval[0], replicates);
    size_t i = 0;
    while (block - before >= blocks) {
        before += blocks;
        blocks = blocks_of_interval(todo->interval[++i], replicates);
    }
    granule out = granule_at(todo->interval[i], replicates, (block - before) / replicates);
    out.block += before;
    return out;
}

static uint32_t lanes_of(const granule *it, uint32_t replicates, uint32_t block) {
    const uint32_t left = it->paths.to - it->paths.from - (block - it->block);
    return (left - 1) / replicates + 1;
}

uint32_t csim_blocks_place(const csim_ledger *todo, uint32_t replicates, uint32_t block, int *n) {
    const granule it = granule_of(todo, replicates, block);
    *n = (int)lanes_of(&it, replicates, block);
    return it.paths.from + (block - it.block);
}

int csim_blocks_begin_granule(const csim_ledger *todo, uint32_t replicates, uint32_t block) { return granule_of(todo, replicates, block).block == block; }

static int is_finished(uint32_t block, uint32_t begun, const uint32_t *open, size_t opens) {
    for (size_t i = 0; i < opens; i++)
        if (open[i] == block) return 0;
    return block < begun;
}

static csim_status add_block(const granule *it, uint32_t replicates, uint32_t block, csim_ledger *out, csim_error *err) {
    const uint32_t first = it->paths.from + (block - it->block), lanes = lanes_of(it, replicates, block);
    csim_status status = CSIM_OK;
    if (replicates == 1) return csim_ledger_add(out, first, first + lanes, err);
    for (uint32_t p = 0; !status && p < lanes; p++) status = csim_ledger_add(out, first + p * replicates, first + p * replicates + 1, err);
    return status;
}

static csim_status add_granule(const granule *it, uint32_t replicates, uint32_t begun, const uint32_t *open, size_t opens, csim_ledger *out, csim_error *err) {
    uint32_t finished = 0;
    csim_status status = CSIM_OK;
    for (uint32_t k = 0; k < it->blocks; k++) finished += (uint32_t)is_finished(it->block + k, begun, open, opens);
    if (finished == it->blocks) return csim_ledger_add(out, it->paths.from, it->paths.to, err);
    for (uint32_t k = 0; !status && finished && k < it->blocks; k++)
        if (is_finished(it->block + k, begun, open, opens)) status = add_block(it, replicates, it->block + k, out, err);
    return status;
}

csim_status csim_blocks_finished(const csim_ledger *todo, uint32_t replicates, uint32_t begun, const uint32_t *open, size_t opens, csim_ledger *out, csim_error *err) {
    uint32_t before = 0;
    csim_status status = CSIM_OK;
    for (size_t i = 0; !status && i < todo->count; i++) {
        const uint32_t blocks = blocks_of_interval(todo->interval[i], replicates);
        for (uint32_t done = 0; !status && done < blocks && before + done < begun;) {
            granule it = granule_at(todo->interval[i], replicates, done / replicates);
            it.block += before;
            done += it.blocks;
            status = add_granule(&it, replicates, begun, open, opens, out, err);
        }
        before += blocks;
    }
    return status;
}
