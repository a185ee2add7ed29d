/* Claims: what each text says, how it is read, and what the run makes of every reading. Puts the answers that the run file holds beside the scenario's
 * words; must not decide any of them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "csim/report/reading_words.h"
#include "csim/report/report_parts.h"

enum { ID, READING, EXACT, PROBABILITY, ERROR, LOW, HIGH, HITS, PATHS, RESOLVES, VINTAGE, VINTAGE_ERROR, GUESSES, GUESSES_ERROR, COLUMNS,
       STATEMENT_WIDTH = 165, TEXT_WIDTH = 205, LINE_POINTS = 13, ROW_POINTS = 15, PAGE_POINTS = 740 };

static const csim_table_column columns[COLUMNS] = {
    [ID] = {"Claim and reading", "key", 28, true},     [READING] = {"Reading", "in words", 35, true},     [EXACT] = {"Exactly", "what a path, a pair of paths or the catalogue must show", 45, true},
    [PROBABILITY] = {"Probability", "share of paths", 13, false}, [ERROR] = {"\xC2\xB1 error", "standard", 9, false}, [LOW] = {"95 % from", "Wilson", 9, false},
    [HIGH] = {"95 % to", "Wilson", 9, false},          [HITS] = {"Hits", "paths", 9, false},              [PATHS] = {"Of", "paths", 9, false},
    [RESOLVES] = {"Settled", "yyyy-mm", 10, false},    [VINTAGE] = {"As known", "before", 9, false},      [VINTAGE_ERROR] = {"\xC2\xB1 then", "standard", 8, false},
    [GUESSES] = {"Guesses", "decide", 9, false},       [GUESSES_ERROR] = {"\xC2\xB1 of it", "standard", 8, false},
};

/* ---- readings in words ---- */

static void exact_words(const csim_scenario *scenario, const csim_reading *reading, char *text, size_t size) {
    char subject[CSIM_REPORT_LINE / 2], threshold[128], date[96];
    csim_reading_threshold(reading, threshold, sizeof threshold);
    if (reading->identity[0]) {
        snprintf(text, size, "%.400s %s", reading->identity, threshold);
        return;
    }
    csim_reading_subject(scenario, reading, subject, sizeof subject);
    csim_reading_date(reading, date, sizeof date);
    const bool given = reading->given[0] != 0;
    snprintf(text, size, "%s, %s%s%s%.60s%s", subject, threshold, date, given ? ", among paths in which '" : "", reading->given, given ? "' holds" : "");
}

/* ---- one claim ---- */

static const char *kind_words(csim_claim_kind kind) {
    static const char *const words[] = {[CSIM_THRESHOLD] = "threshold", [CSIM_IDENTITY] = "arithmetic on the catalogue", [CSIM_KERNEL] = "cost kernel alone",
                                        [CSIM_CONDITIONAL] = "conditional", [CSIM_CONTRAST] = "two scenarios, same draws"};
    return words[kind];
}

static const char *status_words(const char *status) {
    return !strcmp(status, "resolved_true") ? "resolved: true" : !strcmp(status, "resolved_false") ? "resolved: false" : !strcmp(status, "unresolvable") ? "unresolvable as worded" : "open";
}

typedef struct claim_texts {
    char about[2 * CSIM_REPORT_LINE], resolution[2 * CSIM_REPORT_LINE], comment[4 * CSIM_REPORT_LINE];
} claim_texts;

static void claim_texts_of(const csim_claim *claim, claim_texts *out) {
    char line[4 * CSIM_REPORT_LINE];
    snprintf(line, sizeof line, "%.400s \xC2\xB7 said %.20s \xC2\xB7 %s \xC2\xB7 %s%s%.600s", claim->source, claim->said_on, kind_words(claim->kind), status_words(claim->status),
             claim->status_source[0] ? ": " : "", claim->status_source);
    csim_report_clean(line, 1000, out->about, sizeof out->about);
    snprintf(line, sizeof line, "Settled by: %.1000s", claim->resolution);
    csim_report_clean(line, 1500, out->resolution, sizeof out->resolution);
    snprintf(line, sizeof line, "Comment: %.3000s", claim->comment);
    csim_report_clean(line, 3500, out->comment, sizeof out->comment);
}

