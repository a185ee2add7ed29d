/* Break-even: at what value of its deciding input a reading's answer turns, and where that value lies in the input's prior. Must not fit anything. */
#include <math.h>
#include <stdio.h>

#include "csim/report/report_parts.h"
#include "csim/report/words.h"

enum { ID, INPUT, WORDS, UNIT, VALUE, PERCENTILE, ERROR, LOW, HIGH, P5, P95, COLUMNS, WORDS_WIDTH = 45 };

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

static void put_row(csim_language in, csim_sheet *sheet, uint32_t row, const csim_claim_result *result) {
    const csim_break_even *it = &result->break_even;
    char text[CSIM_REPORT_LINE];
    const int decimals = csim_report_decimals(CSIM_AS_PERCENT, it->percentile, it->error);
    snprintf(text, sizeof text, "%s.%s", result->claim, result->reading);
    csim_report_put_wrapped(sheet, row, ID, text);
    csim_report_put_wrapped(sheet, row, INPUT, it->input);
    words_of(in, it, text, sizeof text);
    csim_report_put_wrapped(sheet, row, WORDS, text);
    csim_sheet_set_height(sheet, row, csim_word_line_points(in) * csim_report_lines(text, WORDS_WIDTH) + 3);
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

static const struct { csim_word header, unit; double width_chars; bool is_text; } columns[COLUMNS] = {
    [ID] = {CSIM_WORD_H_CLAIM, CSIM_WORD_U_KEY, 32, true}, [INPUT] = {CSIM_WORD_H_DECIDING, CSIM_WORD_U_KEY, 30, true}, [WORDS] = {CSIM_WORD_H_ANSWER, CSIM_WORD_U_OVER_PRIOR, WORDS_WIDTH, true},
    [UNIT] = {CSIM_WORD_UNIT, CSIM_WORD_U_OF_VALUE, 13, true}, [VALUE] = {CSIM_WORD_H_VALUE, CSIM_WORD_U_HALF, 12, false}, [PERCENTILE] = {CSIM_WORD_H_LIES_AT, CSIM_WORD_U_OF_ITS_PRIOR, 12, false},
    [ERROR] = {CSIM_WORD_H_ERROR, CSIM_WORD_STANDARD, 10, false}, [LOW] = {CSIM_WORD_H_LOW, CSIM_WORD_U_OF_ITS_PRIOR, 11, false}, [HIGH] = {CSIM_WORD_H_HIGH, CSIM_WORD_U_OF_ITS_PRIOR, 11, false},
    [P5] = {CSIM_WORD_H_P_5, CSIM_WORD_U_OF_PRIOR, 11, false}, [P95] = {CSIM_WORD_H_P_95, CSIM_WORD_U_OF_PRIOR, 11, false}};

static uint32_t asked(const csim_claim_result *results, size_t count) {
    uint32_t rows = 0;
    for (size_t i = 0; i < count; i++) rows += results[i].break_even.input[0] != 0;
    return rows;
}

bool csim_report_has_break_even(const csim_report *report) {
    size_t count = 0;
    const csim_claim_result *results = csim_run_file_claims(report->run, &count);
    return asked(results, count) > 0;
}

void csim_report_fill_break_even(csim_report *report) {
    csim_sheet *sheet = report->sheet[CSIM_REPORT_BREAK_EVEN];
    const csim_language in = report->language;
    size_t count = 0;
    const csim_claim_result *results = csim_run_file_claims(report->run, &count);
    csim_table_column heads[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) heads[i] = (csim_table_column){csim_word_text(in, columns[i].header), csim_word_text(in, columns[i].unit), columns[i].width_chars, columns[i].is_text};
    const uint32_t top = csim_report_put_head(report, CSIM_REPORT_BREAK_EVEN, csim_word_text(in, CSIM_WORD_BREAK_EVENS), csim_word_text(in, CSIM_WORD_BREAK_EVENS_NOTE));
    csim_sheet_put_link(sheet, 2, INPUT, csim_sheet_name(report->sheet[CSIM_REPORT_CLAIMS]), csim_cell_of(report->sheet[CSIM_REPORT_CLAIMS], 0, 0));
    const csim_cells data = csim_sheet_add_table(sheet, top, 0, heads, COLUMNS, asked(results, count), CSIM_TABLE_FREEZE);
    uint32_t row = data.row;
    for (size_t i = 0; i < count; i++)
        if (results[i].break_even.input[0]) put_row(in, sheet, row++, &results[i]);
    csim_sheet_set_print_area(csim_cells_of(sheet, 0, 0, data.last_row, COLUMNS - 1));
}
