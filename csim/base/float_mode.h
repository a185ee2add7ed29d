/* The floating-point mode of the thread that calls: how it rounds, whether numbers near zero are flushed, which operations trap. Other libraries in a process
 * set it (a plugin built with -ffast-math does when it is loaded), and every number here would be another one. The library's own threads begin in the
 * default mode; what is computed on a thread of the caller stands between enter and leave. */
#ifndef CSIM_BASE_FLOAT_MODE_H
#define CSIM_BASE_FLOAT_MODE_H

#include <fenv.h>

typedef struct csim_float_mode {
    fenv_t callers;
    int is_changed;              /* 0: it was the default one, and `callers` is not filled */
} csim_float_mode;

/* Rounding to nearest, subnormals kept, no traps, until leave. A few nanoseconds where nothing has to be changed. */
csim_float_mode csim_float_mode_enter(void);
void csim_float_mode_leave(const csim_float_mode *self);
/* For a thread that ends with its work. */
void csim_float_mode_set(void);

#endif
