/* Writes the paths of a scenario as the C core simulates them, for comparison with the oracle:
 *   dump_paths SCENARIO SEED COUNT FILE
 * FILE: one text line each for months, inputs, slots, then their names, then raw doubles: inputs [COUNT][inputs], outcomes [COUNT][months][slots],
 * failure causes [COUNT]. Also checks the invariants after every month. */
#include <stdio.h>
#include <stdlib.h>

#include "csim/model/block.h"

static int fail(const csim_error *err) {
    char text[2048];
    fprintf(stderr, "%s\n", csim_error_format(err, text, sizeof text));
    return 1;
}

static void write_names(FILE *to, const csim_plan *plan, int count) {
    fprintf(to, "%d %d %d %d\n", count, plan->months, plan->inputs, plan->slots);
    for (int i = 0; i < plan->inputs; i++) fprintf(to, "%s\n", plan->input_key[i]);
    for (int i = 0; i < plan->slots; i++) fprintf(to, "%s\n", plan->slot_name[i]);
}

typedef struct paths { double *inputs, *outcomes, *failures; } paths;

static int simulate(const csim_plan *plan, csim_block *block, uint64_t seed, int first, int n, paths *out) {
    char sentence[512];
    const csim_sampling plain = {.seed = seed, .replicates = 1};
    csim_block_start(block, plan, &plain, (uint32_t)first, n);
    for (int p = 0; p < n; p++)
        for (int i = 0; i < plan->inputs; i++) out->inputs[(size_t)(first + p) * (size_t)plan->inputs + (size_t)i] = block->input[i][p];
    for (int t = 0; t < plan->months; t++) {
        csim_block_step(block);
        if (csim_block_verify(block, sentence, sizeof sentence)) return fprintf(stderr, "paths from %d, month %d: %s\n", first, t, sentence), 1;
        for (int p = 0; p < n; p++)
            for (int s = 0; s < plan->slots; s++)
                out->outcomes[((size_t)(first + p) * (size_t)plan->months + (size_t)t) * (size_t)plan->slots + (size_t)s] = block->outcome[s][p];
    }
    for (int p = 0; p < n; p++) out->failures[first + p] = block->failure[p];
    return 0;
}

static int dump(const csim_plan *plan, uint64_t seed, int count, const char *name) {
    const size_t rows = (size_t)count, cells = rows * (size_t)plan->months * (size_t)plan->slots;
    paths all = {calloc(rows * (size_t)plan->inputs, sizeof(double)), calloc(cells, sizeof(double)), calloc(rows, sizeof(double))};
    csim_block *block = csim_block_new();
    FILE *to = fopen(name, "wb");
    if (!all.inputs || !all.outcomes || !all.failures || !block || !to) return fprintf(stderr, "no memory, or cannot write %s\n", name), 1;
    for (int first = 0; first < count; first += MOE_BLOCK)
        if (simulate(plan, block, seed, first, count - first < MOE_BLOCK ? count - first : MOE_BLOCK, &all)) return 1;
    write_names(to, plan, count);
    fwrite(all.inputs, sizeof(double), rows * (size_t)plan->inputs, to);
    fwrite(all.outcomes, sizeof(double), cells, to);
    fwrite(all.failures, sizeof(double), rows, to);
    free(all.inputs);
    free(all.outcomes);
    free(all.failures);
    csim_block_free(block);
    return fclose(to) != 0;
}

int main(int argc, char **argv) {
    csim_error err;
    csim_scenario *scenario;
    csim_catalogue *catalogue;
    csim_plan *plan;
    if (argc != 5) return fprintf(stderr, "usage: dump_paths SCENARIO SEED COUNT FILE\n"), 2;
    if (csim_scenario_load(argv[1], &scenario, &err)) return fail(&err);
    if (csim_catalogue_load(scenario->catalogue_dir, &catalogue, &err)) return fail(&err);
    if (csim_plan_compile(scenario, catalogue, &plan, &err)) return fail(&err);
    const int status = dump(plan, strtoull(argv[2], NULL, 10), atoi(argv[3]), argv[4]);
    csim_plan_free(plan);
    csim_catalogue_free(catalogue);
    csim_scenario_free(scenario);
    return status;
}
