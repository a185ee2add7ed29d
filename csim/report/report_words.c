/* Words of a report: names, months, numbers in sentences, foreign text made safe, lines broken to fit. Pure text over the run; must not know where on
 * a sheet anything stands, but for lines put one below the other. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "csim/report/report_parts.h"
#include "csim/report/words.h"

/* ---- foreign text ---- */

typedef struct letter {
    uint32_t code;
    size_t bytes;
} letter;

/* The next character; damaged bytes count as one unknown character each. */
static letter letter_at(const char *text) {
    const unsigned char *b = (const unsigned char *)text;
    if (b[0] < 0x80) return (letter){b[0], 1};
    const size_t bytes = b[0] >= 0xF0 && b[0] <= 0xF4 ? 4 : b[0] >= 0xE0 && b[0] < 0xF0 ? 3 : b[0] >= 0xC2 && b[0] < 0xE0 ? 2 : 1;
    uint32_t code = b[0] & (0xFFu >> (bytes + 1));
    for (size_t i = 1; i < bytes; i++) {
        if ((b[i] & 0xC0) != 0x80) return (letter){0xFFFD, 1};
        code = code << 6 | (b[i] & 0x3Fu);
    }
    const bool damaged = bytes == 1 || (bytes == 3 && code < 0x800) || (bytes == 4 && code < 0x10000) || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000);
    return damaged ? (letter){0xFFFD, 1} : (letter){code, bytes};
}

/* What turns the direction of writing for all that follows. */
static bool is_turn(uint32_t c) { return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069); }

static bool is_control(uint32_t c) { return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7F && c < 0xA0) || is_turn(c) || c == 0xFFFE || c == 0xFFFF; }

/* Widths as fixed fonts have them: East Asian characters and most pictographs take two places. */
static size_t width_of(uint32_t c) { return (c >= 0x1100 && c < 0x1160) || (c >= 0x2E80 && c < 0xD7B0) || (c >= 0xF900 && c < 0xFB00) || (c >= 0xFE30 && c < 0xFE70) || (c >= 0xFF00 && c < 0xFF61) || c >= 0x1F000 ? 2 : 1; }


static const char unknown_letter[] = "\xEF\xBF\xBD", ellipsis[] = "\xE2\x80\xA6";

char *csim_report_clean(const char *text, size_t width, char *out, size_t size) {
    size_t used = 0, count = 0, space = 0;
    const size_t room = size - sizeof ellipsis;
    while (*text) {
        const letter next = letter_at(text);
        const bool bad = next.code == 0xFFFD || is_control(next.code);
        const size_t bytes = bad ? sizeof unknown_letter - 1 : next.bytes, taken = next.code > 0xFFFF ? 2 : width_of(next.code);
        if (count + taken + (text[next.bytes] != 0) > width || used + bytes > room) break;
        if (next.code == ' ') space = used;
        memcpy(out + used, bad ? unknown_letter : text, bytes);
        used += bytes;
        count += taken;
        text += next.bytes;
    }
    if (*text && space > used / 2) used = space;
    out[used] = 0;
    if (*text) memcpy(out + used, ellipsis, sizeof ellipsis);
    return out;
}

char *csim_report_clean_ends(const char *text, size_t width, size_t end, char *out, size_t size) {
    char whole[CSIM_REPORT_LINE];
    csim_report_clean(text, sizeof whole, whole, sizeof whole);
    const size_t length = strlen(whole);
    size_t at = length, taken = 0;
    while (at > 0) {
        size_t before = at - 1;
        while (before > 0 && ((unsigned char)whole[before] & 0xC0) == 0x80) before--;
        taken += width_of(letter_at(whole + before).code);
        if (taken > end) break;
        at = before;
    }
    csim_report_clean(whole, width - end, out, size);
    const size_t used = strlen(out);
    if (used + (length - at) < size && strcmp(out, whole) != 0) memcpy(out + used, whole + at, length - at + 1);
    return out;
}

/* ---- names and months ---- */

