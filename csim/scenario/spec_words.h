/* A distribution in the words of an assumption. */
#ifndef CSIM_SCENARIO_SPEC_WORDS_H
#define CSIM_SCENARIO_SPEC_WORDS_H

#include "csim/dist/spec.h"
#include "csim/scenario/text.h"

/* "normal, mean 15.5, 90 % between 11.4 and 19.6", added to `out`. Errors are those of csim_dist_compile. */
csim_status csim_spec_words(csim_text *out, const csim_dist_spec *spec, csim_error *err);

#endif
