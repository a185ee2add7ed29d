/* Who offers what on which machines: offerings, fleets, and the policy regimes that decide what a controlled fleet can buy. */
#include <stdio.h>
#include <string.h>

#include "csim/scenario/reader.h"

enum { LONGEST_SUCCESSOR_MONTHS = 120 };

static const char *path_of(char *text, const char *map, const char *id, const char *key) {
    snprintf(text, CSIM_READER_PATH, "%s.%s.%s", map, id, key);
    return text;
}

/* Something must be in service when the horizon begins (or when an offering enters). */
static csim_status check_first_step(csim_reader *self, const csim_step *steps, int month, const char *field, const char *what) {
    if (steps[0].month <= month) return CSIM_OK;
    const csim_note *at = &steps[0].note;
    return csim_error_set_at(self->err, CSIM_INCONSISTENT, at->file, at->line, at->column, field, "the first %s comes only after the start", what);
}

static csim_status read_successors(csim_reader *self, const char *path, int *out) {
    long long months = 0;
    const csim_status status = csim_reader_integer(self, path, false, 0, LONGEST_SUCCESSOR_MONTHS, &months);
    *out = (int)months;
    return status;
}

/* ---- offerings -------------------------------------------------------------------------------------------------------------------------------- */

static csim_status read_models(csim_reader *self, csim_offering *out, const char *path) {
    csim_node *map;
    csim_status status = csim_reader_need(self, path, &map);
    if (status == CSIM_OK) status = csim_reader_steps(self, map, path, CSIM_MAX_LADDER, &out->models, &out->count);
    if (status != CSIM_OK) return status;
    const int start = self->out->start_month;
    return check_first_step(self, out->models, out->entry_month > start ? out->entry_month : start, path, "model");
}

static csim_status read_offering(csim_reader *self, csim_offering *out, const csim_names *fleets) {
    char path[CSIM_READER_PATH];
    int openness = 0, origin = 0;
    out->title = out->id;
    out->licence = "";
    out->entry_month = CSIM_NO_MONTH;
    out->fleet = out->second_fleet = -1;
    csim_status status = csim_reader_text(self, path_of(path, "offerings", out->id, "title"), false, &out->title);
    if (status == CSIM_OK) status = csim_reader_choice(self, path_of(path, "offerings", out->id, "openness"), "closed|open", &openness);
    if (status == CSIM_OK) status = csim_reader_choice(self, path_of(path, "offerings", out->id, "origin"), "us|cn|other", &origin);
    if (status == CSIM_OK) status = csim_reader_text(self, path_of(path, "offerings", out->id, "licence"), false, &out->licence);
    if (status == CSIM_OK) status = csim_reader_month(self, path_of(path, "offerings", out->id, "entry"), false, false, &out->entry_month);
    if (status == CSIM_OK) status = csim_reader_member_at(self, path_of(path, "offerings", out->id, "fleet"), true, fleets, &out->fleet);
    if (status == CSIM_OK) status = csim_reader_member_at(self, path_of(path, "offerings", out->id, "second_fleet"), false, fleets, &out->second_fleet);
    if (status != CSIM_OK) return status;
    out->openness = (csim_openness)openness;
    out->origin = (csim_origin)origin;
    if (out->fleet == out->second_fleet)
        return csim_reader_refuse(self, CSIM_INCONSISTENT, csim_reader_find(self, path), path, "is the same fleet as the first; leave it out");
    return read_models(self, out, path_of(path, "offerings", out->id, "models"));
}

/* ---- fleets ----------------------------------------------------------------------------------------------------------------------------------- */

static csim_status refuse_own_ladder(csim_reader *self, const csim_fleet *fleet, const char *key) {
    char path[CSIM_READER_PATH];
    const csim_node *node = csim_reader_find(self, path_of(path, "fleets", fleet->id, key));
    if (!node) return CSIM_OK;
    return csim_reader_refuse(self, CSIM_INCONSISTENT, node, path, "a controlled fleet has none of its own: policy.regimes say what it can buy");
}