/* "fortune500.us": words between spaces, or each word in the sheet's language with dots between. */
char *csim_report_names(const csim_report *report, const char *names, char *text, size_t size) {
    size_t used = 0;
    text[0] = 0;
    while (*names && used + 1 < size) {
        char word[2 * CSIM_PLAN_ID];
        const size_t length = strcspn(names, "._");
        snprintf(word, sizeof word, "%.*s", (int)length, names);
        const char *gap = !used ? "" : report->language == CSIM_LANGUAGE_EN ? " " : "\xC2\xB7";
        used += (size_t)snprintf(text + used, size - used, "%s%s", gap, csim_word_term(report->language, word));
        names += length + (names[length] != 0);
    }
    return text;
}

char *csim_report_element(const csim_report *report, int32_t slot, char *text, size_t size) {
    const char *name = report->plan->slot_name[slot], *own = csim_report_outcome(report, slot)->name;
    const size_t length = strlen(own);
    return csim_report_names(report, strlen(name) > length ? name + length + 1 : "", text, size);
}

/* The list of outcomes is read from top to bottom and says "the same" and "their"; a title stands alone. */
const char *csim_report_outcome_title(csim_outcome_id id) {
    switch (id) {
    case CSIM_OUT_REGIME: return "Export regime in force";
    case CSIM_OUT_TRAIN_RD: return "Cost of the frontier's final training run with all research";
    case CSIM_OUT_COST_CN_ABROAD: return "Chinese open flagships as served abroad, geometric mean";
    case CSIM_OUT_COST_FIRST_PARTY: return "Serving cost on an offering's own fleet, list blend";
    case CSIM_OUT_PASS_ABROAD: return "Log cost of the controlled fleet over merchant GPUs, tokens sold abroad";
    case CSIM_OUT_OUTPUT_RATIO: return "List price of output tokens, first closed over first Chinese open offering";
    case CSIM_OUT_TASK_RATIO: return "List price of a task, first closed over first Chinese open offering";
    case CSIM_OUT_CLOSED_MARGIN: return "Gross margin of the closed labs";
    case CSIM_OUT_CLOSED_ROI: return "Return on capital of the closed labs";
    case CSIM_OUT_CLOSED_FCF: return "Free cash flow of the closed labs";
    case CSIM_OUT_CAPEX: return "Capital spending of the closed labs";
    case CSIM_OUT_CAPEX_REVENUE: return "Capital spending over revenue of the closed labs";
    case CSIM_OUT_FCF_NEGATIVE: return "Months of negative free cash flow of the closed labs so far";
    case CSIM_OUT_POOL_OUTLAY: return "What buyers pay: API spend, subscriptions and advertising";
    case CSIM_OUT_POOL_CHIPS: return "Outlay that pays for chips: capital cost behind the tokens";
    case CSIM_OUT_POOL_POWER: return "Outlay that pays for sites, power and operation";
    case CSIM_OUT_POOL_HOSTS: return "Outlay that hosts keep: their margin";
    case CSIM_OUT_POOL_CLOSED: return "Outlay that closed labs keep: their gross profit";
    case CSIM_OUT_POOL_OPEN: return "Outlay that is left: open labs' and Chinese labs' gross profit";
    default: return csim_outcome_rows[id].text;
    }
}

const char *csim_report_title_of(const csim_report *report, csim_outcome_id id) {
    const char *title = csim_word_outcome(report->language, id);
    return title ? title : csim_report_outcome_title(id);
}

char *csim_report_series_title(const csim_report *report, int32_t slot, char *text, size_t size) {
    char element[2 * CSIM_PLAN_ID];
    const char *title = csim_report_title_of(report, (csim_outcome_id)report->plan->slot_outcome[slot]);
    csim_report_element(report, slot, element, sizeof element);
    if (element[0]) return CSIM_SAY(report->language, CSIM_WORD_SERIES_TITLE, text, size, title, element);
    snprintf(text, size, "%s", title);
    return text;
}

const char *csim_report_in_language(const csim_report *report, const char *text, const char *text_zh) {
    return report->language == CSIM_LANGUAGE_ZH && text_zh[0] ? text_zh : text;
}


