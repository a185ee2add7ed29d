/* "Token cost": the cost kernel in formulas, each quantity beside the engine's answer to the shipped question. Owns the sheet's layout; the equations are in
 * cost_lines.c, the question and its answer in shipped_cost.c. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "csim/cost/drafting.h"
#include "csim/report/catalogue_sheets.h"
#include "csim/report/cost_lines.h"
#include "csim/report/live_cells.h"
#include "csim/report/shipped_cost.h"

enum { LABEL, UNIT, VALUE, ENGINE, GAP, STATE, ERROR_COLUMN, NOTE_GAP, NOTE, COLUMNS }; /* gaps keep texts off the numbers before them */
enum { LABEL_WIDTH = 52, NOTE_WIDTH = 80, CHART_WIDTH_PX = 590, CHART_HEIGHT_PX = 460, BATCHES = 24, FORMULA_TEXT = 4096, NAME_TEXT = 64 };

typedef struct page { csim_report *report; csim_live *live; csim_sheet *sheet; const csim_shipped_cost *shipped; uint32_t row; } page;

static csim_cells at(const page *p, uint32_t row, uint32_t column) { return csim_cell_of(p->sheet, row, column); }

static void put_text(const page *p, uint32_t column, csim_cell_role role, const char *text) { csim_sheet_put_text(p->sheet, p->row, column, CSIM_GENERAL(role), text); }

/* A heading with the names of the columns below it; NULL where there is none. */
static void put_heading(page *p, const char *title, const char *engine, const char *state, const char *error, const char *note) {
    const char *const heads[COLUMNS] = {[LABEL] = title, [ENGINE] = engine, [STATE] = state, [ERROR_COLUMN] = error, [NOTE] = note};
    p->row++;
    for (uint32_t c = 0; c < COLUMNS; c++) {
        const csim_cell_role role = c == ENGINE || c == ERROR_COLUMN || (c == STATE && state && strcmp(state, "state")) ? CSIM_ROLE_TABLE_HEADER : CSIM_ROLE_TABLE_HEADER_TEXT;
        if (heads[c]) put_text(p, c, role, heads[c]);
        else csim_sheet_put_blank(p->sheet, p->row, c, role);
    }
    csim_sheet_set_height(p->sheet, p->row++, 18);
}

static void put_note(const page *p, const char *text) {
    const unsigned lines = csim_report_lines(text, NOTE_WIDTH);
    csim_report_put_wrapped(p->sheet, p->row, NOTE, text);
    if (lines > 1) csim_sheet_set_height(p->sheet, p->row, 13.0 * lines + 3.0);
}

/* ---- inputs ---- */

typedef struct input { const char *name, *label, *unit; csim_cell_kind kind; int decimals; const char *text; double value, least, most; const char *list, *prompt; } input; /* CSIM_AS_INTEGER: only whole numbers */

/* Whether the reader has changed a cell, or left nothing in it that can be used: `given` is a number where there is something. The shipped value stands beside it. */
static void put_state(page *p, const char *name, const char *given) {
    char formula[FORMULA_TEXT];
    snprintf(formula, sizeof formula, "IF(ISNUMBER(%s),IF(%s=shipped_%s,\"as shipped\",\"edited\"),\"missing\")", given, name, name);
    csim_live_put_formula(p->live, at(p, p->row, STATE), CSIM_GENERAL(CSIM_ROLE_FORMULA), NULL, formula);
}

static void put_number_input(page *p, const char *name, csim_cell_style style, double value) {
    csim_live_put_number(p->live, at(p, p->row, VALUE), style, name, value);
    style.role = CSIM_ROLE_BODY;
    csim_live_scope(p->live, "shipped_");
    csim_live_put_number(p->live, at(p, p->row, ENGINE), style, name, value);
    csim_live_scope(p->live, "");
    put_state(p, name, name);
}

/* A word of a list. */
static void put_text_input(page *p, const char *name, const char *text, const char *list) {
    char given[FORMULA_TEXT];
    csim_live_put_text(p->live, at(p, p->row, VALUE), CSIM_GENERAL(CSIM_ROLE_INPUT), name, text);
    csim_live_scope(p->live, "shipped_");
    csim_live_put_text(p->live, at(p, p->row, ENGINE), CSIM_GENERAL(CSIM_ROLE_BODY), name, text);
    csim_live_scope(p->live, "");
    snprintf(given, sizeof given, "MATCH(%s,%s,FALSE)", name, list);
    put_state(p, name, given);
}

