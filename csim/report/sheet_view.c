/* Your view: the reader types forecasts and sees where they lie among the paths of the run, and what the paths nearest to them drew otherwise than the rest.
 * All of it is formulas over the quantiles and draws of the sheet View draws, so that nothing is lost when a cell is changed. */
#include <math.h>
#include <stdio.h>

#include "csim/plan/input_places.h"
#include "csim/report/report_view.h"

enum {
    OUTCOME, UNIT, SAYS, MONTH, FORECAST, PERCENTILE, ABOVE, ERROR, LOW, MEDIAN, HIGH, NEAR_MEAN, COLUMNS, /* of the forecasts */
    SIDE = SAYS, RANK, PLACE, AWAY, STRAY, PRIOR, DRIVER_COLUMNS = PRIOR + 3,                             /* of the drivers, in the same columns */
    AT = COLUMNS + 1, KEY,                                                                                /* beside the page */
    FORECASTS = 10, DATA = FORECASTS + 2, TEXT_WIDTH = 205, OUTCOME_WIDTH = 52, LINE_POINTS = 13,
    CHART_PX = 270, CHART_WIDTH_PX = 590, CHART_ROWS = 15, CHARTED = 10
};

/* Drivers count as more than chance beyond so many standard errors: among twenty inputs two happen often, three seldom. */
static const double chance_errors = 3;

static csim_sheet *sheet_of(const csim_report *report) { return report->sheet[CSIM_REPORT_VIEW]; }

static csim_cell_style formula(csim_cell_kind kind, int decimals) { return csim_style_digits(CSIM_ROLE_FORMULA, kind, decimals); }

/* ---- where things stand ---- */

enum { CONSTANT_COUNTED, CONSTANT_ASKED, CONSTANT_NEAR, CONSTANT_FARTHEST, CONSTANT_MEAN, CONSTANT_SHIPPED, CONSTANT_ROWS, CONSTANT_CHANCE, CONSTANT_ONE, CONSTANT_DECIMALS, CONSTANT_CHECK };

static uint32_t constants_row(const csim_report *report) { return DATA + report->view->outcomes + 2; }

static csim_cells constant(const csim_report *report, int which) { return csim_cell_of(sheet_of(report), constants_row(report) + (uint32_t)which, FORECAST); }

csim_cells csim_view_forecast(const csim_report *report, uint32_t outcome) { return csim_cell_of(sheet_of(report), DATA + outcome, FORECAST); }
csim_cells csim_view_says(const csim_report *report, uint32_t outcome) { return csim_cell_of(sheet_of(report), DATA + outcome, SAYS); }
csim_cells csim_view_farthest(const csim_report *report) { return constant(report, CONSTANT_FARTHEST); }
csim_cells csim_view_near_count(const csim_report *report) { return constant(report, CONSTANT_NEAR); }
csim_cells csim_view_one(const csim_report *report) { return constant(report, CONSTANT_ONE); }
csim_cells csim_view_decimals(const csim_report *report) { return constant(report, CONSTANT_DECIMALS); }
csim_cells csim_view_rows(const csim_report *report) { return constant(report, CONSTANT_ROWS); }

/* Texts for what lies outside the table of quantiles, and the choices, stand beside the page. */
enum { BELOW_ROW = DATA, BEYOND_ROW, YES_ROW, NO_ROW };

static csim_cells helper_text(const csim_report *report, uint32_t row) { return csim_cell_of(sheet_of(report), row, AT); }

static void put_helper_texts(const csim_report *report) {
    static const csim_table_column head = {"Words", "of formulas", 12, true};
    char text[32];
    csim_sheet_add_table(sheet_of(report), FORECASTS, AT, &head, 1, NO_ROW - BELOW_ROW + 1, 0);
    snprintf(text, sizeof text, "< %g %%", 100 * csim_view_share(0));
    csim_sheet_put_text(sheet_of(report), BELOW_ROW, AT, CSIM_GENERAL(CSIM_ROLE_BODY), text);
    snprintf(text, sizeof text, "> %g %%", 100 * csim_view_share(CSIM_VIEW_POINTS - 1));
    csim_sheet_put_text(sheet_of(report), BEYOND_ROW, AT, CSIM_GENERAL(CSIM_ROLE_BODY), text);
    csim_sheet_put_text(sheet_of(report), YES_ROW, AT, CSIM_GENERAL(CSIM_ROLE_BODY), "yes");
    csim_sheet_put_text(sheet_of(report), NO_ROW, AT, CSIM_GENERAL(CSIM_ROLE_BODY), "no");
}

