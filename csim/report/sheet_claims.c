/* Claims: what each text says, how it is read, and what the run makes of every reading. Puts the answers that the run file holds beside the scenario's
 * words; must not decide any of them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "csim/report/part_words.h"
#include "csim/report/reading_words.h"
#include "csim/report/report_parts.h"
#include "csim/report/words.h"

enum { ID, READING, EXACT, PROBABILITY, ERROR, LOW, HIGH, HITS, PATHS, RESOLVES, VINTAGE, VINTAGE_ERROR, GUESSES, GUESSES_ERROR, COLUMNS,
       STATEMENT_WIDTH = 165, TEXT_WIDTH = 205, ROW_POINTS = 15, PAGE_POINTS = 740 };

typedef struct column_plan { csim_word header, unit; double width_chars; bool is_text; } column_plan;

static const column_plan columns[COLUMNS] = {
    [ID] = {CSIM_WORD_H_CLAIM, CSIM_WORD_U_KEY, 28, true},
    [READING] = {CSIM_WORD_H_READING, CSIM_WORD_U_IN_WORDS, 35, true},
    [EXACT] = {CSIM_WORD_H_EXACT, CSIM_WORD_U_EXACT, 45, true},
    [PROBABILITY] = {CSIM_WORD_H_PROBABILITY, CSIM_WORD_U_OF_PATHS, 13, false},
    [ERROR] = {CSIM_WORD_H_ERROR, CSIM_WORD_STANDARD, 9, false},
    [LOW] = {CSIM_WORD_H_LOW, CSIM_WORD_U_WILSON, 9, false},
    [HIGH] = {CSIM_WORD_H_HIGH, CSIM_WORD_U_WILSON, 9, false},
    [HITS] = {CSIM_WORD_H_HITS, CSIM_WORD_U_PATHS, 9, false},
    [PATHS] = {CSIM_WORD_H_OF, CSIM_WORD_U_PATHS, 9, false},
    [RESOLVES] = {CSIM_WORD_H_SETTLED, CSIM_WORD_U_YYYY_MM, 10, false},
    [VINTAGE] = {CSIM_WORD_H_VINTAGE, CSIM_WORD_U_BEFORE, 9, false},
    [VINTAGE_ERROR] = {CSIM_WORD_H_THEN, CSIM_WORD_STANDARD, 8, false},
    [GUESSES] = {CSIM_WORD_H_GUESSES, CSIM_WORD_U_DECIDE, 9, false},
    [GUESSES_ERROR] = {CSIM_WORD_H_OF_IT, CSIM_WORD_STANDARD, 8, false},
};

/* ---- readings in words ---- */

static void exact_words(const csim_report *report, const csim_reading *reading, char *text, size_t size) {
    const csim_language in = report->language;
    char subject[CSIM_REPORT_LINE / 2], threshold[160], date[128], given[128] = "", other[64];
    csim_reading_threshold(report, reading, threshold, sizeof threshold);
    if (reading->identity[0]) {
        char identity[CSIM_REPORT_LINE / 2];
        snprintf(identity, sizeof identity, "%.400s", reading->identity);
        CSIM_SAY(in, CSIM_WORD_EXACT_IDENTITY, text, size, identity, threshold);
        return;
    }
    csim_reading_subject(report, reading, subject, sizeof subject);
    csim_reading_date(report, reading, date, sizeof date);
    snprintf(other, sizeof other, "%.60s", reading->given);
    if (other[0]) CSIM_SAY(in, CSIM_WORD_GIVEN, given, sizeof given, other);
    CSIM_SAY(in, CSIM_WORD_EXACT, text, size, subject, threshold, date, given);
}

/* ---- one claim ---- */

static csim_word kind_word(csim_claim_kind kind) {
    static const csim_word words[] = {[CSIM_THRESHOLD] = CSIM_WORD_KIND_THRESHOLD, [CSIM_IDENTITY] = CSIM_WORD_KIND_IDENTITY, [CSIM_KERNEL] = CSIM_WORD_KIND_KERNEL,
                                      [CSIM_CONDITIONAL] = CSIM_WORD_KIND_CONDITIONAL, [CSIM_CONTRAST] = CSIM_WORD_KIND_CONTRAST};
    return words[kind];
}

static csim_word status_word(const char *status) {
    return !strcmp(status, "resolved_true")    ? CSIM_WORD_STATUS_TRUE
           : !strcmp(status, "resolved_false") ? CSIM_WORD_STATUS_FALSE
           : !strcmp(status, "unresolvable")   ? CSIM_WORD_STATUS_UNRESOLVABLE
                                               : CSIM_WORD_STATUS_OPEN;
}