static csim_status read_fleet(csim_reader *self, csim_fleet *out) {
    char path[CSIM_READER_PATH];
    int electricity = 0;
    csim_node *ladder;
    out->title = out->id;
    csim_status status = csim_reader_text(self, path_of(path, "fleets", out->id, "title"), false, &out->title);
    if (status == CSIM_OK) status = csim_reader_flag(self, path_of(path, "fleets", out->id, "controlled"), &out->controlled);
    if (status == CSIM_OK) status = csim_reader_choice(self, path_of(path, "fleets", out->id, "electricity"), "us|cn", &electricity);
    if (status != CSIM_OK) return status;
    out->electricity = electricity ? "cn" : "us";
    if (out->controlled) {
        status = refuse_own_ladder(self, out, "ladder");
        return status == CSIM_OK ? refuse_own_ladder(self, out, "successor_months") : status;
    }
    status = read_successors(self, path_of(path, "fleets", out->id, "successor_months"), &out->successor_months);
    if (status == CSIM_OK) status = csim_reader_need(self, path_of(path, "fleets", out->id, "ladder"), &ladder);
    if (status == CSIM_OK) status = csim_reader_steps(self, ladder, path, CSIM_MAX_LADDER, &out->ladder, &out->count);
    return status == CSIM_OK ? check_first_step(self, out->ladder, self->out->start_month, path, "machine") : status;
}

/* ---- policy ----------------------------------------------------------------------------------------------------------------------------------- */

/* {fleet: us_gpu}: the regime allows what that fleet buys. */
static csim_status read_like_fleet(csim_reader *self, csim_node *fleet, const char *path, const csim_names *fleets, csim_regime *out) {
    const csim_status status = csim_reader_member(self, fleet, path, fleets, &out->like_fleet);
    if (status != CSIM_OK || !self->out->fleet[out->like_fleet].controlled) return status;
    return csim_reader_refuse(self, CSIM_INCONSISTENT, fleet, path, "'%s' is itself controlled and has no ladder", fleet->text);
}

static csim_status read_regime(csim_reader *self, csim_regime *out, const csim_names *fleets) {
    char path[CSIM_READER_PATH];
    out->like_fleet = -1;
    csim_status status = read_successors(self, path_of(path, "policy.regimes", out->id, "successor_months"), &out->successor_months);
    if (status != CSIM_OK) return status;
    csim_node *ladder = csim_reader_find(self, path_of(path, "policy.regimes", out->id, "ladder"));
    if (!ladder) return self->out->policy_relative ? CSIM_OK : csim_reader_need(self, path, &ladder);
    csim_node *fleet = csim_node_find(ladder, "fleet");
    if (fleet && ladder->count == 1) return read_like_fleet(self, fleet, path, fleets, out);
    status = csim_reader_steps(self, ladder, path, CSIM_MAX_LADDER, &out->ladder, &out->count);
    return status == CSIM_OK ? check_first_step(self, out->ladder, self->out->start_month, path, "machine") : status;
}

static csim_status read_schedule(csim_reader *self, csim_names *regimes) {
    csim_scenario *out = self->out;
    csim_node *map;
    csim_status status = csim_reader_need(self, "policy.schedule", &map);
    if (status == CSIM_OK) status = csim_reader_steps(self, map, "policy.schedule", CSIM_MAX_MONTHS, &out->policy_schedule, &out->policy_steps);
    if (status == CSIM_OK) status = check_first_step(self, out->policy_schedule, out->start_month, "policy.schedule", "regime");
    csim_names_add(regimes, "markov", strlen("markov"));
    for (size_t i = 0; status == CSIM_OK && i < map->count; i++) {
        int regime = 0;
        status = csim_reader_member(self, map->items[i], "policy.schedule", regimes, &regime);
    }
    if (status == CSIM_OK && strcmp(out->policy_schedule[0].name, "markov") == 0)
        status = csim_reader_refuse(self, CSIM_INCONSISTENT, map->items[0], "policy.schedule", "must begin with a regime: markov needs one to start from");
    return status;
}

static csim_status read_policy(csim_reader *self, const csim_names *fleets) {
    csim_scenario *out = self->out;
    csim_names regimes;
    int form = 0;
    csim_names_of_regimes(out, &regimes);
    csim_status status = csim_reader_choice(self, "policy.form", "ladder|relative", &form);
    out->policy_relative = form == 1;
    if (status == CSIM_OK) status = csim_reader_member_at(self, "policy.reference", true, &regimes, &out->policy_reference);
    for (size_t i = 0; i < out->regimes && status == CSIM_OK; i++) status = read_regime(self, &out->regime[i], fleets);
    return status == CSIM_OK ? read_schedule(self, &regimes) : status;
}

csim_status csim_read_supply(csim_reader *self) {
    csim_scenario *out = self->out;
    csim_names fleets;
    csim_names_of_fleets(out, &fleets);
    csim_status status = CSIM_OK;
    for (size_t i = 0; i < out->fleets && status == CSIM_OK; i++) status = read_fleet(self, &out->fleet[i]);
    for (size_t i = 0; i < out->offerings && status == CSIM_OK; i++) status = read_offering(self, &out->offering[i], &fleets);
    return status == CSIM_OK ? read_policy(self, &fleets) : status;
}
