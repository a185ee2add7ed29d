/* Sections: a table by date on the left, its chart on the right, as many as a sheet lists. Owns their layout on the page: all sections of a book have the
 * same height and columns, so that a printed page holds whole ones. Must not know which outcomes there are. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "csim/report/report_parts.h"

enum {
    COLUMN_DATE, COLUMN_MEAN, COLUMN_ERROR, COLUMN_QUANTILES,
    COLUMN_GAP = 9, COLUMN_CHART, COLUMN_END = COLUMN_CHART + 9, /* nine columns of standard width carry the chart */
    COLUMNS_OF_NUMBERS = 8, CONTENTS_ACROSS = 3, SECTIONS_A_PAGE = 2 /* the first stands alone under the contents */,
    CHART_WIDTH_PX = 610, ROW_PX = 20, HEADER_ROW_PX = 40, LEAST_ROWS = 9
};

/* Rows that the data take, or the chart beside them where there are few. */
static uint32_t data_rows(const csim_report *report) { return report->dates.rows < LEAST_ROWS ? LEAST_ROWS : (uint32_t)report->dates.rows; }

/* Rows of a section: heading, note, two of table head, data, and two to breathe. */
static uint32_t section_rows(const csim_report *report) { return 6 + data_rows(report); }

static csim_report_place chart_place(const csim_report *report, csim_sheet *sheet, uint32_t row) {
    const uint32_t height = HEADER_ROW_PX + ROW_PX * (2 + data_rows(report));
    return (csim_report_place){sheet, row + 1, COLUMN_CHART, CHART_WIDTH_PX, height > 700 ? 700 : height};
}

/* ---- tables ---- */

enum { UNIT_MOST = 15 }; /* letters that fit over a column */

static const char *unit_of(csim_outcome_id id) { return strlen(csim_outcome_rows[id].unit) > UNIT_MOST ? "unit as above" : csim_outcome_rows[id].unit; }

static csim_cells table_open(const csim_report *report, csim_sheet *sheet, uint32_t row, const csim_table_column *columns, size_t count) {
    const csim_cells data = csim_sheet_add_table(sheet, row + 2, 0, columns, count, (uint32_t)report->dates.rows, 0);
    for (int32_t i = 0; i < report->dates.rows; i++)
        csim_report_put_month(sheet, data.row + (uint32_t)i, COLUMN_DATE, CSIM_ROLE_BODY, csim_report_month_at(report, report->dates.row[i]));
    return data;
}

/* Digits follow the median's error: row by row where a series crosses decades, else the same down the table. */
static int table_decimals(const csim_report *report, int32_t slot, csim_cell_kind kind) {
    int fewest = 6;
    for (int32_t i = 0; i < report->dates.rows; i++) {
        const csim_report_row row = csim_report_read(report, slot, report->dates.row[i]);
        const int allowed = csim_report_decimals(kind, row.q[4].value, fmax(row.q[2].error, row.mean.error));
        if (!row.constant && allowed < fewest) fewest = allowed;
    }
    return fewest;
}

static void fan_table(csim_report *report, csim_sheet *sheet, uint32_t row, int32_t slot) {
    const csim_outcome_id id = (csim_outcome_id)report->plan->slot_outcome[slot];
    const csim_cell_kind kind = csim_report_kind(id);
    const bool by_row = csim_outcome_rows[id].scale == CSIM_SCALE_LOG;
    const char *unit = unit_of(id);
    const csim_table_column columns[COLUMNS_OF_NUMBERS] = {
        {"End of", "yyyy-mm", 0, false}, {"Mean", unit, 0, false}, {"\xC2\xB1 error", unit, 0, false}, {"p5", unit, 0, false},
        {"p25", unit, 0, false}, {"Median", unit, 0, false}, {"p75", unit, 0, false}, {"p95", unit, 0, false}};
    const csim_cells data = table_open(report, sheet, row, columns, COLUMNS_OF_NUMBERS);
    const int common = table_decimals(report, slot, kind);
    for (int32_t i = 0; i < report->dates.rows; i++) {
        const csim_report_row values = csim_report_read(report, slot, report->dates.row[i]);
        const int decimals = by_row ? csim_report_decimals(kind, values.q[2].value, values.q[2].error) : common;
        const uint32_t at = data.row + (uint32_t)i;
        csim_report_put_value(sheet, at, COLUMN_MEAN, CSIM_ROLE_BODY, kind, decimals, values.mean.value);
        csim_report_put_error(sheet, at, COLUMN_ERROR, kind, decimals, values.mean.error, values.constant);
        for (uint32_t k = 0; k < 5; k++) csim_report_put_value(sheet, at, COLUMN_QUANTILES + k, CSIM_ROLE_BODY, kind, decimals, values.q[k].value);
    }
}

