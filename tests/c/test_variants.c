/* Every variant gives the scalar one's bits (csim/engine/variant.h): on ordinary inputs, at bounds and just beside them, and on inputs that no run would give.
 * Run from the root. NaNs count as equal whatever their sign and payload, which IEEE 754 leaves open; none gets into a result. */
#include <stdlib.h>

#include "csim/base/sha256.h"
#include "csim/engine/variant.h"
#include "kernels/vmath.h"
#include "tests/c/baseline.h"

enum { B = MOE_BLOCK, MOST = 400000 };

static const csim_variant *scalar, *other;
static double value[MOST], expected[MOST], got[MOST];
static size_t values;

static int take_scalar(void **state) {
    csim_error err;
    (void)state;
    check_status(csim_variant_find("scalar", "", &scalar, &err), &err);
    return 0;
}

/* Ends the test as skipped when this processor cannot run the variant in hand. */
#define NEEDS_VARIANT(state)                                                   \
    do {                                                                       \
        csim_error why;                                                        \
        char text[512];                                                        \
        if (csim_variant_find(*(state), "", &other, &why)) check_skip(csim_error_format(&why, text, sizeof text)); \
    } while (0)

static uint64_t next(uint64_t *at) {
    uint64_t h = *at += 0x9e3779b97f4a7c15u;
    h = (h ^ h >> 30) * 0xbf58476d1ce4e5b9u;
    h = (h ^ h >> 27) * 0x94d049bb133111ebu;
    return h ^ h >> 31;
}

static double uniform(uint64_t *at) { return ((double)(next(at) >> 12) + 0.5) * 0x1p-52; }

static int same(double a, double b) { return moe_bits(a) == moe_bits(b) || (isnan(a) && isnan(b)); }

static void check_same(const char *what, const double *a, const double *b, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (!same(a[i], b[i])) {
            print_error("%s, element %zu of %zu\n  scalar %.17g (%a)\n  %s %.17g (%a)\n", what, i, n, a[i], a[i], other->name, b[i], b[i]);
            fail();
        }
}

/* ---- numbers to try */

static void put(double x) {
    assert_true(values < MOST);
    value[values++] = x;
}

/* x, its neighbours on both sides, and their negatives. */
static void put_around(double x) {
    const uint64_t bits = moe_bits(fabs(x));
    for (uint64_t k = 0; k < 7; k++)
        if (bits + k >= 3) {
            put(moe_double(bits + k - 3));
            put(-moe_double(bits + k - 3));
        }
}

static void put_numbers(void) {
    static const double thresholds[] = {0.0, 0x1p-1074, 0x1p-1022, 1.7976931348623157e308, (double)INFINITY, (double)NAN, 0.5, 1.0, 1.5, 2.0, 2.5, 5.0, 38.5, 708.0,
                                        709.782712893384, 745.1332191019412, 0.425, 0.925, 0.075, 0.180625, 1.3887943864964021e-11 /* e^−25 */, 0.7071067811865476, 0x1p-53,
                                        1.0 - 0x1p-53, 1.0 - 1.3887943864964021e-11, 36.7, 0x1p52, 0x1p63, 0x1p64};
    uint64_t at = 1;
    values = 0;
    for (size_t i = 0; i < sizeof thresholds / sizeof thresholds[0]; i++) put_around(thresholds[i]);
    for (int k = -1074; k < 1024; k++) {
        put_around(ldexp(1.0, k));
        put_around(ldexp(0.7071067811865476, k));
    }
    for (int k = -1022; k < 1025; k++) put_around((k + 0.5) * 0.6931471805599453); /* where exp takes the next power of two */
    for (int i = 0; i < 60000; i++) put(moe_double(next(&at)));
    for (int i = 0; i < 60000; i++) put(uniform(&at));
    for (int i = 0; i < 40000; i++) put(1600.0 * (uniform(&at) - 0.5));
    for (int i = 0; i < 40000; i++) put(moe_exp(1400.0 * (uniform(&at) - 0.5)));
    for (int i = 0; i < 20000; i++) put(moe_exp(-40.0 * uniform(&at)));
}

/* ---- mathematics and draws */

