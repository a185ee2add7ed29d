/* A distribution as a person writes it: a family, its parameters, and for two families a list of knots.
 * Owns the table of families and the check of parameters. Must not evaluate anything: dist.h compiles a checked spec. */
#ifndef CSIM_DIST_SPEC_H
#define CSIM_DIST_SPEC_H

#include <stdbool.h>
#include <stdint.h>

#include "csim/base/error.h"

enum { CSIM_DIST_MAX_PARAMETERS = 4, CSIM_DIST_LISTS = 2, CSIM_DIST_MAX_KNOTS = 32 };

/* Shapes of the beta and gamma families lie in this range: in it a quantile table keeps its 1e-12. Below, mass piles up at an end and is
 * better written as discrete; above, the law is a normal. */
#define CSIM_DIST_SHAPE_MIN 0.2
#define CSIM_DIST_SHAPE_MAX 1e4

/*    X(id, name in scenarios, name in sentences, parameters in order, the two lists) */
#define CSIM_DIST_FAMILY_LIST(X)                                                                                            \
    X(FIXED, "fixed", "fixed", ({"value"}), ({0}))                                                                          \
    X(UNIFORM, "uniform", "uniform", ({"low", "high"}), ({0}))                                                              \
    X(TRIANGULAR, "triangular", "triangular", ({"low", "mode", "high"}), ({0}))                                             \
    X(NORMAL, "normal", "normal", ({"mean", "sd"}), ({0}))                                                                  \
    X(LOGNORMAL, "lognormal", "log-normal", ({"median", "log_sd"}), ({0}))                                                  \
    X(HALF_NORMAL, "half_normal", "half-normal", ({"scale"}), ({0}))                                                        \
    X(TRUNCATED_NORMAL, "truncated_normal", "truncated normal", ({"mean", "sd", "low", "high"}), ({0}))                     \
    X(BETA, "beta", "beta", ({"a", "b"}), ({0}))                                                                            \
    X(SCALED_BETA, "scaled_beta", "scaled beta", ({"a", "b", "low", "high"}), ({0}))                                        \
    X(GAMMA, "gamma", "gamma", ({"shape", "scale"}), ({0}))                                                                 \
    X(DISCRETE, "discrete", "discrete", ({0}), ({"values", "weights"}))                                                     \
    X(INTERVAL90, "interval90", "90 % interval", ({"low", "high"}), ({0}))                                                  \
    X(QUANTILES, "quantiles", "given quantiles", ({0}), ({"p", "x"}))

typedef enum csim_dist_family {
#define CSIM_DIST_FAMILY_ENUM(id, name, words, parameters, lists) CSIM_DIST_##id,
    CSIM_DIST_FAMILY_LIST(CSIM_DIST_FAMILY_ENUM)
#undef CSIM_DIST_FAMILY_ENUM
    CSIM_DIST_FAMILY_COUNT
} csim_dist_family;

typedef enum csim_dist_shape { CSIM_DIST_SHAPE_NORMAL, CSIM_DIST_SHAPE_LOGNORMAL, CSIM_DIST_SHAPE_COUNT } csim_dist_shape;

typedef struct csim_dist_family_info {
    const char *name;                                /* as scenarios write it */
    const char *words;                               /* as sentences say it */
    const char *parameter[CSIM_DIST_MAX_PARAMETERS]; /* keys of parameter[0], parameter[1], …; NULL after the last */
    const char *list[CSIM_DIST_LISTS];               /* keys of list[0] and list[1]; NULL when the family has no lists */
} csim_dist_family_info;

/* Plain data without padding; zero-initialise it, so that equal specs have equal bytes. */
typedef struct csim_dist_spec {
    uint32_t family; /* csim_dist_family */
    uint32_t shape;  /* csim_dist_shape, of INTERVAL90 only, else 0 */
    uint32_t knots;  /* length of both lists, 0 for the other families */
    uint32_t zero;
    double parameter[CSIM_DIST_MAX_PARAMETERS]; /* in the order of the family's info, the rest 0 */
    double list[CSIM_DIST_LISTS][CSIM_DIST_MAX_KNOTS];
} csim_dist_spec;

const csim_dist_family_info *csim_dist_family_get(csim_dist_family family);
bool csim_dist_family_find(const char *name, csim_dist_family *out);

/* A spec whose parameters are NaN ("not given") except the bounds of truncated_normal, which start at ∓infinity.
 * A reader fills in what it finds; the check then names what is missing. */
csim_dist_spec csim_dist_spec_start(csim_dist_family family);

/* OK, or OUT_OF_RANGE, INCONSISTENT, MISSING_KEY or LIMIT with the parameter at fault in err->field and one sentence in err->detail. */
csim_status csim_dist_spec_check(const csim_dist_spec *self, csim_error *err);

#endif
