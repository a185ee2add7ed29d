/* Values that share a whole: where all of them are fixed numbers, they must sum to 1. Shares that are drawn are normalised by the plan. */
#include <math.h>
#include <stdio.h>

#include "csim/scenario/reader.h"

static const double tolerance = 1e-6;

/* `count` inputs from `first` on. `whole` names what they divide. */
static csim_status check_row(csim_reader *self, int first, size_t count, const char *whole) {
    const csim_input *input = &self->out->input[first];
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        if (input[i].spec.family != CSIM_DIST_FIXED) return CSIM_OK;
        sum += input[i].spec.parameter[0];
    }
    if (fabs(sum - 1) <= tolerance) return CSIM_OK;
    const csim_note *at = &input[0].note;
    return csim_error_set_at(self->err, CSIM_INCONSISTENT, at->file, at->line, at->column, input[0].key, "%s must sum to 1, got %.9g", whole, sum);
}

static csim_status check_rows(csim_reader *self, csim_input_id id, size_t rows, size_t columns, const char *whole) {
    csim_status status = CSIM_OK;
    for (size_t i = 0; i < rows && status == CSIM_OK; i++) status = check_row(self, self->out->input_offset[id] + (int)(i * columns), columns, whole);
    return status;
}

csim_status csim_check_sums(csim_reader *self) {
    const csim_scenario *s = self->out;
    csim_status status = check_rows(self, CSIM_IN_POLICY_TRANSITION, s->regimes, s->regimes, "the probabilities of a row of policy.transition");
    if (status == CSIM_OK) status = check_rows(self, CSIM_IN_CHOICE_SHARE0, s->segments, s->offerings, "the shares of a segment's offerings");
    if (status == CSIM_OK) status = check_rows(self, CSIM_IN_CHOICE_SHARE0_CHINA, 1, s->offerings, "the shares of the offerings in China");
    if (status == CSIM_OK) status = check_rows(self, CSIM_IN_CHOICE_HEADLINE_WEIGHT, 1, s->regions, "the weights of the regions");
    if (status == CSIM_OK) status = check_rows(self, CSIM_IN_DEMAND_SEGMENT_WEIGHT, 1, s->segments, "the weights of the segments");
    if (status == CSIM_OK) status = check_rows(self, CSIM_IN_DEMAND_REGION_WEIGHT, 1, s->regions, "the weights of the regions");
    return status;
}
