/* The sentences of the summary, made from the numbers of the run. Every figure comes with its nine-in-ten range; nothing is said that the run does not
 * show. Must not touch a sheet. */
#include "csim/report/summary_words.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint32_t csim_summary_keys(const csim_report *report, int32_t *slots) {
    const csim_scenario *s = report->scenario;
    const struct { csim_outcome_id id; int element; } keys[CSIM_SUMMARY_KEYS] = {
        {CSIM_OUT_SHARE_OPEN, s->role_developers}, {CSIM_OUT_SHARE_OPEN, s->role_large_firms}, {CSIM_OUT_SHARE_ENTERPRISE_OPEN, 0}, {CSIM_OUT_F500_PRIMARY, 0},
        {CSIM_OUT_SHARE_WORLD_OPEN, 0}, {CSIM_OUT_SHARE_CN_ABROAD, 0}, {CSIM_OUT_SHARE_SPEND_OPEN, 0}, {CSIM_OUT_GAP, 0}, {CSIM_OUT_PRICE_CLOSED, 0},
        {CSIM_OUT_PRICE_OPEN, 0}, {CSIM_OUT_COST_CLOSED, 0}, {CSIM_OUT_COST_CN_FIRST_PARTY, 0}, {CSIM_OUT_SAAS_REVENUE, 0}, {CSIM_OUT_SAAS_EVS, 0},
        {CSIM_OUT_SUB_PAYERS, 0}, {CSIM_OUT_MERCHANT_REVENUE, 0}};
    uint32_t count = 0;
    for (int i = 0; i < CSIM_SUMMARY_KEYS; i++) {
        const int32_t slot = csim_report_slot(report, keys[i].id, keys[i].element);
        uint32_t before = 0;
        while (before < count && slots[before] != slot) before++;
        if (before == count) slots[count++] = slot; /* one segment may play two roles: a row each would be the same row twice */
    }
    return count;
}

/* ---- parts of sentences ---- */

typedef struct phrase { char text[160]; } phrase;

static phrase median_at(const csim_report *report, csim_outcome_id id, int element, int32_t position) {
    const csim_estimate median = csim_report_read(report, csim_report_slot(report, id, element), position).q[2];
    phrase out;
    csim_report_say(csim_report_kind(id), median.value, median.error, out.text, sizeof out.text);
    return out;
}

static phrase now_of(const csim_report *report, csim_outcome_id id, int element) { return median_at(report, id, element, report->dates.now); }

/* "62 % (41 % to 80 %)" at the end of the run. */
static phrase end_of(const csim_report *report, csim_outcome_id id, int element) {
    const csim_report_row row = csim_report_read(report, csim_report_slot(report, id, element), report->dates.last);
    const csim_cell_kind kind = csim_report_kind(id);
    char middle[48], low[48], high[48];
    const double error = row.q[2].error;
    phrase out;
    snprintf(out.text, sizeof out.text, "%s (%s to %s)", csim_report_say(kind, row.q[2].value, error, middle, sizeof middle), csim_report_say(kind, row.q[0].value, error, low, sizeof low),
             csim_report_say(kind, row.q[4].value, error, high, sizeof high));
    return out;
}

static phrase month_of(const csim_report *report, int32_t position) {
    phrase out;
    csim_report_month_words(csim_report_month_at(report, position), out.text, sizeof out.text);
    return out;
}

/* ---- sentences ---- */

static void say_shares(const csim_report *report, char *text, size_t size) {
    const int developers = report->scenario->role_developers, firms = report->scenario->role_large_firms;
    snprintf(text, size, "1. Open weights: in the median path open models serve %s of developers' tokens outside China in %s and %s of large firms', against %s and %s in %s; brackets hold nine paths of ten.",
             end_of(report, CSIM_OUT_SHARE_OPEN, developers).text, month_of(report, report->dates.last).text, end_of(report, CSIM_OUT_SHARE_OPEN, firms).text,
             now_of(report, CSIM_OUT_SHARE_OPEN, developers).text, now_of(report, CSIM_OUT_SHARE_OPEN, firms).text, month_of(report, report->dates.now).text);
}

static void say_prices(const csim_report *report, char *text, size_t size) {
    snprintf(text, size, "2. Prices and cost: a million tokens goes from %s to %s on closed lists and from %s to %s on open ones; serving them then costs %s on closed flagships and %s on Chinese open ones at home.",
             now_of(report, CSIM_OUT_PRICE_CLOSED, 0).text, end_of(report, CSIM_OUT_PRICE_CLOSED, 0).text, now_of(report, CSIM_OUT_PRICE_OPEN, 0).text, end_of(report, CSIM_OUT_PRICE_OPEN, 0).text,
             end_of(report, CSIM_OUT_COST_CLOSED, 0).text, end_of(report, CSIM_OUT_COST_CN_FIRST_PARTY, 0).text);
}

