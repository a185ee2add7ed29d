/* From primitive polynomials and initial numbers to directions (P. Bratley and B. L. Fox, Algorithm 659, ACM TOMS 14, 1988, section 2). */
#include "csim/rng/sobol.h"

enum { MOST_DEGREE = 18 };

static const uint32_t table[][MOST_DEGREE + 1] = {
#include "csim/rng/sobol_directions.inc"
};

static const char *const keys[] = {
#define DIMENSION(name) name,
#include "csim/rng/sobol_keys.def"
#undef DIMENSION
};

_Static_assert(sizeof keys / sizeof keys[0] <= sizeof table / sizeof table[0], "more keys than dimensions: make the table of directions longer");

uint32_t csim_sobol_dimensions(void) { return sizeof table / sizeof table[0]; }
uint32_t csim_sobol_keys(void) { return sizeof keys / sizeof keys[0]; }
const char *csim_sobol_key(uint32_t dimension) { return keys[dimension]; }

/* The first dimension is van der Corput's sequence: degree 0, every number 1. */
void csim_sobol_directions(uint32_t dimension, uint32_t row[CSIM_SOBOL_BITS]) {
    const uint32_t polynomial = table[dimension][0];
    int degree = 0;
    while (polynomial >> (degree + 1)) degree++;
    for (int i = 0; i < CSIM_SOBOL_BITS; i++) {
        if (i < degree || degree == 0) {
            row[i] = degree ? table[dimension][i + 1] : 1;
            continue;
        }
        row[i] = row[i - degree];
        for (int k = 1; k <= degree; k++)
            if (polynomial >> (degree - k) & 1) row[i] ^= row[i - k] << k;
    }
    for (int i = 0; i < CSIM_SOBOL_BITS; i++) row[i] <<= CSIM_SOBOL_BITS - 1 - i;
}
