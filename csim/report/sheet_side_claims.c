/* Claims compared: every reading of any run, a row each, with a block of columns a run: probability, error, and what it differs by from the first run's, path
 * by path where that is possible. Bands of two runs stand below one another, each beside the first. Must not decide any answer. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csim/engine/compare_kept.h"
#include "csim/report/sides_parts.h"

enum { ID, READING, FIRST, BLOCKS = FIRST + 2, PROBABILITY = 0, ERROR, DIFFERENCE, DIFFERENCE_ERROR, PAIRS, GAINED, LOST, BLOCK, BLOCKS_A_BAND = 2, TOP = 4, HEAD_ROWS = 3, GAP_ROWS = 1, TITLE_UNITS = 70 };

/* A reading of any run; texts are borrowed from the first run that has it. */
typedef struct wanted_reading { const char *claim, *reading, *title; } wanted_reading;
typedef struct wanted_readings { wanted_reading *item; uint32_t count; } wanted_readings;

/* ---- which readings ---- */

static const csim_claim_result *answer_of(const csim_side *side, const wanted_reading *wanted) {
    size_t count = 0;
    const csim_claim_result *results = csim_run_file_claims(side->file, &count);
    for (size_t i = 0; i < count; i++)
        if (!strcmp(results[i].claim, wanted->claim) && !strcmp(results[i].reading, wanted->reading)) return &results[i];
    return NULL;
}

static void add_reading(wanted_readings *all, const csim_claim_result *result, const char *title) {
    for (uint32_t i = 0; i < all->count; i++)
        if (!strcmp(all->item[i].claim, result->claim) && !strcmp(all->item[i].reading, result->reading)) return;
    all->item[all->count++] = (wanted_reading){result->claim, result->reading, title};
}

static csim_status find_readings(const csim_sides *sides, wanted_readings *all, csim_error *err) {
    size_t most = 0, count = 0;
    for (size_t i = 0; i < sides->count; i++) csim_run_file_claims(sides->side[i].file, &count), most += count;
    all->count = 0;
    all->item = calloc(most + 1, sizeof *all->item);
    if (!all->item) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for the claims of a comparison");
    for (size_t i = 0; i < sides->count; i++) {
        const csim_claim_result *results = csim_run_file_claims(sides->side[i].file, &count);
        const csim_scenario *scenario = sides->side[i].scenario;
        size_t at = 0;
        for (size_t c = 0; c < scenario->claims; c++)
            for (size_t r = 0; r < scenario->claim[c].count && at < count; r++, at++) add_reading(all, &results[at], scenario->claim[c].readings[r].title);
    }
    return CSIM_OK;
}

/* ---- one answer ---- */

static bool is_share(const csim_claim_result *result) {
    return result && (result->answer == CSIM_ANSWER_PATHS || result->answer == CSIM_ANSWER_PAIRS) && result->probability.count;
}

static bool is_bound(const csim_claim_result *result) { return result->probability.hits == 0 || result->probability.hits == result->probability.count; }

static void put_answer(csim_sheet *sheet, uint32_t at, uint32_t column, const csim_claim_result *result) {
    if (result && result->answer == CSIM_ANSWER_CONSTANT) {
        csim_sheet_put_text(sheet, at, column + PROBABILITY, CSIM_GENERAL(CSIM_ROLE_MISSING), result->probability.value > 0.5 ? "true" : "false");
        csim_sheet_put_text(sheet, at, column + ERROR, CSIM_GENERAL(CSIM_ROLE_MISSING), "constant");
        return;
    }
    if (!is_share(result)) {
        csim_sheet_put_missing(sheet, at, column + PROBABILITY);
        csim_sheet_put_missing(sheet, at, column + ERROR);
        return;
    }
    const csim_probability p = result->probability;
    csim_report_put_probability(sheet, at, column + PROBABILITY, CSIM_ROLE_BODY, p);
    if (is_bound(result)) csim_sheet_put_text(sheet, at, column + ERROR, CSIM_GENERAL(CSIM_ROLE_MISSING), "bound");
    else csim_report_put_error(sheet, at, column + ERROR, CSIM_AS_PERCENT, csim_report_decimals(CSIM_AS_PERCENT, p.value, p.error), p.error, false);
}

