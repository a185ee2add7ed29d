/* A parser by recursive descent that computes as it reads. Both branches of an IF are computed, and an error in the one not taken is dropped. */
#include "csim/report/formula_value.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct reading { const char *at; csim_value_find *find; const void *scope; } reading;

/* What an argument came to, and the cells it stood for: functions skip texts in cells and count what is in them. */
typedef struct operand { csim_value value; csim_value_line cells; } operand;

enum { ARGUMENTS_MOST = 12 };

static const csim_value error_value = {.kind = CSIM_VALUE_ERROR};

static operand expression(reading *r);

/* ---- values ---- */

csim_value csim_value_of_number(double number) { return isfinite(number) ? (csim_value){.kind = CSIM_VALUE_NUMBER, .number = number} : error_value; }

csim_value csim_value_of_text(const char *text) {
    csim_value out = {.kind = CSIM_VALUE_TEXT};
    snprintf(out.text, sizeof out.text, "%s", text);
    return out;
}

static operand plain(csim_value value) { return (operand){.value = value}; }
static operand number(double x) { return plain(csim_value_of_number(x)); }

/* An empty cell is 0 in arithmetic. */
static bool is_number(const csim_value *v) { return v->kind == CSIM_VALUE_NUMBER || v->kind == CSIM_VALUE_EMPTY; }

static int compare(const csim_value *a, const csim_value *b) {
    if (a->kind == CSIM_VALUE_TEXT && b->kind == CSIM_VALUE_TEXT) return strcasecmp(a->text, b->text);
    if (a->kind == CSIM_VALUE_TEXT || b->kind == CSIM_VALUE_TEXT) return a->kind == CSIM_VALUE_TEXT ? 1 : -1; /* numbers come before texts */
    return a->number < b->number ? -1 : a->number > b->number;
}

/* ---- functions ---- */

typedef operand function(const operand *arguments, size_t count);

/* A value's worth of cells: the argument itself where it is no reference. */
static csim_value_line cells_of(const operand *o) { return o->cells.count ? o->cells : (csim_value_line){&o->value, 1}; }

typedef struct tally { double sum, least, most; size_t numbers; bool failed; } tally;

static tally tally_of(const operand *arguments, size_t count) {
    tally out = {.least = (double)INFINITY, .most = -(double)INFINITY};
    for (size_t i = 0; i < count; i++) {
        const csim_value_line line = cells_of(&arguments[i]);
        for (size_t k = 0; k < line.count; k++) {
            const csim_value *v = &line.first[k];
            out.failed |= v->kind == CSIM_VALUE_ERROR || (v->kind == CSIM_VALUE_TEXT && !arguments[i].cells.count);
            if (v->kind != CSIM_VALUE_NUMBER) continue;
            out.sum += v->number;
            out.least = fmin(out.least, v->number);
            out.most = fmax(out.most, v->number);
            out.numbers++;
        }
    }
    return out;
}

static operand do_sum(const operand *a, size_t n) { const tally t = tally_of(a, n); return t.failed ? plain(error_value) : number(t.sum); }
static operand do_min(const operand *a, size_t n) { const tally t = tally_of(a, n); return t.failed ? plain(error_value) : number(t.numbers ? t.least : 0.0); }
static operand do_max(const operand *a, size_t n) { const tally t = tally_of(a, n); return t.failed ? plain(error_value) : number(t.numbers ? t.most : 0.0); }
static operand do_count(const operand *a, size_t n) { return number((double)tally_of(a, n).numbers); }
static operand do_and(const operand *a, size_t n) { const tally t = tally_of(a, n); return t.failed ? plain(error_value) : number(t.least != 0.0); }

static operand do_or(const operand *a, size_t n) {
    bool any = false, failed = false;
    for (size_t i = 0; i < n; i++) {
        failed |= !is_number(&a[i].value);
        any |= a[i].value.number != 0.0;
    }
    return failed ? plain(error_value) : number(any);
}

