/* Differences: each run less the first, a table a run. The difference of the means of all paths is a formula, with the error of independent runs; beside it
 * stands that of the paths which both have kept, paired path by path, where they met the same luck. A check holds the one against the other. */
#include <math.h>
#include <stdio.h>

#include "csim/engine/compare_kept.h"
#include "csim/report/sides_parts.h"

enum {
    OUTCOME, UNIT, CHECK, MONTH, MEAN_A, MEAN_B, DIFFERENCE, UNPAIRED, PAIRED, PAIRED_ERROR, P5, P50, P95, RATIO, RATIO_ERROR, CORRELATION, SAVED, PAIRS, COLUMNS,
    TOP = 4, LIMIT_ROW = TOP + 2, ROUNDING_ROW, VERDICT_ROW, FIRST = VERDICT_ROW + 2, HEAD_ROWS = 4 /* name, how it was paired, head, units */, VALUE_COLUMN = UNIT
};

/* So many standard errors apart, two estimates of one difference are no accident. The sums of all paths are exact to 2^-50 of a series' largest value. */
static const double limit_errors = 5, rounding_relative = 1e-9;

csim_status csim_sides_pair(const csim_sides *sides, size_t side, const csim_sides_row *row, csim_compare_row *out, csim_error *err) {
    return csim_compare_kept_numbers(sides->side[0].report.result, sides->side[side].report.result, row->series, row->month, out, err);
}

static uint32_t table_row(const csim_sides *sides, size_t side) { return FIRST + (uint32_t)(side - 1) * (HEAD_ROWS + 1 + sides->rows); }

static const char *local(uint32_t row, uint32_t column, char text[CSIM_ADDRESS_SIZE]) { return csim_cell_local_address(row, column, text); }

/* ---- one row ---- */

typedef struct both { csim_report_row a, b; bool known, has_error; } both;

static both read_both(const csim_sides *sides, size_t side, const csim_sides_row *row) {
    both out = {.known = csim_side_read(&sides->side[0], row->series, row->month, &out.a) && csim_side_read(&sides->side[side], row->series, row->month, &out.b)};
    out.known = out.known && isfinite(out.a.mean.value) && isfinite(out.b.mean.value);
    out.has_error = out.known && isfinite(out.a.mean.error) && isfinite(out.b.mean.error) && !out.a.constant && !out.b.constant;
    return out;
}

/* The two means and what lies between them, from the cells of Scenarios. */
static void put_means(const csim_sides *sides, size_t side, uint32_t i, uint32_t at, const both *means, csim_cell_kind kind, int decimals) {
    csim_sheet *sheet = sides->differences;
    char a[CSIM_ADDRESS_SIZE], b[CSIM_ADDRESS_SIZE];
    const csim_cell_style style = csim_style_digits(CSIM_ROLE_FORMULA, kind, decimals), error_style = csim_style_digits(CSIM_ROLE_FORMULA, kind, decimals + 1);
    if (!means->known) {
        for (uint32_t column = MEAN_A; column <= UNPAIRED; column++) csim_sheet_put_missing(sheet, at, column);
        return;
    }
    csim_sheet_put_formula(sheet, at, MEAN_A, style, means->a.mean.value, "=%s", csim_cells_address(csim_sides_cell(sides, 0, i, CSIM_SIDES_MEAN), a));
    csim_sheet_put_formula(sheet, at, MEAN_B, style, means->b.mean.value, "=%s", csim_cells_address(csim_sides_cell(sides, side, i, CSIM_SIDES_MEAN), b));
    csim_sheet_put_formula(sheet, at, DIFFERENCE, style, means->b.mean.value - means->a.mean.value, "=%s-%s", local(at, MEAN_B, b), local(at, MEAN_A, a));
    if (means->has_error)
        csim_sheet_put_formula(sheet, at, UNPAIRED, error_style, sqrt(means->a.mean.error * means->a.mean.error + means->b.mean.error * means->b.mean.error), "=SQRT(SUMSQ(%s,%s))",
                               csim_cells_address(csim_sides_cell(sides, 0, i, CSIM_SIDES_MEAN_ERROR), a), csim_cells_address(csim_sides_cell(sides, side, i, CSIM_SIDES_MEAN_ERROR), b));
    else csim_sheet_put_missing(sheet, at, UNPAIRED);
}

