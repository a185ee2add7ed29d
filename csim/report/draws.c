/* See draws.h. */
#include "csim/report/draws.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csim/report/kept_places.h"

/* ---- columns ---- */

static int month_of(const csim_report *report, int32_t scalar) { return report->plan->start_month + report->plan->scalar[scalar].month; }

static void outcome_add(const csim_report *report, csim_draws *self, int32_t slot, int32_t scalar) {
    csim_draws_column *column = &self->column[self->columns++];
    char when[CSIM_MONTH_TEXT];
    *column = (csim_draws_column){.unit = csim_report_outcome(report, slot)->unit, .slot = slot, .source = scalar, .month = month_of(report, scalar)};
    snprintf(column->label, sizeof column->label, "%.110s %.8s", report->plan->slot_name[slot], csim_month_text(column->month, when));
}

/* The kept months of an outcome in their order, which need not be that of the plan's list: claims ask first. */
static void headline_add(const csim_report *report, csim_draws *self, int32_t slot) {
    const csim_plan *plan = report->plan;
    const uint32_t first = self->columns;
    for (int32_t month = 0; month < plan->months; month++) {
        const int scalar = csim_plan_scalar_find(plan, slot, month);
        if (scalar >= 0) outcome_add(report, self, slot, scalar);
    }
    if (self->columns > first) self->headline[self->headlines++] = (csim_draws_headline){slot, first, self->columns - first};
}

uint32_t csim_draws_at(const csim_draws *self, uint32_t headline, int month) {
    const csim_draws_headline *of = &self->headline[headline];
    for (uint32_t i = of->first; i < of->first + of->count; i++)
        if (self->column[i].month == month) return i;
    return self->columns;
}

static void find_dates(csim_draws *self) {
    const csim_draws_headline *first = &self->headline[0];
    for (uint32_t i = 0; i < first->count; i++) {
        const int month = self->column[first->first + i].month;
        bool everywhere = true;
        for (uint32_t h = 1; h < self->headlines; h++) everywhere &= csim_draws_at(self, h, month) < self->columns;
        if (everywhere) self->date[self->dates++] = month;
    }
}

static bool columns_find(const csim_report *report, csim_draws *self) {
    int32_t slots[CSIM_SUMMARY_KEYS];
    const uint32_t keys = csim_summary_keys(report, slots);
    self->column = calloc((size_t)report->plan->scalars + CSIM_DRAWS_INPUTS + 1, sizeof *self->column);
    if (!self->column) return false;
    for (uint32_t i = 0; i < keys; i++) headline_add(report, self, slots[i]);
    self->outcomes = self->columns;
    if (self->headlines) find_dates(self);
    return true;
}

/* ---- rows ---- */

static double kept_of(const csim_report *report, const csim_draws_column *column, uint32_t row) {
    const csim_result *result = report->result;
    return column->slot < 0 ? result->kept_input[(size_t)row * (size_t)report->plan->inputs + (size_t)column->source]
                            : result->kept_scalar[(size_t)row * (size_t)report->plan->scalars + (size_t)column->source];
}

static bool is_draw(const csim_report *report, const csim_draws *self, uint32_t row) {
    bool good = true;
    for (uint32_t i = 0; i < self->outcomes; i++) good &= isfinite(kept_of(report, &self->column[i], row)) != 0;
    return good;
}

static bool rows_find(const csim_report *report, csim_draws *self) {
    const uint32_t kept = report->result->kept < CSIM_DRAWS_MOST ? report->result->kept : CSIM_DRAWS_MOST;
    self->path = calloc((size_t)kept + 1, sizeof *self->path);
    self->value = calloc(((size_t)self->outcomes + CSIM_DRAWS_INPUTS) * kept + 1, sizeof *self->value);
    if (!self->path || !self->value) return false;
    for (uint32_t row = 0; row < kept; row++)
        if (is_draw(report, self, row)) self->path[self->rows++] = row;
    self->left_out = kept - self->rows;
    return true;
}

static void column_fill(const csim_report *report, csim_draws *self, uint32_t column) {
    for (uint32_t i = 0; i < self->rows; i++) self->value[(size_t)column * self->rows + i] = kept_of(report, &self->column[column], self->path[i]);
}

/* ---- order and ranks ---- */

/* Room for what one column after another needs. */
typedef struct draws_work {
    double headline[CSIM_DRAWS_MOST][CSIM_KEPT_COLUMNS]; /* unit ranks of the headlines at their last dates */
    double rank[CSIM_DRAWS_MOST];
    csim_order_key key[2 * CSIM_DRAWS_MOST];
    uint32_t order[CSIM_DRAWS_MOST];
    uint16_t twice[CSIM_DRAWS_MOST];
} draws_work;

_Static_assert((int)CSIM_SUMMARY_KEYS <= (int)CSIM_KEPT_COLUMNS && (int)CSIM_DRAWS_MOST <= (int)CSIM_KEPT_MOST, "a column for each headline");

/* Ranks less their mean, over their length: the dot product of two is the rank correlation. Ties share a rank. All 0 for a constant. */
static void unit_ranks(const uint16_t *twice, uint32_t rows, double *out) {
    double length = 0; /* exact: halves, and few of them */
    for (uint32_t i = 0; i < rows; i++) {
        out[i] = 0.5 * (twice[i] - 1.0) - 0.5 * (rows - 1.0);
        length += out[i] * out[i];
    }
    const double root = sqrt(length);
    for (uint32_t i = 0; i < rows; i++) out[i] = length > 0 ? out[i] / root : 0;
}

static bool orders_find(csim_draws *self, draws_work *with) {
    self->order = calloc((size_t)self->outcomes * self->rows + 1, sizeof *self->order);
    if (!self->order) return false;
    for (uint32_t i = 0; i < self->outcomes; i++) csim_order_find(csim_draws_values(self, i), self->rows, with->key, self->order + (size_t)i * self->rows);
    return true;
}

