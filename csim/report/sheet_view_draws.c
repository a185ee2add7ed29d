/* View draws: what Your view looks things up in. Above, one column an outcome or input: quantiles, the forecast as it counts, means over the nearest paths.
 * Below, one row a kept path: its outcomes, its distance from the forecasts, the places of its inputs' draws. */
#include <stdio.h>
#include <string.h>

#include "csim/report/report_view.h"

enum { LABEL, FIRST_OUTCOME, HEAD = 4, POINT_DIGITS = 4, PRINTED_DRAWS = 12, PRINTED_COLUMNS = 9 };

static csim_sheet *sheet_of(const csim_report *report) { return report->sheet[CSIM_REPORT_VIEW_DRAWS]; }

/* ---- where things stand ---- */

static uint32_t distance_column(const csim_report *report) { return FIRST_OUTCOME + report->view->outcomes; }
static uint32_t near_column(const csim_report *report) { return distance_column(report) + 1; }
static uint32_t first_input(const csim_report *report) { return near_column(report) + 1; }
static uint32_t columns_of(const csim_report *report) { return first_input(report) + report->view->inputs; }

static uint32_t row_of(csim_view_line line) { return HEAD + (uint32_t)line; }
enum { DRAWS_HEAD = HEAD + CSIM_VIEW_LINES_END + 2, DRAWS = DRAWS_HEAD + 2 };

static csim_cells column_of_draws(const csim_report *report, uint32_t column) { return csim_cells_of(sheet_of(report), DRAWS, column, DRAWS + report->view->rows - 1, column); }
static csim_cells cell(const csim_report *report, csim_view_line line, uint32_t column) { return csim_cell_of(sheet_of(report), row_of(line), column); }

csim_cells csim_view_level(const csim_report *report, uint32_t point, uint32_t last_point) {
    return csim_cells_of(sheet_of(report), row_of((csim_view_line)(CSIM_VIEW_FIRST_POINT + point)), LABEL, row_of((csim_view_line)(CSIM_VIEW_FIRST_POINT + last_point)), LABEL);
}

csim_cells csim_view_outcome_cells(const csim_report *report, csim_view_line line, csim_view_line last_line, uint32_t outcome) {
    return csim_cells_of(sheet_of(report), row_of(line), FIRST_OUTCOME + outcome, row_of(last_line), FIRST_OUTCOME + outcome);
}

csim_cells csim_view_input_line(const csim_report *report, csim_view_line line) {
    return csim_cells_of(sheet_of(report), row_of(line), first_input(report), row_of(line), columns_of(report) - 1);
}

csim_cells csim_view_counts(const csim_report *report) {
    return csim_cells_of(sheet_of(report), row_of(CSIM_VIEW_COUNTS), FIRST_OUTCOME, row_of(CSIM_VIEW_COUNTS), FIRST_OUTCOME + report->view->outcomes - 1);
}

csim_cells csim_view_distances(const csim_report *report) { return column_of_draws(report, distance_column(report)); }
csim_cells csim_view_nears(const csim_report *report) { return column_of_draws(report, near_column(report)); }

typedef struct address { char text[CSIM_ADDRESS_SIZE]; } address;

static address to(csim_cells cells) {
    address out;
    csim_cells_address(cells, out.text);
    return out;
}

static address line_of(const csim_report *report, csim_view_line line, uint32_t first, uint32_t count) {
    return to(csim_cells_of(sheet_of(report), row_of(line), FIRST_OUTCOME + first, row_of(line), FIRST_OUTCOME + first + count - 1));
}

/* ---- the heads ---- */

char *csim_view_input_name(const csim_report *report, uint32_t input, char *text, size_t size) {
    const int32_t position = report->view->input[input].input;
    snprintf(text, size, "%.120s: %.200s", report->plan->input_key[position], csim_input_rows[report->plan->input[position].id].text);
    return text;
}