static void put_paired(csim_sheet *sheet, uint32_t at, const csim_compare_row *pair, csim_cell_kind kind, int decimals) {
    const csim_paired *d = &pair->difference;
    csim_report_put_value(sheet, at, PAIRED, CSIM_ROLE_BODY, kind, decimals, d->mean.value);
    csim_report_put_error(sheet, at, PAIRED_ERROR, kind, decimals, d->mean.error, d->pairs && pair->identical);
    csim_report_put_value(sheet, at, P5, CSIM_ROLE_BODY, kind, decimals, d->p5);
    csim_report_put_value(sheet, at, P50, CSIM_ROLE_BODY, kind, decimals, d->p50);
    csim_report_put_value(sheet, at, P95, CSIM_ROLE_BODY, kind, decimals, d->p95);
    const int ratio_decimals = csim_report_decimals(CSIM_AS_RATIO, pair->ratio.value, pair->ratio.error);
    csim_report_put_value(sheet, at, RATIO, CSIM_ROLE_BODY, CSIM_AS_RATIO, ratio_decimals, pair->ratio.value);
    csim_report_put_error(sheet, at, RATIO_ERROR, CSIM_AS_RATIO, ratio_decimals, pair->ratio.error, false);
    csim_report_put_value(sheet, at, CORRELATION, CSIM_ROLE_BODY, CSIM_AS_NUMBER, 2, d->correlation);
    csim_report_put_value(sheet, at, SAVED, CSIM_ROLE_BODY, CSIM_AS_NUMBER, d->paths_saved < 10 ? 1 : 0, d->paths_saved);
    csim_sheet_put_integer(sheet, at, PAIRS, CSIM_ROLE_BODY, (int64_t)d->pairs);
}

/* How many rows' checks say "ok" and "apart". */
typedef struct verdict { size_t agreeing, apart; } verdict;

/* "ok" where both estimates agree, "apart" where they do not, and words where there is nothing to hold against. */
static void put_check(csim_sheet *sheet, uint32_t at, const both *means, const csim_compare_row *pair, verdict *found) {
    char d[CSIM_ADDRESS_SIZE], p[CSIM_ADDRESS_SIZE], e[CSIM_ADDRESS_SIZE], u[CSIM_ADDRESS_SIZE], a[CSIM_ADDRESS_SIZE], b[CSIM_ADDRESS_SIZE], limit[CSIM_ADDRESS_SIZE], rounding[CSIM_ADDRESS_SIZE];
    const csim_paired *of = &pair->difference;
    if (!means->has_error || !of->pairs || !isfinite(of->mean.error) || pair->identical) {
        csim_sheet_put_text(sheet, at, CHECK, CSIM_GENERAL(CSIM_ROLE_MISSING), !means->known ? "n/a" : !of->pairs ? "unpaired" : pair->identical ? "same paths" : "no error");
        return;
    }
    const double difference = means->b.mean.value - means->a.mean.value, unpaired = sqrt(means->a.mean.error * means->a.mean.error + means->b.mean.error * means->b.mean.error);
    const double allowed = limit_errors * sqrt(of->mean.error * of->mean.error + unpaired * unpaired) + rounding_relative * fmax(fabs(means->a.mean.value), fabs(means->b.mean.value));
    const bool apart = fabs(difference - of->mean.value) > allowed;
    csim_sheet_put_formula_text(sheet, at, CHECK, CSIM_GENERAL(CSIM_ROLE_FORMULA), apart ? "apart" : "ok", "=IF(ABS(%s-%s)>%s*SQRT(SUMSQ(%s,%s))+%s*MAX(ABS(%s),ABS(%s)),\"apart\",\"ok\")",
                                local(at, DIFFERENCE, d), local(at, PAIRED, p), csim_cells_address(csim_cell_of(sheet, LIMIT_ROW, VALUE_COLUMN), limit), local(at, PAIRED_ERROR, e), local(at, UNPAIRED, u),
                                csim_cells_address(csim_cell_of(sheet, ROUNDING_ROW, VALUE_COLUMN), rounding), local(at, MEAN_A, a), local(at, MEAN_B, b));
    found->apart += apart;
    found->agreeing += !apart;
}

