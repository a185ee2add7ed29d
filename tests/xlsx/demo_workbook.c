/* Writes a small workbook that uses every feature of the sheet writer, with made-up numbers, so that the workbook checks
 * have something to check before and beside the real report. Usage: demo_workbook PATH [ROWS], where ROWS numbers the rows of
 * its data sheet (default 200; 20 columns). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "csim/report/sheet_writer.h"

enum { MONTHS = 60, CLAIMS = 6, INPUTS = 7, DATA_COLUMNS = 20 };

static const char *const claims[CLAIMS] = {"Open models serve most tokens", "Frontier price falls tenfold", "A closed lab exits APIs",
                                           "\xE5\xBC\x80\xE6\xBA\x90\xE6\xA8\xA1\xE5\x9E\x8B\xE9\xA2\x86\xE5\x85\x88 (open leads)", "=HYPERLINK(\"http://x\") stays text", "SaaS margins halve"};
static const double claim_p[CLAIMS] = {0.61, 0.83, 0.22, 0.37, 0.04, 0.48};

static csim_cell_style general(csim_cell_role role) { return csim_style(role, CSIM_AS_GENERAL); }

/* A logistic share and a falling price, with spreads that widen. */
static void share_quantiles(int month, double q[5]) {
    static const double z[5] = {-1.645, -0.674, 0, 0.674, 1.645};
    for (int i = 0; i < 5; i++) q[i] = 1 / (1 + exp(-(month - 30) / 14.0 - z[i] * (0.15 + 0.012 * month)));
}

static void price_quantiles(int month, double q[5]) {
    static const double z[5] = {-1.645, -0.674, 0, 0.674, 1.645};
    for (int i = 0; i < 5; i++) q[i] = 12 * exp(-month / 16.0 + z[i] * (0.05 + 0.012 * month));
}

static void profit_quantiles(int month, double q[5]) {
    for (int i = 0; i < 5; i++) q[i] = -8 + month * 0.25 + (i - 2) * (1 + month * 0.11);
}

typedef void quantile_source(int month, double q[5]);

static csim_cells quantile_table(csim_sheet *sheet, const char *unit, csim_cell_kind kind, quantile_source *source) {
    const csim_table_column columns[6] = {{"Month", "yyyy-mm", 10, false}, {"p5", unit, 11, false}, {"p25", unit, 11, false}, {"p50", unit, 11, false}, {"p75", unit, 11, false}, {"p95", unit, 11, false}};
    csim_cells data = csim_sheet_add_table(sheet, 2, 0, columns, 6, MONTHS, CSIM_TABLE_FREEZE | CSIM_TABLE_FILTER | CSIM_TABLE_BANDS);
    for (int month = 0; month < MONTHS; month++) {
        double q[5];
        source(month, q);
        const uint32_t row = data.row + (uint32_t)month;
        csim_sheet_put_month(sheet, row, 0, CSIM_ROLE_BODY, 2026 + month / 12, month % 12 + 1);
        csim_sheet_put_row_of_numbers(sheet, row, 1, csim_style(CSIM_ROLE_BODY, kind), q, 5);
    }
    return data;
}

static csim_cells column_of(csim_cells data, uint32_t first, uint32_t last) {
    return csim_cells_of(data.sheet, data.row, data.column + first, data.last_row, data.column + last);
}

static void fan_sheet(csim_book *book, const char *name, const char *title, csim_chart_axis y, const char *unit, quantile_source *source, csim_colour colour, csim_sheet *front, uint32_t row, uint32_t column) {
    csim_sheet *sheet = csim_book_add_sheet(book, name, CSIM_SHEET_PAGE);
    csim_sheet_put_text(sheet, 0, 0, general(CSIM_ROLE_TITLE), title);
    csim_sheet_set_tab_colour(sheet, colour);
    const csim_cells data = quantile_table(sheet, unit, y.kind, source);
    const csim_chart_plan plan = {.kind = CSIM_CHART_AREA_STACKED, .title = title, .alt_text = title, .x = {.kind = CSIM_AS_MONTH, .label_every = 12}, .y = y, .row = row, .column = column, .width_px = 500, .height_px = 290};
    csim_chart *chart = csim_sheet_add_chart(front, &plan);
    csim_chart_add_fan(chart, column_of(data, 0, 0), column_of(data, 1, 5), colour, sheet, 3, 8);
    csim_sheet_set_print_area(csim_cells_of(sheet, 0, 0, data.last_row, 5));
    char local[CSIM_ADDRESS_SIZE];
    snprintf(local, sizeof local, "%s_median_last", name);
    csim_book_define(book, local, csim_cell_of(sheet, data.last_row, 3));
}

