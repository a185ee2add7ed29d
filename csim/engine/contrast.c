/* See contrast.h. First the further runs, one at a time and trimmed to what is asked; then the statistics of pairs. */
#include "csim/engine/contrast.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csim/base/clock.h"
#include "csim/engine/further.h"
#include "csim/stats/path_mean.h"
#include "csim/stats/sample.h"

enum { MAIN_SIDE = 0 };

/* One scenario that contrasts look at. side[MAIN_SIDE] is the one that runs. */
typedef struct side {
    const char *name;          /* borrowed from the scenario, as is `at` */
    const csim_reference *at;
    csim_plan *plan;           /* trimmed; NULL until loaded */
    csim_run *run;
    int start_month, finished;
} side;

/* One reading with `against`. */
typedef struct job {
    const csim_reading *reading;
    size_t side[2];            /* A, B */
    double *value[2];          /* [paths] of A and of B, NAN where stopped or not found */
    char reason[CSIM_FURTHER_REASON];       /* why there is no answer, "" */
    csim_paired paired;
    int answered;
} job;

struct csim_contrasts {
    const csim_scenario *scenario;
    const csim_result *main_result;
    uint32_t paths;
    size_t sides, jobs;
    side *side;
    job *job;
};

/* --- what is asked --------------------------------------------------------------------------------------------------------------------------- */

static size_t side_of(csim_contrasts *self, const csim_reference *of) {
    size_t i = MAIN_SIDE;
    if (!of->name[0]) return MAIN_SIDE;
    for (i = MAIN_SIDE + 1; i < self->sides; i++)
        if (!strcmp(self->side[i].at->file, of->file)) return i;
    self->side[self->sides].name = of->name;
    self->side[self->sides++].at = of;
    return i;
}

static csim_status add_job(csim_contrasts *self, const csim_reading *reading, csim_error *err) {
    job *added = &self->job[self->jobs++];
    added->reading = reading;
    added->side[0] = side_of(self, &reading->against_base_at);
    added->side[1] = side_of(self, &reading->against_at);
    for (int i = 0; i < 2; i++) {
        added->value[i] = malloc(((size_t)self->paths + 1) * sizeof(double));
        if (!added->value[i]) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for contrasts of %u paths", self->paths);
        for (uint32_t path = 0; path < self->paths; path++) added->value[i][path] = (double)NAN;
    }
    return CSIM_OK;
}

static csim_status add_jobs(csim_contrasts *self, csim_error *err) {
    const csim_scenario *s = self->scenario;
    size_t readings = 0;
    for (size_t c = 0; c < s->claims; c++) readings += s->claim[c].count;
    self->job = calloc(readings + 1, sizeof *self->job);
    self->side = calloc(2 * readings + 1, sizeof *self->side);
    if (!self->job || !self->side) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for contrasts");
    self->side[self->sides++].name = ""; /* MAIN_SIDE */
    csim_status status = CSIM_OK;
    for (size_t c = 0; c < s->claims; c++)
        for (size_t i = 0; !status && i < s->claim[c].count; i++)
            if (s->claim[c].readings[i].against[0]) status = add_job(self, &s->claim[c].readings[i], err);
    return status;
}

csim_status csim_contrasts_new(const csim_scenario *scenario, const csim_result *result, uint32_t paths, csim_contrasts **out, csim_error *err) {
    *out = NULL;
    csim_contrasts *self = calloc(1, sizeof *self);
    if (!self) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for contrasts");
    self->scenario = scenario;
    self->main_result = result;
    self->paths = csim_further_paths(result, paths);
    const csim_status status = add_jobs(self, err);
    if (status) {
        csim_contrasts_free(self);
        return status;
    }
    *out = self;
    return CSIM_OK;
}

void csim_contrasts_free(csim_contrasts *self) {
    if (!self) return;
    for (size_t i = 0; self->side && i < self->sides; i++) {
        csim_run_free(self->side[i].run);
        csim_plan_free(self->side[i].plan);
    }
    for (size_t i = 0; self->job && i < self->jobs; i++) {
        free(self->job[i].value[0]);
        free(self->job[i].value[1]);
    }
    free(self->side);
    free(self->job);
    free(self);
}

/* --- the further runs ------------------------------------------------------------------------------------------------------------------------ */