static void put_input(page *p, const input *in) {
    csim_live_put_text(p->live, at(p, p->row, LABEL), CSIM_GENERAL(CSIM_ROLE_BODY), NULL, in->label);
    put_text(p, UNIT, CSIM_ROLE_BODY, in->unit);
    if (in->text) put_text_input(p, in->name, in->text, in->list);
    else put_number_input(p, in->name, csim_style_digits(CSIM_ROLE_INPUT, in->kind, in->decimals), in->value);
    if (in->list) csim_cells_allow_list(at(p, p->row, VALUE), csim_live_cells(p->live, in->list), in->prompt);
    else if (in->kind == CSIM_AS_INTEGER) csim_cells_allow_whole(at(p, p->row, VALUE), in->least, in->most, in->prompt);
    else csim_cells_allow_numbers(at(p, p->row, VALUE), in->least, in->most, in->prompt);
    p->row++;
}

/* Blank: the basis says what an hour costs. */
static void put_own_price(page *p) {
    put_text(p, LABEL, CSIM_ROLE_BODY, "An hour's price of your own");
    put_text(p, UNIT, CSIM_ROLE_BODY, "$/h");
    csim_live_put_blank(p->live, at(p, p->row, VALUE), CSIM_ROLE_INPUT, "own_price");
    put_text(p, ENGINE, CSIM_ROLE_MISSING, "by the basis");
    csim_cells_allow_numbers(at(p, p->row, VALUE), 1e-6, 1e4, "Dollars an accelerator hour, above 0; empty: by the basis");
    csim_live_put_formula(p->live, at(p, p->row, STATE), CSIM_GENERAL(CSIM_ROLE_FORMULA), NULL, "IF(ISNUMBER(own_price),\"edited\",\"as shipped\")");
    p->row++;
}