typedef struct address { char text[CSIM_ADDRESS_SIZE]; } address;

static address to(csim_cells cells) {
    address out;
    csim_cells_address(cells, out.text);
    return out;
}

/* ---- forecasts ---- */

/* The levels and the outcome's quantiles from `first` to `last`. */
static address levels(const csim_report *report, uint32_t first, uint32_t last) { return to(csim_view_level(report, first, last)); }

static address points(const csim_report *report, uint32_t outcome, uint32_t first, uint32_t last) {
    return to(csim_view_outcome_cells(report, (csim_view_line)(CSIM_VIEW_FIRST_POINT + first), (csim_view_line)(CSIM_VIEW_FIRST_POINT + last), outcome));
}

static void put_percentile(const csim_report *report, uint32_t row, uint32_t outcome) {
    enum { LAST = CSIM_VIEW_POINTS - 1 };
    const address x = to(csim_view_forecast(report, outcome)), place = to(csim_view_outcome_cells(report, CSIM_VIEW_PLACE, CSIM_VIEW_PLACE, outcome));
    const address below = to(helper_text(report, BELOW_ROW)), beyond = to(helper_text(report, BEYOND_ROW)), one = to(csim_view_one(report));
    const address level = levels(report, 0, LAST - 1), next_level = levels(report, 1, LAST), point = points(report, outcome, 0, LAST - 1), next_point = points(report, outcome, 1, LAST);
    const address percentile = to(csim_cell_of(sheet_of(report), row, PERCENTILE)), above = to(csim_cell_of(sheet_of(report), row, ABOVE));
    csim_sheet_put_formula(sheet_of(report), row, PERCENTILE, formula(CSIM_AS_PERCENT, 1), csim_view_share(CSIM_VIEW_P50),
                           "=IF(ISNUMBER(%s),IF(%s<%s,%s,IF(%s>=%s,%s,INDEX(%s,%s)+(%s-INDEX(%s,%s))/(INDEX(%s,%s)-INDEX(%s,%s))*(INDEX(%s,%s)-INDEX(%s,%s)))),\"\")", x.text, x.text,
                           points(report, outcome, 0, 0).text, below.text, x.text, points(report, outcome, LAST, LAST).text, beyond.text, level.text, place.text, x.text, point.text, place.text,
                           next_point.text, place.text, point.text, place.text, next_level.text, place.text, level.text, place.text);
    csim_sheet_put_formula(sheet_of(report), row, ABOVE, formula(CSIM_AS_PERCENT, 1), 1 - csim_view_share(CSIM_VIEW_P50), "=IF(ISNUMBER(%s),%s-%s,IF(%s=%s,%s,IF(%s=%s,%s,\"\")))", percentile.text, one.text,
                           percentile.text, percentile.text, below.text, beyond.text, percentile.text, beyond.text, below.text);
    const double n = (double)csim_accumulator_count(report->statistics, (size_t)report->view->outcome[outcome].slot, (size_t)report->view->outcome[outcome].position);
    csim_sheet_put_integer(sheet_of(report), row, KEY, CSIM_ROLE_BODY, (int64_t)n);
    const address paths = to(csim_cell_of(sheet_of(report), row, KEY));
    csim_sheet_put_formula(sheet_of(report), row, ERROR, formula(CSIM_AS_PERCENT, 2), sqrt(csim_view_share(CSIM_VIEW_P50) * (1 - csim_view_share(CSIM_VIEW_P50)) / n),
                           "=IF(ISNUMBER(%s),SQRT(%s*%s/%s),\"\")", percentile.text, percentile.text, above.text, paths.text);
}

