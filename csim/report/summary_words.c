/* The sentences of the summary, made from the numbers of the run. Every figure comes with its nine-in-ten range; nothing is said that the run does not
 * show. Must not touch a sheet. */
#include "csim/report/summary_words.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csim/report/part_words.h"
#include "csim/report/words.h"

enum { FEW_PATHS = 100 };

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

typedef struct phrase { char text[200]; } phrase;

/* Billions are said in the language's own large unit. */
static phrase number_of(const csim_report *report, csim_outcome_id id, double value, double error) {
    phrase out;
    if (!strcmp(csim_outcome_rows[id].unit, "$bn/yr")) csim_word_billions(report->language, value, error, out.text, sizeof out.text);
    else csim_word_number(report->language, csim_report_kind(id), value, error, out.text, sizeof out.text);
    return out;
}

static phrase now_of(const csim_report *report, csim_outcome_id id, int element) {
    const csim_estimate median = csim_report_read(report, csim_report_slot(report, id, element), report->dates.now).q[2];
    return number_of(report, id, median.value, median.error);
}

/* "62 % (41 % to 80 %)" at the end of the run. */
static phrase end_of(const csim_report *report, csim_outcome_id id, int element) {
    const csim_report_row row = csim_report_read(report, csim_report_slot(report, id, element), report->dates.last);
    const double error = row.q[2].error;
    phrase out;
    CSIM_SAY(report->language, CSIM_WORD_RANGE, out.text, sizeof out.text, number_of(report, id, row.q[2].value, error).text, number_of(report, id, row.q[0].value, error).text,
             number_of(report, id, row.q[4].value, error).text);
    return out;
}

static phrase month_of(const csim_report *report, int32_t position) {
    phrase out;
    csim_word_month(report->language, csim_report_month_at(report, position), out.text, sizeof out.text);
    return out;
}

static phrase count_of(unsigned count) {
    phrase out;
    snprintf(out.text, sizeof out.text, "%u", count);
    return out;
}

static phrase percent_of(double share, int decimals) {
    phrase out;
    snprintf(out.text, sizeof out.text, "%.*f", decimals, 100 * share);
    return out;
}

static phrase digits_of(double value, int digits) {
    phrase out;
    snprintf(out.text, sizeof out.text, "%.*g", digits, value);
    return out;
}

/* ---- sentences ---- */

static void say_shares(const csim_report *report, char *text, size_t size) {
    const int developers = report->scenario->role_developers, firms = report->scenario->role_large_firms;
    CSIM_SAY(report->language, CSIM_WORD_SAY_SHARES, text, size, end_of(report, CSIM_OUT_SHARE_OPEN, developers).text, month_of(report, report->dates.last).text,
             end_of(report, CSIM_OUT_SHARE_OPEN, firms).text, now_of(report, CSIM_OUT_SHARE_OPEN, developers).text, now_of(report, CSIM_OUT_SHARE_OPEN, firms).text,
             month_of(report, report->dates.now).text);
}

static void say_prices(const csim_report *report, char *text, size_t size) {
    CSIM_SAY(report->language, CSIM_WORD_SAY_PRICES, text, size, now_of(report, CSIM_OUT_PRICE_CLOSED, 0).text, end_of(report, CSIM_OUT_PRICE_CLOSED, 0).text,
             now_of(report, CSIM_OUT_PRICE_OPEN, 0).text, end_of(report, CSIM_OUT_PRICE_OPEN, 0).text, end_of(report, CSIM_OUT_COST_CLOSED, 0).text,
             end_of(report, CSIM_OUT_COST_CN_FIRST_PARTY, 0).text);
}

