/* "Host or buy": a month's bill for hosting beside an API's, by who owns the machines, in formulas over the token cost's. Fleets are whole replicas of the kinds
 * that the engine's search found for the shipped question; a reader changes them, or what they cost. Owns the layout; csim/cost/host_or_buy.h is what it must equal. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "csim/report/cost_lines.h"
#include "csim/report/live_cells.h"
#include "csim/report/report_parts.h"
#include "csim/report/shipped_cost.h"

enum { LABEL, UNIT, FIRST, WIDE = FIRST + CSIM_SHIPPED_KINDS + 1 /* a kind each, and the fewest */, CHART_COLUMN = FIRST + 4 };
enum { API_COLUMN = FIRST + CSIM_BASES, STEPS = 16, LINE_TEXT = 4096, NAME_TEXT = 64, CHART_WIDTH_PX = 600, CHART_HEIGHT_PX = 440, KEY_POINTS = 20 };

typedef struct page { csim_report *report; csim_live *live; csim_sheet *sheet; const csim_shipped_cost *shipped; uint32_t row; } page;

static const char *const owners[CSIM_BASES] = {"own", "neocloud", "rental", "contract"};

static csim_cells at(const page *p, uint32_t row, uint32_t column) { return csim_cell_of(p->sheet, row, column); }
static csim_cells across(const page *p, uint32_t row, uint32_t count) { return csim_cells_of(p->sheet, row, FIRST, row, FIRST + count - 1); }
static csim_cell_style looks(csim_cell_kind kind, int decimals) { return csim_style_digits(CSIM_ROLE_FORMULA, kind, decimals); }

static void put_words(const page *p, const char *label, const char *unit) {
    csim_report_put_wrapped(p->sheet, p->row, LABEL, label);
    csim_sheet_put_text(p->sheet, p->row, UNIT, CSIM_GENERAL(CSIM_ROLE_BODY), unit);
}

static void put_heading(page *p, const char *title, const char *const *heads, uint32_t count) {
    p->row++;
    csim_sheet_put_text(p->sheet, p->row, LABEL, CSIM_GENERAL(CSIM_ROLE_TABLE_HEADER_TEXT), title);
    for (uint32_t c = UNIT; c < WIDE; c++) {
        if (c >= FIRST && c < FIRST + count && heads[c - FIRST][0]) csim_sheet_put_text(p->sheet, p->row, c, CSIM_GENERAL(CSIM_ROLE_TABLE_HEADER), heads[c - FIRST]);
        else csim_sheet_put_blank(p->sheet, p->row, c, CSIM_ROLE_TABLE_HEADER_TEXT);
    }
    csim_sheet_set_height(p->sheet, p->row++, 18);
}

static void put_basis_heading(page *p, const char *title) {
    const char *names[CSIM_BASES];
    for (int b = 0; b < CSIM_BASES; b++) names[b] = csim_basis_name((csim_basis)b);
    put_heading(p, title, names, CSIM_BASES);
}

static void set_scope(const page *p, const char *word, uint32_t number) {
    char scope[16];
    snprintf(scope, sizeof scope, "%s%u_", word, (unsigned)number);
    csim_live_scope(p->live, scope);
}

static void set_owner(const page *p, int basis) {
    char scope[16];
    snprintf(scope, sizeof scope, "%s_", owners[basis]);
    csim_live_scope(p->live, scope);
}

/* The same formula for each basis of ownership, in the names of that basis. */
static void put_by_owner(page *p, const char *name, const char *label, const char *unit, csim_cell_style style, const char *formula) {
    put_words(p, label, unit);
    for (int b = 0; b < CSIM_BASES; b++) {
        set_owner(p, b);
        csim_live_put_formula(p->live, at(p, p->row, FIRST + (uint32_t)b), style, name, formula);
    }
    csim_live_scope(p->live, "");
    p->row++;
}

/* ---- inputs ---- */

static void put_input(page *p, const char *name, const char *label, const char *unit, csim_cell_style style, double value, double least, double most) {
    char formula[LINE_TEXT];
    put_words(p, label, unit);
    csim_live_put_number(p->live, at(p, p->row, FIRST), style, name, value);
    snprintf(formula, sizeof formula, "%s: from %g to %g", label, least, most);
    if (!strcmp(name, "replicas_least")) csim_cells_allow_whole(at(p, p->row, FIRST), least, most, formula);
    else csim_cells_allow_numbers(at(p, p->row, FIRST), least, most, formula);
    style.role = CSIM_ROLE_BODY;
    csim_live_scope(p->live, "shipped_");
    csim_live_put_number(p->live, at(p, p->row, FIRST + 1), style, name, value);
    csim_live_scope(p->live, "");
    snprintf(formula, sizeof formula, "IF(ISNUMBER(%s),IF(%s=shipped_%s,\"as shipped\",\"edited\"),\"missing\")", name, name, name);
    csim_live_put_formula(p->live, at(p, p->row++, FIRST + 3), CSIM_GENERAL(CSIM_ROLE_FORMULA), NULL, formula);
}