static void put_paired(csim_sheet *sheet, uint32_t at, uint32_t column, const csim_compare_claim *found, uint32_t pairs) {
    const int decimals = csim_report_decimals(CSIM_AS_PERCENT, found->difference.value, found->difference.error);
    csim_report_put_value(sheet, at, column + DIFFERENCE, CSIM_ROLE_BODY, CSIM_AS_PERCENT, decimals, found->difference.value);
    if (found->gained || found->lost) csim_report_put_error(sheet, at, column + DIFFERENCE_ERROR, CSIM_AS_PERCENT, decimals, found->difference.error, false);
    else csim_sheet_put_text(sheet, at, column + DIFFERENCE_ERROR, CSIM_GENERAL(CSIM_ROLE_MISSING), "no path");
    csim_sheet_put_integer(sheet, at, column + PAIRS, CSIM_ROLE_BODY, pairs);
    csim_sheet_put_integer(sheet, at, column + GAINED, CSIM_ROLE_BODY, (int64_t)found->gained);
    csim_sheet_put_integer(sheet, at, column + LOST, CSIM_ROLE_BODY, (int64_t)found->lost);
}

/* Two numbers of independent runs: formulas over their cells. */
static void put_unpaired(csim_sheet *sheet, uint32_t at, uint32_t column, const csim_claim_result *a, const csim_claim_result *b) {
    char p[CSIM_ADDRESS_SIZE], q[CSIM_ADDRESS_SIZE];
    const csim_probability of_a = a->probability, of_b = b->probability;
    const double error = sqrt(of_a.error * of_a.error + of_b.error * of_b.error);
    const int decimals = csim_report_decimals(CSIM_AS_PERCENT, of_b.value - of_a.value, error);
    csim_sheet_put_formula(sheet, at, column + DIFFERENCE, csim_style_digits(CSIM_ROLE_FORMULA, CSIM_AS_PERCENT, decimals), of_b.value - of_a.value, "=%s-%s",
                           csim_cell_local_address(at, column + PROBABILITY, q), csim_cell_local_address(at, FIRST + PROBABILITY, p));
    if (isfinite(error))
        csim_sheet_put_formula(sheet, at, column + DIFFERENCE_ERROR, csim_style_digits(CSIM_ROLE_FORMULA, CSIM_AS_PERCENT, decimals + 1), error, "=SQRT(SUMSQ(%s,%s))",
                               csim_cell_local_address(at, column + ERROR, q), csim_cell_local_address(at, FIRST + ERROR, p));
    else csim_sheet_put_missing(sheet, at, column + DIFFERENCE_ERROR);
    csim_sheet_put_text(sheet, at, column + PAIRS, CSIM_GENERAL(CSIM_ROLE_MISSING), "unpaired");
}

static void put_difference(const csim_sides *sides, size_t side, const wanted_reading *wanted, uint32_t at, uint32_t column) {
    const csim_claim_result *a = answer_of(&sides->side[0], wanted), *b = answer_of(&sides->side[side], wanted);
    char id[2 * CSIM_CLAIM_ID + 2];
    csim_compare_claim found;
    snprintf(id, sizeof id, "%s.%s", wanted->claim, wanted->reading);
    if (!is_share(a) || !is_share(b)) {
        csim_sheet_put_missing(sides->claims, at, column + DIFFERENCE);
        return;
    }
    const uint32_t pairs = csim_compare_kept_answers(sides->side[0].report.result, sides->side[side].report.result, id, &found);
    if (pairs && isfinite(found.difference.value)) put_paired(sides->claims, at, column, &found, pairs);
    else if (!is_bound(a) && !is_bound(b)) put_unpaired(sides->claims, at, column, a, b);
    else csim_sheet_put_missing(sides->claims, at, column + DIFFERENCE);
}

/* ---- the sheet ---- */

