/* What the sheets of a report share: the run they show, where they stand, and the ways in which numbers, words and sections are put.
 * Internal to csim/report/. Content code never sees the spreadsheet library and never checks an error: the book keeps the first one. */
#ifndef CSIM_REPORT_REPORT_PARTS_H
#define CSIM_REPORT_REPORT_PARTS_H

#include "csim/report/report.h"
#include "csim/report/sheet_writer.h"

/* The sheets in order: id, name on the tab, mode, colour of the tab, and where they are made (report_sheets.c): csim_report_fill_MAKER fills a sheet,
 * csim_report_has_MAKER says whether this run has one (`always`: every run). A sheet that a run does not have is absent, not empty. Names stand in formulas
 * and links: letters, spaces, - and & only. */
#define CSIM_REPORT_SHEET_LIST(X)                                                                      \
    X(SUMMARY, "Summary", CSIM_SHEET_PAGE, CSIM_COLOUR_BLUE, summary, always)                          \
    X(CLAIMS, "Claims", CSIM_SHEET_PAGE, CSIM_COLOUR_VERMILLION, claims, claims)                       \
    X(BREAK_EVEN, "Break-even", CSIM_SHEET_PAGE, CSIM_COLOUR_VERMILLION, break_even, break_even)       \
    X(ADOPTION, "Adoption", CSIM_SHEET_PAGE, CSIM_COLOUR_GREEN, adoption, always)                      \
    X(PRICES, "Prices & cost", CSIM_SHEET_PAGE, CSIM_COLOUR_GREEN, prices, always)                     \
    X(SAAS, "SaaS", CSIM_SHEET_PAGE, CSIM_COLOUR_GREEN, saas, always)                                  \
    X(HARDWARE, "Hardware & policy", CSIM_SHEET_PAGE, CSIM_COLOUR_GREEN, hardware, always)             \
    X(FINANCE, "Finance", CSIM_SHEET_PAGE, CSIM_COLOUR_GREEN, finance, always)                         \
    X(DRIVERS, "Drivers", CSIM_SHEET_PAGE, CSIM_COLOUR_GREEN, drivers, what_if)                        \
    X(SCENARIOS, "Scenarios", CSIM_SHEET_PAGE, CSIM_COLOUR_VERMILLION, scenarios, scenarios)           \
    X(TOKEN_COST, "Token cost", CSIM_SHEET_PAGE, CSIM_COLOUR_PURPLE, token_cost, token_cost)           \
    X(HOST_OR_BUY, "Host or buy", CSIM_SHEET_PAGE, CSIM_COLOUR_PURPLE, host_or_buy, host_or_buy)       \
    X(WHAT_IF, "What-if", CSIM_SHEET_PAGE, CSIM_COLOUR_PURPLE, what_if, what_if)                       \
    X(VIEW, "Your view", CSIM_SHEET_PAGE, CSIM_COLOUR_PURPLE, view, view)                              \
    X(STORIES, "Bear base bull", CSIM_SHEET_PAGE, CSIM_COLOUR_PURPLE, stories, stories)                \
    X(PROFIT_POOL, "Profit pool", CSIM_SHEET_PAGE, CSIM_COLOUR_PURPLE, profit_pool, whole_years)       \
    X(COMPANIES, "Companies", CSIM_SHEET_PAGE, CSIM_COLOUR_PURPLE, companies, whole_years)             \
    X(ASSUMPTIONS, "Assumptions", CSIM_SHEET_PAGE, CSIM_COLOUR_ORANGE, assumptions, always)            \
    X(RUN, "Run", CSIM_SHEET_PAGE, CSIM_COLOUR_GREY, run, always)                                      \
    X(DATA, "Data", CSIM_SHEET_DATA, CSIM_COLOUR_GREY, data, always)                                   \
    X(MODELS, "Models", CSIM_SHEET_PAGE, CSIM_COLOUR_GREY, models, token_cost)                         \
    X(MACHINES, "Machines", CSIM_SHEET_PAGE, CSIM_COLOUR_GREY, machines, token_cost)                   \
    X(DRAWS, "Draws", CSIM_SHEET_DATA, CSIM_COLOUR_GREY, draws, what_if)                               \
    X(WHAT_IF_STEPS, "What-if steps", CSIM_SHEET_DATA, CSIM_COLOUR_LIGHT_GREY, what_if_steps, what_if) \
    X(VIEW_DRAWS, "View draws", CSIM_SHEET_DATA, CSIM_COLOUR_GREY, view_draws, view)                   \
    X(CHART_DATA, "Chart data", CSIM_SHEET_PAGE, CSIM_COLOUR_LIGHT_GREY, chart_data, always)