static void give_reason(job *of, const char *sentence, const char *name) {
    if (!of->reason[0]) snprintf(of->reason, sizeof of->reason, sentence, name[0] ? name : "the scenario that runs");
}

/* Position of the kept number a job needs in `plan`, added when `add`; −1 with a reason. */
static int column_of(job *of, csim_plan *plan, const char *scenario_name, int add) {
    const csim_reading *reading = of->reading;
    char name[4 * CSIM_PLAN_ID];
    snprintf(name, sizeof name, "%s%s%s", reading->metric, reading->element[0] ? "." : "", reading->element);
    const int at = reading->at_month != CSIM_NO_MONTH ? reading->at_month : reading->by_month, slot = csim_plan_slot(plan, name), month = at - plan->start_month;
    if (slot < 0) return give_reason(of, "the metric is no outcome of %s", scenario_name), -1;
    if (at == CSIM_NO_MONTH || month < 0 || month >= plan->months) return give_reason(of, "the month lies outside the horizon of %s", scenario_name), -1;
    const int found = csim_plan_scalar_find(plan, slot, month);
    if (found >= 0 || !add) return found;
    if (plan->scalars == CSIM_MAX_SCALARS) return give_reason(of, "too many numbers to keep in %s", scenario_name), -1;
    plan->scalar[plan->scalars] = (csim_plan_scalar){slot, month};
    return plan->scalars++;
}

static int uses(const job *of, size_t side_index, int end) { return of->side[end] == side_index; }

/* Cuts a plan down to the numbers the contrasts compare. */
static void trim(csim_contrasts *self, size_t at) {
    side *which = &self->side[at];
    which->plan->readings = 0;
    which->plan->scalars = 0;
    for (size_t i = 0; i < self->jobs; i++)
        if (uses(&self->job[i], at, 0) || uses(&self->job[i], at, 1)) column_of(&self->job[i], which->plan, which->name, 1);
    csim_plan_trim(which->plan);
}

static csim_status copy_main_plan(csim_contrasts *self, csim_error *err) {
    csim_plan *copy = malloc(sizeof *copy);
    if (!copy) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for a plan");
    memcpy(copy, self->main_result->plan, sizeof *copy);
    self->side[MAIN_SIDE].plan = copy;
    return CSIM_OK;
}

/* Copies the columns a side contributes. */
static void take_columns(csim_contrasts *self, size_t at, csim_plan *plan, const csim_result *result) {
    for (size_t i = 0; i < self->jobs; i++)
        for (int end = 0; end < 2; end++) {
            if (!uses(&self->job[i], at, end)) continue;
            const int column = column_of(&self->job[i], plan, self->side[at].name, 0);
            for (uint32_t path = 0; column >= 0 && path < self->paths; path++)
                self->job[i].value[end][path] = result->kept_scalar[(size_t)path * (size_t)plan->scalars + (size_t)column];
        }
}

/* True when the main run has kept every number that a side with the main run's plan would be run for. Not when it has stopped paths: some may have been
 * stopped after the last month that is asked, and whether they count must not depend on what was kept. */
static int main_run_serves(csim_contrasts *self, size_t at, csim_plan *plan) {
    const csim_result *result = self->main_result;
    if (result->kept < self->paths || result->done < result->options.paths || result->failed) return 0;
    for (size_t i = 0; i < self->jobs; i++)
        if ((uses(&self->job[i], at, 0) || uses(&self->job[i], at, 1)) && column_of(&self->job[i], plan, self->side[at].name, 0) < 0 && !self->job[i].reason[0]) return 0;
    return 1;
}

static int same_plan(const csim_plan *a, const csim_plan *b) { return !memcmp(a, b, sizeof *a); }

static csim_status open_side(csim_contrasts *self, size_t at, csim_error *err) {
    side *which = &self->side[at];
    const csim_result *result = self->main_result;
    csim_status status = CSIM_OK;
    if (!which->plan) status = at == MAIN_SIDE ? copy_main_plan(self, err) : csim_further_compile(self->scenario, which->at, "against", &which->plan, NULL, err);
    if (status) return status;
    if (same_plan(which->plan, result->plan) && main_run_serves(self, at, which->plan)) {
        take_columns(self, at, which->plan, result);
        csim_run_tell(&result->options, self->paths);
        which->finished = 1;
        return CSIM_OK;
    }
    trim(self, at);
    csim_run_options options = result->options; /* the same draws, so also the same sampler */
    options.paths = options.keep_paths = self->paths;
    options.keep_hits = 0;
    options.keep_slots = 0;
    options.verify = 0;
    options.skip_monthly = 1;
    return csim_run_new(which->plan, &options, &which->run, err);
}