/* Rows of text above the readings: the statement, what it is, how it is settled, the comment. */
static uint32_t put_claim_texts(csim_sheet *sheet, uint32_t row, const csim_claim *claim) {
    claim_texts texts;
    char statement[2 * CSIM_REPORT_LINE];
    claim_texts_of(claim, &texts);
    csim_report_clean(claim->statement, 1000, statement, sizeof statement);
    row = csim_report_put_lines(sheet, row, 0, CSIM_GENERAL(CSIM_ROLE_HEADING), statement, STATEMENT_WIDTH);
    for (uint32_t column = 1; column < COLUMNS; column++) csim_sheet_put_blank(sheet, row - 1, column, CSIM_ROLE_HEADING);
    row = csim_report_put_lines(sheet, row, 0, CSIM_GENERAL(CSIM_ROLE_NOTE), texts.about, TEXT_WIDTH);
    row = csim_report_put_lines(sheet, row, 0, CSIM_GENERAL(CSIM_ROLE_NOTE), texts.resolution, TEXT_WIDTH);
    return csim_report_put_lines(sheet, row, 0, CSIM_GENERAL(CSIM_ROLE_BODY), texts.comment, TEXT_WIDTH);
}

/* Truth is no probability: it has neither error nor interval. */
static void put_truth(csim_sheet *sheet, uint32_t row, const csim_claim_result *result) {
    csim_sheet_put_text(sheet, row, PROBABILITY, CSIM_GENERAL(CSIM_ROLE_MISSING), result->probability.value > 0.5 ? "true" : "false");
    csim_sheet_put_text(sheet, row, ERROR, CSIM_GENERAL(CSIM_ROLE_MISSING), "constant");
}

static void put_share(csim_sheet *sheet, uint32_t row, csim_probability p) {
    const bool bound = p.hits == 0 || p.hits == p.count;
    const double error = bound ? (p.high - p.low) / 10 : p.error;
    const int decimals = csim_report_decimals(CSIM_AS_PERCENT, bound ? p.high - p.low : p.value, error);
    csim_report_put_probability(sheet, row, PROBABILITY, CSIM_ROLE_BODY, p);
    if (!p.count) return;
    if (bound) csim_sheet_put_text(sheet, row, ERROR, CSIM_GENERAL(CSIM_ROLE_MISSING), "bound");
    else csim_report_put_error(sheet, row, ERROR, CSIM_AS_PERCENT, decimals, error, false);
    csim_report_put_value(sheet, row, LOW, CSIM_ROLE_BODY, CSIM_AS_PERCENT, decimals, p.low);
    csim_report_put_value(sheet, row, HIGH, CSIM_ROLE_BODY, CSIM_AS_PERCENT, decimals, p.high);
    csim_sheet_put_integer(sheet, row, HITS, CSIM_ROLE_BODY, (int64_t)p.hits);
    csim_sheet_put_integer(sheet, row, PATHS, CSIM_ROLE_BODY, (int64_t)p.count);
}

/* What stands beside a share of paths: the same reading with what was known before, and how much of it guesses decide. */
static void put_beside(csim_sheet *sheet, uint32_t row, const csim_claim_result *result) {
    const csim_probability *then = &result->aside.vintage;
    const csim_estimate *guesses = &result->aside.guesses;
    if (result->answer == CSIM_ANSWER_CONSTANT || result->answer == CSIM_ANSWER_OPEN) return;
    const bool bound = then->hits == 0 || then->hits == then->count;
    csim_report_put_probability(sheet, row, VINTAGE, CSIM_ROLE_BODY, *then);
    if (then->count && bound) csim_sheet_put_text(sheet, row, VINTAGE_ERROR, CSIM_GENERAL(CSIM_ROLE_MISSING), "bound");
    else csim_report_put_error(sheet, row, VINTAGE_ERROR, CSIM_AS_PERCENT, csim_report_decimals(CSIM_AS_PERCENT, then->value, then->error), then->error, false);
    const int decimals = csim_report_decimals(CSIM_AS_PERCENT, guesses->value, guesses->error);
    csim_report_put_value(sheet, row, GUESSES, CSIM_ROLE_BODY, CSIM_AS_PERCENT, decimals, guesses->value);
    csim_report_put_error(sheet, row, GUESSES_ERROR, CSIM_AS_PERCENT, decimals, guesses->error, false);
}

