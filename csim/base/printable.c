/* UTF-8 → shown or escaped. Must not allocate: it serves error messages. */
#include "csim/base/printable.h"

#include <stdio.h>
#include <string.h>

/* Bytes of a character by its first one; 0: none begins so (a continuation, an overlong form, past U+10FFFF). */
static size_t length_of(unsigned char first) {
    return first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
}

/* The code point of `length` bytes, or −1. A text's end is no continuation, so nothing behind it is read. */
static long code_of(const unsigned char *bytes, size_t length) {
    static const long least[5] = {0, 0, 0x80, 0x800, 0x10000};
    long code = length == 1 ? bytes[0] : bytes[0] & (0x7f >> length);
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80) return -1;
        code = code << 6 | (bytes[i] & 0x3f);
    }
    return !length || code < least[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? -1 : code;
}

static int is_hidden(long code) {
    static const long ranges[][2] = {{0x00, 0x1f}, {0x7f, 0x9f}, {0x061c, 0x061c}, {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f}};
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (code >= ranges[i][0] && code <= ranges[i][1]) return 1;
    return 0;
}

size_t csim_printable(const char *text) {
    const unsigned char *bytes = (const unsigned char *)text;
    const size_t length = length_of(bytes[0]);
    const long code = code_of(bytes, length);
    return code < 0 || is_hidden(code) ? 0 : length;
}

/* A byte that is escaped, or a whole character: half of one would be a byte that is not to be shown. */
void csim_printable_append(char *text, size_t size, const char *from) {
    size_t at = strlen(text);
    while (*from) {
        const size_t shown = csim_printable(from), wanted = shown ? shown : 4;
        if (at + wanted >= size) break;
        if (shown) memcpy(text + at, from, shown);
        else snprintf(text + at, size - at, "\\x%02x", (unsigned char)*from);
        at += wanted;
        from += shown ? shown : 1;
    }
    text[at] = '\0';
}
