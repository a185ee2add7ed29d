/* The rules that sheet_style.h promises. Must not include a spreadsheet library, allocate, or depend on the locale. */
#include "csim/report/sheet_style.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- colours and looks ---- */

static const uint32_t colours[CSIM_COLOUR_COUNT] = {
    [CSIM_COLOUR_BLACK] = 0x000000,     [CSIM_COLOUR_ORANGE] = 0xE69F00,     [CSIM_COLOUR_SKY_BLUE] = 0x56B4E9,
    [CSIM_COLOUR_GREEN] = 0x009E73,     [CSIM_COLOUR_YELLOW] = 0xF0E442,     [CSIM_COLOUR_BLUE] = 0x0072B2,
    [CSIM_COLOUR_VERMILLION] = 0xD55E00, [CSIM_COLOUR_PURPLE] = 0xCC79A7,    [CSIM_COLOUR_DARK_GREY] = 0x404040,
    [CSIM_COLOUR_GREY] = 0x808080,      [CSIM_COLOUR_LIGHT_GREY] = 0xD9D9D9,
};

uint32_t csim_colour_rgb(csim_colour colour) {
    return (unsigned)colour < CSIM_COLOUR_COUNT ? colours[colour] : 0;
}

uint32_t csim_colour_tint(csim_colour colour, double white_frac) {
    const uint32_t rgb = csim_colour_rgb(colour);
    const double white = white_frac > 0 ? (white_frac < 1 ? white_frac : 1) : 0;
    uint32_t tint = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
        const double part = (double)((rgb >> shift) & 0xFF);
        tint |= (uint32_t)(part + (255 - part) * white + 0.5) << shift;
    }
    return tint;
}

enum { NAVY = 0x1F3A5F, INK = 0x1A1A1A, FADED = 0x6B6B6B, INPUT_BLUE = 0x0000FF, NO_FILL = -1 };

static const csim_look looks[CSIM_ROLE_COUNT] = {
    [CSIM_ROLE_BODY] = {.size_points = 10, .text_rgb = INK, .fill_rgb = NO_FILL},
    [CSIM_ROLE_TITLE] = {.size_points = 18, .bold = true, .text_rgb = NAVY, .fill_rgb = NO_FILL},
    [CSIM_ROLE_SUBTITLE] = {.size_points = 11, .text_rgb = FADED, .fill_rgb = NO_FILL},
    [CSIM_ROLE_HEADING] = {.size_points = 12, .bold = true, .rule_below = true, .text_rgb = NAVY, .fill_rgb = NO_FILL},
    [CSIM_ROLE_PARAGRAPH] = {.size_points = 10, .wrap = true, .align = CSIM_ALIGN_LEFT, .text_rgb = INK, .fill_rgb = NO_FILL},
    [CSIM_ROLE_NOTE] = {.size_points = 9, .italic = true, .text_rgb = FADED, .fill_rgb = NO_FILL},
    [CSIM_ROLE_KEY] = {.size_points = 14, .bold = true, .text_rgb = NAVY, .fill_rgb = NO_FILL},
    [CSIM_ROLE_INPUT] = {.size_points = 10, .text_rgb = INPUT_BLUE, .fill_rgb = 0xFFFBE0},
    [CSIM_ROLE_FORMULA] = {.size_points = 10, .text_rgb = 0x000000, .fill_rgb = NO_FILL},
    [CSIM_ROLE_ESTIMATE] = {.size_points = 10, .text_rgb = INK, .fill_rgb = 0xFDF1D9},
    [CSIM_ROLE_GUESS] = {.size_points = 10, .italic = true, .text_rgb = 0xA84A00, .fill_rgb = 0xFBE3D3},
    [CSIM_ROLE_LINK] = {.size_points = 10, .underline = true, .text_rgb = 0x0072B2, .fill_rgb = NO_FILL},
    [CSIM_ROLE_TABLE_HEADER] = {.size_points = 10, .bold = true, .wrap = true, .align = CSIM_ALIGN_RIGHT, .text_rgb = 0xFFFFFF, .fill_rgb = NAVY},
    [CSIM_ROLE_TABLE_UNIT] = {.size_points = 9, .italic = true, .rule_below = true, .align = CSIM_ALIGN_RIGHT, .text_rgb = FADED, .fill_rgb = 0xE9EEF5},
    [CSIM_ROLE_TABLE_HEADER_TEXT] = {.size_points = 10, .bold = true, .wrap = true, .align = CSIM_ALIGN_LEFT, .text_rgb = 0xFFFFFF, .fill_rgb = NAVY},
    [CSIM_ROLE_TABLE_UNIT_TEXT] = {.size_points = 9, .italic = true, .rule_below = true, .align = CSIM_ALIGN_LEFT, .text_rgb = FADED, .fill_rgb = 0xE9EEF5},
    [CSIM_ROLE_TOTAL] = {.size_points = 10, .bold = true, .rule_above = true, .text_rgb = INK, .fill_rgb = NO_FILL},
    [CSIM_ROLE_MISSING] = {.size_points = 10, .align = CSIM_ALIGN_RIGHT, .text_rgb = 0x8C8C8C, .fill_rgb = NO_FILL},
};