static void mathematics_gives_the_scalar_bits(void **state) {
    NEEDS_VARIANT(state);
    const csim_variant_pieces *a = &scalar->pieces, *b = &other->pieces;
    const struct { const char *name; void (*one)(const double *, double *, size_t), (*two)(const double *, double *, size_t); } all[] = {
        {"exp", a->exp, b->exp}, {"log", a->log, b->log}, {"logistic", a->logistic, b->logistic}, {"softplus", a->softplus, b->softplus},
        {"normal quantile", a->normal_quantile, b->normal_quantile}, {"normal cdf", a->normal_cdf, b->normal_cdf},
    };
    put_numbers();
    for (size_t f = 0; f < sizeof all / sizeof all[0]; f++) {
        all[f].one(value, expected, values);
        all[f].two(value, got, values);
        check_same(all[f].name, expected, got, values);
        for (size_t n = 0; n < 140; n++) { /* what is left over after whole vectors, from any place in memory */
            all[f].two(value + 3 * n, got + n, n);
            check_same(all[f].name, expected + 3 * n, got + n, n);
        }
    }
}

static void draws_give_the_scalar_bits(void **state) {
    NEEDS_VARIANT(state);
    uint64_t at = 2;
    double even[2][200], odd[2][200];
    for (int i = 0; i < 20000; i++) {
        const csim_stream stream = {{(uint32_t)next(&at), (uint32_t)next(&at)}, {(uint32_t)next(&at), (uint32_t)next(&at)}};
        const uint32_t month = i % 7 ? (uint32_t)(next(&at) % 240) : UINT32_MAX - (uint32_t)(i & 1), first = i % 5 ? (uint32_t)next(&at) : UINT32_MAX - 8, stride = (uint32_t)(next(&at) % 65);
        const size_t n = i % 3 ? B : (size_t)(next(&at) % 200);
        scalar->pieces.stream_fill(&stream, month, first, stride, n, even[0]);
        other->pieces.stream_fill(&stream, month, first, stride, n, even[1]);
        check_same("uniforms", even[0], even[1], n);
        scalar->pieces.stream_fill_pair(&stream, month & ~1u, first, stride, n, even[0], odd[0]);
        other->pieces.stream_fill_pair(&stream, month & ~1u, first, stride, n, even[1], odd[1]);
        check_same("even month", even[0], even[1], n);
        check_same("odd month", odd[0], odd[1], n);
        check_same("one month of the pair", month & 1 ? odd[1] : even[1], (other->pieces.stream_fill(&stream, month, first, stride, n, got), got), n);
    }
}

static void samplers_and_distributions_give_the_scalar_bits(void **state) {
    NEEDS_VARIANT(state);
    csim_error err;
    double u[2][B], z[2][B], x[2][B];
    for (int s = 0; s < CSIM_SAMPLERS; s++) {
        csim_sampling *sampling;
        check_status(csim_sampling_new(11, (csim_sampler)s, 16, 1000, &sampling, &err), &err);
        for (int32_t i = 0; i < plan->inputs; i++) {
            const csim_variant *const v[2] = {scalar, other};
            for (int k = 0; k < 2; k++) {
                v[k]->pieces.sampling_fill(sampling, plan->input_hash[i], 5 + 16 * B * (uint32_t)(i % 15), B, u[k]);
                v[k]->pieces.normal_quantile(u[k], z[k], B);
                v[k]->pieces.dist_eval(&plan->input[i].dist, plan->pool, u[k], z[k], x[k], B);
            }
            check_same("a sampler's point", u[0], u[1], B);
            check_same("its normal", z[0], z[1], B);
            check_same(plan->input_key[i], x[0], x[1], B);
        }
        csim_sampling_free(sampling);
    }
}

/* ---- kernels */

/* A factor on something ordinary: mostly near 1, sometimes far from it, rarely nonsense. */
static double factor(uint64_t *at) {
    static const double odd[] = {0.0, -0.0, 0x1p-1074, 1e-310, -1.0, 1e300, 1e-300, (double)INFINITY, -(double)INFINITY, (double)NAN, 1.0};
    const uint64_t kind = next(at) % 64;
    return kind < 2 ? odd[next(at) % (sizeof odd / sizeof odd[0])] : moe_exp((kind < 12 ? 20.0 : 1.0) * (uniform(at) - 0.5));
}

static void fill(double *x, double scale, uint64_t *at) {
    for (int p = 0; p < B; p++) x[p] = scale * factor(at);
}