static void put_inputs(page *p) {
    const csim_cost_question *q = &p->shipped->question;
    const moe_request *r = &q->request;
    const moe_layout *l = &p->shipped->engine.cost.serving.kernel.layout;
    const double chips = 1e4, tokens = 1e8; /* the machine's own limit is checked beside the answer */
    const input inputs[] = {
        {"model", "Model", "id", 0, 0, p->shipped->model->id, 0, 0, 0, "models_id", "One of the sheet Models"},
        {"machine", "Machine", "id", 0, 0, p->shipped->machine->id, 0, 0, 0, "machines_id", "One of the sheet Machines"},
        {"keep_eight", "Keep 4-bit weights at 8 bits", "yes, no", 0, 0, "no", 0, 0, 0, "choices_yes", "Where a machine has 8-bit and no 4-bit units this may be cheaper"},
        {"stack", "Serving software", "kind", 0, 0, "tuned", 0, 0, 0, "choices_stack", "tuned overlaps messages with work; first is a first release"},
        {"pools", "Accelerators for prompts", "pools", 0, 0, "split", 0, 0, 0, "choices_pools", "split: prompts on accelerators of their own; one: the same take both"},
        {"input_tokens", "Input of a request", "tokens", CSIM_AS_NUMBER, 0, NULL, r->input_tokens, 1, tokens, NULL, "Tokens of a prompt, cached ones included"},
        {"output_tokens", "Output of a request", "tokens", CSIM_AS_NUMBER, 0, NULL, r->output_tokens, 1, tokens, NULL, "Tokens of an answer"},
        {"hit_share", "Input found in a cache", "share", CSIM_AS_PERCENT, 0, NULL, r->hit_share, 0, .999999, NULL, "Share of the input, below 1"},
        {"speed_wanted", "Speed wanted by a user", "tokens/s", CSIM_AS_NUMBER, 1, NULL, 1.0 / r->tpot_s, 1e-3, 1e5, NULL, "Whether it is kept is said above; the layout is yours"},
        {"drafts", "Tokens drafted a step", "tokens", CSIM_AS_INTEGER, 0, NULL, r->verified - 1.0, 0, CSIM_DRAFT_MOST, NULL, "0, 1, 2 or 3"},
        {"accepted", "Tokens accepted a step", "tokens", CSIM_AS_NUMBER, 3, NULL, r->accepted, 1, 4, NULL, "1 to drafts + 1; in mixed use 1.85, 2.25, 2.44 with 1, 2, 3 drafts"},
        {"tensor", "Decode: tensor parallel t", "accelerators", CSIM_AS_INTEGER, 0, NULL, l->tensor, 1, chips, NULL, "Accelerators that share the dense weights: a whole number"},
        {"group", "Decode: replica G", "accelerators", CSIM_AS_INTEGER, 0, NULL, l->group, 1, chips, NULL, "A whole multiple of t, up to the machine's largest group; of a dense model t itself"},
        {"sequences", "Decode: sequences B of the replica", "sequences", CSIM_AS_NUMBER, 0, NULL, p->shipped->engine.batch_sequences, 1e-6, 1e9, NULL, "All that the replica serves at a time"},
        {"prefill_tensor", "Prompts: tensor parallel t", "accelerators", CSIM_AS_INTEGER, 0, NULL, l->prefill_tensor, 1, chips, NULL, "In the pool that takes prompts: a whole number"},
        {"prefill_group", "Prompts: replica G", "accelerators", CSIM_AS_INTEGER, 0, NULL, l->prefill_group, 1, chips, NULL, "In the pool that takes prompts: a whole multiple of its t"},
        {"basis", "Who owns the machine", "basis", 0, 0, csim_basis_name(q->owner.basis), 0, 0, 0, "basis_names", "own: capital, interest, power below; the others are the catalogue's prices"},
        {"utilisation", "Time that serves paying tokens", "share", CSIM_AS_PERCENT, 0, NULL, q->owner.utilisation, 1e-3, 1, NULL, "Share of all hours"},
        {"electricity", "Electricity", "$/kWh", CSIM_AS_NUMBER, 3, NULL, q->owner.electricity_usd_per_kwh, 0, 10, NULL, "Dollars a kWh"},
        {"life", "Life of a machine", "years", CSIM_AS_NUMBER, 1, NULL, q->owner.life_yr, .1, 100, NULL, "Years in which its capital is recovered"},
        {"interest", "Interest", "a year", CSIM_AS_PERCENT, 1, NULL, q->owner.interest_per_yr, 1e-6, 10, NULL, "A year, on capital: above 0, as moecast cost takes it"},
        {"upkeep", "Upkeep, of the capital", "a year", CSIM_AS_PERCENT, 1, NULL, q->owner.opex_per_yr, 0, 10, NULL, "A year"},
        {"cache_hours", "Time that a cached prompt is kept", "h", CSIM_AS_NUMBER, 2, NULL, q->cache_hours, 0, 1e4, NULL, "Hours before it is used"},
    };
    put_heading(p, "Inputs: change the blue cells", "shipped", "state", NULL, NULL);
    const uint32_t first = p->row;
    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++) put_input(p, &inputs[i]);
    put_own_price(p);
    csim_live_gather(p->live, "input_labels", csim_cells_of(p->sheet, first, LABEL, p->row - 1, LABEL));
    csim_live_gather(p->live, "input_states", csim_cells_of(p->sheet, first, STATE, p->row - 1, STATE));
}

/* ---- choices, which the inputs' lists read ---- */

static uint32_t put_choices(page *p, uint32_t row, uint32_t column, const char *name, const char *const *words, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) csim_live_put_text(p->live, at(p, row + i, column), CSIM_GENERAL(CSIM_ROLE_BODY), NULL, words[i]);
    csim_live_gather(p->live, name, csim_cells_of(p->sheet, row, column, row + count - 1, column));
    return row + count;
}

enum { INPUT_ROWS = 26, CHOICES_ROWS = 6 };

static void put_all_choices(page *p, uint32_t row) {
    static const char *const yes[] = {"yes", "no"}, *const stack[] = {"tuned", "default", "first"}, *const pools[] = {"split", "one"};
    page above = *p;
    above.row = row - 1;
    put_heading(&above, "Words that the inputs' lists offer", NULL, NULL, NULL, NULL);
    put_choices(p, above.row, LABEL, "choices_stack", stack, 3);
    put_choices(p, above.row, UNIT, "choices_pools", pools, 2);
    put_choices(p, above.row, VALUE, "choices_yes", yes, 2);
}

