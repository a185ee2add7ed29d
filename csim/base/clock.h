/* Time that passes: for deadlines and progress, never in a result. */
#ifndef CSIM_BASE_CLOCK_H
#define CSIM_BASE_CLOCK_H

#include <stdint.h>

/* Seconds since some moment, never backwards. */
double csim_clock_s(void);

/* When what is written now was made, in seconds since 1970: SOURCE_DATE_EPOCH where it is set, for builds that must be byte-identical. */
int64_t csim_created_now(void);

#endif
