/* Which points the draws of a path take: independent ones, a Latin hypercube, or scrambled Sobol points, each in `replicates` independent randomisations.
 * Path n belongs to replicate n mod R and is its point n div R. A draw stays a function of (seed, name, path) and the fields below; nothing has a state.
 * Serves the uniforms of a path (inputs, nodes of bridges); everything else is drawn by stream.h. Must not know distributions. docs/sampling.md. */
#ifndef CSIM_RNG_SAMPLING_H
#define CSIM_RNG_SAMPLING_H

#include "csim/base/error.h"
#include "csim/rng/sobol.h"
#include "csim/rng/stream.h"

typedef enum csim_sampler { CSIM_SAMPLER_MC, CSIM_SAMPLER_LHS, CSIM_SAMPLER_SOBOL, CSIM_SAMPLERS } csim_sampler;

enum { CSIM_MAX_REPLICATES = 64, CSIM_DEFAULT_REPLICATES = 16 };

const char *csim_sampler_name(csim_sampler sampler); /* "mc", "lhs", "sobol" */
int csim_sampler_find(const char *name);             /* −1 when there is none */

typedef struct csim_sampling {
    uint64_t seed;
    csim_sampler sampler;
    uint32_t replicates; /* R, at least 1 */
    uint32_t strata;     /* Latin hypercube: points a replicate, over the whole run */
    uint32_t keys;
    struct csim_sampling_key { uint64_t hash; uint32_t dimension; } *key; /* Sobol: names with a dimension, sorted by hash */
    uint32_t (*direction)[CSIM_SOBOL_BITS];                              /* Sobol: [keys], by dimension */
} csim_sampling;

/* strata matters to the Latin hypercube only. USAGE: no replicates or more than CSIM_MAX_REPLICATES; fewer than 2 for a sampler whose error needs them; no
 * strata. NO_MEMORY. */
csim_status csim_sampling_new(uint64_t seed, csim_sampler sampler, uint32_t replicates, uint32_t strata, csim_sampling **out, csim_error *err);
void csim_sampling_free(csim_sampling *self);

/* Replicates for a wanted number, 0 standing for the sampler's own: 1 for Monte Carlo, else CSIM_DEFAULT_REPLICATES. */
uint32_t csim_sampling_replicates(csim_sampler sampler, uint32_t wanted);

/* What somebody asks for. No name: the sampler that whoever is asked has of itself; no replicates: those that belong to the sampler. */
typedef struct csim_sampler_wish { const char *name; uint32_t replicates; } csim_sampler_wish;

/* The wish, or else `own` with its own replicates (0: the sampler's usual number). USAGE: a name that is none. */
csim_status csim_sampling_choose(const csim_sampler_wish *wish, csim_sampler own, uint32_t own_replicates, csim_sampler *sampler, uint32_t *replicates, csim_error *err);

/* The dimension of a name's hash, −1 when it has none and is drawn by Monte Carlo. */
int32_t csim_sampling_dimension(const csim_sampling *self, uint64_t hash);

/* u[i], in (0, 1), of the paths first_path + i · R: successive points of one replicate. */
void csim_sampling_fill(const csim_sampling *self, uint64_t hash, uint32_t first_path, size_t n, double *u);

#endif