static void put_inputs(page *p) {
    static const char *const heads[] = {"", "shipped", "", "state"};
    const csim_host_question *q = &p->shipped->host;
    const csim_cell_style usd = csim_style_digits(CSIM_ROLE_INPUT, CSIM_AS_NUMBER, 3), plain = csim_style(CSIM_ROLE_INPUT, CSIM_AS_GENERAL);
    put_heading(p, "Inputs: change the blue cells", heads, 4);
    const uint32_t first = p->row;
    put_input(p, "api_in", "API: uncached input", "$/M tokens", usd, q->api_usd_per_mtok_in, 0, 1e6);
    put_input(p, "api_cached", "API: cached input", "$/M tokens", usd, q->api_usd_per_mtok_cached, 0, 1e6);
    put_input(p, "api_out", "API: output", "$/M tokens", usd, q->api_usd_per_mtok_out, 0, 1e6);
    put_input(p, "staff", "Staff of the smallest fleet", "$/month", csim_style_digits(CSIM_ROLE_INPUT, CSIM_AS_NUMBER, 0), q->staff_usd_per_month, 0, 1e9);
    put_input(p, "staff_growth", "Staff grows with accelerators to this power", "power", plain, q->staff_growth, 0, .9);
    put_input(p, "peak_to_mean", "Busiest hour over the month's mean", "ratio", plain, q->fleet.peak_to_mean, 1, 1000);
    put_input(p, "replicas_least", "Replicas at least, a whole number", "replicas", plain, q->fleet.replicas_min, 1, 1000);
    csim_live_gather(p->live, "host_states", csim_cells_of(p->sheet, first, FIRST + 3, p->row - 1, FIRST + 3));
    put_words(p, "Accelerators up to which staff does not grow", "accelerators");
    csim_live_put_number(p->live, at(p, p->row++, FIRST), csim_style(CSIM_ROLE_BODY, CSIM_AS_GENERAL), "staffed_alike", CSIM_HOST_STAFFED_ALIKE);
    put_words(p, "Part of a replica that is called a rounding", "share");
    csim_live_put_number(p->live, at(p, p->row++, FIRST), csim_style(CSIM_ROLE_BODY, CSIM_AS_GENERAL), "rounding", CSIM_HOSTING_ROUNDING);
    put_words(p, "Prices this close are called the same", "relative");
    csim_live_put_number(p->live, at(p, p->row++, FIRST), csim_style(CSIM_ROLE_BODY, CSIM_AS_GENERAL), "same", CSIM_HOST_SAME);
    put_words(p, "Time that accelerators may work, for peaks", "share");
    csim_live_put_formula(p->live, at(p, p->row++, FIRST), looks(CSIM_AS_PERCENT, 0), "load", "MIN(utilisation,1/peak_to_mean)");
    put_words(p, "The API, for a token of the request's mix", "$/M tokens");
    csim_live_put_formula(p->live, at(p, p->row++, FIRST), looks(CSIM_AS_NUMBER, 4), "api_mix",
                          "(input_tokens*((1-hit_share)*api_in+hit_share*api_cached)+output_tokens*api_out)/(input_tokens+output_tokens)");
}

/* ---- kinds of replica ---- */

typedef struct kind_input { const char *name, *label, *unit; double value; const char *prompt; } kind_input; /* prompt: whole numbers; NULL: others too */
enum { KIND_NUMBERS = 5, KIND_MOST = 10000 };

#define WHOLE "A whole number of accelerators"
#define MULTIPLE "A whole multiple of t, up to the machine's largest group"

static void list_kind(const csim_replica *r, kind_input out[KIND_NUMBERS]) {
    const moe_layout *l = &r->cost.serving.kernel.layout;
    const kind_input all[KIND_NUMBERS] = {{"tensor", "Decode: tensor parallel t", "accelerators", l->tensor, WHOLE}, {"group", "Decode: replica G", "accelerators", l->group, MULTIPLE},
                                          {"prefill_tensor", "Prompts: tensor parallel t", "accelerators", l->prefill_tensor, WHOLE},
                                          {"prefill_group", "Prompts: replica G", "accelerators", l->prefill_group, MULTIPLE},
                                          {"sequences", "Sequences of the replica", "sequences", round(r->cost.serving.kernel.batch * l->group), NULL}};
    memcpy(out, all, sizeof all);
}

static const char *pools_of(const csim_replica *r) { return r->prompts > 0.0 ? "split" : "one"; }

