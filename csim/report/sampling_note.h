/* Whether a sampler was worth it: what a run's errors say about the points it took. */
#ifndef CSIM_REPORT_SAMPLING_NOTE_H
#define CSIM_REPORT_SAMPLING_NOTE_H

#include <stddef.h>

#include "csim/engine/engine.h"

/* Below this median gain a sampler is said not to help. */
#define CSIM_SAMPLING_WORTH 1.2

/* Effective over simulated paths, median over the kept numbers (headlines at ends of years). NAN for independent paths, and where no error is known. */
double csim_sampling_gain(const csim_result *result);

/* One sentence when the gain is below CSIM_SAMPLING_WORTH, else "". */
enum { CSIM_SAMPLING_NOTE = 256 };
const char *csim_sampling_note(const csim_result *result, char text[CSIM_SAMPLING_NOTE]);

#endif
