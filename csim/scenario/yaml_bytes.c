/* Reads a file and refuses what is no plain UTF-8 text, so that the parser behind it meets only friendly bytes. Must not know YAML's syntax. */
#define _POSIX_C_SOURCE 200809L
#include "csim/scenario/yaml_bytes.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csim/scenario/yaml_tree.h"

static csim_status refuse_file(csim_error *err, csim_status code, const char *path, int number, const char *what) {
    return csim_error_set_at(err, code, path, 0, 0, NULL, "%s: %s", what, strerror(number));
}

static csim_status refuse_size(csim_error *err, const char *name) {
    return csim_error_set_at(err, CSIM_LIMIT, name, 0, 0, NULL, "the file is larger than %d MiB", CSIM_YAML_MAX_BYTES >> 20);
}

csim_status csim_yaml_bytes_read(const char *path, char **bytes, size_t *size, csim_error *err) {
    const size_t room = (size_t)CSIM_YAML_MAX_BYTES + 1;
    FILE *file = fopen(path, "rb");
    if (!file) return errno == ENOMEM ? csim_error_set(err, CSIM_NO_MEMORY, "out of memory opening %s", path)
                                      : refuse_file(err, CSIM_FILE_OPEN, path, errno, "cannot be opened");
    char *text = malloc(room);
    size_t got = 0;
    csim_status status = text ? CSIM_OK : csim_error_set(err, CSIM_NO_MEMORY, "out of memory reading %s", path);
    if (text) {
        errno = 0;
        got = fread(text, 1, room, file);
        if (ferror(file)) status = refuse_file(err, CSIM_FILE_READ, path, errno, "cannot be read");
        else if (got == room) status = refuse_size(err, path);
    }
    fclose(file);
    if (status != CSIM_OK) {
        free(text);
        return status;
    }
    *bytes = text;
    *size = got;
    return CSIM_OK;
}

/* One character; 0 where the bytes are not UTF-8. Over-long forms and surrogates do not count as UTF-8. */
static size_t decode(const unsigned char *at, size_t left, uint32_t *code) {
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    const size_t length = at[0] < 0x80 ? 1 : at[0] >> 5 == 6 ? 2 : at[0] >> 4 == 14 ? 3 : at[0] >> 3 == 30 ? 4 : 0;
    if (length == 0 || length > left) return 0;
    *code = length == 1 ? at[0] : at[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if (at[i] >> 6 != 2) return 0;
        *code = *code << 6 | (at[i] & 0x3fu);
    }
    return *code >= least[length] && *code <= 0x10ffff && *code >> 11 != 0x1b ? length : 0;
}

/* Control characters and the separators that some programs take for ends of lines: line numbers would no longer agree with an editor's. */
static bool is_forbidden(uint32_t code) {
    if (code < 0x20) return code != '\t' && code != '\n' && code != '\r';
    return (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029 || code == 0xfeff || code == 0xfffe || code == 0xffff;
}

csim_status csim_yaml_bytes_check(const char *name, const char *bytes, size_t size, csim_error *err) {
    const unsigned char *text = (const unsigned char *)bytes;
    int line = 1, column = 1;
    size_t line_start = 0;
    if (size > CSIM_YAML_MAX_BYTES) return refuse_size(err, name);
    for (size_t i = 0, step; i < size; i += step) {
        uint32_t code = 0;
        step = decode(text + i, size - i, &code);
        if (step == 0) return csim_error_set_at(err, CSIM_SYNTAX, name, line, column, NULL, "byte 0x%02x is not valid UTF-8", text[i]);
        if (is_forbidden(code))
            return csim_error_set_at(err, CSIM_SYNTAX, name, line, column, NULL, code ? "character U+%04X is not allowed in a text file"
                                     : "a NUL byte (U+%04X): this is not a text file", (unsigned)code);
        column++;
        if (code == '\n' || (code == '\r' && !(i + 1 < size && text[i + 1] == '\n'))) line++, column = 1, line_start = i + step;
        if (i + step - line_start > CSIM_YAML_MAX_LINE)
            return csim_error_set_at(err, CSIM_LIMIT, name, line, 1, NULL, "the line is longer than %d bytes", CSIM_YAML_MAX_LINE);
    }
    return CSIM_OK;
}