/* What the reader may change of each kind, blue; the same again as shipped, further down. */
static void put_kind_inputs(page *p, csim_cell_role role) {
    for (uint32_t k = 0; k < (uint32_t)p->shipped->kinds; k++) {
        const csim_replica *r = &p->shipped->bills[CSIM_BASIS_OWN].fleet.replica[p->shipped->kind[k]];
        kind_input in[KIND_NUMBERS];
        list_kind(r, in);
        set_scope(p, role == CSIM_ROLE_INPUT ? "kind" : "was", k + 1);
        for (uint32_t i = 0; i < KIND_NUMBERS; i++) {
            page line = *p;
            line.row += i;
            if (!k) put_words(&line, in[i].label, in[i].unit);
            const csim_cells cell = at(&line, line.row, FIRST + k);
            csim_live_put_number(p->live, cell, csim_style_digits(role, CSIM_AS_NUMBER, 0), in[i].name, in[i].value);
            if (role != CSIM_ROLE_INPUT) continue;
            if (in[i].prompt) csim_cells_allow_whole(cell, 1, KIND_MOST, in[i].prompt);
            else csim_cells_allow_numbers(cell, 1e-6, 1e9, "All that the replica serves at a time: above 0");
        }
        const csim_cells pools = at(p, p->row + KIND_NUMBERS, FIRST + k);
        csim_live_put_text(p->live, pools, CSIM_GENERAL(role), "pools", pools_of(r));
        csim_live_scope(p->live, "");
        if (role == CSIM_ROLE_INPUT) csim_cells_allow_list(pools, csim_live_cells(p->live, "choices_pools"), "split: prompts on accelerators of their own; one: the same take both");
    }
    p->row += KIND_NUMBERS;
    put_words(p, "Accelerators for prompts", "pools");
    p->row++;
}

static void put_kind_line(page *p, const char *name, const char *label, const char *unit, csim_cell_style style, const char *formula) {
    char all[NAME_TEXT];
    put_words(p, label, unit);
    for (uint32_t k = 0; k < (uint32_t)p->shipped->kinds; k++) {
        set_scope(p, "kind", k + 1);
        csim_live_put_formula(p->live, at(p, p->row, FIRST + k), style, name, formula);
    }
    csim_live_scope(p->live, "");
    snprintf(all, sizeof all, "kinds_%s", name);
    csim_live_gather(p->live, all, across(p, p->row, (uint32_t)p->shipped->kinds));
    csim_sheet_set_height(p->sheet, p->row++, 13.0 * csim_report_lines(label, 50) + 3.0);
}

/* A column a kind, and one more where `last` says what of. */
static void put_kind_heading(page *p, const char *title, const char *last) {
    static const char *const names[CSIM_SHIPPED_KINDS] = {"kind 1", "kind 2", "kind 3", "kind 4", "kind 5", "kind 6", "kind 7", "kind 8", "kind 9"};
    const char *heads[CSIM_SHIPPED_KINDS + 1];
    const uint32_t kinds = (uint32_t)p->shipped->kinds;
    memcpy(heads, names, sizeof names);
    heads[kinds] = last;
    put_heading(p, title, heads, last ? kinds + 1 : kinds);
}

#define IF_EXISTS(formula) "IF(exists=\"yes\"," formula ",\"n/a\")"

