/* See waterfall.h. A mixed scenario is named by the set of groups that come from B: no bit is A, all bits are B. */
#include "csim/engine/waterfall.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csim/base/clock.h"
#include "csim/catalogue/catalogue.h"
#include "csim/engine/columns.h"
#include "csim/engine/compare_numbers.h"

typedef struct mixed { uint64_t from_b; double *value; /* [paths], NULL until run */ } mixed;

struct csim_waterfall {
    csim_waterfall_side side[2];
    char series[2 * CSIM_PLAN_ID];
    const char *series_list[1];
    int month;
    csim_run_options options;
    csim_comparison *ends;
    csim_differences *differences;
    csim_waterfall_groups groups;
    size_t orders, mixes, room, next;
    unsigned char *order;             /* [orders][groups] */
    mixed *mix;                       /* by from_b, ascending */
    csim_catalogue *catalogue;        /* of the last mix: most often that of the next */
    char catalogue_dir[4096];
    csim_columns *columns;            /* of the mix that runs */
    csim_waterfall_bar bar[CSIM_SHAPLEY_PLAYERS];
    csim_waterfall_total sum;
    int finished;
};

static csim_status no_memory(csim_error *err) { return csim_error_set(err, CSIM_NO_MEMORY, "no memory for a waterfall"); }
static uint64_t everything(const csim_waterfall *self) { return (UINT64_C(1) << self->groups.count) - 1; }

/* ---- which mixes ---------------------------------------------------------------------------------------------------------------------------------- */

static int by_set(const void *a, const void *b) {
    const uint64_t x = ((const mixed *)a)->from_b, y = ((const mixed *)b)->from_b;
    return (x > y) - (x < y);
}

static csim_status want_mix(csim_waterfall *self, uint64_t from_b, csim_error *err) {
    if (self->mixes == self->room) {
        self->room = 2 * self->room + 64;
        mixed *more = realloc(self->mix, self->room * sizeof *more);
        if (!more) return no_memory(err);
        self->mix = more;
    }
    self->mix[self->mixes++] = (mixed){from_b, NULL};
    return CSIM_OK;
}

static csim_status want_orders(csim_waterfall *self, uint64_t seed, uint32_t orders, csim_error *err) {
    csim_status status = CSIM_OK;
    self->orders = ((orders ? orders : CSIM_WATERFALL_ORDERS) + 1u) & ~(size_t)1;
    self->order = malloc(self->orders * self->groups.count);
    if (!self->order) return no_memory(err);
    csim_shapley_orders(seed, self->groups.count, self->orders, self->order);
    for (size_t k = 0; k < self->orders; k++) {
        uint64_t from_b = 0;
        for (size_t i = 0; !status && i < self->groups.count; i++) {
            from_b |= UINT64_C(1) << self->order[k * self->groups.count + i];
            status = want_mix(self, from_b, err);
        }
    }
    return status ? status : want_mix(self, 0, err);
}

static csim_status want_mixes(csim_waterfall *self, uint32_t orders, csim_error *err) {
    csim_status status = CSIM_OK;
    if (self->groups.count > CSIM_WATERFALL_EXACT) status = want_orders(self, self->options.seed, orders, err);
    else
        for (uint64_t from_b = 0; !status && from_b <= everything(self); from_b++) status = want_mix(self, from_b, err);
    if (status) return status;
    size_t kept = 0;
    qsort(self->mix, self->mixes, sizeof *self->mix, by_set);
    for (size_t i = 0; i < self->mixes; i++)
        if (!kept || self->mix[i].from_b != self->mix[kept - 1].from_b) self->mix[kept++] = self->mix[i];
    self->mixes = kept;
    return CSIM_OK;
}

/* ---- a mix -------------------------------------------------------------------------------------------------------------------------------------- */

static csim_status compile(csim_waterfall *self, const csim_scenario *scenario, csim_plan **out, csim_error *err) {
    csim_status status = CSIM_OK;
    if (!self->catalogue || strcmp(self->catalogue_dir, scenario->catalogue_dir) != 0) {
        csim_catalogue_free(self->catalogue);
        self->catalogue = NULL;
        snprintf(self->catalogue_dir, sizeof self->catalogue_dir, "%s", scenario->catalogue_dir);
        status = csim_catalogue_load(scenario->catalogue_dir, &self->catalogue, err);
    }
    return status ? status : csim_plan_compile(scenario, self->catalogue, out, err);
}

