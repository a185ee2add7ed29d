/* The simulator's generator as a GSL generator, so that GSL's samplers and tests can run on exactly the bits the engine uses.
 * For analysis and tests: the engine itself never draws in sequence. */
#ifndef CSIM_RNG_GSL_PHILOX_H
#define CSIM_RNG_GSL_PHILOX_H

#include <gsl/gsl_rng.h>
#include <stdint.h>

/* gsl_rng_get: the words of successive Philox4x32-10 blocks in order, 0 … 2^32 − 1.
 * gsl_rng_uniform: two words, mapped as the engine maps them, so it is in (0, 1) and never 0.
 * gsl_rng_set: the seed becomes the key (low word, high word; no two seeds alias, 0 is a seed like any other), the counter starts at 0. */
extern const gsl_rng_type *const csim_gsl_rng_philox4x32;

/* Puts a generator of this type at the start of the block with this key and counter. */
void csim_gsl_philox_seek(gsl_rng *rng, const uint32_t key[2], const uint32_t counter[4]);

#endif