static void put_kinds(page *p) {
    size_t count;
    const csim_cost_line *lines = csim_cost_lines(&count);
    put_kind_heading(p, "Kinds of replica: layouts, and a token in each", NULL);
    put_kind_inputs(p, CSIM_ROLE_INPUT);
    for (size_t i = 0; i < count; i++)
        if (lines[i].tables & CSIM_LINE_KINDS) put_kind_line(p, lines[i].name, lines[i].label, lines[i].unit, looks(lines[i].kind, lines[i].decimals), lines[i].formula);
    put_kind_line(p, "exists", "The layout exists", "yes, no", looks(CSIM_AS_GENERAL, 0),
                  "IFERROR(IF(AND(tensor>=1,tensor=INT(tensor),group>=tensor,group/tensor=INT(group/tensor),group<=group_most,prefill_tensor>=1,prefill_tensor=INT(prefill_tensor),prefill_group>=prefill_tensor,"
                  "prefill_group/prefill_tensor=INT(prefill_group/prefill_tensor),prefill_group<=group_most,sequences>0,OR(pools=\"one\",pools=\"split\")),\"yes\",\"no\"),\"no\")");
    put_kind_line(p, "prompts_chips", "Accelerators of a pool for prompts", "accelerators", looks(CSIM_AS_NUMBER, 0), "IF(pools=\"one\",0,prefill_group)");
    put_kind_line(p, "size", "Accelerators of the smallest fleet of one", "accelerators", looks(CSIM_AS_NUMBER, 0), IF_EXISTS("group+prompts_chips"));
    put_kind_line(p, "requests_s", "Accelerator-seconds of a request's prompt", "s", looks(CSIM_AS_SCIENTIFIC, 4), "(1-hit_share)*input_tokens*input_s");
    put_kind_line(p, "carries", "Tokens that a replica decodes", "tokens/month", looks(CSIM_AS_SCIENTIFIC, 4),
                  "group*load*seconds_an_hour*hours_a_month/(output_tokens*output_s+IF(pools=\"one\",requests_s,0))*(input_tokens+output_tokens)");
    put_kind_line(p, "prompts_carry", "Tokens that a pool for prompts takes", "tokens/month", looks(CSIM_AS_SCIENTIFIC, 4), "prefill_group*load*seconds_an_hour*hours_a_month/requests_s*(input_tokens+output_tokens)");
    put_kind_line(p, "chips_a_token", "Accelerators for a token a month, many wanted", "acc. month/token", looks(CSIM_AS_SCIENTIFIC, 4), IF_EXISTS("group/carries+prompts_chips/prompts_carry"));
    put_kind_line(p, "speed", "Speed of a user", "tokens/s", looks(CSIM_AS_NUMBER, 1), "1/tpot_s");
    put_kind_line(p, "keeps", "Keeps the wanted speed, and fits", "yes, no", looks(CSIM_AS_GENERAL, 0), IF_EXISTS("IF(AND(speed>=speed_wanted,batch<=batch_memory),\"yes\",\"no\")"));
    put_words(p, "Accelerators of the smallest fleet", "accelerators");
    csim_live_put_formula(p->live, at(p, p->row++, FIRST), looks(CSIM_AS_NUMBER, 0), "least_chips", "replicas_least*MIN(kinds_size)");
    put_words(p, "Prompt token in the cheapest kind", "s");
    csim_live_put_formula(p->live, at(p, p->row++, FIRST), looks(CSIM_AS_SCIENTIFIC, 4), "cheapest_input_s", "IFERROR(INDEX(kinds_input_s,MATCH(MIN(kinds_chips_a_token),kinds_chips_a_token,FALSE)),\"n/a\")");
}

/* ---- by owner ---- */

#define IF_PRICED(formula) "IF(ISNUMBER(hour)," formula ",\"n/a\")"
#define STAFF(chips) "staff*MAX(1," chips "/MAX(staffed_alike,least_chips))^staff_growth"

static void put_owners(page *p) {
    put_basis_heading(p, "Prices by who owns the machines");
    static const char *const hours[CSIM_BASES] = {"hour_own", "hour_neocloud", "hour_rental", "hour_contract"};
    put_words(p, "An accelerator hour", "$/h");
    for (int b = 0; b < CSIM_BASES; b++) {
        set_owner(p, b);
        char formula[LINE_TEXT];
        snprintf(formula, sizeof formula, "IF(AND(asked=\"ok\",COUNTIF(host_states,\"missing\")=0,COUNTIF(kinds_exists,\"yes\")>0,COUNT(kinds_chips_a_token)>0),%s,\"n/a\")", hours[b]);
        csim_live_put_formula(p->live, at(p, p->row, FIRST + (uint32_t)b), looks(CSIM_AS_NUMBER, 4), "hour", formula);
    }
    csim_live_scope(p->live, "");
    p->row++;
    const csim_cell_style price = looks(CSIM_AS_NUMBER, 5), dollars = looks(CSIM_AS_NUMBER, 0);
    put_by_owner(p, "month", "An accelerator a month", "$/month", dollars, IF_PRICED("hour*hours_a_month"));
    put_by_owner(p, "second", "A second that serves", "$/s", looks(CSIM_AS_SCIENTIFIC, 4), IF_PRICED("hour/seconds_an_hour/utilisation"));
    put_by_owner(p, "cached", "Cached input: fetched and kept, or computed again", "$/M tokens", price,
                 IF_PRICED("tokens_a_price*MIN(second*prompt_kept_bytes/(fetch_share*far_rate)+prompt_kept_bytes*cache_hours*usd_per_byte_hour,second*cheapest_input_s)"));
    put_by_owner(p, "cached_mix", "of which a token of the mix bears", "$/M tokens", price, IF_PRICED("input_tokens*hit_share*cached/(input_tokens+output_tokens)"));
    put_by_owner(p, "marginal", "Another token in a very large fleet", "$/M tokens", price, IF_PRICED("cached_mix+tokens_a_price*month*MIN(kinds_chips_a_token)"));
    put_by_owner(p, "saved", "A token not bought, but for cached input", "$/token", looks(CSIM_AS_SCIENTIFIC, 4), IF_PRICED("(api_mix-cached_mix)/tokens_a_price"));
    put_by_owner(p, "least_bill", "The smallest fleet: accelerators and staff", "$/month", dollars, IF_PRICED("least_chips*month+staff"));
}