enum { COLUMNS_MOST = FIRST_OUTCOME + CSIM_VIEW_OUTCOMES + 2 + CSIM_VIEW_INPUTS };

typedef struct heads { char name[COLUMNS_MOST][3 * CSIM_PLAN_ID]; csim_table_column column[COLUMNS_MOST]; } heads;

static void name_column(heads *out, uint32_t column, const char *unit, double width) { out->column[column] = (csim_table_column){out->name[column], unit, width, false}; }

static void make_heads(const csim_report *report, heads *out) {
    const csim_report_view *view = report->view;
    char month[CSIM_MONTH_TEXT];
    snprintf(out->name[LABEL], sizeof out->name[0], "Line");
    name_column(out, LABEL, "share", 30);
    for (uint32_t i = 0; i < view->outcomes; i++) {
        const csim_view_outcome *it = &view->outcome[i];
        snprintf(out->name[FIRST_OUTCOME + i], sizeof out->name[0], "%.120s %.8s", report->plan->slot_name[it->slot], csim_month_text(csim_report_month_at(report, it->position), month));
        name_column(out, FIRST_OUTCOME + i, csim_report_outcome(report, it->slot)->unit, 16);
    }
    snprintf(out->name[distance_column(report)], sizeof out->name[0], "Distance");
    name_column(out, distance_column(report), "5-95 % ranges", 12);
    snprintf(out->name[near_column(report)], sizeof out->name[0], "Near");
    name_column(out, near_column(report), "1 or 0", 8);
    for (uint32_t i = 0; i < view->inputs; i++) {
        const int32_t position = view->input[i].input;
        snprintf(out->name[first_input(report) + i], sizeof out->name[0], "%.120s", report->plan->input_key[position]);
        name_column(out, first_input(report) + i, csim_input_rows[report->plan->input[position].id].unit, 16);
    }
}

/* ---- lines above the draws ---- */

static void put_label(const csim_report *report, csim_view_line line, const char *text) { csim_sheet_put_text(sheet_of(report), row_of(line), LABEL, CSIM_GENERAL(CSIM_ROLE_BODY), text); }

static csim_cell_style formula(void) { return csim_style(CSIM_ROLE_FORMULA, CSIM_AS_GENERAL); }

static void put_names(const csim_report *report) {
    char text[CSIM_REPORT_LINE];
    put_label(report, CSIM_VIEW_NAME, "Meaning");
    for (uint32_t i = 0; i < report->view->outcomes; i++)
        csim_sheet_put_text(sheet_of(report), row_of(CSIM_VIEW_NAME), FIRST_OUTCOME + i, CSIM_GENERAL(CSIM_ROLE_NOTE), csim_report_series_title(report, report->view->outcome[i].slot, text, sizeof text));
    for (uint32_t i = 0; i < report->view->inputs; i++)
        csim_sheet_put_text(sheet_of(report), row_of(CSIM_VIEW_NAME), first_input(report) + i, CSIM_GENERAL(CSIM_ROLE_NOTE), csim_view_input_name(report, i, text, sizeof text));
}

static void put_points(const csim_report *report) {
    const csim_report_view *view = report->view;
    for (uint32_t p = 0; p < CSIM_VIEW_POINTS; p++) {
        const uint32_t row = row_of((csim_view_line)(CSIM_VIEW_FIRST_POINT + p));
        csim_sheet_put_number(sheet_of(report), row, LABEL, csim_style_digits(CSIM_ROLE_BODY, CSIM_AS_PERCENT, 1), csim_view_share(p));
        for (uint32_t i = 0; i < view->outcomes; i++) csim_sheet_put_number(sheet_of(report), row, FIRST_OUTCOME + i, CSIM_GENERAL(CSIM_ROLE_BODY), view->outcome[i].point[p]);
        for (uint32_t i = 0; i < view->inputs; i++) csim_sheet_put_number(sheet_of(report), row, first_input(report) + i, CSIM_GENERAL(CSIM_ROLE_BODY), view->input[i].point[p]);
    }
}