static void medians_table(csim_report *report, csim_sheet *sheet, uint32_t row, csim_outcome_id id) {
    const int32_t all = csim_report_slots(report, id), count = all < COLUMNS_OF_NUMBERS ? all : COLUMNS_OF_NUMBERS;
    const csim_cell_kind kind = csim_report_kind(id);
    char names[COLUMNS_OF_NUMBERS][2 * CSIM_PLAN_ID];
    csim_table_column columns[COLUMNS_OF_NUMBERS + 1] = {{"End of", "yyyy-mm", 0, false}};
    for (int32_t e = 0; e < count; e++)
        columns[e + 1] = (csim_table_column){csim_report_element(report, csim_report_slot(report, id, e), names[e], sizeof names[e]), unit_of(id), 0, false};
    const csim_cells data = table_open(report, sheet, row, columns, (size_t)count + 1);
    for (int32_t e = 0; e < count; e++) {
        const int32_t slot = csim_report_slot(report, id, e);
        const int common = table_decimals(report, slot, kind);
        for (int32_t i = 0; i < report->dates.rows; i++) {
            const csim_estimate median = csim_report_read(report, slot, report->dates.row[i]).q[2];
            const int decimals = csim_outcome_rows[id].scale == CSIM_SCALE_LOG ? csim_report_decimals(kind, median.value, median.error) : common;
            csim_report_put_value(sheet, data.row + (uint32_t)i, 1 + (uint32_t)e, CSIM_ROLE_BODY, kind, decimals, median.value);
        }
    }
}

static void flag_table(csim_report *report, csim_sheet *sheet, uint32_t row, int32_t slot) {
    static const csim_table_column columns[] = {{"End of", "yyyy-mm", 0, false},    {"Share of paths", "share", 0, false}, {"\xC2\xB1 error", "share", 0, false},
                                                {"95 % from", "share", 0, false}, {"95 % to", "share", 0, false},        {"Hits", "paths", 0, false},
                                                {"Of", "paths", 0, false}};
    const csim_cells data = table_open(report, sheet, row, columns, sizeof columns / sizeof columns[0]);
    for (int32_t i = 0; i < report->dates.rows; i++) {
        const csim_probability p = csim_report_share_at(report, slot, report->dates.row[i], 1);
        const uint32_t at = data.row + (uint32_t)i;
        const int decimals = csim_report_decimals(CSIM_AS_PERCENT, p.value, p.error);
        csim_report_put_probability(sheet, at, 1, CSIM_ROLE_BODY, p);
        csim_report_put_error(sheet, at, 2, CSIM_AS_PERCENT, decimals, p.error, p.hits == 0 || p.hits == p.count);
        csim_report_put_value(sheet, at, 3, CSIM_ROLE_BODY, CSIM_AS_PERCENT, decimals, p.low);
        csim_report_put_value(sheet, at, 4, CSIM_ROLE_BODY, CSIM_AS_PERCENT, decimals, p.high);
        csim_sheet_put_integer(sheet, at, 5, CSIM_ROLE_BODY, (int64_t)p.hits);
        csim_sheet_put_integer(sheet, at, 6, CSIM_ROLE_BODY, (int64_t)p.count);
    }
}

