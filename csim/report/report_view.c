/* Gathers a view: chooses outcomes and inputs, ranks draws, and finds the paths nearest to the medians as the sheets' formulas do. */
#include "csim/report/report_view.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "csim/plan/input_places.h"
#include "csim/report/kept_places.h"
#include "kernels/vmath.h"

double csim_view_share(uint32_t point) {
    static const double ends[4] = {0.01, 0.025, 0.975, 0.99};
    if (point < 2) return ends[point];
    return point < CSIM_VIEW_POINTS - 2 ? (point - 1) / 20.0 : ends[point + 4 - CSIM_VIEW_POINTS];
}

static double kept(const csim_report *report, int32_t scalar, uint32_t row) {
    return report->result->kept_scalar[(size_t)row * (size_t)report->plan->scalars + (size_t)scalar];
}

double csim_view_value(const csim_report *report, uint32_t outcome, uint32_t row) { return kept(report, report->view->outcome[outcome].scalar, report->view->row[row]); }

static double on_scale(bool log, double value) { return log ? moe_log(value) : value; }

double csim_view_scaled(const csim_view_outcome *outcome, double value) { return on_scale(outcome->log, value); }

/* ---- outcomes ---- */

/* The kept month halfway between the first and the last, -1 when there are too few to differ. */
static int32_t middle_month(const csim_plan *plan, int32_t slot) {
    int32_t months[CSIM_MAX_MONTHS], count = 0;
    for (int32_t t = 0; t < plan->months; t++)
        if (csim_plan_scalar_find(plan, slot, t) >= 0) months[count++] = t;
    return count > 2 ? months[(count - 1) / 2] : -1;
}

/* Left out: what is not kept or not reported in that month, does not vary, or is there already. */
static void add_outcome(csim_report *report, csim_report_view *self, csim_outcome_id id, int32_t element, int32_t month) {
    csim_view_outcome *it = &self->outcome[self->outcomes];
    *it = (csim_view_outcome){.slot = csim_report_slot(report, id, element), .log = csim_outcome_rows[id].scale == CSIM_SCALE_LOG};
    it->scalar = csim_plan_scalar_find(report->plan, it->slot, month);
    it->position = csim_plan_report_find(report->plan, month);
    if (self->outcomes == CSIM_VIEW_OUTCOMES || month < 0 || it->scalar < 0 || it->position < 0) return;
    for (uint32_t i = 0; i < self->outcomes; i++)
        if (self->outcome[i].scalar == it->scalar) return;
    for (uint32_t i = 0; i < CSIM_VIEW_POINTS; i++) {
        it->point[i] = csim_accumulator_quantile(report->statistics, (size_t)it->slot, (size_t)it->position, csim_view_share(i)).value;
        if (i && it->point[i] < it->point[i - 1]) it->point[i] = it->point[i - 1]; /* the last bit of an interpolation */
    }
    if (it->log && !(it->point[0] > 0)) return;
    it->spread = on_scale(it->log, it->point[CSIM_VIEW_P95]) - on_scale(it->log, it->point[CSIM_VIEW_P5]);
    if (it->spread > 0) self->outcomes++;
}

static void choose_outcomes(csim_report *report, csim_report_view *self) {
    const csim_plan *plan = report->plan;
    const int32_t developers = plan->developers, firms = plan->large_firms, last = plan->report_month[report->dates.last];
    const int32_t middle = middle_month(plan, csim_report_slot(report, CSIM_OUT_SHARE_WORLD_OPEN, 0));
    const struct { csim_outcome_id id; int32_t element, month; } wanted[] = {
        {CSIM_OUT_SHARE_WORLD_OPEN, 0, middle}, {CSIM_OUT_SHARE_WORLD_OPEN, 0, last}, {CSIM_OUT_SHARE_OPEN, developers, middle}, {CSIM_OUT_SHARE_OPEN, developers, last},
        {CSIM_OUT_SHARE_OPEN, firms, last}, {CSIM_OUT_F500_PRIMARY, 0, last}, {CSIM_OUT_SHARE_CN_ABROAD, 0, last}, {CSIM_OUT_SHARE_SPEND_OPEN, 0, last},
        {CSIM_OUT_GAP, 0, middle}, {CSIM_OUT_GAP, 0, last},
        {CSIM_OUT_PRICE_CLOSED, 0, last}, {CSIM_OUT_PRICE_OPEN, 0, last}, {CSIM_OUT_SPEND, 0, last}, {CSIM_OUT_CLOSED_REVENUE, 0, last}, {CSIM_OUT_SAAS_REVENUE, 0, last},
        {CSIM_OUT_MERCHANT_REVENUE, 0, last}};
    for (int log = 0; log < 2; log++) {
        for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
            if ((csim_outcome_rows[wanted[i].id].scale == CSIM_SCALE_LOG) == log) add_outcome(report, self, wanted[i].id, wanted[i].element, wanted[i].month);
        if (!log) self->linear = self->outcomes;
    }
}