/* ---- fleets ---- */

/* Fewest accelerators for a volume: a cell for each kind, and the least of them. Names stand in the scope that the caller has set. */
static void put_fleet(page *p, uint32_t row, uint32_t chips_column) {
    for (uint32_t k = 1; k <= (uint32_t)p->shipped->kinds; k++) {
        char formula[LINE_TEXT];
        snprintf(formula, sizeof formula,
                 "IF(kind%u_exists=\"yes\",MAX(replicas_least,ROUNDUP(volume/kind%u_carries*(1-rounding),0))*kind%u_group+MAX(replicas_least,ROUNDUP(volume/kind%u_prompts_carry*(1-rounding),0))*kind%u_prompts_chips,\"n/a\")",
                 (unsigned)k, (unsigned)k, (unsigned)k, (unsigned)k, (unsigned)k);
        csim_live_put_formula(p->live, at(p, row, FIRST + k - 1), looks(CSIM_AS_NUMBER, 0), NULL, formula);
    }
    csim_live_gather(p->live, "wanted", across(p, row, (uint32_t)p->shipped->kinds));
    csim_live_put_formula(p->live, at(p, row, chips_column), looks(CSIM_AS_NUMBER, 0), "chips", "MIN(wanted)");
}

/* ---- bills by volume ---- */

static const double VOLUME_MOST = 1e18; /* tokens a month that may be asked about */

typedef struct bills { csim_cells volumes, price[CSIM_BASES], api; } bills;

static void put_bill_heads(page *p) {
    const char *names[CSIM_BASES + 1];
    for (int b = 0; b < CSIM_BASES; b++) names[b] = csim_basis_name((csim_basis)b);
    names[CSIM_BASES] = "the API";
    put_heading(p, "A month's bill over its tokens", names, CSIM_BASES + 1);
}

static bills put_bills(page *p, uint32_t fleets) {
    put_bill_heads(p);
    const uint32_t first = p->row, last = first + CSIM_SHIPPED_VOLUMES - 1;
    for (uint32_t i = 0; i < CSIM_SHIPPED_VOLUMES; i++) {
        set_scope(p, "volume", i);
        csim_live_put_number(p->live, at(p, first + i, UNIT), csim_style_digits(CSIM_ROLE_INPUT, CSIM_AS_SCIENTIFIC, 2), "volume", p->shipped->volumes[i]);
        csim_cells_allow_numbers(at(p, first + i, UNIT), 1, VOLUME_MOST, "Tokens a month, from 1 to 1e18");
        csim_sheet_put_text(p->sheet, first + i, LABEL, CSIM_GENERAL(CSIM_ROLE_BODY), "$/M tokens, at so many tokens a month");
        csim_live_put_formula(p->live, at(p, fleets + i, UNIT), looks(CSIM_AS_SCIENTIFIC, 2), NULL, "volume");
        csim_sheet_put_text(p->sheet, fleets + i, LABEL, CSIM_GENERAL(CSIM_ROLE_BODY), "Accelerators, for so many tokens a month");
        put_fleet(p, fleets + i, FIRST + (uint32_t)p->shipped->kinds);
        for (int b = 0; b < CSIM_BASES; b++) {
            char formula[LINE_TEXT];
            snprintf(formula, sizeof formula, "IF(AND(ISNUMBER(%s_hour),volume>0),tokens_a_price*(chips*%s_month+" STAFF("chips") ")/volume+%s_cached_mix,\"n/a\")", owners[b], owners[b], owners[b]);
            csim_live_put_formula(p->live, at(p, first + i, FIRST + (uint32_t)b), looks(CSIM_AS_NUMBER, 4), owners[b], formula);
        }
        csim_live_put_formula(p->live, at(p, first + i, API_COLUMN), looks(CSIM_AS_NUMBER, 4), NULL, "api_mix");
    }
    csim_live_scope(p->live, "");
    bills out = {.volumes = csim_cells_of(p->sheet, first, UNIT, last, UNIT), .api = csim_cells_of(p->sheet, first, API_COLUMN, last, API_COLUMN)};
    for (uint32_t b = 0; b < CSIM_BASES; b++) out.price[b] = csim_cells_of(p->sheet, first, FIRST + b, last, FIRST + b);
    p->row = last + 1;
    return out;
}

