/* The search for medoids: deterministic starts, each bettered by the best exchange of one medoid until none is left. The loss of every exchange with one
 * candidate is found in one pass over the points, for all medoids at once (Schubert and Rousseeuw 2019), so a round costs n² and not k n². The passes are in
 * kernels/distance_sums.h. */
#include "csim/engine/medoids.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csim/engine/variant.h"

/* Few points have many starts, since each costs n² and a start decides where a search ends; many points have two. */
enum { STARTS_LEAST = 2, STARTS_MOST = 24, STARTS_WORK = 1 << 20, MOST_ROUNDS = 1000 };

/* What rounding leaves of a sum that an exchange does not change is no gain. */
static const double least_gain_frac = 1e-12;

typedef struct search {
    const csim_variant *with;
    size_t n, stride;
    int count;
    double *distance;                /* [stride][stride] */
    size_t medoid[CSIM_MEDOIDS_MOST];
    size_t centre;                   /* the best single one */
    double *nearest, *second;        /* [stride]: distance to the nearest medoid and to the next one, infinite where there is none */
    double *worth;                   /* [stride]: of each candidate */
    double *change, *shared;         /* [CSIM_MEDOIDS_MOST][stride], [stride] */
    unsigned char *owner;            /* [n]: which medoid is nearest */
} search;

/* ---- where each point belongs ---- */

static void assign(search *self) {
    for (size_t i = 0; i < self->n; i++) {
        self->nearest[i] = self->second[i] = HUGE_VAL;
        for (int m = 0; m < self->count; m++) {
            const double d = self->distance[self->medoid[m] * self->stride + i];
            if (d < self->nearest[i]) {
                self->second[i] = self->nearest[i];
                self->nearest[i] = d;
                self->owner[i] = (unsigned char)m;
            } else if (d < self->second[i]) {
                self->second[i] = d;
            }
        }
    }
}

static double total(const search *self) {
    double sum = 0.0;
    for (size_t i = 0; i < self->n; i++) sum += self->nearest[i];
    return sum;
}

static int is_medoid(const search *self, size_t candidate) {
    for (int m = 0; m < self->count; m++)
        if (self->medoid[m] == candidate) return 1;
    return 0;
}

/* ---- starts ---- */

/* How much nearer all points come with a candidate more. */
static const double *gains(search *self) {
    self->with->distances_gain(self->distance, self->n, self->nearest, self->worth);
    return self->worth;
}

static const double *farness(search *self) { return self->nearest; }

/* Adds medoids to those there are, one by one: the candidate of the highest worth, the first of equals. */
static void fill_up(search *self, int count, const double *(*worth)(search *)) {
    while (self->count < count) {
        const double *value = worth(self);
        size_t best = self->n;
        for (size_t i = 0; i < self->n; i++)
            if (!is_medoid(self, i) && (best == self->n || value[i] > value[best])) best = i;
        self->medoid[self->count++] = best;
        assign(self);
    }
}

static void begin_with(search *self, size_t first) {
    self->count = 1;
    self->medoid[0] = first;
    assign(self);
}

static void find_centre(search *self) {
    size_t best = 0;
    self->with->distances_add(self->distance, self->n, self->worth);
    for (size_t i = 1; i < self->n; i++)
        if (self->worth[i] < self->worth[best]) best = i;
    self->centre = best;
}

/* ---- exchanges ---- */

/* What the sum loses when medoid m goes and nothing comes. */
static void losses_of_going(const search *self, double loss[CSIM_MEDOIDS_MOST]) {
    memset(loss, 0, CSIM_MEDOIDS_MOST * sizeof *loss);
    for (size_t i = 0; i < self->n; i++) loss[self->owner[i]] += self->second[i] - self->nearest[i];
}

/* change[m][i]: what exchanging m for i adds to the sum. */
static void find_changes(search *self) {
    double going[CSIM_MEDOIDS_MOST];
    losses_of_going(self, going);
    for (int m = 0; m < self->count; m++)
        for (size_t i = 0; i < self->stride; i++) self->change[(size_t)m * self->stride + i] = going[m];
    self->with->distances_change(self->distance, self->n, self->count, self->nearest, self->second, self->owner, self->shared, self->change);
}

