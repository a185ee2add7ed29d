/* Shares of players in what all of them together change, averaged over the orders in which they may come: Shapley's value, path by path. Knows no scenario. */
#ifndef CSIM_ENGINE_SHAPLEY_H
#define CSIM_ENGINE_SHAPLEY_H

#include <stddef.h>
#include <stdint.h>

#include "csim/base/error.h"
#include "csim/stats/accumulator.h"

enum { CSIM_SHAPLEY_PLAYERS = 48 };

/* What the coalition `members` (bit g: player g is in) gives on each of n paths. NAN on a path that was stopped. */
typedef const double *csim_shapley_value(const void *self, uint64_t members);
typedef struct csim_shapley_game {
    csim_shapley_value *value;
    const void *self;
    size_t players, n;
    uint32_t replicates; /* path i is of replicate i mod replicates; 0 and 1: paths are independent */
} csim_shapley_game;

typedef struct csim_shapley_share {
    csim_estimate effect;   /* mean over paths; error from their spread, or that between replicates. The effects of all players sum to the whole difference */
    double order_error;     /* standard error from the sample of orders; 0 when all were taken, NAN with a single pair of them */
} csim_shapley_share;

/* Which of n paths no needed coalition was stopped on: usable[i] 1 or 0. Returns how many. */
size_t csim_shapley_usable(const csim_shapley_game *game, const uint64_t *needed, size_t count, unsigned char *usable);

/* Over all orders: asks for all 2^players coalitions. out[players]. NO_MEMORY. */
csim_status csim_shapley_exact(const csim_shapley_game *game, const unsigned char *usable, csim_shapley_share *out, csim_error *err);

/* Over the given orders, [orders][players]; order 2k + 1 must be order 2k backwards, and the two count as one draw. */
csim_status csim_shapley_sampled(const csim_shapley_game *game, const unsigned char *usable, const unsigned char *order, size_t orders, csim_shapley_share *out, csim_error *err);

/* Fills `order` with `orders` (an even number) of them, every second one the one before backwards; a function of seed and players alone. */
void csim_shapley_orders(uint64_t seed, size_t players, size_t orders, unsigned char *order);

#endif
