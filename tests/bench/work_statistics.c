/* Adding a block's outcomes to exact statistics, month by month (csim/engine/collect.c), and merging two sets of them. Cells are as many as do not fit into the
 * caches, as in a run. */
#include "csim/stats/accumulator.h"
#include "tests/bench/work.h"

static csim_accumulator *sums, *others;
static double *values;                 /* [block][series][path]; every month sees the same */
static csim_lane_sums *lane;           /* [month][series] of the block in hand */
static uint16_t (*bin)[MOE_BLOCK];     /* [series][month] */
static size_t series, months, blocks;

static csim_accumulator *empty(void) {
    csim_axis *axis = bench_room(series * sizeof *axis);
    csim_accumulator *made;
    csim_error err;
    for (size_t i = 0; i < series; i++) axis[i] = (csim_axis){CSIM_AXIS_LOG, 1e-4, 1e4, 1e6};
    if (csim_accumulator_new(axis, series, months, &made, &err)) bench_fail("no memory for statistics");
    return made;
}

static void prepare(void) {
    const double *dims = bench_read("statistics.dims", 3, NULL); /* blocks, series, months */
    blocks = (size_t)dims[0];
    series = (size_t)dims[1];
    months = (size_t)dims[2];
    values = bench_read("statistics.x", blocks * series * MOE_BLOCK, NULL);
    lane = bench_room(months * series * sizeof *lane);
    bin = bench_room(months * series * sizeof *bin);
    csim_accumulator_free(sums);
    csim_accumulator_free(others);
    sums = empty();
    others = NULL;
}

/* As csim/engine/collect.c does: sums and bins month by month while a block runs, then their addition, outcome by outcome. */
static double pass(void) {
    for (size_t b = 0; b < blocks; b++) {
        for (size_t t = 0; t < months; t++)
            for (size_t i = 0; i < series; i++)
                csim_accumulator_look(sums, i, values + (b * series + i) * MOE_BLOCK, NULL, MOE_BLOCK, &lane[t * series + i], bin[i * months + t]);
        for (size_t i = 0; i < series; i++)
            for (size_t t = 0; t < months; t++) csim_accumulator_take(sums, i, t, &lane[t * series + i], bin[i * months + t]);
    }
    return (double)(blocks * months * series * MOE_BLOCK);
}

static void prepare_merge(void) {
    prepare();
    pass();
    csim_accumulator_settle(sums);
    others = sums;
    sums = empty();
}

static double pass_merge(void) {
    csim_accumulator_merge(sums, others);
    return (double)(series * months);
}

/* Mean, standard deviation, 5 %, 50 %, 95 % of every series in the last month. */
static void write_estimates(const char *name) {
    double *out = bench_room(5 * series * sizeof *out), *to = out;
    csim_accumulator_settle(sums);
    for (size_t i = 0; i < series; i++) {
        *to++ = csim_accumulator_mean(sums, i, months - 1).value;
        *to++ = csim_accumulator_sd(sums, i, months - 1).value;
        *to++ = csim_accumulator_quantile(sums, i, months - 1, 0.05).value;
        *to++ = csim_accumulator_quantile(sums, i, months - 1, 0.5).value;
        *to++ = csim_accumulator_quantile(sums, i, months - 1, 0.95).value;
    }
    bench_write(name, out, 5 * series);
}

static void write(void) { write_estimates("statistics.ours"); }
static void write_merge(void) { write_estimates("merge.ours"); }

const bench_work work_statistics = {"statistics", prepare, pass, write};
const bench_work work_merge = {"merge", prepare_merge, pass_merge, write_merge};