static void put_basis_names(page *p, uint32_t row) {
    const char *names[CSIM_BASES];
    for (int b = 0; b < CSIM_BASES; b++) names[b] = csim_basis_name((csim_basis)b);
    put_choices(p, row, LABEL, "basis_names", names, CSIM_BASES);
}

/* ---- the hour by basis ---- */

static double engine_hour(const page *p, csim_basis basis) {
    csim_ownership owner = p->shipped->question.owner;
    csim_error ignored;
    double usd_per_hour;
    owner.basis = basis;
    return csim_ownership_hour(p->shipped->machine, &owner, &usd_per_hour, &ignored) ? (double)NAN : usd_per_hour;
}

static void put_difference(page *p, const char *name) {
    char formula[FORMULA_TEXT];
    snprintf(formula, sizeof formula, "IF(ISNUMBER(%s),IF(engine_%s=0,ABS(%s),ABS(%s/engine_%s-1)),\"n/a\")", name, name, name, name, name);
    csim_live_put_formula(p->live, at(p, p->row, STATE), csim_style_digits(CSIM_ROLE_FORMULA, CSIM_AS_SCIENTIFIC, 0), NULL, formula);
}

static void put_engine(page *p, const char *name, csim_cell_style style, double value) {
    if (isnan(value)) return;
    csim_live_scope(p->live, "engine_");
    csim_live_put_number(p->live, at(p, p->row, ENGINE), style, name, value);
    csim_live_scope(p->live, "");
    put_difference(p, name);
}

static void put_hours(page *p) {
    static const char *const formulas[CSIM_BASES] = {
        "IF(ISNUMBER(INDEX(machines_capital,machine_row)),INDEX(machines_capital,machine_row)*(interest/(1-(1+interest)^(-life))+upkeep)/hours_a_year+all_in_kw*electricity,\"n/a\")",
        "INDEX(machines_neocloud,machine_row)", "INDEX(machines_rental,machine_row)", "INDEX(machines_contract,machine_row)"};
    static const char *const names[CSIM_BASES] = {"hour_own", "hour_neocloud", "hour_rental", "hour_contract"};
    const uint32_t first = p->row;
    for (int b = 0; b < CSIM_BASES; b++, p->row++) {
        csim_live_put_formula(p->live, at(p, p->row, VALUE), csim_style_digits(CSIM_ROLE_FORMULA, CSIM_AS_NUMBER, 4), names[b], formulas[b]);
        put_text(p, UNIT, CSIM_ROLE_BODY, "$/h");
        put_engine(p, names[b], csim_style_digits(CSIM_ROLE_BODY, CSIM_AS_NUMBER, 4), engine_hour(p, (csim_basis)b));
        put_note(p, formulas[b]);
    }
    csim_live_gather(p->live, "basis_hours", csim_cells_of(p->sheet, first, VALUE, p->row - 1, VALUE));
}

/* ---- coefficients and constants ---- */

static csim_cell_style number_style(csim_cell_role role, double value) {
    return fabs(value) >= 1e5 || fabs(value) < 1e-3 ? csim_style_digits(role, CSIM_AS_SCIENTIFIC, 3) : csim_style(role, CSIM_AS_GENERAL);
}

static void put_coefficients(page *p) {
    size_t count;
    const csim_cost_number *all = csim_cost_coefficients(&count);
    put_heading(p, "Coefficients of the equations", "shipped", "state", "error", "Error: standard error of the logarithm, about a relative error. Names of the fit.");
    const uint32_t first = p->row;
    for (size_t i = 0; i < count; i++, p->row++) {
        put_text(p, LABEL, CSIM_ROLE_BODY, all[i].label);
        put_text(p, UNIT, CSIM_ROLE_BODY, all[i].unit);
        put_number_input(p, all[i].name, number_style(CSIM_ROLE_INPUT, csim_cost_coefficient(&all[i])), csim_cost_coefficient(&all[i]));
        if (isnan(all[i].se_ln)) csim_sheet_put_missing(p->sheet, p->row, ERROR_COLUMN);
        else csim_sheet_put_number(p->sheet, p->row, ERROR_COLUMN, csim_style_digits(CSIM_ROLE_BODY, CSIM_AS_NUMBER, 4), all[i].se_ln);
        put_note(p, all[i].why);
    }
    csim_live_gather(p->live, "coefficient_states", csim_cells_of(p->sheet, first, STATE, p->row - 1, STATE));
}

