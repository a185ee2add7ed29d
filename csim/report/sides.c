/* The runs of a comparison: reading them, naming them, and finding what all of them report. Must not know what stands on any sheet. */
#include "csim/report/sides.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csim/engine/compare_kept.h"
#include "csim/report/sides_parts.h"

/* ---- names ---- */

static bool is_taken(const csim_sides *sides, size_t before, const char *label) {
    for (size_t i = 0; i < before; i++)
        if (csim_names_equal(sides->side[i].label, label)) return true;
    return false;
}

static const char *name_of(const csim_sides *sides, const char *const *names, size_t at) {
    const char *name = names && names[at] ? names[at] : sides->side[at].scenario->name;
    return name[0] ? name : "run";
}

/* Whether another name becomes the same when both are cut at their end. */
static bool is_told_by_its_end(const csim_sides *sides, const char *const *names, size_t at, const char *clean) {
    char other[CSIM_SIDE_LABEL];
    for (size_t i = 0; i < sides->count; i++) {
        const char *name = name_of(sides, names, i);
        if (strcmp(name, name_of(sides, names, at)) != 0 && csim_names_equal(csim_report_clean(name, CSIM_SIDE_LABEL_UNITS, other, sizeof other), clean)) return true;
    }
    return false;
}

/* "no_controls", and "no_controls (2)" when that is taken; long names are cut, in the middle where their ends tell them apart. */
static void name_side(csim_sides *sides, const char *const *names, size_t at) {
    csim_side *side = &sides->side[at];
    const char *name = name_of(sides, names, at);
    char clean[CSIM_SIDE_LABEL];
    csim_report_clean(name, CSIM_SIDE_LABEL_UNITS, clean, sizeof clean);
    if (is_told_by_its_end(sides, names, at, clean)) csim_report_clean_ends(name, CSIM_SIDE_LABEL_UNITS, CSIM_SIDE_END_UNITS, clean, sizeof clean);
    snprintf(side->label, sizeof side->label, "%s", clean);
    for (unsigned number = 2; is_taken(sides, at, side->label); number++) snprintf(side->label, sizeof side->label, "%.200s (%u)", clean, number);
    csim_report_clean(side->scenario->name, CSIM_SIDE_LABEL_UNITS, side->scenario_name, sizeof side->scenario_name);
}

char *csim_side_short_label(const csim_sides *sides, size_t at, size_t units, char *text, size_t size) {
    char other[CSIM_SIDE_LABEL];
    csim_report_clean(sides->side[at].label, units, text, size);
    for (size_t i = 0; i < sides->count; i++)
        if (i != at && !strcmp(csim_report_clean(sides->side[i].label, units, other, sizeof other), text)) return csim_report_clean_ends(sides->side[at].label, units, units / 2, text, size);
    return text;
}

/* ---- months ---- */

static bool all_report(const csim_sides *sides, int month) {
    for (size_t i = 0; i < sides->count; i++) {
        const csim_plan *plan = sides->side[i].report.plan;
        if (csim_plan_report_find(plan, month - plan->start_month) < 0) return false;
    }
    return true;
}

static csim_status find_horizon(csim_sides *sides, csim_error *err) {
    const csim_report *first = &sides->side[0].report;
    bool found = false;
    for (int32_t i = 0; i < first->plan->report_months; i++) {
        const int month = csim_report_month_at(first, i);
        if (!all_report(sides, month)) continue;
        if (!found) sides->first_month = month;
        sides->last_month = month;
        found = true;
    }
    if (found) return CSIM_OK;
    return csim_error_set(err, CSIM_INCONSISTENT, "the runs have no reported month in common, so nothing can be compared: look at the horizons of their scenarios");
}

/* Charts of all sides show the same quarters. */
static void cut_quarters(csim_sides *sides, csim_side *side) {
    csim_report_dates *dates = &side->report.dates;
    int32_t kept = 0;
    for (int32_t i = 0; i < dates->quarters; i++)
        if (all_report(sides, csim_report_month_at(&side->report, dates->quarter[i]))) dates->quarter[kept++] = dates->quarter[i];
    dates->quarters = kept;
    dates->last = csim_plan_report_find(side->report.plan, sides->last_month - side->report.plan->start_month);
}

