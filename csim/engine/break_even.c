/* See break_even.h. First the place of a value in its prior, then the regression. */
#include "csim/engine/break_even.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "kernels/vmath.h"

#define UNKNOWN ((double)NAN)

const char *csim_break_name(csim_break_state state) {
    static const char *const names[CSIM_BREAK_STATES] = {"none", "flips", "does_not_flip", "too_few", "separated", "fixed"};
    return (unsigned)state < CSIM_BREAK_STATES ? names[state] : "none";
}

csim_break_even csim_break_even_none(void) {
    return (csim_break_even){.value = UNKNOWN, .percentile = UNKNOWN, .error = UNKNOWN, .low = UNKNOWN, .high = UNKNOWN, .p_lowest = UNKNOWN, .p5 = UNKNOWN,
                             .p95 = UNKNOWN, .p_highest = UNKNOWN};
}

/* ---- the place of a value in its prior ---------------------------------------------------------------------------------------------------------- */

/* The quantile function on an even grid of normal scores: fine enough that a straight line between neighbours is exact to 1e-5 of a score. */
enum { GRID = 4097 };
#define GRID_END 5.0

typedef struct prior { double z[GRID], u[GRID], x[GRID]; } prior;

static void tabulate(const csim_plan *plan, const csim_plan_input *input, prior *out) {
    for (int i = 0; i < GRID; i++) {
        out->z[i] = GRID_END * (2.0 * i / (GRID - 1) - 1.0);
        out->u[i] = moe_normal_cdf(out->z[i]);
    }
    csim_dist_eval_block(&input->dist, plan->pool, out->u, out->z, out->x, GRID);
    for (int i = 0; i < GRID; i++) out->x[i] = moe_clip(out->x[i], input->lowest, input->highest);
}

