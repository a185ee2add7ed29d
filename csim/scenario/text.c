/* The growing text. Callers that print numbers must be inside a csim_c_locale. */
#include "csim/scenario/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 4096, LINE_COLUMNS = 100 };

static bool make_room(csim_text *self, size_t more) {
    if (self->failed) return false;
    if (self->room - self->size > more) return true;
    size_t room = self->room ? self->room : FIRST_ROOM;
    while (room - self->size <= more) room *= 2;
    char *larger = realloc(self->bytes, room);
    if (!larger) {
        self->failed = true;
        return false;
    }
    self->bytes = larger;
    self->room = room;
    return true;
}

static void put_bytes(csim_text *self, const char *bytes, size_t size) {
    if (!make_room(self, size)) return;
    memcpy(self->bytes + self->size, bytes, size);
    self->size += size;
    self->bytes[self->size] = '\0';
}

void csim_text_put(csim_text *self, const char *text) { put_bytes(self, text, strlen(text)); }

void csim_text_add(csim_text *self, const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    const int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (size >= 0 && make_room(self, (size_t)size)) {
        vsnprintf(self->bytes + self->size, (size_t)size + 1, format, again);
        self->size += (size_t)size;
    }
    va_end(again);
}

void csim_text_quote(csim_text *self, const char *text) {
    csim_text_put(self, "\"");
    for (; *text; text++) {
        const unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') csim_text_add(self, "\\%c", c);
        else if (c == '\n') csim_text_put(self, "\\n");
        else if (c < 0x20) csim_text_add(self, "\\u%04x", c);
        else put_bytes(self, text, 1);
    }
    csim_text_put(self, "\"");
}

/* Whole numbers in full; an exponent always with a point before it, because some YAML readers take 1e-06 for text. */
void csim_text_number(csim_text *self, double value) {
    char digits[40];
    if (value == floor(value) && fabs(value) < 1e15) {
        csim_text_add(self, "%.0f", value + 0.0); /* + 0.0: no minus before 0 */
        return;
    }
    for (int precision = 1; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, value);
        if (strtod(digits, NULL) == value) break;
    }
    const size_t mantissa = strcspn(digits, "e");
    csim_text_add(self, "%.*s%s%s", (int)mantissa, digits, digits[mantissa] && !strchr(digits, '.') ? ".0" : "", digits + mantissa);
}

void csim_text_month(csim_text *self, int month) {
    const int since_1900 = month + 1200;
    csim_text_add(self, "%04d-%02d", 1900 + since_1900 / 12, since_1900 % 12 + 1);
}

void csim_text_wrap(csim_text *self, const char *indent, const char *text) {
    static const char blanks[] = " \n\t\r";
    size_t column = 0;
    for (text += strspn(text, blanks); *text; text += strspn(text, blanks)) {
        const size_t word = strcspn(text, blanks);
        if (column && column + 1 + word > LINE_COLUMNS) csim_text_put(self, "\n"), column = 0;
        csim_text_put(self, column ? " " : indent);
        put_bytes(self, text, word);
        column += (column ? 1 : strlen(indent)) + word;
        text += word;
    }
    csim_text_put(self, "\n");
}

csim_status csim_text_take(csim_text *self, char **bytes, size_t *size, csim_error *err) {
    csim_text_put(self, "");
    if (self->failed) {
        csim_text_clear(self);
        return csim_error_set(err, CSIM_NO_MEMORY, "out of memory building a text");
    }
    *bytes = self->bytes;
    if (size) *size = self->size;
    *self = (csim_text){0};
    return CSIM_OK;
}

void csim_text_clear(csim_text *self) {
    free(self->bytes);
    *self = (csim_text){0};
}