/* Every shape of the catalogue on every machine of the plan. */
static void cost_kernel_gives_the_scalar_bits(void **state) {
    NEEDS_VARIANT(state);
    const csim_variant *const v[2] = {scalar, other};
    uint64_t at = 3;
    for (int round = 0; round < 4000; round++) {
        const moe_fold_base *base = &plan->shape_base[plan->shape[next(&at) % (uint64_t)plan->offerings][next(&at) % (uint64_t)plan->months]];
        const moe_hardware *machine = &plan->machine[next(&at) % (uint64_t)plan->machines].hardware;
        moe_workload_block work = {.hit_share = uniform(&at), .verified = round & 1 ? 1.0 : 3.0};
        moe_machine_block change;
        moe_fold_base served;
        moe_pair pair;
        moe_fold_block fold[2];
        moe_machine_fold ready[2];
        moe_cost_block cost[2];
        double active[B], total[B], cache[B];
        const int n = round % 9 ? B : 1 + (int)(next(&at) % B);
        fill(work.input_tokens, 5000.0, &at);
        fill(work.output_tokens, 500.0, &at);
        fill(work.tpot_s, 0.03, &at);
        fill(work.accepted, work.verified, &at);
        fill(active, 1.0, &at);
        fill(total, 1.0, &at);
        fill(cache, 1.0, &at);
        fill(change.flop, 1.0, &at);
        fill(change.bandwidth, 1.0, &at);
        fill(change.memory, 1.0, &at);
        fill(change.link, 1.0, &at);
        memset(fold, 0, sizeof fold);
        memset(cost, 0, sizeof cost);
        memset(ready, 0, sizeof ready);
        moe_fold_served(base, machine, &served);
        moe_fold_pair(&served, machine, &plan->efficiency, &pair);
        for (int k = 0; k < 2; k++) {
            v[k]->pieces.fold_paths(base, &work, active, total, cache, n, &fold[k]);
            v[k]->pieces.fold_machine(machine, &change, &work, n, &ready[k]);
            v[k]->pieces.cost_evaluate(&pair, &fold[0], &work, &ready[0], n, &cost[k]);
        }
        check_same("folded shape", (double *)&fold[0], (double *)&fold[1], sizeof fold[0] / sizeof(double));
        check_same("folded machine", (double *)&ready[0], (double *)&ready[1], sizeof ready[0] / sizeof(double));
        check_same("cost", (double *)&cost[0], (double *)&cost[1], sizeof cost[0] / sizeof(double));
    }
}

typedef struct market {
    moe_segment_choice direct, routed;
    double weight[MOE_GROUPS][B], share[MOE_CHOICE_OFFERINGS][B], target[MOE_CHOICE_OFFERINGS][B];
    moe_market_scale scale;
} market;

static void market_step_gives_the_scalar_bits(void **state) {
    NEEDS_VARIANT(state);
    static market made[2];
    const csim_variant *const v[2] = {scalar, other};
    uint64_t at = 4;
    for (int round = 0; round < 4000; round++) {
        const int offerings = 1 + (int)(next(&at) % MOE_CHOICE_OFFERINGS);
        int32_t group[MOE_CHOICE_OFFERINGS];
        double utility[MOE_CHOICE_OFFERINGS][B], friction[MOE_GROUPS][B], lambda[B], routers[B], base[B], gain[B], lock[B];
        for (int j = 0; j < offerings; j++) {
            group[j] = (int32_t)(next(&at) % MOE_GROUPS);
            fill(utility[j], round % 3 ? 3.0 : -800.0, &at);
        }
        for (int g = 0; g < MOE_GROUPS; g++) fill(friction[g], 0.5, &at);
        fill(lambda, 0.4, &at);
        fill(routers, 0.2, &at);
        fill(base, 0.1, &at);
        fill(gain, 0.5, &at);
        fill(lock, 0.3, &at);
        memset(made, 0, sizeof made);
        for (int j = 0; j < offerings; j++) fill(made[0].share[j], 0.1, &at);
        memcpy(made[1].share, made[0].share, sizeof made[0].share);
        for (int k = 0; k < 2; k++) {
            const csim_variant_pieces *of = &v[k]->pieces;
            const moe_inertia inertia = {base, gain, lock};
            market *m = &made[k];
            const moe_segment_choice *routed = round & 1 ? &m->routed : NULL;
            of->segment_prepare(offerings, group, utility, lambda, &m->direct);
            of->segment_prepare(offerings, group, utility, routers, &m->routed);
            for (int g = 0; g < MOE_GROUPS; g++) of->friction_weight(g, friction[g], lambda, m->weight[g]);
            of->market_scale_find(&m->direct, routed, m->weight, lambda, routers, &m->scale);
            of->market_move(offerings, group, utility, friction, &m->direct, routed, &m->scale, &inertia, m->share, m->target);
        }
        check_same("market", (double *)&made[0], (double *)&made[1], sizeof made[0] / sizeof(double));
    }
}