/* A forecast may be any value that the outcome can have. */
static void allow(const csim_report *report, uint32_t outcome) {
    const csim_outcome_row *row = csim_report_outcome(report, report->view->outcome[outcome].slot);
    const bool share = row->scale == CSIM_SCALE_LOGIT;
    csim_cells_allow_numbers(csim_view_forecast(report, outcome), share ? 0 : row->lowest, share ? 1 : row->highest, "Your forecast, in the unit of the row. Clear the cell to leave the row out.");
    csim_cells_allow_list(csim_view_says(report, outcome), csim_cells_of(sheet_of(report), YES_ROW, AT, NO_ROW, AT), "Whether nearest paths are sought by this forecast too.");
}

static void put_forecast(const csim_report *report, uint32_t outcome) {
    const csim_view_outcome *it = &report->view->outcome[outcome];
    const csim_outcome_id id = (csim_outcome_id)report->plan->slot_outcome[it->slot];
    const csim_cell_kind kind = csim_report_kind(id);
    const csim_report_row all = csim_report_read(report, it->slot, it->position);
    const int decimals = csim_report_decimals(kind, all.q[2].value, all.q[2].error);
    const uint32_t row = DATA + outcome;
    static const uint32_t point[3] = {CSIM_VIEW_P5, CSIM_VIEW_P50, CSIM_VIEW_P95};
    char title[CSIM_REPORT_LINE];
    csim_sheet_put_text(sheet_of(report), row, OUTCOME, CSIM_GENERAL(CSIM_ROLE_BODY), csim_report_series_title(report, it->slot, title, sizeof title));
    csim_report_put_month(sheet_of(report), row, MONTH, CSIM_ROLE_BODY, csim_report_month_at(report, it->position));
    csim_sheet_put_text(sheet_of(report), row, UNIT, CSIM_GENERAL(CSIM_ROLE_BODY), csim_outcome_rows[id].unit);
    csim_report_put_value(sheet_of(report), row, FORECAST, CSIM_ROLE_INPUT, kind, decimals, it->point[CSIM_VIEW_P50]);
    csim_sheet_put_text(sheet_of(report), row, SAYS, CSIM_GENERAL(CSIM_ROLE_INPUT), "yes");
    put_percentile(report, row, outcome);
    for (uint32_t i = 0; i < 3; i++)
        csim_sheet_put_formula(sheet_of(report), row, LOW + i, formula(kind, decimals), it->point[point[i]], "=%s", points(report, outcome, point[i], point[i]).text);
    csim_sheet_put_formula(sheet_of(report), row, NEAR_MEAN, formula(kind, decimals), it->near_mean, "=%s", to(csim_view_outcome_cells(report, CSIM_VIEW_MEAN, CSIM_VIEW_MEAN, outcome)).text);
    allow(report, outcome);
}

static void put_forecasts(const csim_report *report) {
    static const csim_table_column heads[COLUMNS] = {
        [OUTCOME] = {"Outcome", "", OUTCOME_WIDTH, true}, [MONTH] = {"End of", "yyyy-mm", 10, false}, [UNIT] = {"Unit", "", 14, true}, [FORECAST] = {"Your forecast", "in unit", 14, false},
        [SAYS] = {"Counts", "yes or no", 10, true}, [PERCENTILE] = {"Percentile", "of all paths", 12, false}, [ABOVE] = {"P(above)", "of all paths", 12, false},
        [ERROR] = {"\xC2\xB1 error", "of the two", 11, false}, [LOW] = {"5 %", "all paths", 11, false}, [MEDIAN] = {"50 %", "all paths", 11, false}, [HIGH] = {"95 %", "all paths", 11, false},
        [NEAR_MEAN] = {"Nearest paths", "their mean", 13, false}};
    static const csim_table_column paths = {"Paths", "behind the row", 30, false};
    csim_sheet_add_table(sheet_of(report), FORECASTS, 0, heads, COLUMNS, report->view->outcomes, 0);
    csim_sheet_add_table(sheet_of(report), FORECASTS, KEY, &paths, 1, report->view->outcomes, 0);
    put_helper_texts(report);
    for (uint32_t i = 0; i < report->view->outcomes; i++) put_forecast(report, i);
}

/* ---- what is counted ---- */