static void draw_bills(const page *p, uint32_t row, const bills *b) {
    static const csim_colour colours[CSIM_BASES] = {CSIM_COLOUR_BLUE, CSIM_COLOUR_GREEN, CSIM_COLOUR_ORANGE, CSIM_COLOUR_PURPLE};
    const csim_chart_plan plan = {
        .kind = CSIM_CHART_SCATTER, .title = "Hosting against buying",
        .alt_text = "Dollars a million tokens of the mix against tokens a month, both on log axes: hosting by who owns the machines, and the API's price, which does not fall with volume. The table of bills has the numbers.",
        .x = {.title = "tokens a month, log scale", .kind = CSIM_AS_SCIENTIFIC, .decimals = 0, .log10 = true, .has_range = true, .least = p->shipped->volumes[0], .most = p->shipped->volumes[CSIM_SHIPPED_VOLUMES - 1]},
        .y = {.title = "$/M tokens of the mix, log scale", .kind = CSIM_AS_GENERAL, .decimals = CSIM_DIGITS_DEFAULT, .log10 = true},
        .legend = CSIM_LEGEND_BOTTOM, .row = row, .column = CHART_COLUMN, .width_px = CHART_WIDTH_PX, .height_px = CHART_HEIGHT_PX};
    csim_chart *chart = csim_sheet_add_chart(p->sheet, &plan);
    for (int i = 0; i < CSIM_BASES; i++)
        if (p->shipped->has_bill[i]) csim_chart_add_xy(chart, csim_basis_name((csim_basis)i), b->volumes, b->price[i], colours[i], CSIM_MARK_LINE);
    csim_chart_add_xy(chart, "the API", b->volumes, b->api, CSIM_COLOUR_BLACK, CSIM_MARK_LINE);
}

/* ---- where the bills meet ---- */

/* From the smallest fleet's bill on: the volume that this bill pays for, the fleet that volume wants, its bill, and so on. Volumes only rise and never pass the first
 * one at which hosting pays, so where they stand still they are at it. */
static void put_steps(page *p, int basis) {
    char title[LINE_TEXT];
    snprintf(title, sizeof title, "Steps to the break-even, %s", csim_basis_name((csim_basis)basis));
    put_kind_heading(p, title, "fewest");
    for (uint32_t i = 0; i < STEPS; i++, p->row++) {
        char scope[16], formula[LINE_TEXT];
        snprintf(scope, sizeof scope, "%.3s%u_", owners[basis], (unsigned)i);
        if (!i) snprintf(formula, sizeof formula, "IF(ISNUMBER(%s_hour),IF(%s_saved>0,%s_least_bill/%s_saved,0),0)", owners[basis], owners[basis], owners[basis], owners[basis]);
        else snprintf(formula, sizeof formula, "IF(ISNUMBER(%s_hour),IF(%s_saved>0,(%.3s%u_chips*%s_month+staff*MAX(1,%.3s%u_chips/MAX(staffed_alike,least_chips))^staff_growth)/%s_saved,0),0)", owners[basis],
                      owners[basis], owners[basis], (unsigned)i - 1, owners[basis], owners[basis], (unsigned)i - 1, owners[basis]);
        csim_sheet_put_text(p->sheet, p->row, LABEL, CSIM_GENERAL(CSIM_ROLE_BODY), i ? "Tokens a month that the bill before pays for" : "Tokens a month that the smallest fleet's bill pays for");
        csim_live_scope(p->live, scope);
        csim_live_put_formula(p->live, at(p, p->row, UNIT), looks(CSIM_AS_SCIENTIFIC, 6), "volume", formula);
        put_fleet(p, p->row, FIRST + (uint32_t)p->shipped->kinds);
        csim_live_scope(p->live, "");
    }
}

static void put_break_evens(page *p) {
    put_words(p, "Break-even: hosting is no dearer from", "tokens/month");
    for (int b = 0; b < CSIM_BASES; b++) {
        char formula[LINE_TEXT];
        snprintf(formula, sizeof formula, "IF(ISNUMBER(%s_hour),IF(api_mix<=%s_marginal*(1+same),\"never\",IF(ABS(%.3s%u_volume-%.3s%u_volume)<=tolerance*%.3s%u_volume,%.3s%u_volume,\"beyond steps\")),\"n/a\")",
                 owners[b], owners[b], owners[b], STEPS - 1u, owners[b], STEPS - 2u, owners[b], STEPS - 1u, owners[b], STEPS - 1u);
        set_owner(p, b);
        csim_live_put_formula(p->live, at(p, p->row, FIRST + (uint32_t)b), csim_style_digits(CSIM_ROLE_FORMULA, CSIM_AS_SCIENTIFIC, 3), "even", formula);
    }
    csim_live_scope(p->live, "");
    p->row++;
    csim_sheet_set_height(p->sheet, p->row, KEY_POINTS);
    put_by_owner(p, "even_billions", "The same in billions", "bn tokens/month", csim_style_digits(CSIM_ROLE_KEY, CSIM_AS_NUMBER, 3), "IF(ISNUMBER(even),even/tokens_a_billion,even)");
}