/* Number of grid values below x, or, with `equal`, not above it. */
static int count_below(const prior *of, double x, int equal) {
    int low = 0, high = GRID;
    while (low < high) {
        const int middle = (low + high) / 2;
        if (of->x[middle] < x || (equal && of->x[middle] == x)) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* A value that many draws share (a step, a clipped tail) stands in the middle of the share it has. */
static double score_of(const prior *of, double x) {
    const int first = count_below(of, x, 0), after = count_below(of, x, 1);
    if (after > first + 1) return moe_normal_quantile(0.5 * (of->u[first] + of->u[after - 1]));
    if (after == first + 1) return of->z[first];
    if (first == 0) return of->z[0];
    if (first == GRID) return of->z[GRID - 1];
    return of->z[first - 1] + (x - of->x[first - 1]) / (of->x[first] - of->x[first - 1]) * (of->z[first] - of->z[first - 1]);
}

/* ---- the regression ----------------------------------------------------------------------------------------------------------------------------- */

typedef struct logit { double a, b, aa, ab, bb; /* covariance of a and b */ } logit;

static double logistic(double x) { return x >= 0.0 ? 1.0 / (1.0 + moe_exp(-x)) : 1.0 - 1.0 / (1.0 + moe_exp(x)); }

/* One step of Newton's method on the concave log-likelihood; leaves the inverse of the information in the covariance. Returns the step's size. */
static double newton_step(logit *fit, const double *score, const unsigned char *hit, size_t n) {
    double ga = 0.0, gb = 0.0, haa = 0.0, hab = 0.0, hbb = 0.0;
    for (size_t i = 0; i < n; i++) {
        if (hit[i] == CSIM_HIT_UNKNOWN) continue;
        const double p = logistic(fit->a + fit->b * score[i]), rest = (hit[i] == CSIM_HIT ? 1.0 : 0.0) - p, weight = p * (1.0 - p);
        ga += rest;
        gb += rest * score[i];
        haa += weight;
        hab += weight * score[i];
        hbb += weight * score[i] * score[i];
    }
    const double determinant = haa * hbb - hab * hab;
    fit->aa = hbb / determinant;
    fit->ab = -hab / determinant;
    fit->bb = haa / determinant;
    const double da = fit->aa * ga + fit->ab * gb, db = fit->ab * ga + fit->bb * gb;
    fit->a += da;
    fit->b += db;
    return fabs(da) + fabs(db);
}

static int converges(logit *fit, const double *score, const unsigned char *hit, size_t n) {
    enum { MOST_STEPS = 60 };
    double step = 1.0;
    for (int i = 0; i < MOST_STEPS && step > 1e-10; i++) {
        step = newton_step(fit, score, hit, n);
        if (!isfinite(step)) return 0;
    }
    return step <= 1e-10;
}

/* Paths of one replicate are not independent: the covariance from what each replicate's paths push together (the sandwich, replicates for clusters). */
static void take_replicates(logit *fit, const double *score, const unsigned char *hit, size_t n, uint32_t replicates) {
    double ga[CSIM_MAX_REPLICATES] = {0}, gb[CSIM_MAX_REPLICATES] = {0}, aa = 0.0, ab = 0.0, bb = 0.0;
    for (size_t i = 0; i < n; i++) {
        if (hit[i] == CSIM_HIT_UNKNOWN) continue;
        const double rest = (hit[i] == CSIM_HIT ? 1.0 : 0.0) - logistic(fit->a + fit->b * score[i]);
        ga[i % replicates] += rest;
        gb[i % replicates] += rest * score[i];
    }
    for (uint32_t r = 0; r < replicates; r++) {
        const double da = fit->aa * ga[r] + fit->ab * gb[r], db = fit->ab * ga[r] + fit->bb * gb[r];
        aa += da * da;
        ab += da * db;
        bb += db * db;
    }
    const double scale = replicates / (replicates - 1.0);
    fit->aa = scale * aa;
    fit->ab = scale * ab;
    fit->bb = scale * bb;
}

/* True when no yes lies between two noes and the reverse: the likelihood then has no maximum. */
static int is_separated(const double *score, const unsigned char *hit, size_t n) {
    double least[2] = {DBL_MAX, DBL_MAX}, most[2] = {-DBL_MAX, -DBL_MAX};
    for (size_t i = 0; i < n; i++) {
        if (hit[i] == CSIM_HIT_UNKNOWN) continue;
        const int yes = hit[i] == CSIM_HIT;
        least[yes] = fmin(least[yes], score[i]);
        most[yes] = fmax(most[yes], score[i]);
    }
    return most[0] <= least[1] || most[1] <= least[0];
}

static void take_fit(const logit *fit, uint32_t replicates, csim_break_even *out) {
    const double z = -fit->a / fit->b, end = moe_normal_quantile(0.999), tail = moe_normal_quantile(0.95);
    out->p_lowest = logistic(fit->a - fit->b * end);
    out->p5 = logistic(fit->a - fit->b * tail);
    out->p95 = logistic(fit->a + fit->b * tail);
    out->p_highest = logistic(fit->a + fit->b * end);
    out->state = fabs(z) <= end ? CSIM_BREAK_FLIPS : CSIM_BREAK_NEVER; /* a slope of nothing leaves z infinite or NAN */
    if (out->state != CSIM_BREAK_FLIPS) return;
    const double sd = sqrt(fit->aa + 2.0 * z * fit->ab + z * z * fit->bb) / fabs(fit->b), half = csim_student_point(replicates > 1 ? replicates - 1 : 0) * sd;
    out->percentile = moe_normal_cdf(z);
    out->error = 0.39894228040143268 * moe_exp(-0.5 * z * z) * sd;
    out->low = moe_normal_cdf(z - half);
    out->high = moe_normal_cdf(z + half);
}

csim_break_even csim_break_even_fit(const double *score, const unsigned char *hit, size_t n, uint32_t replicates) {
    csim_break_even out = csim_break_even_none();
    for (size_t i = 0; i < n; i++) {
        out.count += hit[i] != CSIM_HIT_UNKNOWN;
        out.hits += hit[i] == CSIM_HIT;
    }
    if (!out.count) return out;
    const uint64_t misses = out.count - out.hits;
    out.state = CSIM_BREAK_FEW;
    if (out.hits < CSIM_BREAK_LEAST || misses < CSIM_BREAK_LEAST) return out;
    logit fit = {.a = moe_log((double)out.hits / (double)misses)};
    out.state = CSIM_BREAK_SEPARATED;
    if (is_separated(score, hit, n) || !converges(&fit, score, hit, n)) return out;
    if (replicates > 1) take_replicates(&fit, score, hit, n, replicates);
    take_fit(&fit, replicates, &out);
    return out;
}

/* ---- the whole ---------------------------------------------------------------------------------------------------------------------------------- */

/* Scores and flags of the rows, side by side. */
static void gather(const csim_result *result, int position, const prior *table, const unsigned char *hit, size_t stride, size_t n, double *score,
                   unsigned char *flag) {
    for (size_t i = 0; i < n; i++) {
        const double x = result->kept_input[i * (size_t)result->plan->inputs + (size_t)position];
        flag[i] = isnan(x) ? (unsigned char)CSIM_HIT_UNKNOWN : hit[i * stride];
        score[i] = flag[i] == CSIM_HIT_UNKNOWN ? 0.0 : score_of(table, x);
    }
}

static void name_input(const csim_plan *plan, int position, csim_break_even *out) {
    const csim_plan_input *input = &plan->input[position];
    snprintf(out->input, sizeof out->input, "%s", plan->input_key[position]);
    snprintf(out->unit, sizeof out->unit, "%s", csim_input_rows[input->id].unit);
    if (out->state == CSIM_BREAK_FLIPS) out->value = moe_clip(csim_dist_quantile(&input->dist, plan->pool, out->percentile), input->lowest, input->highest);
}

csim_status csim_break_even_find(const csim_result *result, int position, const unsigned char *hit, size_t stride, size_t n, csim_break_even *out,
                                 csim_error *err) {
    prior *table = malloc(sizeof *table);
    double *score = malloc((n + 1) * sizeof *score);
    unsigned char *flag = malloc(n + 1);
    const csim_status status = table && score && flag ? CSIM_OK : csim_error_set(err, CSIM_NO_MEMORY, "no memory for the break-even over %zu paths", n);
    *out = csim_break_even_none();
    if (!status) {
        tabulate(result->plan, &result->plan->input[position], table);
        gather(result, position, table, hit, stride, n, score, flag);
        if (table->x[0] < table->x[GRID - 1]) *out = csim_break_even_fit(score, flag, n, result->options.replicates);
        else out->state = CSIM_BREAK_FIXED;
        name_input(result->plan, position, out);
    }
    free(table);
    free(score);
    free(flag);
    return status;
}