/* Ends of years behind what the first run has observed, the last of them, and the last common month: those whose numbers run files keep path by path. */
static size_t choose_months(const csim_sides *sides, int month[CSIM_SIDES_MONTHS]) {
    const csim_report *first = &sides->side[0].report;
    size_t count = 0;
    for (int32_t i = 0; i < first->plan->report_months; i++) {
        const int at = csim_report_month_at(first, i);
        if (!all_report(sides, at) || (at % 12 != 11 && at != sides->last_month) || (i <= first->dates.now && at != sides->last_month)) continue;
        if (count == CSIM_SIDES_MONTHS) memmove(month + 1, month + 2, (CSIM_SIDES_MONTHS - 2) * sizeof *month); /* the next year, and the latest ones */
        month[count == CSIM_SIDES_MONTHS ? CSIM_SIDES_MONTHS - 1 : count++] = at;
    }
    return count;
}

/* ---- series ---- */

static void add_rows(csim_sides *sides, const char *series, csim_outcome_id outcome, const int *month, size_t months) {
    for (uint32_t i = 0; i < sides->rows; i++)
        if (!strcmp(sides->row[i].series, series)) return;
    for (size_t i = 0; i < months && sides->rows < sizeof sides->row / sizeof sides->row[0]; i++) {
        csim_sides_row *row = &sides->row[sides->rows++];
        snprintf(row->series, sizeof row->series, "%s", series);
        row->outcome = outcome;
        row->month = month[i];
    }
}

/* The key outcomes of the first run, then those of others whose names differ (a segment of another name plays the developers there). */
static void choose_rows(csim_sides *sides) {
    int month[CSIM_SIDES_MONTHS];
    const size_t months = choose_months(sides, month);
    for (size_t i = 0; i < sides->count; i++) {
        int32_t slot[CSIM_SUMMARY_KEYS];
        const csim_plan *plan = sides->side[i].report.plan;
        const uint32_t count = csim_summary_keys(&sides->side[i].report, slot);
        for (uint32_t k = 0; k < count; k++) add_rows(sides, plan->slot_name[slot[k]], (csim_outcome_id)plan->slot_outcome[slot[k]], month, months);
    }
}

static void choose_headlines(csim_sides *sides) {
    const csim_report *first = &sides->side[0].report;
    const struct { csim_outcome_id id; int element; const char *name; csim_colour colour; } wanted[CSIM_SIDES_HEADLINES] = {
        {CSIM_OUT_SHARE_OPEN, first->scenario->role_developers, "Open share", CSIM_COLOUR_BLUE},
        {CSIM_OUT_PRICE_CLOSED, 0, "Closed price", CSIM_COLOUR_VERMILLION},
        {CSIM_OUT_PRICE_OPEN, 0, "Open price", CSIM_COLOUR_VERMILLION},
        {CSIM_OUT_COST_CN_FIRST_PARTY, 0, "Serving cost", CSIM_COLOUR_VERMILLION},
        {CSIM_OUT_SAAS_REVENUE, 0, "SaaS revenue", CSIM_COLOUR_GREEN},
        {CSIM_OUT_GAP, 0, "Capability gap", CSIM_COLOUR_GREEN}};
    for (size_t i = 0; i < CSIM_SIDES_HEADLINES; i++) {
        csim_sides_headline *headline = &sides->headline[sides->headlines];
        if (wanted[i].element >= csim_report_slots(first, wanted[i].id)) continue;
        snprintf(headline->series, sizeof headline->series, "%s", first->plan->slot_name[csim_report_slot(first, wanted[i].id, wanted[i].element)]);
        headline->outcome = wanted[i].id;
        headline->name = wanted[i].name;
        headline->colour = wanted[i].colour;
        sides->headlines++;
    }
}

/* ---- pairs ---- */

