/* See claims.h. First the expressions, a descent of one function a rule of the grammar; then one answer a reading. */
#include "csim/engine/claims.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csim/scenario/c_locale.h"

/* --- expressions ----------------------------------------------------------------------------------------------------------------------------- */

enum { MAX_DEPTH = 64, MAX_NAME = 64 };
static const double usual_tpot_ms = 40.0;

typedef struct parser {
    const char *text, *at;
    int day;                 /* 20260428 */
    int known_until;         /* month; nothing later is looked at */
    char note[CSIM_CLAIM_NOTE];
    const csim_catalogue *catalogue;
    const csim_kernel_oracle *kernel;
    int depth;
    csim_status status;      /* sticky: after a failure every rule returns NAN at once */
    csim_error *err;
} parser;

/* A model of an argument list: an id, or dense(id). */
typedef struct model_name { char id[MAX_NAME]; int dense; } model_name;

static double fail(parser *self, const char *expected) {
    if (self->status) return (double)NAN;
    self->status = csim_error_set(self->err, CSIM_SYNTAX, "expression '%.200s': %s is expected at character %d, there is '%.20s'", self->text, expected,
                                  (int)(self->at - self->text) + 1, self->at[0] ? self->at : "the end");
    return (double)NAN;
}

static void skip_space(parser *self) {
    while (*self->at == ' ' || *self->at == '\t' || *self->at == '\n') self->at++;
}

static int next_is(parser *self, char wanted) {
    skip_space(self);
    if (self->status || *self->at != wanted) return 0;
    self->at++;
    return 1;
}

static void expect(parser *self, char wanted, const char *called) {
    if (!next_is(self, wanted)) fail(self, called);
}

/* Ids hold dots and hyphens. That is no danger to minus: ids stand in argument lists only, where there is no arithmetic. */
static void read_name(parser *self, char name[MAX_NAME], const char *called) {
    size_t length = 0;
    name[0] = '\0';
    skip_space(self);
    while (isalnum((unsigned char)self->at[length]) || (self->at[length] && strchr("._-", self->at[length]))) length++;
    if (!length || length >= MAX_NAME) {
        fail(self, called);
        return;
    }
    memcpy(name, self->at, length);
    name[length] = '\0';
    self->at += length;
}

static double read_number(parser *self) {
    char digits[32];
    size_t length = 0;
    skip_space(self);
    while (isdigit((unsigned char)self->at[length]) || self->at[length] == '.') length++;
    if (!length || length >= sizeof digits) return fail(self, "a number");
    memcpy(digits, self->at, length);
    digits[length] = '\0';
    char *end;
    const double value = strtod(digits, &end);
    if (*end) return fail(self, "a number");
    self->at += length;
    return value;
}

static model_name read_model(parser *self) {
    model_name out = {.dense = 0};
    read_name(self, out.id, "a model");
    if (!strcmp(out.id, "dense") && next_is(self, '(')) {
        out.dense = 1;
        read_name(self, out.id, "a model");
        expect(self, ')', "')'");
    }
    return out;
}

/* Notes what became public only after the last known month; the first such thing stays noted. */
static int unseen(parser *self, const char *what, const char *id, int month) {
    if (self->known_until == CSIM_NO_MONTH || month <= self->known_until) return 0;
    if (!self->note[0])
        snprintf(self->note, sizeof self->note, "the catalogue's %s %s is dated %04d-%02d, after known_until %04d-%02d", what, id, 2000 + month / 12, 1 + month % 12,
                 2000 + self->known_until / 12, 1 + self->known_until % 12);
    return 1;
}

/* NULL with a status when there is none, NULL without when it is of later. */
static const csim_model_entry *find_model(parser *self, const char *id) {
    const csim_model_entry *entry = NULL;
    if (!self->status) self->status = csim_catalogue_model_find(self->catalogue, id, &entry, self->err);
    return entry && !unseen(self, "model", id, entry->released_month) ? entry : NULL;
}