static void label(const csim_report *report, int which, const char *text, const char *unit) {
    csim_sheet_put_text(sheet_of(report), constants_row(report) + (uint32_t)which, OUTCOME, CSIM_GENERAL(CSIM_ROLE_BODY), text);
    csim_sheet_put_text(sheet_of(report), constants_row(report) + (uint32_t)which, UNIT, CSIM_GENERAL(CSIM_ROLE_BODY), unit);
}

/* Whether a number of nearest paths stands in its cell that can be looked at: "AND(…)". */
static address whether_asked(const csim_report *report) {
    const address asked = to(constant(report, CONSTANT_ASKED));
    address out;
    snprintf(out.text, sizeof out.text, "AND(ISNUMBER(%.40s),%.40s>=%.40s)", asked.text, asked.text, to(csim_view_one(report)).text);
    return out;
}

static void put_constant_formulas(const csim_report *report) {
    csim_sheet *sheet = sheet_of(report);
    const csim_report_view *view = report->view;
    const uint32_t row = constants_row(report);
    const address counts = to(csim_view_counts(report)), distances = to(csim_view_distances(report)), nears = to(csim_view_nears(report)), asked = to(constant(report, CONSTANT_ASKED));
    const address asks = whether_asked(report);
    csim_sheet_put_formula(sheet, row + CONSTANT_COUNTED, FORECAST, formula(CSIM_AS_INTEGER, 0), view->outcomes, "=SUM(%s)", counts.text);
    csim_sheet_put_formula(sheet, row + CONSTANT_NEAR, FORECAST, formula(CSIM_AS_INTEGER, 0), view->near_rows, "=SUM(%s)", nears.text);
    csim_sheet_put_formula(sheet, row + CONSTANT_FARTHEST, FORECAST, formula(CSIM_AS_NUMBER, 2), view->farthest, "=IFERROR(IF(%s,SMALL(%s,%s),\"n/a\"),\"n/a\")", asks.text, distances.text, asked.text);
    csim_sheet_put_formula(sheet, row + CONSTANT_MEAN, FORECAST, formula(CSIM_AS_NUMBER, 2), view->mean_distance, "=IF(ISNUMBER(%s),SUMPRODUCT(%s,%s)/%s,\"n/a\")", to(csim_view_farthest(report)).text,
                           nears.text, distances.text, to(csim_view_near_count(report)).text);
}

/* As shipped every forecast is a median, so every percentile must be a half. */
static void put_check(const csim_report *report) {
    csim_sheet *sheet = sheet_of(report);
    const uint32_t last = DATA + report->view->outcomes - 1;
    const address typed = to(csim_cells_of(sheet, DATA, FORECAST, last, FORECAST)), median = to(csim_cells_of(sheet, DATA, MEDIAN, last, MEDIAN));
    const address says = to(csim_cells_of(sheet, DATA, SAYS, last, SAYS)), percentile = to(csim_cells_of(sheet, DATA, PERCENTILE, last, PERCENTILE)), half = levels(report, CSIM_VIEW_P50, CSIM_VIEW_P50);
    csim_sheet_put_formula_text(sheet, constants_row(report) + CONSTANT_CHECK, FORECAST, CSIM_GENERAL(CSIM_ROLE_FORMULA), "ok",
                                "=IF(AND(ISNUMBER(%s),ISNUMBER(%s)),IF(SUMPRODUCT(--(%s<>%s))+SUMPRODUCT(--(%s<>%s)),\"edited\",IF(SUMPRODUCT(--(%s<>%s)),\"wrong\",\"ok\")),\"missing\")",
                                to(csim_view_farthest(report)).text, to(constant(report, CONSTANT_CHANCE)).text, typed.text, median.text, says.text, to(helper_text(report, YES_ROW)).text, percentile.text, half.text);
    csim_cells_mark_checks(constant(report, CONSTANT_CHECK));
}