/* Makes the best exchange; 0 when none betters the sum. */
static int exchange(search *self) {
    double best = -least_gain_frac * total(self);
    size_t comes = self->n;
    int goes = 0;
    find_changes(self);
    for (size_t i = 0; i < self->n; i++) {
        if (is_medoid(self, i)) continue;
        for (int m = 0; m < self->count; m++)
            if (self->change[(size_t)m * self->stride + i] < best) {
                best = self->change[(size_t)m * self->stride + i];
                comes = i;
                goes = m;
            }
    }
    if (comes == self->n) return 0;
    self->medoid[goes] = comes;
    assign(self);
    return 1;
}

static int by_number(const void *a, const void *b) {
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* The first start takes what gains most, the second what lies farthest from the best single medoid, all others the same from points spread over the list. */
static void start(search *self, int which, int starts, int count) {
    begin_with(self, which < STARTS_LEAST ? self->centre : (size_t)which * self->n / (size_t)starts);
    fill_up(self, count, which ? farness : gains);
}

static void better(search *self, int count, csim_medoids *out) {
    for (int round = 0; count > 1 && round < MOST_ROUNDS && exchange(self); round++) continue; /* a single one is the best there is from the first start */
    qsort(self->medoid, (size_t)count, sizeof self->medoid[0], by_number);
    assign(self);
    const double sum = total(self);
    if (out->count && !(sum < out->sum)) return;
    out->count = count;
    out->sum = sum;
    memcpy(out->point, self->medoid, sizeof out->point);
}

static void find(search *self, int count, csim_medoids *out, unsigned char *of) {
    const size_t affordable = STARTS_WORK / (self->n * self->n);
    const int starts = affordable > STARTS_MOST ? STARTS_MOST : affordable < STARTS_LEAST ? STARTS_LEAST : (int)affordable;
    find_centre(self);
    begin_with(self, self->centre);
    out->sum_of_one = total(self);
    for (int s = 0; s < starts; s++) {
        start(self, s, starts, count);
        better(self, count, out);
    }
    memcpy(self->medoid, out->point, sizeof self->medoid);
    self->count = count;
    assign(self);
    if (of) memcpy(of, self->owner, self->n);
}

/* Points in tiles, as the distances are measured from them; beyond the last point, zeros. */
static void put_in_tiles(const double *point, size_t n, size_t dimensions, double *tile) {
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < dimensions; k++) tile[i / MOE_DISTANCE_LANES * MOE_DISTANCE_LANES * dimensions + k * MOE_DISTANCE_LANES + i % MOE_DISTANCE_LANES] = point[i * dimensions + k];
}

static csim_status search_among(const double *point, size_t n, size_t dimensions, int count, const csim_variant *with, csim_medoids *out, unsigned char *of, csim_error *err) {
    const size_t stride = moe_distance_stride(n), rows = CSIM_MEDOIDS_MOST + 4;
    double *distance = malloc(stride * stride * sizeof *distance), *row = malloc(rows * stride * sizeof *row), *tile = calloc(stride * dimensions + 1, sizeof *tile);
    unsigned char *owner = calloc(n, 1);
    const csim_status status = distance && row && tile && owner ? CSIM_OK : csim_error_set(err, CSIM_NO_MEMORY, "no memory for the distances between %zu points", n);
    if (!status) {
        search self = {.with = with, .n = n, .stride = stride, .distance = distance, .owner = owner, .nearest = row, .second = row + stride, .worth = row + 2 * stride,
                       .shared = row + 3 * stride, .change = row + 4 * stride};
        put_in_tiles(point, n, dimensions, tile);
        with->distances_fill(tile, n, dimensions, distance);
        find(&self, count, out, of);
    }
    free(distance);
    free(row);
    free(tile);
    free(owner);
    return status;
}

csim_status csim_medoids_find(const double *point, size_t n, size_t dimensions, int count, csim_medoids *out, unsigned char *of, csim_error *err) {
    const csim_variant *with;
    memset(out, 0, sizeof *out);
    if (count < 1 || count > CSIM_MEDOIDS_MOST) return csim_error_set(err, CSIM_USAGE, "%d medoids were asked for; there may be 1 to %d", count, CSIM_MEDOIDS_MOST);
    if (n < (size_t)count || n > CSIM_MEDOIDS_POINTS) return csim_error_set(err, CSIM_USAGE, "%zu points for %d medoids; there may be %d to %d", n, count, count, CSIM_MEDOIDS_POINTS);
    const csim_status status = csim_variant_chosen(&with, err);
    return status ? status : search_among(point, n, dimensions, count, with, out, of, err);
}