static void put_constants(page *p) {
    size_t count;
    const csim_cost_number *all = csim_cost_constants(&count);
    put_heading(p, "Constants of the equations", NULL, NULL, NULL, "Why");
    for (size_t i = 0; i < count; i++, p->row++) {
        put_text(p, LABEL, CSIM_ROLE_BODY, all[i].label);
        put_text(p, UNIT, CSIM_ROLE_BODY, all[i].unit);
        csim_live_put_number(p->live, at(p, p->row, VALUE), number_style(CSIM_ROLE_BODY, all[i].value), all[i].name, all[i].value);
        put_note(p, all[i].why);
    }
}

/* ---- the equations ---- */

static double engine_number(const csim_shipped_engine *engine, size_t at_byte) {
    double value;
    memcpy(&value, (const char *)engine + at_byte, sizeof value);
    return value;
}

static void put_engine_word(page *p, const csim_cost_line *line) {
    if (strcmp(line->name, "binding")) return;
    csim_live_scope(p->live, "engine_");
    csim_live_put_text(p->live, at(p, p->row, ENGINE), CSIM_GENERAL(CSIM_ROLE_BODY), line->name, moe_binding_name(p->shipped->engine.cost.serving.kernel.binding));
    csim_live_scope(p->live, "");
    csim_live_put_formula(p->live, at(p, p->row, STATE), csim_style_digits(CSIM_ROLE_FORMULA, CSIM_AS_SCIENTIFIC, 0), NULL, "IFERROR(IF(binding=engine_binding,0,1),1)");
}

static void put_line(page *p, const csim_cost_line *line) {
    put_text(p, UNIT, CSIM_ROLE_BODY, line->unit);
    csim_report_put_wrapped(p->sheet, p->row, LABEL, line->label);
    csim_live_put_formula(p->live, at(p, p->row, VALUE), csim_style_digits(CSIM_ROLE_FORMULA, line->kind, line->decimals), line->name, line->formula);
    if (line->engine != CSIM_LINE_NO_ENGINE)
        put_engine(p, line->name, csim_style_digits(CSIM_ROLE_BODY, line->kind, line->decimals), engine_number(&p->shipped->engine, line->engine));
    else if (line->kind == CSIM_AS_GENERAL) put_engine_word(p, line);
    const unsigned note = csim_report_lines(line->formula, NOTE_WIDTH), label = csim_report_lines(line->label, LABEL_WIDTH - 2);
    csim_report_put_wrapped(p->sheet, p->row, NOTE, line->formula);
    csim_sheet_set_height(p->sheet, p->row++, 13.0 * (note > label ? note : label) + 3.0);
}

/* One column a group of layers, and the sums' names across them. */
static void put_groups(page *p) {
    size_t count;
    const csim_cost_line *lines = csim_cost_group_lines(&count);
    p->row++;
    p->row--;
    put_heading(p, "Groups of layers, from the sheet Models", NULL, NULL, NULL, "Formula, of each group");
    put_text(p, LABEL, CSIM_ROLE_BODY, "Group");
    put_text(p, UNIT, CSIM_ROLE_BODY, "number");
    static const uint32_t columns[MOE_MAX_KV_GROUPS] = {VALUE, ENGINE, STATE, ERROR_COLUMN};
    const uint32_t first = p->row + 1;
    for (uint32_t g = 0; g < MOE_MAX_KV_GROUPS; g++) {
        char scope[16];
        snprintf(scope, sizeof scope, "layers%u_", (unsigned)g + 1);
        csim_live_scope(p->live, scope);
        csim_live_put_number(p->live, at(p, p->row, columns[g]), csim_style_digits(CSIM_ROLE_BODY, CSIM_AS_NUMBER, 0), "number", g + 1.0);
        for (uint32_t i = 0; i < count; i++)
            csim_live_put_formula(p->live, at(p, first + i, columns[g]), csim_style_digits(CSIM_ROLE_FORMULA, lines[i].kind, lines[i].decimals), lines[i].name, lines[i].formula);
    }
    csim_live_scope(p->live, "");
    for (uint32_t i = 0; i < count; i++) {
        char name[NAME_TEXT];
        snprintf(name, sizeof name, "groups_%s", lines[i].name);
        csim_live_gather(p->live, name, csim_cells_of(p->sheet, first + i, VALUE, first + i, ERROR_COLUMN));
        csim_sheet_put_text(p->sheet, first + i, LABEL, CSIM_GENERAL(CSIM_ROLE_BODY), lines[i].label);
        csim_sheet_put_text(p->sheet, first + i, UNIT, CSIM_GENERAL(CSIM_ROLE_BODY), lines[i].unit);
        csim_report_put_wrapped(p->sheet, first + i, NOTE, lines[i].formula);
        csim_sheet_set_height(p->sheet, first + i, 13.0 * csim_report_lines(lines[i].formula, NOTE_WIDTH) + 3.0);
    }
    p->row = first + (uint32_t)count;
}