/* ---- numbers in sentences ---- */

char *csim_report_say(csim_cell_kind kind, double value, double error, char *text, size_t size) {
    return csim_word_number(CSIM_LANGUAGE_EN, kind, value, error, text, size);
}

char *csim_report_bound(csim_probability p, char *text, size_t size) {
    const bool none = p.hits == 0;
    const double percent = 100 * (none ? p.high : 1 - p.low); /* how far from the end it may lie */
    int decimals = 0;
    while (decimals < 6 && percent * pow(10, decimals) < 1) decimals++;
    const double step = pow(10, -decimals - 1), outward = ceil(percent / step) * step; /* two digits, never less than the bound */
    snprintf(text, size, none ? "< %.*f%%" : "> %.*f%%", decimals + 1, none ? outward : 100 - outward);
    return text;
}

char *csim_report_say_probability(csim_probability p, char *text, size_t size) {
    if (p.hits == 0 || p.hits == p.count) return csim_report_bound(p, text, size);
    const int decimals = csim_report_decimals(CSIM_AS_PERCENT, p.value, p.error);
    snprintf(text, size, "%.*f \xC2\xB1 %.*f %%", decimals, 100 * p.value, decimals, 100 * p.error);
    return text;
}

/* ---- lines ---- */

/* Marks that close or part a clause do not begin a line. */
static bool may_begin_line(const char *text) {
    static const char *const closing[] = {"\xEF\xBC\x8C", "\xE3\x80\x82", "\xEF\xBC\x9B", "\xEF\xBC\x9A", "\xE3\x80\x81", "\xEF\xBC\x9F", "\xEF\xBC\x81", "\xEF\xBC\x89", "\xE3\x80\x8B", "\xE2\x80\x9D", "%"};
    for (size_t i = 0; i < sizeof closing / sizeof *closing; i++)
        if (!strncmp(text, closing[i], strlen(closing[i]))) return false;
    return true;
}

/* Bytes of the first line: as many words as fit, at least a character; a line feed ends it. */
static size_t line_bytes(const char *text, size_t width) {
    size_t at = 0, used = 0, last_space = 0;
    while (text[at] && text[at] != '\n') {
        const letter next = letter_at(text + at);
        if (used + width_of(next.code) > width && at) return last_space ? last_space : at;
        if (next.code == ' ') last_space = at;
        used += width_of(next.code);
        at += next.bytes;
        if (width_of(next.code) == 2 && may_begin_line(text + at)) last_space = at; /* East Asian text breaks nearly anywhere */
    }
    return at;
}

static const char *next_line(const char *text, size_t bytes) {
    text += bytes;
    while (*text == ' ') text++;
    return *text == '\n' ? text + 1 : text;
}

uint32_t csim_report_put_lines(csim_sheet *sheet, uint32_t row, uint32_t column, csim_cell_style style, const char *text, size_t width) {
    char line[4 * CSIM_REPORT_LINE];
    while (*text) {
        const size_t bytes = line_bytes(text, width);
        if (bytes) {
            snprintf(line, sizeof line, "%.*s", (int)bytes, text);
            csim_sheet_put_text(sheet, row, column, style, line);
        }
        text = next_line(text, bytes);
        row++;
    }
    return row;
}

unsigned csim_report_lines(const char *text, double width_chars) {
    /* A column of w digits' width holds about 1.2 w letters of running text; a little less is promised than there is. */
    const size_t width = width_chars < 2 ? 2 : (size_t)(width_chars * 1.12);
    unsigned lines = 0;
    while (*text) {
        text = next_line(text, line_bytes(text, width));
        lines++;
    }
    return lines ? lines : 1;
}

void csim_report_put_wrapped(csim_sheet *sheet, uint32_t row, uint32_t column, const char *text) {
    char clean[8 * CSIM_REPORT_LINE];
    csim_sheet_put_text(sheet, row, column, CSIM_GENERAL(CSIM_ROLE_PARAGRAPH), csim_report_clean(text ? text : "", sizeof clean - 8, clean, sizeof clean));
}