static operand do_if(const operand *a, size_t n) { return n != 3 || !is_number(&a[0].value) ? plain(error_value) : a[0].value.number != 0.0 ? a[1] : a[2]; }
static operand do_iferror(const operand *a, size_t n) { return n != 2 ? plain(error_value) : a[0].value.kind == CSIM_VALUE_ERROR ? a[1] : a[0]; }
static operand do_isnumber(const operand *a, size_t n) { return n != 1 ? plain(error_value) : number(a[0].value.kind == CSIM_VALUE_NUMBER); }

static operand do_countif(const operand *a, size_t n) {
    double found = 0.0;
    for (size_t i = 0; n == 2 && i < a[0].cells.count; i++) found += a[0].cells.first[i].kind == a[1].value.kind && !compare(&a[0].cells.first[i], &a[1].value);
    return n == 2 ? number(found) : plain(error_value);
}

static operand do_index(const operand *a, size_t n) {
    const double place = n == 2 && is_number(&a[1].value) ? floor(a[1].value.number) : 0.0;
    if (!(place >= 1.0 && place <= (double)a[0].cells.count)) return plain(error_value);
    const csim_value *cell = &a[0].cells.first[(size_t)place - 1];
    return (operand){*cell, {cell, 1}};
}

/* The third argument is FALSE: equal only. */
static operand do_match(const operand *a, size_t n) {
    for (size_t i = 0; n == 3 && i < a[1].cells.count; i++)
        if (a[1].cells.first[i].kind == a[0].value.kind && !compare(&a[1].cells.first[i], &a[0].value)) return number((double)i + 1.0);
    return plain(error_value);
}

static operand of_one(const operand *a, size_t n, double (*f)(double)) { return n < 1 || !is_number(&a[0].value) ? plain(error_value) : number(f(a[0].value.number)); }
static double away_from_zero(double x) { return x < 0.0 ? floor(x) : ceil(x); }
static double negation(double x) { return x == 0.0; }
static operand do_abs(const operand *a, size_t n) { return of_one(a, n, fabs); }
static operand do_exp(const operand *a, size_t n) { return of_one(a, n, exp); }
static operand do_int(const operand *a, size_t n) { return of_one(a, n, floor); }
static operand do_ln(const operand *a, size_t n) { return of_one(a, n, log); }
static operand do_not(const operand *a, size_t n) { return of_one(a, n, negation); }
static operand do_round(const operand *a, size_t n) { return of_one(a, n, round); }
static operand do_roundup(const operand *a, size_t n) { return of_one(a, n, away_from_zero); }
static operand do_sqrt(const operand *a, size_t n) { return of_one(a, n, sqrt); }
static operand do_log(const operand *a, size_t n) {
    return n != 2 || !is_number(&a[0].value) || !is_number(&a[1].value) ? plain(error_value) : number(log(a[0].value.number) / log(a[1].value.number));
}

static const struct { const char *name; function *call; } functions[] = {
    {"ABS", do_abs}, {"AND", do_and}, {"COUNT", do_count}, {"COUNTIF", do_countif}, {"EXP", do_exp}, {"IF", do_if}, {"IFERROR", do_iferror}, {"INDEX", do_index},
    {"INT", do_int}, {"ISNUMBER", do_isnumber}, {"LN", do_ln}, {"LOG", do_log}, {"MATCH", do_match}, {"MAX", do_max}, {"MIN", do_min}, {"NOT", do_not},
    {"OR", do_or}, {"ROUND", do_round}, {"ROUNDUP", do_roundup}, {"SQRT", do_sqrt}, {"SUM", do_sum}};

static function *find_function(const char *name, size_t length) {
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
        if (strlen(functions[i].name) == length && !memcmp(functions[i].name, name, length)) return functions[i].call;
    return NULL;
}

/* ---- reading ---- */

static bool take(reading *r, const char *token) {
    while (*r->at == ' ') r->at++;
    const size_t length = strlen(token);
    if (strncmp(r->at, token, length)) return false;
    r->at += length;
    return true;
}

/* What cannot be read ends the formula. */
static operand refuse(reading *r) {
    r->at += strlen(r->at);
    return plain(error_value);
}

static operand call(reading *r, const char *name, size_t length) {
    operand arguments[ARGUMENTS_MOST];
    size_t count = 0;
    function *f = find_function(name, length);
    if (!f) return refuse(r);
    do {
        if (count == ARGUMENTS_MOST) return refuse(r);
        arguments[count++] = expression(r);
    } while (take(r, ","));
    return take(r, ")") ? f(arguments, count) : refuse(r);
}

