/* GSL's side of the benchmark.
 *   quantile     gsl_cdf_ugaussian_Pinv
 *   ziggurat     gsl_ran_gaussian_ziggurat with the Mersenne Twister, GSL's default generator
 *   polar        gsl_ran_gaussian, the polar method, likewise
 *   statistics   gsl_stats_mean, gsl_stats_variance and gsl_histogram_increment, series by series */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_histogram.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_statistics_double.h>

#include "tests/bench/server.h"

static double *x, *y;
static size_t n;

static void prepare_quantile(void) {
    x = bench_read("quantile.u", 0, &n);
    y = bench_room(n * sizeof *y);
}

static double pass_quantile(void) {
    for (size_t i = 0; i < n; i++) y[i] = gsl_cdf_ugaussian_Pinv(x[i]);
    return (double)n;
}

static void write_quantile(void) { bench_write("quantile.gsl", y, n); }

static gsl_rng *rng;

static void prepare_normals(void) {
    const double *dims = bench_read("normals.dims", 2, NULL);
    n = 2 * (size_t)dims[1];
    y = bench_room(n * sizeof *y);
    if (!rng) rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, (unsigned long)dims[0]);
}

static double pass_ziggurat(void) {
    for (size_t i = 0; i < n; i++) y[i] = gsl_ran_gaussian_ziggurat(rng, 1.0);
    return (double)n;
}

static double pass_polar(void) {
    for (size_t i = 0; i < n; i++) y[i] = gsl_ran_gaussian(rng, 1.0);
    return (double)n;
}

static void write_ziggurat(void) { bench_write("ziggurat.gsl", y, n); }
static void write_polar(void) { bench_write("polar.gsl", y, n); }

static gsl_histogram **histogram;
static double *mean, *variance;
static size_t series, paths;

static void prepare_statistics(void) {
    const double *dims = bench_read("statistics.dims", 3, NULL);
    series = (size_t)dims[1];
    x = bench_read("statistics.rows", 0, &n); /* [series][path] */
    paths = n / series;
    mean = bench_room(series * sizeof *mean);
    variance = bench_room(series * sizeof *variance);
    histogram = bench_room(series * sizeof *histogram);
    for (size_t i = 0; i < series; i++) {
        histogram[i] = gsl_histogram_alloc(2048);
        gsl_histogram_set_ranges_uniform(histogram[i], 0.0, 100.0);
    }
}

static double pass_statistics(void) {
    for (size_t i = 0; i < series; i++) {
        const double *row = x + i * paths;
        mean[i] = gsl_stats_mean(row, 1, paths);
        variance[i] = gsl_stats_variance_m(row, 1, paths, mean[i]);
        for (size_t p = 0; p < paths; p++) gsl_histogram_increment(histogram[i], row[p]);
    }
    return (double)n;
}

static void write_statistics(void) {
    bench_write("statistics_mean.gsl", mean, series);
    bench_write("statistics_variance.gsl", variance, series);
}

int main(int argc, char **argv) {
    static const bench_work quantile = {"quantile", prepare_quantile, pass_quantile, write_quantile};
    static const bench_work ziggurat = {"ziggurat", prepare_normals, pass_ziggurat, write_ziggurat};
    static const bench_work polar = {"polar", prepare_normals, pass_polar, write_polar};
    static const bench_work statistics = {"statistics", prepare_statistics, pass_statistics, write_statistics};
    static const bench_work *const works[] = {&quantile, &ziggurat, &polar, &statistics};
    return bench_serve(argc, argv, works, sizeof works / sizeof works[0]);
}