static void close_side(side *which) {
    csim_run_free(which->run);
    csim_plan_free(which->plan);
    which->run = NULL;
    which->plan = NULL;
}

static csim_status advance_side(csim_contrasts *self, size_t at, double seconds, const atomic_int *cancel, csim_error *err) {
    side *which = &self->side[at];
    const csim_result *result;
    csim_status status = which->run ? CSIM_OK : open_side(self, at, err);
    if (!status && which->run) status = csim_run_advance(which->run, seconds, cancel, err);
    if (!status && which->run && csim_run_done(which->run) >= self->paths) {
        status = csim_run_result(which->run, &result, err);
        if (!status) take_columns(self, at, which->plan, result);
        which->finished = !status;
    }
    if (which->finished || !which->run) close_side(which); /* one run's memory at a time; a plan without a run is compiled again */
    return status;
}

static int is_used(const csim_contrasts *self, size_t at) {
    for (size_t i = 0; i < self->jobs; i++)
        if (uses(&self->job[i], at, 0) || uses(&self->job[i], at, 1)) return 1;
    return 0;
}

static csim_status answer_jobs(csim_contrasts *self, csim_error *err) {
    for (size_t i = 0; i < self->jobs; i++) {
        job *of = &self->job[i];
        if (of->answered || of->reason[0]) continue;
        const csim_reading *reading = of->reading;
        const csim_status status = csim_paired_compute(of->value[0], of->value[1], self->paths, self->main_result->options.replicates, reading->difference, reading->op, reading->value, &of->paired, err);
        if (status) return status;
        of->answered = of->paired.pairs > 0;
        if (!of->answered) give_reason(of, "no pair of paths has a finite difference", "");
    }
    return CSIM_OK;
}

/* A side that cannot be run leaves its readings open and the others alone. */
static void give_up(csim_contrasts *self, size_t at, const csim_error *cause) {
    char reason[CSIM_FURTHER_REASON];
    csim_further_reason("a scenario of the contrast failed", cause, reason);
    for (size_t i = 0; i < self->jobs; i++)
        if (uses(&self->job[i], at, 0) || uses(&self->job[i], at, 1)) memcpy(self->job[i].reason, reason, sizeof reason);
    self->side[at].finished = 1;
    close_side(&self->side[at]);
}

static csim_status pass_on(const csim_error *cause, csim_error *err) {
    if (err) *err = *cause;
    return cause->code;
}

csim_status csim_contrasts_advance(csim_contrasts *self, double seconds, const atomic_int *cancel, csim_error *err) {
    const double deadline = seconds > 0.0 ? csim_clock_s() + seconds : 0.0;
    csim_error cause;
    for (size_t at = 0; at < self->sides; at++) {
        while (!self->side[at].finished && is_used(self, at)) {
            const double left = deadline > 0.0 ? deadline - csim_clock_s() : 0.0;
            if (deadline > 0.0 && left <= 0.0) return CSIM_OK;
            if (cancel && atomic_load(cancel)) return csim_error_set(err, CSIM_INTERRUPTED, "interrupted while running contrasts");
            const csim_status status = advance_side(self, at, left, cancel, &cause);
            if (status && !csim_further_is_fatal(status)) give_up(self, at, &cause);
            else if (status) return pass_on(&cause, err);
        }
    }
    return answer_jobs(self, err);
}

void csim_contrasts_progress(const csim_contrasts *self, uint64_t *done, uint64_t *total) {
    *done = *total = 0;
    for (size_t at = 0; at < self->sides; at++) {
        if (!is_used(self, at)) continue;
        *total += self->paths;
        *done += self->side[at].finished ? self->paths : self->side[at].run ? csim_run_done(self->side[at].run) : 0;
    }
}

void csim_contrasts_find(const csim_contrasts *self, const csim_reading *reading, const csim_paired **out, const char **why) {
    *out = NULL;
    if (why) *why = "the contrast was not run";
    for (size_t i = 0; i < self->jobs; i++) {
        const job *of = &self->job[i];
        if (of->reading != reading) continue;
        if (of->answered) *out = &of->paired;
        if (why && of->reason[0]) *why = of->reason;
    }
}

