/* The cost kernel on a run's call path (csim/model/cost.c): shapes, and shapes on machines, folded once; paths folded once a block, month and shape; a
 * machine's paths once a block; then every shape on every machine. Each of the last three is a work of its own; the evaluation finds its folds ready, as it does in a run. */
#include <string.h>

#include "csim/catalogue/catalogue.h"
#include "tests/bench/work.h"

enum { MOST = 32 };
static moe_fold_base base[MOST];
static moe_hardware machine[MOST];
static moe_pair pair[MOST][MOST];       /* [machine][shape] */
static size_t shapes, machines, blocks;

static moe_workload_block *work;        /* [block] */
static double *active, *total, *cache;  /* [block][shape][path], cache [block][path] */
static moe_machine_block *change;       /* [block][machine] */
static moe_fold_block *fold;            /* [block][shape] */
static moe_machine_fold *ready;         /* [block][machine] */
static moe_cost_block *cost;            /* [block][machine][shape]; the first [shape] alone is used when nobody compares, as a run keeps few */

/* A line an entry: `shape ID` or `machine ID`. */
static void take_entry(const csim_catalogue *catalogue, const char *kind, const char *id) {
    size_t count;
    if (!strcmp(kind, "shape")) {
        const csim_model_entry *entry = csim_catalogue_models(catalogue, &count);
        for (size_t i = 0; i < count; i++)
            if (!strcmp(entry[i].id, id) && shapes < MOST) {
                moe_fold_shape(&entry[i].shape, &base[shapes++]);
                return;
            }
    } else {
        const csim_hardware_entry *entry = csim_catalogue_hardware(catalogue, &count);
        for (size_t i = 0; i < count; i++)
            if (!strcmp(entry[i].id, id) && machines < MOST) {
                machine[machines++] = entry[i].machine;
                return;
            }
    }
    bench_fail("the catalogue holds no %s '%s', or there are too many", kind, id);
}

static void read_entries(void) {
    csim_error err;
    csim_catalogue *catalogue;
    char text[2048], *names = bench_read_text("cost.names");
    if (csim_catalogue_load(bench_argument(0), &catalogue, &err)) bench_fail("%s", csim_error_format(&err, text, sizeof text));
    for (char *line = strtok(names, "\n"); line; line = strtok(NULL, "\n")) {
        char *id = strchr(line, ' ');
        if (!id) bench_fail("cost.names: '%s'", line);
        *id = 0;
        take_entry(catalogue, line, id + 1);
    }
    csim_catalogue_free(catalogue);
}

/* As csim/model/cost.c, find_pair. */
static void fold_pairs(void) {
    moe_fold_base served;
    for (size_t m = 0; m < machines; m++)
        for (size_t s = 0; s < shapes; s++) {
            moe_fold_served(&base[s], &machine[m], &served);
            moe_fold_pair(&served, &machine[m], &moe_efficiency_fitted, &pair[m][s]);
        }
}

/* cost.work: [block] of a moe_workload_block's arrays; cost.dims: hit share, tokens verified. */
static void read_work(void) {
    size_t found;
    const size_t row = MOE_BLOCK * sizeof(double);
    const double *rows = bench_read("cost.work", 0, &found), *dims = bench_read("cost.dims", 2, NULL);
    blocks = found / (4 * MOE_BLOCK);
    work = bench_room(blocks * sizeof *work);
    for (size_t b = 0; b < blocks; b++) {
        const double *from = rows + b * 4 * MOE_BLOCK;
        memcpy(work[b].input_tokens, from, row);
        memcpy(work[b].output_tokens, from + MOE_BLOCK, row);
        memcpy(work[b].tpot_s, from + 2 * MOE_BLOCK, row);
        memcpy(work[b].accepted, from + 3 * MOE_BLOCK, row);
        work[b].hit_share = dims[0];
        work[b].verified = dims[1];
    }
}

static double pass_fold(void) {
    for (size_t b = 0; b < blocks; b++)
        for (size_t s = 0; s < shapes; s++) {
            const size_t at = (b * shapes + s) * MOE_BLOCK;
            moe_fold_paths(&base[s], &work[b], active + at, total + at, cache + b * MOE_BLOCK, MOE_BLOCK, &fold[b * shapes + s]);
        }
    return (double)(blocks * shapes * MOE_BLOCK);
}

static double pass_machine(void) {
    for (size_t b = 0; b < blocks; b++)
        for (size_t m = 0; m < machines; m++) moe_fold_machine(&machine[m], &change[b * machines + m], &work[b], MOE_BLOCK, &ready[b * machines + m]);
    return (double)(blocks * machines * MOE_BLOCK);
}

static double evaluate(int keep) {
    for (size_t b = 0; b < blocks; b++)
        for (size_t m = 0; m < machines; m++)
            for (size_t s = 0; s < shapes; s++)
                moe_cost_evaluate(&pair[m][s], &fold[b * shapes + s], &work[b], &ready[b * machines + m], MOE_BLOCK,
                                  &cost[(keep ? (b * machines + m) * shapes : 0) + s]);
    return (double)(blocks * machines * shapes * MOE_BLOCK);
}

static double pass_cost(void) { return evaluate(0); }

static void prepare(void) {
    if (shapes) return;
    read_entries();
    fold_pairs();
    read_work();
    active = bench_read("cost.active", blocks * shapes * MOE_BLOCK, NULL);
    total = bench_read("cost.total", blocks * shapes * MOE_BLOCK, NULL);
    cache = bench_read("cost.cache", blocks * MOE_BLOCK, NULL);
    change = (moe_machine_block *)bench_read("cost.change", blocks * machines * sizeof *change / sizeof(double), NULL);
    fold = bench_room(blocks * shapes * sizeof *fold);
    ready = bench_room(blocks * machines * sizeof *ready);
    cost = bench_room(blocks * machines * shapes * sizeof *cost);
    pass_fold();
    pass_machine();
}

/* The peers' folds need not have the same parts, so what follows from them is compared. */
static void write_cost(void) {
    evaluate(1);
    bench_write("cost.ours", (const double *)cost, blocks * machines * shapes * sizeof *cost / sizeof(double));
}

const bench_work work_fold = {"fold", prepare, pass_fold, write_cost};
const bench_work work_machine = {"machine", prepare, pass_machine, write_cost};
const bench_work work_cost = {"cost", prepare, pass_cost, write_cost};
