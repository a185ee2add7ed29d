/* The table of break-evens on the sheet of claims: at what value of its deciding input a reading's answer turns, and where that value lies in the input's
 * prior. Shares the columns of the sheet's other tables; must not fit anything. */
#include <math.h>
#include <stdio.h>

#include "csim/report/report_parts.h"
#include "csim/report/words.h"

enum { ID, INPUT, WORDS, UNIT, VALUE, PERCENTILE, ERROR, LOW, HIGH, P5, P95, COLUMNS, WORDS_WIDTH = 45, PAGE_POINTS = 640, PAGE_ROWS = 48 };

/* A share as a sentence says it. */
static double percent(double share, int *decimals) {
    *decimals = share >= 0.0995 ? 0 : share >= 0.00995 ? 1 : 2;
    return 100 * share;
}

static void words_of(csim_language in, const csim_break_even *it, char *text, size_t size) {
    int low_decimals, high_decimals;
    const double low = percent(it->p_lowest, &low_decimals), high = percent(it->p_highest, &high_decimals);
    char a[48], b[48];
    csim_word word = CSIM_WORD_UNTOLD;
    switch (it->state) {
    case CSIM_BREAK_FLIPS: word = it->p95 > it->p5 ? CSIM_WORD_TURNS_YES : CSIM_WORD_TURNS_NO; break;
    case CSIM_BREAK_NEVER:
        snprintf(a, sizeof a, "%.*f", low_decimals, low);
        snprintf(b, sizeof b, "%.*f", high_decimals, high);
        CSIM_SAY(in, CSIM_WORD_NEVER_TURNS, text, size, a, b);
        return;
    case CSIM_BREAK_FEW:
        snprintf(a, sizeof a, "%d", CSIM_BREAK_LEAST);
        snprintf(b, sizeof b, "%llu", (unsigned long long)it->count);
        CSIM_SAY(in, CSIM_WORD_FEW, text, size, a, b, csim_word_text(in, 2 * it->hits < it->count ? CSIM_WORD_YES : CSIM_WORD_NO));
        return;
    case CSIM_BREAK_SEPARATED: word = CSIM_WORD_SEPARATED; break;
    case CSIM_BREAK_FIXED: word = CSIM_WORD_FIXED; break;
    default: break;
    }
    snprintf(text, size, "%s", csim_word_text(in, word));
}

static double height_of(csim_language in, const csim_claim_result *result) {
    char text[CSIM_REPORT_LINE];
    words_of(in, &result->break_even, text, sizeof text);
    return csim_word_line_points(in) * csim_report_lines(text, WORDS_WIDTH) + 3;
}

static void put_row(csim_language in, csim_sheet *sheet, uint32_t row, const csim_claim_result *result) {
    const csim_break_even *it = &result->break_even;
    char text[CSIM_REPORT_LINE];
    const int decimals = csim_report_decimals(CSIM_AS_PERCENT, it->percentile, it->error);
    snprintf(text, sizeof text, "%s.%s", result->claim, result->reading);
    csim_report_put_wrapped(sheet, row, ID, text);
    csim_report_put_wrapped(sheet, row, INPUT, it->input);
    words_of(in, it, text, sizeof text);
    csim_report_put_wrapped(sheet, row, WORDS, text);
    csim_sheet_set_height(sheet, row, height_of(in, result));
    csim_report_put_wrapped(sheet, row, UNIT, csim_word_term(in, it->unit));
    if (it->state == CSIM_BREAK_FLIPS) {
        csim_report_put_value(sheet, row, VALUE, CSIM_ROLE_BODY, CSIM_AS_NUMBER, csim_report_decimals(CSIM_AS_NUMBER, it->value, 0.01 * fabs(it->value)), it->value);
        csim_report_put_value(sheet, row, PERCENTILE, CSIM_ROLE_BODY, CSIM_AS_PERCENT, decimals, it->percentile);
        csim_report_put_error(sheet, row, ERROR, CSIM_AS_PERCENT, decimals, it->error, false);
        csim_report_put_value(sheet, row, LOW, CSIM_ROLE_BODY, CSIM_AS_PERCENT, decimals, it->low);
        csim_report_put_value(sheet, row, HIGH, CSIM_ROLE_BODY, CSIM_AS_PERCENT, decimals, it->high);
    }
    if (it->state != CSIM_BREAK_FLIPS && it->state != CSIM_BREAK_NEVER) return;
    csim_report_put_value(sheet, row, P5, CSIM_ROLE_BODY, CSIM_AS_PERCENT, 1, it->p5);
    csim_report_put_value(sheet, row, P95, CSIM_ROLE_BODY, CSIM_AS_PERCENT, 1, it->p95);
}