static void put_constants(const csim_report *report) {
    csim_sheet *sheet = sheet_of(report);
    const csim_report_view *view = report->view;
    const uint32_t row = constants_row(report);
    csim_sheet_put_text(sheet, row - 1, OUTCOME, CSIM_GENERAL(CSIM_ROLE_HEADING), "What is taken into account");
    for (uint32_t column = 1; column < COLUMNS; column++) csim_sheet_put_blank(sheet, row - 1, column, CSIM_ROLE_HEADING);
    label(report, CONSTANT_COUNTED, "Forecasts that count: a number is typed, and Counts says yes", "forecasts");
    label(report, CONSTANT_ASKED, "Nearest paths to look at", "paths");
    label(report, CONSTANT_NEAR, "Paths found: more where several are equally far", "paths");
    label(report, CONSTANT_FARTHEST, "Distance of the farthest of them", "5-95 % ranges");
    label(report, CONSTANT_MEAN, "Their mean distance from your forecasts", "5-95 % ranges");
    label(report, CONSTANT_SHIPPED, "The same with every forecast at its median", "5-95 % ranges");
    label(report, CONSTANT_ROWS, "Kept paths among which they are sought", "paths");
    label(report, CONSTANT_CHANCE, "Standard errors beyond which a driver is no chance", "errors");
    label(report, CONSTANT_ONE, "All of the paths", "share");
    label(report, CONSTANT_DECIMALS, "Decimals by which drivers are ranked: equals stay equal", "number");
    label(report, CONSTANT_CHECK, "Check: with the forecasts as shipped, the medians, every percentile is 50 %", "");
    csim_sheet_put_integer(sheet, row + CONSTANT_ASKED, FORECAST, CSIM_ROLE_INPUT, view->nearest);
    csim_cells_allow_whole(constant(report, CONSTANT_ASKED), 10, view->rows, "A whole number of paths, at least 10.");
    csim_sheet_put_number(sheet, row + CONSTANT_SHIPPED, FORECAST, csim_style_digits(CSIM_ROLE_BODY, CSIM_AS_NUMBER, 2), view->mean_distance);
    csim_sheet_put_integer(sheet, row + CONSTANT_ROWS, FORECAST, CSIM_ROLE_BODY, view->rows);
    csim_sheet_put_number(sheet, row + CONSTANT_CHANCE, FORECAST, csim_style_digits(CSIM_ROLE_INPUT, CSIM_AS_NUMBER, 1), chance_errors);
    csim_cells_allow_numbers(constant(report, CONSTANT_CHANCE), 0, 10, "A number of standard errors, 0 to 10.");
    csim_sheet_put_number(sheet, row + CONSTANT_ONE, FORECAST, csim_style_digits(CSIM_ROLE_BODY, CSIM_AS_PERCENT, 0), 1);
    csim_sheet_put_integer(sheet, row + CONSTANT_DECIMALS, FORECAST, CSIM_ROLE_BODY, CSIM_VIEW_DECIMALS);
    put_constant_formulas(report);
    put_check(report);
}

/* ---- drivers ---- */

/* Below the chart, which is taller than what stands beside it. */
static uint32_t drivers_row(const csim_report *report) { return constants_row(report) + CHART_ROWS + 1; }

static const csim_view_input *of_rank(const csim_report_view *view, unsigned rank) {
    for (uint32_t k = 0; k < view->inputs; k++)
        if (view->input[k].rank == rank) return &view->input[k];
    return &view->input[0];
}

static unsigned name_lines(const csim_report *report) {
    char text[CSIM_REPORT_LINE];
    unsigned most = 1;
    for (uint32_t k = 0; k < report->view->inputs; k++) {
        const unsigned lines = csim_report_lines(csim_view_input_name(report, k, text, sizeof text), OUTCOME_WIDTH);
        most = lines > most ? lines : most;
    }
    return most;
}

/* A cell of the driver that has the row's rank, from a line of the sheet of draws. */
static address looked_up(const csim_report *report, csim_view_line line, uint32_t row) {
    address out;
    snprintf(out.text, sizeof out.text, "INDEX(%.100s,%.60s)", to(csim_view_input_line(report, line)).text, to(csim_cell_of(sheet_of(report), row, AT)).text);
    return out;
}

