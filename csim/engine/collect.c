/* See collect.h. */
#include "csim/engine/collect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- memory */

/* How large a value of a series may get before its path is stopped (csim/model/outcomes.c uses the same rule). */
static csim_axis axis_of(const csim_outcome_row *row) {
    if (row->scale == CSIM_SCALE_COUNT) return (csim_axis){CSIM_AXIS_COUNT, CSIM_COUNT_LOWEST, CSIM_COUNT_HIGHEST, 2.0 * row->highest + 1.0};
    const double magnitude = fmax(fabs(row->lowest), fabs(row->highest)), width = row->highest - row->lowest;
    const double largest = row->scale == CSIM_SCALE_LINEAR || row->scale == CSIM_SCALE_SIGNED ? magnitude + width : row->scale == CSIM_SCALE_LOG ? row->highest * 1e3 : 2.0;
    return (csim_axis){(csim_axis_kind)row->scale, row->lowest, row->highest, largest};
}

static void find_axes(const csim_plan *plan, csim_axis axis[CSIM_MAX_OUTCOMES]) {
    for (int slot = 0; slot < plan->slots; slot++) axis[slot] = axis_of(&csim_outcome_rows[plan->slot_outcome[slot]]);
}

static csim_status new_statistics(const csim_plan *plan, int skip_monthly, csim_accumulator **statistics, csim_accumulator **monthly, csim_error *err) {
    csim_axis axis[CSIM_MAX_OUTCOMES];
    *monthly = NULL;
    find_axes(plan, axis);
    const csim_status status = csim_accumulator_new(axis, (size_t)plan->slots, (size_t)plan->report_months, statistics, err);
    return status || skip_monthly ? status : csim_accumulator_new_moments(axis, (size_t)plan->slots, (size_t)plan->months, monthly, err);
}

csim_status csim_result_new_statistics(csim_result *result, csim_error *err) {
    csim_accumulator_free(result->statistics);
    csim_accumulator_free(result->monthly);
    result->statistics = result->monthly = NULL;
    return new_statistics(result->plan, result->options.skip_monthly, &result->statistics, &result->monthly, err);
}

csim_status csim_collector_init(csim_collector *self, csim_result *result, const csim_variant *variant, pthread_mutex_t *lock, csim_error *err) {
    const csim_plan *plan = result->plan;
    const size_t slots = (size_t)plan->slots, months = (size_t)plan->months;
    self->result = result;
    self->variant = variant;
    self->lock = lock;
    self->hit = calloc((size_t)plan->readings + 1, sizeof *self->hit);
    self->scalar = calloc((size_t)plan->scalars + 1, sizeof *self->scalar);
    self->month_sums = malloc((result->options.skip_monthly ? (size_t)plan->report_months : months) * slots * sizeof *self->month_sums);
    self->month_bins = malloc((size_t)plan->report_months * slots * P * sizeof *self->month_bins);
    self->path_values = malloc(((size_t)result->options.keep_slots * months * P + 1) * sizeof(double));
    if (!self->hit || !self->scalar || !self->month_sums || !self->month_bins || !self->path_values) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for a worker thread");
    return new_statistics(plan, result->options.skip_monthly, &self->statistics, &self->monthly, err);
}

void csim_collector_clear(csim_collector *self) {
    csim_accumulator_free(self->statistics);
    csim_accumulator_free(self->monthly);
    free(self->hit);
    free(self->scalar);
    free(self->month_sums);
    free(self->month_bins);
    free(self->path_values);
}

/* ---- month by month */

void csim_collector_begin(csim_collector *self, int n) {
    memset(self->hit, 0, ((size_t)self->result->plan->readings + 1) * sizeof *self->hit);
    for (int p = 0; p < P; p++) self->alive[p] = p < n;
    self->count = n;
    self->report = 0;
}

static int holds(int op, double x, double value) { return op == 0 ? x >= value : op == 1 ? x > value : op == 2 ? x <= value : x < value; }

