/* Our side of the benchmark: the functions that a run spends its time in, called as a run calls them, with the flags of one variant and linked with that
 * variant's own objects. One program a variant; the driver asks the one whose name a run gives as its own (kernel_variant in run.json).
 *     kernels_VARIANT FOLDER CATALOGUE */
#include "tests/bench/work.h"

int main(int argc, char **argv) {
    static const bench_work *const works[] = {&work_exp, &work_log, &work_quantile, &work_normals, &work_fold, &work_machine, &work_cost, &work_market,
                                              &work_statistics, &work_merge};
    return bench_serve(argc, argv, works, sizeof works / sizeof works[0]);
}