static operand word(reading *r) {
    const char *from = r->at;
    while (isalnum((unsigned char)*r->at) || *r->at == '_') r->at++;
    const size_t length = (size_t)(r->at - from);
    csim_value_line cells;
    if (take(r, "(")) return call(r, from, length);
    if (length == 5 && !memcmp(from, "FALSE", 5)) return number(0.0);
    if (!r->find(r->scope, from, length, &cells) || !cells.count) return refuse(r);
    return (operand){cells.first[0], cells};
}

static operand quoted(reading *r) {
    const char *end = strchr(++r->at, '"');
    char text[CSIM_VALUE_TEXT_MAX];
    if (!end) return refuse(r);
    snprintf(text, sizeof text, "%.*s", (int)(end - r->at), r->at);
    r->at = end + 1;
    return plain(csim_value_of_text(text));
}

static operand primary(reading *r) {
    char *end;
    if (take(r, "(")) {
        const operand inner = expression(r);
        return take(r, ")") ? plain(inner.value) : refuse(r);
    }
    if (*r->at == '"') return quoted(r);
    if (isalpha((unsigned char)*r->at)) return word(r);
    const double x = strtod(r->at, &end);
    if (end == r->at) return refuse(r);
    r->at = end;
    return number(x);
}

static operand join(operand a, operand b, char operator) {
    if (!is_number(&a.value) || !is_number(&b.value)) return plain(error_value);
    const double x = a.value.number, y = b.value.number;
    switch (operator) {
    case '+': return number(x + y);
    case '-': return number(x - y);
    case '*': return number(x * y);
    case '/': return y != 0.0 ? number(x / y) : plain(error_value);
    default: return number(pow(x, y));
    }
}

static operand signed_primary(reading *r) { return take(r, "-") ? join(number(0.0), signed_primary(r), '-') : primary(r); }

static operand power(reading *r) {
    operand a = signed_primary(r);
    while (take(r, "^")) a = join(a, signed_primary(r), '^');
    return a;
}

static operand product(reading *r) {
    operand a = power(r);
    for (;;) {
        if (take(r, "*")) a = join(a, power(r), '*');
        else if (take(r, "/")) a = join(a, power(r), '/');
        else return a;
    }
}

static operand sum(reading *r) {
    operand a = product(r);
    for (;;) {
        if (take(r, "+")) a = join(a, product(r), '+');
        else if (take(r, "-")) a = join(a, product(r), '-');
        else return a;
    }
}

/* Texts one after the other; numbers are not written out. */
static operand joined(reading *r) {
    operand a = sum(r);
    while (take(r, "&")) {
        const operand b = sum(r);
        csim_value both = csim_value_of_text(a.value.text);
        const size_t used = strlen(both.text);
        snprintf(both.text + used, sizeof both.text - used, "%s", b.value.text);
        a = plain(a.value.kind == CSIM_VALUE_TEXT && b.value.kind == CSIM_VALUE_TEXT ? both : error_value);
    }
    return a;
}

static operand expression(reading *r) {
    static const struct { const char *sign; bool less, equal, more; } comparisons[] = {
        {"<=", true, true, false}, {">=", false, true, true}, {"<>", true, false, true}, {"=", false, true, false}, {"<", true, false, false}, {">", false, false, true}};
    const operand a = joined(r);
    for (size_t i = 0; i < sizeof comparisons / sizeof comparisons[0]; i++) {
        if (!take(r, comparisons[i].sign)) continue;
        const operand b = joined(r);
        if (a.value.kind == CSIM_VALUE_ERROR || b.value.kind == CSIM_VALUE_ERROR) return plain(error_value);
        const int order = compare(&a.value, &b.value);
        return number(order < 0 ? comparisons[i].less : order > 0 ? comparisons[i].more : comparisons[i].equal);
    }
    return a;
}

csim_value csim_formula_value(const char *formula, csim_value_find *find, const void *scope) {
    reading r = {formula, find, scope};
    const operand out = expression(&r);
    while (*r.at == ' ') r.at++;
    return *r.at ? error_value : out.value;
}
