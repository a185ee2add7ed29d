/* Sobol's sequence: points by index in any order, dimensions by name. The numbers are new-joe-kuo-6 (sobol_directions.inc, with its licence), unscrambled:
 * scrambling is scramble.h's. Must not know seeds, replicates or distributions. */
#ifndef CSIM_RNG_SOBOL_H
#define CSIM_RNG_SOBOL_H

#include <stddef.h>
#include <stdint.h>

enum { CSIM_SOBOL_BITS = 32 };

/* row[k] is what bit k of an index adds (exclusive or) to the coordinate, a fraction in units of 2^-32. dimension < csim_sobol_dimensions(). */
void csim_sobol_directions(uint32_t dimension, uint32_t row[CSIM_SOBOL_BITS]);
uint32_t csim_sobol_dimensions(void);

/* The names that have a dimension, by dimension (sobol_keys.def); `dimension` < csim_sobol_keys(). */
const char *csim_sobol_key(uint32_t dimension);
uint32_t csim_sobol_keys(void);

/* Coordinate of point `index`; index 0 is 0. */
static inline uint32_t csim_sobol_coordinate(const uint32_t row[CSIM_SOBOL_BITS], uint32_t index) {
    uint32_t x = 0;
    for (int bit = 0; bit < CSIM_SOBOL_BITS && index >> bit; bit++) x ^= row[bit] & -(index >> bit & 1u);
    return x;
}

#endif