/* A regime that the scenario's schedule names is no matter of chance. */
static void put_regime(csim_report *report, csim_sheet *sheet, uint32_t row, uint32_t column, int32_t slot, int32_t position, int32_t regime) {
    const int32_t scheduled = report->plan->policy_state[report->plan->report_month[position]];
    if (scheduled == CSIM_POLICY_MARKOV) csim_report_put_probability(sheet, row, column, CSIM_ROLE_BODY, csim_report_share_at(report, slot, position, regime));
    else if (scheduled == regime) csim_sheet_put_text(sheet, row, column, CSIM_GENERAL(CSIM_ROLE_MISSING), "constant");
}

static void regimes_table(csim_report *report, csim_sheet *sheet, uint32_t row, int32_t slot) {
    const int32_t count = report->plan->regimes < COLUMNS_OF_NUMBERS ? report->plan->regimes : COLUMNS_OF_NUMBERS;
    csim_table_column columns[COLUMNS_OF_NUMBERS + 1] = {{"End of", "yyyy-mm", 0, false}};
    for (int32_t r = 0; r < count; r++) columns[r + 1] = (csim_table_column){report->plan->regime_id[r], "share of paths", 0, false};
    const csim_cells data = table_open(report, sheet, row, columns, (size_t)count + 1);
    for (int32_t i = 0; i < report->dates.rows; i++)
        for (int32_t r = 0; r < count; r++)
            put_regime(report, sheet, data.row + (uint32_t)i, 1 + (uint32_t)r, slot, report->dates.row[i], r);
}

/* ---- sections ---- */

/* Sections of an outcome: a fan stands for each element, the other kinds once. */
static int32_t section_count(const csim_report *report, const csim_section *section) {
    const int32_t slots = csim_report_slots(report, section->outcome);
    return section->kind == CSIM_SECTION_FAN ? slots : slots > 0;
}

static const char *section_title(const csim_report *report, const csim_section *section, int32_t element, char *text, size_t size) {
    if (section->kind != CSIM_SECTION_MEDIANS) return csim_report_series_title(report, csim_report_slot(report, section->outcome, element), text, size);
    snprintf(text, size, "%s: medians side by side", csim_report_outcome_title(section->outcome));
    return text;
}

static void section_note(csim_report *report, csim_sheet *sheet, uint32_t row, const csim_section *section, int32_t slot) {
    char text[CSIM_REPORT_LINE];
    const bool one = section->kind != CSIM_SECTION_MEDIANS;
    snprintf(text, sizeof text, "Series %s%s, %s.%s%s", one ? report->plan->slot_name[slot] : csim_outcome_rows[section->outcome].name, one ? "" : ".*",
             csim_outcome_rows[section->outcome].unit, section->note ? " " : "", section->note ? section->note : "");
    csim_sheet_put_text(sheet, row, 0, CSIM_GENERAL(CSIM_ROLE_NOTE), text);
}

/* Shares are blue, money is vermillion, all else green, on every sheet. */
static csim_colour colour_of(csim_outcome_id id) {
    const csim_cell_kind kind = csim_report_kind(id);
    return kind == CSIM_AS_PERCENT ? CSIM_COLOUR_BLUE : kind == CSIM_AS_USD ? CSIM_COLOUR_VERMILLION : CSIM_COLOUR_GREEN;
}