typedef enum csim_report_sheet_id {
#define CSIM_REPORT_SHEET_ENUM(id, name, mode, colour, maker, has) CSIM_REPORT_##id,
    CSIM_REPORT_SHEET_LIST(CSIM_REPORT_SHEET_ENUM)
#undef CSIM_REPORT_SHEET_ENUM
    CSIM_REPORT_SHEETS
} csim_report_sheet_id;

/* Report months by position in plan->report_month. */
typedef struct csim_report_dates {
    int32_t quarter[CSIM_MAX_MONTHS], quarters; /* ends of quarters: what charts show */
    int32_t row[CSIM_MAX_MONTHS], rows;         /* half-years, or years over long horizons: what tables beside charts show */
    int32_t now, last;                          /* the end of observed history (or the first month), and the end of the run */
} csim_report_dates;

/* A series in a month. */
typedef struct csim_report_row {
    csim_estimate mean, q[5]; /* 5, 25, 50, 75, 95 % */
    bool constant;
} csim_report_row;

typedef struct csim_report_stories csim_report_stories; /* report_stories.h */
typedef struct csim_report_view csim_report_view;       /* report_view.h */
typedef struct csim_kept_places csim_kept_places;       /* kept_places.h */

typedef struct csim_report {
    csim_book *book;
    csim_sheet *sheet[CSIM_REPORT_SHEETS]; /* NULL: this run has none */
    const csim_run_file *run;
    const csim_scenario *scenario;
    const csim_plan *plan;
    const csim_result *result;
    const csim_accumulator *statistics;
    csim_report_row *rows;  /* [slots × report months], read once: sheets ask for the same quantiles many times */
    csim_report_dates dates;
    csim_report_stories *stories; /* NULL: the run kept too few paths to tell any */
    csim_report_view *view;       /* NULL: too few to look for near ones */
    struct csim_what_if *what_if; /* NULL: the run kept no paths to ask */
    csim_kept_places *places;     /* of the kept paths' draws: NULL until somebody asks */
    struct csim_shipped_cost *shipped; /* the question of the live sheets; NULL: the catalogue cannot answer one */
    struct csim_live *live;            /* their names; set with `shipped` */
    uint32_t chart_row; /* first free row of the sheet of chart data */
    const atomic_int *cancel; /* NULL: nobody asks */
    csim_language wanted, language; /* asked for, and that of the sheet being filled: only some sheets speak others than English */
} csim_report;

#define CSIM_REPORT_SHEET_MAKER(id, name, mode, colour, maker, has) \
    void csim_report_fill_##maker(csim_report *report);             \
    bool csim_report_has_##has(const csim_report *report);
CSIM_REPORT_SHEET_LIST(CSIM_REPORT_SHEET_MAKER)
#undef CSIM_REPORT_SHEET_MAKER

/* What these sheets show, gathered before there is a book; OK with nothing found where a run cannot. To be forgotten by the caller in any case. */
csim_status csim_report_find_stories(csim_report *report, csim_error *err);
csim_status csim_report_follow_story(csim_report *report, int story, csim_error *err); /* once they are found */
csim_status csim_report_compare_stories(csim_report *report, csim_error *err);         /* once all are followed; asks for places */
void csim_report_forget_stories(csim_report *report);
csim_status csim_report_find_view(csim_report *report, csim_error *err);
void csim_report_forget_view(csim_report *report);

/* ---- report_sheets.c: which sheets there are ---- */

const char *csim_report_sheet_name(csim_report_sheet_id id);
void csim_report_add_sheets(csim_report *report);  /* those that this run has, in order, with their names and tabs */
void csim_report_fill_sheets(csim_report *report);

/* ---- report_words.c: texts ---- */

enum { CSIM_REPORT_LINE = 1024 };

#define CSIM_GENERAL(role) csim_style((role), CSIM_AS_GENERAL)

/* Foreign text made safe to put: what a cell cannot hold becomes U+FFFD, what is wider than `width` characters (CJK count twice) is cut at a space and ends
 * with an ellipsis. */
char *csim_report_clean(const char *text, size_t width, char *out, size_t size);
/* The same, but what is too long is cut in the middle and keeps `end` of its last letters: names that differ at their ends. */
char *csim_report_clean_ends(const char *text, size_t width, size_t end, char *out, size_t size);