static void put_forecast_lines(const csim_report *report, csim_view_line line) {
    const csim_report_view *view = report->view;
    for (uint32_t i = 0; i < view->outcomes; i++) {
        const csim_view_outcome *it = &view->outcome[i];
        const address x = to(csim_view_forecast(report, i)), says = to(csim_view_says(report, i)), counts = to(cell(report, CSIM_VIEW_COUNTS, FIRST_OUTCOME + i));
        const address points = to(csim_view_outcome_cells(report, CSIM_VIEW_FIRST_POINT, (csim_view_line)(CSIM_VIEW_FIRST_POINT + CSIM_VIEW_POINTS - 1), i));
        const address median = to(cell(report, (csim_view_line)(CSIM_VIEW_FIRST_POINT + CSIM_VIEW_P50), FIRST_OUTCOME + i));
        const address p5 = to(cell(report, (csim_view_line)(CSIM_VIEW_FIRST_POINT + CSIM_VIEW_P5), FIRST_OUTCOME + i)), p95 = to(cell(report, (csim_view_line)(CSIM_VIEW_FIRST_POINT + CSIM_VIEW_P95), FIRST_OUTCOME + i));
        const double middle = it->point[CSIM_VIEW_P50];
        const char *open = it->log ? "LN(" : "", *close = it->log ? ")" : "";
        const uint32_t column = FIRST_OUTCOME + i;
        uint32_t place = 1;
        while (place < CSIM_VIEW_POINTS && it->point[place] <= middle) place++;
        switch (line) {
        case CSIM_VIEW_FORECAST: csim_sheet_put_formula(sheet_of(report), row_of(line), column, formula(), middle, "=IF(ISNUMBER(%s),%s,\"\")", x.text, x.text); break;
        case CSIM_VIEW_COUNTS: csim_sheet_put_formula(sheet_of(report), row_of(line), column, formula(), 1, "=ISNUMBER(%s%s%s)*(%s=\"yes\")", open, x.text, close, says.text); break;
        case CSIM_VIEW_PLACE: csim_sheet_put_formula(sheet_of(report), row_of(line), column, formula(), place, "=IF(ISNUMBER(%s),IFERROR(MATCH(%s,%s),\"\"),\"\")", x.text, x.text, points.text); break;
        case CSIM_VIEW_SPREAD: csim_sheet_put_formula(sheet_of(report), row_of(line), column, formula(), it->spread, "=%s%s%s-%s%s%s", open, p95.text, close, open, p5.text, close); break;
        default: csim_sheet_put_formula(sheet_of(report), row_of(line), column, formula(), csim_view_scaled(it, middle), "=IF(%s,%s%s%s,%s%s%s)", counts.text, open, x.text, close, open, median.text, close); break;
        }
    }
}

static void put_mean_line(const csim_report *report) {
    const csim_report_view *view = report->view;
    const address nears = to(csim_view_nears(report)), count = to(csim_view_near_count(report)), farthest = to(csim_view_farthest(report)); /* n/a where no number of paths is asked for */
    put_label(report, CSIM_VIEW_MEAN, "Mean of the nearest paths");
    for (uint32_t i = 0; i < view->outcomes; i++)
        csim_sheet_put_formula(sheet_of(report), row_of(CSIM_VIEW_MEAN), FIRST_OUTCOME + i, formula(), view->outcome[i].near_mean, "=IF(ISNUMBER(%s),SUMPRODUCT(%s,%s)/%s,\"n/a\")", farthest.text, nears.text, to(column_of_draws(report, FIRST_OUTCOME + i)).text, count.text);
    for (uint32_t i = 0; i < view->inputs; i++)
        csim_sheet_put_formula(sheet_of(report), row_of(CSIM_VIEW_MEAN), first_input(report) + i, formula(), view->input[i].near_mean, "=IF(ISNUMBER(%s),SUMPRODUCT(%s,%s)/%s,\"n/a\")", farthest.text, nears.text,
                               to(column_of_draws(report, first_input(report) + i)).text, count.text);
}

