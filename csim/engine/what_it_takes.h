/* What it would take for an outcome to pass a threshold: how often it does, in which kept paths, and how what these drew differs from what all drew. What goes
 * together is not cause and effect; inputs that are drawn together move together. */
#ifndef CSIM_ENGINE_WHAT_IT_TAKES_H
#define CSIM_ENGINE_WHAT_IT_TAKES_H

#include "csim/engine/engine.h"

enum { CSIM_TAKES_TYPICAL = 5, CSIM_TAKES_FEWEST_ROWS = 30, CSIM_TAKES_NEAREST_PART = 20 /* of the paths, when none passes */ };

/* Outcome `slot` in month t of the run, compared as csim_plan_reading says. */
typedef struct csim_condition { int32_t slot, month, op; double value; } csim_condition;

/* An uncertain input among the paths that pass, against all kept ones. */
typedef struct csim_driver {
    int32_t input;
    double mean, mean_of_all, prior_sd;  /* in the input's unit */
    double shift, shift_error;           /* of the mean from that of all, in prior_sd; its standard error over fresh paths that are independent, at a threshold
                                          * that stays: NAN for a single path, 0 when they are all */
    double place, place_error;           /* mean of their ranks among all, 0 … 1, and the standard error that chance gives this: ½ is what chance expects */
    double correlation, correlation_error; /* rank correlation with the outcome over all kept paths */
    int shifted, correlated;             /* beyond what chance alone keeps, with 95 % confidence, for all of `tests` together */
} csim_driver;

typedef struct csim_what_it_takes {
    csim_split all;           /* over all paths, from the bins; NAN in months whose distribution is not kept */
    csim_probability kept;    /* among the kept ones, with the error that the run's sampler has */
    uint32_t rows, passing;   /* kept paths with a number, and those that pass */
    double nearest, distance; /* the value nearest to the threshold on the failing side when none passes, and how far it is; NAN otherwise */
    double spread;            /* from 5 to 95 % of the outcome over all kept paths, to judge `distance` by */
    uint32_t chosen, *path;   /* those that pass, or when none does the nearest ones, by number */
    double *value;            /* [chosen] */
    uint32_t typicals, typical[CSIM_TAKES_TYPICAL]; /* of them the paths nearest to their middle in the headline numbers (stories.h), nearest first */
    uint32_t inputs, tests;   /* inputs that vary; looks at them that could find something by chance */
    double chance_deviations, chance_correlation; /* what the largest of so many stays below */
    uint32_t drivers;         /* those of all inputs that are beyond chance: the first ones */
    csim_driver *driver;      /* [inputs], those beyond chance first, then by the size of the shift in its errors */
} csim_what_it_takes;

/* INCONSISTENT when the outcome was not kept in that month, or too few paths were; NO_MEMORY. Freed by csim_what_it_takes_clear, also after a failure. */
csim_status csim_what_it_takes_find(const csim_result *result, csim_condition condition, csim_what_it_takes *out, csim_error *err);
void csim_what_it_takes_clear(csim_what_it_takes *self);

#endif
