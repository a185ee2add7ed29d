/* The tables of words and how numbers and months are said in each language. Must not know any sheet. */
#include "csim/report/words.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "csim/report/report_parts.h"

/* What a language does to numbers. */
typedef struct language_facts {
    const char *code;
    const char *usd_before, *usd_after, *percent, *times, *unknown;
    const char *billions_before, *billions_after;
    double per_billion; /* what a billion counts in the language's own large unit */
    size_t label_width;
    double line_frac, line_points, heading_points;
    const char *per_year;
} language_facts;

static const language_facts facts[CSIM_LANGUAGES] = {
    [CSIM_LANGUAGE_EN] = {"en", "$", "", " %", " times", "an unknown amount", "$", "", 1, 60, 1, 13, 0, ""},
    [CSIM_LANGUAGE_ZH] = {"zh", "", "美元", "%", "倍", "未知数额", "", "亿美元", 10, 40, 0.9, 15.5, 18.5, "/年"},
};

csim_status csim_language_find(const char *code, csim_language *out, csim_error *err) {
    *out = CSIM_LANGUAGE_EN;
    if (!code) return CSIM_OK;
    for (int i = 0; i < CSIM_LANGUAGES; i++) {
        if (strcmp(code, facts[i].code)) continue;
        *out = (csim_language)i;
        return CSIM_OK;
    }
    return csim_error_set(err, CSIM_USAGE, "the language '%.40s' is not known: wanted en (English) or zh (Chinese)", code);
}

size_t csim_word_label_width(csim_language language) { return facts[language].label_width; }
double csim_word_line_frac(csim_language language) { return facts[language].line_frac; }
double csim_word_line_points(csim_language language) { return facts[language].line_points; }
double csim_word_heading_points(csim_language language) { return facts[language].heading_points; }

/* ---- texts ---- */

static const char *const texts[CSIM_WORDS][CSIM_LANGUAGES] = {
#define WORD(id, en, zh) [CSIM_WORD_##id] = {en, zh},
#include "csim/report/words.def"
#undef WORD
};

const char *csim_word_text(csim_language language, csim_word id) { return texts[id][language]; }

char *csim_word_fill(csim_language language, csim_word id, char *text, size_t size, const char *const *parts) {
    size_t used = 0, count = 0;
    while (parts[count]) count++;
    for (const char *at = csim_word_text(language, id); *at; at++) {
        const bool is_part = at[0] == '{' && at[1] >= '1' && at[1] <= '9' && at[2] == '}' && (size_t)(at[1] - '1') < count;
        const char *piece = is_part ? parts[at[1] - '1'] : at;
        const size_t length = is_part ? strlen(piece) : 1, room = size - 1 - used;
        if (length > room) { /* cut before a letter, not within one */
            size_t taken = room;
            while (taken && (piece[taken] & 0xC0) == 0x80) taken--;
            memcpy(text + used, piece, taken);
            used += taken;
            break;
        }
        memcpy(text + used, piece, length);
        used += length;
        if (is_part) at += 2;
    }
    text[used] = 0;
    return text;
}

typedef struct term { const char *english, *other[CSIM_LANGUAGES]; } term;

static const term terms[] = {
#define TERM(en, zh) {en, {en, zh}},
#include "csim/report/terms.def"
#undef TERM
};

const char *csim_word_term(csim_language language, const char *english) {
    for (size_t i = 0; language != CSIM_LANGUAGE_EN && i < sizeof terms / sizeof *terms; i++)
        if (!strcmp(english, terms[i].english)) return terms[i].other[language];
    return english;
}

static const char *const outcomes[CSIM_OUTCOME_IDS] = {
#define OUTCOME_WORDS(id, zh) [CSIM_OUT_##id] = zh,
#include "csim/report/outcome_words.def"
#undef OUTCOME_WORDS
};

const char *csim_word_outcome(csim_language language, csim_outcome_id id) { return language == CSIM_LANGUAGE_ZH ? outcomes[id] : NULL; }

/* ---- months ---- */

char *csim_word_month(csim_language language, int month, char *text, size_t size) {
    static const char *const names[12] = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};
    char year[16], number[16];
    snprintf(year, sizeof year, "%d", 2000 + month / 12);
    snprintf(number, sizeof number, "%d", month % 12 + 1);
    return CSIM_SAY(language, CSIM_WORD_MONTH, text, size, year, number, names[month % 12]);
}

char *csim_word_month_short(csim_language language, int month, char *text, size_t size) {
    char plain[CSIM_MONTH_TEXT];
    if (language != CSIM_LANGUAGE_EN) return csim_word_month(language, month, text, size);
    snprintf(text, size, "%s", csim_month_text(month, plain));
    return text;
}

/* ---- numbers ---- */

/* Two significant digits tell a story; percentages near an end need a decimal. */
static int readable_decimals(csim_cell_kind kind, double shown) {
    const double size = fabs(shown);
    if (kind == CSIM_AS_PERCENT) return size < 10 || size > 99 ? 1 : 0;
    const int digits = size > 0 ? 1 - (int)floor(log10(size)) : 1;
    return digits < 0 ? 0 : digits;
}

static char *number_between(csim_cell_kind kind, double value, double error, const char *before, const char *after, char *text, size_t size) {
    const double shown = kind == CSIM_AS_PERCENT ? 100 * value : value;
    const int allowed = csim_report_decimals(kind, value, error), readable = readable_decimals(kind, shown), decimals = allowed < readable ? allowed : readable;
    const double least = 0.5 * pow(10, -decimals);
    const double rounded = fabs(shown) < least ? 0.0 : shown; /* never "-0" */
    snprintf(text, size, "%s%s%.*f%s", rounded < 0 ? "-" : "", before, decimals, fabs(rounded), after);
    return text;
}

char *csim_word_number(csim_language language, csim_cell_kind kind, double value, double error, char *text, size_t size) {
    const language_facts *of = &facts[language];
    if (!isfinite(value)) {
        snprintf(text, size, "%s", of->unknown);
        return text;
    }
    const char *before = kind == CSIM_AS_USD ? of->usd_before : "";
    const char *after = kind == CSIM_AS_PERCENT ? of->percent : kind == CSIM_AS_RATIO ? of->times : kind == CSIM_AS_USD ? of->usd_after : "";
    return number_between(kind, value, error, before, after, text, size);
}

char *csim_word_billions(csim_language language, double value_bn_usd, double error, char *text, size_t size) {
    const language_facts *of = &facts[language];
    if (!isfinite(value_bn_usd)) return csim_word_number(language, CSIM_AS_USD, value_bn_usd, error, text, size);
    return number_between(CSIM_AS_USD, of->per_billion * value_bn_usd, of->per_billion * error, of->billions_before, of->billions_after, text, size);
}

char *csim_word_quantity(csim_language language, double value, int digits, const char *unit, char *text, size_t size) {
    const language_facts *of = &facts[language];
    char number[48];
    const bool own_billions = of->per_billion != 1 && !strcmp(unit, "$bn/yr");
    snprintf(number, sizeof number, "%.*g", digits, own_billions ? of->per_billion * value : value);
    if (own_billions) snprintf(text, size, "%s%s%s%s", of->billions_before, number, of->billions_after, of->per_year);
    else if (!strcmp(unit, "-")) snprintf(text, size, "%s", number);
    else return CSIM_SAY(language, CSIM_WORD_QUANTITY, text, size, number, csim_word_term(language, unit));
    return text;
}
