/* See compare.h. One side runs at a time; what is kept of each are the columns that rows and claims need. */
#include "csim/engine/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csim/base/clock.h"
#include "csim/engine/columns.h"
#include "csim/engine/compare_numbers.h"
#include "csim/engine/compare_select.h"

struct csim_comparison {
    csim_compare_side side[CSIM_COMPARE_SIDES];
    csim_columns *columns[CSIM_COMPARE_SIDES]; /* of finished sides, and of the one that runs */
    size_t sides, finished;
    csim_run_options options;
    csim_compare_selection chosen;
    csim_compare_row *row;
    csim_compare_claim *claim;
    size_t rows, claims;
    int identical[CSIM_COMPARE_SIDES];
};

/* --- sampler, seed and paths ------------------------------------------------------------------------------------------------------------------------------ */

/* Points of two samplers are not pairs. What is a scenario is run with the runs' own. */
static csim_status take_sampler(csim_comparison *self, const csim_compare_side *run, const csim_compare_side *side, csim_error *err) {
    const csim_run_options *one = &run->result->options, *other = &side->result->options;
    if (one->sampler != other->sampler || one->replicates != other->replicates || one->strata != other->strata)
        return csim_error_set(err, CSIM_USAGE, "%.200s was drawn by the sampler %s in %u replicates and %.200s by %s in %u: paths can only be paired when they were drawn alike",
                              run->name, csim_sampler_name(one->sampler), one->replicates, side->name, csim_sampler_name(other->sampler), other->replicates);
    self->options.sampler = one->sampler;
    self->options.replicates = one->replicates;
    self->options.strata = one->strata;
    return CSIM_OK;
}

/* Without a run the wish counts, or else the first scenario's own; a hypercube gets as many points as there are paths to compare. */
static csim_status choose_sampler(csim_comparison *self, const csim_compare_request *wanted, csim_error *err) {
    const csim_compare_side *first = &self->side[0];
    const csim_status status = csim_sampling_choose(&wanted->drawn, first->sampler, first->replicates, &self->options.sampler, &self->options.replicates, err);
    if (!status) csim_run_options_complete(&self->options);
    return status;
}

static csim_status refuse_other_sampler(const csim_compare_side *run, const csim_sampler_wish *wish, csim_error *err) {
    const csim_run_options *of = &run->result->options;
    csim_sampler sampler;
    uint32_t replicates;
    const csim_status status = csim_sampling_choose(wish, of->sampler, of->replicates, &sampler, &replicates, err);
    if (status || (sampler == of->sampler && (!wish->replicates || replicates == of->replicates))) return status;
    return csim_error_set(err, CSIM_USAGE, "%.200s was drawn by the sampler %s in %u replicates: it cannot be compared by %s in %u", run->name, csim_sampler_name(of->sampler),
                          of->replicates, csim_sampler_name(sampler), replicates);
}

static csim_status choose_draws(csim_comparison *self, const csim_compare_request *wanted, csim_error *err) {
    const csim_compare_side *run = NULL;
    self->options.told = wanted->told;
    self->options.seed = wanted->has_seed ? wanted->seed : self->side[0].seed;
    for (size_t i = 0; i < self->sides; i++) {
        const csim_compare_side *side = &self->side[i];
        if (!side->result) continue;
        if (run && side->seed != run->seed)
            return csim_error_set(err, CSIM_USAGE, "%.200s has the seed %llu and %.200s the seed %llu: paths can only be paired at one seed", run->name,
                                  (unsigned long long)run->seed, side->name, (unsigned long long)side->seed);
        if (run && side->result->options.first_path != run->result->options.first_path)
            return csim_error_set(err, CSIM_USAGE, "%.200s begins at path %u and %.200s at path %u: the same paths are needed", run->name,
                                  run->result->options.first_path, side->name, side->result->options.first_path);
        const csim_status status = take_sampler(self, run ? run : side, side, err);
        if (status) return status;
        run = side;
    }
    if (!run) return choose_sampler(self, wanted, err);
    if (wanted->has_seed && wanted->seed != run->seed)
        return csim_error_set(err, CSIM_USAGE, "%.200s was run with the seed %llu: it cannot be compared at the seed %llu", run->name,
                              (unsigned long long)run->seed, (unsigned long long)wanted->seed);
    self->options.seed = run->seed;
    self->options.first_path = run->result->options.first_path;
    const uint32_t points = csim_run_options_points(&self->options);
    if (self->options.paths > points) self->options.paths = points;
    return refuse_other_sampler(run, &wanted->drawn, err);
}