/* The hour stands after machine and power; sums over groups after the machine. */
static void put_equations(page *p) {
    size_t count;
    const csim_cost_line *lines = csim_cost_lines(&count);
    const uint32_t hours = p->row + 1;
    page table = *p;
    put_heading(&table, "An hour by basis", "engine", "difference", NULL, "Formula");
    p->row = hours + 1 + CSIM_BASES;
    const uint32_t first = hours + 1;
    uint32_t rest = first;
    for (size_t i = 0; i < count; i++) {
        if (lines[i].name) {
            put_line(p, &lines[i]);
            if (!strcmp(lines[i].name, "log_sd")) put_hours(&table);
            continue;
        }
        if (!strncmp(lines[i].label, "A sequence", 10)) {
            csim_live_gather(p->live, "differences", csim_cells_of(p->sheet, first, STATE, p->row - 1, STATE));
            put_groups(p);
            rest = p->row;
        }
        put_heading(p, lines[i].label, "engine", "difference", NULL, "Formula");
    }
    csim_live_gather(p->live, "more_differences", csim_cells_of(p->sheet, rest, STATE, p->row - 1, STATE));
}

/* ---- speed against price ---- */

/* A row a batch: the lines that a batch moves, over the other lines as they stand. */
static csim_cells put_batches(page *p, csim_cells *speeds) {
    csim_report *report = p->report;
    csim_sheet *ground = report->sheet[CSIM_REPORT_CHART_DATA];
    size_t count;
    const csim_cost_line *lines = csim_cost_lines(&count);
    const uint32_t row = report->chart_row, first = row + 3;
    csim_cells prices = {.sheet = ground};
    csim_sheet_put_text(ground, row, 0, CSIM_GENERAL(CSIM_ROLE_HEADING), "Token cost: speed against price, from one sequence to what memory holds");
    csim_sheet_put_text(ground, row + 1, 0, CSIM_GENERAL(CSIM_ROLE_NOTE), "step");
    csim_sheet_put_text(ground, row + 1, 1, CSIM_GENERAL(CSIM_ROLE_NOTE), "sequences");
    for (uint32_t i = 0; i < BATCHES; i++) csim_live_put_number(p->live, csim_cell_of(ground, first + i, 0), csim_style(CSIM_ROLE_BODY, CSIM_AS_GENERAL), NULL, i);
    csim_live_gather(p->live, "steps", csim_cells_of(ground, first, 0, first + BATCHES - 1, 0));
    for (uint32_t i = 0; i < BATCHES; i++) {
        char scope[16];
        uint32_t column = 2;
        snprintf(scope, sizeof scope, "batch%u_", (unsigned)i);
        csim_live_scope(p->live, scope);
        csim_live_gather(p->live, "step", csim_cell_of(ground, first + i, 0));
        csim_live_put_formula(p->live, csim_cell_of(ground, first + i, 1), csim_style_digits(CSIM_ROLE_FORMULA, CSIM_AS_NUMBER, 1), "sequences", "MAX(1,batch_memory*group)^(step/MAX(steps))");
        for (size_t k = 0; k < count; k++) {
            if (!(lines[k].tables & CSIM_LINE_BATCHES)) continue;
            if (!i) {
                csim_sheet_put_text(ground, row + 1, column, CSIM_GENERAL(CSIM_ROLE_NOTE), lines[k].name);
                csim_sheet_put_text(ground, row + 2, column, CSIM_GENERAL(CSIM_ROLE_NOTE), lines[k].unit);
                csim_sheet_set_width(ground, column, column, 13);
            }
            if (!strcmp(lines[k].name, "speed")) *speeds = csim_cells_of(ground, first, column, first + BATCHES - 1, column);
            if (!strcmp(lines[k].name, "usd_out")) prices = csim_cells_of(ground, first, column, first + BATCHES - 1, column);
            csim_live_put_formula(p->live, csim_cell_of(ground, first + i, column++), csim_style_digits(CSIM_ROLE_FORMULA, lines[k].kind, lines[k].decimals), lines[k].name, lines[k].formula);
        }
    }
    csim_live_scope(p->live, "");
    report->chart_row = first + BATCHES + 2;
    return prices;
}