static const csim_hardware_entry *find_machine(parser *self, const char *id) {
    const csim_hardware_entry *entry = NULL;
    if (!self->status) self->status = csim_catalogue_hardware_find(self->catalogue, id, &entry, self->err);
    return entry && !unseen(self, "machine", id, entry->announced_month) ? entry : NULL;
}

/* --- functions of the catalogue and the kernel ----------------------------------------------------------------------------------------------- */

static double parameters(parser *self, int active) {
    const model_name name = read_model(self);
    const csim_model_entry *model = find_model(self, name.id);
    if (!model) return (double)NAN;
    return (active && !name.dense ? model->shape.active_params : model->shape.total_params) * 1e-9;
}

static double price_of(const csim_price *price, int blend) {
    return blend ? (3.0 * price->input_usd_per_mtok + price->output_usd_per_mtok) / 4.0 : price->output_usd_per_mtok;
}

/* Is `rows[i]` the first row of its product? */
static int first_of_product(const csim_price *rows, size_t i) {
    for (size_t before = 0; before < i; before++)
        if (!strcmp(rows[before].model, rows[i].model) && !strcmp(rows[before].tier, rows[i].tier)) return 0;
    return 1;
}

/* The row of a shape: that of the products which name it on the day. They must agree. NULL when no product does. */
static csim_status row_of_shape(const parser *self, const char *shape, int blend, int day, const csim_price **out, csim_error *err) {
    size_t count;
    const csim_price *rows = csim_catalogue_prices(self->catalogue, &count), *price;
    *out = NULL;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].tier, "standard") || !first_of_product(rows, i)) continue;
        if (csim_catalogue_price_at(self->catalogue, rows[i].model, "standard", day, &price, NULL)) continue;
        if (!price->shape || strcmp(price->shape, shape)) continue;
        if (*out && price_of(*out, blend) != price_of(price, blend))
            return csim_error_set(err, CSIM_INCONSISTENT, "products of the shape '%s' have different prices on %d (%g and %g); name the product", shape, day,
                                  price_of(*out, blend), price_of(price, blend));
        *out = price;
    }
    return CSIM_OK;
}

/* The row of a product, or of a shape where no product has the name. */
static csim_status row_on(const parser *self, const char *name, int blend, int day, const csim_price **out, csim_error *err) {
    csim_error missing;
    csim_status status = csim_catalogue_price_at(self->catalogue, name, "standard", day, out, &missing);
    if (status == CSIM_UNKNOWN_NAME) {
        const csim_status of_shape = row_of_shape(self, name, blend, day, out, err);
        if (of_shape || *out) return of_shape;
    }
    if (status && err) *err = missing;
    return status;
}

static int last_known_day(const parser *self) {
    return self->known_until == CSIM_NO_MONTH ? self->day : ((2000 + self->known_until / 12) * 100 + 1 + self->known_until % 12) * 100 + 31;
}

/* A claim may have been made after what is known: the price is then that of the last known day, if there was one. */
static double list_price(parser *self, int blend) {
    char name[MAX_NAME];
    const csim_price *said, *known;
    read_name(self, name, "a product");
    if (self->status) return (double)NAN;
    if ((self->status = row_on(self, name, blend, self->day, &said, self->err))) return (double)NAN;
    if (self->day <= last_known_day(self)) return price_of(said, blend);
    const csim_status status = row_on(self, name, blend, last_known_day(self), &known, self->err);
    if (!status) return price_of(known, blend);
    if (status == CSIM_INCONSISTENT) self->status = status;
    else unseen(self, "price of", name, said->from_month);
    return (double)NAN;
}