/* A run brings its plan, but mixes are compiled from its scenario with the catalogue of today. */
static csim_status check_runs(csim_waterfall *self, csim_error *err) {
    csim_status status = CSIM_OK;
    for (int i = 0; !status && i < 2; i++) {
        const csim_compare_side *side = &self->side[i].compare;
        csim_plan *plan = NULL;
        if (!side->result) continue;
        status = compile(self, self->side[i].scenario, &plan, err);
        if (!status && memcmp(plan, side->plan, sizeof *plan))
            status = csim_error_set(err, CSIM_INCONSISTENT, "the catalogue has changed since %.200s was run: run it again before its differences are attributed", side->name);
        csim_plan_free(plan);
    }
    return status;
}

/* An invalid mix is the groups' fault, not that of the canonical text in which its place lies. */
static csim_status refuse_mix(const csim_waterfall *self, uint64_t from_b, csim_error *err) {
    char names[256] = "", field[sizeof err->field], detail[400];
    size_t used = 0;
    if (!err) return CSIM_INCONSISTENT;
    for (size_t g = 0; g < self->groups.count && used < sizeof names; g++)
        if (from_b >> g & 1) used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "", self->groups.name[g]);
    snprintf(field, sizeof field, "%s", err->field);
    snprintf(detail, sizeof detail, "%.399s", err->detail);
    csim_error_set(err, CSIM_INCONSISTENT, "%.100s with %s of %.100s is no valid scenario: %s%s%s", self->side[0].compare.name, names, self->side[1].compare.name, field,
                   field[0] ? ": " : "", detail);
    csim_error_hint(err, "put the groups that need each other together in a file of groups");
    return CSIM_INCONSISTENT;
}

static csim_status compile_mix(csim_waterfall *self, uint64_t from_b, csim_plan **out, csim_error *err) {
    const size_t count = self->differences->count;
    csim_scenario *scenario = NULL;
    bool *chosen = calloc(count + 1, sizeof *chosen);
    if (!chosen) return no_memory(err);
    for (size_t i = 0; i < count; i++) chosen[i] = self->groups.of[i] >= 0 && (from_b >> self->groups.of[i] & 1);
    csim_status status = csim_scenario_mix(self->side[0].scenario, self->side[1].scenario, chosen, count, &scenario, err);
    if (!status) status = compile(self, scenario, out, err);
    csim_scenario_free(scenario);
    free(chosen);
    return status && status != CSIM_NO_MEMORY ? refuse_mix(self, from_b, err) : status;
}

static csim_status open_mix(csim_waterfall *self, const mixed *mix, csim_error *err) {
    csim_plan *plan = NULL;
    csim_status status = compile_mix(self, mix->from_b, &plan, err);
    if (status) return status;
    const csim_plan_scalar wanted = {csim_plan_slot(plan, self->series), self->month - plan->start_month};
    if (wanted.slot < 0 || wanted.month < 0 || wanted.month >= plan->months) {
        csim_error_set(err, CSIM_INCONSISTENT, "it does not have the series in that month");
        status = refuse_mix(self, mix->from_b, err);
    }
    if (!status) status = csim_columns_new(plan, &wanted, 1, 0, &self->options, &self->columns, err);
    csim_plan_free(plan);
    return status;
}

static csim_status keep_values(csim_waterfall *self, mixed *mix, const double *value, csim_error *err) {
    mix->value = malloc(self->options.paths * sizeof *mix->value);
    if (!mix->value) return no_memory(err);
    memcpy(mix->value, value, self->options.paths * sizeof *mix->value);
    return CSIM_OK;
}

/* The ends are mixes too, and have run. */
static csim_status take_end(csim_waterfall *self, mixed *mix, size_t side, csim_error *err) {
    csim_run_tell(&self->options, self->options.paths);
    return keep_values(self, mix, csim_comparison_column(self->ends, side, 0), err);
}

static csim_status advance_mix(csim_waterfall *self, mixed *mix, double seconds, const atomic_int *cancel, csim_error *err) {
    if (!mix->from_b) return take_end(self, mix, 0, err);
    if (mix->from_b == everything(self)) return take_end(self, mix, 1, err);
    csim_status status = self->columns ? CSIM_OK : open_mix(self, mix, err);
    if (!status) status = csim_columns_advance(self->columns, seconds, cancel, err);
    if (status || csim_columns_done(self->columns) < self->options.paths) return status;
    status = keep_values(self, mix, csim_columns_value(self->columns, 0), err);
    csim_columns_free(self->columns);
    self->columns = NULL;
    return status;
}

/* ---- sections that need each other -------------------------------------------------------------------------------------------------------------- */

static csim_status is_valid(csim_waterfall *self, uint64_t from_b, int *valid, csim_error *err) {
    csim_plan *plan = NULL;
    const csim_status status = compile_mix(self, from_b, &plan, err);
    csim_plan_free(plan);
    *valid = !status;
    return status == CSIM_INCONSISTENT ? CSIM_OK : status;
}

