/* See reading_words.h. */
#include "csim/report/reading_words.h"

#include <stdio.h>
#include <string.h>

#include "csim/report/words.h"

const csim_outcome_row *csim_reading_outcome(const csim_reading *reading) {
    for (int i = 0; i < CSIM_OUTCOME_IDS; i++)
        if (!strcmp(csim_outcome_rows[i].name, reading->metric)) return &csim_outcome_rows[i];
    return NULL;
}

static csim_word op_word(const char *op) {
    return !strcmp(op, ">=") ? CSIM_WORD_AT_LEAST : !strcmp(op, ">") ? CSIM_WORD_MORE_THAN : !strcmp(op, "<=") ? CSIM_WORD_AT_MOST : CSIM_WORD_LESS_THAN;
}

void csim_reading_threshold(const csim_report *report, const csim_reading *reading, char *text, size_t size) {
    const csim_language in = report->language;
    const csim_outcome_row *row = csim_reading_outcome(reading);
    const char *unit = row ? row->unit : "-", *op = csim_word_text(in, op_word(reading->op));
    char number[96];
    if (reading->against[0] && strcmp(reading->difference, "minus")) unit = "-"; /* a ratio or its logarithm */
    const bool share = !strcmp(unit, "share");
    csim_word_quantity(in, share ? 100 * reading->value : reading->value, 4, share ? "-" : unit, number, sizeof number);
    if (!strcmp(unit, "flag")) snprintf(text, size, "%s", csim_word_text(in, CSIM_WORD_HOLDS));
    else if (share) CSIM_SAY(in, CSIM_WORD_THRESHOLD_SHARE, text, size, op, number);
    else CSIM_SAY(in, CSIM_WORD_THRESHOLD, text, size, op, number);
}

void csim_reading_date(const csim_report *report, const csim_reading *reading, char *text, size_t size) {
    const csim_language in = report->language;
    char from[32], to[32];
    text[0] = 0;
    if (reading->at_month != CSIM_NO_MONTH) CSIM_SAY(in, CSIM_WORD_AT_END_OF, text, size, csim_word_month_short(in, reading->at_month, to, sizeof to));
    else if (reading->by_month != CSIM_NO_MONTH && reading->from_month != CSIM_NO_MONTH)
        CSIM_SAY(in, CSIM_WORD_FROM_TO, text, size, csim_word_month_short(in, reading->from_month, from, sizeof from), csim_word_month_short(in, reading->by_month, to, sizeof to));
    else if (reading->by_month != CSIM_NO_MONTH) CSIM_SAY(in, CSIM_WORD_UP_TO, text, size, csim_word_month_short(in, reading->by_month, to, sizeof to));
}

/* "log of tight_controls over no_controls"; "" for a reading of one scenario. */
static void contrast_words(const csim_report *report, const csim_reading *reading, char *text, size_t size) {
    char of[64], base[64];
    const csim_word word = !strcmp(reading->difference, "ln_ratio") ? CSIM_WORD_CONTRAST_LOG : !strcmp(reading->difference, "minus") ? CSIM_WORD_CONTRAST_LESS : CSIM_WORD_CONTRAST_OVER;
    text[0] = 0;
    if (!reading->against[0]) return;
    snprintf(of, sizeof of, "%.60s", reading->against);
    snprintf(base, sizeof base, "%.60s", reading->against_base[0] ? reading->against_base : report->scenario->name);
    CSIM_SAY(report->language, word, text, size, of, base);
}

void csim_reading_metric(const csim_report *report, const csim_reading *reading, char *text, size_t size) {
    char element[2 * CSIM_MAX_ID];
    const csim_outcome_row *row = csim_reading_outcome(reading);
    const char *title = row ? csim_report_title_of(report, (csim_outcome_id)(row - csim_outcome_rows)) : reading->metric;
    csim_report_names(report, reading->element, element, sizeof element);
    if (element[0]) CSIM_SAY(report->language, CSIM_WORD_SERIES_TITLE, text, size, title, element);
    else snprintf(text, size, "%s", title);
}

void csim_reading_subject(const csim_report *report, const csim_reading *reading, char *text, size_t size) {
    char contrast[256], metric[CSIM_REPORT_LINE / 2];
    contrast_words(report, reading, contrast, sizeof contrast);
    csim_reading_metric(report, reading, metric, sizeof metric);
    if (contrast[0]) CSIM_SAY(report->language, CSIM_WORD_SUBJECT_CONTRAST, text, size, metric, contrast);
    else snprintf(text, size, "%s", metric);
}