static double kernel_value(parser *self, csim_kernel_quantity quantity) {
    char machine[MAX_NAME];
    const model_name model = read_model(self);
    csim_kernel_question question = {.quantity = quantity, .dense = model.dense, .month = (self->day / 10000 - 2000) * 12 + self->day / 100 % 100 - 1};
    expect(self, ',', "','");
    read_name(self, machine, "a machine");
    if (quantity == CSIM_KERNEL_USD_PER_MTOK_OUT) question.tpot_ms = next_is(self, ',') ? read_number(self) : usual_tpot_ms;
    question.model = find_model(self, model.id);
    question.machine = find_machine(self, machine);
    if (!self->status && quantity == CSIM_KERNEL_USD_PER_MTOK_OUT && !(question.tpot_ms > 0.0))
        self->status = csim_error_set(self->err, CSIM_OUT_OF_RANGE, "expression '%.200s': the time a token is %g ms, more than 0 is allowed", self->text, question.tpot_ms);
    if (self->status || !question.model || !question.machine) return (double)NAN;
    const double value = self->kernel ? self->kernel->answer(self->kernel->self, &question) : (double)NAN;
    if (isnan(value) && !self->note[0] && self->kernel) snprintf(self->note, sizeof self->note, "not defined: %s%s%s does not fit %s, or not at the speed asked for", model.dense ? "dense(" : "", model.id, model.dense ? ")" : "", machine);
    if (isnan(value) && !self->note[0]) snprintf(self->note, sizeof self->note, "the cost kernel was not asked");
    return value;
}

static double output_price(parser *self) { return list_price(self, 0); }
static double blend_price(parser *self) { return list_price(self, 1); }
static double active_parameters(parser *self) { return parameters(self, 1); }
static double total_parameters(parser *self) { return parameters(self, 0); }
static double kernel_cost(parser *self) { return kernel_value(self, CSIM_KERNEL_USD_PER_MTOK_OUT); }
static double kernel_speed(parser *self) { return kernel_value(self, CSIM_KERNEL_TOK_PER_S_USER); }

static const struct { const char *name; double (*arguments)(parser *self); } functions[] = {
    {"price.output", output_price}, {"price.blend", blend_price}, {"active", active_parameters}, {"total", total_parameters},
    {"kernel.usd_per_mtok_out", kernel_cost}, {"kernel.tok_per_s_user", kernel_speed},
};

/* --- the grammar ----------------------------------------------------------------------------------------------------------------------------- */

static double read_expression(parser *self);

static double read_call(parser *self) {
    static const char known[] = "a function (price.output, price.blend, active, total, kernel.usd_per_mtok_out, kernel.tok_per_s_user)";
    const char *begin = self->at;
    char name[MAX_NAME];
    read_name(self, name, known);
    for (size_t i = 0; !self->status && i < sizeof functions / sizeof functions[0]; i++) {
        if (strcmp(name, functions[i].name)) continue;
        expect(self, '(', "'('");
        const double value = functions[i].arguments(self);
        expect(self, ')', "')'");
        return value;
    }
    self->at = begin;
    return fail(self, known);
}

static double read_factor(parser *self) {
    double value;
    skip_space(self);
    if (self->status) return (double)NAN;
    if (++self->depth > MAX_DEPTH) return fail(self, "less nesting");
    if (next_is(self, '-')) value = -read_factor(self);
    else if (next_is(self, '(')) {
        value = read_expression(self);
        expect(self, ')', "')'");
    } else if (isdigit((unsigned char)*self->at) || *self->at == '.') value = read_number(self);
    else value = read_call(self);
    self->depth--;
    return value;
}

/* 0/0 is as wrong as 1/0: left to itself it would pass for a value that is merely not known. */
static double divide(parser *self, double value, double by) {
    if (!self->status && by == 0.0) self->status = csim_error_set(self->err, CSIM_OUT_OF_RANGE, "expression '%.200s' divides by zero", self->text);
    return self->status ? (double)NAN : value / by;
}

static double read_term(parser *self) {
    double value = read_factor(self);
    while (!self->status) {
        if (next_is(self, '*')) value *= read_factor(self);
        else if (next_is(self, '/')) value = divide(self, value, read_factor(self));
        else break;
    }
    return value;
}

