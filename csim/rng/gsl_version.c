/* Keeps <gsl/…> out of everything that only wants to name it. */
#include "csim/rng/gsl_version.h"

#include <gsl/gsl_version.h>

const char *csim_gsl_version(void) { return gsl_version; }
