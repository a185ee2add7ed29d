/* Which sheets put runs side by side, their order and what heads them. Must not know what stands on any. */
#include "csim/report/sides_parts.h"

#include <stdio.h>

/* ---- what the sheets share ---- */

uint32_t csim_sides_put_head(const csim_sides *sides, csim_sheet *sheet, const char *title, const char *subtitle) {
    char back[CSIM_REPORT_LINE];
    csim_sheet_put_text(sheet, 0, 0, CSIM_GENERAL(CSIM_ROLE_TITLE), title);
    csim_sheet_set_height(sheet, 0, 26);
    csim_sheet_put_text(sheet, 1, 0, CSIM_GENERAL(CSIM_ROLE_SUBTITLE), subtitle);
    snprintf(back, sizeof back, "\xE2\x86\x90 %s", csim_sheet_name(sides->home.sheet));
    csim_sheet_put_link(sheet, 2, 0, back, sides->home);
    return 4;
}

char *csim_sides_row_title(const csim_sides *sides, const csim_sides_row *row, char *text, size_t size) {
    for (size_t i = 0; i < sides->count; i++) {
        const int32_t slot = csim_side_slot(&sides->side[i], row->series);
        if (slot >= 0) return csim_report_series_title(&sides->side[i].report, slot, text, size);
    }
    snprintf(text, size, "%s", row->series);
    return text;
}

csim_report *csim_sides_lend(csim_sides *sides, size_t side) {
    csim_report *report = &sides->side[side].report;
    report->sheet[CSIM_REPORT_CHART_DATA] = sides->chart_data;
    report->chart_row = sides->chart_row;
    return report;
}

void csim_sides_take_back(csim_sides *sides, size_t side) { sides->chart_row = sides->side[side].report.chart_row; }

/* ---- the sheets ---- */

static csim_sheet *add(csim_book *book, const char *name, csim_colour colour, const char *about, csim_sides_entry *entries, size_t *count) {
    csim_sheet *sheet = csim_book_add_sheet(book, name, CSIM_SHEET_PAGE);
    csim_sheet_set_tab_colour(sheet, colour);
    entries[(*count)++] = (csim_sides_entry){csim_cell_of(sheet, 0, 0), name, about};
    return sheet;
}

size_t csim_sides_add_sheets(csim_sides *sides, csim_book *book, csim_cells home, csim_sides_entry *entries) {
    size_t count = 0;
    sides->home = home;
    sides->outcomes = add(book, "Scenarios", CSIM_COLOUR_BLUE, "key outcomes side by side: 5, 50 and 95 % of paths, means, standard errors", entries, &count);
    sides->differences = add(book, "Differences", CSIM_COLOUR_VERMILLION, "each run less the first: differences of means, paired path by path where that is possible", entries, &count);
    if (sides->waterfalls) sides->waterfalls_sheet = add(book, "Waterfall", CSIM_COLOUR_VERMILLION, "what a difference of means is made of: the changed keys in groups, each with its share", entries, &count);
    sides->claims = add(book, "Claims compared", CSIM_COLOUR_VERMILLION, "probability of each reading in each run, and what it differs by", entries, &count);
    sides->keys = add(book, "What differs", CSIM_COLOUR_ORANGE, "every key and value in which the scenarios differ from the first", entries, &count);
    for (size_t i = 0; i < sides->headlines; i++)
        sides->headline[i].sheet = add(book, sides->headline[i].name, CSIM_COLOUR_GREEN, "medians over one another, and the same fan chart for each run on one range", entries, &count);
    sides->chart_data = add(book, "Chart data", CSIM_COLOUR_LIGHT_GREY, "what the charts draw", entries, &count);
    return count;
}

uint32_t csim_sides_put_contents(csim_sheet *sheet, uint32_t row, uint32_t columns, const csim_sides_entry *entries, size_t count) {
    csim_sheet_put_text(sheet, row, 0, CSIM_GENERAL(CSIM_ROLE_HEADING), "Contents");
    for (uint32_t column = 1; column < columns; column++) csim_sheet_put_blank(sheet, row, column, CSIM_ROLE_HEADING);
    for (size_t i = 0; i < count; i++) {
        csim_sheet_put_link(sheet, row + 1 + (uint32_t)i, 0, entries[i].name, entries[i].target);
        csim_sheet_put_text(sheet, row + 1 + (uint32_t)i, 1, CSIM_GENERAL(CSIM_ROLE_BODY), entries[i].about);
    }
    return row + (uint32_t)count + 2;
}

static void head_chart_data(csim_sides *sides) {
    sides->chart_row = csim_sides_put_head(sides, sides->chart_data, "Chart data", CSIM_CHART_DATA_WORDS);
    csim_report_dress_chart_data(sides->chart_data);
}

csim_status csim_sides_fill_sheets(csim_sides *sides, csim_error *err) {
    head_chart_data(sides);
    csim_sides_fill_outcomes(sides);
    csim_status status = csim_sides_fill_differences(sides, err);
    if (sides->waterfalls_sheet) csim_sides_fill_waterfalls(sides);
    if (!status) status = csim_sides_fill_claims(sides, err);
    if (!status) status = csim_sides_fill_keys(sides, err);
    for (size_t i = 0; !status && i < sides->headlines; i++) status = csim_sides_fill_charts(sides, &sides->headline[i], err);
    return status;
}
