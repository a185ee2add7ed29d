/* See columns.h. */
#include "csim/engine/columns.h"

#include <stdlib.h>
#include <string.h>

#include "csim/base/clock.h"

struct csim_columns {
    csim_plan *plan;             /* trimmed */
    csim_run_options options;    /* of all pieces together */
    csim_run *run;               /* of the piece at hand, NULL between two */
    uint32_t finished;           /* paths of finished pieces */
    uint32_t taken;              /* rows of the piece at hand that are in the columns */
    int broken_off;              /* the last advance was cancelled: a path before others may be missing */
    size_t count;
    double *value;               /* [count][paths] */
    unsigned char *hit;          /* [readings][paths] */
};

static csim_status no_memory(csim_error *err) { return csim_error_set(err, CSIM_NO_MEMORY, "no memory to compare paths"); }

static csim_status trim(csim_columns *self, const csim_plan *plan, const csim_plan_scalar *wanted, int with_readings, csim_error *err) {
    self->plan = malloc(sizeof *self->plan);
    if (!self->plan) return no_memory(err);
    memcpy(self->plan, plan, sizeof *plan);
    memset(self->plan->scalar, 0, sizeof self->plan->scalar);
    for (size_t i = 0; i < self->count; i++) self->plan->scalar[i] = wanted[i];
    self->plan->scalars = (int32_t)self->count;
    if (!with_readings) self->plan->readings = 0;
    csim_plan_trim(self->plan);
    return CSIM_OK;
}

static csim_status allocate(csim_columns *self, csim_error *err) {
    const size_t paths = self->options.paths;
    self->value = malloc(((size_t)self->count * paths + 1) * sizeof *self->value);
    self->hit = malloc((size_t)self->plan->readings * paths + 1);
    return self->value && self->hit ? CSIM_OK : no_memory(err);
}

csim_status csim_columns_new(const csim_plan *plan, const csim_plan_scalar *wanted, size_t count, int with_readings, const csim_run_options *options,
                             csim_columns **out, csim_error *err) {
    *out = NULL;
    if (count > CSIM_MAX_SCALARS) return csim_error_set(err, CSIM_LIMIT, "more than %d numbers of each path are compared at once", CSIM_MAX_SCALARS);
    csim_columns *self = calloc(1, sizeof *self);
    if (!self) return no_memory(err);
    self->count = count;
    self->options = *options;
    csim_status status = trim(self, plan, wanted, with_readings, err);
    if (!status) status = allocate(self, err);
    if (status) csim_columns_free(self);
    else *out = self;
    return status;
}

void csim_columns_free(csim_columns *self) {
    if (!self) return;
    csim_run_free(self->run);
    free(self->plan);
    free(self->value);
    free(self->hit);
    free(self);
}

static uint32_t piece_of(const csim_columns *self) {
    const uint32_t left = self->options.paths - self->finished;
    return left < CSIM_COLUMNS_PIECE ? left : CSIM_COLUMNS_PIECE;
}

static csim_status open_piece(csim_columns *self, csim_error *err) {
    csim_run_options options = self->options;
    options.first_path += self->finished;
    options.paths = options.keep_paths = options.keep_hits = piece_of(self);
    options.skip_monthly = 1;
    return csim_run_new(self->plan, &options, &self->run, err);
}

/* Rows `taken` to `rows` of the piece at hand into the columns. */
static void take_rows(csim_columns *self, const csim_result *result, uint32_t rows) {
    const size_t paths = self->options.paths, scalars = self->count, readings = (size_t)self->plan->readings;
    for (uint32_t row = self->taken; row < rows; row++) {
        for (size_t i = 0; i < scalars; i++) self->value[i * paths + self->finished + row] = result->kept_scalar[(size_t)row * scalars + i];
        for (size_t i = 0; i < readings; i++) self->hit[i * paths + self->finished + row] = result->hit[(size_t)row * readings + i];
    }
    self->taken = rows;
}

void csim_columns_catch_up(csim_columns *self) {
    if (self->run && !self->broken_off) take_rows(self, csim_run_rows(self->run), (uint32_t)csim_run_done(self->run));
}

static csim_status close_piece(csim_columns *self, csim_error *err) {
    const csim_result *result;
    const csim_status status = csim_run_result(self->run, &result, err);
    const uint32_t piece = piece_of(self);
    if (!status) take_rows(self, result, piece);
    csim_run_free(self->run);
    self->run = NULL;
    self->taken = 0;
    if (!status) self->finished += piece;
    return status;
}

csim_status csim_columns_advance(csim_columns *self, double seconds, const atomic_int *cancel, csim_error *err) {
    const double deadline = seconds > 0.0 ? csim_clock_s() + seconds : 0.0;
    while (self->finished < self->options.paths) {
        const double left = deadline > 0.0 ? deadline - csim_clock_s() : 0.0;
        if (deadline > 0.0 && left <= 0.0) return CSIM_OK;
        csim_status status = self->run ? CSIM_OK : open_piece(self, err);
        if (!status) status = csim_run_advance(self->run, left, cancel, err);
        self->broken_off = status != CSIM_OK;
        if (!status && csim_run_done(self->run) >= piece_of(self)) status = close_piece(self, err);
        if (status) return status;
    }
    return CSIM_OK;
}

uint32_t csim_columns_paths(const csim_columns *self) { return self->options.paths; }

uint32_t csim_columns_done(const csim_columns *self) { return self->finished + (self->run ? (uint32_t)csim_run_done(self->run) : 0); }

uint32_t csim_columns_known(const csim_columns *self) { return self->finished + self->taken; }

const double *csim_columns_value(const csim_columns *self, size_t column) { return self->value + column * self->options.paths; }

const unsigned char *csim_columns_hit(const csim_columns *self, int reading) {
    return self->plan->readings ? self->hit + (size_t)reading * self->options.paths : NULL;
}