static void put_driver(const csim_report *report, uint32_t row, unsigned rank) {
    csim_sheet *sheet = sheet_of(report);
    const csim_view_input *it = of_rank(report->view, rank);
    static const uint32_t prior[3] = {CSIM_VIEW_P5, CSIM_VIEW_P50, CSIM_VIEW_P95};
    const double away = it->near_mean - csim_view_share(CSIM_VIEW_P50);
    const address place = to(csim_cell_of(sheet, row, PLACE)), middle = levels(report, CSIM_VIEW_P50, CSIM_VIEW_P50), off = to(csim_cell_of(sheet, row, AWAY)), stray = to(csim_cell_of(sheet, row, STRAY));
    const uint32_t position = (uint32_t)(it - report->view->input);
    char name[CSIM_REPORT_LINE];
    csim_sheet_put_integer(sheet, row, RANK, CSIM_ROLE_BODY, rank);
    csim_sheet_put_formula(sheet, row, AT, formula(CSIM_AS_INTEGER, 0), position + 1, "=MATCH(%s,%s,FALSE)", to(csim_cell_of(sheet, row, RANK)).text, to(csim_view_input_line(report, CSIM_VIEW_RANK)).text);
    csim_sheet_put_formula_text(sheet, row, KEY, CSIM_GENERAL(CSIM_ROLE_FORMULA), report->plan->input_key[it->input], "=%s", looked_up(report, CSIM_VIEW_KEY, row).text);
    csim_sheet_put_formula_text(sheet, row, OUTCOME, CSIM_GENERAL(CSIM_ROLE_PARAGRAPH), csim_view_input_name(report, position, name, sizeof name), "=%s", looked_up(report, CSIM_VIEW_NAME, row).text);
    csim_sheet_put_formula_text(sheet, row, UNIT, CSIM_GENERAL(CSIM_ROLE_FORMULA), csim_input_rows[report->plan->input[it->input].id].unit, "=%s", looked_up(report, CSIM_VIEW_UNIT, row).text);
    csim_sheet_put_formula_text(sheet, row, SIDE, CSIM_GENERAL(CSIM_ROLE_FORMULA), it->away > chance_errors * it->error ? (away > 0 ? "high" : "low") : "chance",
                                "=IF(AND(ISNUMBER(%s),ISNUMBER(%s)),IF(ABS(%s)>%s*%s,IF(%s>%s,\"high\",\"low\"),\"chance\"),\"n/a\")", off.text, to(constant(report, CONSTANT_CHANCE)).text, off.text, to(constant(report, CONSTANT_CHANCE)).text, stray.text, place.text, middle.text);
    csim_sheet_put_formula(sheet, row, PLACE, formula(CSIM_AS_PERCENT, 1), it->near_mean, "=%s", looked_up(report, CSIM_VIEW_MEAN, row).text);
    csim_sheet_put_formula(sheet, row, AWAY, formula(CSIM_AS_PERCENT, 1), away, "=IF(ISNUMBER(%s),%s-%s,\"n/a\")", place.text, place.text, middle.text);
    csim_sheet_put_formula(sheet, row, STRAY, formula(CSIM_AS_PERCENT, 1), it->error, "=%s", looked_up(report, CSIM_VIEW_ERROR, row).text);
    for (uint32_t i = 0; i < 3; i++)
        csim_sheet_put_formula(sheet, row, PRIOR + i, formula(CSIM_AS_GENERAL, CSIM_DIGITS_DEFAULT), it->point[prior[i]], "=%s", looked_up(report, (csim_view_line)(CSIM_VIEW_FIRST_POINT + prior[i]), row).text);
}

/* Beside what is taken into account, so that the first page shows what follows from a forecast. */
static void draw_drivers(const csim_report *report, csim_cells data) {
    const uint32_t last = data.row + (report->view->inputs < CHARTED ? report->view->inputs : CHARTED) - 1;
    const csim_chart_plan plan = {.kind = CSIM_CHART_BAR, .title = "What the nearest paths drew otherwise than the rest",
                                  .alt_text = "Bars, one an input, ranked: how far the mean place of the nearest paths' draws lies from 50 %. The table of drivers has the numbers; the bars follow the forecasts.",
                                  .legend = CSIM_LEGEND_NONE, .x = {.label_every = 1}, .y = {.title = "mean place less 50 %, percentage points", .kind = CSIM_AS_PERCENT}, .row = constants_row(report), .column = PERCENTILE,
                                  .width_px = CHART_WIDTH_PX, .height_px = CHART_PX};
    csim_chart *chart = csim_sheet_add_chart(sheet_of(report), &plan);
    csim_chart_add_series(chart, "mean place less 50 %", csim_cells_of(sheet_of(report), data.row, KEY, last, KEY), csim_cells_of(sheet_of(report), data.row, AWAY, last, AWAY), CSIM_COLOUR_BLUE);
}

