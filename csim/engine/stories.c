/* Which numbers of which kept paths tell them apart, and on what scale; the search itself is in medoids.c. */
#include "csim/engine/stories.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csim/base/order.h"
#include "kernels/vmath.h"

/* ---- what tells paths apart ---- */

static int32_t slot_of(const csim_plan *plan, csim_outcome_id id, int32_t element) { return plan->outcome_offset[id] + element; }

static int32_t order_slot(const csim_plan *plan) { return slot_of(plan, CSIM_OUT_SHARE_WORLD_OPEN, 0); }

int csim_stories_series(const csim_plan *plan, int32_t slot[CSIM_STORIES_SERIES]) {
    const int32_t wanted[CSIM_STORIES_SERIES] = {
        order_slot(plan), slot_of(plan, CSIM_OUT_SHARE_OPEN, plan->developers), slot_of(plan, CSIM_OUT_SHARE_OPEN, plan->large_firms),
        slot_of(plan, CSIM_OUT_SHARE_CN_ABROAD, 0), slot_of(plan, CSIM_OUT_SHARE_SPEND_OPEN, 0), slot_of(plan, CSIM_OUT_GAP, 0),
        slot_of(plan, CSIM_OUT_PRICE_CLOSED, 0), slot_of(plan, CSIM_OUT_PRICE_OPEN, 0), slot_of(plan, CSIM_OUT_SPEND, 0),
        slot_of(plan, CSIM_OUT_CLOSED_REVENUE, 0), slot_of(plan, CSIM_OUT_SAAS_REVENUE, 0), slot_of(plan, CSIM_OUT_MERCHANT_REVENUE, 0)};
    int count = 0;
    for (int i = 0; i < CSIM_STORIES_SERIES; i++) {
        int before = 0;
        while (before < count && slot[before] != wanted[i]) before++;
        if (before == count) slot[count++] = wanted[i]; /* one segment may play two roles */
    }
    return count;
}

static int by_month(const void *a, const void *b) { return *(const int32_t *)a - *(const int32_t *)b; }

/* Months at which the ordering series is kept: at most CSIM_STORIES_DATES of them, evenly among all, the last one always. */
static int choose_months(const csim_plan *plan, int32_t month[CSIM_STORIES_DATES]) {
    int32_t all[CSIM_MAX_MONTHS], count = 0;
    for (int32_t i = 0; i < plan->scalars && count < CSIM_MAX_MONTHS; i++)
        if (plan->scalar[i].slot == order_slot(plan)) all[count++] = plan->scalar[i].month;
    qsort(all, (size_t)count, sizeof all[0], by_month);
    const int32_t chosen = count < CSIM_STORIES_DATES ? count : CSIM_STORIES_DATES;
    for (int32_t i = 0; i < chosen; i++) month[i] = all[(i + 1) * count / chosen - 1];
    return chosen;
}

static void choose_columns(const csim_plan *plan, csim_stories *out) {
    int32_t slot[CSIM_STORIES_SERIES], month[CSIM_STORIES_DATES];
    const int series = csim_stories_series(plan, slot), months = choose_months(plan, month);
    out->columns = 0;
    for (int t = 0; t < months; t++)
        for (int s = 0; s < series; s++) {
            const int found = csim_plan_scalar_find(plan, slot[s], month[t]);
            if (found >= 0) out->column[out->columns++] = found;
        }
    out->order = months ? csim_plan_scalar_find(plan, order_slot(plan), month[months - 1]) : -1;
}

/* ---- the kept paths as points ---- */

static double kept(const csim_result *result, uint32_t row, int32_t scalar) {
    return result->kept_scalar[(size_t)row * (size_t)result->plan->scalars + (size_t)scalar];
}

/* Rows in which every number is known; their numbers go to `row`. */
static uint32_t usable_rows(const csim_result *result, const csim_stories *stories, uint32_t row[CSIM_STORIES_ROWS]) {
    const uint32_t looked_at = result->kept < CSIM_STORIES_ROWS ? result->kept : CSIM_STORIES_ROWS;
    uint32_t count = 0;
    for (uint32_t i = 0; i < looked_at && result->kept_scalar; i++) {
        int known = 1;
        for (int32_t c = 0; c < stories->columns && known; c++) known = isfinite(kept(result, i, stories->column[c]));
        if (known) row[count++] = i;
    }
    return count;
}

int csim_stories_can(const csim_result *result) {
    csim_stories *stories = calloc(1, sizeof *stories);
    uint32_t row[CSIM_STORIES_ROWS];
    if (!stories) return 0;
    choose_columns(result->plan, stories);
    const int can = stories->order >= 0 && usable_rows(result, stories, row) >= CSIM_STORIES_FEWEST_ROWS;
    free(stories);
    return can;
}

/* One column of the points, and room to put it in order. */
typedef struct column_work { double value[CSIM_STORIES_ROWS]; csim_order_key key[2 * CSIM_STORIES_ROWS]; uint32_t order[CSIM_STORIES_ROWS]; } column_work;

/* With straight lines between the values. */
static double quantile_of(const column_work *column, uint32_t n, double p) {
    const double at = p * (n - 1.0);
    const uint32_t below = (uint32_t)at, above = below + 1 < n ? below + 1 : below;
    const double low = column->value[column->order[below]], high = column->value[column->order[above]];
    return low + (at - below) * (high - low);
}