typedef struct claim_texts {
    char about[2 * CSIM_REPORT_LINE], resolution[2 * CSIM_REPORT_LINE], comment[4 * CSIM_REPORT_LINE];
} claim_texts;

static void claim_texts_of(csim_language in, const csim_claim *claim, claim_texts *out) {
    char line[4 * CSIM_REPORT_LINE], behind[CSIM_REPORT_LINE] = "", part[3 * CSIM_REPORT_LINE + 8];
    snprintf(part, sizeof part, "%.600s", claim->status_source);
    if (part[0]) CSIM_SAY(in, CSIM_WORD_STATUS_SOURCE, behind, sizeof behind, part);
    snprintf(part, sizeof part, "%.400s", claim->source);
    CSIM_SAY(in, CSIM_WORD_ABOUT, line, sizeof line, part, claim->said_on, csim_word_text(in, kind_word(claim->kind)), csim_word_text(in, status_word(claim->status)), behind);
    csim_report_clean(line, 1000, out->about, sizeof out->about);
    snprintf(part, sizeof part, "%.1000s", claim->resolution);
    csim_report_clean(CSIM_SAY(in, CSIM_WORD_SETTLED_BY, line, sizeof line, part), 1500, out->resolution, sizeof out->resolution);
    snprintf(part, sizeof part, "%.3000s", claim->comment);
    csim_report_clean(CSIM_SAY(in, CSIM_WORD_COMMENT, line, sizeof line, part), 3500, out->comment, sizeof out->comment);
}

static size_t width_in(csim_language in, size_t letters) { return (size_t)((double)letters * csim_word_line_frac(in)); }

/* Rows of text above the readings: the statement, what it is, how it is settled, the comment. */
static uint32_t put_claim_texts(const csim_report *report, csim_sheet *sheet, uint32_t row, const csim_claim *claim) {
    claim_texts texts;
    char statement[2 * CSIM_REPORT_LINE];
    const size_t width = width_in(report->language, TEXT_WIDTH);
    claim_texts_of(report->language, claim, &texts);
    csim_report_clean(csim_report_in_language(report, claim->statement, claim->statement_zh), 1000, statement, sizeof statement);
    row = csim_report_put_lines(sheet, row, 0, CSIM_GENERAL(CSIM_ROLE_HEADING), statement, width_in(report->language, STATEMENT_WIDTH));
    for (uint32_t column = 1; column < COLUMNS; column++) csim_sheet_put_blank(sheet, row - 1, column, CSIM_ROLE_HEADING);
    const double points = csim_word_heading_points(report->language);
    if (points > 0) csim_sheet_set_height(sheet, row - 1, points);
    row = csim_report_put_lines(sheet, row, 0, CSIM_GENERAL(CSIM_ROLE_NOTE), texts.about, width);
    row = csim_report_put_lines(sheet, row, 0, CSIM_GENERAL(CSIM_ROLE_NOTE), texts.resolution, width);
    return csim_report_put_lines(sheet, row, 0, CSIM_GENERAL(CSIM_ROLE_BODY), texts.comment, width);
}

/* A word where a number would stand. */
static void put_word(const csim_report *report, csim_sheet *sheet, uint32_t row, uint32_t column, csim_word word) {
    csim_sheet_put_text(sheet, row, column, CSIM_GENERAL(CSIM_ROLE_MISSING), csim_word_text(report->language, word));
}

/* Truth is no probability: it has neither error nor interval. */
static void put_truth(const csim_report *report, csim_sheet *sheet, uint32_t row, const csim_claim_result *result) {
    put_word(report, sheet, row, PROBABILITY, result->probability.value > 0.5 ? CSIM_WORD_TRUE : CSIM_WORD_FALSE);
    put_word(report, sheet, row, ERROR, CSIM_WORD_CONSTANT);
}

static void put_share(const csim_report *report, csim_sheet *sheet, uint32_t row, csim_probability p) {
    const bool bound = p.hits == 0 || p.hits == p.count;
    const double error = bound ? (p.high - p.low) / 10 : p.error;
    const int decimals = csim_report_decimals(CSIM_AS_PERCENT, bound ? p.high - p.low : p.value, error);
    csim_report_put_probability(sheet, row, PROBABILITY, CSIM_ROLE_BODY, p);
    if (!p.count) return;
    if (bound) put_word(report, sheet, row, ERROR, CSIM_WORD_BOUND);
    else csim_report_put_error(sheet, row, ERROR, CSIM_AS_PERCENT, decimals, error, false);
    csim_report_put_value(sheet, row, LOW, CSIM_ROLE_BODY, CSIM_AS_PERCENT, decimals, p.low);
    csim_report_put_value(sheet, row, HIGH, CSIM_ROLE_BODY, CSIM_AS_PERCENT, decimals, p.high);
    csim_sheet_put_integer(sheet, row, HITS, CSIM_ROLE_BODY, (int64_t)p.hits);
    csim_sheet_put_integer(sheet, row, PATHS, CSIM_ROLE_BODY, (int64_t)p.count);
}

