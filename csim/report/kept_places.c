/* See kept_places.h. */
#include "csim/report/kept_places.h"

#include <stdlib.h>
#include <string.h>

enum { TILE = 8 /* inputs read together: they stand side by side in a kept row */ };

_Static_assert(2 * CSIM_KEPT_MOST <= UINT16_MAX, "a place is written in 16 bits");

void csim_places_count(const double *value, uint32_t n, csim_order_key *scratch, uint32_t *order, uint16_t *twice) {
    csim_order_find(value, n, scratch, order);
    for (uint32_t from = 0, to; from < n; from = to) {
        const double own = value[order[from]];
        for (to = from + 1; to < n && value[order[to]] <= own; to++) {}
        for (uint32_t i = from; i < to; i++) twice[order[i]] = (uint16_t)(from + to);
    }
}

typedef struct work {
    double value[TILE][CSIM_KEPT_MOST];
    csim_order_key key[2 * CSIM_KEPT_MOST];
    uint32_t order[CSIM_KEPT_MOST];
} work;

static void count_tile(const csim_report *report, csim_kept_places *self, size_t first, work *with) {
    const size_t inputs = (size_t)report->plan->inputs, end = inputs - first < TILE ? inputs : first + TILE;
    for (uint32_t i = 0; i < self->rows; i++)
        for (size_t k = first; k < end; k++) with->value[k - first][i] = report->result->kept_input[self->row[i] * inputs + k];
    for (size_t k = first; k < end; k++) csim_places_count(with->value[k - first], self->rows, with->key, with->order, self->twice + k * self->rows);
}

static csim_kept_places *made(const csim_report *report, const uint32_t *row, uint32_t rows) {
    const size_t inputs = (size_t)report->plan->inputs;
    csim_kept_places *self = calloc(1, sizeof *self);
    work *with = malloc(sizeof *with);
    uint16_t *twice = malloc((inputs * rows + 1) * sizeof *twice);
    if (self && with && twice) {
        *self = (csim_kept_places){.rows = rows, .twice = twice};
        memcpy(self->row, row, rows * sizeof *row);
        for (size_t first = 0; first < inputs; first += TILE) count_tile(report, self, first, with);
    } else {
        free(self);
        free(twice);
        self = NULL;
    }
    free(with);
    return self;
}

csim_status csim_kept_places_find(csim_report *report, const uint32_t *row, uint32_t rows, const csim_kept_places **out, csim_error *err) {
    csim_kept_places *found = report->places;
    while (found && (found->rows != rows || memcmp(found->row, row, rows * sizeof *row))) found = found->next;
    if (!found && (found = made(report, row, rows))) {
        found->next = report->places;
        report->places = found;
    }
    *out = found;
    return found ? CSIM_OK : csim_error_set(err, CSIM_NO_MEMORY, "no memory for the places of draws");
}

void csim_report_forget_places(csim_report *report) {
    for (csim_kept_places *next; report->places; report->places = next) {
        next = report->places->next;
        free(report->places->twice);
        free(report->places);
    }
}

void csim_products_add(const double *a, const double *many, uint32_t n, double sum[CSIM_KEPT_COLUMNS]) {
    double own[CSIM_KEPT_COLUMNS] = {0};
    for (uint32_t i = 0; i < n; i++)
        for (int c = 0; c < CSIM_KEPT_COLUMNS; c++) own[c] += a[i] * many[(size_t)i * CSIM_KEPT_COLUMNS + (size_t)c];
    memcpy(sum, own, sizeof own);
}