/* A group that makes no valid scenario in A alone, or whose lack makes none in B, is joined with the first other that mends it. */
static csim_status join_one(csim_waterfall *self, size_t group, int *joined, csim_error *err) {
    int valid;
    for (int lacking = 0; lacking < 2; lacking++) {
        const uint64_t flip = lacking ? everything(self) : 0, it = UINT64_C(1) << group;
        csim_status status = is_valid(self, it ^ flip, &valid, err);
        for (size_t other = 0; !status && !valid && other < self->groups.count; other++) {
            if (other == group) continue;
            status = is_valid(self, (it | UINT64_C(1) << other) ^ flip, &valid, err);
            if (status || !valid) continue;
            csim_waterfall_groups_join(&self->groups, self->differences->count, group, other);
            *joined = 1;
            return CSIM_OK;
        }
        if (status) return status;
    }
    return CSIM_OK;
}

static csim_status join_groups(csim_waterfall *self, csim_error *err) {
    csim_status status = CSIM_OK;
    for (size_t group = 0; !status && self->groups.count > 2 && group < self->groups.count;) {
        int joined = 0;
        status = join_one(self, group, &joined, err);
        group = joined ? 0 : group + 1;
    }
    return status;
}

/* ---- life ----------------------------------------------------------------------------------------------------------------------------------------- */

static csim_status open_ends(csim_waterfall *self, const csim_waterfall_request *wanted, csim_error *err) {
    const csim_compare_side sides[2] = {self->side[0].compare, self->side[1].compare};
    const csim_compare_request ends = {.paths = wanted->paths ? wanted->paths : CSIM_WATERFALL_PATHS, .has_seed = wanted->has_seed, .seed = wanted->seed, .drawn = wanted->drawn, .threads = wanted->threads, .told = wanted->told,
                                       .series = self->series_list, .series_count = 1, .month = &self->month, .months = 1};
    return csim_comparison_new(sides, 2, &ends, &self->ends, err);
}

csim_status csim_waterfall_new(const csim_waterfall_side sides[2], const csim_waterfall_request *wanted, csim_waterfall **out, csim_error *err) {
    *out = NULL;
    csim_waterfall *self = calloc(1, sizeof *self);
    if (!self) return no_memory(err);
    memcpy(self->side, sides, sizeof self->side);
    snprintf(self->series, sizeof self->series, "%s", wanted->series);
    self->series_list[0] = self->series;
    self->month = wanted->month;
    csim_status status = wanted->orders > CSIM_WATERFALL_MOST_ORDERS ? csim_error_set(err, CSIM_USAGE, "a waterfall takes at most %d orders", CSIM_WATERFALL_MOST_ORDERS) : CSIM_OK;
    if (!status) status = open_ends(self, wanted, err);
    if (!status) self->options = csim_comparison_options(self->ends);
    if (!status) status = csim_differences_find(sides[0].scenario, sides[1].scenario, &self->differences, err);
    if (!status) status = csim_waterfall_groups_make(self->differences, wanted->groups, &self->groups, err);
    if (!status && !wanted->groups) status = join_groups(self, err);
    if (!status) status = want_mixes(self, wanted->orders, err);
    if (status) csim_waterfall_free(self);
    else *out = self;
    return status;
}

void csim_waterfall_free(csim_waterfall *self) {
    if (!self) return;
    for (size_t i = 0; i < self->mixes; i++) free(self->mix[i].value);
    csim_columns_free(self->columns);
    csim_catalogue_free(self->catalogue);
    csim_waterfall_groups_clear(&self->groups);
    csim_differences_free(self->differences);
    csim_comparison_free(self->ends);
    free(self->order);
    free(self->mix);
    free(self);
}

/* ---- shares --------------------------------------------------------------------------------------------------------------------------------------- */

static const mixed *mix_of(const csim_waterfall *self, uint64_t from_b) { return bsearch(&(mixed){from_b, NULL}, self->mix, self->mixes, sizeof *self->mix, by_set); }
static const double *value_of(const void *self, uint64_t from_b) { return mix_of(self, from_b)->value; }

static double mean_change(const csim_waterfall *self, uint64_t from, uint64_t to, const unsigned char *usable) {
    const mixed *a = mix_of(self, from), *b = mix_of(self, to);
    double sum = 0.0, count = 0.0;
    if (!a || !b) return (double)NAN;
    for (uint32_t i = 0; i < self->options.paths; i++)
        if (usable[i]) sum += b->value[i] - a->value[i], count += 1.0;
    return count > 0.0 ? sum / count : (double)NAN;
}