static void put_answer(csim_sheet *sheet, uint32_t row, const csim_claim_result *result) {
    if (result->answer == CSIM_ANSWER_CONSTANT) put_truth(sheet, row, result);
    else if (result->answer == CSIM_ANSWER_OPEN) csim_sheet_put_missing(sheet, row, PROBABILITY);
    else put_share(sheet, row, result->probability);
    put_beside(sheet, row, result);
}

static double put_height(csim_sheet *sheet, uint32_t row, const char *title, const char *exact) {
    const unsigned a = csim_report_lines(title, columns[READING].width_chars), b = csim_report_lines(exact, columns[EXACT].width_chars);
    const double points = LINE_POINTS * (a > b ? a : b) + 3;
    csim_sheet_set_height(sheet, row, points);
    return points;
}

/* What else the answer says: the value compared, or why there is none. */
static void exact_with_value(const csim_report *report, const csim_reading *reading, const csim_claim_result *result, char *text, size_t size) {
    char words[CSIM_REPORT_LINE];
    exact_words(report->scenario, reading, words, sizeof words);
    if (result->answer == CSIM_ANSWER_CONSTANT && isfinite(result->value.value)) snprintf(text, size, "%s: it is %.4g", words, result->value.value);
    else if (result->note[0]) snprintf(text, size, "%s (%.250s)", words, result->note);
    else snprintf(text, size, "%s", words);
}

/* Returns the row's height in points. */
static double put_reading(csim_report *report, csim_sheet *sheet, uint32_t row, const csim_reading *reading, const csim_claim_result *result) {
    char text[2 * CSIM_REPORT_LINE], key[2 * CSIM_CLAIM_ID + 2];
    snprintf(key, sizeof key, "%s.%s", result->claim, result->reading);
    csim_report_put_wrapped(sheet, row, ID, key);
    csim_report_put_wrapped(sheet, row, READING, reading->title);
    exact_with_value(report, reading, result, text, sizeof text);
    csim_report_put_wrapped(sheet, row, EXACT, text);
    put_answer(sheet, row, result);
    const int month = reading->at_month != CSIM_NO_MONTH ? reading->at_month : reading->by_month;
    if (month != CSIM_NO_MONTH) csim_report_put_month(sheet, row, RESOLVES, CSIM_ROLE_BODY, month);
    return put_height(sheet, row, reading->title, text);
}

/* ---- the sheet ---- */

size_t csim_report_main_readings(const csim_report *report, csim_report_bar *bars, size_t most, bool open_only) {
    size_t count = 0, i = 0, used = 0;
    const csim_claim_result *results = csim_run_file_claims(report->run, &count);
    for (size_t c = 0; c < report->scenario->claims; c++) {
        const csim_claim *claim = &report->scenario->claim[c];
        const csim_claim_result *first = i < count ? &results[i] : NULL;
        i += claim->count;
        const bool decided = first && (first->answer == CSIM_ANSWER_PATHS || first->answer == CSIM_ANSWER_PAIRS) && first->probability.count;
        if (used >= most || !claim->count || !decided || (open_only && strcmp(claim->status, "open"))) continue;
        csim_report_clean(claim->statement, 60, bars[used].label, sizeof bars[used].label);
        bars[used++].value = first->probability.value;
    }
    return used;
}

