/* Standard errors that a run is to reach: what was asked, how far it is, and how many paths the next round should have. Must not run anything. */
#ifndef CSIM_ENGINE_PRECISION_H
#define CSIM_ENGINE_PRECISION_H

#include "csim/engine/engine.h"

enum { CSIM_MAX_TARGETS = 64, CSIM_PRECISION_FIRST = 4096 /* paths of a first round: fewer say too little of their own error */ };

/* One number and the standard error it is to have. */
typedef struct csim_target {
    char name[3 * CSIM_PLAN_ID]; /* as asked: "f500.primary@2026-12:p50", or "f500_60.primary" for the probability of a reading */
    int reading;                 /* ≥ 0: of the plan; −1: a series */
    int slot, report;            /* the series and its report month */
    double p;                    /* quantile; NAN: the mean */
    double wanted;
} csim_target;

typedef struct csim_precision { int count; csim_target target[CSIM_MAX_TARGETS]; } csim_precision;

/* "NAME:ERROR, …" where NAME is series@YYYY-MM (the mean), series@YYYY-MM:STATISTIC (mean, p05 … p95) or claim.reading. USAGE, UNKNOWN_NAME, LIMIT. */
csim_status csim_precision_parse(const csim_plan *plan, const char *text, csim_precision *out, csim_error *err);

/* The standard error now; 0 for a constant, NAN when not known. A reading that holds in no path or in all has the error of its bound. */
double csim_target_error(const csim_target *target, const csim_result *result);
int csim_precision_reached(const csim_precision *self, const csim_result *result);

/* Paths of a first round: `wanted`, or CSIM_PRECISION_FIRST for 0, in full granules, at most `most`. */
uint32_t csim_precision_first(uint32_t wanted, uint32_t most, csim_sampler sampler, uint32_t replicates);
/* Paths the run should grow to: between 1.25 and 4 times those it has, as the worst error asks for; full granules, for Sobol points a power of two of them,
 * at most `most`. 0 when there is nothing more to do: all reached, or `most` done. */
uint32_t csim_precision_next(const csim_precision *self, const csim_result *result, uint32_t most);

#endif