/* A column in 5 to 95 % ranges. 0 when it does not vary: then nothing is written. */
static int standardise(const csim_result *result, int32_t scalar, const uint32_t *row, uint32_t rows, column_work *with, double *to, size_t stride) {
    const csim_outcome_row *outcome = &csim_outcome_rows[result->plan->slot_outcome[result->plan->scalar[scalar].slot]];
    for (uint32_t i = 0; i < rows; i++) {
        const double x = kept(result, row[i], scalar);
        with->value[i] = outcome->scale == CSIM_SCALE_LOG ? moe_log(fmax(x, outcome->lowest)) : x;
    }
    csim_order_find(with->value, rows, with->key, with->order);
    const double range = quantile_of(with, rows, 0.95) - quantile_of(with, rows, 0.05);
    if (!(range > 0.0)) return 0;
    for (uint32_t i = 0; i < rows; i++) to[i * stride] = with->value[i] / range;
    return 1;
}

/* point[rows][CSIM_STORIES_COLUMNS]; columns that do not vary go, those behind move up, and what is left over stays 0. */
static void place_points(const csim_result *result, const uint32_t *row, uint32_t rows, csim_stories *out, double *point, column_work *with) {
    int32_t used = 0;
    for (int32_t c = 0; c < out->columns; c++)
        if (standardise(result, out->column[c], row, rows, with, point + used, CSIM_STORIES_COLUMNS)) out->column[used++] = out->column[c];
    out->columns = used;
}

/* ---- stories from medoids ---- */

static int by_headline(const void *a, const void *b) {
    const csim_story *x = a, *y = b;
    if (x->headline != y->headline) return x->headline < y->headline ? -1 : 1;
    return x->path < y->path ? -1 : 1;
}

static double distance_of(const double *a, const double *b) {
    double sum = 0.0;
    for (int j = 0; j < CSIM_STORIES_COLUMNS; j++) sum += (a[j] - b[j]) * (a[j] - b[j]);
    return sqrt(sum);
}

static void tell(const csim_result *result, const uint32_t *row, uint32_t rows, const csim_medoids *medoids, const unsigned char *of, const double *point, csim_stories *out) {
    unsigned char place[CSIM_STORIES_MOST]; /* of a medoid among the stories */
    out->count = medoids->count;
    out->rows = rows;
    out->spread = medoids->sum / rows;
    out->spread_of_one = medoids->sum_of_one / rows;
    for (int m = 0; m < medoids->count; m++) {
        const uint32_t at = row[medoids->point[m]];
        out->story[m] = (csim_story){.path = result->options.first_path + at, .row = at, .headline = kept(result, at, out->order)};
    }
    qsort(out->story, (size_t)out->count, sizeof out->story[0], by_headline);
    for (int m = 0; m < medoids->count; m++)
        for (int s = 0; s < out->count; s++)
            if (out->story[s].row == row[medoids->point[m]]) place[m] = (unsigned char)s;
    memset(out->of, CSIM_STORIES_NONE, sizeof out->of);
    for (uint32_t i = 0; i < rows; i++) {
        csim_story *story = &out->story[place[of[i]]];
        out->of[row[i]] = place[of[i]];
        story->paths++;
        story->distance += distance_of(point + (size_t)i * CSIM_STORIES_COLUMNS, point + medoids->point[of[i]] * CSIM_STORIES_COLUMNS);
    }
    for (int s = 0; s < out->count; s++) {
        out->story[s].weight = (double)out->story[s].paths / rows;
        out->story[s].distance /= out->story[s].paths;
    }
}

csim_status csim_stories_place(const csim_result *result, csim_stories *out, uint32_t *row, uint32_t *rows, double **point, csim_error *err) {
    choose_columns(result->plan, out);
    *point = NULL;
    *rows = usable_rows(result, out, row);
    if (out->order < 0 || *rows < CSIM_STORIES_FEWEST_ROWS)
        return csim_error_set(err, CSIM_INCONSISTENT, "the run kept %u whole paths with headline numbers; stories need at least %d: keep at least %d paths", *rows,
                              CSIM_STORIES_FEWEST_ROWS, CSIM_STORIES_FEWEST_ROWS);
    *point = calloc((size_t)*rows * CSIM_STORIES_COLUMNS, sizeof **point);
    column_work *with = malloc(sizeof *with);
    const int good = *point && with;
    if (good) place_points(result, row, *rows, out, *point, with);
    free(with);
    return good ? CSIM_OK : csim_error_set(err, CSIM_NO_MEMORY, "no memory to tell %u paths apart", *rows);
}

csim_status csim_stories_find(const csim_result *result, int count, csim_stories *out, csim_error *err) {
    uint32_t row[CSIM_STORIES_ROWS], rows;
    unsigned char of[CSIM_STORIES_ROWS];
    csim_medoids medoids;
    double *point;
    memset(out, 0, sizeof *out);
    if (count < CSIM_STORIES_LEAST || count > CSIM_STORIES_MOST)
        return csim_error_set(err, CSIM_USAGE, "%d stories were asked for; there may be %d to %d", count, CSIM_STORIES_LEAST, CSIM_STORIES_MOST);
    csim_status status = csim_stories_place(result, out, row, &rows, &point, err);
    if (!status) status = csim_medoids_find(point, rows, CSIM_STORIES_COLUMNS, count, &medoids, of, err);
    if (!status) tell(result, row, rows, &medoids, of, point, out);
    free(point);
    return status;
}
