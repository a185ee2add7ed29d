/* The version of GSL at hand, for the record of a run. */
#ifndef CSIM_RNG_GSL_VERSION_H
#define CSIM_RNG_GSL_VERSION_H

const char *csim_gsl_version(void);

#endif
