/* Distances between many points, and what becomes of sums of them: the inner loops of a search for medoids (csim/engine/medoids.h). The table of distances is
 * [stride][stride], stride the next multiple of MOE_DISTANCE_LANES from n up; what stands in rows and columns beyond n is finite and means nothing. Candidates are lanes,
 * so each one's sum runs over the points in their order, whatever the width of a vector. */
#ifndef MOECAST_KERNELS_DISTANCE_SUMS_H
#define MOECAST_KERNELS_DISTANCE_SUMS_H

#include <stddef.h>

enum { MOE_DISTANCE_LANES = 8 };

static inline size_t moe_distance_stride(size_t n) { return (n + MOE_DISTANCE_LANES - 1) / MOE_DISTANCE_LANES * MOE_DISTANCE_LANES; }

/* Euclidean, of points given in tiles, point[stride / MOE_DISTANCE_LANES][dimensions][MOE_DISTANCE_LANES], finite beyond n too. */
void moe_distances_fill(const double *point, size_t n, size_t dimensions, double *distance);

/* sum[stride]: of the distances from all points to each one. */
void moe_distances_add(const double *distance, size_t n, double *sum);

/* gain[stride]: how much nearer all points come with the candidate, nearest[n] being how near they are. */
void moe_distances_gain(const double *distance, size_t n, const double *nearest, double *gain);

/* change[count][stride]: to it is added what exchanging medoid m for the candidate does to the sum of `nearest`, beyond the medoid's going. owner[n] < count is
 * each point's nearest medoid, second[n] the distance to the next one, not less than nearest[n] and finite. `shared` has room for `stride` numbers. */
void moe_distances_change(const double *distance, size_t n, int count, const double *nearest, const double *second, const unsigned char *owner, double *shared, double *change);

#endif