/* What stands beside a share of paths: the same reading with what was known before, and how much of it guesses decide. */
static void put_beside(const csim_report *report, csim_sheet *sheet, uint32_t row, const csim_claim_result *result) {
    const csim_probability *then = &result->aside.vintage;
    const csim_estimate *guesses = &result->aside.guesses;
    if (result->answer == CSIM_ANSWER_CONSTANT || result->answer == CSIM_ANSWER_OPEN) return;
    const bool bound = then->hits == 0 || then->hits == then->count;
    csim_report_put_probability(sheet, row, VINTAGE, CSIM_ROLE_BODY, *then);
    if (then->count && bound) put_word(report, sheet, row, VINTAGE_ERROR, CSIM_WORD_BOUND);
    else csim_report_put_error(sheet, row, VINTAGE_ERROR, CSIM_AS_PERCENT, csim_report_decimals(CSIM_AS_PERCENT, then->value, then->error), then->error, false);
    const int decimals = csim_report_decimals(CSIM_AS_PERCENT, guesses->value, guesses->error);
    csim_report_put_value(sheet, row, GUESSES, CSIM_ROLE_BODY, CSIM_AS_PERCENT, decimals, guesses->value);
    csim_report_put_error(sheet, row, GUESSES_ERROR, CSIM_AS_PERCENT, decimals, guesses->error, false);
}

static void put_answer(const csim_report *report, csim_sheet *sheet, uint32_t row, const csim_claim_result *result) {
    if (result->answer == CSIM_ANSWER_CONSTANT) put_truth(report, sheet, row, result);
    else if (result->answer == CSIM_ANSWER_OPEN) csim_sheet_put_missing(sheet, row, PROBABILITY);
    else put_share(report, sheet, row, result->probability);
    put_beside(report, sheet, row, result);
}

static double put_height(csim_language in, csim_sheet *sheet, uint32_t row, const char *title, const char *exact) {
    const unsigned a = csim_report_lines(title, columns[READING].width_chars), b = csim_report_lines(exact, columns[EXACT].width_chars);
    const double points = csim_word_line_points(in) * (a > b ? a : b) + 3;
    csim_sheet_set_height(sheet, row, points);
    return points;
}

/* What else the answer says: the value compared, or why there is none. */
static void exact_with_value(const csim_report *report, const csim_reading *reading, const csim_claim_result *result, char *text, size_t size) {
    char words[CSIM_REPORT_LINE], value[48];
    exact_words(report, reading, words, sizeof words);
    snprintf(value, sizeof value, "%.4g", result->value.value);
    if (result->answer == CSIM_ANSWER_CONSTANT && isfinite(result->value.value)) CSIM_SAY(report->language, CSIM_WORD_EXACT_VALUE, text, size, words, value);
    else if (result->note[0]) CSIM_SAY(report->language, CSIM_WORD_EXACT_NOTE, text, size, words, csim_word_term(report->language, result->note));
    else snprintf(text, size, "%s", words);
}

/* Returns the row's height in points. */
static double put_reading(csim_report *report, csim_sheet *sheet, uint32_t row, const csim_reading *reading, const csim_claim_result *result) {
    char text[2 * CSIM_REPORT_LINE], key[2 * CSIM_CLAIM_ID + 2];
    snprintf(key, sizeof key, "%s.%s", result->claim, result->reading);
    csim_report_put_wrapped(sheet, row, ID, key);
    const char *title = csim_report_in_language(report, reading->title, reading->title_zh);
    csim_report_put_wrapped(sheet, row, READING, title);
    exact_with_value(report, reading, result, text, sizeof text);
    csim_report_put_wrapped(sheet, row, EXACT, text);
    put_answer(report, sheet, row, result);
    const int month = reading->at_month != CSIM_NO_MONTH ? reading->at_month : reading->by_month;
    if (month != CSIM_NO_MONTH) csim_report_put_month(sheet, row, RESOLVES, CSIM_ROLE_BODY, month);
    return put_height(report->language, sheet, row, title, text);
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
        csim_report_clean(csim_report_in_language(report, claim->statement, claim->statement_zh), csim_word_label_width(report->language), bars[used].label, sizeof bars[used].label);
        csim_report_say_probability(first->probability, bars[used].said, sizeof bars[used].said);
        bars[used++].value = first->probability.value;
    }
    return used;
}

