/* Gaussian copula: correlations between the normal scores of named inputs. Owns the way from "a and b, ρ = 0.4" to lower factors
 * L with LLᵀ = R, one for each group of names that hang together. Knows nothing of the inputs' own distributions. */
#ifndef CSIM_DIST_COPULA_H
#define CSIM_DIST_COPULA_H

#include <stddef.h>
#include <stdint.h>

#include "csim/base/error.h"

enum {
    CSIM_COPULA_MAX_MEMBERS = 64,
    CSIM_COPULA_MAX_PAIRS = 256,
    CSIM_COPULA_MAX_FACTORS = CSIM_COPULA_MAX_MEMBERS * (CSIM_COPULA_MAX_MEMBERS + 1) / 2
};

typedef struct csim_copula_pair {
    const char *name[2];
    uint32_t id[2]; /* the caller's numbers for the two names: what the compiled copula refers to */
    double rho;
} csim_copula_pair;

/* Plain data without padding. Members of a group stand together, in the order of their names, groups in the order of their first name:
 * the factor does not depend on the order of the pairs. Pairs that are not given are uncorrelated. */
typedef struct csim_copula {
    uint32_t members, groups;
    uint32_t member_id[CSIM_COPULA_MAX_MEMBERS];
    uint32_t group_start[CSIM_COPULA_MAX_MEMBERS];   /* index of the group's first member */
    uint32_t group_members[CSIM_COPULA_MAX_MEMBERS]; /* its size */
    uint32_t factor_start[CSIM_COPULA_MAX_MEMBERS];  /* index of its first factor */
    uint32_t factors, zero;
    double factor[CSIM_COPULA_MAX_FACTORS]; /* lower rows, packed: L00, L10, L11, L20, … */
} csim_copula;

/* Errors: OUT_OF_RANGE (|ρ| ≥ 1, field "rho"), INCONSISTENT (a pair twice or with itself; no joint distribution has these correlations,
 * with the nearest valid values of the group's pairs in the detail), LIMIT, NO_MEMORY. */
csim_status csim_copula_compile(const csim_copula_pair *pairs, size_t count, csim_copula *out, csim_error *err);

/* Turns independent normal scores of one group into correlated ones, in place: rows[k] holds n scores of the group's member k. */
void csim_copula_mix_block(const csim_copula *self, uint32_t group, double *const *rows, size_t n);

#endif
