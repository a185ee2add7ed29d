/* The table of break-evens on the sheet of claims: at what value of its deciding input a reading's answer turns, and where that value lies in the input's
 * prior. Shares the columns of the sheet's other tables; must not fit anything. */
#include <math.h>
#include <stdio.h>

#include "csim/report/report_parts.h"

enum { ID, INPUT, WORDS, UNIT, VALUE, PERCENTILE, ERROR, LOW, HIGH, P5, P95, COLUMNS, LINE_POINTS = 13, WORDS_WIDTH = 45, PAGE_POINTS = 640, PAGE_ROWS = 48 };

/* A share as a sentence says it. */
static double percent(double share, int *decimals) {
    *decimals = share >= 0.0995 ? 0 : share >= 0.00995 ? 1 : 2;
    return 100 * share;
}

static void words_of(const csim_break_even *it, char *text, size_t size) {
    int low_decimals, high_decimals;
    const double low = percent(it->p_lowest, &low_decimals), high = percent(it->p_highest, &high_decimals);
    switch (it->state) {
    case CSIM_BREAK_FLIPS:
        snprintf(text, size, it->p95 > it->p5 ? "turns to yes above the value" : "turns to no above the value");
        break;
    case CSIM_BREAK_NEVER:
        snprintf(text, size, "does not flip within its prior: P goes from %.*f %% to %.*f %% between its 0.1 %% and 99.9 %% points", low_decimals, low, high_decimals, high);
        break;
    case CSIM_BREAK_FEW:
        snprintf(text, size, "not fitted: under %d of %llu paths say %s", CSIM_BREAK_LEAST, (unsigned long long)it->count, 2 * it->hits < it->count ? "yes" : "no");
        break;
    case CSIM_BREAK_SEPARATED: snprintf(text, size, "not fitted: the input alone parts every yes from every no"); break;
    case CSIM_BREAK_FIXED: snprintf(text, size, "not fitted: the input is fixed in this scenario"); break;
    default: snprintf(text, size, "not fitted: no kept path can tell"); break;
    }
}

static double height_of(const csim_claim_result *result) {
    char text[CSIM_REPORT_LINE];
    words_of(&result->break_even, text, sizeof text);
    return LINE_POINTS * csim_report_lines(text, WORDS_WIDTH) + 3;
}

static void put_row(csim_sheet *sheet, uint32_t row, const csim_claim_result *result) {
    const csim_break_even *it = &result->break_even;
    char text[CSIM_REPORT_LINE];
    const int decimals = csim_report_decimals(CSIM_AS_PERCENT, it->percentile, it->error);
    snprintf(text, sizeof text, "%s.%s", result->claim, result->reading);
    csim_report_put_wrapped(sheet, row, ID, text);
    csim_report_put_wrapped(sheet, row, INPUT, it->input);
    words_of(it, text, sizeof text);
    csim_report_put_wrapped(sheet, row, WORDS, text);
    csim_sheet_set_height(sheet, row, height_of(result));
    csim_report_put_wrapped(sheet, row, UNIT, it->unit);
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
static uint32_t next_page(const csim_claim_result *results, size_t count, size_t *at, size_t page[PAGE_ROWS]) {
    double points = 0;
    uint32_t rows = 0;
    for (; *at < count && rows < PAGE_ROWS; ++*at) {
        if (!results[*at].break_even.input[0]) continue;
        points += height_of(&results[*at]);
        if (points > PAGE_POINTS) break;
        page[rows++] = *at;
    }
    return rows;
}

/* One table a page, each under its own heads: what a printed page of this sheet repeats are the heads of the claims. */
uint32_t csim_report_put_break_evens(csim_sheet *sheet, uint32_t row, const csim_claim_result *results, size_t count) {
    static const csim_table_column heads[COLUMNS] = {
        [ID] = {"Claim and reading", "key", 0, true}, [INPUT] = {"Deciding input", "key", 0, true}, [WORDS] = {"Answer", "over the input's prior", 0, true},
        [UNIT] = {"Unit", "of the value", 0, true},  [VALUE] = {"Value", "P is 50 %", 0, false}, [PERCENTILE] = {"Lies at", "of its prior", 0, false},
        [ERROR] = {"\xC2\xB1 error", "standard", 0, false}, [LOW] = {"95 % from", "of its prior", 0, false}, [HIGH] = {"95 % to", "of its prior", 0, false},
        [P5] = {"P at 5 %", "of prior", 0, false}, [P95] = {"P at 95 %", "of prior", 0, false}};
    size_t page[PAGE_ROWS], at = 0;
    uint32_t rows;
    for (int first = 1; (rows = next_page(results, count, &at, page)) > 0; first = 0) {
        if (!first) csim_sheet_break_before(sheet, row);
        csim_sheet_put_text(sheet, row, 0, CSIM_GENERAL(CSIM_ROLE_HEADING), first ? "Break-even: where the answer turns" : "Break-even, continued");
        if (first)
            csim_sheet_put_text(sheet, row + 1, 0, CSIM_GENERAL(CSIM_ROLE_NOTE),
                                "From the paths of this run: a logistic curve of yes or no over the input's normal score. All other inputs vary as in the run; the error is that of finite paths.");
        const csim_cells data = csim_sheet_add_table(sheet, row + 1 + (uint32_t)first, 0, heads, COLUMNS, rows, 0);
        for (uint32_t i = 0; i < rows; i++) put_row(sheet, data.row + i, &results[page[i]]);
        row = data.last_row + 2;
    }
    return row;
}
