/* See controlled.h. */
#include "csim/engine/controlled.h"

#include <math.h>

#include "csim/engine/compare_numbers.h"
#include "csim/stats/path_mean.h"

static size_t fewer(size_t a, size_t b) { return a < b ? a : b; }

static csim_path_mean mean_of(const double *x, size_t n) {
    csim_path_mean out = {.replicates = 1};
    for (size_t i = 0; i < n; i++)
        if (isfinite(x[i])) csim_path_mean_add(&out, i, x[i]);
    return out;
}

/* Per path, from a mean's sums. */
static double variance(const csim_path_mean *of) { return of->all.n > 1.0 ? of->all.squares / (of->all.n - 1.0) : (double)NAN; }

/* Of the sum of a mean over N base paths and a mean difference over the first n of them. */
static double variance_of_sum(double variance_b, double variance_d, double n, double base_paths) {
    return variance_b / base_paths + variance_d * (1.0 / n - 1.0 / base_paths);
}

void csim_controlled_numbers(const double *a, size_t base_paths, const double *b, size_t paths, csim_controlled_mean *out) {
    const size_t n = fewer(base_paths, paths);
    csim_path_mean moved = {.replicates = 1}, side_a = moved, side_b = moved;
    double both = 0.0;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(b[i] - a[i])) continue;
        const double from_a = a[i] - side_a.all.mean;
        csim_path_mean_add(&moved, i, b[i] - a[i]);
        csim_path_mean_add(&side_a, i, a[i]);
        csim_path_mean_add(&side_b, i, b[i]);
        both += from_a * (b[i] - side_b.all.mean);
    }
    const csim_path_mean all_a = mean_of(a, base_paths), all_b = mean_of(b, paths);
    *out = (csim_controlled_mean){.paths = (uint64_t)all_b.all.n, .base_paths = (uint64_t)all_a.all.n, .pairs = (uint64_t)moved.all.n};
    out->alone = csim_path_mean_estimate(&all_b);
    out->base = csim_path_mean_estimate(&all_a);
    out->difference = csim_path_mean_estimate(&moved);
    out->mean = out->alone;
    const double spread = side_a.all.squares * side_b.all.squares;
    out->correlation = spread > 0.0 ? both / sqrt(spread) : (double)NAN;
    if (base_paths <= paths || !out->pairs) return;
    out->mean.value = out->base.value + out->difference.value;
    out->mean.error = sqrt(variance_of_sum(variance(&side_b), variance(&moved), moved.all.n, all_a.all.n));
}

static csim_probability probability_of(const unsigned char *hit, size_t n) {
    uint64_t hits = 0, count = 0;
    for (size_t i = 0; i < n; i++) {
        hits += hit[i] == CSIM_HIT;
        count += hit[i] != CSIM_HIT_UNKNOWN;
    }
    return csim_probability_of(hits, count);
}

static double cut(double x) { return x < 0.0 ? 0.0 : x > 1.0 ? 1.0 : x; }

/* Variances per path of the influence of the first n paths on share b, and on the difference. */
static void variances(const unsigned char *a, const unsigned char *b, size_t n, double *of_b, double *of_d) {
    const csim_probability share_a = probability_of(a, n), share_b = probability_of(b, n);
    csim_path_mean influence = {.replicates = 1}, moved = influence;
    for (size_t i = 0; i < n; i++) {
        const double x = a[i] == CSIM_HIT_UNKNOWN ? 0.0 : ((double)(a[i] == CSIM_HIT) - share_a.value) * (double)n / (double)share_a.count;
        const double y = b[i] == CSIM_HIT_UNKNOWN ? 0.0 : ((double)(b[i] == CSIM_HIT) - share_b.value) * (double)n / (double)share_b.count;
        csim_path_mean_add(&influence, i, y);
        csim_path_mean_add(&moved, i, y - x);
    }
    *of_b = variance(&influence);
    *of_d = variance(&moved);
}

void csim_controlled_answers(const unsigned char *a, size_t base_paths, const unsigned char *b, size_t paths, csim_controlled_share *out) {
    const size_t n = fewer(base_paths, paths);
    csim_compare_claim pairs = {.difference = {(double)NAN, (double)NAN}};
    csim_compare_answers(a, b, n, 1, &pairs);
    *out = (csim_controlled_share){.alone = probability_of(b, paths), .base = probability_of(a, base_paths), .difference = pairs.difference, .gained = pairs.gained, .lost = pairs.lost};
    for (size_t i = 0; i < n; i++) out->pairs += a[i] != CSIM_HIT_UNKNOWN && b[i] != CSIM_HIT_UNKNOWN;
    out->share = (csim_estimate){out->alone.value, out->alone.error};
    out->low = out->alone.low;
    out->high = out->alone.high;
    if (base_paths <= paths || !pairs.a.count || !pairs.b.count) return;
    double of_b, of_d;
    variances(a, b, n, &of_b, &of_d);
    const double value = out->base.value + pairs.difference.value, sides = (double)n / (double)pairs.b.count;
    const double careful = fmax(of_d, sides * sides * ((double)(pairs.gained + pairs.lost) + 1.0) / (double)n);
    const double half = csim_student_point(0) * sqrt(variance_of_sum(of_b, careful, (double)n, (double)base_paths));
    out->share = (csim_estimate){cut(value), sqrt(variance_of_sum(of_b, of_d, (double)n, (double)base_paths))};
    out->low = cut(value - half);
    out->high = cut(value + half);
}