static void choose_rows(const csim_report *report, csim_report_view *self) {
    for (uint32_t row = 0; row < CSIM_VIEW_ROWS && row < report->result->kept; row++) {
        bool known = true;
        for (uint32_t i = 0; i < self->outcomes && known; i++) {
            const double value = kept(report, self->outcome[i].scalar, row);
            known = isfinite(value) && (!self->outcome[i].log || value > 0);
        }
        if (known) self->row[self->rows++] = row;
    }
    self->nearest = self->rows / CSIM_VIEW_NEAREST_PART < CSIM_VIEW_NEAREST ? self->rows / CSIM_VIEW_NEAREST_PART : CSIM_VIEW_NEAREST;
}

/* ---- inputs: those that go with the outcomes ---- */

typedef struct candidate { int32_t input; double strength; } candidate;

static int by_strength(const void *a, const void *b) {
    const candidate *x = a, *y = b;
    return x->strength != y->strength ? (x->strength < y->strength ? 1 : -1) : x->input - y->input;
}

/* A prior's quantile is there to be read: four digits of it. */
static double short_number(double value) {
    char text[64];
    snprintf(text, sizeof text, "%.3e", value);
    return strtod(text, NULL);
}

/* Places of the outcomes' values less their mean, which is 1/2, a row of columns for each path: correlations with all outcomes are summed side by side. */
typedef struct compared {
    double outcome[CSIM_VIEW_ROWS][CSIM_KEPT_COLUMNS], square[CSIM_KEPT_COLUMNS];
    double value[CSIM_VIEW_ROWS], own[CSIM_VIEW_ROWS];
    csim_order_key key[2 * CSIM_VIEW_ROWS];
    uint32_t order[CSIM_VIEW_ROWS];
    uint16_t twice[CSIM_VIEW_ROWS];
} compared;

_Static_assert((int)CSIM_VIEW_OUTCOMES <= (int)CSIM_KEPT_COLUMNS && (int)CSIM_VIEW_ROWS <= (int)CSIM_KEPT_MOST, "a column for each outcome");

static void place_outcomes(const csim_report *report, const csim_report_view *self, compared *with) {
    for (uint32_t o = 0; o < self->outcomes; o++) {
        for (uint32_t i = 0; i < self->rows; i++) with->value[i] = csim_view_value(report, o, i);
        csim_places_count(with->value, self->rows, with->key, with->order, with->twice);
        for (uint32_t i = 0; i < self->rows; i++) {
            const double away = with->outcome[i][o] = csim_place_of(with->twice[i], self->rows) - 0.5;
            with->square[o] += away * away;
        }
    }
}

/* The largest correlation of places with an outcome's, in size. */
static double strength_of(const csim_report_view *self, const uint16_t *twice, compared *with) {
    double product[CSIM_KEPT_COLUMNS], square = 0, strength = 0;
    for (uint32_t i = 0; i < self->rows; i++) {
        with->own[i] = csim_place_of(twice[i], self->rows) - 0.5;
        square += with->own[i] * with->own[i];
    }
    csim_products_add(with->own, with->outcome[0], self->rows, product);
    for (uint32_t o = 0; o < self->outcomes; o++)
        if (square > 0 && with->square[o] > 0) strength = fmax(strength, fabs(product[o] / sqrt(square * with->square[o])));
    return strength;
}

static void take_inputs(const csim_report *report, csim_report_view *self, const csim_kept_places *places, const candidate *found, size_t count) {
    for (size_t i = 0; i < count && self->inputs < CSIM_VIEW_INPUTS; i++) {
        csim_view_input *it = &self->input[self->inputs];
        it->input = found[i].input;
        double *place = self->place + (size_t)self->inputs++ * self->rows;
        for (uint32_t row = 0; row < self->rows; row++) place[row] = csim_place_of(csim_kept_twice(places, it->input)[row], self->rows);
        for (uint32_t p = 0; p < CSIM_VIEW_POINTS; p++) it->point[p] = short_number(csim_input_quantile(report->plan, it->input, csim_view_share(p)));
    }
}

static void rank_inputs(const csim_report *report, csim_report_view *self, const csim_kept_places *places, compared *with, candidate *found) {
    size_t count = 0;
    place_outcomes(report, self, with);
    for (int32_t input = 0; input < report->plan->inputs; input++)
        if (csim_input_varies(report->plan, input)) found[count++] = (candidate){input, strength_of(self, csim_kept_twice(places, input), with)};
    qsort(found, count, sizeof *found, by_strength);
    take_inputs(report, self, places, found, count);
}

