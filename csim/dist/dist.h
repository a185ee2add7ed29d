/* A compiled distribution: plain data that turns a block of uniforms into a block of variates, by inversion and without libm.
 * Compiling does all validation and all GSL; evaluating cannot fail. Owns neither pool nor spec. */
#ifndef CSIM_DIST_DIST_H
#define CSIM_DIST_DIST_H

#include <stddef.h>

#include "csim/dist/spec.h"

typedef enum csim_dist_form {       /* parameters, in order */
    CSIM_FORM_FIXED,                /* value */
    CSIM_FORM_UNIFORM,              /* low, width */
    CSIM_FORM_TRIANGULAR,           /* low, mode, u at the mode, width·(mode − low), high − mode */
    CSIM_FORM_NORMAL,               /* mean, sd */
    CSIM_FORM_LOGNORMAL,            /* ln median, log_sd */
    CSIM_FORM_HALF_NORMAL,          /* scale */
    CSIM_FORM_TRUNCATED_NORMAL,     /* mean, sd, low, high, mass below low, mass above high, mass between */
    CSIM_FORM_LOGISTIC_TABLE,       /* low, width; table of ln(x/(1−x)): beta and scaled beta */
    CSIM_FORM_EXP_TABLE,            /* scale; table of ln x: gamma */
    CSIM_FORM_STEPS,                /* rows of the table: cumulative weight, value, ascending */
    CSIM_FORM_CUBIC                 /* rows of the table: p, x, slope dx/dp */
} csim_dist_form;

enum { CSIM_DIST_FORM_PARAMETERS = 7 };

/* Plain data without padding: part of the canonical bytes of a plan. */
typedef struct csim_dist {
    uint32_t form; /* csim_dist_form */
    uint32_t rows; /* of a STEPS or CUBIC table, else 0 */
    uint64_t table; /* index of its first number in the pool; 0 when it has none */
    double parameter[CSIM_DIST_FORM_PARAMETERS];
} csim_dist;

/* Numbers a spec will append to the pool: 0 for closed forms. */
size_t csim_dist_table_size(const csim_dist_spec *spec);

/* Checks the spec, appends its table at pool[*pool_used] and advances *pool_used. On failure nothing is appended.
 * Errors: those of csim_dist_spec_check; LIMIT when the pool is too small. pool may be NULL when the table size is 0. */
csim_status csim_dist_compile(const csim_dist_spec *spec, double *pool, size_t pool_size, size_t *pool_used, csim_dist *out,
                              csim_error *err);

/* x[i] from u[i] in (0, 1) and its normal quantile z[i]. Every form increases with u. x may be u or z. */
void csim_dist_eval_block(const csim_dist *self, const double *pool, const double *u, const double *z, double *x, size_t n);

/* One quantile, for reports. */
double csim_dist_quantile(const csim_dist *self, const double *pool, double u);

/* The exact mean of a checked spec. */
double csim_dist_mean(const csim_dist_spec *spec);

/* "log-normal, median 2.4, 90 % between 1.35 and 4.27". Cut to size. Returns text. */
char *csim_dist_describe(const csim_dist_spec *spec, const csim_dist *self, const double *pool, char *text, size_t size);

#endif
