/* See shapley.h. */
#include "csim/engine/shapley.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csim/rng/stream.h"
#include "csim/stats/path_mean.h"

static uint64_t bit(size_t player) { return UINT64_C(1) << player; }

size_t csim_shapley_usable(const csim_shapley_game *game, const uint64_t *needed, size_t count, unsigned char *usable) {
    size_t left = 0;
    memset(usable, 1, game->n);
    for (size_t k = 0; k < count; k++) {
        const double *value = game->value(game->self, needed[k]);
        for (size_t i = 0; i < game->n; i++) usable[i] = (unsigned char)(usable[i] && isfinite(value[i]));
    }
    for (size_t i = 0; i < game->n; i++) left += usable[i];
    return left;
}

static csim_estimate mean_of(const csim_shapley_game *game, const double *x, const unsigned char *usable) {
    csim_path_mean mean = {.replicates = game->replicates};
    for (size_t i = 0; i < game->n; i++)
        if (usable[i]) csim_path_mean_add(&mean, i, x[i]);
    return csim_path_mean_estimate(&mean);
}

/* share += weight · (what `player` adds to `before`) */
static void add_step(const csim_shapley_game *game, uint64_t before, size_t player, double weight, double *share) {
    const double *without = game->value(game->self, before), *with = game->value(game->self, before | bit(player));
    for (size_t i = 0; i < game->n; i++) share[i] += weight * (with[i] - without[i]);
}

static csim_status no_memory(csim_error *err) { return csim_error_set(err, CSIM_NO_MEMORY, "no memory to attribute a difference"); }

/* Share of the orders in which exactly the given `size` others come before a player. */
static double weight_of(size_t size, size_t players) {
    double weight = 1.0 / (double)players;
    for (size_t k = 1; k <= size; k++) weight *= (double)k / (double)(players - k);
    return weight;
}

static size_t members_in(uint64_t members) {
    size_t count = 0;
    for (; members; members &= members - 1) count++;
    return count;
}

csim_status csim_shapley_exact(const csim_shapley_game *game, const unsigned char *usable, csim_shapley_share *out, csim_error *err) {
    double *share = malloc((game->n + 1) * sizeof *share);
    if (!share) return no_memory(err);
    for (size_t player = 0; player < game->players; player++) {
        memset(share, 0, game->n * sizeof *share);
        for (uint64_t before = 0; before < bit(game->players); before++)
            if (!(before & bit(player))) add_step(game, before, player, weight_of(members_in(before), game->players), share);
        out[player] = (csim_shapley_share){mean_of(game, share, usable), 0.0};
    }
    free(share);
    return CSIM_OK;
}

/* What `player` adds in one order, added to `share` with the given weight. */
static void add_order(const csim_shapley_game *game, const unsigned char *order, size_t player, double weight, double *share) {
    uint64_t before = 0;
    for (size_t k = 0; order[k] != player; k++) before |= bit(order[k]);
    add_step(game, before, player, weight, share);
}

csim_status csim_shapley_sampled(const csim_shapley_game *game, const unsigned char *usable, const unsigned char *order, size_t orders, csim_shapley_share *out, csim_error *err) {
    const size_t pairs = orders / 2;
    double *share = malloc((game->n + 1) * sizeof *share), *pair = malloc((game->n + 1) * sizeof *pair);
    for (size_t player = 0; share && pair && player < game->players; player++) {
        double mean = 0.0, squares = 0.0;
        memset(share, 0, game->n * sizeof *share);
        for (size_t k = 0; k < pairs; k++) {
            memset(pair, 0, game->n * sizeof *pair);
            add_order(game, order + 2 * k * game->players, player, 0.5, pair);
            add_order(game, order + (2 * k + 1) * game->players, player, 0.5, pair);
            for (size_t i = 0; i < game->n; i++) share[i] += pair[i] / (double)pairs;
            const double x = mean_of(game, pair, usable).value, from = x - mean;
            mean += from / (double)(k + 1);
            squares += from * (x - mean);
        }
        out[player] = (csim_shapley_share){mean_of(game, share, usable), pairs > 1 ? sqrt(squares / (double)(pairs - 1) / (double)pairs) : (double)NAN};
    }
    const int failed = !share || !pair;
    free(share);
    free(pair);
    return failed ? no_memory(err) : CSIM_OK;
}

void csim_shapley_orders(uint64_t seed, size_t players, size_t orders, unsigned char *order) {
    const csim_stream stream = csim_stream_make(seed, "waterfall.order");
    for (size_t k = 0; k + 1 < orders; k += 2) {
        unsigned char *one = order + k * players, *other = one + players;
        for (size_t i = 0; i < players; i++) one[i] = (unsigned char)i;
        for (size_t i = players; i > 1; i--) {
            const size_t at = (size_t)(csim_stream_uniform(&stream, (uint32_t)k, (uint32_t)i) * (double)i);
            const unsigned char held = one[i - 1];
            one[i - 1] = one[at];
            one[at] = held;
        }
        for (size_t i = 0; i < players; i++) other[i] = one[players - 1 - i];
    }
}