static double read_expression(parser *self) {
    double value = read_term(self);
    while (!self->status) {
        if (next_is(self, '+')) value += read_term(self);
        else if (next_is(self, '-')) value -= read_term(self);
        else break;
    }
    return value;
}

/* 20260428 from "2026-04-28"; a month stands for its last day: what was on the list when it ended. */
static csim_status day_of(const char *said_on, int *day, csim_error *err) {
    int year = 0, month = 0, date = 31, month_end = 0, day_end = 0;
    const int fields = sscanf(said_on, "%4d-%2d%n-%2d%n", &year, &month, &month_end, &date, &day_end);
    const int whole = (fields == 2 || fields == 3) && !said_on[fields == 2 ? month_end : day_end];
    if (!whole || year < 2000 || month < 1 || month > 12 || date < 1 || date > 31)
        return csim_error_set(err, CSIM_WRONG_TYPE, "'%.40s' is no day or month such as 2026-04-28 or 2026-04", said_on);
    *day = (year * 100 + month) * 100 + date;
    return CSIM_OK;
}

csim_status csim_expression_evaluate(const char *text, const char *said_on, int known_until, const csim_catalogue *catalogue, const csim_kernel_oracle *kernel,
                                     double *out, char note[CSIM_CLAIM_NOTE], csim_error *err) {
    parser self = {.text = text, .at = text, .known_until = known_until, .catalogue = catalogue, .kernel = kernel, .err = err};
    *out = (double)NAN;
    const csim_status status = day_of(said_on, &self.day, err);
    if (status) return status;
    const csim_c_locale guard = csim_c_locale_enter();
    const double value = read_expression(&self);
    skip_space(&self);
    if (*self.at) fail(&self, "an operator or the end");
    csim_c_locale_leave(guard);
    if (!self.status && (isinf(value) || (isnan(value) && !self.note[0])))
        self.status = csim_error_set(err, CSIM_OUT_OF_RANGE, "the value of expression '%.200s' is beyond what a number can hold", text);
    if (!self.status) *out = value;
    if (note) memcpy(note, self.note, sizeof self.note);
    return self.status;
}

/* --- readings -------------------------------------------------------------------------------------------------------------------------------- */

static csim_status place_error(csim_status status, const csim_claim *claim, const csim_reading *reading, csim_error *err) {
    if (!status || !err) return status;
    snprintf(err->file, sizeof err->file, "%s", reading->note.file ? reading->note.file : "");
    snprintf(err->field, sizeof err->field, "claims.%s.readings.%s.identity", claim->id, reading->id);
    err->line = reading->note.line;
    err->column = reading->note.column;
    return status;
}

static csim_status evaluate_expression(const csim_scenario *scenario, const csim_claim *claim, const csim_reading *reading, const csim_catalogue *catalogue,
                                       const csim_kernel_oracle *kernel, double *out, char note[CSIM_CLAIM_NOTE], csim_error *err) {
    return place_error(csim_expression_evaluate(reading->identity, claim->said_on, scenario->known_until, catalogue, kernel, out, note, err), claim, reading, err);
}

csim_status csim_claims_check(const csim_scenario *scenario, const csim_catalogue *catalogue, csim_error *err) {
    csim_status status = CSIM_OK;
    double value;
    for (size_t c = 0; c < scenario->claims; c++)
        for (size_t i = 0; !status && i < scenario->claim[c].count; i++) {
            const csim_reading *reading = &scenario->claim[c].readings[i];
            if (reading->identity[0]) status = evaluate_expression(scenario, &scenario->claim[c], reading, catalogue, NULL, &value, NULL, err);
        }
    return status;
}