static void section_put(csim_report *report, csim_sheet *sheet, uint32_t row, const csim_section *section, int32_t element) {
    char title[CSIM_REPORT_LINE];
    const int32_t slot = csim_report_slot(report, section->outcome, element);
    const csim_report_place place = chart_place(report, sheet, row);
    section_title(report, section, element, title, sizeof title);
    csim_sheet_put_text(sheet, row, 0, CSIM_GENERAL(CSIM_ROLE_HEADING), title);
    csim_sheet_set_height(sheet, row, 18);
    for (uint32_t column = 1; column < COLUMN_END; column++) csim_sheet_put_blank(sheet, row, column, CSIM_ROLE_HEADING);
    section_note(report, sheet, row + 1, section, slot);
    switch (section->kind) {
    case CSIM_SECTION_FAN:
        fan_table(report, sheet, row, slot);
        csim_report_draw_fan(report, place, slot, title, colour_of(section->outcome), (csim_report_range){0, 0});
        break;
    case CSIM_SECTION_MEDIANS:
        medians_table(report, sheet, row, section->outcome);
        csim_report_draw_medians(report, place, section->outcome, csim_report_outcome_title(section->outcome));
        break;
    case CSIM_SECTION_FLAG:
        flag_table(report, sheet, row, slot);
        csim_report_draw_shares(report, place, slot, title, 1);
        break;
    case CSIM_SECTION_REGIMES:
        regimes_table(report, sheet, row, slot);
        csim_report_draw_shares(report, place, slot, title, report->plan->regimes);
        break;
    }
}

/* ---- the sheet ---- */

uint32_t csim_report_put_head(csim_report *report, csim_report_sheet_id id, const char *title, const char *subtitle) {
    csim_sheet *sheet = report->sheet[id];
    csim_sheet_put_text(sheet, 0, 0, CSIM_GENERAL(CSIM_ROLE_TITLE), title);
    csim_sheet_set_height(sheet, 0, 26);
    csim_sheet_put_text(sheet, 1, 0, CSIM_GENERAL(CSIM_ROLE_SUBTITLE), subtitle);
    char back[CSIM_SHEET_NAME_MAX * 4 + 8];
    snprintf(back, sizeof back, "\xE2\x86\x90 %s", csim_sheet_name(report->sheet[CSIM_REPORT_SUMMARY]));
    csim_sheet_put_link(sheet, 2, 0, back, csim_cell_of(report->sheet[CSIM_REPORT_SUMMARY], 0, 0));
    return 4;
}

static uint32_t contents_rows(uint32_t sections) { return (sections + CONTENTS_ACROSS - 1) / CONTENTS_ACROSS; }

static void contents_put(csim_sheet *sheet, uint32_t row, uint32_t number, uint32_t sections, const char *title, uint32_t target) {
    static const uint32_t columns[CONTENTS_ACROSS] = {COLUMN_DATE, 5, COLUMN_CHART + 2};
    const uint32_t down = contents_rows(sections);
    char text[4 * 64];
    csim_sheet_put_link(sheet, row + number % down, columns[number / down], csim_report_clean(title, 62, text, sizeof text), csim_cell_of(sheet, target, 0));
}

static void set_columns(csim_sheet *sheet) {
    csim_sheet_set_width(sheet, COLUMN_DATE, COLUMN_GAP - 1, 11);
    csim_sheet_set_width(sheet, COLUMN_GAP, COLUMN_GAP, 2);
    csim_sheet_set_width(sheet, COLUMN_CHART, COLUMN_END - 1, 9);
}

void csim_report_put_sections(csim_report *report, csim_report_sheet_id id, const char *subtitle, const csim_section *sections, size_t count) {
    csim_sheet *sheet = report->sheet[id];
    uint32_t total = 0, number = 0;
    for (size_t i = 0; i < count; i++) total += (uint32_t)section_count(report, &sections[i]);
    set_columns(sheet);
    const uint32_t contents = csim_report_put_head(report, id, csim_report_sheet_name(id), subtitle), height = section_rows(report);
    const uint32_t first = contents + contents_rows(total) + 2;
    char title[CSIM_REPORT_LINE];
    for (size_t i = 0; i < count; i++)
        for (int32_t element = 0; element < section_count(report, &sections[i]); element++, number++) {
            const uint32_t row = first + number * height;
            contents_put(sheet, contents, number, total, section_title(report, &sections[i], element, title, sizeof title), row);
            section_put(report, sheet, row, &sections[i], element);
            if (number % SECTIONS_A_PAGE == 1) csim_sheet_break_before(sheet, row);
        }
    csim_sheet_freeze(sheet, 1, 0);
    csim_sheet_set_print_area(csim_cells_of(sheet, 0, 0, first + total * height - 2, COLUMN_END - 1));
}
