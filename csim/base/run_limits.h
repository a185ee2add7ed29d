/* How much a run may be asked for. One place for the scenario's reader, the command and the Python package. */
#ifndef CSIM_BASE_RUN_LIMITS_H
#define CSIM_BASE_RUN_LIMITS_H

/* Paths of a run; paths whose numbers or answers are kept one by one; threads (0: one a processor). Seeds are 0 to 2^64 - 1. */
enum { CSIM_PATHS_MAX = 1000000000, CSIM_KEEP_MAX = 1000000, CSIM_KEEP_USUAL = 2000 /* unless --keep says another number */, CSIM_THREADS_MAX = 64 };
#define CSIM_SEEDS "a whole number from 0 to 18446744073709551615"

#endif