static void say_software(const csim_report *report, char *text, size_t size) {
    const csim_probability cliff = csim_report_share_at(report, csim_report_slot(report, CSIM_OUT_SAAS_CLIFF, 0), report->dates.last, 1);
    char share[48];
    if (cliff.hits) csim_report_say(CSIM_AS_PERCENT, cliff.value, cliff.error, share, sizeof share);
    else snprintf(share, sizeof share, "none");
    snprintf(text, size, "3. Software: revenue goes from %s bn to %s bn a year and EV/S from %s to %s; at the end it has fallen off a cliff within the last twelve months in %s of paths.",
             now_of(report, CSIM_OUT_SAAS_REVENUE, 0).text, end_of(report, CSIM_OUT_SAAS_REVENUE, 0).text, now_of(report, CSIM_OUT_SAAS_EVS, 0).text, end_of(report, CSIM_OUT_SAAS_EVS, 0).text, share);
}

typedef struct claims_view {
    unsigned decided, high, low, between;
    double largest_error;
    const csim_claim *split; /* the claim whose readings differ most */
    double split_low, split_high;
} claims_view;

static bool is_decided(const csim_claim_result *result) { return (result->answer == CSIM_ANSWER_PATHS || result->answer == CSIM_ANSWER_PAIRS) && result->probability.count; }

static void view_claim(const csim_claim *claim, const csim_claim_result *results, claims_view *view) {
    double least = DBL_MAX, most = -DBL_MAX;
    for (size_t i = 0; i < claim->count; i++) {
        if (!is_decided(&results[i])) continue;
        const double p = results[i].probability.value;
        view->decided++;
        if (p > 0.9) view->high++;
        else if (p < 0.1) view->low++;
        else view->between++;
        view->largest_error = fmax(view->largest_error, results[i].probability.error);
        least = fmin(least, p);
        most = fmax(most, p);
    }
    if (most - least <= view->split_high - view->split_low) return;
    view->split = claim;
    view->split_low = least;
    view->split_high = most;
}

static claims_view view_of(const csim_report *report) {
    claims_view view = {0};
    size_t count = 0, at = 0;
    const csim_claim_result *results = csim_run_file_claims(report->run, &count);
    for (size_t c = 0; c < report->scenario->claims && at + report->scenario->claim[c].count <= count; c++) {
        view_claim(&report->scenario->claim[c], results + at, &view);
        at += report->scenario->claim[c].count;
    }
    return view;
}

static void without_stop(char *text) {
    const size_t length = strlen(text);
    if (length && text[length - 1] == '.') text[length - 1] = 0;
}

static void say_claims(const csim_report *report, char *text, size_t size) {
    const claims_view view = view_of(report);
    char statement[2 * CSIM_REPORT_LINE] = "";
    if (view.split) without_stop(csim_report_clean(view.split->statement, 140, statement, sizeof statement));
    if (!view.decided) {
        snprintf(text, size, "4. Claims: this run decides none.");
        return;
    }
    const int used = snprintf(text, size, "4. Claims: of %u readings that paths decide, %u have a probability above 90 %%, %u below 10 %% and %u between", view.decided, view.high, view.low, view.between);
    if (view.split && used > 0 && (size_t)used < size)
        snprintf(text + used, size - (size_t)used, "; what words mean matters most in \xE2\x80\x9C%s\xE2\x80\x9D, whose readings run from %.0f %% to %.0f %%.", statement,
                 100 * view.split_low, 100 * view.split_high);
    else if (used > 0 && (size_t)used + 2 < size) memcpy(text + used, ".", 2);
}

/* What the answers turn on and rest on, over all readings. */
typedef struct decided_view {
    const csim_claim *claim;            /* of the reading that one input turns most, with the turn well inside its prior; NULL when there is none */
    const csim_reading *reading;
    csim_break_even turn;
    double guesses[CSIM_MAX_READINGS];  /* the shares that are known */
    size_t shares;
    unsigned then, moved;               /* readings with an answer of the vintage; of them more than 10 points off today's */
    int vintage_month;
} decided_view;

static void view_beside(const csim_claim *claim, const csim_reading *reading, const csim_claim_result *result, decided_view *view) {
    const csim_break_even *turn = &result->break_even;
    const bool inside = turn->state == CSIM_BREAK_FLIPS && turn->low > 0.01 && turn->high < 0.99;
    if (inside && (!view->claim || fabs(turn->p95 - turn->p5) > fabs(view->turn.p95 - view->turn.p5))) {
        view->claim = claim;
        view->reading = reading;
        view->turn = *turn;
    }
    if (isfinite(result->aside.guesses.value) && view->shares < CSIM_MAX_READINGS) view->guesses[view->shares++] = result->aside.guesses.value;
    if (!result->aside.vintage.count) return;
    view->vintage_month = result->aside.vintage_month;
    view->then++;
    view->moved += fabs(result->aside.vintage.value - result->probability.value) > 0.1;
}