/* ---- the engine ---- */

/* A number or a word of the engine's, and how far the sheet's cell is from it. */
static void put_engine(page *p, int basis, const char *name, double value, const char *word) {
    char formula[LINE_TEXT];
    const uint32_t column = FIRST + (uint32_t)basis;
    csim_live_scope(p->live, "engine_");
    if (word) csim_live_put_text(p->live, at(p, p->row, column), CSIM_GENERAL(CSIM_ROLE_BODY), "said", word);
    else csim_live_put_number(p->live, at(p, p->row, column), csim_style_digits(CSIM_ROLE_BODY, CSIM_AS_SCIENTIFIC, 6), "said", value);
    snprintf(formula, sizeof formula, "IF(AND(ISNUMBER(%s),ISNUMBER(said)),ABS(%s/said-1),IF(OR(ISNUMBER(%s),ISNUMBER(said)),1,0))", name, name, name);
    csim_live_put_formula(p->live, at(p, p->row, column + CSIM_BASES), looks(CSIM_AS_SCIENTIFIC, 0), NULL, formula);
    csim_live_scope(p->live, "");
}

/* A row of the engine's numbers, one a basis: what they are called, what a basis's cell of the sheet is called (before and after the basis), and the number. */
typedef struct said { const char *label, *unit, *before, *after; double (*number)(const csim_host_or_buy *answer, double volume); double volume; } said;

static void put_engine_row(page *p, const said *row) {
    put_words(p, row->label, row->unit);
    for (int b = 0; b < CSIM_BASES; b++) {
        char name[NAME_TEXT];
        const csim_host_or_buy *a = &p->shipped->bills[b];
        snprintf(name, sizeof name, "%s%s%s", row->before, owners[b], row->after);
        const double number = p->shipped->has_bill[b] ? row->number(a, row->volume) : (double)NAN;
        put_engine(p, b, name, number, isfinite(number) ? NULL : p->shipped->has_bill[b] ? csim_host_state_name(a->even.state) : "n/a");
    }
    p->row++;
}

static double hour_of(const csim_host_or_buy *a, double volume) { (void)volume; return a->usd_per_hour; }
static double marginal_of(const csim_host_or_buy *a, double volume) { (void)volume; return a->marginal_usd_per_mtok; }
static double least_of(const csim_host_or_buy *a, double volume) { (void)volume; return a->least.total_usd; }
static double even_of(const csim_host_or_buy *a, double volume) { (void)volume; return a->even.tok_per_month; }
static double bill_of(const csim_host_or_buy *a, double volume) { return csim_host_bill_of(a, volume, 1.0).usd_per_mtok; }