/* Positions of the next results that ask for a break-even, as many as a page holds. *at moves behind them. */
static uint32_t next_page(csim_language in, const csim_claim_result *results, size_t count, size_t *at, size_t page[PAGE_ROWS]) {
    double points = 0;
    uint32_t rows = 0;
    for (; *at < count && rows < PAGE_ROWS; ++*at) {
        if (!results[*at].break_even.input[0]) continue;
        points += height_of(in, &results[*at]);
        if (points > PAGE_POINTS) break;
        page[rows++] = *at;
    }
    return rows;
}

/* One table a page, each under its own heads: what a printed page of this sheet repeats are the heads of the claims. */
uint32_t csim_report_put_break_evens(csim_report *report, csim_sheet *sheet, uint32_t row, const csim_claim_result *results, size_t count) {
    static const struct { csim_word header, unit; bool is_text; } plan[COLUMNS] = {
        [ID] = {CSIM_WORD_H_CLAIM, CSIM_WORD_U_KEY, true}, [INPUT] = {CSIM_WORD_H_DECIDING, CSIM_WORD_U_KEY, true}, [WORDS] = {CSIM_WORD_H_ANSWER, CSIM_WORD_U_OVER_PRIOR, true},
        [UNIT] = {CSIM_WORD_UNIT, CSIM_WORD_U_OF_VALUE, true}, [VALUE] = {CSIM_WORD_H_VALUE, CSIM_WORD_U_HALF, false}, [PERCENTILE] = {CSIM_WORD_H_LIES_AT, CSIM_WORD_U_OF_ITS_PRIOR, false},
        [ERROR] = {CSIM_WORD_H_ERROR, CSIM_WORD_STANDARD, false}, [LOW] = {CSIM_WORD_H_LOW, CSIM_WORD_U_OF_ITS_PRIOR, false}, [HIGH] = {CSIM_WORD_H_HIGH, CSIM_WORD_U_OF_ITS_PRIOR, false},
        [P5] = {CSIM_WORD_H_P_5, CSIM_WORD_U_OF_PRIOR, false}, [P95] = {CSIM_WORD_H_P_95, CSIM_WORD_U_OF_PRIOR, false}};
    const csim_language in = report->language;
    csim_table_column heads[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) heads[i] = (csim_table_column){csim_word_text(in, plan[i].header), csim_word_text(in, plan[i].unit), 0, plan[i].is_text};
    size_t page[PAGE_ROWS], at = 0;
    uint32_t rows;
    for (int first = 1; (rows = next_page(in, results, count, &at, page)) > 0; first = 0) {
        if (!first) csim_sheet_break_before(sheet, row);
        if (csim_word_heading_points(in) > 0) csim_sheet_set_height(sheet, row, csim_word_heading_points(in));
        csim_sheet_put_text(sheet, row, 0, CSIM_GENERAL(CSIM_ROLE_HEADING), csim_word_text(in, first ? CSIM_WORD_BREAK_EVENS : CSIM_WORD_BREAK_EVENS_MORE));
        if (first)
            csim_sheet_put_text(sheet, row + 1, 0, CSIM_GENERAL(CSIM_ROLE_NOTE), csim_word_text(in, CSIM_WORD_BREAK_EVENS_NOTE));
        const csim_cells data = csim_sheet_add_table(sheet, row + 1 + (uint32_t)first, 0, heads, COLUMNS, rows, 0);
        for (uint32_t i = 0; i < rows; i++) put_row(in, sheet, data.row + i, &results[page[i]]);
        row = data.last_row + 2;
    }
    return row;
}