/* Runs that met the same luck may have kept nothing at one date: horizons that end apart, or one of them broken off. */
static csim_status find_pairs(csim_sides *sides, size_t at, csim_error *err) {
    csim_side *side = &sides->side[at];
    csim_compare_row pair = {.difference = {.pairs = 0}};
    side->unpaired = side->obstacle;
    if (side->obstacle) return CSIM_OK;
    side->unpaired = "no kept paths";
    if (!side->report.result->kept || !sides->side[0].report.result->kept) return CSIM_OK;
    side->unpaired = "no kept date in common";
    for (uint32_t i = 0; i < sides->rows; i++) {
        const csim_status status = csim_sides_pair(sides, at, &sides->row[i], &pair, err);
        if (status) return status;
        if (!pair.difference.pairs) continue;
        side->unpaired = NULL;
        break;
    }
    return CSIM_OK;
}

/* ---- life ---- */

static csim_status open_side(csim_sides *sides, size_t at, const char *path, csim_error *err) {
    csim_side *side = &sides->side[at];
    csim_status status = csim_run_file_read(path, &side->file, err);
    if (status) return status;
    const char *text = csim_run_file_scenario_text(side->file);
    const csim_result *result = csim_run_file_result(side->file);
    if (result->done <= result->failed) return csim_error_set_at(err, CSIM_INCONSISTENT, path, 0, 0, NULL, "the run has no paths yet");
    status = csim_scenario_parse(path, text, strlen(text), &side->scenario, err);
    if (!status) status = csim_report_open(&side->report, side->file, side->scenario, err);
    if (status) return status;
    csim_run_file_shed(side->file);
    side->report.statistics = NULL;
    side->obstacle = at ? csim_compare_kept_obstacle(sides->side[0].report.result, side->report.result) : NULL;
    return CSIM_OK;
}

csim_status csim_sides_open(const char *const *paths, const char *const *names, size_t count, csim_sides **out, csim_error *err) {
    *out = NULL;
    if (count < 2 || count > CSIM_SIDES_MOST) return csim_error_set(err, CSIM_USAGE, "a workbook compares 2 to %d runs, not %zu", CSIM_SIDES_MOST, count);
    csim_sides *sides = calloc(1, sizeof *sides);
    if (sides) sides->side = calloc(count, sizeof *sides->side);
    csim_status status = sides && sides->side ? CSIM_OK : csim_error_set(err, CSIM_NO_MEMORY, "no memory for a comparison");
    for (size_t i = 0; !status && i < count; i++) {
        sides->count++;
        status = open_side(sides, i, paths[i], err);
    }
    for (size_t i = 0; !status && i < count; i++) name_side(sides, names, i);
    if (!status) status = find_horizon(sides, err);
    for (size_t i = 0; !status && i < count; i++) cut_quarters(sides, &sides->side[i]);
    if (!status) {
        choose_rows(sides);
        choose_headlines(sides);
    }
    for (size_t i = 1; !status && i < count; i++) status = find_pairs(sides, i, err);
    if (status) {
        csim_sides_free(sides);
        return status;
    }
    *out = sides;
    return CSIM_OK;
}

void csim_sides_free(csim_sides *sides) {
    if (!sides) return;
    for (size_t i = 0; i < sides->count; i++) {
        free(sides->side[i].report.rows);
        csim_scenario_free(sides->side[i].scenario);
        csim_run_file_free(sides->side[i].file);
    }
    free(sides->side);
    free(sides);
}

void csim_sides_ask_waterfalls(csim_sides *sides, const csim_waterfall *const *waterfalls, size_t count) {
    sides->waterfall = waterfalls;
    sides->waterfalls = count;
}

/* ---- looking ---- */

int32_t csim_side_slot(const csim_side *side, const char *series) { return csim_plan_slot(side->report.plan, series); }

bool csim_side_read(const csim_side *side, const char *series, int month, csim_report_row *out) {
    const csim_plan *plan = side->report.plan;
    const int32_t slot = csim_side_slot(side, series), position = csim_plan_report_find(plan, month - plan->start_month);
    if (slot < 0 || position < 0) return false;
    *out = csim_report_read(&side->report, slot, position);
    return true;
}
