/* The inner loop of the distributions: one loop a form, arithmetic and kernels/vmath.h only. Must not allocate, fail or call libm
 * (sqrt and fabs excepted, which IEEE 754 defines to the last bit). */
#include "csim/dist/dist.h"
#include "csim/dist/table.h"

/* Below the mode the parabola from low; above it 1 − √(1−v) written as v/(1 + √(1−v)), which keeps the digits
 * of a small v; 1 − v from 1 − u, which keeps those of a small rest. */
static double triangular(const double p[], double u) {
    if (u < p[2]) return p[0] + sqrt(u * p[3]);
    const double v = (u - p[2]) / (1 - p[2]), rest = (1 - u) / (1 - p[2]);
    return p[1] + p[4] * (v / (1 + sqrt(rest)));
}

/* Φ⁻¹(½ + u/2) for u < 1/32, where (1 − u)/2 would have lost u's digits: the series of √2 erf⁻¹(u). */
static double half_normal_near_zero(double u) {
    static const double c[] = {1, 0.2617993877991494, 0.14393173084921979, 0.09766361950392055, 0.07329907936638086, 0.05837250087858452};
    double sum = c[5];
    for (int k = 4; k >= 0; k--) sum = sum * u * u + c[k];
    return 1.2533141373155003 * u * sum;
}

static double half_normal(double u) { return u < 0x1p-5 ? half_normal_near_zero(u) : -moe_normal_quantile((1 - u) * 0.5); }

/* The point u of the mass between the bounds, measured from the nearer tail of the whole normal. */
static double truncated_normal(const double p[], double u) {
    const double from_below = p[4] + u * p[6], from_above = p[5] + (1 - u) * p[6];
    const double z = from_below < from_above ? moe_normal_quantile(from_below) : -moe_normal_quantile(from_above);
    return moe_clip(p[0] + p[1] * z, p[2], p[3]);
}

static double steps(const double *row, uint32_t rows, double u) {
    uint32_t i = 0;
    while (i + 1 < rows && u >= row[2 * i]) i++;
    return row[2 * i + 1];
}

/* Hermite cubic between two knots; constant outside the outermost ones. */
static double cubic(const double *row, uint32_t rows, double u) {
    if (u <= row[0]) return row[1];
    if (u >= row[3 * (rows - 1)]) return row[3 * (rows - 1) + 1];
    while (u > row[3]) row += 3;
    const double h = row[3] - row[0], s = (u - row[0]) / h, r = 1 - s;
    const double x = r * r * (1 + 2 * s) * row[1] + s * s * (1 + 2 * r) * row[4] + h * s * r * (r * row[2] - s * row[5]);
    return moe_clip(x, row[1], row[4]);
}

void csim_dist_eval_block(const csim_dist *self, const double *pool, const double *u, const double *z, double *x, size_t n) {
    const double *p = self->parameter, *table = pool ? pool + self->table : NULL;
#define EACH(value)                              \
    for (size_t i = 0; i < n; i++) x[i] = value; \
    break
    switch ((csim_dist_form)self->form) {
    case CSIM_FORM_FIXED: EACH(p[0]);
    case CSIM_FORM_UNIFORM: EACH(p[0] + p[1] * u[i]);
    case CSIM_FORM_TRIANGULAR: EACH(triangular(p, u[i]));
    case CSIM_FORM_NORMAL: EACH(p[0] + p[1] * z[i]);
    case CSIM_FORM_LOGNORMAL: EACH(moe_exp(p[0] + p[1] * z[i]));
    case CSIM_FORM_HALF_NORMAL: EACH(p[0] * half_normal(u[i]));
    case CSIM_FORM_TRUNCATED_NORMAL: EACH(truncated_normal(p, u[i]));
    case CSIM_FORM_LOGISTIC_TABLE: EACH(p[0] + p[1] * moe_logistic(csim_table_at(table, z[i])));
    case CSIM_FORM_EXP_TABLE: EACH(p[0] * moe_exp(csim_table_at(table, z[i])));
    case CSIM_FORM_STEPS: EACH(steps(table, self->rows, u[i]));
    case CSIM_FORM_CUBIC: EACH(cubic(table, self->rows, u[i]));
    }
#undef EACH
}

double csim_dist_quantile(const csim_dist *self, const double *pool, double u) {
    const double z = moe_normal_quantile(u);
    double x;
    csim_dist_eval_block(self, pool, &u, &z, &x, 1);
    return x;
}
