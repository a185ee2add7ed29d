/* See vary.h. Says what reading a text would say of a number out of range; sums.c judges what must add up. */
#include "csim/scenario/vary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csim/scenario/reader.h"

struct csim_varied {
    csim_scenario scenario; /* a copy of the struct; its lists are borrowed but for the next three */
    csim_input *input;
    csim_lever *lever;
    csim_dated *dated;      /* one a variation */
};

static csim_status refuse(const csim_variation *to, csim_error *err, double lowest, double highest, const char *unit) {
    return csim_error_set_at(err, CSIM_OUT_OF_RANGE, "", 0, 0, to->key, "the value must lie between %g and %g %s, got %.10g", lowest, highest, unit, to->value);
}

static csim_status vary_input(csim_input *input, const csim_variation *to, csim_error *err) {
    const csim_input_row *row = &csim_input_rows[input->id];
    if (!(to->value >= row->lowest && to->value <= row->highest)) return refuse(to, err, row->lowest, row->highest, row->unit);
    input->spec = csim_dist_spec_start(CSIM_DIST_FIXED);
    input->spec.parameter[0] = to->value;
    return CSIM_OK;
}

static csim_status vary_lever(const csim_scenario *s, csim_lever *lever, const csim_variation *to, csim_dated *dated, csim_error *err) {
    const csim_lever_row *row = &csim_lever_rows[lever->id];
    if (!(to->value >= row->lowest && to->value <= row->highest)) return refuse(to, err, row->lowest, row->highest, row->unit);
    if (lever->id == CSIM_LEVER_DRAFT_DEPTH && to->value != floor(to->value))
        return csim_error_set_at(err, CSIM_OUT_OF_RANGE, "", 0, 0, to->key, "must be a whole number from %g to %g, got %.10g", row->lowest, row->highest, to->value);
    *dated = (csim_dated){s->start_month, to->value};
    lever->values = dated;
    lever->count = 1;
    lever->hazard_per_yr = lever->hazard_value = 0.0;
    lever->hazard_from = CSIM_NO_MONTH;
    return CSIM_OK;
}

static csim_status vary_one(csim_varied *self, const csim_variation *to, csim_dated *dated, csim_error *err) {
    for (size_t i = 0; i < self->scenario.inputs; i++)
        if (!strcmp(self->input[i].key, to->key)) return vary_input(&self->input[i], to, err);
    for (size_t i = 0; i < self->scenario.levers; i++)
        if (!strcmp(self->lever[i].key, to->key)) return vary_lever(&self->scenario, &self->lever[i], to, dated, err);
    return csim_error_set_at(err, CSIM_UNKNOWN_KEY, "", 0, 0, to->key, "is no input and no lever of '%.60s'", self->scenario.name);
}

static csim_status copy_lists(csim_varied *self, size_t count, csim_error *err) {
    const csim_scenario *s = &self->scenario;
    self->input = malloc((s->inputs + 1) * sizeof *self->input);
    self->lever = malloc((s->levers + 1) * sizeof *self->lever);
    self->dated = malloc((count + 1) * sizeof *self->dated);
    if (!self->input || !self->lever || !self->dated) return csim_error_set(err, CSIM_NO_MEMORY, "no memory to vary a scenario");
    memcpy(self->input, s->input, s->inputs * sizeof *self->input);
    memcpy(self->lever, s->lever, s->levers * sizeof *self->lever);
    self->scenario.input = self->input;
    self->scenario.lever = self->lever;
    self->scenario.text = "";
    self->scenario.text_size = 0;
    return CSIM_OK;
}

csim_status csim_scenario_vary(const csim_scenario *of, const csim_variation *moved, size_t count, csim_varied **out, csim_error *err) {
    *out = NULL;
    csim_varied *self = calloc(1, sizeof *self);
    if (!self) return csim_error_set(err, CSIM_NO_MEMORY, "no memory to vary a scenario");
    self->scenario = *of;
    csim_reader sums = {.out = &self->scenario, .err = err};
    csim_status status = copy_lists(self, count, err);
    for (size_t i = 0; !status && i < count; i++) status = vary_one(self, &moved[i], &self->dated[i], err);
    if (!status) status = csim_check_sums(&sums);
    if (status) csim_varied_free(self);
    else *out = self;
    return status;
}

void csim_varied_free(csim_varied *self) {
    if (!self) return;
    free(self->input);
    free(self->lever);
    free(self->dated);
    free(self);
}

const csim_scenario *csim_varied_scenario(const csim_varied *self) { return &self->scenario; }