/* "developers", "fortune500 us": an element's name for people. Returns text. */
char *csim_report_element(const csim_report *report, int32_t slot, char *text, size_t size);
/* What an outcome is called where its neighbours in the list of outcomes are not beside it. */
const char *csim_report_outcome_title(csim_outcome_id id);
/* The outcome's title and its element: "Open share of tokens, outside China: developers". */
char *csim_report_series_title(const csim_report *report, int32_t slot, char *text, size_t size);
/* The same in the language of the sheet being filled. */
const char *csim_report_title_of(const csim_report *report, csim_outcome_id id);
/* Ids joined by dots or underscores, for people. */
char *csim_report_names(const csim_report *report, const char *names, char *text, size_t size);
/* A scenario's own text, in the language of the sheet where the scenario has it. */
const char *csim_report_in_language(const csim_report *report, const char *text, const char *text_zh);
/* A number as an English sentence says it, with no more digits than its error allows: "34 %", "$0.42", "1.8 times". words.h has other languages. */
char *csim_report_say(csim_cell_kind kind, double value, double error, char *text, size_t size);
/* "< 0.015%" for none, "> 99.98%" for all. */
char *csim_report_bound(csim_probability probability, char *text, size_t size);
/* "45.0 ± 0.4 %", or its bound. */
char *csim_report_say_probability(csim_probability probability, char *text, size_t size);

/* Puts text into rows of one column, broken at spaces to lines of `width` characters (CJK count twice). Returns the first free row. */
uint32_t csim_report_put_lines(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_style style, const char *text, size_t width);
/* Lines that a wrapping cell of so many characters' width needs. */
unsigned csim_report_lines(const char *text, double width_chars);
/* Puts foreign text into a wrapping cell; missing text leaves a styled blank. */
void csim_report_put_wrapped(csim_sheet *sheet, uint32_t row, uint32_t column, const char *text);

/* ---- report_numbers.c: series ---- */

csim_report_dates csim_report_dates_of(const csim_scenario *scenario, const csim_plan *plan);
int csim_report_month_at(const csim_report *report, int32_t position); /* counted from 2000-01 */
int32_t csim_report_slot(const csim_report *report, csim_outcome_id id, int element);
int32_t csim_report_slots(const csim_report *report, csim_outcome_id id);
const csim_outcome_row *csim_report_outcome(const csim_report *report, int32_t slot);

/* Points a report at a run and the scenario it was made from, and fills report->rows, which the caller frees. INCONSISTENT when they do not belong together. */
csim_status csim_report_open(csim_report *report, const csim_run_file *run, const csim_scenario *scenario, csim_error *err);
/* The same for a result that is in no run file: for words without a book. INCONSISTENT without a path. */
csim_status csim_report_open_result(csim_report *report, const csim_result *result, const csim_scenario *scenario, csim_error *err);
csim_report_row csim_report_read(const csim_report *report, int32_t slot, int32_t position);
/* For outcomes that are 0 or 1, or a code: the share of paths at that value. */
csim_probability csim_report_share_at(const csim_report *report, int32_t slot, int32_t position, double value);

csim_cell_kind csim_report_kind(csim_outcome_id id);
/* Decimals that the error allows, and no more than four significant digits of the value. */
int csim_report_decimals(csim_cell_kind kind, double value, double error);

void csim_report_put_value(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_role role, csim_cell_kind kind, int decimals, double value);
/* A standard error with one digit more than the value beside it; the word for what does not vary. */
void csim_report_put_error(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_kind kind, int decimals, double error, bool constant);
/* A probability, or the bound it is known to keep. */
void csim_report_put_probability(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_role role, csim_probability probability);
void csim_report_put_month(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_role role, int month);

/* ---- sheet_assumptions.c: inputs ---- */

/* The basis by colour: blue for what somebody counted or printed, the tints of estimates and guesses for the rest. */
csim_cell_role csim_report_basis_role(const char *basis);
csim_cell_kind csim_report_unit_kind(const char *unit);
/* A number of a prior with three significant digits: an assumption has no Monte Carlo error to go by. */
void csim_report_put_prior(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_role role, csim_cell_kind kind, double value);

/* ---- report_charts.c ---- */

typedef struct csim_report_place { csim_sheet *sheet; uint32_t row, column, width_px, height_px; } csim_report_place;

/* The same range for charts that are to be compared; all zero: each its own. */
typedef struct csim_report_range { double least, most; } csim_report_range;

