/* A gsl_rng_type over kernels/philox.h: a 128-bit counter that carries through all four words, and a buffer of one block. */
#include "csim/rng/gsl_philox.h"

#include <string.h>

#include "kernels/philox.h"

typedef struct philox_state {
    uint32_t key[2];
    uint32_t counter[4]; /* of the next block */
    uint32_t word[4];    /* the block being handed out */
    uint32_t used;       /* words of it already handed out; 4 asks for the next block */
} philox_state;

static void seek(philox_state *state, const uint32_t key[2], const uint32_t counter[4]) {
    memset(state, 0, sizeof *state);
    memcpy(state->key, key, sizeof state->key);
    memcpy(state->counter, counter, sizeof state->counter);
    state->used = 4;
}

static void set(void *at, unsigned long seed) {
    const uint32_t key[2] = {(uint32_t)seed, (uint32_t)((uint64_t)seed >> 32)}, start[4] = {0};
    seek(at, key, start);
}

static void carry_one(uint32_t counter[4]) {
    int i = 0;
    while (++counter[i] == 0 && i < 3) i++;
}

static uint32_t next_word(philox_state *state) {
    if (state->used == 4) {
        moe_philox4x32_10(state->counter, state->key, state->word);
        carry_one(state->counter);
        state->used = 0;
    }
    return state->word[state->used++];
}

static unsigned long get(void *at) { return next_word(at); }

static double get_double(void *at) {
    const uint32_t low = next_word(at), high = next_word(at);
    return moe_uniform_from_bits(low, high);
}

static const gsl_rng_type philox_type = {"philox4x32-10", 0xffffffffu, 0, sizeof(philox_state), set, get, get_double};

const gsl_rng_type *const csim_gsl_rng_philox4x32 = &philox_type;

void csim_gsl_philox_seek(gsl_rng *rng, const uint32_t key[2], const uint32_t counter[4]) { seek(rng->state, key, counter); }