/* The whole difference, over the same paths as the shares. */
static csim_status sum_up(csim_waterfall *self, const unsigned char *usable, csim_error *err) {
    size_t rows;
    const csim_compare_row *row = csim_comparison_rows(self->ends, &rows);
    double *a = malloc(self->options.paths * sizeof *a), *b = malloc(self->options.paths * sizeof *b);
    csim_compare_row all = {.side = 1};
    csim_status status = a && b ? CSIM_OK : no_memory(err);
    for (uint32_t i = 0; !status && i < self->options.paths; i++) {
        a[i] = usable[i] ? csim_comparison_column(self->ends, 0, 0)[i] : (double)NAN;
        b[i] = csim_comparison_column(self->ends, 1, 0)[i];
    }
    if (!status) status = csim_compare_numbers(a, b, self->options.paths, self->options.replicates, 0, &all, err);
    self->sum = (csim_waterfall_total){all.a, all.b, all.difference.mean, row->unit, all.difference.pairs, all.difference.dropped, self->mixes, self->orders};
    if (!self->groups.count) self->sum.runs = 2;
    free(a);
    free(b);
    return status;
}

static csim_status share_out(csim_waterfall *self, const unsigned char *usable, csim_error *err) {
    const csim_shapley_game game = {value_of, self, self->groups.count, self->options.paths, self->options.replicates};
    csim_shapley_share share[CSIM_SHAPLEY_PLAYERS];
    csim_status status = self->orders ? csim_shapley_sampled(&game, usable, self->order, self->orders, share, err) : csim_shapley_exact(&game, usable, share, err);
    for (size_t g = 0; !status && g < self->groups.count; g++) {
        csim_waterfall_bar *bar = &self->bar[g];
        const uint64_t it = UINT64_C(1) << g;
        *bar = (csim_waterfall_bar){.keys = self->groups.keys[g], .effect = share[g].effect, .order_error = share[g].order_error,
                                    .alone = mean_change(self, 0, it, usable), .last = mean_change(self, everything(self) & ~it, everything(self), usable)};
        memcpy(bar->group, self->groups.name[g], sizeof bar->group);
    }
    return status ? status : sum_up(self, usable, err);
}

static csim_status finish(csim_waterfall *self, csim_error *err) {
    const csim_shapley_game game = {value_of, self, self->groups.count, self->options.paths, self->options.replicates};
    unsigned char *usable = malloc(self->options.paths);
    uint64_t *needed = malloc(self->mixes * sizeof *needed);
    csim_status status = usable && needed ? CSIM_OK : no_memory(err);
    for (size_t i = 0; !status && i < self->mixes; i++) needed[i] = self->mix[i].from_b;
    if (!status) csim_shapley_usable(&game, needed, self->mixes, usable);
    if (!status) status = share_out(self, usable, err);
    self->finished = !status;
    free(usable);
    free(needed);
    return status;
}

static csim_status advance_ends(csim_waterfall *self, double seconds, const atomic_int *cancel, int *finished, csim_error *err) {
    uint64_t done, total;
    csim_comparison_progress(self->ends, &done, &total);
    csim_status status = CSIM_OK;
    if (done < total) {
        if (!done) status = check_runs(self, err);
        if (!status) status = csim_comparison_advance(self->ends, seconds, cancel, err);
        csim_comparison_progress(self->ends, &done, &total);
    }
    *finished = done == total;
    return status;
}

csim_status csim_waterfall_advance(csim_waterfall *self, double seconds, const atomic_int *cancel, csim_error *err) {
    const double deadline = seconds > 0.0 ? csim_clock_s() + seconds : 0.0;
    int finished;
    csim_status status = advance_ends(self, seconds, cancel, &finished, err);
    if (status || !finished || self->finished) return status;
    while (self->next < self->mixes) {
        const double left = deadline > 0.0 ? deadline - csim_clock_s() : 0.0;
        if (deadline > 0.0 && left <= 0.0) return CSIM_OK;
        if (cancel && atomic_load(cancel)) return csim_error_set(err, CSIM_INTERRUPTED, "interrupted after %zu of %zu scenarios", self->next, self->mixes);
        status = advance_mix(self, &self->mix[self->next], left, cancel, err);
        if (status) return status;
        self->next += self->mix[self->next].value != NULL;
    }
    return finish(self, err);
}

void csim_waterfall_progress(const csim_waterfall *self, uint64_t *done, uint64_t *total) {
    const uint64_t paths = self->options.paths;
    csim_comparison_progress(self->ends, done, total);
    *done += paths * self->next + (self->columns ? csim_columns_done(self->columns) : 0);
    *total += paths * self->mixes;
    if (!self->finished && *done == *total) --*done;
}

const csim_waterfall_bar *csim_waterfall_bars(const csim_waterfall *self, size_t *count) {
    *count = self->finished ? self->groups.count : 0;
    return self->bar;
}

const csim_waterfall_total *csim_waterfall_sum(const csim_waterfall *self) { return &self->sum; }
const csim_comparison *csim_waterfall_ends(const csim_waterfall *self) { return self->ends; }