static void look_at_readings(csim_collector *self, const csim_block *block, int t) {
    const csim_plan *plan = self->result->plan;
    for (int i = 0; i < plan->readings; i++) {
        const csim_plan_reading *reading = &plan->reading[i];
        if (t < reading->from || t > reading->to) continue;
        for (int p = 0; p < P; p++) self->hit[i][p] |= (unsigned char)holds(reading->op, block->outcome[reading->slot][p], reading->value);
    }
}

/* Where the sums of a month wait, at a report's position when only reports are summed. */
static csim_lane_sums *sums_of(const csim_collector *self, size_t t, size_t report) {
    return self->month_sums + (self->monthly ? t : report) * (size_t)self->result->plan->slots;
}

static uint16_t *bins_of(const csim_collector *self, size_t slot, size_t report) {
    return self->month_bins + (slot * (size_t)self->result->plan->report_months + report) * P;
}

static void look_at_outcomes(csim_collector *self, const csim_block *block, size_t t, int reported) {
    const size_t slots = (size_t)self->result->plan->slots, report = (size_t)self->report;
    csim_lane_sums *sums = sums_of(self, t, report);
    int all = 1;
    for (int p = 0; p < P; p++) all &= self->alive[p];
    for (size_t slot = 0; slot < slots; slot++)
        self->variant->look(self->statistics, slot, block->outcome[slot], all ? NULL : self->alive, P, &sums[slot],
                            reported ? bins_of(self, slot, report) : NULL);
}

void csim_collector_month(csim_collector *self, const csim_block *block) {
    const csim_plan *plan = self->result->plan;
    const csim_run_options *options = &self->result->options;
    const int t = block->t - 1;
    look_at_readings(self, block, t);
    for (int i = 0; i < plan->scalars; i++)
        if (plan->scalar[i].month == t) memcpy(self->scalar[i], block->outcome[plan->scalar[i].slot], sizeof self->scalar[i]);
    for (int i = 0; i < options->keep_slots; i++)
        memcpy(self->path_values + ((size_t)i * (size_t)plan->months + (size_t)t) * P, block->outcome[options->keep_slot[i]], P * sizeof(double));
    const int reported = self->report < plan->report_months && plan->report_month[self->report] == t;
    if (self->monthly || reported) look_at_outcomes(self, block, (size_t)t, reported);
    self->report += reported;
}

int csim_collector_again(csim_collector *self, const csim_block *block) {
    int stopped = 0;
    for (int p = 0; p < self->count; p++) {
        self->alive[p] = block->failure[p] == CSIM_PATH_OK;
        stopped += !self->alive[p];
    }
    if (!stopped) return 0;
    memset(self->hit, 0, ((size_t)self->result->plan->readings + 1) * sizeof *self->hit);
    self->report = 0;
    return 1;
}

/* ---- block by block */

static void add_tally(csim_tally *to, const csim_tally *from) {
    to->hits += from->hits;
    to->count += from->count;
}

/* With replicates the lock of the block's is held. */
static void tally_readings(csim_collector *self, uint32_t first) {
    csim_result *result = self->result; /* rows of different blocks do not overlap */
    const csim_plan *plan = result->plan;
    const uint32_t before = first - result->options.first_path, stride = result->options.replicates;
    for (int i = 0; i < plan->readings; i++) {
        const int given = plan->reading[i].given;
        csim_tally found = {0, 0};
        for (int p = 0; p < self->count; p++) {
            const int counts = self->alive[p] && (given < 0 || self->hit[given][p]), hit = counts && self->hit[i][p];
            const uint32_t row = before + (uint32_t)p * stride;
            found.count += (uint64_t)counts;
            found.hits += (uint64_t)hit;
            if (row < result->hit_rows)
                result->hit[(size_t)row * (size_t)plan->readings + (size_t)i] = (unsigned char)(!counts ? CSIM_HIT_UNKNOWN : hit ? CSIM_HIT : CSIM_MISS);
        }
        add_tally(&self->tally[i], &found);
        if (result->replicates) add_tally(&result->replicate_tally[first % stride][i], &found);
    }
}

