/* Break-even: at what value of one uncertain input does a reading's answer turn, and where does that value lie in the input's prior? A logistic
 * regression of "the reading holds on this path" on the input's normal score, over paths that were run anyway: ln(P/(1 − P)) = a + b·z, where z = Φ⁻¹(F(x))
 * and F is the input's prior. Owns the fit; must not run a path or know how a reading decides. */
#ifndef CSIM_ENGINE_BREAK_EVEN_H
#define CSIM_ENGINE_BREAK_EVEN_H

#include "csim/engine/engine.h"

typedef enum csim_break_state {
    CSIM_BREAK_NONE,       /* the reading names no deciding input, or no path was kept that could tell */
    CSIM_BREAK_FLIPS,      /* P passes 1/2 inside the prior */
    CSIM_BREAK_NEVER,      /* it does not between the 0.1 % and the 99.9 % point */
    CSIM_BREAK_FEW,        /* fewer than CSIM_BREAK_LEAST paths say yes, or no */
    CSIM_BREAK_SEPARATED,  /* every yes lies on one side of every no: the input alone decides, and a curve cannot be fitted */
    CSIM_BREAK_FIXED,      /* the input is fixed in this scenario */
    CSIM_BREAK_STATES
} csim_break_state;

enum { CSIM_BREAK_LEAST = 10 };

/* Plain data without pointers. Positions in the prior and probabilities are shares; what is not known is NAN. */
typedef struct csim_break_even {
    csim_break_state state;
    char input[2 * CSIM_PLAN_ID], unit[CSIM_PLAN_ID]; /* the deciding input, "" when there is none; the unit of `value`, "-" for a pure number */
    double value;                          /* of the input, at which P = 1/2; FLIPS only, as are the next four */
    double percentile, error, low, high;   /* where it lies in the prior: standard error, 95 % interval (both by the delta method) */
    double p_lowest, p5, p95, p_highest;   /* fitted P at the 0.1, 5, 95 and 99.9 % points of the prior; FLIPS and NEVER */
    uint64_t hits, count;                  /* paths that say yes, and that could say anything */
} csim_break_even;

/* "flips", "does_not_flip", …: the states as stored and exported. */
const char *csim_break_name(csim_break_state state);

/* Nothing is known. */
csim_break_even csim_break_even_none(void);

/* The fit alone: state, percentile with its errors, fitted probabilities and counts. score[i] belongs to hit[i] (csim_hit), of
 * replicate i mod `replicates`: with more than one, errors are taken between these (the sandwich formula, replicates for clusters). */
csim_break_even csim_break_even_fit(const double *score, const unsigned char *hit, size_t n, uint32_t replicates);

/* The whole for the input at `position` of the plan, over the first n kept rows of `result`; hit[i · stride] is row i's. */
csim_status csim_break_even_find(const csim_result *result, int position, const unsigned char *hit, size_t stride, size_t n, csim_break_even *out,
                                 csim_error *err);

#endif