static uint32_t put_chart(csim_report *report, csim_sheet *sheet, uint32_t row) {
    csim_report_bar bars[CSIM_MAX_READINGS];
    const size_t count = csim_report_main_readings(report, bars, CSIM_MAX_READINGS, false);
    if (!count) return row;
    const uint32_t height = 90 + 24 * (uint32_t)count;
    csim_sheet_put_text(sheet, row, 0, CSIM_GENERAL(CSIM_ROLE_HEADING), "First reading of each claim that paths decide");
    csim_report_draw_bars(report, (csim_report_place){sheet, row + 1, 0, 1150, height}, "Probability of each claim in its first reading", bars, count);
    return row + 2 + height / 20;
}

/* Keeps a claim and its readings on one printed page. */
static double page_after(csim_sheet *sheet, uint32_t first, double used, double points) {
    if (used + points <= PAGE_POINTS || first == 0) return used + points;
    csim_sheet_break_before(sheet, first);
    return points;
}

/* The columns of the table, that of the vintage headed by the last month it knows. `month` holds that text. */
static void columns_of(const csim_claim_result *results, size_t count, char month[CSIM_MONTH_TEXT], csim_table_column out[COLUMNS]) {
    memcpy(out, columns, sizeof columns);
    for (size_t i = 0; i < count; i++)
        if (results[i].aside.vintage_month != CSIM_NO_MONTH) out[VINTAGE].unit = csim_month_text(results[i].aside.vintage_month, month);
}

void csim_report_fill_claims(csim_report *report) {
    csim_sheet *sheet = report->sheet[CSIM_REPORT_CLAIMS];
    size_t count = 0, i = 0;
    const csim_claim_result *results = csim_run_file_claims(report->run, &count);
    const uint32_t top = csim_report_put_head(report, CSIM_REPORT_CLAIMS, "Claims", "A probability is the share of paths in which a reading holds: what follows from the assumptions, no more. Where readings of one claim differ, that distance is the finding.");
    if (!count) {
        csim_sheet_put_text(sheet, top, 0, CSIM_GENERAL(CSIM_ROLE_BODY), "This run holds no claims.");
        return;
    }
    csim_table_column heads[COLUMNS];
    char month[CSIM_MONTH_TEXT];
    columns_of(results, count, month, heads);
    const csim_cells data = csim_sheet_add_table(sheet, top, 0, heads, COLUMNS, (uint32_t)count, CSIM_TABLE_FREEZE);
    uint32_t row = data.row;
    double used = ROW_POINTS * 5; /* of the page: what stands above the table */
    for (size_t c = 0; c < report->scenario->claims; c++) {
        const csim_claim *claim = &report->scenario->claim[c];
        const uint32_t first = row;
        row = put_claim_texts(sheet, row, claim);
        double points = ROW_POINTS * (double)(row + 1 - first);
        for (size_t r = 0; r < claim->count; r++, i++) points += put_reading(report, sheet, row++, &claim->readings[r], &results[i]);
        row++;
        used = page_after(sheet, first, used, points);
    }
    csim_cells_add_bars(csim_cells_of(sheet, data.row, PROBABILITY, row - 2, PROBABILITY), CSIM_COLOUR_SKY_BLUE, 0, 1);
    csim_sheet_break_before(sheet, row);
    const uint32_t break_evens = row, chart = csim_report_put_break_evens(sheet, break_evens, results, count);
    if (chart > break_evens) csim_sheet_break_before(sheet, chart);
    const uint32_t end = put_chart(report, sheet, chart);
    if (report->sheet[CSIM_REPORT_SCENARIOS]) csim_sheet_put_link(sheet, 2, READING, "Contrasts", csim_cell_of(report->sheet[CSIM_REPORT_SCENARIOS], 0, 0));
    csim_sheet_put_link(sheet, 2, EXACT, "Break-even", csim_cell_of(sheet, break_evens, 0));
    csim_sheet_put_link(sheet, 2, PROBABILITY, "Chart", csim_cell_of(sheet, chart, 0));
    csim_sheet_set_print_area(csim_cells_of(sheet, 0, 0, end, COLUMNS - 1));
}
