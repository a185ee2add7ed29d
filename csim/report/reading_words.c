/* See reading_words.h. */
#include "csim/report/reading_words.h"

#include <stdio.h>
#include <string.h>

#include "csim/report/report_parts.h"

const csim_outcome_row *csim_reading_outcome(const csim_reading *reading) {
    for (int i = 0; i < CSIM_OUTCOME_IDS; i++)
        if (!strcmp(csim_outcome_rows[i].name, reading->metric)) return &csim_outcome_rows[i];
    return NULL;
}

static const char *op_words(const char *op) { return !strcmp(op, ">=") ? "at least" : !strcmp(op, ">") ? "more than" : !strcmp(op, "<=") ? "at most" : "less than"; }

void csim_reading_threshold(const csim_reading *reading, char *text, size_t size) {
    const csim_outcome_row *row = csim_reading_outcome(reading);
    const char *unit = row ? row->unit : "-";
    if (reading->against[0] && strcmp(reading->difference, "minus")) unit = "-"; /* a ratio or its logarithm */
    if (!strcmp(unit, "flag")) snprintf(text, size, "holds");
    else if (!strcmp(unit, "share")) snprintf(text, size, "%s %.4g %%", op_words(reading->op), 100 * reading->value);
    else snprintf(text, size, "%s %.4g%s%s", op_words(reading->op), reading->value, strcmp(unit, "-") ? " " : "", strcmp(unit, "-") ? unit : "");
}

void csim_reading_date(const csim_reading *reading, char *text, size_t size) {
    char from[CSIM_MONTH_TEXT], to[CSIM_MONTH_TEXT];
    text[0] = 0;
    if (reading->at_month != CSIM_NO_MONTH) snprintf(text, size, " at the end of %s", csim_month_text(reading->at_month, to));
    else if (reading->by_month != CSIM_NO_MONTH && reading->from_month != CSIM_NO_MONTH)
        snprintf(text, size, " in some month from %s to %s", csim_month_text(reading->from_month, from), csim_month_text(reading->by_month, to));
    else if (reading->by_month != CSIM_NO_MONTH) snprintf(text, size, " in some month up to %s", csim_month_text(reading->by_month, to));
}

/* "log of tight_controls over no_controls"; "" for a reading of one scenario. */
static void contrast_words(const csim_scenario *scenario, const csim_reading *reading, char *text, size_t size) {
    const char *base = reading->against_base[0] ? reading->against_base : scenario->name;
    const bool minus = !strcmp(reading->difference, "minus"), log = !strcmp(reading->difference, "ln_ratio");
    text[0] = 0;
    if (reading->against[0]) snprintf(text, size, "%s%.60s %s %.60s", log ? "log of " : "", reading->against, minus ? "less" : "over", base);
}

void csim_reading_metric(const csim_reading *reading, char *text, size_t size) {
    char element[2 * CSIM_MAX_ID];
    const csim_outcome_row *row = csim_reading_outcome(reading);
    snprintf(element, sizeof element, "%.100s", reading->element);
    for (char *at = element; *at; at++)
        if (*at == '.' || *at == '_') *at = ' ';
    snprintf(text, size, "%s%s%s", row ? csim_report_outcome_title((csim_outcome_id)(row - csim_outcome_rows)) : reading->metric, element[0] ? ": " : "", element);
}

void csim_reading_subject(const csim_scenario *scenario, const csim_reading *reading, char *text, size_t size) {
    char contrast[256], metric[256];
    contrast_words(scenario, reading, contrast, sizeof contrast);
    csim_reading_metric(reading, metric, sizeof metric);
    snprintf(text, size, "%s%s%s", metric, contrast[0] ? ", " : "", contrast);
}