static uint32_t put_drivers(const csim_report *report, uint32_t row) {
    static const csim_table_column heads[DRIVER_COLUMNS] = {
        [OUTCOME] = {"Driver", "key: meaning", 0, true}, [UNIT] = {"Unit", "of the prior", 0, true}, [SIDE] = {"Draws are", "or chance", 0, true}, [RANK] = {"Rank", "number", 0, false},
        [PLACE] = {"Mean place", "of nearest paths", 0, false}, [AWAY] = {"Off 50 %", "points", 0, false}, [STRAY] = {"\xC2\xB1 error", "by chance", 0, false}, [PRIOR] = {"Prior 5 %", "in unit", 0, false},
        [PRIOR + 1] = {"Prior 50 %", "in unit", 0, false}, [PRIOR + 2] = {"Prior 95 %", "in unit", 0, false}};
    static const csim_table_column helpers[2] = {{"Position", "among inputs", 0, false}, {"Key", "", 0, true}};
    csim_sheet *sheet = sheet_of(report);
    csim_sheet_put_text(sheet, row, OUTCOME, CSIM_GENERAL(CSIM_ROLE_HEADING), "Drivers: what the nearest paths drew otherwise than the rest");
    for (uint32_t column = 1; column < COLUMNS; column++) csim_sheet_put_blank(sheet, row, column, CSIM_ROLE_HEADING);
    csim_sheet_put_text(sheet, row + 1, OUTCOME, CSIM_GENERAL(CSIM_ROLE_NOTE),
                        "Place of a draw: the share of kept paths with a lower one; all average 50 %. Inputs: those with the highest rank correlation with these outcomes. \xC2\xB1: how far a mean of so many paths strays by chance.");
    const csim_cells data = csim_sheet_add_table(sheet, row + 2, 0, heads, DRIVER_COLUMNS, report->view->inputs, 0);
    csim_sheet_add_table(sheet, row + 2, AT, helpers, 2, report->view->inputs, 0);
    const double height = LINE_POINTS * name_lines(report) + 3;
    for (uint32_t i = 0; i < report->view->inputs; i++) {
        csim_sheet_set_height(sheet, data.row + i, height);
        put_driver(report, data.row + i, i + 1);
    }
    draw_drivers(report, data);
    return data.last_row;
}

/* ---- the sheet ---- */

static void put_how(const csim_report *report, uint32_t row) {
    csim_sheet *sheet = sheet_of(report);
    row = csim_report_put_lines(sheet, row, OUTCOME, CSIM_GENERAL(CSIM_ROLE_BODY),
                                "Type over any blue cell, clear what you have no view on, or say no under Counts. Percentile: the share of paths that end lower, read between the run's quantiles; \xC2\xB1 is its "
                                "Monte Carlo error, as of independent paths. Nearest paths: those of the kept ones with the smallest distance from all forecasts that count, each over the outcome's 5 to 95 % range, "
                                "prices and revenues as logarithms. Their mean beside your forecasts shows whether these go together; where they lie much farther off than from the medians, few paths agree with you.",
                                TEXT_WIDTH);
    csim_sheet_put_link(sheet, row, OUTCOME, "The quantiles and draws behind it", csim_cell_of(report->sheet[CSIM_REPORT_VIEW_DRAWS], 0, 0));
}

void csim_report_fill_view(csim_report *report) {
    csim_sheet *sheet = sheet_of(report);
    put_how(report, csim_report_put_head(report, CSIM_REPORT_VIEW, "Your view", "Your forecasts among the paths of this run: how unusual they are, and what would have to be true."));
    put_forecasts(report);
    put_constants(report);
    const uint32_t drivers = drivers_row(report);
    csim_sheet_break_before(sheet, drivers);
    const uint32_t end = put_drivers(report, drivers);
    csim_sheet_freeze(sheet, 1, 0);
    csim_sheet_set_print_area(csim_cells_of(sheet, 0, 0, end, COLUMNS - 1));
}