static uint32_t put_chart(csim_report *report, csim_sheet *sheet, uint32_t row) {
    csim_report_bar bars[CSIM_MAX_READINGS];
    const size_t count = csim_report_main_readings(report, bars, CSIM_MAX_READINGS, false);
    if (!count) return row;
    const uint32_t height = 90 + 24 * (uint32_t)count;
    csim_sheet_put_text(sheet, row, 0, CSIM_GENERAL(CSIM_ROLE_HEADING), csim_word_text(report->language, CSIM_WORD_FIRST_READINGS));
    csim_report_draw_bars(report, (csim_report_place){sheet, row + 1, 0, 1150, height}, csim_word_text(report->language, CSIM_WORD_FIRST_READINGS_CHART), bars, count);
    return row + 2 + height / 20;
}

/* Keeps a claim and its readings on one printed page. */
static double page_after(csim_sheet *sheet, uint32_t first, double used, double points) {
    if (used + points <= PAGE_POINTS || first == 0) return used + points;
    csim_sheet_break_before(sheet, first);
    return points;
}

/* The columns of the table, that of the vintage headed by the last month it knows. `month` holds that text. */
static void columns_of(csim_language in, const csim_claim_result *results, size_t count, char *month, size_t size, csim_table_column out[COLUMNS]) {
    for (int i = 0; i < COLUMNS; i++)
        out[i] = (csim_table_column){csim_word_text(in, columns[i].header), csim_word_text(in, columns[i].unit), columns[i].width_chars, columns[i].is_text};
    for (size_t i = 0; i < count; i++)
        if (results[i].aside.vintage_month != CSIM_NO_MONTH) out[VINTAGE].unit = csim_word_month_short(in, results[i].aside.vintage_month, month, size);
}

bool csim_report_has_claims(const csim_report *report) { return report->scenario->claims > 0; }

void csim_report_fill_claims(csim_report *report) {
    csim_sheet *sheet = report->sheet[CSIM_REPORT_CLAIMS];
    size_t count = 0, i = 0;
    const csim_claim_result *results = csim_run_file_claims(report->run, &count);
    const csim_language in = report->language;
    const uint32_t top = csim_report_put_head(report, CSIM_REPORT_CLAIMS, csim_word_text(in, CSIM_WORD_CLAIMS_TITLE), csim_word_text(in, CSIM_WORD_CLAIMS_SUBTITLE));
    if (!count) {
        char text[CSIM_REPORT_LINE];
        csim_sheet_put_text(sheet, top, 0, CSIM_GENERAL(CSIM_ROLE_BODY), csim_part_claims_words(report->run, in, text, sizeof text));
        return;
    }
    csim_table_column heads[COLUMNS];
    char month[32];
    columns_of(in, results, count, month, sizeof month, heads);
    const csim_cells data = csim_sheet_add_table(sheet, top, 0, heads, COLUMNS, (uint32_t)count, CSIM_TABLE_FREEZE);
    uint32_t row = data.row;
    double used = ROW_POINTS * 5; /* of the page: what stands above the table */
    for (size_t c = 0; c < report->scenario->claims; c++) {
        const csim_claim *claim = &report->scenario->claim[c];
        const uint32_t first = row;
        row = put_claim_texts(report, sheet, row, claim);
        double points = ROW_POINTS * (double)(row + 1 - first) + fmax(0, csim_word_heading_points(in) - ROW_POINTS);
        for (size_t r = 0; r < claim->count; r++, i++) points += put_reading(report, sheet, row++, &claim->readings[r], &results[i]);
        row++;
        used = page_after(sheet, first, used, points);
    }
    csim_cells_add_bars(csim_cells_of(sheet, data.row, PROBABILITY, row - 2, PROBABILITY), CSIM_COLOUR_SKY_BLUE, 0, 1);
    csim_sheet_break_before(sheet, row);
    const uint32_t end = put_chart(report, sheet, row);
    if (report->sheet[CSIM_REPORT_SCENARIOS]) csim_sheet_put_link(sheet, 2, READING, csim_word_text(in, CSIM_WORD_LINK_CONTRASTS), csim_cell_of(report->sheet[CSIM_REPORT_SCENARIOS], 0, 0));
    if (report->sheet[CSIM_REPORT_BREAK_EVEN]) csim_sheet_put_link(sheet, 2, EXACT, csim_word_text(in, CSIM_WORD_TAB_BREAK_EVEN), csim_cell_of(report->sheet[CSIM_REPORT_BREAK_EVEN], 0, 0));
    csim_sheet_put_link(sheet, 2, PROBABILITY, csim_word_text(in, CSIM_WORD_LINK_CHART), csim_cell_of(sheet, row, 0));
    csim_sheet_set_print_area(csim_cells_of(sheet, 0, 0, end, COLUMNS - 1));
}
