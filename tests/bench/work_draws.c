/* Vector exponential, logarithm, normal quantile, and addressed normals (csim/model/draws.c: a pass of the generator for two months, then quantiles). */
#include <math.h>

#include "csim/rng/stream.h"
#include "kernels/lanes.h"
#include "kernels/vmath.h"
#include "tests/bench/work.h"

static double *x, *y;
static size_t n;

static void prepare(const char *name) {
    x = bench_read(name, 0, &n);
    y = bench_room(n * sizeof *y);
    if (n % MOE_BLOCK) bench_fail("%s: %zu values are not whole blocks", name, n);
}

static void prepare_exp(void) { prepare("exp.x"); }
static void prepare_log(void) { prepare("log.x"); }
static void prepare_quantile(void) { prepare("quantile.u"); }

static double pass_exp(void) {
    for (size_t i = 0; i < n; i += MOE_BLOCK) {
        const double *restrict from = x + i;
        double *restrict to = y + i;
        MOE_LANES(p) to[p] = moe_exp(from[p]);
    }
    return (double)n;
}

static double pass_log(void) {
    for (size_t i = 0; i < n; i += MOE_BLOCK) {
        const double *restrict from = x + i;
        double *restrict to = y + i;
        MOE_LANES(p) to[p] = moe_log(from[p]);
    }
    return (double)n;
}

static double pass_quantile(void) {
    for (size_t i = 0; i < n; i += MOE_BLOCK) moe_normal_quantile_block(x + i, y + i, MOE_BLOCK);
    return (double)n;
}

static void write_exp(void) { bench_write("exp.ours", y, n); }
static void write_log(void) { bench_write("log.ours", y, n); }
static void write_quantile(void) { bench_write("quantile.ours", y, n); }

/* Normals of `n` paths in two months: y[month][path]. */
static csim_stream stream;

static void prepare_normals(void) {
    size_t two;
    const double *dims = bench_read("normals.dims", 0, &two); /* seed, paths */
    stream = csim_stream_make((uint64_t)dims[0], "shock.benchmark");
    n = (size_t)dims[1];
    y = bench_room(2 * n * sizeof *y);
}

static double pass_normals(void) {
    double u[2][MOE_BLOCK];
    for (size_t i = 0; i < n; i += MOE_BLOCK) {
        csim_stream_fill_pair(&stream, 24, (uint32_t)i, 1, MOE_BLOCK, u[0], u[1]);
        for (size_t odd = 0; odd < 2; odd++) moe_normal_quantile_block(u[odd], y + odd * n + i, MOE_BLOCK);
    }
    return 2.0 * (double)n;
}

static void write_normals(void) { bench_write("normals.ours", y, 2 * n); }

const bench_work work_exp = {"exp", prepare_exp, pass_exp, write_exp};
const bench_work work_log = {"log", prepare_log, pass_log, write_log};
const bench_work work_quantile = {"quantile", prepare_quantile, pass_quantile, write_quantile};
const bench_work work_normals = {"normals", prepare_normals, pass_normals, write_normals};