/* --- statistics of pairs --------------------------------------------------------------------------------------------------------------------- */

int csim_comparison_holds(const char *op, double x, double value) {
    if (op[0] == '>') return op[1] == '=' ? x >= value : x > value;
    return op[1] == '=' ? x <= value : x < value;
}

static double difference_of(const char *kind, double a, double b) { return kind[0] == 'm' ? b - a : kind[0] == 'r' ? b / a : log(b / a); }

typedef struct moments { double n, mean_a, mean_b, aa, bb, ab; } moments;

/* Welford's update: stable where the spread is small against the mean. */
static void add_pair(moments *m, double a, double b) {
    m->n += 1.0;
    const double from_a = a - m->mean_a, from_b = b - m->mean_b;
    m->mean_a += from_a / m->n;
    m->mean_b += from_b / m->n;
    m->aa += from_a * (a - m->mean_a);
    m->bb += from_b * (b - m->mean_b);
    m->ab += from_a * (b - m->mean_b);
}

/* Independent runs would add the variances of A and B (of their logarithms, for a ratio); pairs have the variance of the difference instead. */
static double saved(const moments *m) {
    const double apart = m->aa + m->bb, paired = apart - 2.0 * m->ab;
    return m->n > 1.0 && paired > 0.0 ? apart / paired : (double)NAN;
}

size_t csim_contrasts_hits(const csim_contrasts *self, const csim_reading *reading, unsigned char *hit, size_t n) {
    const job *of = NULL;
    for (size_t i = 0; i < self->jobs; i++)
        if (self->job[i].reading == reading && self->job[i].answered) of = &self->job[i];
    const size_t count = !of ? 0 : n < self->paths ? n : self->paths;
    for (size_t i = 0; i < count; i++) {
        const double x = difference_of(reading->difference, of->value[0][i], of->value[1][i]);
        hit[i] = (unsigned char)(!isfinite(x) ? CSIM_HIT_UNKNOWN : csim_comparison_holds(reading->op, x, reading->value) ? CSIM_HIT : CSIM_MISS);
    }
    return count;
}

/* How many pairs of each replicate hold a reading's comparison, of how many. */
typedef struct by_replicate { uint64_t hits[CSIM_MAX_REPLICATES], count[CSIM_MAX_REPLICATES]; } by_replicate;

csim_status csim_paired_compute(const double *a, const double *b, size_t n, uint32_t replicates, const char *difference, const char *op, double value,
                                csim_paired *out, csim_error *err) {
    double *d = malloc((n + 1) * sizeof *d);
    moments levels = {0}, scale = {0};
    by_replicate parts = {0};
    const int logs = difference[0] != 'm';
    const uint32_t used = replicates ? replicates : 1;
    csim_path_mean mean = {.replicates = used};
    if (!d) return csim_error_set(err, CSIM_NO_MEMORY, "no memory to compare %zu pairs of paths", n);
    *out = (csim_paired){0};
    for (size_t i = 0; i < n; i++) {
        const double x = difference_of(difference, a[i], b[i]);
        if (!isfinite(x)) continue;
        d[out->pairs++] = x;
        csim_path_mean_add(&mean, i, x);
        parts.hits[i % used] += (uint64_t)csim_comparison_holds(op, x, value);
        parts.count[i % used]++;
        add_pair(&levels, a[i], b[i]);
        add_pair(&scale, logs ? log(a[i]) : a[i], logs ? log(b[i]) : b[i]); /* NAN for a ratio of numbers that are not positive, and then not defined */
    }
    csim_sample_sort(d, out->pairs);
    out->dropped = n - out->pairs;
    out->mean = csim_path_mean_estimate(&mean);
    out->p5 = csim_sample_quantile(d, out->pairs, 0.05);
    out->p50 = csim_sample_quantile(d, out->pairs, 0.5);
    out->p95 = csim_sample_quantile(d, out->pairs, 0.95);
    out->correlation = levels.aa > 0.0 && levels.bb > 0.0 ? levels.ab / sqrt(levels.aa * levels.bb) : (double)NAN;
    out->paths_saved = saved(&scale);
    out->probability = csim_probability_of_replicates(parts.hits, parts.count, used);
    free(d);
    return CSIM_OK;
}
