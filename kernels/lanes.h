/* The loop over a block's paths. Bodies touch lane p only, which the compiler is told, so that it needs no checks for overlapping arrays.
 * One exponential or logarithm a loop: a processor looks some 60 operations ahead, so with two in a row it finds no other lane's work to do while it waits
 * for the first, and both take half as long again. Holds nothing else. */
#ifndef MOECAST_KERNELS_LANES_H
#define MOECAST_KERNELS_LANES_H

#include "kernels/moe_cost.h" /* MOE_BLOCK */

#if defined(__GNUC__) && !defined(__clang__)
#define MOE_LANES(p) _Pragma("GCC ivdep") for (int p = 0; p < MOE_BLOCK; p++)
#else
#define MOE_LANES(p) for (int p = 0; p < MOE_BLOCK; p++)
#endif

#endif