void csim_report_draw_fan(csim_report *report, csim_report_place place, int32_t slot, const char *title, csim_colour colour, csim_report_range range);
/* Medians of up to eight series by quarter. */
void csim_report_draw_medians(csim_report *report, csim_report_place place, csim_outcome_id id, const char *title);
/* The same of any series in one unit, which may be of several runs: their charts show the same quarters as `report`'s. At most CSIM_REPORT_LINES. */
enum { CSIM_REPORT_LINES = 8 };
typedef struct csim_report_line { const csim_report *of; int32_t slot; char name[4 * CSIM_PLAN_ID]; } csim_report_line;
void csim_report_draw_lines(csim_report *report, csim_report_place place, csim_outcome_id id, const char *title, const csim_report_line *lines, size_t count);
/* Share of paths at each of `values` values: 1 for flags, one a regime. */
void csim_report_draw_shares(csim_report *report, csim_report_place place, int32_t slot, const char *title, int32_t values);
/* Bars of probabilities with their labels. */
typedef struct csim_report_bar { char label[96], said[40]; double value; } csim_report_bar; /* `said`: the value with its error, in words of the chart */
void csim_report_draw_bars(csim_report *report, csim_report_place place, const char *title, const csim_report_bar *bars, size_t count);
/* Bars of rank correlations, −1 to 1. */
void csim_report_draw_correlations(csim_report *report, csim_report_place place, const char *title, const csim_report_bar *bars, size_t count);
/* Range, step and decimals of an axis that shows all of `range`, and zero where that is near; its kind is set already. */
void csim_report_axis_linear(csim_chart_axis *axis, csim_report_range range);
/* The first reading of each claim that paths decide: its statement, cut short, and probability. Returns how many. */
size_t csim_report_main_readings(const csim_report *report, csim_report_bar *bars, size_t most, bool open_only);
/* The smallest and largest 5 and 95 % point of a series over all quarters. */
csim_report_range csim_report_span(const csim_report *report, int32_t slot);

/* ---- report_intervals.c: estimates with their errors ---- */

/* An estimate and how far it may be off, both ways. */
typedef struct csim_report_interval { char label[192]; double value, error; } csim_report_interval;
enum { CSIM_REPORT_INTERVALS = 64 };
/* Dots with a segment of two standard errors either way, one below the other, named beside them; `neutral` (no difference: 0, or 1 of ratios) stands on the axis
 * too. None: no chart. Returns the height in pixels. */
uint32_t csim_report_draw_intervals(csim_report *report, csim_report_place place, const char *title, const char *axis_title, csim_cell_kind kind, double neutral,
                                    const csim_report_interval *items, size_t count);

/* A sheet of chart data, below its head: columns of a month or a label, then numbers; a first page on paper. */
#define CSIM_CHART_DATA_WORDS "What the charts of this workbook draw. A fan stacks the differences of its quantiles, which are formulas."
void csim_report_dress_chart_data(csim_sheet *sheet);
/* A block of chart data under a title: its heads are written, the quarters named, the cursor moved below. Returns the cells that name the quarters, the first
 * data row's; values go into the columns from CSIM_CHART_BLOCK_VALUES on, heads into the row above. */
enum { CSIM_CHART_BLOCK_VALUES = 2 };
csim_cells csim_report_open_chart_block(csim_report *report, const char *title, int32_t slot);
/* The axis of an outcome's values over a range, with its title, for which `text` has room. */
csim_chart_axis csim_report_value_axis(csim_outcome_id id, csim_report_range range, char *text, size_t size);
/* The axis of the quarters that such blocks name. */
csim_chart_axis csim_report_quarter_axis(void);

/* ---- report_sections.c: a table by date with its chart ---- */

typedef enum csim_section_kind {
    CSIM_SECTION_FAN,     /* one table and fan for each element of the outcome */
    CSIM_SECTION_MEDIANS, /* one table and line chart of medians over elements */
    CSIM_SECTION_FLAG,    /* share of paths in which it holds */
    CSIM_SECTION_REGIMES  /* share of paths in each regime */
} csim_section_kind;

typedef struct csim_section {
    csim_section_kind kind;
    csim_outcome_id outcome;
    const char *note; /* what the outcome's own words leave open; NULL: nothing */
} csim_section;

/* Fills a sheet with sections, a list of contents above them. */
void csim_report_put_sections(csim_report *report, csim_report_sheet_id id, const char *subtitle, const csim_section *sections, size_t count);

/* Title, subtitle and the way back. Returns the first free row. */
uint32_t csim_report_put_head(csim_report *report, csim_report_sheet_id id, const char *title, const char *subtitle);

#endif