static void claims_sheet(csim_book *book, csim_sheet *front) {
    csim_sheet *sheet = csim_book_add_sheet(book, "Claims & odds", CSIM_SHEET_PAGE);
    const csim_table_column columns[4] = {{"Claim", NULL, 42, true}, {"Probability", "%", 14, false}, {"Standard error", "%", 12, false}, {"Resolves", "yyyy-mm", 12, false}};
    csim_sheet_put_text(sheet, 0, 0, general(CSIM_ROLE_TITLE), "Claims");
    const csim_cells data = csim_sheet_add_table(sheet, 2, 0, columns, 4, CLAIMS, CSIM_TABLE_FREEZE);
    for (uint32_t i = 0; i < CLAIMS; i++) {
        const double error = sqrt(claim_p[i] * (1 - claim_p[i]) / 20000);
        csim_sheet_put_text(sheet, data.row + i, 0, general(CSIM_ROLE_BODY), claims[i]);
        csim_sheet_put_with_error(sheet, data.row + i, 1, CSIM_ROLE_BODY, CSIM_AS_PERCENT, claim_p[i], error);
        csim_sheet_put_with_error(sheet, data.row + i, 2, CSIM_ROLE_NOTE, CSIM_AS_PERCENT, error, error / 10);
        csim_sheet_put_month(sheet, data.row + i, 3, CSIM_ROLE_BODY, 2028 + (int)i, 12);
    }
    csim_cells_add_bars(column_of(data, 1, 1), CSIM_COLOUR_BLUE, 0, 1);
    const csim_chart_plan plan = {.kind = CSIM_CHART_BAR, .title = "Probability of each claim", .alt_text = "Bars of six probabilities between 4 % and 83 %.", .y = {.title = "probability", .kind = CSIM_AS_PERCENT, .has_range = true, .least = 0, .most = 1, .step = 0.25}, .legend = CSIM_LEGEND_NONE, .row = 34, .column = 6, .width_px = 500, .height_px = 290};
    csim_chart *chart = csim_sheet_add_chart(front, &plan);
    csim_chart_add_series(chart, "probability", column_of(data, 0, 0), column_of(data, 1, 1), CSIM_COLOUR_BLUE);
    csim_chart_show_values(chart, CSIM_AS_PERCENT, 0);
}