/* --- life ---------------------------------------------------------------------------------------------------------------------------------------- */

csim_status csim_comparison_new(const csim_compare_side *sides, size_t count, const csim_compare_request *wanted, csim_comparison **out, csim_error *err) {
    *out = NULL;
    if (count < 2 || count > CSIM_COMPARE_SIDES)
        return csim_error_set(err, CSIM_USAGE, "a comparison wants 2 to %d scenarios or runs, not %zu", CSIM_COMPARE_SIDES, count);
    csim_comparison *self = calloc(1, sizeof *self);
    if (!self) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for a comparison");
    memcpy(self->side, sides, count * sizeof *sides);
    self->sides = count;
    self->options.paths = wanted->paths ? wanted->paths : CSIM_COMPARE_PATHS;
    self->options.threads = wanted->threads;
    self->options.replicates = 1;
    csim_status status = choose_draws(self, wanted, err);
    if (!status) status = csim_compare_select(self->side, count, wanted, &self->chosen, err);
    if (status) csim_comparison_free(self);
    else *out = self;
    return status;
}

void csim_comparison_free(csim_comparison *self) {
    if (!self) return;
    for (size_t i = 0; i < self->sides; i++) csim_columns_free(self->columns[i]);
    free(self->row);
    free(self->claim);
    free(self);
}

/* --- runs ---------------------------------------------------------------------------------------------------------------------------------------- */

static csim_status open_side(csim_comparison *self, size_t at, csim_error *err) {
    const csim_plan *plan = self->side[at].plan;
    csim_plan_scalar wanted[CSIM_MAX_SCALARS];
    for (size_t i = 0; i < self->chosen.count; i++) {
        const csim_compare_item *item = &self->chosen.item[i];
        wanted[i] = (csim_plan_scalar){csim_plan_slot(plan, item->series), item->month - plan->start_month};
    }
    return csim_columns_new(plan, wanted, self->chosen.count, 1, &self->options, &self->columns[at], err);
}

/* A run file keeps the first paths: were they simulated by another model, comparing would mix two programs. A path that the file does not know was stopped
 * there, perhaps in a month after those compared, or not simulated. */
static csim_status hold_against_kept(const csim_comparison *self, size_t at, csim_error *err) {
    const csim_result *result = self->side[at].result;
    for (size_t i = 0; result && i < self->chosen.count; i++) {
        const csim_compare_item *item = &self->chosen.item[i];
        const int kept = csim_plan_scalar_find(result->plan, csim_plan_slot(result->plan, item->series), item->month - result->plan->start_month);
        const double *value = csim_columns_value(self->columns[at], i);
        for (uint32_t path = 0; kept >= 0 && path < result->kept && path < self->options.paths; path++) {
            const double then = result->kept_scalar[(size_t)path * (size_t)result->plan->scalars + (size_t)kept];
            if (!isnan(then) && value[path] != then)
                return csim_error_set(err, CSIM_INCONSISTENT, "%.200s was made by another model: path %u of %s is not what this program simulates; run it again",
                                      self->side[at].name, self->options.first_path + path, item->series);
        }
    }
    return CSIM_OK;
}

static csim_status advance_side(csim_comparison *self, size_t at, double seconds, const atomic_int *cancel, csim_error *err) {
    csim_status status = self->columns[at] ? CSIM_OK : open_side(self, at, err);
    if (!status) status = csim_columns_advance(self->columns[at], seconds, cancel, err);
    if (status || csim_columns_done(self->columns[at]) < self->options.paths) return status;
    status = hold_against_kept(self, at, err);
    if (!status) self->finished++;
    return status;
}

/* --- what is found ------------------------------------------------------------------------------------------------------------------------------- */

