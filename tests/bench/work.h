/* The works of bench_kernels.c: one file each, all on blocks of MOE_BLOCK paths as in a run. Arrays in files are [block]…[MOE_BLOCK]. */
#ifndef MOECAST_BENCH_WORK_H
#define MOECAST_BENCH_WORK_H

#include "kernels/moe_cost.h"
#include "tests/bench/server.h"

extern const bench_work work_exp, work_log, work_quantile, work_normals;               /* work_draws.c */
extern const bench_work work_fold, work_machine, work_cost;                            /* work_cost.c */
extern const bench_work work_market;                                                   /* work_market.c */
extern const bench_work work_statistics, work_merge;                                   /* work_statistics.c */

#endif
