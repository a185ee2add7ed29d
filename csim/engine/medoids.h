/* Medoids: k of n points that stand for all, so that the sum of distances from each point to the nearest of them is small. Partitioning around medoids
 * (Kaufman and Rousseeuw) over all points, not a sample of them: it ends where no exchange of one medoid for another point makes the sum smaller. The same
 * points give the same medoids, bit for bit; among equals the first counts. Knows nothing of paths or outcomes. */
#ifndef CSIM_ENGINE_MEDOIDS_H
#define CSIM_ENGINE_MEDOIDS_H

#include <stddef.h>

#include "csim/base/error.h"

enum { CSIM_MEDOIDS_MOST = 6, CSIM_MEDOIDS_POINTS = 4096 /* the table of distances has the square of it */ };

typedef struct csim_medoids {
    int count;
    size_t point[CSIM_MEDOIDS_MOST]; /* rising */
    double sum;                      /* of distances to the nearest medoid */
    double sum_of_one;               /* the same with the best single one */
} csim_medoids;

/* point[i · dimensions + j] is coordinate j of point i, all finite; distances are Euclidean. of[i], unless NULL, is the position of i's medoid in `point`,
 * the first of equally near ones. USAGE for a count that is not in 1 … CSIM_MEDOIDS_MOST, more medoids than points, or more points than there may be;
 * NO_MEMORY. */
csim_status csim_medoids_find(const double *point, size_t n, size_t dimensions, int count, csim_medoids *out, unsigned char *of, csim_error *err);

#endif
