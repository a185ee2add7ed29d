/* What the Summary and the Claims say, in each language: one table of texts (words.def), one of names that stand in English everywhere else (terms.def),
 * one of outcomes (outcome_words.def), and how months and numbers are said. Grammar lives in the texts, whose parts {1} … {9} stand in any order; content code
 * asks for a text by its id and never for the language. Internal to csim/report/. */
#ifndef CSIM_REPORT_WORDS_H
#define CSIM_REPORT_WORDS_H

#include <stddef.h>

#include "csim/plan/plan.h"
#include "csim/report/language.h"
#include "csim/report/sheet_style.h"

typedef enum csim_word {
#define WORD(id, en, zh) CSIM_WORD_##id,
#include "csim/report/words.def"
#undef WORD
    CSIM_WORDS
} csim_word;

const char *csim_word_text(csim_language language, csim_word id);

/* The text with {1} … {9} replaced by parts, which NULL ends; braces within parts stay. Returns text. */
char *csim_word_fill(csim_language language, csim_word id, char *text, size_t size, const char *const *parts);
#define CSIM_SAY(language, id, text, size, ...) csim_word_fill((language), (id), (text), (size), (const char *const[]){__VA_ARGS__, NULL})

/* A unit, a segment, a sheet: its name in the language where it has one, else as it is. */
const char *csim_word_term(csim_language language, const char *english);
/* An outcome's title. Texts of other languages than English only; NULL where there is none. */
const char *csim_word_outcome(csim_language language, csim_outcome_id id);

/* "December 2030" and "2030-12"; both "2030年12月" in Chinese. Months since 2000-01. */
char *csim_word_month(csim_language language, int month, char *text, size_t size);
char *csim_word_month_short(csim_language language, int month, char *text, size_t size);

/* A number as a sentence says it, with no more digits than its error allows: "34 %", "$0.42", "1.8 times". */
char *csim_word_number(csim_language language, csim_cell_kind kind, double value, double error, char *text, size_t size);
/* Billions of dollars without the word for them in English ("$412"), with it where that belongs to the number ("4120亿美元"). */
char *csim_word_billions(csim_language language, double value_bn_usd, double error, char *text, size_t size);

/* A value with its unit behind, as thresholds have it: "200 $bn/yr", "2000亿美元/年"; the number alone for the unit "-". */
char *csim_word_quantity(csim_language language, double value, int digits, const char *unit, char *text, size_t size);

/* Characters of a statement that fit beside a bar, East Asian ones counted twice. */
size_t csim_word_label_width(csim_language language);
/* Lines of text are cut to so much of the width that fits in English letters: East Asian ones are a little wider than two digits. */
double csim_word_line_frac(csim_language language);
/* Height of a line in a wrapping cell, and of a row with a heading (0: the usual one). East Asian fonts are taller. */
double csim_word_line_points(csim_language language);
double csim_word_heading_points(csim_language language);

#endif
