/* See tidy.h. */
#include "csim/report/tidy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csim/report/export.h"

void csim_tidy_csv_text(FILE *stream, const char *text) {
    if (!text[strcspn(text, ",\"\r\n")]) {
        fputs(text, stream);
        return;
    }
    fputc('"', stream);
    for (; *text; text++) {
        if (*text == '"') fputc('"', stream);
        fputc(*text, stream);
    }
    fputc('"', stream);
}

void csim_tidy_csv_number(FILE *stream, double value) {
    char text[CSIM_NUMBER_TEXT];
    fputc(',', stream);
    if (isfinite(value)) fputs(csim_number_text(value, text), stream);
}

/* Length of the well-formed UTF-8 character at `text` (no overlong forms, no surrogates, nothing above U+10FFFF), 0 when there is none. */
static int utf8_length(const unsigned char *text) {
    static const unsigned long least[] = {0, 0, 0x80, 0x800, 0x10000};
    const int length = text[0] < 0x80 ? 1 : text[0] >> 5 == 6 ? 2 : text[0] >> 4 == 14 ? 3 : text[0] >> 3 == 30 ? 4 : 0;
    if (length < 2) return length;
    unsigned long code = text[0] & (0x7fu >> length);
    for (int i = 1; i < length; i++) {
        if (text[i] >> 6 != 2) return 0; /* also the closing NUL */
        code = code << 6 | (text[i] & 0x3fu);
    }
    return code < least[length] || code > 0x10ffff || code >> 11 == 0x1b ? 0 : length;
}

void csim_tidy_json_text(FILE *stream, const char *text) {
    const unsigned char *at = (const unsigned char *)(text ? text : "");
    fputc('"', stream);
    while (*at) {
        const int length = utf8_length(at);
        if (*at == '"' || *at == '\\') fprintf(stream, "\\%c", *at);
        else if (*at == '\n') fputs("\\n", stream);
        else if (*at < 0x20 || *at == 0x7f) fprintf(stream, "\\u%04x", *at);
        else if (length) fwrite(at, 1, (size_t)length, stream);
        else fputs("\xef\xbf\xbd", stream);
        at += length ? length : 1;
    }
    fputc('"', stream);
}

void csim_tidy_json_pair(FILE *stream, const char *key, const char *text) {
    fprintf(stream, ", \"%s\": ", key);
    csim_tidy_json_text(stream, text);
}

static void put_number(FILE *stream, double value) {
    char text[CSIM_NUMBER_TEXT];
    fputs(isfinite(value) ? csim_number_text(value, text) : "null", stream);
}

void csim_tidy_json_value(FILE *stream, const char *key, double value) {
    fprintf(stream, ", \"%s\": ", key);
    put_number(stream, value);
}

void csim_tidy_json_estimate(FILE *stream, const char *key, csim_estimate estimate) {
    fprintf(stream, ", \"%s\": {\"value\": ", key);
    put_number(stream, estimate.value);
    fputs(", \"error\": ", stream);
    put_number(stream, estimate.error);
    fputc('}', stream);
}

void csim_tidy_json_probability(FILE *stream, const char *key, const csim_probability *p) {
    fprintf(stream, ", \"%s\": {\"hits\": %llu, \"count\": %llu", key, (unsigned long long)p->hits, (unsigned long long)p->count);
    csim_tidy_json_value(stream, "value", p->value);
    csim_tidy_json_value(stream, "error", p->error);
    csim_tidy_json_value(stream, "low", p->low);
    csim_tidy_json_value(stream, "high", p->high);
    fputc('}', stream);
}