/* The error is that of a mean over so many of the kept paths, drawn without putting back. Ranks of equals go from left to right. */
static void put_input_lines(const csim_report *report, csim_view_line line) {
    const address near = to(csim_view_near_count(report)), rows = to(csim_view_rows(report)), one = to(csim_view_one(report)), half = to(csim_view_level(report, CSIM_VIEW_P50, CSIM_VIEW_P50));
    const address all = to(csim_view_input_line(report, CSIM_VIEW_AWAY));
    for (uint32_t i = 0; i < report->view->inputs; i++) {
        const csim_view_input *it = &report->view->input[i];
        const uint32_t column = first_input(report) + i;
        const address away = to(cell(report, CSIM_VIEW_AWAY, column));
        if (line == CSIM_VIEW_ERROR)
            csim_sheet_put_formula(sheet_of(report), row_of(line), column, formula(), it->error, "=IF(ISNUMBER(%s),STDEVP(%s)*SQRT((%s-%s)/(%s*(%s-%s))),\"n/a\")", to(csim_view_farthest(report)).text, to(column_of_draws(report, column)).text, rows.text, near.text, near.text,
                                   rows.text, one.text);
        else if (line == CSIM_VIEW_AWAY)
            csim_sheet_put_formula(sheet_of(report), row_of(line), column, formula(), it->away, "=IF(ISNUMBER(%s),ROUND(ABS(%s-%s),%s),0)", to(cell(report, CSIM_VIEW_MEAN, column)).text, to(cell(report, CSIM_VIEW_MEAN, column)).text, half.text,
                                   to(csim_view_decimals(report)).text);
        else if (!i)
            csim_sheet_put_formula(sheet_of(report), row_of(line), column, formula(), it->rank, "=RANK(%s,%s)", away.text, all.text);
        else
            csim_sheet_put_formula(sheet_of(report), row_of(line), column, formula(), it->rank, "=RANK(%s,%s)+COUNTIF(%s,%s)", away.text, all.text,
                                   to(csim_cells_of(sheet_of(report), row_of(CSIM_VIEW_AWAY), first_input(report), row_of(CSIM_VIEW_AWAY), column - 1)).text, away.text);
    }
}

static void put_lines(const csim_report *report) {
    static const struct { csim_view_line line; const char *label; } forecasts[] = {
        {CSIM_VIEW_FORECAST, "Your forecast"}, {CSIM_VIEW_COUNTS, "Counts: 1 or 0"}, {CSIM_VIEW_PLACE, "Quantile at or below it"}, {CSIM_VIEW_SPREAD, "5 to 95 %, on its scale"}, {CSIM_VIEW_SCALED, "Forecast, on its scale"}};
    static const struct { csim_view_line line; const char *label; } inputs[] = {{CSIM_VIEW_ERROR, "Error of such a mean"}, {CSIM_VIEW_AWAY, "Off 50 %"}, {CSIM_VIEW_RANK, "Rank of it"}};
    put_names(report);
    put_points(report);
    for (size_t i = 0; i < sizeof forecasts / sizeof forecasts[0]; i++) {
        put_label(report, forecasts[i].line, forecasts[i].label);
        put_forecast_lines(report, forecasts[i].line);
    }
    put_mean_line(report);
    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++) {
        put_label(report, inputs[i].line, inputs[i].label);
        put_input_lines(report, inputs[i].line);
    }
}

/* ---- draws ---- */

