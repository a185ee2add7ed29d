/* The search for medoids: deterministic starts, each bettered by the best exchange of one medoid until none is left. The loss of every exchange with one
 * candidate is found in one pass over the points, for all medoids at once (Schubert and Rousseeuw 2019), so a round costs n² and not k n². */
#include "csim/engine/medoids.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Few points have many starts, since each costs n² and a start decides where a search ends; many points have two. */
enum { STARTS_LEAST = 2, STARTS_MOST = 24, STARTS_WORK = 1 << 20, MOST_ROUNDS = 1000 };

/* What rounding leaves of a sum that an exchange does not change is no gain. */
static const double least_gain_frac = 1e-12;

typedef struct search {
    size_t n;
    int count;
    const double *distance;          /* [n][n] */
    size_t medoid[CSIM_MEDOIDS_MOST];
    double *nearest, *second;        /* [n]: distance to the nearest medoid and to the next one, infinite where there is none */
    unsigned char *owner;            /* [n]: which medoid is nearest */
} search;

/* ---- distances ---- */

/* Four sums, always the same four: fast without leave to reorder, and the same bits everywhere. */
static double distance_between(const double *a, const double *b, size_t dimensions) {
    double sum[4] = {0.0, 0.0, 0.0, 0.0};
    for (size_t j = 0; j < dimensions; j++) {
        const double difference = a[j] - b[j];
        sum[j & 3] += difference * difference;
    }
    return sqrt((sum[0] + sum[1]) + (sum[2] + sum[3]));
}

static void measure(const double *point, size_t n, size_t dimensions, double *distance) {
    for (size_t i = 0; i < n; i++) {
        distance[i * n + i] = 0.0;
        for (size_t j = 0; j < i; j++) distance[i * n + j] = distance[j * n + i] = distance_between(point + i * dimensions, point + j * dimensions, dimensions);
    }
}

/* ---- where each point belongs ---- */

static void assign(search *self) {
    for (size_t i = 0; i < self->n; i++) {
        self->nearest[i] = self->second[i] = HUGE_VAL;
        for (int m = 0; m < self->count; m++) {
            const double d = self->distance[self->medoid[m] * self->n + i];
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

/* How much nearer all points come with a candidate more; without any medoid yet, the candidate's own sum, as a loss. */
static double gain_of(const search *self, size_t candidate) {
    const double *d = self->distance + candidate * self->n;
    double gain = 0.0;
    for (size_t i = 0; i < self->n; i++) {
        if (!self->count) gain -= d[i];
        else if (d[i] < self->nearest[i]) gain += self->nearest[i] - d[i];
    }
    return gain;
}

static double farness_of(const search *self, size_t candidate) { return self->count ? self->nearest[candidate] : gain_of(self, candidate); }

/* Adds medoids to those there are, one by one: the candidate of the highest worth, the first of equals. */
static void fill_up(search *self, int count, double (*worth)(const search *, size_t)) {
    while (self->count < count) {
        size_t best = self->n;
        double most = -HUGE_VAL;
        for (size_t i = 0; i < self->n; i++) {
            if (is_medoid(self, i)) continue;
            const double value = worth(self, i);
            if (value > most) {
                most = value;
                best = i;
            }
        }
        self->medoid[self->count++] = best;
        assign(self);
    }
}

/* ---- exchanges ---- */

/* What the sum loses when medoid m goes and nothing comes. */
static void losses_of_going(const search *self, double loss[CSIM_MEDOIDS_MOST]) {
    memset(loss, 0, CSIM_MEDOIDS_MOST * sizeof *loss);
    for (size_t i = 0; i < self->n; i++) loss[self->owner[i]] += self->second[i] - self->nearest[i];
}

/* change[m]: what exchanging m for the candidate adds to the sum. */
static void changes_of(const search *self, size_t candidate, const double going[CSIM_MEDOIDS_MOST], double change[CSIM_MEDOIDS_MOST]) {
    const double *d = self->distance + candidate * self->n;
    double shared = 0.0;
    memcpy(change, going, CSIM_MEDOIDS_MOST * sizeof *change);
    for (size_t i = 0; i < self->n; i++) {
        if (d[i] < self->nearest[i]) {
            shared += d[i] - self->nearest[i];
            change[self->owner[i]] += self->nearest[i] - self->second[i];
        } else if (d[i] < self->second[i]) {
            change[self->owner[i]] += d[i] - self->second[i];
        }
    }
    for (int m = 0; m < self->count; m++) change[m] += shared;
}

/* Makes the best exchange; 0 when none betters the sum. */
static int exchange(search *self) {
    double going[CSIM_MEDOIDS_MOST], change[CSIM_MEDOIDS_MOST], best = -least_gain_frac * total(self);
    size_t comes = self->n;
    int goes = 0;
    losses_of_going(self, going);
    for (size_t i = 0; i < self->n; i++) {
        if (is_medoid(self, i)) continue;
        changes_of(self, i, going, change);
        for (int m = 0; m < self->count; m++)
            if (change[m] < best) {
                best = change[m];
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
    self->count = 0;
    if (which >= STARTS_LEAST) {
        self->medoid[self->count++] = (size_t)which * self->n / (size_t)starts;
        assign(self);
    }
    fill_up(self, count, which ? farness_of : gain_of);
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
    self->count = 0;
    fill_up(self, 1, gain_of);
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

csim_status csim_medoids_find(const double *point, size_t n, size_t dimensions, int count, csim_medoids *out, unsigned char *of, csim_error *err) {
    memset(out, 0, sizeof *out);
    if (count < 1 || count > CSIM_MEDOIDS_MOST) return csim_error_set(err, CSIM_USAGE, "%d medoids were asked for; there may be 1 to %d", count, CSIM_MEDOIDS_MOST);
    if (n < (size_t)count || n > CSIM_MEDOIDS_POINTS) return csim_error_set(err, CSIM_USAGE, "%zu points for %d medoids; there may be %d to %d", n, count, count, CSIM_MEDOIDS_POINTS);
    double *distance = malloc(n * n * sizeof *distance), *ends = malloc(2 * n * sizeof *ends);
    unsigned char *owner = calloc(n, 1);
    const csim_status status = distance && ends && owner ? CSIM_OK : csim_error_set(err, CSIM_NO_MEMORY, "no memory for the distances between %zu points", n);
    if (!status) {
        measure(point, n, dimensions, distance);
        search self = {.n = n, .distance = distance, .nearest = ends, .second = ends + n, .owner = owner};
        find(&self, count, out, of);
    }
    free(distance);
    free(ends);
    free(owner);
    return status;
}
