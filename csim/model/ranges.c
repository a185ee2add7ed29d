/* Stops a path whose outcomes have left any sane range (docs/model.md §12). The path goes on being simulated; nobody counts it. */
#include "csim/model/block.h"
#include "kernels/lanes.h"

/* Where an outcome's value may lie: its range widened as outcomes.def says. */
static void find_bounds(const csim_outcome_row *row, double *lowest, double *highest) {
    const double width = row->highest - row->lowest;
    const int even = row->scale != CSIM_SCALE_LOG && row->scale != CSIM_SCALE_LOGIT;
    *lowest = even ? row->lowest - width : row->scale == CSIM_SCALE_LOG ? row->lowest / 1e6 : -1e-9;
    *highest = even ? row->highest + width : row->scale == CSIM_SCALE_LOG ? row->highest * 1e3 : 1.0 + 1e-9;
}

/* Adds 1 where the value is not finite or outside. An exact 0 on a logarithmic axis means "none". */
static void count_outside(const csim_block *b, int slot, double *count) {
    const csim_outcome_row *row = &csim_outcome_rows[b->plan->slot_outcome[slot]];
    const double *value = b->outcome[slot];
    double lowest, highest;
    find_bounds(row, &lowest, &highest);
    if (row->scale == CSIM_SCALE_LOG) MOE_LANES(p) count[p] += (value[p] >= lowest && value[p] <= highest) || value[p] == 0.0 ? 0.0 : 1.0;
    else MOE_LANES(p) count[p] += value[p] >= lowest && value[p] <= highest ? 0.0 : 1.0;
}

/* Stops path p at its first slot outside. */
static void stop(csim_block *b, int p) {
    for (int slot = 0; slot < b->plan->slots && b->failure[p] == CSIM_PATH_OK; slot++) {
        double outside[P] = {0};
        count_outside(b, slot, outside);
        if (outside[p] == 0.0) continue;
        const double value = b->outcome[slot][p];
        b->failure[p] = value - value == 0.0 ? CSIM_PATH_OUT_OF_RANGE : CSIM_PATH_NOT_FINITE;
        b->failure_slot[p] = slot;
        b->failure_month[p] = b->t;
    }
}

/* Counts slots outside first: nearly always none. */
void csim_ranges_check(csim_block *b) {
    double count[P] = {0};
    for (int slot = 0; slot < b->plan->slots; slot++) count_outside(b, slot, count);
    for (int p = 0; p < P; p++)
        if (count[p] > 0.0 && b->failure[p] == CSIM_PATH_OK) stop(b, p);
}
