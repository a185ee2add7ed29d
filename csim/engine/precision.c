/* Parsing of targets, and the rule by which a run grows. */
#include "csim/engine/precision.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csim/catalogue/nearest.h"

/* ---- what is asked ---- */

static const char *slot_name(const void *plan, size_t i) { return ((const csim_plan *)plan)->slot_name[i]; }
static const char *reading_name(const void *plan, size_t i) { return ((const csim_plan *)plan)->reading_id[i]; }

static csim_status unknown(const csim_plan *plan, const char *name, int is_series, csim_error *err) {
    const char *nearest = csim_nearest_name(name, is_series ? slot_name : reading_name, plan, (size_t)(is_series ? plan->slots : plan->readings));
    csim_error_set(err, CSIM_UNKNOWN_NAME, is_series ? "precision: there is no series '%.100s'" : "precision: '%.100s' is no reading of a claim, and no series@month", name);
    if (nearest) csim_error_hint(err, "did you mean '%s'?", nearest);
    return CSIM_UNKNOWN_NAME;
}

static csim_status take_reading(const csim_plan *plan, const char *name, csim_target *to, csim_error *err) {
    for (to->reading = 0; to->reading < plan->readings; to->reading++)
        if (!strcmp(plan->reading_id[to->reading], name)) return CSIM_OK;
    return unknown(plan, name, 0, err);
}

static csim_status take_month(const csim_plan *plan, const char *text, csim_target *to, csim_error *err) {
    int year, month, used = 0;
    if (sscanf(text, "%4d-%2d%n", &year, &month, &used) != 2 || text[used] || month < 1 || month > 12)
        return csim_error_set(err, CSIM_USAGE, "precision: '%.20s' is no month such as 2026-12", text);
    const int t = (year - 2000) * 12 + month - 1 - plan->start_month;
    for (to->report = 0; to->report < plan->report_months; to->report++)
        if (plan->report_month[to->report] == t) return CSIM_OK;
    return csim_error_set(err, CSIM_UNKNOWN_NAME, "precision: distributions are kept at ends of quarters and in months that claims name, not in %.7s", text);
}

static csim_status take_statistic(const char *text, csim_target *to, csim_error *err) {
    char *end;
    to->p = (double)NAN;
    if (!strcmp(text, "mean")) return CSIM_OK;
    const double percent = text[0] == 'p' ? strtod(text + 1, &end) : 0.0;
    if (text[0] == 'p' && end != text + 1 && !*end && percent >= 5.0 && percent <= 95.0) {
        to->p = percent / 100.0;
        return CSIM_OK;
    }
    return csim_error_set(err, CSIM_USAGE, "precision: '%.20s' is no statistic: there are mean and p05 to p95", text);
}

/* The parts of a name without its error; `name` is cut up. */
static csim_status take_series(const csim_plan *plan, char *name, csim_target *to, csim_error *err) {
    char *month = strchr(name, '@'), *statistic = strchr(month, ':');
    *month++ = '\0';
    if (statistic) *statistic++ = '\0';
    to->reading = -1;
    to->slot = csim_plan_slot(plan, name);
    if (to->slot < 0) return unknown(plan, name, 1, err);
    const csim_status status = take_month(plan, month, to, err);
    return status ? status : take_statistic(statistic ? statistic : "mean", to, err);
}

static csim_status take_target(const csim_plan *plan, const char *text, size_t length, csim_target *to, csim_error *err) {
    char name[sizeof to->name], *end, *colon;
    if (length >= sizeof name) return csim_error_set(err, CSIM_USAGE, "precision: '%.40s…' is too long a name", text);
    memcpy(name, text, length);
    name[length] = '\0';
    colon = strrchr(name, ':');
    to->wanted = colon ? strtod(colon + 1, &end) : 0.0;
    if (!colon || end == colon + 1 || *end || !(to->wanted > 0.0) || !isfinite(to->wanted))
        return csim_error_set(err, CSIM_USAGE, "precision: wanted series@month[:statistic]:error or claim.reading:error, such as share.world_open@2028-12:p95:0.005; got '%.80s'", name);
    *colon = '\0';
    memcpy(to->name, name, sizeof name);
    return strchr(name, '@') ? take_series(plan, name, to, err) : take_reading(plan, name, to, err);
}

csim_status csim_precision_parse(const csim_plan *plan, const char *text, csim_precision *out, csim_error *err) {
    memset(out, 0, sizeof *out);
    for (const char *at = text;; at++) {
        at += strspn(at, " ");
        size_t length = strcspn(at, ",");
        const char *const next = at + length;
        while (length && at[length - 1] == ' ') length--;
        if (out->count == CSIM_MAX_TARGETS) return csim_error_set(err, CSIM_LIMIT, "precision: at most %d numbers", CSIM_MAX_TARGETS);
        const csim_status status = take_target(plan, at, length, &out->target[out->count], err);
        if (status) return status;
        out->count++;
        if (!*next) return CSIM_OK;
        at = next;
    }
}

/* ---- how far it is ---- */

static double probability_error(const csim_result *result, int reading) {
    const csim_probability p = csim_result_probability(result, reading);
    const int known = p.count && p.hits && p.hits < p.count;
    return known ? p.error : p.count ? (p.high - p.low) / (2.0 * csim_student_point(0)) : (double)NAN;
}

double csim_target_error(const csim_target *target, const csim_result *result) {
    if (target->reading >= 0) return probability_error(result, target->reading);
    if (isnan(target->p)) return csim_accumulator_mean(result->statistics, (size_t)target->slot, (size_t)target->report).error;
    return csim_accumulator_quantile(result->statistics, (size_t)target->slot, (size_t)target->report, target->p).error;
}

int csim_precision_reached(const csim_precision *self, const csim_result *result) {
    for (int i = 0; i < self->count; i++)
        if (!(csim_target_error(&self->target[i], result) <= self->target[i].wanted)) return 0;
    return 1;
}

/* ---- how it grows ---- */

static uint32_t in_granules(double paths, uint32_t most, csim_sampler sampler, uint32_t replicates) {
    const double granule = (double)P * replicates;
    double granules = ceil(paths / granule);
    if (sampler == CSIM_SAMPLER_SOBOL) granules = exp2(ceil(log2(granules)));
    const double rounded = granules * granule;
    return rounded < (double)most ? (uint32_t)rounded : most;
}

uint32_t csim_precision_first(uint32_t wanted, uint32_t most, csim_sampler sampler, uint32_t replicates) {
    return in_granules(wanted ? wanted : CSIM_PRECISION_FIRST, most, sampler, csim_sampling_replicates(sampler, replicates));
}

uint32_t csim_precision_next(const csim_precision *self, const csim_result *result, uint32_t most) {
    const csim_run_options *options = &result->options;
    double growth = 1.25;
    if (options->paths >= most || csim_precision_reached(self, result)) return 0;
    for (int i = 0; i < self->count; i++) {
        const double ratio = csim_target_error(&self->target[i], result) / self->target[i].wanted, asked = isnan(ratio) ? 2.0 : 1.1 * ratio * ratio;
        growth = fmax(growth, fmin(asked, 4.0));
    }
    return in_granules(growth * options->paths, most, options->sampler, options->replicates);
}
