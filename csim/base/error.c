/* Builds and prints errors. Must not allocate and must not print to a stream. */
#include "csim/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "csim/base/printable.h"

static const struct { const char *name, *text; int exit_code; } statuses[CSIM_STATUS_COUNT] = {
#define CSIM_STATUS_ROW(name, exit_code, text) {#name, text, exit_code},
    CSIM_STATUS_LIST(CSIM_STATUS_ROW)
#undef CSIM_STATUS_ROW
};

static int status_index(csim_status status) {
    return (unsigned)status < CSIM_STATUS_COUNT ? (int)status : CSIM_RUN_FAILED;
}
const char *csim_status_name(csim_status status) { return statuses[status_index(status)].name; }
const char *csim_status_text(csim_status status) { return statuses[status_index(status)].text; }
int csim_status_exit_code(csim_status status) { return statuses[status_index(status)].exit_code; }

void csim_error_clear(csim_error *err) {
    if (err) memset(err, 0, sizeof *err);
}

static void copy_text(char *to, size_t size, const char *from) {
    snprintf(to, size, "%s", from ? from : "");
}

csim_status csim_error_set(csim_error *err, csim_status code, const char *format, ...) {
    if (!err) return code;
    csim_error_clear(err);
    err->code = code;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(err->detail, sizeof err->detail, format, arguments);
    va_end(arguments);
    return code;
}

csim_status csim_error_set_at(csim_error *err, csim_status code, const char *file, int line, int column, const char *field,
                              const char *format, ...) {
    if (!err) return code;
    csim_error_clear(err);
    err->code = code;
    copy_text(err->file, sizeof err->file, file);
    copy_text(err->field, sizeof err->field, field);
    err->line = line;
    err->column = column;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(err->detail, sizeof err->detail, format, arguments);
    va_end(arguments);
    return code;
}

void csim_error_hint(csim_error *err, const char *format, ...) {
    if (!err) return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(err->hint, sizeof err->hint, format, arguments);
    va_end(arguments);
}

char *csim_error_format(const csim_error *err, char *text, size_t size) {
    char place[64];
    if (!size) return text;
    text[0] = '\0';
    if (err->file[0]) {
        csim_printable_append(text, size, err->file);
        if (err->line > 0) {
            snprintf(place, sizeof place, ":%d:%d", err->line, err->column);
            csim_printable_append(text, size, place);
        }
        csim_printable_append(text, size, ": ");
    }
    if (err->field[0]) {
        csim_printable_append(text, size, err->field);
        csim_printable_append(text, size, ": ");
    }
    csim_printable_append(text, size, err->detail[0] ? err->detail : csim_status_text(err->code));
    if (err->hint[0]) {
        csim_printable_append(text, size, " (");
        csim_printable_append(text, size, err->hint);
        csim_printable_append(text, size, ")");
    }
    return text;
}
