/* Dated observations from a CSV file: the series a run is held against (observations.csv) or judged by (history.csv).
 * Strict: header `series,month,value,unit,basis,source`, then optionally `confidence,likelihood_group,note`; the months of a series ascend without repeats;
 * units and bases are known names; a fraction lies in 0 to 1. Errors carry file, line and column (of the field, in bytes). */
#ifndef CSIM_CATALOGUE_OBSERVATIONS_H
#define CSIM_CATALOGUE_OBSERVATIONS_H

#include <stddef.h>

#include "csim/base/error.h"

typedef enum csim_observation_basis {
    CSIM_OBSERVED,               /* data */
    CSIM_OBSERVED_DERIVED,       /* derived: arithmetic on data */
    CSIM_OBSERVED_MIX,           /* family_mix_judged: dated prices, but which product stands for the family is judged */
    CSIM_OBSERVED_BETWEEN,       /* between_windows_judged: the windows are data, the months between them judged */
    CSIM_JUDGED                  /* judgement */
} csim_observation_basis;

typedef struct csim_observation {
    const char *series;
    int month; /* months since 2000-01 */
    double value;
    const char *unit;
    csim_observation_basis basis;
    const char *source;
    const char *confidence, *likelihood_group, *note; /* "" where the file has no such column */
    int line;
} csim_observation;

typedef struct csim_observations csim_observations;

/* Sorted by series (byte order), then month. Free with csim_observations_free; rows are borrowed. */
csim_status csim_observations_load(const char *path, csim_observations **out, csim_error *err);
/* The same from memory; `name` is what errors call it. */
csim_status csim_observations_parse(const char *name, const char *text, size_t size, csim_observations **out, csim_error *err);
void csim_observations_free(csim_observations *observations);

const csim_observation *csim_observations_rows(const csim_observations *observations, size_t *count);
/* The rows of one series. UNKNOWN_NAME with the nearest series as hint. */
csim_status csim_observations_find(const csim_observations *observations, const char *series, const csim_observation **first, size_t *count,
                                   csim_error *err);

#endif