static void draw_speed(page *p, uint32_t row) {
    csim_cells speeds = {.sheet = NULL};
    const csim_cells prices = put_batches(p, &speeds);
    const csim_chart_plan plan = {
        .kind = CSIM_CHART_SCATTER, .title = "Price of output against speed to a user",
        .alt_text = "Dollars a million output tokens, on a log axis, against tokens a second that each user gets, for batches from one sequence to what memory holds, and the batch stated. It moves with the inputs.",
        .x = {.title = "speed of a user, tokens/s", .kind = CSIM_AS_NUMBER, .decimals = 0}, .y = {.title = "output, $/M tokens, log scale", .kind = CSIM_AS_GENERAL, .decimals = CSIM_DIGITS_DEFAULT, .log10 = true},
        .legend = CSIM_LEGEND_BOTTOM, .row = row, .column = NOTE, .width_px = CHART_WIDTH_PX, .height_px = CHART_HEIGHT_PX};
    csim_chart *chart = csim_sheet_add_chart(p->sheet, &plan);
    csim_chart_add_xy(chart, "batches in this layout", speeds, prices, CSIM_COLOUR_BLUE, CSIM_MARK_LINE);
    csim_chart_add_xy(chart, "the batch stated", csim_live_cells(p->live, "speed"), csim_live_cells(p->live, "usd_out"), CSIM_COLOUR_VERMILLION, CSIM_MARK_DOTS);
}

/* ---- the answer ---- */

typedef struct answer { const char *label, *unit, *formula; csim_cell_kind kind; int decimals; } answer;

#define IF_BUILT(formula) "IF(built=\"ok\"," formula ",\"n/a\")"
#define LAYOUT_EXISTS "The layout exists and has a price"

/* Prices are n/a by themselves where the last but one of these is not ok. */
static const answer answers[] = {
    {"Output", "$/M tokens", "usd_out", CSIM_AS_NUMBER, 4}, {"80 % interval of the equations, from", "$/M tokens", "usd_out_low", CSIM_AS_NUMBER, 4},
    {"to", "$/M tokens", "usd_out_high", CSIM_AS_NUMBER, 4}, {"Uncached input", "$/M tokens", "usd_in", CSIM_AS_NUMBER, 4}, {"Cached input", "$/M tokens", "usd_cached", CSIM_AS_NUMBER, 5},
    {"Energy of an output token", "J/token", IF_BUILT("joule_out"), CSIM_AS_NUMBER, 2}, {"Speed of a user", "tokens/s", IF_BUILT("speed"), CSIM_AS_NUMBER, 1},
    {"The wanted speed is kept", "yes, no", IF_BUILT("IF(speed>=speed_wanted,\"yes\",\"no\")"), CSIM_AS_GENERAL, 0},
    {"The sequences fit the memory", "yes, no", IF_BUILT("IF(batch<=batch_memory,\"yes\",\"no\")"), CSIM_AS_GENERAL, 0}, {"What limits the batch", "word", IF_BUILT("binding"), CSIM_AS_GENERAL, 0},
    {LAYOUT_EXISTS, "ok, or why not", "allowed", CSIM_AS_GENERAL, 0},
    {"Largest relative difference to the engine", "relative", "MAX(differences,more_differences)", CSIM_AS_SCIENTIFIC, 0},
};
enum { ANSWERS = sizeof answers / sizeof answers[0] };