csim_look csim_role_look(csim_cell_role role) {
    return looks[(unsigned)role < CSIM_ROLE_COUNT ? role : CSIM_ROLE_BODY];
}

/* ---- numbers ---- */

csim_cell_style csim_style(csim_cell_role role, csim_cell_kind kind) {
    return csim_style_digits(role, kind, CSIM_DIGITS_DEFAULT);
}

csim_cell_style csim_style_digits(csim_cell_role role, csim_cell_kind kind, int decimals) {
    return (csim_cell_style){.role = role, .kind = kind, .decimals = decimals};
}

static int default_decimals(csim_cell_kind kind) {
    switch (kind) {
    case CSIM_AS_NUMBER: case CSIM_AS_USD: case CSIM_AS_RATIO: case CSIM_AS_SCIENTIFIC: return 2;
    case CSIM_AS_PERCENT: return 1;
    default: return 0;
    }
}

int csim_decimals_from_error(csim_cell_kind kind, double standard_error) {
    if (!isfinite(standard_error) || standard_error <= 0) return default_decimals(kind);
    const double shown = kind == CSIM_AS_PERCENT ? 100 * standard_error : standard_error;
    /* Rounding to one digit may carry (0.096 → 0.1), so the exponent is counted after it, by steps that cannot drift far:
     * one multiplication a decimal. */
    int decimals = 0;
    for (double scaled = shown; decimals < CSIM_DIGITS_MAX && scaled < 0.95; scaled *= 10) decimals++;
    return decimals;
}

void csim_number_format(csim_cell_kind kind, int decimals, char *text) {
    const int given = decimals == CSIM_DIGITS_DEFAULT ? default_decimals(kind) : decimals;
    const int count = given < 0 ? 0 : (given > CSIM_DIGITS_MAX ? CSIM_DIGITS_MAX : given);
    const char *dot = count ? "." : "";
    const char *zeros = &"000000000"[CSIM_DIGITS_MAX - count];
    const size_t size = CSIM_NUMBER_FORMAT_SIZE;
    switch (kind) {
    case CSIM_AS_INTEGER: case CSIM_AS_NUMBER: snprintf(text, size, "#,##0%s%s", dot, zeros); break;
    case CSIM_AS_USD: snprintf(text, size, "\"$\"#,##0%s%s;-\"$\"#,##0%s%s", dot, zeros, dot, zeros); break;
    case CSIM_AS_PERCENT: snprintf(text, size, "0%s%s%%", dot, zeros); break;
    case CSIM_AS_RATIO: snprintf(text, size, "#,##0%s%s\"\xC3\x97\"", dot, zeros); break;
    case CSIM_AS_SCIENTIFIC: snprintf(text, size, "0%s%sE+00", dot, zeros); break;
    case CSIM_AS_MONTH: snprintf(text, size, "yyyy-mm"); break;
    case CSIM_AS_DATE: snprintf(text, size, "yyyy-mm-dd"); break;
    case CSIM_AS_DATE_YEAR: snprintf(text, size, "yyyy"); break;
    case CSIM_AS_PLAIN_YEAR: snprintf(text, size, "0"); break;
    default: snprintf(text, size, "General"); break;
    }
}

double csim_month_serial(int year, int month) {
    if (year < 1901 || year > 9999 || month < 1 || month > 12) return -1;
    static const int days_before[12] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    const int past = year - 1; /* whole years since year 0, for counting leap days */
    const int leap_days = past / 4 - past / 100 + past / 400;
    const bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    const int day = past * 365 + leap_days + days_before[month - 1] + (is_leap && month > 2) + 1;
    return day - 693594; /* 1899-12-30, day 0 of the 1900 system after its invented 29 February */
}

/* ---- text ---- */