static void put_left(const csim_sides *sides, const wanted_readings *all, uint32_t row) {
    static const csim_table_column columns[FIRST] = {{"Claim and reading", "key", 0, true}, {"Reading", "in words", 0, true}};
    char text[4 * TITLE_UNITS + 8];
    const csim_cells data = csim_sheet_add_table(sides->claims, row + 1, 0, columns, FIRST, all->count, 0);
    for (uint32_t i = 0; i < all->count; i++) {
        snprintf(text, sizeof text, "%.100s.%.100s", all->item[i].claim, all->item[i].reading);
        csim_sheet_put_text(sides->claims, data.row + i, ID, CSIM_GENERAL(CSIM_ROLE_BODY), text);
        csim_sheet_put_text(sides->claims, data.row + i, READING, CSIM_GENERAL(CSIM_ROLE_BODY), csim_report_clean(all->item[i].title, TITLE_UNITS, text, sizeof text));
    }
}

static void put_block(const csim_sides *sides, const wanted_readings *all, size_t side, uint32_t row, uint32_t column) {
    static const csim_table_column columns[BLOCK] = {{"Probability", "share", 0, false}, {"\xC2\xB1 error", "standard", 0, false}, {"Less first", "share", 0, false}, {"\xC2\xB1 of it", "standard", 0, false},
                                                     {"Pairs", "paths", 0, false},       {"Gained", "paths", 0, false},            {"Lost", "paths", 0, false}};
    csim_sheet *sheet = sides->claims;
    const size_t used = side ? BLOCK : DIFFERENCE; /* the first run differs from nothing */
    csim_sheet_put_text(sheet, row, column, CSIM_GENERAL(CSIM_ROLE_HEADING), sides->side[side].label);
    for (uint32_t i = 1; i < used; i++) csim_sheet_put_blank(sheet, row, column + i, CSIM_ROLE_HEADING);
    const csim_cells data = csim_sheet_add_table(sheet, row + 1, column, columns, used, all->count, 0);
    for (uint32_t i = 0; i < all->count; i++) {
        put_answer(sheet, data.row + i, column, answer_of(&sides->side[side], &all->item[i]));
        if (side) put_difference(sides, side, &all->item[i], data.row + i, column);
    }
    csim_cells_add_bars(csim_cells_of(sheet, data.row, column, data.last_row, column), CSIM_COLOUR_SKY_BLUE, 0, 1);
}

static void put_all(const csim_sides *sides, const wanted_readings *all) {
    csim_sheet *sheet = sides->claims;
    uint32_t row = TOP;
    for (size_t side = 1; side < sides->count; side += BLOCKS_A_BAND) {
        if (side > 1) csim_sheet_break_before(sheet, row);
        put_left(sides, all, row);
        put_block(sides, all, 0, row, FIRST);
        for (size_t i = 0; i < BLOCKS_A_BAND && side + i < sides->count; i++) put_block(sides, all, side + i, row, BLOCKS + (uint32_t)i * BLOCK);
        row += HEAD_ROWS + GAP_ROWS + all->count;
    }
    const uint32_t across = sides->count > BLOCKS_A_BAND ? BLOCKS_A_BAND : 1;
    csim_sheet_set_print_area(csim_cells_of(sheet, 0, 0, row - 1 - GAP_ROWS, BLOCKS + across * BLOCK - 1));
}

csim_status csim_sides_fill_claims(csim_sides *sides, csim_error *err) {
    csim_sheet *sheet = sides->claims;
    wanted_readings all;
    const csim_status status = find_readings(sides, &all, err);
    if (status) return status;
    const uint32_t top = csim_sides_put_head(sides, sheet, "Claims side by side",
                        "Less first: paired over the kept paths of both runs where Pairs says how many (gained, lost: paths that say yes in this run only, in the first only); else a formula with the error of independent runs.");
    csim_sheet_set_width(sheet, ID, ID, 34);
    csim_sheet_set_width(sheet, READING, READING, 58);
    csim_sheet_set_width(sheet, FIRST, BLOCKS + BLOCKS_A_BAND * BLOCK - 1, 10.5);
    csim_sheet_freeze(sheet, 1, 0);
    if (all.count) put_all(sides, &all);
    else csim_sheet_put_text(sheet, top, 0, CSIM_GENERAL(CSIM_ROLE_BODY), "These runs hold no claims.");
    free(all.item);
    return CSIM_OK;
}