static csim_status put_row(const csim_sides *sides, size_t side, uint32_t i, uint32_t at, verdict *found, csim_error *err) {
    const csim_sides_row *row = &sides->row[i];
    const csim_cell_kind kind = csim_report_kind(row->outcome);
    csim_compare_row pair;
    char title[CSIM_REPORT_LINE];
    const csim_status status = csim_sides_pair(sides, side, row, &pair, err);
    if (status) return status;
    const both means = read_both(sides, side, row);
    const bool paired = pair.difference.pairs > 0 && isfinite(pair.difference.mean.error);
    const int decimals = csim_report_decimals(kind, paired ? pair.difference.mean.value : means.known ? means.a.mean.value : 0, paired ? pair.difference.mean.error : means.known ? means.a.mean.error : 0);
    csim_sheet_put_text(sides->differences, at, OUTCOME, CSIM_GENERAL(CSIM_ROLE_BODY), csim_sides_row_title(sides, row, title, sizeof title));
    csim_sheet_put_text(sides->differences, at, UNIT, CSIM_GENERAL(CSIM_ROLE_BODY), csim_outcome_rows[row->outcome].unit);
    csim_report_put_month(sides->differences, at, MONTH, CSIM_ROLE_BODY, row->month);
    put_means(sides, side, i, at, &means, kind, decimals);
    put_paired(sides->differences, at, &pair, kind, decimals);
    put_check(sides->differences, at, &means, &pair, found);
    return CSIM_OK;
}

/* ---- one run ---- */

static void put_how(const csim_sides *sides, size_t side, uint32_t row) {
    const csim_result *a = sides->side[0].report.result, *b = sides->side[side].report.result;
    const uint32_t pairs = a->kept < b->kept ? a->kept : b->kept;
    char text[CSIM_REPORT_LINE];
    if (sides->side[side].obstacle) snprintf(text, sizeof text, "Unpaired: this run has %s than the first, so path by path the two did not meet the same luck.", sides->side[side].obstacle);
    else if (!pairs) snprintf(text, sizeof text, "Unpaired: the same draws, but one of the two runs has kept no paths one by one.");
    else if (sides->side[side].unpaired) snprintf(text, sizeof text, "Unpaired: the same draws, but the two run files keep no outcome of the same path at the same date.");
    else if (pairs == 1) snprintf(text, sizeof text, "Paired: the same draws; the first path, the only one that both run files keep, is compared with itself in the other run.");
    else snprintf(text, sizeof text, "Paired: the same draws; the first %u paths, which both run files keep, are compared path by path.", pairs);
    csim_sheet_put_text(sides->differences, row, OUTCOME, CSIM_GENERAL(CSIM_ROLE_NOTE), text);
}

static csim_status put_table(const csim_sides *sides, size_t side, verdict *found, csim_error *err) {
    static const csim_table_column columns[COLUMNS] = {
        {"Outcome", "", 0, true},           {"Unit", "", 0, true},        {"Check", "", 0, true},               {"End of", "yyyy-mm", 0, false},        {"Mean, first", "all paths", 0, false}, {"Mean, this", "all paths", 0, false},
        {"Difference", "all paths", 0, false}, {"\xC2\xB1 unpaired", "standard", 0, false}, {"Paired", "kept paths", 0, false}, {"\xC2\xB1 paired", "standard", 0, false},
        {"5 %", "of pairs", 0, false},      {"50 %", "of pairs", 0, false}, {"95 %", "of pairs", 0, false},   {"Ratio", "geometric", 0, false},       {"\xC2\xB1 of ratio", "standard", 0, false},
        {"Correlation", "of the two", 0, false}, {"Runs saved", "times", 0, false}, {"Pairs", "paths", 0, false}};
    csim_sheet *sheet = sides->differences;
    const uint32_t top = table_row(sides, side);
    char heading[CSIM_REPORT_LINE];
    snprintf(heading, sizeof heading, "%s less %s", sides->side[side].label, sides->side[0].label);
    csim_sheet_put_text(sheet, top, OUTCOME, CSIM_GENERAL(CSIM_ROLE_HEADING), heading);
    for (uint32_t column = 1; column < COLUMNS; column++) csim_sheet_put_blank(sheet, top, column, CSIM_ROLE_HEADING);
    put_how(sides, side, top + 1);
    const csim_cells data = csim_sheet_add_table(sheet, top + 2, 0, columns, COLUMNS, sides->rows, 0);
    csim_status status = CSIM_OK;
    for (uint32_t i = 0; !status && i < sides->rows; i++) status = put_row(sides, side, i, data.row + i, found, err);
    if (side > 1) csim_sheet_break_before(sheet, top);
    return status;
}