static void sums_and_bins_give_the_scalar_bits(void **state) {
    NEEDS_VARIANT(state);
    static const csim_axis axes[] = {{CSIM_AXIS_LINEAR, -5.0, 5.0, 100.0}, {CSIM_AXIS_LOG, 1e-4, 1e4, 1e7}, {CSIM_AXIS_LOGIT, 1e-6, 0.999999, 2.0},
                                     {CSIM_AXIS_COUNT, CSIM_COUNT_LOWEST, CSIM_COUNT_HIGHEST, 4096.0}, {CSIM_AXIS_SIGNED, -1e6, 1e6, 1e7}};
    enum { AXES = sizeof axes / sizeof axes[0] };
    csim_accumulator *self;
    csim_error err;
    uint64_t at = 5;
    check_status(csim_accumulator_new(axes, AXES, 1, &self, &err), &err);
    for (int round = 0; round < 30000; round++) {
        const size_t series = (size_t)round % AXES, n = round % 4 ? B : (size_t)(next(&at) % (B + 1));
        const double edges[] = {0.0, -0.0, axes[series].lowest, axes[series].highest, 0x1p-1074, 0.99 * axes[series].largest, 0.5};
        double x[B];
        int keep[B];
        uint16_t bin[2][B] = {{0}, {0}};
        csim_lane_sums sums[2];
        memset(sums, 0, sizeof sums);
        for (int p = 0; p < B; p++) {
            const double span = axes[series].highest - axes[series].lowest;
            x[p] = next(&at) % 8 ? axes[series].lowest + span * uniform(&at) : edges[next(&at) % (sizeof edges / sizeof edges[0])];
            if (axes[series].kind == CSIM_AXIS_COUNT) x[p] = floor(fabs(x[p]));
            keep[p] = next(&at) % 8 != 0;
        }
        scalar->look(self, series, x, round % 3 ? keep : NULL, n, &sums[0], bin[0]);
        other->look(self, series, x, round % 3 ? keep : NULL, n, &sums[1], bin[1]);
        assert_memory_equal(&sums[0], &sums[1], sizeof sums[0]);
        assert_memory_equal(bin[0], bin[1], sums[0].count * sizeof bin[0][0]);
    }
    csim_accumulator_free(self);
}

static void sums_of_distances_give_the_scalar_bits(void **state) {
    NEEDS_VARIANT(state);
    enum { MOST_N = 300, MOST_STRIDE = MOST_N + MOE_DISTANCE_LANES, MOST_DIMENSIONS = 13, MEDOIDS = 4 };
    static double point[MOST_STRIDE * MOST_DIMENSIONS], distance[2][MOST_STRIDE * MOST_STRIDE], row[2][MOST_STRIDE], change[2][MEDOIDS * MOST_STRIDE], shared[MOST_STRIDE];
    double nearest[MOST_N], second[MOST_N];
    unsigned char owner[MOST_N];
    const csim_variant *const v[2] = {scalar, other};
    uint64_t at = 7;
    for (int round = 0; round < 60; round++) {
        const size_t n = 1 + (size_t)(next(&at) % MOST_N), dimensions = (size_t)(next(&at) % (MOST_DIMENSIONS + 1)), stride = moe_distance_stride(n);
        for (size_t i = 0; i < stride * dimensions; i++) point[i] = round % 5 ? uniform(&at) : (double)(next(&at) % 3); /* equal distances too */
        for (size_t i = 0; i < n; i++) {
            nearest[i] = uniform(&at) * (round % 7 != 0);
            second[i] = nearest[i] + uniform(&at) * (round % 3 != 0);
            owner[i] = (unsigned char)(next(&at) % MEDOIDS);
        }
        for (size_t i = 0; i < MEDOIDS * stride; i++) change[0][i] = change[1][i] = uniform(&at);
        for (int k = 0; k < 2; k++) v[k]->distances_fill(point, n, dimensions, distance[k]);
        check_same("distances", distance[0], distance[1], stride * stride);
        for (int k = 0; k < 2; k++) v[k]->distances_add(distance[0], n, row[k]);
        check_same("sums of distances", row[0], row[1], stride);
        for (int k = 0; k < 2; k++) v[k]->distances_gain(distance[0], n, nearest, row[k]);
        check_same("gains", row[0], row[1], stride);
        for (int k = 0; k < 2; k++) v[k]->distances_change(distance[0], n, MEDOIDS, nearest, second, owner, shared, change[k]);
        check_same("changes", change[0], change[1], MEDOIDS * stride);
    }
}