static csim_status compare_rows(csim_comparison *self, size_t side, csim_error *err) {
    csim_status status = CSIM_OK;
    for (size_t i = 0; !status && i < self->chosen.count; i++) {
        const csim_compare_item *item = &self->chosen.item[i];
        csim_compare_row *row = &self->row[self->rows++];
        strcpy(row->series, item->series);
        row->unit = item->outcome->unit;
        row->month = item->month;
        row->side = side;
        status = csim_compare_numbers(csim_columns_value(self->columns[0], i), csim_columns_value(self->columns[side], i), self->options.paths, self->options.replicates,
                                      item->outcome->scale == CSIM_SCALE_LOG, row, err);
        self->identical[side] = self->identical[side] && row->identical;
    }
    return status;
}

static int reading_of(const csim_plan *plan, const char *id) {
    for (int i = 0; i < plan->readings; i++)
        if (!strcmp(plan->reading_id[i], id)) return i;
    return -1;
}

static void compare_claims(csim_comparison *self, size_t side) {
    const csim_plan *first = self->side[0].plan, *plan = self->side[side].plan;
    for (int i = 0; i < first->readings; i++) {
        const int k = reading_of(plan, first->reading_id[i]);
        if (k < 0) continue;
        const unsigned char *a = csim_columns_hit(self->columns[0], i), *b = csim_columns_hit(self->columns[side], k);
        csim_compare_claim *claim = &self->claim[self->claims++];
        strcpy(claim->reading, first->reading_id[i]);
        claim->side = side;
        csim_compare_answers(a, b, self->options.paths, self->options.replicates, claim);
        self->identical[side] = self->identical[side] && !memcmp(a, b, self->options.paths);
    }
}

static csim_status compare_all(csim_comparison *self, csim_error *err) {
    if (self->row) return CSIM_OK;
    self->row = calloc((self->sides - 1) * self->chosen.count, sizeof *self->row);
    self->claim = calloc((self->sides - 1) * (size_t)self->side[0].plan->readings + 1, sizeof *self->claim);
    if (!self->row || !self->claim) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for a comparison");
    for (size_t side = 1; side < self->sides; side++) {
        self->identical[side] = 1;
        const csim_status status = compare_rows(self, side, err);
        if (status) return status;
        compare_claims(self, side);
    }
    return CSIM_OK;
}

csim_status csim_comparison_advance(csim_comparison *self, double seconds, const atomic_int *cancel, csim_error *err) {
    const double deadline = seconds > 0.0 ? csim_clock_s() + seconds : 0.0;
    while (self->finished < self->sides) {
        const double left = deadline > 0.0 ? deadline - csim_clock_s() : 0.0;
        if (deadline > 0.0 && left <= 0.0) return CSIM_OK;
        const csim_status status = advance_side(self, self->finished, left, cancel, err);
        if (status) return status;
    }
    return compare_all(self, err);
}

void csim_comparison_progress(const csim_comparison *self, uint64_t *done, uint64_t *total) {
    *done = 0;
    *total = (uint64_t)self->sides * self->options.paths;
    for (size_t i = 0; i < self->sides; i++) *done += self->columns[i] ? csim_columns_done(self->columns[i]) : 0;
    if (self->finished < self->sides && *done == *total) --*done; /* the last look at what was found is still to come */
}

/* --- looking ------------------------------------------------------------------------------------------------------------------------------------- */

const csim_compare_row *csim_comparison_rows(const csim_comparison *self, size_t *count) {
    *count = self->rows;
    return self->row;
}

const csim_compare_claim *csim_comparison_claims(const csim_comparison *self, size_t *count) {
    *count = self->claims;
    return self->claim;
}

int csim_comparison_identical(const csim_comparison *self, size_t side) { return self->identical[side]; }
size_t csim_comparison_sides(const csim_comparison *self) { return self->sides; }
const char *csim_comparison_name(const csim_comparison *self, size_t side) { return self->side[side].name; }
uint64_t csim_comparison_seed(const csim_comparison *self) { return self->options.seed; }
uint32_t csim_comparison_paths(const csim_comparison *self) { return self->options.paths; }
const char *csim_comparison_note(const csim_comparison *self, size_t i) { return i < self->chosen.notes ? self->chosen.note[i] : NULL; }

csim_run_options csim_comparison_options(const csim_comparison *self) { return self->options; }
const double *csim_comparison_column(const csim_comparison *self, size_t side, size_t item) { return csim_columns_value(self->columns[side], item); }
