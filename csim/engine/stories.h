/* Stories: a few whole paths of a run that stand for all of its kept ones, from bear to bull for open weights. Not quantiles month by month, which no path
 * follows: each story is one path, consistent in itself, and `moecast path RUN number` tells it. The medoids of as many clusters, over headline outcomes at
 * several dates; every outcome counts by its distance over the 5 to 95 % range of the kept paths, on a log scale where the outcome's is one. */
#ifndef CSIM_ENGINE_STORIES_H
#define CSIM_ENGINE_STORIES_H

#include "csim/engine/engine.h"
#include "csim/engine/medoids.h"

enum {
    CSIM_STORIES_LEAST = 2, CSIM_STORIES_MOST = CSIM_MEDOIDS_MOST, CSIM_STORIES_ROWS = 2000, /* kept paths looked at, the first ones */
    CSIM_STORIES_FEWEST_ROWS = 30, CSIM_STORIES_SERIES = 12, CSIM_STORIES_DATES = 5, CSIM_STORIES_COLUMNS = CSIM_STORIES_SERIES * CSIM_STORIES_DATES,
    CSIM_STORIES_NONE = 255
};

typedef struct csim_story {
    uint32_t path, row;  /* its number, and its row among the kept ones */
    uint32_t paths;      /* of its cluster, itself among them */
    double weight;       /* share of the paths looked at */
    double distance;     /* mean distance of its cluster's paths from it */
    double headline;     /* its value of `order` */
} csim_story;

/* Plain data without pointers. */
typedef struct csim_stories {
    int count;
    uint32_t rows;                          /* paths that were told apart: kept, and not stopped */
    int32_t columns, column[CSIM_STORIES_COLUMNS]; /* positions in plan->scalar of the numbers looked at; those that do not vary are left out */
    int32_t order;                          /* position in plan->scalar of the open share of world tokens at the last date: stories rise with it */
    double spread, spread_of_one;           /* mean distance of a path from its story, and from the best single one */
    csim_story story[CSIM_STORIES_MOST];    /* the first is the bear for open weights */
    unsigned char of[CSIM_STORIES_ROWS];    /* by kept row: its story, CSIM_STORIES_NONE for stopped paths */
} csim_stories;

/* The headline series that tell paths apart, as slots. Returns how many. */
int csim_stories_series(const csim_plan *plan, int32_t slot[CSIM_STORIES_SERIES]);

/* Whether a run kept enough paths, and numbers of them, to tell stories. */
int csim_stories_can(const csim_result *result);

/* The kept paths as points, the distances between which say how different paths are: point[*rows][CSIM_STORIES_COLUMNS], made with malloc and the caller's to free,
 * of the kept rows row[CSIM_STORIES_ROWS]; fills out->columns, column and order. INCONSISTENT for a run that cannot; NO_MEMORY. */
csim_status csim_stories_place(const csim_result *result, csim_stories *out, uint32_t *row, uint32_t *rows, double **point, csim_error *err);

/* USAGE for a count that is not in CSIM_STORIES_LEAST … CSIM_STORIES_MOST; INCONSISTENT for a run that cannot; NO_MEMORY. */
csim_status csim_stories_find(const csim_result *result, int count, csim_stories *out, csim_error *err);

#endif