const char *csim_answer_name(csim_answer answer) {
    static const char *const names[] = {[CSIM_ANSWER_OPEN] = "open", [CSIM_ANSWER_PATHS] = "paths", [CSIM_ANSWER_CONSTANT] = "constant", [CSIM_ANSWER_PAIRS] = "pairs"};
    return (unsigned)answer <= CSIM_ANSWER_PAIRS ? names[answer] : "open";
}

static void set_note(csim_claim_result *to, const char *note) { snprintf(to->note, sizeof to->note, "%s", note); }

static csim_status answer_expression(const csim_scenario *scenario, const csim_claim *claim, const csim_reading *reading, const csim_catalogue *catalogue,
                                     const csim_kernel_oracle *kernel, csim_claim_result *to, csim_error *err) {
    double value;
    const csim_status status = evaluate_expression(scenario, claim, reading, catalogue, kernel, &value, to->note, err);
    if (status) return status;
    if (isnan(value)) return CSIM_OK; /* the note says why */
    const double truth = csim_comparison_holds(reading->op, value, reading->value) ? 1.0 : 0.0;
    to->answer = CSIM_ANSWER_CONSTANT;
    to->value = (csim_estimate){value, 0.0};
    to->probability = (csim_probability){truth, 0.0, truth, truth, 0, 0};
    return CSIM_OK;
}

/* What an answer is made from; any but result may be NULL. */
typedef struct sources {
    const csim_scenario *scenario;
    const csim_catalogue *catalogue;
    const csim_result *result;
    const csim_contrasts *contrasts;
    const csim_beside *beside;
    const csim_kernel_oracle *kernel;
} sources;

static csim_status break_even(const csim_result *result, const csim_reading *reading, const unsigned char *hit, size_t stride, size_t rows, csim_claim_result *to,
                              csim_error *err) {
    const int position = csim_plan_input_find(result->plan, reading->deciding);
    return position < 0 || !rows ? CSIM_OK : csim_break_even_find(result, position, hit, stride, rows, &to->break_even, err);
}

static csim_status break_even_of_pairs(const sources *from, const csim_reading *reading, csim_claim_result *to, csim_error *err) {
    if (!reading->deciding[0]) return CSIM_OK;
    unsigned char *hit = malloc((size_t)from->result->kept + 1);
    if (!hit) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for a break-even");
    const size_t rows = csim_contrasts_hits(from->contrasts, reading, hit, from->result->kept);
    const csim_status status = break_even(from->result, reading, hit, 1, rows, to, err);
    free(hit);
    return status;
}

static csim_status answer_contrast(const sources *from, const csim_reading *reading, csim_claim_result *to, csim_error *err) {
    const csim_paired *pairs = NULL;
    const char *why = "the contrast was not run";
    if (from->contrasts) csim_contrasts_find(from->contrasts, reading, &pairs, &why);
    if (!pairs) {
        set_note(to, why);
        return CSIM_OK;
    }
    to->answer = CSIM_ANSWER_PAIRS;
    to->pairs = *pairs;
    to->value = pairs->mean;
    to->probability = pairs->probability;
    return break_even_of_pairs(from, reading, to, err);
}

static int reading_position(const csim_plan *plan, const csim_claim_result *of) {
    char id[2 * CSIM_CLAIM_ID];
    snprintf(id, sizeof id, "%s.%s", of->claim, of->reading);
    for (int i = 0; i < plan->readings; i++)
        if (!strcmp(plan->reading_id[i], id)) return i;
    return -1;
}

static csim_estimate median_of(const csim_result *result, const csim_plan_reading *reading) {
    for (int i = 0; i < result->plan->report_months; i++)
        if (result->plan->report_month[i] == reading->to) return csim_accumulator_quantile(result->statistics, (size_t)reading->slot, (size_t)i, 0.5);
    return (csim_estimate){(double)NAN, (double)NAN};
}