static void put_answers(page *p, uint32_t row) {
    p->row = row;
    for (int i = 0; i < ANSWERS; i++, p->row++) {
        put_text(p, LABEL, CSIM_ROLE_BODY, answers[i].label);
        put_text(p, UNIT, CSIM_ROLE_BODY, answers[i].unit);
        csim_live_put_formula(p->live, at(p, p->row, VALUE), csim_style_digits(i ? CSIM_ROLE_FORMULA : CSIM_ROLE_KEY, answers[i].kind, answers[i].decimals), NULL, answers[i].formula);
        if (!strcmp(answers[i].label, LAYOUT_EXISTS)) csim_cells_mark_checks(at(p, p->row, VALUE));
    }
    put_text(p, LABEL, CSIM_ROLE_BODY, "Check: formulas against the engine");
    put_text(p, UNIT, CSIM_ROLE_BODY, "ok, edited, missing");
    csim_live_put_formula(p->live, at(p, p->row, VALUE), CSIM_GENERAL(CSIM_ROLE_FORMULA), "check",
                          "IF(COUNTIF(input_states,\"missing\")+COUNTIF(coefficient_states,\"missing\")>0,\"missing\",IF(COUNTIF(input_states,\"edited\")+COUNTIF(coefficient_states,\"edited\")>0,\"edited\","
                          "IF(AND(MAX(differences,more_differences)<=tolerance,COUNTIF(differences,\"n/a\")+COUNTIF(more_differences,\"n/a\")=0),\"ok\",\"differs\")))");
    csim_cells_mark_checks(at(p, p->row, VALUE));
}

static void set_columns(csim_sheet *sheet) {
    csim_sheet_set_width(sheet, LABEL, LABEL, LABEL_WIDTH);
    csim_sheet_set_width(sheet, UNIT, UNIT, 15);
    csim_sheet_set_width(sheet, VALUE, ENGINE, 17);
    csim_sheet_set_width(sheet, GAP, GAP, 2);
    csim_sheet_set_width(sheet, STATE, ERROR_COLUMN, 13);
    csim_sheet_set_width(sheet, NOTE_GAP, NOTE_GAP, 2);
    csim_sheet_set_width(sheet, NOTE, NOTE, NOTE_WIDTH + 4);
}

bool csim_report_has_token_cost(const csim_report *report) { return report->shipped != NULL; }

void csim_report_fill_token_cost(csim_report *report) {
    page p = {.report = report, .live = report->live, .sheet = report->sheet[CSIM_REPORT_TOKEN_COST], .shipped = report->shipped};
    csim_catalogue_sheets_name(report);
    set_columns(p.sheet);
    const uint32_t top = csim_report_put_head(report, CSIM_REPORT_TOKEN_COST, "Token cost", "What a token costs on a machine: the simulator's cost equations as live formulas. Pick model, machine and workload; set layout and batch; everything follows.");
    p.row = top;
    put_text(&p, LABEL, CSIM_ROLE_NOTE, "Shipped: the engine's cheapest layout for the shipped question. It is not searched again when an input changes: change it with the rest. A formula's names are cells of this sheet.");
    csim_sheet_put_link(p.sheet, 2, UNIT, "Models", csim_cell_of(report->sheet[CSIM_REPORT_MODELS], 0, 0));
    csim_sheet_put_link(p.sheet, 2, VALUE, "Machines", csim_cell_of(report->sheet[CSIM_REPORT_MACHINES], 0, 0));
    put_heading(&p, "Answer", NULL, NULL, NULL, NULL);
    const uint32_t answer_row = p.row, inputs_row = answer_row + ANSWERS + 1;
    /* Lists first: the inputs' drop-downs read them. They stand below the inputs, out of the reader's way. */
    put_all_choices(&p, inputs_row + INPUT_ROWS + 1);
    const uint32_t coefficients = inputs_row + INPUT_ROWS + 1 + CHOICES_ROWS;
    size_t coefficient_count, constant_count;
    csim_cost_coefficients(&coefficient_count);
    csim_cost_constants(&constant_count);
    const uint32_t equations = coefficients + 4 + (uint32_t)(coefficient_count + constant_count);
    put_basis_names(&p, equations + 2);
    p.row = inputs_row;
    put_inputs(&p);
    p.row = coefficients;
    put_coefficients(&p);
    put_constants(&p);
    p.row = equations;
    put_equations(&p);
    const uint32_t end = p.row;
    put_answers(&p, answer_row);
    draw_speed(&p, top + 1);
    csim_sheet_break_before(p.sheet, coefficients + 1);
    csim_sheet_break_before(p.sheet, equations + 1);
    csim_sheet_freeze(p.sheet, 1, 0);
    csim_sheet_set_print_area(csim_cells_of(p.sheet, 0, 0, end - 1, COLUMNS - 1));
}