static csim_status choose_inputs(csim_report *report, csim_report_view *self, csim_error *err) {
    const csim_kept_places *places;
    csim_status status = csim_kept_places_find(report, self->row, self->rows, &places, err);
    if (status) return status;
    compared *with = calloc(1, sizeof *with);
    candidate *found = malloc(((size_t)report->plan->inputs + 1) * sizeof *found);
    self->place = malloc((size_t)CSIM_VIEW_INPUTS * self->rows * sizeof *self->place);
    if (with && found && self->place) rank_inputs(report, self, places, with, found);
    else status = csim_error_set(err, CSIM_NO_MEMORY, "no memory for the draws of a view");
    free(with);
    free(found);
    return status;
}

/* ---- what the formulas come to while the forecasts are the medians ---- */

static int by_value(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void find_nearest(const csim_report *report, csim_report_view *self) {
    double sorted[CSIM_VIEW_ROWS];
    for (uint32_t i = 0; i < self->rows; i++) {
        double sum = 0;
        for (uint32_t o = 0; o < self->outcomes; o++) {
            const csim_view_outcome *it = &self->outcome[o];
            const double off = on_scale(it->log, csim_view_value(report, o, i)) - on_scale(it->log, it->point[CSIM_VIEW_P50]);
            sum += off * off / (it->spread * it->spread);
        }
        sorted[i] = self->distance[i] = sqrt(sum);
    }
    qsort(sorted, self->rows, sizeof sorted[0], by_value);
    self->farthest = sorted[self->nearest - 1];
    double total = 0;
    for (uint32_t i = 0; i < self->rows; i++) {
        self->near[i] = self->distance[i] <= self->farthest;
        self->near_rows += self->near[i];
        total += self->near[i] ? self->distance[i] : 0;
    }
    self->mean_distance = total / self->near_rows;
}

static double spread_of(const double *value, uint32_t n) {
    double sum = 0, square = 0;
    for (uint32_t i = 0; i < n; i++) sum += value[i];
    for (uint32_t i = 0; i < n; i++) square += (value[i] - sum / n) * (value[i] - sum / n);
    return sqrt(square / n);
}

/* As a spreadsheet's ROUND does, so that equals have equal ranks in both. */
static double rounded(double value) {
    const double unit = pow(10, CSIM_VIEW_DECIMALS);
    return round(value * unit) / unit;
}

static void average_nearest(const csim_report *report, csim_report_view *self) {
    const double n = self->near_rows, all = self->rows;
    for (uint32_t o = 0; o < self->outcomes; o++) {
        double sum = 0;
        for (uint32_t i = 0; i < self->rows; i++) sum += self->near[i] ? csim_view_value(report, o, i) : 0;
        self->outcome[o].near_mean = sum / n;
    }
    for (uint32_t k = 0; k < self->inputs; k++) {
        const double *place = self->place + (size_t)k * self->rows;
        double sum = 0;
        for (uint32_t i = 0; i < self->rows; i++) sum += self->near[i] ? place[i] : 0;
        self->input[k].near_mean = sum / n;
        self->input[k].away = rounded(fabs(sum / n - 0.5));
        self->input[k].error = spread_of(place, self->rows) * sqrt((all - n) / (n * (all - 1)));
    }
    for (uint32_t k = 0; k < self->inputs; k++) {
        self->input[k].rank = 1;
        for (uint32_t j = 0; j < self->inputs; j++)
            self->input[k].rank += self->input[j].away > self->input[k].away || (j < k && self->input[j].away == self->input[k].away);
    }
}

/* ---- the whole ---- */

void csim_report_forget_view(csim_report *report) {
    if (report->view) free(report->view->place);
    free(report->view);
    report->view = NULL;
}

csim_status csim_report_find_view(csim_report *report, csim_error *err) {
    if (report->result->kept < CSIM_VIEW_FEWEST_ROWS) return CSIM_OK;
    csim_report_view *self = report->view = calloc(1, sizeof *self);
    if (!self) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for a view");
    choose_outcomes(report, self);
    choose_rows(report, self);
    if (!self->outcomes || self->rows < CSIM_VIEW_FEWEST_ROWS) {
        csim_report_forget_view(report);
        return CSIM_OK;
    }
    const csim_status status = choose_inputs(report, self, err);
    if (status) return status;
    find_nearest(report, self);
    average_nearest(report, self);
    return CSIM_OK;
}

bool csim_report_has_view(const csim_report *report) { return report->view && report->view->inputs > 0; }