static int by_value(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void see_beside(const csim_report *report, decided_view *view) {
    size_t count = 0, at = 0;
    const csim_claim_result *results = csim_run_file_claims(report->run, &count);
    for (size_t c = 0; c < report->scenario->claims; c++)
        for (size_t i = 0; i < report->scenario->claim[c].count && at < count; i++, at++)
            view_beside(&report->scenario->claim[c], &report->scenario->claim[c].readings[i], &results[at], view);
    qsort(view->guesses, view->shares, sizeof view->guesses[0], by_value);
}

static void say_turn(const decided_view *view, char *text, size_t size) {
    char statement[CSIM_REPORT_LINE], title[CSIM_REPORT_LINE / 2];
    const csim_break_even *turn = &view->turn;
    without_stop(csim_report_clean(view->claim->statement, 120, statement, sizeof statement));
    csim_report_clean(view->reading->title, 80, title, sizeof title);
    snprintf(text, size, "one input turns an answer most in \xE2\x80\x9C%s\xE2\x80\x9D (%s): %s where %s passes %.3g%s%s, the %.3g %% point of its prior. ", statement, title,
             turn->p95 > turn->p5 ? "yes becomes likelier than no" : "no becomes likelier than yes", turn->input, turn->value, strcmp(turn->unit, "-") ? " " : "",
             strcmp(turn->unit, "-") ? turn->unit : "", 100 * turn->percentile);
}

static void say_decided(const csim_report *report, char *text, size_t size) {
    decided_view view = {.vintage_month = CSIM_NO_MONTH};
    char turn[3 * CSIM_REPORT_LINE] = "", guesses[160] = "", then[160] = "", month[CSIM_MONTH_TEXT];
    see_beside(report, &view);
    if (view.claim) say_turn(&view, turn, sizeof turn);
    if (view.shares) snprintf(guesses, sizeof guesses, "In half of the readings guesses decide more than %.0f %% of the answer's variance. ", 100 * view.guesses[view.shares / 2]);
    if (view.then) snprintf(then, sizeof then, "With what was known in %s, %u of %u probabilities lie more than ten points off.", csim_month_text(view.vintage_month, month), view.moved, view.then);
    snprintf(text, size, "5. What decides: %s%s%s", turn, guesses, then);
    if (!turn[0] && !guesses[0] && !then[0]) snprintf(text, size, "5. What decides: this run does not say.");
}

/* How many times the 95 % point is the 5 % point; NAN where that means nothing. */
static double factor_of(const csim_report *report, int32_t slot) {
    const csim_report_row row = csim_report_read(report, slot, report->dates.last);
    return row.q[0].value > 0 && !row.constant ? row.q[4].value / row.q[0].value : (double)NAN;
}

static void guesses_of(const csim_scenario *s, unsigned *uncertain, unsigned *guesses) {
    *uncertain = *guesses = 0;
    for (size_t i = 0; i < s->inputs; i++) {
        if (s->input[i].spec.family == CSIM_DIST_FIXED) continue;
        ++*uncertain;
        *guesses += !strcmp(s->input[i].note.basis, "guess");
    }
}

static void say_uncertainty(const csim_report *report, char *text, size_t size) {
    int32_t slots[CSIM_SUMMARY_KEYS], widest = -1, narrowest = -1;
    const uint32_t count = csim_summary_keys(report, slots);
    for (uint32_t i = 0; i < count; i++) {
        const double factor = factor_of(report, slots[i]);
        if (!isfinite(factor)) continue;
        if (widest < 0 || factor > factor_of(report, widest)) widest = slots[i];
        if (narrowest < 0 || factor < factor_of(report, narrowest)) narrowest = slots[i];
    }
    char wide[CSIM_REPORT_LINE / 2] = "", narrow[CSIM_REPORT_LINE / 2] = "";
    unsigned uncertain, guesses;
    guesses_of(report->scenario, &uncertain, &guesses);
    int used = 0;
    if (widest >= 0)
        used = snprintf(text, size, "6. What is uncertain: most of all \xE2\x80\x9C%s\xE2\x80\x9D, where nine paths of ten span a factor of %.2g; least of these \xE2\x80\x9C%s\xE2\x80\x9D, a factor of %.2g. ",
                        csim_report_series_title(report, widest, wide, sizeof wide), factor_of(report, widest), csim_report_series_title(report, narrowest, narrow, sizeof narrow), factor_of(report, narrowest));
    if (used >= 0 && (size_t)used < size)
        snprintf(text + used, size - (size_t)used, "%s%u of %u uncertain inputs are guesses; finite paths blur a claim's probability by at most %.1f percentage points (standard error).", used ? "" : "6. What is uncertain: ", guesses, uncertain,
                 100 * view_of(report).largest_error);
}

char *csim_summary_sentence(const csim_report *report, int which, char *text, size_t size) {
    static void (*const say[CSIM_SUMMARY_SENTENCES])(const csim_report *, char *, size_t) = {say_shares, say_prices, say_software, say_claims, say_decided, say_uncertainty};
    text[0] = 0;
    say[which](report, text, size);
    return text;
}
