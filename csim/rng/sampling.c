/* The three samplers. What a hypercube or Sobol point leaves open below its own resolution is filled with the draw's Monte Carlo uniform, so that every draw
 * alone is uniform to the last bit. */
#include "csim/rng/sampling.h"

#include <stdlib.h>
#include <string.h>

#include "csim/rng/scramble.h"
#include "kernels/vmath.h"

static const char *const names[CSIM_SAMPLERS] = {"mc", "lhs", "sobol"};

const char *csim_sampler_name(csim_sampler sampler) { return names[sampler]; }

int csim_sampler_find(const char *name) {
    for (int i = 0; i < CSIM_SAMPLERS; i++)
        if (!strcmp(names[i], name)) return i;
    return -1;
}

uint32_t csim_sampling_replicates(csim_sampler sampler, uint32_t wanted) {
    return wanted ? wanted : sampler == CSIM_SAMPLER_MC ? 1 : CSIM_DEFAULT_REPLICATES;
}

csim_status csim_sampling_choose(const csim_sampler_wish *wish, csim_sampler own, uint32_t own_replicates, csim_sampler *sampler, uint32_t *replicates, csim_error *err) {
    const int named = wish->name ? csim_sampler_find(wish->name) : (int)own;
    if (named < 0) return csim_error_set(err, CSIM_USAGE, "the sampler is mc, lhs or sobol, not '%.60s'", wish->name);
    *sampler = (csim_sampler)named;
    *replicates = csim_sampling_replicates(*sampler, wish->replicates ? wish->replicates : *sampler == own ? own_replicates : 0);
    return CSIM_OK;
}

static int by_hash(const void *a, const void *b) {
    const uint64_t x = ((const struct csim_sampling_key *)a)->hash, y = ((const struct csim_sampling_key *)b)->hash;
    return (x > y) - (x < y);
}

static csim_status lay_dimensions(csim_sampling *self, csim_error *err) {
    self->keys = csim_sobol_keys();
    self->key = malloc(self->keys * sizeof *self->key);
    self->direction = malloc(self->keys * sizeof *self->direction);
    if (!self->key || !self->direction) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for the sampler");
    for (uint32_t d = 0; d < self->keys; d++) {
        self->key[d] = (struct csim_sampling_key){csim_stream_hash(csim_sobol_key(d)), d};
        csim_sobol_directions(d, self->direction[d]);
    }
    qsort(self->key, self->keys, sizeof *self->key, by_hash);
    return CSIM_OK;
}

static csim_status check(csim_sampler sampler, uint32_t replicates, uint32_t strata, csim_error *err) {
    if (replicates < 1 || replicates > CSIM_MAX_REPLICATES)
        return csim_error_set(err, CSIM_USAGE, "replicates must be 1 to %d, not %u", CSIM_MAX_REPLICATES, replicates);
    if (sampler != CSIM_SAMPLER_MC && replicates < 2)
        return csim_error_set(err, CSIM_USAGE, "the sampler '%s' needs at least 2 replicates: its error is seen only between them", names[sampler]);
    if (sampler == CSIM_SAMPLER_LHS && !strata) return csim_error_set(err, CSIM_USAGE, "a Latin hypercube must know its number of points");
    return CSIM_OK;
}

csim_status csim_sampling_new(uint64_t seed, csim_sampler sampler, uint32_t replicates, uint32_t strata, csim_sampling **out, csim_error *err) {
    *out = NULL;
    csim_status status = check(sampler, replicates, strata, err);
    if (status) return status;
    csim_sampling *self = calloc(1, sizeof *self);
    if (!self) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for the sampler");
    *self = (csim_sampling){.seed = seed, .sampler = sampler, .replicates = replicates, .strata = strata};
    if (sampler == CSIM_SAMPLER_SOBOL) status = lay_dimensions(self, err);
    if (status) {
        csim_sampling_free(self);
        return status;
    }
    *out = self;
    return CSIM_OK;
}

void csim_sampling_free(csim_sampling *self) {
    if (!self) return;
    free(self->key);
    free(self->direction);
    free(self);
}

int32_t csim_sampling_dimension(const csim_sampling *self, uint64_t hash) {
    const struct csim_sampling_key wanted = {hash, 0};
    const struct csim_sampling_key *found = self->keys ? bsearch(&wanted, self->key, self->keys, sizeof wanted, by_hash) : NULL;
    return found ? (int32_t)found->dimension : -1;
}

/* (whole + u) / n may round to 1, which has no normal quantile. */
static double below_one(double x) { return moe_min(x, 1.0 - 0x1p-53); }

static void fill_strata(const csim_sampling *self, uint64_t key, uint32_t point, size_t n, double *u) {
    for (size_t i = 0; i < n; i++) {
        if (point + i >= self->strata) continue; /* beyond the hypercube: lanes of a block that are not in use, or a path that never ran */
        u[i] = below_one((csim_permute(point + (uint32_t)i, self->strata, key) + u[i]) / self->strata);
    }
}

static void fill_sobol(const uint32_t row[CSIM_SOBOL_BITS], uint64_t key, uint32_t point, size_t n, double *u) {
    for (size_t i = 0; i < n; i++)
        u[i] = below_one((csim_owen_scramble(csim_sobol_coordinate(row, point + (uint32_t)i), key) + u[i]) * 0x1p-32);
}

void csim_sampling_fill(const csim_sampling *self, uint64_t hash, uint32_t first_path, size_t n, double *u) {
    const csim_stream stream = {{(uint32_t)self->seed, (uint32_t)(self->seed >> 32)}, {(uint32_t)hash, (uint32_t)(hash >> 32)}};
    const uint64_t key = csim_scramble_key(self->seed, hash, first_path % self->replicates);
    const uint32_t point = first_path / self->replicates;
    csim_stream_fill(&stream, 0, first_path, self->replicates, n, u);
    if (self->sampler == CSIM_SAMPLER_LHS) fill_strata(self, key, point, n, u);
    const int32_t dimension = self->sampler == CSIM_SAMPLER_SOBOL ? csim_sampling_dimension(self, hash) : -1;
    if (dimension >= 0) fill_sobol(self->direction[dimension], key, point, n, u);
}