/* ---- inputs ---- */

typedef struct candidate { double score, with_first; int32_t input; } candidate;

static int by_score(const void *a, const void *b) {
    const candidate *x = a, *y = b;
    return x->score != y->score ? (x->score < y->score) - (x->score > y->score) : (x->input > y->input) - (x->input < y->input);
}

static candidate judge(csim_draws *self, int32_t input, int32_t inputs, const uint16_t *twice, draws_work *with) {
    candidate out = {.input = input};
    double dot[CSIM_KEPT_COLUMNS];
    unit_ranks(twice, self->rows, with->rank);
    csim_products_add(with->rank, with->headline[0], self->rows, dot);
    for (uint32_t h = 0; h < self->headlines; h++) {
        out.score = fmax(out.score, fabs(dot[h]));
        self->correlation[(size_t)h * (size_t)inputs + (size_t)input] = dot[h];
    }
    if (self->headlines) out.with_first = fabs(dot[0]);
    return out;
}

static void rank_headlines(const csim_draws *self, draws_work *with) {
    for (uint32_t h = 0; h < self->headlines; h++) {
        csim_places_count(csim_draws_values(self, self->headline[h].first + self->headline[h].count - 1), self->rows, with->key, with->order, with->twice);
        unit_ranks(with->twice, self->rows, with->rank);
        for (uint32_t i = 0; i < self->rows; i++) with->headline[i][h] = with->rank[i];
    }
}

static void inputs_take(const csim_report *report, csim_draws *self, const candidate *all) {
    double strongest = 0;
    for (int32_t i = 0; i < report->plan->inputs && i < CSIM_DRAWS_INPUTS && all[i].score > 0; i++) {
        csim_draws_column *column = &self->column[self->columns];
        *column = (csim_draws_column){.unit = csim_input_rows[report->plan->input[all[i].input].id].unit, .slot = -1, .source = all[i].input, .month = CSIM_NO_MONTH, .score = all[i].score};
        snprintf(column->label, sizeof column->label, "%.130s", report->plan->input_key[all[i].input]);
        column_fill(report, self, self->columns);
        if (all[i].with_first > strongest) {
            strongest = all[i].with_first;
            self->first_mover = self->columns;
        }
        self->columns++;
    }
}

static void inputs_find(const csim_report *report, csim_draws *self, const csim_kept_places *places, draws_work *with, candidate *all) {
    rank_headlines(self, with);
    for (int32_t input = 0; input < report->plan->inputs; input++) all[input] = judge(self, input, report->plan->inputs, csim_kept_twice(places, input), with);
    qsort(all, (size_t)report->plan->inputs, sizeof *all, by_score);
    inputs_take(report, self, all);
}

/* ---- making ---- */

static bool draws_fill(csim_report *report, csim_draws *self) {
    const csim_kept_places *places;
    csim_error ignored;
    if (csim_kept_places_find(report, self->path, self->rows, &places, &ignored)) return false;
    draws_work *with = calloc(1, sizeof *with);
    candidate *all = calloc((size_t)report->plan->inputs + 1, sizeof *all);
    for (uint32_t i = 0; i < self->outcomes; i++) column_fill(report, self, i);
    self->correlation = calloc((size_t)self->headlines * (size_t)report->plan->inputs + 1, sizeof *self->correlation);
    const bool good = with && all && self->correlation && orders_find(self, with);
    if (good) inputs_find(report, self, places, with, all);
    free(with);
    free(all);
    for (uint32_t i = 0; i < self->rows; i++) self->path[i] += report->result->options.first_path;
    return good;
}

csim_status csim_draws_new(csim_report *report, csim_draws **out, csim_error *err) {
    *out = NULL;
    csim_draws *self = calloc(1, sizeof *self);
    bool good = self && columns_find(report, self) && rows_find(report, self);
    const bool some = good && self->rows && self->dates;
    if (some) good = draws_fill(report, self);
    if (good && some) *out = self;
    else csim_draws_free(self);
    return good ? CSIM_OK : csim_error_set(err, CSIM_NO_MEMORY, "no memory for the draws of a report");
}

void csim_draws_free(csim_draws *self) {
    if (!self) return;
    free(self->column);
    free(self->path);
    free(self->value);
    free(self->order);
    free(self->correlation);
    free(self);
}

/* ---- what is counted ---- */

double csim_draws_mean(const csim_draws *self, uint32_t column) {
    double sum = 0;
    for (uint32_t i = 0; i < self->rows; i++) sum += csim_draws_values(self, column)[i];
    return sum / self->rows;
}

double csim_draws_sd(const csim_draws *self, uint32_t column) {
    const double mean = csim_draws_mean(self, column);
    double sum = 0;
    for (uint32_t i = 0; i < self->rows; i++) sum += (csim_draws_values(self, column)[i] - mean) * (csim_draws_values(self, column)[i] - mean);
    return sqrt(sum / self->rows);
}

uint32_t csim_draws_count(const csim_draws *self, uint32_t column, bool above, double threshold) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < self->rows; i++) count += (csim_draws_values(self, column)[i] >= threshold) == above;
    return count;
}

double csim_draws_quantile(const csim_draws *self, uint32_t column, const unsigned char *hold, double p) {
    const uint32_t *order = self->order + (size_t)column * self->rows;
    uint32_t all = 0, below = 0;
    for (uint32_t i = 0; i < self->rows; i++) all += !hold || hold[i];
    for (uint32_t k = 0; k < self->rows; k++) {
        below += !hold || hold[order[k]];
        if (all && below >= p * all) return csim_draws_values(self, column)[order[k]];
    }
    return (double)NAN;
}