/* A drop-down that switches a line chart of formulas, and inputs with a check. */
static void what_if_sheet(csim_book *book) {
    static const char *const names[3] = {"bear", "base", "bull"};
    csim_sheet *sheet = csim_book_add_sheet(book, "What-if", CSIM_SHEET_PAGE);
    csim_sheet_set_width(sheet, 0, 0, 16);
    csim_sheet_put_text(sheet, 0, 0, general(CSIM_ROLE_TITLE), "Live formulas");
    csim_sheet_put_text(sheet, 2, 0, general(CSIM_ROLE_BODY), "Path");
    csim_sheet_put_text(sheet, 2, 1, general(CSIM_ROLE_INPUT), "base");
    csim_cells_allow_list(csim_cell_of(sheet, 2, 1), csim_cells_of(sheet, 5, 1, 5, 3), "Pick a path.");
    csim_sheet_put_text(sheet, 3, 0, general(CSIM_ROLE_BODY), "Discount");
    csim_sheet_put_number(sheet, 3, 1, csim_style(CSIM_ROLE_INPUT, CSIM_AS_PERCENT), 0.1);
    csim_cells_allow_numbers(csim_cell_of(sheet, 3, 1), 0, 1, "A share between 0 % and 100 %.");
    csim_sheet_put_text(sheet, 5, 0, general(CSIM_ROLE_TABLE_HEADER), "Year");
    csim_sheet_put_text(sheet, 5, 4, general(CSIM_ROLE_TABLE_HEADER), "shown");
    for (uint32_t i = 0; i < 3; i++) csim_sheet_put_text(sheet, 5, 1 + i, general(CSIM_ROLE_TABLE_HEADER), names[i]);
    for (uint32_t year = 0; year < 6; year++) {
        const uint32_t row = 6 + year;
        const double values[3] = {10 + year, 10 + 3.0 * year, 10 + 6.0 * year};
        csim_sheet_put_number(sheet, row, 0, csim_style(CSIM_ROLE_BODY, CSIM_AS_PLAIN_YEAR), 2026 + year);
        csim_sheet_put_row_of_numbers(sheet, row, 1, csim_style(CSIM_ROLE_BODY, CSIM_AS_USD), values, 3);
        csim_sheet_put_formula(sheet, row, 4, csim_style(CSIM_ROLE_FORMULA, CSIM_AS_USD), values[1] * 0.9, "=INDEX(B%u:D%u,MATCH($B$3,$B$6:$D$6,0))*(1-$B$4)", row + 1, row + 1);
    }
    csim_sheet_put_formula(sheet, 12, 4, csim_style(CSIM_ROLE_TOTAL, CSIM_AS_USD), 94.5, "=SUM(E7:E12)");
    csim_sheet_put_formula(sheet, 13, 4, csim_style(CSIM_ROLE_FORMULA, CSIM_AS_NUMBER), 17.5, "=NORM.INV(0.5,STDEV.S(B7,B8)*0+17.5,1)");
    csim_sheet_put_formula_text(sheet, 14, 4, general(CSIM_ROLE_FORMULA), "ok", "=IF(ABS(E13-94.5)<=1e-9,\"ok\",\"edited\")");
    csim_cells_mark_checks(csim_cell_of(sheet, 14, 4));
    const csim_chart_plan plan = {.kind = CSIM_CHART_LINE, .title = "The chosen path beside base", .alt_text = "Two rising lines.", .x = {.kind = CSIM_AS_PLAIN_YEAR}, .y = {.title = "revenue, $bn", .kind = CSIM_AS_USD, .decimals = 0}, .row = 1, .column = 6};
    csim_chart *chart = csim_sheet_add_chart(sheet, &plan);
    csim_chart_add_series(chart, "shown", csim_cells_of(sheet, 6, 0, 11, 0), csim_cells_of(sheet, 6, 4, 11, 4), CSIM_COLOUR_VERMILLION);
    csim_chart_add_series(chart, "base", csim_cells_of(sheet, 6, 0, 11, 0), csim_cells_of(sheet, 6, 2, 11, 2), CSIM_COLOUR_BLUE);
    const csim_chart_plan stack = {.kind = CSIM_CHART_COLUMN_STACKED, .title = "All three, stacked", .alt_text = "Columns in three parts.", .x = {.kind = CSIM_AS_PLAIN_YEAR}, .y = {.title = "$bn", .kind = CSIM_AS_INTEGER}, .legend = CSIM_LEGEND_RIGHT, .row = 20, .column = 6};
    chart = csim_sheet_add_chart(sheet, &stack);
    for (uint32_t i = 0; i < 3; i++) csim_chart_add_series(chart, names[i], csim_cells_of(sheet, 6, 0, 11, 0), csim_cells_of(sheet, 6, 1 + i, 11, 1 + i), (csim_colour[]){CSIM_COLOUR_BLUE, CSIM_COLOUR_ORANGE, CSIM_COLOUR_GREEN}[i]);
}

