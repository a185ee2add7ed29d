/* See compare_select.h. */
#include "csim/engine/compare_select.h"

#include <stdio.h>
#include <string.h>

#include "csim/catalogue/nearest.h"

typedef struct selecting { const csim_compare_side *sides; size_t count; csim_compare_selection *out; csim_error *err; } selecting;

/* Names for a note: the first few, and how many more. */
typedef struct name_list { char text[300]; size_t used, count; } name_list;

static void name_add(name_list *self, const char *name) {
    const size_t room = sizeof self->text - self->used, needed = strlen(name) + 3;
    if (self->count == 0 || (needed < room && self->count < 8)) self->used += (size_t)snprintf(self->text + self->used, room, "%s%s", self->count ? ", " : "", name);
    self->count++;
}

static const char *rest_of(const name_list *self, char text[32]) {
    snprintf(text, 32, self->count > 8 ? " and %zu more" : "%.0zu", self->count > 8 ? self->count - 8 : 0);
    return text;
}

static char *new_note(selecting *s) {
    csim_compare_selection *out = s->out;
    return out->notes < CSIM_COMPARE_NOTES ? out->note[out->notes++] : out->note[CSIM_COMPARE_NOTES - 1];
}

static void month_text(int month, char text[16]) { snprintf(text, 16, "%04d-%02d", 2000 + month / 12, month % 12 + 1); }

int csim_compare_is_year_end(const csim_plan *plan, int t) {
    const int december = (plan->start_month + t) % 12 == 11 && t > plan->assimilate_until;
    return december || t == plan->months - 1;
}

static const char *series_at(const void *plan, size_t i) { return ((const csim_plan *)plan)->slot_name[i]; }

csim_status csim_compare_unknown_series(const csim_plan *plan, const char *series, csim_error *err) {
    const char *nearest = csim_nearest_name(series, series_at, plan, (size_t)plan->slots);
    csim_error_set(err, CSIM_UNKNOWN_NAME, "no series is called '%.100s'", series);
    if (nearest) csim_error_hint(err, "did you mean '%s'?", nearest);
    return CSIM_UNKNOWN_NAME;
}

/* ---- months --------------------------------------------------------------------------------------------------------------------------------------- */

static const csim_compare_side *side_without_month(const selecting *s, int month) {
    for (size_t i = 0; i < s->count; i++) {
        const csim_plan *plan = s->sides[i].plan;
        if (month < plan->start_month || month >= plan->start_month + plan->months) return &s->sides[i];
    }
    return NULL;
}

static size_t choose_months(selecting *s, const csim_compare_request *wanted, int month[CSIM_MAX_MONTHS]) {
    const csim_plan *first = s->sides[0].plan;
    const size_t candidates = wanted->months ? wanted->months : (size_t)first->months;
    size_t count = 0;
    for (size_t i = 0; i < candidates && count < CSIM_MAX_MONTHS; i++) {
        const int at = wanted->months ? wanted->month[i] : first->start_month + (int)i;
        if (!wanted->months && !csim_compare_is_year_end(first, (int)i)) continue;
        const csim_compare_side *without = side_without_month(s, at);
        char text[16];
        month_text(at, text);
        if (without) snprintf(new_note(s), CSIM_COMPARE_NOTE, "%s is left out: it lies outside the horizon of %.200s", text, without->name);
        else month[count++] = at;
    }
    return count;
}

/* ---- series --------------------------------------------------------------------------------------------------------------------------------------- */

static int is_headline(const csim_plan *plan, int slot) {
    for (int32_t i = 0; i < plan->scalars; i++)
        if (plan->scalar[i].slot == slot && csim_compare_is_year_end(plan, plan->scalar[i].month)) return 1;
    return 0;
}

static const csim_plan *plan_with(const selecting *s, const char *series, int having) {
    for (size_t i = 0; i < s->count; i++)
        if ((csim_plan_slot(s->sides[i].plan, series) >= 0) == having) return s->sides[i].plan;
    return NULL;
}

static csim_status add_series(selecting *s, const char *series, const int *month, size_t months, name_list *missing) {
    const csim_plan *plan = plan_with(s, series, 1);
    if (!plan) return csim_compare_unknown_series(s->sides[0].plan, series, s->err);
    if (plan_with(s, series, 0)) {
        name_add(missing, series);
        return CSIM_OK;
    }
    if (s->out->count + months > CSIM_MAX_SCALARS)
        return csim_error_set(s->err, CSIM_LIMIT, "series times months are more than %d numbers; ask for fewer series or months", CSIM_MAX_SCALARS);
    const int slot = csim_plan_slot(plan, series);
    for (size_t i = 0; i < months; i++)
        s->out->item[s->out->count++] = (csim_compare_item){plan->slot_name[slot], &csim_outcome_rows[plan->slot_outcome[slot]], month[i]};
    return CSIM_OK;
}

static csim_status choose_series(selecting *s, const csim_compare_request *wanted, const int *month, size_t months) {
    const csim_plan *first = s->sides[0].plan;
    name_list missing = {.text = ""};
    char rest[32];
    csim_status status = CSIM_OK;
    for (size_t i = 0; !status && i < wanted->series_count; i++) status = add_series(s, wanted->series[i], month, months, &missing);
    for (int slot = 0; !status && !wanted->series_count && slot < first->slots; slot++)
        if (is_headline(first, slot)) status = add_series(s, first->slot_name[slot], month, months, &missing);
    if (!status && missing.count) snprintf(new_note(s), CSIM_COMPARE_NOTE, "left out, since not every side has them: %s%s", missing.text, rest_of(&missing, rest));
    return status;
}

/* Outcomes of an offering or a segment that only a later side has. */
static void note_new_series(selecting *s, size_t side) {
    const csim_plan *first = s->sides[0].plan, *plan = s->sides[side].plan;
    name_list only = {.text = ""};
    char rest[32];
    for (int slot = 0; slot < plan->slots; slot++)
        if (csim_plan_slot(first, plan->slot_name[slot]) < 0) name_add(&only, plan->slot_name[slot]);
    if (only.count) snprintf(new_note(s), CSIM_COMPARE_NOTE, "only %.60s has: %s%s", s->sides[side].name, only.text, rest_of(&only, rest));
}

csim_status csim_compare_select(const csim_compare_side *sides, size_t count, const csim_compare_request *wanted, csim_compare_selection *out, csim_error *err) {
    selecting s = {sides, count, out, err};
    int month[CSIM_MAX_MONTHS];
    memset(out, 0, sizeof *out);
    const size_t months = choose_months(&s, wanted, month);
    const csim_status status = choose_series(&s, wanted, month, months);
    if (status) return status;
    for (size_t side = 1; side < count && !wanted->series_count; side++) note_new_series(&s, side);
    if (out->count) return CSIM_OK;
    return csim_error_set(err, CSIM_INCONSISTENT, "nothing can be compared: %s", out->notes ? out->note[0] : "no series and month is in every side");
}