/* The sum of squares of outcomes first … first + count − 1, as a formula; "" for none. */
static void squares(const csim_report *report, uint32_t row, uint32_t first, uint32_t count, bool log, char *text, size_t size) {
    text[0] = 0;
    if (!count) return;
    const address counts = line_of(report, CSIM_VIEW_COUNTS, first, count), scaled = line_of(report, CSIM_VIEW_SCALED, first, count), spread = line_of(report, CSIM_VIEW_SPREAD, first, count);
    const address values = to(csim_cells_of(sheet_of(report), row, FIRST_OUTCOME + first, row, FIRST_OUTCOME + first + count - 1));
    const char *open = log ? "LN(" : "", *close = log ? ")" : "";
    snprintf(text, size, "SUMPRODUCT(%s,(%s%s%s-%s)*(%s%s%s-%s)/(%s*%s))", counts.text, open, values.text, close, scaled.text, open, values.text, close, scaled.text, spread.text, spread.text);
}

static void put_draw(const csim_report *report, uint32_t i) {
    enum { PART = 8 * CSIM_ADDRESS_SIZE };
    const csim_report_view *view = report->view;
    csim_sheet *sheet = sheet_of(report);
    const uint32_t row = DRAWS + i;
    char linear[PART], log[PART];
    csim_sheet_put_integer(sheet, row, LABEL, CSIM_ROLE_BODY, (int64_t)report->result->options.first_path + view->row[i]);
    for (uint32_t o = 0; o < view->outcomes; o++) csim_sheet_put_number(sheet, row, FIRST_OUTCOME + o, CSIM_GENERAL(CSIM_ROLE_BODY), csim_view_value(report, o, i));
    squares(report, row, 0, view->linear, false, linear, sizeof linear);
    squares(report, row, view->linear, view->outcomes - view->linear, true, log, sizeof log);
    csim_sheet_put_formula(sheet, row, distance_column(report), csim_style_digits(CSIM_ROLE_FORMULA, CSIM_AS_NUMBER, POINT_DIGITS), view->distance[i], "=SQRT(%s%s%s)", linear, linear[0] && log[0] ? "+" : "", log);
    csim_sheet_put_formula(sheet, row, near_column(report), formula(), view->near[i], "=--AND(ISNUMBER(%s),%s<=%s)", to(csim_view_farthest(report)).text,
                           to(csim_cell_of(sheet, row, distance_column(report))).text, to(csim_view_farthest(report)).text);
    for (uint32_t k = 0; k < view->inputs; k++)
        csim_sheet_put_number(sheet, row, first_input(report) + k, csim_style_digits(CSIM_ROLE_BODY, CSIM_AS_PERCENT, 2), view->place[(size_t)k * view->rows + i]);
}

void csim_report_fill_view_draws(csim_report *report) {
    csim_sheet *sheet = sheet_of(report);
    heads names;
    memset(&names, 0, sizeof names);
    csim_report_put_head(report, CSIM_REPORT_VIEW_DRAWS, "View draws", "What Your view looks up: quantiles of outcomes over all paths and of inputs' priors; below, the kept paths with their outcomes and the places of their draws among one another.");
    make_heads(report, &names);
    csim_sheet_add_table(sheet, HEAD, 0, names.column, columns_of(report), CSIM_VIEW_LINES_END - CSIM_VIEW_NAME, 0);
    put_lines(report);
    snprintf(names.name[LABEL], sizeof names.name[0], "Path");
    for (uint32_t c = 0; c < columns_of(report); c++) names.column[c].width_chars = 0;
    names.column[LABEL].unit = "number";
    for (uint32_t k = 0; k < report->view->inputs; k++) names.column[first_input(report) + k].unit = "place, share";
    csim_sheet_add_table(sheet, DRAWS_HEAD, 0, names.column, columns_of(report), report->view->rows, 0);
    for (uint32_t i = 0; i < report->view->rows; i++) put_draw(report, i);
    csim_sheet_freeze(sheet, HEAD + 1, 1);
    csim_sheet_set_print_area(csim_cells_of(sheet, 0, 0, DRAWS + PRINTED_DRAWS - 1, PRINTED_COLUMNS - 1)); /* a specimen, as of Draws */
}
