/* What differs: keys and values in which the scenarios of several runs differ from the first run's, one row each, to be filtered by run. */
#include <stdio.h>
#include <string.h>

#include "csim/report/sides_parts.h"
#include "csim/scenario/differences.h"

enum { RUN, GROUP, KIND, KEY, FIRST, THIS, COLUMNS, TOP = 4, TEXT_UNITS = 240, WORDS_WIDTH = 52, LINE_POINTS = 13, MOST_ROWS_A_RUN = 1000 };

static const char *kind_of(const csim_difference *difference) {
    return difference->only_notes ? "notes only" : !difference->a[0] ? "only here" : !difference->b[0] ? "only in first" : "value";
}

static void put_words(csim_sheet *sheet, uint32_t row, uint32_t column, const char *text) {
    char clean[4 * TEXT_UNITS + 8];
    csim_sheet_put_text(sheet, row, column, CSIM_GENERAL(CSIM_ROLE_PARAGRAPH), csim_report_clean(text[0] ? text : "(none)", TEXT_UNITS, clean, sizeof clean));
}

static void put_row(csim_sheet *sheet, uint32_t row, const char *label, const csim_difference *difference) {
    char clean[4 * TEXT_UNITS + 8];
    csim_sheet_put_text(sheet, row, RUN, CSIM_GENERAL(CSIM_ROLE_BODY), label);
    csim_sheet_put_text(sheet, row, GROUP, CSIM_GENERAL(CSIM_ROLE_BODY), csim_report_clean(difference->group, TEXT_UNITS, clean, sizeof clean));
    put_words(sheet, row, KEY, difference->path);
    put_words(sheet, row, FIRST, difference->a);
    put_words(sheet, row, THIS, difference->b);
    csim_sheet_put_text(sheet, row, KIND, CSIM_GENERAL(CSIM_ROLE_BODY), kind_of(difference));
    const unsigned a = csim_report_lines(csim_report_clean(difference->a, TEXT_UNITS, clean, sizeof clean), WORDS_WIDTH);
    const unsigned b = csim_report_lines(csim_report_clean(difference->b, TEXT_UNITS, clean, sizeof clean), WORDS_WIDTH);
    csim_sheet_set_height(sheet, row, LINE_POINTS * (double)(a > b ? a : b) + 3);
}

/* Names, titles, run.* and claims move no path, and other sheets say them: they are left out. */
static bool is_shown(const csim_difference *difference) { return strcmp(difference->group, "head") != 0; }

static uint32_t count_rows(const csim_differences *found) {
    uint32_t count = 0;
    for (size_t i = 0; i < found->count; i++) count += is_shown(&found->item[i]);
    return count;
}

static uint32_t put_side(csim_sheet *sheet, uint32_t row, const csim_side *side, const csim_differences *found) {
    const uint32_t wanted = count_rows(found);
    uint32_t put = 0;
    char text[96];
    if (!wanted) csim_sheet_put_text(sheet, row, RUN, CSIM_GENERAL(CSIM_ROLE_BODY), side->label), csim_sheet_put_text(sheet, row++, KEY, CSIM_GENERAL(CSIM_ROLE_MISSING), "nothing but names");
    for (size_t i = 0; i < found->count && put < MOST_ROWS_A_RUN; i++)
        if (is_shown(&found->item[i])) put_row(sheet, row++, side->label, &found->item[i]), put++;
    if (wanted <= put) return row;
    snprintf(text, sizeof text, "and %u more: moecast diff", wanted - put);
    csim_sheet_put_text(sheet, row, RUN, CSIM_GENERAL(CSIM_ROLE_BODY), side->label);
    csim_sheet_put_text(sheet, row, KEY, CSIM_GENERAL(CSIM_ROLE_NOTE), text);
    return row + 1;
}

/* Rows of the table: what each run shows, at least one. */
static uint32_t rows_of(csim_differences *const *found, size_t count) {
    uint32_t rows = 0;
    for (size_t i = 1; i < count; i++) {
        const uint32_t wanted = count_rows(found[i]);
        rows += !wanted ? 1 : wanted > MOST_ROWS_A_RUN ? MOST_ROWS_A_RUN + 1 : wanted;
    }
    return rows;
}

static void put_table(const csim_sides *sides, csim_differences *const *found) {
    static const csim_table_column columns[COLUMNS] = {{"Run", "", 30, true},          {"Section", "", 14, true},          {"What differs", "", 14, true},  {"Key", "of the scenario", 34, true},
                                                       {"First run", "value", WORDS_WIDTH, true}, {"This run", "value", WORDS_WIDTH, true}};
    const csim_cells data = csim_sheet_add_table(sides->keys, TOP, 0, columns, COLUMNS, rows_of(found, sides->count), CSIM_TABLE_FREEZE | CSIM_TABLE_FILTER);
    uint32_t row = data.row;
    for (size_t i = 1; i < sides->count; i++) row = put_side(sides->keys, row, &sides->side[i], found[i]);
    csim_sheet_set_print_area(csim_cells_of(sides->keys, 0, 0, data.last_row, COLUMNS - 1));
}

csim_status csim_sides_fill_keys(csim_sides *sides, csim_error *err) {
    csim_differences *found[CSIM_SIDES_MOST] = {NULL};
    char about[CSIM_REPORT_LINE];
    csim_status status = CSIM_OK;
    snprintf(about, sizeof about, "Keys of the scenarios, after all that they extend, whose values differ from those of %s; distributions with their 90 %% interval.", sides->side[0].label);
    csim_sides_put_head(sides, sides->keys, "What differs between the scenarios", about);
    for (size_t i = 1; !status && i < sides->count; i++) status = csim_differences_find(sides->side[0].scenario, sides->side[i].scenario, &found[i], err);
    if (!status) put_table(sides, found);
    for (size_t i = 1; i < sides->count; i++) csim_differences_free(found[i]);
    return status;
}