static void say_software(const csim_report *report, char *text, size_t size) {
    const csim_probability cliff = csim_report_share_at(report, csim_report_slot(report, CSIM_OUT_SAAS_CLIFF, 0), report->dates.last, 1);
    phrase share;
    snprintf(share.text, sizeof share.text, "%s", csim_word_text(report->language, CSIM_WORD_NONE));
    if (cliff.hits) csim_word_number(report->language, CSIM_AS_PERCENT, cliff.value, cliff.error, share.text, sizeof share.text);
    CSIM_SAY(report->language, CSIM_WORD_SAY_SOFTWARE, text, size, now_of(report, CSIM_OUT_SAAS_REVENUE, 0).text, end_of(report, CSIM_OUT_SAAS_REVENUE, 0).text,
             now_of(report, CSIM_OUT_SAAS_EVS, 0).text, end_of(report, CSIM_OUT_SAAS_EVS, 0).text, share.text);
}

typedef struct claims_view {
    unsigned decided, high, low, between;
    double farthest;         /* a probability's bound from it, at most */
    const csim_claim *split; /* the claim whose readings differ most, beyond what few paths may make of them */
    double split_low, split_high;
} claims_view;

static bool is_decided(const csim_claim_result *result) { return (result->answer == CSIM_ANSWER_PATHS || result->answer == CSIM_ANSWER_PAIRS) && result->probability.count; }

/* By its 95 % bounds: a probability that so many paths cannot tell counts as between. */
static void count_reading(csim_probability p, claims_view *view) {
    view->decided++;
    if (p.low > 0.9) view->high++;
    else if (p.high < 0.1) view->low++;
    else view->between++;
    view->farthest = fmax(view->farthest, fmax(p.value - p.low, p.high - p.value));
}