/* ---- the model as a whole */

/* The whole state after each month of a block, in the same memory, so that addresses in it are the same. */
static void walk(const csim_variant *variant, csim_block *block, const csim_sampling *sampling, int n, unsigned char digest[CSIM_MAX_MONTHS][CSIM_SHA256_BYTES]) {
    memset(block, 0, sizeof *block);
    variant->block_start(block, plan, sampling, 3, n);
    for (int t = 0; t < plan->months; t++) {
        csim_sha256 sha;
        variant->block_step(block);
        csim_sha256_init(&sha);
        csim_sha256_update(&sha, t % 12 == 11 ? (void *)block : block->outcome, t % 12 == 11 ? sizeof *block : sizeof block->outcome);
        csim_sha256_final(&sha, digest[t]);
    }
}

static void a_block_of_the_baseline_gives_the_scalar_bits(void **state) {
    NEEDS_VARIANT(state);
    static unsigned char digest[2][CSIM_MAX_MONTHS][CSIM_SHA256_BYTES];
    csim_error err;
    csim_block *block = scalar->block_new();
    assert_non_null(block);
    for (int s = 0; s < CSIM_SAMPLERS; s++) {
        csim_sampling *sampling;
        check_status(csim_sampling_new(7, (csim_sampler)s, 2, 64, &sampling, &err), &err);
        walk(scalar, block, sampling, s ? B : 17, digest[0]);
        walk(other, block, sampling, s ? B : 17, digest[1]);
        for (int t = 0; t < plan->months; t++) assert_memory_equal(digest[0][t], digest[1][t], CSIM_SHA256_BYTES);
        csim_sampling_free(sampling);
    }
    scalar->block_free(block);
}

/* ---- the choice */

static void only_names_of_variants_are_found(void **state) {
    static const char *const wrong[] = {"", "AVX2", "avx", "avx2 ", "sse2", "neon9"};
    const csim_variant *found;
    csim_error err;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        check_refused(csim_variant_find(wrong[i], "MOECAST_KERNEL: ", &found, &err), CSIM_USAGE, &err);
        assert_null(found);
        check_contains(err.detail, "MOECAST_KERNEL: ");
        check_contains(err.detail, "scalar");
    }
    csim_variant_find("avx513", "", &found, &err);
    check_contains(err.hint, "did you mean 'avx512'?");
}

static void the_widest_that_runs_is_chosen_and_stays(void **state) {
    const csim_variant *widest = NULL, *chosen, *again;
    csim_error err;
    (void)state;
    unsetenv("MOECAST_KERNEL");
    for (size_t i = 0; csim_variant_name(i) && csim_variant_find(csim_variant_name(i), "", &widest, &err); i++) continue;
    check_status(csim_variant_chosen(&chosen, &err), &err);
    assert_ptr_equal(chosen, widest);
    setenv("MOECAST_KERNEL", "scalar", 1);
    check_status(csim_variant_chosen(&again, &err), &err);
    assert_ptr_equal(again, chosen);
}

#define OF_BOTH(test) {#test " (avx2)", test, take_scalar, NULL, (void *)(uintptr_t) "avx2"}, {#test " (avx512)", test, take_scalar, NULL, (void *)(uintptr_t) "avx512"}

int main(void) {
    const struct CMUnitTest tests[] = {
        OF_BOTH(mathematics_gives_the_scalar_bits),
        OF_BOTH(draws_give_the_scalar_bits),
        OF_BOTH(samplers_and_distributions_give_the_scalar_bits),
        OF_BOTH(cost_kernel_gives_the_scalar_bits),
        OF_BOTH(market_step_gives_the_scalar_bits),
        OF_BOTH(sums_and_bins_give_the_scalar_bits),
        OF_BOTH(sums_of_distances_give_the_scalar_bits),
        OF_BOTH(a_block_of_the_baseline_gives_the_scalar_bits),
        cmocka_unit_test(only_names_of_variants_are_found),
        cmocka_unit_test(the_widest_that_runs_is_chosen_and_stays),
    };
    return cmocka_run_group_tests_name("variants", tests, load_baseline, unload_baseline);
}
