/* Errors are true: closed-form models through the samplers, the accumulator and the replicates of real runs, over many seeds. A 95 % interval must hold the
 * true value in 95 of 100 runs. COVERAGE_SEEDS=2000 narrows the bounds to 93 … 97 (make soak); few seeds have wide ones. */
#include <stdio.h>
#include <stdlib.h>

#include "csim/rng/sampling.h"
#include "csim/stats/replicates.h"
#include "kernels/vmath.h"
#include "tests/c/check.h"

enum { PATHS = 4096, LANES = 64, DRAWS = 4, FEW_SEEDS = 200 };
enum model { NORMAL, HEAVY, RARE, WAITING, LARGEST, WHOLE, MODELS };

static const char *const model_name[MODELS] = {"mean of a normal", "mean of a log-normal with a heavy tail", "Bernoulli, p = .01", "median of an exponential",
                                               "mean of the largest of four", "95 % point of a whole number"};
static const csim_axis axes[MODELS] = {{CSIM_AXIS_LINEAR, -10, 10, 30}, {CSIM_AXIS_LOG, 1e-4, 1e4, 1e7}, {CSIM_AXIS_COUNT, CSIM_COUNT_LOWEST, CSIM_COUNT_HIGHEST, 3},
                                       {CSIM_AXIS_LOG, 1e-6, 1e2, 1e5}, {CSIM_AXIS_LINEAR, -10, 10, 30}, {CSIM_AXIS_COUNT, CSIM_COUNT_LOWEST, CSIM_COUNT_HIGHEST, 1e4}};

typedef struct design { const char *name; csim_sampler sampler; uint32_t replicates; } design;
static const design designs[] = {{"mc", CSIM_SAMPLER_MC, 1}, {"mc in 16 replicates", CSIM_SAMPLER_MC, 16}, {"lhs", CSIM_SAMPLER_LHS, 16}, {"sobol", CSIM_SAMPLER_SOBOL, 16}};
enum { DESIGNS = sizeof designs / sizeof designs[0] };

static int seeds(void) {
    const char *wanted = getenv("COVERAGE_SEEDS");
    return wanted ? atoi(wanted) : FEW_SEEDS;
}

static void draw_models(const csim_sampling *sampling, uint32_t first, double x[MODELS][LANES]) {
    double u[DRAWS][LANES], z[DRAWS][LANES];
    for (uint32_t d = 0; d < DRAWS; d++) {
        csim_sampling_fill(sampling, csim_stream_hash(csim_sobol_key(d)), first, LANES, u[d]);
        moe_normal_quantile_block(u[d], z[d], LANES);
    }
    for (int i = 0; i < LANES; i++) {
        x[NORMAL][i] = 0.5 * (z[0][i] + z[1][i] + z[2][i] + z[3][i]);
        x[HEAVY][i] = moe_exp(x[NORMAL][i]);
        x[RARE][i] = u[0][i] < 0.1 && u[1][i] < 0.1;
        x[WAITING][i] = -moe_log(moe_normal_cdf(x[NORMAL][i]));
        x[LARGEST][i] = moe_max(moe_max(z[0][i], z[1][i]), moe_max(z[2][i], z[3][i]));
        x[WHOLE][i] = floor(-4.0 * moe_log(u[0][i]) - 2.0 * moe_log(u[1][i]));
    }
}

/* Whole numbers: the least k with P(X ≤ k) ≥ .95, X the whole part of a sum of two exponentials with means 4 and 2. */
static double true_point(void) {
    double k = 0.0;
    while (1.0 - (4.0 * exp(-(k + 1.0) / 4.0) - 2.0 * exp(-(k + 1.0) / 2.0)) / 2.0 < 0.95) k += 1.0;
    return k;
}

static csim_interval interval_of(const csim_accumulator *of, int model) {
    if (model == WAITING) return csim_accumulator_quantile_interval(of, WAITING, 0, 0.5);
    if (model == WHOLE) return csim_accumulator_quantile_interval(of, WHOLE, 0, 0.95);
    if (model != RARE) return csim_accumulator_mean_interval(of, (size_t)model, 0);
    const csim_probability p = csim_accumulator_share(of, RARE, 0, 1);
    return (csim_interval){p.low, p.high};
}

static void run_once(const design *which, uint64_t seed, const double truth[MODELS], int held[MODELS]) {
    static int all[LANES];
    double x[MODELS][LANES];
    csim_sampling *sampling;
    csim_accumulator *statistics;
    csim_replicates *replicates = NULL;
    check_status(csim_sampling_new(seed, which->sampler, which->replicates, PATHS / which->replicates, &sampling, NULL), NULL);
    check_status(csim_accumulator_new(axes, MODELS, 1, &statistics, NULL), NULL);
    if (which->replicates > 1) check_status(csim_replicates_new(which->replicates, MODELS, 1, &replicates, NULL), NULL);
    statistics->replicates = replicates;
    for (int i = 0; i < LANES; i++) all[i] = 1;
    for (uint32_t block = 0; block < PATHS / LANES; block++) {
        const uint32_t r = block % which->replicates, first = block / which->replicates * LANES * which->replicates + r;
        draw_models(sampling, first, x);
        statistics->replicate = r;
        for (size_t model = 0; model < MODELS; model++) csim_accumulator_add(statistics, model, 0, x[model], all, LANES);
    }
    csim_accumulator_settle(statistics);
    for (int model = 0; model < MODELS; model++) {
        const csim_interval found = interval_of(statistics, model);
        held[model] += found.low <= truth[model] && truth[model] <= found.high;
    }
    csim_sampling_free(sampling);
    csim_accumulator_free(statistics);
    csim_replicates_free(replicates);
}

/* Order statistics of whole numbers hold at least what they promise: their bounds are points of the distribution. */
static void intervals_hold_the_truth_in_95_of_100_runs(void **state) {
    const double truth[MODELS] = {0.0, exp(0.5), 0.01, log(2.0), 1.0293753730039641, true_point()};
    const int n = seeds();
    const double room = fmax(0.02, 3.5 * sqrt(0.95 * 0.05 / n));
    (void)state;
    for (int d = 0; d < DESIGNS; d++) {
        int held[MODELS] = {0};
        for (int seed = 0; seed < n; seed++) run_once(&designs[d], (uint64_t)seed + 1, truth, held);
        for (int model = 0; model < MODELS; model++) {
            print_message("  %-20s %-40s %.1f %%\n", designs[d].name, model_name[model], 100.0 * held[model] / n);
            check_between((double)held[model] / n, 0.95 - room, model == WHOLE ? 1.0 : 0.95 + room);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(intervals_hold_the_truth_in_95_of_100_runs)};
    return cmocka_run_group_tests_name("coverage", tests, NULL, NULL);
}