/* ---- the sheet ---- */

static void put_settings(csim_sheet *sheet) {
    csim_sheet_put_text(sheet, LIMIT_ROW - 1, OUTCOME, CSIM_GENERAL(CSIM_ROLE_HEADING), "Check: does the paired difference agree with that of all paths?");
    csim_sheet_put_blank(sheet, LIMIT_ROW - 1, VALUE_COLUMN, CSIM_ROLE_HEADING);
    csim_sheet_put_text(sheet, LIMIT_ROW, OUTCOME, CSIM_GENERAL(CSIM_ROLE_BODY), "Allowed distance, standard errors of both");
    csim_sheet_put_number(sheet, LIMIT_ROW, VALUE_COLUMN, csim_style_digits(CSIM_ROLE_INPUT, CSIM_AS_NUMBER, 1), limit_errors);
    csim_cells_allow_numbers(csim_cell_of(sheet, LIMIT_ROW, VALUE_COLUMN), 0, 100, "standard errors");
    csim_sheet_put_text(sheet, ROUNDING_ROW, OUTCOME, CSIM_GENERAL(CSIM_ROLE_BODY), "Allowed rounding, share of the larger mean");
    csim_sheet_put_number(sheet, ROUNDING_ROW, VALUE_COLUMN, csim_style(CSIM_ROLE_INPUT, CSIM_AS_SCIENTIFIC), rounding_relative);
    csim_cells_allow_numbers(csim_cell_of(sheet, ROUNDING_ROW, VALUE_COLUMN), 0, 1, "share");
}

/* One cell for all checks: how many tables' rows are apart. */
static void put_verdict(const csim_sides *sides, verdict found) {
    csim_sheet *sheet = sides->differences;
    const uint32_t last = table_row(sides, sides->count) - 2;
    char column[CSIM_ADDRESS_SIZE], text[64];
    csim_cells_address(csim_cells_of(sheet, FIRST, CHECK, last, CHECK), column);
    if (found.apart) snprintf(text, sizeof text, "%zu apart", found.apart);
    else snprintf(text, sizeof text, "%s", found.agreeing ? "ok" : "nothing checked");
    csim_sheet_put_text(sheet, VERDICT_ROW, OUTCOME, CSIM_GENERAL(CSIM_ROLE_BODY), "All rows below");
    csim_sheet_put_formula_text(sheet, VERDICT_ROW, VALUE_COLUMN, CSIM_GENERAL(CSIM_ROLE_FORMULA), text,
                                "=IF(COUNTIF(%s,\"apart\"),COUNTIF(%s,\"apart\")&\" apart\",IF(COUNTIF(%s,\"ok\"),\"ok\",\"nothing checked\"))", column, column, column);
    if (found.apart || found.agreeing) csim_cells_mark_checks(csim_cell_of(sheet, VERDICT_ROW, VALUE_COLUMN)); /* what is not checked is neither good nor bad */
}

csim_status csim_sides_fill_differences(csim_sides *sides, csim_error *err) {
    csim_sheet *sheet = sides->differences;
    char about[CSIM_REPORT_LINE];
    verdict found = {0, 0};
    csim_status status = CSIM_OK;
    snprintf(about, sizeof about, "Each run less the first, %s. 5, 50 and 95 %% of pairs: how much the effect depends on the world it happens in, which is no error. Differences of shares are percentage points.", sides->side[0].label);
    csim_sides_put_head(sides, sheet, "Differences from the first run", about);
    csim_sheet_set_width(sheet, OUTCOME, OUTCOME, 58);
    csim_sheet_set_width(sheet, UNIT, UNIT, 15);
    csim_sheet_set_width(sheet, CHECK, MONTH, 10);
    csim_sheet_set_width(sheet, MEAN_A, PAIRS, 11);
    put_settings(sheet);
    for (size_t side = 1; !status && side < sides->count; side++) status = put_table(sides, side, &found, err);
    put_verdict(sides, found);
    csim_sheet_freeze(sheet, 1, 0);
    csim_sheet_set_print_area(csim_cells_of(sheet, 0, 0, table_row(sides, sides->count) - 2, COLUMNS - 1));
    return status;
}