/* Decodes one UTF-8 character; returns its length, 0 at the end, -1 when the bytes are no shortest-form scalar value. */
static int utf8_next(const char *text, uint32_t *code) {
    const unsigned char *b = (const unsigned char *)text;
    if (b[0] == 0) return 0;
    if (b[0] < 0x80) return *code = b[0], 1;
    const int length = b[0] >= 0xF0 ? 4 : (b[0] >= 0xE0 ? 3 : 2);
    if (b[0] < 0xC2 || b[0] > 0xF4) return -1;
    uint32_t value = b[0] & (0xFFu >> (length + 1));
    for (int i = 1; i < length; i++) {
        if ((b[i] & 0xC0) != 0x80) return -1;
        value = (value << 6) | (b[i] & 0x3Fu);
    }
    const uint32_t least = length == 2 ? 0x80 : (length == 3 ? 0x800 : 0x10000);
    if (value < least || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return -1;
    *code = value;
    return length;
}

/* XML 1.0 cannot carry control characters or U+FFFE/U+FFFF; C1 controls are allowed there but mean damage. */
static bool is_writable(uint32_t code) {
    if (code < 0x20) return code == '\n' || code == '\t';
    return !(code >= 0x7F && code < 0xA0) && code != 0xFFFE && code != 0xFFFF;
}

csim_status csim_text_check(const char *text, size_t max_units, csim_error *err) {
    if (!text) return csim_error_set(err, CSIM_WRONG_TYPE, "the text is missing (NULL)");
    size_t units = 0;
    while (text[units] >= ' ' && text[units] <= '~') units++; /* most texts are of these alone */
    for (size_t at = units;;) {
        uint32_t code = 0;
        const int length = utf8_next(text + at, &code);
        if (length == 0) break;
        if (length < 0) return csim_error_set(err, CSIM_WRONG_TYPE, "the text is not valid UTF-8 at byte %zu (0x%02X)", at, (unsigned char)text[at]);
        if (!is_writable(code)) return csim_error_set(err, CSIM_WRONG_TYPE, "the text has the control character U+%04X at byte %zu; only tab and line feed are allowed", (unsigned)code, at);
        units += code > 0xFFFF ? 2 : 1;
        at += (size_t)length;
    }
    if (units > max_units) return csim_error_set(err, CSIM_LIMIT, "the text has %zu characters, at most %zu are allowed", units, max_units);
    return CSIM_OK;
}

static bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool starts_escape(const char *text) {
    if (text[0] != '_' || text[1] != 'x') return false;
    for (int i = 2; i < 6; i++)
        if (!is_hex(text[i])) return false;
    return text[6] == '_';
}

size_t csim_text_escape(const char *text, char *out, size_t size) {
    static const char escaped_underscore[] = "_x005F_";
    size_t length = 0;
    for (const char *from = text; *from; from++) {
        const bool escape = starts_escape(from);
        const char *piece = escape ? escaped_underscore : from;
        const size_t count = escape ? sizeof escaped_underscore - 1 : 1;
        for (size_t i = 0; i < count; i++, length++)
            if (length + 1 < size) out[length] = piece[i];
    }
    if (size) out[length < size ? length : size - 1] = 0;
    return length;
}

static uint32_t fold(uint32_t c) {
    if ((c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7) || (c >= 0x391 && c <= 0x3A9) || (c >= 0x410 && c <= 0x42F)) return c + 32;
    return c >= 0x400 && c <= 0x40F ? c + 80 : c;
}

bool csim_names_equal(const char *a, const char *b) {
    for (;;) {
        uint32_t x = 0, y = 0;
        const int step_a = utf8_next(a, &x), step_b = utf8_next(b, &y);
        if (step_a <= 0 || step_b <= 0) return step_a == step_b;
        if (fold(x) != fold(y)) return false;
        a += step_a;
        b += step_b;
    }
}

/* ---- names ---- */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
static bool is_beyond_ascii(char c) { return (unsigned char)c >= 0x80; }

/* Whether the name reads as a cell: A1 … XFD1048576, or R1C1 in its forms (R, C, R1, C2, R1C2). */
static bool reads_as_cell(const char *name) {
    size_t letters = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    const size_t digits = strspn(name + letters, "0123456789");
    if (letters >= 1 && letters <= 3 && digits >= 1 && !name[letters + digits]) return true;
    const char *at = name;
    if (fold((unsigned char)*at) == 'r') at += 1 + strspn(at + 1, "0123456789");
    if (at != name && !*at) return true;
    if (fold((unsigned char)*at) == 'c') return !at[1 + strspn(at + 1, "0123456789")];
    return false;
}

static bool reads_as_value(const char *name) {
    return reads_as_cell(name) || csim_names_equal(name, "TRUE") || csim_names_equal(name, "FALSE");
}

csim_status csim_sheet_name_check(const char *name, csim_error *err) {
    const csim_status status = csim_text_check(name, CSIM_SHEET_NAME_MAX, err);
    if (status) return status;
    if (!*name) return csim_error_set(err, CSIM_WRONG_TYPE, "a sheet needs a name");
    if (csim_names_equal(name, "History")) return csim_error_set(err, CSIM_WRONG_TYPE, "'%s' is a sheet name that Excel keeps for itself", name);
    if (strpbrk(name, "[]:*?/\\'\"\n\t")) return csim_error_set(err, CSIM_WRONG_TYPE, "the sheet name '%s' has one of [ ] : * ? / \\ ' \" or a line break", name);
    if (name[strlen(name) - 1] == ' ') return csim_error_set(err, CSIM_WRONG_TYPE, "the sheet name '%s' ends with a space", name);
    /* libxlsxwriter leaves such names unquoted in print areas and filters, where they would be read as a number or a cell. */
    if (!(is_letter(name[0]) || is_beyond_ascii(name[0])) || reads_as_value(name))
        return csim_error_set(err, CSIM_WRONG_TYPE, "the sheet name '%s' must begin with a letter and not read as a cell or a truth value", name);
    return CSIM_OK;
}

csim_status csim_defined_name_check(const char *name, csim_error *err) {
    const csim_status status = csim_text_check(name, CSIM_DEFINED_NAME_MAX, err);
    if (status) return status;
    bool fits = is_letter(name[0]) || name[0] == '_';
    for (const char *at = name; *at && fits; at++) fits = is_letter(*at) || is_digit(*at) || *at == '_' || *at == '.';
    if (!fits) return csim_error_set(err, CSIM_WRONG_TYPE, "the defined name '%s' must begin with a letter or _ and go on with letters, digits, _ and .", name);
    if (reads_as_value(name)) return csim_error_set(err, CSIM_WRONG_TYPE, "the defined name '%s' reads as a cell or a truth value", name);
    return CSIM_OK;
}

/* ---- formulas ---- */

typedef struct known_function {
    const char *name;
    size_t length;
    bool is_future; /* younger than the file format: stored with a prefix */
} known_function;

#define OLD(name) {name, sizeof name - 1, false}
#define NEW(name) {name, sizeof name - 1, true}

/* Sorted by nothing but kinship; short enough to search straight through. No volatile function (NOW, RAND, OFFSET,
 * INDIRECT): the workbook must show tomorrow what it shows today. */
static const known_function functions[] = {
    OLD("ABS"), OLD("AND"), OLD("AVERAGE"), OLD("AVERAGEIF"), OLD("AVERAGEIFS"), OLD("CEILING"), OLD("CHOOSE"), OLD("COLUMN"),
    OLD("COLUMNS"), OLD("COUNT"), OLD("COUNTA"), OLD("COUNTBLANK"), OLD("COUNTIF"), OLD("COUNTIFS"), OLD("DATE"), OLD("EDATE"),
    OLD("EOMONTH"), OLD("EXACT"), OLD("EXP"), OLD("FLOOR"), OLD("FV"), OLD("HLOOKUP"), OLD("HYPERLINK"), OLD("IF"),
    OLD("IFERROR"), OLD("INDEX"), OLD("INT"), OLD("IRR"), OLD("ISBLANK"), OLD("ISERROR"), OLD("ISNUMBER"), OLD("ISTEXT"),
    OLD("LARGE"), OLD("LEFT"), OLD("LEN"), OLD("LN"), OLD("LOG"), OLD("LOG10"), OLD("LOOKUP"), OLD("LOWER"), OLD("MATCH"),
    OLD("MAX"), OLD("MEDIAN"), OLD("MID"), OLD("MIN"), OLD("MOD"), OLD("MONTH"), OLD("NORMDIST"), OLD("NORMINV"),
    OLD("NORMSDIST"), OLD("NORMSINV"), OLD("NOT"), OLD("NPV"), OLD("OR"), OLD("PERCENTILE"), OLD("PERCENTRANK"), OLD("PI"),
    OLD("PMT"), OLD("POWER"), OLD("PRODUCT"), OLD("PV"), OLD("QUARTILE"), OLD("RANK"), OLD("RIGHT"), OLD("ROUND"),
    OLD("ROUNDDOWN"), OLD("ROUNDUP"), OLD("ROW"), OLD("ROWS"), OLD("SIGN"), OLD("SMALL"), OLD("SQRT"), OLD("STDEV"),
    OLD("STDEVP"), OLD("SUBTOTAL"), OLD("SUM"), OLD("SUMIF"), OLD("SUMIFS"), OLD("SUMPRODUCT"), OLD("SUMSQ"), OLD("TEXT"),
    OLD("TRIM"), OLD("TRUNC"), OLD("UPPER"), OLD("VAR"), OLD("VARP"), OLD("VLOOKUP"), OLD("YEAR"), NEW("CONCAT"), NEW("IFNA"),
    NEW("IFS"), NEW("MAXIFS"), NEW("MINIFS"), NEW("NORM.DIST"), NEW("NORM.INV"), NEW("NORM.S.DIST"), NEW("NORM.S.INV"),
    NEW("PERCENTILE.INC"), NEW("PERCENTRANK.INC"), NEW("QUARTILE.INC"), NEW("RANK.EQ"), NEW("STDEV.P"), NEW("STDEV.S"),
    NEW("SWITCH"), NEW("TEXTJOIN"), NEW("VAR.P"), NEW("VAR.S"), NEW("XOR"),
};

#undef OLD
#undef NEW

static const known_function *find_function(const char *name, size_t length) {
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
        if (functions[i].length == length && memcmp(functions[i].name, name, length) == 0) return &functions[i];
    return NULL;
}

typedef struct formula_scan {
    const char *at, *from; /* what lies between is good and not yet put out */
    char *out;
    size_t used, size;
    int depth;
    const char *sheet; /* where the formula will stand; NULL: anywhere */
    uint32_t row;
    bool at_home; /* the next reference is to that sheet */
    csim_error *err;
} formula_scan;

static csim_status formula_emit(formula_scan *scan, const char *text, size_t length) {
    if (scan->used + length >= scan->size) return csim_error_set(scan->err, CSIM_LIMIT, "the formula has more than %zu bytes", scan->size - 1);
    memcpy(scan->out + scan->used, text, length);
    scan->used += length;
    scan->out[scan->used] = 0;
    return CSIM_OK;
}

static csim_status formula_put_out(formula_scan *scan) {
    const char *from = scan->from;
    scan->from = scan->at;
    return formula_emit(scan, from, (size_t)(scan->at - from));
}

/* Before what begins here. */
static csim_status formula_insert(formula_scan *scan, const char *text) {
    const csim_status status = formula_put_out(scan);
    return status ? status : formula_emit(scan, text, strlen(text));
}

/* Leaves out what stands before `end`. */
static csim_status formula_skip(formula_scan *scan, const char *end) {
    const csim_status status = formula_put_out(scan);
    scan->at = scan->from = end;
    return status;
}

/* Whether the sheet name in quotes that begins at `text` is that of the formula's own sheet. */
static bool is_own_sheet(const char *text, const char *sheet) {
    for (text++; *sheet; text++, sheet++) {
        if (*text != *sheet) return false;
        if (*text == '\'') text++;
    }
    return *text == '\'' && text[1] == '!';
}

/* A string "…" or a sheet name '…'; a doubled quote stands for itself. */
static csim_status formula_quoted(formula_scan *scan) {
    const char quote = *scan->at;
    const char *end = scan->at + 1;
    for (; *end; end++) {
        if (*end != quote) continue;
        if (end[1] != quote) break;
        end++;
    }
    if (!*end) return csim_error_set(scan->err, CSIM_SYNTAX, "the formula leaves a %c open", quote);
    if (quote == '\'' && end[1] != '!') return csim_error_set(scan->err, CSIM_SYNTAX, "in the formula a sheet name in quotes is not followed by !");
    scan->at_home = quote == '\'' && scan->sheet && is_own_sheet(scan->at, scan->sheet);
    if (scan->at_home) return formula_skip(scan, end + 2);
    scan->at = end + 1;
    return CSIM_OK;
}

/* How many bytes of a reference stand before the $ that fixes its row, if that is the formula's own row; 0 otherwise. */
static size_t own_row_at(const formula_scan *scan, size_t length) {
    size_t dollar = length;
    while (dollar && is_digit(scan->at[dollar - 1])) dollar--;
    if (dollar < 2 || dollar == length || scan->at[dollar - 1] != '$' || length - dollar > 7) return 0;
    return strtoul(scan->at + dollar, NULL, 10) == (unsigned long)scan->row + 1 ? dollar - 1 : 0;
}

/* A cell of the formula's own sheet, which needs no sheet before it; in the own row it is told by its column alone, so that a formula filled down reads the same
 * in each row. The other end of a range is on the same sheet. */
static csim_status formula_own_cell(formula_scan *scan, size_t length) {
    const size_t before = own_row_at(scan, length);
    const char *end = scan->at + length;
    scan->at_home = *end == ':';
    csim_status status = CSIM_OK;
    if (before) {
        scan->at += before;
        status = formula_skip(scan, scan->at + 1);
    }
    scan->at = end;
    return status;
}

static bool is_of_word(char c) { return is_letter(c) || is_digit(c) || is_beyond_ascii(c) || c == '_' || c == '.' || c == '$'; }

static csim_status formula_word(formula_scan *scan) {
    size_t length = 0;
    while (is_of_word(scan->at[length])) length++;
    if (scan->at_home) return formula_own_cell(scan, length);
    const known_function *found = scan->at[length] == '(' ? find_function(scan->at, length) : NULL;
    if (scan->at[length] == '(' && !found) return csim_error_set(scan->err, CSIM_UNKNOWN_NAME, "the formula calls %.*s, which is not among the functions that Excel and LibreOffice 7.4 share", (int)(length < 64 ? length : 64), scan->at);
    const csim_status status = found && found->is_future ? formula_insert(scan, "_xlfn.") : CSIM_OK;
    scan->at += length;
    return status;
}

static csim_status formula_sign(formula_scan *scan) {
    const char c = *scan->at;
    /* [ reaches into other files, | starts a program (DDE), { } are arrays, # is an error, ; is not the file's separator. */
    if (!strchr("()+-*/^&=<>%,:!. ", c)) return csim_error_set(scan->err, CSIM_SYNTAX, "the formula has the character '%c' outside quotes", c >= ' ' ? c : '?');
    if (c == '(') scan->depth++;
    if (c == ')') scan->depth--;
    if (scan->depth < 0) return csim_error_set(scan->err, CSIM_SYNTAX, "the formula closes a parenthesis that was not opened");
    if (scan->depth > 64) return csim_error_set(scan->err, CSIM_LIMIT, "the formula nests more than 64 deep");
    scan->at++;
    return CSIM_OK;
}

csim_status csim_formula_prepare(const char *formula, const char *sheet, uint32_t row, char *out, size_t size, csim_error *err) {
    csim_status status = csim_text_check(formula, CSIM_FORMULA_MAX, err);
    if (status) return status;
    if (formula[0] != '=' || !formula[1]) return csim_error_set(err, CSIM_SYNTAX, "a formula begins with = and goes on");
    if (strpbrk(formula, "\n\t")) return csim_error_set(err, CSIM_SYNTAX, "the formula has a line break or a tab");
    formula_scan scan = {.at = formula, .from = formula, .out = out, .size = size < CSIM_FORMULA_MAX ? size : CSIM_FORMULA_MAX, .sheet = sheet, .row = row, .err = err};
    while (*scan.at && !status) {
        const char c = *scan.at;
        if (c == '"' || c == '\'') status = formula_quoted(&scan);
        else if (is_letter(c) || is_digit(c) || c == '_' || c == '$' || is_beyond_ascii(c)) status = formula_word(&scan);
        else status = formula_sign(&scan);
    }
    if (!status && scan.depth) status = csim_error_set(err, CSIM_SYNTAX, "the formula leaves %d parentheses open", scan.depth);
    return status ? status : formula_put_out(&scan);
}

csim_status csim_formula_quote(const char *text, char *out, size_t size, csim_error *err) {
    const csim_status status = csim_text_check(text, 255, err); /* the format's limit for a literal in a formula */
    if (status) return status;
    size_t used = 0;
    const size_t needed = strlen(text) * 2 + 3;
    if (size < needed) return csim_error_set(err, CSIM_LIMIT, "a text of %zu bytes needs a buffer of %zu to be quoted", strlen(text), needed);
    out[used++] = '"';
    for (; *text; text++) {
        if (*text == '"') out[used++] = '"';
        out[used++] = *text;
    }
    out[used++] = '"';
    out[used] = 0;
    return CSIM_OK;
}
