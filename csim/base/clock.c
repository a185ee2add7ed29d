/* See clock.h. */
#include "csim/base/clock.h"

#include <stdlib.h>
#include <time.h>

double csim_clock_s(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

int64_t csim_created_now(void) {
    const char *fixed = getenv("SOURCE_DATE_EPOCH");
    return fixed && fixed[0] ? (int64_t)strtoll(fixed, NULL, 10) : (int64_t)time(NULL);
}
