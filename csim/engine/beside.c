/* See beside.h. A part is opened, advanced until it is done, read and closed, so that one run's memory is held at a time. */
#include "csim/engine/beside.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csim/engine/contrast.h"
#include "csim/engine/further.h"
#include "csim/engine/guesses.h"
#include "csim/scenario/paths.h"

typedef enum part_id { GUESSES, VINTAGE, PARTS } part_id;

typedef struct part {
    uint32_t paths;   /* 0: this part is not asked for */
    csim_plan *plan;
    csim_run *run;
    int finished;
} part;

struct csim_beside {
    const csim_scenario *scenario;
    const csim_result *main_result;
    part part[PARTS];
    csim_aside aside[CSIM_MAX_READINGS];
    char why[CSIM_FURTHER_REASON]; /* why a part is missing, "" */
};

csim_aside csim_aside_none(void) {
    const double unknown = (double)NAN;
    return (csim_aside){{unknown, unknown}, {unknown, unknown, unknown, unknown, 0, 0}, CSIM_NO_MONTH};
}

static int has_guesses(const csim_scenario *s) {
    for (size_t i = 0; i < s->inputs; i++)
        if (csim_is_guess(&s->input[i])) return 1;
    return 0;
}

/* A scenario that inherits its own name as vintage has none. What the vintage knows is asked when it is loaded. */
static int has_vintage(const csim_scenario *s) { return s->vintage[0] && strcmp(s->vintage, s->name) && !csim_path_is_same(s->vintage_at.file, s->file); }

csim_status csim_beside_new(const csim_scenario *scenario, const csim_result *result, uint32_t paths, csim_beside **out, csim_error *err) {
    csim_beside *self = *out = calloc(1, sizeof *self);
    if (!self) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for the runs beside a run");
    const uint32_t wanted = csim_further_paths(result, paths);
    self->scenario = scenario;
    self->main_result = result;
    for (int i = 0; i < CSIM_MAX_READINGS; i++) self->aside[i] = csim_aside_none();
    if (!result->plan->readings) return CSIM_OK;
    if (has_guesses(scenario)) self->part[GUESSES].paths = wanted < result->hit_rows ? wanted : result->hit_rows;
    if (has_vintage(scenario)) self->part[VINTAGE].paths = wanted;
    return CSIM_OK;
}

static void close_part(part *which) {
    csim_run_free(which->run);
    csim_plan_free(which->plan);
    which->run = NULL;
    which->plan = NULL;
}

void csim_beside_free(csim_beside *self) {
    if (!self) return;
    for (int i = 0; i < PARTS; i++) close_part(&self->part[i]);
    free(self);
}

/* One that knows as much as the scenario that runs leaves the part without a plan. */
static csim_status compile_vintage(csim_beside *self, csim_error *err) {
    csim_plan **plan = &self->part[VINTAGE].plan;
    int known_until = CSIM_NO_MONTH;
    const csim_status status = csim_further_compile(self->scenario, &self->scenario->vintage_at, "run.vintage", plan, &known_until, err);
    if (status) return status;
    if (!csim_further_knows_less(known_until, self->scenario)) {
        csim_plan_free(*plan);
        *plan = NULL;
        self->part[VINTAGE].paths = 0;
    }
    for (int i = 0; *plan && i < CSIM_MAX_READINGS; i++) self->aside[i].vintage_month = known_until;
    return CSIM_OK;
}

/* The plan is cut down to its readings. */
static csim_status open_part(csim_beside *self, part_id id, csim_error *err) {
    part *which = &self->part[id];
    const csim_run_options *main_options = &self->main_result->options;
    size_t redrawn;
    const csim_status status = id == VINTAGE ? compile_vintage(self, err) : csim_guesses_plan(self->scenario, self->main_result->plan, &which->plan, &redrawn, err);
    if (status || !which->plan) return status;
    which->plan->scalars = 0;
    csim_plan_trim(which->plan);
    csim_run_options options = *main_options; /* the same draws, so also the same sampler */
    options.paths = which->paths;
    options.keep_paths = 0;
    options.keep_slots = 0;
    options.verify = 0;
    options.skip_monthly = 1;
    options.keep_hits = id == GUESSES ? which->paths : 0;
    return csim_run_new(which->plan, &options, &which->run, err);
}

static void take_guesses(csim_beside *self, const csim_result *again) {
    const csim_result *first = self->main_result;
    const size_t stride = (size_t)first->plan->readings;
    for (size_t i = 0; i < stride; i++) self->aside[i].guesses = csim_guesses_share(first->hit + i, again->hit + i, stride, self->part[GUESSES].paths, first->options.replicates);
}

static void take_vintage(csim_beside *self, const csim_result *vintage) {
    const csim_plan *plan = self->main_result->plan;
    for (int i = 0; i < plan->readings; i++)
        for (int k = 0; k < vintage->plan->readings; k++)
            if (!strcmp(plan->reading_id[i], vintage->plan->reading_id[k])) self->aside[i].vintage = csim_result_probability(vintage, k);
}

static csim_status advance_part(csim_beside *self, part_id id, double seconds, const atomic_int *cancel, csim_error *err) {
    part *which = &self->part[id];
    const csim_result *result;
    csim_status status = which->run ? CSIM_OK : open_part(self, id, err);
    if (!status && !which->paths) return CSIM_OK;
    if (!status) status = csim_run_advance(which->run, seconds, cancel, err);
    if (!status && csim_run_done(which->run) >= which->paths) {
        status = csim_run_result(which->run, &result, err);
        if (!status && id == GUESSES) take_guesses(self, result);
        if (!status && id == VINTAGE) take_vintage(self, result);
        which->finished = !status;
    }
    if (which->finished || !which->run) close_part(which); /* a plan without a run is compiled again */
    return status;
}

/* A part that cannot be run is missing beside the answers, which stand without it. */
static void give_up(csim_beside *self, part_id id, const csim_error *cause) {
    if (!self->why[0]) csim_further_reason(id == VINTAGE ? "the vintage failed" : "the run on other guesses failed", cause, self->why);
    for (int i = 0; id == VINTAGE && i < CSIM_MAX_READINGS; i++) self->aside[i].vintage_month = CSIM_NO_MONTH;
    self->part[id].finished = 1;
    close_part(&self->part[id]);
}

csim_status csim_beside_advance(csim_beside *self, double seconds, const atomic_int *cancel, csim_error *err) {
    for (int id = 0; id < PARTS; id++)
        while (self->part[id].paths && !self->part[id].finished) {
            csim_error cause;
            const csim_status status = advance_part(self, (part_id)id, seconds, cancel, &cause);
            if (status && !csim_further_is_fatal(status)) give_up(self, (part_id)id, &cause);
            else if (status && err) *err = cause;
            if (csim_further_is_fatal(status)) return status;
            if (seconds > 0.0) return CSIM_OK;
        }
    return CSIM_OK;
}

void csim_beside_progress(const csim_beside *self, uint64_t *done, uint64_t *total) {
    *done = *total = 0;
    for (int id = 0; id < PARTS; id++) {
        const part *which = &self->part[id];
        *total += which->paths;
        *done += which->finished ? which->paths : which->run ? csim_run_done(which->run) : 0;
    }
}

csim_aside csim_beside_find(const csim_beside *self, int at) { return at >= 0 && at < CSIM_MAX_READINGS ? self->aside[at] : csim_aside_none(); }

const char *csim_beside_why(const csim_beside *self) { return self->why; }