static void view_claim(const csim_claim *claim, const csim_claim_result *results, claims_view *view) {
    const csim_probability *least = NULL, *most = NULL;
    for (size_t i = 0; i < claim->count; i++) {
        if (!is_decided(&results[i])) continue;
        const csim_probability *p = &results[i].probability;
        count_reading(*p, view);
        if (!least || p->value < least->value) least = p;
        if (!most || p->value > most->value) most = p;
    }
    if (!least || most->low <= least->high || most->value - least->value <= view->split_high - view->split_low) return;
    view->split = claim;
    view->split_low = least->value;
    view->split_high = most->value;
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

static void drop_end(char *text, const char *end) {
    const size_t length = strlen(text), cut = strlen(end);
    if (length >= cut && !strcmp(text + length - cut, end)) text[length - cut] = 0;
}

/* A claim's statement to stand within a sentence. */
static char *statement_of(const csim_report *report, const csim_claim *claim, size_t width, char *text, size_t size) {
    csim_report_clean(csim_report_in_language(report, claim->statement, claim->statement_zh), width, text, size);
    drop_end(text, csim_word_text(CSIM_LANGUAGE_EN, CSIM_WORD_STOP));
    drop_end(text, csim_word_text(report->language, CSIM_WORD_STOP));
    return text;
}

static void say_claims(const csim_report *report, char *text, size_t size) {
    const csim_language in = report->language;
    const claims_view view = view_of(report);
    char statement[2 * CSIM_REPORT_LINE], split[3 * CSIM_REPORT_LINE];
    size_t answers = 0;
    csim_run_file_claims(report->run, &answers);
    if (!view.decided) {
        if (report->scenario->claims && !answers) CSIM_SAY(in, CSIM_WORD_SAY_CLAIMS_LATER, text, size, csim_part_claims_words(report->run, in, statement, sizeof statement));
        else snprintf(text, size, "%s", csim_word_text(in, report->scenario->claims ? CSIM_WORD_SAY_CLAIMS_NONE : CSIM_WORD_SAY_CLAIMS_ABSENT));
        return;
    }
    snprintf(split, sizeof split, "%s", csim_word_text(in, CSIM_WORD_STOP));
    if (view.split)
        CSIM_SAY(in, CSIM_WORD_CLAIMS_SPLIT, split, sizeof split, statement_of(report, view.split, 140, statement, sizeof statement), percent_of(view.split_low, 0).text,
                 percent_of(view.split_high, 0).text);
    CSIM_SAY(in, CSIM_WORD_SAY_CLAIMS, text, size, count_of(view.decided).text, count_of(view.high).text, count_of(view.low).text, count_of(view.between).text, split);
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

static void say_turn(const csim_report *report, const decided_view *view, char *text, size_t size) {
    const csim_language in = report->language;
    const csim_break_even *turn = &view->turn;
    char statement[CSIM_REPORT_LINE], title[CSIM_REPORT_LINE / 2], value[160];
    csim_report_clean(csim_report_in_language(report, view->reading->title, view->reading->title_zh), 80, title, sizeof title);
    csim_word_quantity(in, turn->value, 3, turn->unit, value, sizeof value);
    CSIM_SAY(in, CSIM_WORD_TURN, text, size, statement_of(report, view->claim, 120, statement, sizeof statement), title,
             csim_word_text(in, turn->p95 > turn->p5 ? CSIM_WORD_TURN_YES : CSIM_WORD_TURN_NO), turn->input, value, digits_of(100 * turn->percentile, 3).text);
}

static void say_decided(const csim_report *report, char *text, size_t size) {
    const csim_language in = report->language;
    decided_view view = {.vintage_month = CSIM_NO_MONTH};
    char turn[3 * CSIM_REPORT_LINE] = "", guesses[240] = "", then[240] = "", month[32];
    see_beside(report, &view);
    if (view.claim) say_turn(report, &view, turn, sizeof turn);
    if (view.shares) CSIM_SAY(in, CSIM_WORD_GUESSES_HALF, guesses, sizeof guesses, percent_of(view.guesses[view.shares / 2], 0).text);
    if (view.then)
        CSIM_SAY(in, CSIM_WORD_VINTAGE_MOVED, then, sizeof then, csim_word_month_short(in, view.vintage_month, month, sizeof month), count_of(view.moved).text, count_of(view.then).text);
    CSIM_SAY(in, CSIM_WORD_SAY_DECIDED, text, size, turn, guesses, then);
    if (!turn[0] && !guesses[0] && !then[0]) snprintf(text, size, "%s", csim_word_text(in, CSIM_WORD_SAY_DECIDED_NONE));
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
    const csim_language in = report->language;
    char wide[CSIM_REPORT_LINE / 2], narrow[CSIM_REPORT_LINE / 2], span[2 * CSIM_REPORT_LINE] = "", inputs[CSIM_REPORT_LINE], blur[240], few[160] = "";
    unsigned uncertain, guesses;
    guesses_of(report->scenario, &uncertain, &guesses);
    if (widest >= 0)
        CSIM_SAY(in, CSIM_WORD_WIDEST, span, sizeof span, csim_report_series_title(report, widest, wide, sizeof wide), digits_of(factor_of(report, widest), 2).text,
                 csim_report_series_title(report, narrowest, narrow, sizeof narrow), digits_of(factor_of(report, narrowest), 2).text);
    const claims_view claims = view_of(report);
    snprintf(blur, sizeof blur, "%s", csim_word_text(in, CSIM_WORD_STOP));
    if (claims.decided) CSIM_SAY(in, CSIM_WORD_BLUR, blur, sizeof blur, percent_of(claims.farthest, 1).text);
    if (report->result->done < FEW_PATHS) CSIM_SAY(in, CSIM_WORD_FEW_PATHS, few, sizeof few, count_of((unsigned)report->result->done).text);
    CSIM_SAY(in, CSIM_WORD_GUESSES_COUNTED, inputs, sizeof inputs, count_of(guesses).text, count_of(uncertain).text, blur);
    CSIM_SAY(in, CSIM_WORD_SAY_UNCERTAIN, text, size, span, inputs, few);
}

char *csim_summary_sentence(const csim_report *report, int which, char *text, size_t size) {
    static void (*const say[CSIM_SUMMARY_SENTENCES])(const csim_report *, char *, size_t) = {say_shares, say_prices, say_software, say_claims, say_decided, say_uncertainty};
    text[0] = 0;
    say[which](report, text, size);
    return text;
}
