/* Builds quantile tables in three steps: a bracketed search over GSL's cdf finds the median; Newton's method on our own long-double tails
 * walks from there to every node of every piece; at each joint GSL's cdf must agree with where the walk arrived.
 * Two independent implementations therefore stand behind each table. GSL's own quantiles are not used: they can call the error handler. */
#include "csim/dist/table.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>

#include "csim/dist/incomplete.h"

/* One distribution on its y axis: exact tails for the walk, GSL's for the start and the cross-check. */
typedef struct law {
    csim_tails (*tails)(const struct law *self, long double y);
    void (*tails_by_gsl)(const struct law *self, double y, double *lower, double *upper);
    double a, b;
} law;

static csim_tails gamma_law_tails(const law *self, long double y) { return csim_gamma_tails(self->a, y); }
static csim_tails beta_law_tails(const law *self, long double y) { return csim_beta_tails(self->a, self->b, y); }

static void gamma_law_gsl(const law *self, double y, double *lower, double *upper) {
    *lower = gsl_cdf_gamma_P(exp(y), self->a, 1);
    *upper = gsl_cdf_gamma_Q(exp(y), self->a, 1);
}

/* Above one half the mirrored distribution is asked at 1 − x, which a double can resolve where it cannot resolve x. */
static void beta_law_gsl(const law *self, double y, double *lower, double *upper) {
    const double smaller = exp(-fabs(y)) / (1 + exp(-fabs(y)));
    *lower = y < 0 ? gsl_cdf_beta_P(smaller, self->a, self->b) : gsl_cdf_beta_Q(smaller, self->b, self->a);
    *upper = y < 0 ? gsl_cdf_beta_Q(smaller, self->a, self->b) : gsl_cdf_beta_P(smaller, self->b, self->a);
}

/* ±700 is where e^y leaves the doubles; medians of the permitted shapes lie far inside. */
static double find_median(const law *self) {
    double low = -700, high = 700;
    for (int i = 0; i < 60; i++) {
        const double middle = 0.5 * (low + high);
        double lower, upper;
        self->tails_by_gsl(self, middle, &lower, &upper);
        if (lower < upper) low = middle;
        else high = middle;
    }
    return 0.5 * (low + high);
}

static long double normal_tail(long double z) { return 0.5L * erfcl(z * 0.707106781186547524400844362104849039L); }
static long double normal_density(long double z) { return 0.398942280401432677939946059934381868L * expl(-0.5L * z * z); }

/* Newton on the logarithm of the smaller tail, which is concave in y: it converges from any side without a bracket. */
static long double refine(const law *self, long double z, long double y) {
    const long double goal = logl(normal_tail(fabsl(z)));
    for (int i = 0; i < 50; i++) {
        const csim_tails at = self->tails(self, y);
        const long double tail = z < 0 ? at.lower : at.upper, gap = (goal - logl(tail)) * tail / at.slope, step = z < 0 ? gap : -gap;
        y += step;
        if (fabsl(step) < 1e-9L) break; /* quadratic convergence: the next step would be below 1e-17 */
    }
    return y;
}

/* From y at one z to y at the next: a predictor along dy/dz = φ(z) / slope, then Newton. */
static long double walk(const law *self, long double z, long double next_z, long double y) {
    return refine(self, next_z, y + (next_z - z) * normal_density(z) / self->tails(self, y).slope);
}

enum { N = CSIM_TABLE_DEGREE, NODES = CSIM_TABLE_PIECES * N + 1, MEDIAN_NODE = NODES / 2 };

static long double cos_pi_over_n(int j) { return cosl(3.141592653589793238462643383279502884L * j / N); }

/* z of a node, counted over all pieces. Within a piece they are Chebyshev points of the second kind, t = −cos(πj/N): both ends are nodes,
 * so neighbouring pieces meet. */
static long double node_z(int node) {
    const long double width = 2 * (long double)CSIM_TABLE_Z_MAX / CSIM_TABLE_PIECES;
    const long double part = 0.5L * (1 - cos_pi_over_n(node % N));
    return node == MEDIAN_NODE ? 0 : width * (node / N - CSIM_TABLE_PIECES / 2 + part);
}

/* Chebyshev coefficient k of the values at the nodes of one piece. */
static long double chebyshev_coefficient(const long double value[N + 1], int k) {
    long double sum = 0;
    for (int j = 0; j <= N; j++) sum += value[N - j] * cos_pi_over_n(j * k) * (j % N == 0 ? 0.5L : 1);
    return sum * (k % N == 0 ? 1 : 2) / N;
}

/* Values at the nodes → coefficients of 1, t, t², … The series falls off so fast that changing to powers costs no digits. */
static void interpolate(const long double value[N + 1], double coefficient[N + 1]) {
    long double power[N + 1] = {0}, before[N + 1] = {0}, current[N + 1] = {1}; /* T_{k−1} and T_k in powers of t */
    for (int k = 0; k <= N; k++) {
        const long double c = chebyshev_coefficient(value, k);
        for (int i = N; i >= 0; i--) {
            const long double next = (k == 0 ? 1 : 2) * (i > 0 ? current[i - 1] : 0) - before[i];
            power[i] += c * current[i];
            before[i] = current[i];
            current[i] = next;
        }
    }
    for (int i = 0; i <= N; i++) coefficient[i] = (double)power[i];
}

static bool agrees_with_gsl(const law *self, long double z, long double y) {
    double lower, upper;
    self->tails_by_gsl(self, (double)y, &lower, &upper);
    const double expected = (double)normal_tail(fabsl(z)), got = z < 0 ? lower : upper;
    return fabs(got - expected) <= 1e-9 * expected;
}

static csim_status build(const law *self, double *table, csim_error *err) {
    long double y[NODES];
    y[MEDIAN_NODE] = refine(self, 0, (long double)find_median(self));
    for (int i = MEDIAN_NODE + 1; i < NODES; i++) y[i] = walk(self, node_z(i - 1), node_z(i), y[i - 1]);
    for (int i = MEDIAN_NODE - 1; i >= 0; i--) y[i] = walk(self, node_z(i + 1), node_z(i), y[i + 1]);
    for (int i = 0; i < NODES; i += N)
        if (!agrees_with_gsl(self, node_z(i), y[i]))
            return csim_error_set(err, CSIM_RUN_FAILED, "two calculations of a quantile differ at shape %g, %g, z = %g", self->a, self->b,
                                  (double)node_z(i));
    for (int piece = 0; piece < CSIM_TABLE_PIECES; piece++) interpolate(y + piece * N, table + piece * CSIM_TABLE_COEFFICIENTS);
    return CSIM_OK;
}

csim_status csim_table_build_gamma(double shape, double *table, csim_error *err) {
    return build(&(law){gamma_law_tails, gamma_law_gsl, shape, 0}, table, err);
}

csim_status csim_table_build_beta(double a, double b, double *table, csim_error *err) {
    return build(&(law){beta_law_tails, beta_law_gsl, a, b}, table, err);
}
