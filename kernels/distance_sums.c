/* See distance_sums.h. */
#include "kernels/distance_sums.h"

#include <math.h>
#include <string.h>

enum { LANES = MOE_DISTANCE_LANES };

/* ---- distances ---- */

/* Vectors by name: a compiler left to itself here makes vectors of coordinates, and spends its time turning them round. */
#if defined(__AVX512F__)
enum { WIDTH = 8, VECTORS = 1 };
#elif defined(__AVX__)
enum { WIDTH = 4, VECTORS = 2 };
#else
enum { WIDTH = 2, VECTORS = 2 };
#endif
typedef double reals __attribute__((vector_size(WIDTH * sizeof(double))));

/* A coordinate's part in the squares of some distances. */
static inline void add_squares(double at, const double *other, reals sum[VECTORS]) {
    for (int v = 0; v < VECTORS; v++) {
        reals difference;
        memcpy(&difference, other + v * WIDTH, sizeof difference);
        difference = at - difference;
        sum[v] += difference * difference;
    }
}

/* Squares of distances of one point, which is a lane of its tile, from some lanes of another. Four sums, always the same four: the same bits everywhere. */
static inline void squares_of(const double *one, const double *other, size_t dimensions, double *out) {
    reals a[VECTORS] = {{0.0}}, b[VECTORS] = {{0.0}}, c[VECTORS] = {{0.0}}, d[VECTORS] = {{0.0}};
    size_t k = 0;
    for (; k + 4 <= dimensions; k += 4, one += 4 * LANES, other += 4 * LANES) {
        add_squares(one[0], other, a);
        add_squares(one[LANES], other + LANES, b);
        add_squares(one[2 * LANES], other + 2 * LANES, c);
        add_squares(one[3 * LANES], other + 3 * LANES, d);
    }
    if (k < dimensions) add_squares(one[0], other, a);
    if (k + 1 < dimensions) add_squares(one[LANES], other + LANES, b);
    if (k + 2 < dimensions) add_squares(one[2 * LANES], other + 2 * LANES, c);
    for (int v = 0; v < VECTORS; v++) a[v] = (a[v] + b[v]) + (c[v] + d[v]);
    memcpy(out, a, sizeof a);
}

/* Of two tiles: a square of the table, and its mirror image. */
static void fill_square(const double *one, const double *other, size_t dimensions, size_t stride, double *square, double *mirror) {
    for (size_t i = 0; i < LANES; i++) {
        double row[LANES];
        for (size_t j = 0; j < LANES; j += VECTORS * WIDTH) squares_of(one + i, other + j, dimensions, row + j);
        for (size_t j = 0; j < LANES; j++) row[j] = sqrt(row[j]);
        memcpy(square + i * stride, row, sizeof row);
        for (size_t j = 0; j < LANES; j++) mirror[j * stride + i] = row[j];
    }
}

void moe_distances_fill(const double *point, size_t n, size_t dimensions, double *distance) {
    const size_t stride = moe_distance_stride(n);
    for (size_t row = 0; row < stride; row += LANES)
        for (size_t column = row; column < stride; column += LANES)
            fill_square(point + row * dimensions, point + column * dimensions, dimensions, stride, distance + row * stride + column, distance + column * stride + row);
}

/* ---- sums over all points, for each candidate ---- */

/* Whole rows of the table, one after the other: it is larger than a cache, and the sums are not. */
void moe_distances_add(const double *distance, size_t n, double *restrict sum) {
    const size_t stride = moe_distance_stride(n);
    memset(sum, 0, stride * sizeof *sum);
    for (size_t i = 0; i < n; i++) {
        const double *restrict d = distance + i * stride;
        for (size_t c = 0; c < stride; c++) sum[c] += d[c];
    }
}

void moe_distances_gain(const double *distance, size_t n, const double *nearest, double *restrict gain) {
    const size_t stride = moe_distance_stride(n);
    memset(gain, 0, stride * sizeof *gain);
    for (size_t i = 0; i < n; i++) {
        const double *restrict d = distance + i * stride, near = nearest[i];
        for (size_t c = 0; c < stride; c++) {
            const double nearer = near - d[c];
            gain[c] += nearer > 0.0 ? nearer : 0.0;
        }
    }
}

/* A point that comes nearer gains the same whichever medoid goes; the owner's going costs it the way to the candidate or to the second, instead of the nearest. */
static void change_by(const double *restrict d, size_t stride, double near, double next, double *restrict shared, double *restrict own) {
    for (size_t c = 0; c < stride; c++) {
        const double to = d[c], nearer = to < near ? to : near, farther = to < near ? near : to, instead = farther < next ? farther : next;
        shared[c] += nearer - near;
        own[c] += instead - next;
    }
}

void moe_distances_change(const double *distance, size_t n, int count, const double *nearest, const double *second, const unsigned char *owner, double *shared, double *change) {
    const size_t stride = moe_distance_stride(n);
    memset(shared, 0, stride * sizeof *shared);
    for (size_t i = 0; i < n; i++) change_by(distance + i * stride, stride, nearest[i], second[i], shared, change + owner[i] * stride);
    for (int m = 0; m < count; m++)
        for (size_t c = 0; c < stride; c++) change[(size_t)m * stride + c] += shared[c];
}