/* A tornado: thick segments for the effect, thin ones for its error, dots with names. */
static void tornado_sheet(csim_book *book) {
    static const char *const inputs[INPUTS] = {"efficiency gain a year", "chip price", "power cost", "open lag, months", "utilisation", "demand growth", "policy"};
    csim_segment effect[INPUTS], error[INPUTS];
    csim_sheet *sheet = csim_book_add_sheet(book, "Sensitivity", CSIM_SHEET_PAGE);
    csim_sheet_put_text(sheet, 0, 0, general(CSIM_ROLE_TITLE), "Sensitivity");
    csim_sheet_set_width(sheet, 0, 0, 24);
    for (uint32_t i = 0; i < INPUTS; i++) {
        const double size = 0.3 / (1 + i), rank = INPUTS - (double)i;
        effect[i] = (csim_segment){rank, -size * 0.8, size};
        error[i] = (csim_segment){rank, size - 0.02, size + 0.02};
        csim_sheet_put_text(sheet, 2 + i, 0, general(i % 2 ? CSIM_ROLE_GUESS : CSIM_ROLE_ESTIMATE), inputs[i]);
        csim_sheet_put_number(sheet, 2 + i, 1, csim_style(CSIM_ROLE_BODY, CSIM_AS_RATIO), size + 0.025);
        csim_sheet_put_number(sheet, 2 + i, 2, csim_style(CSIM_ROLE_BODY, CSIM_AS_SCIENTIFIC), rank);
    }
    csim_cells x, y, ex, ey;
    csim_sheet_put_segments(sheet, 12, 0, effect, INPUTS, &x, &y);
    csim_sheet_put_segments(sheet, 12, 2, error, INPUTS, &ex, &ey);
    const csim_chart_plan plan = {.kind = CSIM_CHART_SCATTER, .title = "Effect on the open share in 2030", .alt_text = "Seven horizontal bars around zero, the longest on top.", .x = {.title = "change in share, percentage points / 100", .kind = CSIM_AS_PERCENT, .decimals = 0, .has_range = true, .least = -0.4, .most = 0.6, .step = 0.2}, .y = {.has_range = true, .least = 0.3, .most = INPUTS + 0.7, .step = 1, .hide_labels = true}, .legend = CSIM_LEGEND_BOTTOM, .row = 1, .column = 4, .height_px = 380};
    csim_chart *chart = csim_sheet_add_chart(sheet, &plan);
    csim_chart_add_xy(chart, "p10 to p90 of the input", y, x, CSIM_COLOUR_SKY_BLUE, CSIM_MARK_THICK_SEGMENTS);
    csim_chart_add_xy(chart, "standard error", ey, ex, CSIM_COLOUR_BLACK, CSIM_MARK_SEGMENTS);
    csim_chart_add_xy(chart, NULL, csim_cells_of(sheet, 2, 1, 1 + INPUTS, 1), csim_cells_of(sheet, 2, 2, 1 + INPUTS, 2), CSIM_COLOUR_LIGHT_GREY, CSIM_MARK_DOTS);
    csim_chart_label_points(chart, csim_cells_of(sheet, 2, 0, 1 + INPUTS, 0));
}

static void data_sheet(csim_book *book, uint32_t rows) {
    csim_sheet *sheet = csim_book_add_sheet(book, "Data", CSIM_SHEET_DATA);
    csim_table_column columns[DATA_COLUMNS];
    char names[DATA_COLUMNS][16];
    for (int i = 0; i < DATA_COLUMNS; i++) {
        snprintf(names[i], sizeof names[i], "column %d", i + 1);
        columns[i] = (csim_table_column){names[i], "1", 12, false};
    }
    const csim_cells data = csim_sheet_add_table(sheet, 0, 0, columns, DATA_COLUMNS, rows, CSIM_TABLE_FREEZE | CSIM_TABLE_FILTER);
    for (uint32_t row = 0; row < rows; row++) {
        double values[DATA_COLUMNS];
        for (int i = 0; i < DATA_COLUMNS; i++) values[i] = sin(row * 0.01 + i) * pow(10, i - 8);
        csim_sheet_put_row_of_numbers(sheet, data.row + row, 0, general(CSIM_ROLE_BODY), values, DATA_COLUMNS);
    }
}

