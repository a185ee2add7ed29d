/* The loop over a block's paths. Bodies touch lane p only, which the compiler is told, so that it needs no checks for overlapping arrays.
 * Holds nothing else. */
#ifndef MOECAST_KERNELS_LANES_H
#define MOECAST_KERNELS_LANES_H

#include "kernels/moe_cost.h" /* MOE_BLOCK */

#if defined(__GNUC__) && !defined(__clang__)
#define MOE_LANES(p) _Pragma("GCC ivdep") for (int p = 0; p < MOE_BLOCK; p++)
#else
#define MOE_LANES(p) for (int p = 0; p < MOE_BLOCK; p++)
#endif

#endif