/* One path month by month, out of the columns of its block. */
static void keep_months(const csim_collector *self, uint32_t row, int p) {
    const size_t months = (size_t)self->result->options.keep_slots * (size_t)self->result->plan->months;
    for (size_t i = 0; i < months; i++) self->result->kept_series[(size_t)row * months + i] = self->path_values[i * P + (size_t)p];
}

static void keep_rows(csim_collector *self, const csim_block *block, uint32_t first) {
    csim_result *result = self->result; /* rows of different blocks do not overlap */
    const csim_plan *plan = result->plan;
    for (int p = 0; p < self->count; p++) {
        const uint32_t row = first - result->options.first_path + (uint32_t)p * result->options.replicates;
        if (row >= result->kept) return;
        for (int i = 0; i < plan->inputs; i++) result->kept_input[(size_t)row * (size_t)plan->inputs + (size_t)i] = block->input[i][p];
        for (int i = 0; self->alive[p] && i < plan->scalars; i++) result->kept_scalar[(size_t)row * (size_t)plan->scalars + (size_t)i] = self->scalar[i][p];
        if (self->alive[p]) keep_months(self, row, p);
    }
}

static void count_failures(csim_collector *self, const csim_block *block) {
    self->done += (uint64_t)self->count;
    csim_run_tell(&self->result->options, (uint32_t)self->count);
    for (int p = 0; p < self->count; p++) {
        if (self->alive[p]) continue;
        self->failed++;
        self->failed_by[block->failure[p]]++;
        self->failed_slot[block->failure_slot[p]]++;
    }
}

static void take_numbers(csim_collector *self, uint32_t first) {
    const csim_plan *plan = self->result->plan;
    const size_t slots = (size_t)plan->slots;
    tally_readings(self, first);
    for (size_t slot = 0; slot < slots; slot++)
        for (size_t report = 0; report < (size_t)self->report; report++) /* a trimmed plan may end before its first */
            csim_accumulator_take(self->statistics, slot, report, sums_of(self, (size_t)plan->report_month[report], report) + slot, bins_of(self, slot, report));
    for (size_t t = 0; self->monthly && t < (size_t)plan->months; t++)
        for (size_t slot = 0; slot < slots; slot++) csim_accumulator_take(self->monthly, slot, t, sums_of(self, t, 0) + slot, NULL);
}

/* Replicates are shared: one copy of their bins is as large as all else. Threads seldom meet, as blocks of all replicates come in turn. */
void csim_collector_end(csim_collector *self, const csim_block *block, uint32_t first) {
    csim_result *result = self->result;
    const uint32_t replicate = first % result->options.replicates;
    count_failures(self, block);
    keep_rows(self, block, first);
    self->statistics->replicates = result->replicates;
    self->statistics->replicate = replicate;
    if (self->monthly) self->monthly->replicates = result->monthly_replicates;
    if (self->monthly) self->monthly->replicate = replicate;
    if (result->replicates) pthread_mutex_lock(&self->lock[replicate]);
    take_numbers(self, first);
    if (result->replicates) pthread_mutex_unlock(&self->lock[replicate]);
}

void csim_collector_add_counts(const csim_collector *self, csim_result *result) {
    for (int i = 0; i < CSIM_MAX_READINGS; i++) add_tally(&result->tally[i], &self->tally[i]);
    result->done += self->done;
    result->failed += self->failed;
    for (int i = 0; i < CSIM_FAILURES; i++) result->failed_by[i] += self->failed_by[i];
    for (int i = 0; i < CSIM_MAX_OUTCOMES; i++) result->failed_slot[i] += self->failed_slot[i];
}