static void front_sheet(csim_book *book, csim_sheet *front) {
    csim_sheet_set_width(front, 0, 0, 34);
    csim_sheet_set_width(front, 1, 11, 11);
    csim_sheet_put_text(front, 0, 0, general(CSIM_ROLE_TITLE), "A demonstration workbook");
    csim_sheet_put_text(front, 1, 0, general(CSIM_ROLE_SUBTITLE), "Every feature of the writer, with made-up numbers");
    csim_sheet_put_text(front, 3, 0, general(CSIM_ROLE_HEADING), "Headline");
    csim_sheet_put_blank(front, 3, 1, CSIM_ROLE_HEADING);
    csim_sheet_put_text(front, 4, 0, general(CSIM_ROLE_BODY), "Open share of tokens, 2030-12");
    csim_sheet_put_with_error(front, 4, 1, CSIM_ROLE_KEY, CSIM_AS_PERCENT, 0.61234, 0.0034);
    csim_sheet_put_text(front, 5, 0, general(CSIM_ROLE_BODY), "Price of a frontier token, $/M");
    csim_sheet_put_with_error(front, 5, 1, CSIM_ROLE_KEY, CSIM_AS_USD, 0.30512, 0.012);
    csim_sheet_put_text(front, 6, 0, general(CSIM_ROLE_BODY), "Paths");
    csim_sheet_put_integer(front, 6, 1, CSIM_ROLE_KEY, 20000);
    csim_sheet_put_text(front, 7, 0, general(CSIM_ROLE_BODY), "Not known");
    csim_sheet_put_missing(front, 7, 1);
    csim_sheet_put_text(front, 8, 0, general(CSIM_ROLE_BODY), "Antithetic");
    csim_sheet_put_bool(front, 8, 1, CSIM_ROLE_BODY, true);
    csim_sheet_put_text(front, 10, 0, general(CSIM_ROLE_NOTE), "Source: https://example.org/plain-text (never a live link)");
    csim_sheet_put_link(front, 11, 0, "Claims start here", csim_cell_of(front, 34, 6));
    csim_sheet_set_print_area(csim_cells_of(front, 0, 0, 52, 13));
    csim_sheet_set_zoom(front, 90);
    csim_book_describe(book, &(csim_book_about){.title = "Demonstration", .author = "moecast", .keywords = "tests"});
}

int main(int argc, char **argv) {
    csim_error err;
    csim_book *book = NULL;
    if (argc < 2) return 2;
    csim_status status = csim_book_new(argv[1], 1767225600, &book, &err);
    if (!status) {
        csim_sheet *front = csim_book_add_sheet(book, "Summary", CSIM_SHEET_PAGE);
        front_sheet(book, front);
        fan_sheet(book, "Share", "Open share of tokens", (csim_chart_axis){.title = "share of tokens", .kind = CSIM_AS_PERCENT, .decimals = 0, .has_range = true, .least = 0, .most = 1, .step = 0.25}, "share", share_quantiles, CSIM_COLOUR_BLUE, front, 13, 0);
        fan_sheet(book, "Price", "Frontier price", (csim_chart_axis){.title = "$ per million tokens", .kind = CSIM_AS_USD, .decimals = 2, .log10 = true, .has_range = true, .least = 0.01, .most = 100}, "$/M", price_quantiles, CSIM_COLOUR_VERMILLION, front, 13, 6);
        fan_sheet(book, "Profit", "Host profit", (csim_chart_axis){.title = "$bn a year", .kind = CSIM_AS_NUMBER, .decimals = 0}, "$bn", profit_quantiles, CSIM_COLOUR_GREEN, front, 34, 0);
        claims_sheet(book, front);
        what_if_sheet(book);
        tornado_sheet(book);
        data_sheet(book, argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 200);
        status = csim_book_finish(book, &err);
        csim_book_free(book);
    }
    char text[2048];
    if (status) fprintf(stderr, "%s: %s\n", csim_status_name(status), csim_error_format(&err, text, sizeof text));
    return csim_status_exit_code(status);
}