static void put_engine_answers(page *p) {
    const char *heads[2 * CSIM_BASES];
    for (int b = 0; b < 2 * CSIM_BASES; b++) heads[b] = b < CSIM_BASES ? csim_basis_name((csim_basis)b) : "difference";
    put_heading(p, "The engine's answers, as shipped", heads, 2 * CSIM_BASES);
    const uint32_t first = p->row;
    const said rows[] = {{"An accelerator hour", "$/h", "", "_hour", hour_of, 0.0}, {"Another token in a very large fleet", "$/M tokens", "", "_marginal", marginal_of, 0.0},
                         {"The smallest fleet: accelerators and staff", "$/month", "", "_least_bill", least_of, 0.0}, {"Break-even", "tokens/month", "", "_even", even_of, 0.0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) put_engine_row(p, &rows[i]);
    for (uint32_t i = 0; i < CSIM_SHIPPED_VOLUMES; i++) {
        char label[NAME_TEXT], before[NAME_TEXT];
        snprintf(label, sizeof label, "%.3g tokens a month", p->shipped->volumes[i]);
        snprintf(before, sizeof before, "volume%u_", (unsigned)i);
        put_engine_row(p, &(said){label, "$/M tokens", before, "", bill_of, p->shipped->volumes[i]});
    }
    csim_live_gather(p->live, "host_differences", csim_cells_of(p->sheet, first, FIRST + CSIM_BASES, p->row - 1, FIRST + 2 * CSIM_BASES - 1));
}

static void put_kinds_as_shipped(page *p) {
    put_kind_heading(p, "Kinds of replica as shipped", NULL);
    put_kind_inputs(p, CSIM_ROLE_BODY);
    put_words(p, "Whether the kind above is as shipped", "state");
    for (uint32_t k = 1; k <= (uint32_t)p->shipped->kinds; k++) {
        char formula[LINE_TEXT];
        const unsigned n = (unsigned)k;
        snprintf(formula, sizeof formula, "IF(AND(kind%u_tensor=was%u_tensor,kind%u_group=was%u_group,kind%u_prefill_tensor=was%u_prefill_tensor,kind%u_prefill_group=was%u_prefill_group,kind%u_sequences=was%u_sequences,kind%u_pools=was%u_pools),\"as shipped\",\"edited\")",
                 n, n, n, n, n, n, n, n, n, n, n, n);
        csim_live_put_formula(p->live, at(p, p->row, FIRST + k - 1), CSIM_GENERAL(CSIM_ROLE_FORMULA), NULL, formula);
    }
    csim_live_gather(p->live, "kind_states", across(p, p->row, (uint32_t)p->shipped->kinds));
    p->row++;
}

/* ---- the sheet ---- */

static void put_check(page *p) {
    put_words(p, "Check: formulas against the engine", "ok, edited, missing");
    csim_live_put_formula(p->live, at(p, p->row, FIRST), CSIM_GENERAL(CSIM_ROLE_FORMULA), "host_check",
                          "IF(asked=\"ok\",IF(COUNTIF(host_states,\"missing\")>0,\"missing\",IF(COUNTIF(input_states,\"edited\")+COUNTIF(coefficient_states,\"edited\")+COUNTIF(host_states,\"edited\")+COUNTIF(kind_states,\"edited\")>0,\"edited\","
                          "IF(MAX(host_differences)<=tolerance,\"ok\",\"differs\"))),IF(COUNTIF(input_states,\"missing\")+COUNTIF(coefficient_states,\"missing\")>0,\"missing\",\"edited\"))");
    csim_cells_mark_checks(at(p, p->row++, FIRST));
}

static void put_source(page *p) {
    const csim_price *api = p->shipped->api;
    char text[CSIM_REPORT_LINE], clean[CSIM_REPORT_LINE];
    if (api) snprintf(text, sizeof text, "API prices as shipped: %s, tier %s, from %04d-%02d-%02d; source: %s", api->model, api->tier, api->from_day / 10000, api->from_day / 100 % 100, api->from_day % 100, api->source);
    else snprintf(text, sizeof text, "API prices as shipped are assumed: the catalogue has none of this model");
    csim_sheet_put_text(p->sheet, p->row++, LABEL, CSIM_GENERAL(CSIM_ROLE_NOTE), csim_report_clean(text, 200, clean, sizeof clean));
}

bool csim_report_has_host_or_buy(const csim_report *report) { return report->shipped && report->shipped->bills; }

void csim_report_fill_host_or_buy(csim_report *report) {
    page p = {.report = report, .live = report->live, .sheet = report->sheet[CSIM_REPORT_HOST_OR_BUY], .shipped = report->shipped};
    csim_sheet_set_width(p.sheet, LABEL, LABEL, 48);
    csim_sheet_set_width(p.sheet, UNIT, UNIT, 16);
    csim_sheet_set_width(p.sheet, FIRST, WIDE - 1, 14);
    p.row = csim_report_put_head(report, CSIM_REPORT_HOST_OR_BUY, "Host or buy", "What whole replicas and their staff cost a month beside an API's bill for the same tokens. Model, machine and workload are those of Token cost.");
    csim_sheet_put_link(p.sheet, 2, UNIT, "Token cost", csim_cell_of(report->sheet[CSIM_REPORT_TOKEN_COST], 0, 0));
    put_source(&p);
    const uint32_t answer_row = p.row;
    enum { ANSWER_ROWS = 4 };
    p.row = answer_row + 1 + ANSWER_ROWS;
    put_inputs(&p);
    const uint32_t owners_row = p.row, kinds_row = owners_row + 11 + CSIM_SHIPPED_VOLUMES + 2;
    p.row = kinds_row;
    csim_sheet_break_before(p.sheet, kinds_row + 1);
    put_kinds(&p);
    const uint32_t fleets_row = p.row;
    p.row = owners_row;
    put_owners(&p);
    page fleets = p;
    fleets.row = fleets_row;
    csim_sheet_break_before(p.sheet, fleets_row + 1);
    put_kind_heading(&fleets, "Accelerators for the volumes above, by kind", "fewest");
    const bills drawn = put_bills(&p, fleets.row);
    p.row = fleets.row + CSIM_SHIPPED_VOLUMES;
    for (int b = 0; b < CSIM_BASES; b++) put_steps(&p, b);
    page answer = p;
    answer.row = answer_row;
    put_basis_heading(&answer, "Answer");
    put_break_evens(&answer);
    csim_sheet_break_before(p.sheet, p.row + 1);
    put_engine_answers(&p);
    put_kinds_as_shipped(&p);
    put_check(&answer);
    draw_bills(&p, answer_row + 1, &drawn);
    csim_sheet_freeze(p.sheet, 1, 0);
    csim_sheet_set_print_area(csim_cells_of(p.sheet, 0, 0, p.row - 1, WIDE - 1));
}