static csim_status answer_paths(const sources *from, const csim_reading *reading, csim_claim_result *to, csim_error *err) {
    const csim_result *result = from->result;
    const int at = reading_position(result->plan, to);
    if (at < 0) {
        set_note(to, "its month lies outside this run's horizon");
        return CSIM_OK;
    }
    to->probability = csim_result_probability(result, at);
    to->value = median_of(result, &result->plan->reading[at]);
    to->answer = to->probability.count ? CSIM_ANSWER_PATHS : CSIM_ANSWER_OPEN;
    if (!to->probability.count) set_note(to, result->plan->reading[at].given >= 0 ? "its condition holds in no path" : "no path was run");
    if (from->beside) to->aside = csim_beside_find(from->beside, at);
    if (from->beside && !to->note[0]) set_note(to, csim_beside_why(from->beside));
    const size_t rows = result->kept < result->hit_rows ? result->kept : result->hit_rows;
    return break_even(result, reading, rows ? result->hit + at : NULL, (size_t)result->plan->readings, rows, to, err);
}

static csim_status answer_reading(const csim_claim *claim, const csim_reading *reading, const sources *from, csim_claim_result *to, csim_error *err) {
    const double unknown = (double)NAN;
    *to = (csim_claim_result){.probability = {unknown, unknown, unknown, unknown, 0, 0}, .value = {unknown, unknown}};
    to->pairs = (csim_paired){.mean = {unknown, unknown}, .p5 = unknown, .p50 = unknown, .p95 = unknown, .correlation = unknown, .paths_saved = unknown,
                              .probability = to->probability};
    to->break_even = csim_break_even_none();
    to->aside = csim_aside_none();
    if (snprintf(to->claim, sizeof to->claim, "%s", claim->id) >= CSIM_CLAIM_ID || snprintf(to->reading, sizeof to->reading, "%s", reading->id) >= CSIM_CLAIM_ID)
        return place_error(csim_error_set(err, CSIM_LIMIT, "the name is longer than %d bytes", CSIM_CLAIM_ID - 1), claim, reading, err);
    if (reading->identity[0]) return answer_expression(from->scenario, claim, reading, from->catalogue, from->kernel, to, err);
    return reading->against[0] ? answer_contrast(from, reading, to, err) : answer_paths(from, reading, to, err);
}

csim_status csim_claims_evaluate_unless(const atomic_int *cancel, const csim_scenario *scenario, const csim_catalogue *catalogue, const csim_result *result,
                                        const csim_contrasts *contrasts, const csim_beside *beside, const csim_kernel_oracle *kernel, csim_claim_result **out,
                                        size_t *count, csim_error *err) {
    const sources from = {scenario, catalogue, result, contrasts, beside, kernel};
    csim_status status = CSIM_OK;
    size_t readings = 0;
    *out = NULL;
    *count = 0;
    for (size_t c = 0; c < scenario->claims; c++) readings += scenario->claim[c].count;
    csim_claim_result *results = calloc(readings + 1, sizeof *results);
    if (!results) return csim_error_set(err, CSIM_NO_MEMORY, "no memory for the answers to %zu readings", readings);
    for (size_t c = 0; c < scenario->claims; c++)
        for (size_t i = 0; !status && i < scenario->claim[c].count; i++) {
            status = answer_reading(&scenario->claim[c], &scenario->claim[c].readings[i], &from, &results[(*count)++], err);
            if (!status && cancel && atomic_load(cancel)) status = csim_error_set(err, CSIM_INTERRUPTED, "interrupted while the claims were answered");
        }
    if (status) {
        free(results);
        *count = 0;
        return status;
    }
    *out = results;
    return CSIM_OK;
}

csim_status csim_claims_evaluate(const csim_scenario *scenario, const csim_catalogue *catalogue, const csim_result *result, const csim_contrasts *contrasts,
                                 const csim_beside *beside, const csim_kernel_oracle *kernel, csim_claim_result **out, size_t *count, csim_error *err) {
    return csim_claims_evaluate_unless(NULL, scenario, catalogue, result, contrasts, beside, kernel, out, count, err);
}
